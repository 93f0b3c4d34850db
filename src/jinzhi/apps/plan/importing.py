"""Imports: a document is read and kept with its parse, mended by people, and either stored or discarded.

Every write is one event of the stream ``plan-import:<id>``; ``Import.mended`` is the fold of those events over the
parse (see ``mending``), and ``Import.seq`` their number: the optimistic lock of the forms.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.evidence.store.store import attach_bytes
from jinzhi.apps.plan.mending import (
    CHANGES,
    RESTORE,
    UNDO,
    Change,
    Doc,
    MendRefused,
    apply,
    fold,
    kept,
    numbers,
    standing,
)
from jinzhi.apps.plan.models import Import
from jinzhi.apps.plan.readings import undecided
from jinzhi.apps.units.locking import lock_row, needs
from jinzhi.apps.units.models import Group, Unit
from jinzhi.apps.units.naming import names_book
from jinzhi.kernel.organisation import UnitGroup
from jinzhi.kernel.plan import PlanDocument, PlanRow
from jinzhi.kernel.streams import PLAN_IMPORT
from jinzhi.sources.plan_document import parse_file, simplify

LONGEST_NAME = 200


class AlreadyImported(Exception):
    """The same bytes were imported before and that import was not discarded: see ``earlier``."""

    def __init__(self, earlier: Import):
        self.earlier = earlier
        super().__init__(f"这个文件已经在 {localtime(earlier.at):%Y-%m-%d} 导入过（“{earlier.filename}”）")


@dataclass(frozen=True)
class OpenPoint:
    """Something that a person has to accept before a plan with it is stored."""

    code: str
    zh: str
    en: str


# --- reading ----------------------------------------------------------------------------------------------
def imports(who: Acting) -> QuerySet[Import]:
    """The imports that ``who`` sees, newest first, without their long texts."""
    return Import.objects.visible_to(who).select_related("user", "unit").defer("text", "parse", "mended")


def history(imported: Import) -> list[Event]:
    """What was done to an import, in order."""
    return list(Event.objects.filter(stream=imported.stream).select_related("unit").order_by("seq"))


def last_change(imported: Import) -> Event | None:
    """The change that an undo would take back; None where nothing was changed."""
    events = history(imported)
    held = standing((e.seq, e.verb, e.data) for e in events)
    return next((e for e in events if held and e.seq == held[-1][0]), None)


def original(imported: Import) -> Attachment | None:
    """The file as it was uploaded."""
    kept_files = Attachment.objects.unrestricted("the file of an import that its reader sees")
    return kept_files.filter(stream=imported.stream).order_by("pk").first()


def target(choice: str, context: str = "") -> Doc:
    """The fields of a duty for a chosen unit or group: ``unit:<code>`` or ``group:<code>``; "" is nobody.

    ``context`` is the text of the row, for groups of those named in it. Raises MendRefused.
    """
    kind, _, code = choice.partition(":")
    if kind == "unit":
        unit = Unit.objects.filter(code=code, active=True).first()
        if unit is not None:
            name = unit.short or unit.zh
            return {"unit": name, "unit_id": code, "kind": "unit", "group": False, "members": [code]}
    elif kind == "group":
        group = Group.objects.filter(code=code).first()
        if group is not None:
            declared = catalogue().find(UnitGroup, code)
            members = (
                list(names_book().members(declared, context=context))
                if declared
                else list(group.members.order_by("position", "path").values_list("code", flat=True))
            )
            return {"unit": group.zh, "unit_id": code, "kind": "group", "group": True, "members": members}
    raise MendRefused("target", f"没有这个单位或单位组合：{choice or '（未选择）'}", f"no unit or group {choice!r}")


def text_of(row: Doc) -> str:
    return str(row["title"]) + "".join(row["measures"])


def open_points(doc: Doc) -> list[OpenPoint]:
    """What somebody has to accept before this plan is stored as it is."""
    counts = numbers(doc)
    out: list[OpenPoint] = []
    if counts.unresolved:
        names = "、".join(counts.unresolved)
        out.append(
            OpenPoint(
                "unresolved", f"{len(counts.unresolved)} 个单位名称没有识别：{names}",
                f"{len(counts.unresolved)} unit names are not resolved: {names}",
            )
        )  # fmt: skip
    if counts.untitled:
        out.append(
            OpenPoint(
                "untitled", f"{len(counts.untitled)} 项任务没有标题", f"{len(counts.untitled)} rows have no title"
            )
        )
    if counts.unplaced:
        out.append(
            OpenPoint(
                "unplaced", f"原文有 {counts.unplaced} 个字符没有归位",
                f"{counts.unplaced} characters of the source are not placed",
            )
        )  # fmt: skip
    doubts = undecided(doc)
    if doubts:
        out.append(
            OpenPoint(
                "doubts", f"{len(doubts)} 处可作两种理解，还没有选定",
                f"{len(doubts)} places can be read in two ways and nobody has chosen",
            )
        )  # fmt: skip
    return out


def unfaithful() -> Iterator[str]:
    """Imports whose mended plan is not the fold of their events over the parse: one sentence each."""
    for imported in Import.objects.unrestricted("integrity checker").iterator():
        events = history(imported)
        if imported.seq != len(events):
            yield f"import {imported.pk}: seq {imported.seq}, but {len(events)} events"
        elif imported.mended != fold(imported.parse, ((e.seq, e.verb, e.data) for e in events)):
            yield f"import {imported.pk}: the mended plan is not what its events make of the parse"


# --- writing ----------------------------------------------------------------------------------------------
def _same_import(call: Call, event: Event) -> Import:
    rows = Import.objects.unrestricted("the caller's own earlier submission")
    return rows.get(pk=PLAN_IMPORT.number(event.stream))


def _under_review(call: Call) -> Import:
    """The import as it stands now, for one writer at a time; refused where it is out of reach, stale or settled."""
    refusal = MendRefused("", "这份导入不在您的可见范围之内", "this import is not one that you see")
    imported: Import = lock_row(call, call.subject, refusal, "unit")
    if imported.state == "stored":
        raise MendRefused("", "这份导入已经入库，不能再修改；要修订请重新导入", "this import is stored; import again")
    if imported.state == "discarded":
        raise MendRefused("", "这份导入已经作废，不能再修改；请重新导入", "this import was discarded; import again")
    return imported


def _mended_as(call: Call) -> str:
    return str(call.arguments["verb"])


def _name(filename: str) -> str:
    """The name of a document without its folder. Raises MendRefused where it is too long."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    if not name or len(name) > LONGEST_NAME:
        raise MendRefused("file", f"文件名应为 1–{LONGEST_NAME} 字，请改名", f"a name has 1–{LONGEST_NAME} letters")
    return name


