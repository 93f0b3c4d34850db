"""Milestones: the list, the page of one with its history, and, for the plan's office, adding, changing, dropping."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import last_seq
from jinzhi.apps.evidence.events.seals import Verdicts, verdicts
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.actions import MilestoneRefused, add_milestone, change_milestone, drop_milestone
from jinzhi.apps.plan.milestone_fields import CHANGED, DIRECTION, DUE, SMALLEST, TARGET
from jinzhi.apps.plan.models import Figure, Milestone, Release, Report, Row
from jinzhi.apps.plan.progress import MILESTONE_STATES, milestone_status, of_year
from jinzhi.apps.plan.queries import current, in_state, milestones
from jinzhi.apps.units.models import Unit
from jinzhi.engines import spreadsheet
from jinzhi.kernel.fields import Field, FieldError, Type
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.status import Status
from jinzhi.web.plan.adjusted import all_was, milestone_pair
from jinzhi.web.plan.board import (
    Board,
    amount,
    column,
    default_year,
    language,
    light_text,
    measured,
    no_plan,
    plan_filters,
    print_facts,
    read_board,
    workbook,
)
from jinzhi.web.plan.milestones import copies as milestone_copies
from jinzhi.web.plan.milestones import sheet as milestone_import
from jinzhi.web.plan.titles import name_of, title_of, titled
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged, sort_of
from jinzhi.web.shell.plan_choice import at_plan, names_plan, release_shown
from jinzhi.web.shell.submissions import form_key, submitted
from jinzhi.web.shell.watching import MILESTONE, look_at
from jinzhi.web.ui.addresses import url_with
from jinzhi.web.ui.boxes import Link
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import english, named
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Due as UiDue
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table
from jinzhi.web.ui.tables import Row as UiRow

UNIT = Field(id="unit", zh="责任单位", en="Unit", type=Type.UNIT)
REASON = Field(id="reason", zh="理由", en="Reason", type=Type.LONG, max_length=1000)
WHY_PAST = Field(
    id="reason", zh="期限已过的理由", en="Why it is set after its day", type=Type.LONG, max_length=1000, required=False,
    help_zh="期限早于今天的里程碑设立后即为超期，须写明理由",
    help_en="Wanted where the day is past: the milestone is overdue at once",
)  # fmt: skip
SORTS = {"due": "due", "unit": "unit__path", "row": "row_key", "met": "met_on"}


def by_state(id: str) -> Status:
    return next(s for s in MILESTONE_STATES if s.id == id)


# --- list -------------------------------------------------------------------------------------------------
def day_of(request: HttpRequest, name: str) -> date | None:
    raw = request.GET.get(name, "").strip()
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise BadRequest(
            _("地址参数 %(name)s=“%(raw)s” 应为日期，如 2026-11-22") % {"name": name, "raw": raw[:20]}
        ) from None


def filtered(request: HttpRequest, board: Board) -> tuple[Any, list[tuple[str, str]]]:
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
def index(request: HttpRequest) -> HttpResponse:
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
            UiRow(
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
                Link(_("导出 Excel"), reverse("milestones-export") + url_with(request), key="export", download=True)
            ],
            "bring_in": may_edit(board.who) and at_plan(request, reverse("milestones-import"), board.release.plan),
            "copy": may_edit(board.who) and at_plan(request, reverse("milestones-copy"), board.release.plan),
            "print_title": _("里程碑清单"),
            "print_facts": print_facts(words),
        },
    )


@page(nav="rows", scope="plan.read")
@names_plan
def export(request: HttpRequest) -> HttpResponse:
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


# --- one milestone ----------------------------------------------------------------------------------------
def find(who: Acting, code: str) -> Milestone:
    found = Milestone.objects.visible_to(who).filter(code=code).select_related("unit").first()
    if found is None:
        raise Http404(_("没有代码为“%(code)s”的里程碑，或者它不在您可见的范围内") % {"code": code[:60]})
    return found


def row_of(milestone: Milestone) -> Row | None:
    """The row of the newest release that has it."""
    found = Row.objects.filter(release__plan=milestone.plan, key=milestone.row_key)
    return found.order_by("-release__in_force", "-release__number").first()


def figures_table(milestone: Milestone, who: Acting) -> Table:
    """What the reports said of a milestone, period by period."""
    reports = Report.objects.visible_to(who).filter(plan=milestone.plan)
    found = Figure.objects.filter(milestone=milestone, report__in=reports).select_related(
        "report__period", "report__case"
    )
    figures = list(found.order_by("-report__period__starts"))
    events = Event.objects.filter(stream__in=[f.report.case.stream for f in figures], verb="approve").order_by("seq")
    approver = {e.stream: e.actor for e in events}
    declared = catalogue().get(Procedure, "progress-report")
    rows = [
        UiRow(
            (
                Cell(f.report.period.code, href=reverse("report", args=[f.report.pk])),
                f"{amount(f.achieved)} {milestone.measured_in}" if f.achieved is not None else "—",
                f"{f.reached_on:%Y-%m-%d}" if f.reached_on else "—",
                f.note or "—",
                Cell(tag=declared.state(f.report.state)),
                Cell(
                    approver.get(f.report.case.stream, "—") if f.report.state == "approved" else "—",
                    sub=f"{f.report.approved_on:%Y-%m-%d}" if f.report.approved_on else "",
                ),
            )
        )
        for f in figures
    ]
    heads = [
        Column(_("报告期")), Column(_("累计"), numeric=True), Column(_("完成日期")),
        Column(_("说明"), wide=True), Column(_("报告状态")), Column(_("审核人")),
    ]  # fmt: skip
    nothing = Empty(_("还没有报告填报过这个里程碑"))
    return Table(_("各期填报"), heads, rows, nothing, stack=True, caption_hidden=True)


VERBS = {"add": ("设立", "Added"), "change": ("修改", "Changed"), "drop": ("取消", "Dropped"),
         "hand-over": ("单位合并移交", "Handed over"), "hand-back": ("退回原单位", "Handed back")}  # fmt: skip


def history(events: list[Event], checked: Verdicts) -> list[TimelineItem]:
    """Every event of a milestone, newest first."""
    fields = {f.id: f for f in CHANGED}
    out = []
    for event in reversed(events):
        data = event.data
        said = []
        for name, after in data.get("after", {}).items():
            field = fields.get(name)
            old, new = (field.show(v, language()) if field else v for v in (data["before"].get(name, ""), after))
            said.append(f"{named(field) if field else name}：{old} → {new}")
        if data.get("from") and data.get("to"):
            said.append(f"{data['from']} → {data['to']}")
        if data.get("copied_from"):
            said.append(_("复制自 %(code)s") % {"code": data["copied_from"]})
        if data.get("case"):
            said.append(_("依据规划调整 %(case)s") % {"case": data["case"]})
        if data.get("reason"):
            said.append(_("理由：%(reason)s") % {"reason": data["reason"]})
        zh, en = VERBS.get(event.verb, (event.verb, event.verb))
        out.append(
            TimelineItem(
                en if english() else zh,
                event.at,
                event.actor,
                "；".join(said),
                tone="closed" if event.verb == "drop" else "done",
                seal=checked.of(event),
            )
        )
    return out


@page(nav="rows", scope="plan.read")
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """A milestone: how it stands, what was reported, who changed what and why."""
    who: Acting = request.acting
    found = find(who, code)
    day = today()
    row = row_of(found)
    row_href = at_plan(request, reverse("row", args=[found.row_key]), found.plan)
    status = milestone_status(found, day)
    events = list(Event.objects.filter(stream=found.stream).select_related("unit").order_by("seq"))
    checked = verdicts(events)
    plan = current(found.plan)
    pairs = [
        *([(_("规划"), plan.title)] if plan else []),
        (_("任务"), Cell(titled(row) if row else found.row_key, href=row_href)),
        (_("责任单位"), Cell(found.unit.name, href=reverse("unit", args=[found.unit.code]))),
        (_("期限"), UiDue(found.due, day, done=found.met_on is not None)),
        (_("累计 / 目标"), measured(found)),
        (_("规划调整"), milestone_pair(found)),
        (_("权重"), amount(found.weight)),
        (_("完成日期"), f"{found.met_on:%Y-%m-%d}" if found.met_on else ""),
        (_("取消日期"), f"{found.dropped_on:%Y-%m-%d}" if found.dropped_on else ""),
        (_("代码"), found.code),
    ]
    return render(
        request,
        "plan/milestone.html",
        {
            "crumbs": [
                (_("驾驶舱"), reverse("cockpit")),
                (_("规划任务"), at_plan(request, reverse("rows"), found.plan)),
                (found.row_key, row_href),
            ],
            "milestone": found,
            "watching": look_at(who, MILESTONE, found.code),
            "watch_kind": MILESTONE,
            "watch_ref": found.code,
            "status": Tag("已取消", "Dropped", "closed") if found.dropped_on else status,
            "pairs": pairs,
            "figures": figures_table(found, who),
            "history": history(events, checked),
            "checked": checked,
            "may_edit": may_edit(who) and found.dropped_on is None,
            "print_title": found.title,
        },
    )


# --- writing ----------------------------------------------------------------------------------------------
def may_edit(who: Acting) -> bool:
    return who.user is not None and who.may("plan.edit")


def out_of_term(form: FieldsForm, release: Release) -> bool:
    """Whether the day lies outside the plan's term; the field then says so."""
    due = date.fromisoformat(str(form.values["due"]))
    if release.starts <= due <= release.ends:
        return False
    zh = f"应在规划期 {release.starts} 至 {release.ends} 之内"
    form.refuse([FieldError(DUE, zh, f"must lie within the plan's term, {release.starts} to {release.ends}")])
    return True


