"""Applicants: whom names mean, with the links that say so; what they filed, with whom, in what and how it stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.seals import SealVerdict, verdicts
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.patents.models import Alias, AliasKind, Applicant
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.apps.patents.search.facets import FACET, chosen_of
from jinzhi.apps.patents.search.result import Search
from jinzhi.apps.patents.store import applicants
from jinzhi.apps.patents.store.queries import by_ids, collection
from jinzhi.kernel.declare import Named as Choice
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.text import Words
from jinzhi.web.patents.address import library_line
from jinzhi.web.patents.analysis import linked, table_of
from jinzhi.web.patents.document import columns, row_of
from jinzhi.web.patents.figures import Figures, PatentFigure
from jinzhi.web.patents.words import FacetWords, district_names
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import speak
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

#: documents that the page of an applicant shows; the search has them all
SHOWN = 10
KINDS_EN = {
    "former": "former name", "written": "other spelling", "translation": "translation", "short": "short form",
    "branch": "branch", "group": "member of the group",
}  # fmt: skip
VERBS = {
    applicants.LINKED: ("关联名称", "Name linked", "done"),
    applicants.UNLINKED: ("取消关联", "Link taken away", "closed"),
    applicants.UNDONE: ("撤销", "Taken back", "neutral"),
}
#: figures on the page of an applicant
FIGURES = ("year", "ipc", "st")

FIELDS = (
    Field(id="name", zh="名称", en="Name", max_length=300, help_zh="如文献上所印", help_en="As documents print it"),
    Field(
        id="kind", zh="关系", en="Relation", type=Type.CHOICE,
        choices=tuple(Choice(k.value, str(k.label), KINDS_EN[k.value]) for k in AliasKind),
    ),
    Field(
        id="since", zh="开始日期", en="From", type=Type.DATE, required=False,
        help_zh="名称开始使用的日期；合并检索不受日期限制",
        help_en="Since when it was borne; searches are not limited by it",
    ),
    Field(id="until", zh="结束日期", en="Until", type=Type.DATE, required=False),
    Field(
        id="basis", zh="依据", en="Source", max_length=300,
        help_zh="如企业登记变更、著录项目变更公告及其日期", help_en="Such as a change in the register and its day",
    ),
)  # fmt: skip


def kind_of(kind: str) -> str:
    return speak(Words(str(AliasKind(kind).label), KINDS_EN[kind]))


def reason(refusal: SearchRefused) -> str:
    return speak(refusal)


# --- the list -------------------------------------------------------------------------------------------------


@page(nav="patents", scope="plan.read")
@require_GET
def index(request: PageRequest) -> HttpResponse:
    """Every applicant with its documents, the most first; a text finds it by any of its names."""
    asked = request.GET.get("q", "").strip()
    counts = Counter(Search(None).counted(FACET["pa"]))
    others: dict[str, list[str]] = {}
    for name, standard in Alias.objects.order_by("name").values_list("name", "applicant__name"):
        others.setdefault(standard, []).append(name)
    found = sorted(
        (name for name in counts.keys() | others.keys() if _named_like(name, others.get(name, ()), asked)),
        key=lambda name: (-counts[name], name),
    )
    here = paged(request, found)
    rows_of = {a.name: a for a in Applicant.objects.filter(name__in=list(here.object_list))}
    districts = district_names()
    rows = []
    for name in here.object_list:
        row = rows_of.get(name)
        known = others.get(name, [])
        rows.append(
            TableRow(
                [
                    Cell(name, href=reverse("patents-applicant", args=[row.pk]) if row else ""),
                    "、".join(known) or "—",
                    districts.get(row.district, "") if row else "",
                    Cell(f"{counts[name]:,}", href=search_of(name)),
                ]
            )
        )
    heads = [Column(_("申请人"), wide=True), Column(_("其他名称"), wide=True), Column(_("区")),
             Column(_("件"), numeric=True)]  # fmt: skip
    empty = Empty(_("没有名称含“%(q)s”的申请人") % {"q": asked} if asked else _("库中还没有申请人"))
    context = {
        "q": asked,
        "total": len(found),
        "page": here,
        "table": Table(_("申请人"), heads, rows, empty, stack=True, caption_hidden=True),
        "crumbs": [(_("专利检索"), reverse("patents"))],
        "library": library_line(collection()),
        "print_title": _("申请人"),
    }
    return render(request, "patents/applicants.html", context)


def _named_like(name: str, others: Any, asked: str) -> bool:
    text = asked.casefold()
    return not text or text in name.casefold() or any(text in other.casefold() for other in others)


def search_of(name: str, key: str = "pa", **more: str) -> str:
    """The address of an applicant's documents: ``pa`` under all its names, ``pap`` under the printed one alone."""
    query = QueryDict(mutable=True)
    query[key] = name
    for other, value in more.items():
        query[other] = value
    return f"{reverse('patents')}?{query.urlencode()}"


