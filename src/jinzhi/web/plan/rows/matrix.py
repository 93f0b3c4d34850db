"""The matrix of rows and units: who answers for what and how it stands; turned round, by groups, without empties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from jinzhi.apps.plan.models import Row
from jinzhi.apps.plan.progress import ProgressCell
from jinzhi.apps.units.models import Unit
from jinzhi.engines import spreadsheet
from jinzhi.kernel.organisation import LEVELS
from jinzhi.kernel.status import LIGHTS, NO_DATA, Status
from jinzhi.web.plan.board import (
    DUTY_SYMBOLS,
    Board,
    column,
    due_and_done,
    duty_word,
    language,
    light_of,
    light_text,
    no_plan,
    plan_filters,
    print_facts,
    read_board,
    short_duty,
    unit_order,
    workbook,
)
from jinzhi.web.plan.titles import title_of, titled, titled_heading
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged
from jinzhi.web.shell.plan_choice import names_plan
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.addresses import url_with
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.language import labelled
from jinzhi.web.ui.words import LEVEL_NAMES

UNITS_A_PAGE = 60


def matrix_units(board: Board) -> list[Unit]:
    """The units with duties within the chosen unit, departments first. The division of duties is public."""
    busy = {pk for pk, _key in board.duties} | set(board._rows_of_unit)
    return sorted((u for u in board.units.values() if u.pk in busy and board.meant(u.path)), key=unit_order)


def filled(board: Board, units: Sequence[Unit], kind: str) -> list[Unit]:
    """The units that have a cell in the rows shown: an empty column says nothing and hides the next one."""
    rows = {r.key for r in board.rows.values() if not board.section or r.heading == board.section}
    busy = {pk for (pk, key), k in board.duties.items() if key in rows and (not kind or k == kind)}
    if not kind:
        busy |= {pk for pk, keys in board._rows_of_unit.items() if keys & rows}
    return [u for u in units if u.pk in busy]


def of_level(units: Sequence[Unit], level: str) -> list[Unit]:
    return [u for u in units if not level or u.level == level]


def level_name(level: str) -> str:
    return str(LEVEL_NAMES.get(level, level))


@dataclass(frozen=True)
class MatrixCell:
    """A cell of the matrix: the duty by symbol and word, and the light where the reader sees the unit."""

    kind: str
    symbol: str
    word: str
    light: Status | None
    share: str
    href: str
    label: str
    adjusted: str = ""


def matrix_cell(board: Board, row: Row, unit: Unit, cells: list[ProgressCell]) -> MatrixCell | None:
    kind = board.duties.get((unit.pk, row.key), "")
    if not kind and not cells:
        return None
    got = board.judge(cells) if cells else None
    light = light_of(got, True) if board.sees(unit) else None
    href = f"{reverse('row', args=[row.key])}?year={board.year_value}#unit-{unit.code}"
    word = short_duty(kind) if kind else _("分工外")
    return MatrixCell(
        kind,
        DUTY_SYMBOLS.get(kind, "·"),
        word,
        light,
        due_and_done(got) if got else "",
        href,
        f"{row.key} {unit.label}",
        _adjusted(sum(c.adjusted for c in cells)),
    )


def _adjusted(n: int) -> str:
    return _("经调整 %(n)s") % {"n": n} if n else ""


def legend_word(kind: str) -> str:
    short, full = short_duty(kind), duty_word(kind)
    return full if short == full else labelled(short, full)


def matrix_rows(board: Board, units: Sequence[Unit], kind: str) -> list[dict[str, Any]]:
    cells: dict[tuple[int, str], list[ProgressCell]] = defaultdict(list)
    for cell in board.cells:
        cells[cell.unit_id, cell.row_key].append(cell)
    out = []
    before = None
    for each in board.rows.values():
        if board.section and each.heading != board.section:
            continue
        line = [matrix_cell(board, each, u, cells[u.pk, each.key]) for u in units]
        if kind:
            line = [c if c and c.kind == kind else None for c in line]
        if (kind or board.unit) and not any(line):
            continue
        heading = each.heading if each.heading != before else ""
        before = each.heading
        out.append(
            {"row": each, "cells": line, "heading": heading,
             "href": f"{reverse('row', args=[each.key])}?year={board.year_value}"}
        )  # fmt: skip
    return out


@dataclass(frozen=True)
class MatrixHead:
    """The head of a column or line of the matrix as shown. ``heading``: the group that begins here."""

    label: str
    href: str
    title: str = ""
    heading: str = ""


def upright(board: Board, units: Sequence[Unit], lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Rows of the plan down, units across, under the groups that they belong to."""
    return {
        "corner": _("任务"),
        "groups": [(level_name(k), len(list(g))) for k, g in groupby(units, key=lambda u: u.level)],
        "heads": [MatrixHead(u.label, reverse("unit", args=[u.code])) for u in units],
        "lines": [
            (MatrixHead(titled(x["row"]), x["href"], heading=titled_heading(x["heading"])), x["cells"]) for x in lines
        ],
    }


