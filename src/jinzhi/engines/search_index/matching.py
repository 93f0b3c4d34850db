"""Which documents a query finds in an opened index.

What the inverted index can say exactly it is asked; for the rest it gives candidates, whose positions are compared.
"""

from __future__ import annotations

import numpy as np
import tantivy

from jinzhi.engines.characters import variants, written_as
from jinzhi.engines.patience import check
from jinzhi.engines.search_index.opened import NO_ROWS, OpenIndex
from jinzhi.engines.search_index.positions import WordReading, blocks, node_spans
from jinzhi.engines.search_index.store import Array, distinct
from jinzhi.engines.search_index.terms import Outline, outline, shortened
from jinzhi.engines.search_index.values import ValueQueries, either, every, without
from jinzhi.engines.search_memory import QueryPlan
from jinzhi.kernel.query import (
    And,
    Char,
    Freq,
    Ids,
    Node,
    Or,
    PatternPiece,
    Prox,
    QueryNot,
    QueryTerm,
    Range,
    Semantic,
    Word,
    Xor,
    stored_fields,
    text_fields,
)
from jinzhi.kernel.tokens import is_han

#: fewer rows than this are looked at without asking the index again which of them may match
FEW_ROWS = 1500

#: a query of the inverted index for just some documents, or their rows
Match = tantivy.Query | Array


class Matches:
    """The documents that a query finds; each thing is worked out when first asked for."""

    def __init__(self, engine: OpenIndex, plan: QueryPlan):
        self.engine, self.plan = engine, plan
        self._schema = engine.schema
        self._values = ValueQueries(engine, plan)
        self._readings: dict[int, WordReading] = {}
        self._exact: dict[int, tuple[Node, tantivy.Query | None]] = {}
        self._matched: Match | None = None
        self._rows: Array | None = None
        self._count: int | None = None

    @property
    def matched(self) -> Match:
        """A query of the inverted index for just these documents, or their rows."""
        if self._matched is None:
            self._matched = self._find(self.plan.root, None)
        return self._matched

    @property
    def rows(self) -> Array:
        """The rows of all hits, ascending."""
        if self._rows is None:
            self._rows = self._as_rows(self.matched)
            self._count = len(self._rows)
        return self._rows

    @property
    def count(self) -> int:
        """The exact number of hits."""
        if self._count is None:
            found = self.matched
            self._count = len(found) if isinstance(found, np.ndarray) else self.engine.total(found)
        return self._count

    @property
    def ids(self) -> Array:
        """The ids of all hits, in the order of their rows."""
        return self.engine.forward.column(self.rows, "id")

    # --- finding

    def _as_query(self, found: Match) -> tantivy.Query:
        if isinstance(found, np.ndarray):
            if not len(found):
                return tantivy.Query.empty_query()
            return tantivy.Query.term_set_query(self._schema, "row", found.tolist())
        return found

    def _as_rows(self, found: Match) -> Array:
        return found if isinstance(found, np.ndarray) else self.engine.rows(found)

    def _meet(self, one: Match | None, other: Match) -> Match:
        if one is None:
            return other
        if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
            return np.intersect1d(one, other, assume_unique=True)
        both = every([self._as_query(one), self._as_query(other)])
        if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
            return self.engine.rows(both)
        return both

    def _find(self, node: Node, within: Match | None) -> Match:
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
            case QueryNot():
                return without(self._as_query(self._find(node.inner, within)))
            case QueryTerm():
                queries = self._values.of(node)
                rows_found = self._checked(node, within)
                return either([*queries, self._as_query(rows_found)]) if queries else rows_found
            case _:
                return self._checked(node, within)

    def _find_all(self, node: And, within: Match | None) -> Match:
        """Everything exact first: what must be looked at is looked at only there."""
        queries = [one for item in node.items if (one := self._as_exact(item)) is not None]
        rest = sorted((item for item in node.items if self._as_exact(item) is None), key=_cost)
        narrowed: Match | None = within
        if queries:
            narrowed = self._meet(within, every(queries))
        for item in rest:
            if isinstance(item, QueryNot) and isinstance(narrowed, np.ndarray):
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
                return either(self._values.of(node))
            case QueryTerm():
                texts = text_fields(node)
                if not texts:
                    return either(self._values.of(node))
                pattern = self.plan.pattern(node)
                if pattern.slop is not None:
                    return None
                drawn = outline(pattern.steps)
                if not drawn.exact or (node.as_written and _many_forms(pattern.steps)):
                    return None
                return either([*self._values.of(node), *(self._drawn(drawn, code) for code in sorted(texts))])
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
            case QueryNot():
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

    # --- positions

    def reading(self, leaf: QueryTerm) -> WordReading:
        """A leaf's pattern against this index's codes."""
        if id(leaf) not in self._readings:
            pattern = self.plan.pattern(leaf)
            tokens = self.engine.forward.tokens
            plain = [step.text for step in pattern.steps if isinstance(step, (Char, PatternPiece))]
            tables = {}
            for step in pattern.steps:
                if isinstance(step, PatternPiece) and step.wild:
                    table = np.zeros(len(tokens.texts) + 1, dtype=bool)
                    table[self.engine.codes_like(step.text)] = True
                    tables[step.text] = table
            forms = {text: (text,) if leaf.as_written else written_as(text) for text in plain}
            codes = {
                text: tuple(tokens.codes[one] for one in all if one in tokens.codes) for text, all in forms.items()
            }
            self._readings[id(leaf)] = WordReading(pattern.words, pattern.slop, pattern.at, codes, tables)
        return self._readings[id(leaf)]

    def _checked(self, node: Node, within: Match | None) -> Array:
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
            case QueryTerm():
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

    def documents_with(self, leaf: QueryTerm) -> int:
        """How many documents the inverted index gives for a word: those that hold it, or a few more."""
        found = [one for code in sorted(text_fields(leaf)) if (one := self._candidates(leaf, code)) is not None]
        return self.engine.total(either(found))


def _many_forms(steps: Word) -> bool:
    """Whether some character of a word is one with others, so that the inverted index alone cannot tell them."""
    return any(isinstance(step, Char) and variants(step.text) for step in steps)


def _cost(node: Node) -> int:
    """Which of some nodes to look at first: words, then proximity, then what is denied."""
    match node:
        case QueryTerm():
            return 0
        case Prox() | Freq():
            return 1
        case QueryNot():
            return 3
        case _:
            return 2
