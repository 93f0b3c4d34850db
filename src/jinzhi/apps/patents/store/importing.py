"""Importing files into the store: parsed by several processes, written by one, a chunk a transaction.

A file is walked in a fixed order; its members are read by worker processes and written in that order. Each chunk is
committed together with how far the file has come, so an import that was killed goes on behind the last chunk when the
same command is run again. Memory holds a few members and chunks, whatever the batch.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import multiprocessing
import os
import queue
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from io import BytesIO
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any, BinaryIO, NoReturn

from django.conf import settings
from django.db import connections, transaction

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.store.store import keep_bytes
from jinzhi.apps.patents import models
from jinzhi.apps.patents.store import columns, pictures
from jinzhi.apps.patents.store.storing import Prepared, PreparedEvent, known_numbers, prepare, prepare_event, store
from jinzhi.kernel.patent import Document, LegalEvent
from jinzhi.kernel.text import UNFIT, Words, texts, unfit_words
from jinzhi.sources.patents import tables
from jinzhi.sources.patents.batch import DRAWING, READERS, BatchMember, walk
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable

log = logging.getLogger("jinzhi.patents")

#: records written in one transaction
CHUNK = 500
#: members up to this size go to a worker as bytes, in groups of this size; larger ones through a file
SMALL = 1 << 20
#: refused members up to this size are kept whole in the store
KEPT = 8 << 20
#: how often a waiting process looks whether the others are there
_SECONDS = 1.0

Answer = Prepared | PreparedEvent | RefusedRecord


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


@dataclass(frozen=True, slots=True)
class Work:
    """One member for a worker: bytes, or a file to be read and removed. ``skip``: records that are in the store.

    ``answers``: what was said of columns of tables, heading and field.
    """

    order: int
    name: str
    source: str
    label: str
    data: bytes
    path: str
    skip: int
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MemberPiece:
    """Part of what a member holds, in order; ``whole`` with the last part, and with it the columns that are asked."""

    order: int
    answers: tuple[Answer, ...]
    whole: bool
    asked: tuple[dict[str, object], ...] = ()


# --- in the workers -------------------------------------------------------------------------------------------


def _answer(one: Document | LegalEvent | RefusedRecord, label: str) -> Answer:
    if isinstance(one, RefusedRecord):
        return one
    if label:
        one = replace(one, source=replace(one.source, name=label))
    if unfit := unfit_in(one):
        number = one.publication_number if isinstance(one, Document) else one.application_number
        place, (zh, en) = unfit
        return RefusedRecord(one.source.file, f"{number}：{place}：{zh}"[:300], f"{number}: {place}: {en}"[:300])
    return prepare(one) if isinstance(one, Document) else prepare_event(one)


def unfit_in(one: Document | LegalEvent) -> tuple[str, Words] | None:
    """The place of the first text that no database can keep, and what is wrong with it; None: all can."""
    data = one.to_data()
    # as one text it is looked through ten times as fast; what JSON escapes is a quotation mark, a line end, or unfit
    whole = json.dumps(data, ensure_ascii=False)
    if UNFIT.search(whole) or any(mark in whole for mark in ("\\u00", "\\b", "\\f")):
        return next(((place, words) for place, text in texts(data) if (words := unfit_words(text))), None)
    return None


def _answers(work: Work) -> Iterator[Answer]:
    reader = READERS[work.source]
    if work.answers and work.source == tables.NAME:
        reader = partial(tables.read, answers=dict(work.answers))
    with _opened(work) as stream:
        for n, one in enumerate(reader(stream, work.name)):
            if n >= work.skip:
                yield _answer(one, work.label)


def _asked(work: Work) -> tuple[dict[str, object], ...]:
    """The columns of a table that a person should confirm, as they are shown."""
    if work.source != tables.NAME:
        return ()
    with _opened(work) as stream:
        return tuple(
            columns.shown(column, work.name) for column, _ in tables.asked(stream, work.name, dict(work.answers))
        )


@contextmanager
def _opened(work: Work) -> Iterator[BinaryIO]:
    if not work.path:
        yield BytesIO(work.data)
        return
    with open(work.path, "rb") as stream:
        yield stream


def _pieces(work: Work) -> Iterator[MemberPiece]:
    """What a member holds, in chunks. A reader that fails gives one more refusal, by name and reason."""
    held: list[Answer] = []
    asked: tuple[dict[str, object], ...] = ()
    try:
        asked = _asked(work)
        for one in _answers(work):
            held.append(one)
            if len(held) == CHUNK:
                yield MemberPiece(work.order, tuple(held), False)
                held = []
    except Exception as e:
        log.exception("%s: the reader failed", work.name)
        held.append(
            RefusedRecord(work.name, f"读取程序出错：{type(e).__name__}: {e}"[:300], f"{type(e).__name__}: {e}"[:300])
        )
    yield MemberPiece(work.order, tuple(held), True, asked)


def _worker(tasks: Any, results: Any, parent: int) -> None:
    """Read members until told to stop, or until the process that writes is gone."""
    Thread(target=_watch, args=(parent,), daemon=True).start()
    while os.getppid() == parent:
        try:
            group: list[Work] | None = tasks.get(timeout=_SECONDS)
        except queue.Empty:
            continue
        if group is None:
            return
        for work in group:
            for piece in _pieces(work):
                if not _put(results, piece, parent):
                    _orphaned()
    _orphaned()


def _watch(parent: int) -> None:
    """End the worker once its parent is gone: killed while it sent a message, it leaves a read that never returns."""
    while os.getppid() == parent:
        sleep(_SECONDS)
    _orphaned()


def _orphaned() -> NoReturn:
    """End at once: an orderly end would wait for ever for somebody to empty the queue."""
    os._exit(1)


def _put(results: Any, piece: MemberPiece, parent: int) -> bool:
    while os.getppid() == parent:
        try:
            results.put(piece, timeout=_SECONDS)
        except queue.Full:
            continue
        return True
    return False


class WorkerLost(RuntimeError):
    """A worker process died (killed, out of memory); what is in the store stays, run the command again."""


class Pool:
    """Workers that read, and their answers in the order of the members."""

    def __init__(self, size: int):
        self.size = max(1, size)
        context = multiprocessing.get_context("fork")
        self._tasks = context.Queue()
        self._results = context.Queue(maxsize=4 * self.size)
        connections.close_all()
        self._workers = [
            context.Process(target=_worker, args=(self._tasks, self._results, os.getpid()), daemon=True)
            for _ in range(self.size)
        ]
        for worker in self._workers:
            worker.start()
        self._open = 0
        self._next = 0
        self._early: dict[int, list[MemberPiece]] = {}

    def put(self, group: list[Work]) -> None:
        """Give members to a worker. Orders must ascend without holes over all groups."""
        self._open += len(group)
        self._tasks.put(group)

    @property
    def waiting(self) -> int:
        """Members given and not yet answered whole."""
        return self._open

    def take(self) -> Iterator[MemberPiece]:
        """The pieces that have come and are next in order; waits for at least one message."""
        while True:
            try:
                piece = self._results.get(timeout=_SECONDS)
                break
            except queue.Empty:
                if not all(worker.is_alive() for worker in self._workers):
                    raise WorkerLost("读取进程意外退出，已入库的内容保留，请重新运行同一命令继续") from None
        self._early.setdefault(piece.order, []).append(piece)
        while self._next in self._early:
            for ready in self._early.pop(self._next):
                yield ready
                if ready.whole:
                    self._next += 1
                    self._open -= 1

    def close(self) -> None:
        """Stop the workers."""
        for _ in self._workers:
            self._tasks.put(None)
        for worker in self._workers:
            worker.join(timeout=5)
            if worker.is_alive():
                worker.kill()
        self._tasks.cancel_join_thread()
        self._results.cancel_join_thread()


class Inline:
    """The same without processes: members are read where they are written, for small imports and for tests."""

    def __init__(self) -> None:
        self._works: list[Work] = []

    def put(self, group: list[Work]) -> None:
        """Take members to be read."""
        self._works += group

    @property
    def waiting(self) -> int:
        """Members given and not yet read whole."""
        return len(self._works)

    def take(self) -> Iterator[MemberPiece]:
        """The pieces of the next member."""
        work = self._works[0]
        for piece in _pieces(work):
            if piece.whole:
                del self._works[0]
            yield piece

    def close(self) -> None:
        """Nothing to stop."""


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
