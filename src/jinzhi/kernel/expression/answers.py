"""Three answers, and two ways in which a value may be missing.

A value is *given*, *blank* (somebody left the box empty) or *not held* (we do not keep it, it is too old, a parameter
is unset). A question about a blank may have an answer; one about what is not held has none. Logic is strong Kleene's:
filling in an unknown never turns a yes into a no, or a no into a yes.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, StrEnum


class Answer(StrEnum):
    """What a condition comes to on a record."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, holds: bool) -> Answer:
        return cls.YES if holds else cls.NO


class Missing(Enum):
    """Why there is no value."""

    BLANK = "blank"
    NOT_HELD = "not held"


BLANK, NOT_HELD = Missing.BLANK, Missing.NOT_HELD


def negated(answer: Answer) -> Answer:
    """Yes and no change places; unknown stays."""
    return {Answer.YES: Answer.NO, Answer.NO: Answer.YES}.get(answer, Answer.UNKNOWN)


def all_of(answers: Iterable[Answer]) -> Answer:
    """A no makes no, else an unknown makes unknown, else yes: of nothing, yes."""
    several = tuple(answers)
    if Answer.NO in several:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in several else Answer.YES


def any_of(answers: Iterable[Answer]) -> Answer:
    """A yes makes yes, else an unknown makes unknown, else no: of nothing, no."""
    return negated(all_of(negated(a) for a in answers))
