"""More time for one unit's report: until when, who granted it, when and why, read from the events of its case.

A report's own last day (``Report.due``) is the projection of its clock ``report``. What stands beside it here is never
stored twice: a grant is a step of the case, taking it back is another, and both stay in the history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from jinzhi.apps.cases.queries import view
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.personal import reveal
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.models import Report
from jinzhi.kernel.correction import CORRECT
from jinzhi.kernel.procedure import CaseView

#: how many cases one query asks for
CHUNK = 500
CLOCK, GRANT, TAKE_BACK = "report", "extend", "undo-extension"


@dataclass(frozen=True)
class MoreTime:
    """The grant that stands: ``until`` instead of ``was``, granted ``on`` a day ``by`` somebody of ``office``."""

    until: date
    was: date
    on: date
    by: str
    office: str
    reason: str

    @property
    def afterwards(self) -> bool:
        """Whether it was granted only once the day before it had passed. It counts, and is shown as such."""
        return self.on > self.was


def own_due(folded: CaseView) -> date | None:
    """The last day of a report's first handing in, as its clock has it."""
    return next((c.due for c in folded.clocks if c.clock.id == CLOCK), None)


def granted(report: Report, events: Iterable[Event]) -> MoreTime | None:
    """The grant that stands for a report; None where none was made, or the last was taken back."""
    recorded = {e.seq: e for e in events}
    stands: list[MoreTime] = []
    was = report.period.due
    for event in view(report.case, today(), recorded.values()).history:
        if event.step == "open" and event.data.get("due"):
            was = date.fromisoformat(str(event.data["due"]))
        elif event.step == GRANT:
            before = stands[-1].until if stands else was
            by = recorded[event.seq]
            until, reason = date.fromisoformat(str(event.data["new_due"])), str(event.data.get("reason", ""))
            stands.append(MoreTime(until, before, event.on, by.actor, by.unit.label if by.unit else "", reason))
        elif event.step == TAKE_BACK and stands:
            stands.pop()
    return stands[-1] if stands else None


def _chunks(streams: Iterable[str]) -> list[list[str]]:
    listed = list(streams)
    return [listed[n : n + CHUNK] for n in range(0, len(listed), CHUNK)]


def _events(reports: Iterable[Report]) -> Mapping[int, list[Event]]:
    """The events of the cases of some reports, by report."""
    streams = {r.case.stream: r.pk for r in reports}
    out: dict[int, list[Event]] = defaultdict(list)
    for some in _chunks(streams):
        found = Event.objects.filter(stream__in=some).select_related("unit").order_by("seq")
        for event in reveal(list(found)):
            out[streams[event.stream]].append(event)
    return out


def _moved(reports: Iterable[Report]) -> list[Report]:
    """Those whose day was ever moved, though it may have been moved back."""
    streams = {r.case.stream: r for r in reports}
    verbs = Event.objects.filter(verb__in=(GRANT, CORRECT))
    found = {s for some in _chunks(streams) for s in verbs.filter(stream__in=some).values_list("stream", flat=True)}
    return [r for stream, r in streams.items() if stream in found]


def all_granted(reports: Iterable[Report]) -> dict[int, MoreTime]:
    """The grants that stand for some reports, by their primary key; only moved ones are looked into."""
    listed = [r for r in reports if r.due != r.period.due]
    events = _events(listed)
    found = {r.pk: granted(r, events[r.pk]) for r in listed if r.pk in events}
    return {pk: more for pk, more in found.items() if more is not None}


def due_on(reports: Iterable[Report], day: date) -> dict[int, date]:
    """The own last day of some reports as it stood on a day, by primary key: a later grant was not known then."""
    listed = list(reports)
    out = {r.pk: r.due for r in listed}
    if day >= today():
        return out
    moved = _moved(listed)
    events = _events(moved)
    for r in moved:
        known = [e for e in events.get(r.pk, ()) if e.on <= day]
        out[r.pk] = (own_due(view(r.case, day, known)) if known else None) or r.period.due
    return out
