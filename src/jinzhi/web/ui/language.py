"""The language of the page: the one place where a text in both languages becomes a text of the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from django.utils.translation import get_language


class Bilingual(Protocol):
    """What has its text in Chinese and in English: ``kernel.text.Words``, a refusal, a length, a declared name."""

    @property
    def zh(self) -> Any: ...

    @property
    def en(self) -> Any: ...


def english() -> bool:
    """Whether the page speaks English; for what is no text, such as the ``lang`` of an element."""
    return (get_language() or "").startswith("en")


def page_language() -> str:
    """The language of the page as engines and files name it: zh or en."""
    return "en" if english() else "zh"


def lang_unless_page(language: str) -> str:
    """The ``lang`` of an element in Chinese (``zh-Hans``) or English (``en``): empty where the page speaks it."""
    return "" if language.startswith(page_language()) else language


def other_language() -> str:
    """The language that the page does not speak, as ``lang`` names it."""
    return "zh-Hans" if english() else "en"


def in_page_order(text: Bilingual) -> tuple[str, str]:
    """The text in the language of the page, and the other one."""
    return (text.en, text.zh) if english() else (text.zh, text.en)


def speak(text: Bilingual | None) -> str:
    """The text in the language of the page; empty where nothing is given."""
    if text is None:
        return ""
    return str(text.en if english() else text.zh)


def named(thing: Any) -> str:
    """The name of a declaration, state, field … in the language of the page."""
    return speak(thing)


def labelled(label: object, value: object) -> str:
    """A label and its value, with the sign of the language of the page between them: 甲：乙 or A: B."""
    return f"{label}{': ' if english() else '：'}{value}"


def enumerated(words: Iterable[str]) -> str:
    """Words one after the other, with the mark of the language of the page between them: 甲、乙 or A, B."""
    return (", " if english() else "、").join(words)
