"""Arithmetic over numbers, days, lengths and lists: exact, or there is no value (NOT_HELD).

Working days are those of notices: where a year has none, nothing is guessed.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any as Anything

from jinzhi.kernel.expression.answers import NOT_HELD
from jinzhi.kernel.period import ONE_DAY, Calendar, Length, LengthUnit, add_months, months_and_days

MONTHS = {LengthUnit.MONTH: 1, LengthUnit.YEAR: 12}
TIMED = {LengthUnit.HOUR: timedelta(hours=1), LengthUnit.MINUTE: timedelta(minutes=1)}


def plus(left: Anything, right: Anything, calendar: Calendar) -> object:
    """The sum of two numbers or lengths, a day and a length, the union of two lists."""
    if isinstance(right, Length) and isinstance(left, Length):
        return _lengths(left, right, 1)
    if isinstance(right, Length):
        return _moved(left, right.n, right.unit, calendar)
    one, other = listed(left), listed(right)
    if one is not None and other is not None:
        return (*one, *(element for element in other if element not in one))
    return _exact(left) + _exact(right) if numbers(left, right) else NOT_HELD


def minus(left: Anything, right: Anything, calendar: Calendar) -> object:
    """The first less the second: numbers, lengths, a day less a length, a list without the elements of another."""
    if isinstance(right, Length) and isinstance(left, Length):
        return _lengths(left, right, -1)
    if isinstance(right, Length):
        return _moved(left, -right.n, right.unit, calendar)
    one, other = listed(left), listed(right)
    if one is not None and other is not None:
        return tuple(element for element in one if element not in other)
    return _exact(left) - _exact(right) if numbers(left, right) else NOT_HELD


def times(left: Anything, right: Anything, calendar: Calendar) -> object:
    """The product of two numbers, or a length so many times."""
    if isinstance(right, Length):
        left, right = right, left
    if isinstance(left, Length):
        whole = isinstance(right, int) and not isinstance(right, bool) and right > 0
        return Length(left.n * right, left.unit) if whole else NOT_HELD
    return _exact(left) * _exact(right) if numbers(left, right) else NOT_HELD


def divided(left: Anything, right: Anything, calendar: Calendar) -> object:
    """The first number through the second, as a fraction; through nothing there is no value."""
    return Fraction(left) / Fraction(right) if numbers(left, right) and right else NOT_HELD


def least(left: Anything, right: Anything, calendar: Calendar) -> object:
    """The smaller of two."""
    which = order(left, right)
    return NOT_HELD if which is None else (left if which <= 0 else right)


def most(left: Anything, right: Anything, calendar: Calendar) -> object:
    """The larger of two."""
    which = order(left, right)
    return NOT_HELD if which is None else (left if which >= 0 else right)


def order(left: Anything, right: Anything) -> int | None:
    """-1, 0 or 1 as the first is less, equal or more; None where the two cannot be compared.

    A day and a moment compare by their days.
    """
    if isinstance(left, Length) and isinstance(right, Length):
        left, right = _of_one_unit(left, right)
    elif numbers(left, right):
        left, right = Fraction(left), Fraction(right)
    elif isinstance(left, datetime) is not isinstance(right, datetime):
        left, right = day_of(left), day_of(right)
    if not (numbers(left, right) or (isinstance(left, date) and isinstance(right, date))):
        return None
    try:
        return int(left > right) - int(left < right)
    except TypeError:  # a moment with a zone and one without
        return None


def between(first: object, last: object, unit: LengthUnit, calendar: Calendar) -> object:
    """How many whole units lie between two days, the first not counted; negative if reversed. Hours and minutes lie
    between two moments."""
    if unit.timed:
        return _timed(first, last, unit)
    early, late = day_of(first), day_of(last)
    if early is None or late is None:
        return NOT_HELD
    if late < early:
        back = between(late, early, unit, calendar)
        return -back if isinstance(back, int) else back
    if unit is LengthUnit.WORKDAY:
        return calendar.workdays_between(early, late) if _noticed(early, late, calendar) else NOT_HELD
    if unit is LengthUnit.DAY:
        return (late - early).days
    months, _days = months_and_days(early, late)
    return months // MONTHS[unit]


def day_of(value: object) -> date | None:
    """The day of a day or a moment."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def listed(value: object) -> tuple[object, ...] | None:
    """The elements of a list; None where it is none."""
    return tuple(value) if isinstance(value, (tuple, list, frozenset)) else None


def numbers(*values: object) -> bool:
    """Whether all of them are numbers: exact ones, and yes is none."""
    return all(
        (isinstance(v, Decimal) and v.is_finite()) or (isinstance(v, (int, Fraction)) and not isinstance(v, bool))
        for v in values
    )


def _exact(number: Anything) -> Anything:
    """Fractions do not mix with decimals: what was divided goes on as a fraction."""
    return Fraction(number) if isinstance(number, (Decimal, Fraction)) else number


def _of_one_unit(left: Length, right: Length) -> tuple[int | None, int | None]:
    """Two lengths as figures that compare: of one unit, or months and years."""
    if left.unit is right.unit:
        return left.n, right.n
    if left.unit in MONTHS and right.unit in MONTHS:
        return left.n * MONTHS[left.unit], right.n * MONTHS[right.unit]
    return None, None


def _lengths(left: Length, right: Length, sign: int) -> object:
    one, other = _of_one_unit(left, right)
    if one is None or other is None or one + sign * other < 1:
        return NOT_HELD
    return Length(one + sign * other, left.unit if left.unit is right.unit else LengthUnit.MONTH)


def _moved(day: Anything, n: int, unit: LengthUnit, calendar: Calendar) -> object:
    """A day so many units later, or earlier; no value where it leaves the calendar."""
    if not isinstance(day, date):
        return NOT_HELD
    try:
        match unit:
            case LengthUnit.HOUR | LengthUnit.MINUTE:
                return day + n * TIMED[unit] if isinstance(day, datetime) else NOT_HELD
            case LengthUnit.DAY:
                return day + timedelta(days=n)
            case LengthUnit.WORKDAY:
                return _worked(day, n, calendar)
        return add_months(day, n * MONTHS[unit])
    except (OverflowError, ValueError):
        return NOT_HELD


def _worked(day: date, n: int, calendar: Calendar) -> object:
    """The n-th working day after a day, or before it: the day itself does not count."""
    on, step = day, ONE_DAY if n > 0 else -ONE_DAY
    left = abs(n)
    while left:
        on += step
        if not calendar.covers(on):
            return NOT_HELD
        left -= calendar.is_workday(on)
    return on


def _noticed(first: date, last: date, calendar: Calendar) -> bool:
    """Whether every year that days are counted in has a notice."""
    return all(year in calendar.years for year in range((first + ONE_DAY).year, last.year + 1))


def _timed(first: object, last: object, unit: LengthUnit) -> object:
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return NOT_HELD
    try:
        lies = last - first
    except TypeError:  # a moment with a zone and one without
        return NOT_HELD
    whole = abs(lies) // TIMED[unit]
    return whole if lies >= timedelta() else -whole
