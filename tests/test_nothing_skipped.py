"""The plugin of `make test` that lets CI skip nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SUITE = """
import pytest

def test_runs():
    assert True

@pytest.mark.skip(reason="no browser")
def test_needs_a_browser():
    assert True

@pytest.mark.xfail(reason="known", strict=True)
def test_known():
    assert False
"""
MODULE = 'import pytest\npytest.skip("no font", allow_module_level=True)\n'


def run(folder: Path, required: str, suite: str = SUITE, module: str = MODULE) -> subprocess.CompletedProcess[str]:
    (folder / "test_suite.py").write_text(suite, encoding="utf-8")
    (folder / "test_module.py").write_text(module, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.nothing_skipped",
        "-p",
        "no:cacheprovider",
        "-q",
        "-rs",
        ".",
    ]
    env = {
        **os.environ,
        "JINZHI_REQUIRE_ALL": required,
        "PYTHONPATH": str(ROOT),
        "PYTEST_ADDOPTS": "-p no:django --continue-on-collection-errors",
    }
    env.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)


def test_a_desk_without_a_browser_may_skip(tmp_path: Path) -> None:
    done = run(tmp_path, "0")
    assert "1 passed, 2 skipped, 1 xfailed" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("reason", ["no browser", "no font"])
def test_ci_may_not(reason: str, tmp_path: Path) -> None:
    done = run(tmp_path, "1")
    assert done.returncode != 0
    assert reason in done.stdout
    assert "JINZHI_REQUIRE_ALL=1" in done.stdout


def test_a_machine_without_the_shared_data_leaves_out_what_needs_it_and_no_more(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("JINZHI_WITHOUT_SHARED", "1")
    suite = SUITE.replace("no browser", "../shared/seed is not here")
    assert run(tmp_path, "1", suite, "").returncode == 0
    assert run(tmp_path, "1", suite).returncode != 0
