"""What a search query means: the definition, over documents in memory. Every other engine must agree with it.

- A word or phrase denotes spans (start, end) of token positions in one field of one document, ``end`` not included.
  A phrase stands within one paragraph (claim, value); Han characters written together stand in one run of Han
  characters, Latin words stand next to each other whatever punctuation parts them.
- ``A (nW) B``: a span of A, then one of B that does not overlap it, with at most n tokens between; ``(nD)``: in either
  order; ``EQU/n``: in order with exactly n between. ``(S)``, ``(P)``: not overlapping, and both together within one
  sentence or paragraph, or within n+1 neighbouring ones; ``(F)``: not overlapping, in the same field. The result is
  the span from the first start to the last end. ``(nW)`` and ``(nD)`` may cross sentences and paragraphs of a field.
- ``X NOT prox Y``: the spans of X that no span of Y stands near. One is enough to find the document.
- OR in an operand is the union of spans, AND is drawn out (``kernel.query.distributed``).
- AND, OR, XOR, NOT elsewhere combine documents. A word sought in several fields is sought in each by itself.
- NAME fields (applicants, addresses …) are text, but nothing crosses from one value to the next.
- KEY fields compare whole values; classes by prefix, or by the tree where the field says so; numbers by the keys that
  ``Numbers`` gives; a date of a year or month stands for all its days.
- Traditional and simplified characters are one (``engines.characters``), in texts, names and keys, and so in tags and
  notes; a word ``as_written`` finds just its own characters. Numbers and classes have none.
- A document without a value in a field is found by nothing in that field, and so by every NOT of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jinzhi.engines.characters import simplified
from jinzhi.engines.patience import each
from jinzhi.kernel.query import (
    WILDCARDS,
    And,
    Char,
    ClassTree,
    Doc,
    Freq,
    Ids,
    Kind,
    Near,
    Node,
    Numbers,
    Or,
    PatternGap,
    PatternPiece,
    Prox,
    Query,
    QueryError,
    QueryNot,
    QueryTerm,
    Range,
    Resolver,
    Semantic,
    Step,
    TooWide,
    Word,
    Xor,
    check,
    class_begins,
    class_symbol,
    count_of,
    date_bounds,
    distributed,
    get_field,
    leaves,
    pattern_of,
    plain_number,
    resolved,
    stored_fields,
    text_fields,
    wildcard_test,
)
from jinzhi.kernel.query import children as inner_nodes
from jinzhi.kernel.tokens import EMPTY, Tokens, fold, tokenise

Span = tuple[int, int]

#: spans that one operand may have in one field of one document
MAX_SPANS = 2_000_000


@dataclass(frozen=True, slots=True)
class QueryContext:
    """What a query needs beside documents. ``semantic`` gives the ids of what is like a text."""

    numbers: Numbers = field(default_factory=Numbers)
    tree: ClassTree | None = None
    resolver: Resolver | None = None
    semantic: Callable[[str, int | None], Collection[int]] | None = None


ALONE = QueryContext()


class SearchRecord:
    """A document with its tokens, made when first asked for. Holding Records makes many queries cheaper."""

    def __init__(self, doc: Doc):
        self.doc = doc
        self._tokens: dict[str, Tokens] = {}
        self._folded: dict[str, Tokens] = {}
        self._places: dict[tuple[str, bool], dict[str, list[int]]] = {}
        self._number_keys: dict[tuple[str, Numbers], tuple[frozenset[str], ...]] = {}

    def holds(self, code: str) -> bool:
        """Whether the document has anything in a stored field of text or keys."""
        return bool(self.doc.text.get(code) or self.doc.keys.get(code))

    def tokens(self, code: str) -> Tokens:
        """The tokens of a TEXT field, or of a NAME field with each value as a paragraph."""
        if code not in self._tokens:
            source = self.doc.text if get_field(code).kind is Kind.TEXT else self.doc.keys
            self._tokens[code] = tokenise(source[code]) if source.get(code) else EMPTY
        return self._tokens[code]

    def folded(self, code: str) -> Tokens:
        """The tokens of a field with every traditional character as its simplified one; the places are the same."""
        if code not in self._folded:
            tokens = self.tokens(code)
            self._folded[code] = replace(tokens, texts=tuple(simplified(text) for text in tokens.texts))
        return self._folded[code]

    def compared(self, code: str, as_written: bool) -> tuple[Tokens, dict[str, list[int]]]:
        """The tokens of a field as a word is compared with them, and the positions of each."""
        tokens = self.tokens(code) if as_written else self.folded(code)
        if (code, as_written) not in self._places:
            places: dict[str, list[int]] = {}
            for position, text in enumerate(tokens.texts):
                places.setdefault(text, []).append(position)
            self._places[code, as_written] = places
        return tokens, self._places[code, as_written]

    def number_keys(self, code: str, numbers: Numbers) -> tuple[frozenset[str], ...]:
        """For each value of a NUMBER field the keys under which it answers."""
        if (code, numbers) not in self._number_keys:
            values = self.doc.keys.get(code, ())
            self._number_keys[code, numbers] = tuple(numbers.keys(value, code) for value in values)
        return self._number_keys[code, numbers]


class QueryPlan:
    """A query made ready: references put in, AND drawn out of proximity, patterns and values read once."""

    def __init__(self, query: Query | Node, context: QueryContext = ALONE):
        root = query.root if isinstance(query, Query) else query
        self.context = context
        self.whole = resolved(root, context.resolver)
        check(self.whole)
        self.root = distributed(self.whole)
        self._patterns: dict[int, WordPattern] = {}
        self._tests: dict[tuple[int, str, str], Callable[[SearchRecord], bool]] = {}
        self._similar: dict[int, Collection[int]] = {}
        self._fields: dict[int, tuple[str, ...]] = {}
        self._colours = {id(leaf): number for number, leaf in reversed(list(enumerate(leaves(self.whole))))}
        for leaf in leaves(self.root):
            self._ready(leaf)

    def _ready(self, leaf: Node) -> None:
        if isinstance(leaf, Semantic):
            if self.context.semantic is None:
                raise QueryError(
                    "这里没有启用语义检索：请改用关键词，或由管理员配置向量模型",
                    "semantic search is not available here: use words, or have a model configured",
                    leaf.at,
                )
            self._similar[id(leaf)] = frozenset(self.context.semantic(leaf.text, leaf.top))
        if not isinstance(leaf, (QueryTerm, Range)):
            return
        for code in stored_fields(leaf):
            if get_field(code).kind in (Kind.TEXT, Kind.NAME):
                assert isinstance(leaf, QueryTerm)
                self._patterns.setdefault(id(leaf), WordPattern(leaf))
        for code in leaf.fields:
            for stored in get_field(code).stored:
                if get_field(stored).kind not in (Kind.TEXT, Kind.NAME):
                    self._tests[id(leaf), code, stored] = value_test(leaf, code, stored, self.context)

    # --- documents

    def finds(self, record: SearchRecord) -> bool:
        """Whether the query finds the document."""
        return self.holds(self.root, record)

    def holds(self, node: Node, record: SearchRecord) -> bool:
        """Whether one node of the tree finds the document."""
        match node:
            case QueryTerm() | Range():
                return self._leaf_holds(node, record)
            case Prox() | Freq():
                return any(self.spans(node, record, code) for code in self.fields(node) if record.holds(code))
            case And():
                return all(self.holds(item, record) for item in node.items)
            case Or():
                return any(self.holds(item, record) for item in node.items)
            case Xor():
                return sum(self.holds(item, record) for item in node.items) % 2 == 1
            case QueryNot():
                return not self.holds(node.inner, record)
            case Semantic():
                return record.doc.id in self._similar[id(node)]
            case Ids():
                return record.doc.id in node.ids
            case _:
                raise AssertionError(f"{node} should have been resolved")

    def _leaf_holds(self, leaf: QueryTerm | Range, record: SearchRecord) -> bool:
        if any(self.value_holds(leaf, code, stored, record) for code, stored in self.value_fields(leaf)):
            return True
        return any(self.spans(leaf, record, code) for code in self.fields(leaf) if record.holds(code))

    def fields(self, node: Node) -> tuple[str, ...]:
        """The stored text fields in which a node can have spans, sorted."""
        if id(node) not in self._fields:
            self._fields[id(node)] = tuple(sorted(text_fields(node)))
        return self._fields[id(node)]

    def value_fields(self, leaf: QueryTerm | Range) -> list[tuple[str, str]]:
        """The fields of a leaf that compare values: what was asked, and where it is stored."""
        pairs = [(code, stored) for code in leaf.fields for stored in get_field(code).stored]
        return [pair for pair in pairs if (id(leaf), *pair) in self._tests]

    def value_holds(self, leaf: QueryTerm | Range, code: str, stored: str, record: SearchRecord) -> bool:
        """Whether the document has a value in one of those fields that the leaf asks for."""
        return self._tests[id(leaf), code, stored](record)

    def pattern(self, leaf: QueryTerm) -> WordPattern:
        """The pattern of a leaf that is sought in text."""
        return self._patterns[id(leaf)]

    # --- spans

    def spans(self, node: Node, record: SearchRecord, code: str) -> set[Span]:
        """The spans of a node (free of And, QueryNot, Xor) in one stored text field."""
        match node:
            case QueryTerm():
                if code not in self.fields(node):
                    return set()
                return self._patterns[id(node)].spans(*record.compared(code, node.as_written))
            case Or():
                return set().union(*(self.spans(item, record, code) for item in node.items))
            case Freq():
                found = self.spans(node.inner, record, code)
                return found if len(found) >= node.least else set()
            case Prox():
                left = self.spans(node.left, record, code)
                if not left:
                    return left
                pairs = near_pairs(node, left, self.spans(node.right, record, code), record.tokens(code), code)
                if node.negated:
                    return left - {one for one, _ in pairs}
                return _bounded({(min(a, c), max(b, d)) for (a, b), (c, d) in pairs}, node.at)
            case _:
                return set()

    # --- highlighting

    def marks(self, record: SearchRecord) -> dict[str, list[tuple[int, int, int]]]:
        """See ``spans`` of the module."""
        found: dict[str, set[tuple[int, int, int]]] = {}
        self._mark(self.root, record, found)
        return {code: sorted(marks) for code, marks in sorted(found.items()) if marks}

    def _mark(self, node: Node, record: SearchRecord, found: dict[str, set[tuple[int, int, int]]]) -> None:
        match node:
            case QueryTerm() | Prox() | Freq():
                for code in self.fields(node):
                    spans = self.spans(node, record, code)
                    self._mark_spans(node, record, code, spans, found.setdefault(code, set()))
                if isinstance(node, QueryTerm):
                    self._mark_values(node, record, found)
            case And() | Or() | Xor():
                for item in node.items:
                    if self.holds(item, record):
                        self._mark(item, record, found)
            case _:
                return

    def _mark_values(self, leaf: QueryTerm, record: SearchRecord, found: dict[str, set[tuple[int, int, int]]]) -> None:
        for code, stored in self.value_fields(leaf):
            for index, value in enumerate(record.doc.keys.get(stored, ())):
                alone = SearchRecord(Doc(record.doc.id, record.doc.number, keys={stored: (value,)}))
                if self.value_holds(leaf, code, stored, alone):
                    found.setdefault(stored, set()).add((index, index + 1, self._colours[id(leaf)]))

    def _mark_spans(
        self, node: Node, record: SearchRecord, code: str, keep: set[Span], found: set[tuple[int, int, int]]
    ) -> None:
        """Mark the leaves' spans that take part in the spans to keep."""
        match node:
            case QueryTerm():
                found.update((start, end, self._colours[id(node)]) for start, end in keep)
            case Or():
                for item in node.items:
                    self._mark_spans(item, record, code, keep & self.spans(item, record, code), found)
            case Freq():
                self._mark_spans(node.inner, record, code, keep, found)
            case Prox():
                if not keep:
                    return
                if node.negated:
                    self._mark_spans(node.left, record, code, keep, found)
                    return
                left, right = self.spans(node.left, record, code), self.spans(node.right, record, code)
                pairs = near_pairs(node, left, right, record.tokens(code), code)
                kept = [(a, b) for a, b in pairs if (min(a[0], b[0]), max(a[1], b[1])) in keep]
                self._mark_spans(node.left, record, code, {a for a, _ in kept}, found)
                self._mark_spans(node.right, record, code, {b for _, b in kept}, found)
            case _:
                return


