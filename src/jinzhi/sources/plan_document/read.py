"""Files to text: .txt .docx .xlsx .pdf .html, each with what its format knows of tables and paragraphs.

Reading does not interpret: the text holds everything that the file shows, in order; tables stand in it cell by
cell (tab between cells, line between rows) and are named in the layout.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
import lxml.etree
import lxml.html
import openpyxl
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

from jinzhi.kernel.text import UNFIT, shown
from jinzhi.sources.plan_document.errors import PlanDocumentError
from jinzhi.sources.plan_document.excel_value import value_shown
from jinzhi.sources.plan_document.numbering import Numbering
from jinzhi.sources.plan_document.parse import TextLayout
from jinzhi.sources.plan_document.pdf import read_pdf
from jinzhi.sources.plan_document.tables import Head, TextCell, TextTable

#: bytes of a file, of what a zip may unpack to, and how much smaller than its contents a zip may be
LARGEST = 32 * 1024 * 1024
LARGEST_UNPACKED = 256 * 1024 * 1024
STRONGEST_RATIO = 200
MOST_CELLS = 400_000
TYPES = (".txt", ".docx", ".xlsx", ".pdf", ".html", ".htm")
_RESAVE = "文件已损坏,不能打开。请在 Office 或 WPS 中打开后另存一次再导入。"
_OTHERS = {
    ".doc": "旧版 Word(.doc)请在 Word 或 WPS 中另存为 .docx 再导入。",
    ".wps": "WPS 文字请另存为 .docx 再导入。",
    ".xls": "旧版 Excel(.xls)请另存为 .xlsx 再导入。",
    ".et": "WPS 表格请另存为 .xlsx 再导入。",
    ".ofd": "OFD 版式文件请导出为带文字的 PDF 再导入。",
    ".zip": "压缩包请先解压,再导入其中的文件。",
    ".rar": "压缩包请先解压,再导入其中的文件。",
    ".jpg": "图片请先做文字识别,存为 .docx 或 .txt 再导入。",
    ".png": "图片请先做文字识别,存为 .docx 或 .txt 再导入。",
}


@dataclass(frozen=True)
class PlanText:
    """A file's text, what its format knows, and what the reader has to say."""

    text: str
    layout: TextLayout
    notes: tuple[str, ...] = ()
    filename: str = ""


def read(file: Path | str | bytes, filename: str = "") -> PlanText:
    """Read a file or its bytes. The type is told from the contents and the name; PlanDocumentError where it can't."""
    if isinstance(file, bytes):
        data = file
    else:
        path = Path(file)
        filename = filename or path.name
        try:
            if path.stat().st_size > LARGEST:
                raise _too_large(path.stat().st_size)
            data = path.read_bytes()
        except FileNotFoundError:
            raise PlanDocumentError("missing", f"找不到文件 {path}。请检查路径。") from None
        except IsADirectoryError:
            raise PlanDocumentError("type", f"{path} 是文件夹。请给出其中的一个文件。") from None
        except PermissionError:
            raise PlanDocumentError("missing", f"没有读取 {path} 的权限。请检查文件权限。") from None
    if len(data) > LARGEST:
        raise _too_large(len(data))
    if not data.strip(b"\x00 \t\r\n"):
        raise PlanDocumentError("empty", "文件是空的。请确认选对了文件。")
    suffix = Path(filename).suffix.lower()
    kind = _kind(data, suffix)
    readers = {".docx": _docx, ".xlsx": _xlsx, ".pdf": _pdf, ".html": _html, ".txt": _txt}
    text, layout, notes = readers[kind](data)
    if not text.strip():
        raise PlanDocumentError("empty", "文件里没有文字。如果内容是图片,请先做文字识别再导入。")
    # a form feed is the end of a page, and the parser's: it is no character of the document
    pages = text.split("\f")
    unfit = [n for n, line in enumerate("".join(pages).split("\n"), 1) if UNFIT.search(line)]
    if unfit:
        lines = "、".join(map(str, unfit[:10])) + (" 等" if len(unfit) > 10 else "")
        notes = [*notes, f"第 {lines} 行有不可见、不能保存的字符（共 {len(unfit)} 行），已换成 �，请核对。"]
    return PlanText("\f".join(map(shown, pages)), layout, tuple(notes), filename)


