"""The language of the page, and words in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language


def english() -> bool:
    return (get_language() or "").startswith("en")


def named(thing: Any) -> str:
    """The name of a declaration, state, field … in the language of the page."""
    return thing.en if english() else thing.zh


def enumerated(words: Iterable[str]) -> str:
    """Words one after the other, with the mark of the language of the page between them: 甲、乙 or A, B."""
    return (", " if english() else "、").join(words)


def one_tongue(said: tuple[str, str] | None) -> str:
    """Of a sentence in Chinese and English the one that the page speaks; empty where nothing is said."""
    return "" if said is None else said[1] if english() else said[0]
