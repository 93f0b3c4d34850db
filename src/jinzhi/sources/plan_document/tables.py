"""Tables: 序号 | 任务 | 牵头单位 | 配合单位 | 完成时限 and its cousins, known by what their heads say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jinzhi.sources.plan_document.draft import Draft, DraftDuty, DraftRow, duties_of, sentences
from jinzhi.sources.plan_document.duties import Lexicon, read_area
from jinzhi.sources.plan_document.flow import Flow, build, fold, is_blank
from jinzhi.sources.plan_document.headings import (
    ITEM,
    PART,
    ROW,
    SECTION,
    Vocabulary,
    sign_at,
    title_end,
)
from jinzhi.sources.plan_document.surroundings import is_site, read_tail, signature_at

_ROLES = (
    ("number", re.compile(r"序号?|编号|项次|任务序号|任务编号|号|no\.?|#", re.I)),
    ("note", re.compile(r"备注.*|说明|注")),
    ("led", re.compile(r".{0,4}(?:牵头|主办|主责|第一责任)(?:责任)?(?:单位|部门|主体|处室|机构|人)?.{0,4}")),
    (
        "support",
        re.compile(r".{0,4}(?:配合|协办|参加|参与|协同|协助|会同|支持)(?:责任)?(?:单位|部门|主体|处室|机构)?.{0,4}"),
    ),
    (
        "who",
        re.compile(
            r".*(?:责任|承办|负责|落实|实施|分工|执行|完成)(?:单位|部门|主体|处室|科室|机构|人).*|责任分工|责任|单位|部门|分工"
        ),
    ),
    ("time", re.compile(r".*(?:时限|期限|时间|节点|进度|日期|年度).*")),
    (
        "part",
        re.compile(r"部分|板块|篇章|大类|类型|类别|分类|任务类别|任务分类|工作类别|领域|方面|一级(?:任务|指标|目录)"),
    ),
    ("section", re.compile(r"章节|重点领域|重点方向|重点方面|二级(?:任务|指标|目录)|所属.{1,6}|任务领域|工作领域")),
    (
        "measures",
        re.compile(
            r".*(?:措施|内容|要求|具体任务|任务描述|目标|成果|具体工作|细化任务|分解任务|具体举措|主要举措|工作举措|重点举措).*"
        ),
    ),
    ("title", re.compile(r".*(?:任务|事项|项目|工作|名称|要点|举措|工程|条目)(?:名称)?")),
)
_WHOLE_ROW = 0.75


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's place in the text. A merged cell stands at every place that it covers.

    ``more`` are the places where it goes on, on the pages that follow.
    """

    start: int
    end: int
    more: tuple[tuple[int, int], ...] = ()

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        return ((self.start, self.end), *self.more)


