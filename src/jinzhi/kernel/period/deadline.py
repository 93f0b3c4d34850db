"""When a period ends: the deadline, with its working."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from jinzhi.kernel.period.calendar import ONE_DAY, Calendar
from jinzhi.kernel.period.ends import counted_end, leapt_end, rolled_end
from jinzhi.kernel.period.length import Length, LengthUnit, extend
from jinzhi.kernel.period.span import Piece, Span, find_pieces
from jinzhi.kernel.period.working import WorkingStep, count_days, leap, roll_end, run_hours
from jinzhi.kernel.text import Words


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a period ends.

    ``on``: the last day to act in time; **None while the clock stands still** in a span without an end: then
    there is no due date, ``left`` says what is left, and nothing is overdue.
    ``at``: the minute, for lengths in hours only. ``rolled_from``: the end before it was moved over days off.
    ``unmoved_to``: the working day after an end on a day off that its rule does not move; shown beside, never counted.
    ``provisional`` (暂算): the answer rests on days of ``uncovered`` years, for which no notice is loaded.
    ``steps``: the working, made only when it is asked for; every day from the event to the end is in exactly one step.
    """

    on: date | None
    at: datetime | None = None
    provisional: bool = False
    rolled_from: date | None = None
    unmoved_to: date | None = None
    left: tuple[Length, ...] = ()
    uncovered: tuple[int, ...] = ()
    working: Callable[[], tuple[WorkingStep, ...]] = field(default=tuple, compare=False, repr=False)

    @property
    def steps(self) -> tuple[WorkingStep, ...]:
        return self.working()

    @property
    def suspended(self) -> bool:
        return self.on is None

    @property
    def note(self) -> Words:
        """Why the date is provisional; false when it is not."""
        if not self.provisional:
            return Words()
        years = ", ".join(map(str, self.uncovered))
        return Words(
            f"暂算：{'、'.join(map(str, self.uncovered))} 年的节假日安排未载入，仅按周末计算",
            f"provisional: no holiday notice is loaded for {years}, only weekends are taken as off",
        )

    def remaining(self, today: date) -> int | None:
        """Calendar days from today to the end: 0 on the last day, negative after it, None while suspended."""
        return None if self.on is None else (self.on - plain_day(today)).days

    def overdue(self, today: date) -> bool:
        """Whether the period has ended. Handed a datetime, a period in hours is compared by the minute."""
        if self.on is None:
            return False
        if self.at is not None and isinstance(today, datetime):
            return today > self.at
        return plain_day(today) > self.on


