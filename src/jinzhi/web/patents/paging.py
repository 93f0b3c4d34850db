"""Pages of a result: where one begins, numbers and sizes, list or table, what a head of the table sorts by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.patents.models import Document, LegalState, Picture
from jinzhi.apps.patents.search.result import Search
from jinzhi.apps.patents.store.pictures import file_of
from jinzhi.standards.cn_terms import term
from jinzhi.web.patents.address import address
from jinzhi.web.shell.listing import choice, whole
from jinzhi.web.shell.requests import PageRequest

#: hits on a page, as offered; the first is what an address without a size means
SIZES = (20, 50, 100)
#: less than so many days are said as days
YEAR = 366
#: pictures that browsers show
SHOWN = ("image/png", "image/jpeg", "image/gif")
#: heads of the table: what stands in the column, and the orders that its head gives, ascending and descending
HEADS = (
    (gettext_lazy("名称和号码"), "pn", "", False),
    (gettext_lazy("申请人"), "pa", "", False),
    (gettext_lazy("申请日"), "ad", "-ad", False),
    (gettext_lazy("公开日"), "pd", "-pd", False),
    (gettext_lazy("状态"), "", "", False),
    (gettext_lazy("届满（推算）"), "", "", False),
    (gettext_lazy("IPC"), "", "", False),
    (gettext_lazy("被引"), "", "", True),
    (gettext_lazy("同族"), "", "", True),
)


@dataclass(frozen=True)
class Numbered:
    """A page by its number (or … for pages left out): its address, and whether it is this one."""

    label: str
    href: str = ""
    current: bool = False


@dataclass(frozen=True)
class Window:
    """The part of a result that a page shows."""

    first: int
    size: int
    before: str
    following: str
    numbers: list[Numbered]
    sizes: list[Numbered]


def window(request: PageRequest, search: Search, size: int) -> Window:
    """The part that an address asks for: by the number of a page, or behind a document (``after``), to any depth.

    A page beyond the end, and a document that is no hit, are a clear 404.
    """
    size = int(choice(request, "size", {str(n) for n in SIZES}) or size)
    total = len(search.shown)
    pages = max(1, -(-total // size))
    after = request.GET.get("after", "").strip()
    if "page" not in request.GET and after:
        at = search.at(after)
        if at is None:
            raise Http404(_("结果中没有 %(n)s：结果可能已变化，请从第一页看起") % {"n": after[:60]})
        first = at + 1
    else:
        page = whole(request, "page", 1) or 1
        if page > pages:
            raise Http404(_("没有第 %(n)s 页：这份清单共 %(all)s 页") % {"n": page, "all": pages})
        first = (page - 1) * size
    here = first // size + 1

    def link(page: int) -> str:
        return address(request.GET, page=page if page > 1 else None)

    if first % size:
        # behind a document: the pages before and after are told by documents, too
        start = max(0, first - size)
        ends = search.numbers_at([start - 1, first + size - 1])
        before = address(request.GET, after=ends.get(start - 1))
        following = address(request.GET, after=ends[first + size - 1]) if first + size < total else ""
    else:
        before = link(here - 1) if here > 1 else ""
        following = link(here + 1) if here < pages else ""
    shown = Paginator(range(total), size).get_elided_page_range(min(here, pages), on_each_side=2, on_ends=1)
    numbers = [
        Numbered(str(n), link(n), n == here and not first % size) if isinstance(n, int) else Numbered(str(n))
        for n in shown
    ]
    sizes = [Numbered(str(n), address(request.GET, size=n if n != SIZES[0] else None), n == size) for n in SIZES]
    return Window(first, size, before, following, numbers if pages > 1 else [], sizes if total > SIZES[0] else [])


@dataclass(frozen=True)
class PagingHead:
    """A head of the table: the address that sorts by it, and how it is sorted now."""

    label: Any
    href: str = ""
    sorted: str = ""
    numeric: bool = False


def heads(request: PageRequest, sort: str) -> list[PagingHead]:
    """The heads in order; one that is sorted by leads to the other direction, if there is one."""
    found = []
    for label, up, down, numeric in HEADS:
        now = "ascending" if up and sort == up else "descending" if down and sort == down else ""
        wanted = (down or up) if now == "ascending" or not now else up
        found.append(PagingHead(label, address(request.GET, sort=wanted) if wanted else "", now, numeric))
    return found


def views(request: PageRequest, current: str) -> list[Numbered]:
    """List and table, each with its address."""
    names = (("", _("列表")), ("table", _("表格")))
    return [Numbered(label, address(request.GET, view=key or None), key == current) for key, label in names]


@dataclass(frozen=True)
class Expiry:
    """The day on which the term of a right that stands is over, computed by law, and how long that is from a day."""

    ends: date
    left: str


def expiry(row: Document, day: date) -> Expiry | None:
    """None for what is not granted, has ended already, or whose term is not known here."""
    limit = term(row.country, row.type, row.filed)
    if (
        limit is None
        or not row.granted
        or row.state not in (LegalState.IN_FORCE, LegalState.UNCONFIRMED)
        or limit.ends <= day
    ):
        return None
    days = (limit.ends - day).days
    if days < YEAR:
        return Expiry(limit.ends, _("剩 %(n)s 天") % {"n": days})
    return Expiry(limit.ends, _("剩 %(n)s 年") % {"n": f"{days / 365.25:.1f}"})


def drawings(rows: Sequence[Document]) -> Mapping[int, Picture]:
    """By document the picture that stands for it: that of the abstract, else the first that browsers show."""
    kept: dict[int, list[Picture]] = {}
    wanted = Picture.objects.filter(document__in=[row.pk for row in rows], media_type__in=SHOWN)
    for one in wanted.order_by("document", "position"):
        kept.setdefault(one.document_id, []).append(one)
    found = {}
    for row in rows:
        if row.pk in kept:
            chosen = {file_of(d.file) for d in row.content.drawings if d.abstract}
            ours = kept[row.pk]
            found[row.pk] = next((one for one in ours if file_of(one.name) in chosen), ours[0])
    return found
