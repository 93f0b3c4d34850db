"""Personal data stand beside the events: erasing them leaves every digest and the log sound."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from jinzhi.apps.cases.actions import StepRefused, correct, erase_personal, open_case
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.evidence.events.actions import KeyReused, record
from jinzhi.apps.evidence.events.personal import MARK, reveal
from jinzhi.apps.evidence.models import Event, Personal
from jinzhi.kernel.canonical import digest_value

NAME = "张某某"
ON = date(2026, 11, 20)


def told(who, key: str = "", name: str = NAME) -> Event:
    return record("thing:1", "say", {"name": name, "of": {"phone": "13800000000"}, "n": 1}, who=who, on=ON,
                  personal=("name", "of/phone", "absent"), key=key)  # fmt: skip


def raw(event: Event) -> Event:
    return Event.objects.get(pk=event.pk)


def test_the_event_holds_digests_and_the_reader_sees_values(district):
    event = told(district.acting)
    assert event.data["name"] == NAME and event.sealed_data["name"][MARK] == "name"
    kept = raw(event)
    assert NAME not in str(kept.data) and "13800000000" not in str(kept.data) and NAME not in kept.entry.body
    assert [e.data["of"]["phone"] for e in reveal([kept])] == ["13800000000"]


def test_the_same_value_twice_has_other_digests(district):
    first, second = told(district.acting), told(district.acting)
    assert first.sealed_data["name"]["sha256"] != second.sealed_data["name"]["sha256"]
    assert digest_value(NAME).sha256 != first.sealed_data["name"]["sha256"]


def test_a_key_that_comes_back_is_compared_with_the_values(district):
    first = told(district.acting, "once")
    assert told(district.acting, "once").pk == first.pk
    with pytest.raises(KeyReused):
        told(district.acting, "once", "李某某")


def test_the_database_lets_a_value_be_erased_once_and_never_changed(district):
    row = Personal.objects.get(event=told(district.acting), path="name")
    for statement in (
        "UPDATE evidence_personal SET value = '\"x\"' WHERE id = %s",
        "UPDATE evidence_personal SET erased_at = '2026-11-22' WHERE id = %s",
        "DELETE FROM evidence_personal WHERE id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [row.pk])


@pytest.fixture
def handler(make_person):
    return make_person("handler", "tj-binhai", "case-handler")


@pytest.fixture
def complaint(handler) -> Case:
    given = {"title": "涉嫌假冒专利", "complainant": NAME, "contact": "13800000000", "respondent": "某公司",
             "facts": "见附件", "channel": "platform"}  # fmt: skip
    return open_case("complaint", "open", given, who=handler.acting, unit=handler.acting.unit, on=date(2026, 11, 2))


def troubles() -> list[str]:
    return [line for found in run_all() for line in found.violations]


def test_erasing_a_case_keeps_its_story_and_every_digest(complaint, handler):
    assert [e.data.get("complainant") for e in events_of(complaint)] == [NAME]
    before = list(Event.objects.filter(stream=complaint.stream).values_list("sha256", "sm3"))
    erase_personal(complaint, reason="当事人申请", who=handler.acting)
    events = events_of(complaint)
    assert events[0].data["complainant"] is None and set(events[0].erased) == {"complainant", "contact"}
    assert list(Event.objects.filter(stream=complaint.stream).values_list("sha256", "sm3")) == before
    assert not troubles()
    assert not Personal.objects.exclude(value=None).exists() and not Personal.objects.exclude(salt=None).exists()
    assert Event.objects.get(stream=f"erasure:{complaint.stream}").data["erased"] == ["1:complainant", "1:contact"]
    with pytest.raises(StepRefused, match="没有尚存"):
        erase_personal(complaint, reason="再次", who=handler.acting)


def test_a_corrected_name_is_erased_as_well(complaint, handler):
    correct(complaint, 1, reason="更正姓名", who=handler.acting, expected=1, data={"complainant": "张某"})
    assert "张某" not in str(list(Event.objects.filter(stream=complaint.stream).values_list("data", flat=True)))
    erase_personal(complaint, reason="当事人申请", who=handler.acting)
    assert events_of(complaint)[1].erased == ("data/complainant",)


def test_without_reason_or_right_nothing_is_erased(complaint, handler, above):
    with pytest.raises(StepRefused):
        erase_personal(complaint, reason=" ", who=handler.acting)
    with pytest.raises(StepRefused):
        erase_personal(complaint, reason="依法", who=above.acting)
    assert events_of(complaint)[0].data["complainant"] == NAME


def test_the_page_says_what_goes_asks_twice_and_then_shows_that_it_is_gone(complaint, handler, above):
    page = f"/cases/{complaint.pk}/"
    assert "删除个人信息" in handler.client.get(page).content.decode()
    assert "删除个人信息" not in above.client.get(page).content.decode()
    assert above.client.post(f"{page}erase/", {"reason": "x", "_confirm": "on"}).status_code == 403
    assert handler.client.post(f"{page}erase/", {"reason": "当事人申请"}).status_code == 422
    assert handler.client.post(f"{page}erase/", {"reason": "当事人申请", "_confirm": "on"}).status_code == 302
    shown = handler.client.get(page).content.decode()
    assert NAME not in shown and "已依法删除" in shown


def test_the_checker_finds_a_value_that_no_longer_fits(complaint):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS evidence_personal_no_update" + (
            " ON evidence_personal" if connection.vendor == "postgresql" else ""))  # fmt: skip
        cursor.execute("UPDATE evidence_personal SET value = '\"李四\"'")
    assert any("differs from its digests" in line for line in troubles())


def test_who_sees_personal_data_and_that_they_were_seen_is_said_in_one_place_each():
    """``role.personal`` is asked by the rule of fields; the page of roles prints it, and giving a post compares it."""
    src = Path(__file__).resolve().parents[2] / "src" / "jinzhi"
    texts = {p.relative_to(src).as_posix(): p.read_text() for p in src.rglob("*.py")}
    assert {n for n, text in texts.items() if "role.personal" in text} == {
        "kernel/fields.py", "kernel/access.py", "web/catalogue/views.py",
    }  # fmt: skip
    recorded = {n for n, text in texts.items() if '"view-personal-data"' in text or '"export-personal-data"' in text}
    assert recorded == {"apps/evidence/events/viewing.py", "web/evidence/words.py"}
