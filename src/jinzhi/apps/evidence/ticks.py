"""What the timer does for the log: number what a crash left, sign, have it stamped and cosigned, audit."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from jinzhi.apps.catalogue.ticks import tick
from jinzhi.apps.evidence import audit
from jinzhi.apps.evidence.events import inventory
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.log.trees import LogBroken
from jinzhi.apps.evidence.models import Event, Shard
from jinzhi.apps.evidence.witness import cosigning

#: whose signatures the nightly audit checks: more than a day has, at one checkpoint a minute
NEWEST = 2000


@tick("log-checkpoint", "签发日志检查点并申请时间戳", "Sign checkpoints of the log and have them stamped with the time")
def checkpoints(day: date) -> int:
    """Sign each shard that grew, and the open one once a day; stamp the newest checkpoint where it has no token.

    Older checkpoints without a token are let be: the newest one's time holds for everything before it.
    """
    log.sequence()
    made = 0
    for shard in Shard.objects.order_by("year"):
        last = shard.checkpoints.order_by("-size", "-id").first()
        stale = last is not None and not shard.closed and timezone.localtime(last.at).date() != day
        if shard.size and (last is None or last.size < shard.size or stale):
            last = log.checkpoint(shard, again=True, stamped=False)
            made += 1
        if last is not None and last.token is None:
            log.stamp(last)
    return made


@tick("log-cosign", "请见证者核对并共同签名日志检查点", "Have witnesses check and cosign the checkpoints of the log")
def cosignatures(day: date) -> int:
    """Send the newest checkpoint of each year to the witnesses that have not cosigned it.

    One that does not answer is asked again next time. One that has cosigned something else fails the task, so that
    it is seen; nothing else is held up by it.
    """
    answers = cosigning.cosign()
    bad = sorted({one.witness for one in answers if one.state == cosigning.CONTRADICTS})
    if bad:
        raise LogBroken(f"日志与见证者 {'、'.join(bad)} 核对过的不一致，请运行 jinzhi evidence audit")
    return sum(one.state == cosigning.COSIGNED for one in answers)


@tick("log-audit", "每日核对日志、内容和签名", "Audit the log, the contents and the signatures once a day")
def nightly(day: date) -> int:
    """The first timer of a day audits everything; what it finds is kept for the operations page and fails the task."""
    if not audit.begin(day):
        return 0
    done = audit.audit(newest=NEWEST)
    audit.keep(done)
    if not done.sound:
        raise LogBroken(next(f.zh for f in done.findings if f.serious))
    return 1


@tick("log-inventory", "把日志之外的记录清点记入日志", "Enter in the log how what lies beside it stands")
def inventories(day: date) -> int:
    """Once a day, after an audit that found nothing; what is not sound is never sealed."""
    before = audit.last()
    if before is None or any(f["serious"] for f in before[1]["findings"]):
        return 0
    if Event.objects.filter(stream=inventory.STREAM, on=day).exists() or any(True for _ in inventory.differences()):
        return 0
    inventory.take()
    return 1
