"""More time for one unit's report in the browser: the grant, and every list, export and API that reads the day."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.indicators.queries import scope_of, values
from jinzhi.kernel.indicator import Indicator
from tests.apps.plan_fixtures import milestone, round_of_reports, small_plan
from tests.web.plan.test_plan_reports import LIST, again, fill, page_of, rows_of, step, text_of


@pytest.fixture
def release(city):
    return small_plan()


@pytest.fixture
def report(release, above):
    milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 10)
    return round_of_reports(release, above.acting)["tj-binhai"]


def grant(person, report, until: str = "2026-12-05", **more: str):
    return step(person, report, "extend", new_due=until, reason="外部数据未到", **more)


def test_the_office_grants_more_time_on_the_page(report, above, district):
    assert grant(above, report).status_code == 302
    assert again(report).due == date(2026, 12, 5)
    page = text_of(district.client.get(page_of(report)))
    assert "延期至 2026-12-05（原定 2026-10-20）：天津市 规划办 于 2026-11-22 给予，理由：外部数据未到" in page
    assert "截止日已过之后给予" in page


def test_a_day_that_is_not_later_is_refused_at_its_field(report, above):
    answer = grant(above, report, "2026-10-20")
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"new_due"}
    assert again(report).due == date(2026, 10, 20)


def test_the_unit_is_not_offered_more_time(report, district):
    page = text_of(district.client.get(page_of(report)))
    assert 'id="extend-dialog"' not in page
    assert grant(district, report).status_code in (403, 422)
    assert again(report).due == date(2026, 10, 20)


def test_taking_it_back_asks_once_more(report, above):
    grant(above, report)
    assert step(above, report, "undo-extension", reason="数据已到").status_code == 422
    assert step(above, report, "undo-extension", reason="数据已到", _confirm="on").status_code == 302
    assert again(report).due == date(2026, 10, 20)


def test_the_list_judges_a_unit_by_its_own_day(report, above, district):
    grant(above, report)
    assert fill(district, report).status_code == 302
    assert step(district, report, "submit").status_code == 302
    assert [r.cells[0].value for r in rows_of(above, submitted="in-time")] == ["滨海新区政府"]
    assert rows_of(above, submitted="late") == []
    levels = above.client.get(LIST).context["levels"]
    assert "其中 1 个单位另有截止日" in levels.caption
    assert [r.cells[3].value for r in levels.rows][-1] == 1


def on_time(person) -> tuple[object, object]:
    """The share in time as the list of reports gives it for all levels, and as the indicator does."""
    indicator = catalogue().get(Indicator, "reports-on-time")
    computed = values([indicator], scope_of(person.acting, None), today())[indicator.id]
    (share,) = [r.cells[5] for r in person.client.get(LIST).context["levels"].rows if str(r.cells[0]) == "合计"]
    return share, computed


def test_who_has_more_time_is_not_yet_counted_in_the_share_wherever_one_stands(report, above, district):
    share, computed = on_time(above)
    assert (share.value, share.sub, computed.number) == ("0.0%", "0/4", 0)
    grant(above, report)
    share, computed = on_time(above)
    assert (share.value, share.sub, computed.number) == ("0.0%", "0/3", 0)
    fill(district, report)
    step(district, report, "submit")  # in time, but its day has not come
    share, computed = on_time(above)
    assert (share.value, share.sub, computed.number) == ("0.0%", "0/3", 0)


@pytest.mark.parametrize(
    ("day", "said"), [("2026-10-19", ("—", "")), ("2026-10-20", ("100.0%", "1/1")), ("2026-10-21", ("25.0%", "1/4"))]
)
def test_on_its_last_day_only_what_was_handed_in_is_counted(release, above, district, settings, day, said):
    settings.JINZHI_TODAY = "2026-10-15"
    report = round_of_reports(release, above.acting)["tj-binhai"]
    fill(district, report)
    assert step(district, report, "submit", _on="2026-10-15").status_code == 302
    settings.JINZHI_TODAY = day
    share, computed = on_time(above)
    assert (share.value, share.sub) == said
    assert (f"{computed.number:.1f}%" if computed.number is not None else "—") == share.value


def test_the_list_shows_the_first_day_beside_the_own_one(report, above):
    grant(above, report)
    (row,) = [r for r in rows_of(above) if r.cells[0].value == "滨海新区政府"]
    assert row.cells[4].due.on == date(2026, 12, 5)
    assert "原定 2026-10-20" in row.cells[4].sub


def test_what_has_more_time_is_not_overdue_anywhere(report, above, district):
    before = above.client.get("/plan/", {"tab": "attention"})
    assert f"{page_of(report)}" in text_of(before)
    grant(above, report)
    assert page_of(report) not in text_of(above.client.get("/plan/", {"tab": "attention"}))
    assert "滨海新区政府" not in [r.cells[0].value for r in rows_of(above, state="overdue")]
    unit = text_of(above.client.get("/units/tj-binhai/"))
    assert "原定 2026-10-20" in unit
    inbox = text_of(district.client.get("/inbox/"))
    assert "2026-12-05" in inbox


def test_the_export_and_the_sheets_have_both_days(report, above, district):
    grant(above, report)
    sheet = load_workbook(BytesIO(above.client.get(f"{LIST}export.xlsx").content)).worksheets[0]
    lines = [[str(c.value) for c in row] for row in sheet.iter_rows()]
    (line,) = [x for x in lines if x[0] == again(report).case.number]
    assert any("2026-12-05" in c for c in line)
    assert any("2026-10-20" in c for c in line)
    assert any("外部数据未到" in c for c in line)
    book = load_workbook(BytesIO(district.client.get(f"{page_of(report)}sheet.xlsx").content))
    said = [str(c.value) for s in book.worksheets for row in s.iter_rows() for c in row]
    assert "2026-12-05（原定 2026-10-20）" in said
    paper = Document(BytesIO(district.client.get(f"{page_of(report)}report.docx").content))
    cells = [c.text for t in paper.tables for row in t.rows for c in row.cells]
    assert "2026-12-05" in cells


def test_the_api_gives_the_own_day_and_the_grant(report, above):
    grant(above, report)
    items = above.client.get("/api/v1/plan/reports").json()["items"]
    found = {i["unit"]: i for i in items}
    assert found["tj-binhai"]["due"] == "2026-12-05"
    assert found["tj-binhai"]["period_due"] == "2026-10-20"
    assert found["tj-binhai"]["more_time"] == {
        "until": "2026-12-05", "was": "2026-10-20", "granted_on": "2026-11-22", "granted_by": "规划办",
        "office": "天津市", "reason": "外部数据未到", "afterwards": True,
    }  # fmt: skip
    assert found["tj-dongli"]["more_time"] is None
    assert found["tj-dongli"]["due"] == "2026-10-20"


def test_more_time_reads_in_english(report, above):
    grant(above, report)
    page = text_of(above.client.get(page_of(report), headers={"accept-language": "en"}))
    assert "More time until 2026-12-05 (was 2026-10-20)" in page
