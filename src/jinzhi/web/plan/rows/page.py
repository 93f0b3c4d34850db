"""The rows of the plan: the list, the page of a row, the matrix of rows and units."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.seals import verdicts_of
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.plan.models import Duty, Figure, Milestone, Release, Report, Row, RowNote
from jinzhi.apps.plan.plans import first_plan, subject_of
from jinzhi.apps.plan.progress import MILESTONE_STATES, milestone_status, of_year
from jinzhi.apps.plan.queries import find_measures, rows_of, served, spans_of
from jinzhi.apps.units.models import Unit
from jinzhi.engines import spreadsheet
from jinzhi.kernel.procedure import Procedure, may_open
from jinzhi.kernel.status import LIGHTS, NO_DATA, NONE, Status
from jinzhi.web.catalogue.declared import address, kind_name
from jinzhi.web.plan.adjusted import all_was
from jinzhi.web.plan.board import (
    DUTY_SYMBOLS,
    LIGHT_IDS,
    Board,
    RowView,
    column,
    done_cell,
    done_column,
    done_of_year,
    due_and_done,
    duty_word,
    language,
    light_of,
    marked,
    measured,
    met_share,
    no_plan,
    plan_filters,
    print_facts,
    read_board,
    row_views,
    rows_sheet,
    why,
    workbook,
)
from jinzhi.web.plan.milestones import page as plan_milestones
from jinzhi.web.plan.rows import matrix as plan_matrix
from jinzhi.web.plan.titles import heading_name, name_of, title_of, titled, titled_heading
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged, whole
from jinzhi.web.shell.plan_choice import names_plan, release_shown
from jinzhi.web.shell.watching import ROW, look_at
from jinzhi.web.ui.addresses import url_with, url_without
from jinzhi.web.ui.boxes import Link
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.language import enumerated, named
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Due, Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Group, Table
from jinzhi.web.ui.tables import Row as UiRow

#: how much of a measure is shown around the first hit
AROUND = 36
LONGEST = 80
NOTES_A_PAGE = 8
UNITS_A_PAGE = 60
SORTS = ("key", "title", "due", "share", "light")
#: for sorting by light: what is worst comes first
WORST = {s.id: n for n, s in enumerate((*reversed(LIGHTS), NO_DATA, NONE))}


# --- list -------------------------------------------------------------------------------------------------
def excerpt(text: str, spans: Sequence[tuple[int, int]]) -> SafeString:
    """The part of a text around its first hit, with all hits in it marked."""
    start = max(0, spans[0][0] - AROUND)
    end = min(len(text), spans[-1][1] + AROUND, start + 6 * AROUND)
    inside = [(a - start, min(b, end) - start) for a, b in spans if a < end]
    shown = marked(text[start:end], inside)
    return format_html("{}{}{}", "…" if start else "", shown, "…" if end < len(text) else "")


def searched(views: list[RowView], release: Release, q: str) -> list[RowView]:
    """The rows whose key, title or measures hold every word, with the place of the first hit in the measures."""
    hits: dict[int, SafeString] = {}
    more: Counter[int] = Counter()
    for hit in find_measures(release, q):
        more[hit.row.pk] += 1
        hits.setdefault(hit.row.pk, excerpt(hit.measure.text, hit.spans))
    out = []
    for view in views:
        in_title = spans_of(f"{view.row.key} {view.row.title} {title_of(view.row)[0]}", q) is not None
        if view.row.pk in hits:
            n = more[view.row.pk] - 1
            rest = format_html(" · {}", _("另有 %(n)s 项措施含此词") % {"n": n}) if n else ""
            out.append(replace(view, found=format_html("{}{}", hits[view.row.pk], rest)))
        elif in_title:
            out.append(view)
    return out


def filtered(request: HttpRequest, board: Board) -> tuple[list[RowView], Counter[str], str]:
    """The rows of the address, sorted; how many have which light before the light is chosen; the words searched."""
    views = row_views(board)
    q = request.GET.get("q", "").strip()[:LONGEST]
    if q:
        views = searched(views, board.release, q)
    bound = choice(request, "bound", ("yes", "no"))
    if bound:
        views = [v for v in views if bool(v.row.bound) == (bound == "yes")]
    lights = Counter(v.light.id for v in views)
    light = choice(request, "light", LIGHT_IDS)
    if light:
        views = [v for v in views if v.light.id == light]
    return ordered(request, views), lights, q


def ordered(request: HttpRequest, views: list[RowView]) -> list[RowView]:
    raw = choice(request, "sort", {*SORTS, *(f"-{k}" for k in SORTS)}, "key")
    keys = {
        "key": lambda v: (v.row.position,),
        "title": lambda v: (title_of(v.row)[0],),
        "due": lambda v: (v.due or date.max, v.row.position),
        "share": lambda v: met_share(v.judged),
        "light": lambda v: (WORST[v.light.id], v.row.position),
    }
    return sorted(views, key=keys[raw.lstrip("-")], reverse=raw.startswith("-"))


def row_filters(board: Board) -> list[Filter]:
    return [
        Filter("q", _("任务和措施中的词"), "text"),
        *plan_filters(board),
        Filter("light", _("状态"), options=[Option(s.id, named(s)) for s in (*LIGHTS, NO_DATA, NONE)]),
        Filter("bound", _("绑定"), options=[Option("yes", _("已绑定规划任务")), Option("no", _("未绑定"))]),
    ]


def light_links(request: HttpRequest, lights: Counter[str]) -> list[dict[str, Any]]:
    """How many rows have which light, each a link to them."""
    return [
        {"tag": s, "n": lights[s.id], "href": url_with(request, light=s.id)}
        for s in (*reversed(LIGHTS), NO_DATA, NONE)
        if lights[s.id]
    ]


def rows_table(board: Board, views: Iterable[RowView], empty: Empty) -> Table:
    query = f"?year={board.year_value}"
    rows = []
    for v in views:
        soon = board.rule.soon_days
        rows.append(
            UiRow(
                (
                    v.row.key,
                    Cell(
                        titled(v.row, key=False),
                        href=reverse("row", args=[v.row.key]) + query,
                        sub=v.found or titled_heading(v.row.heading),
                    ),
                    enumerated(v.leads[:3]) + (_(" 等 %(n)s 家") % {"n": len(v.leads)} if len(v.leads) > 3 else ""),
                    Cell(due=Due(v.due, board.day, soon=soon)) if v.due else "",
                    done_cell(v.judged, board.year),
                    Cell(tag=v.light, sub=why(v.judged) if v.judged else ""),
                )
            )
        )
    heads = [
        Column(_("编号"), "key"),
        Column(_("任务"), "title", wide=True),
        Column(_("责任单位")),
        Column(_("最近期限"), "due", numeric=True),
        done_column("share"),
        Column(_("状态和原因"), "light"),
    ]
    return Table(_("规划任务"), heads, rows, empty, stack=True, caption_hidden=True)


def nothing_found(request: HttpRequest, board: Board, q: str) -> Empty:
    """Why the list is empty, and the way out that the filters leave."""
    if q:
        text = _("“%(q)s”在现在的条件下没有出现在任务和措施里。用空格隔开的词必须同时出现，可以减少一个词。") % {"q": q}
        return Empty(_("没有找到任务"), text, url_without(request, "q"), _("去掉检索词"))
    return Empty(_("没有符合条件的任务"), _("去掉一部分条件再看。"), reverse("rows"), _("全部任务"))


@page(nav="rows", scope="plan.read")
@names_plan
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of the plan within the filters; a cell of the cockpit opens exactly the rows that make it."""
    board = read_board(request)
    if board is None:
        return render(request, "plan/no_plan.html", {"steps": no_plan(request.acting), "crumbs": []})
    views, lights, q = filtered(request, board)
    found = paged(request, views)
    cells = [c for v in views for c in board.cells_of(v.row.key)]
    whole_of = board.judge(cells) if cells else None
    query = url_with(request)
    return render(
        request,
        "plan/rows.html",
        {
            "board": board,
            "crumbs": [(_("驾驶舱"), reverse("cockpit"))],
            "filters": row_filters(board),
            "note": _("共 %(n)s 项任务") % {"n": len(views)},
            "lights": light_links(request, lights),
            "sum": whole_of,
            "sum_light": light_of(whole_of, bool(views)),
            "sum_share": done_of_year(whole_of, board.year) if whole_of else "",
            "sum_gap": board.rule.gap(whole_of.due_n, whole_of.met_n) if whole_of else None,
            "sum_why": why(whole_of) if whole_of else "",
            "table": rows_table(board, found, nothing_found(request, board, q)),
            "page": found,
            "exports": [Link(_("导出 Excel"), reverse("rows-export") + query, key="export", download=True)],
            "print_title": _("规划任务清单"),
            "print_facts": print_facts([*board.facts(), (_("检索词"), q)]),
        },
    )


