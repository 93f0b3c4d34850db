"""The list of items, and its workbook."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.custody.queries import (
    READ,
    WRITE,
    inbox,
    items,
)
from jinzhi.web.custody import list as shown
from jinzhi.web.custody.fields import XLSX
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import filters_in_words
from jinzhi.web.ui.tables import Empty


@page(nav="custody", scope=READ)
@require_GET
def index(request: PageRequest) -> HttpResponse:
    """All items that the acting post sees."""
    who = request.acting
    bar = shown.filters(who)
    here = paged(request, items(who, shown.filter_of(request)))
    query = request.GET.copy()
    query.pop("page", None)
    writes = who.user is not None and who.may(WRITE)
    if query:
        empty = Empty(_("没有符合条件的证据"), _("去掉部分条件再试"), reverse("custody"), _("显示全部"))
    elif writes:
        empty = Empty(_("还没有证据"), _("采集后在此入库保管。"), reverse("custody-new"), _("证据入库"))
    else:
        empty = Empty(_("还没有证据"), _("由有权限的人员入库后在此显示。"))
    waiting = inbox(who).count() if writes else 0
    return render(
        request,
        "custody/list.html",
        {
            "filters": bar,
            "note": _("共 %(n)s 件") % {"n": here.paginator.count},
            "table": shown.table(list(here.object_list), empty),
            "page": here,
            "writes": writes,
            "waiting": waiting,
            "exports": [
                PageLink(
                    _("当前清单 Excel"), f"{reverse('custody-export')}?{query.urlencode()}", "export", download=True
                )
            ],
            "print_title": _("证据保管"),
            "print_facts": filters_in_words(request, bar),
        },
    )


@page(nav="custody", scope=READ)
@require_GET
def export(request: PageRequest) -> HttpResponse:
    """Every row of the current filter as Excel."""
    who = request.acting
    rows = list(items(who, shown.filter_of(request)))
    notes = [
        (_("清单"), _("证据保管")),
        (_("筛选条件"), filters_in_words(request, shown.filters(who)) or _("无（全部）")),
        (_("条数"), len(rows)),
        (_("数据截至"), today().isoformat()),
        (_("导出时间"), now().strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), f"{who.name} · {who.unit.name}"),
    ]
    header = content_disposition_header(True, f"custody-{today().isoformat()}.xlsx")
    return HttpResponse(
        shown.workbook(rows, notes), content_type=XLSX, headers={"Content-Disposition": header or "attachment"}
    )
