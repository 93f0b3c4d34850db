"""Attached files, and erasing personal data."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from jinzhi.apps.cases.actions import (
    ERASE,
    erase_personal,
)
from jinzhi.apps.evidence.events.files import opened
from jinzhi.apps.evidence.events.viewing import record_viewing
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.evidence.store import store
from jinzhi.apps.evidence.store.store import FileRefused
from jinzhi.web.cases.erasure import erasing
from jinzhi.web.cases.find import declared, find_case
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink


@page(nav="cases", scope=ERASE)
@require_http_methods(["GET", "POST"])
def case_erase(request: PageRequest, pk: int) -> HttpResponse:
    """Erase the personal data of a case; its events, their digests and the log stand."""
    who = request.acting
    found = find_case(who, pk)
    back = reverse("case", args=[pk])
    return erasing(
        request,
        found.stream,
        [f for s in declared(found.procedure).steps for f in s.inputs],
        lambda reason: erase_personal(found, reason=reason, who=who),
        crumbs=[PageLink(_("办理事项"), reverse("cases")), PageLink(found.number, back)],
        lead=found.number,
        back=back,
    )


@page(nav="cases", scope="plan.read")
@require_GET
def attachment(request: PageRequest, token: str) -> HttpResponse:
    """A file, always as a download: nothing that somebody uploaded is opened inside our pages."""
    who = request.acting
    rows = Attachment.objects.unrestricted("who may have it is asked of the app that keeps what it belongs to")
    kept = get_object_or_404(rows, token=token)
    seen = opened(who, kept)
    if seen is None:
        raise Http404(_("没有这个附件，或当前角色不能下载"))
    if seen.personal:
        record_viewing(seen.viewing, seen.said, who=who)
    try:
        content = store.read(kept)
    except FileRefused as e:
        raise Http404(str(e)) from None
    response = HttpResponse(content, content_type=kept.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, kept.name) or "attachment"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
