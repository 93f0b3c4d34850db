"""Exchange documents of the EPO, element by element: numbers, classes, parties, citations, claims, description."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from jinzhi.kernel.patent import (
    Claim,
    Paragraph,
    Part,
    PatentCitation,
    PatentDocument,
    PatentParty,
    Priority,
    Source,
    Symbol,
    Text,
)
from jinzhi.sources.patents.claims import claim
from jinzhi.sources.patents.parts import day, heading_kind, ipc_symbol, partial, parts_by_headings
from jinzhi.sources.patents.refused import Unreadable
from jinzhi.sources.patents.xml import (
    descend,
    find,
    findall,
    kids,
    known,
    leftovers,
    local,
    text,
)
from jinzhi.standards.cn_numbers import normalise, standard
from jinzhi.standards.st16 import is_grant

NAME = "epo-docdb"
#: elements that are records by themselves; none of them stands inside another that is still needed
RECORDS = ("exchange-document", "fulltext-document", "search-result", "inquiry-result", "family-member")

_FORMS = ("docdb", "docdba", "epodoc", "original", "")
_KNOWN = known(
    "bibliographic-data/publication-reference|application-reference/document-id",
    "bibliographic-data/classification-ipc/text|edition|main-classification|further-classification",
    "bibliographic-data/classifications-ipcr/classification-ipcr/text",
    "bibliographic-data/patent-classifications",
    "bibliographic-data/priority-claims/priority-claim/document-id",
    "bibliographic-data/parties/applicants/applicant/applicant-name|residence",
    "bibliographic-data/parties/inventors/inventor/inventor-name|residence",
    "bibliographic-data/parties/agents/agent/agent-name",
    "bibliographic-data/invention-title",
    "bibliographic-data/references-cited/citation/patcit|nplcit|category|rel-claims",
    "abstract|claims|description",
)
_COUNTRY = re.compile(r"(.*\S)\s*\[([A-Z]{2})\]\s*,?")


def documents_of(element: etree._Element, name: str) -> Iterator[PatentDocument]:
    tag = local(element.tag)
    if tag in ("search-result", "inquiry-result"):
        for reference in findall(element, "publication-reference"):
            yield _numbers(reference, Source(NAME, name), Counter(dict(_beside(element))))
        return
    digest = hashlib.sha256(etree.tostring(element, with_tail=False)).hexdigest()
    yield document(element, Source(NAME, name, digest))


def _beside(element: etree._Element) -> tuple[tuple[str, int], ...]:
    return leftovers(element, known("publication-reference"))


def _numbers(reference: etree._Element, source: Source, rest: Counter[str]) -> PatentDocument:
    country, digits, kind, published = _publication(reference, None)
    number = _number(country, digits, kind)
    return PatentDocument(
        country=country,
        doc_number=number.removeprefix(country).removesuffix(kind),
        kind=kind,
        publication_number=number,
        publication_date=day(published),
        family_id=reference.get("family-id") or "",
        source=source,
        rest=tuple(sorted(rest.items())),
    )


def _number(country: str, digits: str, kind: str) -> str:
    if not digits:
        raise Unreadable("没有公开号", "it has no publication number")
    return normalise(digits + kind, country=country, kind="publication").text


def ids_of(reference: etree._Element | None) -> list[dict[str, str]]:
    """The forms of a number, best first. The form is named on the id or on what holds it."""
    found = []
    for element in findall(reference, "document-id"):
        holder = element.getparent()
        form = element.get("document-id-type") or element.get("format") or (holder.get("data-format") or "")
        ids = {k: text(v[0]) for k, v in kids(element).items()}
        ids["form"] = form
        found.append(ids)
    return sorted(found, key=lambda i: _FORMS.index(i["form"]) if i["form"] in _FORMS else len(_FORMS))


def _first(ids: list[dict[str, str]], key: str) -> str:
    return next((i[key] for i in ids if i.get(key)), "")


def _publication(reference: etree._Element | None, top: etree._Element | None) -> tuple[str, str, str, str]:
    ids = ids_of(reference)
    best = ids[0] if ids else {}

    def attribute(name: str) -> str:
        return (top.get(name) or "") if top is not None else ""

    country = best.get("country") or attribute("country")
    digits = best.get("doc-number") or attribute("doc-number")
    if not country and digits[:2].isalpha():
        country, digits = digits[:2], digits[2:]
    return country, digits, best.get("kind") or attribute("kind"), _first(ids, "date") or attribute("date-publ")


def document(top: etree._Element, source: Source) -> PatentDocument:
    """One exchange-document or fulltext-document. Raises Unreadable or NumberError where it has no number."""
    bib = find(top, "bibliographic-data")
    references = findall(bib, "publication-reference")
    chosen = min(references, key=lambda r: (r.get("data-format") or "docdb") != "docdb") if references else None
    country, digits, kind, published = _publication(chosen, top)
    number = _number(country, digits, kind)
    on = day(published)
    applied = sorted(
        (i for r in findall(bib, "application-reference") for i in ids_of(r)),
        key=lambda i: _FORMS.index(i["form"]) if i["form"] in _FORMS else len(_FORMS),
    )
    titles = [Text((e.get("lang") or "").lower(), t) for e in findall(bib, "invention-title") if (t := text(e))]
    abstracts = [
        Text((e.get("lang") or "").lower(), "\n".join(t for p in findall(e, "p") if (t := text(p))) or text(e))
        for e in findall(top, "abstract")
    ]
    claims = tuple(c for e in findall(top, "claims") for c in _claims(e))
    description = tuple(p for e in findall(top, "description") for p in _description(e))
    found = PatentDocument(
        country=country,
        doc_number=number.removeprefix(country).removesuffix(kind),
        kind=kind,
        publication_number=number,
        publication_date=on,
        application_number=application_of(applied),
        filing_date=day(_first(applied, "date")),
        grant_date=on if is_grant(country, kind, on.year if on else None) else None,
        titles=tuple(dict.fromkeys(titles)),
        abstracts=tuple(t for t in dict.fromkeys(abstracts) if t.text),
        claims=claims,
        description=description,
        ipc=tuple(_ipc(bib)),
        cpc=tuple(s for s in _classes(bib) if s.scheme == "cpc"),
        fi=tuple(s for s in _classes(bib) if s.scheme == "fi"),
        other_classes=tuple(s for s in _classes(bib) if s.scheme not in ("cpc", "fi")),
        applicants=_parties(bib, "applicants", "applicant"),
        inventors=_parties(bib, "inventors", "inventor"),
        agents=_parties(bib, "agents", "agent"),
        priorities=tuple(_priorities(bib)),
        citations=tuple(_citations(bib)),
        family_id=top.get("family-id") or "",
        source=source,
        rest=leftovers(top, _KNOWN),
    )
    return substantial(found, whole=local(top.tag) == "fulltext-document")


def substantial(found: PatentDocument, *, whole: bool = False) -> PatentDocument:
    """The document, if it holds more than numbers. whole: an answer of full text must hold some. Raises Unreadable."""
    texts = found.titles or found.abstracts or found.claims or found.description
    others = found.applicants or found.inventors or found.ipc or found.cpc or found.fi or found.other_classes
    if texts or (others and not whole):
        return found
    what = "权利要求和说明书" if whole else "名称、摘要、权利要求、申请人和分类号"
    english = "claims or description" if whole else "title, abstract, claims, applicants or classes"
    raise Unreadable(
        f"{found.publication_number} 的应答是空的：没有{what}", f"{found.publication_number} has no {english}"
    )


def application_of(ids: list[dict[str, str]]) -> str:
    """The application in standard form. US serial numbers in DOCDB's older form (serial, then two digits of the year)
    cannot be told from others, so for the US the EPODOC form goes first: priorities have only that."""
    american = any(i.get("country") == "US" or i.get("doc-number", "").startswith("US") for i in ids)
    for i in sorted(ids, key=lambda i: i["form"] != "epodoc") if american else ids:
        country, digits = i.get("country", ""), i.get("doc-number", "")
        if not country and digits[:2].isalpha():
            country, digits = digits[:2], digits[2:]
        if country and digits:
            return standard(digits, country=country, kind="application")
    return ""


def _ipc(bib: etree._Element | None) -> Iterator[Symbol]:
    """The reformed classes where there are any (with value and order); else those of editions 1 to 7."""
    found = [
        ipc_symbol(t, main=i == 0)
        for i, e in enumerate(findall(bib, "classifications-ipcr", "classification-ipcr"))
        if (t := text(find(e, "text")))
    ]
    old = [
        ipc_symbol(t, main=not found and i == 0)
        for i, e in enumerate(
            e
            for name in ("main-classification", "further-classification", "text")
            for e in findall(bib, "classification-ipc", name)
        )
        if (t := text(e))
    ]
    have = {s.symbol for s in found}
    yield from found
    yield from (s for s in dict.fromkeys(old) if s.symbol not in have)


def _classes(bib: etree._Element | None) -> Iterator[Symbol]:
    """Each class once, however many offices assigned it; the offices are kept together."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for e in findall(bib, "patent-classifications", "patent-classification"):
        told = find(e, "classification-scheme")
        scheme = (told.get("scheme") or "").upper() if told is not None else ""
        p = {k: text(v[0]) for k, v in kids(e).items()}
        symbol = p.get("classification-symbol") or "".join(p.get(k, "") for k in ("section", "class", "subclass"))
        if p.get("main-group"):
            symbol = f"{symbol}{p['main-group']}/{p.get('subgroup', '')}"
        symbol = " ".join(symbol.split()) if scheme not in ("CPC", "CPCI", "CPCA") else "".join(symbol.split())
        name = "cpc" if scheme.startswith("CPC") else "fi" if scheme == "FI" else (scheme or "unknown").lower()
        if symbol:
            offices = found.setdefault((name, symbol, p.get("classification-value", "")), [])
            office = p.get("generating-office", "")
            if office and office not in offices:
                offices.append(office)
    for i, ((scheme, symbol, value), offices) in enumerate(found.items()):
        yield Symbol(scheme, symbol, "", i == 0 and scheme == "cpc", ",".join(offices), value)


