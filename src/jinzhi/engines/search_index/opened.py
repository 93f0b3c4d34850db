"""An index opened for reading: what both the search for matches and their order are made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import tantivy

from jinzhi.engines.patience import check
from jinzhi.engines.search_index.positions import blocks
from jinzhi.engines.search_index.store import GLUED_FLAG, HAN_FLAG, MISSING, VALUES, Array, Forward, distinct
from jinzhi.engines.search_index.terms import UNDER, WRITTEN, schema
from jinzhi.engines.search_memory import ALONE, QueryContext, SearchRecord
from jinzhi.engines.search_values import OFFICE_NUMBERS
from jinzhi.kernel.query import Doc, Kind, Numbers, class_symbol, get_field, wildcard_test
from jinzhi.kernel.tokens import EMPTY, Tokens

NO_ROWS: Array = np.zeros(0, dtype=np.int64)


class OpenIndex:
    """An index as it is read: its terms, rows, columns and values at the moment of the last ``refresh``."""

    def __init__(self, path: Path, numbers: Numbers = OFFICE_NUMBERS):
        self.path, self.numbers = path, numbers
        if not (path / "inverted" / "meta.json").exists():
            raise FileNotFoundError(f"there is no search index in {path}: build it first")
        self.schema = schema()
        self._index = tantivy.Index(self.schema, path=str(path / "inverted"))
        self._forward: Forward | None = None
        self.refresh()

    def refresh(self) -> None:
        """See what has been committed."""
        self._index.reload()
        self._searcher = self._index.searcher()
        # after the searcher: the writer makes rows readable before it makes them findable
        before = self._forward
        self._forward = Forward(self.path / "forward", before)
        if before is None or self._forward.values is not before.values:
            # codes of values are only added to while their list is the same one
            self._cuts: dict[int, tuple[list[str], dict[str, int], Array]] = {}
        self._codes: dict[str, Array] = {}
        self._ranks: Array | None = None
        self._means: dict[str, float] = {}

    @property
    def forward(self) -> Forward:
        """The forward index of this moment."""
        assert self._forward is not None
        return self._forward

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def record(self, doc_id: int) -> SearchRecord:
        """A document as the index has it: tokens and values, no text. Raises KeyError."""
        rows = self.rows(tantivy.Query.term_query(self.schema, "id", doc_id))
        if not len(rows):
            raise KeyError(f"the index has no document {doc_id}")
        return Stored(self.forward, rows)

    def in_context(self, context: QueryContext | None) -> QueryContext:
        if context is None:
            return replace(ALONE, numbers=self.numbers)
        if context.numbers is not self.numbers and context.numbers != self.numbers:
            raise ValueError("the index was made with other rules for numbers than the query asks by")
        return context

    # --- what results ask for

    def total(self, query: tantivy.Query) -> int:
        """How many documents a query of the inverted index finds."""
        check()
        found = self._searcher.search(query, limit=1, count=True, order_by_field="row")
        # the package's stub lacks the attribute
        return int(found.count)  # type: ignore[attr-defined]

    def rows(self, query: tantivy.Query) -> Array:
        """The rows that a query of the inverted index finds, ascending."""
        total = self.total(query)
        if not total:
            return NO_ROWS
        hits = self._searcher.search(
            query, limit=total, count=False, order_by_field="row", order=tantivy.Order.Asc
        ).hits
        return np.fromiter((row for row, _ in hits), dtype=np.int64, count=len(hits))

    def values(self, code: str, prefix: str) -> list[str]:
        """The terms of a KEY, CLASS or NUMBER field that begin so."""
        found = [term for term, _ in self._searcher.terms_with_prefix(code, prefix)]
        return [term for term in found if term[:1] not in (UNDER, WRITTEN) or (prefix and term[0] == prefix[0])]

    def codes_like(self, pattern: str) -> Array:
        """The codes of the tokens that a pattern with wildcards asks for; all of them, however many."""
        if pattern not in self._codes:
            test = wildcard_test(pattern)
            self._codes[pattern] = np.array(
                [code for code, text in enumerate(self.forward.tokens.texts) if test(text)], dtype=np.int64
            )
        return self._codes[pattern]

    def cut_values(self, values: Array, length: int) -> tuple[list[str], Array]:
        """Classes cut to their first characters: the cut symbols, and for the codes of the values which it is."""
        names, known, numbers = self._cuts.setdefault(length, ([], {}, np.full(0, -1, dtype=np.int64)))
        texts = self.forward.values.texts
        if len(numbers) < len(texts):
            numbers = np.concatenate([numbers, np.full(len(texts) - len(numbers), -1, dtype=np.int64)])
            self._cuts[length] = names, known, numbers
        for value in distinct(values[numbers[values] < 0]).tolist():
            symbol = class_symbol(texts[value])[:length]
            if symbol not in known:
                known[symbol] = len(names)
                names.append(symbol)
            numbers[value] = known[symbol]
        return names, numbers

    @property
    def value_ranks(self) -> Array:
        """For each code of a value its place among all values in order, for sorting by a field of strings."""
        if self._ranks is None:
            texts = self.forward.values.texts
            self._ranks = np.empty(len(texts), dtype=np.int64)
            self._ranks[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
        return self._ranks

    def mean_length(self, code: str) -> float:
        """Tokens of a text field, on average over the rows that have it (replaced ones included)."""
        if code not in self._means:
            offsets = [part.array(f"{code}.off") for part in self.forward.parts if f"{code}.off" in part]
            tokens = sum(int(one[-1]) for one in offsets)
            self._means[code] = max(1.0, tokens / max(1, sum(int(np.count_nonzero(np.diff(one))) for one in offsets)))
        return self._means[code]


class Stored(SearchRecord):
    """A document read back from the forward index."""

    def __init__(self, forward: Forward, row: Array):
        self._forward, self._row = forward, row
        texts = forward.values.texts
        keys = {code: tuple(texts[value] for value in forward.lists(row, code)[1]) for code in VALUES}
        dates: dict[str, int] = {}
        counts: dict[str, int] = {}
        for code in forward.parts[0].names | frozenset().union(*(part.names for part in forward.parts)):
            if code.endswith(".num") and (value := int(forward.column(row, code)[0])) != MISSING:
                name = code.removesuffix(".num")
                (dates if get_field(name).kind is Kind.DATE else counts)[name] = value
        number = texts[int(forward.column(row, "number")[0])]
        keys = {code: values for code, values in keys.items() if values}
        super().__init__(Doc(int(forward.column(row, "id")[0]), number, {}, keys, dates, counts))

    def holds(self, code: str) -> bool:
        """Whether the document has tokens or values in a stored field."""
        return len(self.tokens(code)) > 0 or bool(self.doc.keys.get(code))

    def tokens(self, code: str) -> Tokens:
        """The tokens as they were when indexed; offsets of characters are not kept (they are all 0)."""
        if code not in self._tokens:
            self._tokens[code] = self._read(code)
        return self._tokens[code]

    def _read(self, code: str) -> Tokens:
        for part, own in self._forward.by_part(self._row):
            for block in blocks(part, code, own):
                texts = tuple(self._forward.tokens.texts[one] for one in block.tok[:-1])
                flags = block.flag[:-1]
                begun = np.cumsum((flags & (HAN_FLAG | GLUED_FLAG)) == HAN_FLAG) - 1
                runs = np.where(flags & HAN_FLAG, begun, -1)
                nowhere = (0,) * len(texts)
                return Tokens(
                    texts,
                    nowhere,
                    nowhere,
                    tuple(block.unit("sent").tolist()),
                    tuple(block.unit("para").tolist()),
                    tuple(runs.tolist()),
                )
        return EMPTY
