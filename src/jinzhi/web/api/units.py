"""The tree of units."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.units.models import Unit, UnitName
from jinzhi.apps.units.succession import life_of
from jinzhi.kernel.organisation import LEVELS
from jinzhi.web.api.caller import caller, only
from jinzhi.web.api.paging import Cursor, Limit, page_of
from jinzhi.web.api.shapes import UnitOut, Units
from jinzhi.web.shell.problems import Wrong, invalid, missing

router = Router(tags=["units"], by_alias=True)
SCOPE = {"x-scope": "plan.read"}


def parents(units: list[Unit]) -> dict[str, str]:
    """Codes of the units above, by the path of the unit."""
    above = {u.path[: -Unit.steplen] for u in units}
    return dict(Unit.objects.filter(path__in=above).values_list("path", "code"))


AsOf = Annotated[date | None, Query(None, description="A day: units and names as of it; left out: today.")]


def shown(unit: Unit, codes: dict[str, str], day: date | None) -> dict[str, Any]:
    """A unit with the name of a day; ``active`` is whether it existed then. None: today."""
    names = ("code", "level", "contact", "since", "until")
    named = unit.named_on(day) if day else unit
    return {
        **{n: getattr(unit, n) for n in names}, **{n: getattr(named, n) for n in ("zh", "en", "short")},
        "active": life_of(unit).on(day) if day else unit.active,
        "successor": unit.successor.code if unit.successor else None,
        "parent": codes.get(unit.path[: -Unit.steplen]),
    }  # fmt: skip


@router.get("/units", response=Units, summary="All units, or those below one", openapi_extra=SCOPE)
def list_units(
    request: HttpRequest,
    limit: Limit,
    cursor: Cursor,
    level: Annotated[str, Query("", description="Only units of this level.")],
    under: Annotated[str, Query("", description="Code of a unit: only those below it.")],
    q: Annotated[str, Query("", max_length=200, description="Part of a name, also an earlier one, or code.")],
    as_of: AsOf,
) -> dict[str, Any]:
    caller(request, "plan.read")
    only(request, "limit", "cursor", "level", "under", "q", "as_of")
    rows = Unit.objects.select_related("successor").prefetch_related("names")
    if as_of is not None:
        rows = rows.filter(Q(since=None) | Q(since__lte=as_of)).filter(Q(until=None) | Q(until__gte=as_of))
        rows = rows.filter(Q(active=True) | Q(since__isnull=False) | Q(until__isnull=False))
    if level:
        if level not in LEVELS:
            raise invalid(Wrong("level", f"应为 {'、'.join(LEVELS)}", f"must be one of {', '.join(LEVELS)}"))
        rows = rows.filter(level=level)
    if under:
        above = Unit.objects.filter(code=under).first()
        if above is None:
            raise invalid(Wrong("under", f"没有代码为“{under}”的单位", f"no unit has the code {under!r}"))
        rows = rows.filter(path__startswith=above.path).exclude(pk=above.pk)
    if q:
        named = Q(zh__icontains=q) | Q(en__icontains=q) | Q(short__icontains=q)
        earlier = UnitName.objects.filter(named).values("unit")
        rows = rows.filter(named | Q(code__icontains=q) | Q(pk__in=earlier))
    found, after = page_of(rows, limit, cursor)
    codes = parents(found)
    items = [shown(u, codes, as_of) for u in found]
    return {"as_of": as_of or today(), "items": items, "next": after}


@router.get("/units/{slug:code}", response=UnitOut, summary="A unit", openapi_extra=SCOPE)
def get_unit(request: HttpRequest, code: str, as_of: AsOf) -> dict[str, Any]:
    caller(request, "plan.read")
    only(request, "as_of")
    unit = Unit.objects.select_related("successor").filter(code=code).first()
    if unit is None:
        raise missing(f"没有代码为“{code}”的单位", f"no unit has the code {code!r}")
    return shown(unit, parents([unit]), as_of)
