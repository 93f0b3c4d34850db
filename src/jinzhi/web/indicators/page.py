"""Indicators: all of them with their lights, and each with its past, its parts and the records behind it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import today_only
from jinzhi.apps.indicators.queries import (
    BreakdownGroup,
    RecordPool,
    ValuePoint,
    as_of,
    by_unit,
    knows_past,
    past,
    rule_on,
    scope_of,
    sees_unit,
    standing,
    values,
    years,
)
from jinzhi.apps.indicators.seals import seals_of
from jinzhi.apps.units.models import Unit
from jinzhi.engines import charts
from jinzhi.engines.indicator_memory import breakdown, rounded
from jinzhi.engines.spreadsheet import Sheet, SheetColumn, write
from jinzhi.kernel.access import Reach
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.indicator import Indicator, Ratio, Record, Value, parts
from jinzhi.web.catalogue.declared import for_developers, responsible, serves, without_empty
from jinzhi.web.indicators.words import SourceWords, definition
from jinzhi.web.plan.cockpit.kpis import shown, tag_of
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged, whole
from jinzhi.web.ui.boxes import Link
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.forms import visible_units
from jinzhi.web.ui.language import english, enumerated, named, page_language, speak
from jinzhi.web.ui.tables import Cell, Column, Empty, Row, Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHART = (720, 320)
#: how a value of the past came about
ORIGINS = {
    "frozen": gettext_lazy("当日冻结"),
    "computed": gettext_lazy("按现有记录计算"),
    "none": gettext_lazy("当日没有冻结，不能推算"),
}


# --- what the address asks for --------------------------------------------------------------------------------
def year_of(request: HttpRequest, indicator: Indicator | None = None) -> int | None:
    """The year asked for; one outside the years on offer is a clear 404."""
    year = whole(request, "year")
    if year is not None and year not in years(indicator, today()):
        raise Http404(_("没有 %(year)s 年的数据") % {"year": year})
    return year


def unit_of(request: HttpRequest) -> Unit | None:
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


# --- list -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class IndicatorLine:
    """An indicator with its value and how it stands."""

    indicator: Indicator
    value: Value
    tag: Any
    target: Decimal | None
    why: str


def lines(request: HttpRequest, year: int | None, unit: Unit | None) -> list[IndicatorLine]:
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
def index(request: HttpRequest) -> HttpResponse:
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
            Row(
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
                Link(_("当前清单 Excel"), f"{reverse('indicators-export')}?{query}", "export", download=True),
            ],
            "print_title": _("指标"),
            "print_facts": seen_by,
        },
    )


def text(id: str, zh: str, en: str, type: Type = Type.TEXT) -> Field:
    return Field(id=id, zh=zh, en=en, type=type, required=False)


@page(nav="indicators", scope="indicator.read")
@require_GET
def export(request: HttpRequest) -> HttpResponse:
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


def notes(request: HttpRequest, unit: Unit | None, count: int) -> list[tuple[str, object]]:
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


# --- one indicator ----------------------------------------------------------------------------------------------
@dataclass
class SeenIndicator:
    """An indicator as one reader sees it in a year, for a unit; its records are read once."""

    request: HttpRequest
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


def seen(request: HttpRequest, id: str) -> SeenIndicator:
    indicator = declared(id)
    return SeenIndicator(request, indicator, year_of(request, indicator), unit_of(request))


def figure(number: Decimal | None, indicator: Indicator) -> float | int | None:
    """A number as a chart takes it: rounded as shown."""
    if number is None:
        return None
    as_shown = rounded(number, indicator.decimals)
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
def chart(request: HttpRequest, id: str, kind: str) -> HttpResponse:
    """The chart of an indicator as svg (``?theme=dark``), json or csv."""
    if kind not in ("svg", "json", "csv"):
        raise Http404
    theme = "dark" if choice(request, "theme", {"light", "dark"}, "light") == "dark" else "light"
    media, body = chart_of(seen(request, id)).file(kind, width=CHART[0], height=CHART[1], theme=theme)  # type: ignore[arg-type]
    return HttpResponse(body, content_type=media)


def groups(view: SeenIndicator, by: str) -> list[BreakdownGroup]:
    """The parts of an indicator by unit or by a field of its records; none by what is not kept as of a past day."""
    if view.on < today() and any(by in today_only(p.source) for p in parts(view.indicator.measure)):
        return []
    if by == "unit":
        return by_unit(view.indicator, view.rows, view.on, english())
    words = SourceWords(parts(view.indicator.measure)[0].source)
    found = breakdown(view.indicator, view.rows, by, view.on)
    out = [BreakdownGroup(key, words.value(by, key), value) for key, value in found]
    return sorted(out, key=lambda g: (g.key is None, g.label))


def breakdown_table(view: SeenIndicator, by: str, found: Sequence[BreakdownGroup]) -> Table:
    i = view.indicator
    ratio = isinstance(i.measure, Ratio)
    head = _("单位") if by == "unit" else SourceWords(parts(i.measure)[0].source).field(by)
    columns = [Column(head, wide=True), Column(f"{_('数值')}（{measured_in(i)}）", numeric=True)]
    columns += [Column(_("分子"), numeric=True), Column(_("分母"), numeric=True)] if ratio else []
    columns.append(Column(_("记录数"), numeric=True))
    rows = []
    for group in found:
        href = reverse("indicator", args=[i.id]) + pick(view.year, group.unit) if group.unit else ""
        cells: list[Any] = [Cell(group.label, href=href), shown(group.value.number, i)]
        cells += [plain(p) for p in group.value.parts] if ratio else []
        cells.append(len({r for ids in group.value.records for r in ids}))
        rows.append(Row(cells))
    empty = Empty(_("没有可分解的记录"))
    return Table(_("分解"), columns, rows, empty, tall=len(rows) > 20, stack=True, caption_hidden=True)


def plain(number: Decimal | None) -> str:
    return "—" if number is None else f"{number:,f}"


def record_fields(indicator: Indicator, source: str) -> list[str]:
    """The fields of records that the indicator looks at, in the order of the definition."""
    out: dict[str, None] = {}
    if indicator.date_field:
        out[indicator.date_field] = None
    for part in parts(indicator.measure):
        if part.source == source:
            _fields(part.where, out)
            if hasattr(part, "field"):
                out[part.field] = None
    return list(out)


def _fields(condition: Any, out: dict[str, None]) -> None:
    for name in ("field", "other"):
        if hasattr(condition, name):
            out[getattr(condition, name)] = None
    inner = getattr(condition, "inner", ())
    for c in inner if isinstance(inner, tuple) else (inner,):
        _fields(c, out)


def behind(view: SeenIndicator, part: int) -> list[Record]:
    """The records counted in a part of the measure."""
    ids = set(view.value.records[part])
    return [r for r in view.rows[parts(view.indicator.measure)[part].source] if r.id in ids]


def records_table(view: SeenIndicator, part: int, found: Sequence[Record]) -> Table:
    i = view.indicator
    source = parts(i.measure)[part].source
    words = SourceWords(source)
    ids = record_fields(i, source)
    top = set(view.value.records[0])
    marks = part == 1 and parts(i.measure)[0].source == source
    names = {u.code: u.label for u in Unit.objects.filter(code__in={r.unit for r in found})}
    columns = [Column(_("记录"), wide=True), Column(_("单位")), *(Column(words.field(f)) for f in ids)]
    columns += [Column(_("计入分子"))] if marks else []
    rows = []
    for r in found:
        cells: list[Any] = [Cell(r.title, href=r.url), names.get(r.unit, r.unit)]
        cells += [words.value(f, r.fields.get(f)) if r.fields.get(f) is not None else "" for f in ids]
        cells += [(_("是") if r.id in top else _("否"))] if marks else []
        rows.append(Row(cells))
    empty = Empty(_("没有计入的记录"), speak(view.value.why_none))
    return Table(_("背后的记录"), columns, rows, empty, stack=True, caption_hidden=True)


def part_links(view: SeenIndicator, part: int, by: str) -> list[Link]:
    if not isinstance(view.indicator.measure, Ratio):
        return []
    names = (_("分子"), _("分母"))
    counts = [len(ids) for ids in view.value.records]
    more = {} if by == "unit" else {"by": by}
    return [
        Link(names[n], view.address("indicator", part=str(n + 1), **more) + "#records", "", n == part, counts[n])
        for n in (1, 0)
    ]


def corrected(value: Value, i: Indicator) -> str:
    """How many records were corrected, and the number without it; empty where none was."""
    if not value.corrected:
        return ""
    without = f"{shown(value.uncorrected, i)} {measured_in(i)}" if value.uncorrected is not None else _("没有数值")
    return _("%(n)s 条记录经更正；不计更正为 %(value)s") % {"n": value.corrected, "value": without}


@page(nav="indicators", scope="indicator.read")
@require_GET
def indicator(request: HttpRequest, id: str) -> HttpResponse:
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
    words = SourceWords(parts(i.measure)[0].source)
    owner = Unit.objects.filter(code=i.owner).first() if i.owner else None
    rule = rule_on(view.on)
    number = view.value.number
    svg = view.address("indicator-chart", "svg")
    frozen = [p.day for p in view.points if p.source == "frozen"]
    sealed = seals_of(i.id, counted_unit(request.acting, view.unit), frozen, request.acting) if frozen else {}
    context = {
        "crumbs": [Link(_("指标"), reverse("indicators") + pick(view.year, view.unit))],
        "indicator": i,
        "title": named(i),
        "value": shown(number, i),
        "measured_in": measured_in(i) if number is not None else "",
        "left_out": view.value.left_out,
        "why_none": speak(view.value.why_none) if number is None else "",
        "tag": tag_of(stands, view.value),
        "why_light": speak(stands),
        "filters": filters(request.acting)[:2],
        "whose": seen_by,
        "numbers": without_empty(
            [
                (_("目标"), f"{shown(stands.target, i)} {measured_in(i)}" if stands.target is not None else _("未设")),
                (
                    _("按时间进度应完成"),
                    f"{plain(rounded(stands.expected, i.decimals))} {measured_in(i)}"
                    if stands.expected is not None and stands.expected != stands.target
                    else "",
                ),
                (_("基期"), f"{i.base[0]}：{shown(i.base[1], i)} {measured_in(i)}" if i.base else ""),
                (_("范围"), seen_by),
                (_("截至"), view.on.isoformat()),
                (_("更正"), corrected(view.value, i)),
                (_("频次"), speak(i.frequency)),
                (_("来源"), picture.source),
                (_("责任单位"), Cell(owner.name, href=reverse("unit", args=[owner.code])) if owner else ""),
                (
                    _("亮灯规则"),
                    Cell(named(rule), href=reverse("declaration", args=[rule.kind, rule.id])) if rule else "",
                ),
            ]
        ),
        "chart": picture,
        "chart_src": svg,
        "chart_data": view.address("indicator-chart", "json"),
        "chart_csv": view.address("indicator-csv"),
        "width": CHART[0],
        "height": CHART[1],
        "points": [(p.day, shown(p.number, i), str(ORIGINS[p.source]), sealed.get(p.day)) for p in view.points],
        "by_links": [
            Link(
                _("按单位") if b == "unit" else _("按%(field)s") % {"field": words.field(b)},
                view.address("indicator", **({} if b == "unit" else {"by": b})) + "#breakdown",
                current=b == by,
            )
            for b in dict.fromkeys(("unit", *i.breakdowns))
        ],
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
            Link(_("背后的记录 Excel"), view.address("indicator-records", part=str(part + 1)), "export", download=True),
            Link(_("走势 CSV"), view.address("indicator-csv"), download=True),
        ],
        "print_title": named(i),
        "print_facts": seen_by,
    }
    return render(request, "indicators/indicator.html", context)


@page(nav="indicators", scope="indicator.read")
@require_GET
def csv_of(request: HttpRequest, id: str) -> HttpResponse:
    """The past of an indicator as CSV, with how each value came about."""
    view = seen(request, id)
    i = view.indicator
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("截至"), f"{named(i)}（{unit_words(i)}）", _("来历")])
    for p in view.points:
        number = rounded(p.number, i.decimals)
        writer.writerow([p.day.isoformat(), "" if number is None else f"{number:f}", str(ORIGINS[p.source])])
    body = ("\ufeff" + out.getvalue()).encode()
    return attached(body, "text/csv; charset=utf-8", f"{i.id}-{view.on.isoformat()}.csv")


@page(nav="indicators", scope="indicator.read")
@require_GET
def records_of(request: HttpRequest, id: str) -> HttpResponse:
    """Every record behind the number as Excel, its parts by unit on a second sheet."""
    view = seen(request, id)
    i = view.indicator
    chosen = int(choice(request, "part", {"1", "2"}, "1")) - 1
    part = chosen if isinstance(i.measure, Ratio) else 0
    source = parts(i.measure)[part].source
    words = SourceWords(source)
    found = behind(view, part)
    names = {u.code: u.name for u in Unit.objects.filter(code__in={r.unit for r in found})}
    ids = record_fields(i, source)
    columns = (
        SheetColumn(field=text("title", "记录", "Record"), width=44),
        SheetColumn(field=text("kept_by", "单位", "Unit"), width=24),
        *(
            SheetColumn(field=Field(id=f"f_{f}", zh=words.field(f), en=words.field(f), required=False), width=18)
            for f in ids
        ),
    )
    rows = [
        {
            "title": r.title,
            "kept_by": names.get(r.unit, r.unit),
            **{f"f_{f}": words.value(f, r.fields.get(f)) if r.fields.get(f) is not None else None for f in ids},
        }
        for r in found
    ]
    by = (
        SheetColumn(field=text("unit", "单位", "Unit"), width=28),
        SheetColumn(field=text("value", "数值", "Value", Type.DECIMAL)),
    )
    split = [{"unit": g.label, "value": rounded(g.value.number, i.decimals)} for g in groups(view, "unit")]
    language = page_language()
    said = [
        (_("指标"), named(i)),
        (_("数值"), f"{shown(view.value.number, i)} {measured_in(i)}"),
        *definition(i),
        *notes(request, view.unit, len(rows)),
    ]
    sheets = [
        Sheet(title=_("背后的记录"), columns=columns, rows=rows, language=language),
        Sheet(title=_("按单位"), columns=by, rows=split, language=language),
    ]
    return attached(write(sheets, said), XLSX, f"{i.id}-{view.on.isoformat()}.xlsx")


urlpatterns = [
    path("indicators/", index, name="indicators"),
    path("indicators/export.xlsx", export, name="indicators-export"),
    path("indicators/<slug:id>/", indicator, name="indicator"),
    path("indicators/<slug:id>/chart.<slug:kind>", chart, name="indicator-chart"),
    path("indicators/<slug:id>/series.csv", csv_of, name="indicator-csv"),
    path("indicators/<slug:id>/records.xlsx", records_of, name="indicator-records"),
]
