"""Text in both languages, and text that can be kept: what no database, XML file or line of a log can hold is refused
where it comes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """One text in Chinese and in English; false where neither says anything. Who shows it picks the language."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def say(self, language: str) -> str:
        """The Chinese text for zh, zh-Hans …, the English for any other language."""
        return self.zh if language.startswith("zh") else self.en

    @classmethod
    def joined(cls, texts: Iterable[Words], zh: str = "；", en: str = "; ") -> Words:
        """Several texts as one, with the mark of each language between them."""
        several = tuple(texts)
        return cls(zh.join(text.zh for text in several), en.join(text.en for text in several))


#: control characters but tab and line ends, halves of a surrogate pair, and what Unicode gives to nobody
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def find_unfit(text: str) -> tuple[int, str] | None:
    """Where the first character stands that cannot be kept (from 1), and its name (``U+0000``); None: all can."""
    first = UNFIT.search(text)
    return (first.start() + 1, f"U+{ord(first[0]):04X}") if first else None


def unfit_words(text: str) -> Words | None:
    """What is wrong with a text, and the way out; None where it can be kept."""
    unfit = find_unfit(text)
    if unfit is None:
        return None
    at, name = unfit
    return Words(
        f"第 {at} 个字符（{name}）不可见、不能保存，请删去后重新提交",
        f"character {at} ({name}) is invisible and cannot be kept: take it out",
    )


def shown(text: str) -> str:
    """The text with what cannot be kept replaced by U+FFFD, so that it can be shown and taken up again."""
    return UNFIT.sub("\ufffd", text)


def texts(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text inside a value as JSON knows it, names of members too, with the place at which it stands."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            place = f"{name}.{key}" if name else str(key)
            yield place, str(key)
            yield from texts(inner, place)
    elif isinstance(value, (list, tuple)):
        for n, inner in enumerate(value):
            yield from texts(inner, f"{name}.{n}" if name else str(n))


def id_of(text: str) -> int | None:
    """The id that a form or an address carries; None where it is none (more digits than any id has, ²)."""
    return int(text) if text.isdecimal() and len(text) <= 18 else None
