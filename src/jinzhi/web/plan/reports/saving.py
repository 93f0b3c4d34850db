"""Saving what was typed into a report."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.queries import events_of
from jinzhi.apps.evidence.events.actions import Conflict
from jinzhi.apps.evidence.store.store import FileRefused
from jinzhi.apps.plan.actions import ContentRefused, Locked
from jinzhi.apps.plan.handing_in import hands_in
from jinzhi.apps.plan.models import Release, Report
from jinzhi.apps.plan.queries import content
from jinzhi.apps.plan.reporting import (
    Content,
    changed_since,
    merge,
    save_report,
    seen_before,
    since,
    would_change,
)
from jinzhi.web.plan.reports import list as report_list
from jinzhi.web.plan.reports.find import find_report, release_of, require_editor
from jinzhi.web.plan.reports.form import ReportForm
from jinzhi.web.plan.reports.page import earlier_notes, report_page
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted


@page(nav="reports", scope="report.read")
@require_http_methods(["GET", "POST"])
def report(request: PageRequest, pk: int) -> HttpResponse:
    found = find_report(request.acting, pk)
    return saved(request, found) if request.method == "POST" else report_page(request, found)


def after_saving(found: Report, then: str) -> str:
    """Where a saved form goes on to: every way out of the form that could lose what was typed saves first."""
    here = reverse("report", args=[found.pk])
    steps = {s.id for s in report_list.procedure().steps if hands_in(s)}
    if then in steps:
        return reverse("report-step", args=[found.pk, then])
    return {"copy": f"{here}?copy=all#content", "excel": reverse("report-excel-import", args=[found.pk])}.get(
        then, here
    )


def saved(request: PageRequest, found: Report) -> HttpResponse:
    """Save the form and go where its button leads (``then``); whatever refuses it, what was typed is shown again."""
    who: Acting = request.acting
    require_editor(found, who)
    expected, key = submitted(request)
    if expected is None:
        raise BadRequest(_("表单缺少版本号，请刷新页面后重试"))
    release = release_of(found)
    then = request.POST.get("then", "")
    form = ReportForm(content(found, release), earlier=earlier_notes(found, who), data=request.POST)
    files = form.files(request.FILES)
    notes, figures = form.typed()
    if form.general and expected == found.version:
        return report_page(request, found, form, status=422)
    try:
        if expected == found.version:
            done = save_report(
                found, release, notes=notes, figures=figures, files=files,
                remove=form.removals(), who=who, expected=expected, key=key,
            )  # fmt: skip
            if done:
                words = {"n": len(done.changes), "a": done.attached, "r": done.removed}
                messages.success(request, _("已保存：%(n)s 处内容，新增附件 %(a)s 个，移除附件 %(r)s 个") % words)
            elif not then:
                messages.info(request, _("没有改动，无需保存"))
            return redirect(after_saving(found, then))
    except Locked:
        return kept_typed(request, found, form)
    except Conflict:
        found = find_report(who, found.pk)
    except ContentRefused as e:
        form.refuse(e.errors)
        return report_page(request, found, form, status=422)
    except FileRefused as e:
        form.general.append(str(e))
        return report_page(request, found, form, status=422)
    try:
        if pressed_twice(found, key, release, notes, figures, who):
            messages.success(request, _("已保存"))
            return redirect(after_saving(found, then))
    except Locked:
        return kept_typed(request, found, form)
    between = since(found, expected)
    theirs = changed_since(between)
    form.bring_up(merge(notes, figures, theirs), theirs)
    return report_page(request, found, form, status=409, between=between)


def pressed_twice(found: Report, key: str, release: Release, notes: Content, figures: Content, who: Acting) -> bool:
    """Whether this very form was saved, a moment ago or by the other of two clicks, and says nothing else."""
    try:
        return seen_before(found, key) and not would_change(found, release, notes=notes, figures=figures, who=who)
    except ContentRefused:
        return False


def kept_typed(request: PageRequest, found: Report, form: ReportForm) -> HttpResponse:
    """The report was handed in meanwhile: nothing can be saved, but nothing typed is lost either."""
    typed = [(c.about, c.value) for c in form.by_name.values() if c.value and c.name in form.sent]
    since_open = events_of(found.case)[-1:]
    context = {"since": since_open, "typed": typed, "href": reverse("report", args=[found.pk])}
    return render(request, "409.html", context, status=409)
