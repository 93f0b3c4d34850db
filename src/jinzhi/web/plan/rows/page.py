"""The page of a row."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.seals import verdicts_of
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.plan.models import Duty, Figure, Milestone, Release, Report, Row, RowNote
from jinzhi.apps.plan.progress import MILESTONE_STATES, milestone_status, of_year
from jinzhi.apps.plan.queries import served
from jinzhi.kernel.status import Status
from jinzhi.web.catalogue.declared import address, kind_name
from jinzhi.web.plan.board import (
    Board,
    board_of,
    due_and_done,
    light_of,
    plan_filters,
    print_facts,
    why,
)
from jinzhi.web.plan.rows.find import find_row, neighbours
from jinzhi.web.plan.rows.list import NOTES_A_PAGE
from jinzhi.web.plan.rows.tables import cases_table, milestones_table, start_links, units_table
from jinzhi.web.plan.titles import heading_name, name_of
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.plan_choice import names_plan
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.watching import ROW, look_at
from jinzhi.web.ui.language import enumerated
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Tag


def accounts(request: PageRequest, board: Board, row: Row) -> tuple[Any, list[dict[str, Any]]]:
    """What approved reports say of a row: a page of notes, newest period first, with their figures' files."""
    reports = Report.objects.visible_to(board.who).filter(plan=board.release.plan, state="approved")
    found = RowNote.objects.filter(row_key=row.key, report__in=reports).select_related("report__unit", "report__period")
    found = found.order_by("-report__period__starts", "report__unit__path")
    here = paged(request, found, NOTES_A_PAGE)
    notes = list(here)
    files = Attachment.objects.visible_to(board.who)
    figures = Figure.objects.filter(report__in=[n.report_id for n in notes], milestone__row_key=row.key)
    by_report: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures.select_related("milestone").prefetch_related(Prefetch("attachments", queryset=files)):
        by_report[figure.report_id].append(figure)
    out = []
    for note in notes:
        of = by_report[note.report_id]
        out.append(
            {
                "note": note,
                "figures": [f for f in of if f.achieved is not None or f.note],
                "files": [a for f in of for a in f.attachments.all()],
            }
        )
    return here, out


def release_history(row: Row, release: Release) -> list[TimelineItem]:
    """The releases that have the row, and in which of them its wording or its units changed."""
    duties = Prefetch("duties", queryset=Duty.objects.all())
    found = Row.objects.filter(release__plan=release.plan, key=row.key).select_related("release")
    out: list[TimelineItem] = []
    before: tuple[Any, ...] | None = None
    lines = list(found.order_by("release__number").prefetch_related("measures", duties))
    checked = verdicts_of([line.release.stream for line in lines])
    for each in lines:
        now = (
            each.title,
            each.heading,
            tuple(m.text for m in each.measures.all()),
            tuple((d.raw, d.kind, d.wording, d.time_limit) for d in each.duties.all()),
        )
        parts = (_("标题"), _("章节"), _("措施"), _("责任单位"))
        if before is None:
            text = _("首次出现")
        else:
            changed = [p for p, a, b in zip(parts, before, now, strict=True) if a != b]
            text = _("修改：%(parts)s") % {"parts": enumerated(changed)} if changed else _("未变")
        before = now
        out.append(
            TimelineItem(
                _("第 %(n)s 次发布") % {"n": each.release.number},
                each.release.issued_on or each.release.stored_at,
                text=text,
                tone="normal" if each.release.in_force else "closed",
                tag=Tag("现行", "In force", "normal") if each.release.in_force else None,
                href=f"{reverse('row', args=[each.key])}?release={each.release.number}",
                seal=checked[each.release.stream].worst,
            )
        )
    return out[::-1]


@page(nav="rows", scope="plan.read")
@names_plan
def row(request: PageRequest, key: str) -> HttpResponse:
    """Everything about a row."""
    here, release = find_row(request, key)
    board = board_of(request, release)
    before, following = neighbours(board, here)
    who: Acting = request.acting
    found = Milestone.objects.visible_to(who).filter(plan=release.plan, row_key=here.key, dropped_on=None)
    if board.year:
        found = found.filter(of_year(board.year, board.day))
    milestones = [m for m in found.select_related("unit").order_by("due", "pk") if board.meant(m.unit_path)]
    cells = board.cells_of(here.key)
    judged = board.judge(cells) if cells else None
    involved = bool(board.involved(here.key))
    page_of_notes, notes = accounts(request, board, here)
    unit_filter = [f for f in plan_filters(board) if f.name != "section"]
    counts = Counter(milestone_status(m, board.day).id for m in milestones)
    suffix = f"?year={board.year_value}"
    return render(
        request,
        "plan/row.html",
        {
            "board": board,
            "row": here,
            "release": release,
            "old": not release.in_force,
            "watching": look_at(who, ROW, f"{release.plan}/{here.key}"),
            "watch_kind": ROW,
            "watch_ref": f"{release.plan}/{here.key}",
            "crumbs": [
                (_("驾驶舱"), reverse("cockpit")),
                (_("规划任务"), reverse("rows") + suffix),
                *([(heading_name(here.heading), board.rows_url(section=here.heading))] if here.heading else []),
            ],
            "title": name_of(here),
            "light": light_of(judged, involved),
            "share": due_and_done(judged) if judged else "",
            "why": why(judged) if judged else "",
            "judged": judged,
            "filters": unit_filter,
            "measures": list(here.measures.all()),
            "served": [(d, address(d.kind, d.id), kind_name(d.kind)) for d in served(catalogue(), here)],
            "units": units_table(board, here, milestones),
            "milestones": milestones_table(board, milestones, _("里程碑")),
            "states": state_facts(counts),
            "notes": notes,
            "notes_page": page_of_notes,
            "cases": cases_table(board, here),
            "starts": start_links(who, here, board.unit) if release.in_force else [],
            "may_edit": who.may("plan.edit") and who.user is not None and release.in_force,
            "history": release_history(here, release),
            "previous": reverse("row", args=[before.key]) + suffix if before else "",
            "previous_row": before,
            "following": reverse("row", args=[following.key]) + suffix if following else "",
            "following_row": following,
            "print_title": name_of(here),
            "print_facts": print_facts(board.facts()[:3]),
        },
    )


def state_facts(counts: Counter[str]) -> list[tuple[Status, int]]:
    from_progress = {s.id: s for s in MILESTONE_STATES}
    return [(from_progress[id], counts[id]) for id in from_progress if counts[id]]
