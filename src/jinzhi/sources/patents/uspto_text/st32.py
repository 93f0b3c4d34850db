"""ST.32 tagged text of the US office: `PATDOC`, as SGML (2001) and as XML (2002 to 2004), fields by INID numbers.

The document type before each PATDOC is not read at all: what it declares are the drawings' file names, which the
text repeats. Signs written by name (``&mgr;``) become the character where HTML knows the name, and stay otherwise.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html.entities import html5
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
from jinzhi.sources.patents.xml import (
    CHUNK,
    LIMITS,
    Limits,
    descend,
    explain,
    find,
    findall,
    known,
    leftovers,
    safe_parser,
    text,
)
from jinzhi.standards import locarno
from jinzhi.standards.cn_numbers import PatentNumberError, normalise, standard

NAME = "uspto-st32"

_OPEN, _CLOSE = b"<PATDOC", b"</PATDOC>"
#: elements that the SGML form leaves open: they never hold anything
_EMPTY = re.compile(
    rb"<(CITED-BY-EXAMINER|CITED-BY-OTHER|B473US|B597US|B221US|EMI|CHEMCDX|CHEMMOL|MATHEMATICA|CUSTOM-CHARACTER|"
    rb"COLSPEC|SPANSPEC|CLREF-EMPTY)((?:\s[^<>]*?)?)(?<!/)>"
)
_CLOSED_EMPTY = re.compile(rb"</(?:CITED-BY-EXAMINER|CITED-BY-OTHER|B473US|B597US|B221US|EMI|COLSPEC|SPANSPEC)>")
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9.]{0,30});")
_PREDEFINED = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})

_TYPES = {"S": "design", "P": "plant", "E": "reissue", "H": "other"}
_NAM = "PARTY-US/NAM|ADR"
_KNOWN = known(
    "SDOBI/B100/B110|B130|B140|B190",
    "SDOBI/B200/B210|B211US|B220",
    "SDOBI/B300",
    "SDOBI/B500/B510/B511|B512|B516",
    "SDOBI/B500/B520/B521|B522",
    "SDOBI/B500/B540",
    "SDOBI/B500/B560/B561|B562",
    "SDOBI/B600",
    f"SDOBI/B700/B720/B721/{_NAM}",
    f"SDOBI/B700/B730/B731/{_NAM}",
    f"SDOBI/B700/B740/B741/{_NAM}",
    f"SDOBI/B700/B745/B746|B747/{_NAM}",
    "SDOAB|SDODE|SDOCL|SDODR",
)
_PARTS = {"BRFSUM": "disclosure", "DRWDESC": "drawings", "DETDESC": "mode", "RELAPP": "other", "GOVINT": "other"}


def read(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[PatentDocument | RefusedRecord]:
    """The documents of one file. Never raises for what the file holds."""
    number = 0
    for data in records(stream, limits):
        number += 1
        label = name if number == 1 else f"{name}#{number}"
        try:
            if data is None:
                raise Unreadable(
                    f"一件文献没有结尾，或超过 {limits.document >> 20} MB",
                    f"a document has no end, or is larger than {limits.document >> 20} MB",
                )
            yield document(tree(data), Source(NAME, name, hashlib.sha256(data).hexdigest()))
        except etree.XMLSyntaxError as e:
            yield explain(e).refused(label, data or b"")
        except (Unreadable, PatentNumberError) as e:
            english = e.en if isinstance(e, Unreadable) else e.english
            yield Unreadable(str(e), english).refused(label, data or b"")
    if not number:
        yield Unreadable("没有 PATDOC 文献", "it holds no PATDOC").refused(name)


def records(
    stream: BinaryIO, limits: Limits, start_tag: bytes = _OPEN, end_tag: bytes = _CLOSE
) -> Iterator[bytes | None]:
    """The bytes from each start tag to its end tag; None for a document that is too long or never ends."""
    kept, looked = bytearray(), 0
    while True:
        chunk = stream.read(CHUNK)
        kept += chunk
        while True:
            start = kept.find(start_tag, 0, len(kept) if looked == 0 else len(start_tag))
            if start < 0:
                del kept[: max(0, len(kept) - len(start_tag))]
                looked = 0
                break
            if start:
                del kept[:start]
            end = kept.find(end_tag, max(0, looked - len(end_tag)))
            if end < 0:
                looked = len(kept)
                break
            yield bytes(kept[: end + len(end_tag)])
            del kept[: end + len(end_tag)]
            looked = 0
        if len(kept) > limits.document or (not chunk and kept.startswith(start_tag)):
            yield None
            return
        if not chunk:
            return


def tree(data: bytes, signs: Mapping[str, str] | None = None) -> etree._Element:
    """A record as elements, signs by name as characters: those of HTML, and `signs`. Raises XMLSyntaxError."""

    def named(m: re.Match[bytes]) -> bytes:
        if m[1] in _PREDEFINED:
            return m[0]
        name = m[1].decode("ascii")
        sign = html5.get(name + ";") or (signs or {}).get(name, "")
        return "".join(f"&#{ord(c)};" for c in sign).encode() if sign else b"&amp;" + m[1] + b";"

    data = _NAMED.sub(named, data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        data = data.decode("latin-1").encode("utf-8")
    try:
        return etree.fromstring(data, safe_parser())
    except etree.XMLSyntaxError:
        return etree.fromstring(_EMPTY.sub(rb"<\1\2/>", _CLOSED_EMPTY.sub(b"", data)), safe_parser())


def _t(root: etree._Element | None, *path: str) -> str:
    return text(find(root, *path))


def document(top: etree._Element, source: Source) -> PatentDocument:
    """One PATDOC. Raises Unreadable where it has no number."""
    bib = find(top, "SDOBI")
    country = _t(bib, "B100", "B190") or "US"
    written, kind = _t(bib, "B100", "B110"), _t(bib, "B100", "B130")
    if not written:
        raise Unreadable("没有公开号（B110）", "it has no publication number (B110)")
    number = normalise(written + kind, country=country, kind="publication")
    published = day(_t(bib, "B100", "B140"))
    application_type = _TYPES.get(kind[:1], "invention")
    grant = kind[:1] not in {"A"}
    serial = _t(bib, "B200", "B210")
    ipc, designs = list[Symbol](), list[Symbol]()
    for name in ("B511", "B512"):
        for e in findall(bib, "B500", "B510", name):
            value = text(e)
            if application_type == "design":
                symbols = locarno.all_in(value) or (value,)
                designs.extend(Symbol("locarno", s, _t(bib, "B500", "B510", "B516"), not designs) for s in symbols)
            else:
                ipc.append(ipc_symbol(value, version=_t(bib, "B500", "B510", "B516"), main=name == "B511"))
    title = _t(bib, "B500", "B540")
    abstract = _t(top, "SDOAB")
    return PatentDocument(
        country=country,
        doc_number=number.digits,
        kind=kind,
        publication_number=number.text,
        publication_date=published,
        application_number=standard(serial, country=country, kind="application") if serial else "",
        application_type=application_type,
        filing_date=day(_t(bib, "B200", "B220")),
        grant_date=published if grant else None,
        language="en",
        titles=(Text("en", title),) if title else (),
        abstracts=(Text("en", abstract),) if abstract else (),
        claims=tuple(_claims(top)),
        description=tuple(_description(find(top, "SDODE"))),
        ipc=tuple(ipc),
        locarno=tuple(designs),
        other_classes=tuple(
            Symbol("uspc", v, "", name == "B521", "US")
            for name in ("B521", "B522")
            for e in findall(bib, "B500", "B520", name)
            if (v := text(e))
        ),
        inventors=_parties(bib, "B720", "B721"),
        assignees=_parties(bib, "B730", "B731"),
        agencies=_parties(bib, "B740", "B741"),
        examiners=_parties(bib, "B745", "B746") + _parties(bib, "B745", "B747"),
        priorities=tuple(
            Priority(
                _t(e, "B330"),
                standard(_t(e, "B310"), country=_t(e, "B330"), kind="application"),
                partial(_t(e, "B320")),
            )
            for e in findall(bib, "B300")
            if _t(e, "B310")
        ),
        citations=tuple(_citations(bib)),
        related=tuple(_related(bib)),
        drawings=tuple(
            Drawing(f, (e.get("ID") or "").removeprefix("EMI-"))
            for e in descend(find(top, "SDODR"), "EMI")
            if (f := e.get("FILE"))
        ),
        source=source,
        rest=tuple(sorted(Counter(dict(leftovers(top, _KNOWN))).items())),
    )


def _parties(bib: etree._Element | None, group: str, item: str) -> tuple[PatentParty, ...]:
    found = []
    for e in findall(bib, "B700", group, item, "PARTY-US"):
        name = _t(e, "NAM", "ONM")
        if not name:
            name = ", ".join(filter(None, (_t(e, "NAM", "SNM"), _t(e, "NAM", "FNM"))))
        if name:
            found.append(
                PatentParty(
                    name,
                    "en",
                    _t(e, "ADR", "STR"),
                    _t(e, "ADR", "STATE"),
                    _t(e, "ADR", "CITY"),
                    "",
                    _t(e, "ADR", "PCODE"),
                    _t(e, "ADR", "CTRY") or ("US" if _t(e, "ADR", "STATE") else ""),
                )
            )
    return tuple(found)


def _citations(bib: etree._Element | None) -> Iterator[PatentCitation]:
    for name in ("B561", "B562"):
        for e in findall(bib, "B500", "B560", name):
            phase = "examiner" if next(descend(e, "CITED-BY-EXAMINER"), None) is not None else "other"
            number = _t(e, "PCIT", "DOC", "DNUM")
            if number:
                country = _t(e, "PCIT", "DOC", "CTRY") or "US"
                yield PatentCitation(
                    standard(number + _t(e, "PCIT", "DOC", "KIND"), country=country, kind="publication"),
                    phase=phase,
                    date=partial(_t(e, "PCIT", "DOC", "DATE")),
                    name=_t(e, "PCIT", "PARTY-US", "NAM"),
                )
            elif written := _t(e, "NCIT"):
                yield PatentCitation(text=written, phase=phase)


def _related(bib: etree._Element | None) -> Iterator[Related]:
    for e in descend(find(bib, "B600"), "DOC"):
        if number := _t(e, "DNUM"):
            group = next((a.tag for a in e.iterancestors() if re.fullmatch(r"B6\d\d\w*", str(a.tag))), "B600")
            written = standard(number, country="" if number.startswith("PCT") else "US", kind="application")
            yield Related(str(group), written, partial(_t(e, "DATE")))


def _claims(top: etree._Element) -> Iterator[Claim]:
    for i, e in enumerate(findall(top, "SDOCL", "CL", "CLM"), 1):
        body = "\n".join(t for p in descend(e, "PARA") if (t := text(p))) or text(e)
        refers = tuple(
            int(m[1]) for r in descend(e, "CLREF") if (m := re.search(r"(?<!\d)(\d{1,5})$", r.get("ID") or ""))
        )
        yield claim(body, i, "en", refers)


def _description(element: etree._Element | None) -> Iterator[Part]:
    for section in element if element is not None else ():
        if type(section.tag) is str:
            yield from parts_by_headings(_paragraphs(section), "en", _PARTS.get(section.tag, "other"))


def _paragraphs(section: etree._Element) -> Iterator[Paragraph]:
    for e in section.iter("H", "PARA"):
        if not (written := text(e)):
            continue
        if e.tag == "H":
            yield Paragraph(written, heading=True)
        else:
            yield Paragraph(written, (e.get("ID") or "").removeprefix("P-"))
