"""The embedded engine of search: the same documents as ``search_memory``, from a Tantivy index and a forward index.

What the inverted index can say exactly (phrases, single words, values, ranges, and AND, OR, NOT of them) it is asked;
for proximity, wildcards within phrases, frequency and loose phrases it gives candidates, whose positions are then
compared by numpy over the forward index (``search_index.positions``). Nothing is capped: a query past a stated budget
fails with the number (``TooWide``). docs/adr/0005 says what was measured.

One ``Writer`` at a time (a second one fails at once), any number of ``Engine`` readers, in any process.
"""

from __future__ import annotations

import base64
import json
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

import numpy as np
import tantivy
from tantivy import Occur

from jinzhi.engines.characters import variants, written_as
from jinzhi.engines.patience import check
from jinzhi.engines.search_index import seal
from jinzhi.engines.search_index.positions import Reading, blocks, node_spans
from jinzhi.engines.search_index.rank import bm25f
from jinzhi.engines.search_index.store import (
    GLUED_FLAG,
    HAN_FLAG,
    MISSING,
    VALUES,
    Array,
    Forward,
    ForwardWriter,
    beginnings,
    distinct,
)
from jinzhi.engines.search_index.terms import UNDER, WRITTEN, Outline, class_term, document, outline, schema, shortened
from jinzhi.engines.search_memory import ALONE, Context, Explained, Plan, Record, below, bounds, key_text
from jinzhi.engines.search_memory import explain as explain_record
from jinzhi.engines.search_memory import spans as record_spans
from jinzhi.engines.search_values import OFFICE_NUMBERS
from jinzhi.kernel.query import (
    WILDCARDS,
    And,
    Char,
    Doc,
    Freq,
    Ids,
    Kind,
    Node,
    Not,
    Numbers,
    Or,
    Piece,
    Prox,
    Query,
    QueryError,
    Range,
    Semantic,
    Term,
    Word,
    Xor,
    class_begins,
    class_symbol,
    get_field,
    plain_number,
    stored_fields,
    text_fields,
    wildcard_test,
)
from jinzhi.kernel.tokens import EMPTY, Tokens, is_han

#: memory for terms before they go to disk, in bytes, and threads of the writer
HEAP, THREADS = 200_000_000, 1
#: results kept by a reader, so that pages, facets and counts of one query cost one search
KEPT_RESULTS = 16
#: fewer rows than this are looked at without asking the index again which of them may match
FEW_ROWS = 1500
RELEVANCE = "relevance"
NO_ROWS: Array = np.zeros(0, dtype=np.int64)

Found = tantivy.Query | Array


# --- writing --------------------------------------------------------------------------------------------------


class Writer:
    """Adds, replaces and removes documents by id. What ``commit`` returned from survives any crash."""

    def __init__(self, path: Path, numbers: Numbers = OFFICE_NUMBERS):
        inverted = path / "inverted"
        inverted.mkdir(parents=True, exist_ok=True)
        self.path, self.numbers = path, numbers
        self._schema = schema()
        self._changes = not (inverted / "meta.json").exists()
        if self._changes:
            seal.unseal(path)
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
        # not delete_documents_by_term: of an unsigned field it silently deletes nothing (tantivy 0.27)
        self._writer.delete_documents_by_query(tantivy.Query.term_query(self._schema, "id", doc_id))

    def commit(self) -> None:
        """Make everything since the last commit findable, at once and for good."""
        self._changes = True
        seal.unseal(self.path)
        # the forward index first: a row that the inverted index knows must be in it
        self._forward.commit()
        self._writer.commit()

    def close(self) -> None:
        """Give the lock back; what was not committed is lost."""
        self._writer.rollback()
        self._writer.wait_merging_threads()
        # only now: until here segments were being merged
        if self._changes or seal.broken_seal(self.path):
            seal.seal(self.path)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()


