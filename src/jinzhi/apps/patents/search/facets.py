"""How documents are divided and narrowed: facets, and conditions on their values. Each is said of one document.

``columns`` answers the same over all documents at once, and is held to what is said here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, Protocol


class Traits(NamedTuple):
    """What facets, orders and families ask of a document. None: the document does not say."""

    id: int
    number: str
    typ: str = ""
    state: str = ""
    #: the applicants under their standard names, each once
    names: tuple[str, ...] = ()
    #: the names of the applicants as printed, each once
    printed: tuple[str, ...] = ()
    inventors: tuple[str, ...] = ()
    title: str = ""
    #: the main class as stored, its subclass (H01M) and its main group (H01M10)
    symbol: str = ""
    subclass: str = ""
    group: str = ""
    district: str = ""
    family: str = ""
    filed: date | None = None
    published: date | None = None
    granted: date | None = None
    claims: int = 0


@dataclass(frozen=True)
class Facet:
    """A way of dividing hits. ``key``: the name in the address; excluded values stand under ``not_`` + key."""

    key: str
    zh: str
    en: str
    of: Callable[[Traits], tuple[str, ...]]
    #: values in their own order instead of by how many
    by_value: bool = False


#: between an inventor and the applicant: a name alone is many people
WITH = "｜"


def people(inventors: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Each inventor of a document with each of its applicants."""
    return tuple(dict.fromkeys(f"{name}{WITH}{unit}" for name in inventors for unit in names or ("",)))


FACETS = (
    Facet("typ", "专利类型", "Type", lambda doc: (doc.typ,)),
    Facet("st", "法律状态", "Legal status", lambda doc: (doc.state,)),
    Facet("pa", "申请人", "Applicant", lambda doc: doc.names),
    Facet("ipc", "IPC 小类", "IPC subclass", lambda doc: (doc.subclass,)),
    Facet("dist", "区", "District", lambda doc: (doc.district,)),
    Facet("year", "申请年", "Year filed", lambda doc: (str(doc.filed.year) if doc.filed else "",), by_value=True),
)
#: conditions that figures and the pages of applicants lead to, not offered beside the hits
MORE = (
    Facet("pap", "申请人（印本名称）", "Applicant (name as printed)", lambda doc: doc.printed),
    Facet("inv", "发明人与申请人", "Inventor and applicant", lambda doc: people(doc.inventors, doc.names)),
)
FACET = {facet.key: facet for facet in (*FACETS, *MORE)}
#: counted by figures, asked for in words only
GROUP = Facet("group", "IPC 主组", "IPC main group", lambda doc: (doc.group,))


@dataclass(frozen=True)
class Chosen:
    """A value of a facet asked for, or left out. ``also``: asked for beside the others of its facet, not instead."""

    facet: Facet
    value: str
    without: bool = False
    also: bool = False

    @property
    def name(self) -> str:
        """Its name in the address."""
        return f"{'not_' if self.without else 'also_' if self.also else ''}{self.facet.key}"


class AddressValues(Protocol):
    """The names and values of an address, as a web request has them."""

    def getlist(self, key: str, /) -> Sequence[str]:
        """All values of a name, in their order."""


def chosen_of(address: AddressValues) -> tuple[Chosen, ...]:
    """The conditions of an address, in the order of the facets. An empty value is written ``-``."""
    chosen: list[Chosen] = []
    for facet in FACET.values():
        for kind in (Chosen(facet, ""), Chosen(facet, "", also=True), Chosen(facet, "", without=True)):
            values = dict.fromkeys(address.getlist(kind.name))
            chosen += [replace(kind, value=unwritten(value)) for value in values if value]
    return tuple(chosen)


def written(value: str) -> str:
    """A value of a facet as the address writes it."""
    return value or "-"


def unwritten(value: str) -> str:
    return "" if value == "-" else value


def alternatives_of(chosen: Iterable[Chosen]) -> Mapping[str, list[Chosen]]:
    """The values asked for of each facet, of which a document needs one."""
    wanted: dict[str, list[Chosen]] = {}
    for condition in chosen:
        if not condition.without and not condition.also:
            wanted.setdefault(condition.facet.key, []).append(condition)
    return wanted


def keeps(doc: Traits, chosen: Sequence[Chosen]) -> bool:
    """Whether a document meets the conditions: one of the values asked for of each facet, all of those asked for
    beside them, and none of those left out."""

    def has(condition: Chosen) -> bool:
        return condition.value in condition.facet.of(doc)

    return (
        not any(has(condition) for condition in chosen if condition.without)
        and all(has(condition) for condition in chosen if condition.also and not condition.without)
        and all(any(map(has, conditions)) for conditions in alternatives_of(chosen).values())
    )
