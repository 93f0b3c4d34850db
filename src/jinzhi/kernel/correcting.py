"""Corrections: who may correct what a step recorded, and what no correction does.

A correction belongs to the unit that recorded the step and to the roles that may take it. It never touches what
another unit said, never turns the order of days round, and whoever a clock measures does not move that clock: he may
ask, where the declaration names a second person, and somebody who is not measured decides. What is sealed (by a later
step that says so, by the end of the case, by a clock that has stopped) is open to declared roles only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from jinzhi.kernel.clock import Whose
from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.period import Calendar
from jinzhi.kernel.procedure import CaseView, Clock, ClockView, Event, Procedure, Step, corrected, earliest_day, fold
from jinzhi.kernel.text import Words


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who corrects: roles, how the unit stands to the case (own, above, office), the unit's id."""

    roles: tuple[str, ...]
    standing: Collection[str]
    unit: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may correct; ``second``: another person must agree before it stands."""

    allowed: bool
    second: bool = False
    zh: str = ""
    en: str = ""


def declared(procedure: Procedure, step: Step) -> Corrections:
    """What is declared for a step: its own, or the procedure's."""
    return step.corrections or procedure.corrections


def measures(procedure: Procedure, clock: Clock, party: Party) -> bool:
    """Whether a clock measures this party: it is ours, and the party's to stop it. A term of a party to the case, or of
    somebody else (``whose``), measures no office."""
    if clock.whose != Whose.US:
        return False
    first = procedure.find_step(clock.stop[0]) if clock.stop else None
    if first is None:
        return False
    if first.at == "any":
        return bool(set(party.roles) & set(first.roles))
    return first.at in party.standing


def may_touch(procedure: Procedure, view: CaseView, seq: int, author: str, party: Party) -> tuple[Step | None, Verdict]:
    """The step of an event and whether this party may correct it at all, whatever the correction says.

    ``author``: the id of the unit that recorded the event.
    """
    event = next((e for e in view.history if e.seq == seq), None)
    step = procedure.find_step(event.step) if event else None
    if event is None or step is None:
        return None, Verdict(False, zh=f"没有第 {seq} 条可以更正的记录", en=f"there is no record {seq} to correct")
    rule = declared(procedure, step)
    roles = rule.roles or step.roles
    if party.unit != author:
        return step, Verdict(
            False,
            zh="这是其他单位的记录，只能由该单位更正",
            en="another unit recorded this: only that unit corrects it",
        )
    if not set(party.roles) & set(roles) or step.at not in (*party.standing, "any"):
        return step, Verdict(
            False, zh="您的角色不能办理此步骤，也不能更正其记录", en="your role may not take this step, nor correct it"
        )
    if is_sealed(procedure, view, seq) and not set(party.roles) & set(rule.sealed):
        return step, Verdict(
            False,
            zh="审核、决定或办结之后，这条记录不能再更正",
            en="after the approval, decision or end this record is not corrected any more",
        )
    return step, Verdict(True)


def is_sealed(procedure: Procedure, view: CaseView, seq: int) -> bool:
    """Whether the case has ended, or a step that seals what was before has followed the event."""
    seals = {s.id for s in procedure.steps if s.seals}
    return view.state.final or any(e.step in seals and e.seq >= seq for e in view.history)


def sealed_since(procedure: Procedure, view: CaseView, seq: int, roles: Collection[str]) -> bool:
    """Whether an event is sealed by now, and none of these roles may still correct it."""
    step = procedure.find_step(next((e.step for e in view.history if e.seq == seq), ""))
    return (
        step is not None and is_sealed(procedure, view, seq) and not set(roles) & set(declared(procedure, step).sealed)
    )


