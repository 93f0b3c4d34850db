"""A clock as declared: what starts, stops and lengthens it, and what is wrong with saying so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from jinzhi.kernel.declare import Catalogue, Citation
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Dated
from jinzhi.kernel.period import Length, Unit
from jinzhi.kernel.text import Words

Term = Dated[Length] | Length
#: the input by which a step of ``reschedule`` names the new last day
NEW_DUE = "new_due"


class RuledBy(StrEnum):
    """The day whose rule a clock takes: that of the case's opening, or of the clock's own start."""

    OPENING = "opening"
    START = "start"


@dataclass(frozen=True, slots=True)
class Extension:
    """A step that lengthens a clock, on its own basis, at most ``times`` times. Its length may be dated like any."""

    step: str
    length: Term
    basis: tuple[Citation, ...] = ()
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A period of a procedure.

    ``length`` is looked up by date (law), or a plain Length (a term of the platform), or None where a DATE input
    named ``due_input`` of the starting step says the day itself; steps of ``reschedule`` move that day by their
    ``new_due``, steps of ``restore`` take the last such move back. ``ruled_by``: the day whose rule is taken, that
    of the case's "opening" or of the clock's own "start" (a term that runs from a later act of the authority).
    ``pause``/``resume`` suspend it (what is left is kept); days from ``exclude_from`` to the day before
    ``exclude_to`` do not count; several of either are paired by their place (see the module). A clock that nothing
    stops on some way out is a problem of the declaration.
    ``was``: names it had before.
    """

    id: str
    zh: str
    en: str
    start: tuple[str, ...]
    stop: tuple[str, ...]
    length: Term | None = None
    ruled_by: RuledBy = RuledBy.OPENING
    due_input: str = ""
    reschedule: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    pause: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    exclude_from: tuple[str, ...] = ()
    exclude_to: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
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
    def counts_hours(self) -> bool:
        """Whether a version of its length is in hours: the steps that start and stop it then need a time of day."""
        return any(x.unit is Unit.HOUR for x in lengths_of(self.length))

    @property
    def named(self) -> tuple[str, ...]:
        """Every step that starts, stops or moves it."""
        named = (*self.start, *self.stop, *self.pause, *self.resume, *self.exclude_from, *self.exclude_to)
        return (*named, *self.reschedule, *self.restore, *(e.step for e in self.extensions))

    @property
    def timed_steps(self) -> tuple[str, ...]:
        """The steps that must say the time of day; empty for a clock that counts days."""
        return (*self.start, *self.stop) if self.counts_hours else ()

    def problems(self, catalogue: Catalogue, inputs: Mapping[str, Mapping[str, Field]]) -> Iterator[str]:
        """What is wrong with it beside steps with these inputs, by step and input."""
        for step in self.named:
            if step not in inputs:
                yield f"clock {self.id} names the step {step!r}, which is not declared"
        if self.ruled_by not in tuple(RuledBy):
            yield f"clock {self.id}: ruled_by={self.ruled_by!r} is not {' or '.join(RuledBy)}"
        for term in (self.length, *(e.length for e in self.extensions)):
            if isinstance(term, Dated):
                yield from (f"clock {self.id}: {p}" for p in term.problems(catalogue))
        yield from self._uncountable()
        yield from self._undue(inputs)

    def _uncountable(self) -> Iterator[str]:
        """What would leave it without a date, or a stretch without an end."""
        for begins, ends, what in (
            (self.pause, self.resume, "pause and resume"),
            (self.exclude_from, self.exclude_to, "exclude_from and exclude_to"),
        ):
            if len(begins) > 1 and len(ends) > 1 and len(begins) != len(ends):
                yield (
                    f"clock {self.id}: {what} name {len(begins)} and {len(ends)} steps: say which ends which by "
                    "naming as many of both, pair by pair"
                )
        units = {x.unit for x in lengths_of(self.length)}
        more = {x.unit for e in self.extensions for x in lengths_of(e.length)}
        if more and (Unit.HOUR in units) != (Unit.HOUR in more):
            yield f"clock {self.id}: hours and another unit cannot be added up"

    def _undue(self, inputs: Mapping[str, Mapping[str, Field]]) -> Iterator[str]:
        """What is wrong with the inputs that say its last day."""
        if (self.length is None) != bool(self.due_input):
            yield f"clock {self.id} needs a length or a due_input, and only one of them"
        starting = [(step, self.due_input) for step in self.start if self.due_input]
        for step, wanted in (*starting, *((step, NEW_DUE) for step in self.reschedule)):
            there = inputs.get(step, {}).get(wanted)
            if there is None or there.type is not Type.DATE:
                yield f"clock {self.id}: step {step} has no date input {wanted!r}"
        if self.reschedule and not self.due_input:
            yield f"clock {self.id}: reschedule goes with due_input"
        if self.restore and not self.reschedule:
            yield f"clock {self.id}: restore goes with reschedule"


def lengths_of(term: Term | None) -> tuple[Length, ...]:
    """Every length that a term has or had."""
    if term is None:
        return ()
    return (term,) if isinstance(term, Length) else tuple(v.value for v in term.versions if isinstance(v.value, Length))


def ended_by(begins: tuple[str, ...], ends: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Which steps end the stretch that a step begins."""
    if len(begins) != len(ends):
        return dict.fromkeys(begins, frozenset(ends))
    out: dict[str, frozenset[str]] = {}
    for first, last in zip(begins, ends, strict=True):
        out[first] = out.get(first, frozenset()) | {last}
    return out
