"""A result set in figures: each a chart, a table, a csv, and links to its documents."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.patents.search.result import Search
from jinzhi.apps.patents.store.queries import collection
from jinzhi.engines.large_table import as_csv
from jinzhi.web.patents.address import AskedQuery, address, facts, library_line, read_address
from jinzhi.web.patents.export import streamed
from jinzhi.web.patents.figures import LISTED, TITLES, Counted, Figures, PatentFigure, lines
from jinzhi.web.patents.words import FacetWords
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.gallery import chart_response
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow


def linked(one: Counted | None, text: str = "") -> Cell | str:
    """A count that leads to its documents."""
    if one is None:
        return "—"
    return Cell(text or f"{one.count:,}", href=f"{reverse('patents')}{one.query}")


def table_of(figure: PatentFigure, total: int) -> Table:
    """The rows with how many documents, each a link to them."""
    rows = []
    for one in figure.rows[:LISTED]:
        first = Cell(one.labels[0], href=f"{reverse('patents')}{one.query}", sub=one.sub)
        share = one.count / total if total else 0
        rows.append(TableRow([first, *one.labels[1:], f"{one.count:,}", f"{share:.1%}"]))
    heads = [*(Column(head, wide=n == 0) for n, head in enumerate(figure.heads)),
             Column(_("件"), numeric=True), Column(_("占比"), numeric=True)]  # fmt: skip
    return Table(figure.title, heads, rows, Empty(_("没有数据")), caption_hidden=True, tall=len(rows) > 12)


def cross_of(figure: PatentFigure) -> Table | None:
    """The cells of a figure across, each a link to its documents."""
    if figure.cross is None or not figure.cross[1]:
        return None
    columns, rows = figure.cross
    heads = [Column(figure.heads[0]), *(Column(name, numeric=True) for name in columns)]
    body = [TableRow([label, *(linked(cell) for cell in cells)]) for label, cells in rows]
    return Table(figure.title, heads, body, caption_hidden=True)


def wanted(request: PageRequest) -> tuple[AskedQuery, Search | None]:
    """The search of the address; an empty one stands for the whole collection."""
    ask = read_address(request)
    if ask.search is None and not ask.text:
        return ask, Search(None)
    return ask, ask.search


def figures_of(request: PageRequest, search: Search) -> Figures:
    variants = choice(request, "variants", {"on", "off"}) != "off"
    return Figures(search, request.GET, FacetWords(), today(), variants=variants)


def shown(figure: PatentFigure, query: str, total: int, told: dict[str, Any]) -> dict[str, Any]:
    """A figure as the page has it."""
    return {
        "figure": figure,
        "chart": figure.chart(told["as_of"] or today(), library_line(told)),
        "src": reverse("patents-chart", args=[figure.key, "svg"]) + query,
        "data": reverse("patents-chart", args=[figure.key, "json"]) + query,
        "csv": reverse("patents-chart", args=[figure.key, "csv"]) + query,
        "table": table_of(figure, total),
        "cross": cross_of(figure),
        "wide": figure.cross is not None,
    }


@page(nav="patents", scope="plan.read")
@require_GET
def analysis(request: PageRequest) -> HttpResponse:
    """Every figure of a result set."""
    ask, search = wanted(request)
    if search is None:
        return redirect(f"{reverse('patents')}?{request.GET.urlencode()}")
    figures = figures_of(request, search)
    query = address(request.GET)
    told = collection()
    back = f"{reverse('patents')}{address(request.GET, variants=None)}"
    context = {
        "ask": ask,
        "search": search,
        "figures": [shown(figures.get(key), query, search.total, told) for key in figures.keys],
        "contents": [(f"#{key}", TITLES[key]) for key in figures.keys],
        "variants": [
            PageLink(_("合并异名"), address(request.GET, variants=None) + "#pa", current=figures.variants),
            PageLink(_("按印本名称"), address(request.GET, variants="off") + "#pa", current=not figures.variants),
        ],
        "back": back,
        "report": reverse("patents-export", args=["docx"]) + address(request.GET, variants=None)
        if ask.search is not None and search.total
        else "",
        "facts": facts(ask, figures.names, told) if ask.search else library_line(told),
        "crumbs": [(_("专利检索"), back)],
        "library": library_line(told),
        "print_title": _("专利分析"),
        "print_facts": facts(ask, figures.names, told),
    }
    return render(request, "patents/analysis.html", context)


@page(nav="patents", scope="plan.read")
@require_GET
def chart(request: PageRequest, key: str, kind: str) -> HttpResponseBase:
    """A figure as svg or json; as csv every row, those that are not drawn as well."""
    if key not in TITLES or kind not in ("svg", "json", "csv"):
        raise Http404
    _ask, search = wanted(request)
    if search is None:
        raise Http404(_("检索式有误"))
    figure = figures_of(request, search).get(key)
    if kind == "csv":
        heads = [*figure.heads, _("件"), *([_("说明")] if any(row.sub for row in figure.rows) else [])]
        return streamed(as_csv(heads, lines(figure)), "text/csv; charset=utf-8", f"{figure.title}.csv")
    told = collection()
    picture = figure.chart(told["as_of"] or today(), library_line(told))
    return chart_response(request, picture, kind, height=figure.height)


urlpatterns = [
    path("patents/analysis/", analysis, name="patents-analysis"),
    path("patents/analysis/<str:key>/<str:kind>/", chart, name="patents-chart"),
]
