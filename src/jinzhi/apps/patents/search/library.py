"""The collection at one moment: what the engine finds in it, its columns, how far the index is behind."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from jinzhi.apps.patents.search.columns import DocumentColumns, columns_of
from jinzhi.apps.patents.search.index import (
    CollectionStamp,
    Memory,
    NoIndex,
    Tantivy,
    behind,
    context,
    engine_named,
    stamp,
    written_at,
)
from jinzhi.apps.patents.search.orders import NEWEST
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.engines.search_index.store import Array
from jinzhi.kernel.query import Ids, Node, Query, leaves

#: so many answers of the engine are kept until the store changes
KEPT = 200
#: the order of so few documents is read from the store by who asks once and has no columns yet
FEW = 800

#: what an answer depends on: the text, and the sets of documents that stand in it for tags and notes of who asked
AnswerKey = tuple[str, tuple[frozenset[int], ...]]


def _key(node: Node) -> AnswerKey:
    return unparse(node), tuple(leaf.ids for leaf in leaves(node) if isinstance(leaf, Ids))


class Answers:
    """Ids that an engine gave, by what it was asked; at most ``KEPT``."""

    def __init__(self) -> None:
        self._held: dict[AnswerKey, Array] = {}

    def get(self, node: Node, ask: Callable[[], Array]) -> Array:
        """What was given, asked for where it is not known."""
        key = _key(node)
        known = self._held.get(key)
        if known is None:
            known = ask()
            if len(self._held) >= KEPT:
                self._held.clear()
            self._held[key] = known
        return known

    def clear(self) -> None:
        """Forget all."""
        self._held.clear()


class Library:
    """The collection at one moment: its columns, what the engine found in it, and what queries may refer to."""

    def __init__(self, at: tuple[str, CollectionStamp, int]):
        self.stamp = at
        self.engine: Memory | Tantivy = engine_named(at[0])
        self.context = context()
        #: whether the engine can say what fits the query best
        self.ranks = isinstance(self.engine, Tantivy)
        self.found, self.best = Answers(), Answers()
        self._columns: DocumentColumns | None = None
        self._whole = self.engine.name == "memory"

    @property
    def behind(self) -> int:
        """Documents that the index does not hold as they are; answers lack them or know them as they were."""
        # what the index holds once it holds until store or index change; what it lacks it may hold any moment
        if self._whole:
            return 0
        count = behind()
        self._whole = not count
        return count

    @property
    def columns(self) -> DocumentColumns:
        """All documents in columns; read when first asked for."""
        if self._columns is None:
            self._columns = _columns_at(self.stamp[1])
        return self._columns

    def find(self, node: Node) -> Array:
        """The ids that a query finds, ascending. Raises QueryError."""
        return self.found.get(node, lambda: self.engine.ids(node, self.context))

    def ranked(self, query: Query) -> Array:
        """The ids that a query finds, the most relevant first. Only where ``ranks``."""
        engine = self.engine
        assert isinstance(engine, Tantivy)
        return self.best.get(query.root, lambda: engine.relevance(query, self.context))

    def places(self, ids: Array) -> Array:
        """The places of ids in the columns. Raises NoIndex where the store lacks one."""
        return _places(self.columns, ids)

    def in_order(self, ids: Array, sort: str = NEWEST, *, once: bool = False) -> Array:
        """Ids in an order of ``orders``. ``once``: of a few documents nothing else is read than themselves."""
        if not len(ids):
            return ids
        few = once and self._columns is None and len(ids) <= FEW
        columns = columns_of(ids.tolist()) if few else self.columns
        return columns.ids[columns.sorted(_places(columns, ids), sort)]


def _places(columns: DocumentColumns, ids: Array) -> Array:
    places = columns.places(ids)
    if places is None:
        raise NoIndex(
            "索引里有库中没有的文献，请运行 jinzhi patents index --rebuild",
            "the index holds documents that the store lacks: run jinzhi patents index --rebuild",
        )
    return places


_lock = Lock()
_libraries: dict[str, Library] = {}
_columns: tuple[CollectionStamp, DocumentColumns] | None = None


def _columns_at(now: CollectionStamp) -> DocumentColumns:
    """The columns of all documents, read once for every engine."""
    global _columns
    with _lock:
        if _columns is None or _columns[0] != now:
            _columns = now, columns_of()
        return _columns[1]


def library(engine: str = "") -> Library:
    """The collection as it stands, asked by an engine (empty: that of the settings); made anew when it has changed."""
    name = engine_named(engine).name
    now = (name, stamp(), written_at())
    known = _libraries.get(name)
    if known is None or known.stamp != now:
        known = _libraries[name] = Library(now)
    return known
