"""What values and conditions come to on a record: :func:`value_of`, :func:`answer_of`, :func:`reasons_of`.

Pure: the record answers for every path, the day of judgement among them (``today``). No clock, no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from itertools import repeat
from typing import Any as Anything
from typing import NamedTuple, Protocol

from jinzhi.kernel.expression import words as w
from jinzhi.kernel.expression.answers import BLANK, NOT_HELD, Answer, Missing, all_of, any_of, negated
from jinzhi.kernel.expression.functions import find_function
from jinzhi.kernel.period import Calendar, Length, Unit
from jinzhi.kernel.period.working import add_months

UP = "up."


class Elements(NamedTuple):
    """The elements of a list, or the records of a source. ``complete``: there are no others for this subject."""

    records: Sequence[RecordView]
    complete: bool = True


class RecordView(Protocol):
    """What is judged."""

    def value(self, path: str) -> object:
        """What stands at a path, or BLANK, or NOT_HELD."""

    def moment(self, path: str) -> tuple[int, ...] | None:
        """When the value at a path was given, to be compared with others; None where it never was."""

    def elements(self, over: str) -> Elements | Missing:
        """The elements of a list path, or the records of a source."""

    def frozen(self, source: str, where: object) -> object:
        """The sealed set of the records of a source, or NOT_HELD."""

    def at(self, day: date) -> RecordView:
        """The same record as of another day."""

    @property
    def calendar(self) -> Calendar:
        """The calendar that working days are counted with."""


@dataclass(frozen=True, slots=True)
class Inside:
    """An element of a list, with the record that the list belongs to one scope out (``up.…``)."""

    element: RecordView
    outer: RecordView

    def value(self, path: str) -> object:
        return self.outer.value(path[len(UP) :]) if path.startswith(UP) else self.element.value(path)

    def moment(self, path: str) -> tuple[int, ...] | None:
        return self.outer.moment(path[len(UP) :]) if path.startswith(UP) else self.element.moment(path)

    def elements(self, over: str) -> Elements | Missing:
        return self.outer.elements(over[len(UP) :]) if over.startswith(UP) else self.element.elements(over)

    def frozen(self, source: str, where: object) -> object:
        return self.outer.frozen(source, where)

    def at(self, day: date) -> RecordView:
        return Inside(self.element.at(day), self.outer.at(day))

    @property
    def calendar(self) -> Calendar:
        return self.outer.calendar


# --- values -----------------------------------------------------------------------------------------------------


def value_of(expression: object, record: RecordView) -> Anything:
    """The value of an expression on a record, or BLANK, or NOT_HELD. A literal is its own value; None is a blank."""
    means = _VALUES.get(type(expression))
    if means is not None:
        return means(expression, record)
    if isinstance(expression, w.Condition):
        answer = answer_of(expression, record)
        return NOT_HELD if answer is Answer.UNKNOWN else answer is Answer.YES
    return BLANK if expression is None else expression


def _choose(chosen: w.Choose, record: RecordView) -> object:
    for condition, value in chosen.branches:
        answer = answer_of(condition, record)
        if answer is not Answer.NO:
            return value_of(value, record) if answer is Answer.YES else NOT_HELD
    return value_of(chosen.otherwise, record)


def _latest(latest: w.Latest, record: RecordView) -> object:
    given = [(moment, part.path) for part in latest.parts if (moment := record.moment(part.path)) is not None]
    return record.value(max(given)[1]) if given else BLANK


def _days(days: w.Days, record: RecordView) -> object:
    first, last = (_day(value_of(part, record)) for part in (days.first, days.last))
    if first is None or last is None:
        return NOT_HELD
    if days.unit is Unit.WORKDAY:
        early, late = sorted((first, last))
        count = record.calendar.workdays_between(early, late)
        return count if early is first else -count
    return (last - first).days


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _at(at: w.At, record: RecordView) -> object:
    day = _day(value_of(at.day, record))
    return NOT_HELD if day is None else value_of(at.value, record.at(day))


def _call(fn: w.Fn, record: RecordView) -> object:
    function = find_function(fn.name)
    given = {name: value_of(argument, record) for name, argument in fn.arguments.items()}
    if function is None or any(isinstance(value, Missing) for value in given.values()):
        return NOT_HELD
    result = function.call(**given)
    return NOT_HELD if result is None else result


def _arithmetic(combine: Callable[[Anything, Anything], object]) -> Callable[[w.Several, RecordView], object]:
    def means(several: w.Several, record: RecordView) -> object:
        parts = [value_of(part, record) for part in several.parts]
        if not parts or any(isinstance(part, Missing) for part in parts):
            return NOT_HELD
        return reduce(lambda left, right: left if left is NOT_HELD else combine(left, right), parts)

    return means


def _plus(left: Anything, right: Anything) -> object:
    if isinstance(right, Length):
        return _lengthened(left, right)
    if isinstance(left, (tuple, frozenset)):
        return (*left, *(one for one in right if one not in left))
    return _exact(left) + _exact(right) if _numbers(left, right) else NOT_HELD


def _lengthened(left: Anything, by: Length) -> object:
    """A day or a length, longer. Working days need a calendar and a rule: they are a clock's."""
    if isinstance(left, Length):
        return Length(left.n + by.n, left.unit) if left.unit is by.unit else NOT_HELD
    return _moved(left, by.n, by.unit)


