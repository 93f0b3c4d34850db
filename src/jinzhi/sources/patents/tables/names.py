"""The names that a cell holds: what stands between them is told by all values of the column together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from jinzhi.sources.patents.tables.cells import Column, nothing

PEOPLE = ("inventors", "agents", "examiners")


def separated(column: Column, values: Sequence[str]) -> Column:
    """What stands between the names of a column, told by all its values together.

    A bar or a doubled semicolon is stronger than a semicolon, which then belongs to a name (``Doe; Jane | Roe; R.``).
    Without either, Latin names each with one semicolon and a part of a single word are written family; given.
    """
    if column.field not in ("applicants", "assignees", "agencies", *PEOPLE):
        return column
    for mark in ("|", ";;"):
        marked = [v for v in values if mark in v]
        if marked:
            inside = any(";" in p or "；" in p for v in marked for p in v.split(mark))
            return replace(column, separator=mark if inside else f"{mark};")
    if column.field in PEOPLE and values and all(_reversed(v) for v in values):
        return replace(column, separator="\n")
    listed = [v.split(",") for v in values]
    full = all(" " in p.strip() for v in listed for p in v) and not any(re.search(r"[;；\n]", v) for v in values)
    if column.field in PEOPLE and full and any(len(v) > 2 for v in listed):
        return replace(column, separator=",")  # ``Jane Doe, Richard Roe, Max Moe``: no part is a family name alone
    return column


def _reversed(value: str) -> bool:
    """Whether a value is one Latin name written ``Family; Given``."""
    parts = [p.strip() for p in value.split(";")]
    if len(parts) != 2 or not all(parts) or re.search(r"[\u3040-\u9fff|\n]", value):
        return False
    return not all(re.search(r"[\s,]", _TITLES.sub("", p)) for p in parts)


#: what may stand behind a family or given name and makes it no full name
_TITLES = re.compile(r"(?:,?\s*\b(?:jr|sr|ii|iii|iv|et al)\b\.?)+$", re.IGNORECASE)


_HAN_LIST = re.compile(r"[\u3400-\u9fff·]{2,}(?:[,，、]\s*[\u3400-\u9fff·]{2,})+")


def names_of(value: str, column: Column) -> list[str]:
    """The names that a cell holds."""
    if column.separator:
        if column.separator == ",":
            marks = ","
        elif "|" in value:
            marks = r"\||;" if column.separator == "|;" else r"\|"
        elif ";;" in value:
            marks = ";;"
        else:
            # the column's own separator does not occur: one name, unless single semicolons separate elsewhere
            marks = r"[;；\n]" if column.separator in ("|;", ";;;") else r"\n"
    elif "|" in value:
        # a bar first met behind the sample: stronger than semicolons where these stand inside names
        marks = r"\|" if re.search(r"[;；][^|]*\|", value) else r"[|;；\n]"
    else:
        marks = r"[;；\n]"
    pieces = [p for p in (p.strip() for p in re.split(marks, value)) if p]
    if column.field in PEOPLE:
        pieces = [q for p in pieces for q in (re.split(r"[,，、]\s*", p) if _HAN_LIST.fullmatch(p) else [p])]
    return [p for p in pieces if not nothing(p)]
