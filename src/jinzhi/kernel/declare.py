"""What every declaration is: a named, frozen value that says whom it serves and what it rests on.

A declaration lives at module level in a file below a package of matters. The catalogue finds it by walking
the package; nobody registers anything. ``problems()`` is the one place where a declaration says that it is
not well formed; Django's ``check`` and the tests both ask it.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType, ModuleType
from typing import ClassVar, TypeVar, cast

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
ROW_ID = re.compile(r"[A-Z][0-9]+\Z")


class DeclarationError(Exception):
    """A declaration is missing, doubled or malformed; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Named:
    """A thing with a permanent address and its names in Chinese and English. ``was``: ids it had before."""

    id: str
    zh: str
    en: str
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """An article of a law: ``law`` is the id of a declared Law; ``article`` is as printed, e.g. "20"."""

    law: str
    article: str = ""
    clause: str = ""

    def __str__(self) -> str:
        return f"{self.law} § {self.article}{self.clause}" if self.article else self.law


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """The common part of every matter.

    ``serves`` names rows of the plan (C1 … K5); ``basis`` the articles it rests on; ``checked_by`` is empty
    while no second person has checked it, and the pages say so. ``was``: ids it had before; what was kept under one of
    them is found under the new one.
    """

    kind: ClassVar[str] = "declaration"
    #: kinds that need no row of the plan: laws, roles, units, rows themselves
    needs_row: ClassVar[bool] = False

    id: str = field(kw_only=False)
    zh: str = field(kw_only=False)
    en: str = field(kw_only=False)
    serves: tuple[str, ...] = ()
    basis: tuple[Citation, ...] = ()
    authored_by: str = "津知项目组"
    checked_by: str = ""
    next_review: date | None = None
    why: str = ""
    examples: tuple[object, ...] = ()
    was: tuple[str, ...] = ()

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        """Say, one sentence each, what is wrong with this value. Sub-classes extend this."""
        if not KEBAB.match(self.id) and not ROW_ID.match(self.id):
            yield f"id {self.id!r} is not kebab-case"
        if not self.zh.strip():
            yield "zh (the Chinese term) is empty"
        if not self.en.strip():
            yield "en (the English term) is empty"
        if not self.authored_by.strip():
            yield "authored_by is empty"
        if self.needs_row and not self.serves:
            yield "serves is empty: name the rows of the plan that this works for"
        rows = catalogue.ids("plan-row")
        for row in self.serves:
            if rows and row not in rows:
                yield f"serves names the row {row!r}, which no plan-row declares"
        laws = catalogue.ids("law")
        for citation in self.basis:
            if citation.law not in laws:
                yield f"basis cites the law {citation.law!r}, which is not declared"
        for name in self.was:
            if name in catalogue.ids(self.kind):
                yield f"was names {name!r}, which is the id of another {self.kind}"


D = TypeVar("D", bound=Declaration)


@dataclass(frozen=True, slots=True)
class Found:
    """A declaration and where it was found."""

    value: Declaration
    module: str
    name: str

    @property
    def where(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True)
class Catalogue:
    """All declarations of an installation, by kind and id. Build it with :func:`collect`."""

    found: Mapping[str, Mapping[str, Found]] = field(default_factory=dict)
    doubled: tuple[str, ...] = ()

    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted(self.found))

    def ids(self, kind: str) -> tuple[str, ...]:
        return tuple(self.found.get(kind, {}))

    def all(self, cls: type[D]) -> tuple[D, ...]:
        """Every declaration of this class, in the order of their files and lines."""
        return tuple(cast(D, f.value) for f in self.found.get(cls.kind, {}).values())

    def get(self, cls: type[D], id: str) -> D:
        """The declaration of this class and id. Raises DeclarationError where there is none."""
        value = self.find(cls, id)
        if value is None:
            known = ", ".join(self.ids(cls.kind)) or "none"
            raise DeclarationError(f"no {cls.kind} is called {id!r} (declared: {known})")
        return value

    def find(self, cls: type[D], id: str) -> D | None:
        """The declaration that is, or once was, called so."""
        kind = self.found.get(cls.kind, {})
        got = kind.get(id) or kind.get(self._former.get((cls.kind, id), ""))
        return cast(D, got.value) if got else None

    @cached_property
    def _former(self) -> Mapping[tuple[str, str], str]:
        return {(k, old): f.value.id for k, kind in self.found.items() for f in kind.values() for old in f.value.was}

    def where(self, kind: str, id: str) -> str:
        return self.found[kind][id].where

    def serving(self, row: str) -> tuple[Declaration, ...]:
        """Every declaration that says it serves this row of the plan."""
        return tuple(f.value for kind in self.found.values() for f in kind.values() if row in f.value.serves)

    def problems(self) -> tuple[str, ...]:
        """Every problem of every declaration, each beginning with where it is."""
        out = list(self.doubled)
        for kind in self.found.values():
            for f in kind.values():
                out += [f"{f.where} ({f.value.kind} {f.value.id}): {p}" for p in f.value.problems(self)]
        return tuple(out)


def modules(package: str) -> Iterator[ModuleType]:
    """Import a package and everything below it, in a stable order."""
    root = importlib.import_module(package)
    yield root
    for info in sorted(pkgutil.walk_packages(getattr(root, "__path__", []), f"{root.__name__}."), key=lambda i: i.name):
        yield importlib.import_module(info.name)


def declared_in(module: ModuleType) -> Iterator[tuple[str, Declaration]]:
    """The declarations written in a module: its public names, and the items of its public tuples."""
    for name, value in vars(module).items():
        if name.startswith("_"):
            continue
        if isinstance(value, Declaration):
            yield name, value
        elif isinstance(value, tuple):
            for i, item in enumerate(value):
                if isinstance(item, Declaration):
                    yield f"{name}[{i}]", item


def collect(packages: Iterable[str]) -> Catalogue:
    """Walk packages and gather their declarations.

    The same object imported by a second module is one declaration; two different objects with one id are a
    problem, reported by :meth:`Catalogue.problems` with both places.
    """
    found: dict[str, dict[str, Found]] = {}
    doubled: list[str] = []
    seen: set[int] = set()
    for package in packages:
        for module in modules(package):
            for name, value in declared_in(module):
                if id(value) in seen:
                    continue
                seen.add(id(value))
                kind = found.setdefault(value.kind, {})
                here = Found(value, module.__name__, name)
                if value.id in kind:
                    doubled.append(
                        f"{here.where} ({value.kind} {value.id}): already declared at {kind[value.id].where}"
                    )
                else:
                    kind[value.id] = here
    frozen = {k: cast(Mapping[str, Found], MappingProxyType(v)) for k, v in found.items()}
    return Catalogue(MappingProxyType(frozen), tuple(doubled))
