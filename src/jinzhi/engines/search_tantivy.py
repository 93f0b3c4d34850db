"""The embedded engine of search: the same documents as ``search_memory``, from a Tantivy index and a forward index.

What the inverted index can say exactly (phrases, single words, values, ranges, and AND, OR, NOT of them) it is asked;
for proximity, wildcards within phrases, frequency and loose phrases it gives candidates, whose positions are then
compared by numpy over the forward index (``search_index.positions``). Nothing is capped: a query past a stated budget
fails with the number (``TooWide``). docs/adr/0005 says what was measured.

One ``IndexWriter`` at a time (a second one fails at once), any number of ``Engine`` readers, in any process.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from jinzhi.engines.search_index.opened import OpenIndex
from jinzhi.engines.search_index.result import RELEVANCE, HitPage, Results
from jinzhi.engines.search_index.writer import IndexWriter, build
from jinzhi.engines.search_memory import QueryContext, QueryExplained, QueryPlan
from jinzhi.engines.search_memory import explain as explain_record
from jinzhi.engines.search_memory import spans as record_spans
from jinzhi.kernel.query import Node, Query

__all__ = ["RELEVANCE", "Engine", "HitPage", "IndexWriter", "Results", "build"]

#: results kept by a reader, so that pages, facets and counts of one query cost one search
KEPT_RESULTS = 16


class Engine(OpenIndex):
    """Reads an index. ``refresh`` shows later commits; between two refreshes all answers are of one moment."""

    def refresh(self) -> None:
        """See what has been committed."""
        super().refresh()
        self._results: OrderedDict[object, Results] = OrderedDict()

    def result(self, query: Query | Node, context: QueryContext | None = None) -> Results:
        """What a query finds, to be counted, paged, sorted and counted by value."""
        context = self.in_context(context)
        root = query.root if isinstance(query, Query) else query
        # the function itself is the key: an id may come again
        key = (root, id(context.tree), id(context.resolver), context.semantic)
        if key in self._results and context.resolver is None:
            self._results.move_to_end(key)
            return self._results[key]
        result = Results(self, QueryPlan(root, context))
        self._results[key] = result
        while len(self._results) > KEPT_RESULTS:
            self._results.popitem(last=False)
        return result

    def search(
        self,
        query: Query | Node,
        context: QueryContext | None = None,
        *,
        sort: str = RELEVANCE,
        descending: bool = True,
        limit: int = 20,
        cursor: str | None = None,
    ) -> HitPage:
        """One page of what a query finds. Raises QueryError."""
        return self.result(query, context).page(sort, descending, limit, cursor)

    def count(self, query: Query | Node, context: QueryContext | None = None) -> int:
        """The exact number of documents that a query finds."""
        return self.result(query, context).count

    def ids(self, query: Query | Node, context: QueryContext | None = None) -> list[int]:
        """The ids of all documents that a query finds, ascending."""
        found: list[int] = np.sort(self.result(query, context).ids).tolist()
        return found

    def spans(
        self, query: Query | Node, doc_id: int, context: QueryContext | None = None
    ) -> dict[str, list[tuple[int, int, int]]]:
        """What to highlight in a document, as ``search_memory.spans``, from stored positions. Raises KeyError."""
        return record_spans(query, self.record(doc_id), self.in_context(context))

    def explain(self, query: Query | Node, doc_id: int, context: QueryContext | None = None) -> QueryExplained:
        """Why a query finds a document or not, as ``search_memory.explain``. Raises KeyError."""
        return explain_record(query, self.record(doc_id), self.in_context(context))
