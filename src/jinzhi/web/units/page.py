"""Units: the tree 市 / 区 / 街镇, and what is known of each unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.accounts.reach import sees_unit
from jinzhi.apps.catalogue.clock import installation, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import last_seq
from jinzhi.apps.evidence.events.seals import verdicts
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.actions import set_contact, stream_of
from jinzhi.apps.units.changing import undoable
from jinzhi.apps.units.models import Unit, UnitName
from jinzhi.apps.units.naming import other_names
from jinzhi.engines import spreadsheet
from jinzhi.kernel.access import Role
from jinzhi.kernel.fields import Field
from jinzhi.kernel.organisation import LEVELS, OrgUnit, UnitAlias
from jinzhi.web.plan.unit import unit_summary
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.listing import choice
from jinzhi.web.shell.plan_choice import names_plan
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.language import lang_unless_page, named, page_language, speak
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow
from jinzhi.web.ui.words import LEVEL_NAMES
from jinzhi.web.units.changes import change_words, grounds

LONGEST = 80


@dataclass
class UnitNode:
    """A unit in the tree with those below it; ``open`` where the reader's own unit lies below."""

    unit: Unit
    level: Any
    children: list[UnitNode] = field(default_factory=list)
    open: bool = False
    below: int = 0


def tree(units: list[Unit], who: Acting) -> list[UnitNode]:
    """The units, in the order of their paths, as a tree."""
    roots: list[UnitNode] = []
    stack: list[UnitNode] = []
    for unit in units:
        node = UnitNode(unit, LEVEL_NAMES.get(unit.level, unit.level), open=who.path.startswith(unit.path))
        while stack and not unit.path.startswith(stack[-1].unit.path):
            stack.pop()
        (stack[-1].children if stack else roots).append(node)
        for above in stack:
            above.below += 1
        stack.append(node)
    for node in roots:
        node.open = True
        _in_order(node)
    return roots


def _in_order(node: UnitNode) -> None:
    node.children.sort(key=lambda n: n.unit.position)
    for child in node.children:
        _in_order(child)


def aliases_of(code: str) -> tuple[UnitAlias, ...]:
    declared = catalogue().find(OrgUnit, code)
    return declared.aliases if declared else ()


def matching(units: list[Unit], text: str, level: str) -> list[Unit]:
    """Units of a level whose code, name, short name or another name, also an earlier one, holds the text."""
    wanted = text.casefold()
    others = other_names(units) if wanted else {}

    def names(unit: Unit) -> str:
        words = [unit.code, unit.zh, unit.en, unit.short, unit.contact, *sorted(others.get(unit.pk, ()))]
        return "\n".join(words).casefold()

    return [u for u in units if (not level or u.level == level) and (not wanted or wanted in names(u))]


def above_of(unit: Unit, by_path: dict[str, Unit]) -> list[Unit]:
    """The units above, from the root down."""
    step = Unit.steplen
    paths = [unit.path[:n] for n in range(step, len(unit.path), step)]
    return [by_path[p] for p in paths if p in by_path]


@page(nav="units", scope="plan.read")
def index(request: PageRequest) -> HttpResponse:
    """All units: as a tree, or as a list where something is searched; ``?export=xlsx`` gives the same as Excel."""
    who: Acting = request.acting
    text = request.GET.get("q", "").strip()[:LONGEST]
    level = choice(request, "level", LEVELS)
    everyone = list(Unit.objects.select_related("successor").order_by("path"))
    # a unit that ended or is still to begin is found where it is searched, and not shown otherwise
    units = [u for u in everyone if u.active]
    found = matching(everyone if text else units, text, level)
    if choice(request, "export", ("xlsx",)) == "xlsx":
        return exported(found, {u.path: u for u in everyone}, text, level, who)
    searched = bool(text or level)
    counts = {code: sum(u.level == code for u in units) for code in LEVELS}
    filters = [
        Filter("q", _("名称、别名或联系人"), "text"),
        Filter("level", _("层级"), options=[Option(c, LEVEL_NAMES[c], counts[c]) for c in LEVELS if counts[c]]),
    ]
    query = request.GET.copy()
    query["export"] = "xlsx"
    return render(
        request,
        "units/index.html",
        {
            "crumbs": [(_("首页"), "/")],
            "filters": filters,
            "note": _("共 %(n)s 个单位") % {"n": len(found)},
            "table": listed(found, {u.path: u for u in everyone}) if searched else None,
            "nodes": [] if searched else tree(units, who),
            "may_people": who.may("accounts.read"),
            "may_add": who.may("units.write"),
            "exports": [PageLink("Excel", f"?{query.urlencode()}", key="export", download=True)],
        },
    )


