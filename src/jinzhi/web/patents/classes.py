"""Classes: the scheme by its dots, Chinese and English, each with what ``ipc=`` and ``ipclow=`` find."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from jinzhi.apps.patents.classes.tree import ClassPlace, Level, browse, editions, find_titles, outside
from jinzhi.apps.patents.models import ClassSymbol
from jinzhi.apps.patents.search.index import NoIndex
from jinzhi.apps.patents.search.subclasses import Holders, holders
from jinzhi.apps.patents.store.queries import collection
from jinzhi.web.patents.address import library_line, query_string
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.language import in_page_order, other_language, speak
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

#: schemes: name, what finds a class, what finds it with all below (empty: the first does)
SCHEMES = {
    "ipc": (gettext_lazy("国际专利分类 IPC"), "ipc", "ipclow"),
    "loc": (gettext_lazy("洛迦诺分类（外观设计）"), "loc", ""),
    "cpc": (gettext_lazy("联合专利分类 CPC"), "cpc", ""),
}
#: what loads a table: Locarno has no reader
LOAD = {scheme: f"jinzhi patents classes FILE --scheme {scheme} --edition 2026.01" for scheme in ("ipc", "cpc")}


def here(scheme: str, **more: str) -> str:
    """The address of the browser."""
    said = {"scheme": scheme, **more} if scheme != "ipc" else more
    return reverse("patents-classes") + (f"?{urlencode(said)}" if said else "")


def search_of(field: str, symbol: str) -> str:
    return reverse("patents") + query_string(f"{field}={symbol}", ())


def titles(place: ClassPlace | ClassSymbol) -> Cell:
    """A class's title in the language of the page, the other one below it."""
    first, second = in_page_order(place)
    return Cell(first or second or "—", sub=second if first else "")


def counted(field: str, symbol: str, count: int) -> Cell | str:
    return Cell(f"{count:,}", href=search_of(field, symbol)) if count else "0"


def heads(scheme: str, below: bool) -> list[Column]:
    _name, exact, low = SCHEMES[scheme]
    found = [Column(_("分类号")), Column(_("名称"), wide=True), Column(f"{exact}=", numeric=True)]
    if below and low:
        found.append(Column(f"{low}=", numeric=True, help=_("含分类表中全部下位")))
    return found


def row_of(place: ClassPlace, scheme: str, known: Holders, below: bool) -> TableRow:
    _name, exact, low = SCHEMES[scheme]
    dots = "．" * (place.dots or 0)
    first = Cell(place.symbol, href="" if place.leaf else here(scheme, at=place.symbol), sub=dots)
    cells: list[Any] = [first, titles(place), counted(exact, place.symbol, known.begins(place.symbol))]
    if below and low:
        cells.append(counted(low, place.symbol, known.within(place.inside)))
    return TableRow(cells)


@page(nav="patents", scope="plan.read")
@require_GET
def index(request: PageRequest) -> HttpResponse:
    """A level of the tree, or the classes whose titles have some words."""
    scheme = choice(request, "scheme", SCHEMES, "ipc")
    asked = request.GET.get("q", "").strip()
    at = request.GET.get("at", "").strip()
    context: dict[str, Any] = {"unready": ""}
    try:
        known = holders(scheme)
    except NoIndex as error:
        known, context["unready"] = Holders({}), speak(error)
    loaded = bool(editions(scheme))
    context |= _matches(request, scheme, asked, known) if asked else _level(scheme, at, known)
    context |= {
        "q": asked,
        "scheme": scheme,
        "name": SCHEMES[scheme][0],
        "schemes": [PageLink(name, here(key), current=key == scheme) for key, (name, *_rest) in SCHEMES.items()],
        "loaded": loaded,
        "other": other_language(),
        "load": LOAD.get(scheme, ""),
        "library": library_line(collection()),
        "print_title": SCHEMES[scheme][0],
    }
    return render(request, "patents/classes.html", context)


def _level(scheme: str, at: str, known: Holders) -> dict[str, Any]:
    level = browse(at, scheme=scheme, used=known.symbols)
    if level is None:
        raise Http404(_("分类表中没有 %(symbol)s") % {"symbol": at[:40]})
    rows = [row_of(place, scheme, known, level.loaded) for place in level.below]
    empty = Empty(_("没有下位分类") if at else _("库中的文献没有这种分类号"))
    return {
        "edition": level.edition,
        "outside": len(outside(known.symbols, scheme)) if level.loaded and not at else 0,
        "here": level.above[-1] if level.above else None,
        "path": [(place, titles(place)) for place in level.above],
        "table": Table(
            _("下位分类"), heads(scheme, level.loaded), rows, empty, stack=True, caption_hidden=True
        ),
        "own": _own(scheme, level, known),
        "crumbs": [
            (_("专利检索"), reverse("patents")),
            *([(_("分类"), here(scheme))] if at else []),
            *((place.symbol, here(scheme, at=place.symbol)) for place in level.above[:-1]),
        ],
    }  # fmt: skip


def _own(scheme: str, level: Level, known: Holders) -> list[tuple[str, str, int]]:
    """The queries that ask for the class itself: text, address, count."""
    if not level.above:
        return []
    place, (_name, exact, low) = level.above[-1], SCHEMES[scheme]
    found = [(f"{exact}={place.symbol}", search_of(exact, place.symbol), known.begins(place.symbol))]
    if low and level.loaded:
        found.append((f"{low}={place.symbol}", search_of(low, place.symbol), known.within(place.inside)))
    return found


def _matches(request: PageRequest, scheme: str, asked: str, known: Holders) -> dict[str, Any]:
    matches = find_titles(asked, scheme=scheme)
    shown = paged(request, matches)
    _name, exact, _low = SCHEMES[scheme]
    rows = [
        TableRow(
            [
                Cell(one.symbol, href=here(scheme, at=one.symbol), sub="．" * (one.dots or 0)),
                titles(one),
                counted(exact, one.symbol, known.begins(one.symbol)),
            ]
        )
        for one in shown.object_list
    ]
    if editions(scheme):
        empty = Empty(_("没有名称含“%(q)s”的分类") % {"q": asked}, "", here(scheme), _("从头浏览"))
    else:
        empty = Empty(_("没有装入分类表，不能按名称查找"), "", here(scheme), _("从头浏览"))
    return {
        "table": Table(_("找到的分类"), heads(scheme, False), rows, empty, stack=True, caption_hidden=True),
        "page": shown,
        "total": shown.paginator.count,
        "crumbs": [(_("专利检索"), reverse("patents")), (_("分类"), here(scheme))],
    }


urlpatterns = [path("patents/classes/", index, name="patents-classes")]
