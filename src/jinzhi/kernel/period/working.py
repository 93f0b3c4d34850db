"""How an end is found, step by step: every day of a period with what happened to the clock on it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from jinzhi.kernel.period.calendar import ONE_DAY, Calendar
from jinzhi.kernel.period.length import Length, LengthUnit
from jinzhi.kernel.period.span import Piece


@dataclass(frozen=True, slots=True)
class WorkingStep:
    """A stretch of the working: ``day`` to ``last``, both included, with what happened to the clock.

    ``counted``: units counted in it — working days for a length in working days, hours for hours (with a
    fraction where the stretch begins or ends within an hour), calendar days for days, months and years.
    """

    day: date
    last: date
    zh: str
    en: str
    counted: float = 0


def add_months(day: date, n: int) -> date:
    """The corresponding day n months on, or that month's last day where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_ahead(day: date, length: Length, calendar: Calendar) -> date:
    """The day that lies a length before another; hours as the days that they fill."""
    match length.unit:
        case LengthUnit.MONTH | LengthUnit.YEAR:
            return add_months(day, -length.n * (12 if length.unit is LengthUnit.YEAR else 1))
        case LengthUnit.WORKDAY:
            left = length.n
            while left:
                day -= ONE_DAY
                left -= calendar.is_workday(day)
            return day
        case LengthUnit.HOUR:
            return day - timedelta(days=-(-length.n // 24))
    return day - timedelta(days=length.n)


def months_and_days(after: date, through: date) -> tuple[int, int]:
    """Whole months, then days, from one day to a later one; the inverse of adding months, then days."""
    n = (through.year - after.year) * 12 + through.month - after.month
    if add_months(after, n) > through:
        n -= 1
    return n, (through - add_months(after, n)).days


def put_step(steps: list[WorkingStep], step: WorkingStep) -> None:
    """Add a step, or lengthen the one before where it says the same."""
    before = steps[-1] if steps else None
    if before and (before.zh, before.en) == (step.zh, step.en) and before.last + ONE_DAY == step.day:
        steps[-1] = WorkingStep(before.day, step.last, step.zh, step.en, before.counted + step.counted)
    else:
        steps.append(step)


def count_days(
    start: date,
    part: Length,
    calendar: Calendar,
    pieces: Sequence[Piece],
    steps: list[WorkingStep],
    uncovered: set[int],
) -> tuple[date | None, tuple[Length, ...]]:
    """Count days or working days one by one."""
    day, left, i = start, part.n, 0
    working = part.unit is LengthUnit.WORKDAY
    while left:
        day += ONE_DAY
        while i < len(pieces) and pieces[i].last < day:
            i += 1
        piece = pieces[i] if i < len(pieces) and pieces[i].first <= day else None
        if piece is not None and piece.open:
            steps.append(WorkingStep(day, day, piece.zh + "（尚未结束）", piece.en + " (still standing)"))
            return None, (Length(left, part.unit),)
        if piece is not None:
            put_step(steps, WorkingStep(day, piece.last, piece.zh, piece.en))
            day = piece.last
            continue
        if not working:
            left -= 1
            put_step(steps, WorkingStep(day, day, "计入", "counts", 1))
            continue
        if not calendar.covers(day):
            uncovered.add(day.year)
        if calendar.is_workday(day):
            left -= 1
            zh, en = calendar.why_by_notice(day)
            put_step(steps, WorkingStep(day, day, f"{zh}，计入", f"{en}, counts", 1))
        elif day in calendar.off:
            zh, en = calendar.why_by_notice(day)
            put_step(steps, WorkingStep(day, day, f"{zh}，不计入", f"{en}, does not count"))
        else:
            put_step(steps, WorkingStep(day, day, "周末，不计入", "weekend, does not count"))
    return day, ()


def leap(
    start: date,
    part: Length,
    calendar: Calendar,
    pieces: Sequence[Piece],
    steps: list[WorkingStep],
    uncovered: set[int],
) -> tuple[date | None, tuple[Length, ...]]:
    """Months or years: to the corresponding day, then on by what was taken out."""
    end = add_months(start, part.n * (12 if part.unit is LengthUnit.YEAR else 1))
    cut = end.day != start.day
    done = start  # the last day that a step already tells of
    for piece in pieces:
        first = max(piece.first, start + ONE_DAY)
        if piece.last < first:
            continue
        if first > end:
            break
        if first > done + ONE_DAY:
            put_step(steps, WorkingStep(done + ONE_DAY, first - ONE_DAY, "计入", "counts", (first - done).days - 1))
        before = first - ONE_DAY
        m, d = months_and_days(before, end)
        left = tuple(Length(n, unit) for n, unit in ((m, LengthUnit.MONTH), (d, LengthUnit.DAY)) if n)
        says_zh, says_en = " ".join(x.zh for x in left), " ".join(x.en for x in left)
        if piece.open:
            steps.append(
                WorkingStep(
                    first,
                    first,
                    f"{piece.zh}（尚未结束，剩余 {says_zh}）",
                    f"{piece.en} (still standing, {says_en} left)",
                )
            )
            return None, left
        if piece.suspends:
            steps.append(
                WorkingStep(
                    first,
                    piece.last,
                    f"{piece.zh}（剩余 {says_zh}，届满后接续）",
                    f"{piece.en} ({says_en} left)",
                )
            )
            end = add_months(piece.last, m) + timedelta(days=d)
        else:
            n = (piece.last - before).days
            steps.append(
                WorkingStep(first, piece.last, f"{piece.zh}（顺延 {n} 日）", f"{piece.en} (moves the end by {n} days)")
            )
            end += timedelta(days=n)
        cut = False
        done = piece.last
    if end - ONE_DAY > done:
        put_step(steps, WorkingStep(done + ONE_DAY, end - ONE_DAY, "计入", "counts", (end - done).days - 1))
    zh, en = (
        ("该月无相应日，以月末为届满日", "the month has no corresponding day: ends on its last day")
        if cut
        else (f"满 {part.zh}，届满日", f"{part.en} are full: the last day")
    )
    steps.append(WorkingStep(end, end, zh, en, 1))
    return end, ()


def roll_end(end: date, calendar: Calendar, steps: list[WorkingStep], uncovered: set[int]) -> date:
    """Move an end on a day off to the next working day, and tell of it."""
    day = end
    while True:
        if not calendar.covers(day):
            uncovered.add(day.year)
        if calendar.is_workday(day):
            break
        day += ONE_DAY
    if day == end:
        return end
    zh, en = calendar.why_by_notice(end)
    if day - ONE_DAY > end:
        put_step(steps, WorkingStep(end + ONE_DAY, day - ONE_DAY, "休假日，顺延", "days off, moved on"))
    steps.append(
        WorkingStep(day, day, f"届满日 {end} 逢{zh}，顺延至此日", f"{end} is off ({en}): the end moves to this day")
    )
    return day


def run_hours(first: date, last: date, ran: timedelta) -> WorkingStep:
    n = ran / timedelta(hours=1)
    return WorkingStep(first, last, f"连续计 {n:g} 小时", f"{n:g} hours run", int(n) if n == int(n) else n)
