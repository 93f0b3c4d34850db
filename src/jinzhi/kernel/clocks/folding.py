"""The clocks of a case while its events are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from jinzhi.kernel.clock import GRANTED, SERVED, TO, Clock
from jinzhi.kernel.clocks.run import Granted, Run, Stretch
from jinzhi.kernel.clocks.said import element_keys, inside, said_by
from jinzhi.kernel.clocks.view import ClockView, Looking, view_of
from jinzhi.kernel.expression import Answer, RecordView, answer_of
from jinzhi.kernel.happening import Happening
from jinzhi.kernel.law import Regime
from jinzhi.kernel.period import Calendar, Length


class Folding:
    """The clocks of a case while its events are read: at most one run of each, or of each element, at a time.

    Call :meth:`take` once for every event, in their order, with the record of the case as it stands after it; it is not
    kept. It may be left out where no clock has an expression.
    """

    def __init__(self, clocks: Iterable[Clock], law: Regime | None = None):
        self.clocks = tuple(clocks)
        self.law = law
        self.running: dict[tuple[str, str], Run] = {}
        self.done: list[Run] = []
        self.state = ""
        self._judging = False
        self._standing: dict[tuple[str, str], Stretch] = {}

    def take(self, event: Happening, record: RecordView | None = None) -> None:
        """Take an event in."""
        entered = event.entered if event.entered != self.state else ""
        names = {event.step, *((f"{TO}{entered}",) if entered else ())}
        if event.served:
            names.add(f"{SERVED}{event.served[0]}")
        ended = self._change(event, entered)
        for clock in self.clocks:
            self._advance(clock, event, names, ended, record)

    def _change(self, event: Happening, entered: str) -> tuple[Stretch, ...]:
        """The stretches that an event ends; those that it begins stand from now on."""
        over = [*event.ended, *(((self.state, ""),) if entered and self.state else ())]
        ended = tuple(s for key in over if (s := self._standing.pop(key, None)))
        for name, item in (*event.began, *(((entered, ""),) if entered else ())):
            self._standing.setdefault((name, item), Stretch(name, item, event.on, event.name))
        self.state = entered or self.state
        return ended

    def _advance(
        self, clock: Clock, event: Happening, names: set[str], ended: tuple[Stretch, ...], record: RecordView | None
    ) -> None:
        runs = [run for run in self.running.values() if run.clock is clock]
        mine = [run for run in runs if concerns(run, event)]
        for run in runs:
            run.said = said_by(clock, self.law, record, run.item)
        stops = not names.isdisjoint(clock.stop)
        for run in mine if stops else ():
            self._stop(run, event)
        for run in self.running.values():
            if run.clock is clock:
                for stretch in ended:
                    run.close(stretch, event.on)
        if not stops:
            self._lengthen(clock, mine, event, record)
        if not (names.isdisjoint(clock.start) or (stops and mine)):
            for run in self._started(clock, event, record):
                if stops:
                    self._stop(run, event)
        for run in self.running.values():
            run.standing = tuple(self._standing.values())

    def _stop(self, run: Run, event: Happening) -> None:
        run.stop(event.on, event.at, event.step)
        self.done.append(self.running.pop((run.clock.id, run.item)))

    def _lengthen(self, clock: Clock, mine: list[Run], event: Happening, record: RecordView | None) -> None:
        """Grant more time to what runs, and let it count anew."""
        for extension in clock.extensions:
            if extension.by == event.step:
                said = record.value(f"{event.step}.{GRANTED}") if record else None
                for run in mine:
                    run.granted.append(Granted(extension, said if isinstance(said, Length) else None))
        if event.step in clock.restart:
            for run in mine:
                run.restart(event.on, event.at)

    def _started(self, clock: Clock, event: Happening, record: RecordView | None) -> Iterator[Run]:
        """Start what is to start and does not run yet. A step that writes the list anew starts what is new in it."""
        rewrites = bool(clock.per) and not event.item and clock.per.partition(".")[0] == event.step
        over = {run.item for run in self.done if run.clock is clock} if rewrites else set()
        for item in _items(clock, event, record):
            if (clock.id, item) in self.running or item in over:
                continue
            may = answer_of(clock.when, inside(record, clock.per, item)) if clock.when is not None and record else None
            if may is Answer.NO:
                continue
            said = said_by(clock, self.law, record, item)
            run = Run(clock, item, event.on, event.on, event.at, said, unsure=may is Answer.UNKNOWN)
            self.running[clock.id, item] = run
            yield run

    def tell(self, clock: str, told: date | datetime, on: date, item: str = "") -> bool:
        """A day was told for a clock (for one element, where it runs for several); False where no such clock runs."""
        runs = [run for (id, key), run in self.running.items() if id == clock and (not key or item in ("", key))]
        for run in runs:
            run.tell(told, on)
        return bool(runs)

    def views(
        self, opened: date, calendar: Calendar, on: date, at: datetime | None = None, record: RecordView | None = None
    ) -> tuple[ClockView, ...]:
        """How every run stands on a day. ``at``: the minute of looking, for hours; without it a clock that ends on the
        day itself has not ended yet. ``record``: the case on that day, where an expression reads what changes without
        an event (the due day of another clock)."""
        if record is not None and not self._judging:
            self._judging = True  # the record may ask for these views itself, to say when another clock is due
            for run in self.running.values():
                run.said = said_by(run.clock, self.law, record, run.item)
            self._judging = False
        runs = sorted((*self.done, *self.running.values()), key=lambda r: r.began)
        looking = Looking(opened, calendar, on, at, self.law)
        return tuple(view_of(run, looking) for run in runs)


def concerns(run: Run, event: Happening) -> bool:
    """Whether an event is about what a run is about: the same element, or the whole case on either side."""
    item = event.item or (event.served[1] if event.served else "")
    return not run.item or not item or run.item == item


def _items(clock: Clock, event: Happening, record: RecordView | None) -> tuple[str, ...]:
    """The elements for which an event starts a clock; the empty key for the whole case."""
    if event.served and f"{SERVED}{event.served[0]}" in clock.start:
        return (event.served[1],)
    if not clock.per:
        return ("",)
    return (event.item,) if event.item else element_keys(record, clock.per)
