"""A bundle from its entry to the public page that verifies it: a good one, an altered one, and nothing is sent."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.apps.bundle_files import flipped, pack, unpack
from tests.journeys.site import jinzhi

PAGE = "/evidence/verify/"


@pytest.fixture(scope="module")
def bundle(site) -> Path:
    """An entry of the demonstration, exported from the console of the site's own installation."""
    out = Path(site.var) / "journey.zip"
    jinzhi(Path(site.var), "evidence", "export", "--entry", "2026-0", "--out", str(out))
    return out


def given(page: Page, file: Path) -> None:
    page.goto(PAGE)
    page.get_by_label(re.compile("选择证据包")).set_input_files(str(file))


def test_a_good_bundle_is_proven_in_the_browser_and_sent_nowhere(window, bundle, assert_clean):
    page = window("")
    page.goto(PAGE)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    page.get_by_label(re.compile("选择证据包")).set_input_files(str(bundle))
    expect(page.locator("[data-said]")).to_contain_text("✓ 通过")
    lines = page.locator(".finding")
    expect(lines.filter(has_text="都由您给定的公钥签名")).to_contain_text("已证明")
    expect(lines.filter(has_text="时间戳（RFC 3161）").first).to_contain_text("已证明")
    expect(lines.filter(has_text="登记之前的事")).to_contain_text("未声称")
    expect(page.locator(".finding-failed")).to_have_count(0)
    assert [s for s in sent if not re.match(r"GET \S+/static/\S+$", s)] == []
    assert_clean(page)


@pytest.mark.parametrize("look", ["dark", "narrow", "large"])
def test_the_findings_are_accessible_in_every_look(window, bundle, assert_clean, look):
    page = window("", look)
    given(page, bundle)
    expect(page.locator("[data-said]")).to_contain_text("通过")
    assert_clean(page)


def test_an_altered_bundle_is_refused_and_says_where(window, bundle, tmp_path, assert_clean):
    page = window("")
    (tmp_path / "bit.zip").write_bytes(flipped(bundle.read_bytes()))
    given(page, tmp_path / "bit.zip")
    expect(page.locator("[data-said]")).to_contain_text("✗ 未通过")
    files = unpack(bundle.read_bytes())
    name = next(n for n in files if n.startswith("contents/"))
    (tmp_path / "content.zip").write_bytes(pack({**files, name: files[name] + b" "}))
    page.get_by_label(re.compile("选择证据包")).set_input_files(str(tmp_path / "content.zip"))
    expect(page.locator(".finding-failed").first).to_contain_text(f"文件 {name} 缺失或被改动")
    assert_clean(page)


def test_what_is_no_bundle_is_said_to_be_none(window, tmp_path):
    page = window("")
    (tmp_path / "a.zip").write_bytes(b"%PDF-1.7")
    given(page, tmp_path / "a.zip")
    expect(page.locator("[data-said]")).to_contain_text("这不是证据包")


def test_another_key_does_not_prove_the_bundle(window, bundle):
    page = window("")
    page.goto(PAGE)
    page.get_by_label("核对公钥").select_option("given")
    page.get_by_label("公钥，每行一个").fill("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    page.get_by_label(re.compile("选择证据包")).set_input_files(str(bundle))
    expect(page.locator(".finding-failed").first).to_contain_text("不是用您给定的公钥签名的")


def test_without_a_key_a_bundle_is_whole_but_nobody_s(window, bundle, assert_clean):
    page = window("")
    page.goto(PAGE)
    page.get_by_label("核对公钥").select_option("none")
    page.get_by_label(re.compile("选择证据包")).set_input_files(str(bundle))
    expect(page.locator("[data-said]")).to_contain_text("— 完整，但未认定出自何人")
    assert_clean(page)


def test_in_english(window, bundle):
    page = window("", "english")
    page.goto(PAGE)
    page.locator("input[name=bundle]").set_input_files(str(bundle))
    expect(page.locator(".finding-proven").first).to_contain_text("match their SHA-256 and SM3 digests")


def test_without_scripts_the_page_hands_out_the_program_which_verifies(window, bundle, tmp_path):
    page = window("", "nojs")
    page.goto(PAGE)
    expect(page.locator("[data-verify]")).to_be_hidden()
    expect(page.locator("main")).to_contain_text("没有启用脚本")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 verify.py").click()
    download.value.save_as(tmp_path / "verify.py")
    keys = [word for key in page.locator("#keys code").all_inner_texts() for word in ("--key", key)]
    for given, status in ((keys, 0), ([], 3)):
        command = [sys.executable, "-I", str(tmp_path / "verify.py"), str(bundle), *given]
        assert subprocess.run(command, capture_output=True, check=False).returncode == status


def test_from_an_entry_to_its_bundle_to_the_page(window, tmp_path):
    page = window("demo-office")
    page.goto("/evidence/entries/2026-0/")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载证据包").click()
    download.value.save_as(tmp_path / "b.zip")
    page.get_by_role("link", name="核验证据包").click()
    page.get_by_label(re.compile("选择证据包")).set_input_files(str(tmp_path / "b.zip"))
    expect(page.locator("[data-said]")).to_contain_text("✓ 通过，所声称的每一字节都已由给定的公钥证明，条目：2026-0")
