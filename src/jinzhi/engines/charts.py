"""Charts: one ECharts option per chart, drawn here as SVG and, where JavaScript runs, again in the browser.

The option is plain JSON made in Python. The server draws it with the same ECharts in an embedded V8
(mini-racer; measured in design/ui.md section 4: 16–20 ms a chart). Nothing here knows Django.
"""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from py_mini_racer import MiniRacer

BUNDLE = Path(__file__).resolve().parents[1] / "web" / "static" / "dist" / "echarts-ssr.js"

#: The stack of the screens; reports name their own font (design/ui.md 3.1).
# Single quotes: ECharts writes the family into a style="…" attribute as it is.
FONT_FAMILY = (
    "'PingFang SC','HarmonyOS Sans SC','Microsoft YaHei','Source Han Sans SC','Noto Sans CJK SC',"
    "'Noto Sans SC','WenQuanYi Micro Hei',system-ui,sans-serif"
)

#: series named by the four lights in their order 超前 正常 有风险 滞后 (design/ui.md 6); the words go with them
STATE_COLOURS = ("#1f5fa8", "#9dc3e6", "#e8a33d", "#c0392b")

Theme = Literal["light", "dark"]
Option = Mapping[str, Any]
Value = float | int | None
Head = list[str]
Rows = list[list[Any]]


class ChartError(Exception):
    """A chart cannot be drawn or read; the message says why and what to do."""


@dataclass(frozen=True)
class Chart:
    """A chart, declared once: picture, island, table, CSV and report all come from it.

    ``unit`` is the unit of the values, ``as_of`` the day the figures stand for, ``source`` where they come
    from, ``conclusion`` the sentence a reader should take away; it is also the text for who cannot see it.
    """

    id: str
    title: str
    option: Option
    unit: str
    as_of: date
    source: str
    conclusion: str

    @property
    def alt(self) -> str:
        return f"{self.title}：{self.conclusion}" if self.conclusion else self.title

    def table(self) -> tuple[Head, Rows]:
        return table(self.option)

    def svg(self, width: int = 640, height: int = 320, *, theme: Theme = "light") -> str:
        return svg(self.option, width, height, theme=theme)

    def csv(self) -> str:
        """The table as CSV with a byte-order mark, so that office programs read the Chinese."""
        head, rows = self.table()
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([_safe(h) for h in head])
        writer.writerows([_safe(c) for c in row] for row in rows)
        writer.writerow([])
        writer.writerow(["单位", _safe(self.unit)])
        writer.writerow(["截至", self.as_of.isoformat()])
        writer.writerow(["来源", _safe(self.source)])
        return "\ufeff" + out.getvalue()

    def file(self, kind: str, *, width: int = 640, height: int = 320, theme: Theme = "light") -> tuple[str, bytes]:
        """(content type, bytes) of the chart as ``svg``, ``json`` (the option) or ``csv``; a view returns it."""
        if kind == "svg":
            return "image/svg+xml", self.svg(width, height, theme=theme).encode()
        if kind == "json":
            return "application/json", json.dumps(complete(self.option), ensure_ascii=False).encode()
        if kind == "csv":
            return "text/csv; charset=utf-8", self.csv().encode()
        raise ChartError(f"{self.id}: no format {kind!r}; there are svg, json, csv")


