"""Importing files into the store: parsed by several processes, written by one, a chunk a transaction.

A file is walked in a fixed order; its members are read by worker processes and written in that order. Each chunk is
committed together with how far the file has come, so an import that was killed goes on behind the last chunk when the
same command is run again. Memory holds a few members and chunks, whatever the batch.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from django.conf import settings
from django.db import transaction

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.store.store import keep_bytes
from jinzhi.apps.patents import models
from jinzhi.apps.patents.store import columns, pictures
from jinzhi.apps.patents.store.storing import Prepared, PreparedEvent, known_numbers, store
from jinzhi.apps.patents.store.workers import CHUNK, Answer, Inline, Pool, Work
from jinzhi.sources.patents import tables
from jinzhi.sources.patents.batch import DRAWING, BatchMember, walk
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable

log = logging.getLogger("jinzhi.patents")

#: members up to this size go to a worker as bytes, in groups of this size; larger ones through a file
SMALL = 1 << 20
#: refused members up to this size are kept whole in the store
KEPT = 8 << 20


class Busy(Exception):
    """Another import is at work."""


@dataclass(slots=True)
class ImportReport:
    """What an import came to. ``known``: files whose bytes were imported before."""

    batch: int = 0
    files: int = 0
    known: int = 0
    drawings: int = 0
    pictures: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    events: int = 0
    refused: int = 0
    asked: int = 0
    rest: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, object]:
        return {
            "batch": self.batch, "files": self.files, "known_files": self.known, "drawings": self.drawings,
            "pictures": self.pictures, "new": self.new, "changed": self.changed, "same": self.same,
            "events": self.events,
            "refused": self.refused, "asked_columns": self.asked, "not_in_model": dict(sorted(self.rest.items())),
        }  # fmt: skip


# --- in the one that writes -----------------------------------------------------------------------------------


@contextmanager
def alone() -> Iterator[None]:
    """Only one import at a time writes into the store. Raises Busy."""
    folder = Path(settings.JINZHI_STORE)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "patents.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("另一个专利导入正在进行，请等它结束后再运行") from None
        yield


def import_paths(
    paths: Sequence[Path],
    *,
    source: str = "",
    workers: int | None = None,
    say: Callable[[str], object] = lambda _: None,
) -> ImportReport:
    """Import everything at the paths. ``source``: the name to keep instead of the reader's own.

    ``workers``: processes that read (None: one a core; 0: none, read here). Raises Busy, WorkerLost.
    """
    with alone():
        return Importer(source, (os.cpu_count() or 1) if workers is None else workers, say).run(paths)


class PoolMark(Enum):
    """What stands between answers: a member ends here; a file ends here."""

    MEMBER = "member"
    FILE = "file"


@dataclass(slots=True)
class GivenMember:
    """A member on its way: which file it belongs to, what to keep if it is refused, whether the file ends with it.

    ``folder``: where it lies (``pictures.folder_of``); empty where images are not kept.
    """

    item: models.Item
    name: str
    data: bytes = b""
    path: str = ""
    last: bool = False
    folder: str = ""


@dataclass(slots=True)
class PlainFolder:
    """The plain folder that is walked: its images, and whether one of its documents was read in this run."""

    folder: str = ""
    images: list[BatchMember] = field(default_factory=list)
    fresh: bool = False


class Importer:
    """One run of the importer."""

    def __init__(self, source: str, workers: int, say: Callable[[str], object]):
        self.source = source
        self.workers = workers
        self.say = say
        self.report = ImportReport()
        self._order = 0
        self._given: dict[int, GivenMember] = {}
        self._group: list[Work] = []
        self._grouped = 0
        self._held: list[tuple[GivenMember, Answer | PoolMark]] = []
        self._said = 0
        self._staged: list[models.Staged] = []
        self._resumed = self._ours = False
        self._plain = PlainFolder()

    def run(self, paths: Sequence[Path]) -> ImportReport:
        """See ``import_paths``."""
        named = [str(path) for path in paths]
        batch = models.Batch.objects.filter(source=self.source, paths=named, finished=None).last()
        self.batch = batch or models.Batch.objects.create(source=self.source, paths=named, started=now())
        self.report.batch = self.batch.pk
        self._resumed = batch is not None
        self.answers = columns.answers(self.source)
        if batch:
            self.say(f"继续上次未完成的导入（批次 {batch.pk}）")
        with tempfile.TemporaryDirectory(prefix="jinzhi-import-") as scratch:
            self.scratch = Path(scratch)
            self.pool: Pool | Inline = Pool(self.workers) if self.workers else Inline()
            try:
                for path in paths:
                    self._path(path)
                self._send()
                self._drain(0)
                self._flush()
            finally:
                self.pool.close()
        self._finish()
        pictures.clear()
        return self.report

    # --- walking

    def _path(self, path: Path) -> None:
        outer, item = None, None
        for found in walk(path):
            name, within, _ = found.name.partition("!")
            if name != outer:
                if item is not None:
                    self._item_ends(item)
                outer, item, self._ours = name, None, False
                if not (isinstance(found, BatchMember) and found.source == DRAWING and "!" not in found.name):
                    item = self._item(path if path.is_file() else path / name, name, found)
                place = 0
            folder = self._folder(path, found.name, item if within else None)
            if not within:
                self._entered(folder, item)
            if isinstance(found, BatchMember) and found.source == DRAWING:
                self.report.drawings += 1
                if folder and not within:
                    self._plain.images.append(found)
                elif folder and item is not None:
                    self._image(found, folder, item)
                continue
            if item is None:
                continue
            place += 1
            if place > item.members:
                self._member(item, found, item.within if place == item.members + 1 else 0, folder)
        if item is not None:
            self._item_ends(item)
        self._entered("", None)

    def _folder(self, path: Path, name: str, item: models.Item | None) -> str:
        """Where a member lies: within its archive, or on the disk. Empty where images are not kept."""
        if not pictures.keeping():
            return ""
        if item is not None:
            return pictures.folder_of(f"item {item.pk}", name.partition("!")[2])
        return pictures.folder_of(f"batch {self.batch.pk} {path}", name)

    def _entered(self, folder: str, item: models.Item | None) -> None:
        """Take the images of a plain folder when it ends, if a document in it was read now: else they were before."""
        if folder != self._plain.folder:
            left, self._plain = self._plain, PlainFolder(folder)
            for image in left.images if left.fresh else ():
                self._image(image, left.folder, None)
        if item is not None or self._ours:
            self._plain.fresh = True

    def _image(self, image: BatchMember, folder: str, item: models.Item | None) -> None:
        if self._resumed and models.Staged.objects.filter(folder=folder, label=image.name[-400:]).exists():
            return
        self._staged.append(pictures.staged(image, folder, item))
        if len(self._staged) >= CHUNK:
            self._flush()

    def _item(self, path: Path, name: str, found: BatchMember | RefusedRecord) -> models.Item | None:
        """The file as the store knows it; None where it is there whole already."""
        size, sha256 = _fingerprint(path, found)
        item, made = models.Item.objects.get_or_create(
            source=self.source, sha256=sha256, defaults={"batch": self.batch, "name": name[-400:], "size": size}
        )
        if item.finished and item.asked and columns.settled(item, self.answers):
            columns.read_again(item, self.batch)
            self.say(f"{name}：各列已确认，重新读取")
        if item.finished:
            self.report.known += 1
            self._ours = self._resumed and item.batch_id == self.batch.pk
            self.say(f"{name}：已导入过，跳过")
            return None
        self.report.files += 1
        if not made and item.records:
            self.say(f"{name}：从第 {item.records + 1} 条继续")
        return item

    def _item_ends(self, item: models.Item) -> None:
        """Mark, behind all members of a file, that it is whole."""
        latest = self._given.get(self._order - 1)
        if latest is not None and latest.item is item:
            latest.last = True
        else:
            self._held.append((GivenMember(item, ""), PoolMark.FILE))

    def _member(self, item: models.Item, found: BatchMember | RefusedRecord, skip: int, folder: str) -> None:
        if isinstance(found, RefusedRecord):
            self._send()
            self._drain(0)
            given = GivenMember(item, found.name)
            if not skip:
                self._held.append((given, found))
            self._held.append((given, PoolMark.MEMBER))
            self._flush_if_full()
            return
        if found.size <= SMALL:
            data = _small(found)
            if data is not None:
                self._give(GivenMember(item, found.name, data, folder=folder), found, skip)
                if self._grouped >= SMALL:
                    self._send()
                    self._drain(8 * max(1, self.workers))
                return
        # a large member has the pool to itself, so that nothing piles up behind it
        self._send()
        self._drain(0)
        path = self.scratch / f"{self._order}"
        try:
            with found.open() as stream, open(path, "wb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
        except Exception as e:
            self._member(item, _failed(found.name, e), skip, folder)
            return
        self._give(GivenMember(item, found.name, path=str(path), folder=folder), found, skip)
        self._send()
        self._drain(0)
        path.unlink()

    def _give(self, given: GivenMember, member: BatchMember, skip: int) -> None:
        self._given[self._order] = given
        answers = tuple(sorted(self.answers.items())) if member.source == tables.NAME else ()
        self._group.append(
            Work(self._order, member.name, member.source, self.source, given.data, given.path, skip, answers)
        )
        self._grouped += len(given.data) + 1000
        self._order += 1

    def _send(self) -> None:
        if self._group:
            self.pool.put(self._group)
            self._group, self._grouped = [], 0

    # --- writing

    def _drain(self, most: int) -> None:
        """Write what comes back until at most so many members are under way."""
        while self.pool.waiting > most:
            for piece in self.pool.take():
                given = self._given[piece.order]
                for answer in piece.answers:
                    self._held.append((given, answer))
                    self._flush_if_full()
                if piece.whole:
                    del self._given[piece.order]
                    self._ask(given, piece.asked)
                    self._held.append((given, PoolMark.MEMBER))
                    if given.last:
                        self._held.append((given, PoolMark.FILE))

    def _ask(self, given: GivenMember, asked: Sequence[dict[str, object]]) -> None:
        """Keep and say which columns of a table wait for an answer, or should be confirmed."""
        if not asked:
            return
        given.item.asked = [*given.item.asked, *asked]
        self.report.asked += len(asked)
        for one in asked:
            self.say(f"{given.name}：列“{one['heading']}”请确认：{one['why_zh']}")
        source = f" --source {self.source}" if self.source else ""
        self.say(f"查看并指定各列：jinzhi patents columns 文件{source}；指定后重新导入同一文件")

    def _flush_if_full(self) -> None:
        if len(self._held) >= CHUNK:
            self._flush()

    @transaction.atomic
    def _flush(self) -> None:
        """Write what is held, with how far each of its files has come."""
        held, self._held = _without_bare(self._held), []
        documents = [(given, answer) for given, answer in held if isinstance(answer, Prepared)]
        events = [(given, answer) for given, answer in held if isinstance(answer, PreparedEvent)]
        told = store(
            [one for _, one in documents], [one for _, one in events], items=[given.item for given, _ in documents]
        )
        fates, event_fates = iter(told.fates), iter(told.event_fates)
        items: dict[int, models.Item] = {}
        for given, answer in held:
            item = items.setdefault(given.item.pk, given.item)
            match answer:
                case PoolMark.FILE:
                    item.finished = now()
                    continue
                case PoolMark.MEMBER:
                    item.members += 1
                    item.within = 0
                    continue
                case RefusedRecord():
                    item.refused += 1
                    self.report.refused += 1
                    self._refuse(item, given, answer)
                case PreparedEvent():
                    fresh = next(event_fates)
                    item.events += fresh
                    item.same += not fresh
                    self.report.events += fresh
                    self.report.same += not fresh
                case Prepared():
                    fate = next(fates).value
                    setattr(item, fate, getattr(item, fate) + 1)
                    setattr(self.report, fate, getattr(self.report, fate) + 1)
            item.within += 1
            item.records += 1
            if not isinstance(answer, RefusedRecord) and answer.rest:
                item.rest = dict(Counter(item.rest) + Counter(dict(answer.rest)))
                self.report.rest.update(dict(answer.rest))
        for item in items.values():
            item.save()
        models.Wanted.objects.bulk_create(
            models.Wanted(item=given.item, folder=given.folder, number=one.number, figures=one.figures)
            for given, one in documents
            if given.folder and one.figures
        )
        models.Staged.objects.bulk_create(self._staged, ignore_conflicts=True)
        self._staged = []
        self._progress()

    def _refuse(self, item: models.Item, given: GivenMember, refused: RefusedRecord) -> None:
        data = given.data
        if given.path and os.path.getsize(given.path) <= KEPT:
            data = Path(given.path).read_bytes()
        kept = keep_bytes(data)[0] if data else ""
        models.Refusal.objects.create(
            item=item, position=item.records, name=refused.name[-400:], reason_zh=refused.reason_zh,
            reason_en=refused.reason_en, excerpt=refused.excerpt, sha256=kept,
        )  # fmt: skip
        self.say(f"未能读取：{refused.name}：{refused.reason_zh}")

    def _progress(self) -> None:
        told = self.report
        done = told.new + told.changed + told.same + told.events
        if done - self._said >= 10_000:
            self._said = done
            self.say(f"已处理 {done} 条（新增 {told.new}，更新 {told.changed}，相同 {told.same}，事件 {told.events}）")

    @transaction.atomic
    def _finish(self) -> None:
        """End the batch with its images linked."""
        told = pictures.settle(self.say)
        self.report.pictures = told.linked
        self.report.refused += len(told.refused)
        self.report.rest.update(told.rest)
        self.batch.finished = now()
        self.batch.save()
        record(
            f"patents/batch/{self.batch.pk}",
            "patents-imported",
            {
                **self.report.as_dict(),
                "source": self.source,
                "files_sha256": list(self.batch.items.order_by("pk").values_list("sha256", flat=True)[:1000]),
            },
            who=None,
            on=today(),
        )


def _without_bare(held: list[tuple[GivenMember, Answer | PoolMark]]) -> list[tuple[GivenMember, Answer | PoolMark]]:
    """The answers, numbers that would make no document refused: they complete one that is there, and are none."""
    bare = [a.number for _, a in held if isinstance(a, Prepared) and a.bare]
    if not bare:
        return held
    known = known_numbers(bare) | {a.number for _, a in held if isinstance(a, Prepared) and not a.bare}
    return [(given, _no_document(answer, given) if _lone(answer, known) else answer) for given, answer in held]


def _lone(answer: Answer | PoolMark, known: set[str]) -> bool:
    return isinstance(answer, Prepared) and answer.bare and answer.number not in known


def _no_document(one: Answer | PoolMark, given: GivenMember) -> RefusedRecord:
    number = one.number if isinstance(one, Prepared) else ""
    return RefusedRecord(
        given.name,
        f"{number}：只有号码，没有名称、摘要、权利要求、申请人和分类号，库中也没有这件文献可补充",
        f"{number}: a number alone, without title, abstract, claims, applicants or classes, "
        "and no document in the store that it completes",
    )


def _small(member: BatchMember) -> bytes | None:
    """The bytes of a small member; None where it is longer than it says or cannot be read at once."""
    try:
        with member.open() as stream:
            data = stream.read(SMALL + 1)
    except Exception:
        return None
    return data if len(data) <= SMALL else None


def _failed(name: str, error: Exception) -> RefusedRecord:
    if isinstance(error, Unreadable):
        return error.refused(name)
    what = f"{type(error).__name__}: {error}"[:200]
    return RefusedRecord(name, f"文件已损坏，读不下去（{what}）", f"the file is damaged: {what}")


def _fingerprint(path: Path, found: BatchMember | RefusedRecord) -> tuple[int, str]:
    """Size and SHA-256 of a file with the parts of a split archive; of its name where it cannot be read."""
    parts = sorted(path.parent.glob(f"{path.stem}.[zZ][0-9]*")) if path.suffix.lower() == ".zip" else []
    if path.name.lower().endswith(".zip.001"):
        parts = sorted(p for p in path.parent.glob(f"{path.name[:-4]}.[0-9][0-9][0-9]") if p != path)
    digest, size = hashlib.sha256(), 0
    for part in (*parts, path):
        if not part.is_file():
            digest.update(str(part).encode())
            continue
        with open(part, "rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
                size += len(piece)
    return size, digest.hexdigest()
