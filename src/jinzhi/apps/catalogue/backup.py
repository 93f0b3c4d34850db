"""A backup in one file, made while the platform runs, and the way back into an empty folder, with equality proven.

The file is a tar: ``manifest.json`` first, then the database as it was at one moment, then the store. The database is
copied before the store, so every content that a row names is there. Keys and the secret are in it only when asked for.
The search index is not: it is built anew from the database.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jinzhi import __version__

FORMAT = "jinzhi-backup/1"
MANIFEST, DATABASE = "manifest.json", "jinzhi.sqlite3"
ALWAYS = ("store", "witnesses.json", "audit.json")
SECRETS = ("keys", "secret")
CHUNK = 1024 * 1024


class BackupRefused(Exception):
    """What is not done, why, and the way out."""


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What a backup holds: files, bytes, rows of all tables, whether keys are among it."""

    files: int
    size: int
    rows: int
    keys: bool


def digest_of(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows_of(database: Path) -> dict[str, int]:
    """The number of rows of every table."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as kept:
        names = [n for (n,) in kept.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {n: kept.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names}


def _copied(database: Path, to: Path) -> None:
    """The database as it is at one moment, though others write: SQLite's own online copy, then looked through."""
    with closing(sqlite3.connect(database, timeout=60)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        (said,) = target.execute("PRAGMA integrity_check").fetchone()
    if said != "ok":
        raise BackupRefused(f"the database is damaged, no backup was made: {said}")


def _files(var: Path, names: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    for name in names:
        top = var / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(var).as_posix(), path


def back_up(var: Path, database: Path, out: Path, *, keys: bool) -> BackupContents:
    """Write a backup of the folder ``var`` to the new file ``out``. Raises BackupRefused."""
    if out.exists():
        raise BackupRefused(f"{out} is there already; name another file")
    if not database.exists():
        raise BackupRefused(f"{database} is not there: nothing to back up")
    partial = out.with_name(f"{out.name}.partial")
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        _copied(database, copy)
        found = [(DATABASE, copy), *_files(var, ALWAYS + (SECRETS if keys else ()))]
        said = {
            "format": FORMAT,
            "version": __version__,
            "keys": keys,
            "rows": rows_of(copy),
            "files": {name: {"sha256": digest_of(path), "size": path.stat().st_size} for name, path in found},
        }
        text = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode()
        try:
            opener = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(opener, "wb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                head = tarfile.TarInfo(MANIFEST)
                head.size, head.mode = len(text), 0o600
                tar.addfile(head, io.BytesIO(text))
                for name, path in found:
                    tar.add(path, name, recursive=False)
                file.flush()
            partial.rename(out)
        finally:
            partial.unlink(missing_ok=True)
    return _told(said)


def _told(said: dict) -> BackupContents:  # type: ignore[type-arg]
    files = said["files"].values()
    return BackupContents(len(files), sum(f["size"] for f in files), sum(said["rows"].values()), bool(said["keys"]))


def _manifest(tar: tarfile.TarFile) -> dict:  # type: ignore[type-arg]
    first = tar.next()
    stream = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
    said = json.load(stream) if stream is not None else {}
    if said.get("format") != FORMAT:
        raise BackupRefused("this is no backup of Jinzhi, or of a later version")
    for name in said["files"]:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or path.parts[0] not in (DATABASE, *ALWAYS, *SECRETS):
            raise BackupRefused(f"the backup names a file that does not belong into it: {name!r}")
    return dict(said)


def restore(file: Path, var: Path) -> BackupContents:
    """Bring a backup into a folder that keeps nothing yet; every file is compared. Raises BackupRefused.

    Nothing is moved into place before all of it was read and compared.
    """
    # the secret is made by whatever starts first: it alone may be there
    there = sorted(p.name for p in var.iterdir() if p.name != "secret")
    if there:
        raise BackupRefused(f"{var} is not empty ({', '.join(there[:5])}): name an empty folder in JINZHI_VAR")
    with tempfile.TemporaryDirectory(dir=var, prefix=".restore-") as folder:
        fresh = Path(folder)
        try:
            with tarfile.open(file, "r:") as tar:
                said = _manifest(tar)
                _unpacked(tar, said["files"], fresh)
        except (tarfile.TarError, ValueError, KeyError, EOFError) as e:
            raise BackupRefused(f"{file} is damaged, nothing was restored: {e}") from None
        rows = rows_of(fresh / DATABASE)
        if rows != said["rows"]:
            raise BackupRefused("the tables hold other numbers of rows than the backup says; nothing was restored")
        for path in sorted(fresh.iterdir()):
            path.replace(var / path.name)
    return _told(said)


def _unpacked(tar: tarfile.TarFile, files: dict[str, dict[str, object]], to: Path) -> None:
    """Write each file that the manifest names, and compare it. Raises BackupRefused."""
    missing = set(files)
    for member in tar:
        if member.name == MANIFEST:
            continue
        stream = tar.extractfile(member)
        if member.name not in missing or stream is None:
            raise BackupRefused(f"{member.name!r} is not in the manifest; nothing was restored")
        missing.discard(member.name)
        path = to / member.name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        sha = hashlib.sha256()
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            while piece := stream.read(CHUNK):
                sha.update(piece)
                out.write(piece)
            os.fsync(out.fileno())
        if sha.hexdigest() != files[member.name]["sha256"]:
            raise BackupRefused(f"{member.name} is not what was backed up (SHA-256 differs); nothing was restored")
    if missing:
        raise BackupRefused(f"the backup lacks {sorted(missing)[0]}; nothing was restored")
