"""First reading: what was sent to a unit and nobody there has opened goes to somebody who answers for it.

Reading is no receipt (签收 is a step) and no law sets the term: it is ours（平台工作期限）.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from jinzhi.kernel.period import Calendar, Length, deadline


@dataclass(frozen=True, slots=True)
class FirstReading:
    """Cases opened from ``since`` on are to be opened by somebody of their unit within ``length``; what nobody has
    opened by the end of its last day goes to the role ``to`` of that unit."""

    since: date
    length: Length
    to: str

    def last_day(self, opened: date, calendar: Calendar) -> date:
        end = deadline(opened, self.length, calendar).on
        assert end is not None, "only a suspended period has no end, and nothing suspends this one"
        return end

    def overdue(self, opened: date, day: date, calendar: Calendar) -> bool:
        """Whether the term of a case opened on a day has run out before ``day``: on its last day it has not."""
        return opened >= self.since and self.last_day(opened, calendar) < day

    def opened_by(self, day: date, calendar: Calendar) -> date:
        """The last day of opening whose term has run out before ``day``."""
        opened = day
        while self.last_day(opened, calendar) >= day:
            opened -= timedelta(days=1)
        return opened
