"""The model of a patent document: JSON there and back, exactly."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.kernel.patent import (
    Claim,
    Drawing,
    LegalEvent,
    ModelError,
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

CLASSES = (
    Text,
    Claim,
    Paragraph,
    Part,
    Symbol,
    PatentParty,
    Priority,
    PatentCitation,
    Related,
    Drawing,
    Source,
    LegalEvent,
    PatentDocument,
)
letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type hint of the model."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return st.none() | anything(next(a for a in args if a is not NoneType))
    if origin is tuple:
        if args[1:] == (Ellipsis,):
            return st.lists(anything(args[0]), max_size=2).map(tuple)
        return st.tuples(*map(anything, args))
    plain = {str: letters, bool: st.booleans(), date: st.dates(), int: st.integers(-(2**53) + 1, 2**53 - 1)}
    if hint in plain:
        return plain[hint]
    return st.fixed_dictionaries({k: anything(h) for k, h in get_type_hints(hint).items()}).map(lambda v: hint(**v))


@settings(deadline=None)
@given(anything(PatentDocument) | anything(LegalEvent))
def test_json_there_and_back_is_the_same_document(document: PatentDocument | LegalEvent) -> None:
    text = document.to_json()
    assert type(document).from_json(text) == document
    assert type(document).from_json(text).to_json() == text


def test_what_is_empty_is_not_written() -> None:
    document = PatentDocument("CN", "1", "A", "CN1A", claims=(Claim(1, "一种装置"), Claim(2, "根据", (1,), False)))
    assert json.loads(document.to_json()) == {
        "country": "CN",
        "doc_number": "1",
        "kind": "A",
        "publication_number": "CN1A",
        "claims": [
            {"number": 1, "text": "一种装置"},
            {"number": 2, "text": "根据", "refers_to": [1], "independent": False},
        ],
    }


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{", r"\$: not JSON"),
        ("[]", r"\$: an object"),
        ('{"country": "CN"}', "doc_number is missing"),
        ('{"country":"CN","doc_number":"1","kind":"A","publication_number":"x","colour":"red"}', "unknown: colour"),
        ('{"country":"CN","doc_number":"1","kind":"A","publication_number":"x","claims":[{"number":"1","text":""}]}',
         r"\$\.claims\[0\]\.number: int is expected"),
        ('{"country":"CN","doc_number":"1","kind":"A","publication_number":"x","publication_date":"2024-02-30"}',
         r"\$\.publication_date: a date"),
        ('{"country":1,"doc_number":"1","kind":"A","publication_number":"x"}', r"\$\.country: str is expected"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_document_says_where(text: str, where: str) -> None:
    with pytest.raises(ModelError, match=where):
        PatentDocument.from_json(text)


def test_everything_is_frozen_and_can_be_a_key() -> None:
    for kind in CLASSES:
        values = {f.name: _some(f.type) for f in fields(kind)}
        assert hash(kind(**values)) == hash(kind(**values))


def _some(hint: object) -> object:
    text = str(hint)
    if "tuple" in text:
        return ()
    known = {"int": 1, "bool": False, "Source": Source("x"), "date | None": date(2024, 1, 2)}
    return known.get(text, "x")


def test_title_and_main_class_are_chosen() -> None:
    document = PatentDocument(
        "EP", "1", "A1", "EP1A1", language="en",
        titles=(Text("de", "Vorrichtung"), Text("en", "Device")),
        ipc=(Symbol("ipc", "A01B1/00"), Symbol("ipc", "G06F9/30", main=True)),
    )  # fmt: skip
    assert (document.title, document.main_ipc, document.abstract) == ("Device", "G06F9/30", "")
