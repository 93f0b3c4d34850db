"""What other apps keep beside a case, written in the same transaction as the event that changes it."""

from __future__ import annotations

from collections.abc import Callable

from jinzhi.apps.cases.models import Case
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.procedure import CaseView

Project = Callable[[Case, CaseView, Event], None]
_projections: dict[str, list[Project]] = {}


def after_step(procedure: str) -> Callable[[Project], Project]:
    """Register the decorated function to run after every step of a case of the procedure."""

    def register(function: Project) -> Project:
        kept = _projections.setdefault(procedure, [])
        if function not in kept:
            kept.append(function)
        return function

    return register


def project(case: Case, view: CaseView, event: Event) -> None:
    for function in _projections.get(case.procedure, []):
        function(case, view, event)
