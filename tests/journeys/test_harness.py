"""The measuring stick itself: a harness that could not find a fault would prove nothing."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import complaints

LOGIN = "/accounts/login/"


def test_a_clean_page_has_no_complaints(window):
    page = window("")
    page.goto(LOGIN)
    assert complaints(page) == []


def test_an_image_without_words_is_found(window):
    page = window("")
    page.goto(LOGIN)
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert any(c.startswith("image-alt") for c in complaints(page))


def test_a_page_wider_than_the_window_is_found(window):
    page = window("", "narrow")
    page.goto(LOGIN)
    page.evaluate("const d = document.createElement('pre'); d.textContent = '津'.repeat(200); document.body.append(d)")
    page.evaluate("document.querySelector('body > pre').style.width = '900px'")
    assert any("px wider" in c for c in complaints(page))


def test_a_breach_of_the_content_policy_is_found(window):
    page = window("")
    page.goto(LOGIN)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">红</p>')")
    assert any("Content Security Policy" in c for c in complaints(page))


def test_who_signs_in_acts_in_their_own_name(window):
    page = window("demo-binhai")
    page.goto("/profile/")
    expect(page.locator("main")).to_contain_text("demo-binhai")
