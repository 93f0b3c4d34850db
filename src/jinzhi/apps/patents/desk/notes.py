"""Tags (标引) and notes on documents: each unit's own, seen by the unit and those above it.

A tag is a name on a document, put there for the unit; written differently in case or width it is the same tag. A note
is somebody's text; its writer changes it, and it can be restored after it was removed. Each change leaves an event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, QuerySet

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.evidence.events.actions import Conflict, part_key, record, record_next
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.patents.desk.collections import MANY, may_write, named, numbers_of
from jinzhi.apps.patents.models import Document, Note, Tagging
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.apps.patents.search.asking import KEY_LENGTH
from jinzhi.apps.patents.store.queries import find_all
from jinzhi.engines.spreadsheet import CellError, Sheet, SheetColumn, read, write
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.streams import PATENT_NOTE, PATENT_TAGS
from jinzhi.kernel.tokens import fold

LONGEST_TAG, LONGEST_NOTE = 60, 4000
#: how tags of one cell are parted
BETWEEN = "；"


def tag_name(text: str) -> str:
    """A tag as it is kept. Raises SearchRefused."""
    name = " ".join(text.split())
    if not name:
        raise SearchRefused("请写标引", "write the tag", "name")
    if len(name) > LONGEST_TAG:
        raise SearchRefused(f"标引最多 {LONGEST_TAG} 个字符", f"a tag has at most {LONGEST_TAG} characters", "name")
    if found := next((sign for sign in '；;"“”*?#' if sign in name), None):
        raise SearchRefused(f"标引里不能有“{found}”", f"a tag cannot hold {found!r}", "name")
    return name


def tag_key(name: str) -> str:
    """A tag as it is compared."""
    return fold(name).strip()[:KEY_LENGTH]


def _signed_in(who: Acting) -> None:
    if not may_write(who):
        raise SearchRefused("标引和备注需要登录", "tags and notes need signing in")


def _told(who: Acting, verb: str, data: dict[str, object], key: str) -> None:
    """One event of the unit's tags; somebody else's at the same moment is no conflict."""
    record_next(PATENT_TAGS.of(who.unit.code), verb, data, who=who, on=today(), key=key)


def _writes(call: Call) -> None:
    _signed_in(call.who)
    if not call.who.may("plan.read"):
        raise SearchRefused("当前身份或令牌不能写标引和备注", "this role or token writes no tags and notes")


def _counted(call: Call, event: Event) -> int:
    """How many documents an earlier submission concerned."""
    return int(event.data["count"])


# --- tags -------------------------------------------------------------------------------------------------------


@verb("patents", "tag", right=_writes, again=_counted)
def tag(who: Acting, name: str, ids: Iterable[int], *, key: str = "") -> int:
    """Put a tag of one's unit on documents; how many did not have it. Raises SearchRefused."""
    _signed_in(who)
    name = tag_name(name)
    wanted = sorted(set(ids))
    held = set(_rows(who, name).values_list("document_id", flat=True))
    new = [pk for pk in wanted if pk not in held]
    if not new:
        return 0
    moment = now()
    Tagging.objects.bulk_create(
        [
            Tagging(
                document_id=pk, name=name, key=tag_key(name), user=who.user, at=moment, unit=who.unit,
                unit_path=who.unit.path,
            )
            for pk in new
        ],
        batch_size=MANY,
    )  # fmt: skip
    _told(who, "tag", {"tag": name, **named(numbers_of(new))}, key)
    return len(new)


@verb("patents", "untag", right=_writes, again=_counted)
def untag(who: Acting, name: str, ids: Iterable[int], *, key: str = "") -> int:
    """Take a tag of one's unit off documents; how many had it."""
    _signed_in(who)
    wanted = set(ids)
    held = {pk: document for pk, document in _rows(who, name).values_list("pk", "document_id") if document in wanted}
    if not held:
        return 0
    rows = sorted(held)
    for at in range(0, len(rows), MANY):
        Tagging.objects.visible_to(who).filter(pk__in=rows[at : at + MANY]).delete()
    _told(who, "untag", {"tag": name, **named(numbers_of(held.values()))}, key)
    return len(held)


def _rows(who: Acting, name: str):  # type: ignore[no-untyped-def]
    return Tagging.objects.visible_to(who).filter(unit=who.unit, key=tag_key(name))


@dataclass(frozen=True, slots=True)
class TagTally:
    """A tag with how many documents bear it, as far as somebody sees; ``own``: among them those of their unit."""

    name: str
    count: int
    own: int


