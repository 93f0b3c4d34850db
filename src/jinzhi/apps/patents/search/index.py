"""The index: kept up to the store, and asked. A query means the same with every engine.

``engine="memory"`` is the definition itself over the whole store, for small collections and for checks. Nothing falls
back in silence: where the index is absent or behind, the result says so.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import F

from jinzhi.apps.patents.classes.tree import trees
from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.search import likeness
from jinzhi.apps.patents.store.documents import index_docs
from jinzhi.apps.patents.store.marks import mark
from jinzhi.apps.patents.store.queries import MANY, collection
from jinzhi.engines import search_tantivy
from jinzhi.engines.patience import Stopped
from jinzhi.engines.search_collection import Collection
from jinzhi.engines.search_index import seal, soundness
from jinzhi.engines.search_index.store import Array, OtherFormat
from jinzhi.engines.search_memory import QueryContext
from jinzhi.engines.search_values import OFFICE_NUMBERS
from jinzhi.engines.similar import SimilarDocuments, Subject
from jinzhi.engines.vectors import VectorsRefused
from jinzhi.kernel.query import SEMANTIC_TOP, ClassTree, Doc, Node, Query, QueryError

#: documents in one commit of the index
COMMIT = 10_000


class NoIndex(QueryError):
    """There is no index to ask; the message says what to run."""


class Damaged(NoIndex):
    """There is an index and it cannot be read; the message says what is broken and what mends it."""

    def __init__(self, what: str):
        super().__init__(
            f"专利检索索引已损坏（{what}），文献库不受影响；请管理员运行 jinzhi patents index --rebuild 从库中重建",
            f"the search index of patents is damaged ({what}), the collection is not: "
            "an administrator runs jinzhi patents index --rebuild, which makes it anew",
        )


class IndexBusy(Exception):
    """Another process is writing the index."""


@contextmanager
def whole() -> Iterator[None]:
    """What fails inside because the index on disk is broken is ``Damaged``; anything else stays what it is."""
    try:
        yield
    except (QueryError, Stopped):
        raise
    except BaseException as e:
        # the engine's own panic is no Exception
        if not isinstance(e, Exception) and type(e).__name__ != "PanicException":
            raise
        if what := examine():
            raise Damaged(what) from e
        raise


@dataclass(frozen=True, slots=True)
class CollectionStamp:
    """Which collection an answer is of: it changes with every change of a document."""

    mark: int

    def __str__(self) -> str:
        return str(self.mark)


def stamp() -> CollectionStamp:
    """The collection as it is now."""
    return CollectionStamp(mark("documents"))


def all_docs() -> Iterator[Doc]:
    """Every document of the store as engines see it."""
    last = 0
    while rows := list(Document.objects.filter(pk__gt=last).order_by("pk")[:MANY]):
        last = rows[-1].pk
        yield from index_docs(rows)


class Memory:
    """The definition over the whole store, read again whenever the store has changed."""

    name = "memory"

    def __init__(self) -> None:
        self._stamp: CollectionStamp | None = None
        self._collection = Collection([])

    def ids(self, query: Query | Node, context: QueryContext) -> Array:
        """The ids that a query finds, ascending."""
        now = stamp()
        if now != self._stamp:
            self._collection, self._stamp = Collection(all_docs()), now
        return np.array(sorted(self._collection.search(query, context)), dtype=np.int64)


class Tantivy:
    """The index on disk, as last committed."""

    name = "tantivy"

    def __init__(self) -> None:
        self._engine: search_tantivy.Engine | None = None
        self._seen: tuple[object, ...] = ()
        self._lock = Lock()

    def reader(self) -> search_tantivy.Engine:
        """The reader of the index as it stands now. Raises NoIndex."""
        meta = folder() / "inverted" / "meta.json"
        with self._lock:
            if what := found_damaged():
                raise Damaged(what)
            try:
                told = meta.stat()
                seen = (str(meta), told.st_mtime_ns, told.st_ino)
                if self._engine is None or seen != self._seen:
                    # a rebuilt index is another folder of the same name: nothing of the old one may stay
                    self._engine = None
                    with whole():
                        if what := damage():
                            raise Damaged(what)
                        self._engine = search_tantivy.Engine(folder())
            except FileNotFoundError:
                if what := damage():
                    raise Damaged(what) from None
                raise NoIndex(
                    "还没有检索索引，请运行 jinzhi patents index", "there is no index: run jinzhi patents index"
                ) from None
            except OtherFormat:
                raise NoIndex(
                    "检索索引是旧版程序写的，请运行 jinzhi patents index（自动重建）",
                    "another version wrote the index: run jinzhi patents index, which makes it anew",
                ) from None
            except OSError as e:
                raise Damaged(damage() or str(e.strerror)) from e
            self._seen = seen
            return self._engine

    def ids(self, query: Query | Node, context: QueryContext) -> Array:
        """The ids that a query finds, ascending."""
        with whole():
            return np.sort(self.reader().result(query, context).ids)

    def relevance(self, query: Query, context: QueryContext) -> Array:
        """The ids that a query finds, the most relevant first."""
        with whole():
            return self.reader().result(query, context).in_order()


_memory = Memory()
_tantivy = Tantivy()


def engine_named(name: str = "") -> Memory | Tantivy:
    """The engine of a name (empty: that of the settings). Raises NoIndex."""
    match name or settings.JINZHI_SEARCH:
        case "memory":
            return _memory
        case "tantivy":
            return _tantivy
    raise NoIndex(f"没有名为 {name} 的检索引擎；可用 tantivy、memory", f"no engine {name}: tantivy or memory")


def reader() -> search_tantivy.Engine:
    """The reader of the index, for facets and highlighting. Raises NoIndex."""
    return _tantivy.reader()


# --- keeping the index ----------------------------------------------------------------------------------------


def folder() -> Path:
    """Where the index of patents lies."""
    return Path(settings.JINZHI_INDEX) / "patents"


def damage(*, deep: bool = False) -> str:
    """What is broken in the index; empty where it is whole, or where there is none that this version reads.

    Without ``deep`` that is what names, sizes and small files say, and what the last examination found.
    """
    try:
        return (not deep and found_damaged()) or soundness.damage(folder(), deep=deep)
    except (FileNotFoundError, OtherFormat):
        return ""
    except OSError as e:
        return f"{folder().name}: {e.strerror or e}"


def examine() -> str:
    """Compare every byte of the index with its seal; what is broken, empty where it is whole.

    What is found is kept beside the index: until it is built anew no query is answered from it, in any process.
    """
    what = damage(deep=True)
    with suppress(OSError):
        if what:
            _verdict().write_text(what, encoding="utf-8")
        else:
            _verdict().unlink(missing_ok=True)
    return what


def _verdict() -> Path:
    return folder().with_name("patents.damaged")


def found_damaged() -> str:
    """What the last examination found broken in this index; empty where it found nothing."""
    try:
        return _verdict().read_text("utf-8")
    except OSError:
        return ""


def written_at() -> int:
    """When the index was last committed or found damaged, for what is kept until then; 0 where none can be read."""
    try:
        return _verdict().stat().st_mtime_ns
    except OSError:
        pass
    try:
        return (folder() / "inverted" / "meta.json").stat().st_mtime_ns
    except OSError:
        return 0


def update(*, rebuild: bool = False, commit_every: int = COMMIT, say: Callable[[str], object] = lambda _: None) -> int:
    """Bring the index up to the store; how many documents were written. Raises IndexBusy.

    A document counts as indexed once the commit that holds it has returned; one that was committed and not yet marked
    when the process was killed is written again in its own place. So nothing is lost and nothing stands twice.
    """
    place = folder()
    place.parent.mkdir(parents=True, exist_ok=True)
    with open(place.parent / "patents.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IndexBusy("另一个进程正在写索引，请等它结束") from None
        if rebuild or found_damaged() or not readable(place):
            # first forget, then remove: killed in between, the next run still writes everything
            Document.objects.exclude(indexed=0).update(indexed=0)
            if place.is_dir():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)
            _verdict().unlink(missing_ok=True)
        return _write(place, max(1, commit_every), say)


def readable(place: Path) -> bool:
    """Whether a whole index lies there that this version of the program can read and go on writing."""
    try:
        return not soundness.damage(place)
    except (OSError, OtherFormat):
        return False


def _write(place: Path, commit_every: int, say: Callable[[str], object]) -> int:
    total, done, last = behind(), 0, 0
    if not total and (place / "inverted" / "meta.json").exists() and not seal.broken_seal(place):
        return 0
    pending: dict[int, list[int]] = {}
    held = 0
    with search_tantivy.IndexWriter(place) as writer:

        def commit() -> None:
            nonlocal done, held
            writer.commit()
            with transaction.atomic():
                for revision, pks in pending.items():
                    for at in range(0, len(pks), MANY):
                        Document.objects.filter(pk__in=pks[at : at + MANY]).update(indexed=revision)
            done += held
            held = 0
            pending.clear()
            say(f"已索引 {done} / {total} 件")

        while rows := list(
            Document.objects.filter(pk__gt=last)
            .exclude(indexed=F("revision"))
            .order_by("pk")[: min(MANY, commit_every)]
        ):
            last = rows[-1].pk
            for row, doc in zip(rows, index_docs(rows), strict=True):
                writer.add(doc)
                pending.setdefault(row.revision, []).append(row.pk)
            held += len(rows)
            if held >= commit_every:
                commit()
        commit()
    return done


# --- asking ---------------------------------------------------------------------------------------------------


def context(tree: ClassTree | None = None) -> QueryContext:
    """What queries over the store need. What they refer to is put in before (``asking.bound``)."""
    return QueryContext(numbers=OFFICE_NUMBERS, tree=tree or trees(), semantic=semantic)


#: what likeness asks by: words, classes and numbers, nothing that depends on who asks
_PLAIN = QueryContext(numbers=OFFICE_NUMBERS)


def _find(node: Node) -> Sequence[int]:
    ids: list[int] = engine_named().ids(node, _PLAIN).tolist()
    return ids


def like(subject: Subject, *, top: int | None = None, family: bool = True) -> SimilarDocuments:
    """The documents like a subject, best first, with the reasons. Raises NoIndex."""
    return likeness.answer(subject, _find, int(str(collection()["documents"])), top=top, family=family)


def semantic(text: str, top: int | None) -> Sequence[int]:
    """What ``~"text"`` stands for: the ids most like the text, best first, at most ``top`` (None: SEMANTIC_TOP)."""
    try:
        return _semantic(text, top or SEMANTIC_TOP, stamp(), settings.JINZHI_SEARCH, likeness.model_stamp())
    except VectorsRefused as refused:
        raise QueryError(refused.zh, refused.en) from refused


@lru_cache(maxsize=64)
def _semantic(text: str, top: int, now: CollectionStamp, engine: str, model: object) -> tuple[int, ...]:
    return tuple(one.id for one in like(Subject.of_text(text), top=top).found)


def subgroups(scheme: str, symbol: str) -> int | None:
    """How many symbols lie below a class, for the echo."""
    tree = trees()
    inside = tree.subtree(scheme, symbol) if tree else None
    return len(inside) - 1 if inside else None


def behind() -> int:
    """How many documents the index does not hold as they are."""
    return Document.objects.exclude(indexed=F("revision")).count()
