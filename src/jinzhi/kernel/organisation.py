"""Units of a city and the groups they are named by, and a book that finds them by any of their names.

A document names one unit in several ways (市农委, 市农业农村委, 天津市农业农村委员会) and many units in one word
(各区人民政府). The book answers which declared unit or group is meant; what it does not know it says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal

from jinzhi.kernel.declare import Catalogue, Declaration

LEVELS = ("city", "department", "district", "bureau", "street", "external")

#: Traditional form followed by the simplified form, for the words that names of units are made of. A reader of
#: whole documents brings a complete table of its own (``NameBook(simplify=…)``).
_PAIRS = (
    "識识產产權权戰战領领導导組组辦办單单務务員员會会農农業业發发財财關关監监檢检銀银險险術术濱滨濟济資资"
    "傳传應应歸归協协調调處处區区縣县鎮镇鄉乡東东麗丽寶宝寧宁靜静薊蓟紅红橋桥開开級级門门聯联際际國国貿贸"
    "準准標标質质訊讯網网絡络運运設设計计書书記记總总經经營营團团廣广電电視视衛卫規规劃划環环機机構构長长"
    "進进動动質质莊庄華华澱淀將将對对間间駐驻"
)
_SIMPLIFIED = {ord(_PAIRS[i]): _PAIRS[i + 1] for i in range(0, len(_PAIRS), 2)}
_NOISE = re.compile(r"[\s\u200b\ufeff“”\"'‘’《》]+")
_EDGE = ",.;:、。,;:·"


def simplified(text: str) -> str:
    """The text with the traditional characters of unit names made simplified, character by character."""
    return text.translate(_SIMPLIFIED)


@dataclass(frozen=True, slots=True)
class UnitAlias:
    """Another name, with the days it was in use where known. ``verified`` is False where no source was read."""

    name: str
    since: date | None = None
    until: date | None = None
    note: str = ""
    verified: bool = True


@dataclass(frozen=True, kw_only=True)
class OrgUnit(Declaration):
    """A unit with duties: the city, a department, a district, a district's bureau, a street or town, or another's.

    ``zh`` is the full name, ``short`` the name used in working documents; ``parent`` is the id of the unit above,
    None for the root. ``code`` is the area code (GB/T 2260) where the unit governs an area; ``old_codes`` are codes
    still met in data.
    """

    kind: ClassVar[str] = "unit"

    level: str
    parent: str | None = None
    short: str = ""
    aliases: tuple[UnitAlias, ...] = ()
    code: str = ""
    code_verified: bool = True
    old_codes: tuple[str, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        return self.short or self.zh

    def names(self) -> Iterator[str]:
        yield self.zh
        if self.short:
            yield self.short
        for alias in self.aliases:
            yield alias.name

    def name_on(self, day: date) -> str:
        """The name in use on a day: a dated alias that covers it, else ``zh``."""
        for alias in self.aliases:
            if alias.since is None and alias.until is None:
                continue
            if (alias.since is None or alias.since <= day) and (alias.until is None or day <= alias.until):
                return alias.name
        return self.zh

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        if self.level not in LEVELS:
            yield f"level {self.level!r} is none of {', '.join(LEVELS)}"
        units = {u.id: u for u in catalogue.all(OrgUnit)}
        if self.parent is None:
            if self.level != "city":
                yield "parent is None, which only the unit of level city may have"
        elif self.parent not in units:
            yield f"parent names the unit {self.parent!r}, which is not declared"
        else:
            walked, at = {self.id}, self.parent
            while at in units and (above := units[at].parent) is not None:
                if at in walked:
                    yield "parent leads round in a circle"
                    break
                walked.add(at)
                at = above
        for alias in self.aliases:
            if not alias.name.strip():
                yield "an alias has no name"
            if alias.since and alias.until and alias.since > alias.until:
                yield f"the alias {alias.name!r} ends before it begins"
        yield from _taken(self.id, tuple(self.names()), catalogue)


@dataclass(frozen=True, kw_only=True)
class UnitGroup(Declaration):
    """A word of documents that stands for many units.

    Who belongs to it: ``members`` by id, or every unit of ``levels`` whose name ends in ``ends``; with
    ``named_only`` only those that belong to a district named in the row (相关区…). ``open`` says that the word has
    no fixed members (有关部门). ``verified`` is False where the list of members is an assumption.
    """

    kind: ClassVar[str] = "unit-group"

    aliases: tuple[UnitAlias, ...] = ()
    members: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    ends: str = ""
    named_only: bool = False
    open: bool = False
    verified: bool = True
    note: str = ""

    def names(self) -> Iterator[str]:
        yield self.zh
        for alias in self.aliases:
            yield alias.name

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        units = catalogue.ids("unit")
        for member in self.members:
            if member not in units:
                yield f"members names the unit {member!r}, which is not declared"
        for level in self.levels:
            if level not in LEVELS:
                yield f"level {level!r} is none of {', '.join(LEVELS)}"
        if not self.open and not self.members and not self.levels:
            yield "nobody belongs to it: give members or levels, or say that it is open"
        yield from _taken(self.id, tuple(self.names()), catalogue)


def _taken(own: str, names: tuple[str, ...], catalogue: Catalogue) -> Iterator[str]:
    keys = {_plain(n, simplified) for n in names}
    others: tuple[OrgUnit | UnitGroup, ...] = (*catalogue.all(OrgUnit), *catalogue.all(UnitGroup))
    for other in others:
        if other.id == own:
            continue
        for name in other.names():
            if _plain(name, simplified) in keys:
                yield f"the name {name!r} also belongs to {other.kind} {other.id}"


def _plain(raw: str, simplify: Callable[[str], str]) -> str:
    return simplify(_NOISE.sub("", unicodedata.normalize("NFKC", raw))).strip(_EDGE)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name was found to mean. ``members`` are unit ids (the unit's own for a unit); ``how`` says the way."""

    kind: Literal["unit", "group", "unknown"]
    id: str
    name: str
    members: tuple[str, ...]
    how: str

    @property
    def known(self) -> bool:
        return self.kind != "unknown"


