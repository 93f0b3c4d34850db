# ruff: noqa: E501 - rows of tables stay whole
"""Exports with the oddities of their systems: names, numbers, days, classes, headings and encodings; all invented."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook

from jinzhi.kernel.patent import PatentDocument
from jinzhi.sources.patents import tables
from jinzhi.sources.patents.refused import RefusedRecord


def every(text: str | bytes, name: str = "x.csv", **more: object) -> list[PatentDocument | RefusedRecord]:
    return list(tables.read(io.BytesIO(text.encode() if isinstance(text, str) else text), name, **more))  # type: ignore[arg-type]


def read(text: str | bytes, name: str = "x.csv", **more: object) -> list[PatentDocument]:
    found = every(text, name, **more)
    assert all(isinstance(one, PatentDocument) for one in found), found
    return found  # type: ignore[return-value]


def refused(text: str | bytes, name: str = "x.csv") -> RefusedRecord:
    [one] = [r for r in every(text, name) if isinstance(r, RefusedRecord)]
    return one


def column(values: list[str], heading: str) -> str:
    return f"公开号,标题,{heading}\n" + "".join(f'CN{106822079 + i}A,装置{i},"{v}"\n' for i, v in enumerate(values))


def names(values: list[str], heading: str = "发明人", field: str = "inventors", **more: object) -> list[list[str]]:
    return [[p.name for p in getattr(d, field)] for d in read(column(values, heading), **more)]


def asked(text: str) -> dict[str, str]:
    return {c.heading: c.why_zh for c, _ in tables.asked(io.BytesIO(text.encode()), "x.csv")}


# ------------------------------------------------------------------------------------------- names


def test_names_in_han_characters_are_split_in_a_column_of_bars() -> None:
    values = ["王五|赵六", "张三;李四", "钱七", "Doe; Jane | Roe; Richard", "孙八;周九|吴十"]
    assert names(values) == [
        ["王五", "赵六"], ["张三", "李四"], ["钱七"], ["Doe; Jane", "Roe; Richard"], ["孙八", "周九", "吴十"],
    ]  # fmt: skip


def test_family_and_given_name_stay_together_beside_names_in_han_characters() -> None:
    assert names(["Doe; Jane", "张三;李四"]) == [["Doe; Jane"], ["张三", "李四"]]


@pytest.mark.parametrize(
    "values",
    [
        ["Doe; Jane | Roe; Richard", "Jane Doe; Richard Roe"],  # two full names, or family; given
        ["Smith; Jones", "Brown; White; Black"],
        ["Jane Doe, Richard Roe"],
        ["Doe, Jane, Roe, Richard"],
        ["张三 李四", "王五 赵六"],
    ],
)
def test_a_column_of_names_that_may_be_one_or_several_is_asked_about(values: list[str]) -> None:
    assert "名字" in asked(column(values, "发明人"))["发明人"]


@pytest.mark.parametrize(
    ("values", "mark", "expected"),
    [
        (["Jane Doe, Richard Roe"], ",", ["Jane Doe", "Richard Roe"]),
        (["Jane Doe, Richard Roe"], "one", ["Jane Doe, Richard Roe"]),
        (["张三 李四"], "space", ["张三", "李四"]),
        (["Doe; Jane | Roe; Richard", "Max; Moe"], "|", ["Doe; Jane", "Roe; Richard"]),
        (["Smith; Jones", "Brown; White; Black"], ";", ["Smith", "Jones"]),
    ],
)
def test_the_answer_says_what_stands_between_names(values: list[str], mark: str, expected: list[str]) -> None:
    assert names(values, answers={"发明人": f"inventors:{mark}"})[0] == expected
    assert mark in tables.answers_of("inventors") and not tables.answers_of("title")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("甲公司，乙大学", ["甲公司", "乙大学"]),
        ("甲有限公司、乙研究院", ["甲有限公司", "乙研究院"]),
        ("Example Co., Ltd.", ["Example Co., Ltd."]),
        ("Bar Ltd., Baz Inc.", ["Bar Ltd.", "Baz Inc."]),
        ("上海、南京某公司", ["上海、南京某公司"]),
        ("AT&amp;T Corp.;R&#x26;D Inc", ["AT&T Corp.", "R&D Inc"]),
    ],
)
def test_holders_with_commas_between_or_within(value: str, expected: list[str]) -> None:
    assert names([value], "申请人", "applicants") == [expected]


def test_the_list_that_the_source_cut_is_said() -> None:
    [d] = read(column(["张三 等"], "发明人"))
    assert [p.name for p in d.inventors] == ["张三"] and ("发明人（来源未列全）", 1) in d.rest


def test_the_day_of_ownership_is_no_part_of_a_name() -> None:
    assert names(["EXAMPLE LLC (2019-08-30)"], "Owners", "assignees") == [["EXAMPLE LLC"]]


# ------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("特開2017-123456", "JP2017123456A"),
        ("特許第6123456号", "JP6123456"),
        ("特開平11-123456", "JPH11123456A"),
        ("CN106822079 A 20170613 [CN106822079]", "CN106822079A"),
        ("CN106822079A(申请公开)", "CN106822079A"),
        ("'CN106822079A", "CN106822079A"),
        ('="CN106822079A"', "CN106822079A"),
        ('=HYPERLINK("http://x.example","CN106822079A")', "CN106822079A"),
    ],
)
def test_numbers_with_what_systems_put_around_them(written: str, number: str) -> None:
    text = f'公开号\t标题\n"{written.replace(chr(34), chr(34) * 2)}"\t装置\n'
    assert [d.publication_number for d in read(text)] == [number]


def test_the_number_of_an_application_is_no_publication() -> None:
    [d] = read("公开号,标题\nZL201710119193.6,装置\n")
    assert (d.publication_number, d.application_number) == ("", "CN201710119193.6")
    assert ("公开号（实为申请号）", 1) in d.rest


def test_a_number_that_excel_cut_is_refused() -> None:
    assert "科学计数法" in refused("申请号,标题\n2.02110E+11,装置\n").reason_zh
    [d] = read("公开号,申请号,标题\nCN106822079A,2.02110E+11,装置\n")
    assert d.application_number == "" and ("申请号（科学计数法，末几位已丢失）", 1) in d.rest


def test_the_office_of_a_number_without_one_is_taken_from_its_column() -> None:
    found = read("国家,专利号公开,标题\nUS,7272630,Map\n美国,7272631,Map\n")
    assert [d.publication_number for d in found] == ["US7272630", "US7272631"]
    [d] = read("公开号,标题\n1467880,装置\n")
    assert ("公开号（没有国别，按中国）", 1) in d.rest


# ------------------------------------------------------------------------------------------- days


@pytest.mark.parametrize("written", ["20210305.0", "2021年03月05号", "2021 Mar 05", "Fri Mar 05 2021", "2021．03．05"])
def test_days_in_more_forms(written: str) -> None:
    assert [d.filing_date for d in read(column([written], "申请日"))] == [date(2021, 3, 5)]


def test_the_zero_of_a_calendar_is_no_day() -> None:
    values = ["2021-03-05", "1899-12-31", "1900-01-00", "9999-12-31"]
    found = read(column(values, "申请日"))
    assert [d.filing_date for d in found] == [date(2021, 3, 5), None, None, None]
    assert all(any(v in key for key, _ in d.rest) for v, d in zip(values[1:], found[1:], strict=True))


def test_the_numbers_that_excel_keeps_for_days_are_asked_about() -> None:
    text = column(["44260", "44261"], "申请日")
    assert "2021-03-05" in asked(text)["申请日"] and not any(d.filing_date for d in read(text))
    found = read(text, answers={"申请日": "filing_date:serial"})
    assert [d.filing_date for d in found] == [date(2021, 3, 5), date(2021, 3, 6)]


def test_the_day_of_the_first_publication_of_a_family_is_its_day() -> None:
    [d] = read(
        'Publication number,Title,Publication date,Earliest priority\n"US10467880B2\nUS2019123456A1",MAP,2019-11-05 2019-05-01,2018-01-01\n'
    )
    assert d.publication_date == date(2019, 11, 5) and not d.priorities  # a day is no number of a priority


# ------------------------------------------------------------------------------------------- classes


@pytest.mark.parametrize(
    "cell",
    [
        "H01M10/05 H01M10/42",
        "H01M-010/05\nH01M-010/42",
        "H01M001005 | H01M001042",
        "Int.Cl. H01M10/05; H01M 10/42 (2010.01) I",
        "H01M10/05、H01M10/42",
    ],
)
def test_classes_in_the_forms_of_systems(cell: str) -> None:
    [d] = read(f'公开号,标题,IPC\nCN106822079A,装置,"{cell}"\n')
    assert [s.symbol for s in d.ipc] == ["H01M10/05", "H01M10/42"]


def test_the_office_and_edition_of_a_cpc_symbol_are_no_part_of_it() -> None:
    [d] = read('公开号,标题,CPC\nCN106822079A,装置,"G08G5/0008 (US); H01M10/0525(20130101), B64C2201/00 [EP]"\n')
    assert [(s.symbol, s.office, s.version) for s in d.cpc] == [
        ("G08G5/0008", "US", ""), ("H01M10/0525", "", "2013.01"), ("B64C2201/00", "EP", ""),
    ]  # fmt: skip


def test_a_count_of_claims_is_no_claim() -> None:
    text = "公开号,标题,Claims\nUS10467880B2,Map,20\n"
    assert not read(text)[0].claims and "Claims" in asked(text)


# ------------------------------------------------------------------------------------------- headings and rows


@pytest.mark.parametrize(
    "head",
    [
        "公开号 Publication No.,发明名称/Title,申请人 (Applicant)",
        "公開號,發明名稱,申請人",
        "文献番号,発明の名称,出願人/権利者",
        "Veröffentlichungsnummer,Titel,Anmelder",
        "公开号,申请号,标题(中),当前申请人(中)",
        "公开号,标题,申请人\nPublication Number,Title,Applicant",
    ],
)
def test_headings_in_other_languages_and_in_two(head: str) -> None:
    cells = "CN106822079A,CN201710119193.6,装置,甲公司" if "申请号" in head else "CN106822079A,装置,甲公司"
    [d] = read(f"{head}\n{cells}\n")
    assert (d.publication_number, d.title, d.applicants[0].name) == ("CN106822079A", "装置", "甲公司")


def test_a_heading_of_another_number_is_not_read_as_the_publication() -> None:
    [d] = read("PCT公开号,公开号,标题\nWO2017012345A1,CN106822079A,装置\n")
    assert d.publication_number == "CN106822079A"


def test_a_title_in_another_language_is_kept_as_such() -> None:
    [d] = read("公开号,标题(英),标题(中)\nCN106822079A,Device,装置\n")
    assert [(t.lang, t.text) for t in d.titles] == [("zh", "装置"), ("en", "Device")]


def test_headings_repeated_on_each_page_are_no_rows() -> None:
    assert len(read("公开号,标题\nCN106822079A,甲\n公开号,标题\nCN106822080A,乙\n")) == 2


def test_a_quote_that_does_not_end_is_told_with_the_rows_it_swallowed() -> None:
    text = '公开号,标题,申请人\nCN106822079A,"装置,甲公司\nCN106822080A,装置2,乙公司\nCN106822081A,装置3,丙公司\n'
    assert "2 行" in refused(text).reason_zh


def test_quotes_with_a_backslash_are_read() -> None:
    [d] = read('公开号,标题,申请人\nCN106822079A,"装\\"置\\"","甲公司"\n')
    assert d.title == '装"置"'


def test_marks_of_web_pages_are_left_out_and_comparisons_kept() -> None:
    found = read("公开号,标题\nCN106822079A,H<sub>2</sub>O<b>电池</b>\nCN106822080A,若p<a 且 b>c 的装置\n")
    assert [d.title for d in found] == ["H2O电池", "若p<a 且 b>c 的装置"]


# ------------------------------------------------------------------------------------------- files


def test_formulas_without_results_are_told_and_links_are_read() -> None:
    book = Workbook()
    assert book.active is not None
    for row in (
        ["公开号", "标题"],
        ['=HYPERLINK("http://x.example","CN106822079A")', "甲"],
        ["CN106822080A", '="乙"&"装置"'],
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    first, second = every(out.getvalue(), "x.xlsx")
    assert isinstance(first, PatentDocument) and first.publication_number == "CN106822079A"
    assert isinstance(second, RefusedRecord) and "公式" in second.reason_zh


def test_line_breaks_and_spans_of_a_web_page() -> None:
    page = (
        "<table><tr><td colspan=2>号码<td>著录</tr><tr><td>公开号<td>标题<td>发明人</tr>"
        "<tr><td>CN106822079A<td rowspan=2>装置<td>张三<br>李四</tr><tr><td>CN106822080A<td>王五</tr></table>"
    )
    found = read(page.encode("gb18030"), "x.xls")
    assert [(d.title, [p.name for p in d.inventors]) for d in found] == [("装置", ["张三", "李四"]), ("装置", ["王五"])]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "gb18030"])
def test_encodings_that_can_be_told(encoding: str) -> None:
    [d] = read("公开号\t标题\nCN106822079A\t一种装置的制备方法\n".encode(encoding))
    assert d.title == "一种装置的制备方法"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Publication Number,Title,Applicant\nEP1234567A1,Für Batterie,Müller GmbH\n", "latin-1"),
        ("公開號,標題\nTWI123456B,一種電池的製備方法與裝置\n", "big5"),
    ],
)
def test_an_encoding_that_cannot_be_told_is_refused_and_not_guessed(text: str, encoding: str) -> None:
    assert "编码" in refused(text.encode(encoding)).reason_zh


def test_lines_that_end_with_a_carriage_return_alone() -> None:
    assert len(read("公开号,标题\rCN106822079A,甲\rCN106822080A,乙\r")) == 2
