"""Registers: a declaration that gives lists, forms and sheets says itself whether it can."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jinzhi.kernel.access import Role
from jinzhi.kernel.declare import Catalogue, Declaration, Found
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.register import Register, RegisterEntry

CLERK = Role(id="clerk", zh="书记员", en="Clerk")
BOOKS = Register(
    id="books",
    zh="图书",
    en="Books",
    serves=("C1",),
    title="name",
    key=("name",),
    unit_field="keeper",
    writes=("clerk",),
    fields=(
        Field(id="name", zh="书名", en="Name"),
        Field(id="keeper", zh="保管单位", en="Keeper", type=Type.UNIT),
        Field(id="year", zh="年份", en="Year", type=Type.INT, required=False, listed=False),
    ),
    examples=(
        RegisterEntry("sound", {"name": "专利法", "keeper": "tianjin"}),
        RegisterEntry("no name, wrong year", {"keeper": "tianjin", "year": "去年"}, refused=("name", "year")),
    ),
)


def catalogue(*declared: Declaration) -> Catalogue:
    found: dict[str, dict[str, Found]] = {}
    for d in (CLERK, *declared):
        found.setdefault(d.kind, {})[d.id] = Found(d, "test", d.id)
    return Catalogue(found)


def problems(register: Register) -> list[str]:
    return list(register.problems(catalogue(register)))


def test_a_sound_register_has_no_problem():
    assert problems(BOOKS) == []


def test_an_entry_is_checked_whole():
    values, errors = BOOKS.check({"name": " 专利法 ", "keeper": "tianjin", "year": "２０２６"})
    assert values == {"name": "专利法", "keeper": "tianjin", "year": 2026}
    assert errors == ()
    assert [e.field.id for e in BOOKS.check({"year": "x"})[1]] == ["name", "keeper", "year"]


def test_the_listed_fields_are_the_columns():
    assert [f.id for f in BOOKS.listed] == ["name", "keeper"]


def test_a_field_is_found_by_id_or_named_as_missing():
    assert BOOKS.field("year").zh == "年份"
    with pytest.raises(KeyError, match="no field 'colour'"):
        BOOKS.field("colour")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(BOOKS, title="colour"), "'colour' is named as title, key or unit_field but is no field"),
        (replace(BOOKS, key=("name", "colour")), "'colour' is named"),
        (replace(BOOKS, unit_field="name"), "is not of type UNIT"),
        (replace(BOOKS, writes=()), "nobody may keep this register"),
        (replace(BOOKS, reads=("stranger",)), "the role 'stranger' is not declared"),
        (replace(BOOKS, fields=(*BOOKS.fields, BOOKS.fields[0])), "two fields are called 'name'"),
        (
            replace(BOOKS, fields=(*BOOKS.fields, Field(id="by", zh="作者", en="By", type=Type.REF, of="people"))),
            "points into the register 'people', which is not declared",
        ),
        (replace(BOOKS, fields=(*BOOKS.fields, Field(id="Bad", zh="坏", en="Bad"))), "'Bad' is not lower_case"),
        (replace(BOOKS, serves=()), "serves is empty"),
        (
            replace(BOOKS, examples=(RegisterEntry("x", {"keeper": "tianjin"}),)),
            "example 'x': refused ('name',), expected ()",
        ),
    ],
)
def test_a_wrong_register_says_what_is_wrong(wrong, said):
    assert any(said in p for p in problems(wrong)), problems(wrong)
