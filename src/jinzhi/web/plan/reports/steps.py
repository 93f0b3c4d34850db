"""The steps of a report. Handing it in first shows what is handed in: "check your answers", then the button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import StepRefused, take
from jinzhi.apps.cases.queries import events_of, steps_for
from jinzhi.apps.cases.queries import view as fold_of
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.verb import event_of
from jinzhi.apps.plan.handing_in import ChangedSince, hands_in, unchanged
from jinzhi.apps.plan.models import Report
from jinzhi.apps.plan.queries import content, lacking
from jinzhi.apps.plan.reporting import since
from jinzhi.kernel.law import NoRuleInForce
from jinzhi.kernel.procedure import ProcedureError, Step
from jinzhi.kernel.text import id_of
from jinzhi.web.cases.answers import refusal, said_in, sound
from jinzhi.web.cases.page import step_form, step_of
from jinzhi.web.plan.reports import list as report_list
from jinzhi.web.plan.reports.find import find_report, may_edit, release_of, reports_of
from jinzhi.web.plan.reports.form import ReportForm
from jinzhi.web.plan.reports.history import changes_of, place_names
from jinzhi.web.plan.reports.page import earlier_notes, lack_anchor, lack_label
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import labelled, named, speak


@page(nav="reports", scope="report.read")
@require_http_methods(["GET", "POST"])
def report_step(request: PageRequest, pk: int, step: str) -> HttpResponse:
    """Take a step of a report: a page of its own with the form, which also asks once more before harm."""
    who: Acting = request.acting
    found = find_report(who, pk)
    taken = step_of(report_list.procedure(), step)
    if taken is None or taken.opens:
        raise Http404(_("报告没有步骤“%(step)s”") % {"step": step})
    if request.method != "POST":
        return step_page(request, found, taken, step_form(report_list.procedure(), taken, who, today()))
    require(who, f"case.progress-report.{step}")
    expected, key = submitted(request)
    if (before := event_of(key)) and before.stream == found.case.stream:
        return redirect("report", pk=pk)
    form = step_form(report_list.procedure(), taken, who, today(), request.POST, request.FILES)
    if not sound(form, taken):
        return step_page(request, found, taken, form, status=422)
    raw = {k: v for k, v in form.values.items() if not k.startswith("_")}
    seen = looked_over(request)
    if hands_in(taken) and seen is None:
        # sent from elsewhere, such as the page of the case: what is handed in is shown first, what was typed stays
        messages.info(request, _("还没有提交：请先核对将要提交的内容"))
        return step_page(request, found, taken, form, status=422)
    try:
        with transaction.atomic():
            if seen is not None:
                unchanged(found, seen)
            take(found.case, step, raw, who=who, expected=expected, said=said_in(form), key=key)
    except ChangedSince:
        return step_page(request, find_report(who, pk), taken, form, since_version=seen, status=409)
    except (StepRefused, ProcedureError, NoRuleInForce) as e:
        refusal(form, e)
        return step_page(request, found, taken, form, status=422)
    messages.success(request, _("已办理“%(step)s”") % {"step": named(taken)})
    return redirect("report", pk=pk)


def looked_over(request: PageRequest) -> int | None:
    """The version of the content that the person was shown before handing it in; None where none was shown."""
    raw = request.POST.get("_version", "")
    if raw and id_of(raw) is None:
        raise BadRequest(_("表单的版本号无效，请刷新页面后重试"))
    return int(raw) if raw else None


def step_page(
    request: PageRequest,
    found: Report,
    taken: Step,
    form: FieldsForm,
    *,
    since_version: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a step. ``since_version``: what was looked over is older; what came since is shown."""
    who: Acting = request.acting
    events = events_of(found.case)
    offer = next((o for o in steps_for(found.case, fold_of(found.case, today(), events), who) if o.step is taken), None)
    may = bool(offer and offer.allowed)
    context: dict[str, Any] = {
        "crumbs": [
            PageLink(_("进展报告"), reports_of(request, found)),
            PageLink(f"{found.unit.label} {found.period.code}", reverse("report", args=[found.pk])),
        ],
        "report": found,
        "step": taken,
        "title": labelled(named(taken), f"{found.unit.label} {found.period.code}"),
        "state": report_list.tag_of(found),
        "help": speak(taken.help),
        "form": form if may or form.errors else None,
        "why_not": speak(offer.why_not) if offer else _("当前状态没有这一步骤"),
        "seq": len(events),
        "kind": {"approve": "primary"}.get(taken.id, "danger" if taken.confirm else "primary"),
    }
    if hands_in(taken) and not found.locked:
        context |= answers(found, who, since_version)
        return render(request, "plan_reports/check.html", context, status=status)
    return render(request, "plan_reports/step.html", context, status=status)


def answers(found: Report, who: Acting, since_version: int | None) -> dict[str, Any]:
    """What would be handed in, what it lacks, and what others saved since it was looked over."""
    rows = content(found, release_of(found))
    form = ReportForm(rows, earlier=earlier_notes(found, who))
    between = since(found, since_version) if since_version is not None else []
    return {
        "title": _("核对并提交：%(unit)s %(period)s") % {"unit": found.unit.label, "period": found.period.code},
        "rows": [(r, ()) for r in form.rows],
        "version": found.version,
        "between": changes_of(between, place_names(rows)),
        "lacks": [(lack_anchor(x, form, True), lack_label(x)) for x in lacking(rows)],
        "may_edit": may_edit(found, who),
        "filled": sum(1 for r in form.rows for line in r.lines if line.achieved),
        "lines": sum(len(r.lines) for r in form.rows),
    }


urlpatterns = [path("plan/reports/<int:pk>/steps/<slug:step>/", report_step, name="report-step")]