@dataclass(frozen=True, slots=True)
class Head:
    """The rows up to and with the head, and the role of each column."""

    first: int
    last: int
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table in the text. ``grid[r][c]`` is a cell; ``head`` is None where it is not a table of work."""

    start: int
    end: int
    grid: tuple[tuple[Cell, ...], ...]
    head: Head | None = None

    @classmethod
    def of(cls, text: str, grid: Sequence[Sequence[Cell]]) -> Table:
        cells = [c for line in grid for c in line]
        rows = tuple(tuple(line) for line in grid)
        return cls(min(c.start for c in cells), max(c.end for c in cells), rows, _find_head(text, rows))


def _words(text: str, cell: Cell) -> str:
    return "".join(c for a, b in cell.places for c in fold(text[a:b]) if not is_blank(c))


def _role(words: str) -> str:
    words = re.sub(r"\([^()]*\)", "", words).strip(":*")
    if not words or len(words) > 16:
        return ""
    return next((role for role, shape in _ROLES if shape.fullmatch(words)), "")


def _roles(text: str, line: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(_role(_words(text, c)) for c in line)


def _settled(roles: Sequence[str]) -> tuple[str, ...]:
    """Tell columns of tasks apart: what is told by two of them is first the title, then the measures."""
    out = list(roles)
    tasks = [i for i, r in enumerate(out) if r in ("title", "measures")]
    spans: list[list[int]] = []
    for i in tasks:
        if spans and out[spans[-1][-1]] == out[i] and spans[-1][-1] == i - 1 and roles[i] == roles[i - 1]:
            spans[-1].append(i)
        else:
            spans.append([i])
    flat = [s[0] for s in spans]
    if len(flat) >= 3 and "section" not in out:
        order = ["section", "title", *["measures"] * (len(flat) - 2)]
    elif len(flat) >= 2:
        order = ["title", *["measures"] * (len(flat) - 1)]
    else:
        order = ["title"] * len(flat)
    for span, role in zip(spans, order, strict=True):
        for i in span:
            out[i] = role
    return tuple(out)


def _is_head(roles: Sequence[str]) -> bool:
    return bool({"led", "who", "support"} & set(roles)) and bool({"title", "measures"} & set(roles))


def _find_head(text: str, grid: Sequence[Sequence[Cell]]) -> Head | None:
    for r, line in enumerate(grid[:12]):
        roles = _roles(text, line)
        below = _roles(text, grid[r + 1]) if r + 1 < len(grid) else ()
        if len(below) == len(roles) and sum(1 for a, b in zip(roles, below, strict=True) if b and a) >= 2:
            # a head of two rows: 责任单位 over 牵头 | 配合
            two = [b or a for a, b in zip(roles, below, strict=True)]
            differs = any(grid[r][c] != grid[r + 1][c] for c in range(len(roles)))
            if _is_head(two) and differs and all(len(_words(text, c)) <= 16 for c in grid[r + 1]):
                return Head(r, r + 1, _settled(two))
        if _is_head(roles):
            return Head(r, r, _settled(roles))
    return None


def find_text_tables(text: str) -> tuple[Table, ...]:
    """Tables in plain text: lines with the same number of tabs or upright bars."""
    out: list[Table] = []
    block: list[list[Cell]] = []
    mark = ""

    def close() -> None:
        nonlocal block
        if len(block) >= 2:
            width = max(len(line) for line in block)
            grid = [[*line, *[Cell(line[-1].end, line[-1].end)] * (width - len(line))] for line in block]
            table = Table.of(text, grid)
            if table.head is not None:
                out.append(table)
        block = []

    for m in re.finditer(r"[^\n\r\f]+", text):
        line = m.group()
        here = "\t" if line.count("\t") >= 2 else "|" if len(re.findall(r"[||│┃]", line)) >= 2 else ""
        if not here or (block and here != mark):
            close()
        if not here:
            continue
        mark = here
        cells: list[Cell] = []
        start = m.start()
        for part in re.finditer(r"[^\t]*" if here == "\t" else r"[^||│┃]*", line):
            # an empty match right after a full one is no cell of its own
            if part.start() == part.end() and part.start() and line[part.start() - 1] not in "\t||│┃":
                continue
            cells.append(Cell(start + part.start(), start + part.end()))
        if here == "|":
            cells = cells[1 if not line[: cells[0].end - start].strip() else 0 :]
            if cells and not text[cells[-1].start : cells[-1].end].strip():
                cells = cells[:-1]
        if all(re.fullmatch(r"[\s:\-—=─+]*", text[c.start : c.end]) for c in cells):
            continue
        if cells:
            block.append(cells)
    close()
    return tuple(out)


def cell_flow(text: str, cell: Cell, loose: bool) -> Flow:
    """A cell's own stream. In a PDF its lines are wraps, elsewhere they are paragraphs."""
    parts = [(a, build(text[a:b], paragraphs=not loose, loose=loose)) for a, b in cell.places]
    bol = b"".join(part.bol for _, part in parts)
    if bol and loose:
        bol = b"\x01" + bytes(len(bol) - 1)
    return replace(
        parts[0][1],
        text=text,
        chars="".join(part.chars for _, part in parts),
        at=tuple(i + a for a, part in parts for i in part.at),
        bol=bol,
        gap=b"".join(part.gap for _, part in parts),
    )


