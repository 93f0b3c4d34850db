"""Recording that a party was told the last day of a clock: from then on a later notice or law does not move it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import StepRefused, locked, party_of, same_view
from jinzhi.apps.cases.bringing import bring_up_to
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, procedure_of, view
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.clock import Clock
from jinzhi.kernel.correcting import measures
from jinzhi.kernel.correction import TELL
from jinzhi.kernel.procedure import TOLD, CaseView, Procedure


def may_tell(case: Case, who: Acting) -> bool:
    """Whether somebody may record what a party was told: a role that takes steps of the case, at its place."""
    standing = {*who.standing(case.unit, case.office), "any"}
    steps = procedure_of(case).steps
    handles = any(set(who.roles) & set(s.roles) and s.at in standing for s in steps)
    return handles and who.may(f"case.{case.procedure}.{TELL}")


def may_tell_of(case: Case, clock: Clock, who: Acting) -> bool:
    """Whether somebody may record that the day of this clock was told. Whoever it measures only where he may also start
    it: a unit that is given a term by another does not fix its last day by telling it to itself.
    """
    if not may_tell(case, who):
        return False
    party, procedure = party_of(case, who), procedure_of(case)
    if not measures(procedure, clock, party):
        return True
    starts = [s for s in procedure.steps if clock.starts_with(s)]
    return any(set(party.roles) & set(s.roles) and s.at in (*party.standing, "any") for s in starts)


def _tells(call: Call) -> None:
    if not may_tell(call.subject, call.who):
        raise StepRefused("您的角色不能记录告知", "your role may not record what was told")


@verb("cases", TELL, right=_tells, lock=locked, again=same_view)
def tell(
    case: Case, clock: str, day: date, *, how: str, who: Acting, on: date | None = None, expected: int, key: str = ""
) -> CaseView:
    """Record that a party was told ``day`` for a clock. Raises StepRefused, Conflict.

    Only the day that is computed can be told: another would lengthen or shorten the term. It counts on the day of
    recording; ``on`` is for programs that record what is past.
    """
    if not how.strip():
        raise StepRefused("请写明告知方式", "say how the party was told")
    told_on, events = on or today(), events_of(case)
    folded = view(case, told_on, events)
    if not folded.history[-1].on <= told_on <= today():
        raise StepRefused("告知日期应在上一步之后、今天之前", "the day of telling lies between the last step and today")
    found = next((c for c in folded.clocks if c.clock.id == clock and c.open), None)
    if found is None or found.deadline is None or found.deadline.on is None:
        raise StepRefused("这一期限没有可以告知的届满日", "this clock has no last day that could be told")
    if not may_tell_of(case, found.clock, who):
        raise StepRefused(
            "这一期限考核本单位，由定下期限的一方记录告知",
            "this clock measures your own unit: whoever set the term records that it was told",
        )
    if day != found.deadline.on:
        said = found.deadline.on.isoformat()
        zh, en = f"按现有记录，届满日为 {said}，请核对", f"as recorded the last day is {said}"
        raise StepRefused(zh, en)
    at = found.deadline.at
    data = {"clock": clock, "day": at.isoformat(timespec="minutes") if at else day.isoformat(), "how": how.strip()}
    event = record(case.stream, TELL, data, who=who, on=told_on, expected=expected, key=key)
    return bring_up_to(case, event, [*events, event])


@dataclass(frozen=True)
class Telling:
    """That a party was told a day: the id of the clock, the day (or minute) as told, how, and the event that says so.

    ``with_step``: the step that told it, or empty where the telling is an event of its own.
    """

    clock: str
    day: str
    how: str
    event: Event
    with_step: str = ""


def tellings(procedure: Procedure, events: Iterable[Event]) -> list[Telling]:
    """What a party was told in a case, oldest first: by an event of its own, or with a step."""
    out: list[Telling] = []
    for e in events:
        if e.verb == TELL:
            out.append(Telling(_id(procedure, e.data.get("clock")), str(e.data["day"]), str(e.data["how"]), e))
        told = e.data.get(TOLD)
        if isinstance(told, Mapping):
            out += [Telling(_id(procedure, clock), str(day), "", e, e.verb) for clock, day in told.items()]
    return out


def _id(procedure: Procedure, clock: object) -> str:
    """The clock by today's name, where it still has one."""
    found = procedure.find_clock(str(clock))
    return found.id if found else str(clock)
