"""What an operator relies on: lines of the log, refusals, modes of files, the secret, a busy database, a full disk."""

from __future__ import annotations

import errno
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import OperationalError

from jinzhi.apps.catalogue.health import _modes
from jinzhi.apps.catalogue.strain import busy, disk_full
from jinzhi.config.logs import LineFormatter
from tests.web.api.test_api import POINT, POINTS, Program, problem

SRC = Path(__file__).resolve().parents[3] / "src"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


# --- lines of the log -------------------------------------------------------------------------------------
def line(message: str, *args: object, status: int | None = None, error: BaseException | None = None) -> str:
    record = logging.LogRecord("web", logging.WARNING, "f", 1, message, args, None)
    if error is not None:
        record.exc_info = (type(error), error, error.__traceback__)
    if status is not None:
        record.status_code = status
    return LineFormatter("{asctime} {levelname} {name} {message}", style="{").format(record)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028", "\x1b[2K"])
def test_a_name_forges_no_line(end):
    told = line("signed in: %s", f"wang{end}2026-11-22 09:00:00 INFO web all is well")
    assert len(told.splitlines()) == 1
    assert "\x1b" not in told


def test_a_traceback_has_no_line_that_passes_for_a_record():
    try:
        raise ValueError("x\n2026-11-22 09:00:00 INFO web all is well")
    except ValueError as e:
        told = line("failed", error=e).splitlines()
    assert "ValueError" in "".join(told)
    assert all(one.startswith("  | ") for one in told[1:])


def test_a_refusal_is_one_line_without_a_traceback():
    error = PermissionError("no")
    assert len(line("Forbidden: /x", status=403, error=error).splitlines()) == 1
    assert len(line("Internal Server Error: /x", status=500, error=error).splitlines()) > 1


# --- the gallery ------------------------------------------------------------------------------------------
def test_the_gallery_is_closed_in_a_real_installation(client, city, settings):
    for address in ("/ui/", "/ui/charts/patents.svg"):
        assert client.get(address).status_code == 404
    settings.DEBUG = True
    assert client.get("/ui/charts/patents.svg").status_code == 200
    settings.DEBUG = False
    city.demo = True
    city.save()
    assert client.get("/ui/charts/patents.svg").status_code == 200


# --- files and the secret ---------------------------------------------------------------------------------
def started(var: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("JINZHI_") and k != "DATABASE_URL"}
    env |= {"JINZHI_VAR": str(var), "PYTHONPATH": str(SRC)} | more
    code = "import sys; sys.argv[0] = 'jinzhi'; from jinzhi.config.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *command], env=env, capture_output=True, text=True, timeout=300)


def test_what_an_installation_keeps_is_its_own(tmp_path):
    var = tmp_path / "var"
    assert started(var, "migrate", "--verbosity", "0").returncode == 0
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    for kept in var.rglob("*"):
        assert stat.S_IMODE(kept.stat().st_mode) & 0o077 == 0, kept


@pytest.mark.parametrize("content", ["", "\n", "  "])
def test_an_empty_secret_is_refused_at_the_start(tmp_path, content):
    (tmp_path / "secret").write_text(content)
    done = started(tmp_path, "check")
    assert done.returncode == 2
    assert "secret is empty" in done.stderr
    assert "Traceback" not in done.stderr


# --- a busy database, a full disk -------------------------------------------------------------------------
LOCKED = OperationalError("database is locked")
FULL = OperationalError("database or disk is full")


def test_what_is_busy_and_what_is_full():
    assert busy(LOCKED)
    assert not disk_full(LOCKED)
    assert disk_full(FULL)
    assert disk_full(OSError(errno.ENOSPC, "No space left on device"))
    assert not busy(ValueError("database is locked"))
    assert not busy(OperationalError("no such table: x"))


@pytest.mark.parametrize(("error", "seconds"), [(LOCKED, "5"), (FULL, "60"), (OSError(errno.ENOSPC, "full"), "60")])
def test_a_page_says_so_and_gives_back_what_was_typed(district, monkeypatch, error, seconds):
    def fails(*args: object, **options: object) -> None:
        raise error

    monkeypatch.setattr("jinzhi.web.registers.form.create", fails)
    answer = district.client.post("/registers/service-points/new/", POINT)
    assert answer.status_code == 503
    assert answer["Retry-After"] == seconds
    assert POINT["name"] in answer.content.decode()


def test_the_api_says_so_too(district, monkeypatch):
    def fails(*args: object, **options: object) -> None:
        raise LOCKED

    monkeypatch.setattr("jinzhi.web.api.registers.create", fails)
    answer = Program(district).post(POINTS, POINT)
    problem(answer, 503, "busy")
    assert answer["Retry-After"] == "5"


def test_reading_with_a_token_goes_on_while_nothing_can_be_written(district, monkeypatch):
    program = Program(district)

    def fails(*args: object, **options: object) -> None:
        raise FULL

    monkeypatch.setattr("django.db.models.query.QuerySet.update", fails)
    assert program.get("/api/v1/units").status_code == 200


# --- modes --------------------------------------------------------------------------------------------------
def test_the_doctor_names_what_others_may_read(tmp_path, settings):
    settings.VAR = tmp_path / "var"
    (settings.VAR / "store").mkdir(parents=True, mode=0o700)
    settings.VAR.chmod(0o700)
    (settings.VAR / "store").chmod(0o700)
    kept = settings.VAR / "store" / "one"
    kept.write_text("x")
    kept.chmod(0o640)
    fact = _modes()
    assert fact.state == "note"
    assert "1 open to others: store/one" in fact.value
    assert f"chmod -R go-rwx {settings.VAR}" in fact.way_en
    kept.chmod(0o600)
    assert _modes().state == "good"
    settings.VAR.chmod(0o755)
    assert "1 open to others: ." in _modes().value
