"""Mistakes that users of other casework systems reported, each as a case that must come out right here.

The systems: Open Zaak (a suspension was only a yes or no and moved no date), openregister (an end that moves off a day
off names what moved it; an unknown way to move is refused), Camunda, jBPM and Jmix (one calendar for all; a day became
business hours), froide (working days typed into a field of months), ef-cms (due today is not overdue), phpIP (all
deadlines red).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from jinzhi.kernel.clock import Clock, Extension
from jinzhi.kernel.clocks import Folding
from jinzhi.kernel.declare import Catalogue, collect
from jinzhi.kernel.fields import Field, FieldError, Type
from jinzhi.kernel.happening import Happening
from jinzhi.kernel.period import Calendar, HolidayNotice, days, deadline, hours, months, workdays
from jinzhi.kernel.procedure import Procedure, State, Step

CALENDAR = Calendar.of(collect(["jinzhi.matters.china.holidays"]).all(HolidayNotice))
CLOCK = Clock("c", "期限", "Term", start=("open",), stop=("finish",), suspend=("held",), length=workdays(10))


def status(clock: Clock, *events: Happening, on: date):
    folding = Folding((clock,))
    for event in events:
        folding.take(event)
    (view,) = folding.views(events[0].on, CALENDAR, on)
    return view


def took(step: str, day: date, **more) -> Happening:
    return Happening(step, step, day, **more)


OPENED = took("open", date(2026, 6, 1))
HELD = took("hold", date(2026, 6, 4), began=(("held", ""),))
BACK = took("go-on", date(2026, 6, 24), ended=(("held", ""),))


def test_a_suspension_moves_the_end_and_says_how_many_days_it_took_out():
    assert status(CLOCK, OPENED, on=date(2026, 6, 2)).due == date(2026, 6, 15)
    assert status(CLOCK, OPENED, HELD, on=date(2026, 6, 9)).due is None
    back = status(CLOCK, OPENED, HELD, BACK, on=date(2026, 6, 24))
    # 2, 3 June counted: 2; 4–23 stand still; 24–26: 5, 29–30: 7, 1–3 July: 10
    assert back.due == date(2026, 7, 3)
    (still,) = [s for s in back.deadline.steps if s.day == date(2026, 6, 4)]
    assert (still.last, still.counted) == (date(2026, 6, 23), 0)


def test_every_day_is_in_the_working_once_and_what_is_counted_is_the_term():
    steps = status(CLOCK, OPENED, HELD, BACK, on=date(2026, 6, 24)).deadline.steps
    told = [d for s in steps for d in range(s.day.toordinal(), s.last.toordinal() + 1)]
    assert told == list(range(date(2026, 6, 1).toordinal(), date(2026, 7, 3).toordinal() + 1))
    assert sum(s.counted for s in steps) == 10


def test_an_end_that_moved_names_the_holiday_and_one_that_stays_says_the_working_day():
    moved = deadline(date(2026, 9, 1), months(1), CALENDAR)
    assert (moved.on, moved.rolled_from) == (date(2026, 10, 8), date(2026, 10, 1))
    assert "国庆节" in moved.steps[-1].zh
    stays = deadline(date(2026, 9, 1), months(1), CALENDAR, roll=False)
    assert (stays.on, stays.unmoved_to) == (date(2026, 10, 1), date(2026, 10, 8))


def test_an_unknown_way_to_move_an_end_is_refused_at_the_start():
    place = Procedure(
        "p", "事", "P", serves=("P1",),
        states=(State("new", "新", "New"), State("done", "毕", "Done", final=True)),
        steps=(Step("open", "开", "Open", to="new", roles=("r",)),
               Step("finish", "完", "Finish", sources=("new",), to="done", roles=("r",))),
    )  # fmt: skip
    plain = replace(CLOCK, suspend=())
    assert list(plain.problems(place, Catalogue())) == []
    wrong = list(replace(plain, roll="backwards").problems(place, Catalogue()))
    assert wrong == ["clock c: roll='backwards' is not True, False or left out"]


@pytest.mark.parametrize("at", [datetime(2026, 6, 1, 5, 0), datetime(2026, 6, 1, 12, 0), datetime(2026, 6, 1, 22, 30)])
def test_the_hour_of_the_event_moves_no_term_in_days_and_hours_run_from_its_minute(at):
    assert deadline(at, workdays(1), CALENDAR).on == date(2026, 6, 2)
    assert deadline(at, days(1), CALENDAR).on == date(2026, 6, 2)
    assert deadline(at, hours(24), CALENDAR).at == at.replace(day=2)


def test_a_length_says_its_unit_itself_and_a_bare_number_is_refused():
    length = Field("length", "期限", "Term", type=Type.LENGTH)
    assert length.parse("15 workday") == "15 workday"
    for typed in ("15", "15 fortnights", "0 day"):
        with pytest.raises(FieldError, match="15 workday"):
            length.parse(typed)


def test_more_time_in_another_unit_is_added_after_the_end_and_hours_never_mix():
    longer = replace(CLOCK, suspend=(), extensions=(Extension("longer", up_to=months(1)),))
    # ten working days from 1 June end on 15 June; a month on: 15 July, not ten working months
    assert status(longer, OPENED, took("longer", date(2026, 6, 3)), on=date(2026, 6, 3)).due == date(2026, 7, 15)
    mixed = replace(CLOCK, extensions=(Extension("longer", up_to=hours(24)),))
    assert any("hours and another unit" in p for p in mixed._uncountable())


@pytest.mark.parametrize(("day", "word"), [(14, "running"), (15, "running"), (16, "expired")])
def test_due_today_is_not_overdue(day, word):
    assert status(CLOCK, OPENED, on=date(2026, 6, day)).status == word


def test_what_was_done_in_time_is_never_red_afterwards():
    done = status(CLOCK, OPENED, took("finish", date(2026, 6, 15)), on=date(2027, 6, 1))
    assert (done.status, done.open, done.ends_by_itself_on) == ("met", False, None)
