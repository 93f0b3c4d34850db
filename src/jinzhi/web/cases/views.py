"""Cases: the desk (what is due first), the page of a case, opening one, taking a step, correcting an event."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from jinzhi.apps.accounts.acting import Acting, in_nobodys_role
from jinzhi.apps.accounts.persons import two_persons
from jinzhi.apps.cases.actions import (
    ERASE,
    StepRefused,
    correct,
    decide,
    erase_personal,
    log_viewing,
    open_case,
    party_of,
    take,
)
from jinzhi.apps.cases.inbox import look
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, files_in, pending, plain_view, recorded_on, steps_for
from jinzhi.apps.cases.queries import view as fold_of
from jinzhi.apps.cases.telling import tell
from jinzhi.apps.cases.timing import TIME
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import record_next
from jinzhi.apps.evidence.events.files import opened
from jinzhi.apps.evidence.events.personal import marked
from jinzhi.apps.evidence.events.seals import verdicts
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.evidence.store import store
from jinzhi.apps.evidence.store.store import FileRefused
from jinzhi.apps.plan.supervising import ORDER, track_of
from jinzhi.apps.units.models import Unit
from jinzhi.engines import flow
from jinzhi.kernel import correcting
from jinzhi.kernel.access import within
from jinzhi.kernel.correction import CORRECT
from jinzhi.kernel.fields import Field, FieldError, Type
from jinzhi.kernel.law import NoRuleInForce
from jinzhi.kernel.procedure import TELL, Procedure, ProcedureError, Step, may_open
from jinzhi.kernel.recording import DAY, LATE, PROOF, Said, fields_of
from jinzhi.kernel.text import id_of
from jinzhi.web.cases import list as case_list
from jinzhi.web.cases.adjustment import case_pairs
from jinzhi.web.cases.erasure import erasing
from jinzhi.web.cases.next_step import handled_before, handled_by, handlers, said_next, whose_turn
from jinzhi.web.cases.page import (
    SURE,
    clock_cards,
    evidence_of,
    form_fields,
    happenings,
    offer_cards,
    reader,
    shown_first,
    step_form,
    step_of,
    subject_url,
)
from jinzhi.web.cases.telling import HOW, TOLD_DAY, tell_form
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.errors import NOT_ON_RECORD, WITHHELD
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.shell.watching import CASE, look_at
from jinzhi.web.ui.boxes import Link
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import named, page_language, speak
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Empty

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNIT = Field(id="_unit", zh="办理单位", en="Unit whose case it is", type=Type.UNIT)
VERDICT = Field(id="_reason", zh="决定理由", en="Reason for the decision", type=Type.LONG)
REASON = Field(id="_reason", zh="更正理由", en="Reason for the correction", type=Type.LONG)
#: procedures whose cases come with records of another app, and the page that opens them together
OPENED_ELSEWHERE = {"progress-report": "round-open"}


@page(nav="cases", scope="case.read")
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """All cases that the acting post sees, what is due first on top."""
    who, day = request.acting, today()
    what = case_list.asked(request)
    rows = case_list.narrowed(what, who, day)
    counts = case_list.tallies(rows, what, who, day)
    here = paged(request, case_list.ordered(rows.filter(case_list.view_query(what.view, who)), what))
    empty = Empty(_("没有符合条件的事项"), _("去掉部分条件，或从事项目录发起一件"), reverse("catalogue"), _("事项目录"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "cases/list.html",
        {
            "crumbs": [Link(_("驾驶舱"), reverse("cockpit"))],
            "views": case_list.view_links(request, what, counts),
            "filters": case_list.filters(what),
            "note": _("共 %(n)s 件") % {"n": here.paginator.count},
            "table": case_list.table(list(here.object_list), what, counts, day, empty),
            "page": here,
            "exports": [
                Link(_("当前清单 Excel"), f"{reverse('case-export')}?{query.urlencode()}", "export", download=True)
            ],
            "openings": [
                Link(named(p), reverse("case-open", args=[p.id]))
                for p in catalogue().all(Procedure)
                if who.user and openings(p, who)
            ],
            "print_title": _("办理事项"),
            "print_facts": query.urlencode(),
        },
    )


@page(nav="cases", scope="case.read")
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Every row of the current filter as Excel."""
    who, day = request.acting, today()
    what = case_list.asked(request)
    rows = case_list.narrowed(what, who, day).filter(case_list.view_query(what.view, who))
    moment = now().strftime("%Y-%m-%d %H:%M")
    content = case_list.workbook(list(case_list.ordered(rows, what)), what, who, day, moment)
    name = f"cases-{day.isoformat()}.xlsx"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def find_case(who: Acting, pk: int) -> Case:
    """The case, if ``who`` sees it; a case of others is as good as not there."""
    seen = Case.objects.visible_to(who).select_related("unit", "office", "parent")
    return get_object_or_404(seen, pk=pk)


