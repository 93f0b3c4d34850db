"""The list of milestones, and its workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.plan.milestone_fields import DIRECTION
from jinzhi.apps.plan.models import Milestone, Release
from jinzhi.apps.plan.progress import MILESTONE_STATES, milestone_status, of_year
from jinzhi.apps.plan.queries import current, in_state, milestones
from jinzhi.engines import spreadsheet
from jinzhi.kernel.fields import Type
from jinzhi.kernel.status import Status
from jinzhi.web.plan.adjusted import all_was
from jinzhi.web.plan.board import (
    Board,
    amount,
    column,
    language,
    light_text,
    measured,
    no_plan,
    plan_filters,
    print_facts,
    read_board,
    workbook,
)
from jinzhi.web.plan.titles import name_of, title_of, titled
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged, sort_of
from jinzhi.web.shell.plan_choice import at_plan, names_plan, release_shown
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.addresses import url_with
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.language import named
from jinzhi.web.ui.states import Due as UiDue
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

SORTS = {"due": "due", "unit": "unit__path", "row": "row_key", "met": "met_on"}


def by_state(id: str) -> Status:
    return next(s for s in MILESTONE_STATES if s.id == id)


def day_of(request: PageRequest, name: str) -> date | None:
    raw = request.GET.get(name, "").strip()
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise BadRequest(
            _("地址参数 %(name)s=“%(raw)s” 应为日期，如 2026-11-22") % {"name": name, "raw": raw[:20]}
        ) from None


def filtered(request: PageRequest, board: Board) -> tuple[Any, list[tuple[str, str]]]:
    """The milestones of the address, and the filters in words."""
    found = milestones(board.who, board.release)
    words = list(board.facts())
    if board.year:
        found = found.filter(of_year(board.year, board.day))
    if board.unit is not None:
        found = found.filter(**{"unit_path__startswith" if board.below else "unit_path": board.unit.path})
    if board.section:
        found = found.filter(row_key__in=[r.key for r in board.rows.values() if r.heading == board.section])
    state = choice(request, "state", {s.id for s in MILESTONE_STATES})
    if state:
        found = found.filter(in_state(state, board.day))
        words.append((_("状态"), named(by_state(state))))
    row = request.GET.get("row", "").strip()[:40]
    if row:
        found = found.filter(row_key=row)
        words.append((_("任务"), row))
    if choice(request, "off", ("1",)):
        pairs = found.values_list("pk", "unit_id", "row_key")
        found = found.filter(pk__in=[pk for pk, unit, key in pairs if (unit, key) not in board.duties])
        words.append((_("分工"), _("未列入现行分工")))
    if choice(request, "adjusted", ("1",)):
        found = found.filter(adjusted_by__isnull=False)
        words.append((_("规划调整"), _("经规划调整修改")))
    since, until = day_of(request, "since"), day_of(request, "until")
    if since:
        found = found.filter(due__gte=since)
        words.append((_("期限自"), since.isoformat()))
    if until:
        found = found.filter(due__lte=until)
        words.append((_("期限至"), until.isoformat()))
    _raw, order = sort_of(request, SORTS, "due")
    return found.order_by(order, "due", "unit__path", "pk"), words


@page(nav="rows", scope="plan.read")
@names_plan
def index(request: PageRequest) -> HttpResponse:
    """All milestones that the reader sees, within the filters."""
    board = read_board(request)
    if board is None:
        return render(request, "plan/no_plan.html", {"steps": no_plan(request.acting), "crumbs": []})
    found, words = filtered(request, board)
    here = paged(request, found)
    rows, gone, stood = [], _("已不在现行规划"), all_was(here)
    for m in here:
        known = board.rows.get(m.row_key)
        rows.append(
            TableRow(
                (
                    Cell(m.title, href=reverse("milestone", args=[m.code]), sub=stood.get(m.pk, "")),
                    Cell(
                        m.row_key,
                        href=reverse("row", args=[m.row_key]),
                        sub=titled(known, key=False) if known else gone,
                    ),
                    Cell(m.unit.label, href=reverse("unit", args=[m.unit.code])),
                    Cell(due=UiDue(m.due, board.day, done=m.met_on is not None, soon=board.rule.soon_days)),
                    measured(m),
                    Cell(tag=milestone_status(m, board.day), sub=f"{m.met_on:%Y-%m-%d}" if m.met_on else ""),
                )
            )
        )  # fmt: skip
    heads = [
        Column(_("里程碑"), wide=True),
        Column(_("任务"), "row"),
        Column(_("单位"), "unit"),
        Column(_("期限"), "due", numeric=True),
        Column(_("累计 / 目标"), numeric=True),
        Column(_("状态"), "met"),
    ]
    nothing = Empty(_("没有符合条件的里程碑"), _("去掉一部分条件，或看全部年度。"), "?year=all", _("全部年度"))
    filters = [
        *plan_filters(board),
        Filter("state", _("状态"), options=[Option(s.id, named(s)) for s in MILESTONE_STATES]),
        Filter("row", _("任务"), options=[Option(k, name_of(r), lang=title_of(r)[1]) for k, r in board.rows.items()]),
        Filter("off", _("未列入现行分工"), kind="check"),
        Filter("adjusted", _("经规划调整修改"), kind="check"),
        Filter("since", _("期限自"), "date"),
        Filter("until", _("期限至"), "date"),
    ]
    return render(
        request,
        "plan/milestones.html",
        {
            "board": board,
            "crumbs": [(_("驾驶舱"), reverse("cockpit")), (_("规划任务"), reverse("rows"))],
            "filters": filters,
            "note": _("共 %(n)s 个里程碑") % {"n": here.paginator.count},
            "table": Table(_("里程碑"), heads, rows, nothing, stack=True, caption_hidden=True),
            "page": here,
            "exports": [
                PageLink(_("导出 Excel"), reverse("milestones-export") + url_with(request), key="export", download=True)
            ],
            "bring_in": may_edit(board.who) and at_plan(request, reverse("milestones-import"), board.release.plan),
            "copy": may_edit(board.who) and at_plan(request, reverse("milestones-copy"), board.release.plan),
            "print_title": _("里程碑清单"),
            "print_facts": print_facts(words),
        },
    )


@page(nav="rows", scope="plan.read")
@names_plan
def export(request: PageRequest) -> HttpResponse:
    """All milestones of the filters as a sheet."""
    board = read_board(request)
    if board is None:
        raise Http404(_("还没有规划，没有可以导出的里程碑"))
    found, words = filtered(request, board)
    columns = (
        column("code", "代码", "Code", width=26),
        column("row", "任务编号", "Row", width=10),
        column("row_title", "任务", "Row title", width=36),
        column("unit", "单位", "Unit", width=24),
        column("title", "里程碑", "Milestone", width=40),
        column("due", "期限", "Due", Type.DATE),
        column("achieved", "累计", "Reached", Type.DECIMAL),
        column("target", "目标", "Target", Type.DECIMAL),
        column("measured_in", "计量单位", "Measured in"),
        column("direction", "方向", "Direction"),
        column("weight", "权重", "Weight", Type.DECIMAL),
        column("state", "状态", "State"),
        column("met_on", "完成日期", "Met on", Type.DATE),
        column("adjusted", "规划调整", "Adjustment", width=40),
    )
    found = list(found)
    stood = all_was(found)
    rows = [
        {
            "code": m.code, "row": m.row_key, "unit": m.unit.label, "title": m.title, "due": m.due.isoformat(),
            "row_title": title_of(board.rows[m.row_key])[0] if m.row_key in board.rows else "",
            "achieved": amount(m.achieved), "target": amount(m.target), "measured_in": m.measured_in,
            "direction": DIRECTION.show(m.direction, language()),
            "weight": amount(m.weight), "state": light_text(milestone_status(m, board.day)),
            "met_on": m.met_on.isoformat() if m.met_on else None, "adjusted": stood.get(m.pk, ""),
        }
        for m in found
    ]  # fmt: skip
    sheet = spreadsheet.Sheet(title=_("里程碑"), columns=columns, rows=rows, language=language())
    return workbook("milestones", request.acting, [sheet], words)


def may_edit(who: Acting) -> bool:
    return who.user is not None and who.may("plan.edit")


def shown_plan(request: PageRequest) -> Release:
    release = release_shown(request)
    if release is None:
        raise Http404(_("还没有规划"))
    return release


def plan_of(milestone: Milestone) -> Release:
    """The release in force of the milestone's own plan, whichever plan the reader looked at."""
    release = current(milestone.plan)
    if release is None:
        raise Http404(_("这个里程碑所属的规划没有生效的版本"))
    return release
