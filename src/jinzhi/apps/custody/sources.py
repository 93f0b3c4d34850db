"""Items of evidence as records of indicators (source ``custody:items``)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from jinzhi.apps.catalogue.sources_registry import SeesRecords, UnknownSource, provides
from jinzhi.apps.custody.models import Item
from jinzhi.kernel.indicator import Record


@provides("custody", today_only={"custody:items": ("held",)})
def item_records(name: str, who: SeesRecords, on: date) -> Iterable[Record]:
    """Every item: ``kind``, ``way``, ``held``, ``taken_in_on``, ``disposed_on``, and ``kept`` on the day."""
    if name != "items":
        raise UnknownSource(f"custody:{name}")
    for item in Item.objects.visible_to(who).select_related("unit").order_by("pk"):
        taken_in = timezone.localtime(item.created_at).date()
        yield Record(
            id=f"evidence:{item.number}",
            title=str(item),
            url=f"/custody/{item.number}/",
            unit=item.unit.code,
            fields={
                "kind": item.kind,
                "way": item.way,
                "held": item.held,
                "taken_in_on": taken_in,
                "disposed_on": item.disposed_on,
                "kept": taken_in <= on and (item.disposed_on is None or item.disposed_on > on),
            },
        )
