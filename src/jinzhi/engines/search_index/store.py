"""The forward index: which tokens and values each row holds, in numpy files that readers map into memory.

A folder holds ``manifest.json``, ``tokens.txt`` and ``values.txt`` (one string a line, its number is its code) and
``parts/``, each a folder of arrays for a stretch of rows. A row is one version of one document; rows are never
changed, and whether a row is alive is known to the index beside this one. Everything is written and synced before the
manifest names it, and the manifest is replaced in one step: a writer killed at any moment leaves the last one whole.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from jinzhi.kernel.query import FIELDS, Doc, Kind, get_field
from jinzhi.kernel.tokens import Tokens, tokenise

Array = np.ndarray[Any, np.dtype[Any]]

#: of a row without a date or count in a field
MISSING = int(np.iinfo(np.int64).min)
HAN_FLAG, GLUED_FLAG = 1, 2
#: more parts than this are joined at the next commit
MOST_PARTS = 12
FORMAT = 3


@cache
def stored_codes(*kinds: Kind) -> tuple[str, ...]:
    """The codes under which documents keep fields of these kinds."""
    codes = dict.fromkeys(code for one in FIELDS for code in one.stored)
    return tuple(code for code in codes if get_field(code).kind in kinds)


TEXTS = stored_codes(Kind.TEXT, Kind.NAME)
VALUES = stored_codes(Kind.NAME, Kind.KEY, Kind.CLASS, Kind.NUMBER)
WHOLE_VALUES = stored_codes(Kind.KEY, Kind.CLASS, Kind.NUMBER)
DATES = stored_codes(Kind.DATE)
COUNTS = stored_codes(Kind.COUNT)


def paragraphs(doc: Doc, code: str) -> Sequence[str]:
    """What a TEXT or NAME field of a document holds."""
    return (doc.text if get_field(code).kind is Kind.TEXT else doc.keys).get(code, ())


class OtherFormat(ValueError):
    """An index that another version of the program wrote."""


# --- strings and their codes ----------------------------------------------------------------------------------


class Strings:
    """Strings in the order in which they came; a reader sees the first ``count`` of the file."""

    def __init__(self, path: Path, size: int = 0, count: int = 0):
        self.path = path
        self.texts: list[str] = []
        self.codes: dict[str, int] = {}
        self.written = 0
        if size:
            self._read(0, size, count)
        self.size = size

    def _read(self, start: int, end: int, count: int) -> None:
        with self.path.open("rb") as file:
            file.seek(start)
            lines = file.read(end - start).split(b"\n")[:-1]
        # read as one list: a quarter of a million calls took two seconds
        new: list[str] = json.loads(b"[" + b",".join(lines) + b"]")
        self.codes.update(zip(new, range(len(self.texts), len(self.texts) + len(new)), strict=True))
        self.texts += new
        if len(self.texts) != count:
            raise ValueError(f"{self.path.name}: {len(self.texts)} strings, not {count} as stated: rebuild the index")
        self.written = count

    def grown(self, size: int, count: int) -> None:
        """Read what was added since, up to the stated size and count."""
        if size > self.size:
            self._read(self.size, size, count)
            self.size = size

    def code(self, text: str) -> int:
        """The code of a string, a new one if need be."""
        known = self.codes.get(text)
        if known is None:
            known = self.codes[text] = len(self.texts)
            self.texts.append(text)
        return known

    def flush(self) -> None:
        """Append what is new, past the end that the manifest knows: what a killed writer left is written over."""
        new = "".join(json.dumps(text) + "\n" for text in self.texts[self.written :]).encode()
        with self.path.open("r+b" if self.path.exists() else "w+b") as file:
            file.seek(self.size)
            file.truncate()
            file.write(new)
            sync(file.fileno())
        self.size += len(new)
        self.written = len(self.texts)


def sync(descriptor: int) -> None:
    """Have the system write a file to the disk."""
    os.fsync(descriptor)


def sync_folder(path: Path) -> None:
    """Have the system write a folder's names to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- parts ----------------------------------------------------------------------------------------------------


