"""Calling for a round of reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.plan.models import Period
from jinzhi.apps.plan.reporting import (
    Round,
    RoundRefused,
    call_round,
    round_errors,
    to_be_asked,
)
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.text import Words
from jinzhi.web.plan.reports.find import may_call, plan_in_force
from jinzhi.web.shell.access import page
from jinzhi.web.shell.plan_choice import at_plan, names_plan
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import speak

CODE = Field(id="code", zh="新报告期编号", en="Code of the new period", help_zh="如 2026Q4", help_en="such as 2026Q4")
STARTS = Field(id="starts", zh="开始日期", en="First day", type=Type.DATE)
ENDS = Field(id="ends", zh="结束日期", en="Last day", type=Type.DATE)
DUE = Field(id="due", zh="截止日", en="Due", type=Type.DATE)
WHY_PAST = Field(
    id="reason", zh="截止日已过仍布置的理由", en="Why reports are called after their day", required=False,
    max_length=300,
)  # fmt: skip


@page(nav="reports", scope="report.read")
@require_http_methods(["GET", "POST"])
@names_plan
def round_open(request: PageRequest) -> HttpResponse:
    """Call for the reports of a period: choose or make it, look who will be asked, confirm. Doing it again is safe."""
    who: Acting = request.acting
    if not may_call(who):
        raise PermissionDenied(_("只有规划办可以布置填报"))
    release = plan_in_force(request)
    periods = list(Period.objects.filter(plan=release.plan).order_by("-starts"))
    given = request.POST if request.method == "POST" else request.GET
    known = next((p for p in periods if p.code == given.get("period")), None)
    if given.get("period") and known is None:
        raise BadRequest(_("没有报告期“%(code)s”") % {"code": given["period"][:20]})
    wanted: Round | None = None
    form = FieldsForm((CODE, STARTS, ENDS, DUE), given if given.get("code") else None, who=who, name="round")
    if known:
        wanted = Round(known.code, known.starts, known.ends, known.due)
    elif form.is_bound and form.is_valid():
        days = {k: date.fromisoformat(str(form.values[k])) for k in ("starts", "ends", "due")}
        wanted = Round(str(form.values["code"]), **days)
        _refuse(form, round_errors(release, wanted))
    why = FieldsForm((WHY_PAST,), request.POST if request.method == "POST" else None, who=who, name="why")
    if request.method == "POST" and wanted and not form.errors and why.is_valid():
        _expected, key = submitted(request)
        some = request.POST.getlist("unit") if "chosen" in request.POST else None
        try:
            period, made = call_round(
                release, wanted, who=who, units=some, reason=str(why.values[WHY_PAST.id] or ""), key=key
            )
        except RoundRefused as e:
            _refuse(why, [one for one in e.errors if one[0] == WHY_PAST.id])
            others = [one for one in e.errors if one[0] != WHY_PAST.id]
            if others and not form.is_bound:  # a period that is there already was chosen, so nothing was typed
                days = {k: getattr(wanted, k).isoformat() for k in ("starts", "ends", "due")}
                form = FieldsForm((CODE, STARTS, ENDS, DUE), {"code": wanted.code, **days}, who=who, name="round")
                form.is_valid()
            _refuse(form, others)
        else:
            if made:
                messages.success(request, _("已布置 %(n)s 份报告") % {"n": len(made)})
            else:
                messages.info(request, _("应报单位都已布置过，没有新增报告"))
            return redirect(at_plan(request, f"{reverse('reports')}?period={period.code}", release.plan))
    asked, has = to_be_asked(release, wanted.code) if wanted and not form.errors else ([], [])
    return render(
        request,
        "plan_reports/round.html",
        {
            "crumbs": [PageLink(_("进展报告"), reverse("reports"))],
            "form": form,
            "periods": periods,
            "known": known,
            "wanted": wanted if not form.errors else None,
            "late": bool(wanted and wanted.due < today()),
            "why": why,
            "asked": asked,
            "has": has,
            "release": release,
        },
        status=422 if form.errors or why.errors else 200,
    )


def _refuse(form: FieldsForm, errors: Sequence[tuple[str, str, str]]) -> None:
    for name, zh, en in errors:
        form.add_error(name, speak(Words(zh, en)))
