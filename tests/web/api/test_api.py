"""The API: who may call it, what it says when it refuses, and that its document tells the truth."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import now

from jinzhi.apps.accounts.models import Token
from jinzhi.apps.accounts.tokens import make_token
from jinzhi.apps.cases.actions import open_case
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.custody.actions import offer
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.models import Entry as LogEntry
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.patents.store.storing import prepare, store
from jinzhi.apps.plan.actions import save_content
from jinzhi.apps.plan.models import Duty, Measure, Release, Row
from jinzhi.apps.plan.queries import content, missing
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.units.models import Unit
from jinzhi.kernel import patent as kernel_patent
from jinzhi.kernel.indicator import Indicator
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.register import Register
from jinzhi.web.api.application import api
from jinzhi.web.api.caller import Rate
from jinzhi.web.api.document import METHODS
from jinzhi.web.shell.problems import TYPES
from tests.apps.plan_fixtures import milestone, round_of_reports, small_plan
from tests.apps.test_custody import take as take_evidence

V1 = "/api/v1"
POINTS = f"{V1}/registers/service-points/entries"
ORDERS = f"{V1}/procedures/supervision-order/cases"
POINT = {
    "name": "滨海新区知识产权工作站",
    "kind": "workstation",
    "unit": "tj-binhai",
    "address": "第三大街",
    "telephone": "022-1",
    "opened_on": "2024-04-26",
}
INPUTS = {"title": "加快推进", "demand": "限期完成", "due": "2026-12-20"}


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


class Program:
    """A program with a token of somebody's post."""

    def __init__(self, person, *scopes: str):
        _token, secret = make_token(person.membership, "test", list(scopes) or ["*"], today() + timedelta(days=9))
        self.headers = {"authorization": f"Bearer {secret}"}
        self.client = Client()

    def get(self, path: str, query: Any = None, **headers: str):
        return self.client.get(path, query, headers={**self.headers, **headers})

    def send(self, method: str, path: str, body: Any, **headers: str):
        call = getattr(self.client, method)
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return call(path, data, content_type="application/json", headers={**self.headers, **named})

    def post(self, path: str, body: Any, **headers: str):
        return self.send("post", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str):
        return self.send("patch", path, body, **headers)


def problem(response, status: int, type: str) -> dict[str, Any]:
    """The body of a refusal, after it was checked against RFC 9457."""
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "application/problem+json"
    said = response.json()
    assert said["status"] == status
    assert said["type"] == f"/api/v1/#problem-{type}"
    assert said["title"] == TYPES[type].title
    assert said["detail"] in (said["zh"], said["en"])
    for wrong in said["errors"]:
        assert set(wrong) == {"field", "zh", "en"}
        assert wrong["zh"]
        assert wrong["en"]
    return said


def fields_of(said: dict[str, Any]) -> set[str]:
    return {e["field"] for e in said["errors"]}


@pytest.fixture
def order(above, district) -> Case:
    return open_case("supervision-order", "issue", INPUTS, who=above.acting, unit=district.acting.unit)


@pytest.fixture
def plan(district) -> Release:
    release = Release.objects.create(
        plan="t",
        number=1,
        title="规划",
        starts=date(2021, 1, 1),
        ends=date(2026, 12, 31),
        in_force=True,
        stored_at=now(),
    )
    row = Row.objects.create(release=release, key="C1", position=1, title="健全制度", part="重点任务")
    Measure.objects.create(row=row, position=1, text="推动立法。")
    duty = Duty.objects.create(row=row, position=1, kind="led", raw="滨海新区", unit=district.acting.unit)
    duty.units.add(district.acting.unit)
    return release