# --- words and phrases ----------------------------------------------------------------------------------------


class WordPattern:
    """The words of a leaf, and where they stand in tokens."""

    def __init__(self, leaf: QueryTerm):
        self.at = leaf.at
        self.as_written = leaf.as_written
        self.words = compared_words(pattern_of(leaf.text, leaf.at), leaf.as_written)
        self.slop = leaf.slop
        self.steps: Word = tuple(step for word in self.words for step in word)
        self.needed = tuple(
            step.text
            for step in self.steps
            if isinstance(step, Char) or (isinstance(step, PatternPiece) and not step.wild)
        )
        self.wild = len(self.needed) < len(self.steps)
        self._tests = {
            step.text: wildcard_test(step.text) for step in self.steps if isinstance(step, PatternPiece) and step.wild
        }

    def spans(self, tokens: Tokens, places: Mapping[str, Sequence[int]]) -> set[Span]:
        """Every span of the pattern."""
        if any(text not in places for text in self.needed):
            return set()
        if self.slop is not None:
            return self._any_order(tokens, places)
        return self._in_order(self.steps, tokens, places)

    def _in_order(self, steps: Word, tokens: Tokens, places: Mapping[str, Sequence[int]]) -> set[Span]:
        first = steps[0]
        starts: Iterable[int] = range(len(tokens))
        if isinstance(first, Char) or (isinstance(first, PatternPiece) and not first.wild):
            starts = places.get(first.text, ())
        if len(steps) == 1 and not isinstance(first, PatternGap) and first.text in places:
            return {(start, start + 1) for start in starts}
        found = {(start, end) for start in starts for end in self._ends(steps, tokens, start)}
        same = tokens.paragraphs
        return _bounded({(s, e) for s, e in found if e > s and same[s] == same[e - 1]}, self.at)

    def _ends(self, steps: Word, tokens: Tokens, start: int) -> set[int]:
        """Where the steps can end when they begin at a position."""
        if not self.wild:
            return self._plain_end(steps, tokens, start)
        # a state is a position and the run of Han characters in which a glued step must stand (None: any)
        states: set[tuple[int, int | None]] = {(start, None)}
        for step in steps:
            states = {after for state in states for after in self._after(step, tokens, state)}
            if not states:
                break
        return {position for position, _ in states}

    def _plain_end(self, steps: Word, tokens: Tokens, start: int) -> set[int]:
        """As ``_ends`` for steps without wildcards, which have one way to go."""
        end = start + len(steps)
        if tokens.texts[start:end] != tuple(step.text for step in steps if not isinstance(step, PatternGap)):
            return set()
        glued = (at for at, step in enumerate(steps, start) if isinstance(step, Char) and step.glued)
        return {end} if all(tokens.runs[at] == tokens.runs[at - 1] for at in glued) else set()

    def _after(self, step: Step, tokens: Tokens, state: tuple[int, int | None]) -> Iterable[tuple[int, int | None]]:
        position, run = state
        inside = position < len(tokens)
        match step:
            case Char():
                glued = not step.glued or run is None or (inside and tokens.runs[position] == run)
                if inside and glued and tokens.texts[position] == step.text:
                    yield position + 1, tokens.runs[position]
            case PatternPiece():
                if inside and self._same(step, tokens.texts[position]):
                    yield position + 1, None
            case PatternGap():
                run = run if step.glued else None
                count = 0
                while True:
                    if count >= step.least:
                        yield position, run
                    if count == step.most or position >= len(tokens) or tokens.runs[position] < 0:
                        return
                    if run is not None and tokens.runs[position] != run:
                        return
                    run = tokens.runs[position]
                    position, count = position + 1, count + 1

    def _same(self, step: PatternPiece, text: str) -> bool:
        return self._tests[step.text](text) if step.wild else step.text == text

    def _any_order(self, tokens: Tokens, places: Mapping[str, Sequence[int]]) -> set[Span]:
        """All words, not overlapping, in one paragraph, with at most ``slop`` other tokens between first and last."""
        assert self.slop is not None
        options = sorted(
            (start, end, number)
            for number, word in enumerate(self.words)
            for start, end in self._in_order(word, tokens, places)
        )
        if len({number for _, _, number in options}) < len(self.words):
            return set()
        starts = [start for start, _, _ in options]
        everything = (1 << len(self.words)) - 1
        found: set[Span] = set()
        todo = [(start, end, 1 << number, 0) for start, end, number in options]
        seen = set(todo)
        while todo:
            first, end, used, between = todo.pop()
            if used == everything:
                found.add((first, end))
                continue
            low, high = bisect_left(starts, end), bisect_right(starts, end + self.slop - between)
            for start, after, number in options[low:high]:
                state = (first, after, used | 1 << number, between + start - end)
                if used & 1 << number or state in seen or tokens.paragraphs[first] != tokens.paragraphs[start]:
                    continue
                seen.add(state)
                todo.append(state)
            _bounded(seen, self.at)
        return found