@page(nav="rows", scope="plan.read")
@names_plan
def rows_export(request: HttpRequest) -> HttpResponse:
    """All rows of the filters, not only those of the page, and their measures."""
    board = read_board(request)
    if board is None:
        raise Http404(_("还没有规划，没有可以导出的任务"))
    views, _lights, q = filtered(request, board)
    facts = [*board.facts(), *other_facts(request, q)]
    return workbook("rows", request.acting, [rows_sheet(views), measures_sheet(board, views)], facts)


def other_facts(request: HttpRequest, q: str) -> list[tuple[str, str]]:
    lights = {s.id: named(s) for s in (*LIGHTS, NO_DATA, NONE)}
    bound = {"yes": _("已绑定规划任务"), "no": _("未绑定")}
    return [
        (_("检索词"), q or _("无")),
        (_("状态"), lights.get(request.GET.get("light", ""), _("全部"))),
        (_("绑定"), bound.get(request.GET.get("bound", ""), _("全部"))),
    ]


def measures_sheet(board: Board, views: Iterable[RowView]) -> spreadsheet.Sheet:
    columns = (
        column("key", "编号", "Key", width=10),
        column("title", "任务", "Row", width=40),
        column("number", "措施序号", "Measure no."),
        column("text", "措施", "Measure", width=90),
    )
    measures = {r.pk: list(r.measures.all()) for r in board.release.rows.prefetch_related("measures")}
    out = [
        {"key": v.row.key, "title": title_of(v.row)[0], "number": str(n), "text": m.text}
        for v in views
        for n, m in enumerate(measures[v.row.pk], 1)
    ]
    return spreadsheet.Sheet(title=_("措施"), columns=columns, rows=out, language=language())


