"""The plan's part of a unit's page: its rows with their lights, what is due for it, its reports and orders; ``own``:
it is the unit in whose name the reader acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.plan.models import Milestone, Report
from jinzhi.apps.plan.progress import milestone_status
from jinzhi.apps.plan.queries import duties_of
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.status import Status
from jinzhi.web.plan.adjusted import all_was
from jinzhi.web.plan.board import (
    DUTY_SYMBOLS,
    Board,
    default_year,
    done_cell,
    done_column,
    due_and_done,
    duty_word,
    light_of,
    measured,
    read_board,
    why,
)
from jinzhi.web.plan.more_time import first_due
from jinzhi.web.plan.titles import titled, titled_heading
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.addresses import url_with
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.language import named
from jinzhi.web.ui.states import Due
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

#: how many milestones and reports the page itself shows; the lists have all
SHOWN = 12


@dataclass(frozen=True)
class Summary:
    """What ``plan/unit_summary.html`` shows. ``sees``: the reader sees the unit's lights, reports and orders;
    ``own``: it is the unit in whose name the reader acts.
    """

    board: Board
    unit: Unit
    sees: bool
    own: bool
    light: Status
    share: str
    why: str
    rows: Table
    due: Table
    reports: Table
    orders: Table
    rows_href: str
    milestones_href: str
    years: list[PageLink]


def unit_summary(request: PageRequest, unit: Unit) -> Summary | None:
    """The plan's part of the page of a unit; None before the first release. ``?year=`` chooses the year.

    The division of duties is public to whoever may read the plan; lights, milestones, reports and orders are shown
    only to who sees the unit.
    """
    board = read_board(request, unit=unit)
    if board is None:
        return None
    sees = board.sees(unit)
    cells = [c for c in board.cells if c.unit_id == unit.pk] if sees else []
    judged = board.judge(cells) if cells else None
    year = default_year(board.release, board.day)
    return Summary(
        board,
        unit,
        sees,
        board.who.user is not None and board.who.unit.pk == unit.pk,
        light_of(judged, bool(board.rows_of_unit(unit))),
        due_and_done(judged) if judged else "",
        why(judged) if judged else "",
        _rows(board, unit, sees),
        _due(board, unit),
        _reports(board, unit),
        _orders(board, unit),
        board.rows_url(unit) if sees else "",
        f"{reverse('milestones')}?year={board.year_value}&unit={unit.code}",
        [
            PageLink(str(year), url_with(request, year=None), current=board.year == year),
            PageLink(_("全部年度"), url_with(request, year="all"), current=board.year is None),
        ],
    )


def _rows(board: Board, unit: Unit, sees: bool) -> Table:
    duties: dict[str, Any] = {}
    for duty in duties_of(board.release, unit):
        duties.setdefault(duty.row.key, duty)
    suffix = f"?year={board.year_value}#unit-{unit.code}"
    rows = []
    for key, row in board.rows.items():
        if key not in board.rows_of_unit(unit):
            continue
        listed = duties.get(key)
        through = named(listed.group) if listed and listed.group else ""
        words = duty_word(listed.kind) if listed else _("未列入分工")
        cells = board.cells_of(key) if sees else []
        got = board.judge(cells) if cells else None
        dates = [c.overdue_since for c in cells if c.overdue_since] or [c.next_due for c in cells if c.next_due]
        rows.append(
            TableRow(
                (
                    Cell(titled(row), href=reverse("row", args=[key]) + suffix, sub=titled_heading(row.heading)),
                    Cell(f"{DUTY_SYMBOLS.get(listed.kind, '')} {words}" if listed else words, sub=through),
                    Cell(due=Due(min(dates), board.day, soon=board.rule.soon_days)) if dates else "",
                    done_cell(got, board.year),
                    Cell(tag=light_of(got, True), sub=why(got) if got else "") if sees else _("不在可见范围"),
                )
            )
        )
    heads = [
        Column(_("任务"), wide=True),
        Column(_("责任")),
        Column(_("最近期限"), numeric=True),
        done_column(),
        Column(_("状态和原因")),
    ]
    nothing = Empty(_("现行规划没有给这个单位分工"), _("下级单位的任务见各自的页面。"))
    return Table(_("承担的任务"), heads, rows, nothing, stack=True, caption_hidden=True)


def _due(board: Board, unit: Unit) -> Table:
    """Milestones not yet met, the oldest day first."""
    found = Milestone.objects.visible_to(board.who).filter(
        plan=board.release.plan, unit=unit, dropped_on=None, met_on=None
    )
    if board.year:
        found = found.filter(due__year__lte=board.year)
    shown = list(found.order_by("due", "pk")[:SHOWN])
    stood = all_was(shown)
    rows = [
        TableRow(
            (
                Cell(
                    m.title,
                    href=reverse("milestone", args=[m.code]),
                    sub=" · ".join(filter(None, (m.row_key, stood.get(m.pk, "")))),
                ),
                Cell(due=Due(m.due, board.day, soon=board.rule.soon_days)),
                measured(m),
                Cell(tag=milestone_status(m, board.day)),
            )
        )
        for m in shown
    ]
    heads = [
        Column(_("里程碑"), wide=True),
        Column(_("期限"), numeric=True),
        Column(_("累计 / 目标"), numeric=True),
        Column(_("状态")),
    ]
    nothing = Empty(_("没有待完成的里程碑"))
    return Table(_("待完成的里程碑"), heads, rows, nothing, stack=True, caption_hidden=True)


def _reports(board: Board, unit: Unit) -> Table:
    declared = catalogue().get(Procedure, "progress-report")
    found = Report.objects.visible_to(board.who).filter(plan=board.release.plan, unit=unit)
    rows = []
    for report in found.select_related("period").order_by("-period__starts")[:SHOWN]:
        open_ = report.state in ("draft", "returned")
        rows.append(
            TableRow(
                (
                    Cell(report.period.code, href=reverse("report", args=[report.pk])),
                    Cell(due=Due(report.due, board.day, done=not open_), sub=first_due(report)),
                    report.submitted_on.isoformat() if report.submitted_on else "—",
                    report.approved_on.isoformat() if report.approved_on else "—",
                    Cell(tag=declared.state(report.state)),
                )
            )
        )
    heads = [
        Column(_("报告期")),
        Column(_("截止"), numeric=True),
        Column(_("提交"), numeric=True),
        Column(_("审核"), numeric=True),
        Column(_("状态")),
    ]
    nothing = Empty(_("还没有布置过报告"))
    return Table(_("历次报告"), heads, rows, nothing, stack=True, caption_hidden=True)


def _orders(board: Board, unit: Unit) -> Table:
    """Supervision orders and adjustments of the unit, open ones first."""
    found = Case.objects.visible_to(board.who).filter(unit=unit, procedure__in=("supervision-order", "plan-adjustment"))
    cases = sorted(found, key=lambda c: (c.closed_on is not None, c.next_due or date.max, -c.pk))[:SHOWN]
    rows = []
    for case in cases:
        declared = catalogue().get(Procedure, case.procedure)
        rows.append(
            TableRow(
                (
                    Cell(case.title, href=reverse("case", args=[case.pk]), sub=f"{named(declared)} {case.number}"),
                    Cell(due=Due(case.next_due, board.day)) if case.next_due else "",
                    Cell(tag=declared.state(case.state)),
                )
            )
        )
    heads = [Column(_("事项"), wide=True), Column(_("期限"), numeric=True), Column(_("状态"))]
    nothing = Empty(_("没有督办单和调整"))
    return Table(_("督办单和调整"), heads, rows, nothing, stack=True, caption_hidden=True)