def compared_words(words: Sequence[Word], as_written: bool) -> tuple[Word, ...]:
    """The words of a leaf as they are compared: simplified, unless they are to stand as written."""
    if as_written:
        return tuple(words)
    return tuple(
        tuple(Char(simplified(step.text), step.glued) if isinstance(step, Char) else step for step in word)
        for word in words
    )


def key_text(text: str, as_written: bool) -> str:
    """A whole value as it is compared."""
    plain = fold(text).strip()
    return plain if as_written else simplified(plain)


def _bounded(spans: set[Any], at: int) -> set[Any]:
    if len(spans) > MAX_SPANS:
        raise TooWide("一个字段内的匹配位置", "matching places within one field", len(spans), MAX_SPANS, at)
    return spans


# --- proximity ------------------------------------------------------------------------------------------------


def near_pairs(node: Prox, left: set[Span], right: set[Span], tokens: Tokens, code: str) -> list[tuple[Span, Span]]:
    """Pairs of a left and a right span that stand as the operator asks, each pair once."""
    ordered = sorted(right)
    starts = [start for start, _ in ordered]
    by_end = sorted(right, key=lambda span: span[1])
    ends = [end for _, end in by_end]
    units = [_units(node, tokens)[start] for start in starts] if node.near in (Near.S, Near.P) else []
    one_value = get_field(code).kind is Kind.NAME
    pairs: list[tuple[Span, Span]] = []
    for span in sorted(left):
        start, end = span
        found: list[Span] = []
        match node.near:
            case Near.W:
                found = ordered[bisect_left(starts, end) : bisect_right(starts, end + node.n)]
            case Near.EQU:
                found = ordered[bisect_left(starts, end + node.n) : bisect_right(starts, end + node.n)]
            case Near.D:
                found = ordered[bisect_left(starts, end) : bisect_right(starts, end + node.n)]
                found += by_end[bisect_left(ends, start - node.n) : bisect_right(ends, start)]
            case Near.S | Near.P | Near.F:
                found = [
                    other
                    for other in _neighbours(node, span, ordered, units, tokens)
                    if other[0] >= end or other[1] <= start
                ]
        pairs += [(span, other) for other in found if _together(node, span, other, tokens, one_value)]
        if len(pairs) > MAX_SPANS:
            raise TooWide("一个字段内的匹配位置", "matching places within one field", len(pairs), MAX_SPANS, node.at)
    return pairs


