"""Cases of procedures: the fold of their events, what may be done next, and taking a step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Body, Query, Router

from jinzhi.apps.accounts.acting import Acting, in_nobodys_role
from jinzhi.apps.cases.actions import log_viewing, open_case, take
from jinzhi.apps.cases.judging import StepSaid
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, links_of, plain_view, procedure_of, steps_for, view, visible_among
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.personal import marked
from jinzhi.apps.evidence.events.verb import event_of
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.handing_in import ChangedSince, report_handed_in
from jinzhi.apps.plan.handing_in import unchanged as unchanged_report
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import within
from jinzhi.kernel.correcting import runs
from jinzhi.kernel.correction import ABOUT_OTHERS
from jinzhi.kernel.fields import Field, Type, current, personal_closed_to
from jinzhi.kernel.procedure import AT, ClockView, Offer, Procedure, Step
from jinzhi.kernel.recording import Said
from jinzhi.web.api.caller import caller, only, submission, tagged, unchanged, version
from jinzhi.web.api.paging import Cursor, Limit, page_of
from jinzhi.web.api.plain import object_schema
from jinzhi.web.api.shapes import CaseFull, CaseList, OpenIn, StepIn
from jinzhi.web.shell.problems import Problem, Wrong, invalid, missing

router = Router(tags=["cases"], by_alias=True)
READ = {"x-scope": "case.read"}


def declared(id: str) -> Procedure:
    procedure = catalogue().find(Procedure, id)
    if procedure is None:
        raise missing(f"没有名为“{id}”的事项", f"no procedure is called {id!r}")
    return procedure


def shown(case: Case) -> dict[str, Any]:
    names = (
        "procedure",
        "number",
        "title",
        "state",
        "subject",
        "opened_on",
        "closed_on",
        "next_due",
        "next_due_at",
        "next_clock",
    )
    return {
        "id": case.pk,
        **{n: getattr(case, n) for n in names},
        "unit": case.unit.code,
        "office": case.office.code,
        "parent": case.parent_id,
        "provisional": case.provisional,
        "seq": case.seq,
        "corrected": case.corrected,
        "corrections_asked": case.asked,
        "late_entries": case.late_entries,
    }


def clock_shown(c: ClockView, plain: ClockView | None = None) -> dict[str, Any]:
    """A clock; ``plain``: the same run had nobody corrected the case."""
    names = ("status", "started", "due", "stopped")
    differs = plain is not None and any(getattr(plain, n) != getattr(c, n) for n in names)
    return {
        "without_corrections": {n: getattr(plain, n) for n in names} if differs else None,
        "id": c.clock.id,
        "zh": c.clock.zh,
        "en": c.clock.en,
        "status": c.status,
        "started": c.started,
        "due": c.due,
        "due_at": c.due_at,
        "stopped": c.stopped,
        "told": c.told,
        "tell_again": c.tell_again,
        "length": c.length.zh if c.length else None,
        "length_en": c.length.en if c.length else None,
        "extended": [x.zh for x in c.extended],
        "why_zh": c.why_zh,
        "why_en": c.why_en,
        "provisional": bool(c.deadline and c.deadline.provisional),
        "basis": str(c.citation) if c.citation else None,
        "verified": c.verified,
    }


def offer_shown(offer: Offer, asks_time: bool) -> dict[str, Any]:
    step = offer.step
    return {
        "step": step.id,
        "zh": step.zh,
        "en": step.en,
        "allowed": offer.allowed,
        "why_not_zh": offer.why_not.zh,
        "why_not_en": offer.why_not.en,
        "asks_time": asks_time,
        "items": list(offer.items),
        "attests": [a.check.id for a in offer.attests],
        "clear_of": list(step.clear_of),
        "inputs": object_schema(step.inputs, f"{step.zh} · {step.en}"),
    }


def step_of(procedure: Procedure, id: str) -> Step | None:
    return procedure.find_step(id)


class Eyes:
    """Shows the data of events to one caller and remembers which personal fields were shown."""

    def __init__(self, who: Acting):
        self.who = who
        self.seen: set[str] = set()

    def show(
        self, fields: Sequence[Field], data: Mapping[str, Any], personal: Iterable[str] = ()
    ) -> tuple[dict[str, Any], list[str]]:
        """The data by today's names, without what the role may not see, and the ids of what was left out.

        ``personal``: what was recorded as personal data, whatever the declaration says of it today.
        """
        undeclared = set(current(fields, dict.fromkeys(personal)))
        data = current(fields, data)
        withheld = {f.id for f in fields if f.withheld}
        closed = {f.id for f in fields if f.closed_to(self.who.role)}
        closed |= undeclared - withheld if personal_closed_to(self.who.role) else set()
        private = withheld | undeclared
        self.seen |= {k for k in private - closed if data.get(k) not in (None, "")}
        return {k: v for k, v in data.items() if k not in closed}, sorted(closed & data.keys())

    def event(self, event: Event, procedure: Procedure, by_seq: Mapping[int, Event]) -> dict[str, Any]:
        hidden: list[str] = []
        data = dict(event.data)
        step = step_of(procedure, event.verb)
        private = list(marked(event.sealed_data))
        if step is not None or (private and event.verb not in ABOUT_OTHERS):
            data, hidden = self.show(step.inputs if step else (), data, private)
        elif event.verb in ABOUT_OTHERS and isinstance(data.get("data"), Mapping):
            target = by_seq.get(int(data.get("seq") or 0))
            corrected = step_of(procedure, target.verb) if target else None
            private = [p.removeprefix("data/") for p in private]
            data["data"], hidden = self.show(corrected.inputs if corrected else (), data["data"], private)
        return {
            "seq": event.seq,
            "step": event.verb,
            "on": event.on,
            "at": event.at,
            "actor": event.actor,
            "role": event.role,
            "unit": event.unit.code if event.unit else None,
            "basis": event.basis,
            "data": data,
            "hidden": hidden,
            "erased": list(event.erased),
            "sha256": event.sha256,
            "sm3": event.sm3,
        }


def full(case: Case, who: Acting) -> dict[str, Any]:
    """A case as the fold of its events; showing personal data leaves an event of its own."""
    procedure, day = procedure_of(case), today()
    events = events_of(case)
    folded = view(case, day, events)
    stood = runs(plain_view(case, day, events).clocks) if case.corrected else {}
    eyes = Eyes(who)
    by_seq = {e.seq: e for e in events}
    said = [eyes.event(e, procedure, by_seq) for e in events]
    recorded = log_viewing(case, eyes.seen, who)
    if not recorded:
        nobody = Eyes(in_nobodys_role(who))
        said = [nobody.event(e, procedure, by_seq) for e in events]
    return {
        **shown(case),
        "state_zh": folded.state.zh,
        "asides": [
            {"id": a.aside.id, "zh": a.aside.zh, "en": a.aside.en, "since": a.since, "item": a.item}
            for a in folded.asides
        ],
        "state_en": folded.state.en,
        "clocks": [clock_shown(c, stood.get(run)) for run, c in runs(folded.clocks).items()],
        "offers": [offer_shown(o, procedure.asks_time(o.step.id)) for o in steps_for(case, folded, who)],
        "links": linked_shown(case, who),
        "events": said,
        "strange": [{"seq": s.seq, "step": s.step, "zh": s.zh, "en": s.en} for s in folded.strange],
        "unrecorded": not recorded,
    }


def linked_shown(case: Case, who: Acting) -> list[dict[str, Any]]:
    """The cases linked to one; of those that are not the caller's to read, number and matter alone."""
    links = list(links_of(case))
    seen = visible_among([link.beside(case) for link in links], who)
    return [
        {
            "case": other.pk if other.pk in seen else None,
            "number": other.number,
            "procedure": other.procedure,
            "link": link.link,
            "made_here": link.case_id == case.pk,
        }
        for link in links
        for other in (link.beside(case),)
    ]


