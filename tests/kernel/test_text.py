"""Words in both languages, and texts that can be kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.kernel.text import Words, find_unfit, shown, unfit_words

TEXTS = st.text(max_size=20)
WORDS = st.builds(Words, TEXTS, TEXTS)


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "是"), ("zh-hans", "是"), ("zh-Hans-CN", "是"), ("en", "yes"), ("en-gb", "yes")]
)
def test_words_are_said_in_the_language_that_is_asked_for(language, said):
    assert Words("是", "yes").say(language) == said


def test_words_without_a_text_are_false_and_with_one_true():
    assert not Words()
    assert Words("是") and Words(en="yes")


@given(WORDS, st.sampled_from(["zh", "en"]))
def test_words_are_the_pair_of_their_texts(words, language):
    zh, en = words
    assert words == (zh, en)
    assert words.say(language) == {"zh": zh, "en": en}[language]


@given(st.lists(WORDS, max_size=5))
def test_joined_words_are_joined_in_each_language_by_its_own_mark(several):
    whole = Words.joined(several)
    assert whole.zh == "；".join(one.zh for one in several)
    assert whole.en == "; ".join(one.en for one in several)


@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("\x00\x0b\ufffe\uffff"), max_size=20))
def test_a_text_that_cannot_be_kept_is_told_in_both_languages_and_can_be_shown(text):
    words = unfit_words(text)
    assert (words is None) == (find_unfit(text) is None)
    assert words is None or (words.zh and words.en)
    assert find_unfit(shown(text)) is None
