"""A result set in figures: by year, type, status, applicant, class, district; each a chart, a table, a csv, links."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.patents.queries import collection
from jinzhi.engines import charts
from jinzhi.web.gallery import chart_response
from jinzhi.web.patent_address import Asked, address, asked, facts, library_line
from jinzhi.web.patent_search import FACET, FACETS, Facet, Names, Search, Value, written
from jinzhi.web.shell import page
from jinzhi.web.templatetags.ui import Cell, Column, Empty, Row, Table
from jinzhi.web.views.patent_export import attached, safe

#: values drawn in a chart, and listed on the page; the csv has all
DRAWN, LISTED = 15, 30
#: applications are published up to 18 months after filing (专利法 art. 34), so later years are not complete
UNPUBLISHED = timedelta(days=548)


def incomplete_year(on: date) -> str:
    """The first filing year of which applications may still be unpublished."""
    return str((on - UNPUBLISHED).year)


def drawn(facet: Facet, values: list[Value]) -> list[Value]:
    """What the chart shows: of years all from first to last, of others the most frequent."""
    if not facet.by_value:
        return values[:DRAWN]
    counts = {one.value: one.count for one in values if one.value}
    if not counts:
        return []
    years = range(int(min(counts)), int(max(counts)) + 1)
    return [Value(str(year), str(year), counts.get(str(year), 0)) for year in years]


def chart_of(search: Search, facet: Facet, names: Names, told: Mapping[str, Any]) -> charts.Chart:
    """The chart of a facet over all hits."""
    values = search.values(facet, names)
    shown = drawn(facet, values)
    labels, counts = [one.label for one in shown], [one.count for one in shown]
    unit = _("件")
    title = _("按%(facet)s") % {"facet": facet.label}
    if facet.by_value:
        late = incomplete_year(today())
        incomplete = next((label for label in labels if label >= late), None)
        option = charts.line({unit: counts}, labels, unit=unit, name=str(facet.label), incomplete_from=incomplete)
        said = _("申请量最多的年份是 %(year)s（%(n)s 件）") % _most(shown)
        if incomplete:
            said += _("；%(year)s 年起申请可能还没有公开，阴影部分不完整") % {"year": late}
    else:
        option = charts.bar({unit: counts}, labels, unit=unit, name=str(facet.label), horizontal=True, labels=True)
        said = _("最多的是 %(year)s（%(n)s 件）") % _most(shown)
        if len(values) > len(shown):
            said += _("；图中是前 %(a)s 个，共 %(n)s 个值") % {"a": len(shown), "n": len(values)}
    conclusion = said if shown else _("没有数据")
    return charts.Chart(facet.key, title, option, unit, told["as_of"] or today(), library_line(told), conclusion)


def height_of(facet: Facet, values: list[Value]) -> int:
    """Pixels: horizontal bars keep their labels apart."""
    return 320 if facet.by_value else 60 + 26 * max(4, min(DRAWN, len(values)))


def _most(values: list[Value]) -> dict[str, object]:
    most = max(values, key=lambda one: one.count, default=Value("", "—", 0))
    return {"year": most.label, "n": most.count}


def table_of(request: HttpRequest, search: Search, facet: Facet, names: Names) -> Table:
    """The values with how many documents, each a link to them."""
    values = search.values(facet, names)
    rows = []
    for one in values[:LISTED]:
        href = _documents(request, facet, one)
        share = one.count / search.total if search.total else 0
        rows.append(Row([Cell(one.label, href=href), f"{one.count:,}", f"{share:.1%}"]))
    heads = [Column(facet.label, wide=True), Column(_("件"), numeric=True), Column(_("占比"), numeric=True)]
    return Table(facet.label, heads, rows, Empty(_("没有数据")), caption_hidden=True, tall=len(rows) > 12)


def _documents(request: HttpRequest, facet: Facet, one: Value) -> str:
    query = request.GET.copy()
    for name in ("after", "theme", "narrow"):
        query.pop(name, None)
    if written(one.value) not in query.getlist(facet.key):
        query.setlist(facet.key, [written(one.value)])
    return f"{reverse('patents')}?{query.urlencode()}"


def wanted(request: HttpRequest) -> tuple[Asked, Search | None]:
    """The search of the address; an empty one stands for the whole collection."""
    ask = asked(request)
    if ask.search is None and not ask.text:
        return ask, Search(None)
    return ask, ask.search


@page(nav="patents", scope="plan.read")
@require_GET
def analysis(request: HttpRequest) -> HttpResponse:
    """Every facet of a result set as chart and table."""
    ask, search = wanted(request)
    if search is None:
        return redirect(f"{reverse('patents')}?{request.GET.urlencode()}")
    names = Names(search.hits)
    query = address(request.GET)
    told = collection()
    figures = []
    for facet in (FACET["year"], *(one for one in FACETS if one.key != "year")):
        values = search.values(facet, names)
        figures.append(
            {
                "facet": facet,
                "chart": chart_of(search, facet, names, told),
                "src": reverse("patents-chart", args=[facet.key, "svg"]) + query,
                "data": reverse("patents-chart", args=[facet.key, "json"]) + query,
                "csv": reverse("patents-chart", args=[facet.key, "csv"]) + query,
                "table": table_of(request, search, facet, names),
                "more": max(0, len(values) - LISTED),
                "height": height_of(facet, values),
            }
        )
    context = {
        "ask": ask,
        "search": search,
        "figures": figures,
        "back": f"{reverse('patents')}{query}",
        "facts": facts(ask, names, told) if ask.search else library_line(told),
        "crumbs": [(_("专利检索"), f"{reverse('patents')}{query}")],
        "library": library_line(told),
        "print_title": _("专利分析"),
        "print_facts": facts(ask, names, told),
    }
    return render(request, "patents/analysis.html", context)


@page(nav="patents", scope="plan.read")
@require_GET
def chart(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """The chart of a facet as svg or json; as csv every value, those that are not drawn as well."""
    facet = FACET.get(key)
    if facet is None or kind not in ("svg", "json", "csv"):
        raise Http404
    _ask, search = wanted(request)
    if search is None:
        raise Http404(_("检索式有误"))
    names = Names(search.hits)
    if kind == "csv":
        return attached(as_csv(search, facet, names), "text/csv; charset=utf-8", f"{facet.label}.csv")
    picture = chart_of(search, facet, names, collection())
    return chart_response(request, picture, kind, height=height_of(facet, search.values(facet, names)))


def as_csv(search: Search, facet: Facet, names: Names) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe(facet.label), _("件")])
    writer.writerows([safe(one.label), one.count] for one in search.values(facet, names))
    return ("\ufeff" + out.getvalue()).encode()


urlpatterns = [
    path("patents/analysis/", analysis, name="patents-analysis"),
    path("patents/analysis/<str:key>/<str:kind>/", chart, name="patents-chart"),
]