def _too_large(size: int) -> PlanDocumentError:
    return PlanDocumentError(
        "size",
        f"文件有 {size / 1048576:.0f} MB,超过 {LARGEST // 1048576} MB 的上限。请只导入分工文件本身,或删去其中的图片。",
    )


def _kind(data: bytes, suffix: str) -> str:
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data[:1024].find(b"%PDF-") >= 0:
        return ".pdf"
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise PlanDocumentError("encrypted", "文件设有打开密码。请在 Word、Excel 或 WPS 中取消密码,另存后再导入。")
        raise PlanDocumentError("type", _OTHERS.get(suffix, "这是旧版 Office 文件。请另存为 .docx 或 .xlsx 再导入。"))
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip_kind(data, suffix)
    if suffix in (".docx", ".xlsx"):
        raise PlanDocumentError(
            "damaged", f"这不是有效的 {suffix} 文件,可能没有下载完整。请重新取得文件,或另存一次再导入。"
        )
    if suffix == ".pdf":
        raise PlanDocumentError("damaged", "这不是有效的 PDF 文件,可能没有下载完整。请重新取得文件再导入。")
    if suffix in _OTHERS:
        raise PlanDocumentError("type", _OTHERS[suffix])
    if suffix in (".html", ".htm") or re.match(rb"<(?:!doctype html|html|\?xml[^>]*>\s*<!doctype html)", head, re.I):
        return ".html"
    if suffix in (".txt", ".text", ".md", "") or suffix not in TYPES:
        if suffix not in (".txt", ".text", ".md", "") and b"\x00" in data[:4096]:
            raise _wrong_type(suffix)
        return ".txt"
    raise _wrong_type(suffix)


def _wrong_type(suffix: str) -> PlanDocumentError:
    return PlanDocumentError("type", f"不能读取 {suffix or '这种'} 文件。请使用 {' '.join(TYPES[:-1])}。")


