"""Problems, after RFC 9457."""

from __future__ import annotations

from ninja import Schema
from pydantic import ConfigDict, Field


class Strict(Schema):
    """A body: a member that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid")


class WrongOut(Schema):
    field: str = Field(description="The field, parameter or header.")
    zh: str
    en: str


class PositionOut(Schema):
    """A place in the query, in characters from 0; `end` is the first one after it."""

    at: int
    end: int


class ProblemOut(Schema):
    """An error after RFC 9457, as `application/problem+json`."""

    type: str = Field(description="Address of the kind of problem.")
    title: str
    status: int
    detail: str = Field(description="What happened and the way out, in the language of Accept-Language.")
    instance: str = Field(description="The path that was asked.")
    zh: str
    en: str
    errors: list[WrongOut]
    position: PositionOut | None = Field(None, description="Of the type query: what of the query is wrong.")
