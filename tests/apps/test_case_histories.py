"""What a case keeps, brought on event by event, is what its whole history comes to: random histories of the matters."""

from __future__ import annotations

from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from jinzhi.apps.cases.bringing import bring_up_to
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.projecting import columns
from jinzhi.apps.cases.projections import PROJECTIONS
from jinzhi.apps.cases.queries import events_of, view
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.events import ITEM
from jinzhi.kernel.law import NoRuleInForce
from jinzhi.kernel.procedure import Event, Procedure
from tests.matters.test_sound_histories import PROCEDURES, histories

#: of these nothing else is kept than the case
PLAIN = [p for p in PROCEDURES if p.id not in {procedure for procedure, _ in PROJECTIONS.entries()}]
NUMBER = count(1)


def kept(procedure: Procedure, events: list[Event]) -> Case:
    """A case to which these events were recorded one by one."""
    unit = Unit.objects.get(code="tj-market-regulation")
    case = Case.objects.create(
        procedure=procedure.id, number=f"R{next(NUMBER)}", title="x", unit=unit, unit_path=unit.path, office=unit,
        opened_on=events[0].on, state=procedure.opening[0].targets[0],
    )  # fmt: skip
    for n, e in enumerate(events):
        data = {**e.data, **({ITEM: e.item} if e.item else {})}
        done = record(case.stream, e.step, data, who=None, on=e.on, expected=n, at=e.at)
        bring_up_to(case, done, events_of(case))
    return case


@pytest.mark.parametrize("procedure", PLAIN, ids=lambda p: p.id)
@given(data=st.data())
@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_case_keeps_is_what_its_history_comes_to(city, procedure, data):
    events = [e for e in data.draw(histories(procedure)) if e.on <= today()]
    assume(events)
    try:
        with transaction.atomic():
            case = kept(procedure, events)
    except NoRuleInForce:
        assume(False)
    again = Case.objects.unrestricted("test").get(pk=case.pk)
    whole = columns(view(again, today()), events_of(again), today())
    assert {name: getattr(again, name) for name in whole} == whole
    assert again.seq == len(events)


def test_there_are_matters_of_which_only_the_case_is_kept():
    assert {"complaint", "report"} <= {p.id for p in PLAIN}
