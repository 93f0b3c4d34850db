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
from typing import TYPE_CHECKING, BinaryIO

from lxml import etree, html
from openpyxl import load_workbook

from jinzhi.sources.patents.refused import Unreadable
from jinzhi.sources.patents.tables.headings import field_of
from jinzhi.sources.patents.xml import check_head, local, safe_parser

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

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
class ReadSheet:
    """One sheet. name: empty where the file has only one; text: it came from a file of plain text."""

    name: str
    rows: Iterator[list[str]]
    text: bool = False


def is_workbook(head: bytes, ending: str) -> bool:
    """Whether a zip is a workbook, whatever it is called."""
    return head.startswith(b"PK") and (
        ending in ("xlsx", "xlsm") or b"[Content_Types].xml" in head or b"docProps/" in head or b"xl/worksheets" in head
    )


def sheets_of(stream: BinaryIO, name: str) -> Iterator[ReadSheet]:
    """The sheets of a file, one after another; each must be read before the next. Raises Unreadable."""
    start = stream.read(8)
    if start[:2] == b"PK":
        yield from _xlsx(start + stream.read(), name)
    elif start == OLD:
        yield from _xls(start + stream.read(MOST_OLD), name)
    elif start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        yield from _marked_up(start + stream.read(MOST_OLD), name)
    else:
        yield ReadSheet("", _csv(start, stream), True)


# ------------------------------------------------------------------------------------------------ workbooks


