"""One indicator as computed for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.urls import reverse

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.indicators.queries import (
    RecordPool,
    ValuePoint,
    as_of,
    knows_past,
    past,
    scope_of,
)
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.indicator import Indicator, Record, Value, parts
from jinzhi.web.indicators.asked import counted_unit, declared, pick, unit_of, year_of
from jinzhi.web.shell.requests import PageRequest


@dataclass
class SeenIndicator:
    """An indicator as one reader sees it in a year, for a unit; its records are read once."""

    request: PageRequest
    indicator: Indicator
    year: int | None
    unit: Unit | None

    @property
    def who(self) -> Acting:
        return self.request.acting

    @cached_property
    def on(self) -> date:
        return as_of(self.year, today())

    @cached_property
    def pool(self) -> RecordPool:
        return RecordPool(scope_of(self.who, self.unit), self.on)

    @cached_property
    def rows(self) -> Mapping[str, Sequence[Record]]:
        if self.on < today() and not knows_past(self.indicator):
            return {p.source: () for p in parts(self.indicator.measure)}
        return self.pool.of(self.indicator)

    @cached_property
    def value(self) -> Value:
        return self.pool.value(self.indicator)

    @cached_property
    def points(self) -> list[ValuePoint]:
        return past(self.indicator, self.who, counted_unit(self.who, self.unit), self.pool)

    def address(self, name: str, *args: str, **more: str) -> str:
        return reverse(name, args=[self.indicator.id, *args]) + pick(self.year, self.unit, **more)


def seen(request: PageRequest, id: str) -> SeenIndicator:
    indicator = declared(id)
    return SeenIndicator(request, indicator, year_of(request, indicator), unit_of(request))
