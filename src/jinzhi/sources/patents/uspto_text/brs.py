"""BRS text of the US office's search systems: lines ``TTL …`` whose first word names the field, others go on.

Each document begins at ``*** BRS DOCUMENT BOUNDARY ***``; in a file of one document the line may be missing. Grants
have WKU, DID, GISD, ABPR, CLPR; applications PGNR, PGKC, PGPD, ABTX, CLTX.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from jinzhi.kernel.patent import (
    Claim,
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
from jinzhi.sources.patents.parts import day, heading_kind, ipc_symbol, partial, parts_by_kind
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable
from jinzhi.sources.patents.xml import LIMITS, Limits
from jinzhi.standards.cn_numbers import PatentNumberError, normalise, standard
from jinzhi.standards.ipc import version_of
from jinzhi.standards.st16 import is_grant

NAME = "uspto-brs"

BOUNDARY = b"*** BRS DOCUMENT BOUNDARY ***"
#: a file of this kind: the line between documents, or a document's number in the first lines with a field behind it
MARK = re.compile(rb"\*\*\* BRS DOCUMENT BOUNDARY \*\*\*|\A\s*(?:DOCN|WKU|PGNR|DID) [^\n]*\n(?:[A-Z][A-Z0-9]{2,3} )")
_FIELD = re.compile(r"([A-Z][A-Z0-9]{1,3})(?:\s+(.*))?$")
_HEADER = re.compile(r"[A-Z]{0,2}\d+\t[A-Z]\d?\t\d{8}\t")
_CPC = re.compile(r"([A-HY]\d{2}[A-Z])\s*(\d{1,4})/(\d{2,6})\s*(\d{8})?")
_PARTS = (
    ("CRTX", "other"), ("GOTX", "other"), ("BSTX", "disclosure"), ("BSPR", "disclosure"), ("DRTX", "drawings"),
    ("DRPR", "drawings"), ("DRWD", "drawings"), ("DETX", "mode"), ("DEPR", "mode"),
)  # fmt: skip
#: fields that are read, or that repeat what others say
_READ = re.compile(
    r"D?WKU|DUPK|DID|APT|G?ISD|AISD|ISY|SIZE|ARD|AFD|APD|APNR?|APSN|APP|APY|SRC|TTL|AB(?:PR|TX|ST)|"
    r"CL(?:PR|TX|TL|ST|OI|OA)|(?:CR|GO|BS|DR|DE)TX|(?:BS|DR|DE)PR|DRWD|IPC[GCPSN]|CPO[IAG]|"
    r"(?:AA|AS|IN)(?:NM|CI|ST|ZP|CO|TX|GP|SA|TC)|LR(?:FM|FW|NM)|ART|EX[PA]|(?:UR|FR)(?:PN|NM|PD|CL|GP|CP|CO)|ORPL|"
    r"CIFS|CFS[CS]|CI[OXPS]R|FS(?:CP|CL|CS)|NCL|ECL|NDR|NFG|COND|RL[A-Z]{2}|PDID|PP(?:CC|NR|KC|PD)|"
    r"PR(?:CO|AN|AD|AY|AI)|PG(?:NR|KC|PD|PY|CO|CD)|DOCN|DSRC|ICUS|TR[XM]"
)


def _known(line: str) -> bool:
    return bool(_READ.fullmatch(line[:4].strip()))


def read(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[PatentDocument | RefusedRecord]:
    """The documents of one file. Never raises for what the file holds."""
    number = 0
    for lines in _records(stream, limits):
        number += 1
        label = name if number == 1 else f"{name}#{number}"
        try:
            if lines is None:
                raise Unreadable(
                    f"一件文献超过 {limits.document >> 20} MB", f"a document is larger than {limits.document >> 20} MB"
                )
            digest = hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
            yield document(_fields(lines), Source(NAME, name, digest))
        except (Unreadable, PatentNumberError) as e:
            english = e.en if isinstance(e, Unreadable) else e.english
            yield Unreadable(str(e), english).refused(label, "\n".join((lines or [])[:8]))
    if not number:
        yield Unreadable("没有 BRS 文献", "it holds no BRS document").refused(name)


def _records(stream: BinaryIO, limits: Limits) -> Iterator[list[str] | None]:
    """The lines of each document. What stands before the first boundary (a line of the file list) is no document."""
    kept: list[str] = []
    size = 0
    for raw in stream:
        line = _decoded(raw).rstrip("\r\n")
        if line.startswith("*** BRS DOCUMENT BOUNDARY"):
            if any(map(_known, kept)):
                yield kept if size <= limits.document else None
            kept, size = [], 0
            continue
        size += len(raw)
        if size <= limits.document:
            kept.append(line)
    if any(map(_known, kept)):
        yield kept if size <= limits.document else None


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _fields(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Fields in their order; a line that begins with white space goes on with the field before it."""
    found: list[tuple[str, str]] = []
    skip = False
    for line in lines:
        if _HEADER.match(line):
            skip = True  # the list's line of the next document, and its title
            continue
        m = _FIELD.match(line) if not line[:1].isspace() else None
        if m and (_READ.fullmatch(m[1]) or (m[2] and len(m[1]) > 2)):
            skip = False
            found.append((m[1], (m[2] or "").strip()))
        elif found and line.strip() and not skip:
            tag, value = found[-1]
            found[-1] = (tag, f"{value} {line.strip()}".strip())
    return found


