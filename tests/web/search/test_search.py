"""Search: what is found, what stays hidden, numbers that lead straight to their page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils.timezone import now

from jinzhi.apps.cases.actions import open_case
from jinzhi.apps.patents.desk.saved import keep
from jinzhi.apps.plan.models import Measure, Release, Row
from jinzhi.web.search.page import find_cases, find_evidence, highlight, words_of
from tests.apps.patent_documents import stored
from tests.apps.test_custody import take


@pytest.fixture
def plan(city) -> Release:
    release = Release.objects.create(
        plan="test",
        number=1,
        title="规划",
        starts=date(2021, 1, 1),
        ends=date(2025, 12, 31),
        in_force=True,
        stored_at=now(),
    )
    row = Row.objects.create(release=release, key="C1", position=1, part="重点任务", title="健全制度")
    Measure.objects.create(row=row, position=1, text="推动地方立法，建设<公共服务>网点，" + "完善规则。" * 30)
    old = Release.objects.create(
        plan="test", number=2, title="旧规划", starts=date(2020, 1, 1), ends=date(2020, 12, 31), stored_at=now()
    )
    Row.objects.create(release=old, key="Z9", position=1, title="旧任务健全制度")
    return release


@pytest.fixture
def order(above, district):
    inputs = {"title": "加快网点建设", "demand": "限期完成", "due": "2026-11-20"}
    return open_case("supervision-order", "issue", inputs, who=above.acting, unit=district.acting.unit)


def look(person, **query):
    return person.client.get("/search/", query)


def found(person, query: str) -> dict[str, int]:
    return {g.kind.id: g.total for g in look(person, q=query).context["groups"]}


def test_rows_and_measures_of_the_release_in_force_are_found(district, plan):
    assert found(district, "健全制度") == {"rows": 1}
    assert found(district, "网点")["measures"] == 1
    page = look(district, q="网点").content.decode()
    assert "<mark>网点</mark>" in page
    assert "&lt;公共服务&gt;" in page
    assert 'href="/plan/rows/C1/"' in page


def test_every_word_must_occur(district, plan):
    assert found(district, "立法 网点") == {"measures": 1}
    assert found(district, "立法 火星") == {}
    assert found(district, "立法　网点") == {"measures": 1}


def test_nothing_found_offers_the_query_with_a_word_less(district, plan):
    page = look(district, q="立法 火星")
    assert page.context["variants"] == [("立法", "/search/?q=%E7%AB%8B%E6%B3%95", 1)]
    assert "没有找到" in page.content.decode()


def test_a_unit_is_found_by_another_of_its_names(district):
    assert found(district, "滨海新区")["units"] >= 1
    assert found(district, "东丽区")["units"] >= 1


def test_declarations_are_found_by_their_chinese_and_english(district):
    assert found(district, "supervision order")["declarations"] >= 1
    assert found(district, "专利法")["declarations"] >= 1


def test_three_people_find_the_cases_they_may_see(order, district, above, elsewhere):
    assert found(district, "加快网点") == {"cases": 1}
    assert found(above, "加快网点") == {"cases": 1}
    assert found(elsewhere, "加快网点") == {}


def test_who_may_read_no_cases_finds_none(order, above):
    assert find_cases(["加快网点"], above.acting).count() == 1
    assert find_cases(["加快网点"], replace(above.acting, scopes=("plan.read",))).count() == 0


@pytest.mark.parametrize("query", ["C1", "c1", " C1 "])
def test_the_number_of_a_row_leads_straight_to_it(district, plan, query):
    assert look(district, q=query)["Location"] == "/plan/rows/C1/"


def test_a_row_of_an_old_release_has_no_page_to_lead_to(district, plan):
    assert look(district, q="Z9").status_code == 200


def test_the_number_of_a_case_leads_to_it_only_for_whom_may_see_it(order, district, elsewhere):
    assert look(district, q=order.number)["Location"] == f"/cases/{order.pk}/"
    assert look(elsewhere, q=order.number).status_code == 200


def test_one_kind_alone_is_paged(district):
    page = look(district, q="法", kind="declarations")
    assert page.context["page"].paginator.count > 10
    assert [g.kind.id for g in page.context["groups"]] == ["declarations"]
    assert look(district, q="法", kind="stars").status_code == 400


def test_a_query_too_long_is_a_clear_error(district):
    answer = look(district, q="长" * 201)
    assert answer.status_code == 400
    assert "最多 200 字，现有 201 字" in answer.content.decode()
    assert look(district, q="长" * 200).status_code == 200


def test_an_empty_query_says_what_can_be_asked(district):
    assert "C1" in look(district).content.decode()
    assert look(district, q="   ").status_code == 200


@pytest.mark.parametrize("query", ["%", "_", "'; drop table", "<script>alert(1)</script>", "\\", "(", "[a-", "😀"])
def test_odd_characters_are_only_characters(district, plan, query):
    answer = look(district, q=query)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_patents_are_found_with_everything_else_and_lead_to_their_page(district, plan):
    stored()
    answer = look(district, q="隔膜")
    (group,) = [g for g in answer.context["groups"] if g.kind.id == "patents"]
    assert group.total == len(group.hits) == 3
    assert "/patents/?q=" in group.all_href
    page = answer.content.decode()
    assert "CN117000001A" in page and 'href="/patents/CN117000001A/"' in page
    assert found(district, "天津某电池有限公司")["patents"] == 4
    assert found(district, "隔膜 激光")["patents"] == 1
    assert found(district, "隔膜 %") == {}


def test_each_kind_is_counted_and_leads_on(district, plan):
    stored()
    answer = look(district, q="电池")
    told = {str(c.label): c for c in answer.context["counts"]}
    assert told["专利"].total == 4
    assert sum(c.total for c in told.values()) == answer.context["everything"] == answer.context["total"]
    # every word of the query, and all of what the count says, stand behind its link
    there = district.client.get(told["专利"].href)
    assert there.context["search"].total == 4
    assert look(district, q="电池", kind="patents")["Location"] == told["专利"].href
    one = look(district, q="电池", kind="units")
    assert {str(c.label): c.total for c in one.context["counts"]}["专利"] == 4


def test_the_number_of_a_patent_leads_straight_to_it(district, plan):
    stored()
    for number in ("CN117000001A", "CN117000001", "cn117000001a"):
        answer = look(district, q=number)
        assert answer.status_code == 302, number
        assert answer["Location"].startswith("/patents/CN"), number
    assert look(district, q="CN999999999A").status_code == 200


def test_evidence_is_found_by_whom_may_see_it(district, elsewhere, settings, tmp_path):
    settings.JINZHI_STORE, settings.JINZHI_STORE_KEY = tmp_path / "store", tmp_path / "keys" / "store.key"
    item = take(district, title="电芯测试记录")
    assert found(district, "电芯测试")["evidence"] == 1
    assert "evidence" not in found(elsewhere, "电芯测试")
    assert look(district, q=item.number)["Location"] == f"/custody/{item.number}/"
    assert look(elsewhere, q=item.number).status_code == 200
    assert find_evidence(["电芯"], replace(district.acting, scopes=("plan.read",))).count() == 0


def test_saved_queries_and_topics_are_found_by_their_people(district, elsewhere):
    keep(district.acting, name="隔膜专项", text="ti=隔膜")
    assert found(district, "隔膜专项") == {"saved": 1}
    assert found(elsewhere, "隔膜专项") == {}


def test_traditional_characters_find_what_is_written_simplified(district, plan):
    stored()
    assert found(district, "網點")["measures"] == 1
    assert found(district, "濱海新區")["units"] >= 1
    assert found(district, "電池")["patents"] == 4


def test_without_an_index_the_page_says_that_patents_are_missing(district, plan, settings):
    stored()
    settings.JINZHI_SEARCH = "tantivy"
    answer = look(district, q="电池")
    assert answer.status_code == 200
    assert "专利：现在不能检索" in answer.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_results(district, order, plan, django_assert_max_num_queries):
    with django_assert_max_num_queries(28):
        look(district, q="建设")


def test_a_stranger_must_sign_in(client, city):
    assert client.get("/search/?q=x")["Location"].startswith("/accounts/login/")


def test_marking_escapes_and_marks_the_longest_word():
    assert highlight("<b>专利法", ["专利", "专利法"]) == "&lt;b&gt;<mark>专利法</mark>"
    assert words_of("a　b a") == ["a", "b"]
