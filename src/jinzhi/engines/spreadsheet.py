"""Excel out = Excel in: the same columns written and read again, every wrong cell named by row and letter.

A column is a kernel Field, so a cell means what the form and the JSON mean. Written numbers that a double cannot
hold exactly are written as text; a cell that a spreadsheet would run as a formula is written as text. On reading,
formulas, error cells, merged cells and percentages are refused where they stand, not guessed at.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from jinzhi.kernel.fields import Field, FieldError, Type, Value

NOTES = "说明"
LISTS = "_选项"
MAX_UNPACKED = 64 * 1024 * 1024
MAX_PARTS = 2000
MAX_RATIO = 200
MAX_ROWS = 20_000
HEADER_WITHIN = 20
CELL_LIMIT = 32_767
#: significant digits that a double always keeps
EXACT_DIGITS = 15

INPUT_FILL = PatternFill("solid", fgColor="FFF9E5")
LOCKED_FILL = PatternFill("solid", fgColor="F0F2F5")
HEADER_FILL = PatternFill("solid", fgColor="E3EAF3")
THIN = Border(*(Side(style="thin", color="C9D1DB") for _ in range(4)))


class SpreadsheetError(ValueError):
    """A file that cannot be read as a workbook, or a value that no cell can hold. ``zh`` and ``en`` say the way out."""

    def __init__(self, zh: str, en: str):
        self.zh, self.en = zh, en
        super().__init__(zh)


@dataclass(frozen=True, kw_only=True)
class SheetColumn:
    """A column of a sheet. ``field`` gives its id, heads, type and choices.

    ``locked`` cells are grey and protected; the others are for filling in. ``format`` is an Excel number format.
    ``options`` is a list of texts to choose from where the field has none itself (names of units).
    """

    field: Field
    width: float = 16
    format: str = ""
    locked: bool = False
    options: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.field.id

    def head(self, language: str = "zh") -> str:
        name = self.field.zh if language == "zh" else self.field.en
        if not self.field.unit:
            return name
        return f"{name}（{self.field.unit}）" if language == "zh" else f"{name} ({self.field.unit})"

    @property
    def heads(self) -> frozenset[str]:
        """Every head under which the column is recognised, normalised."""
        names = (self.field.zh, self.field.en, self.head("zh"), self.head("en"), self.field.id)
        return frozenset(_plain_head(n) for n in names)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet to write. ``rows`` hold stored values by column key. ``blank``: empty rows to fill in below them.

    A sheet with a locked column is protected without a password: against slips, not against people.
    """

    title: str
    columns: tuple[SheetColumn, ...]
    rows: Sequence[Mapping[str, Any]]
    blank: int = 0
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as read: its number in the sheet, and the stored values that hold."""

    number: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class CellError:
    """A wrong cell. ``column`` is its letter, empty where a whole row or sheet is meant (``row`` 0: the sheet)."""

    sheet: str
    row: int
    column: str
    head: str
    zh: str
    en: str

    def __str__(self) -> str:
        return self.say("zh")

    def say(self, language: str = "zh") -> str:
        if language == "zh":
            where = f"工作表“{self.sheet}”" + (f"第 {self.row} 行" if self.row else "")
            where += (f" {self.column} 列" if self.column else "") + (f"“{self.head}”" if self.head else "")
            return f"{where}：{self.zh}"
        where = f"sheet “{self.sheet}”" + (f", row {self.row}" if self.row else "")
        where += (f", column {self.column}" if self.column else "") + (f" “{self.head}”" if self.head else "")
        return f"{where}: {self.en}"


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A sheet as read. ``errors`` empty: every cell holds. ``places``: the letter of each column that it has, by key.

    ``notes`` says, Chinese and English, what was read in a way that a person may not expect (hidden rows) or not
    read at all (columns that nobody knows).
    """

    sheet: str
    rows: tuple[SheetRow, ...]
    errors: tuple[CellError, ...]
    notes: tuple[tuple[str, str], ...]
    places: Mapping[str, str]

    @property
    def present(self) -> frozenset[str]:
        return frozenset(self.places)


