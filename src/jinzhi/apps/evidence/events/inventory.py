"""What lies beside the log and no entry covers by itself, sealed by an entry that sums it up.

Time stamps, cosignatures, moments of checkpoints, names and types of files, who stands behind an event: each is a
column of the database, which somebody who holds the database can change. After a sound audit an entry is made of
digests over them, row by row as far as they had come; from then on the audit finds whatever was changed among those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import record_next
from jinzhi.apps.evidence.models import Attachment, Checkpoint, Cosignature, Deposit, Event, LogKey
from jinzhi.kernel.canonical import canonical

STREAM, VERB = "log:inventory", "take-inventory"
#: so many checkpoints without a time stamp are named; with more only the number of stamps is held
NAMED = 1000


@dataclass(frozen=True)
class InventoryPart:
    """Columns that an inventory sums up: what they are called, and the rows in the order of their ids."""

    id: str
    zh: str
    rows: Callable[[], QuerySet[Any, Any]]
    columns: tuple[str, ...]


PARTS = (
    InventoryPart(
        "checkpoints", "检查点的时刻", Checkpoint.objects.all, ("shard_id", "size", "at", "note_sha256", "note_sm3")
    ),
    InventoryPart(
        "cosignatures", "见证者的签名", Cosignature.objects.all,
        ("checkpoint_id", "family", "witness", "line", "moment"),
    ),
    InventoryPart("keys", "登记过的密钥", LogKey.objects.all, ("name", "ed25519", "sm2", "event_id", "at")),
    InventoryPart("events", "事件的账号和幂等键", Event.objects.all, ("user_id", "key", "sha256")),
    InventoryPart("deposits", "登记文件的名称", Deposit.objects.all, ("entry_id", "name", "size", "sha256", "sm3")),
    InventoryPart(
        "attachments", "附件的名称和类型", lambda: Attachment.objects.unrestricted("inventory"),
        ("name", "media_type", "size", "sha256", "sm3", "user_id", "at"),
    ),
)  # fmt: skip


def take() -> Event:
    """Make an entry of how everything beside the log stands now; call it after a sound audit."""
    said: dict[str, object] = {part.id: _sums(part, [None])[0] for part in PARTS}
    said["stamps"] = _stamps(Checkpoint.objects.order_by("-id").values_list("id", flat=True).first() or 0)
    return record_next(STREAM, VERB, said, who=None, on=today())


def differences() -> Iterator[str]:
    """What is not as an inventory found it, in Chinese."""
    taken = [(event, dict(event.data)) for event in Event.objects.filter(stream=STREAM).order_by("seq")]
    for part in PARTS:
        told = [(event, data[part.id]) for event, data in taken if part.id in data]
        now_there = _sums(part, [kept["last"] for _, kept in told])
        for (event, kept), there in zip(told, now_there, strict=True):
            if there != kept:
                yield f"{part.zh}与 {event.at:%Y-%m-%d %H:%M} UTC 的清点（{event}）不同：有行被改动、删除或补入"
                break
    for event, data in taken:
        kept = data["stamps"]
        there = _stamps(kept["last"], kept["without"])
        if there["rows"] < kept["rows"] or (kept["without"] is not None and there["sha256"] != kept["sha256"]):
            yield f"检查点的时间戳与 {event.at:%Y-%m-%d %H:%M} UTC 的清点（{event}）不同：时间戳被去掉或换过"
            break


def _sums(part: InventoryPart, lasts: list[int | None]) -> list[dict[str, object]]:
    """For each id the number and digest of all rows up to it (None: up to the end); the ids rise."""
    out: list[dict[str, object]] = []
    made, count, last = hashlib.sha256(), 0, 0
    wanted = list(lasts)
    for pk, *values in part.rows().order_by("id").values_list("id", *part.columns).iterator(chunk_size=5000):
        while wanted and wanted[0] is not None and pk > wanted[0]:
            out.append({"last": wanted.pop(0), "rows": count, "sha256": made.hexdigest()})
        made.update(canonical([pk, *map(_plain, values)]).encode() + b"\n")
        count, last = count + 1, pk
    for one in wanted:
        out.append({"last": last if one is None else one, "rows": count, "sha256": made.hexdigest()})
    return out


def _stamps(last: int, without: list[int] | None = None) -> dict[str, object]:
    """The time stamps of checkpoints up to an id, but for those that had none at the time (they may get one later)."""
    rows = Checkpoint.objects.filter(id__lte=last)
    if without is None:
        bare = list(rows.filter(token__isnull=True).order_by("id").values_list("id", flat=True)[: NAMED + 1])
        without = bare if len(bare) <= NAMED else None
    made, count = hashlib.sha256(), 0
    stamped = rows.filter(token__isnull=False).exclude(id__in=without or ()).order_by("id")
    for pk, token in stamped.values_list("id", "token").iterator(chunk_size=500):
        made.update(f"{pk} {hashlib.sha256(bytes(token or b'')).hexdigest()}\n".encode())
        count += 1
    return {"last": last, "rows": count, "without": without, "sha256": made.hexdigest()}


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value
