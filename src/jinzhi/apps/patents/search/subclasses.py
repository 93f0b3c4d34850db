"""All classes of each document, not only its main class: from the index, or from the definition.

A row of the store keeps the main class alone. What a document has beside it stands in its body, which is too much to
read for figures, and in the index, which has it in one array. So the counts of the class browser and of figures are
those of the queries ``ipc=`` and ``ipclow=``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from itertools import takewhile
from threading import Lock
from typing import Any

import numpy as np
import tantivy

from jinzhi.apps.patents.search.index import all_docs, engine_named, folder, reader, stamp, whole, written_at
from jinzhi.engines.search_tantivy import Engine
from jinzhi.kernel.query import class_begins, class_symbol

LENGTH = 4
Array = np.ndarray[Any, np.dtype[np.int64]]
NOBODY: Array = np.zeros(0, dtype=np.int64)


class Holders:
    """Which documents have which symbols of one scheme (``ipc``, ``cpc``, ``loc``), in their compared form."""

    def __init__(self, symbols: dict[str, Array]):
        self._by = symbols

    def __len__(self) -> int:
        return len(self._by)

    @cached_property
    def symbols(self) -> list[str]:
        """Every symbol in use, sorted."""
        return sorted(self._by)

    def begins(self, asked: str) -> int:
        """How many documents ``ipc=asked`` finds: the symbol itself, or all at or under a prefix."""
        if "/" in asked:
            return len(self._by.get(asked, NOBODY))
        first = bisect_left(self.symbols, asked)
        under = takewhile(lambda s: s.startswith(asked), self.symbols[first:])
        return self._of(s for s in under if class_begins(s, asked))

    def within(self, symbols: Iterable[str]) -> int:
        """How many documents have one of these symbols: what ``ipclow=`` finds of a subtree."""
        return self._of(s for s in symbols if s in self._by)

    def _of(self, symbols: Iterable[str]) -> int:
        parts = [self._by[s] for s in symbols]
        if len(parts) < 2:
            return len(parts[0]) if parts else 0
        return len(np.unique(np.concatenate(parts)))

    @cached_property
    def subclasses(self) -> dict[int, tuple[str, ...]]:
        """By id of document its subclasses in order; documents without any are left out."""
        found: dict[int, set[str]] = {}
        for symbol in self.symbols:
            short = symbol[:LENGTH]
            if len(short) == LENGTH:
                for document in self._by[symbol].tolist():
                    found.setdefault(document, set()).add(short)
        return {document: tuple(sorted(own)) for document, own in found.items()}


_kept: dict[str, tuple[object, Holders]] = {}
_lock = Lock()


def holders(scheme: str = "ipc") -> Holders:
    """Who has which symbols. Raises NoIndex. Kept until the store or the index changes."""
    engine = engine_named().name
    now = (engine, str(folder()), stamp(), written_at())
    with _lock:
        kept = _kept.get(scheme)
        if kept is None or kept[0] != now:
            kept = _kept[scheme] = (now, _of_index(scheme) if engine == "tantivy" else _of_store(scheme))
        return kept[1]


def subclasses() -> dict[int, tuple[str, ...]]:
    """By id of document its IPC subclasses (H01M, G01B …). Raises NoIndex."""
    return holders("ipc").subclasses


def _of_store(scheme: str) -> Holders:
    found: dict[str, set[int]] = {}
    for doc in all_docs():
        for value in doc.keys.get(scheme, ()):
            found.setdefault(class_symbol(value), set()).add(doc.id)
    return Holders({symbol: np.array(sorted(ids), dtype=np.int64) for symbol, ids in found.items()})


def _of_index(scheme: str) -> Holders:
    with whole():
        return _read(reader(), scheme)


def _read(engine: Engine, scheme: str) -> Holders:
    rows = engine.rows(tantivy.Query.all_query())
    owners, values = engine.forward.lists(rows, scheme)
    if not len(values):
        return Holders({})
    ids = engine.forward.column(rows, "id")[owners]
    order = np.lexsort((ids, values))
    ids, values = ids[order], values[order]
    codes, starts = np.unique(values, return_index=True)
    texts = engine.forward.values.texts
    found: dict[str, list[Array]] = {}
    for code, some in zip(codes.tolist(), np.split(ids, starts[1:]), strict=True):
        found.setdefault(class_symbol(texts[code]), []).append(some)
    return Holders({symbol: np.unique(np.concatenate(parts)) for symbol, parts in found.items()})
