"""Indicators: what a number means, over which records, and what it is measured against.

A measure is a small expression over sources of records (a register, the cases of a procedure, the milestones
of the plan). Its conditions are those of ``kernel.expression``: a record counts where the answer is yes; one of which
it is not known is not counted but listed beside the number. ``engines/indicator_memory`` defines what a measure means;
the SQL engine must agree. The value of an indicator always carries the ids of the records behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from decimal import Decimal
from typing import ClassVar

from jinzhi.kernel.declare import Catalogue, Declaration
from jinzhi.kernel.expression import All, Condition, F
from jinzhi.kernel.text import Words

Scalar = str | int | Decimal | bool | date | None
#: the day for which an indicator is asked, in its conditions
TODAY = F("today")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a source, as the memory engine sees it. ``unit`` is the id of the unit it is kept under.

    ``uncorrected``: its fields had nobody corrected it; None where nobody did.
    """

    id: str
    title: str
    url: str
    unit: str
    fields: Mapping[str, Scalar]
    uncorrected: Mapping[str, Scalar] | None = None


def kind_of(value: Scalar) -> str:
    """The kind within which a value compares; empty for a missing one. Raises TypeError for what is no value."""
    match value:
        case None:
            return ""
        case bool():
            return "bool"
        case int() | Decimal():
            return "number"
        case date():
            return "date"
        case str():
            return "text"
    raise TypeError(f"{value!r} is no value of a record (a float is not exact: give a Decimal)")


@dataclass(frozen=True, slots=True)
class Count:
    """How many records of a source meet the condition."""

    source: str
    where: Condition = dataclass_field(default_factory=All)


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of a number field over the records that meet the condition and have it; 0 over none."""

    source: str
    field: str
    where: Condition = dataclass_field(default_factory=All)


@dataclass(frozen=True, slots=True)
class Median:
    """The median of a number field over the records that meet the condition and have it; no value over none."""

    source: str
    field: str
    where: Condition = dataclass_field(default_factory=All)


@dataclass(frozen=True, slots=True)
class Ratio:
    """``scale`` × top ÷ bottom; no value where the bottom is 0 or has no value."""

    top: Count | Sum
    bottom: Count | Sum
    scale: int = 100


Measure = Count | Sum | Median | Ratio


def parts(measure: Measure) -> tuple[Count | Sum | Median, ...]:
    """The simple measures of which a measure is made."""
    return (measure.top, measure.bottom) if isinstance(measure, Ratio) else (measure,)


@dataclass(frozen=True, slots=True)
class Value:
    """A computed value. ``number`` is None where there is nothing to compute, and ``why_none`` says so.

    ``records``: ids of the records counted, by part (top, bottom). ``as_of``: the day it stands for. ``corrected``: how
    many of the records behind it, or behind the number without corrections, were corrected; ``uncorrected``: that
    number. ``left_out``: how many records of its sources could not be read as declared, and so were not counted.
    ``unknown``: ids of the records of which it is not known whether they count.
    """

    number: Decimal | None
    as_of: date
    records: tuple[tuple[str, ...], ...]
    parts: tuple[Decimal | None, ...]
    why_none_zh: str = ""
    why_none_en: str = ""
    corrected: int = 0
    uncorrected: Decimal | None = None
    left_out: int = 0
    unknown: tuple[str, ...] = ()

    @property
    def why_none(self) -> Words:
        """Why there is no number; false where there is one."""
        return Words(self.why_none_zh, self.why_none_en)


@dataclass(frozen=True, slots=True)
class IndicatorCase:
    """A worked example: records by source and the number that must come out (None: no value)."""

    name: str
    records: Mapping[str, tuple[Mapping[str, Scalar], ...]]
    as_of: date
    number: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Indicator(Declaration):
    """``unit``: unit of the number. ``direction``: "up" or "down" is good. ``date_field``: the date by which a record
    falls into a period. ``targets``: by year. ``breakdowns``: fields to break the number down by; "unit" is always
    one. ``owner``: id of the unit that answers for it.
    """

    kind: ClassVar[str] = "indicator"
    needs_row: ClassVar[bool] = True

    measure: Measure
    unit: str
    unit_en: str
    direction: str = "up"
    date_field: str = ""
    base: tuple[int, Decimal] | None = None
    targets: Mapping[int, Decimal] = dataclass_field(default_factory=dict)
    breakdowns: tuple[str, ...] = ("unit",)
    frequency_zh: str = "季度"
    frequency_en: str = "quarterly"
    owner: str = ""
    decimals: int = 1
    headline: bool = False

    @property
    def frequency(self) -> Words:
        """How often it is read."""
        return Words(self.frequency_zh, self.frequency_en)

    @property
    def measured_in(self) -> Words:
        """The unit of its number."""
        return Words(self.unit, self.unit_en)

    @property
    def within_year(self) -> bool:
        """The number is cumulated from 1 January: it begins again at nothing each year."""
        return bool(self.date_field) and isinstance(self.measure, (Count, Sum))

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        if self.direction not in ("up", "down"):
            yield f"direction {self.direction!r} is not up or down"
        if not self.why:
            yield "why is empty: say why this number matters"
        if self.owner and self.owner not in catalogue.ids("unit"):
            yield f"the owner {self.owner!r} is not a declared unit"
        for part in parts(self.measure):
            kind, _, name = part.source.partition(":")
            if kind not in ("register", "procedure", "plan", "custody", "units"):
                yield f"source {part.source!r} is not register:…, procedure:…, plan:…, custody:… or units:…"
            elif kind in ("register", "procedure") and name not in catalogue.ids(kind):
                yield f"source {part.source!r} names no declared {kind}"
        if isinstance(self.measure, Ratio) and self.measure.scale <= 0:
            yield "the scale of a ratio must be positive"
        for year, target in self.targets.items():
            if not 2000 <= year <= 2100 or not target.is_finite():
                yield f"target {year}: {target} is no target"
