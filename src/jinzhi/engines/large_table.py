"""Long tables as files, written as they are read: Excel, CSV, and a package of many files.

``spreadsheet`` writes forms that are read back, cell by cell; a result of 50,000 rows needs neither locks nor lists
to choose from, and building its million cells as objects takes minutes. Here a row is written as text and forgotten:
memory stays flat, and the reader sees the file grow from the first second. Every text is a text: what a spreadsheet
would run as a formula is marked as quoted.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from jinzhi.engines.spreadsheet import CELL_LIMIT, NOTES, SpreadsheetError

#: rows that a sheet holds, its head among them
SHEET_ROWS = 1_048_576
#: what XML cannot hold
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMULA = ("=", "+", "-", "@", "\t")
EPOCH = date(1899, 12, 30).toordinal()
#: the first day that Excel counts as people do: it knows a 29 February 1900
FIRST_DAY = date(1900, 3, 1)
#: bytes handed on at once
CHUNK = 1 << 16

Value = str | int | date | None

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: cell formats by place in STYLES: text, quoted text, day, whole number, head, wrapped text
TEXT, QUOTED, DAY, NUMBER, HEAD, WRAPPED = range(1, 7)
STYLES = (
    f'{DECLARATION}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/>'
    '<name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE3EAF3"/>'
    '</patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="7"><xf/><xf numFmtId="49" applyNumberFormat="1"/>'
    '<xf numFmtId="49" applyNumberFormat="1" quotePrefix="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="1" applyNumberFormat="1"/><xf fontId="1" fillId="2" applyFont="1" applyFill="1"/>'
    '<xf applyAlignment="1"><alignment wrapText="1" vertical="top"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its head, and its width in characters."""

    head: str
    width: float = 16


def xlsx(
    title: str,
    columns: Sequence[TableColumn],
    rows: Iterable[Sequence[Value]],
    notes: Callable[[int], Sequence[tuple[str, object]]] = lambda _: (),
    *,
    notes_title: str = NOTES,
) -> Iterator[bytes]:
    """The pieces of a workbook: the table, and after it the sheet 说明 with what ``notes`` says of the rows written.

    Raises SpreadsheetError where a text is longer than a cell or the table than a sheet: nothing is cut off.
    """
    with _Package() as package:
        for name, text in _frame(title, notes_title).items():
            package.add(name, [text])
        written = 0

        def counted() -> Iterator[Sequence[Value]]:
            nonlocal written
            for row in rows:
                written += 1
                yield row

        for piece in _sheet(columns, counted(), title):
            package.write("xl/worksheets/sheet1.xml", piece)
            yield from package.ready()
        pairs = [(str(a), str(b) if not isinstance(b, (int, date)) else b) for a, b in notes(written)]
        package.add(
            "xl/worksheets/sheet2.xml",
            _sheet((TableColumn("", 24), TableColumn("", 90)), pairs, notes_title, plain=True),
        )
    yield from package.ready()


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """The pieces of a CSV file with a byte-order mark, so that office programs read the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    out.write("\ufeff")
    writer.writerow([safe(head) for head in heads])
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
        if out.tell() > CHUNK:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def safe(cell: Value) -> str:
    """A text that a spreadsheet would run as a formula is kept a text."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in (*FORMULA, "\r") and text else text


def package(files: Iterable[tuple[str, str | bytes]]) -> Iterator[bytes]:
    """The pieces of a zip file of many files, each written when it is come to."""
    with _Package() as made:
        for name, content in files:
            made.add(name, [content])
            yield from made.ready()
    yield from made.ready()


# --- a zip file that is read while it is written ----------------------------------------------------------------


