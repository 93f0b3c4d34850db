"""Tables of a PDF that are drawn without lines: columns by the white between them, rows by the white below them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from jinzhi.sources.plan_document.flow import fold, page_marks
from jinzhi.sources.plan_document.headings import ITEM, ROW, sign_at
from jinzhi.sources.plan_document.pdf_page import Glyph, Line, PdfPage, words_of
from jinzhi.sources.plan_document.tables import is_head, role_of, settled

#: white wider than this many times the size of the letters parts two cells of a head
_WIDE = 0.9


@dataclass(frozen=True)
class Columns:
    """The columns of a table: the x between each and the next, and what each column holds."""

    edges: tuple[float, ...]
    roles: tuple[str, ...]

    def of(self, glyph: Glyph) -> int:
        return sum(glyph.x > x for x in self.edges)

    def crossed(self, line: Line) -> bool:
        """Whether words run over an edge: a line that is not set in these columns."""
        return any(any(g.left < x - 1 and g.right > x + 1 for g in line) or self._runs(line, x) for x in self.edges)

    def _runs(self, line: Line, x: float) -> bool:
        before = [g for g in line if g.x <= x]
        after = [g for g in line if g.x > x]
        return bool(before and after) and after[0].left - before[-1].right < 0.5 * _size(line)


@dataclass(frozen=True)
class Loose:
    """A table found among the free lines of a page: its records as cells of lines, and where it stands."""

    top: float
    columns: Columns
    records: tuple[tuple[tuple[Line, ...], ...], ...]
    #: the table goes on to the last line of its page
    open: bool
    headed: bool


def find_loose(page: PdfPage, lines: Sequence[Line], before: Loose | None) -> tuple[list[Loose], list[Line]]:
    """The tables without lines on a page, and the lines that are in none. ``before`` may go on from the last page."""
    body = [x for x in lines if not _mark(x)]
    marks = [x for x in lines if _mark(x)]
    starts = [(n, roles) for n, x in enumerate(body) if (roles := _head(x)) is not None]
    first = starts[0][0] if starts else len(body)
    out: list[Loose] = []
    free: list[Line] = list(marks)
    goes_on = before is not None and before.open and _fits(before.columns, body[:first])
    if goes_on and before is not None:
        rest, left = _until_crossed(before.columns, body[:first])
        out.append(_table(page, before.columns, rest, headed=False, open=not left and first == len(body)))
        free += left
    else:
        free += body[:first]
    for nth, (n, roles) in enumerate(starts):
        stop = starts[nth + 1][0] if nth + 1 < len(starts) else len(body)
        columns = _columns(body[n], body[n + 1 : stop], roles)
        rest, left = _until_crossed(columns, body[n + 1 : stop])
        if not rest:
            free += [body[n], *left]
            continue
        out.append(_table(page, columns, rest, headed=True, open=not left and stop == len(body), head=body[n]))
        free += left
    return out, free


def _mark(line: Line) -> bool:
    words = words_of(line)
    return any(a == 0 and b == len(words) for a, b in page_marks(words)) or words.strip().isdigit()


def _size(line: Line) -> float:
    return max(max(g.top - g.bottom for g in line), 1.0)


def _segments(line: Line) -> list[Line]:
    out: list[Line] = [[line[0]]]
    for before, glyph in itertools.pairwise(line):
        if glyph.left - before.right > _WIDE * min(_size(line), 14):
            out.append([])
        out[-1].append(glyph)
    return out


def _head(line: Line) -> tuple[str, ...] | None:
    """The roles of a head's cells, where a line is one."""
    roles = tuple(role_of(fold(words_of(s)).replace(" ", "")) for s in _segments(line))
    return settled(roles) if len(roles) >= 2 and all(roles) and is_head(roles) else None


def _columns(head: Line, body: Sequence[Line], roles: tuple[str, ...]) -> Columns:
    """Between the middles of two heads, the widest stretch that the fewest lines cover."""
    cells = _segments(head)
    middles = [(c[0].left + c[-1].right) / 2 for c in cells]
    edges = []
    # a heading of a part is set over all columns
    body = [x for x in body if not _heading(x)]
    for a, b in itertools.pairwise(middles):
        xs = [a + i for i in range(int(b - a) + 1)]
        counts = [sum(_covered(line, x) for line in [head, *body]) for x in xs]
        least = min(counts)
        best = (0, 0)
        start = None
        for i, count in enumerate([*counts, least + 1]):
            if count == least and start is None:
                start = i
            elif count != least and start is not None:
                best = max(best, (i - start, start))
                start = None
        edges.append(xs[best[1]] + best[0] / 2)
    return Columns(tuple(edges), roles)


