"""Indicators: the value for the caller's eyes, its target and light, and the records behind it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import SeesRecords
from jinzhi.apps.indicators.queries import RecordPool, as_of, scope_of, sees_unit, standing, values
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.indicator import Indicator, Value
from jinzhi.web.api.caller import caller, only
from jinzhi.web.api.paging import Cursor, Limit, read, written
from jinzhi.web.api.shapes import IndicatorList, IndicatorOut, RecordList
from jinzhi.web.shell.problems import Wrong, invalid, missing

router = Router(tags=["indicators"], by_alias=True)
READ = {"x-scope": "indicator.read"}
Of = Annotated[str, Query("", max_length=80, description="Code of a unit: that unit and all below it.")]
Year = Annotated[
    int | None, Query(None, ge=2000, le=2100, description="The value at the end of a year; today's where left out.")
]


def declared(id: str) -> Indicator:
    found = catalogue().find(Indicator, id)
    if found is None:
        raise missing(f"没有名为“{id}”的指标", f"no indicator is called {id!r}")
    return found


def eyes(who: Acting, code: str) -> SeesRecords:
    """Whose records are counted: the caller's, or those of a unit that the caller sees and all below it."""
    if not code:
        return who
    unit = Unit.objects.filter(code=code).first()
    if unit is None or not sees_unit(who, unit):
        raise invalid(Wrong("unit", "没有这个单位，或不在可见范围", "is no unit, or not one that you see"))
    return scope_of(who, unit)


def day_of(year: int | None) -> date:
    day = today()
    if year is not None and year > day.year:
        raise invalid(Wrong("year", f"不能晚于 {day.year} 年", f"must not be after {day.year}"))
    return as_of(year, day)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def shown(indicator: Indicator, value: Value) -> dict[str, Any]:
    held = standing(indicator, value)
    return {
        "id": indicator.id,
        "zh": indicator.zh,
        "en": indicator.en,
        "number": _text(value.number),
        "unit_of_measure": indicator.unit,
        "as_of": value.as_of,
        "target": _text(held.target),
        "light": held.light.id if held.light else None,
        "why_zh": held.zh,
        "why_en": held.en,
        "why_none_zh": value.why_none_zh,
        "why_none_en": value.why_none_en,
        "corrected": value.corrected,
        "uncorrected": _text(value.uncorrected),
        "left_out": value.left_out,
        "unknown": len(value.unknown),
        "parts": [_text(p) for p in value.parts],
        "record_count": len({id for part in value.records for id in part}),
    }


@router.get("/indicators", response=IndicatorList, summary="Every indicator with its value", openapi_extra=READ)
def list_indicators(request: HttpRequest, unit: Of, year: Year) -> dict[str, Any]:
    who = caller(request, "indicator.read")
    only(request, "unit", "year")
    declared_ones = catalogue().all(Indicator)
    found = values(declared_ones, eyes(who, unit), day_of(year))
    return {"items": [shown(i, found[i.id]) for i in declared_ones]}


@router.get("/indicators/{slug:id}", response=IndicatorOut, summary="The value of an indicator", openapi_extra=READ)
def get_indicator(request: HttpRequest, id: str, unit: Of, year: Year) -> dict[str, Any]:
    who = caller(request, "indicator.read")
    only(request, "unit", "year")
    found = declared(id)
    return shown(found, values([found], eyes(who, unit), day_of(year))[found.id])


@router.get(
    "/indicators/{slug:id}/records",
    response=RecordList,
    summary="The records behind the value of an indicator",
    openapi_extra=READ,
)
def list_indicator_records(
    request: HttpRequest, id: str, limit: Limit, cursor: Cursor, unit: Of, year: Year
) -> dict[str, Any]:
    who = caller(request, "indicator.read")
    only(request, "limit", "cursor", "unit", "year")
    found, day = declared(id), day_of(year)
    pool = RecordPool(eyes(who, unit), day)
    value = pool.value(found)
    counted = sorted({r for part in value.records for r in part})
    begin = read(cursor)
    shown_ids = counted[begin : begin + limit]
    by_id = {r.id: r for r in pool.find(shown_ids)}
    items = [
        {
            "id": r,
            "title": by_id[r].title,
            "url": by_id[r].url,
            "unit": by_id[r].unit,
            "parts": [n for n, part in enumerate(value.records) if r in part],
        }
        for r in shown_ids
    ]
    after = written(begin + limit) if begin + limit < len(counted) else None
    return {"as_of": day, "count": len(counted), "items": items, "next": after}
