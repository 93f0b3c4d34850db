"""Random histories of every declared procedure, from the first day of its law on: what a case was on a past day, how
much of a term is counted, and on what day it may end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.kernel.law import Law
from jinzhi.kernel.period import LengthUnit, extend
from jinzhi.kernel.procedure import Clock, Event, Procedure, fold
from tests.procedures import event

PROCEDURES = catalogue().all(Procedure)
#: where no law gives a first day
FIRST = date(2020, 1, 2)
COUNTED_IN_DAYS = (LengthUnit.DAY, LengthUnit.WORKDAY)


def first_day(procedure: Procedure) -> date:
    """The first day on which a case of it can be under a law: that of the oldest version of its terms."""
    since = [version.since for clock in procedure.clocks for term in clock.terms for version in term.versions]
    cited = [law.in_force for c in procedure.basis if (law := catalogue().find(Law, c.law))]
    return min((*since, *cited), default=FIRST)


@st.composite
def histories(draw: st.DrawFn, procedure: Procedure) -> list[Event]:
    """Steps that lead on from where the case stands, with its asides as they are, for one of the elements where a step
    is one for each; days never go back."""
    step = draw(st.sampled_from(procedure.opening))
    day = draw(st.dates(first_day(procedure), date(2026, 12, 31)))
    events = [event(1, step, day)]
    for _ in range(draw(st.integers(0, 10))):
        view = fold(procedure, events, calendar(), day)
        onward = [
            (s, key)
            for s in procedure.steps
            for key in (view.record.keys(s.per) if s.per else ("",))
            if procedure.place(s).holds(view.state.id, view.open_asides(key))
        ]
        if not onward:
            break
        day += timedelta(days=draw(st.integers(0, 40)))
        chosen, key = draw(st.sampled_from(onward))
        events.append(replace(event(len(events) + 1, chosen, day), item=key))
    return events


def stays(clock: Clock) -> bool:
    """Whether the clock, or a law that it may be under, says that an end on a day off does not move."""
    by_law = any(version.roll is False for term in clock.terms for version in term.versions)
    return clock.roll is False or (clock.roll is None and by_law)


def each(argument: str):
    return pytest.mark.parametrize(argument, PROCEDURES, ids=lambda p: p.id)


quick = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


@each("procedure")
@given(data=st.data())
@quick
def test_a_case_as_of_a_past_day_is_the_fold_of_what_had_happened(procedure, data):
    events = data.draw(histories(procedure))
    day = data.draw(st.sampled_from([e.on for e in events]))
    before = [e for e in events if e.on <= day]
    then, prefix = fold(procedure, events, calendar(), day, upto=day), fold(procedure, before, calendar(), day)
    assert (then.state, then.closed, then.clocks, then.asides, then.strange) == (
        prefix.state, prefix.closed, prefix.clocks, prefix.asides, prefix.strange,
    )  # fmt: skip


@each("procedure")
@given(data=st.data())
@quick
def test_no_more_is_counted_than_the_term_and_what_was_granted(procedure, data):
    events = data.draw(histories(procedure))
    for clock in fold(procedure, events, calendar(), events[-1].on + timedelta(days=30)).clocks:
        if clock.length is None or clock.deadline is None or clock.deadline.on is None:
            continue
        parts = extend(clock.length, *clock.extended)
        if all(part.unit in COUNTED_IN_DAYS for part in parts):
            assert sum(step.counted for step in clock.deadline.steps) <= sum(part.n for part in parts)


@each("procedure")
@given(data=st.data())
@quick
def test_a_term_does_not_end_on_a_day_off_unless_its_rule_says_so(procedure, data):
    events = data.draw(histories(procedure))
    for clock in fold(procedure, events, calendar(), events[-1].on).clocks:
        said = clock.length is None or clock.told is not None or stays(clock.clock)
        if not said and clock.due and clock.length.unit is not LengthUnit.HOUR:
            assert calendar().is_workday(clock.due)


@pytest.mark.parametrize("procedure", [p for p in PROCEDURES if p.basis], ids=lambda p: p.id)
def test_histories_begin_with_the_law(procedure):
    laws = [catalogue().get(Law, c.law).in_force for c in procedure.basis]
    assert first_day(procedure) <= min(laws)
