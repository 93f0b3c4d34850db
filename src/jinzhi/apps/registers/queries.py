"""Reading registers: lists with filters, searches and sorts over declared fields, history, what a key is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import DecimalField, Q, QuerySet
from django.db.models.functions import Cast

from jinzhi.apps.accounts.acting import PUBLIC, Acting
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.personal import reveal
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.units.guard import seen_by
from jinzhi.apps.units.models import Unit
from jinzhi.engines.indicator_sql import JsonText
from jinzhi.kernel.access import Reach, within
from jinzhi.kernel.canonical import canonical
from jinzhi.kernel.fields import Field, Type, Value
from jinzhi.kernel.register import Register

MASK = "●●●"


def readable(who: Acting) -> tuple[Register, ...]:
    """The registers that somebody may read, as declared."""
    return tuple(r for r in catalogue().all(Register) if may_read(r, who))


def may_read(register: Register, who: Acting) -> bool:
    """Whether the role may read this register at all; the rows are narrowed by ``visible_entries``."""
    if who.role.id == PUBLIC:
        return register.public
    named = not register.reads or who.role.id in (*register.reads, *register.writes)
    return named and who.may("register.read")


def visible_entries(who: Acting) -> QuerySet[Entry]:
    """The entries that somebody may read: all of public registers, of others those of the units within reach."""
    public = [r.id for r in catalogue().all(Register) if r.public]
    rows = Entry.objects.unrestricted("public registers are everybody's; the others are narrowed to the reach")
    kept = Entry.kept_from(who.role)
    rows = rows if kept is None else rows.exclude(kept)
    if who.role.id == PUBLIC:
        return rows.filter(register__in=public)
    if who.reach is Reach.ALL:
        return rows
    return rows.filter(Q(register__in=public) | seen_by(who))


def others_keep_some(register: Register) -> bool:
    """Whether the register has entries at all, for one who sees none of them."""
    return Entry.objects.unrestricted("only whether there is one").filter(register=register.id).exists()


def title_of(register: Register, data: Mapping[str, Value]) -> str:
    """The name of an entry: its title field as a person reads it."""
    return register.field(register.title).show(data.get(register.title))


def key_digest(register: Register, data: Mapping[str, Value]) -> str | None:
    """SHA-256 of the key fields; None where the register has no key or an entry lacks all of it."""
    values = [data.get(k) for k in register.key]
    if not values or all(v is None for v in values):
        return None
    # a name written in another case or with other spaces is the same name
    plain = ["".join(v.split()).casefold() if isinstance(v, str) else v for v in values]
    return hashlib.sha256(canonical(plain).encode()).hexdigest()


def search_words(register: Register, data: Mapping[str, Value], number: str) -> str:
    """What a search looks through: the number and the searchable fields, personal data left out."""
    texts = [f.show(data.get(f.id)) for f in register.fields if f.searchable and not f.withheld]
    return "\n".join([number, title_of(register, data), *texts]).casefold()


# --- lists ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class EntryFilter:
    """What a list was asked for. ``values`` by field id: the stored value to equal, or (from, to) for days."""

    q: str = ""
    state: str = ""
    unit: str = ""
    values: Mapping[str, str | tuple[str, str]] | None = None
    sort: str = "-updated"


def member(field: Field) -> JsonText:
    """A declared field of an entry as text in the database."""
    return JsonText("data", field.id)


def filterable(register: Register) -> tuple[Field, ...]:
    """The fields that the list offers as filters: never personal ones, whose values a filter would give away."""
    return tuple(f for f in register.fields if f.filtered and not f.withheld)


def sortable(register: Register) -> tuple[Field, ...]:
    return tuple(f for f in register.listed if not f.withheld and f.type is not Type.LONG)


def entries(register: Register, who: Acting, asked: EntryFilter | None = None) -> QuerySet[Entry]:
    """The entries of a register that somebody sees, narrowed and in order."""
    asked = asked or EntryFilter()
    rows = visible_entries(who).filter(register=register.id).select_related("unit")
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.unit:
        rows = rows.filter(unit__code=asked.unit)
    for word in asked.q.casefold().split():
        rows = rows.filter(words__contains=word)
    for id, wanted in (asked.values or {}).items():
        rows = _narrowed(rows, register.field(id), wanted)
    return _ordered(rows, register, asked.sort)


def _narrowed(rows: QuerySet[Entry], field: Field, wanted: str | tuple[str, str]) -> QuerySet[Entry]:
    alias = f"jz_{field.id}"
    rows = rows.alias(**{alias: member(field)})
    if isinstance(wanted, tuple):
        first, last = wanted
        if first:
            rows = rows.filter(**{f"{alias}__gte": first})
        if last:
            rows = rows.filter(**{f"{alias}__lte": last})
        return rows
    if field.type in (Type.TEXT, Type.LONG):
        return rows.filter(**{f"{alias}__icontains": wanted})
    return rows.filter(**{alias: wanted})


def _ordered(rows: QuerySet[Entry], register: Register, sort: str) -> QuerySet[Entry]:
    down, key = sort.startswith("-"), sort.lstrip("-")
    plain = {"number": "number", "title": "title", "unit": "unit__position", "updated": "updated_at", "state": "state"}
    if key in plain:
        return rows.order_by(("-" if down else "") + plain[key], "-pk" if down else "pk")
    field = register.field(key)
    expression = member(field)
    if field.type in (Type.INT, Type.DECIMAL):
        rows = rows.alias(jz_sort=Cast(expression, DecimalField(max_digits=40, decimal_places=12)))
    else:
        rows = rows.alias(jz_sort=expression)
    return rows.order_by("-jz_sort" if down else "jz_sort", "-pk" if down else "pk")


# --- showing --------------------------------------------------------------------------------------------------
def hidden(field: Field, who: Acting) -> bool:
    """Whether this person is shown dots instead of the value."""
    return field.closed_to(who.role)


def reading(who: Acting, *read: Entry) -> Acting:
    """In which capacity somebody reads entries: as themselves within their reach, without personal data beyond it."""
    if all(within(who.path, who.reach, e.unit_path) for e in read):
        return who
    return replace(who, role=replace(who.role, personal=False))


def unit_names(entries_: Iterable[Entry], register: Register, language: str = "zh") -> dict[str, str]:
    """Names of every unit that UNIT fields of these entries name, by id; one query."""
    ids = [f.id for f in register.fields if f.type is Type.UNIT]
    codes = {str(e.data[i]) for e in entries_ for i in ids if e.data.get(i)}
    if not codes:
        return {}
    return {u.code: (u.en if language == "en" else u.short or u.zh) for u in Unit.objects.filter(code__in=codes)}


# --- history --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class FieldChange:
    """A field that an event changed, as stored values."""

    field: Field
    old: Value
    new: Value
    erased: bool = False


@dataclass(frozen=True)
class PastEvent:
    """An event of an entry: who did what when, why, and each field old → new."""

    seq: int
    verb: str
    on: date
    at: datetime
    actor: str
    unit: Unit | None
    reason: str
    changes: tuple[FieldChange, ...]
    sha256: str
    sm3: str


def replay(events: Iterable[Event]) -> tuple[dict[str, Value], str]:
    """The data and the state that the events of an entry lead to."""
    data: dict[str, Value] = {}
    state = "active"
    for event in reveal(list(events)):
        if event.verb == "create":
            data = {k: v for k, v in event.data["values"].items() if v is not None}
        elif event.verb == "update":
            for id, change in event.data["changes"].items():
                new = change[1] if change else None
                if new is None:
                    data.pop(id, None)
                else:
                    data[id] = new
        elif event.verb == "close":
            state = "closed"
        elif event.verb == "reopen":
            state = "active"
    return data, state


def history(entry: Entry, register: Register) -> tuple[PastEvent, ...]:
    """What happened to an entry, newest first."""
    events = list(Event.objects.filter(stream=entry.stream).select_related("unit").order_by("-seq"))
    return tuple(_past(e, register) for e in reveal(events))


def _past(event: Event, register: Register) -> PastEvent:
    return PastEvent(
        event.seq,
        event.verb,
        event.on,
        event.at,
        event.actor,
        event.unit,
        str(event.data.get("reason", "")),
        tuple(_changes(event, register)),
        event.sha256,
        event.sm3,
    )


def _changes(event: Event, register: Register) -> Iterator[FieldChange]:
    said = event.data.get("changes") or {k: [None, v] for k, v in event.data.get("values", {}).items()}
    gone = {path.rpartition("/")[2] for path in event.erased}
    for field in register.fields:
        if field.id in said:
            old, new = said[field.id] or (None, None)
            yield FieldChange(field, old, new, erased=field.id in gone)
