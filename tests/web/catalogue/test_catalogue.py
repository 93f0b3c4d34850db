"""The catalogue's pages say what is declared, on what it rests, and whether it comes out."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse

from jinzhi.apps.cases.actions import open_case
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.fields import Type
from jinzhi.kernel.procedure import Procedure
from jinzhi.web.catalogue import guide

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def text(response) -> str:
    return response.content.decode()


def flat(response) -> str:
    """The words of a page, without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text(response)))


def test_the_catalogue_counts_every_kind(district):
    page = flat(district.client.get(reverse("catalogue")))
    for kind, held in catalogue().found.items():
        assert str(len(held)) in page, kind
    for word in ("督办单", "法规", "节假日安排", "角色"):
        assert word in page


@pytest.mark.parametrize("kind", sorted(catalogue().kinds()))
def test_every_kind_has_a_list_that_links_to_each(district, kind):
    url = reverse("laws") if kind == "law" else reverse("declarations", args=[kind])
    page = text(district.client.get(url))
    for id in catalogue().ids(kind):
        assert f'/{id}/"' in page


@pytest.mark.parametrize("kind", sorted(catalogue().kinds()))
def test_any_declaration_has_a_generic_page(district, kind):
    for id in catalogue().ids(kind)[:3]:
        value = catalogue().found[kind][id].value
        page = district.client.get(reverse("declaration", args=[kind, id]), follow=True)
        assert page.status_code == 200
        assert value.zh in text(page)
        if kind not in ("register", "unit"):
            assert value.authored_by in text(page)


@pytest.mark.parametrize("kind", sorted(catalogue().kinds()))
def test_no_page_of_a_declaration_shows_the_programmers_keys_unfolded(district, kind):
    """Ids, modules and field names stand below 开发者信息, which is folded."""
    for id in catalogue().ids(kind)[:4]:
        value = catalogue().found[kind][id].value
        page = text(district.client.get(reverse("declaration", args=[kind, id]), follow=True))
        main = page[page.index("<main") : page.index("</main>")]
        read = re.sub(r'<details[^>]*id="developers".*?</details>', "", main, flags=re.S)
        words = re.sub(r"<[^>]+>", "\n", read)
        assert "jinzhi.matters" not in words
        assert not {"below", "own", "district"} & {line.strip() for line in words.splitlines()}
        assert not re.search(r"^\s*[a-z]+(?:[-_.][a-z*]+)+\s*$", words, re.M), (kind, id)
        keys = {f.name for f in dataclasses.fields(value)} - {"en"}
        assert not keys & {line.strip() for line in words.splitlines()}, (kind, id)


def test_an_article_is_named_as_lawyers_do_and_not_broken(district):
    page = text(district.client.get(reverse("law", args=["patent-law-2020"])))
    assert re.search(r'<td class="nowrap"[^>]*>第42条</td>', page)


def test_a_guide_says_first_how_long_who_and_with_what_result(district):
    page = flat(district.client.get(reverse("procedure", args=["complaint"])))
    at = page.index
    assert at("多久 受理期限 7 个工作日") < at("谁来发起 承办人") < at("可能的结果") < at("怎么办")
    assert at("不予办理或终止的情形 不予受理 → 不予受理") > at("怎么办")
    assert "知道受侵害已超过三年" in page


def test_an_unknown_declaration_is_a_404_in_words(district):
    for name, args in (
        ("declarations", ["nonsense"]),
        ("declaration", ["role", "nobody"]),
        ("procedure", ["nonsense"]),
        ("law", ["nonsense"]),
    ):
        page = district.client.get(reverse(name, args=args))
        assert page.status_code == 404
        assert "没有" in flat(page)


def test_the_list_can_be_searched(district):
    page = flat(district.client.get(reverse("laws"), {"q": "投诉"}))
    assert "市场监督管理投诉举报处理办法" in page
    assert "专利法" not in page.replace("专利法实施细则", "")


def test_a_law_says_whether_it_is_in_force_today(district):
    old = flat(district.client.get(reverse("law", args=["complaints-order-20"])))
    new = flat(district.client.get(reverse("law", args=["complaints-order-121"])))
    assert "已失效" in old
    assert "现行有效" in new
    assert "市场监督管理投诉举报处理暂行办法" in new  # the one it replaces
    assert "投诉处理" in new  # what rests on it


