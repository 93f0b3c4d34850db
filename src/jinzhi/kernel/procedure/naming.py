"""Whether the names of the parts of a procedure are addresses that last: each once, each old name claimed once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from jinzhi.kernel.clock import Clock
from jinzhi.kernel.correction import BUILT_IN, OWN_INSTEAD
from jinzhi.kernel.declare import KEBAB
from jinzhi.kernel.fields import Field
from jinzhi.kernel.procedure.aside import Aside
from jinzhi.kernel.procedure.letters import Letter
from jinzhi.kernel.procedure.state import State
from jinzhi.kernel.procedure.step import Step

Part = State | Aside | Step | Clock | Letter


class Whole(Protocol):
    """The parts of a procedure."""

    @property
    def states(self) -> tuple[State, ...]: ...

    @property
    def asides(self) -> tuple[Aside, ...]: ...

    @property
    def steps(self) -> tuple[Step, ...]: ...

    @property
    def clocks(self) -> tuple[Clock, ...]: ...


def parts_of(whole: Whole) -> tuple[tuple[str, Sequence[Part]], ...]:
    """The parts of a procedure by what they are."""
    letters = [letter for step in whole.steps for letter in step.letters]
    return (
        ("state", whole.states), ("aside", whole.asides), ("step", whole.steps), ("clock", whole.clocks),
        ("letter", letters),
    )  # fmt: skip


def naming_problems(whole: Whole) -> Iterator[str]:
    """What is wrong with the names of its parts."""
    for what, things in parts_of(whole):
        ids = [thing.id for thing in things]
        for id in dict.fromkeys(ids):
            if ids.count(id) > 1:
                yield f"two {what}s are called {id!r}"
            if not KEBAB.match(id):
                yield f"{what} id {id!r} is not kebab-case"
        yield from _former_names(what, things)
    for known in BUILT_IN:
        if known not in OWN_INSTEAD and any(step.id == known for step in whole.steps):
            yield f"a step may not be called {known!r}: it is known to every procedure"
    for aside in whole.asides:
        if any(state.id == aside.id for state in whole.states):
            yield f"{aside.id!r} is a state and an aside: sources could mean either"
    for step in whole.steps:
        yield from _former_names(f"step {step.id}: input", step.inputs)


def _former_names(what: str, things: Sequence[Part | Field]) -> Iterator[str]:
    """A name of the past stands for one thing only, and not for one that is called so today."""
    ids = [t.id for t in things]
    old = [name for t in things for name in t.was]
    for name in dict.fromkeys(old):
        if name in ids:
            yield f"{what} {name!r} is declared, and also named as what another was called before"
        if old.count(name) > 1:
            yield f"{what}: two say that they were called {name!r}"
