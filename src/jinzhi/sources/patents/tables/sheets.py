"""Rows as text: csv (UTF-8, GB 18030 or UTF-16; comma, tab, semicolon or bar), xlsx, xls, and what is named .xls.

Systems that export give their sheets wrong sizes, cover pages, several sheets, web pages and XML under the name of a
workbook: all sheets are read, and what a file says of its own size is not believed.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from lxml import etree, html
from openpyxl import load_workbook

from jinzhi.sources.patents.refused import Unreadable
from jinzhi.sources.patents.tables.headings import field_of
from jinzhi.sources.patents.xml import check_head, local, safe_parser

LONGEST_CELL = 1 << 20
MOST_COLUMNS = 512
MOST_UNPACKED = 512 << 20
#: the old format is read whole, so a file of it may not be larger
MOST_OLD = 128 << 20
#: lines looked at to tell the separator and the row of headings
HEAD_ROWS = 20

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. name: empty where the file has only one; text: it came from a file of plain text."""

    name: str
    rows: Iterator[list[str]]
    text: bool = False


def is_workbook(head: bytes, ending: str) -> bool:
    """Whether a zip is a workbook, whatever it is called."""
    return head.startswith(b"PK") and (
        ending in ("xlsx", "xlsm") or b"[Content_Types].xml" in head or b"docProps/" in head or b"xl/worksheets" in head
    )


def sheets_of(stream: BinaryIO, name: str) -> Iterator[Sheet]:
    """The sheets of a file, one after another; each must be read before the next. Raises Unreadable."""
    start = stream.read(8)
    if start[:2] == b"PK":
        yield from _xlsx(start + stream.read(), name)
    elif start == OLD:
        yield from _xls(start + stream.read(MOST_OLD), name)
    elif start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        yield from _marked_up(start + stream.read(MOST_OLD), name)
    else:
        yield Sheet("", _csv(start, stream), True)


# ------------------------------------------------------------------------------------------------ workbooks


def _xlsx(data: bytes, name: str) -> Iterator[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > MOST_UNPACKED:
                raise Unreadable("xlsx 展开后过大", "the xlsx is too large unpacked")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = book.worksheets
    except Unreadable:
        raise
    except Exception as e:  # openpyxl raises whatever its parts meet: KeyError, BadZipFile, ParseError, …
        raise Unreadable(f"{name} 不是能打开的 xlsx", f"{name} is no xlsx that can be opened") from e
    for sheet in sheets:
        # what a sheet says of its own size is often wrong ("A1"), and would end the reading there
        sheet.reset_dimensions()
        yield Sheet(sheet.title if len(sheets) > 1 else "", _cells(sheet.iter_rows(values_only=True), name))


def _cells(rows: Iterable[Iterable[object]], name: str) -> Iterator[list[str]]:
    try:
        for row in rows:
            yield _bounded([_cell(v) for v in row])
    except Unreadable:
        raise
    except Exception as e:
        raise Unreadable(f"{name} 的工作表读不下去，文件可能已损坏", f"a sheet of {name} is damaged") from e


def _bounded(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(f"多于 {MOST_COLUMNS} 列", f"more than {MOST_COLUMNS} columns")
    return cells


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), str(value)).replace("\r\n", "\n").replace("\r", "\n")


def _xls(data: bytes, name: str) -> Iterator[Sheet]:
    if len(data) > MOST_OLD:
        raise Unreadable(
            f"xls 超过 {MOST_OLD >> 20} MB，请另存为 xlsx 或 csv 再导入",
            f"the xls is larger than {MOST_OLD >> 20} MB: save it as xlsx or csv",
        )
    if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in data:
        raise Unreadable(
            f"{name} 加了密码，请去掉密码另存后再导入", f"{name} is encrypted: save it without its password"
        )
    import xlrd  # only the old format needs it: nobody else waits for it

    def old(cell: xlrd.sheet.Cell) -> object:
        if cell.ctype == xlrd.XL_CELL_DATE:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code.get(cell.value, "#ERR")
        return cell.value

    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
        sheets = book.sheets()
    except Exception as e:  # xlrd meets damage with whatever breaks first
        raise Unreadable(
            f"{name} 打不开：不是 Excel 97-2003 工作簿，或已损坏、加了密码；请用 Excel 或 WPS 另存为 xlsx 再导入",
            f"{name} is no workbook of Excel 97 to 2003 that can be opened: save it as xlsx",
        ) from e
    for sheet in sheets:
        rows = ([old(c) for c in sheet.row(i)] for i in range(sheet.nrows))
        yield Sheet(sheet.name if len(sheets) > 1 else "", _cells(rows, name))


