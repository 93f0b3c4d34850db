"""Units, milestones and cases of a row as tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.models import Duty, Figure, Milestone, Row
from jinzhi.apps.plan.plans import first_plan, subject_of
from jinzhi.apps.plan.progress import milestone_status
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.procedure import Procedure, may_open
from jinzhi.web.plan.adjusted import all_was
from jinzhi.web.plan.board import (
    DUTY_SYMBOLS,
    Board,
    done_cell,
    done_column,
    duty_word,
    language,
    light_of,
    measured,
    why,
)
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.language import named
from jinzhi.web.ui.states import Due
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableGroup, TableRow


def duty_units(board: Board, row: Row) -> list[tuple[Unit, Duty]]:
    """Every unit that answers for a row with the first duty that names it, in the order of the document."""
    seen: dict[int, tuple[Unit, Duty]] = {}
    for duty in row.duties.all():
        for unit in duty.units.all():
            seen.setdefault(unit.pk, (unit, duty))
    return list(seen.values())


def units_table(board: Board, row: Row, milestones: list[Milestone]) -> Table:
    """The units of a row: the wording of the duty, and, where the reader sees the unit, its light."""
    cells = defaultdict(list)
    for cell in board.cells_of(row.key):
        cells[cell.unit_id].append(cell)
    named_units = duty_units(board, row)
    known = {u.pk for u, _d in named_units}
    extra = [board.units[pk] for pk in cells if pk in board.units and pk not in known]
    rows = []
    for unit, duty in [*named_units, *((u, None) for u in extra)]:
        sees = board.sees(unit)
        got = board.judge(cells[unit.pk]) if cells[unit.pk] else None
        open_due = [m.due for m in milestones if m.unit_id == unit.pk and m.met_on is None]
        through = (duty.group.en if language() == "en" else duty.group.zh) if duty and duty.group else ""
        limit = _("时限：%(limit)s") % {"limit": duty.time_limit} if duty and duty.time_limit else ""
        wording = duty.wording if duty and duty.wording != duty_word(duty.kind) else ""
        words = " · ".join(w for w in (through, wording, limit) if w)
        rows.append(
            TableRow(
                (
                    Cell(unit.label, href=reverse("unit", args=[unit.code])),
                    Cell(
                        f"{DUTY_SYMBOLS.get(duty.kind, '')} {duty_word(duty.kind)}" if duty else _("未列入分工"),
                        sub=words,
                    ),
                    Cell(due=Due(min(open_due), board.day, soon=board.rule.soon_days)) if open_due else "",
                    done_cell(got, board.year),
                    Cell(tag=light_of(got, True), sub=why(got) if got else "") if sees else _("不在可见范围"),
                ),
                id=f"unit-{unit.code}",
            )
        )
    heads = [
        Column(_("单位")),
        Column(_("责任")),
        Column(_("最近期限"), numeric=True),
        done_column(),
        Column(_("状态和原因")),
    ]
    nothing = Empty(_("没有责任单位"), _("文件没有写明责任单位，或写的是没有固定成员的“有关部门”，请在导入时指定。"))
    return Table(_("责任单位"), heads, rows, nothing, stack=True, caption_hidden=True)


def approvals(milestones: Iterable[Milestone]) -> dict[int, tuple[Figure, str]]:
    """For each milestone the figure approved last and who approved it."""
    ids = [m.pk for m in milestones]
    found = Figure.objects.filter(milestone__in=ids, report__state="approved", achieved__isnull=False)
    last = {
        f.milestone_id: f
        for f in found.select_related("report__period", "report__case").order_by("report__period__starts")
    }
    streams = {f.report.case.stream for f in last.values()}
    events = Event.objects.filter(stream__in=streams, verb="approve").order_by("seq") if streams else ()
    who = {e.stream: e.actor for e in events}
    return {pk: (f, who.get(f.report.case.stream, "")) for pk, f in last.items()}


def milestones_table(board: Board, milestones: list[Milestone], caption: str, *, row: bool = False) -> Table:
    """Milestones grouped by unit: what is due when, how far it is, who approved the figure."""
    said, stood = approvals(milestones), all_was(milestones)
    by_unit: dict[int, list[Milestone]] = defaultdict(list)
    for m in milestones:
        by_unit[m.unit_id].append(m)
    rows: list[TableRow | TableGroup] = []
    for group in sorted(by_unit.values(), key=lambda g: g[0].unit.path):
        heading = _("%(unit)s：%(n)s 个里程碑") % {"unit": group[0].unit.label, "n": len(group)}
        rows.append(TableGroup(heading))
        for m in group:
            status = milestone_status(m, board.day)
            figure, approver = said.get(m.pk, (None, ""))
            report = figure.report if figure else None
            by = approver or _("已审核")
            rows.append(
                TableRow(
                    (
                        Cell(
                            m.title,
                            href=reverse("milestone", args=[m.code]),
                            sub=" · ".join(filter(None, (m.row_key if row else "", stood.get(m.pk, "")))),
                        ),
                        Cell(due=Due(m.due, board.day, done=m.met_on is not None, soon=board.rule.soon_days)),
                        measured(m),
                        Cell(tag=status, sub=f"{m.met_on:%Y-%m-%d}" if m.met_on else ""),
                        Cell(
                            f"{report.period.code} {by}",
                            href=reverse("report", args=[report.pk]),
                            sub=f"{report.approved_on:%Y-%m-%d}" if report.approved_on else "",
                        )
                        if report
                        else "",
                    )
                )
            )
    heads = [
        Column(_("里程碑"), wide=True),
        Column(_("期限"), numeric=True),
        Column(_("累计 / 目标"), numeric=True),
        Column(_("状态")),
        Column(_("审核")),
    ]
    nothing = Empty(_("没有里程碑"), _("这一年度没有您可见单位的里程碑；没有里程碑就没有进度和灯。"))
    return Table(caption, heads, rows, nothing, stack=True, caption_hidden=True)


def may_start(who: Acting, procedure: str) -> bool:
    """Whether a role may open a case of a procedure."""
    declared = catalogue().find(Procedure, procedure)
    if declared is None or who.user is None:
        return False
    return any(who.may(f"case.{procedure}.{s.id}") for s in may_open(declared, who.roles))


def start_links(who: Acting, row: Row, unit: Unit | None) -> list[PageLink]:
    """下达督办单, 提出调整: forms that already know the row."""
    query = {"subject": subject_of(row.release.plan, row.key), "subject_title": f"{row.key} {row.title}"}
    if unit is not None:
        query["unit"] = unit.code
    wanted = (("supervision-order", _("下达督办单")), ("plan-adjustment", _("提出调整")))
    return [
        PageLink(label, f"{reverse('case-open', args=[id])}?{urlencode(query)}")
        for id, label in wanted
        if may_start(who, id)
    ]


def cases_table(board: Board, row: Row) -> Table:
    """Supervision orders and adjustments of a row that the reader sees, open ones first."""
    found = (
        Case.objects.visible_to(board.who)
        .filter(subject=subject_of(board.release.plan, row.key, first_plan(board.release)))
        .select_related("unit")
    )
    cases = sorted(found, key=lambda c: (c.closed_on is not None, c.next_due or date.max, -c.pk))
    rows = []
    for case in cases:
        declared = catalogue().find(Procedure, case.procedure)
        rows.append(
            TableRow(
                (
                    Cell(case.number, href=reverse("case", args=[case.pk]), sub=named(declared) if declared else ""),
                    case.title,
                    Cell(case.unit.label, href=reverse("unit", args=[case.unit.code])),
                    Cell(due=Due(case.next_due, board.day)) if case.next_due else "",
                    Cell(tag=declared.state(case.state)) if declared else case.state,
                )
            )
        )
    heads = [
        Column(_("编号")),
        Column(_("事项"), wide=True),
        Column(_("单位")),
        Column(_("期限"), numeric=True),
        Column(_("状态")),
    ]
    nothing = Empty(_("没有督办单和调整"))
    return Table(_("督办单和调整"), heads, rows, nothing, stack=True, caption_hidden=True)
