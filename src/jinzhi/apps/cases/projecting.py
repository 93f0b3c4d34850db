"""The columns that a case keeps of its fold, and when they are to be derived again without anybody writing.

Three things move a due date while nothing happens in the case: a stretch that does not count and has not ended (day by
day), a holiday notice that was loaded, a law that takes pending cases from a day on. A fourth changes its names: a
declaration. The last three are seen by a mark of the rules that a case was projected under; ``jinzhi tick`` derives
again what stands under another mark, and what moves.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q
from django.utils import timezone

from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import as_kernel, marks_of, moment_on
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel import procedure as kernel
from jinzhi.kernel.clock import Clock
from jinzhi.kernel.period import Calendar
from jinzhi.kernel.procedure import CaseView, Procedure, ProcedureError

log = logging.getLogger("jinzhi.cases")
CHUNK = 500


def columns(folded: CaseView, events: Iterable[Event], on: date) -> dict[str, Any]:
    """What a case keeps of its fold on a day."""
    corrected, asked, late = marks_of(folded.procedure, events)
    due = folded.next_due
    at = due.due_at if due else None
    return {
        "state": folded.state.id,
        "closed_on": folded.closed,
        "seq": folded.seq,
        "next_due": due.due if due else None,
        "next_due_at": timezone.make_aware(at) if at and timezone.is_naive(at) else at,
        "next_clock": due.clock.id if due else "",
        "provisional": bool(due and due.deadline and due.deadline.provisional),
        "moves": folded.moves,
        "corrected": corrected,
        "asked": asked,
        "late_entries": late,
        "projected_on": on,
        "projected_under": mark_of(folded.procedure, on),
    }


def mark_of(procedure: Procedure, on: date) -> str:
    """Changes with the names of a procedure and the days its steps ask for (first half), and with the rules and
    holidays of its clocks (second).
    """
    return f"{_names(procedure)}:{_rules(procedure, on)}"


def _digest(*said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def _names(procedure: Procedure) -> str:
    steps = [(s.id, s.was, s.sources, s.to, s.per, s.day) for s in procedure.steps]
    return _digest(procedure.states, procedure.asides, steps, [(c.id, c.was) for c in procedure.clocks])


def _rules(procedure: Procedure, on: date) -> str:
    return _digest([_clock_on(c, on) for c in procedure.clocks], _days(calendar()))


def _clock_on(clock: Clock, on: date) -> object:
    """A clock, and which of the versions of its terms have come into force by a day."""
    return clock, [[v.since for v in t.versions if v.since <= on] for t in clock.terms]


@cache
def _days(found: Calendar) -> str:
    return _digest(sorted(found.off), sorted(found.worked), sorted(found.years))


def stale(day: date) -> Q:
    """The cases whose columns may differ on a day from what they are, though nobody wrote."""
    out = Q(closed_on=None, moves=True) & ~Q(projected_on=day)
    for p in catalogue().all(Procedure):
        mine = Q(procedure__in=p.names)
        out |= mine & Q(closed_on=None) & ~Q(projected_under=mark_of(p, day))
        out |= mine & Q(closed_on__isnull=False) & ~Q(projected_under__startswith=f"{_names(p)}:")
    return out


def _batches(cases: Iterable[Case]) -> Iterator[tuple[list[Case], dict[str, list[Event]]]]:
    batch: list[Case] = []
    for case in cases:
        batch.append(case)
        if len(batch) == CHUNK:
            yield batch, _events(batch)
            batch = []
    if batch:
        yield batch, _events(batch)


def _events(cases: Iterable[Case]) -> dict[str, list[Event]]:
    out: dict[str, list[Event]] = defaultdict(list)
    for e in Event.objects.filter(stream__in=[c.stream for c in cases]).order_by("stream", "seq"):
        out[e.stream].append(e)
    return out


def reproject(day: date) -> int:
    """Derive again what may have moved by itself; returns how many cases differ. Each change is told in the log.

    A case that somebody writes at the same moment is left to that write.
    """
    changed = 0
    everything = Case.objects.unrestricted("the timer derives due dates again")
    for batch, events in _batches(everything.filter(stale(day)).order_by("pk").iterator(chunk_size=CHUNK)):
        for case in batch:
            declared = catalogue().find(Procedure, case.procedure)
            if declared is None:
                continue
            try:
                folded = kernel.fold(declared, as_kernel(events[case.stream]), calendar(), day, at=moment_on(day))
            except ProcedureError as e:
                log.warning("%s: %s", case.number, e)
                continue
            new = columns(folded, events[case.stream], day)
            if everything.filter(pk=case.pk, seq=case.seq).update(**new):
                changed += _told(case, new)
    return changed


def _told(case: Case, new: dict[str, Any]) -> bool:
    names = ("state", "closed_on", "next_due", "next_due_at", "next_clock", "provisional")
    moved = {n: (getattr(case, n), new[n]) for n in names if getattr(case, n) != new[n]}
    for name, (before, after) in moved.items():
        log.info("%s: %s %s → %s", case.number, name, before, after)
    return bool(moved)
