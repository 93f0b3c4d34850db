"""The order of days: an event is not dated before the one that led to it.

Proofs come back late: the service of a letter, a step for one item, a receipt of a linked case may be dated before what
was recorded since, but not before the event that made the letter, the list, the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from jinzhi.kernel.correction import SERVED
from jinzhi.kernel.events import Event
from jinzhi.kernel.procedure.parts import Parts


def earliest_day(procedure: Parts, before: Sequence[Event], step: str, letter: str = "") -> date | None:
    """The day before which an event of a step may not be dated; None where nothing came before it.

    ``before``: the events that stand, in the order of their numbers; ``letter``: which one was served.
    """
    if not before:
        return None
    if step == SERVED:
        return _last(procedure, before, tuple(s.id for s in procedure.steps if any(x.id == letter for x in s.letters)))
    declared = procedure.find_step(step)
    if declared is not None and declared.per:
        return _last(procedure, before, (declared.per.partition(".")[0],))
    if declared is not None and declared.on is not None:
        return before[0].on
    return _last(procedure, before, tuple(e.step for e in before if not comes_late(procedure, e.step)))


def comes_late(procedure: Parts, step: str) -> bool:
    """Whether an event of a step may be dated before others that were recorded earlier."""
    declared = procedure.find_step(step)
    if declared is None:
        return step == SERVED
    return bool(declared.per) or declared.on is not None


def _last(procedure: Parts, before: Sequence[Event], steps: Sequence[str]) -> date:
    """The day of the last event of these steps; the first day of the case where there is none."""
    named = set(steps) - set(procedure.built_in)
    return next((e.on for e in reversed(before) if e.step in named), before[0].on)
