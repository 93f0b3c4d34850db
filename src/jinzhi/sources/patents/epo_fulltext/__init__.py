"""EPO full text: ep-patent-document, DTDs 1.0 (2003) to 1.5.1 and after, as the publication server and EBD give it.

The bibliographic part has WIPO's INID numbers as element names (B110, B540 …). Titles are pairs of siblings: B541 says
the language of the B542 behind it. Priorities are a run of B310, B320, B330. A granted patent has its claims in the
three official languages: those of the document's own language stand first.
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
from jinzhi.sources.patents.parts import day, ipc_symbol, ordinal, partial, parts_by_headings
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable
from jinzhi.sources.patents.xml import (
    LIMITS,
    Limits,
    descend,
    find,
    findall,
    known,
    leftovers,
    local,
    read_each,
    text,
)
from jinzhi.standards.cn_numbers import PatentNumberError, normalise, standard
from jinzhi.standards.ipc import version_of
from jinzhi.standards.st16 import is_grant

NAME = "epo-fulltext"
ROOT = "ep-patent-document"

_PARTY = "snm|iid|irf|adr|sfx|dtxt"
_KNOWN = known(
    "SDOBI/B000",
    "SDOBI/B100/B110|B120|B130|B140|B190",
    "SDOBI/B200/B210|B220|B240|B250|B251EP|B260",
    "SDOBI/B300",
    "SDOBI/B400/B405|B430|B450|B452EP|B451EP",
    "SDOBI/B500/B510/B511|B512|B516",
    "SDOBI/B500/B510EP/classification-ipcr",
    "SDOBI/B500/B520EP/classifications-cpc",
    "SDOBI/B500/B540",
    "SDOBI/B500/B560/B561|B562|B565EP",
    "SDOBI/B600",
    f"SDOBI/B700/B710/B711/{_PARTY}",
    f"SDOBI/B700/B720/B721/{_PARTY}",
    f"SDOBI/B700/B730/B731/{_PARTY}",
    f"SDOBI/B700/B740/B741/{_PARTY}",
    "SDOBI/B800/B840|B844EP|B848EP|B860|B862|B870|B880",
    "abstract|description|claims|drawings|ep-reference-list",
)
_IPC = re.compile(r"\s*\d?\s*([A-H])\s*(\d{2})\s*([A-Z])\s*(\d{1,4})\s*/\s*(\d{2,6})")
_CPC = re.compile(
    r"\s*([A-HY]\d{2}[A-Z])\s*(\d{1,4})\s*/\s*(\d{2,6})(?:\s+(\d{8}))?\s*([FL])?([IA])?(?:\d{8}.{0,2}([A-Z]{2}))?"
)


def read(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[PatentDocument | RefusedRecord]:
    """The documents of one file, in their order. Never raises for what the file holds."""
    return read_each(
        stream,
        name,
        (ROOT,),
        lambda top, digest: document(top, Source(NAME, name, digest)),
        lambda tag: Unreadable(f"根元素是 {tag}，不是欧洲专利全文", f"the root {tag} is no EP full text"),
        limits,
    )


def document(top: etree._Element, source: Source) -> PatentDocument:
    """One ep-patent-document. Raises Unreadable where it has no number, or nothing but one."""
    bib = find(top, "SDOBI")
    country = _t(bib, "B100", "B190") or top.get("country") or "EP"
    written, kind = _t(bib, "B100", "B110") or top.get("doc-number") or "", _t(bib, "B100", "B130") or top.get("kind")
    if not written:
        raise Unreadable("没有公开号（B110）", "it has no publication number (B110)")
    number = normalise(written + (kind or ""), country=country, kind="publication")
    published = day(_t(bib, "B100", "B140", "date") or top.get("date-publ") or "")
    language = (top.get("lang") or _t(bib, "B260") or "").lower()
    serial = _t(bib, "B200", "B210")
    titles = tuple(_titles(bib))
    abstracts = tuple(
        Text((e.get("lang") or language).lower(), t)
        for e in findall(top, "abstract")
        if (t := "\n".join(t for p in findall(e, "p") if (t := text(p))) or text(e))
    )
    claims, description = (
        _claims(top, language),
        tuple(parts_by_headings(_paragraphs(find(top, "description")), language)),
    )
    if not (titles or abstracts or claims or description):
        raise Unreadable("没有名称、摘要、权利要求和说明书", "it has no title, abstract, claims or description")
    return PatentDocument(
        country=country,
        doc_number=number.digits,
        kind=kind or "",
        publication_number=number.text,
        publication_date=published,
        application_number=standard(serial, country=country, kind="application") if serial else "",
        application_type="invention",
        filing_date=day(_t(bib, "B200", "B220", "date")),
        grant_date=published if is_grant(country, kind or "", published.year if published else None) else None,
        language=language,
        titles=titles,
        abstracts=abstracts,
        claims=claims,
        description=description,
        ipc=tuple(_ipc(bib)),
        cpc=tuple(_cpc(bib)),
        applicants=_parties(bib, "B710", "B711"),
        inventors=_parties(bib, "B720", "B721"),
        assignees=_parties(bib, "B730", "B731"),
        agents=_parties(bib, "B740", "B741"),
        priorities=tuple(_priorities(bib)),
        citations=tuple(_citations(top)),
        related=tuple(_related(bib)),
        drawings=tuple(
            Drawing(file, (f.get("num") or "").lstrip("0"), i.get("wi") or "", i.get("he") or "")
            for f in findall(top, "drawings", "figure")
            for i in findall(f, "img")
            if (file := i.get("file"))
        ),
        source=source,
        rest=tuple(sorted(Counter(dict(leftovers(top, _KNOWN))).items())),
    )


def _t(root: etree._Element | None, *path: str) -> str:
    return text(find(root, *path))


def _titles(bib: etree._Element | None) -> Iterator[Text]:
    language = ""
    for element in _children(find(bib, "B500", "B540")):
        if local(element.tag) == "B541":
            language = text(element).lower()
        elif local(element.tag) == "B542" and (title := text(element)):
            yield Text(language, title)


def _children(element: etree._Element | None) -> list[etree._Element]:
    return [] if element is None else [e for e in element if type(e.tag) is str]


def _ipc(bib: etree._Element | None) -> Iterator[Symbol]:
    """The reformed classes; before 2006 those of the edition that B516 names, written ``7H 04N  7/173   A``."""
    for i, element in enumerate(findall(bib, "B500", "B510EP", "classification-ipcr")):
        if written := _t(element, "text") or text(element):
            yield ipc_symbol(written, main=i == 0)
    edition = _t(bib, "B500", "B510", "B516").lstrip("0")
    for name in ("B511", "B512"):
        for element in findall(bib, "B500", "B510", name):
            written = text(element)
            m = _IPC.match(written)
            if written:
                symbol = f"{m[1]}{m[2]}{m[3]}{m[4]}/{m[5]}" if m else written
                yield ipc_symbol(symbol, version=edition, main=name == "B511")


def _cpc(bib: etree._Element | None) -> Iterator[Symbol]:
    for element in descend(find(bib, "B500", "B520EP"), "classification-cpc"):
        written = _t(element, "text") or text(element)
        if m := _CPC.match(written):
            yield Symbol(
                "cpc", f"{m[1]}{int(m[2])}/{m[3]}", version_of(m[4] or ""), m[5] == "F", m[7] or "", m[6] or ""
            )
        elif written:
            yield Symbol("cpc", " ".join(written.split()))


def _parties(bib: etree._Element | None, group: str, item: str) -> tuple[PatentParty, ...]:
    found = []
    for element in findall(bib, "B700", group, item):
        if name := " ".join(filter(None, (_t(element, "snm"), _t(element, "sfx")))):
            found.append(
                PatentParty(
                    name,
                    address=_t(element, "adr", "str"),
                    city=_t(element, "adr", "city"),
                    country=_t(element, "adr", "ctry"),
                    code=_t(element, "iid") if item == "B741" else "",
                )
            )
    return tuple(found)


def _priorities(bib: etree._Element | None) -> Iterator[Priority]:
    number, on = "", ""
    for group in findall(bib, "B300"):
        for element in _children(group):
            match local(element.tag):
                case "B310":
                    number, on = text(element), ""
                case "B320":
                    on = partial(_t(element, "date") or text(element))
                case "B330" if number:
                    country = _t(element, "ctry") or text(element)
                    # the letter behind an American number says provisional
                    plain = re.sub(r"\s+P$", "", number) if country == "US" else number
                    yield Priority(country, standard(plain, country=country, kind="application"), on)
                    number = ""


def _citations(top: etree._Element) -> Iterator[PatentCitation]:
    for name in ("B561", "B562"):
        for element in findall(top, "SDOBI", "B500", "B560", name):
            for written in findall(element, "text") or [element]:
                said = text(written)
                try:
                    number = normalise(re.sub(r"\s+", "", said), kind="publication").text if name == "B561" else ""
                except PatentNumberError:
                    number = ""
                if said:
                    yield PatentCitation(number, text="" if number else said)
    for cited in descend(find(top, "ep-reference-list"), "patcit"):
        written = _t(cited, "document-id", "doc-number")
        country = _t(cited, "document-id", "country")
        if written:
            number = written + _t(cited, "document-id", "kind")
            yield PatentCitation(standard(number, country=country, kind="publication"), phase="description")


def _related(bib: etree._Element | None) -> Iterator[Related]:
    for group, relation in (("B620", "division"), ("B620EP", "division")):
        for element in findall(bib, "B600", group):
            for cited in descend(element, "dnum"):
                for name, kind in (("anum", "application"), ("pnum", "publication")):
                    if written := _t(cited, name):
                        yield Related(relation, standard(written, country="EP", kind=kind))
    for group, item, name, relation, kind in (
        ("B860", "B861", "anum", "pct-application", "application"),
        ("B870", "B871", "pnum", "pct-publication", "publication"),
    ):
        for element in findall(bib, "B800", group, item):
            if written := _t(element, "dnum", name):
                number = _pct(written) if kind == "application" else standard(written, kind=kind)
                yield Related(relation, number, partial(_t(element, "date")))


def _pct(written: str) -> str:
    """PCT/US2021/013511 of the EPO's ``US2021013511``."""
    m = re.fullmatch(r"(?:PCT/?)?([A-Z]{2})(\d{4}|\d{2})/?(\d{5,6})", "".join(written.split()))
    return standard(f"PCT/{m[1]}{m[2]}/{m[3]}", kind="application") if m else written


def _claims(top: etree._Element, language: str) -> tuple[Claim, ...]:
    groups = sorted(findall(top, "claims"), key=lambda e: (e.get("lang") or language).lower() != language)
    return tuple(c for group in groups for c in _claims_of(group, (group.get("lang") or language).lower()))


def _claims_of(group: etree._Element, language: str) -> Iterator[Claim]:
    for i, element in enumerate(findall(group, "claim"), 1):
        body = "\n".join(t for e in findall(element, "claim-text") if (t := text(e))) or text(element)
        refers = tuple(
            int(m[1])
            for r in element.iter("{*}claim-ref")
            if (m := re.search(r"(?<!\d)(\d{1,5})\s*$", r.get("idref") or ""))
        )
        if body:
            yield claim(body, ordinal(element.get("num") or "", i), language, refers)


def _paragraphs(element: etree._Element | None) -> Iterator[Paragraph]:
    for child in _children(element):
        if written := text(child):
            heading = local(child.tag) == "heading"
            yield Paragraph(written, "" if heading else child.get("num") or "", heading)
