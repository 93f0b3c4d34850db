"""Any plan in running text: rows by the tree of its headings and by where its areas of duties stand.

A heading that has an area of its own is a row; what is numbered under it are its measures, each with its own duties
where they are given. A heading without one, over others that have one, is a part or a section. Where a document can
be read in two ways the first is taken, and the other is kept as a reading that a person may choose.
"""

from __future__ import annotations

import re

from jinzhi.sources.plan_document.areas import Area
from jinzhi.sources.plan_document.draft import BULLET, DraftRow, PlanDraft, Readings, duties_of, sentences
from jinzhi.sources.plan_document.duties import Lexicon, read_area
from jinzhi.sources.plan_document.flow import Flow
from jinzhi.sources.plan_document.headings import ITEM, PART, Title, title_end
from jinzhi.sources.plan_document.outline import MEASURES, OutlineNode
from jinzhi.sources.plan_document.outline_doubts import OutlineDoubts
from jinzhi.sources.plan_document.outline_roles import LONGEST_NAME, STOPS, Text
from jinzhi.sources.plan_document.standing import StandingDuties


class OutlinedReader(OutlineDoubts):
    """Reads one stream into a draft."""

    def __init__(self, draft: PlanDraft, flow: Flow, lexicon: Lexicon, standing: StandingDuties) -> None:
        super().__init__(draft, flow, lexicon)
        self.standing = standing
        self.heads: list[tuple[str, str, int]] = []

    # -- reading --------------------------------------------------------------------------------------------------

    def read(self) -> None:
        for start, end, area in self.root.pieces:
            if area is not None:
                self.draft.paint(self.flow, start, end, "remark")
        for node in self.root.children:
            self._read(node)

    def _read(self, node: OutlineNode) -> None:
        if node.role == "heading":
            self._heading(node)
        elif node.role == "row":
            self._row(node)
        else:
            self._remark(node)

    def _heading(self, node: OutlineNode) -> None:
        assert node.sign is not None
        texts = [(a, b) for a, b, area in node.pieces if area is None]
        name_end = self._name(*texts[0]) if texts else node.sign.end
        what = "part" if node.kind.startswith(str(PART)) else "section"
        self._enter(node, self.flow.original(node.sign.end, name_end).strip("。:：、;； "))
        self.draft.paint(
            self.flow, node.start, min(name_end + 1, node.end) if self._stop_at(name_end) else name_end, what
        )
        if node.areas and not node.children and self._over_plain_rows(node):
            rows = self._unnumbered(node)
            for text, areas in rows:
                self._plain_row(text, areas)
            self._after_rows(node)
            return
        for nth, (a, b) in enumerate(texts):
            first = name_end if nth == 0 else a
            self.draft.paint(self.flow, first, b, "introduction")
        before = len(self.draft.rows)
        for child in node.children:
            self._read(child)
        for area in node.areas:
            self._of_heading(area, before)

    def _stop_at(self, p: int) -> bool:
        return p < len(self.chars) and self.chars[p] in "。:;"

    def _name(self, start: int, end: int) -> int:
        """Where the name of a heading ends: with its line or its first sentence."""
        line = self.flow.next_bol(start, end)
        full = next((i for i in range(start, line) if self.chars[i] in "。;!?"), line)
        if full - start <= LONGEST_NAME:
            return full
        return min(title_end(self.flow, start, end).end, end)

    def _enter(self, node: OutlineNode, name: str) -> None:
        """The headings over what follows; ``heads`` is the path of (kind, name, number)."""
        depth = 0
        above = node.parent
        while above is not None and above.sign is not None:
            depth += 1
            above = above.parent
        del self.heads[depth:]
        self.heads.append((node.kind, name, node.sign.value if node.sign else 0))

    def _place(self) -> dict[str, object]:
        """Part and section of a row from the headings over it; of more than two the upper ones are one part."""
        heads = self.heads
        if not heads:
            return {}
        if len(heads) == 1:
            kind, name, number = heads[0]
            if kind.startswith(str(PART)):
                return {"part": name, "part_number": number}
            return {"section": name, "section_number": number}
        part = " · ".join(name for _, name, _ in heads[:-1])
        return {"part": part, "part_number": heads[0][2], "section": heads[-1][1], "section_number": heads[-1][2]}

    def _under(self, node: OutlineNode) -> None:
        depth = 0
        above = node.parent
        while above is not None and above.sign is not None:
            depth += 1
            above = above.parent
        del self.heads[depth:]

    # -- rows -----------------------------------------------------------------------------------------------------

    def _row(self, node: OutlineNode) -> None:
        assert node.sign is not None
        self._under(node)
        texts = [(a, b) for a, b, area in node.pieces if area is None and not self._only_stops(a, b)]
        first = texts[0] if texts and texts[0][0] == node.sign.end else (node.sign.end, node.sign.end)
        self._open(node.sign.value, first, named=bool(node.children))
        self.draft.paint(self.flow, node.sign.start, node.sign.end, "number", self.row)
        if node.leapt:
            said = "重复" if node.leapt < 0 else f"前面少了 {node.leapt} 个序号"
            row = self.draft.rows[self.row]
            self.draft.warn("number", f"“{row.title}”的序号 {node.sign.value} {said},请对照原文确认没有遗漏",
                            node.start, node.start, self.row)  # fmt: skip
        self._body(node, self.body)
        row = self.draft.rows[self.row]
        own = list(row.duties)
        ranges: list[tuple[OutlineNode, int, int]] = []
        for child in node.children:
            before = len(row.measures)
            self._measure(child)
            ranges.append((child, before, len(row.measures)))
        if not row.duties:
            self._no_duty()
        elif own and node.below and not self._announces(node):
            self._nested(node, ranges, own)

    def _open(self, number: int, first: Text, *, named: bool = False) -> None:
        """Open a row. ``named``: its measures are numbered below it, so that a name without a stop is its title."""
        start, end = first
        projects = re.search("工程|项目|行动|专项", "".join(name for _, name, _ in self.heads)) is not None
        title = title_end(self.flow, start, end, projects=projects)
        if named and title.whole and not any(c in "。,;" for c in self.chars[start:end]):
            title = Title(end, end, True)
        row = DraftRow(
            number=number, printed_number=number > 0, title=self.flow.original(start, title.end).strip("。:： "),
            sure=title.sure, whole=title.whole, **self._place(),  # type: ignore[arg-type]
        )  # fmt: skip
        self.draft.rows.append(row)
        self.row = len(self.draft.rows) - 1
        if not title.whole:
            self.draft.paint(self.flow, start, title.body, "row-title", self.row)
        self.body = title.body
        if not title.sure:
            self._other_title(start, end, title.end)

    def _body(self, node: OutlineNode, body: int) -> None:
        """The words and areas of a row: an area is for the row, or, where there are several, for the words before."""
        pieces = [(max(a, body) if area is None else a, b, area) for a, b, area in node.pieces
                  if area is not None or b > body]  # fmt: skip
        real = [n for n, (a, b, area) in enumerate(pieces) if area is not None]
        several = len(real) > 1 and any(
            area is None and not self._only_stops(a, b) for a, b, area in pieces[real[0] + 1 : real[-1]]
        )
        lost = self._without_number(pieces[real[0] + 1 :]) if several and not node.children else []
        if lost and self._leaps(node) == len(lost):
            # the next number leaps over just as many: they are rows that lost theirs
            stop = lost[0][0][0]
            self._body_of([p for p in pieces if p[0] < stop], node, several=False)
            for nth, (text, areas) in enumerate(lost, 1):
                self._plain_row(text, areas)
                self.draft.rows[self.row].number = (node.sign.value if node.sign else 0) + nth
            return
        self._body_of(pieces, node, several=several)
        if lost:
            self._maybe_rows(lost)

    def _leaps(self, node: OutlineNode) -> int:
        """How many numbers the next of a node's list leaps over."""
        assert node.parent is not None
        after = node.parent.children[node.parent.children.index(node) + 1 :]
        return after[0].leapt if after else 0

    def _without_number(self, pieces: list[tuple[int, int, Area | None]]) -> list[tuple[Text, list[Area]]]:
        """Paragraphs after a row's own units that have units themselves: rows whose number was lost, perhaps."""
        out: list[tuple[Text, list[Area]]] = []
        for a, b, area in pieces:
            if area is not None:
                if out:
                    out[-1][1].append(area)
                continue
            while a < b and self.chars[a] in STOPS:
                a += 1
            if a < b and self.flow.bol[a] and not BULLET.match(self.chars, a, b):
                out.append(((a, b), []))
            elif a < b and out:
                return []
        return out if all(areas for _, areas in out) else []

    def _body_of(self, pieces: list[tuple[int, int, Area | None]], node: OutlineNode, *, several: bool) -> None:
        real = [n for n, (_, _, area) in enumerate(pieces) if area is not None]
        own: list[int] = []
        row = self.draft.rows[self.row]
        self.kept_measures = []
        for n, (a, b, area) in enumerate(pieces):
            if area is not None:
                self._area(area, own if several else None)
                own = []
                self.kept_measures.append(len(row.measures))
            elif self._only_stops(a, b):
                self._closing_stop(a, b)
            elif real and n > real[-1] and not node.children:
                self._stray(a, b)
            elif MEASURES.fullmatch(self.chars[a:b].strip("。:;,")):
                self.draft.paint(self.flow, a, b, "label", self.row)
            else:
                before = len(row.measures)
                self._measures(a, b)
                own = list(range(before, len(row.measures)))

    def _measures(self, start: int, stop: int) -> None:
        row = self.draft.rows[self.row]
        tail = self._announced(start, stop)
        for first, last in sentences(self.flow, start, tail):
            row.measures.append(self.flow.original(first, last))
        self.draft.paint(self.flow, start, tail, "measure", self.row)
        self.draft.paint(self.flow, tail, stop, "label", self.row)

    def _announced(self, start: int, stop: int) -> int:
        """Where the words 具体措施: begin that announce what is numbered below, or ``stop``."""
        last = max(
            (p for p in range(start, stop) if p == start or self.flow.bol[p] or self.chars[p - 1] == "。"), default=stop
        )
        return last if stop - last <= 10 and MEASURES.fullmatch(self.chars[last:stop].strip("。:;")) else stop

    def _measure(self, node: OutlineNode) -> None:
        """An item under a row: its words are measures, its areas are for them."""
        assert node.sign is not None
        row = self.draft.rows[self.row]
        # a sign of enumeration is part of the words; a heading's is not
        start = node.sign.start if int(node.kind[0]) >= ITEM else node.sign.end
        self.draft.paint(self.flow, node.sign.start, node.sign.end, "number", self.row)
        before = len(row.measures)
        last = max((n for n, piece in enumerate(node.pieces) if piece[2] is not None), default=-1)
        for n, (a, b, area) in enumerate(node.pieces):
            if area is not None:
                own = list(range(before, len(row.measures)))
                whole = self._for_the_row(node)
                self._area(area, None if whole else own)
                before = len(row.measures)
            elif self._only_stops(a, b):
                self._closing_stop(a, b)
            elif 0 <= last < n and not node.children:
                self._stray(a, b)
            else:
                self._measures(start if a == node.sign.end else a, b)
        for child in node.children:
            self._measure(child)

    def _for_the_row(self, node: OutlineNode) -> bool:
        """Whether the area of an item is for the whole row: it is the only one, after the last item."""
        top = node
        while top.parent is not None and top.role == "measure":
            top = top.parent
        return not top.areas and sum(len(n.areas) for n in top.walk()) == 1 and top.leaf is node

    def _plain_row(self, text: Text, areas: list[Area]) -> None:
        """A paragraph without a number that has units: a row of its own."""
        bullet = BULLET.match(self.chars, text[0], text[1])
        self._open(0, (bullet.end(), text[1]) if bullet else text)
        if bullet:
            self.draft.paint(self.flow, text[0], bullet.end(), "number", self.row)
        row = self.draft.rows[self.row]
        row.number = sum(1 for r in self.draft.rows if (r.part, r.section) == (row.part, row.section))
        self._measures(self.body, text[1]) if text[1] > self.body else None
        for area in areas:
            self._area(area, None)
        if not row.duties:
            self._no_duty()

    def _after_rows(self, node: OutlineNode) -> None:
        for a, b, area in node.pieces:
            if area is None and self._only_stops(a, b):
                self._closing_stop(a, b)
        last = node.pieces[-1]
        if last[2] is None and not self._only_stops(last[0], last[1]):
            self._stray(last[0], last[1])

    def _closing_stop(self, a: int, b: int) -> None:
        """A full stop after the bracket closes the sentence before it."""
        if self.row < 0:
            return
        row = self.draft.rows[self.row]
        self.draft.paint(self.flow, a, b, "duty", self.row)
        if row.measures and row.measures[-1][-1] not in "。!?;;！？；":
            row.measures[-1] += self.flow.original(a, a + 1)

    def _stray(self, a: int, b: int) -> None:
        """Words after a row's units that are nothing's heading: left unread and shown, with the other reading."""
        start = a
        while start < b and self.chars[start] in STOPS:
            start += 1
        if start > a:
            self._closing_stop(a, start)
        row = self.draft.rows[self.row]
        words = [self.flow.original(*s) for s in sentences(self.flow, start, b)]
        readings = Readings(
            "stray",
            (f"“{row.title}”的责任单位之后还有文字", f"Words follow the units of “{row.title}”"),
            start,
            b,
            self.row,
        )
        readings.first("不算本项任务的内容(显示为未归位)", "No part of this task (shown as unplaced)")
        readings.other("是本项任务的措施", "Measures of this task", {self.row: {"measures": [*row.measures, *words]}})
        self.draft.doubts.append(readings.at(self.flow))

    # -- duties ---------------------------------------------------------------------------------------------------

    def _area(self, area: Area, own: list[int] | None) -> None:
        row = self.draft.rows[self.row]
        said = read_area(self.chars, *area.inner, self.lexicon, area.label)
        measures: list[int | None] = list(own) if own else [None]
        for nth, measure in enumerate(measures):
            made = duties_of(self.flow, said.units, said.time_limit, measure)
            row.duties += made
            self.standing.met(self.draft, self.row, said, made, area, self.flow, again=nth > 0)
        if not own:
            row.time_limit = row.time_limit or said.time_limit
        for a, b in [*([area.remark] if area.remark[1] else []), *said.remarks]:
            row.remarks.append(self.flow.original(a, b).strip(",;:，；：、。 "))
        self.draft.paint(self.flow, area.start, area.end, "duty", self.row)
        if not area.closed:
            first, last = self.flow.at[area.start], self.flow.at[area.end - 1] + 1
            self.draft.warn("bracket", f"“{row.title}”的责任单位括号没有闭合,请核对单位", first, last, self.row)
        if not area.sure:
            self._unsure_area(area, made)
        for a, b in said.maybe:
            self._maybe_unit(a, b)

    def _of_heading(self, area: Area, before: int) -> None:
        """Units that stand at a part or section which has rows of its own: said, and offered to each row."""
        said = read_area(self.chars, *area.inner, self.lexicon, area.label)
        self.draft.paint(self.flow, area.start, area.end, "remark")
        rows = range(before, len(self.draft.rows))
        words = self.flow.original(area.start, area.end)
        name = self.heads[-1][1] if self.heads else ""
        readings = Readings(
            "heading-duty",
            (f"责任单位“{words}”写在标题“{name}”上", f"The units “{words}” stand at the heading “{name}”"),
            area.start,
            area.end,
            before,
        )
        readings.first("只是标题的说明,各项任务按各自的单位", "A remark at the heading; each task has its own units")
        made = duties_of(self.flow, said.units, said.time_limit, None)
        readings.other("标题下的每一项任务都加上这些单位", "Added to every task under the heading",
                       {n: {"duties": [*self.draft.rows[n].duties, *made]} for n in rows})  # fmt: skip
        for n in rows:
            self.draft.rows[n].remarks.append(words)
        self.draft.doubts.append(readings.at(self.flow))

    def _no_duty(self) -> None:
        row = self.draft.rows[self.row]
        self.draft.warn("no-duty", f"“{row.title}”没有找到责任单位,请对照原文补上", row.start, row.end, self.row)

    # -- what has no units ----------------------------------------------------------------------------------------

    def _remark(self, node: OutlineNode) -> None:
        """A heading without any units under it (总体要求, 工作要求): kept as an explanation, and offered as rows."""
        words = self.flow.original(node.start, node.end)
        self.draft.paint(self.flow, node.start, node.end, "remark")
        assert node.sign is not None
        leaves = [n for n in node.walk() if not n.children]
        texts = next(((a, b) for a, b, _ in node.pieces), (node.sign.end, node.sign.end))
        name = self.flow.original(node.sign.end, self._name(*texts))
        shown = name if len(name) <= 40 else name[:38] + "……"
        readings = Readings(
            "no-units",
            (
                f"“{shown}”之下没有任何责任单位({len(words)} 字)",
                f"Nothing under “{shown}” names a unit ({len(words)} characters)",
            ),
            node.start,
            node.end,
            -1,
        )
        readings.first("是说明,不是任务", "An explanation, no task")
        made = [self._row_of(leaf, name if leaf is not node else "", node) for leaf in leaves]
        readings.other(
            f"是 {len(made)} 项没有责任单位的任务",
            f"Tasks without units: {len(made)}",
            {},
            add=[(len(self.draft.rows), made)],
        )
        self.draft.doubts.append(readings.at(self.flow))

    def _row_of(self, leaf: OutlineNode, part: str, top: OutlineNode) -> DraftRow:
        assert leaf.sign is not None and top.sign is not None
        a, b = next(((a, b) for a, b, _ in leaf.pieces), (leaf.sign.end, leaf.sign.end))
        title = title_end(self.flow, a, b)
        measures = [self.flow.original(*s) for s in sentences(self.flow, title.body, b)]
        at = self.flow.at
        return DraftRow(
            part=part, part_number=top.sign.value if part else 0, number=leaf.sign.value, printed_number=True,
            title=self.flow.original(a, title.end).strip("。:： ") or self.flow.original(leaf.start, leaf.end)[:40],
            measures=measures, start=at[leaf.start], end=at[leaf.end - 1] + 1,
        )  # fmt: skip
