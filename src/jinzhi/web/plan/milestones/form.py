"""Adding, changing and dropping a milestone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import last_seq
from jinzhi.apps.plan.actions import MilestoneRefused, add_milestone, change_milestone, drop_milestone
from jinzhi.apps.plan.milestone_fields import CHANGED, DUE, SMALLEST, TARGET
from jinzhi.apps.plan.models import Milestone, Release, Row
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.fields import Field, FieldError, Type
from jinzhi.web.plan.board import (
    amount,
    default_year,
)
from jinzhi.web.plan.milestones.list import plan_of, shown_plan
from jinzhi.web.plan.milestones.page import find, row_of
from jinzhi.web.plan.titles import name_of
from jinzhi.web.shell.access import page
from jinzhi.web.shell.plan_choice import at_plan, names_plan
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import form_key, submitted
from jinzhi.web.ui.forms import FieldsForm

UNIT = Field(id="unit", zh="责任单位", en="Unit", type=Type.UNIT)
REASON = Field(id="reason", zh="理由", en="Reason", type=Type.LONG, max_length=1000)
WHY_PAST = Field(
    id="reason", zh="期限已过的理由", en="Why it is set after its day", type=Type.LONG, max_length=1000, required=False,
    help_zh="期限早于今天的里程碑设立后即为超期，须写明理由",
    help_en="Wanted where the day is past: the milestone is overdue at once",
)  # fmt: skip


def out_of_term(form: FieldsForm, release: Release) -> bool:
    """Whether the day lies outside the plan's term; the field then says so."""
    due = date.fromisoformat(str(form.values["due"]))
    if release.starts <= due <= release.ends:
        return False
    zh = f"应在规划期 {release.starts} 至 {release.ends} 之内"
    form.refuse([FieldError(DUE, zh, f"must lie within the plan's term, {release.starts} to {release.ends}")])
    return True


def past_unexplained(form: FieldsForm) -> bool:
    """Whether a new milestone is due already, so that it is overdue at once, and nobody says why it is set now."""
    if date.fromisoformat(str(form.values["due"])) >= today() or str(form.values[WHY_PAST.id] or "").strip():
        return False
    zh, en = "期限已经过去，设立后即为超期：请写明理由", "is due already and overdue at once: say why it is set now"
    form.refuse([FieldError(WHY_PAST, zh, en)])
    return True


def nothing_to_reach(form: FieldsForm) -> bool:
    """Whether the target is 0 where more is better: it would be reached before it began."""
    if Decimal(str(form.values["target"])) >= SMALLEST or form.values["direction"] == "down":
        return False
    zh, en = f"不能小于 {SMALLEST}；越小越好的目标值可以为 0", f"must not be below {SMALLEST}, unless less is better"
    form.refuse([FieldError(TARGET, zh, en)])
    return True


@page(nav="rows", scope="plan.edit")
@names_plan
def add(request: PageRequest, key: str) -> HttpResponse:
    """A new milestone of a unit for a row."""
    who: Acting = request.acting
    release = shown_plan(request)
    row = release.rows.filter(key=key).first()
    if row is None:
        raise Http404(_("现行规划没有编号为“%(key)s”的任务") % {"key": key[:40]})
    fields = (UNIT, *CHANGED, WHY_PAST)
    initial = {
        "target": "1",
        "weight": "1",
        "direction": "up",
        "measured_in": "项",
        "unit": request.GET.get("unit", ""),
    }
    initial["due"] = f"{default_year(release, today())}-12-31"
    if request.method == "POST":
        form = FieldsForm(fields, request.POST, who=who)
        _seq, idempotent = submitted(request)
        if form.is_valid() and not (out_of_term(form, release) or nothing_to_reach(form) or past_unexplained(form)):
            v = form.values
            why = str(v[WHY_PAST.id] or "").strip()
            made = add_milestone(
                release, row.key, Unit.objects.get(code=v["unit"]), title=str(v["title"]),
                due=date.fromisoformat(str(v["due"])), target=Decimal(str(v["target"])),
                measured_in=str(v["measured_in"]), weight=Decimal(str(v["weight"])),
                direction=str(v["direction"] or "up"), who=who, key=idempotent,
                origin={"reason": why} if why else None,
            )  # fmt: skip
            messages.success(request, _("已设立里程碑“%(title)s”") % {"title": made.title})
            return redirect("milestone", code=made.code)
    else:
        form = FieldsForm(fields, who=who, initial=initial)
    return form_page(request, form, _("设立里程碑"), row, None, submit=_("设立"))


