"""Who answered for what on a day: units merged since, and what was handed over by a merger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from jinzhi.apps.catalogue.sources_registry import held_as_of
from jinzhi.apps.units.models import Handed, Unit
from jinzhi.kernel.indicator import Record
from jinzhi.kernel.unit_changes import Life, heir


def lives() -> dict[str, Life]:
    """The days and successors of the units of which some are known, by code."""
    found = Unit.objects.exclude(since=None, until=None).values_list("code", "since", "until", "successor__code")
    return {code: Life(code, since, until, into or "") for code, since, until, into in found}


def life_of(unit: Unit) -> Life:
    return Life(unit.code, unit.since, unit.until, unit.successor.code if unit.successor else "")


def held_on(day: date, prefix: str) -> dict[str, Unit]:
    """The unit that held something on a day, by thing, where it was handed over later. ``prefix``: such as "case:"."""
    rows = Handed.objects.filter(on__gt=day, thing__startswith=prefix).select_related("giver").order_by("-on", "-pk")
    return {row.thing: row.giver for row in rows}


def merged_into(unit: Unit, day: date) -> list[Unit]:
    """The units for which a unit answers on a day because they went into it, or into one that did."""
    out: list[Unit] = []
    found = list(Unit.objects.filter(successor=unit, until__lt=day))
    while found:
        out += found
        found = list(Unit.objects.filter(successor__in=found, until__lt=day))
    return out


@held_as_of
def as_held(given: Mapping[date, Sequence[Record]]) -> dict[date, tuple[Record, ...]]:
    """Records under the unit that answered for each on the day: its unit then, or the successor of one merged."""
    ended = lives()
    if not given or not any(life.successor for life in ended.values()):
        return {day: tuple(rows) for day, rows in given.items()}
    later = list(Handed.objects.filter(on__gt=min(given)).order_by("-on", "-pk").select_related("giver"))
    return {day: _on(rows, day, ended, later) for day, rows in given.items()}


def _on(rows: Sequence[Record], day: date, ended: Mapping[str, Life], later: Sequence[Handed]) -> tuple[Record, ...]:
    then = {h.thing: h.giver.code for h in later if h.on > day}  # the earliest after the day comes last, and stands
    out = []
    for r in rows:
        code = heir(then.get(r.id, r.unit), day, ended)
        out.append(r if code == r.unit else replace(r, unit=code))
    return tuple(out)
