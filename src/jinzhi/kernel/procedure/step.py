"""A step: who takes it, from where to where, what it asks for and what it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from jinzhi.kernel.access import unknown_roles
from jinzhi.kernel.clock import Clock
from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.declare import Catalogue, Citation
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Dated
from jinzhi.kernel.procedure.state import State
from jinzhi.kernel.recording import Given
from jinzhi.kernel.text import Words

#: what a REF input may name beside a register
CASE = "case"
#: ``of`` of a REF that points at a milestone of the plan
MILESTONE = "milestone"
REFERRED = (CASE, MILESTONE)


class TakenFrom(StrEnum):
    """Where the acting unit must stand to the case's unit: itself, above it, the one that issued the case, anywhere."""

    OWN = "own"
    ABOVE = "above"
    OFFICE = "office"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a step needs that only the records around the case can tell; given from outside as true or false."""

    id: str
    zh: str
    en: str
    why_not_zh: str
    why_not_en: str

    @property
    def why_not(self) -> Words:
        """Why a step that needs it cannot be taken without it."""
        return Words(self.why_not_zh, self.why_not_en)


class Around(Protocol):
    """What a step knows of the procedure that it stands in."""

    @property
    def states(self) -> tuple[State, ...]: ...

    @property
    def clocks(self) -> tuple[Clock, ...]: ...

    @property
    def reads(self) -> tuple[str, ...]: ...

    @property
    def title_input(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step. Without ``sources`` it opens a case; with ``to=None`` the state stays.

    ``at``: where the acting unit must stand to the case's unit. ``confirm`` asks the person once more before harm.
    ``tells``: clocks whose due date is told to the party with this step, and thereby fixed. ``was``: names it had
    before. ``day``: the law gives the day and the step asks for it; without it the step counts on the day on which it
    is recorded. ``seals``: what was recorded before and with it is corrected by declared roles only. ``corrections``:
    instead of the procedure's. ``reopens``: it may lead out of a final state, because what ended the case was wrong;
    nothing else may.
    """

    id: str
    zh: str
    en: str
    sources: tuple[str, ...] = ()
    to: str | None = None
    roles: tuple[str, ...] = ()
    at: TakenFrom = TakenFrom.ANY
    basis: tuple[Citation, ...] = ()
    inputs: tuple[Field, ...] = ()
    needs: tuple[Fact, ...] = ()
    confirm: bool = False
    tells: tuple[str, ...] = ()
    help_zh: str = ""
    help_en: str = ""
    was: tuple[str, ...] = ()
    day: Given | None = None
    seals: bool = False
    corrections: Corrections | None = None
    reopens: bool = False

    @property
    def help(self) -> Words:
        """What is said beside it; false where nothing is."""
        return Words(self.help_zh, self.help_en)

    @property
    def opens(self) -> bool:
        return not self.sources

    def problems(self, around: Around, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with it in its around."""
        yield from self._misleads(around)
        yield from self._mistaken(around, catalogue)
        for question in self.inputs:
            yield from (f"step {self.id}: {p}" for p in question.problems())
            yield from self._misasks(question, around, catalogue)

    def _misleads(self, around: Around) -> Iterator[str]:
        """What is wrong with where it leads, and with what it does to clocks."""
        states = {s.id for s in around.states}
        for state in (*self.sources, *((self.to,) if self.to else ())):
            if state not in states:
                yield f"step {self.id} names the state {state!r}, which is not declared"
        if self.opens and not self.to:
            yield f"step {self.id} opens the case but leads to no state"
        finals = {s.id for s in around.states if s.final}
        if self.reopens and (not set(self.sources) <= finals or not self.to or self.to in finals):
            yield f"step {self.id} reopens the case: it must lead from a final state to one that is not"
        clocks = {c.id for c in around.clocks}
        for clock in self.tells:
            if clock not in clocks:
                yield f"step {self.id} tells the clock {clock!r}, which is not declared"
        for ours in around.clocks:
            if self.day and self.id in ours.named and not isinstance(ours.length, Dated):
                yield f"step {self.id} says its day, yet it moves {ours.id}, a term of the platform"

    def _mistaken(self, around: Around, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with who takes it and from where, and with who corrects it."""
        if not self.roles:
            yield f"step {self.id} names no role that may take it"
        for role in unknown_roles(self.roles, catalogue):
            yield f"step {self.id} names the role {role!r}, which is not declared"
        for role in self.roles if around.reads else ():
            if role not in around.reads:
                yield f"step {self.id} is taken by the role {role!r}, which may not read the case"
        if self.at not in tuple(TakenFrom):
            yield f"step {self.id}: at={self.at!r} is not own, above, office or any"
        if self.corrections:
            yield from self.corrections.problems(catalogue, f"step {self.id}")

    def _misasks(self, question: Field, around: Around, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with asking this here."""
        registers = catalogue.ids("register")
        points = question.of if question.type is Type.REF and question.of not in REFERRED else ""
        if points and registers and points not in registers:
            yield f"step {self.id}: {question.id} points into {question.of!r}, which is no declared register"
        if question.id in (around.title_input, *(c.due_input for c in around.clocks)):
            if question.personal:
                why = "is personal data and may be erased"
                yield f"step {self.id}: {question.id} {why}: no title, no clock may need it"
            if question.sealed_for:
                yield f"step {self.id}: {question.id} is sealed: no title, no clock may need it"
        for role in unknown_roles(question.sealed_for, catalogue):
            yield f"step {self.id}: {question.id} is open to the role {role!r}, which is not declared"
