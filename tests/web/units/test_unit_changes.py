"""Units added, renamed, merged and closed on pages and as the API tells of them."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.apps.plan.models import Milestone, Report
from jinzhi.apps.units.models import Unit
from tests.apps.plan_fixtures import milestone, round_of_reports, small_plan
from tests.web.api.test_api import V1, Program, problem
from tests.web.plan.city import order

WHY = {"day": "2026-11-10", "reason": "机构改革", "ground": "津编发〔2026〕1号"}
ADD = {
    "code": "tj-data", "zh": "天津市数据管理局", "short": "市数据局", "en": "Data Bureau", "level": "department",
    "parent": "tianjin", **WHY,
}  # fmt: skip
NAME = {"zh": "滨海新区新政府", "short": "滨海新政府", "en": "New Binhai", **WHY}
MERGE = {"into": "tj-dongli", **WHY, "day": "2026-11-20"}
RENAME, MERGER = "/units/tj-binhai/rename/", "/units/tj-binhai-ip/merge/"


@pytest.fixture
def admin(make_person):
    return make_person("admin", "tianjin", "administrator", "管理员")


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_unit_is_added_on_its_page_once(admin):
    for _click in range(2):
        answer = admin.client.post("/units/new/", {**ADD, "_key": "a"})
        assert answer.status_code == 302 and answer["Location"] == "/units/tj-data/"
    page = text_of(admin.client.get("/units/tj-data/"))
    assert "自 2026-11-10 起" in page and "津编发〔2026〕1号" in page
    assert "/units/tj-data/" in text_of(admin.client.get("/units/"))


def test_a_refused_unit_names_the_field_and_keeps_what_was_typed(admin):
    answer = admin.client.post("/units/new/", {**ADD, "code": "Data!", "_key": "a"})
    assert answer.status_code == 422
    assert "只用小写字母" in text_of(answer) and "天津市数据管理局" in text_of(answer)
    assert not Unit.objects.filter(zh="天津市数据管理局").exists()


@pytest.mark.parametrize(
    "address", ["/units/new/", RENAME, MERGER, "/units/tj-binhai/close/", "/units/tj-binhai/undo/"]
)
def test_only_an_administrator_changes_units(district, above, address):
    assert district.client.get(address).status_code == 403
    assert above.client.post(address, {**ADD, **NAME, **MERGE}).status_code == 403
    assert Unit.objects.get(code="tj-binhai").zh == "滨海新区人民政府"


def test_an_administrator_of_a_district_changes_nothing_beyond_it(make_person):
    mine = make_person("dadmin", "tj-dongli", "administrator", "区管理员")
    assert mine.client.post(RENAME, {**NAME, "_seq": "0", "_key": "a"}).status_code == 403
    assert mine.client.post("/units/new/", {**ADD, "_key": "b"}).status_code in (403, 422)
    assert not Unit.objects.filter(code="tj-data").exists()


def test_a_renamed_unit_is_found_by_either_name_and_shows_both_with_their_days(admin, district):
    assert admin.client.post(RENAME, {**NAME, "_seq": "0", "_key": "a"}).status_code == 302
    for word in ("滨海新政府", "滨海新区人民政府"):
        assert "/units/tj-binhai/" in text_of(district.client.get("/units/", {"q": word})).split("<main")[1]
        assert "/units/tj-binhai/" in text_of(district.client.get("/search/", {"q": word})).split("<main")[1]
    page = text_of(district.client.get("/units/tj-binhai/"))
    assert "– 2026-11-09" in page and "2026-11-10 –" in page


def test_a_stale_form_is_a_conflict(admin):
    admin.client.post(RENAME, {**NAME, "_seq": "0", "_key": "a"})
    other = {**NAME, "zh": "别的名称", "short": "", "en": "Other", "day": "2026-11-15", "_seq": "0", "_key": "b"}
    assert admin.client.post(RENAME, other).status_code == 409
    assert Unit.objects.get(code="tj-binhai").zh == "滨海新区新政府"


@pytest.fixture
def plan(city):
    release = small_plan()
    milestone(release, "U1", "tj-binhai-ip", date(2026, 12, 31), on=date(2026, 1, 5))
    return release


def test_the_merger_shows_with_counts_what_goes_and_what_stays(plan, above, admin):
    order(above.acting, "tj-binhai-ip", "U1", grounds="提前部署")
    round_of_reports(plan, above.acting)
    shown = admin.client.get(MERGER)
    said = {o.kind: (o.count, o.goes) for o in shown.context["open"]}
    assert said["未完成的里程碑"] == (1, True)
    assert said["未办结的督办单和案件"] == (1, True)
    assert said["现行规划的职责分工"] == (1, True)
    assert said["未办结的进展报告"] == (1, False)
    assert "留在本单位，到并入之日为止" in text_of(shown)
    assert "本单位无人可以填报" in text_of(shown) and "/plan/reports/?unit=tj-binhai-ip" in text_of(shown)
    assert Unit.objects.get(code="tj-binhai-ip").active


def test_after_a_merger_the_unit_leads_to_its_successor_and_its_cases_say_where_they_were(plan, above, admin):
    case = order(above.acting, "tj-binhai-ip", "U1", grounds="提前部署")
    for _click in range(2):
        assert admin.client.post(MERGER, {**MERGE, "_seq": "0", "_key": "a"}).status_code == 302
    page = text_of(admin.client.get("/units/tj-binhai-ip/"))
    assert "至 2026-11-19，并入" in page and "移交给 tj-dongli" in page
    assert "/units/tj-binhai-ip/" not in text_of(admin.client.get("/units/"))
    assert "并入" in text_of(admin.client.get("/units/", {"q": "滨海新区知识产权局"}))
    assert "至 2026-11-19，其后并入" in text_of(above.client.get(f"/cases/{case.pk}/"))
    moved = Milestone.objects.unrestricted("test").get(row_key="U1")
    assert moved.unit.code == "tj-dongli"
    assert "单位合并移交" in text_of(above.client.get(f"/plan/milestones/{moved.code}/"))


def test_a_change_is_undone_on_its_page(admin):
    admin.client.post(RENAME, {**NAME, "_seq": "0", "_key": "a"})
    shown = text_of(admin.client.get("/units/tj-binhai/undo/"))
    assert "滨海新区人民政府 → 滨海新区新政府" in shown
    sent = {"reason": "文号有误", "_seq": "1", "_key": "b"}
    assert admin.client.post("/units/tj-binhai/undo/", sent).status_code == 302
    assert Unit.objects.get(code="tj-binhai").zh == "滨海新区人民政府"
    assert "没有可以撤回的变动" in text_of(admin.client.get("/units/tj-binhai/undo/"))


def test_closing_with_open_work_is_refused_with_what_is_open(plan, admin):
    answer = admin.client.post("/units/tj-binhai-ip/close/", {**WHY, "_seq": "0", "_key": "a"})
    assert answer.status_code == 422 and "未完成的里程碑 1" in text_of(answer)


def test_closing_says_of_each_matter_whether_it_must_be_finished_first(plan, above, admin):
    round_of_reports(plan, above.acting)
    page = text_of(admin.client.get("/units/tj-binhai-ip/close/"))
    rows = {r.split("</td>")[0]: r.split("</tr>")[0] for r in page.split("<tr><td>")[1:]}
    assert "须先办结，或把单位并入其他单位" in rows["未完成的里程碑"]
    assert "须先办结，或把单位并入其他单位" in rows["未办结的进展报告"]
    assert "留在本单位，不作改动" in rows["现行规划的职责分工"]
    assert "转给接收单位" not in page and "并入之日" not in page


def test_a_report_shows_the_name_of_the_day_it_was_submitted(plan, above, admin):
    report = round_of_reports(plan, above.acting)["tj-binhai"]
    Report.objects.unrestricted("test").filter(pk=report.pk).update(submitted_on=date(2026, 11, 9))
    admin.client.post(RENAME, {**NAME, "_seq": "0", "_key": "a"})
    page = text_of(above.client.get(f"/plan/reports/{report.pk}/")).split("<main")[1]
    assert "滨海新区政府" in page and "滨海新政府" not in page
    Report.objects.unrestricted("test").filter(pk=report.pk).update(submitted_on=date(2026, 11, 10))
    assert "滨海新政府" in text_of(above.client.get(f"/plan/reports/{report.pk}/")).split("<main")[1]


def test_the_api_gives_units_and_names_as_of_a_day(admin, plan):
    admin.client.post(RENAME, {**NAME, "_seq": "0", "_key": "a"})
    admin.client.post("/units/new/", {**ADD, "_key": "b"})
    admin.client.post(MERGER, {**MERGE, "_seq": "0", "_key": "c"})
    api = Program(admin)

    def on(day: str) -> dict:
        said = api.get(f"{V1}/units", {"as_of": day, "limit": 200}).json()
        assert said["as_of"] == day
        return {u["code"]: u for u in said["items"]}

    before, after = on("2026-11-09"), on("2026-11-20")
    assert before["tj-binhai"]["zh"] == "滨海新区人民政府" and after["tj-binhai"]["zh"] == "滨海新区新政府"
    assert "tj-data" not in before and after["tj-data"]["since"] == "2026-11-10"
    assert before["tj-binhai-ip"]["active"] and "tj-binhai-ip" not in after
    gone = api.get(f"{V1}/units/tj-binhai-ip").json()
    assert (gone["active"], gone["until"], gone["successor"]) == (False, "2026-11-19", "tj-dongli")
    assert api.get(f"{V1}/units/tj-binhai-ip", {"as_of": "2026-11-19"}).json()["active"]
    found = api.get(f"{V1}/units", {"q": "滨海新区人民政府"}).json()["items"]
    assert [u["code"] for u in found] == ["tj-binhai"]
    problem(api.get(f"{V1}/units", {"as_of": "soon"}), 422, "invalid")
