"""批次: what stands at a path, member by member, with flat memory: files, folders, zips in zips, split zips, gzip.

A weekly batch of the office is a folder of split zips (.z01 … and .zip) that hold zips of some 2,000 documents, each
in its folder with its drawings. Parts are read as one stream where they lie; a zip inside a zip that was stored is
read in place, a compressed one is laid into a temporary file, one at a time. Nothing is ever written under a member's
name, so names can do no harm; those that try (``..``, absolute) are refused, as are bombs, by the member's name.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import struct
import tempfile
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from jinzhi.kernel.patent import LegalEvent, PatentDocument
from jinzhi.sources.patents import (
    cnipa_status,
    cnipa_xml,
    epo_docdb,
    epo_fulltext,
    tables,
    uspto_search,
    uspto_text,
    uspto_xml,
)
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable, excerpt_of
from jinzhi.sources.patents.tables.sheets import OLD, is_workbook
from jinzhi.sources.patents.uspto_text import brs
from jinzhi.sources.patents.uspto_xml import pap, st96

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
from jinzhi.sources.patents.xml import HEAD

Read = Callable[[BinaryIO, str], Iterator[PatentDocument | LegalEvent | RefusedRecord]]

#: source → its reader
READERS: dict[str, Read] = {
    cnipa_xml.NAME: cnipa_xml.read,
    cnipa_status.NAME: cnipa_status.read,
    uspto_xml.NAME: uspto_xml.read,
    pap.NAME: pap.read,
    st96.NAME: st96.read,
    uspto_text.NAME_ST32: uspto_text.read_st32,
    uspto_text.NAME_GREENBOOK: uspto_text.read_greenbook,
    brs.NAME: brs.read,
    uspto_search.NAME: uspto_search.read,
    epo_docdb.NAME: epo_docdb.read,
    epo_fulltext.NAME: epo_fulltext.read,
    tables.NAME: tables.read,
}
#: members that are no text: drawings and pages; named in the batch, not read
DRAWING = "drawing"

_IMAGES = frozenset(["jpg", "jpeg", "tif", "tiff", "png", "gif", "bmp", "webp", "pdf", "cdx", "mol", "nb"])
_TABLES = frozenset(["csv", "tsv", "xlsx", "xlsm", "txt"])
#: endings under which workbooks of the old format, web pages and XML of spreadsheets go about
_OLD_TABLES = frozenset(["xls", "et", "xlt"])
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, struct.error, ValueError)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a batch may be. ratio holds for members larger than `small` bytes unpacked; depth: zips in zips."""

    depth: int = 3
    members: int = 2_000_000
    member: int = 8 << 30
    ratio: int = 200
    small: int = 8 << 20


BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class BatchMember:
    """One file of a batch. name: path inside the batch, ``!`` between an archive and what it holds.

    source: which reader it needs, or DRAWING. `open` gives a new stream, while the walk stands at this member.
    """

    name: str
    size: int
    source: str
    open: Callable[[], BinaryIO]


# ------------------------------------------------------------------------------------------------ what a file is


#: first bytes → media type of the images that are kept
_KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF87a": "image/gif", b"GIF89a": "image/gif",
    b"II*\x00": "image/tiff", b"MM\x00*": "image/tiff",
}  # fmt: skip


def image_type(head: bytes) -> str:
    """The media type of an image by its first bytes; empty for what is none of PNG, JPEG, GIF and TIFF."""
    return next((kind for start, kind in _KINDS.items() if head.startswith(start)), "")


def detect(head: bytes, name: str) -> str:
    """The source of a file by its first bytes; its name decides only for tables and drawings. Empty: not known."""
    ending = name.rpartition(".")[2].lower()
    if ending in _IMAGES or image_type(head):
        return DRAWING
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        for pattern, source in _XML:
            if pattern.search(head):
                return source
        sheet = ending in _OLD_TABLES or b"urn:schemas-microsoft-com:office:spreadsheet" in head
        return tables.NAME if sheet else ""
    if start.startswith((b"{", b"[")):
        return (
            epo_docdb.NAME
            if epo_docdb.MARK.search(head)
            else uspto_search.NAME
            if uspto_search.MARK.search(head)
            else ""
        )
    if brs.MARK.search(head):
        return brs.NAME
    if re.match(rb"(?:HHHHHT[^\n]*\n)?PATN\s*\n", start):
        return uspto_text.NAME_GREENBOOK
    if is_workbook(head, ending) or (head.startswith(OLD) and ending in _TABLES | _OLD_TABLES):
        return tables.NAME
    if ending in _OLD_TABLES and not head.startswith((b"PK", OLD)):
        return tables.NAME if head else ""
    return tables.NAME if ending in _TABLES and not head.startswith(b"PK") else ""