@dataclass(frozen=True)
class NameBook:
    """Finds units and groups by name. Build it with :meth:`of` or :meth:`from_catalogue`."""

    units: Mapping[str, OrgUnit] = field(default_factory=dict)
    groups: Mapping[str, UnitGroup] = field(default_factory=dict)
    simplify: Callable[[str], str] = simplified
    _keys: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    city: str = ""

    @classmethod
    def of(
        cls,
        units: Iterable[OrgUnit],
        groups: Iterable[UnitGroup] = (),
        simplify: Callable[[str], str] = simplified,
    ) -> NameBook:
        by_id = {u.id: u for u in units}
        group_by_id = {g.id: g for g in groups}
        root = next((u for u in by_id.values() if u.level == "city"), None)
        city = _plain(root.zh, simplify) if root else ""
        keys: dict[str, tuple[str, str, str]] = {}
        for kind, items in (("unit", by_id.values()), ("group", group_by_id.values())):
            for item in items:
                for nth, name in enumerate(item.names()):
                    key = _key(_plain(name, simplify), city)
                    keys.setdefault(key, (kind, item.id, "名称" if nth == 0 else f"别名“{name}”"))
        return cls(by_id, group_by_id, simplify, keys, city)

    @classmethod
    def from_catalogue(cls, catalogue: Catalogue, simplify: Callable[[str], str] = simplified) -> NameBook:
        return cls.of(catalogue.all(OrgUnit), catalogue.all(UnitGroup), simplify)

    def key(self, raw: str) -> str:
        """The form under which names are compared: half width, no spaces, simplified, 天津市 as 市."""
        return _key(_plain(raw, self.simplify), self.city)

    def lexicon(self) -> tuple[str, ...]:
        """Every known name in compared form, longest first: a lexicon for cutting lists of units."""
        return tuple(sorted(self._keys, key=lambda k: (-len(k), k)))

    def resolve(self, raw: str, *, context: str = "") -> Resolution:
        """What ``raw`` means. ``context`` is the text of the row, for groups of those named in it (相关区…)."""
        found = self._keys.get(self.key(raw))
        if found is None:
            return Resolution("unknown", "", raw.strip(), (), "没有单位声明过这个名称")
        kind, id, how = found
        if kind == "unit":
            unit = self.units[id]
            return Resolution("unit", id, unit.name, (id,), how)
        group = self.groups[id]
        return Resolution("group", id, group.zh, self.members(group, context=context), how)

    def members(self, group: UnitGroup, *, context: str = "") -> tuple[str, ...]:
        """The ids of the units a group stands for, in the order of their declaration."""
        out = list(group.members)
        text = _plain(context, self.simplify)
        for unit in self.units.values():
            if unit.level not in group.levels or not unit.name.endswith(group.ends) or unit.id in out:
                continue
            if group.named_only and not self._named(unit, text):
                continue
            out.append(unit.id)
        return tuple(out)

    def _named(self, unit: OrgUnit, text: str) -> bool:
        district: OrgUnit | None = unit
        while district is not None and district.level != "district":
            district = self.units.get(district.parent or "")
        if district is None:
            return False
        # the area's own name (东丽区), without the word for its government
        area = re.sub(r"(人民)?政府\Z", "", _plain(district.name, self.simplify))
        return bool(area) and area in text


def _key(plain: str, city: str) -> str:
    if city and plain.startswith(city) and len(plain) > len(city):
        rest = plain[len(city) :]
        # 天津市滨海新区政府 is 滨海新区政府, but 天津市教委 is 市教委
        return rest if "区" in rest[:5] else "市" + rest
    return plain
