"""Rows of a plan, what the parse of a work-division document gives, and how the two are matched.

A row of the plan (C1 … K5) is declared; a document's rows are found. They are bound by place (part, section,
number) and by title, one to one; what does not fit stays unbound and says so.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from typing import ClassVar

from jinzhi.kernel.declare import ROW_ID, Catalogue, Declaration

#: the wordings of a duty: alone …负责, divided 按职责分工负责, led …牵头, support 配合、会同、参加
DUTIES = ("alone", "divided", "led", "support")


@dataclass(frozen=True, kw_only=True)
class PlanRow(Declaration):
    """A row of the plan. ``zh`` is its official short title, ``title`` the title as the document prints it.

    ``section`` is empty where rows stand directly under a part (projects, safeguards); numbers count from 1, and
    ``section_number`` is 0 where there is no section. ``part_en`` and ``section_en`` are their English names.
    """

    kind: ClassVar[str] = "plan-row"

    part: str
    part_number: int
    section: str = ""
    section_number: int = 0
    number: int
    title: str
    part_en: str = ""
    section_en: str = ""

    @property
    def place(self) -> tuple[int, int, int]:
        return (self.part_number, self.section_number, self.number)

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        if not ROW_ID.match(self.id):
            yield f"id {self.id!r} is not a letter and a number, as C1"
        if not self.part.strip() or not self.title.strip():
            yield "part or title is empty"
        if bool(self.section) != bool(self.section_number):
            yield "a section has both a name and a number, or neither"
        for other in catalogue.all(PlanRow):
            if other.id != self.id and other.place == self.place:
                yield f"its place {self.place} is also that of {other.id}"


@dataclass(frozen=True, slots=True)
class PlanPlace:
    """Where a row stands in a document. A number is 0 where the document has none."""

    part: str = ""
    section: str = ""
    part_number: int = 0
    section_number: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class RowMatch:
    """A row of the document bound to a declared one, or not (``row`` is None). ``score`` is 0 … 1."""

    row: PlanRow | None
    how: str
    score: float


def letters(text: str) -> str:
    """Only the letters and digits of a text, full width made half: what titles are compared by."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))


def likeness(a: str, b: str) -> float:
    """How alike two titles are, 0 … 1, punctuation left out."""
    a, b = letters(a), letters(b)
    if not a or not b:
        return 0.0
    return 1.0 if a == b else SequenceMatcher(None, a, b, autojunk=False).ratio()


#: A title this like a declared one is that row wherever it stands; at the same place a looser likeness will do.
ALIKE, ALIKE_IN_PLACE = 0.82, 0.7


def match_rows(found: Sequence[tuple[PlanPlace, str]], rows: Sequence[PlanRow]) -> tuple[RowMatch, ...]:
    """Bind each (place, title) of a document to at most one declared row, and each row to at most one of them.

    The likest pairs are bound first; at equal likeness the one at its place, then the earlier one.
    """
    pairs: list[tuple[float, int, int, int, str]] = []
    for i, (place, title) in enumerate(found):
        for j, row in enumerate(rows):
            title_score = max(likeness(title, row.title), likeness(title, row.zh))
            in_place = (place.part_number, place.section_number, place.number) == row.place
            if title_score >= ALIKE or (in_place and title_score >= ALIKE_IN_PLACE):
                how = "按位置和标题" if in_place else "按标题"
                pairs.append((-(title_score + (0.1 if in_place else 0.0)), i, j, int(in_place), how))
    pairs.sort()
    of_found: dict[int, RowMatch] = {}
    taken: set[int] = set()
    for score, i, j, in_place_flag, how in pairs:
        if i in of_found or j in taken:
            continue
        taken.add(j)
        of_found[i] = RowMatch(rows[j], how, round(min(1.0, -score - 0.1 * in_place_flag), 3))
    none = RowMatch(None, "没有与之对应的规划任务,可以手工绑定", 0.0)
    return tuple(of_found.get(i, none) for i in range(len(found)))


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """A stretch ``text[start:end]``: ``kind`` is placed, furniture or unplaced; ``what`` it was taken for."""

    start: int
    end: int
    kind: str
    row_id: str | None
    what: str


@dataclass(frozen=True, slots=True)
class ParsedDuty:
    """One unit's duty for a row. ``raw`` is the name as printed, ``wording`` the words of the duty as printed.

    ``unit`` is the declared short name (the printed one where unknown), ``members`` the unit ids it stands for.
    ``measure`` counts from 0 where the duty is for one measure alone; None is the whole row.
    """

    unit: str
    duty: str
    raw: str
    unit_id: str = ""
    kind: str = "unknown"
    members: tuple[str, ...] = ()
    wording: str = ""
    time_limit: str = ""
    measure: int | None = None


@dataclass(frozen=True, slots=True)
class TimePoint:
    """A time limit inside a measure, as it may become a milestone.

    ``words`` as printed, ``clause`` what is to be reached; ``month_day`` the last day meant; ``year`` is 0 where the
    words name none, and with ``every_year`` it is each year of the plan. ``measure`` is None for the row's own.
    """

    measure: int | None
    words: str
    clause: str
    year: int
    month_day: tuple[int, int]
    every_year: bool = False

    def days(self, starts: date, ends: date) -> tuple[date, ...]:
        """The days it falls due within a term; none where the year is not known."""
        years = range(starts.year, ends.year + 1) if self.every_year else (self.year,) if self.year else ()
        month, day = self.month_day
        last = [min(day, calendar.monthrange(y, month)[1]) for y in years]
        return tuple(d for y, n in zip(years, last, strict=True) if starts <= (d := date(y, month, n)) <= ends)


