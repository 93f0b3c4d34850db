"""What values and conditions come to on a record: :func:`value_of`, :func:`answer_of`, :func:`reasons_of`.

Pure: the record answers for every path, the day of judgement among them (``today``). No clock, no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import reduce
from itertools import repeat
from typing import Any as Anything
from typing import NamedTuple, Protocol

import jinzhi.kernel.expression.words as w
from jinzhi.kernel.expression.answers import BLANK, NOT_HELD, Answer, Missing, all_of, any_of, negated
from jinzhi.kernel.expression.arithmetic import (
    between,
    day_of,
    divided,
    least,
    listed,
    minus,
    most,
    order,
    plus,
    times,
)
from jinzhi.kernel.expression.functions import find_function
from jinzhi.kernel.period import Calendar

UP = "up."
#: the day of judgement: the same in every scope
TODAY = "today"


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
        if path == TODAY:
            return self.outer.value(TODAY)
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
    first, last = value_of(days.first, record), value_of(days.last, record)
    return between(first, last, days.unit, record.calendar)


def _at(at: w.At, record: RecordView) -> object:
    day = day_of(value_of(at.day, record))
    return NOT_HELD if day is None else value_of(at.value, record.at(day))


def _call(fn: w.Fn, record: RecordView) -> object:
    function = find_function(fn.name)
    given = {name: value_of(argument, record) for name, argument in fn.arguments.items()}
    if function is None or not function.takes(given):
        return NOT_HELD
    result = function.call(**given)
    return NOT_HELD if result is None else result


Arithmetic = Callable[[Anything, Anything, Calendar], object]


def _arithmetic(combine: Arithmetic) -> Callable[[w.Several, RecordView], object]:
    def means(several: w.Several, record: RecordView) -> object:
        parts = [value_of(part, record) for part in several.parts]
        if not parts or any(isinstance(part, Missing) for part in parts):
            return NOT_HELD
        calendar = record.calendar
        return reduce(lambda left, right: left if left is NOT_HELD else combine(left, right, calendar), parts)

    return means


_VALUES: dict[type, Callable[[Anything, RecordView], object]] = {
    w.F: lambda f, record: record.value(f.path),
    w.Choose: _choose,
    w.Latest: _latest,
    w.Days: _days,
    w.At: _at,
    w.Fn: _call,
    w.Frozen: lambda frozen, record: record.frozen(frozen.source, frozen.where),
    w.Plus: _arithmetic(plus),
    w.Minus: _arithmetic(minus),
    w.Times: _arithmetic(times),
    w.Divided: _arithmetic(divided),
    w.Least: _arithmetic(least),
    w.Most: _arithmetic(most),
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
    which = order(about, others[0])
    if which is None:
        return Answer.UNKNOWN
    return Answer.of(which >= 0 if isinstance(condition, w.AtLeast) else which <= 0)


def _equal(about: object, other: object, written: object) -> Answer:
    """A blank is equal to the None that a declaration writes, and to nothing else, another blank neither."""
    if other is NOT_HELD:
        return Answer.UNKNOWN
    if about is BLANK or other is BLANK:
        return Answer.of(about is BLANK and written is None)
    one, two = listed(about), listed(other)
    if one is not None and two is not None:
        return Answer.of(one == two)
    return Answer.of(about == other and isinstance(about, bool) == isinstance(other, bool))


def _holds(condition: Anything, about: object, other: object) -> Answer:
    if other is NOT_HELD:
        return Answer.UNKNOWN
    held = listed(about)
    wanted = (other,) if isinstance(condition, w.Contains) else listed(other)
    if held is None or wanted is None or other is BLANK:
        return Answer.NO
    return all_of(any_of(_equal(one, value, value) for one in held) for value in wanted)


# --- reasons ----------------------------------------------------------------------------------------------------


class LeafAnswer(NamedTuple):
    """One question that decided: the condition, its answer, the value that it is about and what it is held against.

    Of a list: about is a :class:`Tally` of its elements.
    """

    condition: object
    answer: Answer
    about: object
    against: tuple[object, ...]


class Tally(NamedTuple):
    """For how many elements of a list a condition holds, does not, or may. ``complete``: it lacks no element."""

    yes: int
    no: int
    unknown: int
    complete: bool = True


def tally(over: str, where: object, record: RecordView) -> Tally | Missing:
    """For how many elements of a list a condition holds."""
    found = record.elements(over)
    if isinstance(found, Missing):
        return found
    answers = [answer_of(where, Inside(element, record)) for element in found.records]
    yes, no, unknown = (answers.count(answer) for answer in (Answer.YES, Answer.NO, Answer.UNKNOWN))
    return Tally(yes, no, unknown, found.complete)


def reasons_of(condition: object, record: RecordView) -> tuple[LeafAnswer, ...]:
    """Every question of which a condition is made, with its figures, in the order in which they are written."""
    return tuple(_reasons(condition, record))


def _reasons(condition: object, record: RecordView) -> Iterator[LeafAnswer]:
    match condition:
        case w.All() | w.Any():
            for part in condition.parts:
                yield from _reasons(part, record)
        case w.Not(inner) if isinstance(inner, (w.All, w.Any, w.Not)):
            yield from _reasons(inner, record)
        case w.Not(inner):
            for about, against in ((leaf.about, leaf.against) for leaf in _reasons(inner, record)):
                yield LeafAnswer(condition, answer_of(condition, record), about, against)
        case w.Is() | w.OneOf() | w.Given() | w.AtLeast() | w.AtMost() | w.Contains() | w.Covers():
            yield LeafAnswer(condition, answer_of(condition, record), *_sides(condition, record))
        case w.Some(over, where) | w.Every(over, where):
            yield LeafAnswer(condition, answer_of(condition, record), tally(over, where, record), ())
        case _:
            yield LeafAnswer(condition, answer_of(condition, record), value_of(condition, record), ())
