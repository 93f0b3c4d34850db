"""The holiday notices, against an independent table of the same days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import chinese_calendar
import pytest

from jinzhi.kernel.declare import Catalogue, collect
from jinzhi.kernel.period import Calendar, Festival, HolidayNotice, deadline, workdays

CATALOGUE = collect(["jinzhi.matters.china.holidays"])
NOTICES = CATALOGUE.all(HolidayNotice)
CALENDAR = Calendar.of(NOTICES)


def every_day(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def test_every_notice_is_well_formed() -> None:
    assert CATALOGUE.problems() == ()


def test_notices_reach_from_2020_to_2026() -> None:
    assert (CALENDAR.published_from, CALENDAR.published_through) == (date(2020, 1, 1), date(2026, 12, 31))
    assert len(NOTICES) == 8


@pytest.mark.parametrize("year", range(2020, 2027))
def test_every_day_agrees_with_chinesecalendar(year: int) -> None:
    wrong = [
        day
        for day in every_day(date(year, 1, 1), date(year, 12, 31))
        if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)
    ]
    assert wrong == []


def test_the_epidemic_notice_turned_a_working_saturday_into_a_day_off() -> None:
    saturday = date(2020, 2, 1)
    assert Calendar.of(NOTICES, known_on=date(2020, 1, 25)).is_workday(saturday)
    assert not Calendar.of(NOTICES, known_on=date(2020, 1, 26)).is_workday(saturday)


def test_the_order_of_notices_does_not_matter() -> None:
    assert Calendar.of(reversed(NOTICES)) == CALENDAR


def test_a_day_says_why_it_is_off_or_worked() -> None:
    assert CALENDAR.why(date(2026, 10, 1)) == ("国庆节放假", "National Day holiday")
    assert CALENDAR.why(date(2026, 10, 10))[0] == "调休上班"
    assert CALENDAR.why(date(2026, 10, 11))[0] == "周日"
    assert CALENDAR.why(date(2026, 10, 12))[0] == "工作日"


def test_before_the_notice_for_2026_a_date_in_it_was_provisional_and_another() -> None:
    before = deadline(date(2026, 9, 24), workdays(5), Calendar.of(NOTICES, known_on=date(2025, 11, 3)))
    after = deadline(date(2026, 9, 24), workdays(5), CALENDAR)
    assert (before.on, before.provisional, before.uncovered) == (date(2026, 10, 1), True, (2026,))
    assert (after.on, after.provisional) == (date(2026, 10, 9), False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"workdays": (date(2026, 1, 5),)}, "it is no weekend day"),
        ({"workdays": (date(2026, 2, 15),)}, "is both off and worked"),
        ({"festivals": (Festival("元旦", "New Year", date(2026, 1, 3), date(2026, 1, 1)),)}, "ends before it begins"),
        ({"festivals": (Festival("元旦", "New Year", date(2028, 1, 1), date(2028, 1, 1)),)}, "lies outside 2026"),
        ({"amends": "holidays-1999"}, "not declared"),
        ({"number": " "}, "number and source"),
    ],
)
def test_a_wrong_notice_says_what_is_wrong(change: dict[str, object], said: str) -> None:
    wrong = replace(CATALOGUE.get(HolidayNotice, "holidays-2026"), **change)  # type: ignore[arg-type]
    assert any(said in problem for problem in wrong.problems(Catalogue()))
