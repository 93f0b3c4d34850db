"""The states of a case, and where a step stands among them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from jinzhi.kernel.expression import NOT_HELD, Answer, Choose, Elements, Missing, answer_of
from jinzhi.kernel.period import Calendar
from jinzhi.kernel.status import Tone
from jinzhi.kernel.text import Words

#: a state, nothing (the state stays), or a choice among states
Target = str | Choose | None
#: in ``sources``: any state
ANY_STATE = "*"
#: in ``sources``: before the name of an aside that must not stand open
CLOSED = "!"


@dataclass(frozen=True, slots=True)
class State:
    """A state of a case. ``final``: nothing follows. ``lane`` 0 is the main path, 1 and more are branches.

    ``public_zh``, ``public_en``: what somebody outside reads in its place. ``was``: names it had before.
    """

    id: str
    zh: str
    en: str
    tone: Tone = Tone.OPEN
    final: bool = False
    lane: int = 0
    public_zh: str = ""
    public_en: str = ""
    was: tuple[str, ...] = ()

    @property
    def public(self) -> Words:
        """What somebody outside reads."""
        return Words(self.public_zh or self.zh, self.public_en or self.en)

    def problems(self) -> Iterator[str]:
        if self.tone not in tuple(Tone):
            yield f"state {self.id} has the unknown tone {self.tone!r}"


#: the state of a case whose first event nothing declares any more
UNKNOWN = State("unknown", "环节未知", "State unknown", tone=Tone.NEUTRAL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step may be taken: in one of ``states``, while every aside of ``open`` stands and none of ``closed``."""

    states: tuple[str, ...]
    open: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()

    def holds(self, state: str, asides: Collection[str]) -> bool:
        """Whether it may be taken in a state while these asides stand open."""
        return self.allows(asides) and state in self.states

    def allows(self, asides: Collection[str]) -> bool:
        """Whether the asides that stand open let it be taken."""
        return all(a in asides for a in self.open) and not any(a in asides for a in self.closed)


def place_of(sources: Sequence[str], states: Sequence[State], asides: Collection[str], leads: bool) -> Place:
    """What ``sources`` say. Where they name no state, or any, it is every state; those that are final only for a step
    that leads nowhere."""
    named = tuple(s for s in sources if s not in asides and not s.startswith(CLOSED) and s != ANY_STATE)
    if ANY_STATE in sources or (sources and not named):
        named = tuple(s.id for s in states if not (leads and s.final))
    opened = tuple(s for s in sources if s in asides)
    shut = tuple(s.removeprefix(CLOSED) for s in sources if s.startswith(CLOSED))
    return Place(named, opened, shut)


def targets_of(to: Target) -> tuple[str, ...]:
    """Every state that a target may come out as."""
    if isinstance(to, Choose):
        parts = (*(value for _, value in to.branches), to.otherwise)
        return tuple(dict.fromkeys(state for part in parts for state in targets_of(part)))
    return (to,) if to else ()


def targets_from(to: Target, state: str) -> tuple[str, ...]:
    """The states that a target may come out as where the case stands in a state: a choice by the state is decided."""
    if not isinstance(to, Choose):
        return targets_of(to)
    out: list[str] = []
    for condition, value in to.branches:
        answer = answer_of(condition, OnlyState(state))
        if answer is not Answer.NO:
            out += targets_from(value, state)
        if answer is Answer.YES:
            return tuple(dict.fromkeys(out))
    return tuple(dict.fromkeys((*out, *targets_from(to.otherwise, state))))


@dataclass(frozen=True, slots=True)
class OnlyState:
    """A case of which nothing is known but its state."""

    state: str

    def value(self, path: str) -> object:
        return self.state if path == "state" else NOT_HELD

    def moment(self, path: str) -> tuple[int, ...] | None:
        return None

    def elements(self, over: str) -> Elements | Missing:
        return NOT_HELD

    def frozen(self, source: str, where: object) -> object:
        return NOT_HELD

    def at(self, day: date) -> OnlyState:
        return OnlyState("")

    @property
    def calendar(self) -> Calendar:
        return Calendar.of(())
