"""Texts that must fit their columns: PostgreSQL refuses what SQLite keeps."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from jinzhi.apps.accounts.actions import create_person
from jinzhi.apps.evidence.events.actions import LONGEST_KEY, part_key, record


def test_a_part_of_a_submission_has_a_key_that_fits_its_column_and_tells_parts_apart():
    base = "key:" + "a" * 40 + ":" + "b" * 16
    assert part_key("", "x") == ""
    assert part_key(base, 3) == f"{base}.3"
    long = [part_key(base, f"tj-ip-2021-2025-C1-tj-ip-office-{n}") for n in range(3)]
    assert len(set(long)) == 3
    assert {len(k) for k in long} == {LONGEST_KEY}
    assert all(k.startswith(f"{base}.") for k in long)


def test_a_key_longer_than_its_column_is_refused_on_every_database(above):
    with pytest.raises(ValueError, match="more than 80"):
        record("x:1", "say", {}, who=above.acting, on=date(2026, 11, 20), key="k" * 81)


def test_a_user_name_longer_than_events_can_hold_is_refused_by_name(city):
    with pytest.raises(ValidationError, match="120"):
        create_person("u" * 121, None)
