"""What needs attention: rows of units that are behind, at risk or due soon, orders and reports that are overdue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.plan.models import Report
from jinzhi.apps.plan.plans import first_plan, row_of_subject
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.status import LATE, RISK, Status, Tone
from jinzhi.web.plan.board import Board, due_and_done, percent, why
from jinzhi.web.plan.titles import title_of
from jinzhi.web.ui.language import named
from jinzhi.web.ui.states import Due
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableGroup, TableRow

SOON_DAYS = 30
ORDER = "supervision-order"
OVERDUE = Status("overdue", "超期", "Overdue", Tone.LATE)

#: the groups in their order; each with its status and its name
LATE_ROWS, RISK_ROWS, SOON_ROWS, ORDERS, REPORTS = "late", "risk", "soon", "orders", "reports"
ROW_GROUPS = (LATE_ROWS, RISK_ROWS, SOON_ROWS)
GROUPS = (*ROW_GROUPS, ORDERS, REPORTS)


@dataclass(frozen=True)
class Attention:
    """One thing that needs attention of one unit. ``due``: the day that has passed or comes, None where no date is
    the cause. ``lang``: the language of the title where it is not that of the page."""

    group: str
    number: str
    title: str
    href: str
    unit: str
    unit_href: str
    due: date | None
    light: Status
    percent: str
    why: str
    counted: str = ""
    district: bool = False
    lang: str = ""


def group_name(group: str) -> str:
    return {
        LATE_ROWS: _("滞后的任务"),
        RISK_ROWS: _("有风险的任务"),
        SOON_ROWS: _("30 日内到期的任务"),
        ORDERS: _("超期的督办单"),
        REPORTS: _("逾期的进展报告"),
    }[group]


def attention(board: Board) -> list[Attention]:
    """Everything that needs attention within the filters of a board, most urgent first in each group."""
    return [*_rows(board), *_orders(board), *_reports(board)]


@dataclass(frozen=True)
class AttentionLine:
    """A line of the list: a row of the plan with the units that are behind with it, or an order or a report.

    ``worst`` leads the line and decides its group; ``others`` follow, worst first.
    """

    worst: Attention
    others: tuple[Attention, ...] = ()

    @property
    def group(self) -> str:
        return self.worst.group

    @property
    def units(self) -> tuple[Attention, ...]:
        return (self.worst, *self.others)


def folded(items: Iterable[Attention]) -> list[AttentionLine]:
    """One line for a row of the plan, however many units it concerns, where its worst unit stands."""
    lines: dict[tuple[str, str], list[Attention]] = {}
    for item in items:
        kind = "row" if item.group in ROW_GROUPS else item.group
        lines.setdefault((kind, item.number), []).append(item)
    return [AttentionLine(first, tuple(others)) for first, *others in lines.values()]


def counted(items: Iterable[Attention | AttentionLine]) -> Counter[str]:
    return Counter(i.group for i in items)


def _rows(board: Board) -> list[Attention]:
    soon = board.day + timedelta(days=SOON_DAYS)
    found: list[tuple[int, date, int, Attention]] = []
    # one address a row and a unit, not one a cell: a large plan has thousands of cells
    rows = {key: reverse("row", args=[key]) for key in board.rows}
    units = {pk: reverse("unit", args=[u.code]) for pk, u in board.units.items()}
    for cell in board.picked:
        unit = board.units.get(cell.unit_id)
        if unit is None:
            continue
        judged = board.judge([cell])
        if judged.light is LATE:
            group = LATE_ROWS
        elif judged.light is RISK:
            group = RISK_ROWS
        elif cell.next_due and cell.next_due <= soon:
            group = SOON_ROWS
        else:
            continue
        row = board.rows[cell.row_key]
        due = cell.overdue_since or cell.next_due
        reason = why(judged)
        if group == SOON_ROWS and cell.next_due:
            days = (cell.next_due - board.day).days
            reason = _("%(n)s 天内有里程碑到期") % {"n": days} + f"；{reason}"
        item = Attention(
            group, row.key, title_of(row)[0], f"{rows[row.key]}?year={board.year_value}#unit-{unit.code}",
            unit.label, units[unit.pk], due, judged.light, percent(judged), reason, due_and_done(judged),
            unit.level == "district", title_of(row)[1],
        )  # fmt: skip
        found.append((GROUPS.index(group), due or date.max, row.position, item))
    return [item for *_keys, item in sorted(found, key=lambda f: f[:3])]


def overdue_orders(board: Board) -> list[Case]:
    found = Case.objects.visible_to(board.who).filter(procedure=ORDER, closed_on=None, next_due__lt=board.day)
    rows = {key for key, row in board.rows.items() if not board.section or row.heading == board.section}

    first = first_plan(board.release)

    def of_board(case: Case) -> bool:
        plan, key = row_of_subject(case.subject, first)
        return plan in ("", board.release.plan) and (not board.section or key in rows)

    return [
        c for c in found.select_related("unit").order_by("next_due", "pk") if board.meant(c.unit_path) and of_board(c)
    ]  # fmt: skip


def _orders(board: Board) -> list[Attention]:
    orders = overdue_orders(board)
    declared = catalogue().find(Procedure, ORDER)
    clocks = {c.id: c for c in declared.clocks} if declared else {}
    out = []
    for case in orders:
        assert case.next_due is not None, "what is overdue has a last day"
        clock = named(clocks[case.next_clock]) if case.next_clock in clocks else _("期限")
        days = (board.day - case.next_due).days
        reason = _("%(clock)s已过 %(n)s 天") % {"clock": clock, "n": days}
        out.append(
            Attention(
                ORDERS,
                case.number,
                case.title,
                reverse("case", args=[case.pk]),
                case.unit.label,
                reverse("unit", args=[case.unit.code]),
                case.next_due,
                OVERDUE,
                "",
                reason,
            )
        )
    return out


def late_reports(board: Board) -> list[Report]:
    """Reports not handed in by the day that the unit has: its own, or that of mending what was sent back."""
    found = Report.objects.visible_to(board.who).filter(
        plan=board.release.plan, state__in=("draft", "returned"), case__next_due__lt=board.day
    )
    if board.year:
        # what an earlier year left unreported is still owed in this one
        owed = board.year <= board.day.year
        found = found.filter(**{"period__year__lte" if owed else "period__year": board.year})
    found = found.select_related("unit", "period", "case").order_by("case__next_due", "unit__path")
    return [r for r in found if board.meant(r.unit_path)]


def _reports(board: Board) -> list[Attention]:
    out = []
    for report in late_reports(board):
        assert report.case.next_due is not None, "what is late has a last day"
        days = (board.day - report.case.next_due).days
        if report.state == "returned":
            reason = _("已退回，逾期 %(n)s 天未重新提交") % {"n": days}
        else:
            reason = _("逾期 %(n)s 天未提交") % {"n": days}
        title = _("%(period)s 进展报告") % {"period": report.period.code}
        out.append(
            Attention(
                REPORTS,
                report.case.number,
                title,
                reverse("report", args=[report.pk]),
                report.unit.label,
                reverse("unit", args=[report.unit.code]),
                report.case.next_due,
                OVERDUE,
                "",
                reason,
            )
        )
    return out


def units_of(line: AttentionLine) -> str:
    """The units of a line: one is named, several stand behind how many they are; the districts among them in one."""
    if not line.others:
        return format_html('<a href="{}">{}</a>', line.worst.unit_href, line.worst.unit)
    said = [_unit_line(i) for i in line.units if not i.district]
    districts = [i for i in line.units if i.district]
    if districts:
        each = format_html_join(_("、"), '<a href="{}">{}</a> {}', ((i.href, i.unit, _standing(i)) for i in districts))
        said.append(format_html("<li>{}{}</li>", _("%(n)s 个区：") % {"n": len(districts)}, each))
    return format_html(
        '<details><summary>{}</summary><ul class="units-folded">{}</ul></details>',
        _("%(unit)s 等 %(n)s 家") % {"unit": line.worst.unit, "n": len(line.units)},
        format_html_join("", "{}", ((s,) for s in said)),
    )


def _unit_line(item: Attention) -> str:
    return format_html('<li><a href="{}">{}</a> {}</li>', item.href, item.unit, _standing(item))


def _standing(item: Attention) -> str:
    """The light in sign and word, done of due, and the day."""
    said = [f"{item.light.symbol} {named(item.light)}", item.counted, item.due.isoformat() if item.due else ""]
    return " ".join(s for s in said if s)


def _matter(item: Attention) -> str:
    title = format_html('<span lang="{}">{}</span>', item.lang, item.title) if item.lang else item.title
    return format_html("{} {}", item.number, title)


def table_of(items: list[AttentionLine], board: Board, *, counts: Counter[str], empty: Empty) -> Table:
    """The items as a table with a heading for each group and how many there are in all."""
    rows: list[TableRow | TableGroup] = []
    tags = {LATE_ROWS: LATE, RISK_ROWS: RISK, SOON_ROWS: None, ORDERS: OVERDUE, REPORTS: OVERDUE}
    before = ""
    for line in items:
        item = line.worst
        if item.group != before:
            heading = _("%(group)s：%(n)s 项") % {"group": group_name(item.group), "n": counts[item.group]}
            rows.append(TableGroup(heading, tags[item.group]))
            before = item.group
        rows.append(
            TableRow(
                (
                    Cell(_matter(item), href=item.href, sub=item.why)
                    if item.group in ROW_GROUPS
                    else Cell(item.title, href=item.href, sub=f"{item.number} · {item.why}"),
                    units_of(line),
                    Cell(due=Due(item.due, board.day, soon=SOON_DAYS)) if item.due else "",
                    Cell(item.counted, tag=item.light),
                )
            )
        )
    heads = [ Column(_("事项和原因"), wide=True), Column(_("单位")),
        Column(_("期限"), numeric=True), Column(_("状态")),
    ]  # fmt: skip
    return Table(_("需要关注的事项"), heads, rows, empty, stack=True, caption_hidden=True, id="attention-table")


def first_of_each(items: list[AttentionLine], most: dict[str, int]) -> list[AttentionLine]:
    """The first few of each group."""
    left = Counter(most)
    out = []
    for item in items:
        if left[item.group] > 0:
            left[item.group] -= 1
            out.append(item)
    return out
