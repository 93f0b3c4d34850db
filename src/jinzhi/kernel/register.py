"""Registers: lists of things with their history. A light register is nothing but this declaration.

One declaration gives the list, its filters, the page of an entry, the form, Excel out and Excel in, the API.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from jinzhi.kernel.access import Role
from jinzhi.kernel.declare import Catalogue, Declaration
from jinzhi.kernel.fields import Field, FieldError, Type, Value, parse_all


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A worked example of an entry: given values, and the field ids that must be refused (none = accepted)."""

    name: str
    values: Mapping[str, object]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Register(Declaration):
    """``title``: the field that names an entry. ``key``: fields that together may occur once. ``unit_field``: the UNIT
    field under whose unit an entry is kept; without it, the unit of the person who writes.

    ``numbering`` knows {year} and {seq}. ``writes``/``reads`` are roles; empty ``reads`` means everybody signed in.
    ``public``: everybody reads every entry, without signing in and whatever one's own unit; fields with personal data
    stay hidden as everywhere.
    """

    kind: ClassVar[str] = "register"
    needs_row: ClassVar[bool] = True

    fields: tuple[Field, ...]
    title: str
    writes: tuple[str, ...]
    reads: tuple[str, ...] = ()
    public: bool = False
    key: tuple[str, ...] = ()
    unit_field: str = ""
    numbering: str = "{id}-{year}-{seq:04d}"

    def field(self, id: str) -> Field:
        for f in self.fields:
            if f.id == id:
                return f
        raise KeyError(f"register {self.id} has no field {id!r}")

    @property
    def listed(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.listed)

    def check(self, raw: Mapping[str, object]) -> tuple[dict[str, Value], tuple[FieldError, ...]]:
        """The stored values of an entry, and every error."""
        return parse_all(self.fields, raw)

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        ids = [f.id for f in self.fields]
        for f in self.fields:
            yield from f.problems()
            if ids.count(f.id) > 1:
                yield f"two fields are called {f.id!r}"
            if f.type is Type.REF and f.of not in catalogue.ids(Register.kind):
                yield f"field {f.id} points into the register {f.of!r}, which is not declared"
        for id in (self.title, *self.key, *((self.unit_field,) if self.unit_field else ())):
            if id not in ids:
                yield f"{id!r} is named as title, key or unit_field but is no field"
        if self.title in ids and self.field(self.title).withheld:
            yield f"the title {self.title!r} is personal or sealed: it would stand in lists, search and links"
        if self.unit_field in ids and self.field(self.unit_field).type is not Type.UNIT:
            yield f"unit_field {self.unit_field!r} is not of type UNIT"
        if not self.writes:
            yield "writes is empty: nobody may keep this register"
        if self.public and self.reads:
            yield "public and reads contradict each other: what everybody reads is not kept to some roles"
        for role in (*self.writes, *self.reads):
            if role not in catalogue.ids(Role.kind):
                yield f"the role {role!r} is not declared"
        for example in self.examples:
            if isinstance(example, RegisterEntry):
                refused = tuple(e.field.id for e in self.check(example.values)[1])
                if refused != example.refused:
                    yield f"example {example.name!r}: refused {refused}, expected {example.refused}"
