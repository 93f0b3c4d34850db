"""A check: one condition with its names and its article. Guard, rule, ground, item of a list are all checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import NamedTuple

from jinzhi.kernel.declare import Catalogue, Citation
from jinzhi.kernel.expression.answers import Answer, Missing, all_of, any_of
from jinzhi.kernel.expression.meaning import Inside, LeafAnswer, RecordView, answer_of, reasons_of
from jinzhi.kernel.expression.problems import Schema, condition_problems, problems_of
from jinzhi.kernel.text import Words


class IfUnknown(StrEnum):
    """What bars a step whose check is unknown: nothing once somebody attests it (where he looked, when), or always."""

    ATTEST = "attest"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that a page shows with its answer, its article and the figure against the bound."""

    id: str
    zh: str
    en: str
    holds: object
    cite: Citation | None = None
    _: KW_ONLY
    unknown: IfUnknown = IfUnknown.ATTEST
    was: tuple[str, ...] = ()

    @property
    def words(self) -> Words:
        return Words(self.zh, self.en)

    def problems(self, schema: Schema, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with it where it stands: its paths, its article, its words."""
        if not self.zh.strip() or not self.en.strip():
            yield f"check {self.id} has no words in one of the languages"
        if self.unknown not in tuple(IfUnknown):
            yield f"check {self.id}: unknown={self.unknown!r} is not attest or stop"
        if self.cite and self.cite.law not in catalogue.ids("law"):
            yield f"check {self.id} cites {self.cite.law!r}, which is no declared law"
        yield from (f"check {self.id}: {problem}" for problem in condition_problems(self.holds, schema))


class CheckAnswer(NamedTuple):
    """A check with what it came to on a record."""

    check: Check
    answer: Answer
    reasons: tuple[LeafAnswer, ...]

    @property
    def bars(self) -> bool:
        """Whether a step may not be taken for it: a no always bars, an unknown where nobody may attest it."""
        return self.answer is Answer.NO or (self.answer is Answer.UNKNOWN and self.check.unknown == IfUnknown.STOP)

    @property
    def asks(self) -> bool:
        """Whether somebody has to say where and when he looked."""
        return self.answer is Answer.UNKNOWN and self.check.unknown == IfUnknown.ATTEST


def judged(check: Check, record: RecordView) -> CheckAnswer:
    """What a check comes to on a record."""
    return CheckAnswer(check, answer_of(check.holds, record), reasons_of(check.holds, record))


class Mode(StrEnum):
    """How the checks of a list come to one answer."""

    ALL = "all"
    ANY = "any"
    #: the first that holds decides; an unknown before it leaves it open
    FIRST = "first"
    #: they are shown and decide nothing
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class Checklist:
    """Checks as a page. ``over``: a list whose elements are judged one by one; empty: the record itself."""

    id: str
    zh: str
    en: str
    _: KW_ONLY
    checks: tuple[Check, ...]
    over: str = ""
    mode: Mode = Mode.ALL

    def problems(self, schema: Schema, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with it where it stands."""
        ids = [check.id for check in self.checks]
        for id in dict.fromkeys(ids):
            if ids.count(id) > 1:
                yield f"checklist {self.id}: two checks are called {id!r}"
        if not self.checks:
            yield f"checklist {self.id} has no check"
        if self.mode not in tuple(Mode):
            yield f"checklist {self.id}: mode={self.mode!r} is not all, any, first or show"
        inner = schema.inside(self.over) if self.over else schema
        if inner is None:
            yield f"checklist {self.id}: {self.over!r} is no list here"
            return
        for check in self.checks:
            yield from (f"checklist {self.id}: {problem}" for problem in check.problems(inner, catalogue))


class Listed(NamedTuple):
    """A checklist on one record: the answer of the whole, the check that decided (mode first), each check's own."""

    answer: Answer | None
    decided: Check | None
    checks: tuple[CheckAnswer, ...]


def went_through(checklist: Checklist, record: RecordView) -> tuple[Listed, ...] | Missing:
    """A checklist on a record; one for each element where it goes over a list. Missing where the list is."""
    if not checklist.over:
        return (_listed(checklist, record),)
    found = record.elements(checklist.over)
    if isinstance(found, Missing):
        return found
    return tuple(_listed(checklist, Inside(element, record)) for element in found.records)


def _listed(checklist: Checklist, record: RecordView) -> Listed:
    checks = tuple(judged(check, record) for check in checklist.checks)
    answers = [one.answer for one in checks]
    match checklist.mode:
        case Mode.ALL:
            return Listed(all_of(answers), None, checks)
        case Mode.ANY:
            return Listed(any_of(answers), None, checks)
        case Mode.FIRST:
            first = next((one for one in checks if one.answer is not Answer.NO), None)
            decided = first.check if first and first.answer is Answer.YES else None
            return Listed(first.answer if first else Answer.NO, decided, checks)
    return Listed(None, None, checks)


@dataclass(frozen=True, slots=True)
class Derived:
    """A value that is computed and has a name: of a record, for a day; of a step that gives it, once and kept."""

    id: str
    zh: str
    en: str
    value: object
    cite: Citation | None = None

    def problems(self, schema: Schema, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with it where it stands."""
        if self.cite and self.cite.law not in catalogue.ids("law"):
            yield f"{self.id} cites {self.cite.law!r}, which is no declared law"
        yield from (f"{self.id}: {problem}" for problem in problems_of(self.value, schema))
