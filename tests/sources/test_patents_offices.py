# ruff: noqa: E501 - lines of XML stay whole
"""Files of the American and European offices, invented: every version of a format is read, an empty answer is refused."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest

from jinzhi.kernel.patent import LegalEvent, PatentDocument
from jinzhi.sources.patents import batch
from jinzhi.sources.patents.refused import RefusedRecord
from tests.sources.patent_files import zipped

Found = PatentDocument | LegalEvent | RefusedRecord


def read(tmp_path: Path, data: bytes | str, name: str = "x.xml") -> list[Found]:
    """What a file holds, found out from its bytes as an import does."""
    (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
    found: list[Found] = []
    for member in batch.walk(tmp_path / name):
        found += [member] if isinstance(member, RefusedRecord) else list(batch.read(member))
    return found


def documents(tmp_path: Path, data: bytes | str, name: str = "x.xml") -> list[PatentDocument]:
    found = []
    for one in read(tmp_path, data, name):
        assert isinstance(one, PatentDocument), one
        assert PatentDocument.from_json(one.to_json()) == one
        found.append(one)
    return found


# ------------------------------------------------------------------------------------------------ EPO full text


def ep(version: str, kind: str, classes: str, body: str, head: str = "", more: str = "") -> str:
    dotted = version.replace("-", ".")
    return f"""<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE ep-patent-document PUBLIC "-//EPO//EP PATENT DOCUMENT {dotted}//EN" "ep-patent-document-v{version}.dtd"{head}>
