"""CNIPA 法律状态 XML: records `PRSRecord` (data sets CN-PA-PRSS-10, -20, -30), streamed from files of any length.

A record holds the application in two written forms, the kind of right, the day it was announced, a code, the event's
name, free text and an indicator. “专利权的终止” is not by itself a lapse for a fee: see `jinzhi.standards.st27.place`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from jinzhi.kernel.patent import LegalEvent, Source
from jinzhi.sources.patents.parts import day
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable
from jinzhi.sources.patents.xml import LIMITS, Limits, find, findall, known, leftovers, records, text
from jinzhi.standards import st27
from jinzhi.standards.cn_numbers import PatentNumberError, normalise, standard

NAME = "cnipa-status"
RECORD = "PRSRecord"

_KNOWN = known(
    "ApplicationReference/DocumentID/WIPOST3Code|DocNumber|Kind|Date",
    "PRSPublicationDate|PRSCode|PRSValue|PRSInformation|IPRType",
)
_PATENT = re.compile(r"(?:ZL\s*|专利号[:：]?\s*(?:ZL\s*)?)([\d .]{8,20}[\dX])")


def read(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[LegalEvent | RefusedRecord]:
    """Each event of a file; a record without application number or name is `RefusedRecord`, the rest is read on."""
    seen = False
    for item in records(stream, name, (RECORD,), limits):
        seen = True
        if isinstance(item, RefusedRecord):
            yield item
            continue
        try:
            yield event(item, Source(NAME, name))
        except Unreadable as e:
            yield e.refused(f"{name}#{item.get('PRSID') or ''}", text(item))
    if not seen:
        yield Unreadable(f"没有 {RECORD} 记录", f"it holds no {RECORD}").refused(name)


def event(record: etree._Element, source: Source) -> LegalEvent:
    """One record. Raises Unreadable where it says of no application, or not what happened."""
    notes: Counter[str] = Counter()
    number, country = "", "CN"
    references = findall(record, "ApplicationReference")
    for reference in sorted(references, key=lambda r: (r.get("dataFormat") or "original") != "original"):
        inner = find(reference, "DocumentID")
        written = text(find(inner, "DocNumber"))
        country = text(find(inner, "WIPOST3Code")) or country
        if not written:
            continue
        try:
            found = normalise(written, country=country, kind="application").text
        except PatentNumberError:
            notes["ApplicationReference/DocNumber（认不出的申请号）"] += 1
            found = standard(written, country=country, kind="application")
        if number and number != found:
            notes["ApplicationReference（两种写法不是同一个号）"] += 1
        number = number or found
    if not number:
        raise Unreadable("法律状态记录没有申请号", "the record has no application number")
    name = text(find(record, "PRSValue"))
    if not name:
        raise Unreadable(f"{number} 的法律状态记录没有事件名", f"the record of {number} has no event name")
    information = text(find(record, "PRSInformation"))
    placed = st27.place(name, information)
    patent = _PATENT.search(information)
    return LegalEvent(
        application_number=number,
        code=text(find(record, "PRSCode")),
        name=name,
        publication_date=day(text(find(record, "PRSPublicationDate"))),
        text=information,
        category=placed.category,
        why=placed.zh,
        number=standard(patent[1], kind="application") if patent else "",
        country=country,
        source=source,
        rest=tuple(sorted((notes + Counter(dict(leftovers(record, _KNOWN)))).items())),
    )
