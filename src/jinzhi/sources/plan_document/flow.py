"""A document's characters as one stream, without white space and page marks, each knowing where it came from.

Everything that finds structure works on the stream, so that a line wrap, a page number inside a bracket or a
full-width colon make no difference; everything that is given out is taken from the original text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from opencc import OpenCC

_T2S = OpenCC("t2s")

_AS = dict.fromkeys("（〔［【[﹙〖", "(") | dict.fromkeys("）〕］】]﹚〗", ")")
_AS |= {"「": "“", "」": "”", "『": "“", "』": "”", "〈": "《", "〉": "》", "﹑": "、", "丶": "、"}
#: characters that stand for a colon and that NFKC leaves as they are
_AS |= dict.fromkeys("∶︰ː꞉", ":")
#: enumerating signs keep their own shape: folded they would be bare digits
_SIGNS = re.compile(r"[\u2460-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289]")
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@cache
def folded(char: str) -> str:
    """One character in the shape it is compared in: half width, simplified, brackets as ( ). Always one character."""
    if char in _AS:
        return _AS[char]
    if _SIGNS.match(char):
        return char
    wide = unicodedata.normalize("NFKC", char)
    if len(wide) != 1:
        return char
    wide = _AS.get(wide, wide)
    if "\u3400" <= wide <= "\u9fff" or "\uf900" <= wide <= "\ufaff":
        plain = _T2S.convert(wide)
        return plain if len(plain) == 1 else wide
    return wide


def fold(text: str) -> str:
    """The text with every character folded; the length stays."""
    return "".join(map(folded, text))


def simplify(text: str) -> str:
    """Traditional characters made simplified, one for one: for ``NameBook(simplify=…)``."""
    return "".join(_simple(c) if "\u3400" <= c <= "\u9fff" else c for c in text)


@cache
def _simple(char: str) -> str:
    return str(_T2S.convert(char))


def is_blank(char: str) -> bool:
    return char.isspace() or char in _INVISIBLE


# -- page marks ---------------------------------------------------------------------------------------------------

_DASH = r"[-‐‑‒–—―−─~]"
_NO = r"[0-9](?:\s?[0-9]){0,3}"
_CN = r"[0-9一二三四五六七八九十百]"
_INLINE = re.compile(
    rf"(?<![0-9A-Za-z]){_DASH}{{1,2}}\s*{_NO}\s*{_DASH}{{1,2}}(?![0-9])"
    rf"|第\s*(?:{_CN}\s*)+页\s*[,/、]?\s*\(?\s*共\s*(?:{_CN}\s*)+页\s*\)?"
    rf"|共\s*(?:{_CN}\s*)+页\s*[,/、]?\s*\(?\s*第\s*(?:{_CN}\s*)+页\s*\)?"
    r"|(?<![见在至到从于及的0-9])第\s*[0-9](?:\s?[0-9]){0,3}\s*页(?![面眉码])"
    r"|(?<![A-Za-z])Page\s*[0-9]{1,4}\s*of\s*[0-9]{1,4}(?![0-9])"
    r"|(?<![0-9])([·•*])\s*[0-9]{1,4}\s*\1(?![0-9])",
    re.IGNORECASE,
)
_WHOLE_LINE = re.compile(
    rf"(?:[0-9]{{1,4}}\s*/\s*[0-9]{{1,4}}|page\s*[0-9]{{1,4}}|p\.?\s*[0-9]{{1,4}}"
    rf"|(?:[·•*]|{_DASH})\s*[0-9]{{1,4}}|[0-9]{{1,4}}\s*(?:[·•*]|{_DASH})|一\s+[0-9]{{1,4}}\s+一)",
    re.IGNORECASE,
)
_BARE = re.compile(r"[0-9]{1,3}")


def page_marks(text: str) -> list[tuple[int, int]]:
    """Where page numbers stand, in running text (-20-, — 3 —, 第3页共10页) or on lines of their own."""
    shape = fold(text)
    marks = [m.span() for m in _INLINE.finditer(shape)]
    bare: list[tuple[int, int, int]] = []
    for line in re.finditer(r"[^\n\f\r]+", shape):
        words = line.group().strip()
        start = line.start() + len(line.group()) - len(line.group().lstrip())
        if _WHOLE_LINE.fullmatch(words):
            marks.append((start, start + len(words)))
        elif _BARE.fullmatch(words):
            at_page_end = (
                "\f" in shape[line.end() : line.end() + 3]
                or "\f" in shape[max(0, line.start() - 3) : start]
                or ("\f" in shape and not shape[line.end() :].strip())
            )
            bare.append((start, start + len(words), -1 if at_page_end else int(words)))
    # digits alone on a line are page numbers beside a page break, or when they count up one by one
    numbers = [n for _, _, n in bare if n >= 0]
    counted = len(numbers) >= 2 and all(b == a + 1 for a, b in pairwise(numbers))
    marks += [(s, e) for s, e, n in bare if n < 0 or counted]
    return sorted(marks)


# -- lines --------------------------------------------------------------------------------------------------------


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line)


def _wrap_width(sizes: Sequence[int]) -> int:
    """The width at which lines were wrapped by force, or 0 where they were not."""
    long = [s for s in sizes if s >= 10]
    if len(long) < 4:
        return 0
    top = Counter(long)
    for width, _ in sorted(top.items(), key=lambda kv: (-kv[1], -kv[0]))[:3]:
        near = sum(1 for s in long if width - 3 <= s <= width + 1)
        longer = sum(1 for s in long if s > width + 3)
        if near >= 0.4 * len(long) and near >= 3 and longer <= 0.15 * len(long):
            return width
    return 0


_TERMINAL = "。.:：;；!！?？)）】〕”」"


def _sentences_each(lines: Sequence[str]) -> bool:
    return sum(s[-1] in _TERMINAL for s in lines) > 0.6 * len(lines)


@dataclass(frozen=True)
class Flow:
    """The stream. ``chars[i]`` is ``text[at[i]]`` folded; ``bol[i]`` says that a paragraph begins there, ``gap[i]``
    that white space stood before it on the same line."""

    text: str
    chars: str
    at: tuple[int, ...]
    bol: bytes
    gap: bytes
    loose: bool = False
    sliced: bool = False
    airy: bool = False

    def __len__(self) -> int:
        return len(self.chars)

    def index(self, position: int) -> int:
        """The first place of the stream at or after a position of the text."""
        return bisect_left(self.at, position)

    def original(self, start: int, end: int) -> str:
        """The words of the document from ``start`` to ``end``, put together over wraps and page breaks."""
        out: list[str] = []
        for k in range(start, min(end, len(self.at))):
            char = self.text[self.at[k]]
            if out and self.at[k] != self.at[k - 1] + 1:
                between = self.text[self.at[k - 1] + 1 : self.at[k]]
                before = out[-1][-1]
                if not self.airy and _keeps_space(before, char, between, self.loose, self.sliced):
                    out.append(" ")
            out.append(char)
        return "".join(out)

    def next_bol(self, start: int, end: int) -> int:
        """The next paragraph start after ``start`` and before ``end``, else ``end``."""
        found = self.bol.find(b"\x01", start + 1, end)
        return end if found < 0 else found


def _keeps_space(before: str, after: str, between: str, loose: bool, sliced: bool) -> bool:
    latin = before.isascii() and before.isalnum(), after.isascii() and after.isalnum()
    if not any(c.isspace() for c in between) or not any(latin):
        return False
    if "\n" in between or "\f" in between or "\r" in between:
        return all(latin) and not (sliced or (before.isdigit() and after.isdigit()))
    if any(not is_blank(c) for c in between):
        return all(latin)
    if all(latin):
        return True
    other = after if latin[0] else before
    return not loose and ("\u3400" <= other <= "\u9fff")


@dataclass(frozen=True)
class Wrapping:
    """How the lines of a text were wrapped by force: at so many characters or columns, or anywhere by hand."""

    by_count: int = 0
    by_width: int = 0
    ragged: bool = False
    #: most lines have exactly the one length, so that words were cut through
    sliced: bool = False

    @classmethod
    def of(cls, lines: Sequence[str]) -> Wrapping:
        by_count, by_width = _wrap_width([len(s) for s in lines]), _wrap_width([_width(s) for s in lines])
        # lines of one length that are sentences each were not wrapped: they only happen to be as long
        if _sentences_each([s for s in lines if by_count and abs(len(s) - by_count) <= 2]):
            by_count = 0
        if _sentences_each([s for s in lines if by_width and abs(_width(s) - by_width) <= 4]):
            by_width = 0
        sliced = bool(by_count) and sum(len(s) == by_count for s in lines) >= 0.6 * len(lines)
        return cls(by_count, by_width, _stop_in_sentences(lines), sliced)

    def goes_on(self, line: str) -> bool:
        """Whether a line is so full that its paragraph goes on in the next one."""
        if not line:
            return False
        if self.ragged and line[-1] not in _TERMINAL:
            return True
        return bool(
            (self.by_count and len(line) >= self.by_count - 2) or (self.by_width and _width(line) >= self.by_width - 4)
        )


_OF_DUTIES = re.compile(r"[\[(（【〔]?(?:责任|牵头|配合|协办|主办|負責|负责|完成)")


def _stop_in_sentences(lines: Sequence[str]) -> bool:
    """Lines of any length that mostly stop in mid-sentence were wrapped by hand or by a reader of screens."""
    long = [s for s in lines if len(s) >= 25 and not _OF_DUTIES.match(s)]
    return len(long) >= 5 and sum(s[-1] not in _TERMINAL for s in long) > 0.6 * len(long)


def _is_indented(line: str) -> bool:
    return line[:1] == "\u3000" or line[:2] == "  "


@dataclass
class _Stream:
    """The stream while it is made."""

    text: str
    hidden: bytearray
    chars: list[str] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    bol: bytearray = field(default_factory=bytearray)
    gap: bytearray = field(default_factory=bytearray)

    def words(self, start: int, end: int) -> str:
        """What is not hidden of a line."""
        return "".join(self.text[i] for i in range(start, end) if not self.hidden[i]).strip()

    def add(self, start: int, end: int, fresh: bool) -> None:
        """Add the characters of a line; with ``fresh`` it begins a paragraph."""
        first, spaced = True, False
        for pos in range(start, end):
            if self.hidden[pos]:
                spaced = False
            elif is_blank(self.text[pos]):
                spaced = True
            else:
                self.chars.append(folded(self.text[pos]))
                self.at.append(pos)
                self.bol.append(1 if first and fresh else 0)
                self.gap.append(1 if spaced and not first and not any(self.hidden[max(0, pos - 3) : pos]) else 0)
                first, spaced = False, False


def build(
    text: str,
    *,
    skip: Iterable[tuple[int, int]] = (),
    paragraphs: bool = False,
    loose: bool = False,
) -> Flow:
    """Make the stream. ``skip`` are stretches to leave out (page marks, tables, running heads); with ``paragraphs``
    every line of the text is a paragraph; ``loose`` says that spaces beside Latin letters mean nothing (PDF)."""
    hidden = bytearray(len(text))
    for start, end in skip:
        hidden[start:end] = b"\x01" * (end - start)
    lines = [
        m.group().strip()
        for m in re.finditer(r"[^\n\r\f]+", text)
        if any(not hidden[i] and not is_blank(text[i]) for i in range(*m.span()))
    ]
    wrapping = Wrapping.of(lines)
    stream = _Stream(text, hidden)
    _add_lines(stream, len(lines), Wrapping() if paragraphs else wrapping)
    if stream.bol:
        stream.bol[0] = 1
    # a text that is spaced out letter by letter: its spaces mean nothing
    airy = sum(stream.gap) > 0.4 * max(1, len(stream.gap)) and len(stream.gap) > 40
    return Flow(
        text,
        "".join(stream.chars),
        tuple(stream.at),
        bytes(stream.bol),
        bytes(stream.gap),
        loose,
        wrapping.sliced,
        airy,
    )


def _add_lines(stream: _Stream, count: int, wrapping: Wrapping) -> None:
    """Add a text's lines, of which ``count`` have words, each where a paragraph begins or as it goes on."""
    text = stream.text
    # what most lines share says nothing about one of them
    most = 0.6 * max(1, count)
    all_indented = sum(map(_is_indented, re.split(r"[\n\r\f]", text))) > most
    all_spaced = len(re.findall(r"\n[ \t\u3000]*\r?\n", text)) > most
    previous, marked, blank_lines = "", False, 0
    for m in re.finditer(r"[^\n\f\r]*(?:[\n\r\f]|\Z)", text):
        line = m.group()
        if not stream.words(*m.span()):
            if any(stream.hidden[m.start() : m.end()]):
                marked = True
            elif line.strip("\r\n") == "" and previous:
                blank_lines += 1
            continue
        indented = not all_indented and _is_indented(line)
        apart = blank_lines > 0 and not marked and not all_spaced
        stream.add(*m.span(), fresh=not wrapping.goes_on(previous) or apart or indented)
        # a page mark that shares the line fills it as any other words do
        previous, marked, blank_lines = line.strip(), False, 0
