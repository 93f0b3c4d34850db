"""The tests of the apps and pages run on PostgreSQL too, together with what only real concurrency can show.

Of the pages every file runs here but those named in ``ELSEWHERE``: what they judge is no matter of the database. A new
file of pages runs here by itself.
"""

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
    "every_verb",
    "custody",
    "store",
    "cases",
    "columns",
    "corrections",
    "guard",
    "persons",
    "plan",
    "plan_import",
    "registers",
    "witnessing",
)
#: what only real concurrency can show
ALONE = ("tests/postgres/on_postgres.py", "tests/postgres/on_postgres_witness.py")


#: pages whose tests need not be run on a second database, and why
ELSEWHERE = {
    "components": "single elements, in a browser, which needs rows committed that PostgreSQL does not let go of",
    "evidence_verify": "what a program and the browser find in a file: no row is read",
    "patent_analysis": "figures from the search index",
    "patent_applicants": "names from the search index",
    "patent_classes": "counts from the search index",
    "patent_damaged": "a search index that is broken",
    "patent_export": "sheets written from the search index",
    "patent_figures": "drawings of a document",
}


#: of the pages, a file each, so that each worker of the suite has something to run
PARTS = 3


def pages() -> list[str]:
    found = sorted(ROOT.glob("tests/web/**/test_*.py"))
    assert set(ELSEWHERE) <= {f.stem.removeprefix("test_") for f in found}
    return [str(f) for f in found if f.stem.removeprefix("test_") not in ELSEWHERE]


def held(postgres_url: str, tmp_path: Path, files: list[str]) -> int:
    """Run these files on PostgreSQL; how many tests passed. None fails, none is skipped."""
    env = {**os.environ, "DATABASE_URL": postgres_url, "JINZHI_VAR": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    env.pop("PYTEST_XDIST_WORKER", None)
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "tests.nothing_skipped", "-rs", *files]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    return int(passed[1]) if passed else 0


def test_the_apps_hold_on_postgresql(postgres_url, tmp_path):
    assert held(postgres_url, tmp_path, [*(f"tests/apps/test_{app}.py" for app in APPS), *ALONE]) > 50
