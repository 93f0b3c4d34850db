"""Headings: enumerating signs (一、 (一) 1.), the known names of parts, sections and rows, and where a title ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jinzhi.kernel.plan import PlanRow, letters
from jinzhi.sources.plan_document.flow import Flow, fold

PART, SECTION, ROW, ITEM = 1, 2, 3, 4
_CN = "一二三四五六七八九十"
_SIGN = re.compile(
    rf"(?P<p1>第(?P<p1n>[{_CN}]{{1,3}})(?:部分|章|篇|编)[、.:,]?|(?P<p2n>[{_CN}]{{1,3}})[、.])"
    rf"|(?P<s1>\((?P<s1n>[{_CN}]{{1,3}})\)[、.]?|(?P<s2n>[㈠-㈩])[、.]?|第(?P<s3n>[{_CN}]{{1,3}})节[、.:]?)"
    rf"|(?P<r1>(?P<r1n>[0-9]{{1,3}})(?:[、]|\.(?![0-9])|\.(?=20[0-9]{{2}}年))|(?P<r2n>[⒈-⒛])|(?:任务|举措|措施|事项)(?P<r3n>[{_CN}]{{1,3}}|[0-9]{{1,3}})[、.:]|第(?P<r4n>[{_CN}]{{1,3}}|[0-9]{{1,3}})[条项](?:[、.:]|(?=[\u4e00-\u9fff]))(?!规定|的))"
    r"|(?P<i1>\((?P<i1n>[0-9]{1,2})\)[、.]?|(?P<i2n>[①-⑳⑴-⒇])[、.]?|(?P<i3n>[0-9]{1,2})\)[、.]?)"
)
#: suffixes that end a title when nothing else does: a project's name
_SUFFIX = re.compile(r"[^,;。:()]{3,36}?(?:工程|专项行动|行动计划|行动)(?!建设工程|提升工程)(?=[^,;。:()的、和与及])")
#: words before the first comma that say only until when
_ONLY_TIME = re.compile(
    r"(?:力争|确保|截至|到|至|在|于|自|从)?(?:20[0-9]{2}年|[0-9]{1,2}月|每年|今年|年底|年内|“?十[四五六]五”?)[0-9月日底末初前后起内间期时中以之上下旬半年度]{0,8}"
)
LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class HeadingSign:
    """An enumerating sign in the stream."""

    start: int
    end: int
    rank: int
    value: int


def _value(words: str) -> int:
    if words.isascii() and words.isdigit():
        return int(words)
    for first, base in (("㈠", 1), ("⒈", 1), ("①", 1), ("⑴", 1)):
        if len(words) == 1 and ord(first) <= ord(words) < ord(first) + 20:
            return ord(words) - ord(first) + base
    tens, _, units = words.rpartition("十")
    if "十" not in words:
        return _CN.index(words[-1]) + 1
    return (_CN.index(tens[-1]) + 1 if tens else 1) * 10 + (_CN.index(units[-1]) + 1 if units else 0)


def footnote_at(chars: str, p: int, after: int) -> bool:
    """Whether the sign at ``p`` is the mark of a footnote: within a sentence, right before its comma or stop."""
    enclosed = chars[p] in "(①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
    return enclosed and p > 0 and chars[after : after + 1] in tuple("。,;、:!?") and chars[p - 1] not in "。;:!?,、("


def sign_at(chars: str, p: int, end: int) -> HeadingSign | None:
    found = _SIGN.match(chars, p, end)
    if not found or footnote_at(chars, p, found.end()):
        return None
    group = found.groupdict()
    for rank, names in ((PART, ("p1n", "p2n")), (SECTION, ("s1n", "s2n", "s3n")), (ROW, ("r1n", "r2n", "r3n", "r4n")),
                        (ITEM, ("i1n", "i2n", "i3n"))):  # fmt: skip
        for name in names:
            if group[name]:
                return HeadingSign(p, found.end(), rank, _value(group[name]))
    return None


@dataclass(frozen=True, slots=True)
class KnownHeading:
    """A name of the plan met in the stream: up to ``end``; ``row`` where it is a row's title."""

    rank: int
    end: int
    name: str
    number: int
    row: PlanRow | None = None