# --- page of a row ----------------------------------------------------------------------------------------
def neighbours(board: Board, row: Row) -> tuple[Row | None, Row | None]:
    """The rows before and after a row, in the order of the document."""
    rows = list(board.rows.values())
    at = next(i for i, r in enumerate(rows) if r.key == row.key)
    return rows[at - 1] if at else None, rows[at + 1] if at + 1 < len(rows) else None


def find_row(request: HttpRequest, key: str) -> tuple[Row, Release]:
    """A row of the release in force, or of the one that ``?release=`` names; else of the newest that has it."""
    force = release_shown(request)
    if force is None:
        raise Http404(_("还没有规划"))
    number = whole(request, "release")
    release = force
    if number is not None:
        release = Release.objects.filter(plan=force.plan, number=number).first()
        if release is None:
            raise Http404(_("这份规划没有第 %(n)s 次发布") % {"n": number})
    found = rows_of(release).filter(key=key).first()
    if found is None and number is None:
        last = Row.objects.filter(release__plan=force.plan, key=key).order_by("-release__number").first()
        if last is not None:
            release = last.release
            found = rows_of(release).get(key=key)
    if found is None:
        raise Http404(_("没有编号为“%(key)s”的任务") % {"key": key[:40]})
    return found, release


def duty_units(board: Board, row: Row) -> list[tuple[Unit, Duty]]:
    """Every unit that answers for a row with the first duty that names it, in the order of the document."""
    seen: dict[int, tuple[Unit, Duty]] = {}
    for duty in row.duties.all():
        for unit in duty.units.all():
            seen.setdefault(unit.pk, (unit, duty))
    return list(seen.values())


