"""Kinds of tables that real work-division documents hold: headings among the lines, merged cells, PDF without lines."""

from __future__ import annotations

import io

import docx
import openpyxl
import pytest
import typst

from jinzhi.kernel.plan import PlanDocument
from jinzhi.sources.plan_document import parse_file
from tests.sources.plan_documents import NAMES, ROWS, whole


def html(head: list[str], rows: list[str], title: str = "某市任务分工") -> bytes:
    heads = "".join(f"<th>{h}</th>" for h in head)
    return f"<p>{title}</p><table><tr>{heads}</tr>{''.join(f'<tr>{r}</tr>' for r in rows)}</table>".encode()


def cells(*words: str) -> str:
    return "".join(f"<td>{w}</td>" for w in words)


def xlsx(lines: list[list[str]], merge: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    for area in merge:
        book.active.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def word(lines: list[list[str]], merge: tuple[tuple[int, int, int, int], ...] = ()) -> bytes:
    document = docx.Document()
    document.add_paragraph("某市任务分工")
    table = document.add_table(rows=len(lines), cols=len(lines[0]))
    for r, line in enumerate(lines):
        for c, words in enumerate(line):
            table.cell(r, c).text = words
    for r1, c1, r2, c2 in merge:
        kept = table.cell(r1, c1).text
        table.cell(r1, c1).merge(table.cell(r2, c2)).text = kept
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def file_of(data: bytes, name: str) -> PlanDocument:
    found = parse_file(data, name, names=NAMES, rows=ROWS)
    assert whole(found)
    assert found.accounted()["unplaced"] == 0
    return found


HEAD = ["序号", "任务", "牵头单位", "配合单位"]
SECTION_LINES = {
    "a sign in the number's column": (
        html(HEAD, [cells("一", "强化创造", "", ""), cells("1", "培育专利。", "市教委", ""),
                    cells("二", "强化保护", "", ""), cells("2", "巡查。", "市公安局", "市残联")]), "a.html"),
    "over the whole width, with a full stop": (
        html(HEAD, ["<td colspan=4>一、强化创造。支持企业发展，形成合力。</td>", cells("1", "培育专利。", "市教委", ""),
                    "<td colspan=4>二、强化保护。</td>", cells("2", "巡查。", "市公安局", "市残联")]), "a.html"),
    "in the first cell alone": (
        xlsx([["某市任务分工"], HEAD, ["一、强化创造"], ["1", "培育专利。", "市教委", ""],
              ["二、强化保护（共1项）"], ["2", "巡查。", "市公安局", "市残联"]]), "a.xlsx"),
    "merged in Word": (
        word([HEAD, ["一、强化创造", "", "", ""], ["1", "培育专利。", "市教委", ""], ["二、强化保护", "", "", ""],
              ["2", "巡查。", "市公安局", "市残联"]], ((1, 0, 1, 3), (3, 0, 3, 3))), "a.docx"),
    "in a text with bars": (
        "某市任务分工\n|序号|任务|牵头单位|配合单位|\n|一|强化创造|||\n|1|培育专利。|市教委||\n|二|强化保护|||\n"
        "|2|巡查。|市公安局|市残联|\n".encode(), "a.txt"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "name"), SECTION_LINES.values(), ids=SECTION_LINES)
def test_a_line_of_a_table_that_names_a_part_is_no_row(data, name):
    found = file_of(data, name)
    assert [(r.place.part.removesuffix("（共1项）"), r.place.number, r.title) for r in found.rows] == [
        ("强化创造", 1, "培育专利"), ("强化保护", 2, "巡查"),
    ]  # fmt: skip
    assert [(d.raw, d.duty) for d in found.rows[1].duties] == [("市公安局", "led"), ("市残联", "support")]


MEASURES = ["序号", "任务", "措施", "责任单位"]
MERGED = {
    "html": (html(MEASURES, ["<td rowspan=3>1</td><td rowspan=3>培育专利</td>" + cells("建设中心。", "市知识产权局"),
                             "<td>评选项目。</td><td rowspan=2>市教委</td>", "<td>公布名单。</td>",
                             cells("2", "巡查", "每季一次。", "市公安局")]), "a.html"),
    "docx": (word([MEASURES, ["1", "培育专利", "建设中心。", "市知识产权局"], ["1", "", "评选项目。", "市教委"],
                   ["1", "", "公布名单。", ""], ["2", "巡查", "每季一次。", "市公安局"]],
                  ((1, 0, 3, 0), (1, 1, 3, 1), (2, 3, 3, 3))), "a.docx"),
    "xlsx": (xlsx([["某市任务分工"], MEASURES, ["1", "培育专利", "建设中心。", "市知识产权局"],
                   ["", "", "评选项目。", "市教委"], ["", "", "公布名单。", ""],
                   ["2", "巡查", "每季一次。", "市公安局"]],
                  ("A3:A5", "B3:B5", "D4:D5")), "a.xlsx"),
    "html, measures and units on one line each": (
        html(MEASURES, ["<td rowspan=3>1</td><td rowspan=3>培育专利</td>" + cells("建设中心。", "市知识产权局"),
                        cells("评选项目。", "市教委"), cells("公布名单。", "市教委"),
                        cells("2", "巡查", "每季一次。", "市公安局")]), "a.html"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "name"), MERGED.values(), ids=MERGED)
def test_a_unit_beside_some_measures_of_a_merged_row_is_for_those(data, name):
    found = file_of(data, name)
    assert [r.measures for r in found.rows] == [("建设中心。", "评选项目。", "公布名单。"), ("每季一次。",)]
    assert [(d.raw, d.measure) for d in found.rows[0].duties] == [
        ("市知识产权局", 0), ("市教委", 1), ("市教委", 2),
    ]  # fmt: skip
    assert [(d.raw, d.measure) for d in found.rows[1].duties] == [("市公安局", None)]


def test_a_unit_beside_all_measures_is_for_the_row():
    found = file_of(
        html(MEASURES, ["<td rowspan=2>1</td><td rowspan=2>培育专利</td><td>建设中心。</td><td rowspan=2>市教委</td>",
                        "<td>评选项目。</td>", cells("2", "巡查", "每季一次。", "市公安局")]), "a.html",
    )  # fmt: skip
    assert [(d.raw, d.measure) for d in found.rows[0].duties] == [("市教委", None)]


def test_numbers_beside_one_merged_task_are_rows_and_the_task_their_section():
    found = file_of(
        html(["重点任务", "序号", "举措", "责任单位", "责任领导"],
             ["<td rowspan=2>做强创造</td>" + cells("1", "建设中心。", "市教委", "张三丰"),
              cells("2", "评选项目。", "市科技局", "张三丰"),
              cells("做优服务", "3", "设立窗口。", "市商务局", "李四光")]),
        "a.html",
    )  # fmt: skip
    assert [(r.place.section, r.place.number, r.title, r.remarks) for r in found.rows] == [
        ("做强创造", 1, "建设中心", ("张三丰",)), ("做强创造", 2, "评选项目", ("张三丰",)),
        ("做优服务", 3, "设立窗口", ("李四光",)),
    ]  # fmt: skip
    assert any(w.code == "merged-title" for w in found.warnings)


def test_the_head_of_a_column_may_say_who_leads():
    found = file_of(
        xlsx([["某市台账"], ["序号", "任务", "责任单位（排名第一的为牵头单位）"], ["1", "培育。", "市科技局、市教委"],
              ["2", "评议。", "市财政局"]]), "a.xlsx",
    )  # fmt: skip
    assert [[(d.raw, d.duty) for d in r.duties] for r in found.rows] == [
        [("市科技局", "led"), ("市教委", "support")], [("市财政局", "alone")],
    ]  # fmt: skip


# -- tables of a PDF without lines ------------------------------------------------------------------------------------

LONG = "支持园区企业联合高校院所设立专利工作室,每年评选一批优质专利并向社会公布评选结果。"
LINES = [
    ["一、强化创造"], ["1", f"培育高价值专利。{LONG}", "市知识产权局", "市科技局、市教委、市财政局", "2027年底前"],
    ["2", "开展巡查。", "市公安局", "市残联", "2026年6月"], ["二、强化保护"],
    ["3", f"健全快速通道。{LONG}", "天津海关", "市商务局", "长期坚持"],
]  # fmt: skip
DRAWN = {
    "no lines": "stroke: none, align: left",
    "no lines, in the middle of each cell": "stroke: none, align: center + horizon",
    "rules between rows only": "stroke: (x: none, y: 0.5pt), align: left",
    "a rule above and below": "stroke: (x: none, y: none), align: left + horizon",
    "all lines": "stroke: 0.5pt, align: left",
}


def pdf(style: str, lines: list[list[str]]) -> bytes:
    def quoted(words: str) -> str:
        return f'[#"{words}"]'

    body = [
        f"table.cell(colspan: 5){quoted(line[0])}" if len(line) == 1 else ", ".join(map(quoted, line)) for line in lines
    ]
    heads = ", ".join(map(quoted, ("序号", "重点任务", "牵头单位", "配合单位", "完成时限")))
    return typst.compile(
        (
            '#set page(paper: "a4", flipped: true, numbering: "— 1 —")\n'
            '#set text(font: "Noto Sans CJK SC", size: 10.5pt)\n#"某市行动方案任务分工"\n\n'
            f"#table(columns: (3em, 4fr, 2fr, 2fr, 6em), {style}, table.header({heads}), {', '.join(body)})\n"
        ).encode()
    )


@pytest.mark.parametrize("style", DRAWN.values(), ids=DRAWN)
def test_a_table_of_a_pdf_is_read_with_or_without_lines(style):
    found = file_of(pdf(style, LINES), "a.pdf")
    assert [(r.place.part, r.place.number, r.title) for r in found.rows] == [
        ("强化创造", 1, "培育高价值专利"), ("强化创造", 2, "开展巡查"), ("强化保护", 3, "健全快速通道"),
    ]  # fmt: skip
    assert [[d.raw for d in r.duties] for r in found.rows] == [
        ["市知识产权局", "市科技局", "市教委", "市财政局"], ["市公安局", "市残联"], ["天津海关", "市商务局"],
    ]  # fmt: skip
    assert found.rows[0].measures == (LONG,)


def test_a_table_without_lines_goes_on_over_pages():
    lines = [[str(n), f"推进第{n}项工作,完善配套制度。", "市科技局", "市残联", "2027年"] for n in range(1, 60)]
    found = file_of(pdf(DRAWN["no lines"], lines), "a.pdf")
    assert [r.place.number for r in found.rows] == list(range(1, 60))
    assert {tuple(d.raw for d in r.duties) for r in found.rows} == {("市科技局", "市残联")}
