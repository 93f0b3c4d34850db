"""Invariants of events and files."""

from __future__ import annotations

from collections.abc import Iterator

from jinzhi.apps.catalogue.integrity import invariant
from jinzhi.apps.evidence.events.actions import sealed
from jinzhi.apps.evidence.events.erasing import left
from jinzhi.apps.evidence.events.personal import differing
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.evidence.store.store import FileRefused, read
from jinzhi.kernel.canonical import digest_value


@invariant(
    "event-chain", "每条事件的摘要正确并与前一条相连", "Every event's digests are right and link to its forerunner"
)
def chains() -> Iterator[str]:
    stream, seq, sha256, sm3 = "", 0, "", ""
    for event in Event.objects.select_related("unit").order_by("stream", "seq").iterator(chunk_size=2000):
        if event.stream != stream:
            stream, seq, sha256, sm3 = event.stream, 0, "", ""
        if event.seq != seq + 1:
            yield f"{event}: number {seq + 1} is missing"
        if (event.prev_sha256, event.prev_sm3) != (sha256, sm3):
            yield f"{event}: does not link to its forerunner"
        seal = digest_value(sealed(event))
        if (event.sha256, event.sm3) != (seal.sha256, seal.sm3):
            yield f"{event}: content and digest differ"
        seq, sha256, sm3 = event.seq, event.sha256, event.sm3


@invariant("event-in-log", "每条事件都已进入日志", "Every event has its entry in the log")
def entered() -> Iterator[str]:
    for event in Event.objects.filter(entry__isnull=True).order_by("id").iterator():
        yield f"{event}: not in the log"


@invariant(
    "personal-digests",
    "事件以加盐摘要持有的个人信息与所存一致，已删除的有记录",
    "Personal values fit the salted digests of their events; what is gone was erased",
)
def personal_values() -> Iterator[str]:
    for event in Event.objects.filter(personal__isnull=False).distinct().order_by("id").iterator(chunk_size=500):
        yield from differing(event)


@invariant(
    "erased-files", "删除个人信息时，含有这些信息的附件一并删除", "An erasure of personal data left no file of it"
)
def left_files() -> Iterator[str]:
    for kept in left():
        yield f"{kept.stream}: file {kept.pk} ({kept.sha256[:16]}) outlived an erasure: run jinzhi store erase-left"


@invariant("attachment-content", "附件内容与登记的摘要一致", "Every attachment's bytes are those recorded")
def contents() -> Iterator[str]:
    for attachment in Attachment.objects.unrestricted("integrity checker").filter(erased_at=None).iterator():
        try:
            read(attachment)
        except FileRefused as e:
            yield str(e)
