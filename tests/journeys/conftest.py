"""What journeys share: a served city, a browser, pages in every look, and what must be true of any page.

Each module has a server and a browser of its own (with xdist: ``--dist loadfile``). Nothing here opens Django's
database in this process: what was written is read from the file, as an auditor would.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

from tests.journeys.site import PASSWORD, ROOT, Site, demonstration, serve

ASSETS = ROOT / "src" / "jinzhi" / "web" / "static" / "dist"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    "light": ({"jz_theme": "light"}, WIDE),
    "dark": ({"jz_theme": "dark"}, WIDE),
    "large": ({"jz_large": "1"}, WIDE),
    "narrow": ({}, NARROW),
    "english": ({"jz_language": "en"}, WIDE),
    "nojs": ({}, WIDE),
}
VISITOR = ""
# after a click the next page is still being read: what a test says of it is waited for, as a person would
expect.set_options(timeout=30_000)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser to drive, or a skip that says what is missing (a failure where CI requires everything)."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not found or not Path(found).exists():
        pytest.skip("no Chromium on the PATH and none named in CHROMIUM: apt-get install chromium")
    for built in (ASSETS / "app.css", ASSETS / "app.js", AXE):
        if not built.exists():
            pytest.skip(f"{built.relative_to(ROOT)} is not there: run make setup")
    return found


@pytest.fixture(scope="module")
def site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration city, served from a copy of this module's own. No journey may make the server fail."""
    var = tmp_path_factory.mktemp("var")
    shutil.copytree(demonstration(), var, dirs_exist_ok=True)
    running = serve(var)
    yield running
    running.stop()
    running.must_not_have_failed()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield running
        running.close()


@dataclass
class Windows:
    """Opens windows on a site: each with cookies of its own, in somebody's name and in a look."""

    site: Site
    browser: Browser
    opened: list[BrowserContext] = field(default_factory=list)

    def __call__(self, who: str = "demo-office", look: str = "light", **options: Any) -> Page:
        cookies, size = LOOKS[look]
        context = self.browser.new_context(
            base_url=self.site.url, viewport=size, locale="zh-CN", java_script_enabled=look != "nojs",
            reduced_motion="reduce", accept_downloads=True, **options,
        )  # fmt: skip
        self.opened.append(context)
        context.set_default_timeout(30_000)
        context.add_cookies([{"name": n, "value": v, "url": self.site.url} for n, v in cookies.items()])
        if who != VISITOR:
            context.add_cookies(self.signed_in(who))
        page = context.new_page()
        page.said, page.refused = [], set()
        page.on("console", lambda message: message.type not in ("debug", "verbose") and page.said.append(line(message)))
        page.on("response", lambda answer: note(page, answer))
        page.on("pageerror", lambda error: page.said.append(f"error: {error}"))
        return page

    def signed_in(self, who: str) -> list[Any]:
        """The session of somebody, who signs in through the form once a module."""
        if who not in self.site.cookies:
            context = self.browser.new_context(base_url=self.site.url)
            page = context.new_page()
            page.goto("/accounts/login/")
            page.locator("input[name=login]").fill(who)
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("input[name=password]").press("Enter")
            page.wait_for_url(lambda url: "/accounts/login" not in url)
            self.site.cookies[who] = [c for c in context.cookies() if c["name"] == "jz_session"]
            assert self.site.cookies[who], f"{who} could not sign in"
            context.close()
        return self.site.cookies[who]

    def close(self) -> None:
        for context in self.opened:
            context.close()


def note(page: Page, answer: Response) -> None:
    """Remember which documents were refused on purpose, so that the browser's remark on them is no complaint."""
    if answer.request.is_navigation_request() and 400 <= answer.status < 500:
        page.refused.add(answer.url)


def told(page: Page) -> str:
    """What the page says of what was just done; waits for it, as a person would."""
    box = page.locator(".toasts .toast").first
    box.wait_for()
    return box.inner_text()


def line(message: ConsoleMessage) -> str:
    return f"{message.type}: {message.text} ({message.location.get('url', '')})"


@pytest.fixture
def window(site: Site, browser: Browser) -> Iterator[Windows]:
    """``window(who, look)`` opens a page; ``window("")`` that of a visitor who has not signed in."""
    windows = Windows(site, browser)
    yield windows
    windows.close()


AXE_RUN = """async () => {
  const found = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
  return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} – ${n.failureSummary}`));
}"""
# what lies beyond the right edge and is not inside something that scrolls by itself
TOO_WIDE = """() => {
  const over = document.documentElement.scrollWidth - innerWidth;
  if (over <= 0) return [];
  const held = (e) => { for (let p = e.parentElement; p && p !== document.documentElement; p = p.parentElement)
    { if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(p).overflowX)) return true; } return false; };
  const out = Array.from(document.querySelectorAll("body *"))
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !held(e))
    .map((e) => `${e.tagName}.${e.className}`);
  return [`${over} px wider than the window`, ...out.slice(0, 5)];
}"""


def accessible(page: Page) -> list[str]:
    """What axe finds against WCAG 2.1 A and AA, one line a place."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(AXE_RUN)


def complaints(page: Page) -> list[str]:
    """Everything that must not be: violations of WCAG 2.1 AA, sideways scroll, anything said on the console.

    The console is where the browser names violations of the content security policy. That a form or an address was
    refused (404, 409, 422 …), which the browser remarks on too, is no complaint.
    """
    refused = tuple(f"({url})" for url in page.refused)
    said = [s for s in page.said if not ("Failed to load resource" in s and s.endswith(refused))]
    return [*accessible(page), *page.evaluate(TOO_WIDE), *said]


@pytest.fixture
def assert_clean() -> Callable[[Page], None]:
    def check(page: Page) -> None:
        found = complaints(page)
        assert not found, f"{page.url}:\n" + "\n".join(found)

    return check
