"""When the log of a year ends: at New Year, and not because a clock was wrong for a while.

A shard that was closed is never opened again, so a clock that jumps ahead must not close it. The year turns

* at once where the clock walked over New Year: into the very next year, and at most :data:`PAUSE` after what was
  recorded last before it;
* else (a jump, or an installation that stood still) once the clock has stayed in the later year for :data:`STEADY`.

Until then entries go on into the open shard; each holds the moment of its own recording.
"""

from __future__ import annotations

from datetime import datetime, timedelta

PAUSE = timedelta(days=62)
STEADY = timedelta(days=7)


def turns(open_year: int, now: datetime, first: datetime | None, before: datetime | None) -> bool:
    """Whether the log goes on in the year of ``now``.

    ``before``: the moment of the last record that bears an earlier year, None where there is none; ``first``: the
    earliest of those recorded since, None where this is the first.
    """
    if now.year <= open_year:
        return False
    began = min(first or now, now)
    if before is None or (now.year == open_year + 1 and began - before <= PAUSE):
        return True
    return now - began >= STEADY
