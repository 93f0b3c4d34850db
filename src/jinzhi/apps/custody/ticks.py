"""What the timer clears away of custody: uploads that nobody finished or used."""

from __future__ import annotations

from datetime import date

from jinzhi.apps.catalogue.ticks import tick
from jinzhi.apps.custody.uploads import clear_stale


@tick("stale-uploads", "清除 3 天无人继续的上传", "Clear uploads that nobody went on with for 3 days")
def uploads(day: date) -> int:
    return clear_stale()
