"""The cockpit: where the plan stands, by unit and section, what needs attention, who reported last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.models import Period, Report
from jinzhi.apps.plan.progress import Judged, ProgressCell, light_rule
from jinzhi.apps.units.models import Unit
from jinzhi.engines import spreadsheet
from jinzhi.kernel.access import Reach
from jinzhi.kernel.fields import Type
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.status import (
    AHEAD,
    GAP_LATE,
    GAP_RISK,
    LATE,
    NO_DATA,
    NONE,
    NORMAL,
    RISK,
    LightRule,
    Progress,
    Status,
    threshold,
)
from jinzhi.kernel.tilemap import TileMap
from jinzhi.web.inbox.lines import today_panel
from jinzhi.web.plan.board import (
    Board,
    column,
    done_cell,
    done_column,
    due_and_done,
    language,
    light_of,
    light_text,
    met_share,
    no_plan,
    plan_filters,
    print_facts,
    read_board,
    row_views,
    rows_sheet,
    unit_order,
    why,
    workbook,
)
from jinzhi.web.plan.cockpit.attention import (
    LATE_ROWS,
    ORDERS,
    REPORTS,
    RISK_ROWS,
    SOON_ROWS,
    Attention,
    attention,
    counted,
    first_of_each,
    folded,
    group_name,
    table_of,
)
from jinzhi.web.plan.cockpit.kpis import facts as kpi_facts
from jinzhi.web.plan.cockpit.kpis import kpis
from jinzhi.web.plan.cockpit.wall import tiles_of, wall_of
from jinzhi.web.plan.titles import heading_name, titled_heading
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged
from jinzhi.web.shell.plan_choice import names_plan
from jinzhi.web.ui.addresses import url_with
from jinzhi.web.ui.boxes import Link
from jinzhi.web.ui.figures import Heat, Tile
from jinzhi.web.ui.language import english, named
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell as UiCell
from jinzhi.web.ui.tables import Column, Empty, Row, Table

#: how many of each group the cockpit itself shows; all of them are one click away
SHOWN = {LATE_ROWS: 5, RISK_ROWS: 3, SOON_ROWS: 2, ORDERS: 3, REPORTS: 3}
RECENT = 6
TABS = ("attention", "districts")


# --- heat table -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """A line of the heat table: a unit, alone or with all below it."""

    unit: Unit
    below: bool

    def holds(self, path: str) -> bool:
        return path.startswith(self.unit.path) if self.below else path == self.unit.path


@dataclass(frozen=True)
class HeatTable:
    """The share done by line and section. ``cells`` by (line number, section); None stands for the total."""

    lines: tuple[Line, ...]
    sections: tuple[str, ...]
    judged: dict[tuple[int | None, str | None], Judged]
    involved: frozenset[tuple[int, str]]

    def light(self, line: int | None, section: str | None) -> Status:
        if line is None:
            known = any(section in (None, s) for _line, s in self.involved)
        else:
            known = any(n == line and section in (None, s) for n, s in self.involved)
        return light_of(self.judged.get((line, section)), known)


def heat_lines(board: Board) -> list[Line]:
    """The unit that the reader (or the filter) stands at, and each unit directly below it with all below that."""
    busy = {u.path for u in board.units.values() if board.rows_of_unit(u) and board.meant(u.path) and board.sees(u)}
    if board.unit is not None:
        top = board.unit
    elif board.who.reach is Reach.ALL:
        top = next(iter(board.units.values()))
    else:
        top = board.who.unit
    lines = [Line(top, False)] if top.path in busy else []
    if (board.unit is not None and not board.below) or (board.unit is None and board.who.reach is Reach.OWN):
        return lines
    steps = Unit.steplen
    tops = {p[: len(top.path) + steps] for p in busy if len(p) > len(top.path)}
    below = [u for u in board.units.values() if u.path in tops]
    deep = {p[: len(top.path) + steps] for p in busy if len(p) > len(top.path) + steps}
    lines += [Line(u, u.path in deep) for u in sorted(below, key=unit_order)]
    return lines


def heat_table(board: Board) -> HeatTable:
    """The heat table of a board; every sum is over the same cells as the list of rows it opens."""
    lines = heat_lines(board)
    number: dict[int, int] = {}
    for n, line in enumerate(lines):
        for unit in board.units.values():
            if line.holds(unit.path):
                number[unit.pk] = n
    sections = tuple(s for s in board.sections if not board.section or s == board.section)
    groups: dict[tuple[int | None, str | None], list[ProgressCell]] = defaultdict(list)
    for cell in board.picked:
        section = board.rows[cell.row_key].heading
        for key in ((number[cell.unit_id], section), (number[cell.unit_id], None), (None, section), (None, None)):
            groups[key].append(cell)
    judged = {key: board.judge(cells) for key, cells in groups.items()}
    involved = frozenset(
        (number[u.pk], board.rows[key].heading)
        for u in board.units.values()
        if u.pk in number
        for key in board.rows_of_unit(u)
        if board.rows[key].heading in sections
    )
    return HeatTable(tuple(lines), sections, judged, involved)


def heat_cell(board: Board, table: HeatTable, line: int | None, section: str | None) -> Heat:
    """A cell as shown: met / due, shaded only where something due is missing; blank for who is not involved.

    The share done and the light are on the page that it opens: a share of all and a light by dates, side by side in
    one small cell, seem to contradict each other.
    """
    light = table.light(line, section)
    if light is NONE:
        return Heat()
    who = table.lines[line] if line is not None else None
    where = f"{who.unit.label if who else _('合计')}，{heading_name(section or '') or _('合计')}："
    unit, below = (who.unit, who.below) if who else (board.unit, board.below)
    href = board.rows_url(unit, below, section or board.section)
    got = table.judged.get((line, section))
    if got is None:
        return Heat("—", light.tone, href, named(light), where)
    gap = board.rule.gap(got.due_n, got.met_n)
    if gap is None:
        return Heat(due_and_done(got), "plain", href, "", where)
    return Heat(due_and_done(got), gap.tone, href, named(gap), where, gap.symbol)


# --- pages ------------------------------------------------------------------------------------------------
@page(nav="cockpit", scope="plan.read")
@names_plan
def cockpit(request: HttpRequest) -> HttpResponse:
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


def adjusted_link(board: Board) -> Link | None:
    """How many milestones of the board adjustments have changed, and the list of them."""
    n = sum(c.adjusted for c in board.picked)
    if not n:
        return None
    query = {"year": board.year_value, "adjusted": "1", "section": board.section}
    query |= {"unit": board.unit.code, "below": "1" if board.below else ""} if board.unit else {}
    said = urlencode({k: v for k, v in query.items() if v})
    return Link(_("%(n)s 个里程碑经规划调整修改") % {"n": n}, f"{reverse('milestones')}?{said}")


def exports(request: HttpRequest, board: Board, overdue: bool) -> list[Link]:
    """The page in Excel; and, where orders are overdue, the open orders in Word."""
    here = f"{reverse('cockpit-export')}{url_with(request, tab=None, view=None)}"
    out = [Link(_("导出 Excel"), here, key="export", download=True)]
    if overdue:
        unit = f"&unit={board.unit.code}" if board.unit else ""
        out.append(Link(_("督办单 Word"), f"{reverse('orders-docx')}?state=open{unit}", download=True))
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


def tab_links(request: HttpRequest, tab: str, count: int) -> list[Link]:
    return [
        Link(_("总览"), url_with(request, tab=None), current=not tab),
        Link(_("需关注"), url_with(request, tab="attention"), current=tab == "attention", count=count),
        Link(_("各区"), url_with(request, tab="districts"), current=tab == "districts"),
    ]


def section_heads(board: Board, table: HeatTable) -> list[dict[str, Any]]:
    counts = defaultdict(int)
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


# --- districts --------------------------------------------------------------------------------------------
def wall_tiles(board: Board) -> list[dict[str, Any]]:
    """The districts of the wall: what of theirs fell due and is met."""
    declared = next(iter(catalogue().all(TileMap)), None)
    shown, judged = judged_districts(board)
    return tiles_of(shown, judged, dict(declared.tiles) if declared else {}, area)


def judged_districts(board: Board) -> tuple[list[Unit], dict[int, Judged]]:
    """The districts in reach, each with all below it."""
    known = [u for u in board.units.values() if u.level == "district" and board.sees(u) and board.meant(u.path)]
    shown = [u for u in known if u.active or board.rows_of_unit(u)]
    by_district: dict[int, list[ProgressCell]] = defaultdict(list)
    for cell in board.picked:
        for unit in shown:
            if cell.unit_path.startswith(unit.path):
                by_district[unit.pk].append(cell)
                break
    return shown, {u.pk: board.judge(by_district[u.pk]) for u in shown if by_district[u.pk]}


def districts(board: Board) -> dict[str, Any]:
    """What is met of what was due, by district with its bureaus and streets: tiles and a ranked table of the same."""
    declared = next(iter(catalogue().all(TileMap)), None)
    places = dict(declared.tiles) if declared else {}
    shown, judged = judged_districts(board)
    ranked = sorted(shown, key=lambda u: (tuple(-s for s in met_share(judged.get(u.pk))), u.position))
    tiles = [
        Tile(
            area(u),
            *places[u.code],
            due_and_done(judged[u.pk]) if u.pk in judged else "—",
            light_of(judged.get(u.pk), True).tone if u.pk in judged else "",
            board.rows_url(u, True, board.section),
        )
        for u in shown
        if u.code in places
    ]
    rows = []
    for unit in ranked:
        got = judged.get(unit.pk)
        rows.append(
            Row(
                (
                    UiCell(area(unit), href=board.rows_url(unit, True, board.section)),
                    done_cell(got, board.year),
                    UiCell(tag=light_of(got, True), sub=why(got) if got else ""),
                    UiCell(got.late, href=late_url(board, unit)) if got else "—",
                )
            )
        )
    heads = [
        Column(_("区")), done_column(), Column(_("状态")),
        Column(_("滞后（单位 × 任务）"), numeric=True),
    ]  # fmt: skip
    nothing = Empty(_("您可见的范围内没有区"), _("去掉单位条件，或用能看到各区的身份查看。"))
    return {
        "tiles": tiles,
        "ranking": Table(_("各区完成情况排序"), heads, rows, nothing, stack=True, caption_hidden=True),
        "map_name": declared,
    }


def late_url(board: Board, unit: Unit) -> str:
    """What is behind in a district: the list whose first group this number counts."""
    query = {"tab": "attention", "year": board.year_value, "unit": unit.code, "below": "1", "section": board.section}
    return f"{reverse('cockpit')}?{urlencode({k: v for k, v in query.items() if v})}"


def area(unit: Unit) -> str:
    """The short name of the area that a district's government governs."""
    return unit.label.removesuffix("人民政府").removesuffix("政府")


