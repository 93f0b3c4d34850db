"""Large files on their way in: announced with both digests, sent in pieces, resumed where they stopped.

1. ``begin`` – name, size, SHA-256 and SM3 of the whole file. The same file announced again by the same person is the
   same upload, so after a reload the browser learns how much is here already.
2. ``append`` – a piece at an offset; only the next byte is right (OffsetWrong says which that is).
3. ``finish`` – the whole is read through: the digests must be those announced, or nothing is kept.

Pieces lie in the store's folder, sealed where encryption is on. What nobody finishes or uses is cleared away.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.custody.actions import CustodyRefused, erase
from jinzhi.apps.custody.models import Upload
from jinzhi.apps.custody.queries import WRITE
from jinzhi.apps.evidence.store import cipher, store

#: the largest piece, in bytes
PIECE = 4 * 1024 * 1024
#: how long an upload that nobody goes on with is kept
STALE = timedelta(days=3)
#: what must stay free on the disk
SPARE = 64 * 1024 * 1024
HEX = set("0123456789abcdef")
MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,59}\Z")


class UploadRefused(CustodyRefused):
    """A file that cannot come in."""


class TooLarge(UploadRefused):
    """The file or the piece is larger than allowed."""


class NoRoom(UploadRefused):
    """The disk is full."""


class OffsetWrong(UploadRefused):
    """The piece does not follow what is here; ``received`` is the offset of the next byte."""

    def __init__(self, received: int):
        self.received = received
        super().__init__(f"应从第 {received} 字节继续上传", f"go on at byte {received}")


class Differs(UploadRefused):
    """What arrived is not what was announced; it was thrown away."""


def folder_of(upload: Upload) -> Path:
    return Path(settings.JINZHI_STORE) / "uploads" / upload.token


def _pieces(upload: Upload) -> list[Path]:
    """The pieces in their order: ``<offset>.raw`` or, sealed, ``<offset>.enc``."""
    return sorted(p for p in folder_of(upload).iterdir() if p.suffix in (".raw", ".enc"))


def _room(needed: int) -> None:
    Path(settings.JINZHI_STORE).mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.JINZHI_STORE).free
    if free < needed + SPARE:
        raise NoRoom(
            f"存储空间不足：需要 {needed // 1048576 + 1} MB，可用 {max(free - SPARE, 0) // 1048576} MB，请联系管理员",
            "there is not enough room on the disk",
        )


def _sized(size: int) -> None:
    if size <= 0:
        raise UploadRefused("文件是空的，请检查后重新选择", "the file is empty")
    if size > settings.MAX_EVIDENCE:
        raise TooLarge(
            f"文件有 {size / 1048576:.1f} MB，超过上限 {settings.MAX_EVIDENCE // 1048576} MB",
            f"the file is larger than {settings.MAX_EVIDENCE // 1048576} MB",
        )


def _named(name: str) -> str:
    plain = Path(name.replace("\\", "/")).name.strip()[:200]
    if not plain or "\x00" in plain:
        raise UploadRefused("文件没有文件名，请重新选择", "the file has no name")
    return plain


def _media_type(said: str) -> str:
    """The media type that a browser gave, if it is one: it comes back as a header of the download."""
    return said.lower() if MEDIA_TYPE.match(said.lower()) else "application/octet-stream"


def _allowed(who: Acting) -> None:
    if who.user is None or not who.may(WRITE):
        raise UploadRefused(f"角色“{who.role.zh}”没有权限 {WRITE}", f"the role {who.role.en} lacks the scope {WRITE}")


@transaction.atomic
def begin(name: str, media_type: str, size: int, sha256: str, sm3: str, *, who: Acting) -> Upload:
    """Announce a file, or find the upload of the same file that was begun before."""
    _allowed(who)
    _sized(size)
    for algorithm, digest in (("SHA-256", sha256), ("SM3", sm3)):
        if len(digest) != 64 or set(digest) - HEX:
            raise UploadRefused(f"{algorithm} 应为 64 位十六进制数字", f"{algorithm} must be 64 hexadecimal digits")
    found = Upload.objects.filter(user=who.user, sha256=sha256, sm3=sm3, size=size).order_by("pk").first()
    if found is not None:
        found.name, found.touched_at = _named(name), now()
        found.save(update_fields=["name", "touched_at"])
        return found
    _room(2 * size)  # the pieces, and the whole that is made of them
    return Upload.objects.create(
        token=secrets.token_urlsafe(18), user=who.person, name=_named(name),
        media_type=_media_type(media_type), size=size, sha256=sha256, sm3=sm3,
        touched_at=now(),
    )  # fmt: skip


def find(token: str, who: Acting) -> Upload | None:
    """The upload with this token, if it is the person's own."""
    return Upload.objects.filter(token=token, user=who.user).first() if who.user else None


