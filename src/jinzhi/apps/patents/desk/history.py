"""The history of a person's searches: ``#1``, ``#2`` …, numbered on for ever, theirs alone.

Looking at another page of the same search makes no new number; searching something else in between does.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, QuerySet

from jinzhi.apps.accounts.models import User
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.patents.models import HistoryEntry, Searcher
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.engines.query_language.dialects import DIALECTS

#: the language that people type in where they have set none
NATIVE = ""


def entries(user: User) -> QuerySet[HistoryEntry]:
    """A person's searches, the last first."""
    return HistoryEntry.objects.filter(user=user).order_by("-number")


def remember(
    user: User,
    text: str,
    *,
    count: int,
    conditions: str = "",
    typed: str = "",
    dialect: str = NATIVE,
    last: HistoryEntry | None = None,
) -> HistoryEntry:
    """Keep a search that found ``count`` documents; the one before is given back where it is the same query.

    ``last``: the one before, where the caller has read it already.
    """
    last = last or entries(user).first()
    if last is not None and last.text == text:
        return _again(last, count, conditions)
    with transaction.atomic():
        # the update locks the person's row, so that two windows never get one number
        if not Searcher.objects.filter(user=user).update(last=F("last") + 1):
            Searcher.objects.get_or_create(user=user)
            Searcher.objects.filter(user=user).update(last=F("last") + 1)
        number = Searcher.objects.values_list("last", flat=True).get(user=user)
        return HistoryEntry.objects.create(
            user=user, number=number, text=text, typed=typed if dialect else "", dialect=dialect,
            conditions=conditions, count=count, at=now(),
        )  # fmt: skip


def _again(entry: HistoryEntry, count: int, conditions: str) -> HistoryEntry:
    if (entry.count, entry.conditions) != (count, conditions):
        entry.count, entry.conditions, entry.at = count, conditions, now()
        entry.save(update_fields=["count", "conditions", "at"])
    return entry


def forget(user: User, numbers: Iterable[int] | None = None) -> int:
    """Delete some of a person's searches, or all of them; their numbers are not used again. How many went."""
    rows = entries(user)
    if numbers is not None:
        rows = rows.filter(number__in=list(numbers))
    return rows.delete()[0]


def dialect_of(user: User | None) -> str:
    """The language that a person types in; empty: the native one."""
    if user is None:
        return NATIVE
    return Searcher.objects.filter(user=user).values_list("dialect", flat=True).first() or NATIVE


def set_dialect(user: User, dialect: str) -> None:
    """Let what a person types be read in a dialect from now on. Raises SearchRefused for one that is not known."""
    if dialect and dialect not in DIALECTS:
        raise SearchRefused(f"没有名为“{dialect}”的检索语言", f"there is no dialect {dialect!r}", "dialect")
    Searcher.objects.update_or_create(user=user, defaults={"dialect": dialect})