def _moved(day: Anything, n: int, unit: Unit) -> object:
    if not isinstance(day, date):
        return NOT_HELD
    match unit:
        case Unit.HOUR:
            return day + timedelta(hours=n) if isinstance(day, datetime) else NOT_HELD
        case Unit.DAY:
            return day + timedelta(days=n)
        case Unit.MONTH | Unit.YEAR:
            return add_months(day, n if unit is Unit.MONTH else 12 * n)
    return NOT_HELD


def _minus(left: Anything, right: Anything) -> object:
    if isinstance(right, Length):
        if isinstance(left, Length):
            shorter = left.n - right.n if left.unit is right.unit else 0
            return Length(shorter, left.unit) if shorter > 0 else NOT_HELD
        return _moved(left, -right.n, right.unit)
    if isinstance(left, (tuple, frozenset)):
        return tuple(one for one in left if one not in right)
    return _exact(left) - _exact(right) if _numbers(left, right) else NOT_HELD


def _times(left: Anything, right: Anything) -> object:
    return _exact(left) * _exact(right) if _numbers(left, right) else NOT_HELD


def _divided(left: Anything, right: Anything) -> object:
    if not _numbers(left, right) or not right:
        return NOT_HELD
    return Fraction(left) / Fraction(right)


def _numbers(*values: object) -> bool:
    return all(isinstance(v, (int, Decimal, Fraction)) and not isinstance(v, bool) for v in values)


def _exact(number: Anything) -> Anything:
    """Fractions do not mix with decimals: what was divided goes on as a fraction."""
    return Fraction(number) if isinstance(number, (Decimal, Fraction)) else number


def _fraction(number: Anything) -> Fraction:
    return Fraction(number)


def _least(left: Anything, right: Anything) -> object:
    order = _order(left, right)
    return NOT_HELD if order is None else (left if order <= 0 else right)


def _most(left: Anything, right: Anything) -> object:
    order = _order(left, right)
    return NOT_HELD if order is None else (left if order >= 0 else right)


_VALUES: dict[type, Callable[[Anything, RecordView], object]] = {
    w.F: lambda f, record: record.value(f.path),
    w.Choose: _choose,
    w.Latest: _latest,
    w.Days: _days,
    w.At: _at,
    w.Fn: _call,
    w.Frozen: lambda frozen, record: record.frozen(frozen.source, frozen.where),
    w.Plus: _arithmetic(_plus),
    w.Minus: _arithmetic(_minus),
    w.Times: _arithmetic(_times),
    w.Divided: _arithmetic(_divided),
    w.Least: _arithmetic(_least),
    w.Most: _arithmetic(_most),
}


# --- conditions -------------------------------------------------------------------------------------------------


def answer_of(condition: object, record: RecordView) -> Answer:
    """Whether a condition holds on a record: yes, no or unknown."""
    match condition:
        case w.Not():
            return negated(answer_of(condition.condition, record))
        case w.All():
            return all_of(answer_of(part, record) for part in condition.parts)
        case w.Any():
            return any_of(answer_of(part, record) for part in condition.parts)
        case w.Some():
            return _some(condition, record)
        case w.Every():
            return negated(_some(w.Some(condition.over, w.Not(condition.where)), record))
    if isinstance(condition, w.FIRST_IS_PATH):
        return _leaf(condition, *_sides(condition, record))
    value = value_of(condition, record)
    return Answer.of(value) if isinstance(value, bool) else Answer.UNKNOWN


