"""Traditional and simplified characters as one: how search compares Han characters unless it is told not to.

One character becomes one character (the first reading of OpenCC's table of characters, Apache-2.0), never a phrase
another, so every position stays what it was. Where one simplified character stands for several traditional ones (干
for 乾, 幹 and 干), all of them are one to a search; who means just one of them asks for characters as written.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

TABLE = "dictionary/TSCharacters.txt"


@cache
def table() -> Mapping[str, str]:
    """Each traditional character and its simplified one, followed to its end, so that folding twice changes nothing."""
    first: dict[str, str] = {}
    for line in (files("opencc") / TABLE).read_text("utf-8").splitlines():
        old, tab, readings = line.partition("\t")
        new = readings.split(" ")[0]
        if tab and len(old) == len(new) == 1 and old != new:
            first[old] = new
    made: dict[str, str] = {}
    for old in first:
        new, seen = first[old], {old}
        while new in first and new not in seen:
            seen.add(new)
            new = first[new]
        made[old] = new
    return made


@cache
def _by_code() -> dict[int, str]:
    return {ord(old): new for old, new in table().items()}


@cache
def _families() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for old, new in table().items():
        found.setdefault(new, [new]).append(old)
    return {new: tuple(members) for new, members in found.items()}


def simplified(text: str) -> str:
    """A folded text (``kernel.tokens.fold``) with each traditional character as its simplified one."""
    return text if text.isascii() else text.translate(_by_code())


def written_as(character: str) -> tuple[str, ...]:
    """Every character that is one with a simplified one, itself first."""
    return _families().get(character, (character,))


def variants(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The characters of a text that are one with others, each with those others, each once and in order."""
    found: dict[str, tuple[str, ...]] = {}
    for one in text:
        family = written_as(table().get(one, one))
        if len(family) > 1:
            found.setdefault(one, tuple(other for other in family if other != one))
    return tuple(found.items())
