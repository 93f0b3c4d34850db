"""Patents: the search page with what the query means, and what is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from jinzhi.apps.patents.documents import index_docs
from jinzhi.apps.patents.index import subgroups
from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.queries import collection
from jinzhi.engines.query_language.echo import Echo, echo
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.web.patent_address import address, asked, facts, joined, library_line, query_string, state_tag
from jinzhi.web.patent_marks import Marked, alternatives
from jinzhi.web.patent_search import (
    FACETS,
    OFFERED,
    PAGE,
    Chosen,
    Facet,
    Line,
    Names,
    Search,
    Value,
    written,
)
from jinzhi.web.shell import english, page
from jinzhi.web.templatetags.ui import Link, Tag
from jinzhi.web.views import patent_analysis, patent_export, patent_page, patent_tools

#: what an empty box offers: a query and what it shows
EXAMPLES = (
    ("电池 AND 管理", gettext_lazy("两个词都出现；不写字段时查名称、摘要、权利要求")),
    ("ti=(电池 OR 电芯) NOT 回收", gettext_lazy("名称含其一，且任何一项都不含“回收”")),
    ("电池 (6D) 管理", gettext_lazy("两词不分先后，其间最多 6 个字")),
    ("ipc=H01M AND pd=[2024 TO 2026]", gettext_lazy("分类与公开日范围")),
    ('pa="大学" AND nclm>=2', gettext_lazy("申请人名称含“大学”，权利要求不少于 2 项")),
    ("锂*电池", gettext_lazy("* 代表同一串汉字中的任意多个字")),
)


# --- facets and conditions ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A value of a facet on the page: links that ask for it, leave it out, or take the condition back."""

    value: Value
    chosen: bool
    href: str
    without: str


@dataclass(frozen=True)
class Group:
    """A facet on the page. ``more``: how many of its values are not shown here."""

    facet: Facet
    choices: list[Choice]
    more: int


def groups(request: HttpRequest, search: Search, names: Names) -> list[Group]:
    """Every facet with its most frequent values, and those chosen whatever their count."""
    found = []
    picked = {(one.facet.key, one.value) for one in search.chosen if not one.without}
    for facet in FACETS:
        values = search.values(facet, names)
        shown = values[:OFFERED]
        shown += [v for v in values[OFFERED:] if (facet.key, v.value) in picked]
        choices = []
        for value in shown:
            is_chosen = (facet.key, value.value) in picked
            include = _toggled(request.GET, facet.key, written(value.value))
            exclude = _toggled(request.GET, f"not_{facet.key}", written(value.value))
            choices.append(Choice(value, is_chosen, include, exclude))
        found.append(Group(facet, choices, len(values) - len(shown)))
    return found


def _toggled(query: QueryDict, name: str, value: str) -> str:
    copy = query.copy()
    copy.pop("after", None)
    values = copy.getlist(name)
    copy.setlist(name, [v for v in values if v != value] if value in values else [*values, value])
    return f"?{copy.urlencode()}"


def chips(request: HttpRequest, chosen: Sequence[Chosen], names: Names) -> list[dict[str, Any]]:
    """The conditions as chips, each with the address without it."""
    found = []
    for one in chosen:
        prefix = f"{one.facet.label} {_('排除')}" if one.without else one.facet.label
        href = _toggled(request.GET, one.name, written(one.value))
        found.append({"prefix": prefix, "label": names.of(one.facet.key, one.value), "href": href})
    return found


# --- hits -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hit:
    """A document on the result page."""

    row: Document
    place: int
    title: SafeString
    applicants: SafeString | str
    excerpts: list[tuple[str, SafeString]]
    state: Tag
    district: str
    href: str


def excerpts_of(marked: Marked) -> list[tuple[str, SafeString]]:
    """The abstract around its hits, or the first claim or part with hits where it has none."""
    texts = marked.record.doc.text
    found: list[tuple[str, SafeString]] = []
    abstract = texts.get("ab", ())
    if abstract:
        at = min(marked.pieces("ab"), default=0)
        found.append(("", marked.excerpt("ab", at, abstract[at])))
    for code, label in (("clm", _("权利要求")), ("desc_f", _("说明书")), ("desc_b", _("说明书")),
                        ("desc_s", _("说明书")), ("desc_e", _("说明书")), ("desc_d", _("说明书")),
                        ("desc", _("说明书"))):  # fmt: skip
        if marked.has(code) and not (found and marked.has("ab")):
            at = min(marked.pieces(code))
            found.append((label, marked.excerpt(code, at, texts[code][at])))
            break
    return found


def hits_of(search: Search, lines: Sequence[Line], first: int, names: Names, suffix: str) -> list[Hit]:
    """The hits of a page; a few statements read them."""
    rows = Document.objects.in_bulk([line.id for line in lines])
    ordered = [rows[line.id] for line in lines]
    found = []
    for place, (row, doc) in enumerate(zip(ordered, index_docs(ordered), strict=True), first):
        marked = Marked(doc, search.plan)
        titles = marked.record.doc.text.get("ti", ())
        at = titles.index(row.title) if row.title in titles else -1
        people = marked.record.doc.keys.get("pa", ())
        found.append(
            Hit(
                row,
                place,
                marked.show("ti", at, row.title) if at >= 0 else SafeString(""),
                joined(marked, "pa", people),
                excerpts_of(marked),
                state_tag(row),
                names.district(row.district),
                reverse("patent", args=[row.number]) + suffix,
            )
        )
    return found


