"""What may come next in the box: names of fields, and values of fields whose values are listed (classes, status …)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from django.db.models import Count
from django.db.models.functions import Length
from django.http import JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.patents.classes.tree import editions
from jinzhi.apps.patents.models import STATES_EN, ClassSymbol, Document, LegalState
from jinzhi.apps.patents.store.documents import TYPES
from jinzhi.kernel.query import FIELDS, MAX_LENGTH, Kind, QueryField, class_symbol, find_field
from jinzhi.kernel.text import Words
from jinzhi.kernel.tokens import fold
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import named, speak

#: so many are offered; more are counted
OFFERED = 10
#: the last of a text before the caret: a field with the beginning of a value, or a word that may become a field
VALUE = re.compile(
    r"(?P<field>[A-Za-z][A-Za-z0-9_-]*|[\u4e00-\u9fff]{2,})\s*[=:：]\s*[(（]?\s*\"?(?P<value>[^\s()（）\"=<>]*)\Z"
)
NAME = re.compile(r"(?:\A|[\s(（,，])(?P<name>[A-Za-z][A-Za-z0-9_-]*|[\u4e00-\u9fff]{1,8})\Z")


@dataclass(frozen=True)
class Completion:
    """What would be written in place of the beginning, and what it means."""

    text: str
    note: str


def field_options(beginning: str) -> list[Completion]:
    """Fields whose code, Chinese name or another name begins so; exact codes first, then by code."""
    start = fold(beginning)
    found = []
    for place, one in enumerate(FIELDS):
        names = [one.code, fold(one.zh), *(fold(alias) for alias in one.aliases)]
        hit = next((n for n, name in enumerate(names) if name.startswith(start)), None)
        if hit is not None:
            found.append((one.code != start, min(hit, 2), place, Completion(f"{one.code}=", named(one))))
    return [option for *_order, option in sorted(found, key=lambda one: one[:3])]


def value_options(field: QueryField, beginning: str) -> tuple[list[Completion], int]:
    """Values of a field that begin so, the first of them, and how many there are in all."""
    match field.code:
        case "st":
            listed = [Completion(str(one.label), STATES_EN[one.value]) for one in LegalState]
        case "typ":
            listed = [Completion(zh, key) for key, zh in TYPES.items()]
        case _ if field.kind is Kind.CLASS and field.code != "loc" and beginning:
            return class_options("cpc" if field.code == "cpc" else "ipc", beginning)
        case _:
            return [], 0
    start = fold(beginning)
    begun = [one for one in listed if fold(one.text).startswith(start) or fold(one.note).startswith(start)]
    return begun[:OFFERED], len(begun)


def class_options(scheme: str, beginning: str) -> tuple[list[Completion], int]:
    """Classes that begin so, the widest first, with their titles; without a table those that documents have."""
    symbol = class_symbol(beginning)
    known = editions(scheme)
    if known:
        rows = ClassSymbol.objects.filter(scheme=scheme, edition=known[-1], symbol__startswith=symbol)
        first = rows.order_by(Length("symbol"), "position").values_list("symbol", "zh", "en")[:OFFERED]
        return [Completion(s, speak(Words(zh or en, en or zh))) for s, zh, en in first], rows.count()
    used = Document.objects.filter(ipc__startswith=symbol).values_list("ipc").annotate(n=Count("pk"))
    ordered = used.order_by("-n", "ipc")
    return [Completion(s, _("%(n)s 件") % {"n": n}) for s, n in ordered[:OFFERED]], used.count()


def options_for(text: str) -> tuple[int, Sequence[Completion], int]:
    """(where the beginning starts, what it may become, how many more there are) for the text before the caret."""
    if begun := VALUE.search(text):
        field = find_field(begun["field"])
        if field is not None:
            found, total = value_options(field, begun["value"])
            kept = list(_new(found, begun["value"]))
            return begun.start("value"), kept, total - len(found)
        return len(text), (), 0
    if begun := NAME.search(text):
        fields = field_options(begun["name"])
        return begun.start("name"), fields[:OFFERED], max(0, len(fields) - OFFERED)
    return len(text), (), 0


def _new(found: Sequence[Completion], typed: str) -> Iterator[Completion]:
    """Without what stands there already, if it is all that is offered."""
    if not (len(found) == 1 and found[0].text == typed):
        yield from found


@page(nav="patents", scope="plan.read")
@require_GET
def complete(request: PageRequest) -> JsonResponse:
    """JSON: ``from`` (characters into the text), ``options`` and how many ``more`` there are."""
    text = request.GET.get("q", "")
    start, found, more = options_for(text) if len(text) <= MAX_LENGTH else (len(text), (), 0)
    return JsonResponse({"from": start, "options": [asdict(one) for one in found], "more": more})


urlpatterns = [path("patents/complete/", complete, name="patents-complete")]
