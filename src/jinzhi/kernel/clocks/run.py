"""One run of a clock while the events of a case are read, and what was known of it when its end was told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from jinzhi.kernel.clock import Clock, Extension
from jinzhi.kernel.clocks.said import NOTHING, TermOnCase
from jinzhi.kernel.period import ONE_DAY, Length, Span


@dataclass(frozen=True, slots=True)
class Stretch:
    """An aside or state that stands: its name, the key of the element it is about, since when, by which step."""

    name: str
    item: str
    first: date
    reason: str

    def touches(self, names: tuple[str, ...], item: str) -> bool:
        """Whether a run about ``item`` stands still while it stands, where its clock names these."""
        return self.name in names and (not self.item or not item or self.item == item)

    def until(self, ended: date) -> Span | None:
        """The days that it took out, ended on this day; None where there are none."""
        return Span(self.first, ended - ONE_DAY, self.reason) if ended > self.first else None

    @property
    def open(self) -> Span:
        return Span(self.first, None, self.reason)


@dataclass(frozen=True, slots=True)
class Granted:
    """More time that was granted: by which extension, and how much where the step said it."""

    extension: Extension
    length: Length | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What of a run was known at one moment: enough to compute its end as it was then."""

    on: date
    said: TermOnCase
    granted: tuple[Granted, ...]
    suspended: tuple[Span, ...]
    excluded: tuple[Span, ...]


@dataclass(slots=True)
class Run:
    """One run of a clock. ``item``: the key of the element that it is about. ``began``: the day on which it started;
    ``started``: that from which it counts, another one once it was ``restarted``; from then on the day that
    ``counts_from`` gives is left behind. ``unsure``: whether it was to start at
    all is unknown. ``said``: what its expressions came to after the last event."""

    clock: Clock
    item: str
    began: date
    started: date
    started_at: datetime | None = None
    said: TermOnCase = NOTHING
    unsure: bool = False
    restarted: bool = False
    told: date | None = None
    told_at: datetime | None = None
    known: Known | None = None
    stopped: date | None = None
    stopped_at: datetime | None = None
    stopped_by: str = ""
    granted: list[Granted] = field(default_factory=list)
    suspended: list[Span] = field(default_factory=list)
    excluded: list[Span] = field(default_factory=list)
    standing: tuple[Stretch, ...] = ()

    def now_known(self, on: date) -> Known:
        """What is known of it after the last event."""
        still = [s.open for s in self.standing if s.touches(self.clock.suspend, self.item)]
        out = [s.open for s in self.standing if s.touches(self.clock.exclude, self.item)]
        return Known(on, self.said, tuple(self.granted), (*self.suspended, *still), (*self.excluded, *out))

    def close(self, stretch: Stretch, on: date) -> None:
        """A stretch ends on a day."""
        span = stretch.until(on)
        if span and stretch.touches(self.clock.suspend, self.item):
            self.suspended.append(span)
        if span and stretch.touches(self.clock.exclude, self.item):
            self.excluded.append(span)

    @property
    def stopped_by_end(self) -> bool:
        """Whether the step of its own end closed it: it ran out, and nobody acted late."""
        return bool(self.clock.at_end) and self.stopped_by == self.clock.at_end

    def stop(self, on: date, at: datetime | None, by: str = "") -> None:
        """It ends by a step, and with it whatever stood."""
        self.stopped, self.stopped_at, self.stopped_by = on, at, by
        for stretch in self.standing:
            self.close(stretch, on)
        self.standing = ()

    def restart(self, on: date, at: datetime | None) -> None:
        """It counts anew from a day; what was granted before belonged to the old count."""
        self.started, self.started_at, self.restarted = on, at, True
        self.granted.clear()

    def counts_from(self, known: Known) -> object:
        """The day, or moment, that its expression gives to count from; None where it has none, or counts anew."""
        return None if self.restarted or self.clock.counts_from is None else known.said.counts_from

    def tell(self, told: date | datetime, on: date) -> None:
        """A day was told to a party: it holds until something is recorded that moves the end."""
        self.told = told.date() if isinstance(told, datetime) else told
        self.told_at = told if isinstance(told, datetime) else None
        self.known = self.now_known(on)
