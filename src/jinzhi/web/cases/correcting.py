"""Correcting an event, and deciding on a correction."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.accounts.acting import in_nobodys_role
from jinzhi.apps.accounts.persons import two_persons
from jinzhi.apps.cases.actions import (
    StepRefused,
    correct,
    decide,
    log_viewing,
    party_of,
)
from jinzhi.apps.cases.queries import events_of, pending, recorded_on
from jinzhi.apps.cases.queries import view as fold_of
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.seals import verdicts
from jinzhi.apps.evidence.events.verb import event_of
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel import correcting
from jinzhi.kernel.correction import CORRECT
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import NoRuleInForce
from jinzhi.kernel.procedure import ProcedureError, Step
from jinzhi.kernel.recording import DAY, fields_of
from jinzhi.web.cases.answers import refusal, said_in
from jinzhi.web.cases.find import declared, find_case
from jinzhi.web.cases.page import (
    happenings,
    reader,
)
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.errors import NOT_ON_RECORD, WITHHELD
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import named, speak

VERDICT = Field(id="_reason", zh="决定理由", en="Reason for the decision", type=Type.LONG)
REASON = Field(id="_reason", zh="更正理由", en="Reason for the correction", type=Type.LONG)


def correction_fields(step: Step, recorded: Event | None) -> tuple[Field, ...]:
    """What the form of a correction asks about a day that the law gives: the day, its proof, why it came late."""
    if step.day is None or recorded is None:
        return ()
    day, proof, late = fields_of(step.day, recorded_on(recorded))
    zh, en = (
        "更正上面的日期时必填：证明新日期的凭证",
        "Wanted where the day above is corrected: what proves the new one",
    )
    return day, replace(proof, help_zh=zh, help_en=en), late


@page(nav="cases", scope="case.read")
@require_http_methods(["GET", "POST"])
def case_correct(request: PageRequest, pk: int, seq: int) -> HttpResponse:
    """Correct the day or the data of an event; what stood before stays in the history."""
    who = request.acting
    found = find_case(who, pk)
    procedure = declared(found.procedure)
    require(who, f"case.{procedure.id}.{CORRECT}")
    events = events_of(found)
    folded = fold_of(found, today(), events)
    event = next((e for e in folded.history if e.seq == seq), None)
    recorded = next((e for e in events if e.seq == seq), None)
    author = recorded.unit.code if recorded and recorded.unit else ""
    step, verdict = correcting.may_touch(procedure, folded, seq, author, party_of(found, who))
    if event is None or step is None:
        raise Http404(_("没有第 %(seq)s 条可以更正的记录") % {"seq": seq})
    if not verdict.allowed:
        raise PermissionDenied(speak(verdict))
    # files are not replaced by a correction; what a role may not see it may not change
    inputs = tuple(f for f in step.inputs if f.type is not Type.FILE and not f.closed_to(who.role))
    shown = {f.id for f in inputs if f.withheld and event.data.get(f.id)}
    withheld = bool(shown) and (
        WITHHELD in request.POST if request.method == "POST" else not log_viewing(found, shown, who)
    )
    if withheld:
        # what is not in the form stays as it is
        inputs = tuple(f for f in inputs if f.id not in shown)
        messages.warning(request, str(NOT_ON_RECORD))
    days = correction_fields(step, recorded)
    initial = {DAY.id: event.on.isoformat(), **{f.id: event.data.get(f.id) for f in inputs}}
    bound = request.POST if request.method == "POST" else None
    form = FieldsForm((*days, *inputs, REASON), bound, who=who, initial=initial, name="correct")
    if request.method == "POST":
        expected, key = submitted(request)
        if (before := event_of(key)) and before.stream == found.stream:
            return redirect("case", pk=pk)
        if form.is_valid():
            changed = {f.id: form.values[f.id] for f in inputs if form.values[f.id] != event.data.get(f.id)}
            try:
                said = said_in(form)
                correct(
                    found,
                    seq,
                    reason=str(form.values[REASON.id]),
                    who=who,
                    expected=expected if expected is not None else len(events),
                    on=said.on if said.on != event.on else None,
                    data=changed or None,
                    proof=said.proof,
                    late=said.late,
                    key=key,
                )
            except (StepRefused, ProcedureError, NoRuleInForce) as e:
                refusal(form, e)
            else:
                if any(e.data.get("seq") == seq for e in pending(events_of(found))):
                    messages.info(request, _("已申请更正第 %(seq)s 条记录，待另一人决定，现在尚未改变") % {"seq": seq})
                else:
                    messages.success(request, _("已更正第 %(seq)s 条记录，原记录保留在时间线中") % {"seq": seq})
                return redirect("case", pk=pk)
    return render(
        request,
        "cases/correct.html",
        {
            "withheld": withheld,
            "crumbs": [PageLink(_("办理事项"), reverse("cases")), PageLink(found.number, reverse("case", args=[pk]))],
            "case": found,
            "title": _("更正第 %(seq)s 条：%(name)s") % {"seq": seq, "name": named(step)},
            "form": form,
            "seq": folded.seq,
        },
        status=422 if form.is_bound else 200,
    )


@page(nav="cases", scope="case.read")
@require_http_methods(["GET", "POST"])
def case_decide(request: PageRequest, pk: int, seq: int) -> HttpResponse:
    """Agree to, or refuse, a correction that somebody else asked for."""
    who = request.acting
    found = find_case(who, pk)
    procedure = declared(found.procedure)
    require(who, f"case.{procedure.id}.{CORRECT}")
    events = events_of(found)
    asked = next((e for e in pending(events) if e.seq == seq), None)
    if asked is None:
        raise Http404(_("第 %(seq)s 条不是待决定的更正") % {"seq": seq})
    folded = fold_of(found, today(), events)
    same = who.user is None or asked.user_id == who.user.pk
    verdict = correcting.may_decide(procedure, folded, int(asked.data["seq"]), party_of(found, who), same)
    if not verdict.allowed:
        raise PermissionDenied(speak(verdict))
    form = FieldsForm((VERDICT,), request.POST if request.method == "POST" else None, who=who, name="decide")
    if request.method == "POST":
        expected, key = submitted(request)
        if (before := event_of(key)) and before.stream == found.stream:
            return redirect("case", pk=pk)
        if form.is_valid():
            agree = request.POST.get("_agree") == "yes"
            expected = expected if expected is not None else len(events)
            reason = str(form.values[VERDICT.id])
            try:
                decide(found, seq, agree=agree, reason=reason, who=who, expected=expected, key=key)
            except (StepRefused, ProcedureError, NoRuleInForce) as e:
                refusal(form, e)
            else:
                messages.success(request, _("已同意更正") if agree else _("已决定不更正"))
                return redirect("case", pk=pk)
    eyes = reader(who, found, procedure)
    story = happenings(found, folded, events, eyes, verdicts(events))
    if not log_viewing(found, eyes.seen, who):
        story = happenings(found, folded, events, reader(in_nobodys_role(who), found, procedure), verdicts(events))
        messages.warning(request, str(NOT_ON_RECORD))
    return render(
        request,
        "cases/decide.html",
        {
            "crumbs": [PageLink(_("办理事项"), reverse("cases")), PageLink(found.number, reverse("case", args=[pk]))],
            "case": found,
            "title": _("决定更正"),
            "asked": next(h for h in story if h.seq == seq),
            "not_two": speak(two_persons(asked, who)),
            "form": form,
            "seq": len(events),
        },
        status=422 if form.is_bound else 200,
    )
