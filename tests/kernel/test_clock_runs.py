"""Runs of clocks: one an element, from service, restarted, started and stopped at once, under the law of the case."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import pytest

from jinzhi.kernel.clock import Clock, Extension, Tell
from jinzhi.kernel.clocks import Folding
from jinzhi.kernel.declare import Citation, collect
from jinzhi.kernel.expression import BLANK, Choose, Elements, F, Is, Least, Plus
from jinzhi.kernel.happening import Happening
from jinzhi.kernel.law import Dated, Version
from jinzhi.kernel.period import Calendar, HolidayNotice, days, hours, minutes, months, workdays

CALENDAR = Calendar.of(collect(["jinzhi.matters.china.holidays"]).all(HolidayNotice))


@dataclass
class Record:
    """A case by its paths; ``lists``: elements by the path of their list."""

    values: dict[str, object] = field(default_factory=dict)
    lists: dict[str, list[Record]] = field(default_factory=dict)
    calendar: Calendar = CALENDAR

    def value(self, path):
        return self.values.get(path, BLANK)

    def moment(self, path):
        return None

    def elements(self, over):
        return Elements(self.lists[over]) if over in self.lists else BLANK

    def frozen(self, source, where):
        return BLANK

    def at(self, day):
        return self


PARTIES = Record(
    lists={"open.respondents": [Record({"item": "a", "abroad": False}), Record({"item": "b", "abroad": True})]}
)


def clock(**more) -> Clock:
    return Clock("c", "期限", "Term", **{"start": ("open",), "stop": ("finish",), "length": days(10)} | more)


def runs(clock: Clock, *events: tuple, record: Record = PARTIES, on: date = date(2026, 7, 1)):
    folding = Folding((clock,))
    for step, day, *more in events:
        folding.take(Happening(step, step, date(2026, 6, day), **(more[0] if more else {})), record)
    return folding.views(date(2026, 6, 1), CALENDAR, on, record=record)


def test_each_respondent_has_a_term_of_its_own_and_of_its_own_length():
    answer = clock(
        start=("served:copy",), stop=("answer",), per="open.respondents",
        length=Choose((Is("abroad", True), days(30)), otherwise=days(15)),
    )  # fmt: skip
    first, second = runs(
        answer,
        ("served", 1, {"served": ("copy", "a")}),
        ("served", 3, {"served": ("copy", "b")}),
        ("answer", 10, {"item": "a"}),
    )
    # 1 June + 15 = 16 June, a Tuesday; 3 June + 30 = 3 July, a Friday
    assert (first.item, first.due, first.status) == ("a", date(2026, 6, 16), "met")
    assert (second.item, second.due, second.status) == ("b", date(2026, 7, 3), "running")


def test_a_clock_of_a_list_starts_for_each_element_and_stops_for_all():
    assert [v.item for v in runs(clock(per="open.respondents"), ("open", 1))] == ["a", "b"]
    assert [v.status for v in runs(clock(per="open.respondents"), ("open", 1), ("finish", 5))] == ["met", "met"]


def test_a_step_that_writes_its_list_anew_starts_only_what_is_new_in_it():
    seven = clock(start=("preserve",), stop=("dispose",), per="preserve.batches", counts_from=F("taken"))
    folding = Folding((seven,))
    batches = [Record({"item": str(n), "taken": date(2026, 6, n)}) for n in (1, 2, 3)]
    for step, day, item, listed in (
        ("preserve", 2, "", 2), ("dispose", 5, "1", 2), ("preserve", 8, "", 3), ("dispose", 9, "2", 3),
    ):  # fmt: skip
        happened = Happening(step, step, date(2026, 6, day), item=item)
        folding.take(happened, Record(lists={"preserve.batches": batches[:listed]}))
    views = folding.views(date(2026, 6, 1), CALENDAR, date(2026, 6, 10))
    # each counts ten days from the day on which it was taken: 1 June + 10 = Thursday 11, 2: Friday 12, 3: Saturday 13,
    # moved to Monday 15
    assert [(v.item, v.started, v.due, v.status) for v in views] == [
        ("1", date(2026, 6, 1), date(2026, 6, 11), "met"),
        ("2", date(2026, 6, 2), date(2026, 6, 12), "met"),
        ("3", date(2026, 6, 3), date(2026, 6, 15), "running"),
    ]


def test_an_aside_about_one_element_stops_that_one():
    held = clock(per="open.respondents", suspend=("ill",))
    views = runs(held, ("open", 1), ("fall", 3, {"item": "a", "began": (("ill", "a"),)}))
    assert [v.status for v in views] == ["paused", "expired"]


def test_a_restart_counts_anew_and_loses_what_was_granted():
    more = clock(restart=("mended",), extensions=(Extension("longer", up_to=days(5)),))
    assert runs(more, ("open", 1), ("longer", 5))[0].due == date(2026, 6, 16)
    view = runs(more, ("open", 1), ("longer", 5), ("mended", 8))[0]
    # ten days from 8 June: 18 June, a Thursday
    assert (view.started, view.due, view.extended) == (date(2026, 6, 8), date(2026, 6, 18), ())


def test_a_step_that_starts_and_stops_ends_what_runs_or_is_a_run_at_once():
    both = clock(stop=("open",))
    (once,) = runs(both, ("open", 1))
    assert (once.started, once.stopped) == (date(2026, 6, 1), date(2026, 6, 1))
    ends = clock(stop=("turn",), start=("open", "turn"))
    assert [v.stopped for v in runs(ends, ("open", 1), ("turn", 4))] == [date(2026, 6, 4)]


def test_entering_a_state_starts_and_stops():
    waiting = clock(start=("to:waiting",), stop=("to:done",))
    (view,) = runs(waiting, ("ask", 1, {"entered": "waiting"}), ("note", 2), ("end", 5, {"entered": "done"}))
    assert (view.started, view.stopped, view.status) == (date(2026, 6, 1), date(2026, 6, 5), "met")


def test_a_state_that_does_not_count_is_a_span_from_entering_to_leaving():
    out = clock(exclude=("appraisal",))
    (view,) = runs(out, ("open", 1), ("send", 5, {"entered": "appraisal"}), ("back", 9, {"entered": "new"}))
    # 2–4 June: 3; 5–8 out; 9–15: 10, a Monday
    assert view.due == date(2026, 6, 15)


@pytest.mark.parametrize(("value", "status"), [(True, "expired"), (False, None), (BLANK, None)])
def test_a_clock_starts_only_where_its_condition_does_not_say_no(value, status):
    views = runs(clock(when=Is("open.urgent", True)), ("open", 1), record=Record({"open.urgent": value}))
    assert [v.status for v in views] == ([status] if status else [])


def test_what_is_unknown_leaves_a_clock_without_a_date_and_says_why():
    (view,) = runs(clock(counts_from=F("open.received")), ("open", 1))
    assert (view.status, view.due) == ("undated", None)
    assert "起算日" in view.why_zh
    (unsaid,) = runs(clock(length=None, due=F("open.day")), ("open", 1))
    assert unsaid.status == "undated"


def test_a_day_that_counts_from_elsewhere_and_a_last_day_that_is_computed():
    said = Record({"open.received": date(2026, 6, 4), "open.agreed": date(2026, 6, 20)})
    assert runs(clock(counts_from=F("open.received"), length=workdays(3)), ("open", 1), record=said)[0].due == date(
        2026, 6, 9
    )
    due = Least(F("open.agreed"), Plus(F("open.received"), months(1)))
    assert runs(clock(length=None, due=due), ("open", 1), record=said)[0].due == date(2026, 6, 20)


@pytest.mark.parametrize(
    ("own", "law", "due", "beside"),
    [
        (None, None, date(2026, 6, 22), None),
        (None, False, date(2026, 6, 20), date(2026, 6, 22)),
        (True, False, date(2026, 6, 22), None),
        (False, None, date(2026, 6, 20), date(2026, 6, 22)),
    ],
)
def test_an_end_on_a_day_off_moves_as_the_clock_says_or_else_its_law(own, law, due, beside):
    # 10 June + 10 = 20 June, a Saturday of the Dragon Boat holiday; Monday 22 June is worked
    term = Dated((Version(since=date(2020, 1, 1), value=days(10), cite=Citation("l", "1"), roll=law),))
    (view,) = runs(clock(length=term, roll=own), ("open", 10))
    assert (view.due, view.deadline.unmoved_to) == (due, beside)


def test_a_granted_length_is_that_of_the_step():
    said = Record({"longer.length": days(3)})
    assert runs(clock(extensions=(Extension("longer"),)), ("open", 1), ("longer", 5), record=said)[0].due == date(
        2026, 6, 15
    )


@pytest.mark.parametrize(
    ("step", "day", "status"), [("lapse", 12, "expired"), ("finish", 12, "late"), ("lapse", 11, "met")]
)
def test_what_its_own_end_closes_ran_out_and_what_somebody_does_then_is_late(step, day, status):
    ends = clock(stop=("finish", "lapse"), at_end="lapse")
    (view,) = runs(ends, ("open", 1), (step, day))
    assert (view.status, view.open) == (status, False)


def test_the_earlier_of_two_moments_ends_a_clock_and_asks_for_the_time_of_day():
    slot, call = datetime(2026, 6, 3, 9, 30), datetime(2026, 6, 2, 18, 0)
    due = Least(Plus(F("book.slot"), minutes(15)), Plus(F("book.call"), hours(24)))
    said = Record({"book.slot": slot, "book.call": call})
    waits = clock(length=None, due=due)
    (view,) = runs(waits, ("open", 1, {"at": call}), record=said, on=date(2026, 6, 2))
    assert (view.due_at, view.due, view.status) == (datetime(2026, 6, 3, 9, 45), date(2026, 6, 3), "running")
    late = {"at": datetime(2026, 6, 3, 9, 46)}
    assert [v.status for v in runs(waits, ("open", 1), ("finish", 3, late), record=said)] == ["late"]
    assert waits.counts_hours


def test_due_today_is_not_overdue_and_the_end_acts_on_the_day_after():
    ends = clock(at_end="lapse", tell=(Tell(("r",), ahead=workdays(2)), Tell(("r",))))
    (view,) = runs(ends, ("open", 1), on=date(2026, 6, 11))
    assert (view.due, view.status, view.ends_by_itself_on) == (date(2026, 6, 11), "running", date(2026, 6, 12))
    assert [day for day, _ in view.told_of_end(CALENDAR)] == [date(2026, 6, 9), date(2026, 6, 12)]
    assert view.changes_on(date(2026, 6, 8), CALENDAR) == date(2026, 6, 9)
