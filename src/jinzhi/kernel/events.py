"""The events of a case, and how they stand after their corrections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from jinzhi.kernel.correction import ABOUT_OTHERS, CORRECT
from jinzhi.kernel.kept import bring_back

#: the member of an event's data that says when on its day it happened ("09:30")
AT = "_at"
#: the members of an event's data that say which element it is about, who took it, what it saw, gave and showed
ITEM, BY, SEEN, GIVES, SHOWS = "_item", "_by", "_seen", "_gives", "_shows"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: the step, its legal day, its data. ``seq`` counts from 1 in the case; ``at``: time of day.

    ``item``: the key of the element that it is about, where the step is one for each element of a list; ``by``: who
    took it (all who signed); ``seen``: what others said on that day, by path, kept because a fold looks nothing up;
    ``gives``: what the step computed, by name; ``shows``: the answer of each checklist frozen with it.
    """

    seq: int
    step: str
    on: date
    data: Mapping[str, object] = field(default_factory=dict)
    at: datetime | None = None
    item: str = ""
    by: tuple[str, ...] = ()
    seen: Mapping[str, object] = field(default_factory=dict)
    gives: Mapping[str, object] = field(default_factory=dict)
    shows: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Strange:
    """An event that does not fit what is declared, and why."""

    seq: int
    step: str
    zh: str
    en: str


def with_members(event: Event) -> Event:
    """An event as it is stored, with what its data say of itself: item, who, seen, given, shown."""
    said = event.data
    if not any(name in said for name in (ITEM, BY, SEEN, GIVES, SHOWS)):
        return event
    by = said.get(BY, event.by)
    return replace(
        event,
        item=str(said.get(ITEM) or event.item),
        by=tuple(str(one) for one in by) if isinstance(by, (list, tuple)) else (str(by),),
        seen=_group(said.get(SEEN)),
        gives=_group(said.get(GIVES)),
        shows=_group(said.get(SHOWS)),
    )


def _group(stored: object) -> Mapping[str, object]:
    return {name: bring_back(value) for name, value in stored.items()} if isinstance(stored, Mapping) else {}


def standing_events(events: Sequence[Event]) -> tuple[tuple[Event, ...], list[Strange]]:
    """The events as they stand after corrections, in the order of their numbers, and the corrections that fit none."""
    by_seq: dict[int, Event] = {}
    strange: list[Strange] = []
    for e in events:
        if e.step not in ABOUT_OTHERS:
            by_seq[e.seq] = e
        if e.step != CORRECT:
            continue
        target = e.data.get("seq")
        if not isinstance(target, int) or target not in by_seq:
            zh, en = f"更正的第 {target} 条不存在", f"event {e.seq} corrects event {target!r}, which is not there"
            strange.append(Strange(e.seq, e.step, zh, en))
            continue
        old = by_seq[target]
        on, data = e.data.get("on"), e.data.get("data")
        day = day_of(on) if on is not None else old.on
        if day is None:
            strange.append(Strange(e.seq, e.step, f"“{on}”不是日期", f"event {e.seq}: {on!r} is no date"))
        changed = {**old.data, **data} if isinstance(data, Mapping) else old.data
        by_seq[target] = replace(old, on=day or old.on, data=changed)
    return tuple(by_seq[k] for k in sorted(by_seq)), strange


def corrected(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events as they stand after corrections, in the order of their numbers, corrections left out."""
    return standing_events(events)[0]


def uncorrected(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events without any correction: how the case would stand had nobody corrected it."""
    return tuple(e for e in events if e.step != CORRECT)


def day_of(value: object) -> date | None:
    """The day that a stored value names, or None where it names none."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def told_moment(value: object) -> date | datetime | None:
    """A told day, with the minute where one was told."""
    try:
        return datetime.fromisoformat(str(value)) if "T" in str(value) else day_of(value)
    except ValueError:
        return None


def moment_of(event: Event) -> datetime | None:
    """When on its day an event happened: the time it says, else the moment of its record if that is the same day."""
    said = event.data.get(AT)
    if said:
        try:
            return datetime.fromisoformat(f"{event.on.isoformat()}T{said}")
        except ValueError:
            return None
    return event.at if event.at is not None and event.at.date() == event.on else None
