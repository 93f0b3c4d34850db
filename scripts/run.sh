#!/bin/sh
# Bring the installation up to date and serve it. Run by `make run`, after scripts/setup.py.
# What is kept lies in JINZHI_VAR (default: var/ in the checkout); HOST and PORT say where to listen.
set -eu
cd "$(dirname "$0")/.."
jinzhi=.venv/bin/jinzhi
JINZHI_VAR=${JINZHI_VAR:-var}
mkdir -p "$JINZHI_VAR"
JINZHI_VAR=$(cd "$JINZHI_VAR" && pwd)
HOST=${HOST:-127.0.0.1}
PORT=${PORT:-8000}
export JINZHI_VAR HOST PORT

"$jinzhi" migrate --noinput --verbosity 0
"$jinzhi" collectstatic --noinput --verbosity 0
# 20,000 patents are made and indexed in well under a minute; DEMO_PATENTS=2000 is quicker
"$jinzhi" demo --if-empty --patents "${DEMO_PATENTS:-20000}"

echo
echo "  Jinzhi 津知   http://$HOST:$PORT      (Ctrl+C ends it)"
echo "  kept in       $JINZHI_VAR"
echo
# four threads a process: enough for an office, few enough that SQLite's writers do not queue up
exec .venv/bin/python -m granian --interface wsgi --host "$HOST" --port "$PORT" \
    --workers "${WORKERS:-2}" --blocking-threads 4 --log-level warning jinzhi.config.wsgi:application
