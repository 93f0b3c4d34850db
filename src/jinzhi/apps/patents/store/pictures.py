"""附图: the images beside a document in a batch, kept in the store and linked to the documents that name them.

A document and its images lie in one folder, in any order, and an import may be cut off between them. So both are noted
while the batch is walked (``Staged``, ``Wanted``), in the transaction that says how far the file has come, and brought
together when the batch ends, in the transaction that ends it. What nobody names is counted and taken out again.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, TypeVar
from zipfile import BadZipFile

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from jinzhi.apps.evidence.store import holdings
from jinzhi.apps.evidence.store.store import PIECE, keep, remove
from jinzhi.apps.patents.models import Document, Item, Picture, Refusal, Staged, Wanted
from jinzhi.apps.patents.store.storing import parts
from jinzhi.sources.patents.batch import BatchMember, image_type
from jinzhi.sources.patents.refused import Unreadable

#: bytes of one image; larger ones are refused by name
LIMIT = 20 << 20
#: documents that are linked at once
CHUNK = 200
#: under these names leftovers are counted, beside the paths of what the model lacks
UNNAMED, ABSENT = "附图:没有文献点名的图像", "附图:点了名而没有图像"

_BROKEN = (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, struct.error, ValueError, RuntimeError)


class _Bad(Exception):
    """An image that is not kept: why, in Chinese and English."""


@dataclass
class Settled:
    """What bringing images and documents together came to. ``named``: refused images that have their refusal."""

    linked: int = 0
    refused: list[Refusal] = field(default_factory=list)
    rest: Counter[str] = field(default_factory=Counter)
    named: set[int] = field(default_factory=set)


def keeping() -> bool:
    """Whether this installation keeps images (JINZHI_KEEP_DRAWINGS)."""
    return bool(settings.JINZHI_KEEP_DRAWINGS)


def folder_of(scope: str, name: str) -> str:
    """A short key for the folder that a member lies in; ``scope`` sets apart batches and files."""
    inside = re.match(r"(?:.*[/!])?", name.replace("\\", "/"), re.DOTALL)
    return hashlib.sha256(f"{scope}\n{inside[0] if inside else ''}".encode(errors="replace")).hexdigest()


def file_of(name: str) -> str:
    """The name by which a document means a file: without folders, whatever its letters' case."""
    return re.split(r"[/!]", name.replace("\\", "/"))[-1].casefold()[:200]


def staged(member: BatchMember, folder: str, item: Item | None) -> Staged:
    """Keep an image in the store; one that cannot be kept is noted with the reason. Raises DiskFull."""
    made = Staged(item=item, folder=folder, name=file_of(member.name), label=member.name[-400:])
    try:
        kind: list[str] = []
        kept = keep(_checked(member, kind))
    except _Bad as e:
        made.reason_zh, made.reason_en = e.args
        return made
    made.media_type, made.sha256, made.size = kind[0], kept.sha256, kept.size
    return made


def _checked(member: BatchMember, kind: list[str]) -> Iterator[bytes]:
    """The bytes of an image in pieces, its media type put into ``kind``. Raises _Bad."""
    too_large = _Bad(
        f"附图图像超过上限 {LIMIT >> 20} MB，没有保存", f"the image is larger than {LIMIT >> 20} MB: not kept"
    )
    if member.size > LIMIT:
        raise too_large
    size, head, tail = 0, b"", b""
    for piece in _read(member):
        if not size:
            head = piece[:16]
            if not (found := image_type(head)):
                raise _Bad(
                    "附图不是 PNG、JPEG、GIF 或 TIFF 图像，没有保存", "not a PNG, JPEG, GIF or TIFF image: not kept"
                )
            kind.append(found)
        size += len(piece)
        if size > LIMIT:
            raise too_large
        tail = (tail + piece[-64:])[-64:]
        yield piece
    if not size:
        raise _Bad("附图图像是空文件，没有保存", "the image is empty: not kept")
    if _cut(kind[0], head, tail, size):
        raise _Bad("附图图像不完整，没有保存", "the image is cut off: not kept")


def _read(member: BatchMember) -> Iterator[bytes]:
    try:
        with member.open() as stream:
            while piece := _piece(stream):
                yield piece
    except Unreadable as e:
        said = e.refused(member.name)
        raise _Bad(said.reason_zh, said.reason_en) from None


def _piece(stream: BinaryIO) -> bytes:
    try:
        return stream.read(PIECE)
    except _BROKEN as e:
        what = f"{type(e).__name__}: {e}"[:200]
        raise _Bad(f"附图图像已损坏，读不下去（{what}）", f"the image is damaged: {what}") from None


def _cut(kind: str, head: bytes, tail: bytes, size: int) -> bool:
    """Whether an image plainly lacks its end: PNG without IEND, TIFF whose directory lies behind its end."""
    if kind == "image/png":
        return b"IEND" not in tail
    if kind == "image/tiff":
        return len(head) < 8 or struct.unpack("<I" if head[:2] == b"II" else ">I", head[4:8])[0] >= size
    return False


# --- bringing together ----------------------------------------------------------------------------------------

Arriving = TypeVar("Arriving", Staged, Wanted)


def _ready(rows: QuerySet[Arriving]) -> QuerySet[Arriving]:
    """What may be settled: files within archives when these are whole, and what lay in plain folders."""
    return rows.filter(Q(item=None) | Q(item__finished__isnull=False))


