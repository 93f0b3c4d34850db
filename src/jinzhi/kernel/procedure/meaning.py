"""The words for expressions, conditions and checks, where a declaration takes one."""

from __future__ import annotations

from typing import Any

Condition = object
Expression = object
Check = Any
Checklist = Any
Derived = Any
#: a state, nothing (the state stays), or a choice among states
Target = str | None


def targets_of(to: Target) -> tuple[str, ...]:
    """Every state that a target may come out as."""
    return (to,) if to else ()
