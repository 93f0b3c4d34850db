"""The plan at work: lights from dates and ratios, reports approved from below, locked once approved."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.apps.cases.actions import StepRefused, take
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.evidence.events.actions import Conflict
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.actions import (
    ContentRefused,
    Locked,
    MilestoneRefused,
    add_milestone,
    change_milestone,
    drop_milestone,
    open_round,
    reckon,
    save_content,
)
from jinzhi.apps.plan.models import Milestone, Report, Snapshot
from jinzhi.apps.plan.progress import cells, forget, judge, light_rule, milestone_status, visible_cells
from jinzhi.apps.plan.queries import in_state
from jinzhi.apps.plan.reporting import Round, RoundRefused, call_round
from jinzhi.apps.units.models import Unit
from tests.apps.plan_fixtures import milestone, quarter, round_of_reports, small_plan

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


def test_a_call_goes_to_some_units_only_and_to_the_others_later(release, above):
    wanted = Round("2026Q3", date(2026, 7, 1), date(2026, 9, 30), date(2026, 12, 20))
    _period, made = call_round(release, wanted, who=above.acting, units=["tj-dongli"])
    assert [r.unit.code for r in made] == ["tj-dongli"]
    for units in ([], ["tj-heping"], ["tj-dongli", "no-such"]):
        with pytest.raises(RoundRefused):
            call_round(release, wanted, who=above.acting, units=units)
    _period, rest = call_round(release, wanted, who=above.acting)
    assert {r.unit.code for r in rest} == {"tj-ip-office", "tj-binhai", "tj-binhai-ip"}


def test_no_unit_below_is_called_once_the_report_above_is_approved(release, above, district):
    wanted = Round("2026Q3", date(2026, 7, 1), date(2026, 9, 30), date(2026, 12, 20))
    _period, [report] = call_round(release, wanted, who=above.acting, units=["tj-binhai"])
    notes = {k: {"progress": "按计划推进"} for k in ("C1", "U1")}
    save_content(report, release, notes=notes, figures={}, who=district.acting, expected=0)
    take(report.case, "submit", {}, who=district.acting)
    take(report.case, "approve", {}, who=above.acting)
    with pytest.raises(RoundRefused, match="不能再向下级布置"):
        call_round(release, wanted, who=above.acting, units=["tj-binhai-ip"])


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


@pytest.fixture
def approved(reports, release, make_person, above, district):
    test_a_parent_is_not_approved_before_its_children(reports, release, district, above, make_person)
    return Report.objects.unrestricted("test").select_related("case").get(pk=reports["tj-binhai"].pk)


def test_a_wrong_approval_is_undone_on_record_and_the_milestones_are_reckoned_anew(approved, above):
    first = approved.figures.get().milestone
    assert str(first.met_on) == "2026-09-20"
    take(approved.case, "undo-approval", {"reason": "附件是另一季度的"}, who=above.acting)
    approved.refresh_from_db(from_queryset=Report.objects.unrestricted("test"))
    first.refresh_from_db(from_queryset=Milestone.objects.unrestricted("test"))
    assert (approved.state, approved.approved_on, approved.case.closed_on) == ("submitted", None, None)
    assert (first.achieved, first.met_on) == (0, None)
    [cell] = [c for c in cells(approved.plan, TODAY, 2026) if c.row_key == "U1"]
    assert cell.done == 0
    verbs = [e.verb for e in Event.objects.filter(stream=approved.case.stream).order_by("seq")]
    assert verbs == ["open", "submit", "approve", "undo-approval"]
    assert all(r.sound for r in run_all())
    take(approved.case, "approve", {}, who=above.acting)
    first.refresh_from_db(from_queryset=Milestone.objects.unrestricted("test"))
    assert str(first.met_on) == "2026-09-20"


def test_what_an_earlier_report_said_holds_again_once_a_later_approval_is_undone(reports, release, above, district):
    def through(report, achieved, reached):
        second = {"test-plan-U1-tj-binhai-2": {"achieved": "0"}} if report.period.code == "2026Q4" else {}
        report = fill(report, release, district.acting, achieved, reached)
        save_content(report, release, notes={}, figures=second, who=district.acting, expected=report.version)
        below = Report.objects.unrestricted("test").filter(period=report.period, unit__code="tj-binhai-ip")
        case = below.select_related("case").get().case
        take(case, "cancel", {"reason": "测试"}, who=above.acting)
        take(report.case, "submit", {}, who=district.acting)
        take(report.case, "approve", {}, who=above.acting)
        return report

    through(reports["tj-binhai"], "4", "")
    later = {r.unit.code: r for r in open_round(release, quarter(release, "2026Q4"), who=above.acting)}
    made = through(later["tj-binhai"], "10", "2026-11-02")
    first = made.figures.get(milestone__code="test-plan-U1-tj-binhai-1").milestone
    assert (first.achieved, str(first.met_on)) == (10, "2026-11-02")
    take(made.case, "undo-approval", {"reason": "数字有误"}, who=above.acting)
    first.refresh_from_db(from_queryset=Milestone.objects.unrestricted("test"))
    assert (first.achieved, first.met_on) == (4, None)


@pytest.mark.parametrize("role", ["reporter", "approver"])
def test_an_approval_is_undone_from_above_with_a_reason_only(approved, above, make_person, role):
    with pytest.raises(StepRefused):
        take(approved.case, "undo-approval", {"reason": "想改"}, who=make_person("own", "tj-binhai", role).acting)
    with pytest.raises(StepRefused):
        take(approved.case, "undo-approval", {"reason": "  "}, who=above.acting)


def test_an_approval_below_stays_while_the_report_above_rests_on_it(reports, approved, above):
    child = reports["tj-binhai-ip"].case
    child.refresh_from_db(from_queryset=type(child).objects.unrestricted("test"))
    with pytest.raises(StepRefused, match="上级单位"):
        take(child, "undo-approval", {"reason": "有误"}, who=above.acting)
    take(approved.case, "undo-approval", {"reason": "有误"}, who=above.acting)
    take(child, "undo-approval", {"reason": "有误"}, who=above.acting)
    assert all(r.sound for r in run_all())


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


def light_on(release, day: date, year: int | None = 2026) -> str:
    return judge(cells(release.plan, day, year), day, light_rule(day)).light.id


@pytest.mark.parametrize(
    ("day", "light"),
    [
        (date(2026, 9, 1), "normal"),
        (date(2026, 9, 16), "risk"),  # due within 14 days
        (date(2026, 9, 30), "risk"),  # its own day is not over
        (date(2026, 10, 1), "risk"),
        (date(2026, 10, 30), "risk"),  # 30 days late
        (date(2026, 10, 31), "late"),
        (date(2027, 6, 30), "late"),
    ],
)
def test_a_single_milestone_goes_from_on_track_over_at_risk_to_behind(release, day, light):
    milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 10)
    assert light_on(release, day, None) == light


def test_a_section_is_not_behind_for_what_is_within_the_days_of_grace(release):
    for unit in ("tj-binhai", "tj-binhai-ip", "tj-dongli"):
        milestone(release, "U1", unit, date(2026, 9, 30), 10)
    assert light_on(release, date(2026, 10, 1)) == "risk"
    assert light_on(release, date(2026, 10, 31)) == "late"


def test_what_a_year_left_undone_counts_in_the_next_until_it_is_met(release):
    made = milestone(release, "U1", "tj-binhai", date(2026, 3, 31), 10)
    milestone(release, "U1", "tj-dongli", date(2027, 12, 31), 1)
    spring = date(2027, 3, 3)
    assert {c.unit_path for c in cells(release.plan, spring, 2027)} == {
        made.unit_path, Unit.objects.get(code="tj-dongli").path
    }  # fmt: skip
    assert light_on(release, spring, 2027) == "late"
    [own] = [c for c in cells(release.plan, spring, 2027) if c.unit_path == made.unit_path]
    assert judge([own], spring, light_rule(spring)).why_zh == "有里程碑超期 337 天（超过 30 天）"
    Milestone.objects.unrestricted("test").filter(pk=made.pk).update(met_on=date(2026, 12, 30), achieved=10)
    forget(release.plan)
    assert [c.unit_path for c in cells(release.plan, spring, 2027)] == [Unit.objects.get(code="tj-dongli").path]


def test_a_snapshot_of_another_making_is_not_read(release):
    milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 10)
    Snapshot.objects.create(plan=release.plan, day=TODAY, year=2026, basis="milestones", data=[[1, "x", "U1"]])
    assert [c.row_key for c in cells(release.plan, TODAY, 2026)] == ["U1"]


def least(release, achieved: str, reached: str = "", **more):
    """A milestone of at most 4, and the figure that a report gives."""
    made = milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 4, direction="down", **more)
    return made, {made.code: {"achieved": achieved, "reached_on": reached}}


def test_where_less_is_better_seven_does_not_reach_four(release, above, district):
    made, figures = least(release, "7", "2026-09-20")
    report = round_of_reports(release, above.acting)["tj-binhai"]
    with pytest.raises(ContentRefused, match="尚未达到目标"):
        save_content(report, release, notes={}, figures=figures, who=district.acting, expected=0)
    figures = {made.code: {"achieved": "7"}}
    save_content(report, release, notes={}, figures=figures, who=district.acting, expected=0)
    Report.objects.unrestricted("test").filter(pk=report.pk).update(state="approved")
    reckon(report)
    made.refresh_from_db(from_queryset=Milestone.objects.unrestricted("test"))
    assert made.met_on is None
    assert milestone_status(made, TODAY).id == "not-met"
    assert Milestone.objects.unrestricted("test").filter(in_state("not-met", TODAY)).exists()
    [cell] = cells(release.plan, TODAY, 2026)
    assert cell.done == 5714  # 4 of 7


def test_where_less_is_better_three_reaches_four_and_nothing_reported_does_not(release, above, district):
    made, figures = least(release, "3", "2026-09-20")
    [cell] = cells(release.plan, TODAY, 2026)
    assert cell.done == 0
    report = round_of_reports(release, above.acting)["tj-binhai"]
    save_content(report, release, notes={}, figures=figures, who=district.acting, expected=0)
    Report.objects.unrestricted("test").filter(pk=report.pk).update(state="approved")
    reckon(report)
    made.refresh_from_db(from_queryset=Milestone.objects.unrestricted("test"))
    assert milestone_status(made, TODAY).id == "met"


def test_at_most_none_is_a_target_only_where_less_is_better(release):
    made = milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 0, direction="down")
    assert made.target == 0
    assert cells(release.plan, TODAY, 2026)[0].done == 0
    with pytest.raises(MilestoneRefused, match="方向"):
        milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 1, direction="sideways")


def _one(release):
    return milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 10)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"due": "2099-12-31"}, "规划期"),
        ({"due": "2025-12-31"}, "规划期"),
        ({"due": "明天"}, "不是日期"),
        ({"due": ""}, "必填"),
        ({"target": "-1"}, "不能小于"),
        ({"target": "0"}, "大于 0"),
        ({"target": "很多"}, "不是数字"),
        ({"weight": "0"}, "不能小于"),
        ({"title": "  "}, "必填"),
        ({"title": "长" * 301}, "最多 300 字"),
        ({"direction": "sideways"}, "可选项"),
        ({"plan": "other-plan"}, "没有可以修改的"),
        ({"row_key": "C1"}, "没有可以修改的"),
        ({"unit_id": "1"}, "没有可以修改的"),
        ({"achieved": "10"}, "没有可以修改的"),
        ({"title": "新名", "met_on": "2026-01-01"}, "没有可以修改的"),
    ],
)
def test_a_change_of_a_milestone_names_what_it_accepts(release, above, changes, word):
    made = _one(release)
    before = Milestone.objects.unrestricted("test").values().get(pk=made.pk)
    with pytest.raises(MilestoneRefused, match=word):
        change_milestone(made, changes, reason="改", who=above.acting, expected=1)
    assert Milestone.objects.unrestricted("test").values().get(pk=made.pk) == before
    assert not Event.objects.filter(stream=made.stream, verb="change").exists()


def test_a_milestone_changes_with_its_reason_and_right_only(release, above, district):
    made = _one(release)
    for who, reason in ((above, " "), (district, "想改")):
        with pytest.raises(MilestoneRefused):
            change_milestone(made, {"due": "2027-01-31"}, reason=reason, who=who.acting, expected=1)
        with pytest.raises(MilestoneRefused):
            drop_milestone(made, reason=reason, who=who.acting, expected=1)
    done = change_milestone(made, {"due": "2027-01-31", "target": "12"}, reason="延期", who=above.acting, expected=1)
    assert (done.due, done.target) == (date(2027, 1, 31), 12)


def test_a_milestone_of_a_row_that_is_not_there_is_refused(release):
    with pytest.raises(MilestoneRefused, match="没有编号为 Z9"):
        milestone(release, "Z9", "tj-binhai", date(2026, 9, 30), 10)


def test_reports_whose_day_is_past_are_called_with_a_reason_on_record(release, above):
    wanted = Round("2026Q2", date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 20))
    with pytest.raises(RoundRefused, match="已经过去"):
        call_round(release, wanted, who=above.acting, units=["tj-dongli"])
    call_round(release, wanted, who=above.acting, units=["tj-dongli"], reason="补报二季度")
    said = Event.objects.get(stream=f"period:{release.plan}:2026Q2", verb="call").data
    assert said["reason"] == "补报二季度"


def test_a_milestone_that_is_due_already_is_set_with_a_reason_on_record(release, above):
    unit = Unit.objects.get(code="tj-dongli")
    new = {"title": "已过期限", "due": date(2026, 11, 1), "who": above.acting}
    with pytest.raises(MilestoneRefused, match="已经过去"):
        add_milestone(release, "U1", unit, **new)
    made = add_milestone(release, "U1", unit, **new, origin={"reason": "补录"})
    assert Event.objects.get(stream=f"milestone:{made.code}", verb="add").data["reason"] == "补录"