<ep-patent-document id="EP01234567{kind}" file="01234567.xml" lang="en" country="EP" doc-number="1234567" kind="{kind}" date-publ="20100609" status="n" dtd-version="ep-patent-document-v{version}">
<SDOBI lang="en"><B000><eptags><B001EP>ATBE</B001EP></eptags></B000><B100><B110>1234567</B110><B120><B121>APPLICATION</B121></B120><B130>{kind}</B130><B140><date>20100609</date></B140><B190>EP</B190></B100>
<B200><B210>01234567.3</B210><B220><date>20010203</date></B220><B250>en</B250><B251EP>en</B251EP><B260>en</B260></B200>
<B300><B310>2000123456</B310><B320><date>20000405</date></B320><B330><ctry>JP</ctry></B330><B310>200160123456 P</B310><B320><date>20010102</date></B320><B330><ctry>US</ctry></B330></B300>
<B400><B405><date>20100609</date><bnum>201023</bnum></B405></B400>
<B500>{classes}<B540><B541>de</B541><B542>PRÜFGERÄT</B542><B541>en</B541><B542>TEST DEVICE</B542><B541>fr</B541><B542>APPAREIL</B542></B540>
<B560><B561><text>EP-A- 1 000 000</text></B561><B562><text>DOE J. ET AL: 'Tests', 1999</text></B562></B560></B500>
<B700><B710><B711><snm>Muster GmbH</snm><iid>00012345</iid><irf>X1</irf><adr><str>Weg 1</str><city>80000 Musterstadt</city><ctry>DE</ctry></adr></B711></B710>
<B720><B721><snm>DOE, Jane</snm><adr><city>Ort</city><ctry>DE</ctry></adr></B721><B721><snm>ROE, Richard</snm><adr><city>Ort</city><ctry>GB</ctry></adr></B721></B720>
{"<B730><B731><snm>Muster AG</snm><adr><city>Ort</city><ctry>CH</ctry></adr></B731></B730>" if kind.startswith("B") else ""}
<B740><B741><snm>Poe, Edgar</snm><iid>00099999</iid><adr><city>Ort</city><ctry>DE</ctry></adr></B741></B740></B700>
<B800><B840><ctry>AT</ctry><ctry>BE</ctry></B840><B860><B861><dnum><anum>JP2001000123</anum></dnum><date>20010203</date></B861></B860><B870><B871><dnum><pnum>WO2001060001</pnum></dnum><date>20010809</date></B871></B870></B800></SDOBI>
{body}{more}</ep-patent-document>"""


OLD_IPC = "<B510><B516>7</B516><B511> 7H 04N   7/173   A</B511><B512> 7G 06F  17/30   B</B512></B510>"
NEW_IPC = """<B510EP><classification-ipcr sequence="1"><text>H04N   7/173       20060101AFI20070423BHEP        </text></classification-ipcr></B510EP>
<B520EP><classifications-cpc><classification-cpc sequence="1"><text>H04N  21/4263      20130101 LI20130101BHEP        </text></classification-cpc><classification-cpc sequence="2"><text>Y02D2500/10437     20130101 LA20130101BHEP        </text></classification-cpc></classifications-cpc></B520EP>"""
TEXT = """<abstract id="abst" lang="en"><p id="pa01" num="0001">A device for <i>tests</i>.</p></abstract>
<description id="desc" lang="en"><heading id="h0001">Technical Field</heading><p id="p0001" num="0001">The invention relates to tests.</p>
<heading id="h0002">Background Art</heading><p id="p0002" num="0002">Tests are known.</p><heading>Best Mode for Carrying out the Invention</heading><p id="p0003" num="0003">See <figref idref="f0001">Fig. 1</figref>.</p></description>
<claims id="claims01" lang="en"><claim id="c-en-0001" num="0001"><claim-text>A device, comprising:<claim-text>a body.</claim-text></claim-text></claim>
<claim id="c-en-0002" num="0002"><claim-text>The device of <claim-ref idref="c-en-0001">claim 1</claim-ref>, with a lid.</claim-text></claim></claims>"""
LANGUAGES = """<claims id="claims02" lang="de"><claim num="0001"><claim-text>Gerät.</claim-text></claim><claim num="0002"><claim-text>Gerät nach Anspruch 1.</claim-text></claim></claims>
<claims id="claims03" lang="fr"><claim num="0001"><claim-text>Appareil.</claim-text></claim><claim num="0002"><claim-text>Appareil selon la revendication 1.</claim-text></claim></claims>
<drawings id="draw" lang="en"><figure id="f0001" num="1"><img id="if0001" file="imgf0001.tif" wi="120" he="200"/></figure></drawings>
<ep-reference-list id="ref-list"><p num=""><ul><li><patcit id="ref-pcit0001" dnum="US5000000A"><document-id><country>US</country><doc-number>5000000</doc-number><kind>A</kind></document-id></patcit></li></ul></p></ep-reference-list>"""


@pytest.mark.parametrize("version", ["1-0", "1-1", "1-2", "1-3", "1-4", "1-5", "1-5-1", "1-7"])
@pytest.mark.parametrize("kind", ["A1", "A2", "B1", "B2"])
def test_european_full_text_of_every_version(tmp_path: Path, version: str, kind: str) -> None:
    old = version in ("1-0", "1-1")
    [d] = documents(tmp_path, ep(version, kind, OLD_IPC if old else NEW_IPC, TEXT))
    assert (d.publication_number, d.application_number) == (f"EP1234567{kind}", "EP01234567")
    assert (d.publication_date, d.filing_date) == (date(2010, 6, 9), date(2001, 2, 3))
    assert d.grant_date == (date(2010, 6, 9) if kind[0] == "B" else None)
    assert [(t.lang, t.text) for t in d.titles] == [("de", "PRÜFGERÄT"), ("en", "TEST DEVICE"), ("fr", "APPAREIL")]
    assert d.title == "TEST DEVICE" and d.abstract == "A device for tests."
    assert [s.symbol for s in d.ipc] == (["H04N7/173", "G06F17/30"] if old else ["H04N7/173"]) and d.ipc[0].main
    assert [(s.symbol, s.value) for s in d.cpc] == ([] if old else [("H04N21/4263", "I"), ("Y02D2500/10437", "A")])
    assert [(c.number, c.refers_to, c.independent) for c in d.claims] == [(1, (), True), (2, (1,), False)]
    assert "a body" in d.claims[0].text
    assert [p.kind for p in d.description] == ["field", "background", "mode"]
    assert [p.name for p in d.applicants] == ["Muster GmbH"] and d.applicants[0].country == "DE"
    assert [p.name for p in d.inventors] == ["DOE, Jane", "ROE, Richard"]
    assert [p.name for p in d.assignees] == (["Muster AG"] if kind[0] == "B" else [])
    assert [p.name for p in d.agents] == ["Poe, Edgar"]
    assert [(p.country, p.number, p.filing_date) for p in d.priorities] == [
        ("JP", "JP2000123456", "2000-04-05"), ("US", "US60123456", "2001-01-02")
    ]  # fmt: skip
    assert d.citations[1].text.startswith("DOE J.")
    assert {r.number for r in d.related} == {"PCT/JP2001/000123", "WO2001060001"}


def test_claims_in_three_languages_begin_with_the_documents_own(tmp_path: Path) -> None:
    body = TEXT.replace("<claims", "</x><claims").replace("</x>", "", 1)
    [d] = documents(tmp_path, ep("1-5", "B1", NEW_IPC, body.replace("</claims>", "</claims>" + LANGUAGES)))
    assert [(c.lang, c.number) for c in d.claims] == [(x, n) for x in ("en", "de", "fr") for n in (1, 2)]
    assert d.drawings[0].file == "imgf0001.tif" and d.citations[-1].number == "US5000000A"


def test_a_euro_pct_publication_has_titles_and_no_text(tmp_path: Path) -> None:
    [d] = documents(tmp_path, ep("1-5-1", "A1", NEW_IPC, ""))
    assert d.title == "TEST DEVICE" and not d.claims


def test_a_zip_of_the_publication_server_is_read(tmp_path: Path) -> None:
    data = zipped(
        {"EP1234567NWB1/EP1234567NWB1.xml": ep("1-5", "B1", NEW_IPC, TEXT).encode(), "EP1234567NWB1/TOC.pdf": b"%PDF"}
    )
    assert [d.publication_number for d in documents(tmp_path, data, "x.zip")] == ["EP1234567B1"]


def test_a_european_document_of_a_number_alone_is_refused(tmp_path: Path) -> None:
    bare = '<?xml version="1.0"?><ep-patent-document lang="en" country="EP" doc-number="1234567" kind="A1"><SDOBI/></ep-patent-document>'
    [one] = read(tmp_path, bare)
    assert isinstance(one, RefusedRecord) and "没有名称" in one.reason_zh


# ------------------------------------------------------------------------------------------------ US applications

PAP = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE patent-application-publication SYSTEM "pap-v15-2001-01-31.dtd" [
<!ENTITY US20020000001A1-20020103-D00001.TIF SYSTEM "US20020000001A1-20020103-D00001.TIF" NDATA TIF>
]>
<patent-application-publication><subdoc-bibliographic-information><document-id><doc-number>20020000001</doc-number><kind-code>A1</kind-code><document-date>20020103</document-date></document-id>
<publication-filing-type>new-utility</publication-filing-type>
<domestic-filing-data><application-number><doc-number>09777001</doc-number></application-number><application-number-series-code>09</application-number-series-code><filing-date>20010205</filing-date></domestic-filing-data>
<foreign-priority-data><priority-application-number><doc-number>2000-123456</doc-number></priority-application-number><filing-date>20000205</filing-date><country-code>JP</country-code></foreign-priority-data>
<technical-information><classification-ipc><classification-ipc-primary><ipc>G06F015/16</ipc></classification-ipc-primary><classification-ipc-secondary><ipc>H04L009/00</ipc></classification-ipc-secondary><classification-ipc-edition>07</classification-ipc-edition></classification-ipc>
<classification-us><classification-us-primary><uspc><class>709</class><subclass>204000</subclass></uspc></classification-us-primary><classification-us-secondary><uspc><class>118</class><subclass>723100</subclass></uspc></classification-us-secondary></classification-us>
<title-of-invention>Testing in &agr;-particles </title-of-invention></technical-information>
<continuity-data><continuations><continuation-in-part-of><parent-child><child><document-id><doc-number>09777001</doc-number></document-id></child><parent><document-id><doc-number>09432885</doc-number><document-date>19991102</document-date><country-code>US</country-code></document-id></parent><parent-status>PENDING</parent-status></parent-child></continuation-in-part-of></continuations>
<non-provisional-of-provisional><document-id><doc-number>60128037</doc-number><document-date>19990406</document-date><country-code>US</country-code></document-id></non-provisional-of-provisional></continuity-data>
<inventors><first-named-inventor><name><given-name>Jane</given-name><middle-name>A.</middle-name><family-name>Doe</family-name><name-suffix>III</name-suffix></name><residence><residence-us><city>San Jose</city><state>CA</state><country-code>US</country-code></residence-us></residence><authority-applicant>INV</authority-applicant></first-named-inventor>
<inventor><name><given-name>Richard</given-name><family-name>Roe</family-name></name><residence><residence-non-us><city>Tokyo</city><country-code>JP</country-code></residence-non-us></residence></inventor></inventors>
<assignee><organization-name>Example Inc.</organization-name><address><city>San Jose</city><country><country-code>US</country-code></country></address></assignee>
<correspondence-address><name-1>Sample LLP</name-1><name-2>Attn: Patents</name-2><address><city>Palo Alto</city></address></correspondence-address></subdoc-bibliographic-information>
<subdoc-abstract><paragraph id="A-0001" lvl="0">Tests are described. </paragraph></subdoc-abstract>
<subdoc-description><cross-reference-to-related-applications><heading lvl="1">RELATED APPLICATION DATA</heading><paragraph id="P-0001" lvl="0"><number>&lsqb;0001&rsqb;</number> A continuation. </paragraph></cross-reference-to-related-applications>
<summary-of-invention><section><heading lvl="1">BACKGROUND OF THE INVENTION</heading><paragraph id="P-0002" lvl="0"><number>&lsqb;0002&rsqb;</number> Known. </paragraph></section><section><heading lvl="1">SUMMARY OF THE INVENTION</heading><paragraph id="P-0003" lvl="0"><number>3.</number> New. </paragraph></section></summary-of-invention>
<detailed-description><paragraph id="P-0004" lvl="0"><number>&lsqb;0004&rsqb;</number> See &ldquo;FIG. 1&rdquo;.</paragraph></detailed-description></subdoc-description>
<subdoc-claims><heading lvl="1">What is claimed is:</heading><claim id="CLM-00001"><claim-text><highlight><bold>1</bold></highlight>. A method comprising: <claim-text>a step. </claim-text></claim-text></claim>
<claim id="CLM-00002"><claim-text><highlight><bold>2</bold></highlight>. The method of <dependent-claim-reference depends_on="CLM-00001"><claim-text>claim 1</claim-text></dependent-claim-reference> twice. </claim-text></claim></subdoc-claims>
<subdoc-drawings id="DRAWINGS"><heading lvl="0">Drawings</heading><representative-figure>1</representative-figure><figure id="figure-D00001"><image id="EMI-D00001" file="US20020000001A1-20020103-D00001.TIF" imf="TIFF" ti="DR"/></figure></subdoc-drawings></patent-application-publication>
"""