def _xlsx(data: bytes, name: str) -> Iterator[ReadSheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > MOST_UNPACKED:
                raise Unreadable("xlsx 展开后过大", "the xlsx is too large unpacked")
            formulas = any(
                re.search(rb"<(?:\w+:)?f[\s>/]", archive.read(i))
                for i in archive.infolist()
                if "worksheets/" in i.filename
            )
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = book.worksheets
        written = load_workbook(io.BytesIO(data), read_only=True).worksheets if formulas else []
    except Unreadable:
        raise
    except Exception as e:  # openpyxl raises whatever its parts meet: KeyError, BadZipFile, ParseError, …
        raise Unreadable(f"{name} 不是能打开的 xlsx", f"{name} is no xlsx that can be opened") from e
    for n, sheet in enumerate(sheets):
        # what a sheet says of its own size is often wrong ("A1"), and would end the reading there
        sheet.reset_dimensions()
        rows: Iterable[Iterable[object]] = sheet.iter_rows(values_only=True)
        if written:
            written[n].reset_dimensions()
            rows = _with_formulas(rows, written[n].iter_rows(values_only=True))
        yield ReadSheet(sheet.title if len(sheets) > 1 else "", _cells(rows, name))


def _with_formulas(values: Iterable[Iterable[object]], written: Iterable[Iterable[object]]) -> Iterator[list[object]]:
    """The results of formulas; the formula itself where its result was not kept."""
    for row, texts in zip(values, written, strict=False):
        yield [t if v is None else v for v, t in itertools.zip_longest(row, texts)]


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


def _xls(data: bytes, name: str) -> Iterator[ReadSheet]:
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
        yield ReadSheet(sheet.name if len(sheets) > 1 else "", _cells(rows, name))


# ------------------------------------------------------------------------------------------------ web pages, XML


def _marked_up(data: bytes, name: str) -> Iterator[ReadSheet]:
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
            yield ReadSheet(str(title) if len(sheets) > 1 else "", _cells(rows, name))
        return
    encoding = re.search(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", data[:4096])
    written = encoding[1].decode("ascii").lower() if encoding else "utf-8"
    try:
        page = html.fromstring(_page_text(data, written, told=encoding is not None))
    except (etree.ParserError, etree.XMLSyntaxError, LookupError, ValueError) as e:
        raise Unreadable(f"{name} 是网页，但读不出表格", f"{name} is a web page without a table to read") from e
    tables = [t for t in page.iter("table") if not any(True for _ in t.iterdescendants("table"))]
    if not tables:
        raise Unreadable(f"{name} 是网页，里面没有表格", f"{name} is a web page without a table")
    for n, table in enumerate(tables, 1):
        yield ReadSheet(f"表 {n}" if len(tables) > 1 else "", _cells(_page_rows(table), name))


def _page_text(data: bytes, encoding: str, *, told: bool) -> str:
    """The text of a page in the encoding that it names; without a name UTF-8, else GB 18030."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("gb18030" if encoding.startswith("gb") else encoding)
    except UnicodeDecodeError:
        if told and encoding not in ("utf-8", "utf8"):
            raise
        return data.decode("gb18030")


def _page_rows(table: etree._Element) -> Iterator[list[str]]:
    """The rows of a table in a page: a cell that spans rows or columns stands once in each of them."""
    held: dict[int, tuple[int, str]] = {}  # column → how many more rows its text spans
    for row in table.iter("tr"):
        cells: list[str] = []

        def spanned(cells: list[str] = cells) -> None:
            while len(cells) in held:
                left, text = held.pop(len(cells))
                if left > 1:
                    held[len(cells)] = (left - 1, text)
                cells.append(text)

        for cell in row.iterchildren("td", "th"):
            spanned()
            for line in cell.iter("br"):
                line.tail = "\n" + (line.tail or "")
            text = "\n".join(t for part in cell.text_content().split("\n") if (t := " ".join(part.split())))
            if not any(True for _ in cell.iter("br")):
                text = " ".join(text.split())
            down, across = (_span(cell.get(key)) for key in ("rowspan", "colspan"))
            for _ in range(across):
                if down > 1:
                    held[len(cells)] = (down - 1, text)
                cells.append(text)
        spanned()
        yield cells


def _span(text: str | None) -> int:
    return min(int(text), MOST_COLUMNS) if text and text.isascii() and text.isdecimal() and text != "0" else 1


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
    wide = _wide(head)
    if b"\x00" in head and not wide:
        raise Unreadable("不是文本表格（含二进制内容）", "it is no table of text: it holds binary data")
    raw = _Raw(head, stream)
    lines = _broken(io.TextIOWrapper(io.BufferedReader(raw), encoding=wide, newline="") if wide else _lines(raw))
    try:
        first = list(itertools.islice(lines, HEAD_ROWS))
        # some programs write a quote within a cell as \\" and not as ""
        escaped = any('\\"' in line for line in first) and not any(re.search(r'[^\\,;\t]""', line) for line in first)
        form = {"escapechar": "\\", "doublequote": False} if escaped else {}
        for row in csv.reader(itertools.chain(first, lines), delimiter=_separator(first), **form):  # type: ignore[arg-type]
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


def _wide(head: bytes) -> str:
    """UTF-16 by its mark, or by the zeros that stand beside every sign of ASCII; empty for none."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    sample = head[:4096]
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if max(odd, even) * 10 < len(sample) or max(odd, even) < 4 * min(odd, even):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _broken(lines: Iterable[str]) -> Iterator[str]:
    """Lines that may end with a carriage return alone, as old programs of the Macintosh write them."""
    for line in lines:
        if "\r" in line.rstrip("\r\n"):
            yield from line.splitlines(keepends=True) if not line.count('"') else [line]
        else:
            yield line


def _lines(raw: io.RawIOBase) -> Iterator[str]:
    """The lines as text. The encoding is told by the first lines that are not plain ASCII, wherever they stand."""
    encoding = ""
    first = True
    pairs, rare = 0, 0
    stream = io.BufferedReader(raw)
    while line := stream.readline(LONGEST_CELL):
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        if not encoding and not line.isascii():
            try:
                line.decode("utf-8")
                encoding = "utf-8"
            except UnicodeDecodeError:
                encoding = "gb18030"
        if encoding == "gb18030" and pairs < 400:
            found = _PAIRS.findall(line)
            pairs += len(found)
            rare += sum(1 for one in found if not _COMMON.fullmatch(one))
            if rare > max(1, pairs // 4):
                raise Unreadable(
                    "认不出表格的字符编码（不是 UTF-8，也不像 GB 18030，或为 Big5、西欧编码）：请另存为 UTF-8 再导入",
                    "the table is neither UTF-8 nor GB 18030, perhaps Big5 or Latin-1: save it as UTF-8",
                )
        yield line.decode(encoding or "ascii")


#: two bytes that GB 18030 reads as one character, and those of them that Chinese text is made of
_PAIRS = re.compile(rb"[\x81-\xfe][\x30-\xfe]")
_COMMON = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")


class _Raw(io.RawIOBase):
    """A readable raw stream with bytes put back in front."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self._start, self._stream = start, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        buffer = memoryview(buffer)
        data = self._start[: len(buffer)]
        self._start = self._start[len(data) :]
        if not data:
            data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
