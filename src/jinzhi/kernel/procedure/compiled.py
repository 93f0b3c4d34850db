"""A declaration worked out once: for each step, where it may be taken, where it leads, which asides it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinzhi.kernel.clock import Clock
from jinzhi.kernel.expression import Choose
from jinzhi.kernel.fields import Type
from jinzhi.kernel.procedure.aside import Aside
from jinzhi.kernel.procedure.state import Place, State, place_of
from jinzhi.kernel.procedure.step import Step


@dataclass(frozen=True, slots=True)
class Plan:
    """A step as the fold takes it. ``to``: the state that it leads to, None where the state stays; ``chooses``: the
    choice where the case decides. ``due_inputs``: its inputs that say the last day
    of a clock."""

    step: Step
    place: Place
    to: State | None
    chooses: Choose | None
    begins: tuple[str, ...]
    ends: tuple[str, ...]
    due_inputs: tuple[str, ...]
    renames: bool


def plans_of(
    states: Sequence[State],
    asides: Sequence[Aside],
    steps: Sequence[Step],
    clocks: Sequence[Clock],
    named: Mapping[str, State],
) -> dict[str, Plan]:
    """The plan of every step, by its id. ``named``: states by the names that they have or had."""
    ids = {a.id for a in asides}
    return {
        s.id: Plan(
            step=s,
            place=place_of(s.sources, states, ids, bool(s.targets)),
            to=named.get(s.to) if isinstance(s.to, str) else None,
            chooses=s.to if isinstance(s.to, Choose) else None,
            begins=tuple(a.id for a in asides if s.id in a.begin),
            ends=tuple(a.id for a in asides if s.id in a.end),
            due_inputs=due_inputs(s.id, clocks),
            renames=any(f.was or f.type in (Type.CHOICE, Type.LIST) for f in s.inputs),
        )
        for s in steps
    }


def due_inputs(step: str, clocks: Sequence[Clock]) -> tuple[str, ...]:
    """The inputs of a step that say the last day of a clock."""
    said = [path.partition(".") for clock in clocks for path in clock.due_paths]
    return tuple(dict.fromkeys(input for at, _, input in said if at == step))