@pytest.mark.parametrize("dtd", ["pap-v15-2001-01-31.dtd", "pap-v16-2002-01-01.dtd"])
def test_us_applications_of_2001_to_2004(tmp_path: Path, dtd: str) -> None:
    [d] = documents(tmp_path, PAP.replace("pap-v15-2001-01-31.dtd", dtd))
    assert (d.publication_number, d.application_number) == ("US20020000001A1", "US09777001")
    assert (d.publication_date, d.filing_date, d.grant_date) == (date(2002, 1, 3), date(2001, 2, 5), None)
    assert d.title == "Testing in α-particles" and d.abstract == "Tests are described."
    assert [s.symbol for s in d.ipc] == ["G06F15/16", "H04L9/00"] and d.main_ipc == "G06F15/16"
    assert [s.symbol for s in d.other_classes] == ["709/204", "118/723.1"]
    assert [p.name for p in d.inventors] == ["Doe III, Jane A.", "Roe, Richard"] == [p.name for p in d.applicants]
    assert [(p.city, p.country) for p in d.inventors] == [("San Jose", "US"), ("Tokyo", "JP")]
    assert [p.name for p in d.assignees] == ["Example Inc."] and d.agencies[0].name == "Sample LLP; Attn: Patents"
    assert [(p.country, p.number) for p in d.priorities] == [("JP", "JP2000123456")]
    assert [(r.relation, r.number, r.status) for r in d.related] == [
        ("continuation-in-part", "US09432885", "pending"), ("us-provisional-application", "US60128037", "")
    ]  # fmt: skip
    assert [(c.number, c.text, c.refers_to) for c in d.claims] == [
        (1, "A method comprising: a step.", ()), (2, "The method of claim 1 twice.", (1,))
    ]  # fmt: skip
    assert [(p.kind, p.paragraphs[-1].number, p.paragraphs[-1].text) for p in d.description] == [
        ("other", "0001", "A continuation."), ("background", "0002", "Known."), ("disclosure", "3", "New."),
        ("mode", "0004", "See “FIG. 1”."),
    ]  # fmt: skip
    assert len(d.drawings) == 1 and d.rest == ()


