"""Tables: cells, columns, rows, groups; lists of keys and values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from jinzhi.web.ui.addresses import url_with
from jinzhi.web.ui.states import Due, Tag, as_due

register = template.Library()


MISSING = "—"


@dataclass(frozen=True)
class Cell:
    """A cell of a table: text with an optional link, a second line, a status, a due date or a share."""

    value: Any = ""
    href: str = ""
    sub: Any = ""
    tag: Any = None
    due: Due | None = None
    share: float | None = None
    tone: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Column:
    """A column; ``sort`` is the key written into ``?sort=`` (descending: ``-key``), empty: not sortable."""

    label: Any
    sort: str = ""
    numeric: bool = False
    wide: bool = False
    help: Any = ""


@dataclass(frozen=True)
class TableRow:
    """Cells in the order of the columns; ``value`` is what the checkbox sends; ``href`` opens with key o."""

    cells: Sequence[Any]
    value: str = ""
    id: str = ""


@dataclass(frozen=True)
class TableGroup:
    """A heading row inside a table: a status, a label and how many rows follow."""

    label: Any = ""
    tag: Any = None
    count: int | None = None


@dataclass(frozen=True)
class Empty:
    """Why there is nothing, and the next step."""

    title: Any
    text: Any = ""
    href: str = ""
    action: Any = ""


NOTHING = Empty(_("没有记录"))


@dataclass(frozen=True)
class Table:
    """A table with a caption (always), heads that sort through the URL, and what to say when it is empty."""

    caption: Any
    columns: Sequence[Column]
    rows: Sequence[TableRow | TableGroup]
    empty: Empty = NOTHING
    select: str = ""  # name of the checkboxes, empty: none
    tall: bool = False  # scrolls inside itself with a sticky head
    stack: bool = False  # rows become cards on a narrow screen
    caption_hidden: bool = False
    id: str = ""


@register.inclusion_tag("components/key_value.html")
def key_value(pairs: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Pairs (label, value); a value may be a Cell, a Tag, a Due, a list of these or text. Empty ones are left out."""
    items = list(pairs.items()) if isinstance(pairs, Mapping) else list(pairs)
    return {"pairs": [(label, _cells(value)) for label, value in items if value is not None and value != ""]}


def _cells(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, (list, tuple)):
        return [_cell(v) for v in value]
    return [_cell(value)]


def _cell(value: Any) -> dict[str, Any]:
    if isinstance(value, Due):
        return {"due": as_due(value)}
    if isinstance(value, Tag):
        return {"tag": value}
    if isinstance(value, Cell):
        out = {name: getattr(value, name) for name in ("value", "href", "sub", "tag", "share", "lang")}
        out["tone"] = value.tone
        out["due"] = as_due(value.due) if value.due else None
        return out
    if value is None or value == "":
        return {"value": MISSING}
    return {"value": value}


def _heads(context: template.Context, columns: Sequence[Column]) -> list[dict[str, Any]]:
    request = context.get("request")
    current = request.GET.get("sort", "") if request else ""
    heads = []
    for column in columns:
        head: dict[str, Any] = {"column": column, "sorted": "", "href": ""}
        if column.sort and request:
            if current == column.sort:
                head["sorted"], upcoming = "ascending", f"-{column.sort}"
            elif current == f"-{column.sort}":
                head["sorted"], upcoming = "descending", column.sort
            else:
                upcoming = column.sort
            head["href"] = url_with(request, sort=upcoming)
        heads.append(head)
    return heads


@register.inclusion_tag("components/table.html", takes_context=True)
def data_table(context: template.Context, table: Table) -> dict[str, Any]:
    """A whole table; columns sort through the URL and keep the other parameters."""
    rows: list[dict[str, Any]] = []
    for row in table.rows:
        if isinstance(row, TableGroup):
            rows.append({"group": row})
        else:
            if len(row.cells) != len(table.columns):
                raise ValueError(f"table {table.caption}: {len(row.cells)} cells for {len(table.columns)} columns")
            rows.append(
                {
                    "row": row,
                    "cells": [
                        {**_cell(value), "column": column}
                        for value, column in zip(row.cells, table.columns, strict=True)
                    ],
                }
            )
    return {
        "table": table,
        "heads": _heads(context, table.columns),
        "rows": rows,
        "width": len(table.columns) + (1 if table.select else 0),
        "request": context.get("request"),
    }


@register.inclusion_tag("components/th.html", takes_context=True)
def th(context: template.Context, label: Any, sort: str = "", numeric: bool = False) -> dict[str, Any]:
    """One head cell for tables written by hand: ``{% th "期限" "due" %}``."""
    return {"head": _heads(context, [Column(label, sort, numeric)])[0]}