def declared(id: str) -> Procedure:
    procedure = catalogue().find(Procedure, id)
    if procedure is None:
        raise Http404(_("没有名为“%(id)s”的事项") % {"id": id})
    return procedure


@page(nav="cases", scope="case.read")
@require_GET
def case(request: HttpRequest, pk: int) -> HttpResponse:
    return case_page(request, find_case(request.acting, pk))


def case_page(
    request: HttpRequest,
    found: Case,
    refused: tuple[str, FieldsForm] | None = None,
    untold: tuple[str, FieldsForm] | None = None,
) -> HttpResponse:
    """The page of a case; ``refused``, ``untold``: the form of a step, of a clock's telling, that came back."""
    who, day = request.acting, today()
    procedure = declared(found.procedure)
    events = events_of(found)
    folded = fold_of(found, day, events)
    eyes = reader(who, found, procedure)
    checked = verdicts(events)
    story = happenings(found, folded, events, eyes, checked)
    look(found, who)
    watching = look_at(who, CASE, str(found.pk))
    if not log_viewing(found, eyes.seen, who):
        # nobody sees personal data unseen: they are withheld until the viewing can be recorded
        eyes = reader(in_nobodys_role(who), found, procedure)
        story = happenings(found, folded, events, eyes, checked)
        messages.warning(request, str(NOT_ON_RECORD))
    children = Case.objects.visible_to(who).filter(parent=found).select_related("unit").order_by("pk")
    parent = Case.objects.visible_to(who).filter(pk=found.parent_id).first() if found.parent_id else None
    url = subject_url(found.subject)
    about = found.subject_title or found.subject
    withheld = {id for id, f in files_in(procedure, events) if f.closed_to(who.role)}
    state = folded.state
    offers = offer_cards(found, steps_for(found, folded, who), who, day, refused)
    svg = reverse("case-svg", args=[found.pk])
    context: dict[str, Any] = {
        "crumbs": [
            Link(_("办理事项"), reverse("cases")),
            Link(named(procedure), f"{reverse('cases')}?procedure={procedure.id}"),
        ],
        "case": found,
        "watching": watching,
        "watch_kind": CASE,
        "watch_ref": found.pk,
        "procedure": procedure,
        "procedure_name": named(procedure),
        "title": f"{found.number} {found.title}",
        "state": Tag(state.zh, state.en, state.tone),
        "refused": (refused or untold or ("", None))[1],
        "offers": offers,
        "next": whose_turn(found, offers, who, request.get_full_path()),
        "seq": len(events),
        "story": story,
        "clocks": clock_cards(
            found, folded, day, who, plain_view(found, day, events) if found.corrected else None, untold
        ),
        "flow_src": f"{svg}?v={len(events)}&lang={page_language()}",
        "flow_size": flow.size(procedure, page_language()),
        "flow_alt": flow.summary(procedure, state.id, folded.history, page_language()),
        "facts": [
            (_("事项"), Cell(named(procedure), href=reverse("procedure", args=[procedure.id]))),
            (_("办理单位"), handled_by(found)),
            (_("原办理单位"), handled_before(found)),
            (_("发起单位"), Cell(found.office.name, href=reverse("unit", args=[found.office.code]))),
            (_("对象"), Cell(about, href=url) if about else ""),
            *case_pairs(found, folded, events),
            (_("经办人"), handlers(story)),
            (_("发起日"), folded.opened.isoformat()),
            (_("办结日"), folded.closed.isoformat() if folded.closed else ""),
            (_("上级事项"), Cell(str(parent), href=reverse("case", args=[parent.pk])) if parent else ""),
        ],
        "files": [
            (kept, str(kept.pk) in withheld)
            for kept in sorted(eyes.files.values(), key=lambda a: a.pk)
            if kept.erased_at is None
        ],
        "evidence": evidence_of(found, who),
        "children": [(c, reverse("case", args=[c.pk]), _tag(procedure_state(c))) for c in children],
        "checked": checked,
        "erasable": who.may(ERASE) and any(any(marked(e.sealed_data)) and not e.erased for e in events),
        "print_title": f"{found.number} {found.title}",
        "print_facts": named(procedure),
    }
    return render(request, "cases/case.html", context, status=422 if refused or untold else 200)


def procedure_state(found: Case) -> Any:
    return case_list.state_of(found, case_list.by_name())


