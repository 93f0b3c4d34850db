"""Whether every expression of a procedure stands where its paths lead somewhere, to the last segment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jinzhi.kernel.declare import Catalogue
from jinzhi.kernel.expression import Check, Choose, F, Schema, condition_problems, problems_of
from jinzhi.kernel.expression.problems import InsideSchema
from jinzhi.kernel.procedure.effects import Closes, Effect, Link, Opens, Writes
from jinzhi.kernel.procedure.parts import Parts
from jinzhi.kernel.procedure.schema import Anything, CaseSchema, source_schema
from jinzhi.kernel.procedure.step import Step


def expression_problems(procedure: Parts, catalogue: Catalogue) -> Iterator[str]:
    """What is wrong with the paths of a procedure."""
    case = CaseSchema(procedure, catalogue)
    for step in procedure.steps:
        yield from (f"step {step.id}: {p}" for p in _of_step(step, case))
    for clock in procedure.clocks:
        inner = scope_of(clock.per, case)
        if inner is None:
            yield f"clock {clock.id}: per={clock.per!r} is no list of the case"
        for said in (clock.length, clock.due, clock.counts_from, clock.when, *(e.up_to for e in clock.extensions)):
            yield from (f"clock {clock.id}: {p}" for p in problems_of(said, inner or case))
    for derived in procedure.derived:
        yield from derived.problems(case, catalogue)
    for path in (*procedure.public, *((procedure.law.chosen_by,) if procedure.law and procedure.law.chosen_by else ())):
        if not case.knows(path):
            yield f"nothing stands at {path!r}"


def scope_of(per: str, case: CaseSchema) -> Schema | None:
    """Where the expressions of something that is one for each element of a list stand: in the element, the case one
    scope out (``up.…``). None where there is no such list."""
    if not per:
        return case
    element = case.inside(per)
    return InsideSchema(element, case) if element is not None else None


def _of_step(step: Step, case: CaseSchema) -> Iterator[str]:
    inner = scope_of(step.per, case)
    if inner is None:
        yield f"per={step.per!r} is no list of the case"
    scope = inner or case
    if isinstance(step.to, Choose):
        yield from problems_of(step.to, case)
    yield from _asked(step.when, scope)
    for need in step.needs:
        if isinstance(need, Check):
            yield from need.problems(scope, case.catalogue)
    for value in step.gives.values():
        yield from problems_of(value, scope)
    for checklist in step.shows:
        yield from checklist.problems(scope, case.catalogue)
    for path in (*step.clear_of, *(letter.to for letter in step.letters)):
        if not case.knows(path) and not scope.knows(path):
            yield f"nothing stands at {path!r}"
    if step.on is not None and step.on.find is not None:
        yield from _asked(step.on.find, InsideSchema(case, Anything()))
    for effect in step.effects:
        yield from _of_effect(effect, scope, case)


def _asked(condition: object, schema: Schema) -> Iterator[str]:
    """What is wrong with a condition that may be left out."""
    return iter(()) if condition is None else condition_problems(condition, schema)


def _of_effect(effect: Effect, scope: Schema, case: CaseSchema) -> Iterator[str]:
    """What is wrong with the paths of an effect: its values stand where the step does, or in the element of its own
    list; what it finds, in the register, with the case one scope out."""
    inner = scope
    if isinstance(effect, Opens | Writes) and effect.per:
        found = scope_of(effect.per, case)
        if found is None:
            yield f"per={effect.per!r} is no list of the case"
        inner = found or scope
    yield from _asked(effect.when, inner)
    for value in _values(effect):
        yield from problems_of(value, inner)
    if isinstance(effect, Opens):
        yield from _carried(effect, case.catalogue)
    if isinstance(effect, Closes):
        register = source_schema(f"register:{effect.register}", case.catalogue)
        if register is not None:
            yield from _asked(effect.find, InsideSchema(register, case))


def _values(effect: Effect) -> Iterable[object]:
    if isinstance(effect, Opens):
        return (*effect.carry.values(), effect.unit)
    return (F(effect.case),) if isinstance(effect, Link) else effect.values.values()


def _carried(effect: Opens, catalogue: Catalogue) -> Iterator[str]:
    """What a case is opened with that its opening step does not ask."""
    opened = catalogue.find(Parts, effect.procedure)
    step = opened.find_step(effect.step) if opened else None
    if opened is None:
        return
    if step is None or not step.opens:
        yield f"opens {effect.procedure} by {effect.step!r}, which is no opening step of it"
        return
    known = {f.id for f in (*step.inputs, *opened.fields)}
    for name in effect.carry:
        if name not in known:
            yield f"carries {name!r} to {effect.procedure}, which asks no such thing"
