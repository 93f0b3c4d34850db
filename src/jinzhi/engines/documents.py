"""Word documents for offices: papers of headings, paragraphs and tables, written by python-docx from code.

The page follows the measures of GB/T 9704-2012 as design/ui.md 3.2 used them (A4, a text area of 156 × 225 mm,
28 characters a line) without a red head: what this platform prints is a working paper, not an official document
of an agency. Fonts are named as Chinese offices have them, each with the name to fall back on; none is embedded.
``mark`` stands in the head of every page: a demonstration says there that its data are made up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from docx import Document
from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLE_FONT, BODY_FONT, HEAD_FONT, NOTE_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
LATIN = "Times New Roman"
#: what a machine without the first font should use
FALLBACKS = {TITLE_FONT: "宋体", BODY_FONT: "仿宋", HEAD_FONT: "SimHei", NOTE_FONT: "楷体"}
TEXT_WIDTH = 156
#: a twentieth of a point, of which Word counts so many in a millimetre
TWIPS = 1440 / 25.4
#: XML cannot hold these; a text that has them would otherwise stop the whole document
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class TextBlock:
    """A paragraph; line breaks begin a new one. ``kind``: body (two characters indented), note or right."""

    text: str
    kind: str = "body"


@dataclass(frozen=True)
class Pairs:
    """A table of labels and values; ``tall`` is the least height of a row in millimetres (room to write by hand)."""

    rows: Sequence[tuple[str, str]]
    tall: int = 0


@dataclass(frozen=True)
class DocumentTable:
    """A table with a head that repeats on every page. ``widths`` in millimetres, together at most TEXT_WIDTH."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]


@dataclass(frozen=True)
class DocumentPicture:
    """A picture (PNG) as wide as said in millimetres; ``alt`` says to who cannot see it what it shows."""

    png: bytes
    width: int
    alt: str


@dataclass(frozen=True)
class Paper:
    """One paper: its title, a line under it (number, unit, day), what it says. Begins on a page of its own."""

    title: str
    lines: Sequence[str]
    blocks: Sequence[Heading | TextBlock | Pairs | DocumentTable | DocumentPicture]


def write(papers: Sequence[Paper], *, mark: str = "", subject: str = "") -> bytes:
    """The papers as one .docx. Raises ValueError where there is none: an empty file would look like a loss."""
    if not papers:
        raise ValueError("a document needs at least one paper")
    doc = Document()
    _page(doc)
    _styles(doc)
    _fonts(doc)
    _margins_of_pages(doc, mark)
    doc.core_properties.title = _clean(subject or papers[0].title)
    doc.core_properties.author = "津知"
    doc.core_properties.comments = _clean(mark)
    for n, paper in enumerate(papers):
        _paper(doc, paper, first=n == 0)
    out = BytesIO()
    doc.save(out)
    return out.getvalue()


def _clean(text: object) -> str:
    """Text that XML can hold; what it cannot hold shows as U+FFFD."""
    return UNWRITABLE.sub("\ufffd", str(text).replace("\r\n", "\n").replace("\r", "\n"))


def _page(doc: Doc) -> None:
    section = doc.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)


def _style(doc: Doc, name: str, font: str, size: float, *, bold: bool = False) -> ParagraphStyle:
    known = [s.name for s in doc.styles]
    style = doc.styles[name] if name in known else doc.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), bold
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(28)
    return style


def _styles(doc: Doc) -> None:
    _style(doc, "Normal", BODY_FONT, 16)
    title = _style(doc, "Title", TITLE_FONT, 22)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = Pt(36)
    title.font.color.rgb = RGBColor(0, 0, 0)
    border = title.element.get_or_add_pPr().find(qn("w:pBdr"))
    if border is not None:
        title.element.get_or_add_pPr().remove(border)
    body = _style(doc, "JZ Body", BODY_FONT, 16)
    body.paragraph_format.first_line_indent = Pt(32)
    line = _style(doc, "JZ Line", BODY_FONT, 14)
    line.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head = _style(doc, "JZ Heading", HEAD_FONT, 16)
    head.paragraph_format.keep_with_next = True
    head.paragraph_format.space_before = Pt(8)
    _style(doc, "JZ Note", NOTE_FONT, 12).paragraph_format.line_spacing = Pt(20)
    right = _style(doc, "JZ Right", BODY_FONT, 16)
    right.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    right.paragraph_format.space_before = Pt(12)
    cell = _style(doc, "JZ Cell", BODY_FONT, 12)
    cell.paragraph_format.line_spacing = Pt(20)
    label = _style(doc, "JZ Label", HEAD_FONT, 12)
    label.paragraph_format.line_spacing = Pt(20)


