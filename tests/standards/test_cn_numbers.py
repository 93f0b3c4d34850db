"""Numbers of patents, in every form in which people and files write them."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.standards.cn_numbers import PatentNumberError, check_digit, normalise, same, standard
from tests.shared import SHARED

GAZETTE = SHARED / "data" / "patents" / "cn_gazette_2017h1.csv.gz"


@pytest.mark.parametrize(("digits", "check"), [("201510163325", "6"), ("201610158350", "X"), ("202120797205", "2")])
def test_the_check_digit_of_real_numbers(digits: str, check: str) -> None:
    assert check_digit(digits) == check


@pytest.mark.parametrize(
    "written",
    [
        "201510163325.6",
        "CN201510163325.6",
        "ZL201510163325.6",
        "ZL 2015 1 0163325.6",
        "2015101633256",
        "201510163325",
        "cn 201510163325．6",
        "CN102015000163325",
        "CN201510163325A",
        "２０１５１０１６３３２５.６",
    ],
)
def test_one_application_in_many_forms(written: str) -> None:
    assert normalise(written).text == "CN201510163325.6"
    assert normalise(written).kind == "application"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("CN104751825 B", "CN104751825B"),
        ("cn104751825b", "CN104751825B"),
        ("CN85100001A", "CN85100001A"),
        ("CN1234567C", "CN1234567C"),
        ("US 7,272,630 B2", "US7272630B2"),
        ("US07272630B2", "US7272630B2"),
        ("US2006142694A1", "US20060142694A1"),
        ("US 2004/0012345 A1", "US20040012345A1"),
        ("EP 0 680 812 A1", "EP0680812A1"),
        ("WO2013/050328A1", "WO2013050328A1"),
        ("USD0435854S1", "USD435854S1"),
        ("TW M391159 A1", "TWM391159A1"),
    ],
)
def test_publications(written: str, text: str) -> None:
    assert normalise(written).text == text
    assert normalise(written).kind == "publication"


@pytest.mark.parametrize(
    ("country", "written", "text"),
    [
        ("KR", "10-2022-0100096", "KR20220100096"),
        ("KR", "20220100096", "KR20220100096"),
        ("JP", "2008-148514", "JP2008148514"),
        ("JP", "JP20080148514", "JP2008148514"),
        ("EP", "EP19990203729", "EP99203729"),
        ("WO", "WO2013US50328", "PCT/US2013/050328"),
        ("US", "US201213547826", "US13547826"),
        ("US", "13/547,826", "US13547826"),
    ],
)
def test_applications_of_other_offices(country: str, written: str, text: str) -> None:
    assert normalise(written, country=country, kind="application").text == text


def test_the_types_of_the_file_form() -> None:
    assert normalise("CN202021000797205").text == "CN202120797205.2"  # the office's name of a file
    assert normalise("CN202021000797205").application_type == "utility-model"
    assert normalise("CN112014000000511").digits == "201480000511"


def test_numbers_before_october_2003() -> None:
    number = normalise("ZL02123456.6")
    assert (number.text, number.year, number.application_type) == ("CN02123456.6", 2002, "invention")
    assert normalise("85100001").year == 1985


def test_a_wrong_check_digit_is_said_and_the_digits_decide() -> None:
    number = normalise("CN201410503258.2")
    assert number.text == "CN201410503258.3"
    assert "应为 3" in number.warning and "should be 3" in number.warning_english
    assert same("CN201410503258.2", "CN102014000503258")
    assert not normalise("CN201410503258.3").warning


def test_thirteen_digits_with_a_wrong_last_one_are_refused() -> None:
    with pytest.raises(PatentNumberError, match="13 位"):
        normalise("2016101583501")


@pytest.mark.parametrize("written", ["", "CN", "abc", "123", "CN201560163325.6", "专利", "CN101990000000001"])
def test_what_is_no_number(written: str) -> None:
    with pytest.raises(PatentNumberError) as caught:
        normalise(written)
    assert str(caught.value) and caught.value.english


def test_same_needs_no_kind_code_but_tells_two_apart() -> None:
    assert same("CN104751825", "CN104751825B")
    assert not same("CN104751825A", "CN104751825B")
    assert not same("CN104751825B", "CN201510163325.6")
    assert not same("x", "x")


def test_what_is_unknown_keeps_its_text() -> None:
    assert standard("X 12 / 3", country="ZZ", kind="application") == "ZZX123"
    assert standard("？？") == "？？"


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_a_number_error(written: str) -> None:
    try:
        number = normalise(written)
    except PatentNumberError:
        return
    assert normalise(number.text, kind=number.kind).text == number.text


@given(st.integers(2004, 2030), st.sampled_from("12389"), st.integers(0, 9_999_999), st.integers(0, 10))
def test_one_changed_digit_always_breaks_the_check(year: int, kind: str, serial: int, place: int) -> None:
    digits = f"{year}{kind}{serial:07d}"
    other = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
    assert check_digit(other) != check_digit(digits)


@pytest.mark.shared("data/patents/cn_gazette_2017h1.csv.gz")
def test_the_two_written_forms_of_the_gazette_are_one_number() -> None:
    """The proof of the rule in the module's docstring, on all rows."""
    by_number = defaultdict(list)
    rows = 0
    with gzip.open(GAZETTE, "rt", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            rows += 1
            number = normalise(row["application_number"])
            assert not number.written
            assert number.application_type == "invention"
            assert normalise(row["publication_number"]).text == row["publication_number"]
            by_number[number.text].append(row)
            if number.digits[4] == "8":  # entries into the national phase carry the year of their filing
                assert str(number.year) == row["filing_date"][:4]
    assert rows == 85_329
    assert len(by_number) == 85_325
    twice = [group for group in by_number.values() if len(group) > 1]
    for group in twice:
        assert len({(r["filing_date"], r["title"], r["publication_number"][:11]) for r in group}) == 1
    assert any(len({len(r["application_number"]) for r in group}) == 2 for group in twice)
