"""Writing registers: create, update, close and reopen an entry. Each is one transaction and one event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue import references
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.numbers import next_number
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import Conflict, last_seq, record
from jinzhi.apps.evidence.events.erasing import erase_files
from jinzhi.apps.evidence.events.personal import ErasureRefused, erase, reveal
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.events.viewing import EXPORT, viewing_recorded
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.registers.queries import key_digest, search_words, title_of
from jinzhi.apps.units.models import Unit
from jinzhi.apps.units.naming import resolve_unit
from jinzhi.kernel.access import within
from jinzhi.kernel.fields import FieldError, Type, Value, parse_all
from jinzhi.kernel.register import Register
from jinzhi.kernel.streams import ENTRY, ERASURE, REGISTER, REGISTER_IMPORT

ERASE = "personal.erase"
CREATE, UPDATE, CLOSE, REOPEN = "create", "update", "close", "reopen"


class EntryRefused(Exception):
    """An entry that may not be written. ``zh``/``en`` say why; ``errors`` are those of its fields."""

    def __init__(self, zh: str, en: str, errors: tuple[FieldError, ...] = ()):
        self.zh, self.en, self.errors = zh, en, errors
        super().__init__(zh)


def may_write(register: Register, who: Acting, verb: str) -> bool:
    """Whether the role keeps this register; the unit is checked with the entry."""
    return who.role.id in register.writes and who.may(f"register.{register.id}.{verb}")


def _require(register: Register, who: Acting, verb: str) -> None:
    if not may_write(register, who, verb):
        raise EntryRefused(
            f"您的角色“{who.role.zh}”不维护“{register.zh}”", f"the role {who.role.en} does not keep {register.en}"
        )


def _refused(errors: Iterable[FieldError]) -> EntryRefused:
    found = tuple(errors)
    return EntryRefused(
        "请更正：" + "；".join(str(e) for e in found),
        "please mend: " + "; ".join(f"{e.field.en} {e.en}" for e in found),
        found,
    )


def parsed(
    register: Register, raw: Mapping[str, object], known: Mapping[str, Value], who: Acting
) -> tuple[dict[str, Value], tuple[FieldError, ...]]:
    """The data of an entry after ``raw`` is laid over what is known, and every error.

    Fields that ``raw`` does not name stay as they are. A personal field left empty by somebody who may not see it
    stays as well: they were shown dots, not the value. Units are found by id or by name.
    """
    given = [f for f in register.fields if not known or (f.id in raw and not (f.closed_to(who.role) and not raw[f.id]))]
    values, errors = parse_all(given, raw)
    found = list(errors)
    for field in given:
        value = values.get(field.id)
        if value is None:
            continue
        if field.type is Type.UNIT:
            unit = resolve_unit(str(value))
            if unit is None:
                found.append(FieldError(field, f"没有名为“{value}”的单位", f"no unit is called {value!r}"))
            else:
                values[field.id] = unit.code
        elif field.type is Type.REF:
            there = references.find(field.of, str(value), who)
            if there is None:
                found.append(FieldError(field, f"没有编号为“{value}”的条目", f"no entry is numbered {value!r}"))
    merged = {k: v for k, v in {**known, **values}.items() if v is not None}
    return {f.id: merged[f.id] for f in register.fields if f.id in merged}, tuple(found)


def owner_of(register: Register, data: Mapping[str, Value], who: Acting) -> Unit:
    """The unit under which an entry is kept. Raises EntryRefused where it lies out of reach."""
    if not register.unit_field:
        return who.unit
    code = data.get(register.unit_field)
    unit = Unit.objects.filter(code=code).first() if code else who.unit
    if unit is None or not within(who.path, who.reach, unit.path):
        field = register.field(register.unit_field)
        raise _refused([FieldError(field, "不在您可管理的单位之内", "is not a unit that you answer for")])
    return unit


def _clash(register: Register, who: Acting) -> EntryRefused:
    names_zh = "、".join(register.field(k).zh for k in register.key)
    names_en = ", ".join(register.field(k).en for k in register.key)
    field = register.field(register.key[0])
    error = FieldError(
        field,
        f"已有“{names_zh}”相同的条目，请查找并更新原条目",
        f"an entry with the same {names_en} exists: update that one",
    )
    return _refused([error])


def _project(entry: Entry, register: Register, data: Mapping[str, Value], unit: Unit, event: Event) -> None:
    """Bring the columns of an entry up to an event. Raises IntegrityError where the key occurs already."""
    entry.data = dict(data)
    entry.title = title_of(register, data)[:300]
    entry.words = search_words(register, data, entry.number)
    entry.key_digest = key_digest(register, data)
    entry.unit, entry.unit_path = unit, unit.path
    entry.state = {CLOSE: "closed", REOPEN: "active"}.get(event.verb, entry.state)
    entry.seq, entry.updated_at = event.seq, event.at
    with transaction.atomic():
        entry.save()


def _register_of(call: Call) -> Register:
    """The register that a verb writes: its first argument is an entry or the register's id."""
    named = call.subject if isinstance(call.subject, str) else call.subject.register
    return catalogue().get(Register, named)


