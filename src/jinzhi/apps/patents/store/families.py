"""Families: simple (the same earlier applications) and extended (joined through shared ones).

A document rests on its priorities; without any, on its own application. The simple family is named by the whole set,
the extended one by the smallest number of all that hang together. Joining is done a chunk at a time: the component
around the chunk is read, united and written, so memory follows the largest family and not the collection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from jinzhi.apps.patents.models import Document, Earlier

MANY = 800


@dataclass(frozen=True, slots=True)
class FamilyLink:
    """An earlier application of a document: its number as compared, whether it is its own, its day where known."""

    number: str
    own: bool
    on: date | None = None


class Unions:
    """Numbers that hang together (union-find, the smallest number names its set)."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, one: str) -> str:
        """The smallest number of the set."""
        path = []
        while (above := self._above.setdefault(one, one)) != one:
            path.append(one)
            one = above
        for below in path:
            self._above[below] = one
        return one

    def unite(self, one: str, other: str) -> None:
        a, b = self.root(one), self.root(other)
        if a != b:
            self._above[max(a, b)] = min(a, b)


def simple_of(links: Iterable[FamilyLink]) -> str:
    """The name of the simple family: the one number, or a digest of several; empty where nothing is known."""
    claimed = sorted(link.number for link in links if not link.own) or sorted(link.number for link in links)
    if len(claimed) < 2:
        return claimed[0] if claimed else ""
    return "F" + hashlib.sha256(" ".join(claimed).encode()).hexdigest()[:24].upper()


@dataclass(frozen=True, slots=True)
class Joined:
    """The families of new documents, in their order: (simple, extended) each."""

    names: tuple[tuple[str, str], ...]


def join(added: Sequence[tuple[FamilyLink, ...]]) -> Joined:
    """The families into which documents with these links come; those already there that this joins are rewritten.

    Call it before the documents are written, and ``keep`` after.
    """
    there = _component({link.number for links in added for link in links})
    unions = Unions()
    for links in (*added, *there.values()):
        for link in links[1:]:
            unions.unite(links[0].number, link.number)
    _rewrite(there, unions)
    return Joined(tuple((simple_of(links), unions.root(links[0].number) if links else "") for links in added))


def keep(added: Iterable[tuple[int, tuple[FamilyLink, ...]]]) -> None:
    """Write the links of documents (row id, links)."""
    Earlier.objects.bulk_create(
        [Earlier(document_id=pk, number=link.number, own=link.own, on=link.on) for pk, links in added for link in links]
    )


def rejoin(numbers: Iterable[str]) -> None:
    """Work out anew every family that these applications touch: after links were taken away."""
    there = _component(set(numbers))
    unions = Unions()
    for links in there.values():
        for link in links[1:]:
            unions.unite(links[0].number, link.number)
    _rewrite(there, unions)


def _rewrite(there: dict[int, list[FamilyLink]], unions: Unions) -> None:
    """Write the families of documents that are in the store; those that change are to be indexed anew."""
    changed = []
    for rows in _rows(there):
        for row in rows:
            links = there[row.pk]
            simple, extended = simple_of(links), unions.root(links[0].number)
            if (row.simple, row.extended) != (simple, extended):
                row.simple, row.extended = simple, extended
                row.revision += 1
                changed.append(row)
    Document.objects.bulk_update(changed, ["simple", "extended", "revision"], batch_size=300)


def _rows(pks: Iterable[int]) -> Iterable[list[Document]]:
    ordered = sorted(pks)
    for at in range(0, len(ordered), MANY):
        yield list(Document.objects.filter(pk__in=ordered[at : at + MANY]).only("id", "simple", "extended", "revision"))


def _component(numbers: set[str]) -> dict[int, list[FamilyLink]]:
    """Every document in the store that rests on one of these applications, those that share one with it, and so on."""
    found: dict[int, list[FamilyLink]] = {}
    asked: set[str] = set()
    frontier = set(numbers)
    while frontier:
        asked |= frontier
        new: set[int] = set()
        wanted = sorted(frontier)
        for at in range(0, len(wanted), MANY):
            rows = Earlier.objects.filter(number__in=wanted[at : at + MANY]).values_list("document_id", flat=True)
            new |= set(rows) - found.keys()
        frontier = set()
        ordered = sorted(new)
        for at in range(0, len(ordered), MANY):
            for one in Earlier.objects.filter(document_id__in=ordered[at : at + MANY]).order_by("id"):
                found.setdefault(one.document_id, []).append(FamilyLink(one.number, one.own, one.on))
                if one.number not in asked:
                    frontier.add(one.number)
    return found
