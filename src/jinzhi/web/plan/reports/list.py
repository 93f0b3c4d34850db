"""The list of reports: what the address asks for, as a query, as groups, as a table, as a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, F, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.plan.models import Period, Report
from jinzhi.apps.plan.more_time import all_granted
from jinzhi.apps.plan.reporting import EDITABLE, first_submitted
from jinzhi.apps.units.models import Unit
from jinzhi.engines import spreadsheet
from jinzhi.kernel.access import successor
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.organisation import LEVELS
from jinzhi.kernel.procedure import Procedure, State
from jinzhi.web.cases.list import marks
from jinzhi.web.plan.more_time import first_due, more_words
from jinzhi.web.shell.listing import choice, sort_of
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.forms import Choices, visible_units
from jinzhi.web.ui.language import named, page_language
from jinzhi.web.ui.shares import share_text
from jinzhi.web.ui.states import Due, Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableGroup, TableRow
from jinzhi.web.ui.words import LEVEL_NAMES

VIEWS = ("all", "mine", "below")
#: the order of the groups: what waits for somebody comes first
ORDER = ("submitted", "returned", "draft", "approved", "cancelled")
OVERDUE = "overdue"
#: when a report was handed in first, as filters of ``first_submitted``
SUBMITTED = {
    "ever": Q(first_submit__isnull=False),
    "in-time": Q(first_submit__lte=F("due")),
    "late": Q(first_submit__gt=F("due")),
    "never": Q(first_submit=None),
}
SORTS = {
    "state": "rank",
    "unit": "unit__path",
    "period": "period__starts",
    "due": "case__next_due",
    "submitted": "submitted_on",
    "approved": "approved_on",
}


def procedure() -> Procedure:
    return catalogue().get(Procedure, "progress-report")


def states() -> dict[str, State]:
    return {s.id: s for s in procedure().states}


def tag_of(report: Report) -> Tag:
    state = states()[report.state]
    return Tag(state.zh, state.en, state.tone)


def overdue_query(day: date) -> Q:
    """Not handed in, and past the day: the one said in the call, or that of mending what was sent back."""
    return Q(state__in=EDITABLE, case__next_due__lt=day)


def mine_query(who: Acting) -> Q:
    """What waits for ``who``: the own unit's reports to fill in, and those handed in by the units right below."""
    steps = {s.id: s for s in procedure().steps}
    mine = Q(pk__in=[])
    if who.user and set(who.roles) & set(steps["submit"].roles):
        mine |= Q(unit_id=who.unit.pk, state__in=EDITABLE)
    if who.user and set(who.roles) & set(steps["approve"].roles):
        mine |= Q(unit_path__startswith=who.path, unit__depth=who.unit.depth + 1, state="submitted")
    return mine


def view_query(name: str, who: Acting) -> Q:
    match name:
        case "mine":
            return mine_query(who)
        case "below":
            return Q(unit_path__startswith=who.path) & ~Q(unit_id=who.unit.pk)
    return Q()


@dataclass(frozen=True)
class ReportListAsked:
    """What the address asks for."""

    view: str
    period: Period | None
    unit: Unit | None
    level: str
    state: str
    submitted: str
    sort: str
    order: str
    periods: tuple[Period, ...]
    units: Choices


def filter_of(request: PageRequest, plan: str) -> ReportListAsked:
    """Read the address. A wrong value is a clear 400."""
    periods = tuple(Period.objects.filter(plan=plan).order_by("-starts"))
    units = visible_units(request.acting)
    period = choice(request, "period", {p.code for p in periods})
    code = choice(request, "unit", {code for code, _label in units})
    sort, order = sort_of(request, SORTS, "state")
    return ReportListAsked(
        view=choice(request, "view", VIEWS, "all"),
        period=next((p for p in periods if p.code == period), None),
        unit=Unit.objects.get(code=code) if code else None,
        level=choice(request, "level", LEVELS),
        state=choice(request, "state", {*states(), OVERDUE}),
        submitted=choice(request, "submitted", SUBMITTED),
        sort=sort,
        order=order,
        periods=periods,
        units=units,
    )


def narrowed(what: ReportListAsked, plan: str, who: Acting, day: date) -> QuerySet[Report]:
    """The reports that ``who`` sees and the filters leave, whatever the view."""
    rows: QuerySet[Report] = Report.objects.visible_to(who).filter(plan=plan)
    if what.period:
        rows = rows.filter(period=what.period)
    if what.unit:
        rows = rows.filter(unit_path__gte=what.unit.path, unit_path__lt=successor(what.unit.path))
    if what.level:
        rows = rows.filter(unit__level=what.level)
    if what.state == OVERDUE:
        rows = rows.filter(overdue_query(day))
    elif what.state:
        rows = rows.filter(state=what.state)
    if what.submitted:
        rows = first_submitted(rows).filter(SUBMITTED[what.submitted])
    return rows


