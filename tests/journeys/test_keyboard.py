"""Everything can be done with the keyboard alone, and one always sees where one is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.site import Site

#: the focused element, whether it is drawn, and whether an outline or a shadow marks it
FOCUS = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), look = getComputedStyle(e);
  const marked = (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2) || look.boxShadow !== "none";
  return { name: e.tagName + "." + e.className, seen: box.width > 1 && box.height > 1, marked,
           inside: box.bottom > 0 && box.top < innerHeight };
}"""
ROUNDS = 45


def focused(page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.getAttribute('href') || ''")


def tab_to(page, selector: str, most: int = 120) -> None:
    """Press Tab until the focus stands on the element."""
    for _n in range(most):
        if page.evaluate("s => document.activeElement?.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


@pytest.mark.parametrize("link", ["/plan/", "/plan/rows/", "/cases/", "/plan/reports/", "/plan/rows/C1/"])
def test_the_focus_is_always_to_be_seen(window, link):
    page = window("demo-office")
    page.goto(link)
    unseen = []
    for _n in range(ROUNDS):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["name"].startswith("BODY"):
            break
        if not (at["seen"] and at["marked"] and at["inside"]):
            unseen.append(at)
    assert unseen == []


def test_the_first_tab_leads_past_the_navigation(window):
    page = window("demo-office")
    page.goto("/plan/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    page.keyboard.press("Enter")
    assert focused(page) == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_list_is_filtered_by_keyboard(window):
    page = window("demo-office")
    page.goto("/plan/rows/")
    before = page.locator("tr[data-item]").count()
    tab_to(page, "form.filters select[name=section]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "form.filters button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "section=" in url)
    assert 0 < page.locator("tr[data-item]").count() < before
    tab_to(page, "a.chip")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "section=" not in url)
    expect(page.locator("tr[data-item]")).to_have_count(before)


def test_j_k_and_o_go_through_a_list(window):
    page = window("demo-office")
    page.goto("/plan/rows/")
    for key in "jjk":
        page.keyboard.press(key)
    items = page.locator("[data-item]")
    assert "is-current" in items.nth(0).get_attribute("class")
    link = items.nth(0).locator("a[href]").first.get_attribute("href")
    page.keyboard.press("o")
    page.wait_for_url(lambda url: link in url)


def test_single_keys_are_off_while_typing_and_can_be_switched_off(window):
    page = window("demo-office")
    page.goto("/plan/rows/")
    page.keyboard.press("/")
    assert focused(page) == "site-search"
    page.keyboard.type("jo")
    assert page.locator("#site-search").input_value() == "jo"
    expect(page.locator(".is-current")).to_have_count(0)
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.locator("#keys-dialog").evaluate("d => d.open")
    tab_to(page, "#keys-on", 10)
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    assert not page.locator("#keys-dialog").evaluate("d => d.open")
    page.keyboard.press("j")
    expect(page.locator(".is-current")).to_have_count(0)


def test_a_step_is_taken_in_a_dialog_without_a_mouse(window, site: Site):
    pk = site.one(
        "SELECT r.id FROM plan_report r WHERE r.state = 'submitted' AND NOT EXISTS (SELECT 1 FROM plan_report c"
        " WHERE c.period_id = r.period_id AND c.id <> r.id AND c.unit_path LIKE r.unit_path || '%') LIMIT 1"
    )
    page = window("demo-office")
    page.goto(f"/plan/reports/{pk}/")
    opener = f"a[href='/plan/reports/{pk}/steps/return/']"
    tab_to(page, opener, 400)
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.querySelector('dialog[open]').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert page.evaluate("s => document.activeElement.matches(s)", opener), "the focus comes back to where it was"
    page.keyboard.press("Enter")
    tab_to(page, "dialog[open] textarea", 20)
    page.keyboard.type("请补充佐证（键盘）")
    page.keyboard.press("Control+Enter")
    page.locator(".toasts", has_text="已办理").wait_for()
    assert site.one("SELECT state FROM plan_report WHERE id = ?", pk) == "returned"
