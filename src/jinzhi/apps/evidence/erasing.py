"""Erasing files with the personal data in them: the row keeps digests and size, name and content go."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.evidence import holdings, store
from jinzhi.apps.evidence.models import Attachment

#: what an erased file is called: its name may have held somebody's name
ERASED_NAME = "（已删除的附件）"


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
