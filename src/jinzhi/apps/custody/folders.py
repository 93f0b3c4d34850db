"""Folders of evidence: made, renamed and removed, each a verb of its own."""

from __future__ import annotations

from datetime import datetime

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.custody.actions import CustodyRefused, _writes
from jinzhi.apps.custody.models import DEPTH, Folder, Item
from jinzhi.apps.evidence.events.actions import Conflict, last_seq, record
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.streams import CUSTODY_FOLDER


def _folder_name(name: str, parent: Folder | None) -> tuple[str, str]:
    plain = " ".join(name.split())
    if not plain or len(plain) > 60 or "／" in plain:
        raise CustodyRefused(
            "文件夹名称应为 1 至 60 字，不含“／”", "a folder's name has 1 to 60 characters and no full-width slash"
        )
    path = f"{parent.path}／{plain}" if parent else plain
    if path.count("／") >= DEPTH:
        raise CustodyRefused(f"文件夹最多 {DEPTH} 层", f"folders stand at most {DEPTH} deep")
    return plain, path


def _own_folder(call: Call) -> Folder:
    """The folder, for one writer at a time; refused where it is another unit's or stale."""
    rows = Folder.objects.visible_to(call.who).select_for_update(of=("self",)).select_related("parent", "unit")
    fresh = rows.filter(pk=call.subject.pk).first()
    if fresh is None or fresh.unit_id != call.who.unit.pk:
        raise CustodyRefused("文件夹属于其他单位", "the folder is another unit's")
    if call.expected is not None and call.expected != fresh.seq:
        raise Conflict(fresh.stream, call.expected, last_seq(fresh.stream))
    return fresh


def _made_folder(call: Call, event: Event) -> Folder:
    """The folder of an earlier submission, as it is now; refused where it was removed since."""
    rows = Folder.objects.unrestricted("the caller's own earlier submission")
    made = rows.filter(pk=CUSTODY_FOLDER.number(event.stream)).first()
    if made is None:
        raise CustodyRefused("文件夹此后已被删除", "the folder was removed since")
    return made


def _nothing(call: Call, event: Event) -> None:
    return None


@verb("custody", "make-folder", right=_writes, again=_made_folder)
def make_folder(name: str, parent: Folder | None, *, who: Acting, key: str = "", at: datetime | None = None) -> Folder:
    """Make a folder of the acting unit."""
    if parent is not None and parent.unit_id != who.unit.pk:
        raise CustodyRefused("上级文件夹属于其他单位", "the folder above is another unit's")
    plain, path = _folder_name(name, parent)
    if Folder.objects.visible_to(who).filter(unit=who.unit, path=path).exists():
        raise CustodyRefused(f"已有文件夹“{path}”", f"there is a folder {path} already")
    made = Folder.objects.create(name=plain, parent=parent, path=path, unit=who.unit, unit_path=who.unit.path)
    said = {"name": plain, "path": path, "unit": who.unit.code}
    made.seq = record(made.stream, "make-folder", said, who=who, on=today(), expected=0, key=key, at=at).seq
    made.save(update_fields=["seq"])
    return made


@verb("custody", "rename-folder", right=_writes, lock=_own_folder, again=_made_folder)
def rename_folder(folder: Folder, name: str, *, who: Acting, expected: int | None = None, key: str = "") -> Folder:
    """Give a folder another name; the paths of those in it follow."""
    plain, path = _folder_name(name, folder.parent)
    if path == folder.path:
        return folder
    every = Folder.objects.visible_to(who).filter(unit=folder.unit)
    if every.filter(path=path).exists():
        raise CustodyRefused(f"已有文件夹“{path}”", f"there is a folder {path} already")
    said = {"before": folder.path, "path": path}
    event = record(folder.stream, "rename-folder", said, who=who, on=today(), expected=expected, key=key)
    old = folder.path
    for inner in every.filter(path__startswith=f"{old}／"):
        inner.path = path + inner.path[len(old) :]
        inner.save(update_fields=["path"])
    folder.name, folder.path, folder.seq = plain, path, event.seq
    folder.save(update_fields=["name", "path", "seq"])
    return folder


@verb("custody", "remove-folder", right=_writes, lock=_own_folder, again=_nothing)
def remove_folder(folder: Folder, *, who: Acting, expected: int | None = None, key: str = "") -> None:
    """Remove an empty folder."""
    rows = Item.objects.unrestricted("whether a folder is empty does not depend on who looks")
    if folder.children.unrestricted("as above").exists() or rows.filter(folder=folder).exists():
        raise CustodyRefused("文件夹不是空的", "the folder is not empty")
    record(folder.stream, "remove-folder", {"path": folder.path}, who=who, on=today(), expected=expected, key=key)
    folder.delete()
