"""What several readers share: dates as offices write them, IPC texts, headings of descriptions, sources."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter

from jinzhi.kernel.patent import Paragraph, Part, Symbol
from jinzhi.standards import ipc

_DIGITS = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})?[日号]?)?|(\d{2})(\d{2})?)?年?$", re.ASCII)
_TIME = re.compile(r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: ``2 Mar 2017``, ``02-Mar-2017``, ``March 2, 2017``, ``Mar. 2017``
_NAMED = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?(?:(?P<day>\d{1,2})[-\s.]+)?(?P<month>[A-Za-z]{3,9})\.?[-\s]+(?:(?P<after>\d{1,2}),?\s+)?(?P<year>\d{4})$",
    re.ASCII | re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})[-\s]([A-Za-z]{3,9})\.?[-\s](\d{1,2})$", re.ASCII)
#: a day that a program kept as a number with a fraction: 20210305.0
_FRACTION = re.compile(r"(?<=^\d{8})\.0+$")
#: two numbers before the year: which of them is the month, the writer's country says
SHORT = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})$", re.ASCII)


def day(text: str, *, first: str = "") -> date | None:
    """The date of ``20231003``, ``2023-10-03``, ``2023.10.3``, ``2023年10月3日``; None where it is no whole date."""
    partial_day = partial(text, first=first)
    return date.fromisoformat(partial_day) if len(partial_day) == 10 else None


def partial(text: str, *, first: str = "") -> str:
    """ISO as far as the text goes: ``1993-04`` of ``19930400``; empty where it is no date.

    first: ``day`` or ``month`` says how ``03/02/2017`` is meant; without it only what can be one thing is read
    (``02/13/2017``, and ``02.03.2017``: with points the day stands first), since the other way would be a guess.
    """
    written = text.strip()
    if not (written.isascii() and written.isdigit()):
        written = _FRACTION.sub("", _TIME.sub("", unicodedata.normalize("NFKC", written)))
        written = _YEAR_FIRST.sub(r"\3 \2 \1", written)
    if m := SHORT.match(written):
        return _short(int(m[1]), int(m[3]), m[4], "day" if m[2] == "." else first)
    if m := _NAMED.match(written):
        month = next((i for i, name in enumerate(_MONTHS, 1) if m["month"].lower().startswith(name)), 0)
        return _iso(m["year"], month, int(m["day"] or m["after"] or 0)) if month else ""
    m = _DIGITS.match(written)
    if not m:
        return ""
    return _iso(m[1], int(m[2] or m[4] or 0), int(m[3] or m[5] or 0))


def _short(one: int, two: int, year: str, first: str) -> str:
    if first != "month" and 12 < one <= 31 and two <= 12:
        return _iso(year, two, one)
    if first != "day" and 12 < two <= 31 and one <= 12:
        return _iso(year, one, two)
    if one > 12 or two > 12 or (not first and one != two):
        return ""
    return _iso(year, *((two, one) if first == "day" else (one, two)))


def _iso(year: str, month: int, d: int) -> str:
    if not 1 <= month <= 12:
        return year
    try:
        return date(int(year), month, d).isoformat() if d else f"{year}-{month:02d}"
    except ValueError:
        return f"{year}-{month:02d}"


def ordinal(text: str, otherwise: int) -> int:
    """A claim's printed number of at most five digits, else what its place says."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) else otherwise


def ipc_symbol(text: str, *, version: str = "", main: bool = False, office: str = "", value: str = "") -> Symbol:
    """A class from any written form; a text that is none is kept as it stands, so that nothing is lost."""
    try:
        parsed = ipc.parse(text)
    except ipc.IpcSymbolError:
        return Symbol("ipc", " ".join(text.split()), ipc.version_of(version), main, office, value)
    return Symbol("ipc", parsed.short, parsed.version or ipc.version_of(version), main, office, value or parsed.value)


_HEADINGS = (
    (
        "drawings",
        re.compile(
            r"附图说明|附图的?简[要单]说明|description\s+of\s+(?:the\s+)?(?:several\s+views|drawings?|figures?)", re.I
        ),
    ),
    (
        "mode",
        re.compile(
            r"具体实施(?:方式|例)|^实施(?:方式|例)|detailed\s+description|description\s+of\s+(?:the\s+)?(?:preferred\s+|"
            r"exemplary\s+|illustrative\s+|specific\s+)*embodiments?|^examples?$|best\s+mode|modes?\s+for\s+carrying",
            re.I,
        ),
    ),
    (
        "disclosure",
        re.compile(r"(?:发明|实用新型)内容|summary|disclosure|brief\s+description\s+of\s+the\s+invention", re.I),
    ),
    ("background", re.compile(r"背景技术|background|(?:prior|related)\s+art|description\s+of\s+related", re.I)),
    ("field", re.compile(r"技术领域|(?:technical\s+)?field(?:\s+of)?", re.I)),
    (
        "other",
        re.compile(r"cross[\s-]*reference|related\s+(?:u\.?s\.?\s+)?applications?|government|federally|相关申请", re.I),
    ),
)


def heading_kind(text: str) -> str:
    """The kind of part a heading begins, empty where the heading does not say."""
    if len(text) > 120:
        return ""
    return next((kind for kind, pattern in _HEADINGS if pattern.search(text)), "")


def parts_by_kind(paragraphs: Iterable[tuple[str, Paragraph]], language: str) -> Iterator[Part]:
    """The parts of a description whose paragraphs each know their kind: neighbours of one kind are one part."""
    for kind, members in groupby(paragraphs, key=itemgetter(0)):
        yield Part(kind, tuple(paragraph for _, paragraph in members), language)


def parts_by_headings(paragraphs: Iterable[Paragraph], language: str, begins: str = "other") -> Iterator[Part]:
    """The parts of a description: a heading that names another kind begins the next one."""
    return parts_by_kind(_kinds(paragraphs, begins), language)


def _kinds(paragraphs: Iterable[Paragraph], kind: str) -> Iterator[tuple[str, Paragraph]]:
    for paragraph in paragraphs:
        if paragraph.heading:
            kind = heading_kind(paragraph.text) or kind
        yield kind, paragraph
