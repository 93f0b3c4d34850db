"""Freezing: the values of a day with the records behind them, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import EVERYTHING
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.indicators.models import Snapshot
from jinzhi.apps.indicators.queries import RecordPool
from jinzhi.apps.units.models import Unit
from jinzhi.engines.indicator_memory import evaluate
from jinzhi.kernel.canonical import digest_value
from jinzhi.kernel.indicator import Indicator, Record, Value, parts


def sealed(indicator: str, day: date, unit: str, value: Value) -> dict[str, Any]:
    """What the digest of a frozen value covers."""
    return {
        "indicator": indicator,
        "day": day.isoformat(),
        "unit": unit,
        "number": "" if value.number is None else f"{value.number:f}",
        "parts": [None if p is None else f"{p:f}" for p in value.parts],
        "records": [list(ids) for ids in value.records],
    }


def _below(unit: Unit, rows: Mapping[str, Sequence[Record]], paths: Mapping[str, str]) -> dict[str, list[Record]]:
    return {s: [r for r in kept if paths.get(r.unit, "").startswith(unit.path)] for s, kept in rows.items()}


@transaction.atomic
def freeze(day: date) -> int:
    """Freeze every indicator for every unit that has records (and the units above), as of a day.

    Returns how many values are new. A value frozen before stays; freezing leaves one event. Called by ``jinzhi tick``
    for the day before. What does not look at dates (see queries.knows_past) is frozen as it is now.
    """
    pool = RecordPool(EVERYTHING, day)
    units = list(Unit.objects.filter(active=True).order_by("path"))
    # of a unit that was closed and that nobody follows, what it kept still counts above it
    paths = dict(Unit.objects.values_list("code", "path"))
    rows = Snapshot.objects.unrestricted("the platform freezes for every unit")
    have = set(rows.filter(day=day).values_list("indicator", "unit_id"))
    made: list[Snapshot] = []
    for indicator in catalogue().all(Indicator):
        made += _frozen(indicator, day, pool, units, paths, have)
    Snapshot.objects.bulk_create(made, batch_size=500)
    if made:
        said = {"day": day.isoformat(), "values": len(made), "digests": sorted(s.digest for s in made)}
        record(f"indicators:{day.isoformat()}", "freeze", said, who=None, on=day)
    return len(made)


def _frozen(
    indicator: Indicator,
    day: date,
    pool: RecordPool,
    units: Sequence[Unit],
    paths: Mapping[str, str],
    have: set[tuple[str, int]],
) -> list[Snapshot]:
    given = pool.of(indicator)
    own = {p.source: given[p.source] for p in parts(indicator.measure)}
    holders = {paths.get(r.unit, "") for kept in own.values() for r in kept}
    out: list[Snapshot] = []
    for unit in units:
        if (indicator.id, unit.pk) in have:
            continue
        if unit.depth > 1 and not any(p.startswith(unit.path) for p in holders):
            continue
        value = evaluate(indicator, _below(unit, own, paths), day)
        content = sealed(indicator.id, day, unit.code, value)
        out.append(
            Snapshot(
                indicator=indicator.id,
                day=day,
                unit=unit,
                unit_path=unit.path,
                number=content["number"],
                parts=content["parts"],
                records=content["records"],
                digest=digest_value(content).sha256,
                at=now(),
            )
        )
    return out
