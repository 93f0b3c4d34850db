"""待办: all that waits for a deed of the acting post, the most urgent first."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jinzhi.apps.cases.inbox import look_at_all, waiting
from jinzhi.apps.catalogue.clock import today
from jinzhi.web.inbox.lines import hands_table, table, things, watched_table
from jinzhi.web.shell.access import page
from jinzhi.web.shell.badge import hands
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.watching import look_at_all as see_all_watched
from jinzhi.web.shell.watching import watched
from jinzhi.web.ui.boxes import PageLink


@page(nav="inbox", scope="case.read")
@require_GET
def inbox(request: PageRequest) -> HttpResponse:
    who, day = request.acting, today()
    if who.user is None:
        raise PermissionDenied(_("待办属于登录的人员；请先登录"))
    found = waiting(who).select_related("unit", "office").order_by(F("next_due").asc(nulls_last=True), "pk")
    here, offered = paged(request, found), list(hands(who))
    return render(
        request,
        "inbox/index.html",
        {
            "crumbs": [PageLink(_("驾驶舱"), reverse("cockpit"))],
            "table": table(things(here.object_list, who, day), day),
            "hands": hands_table(offered),
            "news": watched_table([w for w in watched(who) if w.news], _("关注的变化")),
            "total": here.paginator.count + len(offered),
            "page": here,
            "print_title": _("待办"),
        },
    )


@page(nav="inbox", scope="case.read")
@require_POST
def seen(request: PageRequest) -> HttpResponse:
    """Say that everything that waits has been looked at: the number goes, the things stay until they are done."""
    n = look_at_all(request.acting)
    see_all_watched(request.acting)
    messages.success(request, _("已将 %(n)s 条标为已读") % {"n": n})
    return redirect("inbox")


urlpatterns = [path("inbox/", inbox, name="inbox"), path("inbox/seen/", seen, name="inbox-seen")]
