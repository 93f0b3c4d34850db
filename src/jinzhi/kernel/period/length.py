"""Lengths: so many minutes, hours, days, working days, months or years, and one period out of several."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class LengthUnit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKDAY = "workday"
    MONTH = "month"
    YEAR = "year"

    @property
    def zh(self) -> str:
        return _UNIT_ZH[self]

    @property
    def timed(self) -> bool:
        """Whether it runs from a minute, day and night, and not from a day."""
        return self in (LengthUnit.MINUTE, LengthUnit.HOUR)


_UNIT_ZH = {
    LengthUnit.MINUTE: "分钟",
    LengthUnit.HOUR: "小时",
    LengthUnit.DAY: "自然日",
    LengthUnit.WORKDAY: "工作日",
    LengthUnit.MONTH: "个月",
    LengthUnit.YEAR: "年",
}
_LENGTH_ZH = {**_UNIT_ZH, LengthUnit.DAY: "日", LengthUnit.WORKDAY: "个工作日"}
_LENGTH_EN = {
    LengthUnit.MINUTE: "minute",
    LengthUnit.HOUR: "hour",
    LengthUnit.DAY: "day",
    LengthUnit.WORKDAY: "working day",
    LengthUnit.MONTH: "month",
    LengthUnit.YEAR: "year",
}


@dataclass(frozen=True, slots=True)
class Length:
    """So many of one unit, at least one. Raises ValueError for less."""

    n: int
    unit: LengthUnit

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
    return Length(int(match[1]), LengthUnit(match[2]))


def minutes(n: int) -> Length:
    return Length(n, LengthUnit.MINUTE)


def hours(n: int) -> Length:
    return Length(n, LengthUnit.HOUR)


def days(n: int) -> Length:
    return Length(n, LengthUnit.DAY)


def workdays(n: int) -> Length:
    return Length(n, LengthUnit.WORKDAY)


def months(n: int) -> Length:
    return Length(n, LengthUnit.MONTH)


def years(n: int) -> Length:
    return Length(n, LengthUnit.YEAR)


def extend(*lengths: Length) -> tuple[Length, ...]:
    """One period out of a length and its extensions, to be computed from the original start.

    Neighbours of one unit become one length (3 + 1 + 2 months = 6 months; a year is twelve months), so an
    extension never starts from a day that was moved by a holiday or cut to a month's end. Neighbours of
    different units follow each other: the second runs from the unrolled end of the first.
    Raises ValueError where hours or minutes meet another unit, or nothing was given.
    """
    if not lengths:
        raise ValueError("a period needs at least one length")
    out: list[Length] = []
    for length in lengths:
        if length.unit is LengthUnit.YEAR and len(lengths) > 1:
            length = months(12 * length.n)
        if out and out[-1].unit is length.unit:
            length = Length(out.pop().n + length.n, length.unit)
        out.append(length)
    if len(out) > 1 and any(length.unit.timed for length in out):
        raise ValueError("hours and minutes cannot be chained with another unit: say which day the hours start on")
    return tuple(out)