def units_table(board: Board, row: Row, milestones: list[Milestone]) -> Table:
    """The units of a row: the wording of the duty, and, where the reader sees the unit, its light."""
    cells = defaultdict(list)
    for cell in board.cells_of(row.key):
        cells[cell.unit_id].append(cell)
    named_units = duty_units(board, row)
    known = {u.pk for u, _d in named_units}
    extra = [board.units[pk] for pk in cells if pk in board.units and pk not in known]
    rows = []
    for unit, duty in [*named_units, *((u, None) for u in extra)]:
        sees = board.sees(unit)
        got = board.judge(cells[unit.pk]) if cells[unit.pk] else None
        open_due = [m.due for m in milestones if m.unit_id == unit.pk and m.met_on is None]
        through = (duty.group.en if language() == "en" else duty.group.zh) if duty and duty.group else ""
        limit = _("时限：%(limit)s") % {"limit": duty.time_limit} if duty and duty.time_limit else ""
        wording = duty.wording if duty and duty.wording != duty_word(duty.kind) else ""
        words = " · ".join(w for w in (through, wording, limit) if w)
        rows.append(
            UiRow(
                (
                    Cell(unit.label, href=reverse("unit", args=[unit.code])),
                    Cell(
                        f"{DUTY_SYMBOLS.get(duty.kind, '')} {duty_word(duty.kind)}" if duty else _("未列入分工"),
                        sub=words,
                    ),
                    Cell(due=Due(min(open_due), board.day, soon=board.rule.soon_days)) if open_due else "",
                    done_cell(got, board.year),
                    Cell(tag=light_of(got, True), sub=why(got) if got else "") if sees else _("不在可见范围"),
                ),
                id=f"unit-{unit.code}",
            )
        )
    heads = [
        Column(_("单位")),
        Column(_("责任")),
        Column(_("最近期限"), numeric=True),
        done_column(),
        Column(_("状态和原因")),
    ]
    nothing = Empty(_("没有责任单位"), _("文件没有写明责任单位，或写的是没有固定成员的“有关部门”，请在导入时指定。"))
    return Table(_("责任单位"), heads, rows, nothing, stack=True, caption_hidden=True)


def approvals(milestones: Iterable[Milestone]) -> dict[int, tuple[Figure, str]]:
    """For each milestone the figure approved last and who approved it."""
    ids = [m.pk for m in milestones]
    found = Figure.objects.filter(milestone__in=ids, report__state="approved", achieved__isnull=False)
    last = {
        f.milestone_id: f
        for f in found.select_related("report__period", "report__case").order_by("report__period__starts")
    }
    streams = {f.report.case.stream for f in last.values()}
    events = Event.objects.filter(stream__in=streams, verb="approve").order_by("seq") if streams else ()
    who = {e.stream: e.actor for e in events}
    return {pk: (f, who.get(f.report.case.stream, "")) for pk, f in last.items()}


