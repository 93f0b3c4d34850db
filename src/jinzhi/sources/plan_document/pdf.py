"""PDF with a text layer: its lines page by page, and tables put together from their rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from jinzhi.sources.plan_document.errors import PlanDocumentError
from jinzhi.sources.plan_document.parse import Layout
from jinzhi.sources.plan_document.tables import Cell, Head, Table

MOST_PAGES = 600
_THIN = 2.5
_NEAR = 2.0


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and the middle and edges of its box, in points from the lower left of the page."""

    char: str
    x: float
    y: float
    left: float
    right: float
    bottom: float
    top: float


def read_pdf(data: bytes) -> tuple[str, Layout, list[str]]:
    """Text, layout and notes of a PDF. Raises PlanDocumentError where it is encrypted, damaged or scanned."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as e:
        if "assword" in str(e) or "ecurity" in str(e):
            raise PlanDocumentError("encrypted", "PDF 设有密码。请取消密码,另存后再导入。") from None
        raise PlanDocumentError("damaged", "PDF 已损坏,不能打开。请重新取得文件再导入。") from None
    try:
        if len(document) > MOST_PAGES:
            raise PlanDocumentError("size", f"PDF 有 {len(document)} 页,超过 {MOST_PAGES} 页。请只导入分工文件本身。")
        pages = [_Page(document[i]) for i in range(len(document))]
    finally:
        document.close()
    bare = [i for i, p in enumerate(pages, 1) if len(p.glyphs) < 5]
    if len(bare) == len(pages):
        raise PlanDocumentError(
            "scanned", "这份 PDF 没有文字,像是扫描件。请先做文字识别(OCR),存为 .docx 或带文字的 PDF 再导入。"
        )
    notes = []
    if bare:
        notes.append(f"第 {'、'.join(map(str, bare[:20]))} 页没有文字(可能是扫描的图片),没有读入。")
    return (*_compose(pages), notes)


class _Page:
    """Characters and rules of one page."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.height = page.get_height()
        text = page.get_textpage()
        self.glyphs: list[Glyph] = []
        count = text.count_chars()
        raw = text.raw
        for i in range(count):
            code = pdfium.FPDFText_GetUnicode(raw, i)
            char = chr(code) if code else ""
            if not char or char in "\r\n\x00\ufffe\u0002" or char.isspace():
                continue
            left, bottom, right, top = text.get_charbox(i, loose=True)
            self.glyphs.append(Glyph(char, (left + right) / 2, (top + bottom) / 2, left, right, bottom, top))
        self.across: list[tuple[float, float, float]] = []
        self.down: list[tuple[float, float, float]] = []
        for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=4):
            self._rule(*item.get_bounds())
        text.close()

    def _rule(self, left: float, bottom: float, right: float, top: float) -> None:
        wide, high = right - left, top - bottom
        if wide <= _THIN and high > _THIN:
            self.down.append(((left + right) / 2, bottom, top))
        elif high <= _THIN and wide > _THIN:
            self.across.append(((top + bottom) / 2, left, right))
        elif wide > 8 and high > 8:
            self.down += [(left, bottom, top), (right, bottom, top)]
            self.across += [(bottom, left, right), (top, left, right)]

    def grids(self) -> list[_Grid]:
        """Tables: groups of rules that touch, with at least two columns and two rows."""
        if len(self.across) < 2 or len(self.down) < 2:
            return []
        out: list[_Grid] = []
        spans = sorted((bottom, top) for _, bottom, top in self.down)
        groups: list[list[float]] = []
        for bottom, top in spans:
            if groups and bottom <= groups[-1][1] + 3:
                groups[-1][1] = max(groups[-1][1], top)
            else:
                groups.append([bottom, top])
        for bottom, top in groups:
            xs = _merge([x for x, b, t in self.down if b >= bottom - 3 and t <= top + 3])
            ys = _merge([y for y, _, _ in self.across if bottom - 3 <= y <= top + 3])
            if len(xs) >= 3 and len(ys) >= 2:
                out.append(_Grid(self, xs, ys[::-1]))
        return out

    def parted_down(self, x: float, y: float) -> bool:
        return any(abs(px - x) <= _NEAR and b - 1 <= y <= t + 1 for px, b, t in self.down)

    def parted_across(self, y: float, x: float) -> bool:
        return any(abs(py - y) <= _NEAR and left - 1 <= x <= right + 1 for py, left, right in self.across)


