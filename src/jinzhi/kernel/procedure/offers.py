"""Which steps a case offers to whom, and why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from jinzhi.kernel.procedure.declare import Procedure
from jinzhi.kernel.procedure.fold import CaseView
from jinzhi.kernel.procedure.step import Fact, Step, TakenFrom
from jinzhi.kernel.text import Words


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason why a step may not be taken; ``fact``: what is not established, where that is the reason."""

    why: Words
    fact: Fact | None = None


NOT_YOUR_ROLE = Objection(Words("您的角色不能办理此步骤", "your role may not take this step"))
NO_EXTENSION_LEFT = Objection(Words("延长次数已用完", "no extension is left"))
#: why a unit may not take a step that is taken from another place
ELSEWHERE: Mapping[str, Objection] = {
    TakenFrom.OWN: Objection(Words("应由本单位办理", "only the unit itself may take this step")),
    TakenFrom.ABOVE: Objection(Words("应由上级单位办理", "only a unit above may take this step")),
    TakenFrom.OFFICE: Objection(Words("应由交办单位办理", "only the issuing unit may take this step")),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A step, and why this role may not take it now; it may where nothing speaks against it."""

    step: Step
    objections: tuple[Objection, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.objections

    @property
    def missing(self) -> tuple[Fact, ...]:
        """The facts that are needed and not established."""
        return tuple(objection.fact for objection in self.objections if objection.fact)

    @property
    def why_not(self) -> Words:
        """All reasons as one sentence; false where the step may be taken."""
        return Words.joined(objection.why for objection in self.objections)


def offers(
    view: CaseView,
    roles: Iterable[str],
    facts: Mapping[str, bool],
    *,
    standing: Iterable[str] = tuple(TakenFrom),
) -> tuple[Offer, ...]:
    """Every step that leads on from the present state, and whether somebody with these roles may take it.

    ``standing``: where the acting unit stands to the case's unit. A fact that is needed and not given counts as not
    established.
    """
    held, stands = set(roles), {*standing, TakenFrom.ANY}
    steps = (step for step in view.procedure.steps if view.state.id in view.procedure.sources(step))
    return tuple(Offer(step, _objections(view, step, held, stands, facts)) for step in steps)


def _objections(
    view: CaseView, step: Step, roles: Collection[str], stands: Collection[str], facts: Mapping[str, bool]
) -> tuple[Objection, ...]:
    """Why a step may not be taken: who asks comes first, then what is missing, then what is used up."""
    if not set(roles) & set(step.roles):
        return (NOT_YOUR_ROLE,)
    if step.at not in stands:
        return (ELSEWHERE[step.at],)
    missing = tuple(Objection(fact.why_not, fact) for fact in step.needs if not facts.get(fact.id, False))
    return missing or ((NO_EXTENSION_LEFT,) if _spent(view, step.id) else ())


def _spent(view: CaseView, step: str) -> bool:
    for clock in view.procedure.clocks:
        for extension in clock.extensions:
            if extension.by == step:
                return sum(e.step == step for e in view.history) >= extension.times
    return False


def may_open(procedure: Procedure, roles: Iterable[str]) -> tuple[Step, ...]:
    """The opening steps that somebody with these roles may take."""
    held = set(roles)
    return tuple(s for s in procedure.opening if held & set(s.roles))