@dataclass(frozen=True, slots=True)
class PlanReading:
    """One way to read a place. ``rows`` are new values of rows (index, fields as in ``as_dict``), ``add`` rows to put
    before an index; the reading that the parse took has neither."""

    text: str
    rows: tuple[tuple[int, dict[str, object]], ...] = ()
    add: tuple[tuple[int, tuple[dict[str, object], ...]], ...] = ()
    en: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A place ``text[start:end]`` that can be read in more than one way; the first reading is what the parse took.

    ``row`` is the index of the row it is shown at, None where it belongs to no row.
    """

    code: str
    text: str
    start: int
    end: int
    row: int | None
    readings: tuple[PlanReading, ...]
    en: str = ""


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A row as found in a document. ``remarks`` are words about its duties that name neither unit nor time."""

    id: str
    place: PlanPlace
    title: str
    measures: tuple[str, ...]
    duties: tuple[ParsedDuty, ...]
    matched: str = ""
    match_how: str = ""
    match_score: float = 0.0
    time_limit: str = ""
    uncertain: bool = False
    start: int = 0
    end: int = 0
    remarks: tuple[str, ...] = ()
    points: tuple[TimePoint, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitSeen:
    """A unit or group that a document names: its declared id and name, the ways it is written, the rows it is in."""

    name: str
    id: str
    kind: str
    raw: tuple[str, ...]
    rows: tuple[str, ...]
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParseWarning:
    """Something a person should look at. ``start``/``end`` point into the source text; both 0 where nowhere."""

    code: str
    text: str
    start: int = 0
    end: int = 0
    row_id: str = ""


@dataclass(frozen=True)
class PlanDocument:
    """The parse of a work-division document. Spans cover the whole text, in order, without gaps."""

    text: str
    title: str
    issued_by: str
    issued_on: date | None
    rows: tuple[ParsedRow, ...]
    units: tuple[UnitSeen, ...]
    spans: tuple[SourceSpan, ...]
    warnings: tuple[ParseWarning, ...] = ()
    number: str = ""
    preamble: str = ""
    notes: tuple[str, ...] = field(default=())
    doubts: tuple[Doubt, ...] = field(default=())

    def accounted(self) -> dict[str, int]:
        """Characters by kind. White space counts with what stands before it, so that the sum is ``len(text)``."""
        out = {"placed": 0, "furniture": 0, "unplaced": 0}
        for span in self.spans:
            out[span.kind] += span.end - span.start
        return out

    def as_dict(self) -> dict[str, object]:
        """The shape of ``jinzhi plan parse --json``."""
        return {
            "title": self.title,
            "issued_by": self.issued_by,
            "issued_on": self.issued_on.isoformat() if self.issued_on else None,
            "number": self.number,
            "preamble": self.preamble,
            "rows": [row_dict(row) for row in self.rows],
            "units": [
                {
                    "name": u.name,
                    "id": u.id or None,
                    "kind": u.kind,
                    "raw": list(u.raw),
                    "rows": list(u.rows),
                    "members": list(u.members),
                }
                for u in self.units
            ],
            "accounted": self.accounted(),
            "warnings": [w.text for w in self.warnings],
            "notes": list(self.notes),
            "doubts": [
                {
                    "code": d.code,
                    "text": d.text,
                    "en": d.en,
                    "readings": [r.text for r in d.readings],
                    "readings_en": [r.en for r in d.readings],
                }
                for d in self.doubts
            ],
        }


def duty_dict(duty: ParsedDuty) -> dict[str, object]:
    """A duty in the shape of ``as_dict``."""
    return {
        "unit": duty.unit,
        "duty": duty.duty,
        "raw": duty.raw,
        "unit_id": duty.unit_id or None,
        "kind": duty.kind,
        "group": duty.kind == "group",
        "members": list(duty.members),
        "wording": duty.wording,
        "time_limit": duty.time_limit or None,
        "measure": duty.measure,
    }


def row_dict(row: ParsedRow) -> dict[str, object]:
    """A row in the shape of ``as_dict``."""
    return {
        "id": row.id,
        "part": row.place.part,
        "section": row.place.section,
        "number": row.place.number or None,
        "part_number": row.place.part_number or None,
        "section_number": row.place.section_number or None,
        "title": row.title,
        "measures": list(row.measures),
        "duties": [duty_dict(d) for d in row.duties],
        "time_limit": row.time_limit or None,
        "matched": row.matched or None,
        "match": {"how": row.match_how, "score": row.match_score},
        "uncertain": row.uncertain,
        "remarks": list(row.remarks),
        "points": [
            {
                "measure": p.measure,
                "words": p.words,
                "clause": p.clause,
                "year": p.year or None,
                "month_day": list(p.month_day),
                "every_year": p.every_year,
            }
            for p in row.points
        ],
    }
