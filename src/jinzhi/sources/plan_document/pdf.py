"""PDF with a text layer: its lines page by page, and tables put together from their rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pypdfium2

from jinzhi.sources.plan_document.errors import PlanDocumentError
from jinzhi.sources.plan_document.parse import TextLayout
from jinzhi.sources.plan_document.pdf_columns import Loose, find_loose
from jinzhi.sources.plan_document.pdf_page import Grid, PdfPage, lines_of, words_of
from jinzhi.sources.plan_document.tables import Head, TextCell, TextTable

MOST_PAGES = 600


def read_pdf(data: bytes) -> tuple[str, TextLayout, list[str]]:
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
        pages = [PdfPage(document[i]) for i in range(len(document))]
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


def _compose(pages: list[PdfPage]) -> tuple[str, TextLayout]:
    parts: list[str] = []
    size = 0
    tables: list[TextTable | list[list[TextCell]]] = []
    line_places: list[list[tuple[int, int, str]]] = []

    def add(words: str) -> tuple[int, int]:
        nonlocal size
        start = size
        parts.append(words)
        size += len(words)
        return start, size

    before: Loose | None = None
    for nth, page in enumerate(pages):
        if nth:
            add("\f")
        grids = page.grids()
        free = [g for g in page.glyphs if not any(grid.holds(g) for grid in grids)]
        loose, lines = find_loose(page, lines_of(free), before)
        before = loose[-1] if loose else None
        items: list[tuple[float, object]] = [(line[0].y, line) for line in lines]
        items += [(table.top, table) for table in loose]
        items += [(grid.top, grid) for grid in grids if grid.glyphs]
        here: list[tuple[int, int, str]] = []
        for _, item in sorted(items, key=lambda i: -i[0]):
            if isinstance(item, Grid):
                tables.append(_write_grid(item, add))
            elif isinstance(item, Loose):
                grid = _write_loose(item, add)
                tables.append(
                    grid if item.headed else TextTable(grid[0][0].start, grid[-1][-1].end, tuple(map(tuple, grid)),
                                                   Head(0, -1, item.columns.roles))
                )  # fmt: skip
            else:
                words = words_of(item)  # type: ignore[arg-type]
                start, end = add(words)
                add("\n")
                here.append((start, end, words))
        line_places.append(here)
    text = "".join(parts)
    done: list[TextTable] = []
    for found in tables:
        table = found if isinstance(found, TextTable) else TextTable.of(text, found)
        if table.head is None and done and done[-1].head and len(done[-1].grid[0]) == len(table.grid[0]):
            table = TextTable(table.start, table.end, table.grid, Head(0, -1, done[-1].head.roles))
        done.append(table)
    return text, TextLayout(tables=tuple(done), loose=True, heads=_running_heads(line_places))


def _write_grid(grid: Grid, add) -> list[list[TextCell]]:  # type: ignore[no-untyped-def]
    placed: dict[tuple[int, int], TextCell] = {}
    out: list[list[TextCell]] = []
    for r in range(len(grid.ys) - 1):
        line: list[TextCell] = []
        for c in range(len(grid.xs) - 1):
            owner = grid.owner[r, c]
            if owner not in placed:
                if c:
                    add("\t")
                words = "\n".join(words_of(x) for x in lines_of(grid.glyphs.get(owner, [])))
                placed[owner] = TextCell(*add(words))
            line.append(placed[owner])
        add("\n")
        out.append(line)
    return out


def _write_loose(table: Loose, add) -> list[list[TextCell]]:  # type: ignore[no-untyped-def]
    out: list[list[TextCell]] = []
    for record in table.records:
        line: list[TextCell] = []
        for c, cell in enumerate(record):
            if c:
                add("\t")
            line.append(TextCell(*add("\n".join(words_of(x) for x in cell))))
        add("\n")
        out.append(line)
    return out


def _running_heads(pages: Sequence[Sequence[tuple[int, int, str]]]) -> tuple[tuple[int, int], ...]:
    """Lines at the top and foot of pages that come again on most of them, numbers apart."""
    if len(pages) == 2 and all(pages) and _bare(pages[0][0][2]) and _bare(pages[0][0][2]) == _bare(pages[1][0][2]):
        return tuple((page[0][0], page[0][1]) for page in pages)
    if len(pages) < 3:
        return ()
    edges = [[*page[:2], *page[-2:]] if len(page) > 3 else list(page) for page in pages]
    count = Counter(key for page in edges for key in {_bare(words) for _, _, words in page})
    often = {key for key, n in count.items() if key and n >= max(3, 0.6 * len(pages))}
    return tuple(dict.fromkeys((start, end) for page in edges for start, end, words in page if _bare(words) in often))


def _bare(words: str) -> str:
    return re.sub(r"[\s0-9]+", "", words)