# --- Excel ------------------------------------------------------------------------------------------------
@page(nav="cockpit", scope="plan.read")
@names_plan
def export(request: HttpRequest) -> HttpResponse:
    """The heat table, what needs attention and the rows with their lights, within the filters of the cockpit."""
    board = read_board(request)
    if board is None:
        return render(request, "plan/no_plan.html", {"steps": no_plan(request.acting), "crumbs": []})
    sheets = [heat_sheet(board), attention_sheet(attention(board)), rows_sheet(row_views(board))]
    return workbook(
        "cockpit", request.acting, sheets, [*board.facts(), (_("亮灯规则"), named(board.rule)), *kpi_facts(board)]
    )


def heat_sheet(board: Board) -> spreadsheet.Sheet:
    table = heat_table(board)
    columns = [column("unit", "责任单位", "Unit", width=28)]
    columns += [column(f"s{n}", s, s, width=18) for n, s in enumerate(table.sections)]
    columns.append(column("total", "合计", "Total", width=18))
    rows = []
    keys: list[str | None] = [*table.sections, None]
    for n in [*range(len(table.lines)), None]:
        line = table.lines[n] if n is not None else None
        name = line.unit.label + (_("（含下级）") if line.below else "") if line else _("合计")
        values: dict[str, Any] = {"unit": name}
        for key, section in zip([c.key for c in columns[1:]], keys, strict=True):
            light = table.light(n, section)
            got = table.judged.get((n, section))
            counted = f"{got.met_n}/{got.due_n}" if got else ""
            values[key] = "" if light is NONE else f"{counted} {light_text(light)}".strip()
        rows.append(values)
    return spreadsheet.Sheet(title=_("热力表"), columns=tuple(columns), rows=rows, language=language())


