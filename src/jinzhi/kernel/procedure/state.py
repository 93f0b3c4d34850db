"""The states of a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinzhi.kernel.status import Tone


@dataclass(frozen=True, slots=True)
class State:
    """A state of a case. ``final``: nothing follows. ``lane`` 0 is the main path, 1 and more are branches.

    ``was``: names it had before.
    """

    id: str
    zh: str
    en: str
    tone: Tone = Tone.OPEN
    final: bool = False
    lane: int = 0
    was: tuple[str, ...] = ()

    def problems(self) -> Iterator[str]:
        if self.tone not in tuple(Tone):
            yield f"state {self.id} has the unknown tone {self.tone!r}"


#: the state of a case whose first event nothing declares any more
UNKNOWN = State("unknown", "环节未知", "State unknown", tone=Tone.NEUTRAL)
