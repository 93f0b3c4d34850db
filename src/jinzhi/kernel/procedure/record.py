"""A case as a record: what stands at each path of its expressions, from its own events and from what they saw.

Paths: ``step.input`` of the latest standing event of a step, ``step`` itself (it was taken), ``step.on``,
``.first_on``, ``.by``, ``.count``; ``state``, ``opened_on``, ``closed_on``, ``unit``, ``here``; ``aside.x`` (is open
now); ``clock.x.status``, ``.due``, ``.started``; ``law``, ``law.x``; ``today`` (the day of judgement);
``checklist.x`` (as frozen); a derived value or a field of the case by its id. Inside a list: the fields of the
element, ``item`` (the element itself), ``key`` (what names it), and each step taken for it.

What a path finds beyond the case (``notice.owner.tier``) is *seen*: an event that set its root, or a later refresh,
kept it. Only where the caller hands in how to look (:class:`Outside`) is it looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from jinzhi.kernel.clocks import ClockView
from jinzhi.kernel.events import Event
from jinzhi.kernel.expression import BLANK, NOT_HELD, Elements, Missing, RecordView, value_of
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Law, Silence
from jinzhi.kernel.period import Calendar
from jinzhi.kernel.procedure.declare import Procedure
from jinzhi.kernel.procedure.pins import seen_for
from jinzhi.kernel.procedure.step import Step
from jinzhi.kernel.procedure.values import elements_of, typed


class Outside(Protocol):
    """How to look beyond a case: never in a fold."""

    def follow(self, field: Field, reference: object, path: str, day: date) -> object:
        """What stands at a path of the record that a field refers to, on a day."""

    def elements(self, source: str, day: date) -> Elements | Missing:
        """The records of a source ("links", "procedure:x"), on a day."""

    def frozen(self, source: str, where: object, record: RecordView) -> object:
        """The sealed set of the records of a source."""


@dataclass(slots=True)
class CaseRecord:
    """A case as its expressions read it; ``day`` is the day of judgement. The fold brings it on event by event."""

    procedure: Procedure
    calendar: Calendar
    day: date
    unit: object = NOT_HELD
    here: object = NOT_HELD
    outside: Outside | None = None
    state: object = BLANK
    opened: object = BLANK
    closed: object = BLANK
    law: object = BLANK
    events: dict[str, list[Event]] = field(default_factory=dict)
    by_item: dict[tuple[str, str], list[Event]] = field(default_factory=dict)
    open_asides: dict[tuple[str, str], date] = field(default_factory=dict)
    seen: dict[str, object] = field(default_factory=dict)
    shown: dict[str, object] = field(default_factory=dict)
    clocks: Callable[[], Sequence[ClockView]] = tuple
    as_of: Callable[[date], CaseRecord] | None = None

    def take(self, event: Event, undoes: Sequence[str] = ()) -> None:
        """Take in an event that stands; the last of each of the steps that it ``undoes`` stands no more."""
        for step in undoes:
            if self.events.get(step):
                self.events[step].pop()
        self.events.setdefault(event.step, []).append(event)
        if event.item:
            self.by_item.setdefault((event.step, event.item), []).append(event)
        if event.seen:
            self.seen.update(event.seen)
        if event.shows:
            self.shown.update(event.shows)

    def proposing(self, event: Event) -> CaseRecord:
        """The case with an event that is proposed: what a need reads while a form is filled in."""
        other = copy(self)
        other.events = {k: list(v) for k, v in self.events.items()}
        other.by_item = {k: list(v) for k, v in self.by_item.items()}
        other.seen, other.shown = dict(self.seen), dict(self.shown)
        other.take(event)
        other.day = event.on
        return other

    def looking(self, outside: Outside, unit: object = NOT_HELD, here: object = NOT_HELD) -> CaseRecord:
        """The case with the way to look beyond it: what was seen is then looked up anew. Never for a fold."""
        other = copy(self)
        other.outside = outside
        other.unit, other.here = (
            new if new is not NOT_HELD else old for new, old in ((unit, self.unit), (here, self.here))
        )
        return other

    # what expressions ask

    def value(self, path: str) -> object:
        head, _, rest = path.partition(".")
        own = _OWN.get(head)
        if own is not None:
            return own(self, rest)
        step = self.procedure.find_step(head)
        if step is not None:
            return self.of_step(step, self.events.get(step.id, ()), rest, path)
        if head in self.procedure.built_in:
            return self._of_event(self.events.get(head, ()), rest)
        return self._by_name(head, rest)

    def moment(self, path: str) -> tuple[int, ...] | None:
        head, _, _rest = path.partition(".")
        step = self.procedure.find_step(head)
        events = self.events.get(step.id) if step else None
        return (events[-1].seq,) if events and self.value(path) is not BLANK else None

    def elements(self, over: str) -> Elements | Missing:
        head, _, rest = over.partition(".")
        step = self.procedure.find_step(head)
        question = step.find_input(rest) if step else None
        if question is None:
            return self.outside.elements(over, self.day) if self.outside else NOT_HELD
        events = self.events.get(head if step is None else step.id)
        stored = events[-1].data.get(question.id) if events else None
        if stored is None:
            return BLANK
        if question.type is Type.LIST:
            at = f"{step.id}.{question.id}" if step else over
            return Elements(
                [Element(self, question, key, data, at_path=at) for key, data in elements_of(question, stored)]
            )
        several = typed(question, stored)
        values = several if isinstance(several, tuple) else (several,)
        return Elements([Element(self, question, str(value), {}, value) for value in values])

    def frozen(self, source: str, where: object) -> object:
        return self.outside.frozen(source, where, self) if self.outside else NOT_HELD

    def at(self, day: date) -> CaseRecord:
        return self.as_of(day) if self.as_of else self

    # where it stands

    def keys(self, path: str) -> tuple[str, ...]:
        """The keys of the elements of a list; none where it is blank."""
        found = self.elements(path)
        return () if isinstance(found, Missing) else tuple(e.key for e in found.records if isinstance(e, Element))

    def element(self, path: str, key: str) -> Element | None:
        """The element of a list that has a key."""
        found = self.elements(path)
        records = () if isinstance(found, Missing) else found.records
        return next((e for e in records if isinstance(e, Element) and e.key == key), None)

    def of_step(self, step: Step, events: Sequence[Event], rest: str, path: str) -> object:
        """What stands at a path of a step, of these events of it."""
        if not rest or rest in _OF_EVENTS:
            return self._of_event(events, rest)
        name, _, beyond = rest.partition(".")
        if not events:
            return BLANK
        last = events[-1]
        if name in last.gives or name in step.gives:
            given = last.gives.get(name, BLANK)
            return given if not beyond else NOT_HELD
        question = step.find_input(name)
        if question is None:
            return NOT_HELD
        value = typed(question, last.data.get(question.id))
        return self._beyond(question, last, value, beyond, path) if beyond else value

    def _beyond(self, question: Field, last: Event, value: object, beyond: str, path: str) -> object:
        """What stands at a path beyond an input: a field of the elements, or what the record it points at says."""
        if question.type is Type.LIST:
            found = self.elements(f"{last.step}.{question.id}")
            if isinstance(found, Missing):
                return found
            values = [element.value(beyond) for element in found.records]
            return NOT_HELD if NOT_HELD in values else tuple(v for v in values if v is not BLANK)
        if value is BLANK:
            return BLANK
        if self.outside is not None:
            return self.outside.follow(question, value, beyond, self.day)
        return self.seen.get(path, NOT_HELD)

    def _of_event(self, events: Sequence[Event], rest: str) -> object:
        if not rest:
            return True if events else BLANK
        if rest == "count":
            return len(events)
        read = _OF_EVENTS.get(rest)
        if not events:
            return BLANK
        return read(events) if read else events[-1].data.get(rest, BLANK)

    def _by_name(self, name: str, rest: str) -> object:
        """A derived value, or a field that the case was given when it was opened."""
        derived = next((d for d in self.procedure.derived if d.id == name), None)
        if derived is not None:
            return value_of(derived.value, self)
        given = next((f for f in self.procedure.fields if f.id == name), None)
        opening = [e for s in self.procedure.opening for e in self.events.get(s.id, ())]
        if given is None or not opening:
            return NOT_HELD
        value = typed(given, opening[0].data.get(given.id))
        path = f"{name}.{rest}"
        return self._beyond(given, opening[0], value, rest, path) if rest else value

    def clock_value(self, rest: str, item: str | None = None) -> object:
        """What stands at a path of a clock: its latest run, or that of an item."""
        id, _, what = rest.partition(".")
        runs = [c for c in self.clocks() if c.clock.id == id and (item is None or getattr(c, "item", "") == item)]
        if not runs:
            return BLANK
        last = runs[-1]
        value = {"status": str(last.status), "due": last.due_at or last.due, "started": last.started}.get(what)
        return BLANK if value is None else value

    def _figure(self, rest: str) -> object:
        if not rest:
            return self.law
        regime = self.procedure.law
        version = regime.find(str(self.law)) if regime and isinstance(self.law, str) else None
        law = version.value if version else None
        figures = [q for _, q in law.parameters] if isinstance(law, Law) else []
        figure = next((q.value for q in figures if q.id == rest), NOT_HELD)
        return NOT_HELD if isinstance(figure, Silence) else figure


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a list of a case, which stands ``at_path``: its fields, its key, and what was done for it."""

    record: CaseRecord
    field: Field
    key: str
    data: Mapping[str, object]
    plain: object = None
    at_path: str = ""

    def value(self, path: str) -> object:
        head, _, rest = path.partition(".")
        if head in ("item", "key"):
            return self.key if head == "key" or self.plain is None else self.plain
        inner = next((f for f in self.field.items if f.id == head), None)
        if inner is not None:
            value = typed(inner, self.data.get(inner.id))
            if not rest or value is BLANK:
                return value
            outside = self.record.outside
            if outside:
                return outside.follow(inner, value, rest, self.record.day)
            return self.record.seen.get(seen_for(f"{self.at_path}.{path}", self.key), NOT_HELD)
        if head == "aside":
            return (rest, self.key) in self.record.open_asides
        if head == "clock":
            return self.record.clock_value(rest, self.key)
        step = self.record.procedure.find_step(head)
        if step is None or not step.per:
            return NOT_HELD
        return self.record.of_step(step, self.record.by_item.get((step.id, self.key), ()), rest, path)

    def moment(self, path: str) -> tuple[int, ...] | None:
        events = self.record.by_item.get((path.partition(".")[0], self.key))
        return (events[-1].seq,) if events and self.value(path) is not BLANK else None

    def elements(self, over: str) -> Elements | Missing:
        return NOT_HELD

    def frozen(self, source: str, where: object) -> object:
        return self.record.frozen(source, where)

    def at(self, day: date) -> Element:
        then = self.record.at(day)
        return Element(then, self.field, self.key, self.data, self.plain, self.at_path)

    @property
    def calendar(self) -> Calendar:
        return self.record.calendar


_OF_EVENTS: Mapping[str, Callable[[Sequence[Event]], object]] = {
    "on": lambda events: events[-1].on,
    "first_on": lambda events: events[0].on,
    "by": lambda events: (events[-1].by[0] if len(events[-1].by) == 1 else events[-1].by) or BLANK,
    "count": len,
}
_OWN: Mapping[str, Callable[[CaseRecord, str], object]] = {
    "today": lambda record, _: record.day,
    "state": lambda record, _: record.state,
    "opened_on": lambda record, _: record.opened,
    "closed_on": lambda record, _: record.closed,
    "unit": lambda record, _: record.unit,
    "here": lambda record, _: record.here,
    "law": lambda record, rest: record._figure(rest),
    "aside": lambda record, rest: any(id == rest for id, _item in record.open_asides),
    "clock": lambda record, rest: record.clock_value(rest),
    "checklist": lambda record, rest: record.shown.get(rest, BLANK),
}
