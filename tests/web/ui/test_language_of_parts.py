"""What a page in English says of the Chinese in it: names keep their language, signs are those of the page."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils.translation import override

from jinzhi.web.ui.language import labelled


def shown(text: str, value: object, language: str) -> str:
    with override(language):
        return Template("{% load ui %}" + text).render(Context({"v": value}))


@pytest.mark.parametrize(
    ("value", "attribute"),
    [
        ("天津市知识产权局 2026Q3 进展报告", ' lang="zh-Hans"'),
        ("津知督〔2026〕1号", ' lang="zh-Hans"'),
        ("<b>李某</b>", ' lang="zh-Hans"'),
        ("津知督〔2026〕1号 · Receipt overdue", ""),
        ("Heping District", ""),
        ("2026-12-01", ""),
        (None, ""),
        (3, ""),
    ],
)
def test_a_chinese_text_says_its_language_on_an_english_page(value, attribute):
    assert shown("<p{{ v|zh_lang }}>", value, "en") == f"<p{attribute}>"
    assert shown("<p{{ v|zh_lang }}>", value, "zh-hans") == "<p>"


def test_a_label_and_its_value_are_joined_by_the_sign_of_the_page():
    assert shown("甲{% colon %}{{ v }}", "乙", "zh-hans") == "甲：乙"
    assert shown("a{% colon %}{{ v }}", "b", "en") == "a: b"
    with override("en"):
        assert labelled("a", 1) == "a: 1"
    with override("zh-hans"):
        assert labelled("甲", 1) == "甲：1"
