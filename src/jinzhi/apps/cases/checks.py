"""Django's check for facts: a step that needs one which nothing answers could never be taken, and nobody would know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks

from jinzhi.apps.cases.facts import answered
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.declare import Catalogue
from jinzhi.kernel.procedure import Fact, Link, Opens, Procedure


def unanswered(found: Catalogue) -> Iterator[str]:
    """Every fact that a step needs and no app answers, with where it is declared."""
    known = answered()
    for procedure in found.all(Procedure):
        for step in procedure.steps:
            for fact in (need for need in step.needs if isinstance(need, Fact)):
                if fact.id not in known:
                    where = found.where(Procedure.kind, procedure.id)
                    yield (
                        f"{where} (procedure {procedure.id}): step {step.id} needs the fact {fact.id!r}, "
                        f"which nothing answers (answered: {', '.join(known)})"
                    )


def not_carried_out(found: Catalogue) -> Iterator[str]:
    """Every effect and every step by itself that this version does not carry out: it would look done and not be."""
    for procedure in found.all(Procedure):
        where = f"{found.where(Procedure.kind, procedure.id)} (procedure {procedure.id})"
        for step in procedure.steps:
            for effect in step.effects:
                if not isinstance(effect, Opens | Link):
                    yield f"{where}: step {step.id} {type(effect).__name__.lower()} a register: not carried out yet"
            if step.on is not None:
                yield f"{where}: step {step.id} comes in by itself ({step.on.source}): nothing takes it yet"


@checks.register("declarations")
def facts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """One error for each fact that nothing answers; declarations that cannot be read are another check's matter."""
    try:
        found = catalogue()
    except Exception:
        return []
    wrong = [checks.Error(problem, id="jinzhi.E002") for problem in unanswered(found)]
    return [*wrong, *(checks.Error(problem, id="jinzhi.E003") for problem in not_carried_out(found))]
