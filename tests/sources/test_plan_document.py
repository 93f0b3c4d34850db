"""Work-division documents in running text: what they say, and how they may be disfigured."""

from __future__ import annotations

import random
import re
from datetime import date

import pytest
from opencc import OpenCC

from jinzhi.sources.plan_document import PlanDocumentError
from tests.sources.plan_documents import OWN, ROWS, content, declared, needs_seed, read, seed, whole

DOCUMENTS = [pytest.param(lambda: OWN, id="own"), pytest.param(declared, id="declared")]


# -- our own document: every word of the parse is written out ------------------------------------------------------


def test_the_head_and_the_foot():
    found = read(OWN)
    assert found.title == "《示范市知识产权三年行动》任务分工"
    assert found.issued_by == "示范市知识产权联席会议办公室"
    assert found.issued_on == date(2026, 3, 9)


def test_rows_stand_at_their_places():
    places = [(r.place.part, r.place.section, r.place.number, r.title) for r in read(OWN).rows]
    assert places == [
        ("重点任务", "做强创造", 1, "培育优质专利"),
        ("重点任务", "做强创造", 2, "鼓励高校登记成果"),
        ("重点任务", "做实保护", 1, "健全快速通道"),
        ("重点任务", "做实保护", 2, "规范农产品标志"),
        ("支撑项目", "", 1, "知识产权数据工程"),
        ("支撑项目", "", 2, "知识产权小镇工程"),
    ]


def test_each_sentence_is_a_measure_put_together_over_page_numbers():
    rows = read(OWN).rows
    assert rows[0].measures == ("支持园区企业设立专利工作室。", "每年评选一批优质专利,并向社会公布结果。")
    assert rows[1].measures == ("引导高校在申请专利之前先做价值评估。",)


def test_a_page_number_inside_a_bracket_is_no_unit():
    assert [(d.unit, d.duty) for d in read(OWN).rows[2].duties] == [
        ("天津海关", "divided"),
        ("市市场监管委", "divided"),
    ]


def test_the_wording_of_a_duty_is_kept_apart_from_its_kind():
    duties = read(OWN).rows[3].duties
    assert [(d.raw, d.unit, d.duty, d.wording) for d in duties] == [
        ("市知识产权局", "市知识产权局", "led", "牵头"),
        ("市农委", "市农业农村委", "divided", "按职责分工负责"),
        ("各区人民政府", "各区人民政府", "divided", "按职责分工负责"),
    ]


def test_a_unit_named_by_itself_is_responsible_alone():
    assert [d.duty for d in read(OWN).rows[1].duties] == ["alone"]


def test_a_group_of_those_concerned_is_read_from_the_row():
    duty = read(OWN).rows[5].duties[-1]
    assert (duty.kind, set(duty.members)) == ("group", {"tj-binhai-ip", "tj-dongli-ip"})


def test_a_row_nobody_declared_is_not_bound_and_says_so():
    found = read(OWN)
    assert not any(r.matched for r in found.rows)
    assert any("没有与已知的规划任务对应" in w.text for w in found.warnings)


def test_the_hosting_site_is_furniture():
    found = read(OWN)
    shown = "".join(found.text[s.start : s.end] for s in found.spans if s.kind == "furniture")
    assert "ID:20260011" in shown
    assert "下载文档查看全文" in shown
    assert "关闭" in shown
    assert shown.count("-3-") == 5


def test_the_parse_has_the_shape_of_the_command():
    shape = read(OWN).as_dict()
    assert {"title", "issued_by", "issued_on", "rows", "units", "accounted", "warnings"} <= set(shape)
    assert {"id", "part", "section", "number", "title", "measures", "duties"} <= set(shape["rows"][0])
    assert {"unit", "duty", "raw"} <= set(shape["rows"][0]["duties"][0])
    assert shape["issued_on"] == "2026-03-09"


# -- what it cannot place ------------------------------------------------------------------------------------------