_XML = (
    (re.compile(rb"<(?:\w+:)?PatentDocumentAndRelated\b"), cnipa_xml.NAME),
    (re.compile(rb"<(?:\w+:)?PRS(?:Record)?\b"), cnipa_status.NAME),
    (re.compile(rb"<us-patent-(?:grant|application)\b"), uspto_xml.NAME),
    (re.compile(rb"<(?:\w+:)?ep-patent-document\b"), epo_fulltext.NAME),
    (re.compile(rb"<patent-application-publication\b"), pap.NAME),
    (st96.ROOT, st96.NAME),
    (re.compile(rb"<PATDOC\b"), uspto_text.NAME_ST32),
    (re.compile(rb"<(?:\w+:)?(?:world-patent-data|exchange-documents?|fulltext-documents?)\b"), epo_docdb.NAME),
)


def read(member: BatchMember) -> Iterator[PatentDocument | LegalEvent | RefusedRecord]:
    """What a member holds, through the reader of its source. A drawing holds nothing. Never raises for its content."""
    if member.source == DRAWING:
        return
    try:
        with member.open() as stream:
            yield from READERS[member.source](stream, member.name)
    except (Unreadable, *_BROKEN) as e:
        yield _broken(member.name, e)
    except Exception as e:  # a mistake of ours must not end the import of a batch: it is named and set aside
        what = f"{type(e).__name__}: {e}"[:120]
        yield Unreadable(
            f"读取程序在此文件出错，请报告（{what}）", f"the reader failed here, please report: {what}"
        ).refused(member.name)


def _broken(name: str, error: Exception) -> RefusedRecord:
    if isinstance(error, Unreadable):
        return error.refused(name)
    what = f"{type(error).__name__}: {error}"[:120]
    return Unreadable(f"文件已损坏，读不下去（{what}）", f"the file is damaged: {what}").refused(name)


# ------------------------------------------------------------------------------------------------ streams


