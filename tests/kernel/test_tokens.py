"""Tokens: what is one, where it stands, where sentences and runs end."""

from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.kernel.tokens import fold, is_han, tokenise, words

TEXTS = st.text(st.sampled_from(list("锂电池隔膜abB12ｱﾞガé\u0301ｶﾞ①㈱ﬁΣß。；.，, -（）　々〇ＡＢ")), max_size=40)


def test_a_han_character_is_a_token_and_a_latin_word_is_one() -> None:
    assert tokenise(["锂离子battery 18650型"]).texts == ("锂", "离", "子", "battery", "18650", "型")


def test_case_and_width_do_not_matter() -> None:
    assert tokenise(["ＬＥＤ Straße ①"]).texts == tokenise(["led strasse 1"]).texts


def test_kana_are_tokens_one_by_one_with_their_voicing() -> None:
    assert tokenise(["ﾊﾞﾈ"]).texts == ("バ", "ネ")


def test_punctuation_and_underscores_are_no_tokens() -> None:
    assert tokenise(["a_b-c，d（e）"]).texts == ("a", "b", "c", "d", "e")


def test_a_run_ends_at_whatever_stands_between() -> None:
    tokens = tokenise(["锂电、池a膜 片"])
    assert tokens.runs == (0, 0, 1, -1, 2, 3)


def test_a_run_ends_with_its_paragraph() -> None:
    assert tokenise(["锂", "电"]).runs == (0, 1)


def test_sentences_end_at_chinese_stops_and_at_a_full_stop_before_space() -> None:
    assert tokenise(["甲。乙；丙！丁？v1.2 is. New"]).sentences == (0, 1, 2, 3, 4, 4, 4, 5)


def test_a_paragraph_ends_a_sentence() -> None:
    tokens = tokenise(["甲", "乙"])
    assert tokens.sentences == (0, 1)
    assert tokens.paragraphs == (0, 1)


def test_offsets_lead_back_to_the_text_as_written() -> None:
    text = "ＬＥＤ灯ｶﾞス①"
    tokens = tokenise([text])
    written = [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]
    assert written == ["ＬＥＤ", "灯", "ｶﾞ", "ス", "①"]


def test_what_stands_together_is_one_word() -> None:
    assert words("锂电池 LED灯") == [("锂", "电", "池"), ("led",), ("灯",)]


@settings(deadline=None)
@given(TEXTS)
def test_every_token_is_the_folded_text_at_its_place(text: str) -> None:
    tokens = tokenise([text])
    for token, start, end in zip(tokens.texts, tokens.starts, tokens.ends, strict=True):
        assert start < end
        assert token in fold(text[start:end])


@settings(deadline=None)
@given(TEXTS)
def test_tokens_stand_in_reading_order(text: str) -> None:
    tokens = tokenise([text])
    assert list(tokens.starts) == sorted(tokens.starts)
    assert list(tokens.sentences) == sorted(tokens.sentences)
    assert [run >= 0 for run in tokens.runs] == [is_han(token) for token in tokens.texts]


@settings(deadline=None)
@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert tokenise([fold(text)]).texts == tokenise([text]).texts


def test_a_token_that_ends_among_the_marks_of_a_character_ends_with_it() -> None:
    tokens = tokenise(["ß1\u0301 a"])
    assert list(zip(tokens.texts, tokens.starts, tokens.ends, strict=True)) == [("ss1", 0, 3), ("a", 4, 5)]
