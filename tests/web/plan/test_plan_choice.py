"""Several plans run at once: each is chosen in the address, remembered, said in the head, and never mixed."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.catalogue.sources_registry import EVERYTHING, records
from jinzhi.apps.plan.models import Duty, Measure, Release, Row
from jinzhi.apps.plan.plans import in_force, row_of_subject, subject_of
from jinzhi.apps.plan.queries import current
from jinzhi.apps.units.models import Unit
from tests.apps.plan_fixtures import milestone, round_of_reports
from tests.web.plan.city import PLAN, order, plan_city

YEAR = "points-2026"


def another(
    plan: str = YEAR, title: str = "2026 年工作要点", starts=date(2026, 3, 1), ends=date(2026, 12, 31)
) -> Release:
    """A plan of its own with two rows, one of which has the key of a row of the city's plan."""
    release = Release.objects.create(
        plan=plan, number=1, title=title, starts=starts, ends=ends, in_force=True, stored_at=now()
    )
    for n, (key, words, unit) in enumerate(
        (("C1", "今年的第一项任务", "tj-dongli"), ("1-1-2", "只在要点里的任务", "tj-binhai"))
    ):
        row = Row.objects.create(
            release=release, key=key, position=n, part="一、", section="年度重点", number=1, title=words
        )
        Measure.objects.create(row=row, position=0, text=f"{words}的措施，联系企业。")
        found = Unit.objects.get(code=unit)
        Duty.objects.create(row=row, position=0, kind="alone", raw=found.zh, unit=found).units.add(found)
    return release


@pytest.fixture
def city_plan(city) -> Release:
    return plan_city()


@pytest.fixture
def year(city_plan) -> Release:
    return another()


# which one is meant


def test_a_years_work_points_do_not_take_the_place_of_the_citys_plan(year, city_plan):
    assert current() == city_plan
    assert [r.plan for r in in_force()] == [PLAN, YEAR]


def test_the_next_plan_stored_early_waits_until_it_begins(city_plan):
    following = another("next", "下一个规划", date(2029, 1, 1), date(2033, 12, 31))
    assert current() == city_plan
    assert in_force(date(2029, 1, 1))[0] == following


def test_a_districts_plan_of_the_same_years_stands_behind_the_citys(city_plan):
    another("district", "滨海新区规划", city_plan.starts, city_plan.ends)
    assert current() == city_plan


def test_a_subject_names_the_plan_and_old_ones_mean_the_first(year, city_plan):
    assert subject_of(PLAN, "C1") == "row:C1"
    assert subject_of(YEAR, "C1") == "row:C1@points-2026"
    assert row_of_subject("row:C1") == (PLAN, "C1")
    assert row_of_subject(subject_of(YEAR, "C1")) == (YEAR, "C1")
    assert row_of_subject("unit:tj-binhai") == ("", "")


# pages


PAGES = ("/plan/", "/plan/rows/", "/plan/matrix/", "/plan/milestones/", "/plan/reports/", "/plan/orders/",
         "/units/tj-dongli/", "/plan/export.xlsx", "/plan/rows/export.xlsx", "/plan/reports/export.xlsx")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_while_there_is_one_plan_no_address_names_it(city_plan, above, path):
    assert above.client.get(path).status_code == 200
    assert 'class="plan-head"' not in above.client.get("/plan/").content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_with_several_the_address_comes_to_name_the_one_it_shows(year, above, path):
    sent = above.client.get(path, {"x": "1"} if path == "/plan/" else {})
    assert sent.status_code == 302
    assert f"plan={PLAN}" in sent["Location"]
    assert above.client.get(sent["Location"]).status_code == 200


def test_the_plan_is_remembered_and_said_in_the_head(year, above):
    shown = above.client.get("/plan/rows/", {"plan": YEAR})
    assert shown.context["board"].release == year
    html = shown.content.decode()
    assert "2026 年工作要点" in html.split('class="plan-head"')[1].split("</aside>")[0]
    assert f"?plan={PLAN}" in html
    assert above.client.get("/plan/")["Location"].endswith(f"plan={YEAR}")


def test_two_windows_with_two_plans_do_not_mix(year, above):
    above.client.get("/plan/rows/", {"plan": YEAR})
    from_city = above.client.get("/plan/matrix/", headers={"referer": f"http://testserver/plan/rows/?plan={PLAN}"})
    assert from_city["Location"].endswith(f"plan={PLAN}")
    from_outside = above.client.get("/plan/matrix/", headers={"referer": f"http://elsewhere/?plan={PLAN}"})
    assert from_outside["Location"].endswith(f"plan={YEAR}")


