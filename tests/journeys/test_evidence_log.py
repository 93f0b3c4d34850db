"""From a case to its seal, entry, proof and whole chain; and what shows once somebody changed the database."""

from __future__ import annotations

import base64
import hashlib
import re
import sqlite3

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import VISITOR, Windows, told
from tests.journeys.site import Site
from tests.journeys.test_keyboard import tab_to


@pytest.fixture(scope="module")
def order(site: Site) -> str:
    """The id of a supervision order with several events."""
    return str(
        site.one(
            "SELECT c.id FROM cases_case c JOIN evidence_event e ON e.stream = 'case:' || c.id"
            " WHERE c.procedure = 'supervision-order' GROUP BY c.id HAVING count(*) >= 2 ORDER BY c.id LIMIT 1"
        )
    )


@pytest.fixture(scope="module", autouse=True)
def signed(site: Site, browser, order: str) -> None:
    """Somebody of the plan office signs a checkpoint on the operations page."""
    windows = Windows(site, browser)
    page = windows("demo-office")
    page.goto("/operations/")
    page.get_by_role("button", name="立即签发检查点").click()
    assert "已有检查点" in told(page)
    windows.close()


def recomputed(page: Page, family: str, hasher) -> bytes:
    """The root that the steps on the page lead to, computed here from the entry's text."""
    body = page.locator("#body pre.raw").text_content().encode()
    value = hasher(b"\0" + body).digest()
    rows = page.locator(f"#proof-{family} tbody tr")
    for n in range(1, rows.count()):
        cells = [c.strip() for c in rows.nth(n).locator("td").all_text_contents()]
        sibling = bytes.fromhex(cells[2])
        value = hasher(b"\x01" + (sibling + value if cells[1] == "左" else value + sibling)).digest()
        assert value.hex() == cells[3]
    return value


def test_a_case_leads_to_its_entry_its_proof_and_its_chain(site, window, assert_clean, order):
    page = window("demo-office")
    page.goto(f"/cases/{order}/")
    first = page.locator("#event-1 .seal")
    expect(first).to_contain_text("已核验")
    assert_clean(page)
    first.get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/evidence/entries/\d+-\d+/$"))
    expect(page.locator("h1")).to_contain_text("日志条目")
    # the first checkpoint that holds the entry, which the page names; newer ones may have been signed since
    point = page.locator("#checkpoint a").first.get_attribute("href").rstrip("/").rpartition("/")[2]
    sm3 = lambda content: hashlib.new("sm3", content)  # noqa: E731
    for family, hasher in (("sha256", hashlib.sha256), ("sm3", sm3)):
        note = site.one(f"SELECT note_{family} FROM evidence_checkpoint WHERE id = ?", point)
        assert recomputed(page, family, hasher) == base64.b64decode(note.splitlines()[2])
    assert_clean(page)
    page.locator("#object").get_by_role("link", name="完整链").click()
    page.wait_for_url(f"**/evidence/objects/case:{order}/")
    events = site.rows("SELECT seq, sha256, prev_sha256 FROM evidence_event WHERE stream = ?", f"case:{order}")
    for seq, sha256, before in events:
        expect(page.locator(f"#event-{seq} .seal")).to_contain_text("已核验")
        expect(page.locator(f'#event-{seq} code[title="{sha256}"]')).to_have_count(1)
        if before:
            expect(page.locator(f'#event-{seq} code[title="{before}"]')).to_have_count(1)
    assert_clean(page)
    page.locator("#event-1 .seal").get_by_role("link").last.click()
    expect(page.locator("h1")).to_contain_text("检查点")
    expect(page.get_by_text("签名有效").first).to_be_visible()
    assert_clean(page)


