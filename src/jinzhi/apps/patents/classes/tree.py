"""The class tree: loaded from a file that the operator names, else built from the symbols in use, and said so."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet

from jinzhi.apps.patents.models import ClassSymbol
from jinzhi.apps.patents.store.marks import while_unchanged
from jinzhi.engines.search_values import Trees
from jinzhi.standards import ipc

#: a symbol as WIPO's tables write it inside titles (H01M0010390000), which people read as H01M10/39
WIPO_FORM = re.compile(r"\b[A-H]\d\d[A-Z](?!0000)\d{10}\b")


class ClassesRefused(ValueError):
    """A file that is no class table; the message says which line and what to do."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading came to."""

    scheme: str
    edition: str
    symbols: int
    titled: int
    problems: tuple[str, ...]


@transaction.atomic
def load(path: Path, *, scheme: str = "ipc", edition: str = "", language: str = "") -> Loaded:
    """Load a table of an edition: csv with symbol, kind, dots, title; or a tsv of symbol and title alone.

    A table without dots only gives titles in its language to an edition that is there. Raises ClassesRefused.
    """
    rows = list(_rows(path))
    if not rows:
        raise ClassesRefused(f"{path.name}：没有一行可读")
    if rows[0][1] is None:
        return _title(path, rows, scheme, edition, language or "en")
    return _replace(rows, scheme, edition, language or "zh")


def _rows(path: Path) -> Iterator[tuple[str, int | None, str]]:
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise ClassesRefused(f"{path.name}：不是 UTF-8 文本（第 {e.start} 字节）") from e
    first = text.partition("\n")[0]
    if "\t" in first and "symbol" not in first:
        held: tuple[str, str] | None = None
        for n, line in enumerate(text.splitlines(), 1):
            symbol, tab, title = line.partition("\t")
            if tab and "\t" not in title:
                if held:
                    yield held[0], None, held[1]
                held = symbol, title
            elif not tab and held:
                # in the table in circulation three titles are broken over lines
                held = held[0], f"{held[1]} {line.strip()}".strip()
            else:
                columns = line.count("\t") + 1
                raise ClassesRefused(f"{path.name} 第 {n} 行：应为“分类号、制表符、名称”两列，实为 {columns} 列")
        if held:
            yield held[0], None, held[1]
        return
    reader = csv.DictReader(io.StringIO(text))
    if not {"symbol", "dots", "title"} <= set(reader.fieldnames or ()):
        raise ClassesRefused(f"{path.name}：表头应有 symbol、dots、title 三列，实为 {first.strip()[:80]}")
    for n, row in enumerate(reader, 2):
        dots, title = (row["dots"] or "").strip(), row["title"] or ""
        if dots and not dots.isdigit():
            raise ClassesRefused(f"{path.name} 第 {n} 行：dots 应为整数或空，实为 {dots[:20]}")
        if not int(dots or 0) and (found := ipc.dots_in_title(title)):
            yield row["symbol"] or "", found, ipc.without_dots(title)
        else:
            yield row["symbol"] or "", int(dots or 0), title


def _replace(rows: list[tuple[str, int | None, str]], scheme: str, edition: str, language: str) -> Loaded:
    tree = ipc.Scheme([(symbol, dots) for symbol, dots, _ in rows], edition)
    titles, dotted = {}, {}
    for symbol, dots, title in rows:
        try:
            short = ipc.short(symbol)
        except ipc.IpcSymbolError:
            continue
        titles[short], dotted[short] = title.strip(), dots
    ClassSymbol.objects.filter(scheme=scheme, edition=edition).delete()
    ClassSymbol.objects.bulk_create(
        [
            ClassSymbol(
                scheme=scheme, edition=edition, symbol=symbol, parent=tree.parent(symbol), dots=dotted.get(symbol),
                position=n, **{language: titles.get(symbol, "")},
            )
            for n, symbol in enumerate(tree)
        ],
        batch_size=2000,
    )  # fmt: skip
    return Loaded(scheme, edition, len(tree), sum(1 for t in titles.values() if t), tree.problems)


def _title(path: Path, rows: list[tuple[str, int | None, str]], scheme: str, edition: str, language: str) -> Loaded:
    there = {row.symbol: row for row in ClassSymbol.objects.filter(scheme=scheme, edition=edition)}
    if not there:
        raise ClassesRefused(f"{path.name} 没有点数，只能给已装入的版本补名称；请先装入带 dots 列的分类表")
    changed, problems = [], []
    for symbol, _, title in rows:
        try:
            row = there.get(ipc.short(symbol))
        except ipc.IpcSymbolError as e:
            problems.append(str(e))
            continue
        if row is None:
            problems.append(f"{symbol} 不在已装入的版本里")
        else:
            setattr(row, language, WIPO_FORM.sub(lambda m: ipc.short(m[0]), title.strip()))
            changed.append(row)
    ClassSymbol.objects.bulk_update(changed, [language], batch_size=400)
    return Loaded(scheme, edition, len(there), len(changed), tuple(problems))


# --- reading --------------------------------------------------------------------------------------------------


@while_unchanged("classes")
def _editions(scheme: str) -> tuple[str, ...]:
    found = ClassSymbol.objects.filter(scheme=scheme).order_by("edition").values_list("edition", flat=True)
    return tuple(found.distinct())


