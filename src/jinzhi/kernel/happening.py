"""What an event did to a case, as its clocks read it.

The fold of a procedure works out where a step led and which asides began or ended by it, and hands the clocks one
:class:`Happening` an event, with the case as it stands after it (a record that conditions and lengths are judged on).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Happening:
    """An event and what it moved.

    ``step``, ``name``: its id and 中文; ``item``: the key of the element that it is about, where the step is one for
    each element of a list. ``entered``: the state that it led to, where the step says one; ``left``: the state before,
    where it is another. ``began``, ``ended``: asides with the item they are about. ``served``: a letter with the key of
    who it was served on; ``on`` is then the day of service.
    """

    step: str
    name: str
    on: date
    at: datetime | None = None
    item: str = ""
    entered: str = ""
    left: str = ""
    began: tuple[tuple[str, str], ...] = ()
    ended: tuple[tuple[str, str], ...] = ()
    served: tuple[str, str] | None = None
