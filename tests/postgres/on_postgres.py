"""What only a server with real concurrency can show. Run by test_postgres.py, which sets DATABASE_URL.

The name keeps pytest from collecting it on SQLite. The rows stay in the database, which is thrown away: events
cannot be truncated, so Django's usual way of emptying the tables between such tests is refused by the trigger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from jinzhi.apps.cases.actions import open_case, take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.catalogue.numbers import next_number
from jinzhi.apps.evidence.events.actions import Conflict, KeyReused, record
from jinzhi.apps.evidence.events.verb import VERBS
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.models import Entry, Event
from jinzhi.apps.plan.actions import save_content
from jinzhi.apps.plan.models import Report
from jinzhi.apps.units.actions import sync_units
from jinzhi.kernel.merkle import SM3
from tests.apps.plan_fixtures import milestone, round_of_reports, small_plan
from tests.apps.verb_examples import EXAMPLES
from tests.conftest import Person, person

DAY = date(2026, 11, 20)
T = TypeVar("T")


@pytest.fixture(scope="module", autouse=True)
def office(django_db_setup, django_db_blocker) -> Iterator[Person]:
    """The plan's office, committed: other connections see it."""
    with django_db_blocker.unblock():
        assert connection.vendor == "postgresql"
        sync_units()
        Installation.objects.create(pk=1, city_zh="天津", city_en="Tianjin")
        yield person("race-office", "tianjin", "plan-office")


def race(times: int, act: Callable[[int], T]) -> list[T | Exception]:
    """Let several connections act at the same moment; what each got, or what it was refused with."""
    start = Barrier(times)

    def one(n: int) -> T | Exception:
        try:
            connection.ensure_connection()
            start.wait(20)
            return act(n)
        except Exception as e:
            return e
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def kinds(results: list[object]) -> list[str]:
    return sorted(type(r).__name__ for r in results)


@pytest.mark.parametrize("stream", ["race:first", "race:later"])
def test_of_two_who_write_at_once_exactly_one_wins(office, stream):
    seen = 0
    if stream == "race:later":
        seen = record(stream, "make", {}, who=office.acting, on=DAY).seq
    got = race(2, lambda n: record(stream, "change", {"n": n}, who=office.acting, on=DAY, expected=seen))
    assert kinds(got) == ["Conflict", "Event"]
    assert Event.objects.filter(stream=stream).count() == seen + 1


def test_a_crowd_that_expects_nothing_leaves_an_unbroken_chain(office):
    got = race(6, lambda n: record("race:crowd", "say", {"n": n}, who=office.acting, on=DAY))
    assert {type(r) for r in got} <= {Event, Conflict}
    events = list(Event.objects.filter(stream="race:crowd").order_by("seq"))
    assert [e.seq for e in events] == list(range(1, len(events) + 1))
    assert len(events) == sum(isinstance(r, Event) for r in got)
    assert [e.prev_sha256 for e in events[1:]] == [e.sha256 for e in events[:-1]]


def test_a_double_click_records_once(office):
    got = race(4, lambda n: record("race:click", "send", {"a": 1}, who=office.acting, on=DAY, key="one-form"))
    # the slower ones meet the first event or are told that they came second; never a second event
    assert {type(r) for r in got} <= {Event, Conflict}
    assert Event.objects.filter(stream="race:click").count() == 1


def test_one_key_never_stands_for_two_contents(office):
    got = race(2, lambda n: record(f"race:key:{n}", "send", {"n": n}, who=office.acting, on=DAY, key="two-forms"))
    assert sum(isinstance(r, Event) for r in got) == 1
    assert {type(r) for r in got} <= {Event, Conflict, KeyReused}
    assert Event.objects.filter(key="two-forms").count() == 1


def test_running_numbers_are_given_out_once_each(office):
    assert sorted(race(6, lambda n: next_number("race", 2026))) == [1, 2, 3, 4, 5, 6]


def test_cases_opened_at_once_get_numbers_of_their_own(office):
    raw = {"title": "并发", "demand": "请答复", "grounds": "到期未完成", "due": "2026-12-20"}
    unit = office.acting.unit
    got = race(4, lambda n: open_case("supervision-order", "issue", raw, who=office.acting, unit=unit, on=DAY).number)
    assert len(set(got)) == 4
    assert {type(n) for n in got} == {str}