def settle(say: Callable[[str], object] = lambda _: None) -> Settled:
    """Link what was noted and count what is left over. Called inside a transaction; ``clear`` comes behind it."""
    told = Settled()
    refused: dict[int, list[Staged]] = {}
    after = 0
    while chunk := list(_ready(Wanted.objects.filter(pk__gt=after)).order_by("pk")[:CHUNK]):
        after = chunk[-1].pk
        _link(chunk, told, refused)
    for pk, images in refused.items():
        _refuse(pk, images, told, say)
    _ready(Wanted.objects.all()).delete()
    loose = _ready(Staged.objects.filter(used=False))
    for item_pk, count in loose.order_by().values_list("item").annotate(Count("pk")):
        _rest(item_pk, UNNAMED, count, told)
    loose.update(used=True)
    return told


def _link(chunk: Sequence[Wanted], told: Settled, refused: dict[int, list[Staged]]) -> None:
    folders = {one.folder for one in chunk}
    full = set(Staged.objects.filter(folder__in=folders).order_by().values_list("folder", flat=True).distinct())
    absent: Counter[int] = Counter()
    for one in chunk:
        if one.folder not in full:
            absent[one.item_id] += one.figures
    looked = [one for one in chunk if one.folder in full]
    documents = {d.number: d for d in Document.objects.filter(number__in={one.number for one in looked})}
    names: dict[str, dict[str, tuple[int, str]]] = {}
    for number, document in documents.items():
        for position, drawing in enumerate(document.content.drawings, 1):
            if drawing.file:
                names.setdefault(number, {}).setdefault(file_of(drawing.file), (position, drawing.file))
    images: dict[tuple[str, str], Staged] = {}
    for part in parts(sorted({name for some in names.values() for name in some})):
        for image in Staged.objects.filter(folder__in=full, name__in=part).order_by("pk"):
            images.setdefault((image.folder, image.name), image)
    earlier: dict[tuple[int, str], Picture] = {}
    for picture in Picture.objects.filter(document__in=[d.pk for d in documents.values()]):
        earlier[picture.document_id, file_of(picture.name)] = picture
    used: set[int] = set()
    fresh: dict[tuple[int, int], Picture] = {}
    touched: set[int] = set()
    for one in looked:
        document = documents[one.number]
        for name, (position, written) in names.get(one.number, {}).items():
            found = images.get((one.folder, name))
            before = earlier.get((document.pk, name))
            if found is None:
                absent[one.item_id] += 1
            else:
                if not found.sha256 and found.pk not in told.named:
                    refused.setdefault(one.item_id, []).append(found)
                    told.named.add(found.pk)
                used.add(found.pk)
            kept = found if found is not None and found.sha256 else before
            if kept is not None:
                fresh[document.pk, position] = Picture(
                    document=document, position=position, name=written[:200], media_type=kept.media_type,
                    size=kept.size, sha256=kept.sha256,
                )  # fmt: skip
            touched.add(document.pk)
    left = {p.sha256 for p in earlier.values()} - {p.sha256 for p in fresh.values()}
    Staged.objects.bulk_create(
        [Staged(folder="", name="", label=sha256, sha256=sha256, used=True) for sha256 in left], ignore_conflicts=True
    )
    Picture.objects.filter(document__in=touched).delete()
    Picture.objects.bulk_create(fresh.values())
    told.linked += len(fresh)
    Staged.objects.filter(pk__in=used).update(used=True)
    for item_pk, count in absent.items():
        _rest(item_pk, ABSENT, count, told)


def _rest(item_pk: int | None, name: str, count: int, told: Settled) -> None:
    told.rest[name] += count
    item = Item.objects.filter(pk=item_pk).first() if item_pk is not None else None
    if item is not None and count:
        item.rest = {**item.rest, name: item.rest.get(name, 0) + count}
        item.save(update_fields=["rest"])


def _refuse(item_pk: int, images: Sequence[Staged], told: Settled, say: Callable[[str], object]) -> None:
    """Refusals stand behind the records of their file, which is whole by now."""
    item = Item.objects.get(pk=item_pk)
    for image in images:
        told.refused.append(
            Refusal.objects.create(
                item=item, position=item.records, name=image.label, reason_zh=image.reason_zh,
                reason_en=image.reason_en,
            )
        )  # fmt: skip
        item.records += 1
        item.refused += 1
        say(f"未能读取：{image.label}：{image.reason_zh}")
    item.save(update_fields=["records", "refused"])


def clear() -> None:
    """Forget the notes that are settled; images that nobody needs leave the store. Goes on where it was cut off."""
    while rows := list(_ready(Staged.objects.filter(used=True)).order_by("pk")[:CHUNK]):
        digests = {row.sha256 for row in rows} - {""}
        linked = set(Picture.objects.filter(sha256__in=digests).order_by().values_list("sha256", flat=True))
        Staged.objects.filter(pk__in=[row.pk for row in rows]).delete()
        for sha256 in sorted(digests - linked):
            if not holdings.needed(sha256):
                remove(sha256)


# --- reading --------------------------------------------------------------------------------------------------


def pictures_of(document: Document) -> dict[int, Picture]:
    """The images of a document by the place (from 1) of the figure that names them; one statement."""
    return {one.position: one for one in Picture.objects.filter(document=document)}
