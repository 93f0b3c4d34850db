"""Without JavaScript everything still works: links, filters, forms, dialogs as pages, charts as pictures."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import told
from tests.journeys.site import Site


def test_from_the_cockpit_by_a_filter_to_a_row(window):
    page = window("demo-office", "nojs")
    page.goto("/plan/")
    page.locator("form.filters select[name=unit]").select_option("tj-binhai")
    page.locator("form.filters button[type=submit]").click()
    expect(page).to_have_url(re.compile(re.escape("unit=tj-binhai")))
    expect(page.locator(".chip").first).to_be_attached()
    page.locator("#heat a.heat, #heat td a").first.click()
    expect(page).to_have_url(re.compile(re.escape("/plan/rows/")))
    page.locator("tr[data-item] a[href^='/plan/rows/']").first.click()
    expect(page.locator("#measures li").first).to_be_attached()


def test_a_case_is_opened_and_a_step_of_it_taken(window, site: Site):
    page = window("demo-office", "nojs")
    page.goto("/plan/rows/C1/?unit=tj-ip-office")
    page.get_by_role("link", name="下达督办单").first.click()
    page.get_by_label("督办事项").fill("无脚本督办")
    page.get_by_label("督办要求").fill("请答复。")
    page.get_by_label("办结期限").fill("2026-12-10")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/cases/\d+/$"))
    box = page.locator("#step-withdraw")
    box.locator("summary").click()
    box.locator("textarea").first.fill("试验完毕")
    if box.locator("input[type=checkbox]").count():
        box.locator("input[type=checkbox]").check()
    box.locator("button[type=submit]").click()
    assert "已办理" in told(page)
    assert site.one("SELECT state FROM cases_case WHERE title = '无脚本督办'") == "withdrawn"


def test_what_is_wrong_is_said_beside_the_field_with_what_was_typed(window):
    page = window("demo-office", "nojs")
    page.goto("/procedures/supervision-order/open/")
    form = page.locator("main form").last
    # the browser itself asks for what is required; a form sent past it is answered by the server
    answer = page.request.post(
        "/procedures/supervision-order/open/",
        form={
            "csrfmiddlewaretoken": form.locator("input[name=csrfmiddlewaretoken]").get_attribute("value"),
            "_step": "issue", "_key": "no-js-wrong", "title": "只写了事项", "due": "不是日期",
        },
        headers={"Referer": page.url},
    )  # fmt: skip
    assert answer.status == 422
    text = answer.text()
    assert "只写了事项" in text and "aria-invalid" in text and "error-summary" in text


def test_a_dialog_is_a_page_of_its_own(window, site: Site):
    pk = site.one("SELECT id FROM plan_report WHERE state = 'submitted' LIMIT 1")
    page = window("demo-office", "nojs")
    page.goto(f"/plan/reports/{pk}/")
    page.locator(f"a[href='/plan/reports/{pk}/steps/return/']").first.click()
    expect(page).to_have_url(re.compile(re.escape(f"/plan/reports/{pk}/steps/return/") + "$"))
    page.locator("main form textarea").first.fill("无脚本退回")
    page.locator("main form button[type=submit]").first.click()
    assert "已办理" in told(page)
    assert site.one("SELECT state FROM plan_report WHERE id = ?", pk) == "returned"


def test_charts_are_pictures_and_the_look_can_be_chosen(window):
    page = window("", "nojs")
    page.goto("/indicators/")
    page.locator("main a[href^='/indicators/']:not([download])").first.click()
    pictures = page.locator("figure img")
    expect(pictures.first).to_be_attached()
    source = pictures.first.get_attribute("src")
    answer = page.request.get(source)
    assert answer.status == 200 and answer.headers["content-type"].startswith("image/svg+xml")
    page.get_by_role("button", name="大字版").click()
    expect(page.locator("html[data-large]")).to_have_count(1)