# --- one applicant --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ApplicantNamed:
    """A name of the applicant with what says so, and how many documents print it."""

    alias: Alias
    kind: str
    count: int
    href: str


def _figures(applicant: Applicant) -> Figures:
    query = QueryDict(mutable=True)
    query["pa"] = applicant.name
    search = Search(None, chosen_of(query))
    return Figures(search, query, FacetWords(), today())


@page(nav="patents", scope="plan.read")
@require_http_methods(["GET", "POST"])
def applicant_page(request: PageRequest, pk: int) -> HttpResponse:
    """An applicant. A POST links another name to it."""
    row = applicant_of(pk)
    form = None
    if request.method == "POST":
        form = FieldsForm(FIELDS, request.POST, who=request.acting, name="alias")
        if form.is_valid() and _link(request, row, form):
            return redirect(f"{reverse('patents-applicant', args=[pk])}#names")
    return _show(request, row, form)


@page(nav="patents", scope="plan.read")
@require_GET
def named(request: PageRequest) -> HttpResponse:
    """Leads from a name as printed to the page of the applicant."""
    name = request.GET.get("name", "").strip()[:300]
    row = Applicant.objects.filter(name=name).first()
    if row is None:
        raise Http404(_("没有名称为“%(name)s”的申请人") % {"name": name[:60]})
    return redirect("patents-applicant", pk=row.pk)


def applicant_of(pk: int) -> Applicant:
    row = Applicant.objects.filter(pk=pk).first()
    if row is None:
        raise Http404(_("没有这个申请人"))
    return row


def _link(request: PageRequest, row: Applicant, form: FieldsForm) -> bool:
    given: dict[str, Any] = dict(form.values)
    expected, key = submitted(request)
    try:
        applicants.link(
            row, str(given["name"]), str(given["kind"]), since=_day(given["since"]), until=_day(given["until"]),
            basis=str(given["basis"]), who=request.acting, expected=expected, key=key,
        )  # fmt: skip
    except SearchRefused as e:
        form.add_error(e.field if e.field in form.fields else None, reason(e))
        return False
    messages.success(
        request,
        _("已关联“%(name)s”；检索索引更新后，按合并名称检索即包含它") % {"name": given["name"]},
    )
    return True


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _show(request: PageRequest, row: Applicant, form: FieldsForm | None) -> HttpResponse:
    who: Acting = request.acting
    figures = _figures(row)
    search = figures.search
    counts = Counter(search.counted(FACET["pap"]))
    names = [
        ApplicantNamed(alias, kind_of(alias.kind), counts[alias.name], search_of(alias.name, "pap"))
        for alias in row.aliases.order_by("kind", "name")
    ]
    may = who.may(applicants.SCOPE) and who.user is not None
    events = list(applicants.history(row))
    sealed = verdicts(events)
    told = collection()
    query = f"?{figures.query.urlencode()}"
    context = {
        "applicant": row,
        "search": search,
        "own": counts[row.name],
        "own_href": search_of(row.name, "pap"),
        "names": names,
        "above": applicants.meant_by(row.name),
        "may": may,
        "form": form or FieldsForm(FIELDS, who=who, name="alias"),
        "seq": events[0].seq if events else 0,
        "undoable": bool(events) and events[0].verb != applicants.UNDONE,
        "events": [item_of(e, sealed.of(e)) for e in events],
        "stream": applicants.stream_of(row),
        "sealed": sealed,
        "documents": Table(
            _("最近公开的文献"), columns(), [row_of(d) for d in by_ids(search.ids_at(0, SHOWN))],
            Empty(_("库中没有它的文献")), stack=True, caption_hidden=True,
        ),
        "more": max(0, search.total - SHOWN),
        "figures": [_shown(figures.get(key), query, search.total, told) for key in FIGURES] if search.total else [],
        "partners": partners(figures, row),
        "find": search_of(row.name),
        "analysis": f"{reverse('patents-analysis')}{query}",
        "crumbs": [(_("专利检索"), reverse("patents")), (_("申请人"), reverse("patents-applicants"))],
        "library": library_line(told),
        "print_title": row.name,
    }  # fmt: skip
    return render(request, "patents/applicant.html", context, status=422 if form is not None else 200)


