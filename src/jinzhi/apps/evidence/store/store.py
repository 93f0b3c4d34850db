"""The store of files: content-addressed, so the same bytes are kept once and a changed byte shows.

A file is never whole in memory: it comes and goes in pieces, both digests are made while it passes. Where the
operator switched encryption on (JINZHI_ENCRYPT_STORE), new files are sealed (see ``cipher``)
and lie under their digest with ``.enc``; plain files from before stay readable until ``jinzhi store encrypt``.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from jinzhi.apps.accounts.models import User
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.evidence.store import cipher
from jinzhi.apps.units.models import Unit

logger = logging.getLogger("jinzhi.evidence")
PIECE = 1024 * 1024
SEALED = ".enc"
#: where the store writes down which damaged contents it put right
HEALED = "healed.jsonl"
#: after so many seconds a file that is still being written belongs to nobody
UNFINISHED = 24 * 3600
#: errors of a file system that has no room left
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class FileRefused(ValueError):
    """A file that cannot be kept or read. ``args[0]`` says why and what to do, in Chinese."""


class ContentMissing(FileRefused):
    """The store has no content with this digest."""


class ContentChanged(FileRefused):
    """The content in the store is not what its digest says."""


class DigestDiffers(FileRefused):
    """What arrived is not what was announced. ``kept`` holds the digests of what arrived."""

    def __init__(self, said: str, kept: Kept):
        self.kept = kept
        super().__init__(said)


class DiskFull(FileRefused):
    """There is no room for the file."""


@dataclass(frozen=True)
class Kept:
    """A content in the store: its digests in hexadecimal and its size in bytes.

    ``healed``: the store had it already, damaged, and what arrived took its place.
    """

    sha256: str
    sm3: str
    size: int
    healed: bool = False


# --- where and how ---------------------------------------------------------------------------------------------
def path_of(sha256: str) -> Path:
    """Where a plain content lies."""
    return Path(settings.JINZHI_STORE) / sha256[:2] / sha256


def sealed_path_of(sha256: str) -> Path:
    """Where a sealed content lies."""
    return path_of(sha256).with_name(sha256 + SEALED)


def key_path() -> Path:
    return Path(settings.JINZHI_STORE_KEY)


def encrypting() -> bool:
    """Whether new contents are sealed."""
    return bool(settings.JINZHI_ENCRYPT_STORE)


def sealing_keys() -> cipher.CipherKeys:
    """The keys of the store, made where nothing was sealed yet. Raises FileRefused where those that sealed are lost."""
    try:
        return cipher.load_or_make(key_path(), sealed=lambda: any(found.sealed for found in lying()))
    except cipher.KeyProblem as e:
        raise FileRefused(str(e)) from None


def there(sha256: str) -> bool:
    """Whether the store has a content with this digest, sealed or plain."""
    return path_of(sha256).exists() or sealed_path_of(sha256).exists()


# --- keeping ---------------------------------------------------------------------------------------------------
class PassingDigests:
    """SHA-256, SM3 and size of bytes that pass by."""

    def __init__(self) -> None:
        self._sha256, self._sm3, self.size = hashlib.sha256(), hashlib.new("sm3"), 0

    def passing(self, content: Iterable[bytes]) -> Iterator[bytes]:
        for piece in content:
            self._sha256.update(piece)
            self._sm3.update(piece)
            self.size += len(piece)
            yield piece

    @property
    def kept(self) -> Kept:
        return Kept(self._sha256.hexdigest(), self._sm3.hexdigest(), self.size)


def _write(pieces: Iterable[bytes]) -> Path:
    """A new file of the store's folder with these bytes, safe on the disk; raises DiskFull."""
    folder = Path(settings.JINZHI_STORE)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as file:
        fresh = Path(file.name)
        try:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        except OSError as e:
            fresh.unlink(missing_ok=True)
            if e.errno in FULL:
                raise DiskFull("存储空间不足，文件没有保存，请联系管理员") from None
            raise
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
    return fresh