def editions(scheme: str = "ipc") -> list[str]:
    """The editions that are loaded, newest last."""
    return list(_editions(scheme))


@while_unchanged("classes")
def scheme_of(scheme: str, edition: str) -> ipc.Scheme:
    """A loaded edition as a tree."""
    rows = ClassSymbol.objects.filter(scheme=scheme, edition=edition).values_list("symbol", "dots")
    return ipc.Scheme(rows, edition)


@while_unchanged("classes")
def trees() -> Trees | None:
    """The loaded trees for queries “and below”; None where none is loaded, and such queries then say so."""
    newest = {scheme: known[-1] for scheme in ("ipc", "cpc") if (known := editions(scheme))}
    if not newest:
        return None
    return Trees({scheme: partial(scheme_of, scheme, edition) for scheme, edition in newest.items()})


@dataclass(frozen=True, slots=True)
class ClassPlace:
    """A class for the browser: its titles, its dots (None above the subgroups), and whether others stand below it.

    ``inside``: the symbol and all below it, in the order of the scheme.
    """

    symbol: str
    zh: str
    en: str
    dots: int | None
    inside: tuple[str, ...]

    @property
    def leaf(self) -> bool:
        return len(self.inside) == 1


@dataclass(frozen=True, slots=True)
class Level:
    """The classes right below one, and those above it. ``loaded`` is False where symbols in use stand for a table."""

    symbol: str
    above: tuple[ClassPlace, ...]
    below: tuple[ClassPlace, ...]
    loaded: bool
    edition: str


class Flat:
    """A scheme of two levels, parted by a hyphen (Locarno: ``14`` and ``14-03``), of the symbols in use."""

    def __init__(self, symbols: Iterable[str]):
        known = set(symbols)
        self._order = sorted(known | {s.partition("-")[0] for s in known})

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._order

    def __iter__(self) -> Iterator[str]:
        return iter(self._order)

    def parent(self, symbol: str) -> str:
        return symbol.partition("-")[0] if "-" in symbol else ""

    def ancestors(self, symbol: str) -> tuple[str, ...]:
        return (self.parent(symbol),) if self.parent(symbol) else ()

    def subtree(self, symbol: str) -> tuple[str, ...]:
        return tuple(s for s in self._order if s == symbol or self.parent(s) == symbol)

    def children(self, symbol: str) -> tuple[str, ...]:
        return self.subtree(symbol)[1:]


def browse(symbol: str = "", *, scheme: str = "ipc", edition: str = "", used: Iterable[str] = ()) -> Level | None:
    """The level below a symbol (empty: the top); None where there is no such symbol.

    ``used``: the symbols in use, which stand for a table where none is loaded.
    """
    known = editions(scheme)
    edition = edition or (known[-1] if known else "")
    tree: ipc.Scheme | Flat
    if known:
        tree = scheme_of(scheme, edition)
    elif scheme == "loc":
        tree = Flat(used)
    else:
        tree = _tree_in_use(tuple(sorted(used)))
    if symbol and symbol not in tree:
        return None
    rows = ClassSymbol.objects.filter(scheme=scheme, edition=edition)
    below = tree.children(symbol) if symbol else tuple(s for s in tree if not tree.parent(s))
    above = (*reversed(tree.ancestors(symbol)), symbol) if symbol else ()
    titles = {row.symbol: row for row in rows.filter(symbol__in=(*below, *above))} if known else {}

    def place(one: str) -> ClassPlace:
        row = titles.get(one)
        own = ipc.SECTIONS.get(one, ("", "")) if scheme == "ipc" else ("", "")
        return ClassPlace(
            one,
            (row.zh if row else "") or own[0],
            (row.en if row else "") or own[1],
            row.dots if row else None,
            tree.subtree(one),
        )

    return Level(symbol, tuple(map(place, above)), tuple(map(place, below)), bool(known), edition)


def outside(used: Iterable[str], scheme: str = "ipc") -> list[str]:
    """The symbols in use that the newest edition lacks: documents of other editions have them."""
    known = editions(scheme)
    if not known:
        return []
    tree = scheme_of(scheme, known[-1])
    return [symbol for symbol in used if symbol not in tree]


def find_titles(text: str, *, scheme: str = "ipc", edition: str = "") -> QuerySet[ClassSymbol]:
    """The classes of the newest edition whose title has every word, or whose symbol begins so; in their order."""
    known = editions(scheme)
    rows = ClassSymbol.objects.filter(scheme=scheme, edition=edition or (known[-1] if known else ""))
    words = text.split()
    wanted = Q(symbol__startswith="".join(words).upper())
    titles = Q()
    for word in words:
        titles &= Q(zh__icontains=word) | Q(en__icontains=word)
    return rows.filter(wanted | titles).order_by("position") if words else rows.none()


@lru_cache(maxsize=4)
def _tree_in_use(symbols: tuple[str, ...]) -> ipc.Scheme:
    rows: dict[str, int | None] = {}
    for symbol in symbols:
        try:
            parsed = ipc.parse(symbol)
        except ipc.IpcSymbolError:
            continue
        for part in (
            parsed.section,
            parsed.section + parsed.main_class,
            parsed.section + parsed.main_class + parsed.subclass,
        ):
            rows.setdefault(part, 0)
        rows.setdefault(parsed.short, None)
    return ipc.Scheme(rows.items(), "")
