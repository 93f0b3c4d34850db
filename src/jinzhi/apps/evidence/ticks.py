"""What the timer does for the log: number what a crash left, sign what came, ask for the time."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from jinzhi.apps.catalogue.ticks import tick
from jinzhi.apps.evidence import log
from jinzhi.apps.evidence.models import Shard


@tick("log-checkpoint", "签发日志检验点并申请时间戳", "Sign checkpoints of the log and have them stamped with the time")
def checkpoints(day: date) -> int:
    """Sign each shard that grew, and the open one once a day; stamp the newest checkpoint where it has no token.

    Older checkpoints without a token are let be: the newest one's time holds for everything before it.
    """
    log.sequence()
    made = 0
    for shard in Shard.objects.order_by("year"):
        last = shard.checkpoints.order_by("-size", "-id").first()
        stale = last is not None and not shard.closed and timezone.localdate(last.at) < day
        if shard.size and (last is None or last.size < shard.size or stale):
            last = log.checkpoint(shard, again=True, stamped=False)
            made += 1
        if last is not None and last.token is None:
            log.stamp(last)
    return made
