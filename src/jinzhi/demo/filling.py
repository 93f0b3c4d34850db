"""What a demonstration city gets while it is served already: patents with their index, saved searches, a checkpoint.

The city of stage 0 (``make_city``) answers within seconds. The rest is made behind it by one process, in short
transactions that let a visitor's write in between, and goes on where it stopped when it is started again.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop

from jinzhi.apps.catalogue.clock import installation
from jinzhi.apps.evidence.log import log
from jinzhi.apps.patents.models import Batch, Document
from jinzhi.apps.patents.search.index import IndexBusy, folder, readable, update
from jinzhi.apps.patents.search.index import behind as lacking
from jinzhi.demo.models import Progress
from jinzhi.demo.patents import SOURCE, make_patents
from jinzhi.demo.saying import Say, silent
from jinzhi.demo.searches import make_searches

PATENTS = "patents"
#: documents a transaction while pages are served: some 200 ms, after which a waiting writer gets its turn
SHORT = 200
#: documents after which the index follows, so that a search finds what the count on the page says
INDEX_EVERY = 4000
#: the pause between two transactions in which SQLite lets another writer in, seconds
TURN = 0.02


class FillingBusy(Exception):
    """Another process is filling this city."""


class Orphaned(Exception):
    """The process for which the city was being filled has ended."""


def fill(patents: int, say: Say = silent, *, behind: bool = False) -> None:
    """Make what stage 0 left out, or what of it is missing; in an installation that is no demonstration only the
    search index, where it is missing (after a restore), damaged or behind.

    ``behind``: pages are served meanwhile, so transactions are short, and filling ends with the parent process.
    Raises ``Busy`` where another process fills the same city, ``Orphaned`` where the parent has ended.
    """
    here = installation()
    if here is None:
        return
    with _alone():
        if here.demo:
            _demonstration(patents, say, behind)
        _index(say, behind)


def _demonstration(patents: int, say: Say, behind: bool) -> None:
    if patents and not _whole():
        _patents(patents, say, behind)
    if make_searches():
        say(gettext_noop("演示的已存检索、订阅、专题库和标引已生成"))
    if made := log.checkpoint():
        say(gettext_noop("存证日志：%(n)d 条已有检查点"), n=made.size)


def announce(patents: int) -> None:
    """Say on every page, before filling has begun, that patents will come."""
    here = installation()
    if here is not None and here.demo and patents and not _whole():
        Progress.objects.get_or_create(stage=PATENTS, defaults={"total": patents})


def _whole() -> bool:
    return Batch.objects.filter(source=SOURCE, demo=True, finished__isnull=False).exists()


def _patents(count: int, say: Say, behind: bool) -> None:
    began = time.perf_counter()
    announce(count)
    parent, indexed = os.getppid(), 0

    def made(so_far: int) -> None:
        nonlocal indexed
        Progress.objects.filter(stage=PATENTS).update(done=so_far)
        if not behind:
            return
        if os.getppid() != parent:
            raise Orphaned
        if so_far - indexed >= INDEX_EVERY:
            update()
            indexed = so_far
        time.sleep(TURN)

    total = make_patents(count, progress=made, chunk=SHORT if behind else None)
    Progress.objects.filter(stage=PATENTS).update(done=total, total=total, ended=timezone.now())
    say(gettext_noop("演示专利已生成并索引：%(n)d 件，用时 %(s).1f 秒"), n=total, s=time.perf_counter() - began)


def _index(say: Say, behind: bool) -> None:
    """Bring the search index up to the collection; one that is no longer readable is made anew."""
    if settings.JINZHI_SEARCH != "tantivy" or not Document.objects.exists() or (readable(folder()) and not lacking()):
        return
    began, parent = time.perf_counter(), os.getppid()

    def told(_text: str) -> None:
        if behind and os.getppid() != parent:
            raise Orphaned

    with suppress(IndexBusy):
        count = update(commit_every=INDEX_EVERY, say=told)
        say(gettext_noop("专利检索索引已从库中建立：%(n)d 件，用时 %(s).1f 秒"), n=count, s=time.perf_counter() - began)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold this city's lock of filling, which ends with the process however it ends."""
    place = Path(settings.JINZHI_INDEX).parent
    place.mkdir(parents=True, exist_ok=True)
    with open(place / "demo-filling.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FillingBusy from None
        yield
