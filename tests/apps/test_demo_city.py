"""The demonstration city's moments: what follows upon another was recorded later."""

from __future__ import annotations

from datetime import date

from jinzhi.demo.moments import at

DAY = date(2026, 10, 12)


def test_a_step_of_the_same_day_is_recorded_after_what_it_follows_upon() -> None:
    for n in range(200):
        saved = at(DAY, "save", str(n))
        submitted = at(DAY, "submit", str(n), since=saved)
        assert saved < submitted and submitted.date() == saved.date()


def test_a_moment_that_follows_upon_an_earlier_day_stays_what_it_is() -> None:
    assert at(DAY, "approve", "x", since=at(date(2026, 10, 9), "submit", "x")) == at(DAY, "approve", "x")
