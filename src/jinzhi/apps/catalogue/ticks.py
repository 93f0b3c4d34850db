"""What a timer has done: one function a task, found by being registered at start-up (modules called ``ticks``).

``jinzhi tick`` runs them all. Each gets today and says how many things it did; run again, it finds nothing left
to do. One that fails is reported and does not keep the others from running.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from jinzhi.apps.catalogue.doors import TICKS

log = logging.getLogger("jinzhi.ticks")
Run = Callable[[date], int]


@dataclass(frozen=True)
class Tick:
    """A task: its permanent id, what it does in Chinese and English, and the function."""

    id: str
    zh: str
    en: str
    run: Run


@dataclass(frozen=True)
class Done:
    """What came of a task: how many things it did, or why it failed."""

    tick: Tick
    count: int = 0
    error: str = ""


def tick(id: str, zh: str, en: str) -> Callable[[Run], Run]:
    """Register the decorated function as a task of the timer."""

    def register(run: Run) -> Run:
        TICKS.enter(id, Tick(id, zh, en, run), run)
        return run

    return register


def ticks() -> tuple[Tick, ...]:
    return TICKS.entries()


def run_ticks(day: date) -> tuple[Done, ...]:
    """Run every task for a day."""
    out: list[Done] = []
    for task in ticks():
        try:
            out.append(Done(task, task.run(day)))
        except Exception as e:
            log.exception("the task %s failed", task.id)
            out.append(Done(task, error=f"{type(e).__name__}: {e}"))
    return tuple(out)
