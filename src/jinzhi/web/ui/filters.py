"""What narrows a list: filters, facets, pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from jinzhi.web.ui.addresses import address_of, query_of, url_with, url_without
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.language import labelled

register = template.Library()


EVERYTHING = _("全部")


@dataclass(frozen=True)
class Option:
    value: str
    label: Any
    count: int | None = None
    lang: str = ""


@dataclass(frozen=True)
class Filter:
    """A field of the filter bar; ``kind`` is select, text, date or check."""

    name: str
    label: Any
    kind: str = "select"
    options: Sequence[Option] = ()
    any_label: Any = EVERYTHING


@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(
    context: template.Context, filters: Sequence[Filter], note: Any = "", target: str = ""
) -> dict[str, Any]:
    """A GET form with its removable chips; other GET parameters ride along. ``target``: an element's id for htmx."""
    request: HttpRequest = context["request"]
    names = {f.name for f in filters}
    fields, chips = [], []
    for item in filters:
        values = [v for v in request.GET.getlist(item.name) if v]
        labels = {o.value: o.label for o in item.options}
        fields.append({"filter": item, "values": values, "value": values[0] if values else ""})
        for value in values:
            shown = labels.get(value, item.label if item.kind == "check" else value)
            prefix = "" if item.kind == "check" else item.label
            chips.append({"prefix": prefix, "label": shown, "href": url_without(request, item.name, value)})
    kept = [
        (name, value)
        for name in request.GET
        for value in request.GET.getlist(name)
        if name not in names and name != "page" and value
    ]
    cleared = query_of(request)
    for name in (*names, "page"):
        cleared.pop(name, None)
    return {
        "fields": fields,
        "chips": chips,
        "kept": kept,
        "note": note,
        "target": target,
        "clear": address_of(cleared),
        "request": request,
    }


def filters_in_words(request: HttpRequest, bar: Sequence[Filter]) -> str:
    """The filters that the address sets, for prints and exports."""
    out = []
    for item in bar:
        labels = {o.value: str(o.label).strip() for o in item.options}
        out += [labelled(item.label, labels.get(value, value)) for value in request.GET.getlist(item.name) if value]
    return "；".join(out)


def view_links(request: HttpRequest, names: Mapping[str, str], now: str, counts: Mapping[str, int]) -> list[PageLink]:
    """The views of a list, by key and name, with how many each holds (``view_KEY`` of the counts)."""
    out = []
    for key, label in names.items():
        query = query_of(request)
        query.pop("page", None)
        query["view"] = key
        out.append(PageLink(label, address_of(query), current=key == now, count=counts[f"view_{key}"]))
    return out


@register.inclusion_tag("components/facet.html", takes_context=True)
def facet(context: template.Context, name: str, label: Any, options: Sequence[Option]) -> dict[str, Any]:
    """A group of links with counts; a chosen value is taken away again by its own link."""
    request: HttpRequest = context["request"]
    chosen = request.GET.getlist(name)
    rows = []
    for option in options:
        query = query_of(request)
        query.pop("page", None)
        if option.value in chosen:
            href = url_without(request, name, option.value)
        else:
            query.appendlist(name, option.value)
            href = address_of(query)
        rows.append({"option": option, "chosen": option.value in chosen, "href": href})
    return {"label": label, "rows": rows}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Links to the pages of a Django ``Page``; the total is always said."""
    request = context["request"]
    numbers = [
        {"n": n, "href": url_with(request, page=n) if isinstance(n, int) else "", "current": n == page.number}
        for n in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
    return {
        "page": page,
        "numbers": numbers,
        "previous": url_with(request, page=page.number - 1) if page.has_previous() else "",
        "next": url_with(request, page=page.number + 1) if page.has_next() else "",
    }
