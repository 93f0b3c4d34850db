"""What indicators may count: the sources of records, and the fields that each gives, with their kinds and values.

The providers in the apps give exactly these fields (a test holds them to it), so a declaration that names another
source, field or value is found when the installation starts, and never publishes a 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinzhi.kernel.clocks import ClockStatus
from jinzhi.kernel.declare import Catalogue
from jinzhi.kernel.fields import Type
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
    Scalar,
    Sum,
    parts,
)
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.register import Register

TEXT, NUMBER, DATE, BOOL = "text", "number", "date", "bool"
KINDS = {Type.INT: NUMBER, Type.DECIMAL: NUMBER, Type.DATE: DATE, Type.BOOL: BOOL}
#: the states of a clock by which a record of a case can be counted
CLOCK_STATES = tuple(status.value for status in ClockStatus if status.dated)


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a source: its kind, and all values it can have where these are declared."""

    kind: str = TEXT
    values: tuple[str, ...] = ()


def _kinds(**fields: str) -> dict[str, Column]:
    return {name: Column(kind) for name, kind in fields.items()}


FIXED: Mapping[str, Mapping[str, Column]] = {
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


def of_register(register: Register) -> dict[str, Column]:
    """The fields of an entry that are nobody's personal data, and its state."""
    found = {
        f.id: Column(KINDS.get(f.type, TEXT), tuple(c.id for c in f.choices)) for f in register.fields if not f.personal
    }
    return {**found, "state": Column(TEXT, ("active", "closed"))}


def of_procedure(procedure: Procedure) -> dict[str, Column]:
    """State and days of a case, and those of each of its clocks."""
    found = {
        "state": Column(TEXT, tuple(s.id for s in procedure.states)),
        "office": Column(), "opened_on": Column(DATE), "closed_on": Column(DATE),
    }  # fmt: skip
    for clock in procedure.clocks:
        id = clock.id.replace("-", "_")
        for day in ("first_due", "first_stopped", "due", "stopped"):
            found[f"{id}_{day}"] = Column(DATE)
        found[f"{id}_status"] = Column(TEXT, CLOCK_STATES)
    return found


def fields_of(source: str, catalogue: Catalogue) -> Mapping[str, Column] | None:
    """The fields that a source gives, or None where there is no such source."""
    kind, _, name = source.partition(":")
    if kind == "register":
        register = catalogue.find(Register, name)
        return of_register(register) if register else None
    if kind == "procedure":
        procedure = catalogue.find(Procedure, name)
        return of_procedure(procedure) if procedure else None
    return FIXED.get(source.partition("@")[0] if kind == "plan" else source)


def named_in(condition: Condition) -> Iterator[tuple[str, str, tuple[Scalar, ...]]]:
    """Each field that a condition names, the kind it must have ("" any), and the values it is compared with."""
    match condition:
        case Is(field, value):
            yield field, "", (value,)
        case OneOf(field, values):
            yield field, "", values
        case Given(field):
            yield field, "", ()
        case AtLeast(field, _) | AtMost(field, _):
            yield field, f"{NUMBER} {DATE}", ()
        case NotAfter(field, other):
            yield field, f"{NUMBER} {DATE}", ()
            yield other, f"{NUMBER} {DATE}", ()
        case OnOrBeforeAsOf(field):
            yield field, DATE, ()
        case Not(inner):
            yield from named_in(inner)
        case All(several) | Any(several):
            for one in several:
                yield from named_in(one)


def _named_by(part: Count | Sum | Median) -> Iterator[tuple[str, str, tuple[Scalar, ...]]]:
    yield from named_in(part.where)
    if not isinstance(part, Count):
        yield part.field, NUMBER, ()


def problems_of(indicator: Indicator, catalogue: Catalogue) -> Iterator[str]:
    """Every source, field and value that an indicator names and nothing gives."""
    for part in parts(indicator.measure):
        given = fields_of(part.source, catalogue)
        if given is None:
            yield f"source {part.source!r} is given by nobody"
            continue
        known = ", ".join(sorted(given))
        wanted = list(_named_by(part))
        if indicator.date_field:
            wanted.append((indicator.date_field, DATE, ()))
        wanted += [(b, "", ()) for b in indicator.breakdowns if b != "unit"]
        for name, kinds, values in wanted:
            if name not in given:
                yield f"source {part.source} has no field {name!r} (it has {known})"
                continue
            if kinds and given[name].kind not in kinds.split():
                yield f"field {name!r} of {part.source} is {given[name].kind}, not {' or '.join(kinds.split())}"
            for value in values:
                if given[name].values and value is not None and value not in given[name].values:
                    yield f"field {name!r} of {part.source} is never {value!r} (it is {', '.join(given[name].values)})"


def unresolved(catalogue: Catalogue) -> Iterator[str]:
    """The problems of every indicator, each beginning with where it is declared."""
    for indicator in catalogue.all(Indicator):
        where = catalogue.where(Indicator.kind, indicator.id)
        for problem in problems_of(indicator, catalogue):
            yield f"{where} (indicator {indicator.id}): {problem}"