def test_a_plan_that_is_not_in_force_is_named_as_such(year, above):
    answer = above.client.get("/plan/rows/", {"plan": "lost"})
    assert answer.status_code == 404
    assert YEAR in answer.content.decode()


def test_the_same_key_in_two_plans_is_two_rows(year, above):
    assert "今年的第一项任务" in above.client.get("/plan/rows/C1/", {"plan": YEAR}).content.decode()
    city_row = above.client.get("/plan/rows/C1/", {"plan": PLAN}).content.decode()
    assert "提升企业知识产权创造水平" in city_row
    assert "今年的第一项任务" not in city_row


def test_an_address_of_a_row_that_only_one_plan_has_finds_it(year, above):
    assert above.client.get("/plan/rows/1-1-2/")["Location"] == f"/plan/rows/1-1-2/?plan={YEAR}"


def test_an_order_belongs_to_the_row_of_its_own_plan(year, city_plan, above):
    milestone(year, "C1", "tj-dongli", date(2026, 4, 30))
    sent = {"pair": "C1:tj-dongli", "demand": "说明原因", "due": "2026-12-10", "_step": "confirm", "_key": "k"}
    assert above.client.post(f"/plan/orders/issue/?plan={YEAR}", sent).status_code == 302
    made = Case.objects.unrestricted("test").get(procedure="supervision-order")
    assert made.subject == f"row:C1@{YEAR}"
    order(above.acting, "tj-binhai", "C1")

    def numbers(plan: str) -> int:
        return above.client.get("/plan/orders/", {"plan": plan, "row": "C1"}).context["page"].paginator.count

    assert (numbers(PLAN), numbers(YEAR)) == (1, 1)
    assert made.number in above.client.get("/plan/rows/C1/", {"plan": YEAR}).content.decode()
    assert made.number not in above.client.get("/plan/rows/C1/", {"plan": PLAN}).content.decode()
    assert f'href="/plan/rows/C1/?plan={YEAR}"' in above.client.get(f"/cases/{made.pk}/").content.decode()
    assert above.client.get(f"/plan/orders/{made.pk}/order.docx").status_code == 200


def test_a_round_and_its_reports_are_of_the_plan_of_the_address(year, city_plan, above):
    round_of_reports(year, above.acting)
    assert above.client.get("/plan/reports/", {"plan": YEAR}).context["page"].paginator.count == 2
    assert above.client.get("/plan/reports/", {"plan": PLAN}).context["page"].paginator.count == 0


def test_a_milestone_is_changed_within_the_term_of_its_own_plan(year, above):
    made = milestone(year, "C1", "tj-dongli", date(2026, 4, 30))
    form = {
        "title": "甲",
        "due": "2027-06-30",
        "target": "1",
        "measured_in": "项",
        "weight": "1",
        "reason": "延期",
        "_seq": "1",
    }
    answer = above.client.post(f"/plan/milestones/{made.code}/change/", form)
    assert answer.status_code == 422
    assert "2026-12-31" in answer.content.decode()


# search, API, indicators


def test_a_search_finds_the_rows_of_every_plan_and_says_whose_they_are(year, above):
    html = above.client.get("/search/", {"q": "企业"}).content.decode()
    assert "2026 年工作要点" in html
    assert f"/plan/rows/C1/?plan={PLAN}" in html
    assert f"/plan/rows/C1/?plan={YEAR}" in html


def test_a_key_that_two_plans_have_is_not_jumped_to(year, above):
    assert above.client.get("/search/", {"q": "C1"}).status_code == 200
    assert above.client.get("/search/", {"q": "1-1-2"})["Location"] == f"/plan/rows/1-1-2/?plan={YEAR}"


def test_the_api_names_the_plan(year, above):
    def told(path: str, **query):
        return above.client.get(f"/api/v1{path}", query)

    assert [p["plan"] for p in told("/plan/plans").json()["items"]] == [PLAN, YEAR]
    assert told("/plan/rows").json()["release"]["plan"] == PLAN
    assert told("/plan/rows", plan=YEAR).json()["release"]["plan"] == YEAR
    assert told("/plan/rows/C1", plan=YEAR).json()["plan"] == YEAR
    assert told("/plan/rows/1-1-2").status_code == 404
    assert told("/plan/rows", plan="lost").status_code == 404
    assert told("/plan/reports", plan=YEAR).json()["items"] == []


def test_an_indicator_counts_the_main_plan_unless_it_names_another(year, city_plan):
    milestone(year, "C1", "tj-dongli", date(2026, 4, 30))
    day = date(2026, 11, 22)
    assert {r.fields["plan"] for r in records("plan:milestones", EVERYTHING, day)} == {PLAN}
    assert [r.fields["plan"] for r in records(f"plan:milestones@{YEAR}", EVERYTHING, day)] == [YEAR]