def test_a_weekly_file_of_us_applications_with_no_declarations_holds_many(tmp_path: Path) -> None:
    second = PAP.replace("20020000001", "20020000002")
    bare = second[second.index("<patent-application-publication>") :]
    assert [d.publication_number for d in documents(tmp_path, bare + PAP)] == ["US20020000002A1", "US20020000001A1"]


# ------------------------------------------------------------------------------------------------ XML4IP

SPACES = """xmlns:uspat="urn:us:gov:doc:uspto:patent" xmlns:com="http://www.wipo.int/standards/XMLSchema/ST96/Common" xmlns:pat="http://www.wipo.int/standards/XMLSchema/ST96/Patent" xmlns:uscom="urn:us:gov:doc:uspto:common\""""
META = "<uspat:DocumentMetadata><uscom:DocumentCode>{}</uscom:DocumentCode><uscom:ApplicationNumberText>16999555</uscom:ApplicationNumberText></uspat:DocumentMetadata>"
CLAIMS = """<uspat:Claims><uspat:Claim com:id="CLM-00001"><pat:ClaimNumber>1</pat:ClaimNumber><uspat:ClaimText>1. (Original) A widget comprising: <uspat:ClaimText>a <uscom:Del>round</uscom:Del> base.</uspat:ClaimText></uspat:ClaimText></uspat:Claim>
<uspat:Claim com:id="CLM-00002"><pat:ClaimNumber>2</pat:ClaimNumber><uspat:ClaimText>2. The widget of claim <uspat:ClaimReference com:idrefs="CLM-00001">1</uspat:ClaimReference>.</uspat:ClaimText></uspat:Claim></uspat:Claims>"""
SPEC = """<uscom:Heading>WIDGETS</uscom:Heading><uscom:Heading>BACKGROUND</uscom:Heading><uscom:P uscom:pNumber="001">Known.</uscom:P><uscom:Heading>SUMMARY</uscom:Heading><uscom:P uscom:pNumber="002">New.</uscom:P>"""


