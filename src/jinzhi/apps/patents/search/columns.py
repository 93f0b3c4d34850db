"""Facets and orders over all documents at once: columns of small numbers, read from the store while it is the same.

A document is a place in the columns. Of texts only the values of facets are kept, each once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from jinzhi.apps.patents.models import Document, Named
from jinzhi.apps.patents.search.facets import FACETS, GROUP, MORE, Chosen, Facet, Traits, alternatives_of, people
from jinzhi.apps.patents.search.orders import ORDERS
from jinzhi.apps.patents.store.queries import standard_names
from jinzhi.engines.search_index.store import Array, gathered
from jinzhi.kernel.query import class_symbol
from jinzhi.standards.st16 import is_grant

#: the rank of a document without a value
MISSING = -1
#: the facet of inventors is made of two other columns when first asked for: it has more values than there are documents
PEOPLE = "inv"
COLUMNS = ("pk", "number", "type", "state", "ipc", "district", "filed", "granted", "published", "simple", "claims",
           "country", "kind", "inventors", "title")  # fmt: skip


def traits(ids: Sequence[int] | None = None) -> Iterator[Traits]:
    """What facets and orders ask of documents, by id: of these few, or (None) of all."""
    names = Named.objects.all() if ids is None else Named.objects.filter(document__in=ids)
    printed: dict[int, list[str]] = {}
    for document, name in names.order_by("document", "position").values_list("document", "name"):
        printed.setdefault(document, []).append(name)
    standard = standard_names(name for some in printed.values() for name in some)
    rows = Document.objects.all() if ids is None else Document.objects.filter(pk__in=ids)
    for row in rows.order_by("pk").values_list(*COLUMNS, named=True).iterator(2000):
        yield _traits_of(row, tuple(dict.fromkeys(printed.get(row.pk, ()))), standard)


def _traits_of(row: Any, printed: tuple[str, ...], standard: dict[str, tuple[str, ...]]) -> Traits:
    published: date | None = row.published
    granted = row.type == "invention" and is_grant(row.country, row.kind, published.year if published else None)
    return Traits(
        id=row.pk,
        number=row.number,
        typ="invention-grant" if granted else row.type,
        state=row.state,
        names=tuple(dict.fromkeys(name for given in printed for name in standard[given])),
        printed=printed,
        inventors=tuple(name for name in row.inventors.split("；") if name),
        title=row.title,
        symbol=row.ipc,
        subclass=row.ipc[:4].strip(),
        group=class_symbol(row.ipc).partition("/")[0],
        district=row.district,
        family=row.simple or row.number,
        filed=row.filed,
        published=published,
        granted=row.granted,
        claims=row.claims,
    )


class Holding(NamedTuple):
    """Which values each document has: those of the n-th are ``codes[starts[n]:starts[n + 1]]``, each once."""

    values: list[str]
    code: dict[str, int]
    starts: Array
    codes: Array

    @classmethod
    def of(cls, held: Iterable[Sequence[str]]) -> Holding:
        known: dict[str, int] = {}
        starts, codes = [0], []
        for values in held:
            codes += [known.setdefault(value, len(known)) for value in dict.fromkeys(values)]
            starts.append(len(codes))
        return cls(list(known), known, np.array(starts, dtype=np.int64), np.array(codes, dtype=np.int32))

    def at(self, place: int) -> list[str]:
        """The values of a document."""
        return [self.values[code] for code in self.codes[self.starts[place] : self.starts[place + 1]].tolist()]

    def all_of(self, places: Array) -> tuple[Array, Array]:
        """The codes of documents, one after another, and for each how many."""
        index, lengths = gathered(self.starts[places], self.starts[places + 1])
        return self.codes[index], lengths

    def having(self, value: str) -> Array:
        """For each document whether it has a value."""
        held = np.zeros(len(self.starts) - 1, dtype=bool)
        code = self.code.get(value)
        if code is not None:
            held[np.searchsorted(self.starts, np.flatnonzero(self.codes == code), side="right") - 1] = True
        return held

    def counted(self, places: Array) -> dict[str, int]:
        """How many of some documents have each value; a document counts once for a value."""
        counts = np.bincount(self.all_of(places)[0], minlength=len(self.values))
        some = np.flatnonzero(counts)
        return dict(zip((self.values[code] for code in some.tolist()), counts[some].tolist(), strict=True))


class DocumentColumns:
    """Documents in columns. ``ids`` ascend; everything else is said of places among them."""

    def __init__(self, docs: Iterable[Traits]):
        rows = list(docs)
        self.ids: Array = np.array([doc.id for doc in rows], dtype=np.int64)
        kept = [facet for facet in (*FACETS, *MORE, GROUP) if facet.key != PEOPLE]
        self._holdings = {facet.key: Holding.of(map(facet.of, rows)) for facet in kept}
        self._inventors = Holding.of(doc.inventors for doc in rows)
        #: for each document the number of its simple family
        self.family = Holding.of((doc.family,) for doc in rows).codes
        self._ranks = {key: _ranks([value(doc) for doc in rows]) for key, value in ORDERS.items()}
        self._sequences: dict[str, Array] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, ids: Array) -> Array | None:
        """The places of ids, in their order; None where one is not there."""
        if not len(self.ids):
            return None if len(ids) else np.zeros(0, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return places if np.array_equal(self.ids[places], ids) else None

    def holding(self, facet: Facet) -> Holding:
        """The values of a facet."""
        if facet.key == PEOPLE and PEOPLE not in self._holdings:
            applicants = self._holdings["pa"]
            self._holdings[PEOPLE] = Holding.of(
                people(self._inventors.at(place), applicants.at(place)) for place in range(len(self))
            )
        return self._holdings[facet.key]

    def kept(self, chosen: Sequence[Chosen]) -> Array:
        """For each document whether it meets conditions, as ``facets.keeps``."""
        met = np.ones(len(self), dtype=bool)
        for condition in chosen:
            if condition.without or condition.also:
                met &= self.holding(condition.facet).having(condition.value) ^ condition.without
        for conditions in alternatives_of(chosen).values():
            each = [self.holding(condition.facet).having(condition.value) for condition in conditions]
            met &= np.logical_or.reduce(each)
        return met

    def sorted(self, places: Array, sort: str) -> Array:
        """Places in an order, as ``orders.in_order``."""
        wanted = np.zeros(len(self), dtype=bool)
        wanted[places] = True
        sequence = self._sequence(sort)
        return sequence[wanted[sequence]]

    def _sequence(self, sort: str) -> Array:
        """All places in an order."""
        if sort not in self._sequences:
            ranks = self._ranks[sort.removeprefix("-")]
            turned = -ranks if sort.startswith("-") else ranks
            last = np.where(ranks == MISSING, np.iinfo(np.int32).max, turned)
            self._sequences[sort] = np.lexsort((self._ranks["pn"], last)).astype(np.int32)
        return self._sequences[sort]

    def crossed(self, places: Array, first: Facet, second: Facet) -> Counter[tuple[str, str]]:
        """How many of some documents have each pair of a value of one facet and the value of another, of which every
        document has one."""
        one, other = self.holding(first), self.holding(second)
        codes, lengths = one.all_of(places)
        single = other.codes[other.starts[places]]
        pairs, counts = np.unique(codes.astype(np.int64) * len(other.values) + np.repeat(single, lengths),
                                  return_counts=True)  # fmt: skip
        named = ((one.values[pair // len(other.values)], other.values[pair % len(other.values)])
                 for pair in pairs.tolist())  # fmt: skip
        return Counter(dict(zip(named, counts.tolist(), strict=True)))


def _ranks(values: Sequence[Any]) -> Array:
    """For each value its place among all of them in order, MISSING for None."""
    rank: dict[Any, int] = {value: n for n, value in enumerate(sorted({v for v in values if v is not None}))}
    return np.array([MISSING if value is None else rank[value] for value in values], dtype=np.int32)


def columns_of(ids: Sequence[int] | None = None) -> DocumentColumns:
    """The columns of a few documents, or (None) of all, read from the store."""
    return DocumentColumns(traits(ids))
