"""Units as people write them: by id, by name, by a name that they had before, by that of one that went into them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import replace

from django.db.models import Q

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.units.models import Unit, UnitName
from jinzhi.kernel.organisation import NameBook, OrgUnit, UnitAlias, UnitGroup, simplified


def resolve_unit(text: str) -> Unit | None:
    """The unit of this id, or of this name, short name, earlier name or other declared name.

    The name of a unit that was merged means the one that answers for it now.
    """
    unit = Unit.objects.filter(code=text).first()
    if unit is not None:
        return unit
    named = list(Unit.objects.filter(Q(zh=text) | Q(short=text) | Q(en=text), active=True)[:2])
    if len(named) == 1:
        return named[0]
    if named:
        return None
    units = {u.pk: u for u in Unit.objects.filter(active=True)}
    found = [pk for pk, names in other_names(units.values()).items() if text in names]
    return units[found[0]] if len(found) == 1 else None


def other_names(units: Collection[Unit]) -> dict[int, set[str]]:
    """The other names of each unit (by primary key): earlier ones, declared ones, those of units merged into it."""
    declared = {u.id: set(u.names()) for u in catalogue().all(OrgUnit)}
    out: dict[int, set[str]] = {u.pk: declared.get(u.code, set()) - {u.zh, u.short, u.en} for u in units}
    for pk, names in _dated().items():
        if pk in out:
            out[pk] |= names
    return out


def _dated() -> dict[int, set[str]]:
    """Names by primary key of the unit that answers for them: its own earlier ones, and those of units merged."""
    out: dict[int, set[str]] = defaultdict(set)
    into = dict(Unit.objects.exclude(successor=None).filter(active=False).values_list("pk", "successor_id"))
    changed = Unit.objects.filter(Q(names__isnull=False) | Q(pk__in=into)).distinct().prefetch_related("names")
    for unit in changed:
        named: list[Unit | UnitName] = [unit, *unit.names.all()]
        names = {n for row in named for n in (row.zh, row.short, row.en)} - {""}
        if unit.pk in into:
            names |= {n for u in catalogue().all(OrgUnit) if u.id == unit.code for n in u.names()}
        at, seen = unit.pk, {unit.pk}
        while at in into and into[at] not in seen:
            at = into[at]
            seen.add(at)
        out[at] |= names if at != unit.pk else names - {unit.zh, unit.short, unit.en}
    return dict(out)


def names_book(simplify: Callable[[str], str] = simplified) -> NameBook:
    """Every name by which an open unit or a group is found: as declared, as added, renamed and merged by hand since."""
    declared = {u.id: u for u in catalogue().all(OrgUnit)}
    groups = catalogue().all(UnitGroup)
    kept = list(Unit.objects.order_by("path").select_related("successor"))
    ended = {u.code for u in kept if not u.active and u.until is not None}
    parents = {u.path: u.code for u in kept}
    dated = _dated()
    own = {n for u in kept if u.code not in ended for n in (u.zh, u.short)}
    units = [u for u in declared.values() if u.id not in ended]
    by_code = {u.code: u for u in kept}
    out = []
    for unit in units:
        row = by_code.get(unit.id)
        extra = dated.get(row.pk, set()) if row else set()
        if row is None or (not extra and not row.successor_id):
            out.append(unit)
            continue
        names = sorted((extra | set(unit.names())) - own)
        out.append(replace(unit, zh=row.zh, en=row.en, short=row.short, aliases=tuple(UnitAlias(n) for n in names)))
    for row in kept:
        if row.code in declared or row.code in ended:
            continue
        above = parents.get(row.path[: -Unit.steplen])
        names = sorted(dated.get(row.pk, set()) - own)
        out.append(
            OrgUnit(
                id=row.code, zh=row.zh, en=row.en, short=row.short, level=row.level, parent=above,
                aliases=tuple(UnitAlias(n) for n in names),
            )
        )  # fmt: skip
    return NameBook.of(out, groups, simplify)
