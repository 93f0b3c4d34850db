"""What the timer does for cases: due dates that move by themselves are derived again, what has run out ends."""

from __future__ import annotations

from datetime import date

from jinzhi.apps.cases.endings import end_clocks
from jinzhi.apps.cases.projecting import reproject
from jinzhi.apps.catalogue.ticks import tick


@tick("case-due-dates", "重算会自行变动的期限", "Derive again the due dates that move by themselves")
def due_dates(day: date) -> int:
    return reproject(day)


@tick("case-endings", "期限届满即办理的步骤", "Take the steps that follow of themselves when a clock ends")
def endings(day: date) -> int:
    return end_clocks(day)
