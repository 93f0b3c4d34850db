"""Every page that a link leads to answers, for everybody who sees the link, and is accessible in every look."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import complaints
from tests.journeys.crawl import Answer, Crawl

PEOPLE = ("demo-office", "demo-binhai", "")
#: in dark, in large type and at 390 px as well as in light
MAIN = (
    "/plan/", "/plan/?tab=attention", "/plan/?tab=districts", "/plan/rows/", "/plan/rows/C1/", "/plan/matrix/",
    "/plan/milestones/", "/plan/reports/", "/plan/import/", "/cases/", "/indicators/", "/registers/",
    "/units/", "/units/tj-binhai/", "/catalogue/", "/procedures/supervision-order/", "/laws/", "/search/?q=数据",
)  # fmt: skip
#: pages of one record, whose number is found on the list
FIRST_OF = {"a report": ("/plan/reports/", "plan/reports/<int:pk>/"), "a case": ("/cases/", "cases/<int:pk>/")}
LOOKS = ("light", "dark", "large", "narrow")


def cookie(window, who: str) -> str:
    return "; ".join(f"{c['name']}={c['value']}" for c in window.signed_in(who)) if who else ""


@pytest.fixture(scope="module")
def walked() -> dict[str, list[Answer]]:
    """The walks already made, by who walked."""
    return {}


def walk(site, window, walked, who: str) -> list[Answer]:
    if who not in walked:
        walked[who] = Crawl(site.url, cookie(window, who)).walk("/plan/")
    return walked[who]


@pytest.mark.parametrize("who", PEOPLE)
def test_every_link_leads_to_a_sound_page(site, window, walked, who):
    answers = walk(site, window, walked, who)
    assert [p for a in answers for p in a.problems()] == []
    assert len({a.route for a in answers if a.is_page}) >= 20


def test_every_kind_of_page_is_accessible_and_quiet(site, window, walked):
    routes: dict[str, str] = {}
    for answer in walk(site, window, walked, "demo-office"):
        if answer.is_page and answer.status == 200:
            routes.setdefault(answer.route, answer.link)
    page = window("demo-office")
    assert [c for link in routes.values() for c in looked_at(page, link)] == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_main_pages_are_accessible_in_every_look(site, window, look):
    page = window("demo-office", look)
    links = [*MAIN, *(first_of(site, window, *where) for where in FIRST_OF.values())]
    assert [c for link in links for c in looked_at(page, link)] == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_form_of_a_report_is_accessible_in_every_look(site, window, look):
    (pk,) = site.rows(
        "SELECT r.id FROM plan_report r JOIN units_unit u ON u.id = r.unit_id JOIN plan_period p ON p.id = r.period_id"
        " WHERE u.code = 'tj-binhai' ORDER BY p.starts DESC LIMIT 1"
    )[0]
    page = window("demo-binhai", look)
    assert looked_at(page, f"/plan/reports/{pk}/") == []


@pytest.mark.parametrize("look", LOOKS)
def test_a_visitor_signs_in_on_an_accessible_page(window, look):
    page = window("", look)
    assert looked_at(page, "/accounts/login/") == []


def first_of(site, window, start: str, route: str) -> str:
    page = window("demo-office")
    page.goto(start)
    for href in page.locator("main a[href]").evaluate_all("links => links.map(a => a.getAttribute('href'))"):
        if href.startswith("/") and Answer(href, "", "", 0, "", b"").route == route:
            return href
    raise AssertionError(f"{start} links to no {route}")


def looked_at(page, link: str) -> list[str]:
    page.said.clear()
    answer = page.goto(link)
    found = complaints(page)
    return ([] if answer.status == 200 else [f"{link}: {answer.status}"]) + [f"{link}: {c}" for c in found]