def xml4ip(root: str, inner: str, meta: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><uspat:{root} {SPACES}>{meta}{inner}</uspat:{root}>'.encode()


def older(root: str, inner: str) -> bytes:
    spaces = 'xmlns:pat="urn:us:gov:doc:uspto:patent" xmlns:uscom="urn:us:gov:doc:uspto:common" xmlns:com="http://www.wipo.int/standards/XMLSchema/ST96/Common"'
    inner = inner.replace("uspat:", "pat:")
    return f'<?xml version="1.0" encoding="UTF-8"?><pat:{root} {spaces}>{inner}</pat:{root}>'.encode()


NEWER_ZIP = {
    "16999555-SPEC.xml": xml4ip("SpecificationDocument", SPEC, META.format("SPEC")),
    "16999555-CLMS.xml": xml4ip("ClaimsDocument", CLAIMS, META.format("CLM")),
    "16999555-ABST.xml": xml4ip(
        "SpecificationDocument",
        "<uscom:Heading>ABSTRACT</uscom:Heading><uscom:P>A widget.</uscom:P>",
        META.format("ABST"),
    ),
}
OLDER_ZIP = {
    "16999555-2015-01-02-XML4IP-SPEC.xml": older("Description", SPEC.replace("uscom:pNumber", "com:pNumber")),
    "16999555-2015-01-02-XML4IP-CLMS.xml": older(
        "Claims", CLAIMS.replace("<uspat:Claims>", "").replace("</uspat:Claims>", "")
    ),
    "16999555-2015-01-02-XML4IP-ABST.xml": older("Abstract", "<uscom:P>A widget.</uscom:P>"),
}


@pytest.mark.parametrize("members", [NEWER_ZIP, OLDER_ZIP], ids=["newer", "older"])
def test_the_papers_of_an_application_are_read_from_their_zip(tmp_path: Path, members: dict[str, bytes]) -> None:
    spec, claims, abstract = documents(tmp_path, zipped(members), "16999555_XML4IP.ZIP")
    assert {d.application_number for d in (spec, claims, abstract)} == {"US16999555"} and not spec.publication_number
    assert spec.title == "WIDGETS" and [p.kind for p in spec.description] == ["other", "background", "disclosure"]
    assert [(c.number, c.refers_to) for c in claims.claims] == [(1, ()), (2, (1,))]
    assert claims.claims[0].text.replace("(Original) ", "") == "A widget comprising: a base."
    assert abstract.abstract == "A widget."


def test_a_paper_that_names_no_application_is_refused(tmp_path: Path) -> None:
    [one] = read(tmp_path, xml4ip("ClaimsDocument", CLAIMS, ""), "claims.xml")
    assert isinstance(one, RefusedRecord) and "申请号" in one.reason_zh


# ------------------------------------------------------------------------------------------------ Patent Public Search

HIT = {
    "guid": "US-11999001-B1", "publicationReferenceDocumentNumber": "11999001", "datePublished": "2023-10-31T00:00:00Z",
    "inventionTitle": "Test &amp; measure", "type": "USPAT", "applicantName": ["Example Inc."], "assigneeName": ["Example Inc."],
    "uspcFullClassificationFlattened": "438/770;257/E21.568", "ipcCodeFlattened": "G06F16/2458;G06F16/31",
    "cpcInventiveFlattened": "G06F16/313", "cpcAdditionalFlattened": "Y10S438/977", "applicationFilingDate": ["2014-03-31T00:00:00Z"],
    "primaryExaminer": "Poe; Edgar", "assistantExaminer": None, "applicationNumber": "14/231,597", "inventorsShort": "Doe; Jane et al.",
    "kindCode": ["B1"], "urpn": ["5826261", "20020022956"], "documentId": "US 11999001 B1", "familyIdentifierCurStr": None,
}  # fmt: skip
WHOLE = {
    **HIT, "inventorsName": ["Doe; Jane", "Roe; Richard"], "inventorCity": ["Albany", "Ort"], "inventorCountry": ["US", "DE"],
    "abstractHtml": "A <i>test</i>.", "descriptionHtml": "BRIEF DESCRIPTION OF THE DRAWINGS<br />FIG. 1 shows.<br />(1) DETAILED DESCRIPTION<br />(2) See &quot;it&quot;.",
    "claimsHtml": "What is claimed is:<br />1. A method comprising:<br /> a step of 2. things.<br /><br />2. The method of claim 1.",
    "foreignRefCountryCode": ["EP"], "foreignRefPatentNumber": ["0 379 828"], "otherRefPub": ["Lee, &quot;Tests&quot;, 1996.\n<br />Chu, 1997.\n<br />"],
}  # fmt: skip


def test_a_list_of_hits_of_the_public_search(tmp_path: Path) -> None:
    answer = {"numFound": 2, "patents": [HIT, {**HIT, "guid": "US-20240012345-A1", "kindCode": ["A1"]}]}
    first, second = documents(tmp_path, json.dumps(answer), "x.json")
    assert (first.publication_number, first.application_number) == ("US11999001B1", "US14231597")
    assert (first.publication_date, first.filing_date) == (date(2023, 10, 31), date(2014, 3, 31))
    assert first.title == "Test & measure" and first.grant_date == date(2023, 10, 31) and second.grant_date is None
    assert [p.name for p in first.inventors] == ["Doe, Jane"] and "et al." in first.rest[0][0]
    assert [s.symbol for s in first.ipc] == ["G06F16/2458", "G06F16/31"]
    assert [(s.symbol, s.value) for s in first.cpc] == [("G06F16/313", "I"), ("Y10S438/977", "A")]
    assert [c.number for c in first.citations] == ["US5826261", "US20020022956"]


@pytest.mark.parametrize("wrap", [lambda d: d, lambda d: [d], lambda d: {"docs": [d]}])
def test_a_whole_document_of_the_public_search(tmp_path: Path, wrap) -> None:
    [d] = documents(tmp_path, json.dumps(wrap(WHOLE)), "x.json")
    assert [(c.number, c.text) for c in d.claims] == [
        (1, "A method comprising:\na step of 2. things."),
        (2, "The method of claim 1."),
    ]
    assert [(p.name, p.city, p.country) for p in d.inventors] == [
        ("Doe, Jane", "Albany", "US"),
        ("Roe, Richard", "Ort", "DE"),
    ]
    assert d.abstract == "A test." and [p.kind for p in d.description] == ["drawings", "mode"]
    assert [c.number or c.text for c in d.citations][2:] == ["EP0379828", 'Lee, "Tests", 1996.', "Chu, 1997."]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"numFound": 0, "patents": [], "guid": "x", "inventionTitle": None}, "空"),
        ({"patents": [{"guid": "US-11999001-B1", "inventionTitle": None}]}, "没有名称"),
        ({"patents": [{"guid": None, "inventionTitle": "x"}]}, "公开号"),
    ],
)
def test_an_empty_answer_of_the_public_search_is_refused(tmp_path: Path, answer: object, said: str) -> None:
    [one] = read(tmp_path, json.dumps(answer), "x.json")
    assert isinstance(one, RefusedRecord) and said in one.reason_zh


# ------------------------------------------------------------------------------------------------ BRS

