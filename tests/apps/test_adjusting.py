"""Adjustments that act on the plan: what is asked, what its approval changes, what is refused and where it says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jinzhi.apps.cases.actions import StepRefused, correct, open_case, rebuild, take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.actions import change_milestone, drop_milestone
from jinzhi.apps.plan.adjusting import adjusted, adjustment_of
from jinzhi.apps.plan.models import Milestone
from jinzhi.apps.plan.progress import cells, judged_by, light_rule, milestone_status
from jinzhi.apps.plan.sources import plan_records
from tests.apps.plan_fixtures import milestone, small_plan

CODE = "test-plan-U1-tj-binhai-1"
GROUNDS = "国家平台推迟上线"


@pytest.fixture
def release(city, settings):
    settings.JINZHI_TODAY = "2026-10-12"
    made = small_plan()
    milestone(made, "U1", "tj-binhai", date(2026, 9, 30), 10)
    milestone(made, "C1", "tj-binhai", date(2026, 12, 20), 1)
    milestone(made, "U1", "tj-dongli", date(2026, 12, 20), 1)
    return made


def stands(code: str = CODE) -> Milestone:
    return Milestone.objects.unrestricted("test").get(code=code)


def propose(person, *, subject: str = "row:U1", **said: str) -> Case:
    asked = {"title": "推迟", "kind": "milestone", "grounds": GROUNDS, "milestone": CODE, "new_due": "2026-12-31"}
    return open_case(
        "plan-adjustment", "propose", {**asked, **said}, who=person.acting, unit=person.acting.unit, subject=subject
    )


def go(case: Case, step: str, person, **said: str):
    return take(case, step, said, who=person.acting)


def refused_at(*fields: str, **said) -> str:
    """The words with which a proposal is refused, at these fields and at no other."""
    person = said.pop("person")
    with pytest.raises(StepRefused) as e:
        propose(person, **said)
    assert {x.field.id for x in e.value.errors} == set(fields)
    assert not Case.objects.unrestricted("test").exists()
    return e.value.zh


def sound() -> bool:
    return [str(r) for r in run_all() if not r.sound] == []


def test_the_approval_moves_the_milestone_and_its_history_names_the_case(release, district, above):
    case = propose(district, new_target="8")
    go(case, "accept", above)
    assert stands().due == date(2026, 9, 30)
    view = go(case, "approve", above, opinion="同意")
    assert (stands().due, stands().target, stands().adjusted_by_id) == (date(2026, 12, 31), Decimal(8), case.pk)
    event = Event.objects.filter(stream=stands().stream).last()
    assert (event.verb, event.actor, event.data["case"], event.data["reason"]) == (
        "change", "规划办", case.number, GROUNDS,
    )  # fmt: skip
    assert event.data["before"]["due"] == "2026-09-30"
    assert view.state.id == "applied"
    assert case.closed_on == date(2026, 10, 12)
    assert sound()
    assert rebuild(case) is False


def test_a_leader_decides_it_though_he_may_not_edit_the_plan(release, district, above, make_person):
    leader = make_person("leader", "tianjin", "leader")
    case = propose(district)
    go(case, "accept", above)
    go(case, "approve", leader, opinion="同意")
    assert stands().due == date(2026, 12, 31)


@pytest.mark.parametrize(("step", "said"), [("reject", {"reason": "不必"}), ("withdraw", {})])
def test_a_refused_or_withdrawn_one_changes_nothing(release, district, above, step, said):
    case = propose(district)
    go(case, "accept", above)
    go(case, step, district if step == "withdraw" else above, **said)
    assert (stands().due, stands().adjusted_by) == (date(2026, 9, 30), None)
    assert Event.objects.filter(stream=stands().stream).count() == 1


def test_what_cannot_be_is_refused_at_its_field(release, district):
    assert "不在可见范围" in refused_at("milestone", person=district, milestone="test-plan-U1-tj-dongli-1")
    assert "没有编号" in refused_at("milestone", person=district, milestone="nichts")
    assert "任务 C1" in refused_at("milestone", person=district, milestone="test-plan-C1-tj-binhai-1")
    assert "规划期" in refused_at("new_due", person=district, new_due="2031-01-01")
    assert "相同" in refused_at("new_due", person=district, new_due="2026-09-30")
    assert "大于 0" in refused_at("new_target", person=district, new_target="0")
    assert "两位小数" in refused_at("new_target", person=district, new_target="1.234")
    assert "相同" in refused_at("new_target", person=district, new_target="10.00")
    assert "至少一项" in refused_at("new_due", person=district, new_due="")
    assert "里程碑代码" in refused_at("milestone", "before", "after", person=district, milestone="")


def test_another_plans_milestone_is_refused(release, above, city):
    other = small_plan("work-points")
    milestone(other, "U1", "tj-binhai", date(2026, 11, 30))
    with pytest.raises(StepRefused, match="属于规划 work-points") as e:
        propose(above, milestone="work-points-U1-tj-binhai-1")
    assert [x.field.id for x in e.value.errors] == ["milestone"]


def test_a_dropped_milestone_is_refused_with_its_day(release, district, above):
    drop_milestone(stands(), reason="并入他项", who=above.acting, expected=None)
    assert "已于 2026-10-12 取消" in refused_at("milestone", person=district)


def test_a_second_adjustment_of_the_same_milestone_waits_for_the_first(release, district, above):
    first = propose(district)
    with pytest.raises(StepRefused, match=first.number):
        propose(district, new_due="2027-01-31")
    go(first, "withdraw", district)
    assert propose(district, new_due="2027-01-31").state == "proposed"


def test_the_day_of_a_met_milestone_is_not_moved(release, district):
    Milestone.objects.unrestricted("test").filter(code=CODE).update(met_on=date(2026, 10, 5), achieved=10)
    assert "已于 2026-10-05 完成" in refused_at("new_due", person=district)


def test_a_change_in_between_is_said_and_asked_again(release, district, above):
    case = propose(district)
    go(case, "accept", above)
    with pytest.raises(StepRefused):  # nothing has changed yet
        go(case, "reconfirm", district, note="核对")
    change_milestone(stands(), {"due": "2026-11-15"}, reason="会议议定", who=above.acting, expected=None)
    with pytest.raises(StepRefused, match="期限 2026-09-30 → 2026-11-15（会议议定）"):
        go(case, "approve", above, opinion="同意")
    assert stands().due == date(2026, 11, 15)
    case.refresh_from_db()
    assert case.state == "review"
    go(case, "reconfirm", district, note="仍不够", new_due="2027-01-31")
    assert adjustment_of(case).before == {"due": "2026-11-15"}
    go(case, "approve", above, opinion="同意")
    assert stands().due == date(2027, 1, 31)
    event = Event.objects.filter(stream=stands().stream).last()
    assert event.data["before"] == {"due": "2026-11-15"}


def test_what_was_dropped_in_between_is_not_approved(release, district, above):
    case = propose(district)
    go(case, "accept", above)
    drop_milestone(stands(), reason="并入他项", who=above.acting, expected=None)
    with pytest.raises(StepRefused, match="取消"):
        go(case, "approve", above, opinion="同意")
    with pytest.raises(StepRefused, match="取消"):
        go(case, "reconfirm", district, note="仍要")


def test_what_is_asked_may_be_corrected_before_and_not_after(release, district, above):
    case = propose(district)
    correct(case, 1, reason="录错", who=district.acting, expected=1, data={"new_due": "2026-12-01"})
    with pytest.raises(StepRefused, match="规划期"):
        correct(case, 1, reason="录错", who=district.acting, expected=2, data={"new_due": "2036-12-01"})
    go(case, "accept", above)
    go(case, "approve", above, opinion="同意")
    assert stands().due == date(2026, 12, 1)
    with pytest.raises(StepRefused):
        correct(case, 1, reason="录错", who=above.acting, expected=5, data={"new_due": "2027-12-01"})


def test_without_a_milestone_it_goes_the_way_of_the_text(release, district, above):
    case = propose(district, milestone="", new_due="", before="甲", after="乙")
    go(case, "accept", above)
    assert go(case, "approve", above, opinion="同意").state.id == "approved"
    with pytest.raises(StepRefused, match="落实所在的发布"):
        go(case, "apply", above)
    assert go(case, "apply", above, release="第二次发布").state.id == "applied"


def test_a_past_day_keeps_the_old_due_day(release, district, above, settings):
    settings.JINZHI_TODAY = "2026-10-20"
    case = propose(district)
    go(case, "accept", above)
    go(case, "approve", above, opinion="同意")
    settings.JINZHI_TODAY = "2026-11-22"

    def light(day: date) -> tuple:
        of_unit = [c for c in cells("test-plan", day, 2026) if c.row_key == "U1" and c.unit_id == stands().unit_id]
        return of_unit[0].overdue_since, judged_by(of_unit, lambda c: c.row_key, day, light_rule(day))["U1"].due_n

    assert light(date(2026, 10, 19)) == (date(2026, 9, 30), 1)
    assert light(date(2026, 10, 20)) == (None, 0)
    assert light(date(2026, 11, 22)) == (None, 0)

    def record(day: date):
        return next(r.fields for r in plan_records("milestones", above.acting, day) if r.fields["code"] == CODE)

    assert (record(date(2026, 10, 19))["due"], record(date(2026, 10, 19))["state"]) == (date(2026, 9, 30), "not-met")
    assert record(date(2026, 10, 20))["due"] == date(2026, 12, 31)
    assert milestone_status(stands(), date(2026, 11, 22)).id == "open"


def test_a_past_year_counts_what_was_due_in_it_then(release, district, above, settings):
    settings.JINZHI_TODAY = "2026-10-20"
    case = propose(district, new_due="2027-03-31")
    go(case, "accept", above)
    go(case, "approve", above, opinion="同意")

    def whole(day: date) -> int:
        return sum(c.total for c in cells("test-plan", day, 2026) if c.unit_id == stands().unit_id)

    assert (whole(date(2026, 10, 19)), whole(date(2026, 10, 20))) == (20_000, 10_000)


def test_what_an_adjustment_changed_is_read_from_the_milestones_own_events(release, district, above):
    case = propose(district)
    go(case, "accept", above)
    go(case, "approve", above, opinion="同意")
    change_milestone(stands(), {"title": "改名"}, reason="文字", who=above.acting, expected=None)
    (event,) = adjusted([stands()]).values()
    assert (event.data["case"], event.data["before"]) == (case.number, {"due": "2026-09-30"})
    assert sound()