# --- writing ------------------------------------------------------------------------------------------------
def write(sheets: Sequence[Sheet], notes: Sequence[tuple[str, object]] = (), *, notes_title: str = NOTES) -> bytes:
    """The workbook as bytes: each sheet, and after them the sheet 说明 with the pairs of ``notes``.

    Raises SpreadsheetError where a text is longer than a cell holds.
    """
    book = Workbook()
    book.remove(book.active)
    lists: dict[tuple[str, ...], str] = {}
    for sheet in sheets:
        _write_sheet(book.create_sheet(_sheet_title(sheet.title)), sheet, lists)
    if notes:
        page = book.create_sheet(_sheet_title(notes_title))
        page.column_dimensions["A"].width = 22
        page.column_dimensions["B"].width = 80
        for i, (label, value) in enumerate(notes, 1):
            _put_text(page.cell(i, 1), str(label), f"{notes_title} A{i}")
            _put_text(page.cell(i, 2), str(value), f"{notes_title} B{i}")
            page.cell(i, 1).font = Font(bold=True)
            page.cell(i, 2).alignment = Alignment(wrap_text=True, vertical="top")
    if lists:
        _write_lists(book, lists)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_title(title: str) -> str:
    return re.sub(r"[\\/*?:\[\]]", " ", title)[:31]


def _write_sheet(page: Worksheet, sheet: Sheet, lists: dict[tuple[str, ...], str]) -> None:
    locked = any(c.locked for c in sheet.columns)
    last = len(sheet.rows) + sheet.blank + 1
    styles: dict[tuple[int, str, bool], StyleArray] = {}
    for x, column in enumerate(sheet.columns, 1):
        head = page.cell(1, x)
        _put_text(head, column.head(sheet.language), f"{sheet.title} {head.coordinate}")
        head.font, head.fill, head.border = Font(bold=True), HEADER_FILL, THIN
        head.alignment = Alignment(wrap_text=True, vertical="center")
        page.column_dimensions[get_column_letter(x)].width = column.width
    for y in range(2, last + 1):
        row = sheet.rows[y - 2] if y - 2 < len(sheet.rows) else {}
        for x, column in enumerate(sheet.columns, 1):
            cell = page.cell(y, x)
            _put(cell, column, row.get(column.key), sheet)
            # composing a style costs more than the cell itself: once for each column and kind of value
            kind = (x, cell.number_format, cell.quotePrefix)
            if kind in styles:
                cell._style = copy(styles[kind])
                continue
            cell.border = THIN
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if locked:
                cell.protection = Protection(locked=column.locked)
                cell.fill = LOCKED_FILL if column.locked else INPUT_FILL
            styles[kind] = cell._style
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight = "landscape", 9, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    if sheet.rows:
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{len(sheet.rows) + 1}"
    for x, column in enumerate(sheet.columns, 1):
        rule = _validation(column, sheet.language, lists)
        if rule is not None and not column.locked and last > 1:
            rule.add(f"{get_column_letter(x)}2:{get_column_letter(x)}{last}")
            page.add_data_validation(rule)
    if locked:
        page.protection.sheet = True
        for allowed in ("formatColumns", "formatRows", "formatCells", "autoFilter", "sort"):
            setattr(page.protection, allowed, False)  # in this format false means: not forbidden


def _options(column: SheetColumn, language: str) -> tuple[str, ...]:
    if column.field.type is Type.CHOICE:
        return tuple(c.zh if language == "zh" else c.en for c in column.field.choices)
    if column.field.type is Type.BOOL:
        return ("是", "否") if language == "zh" else ("yes", "no")
    return column.options


