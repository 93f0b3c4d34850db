"""An expert's search in a browser: box, completion, echo, facet, previews, selection, comparison, document, paper."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from playwright.sync_api import Page, expect

from tests.journeys.conftest import VISITOR
from tests.journeys.site import Site

TITLE = "SELECT number, title FROM patents_document WHERE title LIKE '%电池%' AND claims > 1 ORDER BY number LIMIT 2"


def ask(page: Page, text: str) -> None:
    page.goto("/patents/")
    page.locator("#patent-query").fill(text)
    page.keyboard.press("Control+Enter")
    page.locator("#results-count, .error-summary, .empty").first.wait_for()


def count(page: Page) -> int:
    told = page.locator("#results-count").inner_text()
    return int(re.match(r"[\d,]+", told)[0].replace(",", ""))


def current(page: Page) -> str:
    return page.locator(".hit[aria-current]").get_attribute("data-number")


def test_an_expert_goes_from_the_box_to_the_next_hit(window, assert_clean):
    page = window("demo-ip-office")
    page.goto("/patents/")
    box = page.locator("#patent-query")
    box.focus()

    # completion: the field, then the class with its title or count, by keyboard alone
    page.keyboard.type("ip", delay=40)
    options = page.locator("#patent-options [role=option]")
    options.first.wait_for()
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "patent-option-0"
    assert_clean(page)
    page.keyboard.press("Enter")
    expect(box).to_have_value("ipc=")
    page.keyboard.type("H01M10", delay=40)
    expect(options.first).to_contain_text("H01M10")
    page.keyboard.press("Escape")
    expect(page.locator("#patent-options")).to_be_hidden()
    page.keyboard.type(" AND 电池")
    page.keyboard.press("Control+Enter")

    # what the query means, and a facet with as many as it says
    expect(page.locator("#query-explained")).to_contain_text("系统理解为")
    whole = count(page)
    facet = page.locator(".facets a[href*='st=']").first
    said = int(facet.locator(".n").inner_text().replace(",", ""))
    facet.click()
    expect(page.locator(".chip").first).to_be_visible()
    assert count(page) == said <= whole
    page.go_back()

    # j and k with the preview beside the list; its address is the hit's
    page.keyboard.press("j")
    expect(page.locator("#preview h2")).to_be_visible()
    first = current(page)
    page.keyboard.press("j")
    expect(page.locator(f".hit[aria-current]:not([data-number={first}])")).to_be_visible()
    second = current(page)
    page.wait_for_url(f"**doc={second}**")
    page.keyboard.press("k")
    expect(page.locator(f".hit[data-number={first}][aria-current]")).to_be_visible()
    assert_clean(page)

    # two picked, kept in the address, compared
    for number in (first, second):
        page.locator(f".hit[data-number={number}] input[name=pick]").check()
    expect(page.locator("#picks-count")).to_have_text("已选 2 件")
    page.wait_for_url(f"**pick={first}**")
    page.reload()
    expect(page.locator(f".hit[data-number={second}] input[name=pick]")).to_be_checked()
    page.get_by_role("button", name="比较所选两件").click()
    expect(page.locator("h1")).to_contain_text("权利要求比较")
    expect(page.locator(".claim-pair").first).to_be_attached()
    assert_clean(page)
    page.go_back()

    # the document, marked words by n, then the next hit by j
    page.locator(f".hit[data-number={first}] .hit-title a").click()
    expect(page.locator(".steps")).to_contain_text(f"第 1 / {whole:,} 件")
    page.keyboard.press("n")
    expect(page.locator("mark.is-here")).to_have_count(1)
    expect(page.locator("#mark-place")).to_contain_text("第 1 /")
    assert_clean(page)
    page.keyboard.press("j")
    page.wait_for_url(f"**/patents/{second}/**")
    expect(page.locator(".steps")).to_contain_text(f"第 2 / {whole:,} 件")


def test_families_fold_and_unfold(window, assert_clean):
    page = window("demo-ip-office")
    ask(page, "电池")
    whole = page.locator("#results-count").inner_text()
    page.get_by_role("link", name="按同族折叠").click()
    page.wait_for_url("**fold=family**")
    expect(page.locator("#results-count"), "both counts stay").to_have_text(whole)
    kin = page.locator(".kin").first
    kin.locator("summary").click()
    expect(kin.locator("li a").first).to_be_visible()
    assert_clean(page)


def test_what_is_like_a_document_says_why(window, assert_clean):
    page = window("demo-ip-office")
    ask(page, "电池")
    page.locator(".hit").first.get_by_role("link", name="相似专利").click()
    expect(page.locator("h1")).to_contain_text("相似专利")
    expect(page.locator(".reasons").first).to_contain_text("词语")
    assert_clean(page)
    link = page.get_by_role("link", name="件作为检索结果打开")
    said = int(re.search(r"\d+", link.inner_text())[0])
    link.click()
    assert 0 < count(page) == said <= 100


def test_nothing_found_offers_ways_on(window, assert_clean):
    page = window("demo-ip-office")
    ask(page, "电池 AND 没有这样的词")
    expect(page.locator(".empty")).to_contain_text("没有命中")
    assert_clean(page)
    page.get_by_role("link", name="去掉 没有这样的词").click()
    assert count(page) > 0
    ask(page, "没有这样的词")
    expect(page.locator(".empty")).to_contain_text("去掉任何一项也没有命中")
    ask(page, "tii=电池")
    expect(page.locator(".error-summary")).to_contain_text("ti（名称）")
    assert_clean(page)


def test_without_a_script_everything_has_an_address(window):
    page = window("demo-ip-office", "nojs")
    page.goto("/patents/?q=电池")
    page.get_by_role("link", name=re.compile("^预览")).nth(1).click()
    expect(page.locator("#preview h2")).to_be_visible()
    expect(page).to_have_url(re.compile("doc="))
    for at in (0, 2):
        page.locator(".hit input[name=pick]").nth(at).check()
    page.get_by_role("button", name="记住勾选").click()
    expect(page.locator("#picks-count")).to_have_text("已选 2 件")
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("#selection")).to_contain_text("其中 2 件不在本页")
    page.get_by_role("button", name="只看所选").click()
    assert count(page) == 2
    page.locator(".hit-title a").first.click()
    page.get_by_role("link", name="下一件").click()
    expect(page.locator(".steps")).to_contain_text("第 2 / 2 件")


@pytest.mark.parametrize("look", ["dark", "large", "narrow", "english"])
def test_the_pages_are_clean_in_every_look(window, site: Site, assert_clean, look):
    (a, _), (b, _) = site.rows(TITLE)
    page = window("demo-ip-office", look)
    for link in (
        f"/patents/?q=电池&fold=family&doc={a}&pick={a}",
        f"/patents/{a}/?q=电池",
        f"/patents/compare/?a={a}&b={b}",
        f"/patents/similar/?to={a}",
    ):
        page.goto(link)
        assert_clean(page)


def test_a_visitor_asks_with_long_texts_and_many_numbers(window, site: Site):
    (a, title), (b, _) = site.rows(TITLE)
    page = window(VISITOR)
    page.goto("/patents/numbers/")
    page.locator("#numbers").fill(f"{a}\n{b}\nCN1")
    page.get_by_role("button", name="检索", exact=False).first.click()
    expect(page.locator("#summary")).to_contain_text("3 个号码，找到 2 件文献，1 个没有找到")
    page.goto("/patents/similar/")
    page.locator("#similar-text").fill(f"{title}\n" + "电池模组包括隔膜和导热片。" * 200)
    page.get_by_role("button", name="找相似的").first.click()
    expect(page.locator("#results-count")).to_be_visible()


def test_results_and_a_comparison_print_without_controls(window, site: Site, tmp_path: Path):
    (a, _), (b, _) = site.rows(TITLE)
    page = window("demo-ip-office")
    for link, most in ((f"/patents/?q=电池&pick={a}", 6), (f"/patents/compare/?a={a}&b={b}", 3), (f"/patents/{a}/", 4)):
        page.goto(link)
        file = tmp_path / "print.pdf"
        page.pdf(path=file, prefer_css_page_size=True, print_background=True)
        pdf = pypdfium2.PdfDocument(file)
        text = "".join(pdf[n].get_textpage().get_text_bounded() for n in range(len(pdf)))
        assert len(pdf) <= most, link
        assert "只看所选" not in text
        assert "2026-11-22" in text


def test_the_result_is_taken_away_as_a_report_that_says_how_it_was_found(window, tmp_path: Path):
    page = window("demo-ip-office")
    ask(page, "ti=电池 AND pd>=2018")
    whole = count(page)
    page.locator(".results-head details.menu summary").click()
    with page.expect_download() as waiting:
        page.locator(".results-head .menu-box a[href*='/export/docx/']").click()
    file = tmp_path / "report.docx"
    waiting.value.save_as(file)
    report = Document(str(file))
    text = "\n".join(
        [p.text for p in report.paragraphs] + [c.text for t in report.tables for r in t.rows for c in r.cells]
    )
    assert "ti=电池 AND pd>=2018" in text and "演示数据" in text
    assert f"{whole:,}" in text or str(whole) in text
    assert all(title in text for title in page.locator(".hit .hit-title a").all_inner_texts())
