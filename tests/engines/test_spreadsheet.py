"""Excel out = Excel in, and every way in which a sheet can be wrong is said by row and column."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from jinzhi.engines.spreadsheet import NOTES, Sheet, SheetColumn, SpreadsheetError, read, write
from jinzhi.kernel.declare import Named
from jinzhi.kernel.fields import Field, Type

NUMBER = SheetColumn(field=Field(id="number", zh="编号", en="Number", required=False), locked=True)
NAME = SheetColumn(field=Field(id="name", zh="名称", en="Name"), width=30)
AMOUNT = SheetColumn(field=Field(id="amount", zh="金额", en="Amount", type=Type.DECIMAL, unit="万元", required=False))
COUNT = SheetColumn(field=Field(id="count", zh="件数", en="Count", type=Type.INT, required=False, min=Decimal(0)))
DAY = SheetColumn(field=Field(id="day", zh="日期", en="Date", type=Type.DATE, required=False))
OPEN = SheetColumn(field=Field(id="open", zh="开放", en="Open", type=Type.BOOL, required=False))
KIND = SheetColumn(
    field=Field(
        id="kind",
        zh="类别",
        en="Kind",
        type=Type.CHOICE,
        required=False,
        choices=(Named("first", "第一类", "First"), Named("second", "第二类", "Second")),
    )
)
COLUMNS = (NUMBER, NAME, AMOUNT, COUNT, DAY, OPEN, KIND)
ROWS = [
    {
        "number": "A-1",
        "name": "甲",
        "amount": "12.50",
        "count": 3,
        "day": "2026-11-22",
        "open": True,
        "kind": "second",
    },
    {"number": "A-2", "name": "乙", "amount": None, "count": None, "day": None, "open": False, "kind": None},
]


def sheet(rows, columns=COLUMNS, title="名录", **more):
    return Sheet(title=title, columns=columns, rows=rows, **more)


def mended(content, change):
    """The workbook after somebody worked on it."""
    book = load_workbook(io.BytesIO(content))
    change(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def said(content, columns=COLUMNS):
    return [str(e) for e in read(content, columns).errors]


SOUND = write([sheet(ROWS)])


def test_what_was_written_is_read_again():
    table = read(write([sheet(ROWS)], [("截至", "2026-11-22")]), COLUMNS)
    assert not table.errors and not table.notes
    assert [r.number for r in table.rows] == [2, 3]
    assert [dict(r.values) for r in table.rows] == [{**ROWS[0], "amount": "12.5"}, ROWS[1]]


def test_the_english_sheet_is_read_by_the_same_columns():
    table = read(write([sheet(ROWS, language="en")]), COLUMNS)
    assert not table.errors
    assert table.rows[0].values["kind"] == "second"
    assert table.rows[0].values["open"] is True


text = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=40)
amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False).map(lambda d: f"{d:f}")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "number": st.just("n"),
                "name": text.map(str.strip).filter(bool),
                "amount": st.none() | amounts,
                "count": st.none() | st.integers(0, 10**14),
                "day": st.none() | st.dates(date(1950, 1, 1), date(2100, 1, 1)).map(date.isoformat),
                "open": st.booleans(),
                "kind": st.sampled_from([None, "first", "second"]),
            }
        ),
        max_size=6,
    )
)
def test_any_rows_come_back_as_they_went(rows):
    table = read(write([sheet(rows)]), COLUMNS)
    assert not table.errors
    assert len(table.rows) == len(rows)
    for got, given_ in zip(table.rows, rows, strict=True):
        for key, value in given_.items():
            if key == "amount" and value is not None:
                assert Decimal(got.values[key]) == Decimal(value)
            else:
                assert got.values[key] == value


def test_an_amount_with_more_digits_than_a_double_is_kept_as_text():
    exact = "12345678901234.5678"
    assert read(write([sheet([{"name": "甲", "amount": exact}])]), COLUMNS).rows[0].values["amount"] == exact


@pytest.mark.parametrize("text", ["=1+1", "+86 22", "-5", "@SUM(A1)", "=HYPERLINK(0)"])
def test_no_cell_is_a_formula_whatever_it_begins_with(text):
    content = write([sheet([{"name": text}])], [("筛选", text)])
    book = load_workbook(io.BytesIO(content))
    assert book.worksheets[0]["B2"].data_type == "s"
    assert book[NOTES]["B1"].data_type == "s"
    assert read(content, COLUMNS).rows[0].values["name"] == text


def test_a_wrong_number_is_named_by_row_and_letter():
    content = mended(write([sheet(ROWS)]), lambda p: p.__setitem__("C3", "abc"))
    assert said(content) == [
        "工作表“名录”第 3 行 C 列“金额（万元）”：“abc”不是数字：请只写阿拉伯数字，不带单位、百分号和空格"
    ]


def test_every_wrong_cell_is_said_at_once():
    def spoil(page):
        page["B2"], page["D2"], page["E3"], page["G3"] = None, 2.5, "2026-02-30", "第九类"

    lines = said(mended(write([sheet(ROWS)]), spoil))
    assert [line.split("：")[0] for line in lines] == [
        "工作表“名录”第 2 行 B 列“名称”",
        "工作表“名录”第 2 行 D 列“件数”",
        "工作表“名录”第 3 行 E 列“日期”",
        "工作表“名录”第 3 行 G 列“类别”",
    ]


def test_a_formula_is_refused_not_read_as_its_last_result():
    content = mended(write([sheet(ROWS)]), lambda p: p.__setitem__("C2", "=1+1"))
    assert "是公式" in said(content)[0]


def test_a_percentage_is_refused_because_its_scale_is_unclear():
    def percent(page):
        page["C2"] = 0.89
        page["C2"].number_format = "0%"

    assert "百分比" in said(mended(write([sheet(ROWS)]), percent))[0]


def test_a_date_with_a_time_of_day_is_refused_and_midnight_is_not():
    def dates(page):
        page["E2"], page["E3"] = datetime(2026, 1, 2), datetime(2026, 1, 2, 8, 30)

    table = read(mended(write([sheet(ROWS)]), dates), COLUMNS)
    assert table.rows[0].values["day"] == "2026-01-02"
    assert [(e.row, e.column) for e in table.errors] == [(3, "E")]


def test_a_date_in_a_number_column_is_refused():
    content = mended(write([sheet(ROWS)]), lambda p: p.__setitem__("D2", date(2026, 1, 2)))
    assert "是日期，应为数字" in said(content)[0]


def test_a_number_in_a_text_column_is_its_plain_text():
    def numbers(page):
        page["B2"], page["B3"] = 2026, 0.1

    table = read(mended(write([sheet(ROWS)]), numbers), COLUMNS)
    assert [r.values["name"] for r in table.rows] == ["2026", "0.1"]


def test_a_merged_range_is_refused_by_name():
    content = mended(write([sheet(ROWS)]), lambda p: p.merge_cells("B2:B3"))
    assert said(content) == ["工作表“名录”第 2 行 B 列“名称”：B2:B3 是合并单元格，请取消合并并逐格填写"]


def test_a_title_above_the_head_and_merged_is_no_trouble():
    def title(page):
        page.insert_rows(1, 2)
        page["A1"] = "2026 年名录"
        page.merge_cells("A1:G1")

    table = read(mended(write([sheet(ROWS)]), title), COLUMNS)
    assert not table.errors
    assert [r.number for r in table.rows] == [4, 5]


def test_hidden_rows_are_read_and_it_is_said():
    def hide(page):
        page.row_dimensions[3].hidden = True

    table = read(mended(write([sheet(ROWS)]), hide), COLUMNS)
    assert len(table.rows) == 2
    assert table.notes[0][0] == "第 3 行是隐藏行，同样读入了"


def test_a_column_nobody_knows_is_said():
    content = mended(write([sheet(ROWS)]), lambda p: p.__setitem__("H1", "备忘"))
    assert read(content, COLUMNS).notes[0][0] == "第 H 列“备忘”不认识，没有读入"


def test_columns_may_be_moved_and_optional_ones_left_out():
    content = write([sheet(ROWS, (KIND, NAME))])
    table = read(content, COLUMNS)
    assert table.present == {"kind", "name"}
    assert dict(table.rows[0].values) == {"kind": "second", "name": "甲"}


def test_a_missing_column_that_is_required_is_named():
    with pytest.raises(SpreadsheetError, match="缺少列：名称"):
        read(write([sheet(ROWS, (NUMBER, AMOUNT))]), COLUMNS)


def test_two_columns_of_one_head_are_refused():
    content = mended(write([sheet(ROWS)]), lambda p: p.__setitem__("H1", "名称"))
    with pytest.raises(SpreadsheetError, match="B 列和 H 列"):
        read(content, COLUMNS)


def test_empty_rows_between_are_skipped_and_numbers_stay():
    content = mended(write([sheet(ROWS)]), lambda p: p.insert_rows(3, 3))
    assert [r.number for r in read(content, COLUMNS).rows] == [2, 6]


def test_too_many_rows_are_refused_with_their_number():
    content = write([sheet([{"name": str(i)} for i in range(30)])])
    with pytest.raises(SpreadsheetError, match="有 30 行数据，一次最多读入 20 行"):
        read(content, COLUMNS, max_rows=20)


def test_a_format_on_the_last_possible_row_is_no_row():
    def far(page):
        page["B1048576"].number_format = "0.00"

    assert len(read(mended(write([sheet(ROWS)]), far), COLUMNS).rows) == 2


@pytest.mark.parametrize("content", [b"", b"name,amount\n1,2\n", b"PK\x03\x04 broken", b"%PDF-1.7"])
def test_what_is_no_workbook_gets_a_clear_error(content):
    with pytest.raises(SpreadsheetError, match="不是 Excel 工作簿"):
        read(content, COLUMNS)


def test_an_old_or_locked_workbook_says_the_way_out():
    with pytest.raises(SpreadsheetError, match="请去掉密码并另存为"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, COLUMNS)


def repacked(content, part, body):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, body if name == part else old.read(name))
    return out.getvalue()


def test_a_zip_bomb_is_refused_unread():
    bomb = repacked(write([sheet(ROWS)]), "xl/worksheets/sheet1.xml", b" " * (80 * 1024 * 1024))
    assert len(bomb) < 200_000
    with pytest.raises(SpreadsheetError, match="解压后过大"):
        read(bomb, COLUMNS)


def test_an_entity_bomb_is_refused():
    body = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><worksheet>&b;</worksheet>'
    with pytest.raises(SpreadsheetError, match="不是 Excel 工作簿"):
        read(repacked(write([sheet(ROWS)]), "xl/worksheets/sheet1.xml", body), COLUMNS)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_file_is_refused_or_read_never_a_crash(damage):
    content = bytearray(SOUND)
    for place, byte in damage:
        content[place % len(content)] = byte
    try:
        read(bytes(content), COLUMNS)
    except SpreadsheetError as error:
        assert error.zh and error.en


def test_locked_cells_are_protected_and_the_others_are_not():
    page = load_workbook(io.BytesIO(write([sheet(ROWS, blank=2)]))).worksheets[0]
    assert page.protection.sheet
    assert page["A2"].protection.locked and not page["B2"].protection.locked
    assert not page["B5"].protection.locked, "blank rows can be filled in"
    assert page.freeze_panes == "A2"


def test_choices_are_a_list_in_the_cell_and_long_ones_stand_on_a_hidden_sheet():
    units = tuple(f"天津市第{i}知识产权公共服务单位" for i in range(40))
    unit = SheetColumn(field=Field(id="unit", zh="单位", en="Unit", type=Type.UNIT, required=False), options=units)
    book = load_workbook(io.BytesIO(write([sheet([{"name": "甲"}], (NAME, KIND, unit))])))
    rules = {str(v.sqref): v.formula1 for v in book.worksheets[0].data_validations.dataValidation}
    assert rules["B2"] == '"第一类,第二类"'
    assert rules["C2"] == "'_选项'!$A$1:$A$40"
    assert book["_选项"].sheet_state == "hidden"
    assert book["_选项"]["A40"].value == units[39]


def test_the_sheet_of_notes_is_never_read_as_data():
    content = write([], [("名称", "甲")])
    with pytest.raises(SpreadsheetError, match="没有可读的工作表"):
        read(content, COLUMNS)


def test_a_text_longer_than_a_cell_is_refused_not_cut():
    with pytest.raises(SpreadsheetError, match="超过单元格上限"):
        write([sheet([{"name": "长" * 40_000}])])


def test_a_sheet_is_found_by_name_or_the_known_ones_are_said():
    content = write([sheet(ROWS), sheet(ROWS[:1], title="第二张")])
    assert len(read(content, COLUMNS, sheet="第二张").rows) == 1
    with pytest.raises(SpreadsheetError, match="现有：名录、第二张"):
        read(content, COLUMNS, sheet="第三张")


def test_an_empty_book_of_somebody_else_says_which_heads_belong():
    out = io.BytesIO()
    Workbook().save(out)
    with pytest.raises(SpreadsheetError, match="找不到表头"):
        read(out.getvalue(), COLUMNS)
