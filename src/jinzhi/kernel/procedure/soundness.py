"""Whether the states, steps and clocks of a procedure make a sound whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from jinzhi.kernel.clock import Clock
from jinzhi.kernel.procedure.state import State
from jinzhi.kernel.procedure.step import Step


class Graph(Protocol):
    """The states, steps and clocks of a procedure."""

    @property
    def states(self) -> tuple[State, ...]: ...

    @property
    def steps(self) -> tuple[Step, ...]: ...

    @property
    def clocks(self) -> tuple[Clock, ...]: ...

    def sources(self, step: Step) -> tuple[str, ...]: ...


def graph_problems(whole: Graph) -> Iterator[str]:
    """States that nobody comes to, or that no way leads on from."""
    opening = [s for s in whole.steps if s.opens]
    if not opening:
        yield "no step opens a case (a step without sources)"
    reached = {to for s in opening for to in s.targets}
    grown = True
    while grown:
        more = {to for s in whole.steps for to in s.targets if any(x in reached for x in whole.sources(s))}
        grown = not more <= reached
        reached |= more
    ends = {s.id for s in whole.states if s.final}
    if not ends:
        yield "no state is final"
    grown = True
    while grown:
        more = {x for s in whole.steps if any(to in ends for to in s.targets) for x in whole.sources(s)}
        grown = not more <= ends
        ends |= more
    for state in whole.states:
        if state.id not in reached:
            yield f"state {state.id} cannot be reached"
        if state.id not in ends:
            yield f"no way leads from state {state.id} to an end"
        leaving = [s for s in whole.steps if state.id in whole.sources(s) and set(s.targets) - {state.id}]
        if state.final and any(not s.reopens for s in leaving):
            yield f"state {state.id} is final, yet a step leads out of it"


def clock_problems(whole: Graph) -> Iterator[str]:
    """Clocks that still run on some way out."""
    opening = [s for s in whole.steps if s.opens]
    for clock in whole.clocks:
        seen: set[tuple[str, bool]] = set()
        todo = [(to, clock.starts_with(s)) for s in opening for to in s.targets]
        while todo:
            here = todo.pop()
            if here in seen:
                continue
            seen.add(here)
            state, runs = here
            if runs and any(s.id == state and s.final for s in whole.states):
                yield f"clock {clock.id} still runs when the case ends in state {state}"
            for step in whole.steps:
                if state in whole.sources(step):
                    after = (runs or clock.starts_with(step)) and not clock.stops_with(step)
                    todo += [(to, after) for to in step.targets or (state,)]