@transaction.atomic
def append(upload: Upload, offset: int, content: bytes, *, who: Acting) -> Upload:
    """Put a piece behind what is here. The piece is on the disk before the new offset counts."""
    _allowed(who)
    upload = Upload.objects.select_for_update().get(pk=upload.pk, user=who.user)
    if upload.complete or offset != upload.received:
        raise OffsetWrong(upload.received)
    if len(content) > PIECE:
        raise TooLarge(f"每次最多 {PIECE // 1048576} MB", f"at most {PIECE // 1048576} MB at a time")
    if not content or offset + len(content) > upload.size:
        raise UploadRefused(
            f"收到的字节超过申报的 {upload.size} 字节" if content else "没有收到内容",
            "more came than was announced" if content else "nothing came",
        )
    _room(len(content))
    folder = folder_of(upload)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.glob(f"{offset:020d}.*"):
        old.unlink()  # the same piece again, after it was written and before it counted
    _written(folder / f"{offset:020d}.{'enc' if store.encrypting() else 'raw'}", content)
    upload.received, upload.touched_at = offset + len(content), now()
    upload.save(update_fields=["received", "touched_at"])
    return upload


def _written(path: Path, content: bytes) -> None:
    """A piece on the disk, sealed where its name says so."""
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    try:
        with open(fresh, "wb") as file:
            if path.suffix == ".enc":
                file.writelines(cipher.seal((content,), store.sealing_keys().present))
            else:
                file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError as e:
        fresh.unlink(missing_ok=True)
        if e.errno in store.FULL:
            raise NoRoom("存储空间不足，请联系管理员", "there is not enough room on the disk") from None
        raise


def _whole(upload: Upload) -> Iterator[bytes]:
    """The pieces one after the other."""
    for path in _pieces(upload):
        with open(path, "rb") as file:
            if path.suffix == ".enc":
                yield from cipher.unseal(file, cipher.load(store.key_path()))
            else:
                while part := file.read(store.PIECE):
                    yield part


def finish(upload: Upload, *, who: Acting) -> Upload:
    """Read the whole through and keep it. Raises Differs, and throws it away, where it is not what was announced."""
    _allowed(who)
    if upload.complete:
        return upload
    if upload.received != upload.size:
        raise OffsetWrong(upload.received)
    try:
        store.keep(_whole(upload), sha256=upload.sha256, sm3=upload.sm3, size=upload.size)
    except store.DigestDiffers as e:
        if Upload.objects.filter(pk=upload.pk, complete=True).exists():
            return Upload.objects.get(pk=upload.pk)  # another request finished it and cleared the pieces away
        discard(upload)
        raise Differs(f"{e}；请重新选择文件上传", "what arrived is not what was announced") from None
    except (store.DiskFull, cipher.Tampered) as e:
        raise NoRoom(str(e), "it could not be kept") from None
    Upload.objects.filter(pk=upload.pk).update(complete=True, touched_at=now())
    shutil.rmtree(folder_of(upload), ignore_errors=True)
    upload.complete = True
    return upload


def receive(file: UploadedFile[bytes], *, who: Acting) -> Upload:
    """A file of an ordinary form, at once: what works without script, up to MAX_UPLOAD."""
    _allowed(who)
    try:
        name = store.checked_name(file)
    except store.FileRefused as e:
        raise TooLarge(str(e), "the file is missing, empty or too large") from None
    return received(file.chunks(), name=name, media_type=file.content_type or "", who=who)


def received(content: Iterable[bytes], *, name: str, media_type: str, who: Acting) -> Upload:
    """A content that is here already, as a complete upload; its digests were not announced before."""
    try:
        kept = store.keep(content)
    except store.DiskFull as e:
        raise NoRoom(str(e), "there is not enough room on the disk") from None
    return Upload.objects.create(
        token=secrets.token_urlsafe(18), user=who.person, name=_named(name),
        media_type=_media_type(media_type), size=kept.size, sha256=kept.sha256,
        sm3=kept.sm3, received=kept.size, complete=True, announced=False, touched_at=now(),
    )  # fmt: skip


def discard(upload: Upload) -> None:
    """Throw an upload away, with what of it is here."""
    shutil.rmtree(folder_of(upload), ignore_errors=True)
    sha256, complete = upload.sha256, upload.complete
    upload.delete()
    if complete:
        erase((sha256,))


def clear_stale() -> int:
    """Throw away what nobody went on with, pieces whose upload is gone, files left by a crash; how many."""
    gone = store.clear_unfinished()
    for upload in Upload.objects.filter(touched_at__lt=now() - STALE):
        discard(upload)
        gone += 1
    known = set(Upload.objects.values_list("token", flat=True))
    home = Path(settings.JINZHI_STORE) / "uploads"
    for folder in home.iterdir() if home.is_dir() else ():
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone
