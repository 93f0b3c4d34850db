"""The wall: the cockpit as one screen without controls. Counts by light, the worst ten, panels that take turns.

Everything is read from the same board as the cockpit, so that the wall and the pages behind it cannot differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from jinzhi.apps.catalogue.clock import now
from jinzhi.kernel.status import LIGHTS
from jinzhi.web.plan.board import Board, due_and_done, row_views
from jinzhi.web.plan.cockpit.attention import AttentionLine
from jinzhi.web.plan.titles import titled, titled_heading
from jinzhi.web.ui.figures import Kpi

WORST = 10
#: so many lines of the heat table can be read from afar; of more, those that lack most are shown
LINES = 16
KPIS = 6
#: minutes between two partial loads
REFRESH = 5


def wall_of(
    board: Board,
    items: Sequence[AttentionLine],
    kpis: Sequence[Kpi],
    tiles: Sequence[dict[str, Any]],
    heat: Sequence[dict[str, Any]],
    sections: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """What ``plan/wall.html`` shows. ``items``: what needs attention, the most urgent first."""
    views = row_views(board)
    lights = Counter(v.light.id for v in views)
    chapters: dict[str, list[Any]] = {}
    for view in views:
        chapters.setdefault(titled_heading(view.row.heading), []).append(
            {"v": view, "name": titled(view.row, key=False, short=True)}
        )
    shown = fitting(heat)
    moment = now()
    days = (_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"))
    return {
        "rows": len(views),
        "counts": [(light, lights[light.id]) for light in reversed(LIGHTS)],
        "kpis": list(kpis)[:KPIS],
        "chapters": chapters.items(),
        "tiles": tiles,
        "worst": list(items)[:WORST],
        "attention": len(items),
        "heat": shown,
        "heat_all": len(heat) - 1,
        "heat_cut": len(shown) < len(heat),
        "sections": sections,
        "moment": moment,
        "weekday": days[board.day.weekday()],
        "refresh": REFRESH * 60,
    }


def fitting(heat: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines that fit: all of them, or those that lack most, in the order of the table; the total always."""
    if len(heat) <= LINES + 1:
        return list(heat)
    most = sorted(heat[:-1], key=lambda line: -line["missing"])[:LINES]
    return [line for line in heat[:-1] if any(line is m for m in most)] + [heat[-1]]


def tiles_of(shown: Sequence[Any], judged: dict[int, Any], places: dict[str, tuple[int, int]], name: Any) -> list[Any]:
    """The districts in their rough places: met of those due, and the light."""
    out = []
    for unit in shown:
        got = judged.get(unit.pk)
        if unit.code in places:
            row, col = places[unit.code]
            out.append(
                {"name": name(unit), "row": row, "col": col, "light": got.light if got else None,
                 "said": due_and_done(got) if got else "—"}
            )  # fmt: skip
    return out
