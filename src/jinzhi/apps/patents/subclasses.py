"""All subclasses of each document (H01M, G01B …), not only that of its main class: from the index, or the definition.

A row of the store keeps the main class alone. What a document has beside it stands in its body, which is too much to
read for figures, and in the index, which has it in one array.
"""

from __future__ import annotations

from threading import Lock

import numpy as np
import tantivy

from jinzhi.apps.patents.index import all_docs, engine_named, folder, reader, stamp
from jinzhi.kernel.query import class_symbol

LENGTH = 4
_kept: tuple[object, dict[int, tuple[str, ...]]] | None = None
_lock = Lock()


def subclasses() -> dict[int, tuple[str, ...]]:
    """By id of document its IPC subclasses in order; those without any are left out. Raises NoIndex.

    Kept until the store or the index changes, so that every figure of a page costs one reading.
    """
    global _kept
    engine = engine_named().name
    try:
        written = (folder() / "inverted" / "meta.json").stat().st_mtime_ns
    except FileNotFoundError:
        written = 0
    now = (engine, str(folder()), stamp(), written)
    with _lock:
        if _kept is None or _kept[0] != now:
            _kept = (now, _of_index() if engine == "tantivy" else _of_store())
        return _kept[1]


def _of_store() -> dict[int, tuple[str, ...]]:
    found = {}
    for doc in all_docs():
        symbols = {class_symbol(value)[:LENGTH] for value in doc.keys.get("ipc", ())}
        if symbols := {s for s in symbols if len(s) == LENGTH}:
            found[doc.id] = tuple(sorted(symbols))
    return found


def _of_index() -> dict[int, tuple[str, ...]]:
    engine = reader()
    rows = engine.rows(tantivy.Query.all_query())
    owners, values = engine.forward.lists(rows, "ipc")
    names, numbers = engine.cut_values(values, LENGTH)
    ids = engine.forward.column(rows, "id")
    found: dict[int, set[str]] = {}
    pairs = np.unique(np.stack([ids[owners], numbers[values]]), axis=1)
    for document, symbol in pairs.T.tolist():
        if len(names[symbol]) == LENGTH:
            found.setdefault(document, set()).add(names[symbol])
    return {document: tuple(sorted(symbols)) for document, symbols in found.items()}
