"""What an entry of the log says: its canonical JSON, and its leaf hashes in both families."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, NamedTuple, Protocol

from jinzhi.apps.accounts.models import User
from jinzhi.apps.evidence.models import Entry, Event
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.canonical import Digests, canonical
from jinzhi.kernel.merkle import SHA256, SM3

#: an entry must fit the bundles of C2SP tlog-tiles, which count its bytes in sixteen bits
LONGEST = 65_535


class Actor(Protocol):
    """Who acts (see accounts.acting.Acting)."""

    @property
    def user(self) -> User | None: ...

    @property
    def unit(self) -> Unit: ...

    @property
    def roles(self) -> tuple[str, ...]: ...

    @property
    def name(self) -> str: ...


def body_of(
    kind: str,
    object: str,
    *,
    actor: str,
    unit: str,
    on: date,
    at: datetime,
    media_type: str,
    length: int,
    sha256: str,
    sm3: str,
    prev: Digests | None,
    procedure: str,
    salted: bool = False,
) -> str:
    """The canonical JSON of an entry."""
    entry: dict[str, Any] = {
        "kind": kind,
        "object": object,
        "actor": actor,
        "unit": unit,
        "on": on.isoformat(),
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "media_type": media_type,
        "length": length,
        "sha256": sha256,
        "sm3": sm3,
        "prev": {"sha256": prev.sha256, "sm3": prev.sm3} if prev else None,
        "procedure": procedure,
    }
    if salted:
        entry["salted"] = True
    return canonical(entry)


def body_of_event(event: Event, length: int) -> str:
    """The canonical JSON of an event's entry; ``length``: the bytes that the event's digests cover."""
    prev = Digests(event.prev_sha256, event.prev_sm3) if event.prev_sha256 else None
    return body_of(
        "event", event.stream, actor=event.actor, unit=event.unit.code if event.unit else "", on=event.on, at=event.at,
        media_type="application/json", length=length, sha256=event.sha256, sm3=event.sm3, prev=prev, procedure="",
    )  # fmt: skip


class LogLine(NamedTuple):
    """An entry as it is written: its leaf hashes are of its body. ``event_id``: the key of the event it tells of."""

    kind: str
    object: str
    event_id: int | None
    body: str
    leaf_sha256: bytes
    leaf_sm3: bytes


def line(kind: str, object: str, body: str, event_id: int | None = None) -> LogLine:
    """An entry with its leaf hashes. Raises ValueError for one that is longer than the log's formats carry."""
    leaf = body.encode()
    if len(leaf) > LONGEST:
        raise ValueError(f"an entry of {len(leaf)} bytes is longer than {LONGEST}: keep its content outside")
    return LogLine(kind, object, event_id, body, SHA256.leaf(leaf), SM3.leaf(leaf))


def queued_entry(kind: str, object: str, body: str, event: Event | None) -> Entry:
    """An entry with its leaf hashes, not yet saved."""
    return Entry(event=event, **{k: v for k, v in line(kind, object, body)._asdict().items() if k != "event_id"})
