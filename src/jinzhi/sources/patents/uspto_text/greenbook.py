"""Greenbook: lines of a four-letter code and a value, continued by indented lines, in sections named by a bare code.

A document begins with PATN. WKU is the patent's number with a check digit behind it, APN the serial number with one;
SRC the series. Chemical and Greek signs stay as the office wrote them (``.alpha.``, ``.degree.``).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from jinzhi.kernel.patent import (
    Citation,
    Claim,
    Document,
    Paragraph,
    Part,
    Party,
    Priority,
    Related,
    Source,
    Symbol,
    Text,
)
from jinzhi.sources.patents.claims import claim
from jinzhi.sources.patents.parts import day, heading_kind, ipc_symbol, partial
from jinzhi.sources.patents.refused import Refused, Unreadable
from jinzhi.sources.patents.xml import LIMITS, Limits
from jinzhi.standards import locarno
from jinzhi.standards.cn_numbers import NumberError, normalise, standard

NAME = "uspto-greenbook"

_SECTION = re.compile(rb"[A-Z]{3}[A-Z0-9]\s*$")
_FIELD = re.compile(r"([A-Z][A-Z0-9]{1,3}) {1,3}(.*)")
_TYPES = {
    "1": ("invention", "A"),
    "2": ("reissue", "E"),
    "4": ("design", "S"),
    "5": ("other", "I5"),
    "6": ("plant", "P"),
}
_TEXTS = {"BSUM": "disclosure", "DRWD": "drawings", "DETD": "mode", "PARN": "other", "GOVT": "other"}
_PARAGRAPHS = frozenset({"PAR", "PAL", "PA0", "PA1", "PA2", "PA3", "PA4", "PA5", "TBL", "EQU"})
_LONGEST_LINE = 1 << 20


@dataclass
class Section:
    """A section of one document: its code and its fields in order."""

    code: str
    rows: list[tuple[str, str]] = field(default_factory=list)

    def get(self, code: str) -> str:
        return next((v for c, v in self.rows if c == code), "")

    def all(self, code: str) -> list[str]:
        return [v for c, v in self.rows if c == code]


def read(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[Document | Refused]:
    """The documents of one file. Never raises for what the file holds."""
    number = 0
    for lines, digest, whole in _records(stream, limits):
        number += 1
        label = name if number == 1 else f"{name}#{number}"
        try:
            if not whole:
                raise Unreadable(
                    f"一件文献超过 {limits.document >> 20} MB",
                    f"one document is larger than {limits.document >> 20} MB",
                )
            yield document(_sections(lines), Source(NAME, name, digest))
        except (Unreadable, NumberError) as e:
            english = e.en if isinstance(e, Unreadable) else e.english
            yield Unreadable(str(e), english).refused(label, b"".join(lines[:8]))
    if not number:
        yield Unreadable("没有 PATN 记录，不是 Greenbook 文本", "no PATN record: it is no Greenbook text").refused(name)


def _records(stream: BinaryIO, limits: Limits) -> Iterator[tuple[list[bytes], str, bool]]:
    lines: list[bytes] = []
    size, whole, digest = 0, True, hashlib.sha256()
    while line := stream.readline(_LONGEST_LINE):
        if line.rstrip() == b"PATN":
            if lines:
                yield lines, digest.hexdigest(), whole
            lines, size, whole, digest = [line], 0, True, hashlib.sha256(line)
        elif lines:
            size += len(line)
            digest.update(line)
            whole = whole and size <= limits.document
            if whole:
                lines.append(line)
    if lines:
        yield lines, digest.hexdigest(), whole


def _sections(lines: list[bytes]) -> list[Section]:
    found: list[Section] = []
    for raw in lines:
        if _SECTION.fullmatch(raw.rstrip()):
            found.append(Section(raw.decode("latin-1").strip()))
            continue
        line = raw.decode("latin-1").rstrip()
        rows = found[-1].rows
        if line.startswith("   ") and rows:
            code, value = rows[-1]
            rows[-1] = (code, f"{value} {line.strip()}")
        elif m := _FIELD.fullmatch(line):
            rows.append((m[1], m[2].strip()))
        elif line:
            rows.append(("", line.strip()))
    return found


def document(sections: list[Section], source: Source) -> Document:
    """One document. Raises Unreadable or NumberError where it has no number."""
    used: set[tuple[str, str]] = set()

    def of(code: str) -> list[Section]:
        return [s for s in sections if s.code == code]

    def take(section: Section, code: str) -> str:
        used.add((section.code, code))
        return section.get(code)

    head = sections[0]
    wku = take(head, "WKU").replace(" ", "")
    if len(wku) < 3:
        raise Unreadable("没有专利号（WKU）", "it has no patent number (WKU)")
    application_type, kind = _TYPES.get(take(head, "APT"), ("other", "A"))
    number = normalise(wku[:-1], country="US", kind="publication")
    granted = day(take(head, "ISD"))
    serial = re.sub(r"\D", "", take(head, "APN"))[:-1]
    series = take(head, "SRC")
    application = standard(series.zfill(2) + serial.zfill(6), country="US", kind="application") if serial else ""
    title = take(head, "TTL")

    def parties(code: str) -> tuple[Party, ...]:
        found = []
        for s in of(code):
            written = take(s, "NAM")
            country = take(s, "CNT").rstrip("X")[:2]
            state = take(s, "STA")
            if written:
                name = written.replace("; ", ", ")
                found.append(
                    Party(
                        name,
                        "en",
                        take(s, "STR"),
                        state,
                        take(s, "CTY"),
                        "",
                        take(s, "ZIP"),
                        country or ("US" if state else ""),
                        written if written != name else "",
                    )
                )
        return tuple(found)

    ipc, other, designs = [], [], []
    for s in of("CLAS"):
        edition = take(s, "EDF")
        used.update({("CLAS", "ICL"), ("CLAS", "OCL"), ("CLAS", "XCL"), ("CLAS", "DCL")})
        for written in s.all("ICL"):
            if application_type == "design" and locarno.all_in(written):
                designs.extend(Symbol("locarno", x, edition, not designs) for x in locarno.all_in(written))
            else:
                ipc.append(ipc_symbol(written, version=edition, main=not ipc))
        other.extend(Symbol("uspc", v, "", True, "US") for v in s.all("OCL"))
        other.extend(Symbol("uspc", v, "", False, "US") for v in s.all("XCL"))

    citations = []
    for s in sections:
        if s.code in {"UREF", "FREF"} and (pno := take(s, "PNO")):
            country = "US" if s.code == "UREF" else take(s, "CNT").rstrip("X")[:2]
            citations.append(
                Citation(
                    standard(pno, country=country, kind="publication"),
                    date=partial(take(s, "ISD")),
                    name=take(s, "NAM"),
                )
            )
        elif s.code == "OREF":
            used.add(("OREF", "PAL"))
            citations.extend(Citation(text=v) for v in s.all("PAL"))

    description, claims, abstracts = [], [], []
    for s in sections:
        if s.code in _TEXTS:
            description.extend(_parts(s, used))
        elif s.code in {"CLMS", "DCLM"}:
            claims.extend(_claims(s, used))
        elif s.code == "ABST":
            used.update({("ABST", c) for c in _PARAGRAPHS})
            abstracts.append("\n".join(v for c, v in s.rows if c in _PARAGRAPHS))

    agencies, agents = [], []
    for s in of("LREP"):
        used.update({("LREP", c) for c in ("FRM", "FR2", "AAT", "AGT", "ATT")})
        agencies.extend(Party(v, "en") for v in s.all("FRM"))
        agents.extend(
            Party(v.replace("; ", ", "), "en", original=v) for c in ("FR2", "AAT", "AGT", "ATT") for v in s.all(c)
        )

    related = [
        Related(f"parent-{take(s, 'COD')}", f"US{a}", partial(take(s, "APD")))
        for s in of("RLAP")
        if (a := re.sub(r"\D", "", take(s, "APN")))
    ]
    related += [
        Related("pct-application", standard(v, kind="application"), partial(take(s, "PD3") or take(s, "PCD")))
        for s in of("PCTA")
        if (v := take(s, "PCN"))
    ]
    result = Document(
        country="US",
        doc_number=number.digits,
        kind=kind,
        publication_number=f"US{number.digits}{kind}",
        publication_date=granted,
        application_number=application,
        application_type=application_type,
        filing_date=day(take(head, "APD")),
        grant_date=granted,
        language="en",
        titles=(Text("en", title),) if title else (),
        abstracts=tuple(Text("en", t) for t in abstracts if t),
        claims=tuple(claims),
        description=tuple(description),
        ipc=tuple(ipc),
        locarno=tuple(designs),
        other_classes=tuple(other),
        inventors=parties("INVT"),
        assignees=parties("ASSG"),
        agents=tuple(agents),
        agencies=tuple(agencies),
        examiners=tuple(Party(v.replace("; ", ", "), "en", original=v) for c in ("EXP", "EXA") if (v := take(head, c))),
        priorities=tuple(
            Priority(
                country := take(s, "CNT").rstrip("X")[:2],
                standard(take(s, "APN"), country=country, kind="application"),
                partial(take(s, "APD")),
            )
            for s in of("PRIR")
            if take(s, "APN")
        ),
        citations=tuple(citations),
        related=tuple(related),
        source=source,
    )
    rest = Counter(f"{s.code}/{c or '?'}" for s in sections for c, _ in s.rows if (s.code, c) not in used)
    return _with_rest(result, rest)


def _with_rest(document: Document, rest: Counter[str]) -> Document:
    values = {name: getattr(document, name) for name in Document.__dataclass_fields__}
    return Document(**{**values, "rest": tuple(sorted(rest.items()))})


def _parts(section: Section, used: set[tuple[str, str]]) -> Iterator[Part]:
    kind, paragraphs = _TEXTS[section.code], []
    used.update({(section.code, c) for c in (*_PARAGRAPHS, "PAC")})
    for code, value in section.rows:
        if code == "PAC":
            if (told := heading_kind(value)) and told != kind:
                if paragraphs:
                    yield Part(kind, tuple(paragraphs), "en")
                    paragraphs = []
                kind = told
            paragraphs.append(Paragraph(value, heading=True))
        elif code in _PARAGRAPHS and value:
            paragraphs.append(Paragraph(value))
    if paragraphs:
        yield Part(kind, tuple(paragraphs), "en")


def _claims(section: Section, used: set[tuple[str, str]]) -> Iterator[Claim]:
    used.update({(section.code, c) for c in (*_PARAGRAPHS, "NUM", "STM")})
    number, pieces = 0, []
    for code, value in [*section.rows, ("NUM", "")]:
        if code == "NUM":
            if pieces:
                yield claim("\n".join(pieces), number or 1, "en")
            pieces = []
            digits = re.sub(r"\D", "", value)
            number = int(digits[:4]) if digits else number + 1
        elif code in _PARAGRAPHS and value:
            pieces.append(value)
