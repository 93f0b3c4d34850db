"""The operations page, and the commands doctor, tick, setup and createperson."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from jinzhi.apps.accounts.acting import memberships
from jinzhi.apps.accounts.models import Membership, User
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue import health
from jinzhi.apps.catalogue.doors import TICKS
from jinzhi.apps.catalogue.health import in_words, last
from jinzhi.apps.catalogue.integrity import checkers
from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.catalogue.ticks import Tick, run_ticks, ticks
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.models import Unit
from tests.conftest import PASSWORD


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """What the checkers found is kept in a folder of this test's own."""
    settings.VAR = tmp_path


DATABASE = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]


def run(*words: str, **options) -> tuple[int, str]:
    """Exit code and output of a command."""
    out = StringIO()
    try:
        call_command(*words, stdout=out, **options)
    except SystemExit as e:
        return int(e.code or 0), out.getvalue()
    return 0, out.getvalue()


# --- page -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["administrator", "plan-office"])
def test_who_keeps_the_installation_sees_the_page(make_person, role):
    page = make_person("keeper", "tianjin", role).client.get("/operations/").content.decode()
    for word in (DATABASE, "各表记录数", "现在检查", "还没有运行过", *(c.id for c in checkers())):
        assert word in page


@pytest.mark.parametrize("who", ["district", "elsewhere"])
def test_others_are_told_which_scope_they_lack(who, request):
    answer = request.getfixturevalue(who).client.get("/operations/")
    assert answer.status_code == 403
    assert "ops.read" in answer.content.decode()


def test_a_stranger_must_sign_in(client, city):
    assert client.get("/operations/")["Location"].startswith("/accounts/login/")


def test_a_visitor_of_a_demonstration_looks_but_does_not_run(client, city):
    city.demo = True
    city.save()
    assert client.get("/operations/").status_code == 200
    assert client.post("/operations/").status_code == 302
    assert last() is None


def test_the_checkers_run_on_demand_and_their_result_is_kept(above):
    assert above.client.post("/operations/").status_code == 302
    found = last()
    assert found
    assert {k.id for k in found[1]} == {c.id for c in checkers()}
    assert "还没有运行过" not in above.client.get("/operations/").content.decode()


def test_a_broken_invariant_is_shown(above):
    Unit.objects.filter(code="tj-binhai").update(numchild=9)
    above.client.post("/operations/")
    page = above.client.get("/operations/").content.decode()
    assert "不成立" in page
    assert "wrong number of children" in page


# --- doctor -----------------------------------------------------------------------------------------------
def test_doctor_finds_a_sound_installation_sound(city):
    code, text = run("doctor")
    assert code == 0, text
    assert "健全" in text
    assert DATABASE in text


def test_doctor_speaks_json(city):
    code, text = run("doctor", "--json")
    said = json.loads(text)
    assert code == 0
    assert said["sound"] is True
    assert {f["id"] for f in said["facts"]} >= {"database", "migrations", "installation", "assets", "charts", "var"}
    assert {k["id"] for k in said["integrity"]} == {c.id for c in checkers()}


def test_doctor_exits_1_on_a_violation_and_names_it(city):
    Unit.objects.filter(code="tj-binhai").update(depth=7)
    code, text = run("doctor")
    assert code == 1
    assert "wrong depth" in text


def test_a_checker_that_fails_is_a_violation_and_the_others_still_look(city, make_person):
    unit = make_person("wang", "tj-binhai", "reporter").acting.unit
    Case.objects.create(
        procedure="supervision-order", number="1", title="no events", unit=unit, unit_path=unit.path,
        office=unit, opened_on=date(2026, 11, 1), state="issued",
    )  # fmt: skip
    code, text = run("doctor")
    assert code == 1
    assert "the checker itself failed" in text
    assert "(unit-tree)" in text


def test_doctor_says_what_to_do_in_an_empty_installation(db):
    code, text = run("doctor")
    assert code == 1
    assert "jinzhi setup" in text