def build(path: Path, docs: Iterable[Doc], batch: int = 20_000, numbers: Numbers = OFFICE_NUMBERS) -> int:
    """Add documents to the index at a path (made if need be), committing each batch; how many."""
    count = 0
    with Writer(path, numbers) as writer:
        for doc in docs:
            writer.add(doc)
            count += 1
            if count % batch == 0:
                writer.commit()
        writer.commit()
    return count


# --- reading --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """Ids of one page in order, the exact number of all hits, and where the next page begins (None: the last)."""

    ids: tuple[int, ...]
    count: int
    cursor: str | None


class Engine:
    """Reads an index. ``refresh`` shows later commits; between two refreshes all answers are of one moment."""

    def __init__(self, path: Path, numbers: Numbers = OFFICE_NUMBERS):
        self.path, self.numbers = path, numbers
        if not (path / "inverted" / "meta.json").exists():
            raise FileNotFoundError(f"there is no search index in {path}: build it first")
        self._schema = schema()
        self._index = tantivy.Index(self._schema, path=str(path / "inverted"))
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
        self._results: OrderedDict[object, Result] = OrderedDict()
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

    def result(self, query: Query | Node, context: Context | None = None) -> Result:
        """What a query finds, to be counted, paged, sorted and counted by value."""
        context = self._context(context)
        root = query.root if isinstance(query, Query) else query
        # the function itself is the key: an id may come again
        key = (root, id(context.tree), id(context.resolver), context.semantic)
        if key in self._results and context.resolver is None:
            self._results.move_to_end(key)
            return self._results[key]
        result = Result(self, Plan(root, context))
        self._results[key] = result
        while len(self._results) > KEPT_RESULTS:
            self._results.popitem(last=False)
        return result

    def search(
        self,
        query: Query | Node,
        context: Context | None = None,
        *,
        sort: str = RELEVANCE,
        descending: bool = True,
        limit: int = 20,
        cursor: str | None = None,
    ) -> Page:
        """One page of what a query finds. Raises QueryError."""
        return self.result(query, context).page(sort, descending, limit, cursor)

    def count(self, query: Query | Node, context: Context | None = None) -> int:
        """The exact number of documents that a query finds."""
        return self.result(query, context).count

    def ids(self, query: Query | Node, context: Context | None = None) -> list[int]:
        """The ids of all documents that a query finds, ascending."""
        found: list[int] = np.sort(self.result(query, context).ids).tolist()
        return found

    def spans(
        self, query: Query | Node, doc_id: int, context: Context | None = None
    ) -> dict[str, list[tuple[int, int, int]]]:
        """What to highlight in a document, as ``search_memory.spans``, from stored positions. Raises KeyError."""
        return record_spans(query, self.record(doc_id), self._context(context))

    def explain(self, query: Query | Node, doc_id: int, context: Context | None = None) -> Explained:
        """Why a query finds a document or not, as ``search_memory.explain``. Raises KeyError."""
        return explain_record(query, self.record(doc_id), self._context(context))

    def record(self, doc_id: int) -> Record:
        """A document as the index has it: tokens and values, no text. Raises KeyError."""
        rows = self.rows(tantivy.Query.term_query(self._schema, "id", doc_id))
        if not len(rows):
            raise KeyError(f"the index has no document {doc_id}")
        return Stored(self.forward, rows)

    def _context(self, context: Context | None) -> Context:
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


class Stored(Record):
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


# --- one query ------------------------------------------------------------------------------------------------


def every(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    """All of some queries."""
    return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(Occur.Must, one) for one in queries])


def either(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    """Any of some queries."""
    if not queries:
        return tantivy.Query.empty_query()
    return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(Occur.Should, one) for one in queries])


def without(query: tantivy.Query) -> tantivy.Query:
    """Everything that a query does not find."""
    # Must(all): a query of MustNot alone finds nothing
    return tantivy.Query.boolean_query([(Occur.Must, tantivy.Query.all_query()), (Occur.MustNot, query)])


