"""Every door of the house: what an app may register, with the signature and a sentence each.

A door takes one entry an id. Two entries of one id stop the start and both are named. When all apps are loaded the
doors are closed (``jinzhi.web.apps``): what registers itself later would be there in one process and not in another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from django.db.models import Q, QuerySet

    from jinzhi.apps.cases.models import Case
    from jinzhi.apps.catalogue.integrity import Checker
    from jinzhi.apps.catalogue.looks import HealthFact
    from jinzhi.apps.catalogue.sources_registry import LeftOut, Provider, SeesRecords
    from jinzhi.apps.catalogue.ticks import Tick
    from jinzhi.apps.evidence.events.files import Opened
    from jinzhi.apps.evidence.models import Attachment, Event
    from jinzhi.apps.units.following import Following
    from jinzhi.kernel.indicator import Record
    from jinzhi.kernel.procedure import CaseView

Entry = TypeVar("Entry")


class DoorError(RuntimeError):
    """A door was used wrongly: by two under one id, or after it was closed."""


class AppDoor(Generic[Entry]):
    """What is registered under one sort of id. ``says``: what an entry does, in a sentence."""

    def __init__(self, id: str, says: str) -> None:
        if id in DOORS:
            raise DoorError(f"there are two doors {id!r}")
        self.id, self.says, self.closed = id, says, False
        self._entries: dict[str, tuple[Entry, str]] = {}
        DOORS[id] = self

    def enter(self, id: str, entry: Entry, by: Any = None) -> None:
        """Register an entry; ``by`` is the function or module that does. Raises DoorError."""
        whose = _whose(entry if by is None else by)
        if self.closed:
            raise DoorError(f"{self.id}: {id!r} of {whose} came after the doors were closed; import it at the start")
        if id in self._entries:
            raise DoorError(f"{self.id}: {id!r} is registered by {self._entries[id][1]} and by {whose}")
        self._entries[id] = (entry, whose)

    def __contains__(self, id: str) -> bool:
        return id in self._entries

    def __getitem__(self, id: str) -> Entry:
        return self._entries[id][0]

    def get(self, id: str) -> Entry | None:
        kept = self._entries.get(id)
        return kept[0] if kept else None

    def ids(self) -> tuple[str, ...]:
        """All ids, sorted."""
        return tuple(sorted(self._entries))

    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order of their ids."""
        return tuple(self[id] for id in self.ids())

    def items(self) -> Iterator[tuple[str, Entry]]:
        """All ids with their entries, sorted."""
        return ((id, self[id]) for id in self.ids())

    def longest(self, text: str) -> str | None:
        """The longest id that a text begins with: doors of streams go by prefix."""
        return max((id for id in self._entries if text.startswith(id)), key=len, default=None)

    @contextmanager
    def holding_also(self, id: str, entry: Entry) -> Iterator[None]:
        """For a test: one entry more, for a while, though the door is closed."""
        if id in self._entries:
            raise DoorError(f"{self.id}: {id!r} is registered by {self._entries[id][1]}")
        self._entries[id] = (entry, "a test")
        try:
            yield
        finally:
            del self._entries[id]


#: every door by its id
DOORS: dict[str, AppDoor[Any]] = {}


def _whose(thing: Any) -> str:
    module, name = getattr(thing, "__module__", ""), getattr(thing, "__qualname__", "")
    return f"{module}.{name}".strip(".") or repr(thing)


def close_doors() -> None:
    """Let nothing more be registered."""
    for door in DOORS.values():
        door.closed = True


# --- records and what is counted ------------------------------------------------------------------------------
SOURCES: AppDoor[Provider] = AppDoor(
    "sources", "gives the records of a kind of sources, as of a day, that somebody sees"
)
PAST_SOURCES: AppDoor[Callable[[str, SeesRecords, Sequence[date]], Mapping[date, Sequence[Record | LeftOut]]]] = (
    AppDoor("past-sources", "gives a kind's records as of several days at once, in a fixed number of queries")
)
HELD_AS_OF: AppDoor[Callable[[Mapping[date, Sequence[Record]]], dict[date, tuple[Record, ...]]]] = AppDoor(
    "held-as-of", "puts records under the unit that answered for each on its day"
)
# --- cases -----------------------------------------------------------------------------------------------------
FACTS: AppDoor[Callable[[Case], bool]] = AppDoor("facts", "answers whether a fact that a step needs holds for a case")
PROJECTIONS: AppDoor[tuple[str, Callable[[Case, CaseView, Event], None]]] = AppDoor(
    "projections", "keeps something beside a case, written with the event that changes it; by procedure"
)
REFERENCES: AppDoor[Callable[[str, str, Any], str | None]] = AppDoor(
    "references", "finds the thing that a REF field names, for who may see it"
)
# --- the installation ------------------------------------------------------------------------------------------
INVARIANTS: AppDoor[Checker] = AppDoor("invariants", "looks whether something that must hold does")
LOOKS: AppDoor[Callable[[], Iterable[HealthFact]]] = AppDoor("looks", "says how an app stands, for jinzhi doctor")
TICKS: AppDoor[Tick] = AppDoor("ticks", "a task of the timer")
FOLLOWING: AppDoor[Following] = AppDoor("following", "hands over what is open when units are merged")
STAYING_CASES: AppDoor[Q] = AppDoor("staying-cases", "says which open cases stay with their unit when it is merged")
# --- files and objects of the log -------------------------------------------------------------------------------
HOLDINGS: AppDoor[Callable[[], QuerySet[Any, str]]] = AppDoor(
    "holdings", "gives the digests of the contents that some row needs"
)
LEFT_BEHIND: AppDoor[Callable[[], Iterator[Attachment]]] = AppDoor(
    "left-behind", "gives the files that an erasure should have taken with it and did not"
)
FILE_READERS: AppDoor[Callable[[Any, Attachment], Opened | None]] = AppDoor(
    "file-readers", "says what somebody may know of a file; by the beginning of its stream"
)
KINDS: AppDoor[Any] = AppDoor(
    "kinds", "finds the pages of objects that somebody may open; by the beginning of a stream"
)
#: what a KINDS entry is made with: who asks, and ids -> places
FindPlaces = Callable[[Any, Collection[str]], Mapping[str, Any]]
