"""A report as a workbook: what goes out comes in again, and every wrong cell is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from jinzhi.apps.plan.actions import Locked, save_content
from jinzhi.apps.plan.models import Report
from jinzhi.apps.plan.queries import content, lacking, missing
from jinzhi.apps.plan.report_sheet import (
    MADE_FROM,
    MILESTONES,
    ROWS,
    StaleSheet,
    WrongSheet,
    as_workbook,
    from_workbook,
)
from jinzhi.apps.plan.reporting import merge
from jinzhi.engines.spreadsheet import SpreadsheetError
from tests.apps.plan_fixtures import milestone, round_of_reports, small_plan

CODE = "test-plan-U1-tj-binhai-1"


@pytest.fixture
def release(city):
    return small_plan()


@pytest.fixture
def reports(release, above):
    milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 10)
    milestone(release, "C1", "tj-binhai", date(2026, 12, 20), 1)
    return round_of_reports(release, above.acting)


def again(report: Report) -> Report:
    return Report.objects.unrestricted("test").select_related("unit", "period", "case").get(pk=report.pk)


def mended(workbook: bytes, change: Callable[[Workbook], object]) -> bytes:
    book = load_workbook(BytesIO(workbook))
    change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def put(book: Workbook, sheet: str, **cells: object) -> None:
    for place, value in cells.items():
        book[sheet][place] = value


@pytest.fixture
def report(reports):
    return again(reports["tj-binhai"])


@pytest.fixture
def sheet(report, release):
    return as_workbook(report, release)


def test_the_first_column_is_a_hidden_key_and_what_is_given_is_locked(sheet):
    page = load_workbook(BytesIO(sheet))[MILESTONES]
    assert page.column_dimensions["A"].hidden
    assert page.protection.sheet
    heads = {c.value: c.column_letter for c in page[1]}
    assert page[f"{heads['目标']}2"].protection.locked
    assert not page[f"{heads['本期累计']}2"].protection.locked


def test_numbers_and_days_are_checked_while_they_are_typed(sheet):
    page = load_workbook(BytesIO(sheet))[MILESTONES]
    assert {(r.type, str(r.sqref)) for r in page.data_validations.dataValidation} == {
        ("decimal", "H2:H3"),
        ("date", "I2:I3"),
    }


def test_an_unchanged_sheet_changes_nothing(sheet, report, release, district):
    reading = from_workbook(sheet, report, release, who=district.acting)
    assert (reading.errors, dict(reading.changes), reading.remarks) == ((), {}, ())


def test_a_filled_report_comes_back_the_same(report, release, district):
    save_content(
        report, release, notes={"U1": {"progress": "=1+1 看起来像公式\n第二行", "next": "继续"}},
        figures={CODE: {"achieved": "3.25", "note": "@说明"}}, who=district.acting, expected=0,
    )  # fmt: skip
    filled = again(report)
    reading = from_workbook(as_workbook(filled, release), filled, release, who=district.acting)
    assert (reading.errors, dict(reading.changes)) == ((), {})


def test_what_was_filled_in_is_shown_old_and_new_and_nothing_is_saved(sheet, report, release, district):
    filled = mended(sheet, lambda b: (put(b, MILESTONES, H3=4, J3="四件"), put(b, ROWS, E2="已启动")))
    reading = from_workbook(filled, report, release, who=district.acting)
    assert reading.changes == {
        "C1": {"progress": ["", "已启动"]},
        CODE: {"achieved": [None, "4"], "note": ["", "四件"]},
    }
    assert again(report).version == 0
    assert not report.notes.exists()
    assert not report.figures.exists()


def test_every_wrong_cell_is_named_by_sheet_row_and_column_at_once(sheet, report, release, district):
    def spoil(book):
        put(book, MILESTONES, H2="十", I3="2026-13-01")
        put(book, ROWS, E3="字" * 2001)

    reading = from_workbook(mended(sheet, spoil), report, release, who=district.acting)
    assert [str(e) for e in reading.errors] == [
        "工作表“里程碑”第 2 行 H 列“本期累计”：“十”不是数字：请只写阿拉伯数字，不带单位、百分号和空格",
        "工作表“里程碑”第 3 行 I 列“完成日期”：“2026-13-01”不是日期，请写成 2026-11-22",
        "工作表“任务进展”第 3 行 E 列“进展情况”：最多 2000 字，现有 2001 字",
    ]
    assert not reading.changes


def test_what_does_not_fit_together_is_named_by_its_cell_too(sheet, report, release, district):
    filled = mended(sheet, lambda b: put(b, MILESTONES, H3=10))
    [error] = from_workbook(filled, report, release, who=district.acting).errors
    assert str(error) == "工作表“里程碑”第 3 行 I 列“完成日期”：已达到目标，请填写完成日期"


def test_one_wrong_cell_keeps_every_other_out(sheet, report, release, district):
    filled = mended(sheet, lambda b: (put(b, MILESTONES, H2="十"), put(b, ROWS, E2="写好了")))
    reading = from_workbook(filled, report, release, who=district.acting)
    assert len(reading.errors) == 1
    assert not reading.changes


def test_a_formula_is_refused_where_it_stands(sheet, report, release, district):
    filled = mended(sheet, lambda b: put(b, MILESTONES, H3="=1+2"))
    [error] = from_workbook(filled, report, release, who=district.acting).errors
    assert (error.row, error.column) == (3, "H")
    assert "公式" in error.zh


def test_a_line_sorted_apart_from_its_key_is_noticed(sheet, report, release, district):
    def swap(book):
        page = book[MILESTONES]
        for letter in "BC":
            first, second = page[f"{letter}2"].value, page[f"{letter}3"].value
            page[f"{letter}2"], page[f"{letter}3"] = second, first

    errors = from_workbook(mended(sheet, swap), report, release, who=district.acting).errors
    assert {(e.row, e.column) for e in errors} == {(2, "B"), (2, "C"), (3, "B"), (3, "C")}


def test_an_added_line_and_a_doubled_line_are_errors(sheet, report, release, district):
    def add(book):
        put(book, MILESTONES, A4="nowhere", H4=1)
        for letter in "ABCDEFGHIJ":
            book[MILESTONES][f"{letter}5"] = book[MILESTONES][f"{letter}3"].value

    errors = from_workbook(mended(sheet, add), report, release, who=district.acting).errors
    assert [(e.row, e.column) for e in errors] == [(4, "A"), (5, "A")]
    assert "不要增加行" in errors[0].zh
    assert "第 3 行重复" in errors[1].zh


def test_a_deleted_line_stays_as_it_was_and_is_said(sheet, report, release, district):
    reading = from_workbook(mended(sheet, lambda b: b[MILESTONES].delete_rows(2)), report, release, who=district.acting)
    assert not reading.errors
    assert "缺少 1 行" in reading.remarks[0][0]


def test_moved_columns_are_read_by_their_heads_and_said(sheet, report, release, district):
    def move(book):
        page = book[MILESTONES]
        for row in page.iter_rows(min_row=1, max_row=3):
            h, j = row[7].value, row[9].value
            row[7].value, row[9].value = j, h
        page["J3"] = 5

    reading = from_workbook(mended(sheet, move), report, release, who=district.acting)
    assert reading.changes == {CODE: {"achieved": [None, "5"]}}
    assert "移动过" in reading.remarks[0][0]


def test_a_deleted_column_is_named_and_nothing_is_read(sheet, report, release, district):
    with pytest.raises(SpreadsheetError, match="缺少列：完成日期"):
        from_workbook(mended(sheet, lambda b: b[MILESTONES].delete_cols(9)), report, release, who=district.acting)


def test_a_sheet_of_another_unit_says_so(reports, report, release, district):
    other = as_workbook(again(reports["tj-dongli"]), release)
    with pytest.raises(WrongSheet, match="另一个单位（tj-dongli）"):
        from_workbook(other, report, release, who=district.acting)


def test_a_sheet_of_another_period_says_so(sheet, release, above, district):
    later = round_of_reports(release, above.acting, "2026Q4")["tj-binhai"]
    with pytest.raises(WrongSheet, match="另一个报告期（2026Q3）"):
        from_workbook(sheet, again(later), release, who=district.acting)


def test_a_sheet_without_its_origin_is_refused(sheet, report, release, district):
    with pytest.raises(WrongSheet, match="标识页"):
        from_workbook(mended(sheet, lambda b: b.remove(b[MADE_FROM])), report, release, who=district.acting)


def test_a_sheet_of_an_older_version_says_so(sheet, report, release, district):
    save_content(report, release, notes={"U1": {"progress": "甲"}}, figures={}, who=district.acting, expected=0)
    with pytest.raises(StaleSheet, match="第 0 版导出的，报告现在是第 1 版"):
        from_workbook(sheet, again(report), release, who=district.acting)


def test_a_locked_report_takes_no_sheet(sheet, report, release, district):
    Report.objects.unrestricted("test").filter(pk=report.pk).update(state="submitted")
    with pytest.raises(Locked):
        from_workbook(sheet, again(report), release, who=district.acting)


def test_what_is_no_workbook_is_refused(report, release, district):
    with pytest.raises(SpreadsheetError, match="不是 Excel"):
        from_workbook(b"hello", report, release, who=district.acting)


def test_the_list_of_what_is_missing_has_a_place_for_each(report, release, district):
    assert len(lacking(content(report, release))) == len(missing(report, release)) == 3
    save_content(
        report, release, notes={"U1": {"progress": "甲"}}, figures={CODE: {"achieved": "1"}},
        who=district.acting, expected=0,
    )  # fmt: skip
    filled = again(report)
    assert [(x.row.key, x.milestone) for x in lacking(content(filled, release))] == [("C1", None)]
    assert len(missing(filled, release)) == 1


def test_merging_takes_over_what_the_person_had_left_alone():
    changes = {"U1": {"progress": ["", "别人写的"], "next": ["旧", "新"]}, CODE: {"achieved": ["3", "5"]}}
    typed = {"U1": {"progress": "我写的", "next": "旧", "difficulty": "难"}}
    merged = merge(typed, {CODE: {"achieved": "3.00"}}, changes)
    assert merged.notes == {"U1": {"progress": "我写的", "next": "新", "difficulty": "难"}}
    assert merged.figures == {CODE: {"achieved": "5"}}
    assert merged.clashes == {("U1", "progress")}
    assert merged.taken == {("U1", "next"), (CODE, "achieved")}