def ordered(rows: QuerySet[Report], what: ReportListAsked) -> QuerySet[Report]:
    rank = Choose(*(When(state=s, then=Value(n)) for n, s in enumerate(ORDER)), output_field=IntegerField())
    key = F(what.order.lstrip("-"))
    down = what.order.startswith("-")
    first = key.desc(nulls_last=True) if down else key.asc(nulls_last=True)
    rows = rows.annotate(rank=rank).select_related("unit", "period", "case")
    return rows.order_by(first, "-period__starts", "unit__path", "pk")


def tallies(rows: QuerySet[Report], what: ReportListAsked, who: Acting, day: date) -> dict[str, int]:
    """How many reports each view holds (``view_…``), each state of this view (``state_…``), and overdue; one query."""
    here = view_query(what.view, who)
    counts = {f"view_{v}": Count("pk", filter=view_query(v, who)) for v in VIEWS if v != "all"}
    counts["view_all"] = Count("pk")
    for s in ORDER:
        counts[f"state_{s}"] = Count("pk", filter=here & Q(state=s))
    counts["overdue"] = Count("pk", filter=here & overdue_query(day))
    return dict(rows.aggregate(**counts))


def view_names() -> dict[str, str]:
    return {"all": _("全部"), "mine": _("待我办理"), "below": _("下级单位")}


def submitted_names() -> dict[str, str]:
    return {"ever": _("已提交过"), "in-time": _("按期提交"), "late": _("逾期提交"), "never": _("未提交过")}


def filters(what: ReportListAsked) -> list[Filter]:
    state_options = [Option(s, named(states()[s])) for s in ORDER] + [Option(OVERDUE, _("逾期"))]
    return [
        Filter("period", _("报告期"), options=[Option(p.code, p.code) for p in what.periods]),
        Filter("unit", _("单位（含下级）"), options=[Option(code, name) for code, name in what.units]),
        Filter("level", _("层级"), options=[Option(code, LEVEL_NAMES[code]) for code in LEVELS]),
        Filter("state", _("状态"), options=state_options),
        Filter("submitted", _("首次提交"), options=[Option(k, label) for k, label in submitted_names().items()]),
    ]


def due_of(report: Report, day: date) -> Due:
    """What is owed next: handing in, mending, approving; the unit's own due date where nothing is."""
    if report.case.next_due and not report.case.closed_on:
        return Due(report.case.next_due, day, provisional=report.case.provisional)
    return Due(report.due, day, done=True)


def due_words(report: Report) -> str:
    """What is said below the date of a report in the list."""
    return " · ".join(filter(None, (clock_name(report), first_due(report))))


def clock_name(report: Report) -> str:
    clock = next((c for c in procedure().clocks if c.id == report.case.next_clock), None)
    return named(clock) if clock and not report.case.closed_on else ""


def group_label(state: str, view: str) -> str:
    if view == "mine":
        return _("待我审核") if state == "submitted" else _("待我修改") if state == "returned" else _("待我填报")
    return ""


def table(rows: list[Report], what: ReportListAsked, counts: dict[str, int], day: date, empty: Empty) -> Table:
    """The rows of a page; by state, with a heading before each group and how many it holds in all."""
    out: list[TableRow | TableGroup] = []
    before = ""
    for report in rows:
        if what.sort == "state" and report.state != before:
            out.append(
                TableGroup(group_label(report.state, what.view), tag_of(report), counts[f"state_{report.state}"])
            )
            before = report.state
        out.append(
            TableRow(
                [
                    Cell(report.unit.label, href=reverse("report", args=[report.pk]), sub=report.case.number),
                    str(LEVEL_NAMES.get(report.unit.level, report.unit.level)),
                    Cell(report.period.code),
                    Cell(tag=tag_of(report), sub=" · ".join(marks(report.case))),
                    Cell(due=due_of(report, day), sub=due_words(report)),
                    report.submitted_on.isoformat() if report.submitted_on else "—",
                    report.approved_on.isoformat() if report.approved_on else "—",
                ],
                id=f"report-{report.pk}",
            )
        )
    columns = [
        Column(_("单位"), "unit"),
        Column(_("层级")),
        Column(_("报告期"), "period"),
        Column(_("状态"), "state"),
        Column(_("期限"), "due"),
        Column(_("提交日"), "submitted"),
        Column(_("审核日"), "approved"),
    ]
    return Table(_("进展报告"), columns, out, empty, stack=True, caption_hidden=True)


