"""Writing cases: open one, take a step, correct an event. Each is one transaction and one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.projections import project
from jinzhi.apps.cases.queries import events_of, procedure_of, steps_for, view
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.numbers import next_number
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.actions import KeyReused, record
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.evidence.personal import ErasureRefused, erase, reveal
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.fields import FieldError, Type, parse_all
from jinzhi.kernel.law import NoRuleInForce
from jinzhi.kernel.procedure import CORRECT, TOLD, CaseView, Procedure, ProcedureError, Step, may_open

ERASE = "personal.erase"


class StepRefused(Exception):
    """A step that may not be taken. ``zh``/``en`` say why; ``errors`` are those of its inputs."""

    def __init__(self, zh: str, en: str, errors: tuple[FieldError, ...] = ()):
        self.zh, self.en, self.errors = zh, en, errors
        super().__init__(zh)


def _inputs(step: Step, raw: Mapping[str, object]) -> dict[str, object]:
    values, errors = parse_all(step.inputs, raw)
    if errors:
        raise StepRefused(
            "请更正：" + "；".join(str(e) for e in errors),
            "please mend: " + "; ".join(f"{e.field.en} {e.en}" for e in errors),
            errors,
        )
    return {k: v for k, v in values.items() if v is not None}


def _earlier(key: str, step: Step, raw: Mapping[str, object]) -> Event | None:
    """The event that the same submission left before. Raises KeyReused where the content differs.

    A file is sent anew with each submission and kept as another attachment: it is the same where its bytes are.
    """
    before = Event.objects.filter(key=key).first() if key else None
    if before is None:
        return None
    reveal([before])
    data = _inputs(step, raw)
    files = [f.id for f in step.inputs if f.type is Type.FILE]
    if before.verb != step.id or _same(before.data, files) != _same(data, files):
        raise KeyReused(f"the key {key!r} was used for {before}")
    return before


def _same(data: Mapping[str, object], files: Sequence[str]) -> dict[str, object]:
    """What two submissions are compared by: the inputs, with digests in the place of files."""
    kept = Attachment.objects.unrestricted("compares a submission with the caller's own earlier one")
    digests = dict(kept.filter(pk__in=[data[f] for f in files if data.get(f)]).values_list("pk", "sha256"))
    said = {k: v for k, v in data.items() if k != TOLD}
    return said | {f: digests.get(int(str(data[f]))) for f in files if data.get(f)}


def _check_day(on: date, opened: date | None) -> None:
    if on > today():
        raise StepRefused("日期不能晚于今天", "the day must not lie in the future")
    if opened and on < opened:
        raise StepRefused(
            f"日期不能早于立案日 {opened.isoformat()}",
            f"the day must not be before the opening day {opened.isoformat()}",
        )


def _personal(step: Step) -> list[str]:
    return [f.id for f in step.inputs if f.personal]


def _basis(step: Step) -> list[str]:
    return [str(c) for c in step.basis]


def _undated(folded: CaseView) -> dict[str, str]:
    return {c.clock.id: c.why_en for c in folded.clocks if c.open and c.status == "undated"}


def _fits(case: Case, folded: CaseView, event: Event, events: Sequence[Event]) -> None:
    """What is written must fit what is declared today: an old event that no longer does, stays; a new one is refused.

    Raises ProcedureError where the event does not fit, NoRuleInForce where it leaves a clock without a date.
    """
    odd = next((s for s in folded.strange if s.seq == event.seq), None)
    if odd is not None:
        raise ProcedureError(odd.en)
    undated = _undated(folded)
    if undated and len(events) > 1:
        before = _undated(view(case, max(today(), event.on), events[:-1]))
        undated = {id: why for id, why in undated.items() if id not in before}
    if undated:
        raise NoRuleInForce("; ".join(undated.values()))


def _project(case: Case, event: Event, events: Sequence[Event]) -> CaseView:
    """Bring the projections of a case up to its events, the last of which is ``event``."""
    folded = view(case, max(today(), event.on), events)
    _fits(case, folded, event, events)
    due = folded.next_due
    case.state = folded.state.id
    case.closed_on = folded.closed
    case.seq = folded.seq
    case.next_due = due.due if due else None
    case.next_clock = due.clock.id if due else ""
    case.provisional = bool(due and due.deadline and due.deadline.provisional)
    case.save()
    project(case, folded, event)
    return folded


@transaction.atomic
def open_case(
    procedure: str,
    step: str,
    raw: Mapping[str, object],
    *,
    who: Acting,
    unit: Unit,
    office: Unit | None = None,
    title: str = "",
    subject: str = "",
    subject_title: str = "",
    parent: Case | None = None,
    on: date | None = None,
    at: datetime | None = None,
    key: str = "",
) -> Case:
    """Open a case by one of the procedure's opening steps. Raises StepRefused; the same key opens one case only."""
    declared = catalogue().get(Procedure, procedure)
    allowed = {s.id: s for s in may_open(declared, who.roles)}
    if step not in allowed or not who.may(f"case.{procedure}.{step}"):
        raise StepRefused("您的角色不能发起此事项", "your role may not open such a case")
    day = on or today()
    _check_day(day, None)
    before = _earlier(key, allowed[step], raw)
    if before is not None:
        if before.seq != 1 or not before.stream.startswith("case:"):
            raise KeyReused(f"the key {key!r} was used for {before}")
        made = Case.objects.unrestricted("the caller's own earlier submission").get(pk=int(before.stream[5:]))
        if made.procedure != procedure:
            raise KeyReused(f"the key {key!r} was used for {before}")
        return made
    data = _inputs(allowed[step], raw)
    named = title or str(data.get(declared.title_input, "")) or declared.zh
    number = declared.numbering.format(id=procedure, year=day.year, seq=next_number(f"case.{procedure}", day.year))
    case = Case.objects.create(
        procedure=procedure,
        number=number,
        title=named[:300],
        unit=unit,
        unit_path=unit.path,
        office=office or who.unit,
        subject=subject,
        subject_title=subject_title[:300],
        parent=parent,
        opened_on=day,
        state=allowed[step].to or "",
    )
    event = record(
        case.stream, step, data, who=who, on=day, expected=0, key=key, basis=_basis(allowed[step]), at=at,
        personal=_personal(allowed[step]),
    )  # fmt: skip
    _project(case, event, [event])
    return case


