"""The US office's Patent Public Search: its answers as JSON (numbers and front pages, or whole documents).

An answer is a list of documents, or holds one under ``patents`` or ``docs``. Texts are HTML; a document of a list of
hits has no claims, and only the first inventor's name, which is said in `PatentDocument.rest`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

from lxml import etree, html

from jinzhi.kernel.patent import (
    Claim,
    Paragraph,
    Part,
    PatentCitation,
    PatentDocument,
    PatentParty,
    Source,
    Symbol,
    Text,
)
from jinzhi.sources.patents.claims import claim
from jinzhi.sources.patents.parts import day, heading_kind, ipc_symbol, parts_by_headings
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable
from jinzhi.standards.cn_numbers import PatentNumberError, normalise, standard
from jinzhi.standards.st16 import is_grant

NAME = "uspto-search"
LONGEST = 256 << 20
#: what a file of such an answer holds near its beginning
MARK = re.compile(rb'"(?:publicationReferenceDocumentNumber|guid|inventionTitle)"\s*:')

_NOTHING = frozenset({"", "N/A", "n/a", "null", "[]"})
_BREAK = re.compile(r"(?:\s*<br\s*/?>\s*)+|</p>\s*<p[^>]*>|</?(?:p|div)(?:\s[^>]*)?>", re.IGNORECASE)


def read(stream: BinaryIO, name: str) -> Iterator[PatentDocument | RefusedRecord]:
    """The documents of one answer. Never raises for what it holds."""
    data = stream.read(LONGEST + 1)
    try:
        if len(data) > LONGEST:
            raise Unreadable(f"JSON 超过 {LONGEST >> 20} MB", f"the JSON is larger than {LONGEST >> 20} MB")
        try:
            answer = json.loads(data)
        except (ValueError, RecursionError) as e:
            raise Unreadable("不是 JSON", "it is not JSON") from e
        rows = _rows(answer)
        if not rows:
            raise Unreadable("检索结果是空的，没有文献", "the answer of the search is empty: no document")
    except Unreadable as e:
        yield e.refused(name, data[:800])
        return
    for n, row in enumerate(rows, 1):
        label = name if len(rows) == 1 else f"{name}#{n}"
        try:
            written = json.dumps(row, sort_keys=True, ensure_ascii=False)
            digest = hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
            yield document(row, Source(NAME, name, digest))
        except (Unreadable, PatentNumberError) as e:
            english = e.en if isinstance(e, Unreadable) else e.english
            yield Unreadable(str(e), english).refused(label, str(row.get("guid") or ""))


def _rows(answer: Any) -> list[dict[str, Any]]:
    if isinstance(answer, dict):
        found = next((answer[k] for k in ("patents", "docs", "results") if isinstance(answer.get(k), list)), [answer])
        inner = answer.get("response")
        found = inner["docs"] if isinstance(inner, dict) and isinstance(inner.get("docs"), list) else found
    else:
        found = answer if isinstance(answer, list) else []
    return [row for row in found if isinstance(row, dict)]


def document(row: dict[str, Any], source: Source) -> PatentDocument:
    """One document of an answer. Raises Unreadable or NumberError where it has no number, or nothing but one."""
    number = _number(row)
    published = _day(row, "datePublished") or _day(row, "datePubl")
    title, abstract = _plain(_one(row, "inventionTitle")), _plain(_one(row, "abstractHtml"))
    claims, description = tuple(_claims(row)), tuple(_description(row))
    if not (title or abstract or claims or description):
        raise Unreadable("没有名称、摘要、权利要求和说明书", "it has no title, abstract, claims or description")
    rest: Counter[str] = Counter()
    inventors = _parties(row, "inventor")
    if not inventors and (short := _one(row, "inventorsShort")):
        others = re.search(r"\s+et al\.?\s*$", short)
        inventors = (PatentParty(_western(short[: others.start()] if others else short), "en"),)
        rest["inventorsShort（et al.：其余发明人不在检索结果里）"] += bool(others)
    serial = _one(row, "applicationNumber")
    kind = number.code
    return PatentDocument(
        country=number.country,
        doc_number=number.digits,
        kind=kind,
        publication_number=number.text,
        publication_date=published,
        application_number=standard(serial, country=number.country, kind="application") if serial else "",
        application_type={"S": "design", "P": "plant", "E": "reissue"}.get(kind[:1], "invention"),
        filing_date=_day(row, "applicationFilingDate"),
        grant_date=published if is_grant(number.country, kind, published.year if published else None) else None,
        language="en",
        titles=(Text("en", title),) if title else (),
        abstracts=(Text("en", abstract),) if abstract else (),
        claims=claims,
        description=description,
        ipc=tuple(ipc_symbol(s, main=i == 0) for i, s in enumerate(_flat(row, "ipcCodeFlattened"))),
        cpc=tuple(
            Symbol("cpc", "".join(s.split()), main=value == "I" and i == 0, value=value)
            for name, value in (("cpcInventiveFlattened", "I"), ("cpcAdditionalFlattened", "A"))
            for i, s in enumerate(_flat(row, name))
        ),
        other_classes=tuple(
            Symbol("uspc", s, main=i == 0, office="US")
            for i, s in enumerate(_flat(row, "uspcFullClassificationFlattened"))
        ),
        applicants=_parties(row, "applicant"),
        inventors=inventors,
        assignees=_parties(row, "assignee"),
        agencies=tuple(PatentParty(n, "en") for n in _all(row, "legalFirmName")),
        examiners=tuple(
            PatentParty(_western(n), "en") for key in ("primaryExaminer", "assistantExaminer") for n in _all(row, key)
        ),
        citations=tuple(_citations(row)),
        family_id=_one(row, "familyIdentifierCurStr"),
        source=source,
        rest=tuple(sorted((k, n) for k, n in rest.items() if n)),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ values


def _all(row: dict[str, Any], key: str) -> list[str]:
    """The texts of a key that holds one or a list; what says that there is none is left out."""
    value = row.get(key)
    values = value if isinstance(value, list) else [value]
    return [t for v in values if isinstance(v, str) and (t := v.strip()) not in _NOTHING]


def _one(row: dict[str, Any], key: str) -> str:
    return next(iter(_all(row, key)), "")


def _day(row: dict[str, Any], key: str) -> date | None:
    return day(_one(row, key))


def _flat(row: dict[str, Any], key: str) -> list[str]:
    return [s for v in _all(row, key) for s in re.split(r"\s*[;|]\s*", v) if s]


def _plain(written: str) -> str:
    """The text of a piece of HTML, white space squeezed."""
    if not written:
        return ""
    if "<" not in written and "&" not in written:
        return " ".join(written.split())
    try:
        return " ".join(str(html.fromstring(f"<div>{written}</div>").text_content()).split())
    except (etree.ParserError, ValueError):
        return " ".join(re.sub(r"<[^>]*>", " ", written).split())


def _lines(written: str) -> list[str]:
    return [t for piece in _BREAK.split(written) if (t := _plain(piece))]


def _western(name: str) -> str:
    """``Doe, Jane`` of the office's ``Doe; Jane``."""
    return ", ".join(p.strip() for p in name.split(";") if p.strip())


