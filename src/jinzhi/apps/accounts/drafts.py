"""Drafts: what a person typed and has not handed in is kept for that person, and for nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from jinzhi.apps.accounts.models import Draft, User

#: 平台工作期限: how long a draft waits for its author
KEPT = timedelta(days=30)
#: a draft with more characters than this is not kept
LARGEST = 200_000
#: how a form is sent, not what it says
MANNER = ("csrfmiddlewaretoken", "_seq", "_key", "_version", "next", "_at", "_page", "_for", "_file")


def worth_keeping(given: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The text of a form, without what says how it is sent and without anything called a password."""
    return {k: list(v) for k, v in given.items() if k not in MANNER and "password" not in k.lower() and any(v)}


def keep(
    user: User, address: str, page: str, fields: dict[str, list[str]], *, seq: str = "", files: Sequence[str] = ()
) -> bool:
    """Keep what was typed; whether it could be: an address or a text beyond all measure is not cut but refused.

    ``seq``: how many events the form was made from; ``files``: the names of the files chosen, which are not kept.
    """
    size = sum(len(v) for values in (*fields.values(), files) for v in values)
    if not fields or size > LARGEST or len(address) > 500 or len(page) > 1000 or len(seq) > 20:
        return False
    kept = {"page": page, "fields": fields, "seq": seq, "files": list(files), "at": timezone.now()}
    Draft.objects.update_or_create(user=user, address=address, defaults=kept)
    return True


def drafts_of(user: User) -> QuerySet[Draft]:
    return Draft.objects.filter(user=user, at__gte=timezone.now() - KEPT)


def drop(user: User, address: str) -> None:
    Draft.objects.filter(user=user, address=address).delete()


def clear_old() -> int:
    """Throw away the drafts that nobody came back for; how many."""
    return Draft.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
