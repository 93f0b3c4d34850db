"""Recording: the one way in which anything is written. An event is never changed; a mistake is a new event."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from jinzhi.apps.evidence.events.content import content_of, sealed
from jinzhi.apps.evidence.events.writing import (
    LONGEST_KEY,
    Act,
    Conflict,
    KeyReused,
    Submission,
    last_seq,
    write,
)
from jinzhi.apps.evidence.log.entries import Actor, body_of_event, queued_entry
from jinzhi.apps.evidence.models import Entry, Event

__all__ = [
    "LONGEST_KEY", "Act", "Conflict", "KeyReused", "Submission", "content_of", "enter_earlier", "last_seq", "part_key",
    "record", "record_next", "sealed", "write",
]  # fmt: skip

#: how often ``record_next`` tries
TRIES = 3


def part_key(key: str, part: object) -> str:
    """The key of one of the several events that a submission writes; empty where the submission has none.

    A part that would not fit the column stands as its digest: the same part, the same key.
    """
    whole = f"{key}.{part}"
    if not key or len(whole) <= LONGEST_KEY:
        return whole if key else ""
    return f"{key}.{hashlib.sha256(str(part).encode()).hexdigest()[: LONGEST_KEY - len(key) - 1]}"


def record(
    stream: str,
    verb: str,
    data: Mapping[str, object],
    *,
    who: Actor | None,
    on: date,
    expected: int | None = None,
    key: str = "",
    basis: Sequence[str] = (),
    at: datetime | None = None,
    personal: Collection[str] = (),
) -> Event:
    """Append an event to a stream and return it.

    ``expected``: how many events the caller saw (optimistic lock): Conflict if there are others by now. ``key``: an
    idempotency key: the second call with the same key and content returns the first event and writes nothing
    (``event.replayed`` is then true); with another content it raises KeyReused. Any canonical-JSON data will do.
    ``personal``: the paths of values that the event is to hold by their salted digests only (see ``personal``); the
    returned event shows them.
    """
    act = Act(stream, verb, data, on, expected=expected, key=key, basis=basis, at=at, personal=personal)
    return write([act], who=who)[0]


def record_next(
    stream: str, verb: str, data: Mapping[str, object], *, who: Actor | None, on: date, key: str = ""
) -> Event:
    """Append an event whose place in the stream means nothing (somebody looked, somebody took a copy).

    Where another writer took the number at the same moment, the next one is free. Raises Conflict at the last try.
    """
    for _ in range(TRIES - 1):
        try:
            return record(stream, verb, data, who=who, on=on, key=key)
        except Conflict:
            continue
    return record(stream, verb, data, who=who, on=on, key=key)


def enter_earlier(chunk: int = 2000) -> int:
    """Queue an entry for every event that has none: those recorded before the log was there. Returns how many."""
    done = 0
    while True:
        with transaction.atomic():
            some = Event.objects.filter(entry__isnull=True).select_related("unit").order_by("id")[:chunk]
            entries = [queued_entry("event", e.stream, body_of_event(e, len(content_of(e))), e) for e in some]
            Entry.objects.bulk_create(entries, batch_size=chunk)
        done += len(entries)
        if len(entries) < chunk:
            return done
