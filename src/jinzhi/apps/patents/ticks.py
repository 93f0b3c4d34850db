"""What the timer compares: the alerts that are due."""

from __future__ import annotations

from datetime import date

from jinzhi.apps.catalogue.ticks import tick
from jinzhi.apps.patents.alerts import fire_due


@tick("patent-alerts", "比较到期的专利订阅", "Compare the patent alerts that are due")
def alerts(day: date) -> int:
    return fire_due()
