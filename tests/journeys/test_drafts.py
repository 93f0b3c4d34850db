"""Drafts in a browser: what was typed outlives the session, the window and a lost connection, for its author alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.conftest import VISITOR, Windows
from tests.journeys.site import PASSWORD, Site

ORDER = "/procedures/supervision-order/open/"
WORDS = "写到一半的一段话：各区按月报送，附具体数字。"
#: the pause after which the script keeps what was typed, and some time for a busy machine
KEPT_WITHIN = 15_000


def sign_in(page: Page, who: str) -> None:
    page.locator("input[name=login]").fill(who)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def desk(window: Windows, who: str) -> Page:
    """A window in which somebody signed in by the form, as a person does."""
    page = window(VISITOR)
    page.goto("/accounts/login/")
    sign_in(page, who)
    return page


def session_ends(page: Page) -> None:
    page.context.clear_cookies(name="jz_session")


def text_of(page: Page, place: str) -> Locator:
    return page.locator(f"{place} :is(textarea, [name=title]):visible").first


def opened(page: Page, address: str, place: str) -> Locator:
    """The first text of a form, its fold opened."""
    page.goto(address)
    page.locator(place).first.wait_for(state="attached")
    page.locator(place).first.evaluate("f => { const d = f.closest('details'); if (d) d.open = true; }")
    text = text_of(page, place)
    text.wait_for()
    return text


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + KEPT_WITHIN / 1000
    while not holds():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.2)


def one(sql: str) -> Callable[[Site], str]:
    return lambda site: str(site.one(sql))


REPORT = """SELECT '/plan/reports/' || r.id || '/' FROM plan_report r JOIN units_unit u ON u.id = r.unit_id
    WHERE u.code = 'tj-binhai' AND r.state IN ('draft', 'returned') ORDER BY r.id DESC LIMIT 1"""
OPEN_ORDER = "SELECT id FROM cases_case WHERE procedure = 'supervision-order' AND state = 'issued' ORDER BY id LIMIT 1"
MILESTONE = "SELECT code FROM plan_milestone WHERE dropped_on IS NULL AND met_on IS NULL ORDER BY id LIMIT 1"
#: each kind of long form: who writes it, its page, the form on it
FORMS: dict[str, tuple[str, Callable[[Site], str], str]] = {
    "a case is opened": ("demo-office", lambda _: ORDER, "form[data-unsaved]"),
    "a step of a case": ("demo-office", one(f"SELECT '/cases/' || ({OPEN_ORDER}) || '/'"), "#step-withdraw form"),
    "a correction": (
        "demo-office", one(f"SELECT '/cases/' || ({OPEN_ORDER}) || '/events/1/correct/'"), "form[data-unsaved]",
    ),
    "a report": ("demo-binhai", one(REPORT), "form#content"),
    "a deposit of evidence": ("demo-binhai", lambda _: "/custody/new/", "form[data-unsaved]"),
    "an entry of a register": ("demo-office", lambda _: "/registers/typical-cases/new/", "form[data-unsaved]"),
    "a new milestone": ("demo-office", lambda _: "/plan/rows/U1/milestones/new/", "form[data-unsaved]"),
    "a changed milestone": (
        "demo-office", one(f"SELECT '/plan/milestones/' || ({MILESTONE}) || '/change/'"), "form[data-unsaved]",
    ),
    "a topic of patents": ("demo-ip-office", lambda _: "/patents/topics/new/", "form[data-unsaved]"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMS)
def test_a_session_that_ends_while_writing_leads_back_to_the_form_with_the_text(window, site: Site, kind):
    who, address, place = FORMS[kind]
    page = desk(window, who)
    where = address(site)
    opened(page, where, place).fill(WORDS)
    session_ends(page)
    page.locator(place).first.evaluate("f => { f.noValidate = true; }")
    page.locator(f"{place} button[type=submit]:visible").first.click()
    page.wait_for_url("**/accounts/login/**")
    expect(page.locator("main")).to_contain_text("存为草稿")
    sign_in(page, who)
    assert page.url.removeprefix(site.url).split("?")[0] == where
    expect(text_of(page, place)).to_have_value(WORDS)
    expect(page.locator(f"{place} [data-draft-line]")).to_contain_text("已恢复")


def kept(site: Site, words: str) -> int:
    """How many drafts on the server hold the words; JSON on the disk escapes them."""
    return sum(words in str(json.loads(fields)) for (fields,) in site.rows("SELECT fields FROM accounts_draft"))


def test_what_is_sent_leaves_no_draft_behind(window, site: Site):
    page = desk(window, "demo-office")
    opened(page, ORDER, "form[data-unsaved]")
    page.locator("[name=title]").fill("发出后不留草稿")
    page.locator("[name=demand]").fill("发出后不留草稿的要求")
    page.locator("[name=due]").fill("2026-12-20")
    page.locator("[name=_unit]").evaluate("e => { e.value = 'tj-binhai'; }")
    if page.locator("textarea[name=grounds]").count():
        page.locator("textarea[name=grounds]").fill("进度滞后")
    page.locator("form[data-unsaved] button[type=submit]").click()
    page.wait_for_url("**/cases/**")
    assert site.one("SELECT count(*) FROM cases_case WHERE title = '发出后不留草稿'") == 1
    assert kept(site, "发出后不留草稿") == 0


def test_the_next_person_at_the_same_computer_sees_nothing_of_it(window, site: Site):
    page = desk(window, "demo-office")
    opened(page, ORDER, "form[data-unsaved]").fill("只有作者能看的话")
    wait_until(lambda: kept(site, "只有作者能看的话") == 1)
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('jz_draft')).length") == 0
    page.goto("/accounts/logout/")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: "logout" not in url)
    assert "jz_author" not in {c["name"] for c in page.context.cookies()}
    page.goto("/accounts/login/")
    sign_in(page, "demo-leader")
    text = opened(page, ORDER, "form[data-unsaved]")
    page.wait_for_load_state("networkidle")
    expect(text).to_have_value("")
    page.goto("/drafts/")
    expect(page.locator("main")).not_to_contain_text("只有作者能看的话")


def test_a_page_of_another_person_keeps_nothing_under_the_name_of_who_is_signed_in_now(window, site: Site):
    page = desk(window, "demo-office")
    text = opened(page, ORDER, "form[data-unsaved]")
    other = page.context.new_page()
    page.context.clear_cookies(name="jz_session")
    other.goto("/accounts/login/")
    sign_in(other, "demo-leader")
    text.fill("甲的话，不能记到乙名下")
    expect(page.locator("[data-draft-line]")).to_contain_text("草稿没有保存")
    assert kept(site, "甲的话，不能记到乙名下") == 0


def test_two_windows_of_one_person_share_the_draft_and_an_older_one_is_not_filled_in_unasked(window, site: Site):
    address = FORMS["a report"][1](site)
    first = desk(window, "demo-binhai")
    opened(first, address, "form#content").fill("第一个窗口里写的")
    wait_until(lambda: kept(site, "第一个窗口里写的") == 1)
    second = first.context.new_page()
    second.goto(address)
    expect(text_of(second, "form#content")).to_have_value("第一个窗口里写的")
    colleague = desk(window, "demo-binhai-approver")
    opened(colleague, address, "form#content").fill("同事先保存的")
    colleague.get_by_role("button", name="保存").first.click()
    colleague.locator(".toasts .toast").first.wait_for()
    third = first.context.new_page()
    third.goto(address)
    expect(third.locator("form#content [data-draft-line]")).to_contain_text("没有自动填入")
    expect(text_of(third, "form#content")).to_have_value("同事先保存的")
    third.get_by_role("button", name="填入草稿").click()
    expect(text_of(third, "form#content")).to_have_value("第一个窗口里写的")
    third.get_by_role("button", name="放弃草稿").click()
    wait_until(lambda: kept(site, "第一个窗口里写的") == 0)


def test_a_long_text_is_kept_whole(window, site: Site):
    """More than what a request may carry that outlives its page: 64 KB, some seven thousand characters."""
    page = desk(window, "demo-office")
    words = "长" * 12_000
    opened(page, ORDER, "form[data-unsaved]").evaluate(
        "(e, words) => { e.value = words; e.dispatchEvent(new Event('input', { bubbles: true })); }", words
    )
    wait_until(lambda: kept(site, words) == 1)


def test_a_file_that_was_chosen_is_named_as_not_kept_and_one_too_large_is_refused_before_it_is_sent(
    window, site, tmp_path
):
    address = FORMS["a report"][1](site)
    page = desk(window, "demo-binhai")
    opened(page, address, "form#content")
    small, large = tmp_path / "证明.pdf", tmp_path / "过大.pdf"
    small.write_bytes(b"%PDF-1.4")
    with large.open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    chooser = page.locator("form#content input[type=file]").first
    chooser.set_input_files(large)
    expect(page.locator("[data-too-large]")).to_contain_text("文件过大")
    before = site.one("SELECT max(id) FROM evidence_event")
    page.get_by_role("button", name="保存").first.click()
    assert site.one("SELECT max(id) FROM evidence_event") == before, "nothing was sent"
    chooser.set_input_files(small)
    expect(page.locator("[data-too-large]")).to_have_count(0)
    text_of(page, "form#content").fill("带附件的草稿")
    wait_until(lambda: kept(site, "带附件的草稿") == 1)
    again = page.context.new_page()
    again.goto(address)
    expect(again.locator("form#content [data-draft-line]")).to_contain_text("请重新选择：证明.pdf")


def device(page: Page) -> str:
    return page.evaluate("JSON.stringify(Object.entries(localStorage).filter(([k]) => k.startsWith('jz_draft:')))")


def test_a_visitors_text_stays_on_the_device_until_it_is_taken(window, site: Site):
    """There is no public long form yet: the mechanism is tried on the gallery's form, which anybody may open."""
    place, words = "form[data-unsaved]", "访客写的一段话"

    def without_errors(route: Route) -> None:
        """The gallery shows its form as one that came back with errors; a form just opened is wanted here."""
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("error-summary", "shown-summary"))

    first = window(VISITOR)
    first.route("**/ui/", without_errors)
    first.goto("/ui/")
    text_of(first, place).fill(words)
    expect(first.locator(f"{place} [data-draft-line]")).to_contain_text("保存在这台设备上")
    page = first.context.new_page()
    first.close()
    page.route("**/ui/", without_errors)
    page.goto("/ui/")
    expect(text_of(page, place)).to_have_value(words)
    # sent, and not taken: the text stays
    page.locator(place).evaluate("f => { f.noValidate = true; f.setAttribute('action', '/ui/'); }")
    page.locator(f"{place} button[type=submit]").first.click()
    page.wait_for_load_state()
    page.goto("/ui/")
    expect(text_of(page, place)).to_have_value(words)
    # somebody signs in on the device: what a visitor wrote is not theirs to see
    other = page.context.new_page()
    other.route("**/ui/", without_errors)
    other.goto("/accounts/login/")
    sign_in(other, "demo-office")
    other.goto("/ui/")
    other.wait_for_load_state("networkidle")
    expect(text_of(other, place)).not_to_have_value(words)
    other.context.clear_cookies(name="jz_session")
    # taken: the server took the cookie of the sent form away (tests/web/test_drafts.py)
    page.goto("/ui/")
    assert words in device(page)
    page.evaluate("sessionStorage.setItem('jz_sent', '/ui/'); document.cookie = 'jz_sent=; path=/; max-age=0'")
    page.goto("/plan/")
    assert "jz_draft:/ui/" not in device(page)
