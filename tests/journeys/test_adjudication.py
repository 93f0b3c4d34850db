"""An adjudication with three respondents, one of them abroad: each is served, answers and waits by itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import told
from tests.journeys.steps import Steps

HANDLER, HEAD = "demo-ip-handler", "demo-ip-approver"
RESPONDENTS = (("旅程甲公司", "no"), ("旅程乙商店", "no"), ("旅程丙株式会社", "yes"))
step = Steps()


@pytest.fixture(scope="module")
def case() -> dict[str, str]:
    """The address of the case, once it is there."""
    return {}


def fill(form: Locator, **values: str) -> None:
    """Fill what a form asks by the names of its controls; a choice by its value."""
    for name, value in values.items():
        control = form.locator(f"[name='{name}']")
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def take(page: Page, address: str, id: str, **values: str) -> None:
    page.goto(address)
    box = page.locator(f"#step-{id}")
    if not box.evaluate("e => e.open"):
        box.locator("summary").click()
    fill(box, **{name.replace("__", "-"): value for name, value in values.items()})
    box.locator("button[type=submit]").last.click()
    assert "已办理" in told(page)


@step
def test_a_request_against_three_is_entered(window, case, assert_clean) -> None:
    page = window(HANDLER)
    page.goto("/procedures/patent-adjudication/open/")
    form = page.locator("main form").last
    fill(form, title="旅程：隔膜涂布装置", right="ZL202320000001.1", requester="旅程隔膜公司", facts="落入权利要求1。",
         addresses="略", place="西青区", known_on="2026-06-01")  # fmt: skip
    fill(form, kind="utility", standing="holder", claims_named="yes", still_going="yes", no_suit="yes", in_force="yes",
         report="not-asked", copies="yes", foreign_papers="yes")  # fmt: skip
    for n, (name, abroad) in enumerate(RESPONDENTS):
        fill(form, **{f"respondents-{n}-party": name, f"respondents-{n}-abroad": abroad})
    assert_clean(page)
    form.locator("button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/cases/\d+/$"))
    case["address"] = urlsplit(page.url).path
    assert "已发起" in told(page)
    for name, _abroad in RESPONDENTS:
        expect(page.locator("#timeline")).to_contain_text(name)


@step
def test_the_head_opens_it_with_a_panel_of_three_not_of_two(window, case) -> None:
    page = window(HEAD)
    page.goto(case["address"])
    box = page.locator("#step-file")
    if not box.evaluate("e => e.open"):
        box.locator("summary").click()
    fill(box, **{"panel-0-member": "审理员一", "panel-1-member": "审理员二"})
    box.locator("button[type=submit]").last.click()
    expect(page.locator("#step-file")).to_contain_text("至少 3 项")
    expect(page.locator("#step-file input[name='panel-1-member']")).to_have_value("审理员二")
    fill(page.locator("#step-file"), **{"panel-2-member": "审理员三"})
    page.locator("#step-file button[type=submit]").last.click()
    assert "已办理" in told(page)


@step
def test_each_respondent_has_a_term_of_its_own(window, case, assert_clean) -> None:
    page = window(HANDLER)
    for n in range(1, 4):
        take(page, case["address"], "serve", _item=str(n), way="直接送达")
    for n in range(1, 4):
        take(page, case["address"], "receipt", _item=str(n), evidence_term="15 day", proof="送达回证")
    page.goto(case["address"])
    ends = page.locator("[id^='clock-answer-']").all_inner_texts()
    # received on Sunday 22 November: fifteen days end on Monday 7 December, thirty on Tuesday 22 December
    assert sorted(re.search(r"2026-\d\d-\d\d", text)[0] for text in ends) == ["2026-12-07", "2026-12-07", "2026-12-22"]
    assert_clean(page)


@step
def test_who_has_answered_waits_no_longer(window, case) -> None:
    page = window(HANDLER)
    take(page, case["address"], "answer", _item="2", text="不落入保护范围。")
    page.goto(case["address"])
    expect(page.locator("[id^='clock-answer-']").filter(has_text="按期完成")).to_have_count(1)
    expect(page.locator("[id^='clock-forward-']")).to_have_count(1)
