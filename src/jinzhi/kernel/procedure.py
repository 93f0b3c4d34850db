"""Procedures: a case is the fold of its events; status, clocks and due dates are derived from them.

A procedure declares states, steps between them, clocks with their articles, and what each step asks for.
``fold`` gives the state and clocks of a case on a day; ``offers`` says which steps a role may take now, and for
each that it may not, why. Nothing here reads a clock or a database.

Two events are known to every procedure. ``correct`` replaces the day or the data of an earlier event (the
earlier one stays in the history). An event whose data hold ``_told`` fixes the day told to a party: it is not
computed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import ClassVar

from jinzhi.kernel.access import Role
from jinzhi.kernel.declare import KEBAB, Catalogue, Citation, Declaration
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Dated
from jinzhi.kernel.period import Calendar, Deadline, Length, Span, Unit, deadline, extend

CORRECT = "correct"
TOLD = "_told"
TONES = ("ahead", "normal", "risk", "late", "done", "open", "closed", "neutral")


class ProcedureError(ValueError):
    """Events that do not fit the procedure; the message names the event."""


@dataclass(frozen=True, slots=True)
class State:
    """A state of a case. ``final``: nothing follows. ``lane`` 0 is the main path, 1 and more are branches."""

    id: str
    zh: str
    en: str
    tone: str = "open"
    final: bool = False
    lane: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a step needs that only the records around the case can tell; given from outside as true or false."""

    id: str
    zh: str
    en: str
    why_not_zh: str
    why_not_en: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step. Without ``sources`` it opens a case; with ``to=None`` the state stays.

    ``at``: where the acting unit must stand to the case's unit: "own", "above" (any ancestor), "office" (the unit
    that issued the case) or "any". ``confirm`` asks the person once more before harm.
    """

    id: str
    zh: str
    en: str
    sources: tuple[str, ...] = ()
    to: str | None = None
    roles: tuple[str, ...] = ()
    at: str = "any"
    basis: tuple[Citation, ...] = ()
    inputs: tuple[Field, ...] = ()
    needs: tuple[Fact, ...] = ()
    confirm: bool = False
    help_zh: str = ""
    help_en: str = ""

    @property
    def opens(self) -> bool:
        return not self.sources


@dataclass(frozen=True, slots=True)
class Extension:
    """A step that lengthens a clock, on its own basis, at most ``times`` times."""

    step: str
    length: Length
    basis: tuple[Citation, ...] = ()
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A period of a procedure.

    ``length`` is looked up by date (law), or a plain Length (a term of the platform), or None where a DATE input
    named ``due_input`` of the starting step says the day itself; steps of ``reschedule`` move that day by their
    ``new_due``. ``ruled_by``: the day whose rule is taken, that of the case's "opening" or of the clock's own
    "start" (a term that runs from a later act of the authority). ``pause``/``resume`` suspend it (what is left is
    kept); steps from ``exclude_from`` to ``exclude_to`` do not count. A clock that nothing stops on some way out
    is a problem of the declaration.
    """

    id: str
    zh: str
    en: str
    start: tuple[str, ...]
    stop: tuple[str, ...]
    length: Dated[Length] | Length | None = None
    ruled_by: str = "opening"
    due_input: str = ""
    reschedule: tuple[str, ...] = ()
    pause: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    exclude_from: tuple[str, ...] = ()
    exclude_to: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    on_expiry_zh: str = ""
    on_expiry_en: str = ""
    basis_note_zh: str = ""
    basis_note_en: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: the step, its legal day, its data. ``seq`` counts from 1 in the case; ``at``: time of day."""

    seq: int
    step: str
    on: date
    data: Mapping[str, object] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock of a case on a day. ``status``: running, paused, met (stopped in time), late (stopped after), expired.

    ``deadline`` is None only while the clock is paused. ``told`` is the day told to a party, if one was.
    """

    clock: Clock
    status: str
    started: date
    deadline: Deadline | None
    due: date | None
    stopped: date | None = None
    told: date | None = None
    citation: Citation | None = None
    verified: bool = True

    @property
    def open(self) -> bool:
        return self.status in ("running", "paused", "expired")


@dataclass(frozen=True, slots=True)
class CaseView:
    """The fold of a case's events on a day."""

    procedure: Procedure
    state: State
    opened: date
    closed: date | None
    seq: int
    clocks: tuple[ClockView, ...]
    history: tuple[Event, ...]

    @property
    def next_due(self) -> ClockView | None:
        """The open clock that is due first."""
        due = [c for c in self.clocks if c.open and c.due]
        return min(due, key=lambda c: c.due or date.max) if due else None


