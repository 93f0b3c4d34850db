"""A step: who takes it, from where to where, what it asks for, what it needs and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from typing import Protocol

from jinzhi.kernel.access import unknown_roles
from jinzhi.kernel.clock import Clock
from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.declare import Catalogue, Citation
from jinzhi.kernel.expression import Check, Checklist, Condition, Expression
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.period import Length
from jinzhi.kernel.procedure.aside import Aside
from jinzhi.kernel.procedure.effects import Effect, On
from jinzhi.kernel.procedure.letters import Letter
from jinzhi.kernel.procedure.state import ANY_STATE, CLOSED, State, Target, targets_from, targets_of
from jinzhi.kernel.recording import DayGiven
from jinzhi.kernel.text import Words

#: what a REF input may name beside a register
CASE = "case"
#: ``of`` of a REF that points at a milestone of the plan
MILESTONE = "milestone"
REFERRED = (CASE, MILESTONE)
#: the roles of a step that nobody takes by hand
BY_ITSELF = ("system", "import")
#: what a path says of a step itself; no input of a step may be called so
OF_STEP = ("on", "first_on", "by", "count")


class TakenFrom(StrEnum):
    """Where the acting unit must stand to the case's unit: itself, above it, the one that issued the case, anywhere."""

    OWN = "own"
    ABOVE = "above"
    OFFICE = "office"
    ANY = "any"


class TakenBy(StrEnum):
    """Who of those that hold the role: whoever the case is assigned to, or the one that the item is."""

    HANDLER = "handler"
    ITEM = "item"


class Door(StrEnum):
    """How somebody comes to a step: signed in, with the code of the case, or without a name."""

    STAFF = "staff"
    CODE = "code"
    PUBLIC = "public"


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


Need = Check | Fact


class Around(Protocol):
    """What a step knows of the procedure that it stands in."""

    @property
    def states(self) -> tuple[State, ...]: ...

    @property
    def asides(self) -> tuple[Aside, ...]: ...

    @property
    def steps(self) -> tuple[Step, ...]: ...

    @property
    def clocks(self) -> tuple[Clock, ...]: ...

    @property
    def reads(self) -> tuple[str, ...]: ...

    @property
    def title(self) -> str: ...


