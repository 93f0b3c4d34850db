"""What a person follows: written for oneself alone, so that no event is needed; a watch gives no right."""

from __future__ import annotations

from django.db.models import Max

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Watch
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.evidence.models import Event

#: how many things a person may follow, a limit of the platform's own
MOST = 200


def last_event() -> int:
    return Event.objects.aggregate(last=Max("pk"))["last"] or 0


def is_watched(who: Acting, kind: str, ref: str) -> bool:
    return who.user is not None and Watch.objects.filter(user=who.user, kind=kind, ref=ref).exists()


def watch(who: Acting, kind: str, ref: str) -> bool:
    """Follow a thing from now on; whether there was room for one more. Twice is as once."""
    if is_watched(who, kind, ref):
        return True
    if Watch.objects.filter(user=who.user).count() >= MOST:
        return False
    seen = {"event": last_event(), "since": now()}
    Watch.objects.get_or_create(user=who.user, kind=kind, ref=ref, defaults=seen)
    return True


def unwatch(who: Acting, kind: str, ref: str) -> None:
    Watch.objects.filter(user=who.user, kind=kind, ref=ref).delete()
