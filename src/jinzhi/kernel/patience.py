"""How long somebody waits who guessed: the delay grows with every wrong password, and is no lock for others to trip.

Counted are wrong passwords of the last day: of one account from one address; of one address whatever the account; of
one account whatever the address. The last two hold back only where the account never signed in from that address, so
that nobody outside can shut out a person at the usual desk. All figures are ours（平台工作期限）.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """``free`` wrong passwords cost nothing; the next waits ``first``, each further twice as long, up to ``most``."""

    free: int
    first: timedelta
    most: timedelta

    def delay(self, failures: int) -> timedelta:
        """How long to wait after so many wrong passwords."""
        if failures < self.free:
            return timedelta(0)
        # beyond twenty doublings the longest wait is long reached
        return min(self.most, self.first * (1 << min(failures - self.free, 20)))

    def wait(self, failures: int, last: datetime | None, now: datetime) -> timedelta:
        """How long to wait still, ``last`` being the moment of the last wrong password."""
        if last is None:
            return timedelta(0)
        return max(timedelta(0), last + self.delay(failures) - now)


PAIR = Patience(free=5, first=timedelta(seconds=30), most=timedelta(minutes=30))
ADDRESS = Patience(free=20, first=timedelta(seconds=10), most=timedelta(minutes=5))
ACCOUNT = Patience(free=20, first=timedelta(seconds=10), most=timedelta(minutes=5))
