"""Periods of law: when does a length of hours, days, working days, months or years end, and why that day.

The rules, each with its source:

* the day of the event does not count (Implementing Regulations of the Patent Law § 5; SAMR Order 121 § 45);
* months and years end on the corresponding day of the last month, or on that month's last day where it has
  no such day (Regulations § 5);
* an end on a day off moves to the next working day (both);
* hours are hours: they run from the minute of the event, through nights and holidays (Order 310 § 5);
* "2, 3, 5, 7 days" of the Administrative Penalty Law are working days (§ 85): whoever declares such a length
  says ``workdays(7)``;
* a suspension stops the clock and keeps what is left *in its own unit*; appraisal, announcement and the like
  (excluded spans) do not count.

Two ways of standing still, for months and years (for hours, days and working days they are one and the same:
a day inside either kind of span does not count):

* **suspended**: on the last day before the suspension, what is left is measured as whole months plus days to
  the end (unrolled); after the suspension's last day those months, then those days, are added to that last
  day. Three months from 31 March, suspended 15 April to 20 May: on 14 April 2 months and 16 days are left;
  20 May + 2 months + 16 days = 5 August.
* **excluded**: the end moves by as many calendar days as the span takes out of the period.

Nothing is approximated silently: whenever the answer rests on a day of a year without a holiday notice, the
deadline is provisional (暂算) and names the year. No clock is read here: every date is handed in.
"""

from __future__ import annotations

from jinzhi.kernel.period.calendar import ONE_DAY, Calendar, Festival, HolidayNotice
from jinzhi.kernel.period.deadline import Deadline, deadline
from jinzhi.kernel.period.length import (
    Length,
    LengthUnit,
    days,
    extend,
    hours,
    length_of,
    minutes,
    months,
    workdays,
    years,
)
from jinzhi.kernel.period.span import Span
from jinzhi.kernel.period.working import WorkingStep, add_months, day_ahead, months_and_days

__all__ = [
    "ONE_DAY",
    "Calendar",
    "Deadline",
    "Festival",
    "HolidayNotice",
    "Length",
    "LengthUnit",
    "Span",
    "WorkingStep",
    "add_months",
    "day_ahead",
    "days",
    "deadline",
    "extend",
    "hours",
    "length_of",
    "minutes",
    "months",
    "months_and_days",
    "workdays",
    "years",
]
