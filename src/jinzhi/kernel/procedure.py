"""Procedures: a case is the fold of its events; status, clocks and due dates are derived from them.

A procedure declares states, steps between them, clocks with their articles, and what each step asks for.
``fold`` gives the state and clocks of a case on a day; ``offers`` says which steps a role may take now, and for
each that it may not, why. Nothing here reads a clock or a database.

Events known to every procedure: ``correct`` replaces the day or the data of an earlier event (the earlier one stays in
the history); ``told`` records the day that a party was told for a clock. An event whose data hold ``_told`` does the
same beside its step; ``_at`` is the time of day at which it happened, where hours count.

An old case is never refused for what its declaration has become. A name that something had before (``was``) stands for
what it is called now. An event that nothing declares any more, or that does not fit the state it meets, is kept,
followed as far as it says where, and listed (:class:`Strange`); who counts cases leaves such a case out and says so.
``strict`` raises instead: that is for whoever is about to write.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

from jinzhi.kernel.access import unknown_roles
from jinzhi.kernel.clock import NEW_DUE, Clock, Extension
from jinzhi.kernel.clocks import ClockView, Folding
from jinzhi.kernel.correction import BUILT_IN, CORRECT, TELL, Corrections
from jinzhi.kernel.declare import KEBAB, Catalogue, Citation, Declaration
from jinzhi.kernel.events import (
    AT,
    Event,
    Strange,
    corrected,
    day_of,
    moment_of,
    standing_events,
    told_moment,
    uncorrected,
)
from jinzhi.kernel.fields import Field, Type, current
from jinzhi.kernel.law import Dated
from jinzhi.kernel.period import Calendar
from jinzhi.kernel.reading import FirstReading
from jinzhi.kernel.recording import Given
from jinzhi.kernel.status import Tone
from jinzhi.kernel.text import Words

__all__ = [
    "AT",
    "BUILT_IN",
    "CORRECT",
    "TELL",
    "Clock",
    "ClockView",
    "Event",
    "Extension",
    "Strange",
    "corrected",
    "moment_of",
    "standing_events",
    "uncorrected",
]

#: what a REF input may name beside a register
CASE = "case"
#: ``of`` of a REF that points at a milestone of the plan
MILESTONE = "milestone"
REFERRED = (CASE, MILESTONE)
TOLD = "_told"
#: of two clocks that end on one day, that with a minute comes first
LATEST = datetime.max


class ProcedureError(ValueError):
    """Events that do not fit the procedure; the message names the event."""


class TakenFrom(StrEnum):
    """Where the acting unit must stand to the case's unit: itself, above it, the one that issued the case, anywhere."""

    OWN = "own"
    ABOVE = "above"
    OFFICE = "office"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class State:
    """A state of a case. ``final``: nothing follows. ``lane`` 0 is the main path, 1 and more are branches.

    ``was``: names it had before.
    """

    id: str
    zh: str
    en: str
    tone: Tone = Tone.OPEN
    final: bool = False
    lane: int = 0
    was: tuple[str, ...] = ()

    def problems(self) -> Iterator[str]:
        if self.tone not in tuple(Tone):
            yield f"state {self.id} has the unknown tone {self.tone!r}"


