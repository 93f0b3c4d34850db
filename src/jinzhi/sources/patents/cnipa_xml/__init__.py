"""CNIPA 标准化全文与著录项目 XML V2.2.1 (`PatentDocumentAndRelated`), with or without namespace prefixes.

Paths: domain/rules.md 8.2 and the office's samples. A reference comes in two forms, ``dataFormat`` standard and
original: the publication is taken from the first that has it, the application from the original (with its check
digit), else from the standard one. In a municipality City says 市辖区 and the district stands in County.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
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
from jinzhi.sources.patents.parts import day, ipc_symbol, ordinal, partial
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable
from jinzhi.sources.patents.xml import (
    LIMITS,
    Limits,
    below,
    find,
    findall,
    kids,
    known,
    leftovers,
    local,
    read_each,
    text,
    texts,
)
from jinzhi.standards import locarno
from jinzhi.standards.cn_numbers import PatentNumberError, normalise, standard
from jinzhi.standards.st16 import is_grant

NAME = "cnipa-xml"
ROOT = "PatentDocumentAndRelated"

_TYPES = {"10": "invention", "11": "invention", "20": "utility-model", "21": "utility-model", "30": "design"}
_PARTS = {
    "TechnicalField": "field",
    "BackgroundArt": "background",
    "Disclosure": "disclosure",
    "InventionDisclosure": "disclosure",
    "DrawingsDescription": "drawings",
    "InventionMode": "mode",
    "DesignBriefExplanation": "other",
}
_HEADINGS = frozenset(
    [
        "技术领域",
        "背景技术",
        "发明内容",
        "实用新型内容",
        "附图说明",
        "具体实施方式",
        "具体实施例",
        "实施例",
        "实施方式",
        "发明概述",
        "相关申请的交叉引用",
    ]
)
LONGEST_HEADING = max(map(len, _HEADINGS))
_AGENCY = re.compile(r"(.*\S)\s+(\d{5})")
_POSTCODE = re.compile(r"\s*(\d{6})\s+")
_MARK = re.compile(r"\[(\d{4})\]\s*")

_REFERENCE = "DocumentID/WIPOST3Code|DocNumber|Kind|Date"
_BOOK = "AddressBook/Name|OrganizationName|LastName|FirstName"
_PLACE = "AddressBook/Address/Text|Province|City|County|PostCode|WIPOST3Code"
_KNOWN = known(
    f"BibliographicData|DesignBibliographicData/PublicationReference|ApplicationReference/{_REFERENCE}",
    "BibliographicData|DesignBibliographicData/InventionTitle|DesignTitle",
    "BibliographicData|DesignBibliographicData/ClassificationIPCRDetails/ClassificationIPCR/"
    "IPCVersionDate|Section|MainClass|Subclass|MainGroup|Subgroup|Text|SymbolPosition|ClassificationValue",
    "BibliographicData|DesignBibliographicData/ClassificationLocarno",
    "BibliographicData/ReferencesCited/Citation/ApplicationCitation|PatentCitation/PublicationReference/" + _REFERENCE,
    "BibliographicData/ReferencesCited/Citation/NonPatentCitation|NPLCitation|Category|RelatedClaims",
    "BibliographicData/ReferencesCited/Citation/ApplicationCitation|PatentCitation/Name",
    "BibliographicData|DesignBibliographicData/PriorityDetails/Priority/WIPOST3Code|DocNumber|Date",
    "BibliographicData/RelatedDocuments",
    "BibliographicData/InternationalFilingData|InternationalPublishingData|PCTFilingData|PCTPublishingData/"
    + _REFERENCE,
    *(
        f"BibliographicData|DesignBibliographicData/Parties/{group}/{path}"
        for group in ("ApplicantDetails/Applicant", "InventorDetails/Inventor", "AssigneeDetails/Assignee")
        for path in (_BOOK, _PLACE)
    ),
    *(f"BibliographicData|DesignBibliographicData/AssigneeDetails/Assignee/{path}" for path in (_BOOK, _PLACE)),
    f"BibliographicData|DesignBibliographicData/Parties/AgentDetails/Agent/{_BOOK}",
    f"BibliographicData|DesignBibliographicData/Parties/AgentDetails/Agent/Agency/{_BOOK}",
    "BibliographicData|DesignBibliographicData/Parties/AgentDetails/CustomerNumber",
    "BibliographicData/ExaminerDetails/Examiner/Name",
    "DesignBibliographicData/PatentNumber",
    "Abstract/Paragraphs",
    "Abstract/AbstractFigure/Figure/Image",
    "Claims/Claim/ClaimText",
    "Description",
    "DesignBriefExplanation",
    "Drawings/Figure/Image",
)


def read(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[PatentDocument | RefusedRecord]:
    """The documents of one file, as a rule one. Never raises for what the file holds."""
    return read_each(
        stream,
        name,
        (ROOT,),
        lambda top, digest: document(top, Source(NAME, name, digest)),
        lambda tag: Unreadable(f"根元素是 {tag}，其中没有 {ROOT}", f"the root is {tag}, without {ROOT}"),
        limits,
    )


def document(top: etree._Element, source: Source) -> PatentDocument:
    """One PatentDocumentAndRelated. Raises Unreadable where it has no publication number."""
    above = kids(top)
    bibliographic = (above.get("BibliographicData") or above.get("DesignBibliographicData") or [None])[0]
    design = (above.get("DesignBibliographicData") or [None])[0]
    data = kids(bibliographic)
    notes: Counter[str] = Counter()
    language = (top.get("lang") or "zh").lower()

    country, number, kind, published = _publication(top, data, design)
    publication = standard(f"{number}{kind}", country=country, kind="publication")
    application, application_type, filed = _application(data, country, notes)
    told = below(data.get("ClassificationIPCRDetails", ()), "ClassificationIPCR")
    classes = [s for element in told if (s := _ipc(element))]
    if classes:
        classes[0] = replace(classes[0], main=True)
    parties: dict[str, list[etree._Element]] = {}
    for group in data.get("Parties", ()):
        for name, elements in kids(group).items():
            parties.setdefault(name, []).extend(elements)
    agents, agencies = _agents(parties)
    granted = is_grant(country, kind, published.year if published else None)
    abstracts, described = above.get("Abstract", ()), above.get("Description", ())
    drawings = _figures(find(abstracts[0], "AbstractFigure"), True) if abstracts else []
    drawings += _figures(next(iter(above.get("Drawings", ())), None), False)
    drawings += _figures(find(described[0], "Drawings"), False) if described else []
    return PatentDocument(
        country=country,
        doc_number=number,
        kind=kind,
        publication_number=publication,
        publication_date=published,
        application_number=application,
        application_type=application_type or ("design" if design is not None else ""),
        filing_date=filed,
        grant_date=published if granted else None,
        language=language,
        titles=tuple(
            Text((e.get("lang") or language).lower(), t)
            for name in ("InventionTitle", "DesignTitle")
            for e in (*data.get(name, ()), *(kids(design).get(name, ()) if design is not bibliographic else ()))
            if (t := text(e))
        ),
        abstracts=tuple(
            Text((a.get("lang") or language).lower(), t)
            for a in above.get("Abstract", ())
            if (t := "\n".join(filter(None, (text(p) for p in below((a,), "Paragraphs")))))
        ),
        claims=_claims(above.get("Claims", ()), language),
        description=tuple(_description(above, language, notes)),
        ipc=tuple(classes),
        locarno=_locarno(bibliographic, design),
        applicants=_parties(parties.get("ApplicantDetails", ()), "Applicant", notes),
        inventors=_parties(parties.get("InventorDetails", ()), "Inventor", notes),
        agents=agents,
        agencies=agencies,
        assignees=_parties(data.get("AssigneeDetails", ()), "Assignee", notes)
        or _parties(parties.get("AssigneeDetails", ()), "Assignee", notes),
        examiners=tuple(
            PatentParty(t, language) for e in below(data.get("ExaminerDetails", ()), "Examiner") if (t := text(e))
        ),
        priorities=_priorities(data),
        citations=tuple(_citations(data)),
        related=tuple(_related(data)),
        drawings=tuple(drawings),
        source=source,
        rest=tuple(sorted((notes + Counter(dict(leftovers(top, _KNOWN)))).items())),
    )


def _id(reference: etree._Element | None) -> dict[str, str]:
    inner = find(reference, "DocumentID")
    return texts(inner if inner is not None else reference)


def _publication(
    top: etree._Element, data: Mapping[str, list[etree._Element]], design: etree._Element | None
) -> tuple[str, str, str, date | None]:
    ids = [_id(r) for r in data.get("PublicationReference", ())]
    ids.append(
        {
            "WIPOST3Code": top.get("country") or "",
            "DocNumber": top.get("docNumber") or "",
            "Kind": top.get("kind") or "",
            "Date": top.get("datePublication") or "",
        }
    )
    if (patent := find(design, "PatentNumber")) is not None:
        ids.append({"DocNumber": text(patent)})

    def first(key: str) -> str:
        return next((i[key] for i in ids if i.get(key)), "")

    country = first("WIPOST3Code") or "CN"
    number = first("DocNumber").upper().removeprefix(country).strip()
    kind = first("Kind").upper()
    if kind and number.endswith(kind) and not number[: -len(kind)].endswith(kind):
        number = number[: -len(kind)] or number
    if m := re.fullmatch(r"(\d+)([A-Z]\d?)", number):
        number, kind = m[1], kind or m[2]
    if not number:
        raise Unreadable("没有公开（公告）号", "it has no publication number")
    return country, number, kind, day(first("Date"))


def _application(data, country: str, notes: Counter[str]):  # type: ignore[no-untyped-def]
    found: dict[str, str] = {}
    kind, filed = "", None
    references = data.get("ApplicationReference", ())
    for reference in sorted(references, key=lambda r: (r.get("dataFormat") or "original") != "original"):
        ids = _id(reference)
        kind = kind or _TYPES.get(reference.get("applType") or "", "")
        filed = filed or day(ids.get("Date", ""))
        if number := ids.get("DocNumber"):
            try:
                parsed = normalise(number, country=ids.get("WIPOST3Code") or country, kind="application")
            except PatentNumberError:
                notes["ApplicationReference/DocNumber（认不出的申请号）"] += 1
                found.setdefault("raw", number)
            else:
                kind = kind or parsed.application_type
                if parsed.written:
                    notes["ApplicationReference/DocNumber（校验位不对）"] += 1
                if "number" in found and found["number"] != parsed.text:
                    notes["ApplicationReference（两种写法不是同一个号）"] += 1
                found.setdefault("number", parsed.text)
    return found.get("number") or found.get("raw", ""), kind, filed


def _ipc(element: etree._Element) -> Symbol | None:
    parts = texts(element)
    version = parts.get("IPCVersionDate", "")
    if parts.get("Section") and parts.get("MainGroup") and parts.get("Subgroup"):
        head = parts["Section"] + parts.get("MainClass", "") + parts.get("Subclass", "")
        written = f"{head}{parts['MainGroup']}/{parts['Subgroup']}"
        return ipc_symbol(written, version=version, value=parts.get("ClassificationValue", ""))
    return ipc_symbol(parts["Text"], version=version) if parts.get("Text") else None


def _locarno(bibliographic: etree._Element | None, design: etree._Element | None) -> tuple[Symbol, ...]:
    places = [bibliographic] if design is bibliographic else [bibliographic, design]
    found: dict[str, Symbol] = {}
    for place in places:
        for element in findall(place, "ClassificationLocarno"):
            written = text(element)
            for symbol in locarno.all_in(written) or ((written,) if written else ()):
                found.setdefault(symbol, Symbol("locarno", symbol, locarno.edition(written), not found))
    return tuple(found.values())


def _book(book: etree._Element, notes: Counter[str]) -> PatentParty | None:
    parts = kids(book)
    name = next((t for key in ("Name", "OrganizationName") for e in parts.get(key, ()) if (t := text(e))), "")
    if not name:
        name = "".join(text(e) for key in ("LastName", "FirstName") for e in parts.get(key, ()))
    if not name:
        return None
    address = texts(parts["Address"][0]) if "Address" in parts else {}
    written = address.get("Text", "")
    postcode = address.get("PostCode", "")
    if m := _POSTCODE.match(written):
        postcode, written = postcode or m[1], written[m.end() :]
    return PatentParty(
        name,
        (book.get("lang") or "").lower(),
        written,
        address.get("Province", ""),
        address.get("City", ""),
        address.get("County", ""),
        postcode,
        address.get("WIPOST3Code", ""),
    )


def _parties(groups: Iterable[etree._Element], role: str, notes: Counter[str]) -> tuple[PatentParty, ...]:
    found = []
    for element in below(groups, role):
        every = below((element,), "AddressBook")
        books = [b for b in every if (b.get("dataFormat") or "original") == "original"] or every
        chosen = next((b for b in books if (b.get("lang") or "zh").lower() == "zh"), books[0] if books else None)
        party = _book(chosen if chosen is not None else element, notes)
        if party:
            found.append(party)
        if len(books) > 1:
            notes[f"{role}/AddressBook（其他语言）"] += len(books) - 1
    return tuple(found)


def _agents(parties: Mapping[str, list[etree._Element]]) -> tuple[tuple[PatentParty, ...], tuple[PatentParty, ...]]:
    agents: list[PatentParty] = []
    agencies: dict[str, PatentParty] = {}
    groups = parties.get("AgentDetails", ())
    code = text(find(groups[0], "CustomerNumber")) if groups else ""
    for agent in below(groups, "Agent"):
        for book in below((agent,), "AddressBook"):
            if party := _book(book, Counter()):
                agents.append(party)
        for book in below((agent,), "Agency", "AddressBook"):
            if party := _book(book, Counter()):
                m = _AGENCY.fullmatch(party.name)
                name, number = (m[1], m[2]) if m else (party.name, code)
                agencies.setdefault(name, PatentParty(name, party.lang, original=party.name if m else "", code=number))
    return tuple(agents), tuple(agencies.values())


def _priorities(data: Mapping[str, list[etree._Element]]) -> tuple[Priority, ...]:
    """One of the two written forms of each priority: the original, else the standard."""
    found: dict[str, tuple[int, Priority]] = {}
    for i, element in enumerate(below(data.get("PriorityDetails", ()), "Priority")):
        ids = _id(element)
        country = ids.get("WIPOST3Code", "")
        number = ids.get("DocNumber", "")
        rank = 0 if (element.get("dataFormat") or "original") == "original" else 1
        key = element.get("sequence") or str(i)
        if number and (key not in found or rank < found[key][0]):
            written = standard(number, country=country, kind="application")
            found[key] = (rank, Priority(country, written, partial(ids.get("Date", "")), element.get("kind") or ""))
    return tuple(p for _, p in found.values())


def _citations(data: Mapping[str, list[etree._Element]]) -> Iterator[PatentCitation]:
    for element in below(data.get("ReferencesCited", ()), "Citation"):
        phase = element.get("srepPhase") or element.get("citedPhase") or ""
        inner = kids(element)
        category = text((inner.get("Category") or [None])[0])
        for name in ("ApplicationCitation", "PatentCitation"):
            for cited in inner.get(name, ()):
                references = findall(cited, "PublicationReference")
                chosen = next(
                    (r for r in references if r.get("dataFormat") == "standard"), references[0] if references else None
                )
                ids = _id(chosen)
                if ids.get("DocNumber"):
                    country = ids.get("WIPOST3Code", "")
                    number = standard(ids["DocNumber"] + ids.get("Kind", ""), country=country, kind="publication")
                    yield PatentCitation(number, phase=phase, category=category, date=partial(ids.get("Date", "")))
        for name in ("NonPatentCitation", "NPLCitation"):
            for cited in inner.get(name, ()):
                if written := text(cited):
                    yield PatentCitation(text=written, phase=phase, category=category)


def _related(data: Mapping[str, list[etree._Element]]) -> Iterator[Related]:
    for group in data.get("RelatedDocuments", ()):
        for element in group.iter("{*}DocumentID"):
            ids = texts(element)
            if ids.get("DocNumber"):
                relation = local(element.getparent().tag)
                kind = "publication" if "Publication" in relation else "application"
                number = standard(ids["DocNumber"] + ids.get("Kind", ""), country=ids.get("WIPOST3Code", ""), kind=kind)
                yield Related(_RELATIONS.get(relation, relation), number, partial(ids.get("Date", "")))
    for name, relation in (
        ("InternationalFilingData", "pct-application"),
        ("PCTFilingData", "pct-application"),
        ("InternationalPublishingData", "pct-publication"),
        ("PCTPublishingData", "pct-publication"),
    ):
        for element in data.get(name, ()):
            ids = _id(element)
            if ids.get("DocNumber"):
                yield Related(relation, standard(ids["DocNumber"], country="WO"), partial(ids.get("Date", "")))


_RELATIONS = {"RelatedPublicationDoc": "earlier-publication", "DivisionalApplication": "division"}


def _claims(groups, language: str) -> tuple[Claim, ...]:  # type: ignore[no-untyped-def]
    found = []
    for group in groups:
        lang = (group.get("lang") or language).lower()
        for i, element in enumerate(below((group,), "Claim"), 1):
            pieces = [t for e in below((element,), "ClaimText") if (t := text(e))]
            number = element.get("num") or ""
            found.append(claim("\n".join(pieces) or text(element), ordinal(number, i), lang))
    return tuple(found)


def _description(above: Mapping[str, list[etree._Element]], language: str, notes: Counter[str]) -> Iterator[Part]:
    for element in (*above.get("Description", ()), *above.get("DesignBriefExplanation", ())):
        lang = (element.get("lang") or language).lower()
        loose: list[Paragraph] = []
        for child in element:
            if type(child.tag) is not str:
                continue
            name = local(child.tag)
            if name == "Paragraphs":
                loose.extend(_paragraphs([child]))
            elif name == "Drawings":
                continue
            else:
                paragraphs = tuple(_paragraphs(below((child,), "Paragraphs")) or _paragraphs([child]))
                if name not in _PARTS:
                    notes[f"Description/{name}（按“其他”收入）"] += 1
                if paragraphs:
                    yield Part(_PARTS.get(name, "other"), paragraphs, lang)
            inline = sum(1 for _ in child.iter("{*}Image"))
            if inline:
                notes[f"Description/{name}/Image（文中图像，未收入）"] += inline
        if not len(element):
            loose.extend(_paragraphs([element]))
        if loose:
            yield Part("other", tuple(loose), lang)


def _paragraphs(elements: Iterable[etree._Element]) -> list[Paragraph]:
    found = []
    for element in elements:
        written = text(element)
        if not written:
            continue
        number = element.get("num") or (element.get("id") or "").lstrip("p")
        if written[0] == "[" and (m := _MARK.match(written)):
            number, written = m[1], written[m.end() :]
        heading = len(written) <= LONGEST_HEADING and written in _HEADINGS
        if written:
            found.append(Paragraph(written, "" if heading else number, heading))
    return found


def _figures(group: etree._Element | None, abstract: bool) -> list[Drawing]:
    found = list[Drawing]()
    for figure in findall(group, "Figure"):
        label = figure.get("figureLabels") or figure.get("num") or ""
        found.extend(
            Drawing(file, label, image.get("wi") or "", image.get("he") or "", abstract)
            for image in figure.iter("{*}Image")
            if (file := image.get("file"))
        )
    return found
