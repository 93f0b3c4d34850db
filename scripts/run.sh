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

"$jinzhi" collectstatic --noinput --verbosity 0 &
collecting=$!
"$jinzhi" migrate --noinput --verbosity 0
patents=${DEMO_PATENTS:-20000}
"$jinzhi" demo make --if-empty --patents "$patents"
wait "$collecting"
# the patents (DEMO_PATENTS=2000 is quicker) and their index follow while pages are served, and so does the index
# alone where it is missing, as after a restore; it ends with this process
nice -n 10 "$jinzhi" demo fill --behind --patents "$patents" &

case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
zh*) ends="Ctrl+C 结束"; kept="数据目录" ;;
*) ends="Ctrl+C ends it"; kept="kept in" ;;
esac
echo
echo "  Jinzhi 津知   http://$HOST:$PORT      ($ends)"
echo "  $kept  $JINZHI_VAR"
echo
# four threads a process: enough for an office, few enough that SQLite's writers do not queue up
exec .venv/bin/python -m granian --interface wsgi --host "$HOST" --port "$PORT" \
    --workers "${WORKERS:-2}" --blocking-threads 4 --log-level warning jinzhi.config.wsgi:application