def stitched(text: str, tables: Sequence[Table]) -> list[Table]:
    """Tables whose first row goes on from the last row of the page before: the halves are put together."""
    out: list[Table] = []
    for table in tables:
        before = out[-1] if out else None
        head = table.head
        if before is None or head is None or before.head is None or len(before.grid[0]) != len(table.grid[0]):
            out.append(table)
            continue
        first = head.last + 1
        if before.head.roles != head.roles or first >= len(table.grid) or not before.grid:
            out.append(table)
            continue
        line = table.grid[first]
        said = {role: any(_words(text, c) for c, r in zip(line, head.roles, strict=True) if r == role)
                for role in set(head.roles)}  # fmt: skip
        numbered = "number" in said
        goes_on = not said["number"] if numbered else not said.get("title", False)
        if not goes_on or len(set(line)) == 1 or not any(said.values()):
            out.append(table)
            continue
        last = list(before.grid[-1])
        mended: dict[Cell, Cell] = {}
        for c, cell in enumerate(line):
            if _words(text, cell) and last[c] not in mended:
                mended[last[c]] = replace(last[c], more=(*last[c].more, *cell.places))
        grid = tuple(tuple(mended.get(c, c) for c in row) for row in before.grid)
        out[-1] = replace(before, grid=grid)
        out.append(replace(table, grid=(*table.grid[:first], *table.grid[first + 1 :])))
    return out


