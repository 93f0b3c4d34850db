"""Taking the bundle of an entry out of the log, for those who may open its object."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.evidence.bundle import bundles, exports
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.store import store
from jinzhi.web.evidence.objects import places, tells_personal
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest


@page(nav="evidence", scope="evidence.read")
@require_GET
def bundle(request: PageRequest, number: str) -> HttpResponseBase:
    """The bundle that proves an entry without this platform; taking it out leaves an event."""
    who = request.acting
    try:
        entry = log.entry(number)
    except log.Unknown as e:
        raise Http404(str(e)) from None
    place = places(who, [entry.object]).get(entry.object)
    if place is None:
        raise Http404(_("没有此条目，或不在可见范围"))
    if any(e.event and tells_personal(e.event, place, who) for e in exports.chain_of(entry)):
        raise PermissionDenied(_("其中有当前身份不能看的个人信息，不能导出"))
    file = bundles.temporary()
    try:
        done = exports.export(entry, file)
    except (bundles.BundleRefused, store.FileRefused) as e:
        file.close()
        messages.error(request, str(e))
        return redirect("log-entry", number)
    exports.trace(entry, done, who)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{number}.zip", content_type=bundles.MEDIA_TYPE)


urlpatterns = [path("evidence/entries/<str:number>/bundle.zip", bundle, name="evidence-bundle")]
