"""Periods of law: when does a length of hours, days, working days, months or years end, and why that day.

The rules, each with its source:

* the day of the event does not count (Implementing Regulations of the Patent Law § 5; SAMR Order 121 § 45);
* months and years end on the corresponding day of the last month, or on that month's last day where it has
  no such day (Regulations § 5);
* an end on a day off moves to the next working day (both);
* hours are hours: they run from the minute of the event, through nights and holidays (Order 310 § 5);
* "2, 3, 5, 7 days" of the Administrative Penalty Law are working days (§ 85): whoever declares such a length
  says ``workdays(7)``;
* a suspension stops the clock and keeps what is left *in its own unit*; appraisal, announcement and the like
  (excluded spans) do not count.

Two ways of standing still, for months and years (for hours, days and working days they are one and the same:
a day inside either kind of span does not count):

* **suspended**: on the last day before the suspension, what is left is measured as whole months plus days to
  the end (unrolled); after the suspension's last day those months, then those days, are added to that last
  day. Three months from 31 March, suspended 15 April to 20 May: on 14 April 2 months and 16 days are left;
  20 May + 2 months + 16 days = 5 August.
* **excluded**: the end moves by as many calendar days as the span takes out of the period.

Nothing is approximated silently: whenever the answer rests on a day of a year without a holiday notice, the
deadline is provisional (暂算) and names the year. No clock is read here: every date is handed in.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from jinzhi.kernel.declare import Catalogue, Declaration

ONE_DAY = timedelta(days=1)
_WEEKEND_ZH = {5: "周六", 6: "周日"}
_WEEKEND_EN = {5: "Saturday", 6: "Sunday"}


class Unit(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WORKDAY = "workday"
    MONTH = "month"
    YEAR = "year"

    @property
    def zh(self) -> str:
        return _UNIT_ZH[self]


_UNIT_ZH = {
    Unit.HOUR: "小时",
    Unit.DAY: "自然日",
    Unit.WORKDAY: "工作日",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
}
_LENGTH_ZH = {**_UNIT_ZH, Unit.DAY: "日", Unit.WORKDAY: "个工作日"}
_LENGTH_EN = {
    Unit.HOUR: "hour",
    Unit.DAY: "day",
    Unit.WORKDAY: "working day",
    Unit.MONTH: "month",
    Unit.YEAR: "year",
}


@dataclass(frozen=True, slots=True)
class Length:
    """So many of one unit, at least one. Raises ValueError for less."""

    n: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"a length is at least 1 {self.unit.value}, not {self.n}")

    @property
    def zh(self) -> str:
        return f"{self.n} {_LENGTH_ZH[self.unit]}"

    @property
    def en(self) -> str:
        return f"{self.n} {_LENGTH_EN[self.unit]}{'' if self.n == 1 else 's'}"

    def __str__(self) -> str:
        return self.zh


def hours(n: int) -> Length:
    return Length(n, Unit.HOUR)


def days(n: int) -> Length:
    return Length(n, Unit.DAY)


def workdays(n: int) -> Length:
    return Length(n, Unit.WORKDAY)


def months(n: int) -> Length:
    return Length(n, Unit.MONTH)


def years(n: int) -> Length:
    return Length(n, Unit.YEAR)


def extend(*lengths: Length) -> tuple[Length, ...]:
    """One period out of a length and its extensions, to be computed from the original start.

    Neighbours of one unit become one length (3 + 1 + 2 months = 6 months; a year is twelve months), so an
    extension never starts from a day that was moved by a holiday or cut to a month's end. Neighbours of
    different units follow each other: the second runs from the unrolled end of the first.
    Raises ValueError where hours meet another unit, or nothing was given.
    """
    if not lengths:
        raise ValueError("a period needs at least one length")
    out: list[Length] = []
    for length in lengths:
        if length.unit is Unit.YEAR and len(lengths) > 1:
            length = months(12 * length.n)
        if out and out[-1].unit is length.unit:
            length = Length(out.pop().n + length.n, length.unit)
        out.append(length)
    if len(out) > 1 and any(length.unit is Unit.HOUR for length in out):
        raise ValueError("hours cannot be chained with another unit: say which day the hours start on")
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Festival:
    """Days off in a row, first and last included, as a notice orders them (weekend days among them too)."""

    zh: str
    en: str
    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        day = self.first
        while day <= self.last:
            yield day
            day += ONE_DAY


@dataclass(frozen=True, kw_only=True)
class HolidayNotice(Declaration):
    """A notice of the State Council's General Office on the holidays of one year.

    ``amends`` is the id of the notice that this one changes: where two speak of a day, the later wins.
    """

    kind: ClassVar[str] = "holiday-notice"

    year: int
    number: str
    issued_on: date
    festivals: tuple[Festival, ...]
    workdays: tuple[date, ...] = ()
    source: str
    amends: str = ""

    @property
    def holidays(self) -> tuple[date, ...]:
        return tuple(day for festival in self.festivals for day in festival)

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        if not self.number.strip() or not self.source.strip():
            yield "number and source of the notice must be given"
        for festival in self.festivals:
            if festival.last < festival.first:
                yield f"{festival.en} ends before it begins"
            if self.year not in (festival.first.year, festival.last.year):
                yield f"{festival.en} lies outside {self.year}"
        for day in self.workdays:
            if day.weekday() < 5:
                yield f"{day} is declared worked, but it is no weekend day"
        for day in sorted(set(self.holidays) & set(self.workdays)):
            yield f"{day} is both off and worked"
        if self.amends and self.amends not in catalogue.ids(self.kind):
            yield f"amends the notice {self.amends!r}, which is not declared"


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. Build it with :meth:`of`; weekends only where no notice speaks."""

    off: Mapping[date, Festival] = field(default_factory=dict, hash=False)
    worked: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    @classmethod
    def of(cls, notices: Iterable[HolidayNotice], known_on: date | None = None) -> Calendar:
        """The calendar of these notices; with ``known_on``, of those issued by that day."""
        off: dict[date, Festival] = {}
        worked: set[date] = set()
        covered: set[int] = set()
        for notice in sorted(notices, key=lambda n: (n.issued_on, n.id)):
            if known_on is not None and notice.issued_on > known_on:
                continue
            covered.add(notice.year)
            for festival in notice.festivals:
                for day in festival:
                    off[day] = festival
                    worked.discard(day)
            for day in notice.workdays:
                off.pop(day, None)
                worked.add(day)
        return cls(MappingProxyType(off), frozenset(worked), frozenset(covered))

    @property
    def published_from(self) -> date | None:
        """The first day that a notice covers; None without any."""
        return date(min(self.years), 1, 1) if self.years else None

    @property
    def published_through(self) -> date | None:
        """The last day that a notice covers; None without any."""
        return date(max(self.years), 12, 31) if self.years else None

    def covers(self, day: date) -> bool:
        """Whether a notice was published for this day's year; if not, an answer about it is provisional."""
        return day.year in self.years

    def is_workday(self, day: date) -> bool:
        if day in self.worked:
            return True
        return day not in self.off and day.weekday() < 5

    def next_workday(self, day: date) -> date:
        """This day if it is worked, else the first worked day after it."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def workdays_between(self, after: date, through: date) -> int:
        """How many worked days lie after the first day, up to and with the second. Negative if reversed."""
        if through < after:
            return -self.workdays_between(through, after)
        day, n = after, 0
        while day < through:
            day += ONE_DAY
            n += self.is_workday(day)
        return n

    def why(self, day: date) -> tuple[str, str]:
        """What kind of day this is, in Chinese and English."""
        if day in self.worked:
            return "调休上班", "worked in exchange"
        if day in self.off:
            return f"{self.off[day].zh}放假", f"{self.off[day].en} holiday"
        if day.weekday() >= 5:
            return _WEEKEND_ZH[day.weekday()], _WEEKEND_EN[day.weekday()]
        return "工作日", "working day"


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which a clock stands still, first and last included; ``last`` is None while it still stands."""

    first: date
    last: date | None
    reason: str

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"the span {self.reason!r} ends on {self.last}, before it begins ({self.first})")


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of the working: ``day`` to ``last``, both included, with what happened to the clock.

    ``counted``: units counted in it — working days for a length in working days, hours for hours (with a
    fraction where the stretch begins or ends within an hour), calendar days for days, months and years.
    """

    day: date
    last: date
    zh: str
    en: str
    counted: float = 0


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a period ends.

    ``on``: the last day to act in time; **None while the clock stands still** in a span without an end: then
    there is no due date, ``left`` says what is left, and nothing is overdue.
    ``at``: the minute, for lengths in hours only. ``rolled_from``: the end before it was moved over days off.
    ``provisional`` (暂算): the answer rests on days of ``uncovered`` years, for which no notice is loaded.
    ``steps``: the working; every day from the event to the end is in exactly one step.
    """

    on: date | None
    at: datetime | None = None
    provisional: bool = False
    rolled_from: date | None = None
    steps: tuple[Step, ...] = ()
    left: tuple[Length, ...] = ()
    uncovered: tuple[int, ...] = ()

    @property
    def suspended(self) -> bool:
        return self.on is None

    @property
    def note_zh(self) -> str:
        """Why the date is provisional; empty when it is not."""
        if not self.provisional:
            return ""
        return f"暂算：{'、'.join(map(str, self.uncovered))} 年的节假日安排未载入，仅按周末计算"

    @property
    def note_en(self) -> str:
        if not self.provisional:
            return ""
        named = ", ".join(map(str, self.uncovered))
        return f"provisional: no holiday notice is loaded for {named}, only weekends are taken as off"

    def remaining(self, today: date) -> int | None:
        """Calendar days from today to the end: 0 on the last day, negative after it, None while suspended."""
        return None if self.on is None else (self.on - _day(today)).days

    def overdue(self, today: date) -> bool:
        """Whether the period has ended. Handed a datetime, a period in hours is compared by the minute."""
        if self.on is None:
            return False
        if self.at is not None and isinstance(today, datetime):
            return today > self.at
        return _day(today) > self.on


