"""The one function that writes events: one or many, chained, sealed and entered in the log in one transaction.

The statements are the same for one event as for many: the ends of the streams, the events, and the log's own. The
contents and their digests are made before any row is written, so that what cannot be sealed leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from django.db import connection, transaction

from jinzhi.apps.accounts.models import User
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.evidence.events import rows
from jinzhi.apps.evidence.events.content import content_of
from jinzhi.apps.evidence.events.personal import reveal, withheld
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.log.entries import Actor, LogLine, body_of_event, line
from jinzhi.apps.evidence.models import Event, Personal
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.canonical import digests

#: as long as the columns: SQLite would keep a longer text, PostgreSQL refuses it
LONGEST = {
    f.name: int(f.max_length or 0)
    for f in Event._meta.concrete_fields
    if f.name in ("stream", "verb", "actor", "role", "key")
}
LONGEST_KEY = LONGEST["key"]


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


class _Taken(Exception):
    """Some of several events were not written: others have their numbers."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be recorded: one event of one stream (see :func:`jinzhi.apps.evidence.events.actions.record`).

    ``at``: the moment, where it is not the one of the writing.
    """

    stream: str
    verb: str
    data: Mapping[str, object]
    on: date
    expected: int | None = None
    key: str = ""
    basis: Sequence[str] = ()
    at: datetime | None = None
    personal: Collection[str] = ()


def last_seq(stream: str) -> int:
    """The number of events of an object."""
    return Event.objects.filter(stream=stream).order_by("-seq").values_list("seq", flat=True).first() or 0


def write(acts: Sequence[Act], *, who: Actor | None) -> list[Event]:
    """Append events in this order, all or none, and return them; they may be of the same or of other streams.

    An act whose key came before with the same content gives the first event (``event.replayed``). Raises Conflict,
    KeyReused, ValueError.
    """
    if not acts:
        return []
    if connection.in_atomic_block:
        return _write(acts, who)
    with transaction.atomic():
        return _write(acts, who)


def _write(acts: Sequence[Act], who: Actor | None) -> list[Event]:
    before = _replayed(acts)
    fresh = [act for act in acts if act.key not in before]
    drafts = _Drafts(rows.tails(act.stream for act in fresh), who) if fresh else None
    made = {id(act): drafts.draft(act) for act in fresh} if drafts else {}
    if drafts:
        drafts.keep()
    return [before[act.key] if act.key in before else made[id(act)] for act in acts]


def _replayed(acts: Sequence[Act]) -> dict[str, Event]:
    """The events that are there already under the keys of acts, by key. Raises KeyReused."""
    by_key = {act.key: act for act in acts if act.key}
    if not by_key:
        return {}
    if len(by_key) < sum(bool(act.key) for act in acts):
        raise KeyReused("one key stands at two events that are written together")
    found = {str(event.key): event for event in Event.objects.filter(key__in=list(by_key))}
    reveal(list(found.values()))
    for key, event in found.items():
        act = by_key[key]
        # with a submission: sent twice at once, the runner of verbs looks again and answers
        same = (event.stream, event.verb, event.data) == (act.stream, act.verb, dict(act.data))
        if isinstance(act.key, Submission) or not same:
            raise KeyReused(f"the key {key!r} was used for {event}")
        event.replayed = True
    return found


class _Drafts:
    """Events on their way: each is linked to its forerunner and sealed; then all are kept at once."""

    def __init__(self, tails: dict[str, rows.Tail], who: Actor | None):
        self.tails, self.at = tails, now()
        self.user: User | None = who.user if who else None
        self.unit: Unit | None = who.unit if who else None
        self.actor = who.name if who else "系统"
        self.role = ",".join(who.roles) if who else "system"
        self.events: list[Event] = []
        self.lines: list[LogLine] = []
        self.personal: list[Personal] = []
        self.shown: list[tuple[Event, dict[str, object]]] = []

    def draft(self, act: Act) -> Event:
        """The sealed event of an act, not yet written."""
        seq, sha256, sm3 = self.tails.get(act.stream, (0, "", ""))
        if act.expected is not None and act.expected != seq:
            raise Conflict(act.stream, act.expected, seq)
        held, personal = withheld(act.data, act.personal)
        event = Event(
            stream=act.stream, seq=seq + 1, verb=act.verb, on=act.on, at=act.at or self.at, user=self.user,
            actor=self.actor, role=self.role, unit=self.unit, basis=list(act.basis), data=held,
            key=str(act.key) or None, asked=act.key.asked if isinstance(act.key, Submission) else None,
            prev_sha256=sha256, prev_sm3=sm3,
        )  # fmt: skip
        _fits(event)
        content = content_of(event)
        seal = digests(content)
        event.sha256, event.sm3, event.replayed = seal.sha256, seal.sm3, False
        self.tails[act.stream] = event.seq, event.sha256, event.sm3
        self.events.append(event)
        self.lines.append(line("event", act.stream, body_of_event(event, len(content))))
        if personal:
            for row in personal:
                row.event = event
            self.personal += personal
            self.shown.append((event, dict(act.data)))
        return event

    def keep(self) -> None:
        """Write the events, their entries in the log and the personal values beside them."""
        # an error of the database breaks the transaction; a number that was taken meanwhile must not: of a single
        # event nothing was written then, and several stand in a savepoint
        several = len(self.events) > 1
        try:
            with transaction.atomic(savepoint=several):
                written = rows.insert(self.events) == len(self.events)
                if written:
                    self._keep_beside()
                elif several:
                    raise _Taken
        except _Taken:
            written = False
        if not written:
            raise self._conflict()

    def _keep_beside(self) -> None:
        log.enter_lines([x._replace(event_id=e.pk) for x, e in zip(self.lines, self.events, strict=True)])
        if self.personal:
            for row in self.personal:
                row.event_id = row.event.pk
            Personal.objects.bulk_create(self.personal)
        for event, data in self.shown:
            event.sealed, event.data = event.data, data

    def _conflict(self) -> Conflict:
        """The first stream whose number somebody else took, or that of a key that came twice at once."""
        there = rows.tails(e.stream for e in self.events)
        for event in self.events:
            actual = there.get(event.stream, (0, "", ""))[0]
            if actual >= event.seq:
                return Conflict(event.stream, event.seq - 1, actual)
        return Conflict(self.events[0].stream, self.events[0].seq - 1, last_seq(self.events[0].stream))


def _fits(event: Event) -> None:
    for name, longest in LONGEST.items():
        text = getattr(event, name) or ""
        if len(text) > longest:
            raise ValueError(f"the {name} {text!r} has {len(text)} characters, more than {longest}")
