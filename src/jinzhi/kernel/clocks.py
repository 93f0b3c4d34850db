"""Clocks of a case: what starts, stops and lengthens them, on which days they stand still, and when they end.

A :class:`Clock` is declared (``kernel.clock``); a :class:`Run` is one run of it while the events of a case are read in
order (:meth:`Folding.take`); :func:`view_of` says how a run stands on a day. No event and no case is known here: days
and data are handed in.

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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from jinzhi.kernel.clock import NEW_DUE, Clock, Extension, RuledBy, ended_by
from jinzhi.kernel.declare import Citation
from jinzhi.kernel.law import UNSET, Dated, NoRuleInForce, Version
from jinzhi.kernel.period import ONE_DAY, Calendar, Deadline, Length, Span, Unit, deadline, extend
from jinzhi.kernel.text import Words


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
            self._advance(clock, step, name, on, at, said)

    def _advance(
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
            run.extensions += [e for e in clock.extensions if e.by == step]
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


def _version(term: object, ruling: date, on: date) -> Version[Length] | Length:
    if isinstance(term, Dated):
        version: Version[Length] = term.for_case(ruling, on)
        return version
    assert isinstance(term, Length)
    return term


def term_of(run: Run, opened: date, on: date, extensions: Iterable[Extension]) -> _Term:
    """The length that a run counts: of the version in force on the day that rules it."""
    clock = run.clock
    assert clock.length is not None
    ruling = run.started if clock.ruled_by == RuledBy.START else opened
    day = min(on, run.stopped or on)
    try:
        found = _version(clock.length, ruling, day)
        more = [_version(e.up_to, ruling, day) for e in extensions]
    except NoRuleInForce as e:
        return _Term(None, missing=True, why_zh=f"{ruling} 没有可适用的规定版本，无法计算", why_en=str(e))
    lengths = [x if isinstance(x, Length) else x.value for x in more]
    extended = tuple(x for x in lengths if isinstance(x, Length))
    if isinstance(found, Length):
        return _Term(found, extended)
    if found.value is UNSET:
        why_zh = f"{found.since} 起的期限长度待核实" + (f"（{found.note}）" if found.note else "")
        why_en = f"its length from {found.since} is to be confirmed" + (f" ({found.note})" if found.note else "")
        return _Term(None, (), found.cite, False, missing=True, why_zh=why_zh, why_en=why_en)
    if not isinstance(found.value, Length):
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
