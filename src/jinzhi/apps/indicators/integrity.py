"""Invariants of indicators."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from jinzhi.apps.catalogue.integrity import invariant
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import provided
from jinzhi.apps.indicators.actions import sealed
from jinzhi.apps.indicators.models import Snapshot
from jinzhi.kernel.canonical import digest_value
from jinzhi.kernel.indicator import Indicator, Value, parts


def _value(kept: Snapshot, day: date) -> Value:
    return Value(
        Decimal(kept.number) if kept.number else None,
        day,
        tuple(tuple(ids) for ids in kept.records),
        tuple(None if p is None else Decimal(p) for p in kept.parts),
    )


def digest_of(kept: Snapshot) -> str:
    """The digest that a frozen value has, from what is kept of it."""
    return digest_value(sealed(kept.indicator, kept.day, kept.unit.code, _value(kept, kept.day))).sha256


@invariant("indicator-frozen", "冻结的指标值未被改动", "No frozen value was changed")
def frozen() -> Iterator[str]:
    for kept in Snapshot.objects.unrestricted("integrity checker").select_related("unit").iterator(chunk_size=2000):
        if digest_of(kept) != kept.digest:
            yield f"{kept}: the digest differs"
        if kept.unit_path != kept.unit.path:
            yield f"{kept}: the path is not that of its unit"


@invariant("indicator-sources", "每个指标的数据来源都可取得", "Every source of an indicator is provided")
def sources() -> Iterator[str]:
    for indicator in catalogue().all(Indicator):
        for part in parts(indicator.measure):
            if part.source.partition(":")[0] not in provided():
                yield f"{indicator.id}: nobody provides {part.source}"
