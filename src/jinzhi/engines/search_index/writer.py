"""Writing the index: the inverted one of Tantivy and the forward one, in step.

One ``IndexWriter`` at a time; a second one fails at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import tantivy

from jinzhi.engines.search_index import seal
from jinzhi.engines.search_index.store import ForwardWriter
from jinzhi.engines.search_index.terms import document, schema
from jinzhi.engines.search_values import OFFICE_NUMBERS
from jinzhi.kernel.query import Doc, Numbers

#: memory for terms before they go to disk, in bytes, and threads of the writer
HEAP, THREADS = 200_000_000, 1


class IndexWriter:
    """Adds, replaces and removes documents by id. What ``commit`` returned from survives any crash."""

    def __init__(self, path: Path, numbers: Numbers = OFFICE_NUMBERS):
        inverted = path / "inverted"
        inverted.mkdir(parents=True, exist_ok=True)
        self.path, self.numbers = path, numbers
        self._schema = schema()
        self._changes = False
        if not (inverted / "meta.json").exists():
            self._change()
        self._index = tantivy.Index(self._schema, path=str(inverted))
        self._writer = self._index.writer(heap_size=HEAP, num_threads=THREADS)
        # only behind the lock that the writer holds
        seal.sweep(path)
        self._forward = ForwardWriter(path / "forward")

    def add(self, doc: Doc) -> None:
        """Add a document in place of the one with its id, if there is one."""
        self.delete(doc.id)
        row, texts = self._forward.add(doc)
        self._writer.add_document(document(row, doc, texts, self.numbers))

    def delete(self, doc_id: int) -> None:
        """Remove the document with this id, if there is one."""
        self._change()
        # not delete_documents_by_term: of an unsigned field it silently deletes nothing (tantivy 0.27)
        self._writer.delete_documents_by_query(tantivy.Query.term_query(self._schema, "id", doc_id))

    def commit(self) -> None:
        """Make everything since the last commit findable, at once and for good."""
        self._change()
        # the forward index first: a row that the inverted index knows must be in it
        self._forward.commit()
        self._writer.commit()

    def _change(self) -> None:
        """Break the seal, before the first change: what is added may reach the disk before it is committed."""
        if not self._changes:
            self._changes = True
            seal.unseal(self.path)

    def close(self) -> None:
        """Give the lock back; what was not committed is lost."""
        # no rollback before it: that lets go of merges which still write, behind the seal. Nothing else is committed
        self._writer.wait_merging_threads()
        if self._changes or seal.broken_seal(self.path):
            seal.seal(self.path)

    def __enter__(self) -> IndexWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()


def build(path: Path, docs: Iterable[Doc], batch: int = 20_000, numbers: Numbers = OFFICE_NUMBERS) -> int:
    """Add documents to the index at a path (made if need be), committing each batch; how many."""
    count = 0
    with IndexWriter(path, numbers) as writer:
        for doc in docs:
            writer.add(doc)
            count += 1
            if count % batch == 0:
                writer.commit()
        writer.commit()
    return count
