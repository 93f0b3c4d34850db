"""The plan at work: lights from dates and ratios, reports approved from below, locked once approved."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.apps.cases.actions import StepRefused, take
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.evidence.actions import Conflict
from jinzhi.apps.plan.actions import ContentRefused, Locked, MilestoneRefused, save_content
from jinzhi.apps.plan.models import Report
from jinzhi.apps.plan.progress import cells, judge, light_rule, milestone_status, visible_cells
from tests.apps.plan_fixtures import milestone, round_of_reports, small_plan

TODAY = date(2026, 11, 22)


@pytest.fixture
def release(city):
    return small_plan()


@pytest.fixture
def reports(release, above):
    milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 10)
    milestone(release, "U1", "tj-binhai", date(2026, 12, 20), 1)
    return round_of_reports(release, above.acting)


def fill(report, release, who, achieved="10", reached="2026-09-20"):
    report = Report.objects.unrestricted("test").get(pk=report.pk)
    from_rows = {k: {"progress": "按计划推进"} for k in ("C1", "U1")}
    codes = {"test-plan-U1-tj-binhai-1": {"achieved": achieved, "reached_on": reached}}
    if report.unit.code != "tj-binhai":
        from_rows, codes = {"U1": {"progress": "按计划推进"}}, {}
    save_content(report, release, notes=from_rows, figures=codes, who=who, expected=report.version)
    return Report.objects.unrestricted("test").select_related("case").get(pk=report.pk)


def test_a_round_goes_to_every_unit_that_answers_for_a_row(reports):
    assert set(reports) == {"tj-ip-office", "tj-binhai", "tj-binhai-ip", "tj-dongli"}


def test_a_report_is_not_submitted_while_something_is_missing(reports, district):
    with pytest.raises(StepRefused, match="还有里程碑"):
        take(reports["tj-binhai"].case, "submit", {}, who=district.acting)


def test_a_parent_is_not_approved_before_its_children(reports, release, district, above, make_person):
    report = fill(reports["tj-binhai"], release, district.acting)
    take(report.case, "submit", {}, who=district.acting)
    with pytest.raises(StepRefused, match="下级单位"):
        take(report.case, "approve", {}, who=above.acting)
    bureau = make_person("bureau", "tj-binhai-ip", "reporter")
    boss = make_person("boss", "tj-binhai", "approver")
    child = fill(reports["tj-binhai-ip"], release, bureau.acting)
    take(child.case, "submit", {}, who=bureau.acting)
    take(child.case, "approve", {}, who=boss.acting)
    take(report.case, "approve", {}, who=above.acting)
    report.refresh_from_db(from_queryset=Report.objects.unrestricted("test"))
    assert report.state == "approved"
    assert all(r.sound for r in run_all())


def test_an_approved_report_is_locked_and_its_figures_count(reports, release, make_person, above, district):
    test_a_parent_is_not_approved_before_its_children(reports, release, district, above, make_person)
    report = Report.objects.unrestricted("test").get(pk=reports["tj-binhai"].pk)
    with pytest.raises(Locked):
        save_content(report, release, notes={}, figures={}, who=district.acting, expected=report.version)
    first = report.figures.get().milestone
    assert str(first.met_on) == "2026-09-20"
    assert milestone_status(first, TODAY).id == "met"
    [cell] = [c for c in cells(release.plan, TODAY, 2026) if c.row_key == "U1"]
    assert (cell.done, cell.planned, cell.total) == (10_000, 10_000, 20_000)


def test_an_overdue_milestone_makes_the_row_late(reports, release):
    [cell] = cells(release.plan, TODAY, 2026)
    judged = judge([cell], TODAY, light_rule(TODAY))
    assert judged.light.id == "late"
    assert "53 天" in judged.why_zh


def test_the_cells_of_all_years_are_kept_like_those_of_one(reports, release):
    first = cells(release.plan, TODAY, None)
    assert {c.row_key for c in first} >= {"U1"}
    assert cells(release.plan, TODAY, None) == first


def test_two_people_saving_meet_a_conflict(reports, release, district):
    report = reports["tj-binhai"]
    save_content(report, release, notes={"U1": {"progress": "甲"}}, figures={}, who=district.acting, expected=0)
    with pytest.raises(Conflict):
        save_content(report, release, notes={"U1": {"progress": "乙"}}, figures={}, who=district.acting, expected=0)


def test_every_wrong_figure_is_named_and_nothing_is_half_saved(reports, release, district):
    with pytest.raises(ContentRefused) as e:
        save_content(
            reports["tj-binhai"], release, notes={"U1": {"progress": "甲"}},
            figures={"test-plan-U1-tj-binhai-1": {"achieved": "十"}, "nowhere": {"achieved": "1"}},
            who=district.acting, expected=0,
        )  # fmt: skip
    assert [(w.milestone, w.field) for w in e.value.errors] == [
        ("test-plan-U1-tj-binhai-1", "achieved"),
        ("nowhere", ""),
    ]
    assert not reports["tj-binhai"].notes.exists()


def test_a_figure_that_reaches_its_target_needs_its_day(reports, release, district):
    with pytest.raises(ContentRefused, match="完成日期"):
        save_content(
            reports["tj-binhai"], release, notes={},
            figures={"test-plan-U1-tj-binhai-1": {"achieved": "10"}}, who=district.acting, expected=0,
        )  # fmt: skip


def test_another_unit_may_neither_see_nor_submit(reports, district, elsewhere, above):
    assert not Report.objects.visible_to(elsewhere.acting).filter(unit__code="tj-binhai").exists()
    assert Report.objects.visible_to(above.acting).count() == 4
    with pytest.raises(StepRefused):
        take(reports["tj-binhai"].case, "submit", {}, who=elsewhere.acting)


def test_cells_are_seen_by_the_unit_and_above_only(reports, release, district, above, elsewhere):
    seen = {
        p.user.username: len(visible_cells(release.plan, TODAY, 2026, p.acting)) for p in (district, above, elsewhere)
    }
    assert seen == {"binhai": 1, "office": 1, "dongli": 0}


def test_the_same_submission_makes_one_milestone(release):
    one = milestone(release, "U1", "tj-binhai", date(2026, 9, 30), key="k")
    two = milestone(release, "U1", "tj-binhai", date(2026, 9, 30), key="k")
    assert one.code == two.code


@pytest.mark.parametrize("due, target", [(date(2031, 1, 1), 1), (date(2026, 9, 30), 0)])
def test_a_milestone_outside_the_term_or_without_a_target_is_refused(release, due, target):
    with pytest.raises(MilestoneRefused):
        milestone(release, "U1", "tj-binhai", due, target)
