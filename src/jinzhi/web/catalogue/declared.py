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
from jinzhi.kernel.access import Reach
from jinzhi.kernel.declare import Citation, Declaration
from jinzhi.kernel.law import Dated
from jinzhi.kernel.period import Length
from jinzhi.web.cases.page import cite
from jinzhi.web.ui.language import english, enumerated, lang_unless_page, named, other_language, page_language, speak
from jinzhi.web.ui.tables import Cell

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
#: the areas and deeds that scopes name
AREAS = {
    "plan": gettext_lazy("规划"), "report": gettext_lazy("进展报告"), "case": gettext_lazy("办理事项"),
    "register": gettext_lazy("名录"), "indicator": gettext_lazy("指标"), "custody": gettext_lazy("证据保管"),
    "evidence": gettext_lazy("存证日志"), "ops": gettext_lazy("运行维护"), "accounts": gettext_lazy("账号"),
    "units": gettext_lazy("单位"), "token": gettext_lazy("访问令牌"), "personal": gettext_lazy("个人信息"),
    "patent": gettext_lazy("专利"),
}  # fmt: skip
DEEDS = {
    "*": gettext_lazy("全部操作"), "read": gettext_lazy("查看"), "write": gettext_lazy("填写"),
    "import": gettext_lazy("导入"), "erase": gettext_lazy("依法删除"),
}  # fmt: skip
#: the words for fields of declarations that every reader meets; others are shown to developers by their keys
FIELD_WORDS = {
    "may": gettext_lazy("可以做什么"),
    "reach": gettext_lazy("可见范围"), "personal": gettext_lazy("可看个人信息"), "year": gettext_lazy("年份"),
    "number": gettext_lazy("文号"), "issued_on": gettext_lazy("发布日"), "holidays": gettext_lazy("放假"),
    "workdays": gettext_lazy("调休上班"), "since": gettext_lazy("起用日"), "until": gettext_lazy("停用日"),
    "short": gettext_lazy("简称"), "parent": gettext_lazy("上级单位"), "level": gettext_lazy("层级"),
    "members": gettext_lazy("成员"), "aliases": gettext_lazy("别名"), "section": gettext_lazy("部分"),
    "ahead_from": gettext_lazy("超前：进度比不低于"), "normal_from": gettext_lazy("正常：进度比不低于"),
    "risk_from": gettext_lazy("有风险：进度比不低于"), "late_after_days": gettext_lazy("逾期超过几天为滞后"),
    "soon_days": gettext_lazy("到期前几天为临近"), "code": gettext_lazy("行政区划代码"),
    "old_codes": gettext_lazy("原行政区划代码"), "part": gettext_lazy("编"), "title": gettext_lazy("全称"),
    "grants": gettext_lazy("可任命的角色"), "festivals": gettext_lazy("节日"), "name": gettext_lazy("名称"),
    "first": gettext_lazy("首日"), "last": gettext_lazy("末日"), "zh": gettext_lazy("名称"), "en": gettext_lazy("名称"),
    "source": gettext_lazy("来源"), "cite": gettext_lazy("依据"), "note": gettext_lazy("说明"),
}  # fmt: skip
REACHES = {
    Reach.OWN: gettext_lazy("本单位"),
    Reach.BELOW: gettext_lazy("本单位及下级"),
    Reach.ALL: gettext_lazy("全部"),
}
#: fields that hold ids of declarations, and of which kind
IDS = {"parent": "unit", "members": "unit", "grants": "role"}
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
    """What a declaration serves and rests on, and who checked it when."""
    return [
        (_("服务的规划任务"), serves(value)),
        (_("依据"), [cite(c) for c in value.basis]),
        (_("为什么"), value.why if value.why and in_the_readers_language(value.why) else ""),
        (_("编写"), value.authored_by),
        (_("复核"), value.checked_by or _("尚无第二人复核")),
        (_("下次复审"), value.next_review.isoformat() if value.next_review else _("未定")),
    ]


def for_developers(value: Declaration) -> list[tuple[str, Any]]:
    """By what a programmer finds a declaration: its key, its names, its module, its reason in the other language."""
    other = value.why and not in_the_readers_language(value.why)
    return [
        (_("标识"), Cell(value.id, lang="en")),
        (_("中文名称"), Cell(value.zh, lang=lang_unless_page("zh-Hans"))),
        (_("英文名称"), Cell(value.en, lang=lang_unless_page("en"))),
        (_("编写理由"), Cell(value.why, lang=other_language()) if other else ""),
        (_("声明所在"), Cell(catalogue().where(value.kind, value.id), lang="en")),
    ]


