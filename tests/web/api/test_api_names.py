"""Names in the document of the API, as generators of clients read them."""

from __future__ import annotations

import json
import sys
import types
from collections import Counter
from datetime import timedelta

import pytest
from django.core.cache import cache
from ninja import Schema

from jinzhi.apps.accounts.tokens import make_token
from jinzhi.apps.catalogue.clock import today
from jinzhi.kernel.declare import DeclarationError
from jinzhi.web.api import document as writing
from jinzhi.web.api import patent_shapes, shapes
from jinzhi.web.api.application import api

POINT = {
    "name": "滨海工作站", "kind": "workstation", "unit": "tj-binhai", "address": "第三大街", "telephone": "022-1",
    "opened_on": "2024-04-26",
}  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


@pytest.fixture(scope="module")
def document():
    return json.loads(json.dumps(api.get_openapi_schema()))


# --- names ------------------------------------------------------------------------------------------------
def modules_of_the_api() -> list[types.ModuleType]:
    return [m for name, m in sys.modules.items() if name.startswith("jinzhi.web.api") and m is not None]


def test_no_two_shapes_have_one_name():
    found = [shape for module in modules_of_the_api() for shape in writing.shapes_of(module)]
    assert shapes.CaseEventOut in found
    assert patent_shapes.PatentEventOut in found
    assert writing.doubled(found) == []


def test_a_doubled_name_is_found():
    class CaseEventOut(Schema):
        other: str

    (said,) = writing.doubled([shapes.CaseEventOut, CaseEventOut])
    assert "CaseEventOut" in said
    with pytest.raises(DeclarationError, match="EntryOut"):
        writing._put({"EntryOut": {}}, "EntryOut", {})


def titles(node) -> list[str]:
    if isinstance(node, dict):
        own = [node["title"]] if isinstance(node.get("title"), str) else []
        return own + [t for k, v in node.items() if k not in writing.VALUES for t in titles(v)]
    return [t for v in node for t in titles(v)] if isinstance(node, list) else []


def test_every_shape_has_its_own_name_for_a_title_and_nothing_inside_has_one(document):
    found = document["components"]["schemas"]
    assert {name: s["title"] for name, s in found.items()} == {name: name for name in found}
    assert [t for t, n in Counter(titles(found)).items() if n > 1] == []


def test_names_are_ascii_and_no_member_ends_in_an_underscore(document):
    assert document["info"]["title"].isascii()
    for name, shape in document["components"]["schemas"].items():
        members = list(shape.get("properties", {}))
        assert name.isascii()
        assert [m for m in members if m.endswith("_") or not m.isascii()] == []


def test_an_answer_names_its_members_as_the_document_does(district, document, client):
    _token, secret = make_token(district.membership, "t", ["*"], today() + timedelta(days=9))
    bearer = {"authorization": f"Bearer {secret}"}
    made = client.post(
        "/api/v1/registers/service-points/entries", json.dumps(POINT), content_type="application/json", headers=bearer
    ).json()
    assert set(made) == set(document["components"]["schemas"]["ServicePointsEntry"]["properties"])
    (register, *_rest) = client.get("/api/v1/registers", headers=bearer).json()["items"]
    assert set(register) == set(document["components"]["schemas"]["RegisterOut"]["properties"])
