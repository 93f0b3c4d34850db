"""What an app wants ``jinzhi doctor`` to say of how it stands: registered at start-up (modules called ``looks``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from jinzhi.apps.catalogue.doors import LOOKS


@dataclass(frozen=True)
class HealthFact:
    """One thing looked at: what it is, how it stands (good, missing, note), and the way out."""

    id: str
    zh: str
    en: str
    state: str
    value: str
    way_zh: str = ""
    way_en: str = ""


Look = Callable[[], Iterable[HealthFact]]


def look(run: Look) -> Look:
    """Register the decorated function: it gives the facts of its app."""
    LOOKS.enter(f"{run.__module__}.{run.__qualname__}", run)
    return run


def looks() -> tuple[Look, ...]:
    return LOOKS.entries()
