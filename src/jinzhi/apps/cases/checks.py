"""Django's check for facts: a step that needs one which nothing answers could never be taken, and nobody would know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks

from jinzhi.apps.cases.facts import answered
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.declare import Catalogue
from jinzhi.kernel.procedure import Fact, Procedure


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


@checks.register("declarations")
def facts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """One error for each fact that nothing answers; declarations that cannot be read are another check's matter."""
    try:
        found = catalogue()
    except Exception:
        return []
    return [checks.Error(problem, id="jinzhi.E002") for problem in unanswered(found)]