def levels(plan: str, period: Period, who: Acting, day: date) -> Table:
    """How far a round is, by level of the units: called for, handed in, in time, approved. Numbers lead to lists.

    The share in time counts as the indicator reports-on-time does: the reports whose own day has come, each judged by
    that day; one that is still open on its last day is not judged yet.
    """
    judged = Q(due__lt=day) | Q(due=day, first_submit__isnull=False)
    rows = first_submitted(Report.objects.visible_to(who).filter(plan=plan, period=period).exclude(state="cancelled"))
    found = rows.values("unit__level").annotate(
        called=Count("pk"),
        handed=Count("pk", filter=Q(first_submit__isnull=False)),
        in_time=Count("pk", filter=Q(first_submit__lte=F("due"))),
        moved=Count("pk", filter=~Q(due=period.due)),
        judged=Count("pk", filter=judged),
        met=Count("pk", filter=judged & Q(first_submit__lte=F("due"))),
        approved=Count("pk", filter=Q(state="approved")),
    )
    by_level: dict[str, dict[str, Any]] = {r["unit__level"]: dict(r) for r in found.order_by()}

    def link(level: str, **more: str) -> str:
        query = "&".join(f"{k}={v}" for k, v in {"period": period.code, "level": level, **more}.items() if v)
        return f"{reverse('reports')}?{query}"

    def line(label: Any, level: str, r: dict[str, Any]) -> TableRow:
        return TableRow(
            [
                label,
                Cell(r["called"], href=link(level)),
                Cell(r["handed"], href=link(level, submitted="ever")),
                Cell(r["in_time"], href=link(level, submitted="in-time")),
                Cell(r["approved"], href=link(level, state="approved")),
                Cell(share_text(r["met"], r["judged"]) or "—", sub=f"{r['met']}/{r['judged']}" if r["judged"] else ""),
            ]
        )

    out = [line(LEVEL_NAMES[code], code, by_level[code]) for code in LEVELS if code in by_level]
    if len(out) > 1:
        names = ("called", "handed", "in_time", "approved", "judged", "met")
        out.append(line(_("合计"), "", {n: sum(r[n] for r in by_level.values()) for n in names}))
    heads = (_("应报"), _("已提交"), _("按期提交"), _("已审核"), _("按期率"))
    columns = [Column(_("层级")), *(Column(h, numeric=True) for h in heads)]
    caption = _("%(period)s 填报进度（截止 %(due)s）") % {"period": period.code, "due": period.due.isoformat()}
    if moved := sum(r["moved"] for r in by_level.values()):
        caption += " · " + _("其中 %(n)s 个单位另有截止日，按各自的截止日判断") % {"n": moved}
    return Table(caption, columns, out, Empty(_("本期没有可见的报告")))


def workbook(rows: list[Report], what: ReportListAsked, who: Acting, day: date, moment: str, demo: bool) -> bytes:
    """All rows of the filter, and how they were chosen."""
    fields = (
        Field(id="number", zh="报告编号", en="Number"),
        Field(id="unit", zh="单位", en="Unit"),
        Field(id="level", zh="层级", en="Level"),
        Field(id="period", zh="报告期", en="Period"),
        Field(id="due", zh="截止日", en="Due", type=Type.DATE),
        Field(id="period_due", zh="报告期原定截止日", en="Due date of the period", type=Type.DATE),
        Field(id="more_time", zh="延期", en="More time"),
        Field(id="state", zh="状态", en="State"),
        Field(id="overdue", zh="逾期", en="Overdue", type=Type.BOOL),
        Field(id="next_due", zh="当前期限", en="Next due", type=Type.DATE),
        Field(id="clock", zh="期限名称", en="Clock"),
        Field(id="submitted_on", zh="提交日", en="Submitted", type=Type.DATE),
        Field(id="approved_on", zh="审核日", en="Approved", type=Type.DATE),
    )
    more = all_granted(rows)
    lines = [
        {
            "number": r.case.number,
            "unit": r.unit.name,
            "level": str(LEVEL_NAMES.get(r.unit.level, r.unit.level)),
            "period": r.period.code,
            "due": r.due,
            "period_due": r.period.due,
            "more_time": more_words(more.get(r.pk)),
            "state": named(states()[r.state]),
            "overdue": bool(r.state in EDITABLE and r.case.next_due and r.case.next_due < day),
            "next_due": r.case.next_due if not r.case.closed_on else None,
            "clock": clock_name(r),
            "submitted_on": r.submitted_on,
            "approved_on": r.approved_on,
        }
        for r in rows
    ]
    shown = _("逾期") if what.state == OVERDUE else named(states()[what.state]) if what.state else _("全部")
    notes = [
        (_("内容"), _("进展报告清单")),
        *([(_("数据性质"), _("演示数据，非官方统计"))] if demo else []),
        (_("视图"), view_names()[what.view]),
        (_("报告期"), what.period.code if what.period else _("全部")),
        (_("单位（含下级）"), what.unit.name if what.unit else _("全部可见单位")),
        (_("层级"), str(LEVEL_NAMES[what.level]) if what.level else _("全部")),
        (_("状态"), shown),
        (_("首次提交"), submitted_names()[what.submitted] if what.submitted else _("全部")),
        (_("行数"), len(lines)),
        (_("数据截至"), day.isoformat()),
        (_("导出时间"), moment),
        (_("导出人"), f"{who.name}（{who.unit.name} · {named(who.role)}）"),
    ]
    columns = tuple(spreadsheet.SheetColumn(field=f, width=24 if f.id in ("unit", "number") else 14) for f in fields)
    sheet = spreadsheet.Sheet(title=_("进展报告"), columns=columns, rows=lines, language=page_language())
    return spreadsheet.write([sheet], notes)
