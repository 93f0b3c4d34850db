"""Declarations as pages show them: names of kinds, addresses, and any frozen value as rows of text."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.declare import Citation, Declaration
from jinzhi.kernel.law import Dated
from jinzhi.kernel.period import Length
from jinzhi.web.case_page import cite
from jinzhi.web.shell import english, named
from jinzhi.web.templatetags.ui import Cell

KIND_NAMES = {
    "procedure": gettext_lazy("办理流程"),
    "register": gettext_lazy("名录"),
    "indicator": gettext_lazy("指标"),
    "law": gettext_lazy("法规"),
    "role": gettext_lazy("角色"),
    "holiday-notice": gettext_lazy("节假日安排"),
    "light-rule": gettext_lazy("状态灯规则"),
    "plan-row": gettext_lazy("规划任务"),
    "unit": gettext_lazy("单位"),
    "unit-group": gettext_lazy("单位合称"),
    "tile-map": gettext_lazy("示意图"),
}
#: pages of their own; every other kind has the generic page
ROUTES = {"procedure": "procedure", "law": "law", "register": "register", "indicator": "indicator", "unit": "unit"}
COMMON = ("id", "zh", "en", "serves", "basis", "authored_by", "checked_by", "next_review", "why", "examples")


def kind_name(kind: str) -> str:
    return str(KIND_NAMES.get(kind, kind))


def address(kind: str, id: str) -> str:
    """The page of a declaration."""
    if kind in ROUTES:
        try:
            return reverse(ROUTES[kind], args=[id])
        except NoReverseMatch:
            pass
    return reverse("declaration", args=[kind, id])


def serves(value: Declaration) -> list[Cell]:
    """The rows of the plan that a declaration serves."""
    rows = catalogue().found.get("plan-row", {})
    out = []
    for row in value.serves:
        label = f"{row} {named(rows[row].value)}" if row in rows else row
        out.append(Cell(label, href=address("plan-row", row) if row in rows else ""))
    return out


def responsible(value: Declaration) -> list[tuple[str, Any]]:
    """Who wrote a declaration, who checked it, when it is looked at again, and why it is there."""
    return [
        (_("标识"), value.id),
        (_("中文名称"), Cell(value.zh, lang="zh-Hans") if english() else value.zh),
        (_("英文名称"), value.en),
        (_("服务的规划任务"), serves(value)),
        (_("依据"), [cite(c) for c in value.basis]),
        (_("编写"), value.authored_by),
        (_("复核"), value.checked_by or _("尚无第二人复核")),
        (_("下次复审"), value.next_review.isoformat() if value.next_review else _("未定")),
        (_("为什么"), Cell(value.why, lang="en") if value.why else ""),
        (_("声明所在"), catalogue().where(value.kind, value.id)),
    ]


def without_empty(pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(label, value) for label, value in pairs if value not in ("", None, [], ())]


def plain(value: Any) -> str:
    """Any value of a declaration as one line of text."""
    match value:
        case None | "":
            return ""
        case bool():
            return _("是") if value else _("否")
        case Enum():
            return str(getattr(value, "zh", value.value)) if not english() else str(getattr(value, "en", value.value))
        case Length():
            return value.en if english() else value.zh
        case Citation():
            return str(cite(value).value)
        case date() | datetime():
            return value.isoformat()
        case int() | Decimal() | str():
            return str(value)
        case Dated():
            return "；".join(
                f"{v.since.isoformat()}：{plain(v.value) or _('不设此期限')}（{plain(v.cite)}）" for v in value.versions
            )
        case Mapping():
            return "；".join(f"{k}={plain(v)}" for k, v in value.items())
        case tuple() | list() | frozenset() | set():
            return "、".join(plain(v) for v in value)
    if hasattr(value, "zh") and hasattr(value, "en"):
        return str(named(value))
    if dataclasses.is_dataclass(value):
        shown = {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return "，".join(f"{k}={v}" for k, v in shown.items() if v)
    return str(value)


@dataclasses.dataclass(frozen=True)
class Part:
    """A field of a declaration that holds many values: a table of them."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def parts(value: Declaration) -> tuple[list[tuple[str, str]], list[Part]]:
    """What a declaration says beyond the common part: single values, and tables of values."""
    single: list[tuple[str, str]] = []
    tables: list[Part] = []
    for f in dataclasses.fields(value):
        if f.name in COMMON:
            continue
        held = getattr(value, f.name)
        if isinstance(held, tuple) and held and dataclasses.is_dataclass(held[0]):
            heads = tuple(
                g.name for g in dataclasses.fields(held[0]) if any(plain(getattr(x, g.name, "")) for x in held)
            )
            rows = tuple(tuple(plain(getattr(x, h, "")) for h in heads) for x in held)
            tables.append(Part(f.name, heads, rows))
        elif text := plain(held):
            single.append((f.name, text))
    return single, tables
