"""The index: kept up to the store, and asked. A query means the same with every engine.

``engine="memory"`` is the definition itself over the whole store, for small collections and for checks. Nothing falls
back in silence: where the index is absent or behind, the result says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from django.db.models import Count, F, Max, Sum

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.patents.classes import trees
from jinzhi.apps.patents.documents import index_docs
from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.queries import MANY, by_ids, collection
from jinzhi.engines.query_language.echo import Echo, echo
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.search_collection import Collection
from jinzhi.engines.search_memory import Context
from jinzhi.engines.search_values import OFFICE_NUMBERS
from jinzhi.kernel.query import ClassTree, Doc, Node, Query, QueryError, Resolver

#: sort key → columns; a leading - turns it round
SORTS = {"pd": ("published", "number"), "ad": ("filed", "number"), "gd": ("granted", "number"), "pn": ("number",),
         "ti": ("title", "number"), "pa": ("applicants", "number"), "ipc": ("ipc", "number")}  # fmt: skip
NEWEST = "-pd"


class NoIndex(Exception):
    """There is no index to ask; ``args[0]`` says in Chinese what to run."""


class Engine(Protocol):
    """What an engine answers. OpenSearch comes behind the same two words."""

    name: str

    def search(self, query: Query | Node, context: Context) -> Sequence[int]:
        """The ids of the documents that the query finds."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which collection an answer is of: it changes with every change of a document."""

    documents: int
    last: int
    revisions: int

    def __str__(self) -> str:
        return f"{self.documents}-{self.last}-{self.revisions}"


def stamp() -> Stamp:
    """The collection as it is now."""
    told = Document.objects.aggregate(documents=Count("pk"), last=Max("pk"), revisions=Sum("revision"))
    return Stamp(told["documents"], told["last"] or 0, told["revisions"] or 0)


def all_docs() -> Iterator[Doc]:
    """Every document of the store as engines see it."""
    last = 0
    while rows := list(Document.objects.filter(pk__gt=last).order_by("pk")[:MANY]):
        last = rows[-1].pk
        yield from index_docs(rows)


class Memory:
    """The definition over the whole store, read again whenever the store has changed."""

    name = "memory"

    def __init__(self) -> None:
        self._stamp: Stamp | None = None
        self._collection = Collection([])

    def search(self, query: Query | Node, context: Context) -> Sequence[int]:
        now = stamp()
        if now != self._stamp:
            self._collection, self._stamp = Collection(all_docs()), now
        return self._collection.search(query, context)


_memory = Memory()


def engine_named(name: str = "") -> Engine:
    """The engine of a name. Raises NoIndex."""
    if name in ("", "memory"):
        return _memory
    raise NoIndex(f"没有名为 {name} 的检索引擎")


# --- searching ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
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


def context(resolver: Resolver | None = None, tree: ClassTree | None = None) -> Context:
    """What queries over the store may refer to."""
    return Context(numbers=OFFICE_NUMBERS, tree=tree or trees(), resolver=resolver)


def subgroups(scheme: str, symbol: str) -> int | None:
    """How many symbols lie below a class, for the echo."""
    tree = trees()
    inside = tree.subtree(scheme, symbol) if tree else None
    return len(inside) - 1 if inside else None


def search(
    text: str, *, who: Acting | None = None, sort: str = "", engine: str = "", resolver: Resolver | None = None
) -> Found:
    """Every document that the query finds. Raises QueryError with the place, NoIndex with what to run.

    ``who`` is in whose name history and unit-owned fields are read; patents themselves are public.
    """
    if (sort or NEWEST).lstrip("-") not in SORTS:
        raise QueryError(
            f"不能按 {sort} 排序，可用：{'、'.join(SORTS)}，前加 - 为倒序", f"cannot sort by {sort}: {', '.join(SORTS)}"
        )
    query = parse(text)
    return search_parsed(query, sort=sort, engine=engine, resolver=resolver)


def search_parsed(query: Query, *, sort: str = "", engine: str = "", resolver: Resolver | None = None) -> Found:
    """As ``search``, of a query that is read already."""
    began = perf_counter()
    asked = engine_named(engine)
    found = asked.search(query, context(resolver))
    ids = ordered(found, sort or NEWEST)
    return Found(
        query.text, query, echo(query, subgroups), ids, sort or NEWEST, asked.name, (perf_counter() - began) * 1000,
        0 if asked.name == "memory" else behind(), collection(),
    )  # fmt: skip


def behind() -> int:
    """How many documents the index does not hold as they are."""
    return Document.objects.exclude(indexed=F("revision")).count()


_orders: dict[str, tuple[Stamp, dict[int, int]]] = {}


def ordered(ids: Sequence[int], sort: str) -> tuple[int, ...]:
    """The ids in the order of a sort key; documents without a value come last in either direction."""
    columns = SORTS[sort.lstrip("-")]
    if len(ids) <= MANY:
        by = dict.fromkeys(ids)
        rows = Document.objects.filter(pk__in=list(by)).order_by(*_by(columns, sort))
        return tuple(rows.values_list("pk", flat=True))
    now = stamp()
    kept = _orders.get(sort)
    if kept is None or kept[0] != now:
        every = Document.objects.order_by(*_by(columns, sort)).values_list("pk", flat=True)
        kept = _orders[sort] = (now, {pk: n for n, pk in enumerate(every)})
    place = kept[1]
    return tuple(sorted(ids, key=place.__getitem__))


def _by(columns: Sequence[str], sort: str) -> list[object]:
    first = F(columns[0])
    head = first.desc(nulls_last=True) if sort.startswith("-") else first.asc(nulls_last=True)
    return [head, *columns[1:]]
