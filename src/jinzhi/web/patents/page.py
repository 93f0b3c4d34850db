"""Patents: the search page with what the query means, and what is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.patents.models import Document, Picture
from jinzhi.apps.patents.search import stopping
from jinzhi.apps.patents.search.facets import FACETS, Chosen, Facet, written
from jinzhi.apps.patents.search.index import subgroups
from jinzhi.apps.patents.search.result import CountedValue, Search
from jinzhi.apps.patents.store.documents import index_docs
from jinzhi.apps.patents.store.queries import collection
from jinzhi.engines.patience import Stopped, Ticket, within
from jinzhi.engines.query_language.echo import VARIANTS, Echo, echo
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.web.patents import analysis as patent_analysis
from jinzhi.web.patents import applicants as patent_applicants
from jinzhi.web.patents import classes as patent_classes
from jinzhi.web.patents import compare as patent_compare
from jinzhi.web.patents import complete as patent_complete
from jinzhi.web.patents import document as patent_page
from jinzhi.web.patents import export as patent_export
from jinzhi.web.patents import similar as patent_similar
from jinzhi.web.patents import tools as patent_tools
from jinzhi.web.patents.address import (
    PICKS,
    AskedQuery,
    address,
    facts,
    joined,
    library_line,
    picked,
    query_string,
    read_address,
    state_tag,
)
from jinzhi.web.patents.desk import dialects, strip_of, with_history
from jinzhi.web.patents.marks import Marked, alternatives
from jinzhi.web.patents.names import used
from jinzhi.web.patents.paging import Expiry, drawings, expiry, heads, views, window
from jinzhi.web.patents.preview import Preview, preview_of
from jinzhi.web.patents.words import OFFERED, PAGE, FacetWords, facet_label, orders_of, sources_now
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.language import labelled, speak
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Column, Table, TableRow

#: seconds after which a page says that the search goes on, and after which the search is given up
SOON, LONG = 1.0, 60.0
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
class FacetChoice:
    """A value of a facet on the page: links that ask for it, leave it out, or take the condition back."""

    value: CountedValue
    chosen: bool
    href: str
    without: str


@dataclass(frozen=True)
class FacetGroup:
    """A facet on the page. ``more``: how many of its values are not shown here."""

    facet: Facet
    choices: list[FacetChoice]
    more: int

    @property
    def label(self) -> str:
        return facet_label(self.facet)


def groups(request: PageRequest, search: Search, names: FacetWords) -> list[FacetGroup]:
    """Every facet with its most frequent values, and those chosen whatever their count."""
    found = []
    picked = {(one.facet.key, one.value) for one in search.chosen if not one.without}
    for facet in FACETS:
        shown = search.first(facet, names, OFFERED, {value for key, value in picked if key == facet.key})
        choices = []
        for value in shown:
            is_chosen = (facet.key, value.value) in picked
            include = _toggled(request.GET, facet.key, written(value.value))
            exclude = _toggled(request.GET, f"not_{facet.key}", written(value.value))
            choices.append(FacetChoice(value, is_chosen, include, exclude))
        found.append(FacetGroup(facet, choices, len(search.counted(facet)) - len(shown)))
    return found


def _toggled(query: QueryDict, name: str, value: str) -> str:
    copy = query.copy()
    for gone in ("after", "page", "doc"):
        copy.pop(gone, None)
    values = copy.getlist(name)
    copy.setlist(name, [v for v in values if v != value] if value in values else [*values, value])
    return f"?{copy.urlencode()}"


def chips(request: PageRequest, chosen: Sequence[Chosen], names: FacetWords) -> list[dict[str, Any]]:
    """The conditions as chips, each with the address without it."""
    found = []
    for one in chosen:
        label = facet_label(one.facet)
        prefix = f"{label} {_('排除')}" if one.without else label
        href = _toggled(request.GET, one.name, written(one.value))
        found.append({"prefix": prefix, "label": names.condition(one), "href": href})
    return found


# --- hits -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PatentHit:
    """A document on the result page. ``kin``: the other hits of its simple family, where families are folded."""

    row: Document
    place: int
    title: SafeString
    applicants: SafeString | str
    excerpts: list[tuple[str, SafeString]]
    state: Tag
    district: str
    href: str
    preview: str
    similar: str
    picked: bool
    cited: int
    family: int
    kin: list[PageLink]
    #: the address of the drawing that stands for it; none where there is none
    drawing: str
    expiry: Expiry | None


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


def kin_of(search: Search, ids: Sequence[int], suffix: str) -> dict[int, list[PageLink]]:
    """For each family shown by one document its other hits; one statement reads their titles."""
    if not search.folded:
        return {}
    kin = search.kin(ids)
    rows = Document.objects.filter(pk__in=[other for others in kin.values() for other in others])
    links = {
        pk: PageLink(f"{number} {title}", reverse("patent", args=[number]) + suffix)
        for pk, number, title in rows.values_list("pk", "number", "title")
    }
    return {pk: [links[other] for other in others] for pk, others in kin.items()}


def hits_of(request: PageRequest, search: Search, ids: Sequence[int], first: int, names: FacetWords) -> list[PatentHit]:
    """The hits of a page; a few statements read them."""
    suffix = address(request.GET)
    chosen = set(picked(request.GET))
    rows = Document.objects.in_bulk(ids)
    ordered = [rows[pk] for pk in ids]
    kin = kin_of(search, ids, suffix)
    pictures, day = drawings(ordered), today()
    found = []
    for place, (row, doc) in enumerate(zip(ordered, index_docs(ordered), strict=True), first):
        marked = Marked(doc, search.plan)
        titles = marked.record.doc.text.get("ti", ())
        at = titles.index(row.title) if row.title in titles else -1
        people = marked.record.doc.keys.get("pa", ())
        counts = marked.record.doc.numbers
        found.append(
            PatentHit(
                row,
                place,
                marked.show("ti", at, row.title) if at >= 0 else SafeString(""),
                joined(marked, "pa", people),
                excerpts_of(marked),
                state_tag(row),
                names.district(row.district),
                reverse("patent", args=[row.number]) + suffix,
                _previewed(request.GET, row.number),
                f"{reverse('patents-similar')}?to={row.number}",
                row.number in chosen,
                counts.get("nfwd", 0),
                counts.get("nfam", 1),
                kin.get(row.pk, []),
                drawing_address(row, pictures.get(row.pk)),
                expiry(row, day),
            )
        )
    return found


def drawing_address(row: Document, picture: Picture | None) -> str:
    """Where the drawing of a document is; the digest in it lets browsers keep it."""
    if picture is None:
        return ""
    return f"{reverse('patent-drawing', args=[row.number, picture.position])}?v={picture.sha256[:16]}"


def _previewed(query: QueryDict, number: str) -> str:
    """The address of the page with this hit in the preview."""
    copy = query.copy()
    copy["doc"] = number
    return f"?{copy.urlencode()}#preview"


# --- the page -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QueryPart:
    """A clause of the query with how many documents it finds by itself."""

    native: str
    words: str
    count: int
    href: str


def parts_of(told: Echo, search: Search) -> list[QueryPart]:
    """The clauses where there are several."""
    if len(told.clauses) < 2:
        return []
    return [QueryPart(c.native, speak(c), search.count(c.node, ()), query_string(c.native, ())) for c in told.clauses]


@dataclass(frozen=True)
class LessAsked:
    """What would be found with one part left out."""

    left_out: str
    count: int
    href: str


@dataclass(frozen=True)
class QueryNote:
    """A notice on the page; ``href``: the search that does what the notice names instead, if there is one."""

    words: str
    href: str = ""


def notices_of(request: PageRequest, ask: AskedQuery, understood: Echo | None) -> list[QueryNote]:
    """What the searcher should know about how the query was read."""
    as_written = address(request.GET, q=f"({ask.text})/asis", dialect=None)
    return [
        QueryNote(speak(one), as_written if one.kind == VARIANTS else "")
        for one in (understood.notices if understood else ())
    ]


def variants_of(search: Search, names: FacetWords) -> list[LessAsked]:
    """Variants that find something, most first."""
    found = []
    for less in search.variants():
        if not less.count:
            continue
        gone = less.left_out
        left_out = labelled(facet_label(gone.facet), names.condition(gone)) if isinstance(gone, Chosen) else gone
        href = query_string(unparse(less.root) if less.root is not None else "", less.chosen)
        found.append(LessAsked(left_out, less.count, href))
    return sorted(found, key=lambda one: -one.count)


def exports(request: PageRequest) -> list[PageLink]:
    """The files of all hits."""
    query = address(request.GET, pick=None, fold=None)
    links = [
        PageLink(f"{_('全部命中')} {form.label}", reverse("patents-export", args=[kind]) + query, download=True)
        for kind, form in patent_export.FORMS.items()
    ]
    return [*links, PageLink(_("导出说明"), reverse("patents-exports") + query, "export")]


def sources_table() -> Table:
    """As of when each source stands: its last complete issue, the newest day it speaks of, what is open or lacks."""
    rows = []
    for one in sources_now():
        open_items = _("有 %(n)s 个文件没有导入完") % {"n": one.unfinished} if one.unfinished else ""
        lacking = _("缺约 %(n)s 期") % {"n": sum(g.issues for g in one.gaps)} if one.gaps else ""
        demo = _("演示数据") if one.demo else ""
        note = "；".join(x for x in (demo, open_items, lacking) if x)
        rows.append(
            TableRow(
                [one.source, _day(one.last_complete), _day(one.as_of), f"{one.documents:,}", f"{one.events:,}", note]
            )
        )
    heads = [
        Column(_("来源")), Column(_("最后完整一期")), Column(_("最新日期")), Column(_("文献"), numeric=True),
        Column(_("法律状态公告"), numeric=True), Column(_("说明"), wide=True),
    ]  # fmt: skip
    return Table(_("各来源截至"), heads, rows, stack=True, caption_hidden=True)


def _day(day: date | None) -> str:
    return day.isoformat() if day else "—"


def _preview(request: PageRequest, search: Search) -> Preview | None:
    """The hit that the address names for the preview; one that is no hit is a clear 404."""
    number = request.GET.get("doc", "").strip()
    if not number:
        return None
    if search.at(number) is None:
        raise Http404(_("结果中没有 %(n)s：结果可能已变化，请从第一页看起") % {"n": number[:60]})
    return preview_of(number, search, address(request.GET))


@with_history
@page(nav="patents", scope="plan.read")
@require_GET
def patents(request: PageRequest) -> HttpResponse:
    """The search page. Everything it shows follows from its address.

    A search that is not done soon is answered by a page that says so and goes on with more patience: by itself where
    there is a script, which can also stop it; else behind a link.
    """
    name = request.headers.get("X-Ticket", "")
    long = bool(name) or choice(request, "wait", {"1"}) == "1"
    try:
        with within(stopping.ticket(name, LONG) if name else Ticket(LONG if long else SOON)):
            context = values_of(request)
    except ValueError as error:
        raise BadRequest("X-Ticket") from error
    except Stopped as stopped:
        context = unfinished(request, stopped, long)
    finally:
        if name and stopping.NAME.fullmatch(name):
            stopping.done(name)
    wrong = context["ask"].wrong
    return render(request, "patents/search.html", context, status=503 if wrong and wrong.unready else 200)


def unfinished(request: PageRequest, stopped: Stopped, long: bool) -> dict[str, Any]:
    """The page of a search that has no answer yet, or was given up."""
    told = collection()
    text = request.GET.get("q", "").strip()
    return {
        "ask": AskedQuery(text, None, None),
        "dialects": dialects(request, request.GET.get("dialect", "")),
        "strip": strip_of(request, None, text, None),
        "told": told,
        "library": library_line(told),
        "print_title": _("专利检索"),
        "links": links(),
        "kept": [(name, value) for name, value in _kept(request.GET) if name not in ("q", "sort", "dialect")],
        "sources": sources_table(),
        "slow": {
            "asked": stopped.asked,
            "over": long and not stopped.asked,
            "soon": SOON,
            "most": LONG,
            "go_on": address(request.GET, wait=1),
            "again": address(request.GET, wait=None),
            "ticket": stopping.new_name(),
        },
    }


@page(nav="patents", scope="plan.read", reads=True)
@require_POST
def stop(request: PageRequest) -> HttpResponse:
    """Ask a search that somebody waits for to stop; what it is called only they know."""
    try:
        stopping.stop(request.POST.get("ticket", ""))
    except ValueError as error:
        raise BadRequest("ticket") from error
    return HttpResponse(status=204)


def links() -> list[tuple[str, str]]:
    """What stands below the box: other ways to ask."""
    return [
        (reverse("patents-form"), _("表格检索")),
        (reverse("patents-numbers"), _("号码批量检索")),
        (reverse("patents-similar"), _("相似检索")),
        (reverse("patents-classes"), _("分类")),
        (reverse("patents-applicants"), _("申请人")),
        (reverse("patents-fields"), _("检索式说明")),
    ]


def values_of(request: PageRequest) -> dict[str, Any]:
    """What the search page shows."""
    ask = read_address(request)
    search = ask.search
    told = collection()
    understood = echo(ask.query, subgroups) if ask.query else None
    names = FacetWords()
    context: dict[str, Any] = {
        "ask": ask,
        "search": search,
        "echo": understood,
        "understood": speak(understood) if understood else "",
        "notices": notices_of(request, ask, understood),
        "examples": [(text, what, query_string(text, ())) for text, what in EXAMPLES],
        "told": told,
        "library": library_line(told),
        "print_title": _("专利检索"),
        "links": links(),
        "print_facts": facts(ask, names, told),
        "confirm": address(request.GET, all=1),
        "everything": address(QueryDict(), all=1),
        "kept": [(name, value) for name, value in _kept(request.GET) if name not in ("q", "sort", "dialect")],
        "sources": sources_table(),
        "dialects": dialects(request, ask.dialect),
        "strip": strip_of(
            request, ask.query, ask.text, len(search.matching) if search else None, ask.typed, ask.dialect
        ),
    }
    if search is not None:
        part = window(request, search, PAGE)
        first = part.first
        ids = search.ids_at(first, part.size)
        view = choice(request, "view", {"table"})
        hits = hits_of(request, search, ids, first + 1, names)
        here = {hit.row.number for hit in hits}
        picks = picked(request.GET)
        context |= {
            "hits": hits,
            "preview": _preview(request, search),
            "picks": picks,
            "picks_elsewhere": [number for number in picks if number not in here],
            "carried": list(_carried(request.GET)),
            "unpicked": address(request.GET, pick=None),
            "most_picks": PICKS,
            "fold": address(request.GET, fold=None if search.folded else "family"),
            "first": first + 1,
            "last": first + len(hits),
            "before": part.before,
            "following": part.following,
            "numbers": part.numbers,
            "sizes": part.sizes,
            "view": view,
            "views": views(request, view),
            "heads": heads(request, search.sort) if view else [],
            "start": address(request.GET) if first else "",
            "groups": groups(request, search, names),
            "chips": chips(request, search.chosen, names),
            "names_used": used(request.GET, search),
            "clear": query_string(ask.text, (), request.GET.get("sort", "")),
            "sorts": [(key, label, key == search.sort) for key, label in orders_of(search)],
            "parts": parts_of(understood, search) if understood else [],
            "legend": alternatives(search.plan) if search.plan else [],
            "exports": exports(request) if search.total else [],
            "analysis": reverse("patents-analysis") + address(request.GET, pick=None) if search.total else "",
            "behind": search.library.behind,
            "variants": variants_of(search, names) if not search.total else [],
        }
    return context


@page(nav="patents", scope="plan.read")
@require_GET
def preview(request: PageRequest) -> HttpResponse:
    """The preview of a hit alone, for the page that shows it already; anybody else is led to that page."""
    if request.headers.get("X-Requested-With") != "fetch":
        return redirect(f"{reverse('patents')}?{request.GET.urlencode()}")
    try:
        with within(Ticket(LONG)):
            ask = read_address(request)
            shown = _preview(request, ask.search) if ask.search else None
    except Stopped as stopped:
        raise Http404(_("检索 %(n)s 秒没有完成，已停止") % {"n": round(LONG)}) from stopped
    if shown is None:
        raise Http404
    return render(request, "patents/preview.html", {"preview": shown})


def _kept(query: QueryDict) -> Iterator[tuple[str, str]]:
    """What an address holds beside where one is in it: the search form hands conditions on, chips take them away."""
    for name in query:
        if name not in ("after", "from", "page", "all", "doc", "wait"):
            for value in query.getlist(name):
                yield name, value


def _carried(query: QueryDict) -> Iterator[tuple[str, str]]:
    """Everything of an address but the picks: what comes back when picks are kept."""
    for name in query:
        if name not in ("pick", "doc"):
            for value in query.getlist(name):
                yield name, value


# --- what is done with documents picked by hand -----------------------------------------------------------------


@page(nav="patents", scope="plan.read")
@require_GET
def selection(request: PageRequest) -> HttpResponse:
    """Leads the picked documents on: to a result of their own, a file, the comparison, the list of numbers, or back."""
    numbers = picked(request.GET)
    back = request.GET.copy()
    wanted = back.pop("do", ["keep"])[-1]
    back.pop("pick", None)
    if numbers:
        back["pick"] = ",".join(numbers)
    here = f"{reverse('patents')}?{back.urlencode(safe=',')}#results"
    if wanted == "keep":
        return redirect(here)
    if not numbers:
        messages.warning(request, _("没有勾选文献"))
        return redirect(here)
    these = query_string(f"pn=({' OR '.join(numbers)})", ())
    match wanted:
        case "view":
            return redirect(reverse("patents") + these)
        case "analysis":
            return redirect(reverse("patents-analysis") + these)
        case "export":
            return redirect(reverse("patents-exports") + these)
        case _ if wanted in patent_export.FORMS:
            return redirect(reverse("patents-export", args=[wanted]) + these)
        case "compare" if len(numbers) == 2:
            return redirect(f"{reverse('patents-compare')}?a={numbers[0]}&b={numbers[1]}")
        case "compare":
            messages.warning(request, _("比较权利要求要勾选两件，现为 %(n)s 件") % {"n": len(numbers)})
            return redirect(here)
        case "mark":
            return redirect(f"{reverse('patents-mark')}?{back.urlencode(safe=',')}")
        case "numbers":
            return redirect(f"{reverse('patents-numbers')}?numbers={','.join(numbers)}")
    raise Http404


urlpatterns = [
    path("patents/", patents, name="patents"),
    path("patents/selection/", selection, name="patents-selection"),
    path("patents/preview/", preview, name="patents-preview"),
    path("patents/stop/", stop, name="patents-stop"),
    *patent_analysis.urlpatterns,
    *patent_applicants.urlpatterns,
    *patent_classes.urlpatterns,
    *patent_compare.urlpatterns,
    *patent_complete.urlpatterns,
    *patent_similar.urlpatterns,
    *patent_export.urlpatterns,
    *patent_tools.urlpatterns,
    # last: it takes every other name as a number
    *patent_page.urlpatterns,
]
