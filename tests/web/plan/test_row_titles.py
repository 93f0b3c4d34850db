"""What rows of the plan are called: English on English pages where a name is declared, marked Chinese where none is."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.utils.translation import override
from lxml import html
from openpyxl import load_workbook

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.plan.models import Row
from jinzhi.kernel.plan import PlanRow
from jinzhi.web.plan.titles import heading_of, name_of, title_of, titled
from tests.web.plan.city import plan_city

BOUND, ENGLISH = "提升企业知识产权创造水平", "Raise enterprises' IP creation"
UNBOUND = "没有绑定的任务"
PAGES = (
    "/plan/", "/plan/?tab=attention", "/plan/?view=wall", "/plan/rows/", "/plan/rows/C1/", "/plan/matrix/",
    "/plan/matrix/?turned=1", "/plan/milestones/", "/units/tj-ip-office/", "/search/?q=enterprises",
)  # fmt: skip


@pytest.fixture
def release(city):
    return plan_city()


def in_english(person, url: str):
    person.client.cookies["jz_language"] = "en"
    got = person.client.get(url)
    assert got.status_code == 200, url
    return got


def unmarked(page: bytes, text: str) -> list[str]:
    """Where a page shows a text outside of anything that is marked as Chinese."""
    tree = html.fromstring(page)
    found = tree.xpath("//body//text()[not(ancestor::script) and not(ancestor::style)]")
    return [
        str(t).strip() for t in found
        if text in t and not t.getparent().xpath("ancestor-or-self::*[@lang][1][starts-with(@lang, 'zh')]")
    ]  # fmt: skip


@pytest.mark.parametrize("url", PAGES)
def test_an_english_page_gives_a_bound_row_its_english_name(release, above, url):
    page = in_english(above, url).content
    assert unmarked(page, BOUND) == []
    assert unmarked(page, UNBOUND) == []


def test_rows_are_listed_in_english_and_those_without_a_name_are_marked(release, above):
    page = in_english(above, "/plan/rows/").content.decode()
    assert html.fromstring(page).text_content().count(ENGLISH) == 1
    assert f'<span lang="zh-Hans">{UNBOUND}</span>' in page
    assert "High-quality creation of IP" in page


def test_a_chinese_page_prints_the_title_of_the_document(release, above):
    page = above.client.get("/plan/rows/").content.decode()
    assert BOUND in page
    assert ENGLISH not in html.fromstring(page).text_content()


@pytest.mark.parametrize("url", ["/plan/rows/export.xlsx", "/plan/matrix/export.xlsx", "/plan/milestones/export.xlsx"])
def test_an_english_sheet_has_english_titles(release, above, url):
    book = load_workbook(BytesIO(in_english(above, url).content))
    words = {str(c.value) for sheet in book for line in sheet.iter_rows() for c in line}
    assert ENGLISH in words
    assert not any(BOUND in w for w in words)


def test_the_api_has_both(release, above):
    got = above.client.get("/api/v1/plan/rows").json()["items"]
    titles = {r["key"]: (r["title"], r["title_en"]) for r in got}
    assert titles["C1"] == (BOUND, ENGLISH)
    assert titles["9.9"] == (UNBOUND, "")


def test_a_declared_row_a_section_and_a_part_have_an_english_name():
    for row in catalogue().all(PlanRow):
        names = (row.en, row.part_en, *([row.section_en] if row.section else []))
        assert all(names), row.id
        assert not any(re.search("[一-鿿]", n) for n in names), row.id


def test_the_language_of_a_title_is_told_beside_it():
    bound, unbound = Row(key="C1", bound="C1", title="甲"), Row(key="1.1", bound="", title="<乙>")
    assert title_of(bound) == ("甲", "")
    assert title_of(bound, short=True) == (BOUND, "")
    with override("en"):
        assert title_of(bound) == (ENGLISH, "")
        assert title_of(unbound) == ("<乙>", "zh-Hans")
        assert name_of(unbound) == "1.1 <乙>"
        assert titled(unbound) == '1.1 <span lang="zh-Hans">&lt;乙&gt;</span>'
        assert heading_of("实施保障") == ("Safeguards", "")
        assert heading_of("别的章节") == ("别的章节", "zh-Hans")
