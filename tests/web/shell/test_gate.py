"""Text that comes in: what no database can hold is refused at the gate, wherever it is put; nothing fails."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.urls import URLPattern, URLResolver, get_resolver

from jinzhi.apps.evidence.models import Event
from jinzhi.apps.registers.models import Entry
from jinzhi.web.api.application import api
from tests.web.api.test_api import POINT, POINTS, V1, Program, fields_of, problem

NUL, LONE, TAB = "\x00", "\ud800", "\x0b"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def addresses(patterns=None, before: str = "") -> Iterator[str]:
    """Every address of the installation, its variable parts filled."""
    fill = {"int": "1", "slug": "tj-binhai", "str": "x", "path": "x", "uuid": "6f3c2f0e-0000-4000-8000-000000000000"}
    for p in patterns if patterns is not None else get_resolver().url_patterns:
        route = str(p.pattern)
        if isinstance(p, URLResolver):
            yield from addresses(p.url_patterns, before + route)
        elif isinstance(p, URLPattern) and "^" not in route:
            whole = before + route
            for converter in p.pattern.converters:
                for kind, value in fill.items():
                    whole = whole.replace(f"<{kind}:{converter}>", value).replace(f"<{converter}>", value)
            if "<" not in whole:
                yield "/" + whole


def test_no_page_fails_on_a_nul_in_its_query_or_cookies(above, client):
    seen = 0
    for address in sorted(set(addresses())):
        for name in ("q", "unit", "page", "next"):
            answer = above.client.get(address, {name: f"a{NUL}b"})
            assert answer.status_code == 400, (address, name, answer.status_code)
        seen += 1
    assert seen > 100
    answer = above.client.get("/units/", headers={"cookie": f'jz_theme="a{NUL}b"'})
    assert answer.status_code == 400


@pytest.mark.parametrize("character", ["%00", "%0B", "%EF%BF%BF"])
def test_no_address_with_such_a_character_exists(above, character):
    assert above.client.get(f"/patents/CN1{character}/").status_code == 404
    assert above.client.get(f"{V1}/units/tj{character}").status_code == 404


@pytest.mark.parametrize("character", [NUL, TAB, "\uffff"])
def test_a_form_is_refused_by_its_field_and_what_was_typed_is_given_back(district, character):
    answer = district.client.post("/registers/service-points/new/", {**POINT, "name": f"工作{character}站"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "第 3 个字符" in page
    assert "工作\ufffd站" in page
    assert not Entry.objects.unrestricted("the test counts them").exists()


def test_a_member_of_json_is_refused_by_its_place(district):
    program = Program(district)
    for wrong in (NUL, LONE, TAB):
        said = problem(program.post(POINTS, {**POINT, "name": f"工作{wrong}站"}), 422, "invalid")
        assert fields_of(said) == {"name"}
    said = problem(program.post(POINTS, {**POINT, f"na{NUL}me": "x"}), 422, "invalid")
    assert fields_of(said) == {"na\ufffdme"}
    problem(program.get(f"{V1}/registers/service-points/entries", {"q": f"a{NUL}"}), 400, "bad-request")


def test_every_operation_that_takes_a_body_refuses_such_text(above):
    program = Program(above)
    for path, item in api.get_openapi_schema()["paths"].items():
        for method, operation in item.items():
            if "application/json" not in operation.get("requestBody", {}).get("content", {}):
                continue
            cache.clear()
            address = path.replace("{id}", "service-points").replace("{", "").replace("}", "").replace("pk", "1")
            for wrong in (NUL, LONE):
                body = json.dumps({"step": wrong, "name": wrong, "inputs": {"title": wrong}, "q": wrong})
                answer = program.send(method, address, body, If_Match='"1"')
                assert answer.status_code in (403, 404, 422), (method, path, answer.status_code)


def test_multipart_without_its_boundary_is_a_bad_request(district, client):
    program = Program(district)
    for address in (f"{V1}/custody", POINTS):
        answer = program.client.post(address, b"x", content_type="multipart/form-data", headers=program.headers)
        assert answer.status_code in (400, 422), address
        assert answer["Content-Type"] == "application/problem+json"
    page = district.client.post("/registers/service-points/new/", b"x", content_type="multipart/form-data")
    assert page.status_code == 400


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
def test_an_unknown_address_of_the_api_is_a_problem_for_every_method(client, city, method):
    for address in ("/api/v1/nothing", "/api/v2/", "/api/"):
        problem(getattr(client, method)(address), 404, "not-found")


def test_a_key_used_again_with_another_content_is_refused(district):
    program = Program(district)
    made = program.post(POINTS, POINT, idempotency_key="a")
    address = f"{V1}/entries/{made.json()['id']}"
    first = program.patch(address, {"telephone": "022-2"}, idempotency_key="k", If_Match=made["ETag"])
    assert first.status_code == 200
    again = program.patch(address, {"telephone": "022-2"}, idempotency_key="k", If_Match=made["ETag"])
    assert (again.status_code, again.json()["values"]["telephone"]) == (200, "022-2")
    for other in ({"telephone": "022-3"}, {"name": "别的"}, {}):
        problem(program.patch(address, other, idempotency_key="k", If_Match=first["ETag"]), 409, "key-reused")
    problem(program.post(POINTS, {**POINT, "name": "别的"}, idempotency_key="a"), 409, "key-reused")
    assert Event.objects.filter(verb="update").count() == 1


def test_a_form_sent_again_with_another_content_is_not_swallowed(district):
    new = "/registers/service-points/new/"
    assert district.client.post(new, {**POINT, "_key": "k"}).status_code == 302
    assert district.client.post(new, {**POINT, "_key": "k"}).status_code == 302
    assert district.client.post(new, {**POINT, "name": "别的", "_key": "k"}).status_code == 409
    (entry,) = Entry.objects.unrestricted("the test reads it")
    edit = f"/registers/service-points/{entry.pk}/edit/"
    assert district.client.post(edit, {**POINT, "telephone": "022-2", "_key": "e", "_seq": "1"}).status_code == 302
    assert district.client.post(edit, {**POINT, "telephone": "022-3", "_key": "e", "_seq": "1"}).status_code == 409


def test_every_documented_length_holds(above):
    program, seen = Program(above), 0
    for path, item in api.get_openapi_schema()["paths"].items():
        for parameter in item.get("get", {}).get("parameters", []):
            longest = parameter["schema"].get("maxLength")
            if longest is None or parameter["in"] != "query":
                continue
            cache.clear()
            address = path.format_map({"id": "service-points", "code": "tj-binhai", "key": "C1", "pk": 1})
            answer = program.get(address, {parameter["name"]: "x" * (longest + 1)})
            assert answer.status_code == 422, (path, parameter["name"], answer.status_code)
            seen += 1
    assert seen > 10