class _Pipe(io.RawIOBase):
    """What the zip file writes into; it cannot go back, so the zip file does not try."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.held += data
        return len(data)


class _Package:
    """A zip file in pieces. Several members are written one after another."""

    def __init__(self) -> None:
        self._pipe = _Pipe()
        self._zip = zipfile.ZipFile(self._pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        self._name = ""
        self._member: IO[bytes] | None = None

    def __enter__(self) -> _Package:
        return self

    def __exit__(self, kind: object, *_rest: object) -> None:
        if kind is None:
            self._close()
            self._zip.close()

    def write(self, name: str, piece: str | bytes) -> None:
        """Add to a member, beginning it where it is another one than before."""
        if name != self._name:
            self._close()
            # the day is that of the zip format's beginning: equal tables give equal bytes
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            self._member = self._zip.open(info, "w")
            self._name = name
        assert self._member is not None
        self._member.write(piece.encode() if isinstance(piece, str) else piece)

    def add(self, name: str, pieces: Iterable[str | bytes]) -> None:
        """A whole member."""
        for piece in pieces:
            self.write(name, piece)

    def _close(self) -> None:
        if self._member is not None:
            self._member.close()
        self._member, self._name = None, ""

    def ready(self) -> Iterator[bytes]:
        """What has been written and not yet handed on."""
        if self._pipe.held:
            data = bytes(self._pipe.held)
            self._pipe.held.clear()
            yield data


# --- sheets -----------------------------------------------------------------------------------------------------


def _sheet(
    columns: Sequence[TableColumn], rows: Iterable[Sequence[Value]], title: str, *, plain: bool = False
) -> Iterator[str]:
    letters = [_letter(n) for n in range(1, len(columns) + 1)]
    pane = "" if plain else '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{c.width:g}" customWidth="1"/>' for n, c in enumerate(columns, 1)
    )
    yield (
        f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews><cols>{widths}</cols><sheetData>'
    )
    number = 0
    held: list[str] = []
    size = 0
    if not plain:
        number = 1
        held.append(_row(1, letters, [c.head for c in columns], title, HEAD))
    for row in rows:
        number += 1
        if number > SHEET_ROWS:
            raise SpreadsheetError(
                f"工作表“{title}”超过 {SHEET_ROWS - 1:,} 行，Excel 装不下：请导出 CSV，或缩小范围",
                f"sheet “{title}” has over {SHEET_ROWS - 1:,} rows, more than Excel holds: take CSV",
            )
        text = _row(number, letters, row, title, WRAPPED if plain else TEXT)
        held.append(text)
        size += len(text)
        if size > CHUNK:
            yield "".join(held)
            held.clear()
            size = 0
    last = f"{letters[-1]}{number}"
    held.append("</sheetData>")
    if not plain and number > 1:
        held.append(f'<autoFilter ref="A1:{last}"/>')
    held.append('<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>')
    yield "".join(held)


def _row(number: int, letters: Sequence[str], values: Sequence[Value], title: str, text_style: int) -> str:
    cells = [f'<row r="{number}">']
    for letter, value in zip(letters, values, strict=True):
        if value is None or value == "":
            continue
        place = f"{letter}{number}"
        if isinstance(value, str):
            cells.append(_text(place, value, title, text_style))
        elif isinstance(value, date):
            if value < FIRST_DAY:
                cells.append(_text(place, value.isoformat(), title, text_style))
            else:
                cells.append(f'<c r="{place}" s="{DAY}"><v>{value.toordinal() - EPOCH}</v></c>')
        elif abs(value) >= 10**15:
            cells.append(_text(place, str(value), title, text_style))
        else:
            cells.append(f'<c r="{place}" s="{NUMBER}"><v>{value}</v></c>')
    cells.append("</row>")
    return "".join(cells)


def _text(place: str, text: str, title: str, style: int) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > CELL_LIMIT:
        raise SpreadsheetError(
            f"{title} {place}：文字有 {len(text)} 字，超过单元格上限 {CELL_LIMIT} 字，无法导出",
            f"{title} {place}: {len(text)} characters are more than the {CELL_LIMIT} that a cell holds",
        )
    if style == TEXT and text.startswith(FORMULA):
        style = QUOTED
    said = escape(UNWRITABLE.sub("\ufffd", text))
    # Excel reads _x0041_ as an escape of its own
    said = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", said) if "_x" in said else said
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def _letter(number: int) -> str:
    """A of 1, Z of 26, AA of 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _frame(title: str, notes_title: str) -> dict[str, str]:
    """What a workbook has beside its sheets."""
    names = [sheet_title(title), sheet_title(notes_title)]
    sheets = "".join(f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1))
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{SHEET_TYPE}.worksheet+xml"/>' for n in (1, 2)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in (1, 2)
    )
    return {
        "[Content_Types].xml": f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        'ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{SHEET_TYPE}.styles+xml"/>{parts}</Types>',
        "_rels/.rels": f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId3" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }


def sheet_title(text: str) -> str:
    """A name that Excel takes: 31 characters, none of its signs."""
    return re.sub(r"[\[\]:*?/\\]", " ", text)[:31].strip("' ") or "1"
