"""A clock as declared: what starts, stops and lengthens it, and what is wrong with saying so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Protocol

from jinzhi.kernel.access import unknown_roles
from jinzhi.kernel.declare import Catalogue, Citation
from jinzhi.kernel.expression import F
from jinzhi.kernel.fields import Field
from jinzhi.kernel.law import Dated
from jinzhi.kernel.period import Length
from jinzhi.kernel.text import Words

#: in ``start`` and ``stop``: before the name of a state that a case enters
TO = "to:"
#: in ``start`` and ``stop``: before the name of a letter that is served on somebody
SERVED = "served:"
#: the input of a step that grants more time: how much
GRANTED = "length"
#: a literal, a :class:`~jinzhi.kernel.law.Term`, or an expression that gives a length
LengthSaid = object
#: an expression that gives a day, or a moment
DaySaid = object


class RuledBy(StrEnum):
    """The day whose rule a clock takes: that of the case's opening, or of the clock's own start."""

    OPENING = "opening"
    START = "start"


class Whose(StrEnum):
    """Who has to act before it ends. Only what is ours enters the figures of what was done in time."""

    US = "us"
    PARTY = "party"
    OTHER = "other"


class WithId(Protocol):
    """What has an id."""

    @property
    def id(self) -> str: ...


class Acts(WithId, Protocol):
    """What a clock knows of a step."""

    @property
    def per(self) -> str: ...

    @property
    def inputs(self) -> tuple[Field, ...]: ...

    @property
    def letters(self) -> Sequence[WithId]: ...

    @property
    def targets(self) -> tuple[str, ...]: ...


class ClockPlace(Protocol):
    """What a clock knows of the procedure that it stands in."""

    @property
    def states(self) -> Sequence[WithId]: ...

    @property
    def asides(self) -> Sequence[WithId]: ...

    @property
    def steps(self) -> Sequence[Acts]: ...


@dataclass(frozen=True, slots=True)
class Extension:
    """More time, granted by the step ``by``: the length of its input "length", at most ``up_to``; or ``up_to`` itself
    where it asks none. At most ``times`` times. The step ``asked``, or else the grant, comes before the end;
    ``after``: only once this other step was taken."""

    by: str
    _: KW_ONLY
    up_to: LengthSaid | None = None
    asked: str = ""
    after: str = ""
    times: int = 1
    basis: tuple[Citation, ...] = ()

    def problems(self, around: ClockPlace) -> Iterator[str]:
        """What is wrong with it in its procedure."""
        steps = {s.id: s for s in around.steps}
        for word, step in (("by", self.by), ("asked", self.asked), ("after", self.after)):
            if step and step not in steps:
                yield f"extension {word}={step!r} is no declared step"
        if self.by in steps and self.up_to is None and GRANTED not in {f.id for f in steps[self.by].inputs}:
            yield f"extension by {self.by} says no up_to, and the step asks no {GRANTED!r}"
        if self.times < 1:
            yield f"extension by {self.by}: times={self.times} is less than 1"


@dataclass(frozen=True, slots=True)
class Tell:
    """Who is told that a clock ends: so long ``ahead`` of its last day, so long ``after`` it, or on the first day after
    it where neither is said."""

    roles: tuple[str, ...]
    _: KW_ONLY
    ahead: Length | None = None
    after: Length | None = None

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with it."""
        if not self.roles:
            yield "tells nobody"
        for role in unknown_roles(self.roles, catalogue):
            yield f"tells the role {role!r}, which is not declared"
        if self.ahead and self.after:
            yield f"tells {', '.join(self.roles)} both ahead and after: say it twice"


