"""From the box to an alert that fires: a search is saved and watched, a small file is imported, the alert shows it.

Each test is a step of it; alone it first takes those before it.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Windows, told
from tests.journeys.site import Site, jinzhi
from tests.journeys.steps import Steps

WHO = "demo-binhai"
HEAD = ("application_number", "filing_date", "publication_number", "publication_date", "ipc", "applicants", "title",
        "place")  # fmt: skip
ROW = ("CN201900990000001", "20260105", "CN990000001A", "20261117", "H01M10/0525", "天津演示石墨有限公司",
       "一种石墨烯散热片", "天津市滨海新区")  # fmt: skip
step = Steps()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("import") / "gazette.csv"
    with place.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows((HEAD, ROW))
    return place


@step
def test_a_search_is_saved_and_watched(window: Windows, assert_clean) -> None:
    page = window(WHO)
    page.goto("/patents/")
    page.locator("#patent-query").fill("石墨烯 OR ti=石墨烯散热片")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#kept")).to_contain_text("#1")
    assert_clean(page)
    page.get_by_role("link", name="保存或订阅这个检索式").click()
    page.get_by_label("名称").fill("石墨烯")
    page.get_by_label("订阅变化").select_option("change")
    assert_clean(page)
    page.get_by_role("button", name="保存", exact=True).click()
    assert "##石墨烯" in told(page)
    expect(page.locator("#new")).to_contain_text("没有新出现的")
    assert_clean(page)


@step
def test_an_import_fires_the_alert(site: Site, file: Path, window: Windows, assert_clean) -> None:
    jinzhi(site.var, "patents", "import", str(file), "--source", "gazette", "--workers", "0")
    jinzhi(site.var, "patents", "index")
    assert site.one("SELECT new FROM patents_alert a JOIN patents_savedquery s ON s.id = a.saved_id"
                    " WHERE s.name = '石墨烯'") == 1  # fmt: skip
    page = window(WHO)
    page.goto("/patents/")
    expect(page.locator("#kept")).to_contain_text("1 个有变化")
    page.locator("#kept").get_by_role("link", name="订阅").click()
    page.get_by_role("link", name="石墨烯", exact=True).click()
    expect(page.locator("#new")).to_contain_text("CN990000001A")
    assert_clean(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")


@step
def test_what_was_looked_at_is_quiet_again(window: Windows, assert_clean) -> None:
    page = window(WHO, look="nojs")
    page.goto("/patents/alerts/")
    page.get_by_role("link", name="石墨烯", exact=True).click()
    page.get_by_role("button", name="标记为看过").click()
    assert "已标记为看过" in told(page)
    expect(page.locator("#new")).to_contain_text("没有新出现的")
    page.goto("/patents/")
    expect(page.locator("#kept")).not_to_contain_text("有变化")


@step
def test_the_new_document_is_tagged_and_found_by_its_tag(window: Windows, assert_clean) -> None:
    page = window(WHO, look="narrow")
    page.goto("/patents/?q=%23%23石墨烯")
    page.locator(".query-tools > summary").click()
    page.get_by_role("link", name="标引这些结果").click()
    page.get_by_label("标引名称").fill("新材料")
    assert_clean(page)
    page.get_by_role("button", name="全部加上").click()
    assert "新材料" in told(page)
    page.goto("/patents/?q=tag=新材料 AND pn=CN990000001A")
    expect(page.locator(".hit")).to_have_count(1)
    page.locator(".hit-title a").click()
    page.get_by_label("写备注").fill("散热方向，值得跟踪。")
    page.get_by_role("button", name="保存备注").click()
    assert "已保存备注" in told(page)
    expect(page.locator("#written")).to_contain_text("值得跟踪")
    assert_clean(page)
