"""Districts on the cockpit: tiles and ranking."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.plan.progress import Judged, ProgressCell
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.tilemap import TileMap
from jinzhi.web.plan.board import (
    Board,
    done_cell,
    done_column,
    due_and_done,
    light_of,
    met_share,
    why,
)
from jinzhi.web.plan.cockpit.wall import tiles_of
from jinzhi.web.ui.figures import FigureTile
from jinzhi.web.ui.tables import Cell as UiCell
from jinzhi.web.ui.tables import Column, Empty, Table, TableRow


def wall_tiles(board: Board) -> list[dict[str, Any]]:
    """The districts of the wall: what of theirs fell due and is met."""
    declared = next(iter(catalogue().all(TileMap)), None)
    shown, judged = judged_districts(board)
    return tiles_of(shown, judged, dict(declared.tiles) if declared else {}, area)


def judged_districts(board: Board) -> tuple[list[Unit], dict[int, Judged]]:
    """The districts in reach, each with all below it."""
    known = [u for u in board.units.values() if u.level == "district" and board.sees(u) and board.meant(u.path)]
    shown = [u for u in known if u.active or board.rows_of_unit(u)]
    by_district: dict[int, list[ProgressCell]] = defaultdict(list)
    for cell in board.picked:
        for unit in shown:
            if cell.unit_path.startswith(unit.path):
                by_district[unit.pk].append(cell)
                break
    return shown, {u.pk: board.judge(by_district[u.pk]) for u in shown if by_district[u.pk]}


def districts(board: Board) -> dict[str, Any]:
    """What is met of what was due, by district with its bureaus and streets: tiles and a ranked table of the same."""
    declared = next(iter(catalogue().all(TileMap)), None)
    places = dict(declared.tiles) if declared else {}
    shown, judged = judged_districts(board)
    ranked = sorted(shown, key=lambda u: (tuple(-s for s in met_share(judged.get(u.pk))), u.position))
    tiles = [
        FigureTile(
            area(u),
            *places[u.code],
            due_and_done(judged[u.pk]) if u.pk in judged else "—",
            light_of(judged.get(u.pk), True).tone if u.pk in judged else "",
            board.rows_url(u, True, board.section),
        )
        for u in shown
        if u.code in places
    ]
    rows = []
    for unit in ranked:
        got = judged.get(unit.pk)
        rows.append(
            TableRow(
                (
                    UiCell(area(unit), href=board.rows_url(unit, True, board.section)),
                    done_cell(got, board.year),
                    UiCell(tag=light_of(got, True), sub=why(got) if got else ""),
                    UiCell(got.late, href=late_url(board, unit)) if got else "—",
                )
            )
        )
    heads = [
        Column(_("区")), done_column(), Column(_("状态")),
        Column(_("滞后（单位 × 任务）"), numeric=True),
    ]  # fmt: skip
    nothing = Empty(_("您可见的范围内没有区"), _("去掉单位条件，或用能看到各区的身份查看。"))
    return {
        "tiles": tiles,
        "ranking": Table(_("各区完成情况排序"), heads, rows, nothing, stack=True, caption_hidden=True),
        "map_name": declared,
    }


def late_url(board: Board, unit: Unit) -> str:
    """What is behind in a district: the list whose first group this number counts."""
    query = {"tab": "attention", "year": board.year_value, "unit": unit.code, "below": "1", "section": board.section}
    return f"{reverse('cockpit')}?{urlencode({k: v for k, v in query.items() if v})}"


def area(unit: Unit) -> str:
    """The short name of the area that a district's government governs."""
    return unit.label.removesuffix("人民政府").removesuffix("政府")
