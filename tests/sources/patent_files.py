# ruff: noqa: E501 - lines of XML stay whole
"""Invented patent files for the tests: the office's structure, nobody's content."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

from tests import shared

SHARED = shared.SHARED / "data"

BUSINESS = "http://www.sipo.gov.cn/XMLSchema/business"
BASE = "http://www.sipo.gov.cn/XMLSchema/base"


def cnipa(number: str = "900000001", application: str = "202310000001.1", title: str = "一种测试装置") -> bytes:
    """A granted invention with prefixes, both forms of each number, a priority in two forms, claims of three sorts."""
    standard = f"10{application[:4]}00{application[5:12]}"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<business:PatentDocumentAndRelated xmlns:business="{BUSINESS}" xmlns:base="{BASE}" xsdVersion="V2.2.1" lang="zh"
 country="CN" docNumber="{number}" kind="B" datePublication="20240510" file="x.XML" status="C">
<business:BibliographicData>
<business:PublicationReference dataFormat="standard" sequence="1"><base:DocumentID><base:WIPOST3Code>CN</base:WIPOST3Code>
<base:DocNumber>{number}</base:DocNumber><base:Kind>B</base:Kind><base:Date>20240510</base:Date></base:DocumentID></business:PublicationReference>
<business:PublicationReference dataFormat="original" sequence="1"><base:DocumentID><base:WIPOST3Code>CN</base:WIPOST3Code>
<base:DocNumber>{number}</base:DocNumber><base:Kind>B</base:Kind><base:Date>20240510</base:Date></base:DocumentID></business:PublicationReference>
<business:ApplicationReference applType="10" dataFormat="standard" sequence="1"><base:DocumentID>
<base:WIPOST3Code>CN</base:WIPOST3Code><base:DocNumber>{standard}</base:DocNumber><base:Date>20230101</base:Date></base:DocumentID></business:ApplicationReference>
<business:ApplicationReference applType="10" dataFormat="original" sequence="1"><base:DocumentID>
<base:WIPOST3Code>CN</base:WIPOST3Code><base:DocNumber>{application}</base:DocNumber><base:Date>20230101</base:Date></base:DocumentID></business:ApplicationReference>
<business:PriorityDetails>
<business:Priority kind="international" dataFormat="original" sequence="1"><base:WIPOST3Code>KR</base:WIPOST3Code><base:DocNumber>10-2022-0100096</base:DocNumber><base:Date>20220810</base:Date></business:Priority>
<business:Priority kind="international" dataFormat="standard" sequence="1"><base:WIPOST3Code>KR</base:WIPOST3Code><base:DocNumber>102022000100096</base:DocNumber><base:Date>20220810</base:Date></business:Priority>
</business:PriorityDetails>
<business:ClassificationIPCRDetails>
<business:ClassificationIPCR sequence="1"><base:IPCVersionDate>20220101</base:IPCVersionDate><base:Section>H</base:Section><base:MainClass>01</base:MainClass><base:Subclass>M</base:Subclass><base:MainGroup>10</base:MainGroup><base:Subgroup>0525</base:Subgroup><base:Text>H01M  10/0525  (2010.01)</base:Text></business:ClassificationIPCR>
<business:ClassificationIPCR sequence="2"><base:Text>H02J   7/00  (2006.01)</base:Text></business:ClassificationIPCR>
</business:ClassificationIPCRDetails>
<business:InventionTitle>{title}</business:InventionTitle>
<business:Parties><business:ApplicantDetails><business:Applicant sequence="1"><base:AddressBook lang="zh"><base:Name>甲市测试有限公司</base:Name>
<base:Address><base:Text>300000 天津市南开区测试路1号</base:Text><base:Province>天津市</base:Province><base:City>市辖区</base:City><base:County>南开区</base:County><base:WIPOST3Code>CN</base:WIPOST3Code></base:Address></base:AddressBook>
<base:AddressBook lang="en"><base:Name>JIA TEST LTD</base:Name></base:AddressBook></business:Applicant></business:ApplicantDetails>
<business:InventorDetails><business:Inventor sequence="1"><base:AddressBook><base:Name>张某</base:Name></base:AddressBook></business:Inventor></business:InventorDetails>
<business:AgentDetails><business:CustomerNumber>12345</business:CustomerNumber><business:Agent sequence="1"><business:Agency><base:AddressBook><base:OrganizationName>乙市代理有限公司 12345</base:OrganizationName></base:AddressBook></business:Agency></business:Agent></business:AgentDetails>
</business:Parties>
<business:Novelty>不在模型里</business:Novelty>
<business:RelatedDocuments><business:RelatedPublicationDoc><base:DocumentID><base:DocNumber>CN899999999A</base:DocNumber><base:Date>20230701</base:Date></base:DocumentID></business:RelatedPublicationDoc></business:RelatedDocuments>
</business:BibliographicData>
<business:Abstract><base:Paragraphs num="0001">本发明公开一种测试装置。</base:Paragraphs></business:Abstract>
<business:Description><business:TechnicalField><base:Paragraphs id="p0001">技术领域</base:Paragraphs><base:Paragraphs id="p0002" num="0001">涉及测试。</base:Paragraphs></business:TechnicalField>
<business:InventionMode><base:Paragraphs id="p0003" num="0002">如图<base:Sub>1</base:Sub>所示<base:Image file="f.TIF"/>。</base:Paragraphs></business:InventionMode></business:Description>
<business:Claims>
<business:Claim id="cl0001" num="0001"><business:ClaimText>1.一种测试装置，其特征在于，包括壳体。</business:ClaimText></business:Claim>
<business:Claim id="cl0002" num="0002"><business:ClaimText>2.根据权利要求1所述的装置，其特征在于，</business:ClaimText><business:ClaimText>还包括盖。</business:ClaimText></business:Claim>
<business:Claim id="cl0003" num="0003"><business:ClaimText>3.一种使用权利要求1或2所述装置的方法，其特征在于，测试。</business:ClaimText></business:Claim>
</business:Claims>
<business:Drawings><business:Figure num="0001" figureLabels="图1"><base:Image file="HDA1.TIF" he="10" wi="20"/></business:Figure></business:Drawings>
</business:PatentDocumentAndRelated>
""".encode()


