"""What the steps of a report need to know."""

from __future__ import annotations

from jinzhi.apps.cases.facts import answers
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, view
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.plan.adjusting import wants_again
from jinzhi.apps.plan.models import Report
from jinzhi.apps.plan.more_time import granted
from jinzhi.apps.plan.queries import above_approved, children_open, current, missing


def _report(case: Case) -> Report | None:
    """The report of a case; None where the case was opened without one: then nothing is established."""
    found = Report.objects.unrestricted("the case itself was read by somebody who sees it")
    return found.select_related("period", "unit", "case").filter(case=case).first()


@answers("children-approved")
def children_approved(case: Case) -> bool:
    report = _report(case)
    return report is not None and not children_open(report).exists()


@answers("report-above-open")
def report_above_open(case: Case) -> bool:
    report = _report(case)
    return report is not None and not above_approved(report).exists()


@answers("report-never-handed-in")
def report_never_handed_in(case: Case) -> bool:
    return not any(e.step == "submit" for e in view(case, today()).history)


@answers("report-more-time")
def report_more_time(case: Case) -> bool:
    report = _report(case)
    return report is not None and granted(report, events_of(case)) is not None


@answers("milestone-changed-since")
def milestone_changed_since(case: Case) -> bool:
    return wants_again(case)


@answers("report-complete")
def report_complete(case: Case) -> bool:
    report = _report(case)
    release = current(report.plan) if report else None
    return report is not None and release is not None and not missing(report, release)
