"""The lines of tables of work as rows: headings among them, merged cells, units tied to the measures beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from jinzhi.sources.plan_document.areas import Area
from jinzhi.sources.plan_document.draft import DraftDuty, DraftRow, PlanDraft, duties_of, sentences
from jinzhi.sources.plan_document.duties import Lexicon, read_area
from jinzhi.sources.plan_document.flow import Flow
from jinzhi.sources.plan_document.headings import ITEM, PART, ROW, SECTION, Vocabulary, sign_at, title_end
from jinzhi.sources.plan_document.standing import StandingDuties
from jinzhi.sources.plan_document.surroundings import is_site, read_tail, signature_at
from jinzhi.sources.plan_document.tables import (
    Head,
    TextCell,
    TextTable,
    cell_flow,
    is_head,
    roles_of,
    settled,
    words_of,
)
from jinzhi.sources.plan_document.wording import FIRST_LEADS, STAR_LEADS

_WHOLE_ROW = 0.75
_LONGEST_HEADING = 60


class TableReader:
    """Reads the rows of tables into a draft. Place and row go on from one table to the next."""

    def __init__(
        self, draft: PlanDraft, lexicon: Lexicon, vocabulary: Vocabulary, loose: bool, standing: StandingDuties
    ) -> None:
        self.standing = standing
        self.draft, self.lexicon, self.vocabulary, self.loose = draft, lexicon, vocabulary, loose
        self.part, self.part_number = "", 0
        self.section, self.section_number = "", 0
        self.number = 0
        self.current = -1
        self.title_cell: TextCell | None = None
        self.used: set[tuple[int, TextCell]] = set()
        #: the lines of the row in hand: the measures each holds and its cells of units
        self.lines: list[tuple[list[int], set[TextCell]]] = []
        #: the duties that each cell of units gave the row in hand
        self.given: dict[TextCell, list[DraftDuty]] = {}
        self.titles_head = False
        #: the words over each column
        self.figure_heads: dict[int, str] = {}

    def heading(self, words: Flow, start: int, end: int) -> bool:
        """Take a line as the heading of a part or a section. Gives whether it is one."""
        sign = sign_at(words.chars, start, end)
        q = sign.end if sign else start
        known = self.vocabulary.at(words.chars, q, end, (PART, SECTION))
        stop = end
        if known and known.end >= end - 1:
            rank = known.rank
        elif sign and sign.rank in (PART, SECTION) and 0 < (full := words.chars.find("。", q, end - 1)) - q <= 60:
            # a name, and a sentence that introduces what follows
            rank, stop = sign.rank, full + 1
        elif sign and sign.rank in (PART, SECTION) and end - q <= _LONGEST_HEADING:
            rank = sign.rank
        else:
            return False
        printed = sign.value if sign and sign.rank == rank else 0
        self.enter(rank, words.original(q, stop), printed or (known.number if known else 0))
        self.draft.paint(words, start, stop, "part" if rank == PART else "section")
        self.draft.paint(words, stop, end, "introduction")
        return True

    def enter(self, rank: int, name: str, number: int) -> None:
        self._tie()
        name = name.strip("。:： ")
        if rank == PART:
            if name != self.part:
                self.part, self.part_number = name, number or self.part_number + 1
                self.section, self.section_number, self.number = "", 0, 0
        elif name != self.section:
            self.section, self.section_number, self.number = name, number or self.section_number + 1, 0
        self.current, self.title_cell = -1, None

    def read(self, table: TextTable) -> None:
        text, head = self.draft.text, table.head
        assert head is not None
        for i in range(table.start, table.end):
            if text[i] in "||│┃" or (text[i] in "-—─+:=" and self._on_rule(i)):
                self.draft.paint_text(i, i + 1, "table-rule")
        if head.last >= 0:
            self.figure_heads = {n: words_of(text, c) for n, c in enumerate(table.grid[head.last])}
        self.titles_head = self._numbered_within(table)
        if self.titles_head:
            said = "一项任务跨多行而每行各有序号:每行作为一项任务,合并的任务名作为章节,请对照原文确认"
            self.draft.warn("merged-title", said, table.start, table.start)
        rules = [words_of(text, c) for line in table.grid for c in line if self._rules(line, head, table)]
        self.standing.first_leads = self.standing.first_leads or any(FIRST_LEADS.search(words) for words in rules)
        self.standing.star_leads = self.standing.star_leads or any(STAR_LEADS.search(words) for words in rules)
        for r, line in enumerate(table.grid):
            if r < head.first:
                self._above(line)
            elif r <= head.last or self._repeated(line, head, table):
                for cell in set(line):
                    for start, end in cell.places:
                        self.draft.paint_text(start, end, "table-head")
            else:
                self._line(line, head)
        self._tie()

    def _rules(self, line: Sequence[TextCell], head: Head, table: TextTable) -> bool:
        """Whether a line may say something for all rows: a head, or a note over the whole width."""
        nth = table.grid.index(tuple(line))
        return nth <= head.last or len({c for c in line if words_of(self.draft.text, c)}) == 1

    def _on_rule(self, i: int) -> bool:
        text = self.draft.text
        start = max(text.rfind("\n", 0, i) + 1, 0)
        stop = text.find("\n", i)
        return not re.sub(r"[\s|:\-—=─+|│┃]", "", text[start : stop if stop >= 0 else len(text)])

    def _repeated(self, line: Sequence[TextCell], head: Head, table: TextTable) -> bool:
        text = self.draft.text
        words = [words_of(text, c) for c in line]
        if any(words == [words_of(text, c) for c in table.grid[r]] for r in range(head.first, head.last + 1)):
            return True
        # the same heads in other words, on a table of another page
        roles = settled(roles_of(text, line))
        return is_head(roles) and sum(a == b != "" for a, b in zip(roles, head.roles, strict=True)) >= 3

    def _above(self, line: Sequence[TextCell]) -> None:
        full = [c for c in dict.fromkeys(line) if words_of(self.draft.text, c)]
        if len(full) == 1:
            flow = cell_flow(self.draft.text, full[0], self.loose)
            if not self.draft.title and len(flow) >= 4 and not sign_at(flow.chars, 0, len(flow)):
                self.draft.title = flow.original(0, len(flow))
                self.draft.paint(flow, 0, len(flow), "title")
            else:
                self.heading(flow, 0, len(flow))

    def _line(self, line: Sequence[TextCell], head: Head) -> None:
        text = self.draft.text
        full = [c for c in dict.fromkeys(line) if words_of(text, c)]
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
        if self._section_line(line, head, full):
            return
        by_role: dict[str, list[TextCell]] = {}
        for cell, role in zip(line, head.roles, strict=True):
            if role and words_of(text, cell) and cell not in by_role.setdefault(role, []):
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
        self._figures(line, head, by_role)

    def _figures(self, line: Sequence[TextCell], head: Head, by_role: dict[str, list[TextCell]]) -> None:
        """Columns of figures (2025年, 目标值) with what they are counted in: a measure each."""
        text = self.draft.text
        if self.current < 0 or not by_role.get("figure"):
            return
        units = [cell_flow(text, c, self.loose) for c in by_role.get("unit", [])]
        unit = "".join(f.original(0, len(f)) for f in units)
        row = self.draft.rows[self.current]
        if row.measures == [row.title]:
            row.measures.clear()
        for nth, (cell, role) in enumerate(zip(line, head.roles, strict=True)):
            flow = cell_flow(text, cell, self.loose)
            if role != "figure" or not len(flow) or (self.current, cell) in self.used:
                continue
            self.used.add((self.current, cell))
            words = flow.original(0, len(flow))
            counted = unit if words[-1:].isdigit() else ""
            row.measures.append(f"{row.title} {self.figure_heads.get(nth, '')}：{words}{counted}")
            self.draft.paint(flow, 0, len(flow), "measure", self.current)
        for flow in units:
            self.draft.paint(flow, 0, len(flow), "measure", self.current)

    def _section_line(self, line: Sequence[TextCell], head: Head, full: list[TextCell]) -> bool:
        """A line that only names what follows: 一 | 强化创造 | | , or a name alone where other lines have units."""
        roles = {cell: role for cell, role in zip(line, head.roles, strict=True) if cell in full}
        if not set(roles.values()) <= {"number", "title", "part", "section", "measures", ""}:
            return False
        flows = [cell_flow(self.draft.text, c, self.loose) for c in full]
        numbers = [f for c, f in zip(full, flows, strict=True) if roles[c] == "number"]
        names = [f for c, f in zip(full, flows, strict=True) if roles[c] != "number"]
        if numbers and len(names) == 1 and len(names[0]) <= _LONGEST_HEADING:
            shown = numbers[0].chars.strip("、.()")
            sign = sign_at(numbers[0].chars if "(" in numbers[0].chars else shown + "、", 0, len(shown) + 3)
            if sign and sign.rank in (PART, SECTION) and not shown.isdigit():
                self.enter(sign.rank, names[0].original(0, len(names[0])), sign.value)
                for flow in (numbers[0], names[0]):
                    self.draft.paint(flow, 0, len(flow), "part" if sign.rank == PART else "section")
                return True
        if len(full) == 1 and set(head.roles) & {"number"} and len(flows[0]) <= 40:
            first = line[0] == full[0] or roles[full[0]] in ("number", "title")
            plain = not re.search("[。;]", flows[0].chars) and not flows[0].chars.isdigit()
            if first and plain and full[0] != self.title_cell:
                sign = sign_at(flows[0].chars, 0, len(flows[0]))
                self.enter(
                    SECTION, flows[0].original(sign.end if sign else 0, len(flows[0])), sign.value if sign else 0
                )
                self.draft.paint(flows[0], 0, len(flows[0]), "section")
                return True
        return False

    def _row(self, by_role: dict[str, list[TextCell]]) -> None:
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
        if self.titles_head and titles and by_role.get("measures"):
            # 1, 2, 3 beside one merged task: each number is a row of its own, and the task is what they stand under
            name = "".join(f.original(0, len(f)) for f in (cell_flow(text, c, self.loose) for c in titles))
            for cell in titles:
                flow = cell_flow(text, cell, self.loose)
                self.draft.paint(flow, 0, len(flow), "section")
            if name != self.section:
                self.enter(SECTION, name, 0)
            titles, again = by_role.pop("measures"), False
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
        row = self.draft.rows[self.current]
        before = len(row.measures) if again else 0
        if numbered and self.current >= 0:
            self.draft.paint(numbered[1], 0, len(numbered[1]), "number", self.current)
        for cell in by_role.get("measures", []):
            if (self.current, cell) not in self.used:
                self.used.add((self.current, cell))
                self._measures(cell_flow(text, cell, self.loose), 0)
        times = [cell_flow(text, c, self.loose) for c in by_role.get("time", [])]
        limit = "".join(f.original(0, len(f)) for f in times)
        roles = ("led", "who", "support")
        fresh = any((self.current, c) not in self.used for role in roles for c in by_role.get(role, []))
        if again and limit and not fresh and limit not in row.time_limit.split("；"):
            # another line of the same units has a limit of its own
            row.time_limit = "；".join(filter(None, (row.time_limit, limit)))
        row.time_limit = row.time_limit or limit
        cells: set[TextCell] = set()
        for role in ("led", "who", "support"):
            for cell in by_role.get(role, []):
                cells.add(cell)
                self._units(cell, role, limit, row)
        self.lines.append((list(range(before, len(row.measures))), cells))
        for cell in by_role.get("person", []):
            self._people(cell, row)
        for role in ("time", "note"):
            for cell in by_role.get(role, []):
                flow = cell_flow(text, cell, self.loose)
                self.draft.paint(flow, 0, len(flow), "time-limit" if role == "time" else "note", self.current)
                if role == "note" and (self.current, cell) not in self.used:
                    self.used.add((self.current, cell))
                    row.remarks.append(flow.original(0, len(flow)))

    def _numbered_within(self, table: TextTable) -> bool:
        """Whether the lines of one merged task have numbers of their own."""
        assert table.head is not None
        roles = table.head.roles
        if not {"number", "title", "measures"} <= set(roles):
            return False
        number, title = roles.index("number"), roles.index("title")
        lines = table.grid[table.head.last + 1 :]
        pairs = [(a, b) for a, b in pairwise(lines) if a[title] == b[title] and words_of(self.draft.text, a[title])]
        said = [(words_of(self.draft.text, a[number]), words_of(self.draft.text, b[number])) for a, b in pairs
                if a[number] != b[number] and len(set(a)) > 1]  # fmt: skip
        return any(x and y and x != y for x, y in said)

    def _tie(self) -> None:
        """A cell of units beside some of a row's measures is for those alone; beside all of them it is for the row."""
        lines, given = self.lines, self.given
        self.lines, self.given = [], {}
        if self.current < 0 or len(lines) < 2:
            return
        row = self.draft.rows[self.current]
        everything = {m for measures, _ in lines for m in measures}
        tied: list[DraftDuty] = []
        for duty in row.duties:
            cell = next((c for c, made in given.items() if any(d is duty for d in made)), None)
            own = sorted({m for measures, cells in lines if cell in cells for m in measures})
            beside = [n for n, (_, cells) in enumerate(lines) if cell in cells]
            if cell is None or not own or len(beside) == len(lines) or set(own) == everything:
                tied.append(duty)
            else:
                tied += [replace(duty, measure=m) for m in own]
        row.duties = tied

    def _people(self, cell: TextCell, row: DraftRow) -> None:
        """Who answers in person is a remark; a unit named there is a unit."""
        flow = cell_flow(self.draft.text, cell, self.loose)
        said = read_area(flow.chars, 0, len(flow), self.lexicon)
        if said.units and not said.unknown:
            self._units(cell, "who", "", row)
            return
        self.draft.paint(flow, 0, len(flow), "remark", self.current)
        if (self.current, cell) not in self.used:
            self.used.add((self.current, cell))
            row.remarks.append(flow.original(0, len(flow)))

    def _open(self, flow: Flow, number: int, *, with_body: bool) -> None:
        self._tie()
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

    def _units(self, cell: TextCell, role: str, limit: str, row: DraftRow) -> None:
        flow = cell_flow(self.draft.text, cell, self.loose)
        self.draft.paint(flow, 0, len(flow), "duty", self.current)
        if (self.current, cell) in self.used:
            return
        self.used.add((self.current, cell))
        # every line of a cell is an item of its list
        breaks = frozenset(p for p in range(1, len(flow)) if flow.bol[p])
        said = read_area(flow.chars, 0, len(flow), self.lexicon, role, breaks)
        fresh = duties_of(flow, said.units, limit or said.time_limit, None)
        if self.lines:
            self.given[cell] = fresh
        else:
            have = {(d.key, d.duty) for d in row.duties}
            fresh = self.given[cell] = [d for d in fresh if (d.key, d.duty) not in have]
        row.duties += fresh
        area = Area(0, len(flow), (0, len(flow)), role)
        if fresh:
            self.standing.met(self.draft, self.current, said, fresh, area, flow, again=False)
        for a, b in said.remarks:
            row.remarks.append(flow.original(a, b).strip(",;:，；：、。 "))
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
