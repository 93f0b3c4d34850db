"""Worked examples: a history in plain text, and what must come out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from jinzhi.kernel.events import Event
from jinzhi.kernel.period import Calendar
from jinzhi.kernel.procedure.declare import Procedure
from jinzhi.kernel.procedure.fold import fold


@dataclass(frozen=True, slots=True)
class Example:
    """A history in plain text a lawyer can read, and what must come out.

    One line an event: ``2026-04-14  accept  key=value`` (``2026-04-14T09:30`` where hours count); ``answer[r2]`` is a
    step for the element of that key. A list is written by its keys (``parties=li,wang``) or as JSON without blanks.
    ``clocks`` maps a clock to its due date or to a status.
    ``on`` is the day of looking; the day of the last event where it is None.
    """

    name: str
    history: str
    state: str
    clocks: Mapping[str, str] = field(default_factory=dict)
    on: date | None = None

    def events(self) -> tuple[Event, ...]:
        out: list[Event] = []
        for line in self.history.strip().splitlines():
            words = line.split()
            if not words:
                continue
            data = {key: _value(text) for key, _, text in (w.partition("=") for w in words[2:])}
            moment = datetime.fromisoformat(words[0])
            at = moment if "T" in words[0] else None
            step, _, item = words[1].rstrip("]").partition("[")
            out.append(Event(len(out) + 1, step, moment.date(), data, at, item))
        return tuple(out)


def _value(text: str) -> object:
    """A value of a history: JSON where it is a list or a group of values, else the text."""
    return json.loads(text) if text[:1] in ("[", "{") else text


def run_example(procedure: Procedure, example: Example, calendar: Calendar) -> tuple[str, ...]:
    """What of an example does not come out, one sentence each; empty if all does."""
    events = example.events()
    view = fold(procedure, events, calendar, example.on or events[-1].on)
    out: list[str] = []
    if view.state.id != example.state:
        out.append(f"{example.name}: state is {view.state.id}, expected {example.state}")
    for id, expected in example.clocks.items():
        views = [c for c in view.clocks if c.clock.id == id]
        if not views:
            out.append(f"{example.name}: clock {id} did not start, expected {expected}")
            continue
        got = {views[-1].status, str(views[-1].due)}
        if expected not in got:
            out.append(f"{example.name}: clock {id} is {views[-1].status}, due {views[-1].due}, expected {expected}")
    return tuple(out)
