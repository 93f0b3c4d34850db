"""Readers on files of our own: structure the samples do not show."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook

from jinzhi.kernel.patent import LegalEvent, PatentDocument, Priority, Related
from jinzhi.sources.patents import cnipa_status, cnipa_xml, epo_docdb, tables, uspto_text, uspto_xml
from jinzhi.sources.patents.claims import claim
from jinzhi.sources.patents.epo_docdb import exchange
from jinzhi.sources.patents.parts import day, heading_kind, partial
from jinzhi.sources.patents.refused import RefusedRecord
from tests.sources.patent_files import DESIGN, cnipa, prs


def one(items) -> PatentDocument:  # type: ignore[no-untyped-def]
    [item] = items
    assert isinstance(item, PatentDocument), item
    return item


def test_full_text_with_prefixes_and_both_forms_of_numbers() -> None:
    d = one(cnipa_xml.read(io.BytesIO(cnipa()), "x.XML"))
    assert (d.publication_number, d.application_number) == ("CN900000001B", "CN202310000001.5")
    assert dict(d.rest)["ApplicationReference/DocNumber（校验位不对）"] == 1
    assert d.priorities == (Priority("KR", "KR20220100096", "2022-08-10", "international"),)
    assert d.related == (Related("earlier-publication", "CN899999999A", "2023-07-01"),)
    assert [(s.symbol, s.version) for s in d.ipc] == [("H01M10/0525", "2022.01"), ("H02J7/00", "2006.01")]
    assert d.applicants[0].name == "甲市测试有限公司" and d.applicants[0].postcode == "300000"
    assert d.claims[1].text == "根据权利要求1所述的装置，其特征在于，\n还包括盖。"
    assert [(c.refers_to, c.independent) for c in d.claims] == [((), True), ((1,), False), ((1, 2), True)]
    assert d.description[0].paragraphs[0].heading and d.description[0].paragraphs[1].number == "0001"
    assert d.description[1].text == "如图1所示。"
    assert (d.drawings[0].file, d.drawings[0].number) == ("HDA1.TIF", "图1")
    rest = dict(d.rest)
    assert rest["BibliographicData/Novelty"] == 1
    assert rest["Applicant/AddressBook（其他语言）"] == 1
    assert rest["Description/InventionMode/Image（文中图像，未收入）"] == 1


def test_a_design_has_its_locarno_class_and_title() -> None:
    d = one(cnipa_xml.read(io.BytesIO(DESIGN), "d.XML"))
    assert (d.publication_number, d.application_type, d.title) == ("CN309999999S", "design", "路由器")
    assert [(s.symbol, s.version) for s in d.locarno] == [("14-02", "14")]
    assert d.description[0].kind == "other"


def test_two_documents_in_one_stream_with_their_own_declarations() -> None:
    both = list(cnipa_xml.read(io.BytesIO(cnipa() + b"\n" + cnipa("900000002")), "x"))
    assert [d.publication_number for d in both] == ["CN900000001B", "CN900000002B"]  # type: ignore[union-attr]


def test_a_broken_document_does_not_stop_the_next() -> None:
    broken = cnipa().replace(b"</business:Claims>", b"")
    first, second = cnipa_xml.read(io.BytesIO(broken + cnipa("900000002")), "x")
    assert isinstance(first, RefusedRecord) and "XML" in first.reason_zh
    assert isinstance(second, PatentDocument) and second.publication_number == "CN900000002B"


def test_legal_status() -> None:
    found = list(
        cnipa_status.read(
            io.BytesIO(
                prs(
                    ("201510163325.6", "专利权的终止", "未缴年费专利权终止IPC(主分类):G09G 5/10专利号:ZL2015101633256"),
                    ("201610158350.X", "专利权的终止", "其他"),
                    ("201610158350.X", "", "没有事件名"),
                    ("201610158350.X", "等恢复", ""),
                )
            ),
            "prs.xml",
        )
    )
    first, second, third, fourth = found
    assert isinstance(first, LegalEvent) and isinstance(second, LegalEvent) and isinstance(fourth, LegalEvent)
    assert (first.application_number, first.publication_date) == ("CN201510163325.6", date(2024, 6, 7))
    assert (first.category, first.why, first.number) == ("H", "因未缴年费终止", "CN201510163325.6")
    assert (second.category, second.why) == ("H", "专利权终止，公告未说明原因")
    assert isinstance(third, RefusedRecord) and third.name == "prs.xml#2"
    assert fourth.category == "" and "恢复期" in fourth.why
    assert dict(first.rest) == {"StatusIndicator": 1}
    assert LegalEvent.from_json(first.to_json()) == first


def test_claims_and_what_they_refer_to() -> None:
    cases = [
        (4, "4、如权利要求1-3任一项所述的装置", (1, 2, 3), False),
        (5, "5. 根据权利要求１至３或４中任意一项所述的方法", (1, 2, 3, 4), False),
        (6, "一种使用权利要求1所述方法的装置，其特征在于", (1,), True),
        (7, "根据前述任一权利要求所述的装置", (1, 2, 3, 4, 5, 6), False),
        (8, "8. 权利要求1、3和5所述的组合物的制备方法，包括", (1, 3, 5), True),
        (3, "3. Apparatus as claimed in claim 1 or 2, wherein", (1, 2), False),
        (4, "4. A device for carrying out the method of claim 1", (1,), True),
        (2, "2. 根据权利要求2和9所述的方法", (), True),
    ]
    for number, text, refers, independent in cases:
        found = claim(text, number, "")
        assert (found.number, found.refers_to, found.independent) == (number, refers, independent), text


def test_dates_and_headings() -> None:
    assert day("2023年10月3日") == day("20231003") == day("2023-10-03") == day("2023.10.3") == date(2023, 10, 3)
    assert partial("19930400") == "1993-04" and partial("20230231") == "2023-02" and partial("x") == ""
    assert day("19930400") is None
    assert heading_kind("BRIEF DESCRIPTION OF THE DRAWINGS") == "drawings"
    assert heading_kind("具体实施方式") == "mode" and heading_kind("发明内容") == "disclosure"
    assert heading_kind("The end") == ""


def test_a_claims_text_in_one_piece_is_divided_where_the_next_number_is_due() -> None:
    found = list(
        exchange.split_claims("Claims\n1. A thing of\n3. parts.\n2. The thing of claim 1, with 5. legs.", "en")
    )
    assert [(c.number, c.text) for c in found] == [
        (1, "A thing of 3. parts."),
        (2, "The thing of claim 1, with 5. legs."),
    ]


def test_docdb_with_its_own_prefix_and_attributes() -> None:
    data = b"""<?xml version="1.0"?><exch:exchange-documents xmlns:exch="http://www.epo.org/exchange">
