"""Reading cases: the fold, the steps on offer, lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from django.db.models import Q, QuerySet
from django.utils import timezone

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.facts import established
from jinzhi.apps.cases.judging import nobody_in_conflict, person_of
from jinzhi.apps.cases.models import Case, CaseLink
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.apps.evidence.events.personal import reveal
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel import procedure as kernel
from jinzhi.kernel.correction import ASK, CORRECT, REFUSE
from jinzhi.kernel.fields import Field, Type, current
from jinzhi.kernel.procedure import Asker, CaseView, Fact, Offer, Procedure


def procedure_of(case: Case) -> Procedure:
    return catalogue().get(Procedure, case.procedure)


def events_of(case: Case) -> list[Event]:
    """The events of a case as recorded, oldest first, with the personal values that are still kept."""
    return list(reveal(list(Event.objects.filter(stream=case.stream).select_related("unit", "user").order_by("seq"))))


def as_kernel(events: Iterable[Event]) -> tuple[kernel.Event, ...]:
    return tuple(
        kernel.with_members(
            kernel.Event(
                e.seq, e.verb, e.on, e.data, timezone.make_naive(e.at), by=(str(e.user_id),) if e.user_id else ()
            )
        )
        for e in events
    )


def view(case: Case, on: date, events: Iterable[Event] | None = None) -> CaseView:
    """The fold of a case on a day."""
    recorded = events_of(case) if events is None else events
    return kernel.fold(procedure_of(case), as_kernel(recorded), calendar(), on, at=moment_on(on))


def moment_on(day: date) -> datetime:
    """The minute by which hours are judged on a day: now, or the end of a day gone by."""
    moment = timezone.make_naive(now())
    return moment if day == moment.date() else datetime.combine(day, time.max)


def steps_for(
    case: Case, folded: CaseView, who: Acting | None, only: str = "", asker: Asker | None = None
) -> tuple[Offer, ...]:
    """Every step that leads on, and for each whether ``who`` may take it or why not.

    ``only``: the one step that matters; the facts that others need are then not looked up. ``asker``: who asks, with
    what was said of conflicts; left out, conflicts are taken to be asked when the step is taken.
    """
    leading = [s for s in folded.procedure.steps if folded.state.id in folded.procedure.sources(s)]
    needed = [f for s in leading if only in ("", s.id) for f in s.needs if isinstance(f, Fact)]
    facts: Mapping[str, bool] = established(case, needed)
    roles = who.roles if who else ()
    standing = who.standing(case.unit, case.office) if who else ()
    asks = asker or Asker(person_of(who), conflicts=nobody_in_conflict(folded.procedure))
    return kernel.offers(folded, roles, facts, standing=standing, who=asks)


def links_of(case: Case) -> QuerySet[CaseLink]:
    """The links of a case, made by it or to it, in the order in which they were made."""
    return CaseLink.objects.filter(Q(case=case) | Q(other=case)).select_related("case", "other")


def visible_among(cases: Iterable[Case], who: Acting) -> set[int]:
    """The ids of those among some cases that somebody may read; one query."""
    found = [case.pk for case in cases]
    return set(Case.objects.visible_to(who).filter(pk__in=found).values_list("pk", flat=True)) if found else set()


# what a list and a page say of corrections and late records


def plain_view(case: Case, on: date, events: Iterable[Event]) -> CaseView:
    """How the case would stand on a day had nobody corrected it."""
    plain = kernel.uncorrected(as_kernel(events))
    return kernel.fold(procedure_of(case), plain, calendar(), on, at=moment_on(on))


def pending(events: Iterable[Event]) -> list[Event]:
    """The corrections that are asked for and not decided on, oldest first."""
    found = list(events)
    decided = {e.data.get("asked") for e in found if e.verb in (CORRECT, REFUSE)}
    return [e for e in found if e.verb == ASK and e.seq not in decided]


def recorded_on(event: Event) -> date:
    """The day of the city on which an event was recorded."""
    return timezone.localtime(event.at).date()


def is_late(procedure: Procedure, verb: str, on: date, recorded: date) -> bool:
    """Whether a step with this legal day was recorded later than it allows without a reason."""
    step = procedure.find_step(verb)
    return step is not None and step.day is not None and step.day.late(on, recorded)


def late_records(procedure: Procedure, events: Sequence[Event]) -> set[int]:
    """The numbers of the events that were recorded late, by the days that stand now, corrections included."""
    recorded = {e.seq: recorded_on(e) for e in events}
    standing = kernel.corrected(as_kernel(events))
    return {e.seq for e in standing if is_late(procedure, e.step, e.on, recorded[e.seq])}


def marks_of(procedure: Procedure, events: Iterable[Event]) -> tuple[int, int, int]:
    """How many corrections stand, how many wait to be decided on, how many events stand as recorded late."""
    found = list(events)
    corrected = sum(e.verb == CORRECT for e in found)
    return corrected, len(pending(found)), len(late_records(procedure, found))


def personal_files(procedure: Procedure, events: Iterable[Event]) -> set[str]:
    """The ids of attachments that a case keeps, or kept, in personal fields."""
    return {id for id, f in files_in(procedure, events) if f.personal}


def files_in(procedure: Procedure, events: Iterable[Event]) -> list[tuple[str, Field]]:
    """The ids of the attachments of a case, each with the field that it stands in."""
    out: list[tuple[str, Field]] = []
    for e in events:
        step = procedure.find_step(e.verb)
        if step is not None:
            said = current(step.inputs, e.data)
            out += [(str(said[f.id]), f) for f in step.inputs if f.type is Type.FILE and said.get(f.id)]
    return out
