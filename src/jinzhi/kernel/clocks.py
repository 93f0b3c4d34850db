"""Clocks of a case: what starts, stops and lengthens them, on which days they stand still, and when they end.

A :class:`Clock` is declared; a :class:`Run` is one run of it while the events of a case are read in order
(:meth:`Run.take`, :func:`begin`, :meth:`Standing.take`); :func:`view_of` says how a run stands on a day. No event and
no case is known here: days and data are handed in.

**Standing still.** Each step that begins a stretch opens one of its own, and only the steps paired with it end it: the
n-th of ``resume`` (``exclude_to``) belongs to the n-th of ``pause`` (``exclude_from``). Where the two name different
numbers of steps, any of the ending steps ends every stretch. A stretch takes in the day it begins on and ends on the
day before it is ended; one that begins and ends on the same day takes out nothing. Stretches may overlap: a day is
taken out once (:mod:`jinzhi.kernel.period`). One that began before the clock started holds from its start.

**Told dates.** A day told to a party holds against a later holiday notice or law, but not against what is recorded
afterwards: a suspension, an exclusion, an extension, another day. The clock then counts anew and says so
(``tell_again``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from jinzhi.kernel.declare import Catalogue, Citation
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Dated, NoRuleInForce, Version
from jinzhi.kernel.period import Calendar, Deadline, Length, Span, Unit, deadline, extend
from jinzhi.kernel.text import Words

ONE_DAY = timedelta(days=1)
Term = Dated[Length] | Length
#: the input by which a step of ``reschedule`` names the new last day
NEW_DUE = "new_due"


class RuledBy(StrEnum):
    """The day whose rule a clock takes: that of the case's opening, or of the clock's own start."""

    OPENING = "opening"
    START = "start"


class ClockStatus(StrEnum):
    """How a clock stands on a day (see :class:`ClockView`)."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    LATE = "late"
    EXPIRED = "expired"
    UNDATED = "undated"
    NONE = "none"

    @property
    def dated(self) -> bool:
        """Whether there is a date, or will be once the pause is over."""
        return self not in (ClockStatus.UNDATED, ClockStatus.NONE)


