"""How a run of a clock stands on a day: its end, whether it was met, and why where there is no date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from jinzhi.kernel.clock import Clock, Tell
from jinzhi.kernel.clocks.run import Known, Run
from jinzhi.kernel.clocks.term import Ruled, bench_of, ruled
from jinzhi.kernel.declare import Citation
from jinzhi.kernel.law import Regime
from jinzhi.kernel.period import ONE_DAY, Calendar, Deadline, Length, LengthUnit, Span, day_ahead, deadline, extend
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


#: where an end moves by itself while a stretch that does not count stands
OPEN = (ClockStatus.RUNNING, ClockStatus.EXPIRED)
UNSURE = "是否起算尚不明确：所依据的内容未填写或未掌握", "whether it starts is unknown: what decides it is not held"
NO_DAY = "期限日所依据的内容尚未填写或不明确", "what its last day depends on is blank or not known"
NO_START = "起算日所依据的内容尚未填写或不明确", "the day from which it counts is blank or not known"
NO_MINUTE = "按小时计算，但起算步骤没有记时刻", "hours, but the step that starts them has no time of day"


@dataclass(frozen=True, slots=True)
class ClockView:
    """A run of a clock on a day. ``item``: the key of the element that it is about.

    ``status``: running, paused, met (stopped in time), late (stopped after), expired: it ran out, whether it still
    runs or its own end (``at_end``) has closed it, which is nobody's late act; **undated** where it runs, or
    ran, without a date that could be computed; **none** where the version of the law it is under sets no such term.
    The last two say why (``why_zh``, ``why_en``). ``due`` is the last day to act; ``due_at`` the minute, for lengths in
    hours. ``told`` is the day told to a party, if one was; ``tell_again``: it no longer holds, ``due`` does.
    ``started``: the day from which it counts. ``length`` is the length that is counted, before what ``extended`` it.
    ``moves``: the due date moves from day to day, because a stretch that does not count has not ended.
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
    item: str = ""
    granted: tuple[str, ...] = ()

    @property
    def why(self) -> Words:
        """Why it has no date, or how it was judged; false where nothing need be said."""
        return Words(self.why_zh, self.why_en)

    @property
    def open(self) -> bool:
        return self.stopped is None and self.status is not ClockStatus.NONE

    @property
    def ends_by_itself_on(self) -> date | None:
        """The day on which the system takes the step of its end: the first after the last; None where it takes none."""
        return self.due + ONE_DAY if self.clock.at_end and self.open and self.due else None

    def told_of_end(self, calendar: Calendar) -> tuple[tuple[date, Tell], ...]:
        """Who is told of its end, and on which day; nothing where there is no end, or it was stopped."""
        if not self.open or self.due is None:
            return ()
        return tuple((_told_on(tell, self.due, calendar), tell) for tell in self.clock.tell)

    def changes_on(self, today: date, calendar: Calendar) -> date | None:
        """The next day after today on which it can change by itself; None where only an event changes it."""
        if not self.open or self.status is ClockStatus.PAUSED or self.due is None:
            return None
        days = [self.due + ONE_DAY, *(day for day, _ in self.told_of_end(calendar))]
        if self.due_at is not None:
            days.append(self.due)
        if self.moves:
            days.append(today + ONE_DAY)
        return min((day for day in days if day > today), default=None)


def _told_on(tell: Tell, due: date, calendar: Calendar) -> date:
    if tell.ahead is not None:
        return day_ahead(due, tell.ahead, calendar)
    return deadline(due, tell.after, calendar, roll=False).on or due if tell.after else due + ONE_DAY


@dataclass(frozen=True, slots=True)
class Looking:
    """From where runs are looked at: the opening of the case, the calendar, the day and its minute, the law."""

    opened: date
    calendar: Calendar
    on: date
    at: datetime | None = None
    law: Regime | None = None


class Uncountable(Exception):
    """There is no end that could be computed; ``term`` says as much as is known, and why."""

    def __init__(self, term: Ruled):
        super().__init__(term.why.en)
        self.term = term


def view_of(run: Run, looking: Looking) -> ClockView:
    """How a run stands on a day."""
    known = run.now_known(looking.on)
    if run.unsure:
        return _undated(run, Ruled(None, why=Words(*UNSURE)))
    try:
        end, term = _end_of(run, known, looking)
    except Uncountable as e:
        return _undated(run, e.term)
    try:
        before = _end_of(run, run.known, looking)[0].on if run.known else None
    except Uncountable:
        before = None
    return _settled(run, known, looking, end, before, term)


def _end_of(run: Run, known: Known, looking: Looking) -> tuple[Deadline, Ruled]:
    """The end of a run from what is known of it, and the term that it is under. Raises Uncountable."""
    if run.clock.length is None:
        return _said_end(run, known, looking), Ruled(None)
    term = ruled(bench_of(run, looking.opened, looking.on, looking.law, known.said), known)
    if term.length is None:
        raise Uncountable(term)
    return _counted_end(run, term, term.length, looking.calendar, known), term


