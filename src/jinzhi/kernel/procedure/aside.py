"""Asides: what stands beside the state of a case for a while (an appraisal, a suspension)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import KW_ONLY, dataclass

from jinzhi.kernel.declare import Citation


@dataclass(frozen=True, slots=True)
class Aside:
    """Open from a step of ``begin`` to one of ``end``; with steps per item, one an item. ``outlives``: a case may end
    while it stands open. ``was``: names it had before."""

    id: str
    zh: str
    en: str
    _: KW_ONLY
    begin: tuple[str, ...]
    end: tuple[str, ...]
    basis: tuple[Citation, ...] = ()
    outlives: bool = False
    was: tuple[str, ...] = ()

    def problems(self, steps: Collection[str]) -> Iterator[str]:
        """What is wrong with it beside steps with these ids."""
        if not self.begin or not self.end:
            yield f"aside {self.id} needs a step that begins it and one that ends it"
        for step in (*self.begin, *self.end):
            if step not in steps:
                yield f"aside {self.id} names the step {step!r}, which is not declared"
        for step in self.begin:
            if step in self.end:
                yield f"aside {self.id}: {step} both begins and ends it"
