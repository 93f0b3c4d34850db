"""The tests of the apps run on PostgreSQL too, together with what only real concurrency can show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: those that write through the actions of an app; workbooks and skeletons are the same on every database
APPS = (
    "evidence",
    "evidence_log",
    "evidence_checkpoints",
    "evidence_mirror",
    "evidence_audit",
    "custody",
    "store",
    "cases",
    "guard",
    "plan",
    "plan_import",
    "registers",
    "witnessing",
)
#: what only real concurrency can show
ALONE = ("tests/postgres/on_postgres.py", "tests/postgres/on_postgres_witness.py")


def test_the_apps_hold_on_postgresql(postgres_url, tmp_path):
    files = [*(f"tests/apps/test_{app}.py" for app in APPS), *ALONE]
    env = {**os.environ, "DATABASE_URL": postgres_url, "JINZHI_VAR": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    env.pop("PYTEST_XDIST_WORKER", None)
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "tests.nothing_skipped", "-rs", *files]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) > 50