@dataclass(frozen=True)
class Clock:
    """A period of a procedure.

    **Runs** from ``start`` to ``stop``: steps, ``"to:state"`` (entering it) or ``"served:letter"`` (the day of service,
    for each recipient). A step that both starts and stops it ends what runs, or starts and ends a run at once;
    ``restart``: steps from which what runs counts anew; ``when``: it does not start where this is a no; ``per``: one
    run for each element of a list (a step that writes the list anew starts those that are new in it); ``counts_from``:
    the day from which it counts, where it is another than that of the start.

    **Ends** after ``length`` (a Term of the law, a plain Length of the platform, or an expression) or on the day that
    ``due`` gives; ``roll``: whether an end on a day off moves on (left out: as its law says, or else its unit does);
    ``extensions``. ``ruled_by``: the day whose rule is taken, that of the case's "opening" or of the clock's own
    "start" (a term that runs from a later act of the authority).

    **Stands still** while an aside or state named in ``suspend`` (what is left is kept) or ``exclude`` (the days do not
    count) stands; each is a span of its own, and a day is taken out once.

    **At its end** the system takes the step ``at_end``, dated the first day after; ``tell``: who is told; ``whose`` it
    is to act.

    A clock that nothing stops on some way out is a problem of the declaration. ``was``: names it had before.
    """

    id: str
    zh: str
    en: str
    _: KW_ONLY
    start: tuple[str, ...]
    stop: tuple[str, ...]
    length: LengthSaid | None = None
    due: DaySaid | None = None
    counts_from: DaySaid | None = None
    per: str = ""
    suspend: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()
    when: object | None = None
    extensions: tuple[Extension, ...] = ()
    at_end: str = ""
    tell: tuple[Tell, ...] = ()
    ruled_by: RuledBy = RuledBy.OPENING
    roll: bool | None = None
    whose: Whose = Whose.US
    on_expiry_zh: str = ""
    on_expiry_en: str = ""
    basis_note_zh: str = ""
    basis_note_en: str = ""
    was: tuple[str, ...] = ()

    @property
    def on_expiry(self) -> Words:
        """What follows where it ends without an act."""
        return Words(self.on_expiry_zh, self.on_expiry_en)

    @property
    def basis_note(self) -> Words:
        """What is said of its basis; false where nothing is."""
        return Words(self.basis_note_zh, self.basis_note_en)

    @property
    def terms(self) -> tuple[Dated[Length], ...]:
        """The terms of law that its length and extensions rest on."""
        return tuple(
            term for said in (self.length, self.due, *(e.up_to for e in self.extensions)) for term in terms_of(said)
        )

    @property
    def counts_hours(self) -> bool:
        """Whether a version of its length, or what its last moment is computed from, is in hours or minutes: the steps
        that start and stop it then need a time of day."""
        return any(x.unit.timed for said in (self.length, self.due) for x in lengths_of(said))

    @property
    def due_paths(self) -> tuple[str, ...]:
        """The paths of the inputs that say its last day, in the order in which it names them; none where it counts."""
        return tuple(dict.fromkeys(part.path for part in _parts(self.due) if isinstance(part, F)))

    @property
    def length_paths(self) -> tuple[str, ...]:
        """The paths of the inputs that say its length, where the case says it."""
        return tuple(dict.fromkeys(part.path for part in _parts(self.length) if isinstance(part, F)))

    @property
    def named(self) -> tuple[str, ...]:
        """Every step that it names to start, stop or move it."""
        named = (*self.start, *self.stop, *self.restart, *(e.by for e in self.extensions))
        return tuple(n for n in named if ":" not in n)

    def starts_with(self, step: Acts) -> bool:
        """Whether a step starts it, by itself or by where it may lead."""
        return _names(self.start, step)

    def stops_with(self, step: Acts) -> bool:
        """Whether a step stops it, by itself or wherever it may lead."""
        return step.id in self.stop or bool(step.targets and all(TO + to in self.stop for to in step.targets))

    def asks_time(self, step: Acts) -> bool:
        """Whether a step must say the time of day at which it happened: it starts or stops a clock of hours."""
        return self.counts_hours and (step.id in self.restart or _names((*self.start, *self.stop), step))

    def problems(self, around: ClockPlace, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with it in its procedure."""
        where = f"clock {self.id}"
        yield from self._misnames(around)
        for word, value, known in (("ruled_by", self.ruled_by, RuledBy), ("whose", self.whose, Whose)):
            if value not in tuple(known):
                yield f"{where}: {word}={value!r} is not {' or '.join(known)}"
        if self.roll not in (None, True, False):
            yield f"{where}: roll={self.roll!r} is not True, False or left out"
        for term in dict.fromkeys(self.terms):
            yield from (f"{where}: {p}" for p in term.problems(catalogue))
        for extension in self.extensions:
            yield from (f"{where}: {p}" for p in extension.problems(around))
        for tell in self.tell:
            yield from (f"{where} {p}" for p in tell.problems(catalogue))
        yield from self._uncountable()

    def _misnames(self, around: ClockPlace) -> Iterator[str]:
        """What it names and nobody declares."""
        steps = {s.id for s in around.steps}
        states = {s.id for s in around.states}
        letters = {letter.id for s in around.steps for letter in s.letters}
        stands = states | {a.id for a in around.asides}
        for name in (*self.start, *self.stop):
            if name.startswith(TO) and name.removeprefix(TO) not in states:
                yield f"clock {self.id} names {name!r}, which is no declared state"
            if name.startswith(SERVED) and name.removeprefix(SERVED) not in letters:
                yield f"clock {self.id} names {name!r}, which is no declared letter"
        for step in (*self.named, *((self.at_end,) if self.at_end else ())):
            if step not in steps:
                yield f"clock {self.id} names the step {step!r}, which is not declared"
        for name in (*self.suspend, *self.exclude):
            if name not in stands:
                yield f"clock {self.id} names {name!r}, which is no declared aside or state"
        for name in sorted(set(self.suspend) & set(self.exclude)):
            yield f"clock {self.id}: {name} both suspends it and does not count"

    def _uncountable(self) -> Iterator[str]:
        """What would leave it without a date."""
        if (self.length is None) == (self.due is None):
            yield f"clock {self.id} needs a length or a due day, and only one of them"
        timed = {x.unit if x.unit.timed else None for x in lengths_of(self.length)}
        more = {x.unit if x.unit.timed else None for e in self.extensions for x in lengths_of(e.up_to)}
        if timed and more and timed != more:
            yield f"clock {self.id}: hours and another unit cannot be added up"


def _names(names: tuple[str, ...], step: Acts) -> bool:
    return step.id in names or any(TO + to in names for to in step.targets)


def terms_of(said: object) -> tuple[Dated[Length], ...]:
    """The terms of law in a length as it is said: itself, or wherever an expression holds one."""
    return tuple(x for x in _parts(said) if isinstance(x, Dated))


def lengths_of(said: object) -> tuple[Length, ...]:
    """Every length that a length as it is said may have, or had."""
    out: list[Length] = []
    for part in _parts(said):
        if isinstance(part, Length):
            out.append(part)
        if isinstance(part, Dated):
            out += [v.value for v in part.versions if isinstance(v.value, Length)]
    return tuple(out)


def own_lengths_of(said: object) -> tuple[Length, ...]:
    """The lengths that a declaration writes itself, beside the terms of law."""
    return tuple(x for x in _parts(said) if isinstance(x, Length))


def _parts(said: object) -> Iterator[object]:
    """What an expression is made of, down to lengths, terms and paths."""
    if isinstance(said, Length | Dated | F):
        yield said
    elif isinstance(said, tuple | list):
        for part in said:
            yield from _parts(part)
    elif is_dataclass(said) and not isinstance(said, type):
        for f in fields(said):
            yield from _parts(getattr(said, f.name))