@dataclass(frozen=True)
class Step:
    """A step. Without ``sources`` it opens a case; with ``to=None`` the state stays.

    **Where from** ``sources``: states (any of them), asides that stand open or, with "!", do not (all of them), "*" for
    any state. **Where to** ``to``: a state, or ``Choose`` among some.

    **Who** ``roles``; ``at``: where the acting unit must stand to the case's unit; ``by``: whoever handles the case, or
    is the item; ``signers``: so many must sign; ``other_than``: not who took these steps; ``clear_of``: without
    conflict with those at these paths; ``door``: how one comes to it; ``on``: it comes in by itself.

    **What** ``per``: one for each element of a list; ``inputs``; ``when``: else it is not shown; ``needs``: else it is
    barred; ``gives``: computed once and kept; ``shows``: checklists frozen with it; ``most``, ``again``: how often and
    after how long; ``under``: only under these laws; ``effects``, ``letters``: what follows.

    ``confirm`` asks the person once more before harm. ``was``: names it had before. ``day``: the law gives the day and
    the step asks for it; without it the step counts on the day on which it is recorded. ``seals``: what was recorded
    before and with it is corrected by declared roles only. ``corrections``: instead of the procedure's. ``undoes``: it
    takes the last standing event of these steps back, and what they said before holds again. ``reopens``: it may lead
    out of a final state, because what ended the case was wrong; nothing else may.
    """

    id: str
    zh: str
    en: str
    _: KW_ONLY
    sources: tuple[str, ...] = ()
    to: Target = None
    roles: tuple[str, ...] = ()
    at: TakenFrom = TakenFrom.ANY
    by: TakenBy | None = None
    signers: int = 1
    other_than: tuple[str, ...] = ()
    clear_of: tuple[str, ...] = ()
    per: str = ""
    when: Condition | None = None
    needs: tuple[Need, ...] = ()
    gives: Mapping[str, Expression] = field(default_factory=dict)
    shows: tuple[Checklist, ...] = ()
    inputs: tuple[Field, ...] = ()
    effects: tuple[Effect, ...] = ()
    letters: tuple[Letter, ...] = ()
    most: int | None = None
    again: Length | None = None
    door: tuple[Door, ...] = (Door.STAFF,)
    on: On | None = None
    under: tuple[str, ...] = ()
    basis: tuple[Citation, ...] = ()
    confirm: bool = False
    help_zh: str = ""
    help_en: str = ""
    was: tuple[str, ...] = ()
    day: DayGiven | None = None
    seals: bool = False
    undoes: tuple[str, ...] = ()
    corrections: Corrections | None = None
    reopens: bool = False

    @property
    def help(self) -> Words:
        """What is said beside it; false where nothing is."""
        return Words(self.help_zh, self.help_en)

    @property
    def opens(self) -> bool:
        return not self.sources

    def find_input(self, id: str) -> Field | None:
        return next((f for f in self.inputs if f.id == id or id in f.was), None)

    @property
    def targets(self) -> tuple[str, ...]:
        """Every state that it may lead to; empty where the state stays."""
        return targets_of(self.to)

    def targets_in(self, state: str) -> tuple[str, ...]:
        """Every state that it may lead to from a state; empty where the state stays."""
        return targets_from(self.to, state)

    @property
    def tells(self) -> tuple[str, ...]:
        """The clocks whose due date it tells by a letter."""
        return tuple(dict.fromkeys(clock for letter in self.letters for clock in letter.tells))

    def problems(self, around: Around, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with it in its procedure."""
        where = f"step {self.id}"
        yield from self._misleads(around)
        yield from (f"{where}: {p}" for p in self._unlawful(catalogue))
        yield from (f"{where}: {p}" for p in self._mistaken(around, catalogue))
        yield from (f"{where}: {p}" for p in self._misnames(around))
        for effect in (*self.effects, *((self.on,) if self.on else ())):
            yield from (f"{where}: {p}" for p in effect.problems(catalogue))
        clocks = [c.id for c in around.clocks]
        for letter in self.letters:
            yield from (f"{where}: {p}" for p in letter.problems(clocks))
        for question in self.inputs:
            yield from (f"{where}: {p}" for p in question.problems())
            yield from (f"{where}: {question.id} {p}" for p in self._misasks(question, around, catalogue))

    def _misleads(self, around: Around) -> Iterator[str]:
        """What is wrong with where it leads, and with what it does to clocks."""
        states = {s.id for s in around.states}
        asides = {a.id for a in around.asides}
        for name in self.sources:
            known = name == ANY_STATE or name in states or name.removeprefix(CLOSED) in asides
            if not known:
                yield f"step {self.id} names the state {name!r}, which is not declared"
        for state in self.targets:
            if state not in states:
                yield f"step {self.id} names the state {state!r}, which is not declared"
        if self.opens and not self.to:
            yield f"step {self.id} opens the case but leads to no state"
        finals = {s.id for s in around.states if s.final}
        if self.reopens and (not set(self.sources) <= finals or not self.to or set(self.targets) & finals):
            yield f"step {self.id} reopens the case: it must lead from a final state to one that is not"
        for ours in around.clocks:
            if self.day and self.id in ours.named and not ours.terms:
                yield f"step {self.id} says its day, yet it moves {ours.id}, a term of the platform"

    def _mistaken(self, around: Around, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with who takes it, and with who corrects it."""
        if not self.roles:
            yield "names no role that may take it"
        for role in unknown_roles((r for r in self.roles if r not in BY_ITSELF), catalogue):
            yield f"names the role {role!r}, which is not declared"
        for role in self.roles if around.reads else ():
            if role not in (*around.reads, *BY_ITSELF):
                yield f"is taken by the role {role!r}, which may not read the case"
        if self.on and not set(self.roles) & set(BY_ITSELF):
            yield f"comes in by itself (on), yet names no role of {' or '.join(BY_ITSELF)}"
        for name, value, known in (("at", self.at, tuple(TakenFrom)), ("by", self.by, (None, *TakenBy))):
            if value not in known:
                yield f"{name}={value!r} is not {', '.join(k for k in known if k)}"
        for door in self.door:
            if door not in tuple(Door):
                yield f"door={door!r} is not {', '.join(Door)}"
        if self.corrections:
            yield from self.corrections.problems(catalogue, f"step {self.id}")

    def _misnames(self, around: Around) -> Iterator[str]:
        """What is wrong with numbers and with the other steps that it names."""
        steps = {s.id for s in around.steps}
        for word, named in (("other_than", self.other_than), ("undoes", self.undoes)):
            for step in named:
                if step not in steps:
                    yield f"{word} names the step {step!r}, which is not declared"
        for number, name in ((self.signers, "signers"), (self.most, "most")):
            if number is not None and number < 1:
                yield f"{name}={number} is less than 1"
        if self.by == TakenBy.ITEM and not self.per:
            yield "is taken by the item, yet there is no list (per)"
        if self.opens and self.per:
            yield "opens the case: it cannot be one for each element of a list"
        for name in (*self.gives, *(f.id for f in self.inputs)):
            if name in OF_STEP:
                yield f"{name!r} is what every step has: call the input or value something else"
        for name in self.gives:
            if name in {f.id for f in self.inputs}:
                yield f"{name!r} is an input and a value that it gives"

    def _unlawful(self, catalogue: Catalogue) -> Iterator[str]:
        """The laws that it names and nobody declares."""
        laws = catalogue.ids("law")
        for law in (*self.under, *(c.law for c in self.basis)):
            if laws and law not in laws:
                yield f"names the law {law!r}, which is not declared"

    def _misasks(self, question: Field, around: Around, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with asking this here."""
        registers = catalogue.ids("register")
        points = question.of if question.type is Type.REF and question.of not in REFERRED else ""
        if points and registers and points not in registers:
            yield f"points into {question.of!r}, which is no declared register"
        if around.title == f"{self.id}.{question.id}" or f"{self.id}.{question.id}" in [
            p for c in around.clocks for p in c.due_paths
        ]:
            if question.personal:
                yield "is personal data and may be erased: no title, no clock may need it"
            if question.sealed_for:
                yield "is sealed: no title, no clock may need it"
        for role in unknown_roles(question.sealed_for, catalogue):
            yield f"is open to the role {role!r}, which is not declared"
