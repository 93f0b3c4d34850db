"""A case while its events are read: each leads on, moves asides, then the clocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from jinzhi.kernel.clocks import ClockView, Folding
from jinzhi.kernel.correction import ASSIGN, LINK, RECUSE, SERVED, TELL
from jinzhi.kernel.events import Event, Strange, day_of, moment_of, told_moment
from jinzhi.kernel.expression import NOT_HELD, value_of
from jinzhi.kernel.fields import current
from jinzhi.kernel.happening import Happening
from jinzhi.kernel.period import Calendar
from jinzhi.kernel.procedure.compiled import Plan
from jinzhi.kernel.procedure.declare import Procedure
from jinzhi.kernel.procedure.record import CaseRecord
from jinzhi.kernel.procedure.state import UNKNOWN, State
from jinzhi.kernel.procedure.view import OpenAside, Tied, Visit

TOLD = "_told"


class Reading:
    """A case while its events are read in order. It never judges again: an event that does not fit is followed."""

    def __init__(self, procedure: Procedure, calendar: Calendar):
        self.procedure = procedure
        self.state: State | None = None
        self.closed: date | None = None
        self.opened: date | None = None
        self.clocks = Folding(procedure.clocks, procedure.law)
        self.history: list[Event] = []
        self.strange: list[Strange] = []
        self.visits: list[Visit] = []
        self.handlers: tuple[str, ...] = ()
        self.recused: tuple[str, ...] = ()
        self.tied: list[Tied] = []
        self.record = CaseRecord(procedure, calendar, date.min)

    def odd(self, e: Event, zh: str, en: str) -> None:
        self.strange.append(Strange(e.seq, e.step, zh, f"event {e.seq} ({e.step}): {en}"))

    def take(self, e: Event) -> None:
        if e.step in self.procedure.built_in:
            self._built_in(e)
            return
        plan = self.procedure.find_plan(e.step)
        if plan is None:
            self.history.append(e)
            self.odd(e, f"步骤“{e.step}”已不在声明中", f"{self.procedure.id} has no step {e.step!r}")
            self.state = self.state or UNKNOWN
            return
        step = plan.step
        if plan.renames or e.step != step.id:
            e = replace(e, step=step.id, data=current(step.inputs, e.data))
        self.history.append(e)
        self._judge(e, plan)
        self.opened = self.opened or e.on
        self._note(e)
        if step.id in _SAYS and _SAYS[step.id] in e.data:
            _BUILT_IN[step.id](self, e)
        before = self.state
        entered = self._lead(e, plan)
        began, ended = self._move_asides(e, plan)
        left = before.id if before and before is not self.state else ""
        moved = Happening(step.id, step.zh, e.on, moment_of(e), e.item, entered, left, began, ended)
        self._run_clocks(e, plan, moved)
        told = e.data.get(TOLD)
        if isinstance(told, Mapping):
            self._tell(e, told)

    def _note(self, e: Event) -> None:
        """Bring the record on, to the day of the event."""
        self.record.day = e.on
        self.record.opened = self.opened
        undone = self.procedure.find_plan(e.step)
        self.record.take(e, undone.step.undoes if undone else ())
        if self.procedure.law and self.opened:
            chosen = self.record.value(self.procedure.law.chosen_by) if self.procedure.law.chosen_by else ""
            law = self.procedure.law.find_law(self.opened, e.on, chosen)
            self.record.law = law.id if law else NOT_HELD

    def _judge(self, e: Event, plan: Plan) -> None:
        """List an event that is not declared for where it meets the case."""
        step, place = plan.step, plan.place
        if self.state is None:
            if not step.opens:
                self.odd(e, f"第一条“{step.zh}”不是发起步骤", "the first event must open the case")
            return
        if self.state is not UNKNOWN and self.state.id not in place.states:
            zh = f"环节“{self.state.zh}”没有步骤“{step.zh}”"
            self.odd(e, zh, f"{e.step} is not possible in state {self.state.id}")
        if place.open or place.closed:
            asides = {id for id, item in self.record.open_asides if not e.item or item in ("", e.item)}
            for id in (*(a for a in place.open if a not in asides), *(a for a in place.closed if a in asides)):
                aside = self.procedure.find_aside(id)
                stands = "正在" if id in asides else "不在"
                en = f"{e.step} is not possible while {id} is {'open' if id in asides else 'not open'}"
                self.odd(e, f"{stands}“{aside.zh if aside else id}”期间，不能办理“{step.zh}”", en)
        if step.per and e.item not in self.record.keys(step.per):
            zh = f"步骤“{step.zh}”没有写明是哪一项" if not e.item else f"步骤“{step.zh}”所指的“{e.item}”不在名单中"
            self.odd(e, zh, f"{e.item!r} is no element of {step.per}")

    def _lead(self, e: Event, plan: Plan) -> str:
        """Go where the step leads, even from a state that it is not declared for. Gives the state that it says."""
        target = plan.to
        if plan.chooses is not None:
            chosen = value_of(plan.chooses, self.record)
            target = self.procedure.find_state(chosen) if isinstance(chosen, str) else None
        if target is not None:
            if target is not self.state:
                self.visits.append(Visit(target, e.on))
            self.state = target
        elif plan.chooses is not None or plan.step.to is not None:
            zh = f"步骤“{plan.step.zh}”所到的环节无法判定或已不在声明中"
            self.odd(e, zh, f"leads to {plan.step.to!r}, which is not declared or cannot be judged")
            self.state = self.state if plan.chooses is not None else UNKNOWN
        self.state = self.state or UNKNOWN
        if not self.state.final:
            self.closed = None  # a step that reopens: the case runs again
        elif self.closed is None:
            self.closed = e.on
        self.record.state, self.record.closed = self.state.id, self.closed or self.record.closed
        return target.id if target is not None else ""

    def _move_asides(self, e: Event, plan: Plan) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
        """Begin and end asides; those that changed, with the item that they are about."""
        if not plan.begins and not plan.ends:
            return (), ()
        open = self.record.open_asides
        ended = tuple(key for key in open if key[0] in plan.ends and (not e.item or key[1] in ("", e.item)))
        for key in ended:
            del open[key]
        began = tuple((id, e.item) for id in plan.begins if (id, e.item) not in open)
        for key in began:
            open[key] = e.on
        return began, ended

    def _run_clocks(self, e: Event, plan: Plan, moved: Happening) -> None:
        self.clocks.take(moved, self.record)
        for input in plan.due_inputs:
            if day_of(e.data.get(input)) is None:
                self.odd(e, f"“{e.data.get(input)}”不是日期", f"{input} is {e.data.get(input)!r}, which is no date")

    def _built_in(self, e: Event) -> None:
        """An event that every procedure knows: it moves no state."""
        self.history.append(e)
        if e.step == TELL:
            self._tell(e, {str(e.data.get("clock")): e.data.get("day")})
            return
        self._note(e)
        act = _BUILT_IN.get(e.step)
        if act is not None:
            act(self, e)

    def _served(self, e: Event) -> None:
        letter = str(e.data.get("letter") or "")
        if self.procedure.find_letter(letter) is None:
            self.odd(e, f"送达的文书“{letter}”不在声明中", f"{self.procedure.id} has no letter {letter!r}")
            return
        moved = Happening(SERVED, "送达", e.on, moment_of(e), e.item, served=(letter, e.item))
        self.clocks.take(moved, self.record)

    def _assigned(self, e: Event) -> None:
        self.handlers = _several(e.data.get("handlers"))

    def _recused(self, e: Event) -> None:
        self.recused = (*self.recused, *_several(e.data.get("person")))

    def _linked(self, e: Event) -> None:
        self.tied.append(Tied(str(e.data.get("case") or ""), str(e.data.get("link") or "sibling")))

    def _tell(self, e: Event, told: Mapping[str, object]) -> None:
        for id, value in told.items():
            clock, day = self.procedure.find_clock(id), told_moment(value)
            if day is None:
                self.odd(e, f"告知的“{value}”不是日期", f"{value!r} is no date")
            elif clock is None:
                self.odd(e, f"告知的期限“{id}”已不在声明中", f"{self.procedure.id} has no clock {id!r}")
            else:
                self.clocks.tell(clock.id, day, e.on, e.item)

    def open_asides(self) -> tuple[OpenAside, ...]:
        found = ((self.procedure.find_aside(id), item, since) for (id, item), since in self.record.open_asides.items())
        return tuple(OpenAside(aside, since, item) for aside, item, since in found if aside is not None)

    def views(self, calendar: Calendar, on: date, at: datetime | None) -> tuple[ClockView, ...]:
        self.record.clocks = lambda: self.clocks.views(self.opened or on, calendar, on, at)
        return self.clocks.views(self.opened or on, calendar, on, at, self.record)


_BUILT_IN: Mapping[str, Callable[[Reading, Event], None]] = {
    SERVED: Reading._served, ASSIGN: Reading._assigned, RECUSE: Reading._recused, LINK: Reading._linked,
}  # fmt: skip
#: what a step of its own, called like one that every procedure knows, asks to do the same
_SAYS: Mapping[str, str] = {ASSIGN: "handlers", RECUSE: "person", LINK: "case"}


def _several(stored: object) -> tuple[str, ...]:
    if stored is None:
        return ()
    return tuple(str(one) for one in stored) if isinstance(stored, (list, tuple)) else (str(stored),)
