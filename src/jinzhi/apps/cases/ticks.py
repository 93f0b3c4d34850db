"""What the timer does for cases: due dates that move by themselves are derived again."""

from __future__ import annotations

from datetime import date

from jinzhi.apps.cases.projecting import reproject
from jinzhi.apps.catalogue.ticks import tick


@tick("case-due-dates", "重算会自行变动的期限", "Derive again the due dates that move by themselves")
def due_dates(day: date) -> int:
    return reproject(day)
