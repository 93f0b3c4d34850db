"""One page of a PDF: its characters and rules, its lines, and the grids that its rules make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

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


#: characters from left to right
Line = list[Glyph]


class PdfPage:
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

    def grids(self) -> list[Grid]:
        """Tables: groups of rules that touch, with at least two columns and two rows."""
        if len(self.across) < 2 or len(self.down) < 2:
            return []
        out: list[Grid] = []
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
                out.append(Grid(self, xs, ys[::-1]))
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


class Grid:
    """The cells between rules; cells without a rule between them are one."""

    def __init__(self, page: PdfPage, xs: list[float], ys: list[float]) -> None:
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


def lines_of(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
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


def words_of(line: Sequence[Glyph]) -> str:
    out: list[str] = []
    for before, glyph in zip([None, *line[:-1]], line, strict=True):
        if before is not None:
            size = max(glyph.top - glyph.bottom, 1.0)
            if glyph.left - before.right > 0.22 * size:
                out.append(" ")
        out.append(glyph.char)
    return "".join(out)
