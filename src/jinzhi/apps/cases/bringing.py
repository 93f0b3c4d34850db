"""A case brought up to its events: its columns and projections after each, and how a case comes to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.projecting import columns
from jinzhi.apps.cases.projections import project
from jinzhi.apps.cases.queries import events_of, view
from jinzhi.apps.cases.timing import days_told
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.numbers import next_number
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.law import NoRuleInForce
from jinzhi.kernel.procedure import CaseView, Procedure, ProcedureError, Step


@dataclass(frozen=True, slots=True)
class CaseAbout:
    """Whose case it is, who issued it, what it is about; ``title``: instead of what its declaration makes of it."""

    unit: Unit
    office: Unit
    title: str = ""
    subject: str = ""
    subject_title: str = ""
    parent: Case | None = None


def withheld_in(step: Step) -> list[str]:
    return [f.id for f in step.inputs if f.withheld]


def basis_of(step: Step) -> list[str]:
    return [str(c) for c in step.basis]


def _undated(folded: CaseView) -> dict[str, str]:
    return {c.clock.id: c.why_en for c in folded.clocks if c.open and c.status == "undated"}


def _fits(case: Case, folded: CaseView, event: Event, events: Sequence[Event]) -> None:
    """What is written must fit what is declared today: an old event that no longer does, stays; a new one is refused.

    Raises ProcedureError where the event does not fit, NoRuleInForce where it leaves a clock without a date.
    """
    odd = next((s for s in folded.strange if s.seq == event.seq), None)
    if odd is not None:
        raise ProcedureError(odd.en)
    undated = _undated(folded)
    if undated and len(events) > 1:
        before = _undated(view(case, max(today(), event.on), events[:-1]))
        undated = {id: why for id, why in undated.items() if id not in before}
    if undated:
        raise NoRuleInForce("; ".join(undated.values()))


def bring_up_to(case: Case, event: Event, events: Sequence[Event]) -> CaseView:
    """Bring the projections of a case up to its events, the last of which is ``event``."""
    folded = view(case, max(today(), event.on), events)
    _fits(case, folded, event, events)
    for name, value in columns(folded, events, max(today(), event.on)).items():
        setattr(case, name, value)
    case.save()
    project(case, folded, event)
    # a projection may have let a further step follow (see ``follow``)
    return folded if case.seq == folded.seq else view(case, max(today(), event.on))


def follow(case: Case, step: str, data: Mapping[str, object], *, after: Event) -> CaseView:
    """Take a step that follows of itself from the one just taken, in its transaction: the system's, on the same day."""
    events = events_of(case)
    said = {k: v for k, v in data.items() if v}
    event = record(case.stream, step, said, who=None, on=after.on, expected=len(events), at=after.at)
    return bring_up_to(case, event, [*events, event])


def enter(
    procedure: Procedure, opening: Step, data: Mapping[str, object], day: date, about: CaseAbout, *, who: Acting | None,
    key: str = "", at: datetime | None = None,
) -> tuple[Case, Event]:  # fmt: skip
    """Make the case that an opening step opens, with its number, its first event and its columns."""
    named = about.title or procedure.title_said(opening, data) or procedure.zh
    seq = next_number(f"case.{procedure.id}", day.year)
    case = Case.objects.create(
        procedure=procedure.id, number=procedure.numbering.format(id=procedure.id, year=day.year, seq=seq),
        title=named[:300], unit=about.unit, unit_path=about.unit.path, office=about.office, subject=about.subject,
        subject_title=about.subject_title[:300], parent=about.parent, opened_on=day, state=opening.targets[0],
    )  # fmt: skip
    said = {**data, **days_told(procedure, opening, [], day, data)}
    event = record(
        case.stream, opening.id, said, who=who, on=day, expected=0, key=key, basis=basis_of(opening), at=at,
        personal=withheld_in(opening),
    )  # fmt: skip
    bring_up_to(case, event, [event])
    return case, event