def _merge(values: Sequence[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > 3:
            out.append(value)
    return out


class _Grid:
    """The cells between rules; cells without a rule between them are one."""

    def __init__(self, page: _Page, xs: list[float], ys: list[float]) -> None:
        self.page, self.xs, self.ys = page, xs, ys
        self.top, self.bottom, self.left, self.right = ys[0], ys[-1], xs[0], xs[-1]
        rows, cols = len(ys) - 1, len(xs) - 1
        self.owner = {(r, c): (r, c) for r in range(rows) for c in range(cols)}
        for r in range(rows):
            for c in range(cols):
                x, y = (xs[c] + xs[c + 1]) / 2, (ys[r] + ys[r + 1]) / 2
                if c and not page.parted_down(xs[c], y):
                    self._join((r, c - 1), (r, c))
                if r and not page.parted_across(ys[r], x):
                    self._join((r - 1, c), (r, c))
        self.glyphs: dict[tuple[int, int], list[Glyph]] = {}
        for glyph in page.glyphs:
            place = self.place(glyph)
            if place is not None:
                self.glyphs.setdefault(self.owner[place], []).append(glyph)

    def _join(self, a: tuple[int, int], b: tuple[int, int]) -> None:
        keep, lose = self.owner[a], self.owner[b]
        for key, owner in self.owner.items():
            if owner == lose:
                self.owner[key] = keep

    def place(self, glyph: Glyph) -> tuple[int, int] | None:
        if not (self.left <= glyph.x <= self.right and self.bottom <= glyph.y <= self.top):
            return None
        r = max(i for i, y in enumerate(self.ys[:-1]) if glyph.y <= y + 0.5)
        c = max(i for i, x in enumerate(self.xs[:-1]) if glyph.x >= x - 0.5)
        return r, c

    def holds(self, glyph: Glyph) -> bool:
        return self.place(glyph) is not None


def _lines(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Characters in lines from top to bottom, each from left to right."""
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (-g.y, g.left)):
        for line in reversed(lines[-2:]):
            first = line[0]
            high = min(glyph.top - glyph.bottom, first.top - first.bottom) or 1.0
            if min(glyph.top, first.top) - max(glyph.bottom, first.bottom) > 0.45 * high:
                line.append(glyph)
                break
        else:
            lines.append([glyph])
    for line in lines:
        line.sort(key=lambda g: g.left)
    return lines


def _words(line: Sequence[Glyph]) -> str:
    out: list[str] = []
    for before, glyph in zip([None, *line[:-1]], line, strict=True):
        if before is not None:
            size = max(glyph.top - glyph.bottom, 1.0)
            if glyph.left - before.right > 0.22 * size:
                out.append(" ")
        out.append(glyph.char)
    return "".join(out)


def _compose(pages: list[_Page]) -> tuple[str, Layout]:
    parts: list[str] = []
    size = 0
    tables: list[Table | list[list[Cell]]] = []
    line_places: list[list[tuple[int, int, str]]] = []

    def add(words: str) -> tuple[int, int]:
        nonlocal size
        start = size
        parts.append(words)
        size += len(words)
        return start, size

    for nth, page in enumerate(pages):
        if nth:
            add("\f")
        grids = page.grids()
        free = [g for g in page.glyphs if not any(grid.holds(g) for grid in grids)]
        items: list[tuple[float, object]] = [(line[0].y, line) for line in _lines(free)]
        items += [(grid.top, grid) for grid in grids if grid.glyphs]
        here: list[tuple[int, int, str]] = []
        for _, item in sorted(items, key=lambda i: -i[0]):
            if isinstance(item, _Grid):
                tables.append(_write_grid(item, add))
            else:
                words = _words(item)  # type: ignore[arg-type]
                start, end = add(words)
                add("\n")
                here.append((start, end, words))
        line_places.append(here)
    text = "".join(parts)
    done: list[Table] = []
    for grid in tables:
        table = Table.of(text, grid)  # type: ignore[arg-type]
        if table.head is None and done and done[-1].head and len(done[-1].grid[0]) == len(table.grid[0]):
            table = Table(table.start, table.end, table.grid, Head(0, -1, done[-1].head.roles))
        done.append(table)
    return text, Layout(tables=tuple(done), loose=True, heads=_running_heads(line_places))


def _write_grid(grid: _Grid, add) -> list[list[Cell]]:  # type: ignore[no-untyped-def]
    placed: dict[tuple[int, int], Cell] = {}
    out: list[list[Cell]] = []
    for r in range(len(grid.ys) - 1):
        line: list[Cell] = []
        for c in range(len(grid.xs) - 1):
            owner = grid.owner[r, c]
            if owner not in placed:
                if c:
                    add("\t")
                words = "\n".join(_words(x) for x in _lines(grid.glyphs.get(owner, [])))
                placed[owner] = Cell(*add(words))
            line.append(placed[owner])
        add("\n")
        out.append(line)
    return out


def _running_heads(pages: Sequence[Sequence[tuple[int, int, str]]]) -> tuple[tuple[int, int], ...]:
    """Lines at the top and foot of pages that come again on most of them, numbers apart."""
    if len(pages) < 3:
        return ()
    edges = [[*page[:2], *page[-2:]] if len(page) > 3 else list(page) for page in pages]
    count = Counter(key for page in edges for key in {_bare(words) for _, _, words in page})
    often = {key for key, n in count.items() if key and n >= max(3, 0.6 * len(pages))}
    return tuple(dict.fromkeys((start, end) for page in edges for start, end, words in page if _bare(words) in often))


def _bare(words: str) -> str:
    return re.sub(r"[\s0-9]+", "", words)
