"""The desk: what is due first, and its workbook."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.procedure import Procedure
from jinzhi.web.cases import list as case_list
from jinzhi.web.cases.opening import openings
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import view_links
from jinzhi.web.ui.language import named
from jinzhi.web.ui.tables import Empty

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(nav="cases", scope="case.read")
@require_GET
def desk(request: PageRequest) -> HttpResponse:
    """All cases that the acting post sees, what is due first on top."""
    who, day = request.acting, today()
    what = case_list.asked(request)
    rows = case_list.narrowed(what, who, day)
    counts = case_list.tallies(rows, what, who, day)
    here = paged(request, case_list.ordered(rows.filter(case_list.view_query(what.view, who)), what))
    empty = Empty(_("没有符合条件的事项"), _("去掉部分条件，或从事项目录发起一件"), reverse("catalogue"), _("事项目录"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "cases/list.html",
        {
            "crumbs": [PageLink(_("驾驶舱"), reverse("cockpit"))],
            "views": view_links(request, case_list.view_names(), what.view, counts),
            "filters": case_list.filters(what),
            "note": _("共 %(n)s 件") % {"n": here.paginator.count},
            "table": case_list.table(list(here.object_list), what, counts, day, empty),
            "page": here,
            "exports": [
                PageLink(_("当前清单 Excel"), f"{reverse('case-export')}?{query.urlencode()}", "export", download=True)
            ],
            "openings": [
                PageLink(named(p), reverse("case-open", args=[p.id]))
                for p in catalogue().all(Procedure)
                if who.user and openings(p, who)
            ],
            "print_title": _("办理事项"),
            "print_facts": query.urlencode(),
        },
    )


@page(nav="cases", scope="case.read")
@require_GET
def export(request: PageRequest) -> HttpResponse:
    """Every row of the current filter as Excel."""
    who, day = request.acting, today()
    what = case_list.asked(request)
    rows = case_list.narrowed(what, who, day).filter(case_list.view_query(what.view, who))
    moment = now().strftime("%Y-%m-%d %H:%M")
    content = case_list.workbook(list(case_list.ordered(rows, what)), what, who, day, moment)
    name = f"cases-{day.isoformat()}.xlsx"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
