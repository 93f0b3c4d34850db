"""Values as an event keeps them in JSON, so that they come back as what they were: a day, an amount, a length."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from jinzhi.kernel.expression import BLANK, NOT_HELD
from jinzhi.kernel.period import Length, length_of

DAY, MOMENT, NUMBER, LENGTH, MISSING = "day", "moment", "number", "length", "missing"


def keep(value: object) -> object:
    """What an event stores of a value. Raises TypeError where nothing could bring it back."""
    match value:
        case None | bool() | int() | str():
            return value
        case datetime():
            return {MOMENT: value.isoformat()}
        case date():
            return {DAY: value.isoformat()}
        case Decimal() | Fraction():
            return {NUMBER: str(value)}
        case Length():
            return {LENGTH: value.code}
        case tuple() | list() | frozenset():
            return [keep(one) for one in value]
    if value is BLANK or value is NOT_HELD:
        return {MISSING: "blank" if value is BLANK else "not held"}
    raise TypeError(f"{value!r} cannot be kept in an event")


def bring_back(stored: object) -> object:
    """The value that an event stores."""
    if isinstance(stored, list):
        return tuple(bring_back(one) for one in stored)
    if not isinstance(stored, Mapping) or len(stored) != 1:
        return stored
    ((kind, text),) = stored.items()
    match kind:
        case "day":
            return date.fromisoformat(str(text))
        case "moment":
            return datetime.fromisoformat(str(text))
        case "number":
            return Fraction(str(text)) if "/" in str(text) else Decimal(str(text))
        case "length":
            return length_of(str(text))
        case "missing":
            return BLANK if text == "blank" else NOT_HELD
    return stored