def days_of(u: Unit) -> str:
    """The days of a unit that is not there from the beginning to now, and what came after."""
    if u.until is not None:
        last = {"until": u.until.isoformat(), "into": u.successor.label if u.successor else ""}
        return _("至 %(until)s，并入 %(into)s") % last if u.successor else _("至 %(until)s，已撤销") % last
    return _("自 %(since)s 起") % {"since": u.since.isoformat()} if u.since else ""


def beside(u: Unit) -> str:
    return days_of(u) or (u.label if u.label != u.name else "")


def listed(found: list[Unit], by_path: dict[str, Unit]) -> Table:
    rows = [
        TableRow(
            (
                Cell(u.name, href=reverse("unit", args=[u.code]), sub=beside(u)),
                LEVEL_NAMES.get(u.level, u.level),
                " › ".join(a.label for a in above_of(u, by_path)) or "—",
                u.contact,
            )
        )
        for u in found
    ]
    nothing = Empty(_("没有找到单位"), _("换一个词，或者去掉层级条件再试。"), reverse("units"), _("看全部单位"))
    heads = (_("单位"), _("层级"), _("上级"), _("联系人"))
    return Table(_("找到的单位"), [Column(h) for h in heads], rows, nothing, stack=True, caption_hidden=True)


def exported(found: list[Unit], by_path: dict[str, Unit], text: str, level: str, who: Acting) -> HttpResponse:
    """The units of the filter as a workbook with a second sheet that says what they are."""
    fields = [("code", "代码", "Code"), ("zh", "名称", "Chinese name"), ("en", "英文名称", "English name")]
    fields += [("short", "简称", "Short name"), ("level", "层级", "Level"), ("above", "上级", "Above")]
    fields += [("contact", "联系人", "Contact")]
    columns = tuple(spreadsheet.SheetColumn(field=Field(id=id, zh=zh, en=en, required=False)) for id, zh, en in fields)
    rows = []
    for u in found:
        above = above_of(u, by_path)
        values = {"code": u.code, "zh": u.zh, "en": u.en, "short": u.short, "contact": u.contact}
        rows.append({**values, "level": str(LEVEL_NAMES.get(u.level, u.level)), "above": above[-1].zh if above else ""})
    here = installation()
    notes = [
        (_("内容"), _("单位")),
        (_("城市"), here.city_zh if here else ""),
        (_("检索词"), text or _("全部")),
        (_("层级"), str(LEVEL_NAMES[level]) if level else _("全部")),
        (_("行数"), len(rows)),
        (_("截至"), today().isoformat()),
        (_("导出人"), who.name),
    ]
    sheet = spreadsheet.Sheet(title=_("单位"), columns=columns, rows=rows, language=page_language())
    content = spreadsheet.write([sheet], notes)
    response = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="units-{today().isoformat()}.xlsx"'
    return response


