"""More time for one unit's report: who grants it, when it is refused, by what day the report is then judged."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.apps.cases.actions import StepRefused, correct, decide, rebuild, take
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.plan.actions import save_content
from jinzhi.apps.plan.models import Report
from jinzhi.apps.plan.more_time import all_granted
from jinzhi.apps.plan.queries import current
from jinzhi.apps.plan.reporting import Round, call_round
from jinzhi.apps.plan.sources import plan_records
from tests.apps.plan_fixtures import milestone, round_of_reports, small_plan

REASON = {"reason": "外部统计数据未到"}


@pytest.fixture
def reports(city, above, settings):
    settings.JINZHI_TODAY = "2026-10-15"
    release = small_plan()
    milestone(release, "U1", "tj-binhai", date(2026, 12, 30), 10)
    return round_of_reports(release, above.acting)


def again(report: Report) -> Report:
    return Report.objects.unrestricted("test").select_related("unit", "period", "case").get(pk=report.pk)


def extend(report: Report, person, until: str, **more: str):
    return take(again(report).case, "extend", {"new_due": until, **REASON, **more}, who=person.acting)


def hand_in(report: Report, person) -> None:
    found, release = again(report), current(report.plan)
    rows = {"C1", "U1"} if report.unit.code == "tj-binhai" else {"U1"}
    save_content(
        found, release, notes={key: {"progress": "按计划推进"} for key in rows}, figures={}, who=person.acting,
        expected=found.version,
    )  # fmt: skip
    take(found.case, "submit", {}, who=person.acting)


def sound() -> bool:
    return [str(r) for r in run_all() if not r.sound] == []


def due_of(report: Report, person, on: date) -> date:
    return next(r.fields["due"] for r in plan_records("reports", person.acting, on) if r.id == f"report:{report.pk}")


def test_more_time_moves_the_day_of_this_unit_alone(reports, above):
    extend(reports["tj-binhai"], above, "2026-10-30")
    assert again(reports["tj-binhai"]).due == date(2026, 10, 30)
    assert again(reports["tj-binhai"]).case.next_due == date(2026, 10, 30)
    assert again(reports["tj-dongli"]).due == date(2026, 10, 20)
    assert sound()


def test_the_grant_says_until_when_by_whom_and_why(reports, above):
    extend(reports["tj-binhai"], above, "2026-10-30")
    more = all_granted([again(reports["tj-binhai"]), again(reports["tj-dongli"])])
    (grant,) = more.values()
    assert (grant.until, grant.was, grant.on, grant.by, grant.reason, grant.afterwards) == (
        date(2026, 10, 30), date(2026, 10, 20), date(2026, 10, 15), "规划办", REASON["reason"], False,
    )  # fmt: skip


def test_the_unit_cannot_grant_itself_more_time(reports, district, make_person):
    boss, own_office = make_person("boss", "tj-binhai", "approver"), make_person("o", "tj-binhai", "plan-office")
    for person in (district, boss, own_office):
        with pytest.raises(StepRefused):
            extend(reports["tj-binhai"], person, "2026-10-30")
    assert again(reports["tj-binhai"]).due == date(2026, 10, 20)


@pytest.mark.parametrize(("until", "why"), [("2026-10-20", "应晚于现有截止日"), ("2026-10-18", "应晚于现有截止日")])
def test_more_time_is_later_than_the_day_that_stands(reports, above, until, why):
    with pytest.raises(StepRefused, match=why) as refused:
        extend(reports["tj-binhai"], above, until)
    assert [e.field.id for e in refused.value.errors] == ["new_due"]


def test_more_time_does_not_end_in_the_past(reports, above, settings):
    settings.JINZHI_TODAY = "2026-10-28"
    with pytest.raises(StepRefused, match="不能早于今天"):
        extend(reports["tj-binhai"], above, "2026-10-25")


def test_more_time_wants_a_reason(reports, above):
    with pytest.raises(StepRefused, match="延期理由"):
        extend(reports["tj-binhai"], above, "2026-10-30", reason=" ")


def test_granted_after_the_day_it_counts_and_is_marked(reports, above, district, settings):
    settings.JINZHI_TODAY = "2026-10-26"
    extend(reports["tj-binhai"], above, "2026-10-30")
    hand_in(reports["tj-binhai"], district)
    (grant,) = all_granted([again(reports["tj-binhai"])]).values()
    assert grant.afterwards
    clock = take(again(reports["tj-binhai"]).case, "withdraw", {}, who=district.acting).clocks[0]
    assert clock.status == "met"


def test_a_report_that_came_in_late_is_not_made_timely_by_more_time(reports, above, district, settings):
    settings.JINZHI_TODAY = "2026-10-26"
    hand_in(reports["tj-binhai"], district)
    with pytest.raises(StepRefused):
        extend(reports["tj-binhai"], above, "2026-10-30")
    take(again(reports["tj-binhai"]).case, "withdraw", {}, who=district.acting)
    with pytest.raises(StepRefused, match="首次提交日"):
        extend(reports["tj-binhai"], above, "2026-10-30")
    assert again(reports["tj-binhai"]).due == date(2026, 10, 20)


def test_the_last_grant_is_taken_back(reports, above, settings):
    case = again(reports["tj-binhai"]).case
    with pytest.raises(StepRefused, match="没有可以撤销的延期"):
        take(case, "undo-extension", {"reason": "x"}, who=above.acting)
    extend(reports["tj-binhai"], above, "2026-10-30")
    extend(reports["tj-binhai"], above, "2026-11-10")
    for due in (date(2026, 10, 30), date(2026, 10, 20)):
        take(again(reports["tj-binhai"]).case, "undo-extension", {"reason": "数据已到"}, who=above.acting)
        assert again(reports["tj-binhai"]).due == due
    assert all_granted([again(reports["tj-binhai"])]) == {}
    assert sound()


def test_a_past_day_knows_the_due_day_of_then(reports, above, settings):
    report = reports["tj-binhai"]
    settings.JINZHI_TODAY = "2026-10-16"
    extend(report, above, "2026-10-30")
    settings.JINZHI_TODAY = "2026-10-19"
    take(again(report).case, "undo-extension", {"reason": "数据已到"}, who=above.acting)
    settings.JINZHI_TODAY = "2026-11-22"
    days = {on: due_of(report, above, date(2026, 10, on)) for on in (15, 16, 18, 19)}
    assert days == {
        15: date(2026, 10, 20), 16: date(2026, 10, 30), 18: date(2026, 10, 30), 19: date(2026, 10, 20),
    }  # fmt: skip


def test_a_corrected_call_moves_the_units_own_day(reports, above, make_person):
    case = again(reports["tj-binhai"]).case
    other = make_person("second", "tianjin", "plan-office")
    correct(case, 1, reason="写错", who=above.acting, expected=case.seq, data={"due": "2026-10-25"})
    case = again(reports["tj-binhai"]).case
    if case.asked:
        decide(case, 2, agree=True, reason="属实", who=other.acting, expected=case.seq)
    assert again(reports["tj-binhai"]).due == date(2026, 10, 25)


def test_deriving_a_case_again_changes_nothing(reports, above):
    extend(reports["tj-binhai"], above, "2026-10-30")
    assert rebuild(again(reports["tj-binhai"]).case) is False
    assert again(reports["tj-binhai"]).due == date(2026, 10, 30)


def test_a_unit_called_later_has_the_day_of_the_period(city, above, settings):
    settings.JINZHI_TODAY = "2026-10-09"
    release = small_plan()
    wanted = Round("2026Q3", date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 20))
    _period, (first,) = call_round(release, wanted, who=above.acting, units=["tj-binhai"])
    extend(first, above, "2026-11-05")
    _period, rest = call_round(release, wanted, who=above.acting)
    assert {again(r).due for r in rest} == {date(2026, 10, 20)}
    assert again(first).due == date(2026, 11, 5)