def tags(who: Acting) -> list[TagTally]:
    """Every tag that somebody sees, the most frequent first."""
    seen: dict[str, tuple[str, set[int], set[int]]] = {}
    rows = Tagging.objects.visible_to(who).order_by("pk").values_list("key", "name", "document_id", "unit_id")
    for key, name, document, unit in rows:
        _name, every, own = seen.setdefault(key, (name, set(), set()))
        every.add(document)
        if unit == who.unit.pk:
            own.add(document)
    found = [TagTally(name, len(every), len(own)) for name, every, own in seen.values()]
    return sorted(found, key=lambda t: (-t.count, t.name))


def own_names(who: Acting) -> list[str]:
    """The tags of one's own unit, for completion."""
    rows = Tagging.objects.visible_to(who).filter(unit=who.unit).order_by("key").values_list("name", flat=True)
    return list(dict.fromkeys(rows))


def tags_of(who: Acting, document: Document) -> list[Tagging]:
    """The tags on a document that somebody sees."""
    return list(
        Tagging.objects.visible_to(who).filter(document=document).select_related("unit", "user").order_by("name", "pk")
    )


def _same_note(call: Call, event: Event) -> Note:
    rows = Note.objects.unrestricted("the caller's own earlier submission").select_related("document")
    return rows.get(pk=PATENT_NOTE.number(event.stream))


# --- notes ------------------------------------------------------------------------------------------------------


def visible_notes(who: Acting) -> QuerySet[Note]:
    """The notes of the units that somebody sees; none without signing in: offices write them for each other."""
    rows = Note.objects.visible_to(who)
    return rows if who.user is not None and who.may("plan.read") else rows.none()


def notes_of(who: Acting, document: Document) -> list[Note]:
    """The notes on a document that somebody sees, oldest first; their own removed ones among them."""
    rows = visible_notes(who).filter(document=document).select_related("unit", "owner")
    return [n for n in rows if n.removed_at is None or (who.user is not None and n.owner_id == who.user.pk)]


def _text(text: str) -> str:
    text = text.strip()
    if not text:
        raise SearchRefused("请写备注", "write the note", "text")
    if len(text) > LONGEST_NOTE:
        raise SearchRefused(
            f"备注最多 {LONGEST_NOTE} 字，现有 {len(text)} 字",
            f"a note has at most {LONGEST_NOTE} characters, this has {len(text)}",
            "text",
        )
    return text


@verb("patents", "write-note", right=_writes, again=_same_note, recorded=lambda call: "write")
def write_note(who: Acting, document: Document, text: str, *, key: str = "") -> Note:
    """A note of one's own for one's unit. The same form sent twice makes one. Raises SearchRefused."""
    _signed_in(who)
    text = _text(text)
    twin = Note.objects.visible_to(who).filter(document=document, owner=who.user, text=text, removed_at=None).first()
    if twin is not None:
        return twin
    moment = now()
    note = Note.objects.create(
        document=document, text=text, owner=who.person, unit=who.unit, unit_path=who.unit.path, created_at=moment,
        updated_at=moment,
    )  # fmt: skip
    record(note.stream, "write", {"number": document.number, "text": text}, who=who, on=today(), key=key)
    return note


def _mine(who: Acting, pk: int, expected: int | None) -> Note:
    rows = Note.objects.visible_to(who).select_for_update(of=("self",)).select_related("document")
    note = rows.filter(pk=pk, owner=who.user).first() if who.user else None
    if note is None:
        raise SearchRefused("只有写备注的人可以改它", "only who wrote the note may change it")
    if expected is not None and expected != note.version:
        raise Conflict(note.stream, expected, note.version)
    return note


@verb("patents", "change-note", right=_writes, again=_same_note, recorded=lambda call: "change")
def change_note(who: Acting, pk: int, text: str, *, expected: int | None = None, key: str = "") -> Note:
    """Write one's note anew. Raises SearchRefused, Conflict."""
    note = _mine(who, pk, expected)
    before, note.text = note.text, _text(text)
    if note.text == before:
        return note
    return _again(note, who, "change", {"before": before, "after": note.text}, key)


@verb("patents", "remove-note", right=_writes, again=_same_note, recorded=lambda call: "remove")
def remove_note(who: Acting, pk: int, *, expected: int | None = None, key: str = "") -> Note:
    """Take one's note away; it can be restored."""
    note = _mine(who, pk, expected)
    if note.removed_at is not None:
        return note
    note.removed_at = now()
    return _again(note, who, "remove", {"number": note.document.number}, key)


@verb("patents", "restore-note", right=_writes, again=_same_note, recorded=lambda call: "restore")
def restore_note(who: Acting, pk: int, *, key: str = "") -> Note:
    """Bring one's removed note back."""
    note = _mine(who, pk, None)
    if note.removed_at is None:
        return note
    note.removed_at = None
    return _again(note, who, "restore", {"number": note.document.number}, key)


