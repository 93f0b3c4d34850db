"""Groups, parts and the records behind a value."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.sources_registry import today_only
from jinzhi.apps.indicators.queries import (
    BreakdownGroup,
    by_unit,
)
from jinzhi.apps.units.models import Unit
from jinzhi.engines.indicator_memory import breakdown
from jinzhi.kernel.indicator import Indicator, Ratio, Record, Value, parts
from jinzhi.web.indicators.asked import measured_in, pick
from jinzhi.web.indicators.seen import SeenIndicator
from jinzhi.web.indicators.words import SourceWords
from jinzhi.web.plan.cockpit.kpis import shown
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.language import page_language, speak
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow


def groups(view: SeenIndicator, by: str) -> list[BreakdownGroup]:
    """The parts of an indicator by unit or by a field of its records; none by what is not kept as of a past day."""
    if view.on < today() and any(by in today_only(p.source) for p in parts(view.indicator.measure)):
        return []
    if by == "unit":
        return by_unit(view.indicator, view.rows, view.on, page_language())
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
        rows.append(TableRow(cells))
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
        rows.append(TableRow(cells))
    empty = Empty(_("没有计入的记录"), speak(view.value.why_none))
    return Table(_("背后的记录"), columns, rows, empty, stack=True, caption_hidden=True)


def part_links(view: SeenIndicator, part: int, by: str) -> list[PageLink]:
    if not isinstance(view.indicator.measure, Ratio):
        return []
    names = (_("分子"), _("分母"))
    counts = [len(ids) for ids in view.value.records]
    more = {} if by == "unit" else {"by": by}
    return [
        PageLink(names[n], view.address("indicator", part=str(n + 1), **more) + "#records", "", n == part, counts[n])
        for n in (1, 0)
    ]


def corrected(value: Value, i: Indicator) -> str:
    """How many records were corrected, and the number without it; empty where none was."""
    if not value.corrected:
        return ""
    without = f"{shown(value.uncorrected, i)} {measured_in(i)}" if value.uncorrected is not None else _("没有数值")
    return _("%(n)s 条记录经更正；不计更正为 %(value)s") % {"n": value.corrected, "value": without}
