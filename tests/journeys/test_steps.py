"""Steps of a journey run alone, in order, backwards: each is taken once, after those before it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.site import ROOT

MODULE = """
from tests.journeys.steps import Steps

step = Steps()
taken = []

@step
def test_first(tmp_path):
    assert taken == []
    taken.append(1)

@step
def test_second():
    assert taken == [1]
    taken.append(2)

@step
def test_third():
    assert taken == [1, 2]
    taken.append(3)
"""


def run(folder: Path, module: str, *tests: str) -> str:
    (folder / "test_journey.py").write_text(module, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:django", "-q"]
    chosen = [f"test_journey.py::test_{name}" for name in tests]
    env = {"PYTHONPATH": str(ROOT)}
    return subprocess.run([*command, *chosen], cwd=folder, env=env, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    "order", [("third",), ("second",), ("first", "second", "third"), ("third", "second", "first"), ("second", "first")]
)
def test_each_step_runs_alone_and_in_any_order(tmp_path, order):
    assert f"{len(order)} passed" in run(tmp_path, MODULE, *order)


def test_a_step_after_one_that_failed_says_which(tmp_path):
    out = run(tmp_path, MODULE.replace("taken.append(2)", "assert False, 'broken'"), "third", "second", "first")
    assert "2 failed, 1 passed" in out and "the step before, test_second, failed" in out
