"""A patent document: what is printed, how it stands, what it cites, its family, and where a query finds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header, urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.evidence.store import store
from jinzhi.apps.patents.models import Document, Event, Picture
from jinzhi.apps.patents.store.documents import index_docs
from jinzhi.apps.patents.store.pictures import file_of, keeping
from jinzhi.apps.patents.store.queries import (
    CitedDocument,
    cited_by,
    cites,
    collection,
    events,
    family,
    find,
    publications,
)
from jinzhi.engines.patience import Stopped, Ticket, within
from jinzhi.kernel.patent import Claim, Symbol
from jinzhi.kernel.patent import PatentDocument as Content
from jinzhi.standards.st9 import FIELDS as INID
from jinzhi.standards.st16 import is_grant
from jinzhi.web.patents.address import AskedQuery, address, joined, library_line, read_address, state_tag
from jinzhi.web.patents.graph import graph
from jinzhi.web.patents.marks import Marked
from jinzhi.web.patents.words import TYPES
from jinzhi.web.patents.written import written_of
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.language import named
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

PARTS = {
    "field": ("desc_f", gettext_lazy("技术领域")),
    "background": ("desc_b", gettext_lazy("背景技术")),
    "disclosure": ("desc_s", gettext_lazy("发明内容")),
    "drawings": ("desc_d", gettext_lazy("附图说明")),
    "mode": ("desc_e", gettext_lazy("具体实施方式")),
    "other": ("desc", gettext_lazy("说明书")),
}
#: seconds that a document waits for the search it was opened from
PATIENCE = 3.0
#: ST.27 effects in the tone of a timeline
EFFECTS = {"grants": "ahead", "ends": "closed", "restores": "ahead", "pending": "open"}


@dataclass(frozen=True)
class ShownField:
    """A printed field with its INID code and name."""

    code: str
    name: str
    values: Sequence[Any]


@dataclass(frozen=True)
class ClassBranch:
    """A claim with the claims that depend on it first of all."""

    claim: Claim
    text: SafeString
    below: tuple[ClassBranch, ...]
    #: numbers of all claims that refer to it
    referred: tuple[int, ...] = ()


def printed(marked: Marked, content: Content) -> list[ShownField]:
    """The bibliographic data in the order of ST.9; what a document lacks is left out."""
    parties = [p.name for p in content.applicants or content.assignees]
    kind, day = content.application_type, content.publication_date
    if kind == "invention" and is_grant(content.country, content.kind, day.year if day else None):
        kind = "invention-grant"
    found: list[tuple[str, Sequence[Any]]] = [
        ("publication_number", [content.publication_number]),
        ("publication_date", [content.publication_date]),
        ("grant_date", [content.grant_date]),
        ("application_number", [content.application_number]),
        ("filing_date", [content.filing_date]),
        ("application_type", [TYPES.get(kind, kind)]),
        ("titles", [t.text for t in content.titles if t.text != content.title]),
        ("ipc", _symbols(marked, "ipc", content.ipc)),
        ("cpc", _symbols(marked, "cpc", content.cpc)),
        ("locarno", _symbols(marked, "loc", content.locarno)),
        ("applicants", [_applicants(marked, parties)] if content.applicants else []),
        ("inventors", [joined(marked, "in", [p.name for p in content.inventors])]),
        ("assignees", [joined(marked, "own", [p.name for p in content.assignees])]),
        ("agencies", [joined(marked, "ag", [p.name for p in content.agencies])]),
        ("agents", [joined(marked, "agt", [p.name for p in content.agents])]),
        ("place", [content.place or next((p.address for p in content.applicants if p.address), "")]),
        ("priorities", [f"{p.number} {p.filing_date}".strip() for p in content.priorities]),
        ("related", [f"{r.relation} {r.number} {r.date}".strip() for r in content.related]),
    ]
    fields = []
    for name, values in found:
        said = [value for value in values if value]
        if said:
            fields.append(ShownField(INID[name].code, named(INID[name]), said))
    return fields


def _applicants(marked: Marked, names: Sequence[str]) -> SafeString:
    """The applicants, each leading to its page."""
    where = reverse("patents-applicant-named")
    links = (
        format_html('<a href="{}?{}">{}</a>', where, urlencode({"name": name}), marked.show("pa", n, name))
        for n, name in enumerate(names)
    )
    return SafeString("；".join(links))


def _symbols(marked: Marked, code: str, symbols: Sequence[Symbol]) -> list[SafeString]:
    unique = list(dict.fromkeys(s.symbol for s in symbols))
    return [marked.show(code, n, symbol) for n, symbol in enumerate(unique)]


def tree(marked: Marked, claims: Sequence[Claim]) -> list[ClassBranch]:
    """The claims as a tree: below each the dependent claims that refer to it first. None is lost or shown twice."""
    texts = {claim.number: marked.show("clm", n, claim.text) for n, claim in enumerate(claims)}
    referred: dict[int, list[int]] = {}
    for claim in claims:
        for number in dict.fromkeys(claim.refers_to):
            referred.setdefault(number, []).append(claim.number)
    children: dict[int, list[Claim]] = {}
    roots: list[Claim] = []
    for claim in claims:
        parent = next((n for n in claim.refers_to if n < claim.number and n in texts), None)
        if claim.independent or parent is None:
            roots.append(claim)
        else:
            children.setdefault(parent, []).append(claim)

    def branch(claim: Claim) -> ClassBranch:
        return ClassBranch(
            claim,
            texts[claim.number],
            tuple(branch(c) for c in children.get(claim.number, ())),
            tuple(referred.get(claim.number, ())),
        )

    return [branch(claim) for claim in roots]


def description(marked: Marked, content: Content) -> Iterator[tuple[str, list[tuple[str, SafeString, bool]]]]:
    """The parts of the description: heading, and its paragraphs (printed number, text, whether it is a heading)."""
    past: dict[str, int] = {}
    for part in content.description:
        code, name = PARTS[part.kind]
        first = past.get(code, 0)
        past[code] = first + len(part.paragraphs)
        shown = [(p.number, marked.show(code, first + n, p.text), p.heading) for n, p in enumerate(part.paragraphs)]
        yield str(name), shown


def happened(told: Sequence[Event]) -> list[TimelineItem]:
    """The announced events, newest first, each with its source."""
    return [
        TimelineItem(
            what=event.name,
            when=event.on or _("日期未说明"),
            who=_("来源：%(source)s") % {"source": event.source},
            text=event.text,
            tone=EFFECTS.get(event.effect, "neutral"),
            notes=[f"ST.27 {event.category}"] if event.category else [event.why] if event.why else [],
        )
        for event in reversed(told)
    ]


# --- its figures ----------------------------------------------------------------------------------------------

#: what browsers show; TIFF, which offices deliver too, they only keep
SHOWN = ("image/png", "image/jpeg", "image/gif")
#: an address that names the content never means another one
FOREVER = "private, max-age=31536000, immutable"


@dataclass(frozen=True)
class ShownFigure:
    """A figure of the document: its name as printed, and where its image is; without an address there is none."""

    name: str
    href: str = ""
    shown: bool = False
    kilobytes: int = 0


def figures(row: Document, content: Content) -> list[ShownFigure]:
    """The figures in the document's order, one for each image that it names. One statement."""
    kept = {file_of(one.name): one for one in Picture.objects.filter(document=row)} if content.drawings else {}
    found, seen = [], set()
    for n, drawing in enumerate(content.drawings, 1):
        file = file_of(drawing.file)
        if file and file in seen:
            continue
        seen.add(file)
        number = drawing.number.lstrip("0") or str(n)
        name = _("图%(n)s") % {"n": number} if number.isascii() and number[0].isdigit() else number
        if drawing.abstract:
            name = _("摘要附图")
        one = kept.get(file)
        if one is None:
            found.append(ShownFigure(name))
            continue
        href = f"{reverse('patent-drawing', args=[row.number, one.position])}?v={one.sha256[:16]}"
        found.append(ShownFigure(name, href, one.media_type in SHOWN, max(1, one.size // 1024)))
    return found


@page(nav="patents", scope="plan.read")
@require_GET
def drawing(request: PageRequest, number: str, n: int) -> HttpResponse | StreamingHttpResponse:
    """The image of a figure, proven before its first byte leaves; what browsers do not show is a download."""
    one = get_object_or_404(Picture, document__number=number, position=n)
    try:
        store.check(one.sha256)
    except store.FileRefused as e:
        raise Http404(str(e)) from None
    response = StreamingHttpResponse(store.stream(one.sha256), content_type=one.media_type)
    response.headers["Content-Length"] = str(one.size)
    download = one.media_type not in SHOWN
    response.headers["Content-Disposition"] = content_disposition_header(download, one.name) or "inline"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = FOREVER if request.GET.get("v") == one.sha256[:16] else "private, no-cache"
    return response


# --- documents beside it --------------------------------------------------------------------------------------


def row_of(document: Document) -> TableRow:
    return TableRow(
        [
            Cell(document.number, href=reverse("patent", args=[document.number])),
            document.title,
            document.applicants,
            document.published.isoformat() if document.published else "",
            Cell(tag=state_tag(document)),
        ]
    )


def columns() -> list[Column]:
    return [
        Column(_("公开（公告）号")),
        Column(_("名称"), wide=True),
        Column(_("申请人")),
        Column(_("公开日")),
        Column(_("状态")),
    ]


def table_of(caption: str, documents: Sequence[Document], empty: str) -> Table:
    return Table(caption, columns(), [row_of(d) for d in documents], Empty(empty), stack=True, caption_hidden=True)


def cites_table(cited: Sequence[CitedDocument]) -> Table:
    """What the document cites: patents linked where the store has them, other literature as printed."""
    rows = []
    for one in cited:
        c, known = one.citation, one.document
        number = Cell(known.number, href=reverse("patent", args=[known.number])) if known else c.cited
        rows.append(TableRow([number, known.title if known else c.text, c.category, c.phase]))
    heads = [
        Column(_("公开（公告）号")), Column(_("名称或文献"), wide=True), Column(_("相关度")), Column(_("阶段")),
    ]  # fmt: skip
    return Table(_("引证"), heads, rows, Empty(_("没有引证记录")), stack=True, caption_hidden=True)


def cases_of(document: Document, who: Acting) -> list[PageLink]:
    """Cases about the document or its application that the reader may see."""
    if not who.may("case.read"):
        return []
    subjects = [f"patent:{n}" for n in (document.number, document.application) if n]
    seen = Case.objects.visible_to(who).filter(subject__in=subjects).order_by("-opened_on", "-pk")
    return [PageLink(f"{case.number} {case.title}", reverse("case", args=[case.pk])) for case in seen]


# --- its place among the hits ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Steps:
    """Where the document stands among the hits it was opened from, with the addresses of its neighbours."""

    back: str
    place: int
    total: int
    previous: str
    following: str


def steps(request: PageRequest, ask: AskedQuery, pk: int) -> Steps | None:
    """None where no search was handed over, or where it does not find this document."""
    search = ask.search
    at = search.place_of(pk) if search else None
    if search is None or at is None:
        return None
    suffix = address(request.GET)
    numbers = search.numbers_at([at - 1, at, at + 1])

    def beside(place: int) -> str:
        return reverse("patent", args=[numbers[place]]) + suffix if place in numbers else ""

    page_after = address(request.GET, after=numbers[at - 1]) if at else suffix
    back = f"{reverse('patents')}{page_after}#hit-{numbers[at]}"
    return Steps(back, at + 1, len(search.shown), beside(at - 1), beside(at + 1))


def handed_over(request: PageRequest, pk: int) -> tuple[AskedQuery, Steps | None, bool]:
    """The search that a document was opened from, its place in it, and whether finding that took too long.

    The document does not wait for it: without an answer in time it is shown by itself, and says so.
    """
    try:
        with within(Ticket(PATIENCE)):
            ask = read_address(request)
            return ask, steps(request, ask, pk), False
    except Stopped:
        return AskedQuery(request.GET.get("q", "").strip(), None, None), None, True


@page(nav="patents", scope="plan.read")
@require_GET
def patent(request: PageRequest, number: str) -> HttpResponse:
    """The document of a number in any written form; its own form is its address."""
    row = find(number)
    if row is None:
        raise Http404(_("库中没有 %(n)s。可以用申请号或公开（公告）号，带不带文献种类代码都行") % {"n": number[:60]})
    if row.number != number:
        query = request.GET.urlencode()
        return redirect(reverse("patent", args=[row.number]) + (f"?{query}" if query else ""))
    ask, place, late = handed_over(request, row.pk)
    content = row.content
    marked = Marked(next(index_docs([row])), ask.search.plan if ask.search else None)
    told = list(events(row))
    others, kin = list(publications(row)), [d for d in family(row) if d.pk != row.pk]
    near = {d.pk for d in kin} | {row.pk}
    wider = [d for d in family(row, extended=True) if d.pk not in near]
    cited = cites(row)
    citing = list({c.citing.pk: c.citing for c in cited_by(row)}.values())
    titles = marked.record.doc.text.get("ti", ())
    abstracts = [marked.show("ab", n, text) for n, text in enumerate(marked.record.doc.text.get("ab", ()))]
    title = marked.show("ti", titles.index(row.title), row.title) if row.title in titles else mark_safe("")
    about = collection()
    context = {
        "row": row,
        "heading": row.title or row.number,
        "title": title,
        "tag": state_tag(row),
        "fields": printed(marked, content),
        "abstracts": abstracts,
        "claims": tree(marked, content.claims),
        "claim_count": len(content.claims),
        "description": list(description(marked, content)),
        "figures": figures(row, content),
        "keeping": keeping(),
        "events": happened(told),
        "cites": cites_table(cited),
        "graph": graph(row, cited, citing),
        "near": [*kin, *(one.document for one in cited if one.document), *citing],
        "citing": table_of(_("被引"), citing, _("库中没有引用本件的文献")),
        "publications": table_of(_("同一申请的其他公布"), others, _("没有其他公布")),
        "family": table_of(_("简单同族"), kin, _("库中没有其他同族成员")),
        "extended": table_of(_("扩展同族的其他成员"), wider, _("没有")) if wider else None,
        "cases": cases_of(row, request.acting),
        "written": written_of(request, row),
        "may_see_cases": request.acting.may("case.read"),
        "counted": marked.counted(),
        "steps": place,
        "late": late,
        "ask": ask,
        "crumbs": [(_("专利检索"), reverse("patents"))],
        "library": library_line(about),
        "print_title": f"{row.number} {row.title}",
        "print_facts": library_line(about),
        "citation_text": f"{row.applicants}. {row.title}: {row.number}[P]. {row.published or ''}".strip(),
    }
    return render(request, "patents/document.html", context)


urlpatterns = [
    path("patents/<str:number>/", patent, name="patent"),
    path("patents/<str:number>/drawings/<int:n>", drawing, name="patent-drawing"),
]