def test_words_between_two_rows_are_unplaced_and_shown():
    stray = "以下内容与本件无关"
    found = read(OWN.replace("(责任单位:市教委)", f"(责任单位:市教委){stray}"))
    assert found.accounted()["unplaced"] == len(stray)
    assert any(stray in w.text for w in found.warnings)
    assert [r.title for r in found.rows] == [r.title for r in read(OWN).rows]


def test_words_after_the_end_are_unplaced_and_shown():
    found = read(OWN + "\n河边的柳树发了新芽\n")
    assert any("河边的柳树发了新芽" in w.text for w in found.warnings)
    assert found.accounted()["unplaced"] >= len("河边的柳树发了新芽")


def test_a_unit_nobody_declared_is_kept_and_named():
    found = read(OWN.replace("市财政局", "市气象局"))
    assert ("市气象局", "unknown") in [(d.unit, d.kind) for d in found.rows[5].duties]
    assert any("市气象局" in w.text for w in found.warnings)


def test_a_bracket_that_never_closes_is_said():
    found = read(OWN.replace("市工业和信息化局按职责分工负责)", "市工业和信息化局按职责分工负责"))
    assert [r.title for r in found.rows] == [r.title for r in read(OWN).rows]
    assert len(found.rows[0].duties) == 3
    assert any("没有闭合" in w.text for w in found.warnings)


def test_a_row_that_lost_its_units_is_said():
    found = read(OWN.replace("(责任单位:市教委)", ""))
    assert [r.title for r in found.rows] == [r.title for r in read(OWN).rows]
    assert found.rows[1].duties == ()
    assert any("没有找到责任单位" in w.text for w in found.warnings)


@pytest.mark.parametrize("text", ["", " \n\n\t", "\u3000\ufeff\n"])
def test_nothing_is_no_plan(text):
    with pytest.raises(PlanDocumentError) as e:
        read(text)
    assert e.value.code in ("empty", "not-a-plan")


@pytest.mark.parametrize(
    "text",
    [
        "关于值班工作的通知\n各单位要加强值守,做好应急准备。遇有情况及时报告。\n某局办公室\n2026年1月3日",
        "一、总则\n第一条 为了规范管理,制定本办法。第二条 本办法适用于本市行政区域。",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
    ],
)
def test_another_document_is_no_plan(text):
    with pytest.raises(PlanDocumentError) as e:
        read(text)
    assert e.value.code == "not-a-plan"
    assert "责任单位" in e.value.message


# -- the seed ------------------------------------------------------------------------------------------------------


def test_the_whole_declared_plan_is_bound_and_nothing_left_over():
    found = read(declared())
    assert [sum(r.place.part_number == n for r in found.rows) for n in (1, 2, 3)] == [23, 9, 5]
    assert [r.matched for r in found.rows] == [r.id for r in ROWS] == [r.id for r in found.rows]
    assert found.accounted()["unplaced"] == 0
    assert found.warnings == ()
    assert (found.issued_by, found.issued_on) == ("天津市知识产权战略领导小组办公室", date(2021, 11, 2))


@needs_seed
def test_the_seed_has_37_rows_all_bound_and_nothing_left_over():
    found = read(seed())
    assert [sum(r.place.part_number == n for r in found.rows) for n in (1, 2, 3)] == [23, 9, 5]
    assert [r.matched for r in found.rows] == [r.id for r in found.rows]
    assert found.accounted()["unplaced"] == 0
    assert found.warnings == ()


@needs_seed
def test_the_seed_says_what_it_is():
    found = read(seed())
    assert found.title == "《天津市知识产权“十四五”规划》主要任务工作分工"
    assert found.issued_by == "天津市知识产权战略领导小组办公室"
    assert found.issued_on == date(2021, 11, 2)


@needs_seed
def test_every_unit_of_the_seed_is_resolved():
    units = read(seed()).units
    assert {u.kind for u in units} == {"unit", "group"}
    assert [u.name for u in units if "市农委" in u.raw] == ["市农业农村委"]


