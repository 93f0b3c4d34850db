"""With which names an applicant was sought: said wherever a search takes several names for one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from jinzhi.apps.patents.search.facets import written
from jinzhi.apps.patents.search.result import Search
from jinzhi.apps.patents.store.queries import names_of
from jinzhi.kernel.query import QueryTerm, leaves
from jinzhi.web.patents.address import address


@dataclass(frozen=True)
class Used:
    """An applicant that a search asks for: the names that count as its own, the address of the other way to ask.

    ``merged``: it was asked for with all its names; else by the printed one alone, and ``names`` are those left out.
    """

    name: str
    names: tuple[str, ...]
    other: str
    page: str
    merged: bool


def used(query: QueryDict, search: Search) -> list[Used]:
    """Every applicant of the conditions and of ``pan=`` that has more than one name; two statements each."""
    found = []
    for one in search.chosen:
        if one.facet.key in ("pa", "pap") and one.value and not one.without and not one.also:
            found += _of(one.value, one.facet.key == "pa", query)
    if search.query is not None:
        for leaf in leaves(search.query.root):
            if isinstance(leaf, QueryTerm) and leaf.fields == ("pan",):
                found += _of(leaf.text, True, None)
    return found


def _of(name: str, merged: bool, query: QueryDict | None) -> list[Used]:
    known = names_of(name)
    others = tuple(n for n in known.all if n != name)
    if not others or known.applicant is None:
        return []
    meant = name if merged else known.applicant.name
    other = _swapped(query, "pa" if merged else "pap", name, meant) if query is not None else ""
    return [Used(name, others, other, reverse("patents-applicant", args=[known.applicant.pk]), merged)]


def _swapped(query: QueryDict, key: str, value: str, meant: str) -> str:
    """The address with the condition put the other way: merged names for the printed one, or the reverse."""
    other = {"pa": "pap", "pap": "pa"}[key]
    copy = query.copy()
    copy.setlist(key, [v for v in copy.getlist(key) if v != written(value)])
    if not copy.getlist(key):
        copy.pop(key, None)
    if meant not in copy.getlist(other):
        copy.appendlist(other, meant)
    return address(copy)