def _place(fresh: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(fresh, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name, too, survives a loss of power
    finally:
        os.close(folder)


def keep(content: Iterable[bytes], *, sha256: str = "", sm3: str = "", size: int | None = None) -> Kept:
    """Keep content that comes in pieces; gives its digests and size.

    Where digests or a size were announced and differ from what arrived, nothing is kept: DigestDiffers. No room:
    DiskFull. A content that the store has already is read through; where it is damaged what arrived takes its place.
    """
    digests = PassingDigests()
    sealing = encrypting()
    passing = digests.passing(content)
    key = sealing_keys().present if sealing else b""
    fresh = _write(cipher.seal(passing, key) if sealing else passing)
    kept = digests.kept
    try:
        if sealing and key not in cipher.load(key_path()).keys:
            raise FileRefused("加密密钥刚刚更换，文件没有保存，请重新上传")
        if size is not None and size != kept.size:
            raise DigestDiffers(f"收到 {kept.size} 字节，应为 {size} 字节，文件没有保存", kept)
        for name, said, found in (("SHA-256", sha256, kept.sha256), ("SM3", sm3, kept.sm3)):
            if said and said.lower() != found:
                raise DigestDiffers(f"收到的文件的 {name} 为 {found}，与给出的 {said.lower()} 不一致，没有保存", kept)
        damaged = _damaged(kept.sha256)
        if damaged != "":
            _place(fresh, sealed_path_of(kept.sha256) if sealing else path_of(kept.sha256))
            if damaged:
                (path_of(kept.sha256) if sealing else sealed_path_of(kept.sha256)).unlink(missing_ok=True)
                _note_healed(kept.sha256, damaged)
                kept = replace(kept, healed=True)
    finally:
        fresh.unlink(missing_ok=True)
    return kept


def keep_bytes(content: bytes) -> tuple[str, str]:
    """Keep bytes under their SHA-256; returns (sha256, sm3)."""
    sha256 = hashlib.sha256(content).hexdigest()
    if _damaged(sha256) == "":
        return sha256, hashlib.new("sm3", content).hexdigest()
    kept = keep((content,))
    return kept.sha256, kept.sm3


def _damaged(sha256: str) -> str | None:
    """Why the content that lies here cannot be read as what it should be; "" where it can; None where none lies."""
    if not there(sha256):
        return None
    try:
        check(sha256)
    except ContentMissing:
        return None
    except (FileRefused, OSError) as e:
        return str(e)
    return ""


@dataclass(frozen=True)
class Healed:
    """A content that was damaged until it was handed in again."""

    at: datetime
    sha256: str
    why: str


def _note_healed(sha256: str, why: str) -> None:
    """Write down that a damaged content was put right; the audit and ``jinzhi doctor`` tell it."""
    logger.warning("content %s was damaged (%s) and was put right from what was handed in again", sha256, why)
    line = json.dumps({"at": now().isoformat(), "sha256": sha256, "why": why}, ensure_ascii=False)
    with open(Path(settings.JINZHI_STORE) / HEALED, "a", encoding="utf-8") as file:
        file.write(line + "\n")


def healed() -> list[Healed]:
    """Every content that was put right, the first one first."""
    try:
        lines = (Path(settings.JINZHI_STORE) / HEALED).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    told = [json.loads(line) for line in lines]
    return [Healed(datetime.fromisoformat(one["at"]), one["sha256"], one["why"]) for one in told]


# --- reading ---------------------------------------------------------------------------------------------------
def _opened(sha256: str) -> tuple[BinaryIO, bool]:
    """The file of a content and whether it is sealed. It may be converted at this moment, so both are tried again."""
    sealed, plain = sealed_path_of(sha256), path_of(sha256)
    for path in (sealed, plain, sealed, plain):
        with suppress(FileNotFoundError):
            return open(path, "rb"), path == sealed
    raise ContentMissing("原文件不在存储中，请联系管理员")


def _pieces(file: BinaryIO, sealed: bool) -> Iterator[bytes]:
    if not sealed:
        while piece := file.read(PIECE):
            yield piece
        return
    try:
        yield from cipher.unseal(file, cipher.load(key_path()))
    except cipher.Tampered as e:
        raise ContentChanged(f"存储中的加密内容无法打开（{e}），请联系管理员") from None
    except cipher.KeyProblem as e:
        raise FileRefused(str(e)) from None


def stream(sha256: str) -> Iterator[bytes]:
    """The content with this digest, in pieces, proven as it passes.

    The last piece is given out only when the digest of the whole agrees, so changed content never arrives complete.
    Raises ContentMissing, ContentChanged.
    """
    file, sealed = _opened(sha256)
    with file:
        seen, before = hashlib.sha256(), b""
        for piece in _pieces(file, sealed):
            seen.update(piece)
            if before:
                yield before
            before = piece
    if seen.hexdigest() != sha256:
        raise ContentChanged("存储中的内容与登记的摘要不一致，已停止读取，请联系管理员")
    yield before


def check(sha256: str) -> None:
    """Read a content through and prove it. Raises ContentMissing, ContentChanged."""
    for _piece in stream(sha256):
        pass


def content(sha256: str) -> bytes:
    """The whole content with this digest, proven; for what is known to be small."""
    return b"".join(stream(sha256))


# --- attachments -----------------------------------------------------------------------------------------------
def attach(file: UploadedFile[bytes], *, unit: Unit, stream: str, user: User | None) -> Attachment:
    """Keep an uploaded file and record it under a stream. Raises FileRefused."""
    name = checked_name(file)
    kept = keep(file.chunks())
    return _attached(kept, name, file.content_type or "application/octet-stream", unit, stream, user)


def checked_name(file: UploadedFile[bytes], limit: int | None = None) -> str:
    """The name of an uploaded file that has content and is not too large (MAX_UPLOAD). Raises FileRefused."""
    limit = settings.MAX_UPLOAD if limit is None else limit
    name = Path(file.name or "").name[:200]
    if not name:
        raise FileRefused("附件没有文件名，请重新选择文件")
    if not file.size:
        raise FileRefused(f"附件“{name}”是空文件，请检查后重新上传")
    if file.size > limit:
        raise FileRefused(f"附件“{name}”有 {file.size / 1048576:.1f} MB，超过上限 {limit // 1048576} MB，请压缩或拆分")
    return name


def attach_bytes(
    content: bytes, *, name: str, media_type: str, unit: Unit, stream: str, user: User | None
) -> Attachment:
    """Keep bytes as an attachment of a stream."""
    sha256, sm3 = keep_bytes(content)
    return _attached(Kept(sha256, sm3, len(content)), name, media_type, unit, stream, user)


def _attached(kept: Kept, name: str, media_type: str, unit: Unit, stream: str, user: User | None) -> Attachment:
    return Attachment.objects.create(
        name=name,
        media_type=media_type,
        size=kept.size,
        sha256=kept.sha256,
        sm3=kept.sm3,
        unit=unit,
        unit_path=unit.path,
        stream=stream,
        user=user,
        at=now(),
    )


def put_under(attachments: Iterable[Attachment], stream: str) -> None:
    """Put attachments under the object that was made with them; before it was made it had no stream."""
    for attachment in attachments:
        attachment.stream = stream
        attachment.save(update_fields=["stream"])


def read(attachment: Attachment) -> bytes:
    """The bytes of an attachment. Raises FileRefused where they are gone or changed."""
    if attachment.erased_at is not None:
        raise ContentMissing("附件含个人信息，已依法删除")
    try:
        return content(attachment.sha256)
    except ContentMissing:
        raise ContentMissing(f"附件“{attachment.name}”的原文件不在存储中，请联系管理员") from None
    except ContentChanged:
        raise ContentChanged(f"附件“{attachment.name}”与登记的摘要不一致，已停止下载，请联系管理员") from None


# --- keeping house ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Lying:
    """A file of the store: the digest it lies under, its path, and whether it is sealed."""

    sha256: str
    path: Path
    sealed: bool


def lying() -> Iterator[Lying]:
    """Every content of the store, in the order of the digests."""
    for path in sorted(Path(settings.JINZHI_STORE).glob("[0-9a-f][0-9a-f]/*")):
        sha256 = path.name.removesuffix(SEALED)
        if len(sha256) == 64 and path.is_file():
            yield Lying(sha256, path, path.name.endswith(SEALED))


def seal_anew(found: Lying) -> bool:
    """Seal a content with the present key, if it is plain or sealed with an older one; whether it was changed."""
    present = sealing_keys().present
    if found.sealed:
        with open(found.path, "rb") as file:
            if cipher.key_of(file) == cipher.id_of(present):
                return False
    fresh = _write(cipher.seal(stream(found.sha256), present))
    _place(fresh, sealed_path_of(found.sha256))
    path_of(found.sha256).unlink(missing_ok=True)
    return True


def open_again(found: Lying) -> bool:
    """Put a sealed content back as plain bytes; whether it was changed."""
    if not found.sealed:
        return False
    _place(_write(stream(found.sha256)), path_of(found.sha256))
    found.path.unlink()
    return True


def clear_unfinished() -> int:
    """Remove files that a killed process left half-written, a day later; how many."""
    gone, before = 0, time.time() - UNFINISHED
    for path in Path(settings.JINZHI_STORE).glob(".new-*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()
                gone += 1
    return gone


def remove(sha256: str) -> None:
    """Take a content out of the store. The caller has asked ``holdings.needed`` before."""
    for path in (path_of(sha256), sealed_path_of(sha256)):
        with suppress(FileNotFoundError):
            path.unlink()
