"""An answer of the EPO that is there as elements: its documents, and the families and legal events beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from jinzhi.kernel.patent import (
    LegalEvent,
    PatentDocument,
    Source,
)
from jinzhi.sources.patents.epo_docdb.exchange import NAME, RECORDS, documents_of
from jinzhi.sources.patents.epo_docdb.family import events, member, together
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable
from jinzhi.sources.patents.xml import (
    local,
    text,
)
from jinzhi.standards.cn_numbers import PatentNumberError


def read_element(root: etree._Element, name: str) -> Iterator[PatentDocument | LegalEvent | RefusedRecord]:
    """The same of an answer that is there as elements."""
    tops = [
        e
        for e in root.iter(*(f"{{*}}{t}" for t in RECORDS))
        if not any(local(a.tag) in RECORDS for a in e.iterancestors())
    ]
    yield from answers(tops, name, b"")


def answers(
    items: Iterable[etree._Element | RefusedRecord], name: str, start: bytes
) -> Iterator[PatentDocument | LegalEvent | RefusedRecord]:
    seen = False
    members: list[PatentDocument] = []
    for item in items:
        seen = True
        if isinstance(item, RefusedRecord):
            yield item
            continue
        try:
            if local(item.tag) == "family-member":
                members.append(member(item, Source(NAME, name)))
                yield from events(item, Source(NAME, name))
            else:
                yield from documents_of(item, name)
        except (Unreadable, PatentNumberError) as e:
            english = e.en if isinstance(e, Unreadable) else e.english
            yield Unreadable(str(e), english).refused(name, text(item))
    yield from together(members)
    if not seen:
        yield Unreadable("没有 EPO 交换文献", "it holds no exchange document of the EPO").refused(name, start)
