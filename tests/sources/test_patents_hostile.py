"""Files that mean harm, or nothing at all: never an exception, always a reason, bounded memory."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.kernel.patent import LegalEvent, PatentDocument
from jinzhi.sources.patents import batch, cnipa_xml
from jinzhi.sources.patents.refused import RefusedRecord
from tests.sources.patent_files import SHARED, cnipa, prs

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
READERS = sorted(batch.READERS)


def document(inside: bytes, head: bytes = b'<?xml version="1.0"?>') -> bytes:
    return (
        head
        + b'<PatentDocumentAndRelated country="CN" docNumber="900000001" kind="A"><BibliographicData><InventionTitle>'
        + inside
        + b"</InventionTitle></BibliographicData></PatentDocumentAndRelated>"
    )


HOSTILE = {
    "laughs": (document(b"&d;", LAUGHS), "实体"),
    "laughs behind a comment": (
        document(b"&d;", b'<?xml version="1.0"?><!-- <a> -->' + LAUGHS.removeprefix(b'<?xml version="1.0"?>')),
        "实体",
    ),
    "outside entity": (
        document(b"&e;", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
        "实体",
    ),
    "parameter entity": (
        document(b"", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>'),
        "实体",
    ),
    "entity that says NDATA in its text": (
        document(b"&n;", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY n "NDATA">]>'),
        "实体",
    ),
    "utf-16": (document(b"x").decode().encode("utf-16"), "UTF-8"),
    "utf-7": (document(b"+ADw-x+AD4-", b'<?xml version="1.0" encoding="UTF-7"?>'), "UTF-7"),
    "deep": (document(b"<a>" * 10_000 + b"</a>" * 10_000), "256 层"),
    "long text": (document(b"x" * (11 << 20)), "10 MB"),
    "cut off": (cnipa()[:2000], "XML"),
    "no number": (b"<PatentDocumentAndRelated/>", "没有公开"),
    "something else": (b"<html/>", "html"),
    "empty": (b"", "空"),
    "binary": (bytes(range(256)) * 8, "UTF-8"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_with_the_reason(name: str) -> None:
    data, reason = HOSTILE[name]
    [refused] = cnipa_xml.read(io.BytesIO(data), name)
    assert isinstance(refused, RefusedRecord)
    assert refused.name == name and reason in refused.reason_zh and refused.reason_en
    assert len(refused.excerpt) <= 200 and refused.excerpt.isprintable()


@pytest.mark.parametrize("source", READERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_reader_lets_hostile_xml_through(source: str, name: str) -> None:
    for item in batch.READERS[source](io.BytesIO(HOSTILE[name][0]), name):
        assert isinstance(item, RefusedRecord) or "root:" not in item.to_json()


class Endless(io.RawIOBase):
    """A stream that makes its bytes as they are asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._kept = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def, override]
        if not self._kept:
            self._kept = next(self._pieces, b"")
        data, self._kept = self._kept[: len(buffer)], self._kept[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def two_hundred_megabytes(piece: bytes) -> BinaryIO:
    def made() -> Iterator[bytes]:
        yield b'<?xml version="1.0"?><PatentDocumentAndRelated country="CN" docNumber="900000001" kind="A"><Abstract>'
        for _ in range((200 << 20) // len(piece)):
            yield piece
        yield b"</Abstract></PatentDocumentAndRelated>"

    return io.BufferedReader(Endless(made()), 1 << 16)  # type: ignore[return-value]


@pytest.mark.parametrize("piece", [b"x" * (1 << 16), b"<Paragraphs>" + b"y" * 65_000 + b"</Paragraphs>"])
def test_two_hundred_megabytes_are_refused_before_they_are_read(piece: bytes) -> None:
    [refused] = cnipa_xml.read(two_hundred_megabytes(piece), "huge.xml")
    assert isinstance(refused, RefusedRecord) and "MB" in refused.reason_zh


def test_a_record_without_end_is_refused() -> None:
    stream = two_hundred_megabytes(b"<a>" + b"y" * 65_000 + b"</a>")
    assert all(isinstance(r, RefusedRecord) for r in batch.READERS["cnipa-status"](stream, "x"))
    endless = io.BufferedReader(Endless(iter([b"<PATDOC>"] + [b"z" * (1 << 20)] * 200)))
    assert all(isinstance(r, RefusedRecord) for r in batch.READERS["uspto-st32"](endless, "x"))


# ------------------------------------------------------------------------------------------------------ fuzzing


def check(source: str, data: bytes) -> None:
    for item in batch.READERS[source](io.BytesIO(data), "fuzz"):
        if isinstance(item, RefusedRecord):
            assert item.reason_zh and item.reason_en
        else:
            assert isinstance(item, PatentDocument | LegalEvent)
            assert type(item).from_json(item.to_json()) == item


@pytest.mark.parametrize("source", READERS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400))
def test_random_bytes_never_raise(source: str, data: bytes) -> None:
    check(source, data)


def seeds() -> dict[str, bytes]:
    own = {
        "cnipa-xml": cnipa(),
        "cnipa-status": prs(("201510163325.6", "专利权的终止", "x"), ("201610158350.X", "授权", "y")),
        "table": "公开号,申请号,名称,申请日\nCN104751825B,201510163325.6,甲,2015-04-08\n".encode(),
    }
    samples = {
        "uspto-xml": "uspto/US20050004437A1.xml",
        "uspto-st32": "uspto/USD435854S1.xml",
        "uspto-greenbook": "uspto/US03937375.greenbook",
        "epo-docdb": "epo_ops/full_cycle_example.xml",
    }
    for source, path in samples.items():
        if (SHARED / "patents" / path).exists():
            own[source] = (SHARED / "patents" / path).read_bytes()
    return own


SEEDS = seeds()


@pytest.mark.parametrize("source", sorted(SEEDS))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_damaged_files_never_raise(source: str, data: st.DataObject) -> None:
    seed = bytearray(SEEDS[source])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(seed) - 1))
        match data.draw(st.integers(0, 4)):
            case 0:
                seed[at] = data.draw(st.integers(0, 255))
            case 1:
                del seed[at : at + data.draw(st.integers(1, 300))]
            case 2:
                seed[at:at] = data.draw(st.binary(max_size=20))
            case 3:
                other = data.draw(st.integers(0, len(seed) - 1))
                seed[at:at] = seed[other : other + 200]
            case 4:
                seed[at : at + 8] = "专利0/<&;".encode()
        if not seed:
            break
    check(source, bytes(seed))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["number", "kind", "date", "text", "ipc"]), max_size=4), st.text(max_size=30))