def _tag(state: Any) -> Tag:
    return Tag(state.zh, state.en, state.tone) if state else Tag("?", "?")


@page(nav="cases", scope="case.read")
@require_GET
def case_svg(request: HttpRequest, pk: int) -> HttpResponse:
    """The flow chart of a case, its present state lit; ``?theme=dark`` for dark screens."""
    found = find_case(request.acting, pk)
    procedure = declared(found.procedure)
    folded = fold_of(found, today())
    theme = "dark" if request.GET.get("theme") == "dark" else "light"
    language = "en" if request.GET.get("lang") == "en" else "zh"
    drawn = flow.svg(procedure, state=folded.state.id, history=folded.history, language=language, theme=theme)
    return HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────


def kept_files(form: FieldsForm, who: Acting, unit: Unit, stream: str) -> dict[str, Attachment]:
    """Keep the files of a form. A refused one becomes an error beside its field and raises FileRefused."""
    out: dict[str, Attachment] = {}
    for id, file in form.given.items():
        try:
            out[id] = store.attach(file, unit=unit, stream=stream, user=who.user)
        except FileRefused as e:
            form.add_error(id, str(e))
            raise
    return out


def answers(form: FieldsForm, files: dict[str, Attachment]) -> tuple[dict[str, object], Said]:
    """What an action is handed: the values and the ids of the files; and what is said of the day."""
    raw: dict[str, object] = {k: v for k, v in form.values.items() if not k.startswith("_") or k == TIME.id}
    raw |= {id: str(kept.pk) for id, kept in files.items()}
    return raw, said_in(form)


def said_in(form: FieldsForm) -> Said:
    """What a form says of the day. A day that was not asked for is handed on: the action refuses another than today."""
    try:
        day = form.values.get(DAY.id) or DAY.parse(form.data.get(DAY.id, ""))
    except FieldError as e:
        raise StepRefused(e.zh, e.en, (e,)) from None
    on = date.fromisoformat(str(day)) if day else None
    return Said(on, str(form.values.get(PROOF.id) or ""), str(form.values.get(LATE.id) or ""))


def sound(form: FieldsForm, step: Step) -> bool:
    """Whether the form holds, the second question included."""
    if form.is_valid() and step.confirm and not form.values[SURE.id]:
        form.add_error(SURE.id, _("请勾选确认后再办理"))
    return form.is_valid()


def refusal(form: FieldsForm, e: Exception) -> None:
    """Put what an action refused beside its field, or at the head of the form."""
    if isinstance(e, StepRefused) and e.errors:
        form.refuse(e.errors)
    elif isinstance(e, StepRefused):
        form.add_error(None, speak(e))
    elif isinstance(e, NoRuleInForce):
        form.add_error(DAY.id, _("这一天没有可以适用的规定版本，请核对日期"))
    elif isinstance(e, ProcedureError):
        form.add_error(None, _("这样办理与已有记录不相容：%(reason)s") % {"reason": e})


def seen_before(key: str) -> Event | None:
    """The event that this submission wrote already, if the button was pressed twice."""
    return Event.objects.filter(key=key).first() if key else None


@page(nav="cases", scope="case.read")
@require_http_methods(["GET", "POST"])
def case_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
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
    if (before := seen_before(key)) and before.stream == found.stream:
        return redirect("case", pk=pk)
    form = step_form(declared(found.procedure), taken, who, today(), request.POST, request.FILES)
    if sound(form, taken):
        try:
            with transaction.atomic():
                raw, said = answers(form, kept_files(form, who, found.unit, found.stream))
                take(found, step, raw, who=who, expected=expected, said=said, key=key)
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
def case_tell(request: HttpRequest, pk: int, clock: str) -> HttpResponse:
    """Record that a party was told the last day of a clock."""
    who = request.acting
    found = find_case(who, pk)
    if request.method == "GET":
        return redirect("case", pk=pk)
    require(who, f"case.{found.procedure}.{TELL}")
    expected, key = submitted(request)
    if (before := seen_before(key)) and before.stream == found.stream:
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


def openings(procedure: Procedure, who: Acting) -> list[Step]:
    """The opening steps that ``who`` may take."""
    return [s for s in may_open(procedure, who.roles) if who.may(f"case.{procedure.id}.{s.id}")]


