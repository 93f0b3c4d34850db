"""Writers killed at random points lose nothing that was acknowledged, on SQLite (on PostgreSQL: tests/postgres).

JINZHI_KILL_APPENDS=10000 runs as many appends as one likes; a few hundred are enough for every change.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.apps.killed_writers import ROUNDS

ROOT = Path(__file__).resolve().parents[2]


def killed_writers(env: dict[str, str], appends: str) -> dict[str, int]:
    """Run the writers until so many entries are there; what was done. The promises are checked there."""
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    command = [sys.executable, "-m", "tests.apps.killed_writers", "--appends", appends]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": paths, **env}, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
def test_killed_writers_lose_nothing_and_sign_nothing_twice(tmp_path):
    appends = os.environ.get("JINZHI_KILL_APPENDS", "100")
    done = killed_writers({"JINZHI_VAR": str(tmp_path), "DATABASE_URL": ""}, appends)
    assert done["rounds"] >= ROUNDS
    assert int(appends) <= done["entries"]
    assert done["acknowledged"] > done["entries"] / 2
    assert done["checkpoints"] > 0
