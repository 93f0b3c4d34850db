"""Which steps a case offers to whom, and for each that may not be taken, why: reasons as values.

A step is not shown where it does not belong to the state and the asides that stand open, where it comes in by another
door, where the case is under another law, where its ``when`` is a no. All else is shown: barred with its reasons, or
open with what somebody has to attest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from jinzhi.kernel.expression import (
    BLANK,
    Answer,
    Check,
    CheckAnswer,
    Inside,
    Missing,
    RecordView,
    answer_of,
    judged,
    paths_of,
)
from jinzhi.kernel.period import deadline
from jinzhi.kernel.procedure.declare import Procedure
from jinzhi.kernel.procedure.reasons import (
    ELSEWHERE,
    NO_NAME,
    NOT_YOUR_ITEM,
    NOT_YOUR_ROLE,
    NOT_YOURS,
    RECUSED,
    Objection,
    Reason,
    against_extending,
    barred_by,
    label_of,
    unclear_for,
)
from jinzhi.kernel.procedure.record import CaseRecord
from jinzhi.kernel.procedure.step import BY_ITSELF, Door, Fact, Step, TakenBy, TakenFrom
from jinzhi.kernel.procedure.view import CaseView
from jinzhi.kernel.text import Words


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, beyond the roles. ``person``: empty for a program. ``items``: the keys of the elements that the person
    is. ``conflicts``: whether the person is free of conflict with those at a path, where a step asks it."""

    person: str = ""
    items: tuple[str, ...] = ()
    door: Door = Door.STAFF
    conflicts: Mapping[str, Answer] = field(default_factory=dict)


ANYBODY = Asker()


