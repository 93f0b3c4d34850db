"""What a declaration may say of values and conditions. What it means is in ``meaning``; what is wrong with it, in
``problems``.

A *path* names a value of the record that is judged: ``"notice.links"``, ``"state"``, ``"law"``. The first argument of a
condition is a path (or a measure), the second a value; a path in the place of a value is written ``F("…")``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any as Anything

from jinzhi.kernel.period import Length, LengthUnit

Literal = str | int | Decimal | bool | date | datetime | Length | None


@dataclass(frozen=True, slots=True)
class F:
    """The value at a path."""

    path: str


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Several:
    """What takes any number of parts."""

    parts: tuple[Anything, ...]

    def __init__(self, *parts: Anything) -> None:
        object.__setattr__(self, "parts", parts)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.parts))})"


class Latest(Several):
    """The value, among several paths, that the most recent event gave."""

    __slots__ = ()


class Plus(Several):
    """The sum of numbers or lengths, a day moved by lengths, the union of lists."""

    __slots__ = ()


class Minus(Several):
    """The first less the others: numbers, a day less lengths, a list without what the others hold."""

    __slots__ = ()


class Times(Several):
    """The product of numbers."""

    __slots__ = ()


class Divided(Several):
    """The first number through the others, exact as a fraction; by zero it is not held."""

    __slots__ = ()


class Least(Several):
    """The smallest of numbers, days or moments."""

    __slots__ = ()


class Most(Several):
    """The largest of numbers, days or moments."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Days:
    """How many days lie between two days, the first not counted; of working days where the unit says so."""

    first: object
    last: object
    unit: LengthUnit = LengthUnit.DAY


@dataclass(frozen=True, slots=True)
class At:
    """A value as of another day."""

    day: object
    value: object


@dataclass(frozen=True, slots=True)
class Fn:
    """The value of a function of the registry, by its name and its arguments by theirs."""

    name: str
    arguments: Mapping[str, object]

    def __hash__(self) -> int:
        return hash((self.name, *sorted(self.arguments)))


@dataclass(frozen=True, slots=True, init=False)
class Choose:
    """The value of the first condition that holds; an unknown before it makes the whole unknown."""

    branches: tuple[tuple[Anything, Anything], ...]
    otherwise: Anything

    def __init__(self, *branches: tuple[Anything, Anything], otherwise: Anything) -> None:
        object.__setattr__(self, "branches", branches)
        object.__setattr__(self, "otherwise", otherwise)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A set of records that is sealed as it stands: how many, under which root, which ids."""

    source: str
    where: object = None


@dataclass(frozen=True, slots=True)
class Is:
    """The value is the other. A blank is None."""

    of: object
    value: object


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of these."""

    of: object
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """There is a value; of a step: it has been taken."""

    of: object


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The value is the bound or more: a number, a day, a moment, a length of the same unit."""

    of: object
    bound: object


@dataclass(frozen=True, slots=True)
class AtMost:
    """The value is the bound or less."""

    of: object
    bound: object


@dataclass(frozen=True, slots=True)
class Contains:
    """The list at the path holds the value."""

    of: object
    value: object


@dataclass(frozen=True, slots=True)
class Covers:
    """The list at the path holds every element of the other list."""

    of: object
    values: object


@dataclass(frozen=True, slots=True)
class Some:
    """A condition holds for an element of a list, or a record of a source."""

    over: str
    where: object


@dataclass(frozen=True, slots=True)
class Every:
    """A condition holds for each element of a list, or record of a source."""

    over: str
    where: object


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    condition: object


class All(Several):
    """Every condition holds; of none, yes."""

    __slots__ = ()


class Any(Several):
    """A condition holds; of none, no."""

    __slots__ = ()


ARITHMETIC = (Plus, Minus, Times, Divided, Least, Most)
Condition = Is | OneOf | Given | AtLeast | AtMost | Contains | Covers | Some | Every | Not | All | Any
Expression = (
    F | Latest | Plus | Minus | Times | Divided | Least | Most | Days | At | Fn | Choose | Frozen | Literal | object
)
#: a path alone stands for a value here
FIRST_IS_PATH = (Is, OneOf, Given, AtLeast, AtMost, Contains, Covers)


def first_of(condition: Anything) -> object:
    """What a condition is about, as an expression: a text in that place is a path."""
    return F(condition.of) if isinstance(condition.of, str) else condition.of


def inner(node: object) -> Iterator[object]:
    """The conditions and expressions that a word is directly made of; nothing for a literal."""
    if isinstance(node, FIRST_IS_PATH):
        yield first_of(node)
        yield from (getattr(node, f.name) for f in fields(node) if f.name != "of")
    elif isinstance(node, Choose):
        yield from (part for branch in node.branches for part in branch)
        yield node.otherwise
    elif isinstance(node, Fn):
        yield from node.arguments.values()
    elif isinstance(node, (tuple, frozenset)):
        yield from node
    elif is_dataclass(node) and not isinstance(node, (type, F, Length)):
        yield from (getattr(node, f.name) for f in fields(node) if f.name not in ("over", "source", "unit"))
