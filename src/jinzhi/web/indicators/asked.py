"""What the address of an indicator asks for: year, unit, whose eyes."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.indicators.queries import (
    sees_unit,
    years,
)
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Reach
from jinzhi.kernel.indicator import Indicator
from jinzhi.web.shell.listing import whole
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import speak

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHART = (720, 320)
#: how a value of the past came about
ORIGINS = {
    "frozen": gettext_lazy("当日冻结"),
    "computed": gettext_lazy("按现有记录计算"),
    "none": gettext_lazy("当日没有冻结，不能推算"),
}


def year_of(request: PageRequest, indicator: Indicator | None = None) -> int | None:
    """The year asked for; one outside the years on offer is a clear 404."""
    year = whole(request, "year")
    if year is not None and year not in years(indicator, today()):
        raise Http404(_("没有 %(year)s 年的数据") % {"year": year})
    return year


def unit_of(request: PageRequest) -> Unit | None:
    """The unit asked for; one out of sight is as good as not there."""
    code = request.GET.get("unit", "").strip()[:80]
    if not code:
        return None
    unit = Unit.objects.filter(code=code, active=True).first()
    if unit is None or not sees_unit(request.acting, unit):
        raise Http404(_("没有代码为“%(code)s”的单位，或不在您的可见范围") % {"code": code})
    return unit


def counted_unit(who: Acting, unit: Unit | None) -> Unit:
    """The unit whose frozen values belong to what is shown."""
    if unit is not None:
        return unit
    root = Unit.objects.get_first_root_node() if who.reach is Reach.ALL else None
    return root or who.unit


def whose(who: Acting, unit: Unit | None) -> str:
    if unit is not None:
        return _("%(unit)s（含下级）") % {"unit": unit.name}
    return _("%(unit)s（您可见的全部）") % {"unit": counted_unit(who, None).name}


def declared(id: str) -> Indicator:
    indicator = catalogue().find(Indicator, id)
    if indicator is None:
        raise Http404(_("没有名为“%(id)s”的指标") % {"id": id})
    return indicator


def measured_in(indicator: Indicator) -> str:
    return speak(indicator.measured_in)


def unit_words(indicator: Indicator) -> str:
    """What the number is measured in; where it begins again each January, that it is cumulated within the year."""
    unit = measured_in(indicator)
    return _("%(unit)s，年内累计") % {"unit": unit} if indicator.within_year else unit


def pick(year: int | None, unit: Unit | None, **more: str) -> str:
    """The query string of a page about the same year and unit."""
    given = {"year": year or "", "unit": unit.code if unit else "", **more}
    kept = {k: v for k, v in given.items() if v}
    return f"?{urlencode(kept)}" if kept else ""
