"""Which report and release a page shows, and who may write in it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import installation
from jinzhi.apps.plan.models import Release, Report
from jinzhi.apps.plan.queries import current
from jinzhi.kernel.procedure import may_open
from jinzhi.web.plan.reports import list as report_list
from jinzhi.web.shell.access import require
from jinzhi.web.shell.plan_choice import at_plan, release_shown
from jinzhi.web.shell.requests import PageRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARK = "演示数据，非官方统计"
#: how long a workbook that was looked over may be confirmed
PREVIEW_SECONDS = 3600
HISTORY = 30
SALT = "report-excel"


def download(content: bytes, name: str, media_type: str) -> HttpResponse:
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": disposition})


def is_demo() -> bool:
    here = installation()
    return bool(here and here.demo)


def plan_in_force(request: PageRequest) -> Release:
    release = release_shown(request)
    if release is None:
        raise Http404(_("还没有生效的规划，请先导入规划文件"))
    return release


def may_call(who: Acting) -> bool:
    """Whether ``who`` may open a round of reports."""
    opening = {s.id for s in may_open(report_list.procedure(), who.roles)}
    return who.user is not None and "open" in opening and who.may("case.progress-report.open")


def find_report(who: Acting, pk: int) -> Report:
    """The report, if ``who`` sees it; one of another unit is as good as not there."""
    seen = Report.objects.visible_to(who).select_related("unit", "period", "case__unit", "case__office")
    return get_object_or_404(seen, pk=pk)


def reports_of(request: PageRequest, report: Report) -> str:
    """The list of the reports of this one's plan."""
    return at_plan(request, reverse("reports"), report.plan)


def release_of(report: Report) -> Release:
    release = current(report.plan)
    if release is None:
        raise Http404(_("这份报告所属的规划没有生效的版本"))
    return release


def may_edit(report: Report, who: Acting) -> bool:
    """Whether ``who`` fills in this report: somebody of the unit itself."""
    return who.user is not None and who.may("report.write") and report.unit_id == who.unit.pk


def require_editor(report: Report, who: Acting) -> None:
    require(who, "report.write")
    if not may_edit(report, who):
        raise PermissionDenied(_("只有本单位（%(unit)s）可以填报这份报告") % {"unit": report.unit.label})
