"""WIPO ST.96: a document as XML in the namespaces ``com`` (Common) and ``pat`` (Patent), version V6_0.

Written are the components whose element names were seen in published ST.96 material: identification of publication
and application, priorities, titles, IPC, applicants and inventors (a name, which ST.96 calls EntityName where it is not
said whether of a person or an organisation, and the levels of the address that it has names for), patent citations.
`left_out` names what a document holds and this does not write. The output is well-formed, and `read` gives back what
was written; it has not been validated against WIPO's schemas, which are not shipped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar, Protocol
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from jinzhi.standards import ipc

COMMON = "http://www.wipo.int/standards/XMLSchema/ST96/Common"
PATENT = "http://www.wipo.int/standards/XMLSchema/ST96/Patent"

#: the fields of the model that are written
WRITTEN = frozenset(
    {
        "country",
        "doc_number",
        "kind",
        "publication_number",
        "publication_date",
        "application_number",
        "filing_date",
        "titles",
        "ipc",
        "priorities",
        "applicants",
        "inventors",
        "citations",
    }
)

#: what a reader should know of the parts that are written
PARTLY_ZH = "权利人、代理、摘要、权利要求和说明书不在著录数据之内；申请人写名称、国家、省、市、邮编；非专利引证不写"
PARTLY_EN = (
    "holders, agents, abstract, claims and description are not part of it; of parties the name, country, province, "
    "city and postcode; citations of other literature are not written"
)


class Titled(Protocol):
    """A title in a language."""

    @property
    def lang(self) -> str: ...
    @property
    def text(self) -> str: ...


class Classed(Protocol):
    """A class symbol."""

    @property
    def symbol(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def value(self) -> str: ...


class Claimed(Protocol):
    """A priority."""

    @property
    def country(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def filing_date(self) -> str: ...


class NamedElement(Protocol):
    """A party."""

    @property
    def name(self) -> str: ...
    @property
    def province(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def postcode(self) -> str: ...
    @property
    def country(self) -> str: ...


class St96Citation(Protocol):
    """A citation; `number` is empty for other than patent literature."""

    @property
    def number(self) -> str: ...
    @property
    def date(self) -> str: ...


class Bibliographic(Protocol):
    """What is written of a document: `kernel.patent.PatentDocument` has it (standards do not import the kernel)."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def country(self) -> str: ...
    @property
    def doc_number(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def publication_date(self) -> date | None: ...
    @property
    def application_number(self) -> str: ...
    @property
    def filing_date(self) -> date | None: ...
    @property
    def titles(self) -> Sequence[Titled]: ...
    @property
    def ipc(self) -> Sequence[Classed]: ...
    @property
    def priorities(self) -> Sequence[Claimed]: ...
    @property
    def applicants(self) -> Sequence[NamedElement]: ...
    @property
    def inventors(self) -> Sequence[NamedElement]: ...
    @property
    def citations(self) -> Sequence[St96Citation]: ...


_FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBER = re.compile(r"([A-Z]{2})([\dA-Z]*?\d)([A-Z]\d?)?")


def left_out(document: Bibliographic) -> tuple[str, ...]:
    """The fields that hold something and are not written, by their names in the model."""
    return tuple(f.name for f in fields(document) if f.name not in WRITTEN and getattr(document, f.name) != f.default)


def write(document: Bibliographic) -> str:
    """The document as one ``pat:BibliographicData`` element with its XML declaration."""
    return "".join(f"{line}\n" for line in _lines(document))


def _text(value: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", value))


def _one(name: str, value: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{_text(value)}</{name}>"


def _lines(d: Bibliographic) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<pat:BibliographicData xmlns:com="{COMMON}" xmlns:pat="{PATENT}"'
        f' com:officeCode={quoteattr(d.country)} com:st96Version="V6_0">'
    )
    yield "<pat:PatentPublicationIdentification>"
    yield _one("com:IPOfficeCode", d.country)
    yield _one("pat:PublicationNumber", d.doc_number)
    if d.kind:
        yield _one("com:PatentDocumentKindCode", d.kind)
    if d.publication_date:
        yield _one("com:PublicationDate", d.publication_date.isoformat())
    yield "</pat:PatentPublicationIdentification>"
    if d.application_number:
        yield "<pat:ApplicationIdentification>"
        yield _one("com:IPOfficeCode", d.country)
        yield "<com:ApplicationNumber>"
        yield _one("com:ApplicationNumberText", d.application_number.removeprefix(d.country))
        yield "</com:ApplicationNumber>"
        if d.filing_date:
            yield _one("pat:FilingDate", d.filing_date.isoformat())
        yield "</pat:ApplicationIdentification>"
    if d.priorities:
        yield "<pat:PriorityClaimBag>"
        for i, p in enumerate(d.priorities, 1):
            yield f'<pat:PriorityClaim com:sequenceNumber="{i}">'
            yield _one("com:IPOfficeCode", p.country)
            yield "<com:ApplicationNumber>" + _one("com:ApplicationNumberText", p.number) + "</com:ApplicationNumber>"
            if p.filing_date:
                yield _one("pat:FilingDate", p.filing_date)
            yield "</pat:PriorityClaim>"
        yield "</pat:PriorityClaimBag>"
    if d.ipc:
        yield "<pat:PatentClassificationBag><pat:IPCRClassificationBag>"
        for i, s in enumerate(d.ipc, 1):
            yield from _class(i, s)
        yield "</pat:IPCRClassificationBag></pat:PatentClassificationBag>"
    if d.titles:
        yield "<pat:InventionTitleBag>"
        for t in d.titles:
            yield _one("pat:InventionTitle", t.text, f" com:languageCode={quoteattr(t.lang)}" if t.lang else "")
        yield "</pat:InventionTitleBag>"
    if d.applicants or d.inventors:
        yield "<pat:PartyBag>"
        yield from _parties("Applicant", d.applicants)
        yield from _parties("Inventor", d.inventors)
        yield "</pat:PartyBag>"
    cited = [c for c in d.citations if c.number]
    if cited:
        yield "<pat:ReferenceCitationBag>"
        for c in cited:
            yield from _citation(c)
        yield "</pat:ReferenceCitationBag>"
    yield "</pat:BibliographicData>"


def _class(sequence: int, symbol: Classed) -> Iterator[str]:
    yield f'<pat:IPCRClassification com:sequenceNumber="{sequence}">'
    try:
        parts = ipc.parse(symbol.symbol)
    except ipc.IpcSymbolError:
        yield _one("pat:PatentClassificationText", symbol.symbol)
    else:
        if re.fullmatch(r"\d{4}\.\d\d", symbol.version):
            yield _one("pat:ClassificationVersionDate", symbol.version.replace(".", "-") + "-01")
        if symbol.value:
            yield _one("pat:IPCClassificationValueCode", symbol.value)
        for name, value in (
            ("Section", parts.section),
            ("Class", parts.main_class),
            ("Subclass", parts.subclass),
            ("MainGroup", parts.group),
            ("Subgroup", parts.subgroup),
        ):
            if value:
                yield _one(f"pat:{name}", value)
    yield "</pat:IPCRClassification>"


def _parties(role: str, parties: Sequence[NamedElement]) -> Iterator[str]:
    if not parties:
        return
    yield f"<pat:{role}Bag>"
    for i, p in enumerate(parties, 1):
        yield f'<pat:{role} com:sequenceNumber="{i}"><com:PublicationContact>'
        yield f"<com:Name>{_one('com:EntityName', p.name)}</com:Name>"
        for name, value in (
            ("CityName", p.city),
            ("GeographicRegionName", p.province),
            ("CountryCode", p.country),
            ("PostalCode", p.postcode),
        ):
            if value:
                yield _one(f"com:{name}", value)
        yield f"</com:PublicationContact></pat:{role}>"
    yield f"</pat:{role}Bag>"


def _citation(c: St96Citation) -> Iterator[str]:
    yield "<pat:ReferenceCitation><com:PatentCitation>"
    m = _NUMBER.fullmatch(c.number)
    if m:
        yield "<com:CitedPatentDocumentIdentification>"
        yield _one("com:IPOfficeCode", m[1])
        yield _one("com:DocumentNumber", m[2])
        if m[3]:
            yield _one("com:PatentDocumentKindCode", m[3])
        if len(c.date) == 10:
            yield _one("com:PatentDocumentDate", c.date)
        yield "</com:CitedPatentDocumentIdentification>"
    else:
        yield _one("com:PatentCitationText", c.number)
    yield "</com:PatentCitation></pat:ReferenceCitation>"


# ------------------------------------------------------------------------------------------------ reading back


class NotSt96(ValueError):
    """A text that is no ``pat:BibliographicData``; the message says what it is instead."""


@dataclass(frozen=True, slots=True)
class Read:
    """What one document says, by the names of the model; texts as printed, `dates` of the document as ISO."""

    country: str
    doc_number: str
    kind: str
    publication_date: str
    application_number: str
    filing_date: str
    titles: tuple[tuple[str, str], ...]
    ipc: tuple[str, ...]
    priorities: tuple[tuple[str, str, str], ...]
    applicants: tuple[str, ...]
    inventors: tuple[str, ...]
    citations: tuple[str, ...]


def read(data: bytes) -> Read:
    """A document of this standard, as `write` makes it. Raises NotSt96. The bytes are our own: this is no importer."""
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as e:
        raise NotSt96(f"not well-formed: {e}") from e
    if root.tag != f"{{{PATENT}}}BibliographicData":
        raise NotSt96(f"a {root.tag} instead of pat:BibliographicData")
    names = {"com": COMMON, "pat": PATENT}

    def text(path: str, at: ElementTree.Element = root) -> str:
        return at.findtext(path, "", names) or ""

    def number(at: ElementTree.Element) -> str:
        return text("com:ApplicationNumber/com:ApplicationNumberText", at)

    def parties(role: str) -> tuple[str, ...]:
        found = root.findall(f"pat:PartyBag/pat:{role}Bag/pat:{role}", names)
        return tuple(text("com:PublicationContact/com:Name/com:EntityName", p) for p in found)

    filed = root.find("pat:ApplicationIdentification", names)
    country = text("pat:PatentPublicationIdentification/com:IPOfficeCode")
    languages = f"{{{COMMON}}}languageCode"
    cited = root.findall("pat:ReferenceCitationBag/pat:ReferenceCitation/com:PatentCitation", names)
    return Read(
        country,
        text("pat:PatentPublicationIdentification/pat:PublicationNumber"),
        text("pat:PatentPublicationIdentification/com:PatentDocumentKindCode"),
        text("pat:PatentPublicationIdentification/com:PublicationDate"),
        number(filed) if filed is not None else "",
        text("pat:FilingDate", filed) if filed is not None else "",
        tuple(
            (t.get(languages, ""), t.text or "")
            for t in root.findall("pat:InventionTitleBag/pat:InventionTitle", names)
        ),
        tuple(
            _symbol({n: text(f"pat:{n}", c) for n in ("Section", "Class", "Subclass", "MainGroup", "Subgroup")})
            or text("pat:PatentClassificationText", c)
            for c in root.findall("pat:PatentClassificationBag/pat:IPCRClassificationBag/pat:IPCRClassification", names)
        ),
        tuple(
            (text("com:IPOfficeCode", p), number(p), text("pat:FilingDate", p))
            for p in root.findall("pat:PriorityClaimBag/pat:PriorityClaim", names)
        ),
        parties("Applicant"),
        parties("Inventor"),
        tuple(
            "".join(
                text(f"com:CitedPatentDocumentIdentification/com:{n}", c)
                for n in ("IPOfficeCode", "DocumentNumber", "PatentDocumentKindCode")
            )
            or text("com:PatentCitationText", c)
            for c in cited
        ),
    )


def _symbol(parts: dict[str, str]) -> str:
    head = parts["Section"] + parts["Class"] + parts["Subclass"]
    return f"{head}{parts['MainGroup']}/{parts['Subgroup']}" if parts["MainGroup"] else head
