"""The bar on top is one line on a desk's screen, for everybody and in either language; all of it is reached by keys."""

from __future__ import annotations

import pytest

#: what the look adds to the height of the line
ONE_LINE = {"0": 53, "1": 58}
MEASURES = """() => ({
  height: document.querySelector(".topbar").offsetHeight,
  beyond: document.documentElement.scrollWidth - innerWidth,
  search: document.querySelector(".site-search input").offsetWidth,
})"""


@pytest.mark.parametrize("who", ["", "demo-office", "demo-binhai", "demo-admin"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("large", ["0", "1"])
def test_the_bar_is_one_line_from_1280_pixels(window, site, who, language, large):
    page = window(who)
    wanted = {"jz_language": language, "jz_large": large}
    page.context.add_cookies([{"name": n, "value": v, "url": site.url} for n, v in wanted.items()])
    for width in (1280, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 600})
        page.goto("/plan/rows/")
        found = page.evaluate(MEASURES)
        assert found["height"] <= ONE_LINE[large], (width, found)
        assert found["beyond"] <= 0, (width, found)
        assert found["search"] >= 100, (width, found)


@pytest.mark.parametrize(("who", "look"), [("demo-office", "light"), ("", "light"), ("demo-office", "nojs")])
def test_every_entry_of_the_bar_is_reached_with_the_keyboard(window, who, look):
    page = window(who, look)
    page.goto("/plan/")
    links = page.locator(".topbar a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    buttons = page.locator(".topbar button").evaluate_all("all => all.map(b => b.name + b.value + b.textContent)")
    assert {"/plan/rows/", "/units/", "/catalogue/"} <= set(links)
    seen_links, seen_buttons = set(), set()
    for _n in range(len(links) + len(buttons) + 12):
        page.keyboard.press("Tab")
        at = page.locator(":focus")
        if not at.evaluate("e => !!e.closest('.topbar, .skip')"):
            break
        assert at.evaluate("e => e.matches('.skip, [type=checkbox]') || e.getBoundingClientRect().width > 1")
        if at.evaluate("e => e.matches('summary')"):
            page.keyboard.press("Enter")
        elif at.evaluate("e => e.matches('a')"):
            seen_links.add(at.get_attribute("href"))
        elif at.evaluate("e => e.matches('button')"):
            seen_buttons.add(at.evaluate("b => b.name + b.value + b.textContent"))
    assert set(links) <= seen_links
    assert set(buttons) <= seen_buttons
