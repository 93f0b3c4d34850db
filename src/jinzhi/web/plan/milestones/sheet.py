"""Milestones brought in from a sheet: every wrong cell at once, or what would change, to be confirmed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.plan.actions import MilestoneRefused
from jinzhi.apps.plan.milestone_sheet import (
    ASKED,
    GivenLine,
    LinesRefused,
    PlannedChanges,
    due_already,
    lines_of,
    planned,
    take_in,
    told,
)
from jinzhi.apps.plan.models import Release
from jinzhi.engines.spreadsheet import SpreadsheetError
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.text import Words
from jinzhi.web.shell.access import page
from jinzhi.web.shell.plan_choice import at_plan, names_plan, release_shown
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import form_key, submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import labelled, named, page_language, speak

SALT = "milestone-sheet"
PREVIEW_SECONDS = 3600
REASON = Field(id="reason", zh="理由", en="Reason", type=Type.LONG, required=False, max_length=1000)
REASON_ASKED = Field(id="reason", zh="理由", en="Reason", type=Type.LONG, max_length=1000)


@page(nav="rows", scope="plan.edit")
@require_http_methods(["GET", "POST"])
@names_plan
def bring_in(request: PageRequest) -> HttpResponse:
    """Upload a sheet, look at what it would do, confirm."""
    release = release_shown(request)
    if release is None:
        raise Http404(_("还没有规划"))
    if request.method != "POST":
        return shown(request, release)
    return confirmed(request, release) if "payload" in request.POST else looked_at(request, release)


def shown(request: PageRequest, release: Release, status: int = 200, **more: Any) -> HttpResponse:
    listed = at_plan(request, reverse("milestones"), release.plan)
    crumbs = [
        PageLink(_("规划任务"), at_plan(request, reverse("rows"), release.plan)),
        PageLink(_("里程碑"), listed),
    ]
    context = {
        "crumbs": crumbs, "release": release, "back": listed, "key": form_key(),
        "here": at_plan(request, reverse("milestones-import"), release.plan),
        "sheet": at_plan(request, reverse("milestones-export"), release.plan), **more,
    }  # fmt: skip
    return render(request, "plan/milestones_import.html", context, status=status)


def looked_at(request: PageRequest, release: Release) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None or not file.size:
        return shown(request, release, 422, refused=_("请选择填好的 .xlsx 文件"))
    try:
        lines, wrong, notes = lines_of(file.read())
    except SpreadsheetError as e:
        return shown(request, release, 422, refused=speak(e))
    plan = planned(release, lines, request.acting)
    errors = [(e.row, e.say(page_language())) for e in wrong] + words(plan)
    remarks = [speak(Words(zh, en)) for zh, en in notes]
    if errors:
        return shown(request, release, 422, file=file.name, errors=[t for _n, t in sorted(errors)], remarks=remarks)
    kept = {"p": release.plan, "name": file.name, "l": [[line.number, dict(line.values)] for line in lines]}
    return preview(request, release, plan, kept, remarks=remarks)


def preview(
    request: PageRequest, release: Release, plan: PlannedChanges, kept: dict[str, Any], status: int = 200, **more: Any
) -> HttpResponse:
    """What the sheet would do. The reason is asked for where a milestone changes."""
    language = page_language()
    if "form" not in more and plan.changed:
        more["form"] = FieldsForm((REASON_ASKED,), who=request.acting)
    return shown(
        request, release, status,
        file=kept["name"], same=plan.same,
        added=[(line.values, unit.label) for line, unit in plan.added],
        changed=[(c.milestone, told(c.values, language)) for c in plan.changed],
        payload=signing.dumps(kept, salt=SALT, compress=True) if plan.added or plan.changed else "", **more,
    )  # fmt: skip


def words(plan: PlannedChanges) -> list[tuple[int, str]]:
    """The refused lines of a sheet in words, by row."""
    names = {f.id: named(f) for f in ASKED}
    out = []
    for e in plan.errors:
        where = _("第 %(n)s 行") % {"n": e.number} + (f"“{names.get(e.field, e.field)}”" if e.field else "")
        out.append((e.number, labelled(where, speak(e))))
    return out


def confirmed(request: PageRequest, release: Release) -> HttpResponse:
    who: Acting = request.acting
    _expected, key = submitted(request)
    try:
        kept = signing.loads(request.POST["payload"], salt=SALT, max_age=PREVIEW_SECONDS)
    except signing.SignatureExpired:
        return shown(request, release, 422, refused=_("预览已超过一小时，请重新上传"))
    except signing.BadSignature:
        raise BadRequest(_("预览内容不完整，请重新上传文件")) from None
    if kept["p"] != release.plan:
        raise BadRequest(_("预览的是另一个规划的里程碑，请重新上传文件"))
    lines = [GivenLine(number, values) for number, values in kept["l"]]
    plan = planned(release, lines, who)
    form = FieldsForm((REASON_ASKED if plan.changed or due_already(plan) else REASON,), request.POST, who=who)
    if not form.is_valid():
        return preview(request, release, plan, kept, 422, form=form)
    try:
        done = take_in(release, lines, reason=str(form.values["reason"] or ""), who=who, key=key)
    except LinesRefused:
        return shown(request, release, 422, file=kept["name"], errors=[t for _n, t in words(plan)])
    except MilestoneRefused as e:
        return shown(request, release, 422, refused=str(e))
    told_ = {"a": len(done.added), "c": len(done.changed), "s": done.same}
    messages.success(request, _("已设立 %(a)s 个、修改 %(c)s 个里程碑；%(s)s 个没有差别") % told_)
    return redirect(at_plan(request, reverse("milestones"), release.plan))
