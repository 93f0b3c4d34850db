"""Mirroring a log as static files, and believing nothing of it that does not follow.

A mirror takes a checkpoint, tiles of level 0 and entries; every entry is hashed again, the tree is derived again from
the leaves, and the root must be the signed one. What the mirror has already it keeps: the log must begin with it. A
log that was changed, forked, shortened or put back to an older copy is refused, and the note that shows it is kept.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

from jinzhi.apps.evidence.log import checkpoints, tiles
from jinzhi.apps.evidence.log.checkpoints import NoteRefused
from jinzhi.apps.evidence.log.trees import LogBroken, Unknown, fold, hashes, root
from jinzhi.apps.evidence.models import Shard
from jinzhi.kernel import note
from jinzhi.kernel.merkle import FAMILIES, Family, Frontier
from jinzhi.kernel.tiles import WIDTH, Tile, TileError, levels_of, tiles_of, unbundle
from jinzhi.kernel.tiles import hashes as hashes_in

#: a bundle of 256 of the longest entries; nothing that is fetched is larger
LARGEST = WIDTH * (0xFFFF + 2)
KEYS, CONFLICTS, INCOMING = "keys", "conflicts", ".incoming"


class MirrorRefused(Exception):
    """What the source gives does not hold; ``args[0]`` says what, in Chinese. The mirror stays as it was."""


class LogSource(Protocol):
    """Where a log is read from: this installation, an address, a folder."""

    def read(self, path: str) -> bytes:
        """The bytes of a file of the static log. Raises MirrorRefused where there is none."""
        ...


class Own:
    """The log of this installation."""

    def read(self, path: str) -> bytes:
        if path == tiles.INDEX:
            return tiles.index().content
        year, family, rest = path.split("/", 2)
        try:
            return tiles.file(int(year), family, rest).content
        except (Unknown, LogBroken) as e:
            raise MirrorRefused(str(e)) from None


class LogFolder:
    """A log that lies as files, such as another mirror."""

    def __init__(self, root: Path):
        self.root = root

    def read(self, path: str) -> bytes:
        try:
            return (self.root / path).read_bytes()
        except OSError as e:
            raise MirrorRefused(f"读不到 {self.root / path}：{e.strerror}") from None


class Address:
    """A log behind an address, such as https://example.org/log."""

    def __init__(self, url: str, timeout: float = 30.0):
        self.url, self.timeout = url.rstrip("/"), timeout

    def read(self, path: str) -> bytes:
        try:
            with urllib.request.urlopen(f"{self.url}/{path}", timeout=self.timeout) as reply:
                content: bytes = reply.read(LARGEST + 1)
        except (OSError, urllib.error.URLError, ValueError) as e:
            raise MirrorRefused(f"取不到 {self.url}/{path}：{e}") from None
        if len(content) > LARGEST:
            raise MirrorRefused(f"{self.url}/{path} 超过 {LARGEST} 字节")
        return content


def source_at(place: str) -> LogSource:
    """The source that an address or a folder names."""
    return Address(place) if place.startswith(("https://", "http://")) else LogFolder(Path(place))


@dataclass(frozen=True)
class Mirrored:
    """What came of one year and family: its size before and now, and how many files were taken."""

    year: int
    family: str
    before: int
    size: int
    taken: int


@dataclass(frozen=True)
class Year:
    """A year that a source offers, and the keys that it says sign it."""

    year: int
    origin: str
    keys: tuple[str, ...]


def years_of(source: LogSource) -> tuple[Year, ...]:
    """The years of a source. Raises MirrorRefused."""
    try:
        said = json.loads(source.read(tiles.INDEX))
        return tuple(Year(int(y["year"]), str(y["origin"]), tuple(map(str, y["keys"]))) for y in said["years"])
    except (ValueError, TypeError, KeyError):
        raise MirrorRefused(f"{tiles.INDEX} 不是日志目录") from None


def mirror(source: LogSource, out: Path, keys: Sequence[str] = (), *, entries: bool = True) -> Iterator[Mirrored]:
    """Bring a mirror up to date; gives what was done for each year and family. Raises MirrorRefused.

    ``keys``: verifier keys known from elsewhere. Without them the keys of a year are those that the mirror kept when
    it saw the year first, or, the first time, those that the source names: then that they are the log's remains to be
    compared (see ``kept_keys``). ``entries``: False takes hashes and checkpoints only, from a log that does not
    publish what its entries say: that it only ever grows is checked all the same.
    """
    offered = years_of(source)
    gone = held_years(out) - {y.year for y in offered}
    if gone:
        raise MirrorRefused(f"镜像中有 {min(gone)} 年的日志，来源却没有：日志被删除或被恢复为旧副本")
    for year in offered:
        vkeys = tuple(keys) or kept_keys(out, year.year) or year.keys
        for family in FAMILIES:
            yield _one(source, out, year, family, vkeys, entries)
        _write(out / str(year.year) / KEYS, "".join(f"{key}\n" for key in vkeys).encode())
    _write(out / tiles.INDEX, source.read(tiles.INDEX))


