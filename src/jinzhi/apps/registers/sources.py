"""Entries as records of indicators (sources ``register:<id>``), in memory and as tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import SeesRecords, UnknownSource, provides, provides_past
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.registers.models import Entry
from jinzhi.engines.indicator_sql import JsonText, SqlColumn, SqlSource
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.indicator import Record, Scalar
from jinzhi.kernel.register import Register

#: the verbs of ``actions`` that change an entry after it was made
UPDATE, CLOSE, REOPEN = "update", "close", "reopen"
KINDS = {Type.INT: "number", Type.DECIMAL: "number", Type.DATE: "date", Type.BOOL: "bool"}


def _declared(name: str) -> Register:
    register = catalogue().find(Register, name)
    if register is None:
        raise UnknownSource(f"register:{name}")
    return register


def scalar(field: Field, value: object) -> Scalar:
    """A stored value as an indicator compares it."""
    if value is None:
        return None
    match field.type:
        case Type.DECIMAL:
            return Decimal(str(value))
        case Type.INT:
            return int(str(value))
        case Type.DATE:
            return date.fromisoformat(str(value))
        case Type.BOOL:
            return bool(value)
    return str(value)


def fields_of(register: Register, data: Mapping[str, object]) -> dict[str, Scalar]:
    """The declared fields of an entry, personal ones left out: an indicator needs nobody's name."""
    return {f.id: scalar(f, data.get(f.id)) for f in register.fields if not f.withheld}


@provides("register")
def entry_records(name: str, who: SeesRecords, on: date) -> Iterable[Record]:
    """The entries of a register: their declared fields and ``state`` (active, closed), as they were on a day.

    An entry that was made later, of a thing that was there before, is given: its dates decide.
    """
    return (entry for entry in entries_past(name, who, (on,))[on] if isinstance(entry, Record))


@provides_past("register")
def entries_past(name: str, who: SeesRecords, days: Sequence[date]) -> dict[date, list[Record]]:
    """The entries as of several days: from what stands now, back over what was changed after the day."""
    register = _declared(name)
    mine = Entry.objects.visible_to(who).filter(register=name)
    entries = list(mine.select_related("unit").order_by("pk"))
    later: dict[str, list[Event]] = defaultdict(list)
    if min(days) < today():
        streams = mine.order_by().annotate(own=Concat(Value("entry:"), Cast("pk", CharField()))).values("own")
        changes = Event.objects.filter(stream__in=streams, verb__in=(UPDATE, CLOSE, REOPEN), on__gt=min(days))
        for event in changes.order_by("-seq"):
            later[event.stream].append(event)
    return {day: [_as_of(register, entry, later[entry.stream], day) for entry in entries] for day in days}


def _as_of(register: Register, entry: Entry, later: Iterable[Event], day: date) -> Record:
    """An entry on a day: what was changed after it is undone, the newest first."""
    data, state, unit = dict(entry.data), entry.state, entry.unit.code
    for event in (e for e in later if e.on > day):
        if event.verb != UPDATE:
            state = "active" if event.verb == CLOSE else "closed"
            continue
        for id, change in event.data.get("changes", {}).items():
            if isinstance(change, list):  # a personal value is held by its digest: no indicator reads it
                data[id] = change[0]
                unit = str(change[0] or unit) if id == register.unit_field else unit
    return Record(
        id=f"entry:{entry.pk}",
        title=f"{entry.number} {entry.title}",
        url=f"/registers/{register.id}/{entry.pk}/",
        unit=unit,
        fields={**fields_of(register, data), "state": state},
    )


def sql_source(name: str, who: SeesRecords) -> SqlSource:
    """The same entries as a table for ``engines.indicator_sql``."""
    register = _declared(name)
    columns = {
        f.id: SqlColumn(JsonText("data", f.id), KINDS.get(f.type, "text"), json=True)
        for f in register.fields
        if not f.withheld
    }
    columns["state"] = SqlColumn("state", "text")
    rows = Entry.objects.visible_to(who).filter(register=name).order_by("pk")
    return SqlSource(rows, columns, Concat(Value("entry:"), Cast("pk", CharField()), output_field=CharField()))