@dataclass(frozen=True, slots=True)
class Offer:
    """A step and whether this role may take it now; if not, why."""

    step: Step
    allowed: bool
    why_not_zh: str = ""
    why_not_en: str = ""


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
    reads: tuple[str, ...] = ()
    #: the id of the step that gives the case its title, and the input holding it
    title_input: str = ""

    def state(self, id: str) -> State:
        for s in self.states:
            if s.id == id:
                return s
        raise ProcedureError(f"{self.id} has no state {id!r}")

    def step(self, id: str) -> Step:
        for s in self.steps:
            if s.id == id:
                return s
        raise ProcedureError(f"{self.id} has no step {id!r}")

    @property
    def opening(self) -> tuple[Step, ...]:
        return tuple(s for s in self.steps if s.opens)

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        yield from self._names(catalogue)
        yield from self._graph()
        yield from self._clocks()

    def _names(self, catalogue: Catalogue) -> Iterator[str]:
        states = [s.id for s in self.states]
        steps = [s.id for s in self.steps]
        for what, ids in (("state", states), ("step", steps), ("clock", [c.id for c in self.clocks])):
            for id in ids:
                if ids.count(id) > 1:
                    yield f"two {what}s are called {id!r}"
                if not KEBAB.match(id):
                    yield f"{what} id {id!r} is not kebab-case"
        if CORRECT in steps:
            yield "a step may not be called 'correct': it is known to every procedure"
        roles = catalogue.ids(Role.kind)
        for step in self.steps:
            for s in (*step.sources, *((step.to,) if step.to else ())):
                if s not in states:
                    yield f"step {step.id} names the state {s!r}, which is not declared"
            if step.opens and not step.to:
                yield f"step {step.id} opens the case but leads to no state"
            if not step.roles:
                yield f"step {step.id} names no role that may take it"
            for role in step.roles:
                if roles and role not in roles:
                    yield f"step {step.id} names the role {role!r}, which is not declared"
            if step.at not in ("own", "above", "office", "any"):
                yield f"step {step.id}: at={step.at!r} is not own, above, office or any"
            for f in step.inputs:
                yield from (f"step {step.id}: {p}" for p in f.problems())
                if f.personal and f.id in (self.title_input, *(c.due_input for c in self.clocks)):
                    yield f"step {step.id}: {f.id} is personal data and may be erased: no title, no clock may need it"
        for state in self.states:
            if state.tone not in TONES:
                yield f"state {state.id} has the unknown tone {state.tone!r}"
        for clock in self.clocks:
            named = (*clock.start, *clock.stop, *clock.pause, *clock.resume)
            named += (*clock.exclude_from, *clock.exclude_to, *clock.reschedule, *(e.step for e in clock.extensions))
            for s in named:
                if s not in steps:
                    yield f"clock {clock.id} names the step {s!r}, which is not declared"
            if clock.ruled_by not in ("opening", "start"):
                yield f"clock {clock.id}: ruled_by={clock.ruled_by!r} is not opening or start"
            if isinstance(clock.length, Dated):
                yield from (f"clock {clock.id}: {p}" for p in clock.length.problems(catalogue))
            if (clock.length is None) != bool(clock.due_input):
                yield f"clock {clock.id} needs a length or a due_input, and only one of them"
            for s, wanted in (
                *((s, clock.due_input) for s in clock.start if clock.due_input),
                *((s, "new_due") for s in clock.reschedule),
            ):
                fields = {f.id: f for st in self.steps if st.id == s for f in st.inputs}
                if wanted not in fields or fields[wanted].type is not Type.DATE:
                    yield f"clock {clock.id}: step {s} has no date input {wanted!r}"
            if clock.reschedule and not clock.due_input:
                yield f"clock {clock.id}: reschedule goes with due_input"

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
            if state.final and any(state.id in s.sources and s.to != state.id for s in self.steps if s.to):
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


@dataclass(slots=True)
class _Run:
    """A clock while folding."""

    clock: Clock
    started: date
    due_said: date | None
    started_at: datetime | None = None
    told: date | None = None
    stopped: date | None = None
    spans: list[Span] = field(default_factory=list)
    excluded: list[Span] = field(default_factory=list)
    lengths: list[Length] = field(default_factory=list)


