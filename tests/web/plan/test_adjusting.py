"""An adjustment of a milestone in the browser: asked by the unit, approved by the office, seen wherever it shows."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from jinzhi.apps.cases.models import Case
from jinzhi.apps.plan.actions import change_milestone
from jinzhi.apps.plan.models import Milestone
from tests.apps.plan_fixtures import milestone, small_plan

CODE = "test-plan-U1-tj-binhai-1"
OPEN = "/procedures/plan-adjustment/open/"


@pytest.fixture
def release(city):
    made = small_plan()
    milestone(made, "U1", "tj-binhai", date(2026, 9, 30), 10)
    milestone(made, "U1", "tj-dongli", date(2026, 9, 30), 10)
    return made


def text_of(answer) -> str:
    return answer.content.decode()


def ask(person, **said: str):
    data = {
        "_key": "k-open", "_seq": "0", "_step": "propose", "_subject": "row:U1", "_subject_title": "U1",
        "unit": "tj-binhai", "_unit": "tj-binhai", "title": "推迟", "kind": "milestone", "grounds": "国家平台推迟上线",
        "milestone": CODE, "new_due": "2026-12-31", **said,
    }  # fmt: skip
    return person.client.post(OPEN, data)


def do(person, case: Case, step: str, **said: str):
    page = text_of(person.client.get(f"/cases/{case.pk}/"))
    seq = re.search(r'name="_seq" value="(\d+)"', page)
    data = {"_key": f"{case.pk}-{step}", "_seq": seq[1] if seq else "", **said}
    return person.client.post(f"/cases/{case.pk}/steps/{step}/", data)


@pytest.fixture
def case(release, district) -> Case:
    assert ask(district).status_code == 302
    return Case.objects.unrestricted("test").get()


@pytest.fixture
def approved(case, above) -> Case:
    assert do(above, case, "accept").status_code == 302
    assert do(above, case, "approve", opinion="同意", _confirm="on").status_code == 302
    case.refresh_from_db()
    return case


def stands() -> Milestone:
    return Milestone.objects.unrestricted("test").get(code=CODE)


def test_a_wrong_code_is_said_at_its_field_and_keeps_what_was_typed(release, district):
    answer = ask(district, milestone="test-plan-U1-tj-dongli-1")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"milestone"}
    assert "国家平台推迟上线" in text_of(answer)


def test_the_case_shows_what_would_change_and_leads_to_the_milestone(case, district):
    page = text_of(district.client.get(f"/cases/{case.pk}/"))
    assert "期限：2026-09-30 → 2026-12-31" in page
    assert f'href="/plan/milestones/{CODE}/"' in page
    assert "批准后改到里程碑" in page


def test_the_approval_changes_the_milestone_and_closes_the_case(approved, district):
    assert stands().due == date(2026, 12, 31)
    assert approved.state == "applied"
    page = text_of(district.client.get(f"/cases/{approved.pk}/"))
    assert "期限：2026-09-30 → 2026-12-31" in page
    assert "已改到里程碑" in page


def test_the_milestone_names_the_case_and_what_was(approved, district):
    page = text_of(district.client.get(f"/plan/milestones/{CODE}/"))
    assert f'href="/cases/{approved.pk}/"' in page
    assert f"依据规划调整 {approved.number}" in page
    assert "期限：2026-09-30 → 2026-12-31" in page


def test_lists_the_row_the_unit_and_the_sheet_say_what_was(approved, district, above):
    said = f"经规划调整 {approved.number} 修改，原完成期限 2026-09-30"
    for address in ("/plan/milestones/", "/plan/milestones/?adjusted=1", "/plan/rows/U1/", "/units/tj-binhai/"):
        assert said in text_of(above.client.get(address)), address
    assert "U1 的里程碑" in text_of(above.client.get("/plan/milestones/?adjusted=1"))
    assert above.client.get("/plan/milestones/?adjusted=1").context["page"].paginator.count == 1
    book = load_workbook(BytesIO(above.client.get("/plan/milestones/export.xlsx").content))
    assert said in [c.value for row in book.worksheets[0].iter_rows() for c in row]


def test_the_matrix_and_the_cockpit_show_it(approved, above):
    assert "经调整 1" in text_of(above.client.get("/plan/matrix/"))
    page = text_of(above.client.get("/plan/"))
    assert "1 个里程碑经规划调整修改" in page
    link = re.search(r'id="adjusted"><a href="([^"]+)"', page)
    assert link
    shown = above.client.get(link[1].replace("&amp;", "&"))
    assert shown.context["page"].paginator.count == 1


def test_nothing_is_said_where_nothing_was_adjusted(case, above):
    assert "经调整" not in text_of(above.client.get("/plan/matrix/"))
    assert "经规划调整修改" not in text_of(above.client.get("/plan/"))


def test_the_api_says_by_which_case_and_what_was(approved, above):
    alone = above.client.get(f"/api/v1/plan/milestones/{CODE}").json()
    assert alone["due"] == "2026-12-31"
    assert alone["adjusted"] == {
        "case": approved.number, "on": "2026-11-22", "before": {"due": "2026-09-30"}, "after": {"due": "2026-12-31"},
    }  # fmt: skip
    row = above.client.get("/api/v1/plan/rows/U1").json()
    assert {m["code"]: bool(m["adjusted"]) for m in row["milestones"]} == {
        CODE: True, "test-plan-U1-tj-dongli-1": False,
    }  # fmt: skip
    assert above.client.get("/api/v1/plan/milestones/nichts").status_code == 404


def test_an_adjustment_is_proposed_and_approved_by_api(release, above):
    cases = "/api/v1/procedures/plan-adjustment/cases"
    schema = text_of(above.client.get("/api/v1/openapi.json"))
    assert "Code of a milestone." in schema
    assert above.client.get(cases).status_code == 200


def test_what_came_between_is_said_and_asked_again(case, district, above):
    do(above, case, "accept")
    change_milestone(stands(), {"due": "2026-11-30"}, reason="会议议定", who=above.acting, expected=None)
    answer = do(above, case, "approve", opinion="同意", _confirm="on")
    assert answer.status_code == 422
    assert "期限 2026-09-30 → 2026-11-30（会议议定）" in text_of(answer)
    assert stands().due == date(2026, 11, 30)
    assert "提出之后的变化" in text_of(district.client.get(f"/cases/{case.pk}/"))
    assert do(district, case, "reconfirm", note="仍不够").status_code == 302
    page = text_of(above.client.get(f"/cases/{case.pk}/"))
    assert "期限：2026-11-30 → 2026-12-31" in page
    assert do(above, case, "approve", opinion="同意", _confirm="on", _key="again").status_code == 302
    assert stands().due == date(2026, 12, 31)


def test_it_reads_in_english(approved, above):
    page = text_of(above.client.get(f"/plan/milestones/{CODE}/", headers={"accept-language": "en"}))
    assert f"Under adjustment {approved.number}" in page
