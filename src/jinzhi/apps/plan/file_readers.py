"""Files of the plan: those of a report for its readers, an imported document for those who import."""

from __future__ import annotations

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.evidence.events.files import Opened, reads_files
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.plan.models import Import, Report
from jinzhi.kernel.streams import PLAN_IMPORT, REPORT


@reads_files("report:")
def of_report(who: Acting, kept: Attachment) -> Opened | None:
    id = REPORT.key(kept.stream)
    seen = Report.objects.visible_to(who).filter(pk=int(id) if id.isdecimal() else 0).exists()
    return Opened() if seen and who.may("report.read") else None


@reads_files("plan-import:")
def of_import(who: Acting, kept: Attachment) -> Opened | None:
    id = PLAN_IMPORT.key(kept.stream)
    seen = Import.objects.visible_to(who).filter(pk=int(id) if id.isdecimal() else 0).exists()
    return Opened() if seen and who.may("plan.import") else None
