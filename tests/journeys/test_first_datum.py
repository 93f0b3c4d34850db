"""What somebody came for stands in the first screen: no row of filters or buttons pushes it down."""

from __future__ import annotations

import pytest

#: pixels from the top of the window to the first datum, at most
AT_MOST = {1440: 265, 390: 410}
TOP = """() => {
  const data = document.querySelectorAll("main tbody tr, main .hit, main .kpi");
  const tops = [...data].map(e => e.getBoundingClientRect()).filter(r => r.height).map(r => r.top);
  return {first: Math.min(...tops), beyond: document.documentElement.scrollWidth - innerWidth};
}"""
PAGES = ("/", "/cases/", "/patents/?q=电池", "/indicators/", "/registers/", "/catalogue/")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", list(AT_MOST))
def test_the_first_datum_stands_high(window, path, width):
    page = window("")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    found = page.evaluate(TOP)
    assert found["first"] <= AT_MOST[width], found
    assert found["beyond"] <= 0, found


def test_picking_a_hit_shows_what_can_be_done_with_it(window):
    page = window("")
    page.goto("/patents/?q=电池")
    assert not page.locator("#selection").is_visible()
    page.locator(".hit input[name=pick]").first.check()
    page.locator("#selection").wait_for(state="visible")
    assert "已选 1 件" in page.locator("#picks-count").inner_text()


def test_the_language_of_the_query_is_chosen_beside_the_results(window):
    page = window("")
    page.goto("/patents/?q=电池")
    page.locator(".query-tools > summary").click()
    page.locator("#patent-dialect").select_option(index=1)
    page.locator(".query-row button[type=submit]").click()
    page.wait_for_url("**dialect=**")
    assert page.locator("#patent-dialect option:checked").get_attribute("value")