def _fonts(doc: Doc) -> None:
    """The font table with the name to fall back on beside each name."""
    part = doc.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    entries = "".join(
        f'<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(other)}/><w:charset w:val="86"/></w:font>'
        for name, other in FALLBACKS.items()
    )
    part._blob = (  # python-docx has no face for this part
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f'{entries}<w:font w:name="{LATIN}"/></w:fonts>'
    ).encode()


def _margins_of_pages(doc: Doc, mark: str) -> None:
    """The mark in the head and — n — at the foot of every page."""
    section = doc.sections[0]
    head = section.header.paragraphs[0]
    head.style = doc.styles["JZ Note"]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if mark:
        head.add_run(_clean(mark)).bold = True
    foot = section.footer.paragraphs[0]
    foot.style = doc.styles["JZ Cell"]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("— ")
    _field(foot, "PAGE")
    foot.add_run(" —")


def _field(paragraph: Paragraph, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run = paragraph.add_run()._r
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = text
        run.append(part)


def _paper(doc: Doc, paper: Paper, *, first: bool) -> None:
    title = doc.add_paragraph(_clean(paper.title), style="Title")
    title.paragraph_format.page_break_before = not first
    for line in paper.lines:
        doc.add_paragraph(_clean(line), style="JZ Line")
    for block in paper.blocks:
        match block:
            case Heading():
                doc.add_paragraph(_clean(block.text), style="JZ Heading")
            case TextBlock():
                style = {"body": "JZ Body", "note": "JZ Note", "right": "JZ Right"}[block.kind]
                for piece in _clean(block.text).split("\n"):
                    doc.add_paragraph(piece, style=style)
            case Pairs():
                _pairs(doc, block)
            case DocumentTable():
                _grid(doc, block)
            case DocumentPicture():
                _picture(doc, block)


def _table(doc: Doc, columns: int, widths: Sequence[int]) -> Table:
    if sum(widths) > TEXT_WIDTH:
        raise ValueError(f"columns of {sum(widths)} mm do not fit into {TEXT_WIDTH} mm")
    table: Table = doc.add_table(rows=0, cols=columns, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _line(table: Table, values: Sequence[str], widths: Sequence[int], styles: Sequence[str]) -> None:
    row = table.add_row()  # type: ignore[no-untyped-call]  # python-docx says no type of it
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, value, width, style in zip(row.cells, values, widths, styles, strict=True):
        cell.width = Mm(width)
        first, *more = _clean(value).split("\n")
        cell.paragraphs[0].style = style
        cell.paragraphs[0].add_run(first)
        for piece in more:
            cell.add_paragraph(piece, style=style)


def _pairs(doc: Doc, block: Pairs) -> None:
    widths = (32, TEXT_WIDTH - 32)
    table = _table(doc, 2, widths)
    for label, value in block.rows:
        _line(table, (label, value), widths, ("JZ Label", "JZ Cell"))
        if block.tall:
            table.rows[-1].height, table.rows[-1].height_rule = Mm(block.tall), WD_ROW_HEIGHT_RULE.AT_LEAST


def _grid(doc: Doc, block: DocumentTable) -> None:
    table = _table(doc, len(block.heads), block.widths)
    _line(table, block.heads, block.widths, ["JZ Label"] * len(block.heads))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    style = doc.styles["JZ Cell"].style_id
    width = len(block.heads)
    for number, row in enumerate(block.rows, 1):
        if len(row) != width:
            raise ValueError(f"row {number} has {len(row)} cells for {width} columns")
        # a row through python-docx costs 4 ms, which a list of thousands cannot pay
        table._tbl.append(parse_xml(_row(row, block.widths, style)))


def _row(values: Sequence[str], widths: Sequence[int], style: str) -> str:
    cells = []
    for value, millimetres in zip(values, widths, strict=True):
        pieces = "".join(
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
            f'<w:r><w:t xml:space="preserve">{escape(piece)}</w:t></w:r></w:p>'
            for piece in _clean(value).split("\n")
        )
        size = round(millimetres * TWIPS)
        cells.append(f'<w:tc><w:tcPr><w:tcW w:w="{size}" w:type="dxa"/></w:tcPr>{pieces}</w:tc>')
    return f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def _picture(doc: Doc, block: DocumentPicture) -> None:
    if block.width > TEXT_WIDTH:
        raise ValueError(f"a picture of {block.width} mm does not fit into {TEXT_WIDTH} mm")
    paragraph = doc.add_paragraph(style="JZ Note")
    # the fixed line of a text would cut a picture off
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(BytesIO(block.png), width=Mm(block.width))
    shape._inline.docPr.set("descr", _clean(block.alt))