class Result:
    """What a query finds; each thing is worked out when first asked for."""

    def __init__(self, engine: Engine, plan: Plan):
        self.engine, self.plan = engine, plan
        self._schema = engine._schema
        self._readings: dict[int, Reading] = {}
        self._exact: dict[int, tuple[Node, tantivy.Query | None]] = {}
        self._found: Found | None = None
        self._rows: Array | None = None
        self._count: int | None = None
        self._orders: dict[str, Array] = {}

    @property
    def found(self) -> Found:
        """A query of the inverted index for just these documents, or their rows."""
        if self._found is None:
            self._found = self._find(self.plan.root, None)
        return self._found

    @property
    def rows(self) -> Array:
        """The rows of all hits, ascending."""
        if self._rows is None:
            self._rows = self._as_rows(self.found)
            self._count = len(self._rows)
        return self._rows

    @property
    def count(self) -> int:
        """The exact number of hits."""
        if self._count is None:
            found = self.found
            self._count = len(found) if isinstance(found, np.ndarray) else self.engine.total(found)
        return self._count

    @property
    def ids(self) -> Array:
        """The ids of all hits, in the order of their rows."""
        return self.engine.forward.column(self.rows, "id")

    # --- finding

    def _as_query(self, found: Found) -> tantivy.Query:
        if isinstance(found, np.ndarray):
            if not len(found):
                return tantivy.Query.empty_query()
            return tantivy.Query.term_set_query(self._schema, "row", found.tolist())
        return found

    def _as_rows(self, found: Found) -> Array:
        return found if isinstance(found, np.ndarray) else self.engine.rows(found)

    def _meet(self, one: Found | None, other: Found) -> Found:
        if one is None:
            return other
        if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
            return np.intersect1d(one, other, assume_unique=True)
        both = every([self._as_query(one), self._as_query(other)])
        if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
            return self.engine.rows(both)
        return both

    def _find(self, node: Node, within: Found | None) -> Found:
        """What a node finds; right within ``within`` (None: everywhere), and perhaps more or less outside it."""
        check()
        exact = self._as_exact(node)
        if exact is not None:
            return exact
        match node:
            case And():
                return self._find_all(node, within)
            case Or():
                queries = [one for item in node.items if (one := self._as_exact(item)) is not None]
                rows = [
                    self._find(item, within) for item in sorted(node.items, key=_cost) if self._as_exact(item) is None
                ]
                queries += [one for one in rows if not isinstance(one, np.ndarray)]
                held = [one for one in rows if isinstance(one, np.ndarray)]
                together = distinct(np.concatenate(held)) if held else NO_ROWS
                return either([*queries, self._as_query(together)]) if queries else together
            case Xor():
                odd = NO_ROWS
                for item in node.items:
                    found = self._find(item, within)
                    met = self._meet(within, found) if within is not None else found
                    odd = np.setxor1d(odd, self._as_rows(met), assume_unique=True)
                return odd
            case Not():
                return without(self._as_query(self._find(node.inner, within)))
            case Term():
                queries = self._values_of(node)
                rows_found = self._checked(node, within)
                return either([*queries, self._as_query(rows_found)]) if queries else rows_found
            case _:
                return self._checked(node, within)

    def _find_all(self, node: And, within: Found | None) -> Found:
        """Everything exact first: what must be looked at is looked at only there."""
        queries = [one for item in node.items if (one := self._as_exact(item)) is not None]
        rest = sorted((item for item in node.items if self._as_exact(item) is None), key=_cost)
        narrowed: Found | None = within
        if queries:
            narrowed = self._meet(within, every(queries))
        for item in rest:
            if isinstance(item, Not) and isinstance(narrowed, np.ndarray):
                found = self._find(item.inner, narrowed)
                lost = self._meet(narrowed, found)
                narrowed = np.setdiff1d(narrowed, self._as_rows(lost), assume_unique=True)
            else:
                narrowed = self._meet(narrowed, self._find(item, narrowed))
        assert narrowed is not None
        return narrowed

    def _as_exact(self, node: Node) -> tantivy.Query | None:
        """A query of the inverted index that finds the same documents, if there is one."""
        if id(node) not in self._exact:
            # the node is kept so that its id stays its own
            self._exact[id(node)] = node, self._make_exact(node)
        return self._exact[id(node)][1]

    def _make_exact(self, node: Node) -> tantivy.Query | None:
        match node:
            case Range():
                return either(self._values_of(node))
            case Term():
                texts = text_fields(node)
                if not texts:
                    return either(self._values_of(node))
                pattern = self.plan.pattern(node)
                if pattern.slop is not None:
                    return None
                drawn = outline(pattern.steps)
                if not drawn.exact or (node.as_written and _many_forms(pattern.steps)):
                    return None
                return either([*self._values_of(node), *(self._drawn(drawn, code) for code in sorted(texts))])
            case And() | Or():
                items = [self._as_exact(item) for item in node.items]
                known = [item for item in items if item is not None]
                if len(known) < len(items):
                    return None
                return every(known) if isinstance(node, And) else either(known)
            case Xor():
                items = [self._as_exact(item) for item in node.items]
                if len(items) > 2 or items[0] is None or items[1] is None:
                    return None
                one, other = items[0], items[1]
                return either([every([one, without(other)]), every([other, without(one)])])
            case Not():
                inner = self._as_exact(node.inner)
                return None if inner is None else without(inner)
            case Semantic():
                assert self.plan.context.semantic is not None
                ids = sorted(self.plan.context.semantic(node.text, node.top))
                return tantivy.Query.term_set_query(self._schema, "id", ids) if ids else tantivy.Query.empty_query()
            case Ids():
                # an id that the index lacks finds nothing
                held = sorted(node.ids)
                return tantivy.Query.term_set_query(self._schema, "id", held) if held else tantivy.Query.empty_query()
            case _:
                return None

    def _drawn(self, drawn: Outline, code: str) -> tantivy.Query:
        """Documents in whose field everything of an outline stands."""
        kinds = tantivy.Query
        queries: list[tantivy.Query] = []
        for stretch in drawn.stretches:
            if len(stretch) == 1:
                queries.append(kinds.term_query(self._schema, code, stretch[0][1]))
            else:
                queries.append(kinds.phrase_query(self._schema, code, list(stretch)))
        queries += [kinds.term_query(self._schema, f"{code}.1", one, index_option="basic") for one in drawn.singles]
        for pattern in drawn.wild:
            texts = [self.engine.forward.tokens.texts[one] for one in self.engine.codes_like(pattern)]
            plain = [shortened(text) for text in texts if not is_han(text)]
            single = [text for text in texts if is_han(text)]
            sets = [(code, plain), (f"{code}.1", single)]
            queries.append(either([kinds.term_set_query(self._schema, name, held) for name, held in sets if held]))
        return every(queries) if queries else kinds.all_query()

    # --- values

    def _values_of(self, leaf: Term | Range) -> list[tantivy.Query]:
        """Exact queries for the fields of a leaf that compare values."""
        return [self._value(leaf, code, stored) for code, stored in self.plan.value_fields(leaf)]

    def _value(self, leaf: Term | Range, code: str, stored: str) -> tantivy.Query:
        kinds = tantivy.Query
        kind = get_field(stored).kind
        if kind in (Kind.DATE, Kind.COUNT):
            low, high = bounds(leaf, kind)
            if low is not None and high is not None and low > high:
                return kinds.empty_query()
            return kinds.range_query(self._schema, stored, tantivy.FieldType.Integer, low, high)
        assert isinstance(leaf, Term)
        wild = bool(WILDCARDS & set(leaf.text))
        match kind:
            case Kind.CLASS:
                text = class_symbol(leaf.text)
                asking = get_field(code)
                if not wild and asking.whole:
                    return self._terms(stored, [text])
                if not wild and asking.below and "/" in text:
                    return self._terms(stored, sorted(below(self.plan.context.tree, stored, text, leaf.at)))
                if not wild:
                    term = class_term(text)
                    if term is not None:
                        return kinds.term_query(self._schema, stored, term, index_option="basic")
                    found = [one for one in self.engine.values(stored, text) if class_begins(one, text)]
                    return self._terms(stored, found)
            case Kind.NUMBER:
                text = plain_number(leaf.text) if wild else self.plan.context.numbers.asked(leaf.text, stored)
            case _:
                text = key_text(leaf.text, leaf.as_written)
        mark = WRITTEN if leaf.as_written and kind is Kind.KEY else ""
        if not wild:
            return self._terms(stored, [mark + text])
        test = wildcard_test(text)
        prefix = mark + text[: min(index for index, one in enumerate(text) if one in WILDCARDS)]
        return self._terms(stored, [one for one in self.engine.values(stored, prefix) if test(one.removeprefix(mark))])

    def _terms(self, stored: str, terms: list[str]) -> tantivy.Query:
        if not terms:
            return tantivy.Query.empty_query()
        if len(terms) == 1:
            return tantivy.Query.term_query(self._schema, stored, shortened(terms[0]), index_option="basic")
        return tantivy.Query.term_set_query(self._schema, stored, [shortened(one) for one in terms])

    # --- positions

    def reading(self, leaf: Term) -> Reading:
        """A leaf's pattern against this index's codes."""
        if id(leaf) not in self._readings:
            pattern = self.plan.pattern(leaf)
            tokens = self.engine.forward.tokens
            plain = [step.text for step in pattern.steps if isinstance(step, (Char, Piece))]
            tables = {}
            for step in pattern.steps:
                if isinstance(step, Piece) and step.wild:
                    table = np.zeros(len(tokens.texts) + 1, dtype=bool)
                    table[self.engine.codes_like(step.text)] = True
                    tables[step.text] = table
            forms = {text: (text,) if leaf.as_written else written_as(text) for text in plain}
            codes = {
                text: tuple(tokens.codes[one] for one in all if one in tokens.codes) for text, all in forms.items()
            }
            self._readings[id(leaf)] = Reading(pattern.words, pattern.slop, pattern.at, codes, tables)
        return self._readings[id(leaf)]

    def _checked(self, node: Node, within: Found | None) -> Array:
        """The rows in which a node has spans in one of its text fields."""
        found = NO_ROWS
        for code in sorted(text_fields(node)):
            if isinstance(within, np.ndarray) and len(within) <= FEW_ROWS:
                rows = within
            else:
                candidates = self._candidates(node, code)
                if candidates is None:
                    continue
                rows = self._as_rows(self._meet(within, candidates) if within is not None else candidates)
            rows = np.setdiff1d(rows, found, assume_unique=True)
            found = distinct(np.concatenate([found, self._holding(node, code, rows)]))
        return found

    def _holding(self, node: Node, code: str, rows: Array) -> Array:
        """Those of the rows in which a node has spans in a field."""
        held = [NO_ROWS]
        for part, own in self.engine.forward.by_part(rows):
            for block in blocks(part, code, own):
                spans = node_spans(node, self.reading, block)
                if len(spans):
                    held.append(block.rows[distinct(block.doc(spans.start))] + part.first)
        # a block may hold rows that were not asked for
        return np.intersect1d(np.concatenate(held), rows, assume_unique=True)

    def _candidates(self, node: Node, code: str) -> tantivy.Query | None:
        """Documents that may have spans of a node in a field: all that do, and others. None: no document can."""
        match node:
            case Term():
                if code not in stored_fields(node):
                    return None
                pattern = self.plan.pattern(node)
                if pattern.slop is None:
                    return self._drawn(outline(pattern.steps), code)
                return every([self._drawn(outline(word), code) for word in pattern.words])
            case Or():
                found = [one for item in node.items if (one := self._candidates(item, code)) is not None]
                return either(found) if found else None
            case Freq():
                return self._candidates(node.inner, code)
            case Prox():
                left = self._candidates(node.left, code)
                if left is None or node.negated:
                    return left
                right = self._candidates(node.right, code)
                return None if right is None else every([left, right])
            case _:
                return None

    def documents_with(self, leaf: Term) -> int:
        """How many documents the inverted index gives for a word: those that hold it, or a few more."""
        found = [one for code in sorted(text_fields(leaf)) if (one := self._candidates(leaf, code)) is not None]
        return self.engine.total(either(found))

    # --- order

    def keys(self, sort: str) -> Array:
        """What hits are sorted by, a number for each row; MISSING where a document has no value."""
        if sort not in self._orders:
            self._orders[sort] = self._keys(sort)
        return self._orders[sort]

    def _keys(self, sort: str) -> Array:
        forward = self.engine.forward
        if sort == RELEVANCE:
            return bm25f(self)
        if sort == "number":
            return self.engine.value_ranks[forward.column(self.rows, "number")]
        one = get_field(sort)
        if one.members or one.kind is Kind.TEXT:
            raise QueryError(f"不能按{one.zh}（{one.code}）排序", f"results cannot be sorted by {one.en} ({one.code})")
        if one.kind in (Kind.DATE, Kind.COUNT):
            return forward.column(self.rows, f"{sort}.num")
        owners, values = forward.lists(self.rows, sort)
        keys = np.full(len(self.rows), MISSING, dtype=np.int64)
        # the first value of each row: rows stand in order
        first = beginnings(owners)
        keys[owners[first]] = self.engine.value_ranks[values[first]]
        return keys

    def page(self, sort: str = RELEVANCE, descending: bool = True, limit: int = 20, cursor: str | None = None) -> Page:
        """One page. Hits that are alike stand by id; those without a value stand last, whatever the direction."""
        if limit < 1:
            raise ValueError("a page holds one document or more")
        keys, ids = self.keys(sort), self.ids
        wanted = -keys.astype(np.float64) if descending else keys.astype(np.float64)
        wanted = np.where(keys == MISSING, np.inf, wanted)
        start = 0
        if cursor is None:
            order = _first(wanted, ids, limit + 1)
        else:
            key, last = _cursor(cursor, sort, descending)
            after = np.flatnonzero((wanted > key) | ((wanted == key) & (ids > last)))
            order = after[_first(wanted[after], ids[after], limit + 1)]
        chosen = order[start : start + limit]
        more = len(order) > limit
        last_key = float(wanted[chosen[-1]]) if more else 0.0
        following = _cursor_text(sort, descending, last_key, int(ids[chosen[-1]])) if more else None
        return Page(tuple(ids[chosen].tolist()), self.count, following)