def _number(row: dict[str, Any]):  # type: ignore[no-untyped-def]
    """The publication's number, from the guid (``US-11803561-B1``) or the parts beside it."""
    if m := re.fullmatch(r"([A-Z]{2})-([A-Z]{0,2}\d+)-([A-Z]\d?)", _one(row, "guid")):
        return normalise(m[2] + m[3], country=m[1], kind="publication")
    written = _one(row, "publicationReferenceDocumentNumber") or _one(row, "pubRefDocNumber")
    written = written or _plain(_one(row, "documentId"))
    if not written:
        raise Unreadable("没有公开号（guid）", "it has no publication number (guid)")
    kind = _one(row, "kindCode")
    return normalise(written + ("" if not kind or written.endswith(kind) else kind), country="US", kind="publication")


def _parties(row: dict[str, Any], who: str) -> tuple[PatentParty, ...]:
    names = next(
        (n for key in (f"{who}Name", f"{who}sName", f"{who}NameDerived", f"{who}s") if (n := _all(row, key))), []
    )

    def beside(key: str, i: int) -> str:
        values = row.get(who + key)
        value = values[i] if isinstance(values, list) and len(values) == len(names) else ""
        return value.strip() if isinstance(value, str) and value.strip() not in _NOTHING else ""

    return tuple(
        PatentParty(
            _western(n) if who == "inventor" else n, "en", province=beside("State", i), city=beside("City", i),
            country=beside("Country", i) or ("US" if beside("State", i) else ""),
        )
        for i, n in enumerate(names)
    )  # fmt: skip


def _citations(row: dict[str, Any]) -> Iterator[PatentCitation]:
    for number in dict.fromkeys(_all(row, "urpn")):
        yield PatentCitation(standard(number, country="US", kind="publication"))
    countries, numbers = _all(row, "foreignRefCountryCode"), _all(row, "foreignRefPatentNumber")
    if len(countries) == len(numbers):
        for country, number in zip(countries, numbers, strict=True):
            yield PatentCitation(standard("".join(number.split()), country=country, kind="publication"))
    for written in _all(row, "otherRefPub"):
        for line in _lines(written):
            yield PatentCitation(text=line)


# ------------------------------------------------------------------------------------------------ full text


def _claims(row: dict[str, Any]) -> Iterator[Claim]:
    """The claims of a running text: each begins with the number that is due."""
    number, kept = 0, ""
    for line in (t for v in _all(row, "claimsHtml") for t in _lines(v)):
        m = re.match(r"\s*(\d{1,4})\s*[.)]\s*(?=\S)", line)
        if m and int(m[1]) == number + 1:
            if number:
                yield claim(kept, number, "en")
            number, kept = number + 1, line[m.end() :]
        elif number:
            kept = f"{kept}\n{line}"
        elif not re.match(r"(?i)(?:what is )?claim(?:s|ed)?\b[^.]{0,20}:?$|(?:i|we) claim:?$", line):
            number, kept = 1, line
    if number:
        yield claim(kept, number, "en")


#: the fields of a description, each with the kind of part that it begins with
_DESCRIPTION = {"backgroundTextHtml": "background", "briefHtml": "disclosure", "descriptionHtml": "mode"}


def _description(row: dict[str, Any]) -> Iterator[Part]:
    for key, begins in _DESCRIPTION.items():
        yield from parts_by_headings(
            (p for v in _all(row, key) for t in _lines(v) if (p := _paragraph(t))), "en", begins
        )


def _paragraph(line: str) -> Paragraph | None:
    m = re.match(r"[(\[](\d{1,4})[)\]]\s*", line)
    body = line[m.end() :] if m else line
    heading = bool(heading_kind(body)) if len(body) < 120 and body == body.upper() else False
    return Paragraph(body, m[1] if m and not heading else "", heading) if body else None
