"""Invariants of the plan at work."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from jinzhi.apps.cases.queries import view
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.integrity import invariant
from jinzhi.apps.plan import importing
from jinzhi.apps.plan.adjusting import adjusted
from jinzhi.apps.plan.models import Milestone, Report, Snapshot
from jinzhi.apps.plan.more_time import own_due
from jinzhi.apps.plan.progress import BASIS, compute, pack


@invariant("report-state", "报告状态与其流程一致", "Every report's state is that of its case")
def report_states() -> Iterator[str]:
    rows = Report.objects.unrestricted("integrity checker").exclude(state=F("case__state"))
    for report in rows.select_related("unit", "period", "case"):
        yield f"{report}: {report.state}, case {report.case.state}"


@invariant("report-due", "报告的截止日与其流程一致", "Every report's own due date is that of its case")
def report_dues() -> Iterator[str]:
    for report in Report.objects.unrestricted("integrity checker").select_related("unit", "period", "case"):
        due = own_due(view(report.case, today()))
        if due is not None and due != report.due:
            yield f"{report}: due {report.due}, case {due}"


@invariant("milestone-adjusted", "里程碑记着最近一次调整", "A milestone names the last adjustment that changed it")
def adjustments() -> Iterator[str]:
    kept = Milestone.objects.unrestricted("integrity checker").exclude(adjusted_by=None).select_related("adjusted_by")
    last = adjusted(listed := list(kept))
    for milestone in listed:
        said = last[milestone.pk].data["case"] if milestone.pk in last else None
        by = milestone.adjusted_by.number if milestone.adjusted_by else ""
        if said != by:
            yield f"{milestone.code}: kept {by}, its events {said}"


@invariant("plan-snapshot", "驾驶舱快照与里程碑一致", "Today's snapshots are what the milestones give")
def snapshots() -> Iterator[str]:
    for kept in Snapshot.objects.filter(day=today(), basis=BASIS):
        if kept.data != pack(compute(kept.plan, kept.day, kept.year or None)):
            yield f"{kept}: differs from the milestones"


@invariant("approved-parent", "上级报告审核通过时下级报告均已审核", "No report is approved before those below it")
def parents() -> Iterator[str]:
    approved = (
        Report.objects.unrestricted("integrity checker").filter(state="approved").select_related("unit", "period")
    )
    for report in approved:
        below = Report.objects.unrestricted("integrity checker").filter(
            plan=report.plan, period=report.period, unit_path__startswith=report.unit_path
        )
        late = below.exclude(pk=report.pk).exclude(state__in=("approved", "cancelled")).first()
        if late is not None:
            yield f"{report}: approved although {late} is {late.state}"


@invariant("plan-import", "导入内容与其事件一致", "Every import is the fold of its events")
def imports() -> Iterator[str]:
    yield from importing.unfaithful()
