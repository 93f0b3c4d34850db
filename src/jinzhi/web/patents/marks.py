"""Hits in a text, by the positions the definition gives: every alternative of the query in its colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from jinzhi.engines.query_language.unparse import unparse
from jinzhi.engines.search_memory import QueryPlan, SearchRecord
from jinzhi.kernel.query import Doc, Ids, Kind, Semantic, get_field, leaves

#: how many colours the style sheet knows; further alternatives take them again in turn
COLOURS = 6
AROUND = 48
LONGEST = 150
Piece = tuple[int, int, int]


@dataclass(frozen=True)
class Alternative:
    """A leaf of the query with the class of its hits and how often it stands in the document (None: not counted)."""

    text: str
    colour: int
    count: int | None = None


def alternatives(plan: QueryPlan) -> list[Alternative]:
    """What the colours mean: words in the order of the query, those that are no text left out."""
    found = []
    for number, leaf in enumerate(leaves(plan.whole)):
        if isinstance(leaf, (Semantic, Ids)):
            continue
        found.append(Alternative(unparse(leaf), number % COLOURS))
    return found


class Marked:
    """A document with the places where a query finds it. Without a plan nothing is marked."""

    def __init__(self, doc: Doc, plan: QueryPlan | None):
        self.record = SearchRecord(doc)
        self.plan = plan
        self.marks: Mapping[str, Sequence[Piece]] = plan.marks(self.record) if plan else {}
        self._pieces: dict[str, dict[int, list[Piece]]] = {}

    def counted(self) -> list[Alternative]:
        """The alternatives that stand in this document, with how often."""
        if self.plan is None:
            return []
        counts: dict[int, int] = {}
        for marks in self.marks.values():
            for _start, _end, number in marks:
                counts[number] = counts.get(number, 0) + 1
        found = enumerate(leaves(self.plan.whole))
        return [
            Alternative(unparse(leaf), number % COLOURS, counts[number]) for number, leaf in found if number in counts
        ]

    def pieces(self, code: str) -> dict[int, list[Piece]]:
        """By paragraph (or value) of a field the places in characters: (start, end, colour)."""
        if code in self._pieces:
            return self._pieces[code]
        found: dict[int, list[Piece]] = {}
        kind = get_field(code).kind
        if kind not in (Kind.TEXT, Kind.NAME):
            for start, _end, number in self.marks.get(code, ()):
                found.setdefault(start, []).append((0, -1, number % COLOURS))
        else:
            tokens = self.record.tokens(code) if self.marks.get(code) else None
            for start, end, number in self.marks.get(code, ()):
                assert tokens is not None
                first = tokens.paragraphs[start]
                # a span of (S), (P) or (nW) is marked by its words, so a piece stands within one paragraph
                found.setdefault(first, []).append((tokens.starts[start], tokens.ends[end - 1], number % COLOURS))
        self._pieces[code] = found
        return found

    def has(self, code: str) -> bool:
        return bool(self.marks.get(code))

    def show(self, code: str, index: int, text: str) -> SafeString:
        """The paragraph or value number ``index`` of a field, escaped, with its hits."""
        return marked(text, self.pieces(code).get(index, ()))

    def excerpt(self, code: str, index: int, text: str, longest: int = LONGEST) -> SafeString:
        """What stands around the first hit of a paragraph, or its beginning; what is left out is said by …"""
        pieces = self.pieces(code).get(index, [])
        first = min((start for start, _, _ in pieces), default=0)
        begin = max(0, first - AROUND) if len(text) > longest else 0
        end = min(len(text), begin + longest)
        inside = [(max(s, begin) - begin, min(e, end) - begin, c) for s, e, c in pieces if s < end and e > begin]
        body = marked(text[begin:end], inside)
        return format_html("{}{}{}", "…" if begin else "", body, "…" if end < len(text) else "")


def marked(text: str, pieces: Sequence[Piece]) -> SafeString:
    """The text with ``mark`` around the pieces; where two overlap the later one's colour begins at its start."""
    if not pieces:
        return conditional_escape(text)
    spans = [(s, len(text) if e < 0 else e, c) for s, e, c in pieces]
    cuts = sorted({0, len(text), *(s for s, _, _ in spans), *(e for _, e, _ in spans)})
    out: list[str] = []
    for start, end in pairwise(cuts):
        over = [(s, c) for s, e, c in spans if s <= start and e >= end]
        part = text[start:end]
        if over:
            out.append(format_html('<mark class="hit-{}">{}</mark>', max(over)[1], part))
        else:
            out.append(conditional_escape(part))
    return mark_safe("".join(out))
