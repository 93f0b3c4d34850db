"""Declarations and units."""

from __future__ import annotations

from datetime import date

from ninja import Schema
from pydantic import Field


class KindOut(Schema):
    kind: str
    count: int
    href: str


class Kinds(Schema):
    items: list[KindOut]


class DeclaredOut(Schema):
    id: str
    zh: str
    en: str
    serves: list[str] = Field(description="Rows of the plan that it works for.")
    href: str


class DeclaredList(Schema):
    items: list[DeclaredOut]


class UnitOut(Schema):
    code: str
    zh: str
    en: str
    short: str
    level: str = Field(description="city, department, district, bureau, street or external")
    parent: str | None = Field(description="Code of the unit above.")
    contact: str
    active: bool = Field(description="Whether the unit existed on the day of `as_of`.")
    since: date | None = Field(description="The first day of the unit; null: from before the platform.")
    until: date | None = Field(description="Its last day; null: it still exists.")
    successor: str | None = Field(description="Code of the unit that it was merged into.")


class Units(Schema):
    as_of: date = Field(description="The day whose names and units these are.")
    items: list[UnitOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")
