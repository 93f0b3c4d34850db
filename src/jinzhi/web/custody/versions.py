"""A new version of an item, a content, a bundle."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from jinzhi.apps.custody import actions
from jinzhi.apps.custody.actions import CustodyRefused
from jinzhi.apps.custody.fields import BEFORE, CAPTURE, ENVIRONMENT, FORENSIC, REASON
from jinzhi.apps.custody.models import Upload, Version
from jinzhi.apps.custody.queries import (
    READ,
    WRITE,
    newest,
)
from jinzhi.apps.evidence.bundle import bundles
from jinzhi.apps.evidence.bundle.exports import export as write_bundle
from jinzhi.apps.evidence.events.verb import event_of
from jinzhi.apps.evidence.models import Entry
from jinzhi.apps.evidence.store import store
from jinzhi.web.custody import list as shown
from jinzhi.web.custody.fields import crumbs, find_item, refused_by
from jinzhi.web.custody.form import groups, upload_context, uploaded
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm


@page(nav="custody", scope=READ)
@require_http_methods(["GET", "POST"])
def version_new(request: PageRequest, number: str) -> HttpResponse:
    """A new version of an item; the versions before stay."""
    who = request.acting
    require(who, WRITE)
    kept = find_item(who, number)
    before = newest(kept)
    fields = (*CAPTURE, *ENVIRONMENT, *FORENSIC, *BEFORE, REASON)
    expected, key = submitted(request)
    initial = {
        f.id: before.data.get(f.id) for f in (*CAPTURE, *ENVIRONMENT, *FORENSIC) if not f.id.startswith("captured_")
    }
    form = FieldsForm(fields, request.POST if request.method == "POST" else None, who=who, initial=initial)
    upload: Upload | None = None
    errors: list[str] = []
    if request.method == "POST":
        if (again := event_of(key)) and (again.stream, again.verb) == (kept.stream, "new-version"):
            return redirect("custody-item", number)
        upload, errors = uploaded(request, who)
        if form.is_valid() and upload is not None:
            try:
                done = actions.new_version(
                    kept, form.values, upload, note=str(form.values["reason"]), who=who, expected=expected, key=key
                )
            except CustodyRefused as refused:
                errors = refused_by(form, refused)
            else:
                messages.success(request, _("已登记第 %(n)s 版。") % {"n": done.version})
                return redirect("custody-item", number)
    return render(
        request,
        "custody/form.html",
        {
            "crumbs": crumbs(PageLink(str(kept), reverse("custody-item", args=[number]))),
            "title": _("新版本：%(name)s") % {"name": kept},
            "form": form,
            "groups": groups(
                form,
                [
                    (_("为什么有新版本"), (REASON,)),
                    (_("采集"), CAPTURE),
                    (_("采集前环境检查"), ENVIRONMENT),
                    (_("封存、见证和笔录（可能进入刑事程序时）"), FORENSIC),
                    (_("采集时的摘要"), BEFORE),
                ],
            ),
            "seq": expected if expected is not None else kept.seq,
            "back": reverse("custody-item", args=[number]),
            "action": _("登记新版本"),
            "print_title": _("新版本"),
            **upload_context(upload, errors),
        },
        status=422 if form.is_bound else 200,
    )


@page(nav="custody", scope=READ)
@require_GET
def content(request: PageRequest, number: str, n: int) -> HttpResponse | StreamingHttpResponse:
    """A version's content as a download: proven before the first byte leaves, and again while it passes."""
    who = request.acting
    kept = find_item(who, number)
    version = get_object_or_404(kept.versions, n=n)
    if version.erased_on:
        raise Http404(_("内容已于 %(day)s 处置清除，登记信息和日志保留") % {"day": version.erased_on.isoformat()})
    try:
        store.check(version.sha256)
    except store.FileRefused as e:
        raise Http404(str(e)) from None
    actions.log_download(kept, version, who)
    response = StreamingHttpResponse(store.stream(version.sha256), content_type=version.media_type)
    response.headers["Content-Length"] = str(version.size)
    response.headers["Content-Disposition"] = content_disposition_header(True, version.name) or "attachment"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def content_entry(version: Version) -> Entry | None:
    """The entry of the log that stands for a version's content: the n-th of its item."""
    own = Entry.objects.filter(kind=actions.ENTRY_KIND, object=version.item.stream).order_by("pk")
    return own[version.n - 1 : version.n].first()


@page(nav="custody", scope=READ)
@require_GET
def bundle(request: PageRequest, number: str, n: int) -> HttpResponseBase:
    """A version as a bundle that verifies without the platform: content, entry, proofs, chain of hands, statement."""
    who = request.acting
    kept = find_item(who, number)
    version = get_object_or_404(kept.versions.select_related("item"), n=n)
    entry = content_entry(version)
    if entry is None:
        raise Http404(_("日志中没有此内容的条目"))
    file = bundles.temporary()
    try:
        # what was disposed of stays out, also where another item keeps the same content
        done = write_bundle(entry, file, content=version.erased_on is None, stated=shown.stated(version))
    except (bundles.BundleRefused, store.FileRefused) as e:
        file.close()
        messages.error(request, str(e))
        return redirect("custody-item", number)
    actions.log_download(kept, version, who, bundle=True)
    file.seek(0)
    name = f"{number}-v{n}-{done.facts.entry.number}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
