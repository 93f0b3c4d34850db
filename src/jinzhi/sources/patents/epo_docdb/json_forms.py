"""Answers of Open Patent Services as JSON: the office's own form (names with prefixes, ``@`` attributes, ``$`` texts),
and a tool's plain form (``documents``, ``results``, ``family_members``, ``document_id`` with claims or description).

The office's form is the XML written otherwise: it is made elements again and read as such.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from jinzhi.kernel.patent import (
    Claim,
    LegalEvent,
    PatentCitation,
    PatentDocument,
    PatentParty,
    Priority,
    Source,
    Symbol,
    Text,
)
from jinzhi.sources.patents.claims import claim
from jinzhi.sources.patents.epo_docdb.answers import read_element
from jinzhi.sources.patents.epo_docdb.exchange import NAME, split_claims, split_description, substantial
from jinzhi.sources.patents.parts import day, ipc_symbol, partial
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable
from jinzhi.standards.cn_numbers import PatentNumberError, normalise, standard
from jinzhi.standards.st16 import is_grant

#: bytes of an answer that are read
LONGEST = 16 << 20
_COUNTRY = re.compile(r"(.*\S)\s*\[([A-Z]{2})\]")


def read(data: bytes, name: str) -> Iterator[PatentDocument | LegalEvent | RefusedRecord]:
    """The documents and events of an answer. Never raises for what it holds."""
    try:
        if len(data) >= LONGEST:
            raise Unreadable("JSON 超过 16 MB", "the JSON is larger than 16 MB")
        try:
            answer = json.loads(data)
        except (ValueError, RecursionError) as e:
            raise Unreadable("不是 JSON", "it is not JSON") from e
        if isinstance(answer, dict) and isinstance(answer.get("ops:world-patent-data"), dict):
            yield from read_element(_element("ops:world-patent-data", answer["ops:world-patent-data"]), name)
            return
        source = Source(NAME, name, hashlib.sha256(data).hexdigest())
        seen = False
        for row in _rows(answer):
            seen = True
            try:
                yield row if isinstance(row, PatentDocument) else _document(*row, source)
            except (Unreadable, PatentNumberError) as e:
                english = e.en if isinstance(e, Unreadable) else e.english
                yield Unreadable(str(e), english).refused(name, data)
        if not seen:
            raise Unreadable("JSON 里没有认得的文献", "the JSON holds no document that is known")
    except (Unreadable, PatentNumberError) as e:
        english = e.en if isinstance(e, Unreadable) else e.english
        yield Unreadable(str(e), english).refused(name, data)


# ------------------------------------------------------------------------------------------ the office's own form

_NAME = re.compile(r"[A-Za-z_][\w.-]*")


def _element(tag: str, value: Any, depth: int = 0) -> etree._Element:
    if depth > 200:
        raise Unreadable("JSON 嵌套过深", "the JSON is nested too deep")
    bare = tag.rpartition(":")[2]
    if not _NAME.fullmatch(bare):
        raise Unreadable(f"JSON 的键 {tag[:40]} 不是元素名", f"the key {tag[:40]!r} is no name of an element")
    element = etree.Element(bare)
    if not isinstance(value, dict):
        element.text = _valid(value)
        return element
    for key, inner in value.items():
        if key.startswith("@"):
            name = key[1:].rpartition(":")[2]
            if _NAME.fullmatch(name) and not isinstance(inner, dict | list):
                element.set(name, _valid(inner))
        elif key == "$":
            element.text = _valid(inner)
        else:
            for one in inner if isinstance(inner, list) else [inner]:
                element.append(_element(key, one, depth + 1))
    return element


def _valid(value: Any) -> str:
    """A text as XML allows it."""
    return "" if value is None else re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", str(value))


# -------------------------------------------------------------------------------------------- a tool's plain form

Row = dict[str, Any]


def _rows(answer: Any) -> Iterator[tuple[Row, Row, bool]]:
    """Each row that names a document, what stands around it, and whether it may hold numbers alone."""
    if not isinstance(answer, dict):
        return
    for key in ("documents", "results", "family_members"):
        rows = answer.get(key)
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict):
                # numbers alone: what a search found, or one publication of a family
                yield _flat(row), {}, key == "family_members" or set(row) <= _NUMBERS
    ids = answer.get("document_id")
    if isinstance(ids, dict):
        yield ids, answer, False


_NUMBERS = frozenset({"family_id", "id_type", "country", "doc_number", "kind", "docdb_number", "doc_type", "date"})


def _flat(row: Row) -> Row:
    """A member's numbers beside its other fields."""
    reference = row.get("publication_reference")
    best = (
        next((r for r in reference if isinstance(r, dict) and r.get("id_type") == "docdb"), {})
        if isinstance(reference, list)
        else {}
    )
    return (
        {**row, "country": best.get("country"), "doc_number": best.get("number"), "kind": best.get("kind")}
        if best
        else row
    )


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _document(row: Row, around: Row, numbers_alone: bool, source: Source) -> PatentDocument:
    country, kind = _text(row.get("country")), _text(row.get("kind"))
    digits = _text(row.get("doc_number"))
    if not digits:
        raise Unreadable("没有公开号", "it has no publication number")
    number = normalise(digits + kind, country=country, kind="publication")
    lang = _text(around.get("lang") or row.get("lang"))
    on = _date(row, "publication")
    titles = [
        Text(_text(t.get("lang")), _text(t.get("text")))
        for t in _list(row.get("titles"))
        if isinstance(t, dict) and _text(t.get("text"))
    ]
    if not titles and _text(row.get("title")):
        titles = [Text(lang, _text(row["title"]))]
    abstract = _text(row.get("abstract"))
    body = around.get("description") or row.get("description")
    parts = (
        tuple(split_description([_text(p) for p in re.split(r"\n\s*\n", body)], lang)) if isinstance(body, str) else ()
    )
    application = _reference(row, "application")
    applied = _text(application.get("number"))
    found = PatentDocument(
        country=number.country,
        doc_number=number.digits,
        kind=number.code,
        publication_number=number.text,
        publication_date=on,
        application_number=standard(applied, country=_text(application.get("country")), kind="application")
        if applied
        else "",
        filing_date=_date(row, "application"),
        grant_date=on if is_grant(number.country, number.code, on.year if on else None) else None,
        titles=tuple(titles),
        abstracts=(Text(lang, abstract),) if abstract else (),
        claims=tuple(_claims({**row, **around}, lang)),
        description=parts,
        ipc=tuple(
            ipc_symbol(re.sub(r"/\s+", "/", s), main=i == 0)
            for i, s in enumerate(map(_text, _list(row.get("intl_class"))))
            if s
        ),
        cpc=tuple(
            Symbol("cpc", s, main=i == 0)
            for i, s in enumerate(dict.fromkeys("".join(_text(c).split()) for c in _list(row.get("cpc_class"))))
            if s
        ),
        applicants=_people(row, "applicants"),
        inventors=_people(row, "inventors"),
        priorities=tuple(_priorities(row)),
        citations=tuple(_citations(row)),
        family_id=_text(row.get("family_id")),
        source=source,
    )
    return found if numbers_alone else substantial(found, whole=bool(around))


