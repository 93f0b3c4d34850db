"""What a REF field may point at: each app says how it finds its own, by the same rules as its own pages.

A function registered under a kind gives the stored value of what was typed, or None where there is no such thing or
the person does not see it. The kind is ``Field.of``; the id of a register is of the kind ``register``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinzhi.apps.catalogue.doors import REFERENCES

#: (what ``of`` names, what was typed, who asks) -> the stored value
Resolve = Callable[[str, str, Any], str | None]
REGISTER = "register"


def resolves(kind: str) -> Callable[[Resolve], Resolve]:
    """Register the decorated function as what finds the things of a kind."""

    def register(function: Resolve) -> Resolve:
        REFERENCES.enter(kind, function)
        return function

    return register


def find(of: str, text: str, who: Any) -> str | None:
    """The stored value of a reference, or None. A kind that no app finds has no things."""
    resolver = REFERENCES.get(of) or REFERENCES.get(REGISTER)
    return resolver(of, text, who) if resolver else None
