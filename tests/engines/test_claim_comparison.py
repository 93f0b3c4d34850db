"""Claims side by side: which answers to which, and that what is marked is what differs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jinzhi.engines.claim_comparison import FINEST, ClaimPair, TextPiece, align, difference, likeness, shingles

TEXT = st.text(alphabet="隔膜涂层基厚度，。 ab12", max_size=60)


def test_the_most_alike_are_paired_first_and_each_once():
    a = ["一种隔膜，包括基膜", "根据权利要求1所述的隔膜，涂层为勃姆石"]
    b = ["根据权利要求1所述的隔膜，涂层为氧化铝", "一种造纸机", "一种隔膜，包括基膜和涂层"]
    pairs = align(a, b)
    assert [(p.a, p.b) for p in pairs] == [(0, 2), (1, 0), (None, 1)]


def test_what_is_too_unlike_is_not_paired():
    assert align(["一种隔膜"], ["水泵叶轮"]) == [ClaimPair(0, None, 0.0), ClaimPair(None, 0, 0.0)]


def test_likeness_is_one_for_the_same_and_nothing_for_nothing_shared():
    assert likeness(shingles("涂层厚度"), shingles("涂层厚度")) == 1.0
    assert likeness(shingles("涂层"), shingles("基膜")) == 0.0
    assert likeness(shingles(""), shingles("")) == 0.0


def test_what_differs_is_marked_on_its_side():
    told = difference("涂层为勃姆石。", "涂层为氧化铝。")
    assert told.a == (TextPiece("涂层为", True), TextPiece("勃姆石", False), TextPiece("。", True))
    assert told.b == (TextPiece("涂层为", True), TextPiece("氧化铝", False), TextPiece("。", True))


def test_latin_words_differ_as_wholes():
    assert TextPiece("battery", False) in difference("a battery pack", "a bat pack").a


def test_a_very_long_text_is_compared_by_clauses_and_says_so():
    long = "涂层厚度，" * FINEST
    told = difference(long, long + "孔隙率。")
    assert not told.fine
    assert told.b[-1] == TextPiece("孔隙率。", False)


@given(TEXT, TEXT)
def test_both_sides_stay_whole_and_the_same_is_the_same(a, b):
    told = difference(a, b)
    assert "".join(p.text for p in told.a) == a
    assert "".join(p.text for p in told.b) == b
    assert "".join(p.text for p in told.a if p.same) == "".join(p.text for p in told.b if p.same)
    assert told.same == (a == b)


@given(st.lists(TEXT, max_size=5), st.lists(TEXT, max_size=5))
def test_every_claim_stands_once(a, b):
    pairs = align(a, b)
    assert sorted(p.a for p in pairs if p.a is not None) == list(range(len(a)))
    assert sorted(p.b for p in pairs if p.b is not None) == list(range(len(b)))
