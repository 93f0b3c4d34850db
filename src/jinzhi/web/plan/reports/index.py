"""The list of reports, and its workbook."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.web.plan.reports import list as report_list
from jinzhi.web.plan.reports.find import XLSX, download, is_demo, may_call, plan_in_force
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.plan_choice import names_plan, release_shown
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import view_links
from jinzhi.web.ui.tables import Empty


@page(nav="reports", scope="report.read")
@require_GET
@names_plan
def index(request: PageRequest) -> HttpResponse:
    """The reports of the plan in force; ``view=mine`` are those that wait for the acting post."""
    who, day = request.acting, today()
    release = release_shown(request)
    if release is None:
        empty = Empty(_("还没有生效的规划"), _("导入规划文件之后才能布置填报。"), reverse("plan_import"), _("去导入"))
        return render(request, "plan_reports/index.html", {"nothing": empty, "print_title": _("进展报告")})
    what = report_list.filter_of(request, release.plan)
    rows = report_list.narrowed(what, release.plan, who, day)
    counts = report_list.tallies(rows, what, who, day)
    chosen = rows.filter(report_list.view_query(what.view, who))
    here = paged(request, report_list.ordered(chosen, what))
    shown = what.period or next(iter(what.periods), None)
    query = request.GET.copy()
    query.pop("page", None)
    overdue = request.GET.copy()
    overdue.pop("page", None)
    overdue["state"] = report_list.OVERDUE
    call = PageLink(_("布置填报"), reverse("round-open")) if may_call(who) else None
    empty = Empty(
        _("没有符合条件的报告"),
        _("去掉部分条件再试。") if request.GET else _("还没有布置填报。"),
        reverse("reports") if request.GET else (call.href if call else ""),
        _("看全部报告") if request.GET else (call.label if call else ""),
    )
    return render(
        request,
        "plan_reports/index.html",
        {
            "crumbs": [PageLink(_("驾驶舱"), reverse("cockpit"))],
            "views": view_links(request, report_list.view_names(), what.view, counts),
            "filters": report_list.filters(what),
            "note": _("共 %(n)s 份") % {"n": here.paginator.count},
            "table": report_list.table(list(here.object_list), what, counts, day, empty),
            "page": here,
            "overdue": PageLink(_("逾期"), f"?{overdue.urlencode()}", count=counts["overdue"]),
            "levels": report_list.levels(release.plan, shown, who, day) if shown else None,
            "exports": [PageLink("Excel", f"{reverse('reports-excel')}?{query.urlencode()}", "export", download=True)],
            "call": call,
            "print_title": _("进展报告"),
            "print_facts": query.urlencode(),
        },
    )


@page(nav="reports", scope="report.read")
@require_GET
@names_plan
def index_excel(request: PageRequest) -> HttpResponse:
    """Every row of the current filter as Excel."""
    who, day, release = request.acting, today(), plan_in_force(request)
    what = report_list.filter_of(request, release.plan)
    rows = report_list.narrowed(what, release.plan, who, day).filter(report_list.view_query(what.view, who))
    moment = now().strftime("%Y-%m-%d %H:%M")
    made = report_list.workbook(list(report_list.ordered(rows, what)), what, who, day, moment, is_demo())
    return download(made, f"reports-{day.isoformat()}.xlsx", XLSX)
