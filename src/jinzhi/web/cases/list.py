"""The list of cases: what the address asks for, as a query, as groups by urgency, as a table, as a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, F, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.inbox import waiting_for
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.units.models import Unit
from jinzhi.engines import spreadsheet
from jinzhi.kernel.access import successor
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.procedure import Procedure, State
from jinzhi.web.shell.listing import choice, sort_of
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.forms import Choices, visible_units
from jinzhi.web.ui.language import named, page_language
from jinzhi.web.ui.states import Due, Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableGroup, TableRow

VIEWS = ("mine", "unit", "office", "all", "closed", "marked")
SORTS = {
    "due": "next_due",
    "number": "number",
    "title": "title",
    "procedure": "procedure",
    "state": "state",
    "unit": "unit__path",
    "opened": "opened_on",
}
LONGEST = 80


@dataclass(frozen=True)
class Urgency:
    """A group of the list: how near the day is by which something is owed."""

    id: str
    zh: str
    en: str
    tone: str
    rank: int


OVERDUE = Urgency("overdue", "已超期", "Overdue", "late", 0)
SOON = Urgency("3", "3日内到期", "Due within 3 days", "risk", 1)
NEAR = Urgency("10", "10日内到期", "Due within 10 days", "normal", 2)
AMPLE = Urgency("ample", "充裕", "Ample time", "ahead", 3)
NONE = Urgency("none", "无期限", "No due date", "neutral", 4)
CLOSED = Urgency("closed", "已结", "Closed", "closed", 5)
URGENCIES = (OVERDUE, SOON, NEAR, AMPLE, NONE, CLOSED)


def urgency_of(case: Case, day: date) -> Urgency:
    if case.closed_on:
        return CLOSED
    if case.next_due is None:
        return NONE
    left = (case.next_due - day).days
    gone = case.next_due_at is not None and case.next_due_at < now()
    return OVERDUE if left < 0 or gone else SOON if left <= 3 else NEAR if left <= 10 else AMPLE


def urgency_query(urgency: Urgency, day: date) -> Q:
    """The same as :func:`urgency_of`, for the database. A term in hours is over at its minute."""
    soon, near = day + timedelta(days=3), day + timedelta(days=10)
    running, gone = Q(closed_on=None), Q(next_due_at__isnull=False, next_due_at__lt=now())
    match urgency.id:
        case "overdue":
            return running & (Q(next_due__lt=day) | gone)
        case "3":
            return running & Q(next_due__gte=day, next_due__lte=soon) & ~gone
        case "10":
            return running & Q(next_due__gt=soon, next_due__lte=near)
        case "ample":
            return running & Q(next_due__gt=near)
        case "none":
            return running & Q(next_due=None)
    return Q(closed_on__isnull=False)


def view_query(name: str, who: Acting) -> Q:
    match name:
        case "mine":
            return waiting_for(who)
        case "unit":
            return Q(unit_path=who.path)
        case "office":
            return Q(office__path=who.path)
        case "closed":
            return Q(closed_on__isnull=False)
        case "marked":
            return Q(corrected__gt=0) | Q(asked__gt=0) | Q(late_entries__gt=0)
    return Q()


def marks(case: Case) -> list[str]:
    """What a list says of a case whose record was corrected or made late."""
    out = []
    if case.corrected:
        out.append(_("已更正 %(n)s 处") % {"n": case.corrected})
    if case.asked:
        out.append(_("待决定更正 %(n)s 处") % {"n": case.asked})
    if case.late_entries:
        out.append(_("晚录 %(n)s 条") % {"n": case.late_entries})
    return out


@dataclass(frozen=True)
class CaseListAsked:
    """What the address asks for."""

    view: str
    procedure: Procedure | None
    state: str
    unit: Unit | None
    due: Urgency | None
    text: str
    sort: str
    order: str
    units: Choices


def asked(request: PageRequest) -> CaseListAsked:
    """Read the address. A wrong value is a clear 400."""
    found = catalogue()
    procedure = choice(request, "procedure", found.ids(Procedure.kind))
    states = {key for key, _label in state_options(None)}
    due = choice(request, "due", [u.id for u in URGENCIES])
    units = visible_units(request.acting)
    code = choice(request, "unit", {code for code, _label in units})
    sort, order = sort_of(request, SORTS, "due")
    return CaseListAsked(
        view=choice(request, "view", VIEWS, "all"),
        procedure=found.get(Procedure, procedure) if procedure else None,
        state=choice(request, "state", states),
        unit=Unit.objects.get(code=code) if code else None,
        due=next((u for u in URGENCIES if u.id == due), None),
        text=request.GET.get("q", "").strip()[:LONGEST],
        sort=sort,
        order=order,
        units=units,
    )


def narrowed(what: CaseListAsked, who: Acting, day: date) -> QuerySet[Case]:
    """The cases that ``who`` sees and the filters leave, whatever the view."""
    rows = Case.objects.visible_to(who)
    if what.procedure:
        rows = rows.filter(procedure__in=what.procedure.names)
    if what.state:
        id, state = what.state.split(".", 1)
        found = catalogue().get(Procedure, id)
        rows = rows.filter(procedure__in=found.names, state__in=found.kept_as((state,)))
    if what.unit:
        rows = rows.filter(unit_path__gte=what.unit.path, unit_path__lt=successor(what.unit.path))
    if what.due:
        rows = rows.filter(urgency_query(what.due, day))
    if what.text:
        rows = rows.filter(
            Q(number__icontains=what.text) | Q(title__icontains=what.text) | Q(subject_title__icontains=what.text)
        )
    return rows


def ordered(rows: QuerySet[Case], what: CaseListAsked) -> QuerySet[Case]:
    """In the order asked for; by due date the closed come last, and before them those without a date."""
    rows = rows.select_related("unit", "office")
    down = what.order.startswith("-")
    key = F(what.order.lstrip("-"))
    if what.sort.lstrip("-") == "due":
        shut = Choose(When(closed_on=None, then=Value(0)), default=Value(1), output_field=IntegerField())
        day = key.desc(nulls_last=True) if down else key.asc(nulls_last=True)
        minute = F("next_due_at").desc(nulls_last=True) if down else F("next_due_at").asc(nulls_last=True)
        return rows.order_by(shut, day, minute, "-closed_on", "-pk")
    return rows.order_by(key.desc() if down else key.asc(), "-pk")


def tallies(rows: QuerySet[Case], what: CaseListAsked, who: Acting, day: date) -> dict[str, int]:
    """How many cases each view holds (``view:…``) and each urgency of the present view (``due:…``); one query."""
    here = view_query(what.view, who)
    counts = {f"view_{v}": Count("pk", filter=view_query(v, who)) for v in VIEWS if v != "all"}
    counts["view_all"] = Count("pk")
    for u in URGENCIES:
        counts[f"due_{u.id}"] = Count("pk", filter=here & urgency_query(u, day))
    return dict(rows.aggregate(**counts))


def state_options(procedure: Procedure | None) -> list[tuple[str, str]]:
    found = (procedure,) if procedure else catalogue().all(Procedure)
    return [(f"{p.id}.{s.id}", named(s) if procedure else f"{named(p)} · {named(s)}") for p in found for s in p.states]


def filters(what: CaseListAsked) -> list[Filter]:
    return [
        Filter("q", _("编号、名称或对象"), "text"),
        Filter("procedure", _("事项"), options=[Option(p.id, named(p)) for p in catalogue().all(Procedure)]),
        Filter("state", _("环节"), options=[Option(k, label) for k, label in state_options(what.procedure)]),
        Filter("unit", _("单位（含下级）"), options=[Option(code, name) for code, name in what.units]),
        Filter("due", _("到期"), options=[Option(u.id, named(u)) for u in URGENCIES]),
    ]


def view_names() -> dict[str, str]:
    return {
        "all": _("全部"),
        "mine": _("待我办理"),
        "unit": _("本单位"),
        "office": _("本单位发起"),
        "closed": _("已结"),
        "marked": _("更正与晚录"),
    }


def by_name() -> dict[str, Procedure]:
    """Every procedure, by the name it has and by those it had."""
    return {name: p for p in catalogue().all(Procedure) for name in p.names}


def state_of(case: Case, procedures: dict[str, Procedure]) -> State | None:
    """The declared state; None where the declaration has gone, which the page says."""
    procedure = procedures.get(case.procedure)
    return procedure.find_state(case.state) if procedure else None


def clock_name(case: Case, procedures: dict[str, Procedure]) -> str:
    procedure = procedures.get(case.procedure)
    clock = procedure.find_clock(case.next_clock) if procedure else None
    minute = f" {timezone.localtime(case.next_due_at):%H:%M}" if case.next_due_at else ""
    return f"{named(clock)}{minute}" if clock else ""


def due_of(case: Case, day: date) -> Due | None:
    if case.closed_on or case.next_due is None:
        return None
    return Due(case.next_due, day, provisional=case.provisional)


def table(rows: list[Case], what: CaseListAsked, counts: dict[str, int], day: date, empty: Empty) -> Table:
    """The rows of a page; by due date, with a heading before each group and how many it holds in all."""
    procedures = by_name()
    out: list[TableRow | TableGroup] = []
    before: Urgency | None = None
    for case in rows:
        urgency = urgency_of(case, day)
        if what.sort == "due" and urgency is not before:
            out.append(TableGroup("", Tag(urgency.zh, urgency.en, urgency.tone), counts[f"due_{urgency.id}"]))
            before = urgency
        procedure, state = procedures.get(case.procedure), state_of(case, procedures)
        tag = Tag(state.zh, state.en, state.tone) if state else Tag(case.state, case.state)
        due = due_of(case, day)
        out.append(
            TableRow(
                [
                    Cell(case.number, href=reverse("case", args=[case.pk])),
                    Cell(case.title, sub=case.subject_title),
                    named(procedure) if procedure else case.procedure,
                    Cell(tag=tag, sub=" · ".join(marks(case))),
                    Cell(due=due, sub=clock_name(case, procedures))
                    if due
                    else Cell(_("%(day)s 办结") % {"day": case.closed_on.isoformat()} if case.closed_on else "—"),
                    Cell(case.unit.label, href=reverse("unit", args=[case.unit.code])),
                    Cell(case.office.label),
                    case.opened_on.isoformat(),
                ],
                id=f"case-{case.pk}",
            )
        )
    columns = [
        Column(_("编号"), "number"),
        Column(_("名称"), "title", wide=True),
        Column(_("事项"), "procedure"),
        Column(_("环节"), "state"),
        Column(_("期限"), "due", numeric=True),
        Column(_("办理单位"), "unit"),
        Column(_("发起单位")),
        Column(_("发起日"), "opened"),
    ]
    return Table(_("办理事项"), columns, out, empty, stack=True, caption_hidden=True)


def workbook(rows: list[Case], what: CaseListAsked, who: Acting, day: date, moment: str) -> bytes:
    """All rows of the filter, and how they were chosen."""
    procedures = by_name()
    fields = (
        Field(id="number", zh="编号", en="Number"),
        Field(id="title", zh="名称", en="Title"),
        Field(id="procedure", zh="事项", en="Matter"),
        Field(id="state", zh="环节", en="State"),
        Field(id="urgency", zh="到期", en="Urgency"),
        Field(id="clock", zh="期限名称", en="Period"),
        Field(id="next_due", zh="期限", en="Due", type=Type.DATE),
        Field(id="left", zh="剩余天数", en="Days left", type=Type.INT),
        Field(id="provisional", zh="暂算", en="Provisional", type=Type.BOOL),
        Field(id="unit", zh="办理单位", en="Unit"),
        Field(id="office", zh="发起单位", en="Issued by"),
        Field(id="subject", zh="对象", en="Subject"),
        Field(id="opened_on", zh="发起日", en="Opened", type=Type.DATE),
        Field(id="closed_on", zh="办结日", en="Closed", type=Type.DATE),
        Field(id="corrected", zh="更正处数", en="Corrections", type=Type.INT),
        Field(id="late_entries", zh="晚录条数", en="Recorded late", type=Type.INT),
    )
    lines: list[dict[str, Any]] = []
    for case in rows:
        state = state_of(case, procedures)
        running = case.next_due is not None and case.closed_on is None
        lines.append(
            {
                "number": case.number,
                "title": case.title,
                "procedure": named(procedures[case.procedure]) if case.procedure in procedures else case.procedure,
                "state": named(state) if state else case.state,
                "urgency": named(urgency_of(case, day)),
                "clock": clock_name(case, procedures),
                "next_due": case.next_due if running else None,
                "left": (case.next_due - day).days if running and case.next_due else None,
                "provisional": case.provisional,
                "unit": case.unit.name,
                "office": case.office.name,
                "subject": case.subject_title or case.subject,
                "opened_on": case.opened_on,
                "closed_on": case.closed_on,
                "corrected": case.corrected,
                "late_entries": case.late_entries,
            }
        )
    language = page_language()
    columns = tuple(spreadsheet.SheetColumn(field=f, width=28 if f.id in ("title", "subject") else 16) for f in fields)
    notes = (
        (_("内容"), _("办理事项清单")),
        (_("视图"), view_names()[what.view]),
        (_("事项"), named(what.procedure) if what.procedure else _("全部")),
        (_("环节"), dict(state_options(None))[what.state] if what.state else _("全部")),
        (_("单位（含下级）"), what.unit.name if what.unit else _("全部可见单位")),
        (_("到期"), named(what.due) if what.due else _("全部")),
        (_("检索词"), what.text or _("无")),
        (_("行数"), len(lines)),
        (_("数据截至"), day.isoformat()),
        (_("导出时间"), moment),
        (_("导出人"), f"{who.name}（{who.unit.name} · {named(who.role)}）"),
    )
    sheet = spreadsheet.Sheet(title=_("办理事项"), columns=columns, rows=lines, language=language)
    return spreadsheet.write([sheet], notes)