def add_months(day: date, n: int) -> date:
    """The corresponding day n months on, or that month's last day where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_and_days(after: date, through: date) -> tuple[int, int]:
    """Whole months, then days, from one day to a later one; the inverse of adding months, then days."""
    n = (through.year - after.year) * 12 + through.month - after.month
    if add_months(after, n) > through:
        n -= 1
    return n, (through - add_months(after, n)).days


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
    pieces = _pieces(suspended, excluded)
    if parts[0].unit is Unit.HOUR:
        if not isinstance(start, datetime):
            raise ValueError(f"{parts[0]} runs from a minute: give the event's date and time, not {start}")
        return _hours_deadline(start, parts[0].n, calendar, bool(roll), pieces)
    begin = _day(start)
    steps = [Step(begin, begin, "事件发生当日，不计入", "day of the event, does not count")]
    uncovered: set[int] = set()
    end = begin
    for i, part in enumerate(parts):
        run = _walk if part.unit in (Unit.DAY, Unit.WORKDAY) else _leap
        reached, left = run(end, part, calendar, pieces, steps, uncovered)
        if reached is None:
            return Deadline(
                on=None,
                provisional=bool(uncovered),
                steps=tuple(steps),
                left=left + parts[i + 1 :],
                uncovered=tuple(sorted(uncovered)),
            )
        end = reached
    rolled_from = None
    if roll is not False:
        moved = _roll(end, calendar, steps, uncovered)
        if moved != end:
            rolled_from, end = end, moved
    return Deadline(
        on=end,
        provisional=bool(uncovered),
        rolled_from=rolled_from,
        steps=tuple(steps),
        uncovered=tuple(sorted(uncovered)),
    )


# ── inside ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch taken out, after overlaps were settled. ``last`` is date.max while it is open."""

    first: date
    last: date
    reason: str
    suspends: bool

    @property
    def open(self) -> bool:
        return self.last == date.max

    @property
    def zh(self) -> str:
        return f"{'中止' if self.suspends else '不计入'}：{self.reason}"

    @property
    def en(self) -> str:
        return f"{'suspended' if self.suspends else 'does not count'}: {self.reason}"