def _read(call: Call) -> None:
    """Read the document before anything is written: it may take a minute, and nobody else should wait meanwhile."""
    content, name = call.arguments["content"], _name(call.arguments["filename"])
    same = Import.objects.unrestricted("the same bytes, whoever brought them")
    before = same.filter(sha256=hashlib.sha256(content).hexdigest()).exclude(state="discarded").order_by("-pk").first()
    if before is not None and not call.arguments["again"]:
        raise AlreadyImported(before)
    call.arguments["document"] = parse_file(
        content, name, names=names_book(simplify), rows=catalogue().all(PlanRow)
    )  # fmt: skip


@verb("plan", "import", right=needs("plan.import"), first=_read, again=_same_import)
def start(
    content: bytes,
    filename: str,
    who: Acting | None,
    *,
    again: bool = False,
    key: str = "",
    document: PlanDocument | None = None,
) -> Import:
    """Read a document (see ``_read``) and keep it for review.

    Raises PlanDocumentError where it is no plan (nothing is kept), AlreadyImported where the same bytes are under
    review or stored (unless ``again``), MendRefused where the file's name is too long. ``who`` None: the system.
    """
    assert document is not None, "read before"
    name, sha256, parse = _name(filename), hashlib.sha256(content).hexdigest(), kept(document)
    unit = who.unit if who else Unit.objects.get_first_root_node()
    if unit is None:
        raise MendRefused("", "还没有单位，请先建立单位目录", "there are no units yet: set them up first")
    imported = Import.objects.create(
        filename=name, sha256=sha256, text=document.text, parse=parse, mended=parse, unit=unit, unit_path=unit.path,
        user=who.user if who else None, at=now(), seq=1,
    )  # fmt: skip
    counts = numbers(parse)
    data = {
        "filename": name, "sha256": sha256, "title": document.title, "rows": counts.rows, "placed": counts.placed,
        "furniture": counts.furniture, "unplaced": counts.unplaced, "unresolved": list(counts.unresolved),
    }  # fmt: skip
    record(imported.stream, "import", data, who=who, on=today(), key=key)
    attach_bytes(
        content, name=name, media_type=mimetypes.guess_type(name)[0] or "application/octet-stream", unit=unit,
        stream=imported.stream, user=imported.user,
    )  # fmt: skip
    return imported


