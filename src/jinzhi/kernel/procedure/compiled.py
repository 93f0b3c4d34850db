"""A declaration worked out once: for each step, where it may be taken, where it leads, which asides it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinzhi.kernel.clock import Clock
from jinzhi.kernel.expression import Choose
from jinzhi.kernel.fields import Type
from jinzhi.kernel.law import Dated
from jinzhi.kernel.period import Length
from jinzhi.kernel.procedure.aside import Aside
from jinzhi.kernel.procedure.state import Place, State, place_of
from jinzhi.kernel.procedure.step import Step


@dataclass(frozen=True, slots=True)
class Plan:
    """A step as the fold takes it. ``to``: the state that it leads to, None where the state stays; ``chooses``: the
    choice where the case decides. ``dates``: its inputs that are days."""

    step: Step
    place: Place
    to: State | None
    chooses: Choose | None
    begins: tuple[str, ...]
    ends: tuple[str, ...]
    dates: tuple[str, ...]
    renames: bool


def plans_of(
    states: Sequence[State], asides: Sequence[Aside], steps: Sequence[Step], named: Mapping[str, State]
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
            dates=tuple(f.id for f in s.inputs if f.type is Type.DATE),
            renames=any(f.was or f.type in (Type.CHOICE, Type.LIST) for f in s.inputs),
        )
        for s in steps
    }


def reads_case(clock: Clock) -> bool:
    """Whether a clock reads the case: it has an expression, or runs for each element of a list."""
    plain = clock.length is None or isinstance(clock.length, Length | Dated)
    said = (clock.due, clock.counts_from, clock.when, clock.per)
    return not plain or any(said) or bool(clock.extensions)
