"""Which days are worked: the State Council's notices of holidays, and the calendar that they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import ClassVar

from jinzhi.kernel.declare import Catalogue, Declaration
from jinzhi.kernel.period.sums import Sums
from jinzhi.kernel.text import Words

ONE_DAY = timedelta(days=1)
WEEKEND = {5: Words("周六", "Saturday"), 6: Words("周日", "Sunday")}


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
    #: the number of the notice that speaks of a day
    numbers: Mapping[date, str] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, notices: Iterable[HolidayNotice], known_on: date | None = None) -> Calendar:
        """The calendar of these notices; with ``known_on``, of those issued by that day."""
        off: dict[date, Festival] = {}
        worked: set[date] = set()
        covered: set[int] = set()
        numbers: dict[date, str] = {}
        for notice in sorted(notices, key=lambda n: (n.issued_on, n.id)):
            if known_on is not None and notice.issued_on > known_on:
                continue
            covered.add(notice.year)
            for festival in notice.festivals:
                for day in festival:
                    off[day] = festival
                    worked.discard(day)
            numbers.update(dict.fromkeys((*notice.holidays, *notice.workdays), notice.number))
            for day in notice.workdays:
                off.pop(day, None)
                worked.add(day)
        return cls(MappingProxyType(off), frozenset(worked), frozenset(covered), MappingProxyType(numbers))

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

    @cached_property
    def sums(self) -> Sums:
        """Its working days, counted up."""
        return Sums(self.is_workday)

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

    def why_by_notice(self, day: date) -> Words:
        """What kind of day this is, with the number of the notice that says so."""
        number, why = self.numbers.get(day), self.why(day)
        return Words(f"{why.zh}（{number}）", f"{why.en} ({number})") if number else why

    def why(self, day: date) -> Words:
        """What kind of day this is."""
        if day in self.worked:
            return Words("调休上班", "worked in exchange")
        if day in self.off:
            return Words(f"{self.off[day].zh}放假", f"{self.off[day].en} holiday")
        if day.weekday() >= 5:
            return WEEKEND[day.weekday()]
        return Words("工作日", "working day")