def _covered(line: Line, x: float) -> bool:
    return any(g.left <= x <= g.right for g in line)


def _fits(columns: Columns, lines: Sequence[Line]) -> bool:
    return bool(lines) and sum(not columns.crossed(x) for x in lines) >= 0.6 * len(lines)


def _until_crossed(columns: Columns, lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines up to the last that is set in the columns; a heading of one line may run over them in between."""
    last = max((n for n, x in enumerate(lines) if _several(columns, x)), default=-1)
    # the lines of the last row that have words in one column only
    while last + 1 < len(lines) and last >= 0 and not columns.crossed(lines[last + 1]) and _near(lines, last):
        last += 1
    return list(lines[: last + 1]), list(lines[last + 1 :])


def _several(columns: Columns, line: Line) -> bool:
    return not columns.crossed(line) and len({columns.of(g) for g in line}) > 1


def _near(lines: Sequence[Line], n: int) -> bool:
    return _step(lines[n], lines[n + 1]) < 1.9 * _size(lines[n])


def _step(above: Line, below: Line) -> float:
    return above[0].y - below[0].y


def _table(
    page: PdfPage, columns: Columns, lines: Sequence[Line], *, headed: bool, open: bool, head: Line | None = None
) -> Loose:
    groups = _groups(page, columns, lines)
    if head is not None:
        groups.insert(0, [head])
    records: list[tuple[tuple[Line, ...], ...]] = []
    for group in groups:
        alone = len(group) == 1 and columns.crossed(group[0]) and group[0] is not head
        cells: list[tuple[Line, ...]] = []
        for c in range(len(columns.roles)):
            if alone:
                cells.append((group[0],) if c == 0 else ())
            else:
                cells.append(tuple(part for line in group if (part := _column(line, columns, c))))
        records.append(tuple(cells))
    top = (head or lines[0])[0].y if (head or lines) else 0.0
    return Loose(top, columns, tuple(records), open, headed)


def _column(line: Line, columns: Columns, c: int) -> Line:
    return [g for g in line if columns.of(g) == c]


def _groups(page: PdfPage, columns: Columns, lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of each row: by rules across, else by white between, else by the numbers or the first column."""
    by_white = _by_white(page, columns, lines)
    numbers = [n for n, role in enumerate(columns.roles) if role == "number"]
    if not numbers:
        if len(by_white) > 1 or len(lines) < 2:
            return by_white
        return _by(columns, lines, next((n for n, r in enumerate(columns.roles) if r == "title"), 0))
    counts = [sum(bool(_column(x, columns, numbers[0])) for x in group) for group in by_white]
    if all(n <= 1 for n in counts) and sum(n == 1 for n in counts) >= 0.5 * len(counts):
        return by_white
    return _by(columns, lines, numbers[0])


def _by_white(page: PdfPage, columns: Columns, lines: Sequence[Line]) -> list[list[Line]]:
    steps = [_step(a, b) for a, b in itertools.pairwise(lines)]
    usual = median(sorted(steps)[: max(1, (len(steps) + 1) // 2)]) if steps else 0.0
    out: list[list[Line]] = []
    for n, line in enumerate(lines):
        ruled = n > 0 and any(line[0].y < y < lines[n - 1][0].y for y, _, _ in page.across)
        if n == 0 or ruled or steps[n - 1] > 1.25 * usual or _heading(line) or _heading(lines[n - 1]):
            out.append([])
        out[-1].append(line)
    return out


def _heading(line: Line) -> bool:
    words = fold(words_of(line)).replace(" ", "")
    sign = sign_at(words, 0, len(words))
    return sign is not None and sign.rank not in (ROW, ITEM)


def _by(columns: Columns, lines: Sequence[Line], column: int) -> list[list[Line]]:
    out: list[list[Line]] = []
    for n, line in enumerate(lines):
        if n == 0 or _column(line, columns, column) or _heading(line) or _heading(lines[n - 1]):
            out.append([])
        out[-1].append(line)
    return out
