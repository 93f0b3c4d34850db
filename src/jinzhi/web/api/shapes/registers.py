"""Registers and their entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field


class RegisterOut(Schema):
    id: str
    zh: str
    en: str
    entries: str = Field(description="Address of its entries.")
    schema_: str = Field(alias="schema", description="Address of the JSON Schema of an entry's values.")
    may_write: bool


class RegisterList(Schema):
    items: list[RegisterOut]


class EntryOut(Schema):
    id: int
    register_: str = Field(alias="register")
    number: str
    title: str
    unit: str = Field(description="Code of the unit that keeps it.")
    state: str = Field(description="active or closed")
    seq: int = Field(description="Its version: the number of its events, also its ETag.")
    created_at: datetime
    updated_at: datetime
    values: dict[str, Any] = Field(description="The declared fields that have a value.")
    hidden: list[str] = Field(description="Fields with personal data that the caller's role may not see.")
    unrecorded: bool = Field(
        False,
        description="Personal data are left out because nothing can be written now, and showing them must be recorded: "
        "ask again later. Such an answer has no ETag.",
    )


class Entries(Schema):
    items: list[EntryOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")
