"""国际专利分类 (IPC): forms of a symbol, the tree by dots, and the cells of CNIPA's concordance tables.

Forms of one symbol: ``G09G5/10`` (short, ours), ``G09G  5/10  (2006.01)`` (printed), ``A01B0001020000`` (WIPO's 14
characters: 4 digits of main group, 6 of subgroup padded on the right), ``A61B005/00`` (seventh edition in US
files), ``B60R  900`` (Greenbook: three columns of main group, then the subgroup without a stroke), ``H01M-010/05``
(Orbit), ``G08G000500`` (Derwent: four digits of main group, then the subgroup without a stroke).

The place in the tree is said by the dots of the scheme, not by the digits: G06F9/32 may stand below 9/30 and above
9/318. So `Scheme` is built from a table of symbols and dots, one for each edition.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

#: the sections, Chinese and English, by which a figure or an empty scheme can be read without a loaded table
SECTIONS: dict[str, tuple[str, str]] = {
    "A": ("人类生活必需", "Human necessities"),
    "B": ("作业；运输", "Performing operations; transporting"),
    "C": ("化学；冶金", "Chemistry; metallurgy"),
    "D": ("纺织；造纸", "Textiles; paper"),
    "E": ("固定建筑物", "Fixed constructions"),
    "F": ("机械工程；照明；加热；武器；爆破", "Mechanical engineering; lighting; heating; weapons; blasting"),
    "G": ("物理", "Physics"),
    "H": ("电学", "Electricity"),
}


class IpcSymbolError(ValueError):
    """A text that is no IPC symbol."""


@dataclass(frozen=True, slots=True)
class Ipc:
    """A symbol in its parts; parts below its level are empty. version: ``2006.01`` where the text says."""

    section: str
    main_class: str = ""
    subclass: str = ""
    group: str = ""
    subgroup: str = ""
    version: str = ""
    value: str = ""

    @property
    def level(self) -> str:
        """section, class, subclass, group (a main group) or subgroup."""
        if self.subgroup:
            return "group" if self.subgroup == "00" else "subgroup"
        return "subclass" if self.subclass else "class" if self.main_class else "section"

    @property
    def short(self) -> str:
        head = self.section + self.main_class + self.subclass
        return f"{head}{self.group}/{self.subgroup}" if self.group else head

    @property
    def wipo(self) -> str:
        """WIPO's form: 14 characters for groups, 1, 3 or 4 above."""
        head = self.section + self.main_class + self.subclass
        return f"{head}{self.group.zfill(4)}{self.subgroup.ljust(6, '0')}" if self.group else head

    @property
    def printed(self) -> str:
        """As on a front page: ``G09G  5/10  (2006.01)``, without the edition where it is unknown."""
        if not self.group:
            return self.short
        head = f"{self.section}{self.main_class}{self.subclass}{self.group:>3}/{self.subgroup}"
        return f"{head}  ({self.version})" if self.version else head


_SYMBOL = re.compile(
    r"""\s*(?P<section>[A-HY])
        (?:(?P<klass>\d\d)
           (?:(?P<subclass>[A-Z])
              (?:\s*-?\s*(?P<group>\d{1,4})\s*/\s*(?P<subgroup>\d{2,6})
                |(?P<wipo>\d{10})
                |(?P<padded>0\d{5,7})(?=\s*$)
                |\ {0,2}(?P<green>\d{3,8})(?=\s*$)
              )?
           )?
        )?
        \s*(?:\(\s*(?P<version>\d{4}\.\d{2}|\d{1,2})\s*\)|(?P<edition>\d{4}\.\d{2}|(?:19|20)\d{6}))?
        \s*(?P<value>(?:[ACS]\s*[FL]|[ACS]\s+[FL]?|[FL])?\s*[IAN](?![A-Z]))?.*$""",
    re.VERBOSE | re.DOTALL,
)


@lru_cache(maxsize=1 << 16)
def parse(text: str) -> Ipc:
    """The symbol a text begins with, in any of its written forms. Raises SymbolError."""
    m = _SYMBOL.match(text.upper().replace("／", "/").replace("（", "(").replace("）", ")"))
    if not m:
        raise IpcSymbolError(f"{text[:40]!r} 不是 IPC 分类号")
    group, subgroup = m["group"] or "", m["subgroup"] or ""
    if m["wipo"]:
        group, subgroup = m["wipo"][:4], m["wipo"][4:]
        subgroup = subgroup[:2] + subgroup[2:].rstrip("0")
    elif m["padded"]:
        group, subgroup = m["padded"][:4], m["padded"][4:]
    elif m["green"]:
        fixed = text[text.upper().index(m["section"]) + 4 :].rstrip()
        group, subgroup = fixed[:3].strip(), fixed[3:].strip()
        if not group.isdigit() or len(subgroup) < 2:
            raise IpcSymbolError(f"{text[:40]!r} 不是 IPC 分类号：主组和分组分不开")
    elif m["klass"] and m["subclass"] and not m["group"]:
        rest = text[m.end("subclass") :].strip()
        if rest and not re.match(r"[(\d]*\d{4}\.\d{2}|\(", rest):
            raise IpcSymbolError(f"{text[:40]!r} 不是 IPC 分类号：小类后面认不出")
    elif not m["subclass"] and text.strip()[len(m["section"] + (m["klass"] or "")) :].strip():
        raise IpcSymbolError(f"{text[:40]!r} 不是 IPC 分类号")
    if group and not int(group):
        raise IpcSymbolError(f"{text[:40]!r} 不是 IPC 分类号：主组为 0")
    value = (m["value"] or "").split()
    return Ipc(
        m["section"],
        m["klass"] or "",
        m["subclass"] or "",
        str(int(group)) if group else "",
        subgroup,
        version_of(m["version"] or m["edition"] or ""),
        value[-1][-1] if value and group else "",
    )


