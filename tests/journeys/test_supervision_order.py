"""An order is issued from a row that is late, received, answered and closed; another one runs out and shows it."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import told
from tests.journeys.site import Site
from tests.journeys.steps import Steps

MATTER = "旅程：补齐滞后的里程碑"
DUE, AFTER = date(2026, 11, 25), date(2026, 11, 30)
step = Steps()


@pytest.fixture(scope="module")
def late_row(site: Site) -> tuple[str, str]:
    """Row and unit of a milestone of Binhai that is overdue."""
    return site.rows(
        "SELECT m.row_key, u.code FROM plan_milestone m JOIN units_unit u ON u.id = m.unit_id"
        " WHERE u.code = 'tj-binhai' AND m.met_on IS NULL AND m.due < '2026-10-01' ORDER BY m.due LIMIT 1"
    )[0]


def issue(page, row: str, unit: str, title: str, due: date) -> str:
    """Issue an order from the page of a row; its address."""
    page.goto(f"/plan/rows/{row}/?unit={unit}")
    page.get_by_role("link", name="下达督办单").first.click()
    expect(page.get_by_label("督办事项")).to_be_visible()
    page.get_by_label("督办事项").fill(title)
    page.get_by_label("督办要求").fill("请于期限前完成并报告原因。")
    page.get_by_label("督办缘由").fill("里程碑到期未完成。")
    page.get_by_label("办结期限").fill(due.isoformat())
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/cases/\d+/$"))
    return urlsplit(page.url).path


def take(page, link: str, step: str, **answers: str) -> None:
    page.goto(link)
    box = page.locator(f"#step-{step}")
    if not box.evaluate("e => e.open"):
        box.locator("summary").click()
    for label, text in answers.items():
        box.get_by_label(label).fill(text)
    if box.locator("input[type=checkbox]").count():
        box.locator("input[type=checkbox]").check()
    box.locator("button[type=submit]").click()
    assert "已办理" in told(page)


@pytest.fixture(scope="module")
def orders() -> dict[str, str]:
    """The addresses of the orders issued so far."""
    return {}


@step
def test_an_order_is_issued_from_a_late_row(window, site, late_row, orders, assert_clean):
    page = window("demo-office")
    row, unit = late_row
    page.goto(f"/plan/rows/{row}/?unit={unit}")
    expect(page.locator("main")).to_contain_text("滞后")
    orders["answered"] = issue(page, row, unit, MATTER, DUE)
    expect(page.locator("main")).to_contain_text("待签收")
    assert_clean(page)
    number, of, subject = site.rows(
        "SELECT c.number, u.code, c.subject FROM cases_case c JOIN units_unit u ON u.id = c.unit_id"
        " WHERE c.title = ?", MATTER
    )[0]  # fmt: skip
    assert (of, subject) == (unit, f"row:{row}")
    page.goto(f"/plan/rows/{row}/?unit={unit}")
    expect(page.locator("#cases"), "the row shows the order").to_contain_text(number)


@step
def test_the_unit_finds_it_among_its_own_cases(window, orders):
    page = window("demo-binhai")
    page.goto("/cases/?view=mine")
    page.locator("tr[data-item]", has_text=MATTER).locator("a[href^='/cases/']").first.click()
    expect(page).to_have_url(re.compile(re.escape(orders["answered"]) + "$"))


@step
def test_the_unit_receives_and_answers_it(window, orders, assert_clean):
    page = window("demo-binhai")
    page.goto(orders["answered"])
    steps = page.locator("#steps details[id^=step-]").evaluate_all("all => all.map(e => e.id.slice(5))")
    assert "sign" in steps and "close" not in steps, "closing is not the unit's own"
    take(page, orders["answered"], "sign")
    take(page, orders["answered"], "answer", 办理情况="已于 11 月 20 日完成，材料随本期报告上报。")
    expect(page.locator("main")).to_contain_text("待核查")
    assert_clean(page)


@step
def test_the_office_checks_the_answer_and_closes_it(window, site, orders, assert_clean):
    page = window("demo-office")
    page.goto(orders["answered"])
    box = page.locator("#step-close")
    box.locator("summary").click()
    for field in box.locator("textarea, input[type=text]").all():
        field.fill("属实，同意办结。")
    if box.locator("input[type=checkbox]").count():
        box.locator("input[type=checkbox]").check()
    box.locator("button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("已办结")
    assert site.one("SELECT state FROM cases_case WHERE title = ?", MATTER) == "closed"
    expect(page.locator("#steps")).to_contain_text("此事项已结束")
    assert_clean(page)


@step
def test_another_order_runs_out_and_is_shown_as_overdue(window, site, late_row, orders, assert_clean):
    page = window("demo-office")
    title = "旅程：无人答复的督办"
    orders["overdue"] = issue(page, *late_row, title, DUE)
    number = site.one("SELECT number FROM cases_case WHERE title = ?", title)
    page.goto("/plan/orders/")
    assert "超 5 天" not in row_with(page, number)
    site.set_today(AFTER)
    page.goto("/plan/orders/")
    assert "超 5 天" in row_with(page, number)
    page.goto("/cases/?view=all&q=" + title)
    expect(page.locator("main")).to_contain_text("超期")
    page.goto("/plan/?tab=attention")
    listed = page.locator("main").inner_text()
    while number not in listed and page.locator("a[rel=next]").count():
        page.locator("a[rel=next]").click()
        listed = page.locator("main").inner_text()
    assert "超期的督办单" in listed
    assert number in listed, "the cockpit names the overdue order"
    assert_clean(page)


def row_with(page, number: str) -> str:
    return page.locator("tbody tr", has_text=number).inner_text()


@step
def test_the_order_comes_as_a_word_document_marked_as_a_demonstration(window, site, orders):
    page = window("demo-office")
    pk = orders["overdue"].strip("/").split("/")[-1]
    answer = page.request.get(f"/plan/orders/{pk}/order.docx")
    assert answer.status == 200
    assert answer.body()[:2] == b"PK"
