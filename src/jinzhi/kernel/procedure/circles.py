"""Circles of steps that come in by themselves: one that no person and no day breaks is refused at start."""

from __future__ import annotations

from collections.abc import Iterator

from jinzhi.kernel.declare import Catalogue
from jinzhi.kernel.expression import All, Is, OneOf
from jinzhi.kernel.procedure.effects import Closes, On, Opens, Writes
from jinzhi.kernel.procedure.parts import Parts
from jinzhi.kernel.procedure.step import Step

Taken = tuple[str, str]


def circle_problems(procedure: Parts, catalogue: Catalogue) -> Iterator[str]:
    """The circles that begin at a step of a procedure."""
    known = {p.id: p for p in catalogue.all(Parts)} | {procedure.id: procedure}
    for step in procedure.steps:
        if step.on is None:
            continue
        circle = _circle(known, (procedure.id, step.id))
        if circle:
            way = " → ".join(f"{p}.{s}" for p, s in circle)
            yield f"step {step.id} triggers itself without a person or a day between: {way}"


def _circle(known: dict[str, Parts], start: Taken) -> tuple[Taken, ...]:
    """A way by which a taken step leads to itself; empty where there is none."""
    todo: list[tuple[Taken, ...]] = [(start,)]
    seen: set[Taken] = set()
    while todo:
        way = todo.pop()
        for follows in _following(known, way[-1]):
            if follows == start:
                return (*way, start)
            if follows not in seen:
                seen.add(follows)
                todo.append((*way, follows))
    return ()


def _following(known: dict[str, Parts], taken: Taken) -> Iterator[Taken]:
    """The steps that are taken by themselves because a step was: by receipt, by an effect, by what it wrote."""
    of, id = taken
    step = known[of].find_step(id)
    effects = step.effects if step else ()
    written = {e.register for e in effects if isinstance(e, Writes | Closes)}
    for effect in effects:
        if isinstance(effect, Opens) and effect.procedure in known:
            yield effect.procedure, effect.step
    for procedure in known.values():
        for other in procedure.steps:
            if other.on is not None and _hears(other, other.on, of, id, written):
                yield procedure.id, other.id


def _hears(other: Step, on: On, procedure: str, step: str, written: set[str]) -> bool:
    if on.kind == "procedure":
        named = steps_named(on.where)
        return on.of == procedure and (not named or step in named)
    return on.kind == "register" and on.of in written


def steps_named(where: object) -> frozenset[str]:
    """The steps of the other case that a condition lets through; empty where it names none."""
    if isinstance(where, Is) and where.of == "step":
        return frozenset((str(where.value),))
    if isinstance(where, OneOf) and where.of == "step":
        return frozenset(map(str, where.values))
    if isinstance(where, All):
        named = [found for part in where.parts if (found := steps_named(part))]
        return frozenset.intersection(*named) if named else frozenset()
    return frozenset()
