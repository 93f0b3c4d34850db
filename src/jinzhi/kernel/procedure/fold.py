"""The fold: a case is its events read in order; its state, asides and clocks on a day follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from jinzhi.kernel.events import Event, Strange, standing_events
from jinzhi.kernel.period import Calendar
from jinzhi.kernel.procedure.declare import Procedure
from jinzhi.kernel.procedure.errors import ProcedureError
from jinzhi.kernel.procedure.reading import TOLD, Reading
from jinzhi.kernel.procedure.record import CaseRecord
from jinzhi.kernel.procedure.state import UNKNOWN
from jinzhi.kernel.procedure.view import CaseView, Visit

__all__ = ["TOLD", "fold", "visits_of"]


def fold(
    procedure: Procedure,
    events: Sequence[Event],
    calendar: Calendar,
    on: date,
    *,
    at: datetime | None = None,
    upto: date | None = None,
    strict: bool = False,
) -> CaseView:
    """State and clocks of a case as they stand on a day.

    ``at``: the minute of looking, where hours count. ``upto``: only what happened by that day, corrections included:
    what the case was then, as known now. Events that do not fit are listed in ``strange``; with ``strict`` the first
    of them raises ProcedureError. A case without events raises it always.
    """
    standing, lost = standing_events(events)
    if upto is not None:
        standing = tuple(e for e in standing if e.on <= upto)
    if not events or (upto is not None and not standing):
        raise ProcedureError(f"{procedure.id}: a case has at least the event that opens it")
    reading = Reading(procedure, calendar)
    for e in standing:
        reading.take(e)
    strange = tuple(sorted((*lost, *reading.strange), key=lambda s: s.seq))
    if strict and strange:
        raise ProcedureError(strange[0].en)
    reading.opened = standing[0].on if standing else events[0].on
    return _view(reading, events, strange, on, at)


def _view(
    reading: Reading, events: Sequence[Event], strange: tuple[Strange, ...], on: date, at: datetime | None
) -> CaseView:
    """The case that was read, as it stands on a day."""
    record = reading.record
    return CaseView(
        reading.procedure,
        reading.state or UNKNOWN,
        reading.opened or on,
        reading.closed,
        len(events),
        reading.views(record.calendar, on, at),
        tuple(reading.history),
        strange,
        reading.open_asides(),
        tuple(reading.visits),
        reading.handlers,
        reading.recused,
        tuple(reading.tied),
        record=_judged_on(record, reading.procedure, events, on),
    )


def visits_of(procedure: Procedure, standing: Sequence[Event]) -> tuple[Visit, ...]:
    """The states that a case came to, in their order, by its events as they stand."""
    reading = Reading(procedure, Calendar.of(()))
    for e in standing:
        reading.take(e)
    return tuple(reading.visits)


def _judged_on(record: CaseRecord, procedure: Procedure, events: Sequence[Event], on: date) -> CaseRecord:
    """The record as it is judged on a day, with the way back to earlier days."""

    def as_of(day: date) -> CaseRecord:
        return fold(procedure, events, record.calendar, day, upto=day).record

    record.day, record.as_of = on, as_of
    return record
