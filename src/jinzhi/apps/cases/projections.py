"""What other apps keep beside a case, written in the same transaction as the event that changes it."""

from __future__ import annotations

from collections.abc import Callable

from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.doors import PROJECTIONS
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.procedure import CaseView

Project = Callable[[Case, CaseView, Event], None]


def after_step(procedure: str) -> Callable[[Project], Project]:
    """Register the decorated function to run after every step of a case of the procedure."""

    def register(function: Project) -> Project:
        PROJECTIONS.enter(f"{procedure} {function.__module__}.{function.__qualname__}", (procedure, function), function)
        return function

    return register


def project(case: Case, view: CaseView, event: Event) -> None:
    for procedure, function in PROJECTIONS.entries():
        if procedure == case.procedure:
            function(case, view, event)
