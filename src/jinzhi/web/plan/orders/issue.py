"""Issuing orders for several rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import StepRefused
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.plan.models import Release
from jinzhi.apps.plan.supervising import NAMED, Pair, issue_orders, pairs
from jinzhi.kernel.fields import Field, FieldError, Type
from jinzhi.kernel.text import Words
from jinzhi.web.plan.orders.list import may_issue
from jinzhi.web.plan.reports.find import plan_in_force
from jinzhi.web.plan.titles import titled
from jinzhi.web.shell.access import page
from jinzhi.web.shell.plan_choice import names_plan
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import speak
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

DEMAND = Field(id="demand", zh="督办要求", en="What is wanted", type=Type.LONG)
GROUNDS = Field(
    id="grounds", zh="督办缘由", en="Grounds", type=Type.LONG, required=False,
    help_zh="留空则按每项任务的超期里程碑自动写明；正常推进的任务必须写明缘由。",
    help_en="Left empty, each order names its overdue milestones; needed where a row is on track.",
)  # fmt: skip
DUE = Field(id="due", zh="办结期限", en="Due date", type=Type.DATE)


@page(nav="orders", scope="case.read")
@require_http_methods(["GET", "POST"])
@names_plan
def issue(request: PageRequest) -> HttpResponse:
    """Choose late rows of units (``pair=C1:tj-binhai``), write one demand, look at the orders, issue all at once."""
    who: Acting = request.acting
    if not may_issue(who):
        raise PermissionDenied(_("只有规划办和领导可以下达督办单"))
    release, day = plan_in_force(request), today()
    given = request.POST if request.method == "POST" else request.GET
    wanted = [p for p in given.getlist("pair") if p]
    found, unknown = pairs(release, who, day, wanted=wanted)
    if unknown:
        words = {"p": "、".join(unknown[:5])}
        raise BadRequest(_("没有这样的任务和单位，或不在您的可见范围：%(p)s") % words)
    if not wanted:
        return render(request, "orders/choose.html", choosing(release, found, day))
    form = FieldsForm(
        (DEMAND, GROUNDS, DUE), request.POST if request.method == "POST" else None, who=who, name="orders"
    )
    preview = False
    if request.method == "POST" and form.is_valid():
        due = date.fromisoformat(str(form.values["due"]))
        smooth = [p for p in found if p.on_track]
        if due < day:
            past = _("不能早于今天 %(day)s") % {"day": day.isoformat()}
            form.refuse([FieldError(DUE, past, f"must not be before {day}")])
        elif smooth and not form.values[GROUNDS.id]:
            names = "、".join(f"{p.row.key}（{p.unit.label}）" for p in smooth[:NAMED])
            zh = _("%(n)s 项任务正常推进、没有超期里程碑：%(rows)s。仍要督办的，请写明缘由") % {
                "rows": names,
                "n": len(smooth),
            }
            form.add_error(GROUNDS.id, zh)
        elif request.POST.get("_step") != "confirm":
            preview = True
        else:
            _expected, key = submitted(request)
            try:
                made = issue_orders(
                    found, demand=str(form.values["demand"]), grounds=str(form.values["grounds"] or ""), due=due,
                    who=who, key=key,
                )  # fmt: skip
            except StepRefused as e:
                form.add_error(None, speak(e))
            else:
                messages.success(request, _("已下达 %(n)s 件督办单") % {"n": len(made)})
                return redirect(f"{reverse('orders')}?sort=-issued")
    context = {
        "crumbs": [PageLink(_("督办单"), reverse("orders")), PageLink(_("选择任务"), reverse("orders-issue"))],
        "pairs": found,
        "form": form,
        "preview": preview,
        "orders": [(p, form.values["grounds"] or p.grounds) for p in found] if preview else [],
        "running": any(p.running for p in found),
        "smooth": any(p.on_track for p in found),
    }
    return render(request, "orders/issue.html", context, status=422 if form.errors else 200)


def choosing(release: Release, found: Sequence[Pair], day: date) -> dict[str, Any]:
    """The page on which late rows are ticked."""
    rows = [
        TableRow(
            [
                Cell(titled(p.row)),
                Cell(p.unit.label),
                Cell(tag=p.judged.light) if p.judged else "—",
                speak(Words(p.judged.why_zh, p.judged.why_en)) if p.judged else "",
                Cell(
                    _("已有 %(n)s 件未办结") % {"n": len(p.running)},
                    href=f"{reverse('orders')}?state=open&row={p.row.key}&unit={p.unit.code}",
                )
                if p.running
                else "—",
            ],
            value=p.key,
        )
        for p in found
    ]
    columns = [Column(_("任务"), wide=True), Column(_("单位")), Column(_("状态")), Column(_("原因"), wide=True)]
    columns.append(Column(_("督办")))
    nothing = Empty(_("没有滞后或有风险的任务"), _("现在没有需要督办的任务。"), reverse("orders"), _("看全部督办单"))
    caption = _("滞后和有风险的任务（%(n)s 项）") % {"n": len(rows)}
    return {
        "crumbs": [PageLink(_("督办单"), reverse("orders"))],
        "release": release,
        "table": Table(caption, columns, rows, nothing, select="pair", stack=True),
        "any": bool(rows),
    }
