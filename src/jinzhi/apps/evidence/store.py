"""The store of files: content-addressed, so the same bytes are kept once and a changed byte shows."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from jinzhi.apps.accounts.models import User
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.units.models import Unit


class FileRefused(ValueError):
    """A file that cannot be kept. ``args[0]`` says why and what to do, in Chinese."""


def path_of(sha256: str) -> Path:
    return Path(settings.JINZHI_STORE) / sha256[:2] / sha256


def keep_bytes(content: bytes) -> tuple[str, str]:
    """Keep bytes under their SHA-256; returns (sha256, sm3)."""
    sha256 = hashlib.sha256(content).hexdigest()
    sm3 = hashlib.new("sm3", content).hexdigest()
    target = path_of(sha256)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as temp:
            temp.write(content)
            temp.flush()
            os.fsync(temp.fileno())
        os.replace(temp.name, target)
    return sha256, sm3


def attach(file: UploadedFile, *, unit: Unit, stream: str, user: User | None) -> Attachment:
    """Keep an uploaded file and record it under a stream. Raises FileRefused."""
    name = Path(file.name or "").name[:200]
    if not name:
        raise FileRefused("附件没有文件名，请重新选择文件")
    if not file.size:
        raise FileRefused(f"附件“{name}”是空文件，请检查后重新上传")
    if file.size > settings.MAX_UPLOAD:
        raise FileRefused(
            f"附件“{name}”有 {file.size / 1048576:.1f} MB，超过上限 {settings.MAX_UPLOAD // 1048576} MB，请压缩或拆分"
        )
    return attach_bytes(
        file.read(),
        name=name,
        media_type=file.content_type or "application/octet-stream",
        unit=unit,
        stream=stream,
        user=user,
    )


def attach_bytes(
    content: bytes, *, name: str, media_type: str, unit: Unit, stream: str, user: User | None
) -> Attachment:
    """Keep bytes as an attachment of a stream."""
    sha256, sm3 = keep_bytes(content)
    return Attachment.objects.create(
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=sha256,
        sm3=sm3,
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
    try:
        content = path_of(attachment.sha256).read_bytes()
    except FileNotFoundError:
        raise FileRefused(f"附件“{attachment.name}”的原文件不在存储中，请联系管理员") from None
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise FileRefused(f"附件“{attachment.name}”与登记的摘要不一致，已停止下载，请联系管理员")
    return content
