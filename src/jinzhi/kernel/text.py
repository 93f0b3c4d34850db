"""Text that can be kept: what no database, XML file or line of a log can hold is refused where it comes in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

#: control characters but tab and line ends, halves of a surrogate pair, and what Unicode gives to nobody
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def find_unfit(text: str) -> tuple[int, str] | None:
    """Where the first character stands that cannot be kept (from 1), and its name (``U+0000``); None: all can."""
    found = UNFIT.search(text)
    return (found.start() + 1, f"U+{ord(found[0]):04X}") if found else None


def unfit_words(text: str) -> tuple[str, str] | None:
    """What is wrong with a text, in Chinese and English, and the way out; None where it can be kept."""
    found = find_unfit(text)
    if found is None:
        return None
    at, name = found
    return (
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