BRS_GRANT = """09999001\tB2\t20151201\t13676098\t43247
Method for tests
*** BRS DOCUMENT BOUNDARY ***
WKU 09999001
SIZE 43509
DWKU 9999001
APT B2
DID US 9999001 B2
GISD 20151201
ARD 676098
AFD 20121114
SRC 13
APNR 13676098
APP 13/676098
IPCG 20060101 A H05K H05K9/00 F I B US H 20151201
IPCC H05K
IPCP H05K9/00 20060101 H05K009/00
IPCS H01Q15/00 20060101 H01Q015/00
CPOI H05K9/0066 20130101
CPOA Y10T29/49 20150115
TTL Method for performing tests,
      and apparatus
URPN 2003/0169838
URNM Greene et al.
URGP US 2003/0169838 A1 20030900 Greene et al. 375/376 cited by examiner
FRCO CN
FRPN 1402605
FRGP CN 1402605 A 20030300 cited by applicant
ORPL "Report" of 2013,
      page 2. cited by applicant
COND us-provisional-application US 61559247 20111114
COND division parent-doc US 13303416 20111123 US 8947892 child-doc US 14577134
AANM EXAMPLE INC.
AACI Ort
AAST N/A
AACO TW
INNM Doe; Jane
INCI Ort
INCO TW
INNM Roe; Richard
INCO DE
LRFW Poe; Edgar
ASNM EXAMPLE INC.
EXP Moe; Max
ZZZZ something new
ABPR  A method is provided, where the method
      is applied.
CRTX CROSS REFERENCE TO RELATED APPLICATIONS
BSTX BACKGROUND
BSTX  Known.
BSTX SUMMARY
BSTX  New.
DETX DETAILED DESCRIPTION
DETX  See FIG. 1.
CLTL What is claimed is:
CLPR  1. A method comprising
      a step.
CLPR  and 7. other things.
CLPR  2. The method of claim 1.
ICUS Y
"""
BRS_APPLICATION = """*** BRS DOCUMENT BOUNDARY ***
PGNR 20150000001
PGKC A1
PGPD 20150101
DID US 20150000001 A1
APD 20130701
APSN 13932001
TTL Another test
PRCO JP
PRAN 2012-123456
PRAD 20120701
INNM Doe; Jane
ABTX  An abstract.
CLTX 1. A thing.
CLTX 2. The thing of claim 1.
"""


def test_brs_text_of_grants_and_applications(tmp_path: Path) -> None:
    first, second = documents(tmp_path, BRS_GRANT + BRS_APPLICATION, "x.txt")
    assert (first.publication_number, first.application_number) == ("US9999001B2", "US13676098")
    assert (first.publication_date, first.filing_date, first.grant_date) == (
        date(2015, 12, 1),
        date(2012, 11, 14),
        date(2015, 12, 1),
    )
    assert first.title == "Method for performing tests, and apparatus"
    assert first.abstract == "A method is provided, where the method is applied."
    assert [s.symbol for s in first.ipc] == ["H05K9/00", "H01Q15/00"] and [s.symbol for s in first.cpc] == [
        "H05K9/0066",
        "Y10T29/49",
    ]
    assert [(p.name, p.country) for p in first.inventors] == [("Doe, Jane", "TW"), ("Roe, Richard", "DE")]
    assert [(p.name, p.city) for p in first.applicants] == [("EXAMPLE INC.", "Ort")]
    assert [(c.number, c.text) for c in first.claims] == [
        (1, "A method comprising a step.\nand 7. other things."), (2, "The method of claim 1.")
    ]  # fmt: skip
    assert [p.kind for p in first.description] == ["other", "background", "disclosure", "mode"]
    assert [(c.number or c.text, c.phase) for c in first.citations] == [
        ("US20030169838A1", "examiner"), ("CN1402605A", "applicant"), ('"Report" of 2013, page 2.', "applicant")
    ]  # fmt: skip
    assert [(r.relation, r.number) for r in first.related] == [
        ("us-provisional-application", "US61559247"),
        ("division", "US13303416"),
    ]
    assert first.rest == (("ZZZZ", 1),)
    assert (second.publication_number, second.application_number, second.grant_date) == (
        "US20150000001A1",
        "US13932001",
        None,
    )
    assert len(second.claims) == 2 and second.priorities[0].number == "JP2012123456"


@pytest.mark.parametrize("name", ["x.txt", "x.brs", "x"])
def test_one_brs_document_without_a_boundary_is_known_by_its_fields(tmp_path: Path, name: str) -> None:
    [d] = documents(tmp_path, BRS_GRANT[BRS_GRANT.index("WKU") :], name)
    assert d.publication_number == "US9999001B2"


def test_a_brs_document_of_a_number_alone_is_refused(tmp_path: Path) -> None:
    [one] = read(tmp_path, "*** BRS DOCUMENT BOUNDARY ***\nWKU 09999001\nAPT B2\nDID US 9999001 B2\n", "x.txt")
    assert isinstance(one, RefusedRecord) and "没有名称" in one.reason_zh


# ------------------------------------------------------------------------------------------------ OPS


def ops_member(kind: str, on: str, inner: str = "") -> str:
    return f"""<ops:family-member family-id="77"><publication-reference><document-id document-id-type="docdb"><country>EP</country><doc-number>1234567</doc-number><kind>{kind}</kind><date>{on}</date></document-id>
<document-id document-id-type="epodoc"><doc-number>EP1234567</doc-number><date>{on}</date></document-id></publication-reference>
<application-reference doc-id="1"><document-id document-id-type="docdb"><country>EP</country><doc-number>99203001</doc-number><kind>A</kind><date>19991108</date></document-id></application-reference>
<priority-claim sequence="1" kind="national"><document-id document-id-type="docdb"><country>NL</country><doc-number>1010001</doc-number><kind>A</kind><date>19981112</date></document-id><priority-active-indicator>YES</priority-active-indicator></priority-claim>{inner}</ops:family-member>"""