def _zip_kind(data: bytes, suffix: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            infos = packed.infolist()
            names = {i.filename for i in infos}
    except (zipfile.BadZipFile, ValueError, OSError):
        raise PlanDocumentError("damaged", "文件已损坏,不能打开。请重新取得文件,或另存一次再导入。") from None
    if any(i.flag_bits & 0x1 for i in infos):
        raise PlanDocumentError("encrypted", "文件设有密码。请取消密码,另存后再导入。")
    size = sum(i.file_size for i in infos)
    if size > LARGEST_UNPACKED or len(infos) > 10_000:
        raise PlanDocumentError("bomb", "文件解开后过大,不像一份任务分工,已拒绝打开。请另存为干净的文件再导入。")
    for i in infos:
        if i.file_size > 8 * 1024 * 1024 and i.file_size > STRONGEST_RATIO * max(1, i.compress_size):
            raise PlanDocumentError("bomb", "文件的压缩比异常(可能是压缩炸弹),已拒绝打开。请另存为干净的文件再导入。")
    if "word/document.xml" in names:
        return ".docx"
    if "xl/workbook.xml" in names:
        return ".xlsx"
    way_out = "这是压缩包,不是 Word 或 Excel 文件。请先解压,再导入其中的文件。"
    raise PlanDocumentError("type", _OTHERS.get(suffix, way_out))


# -- plain text ---------------------------------------------------------------------------------------------------


def decode(data: bytes) -> str:
    """Bytes to text: by mark, else UTF-8, else UTF-16 without a mark, else GB18030."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                break
    try:
        text = data.decode("utf-8")
        if "\x00" not in text:
            return text
    except UnicodeDecodeError:
        pass
    for encoding in ("utf-16-le", "utf-16-be", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:4000]
        common = sum(1 for c in sample if "\u4e00" <= c <= "\u9fff" or c.isascii() or c in ",。、;:()“”《》 ")
        readable = common >= 0.85 * len(sample) and "\x00" not in sample
        han = sum(1 for c in sample if c in "的和、,。一单位责任知识产权工作市区")
        if encoding == "gb18030" or (readable and han >= 0.05 * len(sample)):
            if "\x00" in text:
                break
            return text
    raise PlanDocumentError(
        "type", "认不出文件的文字编码,它可能不是文本文件。请另存为 UTF-8 的 .txt,或使用 .docx、.pdf。"
    )


def _txt(data: bytes) -> tuple[str, TextLayout, list[str]]:
    return decode(data), TextLayout(), []


# -- building a text with tables ------------------------------------------------------------------------------------


class _Builder:
    """Gathers text, and tables at their places in it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.tables: list[TextTable] = []
        self._open: list[tuple[list[list[TextCell]]]] = []

    def add(self, words: str) -> tuple[int, int]:
        start = self.size
        self.parts.append(words)
        self.size += len(words)
        return start, self.size

    def line(self, words: str) -> None:
        self.add(words + "\n")

    def table(self, rows: Sequence[Sequence[object]], words: dict[object, str]) -> list[list[TextCell]]:
        """Write a grid of keys: the first place of a key writes its words, the others are merged with it."""
        placed: dict[object, TextCell] = {}
        grid: list[list[TextCell]] = []
        for row in rows:
            line: list[TextCell] = []
            for nth, key in enumerate(row):
                if key not in placed:
                    if nth:
                        self.add("\t")
                    placed[key] = TextCell(*self.add(words[key]))
                line.append(placed[key])
            self.add("\n")
            grid.append(line)
        return grid

    def done(self, grids: Sequence[list[list[TextCell]]]) -> tuple[str, TextLayout]:
        text = "".join(self.parts)
        tables: list[TextTable] = []
        for grid in grids:
            if not any(grid):
                continue
            width = max(len(line) for line in grid)
            square = [[*line, *[TextCell(line[-1].end, line[-1].end)] * (width - len(line))] for line in grid if line]
            table = TextTable.of(text, square)
            tables.append(_carried_on(table, tables[-1] if tables else None))
        return text, TextLayout(tables=tuple(tables), paragraphs=True)


def _carried_on(table: TextTable, before: TextTable | None) -> TextTable:
    """A table without a head that goes on from one of the same width has its head."""
    if table.head is not None or before is None or before.head is None:
        return table
    if len(table.grid[0]) != len(before.grid[0]):
        return table
    return TextTable(table.start, table.end, table.grid, Head(0, -1, before.head.roles))


# -- Word -----------------------------------------------------------------------------------------------------------


def _docx(data: bytes) -> tuple[str, TextLayout, list[str]]:
    try:
        document = docx.Document(io.BytesIO(data))
    except Exception:  # python-docx lets through what zipfile, lxml and its own parts raise
        raise PlanDocumentError("damaged", f"Word {_RESAVE}") from None
    out = _Builder()
    grids: list[list[list[TextCell]]] = []
    numbering = Numbering(document)
    for block in document.element.body.iterchildren():
        if block.tag == qn("w:p"):
            out.line(numbering.label(block) + _paragraph(Paragraph(block, document)))
        elif block.tag == qn("w:tbl"):
            grids.append(_word_table(out, WordTable(block, document), document))
        elif block.tag == qn("w:sdt"):
            for inner in block.iter(qn("w:p")):
                out.line(_paragraph(Paragraph(inner, document)))
    text, layout = out.done(grids)
    notes = []
    if numbering.used:
        notes.append("Word 的自动编号已按显示的样子写进正文。")
    if any(s.header.paragraphs and any(p.text.strip() for p in s.header.paragraphs) for s in document.sections):
        notes.append("页眉不算正文,没有读入。")
    return text, layout, notes


def _paragraph(paragraph: Paragraph) -> str:
    """The words of a paragraph, text boxes and deleted revisions left out, line breaks kept."""
    out: list[str] = []
    for node in paragraph._p.iter():
        if node.tag == qn("w:t") and not any(a.tag == qn("w:txbxContent") for a in node.iterancestors()):
            out.append(node.text or "")
        elif node.tag == qn("w:tab") and node.getparent().tag == qn("w:r"):
            out.append(" ")
        elif node.tag in (qn("w:br"), qn("w:cr")):
            out.append("\n")
    return "".join(out)


def _word_table(out: _Builder, table: WordTable, document: Document) -> list[list[TextCell]]:
    words: dict[object, str] = {}
    rows: list[list[object]] = []
    keep: list[object] = []
    for row in table.rows:
        line: list[object] = []
        for cell in row.cells:
            key = id(cell._tc)
            keep.append(cell._tc)
            if key not in words:
                parts = [_paragraph(p) for p in cell.paragraphs]
                for inner in cell.tables:
                    parts += ["\n".join(c.text for c in r.cells) for r in inner.rows]
                words[key] = "\n".join(parts)
            line.append(key)
        rows.append(line)
    return out.table(rows, words) if rows else []


# -- Excel ----------------------------------------------------------------------------------------------------------


def _xlsx(data: bytes) -> tuple[str, TextLayout, list[str]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except Exception:  # openpyxl lets through what zipfile, the XML parser and its own readers raise
        raise PlanDocumentError("damaged", f"Excel {_RESAVE}") from None
    out = _Builder()
    grids: list[list[list[TextCell]]] = []
    notes: list[str] = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            notes.append(f"隐藏的工作表“{sheet.title}”没有读入。")
            continue
        if sheet.max_row * sheet.max_column > MOST_CELLS:
            raise PlanDocumentError(
                "size",
                f"工作表“{sheet.title}”有 {sheet.max_row} 行 {sheet.max_column} 列,太大了。请删去空行空列再导入。",
            )
        merged: dict[tuple[int, int], tuple[int, int]] = {}
        for area in sheet.merged_cells.ranges:
            for r in range(area.min_row, area.max_row + 1):
                for c in range(area.min_col, area.max_col + 1):
                    merged[r, c] = (area.min_row, area.min_col)
        words: dict[object, str] = {}
        rows: list[list[object]] = []
        for r, cells in enumerate(sheet.iter_rows(), 1):
            line: list[object] = []
            for c, cell in enumerate(cells, 1):
                key = merged.get((r, c), (r, c))
                if key == (r, c):
                    words[key] = value_shown(cell.value, cell.number_format)
                line.append(key)
            if line:
                rows.append(line)
        rows = [line for line in rows if any(words.get(k) for k in line)]
        if rows:
            grids.append(out.table(rows, words))
            out.line("")
    notes += _uncounted(data, book)
    text, layout = out.done(grids)
    return text, layout, notes


def _uncounted(data: bytes, book: openpyxl.Workbook) -> list[str]:
    """Formulas whose result the workbook does not hold: their cells read as empty, which is said."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if not any(b"<f" in packed.read(n) for n in packed.namelist() if n.startswith("xl/worksheets/sheet")):
            return []
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    places = [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
        for row in formulas[sheet.title].iter_rows()
        for cell in row
        if cell.data_type == "f" and sheet[cell.coordinate].value is None
    ]
    if not places:
        return []
    listed = "、".join(places[:8]) + (" 等" if len(places) > 8 else "")
    return [f"{len(places)} 格是公式而文件里没有结果({listed}),没有读入。请在 Excel 或 WPS 中打开另存后再导入。"]


# -- HTML -----------------------------------------------------------------------------------------------------------

_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
     "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "ul",
     "title")
)  # fmt: skip
_UNSEEN = frozenset(("script", "style", "noscript", "template", "svg", "head"))


def _html(data: bytes) -> tuple[str, TextLayout, list[str]]:
    declared = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", data[:4096], re.I)
    name = declared.group(1).decode("ascii", "replace").lower() if declared else ""
    try:
        text = data.decode("gb18030" if name in ("gb2312", "gbk", "gb18030") else name or "utf-8")
    except (UnicodeDecodeError, LookupError):
        text = decode(data)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff"))
    try:
        root = lxml.html.document_fromstring(text)
    except (lxml.etree.LxmlError, ValueError):
        raise PlanDocumentError(
            "empty", "网页里没有文字。请在浏览器中另存为完整网页,或复制正文存为 .txt 再导入。"
        ) from None
    out = _Builder()
    grids: list[list[list[TextCell]]] = []
    _walk(root, out, grids)
    text, layout = out.done(grids)
    return text, layout, []


def _walk(node: lxml.html.HtmlElement, out: _Builder, grids: list[list[list[TextCell]]]) -> None:
    stack: list[tuple[lxml.html.HtmlElement, bool]] = [(node, False)]
    while stack:
        node, leaving = stack.pop()
        tag = node.tag if isinstance(node.tag, str) else ""
        if leaving:
            if tag in _BLOCKS:
                out.add("\n")
            out.add(_squeezed(node.tail))
            continue
        if not tag or tag in _UNSEEN or node.get("hidden") is not None:
            out.add(_squeezed(node.tail))
            continue
        if tag == "table" and not node.xpath(".//table"):
            grid = _html_table(out, node)
            if grid:
                grids.append(grid)
            out.add("\n" + _squeezed(node.tail))
            continue
        if tag in _BLOCKS:
            out.add("\n")
        out.add(node.text or "" if tag == "pre" else _squeezed(node.text))
        stack.append((node, True))
        stack += [(child, False) for child in reversed(list(node))]


def _squeezed(words: str | None) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", words) if words and words.strip() else (" " if words else "")


def _html_table(out: _Builder, table: lxml.html.HtmlElement) -> list[list[TextCell]]:
    words: dict[object, str] = {}
    rows: list[list[object]] = []
    hanging: dict[int, tuple[object, int]] = {}
    for line in table.xpath(".//tr"):
        row: list[object] = []
        cells = [c for c in line if c.tag in ("td", "th")]
        while cells or len(row) in hanging:
            c = len(row)
            if c in hanging:
                key, left = hanging[c]
                row.append(key)
                if left > 1:
                    hanging[c] = (key, left - 1)
                else:
                    del hanging[c]
                continue
            cell = cells.pop(0)
            key = len(words)
            words[key] = _cell_words(cell)
            wide, deep = _span(cell.get("colspan")), _span(cell.get("rowspan"))
            for _ in range(wide):
                if deep > 1:
                    hanging[len(row)] = (key, deep - 1)
                row.append(key)
        if row:
            rows.append(row)
    out.add("\n")
    return out.table(rows, words) if rows else []


def _span(value: str | None) -> int:
    return min(max(int(value), 1), 200) if value and re.fullmatch(r"\s*[0-9]{1,9}\s*", value) else 1


def _cell_words(cell: lxml.html.HtmlElement) -> str:
    inner = _Builder()
    for child in cell.iter():
        tag = child.tag if isinstance(child.tag, str) else ""
        if child is not cell and tag in _BLOCKS:
            inner.add("\n")
        if tag and tag not in _UNSEEN:
            inner.add(_squeezed(child.text))
        if child is not cell:
            inner.add(_squeezed(child.tail))
    return re.sub(r"[ \t]*\n\s*", "\n", "".join(inner.parts)).strip()


def _pdf(data: bytes) -> tuple[str, TextLayout, list[str]]:
    return read_pdf(data)
