"""What an indicator means: the definition, over records in memory. Every other engine must agree with it.

- The conditions mean what ``kernel.expression`` says; a field that a record lacks or that is None is blank.
- Values compare within their kind: text with text, numbers (int, Decimal) with numbers, dates with dates, yes/no with
  yes/no. Across kinds nothing is equal, and of nothing it is known whether it is at least or at most.
- A record counts where the answer is yes. Records of the period for which it is unknown are listed beside the value.
- With a ``date_field`` an indicator is a flow of the year of ``as_of``: only records count whose date lies from
  1 January of that year to ``as_of``, both included. Without one it is a stock: the records as they are given.
- Sums and medians skip records without a number; numbers are Decimals, nothing is rounded except the quotients of
  ratios and the means of medians, to 28 digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Context, Decimal

from jinzhi.kernel.expression import (
    BLANK,
    NOT_HELD,
    All,
    Answer,
    AtLeast,
    AtMost,
    Condition,
    Elements,
    Missing,
    answer_of,
)
from jinzhi.kernel.indicator import (
    TODAY,
    Count,
    Indicator,
    Median,
    Ratio,
    Record,
    Scalar,
    Sum,
    Value,
    kind_of,
    parts,
)
from jinzhi.kernel.period import Calendar

EXACT = Context(prec=28)
WIDE = Context(prec=60)

NOTHING_ZH, NOTHING_EN = "没有可计算的记录", "there is no record to compute from"
NO_BOTTOM_ZH, NO_BOTTOM_EN = "分母为零，无法计算比率", "the bottom of the ratio is zero"


@dataclass(frozen=True, slots=True)
class FieldsView:
    """The fields of a record as what a condition is judged on; a field without a value is blank. None: nothing held."""

    fields: Mapping[str, Scalar] | None
    as_of: date

    def value(self, path: str) -> object:
        if path == TODAY.path:
            return self.as_of
        if self.fields is None:
            return NOT_HELD
        value = self.fields.get(path)
        return value if kind_of(value) else BLANK

    def moment(self, path: str) -> None:
        return None

    def elements(self, over: str) -> Elements | Missing:
        return NOT_HELD

    def frozen(self, source: str, where: object) -> object:
        return NOT_HELD

    def at(self, day: date) -> FieldsView:
        """Nothing is held of another day: the record is given as of one."""
        return FieldsView(None, day)

    @property
    def calendar(self) -> Calendar:
        return Calendar.of(())


def answer_for(condition: Condition, fields: Mapping[str, Scalar], as_of: date) -> Answer:
    """Whether a record with these fields meets the condition."""
    return answer_of(condition, FieldsView(fields, as_of))


def in_period(indicator: Indicator, as_of: date) -> Condition:
    """The condition that the indicator's ``date_field`` lays on every record; always true without one."""
    if not indicator.date_field:
        return All()
    return All(AtLeast(indicator.date_field, date(as_of.year, 1, 1)), AtMost(indicator.date_field, TODAY))


def part_value(part: Count | Sum | Median, numbers: Sequence[Scalar]) -> Decimal | None:
    """The value of a simple measure over what its counted records hold in its field (unused by Count)."""
    if isinstance(part, Count):
        return Decimal(len(numbers))
    known = sorted(Decimal(n) for n in numbers if kind_of(n) == "number")  # type: ignore[arg-type]
    if isinstance(part, Sum):
        total = Decimal(0)
        for n in known:
            total = WIDE.add(total, n)
        return total
    if not known:
        return None
    middle = len(known) // 2
    if len(known) % 2:
        return known[middle]
    return EXACT.divide(WIDE.add(known[middle - 1], known[middle]), Decimal(2))


def combine(
    indicator: Indicator,
    values: Sequence[Decimal | None],
    records: Sequence[tuple[str, ...]],
    as_of: date,
    unknown: Iterable[str] = (),
) -> Value:
    """The value of an indicator from those of its parts."""
    behind = Value(None, as_of, tuple(records), tuple(values), unknown=tuple(dict.fromkeys(unknown)))
    measure = indicator.measure
    if any(value is None for value in values):
        return replace(behind, why_none_zh=NOTHING_ZH, why_none_en=NOTHING_EN)
    top, *rest = (value for value in values if value is not None)
    if not isinstance(measure, Ratio):
        return replace(behind, number=top)
    (bottom,) = rest
    if bottom == 0:
        return replace(behind, why_none_zh=NO_BOTTOM_ZH, why_none_en=NO_BOTTOM_EN)
    return replace(behind, number=EXACT.divide(WIDE.multiply(top, Decimal(measure.scale)), bottom))


