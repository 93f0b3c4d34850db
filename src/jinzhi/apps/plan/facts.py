"""What the steps of a report need to know."""

from __future__ import annotations

from jinzhi.apps.cases.facts import answers
from jinzhi.apps.cases.models import Case
from jinzhi.apps.plan.models import Report
from jinzhi.apps.plan.queries import children_open, current, missing


def _report(case: Case) -> Report:
    found = Report.objects.unrestricted("the case itself was read by somebody who sees it")
    return found.select_related("period", "unit").get(case=case)


@answers("children-approved")
def children_approved(case: Case) -> bool:
    return not children_open(_report(case)).exists()


@answers("report-complete")
def report_complete(case: Case) -> bool:
    report = _report(case)
    release = current(report.plan)
    return release is not None and not missing(report, release)
