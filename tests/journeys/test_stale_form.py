"""Two people have the same form open: the second loses nothing and overwrites nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import told
from tests.journeys.site import Site

OPEN_REPORT = """
    SELECT r.id FROM plan_report r JOIN units_unit u ON u.id = r.unit_id
    WHERE u.code = 'tj-binhai' AND r.state IN ('draft', 'returned') ORDER BY r.id DESC LIMIT 1
"""


@pytest.fixture(scope="module")
def report(site: Site) -> int:
    """A report of Binhai that may be changed: one is sent back by its own history where none is open."""
    found = site.rows(OPEN_REPORT)
    if found:
        return found[0][0]
    pytest.fail("the demonstration city has no open report of Binhai")


@pytest.fixture(scope="module")
def order(site: Site) -> str:
    """An order of the demonstration that is in hand, with its unit's reporter not needed: the office withdraws."""
    pk = site.one(
        "SELECT id FROM cases_case WHERE procedure = 'supervision-order' AND state = 'issued' ORDER BY id LIMIT 1"
    )
    return f"/cases/{pk}/"


def test_the_second_to_save_a_report_sees_both_wordings(window, site, report, assert_clean):
    first, second = window("demo-binhai"), window("demo-binhai-approver")
    for page in (first, second):
        page.goto(f"/plan/reports/{report}/")
    texts = "form#content textarea"
    first.locator(texts).nth(0).fill("甲先保存的进展")
    second.locator(texts).nth(0).fill("乙后写的进展")
    second.locator(texts).nth(1).fill("乙写的问题")
    first.get_by_role("button", name="保存").first.click()
    assert "已保存" in told(first)
    second.get_by_role("button", name="保存").first.click()
    expect(second.locator("#conflict")).to_contain_text("别人更新")
    assert second.locator(texts).nth(0).input_value() == "乙后写的进展", "nothing typed is lost"
    assert second.locator(texts).nth(1).input_value() == "乙写的问题"
    expect(second.locator("main")).to_contain_text("甲先保存的进展")
    kept = site.rows("SELECT progress, difficulty FROM plan_rownote WHERE report_id = ?", report)
    assert ("甲先保存的进展" in [k[0] for k in kept]) and ("乙写的问题" not in [k[1] for k in kept])
    assert_clean(second)
    second.get_by_role("button", name="保存").first.click()
    assert "已保存" in told(second)
    kept = site.rows("SELECT progress, difficulty FROM plan_rownote WHERE report_id = ?", report)
    assert ("乙后写的进展", "乙写的问题") in kept


def test_the_second_to_take_a_step_meets_a_conflict_with_what_was_typed(window, site, order, assert_clean):
    first, second = window("demo-office"), window("demo-leader")
    for page, words in ((first, "甲：重复下达"), (second, "乙：情况有变")):
        page.goto(order)
        box = page.locator("#step-withdraw")
        box.locator("summary").click()
        box.locator("textarea").first.fill(words)
        if box.locator("input[type=checkbox]").count():
            box.locator("input[type=checkbox]").check()
    first.locator("#step-withdraw button[type=submit]").click()
    assert "已办理" in told(first)
    second.locator("#step-withdraw button[type=submit]").click()
    second.wait_for_load_state()
    expect(second.locator("h1")).to_contain_text("这份记录已被别人更新")
    expect(second.locator("main")).to_contain_text("乙：情况有变")
    assert_clean(second)
    second.get_by_role("link", name="打开最新的记录").click()
    expect(second.locator("main")).to_contain_text("已撤回")
    pk = order.strip("/").split("/")[-1]
    assert site.one("SELECT count(*) FROM evidence_event WHERE stream = ? AND verb = 'withdraw'", f"case:{pk}") == 1
