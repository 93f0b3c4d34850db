"""Declarations and fields as JSON: what a program needs to know, from the same values as the pages."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from jinzhi.kernel.declare import Declaration
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.procedure import CASE, MILESTONE


def plain(value: Any) -> Any:
    """Any declared value as JSON; a value inside a declaration says in ``is`` what it is (Count, Length, Clock …)."""
    if value is None or isinstance(value, (str, int, float)):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (tuple, list, set, frozenset)):
        return [plain(v) for v in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        members = {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return members if isinstance(value, Declaration) else {"is": type(value).__name__, **members}
    return str(value)


def field_schema(field: Field) -> dict[str, Any]:
    """The JSON Schema of a field: what is taken and what is given."""
    out: dict[str, Any] = {"title": f"{field.zh} · {field.en}"}
    match field.type:
        case Type.BOOL:
            out["type"] = "boolean"
        case Type.INT:
            out["type"] = "integer"
        case Type.DECIMAL:
            out |= {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
        case Type.DATE:
            out |= {"type": "string", "format": "date"}
        case Type.CHOICE:
            out |= {"type": "string", "enum": [c.id for c in field.choices]}
        case _:
            out |= {"type": "string", "maxLength": field.max_length}
    if field.type in (Type.INT, Type.DECIMAL):
        out |= {f"x-{n}" if field.type is Type.DECIMAL else n: float(v) if v % 1 else int(v)
                for n, v in (("minimum", field.min), ("maximum", field.max)) if v is not None}  # fmt: skip
    if not field.required and field.type is not Type.BOOL:
        out["type"] = [out["type"], "null"]
        if "enum" in out:
            out["enum"] = [*out["enum"], None]
    words = [w for w in (field.help_zh, field.help_en, _what(field)) if w]
    if words:
        out["description"] = " ".join(words)
    if field.type is Type.FILE:
        out["readOnly"] = True
    if field.personal:
        out["x-personal"] = True
    return out


#: what a REF asks for that points at no register
REFERRED = {CASE: "Number of a case.", MILESTONE: "Code of a milestone."}


def _what(field: Field) -> str:
    match field.type:
        case Type.UNIT:
            return "Code of a unit."
        case Type.REF:
            return REFERRED.get(field.of, f"Number of an entry of the register {field.of}.")
        case Type.CHOICE:
            return "; ".join(f"{c.id}: {c.zh} {c.en}" for c in field.choices)
        case Type.FILE:
            return "Number of an attachment; files are handed over on the pages."
    return f"In {field.unit}." if field.unit else ""


def object_schema(fields: Iterable[Field], title: str, *, partial: bool = False) -> dict[str, Any]:
    """The JSON Schema of the members that these fields are; ``partial``: none is required."""
    fields = tuple(fields)
    required = [f.id for f in fields if f.required and f.type not in (Type.BOOL, Type.FILE)]
    out = {
        "type": "object",
        "title": title,
        "properties": {f.id: field_schema(f) for f in fields},
        "additionalProperties": False,
    }
    return {**out, "required": required} if required and not partial else out
