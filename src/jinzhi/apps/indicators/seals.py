"""Whether a frozen value is the one that the log tells of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from jinzhi.apps.evidence.events.seals import Fault, SealVerdict, verdicts
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.indicators.integrity import digest_of
from jinzhi.apps.indicators.models import Snapshot
from jinzhi.apps.units.guard import Sees
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.streams import INDICATORS

CHANGED = Fault("冻结的值与日志所记不符", "the frozen value is not the one that the log tells of")


def stream_of(day: date) -> str:
    return INDICATORS.of(day.isoformat())


def seals_of(indicator: str, unit: Unit, days: Iterable[date], who: Sees) -> dict[date, SealVerdict]:
    """How the log bears out the frozen values of an indicator for a unit, by their days."""
    asked = Snapshot.objects.visible_to(who).filter(indicator=indicator, unit=unit, day__in=list(days))
    kept = {s.day: s for s in asked.select_related("unit")}
    events: dict[str, list[Event]] = defaultdict(list)
    streams = [stream_of(day) for day in kept]
    for event in Event.objects.filter(stream__in=streams).select_related("unit").order_by("stream", "seq"):
        events[event.stream].append(event)
    checked = verdicts([e for some in events.values() for e in some])
    out = {}
    for day, snapshot in kept.items():
        some = events[stream_of(day)]
        found = checked.among(some).worst
        if found is None or not any(snapshot.digest in e.data.get("digests", ()) for e in some):
            out[day] = SealVerdict("broken", faults=(CHANGED,)) if found is None else _broken(found)
        else:
            out[day] = found if digest_of(snapshot) == snapshot.digest else _broken(found)
    return out


def _broken(found: SealVerdict) -> SealVerdict:
    return replace(found, state="broken", faults=(*found.faults, CHANGED))
