"""Several people at the same time: each sees what their post allows, and nobody waits for the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tests.journeys.site import Site

OF_UNIT = """
    SELECT r.id FROM plan_report r JOIN units_unit u ON u.id = r.unit_id WHERE u.code = ? ORDER BY r.id DESC LIMIT 1
"""


def test_a_district_does_not_see_another_districts_report(window, site: Site, assert_clean):
    mine, theirs = site.one(OF_UNIT, "tj-dongli"), site.one(OF_UNIT, "tj-binhai")
    page = window("demo-dongli")
    assert page.goto(f"/plan/reports/{mine}/").status == 200
    assert page.goto(f"/plan/reports/{theirs}/").status == 404
    assert_clean(page)
    for link in ("sheet.xlsx", "report.docx", "import/", "steps/submit/"):
        assert page.request.get(f"/plan/reports/{theirs}/{link}").status == 404


def test_a_district_sees_the_street_below_it_and_the_street_not_the_district(window, site: Site):
    below = site.one(OF_UNIT, "tj-dongli-huaming")
    assert window("demo-dongli").goto(f"/plan/reports/{below}/").status == 200
    assert window("demo-huaming").goto(f"/plan/reports/{site.one(OF_UNIT, 'tj-dongli')}/").status == 404


def test_lists_and_totals_hold_only_what_one_may_see(window, site: Site):
    everything = count(window("demo-office"), "/plan/reports/?view=all")
    district = count(window("demo-dongli"), "/plan/reports/?view=all")
    street = count(window("demo-huaming"), "/plan/reports/?view=all")
    assert street < district < everything
    own = "SELECT count(*) FROM plan_report r JOIN units_unit u ON u.id = r.unit_id WHERE u.code = 'tj-dongli-huaming'"
    assert street == site.one(own)


def count(page, link: str) -> int:
    page.goto(link)
    note = page.locator("form.filters .note").inner_text()
    return int("".join(c for c in note if c.isdecimal()))


@pytest.mark.parametrize("link", ["/plan/", "/plan/rows/", "/plan/reports/"])
def test_many_readers_at_once_are_all_answered(window, site: Site, link):
    cookies = [f"{c['name']}={c['value']}" for who in ("demo-office", "demo-binhai") for c in window.signed_in(who)]

    def read(cookie: str) -> int:
        opener = build_opener(ProxyHandler({}))
        with opener.open(Request(site.url + link, headers={"Cookie": cookie}), timeout=60) as answer:
            return answer.status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(read, cookies * 8)) == {200}


def test_two_districts_save_at_the_same_moment_and_both_are_kept(window, site: Site):
    """SQLite lets one write at a time: the other waits, and is not turned away."""
    orders = [
        ("demo-office", "同时下达甲", "tj-binhai"), ("demo-leader", "同时下达乙", "tj-dongli"),
    ]  # fmt: skip
    forms = []
    for who, title, unit in orders:
        page = window(who)
        page.goto("/procedures/supervision-order/open/")
        token = page.locator("main form input[name=csrfmiddlewaretoken]").last.get_attribute("value")
        cookies = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())
        pairs = {
            "csrfmiddlewaretoken": token, "_step": "issue", "_key": title, "_unit": unit, "_on": "2026-11-22",
            "title": title, "demand": "请答复。", "due": "2026-12-10",
        }  # fmt: skip
        forms.append((cookies, pairs))

    def send(form: tuple[str, dict[str, str]]) -> int:
        cookies, pairs = form
        request = Request(
            f"{site.url}/procedures/supervision-order/open/", data=urlencode(pairs).encode(),
            headers={"Cookie": cookies, "Referer": site.url},
        )  # fmt: skip
        with build_opener(ProxyHandler({})).open(request, timeout=60) as answer:
            return answer.status

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(send, forms)) == [200, 200]
    assert site.one("SELECT count(*) FROM cases_case WHERE title LIKE '同时下达%'") == 2
    numbers = site.rows("SELECT number FROM cases_case WHERE title LIKE '同时下达%'")
    assert len(set(numbers)) == 2
