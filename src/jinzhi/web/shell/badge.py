"""The badge of the inbox: how much wants a deed of the acting post, on every page."""

from __future__ import annotations

from django.db.models import QuerySet

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.inbox import MOST, unread
from jinzhi.apps.custody.models import HandOver
from jinzhi.apps.custody.queries import WRITE
from jinzhi.apps.custody.queries import inbox as handed


def hands(who: Acting) -> QuerySet[HandOver]:
    """The hand-overs of evidence that wait for the answer of this person at this post; new until answered."""
    return handed(who) if who.user is not None and who.may(WRITE) else HandOver.objects.none()


def number(who: Acting) -> int:
    """What the badge says: the things of the inbox that want a deed and are marked as new, counted up to MOST."""
    return min(unread(who) + hands(who).order_by()[:MOST].count(), MOST)