def past_unexplained(form: FieldsForm) -> bool:
    """Whether a new milestone is due already, so that it is overdue at once, and nobody says why it is set now."""
    if date.fromisoformat(str(form.values["due"])) >= today() or str(form.values[WHY_PAST.id] or "").strip():
        return False
    zh, en = "期限已经过去，设立后即为超期：请写明理由", "is due already and overdue at once: say why it is set now"
    form.refuse([FieldError(WHY_PAST, zh, en)])
    return True


def nothing_to_reach(form: FieldsForm) -> bool:
    """Whether the target is 0 where more is better: it would be reached before it began."""
    if Decimal(str(form.values["target"])) >= SMALLEST or form.values["direction"] == "down":
        return False
    zh, en = f"不能小于 {SMALLEST}；越小越好的目标值可以为 0", f"must not be below {SMALLEST}, unless less is better"
    form.refuse([FieldError(TARGET, zh, en)])
    return True


def shown_plan(request: HttpRequest) -> Release:
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


@page(nav="rows", scope="plan.edit")
@names_plan
def add(request: HttpRequest, key: str) -> HttpResponse:
    """A new milestone of a unit for a row."""
    who: Acting = request.acting
    release = shown_plan(request)
    row = release.rows.filter(key=key).first()
    if row is None:
        raise Http404(_("现行规划没有编号为“%(key)s”的任务") % {"key": key[:40]})
    fields = (UNIT, *CHANGED, WHY_PAST)
    initial = {
        "target": "1",
        "weight": "1",
        "direction": "up",
        "measured_in": "项",
        "unit": request.GET.get("unit", ""),
    }
    initial["due"] = f"{default_year(release, today())}-12-31"
    if request.method == "POST":
        form = FieldsForm(fields, request.POST, who=who)
        _seq, idempotent = submitted(request)
        before = Event.objects.filter(key=idempotent, verb="add", stream__startswith="milestone:").first()
        if idempotent and before is not None:  # the code holds a running number: asked here, not by the action
            return redirect("milestone", code=before.stream.removeprefix("milestone:"))
        if form.is_valid() and not (out_of_term(form, release) or nothing_to_reach(form) or past_unexplained(form)):
            v = form.values
            why = str(v[WHY_PAST.id] or "").strip()
            made = add_milestone(
                release, row.key, Unit.objects.get(code=v["unit"]), title=str(v["title"]),
                due=date.fromisoformat(str(v["due"])), target=Decimal(str(v["target"])),
                measured_in=str(v["measured_in"]), weight=Decimal(str(v["weight"])),
                direction=str(v["direction"] or "up"), who=who, key=idempotent,
                origin={"reason": why} if why else None,
            )  # fmt: skip
            messages.success(request, _("已设立里程碑“%(title)s”") % {"title": made.title})
            return redirect("milestone", code=made.code)
    else:
        form = FieldsForm(fields, who=who, initial=initial)
    return form_page(request, form, _("设立里程碑"), row, None, submit=_("设立"))