def _parties(bib: etree._Element | None, group: str, item: str) -> tuple[PatentParty, ...]:
    """One party for each sequence number: the standardised name, the printed one in `original`.

    The printed names may run on beyond the standardised (the same people again in another form): those stay out.
    """
    forms: dict[str, dict[str, tuple[str, str]]] = {}
    for e in findall(bib, "parties", group, item):
        name = (
            text(find(e, f"{item}-name", "name"))
            or text(find(e, "addressbook", "name"))
            or text(find(e, f"{item}-name"))
        )
        form = e.get("data-format") or ""
        country = text(find(e, "residence", "country"))
        forms.setdefault(form, {}).setdefault(e.get("sequence") or "", (name.strip(" ,"), country))
    best = next((f for f in ("docdb", "epodoc", "docdba", "original", "") if forms.get(f)), None)
    if best is None:
        return ()
    printed = forms.get("original") or forms.get("docdba") or {}
    found = []
    for sequence, (name, country) in forms[best].items():
        if m := _COUNTRY.fullmatch(name):
            name, country = m[1], country or m[2]
        original = printed.get(sequence, ("", ""))[0]
        if name:
            found.append(PatentParty(name, country=country, original=original if original != name else ""))
    return tuple(found)


def _priorities(bib: etree._Element | None) -> Iterator[Priority]:
    for e in findall(bib, "priority-claims", "priority-claim"):
        ids = ids_of(e)
        number = application_of(ids) or _first(ids, "doc-number")
        if number:
            country = _first(ids, "country") or next(
                (i["doc-number"][:2] for i in ids if i.get("doc-number", "")[:2].isalpha()), ""
            )
            yield Priority(country, number, partial(_first(ids, "date")), e.get("kind") or "")