def _validation(column: SheetColumn, language: str, lists: dict[tuple[str, ...], str]) -> DataValidation | None:
    options = _options(column, language)
    if options:
        literal = '"' + ",".join(options) + '"'
        if len(literal) > 250 or any("," in o or '"' in o for o in options):
            letter = lists.setdefault(options, get_column_letter(len(lists) + 1))
            literal = f"'{LISTS}'!${letter}$1:${letter}${len(options)}"
        rule = DataValidation(type="list", formula1=literal, allow_blank=True)
        rule.errorTitle, rule.error = "不在可选项中", "请从下拉列表中选择"
    elif column.field.type in (Type.INT, Type.DECIMAL):
        kind = "whole" if column.field.type is Type.INT else "decimal"
        low = column.field.min if column.field.min is not None else Decimal("-999999999999999")
        high = column.field.max if column.field.max is not None else Decimal("999999999999999")
        rule = DataValidation(type=kind, operator="between", formula1=str(low), formula2=str(high), allow_blank=True)
        rule.errorTitle, rule.error = "应为数字", f"{column.head()}：请填 {low} 到 {high} 之间的数字"
    else:
        return None
    rule.showErrorMessage = True
    return rule


def _write_lists(book: Workbook, lists: Mapping[tuple[str, ...], str]) -> None:
    page = book.create_sheet(LISTS)
    page.sheet_state = "hidden"
    for options, letter in lists.items():
        for y, option in enumerate(options, 1):
            _put_text(page[f"{letter}{y}"], option, f"{LISTS} {letter}{y}")


def _put(cell: Cell, column: SheetColumn, value: Any, sheet: Sheet) -> None:
    where = f"{sheet.title} {cell.coordinate}"
    kind = column.field.type
    if value is None or value == "":
        cell.number_format = column.format or ("@" if kind in (Type.TEXT, Type.LONG) else "General")
        if kind is Type.DATE:
            cell.number_format = column.format or "yyyy-mm-dd"
    elif kind is Type.DATE:
        cell.value = value if isinstance(value, date) else date.fromisoformat(str(value))
        cell.number_format = column.format or "yyyy-mm-dd"
    elif kind in (Type.INT, Type.DECIMAL) and not isinstance(value, bool):
        _put_number(cell, column, value, where)
    else:
        _put_text(cell, column.field.show(value, sheet.language), where)
        if kind in (Type.TEXT, Type.LONG):
            cell.number_format = "@"


def _put_number(cell: Cell, column: SheetColumn, value: Any, where: str) -> None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        _put_text(cell, str(value), where)
        return
    if len(number.as_tuple().digits) > EXACT_DIGITS:
        _put_text(cell, f"{number:f}", where)
        return
    cell.value = int(number) if number == number.to_integral_value() else float(number)
    cell.number_format = column.format or "General"