def _shown(figure: PatentFigure, query: str, total: int, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "figure": figure,
        "chart": figure.chart(told["as_of"] or today(), library_line(told)),
        "src": reverse("patents-chart", args=[figure.key, "svg"]) + query,
        "data": reverse("patents-chart", args=[figure.key, "json"]) + query,
        "csv": reverse("patents-chart", args=[figure.key, "csv"]) + query,
        "table": table_of(figure, total),
    }


def partners(figures: Figures, row: Applicant) -> Table:
    """With whom it filed, each a link to what they filed together."""
    rows = []
    pks = dict(
        Applicant.objects.filter(
            name__in=[v.value for v in figures.search.values(FACET["pa"], figures.names)][:800]
        ).values_list("name", "pk")
    )
    for value in figures.rows(FACET["pa"]):
        name = value.labels[0]
        if name != row.name:
            page_of = reverse("patents-applicant", args=[pks[name]]) if name in pks else ""
            rows.append(TableRow([Cell(name, href=page_of), linked(value)]))
    heads = [Column(_("共同申请人"), wide=True), Column(_("共同申请"), numeric=True)]
    return Table(_("共同申请人"), heads, rows, Empty(_("没有共同申请")), caption_hidden=True, tall=len(rows) > 12)


def item_of(event: Event, seal: SealVerdict) -> TimelineItem:
    """What was said about a name, by whom and on what ground."""
    zh, en, tone = VERBS[event.verb]
    data: dict[str, Any] = event.data
    what = f"{speak(Words(zh, en))}：{data['name']}（{kind_of(data['kind'])}）"
    times = " ".join(x for x in (data.get("since") or "", "—", data.get("until") or "") if x)
    notes = [x for x in (times if times != "—" else "", data.get("basis"), data.get("reason")) if x]
    return TimelineItem(what, event.on, event.actor, tone=tone, notes=notes, seal=seal)


@page(nav="patents", scope="plan.read")
@require_POST
def unlink(request: PageRequest, pk: int, alias: int) -> HttpResponse:
    """Take a name's link away, with the reason."""
    row = applicant_of(pk)
    here = f"{reverse('patents-applicant', args=[pk])}#names"
    link = row.aliases.filter(pk=alias).first()
    if link is None:
        messages.warning(request, _("这个关联已经取消"))
        return redirect(here)
    expected, key = submitted(request)
    try:
        applicants.unlink(link, reason=request.POST.get("reason", ""), who=request.acting, expected=expected, key=key)
    except SearchRefused as e:
        messages.error(request, reason(e))
    else:
        messages.success(request, _("已取消关联“%(name)s”；可以撤销") % {"name": link.name})
    return redirect(here)


@page(nav="patents", scope="plan.read")
@require_POST
def undo(request: PageRequest, pk: int) -> HttpResponse:
    """Take back what was last said about the names."""
    row = applicant_of(pk)
    expected, key = submitted(request)
    try:
        applicants.undo(row, who=request.acting, expected=expected or 0, key=key)
    except SearchRefused as e:
        messages.error(request, reason(e))
    else:
        messages.success(request, _("已撤销"))
    return redirect(f"{reverse('patents-applicant', args=[pk])}#names")


urlpatterns = [
    path("patents/applicants/", index, name="patents-applicants"),
    path("patents/applicants/named/", named, name="patents-applicant-named"),
    path("patents/applicants/<int:pk>/", applicant_page, name="patents-applicant"),
    path("patents/applicants/<int:pk>/names/<int:alias>/unlink/", unlink, name="patents-applicant-unlink"),
    path("patents/applicants/<int:pk>/undo/", undo, name="patents-applicant-undo"),
]