def _units(node: Prox, tokens: Tokens) -> tuple[int, ...]:
    return tokens.sentences if node.near is Near.S else tokens.paragraphs


def _neighbours(node: Prox, span: Span, ordered: list[Span], units: list[int], tokens: Tokens) -> Iterable[Span]:
    """The spans that begin in a sentence or paragraph near enough (``units``: where each of them begins)."""
    if node.near is Near.F:
        return ordered
    numbers = _units(node, tokens)
    low = bisect_left(units, numbers[span[1] - 1] - node.n)
    return ordered[low : bisect_right(units, numbers[span[0]] + node.n)]


def _together(node: Prox, one: Span, other: Span, tokens: Tokens, one_value: bool) -> bool:
    first, last = min(one[0], other[0]), max(one[1], other[1]) - 1
    if one_value and tokens.paragraphs[first] != tokens.paragraphs[last]:
        return False
    if node.near is Near.S:
        return tokens.sentences[last] - tokens.sentences[first] <= node.n
    if node.near is Near.P:
        return tokens.paragraphs[last] - tokens.paragraphs[first] <= node.n
    return True


# --- values ---------------------------------------------------------------------------------------------------


def value_test(
    leaf: QueryTerm | Range, code: str, stored: str, context: QueryContext = ALONE
) -> Callable[[SearchRecord], bool]:
    """Whether a document's values in one stored field (no text) are what a leaf asks for in the field of ``code``."""
    kind = get_field(stored).kind
    if kind in (Kind.DATE, Kind.COUNT):
        low, high = bounds(leaf, kind)

        def in_bounds(record: SearchRecord) -> bool:
            values = record.doc.dates if kind is Kind.DATE else record.doc.numbers
            value = values.get(stored)
            return value is not None and (low is None or value >= low) and (high is None or value <= high)

        return in_bounds
    assert isinstance(leaf, QueryTerm)
    if kind is Kind.NUMBER:
        keyed = number_test(leaf, stored, context)
        return lambda record: any(keyed(keys) for keys in record.number_keys(stored, context.numbers))
    test = key_test(leaf, code, stored, context)
    return lambda record: any(test(value) for value in record.doc.keys.get(stored, ()))


