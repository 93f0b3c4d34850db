"""The lights: computed from dates and ratios by the published rule, each with its reason."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.kernel.declare import Catalogue
from jinzhi.kernel.status import LIGHTS, NO_DATA, DueProgress, Status, Tone, percent, reaches, share_done
from jinzhi.matters.china.plan.lights import lights_2021 as lights

WEIGHTS = st.decimals(0, 100, places=1)


def progress(
    done: int = 0, planned: int = 0, total: int = 10, overdue: int = 0, soon: int | None = None
) -> DueProgress:
    return DueProgress(Decimal(done), Decimal(planned), Decimal(total), overdue, soon)


@st.composite
def progresses(draw: st.DrawFn) -> DueProgress:
    total = draw(WEIGHTS)
    planned = draw(st.decimals(0, max(total, Decimal(0)), places=1))
    overdue = draw(st.integers(0, 400))
    return DueProgress(draw(WEIGHTS), planned, total, overdue, draw(st.none() | st.integers(0, 900)))


def test_without_milestones_there_is_no_light():
    assert lights.light(progress(total=0)) is NO_DATA


def test_a_milestone_just_overdue_is_a_risk_and_long_overdue_is_behind():
    limit = lights.late_after_days
    assert lights.light(progress(10, 10, overdue=limit)).id == "risk"
    assert lights.light(progress(10, 10, overdue=limit + 1)).id == "late"


def test_pace_decides_at_the_published_thresholds():
    def at(share: Decimal) -> str:
        return lights.light(DueProgress(share * 10, Decimal(10), Decimal(20))).id

    tiny = Decimal("0.0001")
    assert at(lights.ahead_from) == "ahead"
    assert at(lights.normal_from) == "normal"
    assert at(lights.normal_from - tiny) == "risk"
    assert at(lights.risk_from) == "risk"
    assert at(lights.risk_from - tiny) == "late"


def test_what_falls_due_soon_is_a_risk():
    assert lights.light(progress(10, 10, 20, soon=lights.soon_days)).id == "risk"
    assert lights.light(progress(10, 10, 20, soon=lights.soon_days + 1)).id != "risk"


def test_work_done_before_anything_was_due_is_ahead():
    assert lights.light(progress(1, 0, 10)).id == "ahead"
    assert lights.light(progress(0, 0, 10)).id == "normal"


@given(progresses())
def test_every_progress_has_a_light_with_a_reason_in_both_languages(p):
    light, zh, en = lights.judge(p)
    assert light in (*LIGHTS, NO_DATA)
    assert zh
    assert en


@given(progresses(), st.decimals(0, 50, places=1))
def test_doing_more_never_makes_the_light_worse(p, more):
    order = ["late", "risk", "normal", "ahead"]
    before, after = lights.light(p), lights.light(replace(p, done=p.done + more))
    if before is not NO_DATA:
        assert order.index(after.id) >= order.index(before.id)


@given(progresses(), st.integers(1, 100))
def test_being_later_never_makes_the_light_better(p, days):
    order = ["late", "risk", "normal", "ahead"]
    before, after = lights.light(p), lights.light(replace(p, overdue_days=p.overdue_days + days))
    if before is not NO_DATA:
        assert order.index(after.id) <= order.index(before.id)


def test_ratio_and_pace_are_unknown_where_there_is_nothing_to_divide_by():
    assert progress(total=0).ratio is None
    assert progress(planned=0).pace is None
    assert progress(5, 4, 10).ratio == Decimal("0.5")
    assert progress(5, 4, 10).pace == Decimal("1.25")


def test_a_rule_whose_thresholds_cross_is_refused():
    wrong = replace(lights, normal_from=Decimal(2))
    assert any("thresholds" in p for p in wrong.problems(Catalogue()))


def test_colour_never_stands_alone():
    symbols = {s.symbol for s in LIGHTS}
    assert symbols == {"▲", "●", "◆", "■"}
    assert all(tone.symbol for tone in Tone)
    with pytest.raises(ValueError, match="'pink' is not a valid Tone"):
        Status("x", "某", "Some", "pink")


def test_overdue_within_the_days_of_grace_is_a_risk_even_where_it_is_all_that_was_due():
    alone = DueProgress(Decimal(0), Decimal(1), Decimal(1), lights.late_after_days, None, Decimal(0))
    assert lights.light(alone).id == "risk"
    assert lights.judge_many(alone, 0, 3)[0].id == "risk"
    over = replace(alone, overdue_days=lights.late_after_days + 1, firm=Decimal(1))
    assert lights.light(over).id == "late"
    light, zh, _en = lights.judge_many(over, 0, 3)
    assert light.id == "late"
    assert "低于 70%" in zh


def test_the_due_day_itself_says_that_it_is_today():
    light, zh, _en = lights.judge(DueProgress(Decimal(0), Decimal(0), Decimal(1), 0, 0))
    assert light.id == "risk"
    assert "今天到期" in zh


@pytest.mark.parametrize(
    ("achieved", "reached", "share"), [("7", False, "0.571"), ("4", True, "1"), ("3", True, "1"), ("0", True, "1")]
)
def test_where_less_is_better_more_than_the_target_does_not_reach_it(achieved, reached, share):
    value, target = Decimal(achieved), Decimal(4)
    assert reaches(value, target, lower=True) is reached
    assert share_done(value, target, lower=True).quantize(Decimal("0.001")) == Decimal(share)
    assert reaches(value, target) is not (value < target)


@pytest.mark.parametrize(
    ("done", "planned", "said"), [("89.7", "100", "89.7%"), ("89.97", "100", "89.97%"), ("84.4", "100", "84%")]
)
def test_a_pace_below_a_limit_never_reads_as_the_limit(done, planned, said):
    p = DueProgress(Decimal(done), Decimal(planned), Decimal(200))
    for light, zh, en in (lights.judge(p), lights.judge_many(p, 1, 4)):
        assert light.id == "risk"
        assert zh == f"完成进度为应完成的 {said}（低于 90%）"
        assert en == f"done is {said} of what was due (below 90%)"


def test_a_pace_on_track_does_not_read_as_ahead():
    edge = lights.ahead_from * 100
    light, zh, _en = lights.judge(DueProgress(edge - Decimal("0.3"), Decimal(100), Decimal(200)))
    assert (light.id, zh) == ("normal", f"完成进度为应完成的 {edge - Decimal('0.3'):.1f}%")


@given(st.decimals(0, "0.8999", places=4))
def test_percent_of_a_share_stays_below_what_it_is_below(share):
    assert Decimal(percent(share, Decimal("0.90")).rstrip("%")) < 90


def test_a_limit_is_said_as_it_was_declared():
    rule = replace(lights, normal_from=Decimal("0.875"))
    assert rule.judge(DueProgress(Decimal("87.4"), Decimal(100), Decimal(200)))[1].endswith("87%（低于 87.5%）")