class JoinedFiles(io.RawIOBase):
    """Files read as one seekable stream, in their order, without copying. patches: bytes to see at some places."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._files = [open(p, "rb", buffering=0) for p in paths]  # noqa: SIM115 - closed by close()
        sizes = [os.fstat(f.fileno()).st_size for f in self._files]
        self.starts = [sum(sizes[:i]) for i in range(len(sizes))]
        self._size, self._at = sum(sizes), 0
        self.patches: dict[int, bytes] = {}

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("seek before the beginning")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        buffer = memoryview(buffer)
        if self._at >= self._size:
            return 0
        i = bisect_right(self.starts, self._at) - 1
        file = self._files[i]
        file.seek(self._at - self.starts[i])
        count = cast(int, file.readinto(buffer)) or 0
        for place, data in self.patches.items():
            low, high = max(place, self._at), min(place + len(data), self._at + count)
            if low < high:
                buffer[low - self._at : high - self._at] = data[low - place : high - place]
        self._at += count
        return count

    def close(self) -> None:
        for f in self._files:
            f.close()
        super().close()


class StreamWindow(io.RawIOBase):
    """A part of a seekable stream as a stream: a stored member, read where it lies."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        self._stream, self._start, self._size, self._at = stream, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("seek before the beginning")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        buffer = memoryview(buffer)
        want = min(len(buffer), max(0, self._size - self._at))
        self._stream.seek(self._start + self._at)
        data = self._stream.read(want)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class _Counted(io.RawIOBase):
    """A stream that ends with Unreadable once it has given more bytes than it may."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream, self._left = stream, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        buffer = memoryview(buffer)
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise Unreadable("解压后过大，疑似压缩炸弹", "too large when unpacked: perhaps a bomb")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


# ------------------------------------------------------------------------------------------------ walking


def walk(path: Path, bounds: Bounds = BOUNDS) -> Iterator[BatchMember | RefusedRecord]:
    """Every file at a path, folders and archives opened, in a fixed order. Never raises for what it finds there."""
    if path.is_dir():
        for folder, folders, files in os.walk(path, followlinks=False):
            folders.sort()
            here = Path(folder)
            for group in _groups(here, files):
                if group[-1].is_symlink() or not group[-1].is_file():
                    yield Unreadable("不是普通文件（符号链接等）", "no plain file").refused(
                        str(group[-1].relative_to(path))
                    )
                    continue
                yield from _file(group, str(group[-1].relative_to(path)), bounds)
    elif path.is_file():
        if part := _PART.fullmatch(path.name):
            yield Unreadable(
                f"这是分卷之一，请指定 {part[1]}.zip 或所在文件夹",
                f"a part of a split zip: name {part[1]}.zip or its folder",
            ).refused(path.name)
            return
        yield from _file(_with_parts(path), path.name, bounds)
    else:
        yield Unreadable("没有这个文件或文件夹", "there is no such file or folder").refused(str(path.name))


_PART = re.compile(r"(.+)\.(?:z\d{2,3}|zip\.(?!001$)\d{3})", re.IGNORECASE)


def _groups(folder: Path, files: list[str]) -> list[list[Path]]:
    """Files of a folder, split archives as one: their parts in order, .zip last (or .001, .002, …)."""
    found, have = [], set(files)
    for name in sorted(files):
        m = _PART.fullmatch(name)
        if m and ({f"{m[1]}.zip", f"{m[1]}.ZIP", f"{m[1]}.zip.001", f"{m[1]}.ZIP.001"} & have):
            continue
        found.append(_with_parts(folder / name))
    return found


def _with_parts(path: Path) -> list[Path]:
    if path.suffix.lower() == ".zip":
        parts = {
            int(p.suffix[2:]): p for p in path.parent.glob(f"{_escape(path.stem)}.[zZ][0-9]*") if p.suffix[2:].isdigit()
        }
        return [*(parts[n] for n in sorted(parts)), path]
    if path.name.lower().endswith(".zip.001"):
        return sorted(path.parent.glob(f"{_escape(path.name[:-4])}.[0-9][0-9][0-9]"))
    return [path]


def _escape(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _file(paths: list[Path], name: str, bounds: Bounds) -> Iterator[BatchMember | RefusedRecord]:
    path = paths[-1]
    try:
        with open(paths[0], "rb") as f:
            head = f.read(HEAD)
        size = sum(p.stat().st_size for p in paths)
        if len(paths) > 1 or (head.startswith(b"PK") and not is_workbook(head, path.suffix.lower()[1:])):
            missing = _missing(paths)
            if missing:
                raise Unreadable(f"分卷不全，缺 {missing}", f"a part of the split zip is missing: {missing}")
            with JoinedFiles(paths) as joined:
                yield from _archive(joined, name, 1, bounds)
        elif head.startswith(b"\x1f\x8b"):
            yield _gzipped(partial(_opened, path), name, size, bounds)
        else:
            yield _member(name, size, head, partial(_opened, path))
    except (Unreadable, *_BROKEN) as e:
        yield _broken(name, e)


def _missing(paths: list[Path]) -> str:
    numbers = [int(p.suffix[2:]) for p in paths[:-1] if re.fullmatch(r"\.[zZ]\d+", p.suffix)]
    gap = next((n for n in range(1, max(numbers, default=0) + 1) if n not in numbers), 0)
    return f"{paths[-1].stem}.z{gap:02d}" if gap else ""


def _member(name: str, size: int, head: bytes, opener: Callable[[], BinaryIO]) -> BatchMember | RefusedRecord:
    source = detect(head, name)
    if source:
        return BatchMember(name, size, source, opener)
    if not head:
        return Unreadable("文件是空的", "the file is empty").refused(name)
    return RefusedRecord(name, "认不出是哪一种专利数据", "no kind of patent data that is known", excerpt_of(head))


def _gzipped(opener: Callable[[], BinaryIO], name: str, size: int, bounds: Bounds) -> BatchMember | RefusedRecord:
    most = min(bounds.member, max(size * bounds.ratio, bounds.small))

    def unpacked() -> BinaryIO:
        inner = cast(BinaryIO, gzip.GzipFile(fileobj=opener()))
        return cast(BinaryIO, io.BufferedReader(_Counted(inner, most)))

    with unpacked() as stream:
        head = stream.read(HEAD)
    return _member(re.sub(r"\.gz$", "", name, flags=re.IGNORECASE), size, head, unpacked)


def _archive(stream: io.RawIOBase, name: str, depth: int, bounds: Bounds) -> Iterator[BatchMember | RefusedRecord]:
    if depth > bounds.depth:
        raise Unreadable(f"压缩包嵌套超过 {bounds.depth} 层", f"archives nested more than {bounds.depth} deep")
    buffered = cast(BinaryIO, io.BufferedReader(stream, 1 << 16))
    with _open_zip(buffered, stream) as archive:
        infos = archive.infolist()
        if len(infos) > bounds.members:
            raise Unreadable(
                f"压缩包里多于 {bounds.members} 个文件", f"more than {bounds.members} files in the archive"
            )
        seen: set[str] = set()
        for info in infos:
            if info.is_dir():
                continue
            label = f"{name}!{_shown(info)}"
            try:
                _check(info, seen, bounds)
                yield from _entry(archive, buffered, info, label, depth, bounds)
            except (Unreadable, RuntimeError, *_BROKEN) as e:
                yield _broken(label, e)


def _shown(info: zipfile.ZipInfo) -> str:
    """A name as the office wrote it: old tools write GBK without saying so."""
    if not info.flag_bits & 0x800:
        try:
            return info.filename.encode("cp437").decode("gb18030")
        except UnicodeError:
            pass
    return info.filename


def _check(info: zipfile.ZipInfo, seen: set[str], bounds: Bounds) -> None:
    name = info.filename.replace("\\", "/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/") or "\x00" in info.orig_filename:
        raise Unreadable("文件名越出文件夹（.. 或绝对路径）", "its name leads out of the folder")
    if name in seen:
        raise Unreadable("压缩包里有两个同名文件", "a second file of this name in the archive")
    seen.add(name)
    if info.flag_bits & 1:
        raise Unreadable("文件加了密码", "it is encrypted")
    if info.file_size > bounds.member:
        raise Unreadable(f"解压后超过 {bounds.member >> 30} GB", f"larger than {bounds.member >> 30} GB unpacked")
    if info.file_size > bounds.small and info.file_size > bounds.ratio * max(1, info.compress_size):
        raise Unreadable(
            f"压缩比超过 {bounds.ratio}，疑似压缩炸弹", f"packed more than {bounds.ratio} times: perhaps a bomb"
        )


def _entry(
    archive: zipfile.ZipFile, outer: BinaryIO, info: zipfile.ZipInfo, label: str, depth: int, bounds: Bounds
) -> Iterator[BatchMember | RefusedRecord]:
    ending = label.rpartition(".")[2].lower()
    if ending in _IMAGES:
        yield BatchMember(label, info.file_size, DRAWING, lambda: cast(BinaryIO, archive.open(info)))
        return
    with archive.open(info) as inner:
        head = inner.read(HEAD)
    if head.startswith(b"PK\x03\x04") and not is_workbook(head, ending):
        if info.compress_type == zipfile.ZIP_STORED:
            with StreamWindow(outer, _data_at(outer, info), info.file_size) as window:
                yield from _archive(window, label, depth + 1, bounds)
            return
        with tempfile.TemporaryFile(prefix="jinzhi-") as laid:
            with archive.open(info) as inner:
                while piece := inner.read(1 << 20):
                    laid.write(piece)
            with StreamWindow(cast(BinaryIO, laid), 0, laid.tell()) as window:
                yield from _archive(window, label, depth + 1, bounds)
    elif head.startswith(b"\x1f\x8b"):
        yield _gzipped(lambda: cast(BinaryIO, archive.open(info)), label, info.compress_size, bounds)
    else:
        yield _member(label, info.file_size, head, lambda: cast(BinaryIO, archive.open(info)))


def _data_at(stream: BinaryIO, info: zipfile.ZipInfo) -> int:
    """Where a member's bytes begin: behind its local header, whose name and extra field have their own lengths."""
    stream.seek(info.header_offset)
    header = stream.read(30)
    if len(header) != 30 or header[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("no local header where the directory says")
    name, extra = struct.unpack("<HH", header[26:30])
    return info.header_offset + 30 + int(name) + int(extra)


def _open_zip(stream: BinaryIO, raw: io.RawIOBase) -> zipfile.ZipFile:
    """A zip, also one split over several disks: there each offset counts from the beginning of its own disk."""
    parts = raw.starts if isinstance(raw, JoinedFiles) else [0]
    if len(parts) == 1:
        return zipfile.ZipFile(stream)
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - (1 << 16) - 98))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise zipfile.BadZipFile("no end of central directory")
    end = size - len(tail) + at
    disk, _, _, _, length, offset = struct.unpack("<HHHHII", tail[at + 4 : at + 20])
    if disk == 0:  # cut with a knife (.001, .002): offsets count from the very beginning
        return zipfile.ZipFile(stream)
    joined = cast(JoinedFiles, raw)
    if tail[at - 20 : at - 16] == b"PK\x06\x07":
        # zipfile refuses the 64-bit locator of a split archive; shown as of one disk it reads the rest rightly
        joined.patches[end - 20 + 4] = struct.pack("<I", 0)
        joined.patches[end - 20 + 16] = struct.pack("<I", 1)
        length, offset = struct.unpack("<QQ", tail[at - 20 - 56 + 40 : at - 20 - 56 + 56])
        directory_end = end - 20 - 56
    else:
        directory_end = end
    archive = zipfile.ZipFile(io.BufferedReader(joined, 1 << 16) if joined.patches else stream)
    shift = directory_end - length - offset
    for info in archive.infolist():
        if info.volume >= len(parts):
            raise Unreadable(
                f"分卷不全：第 {info.volume + 1} 卷不在", f"disk {info.volume + 1} of the split zip is missing"
            )
        info.header_offset += parts[info.volume] - shift
    limit = directory_end - length
    for info in sorted(archive.infolist(), key=lambda i: i.header_offset, reverse=True):
        if hasattr(info, "_end_offset"):  # newer versions check by it that members do not overlap
            info._end_offset = limit
        limit = info.header_offset
    return archive
