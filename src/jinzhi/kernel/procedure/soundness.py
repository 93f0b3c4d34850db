"""Whether the states, asides, steps and clocks of a procedure make a sound whole."""

from __future__ import annotations

from collections.abc import Iterator

from jinzhi.kernel.clock import SERVED, TO, Clock
from jinzhi.kernel.procedure.step import Step
from jinzhi.kernel.procedure.walk import Graph, Move, Spot, Walk, walked


def soundness_problems(whole: Graph) -> Iterator[str]:
    """States that nobody comes to or that lead nowhere, asides left open at the end, clocks that nothing stops."""
    walk = walked(whole)
    yield from graph_problems(whole, walk)
    yield from aside_problems(whole, walk)
    yield from clock_problems(whole, walk)


def graph_problems(whole: Graph, walk: Walk) -> Iterator[str]:
    """States and steps that nobody comes to, and places that no way leads on from, whatever asides are open."""
    if not any(s.opens for s in whole.steps):
        yield "no step opens a case (a step without sources)"
    finals = frozenset(s.id for s in whole.states if s.final)
    if not finals:
        yield "no state is final"
    reached, ending = {spot.state for spot in walk.spots}, walk.ending(finals)
    for state in whole.states:
        if state.id not in reached:
            yield f"state {state.id} cannot be reached"
        stuck = [spot for spot in walk.spots if spot.state == state.id and spot not in ending]
        if stuck or (state.id not in reached and not _leads_on(whole, state.id, finals)):
            beside = min((sorted(spot.open) for spot in stuck), key=len, default=[])
            yield f"no way leads from state {state.id} to an end{_while(beside)}"
        if state.final and any(not s.reopens for s in _leaving(whole, state.id)):
            yield f"state {state.id} is final, yet a step leads out of it"
    for step in whole.steps:
        if step.id not in walk.taken and set(whole.sources(step)) & reached:
            yield f"step {step.id} can never be taken: its asides are never so"


def _leaving(whole: Graph, state: str) -> list[Step]:
    return [s for s in whole.steps if state in whole.sources(s) and set(s.targets_in(state)) - {state}]


def _leads_on(whole: Graph, state: str, finals: frozenset[str]) -> bool:
    """Whether a way leads from a state to an end, asides left aside."""
    reached, todo = set[str](), [state]
    while todo:
        here = todo.pop()
        if here in finals:
            return True
        if here not in reached:
            reached.add(here)
            todo += [to for s in whole.steps if here in whole.sources(s) for to in s.targets_in(here)]
    return False


def _while(open: list[str]) -> str:
    return f" while {', '.join(open)} stands open" if open else ""


def aside_problems(whole: Graph, walk: Walk) -> Iterator[str]:
    """Asides that still stand open when a case ends."""
    finals = {s.id for s in whole.states if s.final}
    for aside in whole.asides:
        if aside.outlives:
            continue
        left = [
            move for move in walk.moves
            if move.target.state in finals and aside.id in move.target.open
            and (move.source is None or move.source.state not in finals)
        ]  # fmt: skip
        for step in dict.fromkeys(move.step.id for move in left):
            yield f"aside {aside.id} still stands open when {step} ends the case: end it there, or bar it (!{aside.id})"


def clock_problems(whole: Graph, walk: Walk) -> Iterator[str]:
    """Clocks that still run when a case ends, though nothing that may follow stops them."""
    onward: dict[Spot | None, list[Move]] = {}
    for move in walk.moves:
        onward.setdefault(move.source, []).append(move)
    finals = {s.id for s in whole.states if s.final}
    for clock in whole.clocks:
        stoppable = {s.state for s in walk.spots if s.state in finals and _stopped_there(whole, clock, s)}
        ends = dict.fromkeys(s.state for s in _running(clock, onward) if s.state in finals and s.state not in stoppable)
        for state in ends:
            yield f"clock {clock.id} still runs when the case ends in state {state}"


def _running(clock: Clock, onward: dict[Spot | None, list[Move]]) -> list[Spot]:
    """The spots at which a clock may run."""
    seen: set[tuple[Spot | None, bool]] = set()
    todo: list[tuple[Spot | None, bool]] = [(None, False)]
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        spot, runs = here
        for move in onward.get(spot, ()):
            todo += [(move.target, after) for after in _after(clock, move, runs)]
    return [spot for spot, runs in seen if runs and spot is not None]


def _after(clock: Clock, move: Move, runs: bool) -> set[bool]:
    """Whether a clock may run after a move. What stops it for one element leaves it running for the others; a letter
    may be served, or not."""
    step = move.step
    names = {step.id, *_entered(move)}
    starts = bool(names & set(clock.start))
    may = any(f"{SERVED}{letter.id}" in clock.start for letter in step.letters)
    stops = bool(names & set(clock.stop))
    for_all = stops and not (
        step.per and _one_each(clock) and step.id in clock.stop and not _entered(move) & set(clock.stop)
    )
    after = {False} if for_all else {runs, False} if stops else {runs}
    if starts and not (stops and runs):
        after = {not stops} | ({False} if clock.when is not None else set())
    return after | ({True} if may and not for_all else set())


def _entered(move: Move) -> set[str]:
    """The state that a move enters, as clocks name it."""
    before = move.source.state if move.source else ""
    return {f"{TO}{move.target.state}"} if move.target.state != before else set()


def _one_each(clock: Clock) -> bool:
    """Whether it runs for each element of a list, or for each that a letter is served on."""
    return bool(clock.per) or any(name.startswith(SERVED) for name in clock.start)


def _stopped_there(whole: Graph, clock: Clock, spot: Spot) -> bool:
    """Whether a step that may follow the end of a case stops a clock."""
    return any(s.id in clock.stop and spot.state in whole.sources(s) and not s.targets for s in whole.steps)