def of_period(indicator: Indicator, records: Iterable[Record], as_of: date) -> Iterator[Record]:
    """The records whose day lies in the period; all of them where the indicator has no ``date_field``."""
    when = in_period(indicator, as_of)
    return (record for record in records if answer_for(when, record.fields, as_of) is Answer.YES)


def judged(
    part: Count | Sum | Median, records: Iterable[Record], as_of: date
) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """Of the records of a period, in their order: those that a part counts, and those of which it is not known.

    A Sum or Median counts only those that have its number.
    """
    counted: list[Record] = []
    unknown: list[Record] = []
    for record in records:
        match answer_for(part.where, record.fields, as_of):
            case Answer.UNKNOWN:
                unknown.append(record)
            case Answer.YES if isinstance(part, Count) or kind_of(record.fields.get(part.field)) == "number":
                counted.append(record)
    return tuple(counted), tuple(unknown)


def evaluate(indicator: Indicator, records: Mapping[str, Sequence[Record]], as_of: date) -> Value:
    """The value of an indicator. ``records`` holds every source of the measure; KeyError where one is missing."""
    values: list[Decimal | None] = []
    behind: list[tuple[str, ...]] = []
    open_: list[str] = []
    for part in parts(indicator.measure):
        counted, unknown = judged(part, of_period(indicator, records[part.source], as_of), as_of)
        numbers = [None if isinstance(part, Count) else r.fields.get(part.field) for r in counted]
        values.append(part_value(part, numbers))
        behind.append(tuple(r.id for r in counted))
        open_ += [r.id for r in unknown]
    return combine(indicator, values, behind, as_of, open_)


def group_of(record: Record, field: str) -> Scalar:
    """What a record falls under in a breakdown; "unit" is the unit that keeps it."""
    return record.unit if field == "unit" else record.fields.get(field)


def breakdown(
    indicator: Indicator, records: Mapping[str, Sequence[Record]], field: str, as_of: date
) -> tuple[tuple[Scalar, Value], ...]:
    """(group, value) for each group of a field, over the groups of the records that count in a part, or may.

    The parts of a Count or Sum over all groups make the whole; those of a Median do not.
    """
    needed = parts(indicator.measure)
    groups: dict[tuple[str, Scalar], dict[str, list[Record]]] = {}
    for source in dict.fromkeys(p.source for p in needed):
        for record in records[source]:
            group = group_of(record, field)
            kept = groups.setdefault((kind_of(group), group), {p.source: [] for p in needed})
            kept[source].append(record)
    out: list[tuple[Scalar, Value]] = []
    for (_kind, group), own in groups.items():
        value = evaluate(indicator, own, as_of)
        if any(value.records) or value.unknown:
            out.append((group, value))
    return tuple(out)


def series(
    indicator: Indicator, records: Mapping[str, Sequence[Record]], days: Iterable[date]
) -> tuple[tuple[date, Value], ...]:
    """The value on each of these days, from the records as they are given.

    Only an indicator with a ``date_field`` or with conditions on dates says anything about days gone by; the value of
    any other is that of its snapshots (apps.indicators).
    """
    return tuple((day, evaluate(indicator, records, day)) for day in days)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A worked example that does not come out."""

    indicator: str
    case: str
    expected: Decimal | None
    got: Decimal | None


def records_of(source: str, given: Sequence[Mapping[str, Scalar]]) -> tuple[Record, ...]:
    """Records from the plain mappings of a worked example; ``unit`` may be one of the fields."""
    return tuple(
        Record(f"{source}#{i}", f"{source} {i}", "", str(fields.get("unit") or ""), fields)
        for i, fields in enumerate(given, 1)
    )


def check_examples(indicator: Indicator) -> tuple[Mismatch, ...]:
    """The worked examples (kernel.indicator.Case) that do not come out, compared after rounding to ``decimals``."""
    out: list[Mismatch] = []
    for case in indicator.examples:
        given = {source: records_of(source, rows) for source, rows in case.records.items()}  # type: ignore[attr-defined]
        got = evaluate(replace(indicator, examples=()), given, case.as_of).number  # type: ignore[attr-defined]
        if rounded(got, indicator.decimals) != rounded(case.number, indicator.decimals):  # type: ignore[attr-defined]
            out.append(Mismatch(indicator.id, case.name, case.number, got))  # type: ignore[attr-defined]
    return tuple(out)


def rounded(number: Decimal | None, decimals: int) -> Decimal | None:
    """The number as shown: rounded half up, as people do."""
    if number is None:
        return None
    return number.quantize(Decimal(1).scaleb(-decimals), rounding="ROUND_HALF_UP", context=WIDE)
