"""Invariants of cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, files_in, marks_of, procedure_of, view
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.integrity import invariant
from jinzhi.apps.evidence.events.erasing import VERB, left_behind
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.kernel.procedure import ProcedureError
from jinzhi.kernel.streams import CASE, ERASURE


@left_behind("cases")
def files_left() -> Iterator[Attachment]:
    """Files of a case that are older than an erasure in it and that none of its events names any more."""
    erased: dict[str, datetime] = {}
    for stream, at in Event.objects.filter(stream__startswith="erasure:case:", verb=VERB).values_list("stream", "at"):
        of = ERASURE.key(stream)
        erased[of] = max(at, erased.get(of, at))
    pks = [CASE.number(stream) for stream in erased]
    for case in Case.objects.unrestricted("integrity checker").filter(pk__in=pks):
        named = {id for id, _field in files_in(procedure_of(case), events_of(case))}
        kept = Attachment.objects.unrestricted("integrity checker").filter(stream=case.stream, erased_at=None)
        yield from (f for f in kept.filter(at__lt=erased[case.stream]) if str(f.pk) not in named)


@invariant("case-projection", "案件各列与其事件推演一致", "Every case's columns are the fold of its events")
def projections() -> Iterator[str]:
    for case in Case.objects.unrestricted("integrity checker").iterator():
        try:
            events = events_of(case)
            # a date that moves from day to day is right as of the day of the last tick
            folded = view(case, case.projected_on if case.moves and case.projected_on else today(), events)
        except ProcedureError as e:
            yield f"{case.number}: {e}"
            continue
        due = folded.next_due
        marks = marks_of(folded.procedure, events)
        kept = (case.state, case.closed_on, case.seq, case.next_due, case.corrected, case.asked, case.late_entries)
        derived = (folded.state.id, folded.closed, folded.seq, due.due if due else None, *marks)
        if kept != derived:
            yield f"{case.number}: kept {kept}, derived {derived}"


@invariant("case-events", "案件事件都在事项声明之内", "Every event of a case fits its procedure")
def fitting() -> Iterator[str]:
    for case in Case.objects.unrestricted("integrity checker").iterator():
        for odd in view(case, today()).strange:
            yield f"{case.number}: {odd.en}"


@invariant("case-next-step", "未结案件都有下一步", "Every open case has a next step")
def next_steps() -> Iterator[str]:
    for case in Case.objects.unrestricted("integrity checker").filter(closed_on=None).iterator():
        folded = view(case, today())
        if not any(folded.state.id in folded.procedure.sources(s) for s in folded.procedure.steps):
            yield f"{case.number}: nothing leads on from {folded.state.id}"


@invariant("case-clock", "已结案件没有未停的期限", "No clock runs past the end of a case")
def clocks() -> Iterator[str]:
    for case in Case.objects.unrestricted("integrity checker").exclude(closed_on=None).iterator():
        running = [c.clock.id for c in view(case, today()).clocks if c.open]
        if running:
            yield f"{case.number}: still running: {', '.join(running)}"
