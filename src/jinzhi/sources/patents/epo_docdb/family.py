"""Families and legal events as Open Patent Services answer them (INPADOC): one family-member a publication.

A member holds its numbers, its application and priorities, and, where they were asked for, its bibliographic data and
its legal events. An event's code is the office's (``17Q``, ``REG``); where a national office's stands behind it, it is
written ``GB FG4D``. What a code does to the right, ST.27 says for no office here: it is kept as not placed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from jinzhi.kernel.patent import LegalEvent, PatentDocument, Priority, Source
from jinzhi.sources.patents.epo_docdb.exchange import application_of, document, ids_of
from jinzhi.sources.patents.parts import day, partial
from jinzhi.sources.patents.refused import Unreadable
from jinzhi.sources.patents.xml import find, findall, known, leftovers, local, text
from jinzhi.standards.cn_numbers import normalise, standard
from jinzhi.standards.st16 import is_grant

_KNOWN = known("publication-reference|application-reference|priority-claim|legal", "exchange-document")
#: what of an event's own fields is repeated elsewhere, or says only when the office sent it
_TOLD = frozenset({"L001EP", "L002EP", "L003EP", "L004EP", "L005EP", "L007EP", "L008EP", "L018EP", "L019EP", "L500EP"})


def member(element: etree._Element, source: Source) -> PatentDocument:
    """One member. Raises Unreadable or NumberError where it has no publication number."""
    ids = _docdb(find(element, "publication-reference"))
    if not ids.get("doc-number"):
        raise Unreadable("同族成员没有公开号", "a member of the family has no publication number")
    country, kind = ids.get("country", ""), ids.get("kind", "")
    number = normalise(ids["doc-number"] + kind, country=country, kind="publication")
    on = day(ids.get("date", ""))
    applied = _docdb(find(element, "application-reference"))
    digest = hashlib.sha256(etree.tostring(element, with_tail=False)).hexdigest()
    source = replace(source, digest=digest)
    found = PatentDocument(
        country=number.country,
        doc_number=number.digits,
        kind=number.code,
        publication_number=number.text,
        publication_date=on,
        application_number=_application(element, applied),
        filing_date=day(applied.get("date", "")),
        grant_date=on if is_grant(number.country, number.code, on.year if on else None) else None,
        priorities=tuple(_priorities(element)),
        family_id=element.get("family-id") or "",
        source=source,
        rest=leftovers(element, _KNOWN),
    )
    inner = next((e for e in element.iter("{*}exchange-document")), None)
    if inner is None:
        return found
    whole = document(inner, source)
    return replace(
        whole, priorities=whole.priorities or found.priorities, family_id=whole.family_id or found.family_id,
        application_number=whole.application_number or found.application_number,
        filing_date=whole.filing_date or found.filing_date,
    )  # fmt: skip


def together(members: Sequence[PatentDocument]) -> Iterator[PatentDocument]:
    """The members, each with the numbers of the others; one that stands twice, once."""
    once = {d.publication_number: d for d in members}
    for found in once.values():
        yield replace(found, family=tuple(n for n in once if n != found.publication_number))


def _docdb(reference: etree._Element | None) -> dict[str, str]:
    found = ids_of(reference)
    best = dict(found[0]) if found else {}
    written = best.get("doc-number", "")
    if not best.get("country") and written[:2].isalpha():
        best["country"], best["doc-number"] = written[:2], written[2:]
    best["date"] = next((i["date"] for i in found if i.get("date")), "")
    return best


def _application(element: etree._Element, applied: dict[str, str]) -> str:
    reference = find(element, "application-reference")
    found = application_of(ids_of(reference)) if reference is not None else ""
    if found or not applied.get("doc-number"):
        return found
    return standard(applied["doc-number"], country=applied.get("country", ""), kind="application")


def _priorities(element: etree._Element) -> Iterator[Priority]:
    for claim in findall(element, "priority-claim"):
        ids = ids_of(claim)
        if number := application_of(ids):
            told = _docdb(claim)
            yield Priority(told.get("country", ""), number, partial(told.get("date", "")), claim.get("kind") or "")


def events(element: etree._Element, source: Source) -> Iterator[LegalEvent]:
    """The legal events of a member."""
    applied = _docdb(find(element, "application-reference"))
    published = _docdb(find(element, "publication-reference"))
    number = standard(
        published.get("doc-number", "") + published.get("kind", ""),
        country=published.get("country", ""),
        kind="publication",
    )
    for event in findall(element, "legal"):
        told = {local(e.tag): e for e in event.iter() if type(e.tag) is str}

        def one(tag: str, told: dict[str, etree._Element] = told) -> str:
            return text(told.get(tag))

        country = one("L001EP") or applied.get("country", "")
        code = one("L008EP") or (event.get("code") or "").strip()
        national = told.get("L502EP")
        name = (event.get("desc") or "").strip() or code
        if national is not None and text(national):
            code = f"{one('L501EP')} {text(national)}".strip()
            name = national.get("descData") or name
        application = _application(element, applied) or standard(
            one("L003EP").strip(), country=country, kind="application"
        )
        if not (application and code):
            continue
        influence = {"+": "对权利有利（+）", "-": "对权利不利（-）"}.get((event.get("infl") or "").strip(), "")
        details = "；".join(
            f"{e.get('desc') or tag}：{text(e)}" for tag, e in told.items() if tag.startswith("L") and tag not in _TOLD
        )
        yield LegalEvent(
            application_number=application,
            code=code,
            name=name,
            publication_date=day(one("L007EP")) or day(one("L525EP")),
            text="；".join(filter(None, (details, influence))) or text(find(event, "pre")),
            why=f"{country} 的事件代码 {code} 未按 ST.27 归类",
            number=number,
            country=one("L501EP") or country,
            source=source,
        )
