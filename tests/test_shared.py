"""What needs the data beside the checkout says so, and little does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.shared import ROOT

SUITE = """
import pytest
from pathlib import Path
from tests.shared import SHARED

@pytest.mark.shared("a.txt")
def test_that_says_so():
    assert (SHARED / "a.txt").read_text() == "real"

def test_that_does_not():
    (SHARED / "a.txt").read_text()

def test_of_its_own():
    pass
"""


def run(folder: Path, shared: Path, *more: str) -> str:
    (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
    (folder / "conftest.py").write_text("from tests.looking import *  # noqa: F403\n", encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  shared: x\n", encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": "-p no:django", "JINZHI_SHARED": str(shared)}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rs", *more, "."]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True).stdout


def test_a_test_that_opens_shared_data_and_does_not_say_so_fails(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "a.txt").write_text("real")
    out = run(tmp_path, tmp_path / "shared")
    assert "2 passed, 1 error" in out or "3 passed, 1 error" in out
    assert "test_that_does_not" in out and 'mark it: @pytest.mark.shared("a.txt")' in out


def test_without_the_data_the_marked_test_is_skipped(tmp_path):
    out = run(tmp_path, tmp_path / "nowhere", "-k", "says_so or own")
    assert "1 passed, 1 skipped" in out and "../shared/a.txt is not here" in out


def test_the_second_run_leaves_out_what_is_marked_and_runs_what_stands_beside_it(tmp_path):
    out = run(tmp_path, tmp_path / "nowhere", "-p", "tests.without_shared", "-k", "says_so or own")
    assert "1 passed" in out and "skipped" not in out


def test_at_most_a_few_dozen_tests_need_the_data():
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "shared", "-p", "no:xdist", "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    counts = [int(line.rsplit(": ", 1)[1]) for line in done.stdout.splitlines() if re.search(r"\.py: \d+$", line)]
    assert 0 < sum(counts) <= 40, done.stdout[-2000:]
