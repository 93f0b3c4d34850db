"""What the making of a demonstration says while it goes on.

A sentence is handed over untranslated, with its figures: the making itself stands in Chinese, because it writes what
people of the city wrote, and only whoever listens knows the listener's language.
"""

from __future__ import annotations

from typing import Protocol


class Say(Protocol):
    """Takes a msgid with ``%(name)…`` places and the figures for them."""

    def __call__(self, msgid: str, /, **figures: object) -> None: ...


def silent(msgid: str, /, **figures: object) -> None:
    """Say nothing."""
