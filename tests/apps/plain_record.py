"""What recording means, row by row through the ORM: the definition that the fast function is held to.

It numbers nothing itself: a test calls ``log.sequence`` or the numbering below.
"""

from __future__ import annotations

from datetime import UTC, datetime

from jinzhi.apps.evidence.events.writing import Act
from jinzhi.apps.evidence.log.entries import Actor
from jinzhi.apps.evidence.models import Entry, Event, Personal, Shard
from jinzhi.kernel.canonical import digests, spelled
from jinzhi.kernel.merkle import SHA256, SM3


def plain_record(act: Act, who: Actor | None, at: datetime) -> Event:
    """One event after the last of its stream, with its queued entry."""
    last = Event.objects.filter(stream=act.stream).order_by("-seq").first()
    prev = {"sha256": last.sha256, "sm3": last.sm3} if last else {"sha256": "", "sm3": ""}
    moment = (act.at or at).astimezone(UTC).isoformat(timespec="microseconds")
    actor, unit = (who.name, who.unit) if who else ("系统", None)
    role, seq = ",".join(who.roles) if who else "system", (last.seq if last else 0) + 1
    content = spelled(
        {
            "stream": act.stream, "seq": seq, "verb": act.verb, "on": act.on.isoformat(), "at": moment, "actor": actor,
            "role": role, "unit": unit.code if unit else "", "basis": list(act.basis), "data": act.data, "prev": prev,
        }
    ).encode()  # fmt: skip
    seal = digests(content)
    event = Event.objects.create(
        stream=act.stream, seq=seq, verb=act.verb, on=act.on, at=act.at or at, user=who.user if who else None,
        actor=actor, role=role, unit=unit, basis=list(act.basis), data=dict(act.data), key=act.key or None,
        sha256=seal.sha256, sm3=seal.sm3, prev_sha256=prev["sha256"], prev_sm3=prev["sm3"],
    )  # fmt: skip
    body = spelled(
        {
            "kind": "event", "object": act.stream, "actor": actor, "unit": unit.code if unit else "",
            "on": act.on.isoformat(), "at": moment, "media_type": "application/json", "length": len(content),
            "sha256": seal.sha256, "sm3": seal.sm3, "prev": prev if last else None, "procedure": "",
        }
    )  # fmt: skip
    leaf = body.encode()
    Entry.objects.create(
        kind="event", object=act.stream, event=event, body=body, leaf_sha256=SHA256.leaf(leaf), leaf_sm3=SM3.leaf(leaf)
    )
    return event


def all_rows() -> dict[str, list[tuple[object, ...]]]:
    """Everything that recording keeps, without the database's own keys."""
    events = [f.attname for f in Event._meta.concrete_fields if f.name != "id"]
    return {
        "events": list(Event.objects.order_by("id").values_list(*events)),
        "entries": [
            (*values, bytes(sha256), bytes(sm3))
            for *values, sha256, sm3 in Entry.objects.order_by("id").values_list(
                "shard__year",
                "index",
                "kind",
                "object",
                "event__stream",
                "event__seq",
                "body",
                "leaf_sha256",
                "leaf_sm3",
            )
        ],
        "shards": list(Shard.objects.order_by("year").values_list("year", "origin", "size", "closed")),
        "personal": list(Personal.objects.order_by("id").values_list("event__stream", "event__seq", "path", "value")),
    }
