"""Documents like another or like a text: the engine's likeness over the store, with vectors where a model is named."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jinzhi.apps.patents.models import Document
from jinzhi.engines.similar import Find, SimilarDocuments, Subject, blended, similar
from jinzhi.engines.vectors import Vectors, cosines, open_vectors

#: documents that vectors may move, the first by words, classes and citations; and how much vectors weigh
MOVED, WEIGHT = 200, 0.3


def answer(
    subject: Subject, find: Find, total: int, *, top: int | None = None, family: bool = True
) -> SimilarDocuments:
    """The documents like a subject, best first. Raises QueryError, VectorsRefused."""
    model = vectors()
    if model is None:
        return similar(subject, find, total, top=top, family=family)
    found = similar(subject, find, total, top=None if top is None else max(top, MOVED), family=family)
    first = [one.id for one in found.found[:MOVED]]
    texts = plain(first)
    near = dict(zip(first, cosines(model, subject.plain, texts).tolist(), strict=True)) if first else {}
    mixed = blended(found, near, WEIGHT, model.name)
    mixed.notes.append(model.name)
    if top is not None:
        del mixed.found[top:]
    return mixed


def plain(ids: Sequence[int]) -> list[str]:
    """What vectors of these documents are made of, in their order."""
    rows = Document.objects.in_bulk(ids)
    found = []
    for one in ids:
        told = rows[one].content
        texts = [*(t.text for t in told.titles[:1]), *(t.text for t in told.abstracts[:1] or told.claims[:1])]
        found.append("\n".join(texts))
    return found


def vectors() -> Vectors | None:
    """The model that the settings name. Raises VectorsRefused where they name one that cannot be used."""
    if not settings.JINZHI_VECTORS:
        return None
    return _opened(*model_stamp())


def model_stamp() -> tuple[str, int]:
    """Which model answers rest on: its path and when it was written."""
    path = Path(settings.JINZHI_VECTORS) if settings.JINZHI_VECTORS else None
    return (str(path), path.stat().st_mtime_ns) if path and path.exists() else (settings.JINZHI_VECTORS, 0)


@lru_cache(maxsize=1)
def _opened(path: str, written: int) -> Vectors:
    return open_vectors(Path(path))