class TableReader:
    """Reads the rows of tables into a draft. Place and row go on from one table to the next."""

    def __init__(self, draft: Draft, lexicon: Lexicon, vocabulary: Vocabulary, loose: bool) -> None:
        self.draft, self.lexicon, self.vocabulary, self.loose = draft, lexicon, vocabulary, loose
        self.part, self.part_number = "", 0
        self.section, self.section_number = "", 0
        self.number = 0
        self.current = -1
        self.title_cell: Cell | None = None
        self.used: set[tuple[int, Cell]] = set()

    def heading(self, words: Flow, start: int, end: int) -> bool:
        """Take a line as the heading of a part or a section. Gives whether it is one."""
        sign = sign_at(words.chars, start, end)
        q = sign.end if sign else start
        known = self.vocabulary.at(words.chars, q, end, (PART, SECTION))
        if known and known.end >= end - 1:
            rank = known.rank
        elif sign and sign.rank in (PART, SECTION) and end - q <= 40:
            rank = sign.rank
        else:
            return False
        printed = sign.value if sign and sign.rank == rank else 0
        self.enter(rank, words.original(q, end), printed or (known.number if known else 0))
        self.draft.paint(words, start, end, "part" if rank == PART else "section")
        return True

    def enter(self, rank: int, name: str, number: int) -> None:
        name = name.strip("。:： ")
        if rank == PART:
            if name != self.part:
                self.part, self.part_number = name, number or self.part_number + 1
                self.section, self.section_number, self.number = "", 0, 0
        elif name != self.section:
            self.section, self.section_number, self.number = name, number or self.section_number + 1, 0
        self.current, self.title_cell = -1, None

    def read(self, table: Table) -> None:
        text, head = self.draft.text, table.head
        assert head is not None
        for i in range(table.start, table.end):
            if text[i] in "||│┃" or (text[i] in "-—─+:=" and self._on_rule(i)):
                self.draft.paint_text(i, i + 1, "table-rule")
        for r, line in enumerate(table.grid):
            if r < head.first:
                self._above(line)
            elif r <= head.last or self._repeated(line, head, table):
                for cell in set(line):
                    for start, end in cell.places:
                        self.draft.paint_text(start, end, "table-head")
            else:
                self._line(line, head)

    def _on_rule(self, i: int) -> bool:
        text = self.draft.text
        start = max(text.rfind("\n", 0, i) + 1, 0)
        stop = text.find("\n", i)
        return not re.sub(r"[\s|:\-—=─+|│┃]", "", text[start : stop if stop >= 0 else len(text)])

    def _repeated(self, line: Sequence[Cell], head: Head, table: Table) -> bool:
        text = self.draft.text
        words = [_words(text, c) for c in line]
        if any(words == [_words(text, c) for c in table.grid[r]] for r in range(head.first, head.last + 1)):
            return True
        # the same heads in other words, on a table of another page
        roles = _settled(_roles(text, line))
        return _is_head(roles) and sum(a == b != "" for a, b in zip(roles, head.roles, strict=True)) >= 3

    def _above(self, line: Sequence[Cell]) -> None:
        full = [c for c in dict.fromkeys(line) if _words(self.draft.text, c)]
        if len(full) == 1:
            flow = cell_flow(self.draft.text, full[0], self.loose)
            if not self.draft.title and len(flow) >= 4 and not sign_at(flow.chars, 0, len(flow)):
                self.draft.title = flow.original(0, len(flow))
                self.draft.paint(flow, 0, len(flow), "title")
            else:
                self.heading(flow, 0, len(flow))

    def _line(self, line: Sequence[Cell], head: Head) -> None:
        text = self.draft.text
        full = [c for c in dict.fromkeys(line) if _words(text, c)]
        if not full:
            return
        if len(full) == 1:
            flow = cell_flow(text, full[0], self.loose)
            covers = sum(1 for c in line if c == full[0]) / len(line)
            if re.match(r"备?注[:1-9]|说明:", flow.chars):
                self.draft.paint(flow, 0, len(flow), "note")
                return
            if self.heading(flow, 0, len(flow)):
                return
            if signature_at(flow, 0) or is_site(flow.chars):
                read_tail(self.draft, flow, 0, len(flow))
                return
            if covers >= _WHOLE_ROW and len(flow) <= 40 and "。" not in flow.chars:
                self.enter(SECTION, flow.original(0, len(flow)), 0)
                self.draft.paint(flow, 0, len(flow), "section")
                return
        by_role: dict[str, list[Cell]] = {}
        for cell, role in zip(line, head.roles, strict=True):
            if role and _words(text, cell) and cell not in by_role.setdefault(role, []):
                by_role[role].append(cell)
        for role, rank in (("part", PART), ("section", SECTION)):
            for cell in by_role.get(role, []):
                flow = cell_flow(text, cell, self.loose)
                sign = sign_at(flow.chars, 0, len(flow))
                self.draft.paint(flow, 0, len(flow), role)
                name = flow.original(sign.end if sign else 0, len(flow)).strip("。:： ")
                if name != (self.part if rank == PART else self.section):
                    self.enter(rank, name, sign.value if sign else 0)
        self._row(by_role)

    def _row(self, by_role: dict[str, list[Cell]]) -> None:
        text = self.draft.text
        titles = by_role.get("title", [])
        number, numbered = 0, None
        for cell in by_role.get("number", []):
            flow = cell_flow(text, cell, self.loose)
            digits = re.search(r"[0-9]{1,3}(?![0-9.])", flow.chars)
            sign = sign_at(flow.chars + "、", 0, len(flow) + 1)
            number = int(digits.group()) if digits else sign.value if sign else 0
            numbered = cell, flow
        again = bool(titles) and titles[0] == self.title_cell
        if self.current >= 0 and not number and not titles:
            again = True
        if not titles and not by_role.get("measures") and self.current < 0:
            return
        flows = [cell_flow(text, c, self.loose) for c in titles]
        if not again:
            if not titles and by_role.get("measures"):
                titles = by_role.pop("measures")
                flows = [cell_flow(text, c, self.loose) for c in titles]
            if not flows:
                return
            self._open(flows[0], number, with_body="measures" in by_role)
            self.title_cell = titles[0]
            for flow in flows[1:]:
                self._measures(flow, 0)
        if numbered and self.current >= 0:
            self.draft.paint(numbered[1], 0, len(numbered[1]), "number", self.current)
        for cell in by_role.get("measures", []):
            if (self.current, cell) not in self.used:
                self.used.add((self.current, cell))
                self._measures(cell_flow(text, cell, self.loose), 0)
        times = [cell_flow(text, c, self.loose) for c in by_role.get("time", [])]
        limit = "".join(f.original(0, len(f)) for f in times)
        row = self.draft.rows[self.current]
        row.time_limit = row.time_limit or limit
        for role in ("led", "who", "support"):
            for cell in by_role.get(role, []):
                self._units(cell, role, limit, row)
        for role in ("time", "note"):
            for cell in by_role.get(role, []):
                flow = cell_flow(text, cell, self.loose)
                self.draft.paint(flow, 0, len(flow), "time-limit" if role == "time" else "note", self.current)

    def _open(self, flow: Flow, number: int, *, with_body: bool) -> None:
        end = len(flow)
        sign = sign_at(flow.chars, 0, end)
        if sign and sign.rank == ITEM and number:
            sign = None
        q = sign.end if sign else 0
        known = self.vocabulary.at(flow.chars, q, end, (ROW,))
        if known:
            title_stop = known.end
            body = title_stop + 1 if flow.chars[title_stop : title_stop + 1] in ("。", ":") else title_stop
            sure, whole = True, False
        elif with_body:
            title_stop = body = end
            sure, whole = True, False
        else:
            guess = title_end(flow, q, end)
            title_stop, body, sure, whole = guess.end, guess.body, guess.sure, guess.whole
            if whole and "。" not in flow.chars[q : end - 1]:
                # a cell of one sentence is both the title and the measure
                title_stop = end - 1 if flow.chars.endswith("。") else end
                sure = True
        self.number = number or (sign.value if sign else 0) or self.number + 1
        self.draft.rows.append(
            DraftRow(
                part=self.part, part_number=self.part_number, section=self.section,
                section_number=self.section_number, number=self.number, printed_number=bool(number or sign),
                title=flow.original(q, title_stop).strip("。:： "), sure=sure, whole=whole,
            )
        )  # fmt: skip
        self.current = len(self.draft.rows) - 1
        if sign:
            self.draft.paint(flow, 0, q, "number", self.current)
        self.draft.paint(flow, q, body if body > q else q, "row-title", self.current)
        if body < end:
            self._measures(flow, body)

    def _measures(self, flow: Flow, start: int) -> None:
        row = self.draft.rows[self.current]
        for first, last in sentences(flow, start, len(flow)):
            for a, b in _lines(flow, first, last):
                row.measures.append(flow.original(a, b))
        self.draft.paint(flow, start, len(flow), "measure", self.current)

    def _units(self, cell: Cell, role: str, limit: str, row: DraftRow) -> None:
        flow = cell_flow(self.draft.text, cell, self.loose)
        self.draft.paint(flow, 0, len(flow), "duty", self.current)
        if (self.current, cell) in self.used:
            return
        self.used.add((self.current, cell))
        # every line of a cell is an item of its list
        breaks = frozenset(p for p in range(1, len(flow)) if flow.bol[p])
        said = read_area(flow.chars, 0, len(flow), self.lexicon, role, breaks)
        have = {(d.key, d.duty) for d in row.duties}
        fresh: list[DraftDuty] = [
            d for d in duties_of(flow, said.units, limit or said.time_limit, None) if (d.key, d.duty) not in have
        ]
        row.duties += fresh
        row.time_limit = row.time_limit or said.time_limit


def _lines(flow: Flow, start: int, end: int) -> list[tuple[int, int]]:
    """The lines of a sentence in a cell that are items of their own: the line before ends without a comma."""
    out: list[tuple[int, int]] = []
    first = start
    for p in range(start + 1, end):
        if flow.bol[p] and flow.chars[p - 1] not in ",、:":
            out.append((first, p))
            first = p
    out.append((first, end))
    return out