def _citations(bib: etree._Element | None) -> Iterator[PatentCitation]:
    for e in findall(bib, "references-cited", "citation"):
        phase = e.get("cited-phase") or e.get("cited-by") or ""
        category = text(find(e, "category"))
        about = text(find(e, "rel-claims"))
        for cited in findall(e, "patcit"):
            ids = ids_of(cited)
            if not ids or not ids[0].get("doc-number"):
                continue
            number = ids[0]["doc-number"] + ids[0].get("kind", "")
            yield PatentCitation(
                standard(number, country=ids[0].get("country", ""), kind="publication"),
                phase=phase,
                category=category,
                date=partial(_first(ids, "date")),
                name=_first(ids, "name"),
                claims=about,
            )
        for cited in findall(e, "nplcit"):
            if written := text(find(cited, "text")) or text(cited):
                yield PatentCitation(text=written, phase=phase, category=category, claims=about)


# -------------------------------------------------------------------------------------------------- full text


def _claims(element: etree._Element) -> Iterator[Claim]:
    lang = (element.get("lang") or "").lower()
    pieces = ["".join(e.itertext()) for e in descend(element, "claim-text")]
    yield from split_claims("\n".join(pieces), lang)


def split_claims(written: str, lang: str) -> Iterator[Claim]:
    """The claims of a running text: each begins a line with the number that is due."""
    number, kept = 0, list[str]()
    for line in written.splitlines():
        m = re.match(r"\s*(\d{1,4})\s*[.)．、]\s*(?=\S)", line)
        if m and int(m[1]) == number + 1:
            if number:
                yield claim(" ".join(" ".join(kept).split()), number, lang)
            number, kept = number + 1, [line[m.end() :]]
        elif number:
            kept.append(line)
        elif line.strip() and not re.match(r"(?i)\s*(?:claims?|what is claimed|patent claims|权利要求)", line):
            number, kept = 1, [line]
    if number:
        yield claim(" ".join(" ".join(kept).split()), number, lang)


def _description(element: etree._Element) -> Iterator[Part]:
    yield from split_description(
        [text(p) for p in findall(element, "p")] or [text(element)], (element.get("lang") or "").lower()
    )


def split_description(paragraphs: list[str], lang: str) -> Iterator[Part]:
    """The parts of a running description: a line without a number that names a part is its heading."""
    return parts_by_headings((p for written in paragraphs if (p := _paragraph(written)).text), lang)


def _paragraph(written: str) -> Paragraph:
    m = re.match(r"\[(\d{4})\]\s*", written)
    return Paragraph(written[m.end() :], m[1]) if m else Paragraph(written, heading=bool(heading_kind(written)))