def _keeps(call: Call) -> None:
    _require(_register_of(call), call.who, call.verb.name)


def _content(call: Call) -> dict[str, object]:
    """What a submission asks; a file is sent anew with each and is the same where its bytes are."""
    given, files = call.given(), [f.id for f in _register_of(call).fields if f.type is Type.FILE]
    raw = dict(given["raw"])
    kept = Attachment.objects.unrestricted("compares a submission with the caller's own earlier one")
    for id in files:
        if str(raw.get(id) or "").isdecimal():
            raw[id] = kept.filter(pk=int(str(raw[id]))).first()
    return given | {"raw": raw}


def _same_entry(call: Call, event: Event) -> Entry:
    """The entry of an earlier submission, as it is now."""
    kept = Entry.objects.unrestricted("the caller's own earlier submission")
    return kept.get(pk=ENTRY.number(event.stream))


@verb("registers", CREATE, right=_keeps, again=_same_entry, content=_content)
def create(
    register_id: str,
    raw: Mapping[str, object],
    *,
    who: Acting,
    key: str = "",
    on: date | None = None,
    at: datetime | None = None,
) -> Entry:
    """Make an entry. Raises EntryRefused with every wrong field; the same key makes one entry only."""
    register = catalogue().get(Register, register_id)
    data, errors = parsed(register, raw, {}, who)
    if errors:
        raise _refused(errors)
    unit = owner_of(register, data, who)
    day, moment = on or today(), at or now()
    digest = key_digest(register, data)
    if digest and _holder(register, digest) is not None:
        raise _clash(register, who)
    number = register.numbering.format(
        id=register.id, year=day.year, seq=next_number(f"register.{register.id}", day.year)
    )
    try:
        with transaction.atomic():
            entry = Entry.objects.create(
                register=register.id, number=number, title=title_of(register, data)[:300], unit=unit,
                unit_path=unit.path, data=dict(data), key_digest=digest, created_at=moment, updated_at=moment,
            )  # fmt: skip
    except IntegrityError:
        raise _clash(register, who) from None
    said = {"register": register.id, "number": number, "unit": unit.code, "values": dict(data)}
    personal = [f"values/{id}" for id in _withheld(register)]
    event = record(entry.stream, CREATE, said, who=who, on=day, expected=0, key=key, at=moment, personal=personal)
    _project(entry, register, data, unit, event)
    return entry


def _holder(register: Register, digest: str) -> Entry | None:
    """The entry that has these key values, whoever keeps it: a key occurs once in the whole register."""
    rows = Entry.objects.unrestricted("a key occurs once in a register, whoever keeps it")
    return rows.filter(register=register.id, key_digest=digest).first()


def _locked(call: Call) -> Entry:
    """The entry, for one writer at a time; refused where it is out of reach or stale."""
    rows = Entry.objects.visible_to(call.who).select_for_update(of=("self",)).select_related("unit")
    fresh = rows.filter(pk=call.subject.pk).first()
    if fresh is None:
        raise EntryRefused("此条目不在您可管理的单位之内", "this entry is not kept by a unit that you answer for")
    if call.expected is not None and call.expected != last_seq(fresh.stream):
        raise Conflict(fresh.stream, call.expected, last_seq(fresh.stream))
    return fresh


@verb("registers", UPDATE, right=_keeps, lock=_locked, again=_same_entry, content=_content)
def update(
    entry: Entry,
    raw: Mapping[str, object],
    *,
    who: Acting,
    expected: int | None = None,
    key: str = "",
    reason: str = "",
    on: date | None = None,
) -> Entry:
    """Change fields of an entry; only those that ``raw`` names. The event holds each change as [old, new].

    Where nothing differs, nothing is written. Raises EntryRefused, Conflict, KeyReused.
    """
    register = catalogue().get(Register, entry.register)
    if entry.state == "closed":
        raise EntryRefused("条目已注销，恢复后才能修改", "the entry is closed: reopen it first")
    data, errors = parsed(register, raw, entry.data, who)
    if errors:
        raise _refused(errors)
    changes = differences(entry.data, data)
    if not changes:
        return entry
    unit = owner_of(register, data, who) if register.unit_field in changes else entry.unit
    said: dict[str, object] = {"register": register.id, "changes": changes}
    if unit.pk != entry.unit_id:
        said["unit"] = unit.code
    if reason.strip():
        said["reason"] = reason.strip()
    digest = key_digest(register, data)
    if digest and digest != entry.key_digest and _holder(register, digest) is not None:
        raise _clash(register, who)
    personal = [f"changes/{id}" for id in _withheld(register)]
    event = record(entry.stream, UPDATE, said, who=who, on=on or today(), expected=expected, key=key, personal=personal)
    try:
        _project(entry, register, data, unit, event)
    except IntegrityError:
        raise _clash(register, who) from None
    return entry


def differences(old: Mapping[str, Value], new: Mapping[str, Value]) -> dict[str, list[Value]]:
    """Each field that differs, as [old, new]; None where it is empty."""
    ids = [*old, *(k for k in new if k not in old)]
    return {id: [old.get(id), new.get(id)] for id in ids if old.get(id) != new.get(id)}