class ContactForm(forms.Form):
    contact = forms.CharField(
        label=gettext_lazy("联系人"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("处室、姓名、电话，最多 120 字。"),
    )


def people_of(unit: Unit) -> Table:
    """Who holds which post at a unit; for administrators only."""
    day = today()
    rows = []
    for post in Membership.objects.filter(unit=unit).select_related("user").order_by("pk"):
        ended = (post.until is not None and post.until < day) or post.since > day or not post.user.is_active
        state = Tag("不在任期内", "Not in office", "closed", "□") if ended else Tag("在任", "In office", "normal", "●")
        since = f"{post.since:%Y-%m-%d} – " + (f"{post.until:%Y-%m-%d}" if post.until else "")
        role = named(catalogue().get(Role, post.role))
        person = Cell(str(post.user), href=reverse("person", args=[post.user_id]), sub=post.user.username)
        rows.append(TableRow((person, role, since, Cell(tag=state))))
    nothing = Empty(_("还没有人员"), _("开立账号并在此单位任职。"), reverse("people"), _("人员"))
    heads = (_("人员"), _("角色"), _("起止"), _("状态"))
    return Table(_("人员与任职"), [Column(h) for h in heads], rows, nothing, stack=True)


def alias_line(alias: UnitAlias, day: date) -> Cell:
    """A name with the days it was in use; an unverified one says so."""
    span = ""
    if alias.since or alias.until:
        span = f"{alias.since.isoformat() if alias.since else ''} – {alias.until.isoformat() if alias.until else ''}"
    notes = [n for n in (span, alias.note, "" if alias.verified else _("未核实")) if n]
    return Cell(alias.name, sub="；".join(notes), lang=lang_unless_page("zh-Hans"))


@page(nav="units", scope="plan.read")
@names_plan
def unit(request: PageRequest, code: str) -> HttpResponse:
    """One unit: names, place in the tree, contact, groups; people for administrators; its part in the plan."""
    who: Acting = request.acting
    found = get_object_or_404(Unit.objects.select_related("successor"), code=code)
    form = ContactForm(initial={"contact": found.contact})
    status = 200
    if request.method == "POST":
        require(who, "units.write")
        if not sees_unit(who, found):
            raise PermissionDenied(_("您的任职管不到这个单位"))
        form = ContactForm(request.POST)
        expected, key = submitted(request)
        if form.is_valid():
            set_contact(found, form.cleaned_data["contact"], who=who, expected=expected, key=key)
            messages.success(request, _("联系人已更新"))
            return redirect("unit", code=code)
        status = 422
    day = today()
    declared = catalogue().find(OrgUnit, code)
    ancestors = list(Unit.objects.filter(path__in=_prefixes(found)).order_by("path"))
    children = list(Unit.objects.get_children(found).filter(active=True).order_by("position"))
    groups = list(found.groups.order_by("pk"))
    pairs: list[tuple[Any, Any]] = [
        (_("全称"), Cell(found.zh, lang=lang_unless_page("zh-Hans"))),
        (_("英文名称"), Cell(found.en, lang=lang_unless_page("en"))),
        (_("简称"), found.short if found.short != found.zh else ""),
        (_("层级"), LEVEL_NAMES.get(found.level, found.level)),
        (_("上级"), [Cell(a.label, href=reverse("unit", args=[a.code])) for a in ancestors[-1:]] or ""),
        (_("联系人"), found.contact or "—"),
    ]
    if declared is not None:
        if declared.code:
            doubt = "" if declared.code_verified else _("未核实")
            pairs.append((_("行政区划代码"), Cell(declared.code, sub=doubt)))
        if declared.aliases:
            pairs.append((_("其他名称"), [alias_line(a, day) for a in declared.aliases]))
        if declared.name_on(day) != found.zh and not found.names.exists():
            pairs.append((_("今日名称"), declared.name_on(day)))
        pairs.append((_("说明"), declared.note))
    dated = list(found.names.all())
    if dated:
        pairs.append((_("历次名称"), [dated_name(n) for n in dated]))
    if said := days_of(found):
        pairs.append((_("存续"), Cell(said, href=after) if (after := successor_href(found)) else said))
    if merged := list(found.merged.order_by("path")):
        cells = [Cell(u.label, href=reverse("unit", args=[u.code]), sub=days_of(u)) for u in merged]
        pairs.append((_("并入的单位"), cells))
    if groups:
        pairs.append((_("所在的合称"), [Cell(speak(g)) for g in groups]))
    context = {
        "crumbs": [(_("单位"), reverse("units")), *((a.label, reverse("unit", args=[a.code])) for a in ancestors)],
        "unit": found,
        "pairs": pairs,
        "children": children,
        "may_edit": who.may("units.write") and sees_unit(who, found),
        "form": form,
        "seq": last_seq(stream_of(found)),
        "people": people_of(found) if who.may("accounts.read") and sees_unit(who, found) else None,
        "may_end": found.until is None and found.depth > 1,
        "may_undo": undoable(found) is not None if who.may("units.write") else False,
        "history": history(found) if who.may("units.write") else [],
        "plan": unit_summary(request, found),
    }
    return render(request, "units/unit.html", context, status=status)


def dated_name(n: UnitName) -> Cell:
    span = f"{n.since.isoformat() if n.since else ''} – {n.until.isoformat() if n.until else ''}"
    return Cell(n.zh, sub=span, lang=lang_unless_page("zh-Hans"))


def successor_href(found: Unit) -> str:
    return reverse("unit", args=[found.successor.code]) if found.successor else ""


def _prefixes(found: Unit) -> list[str]:
    return [found.path[:n] for n in range(Unit.steplen, len(found.path), Unit.steplen)]


def history(found: Unit) -> list[TimelineItem]:
    """What was changed of a unit, latest first."""
    events = list(Event.objects.filter(stream=stream_of(found)).select_related("unit").order_by("-seq")[:20])
    checked = verdicts(events, whole=False)
    return [TimelineItem(change_words(e), e.at, e.actor, grounds(e), seal=checked.of(e)) for e in events]


urlpatterns = [
    path("units/", index, name="units"),
    path("units/<slug:code>/", unit, name="unit"),
]
