"""How many working days there are up to each day: sums that are made once for a calendar and grow as they are asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

#: so many days more are made at a time
CHUNK = 2 * 366


class Sums:
    """Working days counted from a first day on. Days are ordinals (``date.toordinal``)."""

    def __init__(self, works: Callable[[date], bool]):
        self._works = works
        self._first = 0
        self._upto: list[int] = []
        self._days: list[int] = []

    def reach_back(self, day: int) -> None:
        """Let the sums begin no later than a day; what was counted before holds no more."""
        if not self._upto or day < self._first:
            self._first, self._upto, self._days = max(day - 31, 1), [], []

    def count(self, day: int) -> int:
        """Working days up to and with a day."""
        while day - self._first >= len(self._upto):
            self._grow()
        return self._upto[day - self._first]

    def nth(self, n: int) -> int:
        """The n-th working day; n is at least 1."""
        while n > len(self._days):
            self._grow()
        return self._days[n - 1]

    def _grow(self) -> None:
        begin = self._first + len(self._upto)
        last = min(begin + CHUNK - 1, date.max.toordinal())
        if last < begin:
            raise OverflowError("the period ends after the year 9999")
        for day in range(begin, last + 1):
            if self._works(date.fromordinal(day)):
                self._days.append(day)
            self._upto.append(len(self._days))
