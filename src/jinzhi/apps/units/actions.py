"""Writing the tree of units: bring the declared units in, move a unit, close one."""

from __future__ import annotations

from django.apps import apps
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import last_seq, record
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.log.entries import Actor
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.guard import UnitOwned
from jinzhi.apps.units.locking import NotYours, needs, not_stale
from jinzhi.apps.units.models import Group, Unit, UnitName
from jinzhi.apps.units.naming import names_book
from jinzhi.kernel.access import within
from jinzhi.kernel.organisation import LEVELS, OrgUnit, UnitGroup
from jinzhi.kernel.streams import UNIT

ORDER = ("city", "department", "external", *(x for x in LEVELS if x not in ("city", "department", "external")))


@transaction.atomic
def sync_units() -> tuple[int, int]:
    """Bring declared units and groups into the tree; returns how many were made and how many renamed.

    A unit that is no longer declared stays: rows belong to it. What was changed by hand on record stays: a unit that
    was renamed keeps its names, one that was closed or merged stays so. Safe to run again.
    """
    made = changed = 0
    declared = catalogue().all(OrgUnit)
    renamed = set(UnitName.objects.values_list("unit__code", flat=True))
    for position, d in enumerate(_parents_first(declared)):
        wanted = {"zh": d.zh, "en": d.en, "short": d.short, "level": str(d.level), "position": position}
        unit = Unit.objects.filter(code=d.id).first()
        if d.id in renamed:
            wanted = {k: v for k, v in wanted.items() if k not in ("zh", "en", "short")}
        if unit is None:
            parent = Unit.objects.get(code=d.parent) if d.parent else None
            node = {"code": d.id, **wanted}
            if parent:
                Unit.objects.add_child(parent, node)
            else:
                Unit.objects.add_root(node)
            made += 1
        elif any(getattr(unit, k) != v for k, v in wanted.items()):
            Unit.objects.filter(pk=unit.pk).update(**wanted)
            changed += 1
    sync_groups()
    return made, changed


@transaction.atomic
def sync_groups() -> None:
    """Bring the declared groups in, each with the open units that belong to it."""
    book = names_book()
    codes = {u.code: u for u in Unit.objects.filter(until=None)}
    for g in catalogue().all(UnitGroup):
        group, _ = Group.objects.update_or_create(code=g.id, defaults={"zh": g.zh, "en": g.en})
        group.members.set([codes[m] for m in book.members(g) if m in codes])


def _parents_first(declared: tuple[OrgUnit, ...]) -> list[OrgUnit]:
    """Parents before children, and among siblings the city's own departments before the districts."""
    declared = tuple(sorted(declared, key=lambda d: ORDER.index(d.level)))
    out: list[OrgUnit] = []
    done: set[str] = set()
    waiting = list(declared)
    while waiting:
        ready = [d for d in waiting if not d.parent or d.parent in done]
        if not ready:
            raise ValueError("these units wait for a parent that is not declared: " + ", ".join(d.id for d in waiting))
        out += ready
        done |= {d.id for d in ready}
        waiting = [d for d in waiting if d.id not in done]
    return out


@transaction.atomic
def move(unit: Unit, under: Unit) -> None:
    """Move a unit below another, and with it the paths of all rows that it and those below it keep."""
    before = unit.path
    Unit.objects.move(unit, under, "last-child")
    unit.refresh_from_db()
    after = unit.path
    for model in apps.get_models():
        if issubclass(model, UnitOwned):
            rows = model.objects.unrestricted("paths follow the tree").filter(unit_path__startswith=before)
            rows.update(unit_path=Concat(Value(after), Substr("unit_path", len(before) + 1)))


def stream_of(unit: Unit) -> str:
    return UNIT.of(unit.code)


def _answers_for(call: Call) -> None:
    """Whoever keeps units, for those within reach."""
    needs("units.write")(call)
    who, unit = call.who, call.subject
    if who is not None and not within(who.path, who.reach, unit.path):
        raise NotYours("您的任职管不到这个单位", "your post does not reach this unit")


def _locked(call: Call) -> Unit:
    unit: Unit = call.subject
    unit.refresh_from_db(from_queryset=Unit.objects.select_for_update(of=("self",)))
    not_stale(call, stream_of(unit), last_seq(stream_of(unit)))
    return unit


def _nothing(call: Call, event: Event) -> None:
    return None


@verb("units", "set-contact", right=_answers_for, lock=_locked, again=_nothing)
def set_contact(unit: Unit, contact: str, *, who: Actor, expected: int | None = None, key: str = "") -> None:
    """Write who answers for a unit. Raises Conflict where somebody else was faster, ValueError on a text too long."""
    text = contact.strip()
    if len(text) > 120:
        raise ValueError(f"contact holds {len(text)} characters, at most 120")
    record(stream_of(unit), "set-contact", {"contact": text}, who=who, on=today(), expected=expected, key=key)
    Unit.objects.filter(pk=unit.pk).update(contact=text)
    unit.contact = text
