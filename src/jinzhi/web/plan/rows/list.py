"""The list of rows: searched, filtered, ordered, and its workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jinzhi.apps.plan.models import Release
from jinzhi.apps.plan.queries import find_measures, spans_of
from jinzhi.engines import spreadsheet
from jinzhi.kernel.status import LIGHTS, NO_DATA, NONE
from jinzhi.web.plan.board import (
    LIGHT_IDS,
    Board,
    RowView,
    column,
    done_cell,
    done_column,
    done_of_year,
    language,
    light_of,
    marked,
    met_share,
    no_plan,
    plan_filters,
    print_facts,
    read_board,
    row_views,
    rows_sheet,
    why,
    workbook,
)
from jinzhi.web.plan.titles import title_of, titled, titled_heading
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged
from jinzhi.web.shell.plan_choice import names_plan
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.addresses import url_with, url_without
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.language import enumerated, named
from jinzhi.web.ui.states import Due
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

#: how much of a measure is shown around the first hit
AROUND = 36
LONGEST = 80
NOTES_A_PAGE = 8
UNITS_A_PAGE = 60
SORTS = ("key", "title", "due", "share", "light")
#: for sorting by light: what is worst comes first
WORST = {s.id: n for n, s in enumerate((*reversed(LIGHTS), NO_DATA, NONE))}


def excerpt(text: str, spans: Sequence[tuple[int, int]]) -> SafeString:
    """The part of a text around its first hit, with all hits in it marked."""
    start = max(0, spans[0][0] - AROUND)
    end = min(len(text), spans[-1][1] + AROUND, start + 6 * AROUND)
    inside = [(a - start, min(b, end) - start) for a, b in spans if a < end]
    shown = marked(text[start:end], inside)
    return format_html("{}{}{}", "…" if start else "", shown, "…" if end < len(text) else "")


def searched(views: list[RowView], release: Release, q: str) -> list[RowView]:
    """The rows whose key, title or measures hold every word, with the place of the first hit in the measures."""
    hits: dict[int, SafeString] = {}
    more: Counter[int] = Counter()
    for hit in find_measures(release, q):
        more[hit.row.pk] += 1
        hits.setdefault(hit.row.pk, excerpt(hit.measure.text, hit.spans))
    out = []
    for view in views:
        in_title = spans_of(f"{view.row.key} {view.row.title} {title_of(view.row)[0]}", q) is not None
        if view.row.pk in hits:
            n = more[view.row.pk] - 1
            rest = format_html(" · {}", _("另有 %(n)s 项措施含此词") % {"n": n}) if n else ""
            out.append(replace(view, found=format_html("{}{}", hits[view.row.pk], rest)))
        elif in_title:
            out.append(view)
    return out


def filtered(request: PageRequest, board: Board) -> tuple[list[RowView], Counter[str], str]:
    """The rows of the address, sorted; how many have which light before the light is chosen; the words searched."""
    views = row_views(board)
    q = request.GET.get("q", "").strip()[:LONGEST]
    if q:
        views = searched(views, board.release, q)
    bound = choice(request, "bound", ("yes", "no"))
    if bound:
        views = [v for v in views if bool(v.row.bound) == (bound == "yes")]
    lights = Counter(v.light.id for v in views)
    light = choice(request, "light", LIGHT_IDS)
    if light:
        views = [v for v in views if v.light.id == light]
    return ordered(request, views), lights, q


def ordered(request: PageRequest, views: list[RowView]) -> list[RowView]:
    raw = choice(request, "sort", {*SORTS, *(f"-{k}" for k in SORTS)}, "key")
    keys = {
        "key": lambda v: (v.row.position,),
        "title": lambda v: (title_of(v.row)[0],),
        "due": lambda v: (v.due or date.max, v.row.position),
        "share": lambda v: met_share(v.judged),
        "light": lambda v: (WORST[v.light.id], v.row.position),
    }
    return sorted(views, key=keys[raw.lstrip("-")], reverse=raw.startswith("-"))


def row_filters(board: Board) -> list[Filter]:
    return [
        Filter("q", _("任务和措施中的词"), "text"),
        *plan_filters(board),
        Filter("light", _("状态"), options=[Option(s.id, named(s)) for s in (*LIGHTS, NO_DATA, NONE)]),
        Filter("bound", _("绑定"), options=[Option("yes", _("已绑定规划任务")), Option("no", _("未绑定"))]),
    ]


def light_links(request: PageRequest, lights: Counter[str]) -> list[dict[str, Any]]:
    """How many rows have which light, each a link to them."""
    return [
        {"tag": s, "n": lights[s.id], "href": url_with(request, light=s.id)}
        for s in (*reversed(LIGHTS), NO_DATA, NONE)
        if lights[s.id]
    ]


def rows_table(board: Board, views: Iterable[RowView], empty: Empty) -> Table:
    query = f"?year={board.year_value}"
    rows = []
    for v in views:
        soon = board.rule.soon_days
        rows.append(
            TableRow(
                (
                    v.row.key,
                    Cell(
                        titled(v.row, key=False),
                        href=reverse("row", args=[v.row.key]) + query,
                        sub=v.found or titled_heading(v.row.heading),
                    ),
                    enumerated(v.leads[:3]) + (_(" 等 %(n)s 家") % {"n": len(v.leads)} if len(v.leads) > 3 else ""),
                    Cell(due=Due(v.due, board.day, soon=soon)) if v.due else "",
                    done_cell(v.judged, board.year),
                    Cell(tag=v.light, sub=why(v.judged) if v.judged else ""),
                )
            )
        )
    heads = [
        Column(_("编号"), "key"),
        Column(_("任务"), "title", wide=True),
        Column(_("责任单位")),
        Column(_("最近期限"), "due", numeric=True),
        done_column("share"),
        Column(_("状态和原因"), "light"),
    ]
    return Table(_("规划任务"), heads, rows, empty, stack=True, caption_hidden=True)


def nothing_found(request: PageRequest, board: Board, q: str) -> Empty:
    """Why the list is empty, and the way out that the filters leave."""
    if q:
        text = _("“%(q)s”在现在的条件下没有出现在任务和措施里。用空格隔开的词必须同时出现，可以减少一个词。") % {"q": q}
        return Empty(_("没有找到任务"), text, url_without(request, "q"), _("去掉检索词"))
    return Empty(_("没有符合条件的任务"), _("去掉一部分条件再看。"), reverse("rows"), _("全部任务"))


@page(nav="rows", scope="plan.read")
@names_plan
def rows(request: PageRequest) -> HttpResponse:
    """The rows of the plan within the filters; a cell of the cockpit opens exactly the rows that make it."""
    board = read_board(request)
    if board is None:
        return render(request, "plan/no_plan.html", {"steps": no_plan(request.acting), "crumbs": []})
    views, lights, q = filtered(request, board)
    found = paged(request, views)
    cells = [c for v in views for c in board.cells_of(v.row.key)]
    whole_of = board.judge(cells) if cells else None
    query = url_with(request)
    return render(
        request,
        "plan/rows.html",
        {
            "board": board,
            "crumbs": [(_("驾驶舱"), reverse("cockpit"))],
            "filters": row_filters(board),
            "note": _("共 %(n)s 项任务") % {"n": len(views)},
            "lights": light_links(request, lights),
            "sum": whole_of,
            "sum_light": light_of(whole_of, bool(views)),
            "sum_share": done_of_year(whole_of, board.year) if whole_of else "",
            "sum_gap": board.rule.gap(whole_of.due_n, whole_of.met_n) if whole_of else None,
            "sum_why": why(whole_of) if whole_of else "",
            "table": rows_table(board, found, nothing_found(request, board, q)),
            "page": found,
            "exports": [PageLink(_("导出 Excel"), reverse("rows-export") + query, key="export", download=True)],
            "print_title": _("规划任务清单"),
            "print_facts": print_facts([*board.facts(), (_("检索词"), q)]),
        },
    )


@page(nav="rows", scope="plan.read")
@names_plan
def rows_export(request: PageRequest) -> HttpResponse:
    """All rows of the filters, not only those of the page, and their measures."""
    board = read_board(request)
    if board is None:
        raise Http404(_("还没有规划，没有可以导出的任务"))
    views, _lights, q = filtered(request, board)
    facts = [*board.facts(), *other_facts(request, q)]
    return workbook("rows", request.acting, [rows_sheet(views), measures_sheet(board, views)], facts)


def other_facts(request: PageRequest, q: str) -> list[tuple[str, str]]:
    lights = {s.id: named(s) for s in (*LIGHTS, NO_DATA, NONE)}
    bound = {"yes": _("已绑定规划任务"), "no": _("未绑定")}
    return [
        (_("检索词"), q or _("无")),
        (_("状态"), lights.get(request.GET.get("light", ""), _("全部"))),
        (_("绑定"), bound.get(request.GET.get("bound", ""), _("全部"))),
    ]


def measures_sheet(board: Board, views: Iterable[RowView]) -> spreadsheet.Sheet:
    columns = (
        column("key", "编号", "Key", width=10),
        column("title", "任务", "Row", width=40),
        column("number", "措施序号", "Measure no."),
        column("text", "措施", "Measure", width=90),
    )
    measures = {r.pk: list(r.measures.all()) for r in board.release.rows.prefetch_related("measures")}
    out = [
        {"key": v.row.key, "title": title_of(v.row)[0], "number": str(n), "text": m.text}
        for v in views
        for n, m in enumerate(measures[v.row.pk], 1)
    ]
    return spreadsheet.Sheet(title=_("措施"), columns=columns, rows=out, language=language())
