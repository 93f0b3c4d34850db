"""Exporting: the bundle of an entry as people get it, with its content, its chain of custody and the statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.bundle import bundles
from jinzhi.apps.evidence.bundle.bundles import BundleRefused, Facts
from jinzhi.apps.evidence.bundle.certificate import certificate
from jinzhi.apps.evidence.events.actions import record_next
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.log.entries import Actor
from jinzhi.apps.evidence.models import Entry
from jinzhi.engines.typesetting import NoChineseFont
from jinzhi.kernel.streams import VIEWING

#: an object with more events than this is bundled without its chain
LONGEST = 1000


@dataclass(frozen=True)
class Exported:
    """What was written: its facts, and what is lacking in it, in Chinese."""

    facts: Facts
    lacking: tuple[str, ...] = ()


def chain_of(entry: Entry) -> list[Entry]:
    """The entries of all events of the entry's object, in their order; empty where there are none."""
    log.sequence()
    found = Entry.objects.filter(event__stream=entry.object).select_related("shard", "event", "event__unit")
    return list(found.order_by("event__seq"))


def export(
    entry: Entry, to: BinaryIO, *, content: bool = True, chain: bool = True, stated: Sequence[tuple[str, str]] = ()
) -> Exported:
    """Write the bundle of an entry to a file that can be sought in. Raises BundleRefused, store.FileRefused.

    ``content`` and ``chain``: whether to put in the content and the chain of custody. ``stated``: what was said of
    the capture, for the statement.
    """
    given = bundles.content_for(entry) if content else None
    custody = chain_of(entry) if chain else []
    if len(custody) > LONGEST:
        raise BundleRefused(f"对象 {entry.object} 有 {len(custody)} 条流转记录，超过 {LONGEST} 条：请不带流转记录导出")
    lacking = []
    if content and given is None:
        lacking.append("内容已不在平台，证据包只含摘要")
    if not custody and chain:
        lacking.append("该对象没有流转记录")
    try:
        facts = bundles.build(entry, to, content=given, custody=custody, certificate=lambda f: certificate(f, stated))
    except NoChineseFont as e:
        to.seek(0)
        to.truncate()
        given = bundles.content_for(entry) if content else None
        facts = bundles.build(entry, to, content=given, custody=custody)
        lacking.append(f"说明文件（PDF）没有生成：{e}")
    if not facts.witnessed:
        lacking.append(f"平台要求 {facts.asked} 位见证者，检查点现在还没有那么多共同签名：证据包不声称见证")
    return Exported(facts, tuple(lacking))


def trace(entry: Entry, done: Exported, who: Actor) -> None:
    """Leave an event that somebody took an entry out of the platform; in a stream beside the object's own."""
    said = {"entry": entry.number, "content": done.facts.has_content, "custody": len(done.facts.custody)}
    record_next(VIEWING.of(entry.object), "export", said, who=who, on=today())
