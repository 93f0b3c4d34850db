"""Units by any of their names."""

from datetime import date

import pytest

from jinzhi.kernel.declare import Catalogue, Found
from jinzhi.kernel.organisation import NameBook, OrgUnit, UnitAlias, UnitGroup

CITY = OrgUnit(id="tianjin", zh="天津市", en="Tianjin", level="city")
EDUCATION = OrgUnit(
    id="education", zh="天津市教育委员会", en="Education", short="市教委", level="department", parent="tianjin"
)
FARMING = OrgUnit(
    id="farming", zh="天津市农业农村委员会", en="Farming", short="市农业农村委", level="department",
    parent="tianjin", aliases=(UnitAlias("市农委"),),
)  # fmt: skip
IP = OrgUnit(id="ip", zh="天津市知识产权局", en="IP", short="市知识产权局", level="department", parent="tianjin")
BANKS = OrgUnit(
    id="banks", zh="天津银保监局", en="Banks", level="external", parent="tianjin",
    aliases=(UnitAlias("天津金融监管局", since=date(2023, 7, 1)),),
)  # fmt: skip
EAST = OrgUnit(id="east", zh="东丽区人民政府", en="East", short="东丽区政府", level="district", parent="tianjin",
               aliases=(UnitAlias("东丽区"),))  # fmt: skip
WEST = OrgUnit(id="west", zh="西青区人民政府", en="West", short="西青区政府", level="district", parent="tianjin")
EVERY = UnitGroup(id="every", zh="各区人民政府", en="Every district", levels=("district",))
SOME = UnitGroup(id="some", zh="相关区人民政府", en="Some", levels=("district",), named_only=True)
UNITS = (CITY, EDUCATION, FARMING, IP, BANKS, EAST, WEST)
BOOK = NameBook.of(UNITS, (EVERY, SOME))


@pytest.mark.parametrize(
    ("raw", "id"),
    [
        ("市教委", "education"),
        ("天津市教委", "education"),
        ("天津市教育委员会", "education"),
        ("市教育委员会", "education"),
        ("市農業農村委", "farming"),
        ("市农委", "farming"),
        ("市知識產權局", "ip"),
        (" 市 知识 产权局\n", "ip"),
        ("市知识产权局、", "ip"),
        ("天津市东丽区人民政府", "east"),
        ("东丽区", "east"),
    ],
)
def test_a_unit_is_found_by_every_way_it_is_written(raw, id):
    found = BOOK.resolve(raw)
    assert (found.kind, found.id, found.members) == ("unit", id, (id,))


def test_a_unit_nobody_declared_is_unknown_and_keeps_its_words():
    found = BOOK.resolve("市气象局")
    assert (found.kind, found.id, found.name) == ("unknown", "", "市气象局")


def test_a_group_stands_for_its_units():
    assert BOOK.resolve("各区人民政府").members == ("east", "west")


def test_a_group_of_those_concerned_reads_the_row():
    assert BOOK.resolve("相关区人民政府", context="推动東麗區先行").members == ("east",)
    assert BOOK.resolve("相关区人民政府", context="全市推进").members == ()


def test_the_name_of_the_day_is_the_dated_one():
    assert BANKS.name_on(date(2023, 6, 30)) == "天津银保监局"
    assert BANKS.name_on(date(2023, 7, 1)) == "天津金融监管局"


def test_the_longest_names_come_first():
    sizes = [len(k) for k in BOOK.lexicon()]
    assert sizes == sorted(sizes, reverse=True)


def _catalogue(*units):
    found = {}
    for unit in units:
        found.setdefault(unit.kind, {})[unit.id] = Found(unit, "tests", unit.id)
    return Catalogue(found)


def test_two_units_of_one_name_are_a_problem():
    twin = OrgUnit(id="twin", zh="市农委", en="Twin", level="department", parent="tianjin")
    assert any("also belongs to unit farming" in p for p in twin.problems(_catalogue(*UNITS, twin)))


def test_a_parent_that_is_not_there_is_a_problem():
    lost = OrgUnit(id="lost", zh="失联局", en="Lost", level="department", parent="nowhere")
    assert any("nowhere" in p for p in lost.problems(_catalogue(*UNITS, lost)))


def test_a_group_of_nobody_is_a_problem():
    empty = UnitGroup(id="empty", zh="空组", en="Empty")
    assert any("nobody" in p for p in empty.problems(_catalogue(*UNITS, empty)))
