"""What a step does to other records in its own transaction, and by which door a step comes in by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar

from jinzhi.kernel.declare import Catalogue
from jinzhi.kernel.expression import Condition

#: a day that every year, or every month, has
_DAY_OF_YEAR = re.compile(
    r"(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|(02|\*)-(0[1-9]|1\d|2[0-8])"
)


class Linked(StrEnum):
    """How two cases stand to each other: below, after, beside, or the same matter on another platform."""

    CHILD = "child"
    SUCCESSOR = "successor"
    SIBLING = "sibling"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class Opens:
    """Opens a case of a procedure by one of its steps. ``unit``: a path or expression that gives its unit (the case's
    own where left out); ``carry``: its inputs by name, as expressions; ``per``: one for each element of a list."""

    procedure: str
    step: str
    _: KW_ONLY
    unit: object = None
    carry: Mapping[str, object] = field(default_factory=dict)
    per: str = ""
    when: Condition | None = None
    link: Linked = Linked.CHILD

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        known = catalogue.ids("procedure")
        if known and self.procedure not in known:
            yield f"opens the procedure {self.procedure!r}, which is not declared"
        if self.link not in tuple(Linked):
            yield f"opens {self.procedure}: link={self.link!r} is not {', '.join(Linked)}"


@dataclass(frozen=True, slots=True)
class Link:
    """Ties the case to one that is there: ``case`` is the path of an input that names it."""

    case: str
    _: KW_ONLY
    link: Linked = Linked.SIBLING
    when: Condition | None = None

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        if self.link not in tuple(Linked):
            yield f"links {self.case}: link={self.link!r} is not {', '.join(Linked)}"


@dataclass(frozen=True, slots=True)
class Writes:
    """Writes an entry of a register: where its key is there already, a new version from the day of the step on."""

    register: str
    values: Mapping[str, object]
    _: KW_ONLY
    per: str = ""
    when: Condition | None = None

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from _unknown_register(self.register, catalogue)


@dataclass(frozen=True, slots=True)
class Closes:
    """Ends the entries of a register that ``find`` says yes to, from the day of the step on."""

    register: str
    find: Condition
    _: KW_ONLY
    values: Mapping[str, object] = field(default_factory=dict)
    when: Condition | None = None

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from _unknown_register(self.register, catalogue)


Effect = Opens | Link | Writes | Closes


def _unknown_register(register: str, catalogue: Catalogue) -> Iterator[str]:
    known = catalogue.ids("register")
    if known and register not in known:
        yield f"names the register {register!r}, which is not declared"


@dataclass(frozen=True, slots=True)
class On:
    """The one door for what nobody types: the step is taken by the system when a record that ``where`` says yes to
    comes or changes at ``source``. ``find`` finds the case by an equality; left out, it is the linked case.

    A source is ``procedure:x`` (a linked case took a step), ``partner:x``, ``event:``, ``register:x``, ``right:``,
    ``warning:``, ``self:served``, ``day:01-01`` (of each year), ``day:*-01`` (of each month).
    """

    source: str
    _: KW_ONLY
    where: Condition | None = None
    find: Condition | None = None

    #: what may stand before the colon of a source, and whether something must follow it
    KINDS: ClassVar[Mapping[str, bool]] = {
        "procedure": True, "partner": True, "register": True, "self": True, "day": True,
        "event": False, "right": False, "warning": False,
    }  # fmt: skip

    @property
    def kind(self) -> str:
        return self.source.partition(":")[0]

    @property
    def of(self) -> str:
        """What follows the colon: the procedure, the register, the day."""
        return self.source.partition(":")[2]

    def falls_on(self, day: date) -> bool:
        """Whether the day of each year, or of each month, that is its source is this one."""
        return self.kind == "day" and self.of in (f"{day:%m-%d}", f"*-{day:%d}")

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        needs_more = self.KINDS.get(self.kind)
        if needs_more is None or ":" not in self.source or (needs_more and not self.of):
            yield f"on={self.source!r} is no source ({', '.join(k + ':' for k in self.KINDS)})"
            return
        if self.kind == "day" and not _DAY_OF_YEAR.fullmatch(self.of):
            yield f"on={self.source!r} is no day of each year (01-31) or of each month (*-28 at the latest)"
        if self.kind in ("procedure", "register"):
            known = catalogue.ids(self.kind)
            if known and self.of not in known:
                yield f"on names the {self.kind} {self.of!r}, which is not declared"
        if self.kind in ("event", "right", "warning", "register") and self.find is None:
            yield f"on={self.source!r} does not say which case it is for (find)"
