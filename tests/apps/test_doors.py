"""The doors of the house: one entry an id, nothing after the start, and every door says what it takes."""

import pytest

from jinzhi.apps.catalogue.doors import DOORS, FACTS, AppDoor, DoorError
from jinzhi.apps.catalogue.ticks import tick


def test_every_door_says_what_an_entry_does_and_somebody_came_through_it():
    assert len(DOORS) > 10
    for door in DOORS.values():
        assert len(door.says) > 15, door.id
        assert door.ids(), f"{door.id}: nobody registers"


def test_the_doors_are_closed_once_all_apps_are_loaded():
    assert [door.id for door in DOORS.values() if not door.closed] == []
    with pytest.raises(DoorError, match="after the doors were closed"):
        tick("late", "迟", "Late")(lambda day: 0)


def test_a_doubled_id_is_refused_and_both_are_named(monkeypatch):
    monkeypatch.setitem(DOORS, "trial", None)
    del DOORS["trial"]
    door: AppDoor = AppDoor("trial", "is tried in a test")
    door.enter("a", test_a_doubled_id_is_refused_and_both_are_named)
    with pytest.raises(DoorError, match=r"registered by .*both_are_named and by .*once_all_apps"):
        door.enter("a", test_the_doors_are_closed_once_all_apps_are_loaded)


def test_there_are_no_two_doors_of_one_name():
    with pytest.raises(DoorError, match="two doors"):
        AppDoor("facts", "a second one")


def test_a_door_of_streams_takes_the_longest_beginning():
    assert FACTS.longest("report-complete") == "report-complete"
    assert FACTS.longest("nothing like it") is None


def test_a_test_may_hold_an_entry_for_a_while():
    with FACTS.holding_also("for-a-while", lambda case: True):
        assert "for-a-while" in FACTS
    assert "for-a-while" not in FACTS
