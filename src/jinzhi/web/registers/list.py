"""What the pages of registers are made of: filters from the address, rows of a table, values as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.evidence.events.seals import SealVerdict, Verdicts
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.registers.queries import (
    MASK,
    EntryFilter,
    PastEvent,
    filterable,
    hidden,
    reading,
    sortable,
    unit_names,
    visible_entries,
)
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.register import Register
from jinzhi.kernel.text import id_of
from jinzhi.web.shell.listing import choice
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.forms import label_of, visible_units
from jinzhi.web.ui.language import named, page_language, speak
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

STATES = {"active": Tag("有效", "Active", "normal"), "closed": Tag("已注销", "Closed", "closed")}
VERBS = {
    "create": gettext_lazy("新建"),
    "update": gettext_lazy("更新"),
    "close": gettext_lazy("注销"),
    "reopen": gettext_lazy("恢复"),
}
SORTS = ("number", "title", "unit", "updated", "state")


# --- what the address asks for --------------------------------------------------------------------------------
def filters_of(request: PageRequest, register: Register) -> EntryFilter:
    """Filters and sort of a list from the address; a wrong value is a clear 400."""
    values: dict[str, str | tuple[str, str]] = {}
    for field in filterable(register):
        match field.type:
            case Type.DATE:
                first, last = _day(request, f"{field.id}_from"), _day(request, f"{field.id}_to")
                if first or last:
                    values[field.id] = (first, last)
            case Type.CHOICE:
                raw = choice(request, field.id, {c.id for c in field.choices})
                if raw:
                    values[field.id] = raw
            case Type.BOOL:
                raw = choice(request, field.id, {"true", "false"})
                if raw:
                    values[field.id] = raw
            case _:
                raw = request.GET.get(field.id, "").strip()[:200]
                if raw:
                    values[field.id] = raw
    sorts = {*SORTS, *(f.id for f in sortable(register))}
    return EntryFilter(
        q=request.GET.get("q", "").strip()[:200],
        state=choice(request, "state", STATES),
        unit=request.GET.get("kept_by", "").strip()[:80],
        values=values,
        sort=choice(request, "sort", {*sorts, *(f"-{s}" for s in sorts)}, "-updated"),
    )


def _day(request: PageRequest, name: str) -> str:
    raw = request.GET.get(name, "").strip()
    try:
        return date.fromisoformat(raw).isoformat() if raw else ""
    except ValueError:
        raise BadRequest(
            _("地址参数 %(name)s=“%(raw)s” 应为日期，如 2026-11-22") % {"name": name, "raw": raw}
        ) from None


def filters(register: Register, who: Acting) -> list[Filter]:
    """The filter bar of a register: words, then every declared filter, the state and the unit that keeps it."""
    out = [Filter("q", _("检索"), "text")]
    units: list[Option] | None = None
    for field in filterable(register):
        match field.type:
            case Type.CHOICE:
                out.append(Filter(field.id, named(field), "select", [Option(c.id, named(c)) for c in field.choices]))
            case Type.BOOL:
                yes_no = [Option("true", _("是")), Option("false", _("否"))]
                out.append(Filter(field.id, named(field), "select", yes_no))
            case Type.DATE:
                out.append(Filter(f"{field.id}_from", _("%(name)s 自") % {"name": named(field)}, "date"))
                out.append(Filter(f"{field.id}_to", _("%(name)s 至") % {"name": named(field)}, "date"))
            case Type.UNIT:
                units = units if units is not None else [Option(c, n) for c, n in visible_units(who)]
                out.append(Filter(field.id, named(field), "select", units))
            case _:
                out.append(Filter(field.id, named(field), "text"))
    if not register.unit_field or register.unit_field not in {f.id for f in filterable(register)}:
        out.append(Filter("kept_by", _("所属单位"), "select", [Option(c, n) for c, n in visible_units(who)]))
    out.append(Filter("state", _("状态"), "select", [Option(k, speak(t)) for k, t in STATES.items()]))
    return out


# --- values ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class EntryReader:
    """Shows values of a register to one person: units by name, references and files as links, dots where hidden."""

    who: Acting
    units: Mapping[str, str]
    references: Mapping[str, Entry]
    files: Mapping[str, Attachment]

    def cell(self, field: Field, value: Any) -> Cell:
        if value in (None, ""):
            return Cell("")
        if hidden(field, self.who):
            return Cell(MASK)
        match field.type:
            case Type.UNIT:
                code = str(value)
                if code in self.units:
                    return Cell(self.units[code], href=reverse("unit", args=[code]))
                return Cell(code)
            case Type.REF if str(value) in self.references:
                entry = self.references[str(value)]
                return Cell(str(entry), href=reverse("entry", args=[entry.register, entry.pk]))
            case Type.FILE if str(value) in self.files:
                kept = self.files[str(value)]
                return Cell(kept.name, href=reverse("attachment", args=[kept.token]))
        shown = field.show(value, page_language())
        return Cell(f"{shown} {field.unit}" if field.unit else shown)

    def text(self, field: Field, value: Any) -> str:
        return str(self.cell(field, value).value)


def reader(register: Register, entries: Iterable[Entry], who: Acting, pasts: Iterable[PastEvent] = ()) -> EntryReader:
    """A reader that knows every unit, reference and file that these entries (and their histories) name."""
    rows = list(entries)
    shown = [*rows, *_as_entries(pasts)]
    units = unit_names(shown, register, page_language())
    refs = {str(e.data[f.id]) for e in shown for f in register.fields if f.type is Type.REF and e.data.get(f.id)}
    files = {str(e.data[f.id]) for e in shown for f in register.fields if f.type is Type.FILE and e.data.get(f.id)}
    found = visible_entries(who).filter(number__in=refs) if refs else ()
    kept = Attachment.objects.visible_to(who).filter(pk__in=[f for f in files if id_of(f)]) if files else ()
    return EntryReader(who, units, {e.number: e for e in found}, {str(a.pk): a for a in kept})


def _as_entries(pasts: Iterable[PastEvent]) -> list[Entry]:
    out = []
    for past in pasts:
        out.append(Entry(data={c.field.id: c.old for c in past.changes if c.old is not None}))
        out.append(Entry(data={c.field.id: c.new for c in past.changes if c.new is not None}))
    return out


# --- tables ---------------------------------------------------------------------------------------------------
def table(register: Register, rows: Sequence[Entry], who: Acting, empty: Empty) -> Table:
    """The list of a register: number, title, the listed fields, state, last change."""
    fields = [f for f in register.listed if f.id != register.title]
    can_sort = {f.id for f in sortable(register)}
    eyes = reader(register, rows, who)
    numeric = (Type.INT, Type.DECIMAL)
    columns = [
        Column(_("编号"), "number"),
        Column(label_of(register.field(register.title)), "title", wide=True),
        *(Column(label_of(f), f.id if f.id in can_sort else "", numeric=f.type in numeric) for f in fields),
        Column(_("状态"), "state"),
        Column(_("更新"), "updated"),
    ]

    def row(entry: Entry) -> TableRow:
        href = reverse("entry", args=[register.id, entry.pk])
        own = replace(eyes, who=reading(who, entry))
        cells: list[Any] = [Cell(entry.number, href=href), Cell(entry.title, href=href)]
        for f in fields:
            value = entry.data.get(f.id)
            cells.append(f.show(value) if f.type in numeric and not hidden(f, own.who) else own.cell(f, value))
        cells += [STATES[entry.state], timezone.localtime(entry.updated_at).date().isoformat()]
        return TableRow(cells, id=f"entry-{entry.pk}")

    return Table(named(register), columns, [row(e) for e in rows], empty, stack=True, caption_hidden=True, id="entries")


def pairs(register: Register, entry: Entry, eyes: EntryReader) -> list[tuple[str, Any]]:
    """The fields of an entry with their values; those that are empty are said, not left out."""
    out: list[tuple[str, Any]] = []
    for field in register.fields:
        value = entry.data.get(field.id)
        name = f"{label_of(field)} [{field.code}]" if field.code else label_of(field)
        if field.type is Type.LONG and value and not hidden(field, eyes.who):
            out.append((name, [Cell(line) for line in str(value).splitlines()]))
        else:
            out.append((name, eyes.cell(field, value) if value is not None else ""))
    return out


@dataclass(frozen=True)
class EntryHappening:
    """An event of an entry as the page shows it; ``changes``: (field, old, new) as text; ``seal``: by the log."""

    past: PastEvent
    what: str
    changes: list[tuple[str, str, str]]
    seal: SealVerdict | None = None


def happenings(pasts: Sequence[PastEvent], eyes: EntryReader, checked: Verdicts) -> list[EntryHappening]:
    return [
        EntryHappening(
            p,
            str(VERBS.get(p.verb, p.verb)),
            [
                (named(c.field), "", str(_("个人信息，已依法删除")))
                if c.erased
                else (named(c.field), eyes.text(c.field, c.old), eyes.text(c.field, c.new))
                for c in p.changes
            ],
            checked.at(p.seq),
        )
        for p in pasts
    ]