def test_any_text_in_any_field_never_raises(where: list[str], value: str) -> None:

    data = cnipa().decode()
    clean = escape("".join(c for c in value if c.isprintable()))
    swaps: dict[str, Callable[[str], str]] = {
        "number": lambda d: d.replace("900000001", clean),
        "kind": lambda d: d.replace("<base:Kind>B", f"<base:Kind>{clean}"),
        "date": lambda d: d.replace("20230101", clean),
        "text": lambda d: d.replace("根据权利要求1", clean),
        "ipc": lambda d: d.replace("<base:MainGroup>10", f"<base:MainGroup>{clean}"),
    }
    for name in where:
        data = swaps[name](data)
    check("cnipa-xml", data.encode())


# ------------------------------------------------------------------------------------------------------- memory


def test_memory_is_flat_over_two_thousand_documents() -> None:
    def made(count: int) -> BinaryIO:
        return io.BufferedReader(Endless(cnipa(f"{900_000_000 + i}") for i in range(count)))  # type: ignore[return-value]

    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            read = sum(isinstance(d, PatentDocument) for d in cnipa_xml.read(made(count), "x"))
            assert read == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(50)
    few, many = peak(200), peak(2000)
    assert many < few * 1.5 + (1 << 20)
    assert many < 16 << 20
