"""The event table: one event a verb, sealed, append-only, safe against stale forms and double clicks."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.evidence.events.actions import Conflict, KeyReused, record
from jinzhi.apps.evidence.models import Event

DAY = date(2026, 11, 20)


def test_an_event_links_to_its_forerunner_by_both_digests(above):
    first = record("thing:1", "make", {"a": "甲"}, who=above.acting, on=DAY)
    second = record("thing:1", "change", {"a": "乙"}, who=above.acting, on=DAY)
    assert (second.prev_sha256, second.prev_sm3) == (first.sha256, first.sm3)
    assert len(first.sha256) == len(first.sm3) == 64
    assert first.sha256 != first.sm3


def test_a_stale_caller_meets_a_conflict_that_shows_what_came_in_between(above):
    record("thing:1", "make", {}, who=above.acting, on=DAY)
    record("thing:1", "change", {"by": "another"}, who=above.acting, on=DAY)
    with pytest.raises(Conflict) as e:
        record("thing:1", "change", {}, who=above.acting, on=DAY, expected=1)
    assert [x.verb for x in e.value.since] == ["change"]


def test_the_same_key_twice_records_once(above):
    one = record("thing:1", "make", {"n": 1}, who=above.acting, on=DAY, key="k1")
    two = record("thing:1", "make", {"n": 1}, who=above.acting, on=DAY, key="k1")
    assert one.pk == two.pk
    assert two.replayed
    assert Event.objects.filter(stream="thing:1").count() == 1


def test_a_key_with_other_content_is_refused(above):
    record("thing:1", "make", {"n": 1}, who=above.acting, on=DAY, key="k1")
    with pytest.raises(KeyReused):
        record("thing:1", "make", {"n": 2}, who=above.acting, on=DAY, key="k1")


@pytest.mark.parametrize("sql", ["UPDATE evidence_event SET verb = 'x'", "DELETE FROM evidence_event"])
def test_the_database_refuses_to_change_an_event(above, sql):
    record("thing:1", "make", {}, who=above.acting, on=DAY)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Event.objects.filter(verb="make").count() == 1


def test_the_checker_finds_an_event_changed_behind_the_trigger(above):
    event = record("thing:1", "make", {"n": 1}, who=above.acting, on=DAY)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER evidence_event_no_UPDATE")
        else:
            # a table with checks still to come cannot be altered
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE evidence_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE evidence_event SET actor = 'somebody else' WHERE id = %s", [event.pk])
    broken = {r.checker.id: r for r in run_all() if not r.sound}
    assert "event-chain" in broken
    assert "content and digest differ" in broken["event-chain"].violations[0]
