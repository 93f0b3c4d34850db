"""Writing cases: open one, take a step, correct an event. Each is one transaction and one event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.persons import two_persons
from jinzhi.apps.cases.bringing import CaseAbout, basis_of, bring_up_to, enter, withheld_in
from jinzhi.apps.cases.effects import carry_out
from jinzhi.apps.cases.judging import NOTHING_SAID, StepSaid, judged_step, opened_by
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import (
    as_kernel,
    events_of,
    pending,
    personal_files,
    procedure_of,
    recorded_on,
    steps_for,
    view,
)
from jinzhi.apps.cases.refusals import StepRefused as StepRefused
from jinzhi.apps.cases.refusals import refused as refused
from jinzhi.apps.cases.timing import days_told, due_not_before, not_before_start, time_said
from jinzhi.apps.catalogue import references
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.events.erasing import erase_files
from jinzhi.apps.evidence.events.personal import ErasureRefused, erase
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.events.viewing import viewing_recorded
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.units.locking import lock_row
from jinzhi.apps.units.models import Unit
from jinzhi.apps.units.naming import resolve_unit
from jinzhi.kernel import correcting
from jinzhi.kernel import procedure as kernel
from jinzhi.kernel.access import within
from jinzhi.kernel.correcting import Party
from jinzhi.kernel.correction import ASK, CORRECT, REFUSE
from jinzhi.kernel.fields import Field, FieldError, Type, Value, parse_all
from jinzhi.kernel.procedure import AT, TOLD, CaseView, Procedure, Step, earliest_day, may_open
from jinzhi.kernel.recording import LATE, PROOF, Said, wrong, wrong_correction
from jinzhi.kernel.streams import CASE, ERASURE, OPENING
from jinzhi.kernel.text import Words, id_of

ERASE = "personal.erase"


def _inputs(step: Step, raw: Mapping[str, object], who: Acting, stream: str = "") -> dict[str, object]:
    """The inputs of a step, parsed and resolved. Another name than the step asks for is refused, not dropped."""
    unknown = [k for k in raw if k not in {AT, *(f.id for f in step.inputs)}]
    if unknown:
        raise StepRefused(
            f"步骤“{step.zh}”没有这些项：{'、'.join(unknown)}", f"{step.en} asks for no {', '.join(unknown)}"
        )
    values, errors = parse_all(step.inputs, raw)
    found = [*errors]
    for field in step.inputs:
        if (text := values.get(field.id)) is not None:
            try:
                values[field.id] = resolved(field, text, who, stream)
            except FieldError as e:
                found.append(e)
    if found:
        raise refused(found)
    return {k: v for k, v in values.items() if v is not None}


def resolved(field: Field, value: Value, who: Acting, stream: str = "") -> Value:
    """The stored value of a field that points at something: a unit's id, a number, a file. Raises FieldError.

    Units and records are those that ``who`` sees; a file is one that was handed over for this case (``stream``).
    """
    match field.type:
        case Type.UNIT:
            unit = resolve_unit(str(value))
            if unit is None or not unit.active:
                raise FieldError(field, f"没有名为“{value}”的单位", f"no unit is called {value!r}")
            if not within(who.path, who.reach, unit.path):
                raise FieldError(field, "不在您可见的单位之内", "is no unit that you see")
            return unit.code
        case Type.REF:
            there = references.find(field.of, str(value), who)
            if there is None:
                raise FieldError(
                    field,
                    f"没有编号为“{value}”的条目，或不在可见范围",
                    f"nothing is numbered {value!r}, or you do not see it",
                )
            return there
        case Type.FILE:
            given = Attachment.objects.unrestricted("a file that was handed over with this step")
            kept = given.filter(pk=id_of(str(value)) or 0).first()
            if kept is None or not (kept.stream == stream or OPENING.has(kept.stream)):
                raise FieldError(field, "没有这个附件，请重新上传", "is no file that was handed over here")
    return value


# --- what the verbs share ---------------------------------------------------------------------------------------
def _may(call: Call, name: str) -> None:
    case, who = call.subject, call.who
    if not who.may(f"case.{case.procedure}.{name}"):
        raise StepRefused("您的角色不能办理此步骤", "your role may not take this step")


def _may_begin(call: Call) -> None:
    procedure, step, who = call.subject, call.arguments["step"], call.who
    declared = catalogue().get(Procedure, procedure)
    if step not in {s.id for s in may_open(declared, who.roles)} or not who.may(f"case.{procedure}.{step}"):
        raise StepRefused("您的角色不能发起此事项", "your role may not open such a case")


def _may_take(call: Call) -> None:
    if procedure_of(call.subject).find_step(call.arguments["step"]) is not None:
        _may(call, call.arguments["step"])


def _may_correct(call: Call) -> None:
    if not call.who.may(f"case.{call.subject.procedure}.{CORRECT}"):
        raise StepRefused("您的角色不能更正事件", "your role may not correct events")


def _may_erase(call: Call) -> None:
    if not call.who.may(ERASE):
        raise StepRefused("您的角色不能删除个人信息", "your role may not erase personal data")


def locked(call: Call) -> Case:
    """The case as it is now, for one writer at a time; refused where it is out of reach or stale."""
    refusal = StepRefused("此事项不在您的可见范围之内", "this case is not one that you see")
    case: Case = lock_row(call, call.subject, refusal, "unit", "office")
    return case


def _same_case(call: Call, event: Event) -> Case:
    return Case.objects.unrestricted("the caller's own earlier submission").get(pk=CASE.number(event.stream))


def same_view(call: Call, event: Event) -> CaseView:
    """The case of an earlier submission, as it is now."""
    call.subject.refresh_from_db()
    return view(call.subject, today())


def _step(call: Call) -> str:
    return str(call.arguments["step"])


def _content(call: Call) -> dict[str, object]:
    """What a step asks. A file is sent anew with each submission: it is the same where its bytes are."""
    subject = call.subject
    procedure = catalogue().get(Procedure, subject if isinstance(subject, str) else subject.procedure)
    step, raw = procedure.find_step(_step(call)), dict(call.arguments["raw"])
    files = [f.id for f in step.inputs if f.type is Type.FILE and raw.get(f.id)] if step else []
    kept = Attachment.objects.unrestricted("compares a submission with the caller's own earlier one")
    by_pk = kept.in_bulk([pk for f in files if (pk := id_of(str(raw[f]))) is not None]) if files else {}
    return call.given() | {"raw": raw | {f: by_pk.get(id_of(str(raw[f])) or 0, raw[f]) for f in files}}


def _day(step: Step, on: date | None, said: Said | None, before: date | None) -> tuple[date, dict[str, object]]:
    """The legal day of a step and what is kept about it. Raises StepRefused.

    ``said`` is what a person says of the day; without it a program records the past as of ``on`` (the demonstration).
    """
    recorded = today()
    if said is not None:
        if errors := tuple(wrong(step.day, said, recorded, before)):
            raise refused(errors)
        kept = {PROOF.id: said.proof.strip(), LATE.id: said.late.strip()}
        return said.on or recorded, {k: v for k, v in kept.items() if v}
    day = on or recorded
    if day > recorded:
        raise StepRefused("日期不能晚于今天", "the day must not lie in the future")
    if before and day < before:
        raise StepRefused(
            f"日期不能早于前一步的日期 {before.isoformat()}",
            f"the day must not be before that of the step before, {before.isoformat()}",
        )
    return day, {}


def _moment(
    procedure: Procedure, step: Step, raw: Mapping[str, object], day: date, folded: CaseView | None = None
) -> dict[str, object]:
    """The time of day of a step, where hours hang on it. Raises StepRefused."""
    try:
        kept = time_said(procedure, step, raw, day)
        if folded and kept:
            not_before_start(folded, kernel.Event(folded.seq + 1, step.id, day, kept))
    except FieldError as e:
        raise refused((e,)) from None
    return kept


def _due(procedure: Procedure, step: Step, data: Mapping[str, object], day: date) -> None:
    """A last day that a person says lies on or after the day of the step. Raises StepRefused."""
    try:
        due_not_before(procedure, step, data, day)
    except FieldError as e:
        raise refused((e,)) from None


def _only_sealed(procedure: Procedure) -> set[str]:
    """Inputs that are sealed but no personal data: erasing a person leaves them."""
    fields = [f for s in procedure.steps for f in s.inputs]
    return {f.id for f in fields if f.sealed_for} - {f.id for f in fields if f.personal}


@verb("cases", "open", right=_may_begin, again=_same_case, content=_content, recorded=_step)
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
    said: Said | None = None,
    at: datetime | None = None,
    key: str = "",
    beside: StepSaid = NOTHING_SAID,
) -> Case:
    """Open a case by one of the procedure's opening steps. Raises StepRefused; the same key opens one case only.

    ``said``: what a person says of the day (see ``_day``); ``on`` is for programs that record what is past.
    ``beside``: what is attested.
    """
    declared = catalogue().get(Procedure, procedure)
    opening = declared.step(step)
    day, kept = _day(opening, on, said, None)
    data = {**_inputs(opening, raw, who), **kept, **_moment(declared, opening, raw, day)}
    if said is not None:
        _due(declared, opening, data, day)
    data |= _judged(declared, opened_by(declared, opening, data, day), opening, data, day, beside, who)
    about = CaseAbout(unit, office or who.unit, title, subject, subject_title, parent)
    case, event = enter(declared, opening, data, day, about, who=who, key=key, at=at)
    carry_out(case, opening, event, who)
    return case


def _offered(case: Case, step: str, folded: CaseView, who: Acting, beside: StepSaid = NOTHING_SAID) -> Step:
    """The step, where it is on offer, for the element that it is about. Raises StepRefused."""
    asker = beside.asker(who)
    offer = next((o for o in steps_for(case, folded, who, only=step, asker=asker) if o.step.id == step), None)
    if offer is None:
        raise StepRefused(f"案件处于“{folded.state.zh}”，没有这一步骤", f"no such step in the state {folded.state.en}")
    if not offer.allowed:
        raise StepRefused(*offer.why_not)
    if offer.step.per and beside.item not in offer.items:
        raise StepRefused(*_which(beside.item, offer.items))
    if beside.item and not offer.step.per:
        raise StepRefused("此步骤不分项办理", "this step is not one for each element")
    return offer.step


def _which(item: str, items: Sequence[str]) -> Words:
    """That the element is none for which a step may be taken now, and which are."""
    listed = "、".join(items)
    if not item:
        return Words(f"请选择办理对象：{listed}", f"say for which it is: {', '.join(items)}")
    return Words(
        f"“{item}”现在不能办理此步骤；可以办理的：{listed}",
        f"not for {item!r} now; it may be taken for {', '.join(items)}",
    )


def _judged(
    procedure: Procedure, folded: CaseView, step: Step, data: Mapping[str, object], day: date, beside: StepSaid,
    who: Acting,
) -> dict[str, object]:  # fmt: skip
    """What the event keeps of how its step was judged on its day. Raises StepRefused."""
    kept, errors, bars = judged_step(procedure, folded, step, data, day, beside, who)
    if bars:
        raise StepRefused(*Words.joined(objection.why for objection in bars))
    if errors:
        raise refused(errors)
    return kept


@verb("cases", "take", right=_may_take, lock=locked, again=same_view, content=_content, recorded=_step)
def take(
    case: Case,
    step: str,
    raw: Mapping[str, object],
    *,
    who: Acting,
    expected: int | None = None,
    on: date | None = None,
    said: Said | None = None,
    at: datetime | None = None,
    key: str = "",
    told: Mapping[str, str] | None = None,
    beside: StepSaid = NOTHING_SAID,
) -> CaseView:
    """Take a step of a case. Raises StepRefused where it is not on offer, Conflict where the case has moved on.

    ``said``: what a person says of the day (see ``_day``); ``on`` is for programs that record what is past.
    ``beside``: the element that it is about, what is attested, and conflicts.
    """
    events = events_of(case)
    folded = view(case, today(), events)
    taken = folded.procedure.find_step(step) or _offered(case, step, folded, who, beside)
    day, kept = _day(taken, on, said, earliest_day(folded.procedure, folded.history, taken.id))
    # what is recorded late is judged as of its own day: more time that was granted before the end was granted in time
    then = folded if day == today() else view(case, day, events)
    _offered(case, taken.id, then, who, beside)
    data = {**_inputs(taken, raw, who, case.stream), **kept}
    if said is not None:
        _due(folded.procedure, taken, data, day)
    data |= _moment(folded.procedure, taken, raw, day, folded)
    data |= _judged(folded.procedure, then, taken, data, day, beside, who)
    data |= {TOLD: dict(told)} if told else days_told(folded.procedure, taken, events, day, data)
    event = record(
        case.stream, step, data, who=who, on=day, expected=len(events), key=key, basis=basis_of(taken), at=at,
        personal=withheld_in(taken),
    )  # fmt: skip
    folded = bring_up_to(case, event, [*events, event])
    return view(case, max(today(), day)) if carry_out(case, taken, event, who) else folded


def party_of(case: Case, who: Acting) -> Party:
    """How somebody stands to a case where it is corrected."""
    return Party(who.roles, who.standing(case.unit, case.office), who.unit.code)


def _mended(step: Step, data: Mapping[str, object], who: Acting) -> dict[str, object]:
    """The corrected inputs, parsed; only those of the step, files and what the role may not see left out."""
    fields = {f.id: f for f in step.inputs}
    closed = [k for k in data if k not in fields or fields[k].type is Type.FILE]
    if closed:
        raise StepRefused(f"不能更正：{'、'.join(closed)}", f"cannot be corrected: {', '.join(closed)}")
    hidden = [fields[k] for k in data if fields[k].closed_to(who.role)]
    if hidden:
        raise refused(
            FieldError(f, "当前角色看不到，不能更正", "is not for this role to see or correct") for f in hidden
        )
    values, errors = parse_all([fields[k] for k in data], data)
    found = [*errors]
    for k, value in values.items():
        try:
            values[k] = resolved(fields[k], value, who) if value is not None else None
        except FieldError as e:
            found.append(e)
    if found:
        raise refused(found)
    return dict(values)


def _day_mended(step: Step, said: Said, stands: kernel.Event, recorded: date) -> dict[str, object]:
    """What is said of a corrected day, kept beside the inputs. Raises StepRefused where it does not hold."""
    if step.day is None:
        if said != Said():
            raise StepRefused("此步骤以登记当日为准，日期不能更正", "this step counts on the day of recording")
        return {}
    if said == Said():
        return {}
    kept_late = str(stands.data.get(LATE.id) or "")
    if errors := tuple(wrong_correction(step.day, said, said.on or stands.on, recorded, kept_late)):
        raise refused(errors)
    now_said = {PROOF.id: said.proof.strip(), LATE.id: said.late.strip()}
    return {k: v for k, v in now_said.items() if v and v != stands.data.get(k)}


@verb("cases", CORRECT, right=_may_correct, lock=locked, again=same_view)
def correct(
    case: Case,
    seq: int,
    *,
    reason: str,
    who: Acting,
    expected: int,
    on: date | None = None,
    data: Mapping[str, object] | None = None,
    proof: str = "",
    late: str = "",
    key: str = "",
) -> CaseView:
    """Correct the day or the data of an earlier event; both stay in the history. Raises StepRefused, Conflict.

    ``proof``, ``late``: what proves a corrected day, and why it was recorded so late, as the step asked. Where a
    second person must agree it is asked for only (an event ``ask-correction``): ``decide`` makes it stand.
    """
    if not reason.strip():
        raise StepRefused("请写明更正理由", "give the reason for the correction")
    procedure, events = procedure_of(case), events_of(case)
    target = next((e for e in events if e.seq == seq), None)
    author = target.unit.code if target and target.unit else ""
    party = party_of(case, who)
    step, verdict = correcting.may_touch(procedure, view(case, today(), events), seq, author, party)
    if step is None or not verdict.allowed:
        raise StepRefused(verdict.zh, verdict.en)
    if any(ask.data["seq"] == seq for ask in pending(events)):
        raise StepRefused("这条记录已有更正待决定", "a correction of this record is waiting to be decided on")
    change: dict[str, object] = {"seq": seq, "reason": reason.strip()}
    stands = next(e for e in view(case, today(), events).history if e.seq == seq)
    if on:
        change["on"] = on.isoformat()
    mended = _mended(step, data, who) if data else {}
    if mended:
        _due(procedure, step, mended, on or stands.on)
    recorded = recorded_on(next(e for e in events if e.seq == seq))
    if mended := {**mended, **_day_mended(step, Said(on, proof, late), stands, recorded)}:
        change["data"] = mended
    if len(change) == 2:
        raise StepRefused("没有改动：日期和内容都与原来一样", "nothing differs from what stands")
    proposed = kernel.Event(len(events) + 1, CORRECT, today(), change)
    verdict = correcting.judge(procedure, as_kernel(events), proposed, author, party, calendar(), today())
    if not verdict.allowed:
        raise StepRefused(verdict.zh, verdict.en)
    personal = [f"data/{id}" for id in withheld_in(step)]
    name = ASK if verdict.second else CORRECT
    event = record(case.stream, name, change, who=who, on=today(), expected=expected, key=key, personal=personal)
    return bring_up_to(case, event, events_of(case))


@verb("cases", "decide", right=_may_correct, lock=locked, again=same_view)
def decide(case: Case, ask: int, *, agree: bool, reason: str, who: Acting, expected: int, key: str = "") -> CaseView:
    """Agree to, or refuse, the correction that event ``ask`` asks for. Raises StepRefused, Conflict."""
    if not reason.strip():
        raise StepRefused("请写明决定理由", "give the reason for the decision")
    procedure, events = procedure_of(case), events_of(case)
    asked = next((e for e in pending(events) if e.seq == ask), None)
    if asked is None:
        raise StepRefused(f"第 {ask} 条不是待决定的更正", f"record {ask} is no correction that waits to be decided on")
    seq, folded = int(asked.data["seq"]), view(case, today(), events)
    same = who.user is None or asked.user_id == who.user.pk
    verdict = correcting.may_decide(procedure, folded, seq, party_of(case, who), same)
    if not verdict.allowed:
        raise StepRefused(verdict.zh, verdict.en)
    if not agree:
        said: dict[str, object] = {"asked": ask, "seq": seq, "reason": reason.strip()}
        event = record(case.stream, REFUSE, said, who=who, on=today(), expected=expected, key=key)
        return bring_up_to(case, event, events_of(case))
    if same_person := two_persons(asked, who):
        raise StepRefused(*same_person)
    said = {**asked.data, "asked": ask, "agreed": reason.strip()}
    step = procedure.step(next(e.step for e in folded.history if e.seq == seq))
    if correcting.sealed_since(procedure, folded, seq, (asked.role, *who.roles)):
        raise StepRefused(
            "申请之后案件已审核、决定或办结，不能再同意更正",
            "the case was approved, decided or ended since: too late to agree",
        )
    changed = [*as_kernel(events), kernel.Event(len(events) + 1, CORRECT, today(), said)]
    if wrong_order := correcting.disorder(procedure, kernel.corrected(changed), today()):
        raise StepRefused(*wrong_order)
    event = record(
        case.stream, CORRECT, said, who=who, on=today(), expected=expected, key=key,
        personal=[f"data/{id}" for id in withheld_in(step)],
    )  # fmt: skip
    return bring_up_to(case, event, events_of(case))


@verb("cases", "erase-personal-data", right=_may_erase, lock=locked, again=same_view)
def erase_personal(case: Case, *, reason: str, who: Acting, on: date | None = None, key: str = "") -> CaseView:
    """Erase the personal data that the events of a case hold; the events and the log stand. Raises StepRefused."""
    day = on or today()
    ids = [int(id) for id in personal_files(procedure_of(case), events_of(case)) if id.isdecimal()]
    files = Attachment.objects.unrestricted("files of the case that is erased").filter(pk__in=ids, stream=case.stream)
    kept = list(files)
    try:
        gone = erase(case.stream, reason=reason, on=day, but=_only_sealed(procedure_of(case)))
    except ErasureRefused as e:
        raise StepRefused(str(e), "there is nothing to erase, or no reason was given") from None
    said = {"case": case.number, "erased": list(gone), "files": erase_files(kept), "reason": reason.strip()}
    record(ERASURE.of(case.stream), "erase-personal-data", said, who=who, on=day, key=key)
    events = events_of(case)
    return bring_up_to(case, events[-1], events)


def rebuild(case: Case) -> bool:
    """Derive the projections of a case again; returns whether anything differed."""
    events = events_of(case)
    names = ("state", "closed_on", "seq", "next_due", "next_clock", "corrected", "asked", "late_entries")
    before = [getattr(case, n) for n in names]
    bring_up_to(case, events[-1], events)
    return before != [getattr(case, n) for n in names]


def log_viewing(case: Case, fields: Iterable[str], who: Acting) -> bool:
    """Leave an event that somebody is shown personal data of a case, in a stream beside its own. False where that
    cannot be recorded now: then they are not to be shown."""
    shown = sorted(fields)
    said = {"case": case.number, "fields": shown}
    return not shown or viewing_recorded(case.stream, said, who=who)