def judge(
    procedure: Procedure,
    events: Sequence[Event],
    change: Event,
    author: str,
    party: Party,
    calendar: Calendar,
    today: date,
) -> Verdict:
    """Whether this party may make a correction (``change``, numbered after the last event). Pure."""
    seq = int(str(change.data["seq"]))
    before = fold(procedure, events, calendar, today)
    step, first = may_touch(procedure, before, seq, author, party)
    if step is None or not first.allowed:
        return first
    after = corrected([*events, change])
    if wrong_order := disorder(procedure, after, today):
        return Verdict(False, zh=wrong_order.zh, en=wrong_order.en)
    changed = moved(before.clocks, fold(procedure, [*events, change], calendar, today).clocks)
    rule = declared(procedure, step)
    sealed = is_sealed(procedure, before, seq) or any(c.stopped is not None for c in changed)
    if sealed and not set(party.roles) & set(rule.sealed):
        return Verdict(
            False,
            zh="更正会改变已经结束的期限的结果，不能更正",
            en="this would change the outcome of a clock that has stopped",
        )
    if any(measures(procedure, c.clock, party) for c in changed):
        if not rule.second:
            names = "、".join(c.clock.zh for c in changed)
            english = ", ".join(c.clock.en for c in changed)
            return Verdict(
                False,
                zh=f"更正会移动考核本单位的期限（{names}），不能由本单位更正",
                en=f"this would move a clock that measures your own unit ({english}): you may not correct it",
            )
        return Verdict(True, second=True)
    return Verdict(True, second=sealed and bool(rule.second))


def may_decide(procedure: Procedure, view: CaseView, seq: int, party: Party, same_person: bool) -> Verdict:
    """Whether somebody may agree to, or refuse, a correction that another person asked for."""
    event = next((e for e in view.history if e.seq == seq), None)
    step = procedure.find_step(event.step) if event else None
    if step is None or not set(party.roles) & set(declared(procedure, step).second):
        return Verdict(False, zh="您的角色不能决定此更正", en="your role may not decide on this correction")
    if same_person:
        return Verdict(False, zh="更正须由另一人决定", en="another person must decide on a correction")
    if any(measures(procedure, c, party) for c in touched(procedure, step)):
        return Verdict(
            False, zh="期限考核的一方不能决定此更正", en="whoever the clock measures may not decide on this correction"
        )
    return Verdict(True)


def touched(procedure: Procedure, step: Step) -> tuple[Clock, ...]:
    """The clocks that a step starts, stops or moves."""
    return tuple(c for c in procedure.clocks if step.id in c.named)


def runs(clocks: Iterable[ClockView]) -> dict[tuple[str, int], ClockView]:
    """The runs of clocks, by clock and number of the run."""
    out: dict[tuple[str, int], ClockView] = {}
    for c in clocks:
        out[c.clock.id, sum(id == c.clock.id for id, _n in out)] = c
    return out


def moved(before: Iterable[ClockView], after: Iterable[ClockView]) -> list[ClockView]:
    """The runs of clocks that differ, as they were before; one that came or went counts too."""
    old, new = runs(before), runs(after)
    said = {k: (v.started, v.due, v.stopped, v.status) for k, v in old.items()}
    now = {k: (v.started, v.due, v.stopped, v.status) for k, v in new.items()}
    return [(old.get(k) or new[k]) for k in {**old, **new} if said.get(k) != now.get(k)]


def disorder(procedure: Procedure, events: Sequence[Event], today: date) -> Words | None:
    """Where an event is dated before the one that led to it; None where none is."""
    for n, e in enumerate(events):
        last = earliest_day(procedure, events[:n], e.step, str(e.data.get("letter") or ""))
        if e.on > today:
            zh = f"第 {e.seq} 条的日期 {e.on} 晚于今天"
            return Words(zh, f"the day of record {e.seq}, {e.on}, lies in the future")
        if last is not None and e.on < last:
            return Words(
                f"第 {e.seq} 条的日期 {e.on} 早于前一条的 {last}，先后次序会颠倒",
                f"the day of record {e.seq}, {e.on}, is before {last}, that of the record before",
            )
    return None