def attention_sheet(items: Iterable[Attention]) -> spreadsheet.Sheet:
    columns = (
        column("group", "类别", "Group", width=18), column("number", "编号", "Number", width=22),
        column("title", "事项", "Matter", width=40), column("unit", "单位", "Unit", width=24),
        column("due", "期限", "Due", Type.DATE), column("light", "状态", "Light"),
        column("counted", "已完成/应完成", "Done of due"), column("share", "进度（按权重）", "Progress (weighted)"),
        column("why", "原因", "Reason", width=44),
    )  # fmt: skip
    rows = [
        {"group": group_name(i.group), "number": i.number, "title": i.title, "unit": i.unit,
         "due": i.due.isoformat() if i.due else None, "light": light_text(i.light),
         "counted": i.counted, "share": i.percent, "why": i.why}
        for i in items
    ]  # fmt: skip
    return spreadsheet.Sheet(title=_("需要关注"), columns=columns, rows=rows, language=language())


# --- the rule of the lights -------------------------------------------------------------------------------
def examples(rule: LightRule) -> list[tuple[str, Progress]]:
    """Worked examples around the thresholds of a rule: what it looks like in words, and the progress it is."""
    ten = Decimal(10)

    def p(
        done: Decimal | int, planned: Decimal | int, overdue: int = 0, following: int | None = None,
        firm: Decimal | None = None,
    ) -> Progress:  # fmt: skip
        return Progress(Decimal(done), Decimal(planned), ten * 2, overdue, following, firm)

    late, soon = rule.late_after_days, rule.soon_days
    return [
        (_("应完成 10，已完成 %(n)s") % {"n": ten * rule.ahead_from}, p(ten * rule.ahead_from, ten)),
        (_("尚无到期里程碑，已完成 1"), p(1, 0)),
        (_("应完成 10，已完成 10"), p(ten, ten, following=soon + 30)),
        (_("应完成 10，已完成 10；下一里程碑 %(n)s 天后到期") % {"n": soon}, p(ten, ten, following=soon)),
        (_("应完成 10，已完成 %(n)s") % {"n": ten * rule.risk_from}, p(ten * rule.risk_from, ten)),
        (_("应完成 10，已完成 10；有里程碑超期 %(n)s 天") % {"n": late}, p(ten, ten, late)),
        (_("应完成 10，已完成 10；有里程碑超期 %(n)s 天") % {"n": late + 1}, p(ten, ten, late + 1)),
        (_("应完成 10，已完成 0；都在 %(n)s 天之内到期") % {"n": late}, p(0, ten, late, firm=Decimal(0))),
        (
            _("应完成 10，都已到期超过 %(late)s 天，合计完成 %(n)s") % {"late": late, "n": ten * rule.risk_from - 1},
            p(ten * rule.risk_from - 1, ten),
        ),
        (_("没有里程碑"), Progress(Decimal(0), Decimal(0), Decimal(0))),
    ]


