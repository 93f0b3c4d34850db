"""Taking an item in, and the files that come with a form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.custody import actions, uploads
from jinzhi.apps.custody.actions import CONTENT, CustodyRefused
from jinzhi.apps.custody.fields import ABOUT, BEFORE, CAPTURE, ENVIRONMENT, EXPIRES, FORENSIC
from jinzhi.apps.custody.models import Folder, Item, Upload
from jinzhi.apps.custody.queries import (
    READ,
    WRITE,
    Duplicates,
    duplicates,
    folders,
    taken_in_before,
)
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.streams import CUSTODY
from jinzhi.web.custody import list as shown
from jinzhi.web.custody.fields import CASES, FOLDER, crumbs, own_folders, refused_by
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import speak


def uploaded(request: PageRequest, who: Acting) -> tuple[Upload | None, list[str]]:
    """The file of a form: one that was sent in pieces before (``_upload``), or one that comes with the form.

    A file that came stays here while its form is mended: the form names it the next time.
    """
    file = request.FILES.get(CONTENT.id)
    if file is not None:
        try:
            return uploads.receive(file, who=who), []
        except CustodyRefused as e:
            return None, [speak(e)]
    token = request.POST.get("_upload", "")
    found = uploads.find(token, who) if token else None
    if found is not None and found.complete:
        return found, []
    return None, [_("上传已失效，请重新选择文件") if token else _("请选择文件")]


def upload_context(upload: Upload | None = None, errors: Iterable[str] = ()) -> dict[str, Any]:
    return {
        "upload": upload,
        "upload_size": shown.sized(upload.size) if upload else "",
        "content_errors": list(errors),
        "plain_limit": settings.MAX_UPLOAD // 1048576,
        "large_limit": settings.MAX_EVIDENCE // 1048576,
        "multipart": True,
    }


def groups(form: FieldsForm, parts: Iterable[tuple[str, Sequence[Field]]]) -> list[dict[str, Any]]:
    """The controls of a form under headings; long texts take the whole width."""
    return [{"title": title, "fields": [(form[f.id], f.type is Type.LONG) for f in fields]} for title, fields in parts]


@page(nav="custody", scope=READ)
@require_http_methods(["GET", "POST"])
def item_new(request: PageRequest) -> HttpResponse:
    """Take something into custody."""
    who = request.acting
    require(who, WRITE)
    fields = (*ABOUT, FOLDER, CASES, *CAPTURE, *ENVIRONMENT, *FORENSIC, *BEFORE, EXPIRES)
    refs = {"folder": own_folders(who)}
    form = FieldsForm(
        fields, request.POST if request.method == "POST" else None, who=who, references=refs,
        initial={"captured_by": who.name, "cases": request.GET.get("case", ""), "folder": request.GET.get("folder")},
    )  # fmt: skip
    upload: Upload | None = None
    errors: list[str] = []
    same = Duplicates()
    if request.method == "POST":
        if who.user is not None and (made := _made_before(request, who)):
            return redirect("custody-item", made.number)
        upload, errors = uploaded(request, who)
        if form.is_valid() and upload is not None:
            try:
                values = form.values
                made = actions.take_in(
                    values, upload, who=who, folder=folder_of(values["folder"], who),
                    cases=actions.find_cases(str(values["cases"] or ""), who), twice=bool(request.POST.get("_twice")),
                    key=submitted(request)[1],
                )  # fmt: skip
            except CustodyRefused as refused:
                errors = refused_by(form, refused)
                same = duplicates(upload.sha256, who) if refused.duplicate else same
            else:
                messages.success(request, _("已入库 %(name)s。") % {"name": made})
                return redirect("custody-item", made.number)
    context = {
        "crumbs": crumbs(),
        "title": _("证据入库"),
        "form": form,
        "groups": groups(
            form,
            [
                (_("证据"), (*ABOUT, FOLDER, CASES)),
                (_("采集"), CAPTURE),
                (_("采集前环境检查"), ENVIRONMENT),
                (_("封存、见证和笔录（可能进入刑事程序时）"), FORENSIC),
                (_("采集时的摘要和保管期限"), (*BEFORE, EXPIRES)),
            ],
        ),
        "same": same,
        "back": reverse("custody"),
        "action": _("入库"),
        "print_title": _("证据入库"),
        **upload_context(upload, errors),
    }
    return render(request, "custody/form.html", context, status=422 if form.is_bound else 200)


def _made_before(request: PageRequest, who: Acting) -> Item | None:
    """The item of the same submission, if the button was pressed twice: its upload is used up by then."""
    key = submitted(request)[1]
    before = taken_in_before(key, who)
    return Item.objects.visible_to(who).filter(number=CUSTODY.key(before.stream)).first() if before else None


def folder_of(pk: object, who: Acting) -> Folder | None:
    return folders(who).filter(pk=int(str(pk))).first() if pk else None