def test_doctor_says_which_assets_are_missing(city, monkeypatch):
    monkeypatch.setattr(health, "ASSETS", ("dist/app.css", "dist/nowhere.js"))
    asset = next(f for f in health.facts() if f.id == "assets")
    assert (asset.state, asset.value) == ("missing", "dist/nowhere.js")
    assert "make setup" in asset.way_zh


@pytest.mark.parametrize(("size", "words"), [(0, "0 B"), (1023, "1023 B"), (2048, "2 KB"), (3 * 1024**3, "3.0 GB")])
def test_sizes_are_said_as_people_say_them(size, words):
    assert in_words(size) == words


# --- tick -------------------------------------------------------------------------------------------------
def test_the_timer_clears_ended_sessions_and_running_it_again_finds_nothing(city):
    past = timezone.now() - timedelta(days=1)
    Session.objects.create(session_key="old", session_data="", expire_date=past)
    Session.objects.create(session_key="live", session_data="", expire_date=past + timedelta(days=2))
    assert "(ended-sessions): 1" in run("tick")[1]
    assert "(ended-sessions): 0" in run("tick")[1]
    assert Session.objects.get().session_key == "live"


def test_one_task_that_fails_does_not_keep_the_others_from_running(city):
    def broken(day):
        raise RuntimeError("no mail server")

    with TICKS.holding_also("a-broken-one", Tick("a-broken-one", "坏", "Broken", broken)):
        code, text = run("tick")
        assert code == 1
        assert "no mail server" in text
        assert len([d for d in run_ticks(timezone.localdate()) if not d.error]) == len(ticks()) - 1


# --- setup and createperson -------------------------------------------------------------------------------
def test_setup_makes_a_city_with_units_and_an_administrator(db, monkeypatch):
    monkeypatch.setenv("FIRST", PASSWORD)
    code, text = run("setup", "--admin", "chief", "--name", "王主任", "--password-env", "FIRST")
    assert code == 0
    assert PASSWORD not in text
    here = Installation.objects.get()
    assert (here.city_zh, here.demo) == ("天津", False)
    chief = User.objects.get(username="chief")
    assert chief.check_password(PASSWORD)
    assert [(m.role, m.unit.code) for m in memberships(chief)] == [("administrator", "tianjin")]
    assert Event.objects.filter(stream=f"person:{chief.pk}").count() == 2


def test_setup_run_again_changes_nothing(db):
    run("setup")
    assert "0 made, 0 renamed" in run("setup")[1]
    assert Installation.objects.count() == 1


def test_setup_prints_a_password_that_it_made(db):
    text = run("setup", "--admin", "chief")[1]
    password = text.split("password ")[1].split(" ")[0]
    assert User.objects.get().check_password(password)


@pytest.mark.parametrize("weak", ["short", "1234567890"])
def test_a_weak_password_makes_nothing(db, monkeypatch, weak):
    monkeypatch.setenv("FIRST", weak)
    with pytest.raises(CommandError, match="chief"):
        run("setup", "--admin", "chief", "--password-env", "FIRST")
    assert not User.objects.exists()
    assert not Installation.objects.exists()


def test_an_empty_password_variable_is_said(db):
    with pytest.raises(CommandError, match="NOWHERE"):
        run("setup", "--admin", "chief", "--password-env", "NOWHERE")


def test_setup_leaves_a_demonstration_alone(city):
    city.demo = True
    city.save()
    with pytest.raises(CommandError, match="demonstration"):
        run("setup")


def test_a_person_gets_a_post_and_then_another(city):
    run("createperson", "wang", "--unit", "tj-binhai", "--role", "reporter", "--name", "王某")
    text = run("createperson", "wang", "--unit", "tj-dongli", "--role", "approver")[1]
    assert "password" not in text
    assert [(m.unit.code, m.role) for m in Membership.objects.all()] == [
        ("tj-binhai", "reporter"),
        ("tj-dongli", "approver"),
    ]


@pytest.mark.parametrize(("unit", "role", "what"), [("mars", "reporter", "mars"), ("tj-binhai", "king", "king")])
def test_an_unknown_unit_or_role_makes_nobody(city, unit, role, what):
    with pytest.raises(CommandError, match=what):
        run("createperson", "wang", "--unit", unit, "--role", role)
    assert not User.objects.exists()