@page(nav="rows", scope="plan.edit")
def change(request: PageRequest, code: str) -> HttpResponse:
    """Change a milestone, with the reason."""
    who: Acting = request.acting
    found = find(who, code)
    if found.dropped_on:
        raise Http404(_("里程碑已取消，不能修改"))
    initial = {
        "title": found.title, "due": found.due.isoformat(), "target": amount(found.target),
        "measured_in": found.measured_in, "weight": amount(found.weight), "direction": found.direction,
    }  # fmt: skip
    fields = (*CHANGED, REASON)
    if request.method == "POST":
        form = FieldsForm(fields, request.POST, who=who)
        expected, idempotent = submitted(request)
        if expected is None:
            raise BadRequest(_("表单缺少版本号，请刷新页面后重试"))
        if form.is_valid() and not (out_of_term(form, plan_of(found)) or nothing_to_reach(form)):
            changes = changed(found, form.values)
            if not changes:
                form.refuse([FieldError(REASON, "没有改动任何内容", "nothing was changed")])
            else:
                reason = str(form.values["reason"])
                try:
                    change_milestone(found, changes, reason=reason, who=who, expected=expected, key=idempotent)
                except MilestoneRefused as e:
                    form.add_error(None, str(e))
                else:
                    messages.success(request, _("已修改里程碑"))
                    return redirect("milestone", code=found.code)
    else:
        form = FieldsForm(fields, who=who, initial=initial)
    return form_page(request, form, _("修改里程碑"), row_of(found), found, submit=_("保存修改"))


def changed(milestone: Milestone, values: dict[str, Any]) -> dict[str, str]:
    """What a form changes, as text; 1 and 1.00 are the same."""
    out = {}
    for field in CHANGED:
        if values[field.id] is None:  # a form that does not ask for it leaves it as it is
            continue
        before, after = getattr(milestone, field.id), str(values[field.id])
        same = before == Decimal(after) if field.type is Type.DECIMAL else str(before) == after
        if not same:
            out[field.id] = after
    return out


@page(nav="rows", scope="plan.edit")
def drop(request: PageRequest, code: str) -> HttpResponse:
    """Take a milestone out of the plan: asked once more, with the reason."""
    who: Acting = request.acting
    found = find(who, code)
    if found.dropped_on:
        raise Http404(_("里程碑已取消"))
    if request.method == "POST":
        form = FieldsForm((REASON,), request.POST, who=who)
        expected, idempotent = submitted(request)
        if expected is None:
            raise BadRequest(_("表单缺少版本号，请刷新页面后重试"))
        if form.is_valid():
            drop_milestone(found, reason=str(form.values["reason"]), who=who, expected=expected, key=idempotent)
            messages.success(request, _("已取消里程碑“%(title)s”；已填报的内容仍保留") % {"title": found.title})
            return redirect("milestone", code=found.code)
    else:
        form = FieldsForm((REASON,), who=who)
    warning = _("从今天起这个里程碑不再计入进度和灯，报告也不再要求填报；已填报的内容和记录保留。取消后不能恢复。")
    return form_page(
        request, form, _("取消里程碑"), row_of(found), found, submit=_("确认取消"), warning=warning, danger=True
    )


def form_page(
    request: PageRequest,
    form: FieldsForm,
    title: str,
    row: Row | None,
    milestone: Milestone | None,
    *,
    submit: str,
    warning: str = "",
    danger: bool = False,
) -> HttpResponse:
    """The page of a form, with what was typed and 422 where it is refused."""
    crumbs = [(_("驾驶舱"), reverse("cockpit")), (_("规划任务"), reverse("rows"))]
    if row is not None:
        plan = row.release.plan
        crumbs.append((name_of(row), at_plan(request, reverse("row", args=[row.key]), plan)))
    back = crumbs[-1][1]
    if milestone is not None:
        back = reverse("milestone", args=[milestone.code])
        crumbs.append((milestone.title, back))
    context = {
        "crumbs": crumbs, "form": form, "title": title, "row": row, "milestone": milestone, "submit": submit,
        "warning": warning, "danger": danger, "back": back, "key": request.POST.get("_key") or form_key(),
        "seq": request.POST.get("_seq") or (last_seq(milestone.stream) if milestone else ""),
    }  # fmt: skip
    return render(request, "plan/milestone_form.html", context, status=422 if form.is_bound else 200)