def _some(some: w.Some, record: RecordView) -> Answer:
    found = record.elements(some.over)
    if isinstance(found, Missing):
        return Answer.NO if found is BLANK else Answer.UNKNOWN
    answers = [answer_of(some.where, Inside(element, record)) for element in found.records]
    return any_of(answers if found.complete else [*answers, Answer.UNKNOWN])


def _sides(condition: Anything, record: RecordView) -> tuple[object, tuple[object, ...]]:
    """The value that a condition is about, and the values that it is held against."""
    about = value_of(w.first_of(condition), record)
    others: list[object] = []
    for field in fields(condition):
        if field.name == "values" and isinstance(condition, w.OneOf):
            others += [value_of(value, record) for value in condition.values]
        elif field.name != "of":
            others.append(value_of(getattr(condition, field.name), record))
    return about, tuple(others)


def _leaf(condition: Anything, about: object, others: tuple[object, ...]) -> Answer:
    if about is NOT_HELD:
        return Answer.UNKNOWN
    match condition:
        case w.Given():
            return Answer.of(about is not BLANK)
        case w.Is():
            return _equal(about, others[0], condition.value)
        case w.OneOf():
            return any_of(map(_equal, repeat(about), others, condition.values))
        case w.Contains() | w.Covers():
            return _holds(condition, about, others[0])
    order = _order(about, others[0])
    if order is None:
        return Answer.UNKNOWN
    return Answer.of(order >= 0 if isinstance(condition, w.AtLeast) else order <= 0)


def _equal(about: object, other: object, written: object) -> Answer:
    """A blank is equal to the None that a declaration writes, and to nothing else, another blank neither."""
    if other is NOT_HELD:
        return Answer.UNKNOWN
    if about is BLANK or other is BLANK:
        return Answer.of(about is BLANK and written is None)
    return Answer.of(about == other and isinstance(about, bool) == isinstance(other, bool))


def _holds(condition: Anything, about: object, other: object) -> Answer:
    if other is NOT_HELD:
        return Answer.UNKNOWN
    if not isinstance(about, (tuple, frozenset, list)) or other is BLANK:
        return Answer.NO
    wanted = (other,) if isinstance(condition, w.Contains) else other
    if not isinstance(wanted, (tuple, frozenset, list)):
        return Answer.NO
    return Answer.of(all(one in about for one in wanted))


def _order(left: object, right: object) -> int | None:
    """-1, 0 or 1 as the first is less, equal or more; None where the two cannot be compared."""
    if isinstance(left, Length) and isinstance(right, Length) and left.unit is right.unit:
        left, right = left.n, right.n
    elif _numbers(left, right):
        left, right = _fraction(left), _fraction(right)
    elif isinstance(left, datetime) is not isinstance(right, datetime):
        left, right = _day(left), _day(right)
    if not (_numbers(left, right) or (isinstance(left, date) and isinstance(right, date))):
        return None
    try:
        return int(left > right) - int(left < right)  # type: ignore[operator]
    except TypeError:  # a moment with a zone and one without
        return None


# --- reasons ----------------------------------------------------------------------------------------------------


class LeafAnswer(NamedTuple):
    """One question that decided: the condition, its answer, the value that it is about and what it is held against."""

    condition: object
    answer: Answer
    about: object
    against: tuple[object, ...]


def reasons_of(condition: object, record: RecordView) -> tuple[LeafAnswer, ...]:
    """Every question of which a condition is made, with its figures, in the order in which they are written."""
    return tuple(_reasons(condition, record))


def _reasons(condition: object, record: RecordView) -> Iterator[LeafAnswer]:
    match condition:
        case w.All() | w.Any():
            for part in condition.parts:
                yield from _reasons(part, record)
        case w.Not() if isinstance(condition.condition, (w.All, w.Any, w.Not)):
            yield from _reasons(condition.condition, record)
        case w.Not() if isinstance(condition.condition, w.FIRST_IS_PATH):
            yield LeafAnswer(condition, answer_of(condition, record), *_sides(condition.condition, record))
        case w.Is() | w.OneOf() | w.Given() | w.AtLeast() | w.AtMost() | w.Contains() | w.Covers():
            yield LeafAnswer(condition, answer_of(condition, record), *_sides(condition, record))
        case _:
            yield LeafAnswer(condition, answer_of(condition, record), NOT_HELD, ())
