"""Files put into the log by themselves: kept in the store, entered with both digests."""

from __future__ import annotations

from collections.abc import Iterable
from mimetypes import guess_type
from pathlib import Path

from django.db import transaction

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.log.entries import Actor
from jinzhi.apps.evidence.models import Deposit, Entry
from jinzhi.apps.evidence.store import store

KIND = "file"


def deposit(file: Path, *, who: Actor | None) -> Entry:
    """Keep a file and enter it in the log; returns its entry, numbered. Raises OSError, store.FileRefused."""
    with open(file, "rb") as opened:
        return deposit_content(file.name, iter(lambda: opened.read(store.PIECE), b""), who=who)


def deposit_content(name: str, content: Iterable[bytes], *, who: Actor | None) -> Entry:
    """Keep content that comes in pieces and enter it in the log; returns its entry, numbered."""
    kept = store.keep(content)
    with transaction.atomic():
        entry = log.append(
            KIND, f"{KIND}:{kept.sha256}", who=who, on=today(),
            media_type=guess_type(name)[0] or "application/octet-stream", length=kept.size, sha256=kept.sha256,
            sm3=kept.sm3,
        )  # fmt: skip
        Deposit.objects.create(entry=entry, name=name[:200], size=kept.size, sha256=kept.sha256, sm3=kept.sm3)
    log.sequence()
    return Entry.objects.select_related("shard", "deposit").get(pk=entry.pk)