@page(nav="cockpit", scope="plan.read")
def lights(request: HttpRequest) -> HttpResponse:
    """The published rule: its thresholds, what follows from them, and which rule held when."""
    day = today()
    rules = sorted(catalogue().all(LightRule), key=lambda r: r.since, reverse=True)
    rule = light_rule(day)
    rows = []
    for text, progress in examples(rule):
        light, zh, en = rule.judge(progress)
        rows.append(Row((text, UiCell(tag=light), en if english() else zh)))
    heads = [Column(_("情形"), wide=True), Column(_("亮灯")), Column(_("页面上写出的原因"), wide=True)]
    dated = [
        Row((named(r), r.since.isoformat(), Tag("现行", "In force", "normal", "●") if r is rule else "—"))
        for r in rules
    ]
    return render(
        request,
        "plan/lights.html",
        {
            "crumbs": [(_("驾驶舱"), reverse("cockpit"))],
            "rule": rule,
            "statuses": [AHEAD, NORMAL, RISK, LATE, NO_DATA, NONE],
            "examples": Table(_("算例"), heads, rows, stack=True),
            "rules": Table(_("规则的版本"), [Column(h) for h in (_("规则"), _("起用日"), _("状态"))], dated),
            "normal_from": threshold(rule.normal_from),
            "risk_from": threshold(rule.risk_from),
            "ahead_from": threshold(rule.ahead_from),
            "print_title": _("亮灯规则"),
        },
    )


urlpatterns = [
    path("plan/", cockpit, name="cockpit"),
    path("plan/export.xlsx", export, name="cockpit-export"),
    path("plan/lights/", lights, name="lights"),
]