def document(fields: list[tuple[str, str]], source: Source) -> PatentDocument:
    """One document. Raises Unreadable or NumberError where it has no number, or nothing but one."""
    got: dict[str, list[str]] = {}
    for tag, value in fields:
        if value and value != "N/A":
            got.setdefault(tag, []).append(value)

    def one(*tags: str) -> str:
        return next((got[t][0] for t in tags if t in got), "")

    kind = one("APT", "PGKC")
    written = one("DID") or (one("DWKU", "WKU", "PGNR") + kind if one("DWKU", "WKU", "PGNR") else "")
    if not written:
        raise Unreadable("没有公开号（DID、WKU、PGNR）", "it has no publication number (DID, WKU, PGNR)")
    number = normalise(written, country="US", kind="publication")
    kind = number.code or kind
    published = day(one("GISD", "AISD", "ISD", "PGPD"))
    title, abstract = one("TTL"), "\n".join(t for tag in ("ABPR", "ABTX", "ABST") for t in got.get(tag, ()))
    claims = tuple(_claims(got.get("CLPR") or got.get("CLTX") or []))
    description = tuple(parts_by_kind(_description(fields), "en"))
    if not (title or abstract or claims or description):
        raise Unreadable("没有名称、摘要、权利要求和说明书", "it has no title, abstract, claims or description")
    serial = one("APNR", "APSN", "APP") or (one("SRC") + one("ARD", "APN") if one("ARD", "APN") else "")
    inventors = _parties(fields, "IN")
    return PatentDocument(
        country=number.country,
        doc_number=number.digits,
        kind=kind,
        publication_number=number.text,
        publication_date=published,
        application_number=standard(serial, country="US", kind="application") if serial else "",
        application_type={"S": "design", "P": "plant", "E": "reissue"}.get(kind[:1], "invention"),
        filing_date=day(one("AFD", "APD")),
        grant_date=published if is_grant(number.country, kind, published.year if published else None) else None,
        language="en",
        titles=(Text("en", title),) if title else (),
        abstracts=(Text("en", abstract),) if abstract else (),
        claims=claims,
        description=description,
        ipc=tuple(
            ipc_symbol(re.sub(r"(/\d{2,6})\s+((?:19|20)\d{6}).*", r"\1 \2", v), main=tag == "IPCP")
            for tag in ("IPCP", "IPCS", "IPCN")
            for v in got.get(tag, ())
        ),
        cpc=tuple(_cpc(fields)),
        other_classes=tuple(
            Symbol("uspc", v, main=tag in ("CIOR", "CIPR"), office="US")
            for tag in ("CIOR", "CIPR", "CIXR", "CISR")
            for v in got.get(tag, ())
        ),
        applicants=_parties(fields, "AA"),
        inventors=inventors,
        agents=tuple(PatentParty(_western(v), "en") for v in got.get("LRFW", ())),
        agencies=tuple(PatentParty(v, "en") for v in got.get("LRFM", ())),
        assignees=_parties(fields, "AS"),
        examiners=tuple(PatentParty(_western(v), "en") for tag in ("EXP", "EXA") for v in got.get(tag, ())),
        priorities=tuple(_priorities(fields)),
        citations=tuple(_citations(fields)),
        related=tuple(_related(got.get("COND", ()))),
        source=source,
        rest=tuple(
            sorted(
                Counter(tag for tag, value in fields if not _READ.fullmatch(tag) and value not in ("", "N/A")).items()
            )
        ),
    )


def _western(name: str) -> str:
    return ", ".join(p.strip() for p in name.split(";") if p.strip())