class IndexPart:
    """Rows ``first`` to ``first + rows``; arrays are mapped when first asked for."""

    def __init__(self, path: Path, first: int, rows: int):
        self.path, self.first, self.rows = path, first, rows
        self.names = frozenset(entry.name.removesuffix(".npy") for entry in os.scandir(path))
        self._arrays: dict[str, Array] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def array(self, name: str) -> Array:
        """An array by name: ``id``, ``number``, ``ti.tok``, ``ti.off``, ``pa.val``, ``pa.voff``, ``ad.num`` …"""
        if name not in self._arrays:
            self._arrays[name] = np.load(self.path / f"{name}.npy", mmap_mode="r").view(np.ndarray)
        return self._arrays[name]


def narrow(values: Sequence[int] | Array) -> Array:
    """Numbers from 0 up in the smallest type that holds them."""
    found = np.asarray(values, dtype=np.int64)
    most = int(found.max()) if len(found) else 0
    return found.astype(np.uint8 if most < 256 else np.uint16 if most < 65536 else np.int32)


@dataclass
class NumberLists:
    """Lists of numbers, one list a row, while a part is made."""

    ends: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)

    def close(self, row: int) -> None:
        """End the list of a row (rows in between are empty)."""
        self.ends += [self.ends[-1] if self.ends else 0] * (row - len(self.ends))
        self.ends.append(len(self.values))

    def offsets(self, rows: int) -> Array:
        """Where each row's list begins, and the end."""
        ends = self.ends + [self.ends[-1] if self.ends else 0] * (rows - len(self.ends))
        return np.array([0, *ends], dtype=np.int64)


class PartMaker:
    """Collects rows and writes them as one part."""

    def __init__(self, first: int, tokens: Strings, values: Strings):
        self.first, self.tokens, self.values = first, tokens, values
        self.ids: list[int] = []
        self.numbers: list[int] = []
        self._texts: dict[str, tuple[NumberLists, list[int], list[int], list[int]]] = {}
        self._values: dict[str, NumberLists] = {}
        self._nums: dict[str, dict[int, int]] = {}

    def add(self, doc: Doc) -> tuple[int, dict[str, Tokens]]:
        """Keep a document; its row and its tokens by field."""
        row = len(self.ids)
        self.ids.append(doc.id)
        self.numbers.append(self.values.code(doc.number))
        found: dict[str, Tokens] = {}
        for code in (*doc.text, *doc.keys):
            if code in TEXTS and (held := paragraphs(doc, code)):
                found[code] = tokens = tokenise(held)
                self._add_text(row, code, tokens)
        for code, values in doc.keys.items():
            if code in VALUES and values:
                column = self._values.setdefault(code, NumberLists())
                column.values += [self.values.code(value) for value in values]
                column.close(row)
        for code, value in (*doc.dates.items(), *doc.numbers.items()):
            self._nums.setdefault(code, {})[row] = value
        return self.first + row, found

    def _add_text(self, row: int, code: str, tokens: Tokens) -> None:
        column, flags, sentences, numbers = self._texts.setdefault(code, (NumberLists(), [], [], []))
        column.values += [self.tokens.code(text) for text in tokens.texts]
        before = -1
        for run in tokens.runs:
            flags.append(0 if run < 0 else HAN_FLAG | GLUED_FLAG if run == before else HAN_FLAG)
            before = run
        sentences += tokens.sentences
        numbers += tokens.paragraphs
        column.close(row)

    def arrays(self) -> dict[str, Array]:
        """Everything collected."""
        rows = len(self.ids)
        made: dict[str, Array] = {
            "id": np.array(self.ids, dtype=np.int64),
            "number": np.array(self.numbers, dtype=np.int32),
        }
        for code, (column, flags, sentences, numbers) in self._texts.items():
            made[f"{code}.off"] = column.offsets(rows)
            made[f"{code}.tok"] = np.array(column.values, dtype=np.int32)
            made[f"{code}.flag"] = np.array(flags, dtype=np.uint8)
            made[f"{code}.sent"] = narrow(sentences)
            made[f"{code}.para"] = narrow(numbers)
        for code, column in self._values.items():
            made[f"{code}.voff"] = column.offsets(rows)
            made[f"{code}.val"] = np.array(column.values, dtype=np.int32)
        for code, held in self._nums.items():
            whole = np.full(rows, MISSING, dtype=np.int64)
            whole[list(held)] = list(held.values())
            made[f"{code}.num"] = whole
        return made