@needs_seed
def test_the_measures_of_the_seed_hold_every_word_between_title_and_units():
    text = seed()
    body = re.sub(r"\s|-20-", "", text[text.index("一、主要任务") : text.index("天津市知识产权战略领导小组办公室20")])
    duties = re.compile(r"\(责任单位:[^)]*\)")
    said = "".join("".join(r.measures) for r in read(text).rows)
    assert "-20-" not in said
    left = duties.sub("", body)
    for row in read(text).rows:
        left = left.replace(row.title, "", 1)
    assert len(left) - len(said) < 37 * 14 + 200
    assert all(m in body for r in read(text).rows for m in r.measures)


@needs_seed
def test_who_leads_in_the_safeguards():
    row = next(r for r in read(seed()).rows if r.id == "K4")
    assert [(d.unit, d.duty) for d in row.duties] == [
        ("市财政局", "led"),
        ("市知识产权局", "led"),
        ("市知识产权战略领导小组各成员单位", "divided"),
        ("各区人民政府", "divided"),
    ]


# -- the same document in other shapes ------------------------------------------------------------------------------


def sliced(text: str, width: int) -> str:
    return "\n".join("\n".join(line[i : i + width] for i in range(0, len(line), width)) for line in text.split("\n"))


def joined(text: str) -> str:
    return text.replace("\n", "")


def at_random(text: str) -> str:
    chance, out, i = random.Random(7), [], 0
    start = text.index("一、")
    while i < len(text):
        size = chance.randint(8, 60) if i >= start else max(1, start - i)
        out.append(text[i : i + size])
        i += size
    return "\n".join(out)


def renumbered(form: str):
    def change(text: str) -> str:
        pages = iter(range(1, 1000))
        return re.sub(r"-(?:20|3)-", lambda m: form % next(pages), text)

    return change


def without_row_numbers(text: str) -> str:
    return re.sub(r"(?<![0-9“.+\n])[1-9]\.(?=[\u4e00-\u9fff“])", "", text)


def without_section_signs(text: str) -> str:
    return re.sub(r"\([一二三四五六七八九]\)", "", text)


def paragraphs(text: str) -> str:
    text = re.sub(r"(?<=负责\))|(?<=局\))|(?<=教委\))", "\n", text)
    return re.sub(r"(\(责任单位)", r"\n\1", text)


