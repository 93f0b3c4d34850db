"""A procedure: states, steps between them, clocks, and whether they make a sound whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from jinzhi.kernel.access import unknown_roles
from jinzhi.kernel.clock import NEW_DUE, Clock
from jinzhi.kernel.correction import BUILT_IN, Corrections
from jinzhi.kernel.declare import KEBAB, Catalogue, Declaration
from jinzhi.kernel.fields import Field
from jinzhi.kernel.procedure.errors import ProcedureError
from jinzhi.kernel.procedure.soundness import clock_problems, graph_problems
from jinzhi.kernel.procedure.state import State
from jinzhi.kernel.procedure.step import Step
from jinzhi.kernel.reading import FirstReading


@dataclass(frozen=True, kw_only=True)
class Procedure(Declaration):
    """A matter with steps, roles and deadlines."""

    kind: ClassVar[str] = "procedure"
    needs_row: ClassVar[bool] = True

    states: tuple[State, ...]
    steps: tuple[Step, ...]
    clocks: tuple[Clock, ...] = ()
    numbering: str = "{id}-{year}-{seq:04d}"
    #: the roles that read its cases at all; empty: everybody who reads cases
    reads: tuple[str, ...] = ()
    corrections: Corrections = field(default_factory=Corrections)
    #: the id of the step that gives the case its title, and the input holding it
    title_input: str = ""
    #: who learns of a case that nobody of its unit has opened
    first_reading: FirstReading | None = None

    @cached_property
    def _states(self) -> Mapping[str, State]:
        return {name: s for s in reversed(self.states) for name in (*s.was, s.id)}

    @cached_property
    def _steps(self) -> Mapping[str, Step]:
        return {name: s for s in reversed(self.steps) for name in (*s.was, s.id)}

    @cached_property
    def _clock_names(self) -> Mapping[str, str]:
        return {name: c.id for c in reversed(self.clocks) for name in (*c.was, c.id)}

    def find_state(self, id: str) -> State | None:
        """The state that is, or once was, called so."""
        return self._states.get(id)

    def find_step(self, id: str) -> Step | None:
        """The step that is, or once was, called so."""
        return self._steps.get(id)

    def find_clock(self, id: str) -> Clock | None:
        """The clock that is, or once was, called so."""
        name = self._clock_names.get(id)
        return next((c for c in self.clocks if c.id == name), None)

    def state(self, id: str) -> State:
        found = self.find_state(id)
        if found is None:
            raise ProcedureError(f"{self.id} has no state {id!r}")
        return found

    def step(self, id: str) -> Step:
        found = self.find_step(id)
        if found is None:
            raise ProcedureError(f"{self.id} has no step {id!r}")
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """Its id and those it had before: under any of them a case may be kept."""
        return (self.id, *self.was)

    def kept_as(self, states: Iterable[str]) -> tuple[str, ...]:
        """These states under every name that a case may keep them by."""
        wanted = set(states)
        return tuple(name for name, s in self._states.items() if s.id in wanted)

    def asks_time(self, step: str) -> bool:
        """Whether a step starts or stops a clock of hours, and so must say when on its day it happened."""
        return any(step in c.timed_steps for c in self.clocks)

    def due_inputs(self, step: str) -> tuple[str, ...]:
        """The inputs of a step that say the last day of a clock."""
        said = [c.due_input for c in self.clocks if c.due_input and step in c.start]
        moved = [NEW_DUE for c in self.clocks if step in c.reschedule]
        return tuple(dict.fromkeys((*said, *moved)))

    @property
    def opening(self) -> tuple[Step, ...]:
        return tuple(s for s in self.steps if s.opens)

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        yield from self._ids()
        yield from self._former_names()
        yield from self.corrections.problems(catalogue, "the procedure")
        for role in unknown_roles(self.reads, catalogue):
            yield f"reads names the role {role!r}, which is not declared"
        for role in unknown_roles([self.first_reading.to] if self.first_reading else [], catalogue):
            yield f"first_reading names the role {role!r}, which is not declared"
        for state in self.states:
            yield from state.problems()
        for step in self.steps:
            yield from step.problems(self, catalogue)
        inputs = {s.id: {f.id: f for f in s.inputs} for s in self.steps}
        for clock in self.clocks:
            yield from clock.problems(catalogue, inputs)
        yield from graph_problems(self)
        yield from clock_problems(self)

    def _ids(self) -> Iterator[str]:
        """What is wrong with the ids of its parts."""
        parts: tuple[tuple[str, Sequence[State | Step | Clock]], ...] = (
            ("state", self.states), ("step", self.steps), ("clock", self.clocks),
        )  # fmt: skip
        for what, things in parts:
            ids = [thing.id for thing in things]
            for id in ids:
                if ids.count(id) > 1:
                    yield f"two {what}s are called {id!r}"
                if not KEBAB.match(id):
                    yield f"{what} id {id!r} is not kebab-case"
        for known in BUILT_IN:
            if any(step.id == known for step in self.steps):
                yield f"a step may not be called {known!r}: it is known to every procedure"

    def _former_names(self) -> Iterator[str]:
        """A name of the past stands for one thing only, and not for one that is called so today."""
        fields = [(f"step {s.id}: input", list(s.inputs)) for s in self.steps]
        named: list[tuple[str, Sequence[State | Step | Clock | Field]]] = [
            ("state", self.states), ("step", self.steps), ("clock", self.clocks), *fields,
        ]  # fmt: skip
        for what, things in named:
            ids = [t.id for t in things]
            old = [name for t in things for name in t.was]
            for name in dict.fromkeys(old):
                if name in ids:
                    yield f"{what} {name!r} is declared, and also named as what another was called before"
                if old.count(name) > 1:
                    yield f"{what}: two say that they were called {name!r}"