LEGAL = """<ops:legal code="17Q " desc="FIRST EXAMINATION REPORT" infl="+" dateMigr="00010101"><ops:pre line="00001">EP 99203001A 2002-06-05</ops:pre><ops:L001EP desc="Country Code">EP</ops:L001EP><ops:L003EP>    99203001</ops:L003EP><ops:L007EP desc="Gazette DATE">2002-06-05</ops:L007EP><ops:L008EP>17Q</ops:L008EP><ops:L500EP><ops:L525EP desc="Effective DATE">20020423</ops:L525EP></ops:L500EP></ops:legal>
<ops:legal code="REG " desc="REFERENCE TO A NATIONAL CODE" infl=" "><ops:L001EP>EP</ops:L001EP><ops:L003EP>    99203001</ops:L003EP><ops:L007EP>2003-08-29</ops:L007EP><ops:L008EP>REG</ops:L008EP><ops:L500EP><ops:L501EP desc="Ref Country Code">CH</ops:L501EP><ops:L502EP desc="Ref Legal Event Code" descData="PATENT CEASED" infl="-">PL</ops:L502EP></ops:L500EP></ops:legal>"""
BIBLIO = """<exchange-document system="ops.epo.org" family-id="77" country="EP" doc-number="1234567" kind="A1"><bibliographic-data><publication-reference><document-id document-id-type="docdb"><country>EP</country><doc-number>1234567</doc-number><kind>A1</kind><date>20000517</date></document-id></publication-reference><invention-title lang="en">Bricks</invention-title></bibliographic-data></exchange-document>"""


