"""The claims of two documents side by side, with what differs marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.store.queries import collection, find_all
from jinzhi.engines.claim_comparison import ClaimPair, TextDifference, TextPiece, align, difference, likeness, shingles
from jinzhi.kernel.patent import Claim
from jinzhi.web.patents.address import library_line, state_tag
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, whole
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.states import Tag

#: a longer number is none
LONGEST = 60


@dataclass(frozen=True)
class Side:
    """One of the two documents: what was typed, the document if there is one, what is wrong."""

    name: str
    letter: str
    typed: str
    row: Document | None
    error: str
    claims: tuple[Claim, ...] = ()
    state: Tag | None = None
    chosen: int | None = None


@dataclass(frozen=True)
class Compared:
    """Two claims that answer to each other, or one that none answers to."""

    a: Claim | None
    b: Claim | None
    percent: int
    text_a: SafeString
    text_b: SafeString
    same: bool
    fine: bool


def sides(request: PageRequest) -> tuple[Side, Side]:
    """The two documents of an address."""
    typed = [request.GET.get(name, "").strip()[:LONGEST] for name in ("a", "b")]
    answers = find_all([text for text in typed if text])
    independent = choice(request, "only", {"independent"}) == "independent"
    found = []
    for name, letter, text in zip(("a", "b"), (_("甲"), _("乙")), typed, strict=True):
        row = answers.get(text)
        error = ""
        if text and row is None:
            error = _("库中没有 %(n)s。可以用申请号或公开（公告）号，带不带文献种类代码都行") % {"n": text}
        claims = row.content.claims if row else ()
        number = whole(request, f"claim_{name}")
        if number is not None and row is not None and all(c.number != number for c in claims):
            error = _("%(n)s 没有权利要求 %(c)s") % {"n": row.number, "c": number}
        if number is not None:
            claims = tuple(c for c in claims if c.number == number)
        elif independent:
            claims = tuple(c for c in claims if c.independent)
        found.append(Side(name, letter, text, row, error, claims, state_tag(row) if row else None, number))
    return found[0], found[1]


def shown(pieces: Sequence[TextPiece], tag: str) -> SafeString:
    """A side of a difference; what only this side has stands in ``tag``."""
    out = (
        conditional_escape(p.text) if p.same else format_html("<{0}>{1}</{0}>", mark_safe(tag), p.text) for p in pieces
    )
    return mark_safe("".join(out))


def compared(a: Sequence[Claim], b: Sequence[Claim], paired: Sequence[ClaimPair]) -> list[Compared]:
    """The pairs with their texts marked."""
    found = []
    for pair in paired:
        one = a[pair.a] if pair.a is not None else None
        other = b[pair.b] if pair.b is not None else None
        told = TextDifference((), (), True)
        if one and other:
            told = difference(one.text, other.text)
        elif one:
            told = TextDifference((TextPiece(one.text, False),), (), True)
        elif other:
            told = TextDifference((), (TextPiece(other.text, False),), True)
        found.append(
            Compared(one, other, round(pair.likeness * 100), shown(told.a, "del"), shown(told.b, "ins"),
                     bool(one and other and told.same), told.fine)
        )  # fmt: skip
    return found


@page(nav="patents", scope="plan.read")
@require_GET
def compare(request: PageRequest) -> HttpResponse:
    """Two documents by number; one claim of each where both are chosen, else all, the most alike beside each other."""
    a, b = sides(request)
    context: dict[str, Any] = {
        "sides": (a, b),
        "crumbs": [(_("专利检索"), reverse("patents"))],
        "library": library_line(collection()),
        "print_title": _("权利要求比较"),
        "print_facts": f"{_('甲')} {a.typed}　{_('乙')} {b.typed}",
        "only": request.GET.get("only", ""),
    }
    wrong = [side for side in (a, b) if side.error]
    if wrong or not (a.row and b.row):
        return render(request, "patents/compare.html", context | {"wrong": wrong}, status=404 if wrong else 200)
    by_hand = a.chosen is not None and b.chosen is not None
    if by_hand:
        paired = [ClaimPair(0, 0, likeness(shingles(a.claims[0].text), shingles(b.claims[0].text)))]
    else:
        paired = align([c.text for c in a.claims], [c.text for c in b.claims])
    pairs = compared(a.claims, b.claims, paired)
    symbols = [tuple(dict.fromkeys(s.symbol for s in side.row.content.ipc)) for side in (a, b) if side.row]
    context |= {
        "pairs": pairs,
        "shared": [one for one in symbols[0] if one in symbols[1]],
        "counts": {
            "same": sum(1 for p in pairs if p.same),
            "differ": sum(1 for p in pairs if p.a and p.b and not p.same),
            "only_a": sum(1 for p in pairs if not p.b),
            "only_b": sum(1 for p in pairs if not p.a),
        },
        "turned": f"?a={b.row.number}&b={a.row.number}",
        "all": f"?a={a.row.number}&b={b.row.number}",
        "every": [(side, side.row.content.claims) for side in (a, b) if side.row],
    }
    return render(request, "patents/compare.html", context)


urlpatterns = [path("patents/compare/", compare, name="patents-compare")]