def _said_end(run: Run, known: Known, looking: Looking) -> Deadline:
    """The end that an expression gives. Raises Uncountable."""
    due = known.said.due
    if not isinstance(due, date):
        raise Uncountable(Ruled(None, why=Words(*NO_DAY)))
    at = due if isinstance(due, datetime) else None
    day = due.date() if isinstance(due, datetime) else due
    if run.clock.roll and not looking.calendar.is_workday(day):
        return Deadline(on=looking.calendar.next_workday(day), at=at, rolled_from=day)
    return Deadline(on=day, at=at)


def _start(run: Run, known: Known, term: Ruled, unit: LengthUnit) -> date:
    """The day, or for hours the minute, from which a run counts. Raises Uncountable."""
    said = run.counts_from(known)
    if run.clock.counts_from is not None and not run.restarted and not isinstance(said, date):
        raise Uncountable(replace(term, why=Words(*NO_START)))
    if not unit.timed:
        return said if isinstance(said, date) else run.started
    at = said if isinstance(said, datetime) else run.started_at
    if at is None:
        raise Uncountable(replace(term, why=Words(*NO_MINUTE)))
    return at


def _counted_end(run: Run, term: Ruled, length: Length, calendar: Calendar, known: Known) -> Deadline:
    """The end of a length from what is known. Raises Uncountable."""
    start = _start(run, known, term, length.unit)
    excluded = [_closed(s, known.on) for s in known.excluded]
    try:
        parts = extend(length, *term.extended)
    except ValueError as e:
        raise Uncountable(replace(term, why=Words("期限与延长的单位不能相加", str(e)))) from None
    roll = term.roll if run.clock.roll is None else run.clock.roll
    return deadline(start, parts, calendar, roll=roll, suspended=known.suspended, excluded=excluded)


def _closed(span: Span, on: date) -> Span:
    """An open stretch that does not count, as far as it has come."""
    return span if span.last is not None else Span(span.first, max(on, span.first), span.reason)


def _undated(run: Run, term: Ruled) -> ClockView:
    """A run without a date: the law sets no such term, or what is needed to count is not there."""
    return ClockView(
        run.clock,
        ClockStatus.NONE if term.no_such_term else ClockStatus.UNDATED,
        run.started,
        None,
        None if term.no_such_term else run.told,
        run.stopped,
        run.told,
        term.citation,
        term.verified,
        term.length,
        term.extended,
        run.started_at,
        None,
        run.stopped_at,
        why_zh=term.why.zh,
        why_en=term.why.en,
        item=run.item,
        granted=tuple(g.extension.by for g in run.granted),
    )


def _said_anew(run: Run, before: date | None) -> bool:
    """Whether the day that a step said was corrected after it was told: no notice and no law moves such a day."""
    return run.clock.due is not None and not run.granted and before != run.told


def _settled(run: Run, known: Known, looking: Looking, result: Deadline, before: date | None, term: Ruled) -> ClockView:
    holds = run.told is not None and before == result.on and not _said_anew(run, before)
    due = run.told if holds else result.on
    due_at = run.told_at if holds else result.at
    status = _status(run, known, looking, due, due_at)
    if status is ClockStatus.PAUSED:
        due = due_at = None
    unsure = run.stopped is not None and due_at is not None and run.stopped == due and run.stopped_at is None
    return ClockView(
        run.clock,
        status,
        counted_from if isinstance(counted_from := run.counts_from(known), date) else run.started,
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
        moves=status in OPEN and any(s.last is None for s in known.excluded),
        why_zh="完成的时刻没有记载，按日判断" if unsure else "",
        why_en="the time of day of the act is not recorded; judged by the day" if unsure else "",
        item=run.item,
        granted=tuple(g.extension.by for g in run.granted),
    )


def _status(run: Run, known: Known, looking: Looking, due: date | None, due_at: datetime | None) -> ClockStatus:
    if run.stopped is not None:
        if not _after(run.stopped, run.stopped_at, due, due_at):
            return ClockStatus.MET
        return ClockStatus.EXPIRED if run.stopped_by_end else ClockStatus.LATE
    if any(s.last is None for s in known.suspended):
        return ClockStatus.PAUSED
    return ClockStatus.EXPIRED if _after(looking.on, looking.at, due, due_at) else ClockStatus.RUNNING


def _after(day: date, at: datetime | None, due: date | None, due_at: datetime | None) -> bool:
    """Whether an act or a look comes after the end; by the minute where both are known to it."""
    if due is None:
        return False
    if at is not None and due_at is not None:
        return at.replace(tzinfo=None) > due_at.replace(tzinfo=None)
    return day > due