<exch:exchange-document country="CN" doc-number="104751825" kind="B" date-publ="20231003" family-id="7">
<exch:bibliographic-data><exch:publication-reference data-format="docdb"><document-id><country>CN</country>
<doc-number>104751825</doc-number><kind>B</kind><date>20231003</date></document-id></exch:publication-reference>
<exch:application-reference data-format="docdb"><document-id><country>CN</country><doc-number>201510163325</doc-number>
<kind>A</kind><date>20150408</date></document-id></exch:application-reference>
<exch:invention-title lang="en">brightness</exch:invention-title></exch:bibliographic-data>
</exch:exchange-document></exch:exchange-documents>"""
    d = one(epo_docdb.read(io.BytesIO(data), "docdb.xml"))
    assert (d.publication_number, d.application_number) == ("CN104751825B", "CN201510163325.6")
    assert d.grant_date == date(2023, 10, 3)


def test_tagged_text_as_sgml_with_open_elements_and_named_signs() -> None:
    data = b"""<!DOCTYPE PATDOC PUBLIC "x" [<!ENTITY a "b">]><PATDOC DTD="2.4"><SDOBI><B100><B110><DNUM><PDAT>06167575
</PDAT></DNUM></B110><B130><PDAT>B1</PDAT></B130>
<B140><DATE><PDAT>20010102</PDAT></DATE></B140><B190><PDAT>US</PDAT></B190></B100>
<B500><B540><STEXT><PDAT>Size of 5 &mgr; &micro;m</PDAT></STEXT></B540>
<B560><B561><PCIT><DOC><DNUM><PDAT>4000000</PDAT></DNUM>
</DOC></PCIT><CITED-BY-EXAMINER></B561></B560></B500></SDOBI></PATDOC>"""
    d = one(uspto_text.read_st32(io.BytesIO(data), "x.sgm"))
    assert (d.publication_number, d.title) == ("US6167575B1", "Size of 5 &mgr; \u00b5m")
    assert d.citations[0].phase == "examiner"


def test_us_weekly_files_hold_many_documents() -> None:
    piece = (
        b'<?xml version="1.0"?>\n<!DOCTYPE us-patent-grant SYSTEM "x.dtd" [ ]>\n<us-patent-grant lang="EN">'
        b"<us-bibliographic-data-grant><publication-reference><document-id><country>US</country>"
        b"<doc-number>%08d</doc-number><kind>B2</kind><date>20200107</date></document-id></publication-reference>"
        b"</us-bibliographic-data-grant></us-patent-grant>\n"
    )
    data = b"".join(piece % (9_000_000 + i) for i in range(3000))  # crosses the reader's pieces many times
    numbers = [
        d.publication_number for d in uspto_xml.read(io.BytesIO(data), "ipg.xml") if isinstance(d, PatentDocument)
    ]
    assert numbers == [f"US{9_000_000 + i}B2" for i in range(3000)]


# --------------------------------------------------------------------------------------------------- tables

EXPORT = (
    "导出时间：2024-01-02,,,,,,\n"
    "序号,申请号 (AN),公开(公告)号,标题,当前申请(专利权)人,IPC分类号,价值度\n"
    "1,2015101633256,CN104751825B,亮度调节,恒银;丙公司,G09G5/10; G07F19/00,7\n"
    "2,201610158350.X,不是号码,乙,丁,A01B1/00,1\n"
    "3,,,,,,\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_export_with_odd_headings(encoding: str) -> None:
    data = EXPORT.encode(encoding)
    proposal = tables.mapping_of(io.BytesIO(data), "e.csv")
    assert proposal.unmapped == ("序号", "价值度")
    assert {c.field for c in proposal.columns if c.field} == {
        "application_number",
        "publication_number",
        "title",
        "applicants",
        "ipc",
    }
    first, second, third = tables.read(io.BytesIO(data), "e.csv")
    assert isinstance(first, PatentDocument)
    assert (first.publication_number, first.application_number) == ("CN104751825B", "CN201510163325.6")
    assert [p.name for p in first.applicants] == ["恒银", "丙公司"]
    assert [s.symbol for s in first.ipc] == ["G09G5/10", "G07F19/00"]
    assert dict(first.rest) == {"序号": 1, "价值度": 1}
    assert isinstance(second, RefusedRecord) and second.reason_zh.startswith("第 4 行：") and second.name == "e.csv#4"
    assert isinstance(third, RefusedRecord) and "没有公开号和申请号" in third.reason_zh


def test_columns_without_a_known_heading_are_told_by_their_values() -> None:
    rows = "甲,乙,丙\n" + "".join(f"CN10475182{i}B,20151016332{i},H04L9/3{i}\n" for i in range(5))
    fields = [c.field for c in tables.mapping_of(io.BytesIO(rows.encode()), "x.csv").columns]
    assert fields == ["publication_number", "application_number", "ipc"]


def test_a_heading_that_its_values_contradict_is_left_out_and_said() -> None:
    proposal = tables.mapping_of(io.BytesIO("公开号,申请日\nCN104751825B,很久以前\n".encode()), "x.csv")
    assert proposal.unmapped == ("申请日",)
    assert "很久以前" in proposal.columns[1].why_zh


def test_a_proposal_can_be_corrected() -> None:
    data = "公开号,说明\nCN104751825B,一种东西\n".encode()
    proposal = tables.mapping_of(io.BytesIO(data), "x.csv").corrected({"说明": "title"})
    assert one(tables.read(io.BytesIO(data), "x.csv", proposal)).title == "一种东西"
    with pytest.raises(ValueError, match="颜色"):
        proposal.corrected({"说明": "颜色"})


def test_a_workbook() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["公开（公告）号", "申请日", "名称"])
    sheet.append(["CN104751825B", date(2015, 4, 8), "亮度调节"])
    out = io.BytesIO()
    book.save(out)
    d = one(tables.read(io.BytesIO(out.getvalue()), "x.xlsx"))
    assert (d.filing_date, d.title) == (date(2015, 4, 8), "亮度调节")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"a,b\n1,2\n", b"PK\x03\x04broken", b"\x00\x01\x02\x03" * 50])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    [refused] = tables.read(io.BytesIO(data), "x.csv")
    assert isinstance(refused, RefusedRecord) and refused.reason_zh and refused.reason_en