# ------------------------------------------------------------------------------------------------ web pages, XML


def _marked_up(data: bytes, name: str) -> Iterator[Sheet]:
    """A web page, or Excel's XML of 2003: many systems call either .xls."""
    if b"urn:schemas-microsoft-com:office:spreadsheet" in data[:8192]:
        check_head(data)
        try:
            root = etree.fromstring(data, safe_parser())
        except etree.XMLSyntaxError as e:
            raise Unreadable(f"{name} 是表格 XML，但已损坏", f"{name} is a damaged XML of a spreadsheet") from e
        sheets = list(root.iter("{*}Worksheet"))
        for sheet in sheets:
            title = next((v for k, v in sheet.attrib.items() if local(str(k)) == "Name"), "")
            rows = map(_spread, sheet.iter("{*}Row"))
            yield Sheet(str(title) if len(sheets) > 1 else "", _cells(rows, name))
        return
    encoding = re.search(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", data[:4096])
    written = encoding[1].decode("ascii").lower() if encoding else "utf-8"
    try:
        page = html.fromstring(data.decode("gb18030" if written.startswith("gb") else written))
    except (etree.ParserError, etree.XMLSyntaxError, LookupError, ValueError) as e:
        raise Unreadable(f"{name} 是网页，但读不出表格", f"{name} is a web page without a table to read") from e
    tables = [t for t in page.iter("table") if not any(True for _ in t.iterdescendants("table"))]
    if not tables:
        raise Unreadable(f"{name} 是网页，里面没有表格", f"{name} is a web page without a table")
    for n, table in enumerate(tables, 1):
        rows = ([" ".join(c.text_content().split()) for c in r.iterchildren("td", "th")] for r in table.iter("tr"))
        yield Sheet(f"表 {n}" if len(tables) > 1 else "", _cells(rows, name))


def _spread(row: etree._Element) -> list[object]:
    """The cells of a row in Excel's XML; an index says where cells were left out."""
    cells: list[object] = []
    for cell in row.iterchildren("{*}Cell"):
        index = next((v for k, v in cell.attrib.items() if local(str(k)) == "Index"), "")
        if str(index).isdecimal() and len(cells) < int(index) - 1 < MOST_COLUMNS:
            cells.extend([""] * (int(index) - 1 - len(cells)))
        cells.append("".join(str(t) for t in cell.itertext()).strip())
    return cells


# ------------------------------------------------------------------------------------------------ text


def _csv(start: bytes, stream: BinaryIO) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    head = start + stream.read(1 << 16)
    if b"\x00" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable("不是文本表格（含二进制内容）", "it is no table of text: it holds binary data")
    lines = _lines(io.BufferedReader(_Raw(head, stream)), head)
    try:
        first = list(itertools.islice(lines, HEAD_ROWS))
        for row in csv.reader(itertools.chain(first, lines), delimiter=_separator(first)):
            yield _bounded([_ESCAPED_BREAK.sub("\n", c) for c in row])
    except csv.Error as e:
        raise Unreadable(f"表格读不下去：{e}", f"the table cannot be read on: {e}") from e
    except UnicodeError as e:
        raise Unreadable("表格的字符编码既不是 UTF-8 也不是 GB 18030", "the table is neither UTF-8 nor GB 18030") from e


_ESCAPED_BREAK = re.compile(r"\r\n?")


def _separator(first: list[str]) -> str:
    """The separator under which most headings are known; else the one that the first line holds most often."""

    def known(delimiter: str) -> int:
        try:
            rows = list(csv.reader(first, delimiter=delimiter))
        except csv.Error:
            return 0
        return max((sum(1 for c in row if field_of(c)) for row in rows), default=0)

    found = {d: known(d) for d in ",\t;|"}
    best = max(found.values())
    if best > 1:
        return next(d for d, n in found.items() if n == best)
    line = next((line for line in first if line.strip()), "")
    return max(",\t;|", key=line.count)


def _lines(stream: io.BufferedReader, head: bytes) -> Iterator[str]:
    """The lines as text. The encoding is told by the first line that is not plain ASCII, wherever it stands."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield from io.TextIOWrapper(stream, encoding="utf-16", newline="")
        return
    encoding = "utf-8"
    decided = False
    first = True
    while line := stream.readline(LONGEST_CELL):
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        if not decided and not line.isascii():
            decided = True
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                encoding = "gb18030"
        yield line.decode(encoding)


class _Raw(io.RawIOBase):
    """A readable raw stream with bytes put back in front."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self._start, self._stream = start, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def, override]
        data = self._start[: len(buffer)]
        self._start = self._start[len(data) :]
        if not data:
            data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