@verb("plan", "mend", right=needs("plan.import"), lock=_under_review, again=_same_import, recorded=_mended_as)
def mend(
    imported: Import, verb: str, change: Change, *, who: Acting | None, expected: int | None, key: str = ""
) -> Import:
    """Make one change (a verb of ``mending.CHANGES``, or restore). Raises MendRefused, Conflict, KeyReused."""
    if verb not in CHANGES and verb != RESTORE:
        raise ValueError(f"{verb!r} is not a change; known: {', '.join((*CHANGES, RESTORE))}")
    event = record(imported.stream, verb, change, who=who, on=today(), expected=expected, key=key)
    if verb == RESTORE:
        if imported.mended == imported.parse:
            raise MendRefused("", "没有修改可以撤回：内容与解析结果一致", "nothing to restore: it is the parse")
        imported.mended = imported.parse
    else:
        imported.mended = apply(imported.mended, verb, change, event.seq)
    imported.seq = event.seq
    imported.save(update_fields=["mended", "seq"])
    return imported


@verb("plan", "undo-mend", right=needs("plan.import"), lock=_under_review, again=_same_import,
      recorded=lambda call: UNDO)  # fmt: skip
def undo(imported: Import, *, who: Acting | None, expected: int | None, key: str = "") -> Import:
    """Take the last change that holds back. Raises MendRefused, Conflict, KeyReused."""
    last = last_change(imported)
    if last is None:
        raise MendRefused("", "没有可以撤销的修改", "there is no change to undo")
    data = {"undoes": last.seq, "verb": last.verb}
    event = record(imported.stream, UNDO, data, who=who, on=today(), expected=expected, key=key)
    imported.mended = fold(imported.parse, ((e.seq, e.verb, e.data) for e in history(imported)))
    imported.seq = event.seq
    imported.save(update_fields=["mended", "seq"])
    return imported


def resolve(
    imported: Import, raw: str, choice: str, *, who: Acting | None, expected: int | None, key: str = ""
) -> Import:
    """Say which unit or group an unresolved name means, in every row. Raises as ``mend`` does."""
    members: dict[str, list[str]] = {}
    meant: Mapping[str, Any] = target(choice)
    for row in imported.mended["rows"]:
        # also where it is resolved by now: the same form sent again must make the same change
        if any(d["raw"] == raw for d in row["duties"]):
            members[row["uid"]] = target(choice, text_of(row))["members"]
    change = {"raw": raw, "unit": meant["unit"], "unit_id": meant["unit_id"], "kind": meant["kind"], "members": members}
    return mend(imported, "resolve", change, who=who, expected=expected, key=key)


@verb("plan", "discard", right=needs("plan.import"), lock=_under_review, again=_same_import)
def discard(imported: Import, reason: str, *, who: Acting | None, expected: int | None, key: str = "") -> Import:
    """Give an import up; it stays to be seen. Raises MendRefused, Conflict, KeyReused."""
    if not reason.strip():
        raise MendRefused("reason", "请填写作废的理由", "give a reason")
    event = record(imported.stream, "discard", {"reason": reason}, who=who, on=today(), expected=expected, key=key)
    imported.state, imported.seq = "discarded", event.seq
    imported.save(update_fields=["state", "seq"])
    return imported
