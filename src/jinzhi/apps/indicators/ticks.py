"""What the timer freezes: the day that is over. A day still running would be frozen too early."""

from __future__ import annotations

from datetime import date, timedelta

from jinzhi.apps.catalogue.ticks import tick
from jinzhi.apps.indicators.actions import freeze


@tick("frozen-indicators", "冻结前一日的指标值", "Freeze the indicators of the day before")
def freeze_yesterday(day: date) -> int:
    return freeze(day - timedelta(days=1))
