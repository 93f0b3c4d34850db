"""What ``jinzhi doctor`` says of the patents: how many, as of when, whether the index has them, which classes."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from jinzhi.apps.catalogue.looks import HealthFact, look
from jinzhi.apps.patents.classes.tree import editions
from jinzhi.apps.patents.models import Batch
from jinzhi.apps.patents.search.index import behind, damage, folder
from jinzhi.apps.patents.store.marks import missing
from jinzhi.apps.patents.store.queries import collection

LOAD = "jinzhi patents classes FILE --edition 2026.01"

REBUILD = (
    "运行 jinzhi patents index --rebuild 从库中重建（文献库不受影响）",
    "run jinzhi patents index --rebuild, which makes it anew from the collection",
)


@look
def patents() -> Iterator[HealthFact]:
    """The collection and its index; an empty collection is a note, not a fault."""
    told = collection()
    count = told["documents"]
    head = ("patents", "专利文献库", "Patent collection")
    if not count:
        yield HealthFact(*head, "note", "0", "运行 jinzhi patents import 路径", "run jinzhi patents import PATH")
        return
    open_batches = Batch.objects.filter(finished=None).count()
    value = f"{count:,} documents, as of {told['as_of'] or '–'}" + (", demonstration" if told["demo"] else "")
    if open_batches:
        way = ("重新运行同一条导入命令即可接着导入", "run the same import again: it goes on")
        yield HealthFact(*head, "note", f"{value}; {open_batches} imports not finished", *way)
    else:
        yield HealthFact(*head, "good", value)
    if settings.JINZHI_SEARCH != "tantivy":
        return
    index = ("patent-index", "专利检索索引", "Search index of patents")
    late = behind()
    if what := damage():
        yield HealthFact(*index, "missing", f"damaged: {what}", *REBUILD)
    elif not (folder() / "inverted" / "meta.json").exists():
        yield HealthFact(*index, "missing", "none", "运行 jinzhi patents index", "run jinzhi patents index")
    elif late:
        yield HealthFact(
            *index, "note", f"{late:,} documents behind", "运行 jinzhi patents index", "run jinzhi patents index"
        )
    else:
        yield HealthFact(*index, "good", "up to date")


@look
def marks() -> Iterator[HealthFact]:
    """The triggers that tell when the collection has changed; without them pages would show what was."""
    if lost := missing():
        head = ("patent-marks", "专利库变更标记", "Change marks of the patents")
        yield HealthFact(
            *head, "bad", ", ".join(lost), "运行 jinzhi migrate 补上触发器", "run jinzhi migrate: it makes them"
        )


@look
def classes() -> Iterator[HealthFact]:
    """Which classifications are loaded; without one, queries with all below it are refused."""
    loaded = {scheme: editions(scheme) for scheme in ("ipc", "cpc")}
    said = "; ".join(f"{scheme} {', '.join(known)}" for scheme, known in loaded.items() if known)
    head = ("patent-classes", "专利分类表", "Classifications")
    if loaded["ipc"]:
        yield HealthFact(*head, "good", said)
    else:
        zh, en = f"用 {LOAD} 装入，“含下位”检索才可用", f"load one with {LOAD}: queries with all below need it"
        yield HealthFact(*head, "note", said or "none", zh, en)