def test_the_laws_can_be_narrowed_by_force(district):
    page = flat(district.client.get(reverse("laws"), {"force": "repealed"}))
    assert "市场监督管理投诉举报处理暂行办法" in page
    assert district.client.get(reverse("laws"), {"force": "perhaps"}).status_code == 400


def test_an_unverified_figure_says_so(district):
    doubtful = next(x for x in catalogue().all(_law()) if any(not q.verified for _p, q in x.parameters))
    assert "未核实" in flat(district.client.get(reverse("law", args=[doubtful.id])))


def _law():
    return type(next(iter(catalogue().found["law"].values())).value)


def test_the_roles_say_who_sees_personal_data(district):
    page = flat(district.client.get(reverse("roles")))
    assert "可见，每次查看留痕" in page
    assert "本单位及下级" in page


def test_the_holidays_say_the_days_worked_in_exchange(district):
    assert "2026-10-10" in flat(district.client.get(reverse("holidays")))


def test_a_procedure_shows_its_steps_terms_and_examples(district):
    page = flat(district.client.get(reverse("procedure", args=["complaint"])))
    for words in (
        "登记投诉",
        "《市场监督管理投诉举报处理暂行办法》第21条",
        "45 个工作日",
        "60 日",
        "与预期一致",
        "2026-04-14 accept",
        "P4",
        "尚无第二人复核",
    ):
        assert words in page, words
    assert "与预期不符" not in page


def test_a_platforms_term_is_not_passed_off_as_law(district):
    assert "平台期限，非法定期限" in flat(district.client.get(reverse("procedure", args=["supervision-order"])))


def test_the_number_of_cases_is_what_the_reader_sees(above, district, elsewhere):
    order = {"title": "督", "demand": "办", "due": "2026-12-01"}
    open_case("supervision-order", "issue", order, who=above.acting, unit=district.acting.unit, on=date(2026, 11, 2))
    for person, n in ((above, "1 件"), (district, "1 件"), (elsewhere, "0 件")):
        assert n in flat(person.client.get(reverse("procedure", args=["supervision-order"])))


def test_opening_is_offered_to_those_who_may(above, district):
    url = reverse("case-open", args=["supervision-order"])
    assert url in text(above.client.get(reverse("procedure", args=["supervision-order"])))
    assert url not in text(district.client.get(reverse("procedure", args=["supervision-order"])))


def test_the_pictures_and_the_bpmn_are_served(district):
    svg = district.client.get(reverse("procedure-svg", args=["complaint"]), {"theme": "dark", "lang": "en"})
    assert svg.headers["Content-Type"].startswith("image/svg+xml")
    assert "In mediation" in text(svg)
    got = district.client.get(reverse("procedure-bpmn", args=["complaint"]))
    assert ET.fromstring(got.content).find(f"{BPMN}process").get("id") == "process-complaint"
    assert district.client.get(reverse("procedure-svg", args=["complaint"]), {"theme": "x"}).status_code == 400


@pytest.mark.parametrize("name", ["catalogue", "laws", "roles", "holidays"])
def test_the_lists_ask_few_queries(district, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        district.client.get(reverse(name))


def test_nobody_signed_in_is_sent_to_sign_in(client, city):
    assert client.get(reverse("catalogue")).status_code == 302


def test_a_guide_says_how_every_input_is_given():
    """No input is called words that is none: the kinds of input are all told apart."""
    for p in catalogue().all(Procedure):
        for f in (f for s in p.steps for f in s.inputs):
            assert (guide.plain_choices(f) == "文字") == (f.type in (Type.TEXT, Type.LONG)), (p.id, f.id)


@pytest.mark.parametrize("p", catalogue().all(Procedure), ids=lambda p: p.id)
def test_a_guide_says_what_every_step_needs(district, p):
    page = flat(district.client.get(reverse("procedure", args=[p.id])))
    needs = {need for s in p.steps for need in s.needs} | {
        c for s in p.steps for shown in s.shows for c in shown.checks
    }
    assert ("要核对的条件" in page) == bool(needs)
    assert all(need.zh in unescape(page) for need in needs)


def test_a_guide_says_what_comes_of_a_check_that_cannot_be_judged(district):
    page = flat(district.client.get(reverse("procedure", args=["crime-transfer"])))
    assert "不符合或不能判定的，不能办理" in page
    assert "逐项列出，随步骤存档" in page
    assert "逐条填写" in flat(district.client.get(reverse("procedure", args=["patent-adjudication"])))