def _put_text(cell: Cell, text: str, where: str) -> None:
    text = ILLEGAL_CHARACTERS_RE.sub("�", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > CELL_LIMIT:
        raise SpreadsheetError(
            f"{where}：文字有 {len(text)} 字，超过单元格上限 {CELL_LIMIT} 字，无法导出",
            f"{where}: {len(text)} characters are more than the {CELL_LIMIT} that a cell holds",
        )
    cell.value = text
    # whatever it begins with, it is a text: no formula reaches the reader's machine
    cell.data_type = "s"
    if text[:1] in ("=", "+", "-", "@", "\t"):
        cell.quotePrefix = True


# --- reading ------------------------------------------------------------------------------------------------
def read(content: bytes, columns: Sequence[SheetColumn], *, sheet: str = "", max_rows: int = MAX_ROWS) -> SheetTable:
    """Read a sheet (the first visible one, or the one called ``sheet``).

    The head row is looked for in the first 20 rows. Columns may stand in any order. Raises SpreadsheetError where
    the file is no workbook, too large, or no head row can be found; wrong cells are ``errors`` of the table.
    """
    book = _open(content)
    page = _page(book, sheet)
    cells: dict[int, dict[int, Cell]] = {}
    for (y, x), cell in sorted(page._cells.items()):  # only cells that are there: a format on row 1048576 costs nothing
        if cell.value is not None and cell.value != "":
            cells.setdefault(y, {})[x] = cell
    top, places, ignored = _header(page, cells, columns)
    errors: list[CellError] = []
    notes: list[tuple[str, str]] = [
        (f"第 {c} 列“{h}”不认识，没有读入", f"column {c} “{h}” is not known and was not read") for c, h in ignored
    ]
    below = [y for y in cells if y > top and any(x in places for x in cells[y])]
    if len(below) > max_rows:
        raise SpreadsheetError(
            f"工作表“{page.title}”有 {len(below)} 行数据，一次最多读入 {max_rows} 行；请分成几个文件，没有读入任何一行",
            f"sheet “{page.title}” has {len(below)} rows, at most {max_rows} are read at once; split the file",
        )
    merged = _merged(page, top, places, errors)
    hidden = [y for y in below if page.row_dimensions[y].hidden]
    if hidden:
        shown = "、".join(map(str, hidden[:10])) + ("…" if len(hidden) > 10 else "")
        notes.append((f"第 {shown} 行是隐藏行，同样读入了", f"rows {shown} are hidden; they were read as well"))
    rows = [SheetRow(y, dict(_row(page, y, cells[y], places, merged, errors))) for y in below]
    errors.sort(key=lambda e: (e.row, len(e.column), e.column))
    return SheetTable(
        page.title, tuple(rows), tuple(errors), tuple(notes), {c.key: get_column_letter(x) for x, c in places.items()}
    )


def _open(content: bytes) -> Workbook:
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise SpreadsheetError(
            "这是旧的 .xls 文件或加了密码的文件，请去掉密码并另存为 .xlsx",
            "this is an old .xls file or one with a password: remove the password and save it as .xlsx",
        )
    not_a_workbook = SpreadsheetError(
        "这不是 Excel 工作簿（.xlsx），或文件已损坏", "this is not an Excel workbook (.xlsx), or the file is damaged"
    )
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            _check_package(packed)
        return load_workbook(BytesIO(content), data_only=False, keep_links=False)
    except SpreadsheetError:
        raise
    except Exception as error:  # zipfile and openpyxl let through whatever a broken part raises
        raise not_a_workbook from error


def _check_package(packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    size = sum(p.file_size for p in parts)
    squeezed = sum(p.compress_size for p in parts) or 1
    if len(parts) > MAX_PARTS or size > MAX_UNPACKED or (size > 1024 * 1024 and size / squeezed > MAX_RATIO):
        raise SpreadsheetError(
            f"文件解压后过大（{size // 1024 // 1024} MB），没有读入；请删去多余的行、格式和图片",
            f"the file is too large when unpacked ({size // 1024 // 1024} MB) and was not read",
        )
    if "[Content_Types].xml" not in packed.namelist() or "xl/workbook.xml" not in packed.namelist():
        raise zipfile.BadZipFile
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            text = packed.read(part)
            # a workbook needs neither a document type nor UTF-16: both are ways round the parser's limits
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text or text[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise zipfile.BadZipFile


def _page(book: Workbook, wanted: str) -> Worksheet:
    pages = [p for p in book.worksheets if p.sheet_state == "visible" and p.title not in (NOTES, LISTS)]
    if wanted:
        for page in pages:
            if page.title == _sheet_title(wanted):
                return page
        known = "、".join(p.title for p in pages) or "无"
        raise SpreadsheetError(f"没有名为“{wanted}”的工作表（现有：{known}）", f"no sheet is called “{wanted}”")
    if not pages:
        raise SpreadsheetError("文件里没有可读的工作表", "the file has no sheet to read")
    return pages[0]


def _plain_head(text: object) -> str:
    return re.sub(r"[\s*＊:：]", "", str(text)).replace("(", "（").replace(")", "）").casefold()


def _header(
    page: Worksheet, cells: Mapping[int, Mapping[int, Cell]], columns: Sequence[SheetColumn]
) -> tuple[int, dict[int, SheetColumn], list[tuple[str, str]]]:
    """The number of the head row, the column at each place, and the heads nobody knows (letter, text)."""
    known = {head: column for column in columns for head in column.heads}
    best: tuple[int, dict[int, SheetColumn]] = (0, {})
    for y in sorted(cells):
        if y > HEADER_WITHIN:
            break
        found = {x: known[_plain_head(c.value)] for x, c in cells[y].items() if _plain_head(c.value) in known}
        if len(found) > len(best[1]):
            best = (y, found)
    top, places = best
    if len(places) * 2 < len([c for c in columns if c.field.required]) or not places:
        wanted = "、".join(c.head() for c in columns)
        raise SpreadsheetError(
            f"工作表“{page.title}”前 {HEADER_WITHIN} 行里找不到表头（应有：{wanted}）；请用导出的表填写",
            f"no head row in the first {HEADER_WITHIN} rows of sheet “{page.title}”: fill in the exported sheet",
        )
    taken: dict[str, int] = {}
    for x, column in places.items():
        if column.key in taken:
            first, second = get_column_letter(taken[column.key]), get_column_letter(x)
            raise SpreadsheetError(
                f"工作表“{page.title}”有两列“{column.head()}”（{first} 列和 {second} 列），请删去一列",
                f"two columns of sheet “{page.title}” are “{column.head('en')}”: {first} and {second}",
            )
        taken[column.key] = x
    missing = [c for c in columns if c.field.required and c.key not in taken]
    if missing:
        raise SpreadsheetError(
            f"工作表“{page.title}”缺少列：{'、'.join(c.head() for c in missing)}",
            f"sheet “{page.title}” lacks the columns {', '.join(c.head('en') for c in missing)}",
        )
    ignored = [(get_column_letter(x), str(c.value)) for x, c in cells[top].items() if x not in places]
    return top, places, ignored


def _merged(
    page: Worksheet, top: int, places: Mapping[int, SheetColumn], errors: list[CellError]
) -> set[tuple[int, int]]:
    """Cells below the head that belong to a merged range: one value for many rows or columns is ambiguous."""
    out: set[tuple[int, int]] = set()
    for area in page.merged_cells.ranges:
        inside = [x for x in places if area.min_col <= x <= area.max_col]
        if area.max_row <= top or not inside:
            continue
        first = max(area.min_row, top + 1)
        column = places[inside[0]]
        errors.append(
            CellError(
                page.title,
                first,
                get_column_letter(inside[0]),
                column.head(),
                f"{area.coord} 是合并单元格，请取消合并并逐格填写",
                f"{area.coord} is merged: unmerge it and fill in each cell",
            )
        )
        if area.size["rows"] * area.size["columns"] > MAX_ROWS:
            continue
        out |= {(y, x) for y in range(first, area.max_row + 1) for x in inside}
    return out


def _row(
    page: Worksheet,
    y: int,
    cells: Mapping[int, Cell],
    places: Mapping[int, SheetColumn],
    merged: set[tuple[int, int]],
    errors: list[CellError],
) -> Iterator[tuple[str, Value]]:
    for x, column in places.items():
        if (y, x) in merged:
            continue
        try:
            yield column.key, column.field.parse(_raw(cells.get(x), column))
        except FieldError as e:
            errors.append(CellError(page.title, y, get_column_letter(x), column.head(), e.zh, e.en))


def _raw(cell: Cell | None, column: SheetColumn) -> object:
    """What a person meant by a cell, for ``Field.parse``. Raises FieldError."""
    if cell is None:
        return None
    value, field = cell.value, column.field
    if cell.data_type == "f":
        raise FieldError(field, "是公式，请选择性粘贴为数值", "is a formula: paste its value instead")
    if cell.data_type == "e":
        raise FieldError(field, f"是错误值 {value}", f"is the error value {value}")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        if value.time() == value.time().min:
            value = value.date()
        elif field.type is Type.DATE:
            raise FieldError(
                field, f"“{value}”带有时刻，应只写日期", f"{value} holds a time of day: write the date only"
            )
    if isinstance(value, date):
        if field.type in (Type.INT, Type.DECIMAL):
            raise FieldError(field, f"“{value}”是日期，应为数字", f"{value} is a date, not a number")
        return value if field.type is Type.DATE else value.isoformat()
    if isinstance(value, (int, float)):
        if field.type in (Type.INT, Type.DECIMAL) and "%" in (cell.number_format or "") and "%" not in column.format:
            raise FieldError(
                field,
                f"是百分比格式，请改为数值格式并填写 {Decimal(repr(value)) * 100:f} 这样的数",
                "is formatted as a percentage: use a plain number",
            )
        number = Decimal(repr(value))
        return f"{number.quantize(Decimal(1)):f}" if number == number.to_integral_value() else f"{number:f}"
    if not isinstance(value, str):
        return str(value)
    return value
