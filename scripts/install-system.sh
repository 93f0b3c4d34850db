#!/bin/sh
# Install the Debian packages that journeys in a real browser need. `make run` needs none of them.
#   chromium        opens the pages in the journeys
#   fonts-noto-cjk  without a Chinese font every character is a box, and page widths and print counts are wrong
set -eu
packages="chromium fonts-noto-cjk"

missing=
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -z "$missing" ]; then
    echo "system packages: all there ($packages)"
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "cannot install$missing: this is no Debian-like system (no apt-get)." >&2
    echo "Install Chromium and a CJK font by your system's own means; CHROMIUM=/path/to/chromium names another browser." >&2
    exit 1
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root=sudo
    else
        echo "cannot install$missing: not root, and sudo would ask for a password. Run this yourself:" >&2
        echo "    sudo apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
fi
echo "installing$missing"
$as_root apt-get update -qq
# the names are split on purpose
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
