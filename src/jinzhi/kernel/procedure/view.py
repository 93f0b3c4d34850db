"""A case as it stands on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from jinzhi.kernel.clocks import ClockView
from jinzhi.kernel.events import Event, Strange
from jinzhi.kernel.procedure.aside import Aside
from jinzhi.kernel.procedure.declare import Procedure
from jinzhi.kernel.procedure.record import CaseRecord
from jinzhi.kernel.procedure.state import State
from jinzhi.kernel.procedure.step import Step

#: of two clocks that end on one day, that with a minute comes first
LATEST = datetime.max


@dataclass(frozen=True, slots=True)
class OpenAside:
    """An aside that stands open since a day; ``item``: the key of the element that it is about."""

    aside: Aside
    since: date
    item: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A state that the case came to on a day."""

    state: State
    on: date


@dataclass(frozen=True, slots=True)
class Tied:
    """Another case that was tied to this one by hand, and how they stand to each other."""

    case: str
    link: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """The fold of a case's events on a day. ``strange``: events that do not fit; the rest is as sound as it can be.

    ``record``: the case as its expressions read it. ``handlers``: who has it; ``recused``: who may not act on it.
    """

    procedure: Procedure
    state: State
    opened: date
    closed: date | None
    seq: int
    clocks: tuple[ClockView, ...]
    history: tuple[Event, ...]
    strange: tuple[Strange, ...] = ()
    asides: tuple[OpenAside, ...] = ()
    visits: tuple[Visit, ...] = ()
    handlers: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()
    tied: tuple[Tied, ...] = ()
    record: CaseRecord = field(kw_only=True, compare=False, repr=False)

    @property
    def next_due(self) -> ClockView | None:
        """The open clock that is due first: by the day, then by the minute where hours count."""
        due = [c for c in self.clocks if c.open and c.due]
        return min(due, key=lambda c: (c.due, c.due_at.replace(tzinfo=None) if c.due_at else LATEST)) if due else None

    @property
    def moves(self) -> bool:
        """Whether a due date moves from day to day without anything being done."""
        return any(c.moves for c in self.clocks)

    def open_asides(self, item: str = "") -> frozenset[str]:
        """The asides that stand open; for an item, its own and those of the whole case."""
        return frozenset(a.aside.id for a in self.asides if not item or a.item in ("", item))

    def proposing(self, event: Event) -> CaseRecord:
        """The case as its expressions read it with an event that is proposed, or that opened it."""
        opened = not self.procedure.step(event.step).sources
        return self.record if opened else self.record.proposing(event)

    def waiting(self, step: Step) -> tuple[str, ...]:
        """The elements for which a step that is one for each has not been taken yet."""
        done = {key for id, key in self.record.by_item if id == step.id}
        return tuple(key for key in self.record.keys(step.per) if key not in done)

    @property
    def done_by_item(self) -> Mapping[str, tuple[str, ...]]:
        """For each step that is one for each element of a list: the elements for which it was taken."""
        out: dict[str, tuple[str, ...]] = {}
        for id, key in self.record.by_item:
            out[id] = (*out.get(id, ()), key)
        return out
