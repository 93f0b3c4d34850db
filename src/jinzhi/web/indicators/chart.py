"""The line of an indicator as a chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.engines import charts
from jinzhi.engines.indicator_memory import rounded
from jinzhi.kernel.indicator import Indicator, parts
from jinzhi.web.indicators.asked import CHART, measured_in
from jinzhi.web.indicators.seen import SeenIndicator, seen
from jinzhi.web.indicators.words import SourceWords
from jinzhi.web.plan.cockpit.kpis import shown
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import enumerated, named, speak


def figure(number: Decimal | None, indicator: Indicator) -> float | int | None:
    """A number as a chart takes it: rounded as shown."""
    as_shown = rounded(number, indicator.decimals)
    if as_shown is None:
        return None
    return int(as_shown) if not indicator.decimals else float(as_shown)


def ceiling(target: Decimal, indicator: Indicator) -> int:
    """Where the axis ends so that the target lies within it: 100 for a percentage, else a tenth above."""
    return 100 if indicator.unit == "%" and target <= 100 else math.ceil(target * Decimal("1.1"))


def series_of(view: SeenIndicator, numbers: Sequence[float | None]) -> dict[str, list[float | None]]:
    """The lines of the past: one, or one a year where the number begins again each January."""
    i = view.indicator
    if not i.within_year:
        return {named(i): list(numbers)}
    days = [p.day for p in view.points]
    return {
        _("%(year)s 年") % {"year": year}: [n if d.year == year else None for d, n in zip(days, numbers, strict=True)]
        for year in sorted({d.year for d in days})
    }


def chart_of(view: SeenIndicator) -> charts.Chart:
    """The past of an indicator by quarter, against the target of the year."""
    i = view.indicator
    target = i.targets.get(view.on.year)
    points = view.points
    numbers = [figure(p.number, i) for p in points]
    known = [n for n in numbers if n is not None]
    name = _("%(name)s（年内累计）") % {"name": named(i)} if i.within_year else named(i)
    if not known:
        conclusion = _("各季末都还没有数值")
    elif target is not None and numbers[-1] is not None:
        conclusion = _("截至 %(day)s 为 %(n)s %(unit)s，%(year)s 年目标 %(target)s %(unit)s") % {
            "day": view.on.isoformat(),
            "n": shown(points[-1].number, i),
            "unit": measured_in(i),
            "year": view.on.year,
            "target": shown(target, i),
        }
    elif numbers[-1] is not None:
        conclusion = _("截至 %(day)s 为 %(n)s %(unit)s") % {
            "day": view.on.isoformat(),
            "n": shown(points[-1].number, i),
            "unit": measured_in(i),
        }
    else:
        conclusion = _("截至 %(day)s 没有数值：%(why)s") % {
            "day": view.on.isoformat(),
            "why": speak(view.value.why_none),
        }
    option = charts.line(
        series_of(view, numbers),
        [p.day.isoformat() for p in points],
        unit=measured_in(i),
        name=_("截至"),
        target=float(target) if target is not None else None,
        target_label=_("目标"),
    )
    if target is not None and target > max([*known, 0]):
        # a mark line does not widen the axis: without this the target would lie outside the picture
        option["yAxis"]["max"] = ceiling(target, i)
    source = enumerated(dict.fromkeys(SourceWords(p.source).name() for p in parts(i.measure)))
    return charts.Chart(i.id, name, option, measured_in(i), view.on, source, conclusion)


@page(nav="indicators", scope="indicator.read")
@require_GET
def chart(request: PageRequest, id: str, kind: str) -> HttpResponse:
    """The chart of an indicator as svg (``?theme=dark``), json or csv."""
    if kind not in ("svg", "json", "csv"):
        raise Http404
    theme = "dark" if choice(request, "theme", {"light", "dark"}, "light") == "dark" else "light"
    media, body = chart_of(seen(request, id)).file(kind, width=CHART[0], height=CHART[1], theme=theme)  # type: ignore[arg-type]
    return HttpResponse(body, content_type=media)
