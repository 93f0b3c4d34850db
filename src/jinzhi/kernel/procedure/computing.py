"""What is worked out once when a step is taken and kept with its event: given values, frozen checklists, pins."""

from __future__ import annotations

from jinzhi.kernel.correction import REFRESH
from jinzhi.kernel.expression import (
    BLANK,
    NOT_HELD,
    Answer,
    Checklist,
    Missing,
    Mode,
    RecordView,
    value_of,
    went_through,
)
from jinzhi.kernel.procedure.parts import Parts
from jinzhi.kernel.procedure.pins import list_of, pinned_by, pins_of, seen_for
from jinzhi.kernel.procedure.record import CaseRecord
from jinzhi.kernel.procedure.step import Step


def gives_of(step: Step, record: RecordView) -> dict[str, object]:
    """What a step gives, on the record with its own inputs proposed; what is not held is kept as such."""
    return {name: value_of(value, record) for name, value in step.gives.items()}


def shows_of(step: Step, record: RecordView) -> dict[str, object]:
    """What each checklist of a step comes to: its answer, or the check that decided where the first decides; one for
    each element where it goes over a list."""
    return {checklist.id: _outcome(checklist, record) for checklist in step.shows}


def _outcome(checklist: Checklist, record: RecordView) -> object:
    listed = went_through(checklist, record)
    if isinstance(listed, Missing):
        return str(Answer.UNKNOWN)
    firsts = checklist.mode == Mode.FIRST
    outcomes = tuple(one.decided.id if firsts and one.decided else str(one.answer or "shown") for one in listed)
    return outcomes if checklist.over else outcomes[0]


def seen_of(procedure: Parts, step: str, record: RecordView) -> dict[str, object]:
    """What the event of a step saw beyond its case: the pins whose root it sets, all of them for a refresh; through a
    list, for each element. The record looks beyond the case (``Outside``); a pin whose root is blank is not seen."""
    pins = pins_of(procedure) if step == REFRESH else pinned_by(procedure, step)
    values: dict[str, object] = {}
    for pin in pins:
        listed = list_of(procedure, pin)
        found = record.elements(listed[0]) if listed else NOT_HELD
        if listed is None:
            values[pin] = record.value(pin)
        elif not isinstance(found, Missing):
            values |= {seen_for(pin, str(e.value("key"))): e.value(listed[1]) for e in found.records}
    return {pin: value for pin, value in values.items() if value is not BLANK}


def moved_pins(before: CaseRecord, seen: dict[str, object]) -> dict[str, tuple[object, object]]:
    """What a refresh shows to have moved: for each pin that differs, what was carried and what is there now."""
    pairs = {pin: (before.seen.get(pin, NOT_HELD), now) for pin, now in seen.items()}
    return {pin: pair for pin, pair in pairs.items() if pair[0] != pair[1]}
