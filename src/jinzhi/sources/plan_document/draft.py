"""A parse in the making: rows as they are found, and for every character of the source what it was taken for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from jinzhi.kernel.plan import ParseWarning, SourceSpan
from jinzhi.sources.plan_document.duties import FoundUnit
from jinzhi.sources.plan_document.flow import Flow, is_blank

FURNITURE = ("page-number", "site", "running-head")
_CLOSERS = "”’」』)）》〉】"


@dataclass(slots=True)
class DraftDuty:
    """A unit as written, its duty, and the measure it is for (None: the row)."""

    raw: str
    key: str
    duty: str
    wording: str
    time_limit: str = ""
    measure: int | None = None


@dataclass(slots=True)
class DraftRow:
    """A row on its way."""

    part: str = ""
    part_number: int = 0
    section: str = ""
    section_number: int = 0
    number: int = 0
    printed_number: bool = False
    title: str = ""
    measures: list[str] = field(default_factory=list)
    duties: list[DraftDuty] = field(default_factory=list)
    time_limit: str = ""
    #: what is said about the duty besides units and time
    remarks: list[str] = field(default_factory=list)
    sure: bool = True
    whole: bool = False
    #: the measure that the row's first area of duties stands after
    first_area: int = -1
    start: int = -1
    end: int = -1


#: changes of rows by their index: fields with their values
RowChanges = Mapping[int, Mapping[str, object]]


@dataclass
class Readings:
    """A place that can be read in two ways. ``said`` is Chinese and English, as are the words of ``options``: (words,
    changes of rows by index, rows to add before an index); the first is what the parse took, and changes nothing."""

    code: str
    said: tuple[str, str]
    start: int
    end: int
    row: int
    options: list[tuple[tuple[str, str], RowChanges, list[tuple[int, list[DraftRow]]]]] = field(default_factory=list)

    def first(self, zh: str, en: str) -> None:
        self.options.append(((zh, en), {}, []))

    def other(
        self,
        zh: str,
        en: str,
        changes: RowChanges,
        add: list[tuple[int, list[DraftRow]]] | None = None,
    ) -> None:
        self.options.append(((zh, en), changes, add or []))

    def at(self, flow: Flow) -> Readings:
        """The same with its place in the text instead of the stream."""
        if self.end > self.start:
            self.start, self.end = flow.at[self.start], flow.at[self.end - 1] + 1
        return self


@dataclass
class PlanDraft:
    """Everything found so far. ``marks[i]`` says what character ``i`` of the text is, and of which row."""

    text: str
    marks: list[tuple[str, int] | None] = field(default_factory=list)
    rows: list[DraftRow] = field(default_factory=list)
    title: str = ""
    issued_by: str = ""
    issued_on: tuple[int, int, int] | None = None
    number: str = ""
    preamble: str = ""
    warnings: list[ParseWarning] = field(default_factory=list)
    doubts: list[Readings] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.marks = [None] * len(self.text)

    def paint(self, flow: Flow, start: int, end: int, what: str, row: int = -1) -> None:
        for k in range(start, min(end, len(flow))):
            self.marks[flow.at[k]] = (what, row)
        if row >= 0 and end > start:
            item = self.rows[row]
            first, last = flow.at[start], flow.at[min(end, len(flow)) - 1] + 1
            item.start = first if item.start < 0 else min(item.start, first)
            item.end = max(item.end, last)

    def paint_text(self, start: int, end: int, what: str, row: int = -1) -> None:
        for i in range(start, end):
            if not is_blank(self.text[i]):
                self.marks[i] = (what, row)

    def warn(self, code: str, text: str, start: int = 0, end: int = 0, row: int = -1) -> None:
        self.warnings.append(ParseWarning(code, text, start, end, str(row) if row >= 0 else ""))

    def spans(self, row_ids: list[str]) -> tuple[SourceSpan, ...]:
        """The whole text as spans. White space goes with what stands before it (at the very start: after it)."""
        full: list[tuple[str, int]] = []
        last: tuple[str, int] | None = None
        for char, mark in zip(self.text, self.marks, strict=True):
            if mark is None and is_blank(char):
                full.append(last if last is not None else ("", -2))
                continue
            last = mark if mark is not None else ("unplaced", -1)
            full.append(last)
        first = next((m for m in full if m[1] != -2), ("unplaced", -1))
        full = [first if m[1] == -2 else m for m in full]
        out: list[SourceSpan] = []
        start = 0
        for i in range(1, len(full) + 1):
            if i == len(full) or full[i] != full[start]:
                what, row = full[start]
                kind = "unplaced" if what == "unplaced" else "furniture" if what in FURNITURE else "placed"
                out.append(SourceSpan(start, i, kind, row_ids[row] if row >= 0 else None, what))
                start = i
        return tuple(out)


_END = re.compile(r"[。!?!?…]")
BULLET = re.compile(r"[•●■◆○▪➢★▲◇□]|[①-⑳⑴-⒇]|\([0-9]{1,2}\)|[0-9]{1,2}[).、](?![0-9])")


def sentences(flow: Flow, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of a stretch of the stream: each ends with its full stop and the marks that close after it.

    A bullet at the beginning of a paragraph begins a sentence too.
    """
    chars = flow.chars
    out: list[tuple[int, int]] = []
    p = first = start
    while p < end:
        if p > first and flow.bol[p] and BULLET.match(chars, p, end):
            out.append((first, p))
            first = p
        if chars[p] in "。!?":
            stop = p + 1
            while stop < end and (chars[stop] in "。!?" or chars[stop] in _CLOSERS) and not flow.bol[stop]:
                stop += 1
            out.append((first, stop))
            first = p = stop
            continue
        p += 1
    if first < end:
        out.append((first, end))
    return out


def duties_of(flow: Flow, found: list[FoundUnit], time_limit: str, measure: int | None) -> list[DraftDuty]:
    return [
        DraftDuty(flow.original(u.start, u.end), flow.chars[u.start : u.end], u.duty, u.wording, time_limit, measure)
        for u in found
    ]
