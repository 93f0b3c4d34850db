# ruff: noqa: E501 - rows of tables stay whole
"""Tables as systems export them: nothing is lost without a word, a column is judged by the share of its values."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from jinzhi.kernel.patent import PatentDocument
from jinzhi.sources.patents import batch, tables
from jinzhi.sources.patents.refused import RefusedRecord

#: a workbook of Excel 97 with a page of the query before the patents; invented
OLD_WORKBOOK = zlib.decompress(base64.b85decode(
    'c-rk)O-NKx6h8OPo8RV79Rm%-gfvZKM!}y#C(V)yCr5>{0@Iu{oW>YxF-2+FKp;WTs&FINqD_B`%6`BWL5spDBnSd6TD2*tbfLb^'
    'J@aOou?ZX~$#~!6o_Ei==bU@z+;e~Cy_`s!8o8Z44U13%8d#8xpo^0+EXF8f2W*#RQH{P0SY#C|3PuA?q)rPDEzk904#j*=1BYAE'
    '6Qls|u^fP7;OPtaa+eWxG=>f)#!$^9%smdnSgepm<4Pxbh-e1Uo22`Q=oXS(BwCHSQ*0khxIIOcN*?d!dDLb_%HST^yd{YXGU1uX'
    '<Nix5qN|14;E@jh3Tw!b%rFW#r47D-FDQ5$Tmut88=|DKv829!3LH4yqwr161^60W*W<aWe0k*zP(GU|*Z)Rtz)4&zzsx0o0gw+e'
    'k<4M-nIB7{MPlPUd8a$Nzk9-9hPAYlbC%&LY@UO0OnsoD0aCNIYk{@G4qPs~j!q8gf%(1AZjk-novlWBrUli?PRtC&Dj$8=nWgn}'
    'NZ}uN%m7<GE@ydVX{ocKs@5*pQm3oJ<#f5KTvcTo%XK(B&x?@o|MWtj9~bqe(9mwbceW+ow$fP}r#R-D^cy3J1#O4-Z-$DV;%;GL'
    '5{D6OUiO5|%R)=qjI;}ER8OOYZO7QnUH|f`v9rnDPLcsSup-CWIuS#V;jFMgV{5DhNVkaS2BPQ4>l&(O6LsLK!*_mDrc&8HNIK`K'
    'H6QyaBfNGO#MRehJ^aagKPUXbU5ND?4bvwbH{Q5MAP<k(F0>cVAQZD=cJ+$Dm^=Dr$_Dt3Xx1;Ap@G|#vCGQYZG(BS{1ItHBb<ni'
    '_?0z09qtN4+&X_^Iby6Ks$Ib`)+UWHPl&N5#&P7N7^gu_8{;J8bc$z|#4{t$dPSd+XA$2s+(ZXtI@}rNN}KR(jA;tbCdD&P;+d1@'
    'RboWks>~=JppL+)hC1P$CwS-N-K==$<lPd@B1o1+DpaUYp+bd<e+W#u;A-gl5xIzoD~MkCt}~BiLH$hf-=Z1%@HviuDYroY-$4ka'
    'ls~IM%c8#65^bX23kCLI??LE=P8vsV%K3{|bQb@6mTYMMb4w`I{ufdi=U?vs2eq(1;s'
))  # fmt: skip
HEAD = "公开号,标题"


def read(text: str | bytes, name: str = "x.csv", **more: object) -> list[PatentDocument]:
    found = []
    for one in tables.read(io.BytesIO(text.encode() if isinstance(text, str) else text), name, **more):  # type: ignore[arg-type]
        assert isinstance(one, PatentDocument), one
        found.append(one)
    return found


def refused(text: str | bytes, name: str = "x.csv") -> RefusedRecord:
    [one] = tables.read(io.BytesIO(text.encode() if isinstance(text, str) else text), name)
    assert isinstance(one, RefusedRecord) and one.reason_zh and one.reason_en
    return one


def columns(text: str | bytes) -> dict[str, tables.ProposedColumn]:
    return {
        c.heading: c
        for c in tables.mapping_of(io.BytesIO(text.encode() if isinstance(text, str) else text), "x").columns
    }


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def numbers(start: int, count: int) -> list[str]:
    return [f"CN{n}A" for n in range(start, start + count)]


# ------------------------------------------------------------------------------------------- what was lost


@pytest.mark.parametrize("said", ["A1", "A1:C1", "A1:A3", "B2:B2"])
def test_what_a_sheet_says_of_its_size_is_not_believed(said: str) -> None:
    data = workbook(
        ("结果", [["公开号", "标题", "申请人"], *([n, f"装置{n}", "甲公司"] for n in numbers(106822079, 40))])
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            text = old.read(member)
            new.writestr(member, text.replace(b'<dimension ref="A1:C41"', f'<dimension ref="{said}"'.encode()))
            assert member != "xl/worksheets/sheet1.xml" or b"A1:C41" in text
    found = read(out.getvalue(), "x.xlsx")
    assert len(found) == 40 and all(d.title and d.applicants for d in found)


def test_all_sheets_are_read_and_a_cover_page_is_no_table() -> None:
    head = ["公开号", "标题", "申请人"]
    data = workbook(
        ("说明", [["检索式", "TI=装置"], ["导出日", "2024-01-02"]]),
        ("一", [head, ["CN106822079A", "甲装置", "甲公司"]]),
        ("二", [head, ["CN106822080A", "乙装置", "乙公司"]]),
    )
    assert [d.title for d in read(data, "x.xlsx")] == ["甲装置", "乙装置"]


def test_a_sheet_of_many_columns_without_numbers_is_named() -> None:
    data = workbook(
        ("一", [["公开号", "标题", "申请人"], ["CN106822079A", "甲装置", "甲公司"]]),
        ("年费", [["缴费日", "金额", "缴费人"], ["2020-01-02", 900, "甲公司"], ["2021-01-02", 900, "甲公司"]]),
    )
    first, second = tables.read(io.BytesIO(data), "x.xlsx")
    assert isinstance(first, PatentDocument) and isinstance(second, RefusedRecord)
    assert second.name == "x.xlsx!年费" and "缴费日" in second.reason_zh


def test_a_table_without_headings_is_told_by_its_values() -> None:
    rows = [
        f"CN1020170001{n:05d},2017030{n % 9 + 1},CN1068{n:05d}A,20170613,A61K31/198;A61P25/28,示例{n}大学,张某,一种第{n}号药物的制备方法,江苏省徐州市"
        for n in range(19193, 19203)
    ]
    found = read("\n".join(rows))
    assert len(found) == 10
    assert (found[0].application_number, found[0].publication_number) == ("CN201710119193.6", "CN106819193A")
    assert (found[0].filing_date, found[0].publication_date) == (date(2017, 3, 6), date(2017, 6, 13))
    assert found[0].title == "一种第19193号药物的制备方法" and found[0].applicants[0].name == "示例19193大学"
    told = tables.mapping_of(io.BytesIO("\n".join(rows).encode()), "x.csv")
    assert told.headless and {c.field for c in told.asked} >= {"title", "publication_number", "filing_date"}


def test_a_table_without_headings_and_without_titles_is_refused() -> None:
    rows = "".join(f"{n},20170613,甲某\n" for n in numbers(106822079, 5))
    assert "列名" in refused(rows).reason_zh


def test_headings_far_below_a_title_and_a_query_are_found() -> None:
    text = "检索报告\n检索式：TI=(装置;方法;系统)\n数据库：中国\n\n导出人,甲\n\n\n\n公开号,标题,发明人\nCN106822079A,一种装置,甲;乙\n"
    [d] = read(text)
    assert d.title == "一种装置" and [p.name for p in d.inventors] == ["甲", "乙"]


def test_semicolons_in_the_values_are_not_taken_for_the_separator() -> None:
    rows = "".join(f"{n},一种装置,甲;乙;丙;丁;戊,A61K31/198;A61P25/28;A61P25/30\n" for n in numbers(106822079, 3))
    assert all(len(d.inventors) == 5 and len(d.ipc) == 3 for d in read(f"公开号,标题,发明人,IPC\n{rows}"))


def test_text_whose_first_64_kilobytes_are_plain_is_read_in_its_own_encoding() -> None:
    plain = "".join(f"CN{n}A,a device\n" for n in range(106_822_079, 106_826_079))
    data = (f"pn,title\n{plain}CN107822079A,一种装置\n").encode("gb18030")
    assert read(data)[-1].title == "一种装置"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("公开号,标题\n", "没有数据行"),
        ("公开号,申请日\nCN106822079A,20170302\n", "只有号码"),
        ("公开号\nCN106822079A\n", "只有号码"),
        ("公开号,标题\nCN106822079A,\n", "只有号码，没有名称"),
        ("公开号,标题\nCN106822079A,暂无\n", "只有号码，没有名称"),
        ("公开号,标题\n,一种装置\n", "没有公开号和申请号"),
        ("标题,申请人\n一种装置,甲公司\n", "找不到公开号或申请号"),
        ("公开号,标题,申请人\nCN106822079A,一种装置,带逗号,的,甲公司\n", "错位"),
        ("", "空"),
    ],
)
def test_what_makes_no_document_is_refused_with_the_reason(text: str, said: str) -> None:
    assert said in refused(text).reason_zh


def test_a_row_that_is_refused_costs_the_others_nothing() -> None:
    found = list(
        tables.read(
            io.BytesIO(f"{HEAD}\nCN106822079A,一种装置\nCN106822080A,\nCN106822081A,一种方法\n".encode()), "x.csv"
        )
    )
    assert [type(f) for f in found] == [PatentDocument, RefusedRecord, PatentDocument]
    assert isinstance(found[1], RefusedRecord) and found[1].name == "x.csv#3" and "第 3 行" in found[1].reason_zh


# ------------------------------------------------------------------------------------------ what was misread


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Doe; Jane | Roe; Richard", ["Doe; Jane", "Roe; Richard"]),
        ("Doe; Jane|Roe; Richard A.|Poe; Edgar", ["Doe; Jane", "Roe; Richard A.", "Poe; Edgar"]),
        ("DOE JANE;;ROE RICHARD", ["DOE JANE", "ROE RICHARD"]),
        ("Doe, Jane; Roe, Richard", ["Doe, Jane", "Roe, Richard"]),
        ("Jane Doe; Richard Roe", ["Jane Doe", "Richard Roe"]),
        ("Kinney, Jr; James Edward et al.", ["Kinney, Jr; James Edward et al."]),
        ("Doe; Jane", ["Doe; Jane"]),
        ("张三 | 李四", ["张三", "李四"]),
        ("张三;李四；王五", ["张三", "李四", "王五"]),
        ("张三、李四，王五", ["张三", "李四", "王五"]),
        ("古丽·买买提,李四", ["古丽·买买提", "李四"]),
        ("甲&#x4E59;;丙&amp;#x4E01;", ["甲乙", "丙丁"]),
    ],
)
def test_the_separator_of_names_is_told_by_the_column(written: str, names: list[str]) -> None:
    [d] = read(f'{HEAD},发明人\nCN106822079A,一种装置,"{written}"\n')
    assert [p.name for p in d.inventors] == names


def test_a_single_name_in_a_column_of_bars_stays_one_name() -> None:
    text = (
        f'{HEAD},发明人\nUS11566904B2,a,"Doe; Jane | Roe; Richard"\nUS11566905B2,b,"Poe; Edgar"\nUS11566906B2,c,Moe\n'
    )
    assert [len(d.inventors) for d in read(text)] == [2, 1, 1]


def test_a_bar_first_met_behind_the_sample_still_binds_stronger() -> None:
    rows = "".join(f'US{n}B2,a,"Moe, {n}"\n' for n in range(11_000_000, 11_000_300))
    assert len(read(f'{HEAD},发明人\n{rows}US11566904B2,b,"Doe; Jane | Roe; Richard"\n')[-1].inventors) == 2


@pytest.mark.parametrize("written", ["AT&#x26;T公司", "AT&amp;T公司", "AT&#38;T公司", "AT&amp;amp;T公司"])
def test_signs_by_name_do_not_cut_a_name(written: str) -> None:
    [d] = read(f"{HEAD},申请人\nCN106822079A,甲&lt;乙&gt;装置,{written};乙公司\n")
    assert [p.name for p in d.applicants] == ["AT&T公司", "乙公司"] and d.title == "甲<乙>装置"


def test_a_country_behind_a_name_is_no_part_of_it() -> None:
    [d] = read(f'{HEAD},Applicants\nEP1000000A1,bricks,"BOER BV [NL]\n ROE LTD [GB]"\n')
    assert [(p.name, p.country) for p in d.applicants] == [("BOER BV", "NL"), ("ROE LTD", "GB")]


@pytest.mark.parametrize("odd", ["0--", "-", "0000-00-00", "N/A", "暂无", "（无）", "不详", "2017-02-30", "date"])
def test_one_odd_value_does_not_throw_away_a_column_of_dates(odd: str) -> None:
    rows = "".join(f"{n},一种装置,2017030{i % 9 + 1}\n" for i, n in enumerate(numbers(106822079, 9)))
    found = read(f"{HEAD},申请日\nCN106822000A,一种装置,{odd}\n{rows}")
    assert found[0].filing_date is None and all(d.filing_date for d in found[1:])


def test_an_odd_date_is_counted_with_what_was_written() -> None:
    rows = "".join(f"{n},一种装置,20170302\n" for n in numbers(106822079, 9))
    assert dict(read(f"{HEAD},申请日\nCN106822000A,一种装置,年初\n{rows}")[0].rest) == {
        "申请日（认不出的日期：年初）": 1
    }


def test_a_column_of_which_half_fits_is_asked_about_and_what_fits_is_used() -> None:
    text = f"{HEAD},申请日\nCN106822079A,甲,20170302\nCN106822080A,乙,年初\n"
    column = columns(text)["申请日"]
    assert (column.field, column.asked, column.held) == ("filing_date", True, False) and "50%" in column.why_zh
    assert [d.filing_date for d in read(text)] == [date(2017, 3, 2), None]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2017-03-02 00:00:00", date(2017, 3, 2)),
        ("2017-03-02T00:00:00Z", date(2017, 3, 2)),
        ("2017/3/2", date(2017, 3, 2)),
        ("2 Mar 2017", date(2017, 3, 2)),
        ("March 2, 2017", date(2017, 3, 2)),
        ("02.03.2017", date(2017, 3, 2)),
        ("25/03/2017", date(2017, 3, 25)),
        ("03/25/2017", date(2017, 3, 25)),
        ("２０１７年３月２日", date(2017, 3, 2)),
    ],
)
def test_days_as_people_write_them(written: str, day: date) -> None:
    assert read(f'{HEAD},申请日\nCN106822079A,甲,"{written}"\n')[0].filing_date == day


def test_day_and_month_are_told_by_the_column_or_asked() -> None:
    told = read(f"{HEAD},申请日\nCN106822079A,甲,02/03/2017\nCN106822080A,乙,25/03/2017\n")
    assert [d.filing_date for d in told] == [date(2017, 3, 2), date(2017, 3, 25)]
    unsure = f"{HEAD},申请日\nCN106822079A,甲,02/03/2017\n"
    assert columns(unsure)["申请日"].held and read(unsure)[0].filing_date is None
    assert read(unsure, answers={"申请日": "filing_date:month"})[0].filing_date == date(2017, 2, 3)


@pytest.mark.parametrize("written", ["US15/283,264", "US 15/283264", "15/283,264", "US15283264"])
def test_the_us_offices_own_writing_of_an_application_is_a_number(written: str) -> None:
    [d] = read(f'Publication Number,Application Number,Title\nUS11566904B2,"{written}",a\n')
    assert (d.application_number, d.rest) == ("US15283264", ())


@pytest.mark.parametrize("written", ["EP21741385.5", "EP 21741385.5", "21741385.5"])
def test_the_check_digit_of_a_european_application_is_no_part_of_its_number(written: str) -> None:
    assert read(f"公开号,申请号,标题\nEP4090146A1,{written},a\n")[0].application_number == "EP21741385"


@pytest.mark.parametrize("none", ["（无）", "无", "-", ""])
@pytest.mark.parametrize("heading", ["CPC主分类", "CPC - Current", "CPCI", "联合专利分类主号", "CPC 分类（当前）"])
def test_a_column_of_the_cpc_is_never_taken_for_the_ipc(heading: str, none: str) -> None:
    rows = "".join(f"{n},t,{none},G08G5/0008\n" for n in numbers(106822079, 5))
    assert all(
        [s.symbol for s in d.cpc] == ["G08G5/0008"] and not d.ipc
        for d in read(f"公开号,标题,国际分类,{heading}\n{rows}")
    )


def test_classes_under_a_heading_that_is_not_known_wait_for_the_answer() -> None:
    text = f"{HEAD},技术领域代码\n" + "".join(f"{n},t,G08G5/0008\n" for n in numbers(106822079, 5))
    column = columns(text)["技术领域代码"]
    assert column.asked and column.held and not read(text)[0].ipc
    assert [s.symbol for s in read(text, answers={"技术领域代码": "cpc"})[0].cpc] == ["G08G5/0008"]
    assert dict(read(text)[0].rest) == {"技术领域代码": 1}


@pytest.mark.parametrize("symbol", ["Y02E60/10", "B01J2523/00"])
def test_what_is_of_the_cpc_alone_is_no_ipc_whatever_the_heading(symbol: str) -> None:
    text = f"{HEAD},分类号\nCN106822079A,t,{symbol};H01M10/0525\n"
    assert columns(text)["分类号"].asked and not read(text)[0].ipc
    mixed = (
        f"{HEAD},分类号\n"
        + "".join(f"{n},t,H01M10/0525\n" for n in numbers(100000001, 250))
        + f"CN106822079A,t,{symbol}\n"
    )
    last = read(mixed)[-1]
    assert not last.ipc and dict(last.rest) == {"分类号（只属于 CPC 的分类号）": 1}


def test_the_main_class_and_the_others_are_put_together() -> None:
    [d] = read(
        f"{HEAD},IPC,IPC主分类,CPC,FI\nCN106822079A,t,A61P25/28;A61K31/198,A61K31/198,A61K31/198,A61K31/198 301\n"
    )
    assert [s.symbol for s in d.ipc] == ["A61K31/198", "A61P25/28"] and d.main_ipc == "A61K31/198"
    assert [s.symbol for s in d.fi] == ["A61K31/198 301"]


def test_classes_with_commas_between_them_are_several() -> None:
    [d] = read(f'{HEAD},IPC\nCN106822079A,t,"A61K31/198, A61P25/28"\n')
    assert [s.symbol for s in d.ipc] == ["A61K31/198", "A61P25/28"]


def test_two_columns_of_numbers_fill_each_others_gaps() -> None:
    found = read("公开号,公告号,名称\nCN106822079A,,甲\n,CN206822080U,乙\n")
    assert [d.publication_number for d in found] == ["CN106822079A", "CN206822080U"]


def test_what_was_answered_for_a_heading_holds_for_the_next_table() -> None:
    text = "文献,说明\nCN106822079A,一种装置\nCN106822080A,一种方法\nCN106822081A,一种系统\n"
    assert "只有号码" in refused(text).reason_zh
    assert [d.title for d in read(text, answers={"说明": "title"})] == ["一种装置", "一种方法", "一种系统"]
    assert [c.heading for c, _ in tables.asked(io.BytesIO(b""), "x.csv")] == []


EXPORTS = {
    "google": (
        "search URL:,https://example.org/?q=x\nid,title,assignee,inventor/author,priority date,filing/creation date,publication date,grant date\n"
        'US-9876543-B2,Thing,Example Inc.,"Jane Doe, Richard Roe, Max Moe",2010-01-02,2011-01-02,2018-01-23,2018-01-23\n',
        ("US9876543B2", "", ["Jane Doe", "Richard Roe", "Max Moe"]),
    ),
    "lens": (
        "#,Jurisdiction,Kind,Display Key,Publication Date,Application Number,Application Date,Title,Applicants,Inventors,CPC Classifications\n"
        "1,US,B2,US 9876543 B2,2018-01-23,US 201113000001 A,2011-01-02,Thing,EXAMPLE INC,DOE JANE;;ROE RICHARD,G06F16/24;;Y02D10/00\n",
        ("US9876543B2", "US13000001", ["DOE JANE", "ROE RICHARD"]),
    ),
    "espacenet": (
        "Title,Inventors,Applicants,Publication number,IPC,Publication date\n"
        'Thing,"DOE JANE [US]\nROE R [GB]",EXAMPLE INC [US],"US2017000001A1\nUS9876543B2",G06F16/24,"2017-01-05\n2018-01-23"\n',
        ("US20170000001A1", "", ["DOE JANE", "ROE R"]),
    ),
    "public search": (
        'Result #,Document/Patent number,Title,Inventor name,Publication date\n1,US-20230000001-A1,Thing,"Doe; Jane et al.",2023-01-05\n',
        ("US20230000001A1", "", ["Doe; Jane et al."]),
    ),
    "patsnap": (
        "序号,公开(公告)号,标题,[标]当前申请(专利权)人,发明人,申请日,公开(公告)日,IPC分类号\n1,CN106822079A,一种装置,甲公司 | 乙公司,张三 | 李四,2017-03-02,2017-06-13,A61K31/198 | A61P25/28\n",
        ("CN106822079A", "", ["张三", "李四"]),
    ),
}


@pytest.mark.parametrize("system", EXPORTS)
def test_exports_of_the_systems_people_use(system: str) -> None:
    text, (publication, application, inventors) = EXPORTS[system]
    [d] = read(text)
    assert (d.publication_number, d.application_number) == (publication, application)
    assert [p.name for p in d.inventors] == inventors and d.title
    assert d.publication_date and (d.applicants or d.assignees or system == "public search")


# --------------------------------------------------------------------------------------------- old workbooks

PAGE = """<html><head><meta charset="gbk"></head><body><table>
<tr><th>公开号</th><th>标题</th></tr><tr><td>CN106822079A</td><td>一种&nbsp;装置</td></tr></table></body></html>"""
XML_2003 = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="一"><Table>
<Row><Cell><Data ss:Type="String">公开号</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">标题</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">CN106822079A</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">一种 装置</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


@pytest.mark.parametrize("name", ["x.xls", "x.XLS", "x.et"])
def test_a_workbook_of_the_old_format_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(OLD_WORKBOOK)
    [member] = batch.walk(tmp_path)
    assert isinstance(member, batch.BatchMember)
    first, second = batch.read(member)
    assert isinstance(first, PatentDocument) and isinstance(second, PatentDocument)
    assert (first.filing_date, second.application_number) == (date(2017, 3, 2), "CN201710119194.0")
    assert [p.name for p in second.applicants] == ["示例大学", "样本公司"]


@pytest.mark.parametrize(
    "data",
    [
        PAGE.encode("gbk"),
        XML_2003.encode(),
        "公开号\t标题\nCN106822079A\t一种 装置\n".encode("gb18030"),
        "公开号\t标题\nCN106822079A\t一种 装置\n".encode("utf-16"),
        workbook(("一", [["公开号", "标题"], ["CN106822079A", "一种 装置"]])),
    ],
)
def test_what_systems_call_xls_is_read_for_what_it_is(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.xls").write_bytes(data)
    [member] = batch.walk(tmp_path)
    assert isinstance(member, batch.BatchMember)
    [d] = batch.read(member)
    assert isinstance(d, PatentDocument) and d.title.replace("\xa0", " ") == "一种 装置"


def test_an_old_workbook_that_cannot_be_opened_says_the_way_out() -> None:
    one = refused(OLD_WORKBOOK[:600], "x.xls")
    assert "另存为 xlsx" in one.reason_zh and "save it as xlsx" in one.reason_en
    locked = OLD_WORKBOOK[:512] + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert "密码" in refused(locked, "x.xlsx").reason_zh