def short(text: str) -> str:
    """The short form of any written form. Raises SymbolError."""
    return parse(text).short


def version_of(day: str) -> str:
    """``2006.01`` of the office's ``20060101``; an edition number or empty text stays as it is."""
    return f"{day[:4]}.{day[4:6]}" if len(day) == 8 and day.isdigit() else day.strip()


def sort_key(symbol: str) -> tuple[str, int, str]:
    """The order of the scheme: subclass, main group as a number, subgroup as decimals (9/318 before 9/32)."""
    p = parse(symbol)
    return (p.section + p.main_class + p.subclass, int(p.group or 0), p.subgroup)


# ------------------------------------------------------------------------------------------------- one edition


class Scheme:
    """One edition of the classification: its symbols and the tree that their dots make.

    Built from (symbol, dots) rows in any order and any written form. Symbols are answered in short form. Tables in
    circulation have holes (of 79,972 rows of the Chinese 2026.01 table 1,703 subgroups have no dots, 1,515 of them
    still in the title, see `dots_in_title`, and five symbols are cut off): what could not be placed as it stands is
    said in `problems`. A subgroup without dots is put under its main group; a main group without a row is added.
    """

    def __init__(self, rows: Iterable[tuple[str, int | None]], edition: str = "") -> None:
        self.edition = edition
        problems = []
        keyed = []
        for symbol, dots in rows:
            try:
                parsed = parse(symbol)
            except IpcSymbolError as e:
                problems.append(str(e))
                continue
            if not dots and parsed.level == "subgroup":
                problems.append(f"{parsed.short} 没有点数，暂放在主组之下")
            keyed.append((sort_key(symbol), parsed.short, dots or 1))
        have = {symbol for _, symbol, _ in keyed}
        for gap in sorted({s.partition("/")[0] + "/00" for s in have if "/" in s} - have):
            problems.append(f"{gap} 缺行，按其分组补出")
            keyed.append((sort_key(gap), gap, 0))
        keyed.sort()
        self.problems = tuple(problems)
        self._order = [symbol for _, symbol, _ in keyed]
        self._keys = [key for key, _, _ in keyed]
        self._at = {symbol: i for i, symbol in enumerate(self._order)}
        self._depth = [_depth(symbol, dots) for _, symbol, dots in keyed]
        self._parent: list[int] = []
        path: list[int] = []
        for i, depth in enumerate(self._depth):
            while path and self._depth[path[-1]] >= depth:
                path.pop()
            self._parent.append(path[-1] if path else -1)
            path.append(i)

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._at

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[str]:
        return iter(self._order)

    def _index(self, symbol: str) -> int:
        try:
            return self._at[symbol]
        except KeyError:
            raise IpcSymbolError(f"{symbol} 不在 IPC {self.edition or '此版'} 中") from None

    def parent(self, symbol: str) -> str:
        """The next symbol up; empty for a section. Raises SymbolError for a symbol that the edition lacks."""
        up = self._parent[self._index(symbol)]
        return self._order[up] if up >= 0 else ""

    def ancestors(self, symbol: str) -> tuple[str, ...]:
        """From the parent up to the section."""
        found = []
        while symbol := self.parent(symbol):
            found.append(symbol)
        return tuple(found)

    def subtree(self, symbol: str) -> tuple[str, ...]:
        """The symbol and all below it (含下位), in the order of the scheme."""
        start = self._index(symbol)
        end = start + 1
        while end < len(self._order) and self._depth[end] > self._depth[start]:
            end += 1
        return tuple(self._order[start:end])

    def children(self, symbol: str) -> tuple[str, ...]:
        at = self._index(symbol)
        return tuple(s for s in self.subtree(symbol)[1:] if self._parent[self._at[s]] == at)

    def is_within(self, symbol: str, above: str) -> bool:
        """Whether `symbol` is `above` or below it in the tree."""
        return symbol == above or above in self.ancestors(symbol)

    def prefixed(self, prefix: str) -> tuple[str, ...]:
        """All symbols under a section, class, subclass or main group written as a prefix (H04L, H04L9)."""
        lower = sort_key(_whole(prefix))
        return tuple(s for s in self._order[bisect_left(self._keys, lower) :] if matches(prefix, s))


