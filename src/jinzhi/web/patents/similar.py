"""What is like a document or a text that somebody pastes, each with the reasons and their weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.search.index import CollectionStamp, NoIndex, behind, engine_named, like, stamp
from jinzhi.apps.patents.search.likeness import model_stamp
from jinzhi.apps.patents.store.documents import index_docs
from jinzhi.apps.patents.store.queries import by_ids, collection, find
from jinzhi.engines.patience import Stopped, Ticket, within
from jinzhi.engines.similar import WEIGHTS, Similar, SimilarDocuments, SimilarityReason, Subject, Why
from jinzhi.engines.vectors import VectorsRefused
from jinzhi.web.patents.address import library_line, query_string, state_tag
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, whole
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import speak
from jinzhi.web.ui.states import Tag

#: documents listed, on a page, and opened as a result at once; seconds it may take
LISTED, PAGE, OPENED, LIMIT = 500, 20, 100, 60.0
#: characters of a text: in an address, and posted
SHORT, LONG = 1_000, 20_000
#: what is shared is named up to so many; the rest is counted
NAMED = 6

WHYS = {
    Why.WORDS: gettext_lazy("词语"),
    Why.CLASSES: gettext_lazy("分类"),
    Why.CITATIONS: gettext_lazy("引证"),
    Why.FAMILY: gettext_lazy("同族"),
    Why.VECTORS: gettext_lazy("向量"),
}
LINKS = {
    "cites": gettext_lazy("本件引证它"),
    "cited-by": gettext_lazy("它引证本件"),
    "both-cite": gettext_lazy("都引证 %(n)s"),
    "cited-together": gettext_lazy("同被 %(n)s 引证"),
}


@dataclass(frozen=True)
class SimilarTold:
    """A reason in words: its kind, how much of it there is and what it adds, in hundredths, and what is shared."""

    label: str
    percent: int
    adds: str
    shared: list[str]
    more: int


@dataclass(frozen=True)
class SimilarHit:
    """A document with its likeness."""

    place: int
    row: Document
    percent: str
    state: Tag
    reasons: list[SimilarTold]
    href: str
    similar: str
    compare: str


def words_of(reason: SimilarityReason) -> SimilarTold:
    """A reason as the page shows it."""
    named = [_shared(reason.why, one) for one in reason.shared]
    return SimilarTold(
        str(WHYS[reason.why]), round(reason.value * 100), f"{reason.adds * 100:.1f}", named[:NAMED],
        max(0, len(named) - NAMED),
    )  # fmt: skip


def _shared(why: Why, one: str) -> str:
    if why is not Why.CITATIONS:
        return one
    name, _sign, number = one.partition(":")
    return str(LINKS[name]) % {"n": number}


@lru_cache(maxsize=32)
def _of_document(number: str, family: bool, now: CollectionStamp, engine: str, model: object) -> SimilarDocuments:
    row = Document.objects.get(number=number)
    return like(Subject.of(next(index_docs([row]))), top=LISTED, family=family)


@lru_cache(maxsize=32)
def _of_text(text: str, now: CollectionStamp, engine: str, model: object) -> SimilarDocuments:
    return like(Subject.of_text(text), top=LISTED)


def hits_of(found: list[Similar], first: int, to: Document | None) -> list[SimilarHit]:
    """The documents of a page; two statements read them."""
    rows = {row.pk: row for row in by_ids([one.id for one in found])}
    shown = []
    for place, one in enumerate(found, first):
        row = rows[one.id]
        reasons = [words_of(reason) for reason in sorted(one.reasons, key=lambda r: -r.adds)]
        shown.append(
            SimilarHit(
                place, row, f"{one.score * 100:.1f}", state_tag(row), reasons, reverse("patent", args=[row.number]),
                f"{reverse('patents-similar')}?to={row.number}",
                f"{reverse('patents-compare')}?a={to.number}&b={row.number}" if to else "",
            )
        )  # fmt: skip
    return shown


def opened(answer: SimilarDocuments) -> str:
    """The first documents as a search result, to be filtered, analysed and exported."""
    rows = by_ids([one.id for one in answer.found[:OPENED]])
    return reverse("patents") + query_string(f"pn=({' OR '.join(row.number for row in rows)})", ()) if rows else ""


@page(nav="patents", scope="plan.read", reads=True)
@require_http_methods(["GET", "POST"])
def similar(request: PageRequest) -> HttpResponse:
    """Like a document (``to``) or a text (``text``; posted where it is too long for an address). Reads only."""
    given = request.POST if request.method == "POST" else request.GET
    number = request.GET.get("to", "").strip()
    text = given.get("text", "").strip()
    about = collection()
    context: dict[str, Any] = {
        "number": number,
        "text": text,
        "longest": LONG,
        "listed": LISTED,
        "opened": OPENED,
        "weights": [(str(WHYS[why]), round(weight * 100)) for why, weight in WEIGHTS.items()],
        "crumbs": [(_("专利检索"), reverse("patents"))],
        "library": library_line(about),
        "print_title": _("相似专利"),
        "family": choice(request, "family", {"0"}) != "0",
    }
    row = find(number) if number else None
    if number and row is None:
        context["error"] = _("库中没有 %(n)s。可以用申请号或公开（公告）号，带不带文献种类代码都行") % {
            "n": number[:60]
        }
        return render(request, "patents/similar.html", context, status=404)
    if len(text) > LONG:
        context["error"] = _("文字有 %(n)s 个字符，最多 %(most)s 个，请只贴要点") % {"n": len(text), "most": LONG}
        return render(request, "patents/similar.html", context, status=422)
    if row is None and not text:
        return render(request, "patents/similar.html", context)
    context |= {"row": row, "print_facts": f"{row.number} {row.title}" if row else text[:80]}
    try:
        with within(Ticket(LIMIT)):
            keys = (stamp(), engine_named().name, model_stamp())
            answer = _of_document(row.number, context["family"], *keys) if row else _of_text(text, *keys)
    except (NoIndex, VectorsRefused) as error:
        context["error"] = speak(error)
        return render(request, "patents/similar.html", context, status=503)
    except Stopped:
        context["error"] = _("%(n)s 秒没有完成，已停止。请缩短文字") % {"n": round(LIMIT)}
        return render(request, "patents/similar.html", context, status=503)
    return render(request, "patents/similar.html", context | _answered(request, answer, row, text))


def _answered(request: PageRequest, answer: SimilarDocuments, row: Document | None, text: str) -> dict[str, Any]:
    """One page of an answer. A text that was posted has one page: its address could not hold it."""
    number = whole(request, "page", 1) or 1
    first = (number - 1) * PAGE
    if first and first >= len(answer.found):
        raise Http404(_("没有第 %(n)s 页") % {"n": number})
    paged = row is not None or len(text) <= SHORT
    found = answer.found[first : first + PAGE] if paged else answer.found[:OPENED]

    def at(page_number: int, family: str = request.GET.get("family", "")) -> str:
        query = QueryDict(mutable=True)
        query["to" if row else "text"] = row.number if row else text
        if family:
            query["family"] = family
        if page_number > 1:
            query["page"] = str(page_number)
        return f"?{query.urlencode()}"

    return {
        "hits": hits_of(found, first + 1, row),
        "total": len(answer.found),
        "start": first + 1,
        "last": first + len(found),
        "terms": answer.phrases,
        "model": "，".join(answer.notes),
        "open": opened(answer),
        "opened": min(OPENED, len(answer.found)),
        "before": at(number - 1) if paged and number > 1 else "",
        "following": at(number + 1) if paged and first + PAGE < len(answer.found) else "",
        "toggle": at(1, "" if request.GET.get("family") else "0") if row else "",
        "behind": 0 if engine_named().name == "memory" else behind(),
    }


urlpatterns = [path("patents/similar/", similar, name="patents-similar")]
