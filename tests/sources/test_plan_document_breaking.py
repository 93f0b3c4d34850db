"""Documents written to break the parser, in our own words: what each says, and what is said about doubts."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest

from jinzhi.kernel.plan import PlanDocument
from jinzhi.sources.plan_document import PlanDocumentError, parse_file
from tests.sources.plan_documents import NAMES, ROWS, read, whole
from tests.sources.test_plan_document_kinds import check, reading

HEAD = "某市任务分工\n一、任务\n"

LABELS = {
    "牵头： without 单位": (
        "1.育才。（牵头：市科技局，配合：市教委、市财政局）\n2.监测。主办：市统计局；协办：市教委；时限要求：长期。\n",
        ["任务//1: 市科技局 led, 市教委 support, 市财政局 support", "任务//2: 市统计局 led, 市教委 support"],
    ),
    "other signs for a colon and a comma": (
        "1.登记。（责任单位∶市司法局丶市教委）\n2.自律。（责任单位︰市商务局）\n",
        ["任务//1: 市司法局 divided, 市教委 divided", "任务//2: 市商务局 alone"],
    ),
    "a person and his telephone": (
        "1.建站。责任人：张某，联系电话23450000；责任单位：市科技局\n2.建库。责任单位：市教委（刘某）、市司法局\n",
        ["任务//1: 市科技局 alone", "任务//2: 市教委 divided, 市司法局 divided"],
    ),
    "a label without a colon after another": (
        "1.建站。责任人：张某，牵头单位市科技局，配合单位市教委\n2.建库。完成时限：2025年，责任单位市司法局\n",
        ["任务//1: 市科技局 led, 市教委 support", "任务//2: 市司法局 alone"],
    ),
    "units parted by a semicolon": (
        "1.建制。责任单位：市科技局；各区人民政府\n2.建库。责任单位：市教委\n",
        ["任务//1: 市科技局 divided, 各区人民政府 divided", "任务//2: 市教委 alone"],
    ),
    "units at the end of a sentence": (
        "1.育才，奖励20家，市科技局负责。\n2.建库，转化30件，市教委牵头，市财政局配合。\n3.展示——市商务局、市司法局\n",
        [
            "任务//1: 市科技局 alone", "任务//2: 市教委 led, 市财政局 support",
            "任务//3: 市商务局 divided, 市司法局 divided",
        ],
    ),
    "who looks on owes nothing": (
        "1.建站。责任单位：市科技局；督办单位：市教委\n2.建库。（责任单位：市教委，监督单位：市司法局）\n",
        ["任务//1: 市科技局 alone", "任务//2: 市教委 alone"],
    ),
    "为牵头单位": (
        "1.办会。（市商务局为牵头单位，市教委为配合单位）\n2.评估。（牵头单位为市统计局，责任单位为市教委）\n",
        ["任务//1: 市商务局 led, 市教委 support", "任务//2: 市统计局 led, 市教委 divided"],
    ),
    "the mark of a footnote": (
        "1.建设中心①。引进5家。（责任单位：市科技局）\n2.集聚（1），入驻80%。（责任单位：市教委）\n",
        ["任务//1: 市科技局 alone", "任务//2: 市教委 alone"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), LABELS.values(), ids=LABELS)
def test_units_are_read_with_their_duty_and_no_more(text, wanted):
    check(HEAD + text, wanted)


SHAPES = {
    "articles": (
        "某市任务分工\n第一条 完善政策。出台办法。责任单位：市司法局\n第二条 完善机制。召开会议。责任单位：市科技局\n",
        ["//1: 市司法局 alone", "//2: 市科技局 alone"],
    ),
    "an excerpt that begins at 三": (
        "某市实施方案\n三、主要任务\n（一）提质。评价。（责任单位：市教委）\n（二）增效。导航。（责任单位：市科技局）\n",
        ["主要任务//1: 市教委 alone", "主要任务//2: 市科技局 alone"],
    ),
    "a table of contents": (
        "某市任务分工方案\n目录\n一、创造............1\n二、保护............3\n一、创造\n1.培育。遴选。（市科技局负责）\n"
        "二、保护\n2.打击。通报。（市公安局负责）\n",
        ["创造//1: 市科技局 alone", "保护//2: 市公安局 alone"],
    ),
    "bullets": (
        "某市任务分工\n一、创造\n● 培育。遴选10家。（市科技局负责）\n● 奖励。兑现。（市财政局负责）\n二、保护\n"
        "● 打击。通报。（市公安局负责）\n",
        ["创造//1: 市科技局 alone", "创造//2: 市财政局 alone", "保护//1: 市公安局 alone"],
    ),
    "a number was lost": (
        HEAD + "1.甲平台建设。开放数据。（市科技局负责）\n乙机制完善。每月会商。（市公安局负责）\n"
        "3.丙站点布局。覆盖各区。（市司法局负责）\n",
        ["任务//1: 市科技局 alone", "任务//2: 市公安局 alone", "任务//3: 市司法局 alone"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), SHAPES.values(), ids=SHAPES)
def test_rows_stand_under_their_own_headings(text, wanted):
    check(text, wanted)


def test_a_paragraph_without_a_number_that_has_units_is_offered_as_a_row():
    found = read(
        HEAD + "1.甲平台建设。开放数据。（市科技局负责）\n乙机制完善。每月会商一次。（市公安局负责）\n"
        "2.丙站点布局。覆盖各区。（市司法局负责）\n"
    )
    assert [r.title for r in found.rows] == ["甲平台建设", "丙站点布局"]
    doubt = next(d for d in found.doubts if d.code == "unnumbered")
    assert doubt.row == 0
    ((index, values),) = doubt.readings[1].rows
    assert (index, values["measures"]) == (0, ["开放数据。"])
    ((before, rows),) = doubt.readings[1].add
    assert (before, [r["title"] for r in rows]) == (1, ["乙机制完善"])


def test_the_same_as_above_takes_those_units_and_says_so():
    found = read(
        HEAD + "1.甲。评选。（责任单位：市科技局、市教委）\n2.乙。培训。（责任单位：同上）\n"
        "3.丙。展示。（责任单位：市商务局）\n"
        "4.丁。宣讲。（责任单位：同第1项）\n"
    )
    assert [[d.raw for d in r.duties] for r in found.rows] == [
        ["市科技局", "市教委"], ["市科技局", "市教委"], ["市商务局"], ["市科技局", "市教委"],
    ]  # fmt: skip
    doubts = [d for d in found.doubts if d.code == "same-as"]
    assert [d.row for d in doubts] == [1, 3]
    assert [d.readings[1].rows for d in doubts] == [((1, {"duties": []}),), ((3, {"duties": []}),)]


def test_what_is_appended_is_no_row_and_is_said():
    found = read(
        HEAD + "1.甲。查办。（市公安局负责）\n2.乙。设站。（市教委负责）\n附件：\n1.重点指标表\n2.联系人名单\n"
    )
    assert reading(found) == ["任务//1: 市公安局 alone", "任务//2: 市教委 alone"]
    assert whole(found)


def test_a_title_is_more_than_a_year():
    found = read(
        HEAD + "1.2024年，新增企业20家，达到120家。（市教委牵头）\n"
        "2.到2025年底，融资突破 100 亿元，惠企 500 家。（市教委牵头）\n"
    )
    assert [r.title for r in found.rows] == ["2024年，新增企业20家", "到2025年底，融资突破 100 亿元"]


def test_every_limit_of_a_list_is_kept_and_a_range_ends_with_its_last_month():
    found = read(HEAD + "1.办会。（市商务局，每年4月、10月）\n2.建库，2025年6—9月完成。（市教委）\n")
    assert found.rows[0].time_limit == "每年4月、10月"
    assert [p.month_day for p in found.rows[1].points] == [(9, 30)]


# -- tables -------------------------------------------------------------------------------------------------------


def table(lines: list[list[object]], forms: dict[str, str] | None = None) -> PlanDocument:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    for place, form in (forms or {}).items():
        book.active[place].number_format = form
    out = io.BytesIO()
    book.save(out)
    found = parse_file(out.getvalue(), "a.xlsx", names=NAMES, rows=ROWS)
    assert whole(found)
    return found


def test_cells_say_牵头_and_配合_and_number_their_units():
    found = table(
        [
            ["序号", "任务", "责任单位"],
            [1, "甲", "牵头：市司法局\n配合：市公安局、市教委"],
            [2, "乙", "1.市财政局\n2.市商务局"],
        ]
    )
    assert reading(found) == [
        "//1: 市司法局 led, 市公安局 support, 市教委 support",
        "//2: 市财政局 divided, 市商务局 divided",
    ]


def test_a_star_leads_where_that_is_said_and_is_asked_about_elsewhere():
    rows = [["任务", "责任单位"], ["甲", "★市司法局、市公安局"], ["乙", "市教委*、市财政局"]]
    found = table(rows)
    assert reading(found)[0].endswith("市司法局 divided, 市公安局 divided")
    doubts = [d for d in found.doubts if d.code == "star"]
    assert [d.row for d in doubts] == [0, 1]
    ((_, values),) = doubts[0].readings[1].rows
    assert [(d["raw"], d["duty"]) for d in values["duties"]] == [("市司法局", "led"), ("市公安局", "support")]
    said = table([*rows[:2], ["注：★为牵头单位", None]])
    assert reading(said)[0].endswith("市司法局 led, 市公安局 support")
    assert not [d for d in said.doubts if d.code == "star"]


def test_a_column_of_what_is_counted_in_is_no_unit_and_stays_with_its_figures():
    found = table(
        [
            ["指标名称", "单位", "2024年", "2025年", "责任单位"],
            ["高价值发明专利", "件", 10.2, 12.5, "市知识产权局"],
            ["质押融资额", "亿元", 60, "100亿元以上", "市财政局"],
        ]
    )
    assert [[d.raw for d in r.duties] for r in found.rows] == [["市知识产权局"], ["市财政局"]]
    assert [r.measures for r in found.rows] == [
        ("高价值发明专利 2024年：10.2件", "高价值发明专利 2025年：12.5件"),
        ("质押融资额 2024年：60亿元", "质押融资额 2025年：100亿元以上"),
    ]


def test_a_cell_of_a_workbook_is_read_as_it_shows_without_rounding():
    found = table(
        [
            ["任务", "目标值", "责任单位", "完成时间"],
            ["提高占比", 0.1256, "市教委", date(2025, 6, 1)],
            ["扩大融资", 1200, "市财政局", date(2025, 12, 31)],
        ],
        {"B2": "0%", "D2": 'yyyy"年"m"月"', "B3": '#,##0"亿元"', "D3": "yyyy-mm-dd"},
    )
    assert [r.measures for r in found.rows] == [("提高占比 目标值：12.56%",), ("扩大融资 目标值：1200亿元",)]
    assert [r.time_limit for r in found.rows] == ["2025年6月", "2025年12月31日"]


def test_a_formula_without_its_result_is_said():
    found = table([["任务", "目标值", "责任单位"], ["甲", "=1+1", "市教委"], ["乙", 2, "市财政局"]])
    assert any("公式" in note and "B2" in note for note in found.notes)


def test_the_limits_of_each_line_are_offered_and_notes_are_kept():
    found = table(
        [
            ["序号", "任务", "措施", "责任单位", "完成时限", "备注"],
            [1, "甲", "评选", "市教委", "2025年6月", "约束性"],
            [None, None, "培训", "市财政局", "2025年9月底", None],
        ]
    )
    row = found.rows[0]
    assert {(p.words, p.measure) for p in row.points} == {("2025年6月", None), ("2025年9月底", 1)}
    assert "约束性" in row.remarks


def test_a_nested_limit_is_offered():
    found = read(
        HEAD + "1.甲。\n（1）评选。（责任单位：市教委；完成时限：2025年6月）\n"
        "（2）培训。（责任单位：市财政局；完成时限：2025年9月底）\n"
        "2.乙。公示。（责任单位：市商务局）\n"
    )
    assert [[p.words for p in r.points] for r in found.rows] == [["2025年6月"], ["2025年9月底"], []]


DRAWN = {
    "spaces": "某市任务分工\n序号    任务        责任单位    完成时限\n1       育才工程    市科技局    2025年6月\n",
    "wide spaces": "某市任务分工\n序号　　工作任务　　牵头单位　　配合单位\n１　　建平台　　市教委　　市科技局\n",
    "box signs": "某市任务分工\n┌──┬──┬──┐\n│序号│任务│责任单位│\n├──┼──┼──┤\n│1│建平台│市科技局│\n└──┴──┴──┘\n",
}


@pytest.mark.parametrize("text", DRAWN.values(), ids=DRAWN)
def test_a_table_drawn_with_signs_is_refused_with_the_way_out(text):
    with pytest.raises(PlanDocumentError, match="制表符") as refused:
        read(text)
    assert refused.value.code == "drawn-table"


# -- both languages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "1.甲，评选。（市教委、市某某会）\n2.乙。培训。（责任单位：同上）\n二、保障\n（一）加强领导。\n",
        HEAD + "1.甲。评选。（责任单位：★市教委、市科技局，列第一位的为牵头单位）\n"
        "2.乙。培训。（责任单位：市商务局、市司法局）\n",
        "某市任务分工\n一、甲（牵头单位：市教委）\n1.评选。公布。（责任单位：市科技局）\n"
        "2.培训。覆盖。（责任单位：市商务局）\n"
        "后面还有一些话。\n",
    ],
)
def test_every_doubt_is_said_in_both_languages(text):
    found = read(text)
    assert found.doubts
    for doubt in found.doubts:
        assert re.search("[A-Za-z]{2}", doubt.en)
        assert all(re.search("[A-Za-z]{2}", r.en) and r.text != r.en for r in doubt.readings)
