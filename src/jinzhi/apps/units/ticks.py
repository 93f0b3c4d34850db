"""What the timer does for units: changes whose day has come."""

from __future__ import annotations

from datetime import date

from jinzhi.apps.catalogue.ticks import tick
from jinzhi.apps.units.changing import settle


@tick("unit-changes", "执行到期的单位变动（更名、合并、撤销）", "Carry out changes of units whose day has come")
def changes(day: date) -> int:
    return settle(day)
