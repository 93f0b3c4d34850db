"""From a text to a :class:`PlanDocument`: the pure part of an import, without files, clock or database."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from jinzhi.kernel.organisation import NameBook
from jinzhi.kernel.plan import (
    ParsedDuty,
    ParsedRow,
    ParseWarning,
    Place,
    PlanDocument,
    PlanRow,
    SourceSpan,
    UnitSeen,
    match_rows,
)
from jinzhi.sources.plan_document.draft import Draft
from jinzhi.sources.plan_document.duties import Area, Lexicon, find_areas
from jinzhi.sources.plan_document.errors import PlanDocumentError
from jinzhi.sources.plan_document.flow import Flow, build, fold, page_marks
from jinzhi.sources.plan_document.headings import Vocabulary
from jinzhi.sources.plan_document.running import Reader
from jinzhi.sources.plan_document.surroundings import is_site, pieces, read_head, read_tail, signature_at
from jinzhi.sources.plan_document.tables import Table, TableReader, find_text_tables, stitched

_MARKUP = re.compile(r"^#{1,6}(?=\s)|\*\*", re.MULTILINE)
_IMPRINT = re.compile(r"ICP|公网安备|网站|技术支持|版权所有|联系电话|网址|邮编|copyright", re.IGNORECASE)

#: the longest text that is read as one document
LONGEST = 600_000


@dataclass(frozen=True, slots=True)
class Layout:
    """What a reader of files knows beyond the text. Positions are in the text.

    ``tables`` stand in the text; with ``paragraphs`` every line is a paragraph (Word, HTML); ``loose`` says that
    spaces beside Latin letters mean nothing (PDF); ``heads`` are running heads and feet.
    """

    tables: tuple[Table, ...] = ()
    paragraphs: bool = False
    loose: bool = False
    heads: tuple[tuple[int, int], ...] = ()


def parse(
    text: str,
    *,
    names: NameBook,
    rows: Sequence[PlanRow] = (),
    layout: Layout | None = None,
    notes: Sequence[str] = (),
) -> PlanDocument:
    """Read a work-division document. Raises PlanDocumentError where it holds no division of work."""
    layout = layout or Layout()
    if not text.strip():
        raise PlanDocumentError("empty", "文件里没有文字。请确认选对了文件;如果是扫描件,请先做文字识别再导入。")
    if len(text) > LONGEST:
        raise PlanDocumentError("size", f"文字超过 {LONGEST} 个字符,不像一份任务分工。请只导入分工文件本身。")
    draft = Draft(text)
    lexicon, vocabulary = Lexicon(names), Vocabulary(rows)
    tables = layout.tables or find_text_tables(text)
    taken = [t for t in tables if t.head is not None]
    marks = [m for m in page_marks(text) if not any(t.start <= m[0] < t.end for t in taken)]
    for start, end in marks:
        draft.paint_text(start, end, "page-number")
    for start, end in layout.heads:
        draft.paint_text(start, end, "running-head")
    markup = [m.span() for m in _MARKUP.finditer(text)]
    for start, end in markup:
        draft.paint_text(start, end, "markup")
    skip = [*marks, *markup, *layout.heads, *((t.start, t.end) for t in taken)]
    flow = build(text, skip=skip, paragraphs=layout.paragraphs, loose=layout.loose)
    areas = [a for a in find_areas(flow, lexicon) if not _imprint(flow, a)]
    reader = Reader(draft, flow, lexicon, vocabulary)
    if taken:
        _tables(draft, taken, lexicon, vocabulary, flow, areas, reader)
    else:
        _running(draft, flow, areas, reader)
    _refuse_what_is_no_plan(draft, rows)
    return _assemble(draft, names, rows, tuple(notes))


def _imprint(flow: Flow, area: Area) -> bool:
    """A line of a site's own imprint (主办单位:… ICP备…), which is labelled like a duty."""
    line = flow.chars[area.start : flow.next_bol(area.start, len(flow))]
    return not line.startswith("(") and _IMPRINT.search(line) is not None


def _running(draft: Draft, flow: Flow, areas: list[Area], reader: Reader) -> None:
    if not areas:
        return
    start = reader.first_heading(areas)
    read_head(draft, flow, start)
    tail = _tail(flow, areas[-1].end)
    reader.read(areas, start, tail)
    read_tail(draft, flow, tail if tail > areas[-1].end else areas[-1].end, len(flow))


def _tail(flow: Flow, start: int) -> int:
    """Where the plan's own text ends after its last area: at the first words of the letter's end or of the site."""
    from_here = start
    while from_here < len(flow) and flow.chars[from_here] in "。;":
        from_here += 1
    if signature_at(flow, from_here):
        return from_here
    probe = Draft(flow.text)
    for first, last in pieces(flow, from_here, len(flow)):
        words = flow.chars[first:last]
        if is_site(words):
            return first
        read_tail(probe, flow, first, last)
        if probe.issued_on or probe.issued_by:
            return first
    return len(flow)


def _tables(
    draft: Draft,
    tables: Sequence[Table],
    lexicon: Lexicon,
    vocabulary: Vocabulary,
    flow: Flow,
    areas: list[Area],
    reader: Reader,
) -> None:
    """Rows in tables; what stands around them is head, headings, running rows or tail."""
    cells = TableReader(draft, lexicon, vocabulary, flow.loose)
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


