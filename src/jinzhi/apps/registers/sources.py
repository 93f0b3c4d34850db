"""Entries as records of indicators (sources ``register:<id>``), in memory and as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import Sees, UnknownSource, provides
from jinzhi.apps.registers.models import Entry
from jinzhi.engines.indicator_sql import Column, JsonText, SqlSource
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.indicator import Record, Scalar
from jinzhi.kernel.register import Register

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
def entry_records(name: str, who: Sees, on: date) -> Iterable[Record]:
    """The entries of a register: their declared fields and ``state`` (active, closed), as they are now."""
    register = _declared(name)
    for entry in Entry.objects.visible_to(who).filter(register=name).select_related("unit").order_by("pk"):
        yield Record(
            id=f"entry:{entry.pk}",
            title=f"{entry.number} {entry.title}",
            url=f"/registers/{name}/{entry.pk}/",
            unit=entry.unit.code,
            fields={**fields_of(register, entry.data), "state": entry.state},
        )


def sql_source(name: str, who: Sees) -> SqlSource:
    """The same entries as a table for ``engines.indicator_sql``."""
    register = _declared(name)
    columns = {
        f.id: Column(JsonText("data", f.id), KINDS.get(f.type, "text"), json=True)
        for f in register.fields
        if not f.withheld
    }
    columns["state"] = Column("state", "text")
    rows = Entry.objects.visible_to(who).filter(register=name).order_by("pk")
    return SqlSource(rows, columns, Concat(Value("entry:"), Cast("pk", CharField()), output_field=CharField()))