def _parties(fields: list[tuple[str, str]], who: str) -> tuple[PatentParty, ...]:
    """The people of a group: each begins with its name, what stands behind it to the next name is theirs."""
    found: list[dict[str, str]] = []
    for tag, value in fields:
        if tag == f"{who}NM":
            found.append({"NM": value})
        elif found and tag.startswith(who) and len(tag) == 4 and value != "N/A":
            found[-1].setdefault(tag[2:], value)
    return tuple(
        PatentParty(
            _western(p["NM"]) if who == "IN" else p["NM"], "en", p.get("SA", ""), p.get("ST", ""), p.get("CI", ""), "",
            p.get("ZP", ""), p.get("CO", ""),
        )
        for p in found
        if p["NM"]
    )  # fmt: skip


def _cpc(fields: list[tuple[str, str]]) -> Iterator[Symbol]:
    for tag, value in (("CPOI", "I"), ("CPOA", "A")):
        for i, written in enumerate(v for t, v in fields if t == tag):
            if m := _CPC.match(written):
                main = tag == "CPOI" and i == 0
                yield Symbol("cpc", f"{m[1]}{int(m[2])}/{m[3]}", version_of(m[4] or ""), main, "", value)


def _priorities(fields: list[tuple[str, str]]) -> Iterator[Priority]:
    country = number = on = ""
    for tag, value in [*fields, ("PRCO", "")]:
        if tag == "PRCO":
            if number:
                yield Priority(country, standard(number, country=country, kind="application"), on)
            country, number, on = value, "", ""
        elif tag == "PRAN":
            number = value
        elif tag == "PRAD":
            on = partial(value)


_GROUP = re.compile(
    r"([A-Z]{2}) (\S+)(?: ([A-Z]\d?))? (\d{8})(?: (?!cited by )(.*?))?(?: cited by (examiner|applicant|other))?$"
)


def _citations(fields: list[tuple[str, str]]) -> Iterator[PatentCitation]:
    grouped = any(tag in ("URGP", "FRGP") for tag, _ in fields)
    for tag, value in fields:
        if tag in ("URGP", "FRGP") and (m := _GROUP.match(value)):
            name = re.sub(r"\s+\S+/\S+$", "", m[5] or "")
            number = standard(m[2] + (m[3] or ""), country=m[1], kind="publication")
            yield PatentCitation(number, phase=m[6] or "", date=partial(m[4]), name=name)
        elif tag == "URPN" and not grouped:
            yield PatentCitation(standard(value, country="US", kind="publication"))
        elif tag == "ORPL" and value:
            m2 = re.search(r"\s*cited by (examiner|applicant|other)\.?$", value)
            yield PatentCitation(text=value[: m2.start()] if m2 else value, phase=m2[1] if m2 else "")


_PROVISIONAL = re.compile(r"(us-provisional-application) US (\d{8})(?: (\d{8}))?")
_PARENT = re.compile(r"^(\S+).*?parent-doc US (\d{8})(?: (\d{8}))?")


def _related(written: Iterable[str]) -> Iterator[Related]:
    for value in written:
        if (m := _PARENT.match(value)) or (
            m := re.match(r"(us-provisional-application) US (\d{8})(?: (\d{8}))?", value)
        ):
            relation, number, on = m[1], m[2], m[3] or ""
        else:
            continue
        yield Related(relation, standard(number, country="US", kind="application"), partial(on))


def _claims(written: list[str]) -> Iterator[Claim]:
    """A paragraph that begins with the number that is due begins a claim; the others go on."""
    number, kept = 0, ""
    for line in written:
        m = re.match(r"\s*(\d{1,4})\s*\.\s*(?=\S)", line)
        if (m and int(m[1]) == number + 1) or not number:
            if number:
                yield claim(kept, number, "en")
            number, kept = number + 1, line[m.end() :] if m else line
        else:
            kept = f"{kept}\n{line}"
    if number:
        yield claim(kept, number, "en")


def _description(fields: list[tuple[str, str]]) -> Iterator[tuple[str, Paragraph]]:
    """Each paragraph with the kind of its part: what its heading says, else what the field is for."""
    kinds = dict(_PARTS)
    kind, last = "", ""
    for tag, value in fields:
        if tag not in kinds or not value:
            continue
        heading = heading_kind(value) if value == value.upper() else ""
        kind, last = heading or (kinds[tag] if tag != last else kind), tag
        yield kind, Paragraph(value, heading=bool(heading))
