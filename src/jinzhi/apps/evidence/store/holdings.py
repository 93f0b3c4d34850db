"""Which files of the store some row still needs: told by the apps, asked before a file is erased.

The store knows contents only by their digests, and two rows may share one. An app registers a function that gives
the digests its rows need (modules called ``holdings`` are found at start-up).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet

from jinzhi.apps.catalogue.doors import HOLDINGS
from jinzhi.apps.evidence.models import Attachment, Deposit

#: gives a query of SHA-256 digests in hexadecimal, one value a row
Digests = Callable[[], QuerySet[Any, str]]


def holding(name: str) -> Callable[[Digests], Digests]:
    """Register the decorated function under the name of what it speaks for."""

    def register(digests: Digests) -> Digests:
        HOLDINGS.enter(name, digests)
        return digests

    return register


def needed(sha256: str) -> str:
    """The name of a holding that needs this content; empty where none does."""
    for name, digests in HOLDINGS.items():
        field = next(iter(digests().query.values_select))
        if digests().filter(**{field: sha256}).exists():
            return name
    return ""


def held() -> Iterator[tuple[str, str]]:
    """Every (holding, SHA-256) whose content must be in the store; a content may come more than once."""
    for name, digests in HOLDINGS.items():
        for sha256 in digests().iterator():
            yield name, str(sha256)


@holding("attachments")
def attachments() -> QuerySet[Any, str]:
    kept = Attachment.objects.unrestricted("what the store must keep").filter(erased_at=None)
    return kept.values_list("sha256", flat=True)


@holding("deposits")
def deposits() -> QuerySet[Any, str]:
    return Deposit.objects.values_list("sha256", flat=True)
