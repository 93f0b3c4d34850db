"""What the digests of an event cover."""

from __future__ import annotations

from datetime import UTC

from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.canonical import canonical


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
