"""Where the records come from that indicators count: each app says how it gives those of its own kind.

A source is named ``kind:name`` (``register:service-points``, ``procedure:progress-report``, ``plan:milestones``) or
by its kind alone (``units``). An app registers one provider for its kind in its ``sources.py``, which is loaded at
start-up::

    @provides("plan")
    def plan_records(name: str, who: Sees, on: date) -> Iterable[Record]:
        match name:
            case "milestones":
                for m in Milestone.objects.visible_to(who).select_related("unit"):
                    yield Record(
                        id=f"milestone:{m.pk}",      # permanent and unique within the source
                        title=m.title,               # what a person reads in the list behind a number
                        url=f"/rows/{m.row_key}/",   # the page of the record, or "" where it has none
                        unit=m.unit.code,            # under whose unit it is kept
                        fields={"due": m.due, "met_on": m.met_on, "row_key": m.row_key, "target": m.target, …},
                    )
            case _:
                raise UnknownSource(f"plan:{name}")

Rules for a provider:

- It says ``visible_to(who)``: ``who`` is the acting person, or ``EVERYTHING`` where the platform itself counts.
- Fields hold ``str | int | Decimal | bool | date | None``; a DateTime is given as its local date, an amount as Decimal.
- It gives the records as they were on the day ``on``, as known now; a field of which that cannot be told is named in
  ``today_only``. What did not exist by then may be given: the ``date_field`` and conditions decide what counts.
- It makes a fixed number of queries, whatever the number of records.
- A record that cannot be read as declared is given as LeftOut: it is not counted, and the number says so.

Fields that indicators of this installation read: see ``matters/tianjin/indicators``. For ``plan:milestones`` they are
``row_key, code, title, due, met_on, dropped_on, target, achieved, weight, measured_in`` and ``met_in_time`` need not be
given (AtMost("met_on", F("due")) says it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from jinzhi.apps.catalogue.doors import HELD_AS_OF, PAST_SOURCES, SOURCES
from jinzhi.kernel.access import Reach
from jinzhi.kernel.indicator import Record


class UnknownSource(LookupError):
    """No provider gives this source. A defect of a declaration or of a provider, named in ``args[0]``."""


class SeesRecords(Protocol):
    """Somebody who looks: the path of the unit and the reach of the role (accounts.acting.Acting is one)."""

    @property
    def path(self) -> str: ...

    @property
    def reach(self) -> Reach: ...


@dataclass(frozen=True)
class Everything:
    """The platform itself, counting for a snapshot or a check; no page is made for it."""

    path: str = ""
    reach: Reach = Reach.ALL


EVERYTHING = Everything()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that cannot be counted, and why: it is given in the place of a Record, and numbers say how many."""

    id: str
    title: str
    url: str
    unit: str
    zh: str
    en: str


Provide = Callable[[str, SeesRecords, date], Iterable[Record | LeftOut]]
ProvidePast = Callable[[str, SeesRecords, Sequence[date]], Mapping[date, Sequence[Record | LeftOut]]]


@dataclass(frozen=True)
class Provider:
    """What gives the records of a kind, and which fields of which source it knows only as they are today."""

    give: Provide
    today_only: Mapping[str, tuple[str, ...]]


Held = Callable[[Mapping[date, Sequence[Record]]], dict[date, tuple[Record, ...]]]


def held_as_of(function: Held) -> Held:
    """Register the function that puts records under the unit that answered for each on its day; days come together."""
    HELD_AS_OF.enter(f"{function.__module__}.{function.__qualname__}", function)
    return function


def _as_held(given: Mapping[date, Iterable[Record | LeftOut]]) -> dict[date, tuple[Record, ...]]:
    rows = {day: tuple(r for r in kept if isinstance(r, Record)) for day, kept in given.items()}
    for function in HELD_AS_OF.entries():
        rows = function(rows)
    return rows


def provides(kind: str, today_only: Mapping[str, tuple[str, ...]] | None = None) -> Callable[[Provide], Provide]:
    """Register the decorated function as the provider of a kind of sources.

    ``today_only``: for a source ("plan:rows"), the fields that are given as they are today whatever the day, because
    nothing keeps what they were; ``"*"`` for all, and for which records there are. A value of a past day that rests on
    one of them cannot be known, and says so.
    """

    def register(function: Provide) -> Provide:
        SOURCES.enter(kind, Provider(function, today_only or {}), function)
        return function

    return register


def provides_past(kind: str) -> Callable[[ProvidePast], ProvidePast]:
    """Register the function that gives a kind's records as of several days at once, in a fixed number of queries."""

    def register(function: ProvidePast) -> ProvidePast:
        PAST_SOURCES.enter(kind, function)
        return function

    return register


def today_only(source: str) -> tuple[str, ...]:
    """The fields of a source that are not known as of a past day."""
    provider = SOURCES.get(source.partition(":")[0])
    return provider.today_only.get(source, ()) if provider else ()


def past_records(source: str, who: SeesRecords, days: Sequence[date]) -> dict[date, tuple[Record, ...]]:
    """The records of a source as of each of these days: what held then, as it is known now."""
    kind, _, name = source.partition(":")
    if kind in PAST_SOURCES:
        return _as_held(PAST_SOURCES[kind](name, who, days))
    return _as_held({day: _given(source, who, day) for day in days})


def provided() -> tuple[str, ...]:
    """The kinds that have a provider."""
    return SOURCES.ids()


@dataclass(frozen=True, slots=True)
class SourceReading:
    """What a source gave: the records, and those that cannot be counted."""

    records: tuple[Record, ...]
    left_out: tuple[LeftOut, ...] = ()


def read(source: str, who: SeesRecords, on: date) -> SourceReading:
    """What of a source ``who`` sees. Raises UnknownSource."""
    given = _given(source, who, on)
    return SourceReading(_as_held({on: given})[on], tuple(r for r in given if isinstance(r, LeftOut)))


def _given(source: str, who: SeesRecords, on: date) -> list[Record | LeftOut]:
    kind, _, name = source.partition(":")
    if kind not in SOURCES:
        raise UnknownSource(f"no app provides the source {source!r} (provided: {', '.join(provided()) or 'none'})")
    return list(SOURCES[kind].give(name, who, on))


def records(source: str, who: SeesRecords, on: date) -> tuple[Record, ...]:
    """The records of a source that ``who`` sees and that can be counted. Raises UnknownSource."""
    return read(source, who, on).records