@page(nav="rows", scope="plan.edit")
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Change a milestone, with the reason."""
    who: Acting = request.acting
    found = find(who, code)
    if found.dropped_on:
        raise Http404(_("里程碑已取消，不能修改"))
    initial = {
        "title": found.title, "due": found.due.isoformat(), "target": amount(found.target),
        "measured_in": found.measured_in, "weight": amount(found.weight), "direction": found.direction,
    }  # fmt: skip
    fields = (*CHANGED, REASON)
    if request.method == "POST":
        form = FieldsForm(fields, request.POST, who=who)
        expected, idempotent = submitted(request)
        if expected is None:
            raise BadRequest(_("表单缺少版本号，请刷新页面后重试"))
        if form.is_valid() and not (out_of_term(form, plan_of(found)) or nothing_to_reach(form)):
            changes = changed(found, form.values)
            if not changes:
                form.refuse([FieldError(REASON, "没有改动任何内容", "nothing was changed")])
            else:
                reason = str(form.values["reason"])
                try:
                    change_milestone(found, changes, reason=reason, who=who, expected=expected, key=idempotent)
                except MilestoneRefused as e:
                    form.add_error(None, str(e))
                else:
                    messages.success(request, _("已修改里程碑"))
                    return redirect("milestone", code=found.code)
    else:
        form = FieldsForm(fields, who=who, initial=initial)
    return form_page(request, form, _("修改里程碑"), row_of(found), found, submit=_("保存修改"))


def changed(milestone: Milestone, values: dict[str, Any]) -> dict[str, str]:
    """What a form changes, as text; 1 and 1.00 are the same."""
    out = {}
    for field in CHANGED:
        if values[field.id] is None:  # a form that does not ask for it leaves it as it is
            continue
        before, after = getattr(milestone, field.id), str(values[field.id])
        same = before == Decimal(after) if field.type is Type.DECIMAL else str(before) == after
        if not same:
            out[field.id] = after
    return out


@page(nav="rows", scope="plan.edit")
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Take a milestone out of the plan: asked once more, with the reason."""
    who: Acting = request.acting
    found = find(who, code)
    if found.dropped_on:
        raise Http404(_("里程碑已取消"))
    if request.method == "POST":
        form = FieldsForm((REASON,), request.POST, who=who)
        expected, idempotent = submitted(request)
        if expected is None:
            raise BadRequest(_("表单缺少版本号，请刷新页面后重试"))
        if form.is_valid():
            drop_milestone(found, reason=str(form.values["reason"]), who=who, expected=expected, key=idempotent)
            messages.success(request, _("已取消里程碑“%(title)s”；已填报的内容仍保留") % {"title": found.title})
            return redirect("milestone", code=found.code)
    else:
        form = FieldsForm((REASON,), who=who)
    warning = _("从今天起这个里程碑不再计入进度和灯，报告也不再要求填报；已填报的内容和记录保留。取消后不能恢复。")
    return form_page(
        request, form, _("取消里程碑"), row_of(found), found, submit=_("确认取消"), warning=warning, danger=True
    )


