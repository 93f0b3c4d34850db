"""A district reports by Excel; the report is sent back, mended, approved and locked. Each test is a
step of it; alone it first takes those before it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.journeys.conftest import Windows, told
from tests.journeys.site import Site
from tests.journeys.steps import Steps

UNIT = "tj-binhai"
REPORT = """
    SELECT r.id FROM plan_report r JOIN units_unit u ON u.id = r.unit_id JOIN plan_period p ON p.id = r.period_id
    WHERE u.code = ? ORDER BY p.starts DESC LIMIT 1
"""
MILESTONES, ROWS = "里程碑", "任务进展"
step = Steps()


@pytest.fixture(scope="module")
def pk(site: Site, browser) -> int:
    """The district's report of a new quarter, called for through the page, empty so far."""
    windows = Windows(site, browser)
    page = windows("demo-office")
    page.goto("/plan/reports/open/")
    form = page.locator("main form", has=page.get_by_label("新报告期编号")).first
    for label, value in (
        ("新报告期编号", "2026Q4"), ("开始日期", "2026-10-01"), ("结束日期", "2026-11-20"), ("截止日", "2026-12-04")
    ):  # fmt: skip
        form.get_by_label(label).fill(value)
    form.locator("button[type=submit]").first.click()
    page.get_by_role("button", name="确认").click()
    assert "已布置" in told(page)
    windows.close()
    return site.one(REPORT, UNIT)


def sheet_of(page, pk: int, tmp_path: Path):
    """The report's workbook, downloaded through its link."""
    page.goto(f"/plan/reports/{pk}/")
    with page.expect_download() as got:
        page.locator(f"a[href='/plan/reports/{pk}/sheet.xlsx']").first.evaluate("a => a.click()")
    file = tmp_path / "填报.xlsx"
    got.value.save_as(file)
    return load_workbook(BytesIO(file.read_bytes()))


def heads(sheet) -> dict[str, int]:
    row = next(r for r in sheet.iter_rows() if any(c.value in ("任务编号",) for c in r))
    return {str(c.value).split("（")[0]: c.column for c in row if c.value} | {"_row": row[0].row}


def fill(book, achieved: object = 0, progress: str = "本期按分工推进，已完成阶段安排。") -> None:
    """Every required cell, in the way a person would type it."""
    sheet = book[MILESTONES]
    at = heads(sheet)
    for y in range(at["_row"] + 1, sheet.max_row + 1):
        if sheet.cell(y, at["任务编号"]).value:
            before = sheet.cell(y, at["上期累计"]).value or 0
            target = sheet.cell(y, at["目标"]).value
            value = max(before, achieved) if isinstance(achieved, int) else achieved
            sheet.cell(y, at["本期累计"]).value = value
            if isinstance(value, (int, float)) and value >= target:
                sheet.cell(y, at["完成日期"]).value = "2026-10-30"
    sheet = book[ROWS]
    at = heads(sheet)
    for y in range(at["_row"] + 1, sheet.max_row + 1):
        if sheet.cell(y, at["任务编号"]).value:
            sheet.cell(y, at["进展情况"]).value = progress