def _day(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _merged(spans: Sequence[Span], suspends: bool) -> list[_Piece]:
    """Overlapping and touching spans of one kind as one, their reasons joined."""
    out: list[_Piece] = []
    for span in sorted(spans, key=lambda s: (s.first, s.last or date.max)):
        last = span.last or date.max
        if out and (out[-1].open or span.first <= out[-1].last + ONE_DAY):
            before = out.pop()
            reasons = before.reason.split("；")
            reason = before.reason if span.reason in reasons else f"{before.reason}；{span.reason}"
            out.append(_Piece(before.first, max(before.last, last), reason, suspends))
        else:
            out.append(_Piece(span.first, last, span.reason, suspends))
    return out


def _pieces(suspended: Sequence[Span], excluded: Sequence[Span]) -> list[_Piece]:
    """Both kinds as disjoint pieces in order; an excluded day inside a suspension belongs to the latter."""
    stops = _merged(suspended, True)
    out = list(stops)
    for piece in _merged(excluded, False):
        first: date | None = piece.first
        for stop in stops:
            if first is None or stop.first > piece.last:
                break
            if stop.last < first:
                continue
            if stop.first > first:
                out.append(_Piece(first, stop.first - ONE_DAY, piece.reason, False))
            first = None if stop.open or stop.last >= piece.last else stop.last + ONE_DAY
        if first is not None:
            out.append(_Piece(first, piece.last, piece.reason, False))
    return sorted(out, key=lambda p: p.first)


def _put(steps: list[Step], step: Step) -> None:
    """Add a step, or lengthen the one before where it says the same."""
    before = steps[-1] if steps else None
    if before and (before.zh, before.en) == (step.zh, step.en) and before.last + ONE_DAY == step.day:
        steps[-1] = Step(before.day, step.last, step.zh, step.en, before.counted + step.counted)
    else:
        steps.append(step)


def _walk(
    start: date,
    part: Length,
    calendar: Calendar,
    pieces: Sequence[_Piece],
    steps: list[Step],
    uncovered: set[int],
) -> tuple[date | None, tuple[Length, ...]]:
    """Count days or working days one by one."""
    day, left, i = start, part.n, 0
    working = part.unit is Unit.WORKDAY
    while left:
        day += ONE_DAY
        while i < len(pieces) and pieces[i].last < day:
            i += 1
        piece = pieces[i] if i < len(pieces) and pieces[i].first <= day else None
        if piece is not None and piece.open:
            steps.append(Step(day, day, piece.zh + "（尚未结束）", piece.en + " (still standing)"))
            return None, (Length(left, part.unit),)
        if piece is not None:
            _put(steps, Step(day, piece.last, piece.zh, piece.en))
            day = piece.last
            continue
        if not working:
            left -= 1
            _put(steps, Step(day, day, "计入", "counts", 1))
            continue
        if not calendar.covers(day):
            uncovered.add(day.year)
        if calendar.is_workday(day):
            left -= 1
            zh, en = calendar.why(day)
            _put(steps, Step(day, day, f"{zh}，计入", f"{en}, counts", 1))
        elif day in calendar.off:
            zh, en = calendar.why(day)
            _put(steps, Step(day, day, f"{zh}，不计入", f"{en}, does not count"))
        else:
            _put(steps, Step(day, day, "周末，不计入", "weekend, does not count"))
    return day, ()


def _leap(
    start: date,
    part: Length,
    calendar: Calendar,
    pieces: Sequence[_Piece],
    steps: list[Step],
    uncovered: set[int],
) -> tuple[date | None, tuple[Length, ...]]:
    """Months or years: to the corresponding day, then on by what was taken out."""
    end = add_months(start, part.n * (12 if part.unit is Unit.YEAR else 1))
    cut = end.day != start.day
    done = start  # the last day that a step already tells of
    for piece in pieces:
        first = max(piece.first, start + ONE_DAY)
        if piece.last < first:
            continue
        if first > end:
            break
        if first > done + ONE_DAY:
            _put(steps, Step(done + ONE_DAY, first - ONE_DAY, "计入", "counts", (first - done).days - 1))
        before = first - ONE_DAY
        m, d = months_and_days(before, end)
        left = tuple(Length(n, unit) for n, unit in ((m, Unit.MONTH), (d, Unit.DAY)) if n)
        says_zh, says_en = " ".join(x.zh for x in left), " ".join(x.en for x in left)
        if piece.open:
            steps.append(
                Step(
                    first,
                    first,
                    f"{piece.zh}（尚未结束，剩余 {says_zh}）",
                    f"{piece.en} (still standing, {says_en} left)",
                )
            )
            return None, left
        if piece.suspends:
            steps.append(
                Step(
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
                Step(first, piece.last, f"{piece.zh}（顺延 {n} 日）", f"{piece.en} (moves the end by {n} days)")
            )
            end += timedelta(days=n)
        cut = False
        done = piece.last
    if end - ONE_DAY > done:
        _put(steps, Step(done + ONE_DAY, end - ONE_DAY, "计入", "counts", (end - done).days - 1))
    zh, en = (
        ("该月无相应日，以月末为届满日", "the month has no corresponding day: ends on its last day")
        if cut
        else (f"满 {part.zh}，届满日", f"{part.en} are full: the last day")
    )
    steps.append(Step(end, end, zh, en, 1))
    return end, ()


def _roll(end: date, calendar: Calendar, steps: list[Step], uncovered: set[int]) -> date:
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
    zh, en = calendar.why(end)
    if day - ONE_DAY > end:
        _put(steps, Step(end + ONE_DAY, day - ONE_DAY, "休假日，顺延", "days off, moved on"))
    steps.append(Step(day, day, f"届满日 {end} 逢{zh}，顺延至此日", f"{end} is off ({en}): the end moves to this day"))
    return day


def _hours_deadline(start: datetime, n: int, calendar: Calendar, roll: bool, pieces: Sequence[_Piece]) -> Deadline:
    """Hours from the minute of the event; a day inside a span takes out all its 24 hours."""
    now, left = start, timedelta(hours=n)
    steps: list[Step] = []
    for piece in pieces:
        stop = datetime.combine(piece.first, time.min, start.tzinfo)
        if not piece.open and piece.last < now.date():
            continue
        if now + left <= stop:
            break
        if stop > now:
            ran = stop - now
            left -= ran
            steps.append(_ran(now.date(), piece.first - ONE_DAY, ran))
        if piece.open:
            steps.append(
                Step(
                    max(piece.first, start.date()),
                    max(piece.first, start.date()),
                    piece.zh + "（尚未结束）",
                    piece.en + " (still standing)",
                )
            )
            whole = -(-left // timedelta(hours=1))
            return Deadline(on=None, steps=tuple(steps), left=(hours(whole),))
        steps.append(Step(max(piece.first, start.date()), piece.last, piece.zh, piece.en))
        now = datetime.combine(piece.last + ONE_DAY, time.min, start.tzinfo)
    end = now + left
    steps.append(_ran(now.date(), end.date(), left))
    rolled_from, uncovered = None, set[int]()
    if roll:
        moved = _roll(end.date(), calendar, steps, uncovered)
        if moved != end.date():
            rolled_from = end.date()
            end = datetime.combine(moved, end.timetz())
    return Deadline(
        on=end.date(),
        at=end,
        provisional=bool(uncovered),
        rolled_from=rolled_from,
        steps=tuple(steps),
        uncovered=tuple(sorted(uncovered)),
    )


def _ran(first: date, last: date, ran: timedelta) -> Step:
    n = ran / timedelta(hours=1)
    return Step(first, last, f"连续计 {n:g} 小时", f"{n:g} hours run", int(n) if n == int(n) else n)