def plain_day(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def deadline(
    start: date,
    length: Length | Sequence[Length],
    calendar: Calendar,
    *,
    roll: bool | None = None,
    suspended: Sequence[Span] = (),
    excluded: Sequence[Span] = (),
) -> Deadline:
    """The end of a period that an event on ``start`` sets going.

    ``start``: the event's date; for hours its datetime (naive or aware; wall clock, China has one time
    without summer time). ``length``: one length, or a chain from :func:`extend`. ``roll``: whether an end on
    a day off moves to the next working day; left out, it does for every unit but hours (asked for, hours
    keep their minute on the next working day). Spans may overlap (a day is taken out once; where both kinds
    meet, the suspension is the stronger) and do nothing before the event or after the end.

    Raises ValueError for hours from a bare date; a datetime given for any other unit stands for its date.
    """
    parts = extend(*([length] if isinstance(length, Length) else length))
    pieces = find_pieces(suspended, excluded)
    if parts[0].unit.timed:
        if not isinstance(start, datetime):
            raise ValueError(f"{parts[0]} runs from a minute: give the event's date and time, not {start}")
        return _deadline_in_hours(start, parts[0], calendar, bool(roll), pieces)
    begin, rolls = plain_day(start), roll is not False
    uncovered: set[int] = set()
    end, left = begin, tuple[Length, ...]()
    rolled_from: date | None = None
    reached: date | None = begin
    for i, part in enumerate(parts):
        if part.unit in (LengthUnit.DAY, LengthUnit.WORKDAY):
            reached, left = counted_end(end, part, calendar, pieces, uncovered)
        else:
            reached, left = leapt_end(end, part, pieces)
        if reached is None:
            left += parts[i + 1 :]
            break
        end = reached
    if reached is not None and rolls:
        reached = rolled_end(end, calendar, uncovered)
        rolled_from = end if reached != end else None
    return Deadline(
        on=reached,
        provisional=bool(uncovered),
        rolled_from=rolled_from,
        unmoved_to=None if rolls else _unmoved_to(reached, calendar),
        left=left,
        uncovered=tuple(sorted(uncovered)),
        working=lambda: worked_out(begin, parts, calendar, pieces, rolls).steps,
    )


def _unmoved_to(end: date | None, calendar: Calendar) -> date | None:
    """The next working day after an end on a day off; what it leans on makes no end provisional."""
    return None if end is None or calendar.is_workday(end) else rolled_end(end, calendar, set())


def worked_out(
    begin: date, parts: Sequence[Length], calendar: Calendar, pieces: Sequence[Piece], roll: bool
) -> Deadline:
    """The same end, found day by day: what :func:`deadline` is held against, and what a page shows."""
    steps = [WorkingStep(begin, begin, "事件发生当日，不计入", "day of the event, does not count")]
    uncovered: set[int] = set()
    end = begin
    for i, part in enumerate(parts):
        run = count_days if part.unit in (LengthUnit.DAY, LengthUnit.WORKDAY) else leap
        reached, left = run(end, part, calendar, pieces, steps, uncovered)
        if reached is None:
            return Deadline(
                on=None,
                provisional=bool(uncovered),
                working=lambda: tuple(steps),
                left=left + tuple(parts[i + 1 :]),
                uncovered=tuple(sorted(uncovered)),
            )
        end = reached
    rolled_from = None
    if roll:
        moved = roll_end(end, calendar, steps, uncovered)
        if moved != end:
            rolled_from, end = end, moved
    return Deadline(
        on=end,
        provisional=bool(uncovered),
        rolled_from=rolled_from,
        unmoved_to=None if roll else _unmoved_to(end, calendar),
        working=lambda: tuple(steps),
        uncovered=tuple(sorted(uncovered)),
    )


def _deadline_in_hours(
    start: datetime, length: Length, calendar: Calendar, roll: bool, pieces: Sequence[Piece]
) -> Deadline:
    """Hours or minutes from the minute of the event; a day inside a span takes out all its 24 hours."""
    one = timedelta(hours=1) if length.unit is LengthUnit.HOUR else timedelta(minutes=1)
    now, left = start, one * length.n
    steps: list[WorkingStep] = []
    for piece in pieces:
        stop = datetime.combine(piece.first, time.min, start.tzinfo)
        if not piece.open and piece.last < now.date():
            continue
        if now + left <= stop:
            break
        if stop > now:
            ran = stop - now
            left -= ran
            steps.append(run_hours(now.date(), piece.first - ONE_DAY, ran))
        if piece.open:
            steps.append(
                WorkingStep(
                    max(piece.first, start.date()),
                    max(piece.first, start.date()),
                    piece.zh + "（尚未结束）",
                    piece.en + " (still standing)",
                )
            )
            whole = -(-left // one)
            return Deadline(on=None, working=lambda: tuple(steps), left=(Length(whole, length.unit),))
        steps.append(WorkingStep(max(piece.first, start.date()), piece.last, piece.zh, piece.en))
        now = datetime.combine(piece.last + ONE_DAY, time.min, start.tzinfo)
    end = now + left
    steps.append(run_hours(now.date(), end.date(), left))
    rolled_from, uncovered = None, set[int]()
    if roll:
        moved = roll_end(end.date(), calendar, steps, uncovered)
        if moved != end.date():
            rolled_from = end.date()
            end = datetime.combine(moved, end.timetz())
    return Deadline(
        on=end.date(),
        at=end,
        provisional=bool(uncovered),
        rolled_from=rolled_from,
        working=lambda: tuple(steps),
        uncovered=tuple(sorted(uncovered)),
    )
