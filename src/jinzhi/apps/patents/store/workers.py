"""The processes that parse an import: each takes work and gives back answers, and ends with the one that writes."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from threading import Thread
from time import sleep
from typing import Any, BinaryIO, NoReturn

from django.db import connections

from jinzhi.apps.patents.store import columns
from jinzhi.apps.patents.store.storing import Prepared, PreparedEvent, prepare, prepare_event
from jinzhi.kernel.patent import LegalEvent, PatentDocument
from jinzhi.kernel.text import UNFIT, Words, texts, unfit_words
from jinzhi.sources.patents import tables
from jinzhi.sources.patents.batch import READERS
from jinzhi.sources.patents.refused import RefusedRecord

log = logging.getLogger("jinzhi.patents")

#: records written in one transaction
CHUNK = 500
#: how often a waiting process looks whether the others are there
_SECONDS = 1.0

Answer = Prepared | PreparedEvent | RefusedRecord


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


def _answer(one: PatentDocument | LegalEvent | RefusedRecord, label: str) -> Answer:
    if isinstance(one, RefusedRecord):
        return one
    if label:
        one = replace(one, source=replace(one.source, name=label))
    if unfit := unfit_in(one):
        number = one.publication_number if isinstance(one, PatentDocument) else one.application_number
        place, (zh, en) = unfit
        return RefusedRecord(one.source.file, f"{number}：{place}：{zh}"[:300], f"{number}: {place}: {en}"[:300])
    return prepare(one) if isinstance(one, PatentDocument) else prepare_event(one)


def unfit_in(one: PatentDocument | LegalEvent) -> tuple[str, Words] | None:
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
