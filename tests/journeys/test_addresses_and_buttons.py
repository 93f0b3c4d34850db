"""Addresses keep what one sees; the back button, a second click and a wrong address do what a person expects."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.site import Site

#: address, status, a word of the reason
WRONG = (
    ("/plan/?year=abc", 400, "year"),
    ("/plan/?year=1800", 400, "year"),
    ("/plan/?unit=nirgends", 404, "nirgends"),
    ("/plan/?view=film", 400, "view"),
    ("/plan/rows/?sort=x", 400, "sort"),
    ("/plan/rows/?page=abc", 400, "page"),
    ("/plan/rows/?page=0", 404, "页"),
    ("/plan/rows/?page=999", 404, "页"),
    ("/plan/rows/?light=purple", 400, "light"),
    ("/plan/rows/Z99/", 404, "Z99"),
    ("/plan/rows/C1/?release=99", 404, "99"),
    ("/plan/reports/?period=2199Q9", 400, "period"),
    ("/plan/reports/999999/", 404, ""),
    ("/plan/milestones/no-such/", 404, ""),
    ("/cases/?view=x", 400, "view"),
    ("/cases/?sort=x", 400, "sort"),
    ("/cases/999999/", 404, ""),
    ("/procedures/no-such/", 404, ""),
    ("/registers/no-such/", 404, ""),
    ("/indicators/no-such/", 404, ""),
    ("/laws/no-such/", 404, ""),
    ("/units/no-such/", 404, ""),
    ("/units/?level=planet", 400, "level"),
    ("/nowhere/", 404, ""),
)


@pytest.mark.parametrize(("link", "status", "word"), WRONG)
def test_a_wrong_address_is_answered_clearly(window, link, status, word, assert_clean):
    page = window("demo-office")
    answer = page.goto(link)
    assert answer.status == status
    text = page.locator("main").inner_text()
    assert str(status) in text
    assert word in text
    expect(page.locator("main a[href]").first, "a way out").to_be_attached()
    assert_clean(page)


def test_the_language_changes_and_the_page_stays(window, assert_clean):
    page = window("demo-office")
    page.goto("/plan/rows/?unit=tj-binhai&year=2026")
    page.locator("summary.who").click()
    page.get_by_role("button", name="English").click()
    expect(page).to_have_url(re.compile(r"/plan/rows/\?(?=.*unit=tj-binhai)(?=.*year=2026)"))
    assert page.locator("html").get_attribute("lang") == "en"
    assert_clean(page)
    page.locator("summary.who").click()
    page.get_by_role("button", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    expect(page).to_have_url(re.compile(re.escape("unit=tj-binhai")))


def test_back_and_forward_after_a_filter_show_whole_pages(window):
    page = window("demo-office")
    page.goto("/plan/rows/")
    whole = page.locator("tr[data-item]").count()
    page.locator("form.filters select[name=section]").select_option(index=1)
    page.locator("form.filters button[type=submit]").click()
    page.wait_for_url(lambda url: "section=" in url)
    some = page.locator("tr[data-item]").count()
    assert 0 < some < whole
    page.go_back()
    page.wait_for_url(lambda url: "section=" not in url)
    expect(page.locator("tr[data-item]")).to_have_count(whole)
    expect(page.locator(".topbar")).to_have_count(1)
    page.go_forward()
    page.wait_for_url(lambda url: "section=" in url)
    expect(page.locator("tr[data-item]")).to_have_count(some)
    assert page.locator("form.filters select[name=section]").input_value()
    page.reload()
    expect(page.locator("tr[data-item]")).to_have_count(some)
    expect(page.locator(".topbar")).to_have_count(1)


def test_the_cases_list_goes_back_after_htmx(window):
    page = window("demo-office")
    page.goto("/plan/orders/")
    start = page.url
    page.locator("form.filters input[type=search]").first.fill("没有这样的督办单")
    page.locator("form.filters button[type=submit]").click()
    page.wait_for_url(lambda url: url != start)
    page.locator("#results .empty").wait_for()
    page.go_back()
    page.wait_for_url(start)
    page.locator("#results tr[data-item]").first.wait_for()
    expect(page.locator(".topbar"), "a whole page, not the fragment").to_have_count(1)


def test_two_clicks_make_one_event(window, site: Site):
    page = window("demo-office")
    page.goto("/procedures/supervision-order/open/?subject=row:C1&unit=tj-binhai")
    page.get_by_label("督办事项").fill("连点两下")
    page.get_by_label("督办要求").fill("请答复。")
    page.get_by_label("办结期限").fill("2026-12-10")
    page.locator("main form button[type=submit]").last.dblclick()
    page.wait_for_url(re.compile(r"/cases/\d+/$"))
    assert site.one("SELECT count(*) FROM cases_case WHERE title = '连点两下'") == 1


def test_the_same_form_sent_twice_past_the_page_makes_one_event(window, site: Site):
    page = window("demo-office")
    page.goto("/procedures/supervision-order/open/")
    token = page.locator("main form input[name=csrfmiddlewaretoken]").last.get_attribute("value")
    unit = page.locator("main form [name=_unit]").last.input_value()
    form = {
        "csrfmiddlewaretoken": token, "_step": "issue", "_key": "sent-twice", "_unit": unit, "_on": "2026-11-22",
        "title": "重发两次", "demand": "请答复。", "due": "2026-12-10",
    }  # fmt: skip
    links = set()
    for _n in range(2):
        answer = page.request.post(
            "/procedures/supervision-order/open/", form=form, headers={"Referer": page.url}, max_redirects=0
        )
        assert answer.status == 302, answer.text()[:2000]
        links.add(answer.headers["location"])
    assert len(links) == 1, "the second answer leads to the first case"
    assert site.one("SELECT count(*) FROM cases_case WHERE title = '重发两次'") == 1


def test_the_search_box_of_every_page_finds_a_measure(window):
    page = window("")
    page.goto("/units/")
    page.locator("#site-search").fill("知识产权")
    page.locator("#site-search").press("Enter")
    page.wait_for_url(lambda url: "/search/" in url)
    expect(page.locator("main mark").first).to_be_attached()
    assert page.locator("main input[name=q]").input_value() == "知识产权"


def test_the_wall_is_one_screen_of_the_same_numbers_without_controls(window, assert_clean):
    page = window("demo-office")
    page.goto("/plan/?tab=attention")
    most_urgent = page.locator("#attention-table tbody tr[data-item] a").first.inner_text()
    for width, height in ((1920, 1080), (3840, 2160)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/plan/?view=wall")
        expect(page.locator("html[data-view=wall]")).to_have_count(1)
        tall, wide = page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
        assert (tall, wide) == (height, width)
        cut = "[...document.querySelectorAll('.wall-box')].filter(e => e.scrollHeight > e.clientHeight + 1).length"
        assert page.evaluate(cut) == 0
    expect(page.locator(".wall-worst li")).to_have_count(10)
    assert most_urgent in page.locator(".wall-worst li").first.inner_text()
    expect(page.locator("select, input, nav")).to_have_count(0)
    assert_clean(page)
    page.keyboard.press("Escape")
    expect(page.locator("html[data-view=wall]")).to_have_count(0)
