"""Tiles of a log (C2SP tlog-tiles): how they are called, how wide they are, how entries lie in a bundle.

A tile holds 256 hashes of one level of the tree, eight levels apart: tile (L, N) has the nodes (8·L, N·256 …). The
last one of a level may be partial and says its width in its name. Bundles of entries follow the tiles of level 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: hashes in a full tile, and the levels of the tree between two levels of tiles
WIDTH, STEP = 256, 8
#: at most eighteen digits: no log is longer, and a path is refused before anything is looked up
_NUMBER = r"(?:x[0-9]{3}/){0,5}[0-9]{3}"
_PATH = re.compile(rf"tile/(entries|0|[1-9]|[1-5][0-9]|6[0-3])/({_NUMBER})(?:\.p/([1-9][0-9]{{0,2}}))?")


class TileError(ValueError):
    """A path or a bundle that is not of this form; the message says how it is wrong."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of hashes, or the entries below tile (0, ``number``) where ``entries`` is set."""

    level: int
    number: int
    width: int = WIDTH
    entries: bool = False

    @property
    def path(self) -> str:
        """The path below the prefix of the log, such as ``tile/1/x001/067.p/8``."""
        kind = "entries" if self.entries else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{kind}/{number_path(self.number)}{partial}"

    @property
    def full(self) -> bool:
        return self.width == WIDTH

    @property
    def low(self) -> int:
        """The index of the first hash on its level."""
        return self.number * WIDTH


def number_path(number: int) -> str:
    """A number in groups of three digits: 1234067 is ``x001/x234/067``."""
    digits = f"{number:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def parse(path: str) -> Tile:
    """The tile that a path names. Raises TileError."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise TileError(f"{path!r} names no tile")
    kind, digits, partial = found.groups()
    number, width = int(digits.replace("x", "").replace("/", "")), int(partial or WIDTH)
    if width > WIDTH or (partial and width == WIDTH) or number_path(number) != digits:
        raise TileError(f"{path!r} names no tile")
    return Tile(0, number, width, True) if kind == "entries" else Tile(int(kind), number, width)


def tiles_of(size: int, level: int) -> Iterator[Tile]:
    """The tiles of one level in a log of ``size`` entries, the last one as wide as it is."""
    hashes = size >> (STEP * level)
    for number in range(-(-hashes // WIDTH)):
        yield Tile(level, number, min(WIDTH, hashes - number * WIDTH))


def levels_of(size: int) -> range:
    """The levels of tiles that a log of ``size`` entries has."""
    return range(-(-size.bit_length() // STEP))


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries one after another, each behind its length in two bytes. Raises TileError for one that is too long."""
    out = bytearray()
    for entry in entries:
        if len(entry) > 0xFFFF:
            raise TileError(f"an entry of {len(entry)} bytes does not fit a bundle")
        out += len(entry).to_bytes(2) + entry
    return bytes(out)


def unbundle(content: bytes) -> list[bytes]:
    """The entries of a bundle. Raises TileError where it ends within one."""
    out: list[bytes] = []
    place = 0
    while place < len(content):
        length = int.from_bytes(content[place : place + 2])
        entry = content[place + 2 : place + 2 + length]
        if place + 2 > len(content) or len(entry) != length:
            raise TileError("the bundle ends within an entry")
        out.append(entry)
        place += 2 + length
    return out


def hashes(content: bytes, size: int = 32) -> list[bytes]:
    """The hashes of a tile. Raises TileError where its length is no multiple of a hash's."""
    if len(content) % size:
        raise TileError(f"a tile of {len(content)} bytes holds no whole hashes")
    return [content[i : i + size] for i in range(0, len(content), size)]
