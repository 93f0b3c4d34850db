"""Values of indicators as they were on a day, frozen with the records behind them."""

from __future__ import annotations

from django.db import models

from jinzhi.apps.units.guard import UnitOwned


class Snapshot(UnitOwned):
    """The value of an indicator for a unit and all below it, on a day.

    ``number`` is a plain decimal as text (nothing is rounded), empty where there was no value. ``records`` are the
    ids counted, by part; ``digest`` is the SHA-256 of :func:`jinzhi.apps.indicators.actions.sealed`. A frozen value
    is never changed: freezing a day again leaves it as it is.
    """

    indicator = models.SlugField(max_length=80)
    day = models.DateField()
    number = models.CharField(max_length=60, blank=True)
    parts = models.JSONField(default=list)
    records = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "day", "unit"], name="one_value_a_day")]
        indexes = [models.Index(fields=["indicator", "unit", "day"])]
        ordering = ["indicator", "day"]

    def __str__(self) -> str:
        return f"{self.indicator} {self.day} {self.unit}: {self.number or '—'}"
