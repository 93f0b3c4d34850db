"""All indicators with their lights, and the workbook."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.indicators.queries import (
    as_of,
    scope_of,
    standing,
    values,
    years,
)
from jinzhi.apps.units.models import Unit
from jinzhi.engines.indicator_memory import rounded
from jinzhi.engines.spreadsheet import Sheet, SheetColumn, write
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.indicator import Indicator, Value
from jinzhi.web.indicators.asked import XLSX, measured_in, pick, unit_of, whose, year_of
from jinzhi.web.plan.cockpit.kpis import shown, tag_of
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, whole
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.forms import visible_units
from jinzhi.web.ui.language import named, page_language, speak
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow


@dataclass(frozen=True)
class IndicatorLine:
    """An indicator with its value and how it stands."""

    indicator: Indicator
    value: Value
    tag: Any
    target: Decimal | None
    why: str


def lines(request: PageRequest, year: int | None, unit: Unit | None) -> list[IndicatorLine]:
    row = choice(request, "row", catalogue().ids("plan-row"))
    light = choice(request, "light", {"ahead", "normal", "risk", "late", "none"})
    wanted = [i for i in catalogue().all(Indicator) if not row or row in i.serves]
    got = values(wanted, scope_of(request.acting, unit), as_of(year, today()))
    out = []
    for indicator in wanted:
        value = got[indicator.id]
        stands = standing(indicator, value)
        if light and (stands.light.id if stands.light else "none") != light:
            continue
        why = speak(stands)
        out.append(IndicatorLine(indicator, value, tag_of(stands, value), stands.target, why))
    return sorted(out, key=lambda line: not line.indicator.headline)


def filters(who: Acting) -> list[Filter]:
    rows = sorted({r for i in catalogue().all(Indicator) for r in i.serves})
    names = catalogue().found.get("plan-row", {})
    lights = (
        ("ahead", _("超前")),
        ("normal", _("正常")),
        ("risk", _("有风险")),
        ("late", _("滞后")),
        ("none", _("无灯")),
    )
    return [
        Filter("year", _("年度"), "select", [Option(str(y), str(y)) for y in years(None, today())], _("今年至今")),
        Filter("unit", _("单位"), "select", [Option(c, n) for c, n in visible_units(who)], _("可见的全部")),
        Filter(
            "row",
            _("规划任务"),
            "select",
            [Option(r, f"{r} {named(names[r].value)}" if r in names else r) for r in rows],
        ),
        Filter("light", _("状态"), "select", [Option(*pair) for pair in lights]),
    ]


@page(nav="indicators", scope="indicator.read")
@require_GET
def index(request: PageRequest) -> HttpResponse:
    """Every indicator with its value, target and light for the year and unit in the address."""
    year, unit = year_of(request), unit_of(request)
    found = lines(request, year, unit)
    seen_by = whose(request.acting, unit)
    owners = {u.code: u for u in Unit.objects.filter(code__in=[x.indicator.owner for x in found])}
    columns = [
        Column(_("指标"), wide=True),
        Column(_("数值"), numeric=True),
        Column(_("目标"), numeric=True),
        Column(_("状态")),
        Column(_("截至")),
        Column(_("责任单位")),
        Column(_("规划任务")),
    ]
    rows = []
    for line in found:
        i = line.indicator
        owner = owners.get(i.owner)
        rows.append(
            TableRow(
                [
                    Cell(named(i), href=reverse("indicator", args=[i.id]) + pick(year, unit)),
                    Cell(f"{shown(line.value.number, i)} {measured_in(i)}" if line.value.number is not None else "—"),
                    f"{shown(line.target, i)} {measured_in(i)}" if line.target is not None else "",
                    Cell(tag=line.tag, sub=line.why),
                    line.value.as_of.isoformat(),
                    Cell(owner.label, href=reverse("unit", args=[owner.code])) if owner else "",
                    " ".join(i.serves),
                ],
                id=i.id,
            )
        )
    empty = Empty(_("没有符合条件的指标"), _("去掉部分条件再试"), reverse("indicators"), _("显示全部"))
    query = request.GET.urlencode()
    return render(
        request,
        "indicators/index.html",
        {
            "filters": filters(request.acting),
            "note": _("%(n)s 项 · %(whose)s") % {"n": len(found), "whose": seen_by},
            "table": Table(_("指标"), columns, rows, empty, stack=True, caption_hidden=True),
            "exports": [
                PageLink(_("当前清单 Excel"), f"{reverse('indicators-export')}?{query}", "export", download=True),
            ],
            "print_title": _("指标"),
            "print_facts": seen_by,
        },
    )


def text(id: str, zh: str, en: str, type: Type = Type.TEXT) -> Field:
    return Field(id=id, zh=zh, en=en, type=type, required=False)


@page(nav="indicators", scope="indicator.read")
@require_GET
def export(request: PageRequest) -> HttpResponse:
    """The list as Excel."""
    year, unit = year_of(request), unit_of(request)
    found = lines(request, year, unit)
    columns = (
        SheetColumn(field=text("name", "指标", "Indicator"), width=32),
        SheetColumn(field=text("value", "数值", "Value", Type.DECIMAL)),
        SheetColumn(field=text("unit", "单位", "Unit"), width=10),
        SheetColumn(field=text("target", "目标", "Target", Type.DECIMAL)),
        SheetColumn(field=text("light", "状态", "Light"), width=14),
        SheetColumn(field=text("why", "说明", "Why"), width=40),
        SheetColumn(field=text("as_of", "截至", "As of", Type.DATE), width=13),
        SheetColumn(field=text("serves", "规划任务", "Rows"), width=14),
    )
    rows = [
        {
            "name": named(x.indicator),
            "value": rounded(x.value.number, x.indicator.decimals),
            "unit": measured_in(x.indicator),
            "target": x.target,
            "light": f"{x.tag.symbol} {speak(x.tag)}",
            "why": x.why,
            "as_of": x.value.as_of,
            "serves": " ".join(x.indicator.serves),
        }
        for x in found
    ]
    language = page_language()
    content = write(
        [Sheet(title=_("指标"), columns=columns, rows=rows, language=language)], notes(request, unit, len(rows))
    )
    return attached(content, XLSX, f"indicators-{today().isoformat()}.xlsx")


def notes(request: PageRequest, unit: Unit | None, count: int) -> list[tuple[str, object]]:
    who = request.acting
    return [
        (_("范围"), whose(who, unit)),
        (_("筛选条件"), request.GET.urlencode() or _("无（全部）")),
        (_("条数"), count),
        (_("数据截至"), as_of(whole(request, "year"), today()).isoformat()),
        (_("导出时间"), now().strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), f"{who.name} · {who.unit.name}"),
    ]


def attached(content: bytes, media: str, name: str) -> HttpResponse:
    header = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(content, content_type=media, headers={"Content-Disposition": str(header)})