def visible(pk: int, who: Acting) -> Case:
    case = Case.objects.visible_to(who).select_related("unit", "office").filter(pk=pk).first()
    if case is None:
        raise missing(f"没有编号为 {pk} 的案件，或不在可见范围", f"no case {pk}, or it is not yours to see")
    return case


def day_said(body: OpenIn | StepIn) -> Said:
    """What a body says of the day of its step."""
    return Said(body.on, body.proof, body.late)


def takes(step: Step, given: Mapping[str, Any]) -> None:
    """Refuse inputs that the step does not ask for, and files, which the pages take."""
    fields = {f.id: f for f in step.inputs}
    wrong = [Wrong(f"inputs.{n}", "此步骤没有这一项", "is no input of this step") for n in given if n not in fields]
    wrong += [
        Wrong(f"inputs.{n}", "附件请在网页上提交", "files are handed over on the pages")
        for n in given
        if n in fields and fields[n].type is Type.FILE
    ]
    if wrong:
        raise invalid(*wrong)


def looked_over(case: Case, step: Step, version: int | None) -> None:
    """Hold a caller who hands a report in to the content that was looked over. Locks the report."""
    report = report_handed_in(case, step)
    if report is None:
        if version is not None:
            raise invalid(Wrong("content", "此步骤不提交报告内容", "this step hands no report in"))
        return
    if version is None:
        said = (
            f"请写明核对过的报告版本，现为第 {report.version} 版（GET /plan/reports 的 version）",
            f"name the version of the report that was looked over; it is {report.version} now",
        )
        raise invalid(Wrong("content", *said))
    try:
        unchanged_report(report, version)
    except ChangedSince as e:
        said = (
            f"报告内容已是第 {e.version} 版，不是核对过的第 {version} 版；没有提交",
            f"the report has version {e.version}, not {version} as looked over; nothing was handed in",
        )
        raise Problem("stale", *said) from None


def timed(body: OpenIn | StepIn) -> dict[str, Any]:
    """The inputs, with the time of day among them where it was given."""
    return {**body.inputs, **({AT: body.time} if body.time else {})}


