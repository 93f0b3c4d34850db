"""Clocks that act at their end: the system takes the step, once, on the first day after, and not on a guess."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.apps.cases.actions import StepRefused, open_case, take
from jinzhi.apps.cases.endings import end_clocks
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, view
from tests.apps.test_corrections import COMPLAINT

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(make_person, settings) -> Case:
    """A complaint that was accepted on 1 July 2026: mediation ends on Monday 31 August."""
    settings.JINZHI_TODAY = "2026-07-01"
    who = make_person("handler", "tj-binhai", "case-handler").acting
    case = open_case("complaint", "open", COMPLAINT, who=who, unit=who.unit, on=date(2026, 6, 30))
    take(case, "accept", {}, who=who, on=date(2026, 7, 1))
    return case


def steps(case: Case) -> list[tuple[str, date, str]]:
    return [(e.verb, e.on, e.actor) for e in events_of(case)]


def test_on_its_last_day_nothing_ends_and_on_the_day_after_it_does(accepted, settings):
    settings.JINZHI_TODAY = "2026-08-31"
    assert end_clocks(date(2026, 8, 31)) == 0
    settings.JINZHI_TODAY = "2026-09-05"
    assert end_clocks(date(2026, 9, 5)) == 1
    verb, on, actor = steps(accepted)[-1]
    assert (verb, on) == ("timeout", date(2026, 9, 1))
    assert "handler" not in actor
    accepted.refresh_from_db()
    assert (accepted.state, accepted.next_clock, accepted.next_due) == ("ended", "inform", date(2026, 9, 10))
    assert end_clocks(date(2026, 9, 5)) == 0, "it is done once"


def test_what_stands_still_does_not_end(accepted, make_person, settings):
    handler = make_person("other", "tj-binhai", "case-handler").acting
    settings.JINZHI_TODAY = "2026-12-01"
    take(accepted, "appraise", {"body": "某鉴定所", "object": "真伪"}, who=handler, on=date(2026, 8, 20))
    assert end_clocks(date(2026, 12, 1)) == 0
    take(accepted, "appraised", {"result": "真品"}, who=handler, on=date(2026, 11, 30))
    assert end_clocks(date(2026, 12, 1)) == 0


def test_nobody_takes_the_step_of_the_system_by_hand(accepted, make_person, settings):
    handler = make_person("other", "tj-binhai", "case-handler").acting
    settings.JINZHI_TODAY = "2026-09-05"
    with pytest.raises(StepRefused):
        take(accepted, "timeout", {}, who=handler)


def test_a_last_day_that_no_notice_has_confirmed_ends_nothing(make_person, settings):
    """Sixty days from 15 December 2027 reach into a year whose holidays are not published."""
    settings.JINZHI_TODAY = "2027-12-15"
    who = make_person("handler", "tj-binhai", "case-handler").acting
    case = open_case("complaint", "open", COMPLAINT, who=who, unit=who.unit)
    take(case, "accept", {}, who=who)
    settings.JINZHI_TODAY = "2028-04-01"
    folded = view(case, date(2028, 4, 1))
    assert next(c for c in folded.clocks if c.clock.id == "mediate").deadline.provisional
    assert end_clocks(date(2028, 4, 1)) == 0