def write_part(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays as a part, whole or not at all."""
    scratch = path.with_name(path.name + ".tmp")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    for name, array in arrays.items():
        with (scratch / f"{name}.npy").open("wb") as file:
            np.save(file, array)
            file.flush()
            sync(file.fileno())
    sync_folder(scratch)
    shutil.rmtree(path, ignore_errors=True)
    scratch.rename(path)
    sync_folder(path.parent)


def joined(parts: Sequence[IndexPart]) -> dict[str, Array]:
    """The arrays of neighbouring parts as those of one."""
    rows = sum(part.rows for part in parts)
    made: dict[str, Array] = {}
    for name in sorted(frozenset().union(*(part.names for part in parts))):
        what = name.rpartition(".")[2]
        if what in ("off", "voff"):
            pieces, last = [np.zeros(1, dtype=np.int64)], 0
            for part in parts:
                own = part.array(name)[1:] if name in part else np.zeros(part.rows, dtype=np.int64)
                pieces.append(own + last)
                last = int(pieces[-1][-1]) if part.rows else last
            made[name] = np.concatenate(pieces)
            assert len(made[name]) == rows + 1
        elif what == "num":
            made[name] = np.concatenate(
                [part.array(name) if name in part else np.full(part.rows, MISSING, dtype=np.int64) for part in parts]
            )
        else:
            made[name] = np.concatenate([part.array(name) for part in parts if name in part])
    return made


# --- the folder -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Manifest:
    """What belongs to the index: parts as (name, first row, rows), sizes of the lists of strings."""

    rows: int = 0
    parts: tuple[tuple[str, int, int], ...] = ()
    tokens: tuple[int, int] = (0, 0)
    values: tuple[int, int] = (0, 0)

    @staticmethod
    def read(folder: Path) -> Manifest:
        """The manifest of a folder; an empty one where there is none."""
        path = folder / "manifest.json"
        if not path.exists():
            return Manifest()
        held = json.loads(path.read_text("utf-8"))
        if held.pop("format") != FORMAT:
            raise OtherFormat("this index was written by another version: rebuild it")
        parts = tuple((name, first, rows) for name, first, rows in held["parts"])
        return Manifest(held["rows"], parts, tuple(held["tokens"]), tuple(held["values"]))

    def write(self, folder: Path) -> None:
        """Replace the manifest of a folder in one step."""
        held = {"format": FORMAT, "rows": self.rows, "parts": self.parts, "tokens": self.tokens, "values": self.values}
        scratch = folder / "manifest.json.tmp"
        with scratch.open("w", encoding="utf-8") as file:
            json.dump(held, file)
            file.flush()
            sync(file.fileno())
        scratch.replace(folder / "manifest.json")
        sync_folder(folder)


class ForwardWriter:
    """Appends rows. One at a time, which the lock of the index beside it sees to."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "parts").mkdir(parents=True, exist_ok=True)
        self.manifest = Manifest.read(folder)
        self.tokens = Strings(folder / "tokens.txt", *self.manifest.tokens)
        self.values = Strings(folder / "values.txt", *self.manifest.values)
        self._making = PartMaker(self.manifest.rows, self.tokens, self.values)

    def add(self, doc: Doc) -> tuple[int, dict[str, Tokens]]:
        """Keep a document until the next commit; its row and its tokens by field."""
        return self._making.add(doc)

    @property
    def waiting(self) -> int:
        """Documents added since the last commit."""
        return len(self._making.ids)

    def commit(self) -> None:
        """Make what was added readable."""
        made = self._making
        if made.ids:
            self.tokens.flush()
            self.values.flush()
            parts = [*self.manifest.parts, self._write(made.first, len(made.ids), made.arrays())]
            rows = made.first + len(made.ids)
            self._state(rows, parts)
            self._making = PartMaker(rows, self.tokens, self.values)
        if len(self.manifest.parts) > MOST_PARTS:
            self._join()
        self._sweep()

    def _write(self, first: int, rows: int, arrays: Mapping[str, Array]) -> tuple[str, int, int]:
        name = f"{first}-{rows}"
        write_part(self.folder / "parts" / name, arrays)
        return name, first, rows

    def _state(self, rows: int, parts: Sequence[tuple[str, int, int]]) -> None:
        self.manifest = Manifest(
            rows,
            tuple(parts),
            (self.tokens.size, self.tokens.written),
            (self.values.size, self.values.written),
        )
        self.manifest.write(self.folder)

    def _join(self) -> None:
        """Join the last parts until each is smaller than half of the one before."""
        parts = list(self.manifest.parts)
        keep = len(parts) - 1
        total = parts[keep][2]
        while keep and (parts[keep - 1][2] < 2 * total or len(parts) - keep < MOST_PARTS // 2):
            keep -= 1
            total += parts[keep][2]
        last = [IndexPart(self.folder / "parts" / name, first, rows) for name, first, rows in parts[keep:]]
        if len(last) > 1:
            self._state(self.manifest.rows, [*parts[:keep], self._write(last[0].first, total, joined(last))])

    def _sweep(self) -> None:
        """Remove parts that no manifest names: of joins, of a writer that was killed. Open readers keep theirs."""
        named = {name for name, _, _ in self.manifest.parts}
        for entry in list(os.scandir(self.folder / "parts")):
            if entry.name not in named:
                shutil.rmtree(entry.path, ignore_errors=True)


class Forward:
    """What a reader sees: the parts of one manifest, and the strings."""

    def __init__(self, folder: Path, before: Forward | None = None):
        self.folder = folder
        self.manifest: Manifest
        self.parts: list[IndexPart]
        for _ in range(20):
            self.manifest = Manifest.read(folder)
            known = {part.path.name: part for part in before.parts} if before else {}
            try:
                self.parts = [
                    known.get(name) or IndexPart(folder / "parts" / name, first, rows)
                    for name, first, rows in self.manifest.parts
                ]
                break
            except FileNotFoundError:
                # parts were joined between reading the manifest and opening them
                continue
        else:
            raise ValueError(f"the index in {folder} keeps changing or lacks parts: rebuild it")
        self.tokens: Strings = self._strings("tokens.txt", self.manifest.tokens, before.tokens if before else None)
        self.values: Strings = self._strings("values.txt", self.manifest.values, before.values if before else None)
        self.firsts = np.array([part.first for part in self.parts], dtype=np.int64)

    def _strings(self, name: str, size: tuple[int, int], before: Strings | None) -> Strings:
        if before is None or before.size > size[0]:
            return Strings(self.folder / name, *size)
        before.grown(*size)
        return before

    def by_part(self, rows: Array) -> Iterator[tuple[IndexPart, Array]]:
        """Sorted rows cut up by part, as numbers within the part."""
        for part in self.parts:
            low, high = np.searchsorted(rows, (part.first, part.first + part.rows))
            if low < high:
                yield part, rows[low:high] - part.first

    def column(self, rows: Array, name: str, missing: int = MISSING) -> Array:
        """One number a row."""
        pieces = [
            part.array(name)[own] if name in part else np.full(len(own), missing, dtype=np.int64)
            for part, own in self.by_part(rows)
        ]
        return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)

    def lists(self, rows: Array, code: str) -> tuple[Array, Array]:
        """The values of a field for sorted rows: (which of the rows, code of the value), in order."""
        owners, values, before = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int32)], 0
        for part, own in self.by_part(rows):
            if f"{code}.voff" in part:
                offsets = part.array(f"{code}.voff")
                index, lengths = gathered(offsets[own], offsets[own + 1])
                values.append(part.array(f"{code}.val")[index])
                owners.append(np.repeat(np.arange(before, before + len(own)), lengths))
            before += len(own)
        return np.concatenate(owners), np.concatenate(values)


def distinct(numbers: Array) -> Array:
    """The numbers in order, each once: np.unique without its hash table, which took 40 times as long."""
    held = np.sort(numbers, kind="stable")
    if len(held) < 2:
        return held
    first = np.ones(len(held), dtype=bool)
    np.not_equal(held[1:], held[:-1], out=first[1:])
    chosen: Array = held[first]
    return chosen


def beginnings(held: Array) -> Array:
    """Where in ordered numbers each new one stands first."""
    return np.flatnonzero(np.diff(held, prepend=held[0] - 1)) if len(held) else np.zeros(0, dtype=np.int64)


def gathered(starts: Array, ends: Array) -> tuple[Array, Array]:
    """The numbers of all the stretches [start, end), one after another, and the lengths of the stretches."""
    lengths = ends - starts
    after = np.cumsum(lengths)
    total = int(after[-1]) if len(after) else 0
    return np.arange(total) + np.repeat(starts - (after - lengths), lengths), lengths
