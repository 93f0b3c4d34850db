"""The places that a case can come to: its state with the asides that stand open, as a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from jinzhi.kernel.clock import Clock
from jinzhi.kernel.procedure.aside import Aside
from jinzhi.kernel.procedure.state import Place, State
from jinzhi.kernel.procedure.step import Step


class Graph(Protocol):
    """The parts of a procedure that make a graph."""

    @property
    def states(self) -> tuple[State, ...]: ...

    @property
    def asides(self) -> tuple[Aside, ...]: ...

    @property
    def steps(self) -> tuple[Step, ...]: ...

    @property
    def clocks(self) -> tuple[Clock, ...]: ...

    def place(self, step: Step) -> Place: ...

    def sources(self, step: Step) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a case stands: its state, and the asides that are open."""

    state: str
    open: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Move:
    """A step taken from a spot to another; None: it opens the case."""

    source: Spot | None
    step: Step
    target: Spot


@dataclass(slots=True)
class Walk:
    """Every spot that can be reached, and every move between them."""

    spots: set[Spot] = field(default_factory=set)
    moves: list[Move] = field(default_factory=list)

    @property
    def taken(self) -> frozenset[str]:
        """The steps that can be taken somewhere."""
        return frozenset(move.step.id for move in self.moves)

    def ending(self, finals: frozenset[str]) -> set[Spot]:
        """The spots from which a way leads to one of these states."""
        back: dict[Spot, list[Spot]] = {}
        for move in self.moves:
            if move.source is not None:
                back.setdefault(move.target, []).append(move.source)
        reached: set[Spot] = set()
        todo = [spot for spot in self.spots if spot.state in finals]
        while todo:
            spot = todo.pop()
            if spot not in reached:
                reached.add(spot)
                todo += back.get(spot, [])
        return reached


def walked(whole: Graph) -> Walk:
    """Walk a procedure from every opening step. An aside of one element among several may stand on for the others
    when it ends for one: both ways are walked."""
    walk, asides = Walk(), _Asides(whole)
    todo: list[Spot] = []
    for step in whole.steps:
        if step.opens:
            for target in step.targets:
                for spot in asides.after(step, Spot(target)):
                    walk.moves.append(Move(None, step, spot))
                    todo.append(spot)
    while todo:
        here = todo.pop()
        if here in walk.spots:
            continue
        walk.spots.add(here)
        for step in whole.steps:
            if step.opens or here.state not in whole.sources(step) or not asides.let(step, here):
                continue
            for target in step.targets_in(here.state) or (here.state,):
                for spot in asides.after(step, Spot(target, here.open)):
                    walk.moves.append(Move(here, step, spot))
                    todo.append(spot)
    return walk


class _Asides:
    """Which asides each step begins and ends, and which are one an element."""

    def __init__(self, whole: Graph):
        self.whole = whole
        per = {s.id for s in whole.steps if s.per}
        self.begins: Mapping[str, frozenset[str]] = {
            s.id: frozenset(a.id for a in whole.asides if s.id in a.begin) for s in whole.steps
        }
        self.ends: Mapping[str, frozenset[str]] = {
            s.id: frozenset(a.id for a in whole.asides if s.id in a.end) for s in whole.steps
        }
        self.several = frozenset(a.id for a in whole.asides if per & set(a.begin))

    def let(self, step: Step, here: Spot) -> bool:
        """Whether the asides that are open let a step be taken, for one element at least where it is one for each."""
        place = self.whole.place(step)
        shut = [a for a in place.closed if not (step.per and a in self.several)]
        return all(a in here.open for a in place.open) and not any(a in here.open for a in shut)

    def after(self, step: Step, there: Spot) -> Iterator[Spot]:
        ends, begins = self.ends[step.id], self.begins[step.id]
        yield Spot(there.state, (there.open - ends) | begins)
        if step.per and ends & self.several & there.open:
            yield Spot(there.state, (there.open - (ends - self.several)) | begins)
