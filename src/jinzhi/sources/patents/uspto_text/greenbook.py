"""Greenbook: lines of a four-letter code and a value, continued by indented lines, in sections named by a bare code.

A document begins with PATN. WKU is the patent's number with a check digit behind it, APN the serial number with one;
SRC the series. Chemical and Greek signs stay as the office wrote them (``.alpha.``, ``.degree.``).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from jinzhi.kernel.patent import (
    Claim,
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
from jinzhi.sources.patents.xml import LIMITS, Limits
from jinzhi.standards import locarno
from jinzhi.standards.cn_numbers import PatentNumberError, normalise, standard

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
    """A section of one document: its code and its fields in order. It keeps which fields were asked for."""

    code: str
    #: the fields that were asked for, in this section or in another of its code
    known: set[str]
    rows: list[tuple[str, str]] = field(default_factory=list)

    def get(self, code: str) -> str:
        """The first value of a field, empty where there is none."""
        return next(iter(self.all(code)), "")

    def all(self, *codes: str) -> list[str]:
        """The values of the fields, one field after the other."""
        self.known.update(codes)
        return [value for wanted in codes for code, value in self.rows if code == wanted]

    def lines(self, codes: Collection[str]) -> list[tuple[str, str]]:
        """The fields as they follow one another, each with its code."""
        self.known.update(codes)
        return [(code, value) for code, value in self.rows if code in codes]

    @property
    def country(self) -> str:
        """The two letters of the country; the office writes an X behind them."""
        return self.get("CNT").rstrip("X")[:2]


def read(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[PatentDocument | RefusedRecord]:
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
        except (Unreadable, PatentNumberError) as e:
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
    sections: list[Section] = []
    known: defaultdict[str, set[str]] = defaultdict(set)
    for raw in lines:
        line = raw.decode("latin-1").rstrip()
        if _SECTION.fullmatch(raw.rstrip()):
            sections.append(Section(line.strip(), known[line.strip()]))
            continue
        rows = sections[-1].rows
        if line.startswith("   ") and rows:
            code, value = rows[-1]
            rows[-1] = (code, f"{value} {line.strip()}")
        elif m := _FIELD.fullmatch(line):
            rows.append((m[1], m[2].strip()))
        elif line:
            rows.append(("", line.strip()))
    return sections


def document(sections: list[Section], source: Source) -> PatentDocument:
    """One document. Raises Unreadable or NumberError where it has no number."""

    def of(*codes: str) -> list[Section]:
        return [s for s in sections if s.code in codes]

    head = sections[0]
    wku = head.get("WKU").replace(" ", "")
    if len(wku) < 3:
        raise Unreadable("没有专利号（WKU）", "it has no patent number (WKU)")
    number = normalise(wku[:-1], country="US", kind="publication")
    application_type, kind = _TYPES.get(head.get("APT"), ("other", "A"))
    granted = day(head.get("ISD"))
    title = head.get("TTL")
    ipc, designs = _classes(of("CLAS"), application_type)
    return PatentDocument(
        country="US",
        doc_number=number.digits,
        kind=kind,
        publication_number=f"US{number.digits}{kind}",
        publication_date=granted,
        application_number=_application(head),
        application_type=application_type,
        filing_date=day(head.get("APD")),
        grant_date=granted,
        language="en",
        titles=(Text("en", title),) if title else (),
        abstracts=tuple(Text("en", t) for s in of("ABST") if (t := "\n".join(v for _, v in s.lines(_PARAGRAPHS)))),
        claims=tuple(c for s in of("CLMS", "DCLM") for c in _claims(s)),
        description=tuple(part for s in of(*_TEXTS) for part in _parts(s)),
        ipc=ipc,
        locarno=designs,
        other_classes=tuple(symbol for s in of("CLAS") for symbol in _national(s)),
        inventors=tuple(party for s in of("INVT") if (party := _party(s))),
        assignees=tuple(party for s in of("ASSG") if (party := _party(s))),
        agents=tuple(_person(v) for s in of("LREP") for v in s.all("FR2", "AAT", "AGT", "ATT")),
        agencies=tuple(PatentParty(v, "en") for s in of("LREP") for v in s.all("FRM")),
        examiners=tuple(_person(v) for v in (head.get("EXP"), head.get("EXA")) if v),
        priorities=tuple(_priority(s) for s in of("PRIR") if s.get("APN")),
        citations=tuple(c for s in of("UREF", "FREF", "OREF") for c in _citations(s)),
        related=(*_parents(of("RLAP")), *_international(of("PCTA"))),
        source=source,
        # the last argument: what no argument before it has asked for
        rest=_rest(sections),
    )


def _rest(sections: list[Section]) -> tuple[tuple[str, int], ...]:
    rest = Counter(f"{s.code}/{c or '?'}" for s in sections for c, _ in s.rows if c not in s.known)
    return tuple(sorted(rest.items()))


def _application(head: Section) -> str:
    series, serial = head.get("SRC"), re.sub(r"\D", "", head.get("APN"))[:-1]
    return standard(series.zfill(2) + serial.zfill(6), country="US", kind="application") if serial else ""


# --- classes, people, other documents ---------------------------------------------------------------------------------


def _classes(sections: list[Section], application_type: str) -> tuple[tuple[Symbol, ...], tuple[Symbol, ...]]:
    """The international classes, and the classes of designs, which stand in the same field."""
    ipc: list[Symbol] = []
    designs: list[Symbol] = []
    for s in sections:
        edition = s.get("EDF")
        for written in s.all("ICL"):
            if application_type == "design" and (symbols := locarno.all_in(written)):
                designs.extend(Symbol("locarno", x, edition, not designs) for x in symbols)
            else:
                ipc.append(ipc_symbol(written, version=edition, main=not ipc))
    return tuple(ipc), tuple(designs)


def _national(section: Section) -> Iterator[Symbol]:
    # the digest says nothing that the classes do not say
    section.known.add("DCL")
    yield from (Symbol("uspc", v, "", True, "US") for v in section.all("OCL"))
    yield from (Symbol("uspc", v, "", False, "US") for v in section.all("XCL"))


def _person(written: str) -> PatentParty:
    """Who is named with a semicolon after the family name."""
    return PatentParty(written.replace("; ", ", "), "en", original=written)


def _party(section: Section) -> PatentParty | None:
    country, state = section.country, section.get("STA")
    if not (written := section.get("NAM")):
        return None
    name = written.replace("; ", ", ")
    return PatentParty(
        name,
        "en",
        address=section.get("STR"),
        province=state,
        city=section.get("CTY"),
        postcode=section.get("ZIP"),
        country=country or ("US" if state else ""),
        original=written if written != name else "",
    )


def _priority(section: Section) -> Priority:
    country = section.country
    number = standard(section.get("APN"), country=country, kind="application")
    return Priority(country, number, partial(section.get("APD")))


def _citations(section: Section) -> Iterator[PatentCitation]:
    if section.code == "OREF":
        yield from (PatentCitation(text=v) for v in section.all("PAL"))
    elif number := section.get("PNO"):
        country = "US" if section.code == "UREF" else section.country
        yield PatentCitation(
            standard(number, country=country, kind="publication"),
            date=partial(section.get("ISD")),
            name=section.get("NAM"),
        )


def _parents(sections: list[Section]) -> Iterator[Related]:
    for s in sections:
        if number := re.sub(r"\D", "", s.get("APN")):
            yield Related(f"parent-{s.get('COD')}", f"US{number}", partial(s.get("APD")))


def _international(sections: list[Section]) -> Iterator[Related]:
    for s in sections:
        if number := s.get("PCN"):
            filed = s.get("PD3") or s.get("PCD")
            yield Related("pct-application", standard(number, kind="application"), partial(filed))


# --- full text --------------------------------------------------------------------------------------------------------


def _parts(section: Section) -> Iterator[Part]:
    paragraphs = (
        Paragraph(value, heading=code == "PAC")
        for code, value in section.lines((*_PARAGRAPHS, "PAC"))
        if code == "PAC" or value
    )
    return parts_by_headings(paragraphs, "en", _TEXTS[section.code])


def _claims(section: Section) -> Iterator[Claim]:
    section.known.add("STM")
    number, pieces = 0, list[str]()
    for code, value in [*section.lines((*_PARAGRAPHS, "NUM")), ("NUM", "")]:
        if code == "NUM":
            if pieces:
                yield claim("\n".join(pieces), number or 1, "en")
            pieces = []
            digits = re.sub(r"\D", "", value)
            number = int(digits[:4]) if digits else number + 1
        elif value:
            pieces.append(value)
