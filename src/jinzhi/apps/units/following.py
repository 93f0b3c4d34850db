"""What follows a unit into another when they are merged: each app says how it hands over what is open of its own.

A kind is registered in the app's module ``following``, found at start-up. What has no ``hand`` stays with the unit and
is only counted for the preview.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from jinzhi.apps.catalogue.doors import FOLLOWING, STAYING_CASES
from jinzhi.apps.evidence.log.entries import Actor
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.text import Words

Things = Mapping[str, int]


@dataclass(frozen=True)
class Merger:
    """Who goes into whom from which day on, by whose word (None: the timer, on the day) and why."""

    giver: Unit
    taker: Unit
    day: date
    reason: str
    who: Actor | None = None


@dataclass(frozen=True)
class Following:
    """A kind of what units keep.

    ``count`` says how much of it is open at a unit. ``hand`` hands it over and gives each thing with the number of its
    events then (0 where it has none); ``touched`` names those of which more happened since; ``back`` takes them back.
    ``refuses`` says why it cannot be handed over. ``blocks``: a unit that is closed may have none of it. ``way_out``:
    what is to be done with what stays, where nobody of the unit can do it afterwards.
    """

    id: str
    zh: str
    en: str
    count: Callable[[Unit, date], int]
    hand: Callable[[Merger], Things] | None = None
    touched: Callable[[Things], list[str]] | None = None
    back: Callable[[Merger, Things], None] | None = None
    refuses: Callable[[Merger], Words | None] | None = None
    blocks: bool = True
    order: int = 50
    way_out: Words | None = None


def follows(kind: Following) -> Following:
    """Register a kind."""
    FOLLOWING.enter(kind.id, kind, kind.count)
    return kind


def kinds() -> list[Following]:
    return sorted(FOLLOWING.entries(), key=lambda k: (k.hand is None, k.order, k.id))


def cases_stay(which: Q) -> None:
    """Say which open cases stay with their unit."""
    STAYING_CASES.enter(str(which), which)


def staying_cases() -> Q:
    out = Q(pk__in=())
    for which in STAYING_CASES.entries():
        out |= which
    return out
