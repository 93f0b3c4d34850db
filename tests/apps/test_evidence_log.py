"""The log: every event enters it in its own transaction, is numbered once, and lies under two trees."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from jinzhi.apps.catalogue.looks import looks
from jinzhi.apps.evidence.events.actions import content_of, enter_earlier, record
from jinzhi.apps.evidence.events.upgrade import after_migrate
from jinzhi.apps.evidence.log import log, trees
from jinzhi.apps.evidence.log.entries import queued_entry
from jinzhi.apps.evidence.models import Checkpoint, Entry, Event, Node, Shard
from jinzhi.apps.evidence.ticks import checkpoints
from jinzhi.kernel import merkle
from jinzhi.kernel.canonical import canonical, digests
from jinzhi.kernel.merkle import FAMILIES, SHA256, SM3

DAY = date(2026, 11, 20)


def fill(count: int, start: int = 0) -> None:
    """Queue entries past the actions, of content that is kept nowhere."""
    bodies = [
        (f"test:{n}", f'{{"kind":"test","n":{n},"object":"test:{n}","salted":true,"sha256":"","sm3":""}}')
        for n in range(start, start + count)
    ]
    Entry.objects.bulk_create([queued_entry("test", name, body, None) for name, body in bodies], batch_size=5000)


def the_shard() -> Shard:
    return Shard.objects.get()


def leaves(family: merkle.Family) -> list[bytes]:
    """The leaf hashes from the bodies, in order: another way to the same tree."""
    return [family.leaf(body.encode()) for body in Entry.objects.order_by("index").values_list("body", flat=True)]


def test_an_event_leaves_an_entry_that_carries_its_digests(above):
    first = record("thing:1", "make", {"a": "甲"}, who=above.acting, on=DAY)
    second = record("thing:1", "change", {"a": "乙"}, who=above.acting, on=DAY)
    body = json.loads(second.entry.body)
    assert body == {
        "kind": "event", "object": "thing:1", "actor": above.acting.name, "unit": "tianjin", "on": "2026-11-20",
        "at": body["at"], "media_type": "application/json", "length": len(content_of(second)),
        "sha256": second.sha256, "sm3": second.sm3, "prev": {"sha256": first.sha256, "sm3": first.sm3},
        "procedure": "",
    }  # fmt: skip
    assert json.loads(first.entry.body)["prev"] is None
    assert hashlib.sha256(content_of(second)).hexdigest() == second.sha256
    assert second.entry.body == canonical(body)


def at_once() -> bool:
    """Whether an act numbers its entry itself: where there is one writer at a time anyway."""
    return connection.vendor == "sqlite"


def test_an_entry_gets_the_next_number_with_its_act_or_waits_for_it(above):
    events = [record(f"thing:{n}", "make", {}, who=above.acting, on=DAY) for n in range(3)]
    assert [e.entry.number for e in events] == (["2026-0", "2026-1", "2026-2"] if at_once() else ["", "", ""])
    assert log.queue() == log.sequence() == (0 if at_once() else 3)
    assert [Entry.objects.get(event=e).number for e in events] == ["2026-0", "2026-1", "2026-2"]
    assert log.sequence() == log.queue() == 0
    assert log.size(the_shard()) == 3


def test_an_event_that_is_rolled_back_leaves_no_entry(above):
    class Stop(Exception):
        pass

    with pytest.raises(Stop), transaction.atomic():
        record("thing:1", "make", {}, who=above.acting, on=DAY)
        raise Stop
    assert Entry.objects.count() == 0


def test_entries_are_numbered_when_their_transaction_is_through(above, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        event = record("thing:1", "make", {}, who=above.acting, on=DAY)
        assert Entry.objects.get(event=event).number == ("2026-0" if at_once() else "")
    assert Entry.objects.get(event=event).number == "2026-0"


def test_a_transaction_numbers_its_entries_once_whatever_it_rolled_back_on_the_way(
    above, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as hooks:
        with transaction.atomic():
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                record("thing:0", "make", {}, who=above.acting, on=DAY)
                raise ZeroDivisionError
            with transaction.atomic():
                record("thing:1", "make", {}, who=above.acting, on=DAY)
            record("thing:1", "change", {}, who=above.acting, on=DAY)
        record("thing:2", "make", {}, who=above.acting, on=DAY)
    assert hooks == ([] if at_once() else [log.sequence])
    assert list(Entry.objects.order_by("index").values_list("index", "object")) == [
        (0, "thing:1"), (1, "thing:1"), (2, "thing:2"),
    ]  # fmt: skip


def test_a_replayed_event_has_one_entry(above):
    for _ in range(2):
        record("thing:1", "make", {}, who=above.acting, on=DAY, key="once")
    assert Entry.objects.count() == 1


def test_an_entry_is_found_by_its_printed_number(above):
    event = record("thing:1", "make", {}, who=above.acting, on=DAY)
    log.sequence()
    assert log.entry("2026-0").event == event


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "7",
        "2026",
        "2026-",
        "2026-x",
        "2026--1",
        "2026-1",
        "2025-0",
        "２０２６-0",
        f"{10**30}-0",
        f"2026-{10**30}",
        "2026-" + "1" * 5000,
    ],
)
def test_what_is_no_number_of_an_entry_is_said_to_be_none(above, wrong):
    record("thing:1", "make", {}, who=above.acting, on=DAY)
    log.sequence()
    with pytest.raises(log.Unknown):
        log.entry(wrong)


def test_a_new_year_closes_the_old_shard(above, settings):
    record("thing:1", "make", {}, who=above.acting, on=DAY)
    log.sequence()
    settings.JINZHI_TODAY = "2027-01-01"
    late = record("thing:1", "late", {}, who=above.acting, on=date(2026, 12, 31))
    log.sequence()
    assert Entry.objects.get(event=late).number == "2027-0"
    assert list(Shard.objects.order_by("year").values_list("year", "size", "closed")) == [
        (2026, 1, True),
        (2027, 1, False),
    ]


def write_on(settings, who, day: str) -> str:
    """The number of an event that is recorded on a day."""
    settings.JINZHI_TODAY = day
    made = record(f"thing:{day}", "make", {}, who=who, on=date.fromisoformat(day))
    log.sequence()
    return Entry.objects.get(event=made).number


@pytest.mark.parametrize("wrong", ["2030-03-01", "2027-06-15", "2028-01-01"])
def test_a_clock_that_jumps_ahead_for_a_while_closes_no_year(above, settings, wrong):
    assert write_on(settings, above.acting, "2026-11-20") == "2026-0"
    assert write_on(settings, above.acting, wrong) == "2026-1"
    assert write_on(settings, above.acting, "2026-11-21") == "2026-2"
    assert list(Shard.objects.values_list("year", "closed")) == [(2026, False)]
    assert write_on(settings, above.acting, "2026-12-31") == "2026-3"
    # the clock walks over New Year
    assert write_on(settings, above.acting, "2027-01-02") == "2027-0"


def test_a_clock_that_stays_in_a_later_year_for_a_week_is_believed(above, settings):
    assert write_on(settings, above.acting, "2026-11-20") == "2026-0"
    assert write_on(settings, above.acting, "2028-05-01") == "2026-1"
    assert write_on(settings, above.acting, "2028-05-05") == "2026-2"
    # eight days after it was first seen (the time of day of a fixed day is the real one)
    assert write_on(settings, above.acting, "2028-05-09") == "2028-0"
    assert write_on(settings, above.acting, "2028-05-10") == "2028-1"


def test_doctor_says_that_the_clock_and_the_log_are_of_two_years(above, settings):
    write_on(settings, above.acting, "2026-11-20")
    write_on(settings, above.acting, "2030-03-01")
    said = [f for look in looks() for f in look() if f.id == "log-year"]
    assert [f.value for f in said] == ["the log is in 2026, the clock says 2030"]


def test_a_checkpoint_of_the_future_does_not_stop_those_of_today(above, settings):
    write_on(settings, above.acting, "2026-11-20")
    settings.JINZHI_TODAY = "2030-03-01"
    checkpoints(date(2030, 3, 1))
    settings.JINZHI_TODAY = "2026-11-21"
    assert checkpoints(date(2026, 11, 21)) == 1


def test_a_clock_that_runs_back_does_not_reopen_a_year(above, settings):
    record("thing:1", "make", {}, who=above.acting, on=DAY)
    log.sequence()
    settings.JINZHI_TODAY = "2025-12-31"
    record("thing:1", "change", {}, who=above.acting, on=DAY)
    log.sequence()
    assert log.size(the_shard()) == 2


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_every_proof_of_a_small_log_holds(db, family):
    made = 0
    for count in (1, 2, 5, 7, 18):
        fill(count, made)
        made += count
        log.sequence()
    shard, known = the_shard(), leaves(family)
    assert shard.size == len(known) == 33
    for size in range(1, 34):
        root = log.root(shard, size, family)
        assert root == merkle.root_of(family, known[:size])
        for index in range(size):
            proof = log.inclusion(shard, index, size, family)
            merkle.verify_inclusion(family, known[index], index, size, proof, root)
        for old in range(1, size + 1):
            proof = log.consistency(shard, old, size, family)
            merkle.verify_consistency(family, old, size, proof, log.root(shard, old, family), root)


def test_a_log_numbered_in_uneven_pieces_has_the_root_of_its_leaves(db):
    """Over the borders of kept subtrees, with pieces that end before, on and after them."""
    made = 0
    for count in (255, 1, 256, 300, 212, 1024, 3):
        fill(count, made)
        made += count
        log.sequence()
    shard = the_shard()
    assert Node.objects.filter(level=8).count() == made // 256
    for family in FAMILIES:
        known = leaves(family)
        for size in (1, 255, 256, 257, 511, 512, 513, 1024, made):
            root = log.root(shard, size, family)
            assert root == merkle.root_of(family, known[:size])
            for index in (0, 100, 254, 255, 256, size - 1):
                if index < size:
                    proof = log.inclusion(shard, index, size, family)
                    merkle.verify_inclusion(family, known[index], index, size, proof, root)
            proof = log.consistency(shard, size, made, family)
            merkle.verify_consistency(family, size, made, proof, root, log.root(shard, made, family))


@pytest.mark.slow
def test_a_log_past_two_levels_of_kept_subtrees_has_the_root_of_its_leaves(db, django_assert_max_num_queries):
    fill(66_000)
    log.sequence()
    shard = the_shard()
    assert list(Node.objects.filter(level=16).values_list("index", flat=True)) == [0]
    for family in FAMILIES:
        known = leaves(family)
        root = log.root(shard, shard.size, family)
        assert root == merkle.root_of(family, known)
        for index in (0, 65_535, 65_536, 65_999):
            with django_assert_max_num_queries(5):
                proof = log.inclusion(shard, index, shard.size, family)
            merkle.verify_inclusion(family, known[index], index, shard.size, proof, root)
        with django_assert_max_num_queries(8):
            proof = log.consistency(shard, 65_537, shard.size, family)
        merkle.verify_consistency(family, 65_537, shard.size, proof, merkle.root_of(family, known[:65_537]), root)


def test_a_state_the_log_has_not_reached_is_not_known(db):
    fill(2)
    log.sequence()
    with pytest.raises(log.Unknown, match="只有 2 条"):
        log.root(the_shard(), 3, SHA256)
    with pytest.raises(merkle.ProofError):
        log.inclusion(the_shard(), 2, 2, SM3)


def test_a_log_with_a_missing_entry_says_which(db):
    fill(5)
    log.sequence()
    behind_the_triggers('DELETE FROM evidence_entry WHERE "index" = 3')
    with pytest.raises(log.LogBroken, match="缺少第 3 条"):
        log.root(the_shard(), 5, SHA256)


def test_numbering_many_entries_takes_few_queries(db, django_assert_max_num_queries):
    fill(1000)
    with django_assert_max_num_queries(16):
        log.sequence()


# --- append-only -------------------------------------------------------------------------------------------


def without_triggers(table: str) -> None:
    """Take the triggers off a table, as somebody with the password of the database would."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            # a table with checks still to come cannot be altered
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def behind_the_triggers(sql: str) -> None:
    """Change a table of the log in spite of its triggers."""
    without_triggers(next(word for word in sql.replace('"', " ").split() if word.startswith("evidence_")))
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def kept(above) -> Checkpoint:
    """A log with a numbered entry, a queued one, and everything else that is kept."""
    fill(256)
    log.sequence()
    record("thing:1", "make", {}, who=above.acting, on=DAY)
    log.sequence()
    fill(1, 256)
    shard = the_shard()
    mark = Checkpoint.objects.create(
        shard=shard, size=256, root_sha256=b"a" * 32, root_sm3=b"b" * 32, note_sha256="n", note_sm3="m",
        at="2026-11-22T00:00:00Z",
    )  # fmt: skip
    mark.cosignatures.create(family="sha256", witness="w", line="l", moment="2026-11-22T00:00:00Z")
    return mark


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE evidence_entry SET body = 'x' WHERE \"index\" = 3",
        "UPDATE evidence_entry SET body = 'x' WHERE shard_id IS NULL",
        "UPDATE evidence_entry SET event_id = NULL WHERE event_id IS NOT NULL",
        'UPDATE evidence_entry SET "index" = 900 WHERE "index" = 3',
        'UPDATE evidence_entry SET "index" = NULL, shard_id = NULL WHERE "index" = 3',
        "UPDATE evidence_entry SET leaf_sm3 = leaf_sha256 WHERE shard_id IS NULL",
        "UPDATE evidence_entry SET body = 'x', \"index\" = 256, shard_id = (SELECT id FROM evidence_shard)"
        " WHERE shard_id IS NULL",
        'DELETE FROM evidence_entry WHERE "index" = 255',
        "DELETE FROM evidence_entry WHERE shard_id IS NULL",
        "UPDATE evidence_shard SET size = size - 1",
        "UPDATE evidence_shard SET year = 2020",
        "UPDATE evidence_shard SET origin = 'other'",
        "DELETE FROM evidence_shard",
        "UPDATE evidence_node SET sha256 = sm3",
        "DELETE FROM evidence_node",
        "UPDATE evidence_checkpoint SET size = 1",
        "UPDATE evidence_checkpoint SET note_sm3 = 'x'",
        "DELETE FROM evidence_checkpoint",
        "UPDATE evidence_cosignature SET line = 'x'",
        "DELETE FROM evidence_cosignature",
    ],
)
def test_the_database_refuses_to_change_the_log(kept, sql):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_closed_shard_grows_no_more(kept):
    Shard.objects.update(closed=True)
    for sql in ("UPDATE evidence_shard SET size = size + 1", "UPDATE evidence_shard SET closed = (1 = 0)"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_checkpoint_takes_its_time_stamp_once(kept):
    Checkpoint.objects.update(token=b"first")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Checkpoint.objects.update(token=b"second")
    kept.refresh_from_db()
    assert bytes(kept.token) == b"first"


@pytest.mark.parametrize("change", [{"size": 255}, {"root_sha256": b"c" * 32}, {"root_sm3": b"c" * 32}])
def test_the_database_refuses_a_checkpoint_that_contradicts_an_earlier_one(kept, change):
    said = {"size": 256, "root_sha256": b"a" * 32, "root_sm3": b"b" * 32} | change
    with pytest.raises(DatabaseError, match="contradicts"), transaction.atomic():
        Checkpoint.objects.create(shard=kept.shard, note_sha256="n", note_sm3="m", at=kept.at, **said)


def test_two_entries_never_share_a_number(kept):
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(shard__isnull=True).update(shard=kept.shard, index=255)


def test_there_is_one_open_shard(kept):
    with pytest.raises(IntegrityError), transaction.atomic():
        Shard.objects.create(year=2027, origin="x")


# --- what was there before the log ---------------------------------------------------------------------------


def test_events_from_before_the_log_enter_it_once(above):
    events = [record("thing:1", "make", {"n": n}, who=above.acting, on=DAY) for n in range(5)]
    bodies = list(Entry.objects.order_by("event_id").values_list("body", flat=True))
    behind_the_triggers("DELETE FROM evidence_entry")
    assert enter_earlier(chunk=2) == 5
    assert enter_earlier() == 0
    assert list(Entry.objects.order_by("id").values_list("body", flat=True)) == bodies
    assert [e.pk for e in events] == list(Entry.objects.order_by("id").values_list("event_id", flat=True))


def test_a_migration_enters_and_numbers_them(above):
    record("thing:1", "make", {}, who=above.acting, on=DAY)
    behind_the_triggers("DELETE FROM evidence_entry")
    behind_the_triggers("UPDATE evidence_shard SET size = 0")
    after_migrate(using="default")
    assert log.entry("2026-0").event == Event.objects.get()


# --- the seals of an object -----------------------------------------------------------------------------------


def test_the_seals_of_an_object_are_those_of_its_events_in_order(above, django_assert_max_num_queries):
    for n in range(3):
        record("thing:1", "make", {"n": n}, who=above.acting, on=DAY)
        record("thing:2", "make", {"n": n}, who=above.acting, on=DAY)
    seals = log.seal_of("thing:1")
    assert [(s.seq, s.entry.number, s.state) for s in seals] == [
        (1, "2026-0", "numbered"), (2, "2026-2", "numbered"), (3, "2026-4", "numbered"),
    ]  # fmt: skip
    with django_assert_max_num_queries(2):
        log.seal_of("thing:1")


def test_an_entry_of_another_kind_stands_beside_the_events(above):
    content = digests(b"content")
    made = log.append(
        "custody", "custody:1", who=above.acting, on=DAY, media_type="text/plain", length=7, sha256=content.sha256,
        sm3=content.sm3, procedure="evidence-custody 2026-1", salted=True,
    )  # fmt: skip
    body = json.loads(made.body)
    assert (body["kind"], body["salted"], body["procedure"]) == ("custody", True, "evidence-custody 2026-1")
    log.sequence()
    assert log.entry("2026-0") == made


def test_an_entry_longer_than_a_tile_can_carry_is_refused(above):
    with pytest.raises(ValueError, match="longer"):
        log.append("x", "o" * 70_000, who=None, on=DAY, media_type="", length=0, sha256="", sm3="")


def test_the_reader_of_a_tree_reads_a_run_once(db, django_assert_num_queries):
    fill(300)
    log.sequence()
    shard = the_shard()
    with django_assert_num_queries(2):
        both = trees.roots(shard, 300)
    assert both == (log.root(shard, 300, SHA256), log.root(shard, 300, SM3))


def test_there_is_no_migration_left_to_make(db):
    call_command("makemigrations", "evidence", check=True, dry_run=True, verbosity=0)
