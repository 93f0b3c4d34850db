"""Invariants of custody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from jinzhi.apps.catalogue.integrity import invariant
from jinzhi.apps.custody.models import Item, Version
from jinzhi.apps.custody.queries import fold
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.evidence.store import store


@invariant("custody-projection", "证据各列与其事件一致", "Every item's columns are what its events lead to")
def projections() -> Iterator[str]:
    rows = Item.objects.unrestricted("integrity checker").select_related("unit", "holder")
    kept = {i.stream: i for i in rows}
    linked: dict[int, set[str]] = {}
    for pk, number in Item.cases.through.objects.values_list("item_id", "case__number"):
        linked.setdefault(pk, set()).add(number)
    events = Event.objects.filter(stream__startswith="custody:").order_by("stream", "seq").iterator(chunk_size=2000)
    for stream, own in groupby(events, key=lambda e: e.stream):
        item = kept.pop(stream, None)
        if item is None:
            yield f"{stream}: has events but is no item"
            continue
        history = list(own)
        f = fold(history)
        derived = (f.state, f.version, f.sha256, f.unit, f.holder, f.expires_on, f.held, f.title, history[-1].seq)
        until = item.expires_on.isoformat() if item.expires_on else None
        found = (
            item.state, item.version, item.sha256, item.unit.code, item.holder.username, until, item.held, item.title,
            item.seq,
        )  # fmt: skip
        if found != derived or linked.get(item.pk, set()) != f.cases or item.unit_path != item.unit.path:
            yield f"{item.number}: the columns are not what its {len(history)} events lead to"
    for item in kept.values():
        yield f"{item.number}: has no events"


@invariant("custody-content", "证据内容与登记的摘要一致", "Every item's content is the one recorded")
def contents() -> Iterator[str]:
    for version in Version.objects.filter(erased_on=None).select_related("item").iterator():
        try:
            store.check(version.sha256)
        except store.FileRefused as e:
            yield f"{version}: {e}"
