"""WIPO ST.96: a document as XML in the namespaces ``com`` (Common) and ``pat`` (Patent), version V6_0.

Written are the components whose element names were seen in published ST.96 material: identification of publication
and application, priorities, titles, IPC, patent citations. `left_out` names what a document holds and this does not
write. The output is well-formed; it has not been validated against WIPO's schemas, which are not shipped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, ClassVar, Protocol
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
        "citations",
    }
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


class Cited(Protocol):
    """A citation; `number` is empty for other than patent literature."""

    @property
    def number(self) -> str: ...
    @property
    def date(self) -> str: ...


class Bibliographic(Protocol):
    """What is written of a document: `jinzhi.kernel.patent.Document` has it (standards do not import the kernel)."""

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
    def citations(self) -> Sequence[Cited]: ...


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
    except ipc.SymbolError:
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


def _citation(c: Cited) -> Iterator[str]:
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
