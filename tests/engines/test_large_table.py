"""Long tables: what is written is what openpyxl and csv read back, whole, as it grows."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from jinzhi.engines.large_table import TableColumn, as_csv, package, sheet_title, xlsx
from jinzhi.engines.spreadsheet import CELL_LIMIT, SpreadsheetError

COLUMNS = (TableColumn("号码", 20), TableColumn("日期"), TableColumn("数"))


def book(rows, notes=lambda n: [("行数", n)], title="专利"):
    return load_workbook(io.BytesIO(b"".join(xlsx(title, COLUMNS, rows, notes))))


def test_every_row_is_there_with_its_kind_and_the_notes_know_how_many():
    rows = [("CN1A", date(2024, 2, 29), 3), ("", None, None), ("=1+1", date(1900, 2, 28), 10**15)]
    made = book(rows)
    page = made["专利"]
    assert [cell.value for cell in page[1]] == ["号码", "日期", "数"]
    assert page["A2"].value == "CN1A"
    assert page["B2"].value.date() == date(2024, 2, 29)
    assert page["C2"].value == 3
    assert [cell.value for cell in page[3]] == [None, None, None]
    assert (page["A4"].value, page["A4"].data_type, page["A4"].quotePrefix) == ("=1+1", "s", True)
    assert (page["B4"].value, page["C4"].value) == ("1900-02-28", str(10**15))
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:C4"
    assert [[c.value for c in row] for row in made["说明"]["A1:B1"]] == [["行数", 3]]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=8))
def test_any_text_comes_back_as_it_was(texts):
    page = book([(text, None, None) for text in texts])["专利"]
    read = [page.cell(n, 1).value or "" for n in range(2, len(texts) + 2)]
    for text, back in zip(texts, read, strict=True):
        kept = "".join("\ufffd" if (c < " " and c not in "\t\n\r") or c in "\ufffe\uffff" else c for c in text)
        assert back.replace("_x005F_", "_") == kept.replace("\r\n", "\n").replace("\r", "\n")


def test_what_a_cell_or_a_sheet_cannot_hold_is_said_and_not_cut(monkeypatch):
    with pytest.raises(SpreadsheetError, match="A2"):
        book([("x" * (CELL_LIMIT + 1), None, None)])
    monkeypatch.setattr("jinzhi.engines.large_table.SHEET_ROWS", 3)
    with pytest.raises(SpreadsheetError, match="CSV"):
        book([("a", None, None)] * 3)


def test_the_file_grows_while_the_rows_are_still_read():
    seen: list[int] = []

    def rows() -> Iterator[tuple[str, None, int]]:
        for n in range(20_000):
            seen.append(n)
            yield (f"号{n * 7919 % 20_000}", None, n)

    pieces = xlsx("专利", COLUMNS, rows())
    next(pieces)
    assert len(seen) < 20_000
    rest = sum(len(piece) for piece in pieces)
    assert rest > 10_000
    assert len(seen) == 20_000


def test_equal_tables_are_equal_bytes():
    assert b"".join(xlsx("a", COLUMNS, [("b", None, 1)])) == b"".join(xlsx("a", COLUMNS, [("b", None, 1)]))


def test_csv_is_read_back_and_runs_no_formula():
    data = b"".join(as_csv(["号", "日"], [("=1", date(2024, 1, 2)), ('a"b\n', None)]))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["号", "日"], ["'=1", "2024-01-02"], ['a"b\n', ""]]


def test_a_package_of_many_files_is_a_sound_zip():
    data = b"".join(package((f"{n}.xml", "<a/>" * n) for n in range(300)))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        assert len(packed.namelist()) == 300
        assert packed.read("3.xml") == b"<a/><a/><a/>"


@pytest.mark.parametrize(("text", "title"), [("a/b", "a b"), ("'", "1"), ("长" * 40, "长" * 31)])
def test_a_sheet_has_a_name_that_excel_takes(text, title):
    assert sheet_title(text) == title