_TITLE_DOTS = re.compile(r"(?<![A-Za-z0-9.])(\.{1,9})(?=\s|$)")


def dots_in_title(title: str) -> int | None:
    """The dots of a subgroup where a broken table left them inside its title (``……指令译码..``); None if none or
    several are found. The dots stand at the end of a printed line, so also before the gap of a line's turn."""
    found = _TITLE_DOTS.findall(title)
    return len(found[0]) if len(found) == 1 else None


def without_dots(title: str) -> str:
    """The title without the dots that `dots_in_title` read from it."""
    if dots_in_title(title) is None:
        return title
    return " ".join(_TITLE_DOTS.sub(" ", title).split())


def _depth(symbol: str, dots: int) -> int:
    return {"section": 0, "class": 1, "subclass": 2, "group": 3}.get(parse(symbol).level, 3 + dots)


def _whole(prefix: str) -> str:
    return prefix + "/00" if re.fullmatch(r"[A-HY]\d\d[A-Z]\d{1,4}", prefix) else prefix


def matches(prefix: str, symbol: str) -> bool:
    """Whether a symbol falls under a written prefix: H04 and H04L take all below; H04B1 is main group 1 and never
    H04B10; H04B1/38 is that symbol alone. By text: what stands below by dots is `Scheme.subtree`'s to say."""
    head = prefix.strip().upper()
    if "/" in head:
        return symbol == head
    if re.fullmatch(r"[A-HY]\d\d[A-Z]\d{1,4}", head):
        return symbol.startswith(head + "/")
    return symbol.startswith(head)


# ------------------------------------------------------------------------------- cells of concordance tables


@dataclass(frozen=True, slots=True)
class IpcPattern:
    """One token of a cell. text: the symbol or prefix without ``*``; below: whether the token takes what is below.

    ``H04B1*`` is main group 1; ``B41J*`` a subclass; ``C08*`` a class; ``B60L50/60*`` the symbol and below it.
    """

    text: str
    below: bool
    excluded: tuple[IpcPattern, ...] = ()

    def matches(self, symbol: str, scheme: Scheme | None = None) -> bool:
        """Whether a symbol in short form is meant. Below a subgroup the scheme's dots decide; without a scheme, or
        for a symbol that the edition lacks, only the symbol itself is meant."""
        if "/" not in self.text:
            hit = matches(self.text, symbol)
        elif self.below and scheme is not None and symbol in scheme and self.text in scheme:
            hit = scheme.is_within(symbol, self.text)
        else:
            hit = symbol == self.text
        return hit and not any(e.matches(symbol, scheme) for e in self.excluded)


@dataclass(frozen=True, slots=True)
class ConcordanceCell:
    """A cell of a concordance table, understood. unrecognised: what could not be read, as written, to be reported."""

    patterns: tuple[IpcPattern, ...] = ()
    unrecognised: tuple[str, ...] = field(default=())

    def matches(self, symbol: str, scheme: Scheme | None = None) -> bool:
        return any(p.matches(symbol, scheme) for p in self.patterns)


_TOKEN = re.compile(
    r"(?P<symbol>[A-HY]\d{2}(?:[A-Z](?:\s*\d{1,4}(?:/\d{2,6})?)?)?)(?P<star>\*?)(?![\dA-Z/\-])"
    r"|(?P<open>\()|(?P<close>\))|(?P<minus>不\s*含|不\s*包括|NOT\b|除外)|(?P<sep>[、,;\s：:和及]+|OR\b|AND\b)"
    r"|(?P<bad>[^、,;\s()]+)",
)


def parse_cell(text: str) -> ConcordanceCell:
    """Reads the cells of the concordance tables: separators mixed, wildcards, ``A*(不含 B、C)``, ``(A NOT B)``.

    Nothing is skipped silently: a token that is no symbol, a bracket without its partner, an exclusion that
    excludes from nothing stand in `unrecognised`.
    """
    clean = text.upper().translate(str.maketrans("（）；，／＊－", "();,/*-"))
    found: list[list[IpcPattern]] = []  # each: the pattern, then what is excluded from it
    bad: list[str] = []
    opened: list[bool] = []  # for each open bracket, whether it began an exclusion
    excluding = False
    for m in _TOKEN.finditer(clean):
        if m["symbol"]:
            pattern = IpcPattern(m["symbol"].replace(" ", ""), bool(m["star"]) or "/" not in m["symbol"])
            if not excluding:
                found.append([pattern])
            elif found:
                found[-1].append(pattern)
            else:
                bad.append(m[0])
        elif m["minus"]:
            excluding = True
            if opened:
                opened[-1] = True
            if not found:
                bad.append(m[0])
        elif m["open"]:
            opened.append(False)
        elif m["close"]:
            if not opened:
                bad.append(m[0])
            elif opened.pop():
                excluding = False
        elif m["bad"]:
            bad.append(m["bad"])
    bad.extend("(" for _ in opened)
    patterns = tuple(IpcPattern(p.text, p.below, tuple(out)) for p, *out in found)
    return ConcordanceCell(patterns, tuple(bad))
