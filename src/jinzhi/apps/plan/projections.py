"""A step of a report's case, carried over to the report and, once approved, to the milestones."""

from __future__ import annotations

from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.projections import after_step
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.actions import reckon
from jinzhi.apps.plan.models import Report
from jinzhi.kernel.procedure import CaseView


def last(view: CaseView, step: str):
    """The day of the last such step, or None."""
    days = [e.on for e in view.history if e.step == step]
    return days[-1] if days else None


@after_step("progress-report")
def carry_over(case: Case, view: CaseView, event: Event) -> None:
    report = Report.objects.unrestricted("the case's own report").filter(case=case).first()
    if report is None:  # the opening step: the report row is made right after its case
        return
    state, before = view.state.id, report.state
    report.state = state
    report.submitted_on = last(view, "submit") if state in ("submitted", "approved") else None
    report.approved_on = last(view, "approve") if state == "approved" else None
    report.save(update_fields=["state", "submitted_on", "approved_on"])
    if state != before and "approved" in (state, before):  # approved, or an approval undone
        reckon(report)