def turned(board: Board, units: Sequence[Unit], lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Units down in their groups, the keys of the rows across: narrow columns, so that all rows stand side by side."""
    shown = [x["row"] for x in lines]
    out: list[tuple[MatrixHead, list[Any]]] = []
    before = ""
    for n, unit in enumerate(units):
        name = level_name(unit.level)
        head = MatrixHead(unit.label, reverse("unit", args=[unit.code]), heading=name if name != before else "")
        out.append((head, [x["cells"][n] for x in lines]))
        before = name
    return {
        "corner": _("责任单位"),
        "groups": [(titled_heading(k) or _("其他"), len(list(g))) for k, g in groupby(shown, key=lambda r: r.heading)],
        "heads": [MatrixHead(x["row"].key, x["href"], title_of(x["row"])[0]) for x in lines],
        "lines": out,
    }


@page(nav="rows", scope="plan.read")
@names_plan
def matrix(request: PageRequest) -> HttpResponse:
    """Rows × units: who answers for what, and how it stands. ``flip``: turned round; ``empty``: empties as well."""
    board = read_board(request)
    if board is None:
        return render(request, "plan/no_plan.html", {"steps": no_plan(request.acting), "crumbs": []})
    kind = choice(request, "kind", DUTY_SYMBOLS)
    level = choice(request, "level", LEVELS)
    flip = choice(request, "flip", ("1",)) == "1"
    empty = choice(request, "empty", ("1",)) == "1"
    every = matrix_units(board)
    units = of_level(every, level)
    units = units if empty else filled(board, units, kind)
    here = paged(request, units, UNITS_A_PAGE)
    lines = matrix_rows(board, list(here), kind)
    if not empty:
        lines = [x for x in lines if any(x["cells"])] or ([] if kind or level or board.unit else lines)
    levels = [k for k in LEVELS if any(u.level == k for u in every)]
    legend = [(symbol, legend_word(k)) for k, symbol in DUTY_SYMBOLS.items()]
    filters = [
        *plan_filters(board),
        Filter("level", _("单位组"), options=[Option(k, level_name(k)) for k in levels]),
        Filter("kind", _("责任"), options=[Option(k, duty_word(k)) for k in DUTY_SYMBOLS]),
        Filter("empty", _("含空行空列"), kind="check"),
    ]
    return render(
        request,
        "plan/matrix.html",
        {
            "board": board,
            "crumbs": [(_("驾驶舱"), reverse("cockpit")), (_("规划任务"), reverse("rows"))],
            "filters": filters,
            "matrix": (turned if flip else upright)(board, list(here), lines) if lines else None,
            "flip": flip,
            "turns": [
                PageLink(_("任务为行"), url_with(request, flip=None), current=not flip),
                PageLink(_("单位为行"), url_with(request, flip="1"), current=flip),
            ],
            "page": here,
            "legend": legend,
            "lights": [*LIGHTS, NO_DATA],
            "exports": [
                PageLink(_("导出 Excel"), reverse("matrix-export") + url_with(request, page=None), key="export",
                        download=True)
            ],
            "print_title": _("责任矩阵"),
            "print_facts": print_facts(board.facts()),
        },
    )  # fmt: skip


@page(nav="rows", scope="plan.read")
@names_plan
def matrix_export(request: PageRequest) -> HttpResponse:
    """The whole matrix of the filters as a sheet, all units."""
    board = read_board(request)
    if board is None:
        raise Http404(_("还没有规划，没有可以导出的矩阵"))
    kind = choice(request, "kind", DUTY_SYMBOLS)
    units = of_level(matrix_units(board), choice(request, "level", LEVELS))
    columns = [column("key", "编号", "Key", width=8), column("title", "任务", "Row", width=36)]
    columns += [column(f"u{u.pk}", u.label, u.label, width=13) for u in units]
    rows = []
    for line in matrix_rows(board, units, kind):
        values: dict[str, Any] = {"key": line["row"].key, "title": title_of(line["row"])[0]}
        for unit, cell in zip(units, line["cells"], strict=True):
            if cell:
                light = light_text(cell.light) if cell.light else ""
                values[f"u{unit.pk}"] = " ".join(w for w in (cell.word, light, cell.share, cell.adjusted) if w)
        rows.append(values)
    sheet = spreadsheet.Sheet(title=_("责任矩阵"), columns=tuple(columns), rows=rows, language=language())
    facts = [*board.facts(), (_("责任"), duty_word(kind) if kind else _("全部"))]
    return workbook("matrix", request.acting, [sheet], facts)


urlpatterns = [
    path("plan/matrix/", matrix, name="matrix"),
    path("plan/matrix/export.xlsx", matrix_export, name="matrix-export"),
]
