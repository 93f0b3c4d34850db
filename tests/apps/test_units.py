"""The tree of units: brought in from the declarations, moved with the rows below it, contacts with their events."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.integrity import checkers
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import Conflict
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.actions import move, set_contact, sync_units
from jinzhi.apps.units.models import Group, Unit
from jinzhi.kernel.organisation import OrgUnit, UnitGroup


def broken() -> list[str]:
    return [v for c in checkers() if c.id.startswith("unit-") for v in c.run()]


def above_of(unit: Unit) -> str | None:
    return Unit.objects.filter(path=unit.path[: -Unit.steplen]).values_list("code", flat=True).first()


def case_at(code: str) -> Case:
    unit = Unit.objects.get(code=code)
    return Case.objects.create(
        procedure="supervision-order", number=code, title=code, unit=unit, unit_path=unit.path,
        office=unit, opened_on=date(2026, 11, 1), state="issued",
    )  # fmt: skip


def test_every_declared_unit_stands_under_its_parent(city):
    for declared in catalogue().all(OrgUnit):
        unit = Unit.objects.get(code=declared.id)
        assert above_of(unit) == declared.parent
    assert broken() == []


def test_bringing_units_in_again_changes_nothing(city):
    assert sync_units() == (0, 0)


def test_a_unit_that_was_renamed_by_hand_gets_its_declared_name_back(city):
    Unit.objects.filter(code="tj-binhai").update(zh="别名", contact="王处")
    assert sync_units() == (0, 1)
    unit = Unit.objects.get(code="tj-binhai")
    assert (unit.zh, unit.contact) == ("滨海新区人民政府", "王处")


def test_a_unit_of_nobodys_declaration_stays(city):
    own = {"code": "own", "zh": "自设", "en": "Own", "level": "street"}
    Unit.objects.add_child(Unit.objects.get(code="tj-binhai"), own)
    sync_units()
    assert above_of(Unit.objects.get(code="own")) == "tj-binhai"


def test_a_group_stands_for_its_members(city):
    for declared in catalogue().all(UnitGroup):
        assert Group.objects.filter(code=declared.id).exists()
    everyone = Group.objects.get(zh="各区人民政府")
    assert set(everyone.members.values_list("level", flat=True)) == {"district"}
    assert everyone.members.count() == 16


def test_rows_move_with_their_unit(city, elsewhere):
    case_at("tj-dongli-huaming")
    case_at("tj-binhai")
    assert Case.objects.visible_to(elsewhere.acting).count() == 1
    move(Unit.objects.get(code="tj-dongli-huaming"), Unit.objects.get(code="tj-binhai"))
    assert Case.objects.visible_to(elsewhere.acting).count() == 0
    assert broken() == []


def test_a_row_with_the_path_of_another_unit_is_found(city):
    case = case_at("tj-binhai")
    Case.objects.unrestricted("test").filter(pk=case.pk).update(unit_path="0001")
    assert any("Case" in sentence for sentence in broken())


@pytest.fixture
def keeper(make_person):
    return make_person("keeper", "tianjin", "administrator", "管理员")


def test_a_contact_leaves_an_event_and_the_slower_one_meets_a_conflict(keeper):
    unit = Unit.objects.get(code="tj-binhai")
    set_contact(unit, " 王处 ", who=keeper.acting, expected=0, key="a")
    set_contact(unit, " 王处 ", who=keeper.acting, expected=0, key="a")
    assert Unit.objects.get(pk=unit.pk).contact == "王处"
    assert Event.objects.filter(stream="unit:tj-binhai").count() == 1
    with pytest.raises(Conflict):
        set_contact(unit, "李处", who=keeper.acting, expected=0, key="b")


def test_a_contact_has_room_for_120_characters(keeper):
    with pytest.raises(ValueError, match="121"):
        set_contact(keeper.acting.unit, "长" * 121, who=keeper.acting)
