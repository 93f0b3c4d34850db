"""Every sample of ../shared/data/patents, with values read by eye in the file."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from jinzhi.kernel.patent import PatentCitation, PatentDocument, Priority, Related
from jinzhi.sources.patents import batch, epo_docdb, uspto_text, uspto_xml
from jinzhi.sources.patents.refused import RefusedRecord
from tests.sources.patent_files import SHARED

PATENTS = SHARED / "patents"
pytestmark = pytest.mark.shared("data/patents")


def read(path: str) -> list[PatentDocument]:
    [member] = batch.walk(PATENTS / path)
    assert isinstance(member, batch.BatchMember)
    found = list(batch.read(member))
    for document in found:
        assert isinstance(document, PatentDocument), document
        assert PatentDocument.from_json(document.to_json()) == document
    return found  # type: ignore[return-value]


def test_the_office_s_full_text_of_a_tianjin_applicant() -> None:
    [d] = read("cnipa_xml/CN104751825B_sample.xml")
    assert d.publication_number == "CN104751825B"
    assert d.application_number == "CN201510163325.6"
    assert (d.publication_date, d.filing_date, d.grant_date) == (date(2023, 10, 3), date(2015, 4, 8), date(2023, 10, 3))
    assert d.title == "金融自助终端的显示屏幕亮度调节系统及调节方法"
    assert [(s.symbol, s.version, s.main) for s in d.ipc] == [
        ("G09G5/10", "2006.01", True),
        ("G07F19/00", "2006.01", False),
    ]
    [a] = d.applicants
    assert (a.name, a.province, a.city, a.county) == ("恒银金融科技股份有限公司", "天津市", "市辖区", "滨海新区")
    assert (a.postcode, a.address, a.country) == ("300308", "天津市滨海新区自贸试验区西八道30号", "CN")
    [agency] = d.agencies
    assert (agency.name, agency.code) == ("天津市三利专利商标代理有限公司", "12107")
    assert [(c.number, c.phase, c.date) for c in d.citations] == [
        ("CN203232659U", "SEA", "2013-10-09"),
        ("TWM391159A1", "SEA", "2010-10-21"),
    ]
    assert [(c.number, c.refers_to, c.independent) for c in d.claims] == [(1, (), True), (2, (1,), False)]
    assert [p.kind for p in d.description] == ["field", "background", "disclosure"]
    assert d.drawings[0].file == "201510163325.JPG" and d.drawings[0].abstract
    assert d.rest == ()


def test_a_us_grant_of_2007() -> None:
    [d] = read("uspto/US07272630B2.xml")
    assert (d.publication_number, d.application_number) == ("US7272630B2", "US10991571")
    assert (d.filing_date, d.grant_date) == (date(2004, 11, 18), date(2007, 9, 18))
    assert d.main_ipc == "G06F15/13"
    assert [p.name for p in d.inventors[:2]] == ["Douceur, John R.", "Theimer, Marvin M."]
    assert d.assignees[0].name == "Microsoft Corporation"
    assert d.citations[0] == PatentCitation(
        "US5202982A", phase="cited by other", date="1993-04", name="Gramlich et al."
    )
    assert len(d.claims) == 17 and [c.number for c in d.independent_claims] == [1, 10, 14]
    assert d.related == (
        Related("division", "US09876376", "2001-06-06", "pending"),
        Related("related-publication", "US20050097148A1", "2005-05-05"),
    )
    assert [p.kind for p in d.description] == ["other", "field", "background", "disclosure", "drawings", "mode"]
    assert dict(d.rest)["us-bibliographic-data-grant/us-term-of-grant/us-term-extension"] == 1


def test_a_us_grant_of_2015_with_cpc() -> None:
    [d] = read("uspto/US08926509.xml")
    assert d.publication_number == "US8926509B2" and len(d.claims) == 31
    assert [(s.symbol, s.main) for s in d.cpc[:2]] == [("A61B5/0205", True), ("A61B5/0024", False)]
    assert d.claims[1].refers_to == (1,)
    assert len(d.citations) == 160 and any(not c.patent for c in d.citations)


def test_a_us_grant_with_a_priority_and_formulas() -> None:
    [d] = read("uspto/US08927118.xml")
    assert d.priorities == (Priority("JP", "JP2008148514", "2008-06-05", "national"),)
    assert len(d.claims) == 45
    assert dict(d.rest)["us-chemistry"] == 852


def test_a_us_grant_to_a_company() -> None:
    [d] = read("uspto/US08930553.xml")
    assert [p.name for p in d.applicants] == ["International Business Machines Corporation"]
    assert [p.name for p in d.inventors] == ["Nissim, Nitzan", "Pulito, Brian", "Zinger, Asaf"]
    assert [p.name for p in d.examiners] == ["Meky, Moustafa M", "Williams, Clayton R"]
    assert len(d.claims) == 8


def test_a_us_application_of_2005() -> None:
    [d] = read("uspto/US20050004437A1.xml")
    assert d.publication_number == "US20050004437A1" and d.grant_date is None
    assert (d.ipc[0].symbol, d.ipc[0].version) == ("A61B5/00", "7")
    assert d.related == (Related("continuation", "PCT/CH2002/000573", "2002-10-21", "unknown"),)
    assert d.priorities[0].number == "CH197401"
    assert [p.name for p in d.inventors] == ["Kaufmann, Heiner", "Vering, Thomas"]


def test_a_us_design_as_tagged_text() -> None:
    [d] = read("uspto/USD435854S1.xml")
    assert (d.publication_number, d.application_type) == ("USD435854S", "design")
    assert [(s.symbol, s.version) for s in d.locarno] == [("14-02", "7")]
    assert len(d.inventors) == 8 and [p.country for p in d.assignees] == ["JP", "JP", "JP"]
    assert d.citations[0] == PatentCitation("USD271298", phase="examiner", date="1983-11", name="Fujimoto")
    assert len(d.drawings) == 5 and d.title == "Disc cartridge"


def test_a_us_grant_of_1976_as_greenbook() -> None:
    [d] = read("uspto/US03937375.greenbook")
    assert (d.publication_number, d.application_number) == ("US3937375A", "US05518454")
    assert (d.filing_date, d.grant_date) == (date(1974, 10, 29), date(1976, 2, 10))
    assert d.main_ipc == "B60R9/00"
    assert d.inventors[0].name == "Daniels, Everette E." and d.inventors[0].city == "Des Moines"
    assert [c.number for c in d.citations] == ["US2542907", "US2762542", "US2772799", "US3113789", "US3702197"]
    assert [c.refers_to for c in d.claims] == [(), (1,), (2,)]
    assert [p.kind for p in d.description] == ["disclosure", "drawings", "mode"]


def test_what_is_no_patent_is_refused_by_name() -> None:
    [refused] = batch.walk(PATENTS / "uspto/cpc-scheme-A01L.xml")
    assert isinstance(refused, RefusedRecord) and refused.name == "cpc-scheme-A01L.xml"
    with open(PATENTS / "uspto/cpc-scheme-A01L.xml", "rb") as stream:
        [refused] = uspto_xml.read(stream, "x")
    assert isinstance(refused, RefusedRecord) and "class-scheme" in refused.reason_en
    with open(PATENTS / "uspto/US08930553.xml", "rb") as stream:
        [refused] = uspto_text.read_greenbook(stream, "x")
    assert isinstance(refused, RefusedRecord)


def test_bibliographic_answers_of_the_epo() -> None:
    [d] = read("epo_ops/biblio_example.xml")
    assert (d.publication_number, d.family_id) == ("US20060142694A1", "35840242")
    assert d.applicants[0].name.startswith("ST. JUDE MEDICAL")
    assert (d.inventors[0].name, d.inventors[0].country) == ("BEDNAREK MICHAEL C", "US")
    [d] = read("epo_ops/biblio_example_2.xml")
    assert d.publication_number == "JP2005533465A" and d.main_ipc == "G06T9/00"
    assert "H04N7/24" in {s.symbol for s in d.ipc}
    assert [s.office for s in d.cpc if s.symbol == "G06T9/005"] == ["NO,US,EP"]
    assert d.priorities[2].number == "PCT/US2003/021714"
    [d] = read("epo_ops/biblio_example_3.xml")
    assert (d.publication_number, d.application_number) == ("AU2013290010A1", "AU2013290010")
    assert [p.number for p in d.priorities] == ["US13547826", "PCT/US2013/050328"]
    assert (d.inventors[0].name, d.inventors[0].original) == ("FANG HOWARD L", "FANG, HOWARD L")
    assert [p.name for p in d.applicants] == ["PRIMUS GREEN ENERGY INC"]
    [d] = read("epo_ops/biblio_example_4.xml")
    assert d.publication_number == "US20120116137A1" and d.title == "SINGLE LOOP MULTISTAGE FUEL PRODUCTION"


def test_full_texts_of_the_epo() -> None:
    [d] = read("epo_ops/claims_example.xml")
    assert d.publication_number == "EP1000000A1" and len(d.claims) == 11
    assert d.claims[3].refers_to == (1, 2, 3) and d.claims[7].refers_to == (4, 5, 6, 7)
    [d] = read("epo_ops/claims_example_2.xml")
    assert len(d.claims) == 20 and [c.number for c in d.independent_claims] == [1, 8, 14]
    assert d.claims[0].text.startswith("A computer-implemented method")
    [d] = read("epo_ops/description_example.xml")
    assert d.description[0].paragraphs[0].number == "0001"
    assert sum(len(p.paragraphs) for p in d.description) == 22
    [d] = read("epo_ops/ep1000000_abstract_result.xml")
    assert d.abstracts[0].text.startswith("The invention relates to an apparatus (1)")


@pytest.mark.parametrize("name", ["full_cycle_example.xml", "ep1000000_full_cycle_result.xml"])
def test_full_cycle_answers_of_the_epo(name: str) -> None:
    first, second = read(f"epo_ops/{name}")
    assert (first.publication_number, second.publication_number) == ("EP1000000A1", "EP1000000B1")
    assert first.grant_date is None and second.grant_date == second.publication_date
    assert {t.lang for t in first.titles} == {"de", "fr", "en"}
    assert first.citations[0] == PatentCitation(
        "DE3546191A1",
        phase="national-search-report",
        category="A",
        date="1987-07-02",
        name="NETZSCH MASCHINENFABRIK [DE]",
        claims="1-3,8",
    )
    assert first.application_number == "EP99203729"


def test_numbers_alone_of_the_epo() -> None:
    found = read("epo_ops/search_example.xml")
    assert len(found) == 15 and found[0].publication_number == "US20210381337A1" and found[0].family_id == "40674565"
    [d] = read("epo_ops/image_example.xml")
    assert d.publication_number == "EP1000000A1" and sum(n for _, n in d.rest) == 17
    found = read("epo_ops/search_result.xml")  # a tool's JSON under the name of an XML file
    assert len(found) == 100 and found[0].publication_number == "CA3237865A1"
    [d] = read("epo_ops/ep1000000_description_result.xml")
    assert sum(len(p.paragraphs) for p in d.description) == 22


def test_nothing_is_left_unread_in_the_folder() -> None:
    sources = Counter(
        m.source if isinstance(m, batch.BatchMember) else m.name for m in batch.walk(PATENTS) if "cn_" not in m.name
    )
    assert sources == {
        "cnipa-xml": 1,
        epo_docdb.NAME: 14,
        "uspto-xml": 5,
        "uspto-st32": 1,
        "uspto-greenbook": 1,
        "uspto/cpc-scheme-A01L.xml": 1,
    }


@pytest.mark.slow
def test_the_gazette_of_2017(tmp_path: Path) -> None:
    rows = tianjin = 0
    found = read_all("cn_gazette_2017h1.csv.gz")
    for d in found:
        assert isinstance(d, PatentDocument), d
        rows += 1
        tianjin += d.place.startswith("天津")
        if d.publication_number == "CN103701956B":
            assert (d.application_number, d.filing_date) == ("CN201410005532.4", date(2014, 1, 6))
            assert [s.symbol for s in d.ipc] == ["H04L29/12", "H04L12/24"] and d.place == "广东省汕头市高新区"
            assert d.grant_date == date(2017, 3, 15) and d.rest == ()
    assert (rows, tianjin) == (85_329, 2_066)


def read_all(path: str):  # type: ignore[no-untyped-def]
    [member] = batch.walk(PATENTS / path)
    assert isinstance(member, batch.BatchMember)
    return batch.read(member)