def _safe(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula is kept a text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


# --- drawing ----------------------------------------------------------------------------------------------
class _Engine:
    """One V8 with the bundle loaded; it is single-threaded, so calls take turns."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.context: MiniRacer | None = None

    def draw(self, option: str, width: int, height: int, theme: str) -> str:
        with self.lock:
            if self.context is None:
                if not BUNDLE.exists():
                    raise ChartError(f"{BUNDLE.name} is not built: run `npm ci && npm run build` (or `make assets`)")
                context = MiniRacer()
                context.eval(BUNDLE.read_text(encoding="utf-8"))
                self.context = context
            return str(self.context.call("JinzhiCharts.svg", option, width, height, theme))


_engine = _Engine()
_ID = re.compile(r"\bzr\d+-([a-z]+)-?\d+\b")


def normalise(text: str) -> str:
    """ECharts numbers its ids per engine; counted from 0 again, the same option gives the same bytes."""
    seen: dict[str, str] = {}
    return _ID.sub(lambda m: seen.setdefault(m.group(), f"zr-{m.group(1)}-{len(seen)}"), text)


@lru_cache(maxsize=512)
def _draw(option: str, width: int, height: int, theme: str) -> str:
    return normalise(_engine.draw(option, width, height, theme))


def svg(option: Option, width: int, height: int, *, theme: Theme = "light") -> str:
    """The option as an SVG document of ``width`` × ``height`` pixels. Raises ChartError when it cannot."""
    if theme not in ("light", "dark"):
        raise ChartError(f"no theme {theme!r}; there are light and dark")
    if not (10 <= width <= 4000 and 10 <= height <= 4000):
        raise ChartError(f"{width} × {height}: a chart is between 10 and 4000 pixels on each side")
    try:
        key = json.dumps(complete(option), ensure_ascii=False, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ChartError(f"the option is not plain JSON: {error}") from error
    return _draw(key, width, height, theme)


def complete(option: Option) -> dict[str, Any]:
    """The option with what every chart of ours has: no animation, our fonts, patterns for grey print."""
    return {
        **option,
        "animation": False,
        "textStyle": {"fontFamily": FONT_FAMILY, **option.get("textStyle", {})},
        "aria": {"enabled": True, "decal": {"show": True}, **option.get("aria", {})},
    }


# --- options ----------------------------------------------------------------------------------------------
def _grid(names: int, unit: str, right: int = 24) -> dict[str, Any]:
    # ECharts 6 puts the legend at the bottom by default; ours is at the top, above the axis name
    top = 16 + (28 if names > 1 else 0) + (18 if unit else 0)
    return {"top": top, "left": 8, "right": right, "bottom": 8, "containLabel": True}


def _legend(names: Sequence[str]) -> dict[str, Any]:
    return {"show": len(names) > 1, "top": 0, "left": 0, "data": list(names)}


def _check(series: Mapping[str, Sequence[Value]], categories: Sequence[str]) -> None:
    for name, values in series.items():
        if len(values) != len(categories):
            raise ChartError(f"series {name}: {len(values)} values for {len(categories)} categories")


def line(
    series: Mapping[str, Sequence[Value]],
    categories: Sequence[str],
    *,
    unit: str = "",
    name: str = "",
    incomplete_from: str | None = None,
    target: float | None = None,
    target_label: str = "目标",
) -> dict[str, Any]:
    """Lines over ``categories``; None is a gap. ``name`` heads the first column of the table.

    ``incomplete_from``: the category from which on the figures are not complete, shaded up to and after it;
    ``target`` is a dashed line across.
    """
    _check(series, categories)
    built: list[dict[str, Any]] = [
        {"type": "line", "name": label, "data": list(values), "symbolSize": 6, "lineStyle": {"width": 2}}
        for label, values in series.items()
    ]
    if built and incomplete_from is not None:
        if incomplete_from not in categories:
            raise ChartError(f"incomplete_from: no category {incomplete_from!r}")
        built[0]["markArea"] = {
            "silent": True,
            "itemStyle": {"color": "rgba(132,148,165,.22)"},
            # from the point before: an area from a category to itself would have no width
            "data": [[{"xAxis": categories[max(0, categories.index(incomplete_from) - 1)]}, {"xAxis": categories[-1]}]],
        }
    if built and target is not None:
        built[0]["markLine"] = {
            "silent": True,
            "symbol": "none",
            "lineStyle": {"type": "dashed", "color": "#8494a5"},
            "label": {"formatter": f"{target_label} {target:g}", "position": "insideStartTop"},
            "data": [{"yAxis": target}],
        }
    return {
        "legend": _legend(list(series)),
        "grid": _grid(len(series), unit),
        "xAxis": {"type": "category", "data": list(categories), "heading": name},
        "yAxis": {"type": "value", "name": unit, "nameTextStyle": {"align": "left"}},
        "series": built,
    }


def bar(
    series: Mapping[str, Sequence[Value]],
    categories: Sequence[str],
    *,
    unit: str = "",
    name: str = "",
    stacked: bool = False,
    horizontal: bool = False,
    labels: bool = False,
    colours: Sequence[str] = (),
) -> dict[str, Any]:
    """Bars over ``categories``; horizontal ones read from the top down, as a table does.

    ``colours``: one for each series where colour has a meaning of its own (``STATE_COLOURS``).
    """
    _check(series, categories)
    built = []
    for label, values in series.items():
        item: dict[str, Any] = {"type": "bar", "name": label, "data": list(values), "barMaxWidth": 36}
        if stacked:
            item["stack"] = "all"
        if labels:
            item["label"] = {"show": True, "position": "inside" if stacked else "right" if horizontal else "top"}
        built.append(item)
    category: dict[str, Any] = {"type": "category", "data": list(categories), "heading": name}
    value: dict[str, Any] = {"type": "value", "name": unit, "nameTextStyle": {"align": "left"}}
    if horizontal:
        category["inverse"] = True
        category["axisLabel"] = {"interval": 0}
        value["nameTextStyle"] = {"align": "right"}
    option: dict[str, Any] = {"color": list(colours)} if colours else {}
    return {
        **option,
        "legend": _legend(list(series)),
        "grid": _grid(len(series), "" if horizontal else unit, right=56 if horizontal else 24),
        "xAxis": value if horizontal else category,
        "yAxis": category if horizontal else value,
        "series": built,
    }


def heat(
    columns: Sequence[str],
    rows: Sequence[str],
    values: Sequence[Sequence[Value]],
    *,
    unit: str = "",
    name: str = "",
    low: float = 0,
    high: float = 100,
) -> dict[str, Any]:
    """A heat map: ``values[row][column]``; None is an empty cell, not a zero. Each cell writes its figure."""
    if len(values) != len(rows) or any(len(r) != len(columns) for r in values):
        raise ChartError(f"heat map: the values are not {len(rows)} rows of {len(columns)}")
    data = [[x, y, v] for y, r in enumerate(values) for x, v in enumerate(r) if v is not None]
    return {
        "grid": {"top": 8, "left": 8, "right": 16, "bottom": 52, "containLabel": True},
        "xAxis": {"type": "category", "data": list(columns), "heading": name},
        "yAxis": {"type": "category", "data": list(rows), "inverse": True, "axisLabel": {"interval": 0}},
        "visualMap": {
            "min": low,
            "max": high,
            "orient": "horizontal",
            "left": "center",
            "bottom": 4,
            "text": [f"{high:g}{unit}", f"{low:g}{unit}"],
            # the figures in the cells are dark ink on every step, in both themes
            "inRange": {"color": ["#f4f6f9", "#7fb0de"]},
        },
        "series": [{"type": "heatmap", "name": unit, "data": data, "label": {"show": True, "color": "#1c2733"}}],
        "aria": {"decal": {"show": False}},
    }


def treemap(groups: Mapping[str, Mapping[str, int]], *, unit: str = "", name: str = "") -> dict[str, Any]:
    """Rectangles as large as their values, in the groups that hold them; each writes its name and its figure.

    One group without a name is none: its rectangles stand by themselves, each in its own colour.
    """
    data: list[dict[str, Any]] = [
        {
            "name": group,
            "value": sum(values.values()),
            "children": [{"name": label, "value": value} for label, value in values.items()],
        }
        for group, values in groups.items()
    ]
    if list(groups) == [""]:
        data = data[0]["children"]
    return {
        "series": [
            {
                "type": "treemap",
                "name": unit,
                "heading": name,
                "data": data,
                "roam": False,
                "nodeClick": False,
                "breadcrumb": {"show": False},
                "top": 4,
                "left": 4,
                "right": 4,
                "bottom": 4,
                # the figures are read on every colour of the series: white letters with a dark edge
                "label": {
                    "show": True,
                    "formatter": "{b}\n{c}",
                    "overflow": "truncate",
                    "color": "#fff",
                    "textBorderColor": "rgba(15,23,32,.65)",
                    "textBorderWidth": 2,
                },
                "upperLabel": {"show": True, "height": 22, "formatter": "{b} {c}", "overflow": "truncate"},
                "levels": [
                    {"upperLabel": {"show": False}, "itemStyle": {"borderWidth": 0, "gapWidth": 3}},
                    {"itemStyle": {"gapWidth": 1}},
                ],
            }
        ],
        "aria": {"decal": {"show": False}},
    }


def tiles(
    places: Mapping[str, tuple[int, int]], values: Mapping[str, Value], *, unit: str = "", name: str = ""
) -> dict[str, Any]:
    """Areas as equal tiles: ``places`` gives (row, column) by label; each writes its label and figure, None a dash."""
    rows = 1 + max((row for row, _ in places.values()), default=0)
    columns = 1 + max((column for _, column in places.values()), default=0)
    known = [v for label in places if (v := values.get(label)) is not None]
    data: list[dict[str, Any]] = []
    for label, (row, column) in places.items():
        value = values.get(label)
        item: dict[str, Any] = {"name": label, "value": [column, row, value if value is not None else "-"]}
        item["label"] = {"formatter": f"{label}\n{'—' if value is None else f'{value:,}'}"}
        data.append(item)
    return {
        "grid": {"top": 4, "left": 4, "right": 4, "bottom": 44},
        "xAxis": {"type": "category", "show": False, "data": [str(n) for n in range(columns)], "heading": name},
        "yAxis": {"type": "category", "show": False, "data": [str(n) for n in range(rows)], "inverse": True},
        "visualMap": {
            "min": 0,
            "max": max(known, default=1) or 1,
            "orient": "horizontal",
            "left": "center",
            "bottom": 4,
            "text": [f"{max(known, default=0):,} {unit}", "0"],
            "inRange": {"color": ["#e8eef6", "#7fb0de"]},
        },
        "series": [
            {
                "type": "heatmap",
                "name": unit,
                "tiles": True,
                "data": data,
                "itemStyle": {"borderWidth": 1, "borderColor": "#8494a5"},
                "label": {"show": True, "color": "#1c2733"},
            }
        ],
        "aria": {"decal": {"show": False}},
    }


def sparkline(values: Sequence[Value]) -> dict[str, Any]:
    """A bare trend without axes, the last known point marked."""
    known = [i for i, v in enumerate(values) if v is not None]
    series: dict[str, Any] = {
        "type": "line",
        "name": "",
        "data": list(values),
        "symbol": "none",
        "lineStyle": {"width": 1.6},
    }
    if known:
        series["data"] = [
            {"value": v, "symbol": "circle", "symbolSize": 5} if i == known[-1] else v for i, v in enumerate(values)
        ]
    return {
        "grid": {"top": 4, "left": 4, "right": 6, "bottom": 4},
        "xAxis": {"type": "category", "show": False, "data": [str(i + 1) for i in range(len(values))]},
        "yAxis": {"type": "value", "show": False, "scale": True},
        "series": [series],
    }


# --- reading an option back ---------------------------------------------------------------------------------
def _plain(item: Any) -> Any:
    return item.get("value") if isinstance(item, Mapping) else item


def _one(axis: Any) -> Mapping[str, Any]:
    if isinstance(axis, list):
        axis = axis[0] if axis else {}
    return axis if isinstance(axis, Mapping) else {}


def table(option: Option) -> tuple[Head, Rows]:
    """(head, rows) of everything the chart draws: for the accessible table, the CSV, the report.

    Missing figures are None. Knows lines, bars, heat maps, pies and treemaps; raises ChartError for others.
    """
    series = [s for s in option.get("series", []) if s.get("data") is not None]
    kinds = {s.get("type") for s in series}
    x, y = _one(option.get("xAxis")), _one(option.get("yAxis"))
    if kinds <= {"line", "bar"}:
        axis = y if y.get("type") == "category" else x
        categories = [str(_plain(c)) for c in axis.get("data", [])]
        head = [str(axis.get("heading") or "")] + [str(s.get("name") or "") for s in series]
        rows: Rows = []
        for i, category in enumerate(categories):
            rows.append([category, *(_plain(s["data"][i]) if i < len(s["data"]) else None for s in series)])
        return head, rows
    if kinds == {"heatmap"} and all(s.get("tiles") for s in series):
        head = [str(x.get("heading") or ""), str(series[0].get("name") or "")]
        return head, [[d["name"], d["value"][2] if d["value"][2] != "-" else None] for d in series[0]["data"]]
    if kinds == {"heatmap"}:
        columns, names = [str(c) for c in x.get("data", [])], [str(r) for r in y.get("data", [])]
        cells = {(p[0], p[1]): p[2] for s in series for p in map(_plain, s["data"])}
        return (
            [str(x.get("heading") or ""), *columns],
            [[row, *(cells.get((i, j)) for i in range(len(columns)))] for j, row in enumerate(names)],
        )
    if kinds == {"treemap"} and any("children" in d for d in series[0]["data"]):
        flat = [leaf for group in series[0]["data"] for leaf in group["children"]]
        head = [str(series[0].get("heading") or ""), str(series[0].get("name") or "")]
        return head, [[str(leaf["name"]), leaf["value"]] for leaf in flat]
    if kinds <= {"pie", "treemap"} and len(series) == 1:
        return ["", str(series[0].get("name") or "")], [[str(d["name"]), d.get("value")] for d in series[0]["data"]]
    raise ChartError(f"no table for a chart of {', '.join(sorted(map(str, kinds)))}: declare its rows yourself")
