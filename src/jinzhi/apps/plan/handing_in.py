"""Handing a report in: whoever does it names the version of the content that was looked over, and only that goes."""

from __future__ import annotations

from jinzhi.apps.cases.models import Case
from jinzhi.apps.plan.models import Report
from jinzhi.kernel.procedure import Step


class ChangedSince(Exception):
    """The content is no longer the one that was looked over; ``version`` is the one it has."""

    def __init__(self, version: int):
        self.version = version
        super().__init__(f"the content has version {version} by now")


def hands_in(step: Step) -> bool:
    """Whether a step hands the content over: it wants it complete, so it is saved and shown first."""
    return any(need.id == "report-complete" for need in step.needs)


def report_handed_in(case: Case, step: Step) -> Report | None:
    """The report that a step of a case hands in; None where the step hands nothing in."""
    if not hands_in(step):
        return None
    return Report.objects.unrestricted("the report of a case that its reader sees").filter(case=case).first()


def unchanged(report: Report, version: int) -> None:
    """Refuse to hand in what nobody looked over (ChangedSince). Locks the report: nobody saves in between."""
    rows = Report.objects.unrestricted("the report that its reader hands in").select_for_update()
    there = rows.values_list("version", flat=True).get(pk=report.pk)
    if there != version:
        raise ChangedSince(there)
