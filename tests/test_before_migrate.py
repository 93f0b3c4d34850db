"""A command before `jinzhi migrate` says what to run, and shows no traceback."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("command", [["demo", "make"], ["demo", "status"], ["tick"]])
def test_a_command_before_migrate_says_what_to_run(command, tmp_path):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("JINZHI_", "DATABASE_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "jinzhi.config.cli", *command],
        env={**env, "JINZHI_VAR": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, "Traceback" in ran.stderr) == (2, False), ran.stderr
    assert "jinzhi migrate" in ran.stderr
