"""Hypothesis strategies: sound procedures of any shape, and histories that fit a procedure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from jinzhi.kernel.fields import KEY, Field, Type
from jinzhi.kernel.period import days, months, workdays
from jinzhi.kernel.procedure import Aside, Clock, Event, Extension, Procedure, State, Step

NAMES = st.text("受理调解审查结案Ab é“—", min_size=1, max_size=24).filter(lambda t: t.strip())
LENGTHS = st.one_of(st.integers(1, 90).map(days), st.integers(1, 30).map(workdays), st.integers(1, 24).map(months))
FIRST, LAST = date(2020, 1, 2), date(2026, 12, 31)


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    """A procedure without problems: a main path, branches that come back or end, steps that stay, a clock."""
    main = draw(st.integers(1, 5))
    branches = draw(st.integers(0, 4))
    states = [State(f"m{i}", draw(NAMES), f"Main {i}", final=i == main) for i in range(main + 1)]
    steps = [Step(id="open", zh=draw(NAMES), en="Open it", to="m0", roles=("r",))]
    steps += [
        Step(id=f"go-{i}", zh=draw(NAMES), en=f"Go {i}", sources=(f"m{i}",), to=f"m{i + 1}", roles=("r",))
        for i in range(main)
    ]
    running = [f"m{i}" for i in range(main)]
    for i in range(branches):
        final = draw(st.booleans())
        id = f"b{i}"
        states.append(State(id, draw(NAMES), f"Branch {i}", final=final, lane=draw(st.integers(1, 3))))
        sources = tuple(sorted(draw(st.sets(st.sampled_from(running), min_size=1, max_size=3))))
        steps.append(Step(id=f"in-{i}", zh=draw(NAMES), en=f"In {i}", sources=sources, to=id, roles=("r",)))
        if not final:
            back = draw(st.sampled_from([s.id for s in states if s.id != id]))
            # a branch that leads only into a branch could turn in a ring: it always leads to the end too
            steps.append(Step(id=f"out-{i}", zh=draw(NAMES), en=f"Out {i}", sources=(id,), to=back, roles=("r",)))
            steps.append(Step(id=f"end-{i}", zh=draw(NAMES), en=f"End {i}", sources=(id,), to=f"m{main}", roles=("r",)))
            running.append(id)
    for i in range(draw(st.integers(0, 3))):
        sources = tuple(sorted(draw(st.sets(st.sampled_from(running), min_size=1, max_size=3))))
        steps.append(Step(id=f"stay-{i}", zh=draw(NAMES), en=f"Stay {i}", sources=sources, roles=("r",)))
    finals = {s.id for s in states if s.final}
    ending = tuple(s.id for s in steps if s.to in finals)
    stays = [s.id for s in steps if s.to is None]
    extensions = (Extension(stays[0], up_to=draw(LENGTHS)),) if stays and draw(st.booleans()) else ()
    length = extensions[0].up_to if extensions else draw(LENGTHS)
    waits = (Aside("wait", "等待", "Waiting", begin=(stays[1],), end=(stays[2], *ending)),) if len(stays) > 2 else ()
    clock = Clock(
        id="term", zh="期限", en="Term", start=("open",), stop=ending, length=length, extensions=extensions,
        suspend=tuple(a.id for a in waits),
    )  # fmt: skip
    return Procedure(
        id="made",
        zh="生成的事项",
        en="Made",
        serves=("C1",),
        states=tuple(states),
        steps=tuple(steps),
        clocks=(clock,),
        asides=waits,
    )


def fill(fields: tuple[Field, ...], day: date) -> dict[str, object]:
    """A value for every field of a step: a later day, the first choice, a text.

    A reference that may be left out is, and so are the days and figures that may be left out beside it: they say
    something of what it points at, and nothing is there to point at.
    """
    out: dict[str, object] = {}
    pointing = any(f.type is Type.REF and not f.required for f in fields)
    for f in fields:
        if pointing and not f.required and f.type in (Type.REF, Type.DATE, Type.DECIMAL):
            continue
        match f.type:
            case Type.DATE:
                out[f.id] = (day + timedelta(days=20)).isoformat()
            case Type.CHOICE:
                out[f.id] = f.choices[0].id
            case Type.INT | Type.DECIMAL:
                low = f.min if f.min is not None else 1
                out[f.id] = int(low) if f.type is Type.INT else str(low)
            case Type.BOOL:
                out[f.id] = True
            case Type.UNIT:
                out[f.id] = "tianjin"
            case Type.ANSWER:
                out[f.id] = "yes"
            case Type.FILE:
                pass
            case Type.LENGTH:
                out[f.id] = "15-day"
            case Type.LIST:
                out[f.id] = [{KEY: str(n), **fill(f.items, day)} for n in range(1, max(f.min_items, 1) + 1)]
            case _:
                out[f.id] = "文字"
    return out


def event(seq: int, step: Step, day: date) -> Event:
    return Event(seq, step.id, day, fill(step.inputs, day), datetime.combine(day, time(9, 30)))


@st.composite
def histories(draw: st.DrawFn, procedure: Procedure, longest: int = 12) -> list[Event]:
    """A history that fits: from an opening step along steps that lead on, the days never going back."""
    step = draw(st.sampled_from(procedure.opening))
    day = draw(st.dates(FIRST, LAST))
    events = [event(1, step, day)]
    state = step.to
    spent: set[str] = set()
    limited = {e.by for c in procedure.clocks for e in c.extensions if e.times == 1}
    for _ in range(draw(st.integers(0, longest))):
        onward = [s for s in procedure.steps if state in s.sources and s.id not in spent]
        if not onward:
            break
        step = draw(st.sampled_from(onward))
        spent |= {step.id} & limited
        day += timedelta(days=draw(st.integers(0, 40)))
        events.append(event(len(events) + 1, step, day))
        state = step.to or state
    return events


@st.composite
def procedures_with_histories(draw: st.DrawFn) -> tuple[Procedure, list[Event]]:
    procedure = draw(procedures())
    return procedure, draw(histories(procedure))
