"""Forms of fields: codes and numbers with check characters, symbols of the classification."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.kernel.fields import Field, FieldError, Type
from jinzhi.standards.forms import CN_APPLICATION, IPC, USCC, Notation, uscc_check

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    ("form", "text", "kept"),
    [
        # the example of GB 32100-2015
        (USCC, "91350100M000100Y43", "91350100M000100Y43"),
        (USCC, " ９１３５０１００m000100y43 ", "91350100M000100Y43"),
        (CN_APPLICATION, "201510163325.6", "CN201510163325.6"),
        (CN_APPLICATION, "ZL 201610158350.x", "CN201610158350.X"),
        (CN_APPLICATION, "2015101633256", "CN201510163325.6"),
        (IPC, "G06F17/30", "G06F17/30"),
        (IPC, "g06f 17/30 (2006.01)", "G06F17/30"),
        (IPC, "A61", "A61"),
    ],
)
def test_a_text_is_read_into_its_standard_form(form: Notation, text: str, kept: str) -> None:
    assert form.read(text) == kept
    assert form.read(kept) == kept


@pytest.mark.parametrize(
    ("form", "text", "said"),
    [
        (USCC, "91350100M000100Y4", "has 18 characters, not 17"),
        (USCC, "91350100M000100Y44", "check character of 91350100M000100Y44 is wrong"),
        (USCC, "91350100I000100Y43", "has no 'I'"),
        (CN_APPLICATION, "201510163325.7", "should be 6"),
        (CN_APPLICATION, "US14/123456", "is no Chinese application"),
        (CN_APPLICATION, "一二三", "is no number"),
        (IPC, "Z06F", "is no IPC symbol"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages_with_the_way_out(form: Notation, text: str, said: str) -> None:
    with pytest.raises(FieldError) as wrong:
        Field("code", "代码", "Code", form=form).parse(text)
    assert said in wrong.value.en
    assert wrong.value.zh != wrong.value.en


@given(st.text(CHARACTERS, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(CHARACTERS))
def test_one_wrong_character_of_a_code_is_always_found(first: str, at: int, other: str) -> None:
    code = first + uscc_check(first)
    assert USCC.read(code) == code
    slip = code[:at] + other + code[at + 1 :]
    if slip != code:
        with pytest.raises(ValueError, match="校验位"):
            USCC.read(slip)


def test_a_form_goes_with_text_and_each_of_several_values_is_read() -> None:
    assert any("form goes with type TEXT" in p for p in Field("n", "数", "N", type=Type.INT, form=USCC).problems())
    classes = Field("classes", "分类", "Classes", many=True, form=IPC)
    assert list(classes.problems()) == []
    assert classes.parse(["g06f 17/30", "A61"]) == ["G06F17/30", "A61"]
