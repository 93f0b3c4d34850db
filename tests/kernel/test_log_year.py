"""The year of the log turns at New Year, and not because a clock was wrong for a while."""

from __future__ import annotations

from datetime import datetime

import pytest

from jinzhi.kernel.log_year import turns


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "first", "before", "turned"),
    [
        ("2027-01-01T00:05", None, "2026-12-31T23:50", True),  # New Year's night
        ("2027-01-04T09:00", None, "2026-11-05T17:00", True),  # 59 days and 16 hours: a quiet office
        ("2027-01-07T09:00", None, "2026-11-05T17:00", False),  # 62 days and 16 hours: wait a week
        ("2027-01-14T09:00", "2027-01-07T09:00", "2026-11-05T17:00", True),  # the week is over to the minute
        ("2027-01-14T08:59", "2027-01-07T09:00", "2026-11-05T17:00", False),
        ("2030-01-01T00:00", None, "2026-12-31T00:00", False),  # four years in a day
        ("2030-01-08T00:00", "2030-01-01T00:00", "2026-12-31T00:00", True),
        ("2026-12-31T23:59", None, "2026-12-31T23:00", False),
        ("2025-06-01T00:00", None, "2026-12-31T23:00", False),  # back
        ("2031-01-01T00:00", None, None, True),  # nothing was recorded before
    ],
)
def test_the_year_turns(now, first, before, turned):
    said = turns(2026, at(now), at(first) if first else None, at(before) if before else None)
    assert said is turned