SAME = {
    "20 columns": lambda t: sliced(t, 20),
    "35 columns": lambda t: sliced(t, 35),
    "joined, 20 columns": lambda t: sliced(joined(t), 20),
    "joined, 35 columns": lambda t: sliced(joined(t), 35),
    "one line": joined,
    "Windows line ends": lambda t: t.replace("\n", "\r\n"),
    "blank lines between": lambda t: sliced(t, 35).replace("\n", "\n\n"),
    "indented": lambda t: "\n".join("\u3000\u3000" + x for x in sliced(t, 35).split("\n")),
    "wrapped at random": at_random,
    "white brackets": lambda t: t.replace("(责任单位", "【责任单位").replace("负责)", "负责】").replace("局)", "局】"),
    "half of a bracket full": lambda t: t.replace("(责任单位:", "（责任单位："),
    "no pages": lambda t: re.sub(r"-(?:20|3)-", "", t),
    "pages as — 1 —": renumbered("— %d —"),
    "pages as 第1页": renumbered("第%d页"),
    "pages as 第1页共18页": renumbered("第%d页共18页"),
    "pages as － 1 －": renumbered("－%d－"),
    "pages as ·1·": renumbered("·%d·"),
    "pages as Page 1 of 18": renumbered("Page %d of 18"),
    "pages on lines": renumbered("\n%d\n"),
    "pages on lines, 35 columns": lambda t: renumbered("\n- %d -\n")(sliced(t, 35)),
    "other label": lambda t: t.replace("责任单位", "责任部门"),
    "no colon": lambda t: t.replace("责任单位:", "责任单位"),
    "paragraphs": paragraphs,
    "no brackets": lambda t: re.sub(r"\((责任单位:[^)]*)\)", r"\n\1\n", t),
    "signs with 、": lambda t: re.sub(r"(?<![0-9“.+\n])([1-9])\.(?=[\u4e00-\u9fff“])", r"\1、", t),
    "full-width signs": lambda t: re.sub(r"(?<![0-9“.+\n])1\.(?=[\u4e00-\u9fff“])", "１．", t),
    "stop after the bracket": lambda t: t.replace("负责)", "负责)。"),
    "names in full": lambda t: t.replace("市教委", "天津市教育委员会").replace("市科技局", "天津市科技局"),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_same_rows_in_another_shape(document, change):
    text = document()
    changed = change(text)
    assert changed != text
    found = read(changed)
    assert content(found) == content(read(text))
    assert whole(found)


@pytest.mark.parametrize(
    "change",
    [without_row_numbers, without_section_signs, lambda t: without_section_signs(without_row_numbers(t)),
     lambda t: t.replace("3.提升重点", "提升重点").replace("(四)高规格", "高规格").replace("(五)海外", "海外")],
    ids=["rows", "sections", "both", "three"],
)  # fmt: skip
def test_lost_numbers_are_made_up_for_by_the_known_rows(change):
    found = read(change(declared()))
    assert content(found) == content(read(declared()))
    assert found.accounted()["unplaced"] == 0


@pytest.mark.parametrize("way", ["s2t", "s2tw", "s2hk"])
def test_traditional_characters_give_the_same_rows_in_their_own_words(way):
    found = read(OpenCC(way).convert(declared()))
    plain = read(declared())
    assert [(r.id, r.matched) for r in found.rows] == [(r.id, r.matched) for r in plain.rows]
    assert [[(d.unit, d.duty) for d in r.duties] for r in found.rows] == [
        [(d.unit, d.duty) for d in r.duties] for r in plain.rows
    ]
    assert [len(r.measures) for r in found.rows] == [len(r.measures) for r in plain.rows]
    assert "知識產權" in found.rows[0].title
    assert found.accounted()["unplaced"] == 0


def test_full_width_punctuation_gives_the_same_rows():
    wide = declared().translate(str.maketrans("(),:;", "（），：；"))
    plain = read(declared())
    found = read(wide)
    assert [(r.id, r.title) for r in found.rows] == [(r.id, r.title) for r in plain.rows]
    assert found.rows[0].measures[0] == plain.rows[0].measures[0].replace(",", "，")
    assert found.accounted() == plain.accounted()


# -- other wordings -------------------------------------------------------------------------------------------------


def one(duty: str, before: str = "健全机制。开展专项检查。") -> list[tuple[str, str, str]]:
    text = f"知识产权年度任务分工\n一、保护\n1.{before}{duty}\n2.建设站点。布局服务网点。(责任单位:市知识产权局)\n"
    row = read(text, ()).rows[0]
    return [(d.raw, d.duty, d.time_limit) for d in row.duties]


@pytest.mark.parametrize(
    ("duty", "expected"),
    [
        ("(市知识产权局牵头,市科技局、市教委配合)", "市知识产权局 led,市科技局 support,市教委 support"),
        ("(市知识产权局会同市科技局、市教委负责)", "市知识产权局 led,市科技局 support,市教委 support"),
        ("(市知识产权局牵头,会同市科技局等部门)", "市知识产权局 led,市科技局 support"),
        ("(市商务局负责,市科技局参加)", "市商务局 alone,市科技局 support"),
        ("（牵头单位：市知识产权局；配合单位：市科技局、市教委）", "市知识产权局 led,市科技局 support,市教委 support"),
        ("(牵头部门:市知识产权局 协办部门:市科技局)", "市知识产权局 led,市科技局 support"),
        ("责任部门:市知识产权局,市科技局", "市知识产权局 divided,市科技局 divided"),
        ("【责任单位】市科技局、市文化和旅游局和市教委", "市科技局 divided,市文化和旅游局 divided,市教委 divided"),
        ("由市市场监管委牵头,市公安局、天津海关配合。", "市市场监管委 led,市公安局 support,天津海关 support"),
        ("(市司法局、市知识产权局按职责分工负责)", "市司法局 divided,市知识产权局 divided"),
        ("(责任单位:市知识产权局及各区知识产权局分工负责)", "市知识产权局 divided,各区知识产权局 divided"),
        ("(责任单位:滨海新区政府、市金融局以及市财政局)", "滨海新区政府 divided,市金融局 divided,市财政局 divided"),
        ("(市场局牵头,省公安厅配合)", "市场局 led,省公安厅 support"),
    ],
)
def test_duties_in_many_wordings(duty, expected):
    assert ",".join(f"{unit} {kind}" for unit, kind, _ in one(duty)) == expected


@pytest.mark.parametrize(
    ("duty", "limit"),
    [
        ("(牵头单位:市知识产权局;完成时限:2022年12月底前)", "2022年12月底前"),
        ("(市知识产权局负责,2023年底前完成)", "2023年底前完成"),
        ("(责任单位:市知识产权局,长期坚持)", "长期坚持"),
        ("牵头单位：市知识产权局\n完成时限：2024年6月", "2024年6月"),
        ("(责任单位:市知识产权局)", ""),
    ],
)
def test_time_limits(duty, limit):
    assert {x[2] for x in one(duty)} == {limit}


def test_labels_on_lines_of_their_own_belong_to_one_row():
    found = one(
        "\n牵头单位：市知识产权局\n配合单位：市科技局、各区人民政府\n完成时限：长期坚持", "培育专利\n建设中心。"
    )
    assert found == [
        ("市知识产权局", "led", "长期坚持"),
        ("市科技局", "support", "长期坚持"),
        ("各区人民政府", "support", "长期坚持"),
    ]


def test_a_letter_before_the_plan_is_read_and_not_lost():
    text = """示范市人民政府办公室关于印发《强市建设任务分工方案》的通知
示政办发〔2022〕5号
各县(区)人民政府,市政府各部门:
现将《强市建设任务分工方案》印发给你们,请认真贯彻执行。
示范市人民政府办公室
2022年3月15日
强市建设任务分工方案
为推进强市建设,制定本方案。
一、创造
(一)提高质量。完善政策。(市市场监管局牵头,市财政局配合)
(二)支持转化。推行试点。(牵头单位:市教育局)
"""
    found = read(text)
    assert found.title == "强市建设任务分工方案"
    assert found.issued_by == "示范市人民政府办公室"
    assert found.issued_on == date(2022, 3, 15)
    assert found.number == "示政办发〔2022〕5号"
    assert found.accounted()["unplaced"] == 0
    assert [r.title for r in found.rows] == ["提高质量", "支持转化"]


def test_several_brackets_in_one_row_are_for_their_own_measures():
    text = (
        "任务分工方案\n(一)创造\n1.完善政策。研究奖励。(责任单位:市知识产权局)开展高校试点。(责任单位:市教委)"
        "组织企业培训。(责任单位:市科技局)\n2.加强平台。建设数据库。(责任单位:市科技局)推广检索系统。(责任单位:市教委)\n"
    )
    rows = read(text).rows
    assert [r.title for r in rows] == ["完善政策", "加强平台"]
    assert [(d.unit, d.measure) for d in rows[0].duties] == [("市知识产权局", 0), ("市教委", 1), ("市科技局", 2)]


def test_a_task_of_one_sentence_is_its_own_title():
    text = "重点任务分工\n一、创造\n1.设立专利管理机构。(市教委负责)\n2.建成检索平台。(市科技局负责)\n"
    rows = read(text).rows
    assert [(r.title, r.measures) for r in rows] == [
        ("设立专利管理机构", ("设立专利管理机构。",)),
        ("建成检索平台", ("建成检索平台。",)),
    ]