def form_page(
    request: HttpRequest,
    form: FieldsForm,
    title: str,
    row: Row | None,
    milestone: Milestone | None,
    *,
    submit: str,
    warning: str = "",
    danger: bool = False,
) -> HttpResponse:
    """The page of a form, with what was typed and 422 where it is refused."""
    crumbs = [(_("驾驶舱"), reverse("cockpit")), (_("规划任务"), reverse("rows"))]
    if row is not None:
        plan = row.release.plan
        crumbs.append((name_of(row), at_plan(request, reverse("row", args=[row.key]), plan)))
    back = crumbs[-1][1]
    if milestone is not None:
        back = reverse("milestone", args=[milestone.code])
        crumbs.append((milestone.title, back))
    context = {
        "crumbs": crumbs, "form": form, "title": title, "row": row, "milestone": milestone, "submit": submit,
        "warning": warning, "danger": danger, "back": back, "key": request.POST.get("_key") or form_key(),
        "seq": request.POST.get("_seq") or (last_seq(milestone.stream) if milestone else ""),
    }  # fmt: skip
    return render(request, "plan/milestone_form.html", context, status=422 if form.is_bound else 200)


urlpatterns = [
    path("plan/milestones/", index, name="milestones"),
    path("plan/milestones/export.xlsx", export, name="milestones-export"),
    path("plan/milestones/import/", milestone_import.bring_in, name="milestones-import"),
    path("plan/milestones/copy/", milestone_copies.copies, name="milestones-copy"),
    path("plan/milestones/<str:code>/", detail, name="milestone"),
    path("plan/milestones/<str:code>/change/", change, name="milestone-change"),
    path("plan/milestones/<str:code>/drop/", drop, name="milestone-drop"),
    path("plan/rows/<str:key>/milestones/new/", add, name="milestone-new"),
]
