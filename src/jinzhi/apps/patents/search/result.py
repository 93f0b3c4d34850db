"""One search of the collection: what is found, in its order, with counts over all of it.

Pages, the API, files, figures, the console and alerts read this value; none of them sorts or counts by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Protocol

import numpy as np

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.patents.classes.tree import trees
from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.search.asking import Desk, bound
from jinzhi.apps.patents.search.facets import FACETS, Chosen, Facet
from jinzhi.apps.patents.search.index import NoIndex, subgroups
from jinzhi.apps.patents.search.library import library
from jinzhi.apps.patents.search.orders import NEWEST, ORDERS, RELEVANCE, is_order
from jinzhi.apps.patents.store.queries import by_ids, collection, numbers_of
from jinzhi.engines.query_language.echo import Echo, echo
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.engines.search_index.store import Array
from jinzhi.engines.search_memory import QueryPlan
from jinzhi.kernel.query import And, Node, Query, QueryError, TooWide, all_of, resolved


class FacetNames(Protocol):
    """Values of facets in the words of who reads them."""

    def of(self, key: str, value: str) -> str:
        """The name of a value."""


@dataclass(frozen=True)
class CountedValue:
    """A value of a facet among the hits, with its name and how many documents have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Variant:
    """A search with one part or condition (``left_out``: words, or the condition) taken away."""

    root: Node | None
    chosen: tuple[Chosen, ...]
    left_out: str | Chosen
    count: int


class Search:
    """A query with its conditions over the collection: hits in their order, facets, what to do when nothing is found.

    ``query`` None stands for the whole collection. ``folded``: one hit for each simple family among the hits, its
    first one in the order; counts and facets are of documents all the same. ``once``: nobody asks this process again,
    so it reads no more than it needs. ``sort``: a key of ``orders`` (with a
    leading - turned round) or relevance; empty is relevance where the engine ranks, else newest.
    """

    def __init__(
        self,
        query: Query | None,
        chosen: Sequence[Chosen] = (),
        sort: str = "",
        *,
        folded: bool = False,
        desk: Desk | None = None,
        engine: str = "",
        once: bool = False,
    ):
        self.query, self.chosen, self.folded, self._once = query, tuple(chosen), folded, once
        #: in whose name history, saved queries, tags, topics and notes are read
        self.desk = desk or Desk()
        #: the query with all that put in
        self.whole = bound(query, self.desk) if query is not None else None
        self.library = library(engine)
        ranks = query is not None and self.library.ranks
        self.sort = sort or (RELEVANCE if ranks else NEWEST)
        if not is_order(self.sort) and not (self.sort == RELEVANCE and ranks):
            raise QueryError(
                f"不能按 {sort} 排序，可用：{'、'.join(ORDERS)}（前加 - 为倒序）；relevance 只用于 tantivy",
                f"cannot sort by {sort}: {', '.join(ORDERS)}, relevance (tantivy only)",
            )
        self._counted: dict[str, dict[str, int]] = {}

    # --- what is found

    @cached_property
    def matching(self) -> Array:
        """The ids that the words find, before conditions."""
        return self.library.columns.ids if self.whole is None else self.library.find(self.whole.root)

    @cached_property
    def ids(self) -> Array:
        """The id of every document found, in the order asked for."""
        if self.whole is None:
            ids = self.matching
        elif self.sort == RELEVANCE:
            ids = self.library.ranked(self.whole)
        else:
            ids = self.matching
        if self.chosen:
            ids = ids[self.library.columns.kept(self.chosen)[self.library.places(ids)]]
        return ids if self.sort == RELEVANCE else self.library.in_order(ids, self.sort, once=self._once)

    @cached_property
    def hits(self) -> Array:
        """The places of all hits in the columns of the library, in the order asked for."""
        return self.library.places(self.ids)

    @property
    def total(self) -> int:
        return len(self.ids)

    @cached_property
    def families(self) -> int:
        """How many simple families the hits belong to."""
        return int(np.count_nonzero(np.bincount(self.library.columns.family[self.hits])))

    # --- what is shown

    @cached_property
    def shown(self) -> Array:
        """The ids that stand on the pages: every hit, or the first one of each family."""
        if not self.folded:
            return self.ids
        _families, first = np.unique(self.library.columns.family[self.hits], return_index=True)
        return self.ids[np.sort(first)]

    def ids_at(self, start: int, count: int) -> list[int]:
        """The ids of a part of what is shown."""
        return [int(pk) for pk in self.shown[start : start + count]]

    def numbers_at(self, places: Sequence[int]) -> dict[int, str]:
        """The numbers of the documents that stand at some places of what is shown; places beyond it have none."""
        there = [place for place in places if 0 <= place < len(self.shown)]
        return dict(zip(there, numbers_of([int(self.shown[place]) for place in there]), strict=True))

    def at(self, number: str) -> int | None:
        """Where the document of a number stands among what is shown, as ``place_of``."""
        pk = Document.objects.filter(number=number).values_list("pk", flat=True).first()
        return None if pk is None else self.place_of(pk)

    def place_of(self, pk: int) -> int | None:
        """Where a document stands among what is shown, from 0; folded, where its family stands."""
        if not (self.ids == pk).any():
            return None
        if self.folded:
            family = self.library.columns.family
            own = family[self.library.places(np.array([pk]))[0]]
            return int(np.flatnonzero(family[self.library.places(self.shown)] == own)[0])
        return int(np.flatnonzero(self.shown == pk)[0])

    def kin(self, ids: Sequence[int]) -> dict[int, list[int]]:
        """For each of these the other hits of its simple family, in their order."""
        family = self.library.columns.family
        own = family[self.library.places(np.array(ids, dtype=np.int64))]
        families = family[self.hits]
        return {pk: [int(other) for other in self.ids[families == number] if other != pk]
                for pk, number in zip(ids, own.tolist(), strict=True)}  # fmt: skip

    # --- counts

    def count(self, node: Node | None, chosen: Sequence[Chosen]) -> int:
        """How many documents a variant of this search would find."""
        columns = self.library.columns
        if node is None:
            return int(columns.kept(chosen).sum())
        ids = self.library.find(resolved(node, self.desk))
        return int(columns.kept(chosen)[self.library.places(ids)].sum()) if chosen else len(ids)

    def counted(self, facet: Facet) -> dict[str, int]:
        """How many hits have each value of a facet."""
        if facet.key not in self._counted:
            self._counted[facet.key] = self.library.columns.holding(facet).counted(self.hits)
        return self._counted[facet.key]

    def crossed(self, first: Facet, second: Facet) -> Counter[tuple[str, str]]:
        """How many hits have each pair of a value of one facet and the value of another."""
        return self.library.columns.crossed(self.hits, first, second)

    def first(self, facet: Facet, names: FacetNames, most: int, also: Container[str] = ()) -> list[CountedValue]:
        """The first values of a facet as ``values`` orders them, and those named whatever their place."""
        counted = self.counted(facet)
        if facet.by_value or len(counted) <= most:
            ordered = self.values(facet, names)
        else:
            # a label is made only for what may be among the first
            least = sorted(counted.values(), reverse=True)[most - 1]
            ordered = [
                CountedValue(value, names.of(facet.key, value), n)
                for value, n in counted.items()
                if n >= least or value in also
            ]
            ordered.sort(key=lambda value: (-value.count, value.label))
        return ordered[:most] + [value for value in ordered[most:] if value.value in also]

    def values(self, facet: Facet, names: FacetNames) -> list[CountedValue]:
        """Every value of a facet among the hits, most first (or in their order)."""
        values = [CountedValue(value, names.of(facet.key, value), n) for value, n in self.counted(facet).items()]
        if facet.by_value:
            return sorted(values, key=lambda value: value.value, reverse=True)
        return sorted(values, key=lambda value: (-value.count, value.label))

    # --- around it

    @cached_property
    def plan(self) -> QueryPlan | None:
        """The query made ready to mark its hits."""
        return QueryPlan(self.whole, self.library.context) if self.whole is not None else None

    def variants(self) -> list[Variant]:
        """Each part or condition left out by itself."""
        root = self.query.root if self.query else None
        variants = []
        for gone in self.chosen:
            rest = tuple(other for other in self.chosen if other != gone)
            variants.append(Variant(root, rest, gone, self.count(root, rest)))
        if isinstance(root, And):
            for item in root.items:
                less = all_of([other for other in root.items if other is not item])
                variants.append(Variant(less, self.chosen, unparse(item), self.count(less, self.chosen)))
        return variants