def test_of_two_steps_taken_at_once_one_is_refused_and_the_case_is_sound(office):
    raw = {"title": "并发办理", "demand": "请答复", "grounds": "到期未完成", "due": "2026-12-20"}
    case = open_case("supervision-order", "issue", raw, who=office.acting, unit=office.acting.unit, on=DAY)
    reason = {"reason": "重复"}
    got = race(2, lambda n: take(case_again(case.pk), "withdraw", reason, who=office.acting, expected=1, on=DAY))
    assert kinds(got) == ["CaseView", "Conflict"]
    kept = case_again(case.pk)
    assert (kept.seq, kept.closed_on) == (2, DAY)


def case_again(pk: int) -> Case:
    return Case.objects.unrestricted("a test reads it again").get(pk=pk)


def test_of_two_who_save_one_report_the_first_is_kept_whole(office):
    release = small_plan("race-plan")
    milestone(release, "U1", "tj-dongli", date(2026, 9, 30), target=10)
    report = round_of_reports(release, office.acting)["tj-dongli"]
    writer = person("race-dongli", "tj-dongli", "reporter").acting
    got = race(
        2,
        lambda n: save_content(
            Report.objects.unrestricted("a test").get(pk=report.pk), release, notes={"U1": {"progress": f"第{n}人"}},
            figures={}, who=writer, expected=0, on=DAY,
        ),
    )  # fmt: skip
    assert kinds(got) == ["Conflict", "dict"]
    (winner,) = [n for n, r in enumerate(got) if isinstance(r, dict)]
    assert report.notes.get().progress == f"第{winner}人"


def test_entries_of_many_writers_get_numbers_without_a_gap(office):
    def write(n: int) -> None:
        for k in range(20):
            record(f"race:log:{n}", "say", {"k": k}, who=office.acting, on=DAY)

    assert race(5, write) == [None] * 5
    log.sequence()
    shard = log.shard_of(2026)
    numbers = list(shard.entries.order_by("index").values_list("index", flat=True))
    assert numbers == list(range(shard.size))
    ours = Entry.objects.filter(object__startswith="race:log:").values_list("object", "index", "event__seq")
    assert len(ours) == 100
    for n in range(5):
        mine = sorted((seq, index) for object, index, seq in ours if object == f"race:log:{n}")
        assert [index for _, index in mine] == sorted(index for _, index in mine)


def test_those_who_number_and_sign_at_once_agree(office):
    def sign(n: int) -> tuple[int, bytes]:
        record(f"race:sign:{n}", "say", {}, who=office.acting, on=DAY)
        made = log.checkpoint()
        assert made is not None
        return made.size, bytes(made.root_sm3)

    got = race(5, sign)
    assert kinds(got) == ["tuple"] * 5
    shard = log.shard_of(2026)
    assert all(root == log.root(shard, size, SM3) for size, root in got)
    assert max(size for size, _ in got) == shard.size


def test_a_writer_that_is_not_through_holds_nobody_up(office):
    """Its entry takes its number after those that were through before, though it was written first."""
    written, through = Barrier(2), Barrier(2)

    def slow() -> int:
        try:
            with transaction.atomic():
                event = record("race:slow", "say", {}, who=office.acting, on=DAY)
                written.wait(20)
                through.wait(20)
            return Entry.objects.get(event=event).index
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(slow)
        written.wait(20)
        quick = record("race:quick", "say", {}, who=office.acting, on=DAY)
        numbered = Entry.objects.get(event=quick).index
        through.wait(20)
        assert numbered is not None
        assert late.result(20) == numbered + 1


def test_events_cannot_be_truncated(office):
    record("race:truncate", "make", {}, who=office.acting, on=DAY)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE evidence_event CASCADE")
    assert Event.objects.filter(stream="race:truncate").count() == 1


def test_a_plan_has_one_release_in_force(office):
    small_plan("race-once")
    with pytest.raises(IntegrityError, match="release"), transaction.atomic():
        small_plan("race-once")


@pytest.fixture(scope="module")
def reporter(office) -> Person:
    return person("race-binhai", "tj-binhai", "reporter")


@pytest.mark.parametrize("name", sorted(VERBS))
def test_of_one_submission_sent_three_times_at_once_all_get_the_one_answer(office, reporter, name):
    example = EXAMPLES[name](office, reporter)
    before = Event.objects.count()
    got = race(3, lambda n: example.call(key=f"race:{name}"))
    assert not [e for e in got if isinstance(e, Exception)], got
    assert len({getattr(answer, "pk", None) for answer in got}) == 1
    assert Event.objects.count() == before + example.events