def _turn(
    entry: Entry, turn: str, state: str, reason: str, who: Acting, expected: int | None, key: str, on: date | None
) -> Entry:
    register = catalogue().get(Register, entry.register)
    if not reason.strip():
        raise EntryRefused("请写明原因", "give the reason")
    if entry.state == state:
        raise EntryRefused("条目已经是这个状态", "the entry is in this state already")
    said = {"register": register.id, "reason": reason.strip()}
    event = record(entry.stream, turn, said, who=who, on=on or today(), expected=expected, key=key)
    _project(entry, register, entry.data, entry.unit, event)
    return entry


@verb("registers", CLOSE, right=_keeps, lock=_locked, again=_same_entry)
def close(
    entry: Entry,
    *,
    reason: str,
    who: Acting,
    expected: int | None = None,
    key: str = "",
    on: date | None = None,
) -> Entry:
    """Take an entry out of use; it stays in the register with its history. Raises EntryRefused, Conflict."""
    return _turn(entry, CLOSE, "closed", reason, who, expected, key, on)


@verb("registers", REOPEN, right=_keeps, lock=_locked, again=_same_entry)
def reopen(
    entry: Entry,
    *,
    reason: str,
    who: Acting,
    expected: int | None = None,
    key: str = "",
    on: date | None = None,
) -> Entry:
    """Take a closed entry into use again. Raises EntryRefused, Conflict."""
    return _turn(entry, REOPEN, "active", reason, who, expected, key, on)


def _erased_entry(call: Call, event: Event) -> Entry:
    rows = Entry.objects.unrestricted("the caller's own earlier submission").select_related("unit")
    return rows.get(pk=call.subject.pk)


def _erases(call: Call) -> None:
    if not call.who.may(ERASE):
        raise EntryRefused("您的角色不能删除个人信息", "your role may not erase personal data")


@verb("registers", "erase-personal-data", right=_erases, lock=_locked, again=_erased_entry)
def erase_personal(entry: Entry, *, reason: str, who: Acting, on: date | None = None, key: str = "") -> Entry:
    """Erase the personal data of an entry and of its history; events and log stand. Raises EntryRefused."""
    fresh, register = entry, catalogue().get(Register, entry.register)
    day = on or today()
    files = _files_of(fresh, register)  # the values that name them are gone once they are erased
    try:
        gone = erase(fresh.stream, reason=reason, on=day, but=set(_withheld(register)) - set(_personal(register)))
    except ErasureRefused as e:
        raise EntryRefused(str(e), "there is nothing to erase, or no reason was given") from None
    said = {"entry": fresh.number, "erased": list(gone), "files": erase_files(files), "reason": reason.strip()}
    record(ERASURE.of(fresh.stream), "erase-personal-data", said, who=who, on=day, key=key)
    last = Event.objects.filter(stream=fresh.stream).order_by("-seq").first()
    assert last is not None
    kept = {k: v for k, v in fresh.data.items() if k not in _personal(register)}
    _project(fresh, register, kept, fresh.unit, last)
    return fresh


def _files_of(entry: Entry, register: Register) -> list[Attachment]:
    """The files that hold personal data of an entry: those in its personal fields, whenever they stood there, and
    every sheet that was brought in for its register, for any of them may name the person.
    """
    ids = set()
    for event in reveal(list(Event.objects.filter(stream=entry.stream))):
        said = event.data.get("changes") or {k: [None, v] for k, v in event.data.get("values", {}).items()}
        for f in register.fields:
            if f.personal and f.type is Type.FILE:
                ids |= {int(v) for v in said.get(f.id) or () if str(v or "").isdecimal()}
    kept = Attachment.objects.unrestricted("files with personal data of the entry that is erased")
    own = kept.filter(pk__in=ids, stream=REGISTER.of(register.id), erased_at=None)
    return [*own, *kept.filter(stream=sheets_of(register), erased_at=None)]


def sheets_of(register: Register) -> str:
    """The stream under which the sheets of a register are kept."""
    return REGISTER_IMPORT.of(register.id)


def _withheld(register: Register) -> list[str]:
    return [f.id for f in register.fields if f.withheld]


def _personal(register: Register) -> list[str]:
    return [f.id for f in register.fields if f.personal]


def log_viewing(entry: Entry, fields: Iterable[str], who: Acting) -> bool:
    """Leave an event that somebody is shown personal data of an entry. False where that cannot be recorded now: then
    they are not to be shown."""
    shown = sorted(fields)
    said = {"entry": entry.number, "fields": shown}
    return not shown or viewing_recorded(entry.stream, said, who=who)


def log_export(register: Register, count: int, fields: Iterable[str], filters: str, who: Acting) -> bool:
    """Leave an event that somebody takes personal data out of a register in a file. False where that cannot be
    recorded now: then they are not to be in it."""
    shown = sorted(fields)
    said = {"fields": shown, "entries": count, "filters": filters}
    return not (shown and count) or viewing_recorded(REGISTER.of(register.id), said, who=who, verb=EXPORT)
