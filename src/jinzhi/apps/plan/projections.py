"""A step of a report's or an adjustment's case, carried over to the report and, once approved, to the milestones."""

from __future__ import annotations

from datetime import date

from jinzhi.apps.cases.actions import refused
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.projections import after_step
from jinzhi.apps.cases.queries import events_of, procedure_of
from jinzhi.apps.cases.queries import view as fold_of
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.actions import reckon
from jinzhi.apps.plan.adjusting import ADJUSTMENT, act
from jinzhi.apps.plan.models import Report
from jinzhi.apps.plan.more_time import GRANT, own_due
from jinzhi.apps.plan.supervising import ORDER, say_why
from jinzhi.kernel.fields import FieldError
from jinzhi.kernel.procedure import CaseView


def last(view: CaseView, step: str) -> date | None:
    """The day of the last such step, or None."""
    days = [e.on for e in view.history if e.step == step]
    return days[-1] if days else None


@after_step(ADJUSTMENT)
def adjust(case: Case, view: CaseView, event: Event) -> None:
    act(case, view, event)


@after_step(ORDER)
def want_grounds(case: Case, view: CaseView, event: Event) -> None:
    say_why(case, view, event)


@after_step("progress-report")
def carry_over(case: Case, view: CaseView, event: Event) -> None:
    report = Report.objects.unrestricted("the case's own report").filter(case=case).first()
    if report is None:  # the opening step: the report row is made right after its case
        return
    state, before = view.state.id, report.state
    report.state = state
    report.submitted_on = last(view, "submit") if state in ("submitted", "approved") else None
    report.approved_on = last(view, "approve") if state == "approved" else None
    if event.verb == GRANT:
        _later(case, event)
    report.due = own_due(view) or report.due
    report.save(update_fields=["state", "submitted_on", "approved_on", "due"])
    if state != before and "approved" in (state, before):  # approved, or an approval undone
        reckon(report)


def _later(case: Case, event: Event) -> None:
    """More time ends after the day that stands and not in the past. Raises StepRefused."""
    before = own_due(fold_of(case, event.on, [e for e in events_of(case) if e.seq < event.seq]))
    field = next(f for f in procedure_of(case).step(GRANT).inputs if f.id == "new_due")
    said = str(event.data[field.id])
    if before is not None and said <= before.isoformat():
        raise refused([FieldError(field, f"应晚于现有截止日 {before}", f"must be later than the due date, {before}")])
    if said < event.on.isoformat():
        raise refused([FieldError(field, f"不能早于今天 {event.on}", f"must not lie before today, {event.on}")])
