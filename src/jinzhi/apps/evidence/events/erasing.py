"""Erasing files with the personal data in them: the row keeps digests and size, name and content go.

An erasure of before files were erased too may have left files behind. The apps tell which (modules called ``integrity``
register a function); the integrity checker and ``jinzhi doctor`` name them, ``jinzhi store erase-left`` erases them,
on record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.db import transaction

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.doors import LEFT_BEHIND
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.evidence.store import holdings, store

#: what an erased file is called: its name may have held somebody's name
ERASED_NAME = "（已删除的附件）"
VERB = "erase-personal-data"

#: gives the files that an erasure should have taken with it and did not
Left = Callable[[], Iterator[Attachment]]


def left_behind(name: str) -> Callable[[Left], Left]:
    """Register the decorated function under the name of what it speaks for."""

    def register(found: Left) -> Left:
        LEFT_BEHIND.enter(name, found)
        return found

    return register


def left() -> list[Attachment]:
    """Every file that an erasure left behind."""
    return [kept for give in LEFT_BEHIND.entries() for kept in give()]


@transaction.atomic
def erase_left(reason: str) -> list[str]:
    """Erase what erasures left behind, on record; gives the SHA-256 of the files. Raises ValueError without reason."""
    if not reason.strip():
        raise ValueError("请写明理由（--reason）")
    found = left()
    if not found:
        return []
    streams = sorted({kept.stream for kept in found})
    gone = erase_files(found)
    record(
        "erasure:files-left", VERB, {"streams": streams, "files": gone, "reason": reason.strip()}, who=None, on=today()
    )
    return gone


def erase_files(attachments: Iterable[Attachment]) -> list[str]:
    """Erase files; gives their SHA-256. A content that another row needs stays for that row only."""
    gone = []
    for kept in attachments:
        if kept.erased_at is None:
            kept.erased_at, kept.name = now(), ERASED_NAME
            kept.save(update_fields=["erased_at", "name"])
            gone.append(kept.sha256)
    transaction.on_commit(lambda: _remove(gone))
    return gone


def _remove(digests: Iterable[str]) -> None:
    for sha256 in digests:
        if not holdings.needed(sha256):
            store.remove(sha256)
