"""Papers of a US application as XML (XML4IP, WIPO ST.96): specification, claims and abstract, each a file of its own.

They come in one zip (``…-XML4IP-SPEC.xml``, ``-CLMS``, ``-ABST``) and are no publications: they have the number of the
application only, and under it the store puts them together. Two generations differ in their namespaces and in whether
the text stands in ``pat:Description`` or beside the metadata. What was struck out (``Del``) is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from jinzhi.kernel.patent import Claim, Paragraph, Part, PatentDocument, Source, Text
from jinzhi.sources.patents.claims import claim
from jinzhi.sources.patents.parts import day, heading_kind, ordinal, parts_by_kind
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable
from jinzhi.sources.patents.xml import LIMITS, Limits, descend, documents, local
from jinzhi.standards.cn_numbers import PatentNumberError, normalise

NAME = "uspto-st96"

_ROOTS = (
    "ClaimsDocument|SpecificationDocument|AbstractDocument|DescriptionDocument|Claims|Description|Abstract|"
    "ApplicationBody|PatentApplication|Specification"
)
#: the root of such a paper, with one of its namespaces
ROOT = re.compile(
    rb"<(?:\w+:)?(?:" + _ROOTS.encode() + rb")\b[^>]*(?:urn:us:gov:doc:uspto:patent|wipo\.int/standards/XMLSchema/ST96)"
)
_STRUCK = frozenset({"Del", "DeletedText", "BoundaryDataReference", "OCRBoundaryData"})
_FROM_NAME = (
    re.compile(r"(?<!\d)(\d{2})[-_/]?(\d{3})[,_-]?(\d{3})(?!\d)"),
    re.compile(r"(?<!\d)(\d{2})(\d{3})(\d{3})(?!\d)"),
)
_PARTS = {
    "TechnicalField": "field",
    "BackgroundArt": "background",
    "BackgroundOfInvention": "background",
    "InventionSummary": "disclosure",
    "SummaryOfInvention": "disclosure",
    "DrawingDescription": "drawings",
    "BriefDescriptionOfDrawings": "drawings",
    "EmbodimentDescription": "mode",
    "DetailedDescription": "mode",
}


def read(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[PatentDocument | RefusedRecord]:
    """The paper of one file. Never raises for what the file holds."""
    for item in documents(stream, name, limits):
        if isinstance(item, RefusedRecord):
            yield item
            continue
        root, digest, head = item
        try:
            yield document(root, Source(NAME, name, digest))
        except (Unreadable, PatentNumberError) as e:
            english = e.en if isinstance(e, Unreadable) else e.english
            yield Unreadable(str(e), english).refused(name, head)


def document(root: etree._Element, source: Source) -> PatentDocument:
    """One paper. Raises Unreadable where it names no application, or holds nothing."""
    number = normalise(_application(root, source.file), country="US", kind="application")
    code = _first(root, "DocumentCode").upper()
    claims = tuple(_claims(root))
    abstract = "\n".join(_texts(root, "Abstract")) if code != "ABST" else ""
    parts: tuple[Part, ...] = ()
    title = _first(root, "InventionTitle")
    if code == "ABST" or local(root.tag) in ("Abstract", "AbstractDocument"):
        abstract = abstract or "\n".join(t for e in _blocks(root) if local(e.tag) == "P" and (t := _plain(e)))
    elif not claims:
        parts = tuple(parts_by_kind(_description(root), "en"))
        title = title or _title(parts)
    if not (claims or abstract or parts):
        raise Unreadable(
            "这件申请文件里没有权利要求、摘要或说明书的文字", "the paper holds no claims, abstract or description"
        )
    return PatentDocument(
        country="US",
        doc_number="",
        kind="",
        publication_number="",
        application_number=number.text,
        filing_date=day(_first(root, "FilingDate")),
        language="en",
        titles=(Text("en", title),) if title else (),
        abstracts=(Text("en", abstract),) if abstract else (),
        claims=claims,
        description=parts,
        source=source,
        rest=tuple(sorted(Counter(local(e.tag) for e in root.iter("{*}Table", "{*}MathText", "{*}Image")).items())),
    )


def _first(root: etree._Element, name: str) -> str:
    return next((t for e in descend(root, name) if (t := _plain(e))), "")


def _application(root: etree._Element, name: str) -> str:
    """The application's number, as the paper or, where it does not say, its file's name says."""
    for tag in ("ApplicationNumberText", "ApplicationNumber"):
        if written := _first(root, tag):
            return written
    base = name.rpartition("!")[2].rpartition("/")[2]
    for text in (base, name):
        for pattern in _FROM_NAME:
            if m := pattern.search(text):
                return "".join(m.groups())
    raise Unreadable(
        "申请文件没有写明申请号，文件名里也没有",
        "neither the paper nor its file's name says the number of the application",
    )


def _plain(element: etree._Element) -> str:
    """The text of an element without what was struck out."""
    kept: list[str] = []

    def walk(e: etree._Element) -> None:
        kept.append(e.text or "")
        for child in e:
            if type(child.tag) is str and local(child.tag) not in _STRUCK:
                if local(child.tag) in ("ClaimText", "P", "LI", "Br"):
                    kept.append(" ")
                walk(child)
            kept.append(child.tail or "")

    walk(element)
    return " ".join("".join(kept).split())


def _texts(root: etree._Element, name: str) -> Iterator[str]:
    for element in descend(root, name):
        paragraphs = [t for p in descend(element, "P") if (t := _plain(p))]
        yield from paragraphs or ([t] if (t := _plain(element)) else [])


def _blocks(root: etree._Element) -> Iterator[etree._Element]:
    """Headings and paragraphs in their order, those inside another paragraph left to it."""
    for element in root.iter("{*}Heading", "{*}P"):
        if not any(local(a.tag) in ("P", "DocumentMetadata") for a in element.iterancestors() if type(a.tag) is str):
            yield element


def _claims(root: etree._Element) -> Iterator[Claim]:
    for i, element in enumerate((e for n in ("Claim", "claim") for e in descend(root, n)), 1):
        if _first(element, "ClaimStatusCategory").lower().startswith(("cancel", "withdrawn - cancel")):
            continue
        texts = [e for e in descend(element, "ClaimText") if local(e.getparent().tag) != "ClaimText"]
        body = "\n".join(t for e in texts if (t := _plain(e))) or _plain(element)
        number = ordinal(_first(element, "ClaimNumber").strip(". "), 0)
        m = re.match(r"\s*(\d{1,4})\s*[.)]", body)
        refers = tuple(
            int(r[1])
            for e in descend(element, "ClaimReference")
            if (
                r := re.search(
                    r"(\d{1,5})$", next((v for k, v in e.attrib.items() if local(str(k)).startswith("idref")), "")
                )
            )
        )
        if body:
            yield claim(body, number or (int(m[1]) if m else i), "en", refers)


def _description(root: etree._Element) -> Iterator[tuple[str, Paragraph]]:
    """Each paragraph with the kind of its part: what its heading says, else the element it stands in."""
    kind = "other"
    for element in _blocks(root):
        written = _plain(element)
        if not written:
            continue
        heading = local(element.tag) == "Heading"
        within = next((k for a in element.iterancestors() if (k := _PARTS.get(local(a.tag), ""))), "")
        kind = (heading_kind(written) if heading else "") or within or kind
        printed = next((v for k, v in element.attrib.items() if local(str(k)) == "pNumber"), "")
        yield kind, Paragraph(written, "" if heading else str(printed), heading)


def _title(parts: tuple[Part, ...]) -> str:
    """The title: the first heading of a specification that names no part of it."""
    first = parts[0].paragraphs[0] if parts else None
    return first.text if first and first.heading and not heading_kind(first.text) and len(first.text) < 300 else ""
