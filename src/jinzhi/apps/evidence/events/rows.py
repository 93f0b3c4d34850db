"""The statements by which events come into the database, without the ORM: as many for one event as for many."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from jinzhi.apps.evidence.models import Event

#: the columns that are written, with the types that PostgreSQL takes their arrays as
COLUMNS = {
    "stream": "text", "seq": "int", "verb": "text", "on": "date", "at": "timestamptz", "user_id": "bigint",
    "actor": "text", "role": "text", "unit_id": "bigint", "basis": "jsonb", "data": "jsonb", "key": "text",
    "asked": "text", "sha256": "text", "sm3": "text", "prev_sha256": "text", "prev_sm3": "text",
}  # fmt: skip
NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
MARKS = ", ".join(["%s"] * len(COLUMNS))

ONE_SQLITE = f"INSERT INTO evidence_event ({NAMES}) VALUES ({MARKS}) ON CONFLICT DO NOTHING RETURNING id"
MANY_SQLITE = f"INSERT INTO evidence_event (id, {NAMES}) VALUES (%s, {MARKS}) ON CONFLICT DO NOTHING"
LAST_ID_SQLITE = "SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'evidence_event'"
#: JSON goes over as text: psycopg has no arrays of it
_ARRAYS = ", ".join(f"%s::{'text' if kind == 'jsonb' else kind}[]" for kind in COLUMNS.values())
_VALUES = ", ".join(f'"{name}"::{kind}' for name, kind in COLUMNS.items())
ANY_POSTGRESQL = (
    f"INSERT INTO evidence_event ({NAMES}) SELECT {_VALUES} FROM unnest({_ARRAYS}) AS given ({NAMES}) "
    "ON CONFLICT DO NOTHING RETURNING id, stream, seq"
)

TAIL = "SELECT stream, seq, sha256, sm3 FROM evidence_event WHERE stream = %s ORDER BY seq DESC LIMIT 1"
TAILS = (
    "SELECT e.stream, e.seq, e.sha256, e.sm3 FROM {streams} asked JOIN evidence_event e ON e.stream = asked.value "
    "AND e.seq = (SELECT MAX(seq) FROM evidence_event WHERE stream = asked.value)"
)
TAILS_SQLITE = TAILS.format(streams="json_each(%s)")
TAILS_POSTGRESQL = TAILS.format(streams="(SELECT unnest(%s::text[]) AS value)")

#: the end of a stream: number and digests of its last event
Tail = tuple[int, str, str]


def tails(streams: Iterable[str]) -> dict[str, Tail]:
    """The ends of those streams that have events."""
    names = sorted(set(streams))
    with connection.cursor() as cursor:
        if len(names) == 1:
            cursor.execute(TAIL, names)
        elif connection.vendor == "sqlite":
            cursor.execute(TAILS_SQLITE, [json.dumps(names)])
        else:
            cursor.execute(TAILS_POSTGRESQL, [names])
        return {stream: (seq, sha256, sm3) for stream, seq, sha256, sm3 in cursor.fetchall()}


def insert(events: Sequence[Event]) -> int:
    """Write events, which get their keys; returns how many were written: fewer where a number or a key was taken."""
    rows = [_row(event) for event in events]
    if connection.vendor == "sqlite":
        ids = _insert_in_sqlite(rows)
    else:
        with connection.cursor() as cursor:
            cursor.execute(ANY_POSTGRESQL, [list(column) for column in zip(*rows, strict=True)])
            by_place = {(stream, seq): pk for pk, stream, seq in cursor.fetchall()}
        ids = [by_place[e.stream, e.seq] for e in events] if len(by_place) == len(events) else []
    for event, pk in zip(events, ids, strict=False):
        event.pk, event._state.adding, event._state.db = pk, False, connection.alias
    return len(ids)


def _insert_in_sqlite(rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """The keys of the new rows; none where one was not written. A transaction holds the database's only write lock."""
    with connection.cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(ONE_SQLITE, rows[0])
            return [pk for (pk,) in cursor.fetchall()]
        cursor.execute(LAST_ID_SQLITE)
        first = cursor.fetchone()[0] + 1
        cursor.executemany(MANY_SQLITE, [(pk, *row) for pk, row in enumerate(rows, first)])
        return list(range(first, first + len(rows))) if cursor.rowcount == len(rows) else []


def _row(event: Event) -> tuple[Any, ...]:
    """The values of an event, as :data:`COLUMNS` has them."""
    adapt = connection.ops
    return (
        event.stream, event.seq, event.verb, adapt.adapt_datefield_value(event.on),
        adapt.adapt_datetimefield_value(event.at), event.user_id, event.actor, event.role, event.unit_id,
        json.dumps(event.basis), json.dumps(event.data), event.key, event.asked, event.sha256, event.sm3,
        event.prev_sha256, event.prev_sm3,
    )  # fmt: skip
