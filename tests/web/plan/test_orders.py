"""Supervision orders: the list and its share, Word and Excel, issuing several at once; as three people."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook

from jinzhi.apps.cases.actions import open_case, take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.units.models import Unit
from tests.apps.plan_fixtures import milestone, small_plan

LIST = "/plan/orders/"
ISSUE = "/plan/orders/issue/"
PAIRS = ["U1:tj-binhai", "C1:tj-binhai", "U1:tj-dongli"]


@pytest.fixture
def release(city):
    return small_plan()


@pytest.fixture
def late(release):
    milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 10)
    milestone(release, "C1", "tj-binhai", date(2026, 10, 30), 1)
    milestone(release, "U1", "tj-dongli", date(2026, 8, 31), 1)


def order(above, unit: str, title: str, issued: date, due: str, row: str = "U1") -> Case:
    raw = {"title": title, "demand": f"请办理{title}", "grounds": "超期", "due": due}
    return open_case(
        "supervision-order", "issue", raw, who=above.acting, unit=Unit.objects.get(code=unit), on=issued,
        subject=f"row:{row}", subject_title="健全知识产权运营体系",
    )  # fmt: skip


@pytest.fixture
def orders(release, above, district, elsewhere):
    """One answered in time, one answered late, one overdue, one that still has time, one withdrawn."""
    made = {
        "met": order(above, "tj-binhai", "按期", date(2026, 11, 2), "2026-11-20"),
        "late": order(above, "tj-binhai", "迟到", date(2026, 11, 2), "2026-11-10"),
        "expired": order(above, "tj-dongli", "未复", date(2026, 11, 2), "2026-11-13"),
        "running": order(above, "tj-dongli", "在办", date(2026, 11, 18), "2026-12-10"),
        "withdrawn": order(above, "tj-dongli", "撤回", date(2026, 11, 2), "2026-11-10"),
    }
    take(made["met"], "answer", {"answer": "已办"}, who=district.acting, on=date(2026, 11, 20))
    take(made["late"], "answer", {"answer": "补办"}, who=district.acting, on=date(2026, 11, 12))
    take(made["withdrawn"], "withdraw", {"reason": "重复"}, who=above.acting, on=date(2026, 11, 3))
    return made


def titles(person, **query) -> list[str]:
    return [r.cells[1].value for r in person.client.get(LIST, query).context["table"].rows]


def text_of(answer) -> str:
    return answer.content.decode()


# the list


def test_each_sees_the_orders_of_the_own_unit(orders, district, above, elsewhere):
    assert set(titles(district)) == {"按期", "迟到"}
    assert set(titles(elsewhere)) == {"未复", "在办", "撤回"}
    assert len(titles(above)) == 5


def test_the_share_counts_orders_whose_day_has_come(orders, above, district):
    assert above.client.get(LIST).context["share"] == ("33.3%", "2026 年答复期限已到的 3 件中，1 件按期")
    assert district.client.get(LIST).context["share"] == ("50.0%", "2026 年答复期限已到的 2 件中，1 件按期")


def test_an_order_answered_before_its_day_counts_once_the_day_has_come(release, above, district):
    early = order(above, "tj-binhai", "早答", date(2026, 11, 2), "2026-12-01")
    take(early, "answer", {"answer": "已办"}, who=district.acting, on=date(2026, 11, 20))
    share = above.client.get(LIST).context["share"]
    assert share == ("", "2026 年答复期限已到的 0 件中，0 件按期；另有 1 件提前答复，到期后计入")


def test_without_any_order_the_share_is_not_a_number(release, above):
    shown = above.client.get(LIST)
    assert shown.context["share"] == ("", "2026 年答复期限已到的 0 件中，0 件按期")
    assert "还没有下达过督办单" in text_of(shown)


@pytest.mark.parametrize("fate", ["met", "late", "expired", "running"])
def test_each_fate_is_a_filter(orders, above, fate):
    assert titles(above, answered=fate) == [orders[fate].title]


def test_an_order_sent_back_counts_by_its_new_day(orders, above, district):
    take(orders["met"], "reject", {"reason": "再办", "due": "2026-11-30"}, who=above.acting)
    assert set(titles(above, answered="running")) == {"按期", "在办"}


def test_open_orders_come_first_by_due_date_and_any_column_sorts(orders, above):
    assert titles(above)[:2] == ["未复", "在办"]
    assert titles(above, sort="-issued")[0] == "在办"
    assert titles(above, sort="title") == sorted(titles(above))
    assert titles(above, unit="tj-binhai", state="answered") != []
    assert above.client.get(LIST, {"sort": "colour"}).status_code == 400


def test_the_list_takes_the_same_few_queries_whatever_its_size(release, above, django_assert_max_num_queries):
    for n in range(60):
        order(above, "tj-dongli", f"第 {n} 件", date(2026, 11, 2), "2026-12-01")
    above.client.get(LIST)
    with django_assert_max_num_queries(12):
        assert len(titles(above)) == 50


def test_the_excel_holds_all_rows_of_the_filter(orders, above):
    book = load_workbook(BytesIO(above.client.get(f"{LIST}export.xlsx?answered=late").content))
    sheet = book["督办单"]
    heads = [c.value for c in sheet[1]]
    row = dict(zip(heads, [c.value for c in sheet[2]], strict=True))
    assert (sheet.max_row, row["督办事项"], row["办理情况"]) == (2, "迟到", "补办")
    notes = {a.value: b.value for a, b in book["说明"].iter_rows(max_col=2)}
    assert (notes["答复"], notes["按期答复"]) == ("逾期答复", "0.0% · 2026 年答复期限已到的 1 件中，0 件按期")


# Word


def word(person, path: str):
    return Document(BytesIO(person.client.get(LIST + path).content))


def test_an_order_in_word_says_everything_and_has_a_slip_to_answer_on(orders, above):
    doc = word(above, f"{orders['running'].pk}/order.docx")
    said = {r.cells[0].text: r.cells[1].text for r in doc.tables[0].rows}
    assert said["编号"] == orders["running"].number
    assert said["承办单位"] == Unit.objects.get(code="tj-dongli").zh
    assert said["期限"] == "2026-12-10"
    assert said["任务"] == "U1 健全知识产权运营体系"
    assert said["任务内容"] == "健全知识产权运营体系的第一项措施。"
    assert said["督办要求"] == "请办理在办"
    assert [r.cells[0].text for r in doc.tables[1].rows] == ["办理情况", "承办人", "负责人", "日期"]
    assert "办理情况回执" in [p.text for p in doc.paragraphs]


def test_an_extended_order_says_its_first_day_too(orders, above):
    take(orders["running"], "extend", {"new_due": "2026-12-31", "reason": "数据未到"}, who=above.acting)
    doc = word(above, f"{orders['running'].pk}/order.docx")
    assert "2026-12-31（原定 2026-12-10）" in [c.text for r in doc.tables[0].rows for c in r.cells]


def test_a_demonstration_says_so_on_every_page(orders, above):
    assert word(above, "orders.docx").sections[0].header.paragraphs[0].text == ""
    Installation.objects.update(demo=True)
    doc = word(above, "orders.docx")
    assert doc.sections[0].header.paragraphs[0].text == "演示数据，非官方统计"


def test_all_orders_of_the_filter_are_one_document(orders, above, district):
    assert len(word(above, "orders.docx").tables) == 10
    assert len(word(district, "orders.docx").tables) == 4
    assert above.client.get(f"{LIST}orders.docx?q=没有这件").status_code == 400


def test_the_order_of_another_unit_is_not_there(orders, district, elsewhere, above):
    url = f"{LIST}{orders['met'].pk}/order.docx"
    assert [p.client.get(url).status_code for p in (district, above, elsewhere)] == [200, 200, 404]


# issuing several


def key_of(answer) -> str:
    found = re.search(r'name="_key" value="([^"]+)"', text_of(answer).split('id="preview"')[1])
    assert found
    return found[1]


def test_late_rows_are_chosen_demanded_looked_over_and_issued(late, above, district):
    offered = above.client.get(ISSUE)
    assert {r.value for r in offered.context["table"].rows} == set(PAIRS)
    form = above.client.get(ISSUE, {"pair": PAIRS})
    assert [p.key for p in form.context["pairs"]] == PAIRS
    data = {"pair": PAIRS, "demand": "请限期完成", "grounds": "", "due": "2026-12-10"}
    look = above.client.post(ISSUE, data)
    assert look.context["preview"]
    assert "应于 2026-09-30 完成，至今未完成" in text_of(look)
    assert not Case.objects.unrestricted("test").exists()

    sent = {**data, "_step": "confirm", "_key": key_of(look)}
    for _ in range(2):
        assert above.client.post(ISSUE, sent).status_code == 302
    made = Case.objects.unrestricted("test").filter(procedure="supervision-order")
    assert sorted((c.subject, c.unit.code) for c in made) == [
        ("row:C1", "tj-binhai"), ("row:U1", "tj-binhai"), ("row:U1", "tj-dongli"),
    ]  # fmt: skip
    assert set(titles(district)) == {"加快推进“健全知识产权运营体系”", "加快推进“提升企业知识产权创造水平”"}
    assert "已有 1 件未办结" in text_of(above.client.get(ISSUE))


def test_one_order_that_is_refused_keeps_all_back(late, above):
    Unit.objects.filter(code="tj-dongli").update(active=False)
    answer = above.client.post(
        ISSUE, {"pair": PAIRS, "demand": "请办理", "due": "2026-12-10", "_step": "confirm", "_key": "k"}
    )
    assert answer.status_code == 400
    assert not Case.objects.unrestricted("test").exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [({"demand": ""}, "必填"), ({"due": "2026-11-21"}, "不能早于今天"), ({"due": "月底"}, "不是日期")],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_issued(late, above, change, why):
    data = {"pair": PAIRS, "demand": "请办理", "due": "2026-12-10", "_step": "confirm", "_key": "k", **change}
    answer = above.client.post(ISSUE, data)
    assert answer.status_code == 422
    assert why in text_of(answer)
    assert [p.key for p in answer.context["pairs"]] == PAIRS
    assert not Case.objects.unrestricted("test").exists()


def test_only_the_office_and_leaders_issue_orders(late, district, elsewhere, make_person):
    for person in (district, elsewhere, make_person("boss", "tj-binhai", "approver")):
        assert person.client.get(ISSUE).status_code == 403
        assert person.client.post(ISSUE, {"pair": PAIRS[:1], "demand": "x", "_step": "confirm"}).status_code == 403


def test_a_leader_of_a_district_reaches_only_the_own_units(late, make_person):
    leader = make_person("leader", "tj-binhai", "leader")
    assert {r.value for r in leader.client.get(ISSUE).context["table"].rows} == set(PAIRS[:2])
    assert leader.client.get(ISSUE, {"pair": PAIRS}).status_code == 400


def test_an_unknown_pair_is_named(late, above):
    answer = above.client.get(ISSUE, {"pair": "Z9:tj-binhai"})
    assert answer.status_code == 400
    assert "Z9:tj-binhai" in text_of(answer)


def test_where_nothing_is_late_the_page_says_so(release, above):
    assert "没有滞后或有风险的任务" in text_of(above.client.get(ISSUE))


# an order for a row that is on track wants its grounds


@pytest.fixture
def smooth(release):
    """A row whose only milestone is still to come: its light is ●."""
    milestone(release, "U1", "tj-binhai", date(2027, 6, 30), 10)


def test_several_orders_want_grounds_where_a_row_is_on_track(smooth, above):
    assert "督办须写明缘由" in text_of(above.client.get(ISSUE, {"pair": "U1:tj-binhai"}))
    given = {"pair": ["U1:tj-binhai"], "demand": "提前完成", "grounds": " ", "due": "2026-12-20", "_step": "confirm"}
    back = above.client.post(ISSUE, given)
    assert back.status_code == 422
    assert f"U1（{Unit.objects.get(code='tj-binhai').label}）" in str(back.context["form"].errors["grounds"])
    assert "提前完成" in text_of(back)
    assert not Case.objects.unrestricted("test").exists()
    assert above.client.post(ISSUE, {**given, "grounds": "市领导要求提前"}).status_code == 302
    made = Case.objects.unrestricted("test").get()
    assert "市领导要求提前" in text_of(above.client.get(f"/cases/{made.pk}/"))


def test_one_order_wants_grounds_where_its_row_is_on_track(smooth, above):
    url = "/procedures/supervision-order/open/"
    shown = above.client.get(url, {"subject": "row:U1", "unit": "tj-binhai"})
    assert "当前为“正常”" in text_of(shown)
    given = {"_subject": "row:U1", "_unit": "tj-binhai", "title": "提前", "demand": "提前完成", "due": "2026-12-20"}
    back = above.client.post(url, given)
    assert (back.status_code, Case.objects.unrestricted("test").count()) == (422, 0)
    assert "请写明缘由" in str(back.context["form"].errors["grounds"])
    assert above.client.post(url, {**given, "grounds": "市领导要求提前"}).status_code == 302


def test_a_row_that_is_late_or_of_which_nothing_is_known_needs_no_grounds(late, above):
    url = "/procedures/supervision-order/open/"
    given = {"_unit": "tj-binhai", "title": "督办", "demand": "说明", "due": "2026-12-20"}
    for subject in ("row:U1", "row:NONE", ""):
        assert above.client.post(url, {**given, "_subject": subject}).status_code == 302
