"""The seal of an index: name, size and SHA-256 of every file that belongs to it, as the writer left them.

A writer breaks the seal (``UNSEALED``) before its first change and seals anew when it closes. So on a sealed index
any file that was changed, cut, lost or added is found; where a writer is at work, or was killed, the files that were
sealed before are still compared, for neither segments nor parts are ever written twice.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinzhi.engines.search_index.store import Manifest, sync, sync_folder

SEAL, UNSEALED = "seal.json", "unsealed"
#: empty files by which Tantivy keeps writers apart; who opens the index makes them anew
LOCKS = frozenset({"inverted/.tantivy-meta.lock", "inverted/.tantivy-writer.lock"})
#: what Tantivy keeps of every segment, and of one with removed documents
OF_SEGMENT = ("idx", "pos", "term", "store", "fast", "fieldnorm")
#: files that a writer changes in place
CHANGING = frozenset(
    {"inverted/meta.json", "inverted/.managed.json", "forward/manifest.json", "forward/tokens.txt",
     "forward/values.txt"}
)  # fmt: skip
CHUNK = 1 << 20

#: by name below the index: bytes and SHA-256
Files = dict[str, tuple[int, str]]


class Garbled(ValueError):
    """The seal is not as it was written."""


def digest(path: Path, size: int) -> str:
    """The SHA-256 of the first bytes of a file."""
    told = hashlib.sha256()
    with path.open("rb") as file:
        while size > 0 and (piece := file.read(min(CHUNK, size))):
            told.update(piece)
            size -= len(piece)
    return told.hexdigest()


def segment_files(meta: Any) -> Iterator[str]:
    """The files of the segments that a ``meta.json`` names."""
    for one in meta["segments"]:
        segment, deletes = one["segment_id"].replace("-", ""), one.get("deletes")
        yield from (f"{segment}.{kind}" for kind in OF_SEGMENT)
        if deletes:
            yield f"{segment}.{deletes['opstamp']}.del"


def belonging(place: Path) -> Iterator[str]:
    """The names of all files that the heads of the index name, and of the heads."""
    yield from (name for name in sorted(CHANGING) if (place / name).exists())
    meta = json.loads((place / "inverted" / "meta.json").read_bytes())
    yield from (f"inverted/{name}" for name in segment_files(meta))
    for part, _first, _rows in Manifest.read(place / "forward").parts:
        yield from (f"forward/parts/{part}/{file.name}" for file in os.scandir(place / "forward" / "parts" / part))


def left_over(place: Path) -> frozenset[str]:
    """Files that Tantivy keeps account of: what was merged, or never committed, is swept by its next writer only.

    Nothing where the account is garbled: its digest differs from the seal, and that is told.
    """
    account = place / "inverted" / ".managed.json"
    try:
        return frozenset(f"inverted/{name}" for name in json.loads(account.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return frozenset()


def lying(place: Path) -> dict[str, int]:
    """Every file that lies there, with its size; the seal itself and empty locks left out."""
    found = {path.relative_to(place).as_posix(): path.stat().st_size for path in place.rglob("*") if not path.is_dir()}
    return {name: size for name, size in found.items() if name not in (SEAL, UNSEALED) and (size or name not in LOCKS)}


def sweep(place: Path) -> None:
    """Remove what a killed writer left half written under a passing name. Only for who holds the writer's lock."""
    for scratch in [*(place / "inverted").glob(".tmp*"), place / f"{SEAL}.tmp"]:
        scratch.unlink(missing_ok=True)


def read(place: Path) -> Files | None:
    """What is sealed; None where nothing is. Raises Garbled."""
    path = place / SEAL
    if not path.exists():
        return None
    raw = path.read_bytes()
    try:
        files = {str(name): (int(size), str(told)) for name, (size, told) in json.loads(raw)["files"].items()}
    except (ValueError, TypeError, KeyError, AttributeError) as e:
        raise Garbled(SEAL) from e
    if raw != _written(files):
        raise Garbled(SEAL)
    return files


def _written(files: Files) -> bytes:
    held = json.dumps(files, sort_keys=True)
    whole = {"files": json.loads(held), "sha256": hashlib.sha256(held.encode()).hexdigest()}
    return (json.dumps(whole, indent=0, sort_keys=True) + "\n").encode()


def broken_seal(place: Path) -> bool:
    """Whether a writer is at work, or was killed before it sealed what it wrote."""
    return (place / UNSEALED).exists()


def unseal(place: Path) -> None:
    """Say, before the first change, that the files are about to differ from the seal."""
    if not broken_seal(place):
        with (place / UNSEALED).open("wb") as file:
            sync(file.fileno())
        sync_folder(place)


def seal(place: Path) -> None:
    """Seal what belongs to the index. What was sealed before and is never written twice keeps its digest: so what
    was damaged in between is not taken for right."""
    try:
        before = read(place) or {}
    except Garbled:
        before = {}
    sizes = {name: (place / name).stat().st_size for name in belonging(place)}
    files: Files = {}
    for name, size in sizes.items():
        kept = before.get(name)
        if kept is not None and name not in CHANGING:
            files[name] = kept
        elif kept is not None and name.endswith(".txt") and digest(place / name, kept[0]) != kept[1]:
            # strings are only added to: their beginning was changed by somebody else
            files[name] = kept
        else:
            files[name] = size, digest(place / name, size)
    scratch = place / f"{SEAL}.tmp"
    with scratch.open("wb") as file:
        file.write(_written(files))
        file.flush()
        sync(file.fileno())
    scratch.replace(place / SEAL)
    sync_folder(place)
    (place / UNSEALED).unlink(missing_ok=True)
    sync_folder(place)
