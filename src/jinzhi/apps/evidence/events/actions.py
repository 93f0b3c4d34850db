"""Recording: the one way in which anything is written. An event is never changed; a mistake is a new event."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Self

from django.db import IntegrityError, transaction

from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.evidence.events.personal import reveal, withheld
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.log.entries import Actor, body_of_event, queued_entry
from jinzhi.apps.evidence.models import Entry, Event, Personal
from jinzhi.kernel.canonical import canonical, digests

#: as long as the column: SQLite would keep a longer one, PostgreSQL refuses it
LONGEST_KEY = 80
#: how often ``record_next`` tries
TRIES = 3


class Conflict(Exception):
    """Somebody else was faster: the object has more events than the form knew of.

    ``since`` holds the events that came in between, for the page that shows the conflict.
    """

    def __init__(self, stream: str, expected: int, actual: int):
        self.stream, self.expected, self.actual = stream, expected, actual
        super().__init__(f"{stream}: expected {expected} events, found {actual}")

    @property
    def since(self) -> list[Event]:
        return list(Event.objects.filter(stream=self.stream, seq__gt=self.expected).order_by("seq"))


class KeyReused(Exception):
    """An idempotency key came back with another content."""


class Submission(str):
    """An idempotency key, with the digest of what was asked with it (see ``verb``)."""

    __slots__ = ("asked",)
    asked: str

    def __new__(cls, key: str, asked: str) -> Self:
        made = super().__new__(cls, key)
        made.asked = asked
        return made


def sealed(event: Event) -> dict[str, object]:
    """What the digests of an event cover."""
    return {
        "stream": event.stream,
        "seq": event.seq,
        "verb": event.verb,
        "on": event.on.isoformat(),
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor,
        "role": event.role,
        "unit": event.unit.code if event.unit_id and event.unit else "",
        "basis": event.basis,
        "data": event.sealed_data,
        "prev": {"sha256": event.prev_sha256, "sm3": event.prev_sm3},
    }


def content_of(event: Event) -> bytes:
    """The bytes that the digests of an event are of, and that its entry in the log stands for."""
    return canonical(sealed(event)).encode()


def last_seq(stream: str) -> int:
    """The number of events of an object."""
    return Event.objects.filter(stream=stream).order_by("-seq").values_list("seq", flat=True).first() or 0


def part_key(key: str, part: object) -> str:
    """The key of one of the several events that a submission writes; empty where the submission has none.

    A part that would not fit the column stands as its digest: the same part, the same key.
    """
    whole = f"{key}.{part}"
    if not key or len(whole) <= LONGEST_KEY:
        return whole if key else ""
    return f"{key}.{hashlib.sha256(str(part).encode()).hexdigest()[: LONGEST_KEY - len(key) - 1]}"


@transaction.atomic
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
    if len(key) > LONGEST_KEY:
        raise ValueError(f"the key {key!r} has {len(key)} characters, more than {LONGEST_KEY}")
    if key:
        before = Event.objects.filter(key=key).first()
        if before is not None:
            reveal([before])
            if isinstance(key, Submission):
                # sent twice at once: the runner of verbs looks again and answers
                raise KeyReused(f"the key {key!r} was used for {before}")
            if (before.stream, before.verb, before.data) != (stream, verb, dict(data)):
                raise KeyReused(f"the key {key!r} was used for {before}")
            before.replayed = True
            return before
    last = Event.objects.filter(stream=stream).order_by("-seq").first()
    seq = last.seq if last else 0
    if expected is not None and expected != seq:
        raise Conflict(stream, expected, seq)
    held, rows = withheld(data, personal)
    event = Event(
        stream=stream,
        seq=seq + 1,
        verb=verb,
        on=on,
        at=at or now(),
        user=who.user if who else None,
        actor=who.name if who else "系统",
        role=",".join(who.roles) if who else "system",
        unit=who.unit if who else None,
        basis=list(basis),
        data=held,
        key=str(key) or None,
        asked=key.asked if isinstance(key, Submission) else None,
        prev_sha256=last.sha256 if last else "",
        prev_sm3=last.sm3 if last else "",
    )
    content = content_of(event)
    seal = digests(content)
    event.sha256, event.sm3 = seal.sha256, seal.sm3
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError:
        raise Conflict(stream, seq, last_seq(stream)) from None
    log.enter("event", stream, body_of_event(event, len(content)), event)
    event.replayed = False
    if rows:
        for row in rows:
            row.event = event
        Personal.objects.bulk_create(rows)
        event.sealed, event.data = held, dict(data)
    return event


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