def test_the_list_is_filtered_and_opened_by_keyboard(window, assert_clean, order):
    page = window("demo-office")
    page.goto("/evidence/")
    assert_clean(page)
    tab_to(page, "[name=object]")
    page.keyboard.type(f"case:{order}")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"object=case"))
    rows = page.locator("#entries tbody tr")
    expect(rows.first).to_contain_text("已核验")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/evidence/entries/"))
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("look", ["dark", "narrow", "english", "nojs", "large"])
def test_every_page_of_the_log_is_sound_in_every_look(window, assert_clean, look, order):
    page = window(VISITOR, look)
    for link in (
        "/evidence/",
        "/evidence/entries/2026-3/",
        f"/evidence/objects/case:{order}/",
        "/evidence/checkpoints/1/",
    ):
        page.goto(link)
        expect(page.locator("h1")).to_be_visible()
        if look == "nojs":
            assert page.locator("main").inner_text().strip()
        else:
            assert_clean(page)


SEALED = {
    "report": "SELECT '/plan/reports/' || substr(stream, 8) || '/' FROM evidence_event WHERE stream LIKE 'report:%'",
    "milestone": "SELECT '/plan/milestones/' || substr(stream, 11) || '/' FROM evidence_event"
    " WHERE stream LIKE 'milestone:%'",
    "release": "SELECT '/plan/releases/' || id || '/' FROM plan_release",
    "import": "SELECT '/plan/imports/' || id || '/' FROM plan_import",
    "register": "SELECT '/registers/' || register || '/' || id || '/' FROM registers_entry",
    "item": "SELECT '/custody/' || number || '/' FROM custody_item",
    "topic": "SELECT '/patents/topics/' || substr(stream, 7) || '/' FROM evidence_event WHERE stream LIKE 'topic:%'",
}


@pytest.mark.parametrize("look", ["light", "narrow"])
@pytest.mark.parametrize("what", sorted(SEALED))
def test_pages_with_seals_are_sound_and_say_verified(site, window, assert_clean, what, look):
    page = window("demo-office", look)
    page.goto(site.rows(f"{SEALED[what]} LIMIT 1")[0][0])
    expect(page.locator("#seal")).to_contain_text("已核验")
    expect(page.locator(".seal").first).to_be_visible()
    assert page.locator(".seal .fault").count() == 0
    assert_clean(page)


def test_whoever_reads_no_case_sees_numbers_and_digests(site, window, order):
    """A unit elsewhere may open the chain, and is told nothing of what it holds."""
    unit, title = site.rows(
        "SELECT u.code, c.title FROM cases_case c JOIN units_unit u ON u.id = c.unit_id WHERE c.id = ?", order
    )[0]
    who = "demo-dongli" if unit != "tj-dongli" else "demo-binhai"
    page = window(who)
    page.goto(f"/evidence/objects/case:{order}/")
    expect(page.locator("#event-1 .seal")).to_contain_text("已核验")
    assert title not in page.locator("main").inner_text()
    assert page.goto(f"/cases/{order}/").status == 404


def test_an_event_changed_in_the_database_shows_as_such(site, window, order):
    """The last of the module: it leaves the city's database changed."""
    kept = sqlite3.connect(site.var / "jinzhi.sqlite3", timeout=20)
    with kept:
        for (name,) in kept.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'evidence_event'"
        ).fetchall():
            kept.execute(f'DROP TRIGGER "{name}"')
        kept.execute("UPDATE evidence_event SET actor = '别人' WHERE stream = ? AND seq = 1", (f"case:{order}",))
    kept.close()
    page = window("demo-office")
    page.goto(f"/cases/{order}/")
    expect(page.locator("#event-1 .seal")).to_contain_text("核验不符")
    expect(page.locator("#event-1 .seal")).to_contain_text("内容与登记时的摘要不符")
    expect(page.locator("#seal")).to_contain_text("核验不符")
    page.goto("/operations/")
    page.get_by_role("button", name="立即核对日志").click()
    assert "处不符" in told(page)
    expect(page.locator("#log")).to_contain_text(f"case:{order}")
