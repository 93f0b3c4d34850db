"""Spans by numpy: what ``search_memory`` says of one document, for the tokens of many documents at once.

Positions are places in a block: the tokens of one field of some documents, one after another. A span never leaves its
document; sets of spans are sorted by start, then end, each once. The rules are those of ``search_memory``; where the
code differs in form, its comment says why the set is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from jinzhi.engines.patience import check
from jinzhi.engines.search_index.store import GLUED_FLAG, HAN_FLAG, Array, IndexPart, distinct, gathered
from jinzhi.kernel.query import (
    Char,
    Freq,
    Kind,
    Near,
    Node,
    Or,
    PatternGap,
    PatternPiece,
    Prox,
    QueryTerm,
    TooWide,
    Word,
    get_field,
    stored_fields,
)

#: the code of no token, nor of the place behind the last one
UNKNOWN = -2
#: tokens looked at together; bounds memory
BLOCK_TOKENS = 4_000_000
#: spans or pairs of spans in one block
MAX_PLACES = 30_000_000
#: a part of which more than this share is asked for is read as it lies, without gathering
WHOLE_SHARE = 0.5


class Block:
    """The tokens of one field of some rows of a part: ``rows``, their numbers in it, ``begin``, where each begins."""

    def __init__(self, part: IndexPart, code: str, rows: Array):
        self.part, self.code, self.rows = part, code, rows
        offsets = part.array(f"{code}.off")
        self._index: Array | slice
        if len(rows) and int(rows[-1]) - int(rows[0]) + 1 == len(rows):
            self._index = slice(int(offsets[rows[0]]), int(offsets[rows[-1] + 1]))
            self.begin = offsets[rows[0] : rows[-1] + 2] - offsets[rows[0]]
        else:
            index, lengths = gathered(offsets[rows], offsets[rows + 1])
            self._index = index
            self.begin = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
        self.size = int(self.begin[-1])
        # one token more, which is none: a position behind the last one may be looked at
        self.tok = self._padded("tok", -1)
        self.flag = self._padded("flag", 0)
        self._units: dict[str, Array] = {}
        self._breaks: Array | None = None

    def _padded(self, name: str, pad: int) -> Array:
        found = self.part.array(f"{self.code}.{name}")[self._index]
        return np.concatenate([found, np.array([pad], dtype=found.dtype)])

    def unit(self, name: str) -> Array:
        """Number of the sentence (``sent``) or paragraph (``para``) of each token."""
        if name not in self._units:
            self._units[name] = self.part.array(f"{self.code}.{name}")[self._index].astype(np.int64)
        return self._units[name]

    def doc(self, positions: Array) -> Array:
        """Which document each position stands in."""
        return np.searchsorted(self.begin, positions, "right") - 1

    def han(self, positions: Array) -> Array:
        """Whether a Han character stands there."""
        return (self.flag[positions] & HAN_FLAG).astype(bool)

    def glued(self, positions: Array) -> Array:
        """Whether the run of the character before goes on there."""
        return (self.flag[positions] & GLUED_FLAG).astype(bool)

    @property
    def breaks(self) -> Array:
        """The positions at which no run goes on: where runs and Latin words begin, and the end."""
        if self._breaks is None:
            self._breaks = np.flatnonzero((self.flag & GLUED_FLAG) == 0)
        return self._breaks

    def run_start(self, positions: Array) -> Array:
        """Where the run of a Han character begins."""
        return self.breaks[np.searchsorted(self.breaks, positions, "right") - 1]

    def run_end(self, positions: Array) -> Array:
        """Behind the last character of the run of a Han character."""
        return self.breaks[np.searchsorted(self.breaks, positions, "right")]


def blocks(part: IndexPart, code: str, rows: Array) -> Iterator[Block]:
    """The blocks in which to look at sorted rows of a part; they may hold rows that were not asked for."""
    if f"{code}.off" not in part or not len(rows):
        return
    if len(rows) > WHOLE_SHARE * part.rows:
        rows = np.arange(part.rows)
    offsets = part.array(f"{code}.off")
    sizes = np.cumsum(offsets[rows + 1] - offsets[rows])
    low = 0
    while low < len(rows):
        before = sizes[low - 1] if low else 0
        check()
        high = max(low + 1, int(np.searchsorted(sizes, before + BLOCK_TOKENS, "right")))
        yield Block(part, code, rows[low:high])
        low = high


@dataclass(frozen=True, slots=True)
class Spans:
    """Starts and ends, sorted by both, each pair once."""

    start: Array
    end: Array

    def __len__(self) -> int:
        return len(self.start)

    def keep(self, mask: Array) -> Spans:
        """Those that the mask marks."""
        return Spans(self.start[mask], self.end[mask])


NOTHING = Spans(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def unique(start: Array, end: Array) -> Spans:
    """Spans in order, each once."""
    if len(start) < 2:
        return Spans(start, end)
    key = distinct((start << 32) | end)
    return Spans(key >> 32, key & 0xFFFFFFFF)


def bounded(count: int, at: int) -> None:
    """Raises TooWide where more places would have to be held than the budget allows."""
    if count > MAX_PLACES:
        raise TooWide("同时比较的匹配位置", "matching places compared at once", count, MAX_PLACES, at)


def stretched(low: Array, high: Array, at: int) -> tuple[Array, Array]:
    """All pairs (i, j) with low[i] <= j < high[i]."""
    high = np.maximum(low, high)
    bounded(int((high - low).sum()), at)
    index, lengths = gathered(low, high)
    return np.repeat(np.arange(len(low)), lengths), index


@dataclass(frozen=True, slots=True)
class WordReading:
    """A word of the query against an index: codes of plain tokens (none: unknown), for wildcards a table by code.

    A token has several codes where characters that are written differently are one.
    """

    words: tuple[Word, ...]
    slop: int | None
    at: int
    codes: Mapping[str, tuple[int, ...]]
    tables: Mapping[str, Array]

    def match(self, step: Char | PatternPiece, tokens: Array) -> Array:
        """Whether tokens are what a step asks for."""
        if isinstance(step, PatternPiece) and step.wild:
            # the table's last place is False and stands for -1, the token that is none
            return self.tables[step.text][tokens]
        first, *others = self.codes[step.text] or (UNKNOWN,)
        found: Array = tokens == first
        for other in others:
            found |= tokens == other
        return found


def term_spans(reading: WordReading, block: Block) -> Spans:
    """Every span of a word, phrase or loose phrase."""
    if reading.slop is not None:
        return any_order(reading, block)
    return in_order(tuple(step for word in reading.words for step in word), reading, block)


def in_order(steps: Word, reading: WordReading, block: Block) -> Spans:
    """The steps one after another, within one paragraph."""
    lead = (
        steps[0]
        if isinstance(steps[0], PatternGap) and len(steps) > 1 and not isinstance(steps[1], PatternGap)
        else None
    )
    rest = steps[1:] if lead else steps
    first = rest[0]
    if isinstance(first, PatternGap):
        start = position = np.arange(block.size)
        glue = np.zeros(block.size, dtype=bool)
        todo = rest
    else:
        start = np.flatnonzero(reading.match(first, block.tok[:-1]))
        position = start + 1
        glue = np.full(len(start), isinstance(first, Char))
        todo = rest[1:]
    plain = lead is None
    for step in todo:
        if not len(start):
            return NOTHING
        if isinstance(step, PatternGap):
            plain = False
            start, position, glue = over_gap(step, start, position, glue, reading.at, block)
            continue
        same = reading.match(step, block.tok[position])
        if isinstance(step, Char) and step.glued:
            same &= ~glue | block.glued(position)
        start, position = start[same], position[same] + 1
        glue = np.full(len(start), isinstance(step, Char))
    if lead is not None:
        assert isinstance(first, (Char, PatternPiece))
        start, position = before_anchor(lead, first, start, position, reading.at, block)
    found = position > start
    start, position = start[found], position[found]
    same_place = block.doc(start) == block.doc(position - 1)
    if len(steps) > 1 and len(start):
        numbers = block.unit("para")
        same_place &= numbers[start] == numbers[position - 1]
    start, position = start[same_place], position[same_place]
    return Spans(start, position) if plain else unique(start, position)


def over_gap(
    step: PatternGap, start: Array, position: Array, glue: Array, at: int, block: Block
) -> tuple[Array, Array, Array]:
    """States behind a gap. A run that must go on is always that of the token before, so a flag says it all."""
    bound = glue if step.glued else np.zeros(len(glue), dtype=bool)
    usable = np.where(bound, block.glued(position), block.han(position))
    room = np.zeros(len(position), dtype=np.int64)
    room[usable] = block.run_end(position[usable]) - position[usable]
    most = room if step.most is None else np.minimum(room, step.most)
    which, count = stretched(np.full(len(room), step.least, dtype=np.int64), most + 1, at)
    # ways that lead to the same state are one: start, position and flag as one number
    places = block.size + 2
    states = distinct((start[which] * places + position[which] + count) * 2 + (bound[which] | (count > 0)))
    at_start, at_position = np.divmod(states >> 1, places)
    return at_start, at_position, (states & 1).astype(bool)


def before_anchor(
    step: PatternGap, first: Char | PatternPiece, start: Array, end: Array, at: int, block: Block
) -> tuple[Array, Array]:
    """Spans drawn out to the left over a gap at the beginning: cheaper than beginning everywhere."""
    previous = np.maximum(start - 1, 0)
    if isinstance(first, Char) and first.glued:
        # an empty gap asks for nothing; one of a character and more lies in the run of the anchor
        usable = block.glued(start)
    else:
        usable = (start > 0) & block.han(previous)
    room = np.zeros(len(start), dtype=np.int64)
    room[usable] = start[usable] - block.run_start(previous[usable])
    most = room if step.most is None else np.minimum(room, step.most)
    which, count = stretched(np.full(len(room), step.least, dtype=np.int64), most + 1, at)
    return start[which] - count, end[which]


def any_order(reading: WordReading, block: Block) -> Spans:
    """All words in any order, not overlapping, in one paragraph, at most ``slop`` tokens between first and last."""
    assert reading.slop is not None
    each = [in_order(word, reading, block) for word in reading.words]
    if not all(len(one) for one in each):
        return NOTHING
    start = np.concatenate([one.start for one in each])
    end = np.concatenate([one.end for one in each])
    bit = np.concatenate([np.full(len(one), 1 << number, dtype=np.int64) for number, one in enumerate(each)])
    order = np.argsort(start, kind="stable")
    start, end, bit = start[order], end[order], bit[order]
    place = (block.doc(start) << 32) | block.unit("para")[start]
    # a state: first token, end so far, words used, tokens between so far
    state = np.stack([start, end, bit, np.zeros(len(start), dtype=np.int64)])
    for _ in range(len(each) - 1):
        low = np.searchsorted(start, state[1])
        high = np.searchsorted(start, state[1] + reading.slop - state[3], "right")
        which, other = stretched(low, high, reading.at)
        begun = np.searchsorted(start, state[0][which])
        fits = ((state[2][which] & bit[other]) == 0) & (place[begun] == place[other])
        which, other = which[fits], other[fits]
        between = state[3][which] + start[other] - state[1][which]
        state = np.unique(np.stack([state[0][which], end[other], state[2][which] | bit[other], between]), axis=1)
        if not state.shape[1]:
            return NOTHING
    return unique(state[0], state[1])


def near_pairs(node: Prox, left: Spans, right: Spans, block: Block) -> tuple[Array, Array]:
    """Which left and right spans stand as the operator asks."""
    owner = block.doc(left.start)
    first, last = block.begin[owner], block.begin[owner + 1]
    n, at = node.n, node.at
    one_value = get_field(block.code).kind is Kind.NAME
    match node.near:
        case Near.W:
            low = np.searchsorted(right.start, left.end)
            i, j = stretched(low, np.searchsorted(right.start, np.minimum(left.end + n, last - 1), "right"), at)
        case Near.EQU:
            goal = left.end + n
            low = np.searchsorted(right.start, goal)
            i, j = stretched(low, np.where(goal < last, np.searchsorted(right.start, goal, "right"), low), at)
        case Near.D:
            low = np.searchsorted(right.start, left.end)
            i, j = stretched(low, np.searchsorted(right.start, np.minimum(left.end + n, last - 1), "right"), at)
            by_end = np.argsort(right.end, kind="stable")
            ends = right.end[by_end]
            low = np.searchsorted(ends, np.maximum(left.start - n, first + 1))
            k, m = stretched(low, np.searchsorted(ends, left.start, "right"), at)
            i, j = np.concatenate([i, k]), np.concatenate([j, by_end[m]])
        case Near.F:
            i, j = stretched(np.searchsorted(right.start, first), np.searchsorted(right.start, last), at)
            i, j = apart(left, right, i, j)
        case Near.S | Near.P:
            numbers = block.unit("sent" if node.near is Near.S else "para")
            # documents follow each other, and so do their units: one number for both
            places = (block.doc(right.start) << 32) + numbers[right.start]
            base = owner << 32
            low = np.searchsorted(places, base + np.maximum(numbers[left.end - 1] - n, 0))
            i, j = stretched(low, np.searchsorted(places, base + numbers[left.start] + n, "right"), at)
            i, j = apart(left, right, i, j)
            begin, end = np.minimum(left.start[i], right.start[j]), np.maximum(left.end[i], right.end[j]) - 1
            fits = numbers[end] - numbers[begin] <= n
            i, j = i[fits], j[fits]
    if one_value and len(i):
        values = block.unit("para")
        begin, end = np.minimum(left.start[i], right.start[j]), np.maximum(left.end[i], right.end[j]) - 1
        fits = values[begin] == values[end]
        i, j = i[fits], j[fits]
    return i, j


def apart(left: Spans, right: Spans, i: Array, j: Array) -> tuple[Array, Array]:
    """The pairs that do not overlap."""
    fits = (right.start[j] >= left.end[i]) | (right.end[j] <= left.start[i])
    return i[fits], j[fits]


def node_spans(node: Node, reading: Callable[[QueryTerm], WordReading], block: Block) -> Spans:
    """The spans of a node (free of And, Not, Xor) in the block's field."""
    match node:
        case QueryTerm():
            return term_spans(reading(node), block) if block.code in stored_fields(node) else NOTHING
        case Or():
            found = [node_spans(item, reading, block) for item in node.items]
            return unique(np.concatenate([one.start for one in found]), np.concatenate([one.end for one in found]))
        case Freq():
            spans = node_spans(node.inner, reading, block)
            if not len(spans):
                return spans
            owner = block.doc(spans.start)
            return spans.keep(np.bincount(owner, minlength=len(block.rows))[owner] >= node.least)
        case Prox():
            left = node_spans(node.left, reading, block)
            if not len(left):
                return left
            right = node_spans(node.right, reading, block)
            i, j = near_pairs(node, left, right, block)
            if node.negated:
                lonely = np.ones(len(left), dtype=bool)
                lonely[i] = False
                return left.keep(lonely)
            return unique(np.minimum(left.start[i], right.start[j]), np.maximum(left.end[i], right.end[j]))
        case _:
            return NOTHING
