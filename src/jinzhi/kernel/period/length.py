"""Lengths: so many hours, days, working days, months or years, and one period out of several."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WORKDAY = "workday"
    MONTH = "month"
    YEAR = "year"

    @property
    def zh(self) -> str:
        return _UNIT_ZH[self]


_UNIT_ZH = {
    Unit.HOUR: "小时",
    Unit.DAY: "自然日",
    Unit.WORKDAY: "工作日",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
}
_LENGTH_ZH = {**_UNIT_ZH, Unit.DAY: "日", Unit.WORKDAY: "个工作日"}
_LENGTH_EN = {
    Unit.HOUR: "hour",
    Unit.DAY: "day",
    Unit.WORKDAY: "working day",
    Unit.MONTH: "month",
    Unit.YEAR: "year",
}


@dataclass(frozen=True, slots=True)
class Length:
    """So many of one unit, at least one. Raises ValueError for less."""

    n: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"a length is at least 1 {self.unit.value}, not {self.n}")

    @property
    def code(self) -> str:
        """As it is stored: ``15 workday``."""
        return f"{self.n} {self.unit.value}"

    @property
    def zh(self) -> str:
        return f"{self.n} {_LENGTH_ZH[self.unit]}"

    @property
    def en(self) -> str:
        return f"{self.n} {_LENGTH_EN[self.unit]}{'' if self.n == 1 else 's'}"

    def __str__(self) -> str:
        return self.zh


def length_of(code: str) -> Length:
    """The length that is stored so; "15-workday" and "15workday" say the same. Raises ValueError."""
    match = re.fullmatch(r"(\d{1,4})[ _-]?([a-z]+?)s?", code.strip(), re.ASCII)
    if match is None:
        raise ValueError(f"{code!r} is no length")
    return Length(int(match[1]), Unit(match[2]))


def hours(n: int) -> Length:
    return Length(n, Unit.HOUR)


def days(n: int) -> Length:
    return Length(n, Unit.DAY)


def workdays(n: int) -> Length:
    return Length(n, Unit.WORKDAY)


def months(n: int) -> Length:
    return Length(n, Unit.MONTH)


def years(n: int) -> Length:
    return Length(n, Unit.YEAR)


def extend(*lengths: Length) -> tuple[Length, ...]:
    """One period out of a length and its extensions, to be computed from the original start.

    Neighbours of one unit become one length (3 + 1 + 2 months = 6 months; a year is twelve months), so an
    extension never starts from a day that was moved by a holiday or cut to a month's end. Neighbours of
    different units follow each other: the second runs from the unrolled end of the first.
    Raises ValueError where hours meet another unit, or nothing was given.
    """
    if not lengths:
        raise ValueError("a period needs at least one length")
    out: list[Length] = []
    for length in lengths:
        if length.unit is Unit.YEAR and len(lengths) > 1:
            length = months(12 * length.n)
        if out and out[-1].unit is length.unit:
            length = Length(out.pop().n + length.n, length.unit)
        out.append(length)
    if len(out) > 1 and any(length.unit is Unit.HOUR for length in out):
        raise ValueError("hours cannot be chained with another unit: say which day the hours start on")
    return tuple(out)
