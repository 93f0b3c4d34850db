"""Taking a step, and telling a party the last day."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import (
    StepRefused,
    take,
)
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import steps_for
from jinzhi.apps.cases.queries import view as fold_of
from jinzhi.apps.cases.telling import tell
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.verb import event_of
from jinzhi.apps.evidence.store.store import FileRefused
from jinzhi.kernel.law import NoRuleInForce
from jinzhi.kernel.procedure import TELL, ProcedureError
from jinzhi.web.cases.answers import answers, kept_files, refusal, sound
from jinzhi.web.cases.asking import asked_beside, said_beside
from jinzhi.web.cases.find import declared, find_case
from jinzhi.web.cases.next_step import said_next
from jinzhi.web.cases.page import (
    offer_cards,
    shown_first,
    step_form,
    step_of,
)
from jinzhi.web.cases.show import case_page
from jinzhi.web.cases.telling import HOW, TOLD_DAY, tell_form
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.language import named


@page(nav="cases", scope="case.read")
@require_http_methods(["GET", "POST"])
def case_step(request: PageRequest, pk: int, step: str) -> HttpResponse:
    """Take a step. A refused form is shown again on the case's page with what was typed.

    What hands a report in is sent on, with what was typed, to the page that shows the report first.
    """
    who = request.acting
    found = find_case(who, pk)
    taken = step_of(declared(found.procedure), step)
    if taken and (elsewhere := shown_first(found, taken)):
        return HttpResponseRedirect(elsewhere, preserve_request=True)
    if request.method == "GET":
        return redirect("case", pk=pk)
    if taken is None or taken.opens:
        raise Http404(_("此事项没有步骤“%(step)s”") % {"step": step})
    require(who, f"case.{found.procedure}.{step}")
    expected, key = submitted(request)
    if (before := event_of(key)) and before.stream == found.stream:
        return redirect("case", pk=pk)
    procedure = declared(found.procedure)
    beside = asked_beside(found, step, who)
    form = step_form(procedure, taken, who, today(), request.POST, request.FILES, beside)
    if sound(form, taken):
        try:
            with transaction.atomic():
                raw, said = answers(form, kept_files(form, who, found.unit, found.stream))
                more = said_beside(procedure, taken, form)
                take(found, step, raw, who=who, expected=expected, said=said, key=key, beside=more)
        except (StepRefused, ProcedureError, NoRuleInForce) as e:
            refusal(form, e)
        except FileRefused:
            pass  # already said beside the field
        else:
            messages.success(request, f"{_('已办理“%(step)s”') % {'step': named(taken)}}。{next_step(found, who)}")
            return redirect("case", pk=pk)
    found.refresh_from_db()
    return case_page(request, found, (step, form))


def next_step(found: Case, who: Acting) -> str:
    """What comes next in a case that a step has just changed."""
    found.refresh_from_db()
    offers = offer_cards(found, steps_for(found, fold_of(found, today()), who), who, today(), None)
    return said_next(found, offers, who)


@page(nav="cases", scope="case.read")
@require_http_methods(["GET", "POST"])
def case_tell(request: PageRequest, pk: int, clock: str) -> HttpResponse:
    """Record that a party was told the last day of a clock."""
    who = request.acting
    found = find_case(who, pk)
    if request.method == "GET":
        return redirect("case", pk=pk)
    require(who, f"case.{found.procedure}.{TELL}")
    expected, key = submitted(request)
    if (before := event_of(key)) and before.stream == found.stream:
        return redirect("case", pk=pk)
    running = next((c for c in fold_of(found, today()).clocks if c.clock.id == clock and c.open), None)
    if running is None:
        raise Http404(_("此事项没有进行中的期限“%(clock)s”") % {"clock": clock})
    form = tell_form(who, running, request.POST)
    if form.is_valid():
        day = date.fromisoformat(str(form.values[TOLD_DAY.id]))
        seen = expected if expected is not None else found.seq
        try:
            tell(found, clock, day, how=str(form.values[HOW.id]), who=who, expected=seen, key=key)
        except (StepRefused, ProcedureError, NoRuleInForce) as e:
            refusal(form, e)
        else:
            messages.success(request, _("已记录告知：届满日 %(day)s") % {"day": day.isoformat()})
            return redirect("case", pk=pk)
    found.refresh_from_db()
    return case_page(request, found, untold=(clock, form))
