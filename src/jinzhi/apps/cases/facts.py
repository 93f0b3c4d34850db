"""Facts that steps need and only other records can tell: each app says how it finds its own.

A function registered under a Fact's id is asked with the case and answers yes or no. A fact that no function
answers counts as not established, and the page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.doors import FACTS
from jinzhi.kernel.procedure import Fact

Answer = Callable[[Case], bool]


def answers(fact: str) -> Callable[[Answer], Answer]:
    """Register the decorated function as the answer to a fact."""

    def register(function: Answer) -> Answer:
        FACTS.enter(fact, function)
        return function

    return register


def answered() -> tuple[str, ...]:
    """The ids of the facts that some app answers."""
    return FACTS.ids()


def established(case: Case, facts: Iterable[Fact]) -> dict[str, bool]:
    """Which of these facts hold for a case."""
    return {f.id: FACTS[f.id](case) if f.id in FACTS else False for f in facts}
