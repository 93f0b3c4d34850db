"""Units as records of indicators (source ``units``)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jinzhi.apps.catalogue.sources_registry import SeesRecords, provides
from jinzhi.apps.units import succession  # noqa: F401  registers who held what on a day
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import within
from jinzhi.kernel.indicator import Record


@provides("units", today_only={"units": ("*",)})
def unit_records(name: str, who: SeesRecords, on: date) -> Iterable[Record]:
    """Every active unit in reach, with ``level`` and ``contact`` (None where nobody is named)."""
    for unit in Unit.objects.filter(active=True).order_by("path"):
        if within(who.path, who.reach, unit.path):
            yield Record(
                id=f"unit:{unit.code}",
                title=unit.zh,
                url=f"/units/{unit.code}/",
                unit=unit.code,
                fields={"level": unit.level, "contact": unit.contact or None},
            )