# --- who may call -----------------------------------------------------------------------------------------
def test_a_stranger_is_told_to_give_a_token(client, city):
    answer = client.get(f"{V1}/units")
    problem(answer, 401, "unauthenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "Basic YTpi", "nonsense"])
def test_a_wrong_token_is_refused_even_with_a_session(district, header):
    problem(district.client.get(f"{V1}/units", headers={"authorization": header}), 401, "unauthenticated")


def test_a_revoked_an_expired_and_an_ended_one_are_refused(district):
    program = Program(district)
    assert program.get(f"{V1}/units").status_code == 200
    Token.objects.update(revoked_at=now())
    problem(program.get(f"{V1}/units"), 401, "unauthenticated")
    Token.objects.update(revoked_at=None, expires_on=today() - timedelta(days=1))
    problem(program.get(f"{V1}/units"), 401, "unauthenticated")
    Token.objects.update(expires_on=today())
    assert program.get(f"{V1}/units").status_code == 200
    district.membership.until = today() - timedelta(days=1)
    district.membership.save()
    problem(program.get(f"{V1}/units"), 401, "unauthenticated")


def test_a_token_does_no_more_than_its_scopes(district):
    program = Program(district, "register.read")
    assert program.get(POINTS).status_code == 200
    said = problem(program.get(f"{V1}/units"), 403, "forbidden")
    assert said["scope"] == "plan.read"
    problem(program.post(POINTS, POINT), 403, "forbidden")


def test_a_token_does_no_more_than_its_role(make_person):
    program = Program(make_person("admin", "tianjin", "administrator"), "*")
    said = problem(program.post(POINTS, POINT), 403, "forbidden")
    assert said["scope"] == "register.service-points.create"
    issue = {"step": "issue", "unit": "tj-binhai", "inputs": INPUTS}
    problem(program.post(ORDERS, issue), 403, "forbidden")


def test_reading_need_not_write(district, django_assert_num_queries):
    program = Program(district)
    program.get(f"{V1}/catalogue")
    before = Token.objects.get().used_at
    program.get(f"{V1}/catalogue")
    assert Token.objects.get().used_at == before


def test_a_session_reads_and_writes_only_with_its_csrf_token(district):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(district.user, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.get(POINTS).status_code == 200
    problem(strict.post(POINTS, json.dumps(POINT), content_type="application/json"), 403, "forbidden")
    strict.get("/accounts/logout/")
    token = strict.cookies["jz_csrf"].value
    made = strict.post(POINTS, json.dumps(POINT), content_type="application/json", headers={"x-csrftoken": token})
    assert made.status_code == 201, made.content


def test_a_visitor_of_a_demonstration_reads_and_does_not_write(client, city):
    city.demo = True
    city.save()
    assert client.get(f"{V1}/units").status_code == 200
    answer = client.post(POINTS, json.dumps(POINT), content_type="application/json")
    problem(answer, 401, "unauthenticated")


# --- problems ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/nothing", "/api/v2/units", f"{V1}/units/", "/api/v1/catalogue/unit/"]
)
def test_an_unknown_address_is_a_problem_not_a_page(district, path):
    problem(Program(district).get(path), 404, "not-found")


@pytest.mark.parametrize(
    "path",
    [
        f"{V1}/catalogue/star",
        f"{V1}/catalogue/unit/mars",
        f"{V1}/units/mars",
        f"{V1}/registers/mars/entries",
        f"{V1}/registers/mars/schema",
        f"{V1}/procedures/mars/cases",
        f"{V1}/indicators/mars",
        f"{V1}/plan/rows/Z9",
        f"{V1}/entries/999",
        f"{V1}/cases/999",
    ],
)
def test_what_is_not_there_is_said(district, path):
    problem(Program(district).get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path"), [("post", f"{V1}/units"), ("patch", POINTS), ("delete", f"{V1}/entries/1")]
)
def test_a_method_that_is_not_known_names_those_that_are(district, method, path):
    program = Program(district)
    answer = getattr(program.client, method)(path, headers=program.headers)
    problem(answer, 405, "method-not-allowed")
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "YWZ0ZXI6LTE"}, "cursor"),
        ({"kind": "castle"}, "kind"),
        ({"opened_on_from": "soon"}, "opened_on_from"),
        ({"online": "perhaps"}, "online"),
        ({"state": "open"}, "state"),
        ({"colour": "red"}, "colour"),
        ({"contact": "王"}, "contact"),
    ],
)
def test_a_wrong_parameter_is_named_and_none_is_ignored(district, query, field):
    assert field in fields_of(problem(Program(district).get(POINTS, query), 422, "invalid"))


@pytest.mark.parametrize("body", ["", "{", "[1]", "null", '{"name": NaN}'])
def test_a_body_that_is_no_object_is_refused(district, body):
    answer = Program(district).post(POINTS, body)
    assert answer.status_code in (400, 422)
    problem(answer, answer.status_code, {400: "bad-request", 422: "invalid"}[answer.status_code])
    assert not Entry.objects.unrestricted("test").exists()


