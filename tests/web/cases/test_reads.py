"""``reads``: what a declaration keeps from a role is kept from it on every list, page, export, API, chain and count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from jinzhi.apps.cases.actions import open_case, take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import EVERYTHING, records
from jinzhi.apps.evidence.events.files import opened
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.evidence.store.store import attach
from jinzhi.apps.indicators.queries import values
from jinzhi.apps.registers.actions import create
from jinzhi.kernel.indicator import Count, Indicator
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.register import Register
from jinzhi.web.evidence.objects import places

ORDER = {"title": "保密督办甲", "demand": "限期完成", "due": "2026-11-30"}
OPEN_TO = ("plan-office", "reporter", "approver")


def narrowed(kind: type, id: str, reads: tuple[str, ...]) -> Iterator[None]:
    """A declaration with its reads changed for one test."""
    declared = catalogue().get(kind, id)
    kept = declared.reads
    object.__setattr__(declared, "reads", reads)
    yield
    object.__setattr__(declared, "reads", kept)


@pytest.fixture
def secret() -> Iterator[None]:
    """Orders are read by the plan's office and by those who answer them, by nobody else."""
    yield from narrowed(Procedure, "supervision-order", OPEN_TO)


@pytest.fixture
def order(secret, above, district) -> Case:
    raw = {"who": above.acting, "unit": district.acting.unit, "subject": "row:U1", "subject_title": "U1 运用"}
    case = open_case("supervision-order", "issue", ORDER, **raw)
    file = SimpleUploadedFile("佐证.txt", b"x", "text/plain")
    kept = attach(file, unit=case.unit, stream=case.stream, user=district.user)
    take(case, "answer", {"answer": "好", "file": str(kept.pk)}, who=district.acting)
    return case


@pytest.fixture
def outsider(make_person):
    """Reads cases of the whole city, but not these."""
    return make_person("adm", "tianjin", "administrator", "管理员")


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("who", ["above", "district", "outsider"])
def test_every_door_keeps_the_case_from_a_role_that_may_not_read_it(order, who, request):
    person = request.getfixturevalue(who)
    sees = who != "outsider"
    get = person.client.get
    assert (get(reverse("case", args=[order.pk])).status_code == 200) is sees
    assert (get(reverse("case-svg", args=[order.pk])).status_code == 200) is sees
    for view in ("all", "marked", "unit", "office", "closed"):
        page = text(get(reverse("cases"), {"view": view}))
        assert sees or (order.number not in page and "共 0 件" in page)
    assert (order.number in text(get(reverse("cases")))) is sees
    assert (order.number in text(get(reverse("orders")))) is sees
    assert (order.number in text(get(reverse("search"), {"q": "保密督办甲"}))) is sees
    assert (get(reverse("search"), {"q": order.number}).status_code == 302) is sees
    assert (order.number in text(get(reverse("procedure", args=["supervision-order"])))) <= sees
    cells = str(
        [c.value for row in load_workbook(BytesIO(get(reverse("case-export")).content)).worksheets[0] for c in row]
    )
    assert (order.number in cells) is sees
    assert ("保密督办甲" in text(get(reverse("log-object", args=[order.stream])))) is sees
    assert bool(places(person.acting, [order.stream, f"viewing:{order.stream}"])) is sees
    kept = Attachment.objects.unrestricted("test").get(stream=order.stream)
    assert (opened(person.acting, kept) is not None) is sees
    assert (get(reverse("attachment", args=[kept.token])).status_code == 200) is sees


@pytest.mark.parametrize("who", ["above", "outsider"])
def test_the_api_keeps_it_too(order, who, request):
    person = request.getfixturevalue(who)
    sees = who == "above"
    got = person.client.get(f"/api/v1/cases/{order.pk}")
    assert got.status_code == (200 if sees else 404)
    listed = person.client.get("/api/v1/procedures/supervision-order/cases")
    assert ([c["title"] for c in listed.json()["items"]] == ["保密督办甲"]) is sees


def test_a_number_made_of_closed_cases_is_withheld_not_counted_as_nothing(order, above, outsider):
    counted = Indicator(
        id="x", zh="督办数", en="Orders", serves=("K1",), why="test", unit="件", unit_en="orders",
        measure=Count("procedure:supervision-order"),
    )  # fmt: skip
    day = order.opened_on
    assert values([counted], above.acting, day)["x"].number == 1
    kept = values([counted], outsider.acting, day)["x"]
    assert kept.number is None
    assert "限定查阅角色" in kept.why_none_zh
    assert len(records("procedure:supervision-order", EVERYTHING, day)) == 1
    page = text(outsider.client.get(reverse("indicator", args=["orders-in-time"])))
    assert order.number not in page


def test_a_register_s_reads_hold_at_the_same_doors(above, make_person):
    outsider = make_person("adm", "tianjin", "administrator", "管理员")
    reading = narrowed(Register, "budget-items", ("plan-office",))
    next(reading)
    try:
        register = catalogue().get(Register, "budget-items")
        example = next(e for e in register.examples if not e.refused)
        entry = create("budget-items", {**example.values, "unit": "tianjin"}, who=above.acting)
        for person, sees in ((above, True), (outsider, False)):
            page = person.client.get(reverse("entry", args=["budget-items", entry.pk]))
            assert (page.status_code == 200) is sees
            assert bool(places(person.acting, [entry.stream])) is sees
            assert (entry.number in text(person.client.get(reverse("search"), {"q": entry.title}))) is sees
    finally:
        next(reading, None)


def test_whoever_takes_a_step_must_be_able_to_read_the_case():
    order = catalogue().get(Procedure, "supervision-order")
    wrong = [p for p in replace(order, reads=("leader",)).problems(catalogue()) if "may not read" in p]
    assert any("plan-office" in p for p in wrong)
    unknown = [p for p in replace(order, reads=("nobody",)).problems(catalogue()) if "'nobody'" in p]
    assert unknown