def held_years(out: Path) -> set[int]:
    """The years that a mirror has."""
    return {int(p.parent.name) for p in out.glob(f"[0-9][0-9][0-9][0-9]/{KEYS}")}


def kept_keys(out: Path, year: int) -> tuple[str, ...]:
    """The keys that a mirror kept for a year; none where it has not seen the year."""
    path = out / str(year) / KEYS
    return tuple(path.read_text().split()) if path.exists() else ()


def held(out: Path, year: int, family: Family) -> note.CheckpointBody | None:
    """What a mirror has of a year and family."""
    path = out / str(year) / family.name / tiles.CHECKPOINT
    if not path.exists():
        return None
    try:
        return note.parse_checkpoint(note.parse_note(path.read_text()).text)
    except note.NoteError as e:
        raise MirrorRefused(f"镜像中的 {path} 已损坏：{e}") from None


def _one(source: LogSource, out: Path, year: Year, family: Family, vkeys: tuple[str, ...], entries: bool) -> Mirrored:
    base = f"{year.year}/{family.name}"
    before = held(out, year.year, family)
    try:
        raw = source.read(f"{base}/{tiles.CHECKPOINT}").decode()
    except MirrorRefused:
        if before is None:
            return Mirrored(year.year, family.name, 0, 0, 0)  # nothing was ever signed there
        raise
    try:
        found, _ = checkpoints.opened_by(raw, checkpoints.in_pairs(vkeys))
    except (NoteRefused, note.NoteError) as e:
        raise MirrorRefused(f"{base}：{e}") from None
    place = MirroredYear(source, out, base, family, entries)
    if found.origin != f"{year.origin}/{base}":
        raise MirrorRefused(f"{base} 的检查点属于另一日志 {found.origin}")
    if before is not None and before.origin != found.origin:
        place.conflict(raw, f"{base} 的日志名称由 {before.origin} 变为 {found.origin}")
    if before is not None and found.size < before.size:
        place.conflict(raw, f"{base} 由 {before.size} 条变为 {found.size} 条：日志被截短或被恢复为旧副本")
    root_before, root = place.follow(found.size, before.size if before else 0)
    if before is not None and root_before != before.root:
        if place.damaged(before):
            raise MirrorRefused(f"镜像 {place.folder} 自身的文件已损坏：请换一个空文件夹重新镜像，并保留此文件夹备查")
        place.conflict(raw, f"{base} 的前 {before.size} 条与镜像不一致：日志被改动或分叉")
    if root != found.root:
        place.conflict(raw, f"{base} 的记录得不出其检查点的根：日志被改动或分叉")
    place.finish(found.size, raw)
    return Mirrored(year.year, family.name, before.size if before else 0, found.size, place.taken)


def differences(folder: Path, year: int, family: Family) -> Iterator[tuple[str, tuple[str, ...]]]:
    """How this installation's log differs from what a mirror holds of it, with the signed note that shows it.

    The mirror's note must be signed by this installation: then its root is what was signed here once. Raises
    MirrorRefused where the mirror holds something else, LogBroken where the log is not whole.
    """
    before = held(folder, year, family)
    if before is None:
        return
    raw = (folder / str(year) / family.name / tiles.CHECKPOINT).read_text()
    tree = f"{year}/{family.name}"
    shard = Shard.objects.filter(year=year).first()
    if shard is None:
        yield f"镜像 {folder} 有日志 {tree}，这里没有：日志被删除，或数据库被恢复为旧副本", (raw,)
        return
    try:
        checkpoints.opened_by(raw, checkpoints.pairs_of(shard.origin))
    except NoteRefused as e:
        raise MirrorRefused(f"镜像 {folder} 的 {tree} 不是本机签发的：{e}") from None
    if before.size > shard.size:
        words = f"镜像 {folder} 有日志 {tree} 的 {before.size} 条，这里只有 {shard.size} 条：被截短或被恢复为旧副本"
        yield words, (raw,)
    elif root(shard, before.size, family) != before.root:
        first = _first_difference(folder, shard, before.size, family)
        words = f"日志 {tree} 与镜像 {folder} 的前 {before.size} 条不一致"
        yield f"{words}，最先不同的是第 {first} 条：日志被改动或分叉" if first is not None else words, (raw,)


def _first_difference(folder: Path, shard: Shard, size: int, family: Family) -> int | None:
    """The first entry whose leaf hash differs from the mirror's."""
    which = FAMILIES.index(family)
    for tile in tiles_of(size, 0):
        path = folder / str(shard.year) / family.name / tile.path
        if path.exists():
            kept = hashes_in(path.read_bytes(), family.size)
            here = hashes(shard, 0, tile.low, tile.low + tile.width)
            for n, (there, pair) in enumerate(zip(kept, here, strict=False)):
                if there != pair[which]:
                    return tile.low + n
    return None


