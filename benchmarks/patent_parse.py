# ruff: noqa: E501 - lines of XML stay whole
"""How fast CNIPA full texts become documents, beside bare lxml that takes five values by XPath: same bytes, one core.

    python -m benchmarks.patent_parse                 documents of about 30 kB
    python -m benchmarks.patent_parse --paragraphs 4  about 6 kB

Both are run in turn, several times; processor time is taken, and the best run of each, since other work only slows.
"""

from __future__ import annotations

import argparse
import io
from time import process_time

from lxml import etree

from jinzhi.kernel.patent import PatentDocument
from jinzhi.sources.patents import cnipa_xml

BUSINESS = "http://www.sipo.gov.cn/XMLSchema/business"
BASE = "http://www.sipo.gov.cn/XMLSchema/base"
PATHS = (
    "string(//business:PublicationReference/base:DocumentID/base:DocNumber)",
    "string(//business:ApplicationReference/base:DocumentID/base:DocNumber)",
    "string(//business:InventionTitle)",
    "string(//business:Abstract)",
    "//business:Claims/business:Claim/business:ClaimText/text()",
)


def made(i: int, paragraphs: int, claims: int) -> bytes:
    """An invented full text, with the office's structure and prefixes."""
    sentence = "本发明涉及一种储能装置，包括壳体、电芯以及与电芯相连的控制单元，控制单元根据温度调节充放电功率，从而延长使用寿命。"
    body = "".join(
        f'<base:Paragraphs id="p{n:04d}" num="{n:04d}">{sentence * 2}</base:Paragraphs>'
        for n in range(1, paragraphs + 1)
    )
    claim = "".join(
        f'<business:Claim id="cl{n:04d}" num="{n:04d}"><business:ClaimText>{n}.'
        + ("一种储能装置" if n == 1 else f"根据权利要求{n - 1}所述的储能装置")
        + f"，其特征在于，{sentence}</business:ClaimText></business:Claim>"
        for n in range(1, claims + 1)
    )
    reference = "<base:DocumentID><base:WIPOST3Code>CN</base:WIPOST3Code><base:DocNumber>{}</base:DocNumber>{}</base:DocumentID>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<business:PatentDocumentAndRelated xmlns:business="{BUSINESS}" xmlns:base="{BASE}" lang="zh" country="CN"
 docNumber="{900000000 + i}" kind="B" datePublication="20240510"><business:BibliographicData>
<business:PublicationReference dataFormat="standard" sequence="1">{reference.format(900000000 + i, "<base:Kind>B</base:Kind><base:Date>20240510</base:Date>")}</business:PublicationReference>
<business:ApplicationReference applType="10" dataFormat="original" sequence="1">{reference.format(f"2023{10000000 + i}", "<base:Date>20230101</base:Date>")}</business:ApplicationReference>
<business:ClassificationIPCRDetails>{"".join(f'<business:ClassificationIPCR sequence="{n}"><base:IPCVersionDate>20100101</base:IPCVersionDate><base:Section>H</base:Section><base:MainClass>01</base:MainClass><base:Subclass>M</base:Subclass><base:MainGroup>10</base:MainGroup><base:Subgroup>05{n}</base:Subgroup><base:Text>H01M  10/05{n}  (2010.01)</base:Text></business:ClassificationIPCR>' for n in range(1, 5))}</business:ClassificationIPCRDetails>
<business:InventionTitle>一种储能装置{i}</business:InventionTitle>
<business:Parties><business:ApplicantDetails><business:Applicant sequence="1"><base:AddressBook lang="zh"><base:Name>甲市储能有限公司</base:Name><base:Address><base:Text>300000 天津市南开区</base:Text><base:Province>天津市</base:Province><base:City>市辖区</base:City><base:County>南开区</base:County></base:Address></base:AddressBook></business:Applicant></business:ApplicantDetails>
<business:InventorDetails>{"".join(f'<business:Inventor sequence="{n}"><base:AddressBook><base:Name>发明人{n}</base:Name></base:AddressBook></business:Inventor>' for n in range(1, 5))}</business:InventorDetails></business:Parties>
</business:BibliographicData><business:Abstract><base:Paragraphs num="0001">{sentence * 3}</base:Paragraphs></business:Abstract>
<business:Description><business:TechnicalField><base:Paragraphs>技术领域</base:Paragraphs></business:TechnicalField><business:InventionMode>{body}</business:InventionMode></business:Description>
<business:Claims>{claim}</business:Claims></business:PatentDocumentAndRelated>""".encode()


def ours(files: list[bytes]) -> float:
    began = process_time()
    for data in files:
        for document in cnipa_xml.read(io.BytesIO(data), "x"):
            assert isinstance(document, PatentDocument)
    return process_time() - began


def bare(files: list[bytes]) -> float:
    found = [etree.XPath(p, namespaces={"business": BUSINESS, "base": BASE}) for p in PATHS]
    began = process_time()
    for data in files:
        root = etree.fromstring(data)
        for path in found:
            path(root)
    return process_time() - began


def measure(count: int = 1000, paragraphs: int = 80, claims: int = 10, repeat: int = 5) -> tuple[float, float, int]:
    """Documents a second of ours and of bare lxml, and the mean size of a document in bytes."""
    files = [made(i, paragraphs, claims) for i in range(count)]
    times = [(ours(files), bare(files)) for _ in range(repeat)]
    return count / min(a for a, _ in times), count / min(b for _, b in times), sum(map(len, files)) // count


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.patent_parse", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--paragraphs", type=int, default=80)
    parser.add_argument("--claims", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=5)
    args = parser.parse_args()
    mine, lxml, size = measure(args.count, args.paragraphs, args.claims, args.repeat)
    print(f"documents of {size / 1000:.1f} kB, one core")
    print(f"{'CNIPA XML to Document':32}{mine:10.0f} documents/s")
    print(f"{'bare lxml, 5 XPaths':32}{lxml:10.0f} documents/s")
    print(f"{'ratio':32}{mine / lxml:10.2f}")


if __name__ == "__main__":
    main()
