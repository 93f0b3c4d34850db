"""Evidence from a large file to a bundle: hashed in the browser, interrupted, resumed, warned of, handed over."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import told
from tests.journeys.site import Site

PIECE = 4 * 1024 * 1024
FACTS = {
    "title": "直播录屏（旅程）", "kind": "web", "captured_by": "李某", "captured_on": "2026-11-20",
    "captured_time": "09:30", "place": "办公室", "device": "取证工作站",
    "way": "screen-record", "tool": "录屏工具 2.1", "source": "直播间 12",
    "steps": "1. 检查环境；2. 录屏。", "env_result": "clean", "env_by": "李某", "env_what": "病毒查杀、系统时间",
}  # fmt: skip


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of three pieces and a bit."""
    path = tmp_path_factory.mktemp("files") / "录屏.mp4"
    path.write_bytes(b"".join(hashlib.sha256(str(n).encode()).digest() for n in range((3 * PIECE + 5000) // 32)))
    return path


def digests(path: Path) -> tuple[str, str]:
    content = path.read_bytes()
    return hashlib.sha256(content).hexdigest(), hashlib.new("sm3", content).hexdigest()


def fill(page: Page, **other: str) -> None:
    for name, value in {**FACTS, **other}.items():
        control = page.locator(f"[name={name}]")
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def said(page: Page):
    return page.locator(".upload-said")


def test_an_upload_that_was_cut_off_goes_on_after_a_reload(window, site: Site, recording, assert_clean):
    page = window("demo-binhai")
    page.goto("/custody/new/")
    assert_clean(page)

    def only_the_first_piece(route) -> None:
        if "offset=0" in urlsplit(route.request.url).query.split("&"):
            route.continue_()
        else:
            route.abort()

    page.route("**/custody/uploads/*/?offset=*", only_the_first_piece)
    page.set_input_files("#file-content", recording)
    expect(said(page)).to_have_text("连接中断，正在重试")
    assert site.one("SELECT received FROM custody_upload") == PIECE
    sha256, sm3 = digests(recording)
    expect(page.locator(".upload-sha256")).to_have_text(f"SHA-256 {sha256}")
    expect(page.locator(".upload-sm3")).to_have_text(f"SM3 {sm3}")
    page.locator("[data-upload-pause]").click()
    expect(said(page)).to_have_text("已暂停")

    page = window("demo-binhai")  # the window was closed, the machine started again
    offsets = []
    page.on("request", lambda r: "offset=" in r.url and offsets.append(r.url.rpartition("=")[2]))
    page.goto("/custody/new/")
    page.set_input_files("#file-content", recording)
    expect(said(page)).to_have_text("上传完成，摘要一致")
    assert offsets == [str(PIECE), str(2 * PIECE), str(3 * PIECE)], "what was here already is not sent again"
    fill(page)
    page.get_by_role("button", name="入库", exact=True).click()
    assert "已入库" in told(page)
    number = page.url.rstrip("/").rpartition("/")[2]
    kept = site.rows("SELECT sha256, sm3, size FROM custody_item WHERE number = ?", number)
    assert kept == [(sha256, sm3, recording.stat().st_size)]
    assert_clean(page)


def test_a_file_cannot_be_submitted_before_it_is_here(window, recording):
    page = window("demo-binhai")
    page.goto("/custody/new/")
    page.route("**/custody/uploads/*/?offset=*", lambda route: route.abort())
    page.route("**/custody/uploads/", lambda route: route.abort())
    page.set_input_files("#file-content", recording)
    fill(page)
    page.get_by_role("button", name="入库", exact=True).click()
    expect(said(page)).to_be_visible()
    assert page.url.endswith("/custody/new/")


def test_the_same_file_is_named_before_it_is_sent_and_kept_twice_only_when_one_says_so(window, recording, assert_clean):
    page = window("demo-binhai")
    page.goto("/custody/new/")
    page.set_input_files("#file-content", recording)
    expect(said(page)).to_have_text("上传完成，摘要一致")
    expect(page.locator(".upload-same")).to_contain_text("直播录屏（旅程）")
    fill(page, title="同一录屏再次入库")
    page.get_by_role("button", name="入库", exact=True).click()
    expect(page.locator("#same")).to_contain_text("直播录屏（旅程）")
    expect(page.locator("#upload")).to_contain_text("已收到，不必重新选择")
    assert_clean(page)
    page.get_by_label("仍要作为另一件保管").check()
    page.get_by_role("button", name="入库", exact=True).click()
    assert "已入库" in told(page)


def test_two_people_hand_over_and_the_bundle_verifies_anywhere(window, site: Site, tmp_path, assert_clean):
    number = site.one("SELECT number FROM custody_item WHERE title = ?", FACTS["title"])
    giver, taker = window("demo-binhai"), window("demo-handler")
    giver.goto(f"/custody/{number}/")
    giver.locator("#act-offer summary").click()
    choice = giver.locator("#act-offer option", has_text="冯某")
    giver.locator("#act-offer select").select_option(choice.first.get_attribute("value"))
    giver.locator("#act-offer textarea").fill("移送案件承办机构")
    giver.locator("#act-offer button[type=submit]").click()
    assert "已办理“移交”" in told(giver)
    assert taker.goto(f"/custody/{number}/").status == 404, "it is not theirs before they take it"
    taker.goto("/custody/hands/")
    assert_clean(taker)
    mine = taker.locator("article", has_text=number)
    mine.get_by_label("备注").fill("摘要一致")
    mine.get_by_role("button", name="核验并接收").click()
    assert "已办理“接收”" in told(taker)
    expect(taker.locator("#hands")).to_contain_text("摘要一致")
    assert giver.goto(f"/custody/{number}/").status == 404, "and no longer the giver's"

    with taker.expect_download() as download:
        taker.get_by_role("link", name="下载证据包").click()
    bundle = tmp_path / "bundle.zip"
    download.value.save_as(bundle)
    with zipfile.ZipFile(bundle) as packed:
        (tmp_path / "verify.py").write_bytes(packed.read("verify.py"))
    taker.goto("/evidence/verify/")
    keys = taker.locator("#keys code").all_inner_texts()
    assert verified(tmp_path / "verify.py", bundle, keys) == 0
    raw = bytearray(bundle.read_bytes())
    raw[len(raw) // 2] ^= 1
    bundle.write_bytes(raw)
    assert verified(tmp_path / "verify.py", bundle, keys) == 1, "one byte was altered"


def verified(script: Path, bundle: Path, keys: list[str]) -> int:
    """The exit status of the verifier that came in the bundle, on a bare Python."""
    given = [word for key in keys for word in ("--key", key)]
    command = [sys.executable, "-I", str(script), str(bundle), *given]
    return subprocess.run(command, capture_output=True, timeout=120).returncode
