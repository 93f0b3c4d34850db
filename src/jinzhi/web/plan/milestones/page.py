"""The page of a milestone with its history."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.seals import Verdicts, verdicts
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.milestone_fields import CHANGED
from jinzhi.apps.plan.models import Figure, Milestone, Report, Row
from jinzhi.apps.plan.progress import milestone_status
from jinzhi.apps.plan.queries import current
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.text import Words
from jinzhi.web.plan.adjusted import milestone_pair
from jinzhi.web.plan.board import (
    amount,
    language,
    measured,
)
from jinzhi.web.plan.milestones.list import may_edit
from jinzhi.web.plan.titles import titled
from jinzhi.web.shell.access import page
from jinzhi.web.shell.plan_choice import at_plan
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.watching import MILESTONE, look_at
from jinzhi.web.ui.language import labelled, named, speak
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Due as UiDue
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow


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
        TableRow(
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
            said.append(labelled(named(field) if field else name, f"{old} → {new}"))
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
                speak(Words(zh, en)),
                event.at,
                event.actor,
                "；".join(said),
                tone="closed" if event.verb == "drop" else "done",
                seal=checked.of(event),
            )
        )
    return out


@page(nav="rows", scope="plan.read")
def detail(request: PageRequest, code: str) -> HttpResponse:
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
