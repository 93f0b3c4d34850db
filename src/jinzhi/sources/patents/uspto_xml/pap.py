"""US application publications of March 2001 to 2004: patent-application-publication, DTDs pap-v15 and pap-v16.

The document type before each is not read: what it declares are the drawings' file names, which the text repeats.
Signs written by name (``&lsqb;``) become the character. Some paragraphs are numbered ``1.``, most ``[0001]``.
"""

from __future__ import annotations

import hashlib
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
from jinzhi.sources.patents.parts import day, ipc_symbol, partial, parts_by_headings
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable
from jinzhi.sources.patents.uspto_text.st32 import records, tree
from jinzhi.sources.patents.xml import LIMITS, Limits, descend, explain, find, findall, known, leftovers, local, text
from jinzhi.standards import locarno
from jinzhi.standards.cn_numbers import PatentNumberError, normalise, standard

NAME = "uspto-pap"

_OPEN, _CLOSE = b"<patent-application-publication", b"</patent-application-publication>"
_BIB = "subdoc-bibliographic-information"
_KNOWN = known(
    f"{_BIB}/document-id|publication-filing-type",
    f"{_BIB}/domestic-filing-data/application-number|application-number-series-code|filing-date",
    f"{_BIB}/foreign-priority-data|continuity-data",
    f"{_BIB}/international-filing-data|cross-reference-to-related-applications",
    f"{_BIB}/technical-information/classification-ipc|classification-us|title-of-invention",
    f"{_BIB}/inventors/first-named-inventor|inventor/name|residence|address|authority-applicant|organization-name",
    f"{_BIB}/assignee/organization-name|name|address|assignee-type",
    f"{_BIB}/correspondence-address/name-1|name-2|address",
    "subdoc-abstract|subdoc-description|subdoc-claims|subdoc-drawings",
)
#: Greek letters by their names in ISO 8879, which HTML does not have
_LETTERS = ("a", "b", "g", "d", "e", "z", "ee", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "t", "u")
_GREEK = {
    form(name) + "gr": form(letter)
    for form in (str.lower, str.upper)
    for name, letter in zip((*_LETTERS, "ph", "kh", "ps", "oh"), "αβγδεζηθικλμνξοπρστυφχψω", strict=True)
} | {"sfgr": "ς"}
_PARTS = {
    "cross-reference-to-related-applications": "other",
    "federal-research-statement": "other",
    "copyright-statement": "other",
    "background-of-invention": "background",
    "summary-of-invention": "disclosure",
    "brief-description-of-drawings": "drawings",
    "brief-description-of-sequences": "drawings",
    "detailed-description": "mode",
}
#: what the filing type says of the kind of right
_TYPES = {"design": "design", "plant": "plant", "reissue": "reissue"}
_RELATIONS = {
    "division-of": "division",
    "continuation-of": "continuation",
    "continuation-in-part-of": "continuation-in-part",
    "non-provisional-of-provisional": "us-provisional-application",
    "continuing-reissue-of": "reissue",
    "reissue-of": "reissue",
}