def upload(page, pk: int, book, tmp_path: Path) -> None:
    file = tmp_path / "填好.xlsx"
    book.save(file)
    page.goto(f"/plan/reports/{pk}/import/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()


def state(site: Site, pk: int) -> str:
    return site.one("SELECT state FROM plan_report WHERE id = ?", pk)


def saved(site: Site, pk: int) -> tuple[int, int, int]:
    """Version, notes and figures of a report."""
    notes = site.one("SELECT count(*) FROM plan_rownote WHERE report_id = ?", pk)
    figures = site.one("SELECT count(*) FROM plan_figure WHERE report_id = ?", pk)
    return site.one("SELECT version FROM plan_report WHERE id = ?", pk), notes, figures


@step
def test_a_wrong_cell_is_named_by_row_and_column_and_nothing_is_saved(window, site, pk, tmp_path, assert_clean):
    page = window("demo-binhai")
    book = sheet_of(page, pk, tmp_path)
    fill(book)
    sheet = book[MILESTONES]
    at = heads(sheet)
    wrong = sheet.cell(at["_row"] + 2, at["本期累计"])
    wrong.value = "大概一半"
    upload(page, pk, book, tmp_path)
    summary = page.locator(".error-summary").inner_text()
    assert f"第 {wrong.row} 行" in summary
    assert f"{wrong.column_letter} 列" in summary
    assert "大概一半" in summary
    assert saved(site, pk) == (0, 0, 0)
    assert_clean(page)


@step
def test_the_right_file_is_shown_first_and_saved_at_once(window, site, pk, tmp_path, assert_clean):
    page = window("demo-binhai")
    book = sheet_of(page, pk, tmp_path)
    fill(book)
    upload(page, pk, book, tmp_path)
    expect(page.locator("#preview tbody tr").nth(3)).to_be_attached()
    assert saved(site, pk) == (0, 0, 0), "a preview saves nothing"
    assert_clean(page)
    page.get_by_role("button", name="确认导入").click()
    assert "已从 Excel 导入" in told(page)
    version, notes, figures = saved(site, pk)
    assert version == 1 and notes > 0 and figures > 0
    assert_clean(page)


def take(page, site: Site, pk: int, step: str, button: str, **answers: str) -> None:
    """A step of the report by its dialog."""
    page.goto(f"/plan/reports/{pk}/")
    if step == "submit":
        hand_in(page)
        return
    page.locator(f"#steps a[href='/plan/reports/{pk}/steps/{step}/']").click()
    dialog = page.locator("dialog[open]")
    for label, text in answers.items():
        dialog.get_by_label(label).fill(text)
    if dialog.locator("input[type=checkbox]").count():
        dialog.locator("input[type=checkbox]").check()
    dialog.get_by_role("button", name=button, exact=True).click()
    assert "已办理" in told(page)


def hand_in(page) -> None:
    """What was typed is saved, shown, and handed in only then."""
    page.locator("#steps").get_by_role("button", name="保存并核对提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("核对并提交")
    page.locator("#hand-in").get_by_role("button", name="提交", exact=True).click()
    assert "已办理" in told(page)


@step
def test_it_is_submitted_and_cannot_be_changed_then(window, site, pk, assert_clean):
    page = window("demo-binhai")
    take(page, site, pk, "submit", "提交")
    assert state(site, pk) == "submitted"
    page.goto(f"/plan/reports/{pk}/")
    expect(page.locator("form#content")).to_have_count(0)
    expect(page.locator("#lock")).to_contain_text("等待上级审核")
    assert_clean(page)


@step
def test_the_unit_above_sends_it_back_with_a_reason(window, site, pk, assert_clean):
    page = window("demo-office")
    take(page, site, pk, "return", "退回", 退回原因="请补充第一项任务的佐证。")
    assert state(site, pk) == "returned"
    mine = window("demo-binhai")
    mine.goto(f"/plan/reports/{pk}/")
    expect(mine.locator("#returned")).to_contain_text("请补充第一项任务的佐证。")
    assert_clean(mine)


@step
def test_it_is_mended_in_the_form_and_submitted_again(window, site, pk):
    page = window("demo-binhai")
    page.goto(f"/plan/reports/{pk}/")
    page.locator("form#content textarea").first.fill("本期按分工推进，佐证材料已补充。")
    page.locator("#steps").get_by_role("button", name="保存并核对提交").click()
    expect(page.locator("main")).to_contain_text("本期按分工推进，佐证材料已补充。")
    page.locator("#hand-in").get_by_role("button", name="提交", exact=True).click()
    assert "已办理" in told(page)
    assert state(site, pk) == "submitted"


@step
def test_a_parent_is_not_approved_before_its_children(window, site, pk):
    page = window("demo-office")
    page.goto(f"/plan/reports/{pk}/")
    steps = page.locator("#steps")
    expect(steps).to_contain_text("尚未全部审核通过")
    expect(steps.locator(f"a[href='/plan/reports/{pk}/steps/approve/']")).to_have_count(0)
    expect(steps.locator("li a[href^='/plan/reports/']"), "it names the child that is missing").to_have_count(1)


@step
def test_the_child_is_reported_and_approved_by_the_district(window, site, tmp_path):
    child = site.one(REPORT, "tj-binhai-ip")
    page = window("demo-binhai-ip")
    book = sheet_of(page, child, tmp_path)
    fill(book)
    upload(page, child, book, tmp_path)
    page.get_by_role("button", name="确认导入").click()
    assert "已从 Excel 导入" in told(page)
    take(page, site, child, "submit", "提交")
    above = window("demo-binhai-approver")
    take(above, site, child, "approve", "审核通过")
    assert state(site, child) == "approved"


@step
def test_then_the_district_is_approved_and_locked(window, site, pk, assert_clean):
    page = window("demo-office")
    take(page, site, pk, "approve", "审核通过")
    assert state(site, pk) == "approved"
    mine = window("demo-binhai")
    mine.goto(f"/plan/reports/{pk}/")
    expect(mine.locator("#lock")).to_contain_text("内容锁定")
    expect(mine.locator("form#content")).to_have_count(0)
    expect(mine.locator("#steps button[type=submit]")).to_have_count(0)
    assert_clean(mine)


@step
def test_a_file_sent_after_the_approval_is_not_taken(window, site, pk, tmp_path):
    page = window("demo-binhai")
    before = saved(site, pk)
    page.goto(f"/plan/reports/{pk}/import/")
    expect(page.locator("input[type=file]")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("锁定")
    assert saved(site, pk) == before


@step
def test_another_district_does_not_even_see_the_report(window, pk):
    page = window("demo-dongli")
    for link in (f"/plan/reports/{pk}/", f"/plan/reports/{pk}/sheet.xlsx", f"/plan/reports/{pk}/import/"):
        assert page.request.get(link).status == 404