DESIGN = f"""<?xml version="1.0" encoding="UTF-8"?>
<business:PatentDocumentAndRelated xmlns:business="{BUSINESS}" xmlns:base="{BASE}" country="CN" kind="S">
<business:DesignBibliographicData>
<business:PatentNumber>309999999</business:PatentNumber>
<business:ApplicationReference applType="30" dataFormat="original"><base:DocumentID><base:WIPOST3Code>CN</base:WIPOST3Code><base:DocNumber>202330000001.1</base:DocNumber><base:Date>20230103</base:Date></base:DocumentID></business:ApplicationReference>
<business:ClassificationLocarno>LOC(14)Cl.14-02</business:ClassificationLocarno>
<business:DesignTitle>路由器</business:DesignTitle>
</business:DesignBibliographicData>
<business:DesignBriefExplanation><base:Paragraphs>1.本外观设计产品的名称：路由器。</base:Paragraphs></business:DesignBriefExplanation>
</business:PatentDocumentAndRelated>
""".encode()


def prs(*events: tuple[str, str, str]) -> bytes:
    """Legal status records of (application, name, information)."""
    records = "".join(
        f"""<business:PRSRecord PRSID="{i}" status="C">
<business:ApplicationReference applType="10" dataFormat="standard" sequence="1"><base:DocumentID><base:WIPOST3Code>CN</base:WIPOST3Code><base:DocNumber>10{n[:4]}00{n[5:12]}</base:DocNumber><base:Date>20230101</base:Date></base:DocumentID></business:ApplicationReference>
<business:ApplicationReference applType="10" dataFormat="original" sequence="1" sourceDB="national office"><base:DocumentID><base:WIPOST3Code>CN</base:WIPOST3Code><base:DocNumber>{n}</base:DocNumber><base:Date>20230101</base:Date></base:DocumentID></business:ApplicationReference>
<business:IPRType>发明</business:IPRType><business:PRSPublicationDate><base:Date>20240607</base:Date></business:PRSPublicationDate>
<business:PRSCode>0800</business:PRSCode><business:PRSValue>{name}</business:PRSValue><business:PRSInformation>{text}</business:PRSInformation>
<business:StatusIndicator>1</business:StatusIndicator></business:PRSRecord>"""
        for i, (n, name, text) in enumerate(events)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><business:PRS xmlns:business="{BUSINESS}" xmlns:base="{BASE}">{records}</business:PRS>'.encode()


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (2024, 5, 10, 0, 0, 0))  # the same bytes every time
            info.compress_type = compression
            archive.writestr(info, data)
    return out.getvalue()


def split(data: bytes, folder: Path, stem: str, size: int) -> list[Path]:
    """A zip cut into disks as archivers do it: a mark in front, and offsets that count from each disk's beginning."""
    end = data.rindex(b"PK\x05\x06")
    count, length, offset = struct.unpack("<HII", data[end + 10 : end + 20])
    body = b"PK\x07\x08" + data[:offset]
    directory = bytearray(data[offset : offset + length])
    at = 0
    for _ in range(count):
        name, extra, comment = struct.unpack("<HHH", directory[at + 28 : at + 34])
        where = struct.unpack("<I", directory[at + 42 : at + 46])[0] + 4
        struct.pack_into("<H", directory, at + 34, where // size)
        struct.pack_into("<I", directory, at + 42, where % size)
        at += 46 + name + extra + comment
    disk, start = divmod(len(body), size)
    whole = body + bytes(directory)
    last = len(whole) // size
    whole += struct.pack("<4sHHHHIIH", b"PK\x05\x06", last, disk, count, count, length, start, 0)
    pieces = [whole[i * size : (i + 1) * size] for i in range(last)] + [whole[last * size :]]
    paths = [folder / f"{stem}.z{i + 1:02d}" for i in range(last)] + [folder / f"{stem}.zip"]
    for path, piece in zip(paths, pieces, strict=True):
        path.write_bytes(piece)
    return paths
