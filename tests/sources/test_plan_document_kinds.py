"""Kinds of work-division documents that real ones are of: for each several texts in our own words, and their reading.

A reading is written as one line a row: ``part/section/number: unit duty, …``; ``@n`` after a duty is the measure it is
for (none: the whole row).
"""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.kernel.plan import PlanDocument
from tests.sources.plan_documents import read, whole


def reading(found: PlanDocument) -> list[str]:
    out = []
    for row in found.rows:
        place = f"{row.place.part}/{row.place.section}/{row.place.number}"
        duties = [f"{d.raw} {d.duty}{'' if d.measure is None else f'@{d.measure}'}" for d in row.duties]
        out.append(f"{place}: {', '.join(duties)}")
    return out


def check(text: str, wanted: list[str]) -> PlanDocument:
    found = read(text)
    assert reading(found) == wanted
    assert whole(found)
    assert found.accounted()["unplaced"] == 0
    return found


# -- units whose names do not end in a known letter ----------------------------------------------------------------

UNITS = {
    "of the state": (
        """滨江市优化服务若干举措任务分工
一、做强主体
1.扩大青年创业支持。开展三场路演。（共青团中央、全国妇联、中国残联按职责分工负责）
2.建设体育集聚区。完善赛事名录。（体育总局负责）
3.推进平台互认。统一口径。（国家铁路局、中国民航局、国铁集团牵头，各地区配合）
二、做优环境
4.压缩办理时间。精简材料。（审计署、供销合作总社、新疆生产建设兵团等按职责分工负责）
""",
        [
            "做强主体//1: 共青团中央 divided, 全国妇联 divided, 中国残联 divided",
            "做强主体//2: 体育总局 alone",
            "做强主体//3: 国家铁路局 led, 中国民航局 led, 国铁集团 led, 各地区 support",
            "做优环境//4: 审计署 divided, 供销合作总社 divided, 新疆生产建设兵团 divided",
        ],
    ),
    "of a city": (
        """某市方案任务分工
一、主要任务
1.畅通渠道，设立专窗。（市政法委、市妇联、市科协按职责分工负责）
2.开展宣传，组织开放日。（团市委负责）
3.推进用电，压减环节。（国网某市供电公司牵头，市残联参加）
""",
        [
            "主要任务//1: 市政法委 divided, 市妇联 divided, 市科协 divided",
            "主要任务//2: 团市委 alone",
            "主要任务//3: 国网某市供电公司 led, 市残联 support",
        ],
    ),
    "after a label": (
        """某县台账
一、任务
（一）抓培训。办讲堂。责任单位：县总工会、县工商联
（二）抓示范。建站点。责任单位：县供销社
""",
        ["任务//1: 县总工会 divided, 县工商联 divided", "任务//2: 县供销社 alone"],
    ),
    "a duty that nobody could know is not taken by the row before": (
        """某市任务分工
一、任务
1.推进甲项，完善机制。（蓝天联盟牵头）
2.推进乙项，落实经费，做好保障。
3.推进丙项，落实经费，做好保障。（市财政局负责）
""",
        ["任务//1: 蓝天联盟 led", "任务//2: ", "任务//3: 市财政局 alone"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), UNITS.values(), ids=UNITS)
def test_units_of_any_ending_are_units_and_no_row_takes_the_next_ones(text, wanted):
    check(text, wanted)


def test_a_row_that_has_no_units_says_so():
    found = read(UNITS["a duty that nobody could know is not taken by the row before"][0])
    assert any(w.code == "no-duty" and "推进乙项" in w.text for w in found.warnings)


def test_names_without_label_or_duty_are_offered_in_both_readings():
    found = read(
        "某市任务分工\n一、任务\n1.设立巡回点。开展宣讲。（市中院、市仲裁委）\n2.抽查。通报。（市公安局负责）\n"
    )
    assert [d.raw for d in found.rows[0].duties] == ["市中院", "市仲裁委"]
    doubt = next(d for d in found.doubts if d.code == "unsure-duty")
    assert found.text[doubt.start : doubt.end] == "（市中院、市仲裁委）"
    assert doubt.row == 0
    ((index, values),) = doubt.readings[1].rows
    assert (index, values["duties"]) == (0, [])
    assert values["measures"][-1].endswith("（市中院、市仲裁委）")


# -- sections with a full stop or with words of their own -------------------------------------------------------------

SECTIONS = {
    "numbered through": (
        """临湖县重点工作任务分解方案
一、聚力提质增效。坚持问题导向，全面查找短板。
（一）提升审批效率。围绕企业关心的事项，逐项压减环节。
1.公布清单，动态更新。（责任单位：县政务服务局）
2.整合窗口，一次办结。（责任单位：县发展改革局）
（二）强化要素保障。
3.统筹用地指标，优先保障项目。（责任单位：县自然资源局）
""",
        [
            "聚力提质增效/提升审批效率/1: 县政务服务局 alone",
            "聚力提质增效/提升审批效率/2: 县发展改革局 alone",
            "聚力提质增效/强化要素保障/3: 县自然资源局 alone",
        ],
    ),
    "numbered anew": (
        """某市工作要点
第一章 创造
一、提质。
1.评价，公示。（市教委负责）
二、增效。
1.导航，发布。（市科技局负责）
第二章 保护
一、执法。加强协作，形成合力。
1.抽查，通报。（市公安局负责）
2.会商，移送。（市检察院负责）
""",
        [
            "创造/提质/1: 市教委 alone", "创造/增效/1: 市科技局 alone",
            "保护/执法/1: 市公安局 alone", "保护/执法/2: 市检察院 alone",
        ],
    ),
    "one row under each": (
        """某区任务分工
（一）强化创造，培育主体。
1.遴选企业，挂牌服务。责任单位：市科技局
（二）强化运用。
2.撮合交易，发布指引。责任单位：市商务局
（三）强化保护，优化环境。支持维权。
3.设站，值守。责任单位：市司法局
""",
        [
            "/强化创造，培育主体/1: 市科技局 alone", "/强化运用/2: 市商务局 alone",
            "/强化保护，优化环境/3: 市司法局 alone",
        ],
    ),
    "an introduction of its own paragraph": (
        """某市行动方案
一、工作任务
（一）优化服务。
聚焦企业需求，完善机制。
1.上门走访，建立清单。（责任单位：市商务局）
2.集中会办，限时答复。（责任单位：市财政局）
（二）降低成本
统筹各类资金。
1.减免费用，直达快享。（责任单位：市教委）
""",
        [
            "工作任务/优化服务/1: 市商务局 alone", "工作任务/优化服务/2: 市财政局 alone",
            "工作任务/降低成本/1: 市教委 alone",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), SECTIONS.values(), ids=SECTIONS)
def test_a_heading_with_a_full_stop_or_words_of_its_own_is_no_row(text, wanted):
    check(text, wanted)


def test_a_part_without_any_units_is_an_explanation_and_offered_as_rows():
    found = read(
        "某市方案任务分工\n一、总体要求\n（一）指导思想。坚持导向。\n二、任务\n（一）提质。评价。（市教委负责）\n"
        "（二）增效。导航。（市科技局负责）\n三、工作要求\n（一）加强领导。明确专人。\n（二）严格督查。适时通报。\n"
    )
    assert reading(found) == ["任务//1: 市教委 alone", "任务//2: 市科技局 alone"]
    doubts = [d for d in found.doubts if d.code == "no-units"]
    assert ["总体要求" in doubts[0].text, "工作要求" in doubts[1].text] == [True, True]
    assert [len(rows) for _, rows in doubts[1].readings[1].add] == [2]


# -- who is named first leads -----------------------------------------------------------------------------------------

LEADS = {
    "下同": (
        """某市方案任务分工
一、任务
1.建平台。开放数据。（责任单位：市科技局、市教委、市财政局，排在第一位的为牵头单位，下同）
2.育机构。评选名单。（责任单位：市商务局、市司法局）
3.办讲堂。下沉园区。（责任单位：市知识产权局）
""",
        [
            "任务//1: 市科技局 led, 市教委 support, 市财政局 support", "任务//2: 市商务局 led, 市司法局 support",
            "任务//3: 市知识产权局 alone",
        ],
    ),
    "in a bracket of the label": (
        """某市方案任务分工
一、任务
1.建平台。开放数据。责任单位（列首位的为牵头单位，下同）：市科技局、市教委
2.育机构。评选名单。责任单位：市商务局、市司法局
""",
        ["任务//1: 市科技局 led, 市教委 support", "任务//2: 市商务局 led, 市司法局 support"],
    ),
    "in the letter": (
        """某市方案任务分工
各责任单位中，排名第一的单位为牵头单位。
一、任务
1.建平台。开放数据。（责任单位：市科技局、市教委）
2.育机构。评选名单。（市商务局牵头，市司法局配合）
""",
        ["任务//1: 市科技局 led, 市教委 support", "任务//2: 市商务局 led, 市司法局 support"],
    ),
    "beside words of duty": (
        """某市方案任务分工
一、任务
1.建平台。开放数据。（市科技局、市教委按职责分工负责，列第一位的为牵头单位，以下同）
2.育机构。评选名单。（市商务局、市司法局按职责分工负责）
""",
        ["任务//1: 市科技局 led, 市教委 divided", "任务//2: 市商务局 led, 市司法局 divided"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), LEADS.values(), ids=LEADS)
def test_who_is_named_first_leads_where_the_document_says_so(text, wanted):
    check(text, wanted)


def test_without_the_same_below_both_readings_are_offered():
    found = check(
        "某市方案任务分工\n一、任务\n1.甲。甲一。（责任单位：市科技局、市教委，列第一位的为牵头单位）\n"
        "2.乙。乙一。（责任单位：市商务局、市司法局）\n",
        ["任务//1: 市科技局 led, 市教委 support", "任务//2: 市商务局 divided, 市司法局 divided"],
    )
    doubt = next(d for d in found.doubts if d.code == "first-leads")
    assert [d["duty"] for _, values in doubt.readings[1].rows for d in values["duties"]] == ["led", "support"]


# -- people, and remarks before the label -----------------------------------------------------------------------------

SAID = {
    "people in a line": (
        """清水区重点任务分解表
一、产业
1.新建园区。完成征地。责任领导：张望远 责任单位：市商务局 责任人：李青山
2.引进企业。落实政策。责任领导：王长河；责任单位：市教委、市财政局；责任人：赵明、钱程
""",
        ["产业//1: 市商务局 alone", "产业//2: 市教委 divided, 市财政局 divided"],
        [("张望远", "李青山"), ("王长河", "赵明、钱程")],
    ),
    "people in a bracket": (
        """某县任务分工
一、任务
1.改造老旧厂房。（牵头领导：陈立新，牵头单位：市财政局，配合单位：各区人民政府）
2.修路。铺装。（分管领导：周川；责任单位：市教委）
""",
        ["任务//1: 市财政局 led, 各区人民政府 support", "任务//2: 市教委 alone"],
        [("陈立新",), ("周川",)],
    ),
    "a unit as 责任人": (
        """某县任务分工
一、任务
1.改造厂房。验收。责任人：市财政局
2.修路。铺装。责任人：市教委、市商务局
""",
        ["任务//1: 市财政局 alone", "任务//2: 市教委 divided, 市商务局 divided"],
        [(), ()],
    ),
    "what kind of target": (
        """丰原市纲要主要目标分工
一、目标
1.每万人口发明专利达到20件。（预期性指标，责任单位：市知识产权局）
2.单位能耗下降13%。（约束性指标；牵头单位：市发展改革委，责任单位：市商务局、市教委）
3.完成修订。（2022年启动，牵头单位：市司法局；配合单位：市知识产权局）
4.加强宣传。（重大工程，市委宣传部牵头，市知识产权局配合）
""",
        [
            "目标//1: 市知识产权局 alone", "目标//2: 市发展改革委 led, 市商务局 divided, 市教委 divided",
            "目标//3: 市司法局 led, 市知识产权局 support", "目标//4: 市委宣传部 led, 市知识产权局 support",
        ],
        [("预期性指标",), ("约束性指标",), ("2022年启动",), ("重大工程",)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wanted", "remarks"), SAID.values(), ids=SAID)
def test_what_is_said_beside_the_units_is_a_remark(text, wanted, remarks):
    assert [r.remarks for r in check(text, wanted).rows] == remarks


def test_units_that_every_row_below_owes_are_added_and_said():
    found = check(
        "某市纲要任务分工\n一、任务\n1.甲。甲一。（牵头单位：市教委）\n2.乙。乙一。（牵头单位：市商务局；责任单位：市财政局，"
        "以下均需各区落实，不再逐一列出）\n3.丙。丙一。（牵头单位：市司法局）\n",
        [
            "任务//1: 市教委 led", "任务//2: 市商务局 led, 市财政局 divided, 各区 divided",
            "任务//3: 市司法局 led, 各区 divided",
        ],
    )  # fmt: skip
    doubt = next(d for d in found.doubts if d.code == "owed-below")
    assert [index for index, _ in doubt.readings[1].rows] == [2]
    assert [d["raw"] for _, values in doubt.readings[1].rows for d in values["duties"]] == ["市司法局"]


@pytest.mark.parametrize(
    "words",
    [
        "以下各项任务均需各区配合落实，不再一一列出", "以下工作均需各区负责", "各项均需各区参与，以下不再列出",
        "均由各区落实，下文不再赘述",
    ],
)  # fmt: skip
def test_many_ways_to_say_that_a_unit_owes_the_rows_below(words):
    found = read(
        f"某市任务分工\n一、任务\n1.甲。甲一。（牵头单位：市教委；{words}）\n2.乙。乙一。（牵头单位：市商务局）\n"
    )
    assert [[d.raw for d in r.duties] for r in found.rows] == [["市教委", "各区"], ["市商务局", "各区"]]


# -- brackets ---------------------------------------------------------------------------------------------------------

BRACKETS = {
    "a full stop inside": (
        """安和市行动方案任务分工
一、创造
1.提升质量。开展评价。（责任单位：市知识产权局。配合单位：市科技局、市教委。）
2.支持转化。推广许可。（市知识产权局牵头。市科技局、市财政局配合）
3.强化导航。发布报告。（市工业和信息化局负责。2024年底前完成）
4.健全网络。（责任单位：市商务局。完成时限：2025年6月。）
""",
        [
            "创造//1: 市知识产权局 alone, 市科技局 support, 市教委 support",
            "创造//2: 市知识产权局 led, 市科技局 support, 市财政局 support",
            "创造//3: 市工业和信息化局 alone", "创造//4: 市商务局 alone",
        ],
    ),
    "in a unit's name": (
        """某市任务分工
一、保护
1.联合执法。通报案例。（各县（市、区）人民政府、市市场监管局（知识产权局）、各市、县（市、区）知识产权局按职责分工负责）
2.规范代理。抽查机构。（市委宣传部（市新闻出版局、市版权局）牵头，各区（园区）管委会配合）
3.设立窗口。值守。（责任单位：市教委、各县（市、区）人民政府）
4.培训。办班。责任单位：各设区市人民政府、省科技厅（省外国专家局）
""",
        [
            "保护//1: 各县（市、区）人民政府 divided, 市市场监管局（知识产权局） divided, "
            "各市、县（市、区）知识产权局 divided",
            "保护//2: 市委宣传部（市新闻出版局、市版权局） led, 各区（园区）管委会 support",
            "保护//3: 市教委 divided, 各县（市、区）人民政府 divided",
            "保护//4: 各设区市人民政府 divided, 省科技厅（省外国专家局） divided",
        ],
    ),
    "that say the duty": (
        """某市任务分工
一、保护
1.联合执法。通报。（责任单位：市公安局（牵头）、市教委、市商务局（配合））
2.抽查。公示。（市教委、市财政局（牵头）、市残联（参加））
""",
        [
            "保护//1: 市公安局 led, 市教委 divided, 市商务局 support",
            "保护//2: 市教委 divided, 市财政局 led, 市残联 support",
        ],
    ),
    "a chapter follows on the line": (
        """东港市工作任务分工
一、提升创造
1.优化政策。修订办法。（责任单位：市知识产权局）2.培育主体。遴选企业。（责任单位：市科技局）二、促进运用
（一）构建体系（责任单位：市财政局）
（二）做实金融。扩大质押。（责任单位：市金融局）三、强化保护
1.打击侵权。联合行动。（责任单位：市公安局）第四部分 保障措施
1.建立机制。明确专人。（责任单位：市教委）
""",
        [
            "提升创造//1: 市知识产权局 alone", "提升创造//2: 市科技局 alone", "促进运用//1: 市财政局 alone",
            "促进运用//2: 市金融局 alone", "强化保护//1: 市公安局 alone", "保障措施//1: 市教委 alone",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), BRACKETS.values(), ids=BRACKETS)
def test_brackets(text, wanted):
    check(text, wanted)


# -- measures with units of their own ---------------------------------------------------------------------------------

NESTED = {
    "announced": (
        """某部重点任务分工方案
一、稳住主体
（一）落实减税，渡过难关。（财政部、税务总局牵头，各地区按职责分工负责）
具体措施：
1.延续政策，优化征管。（税务总局负责）
2.开展整治，公开渠道。（国家发展改革委牵头，各地区配合）
（二）扩大融资。下沉服务。（人民银行牵头）
具体措施：
1.推广贷款。简化流程。（银保监会负责）
""",
        [
            "稳住主体//1: 财政部 led, 税务总局 led, 各地区 divided, 税务总局 alone@1, 国家发展改革委 led@2, "
            "各地区 support@2",
            "稳住主体//2: 人民银行 led, 银保监会 alone@1, 银保监会 alone@2",
        ],
    ),
    "in the same form of numbers": (
        """某市任务分工
1.推进甲，做好衔接。（市教委牵头）
主要措施：
1.建台账，按月更新。（市商务局负责）
2.明责任，逐项销号。（市财政局负责）
3.严督查，定期通报。（市司法局负责）
2.推进乙，做好衔接。（市科技局牵头）
主要措施：
1.开清单，公开透明。（市公安局负责）
""",
        [
            "//1: 市教委 led, 市商务局 alone@1, 市财政局 alone@2, 市司法局 alone@3",
            "//2: 市科技局 led, 市公安局 alone@1",
        ],
    ),
    "the units of a row after its last measure": (
        """某市方案
一、任务
（一）开展示范
1、评选示范店，授牌管理。
2、建设示范街，配套设施。
（责任单位：市商务局、市教委）
（二）加强宣传
1、组织宣讲，进社区；
2、发布案例，用好媒体。
（责任单位：市委宣传部）
""",
        ["任务//1: 市商务局 divided, 市教委 divided", "任务//2: 市委宣传部 alone"],
    ),
    "the units of a row before its measures": (
        """某市方案
一、任务
（一）健全制度（市教委牵头，各部门配合）
1.制定办法，明确标准。
2.完善流程，压缩时限。
（二）强化支撑（市科技局负责）
1.建设平台，打通数据。
""",
        ["任务//1: 市教委 led, 各部门 support", "任务//2: 市科技局 alone"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), NESTED.values(), ids=NESTED)
def test_measures_belong_to_their_row_each_with_its_own_units(text, wanted):
    check(text, wanted)


def test_measures_with_units_that_nothing_announces_are_offered_as_rows():
    found = read(
        "某市任务分工\n（一）甲事，做实（市教委牵头）\n1.甲一，办好。（市商务局负责）\n2.甲二，办好。（市财政局负责）\n"
        "（二）乙事，做实（市科技局牵头）\n1.乙一，办好。（市公安局负责）\n"
    )
    assert len(found.rows) == 2
    doubt = next(d for d in found.doubts if d.code == "nested")
    assert doubt.readings[1].rows == ((0, {"drop": True}),)
    ((index, rows),) = doubt.readings[1].add
    assert [(index, r["number"], [d["raw"] for d in r["duties"]]) for r in rows] == [
        (0, 1, ["市商务局"]), (0, 2, ["市财政局"]),
    ]  # fmt: skip


def test_units_at_a_heading_whose_rows_are_numbered_through_are_offered_to_each():
    found = check(
        "某县方案任务分工\n（一）强化创造（牵头单位：市教委）\n1.甲。甲一。（责任单位：市科技局）\n2.乙。乙一。（责任单位：市商务局）\n"
        "（二）强化保护（牵头单位：市公安局）\n3.丙。丙一。（责任单位：市司法局）\n",
        [
            "/强化创造/1: 市科技局 alone", "/强化创造/2: 市商务局 alone", "/强化保护/3: 市司法局 alone",
        ],
    )  # fmt: skip
    doubts = [d for d in found.doubts if d.code == "heading-duty"]
    assert [[i for i, _ in d.readings[1].rows] for d in doubts] == [[0, 1], [2]]


# -- figures ----------------------------------------------------------------------------------------------------------

FIGURES = {
    "items that begin with a year": (
        """北岭市任务分工
一、任务
1.2025年底前建成中心，实现预审。（责任单位：市知识产权局）
2.2024年起每年办会，促成项目50个以上。（市商务局牵头）
3.30%以上的园区设站，配备专员。（责任单位：市科技局）
4、2026年6月前完成修订，报市政府审议。（责任单位：市司法局）
""",
        ["2025年底前建成中心", "2024年起每年办会", "30%以上的园区设站", "2026年6月前完成修订"],
    ),
    "a space before a figure": (
        """某市任务分工
一、任务
1.对实际投资 2 亿元以上的项目，给予奖励。责任单位：市财政局。
2.对人才再给予 100 万元，用于研究。责任单位：市科技局。
""",
        ["对实际投资 2 亿元以上的项目", "对人才再给予 100 万元"],
    ),
    "spaces before Latin words and figures": (
        """某市任务分工
一、任务
（一）培育 3 家 A 类机构，做强服务。（市教委负责）
（二）推广 IPC 导航，年内覆盖 5 个园区。（市科技局负责）
""",
        ["培育 3 家 A 类机构", "推广 IPC 导航"],
    ),
    "a year after a sign of the section": (
        """某市任务分工
一、任务
（一）2023年建成平台，接入数据。（市教委负责）
（二）2024年优化平台，扩大范围。（市科技局负责）
""",
        ["2023年建成平台", "2024年优化平台"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "titles"), FIGURES.values(), ids=FIGURES)
def test_figures_do_not_cut_a_row(text, titles):
    found = read(text)
    assert [r.title for r in found.rows] == titles
    assert all(r.measures[0].startswith(r.title) for r in found.rows)
    assert found.accounted()["unplaced"] == 0


@pytest.mark.parametrize(
    ("duty", "limit"),
    [
        ("（市商务局牵头，2024年底前完成并持续推进）", "2024年底前完成并持续推进"),
        ("（责任单位：市商务局；完成时限：2023年6月底前，并持续推进）", "2023年6月底前,并持续推进"),
        ("（责任单位：市商务局，长期坚持并持续完善）", "长期坚持并持续完善"),
        ("（市商务局负责，并持续推进）", "并持续推进"),
        ("（责任单位：市商务局，2023年底前出台并持续）", "2023年底前"),
    ],
)
def test_what_goes_on_after_the_day_is_no_unit(duty, limit):
    found = read(f"某市任务分工\n一、任务\n1.办会。促成项目。{duty}\n2.设站。配备专员。（市教委负责）\n")
    assert [d.raw for d in found.rows[0].duties] == ["市商务局"]
    assert found.rows[0].duties[0].time_limit.startswith(limit)


# -- a text of one row ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "某市方案\n一、主要任务\n1.做好甲工程。推进甲。（牵头单位：市知识产权局；责任单位：市司法局）\n",
        "1.做好甲工程。推进甲。（市知识产权局牵头，市司法局配合）",
        "某区任务\n（一）做好甲工程。推进甲。\n责任单位：市知识产权局\n",
        "关于做好甲工程的意见\n做好甲工程。推进甲。（责任单位：市知识产权局）\n",
    ],
)
def test_a_text_of_one_row_is_a_plan(text):
    found = read(text)
    assert [(r.title, r.duties[0].raw) for r in found.rows] == [("做好甲工程", "市知识产权局")]


# -- time limits inside measures --------------------------------------------------------------------------------------


def points(measure: str) -> list[tuple[str, int, tuple[int, int], bool]]:
    found = read(f"某市任务分工\n一、任务\n1.办好甲事。{measure}（市教委负责）\n")
    return [(p.words, p.year, p.month_day, p.every_year) for p in found.rows[0].points]


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        ("2023年6月底前出台办法，2024年底前设立基金。",
         [("2023年6月底前", 2023, (6, 30), False), ("2024年底前", 2024, (12, 31), False)]),
        ("每年4月发布案例。", [("每年4月", 0, (4, 30), True)]),
        ("到2025年，建成两个园区。", [("到2025年", 2025, (12, 31), False)]),
        ("2024年上半年完成摸底。", [("2024年上半年", 2024, (6, 30), False)]),
        ("2022年2月底前报送。", [("2022年2月底前", 2022, (2, 28), False)]),
        ("2024年第三季度组织验收。", [("2024年第三季度", 2024, (9, 30), False)]),
        ("2024年3月15日前公示。", [("2024年3月15日前", 2024, (3, 15), False)]),
        ("6月底前完成首轮检查。", [("6月底前", 0, (6, 30), False)]),
        ("按照2020年修订的条例执行，自2021年以来的案件全部复核。", []),
        ("落实《2023年工作要点》。", []),
        ("每年年底前公布名单。", [("每年年底前", 0, (12, 31), True)]),
    ],
)  # fmt: skip
def test_time_limits_inside_measures_are_found(measure, wanted):
    assert points(measure) == wanted


def test_a_yearly_limit_falls_due_each_year_of_the_plan():
    found = read("某市任务分工\n一、任务\n1.办好甲事。每年2月发布案例。（市教委负责）\n")
    days = found.rows[0].points[0].days(date(2023, 3, 1), date(2025, 12, 31))
    assert days == (date(2024, 2, 28), date(2025, 2, 28))


# -- another city's rows ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "金川市知识产权工作任务分工\n一、任务\n1.提升质量。评价。（责任单位：市教委）\n二、保障\n1.加强组织领导。建机制。（责任单位：市知识产权局）\n",
        "某省任务分工\n三、实施保障\n1.加强组织领导。建机制。（责任单位：省知识产权局）\n2.健全政策法规。修订。（责任单位：省司法厅）\n",
        "某市方案\n三、实施保障\n（一）加强组织领导。建机制。（市教委负责）\n（二）加大资金投入。保障。（市财政局负责）\n",
        "国务院某部任务分工\n一、任务\n1.强化评估考核。建机制。（国家知识产权局负责）\n",
    ],
)
def test_another_citys_row_is_never_bound_but_the_likeness_is_said(text):
    found = read(text)
    assert not any(r.matched for r in found.rows)
    doubts = [d for d in found.doubts if d.code == "binding"]
    assert doubts and all("绑定到" in d.readings[1].text for d in doubts)


def test_the_citys_own_document_is_bound():
    found = read(
        "《天津市知识产权“十四五”规划》任务分工\n三、实施保障\n1.加强组织领导。建机制。（责任单位：市知识产权局）\n"
        "2.创新体制机制。改革。（责任单位：市教委）\n"
    )
    assert [r.matched for r in found.rows] == ["K1", "K2"]


# -- what stands around such a document -------------------------------------------------------------------------------


def test_a_letter_of_the_state_is_read_from_its_salutation_to_its_closing_words():
    found = check(
        """国务院办公厅关于印发某会议重点任务分工方案的通知
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
　　《某会议重点任务分工方案》已经国务院同意，现印发给你们，请认真贯彻执行。
国务院办公厅
2099年7月11日
（此件公开发布）
某会议重点任务分工方案
　　为确保会议确定的任务落到实处，现制定如下分工方案。
　　一、直面需求，创新实施政策
　　（一）推动降低门槛。（财政部、国家发展改革委等国务院相关部门、单位及各地区按职责分工负责）
　　具体措施：
　　1.梳理压减数量，2099年9月底前取消评价，确保2099年2.8万亿元直达。（财政部负责）
　　各地区、各有关部门要对标任务分工，细化实化措施。
""",
        [
            "直面需求，创新实施政策//1: 财政部 divided, 国家发展改革委 divided, 国务院相关部门、单位 divided, "
            "各地区 divided, 财政部 alone@1",
        ],
    )
    assert (found.title, found.issued_by) == ("某会议重点任务分工方案", "国务院办公厅")
    assert [p.words for p in found.rows[0].points] == ["2099年9月底前"]
    assert not any("对标" in m for m in found.rows[0].measures)


def test_words_after_the_units_of_a_measure_are_shown_as_unread_with_the_other_reading():
    found = read(
        "某市任务分工\n一、任务\n（一）甲事，做实。（市教委牵头）\n具体措施：\n1.甲一，办好。（市商务局负责）\n河边的柳树发了芽。\n"
    )
    doubt = next(d for d in found.doubts if d.code == "stray")
    assert found.accounted()["unplaced"] == len("河边的柳树发了芽。\n")
    ((_, values),) = doubt.readings[1].rows
    assert values["measures"][-1] == "河边的柳树发了芽。"