def test_the_language_of_the_detail_follows_the_caller(district):
    program = Program(district)
    chinese = program.get(f"{V1}/units/mars", **{"accept-language": "zh-CN"}).json()
    english = program.get(f"{V1}/units/mars", **{"accept-language": "en"}).json()
    assert chinese["detail"] == chinese["zh"]
    assert english["detail"] == english["en"]


def test_a_defect_is_logged_and_not_shown(district, monkeypatch, caplog):
    def broken(*args):
        raise RuntimeError("secret insides")

    monkeypatch.setattr("jinzhi.web.api.units.page_of", broken)
    answer = Program(district).get(f"{V1}/units")
    problem(answer, 500, "internal")
    assert "secret" not in answer.content.decode()
    assert "secret insides" in caplog.text


def test_too_many_requests_are_told_when_to_come_back(district, monkeypatch):
    monkeypatch.setattr(Rate, "num_requests", 2, raising=False)
    program = Program(district)
    for throttle in (t for r in api._get_bound_routers() for v in r.path_operations.values() for o in v.operations
                     for t in o.throttle_objects):  # fmt: skip
        monkeypatch.setattr(throttle, "num_requests", 2)
    answers = [program.get(f"{V1}/catalogue") for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    problem(answers[-1], 429, "too-many-requests")
    assert int(answers[-1]["Retry-After"]) > 0


# --- catalogue, units, plan -------------------------------------------------------------------------------
def test_every_declaration_can_be_read(district):
    program = Program(district)
    kinds = program.get(f"{V1}/catalogue").json()["items"]
    assert {k["kind"] for k in kinds} == set(catalogue().kinds())
    for kind in kinds:
        listed = program.get(kind["href"]).json()["items"]
        assert [d["id"] for d in listed] == list(catalogue().ids(kind["kind"]))
        full = program.get(listed[0]["href"])
        assert full.status_code == 200
        assert full.json()["id"] == listed[0]["id"]


def test_units_are_paged_without_gap_or_double(district):
    program = Program(district)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = program.get(f"{V1}/units", {"limit": 7, "cursor": cursor}).json()
        seen += [u["code"] for u in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == Unit.objects.count()


def test_units_below_one(district):
    found = Program(district).get(f"{V1}/units", {"under": "tj-dongli"}).json()["items"]
    assert {u["parent"] for u in found} == {"tj-dongli"}
    said = Program(district).get(f"{V1}/units", {"under": "mars", "level": "x"})
    problem(said, 422, "invalid")


def test_the_rows_of_the_plan_with_measures_duties_and_light(district, plan):
    program = Program(district)
    said = program.get(f"{V1}/plan/rows").json()
    assert said["release"]["title"] == "规划"
    row = said["items"][0]
    assert (row["key"], row["measures"], row["light"]) == ("C1", ["推动立法。"], "no-data")
    assert row["duties"] == [
        {"kind": "led", "raw": "滨海新区", "unit": "tj-binhai", "group": None, "units": ["tj-binhai"]}
    ]
    assert program.get(f"{V1}/plan/rows/c1").json()["milestones"] == []


def test_before_the_first_plan_there_are_no_rows(district):
    said = Program(district).get(f"{V1}/plan/rows").json()
    assert (said["release"], said["items"]) == (None, [])
    assert Program(district).get(f"{V1}/plan/reports").json() == {"items": [], "next": None}


# --- registers --------------------------------------------------------------------------------------------
def test_an_entry_is_made_read_and_changed(district):
    program = Program(district)
    made = program.post(POINTS, POINT)
    assert made.status_code == 201
    assert made["ETag"] == '"1"'
    entry = program.get(made["Location"])
    assert entry.json()["values"] == {**POINT, "online": False}
    changed = program.patch(made["Location"], {"telephone": "022-2"}, If_Match=entry["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] == '"2"'
    assert changed.json()["values"]["telephone"] == "022-2"
    assert program.get(made["Location"], **{"if-none-match": '"2"'}).status_code == 304
    assert program.get(made["Location"], **{"if-none-match": '"1"'}).status_code == 200


def test_a_change_needs_the_version_that_was_read(district):
    program = Program(district)
    where = program.post(POINTS, POINT)["Location"]
    problem(program.patch(where, {"telephone": "2"}), 428, "precondition-required")
    program.patch(where, {"telephone": "2"}, If_Match='"1"')
    stale = program.patch(where, {"telephone": "3"}, If_Match='"1"')
    assert problem(stale, 412, "stale")["current"] == 2
    assert stale["ETag"] == '"2"'
    assert program.get(where).json()["values"]["telephone"] == "2"
    for tag in ("*", "1", '"x"', 'W/"2"'):
        assert fields_of(problem(program.patch(where, {}, If_Match=tag), 422, "invalid")) == {"If-Match"}


def test_every_wrong_field_is_named_in_both_languages(district):
    wrong = {**POINT, "kind": "castle", "opened_on": "soon", "telephone": ""}
    said = problem(Program(district).post(POINTS, wrong), 422, "invalid")
    assert fields_of(said) == {"kind", "opened_on", "telephone"}


def test_a_member_that_nobody_knows_is_refused(district):
    said = problem(Program(district).post(POINTS, {**POINT, "colour": "red"}), 422, "invalid")
    assert fields_of(said) == {"colour"}


def test_the_same_key_makes_one_entry(district, elsewhere):
    program = Program(district)
    first = program.post(POINTS, POINT, Idempotency_Key="a")
    again = program.post(POINTS, POINT, Idempotency_Key="a")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    other = {**POINT, "name": "另一处"}
    problem(program.post(POINTS, other, Idempotency_Key="a"), 409, "key-reused")
    theirs = Program(elsewhere).post(POINTS, {**other, "unit": "tj-dongli"}, Idempotency_Key="a")
    assert theirs.status_code == 201


def test_three_people_and_an_entry(district, above, elsewhere):
    """A public register is read by everybody; its entries are changed within one's reach only."""
    where = Program(district).post(POINTS, POINT)["Location"]
    for person, status in ((district, 200), (above, 200), (elsewhere, 404)):
        program = Program(person)
        assert program.get(where).status_code == 200
        assert len(program.get(POINTS).json()["items"]) == 1
        change = program.patch(
            where, {"telephone": f"{status}{person.user.pk}"}, If_Match=program.get(where).get("ETag", '"1"')
        )
        assert change.status_code == status


def test_nobody_writes_for_a_unit_of_others(elsewhere):
    said = problem(Program(elsewhere).post(POINTS, POINT), 422, "invalid")
    assert fields_of(said) == {"unit"}


def test_personal_data_are_shown_to_whom_they_are_meant_and_the_viewing_is_logged(district, make_person):
    made = Program(district).post(POINTS, {**POINT, "contact": "王某"})
    entry = Program(district).get(made["Location"]).json()
    assert entry["hidden"] == ["contact"]
    assert "contact" not in entry["values"]
    assert not Event.objects.filter(stream__startswith="viewing:").exists()
    handler = Program(make_person("handler", "tj-binhai", "case-handler"))
    assert handler.get(made["Location"]).json()["values"]["contact"] == "王某"
    handler.get(POINTS)
    streams = set(Event.objects.filter(stream__startswith="viewing:").values_list("stream", flat=True))
    assert streams == {f"viewing:entry:{entry['id']}", "viewing:register:service-points"}


def test_declared_filters_narrow_the_list(district):
    program = Program(district)
    program.post(POINTS, POINT)
    program.post(POINTS, {**POINT, "name": "窗口", "kind": "window", "opened_on": "2025-01-02", "online": True})

    def names(**query):
        return [e["values"]["name"] for e in program.get(POINTS, query).json()["items"]]

    assert names(kind="window") == ["窗口"]
    assert names(online="true") == ["窗口"]
    assert names(opened_on_from="2025-01-01") == ["窗口"]
    assert names(opened_on_to="2024-12-31") == [POINT["name"]]
    assert names(opened_on_from="2024-01-01", opened_on_to="2024-12-31") == [POINT["name"]]
    assert names(q="工作站") == [POINT["name"]]
    assert len(names(unit="tj-binhai")) == 2
    assert names(state="closed") == []


def test_a_page_goes_on_after_the_last_row_while_others_write(district):
    program = Program(district)
    for n in range(5):
        program.post(POINTS, {**POINT, "name": f"网点 {n}"})
    first = program.get(POINTS, {"limit": 2}).json()
    program.post(POINTS, {**POINT, "name": "网点 5"})
    rest = program.get(POINTS, {"limit": 200, "cursor": first["next"]}).json()
    assert [e["values"]["name"] for e in first["items"] + rest["items"]] == [f"网点 {n}" for n in range(6)]
    assert rest["next"] is None


def test_an_amount_is_not_rounded_on_its_way(district, make_person):
    register = catalogue().get(Register, "budget-items")
    schema = Program(district).get(f"{V1}/registers/budget-items/schema").json()
    assert set(schema["properties"]) == {f.id for f in register.fields}


@pytest.mark.parametrize("register", [r.id for r in catalogue().all(Register)])
def test_the_schema_of_a_register_says_every_field(district, register):
    declared = catalogue().get(Register, register)
    schema = Program(district).get(f"{V1}/registers/{register}/schema").json()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert list(schema["properties"]) == [f.id for f in declared.fields]
    assert schema["additionalProperties"] is False


# --- cases ------------------------------------------------------------------------------------------------
def test_a_case_is_opened_and_a_step_taken(above, district):
    made = Program(above).post(ORDERS, {"step": "issue", "unit": "tj-binhai", "inputs": INPUTS}, Idempotency_Key="x")
    assert made.status_code == 201, made.content.decode()
    again = Program(above).post(ORDERS, {"step": "issue", "unit": "tj-binhai", "inputs": INPUTS}, Idempotency_Key="x")
    assert again.json()["id"] == made.json()["id"]
    program = Program(district)
    case = program.get(made["Location"])
    said = case.json()
    assert said["state_zh"]
    assert {c["id"] for c in said["clocks"]} == {"sign", "answer"}
    assert [o["step"] for o in said["offers"] if o["allowed"]]
    signed = program.post(f"{made['Location']}/steps", {"step": "sign"}, If_Match=case["ETag"], Idempotency_Key="y")
    assert signed.status_code == 200, signed.content.decode()
    assert signed["ETag"] == '"2"'
    twice = program.post(f"{made['Location']}/steps", {"step": "sign"}, If_Match=case["ETag"], Idempotency_Key="y")
    assert twice.json()["seq"] == 2
    assert [e["step"] for e in twice.json()["events"]] == ["issue", "sign"]
    assert len(twice.json()["events"][0]["sm3"]) == 64


def test_a_step_needs_the_version_that_was_read(order, district):
    program, steps = Program(district), f"{V1}/cases/{order.pk}/steps"
    problem(program.post(steps, {"step": "sign"}), 428, "precondition-required")
    program.post(steps, {"step": "sign"}, If_Match='"1"')
    stale = program.post(steps, {"step": "answer", "inputs": {"answer": "完"}}, If_Match='"1"')
    assert problem(stale, 412, "stale")["current"] == 2


def test_a_report_is_handed_in_by_the_version_that_was_looked_over(city, above, district):
    release = small_plan()
    milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 10)
    report = round_of_reports(release, above.acting)["tj-binhai"]
    wanted = (
        [r.row.key for r in content(report, release)],
        [x.milestone.code for x in missing(report, release) if x.milestone],
    )
    save_content(
        report, release, notes={key: {"progress": "按计划推进"} for key in wanted[0]},
        figures={code: {"achieved": "10", "reached_on": "2026-09-20"} for code in wanted[1]},
        who=district.acting, expected=0,
    )  # fmt: skip
    program, steps = Program(district), f"{V1}/cases/{report.case_id}/steps"
    seen = next(r for r in program.get(f"{V1}/plan/reports").json()["items"] if r["id"] == report.pk)["version"]
    said = problem(program.post(steps, {"step": "submit"}, If_Match='"1"'), 422, "invalid")
    assert fields_of(said) == {"content"} and f"第 {seen} 版" in said["zh"]
    problem(program.post(steps, {"step": "submit", "content": seen - 1}, If_Match='"1"'), 412, "stale")
    for _ in range(2):
        sent = {"step": "submit", "content": seen}
        assert program.post(steps, sent, If_Match='"1"', Idempotency_Key="in").json()["state"] == "submitted"


def test_a_step_that_hands_no_report_in_takes_no_version_of_one(order, district):
    sent = {"step": "sign", "content": 1}
    said = problem(Program(district).post(f"{V1}/cases/{order.pk}/steps", sent, If_Match='"1"'), 422, "invalid")
    assert fields_of(said) == {"content"}


def test_a_step_that_is_not_possible_says_why(order, district, elsewhere):
    program, steps = Program(district), f"{V1}/cases/{order.pk}/steps"
    said = problem(program.post(steps, {"step": "dance"}, If_Match='"1"'), 422, "invalid")
    assert fields_of(said) == {"step"}
    said = problem(program.post(steps, {"step": "answer", "inputs": {"answer": ""}}, If_Match='"1"'), 422, "invalid")
    assert fields_of(said) == {"answer"}
    said = problem(program.post(steps, {"step": "sign", "inputs": {"mood": 1}}, If_Match='"1"'), 422, "invalid")
    assert fields_of(said) == {"inputs.mood"}
    problem(program.post(steps, {"step": "close", "inputs": {"verdict": "实"}}, If_Match='"1"'), 422, "refused")
    problem(Program(elsewhere).post(steps, {"step": "sign"}, If_Match='"1"'), 404, "not-found")


def test_a_body_with_an_unknown_member_is_refused(above):
    said = problem(Program(above).post(ORDERS, {"step": "issue", "inputs": INPUTS, "mood": 1}), 422, "invalid")
    assert fields_of(said) == {"mood"}


def test_three_people_and_a_case(order, district, above, elsewhere):
    for person, status in ((district, 200), (above, 200), (elsewhere, 404)):
        program = Program(person)
        assert program.get(f"{V1}/cases/{order.pk}").status_code == status
        assert len(program.get(ORDERS).json()["items"]) == (1 if status == 200 else 0)


def test_only_who_may_issue_an_order_issues_one(district):
    said = problem(Program(district).post(ORDERS, {"step": "issue", "inputs": INPUTS}), 403, "forbidden")
    assert said["scope"] == "case.supervision-order.issue"


def test_a_case_is_opened_by_the_name_that_the_step_had_before(make_person):
    """Who wrote a program for an earlier declaration goes on with it: ``receive`` is called ``open`` today."""
    step = catalogue().get(Procedure, "complaint").opening[0]
    handler = make_person("handler", "tj-market-regulation", "case-handler")
    samples = {"choice": lambda f: f.choices[0].id, "date": lambda f: "2026-11-20"}
    inputs = {f.id: samples.get(f.type, lambda f: "某")(f) for f in step.inputs if f.required or f.personal}
    assert step.was == ("receive",)
    made = Program(handler).post(f"{V1}/procedures/complaint/cases", {"step": "receive", "inputs": inputs})
    assert made.status_code == 201, made.content
    assert [e["step"] for e in made.json()["events"]] == ["open"]


def test_cases_are_narrowed_by_state_unit_and_whether_they_are_open(order, above):
    program = Program(above)
    assert len(program.get(ORDERS, {"open": "true", "unit": "tj-binhai"}).json()["items"]) == 1
    assert program.get(ORDERS, {"open": "false"}).json()["items"] == []
    assert program.get(ORDERS, {"state": order.state}).json()["items"][0]["number"] == order.number
    assert fields_of(problem(program.get(ORDERS, {"state": "x"}), 422, "invalid")) == {"state"}


def test_personal_inputs_of_a_case_are_hidden(above, make_person):
    complaint = catalogue().get(Procedure, "complaint")
    handler = make_person("handler", "tj-market-regulation", "case-handler")
    step = complaint.opening[0]
    samples = {"choice": lambda f: f.choices[0].id, "date": lambda f: "2026-11-20"}
    inputs = {f.id: samples.get(f.type, lambda f: "某")(f) for f in step.inputs if f.required or f.personal}
    case = open_case("complaint", step.id, inputs, who=handler.acting, unit=handler.acting.unit)
    private = sorted(f.id for f in step.inputs if f.personal)
    event = Program(above).get(f"{V1}/cases/{case.pk}").json()["events"][0]
    assert event["hidden"] == private
    assert not set(private) & set(event["data"])
    shown = Program(handler).get(f"{V1}/cases/{case.pk}").json()["events"][0]
    assert set(private) <= set(shown["data"])
    assert Event.objects.filter(stream=f"viewing:case:{case.pk}").count() == 1


# --- indicators -------------------------------------------------------------------------------------------
def test_an_indicator_says_its_value_and_the_records_behind_it(district, elsewhere):
    Program(district).post(POINTS, POINT)
    where = f"{V1}/indicators/service-points-open"
    value = Program(district).get(where).json()
    assert (value["number"], value["record_count"], value["as_of"]) == ("1", 1, "2026-11-22")
    behind = Program(district).get(f"{where}/records").json()
    assert behind["count"] == 1
    assert POINT["name"] in behind["items"][0]["title"]
    assert Program(elsewhere).get(where).json()["number"] == "0"
    assert Program(district).get(where, {"unit": "tj-binhai"}).json()["number"] == "1"
    problem(Program(district).get(where, {"unit": "tj-dongli"}), 422, "invalid")
    problem(Program(district).get(where, {"year": 2027}), 422, "invalid")


# --- the document -----------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(json.dumps(api.get_openapi_schema()))


def test_everybody_may_read_the_document_and_its_page(client, city):
    assert client.get(f"{V1}/openapi.json").json()["openapi"].startswith("3.1")
    page = client.get(f"{V1}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "https://cdn" not in text
    for type in TYPES:
        assert f'id="problem-{type}"' in text


def test_every_register_procedure_and_indicator_has_its_paths(document):
    for r in catalogue().all(Register):
        assert {f"{V1}/registers/{r.id}/entries", f"{V1}/registers/{r.id}/schema"} <= set(document["paths"])
        assert set(document["paths"][f"{V1}/registers/{r.id}/entries"]) == {"get", "post"}
    for p in catalogue().all(Procedure):
        assert set(document["paths"][f"{V1}/procedures/{p.id}/cases"]) == {"get", "post"}
    for i in catalogue().all(Indicator):
        assert f"{V1}/indicators/{i.id}" in document["paths"]


def test_operations_are_called_by_unique_names_and_described(document):
    ids = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert method in METHODS, path
            ids.append(operation["operationId"])
            assert operation["summary"]
            assert operation["x-scope"]
            assert operation["security"]
            names = [(p["in"], p["name"]) for p in operation["parameters"]]
            assert len(names) == len(set(names)), (path, names)
            for parameter in operation["parameters"]:
                assert all("value" in e for e in parameter.get("examples", {}).values())
            in_path = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}
            assert any(status.startswith("2") for status in operation["responses"])
            for status in ("401", "403", "422", "429"):
                assert "application/problem+json" in operation["responses"][status]["content"]
    assert len(ids) == len(set(ids))


def refs(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(refs(v) for v in node.values()))
    if isinstance(node, list):
        return set().union(*(refs(v) for v in node)) if node else set()
    return set()


def test_every_reference_leads_somewhere_and_every_shape_is_used(document):
    found = refs(document)
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert found <= known
    assert known - found <= {"#/components/schemas/EntryOut"}


def test_every_documented_address_answers(document, district, above, plan, order):
    program = Program(district)
    item = take_evidence(district)
    log.checkpoint()
    sealed = LogEntry.objects.select_related("shard").get(object=item.stream, kind="evidence")
    offered = offer(take_evidence(above, b"another"), district.membership, reason="移交", who=above.acting)
    made = kernel_patent.PatentDocument("CN", "117000001", "A", "CN117000001A", source=kernel_patent.Source("test"))
    store([prepare(made)])
    entry = program.post(POINTS, POINT).json()["id"]
    due = milestone(Release.objects.get(), "C1", "tj-binhai", date(2026, 9, 30), 10)
    fill = {
        "milestones/{code}": f"milestones/{due.code}",
        "units/{code}": "units/tj-binhai", "{kind}/{id}": "unit/tj-binhai", "{kind}": "unit", "{key}": "C1",
        "entries/{pk}": f"entries/{entry}", "cases/{pk}": f"cases/{order.pk}",
        "registers/{id}": "registers/service-points",
        "procedures/{id}": "procedures/supervision-order", "indicators/{id}": "indicators/service-points-open",
        "patents/{number}": "patents/CN117000001A", "custody/{number}": f"custody/{item.number}",
        "evidence/entries/{number}": f"evidence/entries/{sealed.number}", "versions/{n}": "versions/1",
        "hand-overs/{pk}": f"hand-overs/{offered.pk}",
    }  # fmt: skip
    for path, operations in document["paths"].items():
        for general, one in fill.items():
            path = path.replace(general, one)
        if "get" in operations:
            answer = program.get(path)
            asks = any(p["in"] == "query" and p.get("required") for p in operations["get"].get("parameters", ()))
            assert answer.status_code == (422 if asks else 200), path
            kind = "application/problem+json" if asks else "application/json"
            assert path.endswith(("/content", "/bundle")) or answer["Content-Type"].startswith(kind)
        if "post" in operations:
            answer = program.post(path, {})
            assert answer.status_code in (403, 422, 428), (path, answer.content)
            assert answer["Content-Type"] == "application/problem+json"