def in_the_readers_language(text: str) -> bool:
    """Whether a text is Chinese for a reader of Chinese, or not Chinese for a reader of English."""
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in text) * 4 > len(text)
    return chinese is not english()


def scope_named(scope: str) -> str:
    """A scope of a role in words: ``case.supervision-order.*`` is 督办单（全部操作）."""
    area, *rest = scope.split(".")
    declared = {d.id: d for kind in ("procedure", "register") for d in values_of(kind)}
    what = str(AREAS.get(area, area))
    if rest and rest[0] in declared:
        what = named(declared[rest.pop(0)])
    deed = rest[-1] if rest else "*"
    return f"{what}（{DEEDS.get(deed, deed)}）"


def values_of(kind: str) -> list[Any]:
    return [held.value for held in catalogue().found.get(kind, {}).values()]


def without_empty(pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(label, value) for label, value in pairs if value not in ("", None, [], ())]


def plain(value: Any) -> str:
    """Any value of a declaration as one line of text."""
    match value:
        case None | "":
            return ""
        case bool():
            return _("是") if value else _("否")
        case Reach():
            return str(REACHES[value])
        case Enum():
            return str(getattr(value, page_language(), value.value))
        case Length():
            return speak(value)
        case Citation():
            return str(cite(value).value)
        case date() | datetime():
            return value.isoformat()
        case int() | Decimal() | str():
            return str(value)
        case Dated():
            return "；".join(f"{v.since.isoformat()}：{plain(v.value)}（{plain(v.cite)}）" for v in value.versions)
        case Mapping():
            return "；".join(f"{k}={plain(v)}" for k, v in value.items())
        case tuple() | list() | frozenset() | set():
            return enumerated(plain(v) for v in value)
    if hasattr(value, "zh") and hasattr(value, "en"):
        return str(named(value))
    if dataclasses.is_dataclass(value):
        shown = {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return "，".join(f"{k}={v}" for k, v in shown.items() if v)
    return str(value)


@dataclasses.dataclass(frozen=True)
class DeclaredPart:
    """A field of a declaration that holds many values: a table of them."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def parts(
    value: Declaration,
) -> tuple[list[tuple[str, str]], list[DeclaredPart], list[tuple[str, Any]]]:
    """What a declaration says beyond the common part: single values and tables in words, and the rest by its keys."""
    single: list[tuple[str, str]] = []
    tables: list[DeclaredPart] = []
    raw: list[tuple[str, Any]] = []
    for f in dataclasses.fields(value):
        held = getattr(value, f.name)
        word, text = str(FIELD_WORDS.get(f.name, "")), _text(f.name, held)
        if f.name in COMMON or not text:
            continue
        if word and isinstance(held, tuple) and dataclasses.is_dataclass(held[0]):
            tables.append(_table(word, held))
        elif word:
            single.append((word, text))
        else:
            raw.append((f.name, Cell(text, lang="en" if text.isascii() else "")))
    return single, tables, raw


def _text(name: str, held: Any) -> str:
    """A field's value in words: ids by the names of what they name, scopes by what they allow."""
    if name == "may":
        return enumerated(scope_named(scope) for scope in held)
    if name in IDS:
        known = catalogue().found.get(IDS[name], {})
        ids = (held,) if isinstance(held, str) else held
        return enumerated(named(known[id].value) if id in known else id for id in ids if id)
    return plain(held)


def _table(word: str, held: tuple[Any, ...]) -> DeclaredPart:
    """Values of one class as a table: the fields that have a word and a value, names in the reader's language."""
    other = "zh" if page_language() == "en" else "en"
    heads = tuple(
        g.name
        for g in dataclasses.fields(held[0])
        if g.name in FIELD_WORDS and g.name != other and any(plain(getattr(x, g.name, "")) for x in held)
    )
    rows = tuple(tuple(plain(getattr(x, h, "")) for h in heads) for x in held)
    return DeclaredPart(word, tuple(str(FIELD_WORDS[h]) for h in heads), rows)
