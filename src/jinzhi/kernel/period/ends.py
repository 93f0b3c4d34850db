"""Where a period ends, by sums of working days made once for a calendar; the working day by day is in ``working``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from jinzhi.kernel.period.calendar import ONE_DAY, Calendar
from jinzhi.kernel.period.length import Length, LengthUnit
from jinzhi.kernel.period.span import Piece
from jinzhi.kernel.period.working import add_months, months_and_days

Reached = tuple[date | None, tuple[Length, ...]]


def counted_end(start: date, part: Length, calendar: Calendar, pieces: Sequence[Piece], uncovered: set[int]) -> Reached:
    """The last of so many days or working days after a day; or None and what is left, where a piece does not end."""
    table = calendar.sums if part.unit is LengthUnit.WORKDAY else None
    begin = start.toordinal()
    if table:
        table.reach_back(begin)
    target = (table.count(begin) if table else begin) + part.n
    looked = start
    for piece in pieces:
        first = max(piece.first, start + ONE_DAY)
        if piece.last < first:
            continue
        before = first.toordinal() - 1
        if before >= (table.nth(target) if table else target):
            break
        if table:
            _look(looked + ONE_DAY, first - ONE_DAY, calendar, uncovered)
        counted = table.count(before) if table else before
        if piece.open:
            return None, (Length(target - counted, part.unit),)
        last = piece.last.toordinal()
        target += (table.count(last) if table else last) - counted
        looked = piece.last
    end = date.fromordinal(table.nth(target) if table else target)
    if table:
        _look(looked + ONE_DAY, end, calendar, uncovered)
    return end, ()


def _look(first: date, last: date, calendar: Calendar, uncovered: set[int]) -> None:
    """Note the years without a notice among days on which the answer rests."""
    if first <= last:
        uncovered.update(y for y in range(first.year, last.year + 1) if y not in calendar.years)


def leapt_end(start: date, part: Length, pieces: Sequence[Piece]) -> Reached:
    """The corresponding day so many months or years on, moved by what was taken out."""
    end = add_months(start, part.n * (12 if part.unit is LengthUnit.YEAR else 1))
    for piece in pieces:
        first = max(piece.first, start + ONE_DAY)
        if piece.last < first:
            continue
        if first > end:
            break
        before = first - ONE_DAY
        if piece.open or piece.suspends:
            m, d = months_and_days(before, end)
            if piece.open:
                return None, tuple(Length(n, unit) for n, unit in ((m, LengthUnit.MONTH), (d, LengthUnit.DAY)) if n)
            end = add_months(piece.last, m) + timedelta(days=d)
        else:
            end += piece.last - before
    return end, ()


def rolled_end(end: date, calendar: Calendar, uncovered: set[int]) -> date:
    """An end, moved from a day off to the next working day."""
    table, day = calendar.sums, end.toordinal()
    table.reach_back(day - 1)
    moved = date.fromordinal(table.nth(table.count(day - 1) + 1))
    _look(end, moved, calendar, uncovered)
    return moved
