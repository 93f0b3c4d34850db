"""The heat table of units and sections."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jinzhi.apps.plan.progress import Judged, ProgressCell
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Reach
from jinzhi.kernel.status import (
    NONE,
    Status,
)
from jinzhi.web.plan.board import (
    Board,
    due_and_done,
    light_of,
    unit_order,
)
from jinzhi.web.plan.titles import heading_name
from jinzhi.web.ui.figures import Heat
from jinzhi.web.ui.language import named


@dataclass(frozen=True)
class HeatLine:
    """A line of the heat table: a unit, alone or with all below it."""

    unit: Unit
    below: bool

    def holds(self, path: str) -> bool:
        return path.startswith(self.unit.path) if self.below else path == self.unit.path


@dataclass(frozen=True)
class HeatTable:
    """The share done by line and section. ``cells`` by (line number, section); None stands for the total."""

    lines: tuple[HeatLine, ...]
    sections: tuple[str, ...]
    judged: dict[tuple[int | None, str | None], Judged]
    involved: frozenset[tuple[int, str]]

    def light(self, line: int | None, section: str | None) -> Status:
        if line is None:
            known = any(section in (None, s) for _line, s in self.involved)
        else:
            known = any(n == line and section in (None, s) for n, s in self.involved)
        return light_of(self.judged.get((line, section)), known)


def heat_lines(board: Board) -> list[HeatLine]:
    """The unit that the reader (or the filter) stands at, and each unit directly below it with all below that."""
    busy = {u.path for u in board.units.values() if board.rows_of_unit(u) and board.meant(u.path) and board.sees(u)}
    if board.unit is not None:
        top = board.unit
    elif board.who.reach is Reach.ALL:
        top = next(iter(board.units.values()))
    else:
        top = board.who.unit
    lines = [HeatLine(top, False)] if top.path in busy else []
    if (board.unit is not None and not board.below) or (board.unit is None and board.who.reach is Reach.OWN):
        return lines
    steps = Unit.steplen
    tops = {p[: len(top.path) + steps] for p in busy if len(p) > len(top.path)}
    below = [u for u in board.units.values() if u.path in tops]
    deep = {p[: len(top.path) + steps] for p in busy if len(p) > len(top.path) + steps}
    lines += [HeatLine(u, u.path in deep) for u in sorted(below, key=unit_order)]
    return lines


def heat_table(board: Board) -> HeatTable:
    """The heat table of a board; every sum is over the same cells as the list of rows it opens."""
    lines = heat_lines(board)
    number: dict[int, int] = {}
    for n, line in enumerate(lines):
        for unit in board.units.values():
            if line.holds(unit.path):
                number[unit.pk] = n
    sections = tuple(s for s in board.sections if not board.section or s == board.section)
    groups: dict[tuple[int | None, str | None], list[ProgressCell]] = defaultdict(list)
    for cell in board.picked:
        section = board.rows[cell.row_key].heading
        for key in ((number[cell.unit_id], section), (number[cell.unit_id], None), (None, section), (None, None)):
            groups[key].append(cell)
    judged = {key: board.judge(cells) for key, cells in groups.items()}
    involved = frozenset(
        (number[u.pk], board.rows[key].heading)
        for u in board.units.values()
        if u.pk in number
        for key in board.rows_of_unit(u)
        if board.rows[key].heading in sections
    )
    return HeatTable(tuple(lines), sections, judged, involved)


def heat_cell(board: Board, table: HeatTable, line: int | None, section: str | None) -> Heat:
    """A cell as shown: met / due, shaded only where something due is missing; blank for who is not involved.

    The share done and the light are on the page that it opens: a share of all and a light by dates, side by side in
    one small cell, seem to contradict each other.
    """
    light = table.light(line, section)
    if light is NONE:
        return Heat()
    who = table.lines[line] if line is not None else None
    where = f"{who.unit.label if who else _('合计')}，{heading_name(section or '') or _('合计')}："
    unit, below = (who.unit, who.below) if who else (board.unit, board.below)
    href = board.rows_url(unit, below, section or board.section)
    got = table.judged.get((line, section))
    if got is None:
        return Heat("—", light.tone, href, named(light), where)
    gap = board.rule.gap(got.due_n, got.met_n)
    if gap is None:
        return Heat(due_and_done(got), "plain", href, "", where)
    return Heat(due_and_done(got), gap.tone, href, named(gap), where, gap.symbol)
