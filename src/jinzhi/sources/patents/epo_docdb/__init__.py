"""EPO exchange documents: DOCDB files and the answers of Open Patent Services (OPS).

An exchange-document holds bibliographic data and abstract, a fulltext-document claims or description of one, a
search-result numbers only, a family-member the numbers of one publication of a family, with its legal events. Each
gives documents that hold what was answered; the store puts them together by publication number. Numbers come in
several forms: ``docdb`` is used, then ``epodoc``, then ``original``. JSON forms of such answers, the office's own and
a tool's, are read as well (``json_forms``). A document that holds a number and nothing else is refused: the answer
was empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from jinzhi.kernel.patent import LegalEvent, PatentDocument
from jinzhi.sources.patents.epo_docdb import json_forms
from jinzhi.sources.patents.epo_docdb.answers import answers
from jinzhi.sources.patents.epo_docdb.exchange import NAME, RECORDS
from jinzhi.sources.patents.refused import RefusedRecord
from jinzhi.sources.patents.xml import LIMITS, Limits, records

__all__ = ["MARK", "NAME", "RECORDS", "read"]

#: what such an answer as JSON holds near its beginning
MARK = re.compile(rb'"(?:doc_number|ops:world-patent-data|family_members)"\s*:')


def read(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[PatentDocument | LegalEvent | RefusedRecord]:
    """The documents and legal events of one answer or file. Never raises for what it holds."""
    start = stream.read(1)
    while start.isspace():
        start = stream.read(1)
    if start in (b"{", b"["):
        yield from json_forms.read(start + stream.read(json_forms.LONGEST), name)
        return
    yield from answers(records(_Again(start, stream), name, RECORDS, limits), name, start)  # type: ignore[arg-type]


class _Again:
    """A stream with bytes put back in front."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self._start, self._stream = start, stream

    def read(self, size: int = -1) -> bytes:
        start, self._start = self._start, b""
        return start or self._stream.read(size)