@dataclass(frozen=True, slots=True)
class Extension:
    """A step that lengthens a clock, on its own basis, at most ``times`` times. Its length may be dated like any."""

    step: str
    length: Term
    basis: tuple[Citation, ...] = ()
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A period of a procedure.

    ``length`` is looked up by date (law), or a plain Length (a term of the platform), or None where a DATE input
    named ``due_input`` of the starting step says the day itself; steps of ``reschedule`` move that day by their
    ``new_due``, steps of ``restore`` take the last such move back. ``ruled_by``: the day whose rule is taken, that
    of the case's "opening" or of the clock's own "start" (a term that runs from a later act of the authority).
    ``pause``/``resume`` suspend it (what is left is kept); days from ``exclude_from`` to the day before
    ``exclude_to`` do not count; several of either are paired by their place (see the module). A clock that nothing
    stops on some way out is a problem of the declaration.
    ``was``: names it had before.
    """

    id: str
    zh: str
    en: str
    start: tuple[str, ...]
    stop: tuple[str, ...]
    length: Term | None = None
    ruled_by: RuledBy = RuledBy.OPENING
    due_input: str = ""
    reschedule: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    pause: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    exclude_from: tuple[str, ...] = ()
    exclude_to: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    on_expiry_zh: str = ""
    on_expiry_en: str = ""
    basis_note_zh: str = ""
    basis_note_en: str = ""
    was: tuple[str, ...] = ()

    @property
    def on_expiry(self) -> Words:
        """What follows where it ends without an act."""
        return Words(self.on_expiry_zh, self.on_expiry_en)

    @property
    def basis_note(self) -> Words:
        """What is said of its basis; false where nothing is."""
        return Words(self.basis_note_zh, self.basis_note_en)

    @property
    def counts_hours(self) -> bool:
        """Whether a version of its length is in hours: the steps that start and stop it then need a time of day."""
        return any(x is not None and x.unit is Unit.HOUR for x in lengths_of(self.length))

    @property
    def named(self) -> tuple[str, ...]:
        """Every step that starts, stops or moves it."""
        named = (*self.start, *self.stop, *self.pause, *self.resume, *self.exclude_from, *self.exclude_to)
        return (*named, *self.reschedule, *self.restore, *(e.step for e in self.extensions))

    @property
    def timed_steps(self) -> tuple[str, ...]:
        """The steps that must say the time of day; empty for a clock that counts days."""
        return (*self.start, *self.stop) if self.counts_hours else ()

    def problems(self, catalogue: Catalogue, inputs: Mapping[str, Mapping[str, Field]]) -> Iterator[str]:
        """What is wrong with it beside steps with these inputs, by step and input."""
        for step in self.named:
            if step not in inputs:
                yield f"clock {self.id} names the step {step!r}, which is not declared"
        if self.ruled_by not in tuple(RuledBy):
            yield f"clock {self.id}: ruled_by={self.ruled_by!r} is not {' or '.join(RuledBy)}"
        for term in (self.length, *(e.length for e in self.extensions)):
            if isinstance(term, Dated):
                yield from (f"clock {self.id}: {p}" for p in term.problems(catalogue))
        yield from self._uncountable()
        yield from self._undue(inputs)

    def _uncountable(self) -> Iterator[str]:
        """What would leave it without a date, or a stretch without an end."""
        for begins, ends, what in (
            (self.pause, self.resume, "pause and resume"),
            (self.exclude_from, self.exclude_to, "exclude_from and exclude_to"),
        ):
            if len(begins) > 1 and len(ends) > 1 and len(begins) != len(ends):
                yield (
                    f"clock {self.id}: {what} name {len(begins)} and {len(ends)} steps: say which ends which by "
                    "naming as many of both, pair by pair"
                )
        units = {x.unit for x in lengths_of(self.length) if x}
        more = {x.unit for e in self.extensions for x in lengths_of(e.length) if x}
        if more and (Unit.HOUR in units) != (Unit.HOUR in more):
            yield f"clock {self.id}: hours and another unit cannot be added up"

    def _undue(self, inputs: Mapping[str, Mapping[str, Field]]) -> Iterator[str]:
        """What is wrong with the inputs that say its last day."""
        if (self.length is None) != bool(self.due_input):
            yield f"clock {self.id} needs a length or a due_input, and only one of them"
        starting = [(step, self.due_input) for step in self.start if self.due_input]
        for step, wanted in (*starting, *((step, NEW_DUE) for step in self.reschedule)):
            there = inputs.get(step, {}).get(wanted)
            if there is None or there.type is not Type.DATE:
                yield f"clock {self.id}: step {step} has no date input {wanted!r}"
        if self.reschedule and not self.due_input:
            yield f"clock {self.id}: reschedule goes with due_input"
        if self.restore and not self.reschedule:
            yield f"clock {self.id}: restore goes with reschedule"


def lengths_of(term: Term | None) -> tuple[Length | None, ...]:
    """Every length that a term has or had; None in it for a version that sets none."""
    if term is None:
        return ()
    return (term,) if isinstance(term, Length) else tuple(v.value for v in term.versions)


def ended_by(begins: tuple[str, ...], ends: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Which steps end the stretch that a step begins."""
    if len(begins) != len(ends):
        return dict.fromkeys(begins, frozenset(ends))
    out: dict[str, frozenset[str]] = {}
    for first, last in zip(begins, ends, strict=True):
        out[first] = out.get(first, frozenset()) | {last}
    return out


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock of a case on a day.

    ``status``: running, paused, met (stopped in time), late (stopped after), expired; **undated** where it runs, or
    ran, without a date that could be computed; **none** where the version of the law it is under sets no such term.
    The last two say why (``why_zh``, ``why_en``). ``due`` is the last day to act; ``due_at`` the minute, for lengths in
    hours. ``told`` is the day told to a party, if one was; ``tell_again``: it no longer holds, ``due`` does.
    ``length`` is the length that is counted, before what ``extended`` it. ``moves``: the due date moves from day to
    day, because a stretch that does not count has not ended.
    """

    clock: Clock
    status: ClockStatus
    started: date
    deadline: Deadline | None
    due: date | None
    stopped: date | None = None
    told: date | None = None
    citation: Citation | None = None
    verified: bool = True
    length: Length | None = None
    extended: tuple[Length, ...] = ()
    started_at: datetime | None = None
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    tell_again: bool = False
    moves: bool = False
    why_zh: str = ""
    why_en: str = ""

    @property
    def why(self) -> Words:
        """Why it has no date, or how it was judged; false where nothing need be said."""
        return Words(self.why_zh, self.why_en)

    @property
    def open(self) -> bool:
        return self.stopped is None and self.status is not ClockStatus.NONE


@dataclass(slots=True)
class Standing:
    """The stretches of one kind that stand open for a clock: the step that began each, its first day, its name."""

    pairs: dict[str, frozenset[str]]
    open: dict[str, tuple[date, str]] = field(default_factory=dict)

    def take(self, step: str, name: str, on: date) -> list[Span]:
        """Take an event in: the stretches that it ends. Those that end on their first day take out nothing."""
        ended = [first for first in self.open if step in self.pairs[first]]
        out = [span for first in ended if (span := _span(*self.open.pop(first), on))]
        if step in self.pairs and step not in self.open:
            self.open[step] = (on, name)
        return out

    def shut(self, on: date) -> list[Span]:
        """End all of them on a day."""
        out = [span for first, name in self.open.values() if (span := _span(first, name, on))]
        self.open.clear()
        return out

    @property
    def spans(self) -> tuple[Span, ...]:
        return tuple(Span(first, None, name) for first, name in self.open.values())


def _span(first: date, name: str, ended: date) -> Span | None:
    return Span(first, ended - ONE_DAY, name) if ended > first else None


@dataclass(frozen=True, slots=True)
class _Known:
    """What of a run was known at one moment: enough to compute its end as it was then."""

    on: date
    due_said: date | None
    extensions: tuple[Extension, ...]
    suspended: tuple[Span, ...]
    excluded: tuple[Span, ...]


@dataclass(slots=True)
class Run:
    """One run of a clock while the events are read."""

    clock: Clock
    started: date
    started_at: datetime | None = None
    due_said: date | None = None
    said_wrongly: str = ""
    moved_from: list[date | None] = field(default_factory=list)
    told: date | None = None
    told_at: datetime | None = None
    known: _Known | None = None
    stopped: date | None = None
    stopped_at: datetime | None = None
    extensions: list[Extension] = field(default_factory=list)
    suspended: list[Span] = field(default_factory=list)
    excluded: list[Span] = field(default_factory=list)
    still_suspended: tuple[Span, ...] = ()
    still_excluded: tuple[Span, ...] = ()

    def now_known(self, on: date) -> _Known:
        return _Known(
            on,
            self.due_said,
            tuple(self.extensions),
            (*self.suspended, *self.still_suspended),
            (*self.excluded, *self.still_excluded),
        )

    def tell(self, told: date | datetime, on: date) -> None:
        """A day was told to a party: it holds until something is recorded that moves the end."""
        self.told = told.date() if isinstance(told, datetime) else told
        self.told_at = told if isinstance(told, datetime) else None
        self.known = self.now_known(on)


class Folding:
    """The clocks of a case while its events are read: at most one run of each at a time."""

    def __init__(self, clocks: Iterable[Clock]):
        self.clocks = tuple(clocks)
        self.running: dict[str, Run] = {}
        self.done: list[Run] = []
        self._pauses = {c.id: Standing(ended_by(c.pause, c.resume)) for c in self.clocks}
        self._excludes = {c.id: Standing(ended_by(c.exclude_from, c.exclude_to)) for c in self.clocks}

    def take(self, step: str, name: str, on: date, at: datetime | None, said: Mapping[str, date | None]) -> None:
        """Take an event in. ``said``: the days that its data name, by input; None where the text is no day."""
        for clock in self.clocks:
            self._one(clock, step, name, on, at, said)

    def _one(
        self, clock: Clock, step: str, name: str, on: date, at: datetime | None, said: Mapping[str, date | None]
    ) -> None:
        pauses, excludes = self._pauses[clock.id], self._excludes[clock.id]
        run = self.running.get(clock.id)
        if run and step in clock.stop:
            run.stopped, run.stopped_at = on, at
            run.suspended += pauses.shut(on)
            run.excluded += excludes.shut(on)
            run.still_suspended = run.still_excluded = ()
            self.done.append(self.running.pop(clock.id))
            run = None
        if step in clock.start and run is None:
            run = self.running[clock.id] = Run(clock, on, at)
            if clock.due_input:
                run.due_said = said.get(clock.due_input)
        elif run:
            run.extensions += [e for e in clock.extensions if e.step == step]
            if step in clock.reschedule and said.get(NEW_DUE):
                run.moved_from.append(run.due_said)
                run.due_said = said[NEW_DUE]
            elif step in clock.restore and run.moved_from:
                run.due_said = run.moved_from.pop()
        suspended, excluded = pauses.take(step, name, on), excludes.take(step, name, on)
        if run:
            run.suspended += suspended
            run.excluded += excluded
            run.still_suspended, run.still_excluded = pauses.spans, excludes.spans

    def tell(self, clock: str, told: date | datetime, on: date) -> bool:
        """A day was told for a clock; False where no such clock runs."""
        run = self.running.get(clock)
        if run:
            run.tell(told, on)
        return run is not None

    def views(self, opened: date, calendar: Calendar, on: date, at: datetime | None) -> tuple[ClockView, ...]:
        runs = sorted((*self.done, *self.running.values()), key=lambda r: r.started)
        return tuple(view_of(r, opened, calendar, on, at) for r in runs)


@dataclass(frozen=True, slots=True)
class _Term:
    """The term that a run is under: its length, the lengths of its extensions, where they stand."""

    length: Length | None
    extended: tuple[Length, ...] = ()
    citation: Citation | None = None
    verified: bool = True
    missing: bool = False
    why_zh: str = ""
    why_en: str = ""


def _version(term: Term, ruling: date, on: date) -> Version[Length] | Length:
    return term if isinstance(term, Length) else term.for_case(ruling, on)


def term_of(run: Run, opened: date, on: date, extensions: Iterable[Extension]) -> _Term:
    """The length that a run counts: of the version in force on the day that rules it."""
    clock = run.clock
    assert clock.length is not None
    ruling = run.started if clock.ruled_by == RuledBy.START else opened
    day = min(on, run.stopped or on)
    try:
        found = _version(clock.length, ruling, day)
        more = [_version(e.length, ruling, day) for e in extensions]
    except NoRuleInForce as e:
        return _Term(None, missing=True, why_zh=f"{ruling} 没有可适用的规定版本，无法计算", why_en=str(e))
    lengths = [x if isinstance(x, Length) else x.value for x in more]
    extended = tuple(x for x in lengths if x is not None)
    if isinstance(found, Length):
        return _Term(found, extended)
    if found.value is None:
        why_zh = f"{found.since} 起的规定不再设此期限" + (f"（{found.note}）" if found.note else "")
        why_en = f"the rule in force from {found.since} sets no such term" + (f" ({found.note})" if found.note else "")
        return _Term(None, (), found.cite, found.verified, why_zh=why_zh, why_en=why_en)
    return _Term(found.value, extended, found.cite, found.verified)


def _closed(span: Span, on: date) -> Span:
    """An open stretch that does not count, as far as it has come."""
    return span if span.last is not None else Span(span.first, max(on, span.first), span.reason)


def _end(run: Run, length: Length, extended: tuple[Length, ...], calendar: Calendar, known: _Known) -> Deadline:
    """Raises ValueError where the length cannot be counted from what is known."""
    start: date = run.started
    if length.unit is Unit.HOUR:
        if run.started_at is None:
            raise ValueError("hours, but the step that starts them has no time of day")
        start = run.started_at
    excluded = [_closed(s, known.on) for s in known.excluded]
    return deadline(start, extend(length, *extended), calendar, suspended=known.suspended, excluded=excluded)


def view_of(run: Run, opened: date, calendar: Calendar, on: date, at: datetime | None = None) -> ClockView:
    """How a run stands on a day.

    ``at``: the minute of looking, for hours; without it a clock that ends on the day itself has not ended yet.
    """
    clock, known = run.clock, run.now_known(on)
    if clock.length is None:
        said = run.due_said
        if said is None:
            why = ("起算步骤没有写明可用的期限日", "the step that starts it names no day")
            return _undated(run, _Term(None, why_zh=why[0], why_en=why[1]))
        before = run.known.due_said if run.known else None
        return _settled(run, known, on, at, Deadline(on=said), before, _Term(None))
    term = term_of(run, opened, on, known.extensions)
    if term.length is None:
        return _undated(run, term)
    try:
        result = _end(run, term.length, term.extended, calendar, known)
        before = None
        if run.known is not None:
            earlier = term_of(run, opened, on, run.known.extensions)
            before = _end(run, term.length, earlier.extended, calendar, run.known).on
    except ValueError as e:
        zh = "按小时计算，但起算步骤没有记时刻" if term.length.unit is Unit.HOUR else "期限与延长的单位不能相加"
        return _undated(run, _Term(term.length, term.extended, term.citation, term.verified, True, zh, str(e)))
    return _settled(run, known, on, at, result, before, term)


def _undated(run: Run, term: _Term) -> ClockView:
    """A run without a date: the law sets no such term, or what is needed to count is not there."""
    none = term.length is None and term.citation is not None and not term.missing
    due = None if none else run.told
    return ClockView(
        run.clock,
        ClockStatus.NONE if none else ClockStatus.UNDATED,
        run.started,
        None,
        due,
        run.stopped,
        run.told,
        term.citation,
        term.verified,
        term.length,
        term.extended,
        run.started_at,
        None,
        run.stopped_at,
        why_zh=term.why_zh,
        why_en=term.why_en,
    )


def _said_anew(run: Run, before: date | None) -> bool:
    """Whether the day that a step said was corrected after it was told: no notice and no law moves such a day."""
    return bool(run.clock.due_input) and not run.extensions and before != run.told


def _settled(
    run: Run, known: _Known, on: date, at: datetime | None, result: Deadline, before: date | None, term: _Term
) -> ClockView:
    holds = run.told is not None and before == result.on and not _said_anew(run, before)
    due = run.told if holds else result.on
    due_at = run.told_at if holds else result.at
    paused = run.stopped is None and any(s.last is None for s in known.suspended)
    if run.stopped is not None:
        late = _after(run.stopped, run.stopped_at, due, due_at)
        status = ClockStatus.LATE if late else ClockStatus.MET
    elif paused:
        status, due, due_at = ClockStatus.PAUSED, None, None
    else:
        status = ClockStatus.EXPIRED if _after(on, at, due, due_at) else ClockStatus.RUNNING
    unsure = run.stopped is not None and due_at is not None and run.stopped == due and run.stopped_at is None
    return ClockView(
        run.clock,
        status,
        run.started,
        result,
        due,
        run.stopped,
        run.told,
        term.citation,
        term.verified,
        term.length,
        term.extended,
        run.started_at,
        due_at,
        run.stopped_at,
        tell_again=run.told is not None and not holds and due is not None and due != run.told,
        moves=run.stopped is None and not paused and any(s.last is None for s in known.excluded),
        why_zh="完成的时刻没有记载，按日判断" if unsure else "",
        why_en="the time of day of the act is not recorded; judged by the day" if unsure else "",
    )


def _after(day: date, at: datetime | None, due: date | None, due_at: datetime | None) -> bool:
    """Whether an act or a look comes after the end; by the minute where both are known to it."""
    if due is None:
        return False
    if at is not None and due_at is not None:
        return at.replace(tzinfo=None) > due_at.replace(tzinfo=None)
    return day > due
