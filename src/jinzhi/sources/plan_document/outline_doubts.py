"""What in a row of running text can be read in two ways: both readings, in Chinese and English, at their place."""

from __future__ import annotations

from dataclasses import replace

from jinzhi.sources.plan_document.areas import Area
from jinzhi.sources.plan_document.draft import DraftDuty, DraftRow, PlanDraft, Readings, duties_of, sentences
from jinzhi.sources.plan_document.duties import Lexicon, read_area
from jinzhi.sources.plan_document.flow import Flow
from jinzhi.sources.plan_document.headings import title_end
from jinzhi.sources.plan_document.outline import OutlineNode
from jinzhi.sources.plan_document.outline_roles import OutlineRoles, Text


class OutlineDoubts(OutlineRoles):
    """The tree, the draft that is being made of it, and the row in hand."""

    def __init__(self, draft: PlanDraft, flow: Flow, lexicon: Lexicon) -> None:
        super().__init__(flow)
        self.draft, self.lexicon = draft, lexicon
        self.row = -1
        #: how many measures the row in hand had after each of its areas
        self.kept_measures: list[int] = []

    def _nested(self, node: OutlineNode, ranges: list[tuple[OutlineNode, int, int]], own: list[DraftDuty]) -> None:
        """Numbered measures with units of their own may be rows under a heading with units."""
        row = self.draft.rows[self.row]
        made = []
        for child, a, b in ranges:
            assert child.sign is not None
            duties = {
                d.key: replace(d, measure=None) for d in row.duties if d.measure is not None and a <= d.measure < b
            }
            first = row.measures[a] if b > a else ""
            made.append(
                DraftRow(
                    part=row.section and row.part, part_number=row.part_number, section=row.title,
                    section_number=row.number, number=child.sign.value, printed_number=True,
                    title=first.strip("。:： ")[:280], measures=row.measures[a:b], duties=list(duties.values()),
                    start=self.flow.at[child.start], end=self.flow.at[child.end - 1] + 1,
                )
            )  # fmt: skip
        said = f"“{row.title}”有责任单位,其下的 {len(made)} 条也各有责任单位"
        said_en = f"“{row.title}” has units, and so has each of the {len(made)} items below it"
        readings = Readings("nested", (said, said_en), node.start, node.end, self.row)
        readings.first("是一项任务,其下是它的措施", "One task; the items are its measures")
        readings.other(
            f"“{row.title}”是标题,其下是 {len(made)} 项任务",
            f"“{row.title}” is a heading over {len(made)} tasks",
            {self.row: {"drop": True}},
            add=[(self.row, made)],
        )
        self.draft.doubts.append(readings.at(self.flow))

    def _other_title(self, start: int, end: int, cut: int) -> None:
        """The first sentence as a whole may be the title too."""
        full = next((i for i in range(start, end) if self.chars[i] in "。!?"), end)
        row = self.draft.rows[self.row]
        if full <= cut or full - start > 280:
            return
        whole = self.flow.original(start, full)
        readings = Readings(
            "title-guessed",
            (f"“{row.title}”是推测的标题", f"The title “{row.title}” is a guess"),
            start,
            full,
            self.row,
        )
        readings.first(f"标题是“{row.title}”", f"The title is “{row.title}”")
        readings.other(
            f"标题是整句“{whole}”", f"The title is the whole sentence “{whole}”", {self.row: {"title": whole}}
        )
        self.draft.doubts.append(readings.at(self.flow))

    def _maybe_rows(self, lost: list[tuple[Text, list[Area]]]) -> None:
        row = self.draft.rows[self.row]
        rows = []
        for nth, ((a, b), areas) in enumerate(lost, 1):
            title = title_end(self.flow, a, b)
            duties = []
            for area in areas:
                said = read_area(self.chars, *area.inner, self.lexicon, area.label)
                duties += duties_of(self.flow, said.units, said.time_limit, None)
            rows.append(
                DraftRow(
                    part=row.part, part_number=row.part_number, section=row.section, section_number=row.section_number,
                    number=row.number + nth, title=self.flow.original(a, title.end).strip("。:： "),
                    measures=[self.flow.original(*s) for s in sentences(self.flow, title.body, b)], duties=duties,
                    start=self.flow.at[a], end=self.flow.at[b - 1] + 1,
                )
            )  # fmt: skip
        first, last = lost[0][0][0], lost[-1][1][-1].end
        kept = [m for n, m in enumerate(row.measures) if n < self.kept_measures[0]]
        own = [replace(d, measure=None) for d in row.duties if d.measure is None or d.measure < self.kept_measures[0]]
        own = list({d.key: d for d in own}.values())
        readings = Readings(
            "unnumbered",
            (
                f"“{row.title}”之后有 {len(rows)} 段没有序号而有自己的责任单位",
                f"After “{row.title}” stand {len(rows)} paragraphs with units but no number",
            ),
            first,
            last,
            self.row,
        )
        readings.first("是同一项任务的措施,各有责任单位", "Measures of the same task, each with its units")
        changes: dict[int, dict[str, object]] = {self.row: {"measures": kept, "duties": own}}
        readings.other(f"是另外 {len(rows)} 项任务", f"Another {len(rows)} tasks", changes, add=[(self.row + 1, rows)])
        self.draft.doubts.append(readings.at(self.flow))

    def _unsure_area(self, area: Area, made: list[DraftDuty]) -> None:
        row = self.draft.rows[self.row]
        words = self.flow.original(area.start, area.end)
        said = f"“{words}”没有“责任单位”字样,所列名称也不都认识"
        said_en = f"“{words}” has no label such as 责任单位, and not all names in it are known"
        readings = Readings("unsure-duty", (said, said_en), area.start, area.end, self.row)
        readings.first("是责任单位", "Responsible units")
        measures = list(row.measures)
        if measures:
            measures[-1] += words
        others = [d for d in row.duties if d not in made]
        readings.other(
            "是措施里的话,不是责任单位",
            "Words of the measure, no units",
            {self.row: {"measures": measures or [words], "duties": others}},
        )
        self.draft.doubts.append(readings.at(self.flow))

    def _maybe_unit(self, a: int, b: int) -> None:
        """A word before the units that is shaped like none: a remark, or a name after all."""
        row = self.draft.rows[self.row]
        words = self.flow.original(a, b)
        readings = Readings(
            "unit-or-remark",
            (f"“{words}”不像单位名称", f"“{words}” does not look like the name of a unit"),
            a,
            b,
            self.row,
        )
        readings.first("是说明", "A remark")
        unit = DraftDuty(words, self.chars[a:b], "divided", "")
        readings.other("是责任单位", "A responsible unit", {self.row: {"duties": [unit, *row.duties]}})
        self.draft.doubts.append(readings.at(self.flow))