# --- the whole answer -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The whole answer to a query: every id in the order asked for. ``behind``: documents not yet in the index."""

    text: str
    query: Query
    echo: Echo
    ids: tuple[int, ...]
    sort: str
    engine: str
    ms: float
    behind: int
    collection: dict[str, object]

    @property
    def count(self) -> int:
        return len(self.ids)

    def page(self, start: int = 0, limit: int = 50) -> list[Document]:
        """Rows from a place on, at any depth."""
        return by_ids(self.ids[start : start + limit])


def search(text: str, *, who: Acting | None = None, sort: str = "", engine: str = "") -> SearchAnswer:
    """Every document that the query finds. Raises QueryError with the place, NoIndex with what to run.

    ``who`` is in whose name history, saved queries, tags, topics and notes are read; patents themselves are public.
    """
    return search_parsed(parse(text), who=who, sort=sort, engine=engine)


def search_parsed(
    query: Query, *, who: Acting | None = None, sort: str = "", engine: str = "", desk: Desk | None = None
) -> SearchAnswer:
    """As ``search``, of a query that is read already. ``desk``: what it may refer to, if it is not that of ``who``."""
    began = perf_counter()
    asked = Search(query, sort=sort, desk=desk or Desk(who), engine=engine, once=True)
    ids = tuple(asked.ids.tolist())
    return SearchAnswer(
        query.text, query, echo(query, subgroups), ids, asked.sort, asked.library.engine.name,
        (perf_counter() - began) * 1000, asked.library.behind, collection(),
    )  # fmt: skip


#: what is asked once at start: each kind of field and operator that reads parts of the index for the first time
FIRST = ("ti=一种 AND ipc=H", "一种 (9D) 方法 NOT pa=大学", "ad>=2000")


def warm() -> None:
    """Read what the first searcher would wait for: index, class trees, columns. Nothing where there is none."""
    known = trees()
    for scheme in ("ipc", "cpc"):
        if known is not None:
            known.subtree(scheme, "A01B1/00")
    try:
        for text in FIRST:
            asked = Search(parse(text))
            for facet in FACETS:
                asked.counted(facet)
            search(text)
    except (NoIndex, TooWide):
        return
