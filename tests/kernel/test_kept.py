"""What an event keeps of a value comes back as what it was."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.kernel.events import Event, with_members
from jinzhi.kernel.expression import BLANK, NOT_HELD
from jinzhi.kernel.kept import bring_back, keep
from jinzhi.kernel.period import Length, LengthUnit

PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.dates(), st.datetimes(), st.fractions(),
    st.decimals(allow_nan=False, allow_infinity=False), st.sampled_from([BLANK, NOT_HELD]),
    st.builds(Length, st.integers(1, 9999), st.sampled_from(LengthUnit)),
)  # fmt: skip


@given(st.one_of(PLAIN, st.lists(PLAIN, max_size=4).map(tuple)))
def test_a_value_comes_back_through_json(value):
    back = bring_back(json.loads(json.dumps(keep(value))))
    assert back == value
    whole = isinstance(value, Fraction) and value.denominator == 1
    assert type(back) is (Decimal if whole else type(value))


def test_what_could_not_come_back_is_not_kept():
    with pytest.raises(TypeError, match="cannot be kept"):
        keep(object())


def test_the_members_of_stored_data_become_those_of_the_event():
    data = {"_item": "li", "_seen": {"a.b": keep(date(2026, 3, 2))}, "_gives": {"sum": keep(Decimal("1.50"))}, "x": 1}
    event = with_members(Event(1, "step", date(2026, 3, 1), data, datetime(2026, 3, 1, 9), by=("7",)))
    assert (event.item, event.by, event.seen, event.gives) == (
        "li", ("7",), {"a.b": date(2026, 3, 2)}, {"sum": Decimal("1.50")},
    )  # fmt: skip
