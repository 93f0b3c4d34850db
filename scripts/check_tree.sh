#!/bin/sh
# Fail where a committed file names a package registry's address or a path of somebody's machine, or where a
# lock file would let a package in without a hash.
set -eu
cd "$(dirname "$0")/.."
bad=0
complain() { echo "$1" >&2; bad=1; }

# written in pieces, so that this file does not find itself
registry='(registry\.np''mjs|pypi\.o''rg|pythonhosted\.o''rg|crates\.i''o|npmm''irror|mirrors?\.[a-z]+\.(com|edu\.cn|cn))'
machine='(/ro''ot/|/ho''me/[a-z]|/wo''rk/(main|shared|\.)|/tm''p/|/opt/wh''eels)'

git grep -nIE "$registry" -- . ':!LICENSE' && complain "an address of a package registry is committed (above)"
# /tmp stands in tests of nothing: temporary folders come from pytest's tmp_path and mktemp
git grep -nIE "$machine" -- . ':!LICENSE' ':!.gitignore' && complain "a path of one machine is committed (above)"
git grep -nE '^(-i |--(extra-)?index-url|--find-links|--trusted-host)' -- requirements && \
    complain "a requirements file names where packages come from (above)"
for file in requirements/*.txt; do
    pinned=$(grep -c '^[a-z0-9].*==' "$file")
    hashed=$(awk '/^[a-z0-9].*==/ {name = 1} /--hash=sha256:/ {if (name) n++; name = 0} END {print n + 0}' "$file")
    test "$pinned" -eq "$hashed" || complain "$file: $pinned packages, but only $hashed with a hash"
done
grep -q '"resolved"' package-lock.json && complain "package-lock.json says where packages come from"
exit "$bad"