def _many_forms(steps: Word) -> bool:
    """Whether some character of a word is one with others, so that the inverted index alone cannot tell them."""
    return any(isinstance(step, Char) and variants(step.text) for step in steps)


def _cost(node: Node) -> int:
    """Which of some nodes to look at first: words, then proximity, then what is denied."""
    match node:
        case Term():
            return 0
        case Prox() | Freq():
            return 1
        case Not():
            return 3
        case _:
            return 2


def _first(keys: Array, ids: Array, limit: int) -> Array:
    """The places of the first by key, then id."""
    if len(keys) > 4 * limit:
        bound = np.partition(keys, limit)[limit]
        chosen = np.flatnonzero(keys <= bound)
        return chosen[np.lexsort((ids[chosen], keys[chosen]))][:limit]
    return np.lexsort((ids, keys))[:limit]


def _cursor_text(sort: str, descending: bool, key: float, last: int) -> str:
    held = json.dumps([sort, descending, key.hex(), last]).encode()
    return base64.urlsafe_b64encode(held).decode().rstrip("=")


def _cursor(text: str, sort: str, descending: bool) -> tuple[float, int]:
    wrong = QueryError("翻页标记无效：请从第一页重新检索", "this is no place in the list: begin at the first page")
    try:
        held = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        was, way, key, last = held
        found = float.fromhex(key), int(last)
    except (ValueError, TypeError, AttributeError) as error:
        raise wrong from error
    if (was, way) != (sort, descending):
        raise wrong
    return found