@dataclass(frozen=True, slots=True)
class Offer:
    """A step, and why it may not be taken now; it may where nothing speaks against it.

    ``items``: the elements for which it may be taken, where it is one for each. ``attests``: checks that are
    unknown and that somebody has to attest (where and when he looked). ``below``: checks that read what the form asks.
    """

    step: Step
    objections: tuple[Objection, ...] = ()
    items: tuple[str, ...] = ()
    attests: tuple[CheckAnswer, ...] = ()
    below: tuple[Check, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.objections

    @property
    def missing(self) -> tuple[Fact, ...]:
        """The facts that are needed and not established."""
        return tuple(objection.fact for objection in self.objections if objection.fact)

    @property
    def why_not(self) -> Words:
        """All reasons as one sentence; false where the step may be taken."""
        return Words.joined(objection.why for objection in self.objections)


@dataclass(frozen=True, slots=True)
class Needs:
    """The checks of a step on a record: those that bar it, those to be attested, those that hold, those that read what
    has not been filled in yet."""

    bars: tuple[CheckAnswer, ...] = ()
    attests: tuple[CheckAnswer, ...] = ()
    holds: tuple[CheckAnswer, ...] = ()
    below: tuple[Check, ...] = ()


def needs_of(step: Step, record: RecordView, *, filled: bool = False) -> Needs:
    """What the checks of a step come to. ``filled``: the record holds the inputs that are proposed."""
    checks = [need for need in step.needs if isinstance(need, Check)]
    own = f"{step.id}."
    below = tuple(c for c in checks if not filled and any(p.startswith(own) for p in paths_of(c.holds)))
    answers = [judged(c, record) for c in checks if c not in below]
    return Needs(
        tuple(a for a in answers if a.bars),
        tuple(a for a in answers if a.asks),
        tuple(a for a in answers if a.answer is Answer.YES),
        below,
    )


def offers(
    view: CaseView,
    roles: Iterable[str],
    facts: Mapping[str, bool],
    *,
    standing: Iterable[str] = tuple(TakenFrom),
    who: Asker = ANYBODY,
    record: CaseRecord | None = None,
) -> tuple[Offer, ...]:
    """Every step that leads on from the present state, and whether somebody with these roles may take it.

    ``standing``: where the acting unit stands to the case's unit. A fact that is needed and not given counts as not
    established. ``record``: the case with the way to look beyond it; without it what lies there is not held.
    """
    held, stands = frozenset(roles), frozenset((*standing, TakenFrom.ANY))
    asked = _Question(view, held, stands, facts, who, record or view.record)
    return tuple(offer for step in view.procedure.steps if (offer := asked.offer(step)) is not None)


@dataclass(frozen=True, slots=True)
class _Question:
    """Somebody asks what a case offers."""

    view: CaseView
    roles: frozenset[str]
    standing: frozenset[str]
    facts: Mapping[str, bool]
    who: Asker
    record: CaseRecord

    def offer(self, step: Step) -> Offer | None:
        """The step, or None where it is not shown."""
        if set(step.roles) <= set(BY_ITSELF):
            return None
        place = self.view.procedure.place(step)
        if self.view.state.id not in place.states or self.who.door not in step.door:
            return None
        if not step.per and not place.allows(self.view.open_asides()):
            return None
        under = self._under(step)
        items = self._items(step)
        if under is Answer.NO or (not step.per and self._when(step, self.record) is Answer.NO):
            return None
        if step.per and not items and self._hidden(step):
            return None
        personal = tuple(self._personal(step, items))
        if personal:
            return Offer(step, personal, items)
        if not step.per:
            return self._judged(step, self.record, under)
        each = [(key, self._judged(step, self._inside(step, key), under)) for key in items]
        free = [(key, offer) for key, offer in each if offer.allowed]
        first = (free or each)[0][1]
        return replace(first, items=tuple(key for key, _ in free))

    def _judged(self, step: Step, record: RecordView, under: Answer) -> Offer:
        """The step on a record: the case, or an element of it."""
        unclear = tuple(self._unclear(step, record, under))
        needs = needs_of(step, record)
        barred = tuple(self._barred(step, needs, record))
        counted = tuple(self._counted(step))
        return Offer(step, unclear or barred or counted, (), needs.attests, needs.below)

    def _when(self, step: Step, record: RecordView) -> Answer:
        return answer_of(step.when, record) if step.when is not None else Answer.YES

    def _inside(self, step: Step, key: str) -> RecordView:
        element = self.record.element(step.per, key)
        return Inside(element, self.record) if element is not None else self.record

    def _hidden(self, step: Step) -> bool:
        """Whether a step for elements is for none of them, whoever asks."""
        keys = self.record.keys(step.per)
        place = self.view.procedure.place(step)
        stands = [k for k in keys if place.allows(self.view.open_asides(k))]
        return all(self._when(step, self._inside(step, k)) is Answer.NO for k in stands)

    def _items(self, step: Step) -> tuple[str, ...]:
        """The elements for which the step may still be taken, by this person where the item takes it itself."""
        if not step.per:
            return ()
        place = self.view.procedure.place(step)
        keys = [k for k in self.record.keys(step.per) if place.allows(self.view.open_asides(k))]
        keys = [k for k in keys if self._when(step, self._inside(step, k)) is not Answer.NO]
        if step.by == TakenBy.ITEM and self.who.items:
            keys = [k for k in keys if k in self.who.items]
        done = self.record.by_item
        return tuple(k for k in keys if step.most is None or len(done.get((step.id, k), ())) < step.most)

    def _under(self, step: Step) -> Answer:
        """Whether the law of the case is one under which the step may be taken."""
        law = self.record.value("law") if step.under else BLANK
        if not step.under:
            return Answer.YES
        return Answer.UNKNOWN if isinstance(law, Missing) else Answer.of(law in step.under)

    def _personal(self, step: Step, items: tuple[str, ...]) -> Iterator[Objection]:
        """What speaks against whoever asks: the role, the place, the person."""
        if not self.roles & set(step.roles):
            yield NOT_YOUR_ROLE
            return
        if step.at not in self.standing:
            yield ELSEWHERE[step.at]
            return
        asks_person = step.by == TakenBy.HANDLER or step.other_than or step.clear_of
        if not self.who.person:
            if asks_person:
                yield NO_NAME
        elif self.who.person in self.view.recused:
            yield RECUSED
        else:
            yield from self._named(step)
        if step.per and not items:
            yield NOT_YOUR_ITEM

    def _named(self, step: Step) -> Iterator[Objection]:
        """What speaks against this person."""
        if step.by == TakenBy.HANDLER and self.who.person not in self.view.handlers:
            yield NOT_YOURS
        for other in step.other_than:
            if any(self.who.person in e.by for e in self.record.events.get(other, ())):
                taken = self.view.procedure.step(other)
                zh, en = f"已办理“{taken.zh}”的人不能再办理此步骤", f"whoever took “{taken.en}” may not take this step"
                yield Objection(Words(zh, en), kind=Reason.PERSON)
        for path in step.clear_of:
            answer = self.who.conflicts.get(path, Answer.UNKNOWN)
            name = label_of(self.view.procedure, path)
            if answer is Answer.NO:
                words = Words(f"与{name.zh}有利害关系，应当回避", f"has a conflict with {name.en}: must withdraw")
                yield Objection(words, kind=Reason.CONFLICT)
            elif answer is Answer.UNKNOWN:
                words = Words(
                    f"是否与{name.zh}有利害关系尚未说明", f"not said whether there is a conflict with {name.en}"
                )
                yield Objection(words, kind=Reason.UNCLEAR, missing=(path,))

    def _unclear(self, step: Step, record: RecordView, under: Answer) -> Iterator[Objection]:
        """What must be known before anybody can say whether the step belongs here."""
        if under is Answer.UNKNOWN:
            yield Objection(Words("不能判定适用的法律", "which law applies is not known"), kind=Reason.UNCLEAR)
        if self._when(step, record) is Answer.UNKNOWN:
            yield unclear_for(self.view.procedure, step.when, record)

    def _barred(self, step: Step, needs: Needs, record: RecordView) -> Iterator[Objection]:
        """The facts and checks that are not there."""
        for need in step.needs:
            if isinstance(need, Fact) and not self.facts.get(need.id, False):
                yield Objection(need.why_not, need)
        for answer in needs.bars:
            yield barred_by(self.view.procedure, answer, record)

    def _counted(self, step: Step) -> Iterator[Objection]:
        """What is used up, or comes too soon again."""
        before = self.record.events.get(step.id, ())
        if step.most is not None and not step.per and len(before) >= step.most:
            yield Objection(Words(f"至多 {step.most} 次，已办理", f"at most {step.most} times"), kind=Reason.COUNT)
        if step.again is not None and before:
            first = deadline(before[-1].on, step.again, self.record.calendar, roll=False).on
            if first is not None and self.record.day < first:
                words = Words(f"{first} 起方可再次办理（间隔 {step.again.zh}）", f"not again before {first}")
                yield Objection(words, kind=Reason.AGAIN)
        yield from against_extending(self.view, step, self.record.day, self.record)


def may_open(procedure: Procedure, roles: Iterable[str], *, door: Door = Door.STAFF) -> tuple[Step, ...]:
    """The opening steps that somebody with these roles may take, by this door."""
    held = set(roles)
    return tuple(s for s in procedure.opening if held & set(s.roles) and door in s.door)