#: the state of a case whose first event nothing declares any more
UNKNOWN = State("unknown", "环节未知", "State unknown", tone=Tone.NEUTRAL)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a step needs that only the records around the case can tell; given from outside as true or false."""

    id: str
    zh: str
    en: str
    why_not_zh: str
    why_not_en: str

    @property
    def why_not(self) -> Words:
        """Why a step that needs it cannot be taken without it."""
        return Words(self.why_not_zh, self.why_not_en)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step. Without ``sources`` it opens a case; with ``to=None`` the state stays.

    ``at``: where the acting unit must stand to the case's unit. ``confirm`` asks the person once more before harm.
    ``tells``: clocks whose due date is told to the party with this step, and thereby fixed. ``was``: names it had
    before. ``day``: the law gives the day and the step asks for it; without it the step counts on the day on which it
    is recorded. ``seals``: what was recorded before and with it is corrected by declared roles only. ``corrections``:
    instead of the procedure's. ``reopens``: it may lead out of a final state, because what ended the case was wrong;
    nothing else may.
    """

    id: str
    zh: str
    en: str
    sources: tuple[str, ...] = ()
    to: str | None = None
    roles: tuple[str, ...] = ()
    at: TakenFrom = TakenFrom.ANY
    basis: tuple[Citation, ...] = ()
    inputs: tuple[Field, ...] = ()
    needs: tuple[Fact, ...] = ()
    confirm: bool = False
    tells: tuple[str, ...] = ()
    help_zh: str = ""
    help_en: str = ""
    was: tuple[str, ...] = ()
    day: Given | None = None
    seals: bool = False
    corrections: Corrections | None = None
    reopens: bool = False

    @property
    def help(self) -> Words:
        """What is said beside it; false where nothing is."""
        return Words(self.help_zh, self.help_en)

    @property
    def opens(self) -> bool:
        return not self.sources

    def problems(self, procedure: Procedure, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with it in its procedure."""
        yield from self._misleads(procedure)
        yield from self._mistaken(procedure, catalogue)
        for question in self.inputs:
            yield from (f"step {self.id}: {p}" for p in question.problems())
            yield from self._misasks(question, procedure, catalogue)

    def _misleads(self, procedure: Procedure) -> Iterator[str]:
        """What is wrong with where it leads, and with what it does to clocks."""
        states = {s.id for s in procedure.states}
        for state in (*self.sources, *((self.to,) if self.to else ())):
            if state not in states:
                yield f"step {self.id} names the state {state!r}, which is not declared"
        if self.opens and not self.to:
            yield f"step {self.id} opens the case but leads to no state"
        finals = {s.id for s in procedure.states if s.final}
        if self.reopens and (not set(self.sources) <= finals or not self.to or self.to in finals):
            yield f"step {self.id} reopens the case: it must lead from a final state to one that is not"
        clocks = {c.id for c in procedure.clocks}
        for clock in self.tells:
            if clock not in clocks:
                yield f"step {self.id} tells the clock {clock!r}, which is not declared"
        for ours in procedure.clocks:
            if self.day and self.id in ours.named and not isinstance(ours.length, Dated):
                yield f"step {self.id} says its day, yet it moves {ours.id}, a term of the platform"

    def _mistaken(self, procedure: Procedure, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with who takes it and from where, and with who corrects it."""
        if not self.roles:
            yield f"step {self.id} names no role that may take it"
        for role in unknown_roles(self.roles, catalogue):
            yield f"step {self.id} names the role {role!r}, which is not declared"
        for role in self.roles if procedure.reads else ():
            if role not in procedure.reads:
                yield f"step {self.id} is taken by the role {role!r}, which may not read the case"
        if self.at not in tuple(TakenFrom):
            yield f"step {self.id}: at={self.at!r} is not own, above, office or any"
        if self.corrections:
            yield from self.corrections.problems(catalogue, f"step {self.id}")

    def _misasks(self, question: Field, procedure: Procedure, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with asking this here."""
        registers = catalogue.ids("register")
        points = question.of if question.type is Type.REF and question.of not in REFERRED else ""
        if points and registers and points not in registers:
            yield f"step {self.id}: {question.id} points into {question.of!r}, which is no declared register"
        if question.id in (procedure.title_input, *(c.due_input for c in procedure.clocks)):
            if question.personal:
                why = "is personal data and may be erased"
                yield f"step {self.id}: {question.id} {why}: no title, no clock may need it"
            if question.sealed_for:
                yield f"step {self.id}: {question.id} is sealed: no title, no clock may need it"
        for role in unknown_roles(question.sealed_for, catalogue):
            yield f"step {self.id}: {question.id} is open to the role {role!r}, which is not declared"


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


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason why a step may not be taken; ``fact``: what is not established, where that is the reason."""

    why: Words
    fact: Fact | None = None


NOT_YOUR_ROLE = Objection(Words("您的角色不能办理此步骤", "your role may not take this step"))
NO_EXTENSION_LEFT = Objection(Words("延长次数已用完", "no extension is left"))
#: why a unit may not take a step that is taken from another place
ELSEWHERE: Mapping[str, Objection] = {
    TakenFrom.OWN: Objection(Words("应由本单位办理", "only the unit itself may take this step")),
    TakenFrom.ABOVE: Objection(Words("应由上级单位办理", "only a unit above may take this step")),
    TakenFrom.OFFICE: Objection(Words("应由交办单位办理", "only the issuing unit may take this step")),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A step, and why this role may not take it now; it may where nothing speaks against it."""

    step: Step
    objections: tuple[Objection, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.objections

    @property
    def missing(self) -> tuple[Fact, ...]:
        """The facts that are needed and not established."""
        return tuple(objection.fact for objection in self.objections if objection.fact)

    @property
    def why_not(self) -> Words:
        """All reasons as one sentence; false where the step may be taken."""
        return Words.joined(objection.why for objection in self.objections)


@dataclass(frozen=True, slots=True)
class Example:
    """A history in plain text a lawyer can read, and what must come out.

    One line an event: ``2026-04-14  accept  key=value`` (``2026-04-14T09:30`` where hours count).
    ``clocks`` maps a clock to its due date or to a status.
    ``on`` is the day of looking; the day of the last event where it is None.
    """

    name: str
    history: str
    state: str
    clocks: Mapping[str, str] = field(default_factory=dict)
    on: date | None = None

    def events(self) -> tuple[Event, ...]:
        out: list[Event] = []
        for line in self.history.strip().splitlines():
            words = line.split()
            if not words:
                continue
            data = dict(w.split("=", 1) for w in words[2:])
            moment = datetime.fromisoformat(words[0])
            at = moment if "T" in words[0] else None
            out.append(Event(len(out) + 1, words[1], moment.date(), data, at))
        return tuple(out)


@dataclass(frozen=True, kw_only=True)
class Procedure(Declaration):
    """A matter with steps, roles and deadlines."""

    kind: ClassVar[str] = "procedure"
    needs_row: ClassVar[bool] = True

    states: tuple[State, ...]
    steps: tuple[Step, ...]
    clocks: tuple[Clock, ...] = ()
    numbering: str = "{id}-{year}-{seq:04d}"
    #: the roles that read its cases at all; empty: everybody who reads cases
    reads: tuple[str, ...] = ()
    corrections: Corrections = field(default_factory=Corrections)
    #: the id of the step that gives the case its title, and the input holding it
    title_input: str = ""
    #: who learns of a case that nobody of its unit has opened
    first_reading: FirstReading | None = None

    @cached_property
    def _states(self) -> Mapping[str, State]:
        return {name: s for s in reversed(self.states) for name in (*s.was, s.id)}

    @cached_property
    def _steps(self) -> Mapping[str, Step]:
        return {name: s for s in reversed(self.steps) for name in (*s.was, s.id)}

    @cached_property
    def _clock_names(self) -> Mapping[str, str]:
        return {name: c.id for c in reversed(self.clocks) for name in (*c.was, c.id)}

    def find_state(self, id: str) -> State | None:
        """The state that is, or once was, called so."""
        return self._states.get(id)

    def find_step(self, id: str) -> Step | None:
        """The step that is, or once was, called so."""
        return self._steps.get(id)

    def find_clock(self, id: str) -> Clock | None:
        """The clock that is, or once was, called so."""
        name = self._clock_names.get(id)
        return next((c for c in self.clocks if c.id == name), None)

    def state(self, id: str) -> State:
        found = self.find_state(id)
        if found is None:
            raise ProcedureError(f"{self.id} has no state {id!r}")
        return found

    def step(self, id: str) -> Step:
        found = self.find_step(id)
        if found is None:
            raise ProcedureError(f"{self.id} has no step {id!r}")
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """Its id and those it had before: under any of them a case may be kept."""
        return (self.id, *self.was)

    def kept_as(self, states: Iterable[str]) -> tuple[str, ...]:
        """These states under every name that a case may keep them by."""
        wanted = set(states)
        return tuple(name for name, s in self._states.items() if s.id in wanted)

    def asks_time(self, step: str) -> bool:
        """Whether a step starts or stops a clock of hours, and so must say when on its day it happened."""
        return any(step in c.timed_steps for c in self.clocks)

    def due_inputs(self, step: str) -> tuple[str, ...]:
        """The inputs of a step that say the last day of a clock."""
        said = [c.due_input for c in self.clocks if c.due_input and step in c.start]
        moved = [NEW_DUE for c in self.clocks if step in c.reschedule]
        return tuple(dict.fromkeys((*said, *moved)))

    @property
    def opening(self) -> tuple[Step, ...]:
        return tuple(s for s in self.steps if s.opens)

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        yield from self._ids()
        yield from self._former_names()
        yield from self.corrections.problems(catalogue, "the procedure")
        for role in unknown_roles(self.reads, catalogue):
            yield f"reads names the role {role!r}, which is not declared"
        for role in unknown_roles([self.first_reading.to] if self.first_reading else [], catalogue):
            yield f"first_reading names the role {role!r}, which is not declared"
        for state in self.states:
            yield from state.problems()
        for step in self.steps:
            yield from step.problems(self, catalogue)
        inputs = {s.id: {f.id: f for f in s.inputs} for s in self.steps}
        for clock in self.clocks:
            yield from clock.problems(catalogue, inputs)
        yield from self._graph()
        yield from self._clocks()

    def _ids(self) -> Iterator[str]:
        """What is wrong with the ids of its parts."""
        parts: tuple[tuple[str, Sequence[State | Step | Clock]], ...] = (
            ("state", self.states), ("step", self.steps), ("clock", self.clocks),
        )  # fmt: skip
        for what, things in parts:
            ids = [thing.id for thing in things]
            for id in ids:
                if ids.count(id) > 1:
                    yield f"two {what}s are called {id!r}"
                if not KEBAB.match(id):
                    yield f"{what} id {id!r} is not kebab-case"
        for known in BUILT_IN:
            if any(step.id == known for step in self.steps):
                yield f"a step may not be called {known!r}: it is known to every procedure"

    def _former_names(self) -> Iterator[str]:
        """A name of the past stands for one thing only, and not for one that is called so today."""
        fields = [(f"step {s.id}: input", list(s.inputs)) for s in self.steps]
        named: list[tuple[str, Sequence[State | Step | Clock | Field]]] = [
            ("state", self.states), ("step", self.steps), ("clock", self.clocks), *fields,
        ]  # fmt: skip
        for what, things in named:
            ids = [t.id for t in things]
            old = [name for t in things for name in t.was]
            for name in dict.fromkeys(old):
                if name in ids:
                    yield f"{what} {name!r} is declared, and also named as what another was called before"
                if old.count(name) > 1:
                    yield f"{what}: two say that they were called {name!r}"

    def _graph(self) -> Iterator[str]:
        if not self.opening:
            yield "no step opens a case (a step without sources)"
        reached = {s.to for s in self.opening}
        grown = True
        while grown:
            more = {s.to for s in self.steps if s.to and any(x in reached for x in s.sources)}
            grown = not more <= reached
            reached |= more
        ends = {s.id for s in self.states if s.final}
        if not ends:
            yield "no state is final"
        grown = True
        while grown:
            more = {x for s in self.steps if s.to in ends for x in s.sources}
            grown = not more <= ends
            ends |= more
        for state in self.states:
            if state.id not in reached:
                yield f"state {state.id} cannot be reached"
            if state.id not in ends:
                yield f"no way leads from state {state.id} to an end"
            leaving = [s for s in self.steps if s.to and state.id in s.sources and s.to != state.id]
            if state.final and any(not s.reopens for s in leaving):
                yield f"state {state.id} is final, yet a step leads out of it"

    def _clocks(self) -> Iterator[str]:
        for clock in self.clocks:
            seen: set[tuple[str, bool]] = set()
            todo = [(s.to, s.id in clock.start) for s in self.opening if s.to]
            while todo:
                here = todo.pop()
                if here in seen:
                    continue
                seen.add(here)
                state, runs = here
                if runs and any(s.id == state and s.final for s in self.states):
                    yield f"clock {clock.id} still runs when the case ends in state {state}"
                for step in self.steps:
                    if state in step.sources:
                        after = (runs or step.id in clock.start) and step.id not in clock.stop
                        todo.append((step.to or state, after))


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
        elif self.state is not UNKNOWN and self.state.id not in step.sources:
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


def offers(
    view: CaseView,
    roles: Iterable[str],
    facts: Mapping[str, bool],
    *,
    standing: Iterable[str] = tuple(TakenFrom),
) -> tuple[Offer, ...]:
    """Every step that leads on from the present state, and whether somebody with these roles may take it.

    ``standing``: where the acting unit stands to the case's unit. A fact that is needed and not given counts as not
    established.
    """
    held, stands = set(roles), {*standing, TakenFrom.ANY}
    steps = (step for step in view.procedure.steps if view.state.id in step.sources)
    return tuple(Offer(step, _objections(view, step, held, stands, facts)) for step in steps)


def _objections(
    view: CaseView, step: Step, roles: Collection[str], stands: Collection[str], facts: Mapping[str, bool]
) -> tuple[Objection, ...]:
    """Why a step may not be taken: who asks comes first, then what is missing, then what is used up."""
    if not set(roles) & set(step.roles):
        return (NOT_YOUR_ROLE,)
    if step.at not in stands:
        return (ELSEWHERE[step.at],)
    missing = tuple(Objection(fact.why_not, fact) for fact in step.needs if not facts.get(fact.id, False))
    return missing or ((NO_EXTENSION_LEFT,) if _spent(view, step.id) else ())


def _spent(view: CaseView, step: str) -> bool:
    for clock in view.procedure.clocks:
        for extension in clock.extensions:
            if extension.step == step:
                return sum(e.step == step for e in view.history) >= extension.times
    return False


def may_open(procedure: Procedure, roles: Iterable[str]) -> tuple[Step, ...]:
    """The opening steps that somebody with these roles may take."""
    held = set(roles)
    return tuple(s for s in procedure.opening if held & set(s.roles))


def run_example(procedure: Procedure, example: Example, calendar: Calendar) -> tuple[str, ...]:
    """What of an example does not come out, one sentence each; empty if all does."""
    events = example.events()
    view = fold(procedure, events, calendar, example.on or events[-1].on)
    out: list[str] = []
    if view.state.id != example.state:
        out.append(f"{example.name}: state is {view.state.id}, expected {example.state}")
    for id, expected in example.clocks.items():
        views = [c for c in view.clocks if c.clock.id == id]
        if not views:
            out.append(f"{example.name}: clock {id} did not start, expected {expected}")
            continue
        got = {views[-1].status, str(views[-1].due)}
        if expected not in got:
            out.append(f"{example.name}: clock {id} is {views[-1].status}, due {views[-1].due}, expected {expected}")
    return tuple(out)
