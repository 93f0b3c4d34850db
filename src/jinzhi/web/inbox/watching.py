"""关注: follow a thing or no longer, and the list of what one follows."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jinzhi.apps.cases.watches import MOST, unwatch, watch
from jinzhi.web.inbox.lines import watched_table
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.watching import may_watch, watched
from jinzhi.web.ui.boxes import PageLink


@page(nav="inbox", scope="plan.read")
@require_GET
def index(request: PageRequest) -> HttpResponse:
    who = request.acting
    if who.user is None:
        raise PermissionDenied(_("关注属于登录的人员；请先登录"))
    found = watched(who)
    context = {
        "crumbs": [PageLink(_("待办"), reverse("inbox"))],
        "found": found,
        "table": watched_table(found, _("我关注的")),
        "print_title": _("我关注的"),
    }
    return render(request, "inbox/watching.html", context)


@page(nav="inbox", scope="plan.read")
@require_POST
def follow(request: PageRequest) -> HttpResponse:
    """Follow a thing, or no longer. What one may not see is as good as not there; giving up is always possible."""
    who, kind, ref = request.acting, request.POST.get("kind", ""), request.POST.get("ref", "")[:120]
    if request.POST.get("on") != "1":
        unwatch(who, kind, ref)
        messages.success(request, _("已取消关注"))
    elif not may_watch(who, kind, ref):
        raise Http404(_("没有可以关注的这一项"))
    elif watch(who, kind, ref):
        messages.success(request, _("已关注：别人办理或修改后，会列在您的待办页"))
    else:
        messages.error(request, _("最多关注 %(n)s 项（平台限制），请先取消一部分") % {"n": MOST})
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else reverse("watching"))


urlpatterns = [
    path("watching/", index, name="watching"),
    path("watching/follow/", follow, name="watching-follow"),
]
