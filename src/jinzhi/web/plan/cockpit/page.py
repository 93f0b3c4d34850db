"""The cockpit."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.models import Period, Report
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.status import (
    GAP_LATE,
    GAP_RISK,
)
from jinzhi.web.inbox.lines import today_panel
from jinzhi.web.plan.board import (
    Board,
    no_plan,
    plan_filters,
    print_facts,
    read_board,
)
from jinzhi.web.plan.cockpit.attention import (
    LATE_ROWS,
    ORDERS,
    REPORTS,
    RISK_ROWS,
    SOON_ROWS,
    attention,
    counted,
    first_of_each,
    folded,
    table_of,
)
from jinzhi.web.plan.cockpit.districts import districts, wall_tiles
from jinzhi.web.plan.cockpit.heat import HeatTable, heat_cell, heat_table
from jinzhi.web.plan.cockpit.kpis import kpis
from jinzhi.web.plan.cockpit.wall import wall_of
from jinzhi.web.plan.titles import titled_heading
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged
from jinzhi.web.shell.plan_choice import names_plan
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.addresses import url_with
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Empty

#: how many of each group the cockpit itself shows; all of them are one click away
SHOWN = {LATE_ROWS: 5, RISK_ROWS: 3, SOON_ROWS: 2, ORDERS: 3, REPORTS: 3}
RECENT = 6
TABS = ("attention", "districts")


@page(nav="cockpit", scope="plan.read")
@names_plan
def cockpit(request: PageRequest) -> HttpResponse:
    """The first page: one snapshot, the same for the screen, the wall and paper."""
    board = read_board(request)
    wall = choice(request, "view", ("wall",)) == "wall"
    tab = choice(request, "tab", TABS)
    if board is None:
        steps = {"steps": no_plan(request.acting), "crumbs": []}
        return render(request, "plan/no_plan.html", steps | {"today_panel": today_panel(request.acting, today())})
    items = folded(attention(board))
    counts = counted(items)
    context: dict[str, Any] = {
        "board": board,
        "crumbs": [],
        "wall": wall,
        "tab": tab,
        "tag": quarter_tag(board.day),
        "lead": lead(board),
        "filters": plan_filters(board),
        "tabs": tab_links(request, tab, len(items)),
        "exports": exports(request, board, bool(counts[ORDERS])),
        "print_title": _("规划推进情况"),
        "print_facts": print_facts(board.facts()),
        "counts": counts,
    }  # fmt: skip
    if tab == "attention":
        found = paged(request, items)
        nothing = Empty(_("没有需要关注的事项"), _("没有滞后、有风险或即将到期的任务，也没有超期的督办单和报告。"))
        context |= {"page": found, "table": table_of(list(found), board, counts=counts, empty=nothing)}
        return render(request, "plan/attention.html", context)
    if tab == "districts":
        return render(request, "plan/districts.html", context | districts(board))
    table = heat_table(board)
    nothing = Empty(_("没有需要关注的事项"), _("没有滞后、有风险或 30 日内到期的任务。"))
    if wall:
        heat = heat_rows(board, table)
        tiles = wall_tiles(board)
        context["wall"] = wall_of(board, items, kpis(board), tiles, heat, section_heads(board, table))
        share = passed(board.year, board)
        words = _("全年已过 %(share)s%%") if board.year else _("规划期已过 %(share)s%%")
        return render(request, "plan/wall.html", context | {"passed": words % {"share": share}})
    few = first_of_each(items, SHOWN)
    context |= {
        "today_panel": today_panel(board.who, today()),
        "kpis": kpis(board),
        "heat": heat_rows(board, table),
        "sections": section_heads(board, table),
        "attention": table_of(few, board, counts=counts, empty=nothing),
        "more": len(items) if len(items) > len(few) else 0,
        "recent": recent_reports(board),
        "adjusted": adjusted_link(board),
        "gaps": [GAP_RISK, GAP_LATE],
        "gap_share": f"{board.rule.gap_late_from:.0%}",
    }
    return render(request, "plan/cockpit.html", context)


def adjusted_link(board: Board) -> PageLink | None:
    """How many milestones of the board adjustments have changed, and the list of them."""
    n = sum(c.adjusted for c in board.picked)
    if not n:
        return None
    query = {"year": board.year_value, "adjusted": "1", "section": board.section}
    query |= {"unit": board.unit.code, "below": "1" if board.below else ""} if board.unit else {}
    said = urlencode({k: v for k, v in query.items() if v})
    return PageLink(_("%(n)s 个里程碑经规划调整修改") % {"n": n}, f"{reverse('milestones')}?{said}")


def exports(request: PageRequest, board: Board, overdue: bool) -> list[PageLink]:
    """The page in Excel; and, where orders are overdue, the open orders in Word."""
    here = f"{reverse('cockpit-export')}{url_with(request, tab=None, view=None)}"
    out = [PageLink(_("导出 Excel"), here, key="export", download=True)]
    if overdue:
        unit = f"&unit={board.unit.code}" if board.unit else ""
        out.append(PageLink(_("督办单 Word"), f"{reverse('orders-docx')}?state=open{unit}", download=True))
    return out


def quarter_tag(day: date) -> Tag:
    n = (day.month + 2) // 3
    return Tag(f"第{'一二三四'[n - 1]}季度", f"Q{n} {day.year}", "normal", "●")


def passed(year: int | None, board: Board) -> int:
    """How much of the year (or of the plan's term) has passed, in whole per cent."""
    starts = date(year, 1, 1) if year else board.release.starts
    ends = date(year, 12, 31) if year else board.release.ends
    days, whole = (board.day - starts).days + 1, (ends - starts).days + 1
    return round(100 * Decimal(min(max(days, 0), whole)) / whole)


def lead(board: Board) -> Any:
    """The line beside the title; each number opens its list."""
    rows = board.chosen_rows()
    units = {u.pk for u in board.units.values() if board.rows_of_unit(u) and board.meant(u.path) and board.sees(u)}
    indicators = catalogue().ids("indicator")
    share = passed(board.year, board)
    return format_html(
        '<a href="{}">{}</a> · <a href="{}">{}</a> · <a href="{}">{}</a> · {}',
        board.rows_url(board.unit, board.below, board.section),
        _("%(n)s 项任务") % {"n": len(rows)},
        f"{reverse('matrix')}?year={board.year_value}",
        _("%(n)s 个单位") % {"n": len(units)},
        reverse("indicators"),
        _("%(n)s 项指标") % {"n": len(indicators)},
        (_("全年已过 %(share)s%%") if board.year else _("规划期已过 %(share)s%%")) % {"share": share},
    )


def tab_links(request: PageRequest, tab: str, count: int) -> list[PageLink]:
    return [
        PageLink(_("总览"), url_with(request, tab=None), current=not tab),
        PageLink(_("需关注"), url_with(request, tab="attention"), current=tab == "attention", count=count),
        PageLink(_("各区"), url_with(request, tab="districts"), current=tab == "districts"),
    ]


def section_heads(board: Board, table: HeatTable) -> list[dict[str, Any]]:
    counts: dict[str, int] = defaultdict(int)
    for row in board.rows.values():
        counts[row.heading] += 1
    return [
        {"name": titled_heading(s), "count": counts[s], "href": board.rows_url(board.unit, board.below, s)}
        for s in table.sections
    ]


def heat_rows(board: Board, table: HeatTable) -> list[dict[str, Any]]:
    """The lines for the template, the total last."""
    columns: list[str | None] = [*table.sections, None]
    out = [
        {
            "name": line.unit.label,
            "below": line.below,
            "href": reverse("unit", args=[line.unit.code]),
            "cells": [heat_cell(board, table, n, s) for s in columns],
            "missing": got.missing if (got := table.judged.get((n, None))) else 0,
        }
        for n, line in enumerate(table.lines)
    ]
    total = [heat_cell(board, table, None, s) for s in columns]
    return [*out, {"name": _("合计"), "below": False, "href": "", "cells": total, "total": True}]


def recent_reports(board: Board) -> list[TimelineItem]:
    """The reports that moved last, of the last two periods that have begun."""
    periods = Period.objects.filter(plan=board.release.plan, starts__lte=board.day).order_by("-starts")[:2]
    stream = Concat(Value("case:"), Cast(OuterRef("case_id"), CharField()))
    last = Event.objects.filter(stream=stream).order_by("-seq")
    found = (
        Report.objects.visible_to(board.who)
        .filter(period__in=[p.pk for p in periods])
        .exclude(state="draft")
        .annotate(at=Subquery(last.values("at")[:1]), actor=Subquery(last.values("actor")[:1]))
        .select_related("unit", "period")
        .order_by("-at", "-pk")
    )
    if board.unit is not None:
        within = {"unit_path__startswith" if board.below else "unit_path": board.unit.path}
        found = found.filter(**within)
    declared = catalogue().get(Procedure, "progress-report")
    out = []
    for report in found[:RECENT]:
        state = declared.state(report.state)
        out.append(
            TimelineItem(
                _("%(unit)s %(period)s 进展报告") % {"unit": report.unit.label, "period": report.period.code},
                report.at,
                report.actor,
                tone=state.tone,
                tag=state,
                href=reverse("report", args=[report.pk]),
            )
        )
    return out
