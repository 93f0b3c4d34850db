"""The end of a period by sums is the end found day by day, whatever does not count; the working is made when asked."""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta
from random import Random

from jinzhi.kernel.declare import collect
from jinzhi.kernel.period import (
    Calendar,
    HolidayNotice,
    Length,
    LengthUnit,
    Span,
    deadline,
    extend,
    hours,
    minutes,
    workdays,
)
from jinzhi.kernel.period.deadline import worked_out
from jinzhi.kernel.period.span import find_pieces

CALENDAR = Calendar.of(collect(["jinzhi.matters.china.holidays"]).all(HolidayNotice))
#: the full run: JINZHI_ENDS=20000
CASES = int(os.environ.get("JINZHI_ENDS", "2000"))
LONGEST = {LengthUnit.DAY: 400, LengthUnit.WORKDAY: 250, LengthUnit.MONTH: 24, LengthUnit.YEAR: 3}


def spans(chance: Random, begin: date) -> list[Span]:
    """Stretches around a start, overlapping as they fall; one in twenty has not ended."""
    out = []
    for n in range(chance.randrange(4)):
        first = begin + timedelta(days=chance.randint(-40, 300))
        last = None if chance.random() < 0.05 else first + timedelta(days=chance.randrange(60))
        out.append(Span(first, last, f"停{n}"))
    return out


def test_the_end_by_sums_is_the_end_day_by_day():
    chance = Random(20260415)
    for n in range(CASES):
        begin = date(2019, 1, 1) + timedelta(days=chance.randrange(3300))
        units = [chance.choice(list(LONGEST)) for _ in range(chance.choice((1, 1, 1, 2)))]
        parts = extend(*(Length(chance.randint(1, LONGEST[unit]), unit) for unit in units))
        suspended, excluded, roll = spans(chance, begin), spans(chance, begin), chance.random() < 0.8
        fast = deadline(begin, parts, CALENDAR, roll=roll, suspended=suspended, excluded=excluded)
        slow = worked_out(begin, parts, CALENDAR, find_pieces(suspended, excluded), roll)
        assert fast == slow, (n, begin, parts, suspended, excluded, roll)
        assert fast.steps == slow.steps


def minute_after(start: datetime, left: int, out: list[Span]) -> datetime:
    """The end of so many minutes, by the half hour: what falls on a day taken out does not count."""
    now = start
    while left:
        taken = any(s.first <= now.date() <= (s.last or date.max) for s in out)
        left -= 0 if taken else 30
        now += timedelta(minutes=30)
    return now


def test_the_end_of_hours_and_minutes_is_the_end_found_step_by_step():
    chance = Random(310)
    for n in range(CASES // 4):
        begin = date(2024, 1, 1) + timedelta(days=chance.randrange(900))
        start = datetime.combine(begin, time(chance.randrange(24), chance.choice((0, 30))))
        length = chance.choice((Length(chance.randint(1, 96), LengthUnit.HOUR), minutes(30 * chance.randint(1, 99))))
        ended = [s for s in spans(chance, begin) if s.last is not None]
        suspended, excluded = ended[::2], ended[1::2]
        end = deadline(start, length, CALENDAR, suspended=suspended, excluded=excluded)
        left = length.n * (60 if length.unit is LengthUnit.HOUR else 1)
        assert end.at == minute_after(start, left, ended), (n, start, length, ended)


def test_three_working_days_are_not_three_calendar_days_and_a_day_is_not_three():
    # Thursday 30 April 2026, Labour Day 1–5 May: 6, 7, 8 May; a calendar day is one day, whatever hours are worked
    start = date(2026, 4, 30)
    assert deadline(start, workdays(3), CALENDAR).on == date(2026, 5, 8)
    assert deadline(date(2026, 4, 14), Length(1, LengthUnit.DAY), CALENDAR).on == date(2026, 4, 15)


def test_fifteen_working_days_are_never_fifteen_months():
    # 15–17 April: 3, 20–24: 8, 27–30: 12; 1–5 May off; 6, 7, 8 May: 15
    assert deadline(date(2026, 4, 14), workdays(15), CALENDAR).on == date(2026, 5, 8)
    assert workdays(15) != Length(15, LengthUnit.MONTH)
    assert hours(24) != Length(1, LengthUnit.DAY)