def read(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[PatentDocument | RefusedRecord]:
    """The documents of one file. Never raises for what the file holds."""
    number = 0
    for data in records(stream, limits, _OPEN, _CLOSE):
        number += 1
        label = name if number == 1 else f"{name}#{number}"
        try:
            if data is None:
                raise Unreadable(
                    f"一件文献没有结尾，或超过 {limits.document >> 20} MB",
                    f"a document has no end, or is larger than {limits.document >> 20} MB",
                )
            yield document(tree(data, _GREEK), Source(NAME, name, hashlib.sha256(data).hexdigest()))
        except etree.XMLSyntaxError as e:
            yield explain(e).refused(label, data or b"")
        except (Unreadable, PatentNumberError) as e:
            english = e.en if isinstance(e, Unreadable) else e.english
            yield Unreadable(str(e), english).refused(label, data or b"")
    if not number:
        yield Unreadable(
            "没有 patent-application-publication 文献", "it holds no patent-application-publication"
        ).refused(name)


def _t(root: etree._Element | None, *path: str) -> str:
    return text(find(root, *path))


def document(top: etree._Element, source: Source) -> PatentDocument:
    """One publication. Raises Unreadable where it has no number, or nothing but one."""
    bib = find(top, _BIB)
    written, kind = _t(bib, "document-id", "doc-number"), _t(bib, "document-id", "kind-code")
    if not written:
        raise Unreadable("没有公开号（document-id）", "it has no publication number (document-id)")
    country = _t(bib, "document-id", "country-code") or "US"
    number = normalise(written + kind, country=country, kind="publication")
    filing = find(bib, "domestic-filing-data")
    serial = _t(filing, "application-number", "doc-number")
    technical = find(bib, "technical-information")
    filed_as = _t(bib, "publication-filing-type").lower()
    application_type = next((t for k, t in _TYPES.items() if k in filed_as or kind[:1] == k[:1].upper()), "invention")
    title = _t(technical, "title-of-invention")
    abstract = _paragraphs(find(top, "subdoc-abstract"))
    claims, description = tuple(_claims(top)), tuple(_description(find(top, "subdoc-description")))
    if not (title or abstract or claims or description):
        raise Unreadable("没有名称、摘要、权利要求和说明书", "it has no title, abstract, claims or description")
    inventors = _inventors(bib)
    assignees = tuple(p for e in findall(bib, "assignee") if (p := _party(e)))
    agency = "; ".join(filter(None, (_t(bib, "correspondence-address", n) for n in ("name-1", "name-2"))))
    return PatentDocument(
        country=country,
        doc_number=number.digits,
        kind=kind,
        publication_number=number.text,
        publication_date=day(_t(bib, "document-id", "document-date")),
        application_number=standard(serial, country=country, kind="application") if serial else "",
        application_type=application_type,
        filing_date=day(_t(filing, "filing-date")),
        language="en",
        titles=(Text("en", title),) if title else (),
        abstracts=(Text("en", abstract),) if abstract else (),
        claims=claims,
        description=description,
        ipc=tuple(_ipc(technical, application_type)),
        locarno=tuple(
            Symbol("locarno", s, main=i == 0)
            for i, s in enumerate(
                s
                for e in descend(find(technical, "classification-ipc"), "ipc")
                if application_type == "design"
                for s in locarno.all_in(text(e))
            )
        ),
        other_classes=tuple(_national(technical)),
        # before the law of 2012 the applicants of an application were its inventors
        applicants=inventors,
        inventors=inventors,
        agencies=(PatentParty(agency, "en"),) if agency else (),
        assignees=assignees,
        priorities=tuple(_priorities(bib)),
        citations=tuple(_citations(top)),
        related=tuple(_related(bib)),
        drawings=tuple(
            Drawing(file, (i.get("id") or "").removeprefix("EMI-"))
            for f in findall(top, "subdoc-drawings", "figure")
            for i in findall(f, "image")
            if (file := i.get("file"))
        ),
        source=source,
        rest=tuple(sorted(Counter(dict(leftovers(top, _KNOWN))).items())),
    )


def _paragraphs(element: etree._Element | None) -> str:
    return "\n".join(t for p in descend(element, "paragraph") if (t := text(p)))


def _ipc(technical: etree._Element | None, application_type: str) -> Iterator[Symbol]:
    group = find(technical, "classification-ipc")
    edition = _t(group, "classification-ipc-edition").lstrip("0")
    for name in () if application_type == "design" else ("classification-ipc-primary", "classification-ipc-secondary"):
        for element in findall(group, name):
            for symbol in descend(element, "ipc"):
                if written := text(symbol):
                    yield ipc_symbol(written, version=edition, main=name.endswith("primary"))


def _national(technical: etree._Element | None) -> Iterator[Symbol]:
    for name in ("classification-us-primary", "classification-us-secondary"):
        for element in findall(technical, "classification-us", name):
            for symbol in descend(element, "uspc"):
                if main := _t(symbol, "class"):
                    yield Symbol(
                        "uspc", f"{main}/{_subclass(_t(symbol, 'subclass'))}", "", name.endswith("primary"), "US"
                    )


def _subclass(written: str) -> str:
    """``26`` of the office's ``026000``, ``723.1`` of ``723100``; other forms stay."""
    if not re.fullmatch(r"\d{6}", written):
        return written
    return written[:3].lstrip("0") + (f".{written[3:].rstrip('0')}" if written[3:].strip("0") else "")


def _name(element: etree._Element | None) -> str:
    family = " ".join(filter(None, (_t(element, "family-name"), _t(element, "name-suffix"))))
    given = " ".join(filter(None, (_t(element, "given-name"), _t(element, "middle-name"))))
    return ", ".join(filter(None, (family, given))) or text(element)


def _party(element: etree._Element) -> PatentParty | None:
    name = _t(element, "organization-name") or _name(find(element, "name"))
    if not name:
        return None
    home = find(element, "address")
    if home is None:
        home = next(iter(findall(element, "residence", "*")), None)
    street = ", ".join(t for n in ("address-1", "address-2", "address-3") if (t := _t(home, n)))
    country = _t(home, "country", "country-code") or _t(home, "country-code")
    return PatentParty(name, "en", street, _t(home, "state"), _t(home, "city"), "", _t(home, "postalcode"), country)


def _inventors(bib: etree._Element | None) -> tuple[PatentParty, ...]:
    group = find(bib, "inventors")
    return tuple(
        p
        for e in (group if group is not None else ())
        if type(e.tag) is str and local(e.tag) in ("first-named-inventor", "inventor") and (p := _party(e))
    )


def _priorities(bib: etree._Element | None) -> Iterator[Priority]:
    for element in findall(bib, "foreign-priority-data"):
        if number := _t(element, "priority-application-number", "doc-number"):
            country = _t(element, "country-code")
            yield Priority(
                country, standard(number, country=country, kind="application"), partial(_t(element, "filing-date"))
            )


def _citations(top: etree._Element) -> Iterator[PatentCitation]:
    for cited in descend(find(top, "subdoc-description"), "cited-patent-literature"):
        if number := _t(cited, "document-id", "doc-number"):
            country = _t(cited, "document-id", "country-code") or "US"
            yield PatentCitation(
                standard(number + _t(cited, "document-id", "kind-code"), country=country, kind="publication"),
                phase="description",
            )


def _related(bib: etree._Element | None) -> Iterator[Related]:
    for element in descend(find(bib, "continuity-data"), "parent"):
        relation = next((r for a in element.iterancestors() if (r := _RELATIONS.get(local(a.tag), ""))), "related")
        yield from _id(element, relation, _t(element.getparent(), "parent-status").lower())
    for name, relation in _RELATIONS.items():
        for element in descend(find(bib, "continuity-data"), name):
            yield from _id(element, relation, "")
    for element in findall(bib, "international-filing-data", "pct-application"):
        yield from _id(element, "pct-application", "")


def _id(element: etree._Element, relation: str, status: str) -> Iterator[Related]:
    for ids in findall(element, "document-id"):
        if number := _t(ids, "doc-number"):
            country = "" if number.startswith("PCT") else _t(ids, "country-code") or "US"
            yield Related(
                relation,
                standard(number, country=country, kind="application"),
                partial(_t(ids, "document-date")),
                status,
            )


def _claims(top: etree._Element) -> Iterator[Claim]:
    for i, element in enumerate(findall(top, "subdoc-claims", "claim"), 1):
        m = re.search(r"(\d{1,5})$", element.get("id") or "")
        refers = tuple(
            int(r[1])
            for e in descend(element, "dependent-claim-reference")
            if (r := re.search(r"(?<!\d)(\d{1,5})$", e.get("depends_on") or ""))
        )
        body = "\n".join(t for e in findall(element, "claim-text") if (t := text(e))) or text(element)
        if body:
            yield claim(body, int(m[1]) if m and int(m[1]) else i, "en", refers)


def _description(element: etree._Element | None) -> Iterator[Part]:
    for section in element if element is not None else ():
        if type(section.tag) is str:
            yield from parts_by_headings(_numbered(section), "en", _PARTS.get(local(section.tag), "other"))


def _numbered(section: etree._Element) -> Iterator[Paragraph]:
    for e in section.iter("{*}heading", "{*}paragraph"):
        heading = local(e.tag) == "heading"
        printed = "" if heading else _t(e, "number").strip("[]. ")
        written = text(e)
        if printed:
            written = re.sub(rf"^\[?{re.escape(printed)}[\].]*\s*", "", written)
        if written:
            yield Paragraph(written, printed, heading)
