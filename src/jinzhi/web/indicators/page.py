"""The page of an indicator."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.indicators.queries import TargetStanding, rule_on, standing
from jinzhi.apps.indicators.seals import seals_of
from jinzhi.apps.units.models import Unit
from jinzhi.engines.indicator_memory import rounded
from jinzhi.kernel.indicator import Ratio, parts
from jinzhi.web.catalogue.declared import for_developers, responsible, serves, without_empty
from jinzhi.web.indicators.asked import CHART, ORIGINS, counted_unit, measured_in, pick, whose
from jinzhi.web.indicators.breakdown import behind, breakdown_table, corrected, groups, part_links, plain, records_table
from jinzhi.web.indicators.chart import chart_of
from jinzhi.web.indicators.index import filters
from jinzhi.web.indicators.seen import SeenIndicator, seen
from jinzhi.web.indicators.words import SourceWords, definition
from jinzhi.web.plan.cockpit.kpis import shown, tag_of
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.language import labelled, named, speak
from jinzhi.web.ui.tables import Cell


@page(nav="indicators", scope="indicator.read")
@require_GET
def indicator(request: PageRequest, id: str) -> HttpResponse:
    """An indicator: value, target, past, parts, the records behind it, its meaning and who answers for it."""
    view = seen(request, id)
    seen_by = whose(request.acting, view.unit)
    i = view.indicator
    by = choice(request, "by", {"unit", *i.breakdowns}, "unit")
    ratio = isinstance(i.measure, Ratio)
    part = (int(choice(request, "part", {"1", "2"}, "2")) - 1) if ratio else 0
    stands = standing(i, view.value)
    picture = chart_of(view)
    here = paged(request, behind(view, part))
    number = view.value.number
    svg = view.address("indicator-chart", "svg")
    frozen = [p.day for p in view.points if p.source == "frozen"]
    sealed = seals_of(i.id, counted_unit(request.acting, view.unit), frozen, request.acting) if frozen else {}
    context = {
        "crumbs": [PageLink(_("指标"), reverse("indicators") + pick(view.year, view.unit))],
        "indicator": i,
        "title": named(i),
        "value": shown(number, i),
        "measured_in": measured_in(i) if number is not None else "",
        "left_out": view.value.left_out,
        "unknown": len(view.value.unknown),
        "why_none": speak(view.value.why_none) if number is None else "",
        "tag": tag_of(stands, view.value),
        "why_light": speak(stands),
        "filters": filters(request.acting)[:2],
        "whose": seen_by,
        "numbers": numbers_of(view, stands, seen_by, picture.source),
        "chart": picture,
        "chart_src": svg,
        "chart_data": view.address("indicator-chart", "json"),
        "chart_csv": view.address("indicator-csv"),
        "width": CHART[0],
        "height": CHART[1],
        "points": [(p.day, shown(p.number, i), str(ORIGINS[p.source]), sealed.get(p.day)) for p in view.points],
        "by_links": by_links(view, by),
        "breakdown": breakdown_table(view, by, groups(view, by)),
        "part_links": part_links(view, part, by),
        "records": records_table(view, part, list(here.object_list)),
        "page": here,
        "definition": definition(i),
        "why": i.why,
        "serves": serves(i),
        "facts": without_empty([p for p in responsible(i) if p[0] not in (_("为什么"), _("服务的规划任务"))]),
        "developers": without_empty(for_developers(i)),
        "exports": [
            PageLink(
                _("背后的记录 Excel"), view.address("indicator-records", part=str(part + 1)), "export", download=True
            ),
            PageLink(_("走势 CSV"), view.address("indicator-csv"), download=True),
        ],
        "print_title": named(i),
        "print_facts": seen_by,
    }
    return render(request, "indicators/indicator.html", context)


def numbers_of(view: SeenIndicator, stands: TargetStanding, seen_by: str, source: str) -> list[tuple[str, Any]]:
    """What the value is measured against, of whom and when it is, where it comes from and who answers for it."""
    i = view.indicator
    owner = Unit.objects.filter(code=i.owner).first() if i.owner else None
    rule = rule_on(view.on)
    return without_empty(
        [
            *targets_of(view, stands),
            (_("范围"), seen_by),
            (_("截至"), view.on.isoformat()),
            (_("更正"), corrected(view.value, i)),
            (_("频次"), speak(i.frequency)),
            (_("来源"), source),
            (_("责任单位"), Cell(owner.name, href=reverse("unit", args=[owner.code])) if owner else ""),
            (_("亮灯规则"), Cell(named(rule), href=reverse("declaration", args=[rule.kind, rule.id])) if rule else ""),
        ]
    )


def targets_of(view: SeenIndicator, stands: TargetStanding) -> list[tuple[str, str]]:
    """The target, what the time gone by asks for where that is another number, and where the count began."""
    i = view.indicator
    target, expected, base = _("未设"), "", ""
    if stands.target is not None:
        target = f"{shown(stands.target, i)} {measured_in(i)}"
    if stands.expected is not None and stands.expected != stands.target:
        expected = f"{plain(rounded(stands.expected, i.decimals))} {measured_in(i)}"
    if i.base:
        base = labelled(i.base[0], f"{shown(i.base[1], i)} {measured_in(i)}")
    return [(_("目标"), target), (_("按时间进度应完成"), expected), (_("基期"), base)]


def by_links(view: SeenIndicator, by: str) -> list[PageLink]:
    """By what the value can be parted, each with its address."""
    words = SourceWords(parts(view.indicator.measure)[0].source)
    return [
        PageLink(
            _("按单位") if b == "unit" else _("按%(field)s") % {"field": words.field(b)},
            view.address("indicator", **({} if b == "unit" else {"by": b})) + "#breakdown",
            current=b == by,
        )
        for b in dict.fromkeys(("unit", *view.indicator.breakdowns))
    ]
