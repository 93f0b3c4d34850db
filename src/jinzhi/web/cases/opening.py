"""Opening a case."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import (
    StepRefused,
    open_case,
)
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.verb import event_of
from jinzhi.apps.evidence.store import store
from jinzhi.apps.evidence.store.store import FileRefused
from jinzhi.apps.plan.supervising import ORDER, track_of
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import within
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import NoRuleInForce
from jinzhi.kernel.procedure import Procedure, ProcedureError, Step, may_open
from jinzhi.kernel.recording import DAY
from jinzhi.kernel.streams import CASE, OPENING
from jinzhi.kernel.text import id_of
from jinzhi.web.cases.answers import answers, kept_files, refusal, sound
from jinzhi.web.cases.asking import attested_when_opening, said_beside
from jinzhi.web.cases.find import declared, find_case
from jinzhi.web.cases.page import (
    form_fields,
)
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import named, speak

UNIT = Field(id="_unit", zh="办理单位", en="Unit whose case it is", type=Type.UNIT)
#: procedures whose cases come with records of another app, and the page that opens them together
OPENED_ELSEWHERE = {"progress-report": "round-open"}


def openings(procedure: Procedure, who: Acting) -> list[Step]:
    """The opening steps that ``who`` may take."""
    return [s for s in may_open(procedure, who.roles) if who.may(f"case.{procedure.id}.{s.id}")]


@page(nav="cases", scope="case.read")
@require_http_methods(["GET", "POST"])
def case_open(request: PageRequest, id: str) -> HttpResponse:
    """The form of an opening step. ``?subject=row:C1&subject_title=…&unit=…&parent=…`` come with the link."""
    who, procedure = request.acting, declared(id)
    if id in OPENED_ELSEWHERE:
        return redirect(OPENED_ELSEWHERE[id])
    may = openings(procedure, who)
    asked = request.POST.get("_step") or request.GET.get("step", "")
    step = next((s for s in may if s.id == asked), None) if asked else next(iter(may), None)
    if asked and step is None and any(s.id == asked for s in procedure.opening):
        require(who, f"case.{id}.{asked}")
    given = request.POST if request.method == "POST" else request.GET
    carried = {
        name: given.get(f"_{name}" if request.method == "POST" else name, "")
        for name in ("subject", "subject_title", "parent")
    }
    carried["subject"], carried["subject_title"] = carried["subject"][:120], carried["subject_title"][:300]
    parent = find_case(who, pk) if (pk := id_of(carried["parent"])) is not None else None
    form = None
    if step is not None:
        bound = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        initial = {DAY.id: today().isoformat(), UNIT.id: request.GET.get("unit") or who.unit.code}
        fields = (UNIT, *form_fields(procedure, step, today(), attested_when_opening(step)))
        form = FieldsForm(fields, *bound, who=who, initial=initial, name="open")
    if request.method == "POST":
        if form is None or step is None:
            require(who, f"case.{id}.{asked or procedure.opening[0].id}")
            raise StepRefused("您的角色不能发起此事项", "your role may not open such a case")
        _expected, key = submitted(request)
        before = event_of(key)
        if before and CASE.has(before.stream):
            return redirect("case", pk=CASE.number(before.stream))
        if sound(form, step):
            made = opened_by(form, procedure, step, who, carried, parent, key)
            if made:
                messages.success(request, _("已发起 %(number)s") % {"number": made.number})
                return redirect("case", pk=made.pk)
    return render(
        request,
        "cases/open.html",
        {
            "crumbs": [
                PageLink(_("事项目录"), reverse("catalogue")),
                PageLink(named(procedure), reverse("procedure", args=[procedure.id])),
            ],
            "procedure": procedure,
            "title": _("发起：%(name)s") % {"name": named(procedure)},
            "steps": [PageLink(named(s), f"?step={s.id}", current=s is step) for s in may] if len(may) > 1 else [],
            "step": step,
            "help": speak(step.help if step else None),
            "form": form,
            "carried": carried,
            "parent": parent,
            "nobody": who.user is None,
            "notice": on_track_notice(procedure, carried["subject"], given.get(UNIT.id) or given.get("unit", ""), who),
        },
        status=422 if form is not None and form.is_bound else 200,
    )


def on_track_notice(procedure: Procedure, subject: str, unit: str, who: Acting) -> str:
    """Before an order is written: that its row is on track, so that grounds are wanted. Empty where it is not."""
    about = next((u for u in Unit.objects.filter(code=unit) if within(who.path, who.reach, u.path)), None)
    light = track_of(subject, about, today()) if about and procedure.id == ORDER else None
    if light is None:
        return ""
    words = {"light": named(light), "unit": about.label if about else ""}
    return _("此任务在%(unit)s当前为“%(light)s”，没有超期里程碑；仍要督办的，请写明缘由。") % words


def opened_by(
    form: FieldsForm,
    procedure: Procedure,
    step: Step,
    who: Acting,
    carried: dict[str, str],
    parent: Case | None,
    key: str,
) -> Case | None:
    """Open the case and keep its files under it; None where it was refused, the form then says why."""
    unit = Unit.objects.get(code=form.values[UNIT.id])
    try:
        with transaction.atomic():
            files = kept_files(form, who, unit, OPENING.of(key))
            raw, said = answers(form, files)
            made = open_case(
                procedure.id,
                step.id,
                raw,
                who=who,
                unit=unit,
                subject=carried["subject"],
                subject_title=carried["subject_title"],
                parent=parent,
                said=said,
                key=key,
                beside=said_beside(procedure, step, form),
            )
            store.put_under(files.values(), made.stream)
            return made
    except (StepRefused, ProcedureError, NoRuleInForce) as e:
        refusal(form, e)
    except FileRefused:
        pass  # already said beside the field
    return None