def _refuse_what_is_no_plan(draft: Draft, rows: Sequence[PlanRow]) -> None:
    with_units = [r for r in draft.rows if r.duties]
    if len(with_units) >= 2 or (with_units and draft.title):
        return
    places = [(Place(), fold(r.title)) for r in draft.rows]
    if sum(m.row is not None for m in match_rows(places, rows)) >= 2:
        return
    raise PlanDocumentError(
        "not-a-plan",
        "这份文件里没有找到任务分工:既没有带“责任单位”“牵头单位”的条目,也没有含这些栏目的表格。"
        "请确认上传的是任务分工文件;如果是规划正文,请改用附有责任单位的分工方案。",
    )


def _assemble(draft: Draft, names: NameBook, rows: Sequence[PlanRow], notes: tuple[str, ...]) -> PlanDocument:
    found = [(Place(r.part, r.section, r.part_number, r.section_number, r.number), r.title) for r in draft.rows]
    matches = match_rows([(place, fold(title)) for place, title in found], rows)
    ids: list[str] = []
    for (place, _), match in zip(found, matches, strict=True):
        id = match.row.id if match.row else f"row-{place.part_number}-{place.section_number}-{place.number}"
        base, nth = id, 2
        while id in ids:
            id, nth = f"{base}-{nth}", nth + 1
        ids.append(id)
    parsed: list[ParsedRow] = []
    seen: dict[tuple[str, str], UnitSeen] = {}
    for row, (place, _), match, id in zip(draft.rows, found, matches, ids, strict=True):
        duties = []
        context = fold(row.title + "".join(row.measures))
        for duty in row.duties:
            known = names.resolve(duty.key, context=context)
            if not known.known:
                known = replace(known, name=duty.raw)
            # a group named alone under 责任单位 is many units, none of which is responsible alone
            kind = "divided" if duty.duty == "alone" and known.kind == "group" else duty.duty
            duties.append(
                ParsedDuty(
                    known.name, kind, duty.raw, known.id, known.kind, known.members, duty.wording,
                    duty.time_limit, duty.measure,
                )
            )  # fmt: skip
            key = (known.kind, known.id or known.name)
            was = seen.get(key)
            if was is None:
                seen[key] = UnitSeen(known.name, known.id, known.kind, (duty.raw,), (id,), known.members)
            else:
                seen[key] = replace(
                    was,
                    raw=tuple(dict.fromkeys((*was.raw, duty.raw))),
                    rows=tuple(dict.fromkeys((*was.rows, id))),
                    members=tuple(dict.fromkeys((*was.members, *known.members))),
                )
        start, end = max(row.start, 0), max(row.end, 0)
        parsed.append(
            ParsedRow(
                id, place, row.title, tuple(row.measures), tuple(duties), match.row.id if match.row else "",
                match.how, match.score, row.time_limit, not row.sure and match.row is None, start, end,
            )
        )  # fmt: skip
    spans = draft.spans(ids)
    warnings = [
        *(replace(w, row_id=ids[int(w.row_id)] if w.row_id else "") for w in draft.warnings),
        *_warnings(draft, parsed, rows, seen, spans),
    ]
    issued_on = None
    if draft.issued_on:
        try:
            issued_on = date(*draft.issued_on)
        except ValueError:
            warnings.append(ParseWarning("date", "文末的印发日期不是一个真实的日期,请填写印发日期"))
    if not draft.title:
        warnings.append(ParseWarning("title", "没有认出文件标题,请填写标题"))
    return PlanDocument(
        text=draft.text,
        title=draft.title,
        issued_by=draft.issued_by,
        issued_on=issued_on,
        rows=tuple(parsed),
        units=tuple(seen.values()),
        spans=spans,
        warnings=tuple(warnings),
        number=draft.number,
        preamble=draft.preamble,
        notes=notes,
    )


def _warnings(
    draft: Draft,
    parsed: Sequence[ParsedRow],
    rows: Sequence[PlanRow],
    seen: dict[tuple[str, str], UnitSeen],
    spans: Sequence[SourceSpan],
) -> list[ParseWarning]:
    out: list[ParseWarning] = []
    for span in spans:
        if span.kind == "unplaced":
            words = " ".join(draft.text[span.start : span.end].split())
            shown = words if len(words) <= 60 else f"{words[:40]}……{words[-15:]}"
            out.append(
                ParseWarning("unplaced", f"未能归位的文字({span.end - span.start} 字):{shown}", span.start, span.end)
            )
    for unit in seen.values():
        if unit.kind == "unknown":
            where = "、".join(unit.rows[:5]) + ("等" if len(unit.rows) > 5 else "")
            out.append(ParseWarning("unit", f"不认识的单位“{unit.raw[0]}”(见 {where}),请选择对应单位或新增别名"))
    for row in parsed:
        if row.uncertain:
            out.append(
                ParseWarning("title-guessed", f"“{row.title}”是推测的标题,请对照原文确认", row.start, row.end, row.id)
            )
    if rows:
        bound = {r.matched for r in parsed if r.matched}
        if bound:
            missing = [r for r in rows if r.id not in bound]
            if missing:
                listed = "、".join(f"{r.id} {r.zh}" for r in missing[:8]) + ("等" if len(missing) > 8 else "")
                out.append(ParseWarning("missing-row", f"已知的规划任务有 {len(missing)} 行在文件中没有找到:{listed}"))
        loose = [r for r in parsed if not r.matched]
        if loose:
            out.append(ParseWarning("unmatched-row", f"{len(loose)} 行没有与已知的规划任务对应,可以手工绑定"))
    doubled = [t for t, n in Counter(r.title for r in parsed).items() if n > 1]
    for title in doubled:
        out.append(ParseWarning("doubled-title", f"标题“{title}”出现了不止一次,请核对"))
    return out