@page(nav="cases", scope="case.read")
@require_http_methods(["GET", "POST"])
def case_open(request: HttpRequest, id: str) -> HttpResponse:
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
    parent = find_case(who, id) if (id := id_of(carried["parent"])) is not None else None
    form = None
    if step is not None:
        bound = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        initial = {DAY.id: today().isoformat(), UNIT.id: request.GET.get("unit") or who.unit.code}
        fields = (UNIT, *form_fields(procedure, step, today()))
        form = FieldsForm(fields, *bound, who=who, initial=initial, name="open")
    if request.method == "POST":
        if form is None or step is None:
            require(who, f"case.{id}.{asked or procedure.opening[0].id}")
            raise StepRefused("您的角色不能发起此事项", "your role may not open such a case")
        _expected, key = submitted(request)
        before = seen_before(key)
        if before and before.stream.startswith("case:"):
            return redirect("case", pk=int(before.stream[5:]))
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
                Link(_("事项目录"), reverse("catalogue")),
                Link(named(procedure), reverse("procedure", args=[procedure.id])),
            ],
            "procedure": procedure,
            "title": _("发起：%(name)s") % {"name": named(procedure)},
            "steps": [Link(named(s), f"?step={s.id}", current=s is step) for s in may] if len(may) > 1 else [],
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
            files = kept_files(form, who, unit, f"opening:{key}")
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
            )
            store.put_under(files.values(), made.stream)
            return made
    except (StepRefused, ProcedureError, NoRuleInForce) as e:
        refusal(form, e)
    except FileRefused:
        pass  # already said beside the field
    return None


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
def case_correct(request: HttpRequest, pk: int, seq: int) -> HttpResponse:
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
        if (before := seen_before(key)) and before.stream == found.stream:
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
            "crumbs": [Link(_("办理事项"), reverse("cases")), Link(found.number, reverse("case", args=[pk]))],
            "case": found,
            "title": _("更正第 %(seq)s 条：%(name)s") % {"seq": seq, "name": named(step)},
            "form": form,
            "seq": folded.seq,
        },
        status=422 if form.is_bound else 200,
    )


@page(nav="cases", scope="case.read")
@require_http_methods(["GET", "POST"])
def case_decide(request: HttpRequest, pk: int, seq: int) -> HttpResponse:
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
        if (before := seen_before(key)) and before.stream == found.stream:
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
            "crumbs": [Link(_("办理事项"), reverse("cases")), Link(found.number, reverse("case", args=[pk]))],
            "case": found,
            "title": _("决定更正"),
            "asked": next(h for h in story if h.seq == seq),
            "not_two": speak(two_persons(asked, who)),
            "form": form,
            "seq": len(events),
        },
        status=422 if form.is_bound else 200,
    )


@page(nav="cases", scope=ERASE)
@require_http_methods(["GET", "POST"])
def case_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase the personal data of a case; its events, their digests and the log stand."""
    who = request.acting
    found = find_case(who, pk)
    back = reverse("case", args=[pk])
    return erasing(
        request,
        found.stream,
        [f for s in declared(found.procedure).steps for f in s.inputs],
        lambda reason: erase_personal(found, reason=reason, who=who),
        crumbs=[Link(_("办理事项"), reverse("cases")), Link(found.number, back)],
        lead=found.number,
        back=back,
    )


@page(nav="cases", scope="plan.read")
@require_GET
def attachment(request: HttpRequest, token: str) -> HttpResponse:
    """A file, always as a download: nothing that somebody uploaded is opened inside our pages."""
    who = request.acting
    rows = Attachment.objects.unrestricted("who may have it is asked of the app that keeps what it belongs to")
    kept = get_object_or_404(rows, token=token)
    seen = opened(who, kept)
    if seen is None:
        raise Http404(_("没有这个附件，或当前角色不能下载"))
    if seen.personal:
        record_next(seen.viewing, "view-personal-data", seen.said, who=who, on=today())
    try:
        content = store.read(kept)
    except FileRefused as e:
        raise Http404(str(e)) from None
    response = HttpResponse(content, content_type=kept.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, kept.name) or "attachment"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


urlpatterns = [
    path("cases/", desk, name="cases"),
    path("cases/export.xlsx", export, name="case-export"),
    path("cases/<int:pk>/", case, name="case"),
    path("cases/<int:pk>/flow.svg", case_svg, name="case-svg"),
    path("cases/<int:pk>/steps/<slug:step>/", case_step, name="case-step"),
    path("cases/<int:pk>/clocks/<slug:clock>/tell/", case_tell, name="case-tell"),
    path("cases/<int:pk>/events/<int:seq>/correct/", case_correct, name="case-correct"),
    path("cases/<int:pk>/events/<int:seq>/decide/", case_decide, name="case-decide"),
    path("cases/<int:pk>/erase/", case_erase, name="case-erase"),
    path("procedures/<slug:id>/open/", case_open, name="case-open"),
    path("attachments/<slug:token>/", attachment, name="attachment"),
]