def corrected(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events as they stand after corrections, in the order of their numbers, corrections left out."""
    by_seq: dict[int, Event] = {}
    for e in events:
        if e.step != CORRECT:
            by_seq[e.seq] = e
            continue
        target = e.data.get("seq")
        if not isinstance(target, int) or target not in by_seq:
            raise ProcedureError(f"event {e.seq} corrects event {target!r}, which is not there")
        old = by_seq[target]
        on = e.data.get("on")
        data = e.data.get("data")
        by_seq[target] = replace(
            old,
            on=date.fromisoformat(on) if isinstance(on, str) else old.on,
            data={**old.data, **data} if isinstance(data, Mapping) else old.data,
        )
    return tuple(by_seq[k] for k in sorted(by_seq))


def _as_date(value: object, where: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ProcedureError(f"{where}: {value!r} is no date") from None


def _close_span(spans: list[Span], day: date) -> None:
    if spans and spans[-1].last is None:
        first = spans[-1].first
        last = day - timedelta(days=1)
        spans[-1] = replace(spans[-1], last=max(first, last))


def fold(procedure: Procedure, events: Sequence[Event], calendar: Calendar, on: date) -> CaseView:
    """State and clocks of a case as they stand on a day. Raises ProcedureError on events that do not fit."""
    if not events:
        raise ProcedureError(f"{procedure.id}: a case has at least the event that opens it")
    state: State | None = None
    closed: date | None = None
    runs: dict[str, _Run] = {}
    done: list[_Run] = []
    standing = corrected(events)
    for e in standing:
        step = procedure.step(e.step)
        if state is None:
            if not step.opens:
                raise ProcedureError(f"event {e.seq} ({e.step}): the first event must open the case")
        elif state.id not in step.sources:
            raise ProcedureError(f"event {e.seq}: {e.step} is not possible in state {state.id}")
        if step.to:
            state = procedure.state(step.to)
        assert state is not None
        if state.final and closed is None:
            closed = e.on
        for clock in procedure.clocks:
            run = runs.get(clock.id)
            if run and e.step in clock.stop:
                run.stopped = e.on
                _close_span(run.spans, e.on)
                _close_span(run.excluded, e.on)
                done.append(runs.pop(clock.id))
                run = None
            if e.step in clock.start and run is None:
                said = _as_date(e.data.get(clock.due_input), f"event {e.seq}") if clock.due_input else None
                run = runs[clock.id] = _Run(clock, e.on, said, e.at)
            elif run:
                if e.step in clock.pause and not (run.spans and run.spans[-1].last is None):
                    run.spans.append(Span(e.on, None, step.zh))
                if e.step in clock.resume:
                    _close_span(run.spans, e.on)
                if e.step in clock.exclude_from and not (run.excluded and run.excluded[-1].last is None):
                    run.excluded.append(Span(e.on, None, step.zh))
                if e.step in clock.exclude_to:
                    _close_span(run.excluded, e.on)
                for extension in clock.extensions:
                    if extension.step == e.step:
                        run.lengths.append(extension.length)
                if e.step in clock.reschedule:
                    run.due_said = _as_date(e.data.get("new_due"), f"event {e.seq}")
        told = e.data.get(TOLD)
        if isinstance(told, Mapping):
            for id, day in told.items():
                if id in runs:
                    runs[id].told = _as_date(day, f"event {e.seq}")
    assert state is not None
    opened = standing[0].on
    clocks = tuple(_view(r, opened, calendar, on) for r in sorted((*done, *runs.values()), key=lambda r: r.started))
    return CaseView(procedure, state, opened, closed, len(events), clocks, standing)


def _view(run: _Run, opened: date, calendar: Calendar, on: date) -> ClockView:
    clock = run.clock
    citation: Citation | None = None
    verified = True
    if clock.length is None:
        result = Deadline(on=run.due_said) if run.due_said else None
    else:
        if isinstance(clock.length, Length):
            length = clock.length
        else:
            ruling = run.started if clock.ruled_by == "start" else opened
            version = clock.length.for_case(ruling, min(on, run.stopped or on))
            length, citation, verified = version.value, version.cite, version.verified
        excluded = [replace(s, last=max(on, s.first)) if s.last is None else s for s in run.excluded]
        start: date = run.started
        if length.unit is Unit.HOUR:
            if run.started_at is None:
                raise ProcedureError(f"clock {clock.id} counts hours, but its starting event has no time of day")
            start = run.started_at
        result = deadline(
            start,
            extend(length, *run.lengths),
            calendar,
            suspended=tuple(run.spans),
            excluded=tuple(excluded),
        )
    due = run.told or (result.on if result else None)
    if run.stopped is not None:
        status = "late" if due and run.stopped > due else "met"
    elif run.spans and run.spans[-1].last is None:
        status, due = "paused", None
    else:
        status = "expired" if due and on > due else "running"
    return ClockView(clock, status, run.started, result, due, run.stopped, run.told, citation, verified)


def offers(
    view: CaseView,
    roles: Iterable[str],
    facts: Mapping[str, bool],
    *,
    standing: Iterable[str] = ("own", "above", "office", "any"),
) -> tuple[Offer, ...]:
    """Every step that leads on from the present state, and whether somebody with these roles may take it.

    ``standing``: how the acting unit stands to the case's unit (see Step.at). A fact that is needed and not given
    counts as not established.
    """
    held, stands = set(roles), {*standing, "any"}
    out: list[Offer] = []
    for step in view.procedure.steps:
        if view.state.id not in step.sources:
            continue
        missing = [f for f in step.needs if not facts.get(f.id, False)]
        spent = _spent(view, step.id)
        if not held & set(step.roles):
            out.append(Offer(step, False, "您的角色不能办理此步骤", "your role may not take this step"))
        elif step.at not in stands:
            zh = {"own": "应由本单位办理", "above": "应由上级单位办理", "office": "应由交办单位办理"}[step.at]
            en = {
                "own": "only the unit itself may take this step",
                "above": "only a unit above may take this step",
                "office": "only the issuing unit may take this step",
            }[step.at]
            out.append(Offer(step, False, zh, en))
        elif missing:
            out.append(
                Offer(
                    step,
                    False,
                    "；".join(f.why_not_zh for f in missing),
                    "; ".join(f.why_not_en for f in missing),
                )
            )
        elif spent:
            out.append(Offer(step, False, "延长次数已用完", "no extension is left"))
        else:
            out.append(Offer(step, True))
    return tuple(out)


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
