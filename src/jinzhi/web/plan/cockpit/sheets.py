"""The cockpit as Excel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jinzhi.engines import spreadsheet
from jinzhi.kernel.fields import Type
from jinzhi.kernel.status import (
    NONE,
)
from jinzhi.web.plan.board import (
    Board,
    column,
    language,
    light_text,
    no_plan,
    read_board,
    row_views,
    rows_sheet,
    workbook,
)
from jinzhi.web.plan.cockpit.attention import (
    Attention,
    attention,
    group_name,
)
from jinzhi.web.plan.cockpit.heat import heat_table
from jinzhi.web.plan.cockpit.kpis import facts as kpi_facts
from jinzhi.web.shell.access import page
from jinzhi.web.shell.plan_choice import names_plan
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import named


@page(nav="cockpit", scope="plan.read")
@names_plan
def export(request: PageRequest) -> HttpResponse:
    """The heat table, what needs attention and the rows with their lights, within the filters of the cockpit."""
    board = read_board(request)
    if board is None:
        return render(request, "plan/no_plan.html", {"steps": no_plan(request.acting), "crumbs": []})
    sheets = [heat_sheet(board), attention_sheet(attention(board)), rows_sheet(row_views(board))]
    return workbook(
        "cockpit", request.acting, sheets, [*board.facts(), (_("亮灯规则"), named(board.rule)), *kpi_facts(board)]
    )


def heat_sheet(board: Board) -> spreadsheet.Sheet:
    table = heat_table(board)
    columns = [column("unit", "责任单位", "Unit", width=28)]
    columns += [column(f"s{n}", s, s, width=18) for n, s in enumerate(table.sections)]
    columns.append(column("total", "合计", "Total", width=18))
    rows = []
    keys: list[str | None] = [*table.sections, None]
    for n in [*range(len(table.lines)), None]:
        line = table.lines[n] if n is not None else None
        name = line.unit.label + (_("（含下级）") if line.below else "") if line else _("合计")
        values: dict[str, Any] = {"unit": name}
        for key, section in zip([c.key for c in columns[1:]], keys, strict=True):
            light = table.light(n, section)
            got = table.judged.get((n, section))
            counted = f"{got.met_n}/{got.due_n}" if got else ""
            values[key] = "" if light is NONE else f"{counted} {light_text(light)}".strip()
        rows.append(values)
    return spreadsheet.Sheet(title=_("热力表"), columns=tuple(columns), rows=rows, language=language())


def attention_sheet(items: Iterable[Attention]) -> spreadsheet.Sheet:
    columns = (
        column("group", "类别", "Group", width=18), column("number", "编号", "Number", width=22),
        column("title", "事项", "Matter", width=40), column("unit", "单位", "Unit", width=24),
        column("due", "期限", "Due", Type.DATE), column("light", "状态", "Light"),
        column("counted", "已完成/应完成", "Done of due"), column("share", "进度（按权重）", "Progress (weighted)"),
        column("why", "原因", "Reason", width=44),
    )  # fmt: skip
    rows = [
        {"group": group_name(i.group), "number": i.number, "title": i.title, "unit": i.unit,
         "due": i.due.isoformat() if i.due else None, "light": light_text(i.light),
         "counted": i.counted, "share": i.percent, "why": i.why}
        for i in items
    ]  # fmt: skip
    return spreadsheet.Sheet(title=_("需要关注"), columns=columns, rows=rows, language=language())