def _again(note: Note, who: Acting, verb: str, data: dict[str, object], key: str) -> Note:
    note.version += 1
    note.updated_at = now()
    note.save()
    record(note.stream, verb, data, who=who, on=today(), key=key)
    return note


# --- Excel out and in -------------------------------------------------------------------------------------------

NUMBER = Field(id="number", zh="公开（公告）号", en="Publication number", max_length=60)
TAGS = Field(id="tags", zh="标引", en="Tags", required=False)
TITLE = Field(id="title", zh="名称", en="Title", required=False)
NOTES = Field(id="notes", zh="备注", en="Notes", type=Type.LONG, required=False)


def workbook(who: Acting, notes: Sequence[tuple[str, object]], *, language: str) -> bytes:
    """Every document with tags or notes of one's own unit: number and tags can be filled in and imported again."""
    tagged: dict[int, list[str]] = {}
    for pk, name in Tagging.objects.visible_to(who).filter(unit=who.unit).values_list("document_id", "name"):
        tagged.setdefault(pk, []).append(name)
    told: dict[int, list[str]] = {}
    kept = Note.objects.visible_to(who).filter(unit=who.unit, removed_at=None)
    for pk, text in kept.values_list("document_id", "text"):
        told.setdefault(pk, []).append(text)
    ids = sorted(tagged.keys() | told.keys())
    rows = []
    for at in range(0, len(ids), MANY):
        for row in Document.objects.filter(pk__in=ids[at : at + MANY]).defer("body").order_by("number"):
            rows.append(
                {
                    "number": row.number, "tags": BETWEEN.join(tagged.get(row.pk, [])), "title": row.title,
                    "notes": "\n".join(told.get(row.pk, [])),
                }
            )  # fmt: skip
    columns = (
        SheetColumn(field=NUMBER, width=22), SheetColumn(field=TAGS, width=36),
        SheetColumn(field=TITLE, width=44, locked=True),
        SheetColumn(field=NOTES, width=44, locked=True),
    )  # fmt: skip
    return write(
        [Sheet(title="标引" if language == "zh" else "Tags", columns=columns, rows=rows, language=language)], notes
    )


@dataclass(frozen=True, slots=True)
class Brought:
    """What a table of tags would do or did: rows read, tags put on, and every wrong row."""

    rows: int
    added: int
    errors: tuple[CellError, ...]
    notes: tuple[tuple[str, str], ...] = ()


@transaction.atomic
def bring(who: Acting, content: bytes, *, key: str = "") -> Brought:
    """Put on the tags of a table (columns 公开（公告）号 and 标引). One wrong row, and nothing is written.

    Tags that a row does not name stay. Raises SpreadsheetError where the file is no such table.
    """
    _signed_in(who)
    table = read(content, (SheetColumn(field=NUMBER), SheetColumn(field=TAGS)))
    errors = list(table.errors)
    documents = find_all([str(row.values["number"]) for row in table.rows if row.values.get("number")])
    wanted: dict[str, tuple[str, set[int]]] = {}
    for row in table.rows:
        number = str(row.values.get("number") or "")
        if not number:
            continue
        document = documents.get(number)
        if document is None:
            errors.append(_wrong(table.sheet, row.number, table.places.get("number", ""), number,
                                 "库中没有这件", "is not in the collection"))  # fmt: skip
            continue
        for text in str(row.values.get("tags") or "").replace(";", BETWEEN).split(BETWEEN):
            if not text.strip():
                continue
            try:
                name = tag_name(text)
            except SearchRefused as e:
                errors.append(_wrong(table.sheet, row.number, table.places.get("tags", ""), text, e.zh, e.en))
                continue
            wanted.setdefault(tag_key(name), (name, set()))[1].add(document.pk)
    if errors:
        errors.sort(key=lambda e: (e.row, e.column))
        return Brought(len(table.rows), 0, tuple(errors), table.notes)
    added = sum(tag(who, name, ids, key=part_key(key, folded)) for folded, (name, ids) in wanted.items())
    return Brought(len(table.rows), added, (), table.notes)


def _wrong(sheet: str, row: int, column: str, text: str, zh: str, en: str) -> CellError:
    return CellError(sheet, row, column, text, zh, en)


def counted(who: Acting, documents: Iterable[int]) -> dict[int, int]:
    """How many tags somebody sees on each of some documents."""
    rows = Tagging.objects.visible_to(who).filter(document__in=list(documents)).order_by()
    return dict(rows.values_list("document").annotate(Count("pk")))
