"""The one function that writes events: for one and for many it keeps what the plain definition keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from jinzhi.apps.evidence.audit import audit
from jinzhi.apps.evidence.events import rows, writing
from jinzhi.apps.evidence.events.actions import Conflict, KeyReused, record
from jinzhi.apps.evidence.events.writing import Act, write
from jinzhi.apps.evidence.log import log, tiles, trees
from jinzhi.apps.evidence.models import Entry, Event, Shard
from jinzhi.kernel.merkle import FAMILIES
from tests.apps.plain_record import all_rows, plain_record

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
WORDS = ("甲", 'a\n"b\\', "", "\U0001f600", "x" * 300, "￿\u2028")


def history(chance: Random, length: int) -> list[Act]:
    """Random acts on few streams, in random shapes, some with a key, a basis or a moment of their own."""
    return [
        Act(
            f"thing:{chance.randrange(4)}",
            chance.choice(["make", "change"]),
            {chance.choice(WORDS): chance.choice([None, True, n, -n, *WORDS, [n, {"内": n}]]) for _ in range(3)},
            DAY + timedelta(days=chance.randrange(9)),
            key=f"key-{n}" if chance.random() < 0.3 else "",
            basis=[chance.choice(WORDS)] if chance.random() < 0.3 else [],
            at=NOON + timedelta(seconds=n, microseconds=chance.choice([0, 7])) if chance.random() < 0.5 else None,
        )
        for n in range(length)
    ]


class Undone(Exception):
    """Takes back what was written, so that the other way starts from the same database."""


def kept_by(way) -> tuple[dict, dict[str, bytes]]:
    """The rows and the served tiles that a way of writing leaves."""
    with pytest.raises(Undone), transaction.atomic():
        way()
        log.sequence()
        shard = Shard.objects.get()
        paths = [f"tile/{level}/{n:03}" for level in (0, 1) for n in range(shard.size >> (8 * level + 8))]
        paths += [f"tile/entries/{n:03}" for n in range(shard.size >> 8)]
        served = {f"{f.name}/{p}": tiles.file(2026, f.name, p).content for f in FAMILIES for p in paths}
        served |= {f.name: trees.root(shard, shard.size, f) for f in FAMILIES}
        kept = all_rows(), served
        raise Undone
    return kept


@pytest.mark.parametrize("seed", range(4))
def test_random_histories_leave_the_rows_and_tiles_of_the_plain_definition(above, monkeypatch, seed):
    chance = Random(seed)
    acts = history(chance, (5, 40, 255, 530)[seed])
    monkeypatch.setattr(writing, "now", lambda: NOON)

    def plainly() -> None:
        for act in acts:
            plain_record(act, above.acting if act.verb == "make" else None, NOON)

    def in_pieces() -> None:
        at = 0
        while at < len(acts):
            # as many acts of one author as come together, at most
            same = 1
            while at + same < len(acts) and acts[at + same].verb == acts[at].verb and chance.random() < 0.9:
                same += 1
            write(acts[at : at + same], who=above.acting if acts[at].verb == "make" else None)
            at += same

    by_definition, quickly = kept_by(plainly), kept_by(in_pieces)
    assert quickly == by_definition


def test_the_number_of_statements_does_not_grow_with_the_number_of_events(above):
    record("thing:0", "make", {}, who=above.acting, on=DAY)
    counts = []
    for count in (2, 200):
        with CaptureQueriesContext(connection) as asked:
            write([Act(f"thing:{n % 7}", "change", {"n": n}, DAY) for n in range(count)], who=above.acting)
        counts.append(len([q for q in asked.captured_queries if "evidence_node" not in q["sql"]]))
    assert counts[0] == counts[1] <= 8


def test_one_event_takes_the_fewest_statements(above, django_assert_max_num_queries):
    record("thing:0", "make", {}, who=above.acting, on=DAY)
    with django_assert_max_num_queries(6):
        record("thing:0", "change", {}, who=above.acting, on=DAY)


def test_what_is_returned_is_what_is_kept(above):
    made = write([Act("thing:1", "make", {"n": 1}, DAY), Act("thing:1", "change", {"n": 2}, DAY)], who=above.acting)
    assert [Event.objects.get(pk=e.pk).sha256 for e in made] == [e.sha256 for e in made]
    assert [e.seq for e in made] == [1, 2]
    assert [e.entry.object for e in made] == ["thing:1", "thing:1"]
    assert made[1].prev_sha256 == made[0].sha256
    assert audit(ask=False).sound


def test_many_are_all_or_none(above):
    record("thing:2", "make", {}, who=above.acting, on=DAY)
    acts = [Act("thing:1", "make", {}, DAY), Act("thing:2", "change", {}, DAY, expected=0)]
    with pytest.raises(Conflict) as stale:
        write(acts, who=above.acting)
    assert (stale.value.stream, stale.value.expected, stale.value.actual) == ("thing:2", 0, 1)
    assert Event.objects.count() == Entry.objects.count() == 1


def test_what_cannot_be_sealed_leaves_nothing_and_breaks_nothing(above):
    with transaction.atomic():
        with pytest.raises(ValueError, match="float"):
            record("thing:1", "make", {"n": 1.5}, who=above.acting, on=DAY)
        with pytest.raises(ValueError, match="the stream"):
            record("s" * 121, "make", {}, who=above.acting, on=DAY)
        record("thing:1", "make", {}, who=above.acting, on=DAY)
    assert [e.seq for e in Event.objects.all()] == [1]


@pytest.mark.parametrize("count", [1, 3])
def test_whoever_finds_the_number_taken_meanwhile_is_told_and_leaves_nothing(above, monkeypatch, count):
    record("thing:1", "make", {}, who=above.acting, on=DAY)
    true = rows.tails
    asked = []

    def tails(streams):
        """As another writer's transaction shows the stream: not yet with the event that it was too late for."""
        asked.append(streams)
        return {} if len(asked) == 1 else true(streams)

    monkeypatch.setattr(rows, "tails", tails)
    acts = [Act(f"thing:{n + 2}", "make", {}, DAY) for n in range(count - 1)] + [Act("thing:1", "make", {}, DAY)]
    with transaction.atomic():
        with pytest.raises(Conflict) as late:
            write(acts, who=above.acting)
        assert (late.value.stream, late.value.actual) == ("thing:1", 1)
        assert Event.objects.count() == Entry.objects.count() == 1
        write(acts, who=above.acting)
    assert Event.objects.count() == 1 + count
    assert audit(ask=False).sound


