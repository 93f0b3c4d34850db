"""Whether an index on disk is whole: what is missing, cut off, or not what was written.

``damage`` looks at names and sizes and reads the small files, which is cheap; ``deep=True`` compares every byte of
every file with the digests of the seal (``search_index.seal``), so that it finds whatever was changed, cut, lost or
added. Of files that no seal holds yet, because a writer is at work, it knows what Tantivy's checksums say.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from jinzhi.engines.search_index import seal
from jinzhi.engines.search_index.store import Manifest, OtherFormat, Strings

#: arrays that belong together: of a text, of a list of values
TEXT, VALUES = ("off", "tok", "flag", "sent", "para"), ("voff", "val")
MAGIC = 1337
#: how often to look again where a writer was at work meanwhile
TRIES = 20
CHUNK = 1 << 20
#: files up to this many bytes are read even where only the cheap look is wanted
SMALL = 1 << 20
#: small files that were read and are as sealed, with what their folder said of them then
_known: dict[str, tuple[object, ...]] = {}


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
    """When either index was last committed, and sealed."""
    heads = (
        place / "inverted" / "meta.json", place / "forward" / "manifest.json", place / seal.SEAL,
        place / seal.UNSEALED,
    )  # fmt: skip
    return tuple(head.stat().st_mtime_ns if head.exists() else 0 for head in heads)


def _found(place: Path, deep: bool) -> str:
    broken = seal.broken_seal(place)
    unsealed = deep and broken
    try:
        # heads that differ from the seal are not to be read as if they were right
        looks = (_sealed(place, deep), _inverted(place / "inverted", unsealed), _forward(place / "forward", unsealed))
        for wrong in (one for look in looks for one in look):
            return wrong
        if not broken and not (place / seal.SEAL).exists():
            return f"{seal.SEAL} is missing"
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
        names = list(seal.segment_files(told))
        if (folder / ".managed.json").exists():
            _json(folder / ".managed.json")
    except (ValueError, TypeError, KeyError, AttributeError):
        yield "inverted/meta.json or .managed.json is garbled"
        return
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


def _sealed(place: Path, deep: bool) -> Iterator[str]:
    """What differs from the seal. While it is broken, only what was sealed before and still belongs is compared."""
    try:
        sealed = seal.read(place)
    except seal.Garbled:
        yield f"{seal.SEAL} is garbled or overwritten"
        return
    broken = seal.broken_seal(place)
    if sealed is None:
        return
    if broken:
        belonging = frozenset(seal.belonging(place)) - seal.CHANGING
        sealed = {name: told for name, told in sealed.items() if name in belonging}
        # what no head names any more is being swept
        lying = {name: (place / name).stat().st_size for name in sealed}
    else:
        lying = seal.lying(place)
        for name in sorted(lying.keys() - sealed.keys() - seal.left_over(place)):
            yield f"{name} does not belong to the index"
    for name, (size, told) in sealed.items():
        if name not in lying:
            yield f"{name} is missing"
        elif lying[name] != size:
            yield f"{name} is {'cut off' if lying[name] < size else 'longer than it was written'}"
        elif (deep or (size <= SMALL and not _seen(place / name, told))) and seal.digest(place / name, size) != told:
            yield f"{name} is not what was written (its digest differs)"
        else:
            _known[str(place / name)] = _look(place / name, told)


def _look(path: Path, told: str) -> tuple[object, ...]:
    state = path.stat()
    return told, state.st_ino, state.st_mtime_ns, state.st_ctime_ns


def _seen(path: Path, told: str) -> bool:
    """Whether a file was read and is, by what the system says of it, still the same."""
    return _known.get(str(path)) == _look(path, told)
