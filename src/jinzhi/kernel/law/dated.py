"""Rules through time: which version of a rule is in force on a day, and which one a case keeps.

Everywhere the first day is included and the last is not: ``until`` is the first day on which a version no longer
holds, which is the day its successor begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from jinzhi.kernel.declare import Catalogue, Citation
from jinzhi.kernel.law.norms import Law
from jinzhi.kernel.law.silence import UNSET, Silence

T = TypeVar("T")


class NoRuleInForce(LookupError):
    """No version of a rule holds on a day; the message names the rule, the day and the versions there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(Generic[T]):
    """One version of a rule, from ``since`` up to the day before ``until`` or before the next version.

    ``value`` is ``NO_TERM`` where this version sets no such term (a rule that ended; ``cite`` names the law that ended
    it) and ``UNSET``（待核实）where nobody has confirmed what it sets.
    ``roll``: whether an end on a day off moves to the next working day; left out, as the unit does.
    ``takes_pending``: it applies also to cases opened before it. Without a word in the new law, it does not.
    """

    since: date
    value: T | Silence
    cite: Citation
    until: date | None = None
    takes_pending: bool = False
    verified: bool = True
    note: str = ""
    roll: bool | None = None


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A rule through time: its versions, oldest first. ``name`` is what error messages call it."""

    versions: tuple[Version[T], ...]
    name: str = "rule"

    def find_on(self, day: date) -> Version[T] | None:
        """The version in force on a day, or None."""
        for version in reversed(self.versions):
            if version.since <= day:
                return version if version.until is None or day < version.until else None
        return None

    def on(self, day: date) -> Version[T]:
        """The version in force on a day. Raises NoRuleInForce."""
        found = self.find_on(day)
        if found is None:
            raise NoRuleInForce(f"no version of {self.name} is in force on {day} ({self._spans()})")
        return found

    def for_case(self, opened: date, today: date) -> Version[T]:
        """The version a case opened on ``opened`` is under today.

        That of its opening day, kept even after its repeal, unless a later version in force by today takes
        pending cases; then the latest such. Raises NoRuleInForce where none held on the opening day.
        """
        kept = self.on(opened)
        for version in self.versions:
            if opened < version.since <= today and version.takes_pending:
                kept = version
        return kept

    def _spans(self) -> str:
        said = [f"{v.since} to {v.until or 'now'}" for v in self.versions]
        return "versions: " + ", ".join(said) if said else "there is no version"

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong: order, gaps, overlaps, and citations of what is not declared or not in force."""
        if not self.versions:
            yield f"{self.name} has no version"
        for before, after in zip(self.versions, self.versions[1:], strict=False):
            if after.since <= before.since:
                yield f"{self.name}: the version of {after.since} stands after that of {before.since}"
            elif before.until is not None and before.until > after.since:
                yield f"{self.name}: versions overlap from {after.since} to {before.until}"
            elif before.until is not None and before.until < after.since:
                yield f"{self.name}: no version from {before.until} to {after.since}"
        for version in self.versions:
            if version.value is UNSET and (version.verified or not version.note.strip()):
                yield f"{self.name}: UNSET from {version.since} says verified=False and notes what is to be confirmed"
            if version.until is not None and version.until <= version.since:
                yield f"{self.name}: the version of {version.since} ends on {version.until}, before it begins"
            law = catalogue.find(Law, version.cite.law)
            if law is None:
                yield f"{self.name}: cites the law {version.cite.law!r}, which is not declared"
                continue
            if version.cite.article and law.find_provision(version.cite.article) is None:
                yield f"{self.name}: cites {version.cite}, but {law.id} declares no article {version.cite.article}"
            if not law.in_force_on(version.since):
                yield (
                    f"{self.name}: the version of {version.since} cites {law.id}, "
                    f"which was {law.status(version.since).en} that day"
                )
