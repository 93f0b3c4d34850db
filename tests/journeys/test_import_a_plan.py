"""From an empty city to a plan at work: a document is uploaded, looked through, mended, stored and shown.

Each test is a step of it; alone it first takes those before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Windows, told
from tests.journeys.site import PASSWORD, Site, jinzhi, serve
from tests.journeys.steps import Steps
from tests.sources.plan_documents import declared

TODAY = "2026-11-22"
#: a division of work with invented words, of the shape of the one that the project starts from
DOCUMENT = "plan_division.txt"
PERSON = "zhao-office"
step = Steps()


@pytest.fixture(scope="module")
def site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A real city on its first day: its units, one person of the plan's office, no plan."""
    var = tmp_path_factory.mktemp("var")
    jinzhi(var, "migrate", "--verbosity", "0")
    jinzhi(var, "setup", JINZHI_TODAY=TODAY)
    jinzhi(
        var, "createperson", PERSON, "--unit", "tianjin", "--role", "plan-office", "--password-env", "FIRST_PASSWORD",
        FIRST_PASSWORD=PASSWORD, JINZHI_TODAY=TODAY,
    )  # fmt: skip
    running = serve(var, JINZHI_TODAY=TODAY)
    yield running
    running.stop()
    running.must_not_have_failed()


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("document") / DOCUMENT
    file.write_text(declared(), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def parsed(site: Site, document: Path) -> dict:
    """What the console prints of the same document."""
    return json.loads(jinzhi(site.var, "plan", "parse", str(document), "--json"))


@pytest.fixture
def page(window: Windows):
    return window(PERSON)


def upload(page, file: Path) -> None:
    page.goto("/plan/import/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="读取文件").click()


@step
def test_without_a_plan_the_cockpit_says_what_to_do_first(page, assert_clean):
    page.goto("/")
    expect(page.locator("h1")).to_have_text("还没有规划")
    page.locator("main a[href='/plan/import/']").first.click()
    expect(page.locator("h1")).to_have_text("导入任务分工")
    assert_clean(page)


@step
def test_a_file_that_is_no_plan_is_refused_in_words(page, site, tmp_path):
    recipe = tmp_path / "菜谱.txt"
    recipe.write_text("宫保鸡丁的做法：鸡肉切丁，花生炸脆，葱姜爆香，翻炒出锅。\n" * 20, encoding="utf-8")
    upload(page, recipe)
    summary = page.locator(".error-summary")
    expect(summary).to_contain_text("没有导入")
    expect(summary).to_contain_text(re.compile("任务|规划|分工"))
    assert site.one("SELECT count(*) FROM plan_import") == 0


@step
def test_the_document_is_uploaded_and_shown_beside_its_source(page, site, document, parsed, assert_clean):
    upload(page, document)
    assert len(parsed["rows"]) == 37
    expect(page.locator("h1")).to_have_text("核对导入")
    expect(page.locator("#parse article")).to_have_count(len(parsed["rows"]))
    expect(page.locator("#source mark"), "text that was not placed").to_have_count(0)
    assert parsed["accounted"]["unplaced"] == 0
    assert site.one("SELECT count(*) FROM plan_release") == 0, "nothing is stored before a person says so"
    assert_clean(page)


def open_review(page) -> None:
    page.goto("/plan/imports/")
    page.locator("main a[href*='/plan/imports/']").first.click()


@step
def test_one_row_is_mended_and_the_mending_is_on_record(page, site, parsed, assert_clean):
    open_review(page)
    page.locator("#parse article a").first.click()
    title = page.locator("#edit").get_by_label("标题").first
    title.fill(f"{title.input_value()}（核对稿）")
    page.get_by_role("button", name="保存修改").click()
    assert "已保存" in told(page)
    open_review(page)
    expect(page.locator("#parse article .hit-title").first).to_contain_text(re.compile(r"（核对稿）\s*$"))
    expect(page.locator("#history li")).to_have_count(2)
    (kept,) = site.rows("SELECT parse FROM plan_import")[0]
    assert "（核对稿）" not in kept, "the parse itself stays as it was read"
    assert_clean(page)


@step
def test_it_is_stored_and_becomes_the_plan_in_force(page, site, parsed, assert_clean):
    open_review(page)
    page.get_by_role("link", name="入库…").click()
    plan = page.get_by_label("规划代号")
    if not plan.input_value():
        plan.fill("first-plan")
    for label, day in (("起始日期", "2021-01-01"), ("结束日期", "2025-12-31")):
        if not page.get_by_label(label).input_value():
            page.get_by_label(label).fill(day)
    accept = page.locator("input[type=checkbox][name=accepted]")
    if accept.count():
        accept.check()
    page.get_by_role("button", name="确认入库").click()
    assert "已入库" in told(page)
    assert site.rows("SELECT number, in_force FROM plan_release") == [(1, 1)]
    assert site.one("SELECT count(*) FROM plan_row") == len(parsed["rows"])
    assert_clean(page)


@step
def test_the_cockpit_shows_the_plan(page, parsed, assert_clean):
    page.goto("/plan/")
    expect(page.locator("main")).to_contain_text(f"{len(parsed['rows'])} 项任务")
    expect(page.locator(".heat-table tbody tr").nth(3)).to_be_attached()
    assert_clean(page)
    page.goto("/plan/rows/?year=all")
    page.get_by_role("link", name=re.compile("（核对稿）")).first.click()
    expect(page.locator("#measures li").first).to_have_text(parsed["rows"][0]["measures"][0])
    expect(page.locator("#units tbody tr").nth(len(parsed["rows"][0]["duties"]) - 1)).to_be_attached()
    assert_clean(page)


@step
def test_the_same_document_again_asks_first_and_shows_the_difference(page, site, document, assert_clean):
    upload(page, document)
    expect(page.locator("main")).to_contain_text("早先的导入")
    assert site.one("SELECT count(*) FROM plan_import") == 1
    page.get_by_label(re.compile("仍要再导入一次")).check()
    page.locator("input[type=file]").set_input_files(document)
    page.get_by_role("button", name="读取文件").click()
    page.get_by_role("link", name="差异").click()
    changed = page.locator("main article[data-item]")
    expect(changed, "only the row that a person had mended differs").to_have_count(1)
    expect(changed.locator("del, ins").first).to_contain_text("（核对稿）")
    assert site.rows("SELECT number, in_force FROM plan_release") == [(1, 1)], "nothing changes by itself"
    assert_clean(page)
