"""Letters that a step sends, and the day on which they count as served."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import KW_ONLY, dataclass

from jinzhi.kernel.declare import Citation
from jinzhi.kernel.period import Length


@dataclass(frozen=True, slots=True)
class Letter:
    """Sent with the step. ``to``: the path of those it goes to; ``tells``: clocks whose due date it tells and thereby
    fixes; ``shows``: paths and checklists printed in it. It is composed from the declaration, or from a template
    of the same id."""

    id: str
    zh: str
    en: str
    _: KW_ONLY
    to: str
    tells: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    basis: tuple[Citation, ...] = ()
    was: tuple[str, ...] = ()

    def problems(self, clocks: Collection[str]) -> Iterator[str]:
        """What is wrong with it beside clocks with these ids."""
        if not self.to:
            yield f"letter {self.id} names nobody it goes to"
        for clock in self.tells:
            if clock not in clocks:
                yield f"letter {self.id} tells the clock {clock!r}, which is not declared"


@dataclass(frozen=True, slots=True)
class Way:
    """A way of serving. ``after``: where receipt is not proven, it counts as received so long after sending; None: no
    law presumes a day, and without proof the run waits."""

    id: str
    zh: str = ""
    en: str = ""
    _: KW_ONLY
    after: Length | None = None
    basis: tuple[Citation, ...] = ()
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Service:
    """How letters are served under a law. ``law`` is empty where all the laws of a procedure say the same."""

    ways: tuple[Way, ...]
    _: KW_ONLY
    law: str = ""
    basis: tuple[Citation, ...] = ()

    def find_way(self, id: str) -> Way | None:
        return next((way for way in self.ways if way.id == id), None)

    def problems(self) -> Iterator[str]:
        ids = [way.id for way in self.ways]
        if not ids:
            yield "service names no way"
        for id in dict.fromkeys(ids):
            if ids.count(id) > 1:
                yield f"service names the way {id!r} twice"