def ops(*members: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?><ops:world-patent-data xmlns="http://www.epo.org/exchange" xmlns:ops="http://ops.epo.org">
<ops:patent-family legal="true" total-result-count="{len(members)}"><ops:publication-reference><document-id document-id-type="docdb"><country>EP</country><doc-number>1234567</doc-number><kind>A1</kind></document-id></ops:publication-reference>{"".join(members)}</ops:patent-family></ops:world-patent-data>"""


def test_a_family_has_its_members_with_what_ties_them(tmp_path: Path) -> None:
    first, second = documents(
        tmp_path, ops(ops_member("A1", "20000517"), ops_member("B1", "20030212"), ops_member("A1", "20000517"))
    )
    assert (first.publication_number, first.family) == ("EP1234567A1", ("EP1234567B1",))
    assert (second.application_number, second.filing_date, second.grant_date) == (
        "EP99203001",
        date(1999, 11, 8),
        date(2003, 2, 12),
    )
    assert [(p.country, p.number, p.filing_date, p.kind) for p in second.priorities] == [
        ("NL", "NL1010001", "1998-11-12", "national")
    ]
    assert first.family_id == "77"


def test_a_family_with_bibliographic_data_keeps_both(tmp_path: Path) -> None:
    first, second = documents(tmp_path, ops(ops_member("A1", "20000517", BIBLIO), ops_member("B1", "20030212")))
    assert first.title == "Bricks" and first.application_number == "EP99203001" and first.family == ("EP1234567B1",)
    assert second.publication_date == date(2003, 2, 12)


def test_legal_events_of_a_family_are_read_with_their_codes(tmp_path: Path) -> None:
    found = read(tmp_path, ops(ops_member("A1", "20000517", LEGAL)))
    first, second = (e for e in found if isinstance(e, LegalEvent))
    assert (first.application_number, first.code, first.name) == ("EP99203001", "17Q", "FIRST EXAMINATION REPORT")
    assert first.publication_date == date(2002, 6, 5) and "20020423" in first.text and first.number == "EP1234567A1"
    assert (second.code, second.name, second.country) == ("CH PL", "PATENT CEASED", "CH") and second.category == ""
    assert sum(isinstance(d, PatentDocument) for d in found) == 1


def badgerfish(tmp_path: Path) -> dict[str, object]:
    docdb = {
        "@document-id-type": "docdb",
        "country": {"$": "EP"},
        "doc-number": {"$": "1234567"},
        "kind": {"$": "A1"},
        "date": {"$": "20000517"},
    }
    title = [{"@lang": "en", "$": "Bricks"}, {"@lang": "de", "$": "Ziegel"}]
    return {"ops:world-patent-data": {"@xmlns": {"$": "x"}, "exchange-documents": {"exchange-document": {
        "@country": "EP", "@doc-number": "1234567", "@kind": "A1",
        "bibliographic-data": {"publication-reference": {"document-id": [docdb]}, "invention-title": title},
    }}}}  # fmt: skip


def test_the_offices_own_json_is_read_as_its_xml(tmp_path: Path) -> None:
    [d] = documents(tmp_path, json.dumps(badgerfish(tmp_path)), "x.json")
    assert d.publication_number == "EP1234567A1" and [t.text for t in d.titles] == ["Bricks", "Ziegel"]


TOOL = {
    "country": "EP", "doc_number": "1234567", "kind": "A1", "family_id": "77", "titles": [{"lang": "en", "text": "Bricks"}],
    "publication_reference_docdb": {"id_type": "docdb", "country": "EP", "number": "1234567", "kind": "A1", "date": "2000-05-17"},
    "application_reference_docdb": {"id_type": "docdb", "country": "EP", "number": "99203001", "kind": "A", "date": None},
    "application_reference_epodoc": {"id_type": "epodoc", "number": "EP19990203001", "date": "1999-11-08"},
    "intl_class": ["B28B 1/ 29 A I"], "cpc_class": ["B28B 1/29", "B28B 1/29"], "applicants_epodoc": ["BOER BV [NL]"],
    "priority_claims": [{"id_type": "epodoc", "number": "NL19981010001", "date": "1998-11-12"}, {"id_type": "original", "number": "1010001"}],
    "citations": [{"cited_phase": "search", "docdb": {"country": "DE", "number": "3546191", "kind": "A1", "date": "1987-07-02"}}],
}  # fmt: skip


def test_a_tools_json_of_bibliographic_data_is_read_with_what_it_holds(tmp_path: Path) -> None:
    [d] = documents(tmp_path, json.dumps({"documents": [TOOL]}), "x.json")
    assert (d.title, d.application_number, d.filing_date) == ("Bricks", "EP99203001", date(1999, 11, 8))
    assert [s.symbol for s in d.ipc] == ["B28B1/29"] and [s.symbol for s in d.cpc] == ["B28B1/29"]
    assert d.applicants[0].country == "NL" and d.citations[0].number == "DE3546191A1" and len(d.priorities) == 1


def test_a_tools_json_of_claims_is_read_with_its_claims(tmp_path: Path) -> None:
    ids = {"country": "EP", "doc_number": "1234567", "kind": "A1"}
    run_together = {
        "document_id": ids,
        "claims": [{"number": 1, "limitations": ["A.Thing of claim 1."]}],
        "claim_text": "1. A thing of 3. parts.2. Thing of claim 1.",
    }
    [d] = documents(tmp_path, json.dumps(run_together), "x.json")
    assert [c.text for c in d.claims] == ["A thing of 3. parts.", "Thing of claim 1."]
    apart = {
        "document_id": ids,
        "claims": [
            {"number": 1, "limitations": ["A thing", "of parts."]},
            {"number": 2, "limitations": ["Thing of claim 1."]},
        ],
    }
    [d] = documents(tmp_path, json.dumps(apart), "x.json")
    assert [c.number for c in d.claims] == [1, 2] and "of parts" in d.claims[0].text


IDS = '"document_id": {"country": "EP", "doc_number": "1234567", "kind": "A1"}'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.xml", ops()),
        ("x.xml", BIBLIO.replace('<invention-title lang="en">Bricks</invention-title>', "")),
        ("x.xml", '<exchange-document country="EP" doc-number="1234567" kind="A1" status="not found"/>'),
        (
            "x.xml",
            '<fulltext-document country="EP" doc-number="1234567" kind="A1"><bibliographic-data/><claims lang="EN"><claim><claim-text> </claim-text></claim></claims></fulltext-document>',
        ),
        ("x.json", "{" + IDS + "}"),
        ("x.json", "{" + IDS + ', "claims": []}'),
        ("x.json", "{" + IDS + ', "description": ""}'),
        (
            "x.json",
            '{"documents": [{"country": "EP", "doc_number": "1234567", "kind": "A1", "title": null, "claims": []}]}',
        ),
        ("x.json", '{"results": [], "doc_number": "1"}'),
        ("x.json", json.dumps({"ops:world-patent-data": {"ops:patent-family": {"@total-result-count": "0"}}})),
        ("x.json", '{"ops:world-patent-data": {"a b": 1}}'),
        ("x.json", '{"doc_number": '),
    ],
)
def test_an_empty_or_gutted_answer_is_no_document(tmp_path: Path, name: str, data: str) -> None:
    found = read(tmp_path, data, name)
    assert found and all(isinstance(one, RefusedRecord) and one.reason_zh and one.reason_en for one in found)


def test_numbers_that_a_search_found_are_told_from_an_answer_that_was_emptied(tmp_path: Path) -> None:
    rows = {
        "results": [
            {"country": "CA", "doc_number": "3237865", "kind": "A1", "docdb_number": "CA3237865A1", "family_id": "7"}
        ]
    }
    assert documents(tmp_path, json.dumps(rows), "x.json")[0].family_id == "7"


def test_no_reader_of_these_fails_on_a_file_that_was_cut(tmp_path: Path) -> None:
    whole = [
        ("x.xml", ep("1-5", "B1", NEW_IPC, TEXT).encode()), ("x.xml", PAP.encode()), ("x.txt", BRS_GRANT.encode()),
        ("x.json", json.dumps(WHOLE).encode()), ("x.json", json.dumps({"documents": [TOOL]}).encode()),
        ("x.xml", ops(ops_member("A1", "20000517", LEGAL)).encode()), ("x.xml", NEWER_ZIP["16999555-CLMS.xml"]),
    ]  # fmt: skip
    for name, data in whole:
        for cut in range(200, len(data), max(1, len(data) // 25)):
            for source in {batch.detect(data, name)} - {""}:
                for one in batch.READERS[source](io.BytesIO(data[:cut]), name):
                    assert not isinstance(one, RefusedRecord) or one.reason_zh
