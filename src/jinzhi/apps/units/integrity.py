"""Invariants of the tree of units."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db.models import F

from jinzhi.apps.catalogue.integrity import invariant
from jinzhi.apps.units.guard import UnitOwned
from jinzhi.apps.units.models import Unit


@invariant("unit-path", "各行保存的单位路径与单位树一致", "Every row's unit path is its unit's path")
def unit_paths() -> Iterator[str]:
    for model in apps.get_models():
        if not issubclass(model, UnitOwned):
            continue
        rows = model.objects.unrestricted("integrity checker").exclude(unit_path=F("unit__path"))
        for row in rows.iterator():
            yield f"{model.__name__} {row.pk}: path {row.unit_path} is not that of {row.unit_id}"


@invariant("unit-tree", "单位树结构完整", "The tree of units is sound")
def tree() -> Iterator[str]:
    for what, found in zip(
        ("bad alphabet", "bad path", "orphan", "wrong depth", "wrong number of children"),
        Unit.objects.find_problems(),
        strict=True,
    ):
        for pk in found:
            yield f"unit {pk}: {what}"
