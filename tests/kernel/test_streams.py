"""Streams: a kind and a key, put together and taken apart in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.kernel import streams
from jinzhi.kernel.streams import CASE, CUSTODY, CUSTODY_FOLDER, ERASURE, StreamKind

SRC = Path(streams.__file__).parents[1]
#: a stream cut at a position or at a prefix, and one built from a kind that has a value
CUT = re.compile(r"stream\[\d+:\]|stream\.removeprefix\(|stream=f\"[a-z-]+:\{")


@given(st.text(min_size=1))
def test_the_key_comes_back(key):
    assert CUSTODY.key(CUSTODY.of(key)) == key
    assert CUSTODY.has(CUSTODY.of(key))
    assert not CUSTODY_FOLDER.has(CUSTODY.of(key))


def test_what_lies_beside_a_stream_has_that_stream_as_key():
    assert ERASURE.key(ERASURE.of(CASE.of(17))) == "case:17"
    assert CASE.number(CASE.of(17)) == 17


@pytest.mark.parametrize("stream", ["custody-folder:1", "custody", "case:1", ""])
def test_another_kind_is_refused(stream):
    with pytest.raises(ValueError, match="no stream of the kind 'custody'"):
        CUSTODY.key(stream)


def test_no_two_kinds_share_a_name():
    names = [kind.name for kind in vars(streams).values() if isinstance(kind, StreamKind)]
    assert len(names) == len(set(names)) > 10


def test_nobody_else_takes_a_stream_apart():
    cut = [
        f"{path.relative_to(SRC)}: {line.strip()}"
        for path in SRC.rglob("*.py")
        if "migrations" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if CUT.search(line)
    ]
    assert not cut
