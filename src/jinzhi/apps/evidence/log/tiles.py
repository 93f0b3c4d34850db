"""The log as static files that anybody can mirror (C2SP tlog-tiles): each year and family is a log of its own.

``<year>/<family>/checkpoint``, ``…/tile/<L>/<N>[.p/<W>]`` and ``…/tile/entries/<N>[.p/<W>]``; beside them
``index.json`` names the years and the keys. Full tiles never change.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from jinzhi.apps.evidence.log import checkpoints
from jinzhi.apps.evidence.log.trees import LEVELS, LogBroken, TreeReader, Unknown, hashes
from jinzhi.apps.evidence.models import Checkpoint, Entry, Shard
from jinzhi.kernel import tiles
from jinzhi.kernel.merkle import FAMILIES, Family
from jinzhi.kernel.note import NoteError
from jinzhi.kernel.tiles import Tile, TileError

CHECKPOINT, INDEX = "checkpoint", "index.json"
BY_NAME = {family.name: family for family in FAMILIES}


@dataclass(frozen=True)
class File:
    """A file of the static log: its bytes, its media type, and whether it may be cached for ever.

    A partial tile never changes either: a wider one has another name. ``packed``: it may be sent compressed.
    """

    content: bytes
    media_type: str
    lasting: bool
    packed: bool = False


def newest(shard: Shard) -> Checkpoint | None:
    """The checkpoint that a shard shows."""
    return shard.checkpoints.order_by("-size", "-id").first()


def published(checkpoint: Checkpoint, family: Family) -> str:
    """The signed note of a checkpoint as others read it.

    Its signatures stand there under the name of the log and under the origin line of the tree; the lines of the
    witnesses that cosigned it follow.
    """
    lines = checkpoint.cosignatures.filter(family=family.name).order_by("witness", "moment")
    last = {line.witness: line.line.rstrip("\n") + "\n" for line in lines}
    kept = checkpoints.note_in(checkpoint, family)
    try:
        own = str(checkpoints.named_by_tree(kept, checkpoints.signers_of(checkpoint)))
    except NoteError:
        own = kept  # damaged: shown as it is, for others to see
    return own + "".join(last.values())


def index() -> File:
    """Which years there are, under which keys they are signed."""
    years = []
    for shard in Shard.objects.order_by("year"):
        keys = list(checkpoints.published(shard))
        trees = {
            family.name: {
                "origin": checkpoints.origin(shard, family),
                "keys": list(checkpoints.tree_keys(shard, family)),
            }
            for family in FAMILIES
        }
        years.append({"year": shard.year, "origin": shard.origin, "closed": shard.closed, "keys": keys, "trees": trees})
    said = {"families": list(BY_NAME), "years": years}
    return File(json.dumps(said, ensure_ascii=False, indent=2).encode(), "application/json", False)


def file(year: int, family: str, path: str) -> File:
    """The file below the log of a year and family. Raises Unknown where there is none."""
    shard = Shard.objects.filter(year=year).first()
    if shard is None or family not in BY_NAME:
        raise Unknown(f"没有日志 {year}/{family}")
    if path == CHECKPOINT:
        last = newest(shard)
        if last is None:
            raise Unknown(f"日志 {year} 还没有检查点")
        return File(published(last, BY_NAME[family]).encode(), "text/plain; charset=utf-8", False)
    try:
        tile = tiles.parse(path)
    except TileError:
        raise Unknown(f"日志 {year}/{family} 中没有 {path}") from None
    return File(content(shard, BY_NAME[family], tile), "application/octet-stream", True, packed=tile.entries)


def content(shard: Shard, family: Family, tile: Tile) -> bytes:
    """The bytes of a tile. Raises Unknown where the log has not come so far."""
    high = tile.low + tile.width
    if high > shard.size >> (tiles.STEP * tile.level):
        raise Unknown(f"日志 {shard.year} 还没有 {tile.path}")
    if tile.entries:
        bodies = list(
            Entry.objects.filter(shard=shard, index__gte=tile.low, index__lt=high)
            .order_by("index")
            .values_list("body", flat=True)
        )
        if len(bodies) != tile.width:
            raise LogBroken(f"日志 {shard.year} 缺少 {tile.path} 中的记录，请运行 jinzhi evidence audit")
        return tiles.bundle(body.encode() for body in bodies)
    level = tile.level * tiles.STEP
    if level <= LEVELS[-1]:
        which = FAMILIES.index(family)
        return b"".join(pair[which] for pair in hashes(shard, level, tile.low, high))
    reader = TreeReader(shard)
    return b"".join(reader.node(family, level, n) for n in range(tile.low, high))
