"""The fold: a case is its events read in order; its state and clocks on a day follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from jinzhi.kernel.clocks import ClockView, Folding
from jinzhi.kernel.correction import TELL
from jinzhi.kernel.events import Event, Strange, day_of, moment_of, standing_events, told_moment
from jinzhi.kernel.fields import Type, current
from jinzhi.kernel.period import Calendar
from jinzhi.kernel.procedure.declare import Procedure
from jinzhi.kernel.procedure.errors import ProcedureError
from jinzhi.kernel.procedure.state import UNKNOWN, State
from jinzhi.kernel.procedure.step import Step

TOLD = "_told"
#: of two clocks that end on one day, that with a minute comes first
LATEST = datetime.max


@dataclass(frozen=True, slots=True)
class CaseView:
    """The fold of a case's events on a day. ``strange``: events that do not fit; the rest is as sound as it can be."""

    procedure: Procedure
    state: State
    opened: date
    closed: date | None
    seq: int
    clocks: tuple[ClockView, ...]
    history: tuple[Event, ...]
    strange: tuple[Strange, ...] = ()

    @property
    def next_due(self) -> ClockView | None:
        """The open clock that is due first: by the day, then by the minute where hours count."""
        due = [c for c in self.clocks if c.open and c.due]
        return min(due, key=lambda c: (c.due, c.due_at.replace(tzinfo=None) if c.due_at else LATEST)) if due else None

    @property
    def moves(self) -> bool:
        """Whether a due date moves from day to day without anything being done."""
        return any(c.moves for c in self.clocks)


class _Reading:
    """A case while its events are read."""

    def __init__(self, procedure: Procedure):
        self.procedure = procedure
        self.state: State | None = None
        self.closed: date | None = None
        self.clocks = Folding(procedure.clocks)
        self.history: list[Event] = []
        self.strange: list[Strange] = []

    def odd(self, e: Event, zh: str, en: str) -> None:
        self.strange.append(Strange(e.seq, e.step, zh, f"event {e.seq} ({e.step}): {en}"))

    def take(self, e: Event) -> None:
        if e.step == TELL:
            self.history.append(e)
            self._tell(e, {str(e.data.get("clock")): e.data.get("day")})
            return
        step = self.procedure.find_step(e.step)
        if step is None:
            self.history.append(e)
            self.odd(e, f"步骤“{e.step}”已不在声明中", f"{self.procedure.id} has no step {e.step!r}")
            self.state = self.state or UNKNOWN
            return
        e = replace(e, step=step.id, data=current(step.inputs, e.data))
        self.history.append(e)
        self._lead(e, step)
        said = {f.id: day_of(e.data.get(f.id)) for f in step.inputs if f.type is Type.DATE}
        self.clocks.take(step.id, step.zh, e.on, moment_of(e), said)
        for input in self.procedure.due_inputs(step.id):
            if said.get(input) is None:
                self.odd(e, f"“{e.data.get(input)}”不是日期", f"{input} is {e.data.get(input)!r}, which is no date")
        told = e.data.get(TOLD)
        if isinstance(told, Mapping):
            self._tell(e, told)

    def _lead(self, e: Event, step: Step) -> None:
        """Go where the step leads, even from a state that it is not declared for."""
        if self.state is None:
            if not step.opens:
                self.odd(e, f"第一条“{step.zh}”不是发起步骤", "the first event must open the case")
        elif self.state is not UNKNOWN and self.state.id not in self.procedure.sources(step):
            zh = f"环节“{self.state.zh}”没有步骤“{step.zh}”"
            self.odd(e, zh, f"{e.step} is not possible in state {self.state.id}")
        if step.to:
            target = self.procedure.find_state(step.to)
            if target is None:
                zh = f"步骤“{step.zh}”所到的环节“{step.to}”已不在声明中"
                self.odd(e, zh, f"leads to the state {step.to!r}, which is not declared")
            self.state = target or UNKNOWN
        self.state = self.state or UNKNOWN
        if not self.state.final:
            self.closed = None  # a step that reopens: the case runs again
        elif self.closed is None:
            self.closed = e.on

    def _tell(self, e: Event, told: Mapping[str, object]) -> None:
        for id, value in told.items():
            clock, day = self.procedure.find_clock(id), told_moment(value)
            if day is None:
                self.odd(e, f"告知的“{value}”不是日期", f"{value!r} is no date")
            elif clock is None:
                self.odd(e, f"告知的期限“{id}”已不在声明中", f"{self.procedure.id} has no clock {id!r}")
            else:
                self.clocks.tell(clock.id, day, e.on)


def fold(
    procedure: Procedure,
    events: Sequence[Event],
    calendar: Calendar,
    on: date,
    *,
    at: datetime | None = None,
    strict: bool = False,
) -> CaseView:
    """State and clocks of a case as they stand on a day.

    ``at``: the minute of looking, where hours count. Events that do not fit are listed in ``strange``; with
    ``strict`` the first of them raises ProcedureError. A case without events raises it always.
    """
    if not events:
        raise ProcedureError(f"{procedure.id}: a case has at least the event that opens it")
    standing, lost = standing_events(events)
    reading = _Reading(procedure)
    for e in standing:
        reading.take(e)
    strange = tuple(sorted((*lost, *reading.strange), key=lambda s: s.seq))
    if strict and strange:
        raise ProcedureError(strange[0].en)
    opened = standing[0].on if standing else events[0].on
    clocks = reading.clocks.views(opened, calendar, on, at)
    state = reading.state or UNKNOWN
    return CaseView(procedure, state, opened, reading.closed, len(events), clocks, tuple(reading.history), strange)
