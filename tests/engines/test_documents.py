"""Word documents: the page of an office, a mark on every page, texts that cannot break them."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from docx import Document
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.engines.documents import (
    BODY_FONT,
    FALLBACKS,
    DocumentPicture,
    DocumentTable,
    Heading,
    Pairs,
    Paper,
    TextBlock,
    write,
)
from jinzhi.engines.pictures import SvgPicture, png

MARK = "演示数据，非官方统计"
PAPER = Paper(
    "督办单",
    ["津知督〔2026〕1号"],
    [
        Heading("一、督办要求"),
        TextBlock("请于期限前完成。\n并报送佐证。"),
        Pairs([("承办单位", "滨海新区"), ("期限", "2026-12-01")]),
        DocumentTable(["序号", "内容"], [["1", "甲"], ["2", "乙"]], [20, 136]),
        TextBlock("2026 年 11 月 22 日", kind="right"),
    ],
)


def opened(content: bytes):
    return Document(BytesIO(content))


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        return packed.read(name).decode()


def test_the_page_has_the_measures_of_gb_t_9704():
    section = opened(write([PAPER])).sections[0]

    def whole(length: int) -> int:
        return round(length / Mm(1))

    assert (whole(section.page_width), whole(section.page_height)) == (210, 297)
    assert whole(section.page_width - section.left_margin - section.right_margin) == 156
    assert whole(section.page_height - section.top_margin - section.bottom_margin) == 225


def test_every_line_of_a_paper_is_in_the_document():
    doc = opened(write([PAPER]))
    texts = [p.text for p in doc.paragraphs]
    assert texts[:5] == ["督办单", "津知督〔2026〕1号", "一、督办要求", "请于期限前完成。", "并报送佐证。"]
    assert [[c.text for c in r.cells] for r in doc.tables[0].rows] == [["承办单位", "滨海新区"], ["期限", "2026-12-01"]]
    assert [c.text for c in doc.tables[1].rows[2].cells] == ["2", "乙"]


def test_the_mark_stands_in_the_head_of_every_page():
    doc = opened(write([PAPER, PAPER], mark=MARK))
    [section] = doc.sections
    assert section.header.paragraphs[0].text == MARK
    assert not section.different_first_page_header_footer
    assert opened(write([PAPER])).sections[0].header.paragraphs[0].text == ""


def test_each_paper_begins_on_its_own_page():
    titles = [p for p in opened(write([PAPER, PAPER, PAPER])).paragraphs if p.style.name == "Title"]
    assert [bool(t.paragraph_format.page_break_before) for t in titles] == [False, True, True]


def test_fonts_are_named_with_their_fallback():
    content = write([PAPER])
    table = part(content, "word/fontTable.xml")
    for name, other in FALLBACKS.items():
        assert f'w:name="{name}"><w:altName w:val="{other}"' in table
    assert f'w:eastAsia="{BODY_FONT}"' in part(content, "word/styles.xml")


def test_nothing_is_printed_in_red():
    content = write([PAPER], mark=MARK)
    for name in ("word/document.xml", "word/header1.xml"):
        assert "w:color" not in part(content, name)
    assert str(opened(content).styles["Title"].font.color.rgb) == "000000"


def test_the_head_of_a_long_table_repeats_and_rows_stay_whole():
    xml = part(write([PAPER]), "word/document.xml")
    assert xml.count("<w:tblHeader/>") == 1
    assert xml.count("<w:cantSplit/>") == 5


def test_a_table_wider_than_the_page_is_refused():
    with pytest.raises(ValueError, match="200 mm"):
        write([Paper("宽", [], [DocumentTable(["甲", "乙"], [], [100, 100])])])


def test_no_paper_is_no_document():
    with pytest.raises(ValueError, match="at least one"):
        write([])


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_written_and_shows_what_it_could_not_hold(text):
    content = write([Paper("题", [], [Pairs([("事项", text)])])])
    [table] = opened(content).tables
    kept = table.rows[0].cells[1].text
    assert len(kept) == len(text.replace("\r\n", "\n"))


def test_a_drawing_becomes_a_picture_with_words_for_who_cannot_see_it():
    square = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="red"/></svg>'
    )
    first, second = png([SvgPicture(square, 40, 20), SvgPicture(square, 40, 20)])
    assert first.startswith(b"\x89PNG")
    assert first == second
    assert (int.from_bytes(first[16:20]), int.from_bytes(first[20:24])) == (80, 40)
    assert png([]) == []
    content = write([Paper("t", [], [DocumentPicture(first, 100, "一个方块")])])
    assert 'descr="一个方块"' in part(content, "word/document.xml")
    assert opened(content).inline_shapes[0].width == Mm(100)
    with pytest.raises(ValueError, match="157"):
        write([Paper("t", [], [DocumentPicture(first, 157, "")])])


def test_a_row_with_a_cell_too_few_is_refused():
    with pytest.raises(ValueError, match="row 2"):
        write([Paper("t", [], [DocumentTable(["a", "b"], [["1", "2"], ["3"]], [10, 10])])])
