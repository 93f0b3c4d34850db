#!/bin/sh
# Compile requirements/*.in to *.txt: exact versions and hashes for CPython 3.11 and later, and no address of
# any registry, so that the same file serves behind a mirror. Needs .venv with requirements/dev.txt.
set -eu
cd "$(dirname "$0")/../requirements"
for name in base test dev node; do
    ../.venv/bin/python -m uv pip compile --quiet --no-config --universal --python-version 3.11 \
        --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
        "$name.in" -o "$name.txt"
    echo "requirements/$name.txt"
done
