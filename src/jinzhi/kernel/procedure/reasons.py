"""Why a step may not be taken: reasons as values, in words of both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jinzhi.kernel.clock import GRANTED, Extension
from jinzhi.kernel.expression import BLANK, NOT_HELD, Answer, CheckAnswer, RecordView, paths_of, reasons_of, value_of
from jinzhi.kernel.expression.arithmetic import order
from jinzhi.kernel.law import Dated, NoRuleInForce, Term
from jinzhi.kernel.period import Length
from jinzhi.kernel.procedure.parts import Parts
from jinzhi.kernel.procedure.record import CaseRecord
from jinzhi.kernel.procedure.step import Fact, Step, TakenFrom
from jinzhi.kernel.procedure.view import CaseView
from jinzhi.kernel.text import Words


class Reason(StrEnum):
    """What kind of reason speaks against a step."""

    ROLE = "role"
    PLACE = "place"
    PERSON = "person"
    CONFLICT = "conflict"
    UNCLEAR = "unclear"
    COUNT = "count"
    OVER = "over"
    AGAIN = "again"
    NEED = "need"


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason why a step may not be taken; ``fact`` or ``check``: what is not established or does not hold, where
    that is the reason; ``missing``: the paths without which nothing can be said."""

    why: Words
    fact: Fact | None = None
    kind: Reason = Reason.NEED
    check: CheckAnswer | None = None
    missing: tuple[str, ...] = ()


NOT_YOUR_ROLE = Objection(Words("您的角色不能办理此步骤", "your role may not take this step"), kind=Reason.ROLE)
NO_EXTENSION_LEFT = Objection(Words("延长次数已用完", "no extension is left"), kind=Reason.COUNT)
NOT_YOURS = Objection(Words("应由承办人办理", "only whoever handles the case may take this step"), kind=Reason.PERSON)
RECUSED = Objection(Words("您已回避本案", "you are recused from this case"), kind=Reason.PERSON)
NO_NAME = Objection(Words("此步骤要求写明办理人", "this step must know who takes it"), kind=Reason.PERSON)
NOT_YOUR_ITEM = Objection(Words("没有需要您办理的项", "nothing here is for you to do"), kind=Reason.PERSON)
#: why a unit may not take a step that is taken from another place
ELSEWHERE: Mapping[str, Objection] = {
    TakenFrom.OWN: Objection(
        Words("应由本单位办理", "only the unit itself may take this step"), kind=Reason.PLACE
    ),
    TakenFrom.ABOVE: Objection(
        Words("应由上级单位办理", "only a unit above may take this step"), kind=Reason.PLACE
    ),
    TakenFrom.OFFICE: Objection(
        Words("应由交办单位办理", "only the issuing unit may take this step"), kind=Reason.PLACE
    ),
}  # fmt: skip


def label_of(procedure: Parts, path: str) -> Words:
    """What a path is called: the step and its input, or the path itself."""
    head, _, rest = path.partition(".")
    step = procedure.find_step(head)
    if step is None:
        return Words(path, path)
    question = step.find_input(rest.partition(".")[0]) if rest else None
    beyond = rest.partition(".")[2]
    if question is None:
        return Words(f"“{step.zh}”", f"“{step.en}”")
    more = f"（{beyond}）" if beyond else ""
    return Words(f"“{step.zh}”的{question.zh}{more}", f"{question.en} of “{step.en}”{f' ({beyond})' if beyond else ''}")


def missing_in(condition: object, record: RecordView) -> tuple[str, ...]:
    """The paths of a condition that hold nothing that could be judged."""
    undecided = [r for r in reasons_of(condition, record) if r.answer is Answer.UNKNOWN]
    paths = sorted({p for r in undecided for p in paths_of(r.condition)})
    return tuple(p for p in paths if record.value(p) in (NOT_HELD, BLANK)) or tuple(paths)