class MirroredYear:
    """One year and family while it is being followed. New files are put in place only when all of them hold."""

    def __init__(self, source: LogSource, out: Path, base: str, family: Family, entries: bool):
        self.source, self.base, self.family, self.entries = source, base, family, entries
        self.folder, self.taken = out / base, 0
        self.incoming = out / INCOMING / base
        shutil.rmtree(self.incoming, ignore_errors=True)
        #: the other family has the same entries: what it took need not be fetched again
        self.beside = [out / base.split("/")[0] / f.name for f in FAMILIES if f is not family]

    def follow(self, size: int, before: int) -> tuple[bytes, bytes]:
        """Hash every entry again; the roots at ``before`` and at ``size`` entries."""
        edge = Frontier(self.family)
        root_before = edge.root()
        for tile in tiles_of(size, 0):
            for leaf in self.leaves(tile):
                for _ in edge.append(leaf):
                    pass
                if edge.size == before:
                    root_before = edge.root()
        return root_before, edge.root()

    def damaged(self, before: note.CheckpointBody) -> bool:
        """Whether the mirror's own files no longer make the root that they had."""
        edge = Frontier(self.family)
        for tile in tiles_of(before.size, 0):
            path = self.folder / tile.path
            if not path.exists():
                path = self.folder / Tile(0, tile.number).path
            if not path.exists():
                return True
            for leaf in hashes_in(path.read_bytes(), self.family.size)[: tile.width]:
                for _ in edge.append(leaf):
                    pass
        return edge.root() != before.root

    def leaves(self, tile: Tile) -> list[bytes]:
        """The leaf hashes of a tile: those of the bodies, where they are taken, and the tile must agree with them."""
        bundle = Tile(0, tile.number, tile.width, entries=True)
        try:
            given = hashes_in(self.have(tile), self.family.size)
            bodies = unbundle(self.have(bundle)) if self.entries else []
        except TileError as e:
            raise MirrorRefused(f"{self.base}/{tile.path}：{e}") from None
        made = [self.family.leaf(body) for body in bodies] if self.entries else given
        if len(made) != tile.width or len(given) != tile.width:
            raise MirrorRefused(f"{self.base}/{tile.path} 应有 {tile.width} 条，实有 {len(given)}、{len(made)} 条")
        for n, (leaf, said) in enumerate(zip(made, given, strict=True)):
            if leaf != said:
                raise MirrorRefused(f"{self.base} 第 {tile.low + n} 条的内容与其摘要不一致")
        return made

    def have(self, tile: Tile) -> bytes:
        """The bytes of a tile: those that the mirror has, or else the source's, which are laid aside."""
        path = self.folder / tile.path
        if path.exists():
            return path.read_bytes()
        beside = next((f / tile.path for f in self.beside if tile.entries and (f / tile.path).exists()), None)
        content = beside.read_bytes() if beside else self.source.read(f"{self.base}/{tile.path}")
        _write(self.incoming / tile.path, content, lasting=False)
        self.taken += 1
        return content

    def finish(self, size: int, raw: str) -> None:
        """Put the files in place, the checkpoint last; tiles of higher levels are derived, not taken."""
        for path in sorted(p for p in self.incoming.rglob("*") if p.is_file()):
            target = self.folder / path.relative_to(self.incoming)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)
        shutil.rmtree(self.incoming, ignore_errors=True)
        for level in levels_of(size)[1:]:
            for tile in tiles_of(size, level):
                if not (self.folder / tile.path).exists():
                    below = range(tile.low, tile.low + tile.width)
                    content = b"".join(self._over(level - 1, n) for n in below)
                    _write(self.folder / tile.path, content, lasting=False)
        os.sync()
        _write(self.folder / tiles.CHECKPOINT, raw.encode())
        for partial in (self.folder / "tile").rglob("*.p/*"):
            if partial.parent.with_suffix("").exists():
                partial.unlink()

    def _over(self, level: int, number: int) -> bytes:
        """The hash over a full tile that is in place."""
        return fold(self.family, hashes_in((self.folder / Tile(level, number).path).read_bytes(), self.family.size))

    def conflict(self, raw: str, why: str) -> NoReturn:
        """Keep the signed note that contradicts what the mirror has: with both, anybody can see it. Raises."""
        path = self.folder / CONFLICTS / self.family.digest(raw.encode()).hex()[:16]
        _write(path, raw.encode())
        raise MirrorRefused(f"{why}（矛盾的检查点已存于 {path}）")


def _write(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Write a file whole or not at all; ``lasting``: it is on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        file.write(content)
        if lasting:
            file.flush()
            os.fsync(file.fileno())
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
