"""What a party was told, by API: the same rights and the same days as the page."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache
from django.urls import reverse

from jinzhi.apps.cases.actions import take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import view
from jinzhi.apps.evidence.models import Event
from tests.web.api.test_api import V1, Program, fields_of, order, problem  # noqa: F401 - order is a fixture

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def told(case: Case) -> str:
    return f"{V1}/cases/{case.pk}/told"


def due(case: Case, clock: str) -> str:
    return next(c.due for c in view(case, TODAY).clocks if c.clock.id == clock).isoformat()


def test_a_day_is_told_by_api_and_listed_as_the_page_lists_it(order, above):  # noqa: F811
    program = Program(above)
    read = program.get(told(order))
    assert (read.json()["items"], read["ETag"]) == ([], '"1"')
    assert {o["clock"]: o["due"] for o in read.json()["open"]} == {c: due(order, c) for c in ("sign", "answer")}
    body = {"clock": "answer", "day": due(order, "answer"), "how": "电话告知"}
    done = program.post(told(order), body, If_Match='"1"', Idempotency_Key="k")
    assert done.status_code == 201, done.content.decode()
    (said,) = done.json()["items"]
    assert (said["clock"], said["day"], said["how"], said["step"]) == ("answer", body["day"], "电话告知", None)
    assert [o["clock"] for o in done.json()["open"]] == ["sign"]
    assert done["ETag"] == '"2"'
    clocks = {c["id"]: c["told"] for c in program.get(f"{V1}/cases/{order.pk}").json()["clocks"]}
    assert clocks == {"sign": None, "answer": body["day"]}
    assert "电话告知" in above.client.get(reverse("case", args=[order.pk])).content.decode()


def test_a_telling_sent_twice_is_recorded_once_even_after_the_clock_has_stopped(order, above, district):  # noqa: F811
    body = {"clock": "answer", "day": due(order, "answer"), "how": "电话告知"}
    assert Program(above).post(told(order), body, If_Match='"1"', Idempotency_Key="k").status_code == 201
    take(Case.objects.unrestricted("test").get(pk=order.pk), "answer", {"answer": "已完成"}, who=district.acting)
    again = Program(above).post(told(order), body, If_Match='"1"', Idempotency_Key="k")
    assert again.status_code == 201, again.content.decode()
    assert Event.objects.filter(stream=order.stream, verb="told").count() == 1
    problem(
        Program(above).post(told(order), {**body, "how": "函"}, If_Match='"1"', Idempotency_Key="k"), 409, "key-reused"
    )


def test_whom_a_clock_measures_does_not_fix_it_and_others_do_not_see_it(order, district, elsewhere):  # noqa: F811
    body = {"clock": "answer", "day": due(order, "answer"), "how": "已知悉"}
    assert Program(district).get(told(order)).json()["open"] == []
    assert "考核本单位" in problem(Program(district).post(told(order), body, If_Match='"1"'), 422, "refused")["zh"]
    problem(Program(elsewhere).get(told(order)), 404, "not-found")
    problem(Program(elsewhere).post(told(order), body, If_Match='"1"'), 404, "not-found")
    assert Event.objects.filter(stream=order.stream).count() == 1


def test_a_token_without_the_scope_reads_and_does_not_write(order, above):  # noqa: F811
    program = Program(above, "case.read")
    assert program.get(told(order)).status_code == 200
    body = {"clock": "answer", "day": due(order, "answer"), "how": "电话"}
    assert problem(program.post(told(order), body, If_Match='"1"'), 403, "forbidden")["scope"] == (
        "case.supervision-order.told"
    )


def test_only_the_computed_day_is_told_by_its_version_and_of_a_clock_there_is(order, above):  # noqa: F811
    program, body = Program(above), {"clock": "answer", "day": "2027-01-31", "how": "电话"}
    assert due(order, "answer") in problem(program.post(told(order), body, If_Match='"1"'), 422, "refused")["zh"]
    right = {**body, "day": due(order, "answer")}
    problem(program.post(told(order), right), 428, "precondition-required")
    assert fields_of(
        problem(program.post(told(order), {**right, "clock": "moon"}, If_Match='"1"'), 422, "invalid")
    ) == {"clock"}
    problem(program.post(told(order), {**right, "how": " "}, If_Match='"1"'), 422, "refused")
    assert program.post(told(order), right, If_Match='"1"').status_code == 201
    problem(
        program.post(told(order), {**right, "clock": "sign", "day": due(order, "sign")}, If_Match='"1"'), 412, "stale"
    )