def bounds(leaf: QueryTerm | Range, kind: Kind) -> tuple[int | None, int | None]:
    """Lowest and highest value (yyyymmdd or a count) that a leaf asks for, both counted in; None: open.

    A year or month stands for all its days: after 2017 is from 20180101. Days compare as numbers, so "one after" a
    day need not be a day of the calendar.
    """

    def ends(text: str) -> tuple[int, int]:
        if kind is Kind.DATE:
            return date_bounds(text, leaf.at)
        value = count_of(text, leaf.at)
        return value, value

    if isinstance(leaf, Range):
        low = high = None
        if leaf.low != "*":
            first, last = ends(leaf.low)
            low = first if leaf.low_in else last + 1
        if leaf.high != "*":
            first, last = ends(leaf.high)
            high = last if leaf.high_in else first - 1
        return low, high
    first, last = ends(leaf.text)
    return {
        "=": (first, last),
        ">": (last + 1, None),
        ">=": (first, None),
        "<": (None, first - 1),
        "<=": (None, last),
    }[leaf.op]


def key_test(leaf: QueryTerm, code: str, stored: str, context: QueryContext = ALONE) -> Callable[[str], bool]:
    """Whether one stored value of a KEY, CLASS or NUMBER field is what a leaf asks for in the field of ``code``."""
    asking = get_field(code)
    wild = bool(WILDCARDS & set(leaf.text))
    match get_field(stored).kind:
        case Kind.CLASS:
            symbol = class_symbol(leaf.text)
            if wild:
                matches = wildcard_test(symbol)
                return lambda value: matches(class_symbol(value))
            if asking.whole:
                return lambda value: class_symbol(value) == symbol
            if asking.below and "/" in symbol:
                family = below(context.tree, stored, symbol, leaf.at)
                return lambda value: class_symbol(value) in family
            return lambda value: class_begins(class_symbol(value), symbol)
        case Kind.NUMBER:
            keyed = number_test(leaf, stored, context)
            return lambda value: keyed(context.numbers.keys(value, stored))
        case _:
            exactly = leaf.as_written
            text = key_text(leaf.text, exactly)
            if wild:
                matches = wildcard_test(text)
                return lambda value: matches(key_text(value, exactly))
            return lambda value: key_text(value, exactly) == text


