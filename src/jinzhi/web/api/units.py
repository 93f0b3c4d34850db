"""The tree of units."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router

from jinzhi.apps.units.models import Unit
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


def shown(unit: Unit, codes: dict[str, str]) -> dict[str, Any]:
    names = ("code", "zh", "en", "short", "level", "contact", "active")
    return {**{n: getattr(unit, n) for n in names}, "parent": codes.get(unit.path[: -Unit.steplen])}


@router.get("/units", response=Units, summary="All units, or those below one", openapi_extra=SCOPE)
def list_units(
    request: HttpRequest,
    limit: Limit,
    cursor: Cursor,
    level: Annotated[str, Query("", description="Only units of this level.")],
    under: Annotated[str, Query("", description="Code of a unit: only those below it.")],
    q: Annotated[str, Query("", max_length=200, description="Part of a name or code.")],
) -> dict[str, Any]:
    caller(request, "plan.read")
    only(request, "limit", "cursor", "level", "under", "q")
    rows = Unit.objects.all()
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
        rows = rows.filter(Q(zh__icontains=q) | Q(en__icontains=q) | Q(short__icontains=q) | Q(code__icontains=q))
    found, after = page_of(rows, limit, cursor)
    codes = parents(found)
    return {"items": [shown(u, codes) for u in found], "next": after}


@router.get("/units/{slug:code}", response=UnitOut, summary="A unit", openapi_extra=SCOPE)
def get_unit(request: HttpRequest, code: str) -> dict[str, Any]:
    caller(request, "plan.read")
    only(request)
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise missing(f"没有代码为“{code}”的单位", f"no unit has the code {code!r}")
    return shown(unit, parents([unit]))
