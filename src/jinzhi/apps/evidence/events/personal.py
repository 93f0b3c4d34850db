"""Personal data beside the events: the event holds salted digests only, so that erasing the data leaves the log sound.

``record(..., personal=("complainant",))`` puts a marker in the place of each named value: digests of salt ‖ canonical
JSON. The salt has 32 random bytes, without which a short or guessable value cannot be found from its digest. Value and
salt stand in a row of their own that may be emptied; an event, its digests and its entry in the log never change.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.db import transaction

from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.evidence.models import Event, Personal
from jinzhi.kernel.canonical import canonical, digests

#: the member by which a marker is known; no declared field can be called so
MARK = "$personal"
SALT = 32


class ErasureRefused(ValueError):
    """An erasure that is not done. ``args[0]`` says why, in Chinese."""


def place_of(path: str, data: Mapping[str, object]) -> tuple[dict[str, object], str] | None:
    """The object and the member that a path ("data/complainant") names, or None where there is no such member."""
    inner: object = data
    *above, last = path.split("/")
    for name in above:
        if not isinstance(inner, dict) or name not in inner:
            return None
        inner = inner[name]
    return (inner, last) if isinstance(inner, dict) and last in inner else None


def copied(data: Mapping[str, object]) -> dict[str, object]:
    """A copy whose inner objects can be changed without changing the original's."""
    return {k: copied(v) if isinstance(v, Mapping) else v for k, v in data.items()}


def salted(salt: bytes, value: object) -> dict[str, str]:
    """The digests by which an event holds a value that stands elsewhere."""
    seal = digests(salt + canonical(value).encode())
    return {"sha256": seal.sha256, "sm3": seal.sm3}


def withheld(data: Mapping[str, object], paths: Iterable[str]) -> tuple[dict[str, object], list[Personal]]:
    """The data with a marker in the place of each named value, and the rows that keep the values."""
    out = copied(data)
    rows: list[Personal] = []
    for path in paths:
        place = place_of(path, out)
        if place is None or place[0][place[1]] in (None, ""):
            continue
        inner, name = place
        salt = secrets.token_bytes(SALT)
        rows.append(Personal(path=path, salt=salt, value=inner[name]))
        inner[name] = {MARK: path, **salted(salt, inner[name])}
    return out, rows


def marked(data: Mapping[str, object], above: str = "") -> Iterator[str]:
    """The paths at which data holds markers."""
    for name, value in data.items():
        path = f"{above}{name}"
        if isinstance(value, Mapping):
            if MARK in value:
                yield path
            else:
                yield from marked(value, f"{path}/")


def reveal(events: Sequence[Event]) -> Sequence[Event]:
    """Put the values that are still kept in the place of their markers, in memory; what was erased is None.

    ``event.sealed_data`` stays what the event holds, ``event.erased`` names the paths whose values are gone.
    """
    wanted = [e for e in events if e.pk and any(marked(e.data))]
    if not wanted:
        return events
    kept: dict[tuple[int, str], Personal] = {
        (p.event_id, p.path): p for p in Personal.objects.filter(event__in=[e.pk for e in wanted])
    }
    for event in wanted:
        event.sealed = event.data
        event.data = copied(event.data)
        gone = []
        for path in marked(event.sealed):
            place = place_of(path, event.data)
            row = kept.get((event.pk, path))
            if place is None:
                continue
            place[0][place[1]] = row.value if row is not None and row.erased_at is None else None
            if row is None or row.erased_at is not None:
                gone.append(path)
        event.erased = tuple(gone)
    return events


def differing(event: Event) -> Iterator[str]:
    """What is wrong between the markers of an event and the values kept for it."""
    kept = {p.path: p for p in Personal.objects.filter(event=event)}
    for path in marked(event.sealed_data):
        place = place_of(path, copied(event.sealed_data))
        row = kept.pop(path, None)
        if row is None:
            yield f"{event}: nothing is kept for {path}, and no erasure says why"
        elif row.erased_at is None and place is not None:
            said = place[0][place[1]]
            if not isinstance(said, Mapping) or {k: said.get(k) for k in ("sha256", "sm3")} != salted(
                bytes(row.salt or b""), row.value
            ):
                yield f"{event}: what is kept for {path} differs from its digests"
    for path in kept:
        yield f"{event}: a value is kept for {path}, which the event does not hold"


def kept_of(stream: str) -> list[Personal]:
    """The personal values of an object that are still there."""
    return list(
        Personal.objects.filter(event__stream=stream, erased_at=None).select_related("event").order_by("event__seq")
    )


@transaction.atomic
def erase(stream: str, *, reason: str, on: date, but: Collection[str] = ()) -> tuple[str, ...]:
    """Empty what is kept of the personal values of an object; returns their paths, with the event's number.

    ``but``: names of values that stay: sealed, but no personal data. It is for the apps' own actions, which say who
    asked and leave the event. Raises ErasureRefused.
    """
    if not reason.strip():
        raise ErasureRefused("请写明删除的理由和依据")
    rows = Personal.objects.select_for_update().filter(event__stream=stream, erased_at=None)
    found = [
        r for r in rows.select_related("event").order_by("event__seq", "path") if r.path.rpartition("/")[2] not in but
    ]
    if not found:
        raise ErasureRefused("这里没有尚存的个人信息")
    moment = now()
    for row in found:
        row.value, row.salt, row.erased_at, row.erased_on = None, None, moment, on
        row.save(update_fields=["value", "salt", "erased_at", "erased_on"])
    return tuple(f"{row.event.seq}:{row.path}" for row in found)