class Vocabulary:
    """The names of parts, sections and rows that are declared, compared by letters alone."""

    def __init__(self, rows: Sequence[PlanRow]) -> None:
        self.entries: list[tuple[str, int, str, int, PlanRow | None]] = []
        seen: set[tuple[int, str]] = set()
        for row in rows:
            for rank, name, number in ((PART, row.part, row.part_number), (SECTION, row.section, row.section_number)):
                if name and (rank, name) not in seen:
                    seen.add((rank, name))
                    self.entries.append((_shape(name), rank, name, number, None))
            self.entries.append((_shape(row.title), ROW, row.title, row.number, row))
        self.entries.sort(key=lambda e: -len(e[0]))

    def at(self, chars: str, p: int, end: int, ranks: tuple[int, ...] = (PART, SECTION, ROW)) -> KnownHeading | None:
        """The longest known name that begins at ``p``."""
        if p >= end:
            return None
        first = next((c for c in chars[p : min(p + 2, end)] if c.isalnum()), "")
        for shape, rank, name, number, row in self.entries:
            if rank not in ranks or not shape.startswith(first or "\0"):
                continue
            reached = _walk(chars, p, end, shape)
            if reached:
                return KnownHeading(rank, reached, name, number, row)
        return None


def _shape(name: str) -> str:
    return letters(fold(name))


def _walk(chars: str, p: int, end: int, shape: str) -> int:
    """Follow ``shape`` through the stream, punctuation left out (but no full stop); 0 where it does not fit."""
    k = 0
    while k < len(shape):
        if p >= end:
            return 0
        c = chars[p]
        if c == shape[k]:
            k += 1
        elif c.isalnum() or c in "。;,:()" or (k == 0 and c not in "“《"):
            return 0
        p += 1
    while p < end and chars[p] in "”》":
        p += 1
    return p


@dataclass(frozen=True, slots=True)
class Title:
    """A title's end and where the words after it begin. ``sure`` is False where it was guessed;
    ``whole`` says that there is no title of its own: the first sentence stands for it."""

    end: int
    body: int
    sure: bool
    whole: bool = False


def title_end(flow: Flow, q: int, end: int, *, projects: bool = False) -> Title:
    """Where the title that begins at ``q`` ends, by the shape of the text alone.

    Among ``projects`` a name ends in 工程, though a short sentence may follow without a stop between.
    """
    chars = flow.chars
    stop = _first(chars, "。!?", q, end)
    line = flow.next_bol(q, end)
    if line < end and line <= q + LONGEST_TITLE and line <= stop and chars[line - 1] not in ",、;":
        return Title(line, line, True)
    colon = _first(chars, ":", q, min(end, q + 30))
    named = _SUFFIX.match(chars, q, end)
    if projects and named and named.end() + 6 <= stop:
        return Title(named.end(), named.end(), False)
    first = chars[q:stop]
    if stop + 1 < end and stop - q <= 42 and stop < colon and ";" not in first and first.count(",") <= 1:
        return Title(stop, stop + 1, "," not in first or stop - q <= 30)
    if colon < min(end, q + 30) and colon - q >= 4 and "," not in chars[q:colon]:
        return Title(colon, colon + 1, True)
    space = flow.gap.find(b"\x01", q + 4, min(end, q + 36))
    # beside a figure or a Latin word a space is only typesetting (投资 2 亿元)
    plain = space > 0 and not (chars[space].isascii() or chars[space - 1].isascii())
    if plain and not any(c in ",;。:" for c in chars[q:space]):
        return Title(space, space, False)
    if named and named.end() < end:
        return Title(named.end(), named.end(), False)
    if stop - q <= LONGEST_TITLE and "," not in chars[q:stop]:
        return Title(stop, q, stop + 1 >= end, whole=True)
    comma = _first(chars, ",;", q, stop)
    while comma < stop and _ONLY_TIME.fullmatch(chars, q, comma):
        # 到2025年底,… names no task yet
        comma = _first(chars, ",;", comma + 1, stop)
    return Title(comma, q, False, whole=True)


def _first(chars: str, wanted: str, start: int, end: int) -> int:
    return next((i for i in range(start, end) if chars[i] in wanted), end)
