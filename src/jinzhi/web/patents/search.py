"""A patent search as a page knows it: what was asked, which documents it finds, facets over all of them.

The engine decides what the words find; facets, conditions and order come from the columns of the store. Lines of
those columns are kept in memory until the store changes, so that counts are exact over all hits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Count, Max
from django.db.models.functions import Length
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.patents.models import STATES_EN, ClassSymbol, Document, Event, Item, Named, State
from jinzhi.apps.patents.search.asking import Desk, bound
from jinzhi.apps.patents.search.index import Engine, NoIndex, Stamp, behind, context, engine_named, stamp, written_at
from jinzhi.apps.patents.search.index import warm as index_warm
from jinzhi.apps.patents.store.marks import while_unchanged
from jinzhi.apps.patents.store.queries import SourceStatus, collection, sources, standard_names
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.engines.search_index.store import Array, gathered
from jinzhi.engines.search_memory import Context, Plan
from jinzhi.kernel.organisation import OrgUnit
from jinzhi.kernel.query import And, Ids, Node, Query, all_of, class_symbol, leaves, resolved
from jinzhi.standards.st16 import is_grant
from jinzhi.web.ui.language import english

#: hits on a page
PAGE = 20
#: so many answers of the engine are kept until the store changes
KEPT = 200
#: so many values of a facet are offered; the analysis page has them all
OFFERED = 8

TYPES = {
    "invention": _("发明申请"),
    "invention-grant": _("发明授权"),
    "utility-model": _("实用新型"),
    "design": _("外观设计"),
    "plant": _("植物专利"),
    "reissue": _("再颁专利"),
    "other": _("其他"),
    "": _("未说明"),
}
#: how a state is shown: tone of its tag
TONES = {State.IN_FORCE: "ahead", State.PENDING: "normal", State.ENDED: "closed", State.UNCONFIRMED: "neutral"}
SYMBOLS = {State.UNCONFIRMED: "?"}


class Line(NamedTuple):
    """What facets, order and families need of a document."""

    id: int
    number: str
    typ: str
    state: str
    names: tuple[str, ...]
    ipc: str
    district: str
    year: str
    family: str
    published: date
    filed: date
    claims: int
    #: names of applicants as printed, each once
    printed: tuple[str, ...] = ()
    #: inventors as the row keeps them
    inventors: str = ""
    #: the main group of the main class (H01M10), empty where there is none
    group: str = ""


# --- facets -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Facet:
    """A way of dividing hits. ``key``: the name in the address; excluded values stand under ``not_`` + key."""

    key: str
    label: Any
    of: Callable[[Line], tuple[str, ...]]
    #: values in their own order instead of by how many
    by_value: bool = False


FACETS = (
    Facet("typ", _("专利类型"), lambda line: (line.typ,)),
    Facet("st", _("法律状态"), lambda line: (line.state,)),
    Facet("pa", _("申请人"), lambda line: line.names),
    Facet("ipc", _("IPC 小类"), lambda line: (line.ipc,)),
    Facet("dist", _("区"), lambda line: (line.district,)),
    Facet("year", _("申请年"), lambda line: (line.year,), by_value=True),
)
#: conditions that figures and the pages of applicants lead to, not offered beside the hits
MORE = (
    Facet("pap", _("申请人（印本名称）"), lambda line: line.printed),
    Facet("inv", _("发明人与申请人"), lambda line: people(line)),
)
FACET = {one.key: one for one in (*FACETS, *MORE)}
#: between an inventor and the applicant: a name alone is many people
WITH = "｜"


def people(line: Line) -> tuple[str, ...]:
    """Each inventor of a document with each of its applicants."""
    inventors = [name for name in line.inventors.split("；") if name]
    return tuple(dict.fromkeys(f"{name}{WITH}{unit}" for name in inventors for unit in line.names or ("",)))


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


def chosen_of(query: QueryDict) -> tuple[Chosen, ...]:
    """The conditions of an address, in the order of the facets. An empty value is written ``-``."""
    found = []
    for facet in FACET.values():
        for one in (Chosen(facet, ""), Chosen(facet, "", also=True), Chosen(facet, "", without=True)):
            values = dict.fromkeys(query.getlist(one.name))
            found += [replace(one, value=unwritten(value)) for value in values if value]
    return tuple(found)


def written(value: str) -> str:
    """A value of a facet as the address writes it."""
    return value or "-"


def unwritten(value: str) -> str:
    return "" if value == "-" else value


def keeps(line: Line, chosen: Iterable[Chosen]) -> bool:
    """Whether a line meets the conditions: one of the values asked for of each facet, all of those asked for beside
    them, and none of those left out."""
    wanted: dict[str, bool] = {}
    for one in chosen:
        has = one.value in one.facet.of(line)
        if one.without:
            if has:
                return False
        elif one.also:
            if not has:
                return False
        else:
            wanted[one.facet.key] = wanted.get(one.facet.key, False) or has
    return all(wanted.values())


# --- order --------------------------------------------------------------------------------------------------------

NEWEST = "-pd"
#: offered only where the engine ranks
RELEVANCE = "relevance"
SORTS: Mapping[str, tuple[Any, Callable[[Line], Any], bool]] = {
    "-pd": (_("公开日，新的在前"), lambda line: (line.published, line.number), True),
    "pd": (_("公开日，旧的在前"), lambda line: (line.published, line.number), False),
    "-ad": (_("申请日，新的在前"), lambda line: (line.filed, line.number), True),
    "ad": (_("申请日，旧的在前"), lambda line: (line.filed, line.number), False),
    "-nclm": (_("权利要求数，多的在前"), lambda line: (line.claims, line.number), True),
    "pn": (_("公开（公告）号"), lambda line: line.number, False),
    "pa": (_("第一申请人"), lambda line: (line.names[:1], line.number), False),
}


# --- the collection -----------------------------------------------------------------------------------------------


class Holding(NamedTuple):
    """Which values of a facet each document has: those of the n-th are ``codes[starts[n]:starts[n + 1]]``."""

    values: list[str]
    starts: Array
    codes: Array

    @classmethod
    def of(cls, facet: Facet, lines: Iterable[Line]) -> Holding:
        known: dict[str, int] = {}
        starts, codes = [0], []
        for line in lines:
            codes += [known.setdefault(value, len(known)) for value in dict.fromkeys(facet.of(line))]
            starts.append(len(codes))
        return cls(list(known), np.array(starts, dtype=np.int64), np.array(codes, dtype=np.int64))


class Library:
    """The collection at one moment: its lines, what the engine found in it, and what queries may refer to."""

    def __init__(self, at: tuple[str, Stamp, int]):
        self.stamp = at
        self.lines = {line.id: line for line in _lines()}
        self.engine: Engine = engine_named()
        self.context: Context = context()
        #: whether the engine can say what fits the query best
        self.ranks = hasattr(self.engine, "relevance")
        #: documents that the index does not hold as they are; answers lack them or know them as they were
        self.behind = 0 if self.engine.name == "memory" else behind()
        #: for each document its place among the lines, by which facets are counted
        self.places = {id: place for place, id in enumerate(self.lines)}
        self._holdings: dict[str, Holding] = {}
        #: how many documents each simple family has in the collection
        self.families = Counter(line.family for line in self.lines.values())
        self._found: dict[Key, frozenset[int]] = {}
        self._ranked: dict[Key, dict[int, int]] = {}

    def find(self, node: Node) -> frozenset[int]:
        """The ids that a query finds. Raises QueryError."""
        text = _key(node)
        if text not in self._found:
            if len(self._found) >= KEPT:
                self._found.clear()
            found = frozenset(self.engine.search(node, self.context))
            if not found <= self.lines.keys():
                raise NoIndex(
                    "索引里有库中没有的文献，请运行 jinzhi patents index --rebuild",
                    "the index holds documents that the store lacks: run jinzhi patents index --rebuild",
                )
            self._found[text] = found
        return self._found[text]

    def counted(self, facet: Facet, places: Array) -> dict[str, int]:
        """How many of the documents at some places have each value of a facet; a document counts once for a value."""
        held = self._holdings.get(facet.key)
        if held is None:
            held = self._holdings[facet.key] = Holding.of(facet, self.lines.values())
        index, _lengths = gathered(held.starts[places], held.starts[places + 1])
        counts = np.bincount(held.codes[index], minlength=len(held.values))
        some = np.flatnonzero(counts)
        return dict(zip((held.values[code] for code in some.tolist()), counts[some].tolist(), strict=True))

    def ranked(self, query: Query) -> dict[int, int]:
        """For each hit its place by relevance, the best first. Only where ``ranks``."""
        text = _key(query.root)
        if text not in self._ranked:
            if len(self._ranked) >= KEPT:
                self._ranked.clear()
            ids = self.engine.relevance(query, self.context)  # type: ignore[attr-defined]
            self._ranked[text] = {id: place for place, id in enumerate(ids)}
        return self._ranked[text]


#: what an answer depends on: the text, and the sets of documents that stand in it for tags and notes of who asked
Key = tuple[str, tuple[frozenset[int], ...]]


def _key(node: Node) -> Key:
    return unparse(node), tuple(leaf.ids for leaf in leaves(node) if isinstance(leaf, Ids))


def _lines() -> Iterable[Line]:
    names: dict[int, list[str]] = {}
    for document, name in Named.objects.order_by("document", "position").values_list("document", "name"):
        names.setdefault(document, []).append(name)
    standard = standard_names(name for some in names.values() for name in some)
    columns = (
        "pk", "number", "type", "state", "ipc", "district", "filed", "simple", "published", "claims", "country", "kind",
        "inventors",
    )  # fmt: skip
    for pk, number, typ, state, ipc, district, filed, simple, published, claims, country, kind, inventors in (
        Document.objects.order_by("pk").values_list(*columns).iterator(2000)
    ):
        if typ == "invention" and is_grant(country, kind, published.year if published else None):
            typ = "invention-grant"
        meant = tuple(dict.fromkeys(s for name in names.get(pk, ()) for s in standard[name]))
        yield Line(
            pk, number, typ, state, meant, ipc[:4].strip(), district, str(filed.year) if filed else "",
            simple or number, published or date.min, filed or date.min, claims,
            tuple(dict.fromkeys(names.get(pk, ()))), inventors, class_symbol(ipc).partition("/")[0],
        )  # fmt: skip


_library: Library | None = None
_lock = Lock()


def library() -> Library:
    """The collection as it stands; made anew when the store has changed."""
    global _library
    now = (engine_named().name, stamp(), written_at())
    with _lock:
        if _library is None or _library.stamp != now:
            _library = Library(now)
        return _library


def warm() -> None:
    """Read what the first page of results would wait for; nothing where there is no patent."""
    if collection()["documents"]:
        index_warm()
        held = library()
        for facet in FACETS:
            held.counted(facet, np.arange(len(held.lines)))
        for language in (True, False):
            subclass_titles(language)


_sources: tuple[object, list[SourceStatus]] | None = None


def sources_now() -> list[SourceStatus]:
    """What each source has given as of now; worked out anew when documents, events or files have changed."""
    global _sources
    files = Item.objects.aggregate(Count("pk"), last=Max("finished"))
    now = (stamp(), tuple(files.values()), Event.objects.aggregate(last=Max("pk"))["last"])
    kept = _sources
    if kept is None or kept[0] != now:
        kept = _sources = (now, sources())
    return kept[1]


# --- a search -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Value:
    """A value of a facet among the hits, with its name and how many documents have it."""

    value: str
    label: str
    count: int


class Search:
    """A query with its conditions over the collection: hits in their order, facets, what to do when nothing is found.

    ``query`` None stands for the whole collection. ``folded``: one line for each simple family among the hits, its
    first one in the order; counts and facets are of documents all the same.
    """

    def __init__(
        self,
        query: Query | None,
        chosen: Sequence[Chosen] = (),
        sort: str = "",
        *,
        folded: bool = False,
        desk: Desk | None = None,
    ):
        self.query, self.chosen, self.folded = query, tuple(chosen), folded
        #: in whose name history, saved queries, tags, topics and notes are read
        self.desk = desk or Desk()
        #: the query with all that put in
        self.whole = bound(query, self.desk) if query is not None else None
        self.library = library()
        self._counted: dict[str, dict[str, int]] = {}
        self.sort = sort or (RELEVANCE if query is not None and self.library.ranks else NEWEST)

    @property
    def sorts(self) -> list[tuple[str, Any]]:
        """The orders on offer, with their names."""
        best = [(RELEVANCE, _("相关度"))] if self.library.ranks and self.query is not None else []
        return [*best, *((key, label) for key, (label, _key, _down) in SORTS.items())]

    @cached_property
    def found(self) -> list[Line]:
        """What the words find, before conditions."""
        lines = self.library.lines
        if self.whole is None:
            return list(lines.values())
        return [lines[id] for id in self.library.find(self.whole.root)]

    @cached_property
    def hits(self) -> list[Line]:
        """Every document found, in the order asked for."""
        if self.sort == RELEVANCE and self.whole is not None:
            place = self.library.ranked(self.whole)
            return sorted(self._kept, key=lambda line: place[line.id])
        _label, key, down = SORTS[self.sort if self.sort in SORTS else NEWEST]
        return sorted(self._kept, key=key, reverse=down)

    @property
    def _kept(self) -> list[Line]:
        """What the words find and the conditions keep."""
        return [line for line in self.found if keeps(line, self.chosen)] if self.chosen else self.found

    @property
    def total(self) -> int:
        return len(self.hits)

    @cached_property
    def families(self) -> int:
        """How many simple families the hits belong to."""
        return len({line.family for line in self.hits})

    @cached_property
    def members(self) -> dict[str, list[Line]]:
        """The hits of each simple family, in their order."""
        found: dict[str, list[Line]] = {}
        for line in self.hits:
            found.setdefault(line.family, []).append(line)
        return found

    @cached_property
    def shown(self) -> list[Line]:
        """What stands on the pages: every hit, or one of each family."""
        return [lines[0] for lines in self.members.values()] if self.folded else self.hits

    def count(self, node: Node | None, chosen: Sequence[Chosen]) -> int:
        """How many documents a variant of this search would find."""
        if node is None:
            return sum(1 for line in self.library.lines.values() if keeps(line, chosen))
        lines = self.library.lines
        return sum(1 for id in self.library.find(resolved(node, self.desk)) if keeps(lines[id], chosen))

    def counted(self, facet: Facet) -> dict[str, int]:
        """How many hits have each value of a facet."""
        if facet.key not in self._counted:
            self._counted[facet.key] = self.library.counted(facet, self._at)
        return self._counted[facet.key]

    def first(self, facet: Facet, names: Names, most: int, also: Container[str] = ()) -> list[Value]:
        """The first values of a facet as ``values`` orders them, and those named whatever their place."""
        counted = self.counted(facet)
        if facet.by_value or len(counted) <= most:
            found = self.values(facet, names)
        else:
            # a label is made only for what may be among the first
            least = sorted(counted.values(), reverse=True)[most - 1]
            kept = {v: n for v, n in counted.items() if n >= least or v in also}
            found = [Value(v, names.of(facet.key, v), n) for v, n in kept.items()]
            found.sort(key=lambda one: (-one.count, one.label))
        return found[:most] + [one for one in found[most:] if one.value in also]

    def values(self, facet: Facet, names: Names) -> list[Value]:
        """Every value of a facet among the hits, most first (or in their order)."""
        counted = self.counted(facet)
        found = [Value(value, names.of(facet.key, value), n) for value, n in counted.items()]
        if facet.by_value:
            return sorted(found, key=lambda one: one.value, reverse=True)
        return sorted(found, key=lambda one: (-one.count, one.label))

    @cached_property
    def _at(self) -> Array:
        """The places of the hits among the lines of the library."""
        places = self.library.places
        return np.fromiter((places[line.id] for line in self.hits), dtype=np.int64, count=len(self.hits))

    def at(self, number: str) -> int | None:
        """Where a document stands among the lines shown, from 0; folded, where its family stands."""
        return self._places.get(number)

    @cached_property
    def _places(self) -> dict[str, int]:
        if self.folded:
            families = self.members.values()
            return {line.number: place for place, lines in enumerate(families) for line in lines}
        return {line.number: place for place, line in enumerate(self.hits)}

    @cached_property
    def plan(self) -> Plan | None:
        """The query made ready to mark its hits."""
        return Plan(self.whole, self.library.context) if self.whole is not None else None

    def variants(self) -> list[tuple[Node | None, tuple[Chosen, ...], str, int]]:
        """Each part or condition left out by itself: (query, conditions, what is left out, how many are found)."""
        found: list[tuple[Node | None, tuple[Chosen, ...], str, int]] = []
        root = self.query.root if self.query else None
        for one in self.chosen:
            rest = tuple(other for other in self.chosen if other != one)
            found.append((root, rest, f"{one.facet.label}", self.count(root, rest)))
        if isinstance(root, And):
            for item in root.items:
                less = all_of([other for other in root.items if other is not item])
                found.append((less, self.chosen, unparse(item), self.count(less, self.chosen)))
        return found


class Names:
    """Values of facets in words; classes are read once a page."""

    def __init__(self, lines: Iterable[Line] = ()):
        self._districts = district_names()
        self._classes = subclass_titles(english()) if any(line.ipc for line in lines) else {}

    def of(self, key: str, value: str) -> str:
        match key:
            case "typ":
                return str(TYPES.get(value, value))
            case "st":
                return state_name(value)
            case "dist":
                return self._districts.get(value, value) or str(_("未说明"))
            case "ipc" if value:
                title = self._classes.get(value, "")
                return f"{value} {title}".strip()
        return value or str(_("未说明"))

    def district(self, code: str) -> str:
        return self._districts.get(code, code)


@while_unchanged("classes")
def subclass_titles(in_english: bool) -> dict[str, str]:
    """The titles of all subclasses that are loaded, those of the newest edition that has one."""
    rows = ClassSymbol.objects.annotate(length=Length("symbol")).filter(scheme="ipc", length=4).order_by("edition")
    return {row.symbol: (row.en if in_english else row.zh) for row in rows}


def district_names() -> dict[str, str]:
    """Districts, and the city itself, by code. A district is called by its own name, not by its government's."""
    found = {}
    for unit in catalogue().all(OrgUnit):
        if unit.level in ("city", "district"):
            own = unit.aliases[0].name if unit.level == "district" and unit.aliases else unit.zh
            found[unit.id] = unit.en if english() else own
    return found


def state_name(value: str) -> str:
    return STATES_EN[value] if english() else str(State(value).label)
