"""Excel out = Excel in for registers: the sheet of a list, and what a sheet would change, shown before it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.registers.actions import EntryRefused, create, differences, may_write, owner_of, parsed, update
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.registers.queries import hidden, key_digest, unit_names
from jinzhi.apps.units.models import Unit
from jinzhi.engines.spreadsheet import CellError, Sheet, SheetColumn, SheetRow, SheetTable, read, write
from jinzhi.kernel.access import within
from jinzhi.kernel.canonical import digest_value
from jinzhi.kernel.fields import Field, Type, Value
from jinzhi.kernel.register import Register

NUMBER = Field(id="_number", zh="编号", en="Number", required=False)
STATE = Field(id="_state", zh="状态", en="State", required=False)
WIDTHS = {Type.LONG: 48, Type.TEXT: 24, Type.UNIT: 24, Type.DATE: 13, Type.BOOL: 8}


class ChangedMeanwhile(Exception):
    """What the sheet would do is no longer what was shown: somebody wrote in between."""


def columns(register: Register, who: Acting) -> tuple[SheetColumn, ...]:
    """The columns of the sheet: number and state (locked), then every field that this person may see.

    Files are not in a sheet; personal fields are left out, not masked, where the role may not see them, so that
    dots are never imported.
    """
    units = tuple(
        u.short or u.zh
        for u in Unit.objects.filter(active=True).order_by("path")
        if within(who.path, who.reach, u.path)
    )
    fields = tuple(
        SheetColumn(
            field=field,
            width=WIDTHS.get(field.type, 16),
            options=units if field.type is Type.UNIT else (),
        )
        for field in register.fields
        if field.type is not Type.FILE and not hidden(field, who)
    )
    return (SheetColumn(field=NUMBER, width=22, locked=True), *fields, SheetColumn(field=STATE, width=9, locked=True))


def workbook(
    register: Register,
    rows: Sequence[Entry],
    who: Acting,
    notes: Sequence[tuple[str, object]],
    *,
    language: str = "zh",
    blank: int = 20,
) -> bytes:
    """The entries as a workbook that can be filled in and imported again."""
    names = unit_names(rows, register)
    kinds = {f.id: f.type for f in register.fields}
    states = {"active": ("有效", "active"), "closed": ("已注销", "closed")}

    def row(entry: Entry) -> dict[str, object]:
        shown = {id: names.get(str(v), v) if kinds.get(id) is Type.UNIT else v for id, v in entry.data.items()}
        state = states[entry.state][0 if language == "zh" else 1]
        return {"_number": entry.number, "_state": state, **shown}

    sheet = Sheet(
        title=register.zh if language == "zh" else register.en,
        columns=columns(register, who),
        rows=[row(e) for e in rows],
        blank=blank,
        language=language,
    )
    return write([sheet], notes)


@dataclass(frozen=True)
class SheetLine:
    """A row of a sheet and what it would do. ``kind``: new, changed, same or error."""

    row: int
    kind: str
    title: str
    values: Mapping[str, Value]
    changes: Mapping[str, list[Value]]
    entry: Entry | None
    errors: tuple[CellError, ...]


@dataclass(frozen=True)
class ImportPreview:
    """What importing a sheet would do. ``digest`` seals it, with the state of the entries that it was made from."""

    lines: tuple[SheetLine, ...]
    notes: tuple[tuple[str, str], ...]
    digest: str

    def count(self, kind: str) -> int:
        return sum(1 for line in self.lines if line.kind == kind)

    @property
    def errors(self) -> tuple[CellError, ...]:
        return tuple(e for line in self.lines for e in line.errors)

    @property
    def ready(self) -> bool:
        """Whether it can be imported: no error, and something to do."""
        return not self.errors and any(line.kind in ("new", "changed") for line in self.lines)


def preview(register: Register, content: bytes, who: Acting) -> ImportPreview:
    """What a sheet would do, row by row; nothing is written. Raises SpreadsheetError where it cannot be read.

    A row with a number is that entry; one without is found by the register's key, or it is new.
    """
    # whether a field is required is said row by row: a sheet may leave out what it does not change
    loose = tuple(replace(c, field=replace(c.field, required=False)) for c in columns(register, who))
    table = read(content, loose)
    known = list(Entry.objects.visible_to(who).filter(register=register.id).select_related("unit"))
    by_number = {e.number: e for e in known}
    by_key = {e.key_digest: e for e in known if e.key_digest}
    bad: dict[int, list[CellError]] = {}
    for error in table.errors:
        bad.setdefault(error.row, []).append(error)
    lines: list[SheetLine] = []
    seen: dict[str, int] = {}
    for row in table.rows:
        line = _line(register, row, who, by_number, by_key, table, bad.get(row.number, []))
        mark = _mark(register, line)
        if line.kind != "error" and mark in seen:
            said = CellError(
                table.sheet,
                row.number,
                "",
                "",
                f"与第 {seen[mark]} 行是同一条目",
                f"is the same entry as row {seen[mark]}",
            )
            line = SheetLine(line.row, "error", line.title, line.values, {}, line.entry, (said,))
        seen.setdefault(mark, row.number)
        lines.append(line)
    stand = [
        [
            line.row,
            line.kind,
            dict(line.values),
            line.entry.pk if line.entry else 0,
            line.entry.seq if line.entry else 0,
        ]
        for line in lines
    ]
    return ImportPreview(tuple(lines), table.notes, digest_value([register.id, who.unit.code, stand]).sha256)


def _mark(register: Register, line: SheetLine) -> str:
    if line.entry is not None:
        return line.entry.number
    return key_digest(register, line.values) or f"row {line.row}"


def _line(
    register: Register,
    row: SheetRow,
    who: Acting,
    by_number: Mapping[str, Entry],
    by_key: Mapping[str, Entry],
    table: SheetTable,
    bad: Sequence[CellError],
) -> SheetLine:
    raw = {f.id: row.values.get(f.id) for f in register.fields if f.id in table.present}
    number = str(row.values.get("_number") or "")
    title = str(raw.get(register.title) or number)

    def wrong(zh: str, en: str, column: str = "", head: str = "") -> CellError:
        return CellError(table.sheet, row.number, column, head, zh, en)

    def line(kind: str, values: Mapping[str, Value], entry: Entry | None, *errors: CellError) -> SheetLine:
        changes = differences(entry.data if entry else {}, values) if kind in ("new", "changed") else {}
        return SheetLine(row.number, kind, title, values, changes, entry, errors)

    entry = by_number.get(number)
    if bad:
        return line("error", {}, entry, *bad)
    if number and entry is None:
        return line(
            "error", {}, None,
            wrong(f"没有编号为“{number}”的条目；新增时请把编号留空", f"no entry is numbered {number!r}; leave it empty",
                  table.places.get("_number", ""), NUMBER.zh),
        )  # fmt: skip
    if entry is None:
        entry = by_key.get(key_digest(register, parsed(register, raw, {}, who)[0]) or "")
    values, errors = parsed(register, raw, entry.data if entry else {}, who)
    if errors:
        said = [wrong(e.zh, e.en, table.places.get(e.field.id, ""), e.field.zh) for e in errors]
        return line("error", {}, entry, *said)
    if entry is not None and not differences(entry.data, values):
        return line("same", values, entry)
    if not may_write(register, who, "update" if entry else "create"):
        return line("error", {}, entry, wrong("您的角色不维护此名录", "your role does not keep this register"))
    if entry is not None and entry.state == "closed":
        return line("error", {}, entry, wrong("条目已注销，不能修改", "the entry is closed"))
    try:
        owner_of(register, values, who)
    except EntryRefused as refused:
        said = [wrong(e.zh, e.en, table.places.get(e.field.id, ""), e.field.zh) for e in refused.errors]
        return line("error", {}, entry, *said)
    return line("changed" if entry else "new", values, entry)


@transaction.atomic
def carry_out(register: Register, content: bytes, digest: str, *, who: Acting, key: str = "") -> ImportPreview:
    """Do what the preview showed, all of it or nothing. Raises ChangedMeanwhile, EntryRefused, SpreadsheetError.

    ``digest`` is that of the preview that the person saw.
    """
    shown = preview(register, content, who)
    if shown.digest != digest:
        raise ChangedMeanwhile(register.id)
    if shown.errors:
        raise EntryRefused("表中还有错误，没有导入任何一行", "the sheet has errors: nothing was imported")
    for line in shown.lines:
        own_key = f"{key}:{line.row}"[:80] if key else ""
        if line.kind == "new":
            create(register.id, line.values, who=who, key=own_key)
        elif line.kind == "changed" and line.entry is not None:
            update(line.entry, line.values, who=who, expected=line.entry.seq, key=own_key)
    return shown
