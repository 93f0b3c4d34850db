"""A control for a list: one row an element, its fields side by side; rows that are left empty are no elements.

Without a script there are always a few empty rows; each row keeps the key of its element, so that what hangs on an
element stays with it when the list is said again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string

from jinzhi.kernel.fields import KEY, Field, Type
from jinzhi.kernel.text import Words
from jinzhi.web.ui.language import named, speak

#: empty rows that a form offers beside what is there
SPARE = 3
#: the most rows that one form takes in; longer lists come by file or by the API
MOST = 200


class ListInput(forms.Widget):
    """The rows of a LIST field. Its value is a list of mappings, as ``Field.parse`` takes it."""

    def __init__(self, declared: Field):
        super().__init__()
        self.declared = declared

    def id_for_label(self, id_: str | None) -> str:
        return f"{id_}-0-{self.declared.items[0].id}" if id_ else ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for n in range(MOST):
            if not any(f"{name}-{n}-{id}" in data for id in (KEY, *(f.id for f in self.declared.items))):
                break
            row = {f.id: str(data.get(f"{name}-{n}-{f.id}", "")).strip() for f in self.declared.items}
            if any(row.values()):
                key = str(data.get(f"{name}-{n}-{KEY}", "")).strip()
                rows.append({**row, **({KEY: key} if key else {})})
        keys = {row[KEY] for row in rows if KEY in row}
        free = (str(n) for n in range(1, MOST + len(keys) + 1) if str(n) not in keys)
        return [row if KEY in row else {**row, KEY: next(free)} for row in rows]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> Any:
        held = [row for row in value or [] if isinstance(row, Mapping)]
        id = (attrs or {}).get("id", name)
        rows = [*held, *({} for _ in range(max(SPARE, self.declared.min_items - len(held))))]
        context = {
            "name": name,
            "id": id,
            "attrs": attrs or {},
            "label": named(self.declared),
            "heads": [{"label": named(f), "required": f.required, "help": speak(f.help)} for f in self.declared.items],
            "rows": [
                {
                    "n": n,
                    "key": row.get(KEY, ""),
                    "cells": [self._cell(f, name, n, id, row.get(f.id, "")) for f in self.declared.items],
                }
                for n, row in enumerate(rows)
            ],
        }
        return render_to_string("components/list_input.html", context)

    def _cell(self, field: Field, name: str, n: int, id: str, value: Any) -> dict[str, Any]:
        options: list[tuple[str, str]] = []
        if field.type is Type.CHOICE:
            options = [(c.id, named(c)) for c in field.choices]
        elif field.type in (Type.BOOL, Type.ANSWER):
            options = answers_of(field)
        kind = {Type.DATE: "date", Type.DATETIME: "datetime-local"}.get(field.type, "text")
        return {
            "name": f"{name}-{n}-{field.id}", "id": f"{id}-{n}-{field.id}", "label": f"{named(field)} {n + 1}",
            "kind": kind, "value": "" if value is None else value, "options": options,
        }  # fmt: skip


def answers_of(field: Field) -> list[tuple[str, str]]:
    """The answers that a question of yes and no takes; unknown where somebody may say so."""
    words = {"yes": Words("是", "Yes"), "no": Words("否", "No"), "unknown": Words("不明", "Unknown")}
    known = words if field.type is Type.ANSWER else ("yes", "no")
    return [(value, speak(words[value])) for value in known]
