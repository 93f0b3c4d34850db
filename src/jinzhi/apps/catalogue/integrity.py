"""Integrity checkers: one function an invariant, found by being registered at start-up.

``jinzhi doctor`` and the operations page run them all. A checker yields one sentence a violation.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from jinzhi.apps.catalogue.doors import INVARIANTS

log = logging.getLogger("jinzhi.integrity")
Run = Callable[[], Iterator[str]]
SHOWN = 20


@dataclass(frozen=True)
class Checker:
    """An invariant: its permanent id, what must hold in Chinese and English, and the function that looks."""

    id: str
    zh: str
    en: str
    run: Run


@dataclass(frozen=True)
class Result:
    """What a checker found: the first violations, and whether there are more than those shown."""

    checker: Checker
    violations: tuple[str, ...]
    more: bool

    @property
    def sound(self) -> bool:
        return not self.violations


def invariant(id: str, zh: str, en: str) -> Callable[[Run], Run]:
    """Register the decorated function as the checker of an invariant."""

    def register(run: Run) -> Run:
        INVARIANTS.enter(id, Checker(id, zh, en, run), run)
        return run

    return register


def checkers() -> tuple[Checker, ...]:
    return INVARIANTS.entries()


def run_all() -> tuple[Result, ...]:
    """Run every checker; at most SHOWN violations of each are kept, and it is said if there are more.

    A checker that fails on what it finds is a violation too, and does not keep the others from looking.
    """
    out: list[Result] = []
    for checker in checkers():
        found: list[str] = []
        try:
            found.extend(islice(checker.run(), SHOWN + 1))
        except Exception as e:
            log.exception("the checker %s failed", checker.id)
            found.insert(0, f"the checker itself failed: {type(e).__name__}: {e}")
        out.append(Result(checker, tuple(found[:SHOWN]), len(found) > SHOWN))
    return tuple(out)
