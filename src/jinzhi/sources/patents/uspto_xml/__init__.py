"""USPTO grants and application publications in XML: us-patent-grant and us-patent-application, DTDs v4.0 (2004) on.

The versions differ in names, not in sense: parties or us-parties, references-cited or us-references-cited, agents,
classifications as IPC 7 text, IPC parts, national and CPC. All are read by one set of paths; what none of them names
is counted in `PatentDocument.rest`. A weekly file is many documents one after another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from jinzhi.kernel.patent import (
    Claim,
    Drawing,
    Paragraph,
    Part,
    PatentCitation,
    PatentDocument,
    PatentParty,
    Priority,
    Related,
    Source,
    Symbol,
    Text,
)
from jinzhi.sources.patents.claims import claim
from jinzhi.sources.patents.parts import day, heading_kind, ipc_symbol, ordinal, partial
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable
from jinzhi.sources.patents.xml import (
    LIMITS,
    Limits,
    find,
    findall,
    kids,
    known,
    leftovers,
    local,
    read_each,
    text,
)
from jinzhi.standards import locarno
from jinzhi.standards.cn_numbers import normalise, standard
from jinzhi.standards.ipc import version_of

NAME = "uspto-xml"
ROOTS = ("us-patent-grant", "us-patent-application")

_TYPES = {"utility": "invention", "design": "design", "plant": "plant", "reissue": "reissue"}
_BOOK = "addressbook/last-name|first-name|middle-name|name|orgname|address|suffix|prefix"
_BIB = "us-bibliographic-data-grant|us-bibliographic-data-application"
_KNOWN = known(
    f"{_BIB}/publication-reference|application-reference/document-id",
    f"{_BIB}/invention-title|priority-claims|pct-or-regional-filing-data|pct-or-regional-publishing-data",
    f"{_BIB}/classification-ipc/edition|main-classification|further-classification",
    f"{_BIB}/classifications-ipcr/classification-ipcr/ipc-version-indicator|section|class|subclass|main-group|subgroup|"
    "symbol-position|classification-value|generating-office",
    f"{_BIB}/classification-national/country|main-classification|further-classification",
    f"{_BIB}/classification-locarno/edition|main-classification",
    f"{_BIB}/classifications-cpc/main-cpc|further-cpc/classification-cpc",
    f"{_BIB}/references-cited|us-references-cited/citation|us-citation/patcit/document-id",
    f"{_BIB}/references-cited|us-references-cited/citation|us-citation/nplcit|category",
    f"{_BIB}/parties|us-parties/applicants|us-applicants/applicant|us-applicant/{_BOOK}",
    f"{_BIB}/parties|us-parties/inventors/inventor|deceased-inventor/{_BOOK}",
    f"{_BIB}/parties|us-parties/agents/agent/{_BOOK}",
    f"{_BIB}/assignees/assignee/{_BOOK}|orgname|last-name|first-name",
    f"{_BIB}/examiners/primary-examiner|assistant-examiner/last-name|first-name",
    f"{_BIB}/us-related-documents",
    "abstract|description|claims|drawings|sub-claims",
)
_SECTIONS = {
    "RELAPP": "other",
    "cross-reference-to-related-applications": "other",
    "federal-research-statement": "other",
    "GOVINT": "other",
    "BRFSUM": "disclosure",
    "summary-of-invention": "disclosure",
    "brief-description-of-drawings": "drawings",
    "DETDESC": "mode",
    "detailed-description": "mode",
}


def read(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[PatentDocument | RefusedRecord]:
    """The documents of one file, in their order. Never raises for what the file holds."""
    return read_each(
        stream,
        name,
        ROOTS,
        lambda top, digest: document(top, Source(NAME, name, digest)),
        lambda tag: Unreadable(f"根元素是 {tag}，不是美国专利文献", f"the root {tag} is no US patent document"),
        limits,
    )


def document(top: etree._Element, source: Source) -> PatentDocument:
    """One us-patent-grant or us-patent-application. Raises Unreadable where it has no publication number."""
    grant = local(top.tag) == "us-patent-grant"
    bib = find(top, "us-bibliographic-data-grant")
    if bib is None:
        bib = find(top, "us-bibliographic-data-application")
    notes: Counter[str] = Counter()
    language = (top.get("lang") or "en").lower()
    ids = _id(find(bib, "publication-reference"))
    if not ids.get("doc-number"):
        raise Unreadable("没有公开号", "it has no publication number")
    country, kind = ids.get("country") or "US", ids.get("kind", "")
    number = normalise(ids["doc-number"] + kind, country=country, kind="publication")
    published = day(ids.get("date", ""))
    reference = find(bib, "application-reference")
    applied = _id(reference)
    applicants, inventors = _people(bib)
    agents, agencies = _agents(bib)
    return PatentDocument(
        country=country,
        doc_number=number.digits,
        kind=kind,
        publication_number=number.text,
        publication_date=published,
        application_number=standard(applied.get("doc-number", ""), country=country, kind="application")
        if applied.get("doc-number")
        else "",
        application_type=_TYPES.get((reference.get("appl-type") or "") if reference is not None else "", "other"),
        filing_date=day(applied.get("date", "")),
        grant_date=published if grant else None,
        language=language,
        titles=tuple(Text(language, t) for e in findall(bib, "invention-title") if (t := text(e))),
        abstracts=tuple(Text(language, t) for e in findall(top, "abstract") if (t := _joined(e))),
        claims=_claims(top, language),
        description=tuple(_description(find(top, "description"), language)),
        ipc=tuple(_ipc(bib)),
        cpc=tuple(_cpc(bib)),
        locarno=tuple(
            Symbol("locarno", symbol, text(find(e, "edition")), i == 0, country)
            for e in findall(bib, "classification-locarno")
            for i, symbol in enumerate(locarno.all_in(text(find(e, "main-classification"))))
        ),
        other_classes=tuple(_national(bib)),
        applicants=applicants,
        inventors=inventors,
        agents=agents,
        agencies=agencies,
        assignees=tuple(party for e in findall(bib, "assignees", "assignee") if (party := _party(e))),
        examiners=tuple(
            PatentParty(_person(e), language)
            for name in ("primary-examiner", "assistant-examiner")
            for e in findall(bib, "examiners", name)
        ),
        priorities=tuple(
            Priority(
                p.get("country", ""),
                standard(p["doc-number"], country=p.get("country", ""), kind="application"),
                partial(p.get("date", "")),
                e.get("kind") or "",
            )
            for e in findall(bib, "priority-claims", "priority-claim")
            if (p := {k: text(v[0]) for k, v in kids(e).items()}).get("doc-number")
        ),
        citations=tuple(_citations(bib)),
        related=tuple(_related(bib)),
        drawings=tuple(
            Drawing(file, (f.get("num") or "").lstrip("0"), i.get("wi") or "", i.get("he") or "")
            for f in findall(top, "drawings", "figure")
            for i in findall(f, "img")
            if (file := i.get("file"))
        ),
        source=source,
        rest=tuple(sorted((notes + Counter(dict(leftovers(top, _KNOWN)))).items())),
    )


def _id(reference: etree._Element | None) -> dict[str, str]:
    return {k: text(v[0]) for k, v in kids(find(reference, "document-id")).items()}


def _joined(element: etree._Element) -> str:
    return "\n".join(t for p in findall(element, "p") if (t := text(p))) or text(element)


# ------------------------------------------------------------------------------------------------ classes


def _parts(element: etree._Element) -> str:
    p = {k: text(v[0]) for k, v in kids(element).items()}
    head = "".join(p.get(k, "") for k in ("section", "class", "subclass", "main-group"))
    return f"{head}/{p.get('subgroup', '')}"


def _ipc(bib: etree._Element | None) -> Iterator[Symbol]:
    for group in findall(bib, "classification-ipc"):
        edition = text(find(group, "edition")).lstrip("0")
        for name in ("main-classification", "further-classification"):
            for element in findall(group, name):
                if written := text(element):
                    yield ipc_symbol(written, version=edition, main=name.startswith("main"))
    for element in findall(bib, "classifications-ipcr", "classification-ipcr"):
        yield ipc_symbol(
            _parts(element),
            version=text(find(element, "ipc-version-indicator")),
            main=text(find(element, "symbol-position")) == "F",
            office=text(find(element, "generating-office")),
            value=text(find(element, "classification-value")),
        )


def _cpc(bib: etree._Element | None) -> Iterator[Symbol]:
    for name in ("main-cpc", "further-cpc"):
        for element in findall(bib, "classifications-cpc", name, "classification-cpc"):
            yield Symbol(
                "cpc",
                _parts(element),
                version_of(text(find(element, "cpc-version-indicator"))),
                name == "main-cpc",
                text(find(element, "generating-office")),
                text(find(element, "classification-value")),
            )


def _national(bib: etree._Element | None) -> Iterator[Symbol]:
    for group in findall(bib, "classification-national"):
        for name in ("main-classification", "further-classification"):
            for element in findall(group, name):
                if written := text(element):
                    yield Symbol("uspc", written, main=name.startswith("main"), office=text(find(group, "country")))


# ------------------------------------------------------------------------------------------------ people


def _person(element: etree._Element | None) -> str:
    parts = {k: text(v[0]) for k, v in kids(element).items()}
    if parts.get("orgname"):
        return parts["orgname"]
    given = " ".join(filter(None, (parts.get("first-name"), parts.get("middle-name"))))
    family = " ".join(filter(None, (parts.get("last-name"), parts.get("suffix"))))
    return ", ".join(filter(None, (family, given))) or parts.get("name", "")


def _party(element: etree._Element) -> PatentParty | None:
    book = find(element, "addressbook")
    name = _person(book if book is not None else element)
    if not name:
        return None
    a = {k: text(v[0]) for k, v in kids(find(book, "address")).items()}
    street = ", ".join(a[k] for k in ("address-1", "address-2", "address-3", "street") if a.get(k))
    country = a.get("country", "")
    return PatentParty(
        name,
        "en",
        street,
        a.get("state", ""),
        a.get("city", ""),
        a.get("county", ""),
        a.get("postcode", ""),
        "" if country == "unknown" else country,
    )


def _people(bib: etree._Element | None) -> tuple[tuple[PatentParty, ...], tuple[PatentParty, ...]]:
    """Applicants and inventors; before the 2012 law the applicants of an application were its inventors."""
    applicants, inventors = [], []
    for parties in ("parties", "us-parties"):
        for group, item in (("applicants", "applicant"), ("us-applicants", "us-applicant")):
            for element in findall(bib, parties, group, item):
                if party := _party(element):
                    applicants.append(party)
                    if "inventor" in (element.get("app-type") or ""):
                        inventors.append(party)
        for item in ("inventor", "deceased-inventor"):
            inventors.extend(p for e in findall(bib, parties, "inventors", item) if (p := _party(e)))
    return tuple(applicants), tuple(dict.fromkeys(inventors))


def _agents(bib: etree._Element | None) -> tuple[tuple[PatentParty, ...], tuple[PatentParty, ...]]:
    agents, agencies = list[PatentParty](), list[PatentParty]()
    for parties in ("parties", "us-parties"):
        for element in findall(bib, parties, "agents", "agent"):
            if party := _party(element):
                (agencies if text(find(element, "addressbook", "orgname")) else agents).append(party)
    return tuple(agents), tuple(agencies)


# --------------------------------------------------------------------------------------------- other documents


def _citations(bib: etree._Element | None) -> Iterator[PatentCitation]:
    for group, item in (("references-cited", "citation"), ("us-references-cited", "us-citation")):
        for element in findall(bib, group, item):
            phase = text(find(element, "category"))
            cited = find(element, "patcit", "document-id")
            if cited is not None:
                ids = {k: text(v[0]) for k, v in kids(cited).items()}
                number = standard(
                    ids.get("doc-number", "") + ids.get("kind", ""), country=ids.get("country", ""), kind="publication"
                )
                yield PatentCitation(number, phase=phase, date=partial(ids.get("date", "")), name=ids.get("name", ""))
            other = find(element, "nplcit")
            if other is not None and (written := text(other)):
                yield PatentCitation(text=written, phase=phase)


def _related(bib: etree._Element | None) -> Iterator[Related]:
    for group in findall(bib, "us-related-documents"):
        for element in group:
            if type(element.tag) is not str:
                continue
            relation = local(element.tag)
            documents_ = list(element.iter("{*}parent-doc")) or [element]
            for parent in documents_:
                ids = _id(parent)
                if not ids.get("doc-number"):
                    continue
                kind = "publication" if relation == "related-publication" else "application"
                written = ids["doc-number"] + (ids.get("kind", "") if kind == "publication" else "")
                yield Related(
                    relation,
                    standard(written, country="" if written.startswith("PCT") else ids.get("country", ""), kind=kind),
                    partial(ids.get("date", "")),
                    text(find(parent, "parent-status")).lower(),
                )
    for name, relation in (
        ("pct-or-regional-filing-data", "pct-application"),
        ("pct-or-regional-publishing-data", "pct-publication"),
    ):
        for element in findall(bib, name):
            ids = _id(element)
            if ids.get("doc-number"):
                kind = "publication" if relation.endswith("publication") else "application"
                country = "" if ids["doc-number"].startswith(("PCT", "WO")) else ids.get("country", "")
                yield Related(
                    relation, standard(ids["doc-number"], country=country, kind=kind), partial(ids.get("date", ""))
                )


# -------------------------------------------------------------------------------------------------- full text


def _claims(top: etree._Element, language: str) -> tuple[Claim, ...]:
    found = []
    for i, element in enumerate(findall(top, "claims", "claim"), 1):
        number = element.get("num") or ""
        refers = tuple(
            int(m[1])
            for r in element.iter("{*}claim-ref")
            if (m := re.search(r"(?<!\d)(\d{1,5})\s*$", r.get("idref") or ""))
        )
        body = "\n".join(t for e in findall(element, "claim-text") if (t := text(e))) or text(element)
        found.append(claim(body, ordinal(number, i), language, refers))
    return tuple(found)


def _description(element: etree._Element | None, language: str) -> Iterator[Part]:
    """Parts by the office's processing instructions and, inside them, by what the headings say."""
    if element is None:
        return
    kind, paragraphs = "other", list[Paragraph]()

    def done() -> Iterator[Part]:
        if paragraphs:
            yield Part(kind, tuple(paragraphs), language)
            paragraphs.clear()

    for child in element:
        if child.tag is etree.PI:
            told = _SECTIONS.get(child.target)
            if told and 'end="lead"' in (child.text or ""):
                yield from done()
                kind = told
            continue
        if type(child.tag) is not str:
            continue
        written = text(child)
        if not written:
            continue
        heading = local(child.tag) == "heading"
        if heading and (told := heading_kind(written)) and told != kind:
            yield from done()
            kind = told
        number = (child.get("num") or "") if not heading else ""
        paragraphs.append(Paragraph(written, number if number != "none" else "", heading))
    yield from done()
