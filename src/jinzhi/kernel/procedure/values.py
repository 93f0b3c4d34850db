"""Stored values as expressions judge them: a day is a day, an amount a number, a list its elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from jinzhi.kernel.expression import BLANK, NOT_HELD
from jinzhi.kernel.fields import KEY, Field, Type
from jinzhi.kernel.period import length_of

_READ: Mapping[Type, Callable[[object], object]] = {
    Type.DATE: lambda stored: date.fromisoformat(str(stored)),
    Type.DATETIME: lambda stored: datetime.fromisoformat(str(stored)),
    Type.INT: lambda stored: int(str(stored)),
    Type.DECIMAL: lambda stored: Decimal(str(stored)),
    Type.MONEY: lambda stored: Decimal(str(stored)),
    Type.LENGTH: lambda stored: length_of(str(stored)),
    Type.BOOL: lambda stored: stored in (True, "true", "yes", "是", "1"),
    Type.ANSWER: lambda stored: {"yes": True, "true": True, "no": False, "false": False}.get(
        str(stored).lower(), NOT_HELD
    ),
}


def typed(field: Field, stored: object) -> object:
    """The value that a field stores; blank where there is none, not held where it cannot be read (an erased person)."""
    if stored is None or stored in ("", []):
        return BLANK
    if field.type is Type.LIST:
        return tuple(key for key, _ in elements_of(field, stored))
    if field.many:
        several = stored if isinstance(stored, (list, tuple)) else [stored]
        return tuple(_typed(field, value) for value in several)
    return _typed(field, stored)


def _typed(field: Field, stored: object) -> object:
    read = _READ.get(field.type)
    if read is None:
        return stored
    try:
        return read(stored)
    except (ValueError, InvalidOperation):
        return NOT_HELD


def elements_of(field: Field, stored: object) -> tuple[tuple[str, Mapping[str, object]], ...]:
    """The elements of a stored list by their keys. A history written by hand may name elements by keys alone:
    ``open.parties`` = "li,wang" is two, whose first field holds the key."""
    if isinstance(stored, str):
        stored = [word for word in stored.split(",") if word]
    if not isinstance(stored, (list, tuple)):
        return ()
    out: list[tuple[str, Mapping[str, object]]] = []
    for n, element in enumerate(stored, 1):
        if isinstance(element, Mapping):
            out.append((str(element.get(KEY) or n), element))
        else:
            first = field.items[0].id if field.items else "item"
            out.append((str(element), {KEY: element, first: element}))
    return tuple(out)