def number_test(leaf: QueryTerm, stored: str, context: QueryContext = ALONE) -> Callable[[frozenset[str]], bool]:
    """Whether a number that answers under some keys is what a leaf asks for in a stored NUMBER field."""
    if WILDCARDS & set(leaf.text):
        matches = wildcard_test(plain_number(leaf.text))
        return lambda keys: any(matches(key) for key in keys)
    number = context.numbers.asked(leaf.text, stored)
    return lambda keys: number in keys


def below(tree: ClassTree | None, stored: str, symbol: str, at: int) -> frozenset[str]:
    """A class symbol with all below it by dots. Raises QueryError where no tree is at hand or it lacks the symbol."""
    if tree is None:
        raise QueryError(
            f"没有装入分类表，无法展开 {symbol} 的下位；可改用 ipc={symbol}（仅此小组）",
            f"no classification is loaded, so what lies below {symbol} is unknown; ipc={symbol} finds this place only",
            at,
        )
    found = tree.subtree({"ipcm": "ipc"}.get(stored, stored), symbol)
    if found is None:
        raise QueryError(
            f"分类表里没有 {symbol}；请核对，或用 ipc={symbol} 按文献所标原文检索",
            f"the classification has no {symbol}; check it, or search ipc={symbol} as documents state it",
            at,
            at + len(symbol),
        )
    return found


