"""Figures: tiles, heat, meters, charts, flows, numbers as written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from jinzhi.web.ui.bilingual import localised
from jinzhi.web.ui.states import TONES
from jinzhi.web.ui.tables import MISSING

register = template.Library()


@dataclass(frozen=True)
class Heat:
    """A heat cell: figure and word; without a tone it is blank, read out as 不涉及. ``label`` is read out
    before the figure. With a ``symbol`` the word is read out only: the cell is one line."""

    value: Any = ""
    tone: str = ""
    href: str = ""
    word: Any = ""
    label: Any = ""
    symbol: str = ""


@dataclass(frozen=True)
class FigureTile:
    """One area of the tile map; ``row`` and ``col`` count from 0 (at most 7 rows, 5 columns)."""

    name: Any
    row: int
    col: int
    value: Any = ""
    tone: str = ""
    href: str = ""


@dataclass(frozen=True)
class Kpi:
    """An indicator tile: value, target, light, trend, owner, frequency, as-of."""

    name: Any
    value: Any
    unit: Any = ""
    target: Any = ""
    tag: Any = None
    trend: Sequence[float | None] = ()
    href: str = ""
    owner: Any = ""
    owner_href: str = ""
    frequency: Any = ""
    as_of: Any = ""
    estimated: bool = False
    counted: Any = ""


@dataclass(frozen=True)
class FlowNode:
    """A step of a flow chart. ``lane`` 0 is the main path; lane 1 a branch drawn below, over its neighbours."""

    name: Any
    note: Any = ""
    state: str = "todo"  # done, doing, todo
    lane: int = 0


@register.inclusion_tag("components/heat_cell.html")
def heat_cell(cell: Heat | None) -> dict[str, Any]:
    if not cell or not cell.tone:
        return {"cell": cell, "tone": "", "word": _("不涉及")}
    plain = cell.tone not in TONES  # a figure with nothing to say beside it
    return {"cell": cell, "tone": cell.tone, "word": cell.word or ("" if plain else localised(TONES[cell.tone]))}


@register.inclusion_tag("components/tile_map.html")
def tile_map(tiles: Sequence[FigureTile], label: Any) -> dict[str, Any]:
    """Areas as equal tiles in their rough places: our own drawing, so no licence and no boundary is claimed."""
    for tile in tiles:
        if not (0 <= tile.row <= 6 and 0 <= tile.col <= 4):
            raise ValueError(f"tile {tile.name}: row {tile.row}, column {tile.col} is off the map (7 × 5)")
    return {
        "label": label,
        "tiles": [{"tile": t, "word": localised(TONES[t.tone]) if t.tone else "", "tone": t.tone} for t in tiles],
    }


@register.simple_tag
def sparkline(values: Sequence[float | None], width: int = 92, height: int = 26) -> SafeString:
    """A trend as inline SVG without styles; gaps stay gaps. Decoration: the figures stand beside it."""
    known = [float(v) for v in values if v is not None]
    if len(known) < 2:
        return mark_safe("")
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    gap = (width - 8) / (len(values) - 1)
    runs: list[list[str]] = [[]]
    last = ""
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        x, y = 4 + i * gap, height - 4 - (float(value) - low) / span * (height - 8)
        last = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4"/>'
        runs[-1].append(f"{x:.1f},{y:.1f}")
    lines = "".join(f'<polyline points="{" ".join(run)}"/>' for run in runs if len(run) > 1)
    return mark_safe(
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
        f"{lines}{last}</svg>"
    )


@register.inclusion_tag("components/kpi.html")
def kpi(tile: Kpi) -> dict[str, Any]:
    return {"kpi": tile}


@register.inclusion_tag("components/meter.html")
def meter(
    value: float | str | None, label: Any, text: Any = "", tone: str = "", maximum: float = 100
) -> dict[str, Any]:
    """A bar with its figure in words; None is said as missing, not drawn as zero."""
    if isinstance(value, str):  # what a template hands over for a missing variable
        value = None
    shown = text or (MISSING if value is None else f"{value:g}%")
    return {
        "value": value,
        "bar": None if value is None else max(0.0, min(float(value), float(maximum))),
        "maximum": maximum,
        "label": label,
        "text": shown,
        "tone": tone,
    }


@register.inclusion_tag("components/chart.html", takes_context=True)
def chart(
    context: template.Context,
    chart: Any,
    src: str,
    data: str = "",
    csv: str = "",
    width: int = 640,
    height: int = 320,
    heading: int = 3,
) -> dict[str, Any]:
    """A figure for a ``jinzhi.engines.charts.Chart``: picture, title, unit, as-of, table, CSV.

    ``src`` is the address of the SVG (``theme=dark`` is added for dark screens, ``narrow=1`` for narrow ones;
    ``gallery.chart_response`` reads both), ``data`` that of the option
    as JSON, which makes the figure interactive, ``csv`` that of the table.
    """
    head, rows = chart.table()
    joint = "&" if "?" in src else "?"
    return {
        "chart": chart,
        "src": src,
        "src_dark": f"{src}{joint}theme=dark",
        "src_narrow": f"{src}{joint}narrow=1",
        "src_narrow_dark": f"{src}{joint}narrow=1&theme=dark",
        "data": data,
        "csv": csv,
        "width": width,
        "height": height,
        "head": head,
        "heading": heading,
        "rows": [[MISSING if c is None else c for c in row] for row in rows],
        "theme": context.get("theme", ""),
    }


@register.inclusion_tag("components/flow.html")
def flow(nodes: Sequence[FlowNode], label: Any) -> dict[str, Any]:
    """A flow chart drawn from its steps: the main path on one line, a branch below between its neighbours."""
    box, gap, high, top = 150, 40, 56, 12
    placed: list[dict[str, Any]] = []
    x = 12
    main: list[dict[str, Any]] = []
    paths: list[str] = []
    waiting: list[dict[str, Any]] = []
    for node in nodes:
        y = top + node.lane * (high + 26)
        item: dict[str, Any] = {"node": node, "x": x, "y": y}
        item["mid"], item["line"], item["sub"] = x + box // 2, y + (25 if node.note else 33), y + 45
        placed.append(item)
        x += box + gap
        if node.lane:
            waiting.append(item)
            continue
        if main:
            before = main[-1]
            centre = top + high // 2
            paths.append(f"M{before['x'] + box} {centre}H{item['x']}")
            for branch in waiting:
                low = branch["y"] + high // 2
                paths.append(f"M{before['mid']} {top + high}V{low}H{branch['x']}")
                paths.append(f"M{branch['x'] + box} {low}H{item['mid']}V{top + high}")
        waiting = []
        main.append(item)
    lanes = max((n.lane for n in nodes), default=0) + 1
    return {
        "label": label,
        "items": placed,
        "paths": paths,
        "box": box,
        "high": high,
        "width": x - gap + 12,
        "height": top * 2 + lanes * high + (lanes - 1) * 26,
    }


@register.filter
def figure(value: Any, digits: int = 0) -> str:
    """A number with thousands separators, or — where there is none."""
    if value is None or value == "":
        return MISSING
    if isinstance(value, (int, float, Decimal)):
        return f"{value:,.{digits}f}"
    return str(value)


@register.filter
def percent(value: Any, digits: int = 0) -> str:
    """A ratio 0.891 as 89%; — where there is none."""
    return MISSING if value is None or value == "" else f"{float(value) * 100:.{digits}f}%"