def test_a_batch_that_comes_again_gives_the_events_of_the_first_time(above):
    acts = [Act(f"thing:{n}", "make", {"n": n}, DAY, key=f"key-{n}") for n in range(3)]
    first = write(acts[:2], who=above.acting)
    again = write(acts, who=above.acting)
    assert [e.pk for e in again[:2]] == [e.pk for e in first]
    assert [e.replayed for e in again] == [True, True, False]
    with pytest.raises(KeyReused):
        write([replace(acts[0], data={"n": 7})], who=above.acting)
    with pytest.raises(KeyReused):
        write([acts[0], acts[0]], who=above.acting)
    assert Event.objects.count() == 3


def test_personal_values_of_a_batch_stand_beside_it(above):
    made = write(
        [Act(f"thing:{n}", "make", {"who": f"人{n}"}, DAY, personal=["who"]) for n in range(3)], who=above.acting
    )
    assert [e.data for e in made] == [{"who": f"人{n}"} for n in range(3)]
    assert [e.personal.get().value for e in Event.objects.order_by("id")] == ["人0", "人1", "人2"]
    assert "人0" not in str(Event.objects.first().data)
    assert audit(ask=False).sound


def test_the_guards_of_the_database_hold_for_what_was_written_so(above):
    (event,) = write([Act("thing:1", "make", {}, DAY)], who=above.acting)
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(verb="other")


def test_entries_that_an_earlier_version_left_in_the_queue_are_numbered_before_the_next_act(above):
    plain_record(Act("thing:1", "make", {}, DAY), above.acting, NOON)
    assert log.queue() == 1
    record("thing:2", "make", {}, who=above.acting, on=DAY)
    log.sequence()
    assert [e.object for e in Entry.objects.order_by("index")] == ["thing:1", "thing:2"]
    assert audit(ask=False).sound


def test_a_batch_over_the_turn_of_the_year_goes_to_the_new_log(above, settings):
    record("thing:1", "make", {}, who=above.acting, on=DAY)
    log.sequence()
    settings.JINZHI_TODAY = "2027-01-02"
    write([Act("thing:1", "change", {"n": n}, DAY) for n in range(3)], who=above.acting)
    log.sequence()
    last = write([Act("thing:1", "change", {"n": 9}, DAY)], who=above.acting)
    log.sequence()
    years = list(Entry.objects.order_by("id").values_list("shard__year", "index"))
    assert years[0] == (2026, 0)
    assert [index for year, index in years if year == years[-1][0]][-1] == log.size(log.shard_of(years[-1][0])) - 1
    assert last[0].seq == 5
    assert audit(ask=False).sound