def window(request: HttpRequest, search: Search) -> tuple[int, str, str]:
    """(first, address of the page before, of the page after): cursors are numbers of documents, to any depth."""
    after = request.GET.get("after", "").strip()
    first = 0
    if after:
        at = search.at(after)
        if at is None:
            raise Http404(_("结果中没有 %(n)s：结果可能已变化，请从第一页看起") % {"n": after[:60]})
        first = at + 1
    before = ""
    if first > 0:
        start = max(0, first - PAGE)
        before = address(request.GET, after=search.hits[start - 1].number if start else None)
    following = address(request.GET, after=search.hits[first + PAGE - 1].number) if first + PAGE < search.total else ""
    return first, before, following


# --- the page -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A clause of the query with how many documents it finds by itself."""

    native: str
    words: str
    count: int
    href: str


def parts_of(told: Echo, search: Search) -> list[Part]:
    """The clauses where there are several."""
    if len(told.clauses) < 2:
        return []
    return [
        Part(c.native, c.en if english() else c.zh, search.count(c.node, ()), query_string(c.native, ()))
        for c in told.clauses
    ]


@dataclass(frozen=True)
class Variant:
    """What would be found with one part left out."""

    left_out: str
    count: int
    href: str


def variants_of(search: Search, names: Names) -> list[Variant]:
    """Variants that find something, most first."""
    found = []
    for node, chosen, left_out, count in search.variants():
        if not count:
            continue
        gone = [one for one in search.chosen if one not in chosen]
        if gone:
            left_out = f"{gone[0].facet.label}：{names.of(gone[0].facet.key, gone[0].value)}"
        href = query_string(unparse(node) if node is not None else "", chosen)
        found.append(Variant(left_out, count, href))
    return sorted(found, key=lambda one: -one.count)


def exports(request: HttpRequest) -> list[Link]:
    """The files of all hits."""
    query = address(request.GET)
    kinds = (("xlsx", "Excel", "export"), ("csv", "CSV", ""), ("ris", "RIS", ""))
    return [
        Link(f"{_('全部命中')} {label}", reverse("patents-export", args=[kind]) + query, key, download=True)
        for kind, label, key in kinds
    ]


@page(nav="patents", scope="plan.read")
@require_GET
def patents(request: HttpRequest) -> HttpResponse:
    """The search page. Everything it shows follows from its address."""
    ask = asked(request)
    search = ask.search
    told = collection()
    understood = echo(ask.query, subgroups) if ask.query else None
    names = Names(search.hits if search else ())
    context: dict[str, Any] = {
        "ask": ask,
        "search": search,
        "echo": understood,
        "understood": (understood.en if english() else understood.zh) if understood else "",
        "notices": [n.en if english() else n.zh for n in understood.notices] if understood else [],
        "examples": [(text, what, query_string(text, ())) for text, what in EXAMPLES],
        "told": told,
        "library": library_line(told),
        "print_title": _("专利检索"),
        "links": [
            (reverse("patents-form"), _("表格检索")),
            (reverse("patents-numbers"), _("号码批量检索")),
            (reverse("patents-fields"), _("检索式说明")),
        ],
        "print_facts": facts(ask, names, told),
        "confirm": address(request.GET, all=1),
        "everything": address(QueryDict(), all=1),
        "kept": [(name, value) for name, value in _kept(request.GET) if name not in ("q", "sort")],
    }
    if search is not None:
        first, before, following = window(request, search)
        lines = search.hits[first : first + PAGE]
        suffix = address(request.GET)
        context |= {
            "hits": hits_of(search, lines, first + 1, names, suffix),
            "first": first + 1,
            "last": first + len(lines),
            "before": before,
            "following": following,
            "start": address(request.GET) if first else "",
            "groups": groups(request, search, names),
            "chips": chips(request, search.chosen, names),
            "clear": query_string(ask.text, (), request.GET.get("sort", "")),
            "sorts": [(key, label, key == search.sort) for key, label in search.sorts],
            "parts": parts_of(understood, search) if understood else [],
            "legend": alternatives(search.plan) if search.plan else [],
            "exports": exports(request) if search.total else [],
            "analysis": reverse("patents-analysis") + address(request.GET) if search.total else "",
            "behind": search.library.behind,
            "variants": variants_of(search, names) if not search.total else [],
        }
    return render(request, "patents/search.html", context)


def _kept(query: QueryDict) -> Iterator[tuple[str, str]]:
    """What an address holds beside where one is in it: the search form hands conditions on, chips take them away."""
    for name in query:
        if name not in ("after", "from", "all"):
            for value in query.getlist(name):
                yield name, value


urlpatterns = [
    path("patents/", patents, name="patents"),
    *patent_analysis.urlpatterns,
    *patent_export.urlpatterns,
    *patent_tools.urlpatterns,
    # last: it takes every other name as a number
    *patent_page.urlpatterns,
]
