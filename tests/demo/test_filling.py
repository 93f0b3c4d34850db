"""A demonstration is served before it is whole, says so on its pages, and is filled once."""

from __future__ import annotations

import fcntl
import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.patents.models import Document
from jinzhi.demo import filling
from jinzhi.demo.management.commands.demo import terminal_language
from jinzhi.demo.models import Progress

SOME = 260


@pytest.fixture
def demonstration(city, monkeypatch) -> Installation:
    """A demonstration city without its patents; their saved searches need people who are not here."""
    Installation.objects.update(demo=True)
    monkeypatch.setattr(filling, "make_searches", lambda: False)
    return city


def told(*command: str) -> str:
    out = StringIO()
    call_command("demo", *command, stdout=out)
    return out.getvalue()


def test_pages_say_how_much_is_there_until_all_is(demonstration):
    filling.announce(SOME)
    assert f"演示专利生成中 0%（0/{SOME}）" in Client().get("/units/").content.decode()
    Progress.objects.update(done=130)
    assert f"50%（130/{SOME}）" in Client().get("/units/").content.decode()
    filling.fill(SOME)
    assert Document.objects.count() >= SOME
    assert "演示专利生成中" not in Client().get("/units/").content.decode()


def test_a_hundred_percent_is_not_said_before_the_end(demonstration):
    Progress.objects.create(stage=filling.PATENTS, total=20_000, done=19_999)
    assert "99%（19,999/20,000）" in Client().get("/units/").content.decode()


def test_filling_ends_with_the_server_and_goes_on_at_the_next_start(demonstration, monkeypatch):
    parents = iter((1, 2))
    monkeypatch.setattr(os, "getppid", lambda: next(parents))
    with pytest.raises(filling.Orphaned):
        filling.fill(SOME, behind=True)
    part = Document.objects.count()
    assert 0 < part < SOME
    monkeypatch.undo()
    monkeypatch.setattr(filling, "make_searches", lambda: False)
    filling.fill(SOME, behind=True)
    assert Document.objects.count() >= SOME
    assert Progress.objects.get().ended


def test_two_processes_do_not_fill_one_city(demonstration, settings):
    place = Path(settings.JINZHI_INDEX).parent
    place.mkdir(parents=True, exist_ok=True)
    with open(place / "demo-filling.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(filling.FillingBusy):
            filling.fill(SOME)
    assert not Document.objects.exists()


def test_a_real_installation_is_not_filled(city):
    filling.announce(SOME)
    filling.fill(SOME)
    assert not Document.objects.exists()
    assert not Progress.objects.exists()


def test_the_status_is_for_people_and_for_programs(demonstration, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "没有正在生成的演示数据" in told("status")
    Progress.objects.create(stage=filling.PATENTS, total=400, done=100)
    assert "专利 100/400 件，生成中" in told("status")
    stage = {"stage": "patents", "done": 100, "total": 400, "ended": False}
    assert json.loads(told("status", "--json")) == {"stages": [stage]}


@pytest.mark.parametrize(
    ("told_by", "language"),
    [({"LANG": "zh_CN.UTF-8"}, "zh-hans"), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"), ({"LANG": "en_GB"}, "en")],
)
def test_a_terminal_is_spoken_to_in_the_language_of_its_locale(monkeypatch, told_by, language):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in told_by.items():
        monkeypatch.setenv(name, value)
    assert terminal_language() == language
