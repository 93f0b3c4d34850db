"""From a text to a :class:`PlanDocument`: the pure part of an import, without files, clock or database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jinzhi.kernel.organisation import NameBook
from jinzhi.kernel.plan import PlanDocument, PlanPlace, PlanRow, letters, match_rows
from jinzhi.sources.plan_document.areas import Area, find_areas
from jinzhi.sources.plan_document.assemble import assemble
from jinzhi.sources.plan_document.contents import contents
from jinzhi.sources.plan_document.draft import PlanDraft
from jinzhi.sources.plan_document.drawn import drawn_head
from jinzhi.sources.plan_document.duties import Lexicon
from jinzhi.sources.plan_document.errors import PlanDocumentError
from jinzhi.sources.plan_document.flow import Flow, build, fold, page_marks
from jinzhi.sources.plan_document.headings import Vocabulary
from jinzhi.sources.plan_document.outlined import OutlinedReader
from jinzhi.sources.plan_document.running import StreamReader
from jinzhi.sources.plan_document.standing import StandingDuties, repeat_what_stands_above
from jinzhi.sources.plan_document.surroundings import (
    appended,
    closes,
    is_site,
    pieces,
    read_head,
    read_tail,
    signature_at,
)
from jinzhi.sources.plan_document.table_reader import TableReader
from jinzhi.sources.plan_document.tables import TextTable, find_text_tables, stitched

_MARKUP = re.compile(r"^#{1,6}(?=\s)|\*\*", re.MULTILINE)

#: so many titles of declared rows make a document one of the declared plan
_DECLARED = 3
#: the longest text that is read as one document
LONGEST = 600_000


@dataclass(frozen=True, slots=True)
class TextLayout:
    """What a reader of files knows beyond the text. Positions are in the text.

    ``tables`` stand in the text; with ``paragraphs`` every line is a paragraph (Word, HTML); ``loose`` says that
    spaces beside Latin letters mean nothing (PDF); ``heads`` are running heads and feet.
    """

    tables: tuple[TextTable, ...] = ()
    paragraphs: bool = False
    loose: bool = False
    heads: tuple[tuple[int, int], ...] = ()


def parse(
    text: str,
    *,
    names: NameBook,
    rows: Sequence[PlanRow] = (),
    layout: TextLayout | None = None,
    notes: Sequence[str] = (),
) -> PlanDocument:
    """Read a work-division document. Raises PlanDocumentError where it holds no division of work."""
    layout = layout or TextLayout()
    if not text.strip():
        raise PlanDocumentError("empty", "文件里没有文字。请确认选对了文件;如果是扫描件,请先做文字识别再导入。")
    if len(text) > LONGEST:
        raise PlanDocumentError("size", f"文字超过 {LONGEST} 个字符,不像一份任务分工。请只导入分工文件本身。")
    draft = PlanDraft(text)
    lexicon, vocabulary = Lexicon(names), Vocabulary(rows)
    tables = layout.tables or find_text_tables(text)
    taken = [t for t in tables if t.head is not None]
    marks = [m for m in page_marks(text) if not any(t.start <= m[0] < t.end for t in taken)]
    for start, end in marks:
        draft.paint_text(start, end, "page-number")
    for start, end in layout.heads:
        draft.paint_text(start, end, "running-head")
    listed = contents(text)
    for start, end in listed:
        draft.paint_text(start, end, "contents")
    markup = [m.span() for m in _MARKUP.finditer(text)]
    for start, end in markup:
        draft.paint_text(start, end, "markup")
    skip = [*marks, *listed, *markup, *layout.heads, *((t.start, t.end) for t in taken)]
    flow = build(text, skip=skip, paragraphs=layout.paragraphs, loose=layout.loose)
    areas = find_areas(flow, lexicon)
    standing = StandingDuties()
    standing.listen(flow, areas)
    reader = _reader(draft, flow, lexicon, rows, vocabulary, standing, areas)
    if taken:
        _tables(draft, taken, lexicon, vocabulary, flow, areas, reader, standing)
    else:
        _running(draft, flow, areas, reader)
    repeat_what_stands_above(draft)
    standing.close(draft)
    _refuse_what_is_no_plan(draft, rows)
    return assemble(draft, names, rows, tuple(notes))


def _reader(
    draft: PlanDraft,
    flow: Flow,
    lexicon: Lexicon,
    rows: Sequence[PlanRow],
    vocabulary: Vocabulary,
    standing: StandingDuties,
    areas: list[Area],
) -> StreamReader | OutlinedReader:
    """A document of the declared plan is read by the names of its rows, any other by the tree of its headings."""
    said = letters(flow.chars)
    by_name = sum(letters(fold(row.title)) in said for row in rows) >= _DECLARED
    if not by_name and areas:
        outlined = OutlinedReader(draft, flow, lexicon, standing)
        if outlined.grow(areas, _tail(flow, areas[-1].end)) is not None:
            return outlined
    return StreamReader(draft, flow, lexicon, vocabulary, standing)


def _running(draft: PlanDraft, flow: Flow, areas: list[Area], reader: StreamReader | OutlinedReader) -> None:
    if not areas:
        return
    tail = _tail(flow, areas[-1].end)
    if isinstance(reader, OutlinedReader):
        start = reader.root.children[0].start
        read_head(draft, flow, start)
        reader.read()
    else:
        start = reader.first_heading(areas)
        read_head(draft, flow, start)
        reader.read(areas, start, tail)
    read_tail(draft, flow, tail if tail > areas[-1].end else areas[-1].end, len(flow))


def _tail(flow: Flow, start: int) -> int:
    """Where the plan's own text ends after its last area: at the first words of the letter's end or of the site."""
    from_here = start
    while from_here < len(flow) and flow.chars[from_here] in "。;":
        from_here += 1
    if signature_at(flow, from_here):
        return from_here
    probe = PlanDraft(flow.text)
    for first, last in pieces(flow, from_here, len(flow)):
        words = flow.chars[first:last]
        if is_site(words) or (flow.bol[first] and (closes(words) or appended(words))):
            return first
        read_tail(probe, flow, first, last)
        if probe.issued_on or probe.issued_by:
            return first
    return len(flow)


def _tables(
    draft: PlanDraft,
    tables: Sequence[TextTable],
    lexicon: Lexicon,
    vocabulary: Vocabulary,
    flow: Flow,
    areas: list[Area],
    reader: StreamReader | OutlinedReader,
    standing: StandingDuties,
) -> None:
    """Rows in tables; what stands around them is head, headings, running rows or tail."""
    cells = TableReader(draft, lexicon, vocabulary, flow.loose, standing)
    if areas:
        _running(draft, flow, areas, reader)
    p = 0
    for nth, table in enumerate(stitched(draft.text, tables)):
        stop = flow.index(table.start)
        if not areas:
            lines = pieces(flow, p, stop)
            first_heading = stop
            for first, last in lines:
                if cells.heading(flow, first, last) and first_heading == stop:
                    first_heading = first
            if nth == 0:
                read_head(draft, flow, first_heading)
        p = stop
        cells.read(table)
    if not areas:
        read_tail(draft, flow, p, len(flow))


def _refuse_what_is_no_plan(draft: PlanDraft, rows: Sequence[PlanRow]) -> None:
    if any(r.duties for r in draft.rows):
        return
    places = [(PlanPlace(), fold(r.title)) for r in draft.rows]
    if sum(m.row is not None for m in match_rows(places, rows)) >= 2:
        return
    head = drawn_head(draft.text)
    if head:
        raise PlanDocumentError(
            "drawn-table",
            f"文件里的表格是用空格或线条字符排成的(表头“{head}”),各列分不准,没有导入。"
            "请在 Word、WPS 或 Excel 中做成表格再导入,或者把各列之间改成一个制表符(Tab),每项任务占一行。",
        )
    raise PlanDocumentError(
        "not-a-plan",
        "这份文件里没有找到任务分工:既没有带“责任单位”“牵头单位”的条目,也没有含这些栏目的表格。"
        "请确认上传的是任务分工文件;如果是规划正文,请改用附有责任单位的分工方案。",
    )
