"""Canonical JSON and its digests: the same value gives the same bytes, another value others."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.kernel.canonical import SAFE, NotCanonical, canonical, digest_value, digests, spelled

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-SAFE, SAFE), TEXTS),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(TEXTS, inner)),
    max_leaves=20,
)


@given(VALUES)
def test_canonical_json_is_json_of_the_same_value(value):
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(TEXTS, st.integers(-SAFE, SAFE)))
def test_the_order_of_keys_does_not_matter(value):
    turned = dict(reversed(list(value.items())))
    assert canonical(turned) == canonical(value)


@given(VALUES)
def test_the_quick_way_and_the_letter_of_the_standard_give_the_same_text(value):
    assert canonical(value) == spelled(value)
    assert canonical((value,)) == spelled([value])


@pytest.mark.parametrize(
    "text", [chr(n) for n in (*range(0x21), 0x22, 0x5C, 0x7F, 0x80, 0x2028, 0xFEFF, 0xFFFF, 0x10FFFF)]
)
def test_every_character_is_written_alike_both_ways(text):
    assert canonical({"a": text}) == spelled({"a": text})


def test_keys_are_sorted_by_utf_16_as_rfc_8785_has_it():
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = json.loads(canonical(dict.fromkeys(keys)), object_pairs_hook=lambda pairs: [k for k, _ in pairs])
    assert written == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_nothing_is_escaped_that_need_not_be():
    assert canonical({"名": '引"号\n\x0f/'}) == '{"名":"引\\"号\\n\\u000f/"}'


@pytest.mark.parametrize("value", [1.5, float("nan"), SAFE + 1, b"bytes", Decimal("1.5"), {1: 2}, object(), "\ud800"])
def test_what_has_no_one_form_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical({"deep": [value]})


def test_the_error_says_where():
    with pytest.raises(NotCanonical, match=r"\$\.a\[1\]\.b"):
        canonical({"a": [0, {"b": 1.5}]})


def test_true_is_not_one():
    assert canonical([True, 1, False, 0]) == "[true,1,false,0]"


def test_the_digests_are_those_of_the_standards():
    # FIPS 180-4 and GB/T 32905-2016, appendix A.1: the digest of "abc"
    got = digests(b"abc")
    assert got.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert got.sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@given(VALUES, VALUES)
def test_different_values_have_different_digests(a, b):
    same = canonical(a) == canonical(b)
    assert (digest_value(a) == digest_value(b)) is same
