"""Tables: 序号 | 任务 | 牵头单位 | 配合单位 | 完成时限 and its cousins, known by what their heads say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jinzhi.sources.plan_document.flow import Flow, build, fold, is_blank

_ROLES = (
    ("number", re.compile(r"序号?|编号|项次|任务序号|任务编号|号|no\.?|#", re.I)),
    (
        "figure",
        re.compile(
            r"20[0-9]{2}年?(?:度)?(?:目标|指标|任务|计划|基期|完成|现状)?(?:值|数)?"
            r"|(?:目标|指标|基期|基准|现状|任务)(?:值|数)"
        ),
    ),
    ("unit", re.compile(r"(?:计量|数据|指标)单位")),
    ("note", re.compile(r"备注.*|说明|注")),
    (
        "person",
        re.compile(
            r"(?:牵头|责任|分管|包保|包抓|联系|主管|市级|区级|县级|市|区|县)*(?:责任)?(?:领导|人|责任人|负责人|联系人|市长|区长)|联络员.*"
        ),
    ),
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


@dataclass(frozen=True, slots=True)
class TextCell:
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
class TextTable:
    """A table in the text. ``grid[r][c]`` is a cell; ``head`` is None where it is not a table of work."""

    start: int
    end: int
    grid: tuple[tuple[TextCell, ...], ...]
    head: Head | None = None

    @classmethod
    def of(cls, text: str, grid: Sequence[Sequence[TextCell]]) -> TextTable:
        cells = [c for line in grid for c in line]
        rows = tuple(tuple(line) for line in grid)
        return cls(min(c.start for c in cells), max(c.end for c in cells), rows, _find_head(text, rows))


def words_of(text: str, cell: TextCell) -> str:
    return "".join(c for a, b in cell.places for c in fold(text[a:b]) if not is_blank(c))


def role_of(words: str) -> str:
    """What a column holds, by the folded words of its head; "" where that is not known."""
    words = re.sub(r"\([^()]*\)", "", words).strip(":*")
    if not words or len(words) > 16:
        return ""
    return next((role for role, shape in _ROLES if shape.fullmatch(words)), "")


def roles_of(text: str, line: Sequence[TextCell]) -> tuple[str, ...]:
    words = [words_of(text, c) for c in line]
    roles = [role_of(w) for w in words]
    if words.count("单位") == 1 and {"led", "who"} & {r for r, w in zip(roles, words, strict=True) if w != "单位"}:
        # beside 责任单位 a plain 单位 is what is counted in
        roles[words.index("单位")] = "unit"
    return tuple(roles)


def settled(roles: Sequence[str]) -> tuple[str, ...]:
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


def is_head(roles: Sequence[str]) -> bool:
    """Whether a line is the head of a table of work: tasks and units."""
    return bool({"led", "who", "support"} & set(roles)) and bool({"title", "measures"} & set(roles))


def _find_head(text: str, grid: Sequence[Sequence[TextCell]]) -> Head | None:
    for r, line in enumerate(grid[:12]):
        roles = roles_of(text, line)
        below = roles_of(text, grid[r + 1]) if r + 1 < len(grid) else ()
        if len(below) == len(roles) and sum(1 for a, b in zip(roles, below, strict=True) if b and a) >= 2:
            # a head of two rows: 责任单位 over 牵头 | 配合
            two = [b or a for a, b in zip(roles, below, strict=True)]
            differs = any(grid[r][c] != grid[r + 1][c] for c in range(len(roles)))
            if is_head(two) and differs and all(len(words_of(text, c)) <= 16 for c in grid[r + 1]):
                return Head(r, r + 1, settled(two))
        if is_head(roles):
            return Head(r, r, settled(roles))
    return None


def find_text_tables(text: str) -> tuple[TextTable, ...]:
    """Tables in plain text: lines with the same number of tabs or upright bars."""
    out: list[TextTable] = []
    block: list[list[TextCell]] = []
    mark = ""

    def close() -> None:
        nonlocal block
        if len(block) >= 2:
            width = max(len(line) for line in block)
            grid = [[*line, *[TextCell(line[-1].end, line[-1].end)] * (width - len(line))] for line in block]
            table = TextTable.of(text, grid)
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
        cells: list[TextCell] = []
        start = m.start()
        for part in re.finditer(r"[^\t]*" if here == "\t" else r"[^||│┃]*", line):
            # an empty match right after a full one is no cell of its own
            if part.start() == part.end() and part.start() and line[part.start() - 1] not in "\t||│┃":
                continue
            cells.append(TextCell(start + part.start(), start + part.end()))
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


def cell_flow(text: str, cell: TextCell, loose: bool) -> Flow:
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


def stitched(text: str, tables: Sequence[TextTable]) -> list[TextTable]:
    """Tables whose first row goes on from the last row of the page before: the halves are put together."""
    out: list[TextTable] = []
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
        said = {role: any(words_of(text, c) for c, r in zip(line, head.roles, strict=True) if r == role)
                for role in set(head.roles)}  # fmt: skip
        numbered = "number" in said
        goes_on = not said["number"] if numbered else not said.get("title", False)
        if not goes_on or len(set(line)) == 1 or not any(said.values()):
            out.append(table)
            continue
        last = list(before.grid[-1])
        mended: dict[TextCell, TextCell] = {}
        for c, cell in enumerate(line):
            if words_of(text, cell) and last[c] not in mended:
                mended[last[c]] = replace(last[c], more=(*last[c].more, *cell.places))
        grid = tuple(tuple(mended.get(c, c) for c in row) for row in before.grid)
        out[-1] = replace(before, grid=grid)
        out.append(replace(table, grid=(*table.grid[:first], *table.grid[first + 1 :])))
    return out
