"""Which law a case is under, and the term that it sets there.

A :class:`Term` is the parameter of one id in each of several laws. A :class:`Regime` says which of them a case is
under: that of its opening day, unless a later one takes pending cases, or a party chose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from jinzhi.kernel.declare import Catalogue, Citation, DeclarationError
from jinzhi.kernel.law.dated import Dated, NoRuleInForce, Version
from jinzhi.kernel.law.norms import Law
from jinzhi.kernel.law.silence import Silence
from jinzhi.kernel.period import Length


class Term(Dated[Length]):
    """The length that laws set under one id, each for the days on which it is in force.

    Laws are handed in, not named, so that no fold needs the catalogue. Raises DeclarationError where one of them
    does not declare the parameter (it says ``NO_TERM`` where it sets none) or holds something else than a length.
    """

    __slots__ = ("id", "laws")
    id: str
    laws: tuple[Law, ...]

    def __init__(self, id: str, *laws: Law):
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "laws", tuple(sorted(laws, key=lambda law: law.in_force)))
        super().__init__(tuple(_term_in(law, id) for law in self.laws), name=f"term {id}")

    def find_under(self, law: str) -> Version[Length] | None:
        """What the law of this id sets."""
        return next((v for v, where in zip(self.versions, self.laws, strict=True) if where.id == law), None)

    def with_law(self, law: Law) -> Term:
        """The term once a new law is in force as well."""
        return Term(self.id, *self.laws, law)


def _term_in(law: Law, id: str) -> Version[Length]:
    parameter = law.get_parameter(id)
    value = parameter.value
    if not isinstance(value, Length | Silence):
        raise DeclarationError(f"{law.id} {id!r} is {value!r}, not a length of time")
    return Version(
        since=law.in_force,
        until=law.repealed,
        value=value,
        cite=law.cite(id),
        takes_pending=law.takes_pending,
        verified=parameter.verified,
        note=parameter.note,
        roll=law.roll,
    )


@dataclass(frozen=True)
class Regime:
    """Which law a case is under: its versions, oldest first. ``chosen_by``: the path of an input by which a party
    chooses one of them by its id ("ask.rule"); what it chose holds whatever the day."""

    versions: tuple[Version[Law], ...]
    chosen_by: str = ""

    @classmethod
    def of(cls, *laws: Law, chosen_by: str = "") -> Regime:
        """These laws, each from the day on which it is in force."""
        return cls(tuple(_version_of(law) for law in sorted(laws, key=lambda law: law.in_force)), chosen_by)

    @cached_property
    def dated(self) -> Dated[Law]:
        return Dated(self.versions, name="the law of the case")

    def for_case(self, opened: date, today: date, chosen: str = "") -> Version[Law]:
        """The law that a case opened on a day is under today. Raises NoRuleInForce; a choice of something else than
        one of its laws counts as none."""
        picked = self.find(chosen)
        return picked or self.dated.for_case(opened, today)

    def find_law(self, opened: date, today: date, chosen: object = "") -> Law | None:
        """The law itself; None where none was in force on the opening day."""
        try:
            found = self.for_case(opened, today, chosen if isinstance(chosen, str) else "").value
        except NoRuleInForce:
            return None
        return found if isinstance(found, Law) else None

    def find(self, law: str) -> Version[Law] | None:
        """The version of the law of this id."""
        return next((v for v in self.versions if isinstance(v.value, Law) and v.value.id == law), None)

    def with_law(self, law: Law) -> Regime:
        """The regime once a new law is in force as well."""
        return Regime((*self.versions, _version_of(law)), self.chosen_by)

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from self.dated.problems(catalogue)
        for version in self.versions:
            if isinstance(version.value, Silence):
                yield f"the law of the case from {version.since} is {version.value.name}: a case is always under a law"
            elif version.cite.law != version.value.id:
                yield f"the law of the case from {version.since} is {version.value.id}, but {version.cite} is cited"
        if self.chosen_by and "." not in self.chosen_by:
            yield f"chosen_by={self.chosen_by!r} is no path of an input (step.input)"


def _version_of(law: Law) -> Version[Law]:
    return Version(
        since=law.in_force, until=law.repealed, value=law, cite=Citation(law.id), takes_pending=law.takes_pending
    )
