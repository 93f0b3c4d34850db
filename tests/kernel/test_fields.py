"""Fields: what a person, a sheet or a client gives becomes one stored value, or an error that says the way out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jinzhi.kernel.canonical import canonical
from jinzhi.kernel.declare import Named
from jinzhi.kernel.expression import All, Check, Given
from jinzhi.kernel.fields import Field, FieldError, Type, parse_all

COLOURS = (Named("red", "红", "Red"), Named("blue", "蓝", "Blue"))


def field(type: Type = Type.TEXT, **more) -> Field:
    choices = COLOURS if type is Type.CHOICE else ()
    of = "books" if type is Type.REF else ""
    if type is Type.LIST:
        more.setdefault("items", (Field("name", "名", "Name"),))
    return Field(id="x", zh="某项", en="Thing", type=type, choices=choices, of=of, **more)


@pytest.mark.parametrize("type", list(Type))
def test_a_sound_field_has_no_problem(type):
    assert list(field(type).problems()) == []


@pytest.mark.parametrize("raw", ["2026-11-22", "2026/11/22", "2026.11.22", "2026年11月22日", date(2026, 11, 22)])
def test_a_date_is_read_however_it_is_written(raw):
    assert field(Type.DATE).parse(raw) == "2026-11-22"


def test_a_moment_from_a_sheet_is_its_day():
    assert field(Type.DATE).parse(datetime(2026, 11, 22, 8, 30)) == "2026-11-22"


@pytest.mark.parametrize("raw", ["2026-02-30", "22.11.2026", "明天", "20261122", "２０２６-11-22"])
def test_a_date_that_is_none_is_refused_with_an_example(raw):
    with pytest.raises(FieldError, match="2026-11-22"):
        field(Type.DATE).parse(raw)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [("12", 12), ("１２", 12), (" 1,200 ", 1200), ("1，200", 1200), ("-3", -3), (12, 12), (12.0, 12), ("12.0", 12)],
)
def test_a_whole_number_is_read_as_offices_write_it(raw, stored):
    assert field(Type.INT).parse(raw) == stored


@pytest.mark.parametrize(("raw", "stored"), [("0.1", "0.1"), ("1.50", "1.50"), ("1e3", "1000"), (Decimal("7"), "7")])
def test_an_amount_is_stored_as_text_so_that_nothing_is_rounded(raw, stored):
    assert field(Type.DECIMAL).parse(raw) == stored


@pytest.mark.parametrize(
    "raw", ["1,2", "1，2", "１，２", "12,", ",12", "1,23", "1,2345", "1,234,5", "1,,234", "0,123", "1,234,56",
            "1.234,5", "12,345,6", "1,200e3", "-1,2"]
)  # fmt: skip
@pytest.mark.parametrize("type", [Type.INT, Type.DECIMAL])
def test_a_comma_that_divides_no_thousands_is_never_thrown_away(raw, type):
    with pytest.raises(FieldError, match="歧义"):
        field(type).parse(raw)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [("1,234,567.80", "1234567.80"), ("12,345", "12345"), ("-1,200", "-1200"), ("−3", "-3"), (".5", "0.5"),
     (0.00001, "0.00001"), (1234.5, "1234.5")],
)  # fmt: skip
def test_thousands_and_decimals_are_told_apart(raw, stored):
    assert field(Type.DECIMAL).parse(raw) == stored


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_a_number_written_with_thousands_is_the_same_number(number):
    assert Decimal(str(field(Type.DECIMAL).parse(f"{number:,}"))) == number


@pytest.mark.parametrize("raw", ["-0", "-0.00", "－０", "0", "-0e1"])
def test_nothing_is_never_less_than_nothing(raw):
    assert not str(field(Type.DECIMAL).parse(raw)).startswith("-")
    assert field(Type.INT).parse(raw) == 0


def test_many_digits_are_kept_to_the_last():
    digits = "0." + "123456789" * 5
    assert field(Type.DECIMAL).parse(digits) == digits


@pytest.mark.parametrize("raw", ["12 %", "12%", "½", "三十", "1 234", "12件", "²", "①", "约12", "1/2", "1’234"])
def test_what_is_no_plain_number_is_refused_with_the_way_out(raw):
    for type in (Type.DECIMAL, Type.INT):
        with pytest.raises(FieldError, match="不带单位、百分号和空格"):
            field(type).parse(raw)


@pytest.mark.parametrize("raw", ["一百", "NaN", "inf", "1.2.3", "0x10", "1_2", "1 200", "١٢", "1,2x", "--1", "1e99999"])
def test_what_is_no_number_is_refused(raw):
    with pytest.raises(FieldError, match="不是数字"):
        field(Type.DECIMAL).parse(raw)


def test_a_fraction_is_no_whole_number():
    with pytest.raises(FieldError, match="应为整数"):
        field(Type.INT).parse("1.5")


def test_bounds_are_named():
    percent = field(Type.DECIMAL, min=Decimal(0), max=Decimal(100))
    assert percent.parse("100") == "100"
    with pytest.raises(FieldError, match="不能大于 100"):
        percent.parse("100.1")
    with pytest.raises(FieldError, match="不能小于 0"):
        percent.parse("-0.1")


def test_a_number_of_the_wrong_unit_is_suspected():
    with pytest.raises(FieldError, match="核对单位"):
        field(Type.INT).parse("1000000000000000")


@pytest.mark.parametrize("raw", ["red", "红", "Red"])
def test_a_choice_is_known_by_its_id_and_both_names(raw):
    assert field(Type.CHOICE).parse(raw) == "red"


def test_a_wrong_choice_names_the_right_ones():
    with pytest.raises(FieldError, match="红、蓝"):
        field(Type.CHOICE).parse("绿")


@pytest.mark.parametrize(("raw", "stored"), [("是", True), ("on", True), ("否", False), ("", False), (None, False)])
def test_yes_and_no(raw, stored):
    assert field(Type.BOOL).parse(raw) is stored


@pytest.mark.parametrize("raw", ["", "   ", None, []])
def test_what_is_required_may_not_be_empty_and_what_is_not_may(raw):
    with pytest.raises(FieldError, match="必填"):
        field().parse(raw)
    assert field(required=False).parse(raw) is None


def test_a_text_too_long_says_how_long_it_is():
    with pytest.raises(FieldError, match="最多 3 字，现有 4 字"):
        field(max_length=3).parse("一二三四")


def test_a_text_with_a_nul_is_refused():
    with pytest.raises(FieldError):
        field().parse("a\x00b")


def test_all_errors_are_found_at_once():
    fields = (field(Type.DATE), Field(id="y", zh="乙", en="Y"), Field(id="z", zh="丙", en="Z"))
    values, errors = parse_all(fields, {"x": "never", "z": " 好 "})
    assert values == {"z": "好"}
    assert [e.field.id for e in errors] == ["x", "y"]


def test_a_value_is_shown_in_the_readers_language():
    assert field(Type.CHOICE).show("red") == "红"
    assert field(Type.CHOICE).show("red", "en") == "Red"
    assert field(Type.BOOL).show(True) == "是"
    assert field().show(None) == ""
    assert [field(Type.ANSWER).show(said) for said in ("yes", "no", "unknown")] == ["是", "否", "不明"]


def test_a_list_is_shown_element_by_element():
    abroad = Field("abroad", "境外", "Abroad", type=Type.BOOL, required=False)
    parties = Field("parties", "当事人", "Parties", type=Type.LIST, items=(Field("name", "名称", "Name"), abroad))
    held = [{"_key": "1", "name": "甲", "abroad": False}, {"_key": "2", "name": "乙"}]
    assert parties.show(held) == "甲（境外：否）；乙"
    assert parties.show(held, "en") == "甲 (Abroad: no); 乙"


ANYTHING = st.one_of(st.text(), st.integers(), st.dates(), st.booleans(), st.decimals(), st.none(), st.floats())


@given(st.sampled_from(list(Type)), ANYTHING)
def test_whatever_is_given_is_stored_as_json_or_refused_in_words(type, raw):
    try:
        stored = field(type).parse(raw)
    except FieldError as e:
        assert e.zh
        assert e.en
        assert str(e).startswith("某项：")
    else:
        try:
            canonical(stored)
        except ValueError:
            assert isinstance(stored, str)
            assume(not any("\ud800" <= c <= "\udfff" for c in stored))
            raise


@given(st.sampled_from(list(Type)), ANYTHING)
def test_a_stored_value_is_read_as_itself(type, raw):
    try:
        stored = field(type, required=False).parse(raw)
    except FieldError:
        return
    assert field(type, required=False).parse(stored) == stored


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Field(id="Größe", zh="x", en="x"), "not lower_case"),
        (Field(id="x", zh="", en="x"), "lacks a name"),
        (Field(id="x", zh="x", en="x", type=Type.CHOICE), "choices go with type CHOICE"),
        (Field(id="x", zh="x", en="x", choices=COLOURS), "choices go with type CHOICE"),
        (Field(id="x", zh="x", en="x", type=Type.REF), "of goes with type REF"),
        (Field(id="x", zh="x", en="x", type=Type.CHOICE, choices=(COLOURS[0], COLOURS[0])), "share an id"),
    ],
)
def test_a_wrong_field_says_what_is_wrong(wrong, said):
    assert any(said in p for p in wrong.problems())


@pytest.mark.parametrize(
    ("type", "raw", "stored"),
    [
        (Type.MONEY, "1,200.50", "1200.50"), (Type.DATETIME, "2026-11-22 09:30", "2026-11-22T09:30"),
        (Type.ANSWER, "不明", "unknown"), (Type.ANSWER, "是", "yes"), (Type.LENGTH, "15workday", "15 workday"),
    ],
)  # fmt: skip
def test_the_newer_types_store_one_form(type, raw, stored):
    assert field(type).parse(raw) == stored


@pytest.mark.parametrize(
    ("type", "raw"), [(Type.DATETIME, "九点"), (Type.ANSWER, "也许"), (Type.LENGTH, "0 day"), (Type.LENGTH, "三天")]
)
def test_the_newer_types_refuse_what_they_do_not_mean(type, raw):
    with pytest.raises(FieldError):
        field(type).parse(raw)


def test_an_element_of_a_list_keeps_its_key_and_an_unnamed_one_is_numbered():
    stored = field(Type.LIST).parse([{"_key": "li", "name": "李"}, {"name": "王"}])
    assert stored == [{"_key": "li", "name": "李"}, {"_key": "2", "name": "王"}]


@pytest.mark.parametrize(
    ("bounds", "raw", "why"),
    [
        ({"min_items": 2}, ["a"], "至少 2"),
        ({"max_items": 1}, ["a", "b"], "最多 1"),
        ({"odd": True}, ["a", "b"], "单数"),
    ],
)
def test_several_values_have_bounds(bounds, raw, why):
    with pytest.raises(FieldError, match=why):
        field(many=True, **bounds).parse(raw)


def test_what_is_wrong_with_an_element_names_its_place():
    with pytest.raises(FieldError, match="第 2 项"):
        field(Type.LIST).parse([{"name": "李"}, {"name": ""}])


class Reader(NamedTuple):
    """Somebody who looks: the id of a role, and whether it sees personal data."""

    id: str
    personal: bool


@pytest.mark.parametrize(
    ("open_to", "closed_to"),
    [
        ("public", []),
        ("case", []),
        ("personal", ["clerk", "leader"]),
        ("sealed:leader", ["clerk", "handler"]),
        ("sealed:leader,clerk", ["handler"]),
    ],
)
def test_one_word_says_who_sees_a_value(open_to, closed_to):
    readers = (Reader("clerk", False), Reader("handler", True), Reader("leader", False))
    seen = field(open_to=open_to)
    assert list(seen.problems()) == []
    assert [reader.id for reader in readers if seen.closed_to(reader)] == closed_to
    assert (seen.withheld, seen.personal) == (bool(closed_to), open_to == "personal")


def test_an_item_of_a_list_is_not_withheld_alone():
    phone = Field("phone", "电话", "Phone", open_to="personal")
    (problem,) = field(Type.LIST, items=(phone,)).problems()
    assert "not its item phone" in problem
    assert list(field(Type.LIST, items=(replace(phone, open_to="case"),), open_to="personal").problems()) == []


def test_a_check_may_be_a_choice():
    grounds = (Check("lapsed", "已过期", "Lapsed", Given("end")), Check("other", "其他", "Other", All()))
    chosen = Field("ground", "情形", "Ground", type=Type.CHOICE, choices=grounds)
    assert chosen.parse("已过期") == "lapsed"
    assert chosen.show("other", "en") == "Other"