@transaction.atomic
def take(
    case: Case,
    step: str,
    raw: Mapping[str, object],
    *,
    who: Acting,
    expected: int | None = None,
    on: date | None = None,
    at: datetime | None = None,
    key: str = "",
    told: Mapping[str, str] | None = None,
) -> CaseView:
    """Take a step of a case. Raises StepRefused where it is not on offer, Conflict where the case has moved on."""
    asked = procedure_of(case).find_step(step)
    before = _earlier(key, asked, raw) if asked else None
    if before is not None:
        if before.stream != case.stream:
            raise KeyReused(f"the key {key!r} was used for {before}")
        return view(case, today())
    events = events_of(case)
    if expected is not None and expected != len(events):
        # let record() say it: it knows what came in between
        record(case.stream, step, {}, who=who, on=today(), expected=expected)
    day = on or today()
    folded = view(case, max(day, today()), events)
    offer = next((o for o in steps_for(case, folded, who, only=step) if o.step.id == step), None)
    if offer is None:
        raise StepRefused(f"案件处于“{folded.state.zh}”，没有这一步骤", f"no such step in the state {folded.state.en}")
    if not offer.allowed:
        raise StepRefused(offer.why_not_zh, offer.why_not_en)
    if not who.may(f"case.{case.procedure}.{step}"):
        raise StepRefused("您的角色不能办理此步骤", "your role may not take this step")
    _check_day(day, folded.opened)
    data = _inputs(offer.step, raw)
    if told:
        data[TOLD] = dict(told)
    event = record(
        case.stream, step, data, who=who, on=day, expected=len(events), key=key, basis=_basis(offer.step), at=at,
        personal=_personal(offer.step),
    )  # fmt: skip
    return _project(case, event, [*events, event])


@transaction.atomic
def correct(
    case: Case,
    seq: int,
    *,
    reason: str,
    who: Acting,
    expected: int,
    on: date | None = None,
    data: Mapping[str, object] | None = None,
    key: str = "",
) -> CaseView:
    """Correct the day or the data of an earlier event; both stay in the history. Raises StepRefused, Conflict."""
    if not reason.strip():
        raise StepRefused("请写明更正理由", "give the reason for the correction")
    if not who.may(f"case.{case.procedure}.{CORRECT}"):
        raise StepRefused("您的角色不能更正事件", "your role may not correct events")
    change: dict[str, object] = {"seq": seq, "reason": reason.strip()}
    if on:
        _check_day(on, None)
        change["on"] = on.isoformat()
    if data:
        change["data"] = dict(data)
    target = next((e.verb for e in events_of(case) if e.seq == seq), "")
    step = procedure_of(case).find_step(target)
    personal = [f"data/{id}" for id in _personal(step)] if step else []
    event = record(case.stream, CORRECT, change, who=who, on=today(), expected=expected, key=key, personal=personal)
    return _project(case, event, events_of(case))


@transaction.atomic
def erase_personal(case: Case, *, reason: str, who: Acting, on: date | None = None) -> CaseView:
    """Erase the personal data that the events of a case hold; the events and the log stand. Raises StepRefused."""
    if not who.may(ERASE):
        raise StepRefused("您的角色不能删除个人信息", "your role may not erase personal data")
    day = on or today()
    try:
        gone = erase(case.stream, reason=reason, on=day)
    except ErasureRefused as e:
        raise StepRefused(str(e), "there is nothing to erase, or no reason was given") from None
    said = {"case": case.number, "erased": list(gone), "reason": reason.strip()}
    record(f"erasure:{case.stream}", "erase-personal-data", said, who=who, on=day)
    events = events_of(case)
    return _project(case, events[-1], events)


def rebuild(case: Case) -> bool:
    """Derive the projections of a case again; returns whether anything differed."""
    events = events_of(case)
    before = (case.state, case.closed_on, case.seq, case.next_due, case.next_clock)
    _project(case, events[-1], events)
    return before != (case.state, case.closed_on, case.seq, case.next_due, case.next_clock)
