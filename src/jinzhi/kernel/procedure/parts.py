"""The parts of a procedure: states, asides, steps between them, clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from jinzhi.kernel.clock import Clock
from jinzhi.kernel.correction import BUILT_IN, Corrections
from jinzhi.kernel.declare import Declaration
from jinzhi.kernel.expression import Derived
from jinzhi.kernel.fields import Field
from jinzhi.kernel.law import Regime
from jinzhi.kernel.procedure.aside import Aside
from jinzhi.kernel.procedure.compiled import Plan, due_inputs, plans_of
from jinzhi.kernel.procedure.errors import ProcedureError
from jinzhi.kernel.procedure.letters import Letter, Service
from jinzhi.kernel.procedure.state import Place, State
from jinzhi.kernel.procedure.step import Step
from jinzhi.kernel.reading import FirstReading


@dataclass(frozen=True, kw_only=True)
class Parts(Declaration):
    """The parts of a procedure, and how they are found by the names that they have or had."""

    kind: ClassVar[str] = "procedure"
    needs_row: ClassVar[bool] = True

    states: tuple[State, ...]
    steps: tuple[Step, ...]
    asides: tuple[Aside, ...] = ()
    clocks: tuple[Clock, ...] = ()
    #: what a case is given when another opens it, beside what its opening step asks
    fields: tuple[Field, ...] = ()
    #: computed for a day, never stored
    derived: tuple[Derived, ...] = ()
    #: which law a case is under
    law: Regime | None = None
    #: how letters are served, by law
    service: tuple[Service, ...] = ()
    numbering: str = "{id}-{year}-{seq:04d}"
    #: the roles that read its cases at all; empty: everybody who reads cases
    reads: tuple[str, ...] = ()
    corrections: Corrections = field(default_factory=Corrections)
    #: the path that gives a case its title ("open.subject")
    title: str = ""
    #: the paths that are shown to anybody
    public: tuple[str, ...] = ()
    #: who learns of a case that nobody of its unit has opened
    first_reading: FirstReading | None = None

    @cached_property
    def _states(self) -> Mapping[str, State]:
        return {name: s for s in reversed(self.states) for name in (*s.was, s.id)}

    @cached_property
    def _steps(self) -> Mapping[str, Step]:
        return {name: s for s in reversed(self.steps) for name in (*s.was, s.id)}

    @cached_property
    def _asides(self) -> Mapping[str, Aside]:
        return {name: a for a in reversed(self.asides) for name in (*a.was, a.id)}

    @cached_property
    def _plans(self) -> Mapping[str, Plan]:
        plans = plans_of(self.states, self.asides, self.steps, self.clocks, self._states)
        return {name: plans[s.id] for name, s in self._steps.items()}

    @cached_property
    def _clock_names(self) -> Mapping[str, str]:
        return {name: c.id for c in reversed(self.clocks) for name in (*c.was, c.id)}

    def find_state(self, id: str) -> State | None:
        """The state that is, or once was, called so."""
        return self._states.get(id)

    def find_step(self, id: str) -> Step | None:
        """The step that is, or once was, called so."""
        return self._steps.get(id)

    def find_aside(self, id: str) -> Aside | None:
        """The aside that is, or once was, called so."""
        return self._asides.get(id)

    def place(self, step: Step) -> Place:
        """Where a step may be taken."""
        return self._plans[step.id].place

    def find_plan(self, step: str) -> Plan | None:
        """A step that is, or once was, called so, as the fold takes it."""
        return self._plans.get(step)

    def find_letter(self, id: str) -> Letter | None:
        """The letter that is, or once was, called so."""
        letters = [letter for s in self.steps for letter in s.letters]
        return next((letter for letter in letters if id == letter.id or id in letter.was), None)

    def sources(self, step: Step) -> tuple[str, ...]:
        """The states from which a step may be taken; none where it opens a case."""
        return self._plans[step.id].place.states

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

    def title_said(self, step: Step, data: Mapping[str, object]) -> str:
        """The title that the data of a step give a case; empty where its title stands elsewhere."""
        at, _, input = self.title.partition(".")
        return str(data.get(input) or "") if at == step.id else ""

    @cached_property
    def built_in(self) -> tuple[str, ...]:
        """The events that every procedure knows, without those that a step of its own stands for."""
        return tuple(name for name in BUILT_IN if name not in self._steps)

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
        return (found := self.find_step(step)) is not None and any(c.asks_time(found) for c in self.clocks)

    def due_inputs(self, step: str) -> tuple[str, ...]:
        """The inputs of a step that say the last day of a clock."""
        return due_inputs(step, self.clocks)

    @property
    def opening(self) -> tuple[Step, ...]:
        return tuple(s for s in self.steps if s.opens)