def milestones_table(board: Board, milestones: list[Milestone], caption: str, *, row: bool = False) -> Table:
    """Milestones grouped by unit: what is due when, how far it is, who approved the figure."""
    said, stood = approvals(milestones), all_was(milestones)
    by_unit: dict[int, list[Milestone]] = defaultdict(list)
    for m in milestones:
        by_unit[m.unit_id].append(m)
    rows: list[UiRow | Group] = []
    for group in sorted(by_unit.values(), key=lambda g: g[0].unit.path):
        heading = _("%(unit)s：%(n)s 个里程碑") % {"unit": group[0].unit.label, "n": len(group)}
        rows.append(Group(heading))
        for m in group:
            status = milestone_status(m, board.day)
            figure, approver = said.get(m.pk, (None, ""))
            report = figure.report if figure else None
            by = approver or _("已审核")
            rows.append(
                UiRow(
                    (
                        Cell(
                            m.title,
                            href=reverse("milestone", args=[m.code]),
                            sub=" · ".join(filter(None, (m.row_key if row else "", stood.get(m.pk, "")))),
                        ),
                        Cell(due=Due(m.due, board.day, done=m.met_on is not None, soon=board.rule.soon_days)),
                        measured(m),
                        Cell(tag=status, sub=f"{m.met_on:%Y-%m-%d}" if m.met_on else ""),
                        Cell(
                            f"{report.period.code} {by}",
                            href=reverse("report", args=[report.pk]),
                            sub=f"{report.approved_on:%Y-%m-%d}" if report.approved_on else "",
                        )
                        if report
                        else "",
                    )
                )
            )
    heads = [
        Column(_("里程碑"), wide=True),
        Column(_("期限"), numeric=True),
        Column(_("累计 / 目标"), numeric=True),
        Column(_("状态")),
        Column(_("审核")),
    ]
    nothing = Empty(_("没有里程碑"), _("这一年度没有您可见单位的里程碑；没有里程碑就没有进度和灯。"))
    return Table(caption, heads, rows, nothing, stack=True, caption_hidden=True)


def may_start(who: Acting, procedure: str) -> bool:
    """Whether a role may open a case of a procedure."""
    declared = catalogue().find(Procedure, procedure)
    if declared is None or who.user is None:
        return False
    return any(who.may(f"case.{procedure}.{s.id}") for s in may_open(declared, who.roles))


def start_links(who: Acting, row: Row, unit: Unit | None) -> list[Link]:
    """下达督办单, 提出调整: forms that already know the row."""
    query = {"subject": subject_of(row.release.plan, row.key), "subject_title": f"{row.key} {row.title}"}
    if unit is not None:
        query["unit"] = unit.code
    wanted = (("supervision-order", _("下达督办单")), ("plan-adjustment", _("提出调整")))
    return [
        Link(label, f"{reverse('case-open', args=[id])}?{urlencode(query)}")
        for id, label in wanted
        if may_start(who, id)
    ]


def cases_table(board: Board, row: Row) -> Table:
    """Supervision orders and adjustments of a row that the reader sees, open ones first."""
    found = (
        Case.objects.visible_to(board.who)
        .filter(subject=subject_of(board.release.plan, row.key, first_plan(board.release)))
        .select_related("unit")
    )
    cases = sorted(found, key=lambda c: (c.closed_on is not None, c.next_due or date.max, -c.pk))
    rows = []
    for case in cases:
        declared = catalogue().find(Procedure, case.procedure)
        rows.append(
            UiRow(
                (
                    Cell(case.number, href=reverse("case", args=[case.pk]), sub=named(declared) if declared else ""),
                    case.title,
                    Cell(case.unit.label, href=reverse("unit", args=[case.unit.code])),
                    Cell(due=Due(case.next_due, board.day)) if case.next_due else "",
                    Cell(tag=declared.state(case.state)) if declared else case.state,
                )
            )
        )
    heads = [
        Column(_("编号")),
        Column(_("事项"), wide=True),
        Column(_("单位")),
        Column(_("期限"), numeric=True),
        Column(_("状态")),
    ]
    nothing = Empty(_("没有督办单和调整"))
    return Table(_("督办单和调整"), heads, rows, nothing, stack=True, caption_hidden=True)


def accounts(request: HttpRequest, board: Board, row: Row) -> tuple[Any, list[dict[str, Any]]]:
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
def row(request: HttpRequest, key: str) -> HttpResponse:
    """Everything about a row."""
    here, release = find_row(request, key)
    board = read_board(request, release)
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


urlpatterns = [
    path("plan/rows/", rows, name="rows"),
    path("plan/rows/export.xlsx", rows_export, name="rows-export"),
    path("plan/rows/<str:key>/", row, name="row"),
    *plan_matrix.urlpatterns,
    *plan_milestones.urlpatterns,
]