# --- the engine -----------------------------------------------------------------------------------------------


def records(docs: Iterable[Doc | SearchRecord]) -> list[SearchRecord]:
    """Documents made ready to be searched more than once."""
    return [doc if isinstance(doc, SearchRecord) else SearchRecord(doc) for doc in docs]


def search(query: Query | Node, docs: Iterable[Doc | SearchRecord], context: QueryContext = ALONE) -> list[int]:
    """The ids of the documents that the query finds, in the documents' order. Raises QueryError."""
    plan = QueryPlan(query, context)
    return [record.doc.id for record in each(records(docs)) if plan.finds(record)]


def spans(
    query: Query | Node, doc: Doc | SearchRecord, context: QueryContext = ALONE
) -> dict[str, list[tuple[int, int, int]]]:
    """What to highlight: by stored field, (start, end, alternative), sorted.

    In TEXT and NAME fields start and end are token positions (``kernel.tokens``), in KEY, CLASS and NUMBER fields
    indexes of values. The alternative is the number of the leaf in the query from left to right, from 0. Of words
    under proximity only those occurrences are marked that take part in a match.
    """
    return QueryPlan(query, context).marks(records([doc])[0])


@dataclass(frozen=True, slots=True)
class QueryExplained:
    """A node of the query, whether it finds the document, its number of spans by field, and the same below it."""

    node: Node
    found: bool
    counts: Mapping[str, int]
    inner: tuple[QueryExplained, ...]


def explain(query: Query | Node, doc: Doc | SearchRecord, context: QueryContext = ALONE) -> QueryExplained:
    """Why the query finds the document or not, node by node (of the tree with AND drawn out of proximity)."""
    plan = QueryPlan(query, context)
    record = records([doc])[0]

    def explained(node: Node, near: bool) -> QueryExplained:
        counts = {code: len(plan.spans(node, record, code)) for code in sorted(text_fields(node))}
        counts = {code: count for code, count in counts.items() if count}
        inside = near or isinstance(node, (Prox, Freq))
        found = bool(counts) if near else plan.holds(node, record)
        return QueryExplained(node, found, counts, tuple(explained(child, inside) for child in inner_nodes(node)))

    return explained(plan.root, False)
