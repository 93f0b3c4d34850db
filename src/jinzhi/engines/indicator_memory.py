"""What an indicator means: the definition, over records in memory. Every other engine must agree with it.

- A field that a record lacks is missing (None). Comparisons with a missing value are false; ``Is(f, None)`` asks
  for it.
- Values compare within their kind: text with text, numbers (int, Decimal) with numbers, dates with dates, yes/no with
  yes/no. Across kinds nothing is equal, and nothing is at least or at most.
- ``Not`` is plain negation: what does not hold, for whatever reason, holds under Not.
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

from jinzhi.kernel.indicator import (
    All,
    Any,
    AtLeast,
    AtMost,
    Condition,
    Count,
    Given,
    Indicator,
    Is,
    Median,
    Not,
    NotAfter,
    OneOf,
    OnOrBeforeAsOf,
    Ratio,
    Record,
    Scalar,
    Sum,
    Value,
    parts,
)

EXACT = Context(prec=28)
WIDE = Context(prec=60)

NOTHING_ZH, NOTHING_EN = "没有可计算的记录", "there is no record to compute from"
NO_BOTTOM_ZH, NO_BOTTOM_EN = "分母为零，无法计算比率", "the bottom of the ratio is zero"


def kind_of(value: Scalar) -> str:
    """The kind within which a value compares; empty for a missing one."""
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


def _same(left: Scalar, right: Scalar) -> bool:
    return kind_of(left) == kind_of(right) and left == right


def _ordered(left: Scalar, right: Scalar) -> bool:
    """Whether left ≤ right, both numbers or both dates."""
    kind = kind_of(left)
    return kind in ("number", "date") and kind == kind_of(right) and left <= right  # type: ignore[operator]


def holds(condition: Condition, fields: Mapping[str, Scalar], as_of: date) -> bool:
    """Whether a record with these fields meets the condition."""
    match condition:
        case Is(field, value):
            return _same(fields.get(field), value)
        case OneOf(field, values):
            return any(_same(fields.get(field), v) for v in values)
        case Given(field):
            return fields.get(field) is not None
        case AtLeast(field, bound):
            return _ordered(bound, fields.get(field))
        case AtMost(field, bound):
            return _ordered(fields.get(field), bound)
        case NotAfter(field, other):
            return _ordered(fields.get(field), fields.get(other))
        case OnOrBeforeAsOf(field):
            return _ordered(fields.get(field), as_of)
        case Not(inner):
            return not holds(inner, fields, as_of)
        case All(inner):
            return all(holds(c, fields, as_of) for c in inner)
        case Any(inner):
            return any(holds(c, fields, as_of) for c in inner)
    raise TypeError(f"{condition!r} is no condition")


def in_period(indicator: Indicator, as_of: date) -> Condition:
    """The condition that the indicator's ``date_field`` lays on every record; always true without one."""
    if not indicator.date_field:
        return All()
    first = date(as_of.year, 1, 1)
    return All((AtLeast(indicator.date_field, first), OnOrBeforeAsOf(indicator.date_field)))


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
    indicator: Indicator, values: Sequence[Decimal | None], records: Sequence[tuple[str, ...]], as_of: date
) -> Value:
    """The value of an indicator from those of its parts."""
    measure = indicator.measure
    kept = (tuple(records), tuple(values))
    if not isinstance(measure, Ratio):
        if values[0] is None:
            return Value(None, as_of, *kept, NOTHING_ZH, NOTHING_EN)
        return Value(values[0], as_of, *kept)
    top, bottom = values
    if top is None or bottom is None:
        return Value(None, as_of, *kept, NOTHING_ZH, NOTHING_EN)
    if bottom == 0:
        return Value(None, as_of, *kept, NO_BOTTOM_ZH, NO_BOTTOM_EN)
    return Value(EXACT.divide(WIDE.multiply(top, Decimal(measure.scale)), bottom), as_of, *kept)


def counted(
    indicator: Indicator, part: Count | Sum | Median, records: Iterable[Record], as_of: date
) -> Iterator[Record]:
    """The records that a part counts, in their order. A Sum or Median counts only those that have its number."""
    when = in_period(indicator, as_of)
    for record in records:
        if not holds(when, record.fields, as_of) or not holds(part.where, record.fields, as_of):
            continue
        if isinstance(part, Count) or kind_of(record.fields.get(part.field)) == "number":
            yield record


def evaluate(indicator: Indicator, records: Mapping[str, Sequence[Record]], as_of: date) -> Value:
    """The value of an indicator. ``records`` holds every source of the measure; KeyError where one is missing."""
    values: list[Decimal | None] = []
    behind: list[tuple[str, ...]] = []
    for part in parts(indicator.measure):
        found = list(counted(indicator, part, records[part.source], as_of))
        numbers = [None if isinstance(part, Count) else r.fields.get(part.field) for r in found]
        values.append(part_value(part, numbers))
        behind.append(tuple(r.id for r in found))
    return combine(indicator, values, behind, as_of)


def group_of(record: Record, field: str) -> Scalar:
    """What a record falls under in a breakdown; "unit" is the unit that keeps it."""
    return record.unit if field == "unit" else record.fields.get(field)


def breakdown(
    indicator: Indicator, records: Mapping[str, Sequence[Record]], field: str, as_of: date
) -> tuple[tuple[Scalar, Value], ...]:
    """(group, value) for each group of a field, over the groups that some record counted in any part falls under.

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
        if any(value.records):
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
