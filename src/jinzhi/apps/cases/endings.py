"""Clocks that act at their end: the system takes the step that the clock names, dated the first day after it.

Nothing is done where the last day is not certain: it rests on days that no notice has published yet, or on none.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date

from django.db import transaction

from jinzhi.apps.cases.bringing import bring_up_to
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, procedure_of, view
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import record
from jinzhi.kernel.clocks import ClockStatus, ClockView
from jinzhi.kernel.events import ITEM
from jinzhi.kernel.period import ONE_DAY
from jinzhi.kernel.procedure import CaseView, Procedure

log = logging.getLogger("jinzhi.cases")
#: an ending may start a clock that ended long ago as well; more than this in one case is a circle
MOST = 8


def acting() -> list[str]:
    """The procedures, under every name that cases are kept by, that have a clock which acts at its end."""
    return [name for p in catalogue().all(Procedure) if any(c.at_end for c in p.clocks) for name in p.names]


def ended(folded: CaseView, day: date) -> Iterator[ClockView]:
    """The clocks that have ended before a day and act, the one that ended first before the others."""
    clocks = [c for c in folded.clocks if c.open and c.clock.at_end and c.status is ClockStatus.EXPIRED and c.due]
    for clock in sorted(clocks, key=lambda c: c.due or date.max):
        certain = clock.deadline is None or not clock.deadline.provisional
        step = folded.procedure.step(clock.clock.at_end)
        if certain and clock.due and clock.due < day and folded.state.id in folded.procedure.sources(step):
            yield clock


def end_clocks(day: date) -> int:
    """Take every step that follows of itself from a clock which ended before a day; returns how many were taken."""
    due = Case.objects.unrestricted("the timer ends what has run out")
    due = due.filter(procedure__in=acting(), closed_on=None, next_due__lt=day)
    return sum(_end(pk, day) for pk in due.order_by("pk").values_list("pk", flat=True))


def _end(pk: int, day: date) -> int:
    taken = 0
    while taken < MOST and _end_first(pk, day):
        taken += 1
    return taken


@transaction.atomic
def _end_first(pk: int, day: date) -> bool:
    """Take the step of the clock that ended first. False where there is none (any more)."""
    cases = Case.objects.unrestricted("the timer ends what has run out")
    case = cases.select_for_update().get(pk=pk)
    events = events_of(case)
    folded = view(case, day, events)
    clock = next(ended(folded, day), None)
    if clock is None or clock.due is None:
        return False
    step = procedure_of(case).step(clock.clock.at_end)
    on = max(clock.due + ONE_DAY, folded.history[-1].on)
    about = {ITEM: clock.item} if step.per and clock.item else {}
    event = record(
        case.stream, step.id, about, who=None, on=on, expected=len(events), basis=[str(c) for c in step.basis]
    )
    bring_up_to(case, event, [*events, event])
    log.info("%s: %s ended on %s, %s taken", case.number, clock.clock.id, clock.due, step.id)
    return True
