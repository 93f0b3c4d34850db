"""Milestones as they stood: what was changed later is taken back, event by event, the newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.models import Milestone
from jinzhi.kernel.streams import MILESTONE

PARSERS: Mapping[str, Callable[[str], object]] = {"due": date.fromisoformat, "target": Decimal, "weight": Decimal}
#: the events that change what a milestone asks for
CHANGE = "change"


def parsed(name: str, text: str) -> object:
    """A value of a milestone from the text that its events hold."""
    return PARSERS.get(name, str)(text)


def values_before(events: Iterable[Event]) -> dict[str, object]:
    """What stood before some changes of one milestone, by the names that they changed; oldest event first."""
    out: dict[str, object] = {}
    for event in reversed(list(events)):
        out |= {name: parsed(name, str(value)) for name, value in event.data.get("before", {}).items()}
    return out


def changed_after(plan: str, day: date) -> Mapping[str, dict[str, object]]:
    """For each milestone of a plan that was changed after a day, by code: the values that it had on that day."""
    found = Event.objects.filter(stream__startswith=MILESTONE.of(f"{plan}-"), verb=CHANGE, on__gt=day)
    changes: dict[str, list[Event]] = defaultdict(list)
    for event in found.only("stream", "seq", "data").order_by("stream", "seq"):
        changes[MILESTONE.key(event.stream)].append(event)
    return {code: values_before(events) for code, events in changes.items()}


def take_back(milestone: Milestone, values: Mapping[str, object]) -> Milestone:
    """Set what a milestone had (see changed_after) on the object in hand; nothing is saved."""
    for name, value in values.items():
        setattr(milestone, name, value)
    return milestone
