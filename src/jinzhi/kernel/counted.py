"""What indicators may count: the sources of records, and the fields that each gives, with their kinds and values.

The providers in the apps give exactly these fields (a test holds them to it), so a declaration that names another
source, field or value is found when the installation starts, and never publishes a 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from jinzhi.kernel.clocks import ClockStatus
from jinzhi.kernel.declare import Catalogue
from jinzhi.kernel.expression import All, Any, AtLeast, AtMost, F, Given, Is, Not, OneOf
from jinzhi.kernel.fields import Type
from jinzhi.kernel.indicator import TODAY, Count, Indicator, Median, Scalar, Sum, kind_of, parts
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.register import Register

TEXT, NUMBER, DATE, BOOL = "text", "number", "date", "bool"
KINDS = {Type.INT: NUMBER, Type.DECIMAL: NUMBER, Type.DATE: DATE, Type.BOOL: BOOL}
#: the states of a clock by which a record of a case can be counted
CLOCK_STATES = tuple(status.value for status in ClockStatus if status.dated)


@dataclass(frozen=True, slots=True)
class CountedColumn:
    """A field of a source: its kind, and all values it can have where these are declared."""

    kind: str = TEXT
    values: tuple[str, ...] = ()


def _kinds(**fields: str) -> dict[str, CountedColumn]:
    return {name: CountedColumn(kind) for name, kind in fields.items()}


FIXED: Mapping[str, Mapping[str, CountedColumn]] = {
    "plan:milestones": _kinds(
        plan=TEXT, row_key=TEXT, code=TEXT, title=TEXT, due=DATE, met_on=DATE, dropped_on=DATE, target=NUMBER,
        achieved=NUMBER, weight=NUMBER, measured_in=TEXT, state=TEXT,
    ),
    "plan:reports": _kinds(
        plan=TEXT, period=TEXT, year=NUMBER, due=DATE, state=TEXT, submitted_on=DATE, approved_on=DATE,
    ),
    "plan:rows": _kinds(plan=TEXT, row_key=TEXT, bound=TEXT, part=TEXT, section=TEXT, leads=BOOL, served=BOOL),
    "custody:items": _kinds(kind=TEXT, way=TEXT, held=BOOL, taken_in_on=DATE, disposed_on=DATE, kept=BOOL),
    "units": _kinds(level=TEXT, contact=TEXT),
}  # fmt: skip


def of_register(register: Register) -> dict[str, CountedColumn]:
    """The fields of an entry that are nobody's personal data, and its state."""
    found = {
        f.id: CountedColumn(KINDS.get(f.type, TEXT), tuple(c.id for c in f.choices))
        for f in register.fields
        if not f.personal
    }
    return {**found, "state": CountedColumn(TEXT, ("active", "closed"))}


def of_procedure(procedure: Procedure) -> dict[str, CountedColumn]:
    """State and days of a case, and those of each of its clocks."""
    found = {
        "state": CountedColumn(TEXT, tuple(s.id for s in procedure.states)),
        "office": CountedColumn(), "opened_on": CountedColumn(DATE), "closed_on": CountedColumn(DATE),
    }  # fmt: skip
    for clock in procedure.clocks:
        id = clock.id.replace("-", "_")
        for day in ("first_due", "first_stopped", "due", "stopped"):
            found[f"{id}_{day}"] = CountedColumn(DATE)
        found[f"{id}_status"] = CountedColumn(TEXT, CLOCK_STATES)
    return found


def fields_of(source: str, catalogue: Catalogue) -> Mapping[str, CountedColumn] | None:
    """The fields that a source gives, or None where there is no such source."""
    kind, _, name = source.partition(":")
    if kind == "register":
        register = catalogue.find(Register, name)
        return of_register(register) if register else None
    if kind == "procedure":
        procedure = catalogue.find(Procedure, name)
        return of_procedure(procedure) if procedure else None
    return FIXED.get(source.partition("@")[0] if kind == "plan" else source)


class NamedField(NamedTuple):
    """A field that a measure names: the kinds that it may have (none: any), the constants that it is compared with."""

    field: str
    kinds: tuple[str, ...] = ()
    values: tuple[Scalar, ...] = ()


ORDERED = (NUMBER, DATE)


def named_in(condition: object) -> Iterator[NamedField | str]:
    """Each field that a condition names, and each problem of what an indicator may not say."""
    match condition:
        case Is(str(field), value):
            yield from _compared(field, (), (value,))
        case OneOf(str(field), values):
            yield from _compared(field, (), values)
        case Given(str(field)):
            yield NamedField(field)
        case AtLeast(str(field), bound) | AtMost(str(field), bound):
            yield from _compared(field, ORDERED, (bound,))
        case Not(inner):
            yield from named_in(inner)
        case All(several) | Any(several):
            for part in several:
                yield from named_in(part)
        case _:
            yield f"an indicator does not take {condition!r}: its conditions are of one record's own fields"


def _compared(field: str, kinds: tuple[str, ...], values: tuple[object, ...]) -> Iterator[NamedField | str]:
    """A field with what it is held against: constants, the day asked for, other fields."""
    constants: list[Scalar] = []
    for value in values:
        if value == TODAY:
            yield NamedField(field, (DATE,))
        elif isinstance(value, F):
            yield NamedField(value.path, kinds)
        elif value is None or isinstance(value, (str, int, Decimal, bool, date)):
            constants.append(value)
            if kinds:
                yield NamedField(
                    field, tuple(kind for kind in kinds if kind == kind_of(value)) or ("a number or a date",)
                )
        else:
            yield f"an indicator does not hold {field!r} against {value!r}: give a constant, another field or the day"
    yield NamedField(field, kinds, tuple(constants))


def _named_by(indicator: Indicator, part: Count | Sum | Median) -> Iterator[NamedField | str]:
    yield from named_in(part.where)
    if not isinstance(part, Count):
        yield NamedField(part.field, (NUMBER,))
    if indicator.date_field:
        yield NamedField(indicator.date_field, (DATE,))
    yield from (NamedField(field) for field in indicator.breakdowns if field != "unit")


def problems_of(indicator: Indicator, catalogue: Catalogue) -> Iterator[str]:
    """Every source, field and value that an indicator names and nothing gives."""
    for part in parts(indicator.measure):
        given = fields_of(part.source, catalogue)
        if given is None:
            yield f"source {part.source!r} is given by nobody"
            continue
        for named in _named_by(indicator, part):
            yield from (named,) if isinstance(named, str) else _unfit(named, part.source, given)


def _unfit(named: NamedField, source: str, given: Mapping[str, CountedColumn]) -> Iterator[str]:
    """What is wrong with a field that is named, where its source gives these."""
    column = given.get(named.field)
    if column is None:
        yield f"source {source} has no field {named.field!r} (it has {', '.join(sorted(given))})"
        return
    if named.kinds and column.kind not in named.kinds:
        yield f"field {named.field!r} of {source} is {column.kind}, not {' or '.join(named.kinds)}"
    for value in named.values:
        if column.values and value is not None and value not in column.values:
            yield f"field {named.field!r} of {source} is never {value!r} (it is {', '.join(column.values)})"


def unresolved(catalogue: Catalogue) -> Iterator[str]:
    """The problems of every indicator, each beginning with where it is declared."""
    for indicator in catalogue.all(Indicator):
        where = catalogue.where(Indicator.kind, indicator.id)
        for problem in problems_of(indicator, catalogue):
            yield f"{where} (indicator {indicator.id}): {problem}"
