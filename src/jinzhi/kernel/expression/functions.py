"""The registry of pure functions that a declaration may name with ``Fn``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jinzhi.kernel.expression.answers import Missing


@dataclass(frozen=True, slots=True)
class Function:
    """A pure function by its name. ``arguments``: the types of its arguments by name; it is called with all of them.

    ``version`` is recorded with what it gave. ``reads_sources``: it looks at records beyond its arguments, so that it
    may stand in a need, in what a step gives and on a page, never where a case is folded. ``public``: without records
    of others, it may stand on a page for everybody.
    """

    name: str
    version: str
    arguments: Mapping[str, type | tuple[type, ...]]
    call: Callable[..., object]
    reads_sources: bool = False

    def takes(self, given: Mapping[str, object]) -> bool:
        """Whether these are its arguments, each of its type; a missing value is none, and yes is no number."""
        if given.keys() != self.arguments.keys():
            return False
        return all(self.fits(name, value) for name, value in given.items())

    def fits(self, name: str, value: object) -> bool:
        """Whether an argument may be this value."""
        wanted = self.arguments[name]
        types = wanted if isinstance(wanted, tuple) else (wanted,)
        if isinstance(value, bool):
            return bool in types or object in types
        return not isinstance(value, Missing) and isinstance(value, types)

    @property
    def public(self) -> bool:
        return not self.reads_sources


_registry: dict[str, Function] = {}


def declare_function(function: Function) -> Function:
    """Take a function into the registry. Raises ValueError where its name is taken by another."""
    if _registry.setdefault(function.name, function) is not function:
        raise ValueError(f"two functions are called {function.name!r}")
    return function


def find_function(name: str) -> Function | None:
    """The function of a name; None where nobody declared one."""
    return _registry.get(name)
