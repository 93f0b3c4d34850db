"""One step judged and worked out: who asks, what its checks come to on its own day, what its event keeps of that.

Checks are judged once, on the legal day of the step with what it asks filled in; a fold never judges again. What was
unknown and attested stands in the event with who looked where.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.registry import calendar
from jinzhi.kernel import procedure as kernel
from jinzhi.kernel.events import BY, GIVES, ITEM, SEEN, SHOWS
from jinzhi.kernel.expression import Answer, CheckAnswer, Inside, RecordView
from jinzhi.kernel.fields import Field, FieldError, Type
from jinzhi.kernel.kept import keep
from jinzhi.kernel.procedure import Asker, CaseRecord, CaseView, Procedure, Step
from jinzhi.kernel.procedure.reasons import against_extending, barred_by, label_of

#: the member of an event's data that keeps the answer of each check of its step
ANSWERS = "_answers"
#: the member that keeps what somebody said of a conflict with those at a path
CLEAR = "_clear"
#: before the id of a check: where somebody looked; before the path of a party: whether there is a conflict with it
ATTEST, FREE = "_attest_", "_free_"


@dataclass(frozen=True, slots=True)
class StepSaid:
    """What is said with a step beside its inputs: the element it is about, where unknown checks were looked up, and
    whether the person is free of conflict with those at a path (yes, no, unknown)."""

    item: str = ""
    attested: Mapping[str, str] = field(default_factory=dict)
    free: Mapping[str, str] = field(default_factory=dict)

    def asker(self, who: Acting | None) -> Asker:
        """Who asks, with what was said of conflicts."""
        return Asker(person_of(who), conflicts={path: answer_said(said) for path, said in self.free.items()})


NOTHING_SAID = StepSaid()


def person_of(who: Acting | None) -> str:
    """How an event names who takes a step; empty for a program and for a visitor."""
    return str(who.user.pk) if who and who.user else ""


def answer_said(said: object) -> Answer:
    """The answer that somebody gave in words."""
    known = {"yes": Answer.YES, "是": Answer.YES, "no": Answer.NO, "否": Answer.NO}
    return known.get(str(said).strip().lower(), Answer.UNKNOWN)


def nobody_in_conflict(procedure: Procedure) -> Mapping[str, Answer]:
    """For showing what is on offer: conflicts are asked when the step is taken."""
    return {path: Answer.YES for step in procedure.steps for path in step.clear_of}


def attest_field(answer: CheckAnswer) -> Field:
    """What a form asks where a check cannot be judged from what is held."""
    check = answer.check
    return Field(
        id=f"{ATTEST}{check.id.replace('-', '_')}",
        zh=f"{check.zh}：查证情况",
        en=f"{check.en}: where it was looked up",
        type=Type.LONG,
        required=False,
        help_zh="系统所存资料不能判定。请写明何时、在何处查证以及结论；查不清的不要办理。",
        help_en="What is held cannot tell. Say when and where you looked and what you found, or leave it.",
    )


def free_field(procedure: Procedure, path: str) -> Field:
    """What a form asks about a conflict with those at a path."""
    name = label_of(procedure, path)
    return Field(
        id=f"{FREE}{path.replace('.', '__').replace('-', '_')}",
        zh=f"本人与{name.zh}没有利害关系",
        en=f"I have no conflict with {name.en}",
        type=Type.ANSWER,
        help_zh="有利害关系的应当回避；说不清的，先说明情况再由他人办理。",
        help_en="Whoever has one withdraws.",
    )


def said_in_form(procedure: Procedure, step: Step, values: Mapping[str, object], item: str = "") -> StepSaid:
    """What a form says beside the inputs of a step, from the fields above."""
    checks = {c.id.replace("-", "_"): c.id for c in step.needs if not isinstance(c, kernel.Fact)}
    attested = {
        checks[name.removeprefix(ATTEST)]: str(said)
        for name, said in values.items()
        if name.startswith(ATTEST) and said and name.removeprefix(ATTEST) in checks
    }
    free = {path: str(values.get(free_field(procedure, path).id) or "") for path in step.clear_of}
    return StepSaid(item, attested, free)


def judged_step(
    procedure: Procedure, folded: CaseView, step: Step, data: Mapping[str, object], day: date, said: StepSaid,
    who: Acting | None,
) -> tuple[dict[str, object], list[FieldError], Sequence[kernel.Objection]]:  # fmt: skip
    """What the event of a step keeps of how it was judged, what still has to be attested, and what bars it.

    ``folded``: the case on the day of the step, before it; for an opening step the case that it opens.
    """
    person = person_of(who)
    event = kernel.Event(folded.seq + 1, step.id, day, data, item=said.item, by=(person,) if person else ())
    stands = folded.proposing(event)
    view = within(stands, step, said.item)
    needs = kernel.needs_of(step, view, filled=True)
    bars = [barred_by(procedure, answer, view) for answer in needs.bars]
    bars += () if step.opens else against_extending(folded, step, day, stands)
    unattested = [a for a in needs.attests if not said.attested.get(a.check.id, "").strip()]
    errors = [
        FieldError(attest_field(a), "系统不能判定，须写明查证情况", "cannot be judged here: say where you looked")
        for a in unattested
    ]
    kept: dict[str, object] = {}
    answers = [*_answers(needs.holds), *_answers(needs.attests, said.attested)]
    for name, value in (
        (ITEM, said.item),
        (BY, list(event.by) if step.signers > 1 else None),
        (ANSWERS, answers),
        (CLEAR, {path: said.free[path] for path in step.clear_of if path in said.free}),
        (GIVES, _kept(kernel.gives_of(step, view))),
        (SHOWS, _kept(kernel.shows_of(step, view))),
        (SEEN, _kept(kernel.seen_of(procedure, step.id, stands))),
    ):
        if value:
            kept[name] = value
    return kept, errors, bars


def within(case: CaseRecord, step: Step, item: str) -> RecordView:
    """What the checks of a step read: the case, or the element that the step is about."""
    element = case.element(step.per, item) if step.per and item else None
    return Inside(element, case) if element is not None else case


def _answers(answers: Iterable[CheckAnswer], attested: Mapping[str, str] | None = None) -> list[dict[str, object]]:
    return [
        {"check": a.check.id, "answer": str(a.answer), **({"attested": attested[a.check.id]} if attested else {})}
        for a in answers
        if not attested or a.check.id in attested
    ]


def _kept(values: Mapping[str, object]) -> dict[str, object]:
    return {name: keep(value) for name, value in values.items()}


def opened_by(procedure: Procedure, step: Step, data: Mapping[str, object], day: date) -> CaseView:
    """The case that an opening step would open."""
    return kernel.fold(procedure, [kernel.Event(1, step.id, day, data)], calendar(), day)
