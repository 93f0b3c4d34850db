"""Correcting what was recorded of an item."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.custody import actions
from jinzhi.apps.custody.actions import CustodyRefused
from jinzhi.apps.custody.fields import ABOUT, CAPTURE, ENVIRONMENT, FORENSIC, REASON
from jinzhi.apps.custody.queries import (
    READ,
    WRITE,
    newest,
)
from jinzhi.web.custody.fields import crumbs, find_item, refused_by
from jinzhi.web.custody.form import groups
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm


@page(nav="custody", scope=READ)
@require_http_methods(["GET", "POST"])
def correct(request: PageRequest, number: str) -> HttpResponse:
    """Mend what was written of an item; the history holds old and new."""
    who = request.acting
    require(who, WRITE)
    kept = find_item(who, number)
    version = newest(kept)
    fields = (*ABOUT, *CAPTURE, *ENVIRONMENT, *FORENSIC, REASON)
    expected, key = submitted(request)
    form = FieldsForm(fields, request.POST if request.method == "POST" else None, who=who, initial=version.data)
    if form.is_valid():
        try:
            done = actions.correct(
                kept, form.values, reason=str(form.values["reason"]), who=who, expected=expected, key=key
            )
        except CustodyRefused as refused:
            refused_by(form, refused)
        else:
            if done.seq == kept.seq:
                messages.info(request, _("内容没有变化，未作更正。"))
            else:
                messages.success(request, _("已更正 %(name)s。") % {"name": done})
            return redirect("custody-item", number)
    return render(
        request,
        "custody/form.html",
        {
            "crumbs": crumbs(PageLink(str(kept), reverse("custody-item", args=[number]))),
            "title": _("更正 %(name)s") % {"name": kept},
            "form": form,
            "groups": groups(
                form,
                [
                    (_("证据"), ABOUT),
                    (_("采集"), CAPTURE),
                    (_("采集前环境检查"), ENVIRONMENT),
                    (_("封存、见证和笔录（可能进入刑事程序时）"), FORENSIC),
                    (_("为什么更正"), (REASON,)),
                ],
            ),
            "seq": expected if expected is not None else kept.seq,
            "back": reverse("custody-item", args=[number]),
            "action": _("更正"),
            "print_title": _("更正"),
        },
        status=422 if form.is_bound else 200,
    )
