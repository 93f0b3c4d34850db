"""Whether an index on disk is whole: what is missing, cut off, or not what was written.

``damage`` looks at names and sizes, which is cheap; ``deep=True`` also reads all texts of the forward index, and every
byte of the inverted one, whose checksum Tantivy wrote behind each file.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from jinzhi.engines.search_index.store import Manifest, OtherFormat, Strings

#: what the inverted index keeps of every segment, and of one with removed documents
OF_SEGMENT = ("idx", "pos", "term", "store", "fast", "fieldnorm")
#: arrays that belong together: of a text, of a list of values
TEXT, VALUES = ("off", "tok", "flag", "sent", "para"), ("voff", "val")
MAGIC = 1337
#: how often to look again where a writer was at work meanwhile
TRIES = 20
CHUNK = 1 << 20


def damage(place: Path, *, deep: bool = False) -> str:
    """What is broken in the index at a place, in one line; empty where it is whole.

    Raises FileNotFoundError where there is no index, OtherFormat where another version wrote it.
    """
    # whoever wrote a meta.json also made the folder: without either there is no index, not a broken one
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        raise FileNotFoundError(f"there is no search index in {place}")
    for _ in range(TRIES):
        before = _moment(place)
        found = _found(place, deep)
        # a writer that commits meanwhile removes what it has joined
        if not found or before == _moment(place):
            break
    return found


def _moment(place: Path) -> tuple[int, ...]:
    """When either index was last committed."""
    heads = (place / "inverted" / "meta.json", place / "forward" / "manifest.json")
    return tuple(head.stat().st_mtime_ns if head.exists() else 0 for head in heads)


def _found(place: Path, deep: bool) -> str:
    try:
        for wrong in (*_inverted(place / "inverted", deep), *_forward(place / "forward", deep)):
            return wrong
    except FileNotFoundError as e:
        return f"{_name(e, place)} is missing"
    except OSError as e:
        return f"{_name(e, place)} cannot be read ({e.strerror or e})"
    return ""


def _name(error: OSError, place: Path) -> str:
    if not error.filename:
        return place.name
    path = Path(error.filename)
    return path.relative_to(place).as_posix() if path.is_relative_to(place) and path != place else path.name


def _json(path: Path) -> object:
    return json.loads(path.read_bytes())


def _inverted(folder: Path, deep: bool) -> Iterator[str]:
    try:
        told = _json(folder / "meta.json")
        segments = [(s["segment_id"].replace("-", ""), s.get("deletes")) for s in told["segments"]]  # type: ignore[index]
        if (folder / ".managed.json").exists():
            _json(folder / ".managed.json")
    except (ValueError, TypeError, KeyError, AttributeError):
        yield "inverted/meta.json or .managed.json is garbled"
        return
    for segment, deletes in segments:
        names = [f"{segment}.{kind}" for kind in OF_SEGMENT]
        names += [f"{segment}.{deletes['opstamp']}.del"] if deletes else []
        for name in names:
            if wrong := _footed(folder / name, deep):
                yield f"inverted/{name} {wrong}"


def _footed(path: Path, deep: bool) -> str:
    """What is wrong with a file of Tantivy's: content, JSON with its CRC-32, length of that, a magic number."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 8))
        tail = file.read(8)
        length, magic = int.from_bytes(tail[:4], "little"), int.from_bytes(tail[4:], "little")
        if size < 8 or magic != MAGIC or length > size - 8:
            return "is cut off or overwritten"
        if not deep:
            return ""
        file.seek(size - 8 - length)
        try:
            crc = json.loads(file.read(length))["crc"]
        except (ValueError, TypeError, KeyError):
            return "is overwritten"
        file.seek(0)
        left, found = size - 8 - length, 0
        while left and (piece := file.read(min(CHUNK, left))):
            found, left = zlib.crc32(piece, found), left - len(piece)
        return "" if found == crc else "is not what was written (its checksum differs)"


def _forward(folder: Path, deep: bool) -> Iterator[str]:
    try:
        # an index of no documents has no manifest
        if not (folder / "manifest.json").exists() and _json(folder.parent / "inverted" / "meta.json")["segments"]:  # type: ignore[index]
            yield "forward/manifest.json is missing"
            return
        manifest = Manifest.read(folder)
        listed = [(str(name), int(rows)) for name, _first, rows in manifest.parts]
        for name, (size, count) in (("tokens.txt", manifest.tokens), ("values.txt", manifest.values)):
            if count and (folder / name).stat().st_size < size:
                yield f"forward/{name} is cut off"
                return
            if count and deep:
                Strings(folder / name, size, count)
    except OtherFormat:
        raise
    except (ValueError, TypeError, KeyError):
        yield "forward: manifest.json, tokens.txt or values.txt is garbled or cut off"
        return
    for name, rows in listed:
        yield from _part(folder / "parts" / name, rows)


def _part(path: Path, rows: int) -> Iterator[str]:
    """The arrays of one part: all of a kind are there, and as long as they say."""
    here = f"forward/parts/{path.name}"
    sizes: dict[str, int] = {}
    for file in sorted(path.iterdir()):
        name = file.name.removesuffix(".npy")
        try:
            sizes[name] = len(np.load(file, mmap_mode="r"))
        except (ValueError, EOFError, TypeError):
            yield f"{here}/{file.name} is cut off or overwritten"
            return
    fields: dict[str, set[str]] = {}
    for name in sizes:
        code, dot, what = name.rpartition(".")
        if dot:
            fields.setdefault(code, set()).add(what)
    wanted = {"id": rows, "number": rows}
    for code, held in fields.items():
        for kinds in (TEXT, VALUES):
            if held & set(kinds):
                wanted[f"{code}.{kinds[0]}"] = rows + 1
                wanted |= {f"{code}.{kind}": -1 for kind in kinds[1:]}
        if "num" in held:
            wanted[f"{code}.num"] = rows
    for name, count in wanted.items():
        if name not in sizes:
            yield f"{here}/{name}.npy is missing"
        elif count >= 0 and sizes[name] != count:
            yield f"{here}/{name}.npy holds {sizes[name]} numbers, not {count}"