def unclear_for(procedure: Parts, condition: object, record: RecordView) -> Objection:
    """That a condition cannot be judged, and what is missing for it."""
    missing = missing_in(condition, record)
    names = [label_of(procedure, p) for p in missing]
    zh = "、".join(n.zh for n in names)
    return Objection(
        Words(f"尚不能判定，缺少：{zh}", f"cannot be judged yet, missing: {', '.join(n.en for n in names)}"),
        kind=Reason.UNCLEAR,
        missing=missing,
    )


def barred_by(procedure: Parts, answer: CheckAnswer, record: RecordView) -> Objection:
    """That a check bars: it does not hold, or nobody may attest what is unknown."""
    check = answer.check
    if answer.answer is Answer.NO:
        return Objection(Words(f"不符合：{check.zh}", f"does not hold: {check.en}"), check=answer)
    unclear = unclear_for(procedure, check.holds, record)
    words = Words(f"{check.zh}：{unclear.why.zh}", f"{check.en}: {unclear.why.en}")
    return Objection(words, check=answer, missing=unclear.missing)


def against_extending(view: CaseView, step: Step, day: date, record: CaseRecord) -> Iterator[Objection]:
    """What speaks against a grant of more time: none is left, another must come first, the end has passed, or what is
    granted is more than may be."""
    for clock in view.procedure.clocks:
        for extension in (e for e in clock.extensions if e.by == step.id):
            if sum(e.step == step.id for e in view.history) >= extension.times:
                yield NO_EXTENSION_LEFT
            elif extension.after and not any(e.step == extension.after for e in view.history):
                first = view.procedure.step(extension.after)
                yield Objection(Words(f"须先办理“{first.zh}”", f"“{first.en}” must come first"), kind=Reason.OVER)
            else:
                yield from _too_late(view, extension, clock.id, day)
                yield from _too_much(view, extension, record)


def _too_late(view: CaseView, extension: Extension, clock: str, day: date) -> Iterator[Objection]:
    """That the end had passed when more time was asked for, or else is granted."""
    asked = [e.on for e in view.history if extension.asked and e.step == extension.asked]
    moment = asked[-1] if asked else day
    ends = [c.due for c in view.clocks if c.clock.id == clock and c.open and c.due]
    if ends and moment > max(ends):
        end, zh, en = max(ends), "", ""
        if asked:
            zh, en = f"于 {moment} 才申请延长，", f"more time was asked for on {moment}, after the end: "
        words = Words(f"{zh}期限已于 {end} 届满，不能再延长", f"{en}the time ran out on {end}: it cannot be extended")
        yield Objection(words, kind=Reason.OVER)


def _too_much(view: CaseView, extension: Extension, record: CaseRecord) -> Iterator[Objection]:
    """That the length which is proposed is more than the most that may be granted, or cannot be compared with it."""
    proposed = [e for e in record.events.get(extension.by, ()) if e.seq > view.seq]
    most = _most(view, extension, record) if proposed and extension.up_to is not None else None
    granted = record.value(f"{extension.by}.{GRANTED}") if proposed else None
    if not isinstance(most, Length) or not isinstance(granted, Length):
        return
    over = order(granted, most)
    if over is None:
        words = Words(
            f"延长 {granted.zh} 与上限 {most.zh} 单位不同，不能比较，请按上限的单位填写",
            f"{granted.en} cannot be compared with the most, {most.en}: say it in the same unit",
        )
        yield Objection(words, kind=Reason.UNCLEAR)
    elif over > 0:
        words = Words(
            f"延长不得超过 {most.zh}，现为 {granted.zh}", f"at most {most.en} may be granted, not {granted.en}"
        )
        yield Objection(words, kind=Reason.OVER)


def _most(view: CaseView, extension: Extension, record: CaseRecord) -> object:
    """The most that may be granted, by the law of the case."""
    said = extension.up_to
    value = said if isinstance(said, Length | Dated) else value_of(said, record)
    if not isinstance(value, Dated):
        return value
    found = value.find_under(str(record.law)) if isinstance(value, Term) else None
    try:
        return (found or value.for_case(view.opened, record.day)).value
    except NoRuleInForce:
        return None