@router.get(
    "/procedures/{slug:id}/cases",
    response=CaseList,
    summary="Cases of a procedure that the caller sees",
    openapi_extra=READ,
)
def list_cases(
    request: HttpRequest,
    id: str,
    limit: Limit,
    cursor: Cursor,
    state: Annotated[str, Query("", max_length=60, description="Id of a state.")],
    unit: Annotated[str, Query("", max_length=80, description="Code of the unit whose case it is.")],
    open: Annotated[bool | None, Query(None, description="true: not closed yet; false: closed.")],
) -> dict[str, Any]:
    who = caller(request, "case.read")
    only(request, "limit", "cursor", "state", "unit", "open")
    found = declared(id)
    states = [s.id for s in found.states]
    if state and state not in states:
        raise invalid(Wrong("state", f"应为 {'、'.join(states)}", f"must be one of {', '.join(states)}"))
    rows = Case.objects.visible_to(who).filter(procedure__in=found.names).select_related("unit", "office")
    if state:
        rows = rows.filter(state__in=found.kept_as((state,)))
    if unit:
        rows = rows.filter(unit__code=unit)
    if open is not None:
        rows = rows.filter(closed_on__isnull=open)
    cases, after = page_of(rows, limit, cursor)
    return {"items": [shown(c) for c in cases], "next": after}


@router.post(
    "/procedures/{slug:id}/cases",
    response={201: CaseFull},
    summary="Open a case",
    description="Send `Idempotency-Key`: the same key opens one case only.",
    openapi_extra={"x-scope": "case.{id}.{step}"},
)
def create_case(
    request: HttpRequest, response: HttpResponse, id: str, body: Annotated[OpenIn, Body(...)]
) -> dict[str, Any]:
    who = caller(request, "case.read")
    only(request)
    found = declared(id)
    step = step_of(found, body.step)
    if step is None or not step.opens:
        known = ", ".join(s.id for s in found.opening)
        raise invalid(Wrong("step", f"不是立案步骤；可用：{known}", f"opens no case; known: {known}"))
    scope = f"case.{found.id}.{step.id}"
    if who.role.id not in step.roles or not who.may(scope):
        said = (f"当前身份或令牌不能办理“{step.zh}”", f"role or token may not take the step {step.en}")
        raise Problem("forbidden", *said, scope=scope)
    body.inputs = current(step.inputs, body.inputs)
    takes(step, body.inputs)
    unit = Unit.objects.filter(code=body.unit).first() if body.unit else who.unit
    if unit is None or not within(who.path, who.reach, unit.path):
        raise invalid(Wrong("unit", "没有这个单位，或不在可见范围", "is no unit, or not one that you see"))
    parent = visible(body.parent, who) if body.parent is not None else None
    case = open_case(
        found.id,
        step.id,
        timed(body),
        who=who,
        unit=unit,
        parent=parent,
        said=day_said(body),
        key=submission(request),
        beside=StepSaid(attested=body.attest),
    )
    tagged(request, response, case.seq)
    response["Location"] = reverse("api-1:get_case", args=[case.pk])
    return full(case, who)


@router.get(
    "/cases/{int:pk}",
    response={200: CaseFull, 304: None},
    summary="A case: state, clocks, steps on offer, history",
    openapi_extra=READ,
)
def get_case(request: HttpRequest, response: HttpResponse, pk: int) -> Any:
    who = caller(request, "case.read")
    only(request)
    case = visible(pk, who)
    if unchanged(request, case.seq):
        return HttpResponse(status=304, headers={"ETag": f'"{case.seq}"'})
    said = full(case, who)
    if not said["unrecorded"]:
        tagged(request, response, case.seq)
    return said


@router.post(
    "/cases/{int:pk}/steps",
    response=CaseFull,
    summary="Take a step of a case",
    description="Needs `If-Match` with the ETag that was read: 428 without it, 412 where somebody was faster. With "
    "`Idempotency-Key` a step sent twice is taken once. A step that hands a report in names in `content` the version "
    "of the report that was looked over: 422 without it, 412 where it has changed since.",
    openapi_extra={"x-scope": "case.{procedure}.{step}"},
)
def take_step(
    request: HttpRequest, response: HttpResponse, pk: int, body: Annotated[StepIn, Body(...)]
) -> dict[str, Any]:
    who = caller(request, "case.read")
    only(request)
    case = visible(pk, who)
    procedure = procedure_of(case)
    expected = version(request)
    step = step_of(procedure, body.step)
    if step is None:
        known = ", ".join(s.id for s in procedure.steps if s.sources)
        raise invalid(Wrong("step", f"没有这一步骤；可用：{known}", f"is no step; known: {known}"))
    scope = f"case.{procedure.id}.{step.id}"
    if not who.may(scope):
        said = (f"当前身份或令牌不能办理“{step.zh}”", f"role or token may not take the step {step.en}")
        raise Problem("forbidden", *said, scope=scope)
    body.inputs = current(step.inputs, body.inputs)
    takes(step, body.inputs)
    key = submission(request)
    with transaction.atomic():
        if event_of(key) is None:
            looked_over(case, step, body.content)
        beside = StepSaid(body.item, body.attest, body.free)
        take(case, step.id, timed(body), who=who, expected=expected, said=day_said(body), key=key, beside=beside)
    case = visible(pk, who)
    tagged(request, response, case.seq)
    return full(case, who)