def _reference(row: Row, what: str) -> Row:
    """The best form of a number: docdb, then epodoc."""
    for form in ("docdb", "epodoc", "original"):
        if isinstance(found := row.get(f"{what}_reference_{form}"), dict) and found.get("number"):
            return found
    return next((r for r in _list(row.get(f"{what}_reference")) if isinstance(r, dict)), {})


def _date(row: Row, what: str):  # type: ignore[no-untyped-def]
    forms = [row.get(f"{what}_reference_{form}") for form in ("docdb", "epodoc", "original")]
    forms += _list(row.get(f"{what}_reference"))
    return next((d for f in forms if isinstance(f, dict) and (d := day(_text(f.get("date"))))), None)


def _people(row: Row, group: str) -> tuple[PatentParty, ...]:
    names = _list(row.get(f"{group}_epodoc")) or _list(row.get(f"{group}_original")) or _list(row.get(group))
    found = []
    for name in map(_text, names):
        m = _COUNTRY.fullmatch(name)
        if name:
            found.append(PatentParty(m[1], country=m[2], original=name) if m else PatentParty(name))
    return tuple(found)


def _priorities(row: Row) -> Iterator[Priority]:
    for one in _list(row.get("priority_claims")):
        if not isinstance(one, dict):
            continue
        inner = one.get("application_reference")
        ids = inner if isinstance(inner, dict) else one
        number, country = _text(ids.get("number")), _text(ids.get("country"))
        if ids.get("id_type") == "original" or not number:
            continue
        country = country or (number[:2] if number[:2].isalpha() else "")
        yield Priority(
            country, standard(number, country="" if number.startswith(country) else country, kind="application"),
            partial(_text(ids.get("date"))), _text(one.get("kind")),
        )  # fmt: skip


def _citations(row: Row) -> Iterator[PatentCitation]:
    for one in _list(row.get("citations")):
        ids = one.get("docdb") if isinstance(one, dict) else None
        if isinstance(ids, dict) and _text(ids.get("number")):
            number = standard(
                _text(ids["number"]) + _text(ids.get("kind")), country=_text(ids.get("country")), kind="publication"
            )
            yield PatentCitation(
                number,
                phase=_text(one.get("cited_phase")),
                date=partial(_text(ids.get("date"))),
                name=_text(ids.get("name")),
            )


def _claims(row: Row, lang: str) -> Iterator[Claim]:
    """The claims one by one; where a tool ran them together, its running text cut at the number that is due."""
    given = [c for c in _list(row.get("claims")) if isinstance(c, dict)]
    written = row.get("claim_text") or (row.get("claims") if isinstance(row.get("claims"), str) else "")
    whole = list(_cut(written)) if isinstance(written, str) else []
    if len(whole) > len(given):
        for number, body in enumerate(whole, 1):
            yield claim(body, number, lang)
        return
    for i, one in enumerate(given, 1):
        texts = [_text(t) for t in _list(one.get("limitations"))] or [_text(one.get("text") or one.get("claim_text"))]
        told = one.get("number")
        if body := "\n".join(filter(None, texts)):
            yield claim(body, (told if isinstance(told, int) else 0) or i, lang)
    for text in (c for c in _list(row.get("claims")) if isinstance(c, str)):
        yield from split_claims(text, lang)


def _cut(written: str) -> Iterator[str]:
    at, number = 0, 1
    starts: list[tuple[int, int]] = []
    while m := re.compile(rf"(?:(?<=[.;:,\s])|\A){number}\s*[.)]\s*(?=\S)").search(written, at):
        starts.append((m.start(), m.end()))
        at, number = m.end(), number + 1
    for (_, begin), (end, _) in zip(starts, [*starts[1:], (len(written), 0)], strict=False):
        yield " ".join(written[begin:end].split())
