"""What a step takes: units, numbers and files are found where they are typed, and another name is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from jinzhi.apps.cases.actions import StepRefused, correct, open_case, take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.registers.actions import create
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.procedure import Procedure

ORDER = {"title": "加快推进", "demand": "限期完成", "due": "2026-11-30"}
POINT = {
    "name": "测试服务站", "kind": "tisc", "unit": "tj-binhai", "address": "测试路1号", "telephone": "022-00000000",
    "opened_on": "2024-04-26", "online": "true", "contact": "王某某",
}  # fmt: skip
MORE = (
    Field(id="helper", zh="协办单位", en="Helping unit", type=Type.UNIT, required=False),
    Field(id="point", zh="服务网点", en="Service point", type=Type.REF, of="service-points", required=False),
    Field(id="earlier", zh="原督办单", en="Earlier order", type=Type.REF, of="case", required=False),
)


@pytest.fixture
def pointing() -> Iterator[None]:
    """Orders whose issue and answer point at a unit, an entry and a case: the declaration, with three inputs more."""
    order = catalogue().get(Procedure, "supervision-order")
    steps = tuple(replace(s, inputs=(*s.inputs, *MORE)) if s.id in ("issue", "answer") else s for s in order.steps)
    kept = dict(vars(order))
    vars(order).clear()
    vars(order).update({k: v for k, v in kept.items() if not k.startswith("_")}, steps=steps)
    yield
    vars(order).clear()
    vars(order).update(kept)


def issue(above, district, **more) -> Case:
    return open_case("supervision-order", "issue", {**ORDER, **more}, who=above.acting, unit=district.acting.unit)


def said(case: Case) -> dict:
    return Event.objects.filter(stream=case.stream).order_by("-seq").first().data


def test_a_unit_is_stored_by_its_id_whatever_was_typed(pointing, above, district):
    for typed in ("tj-dongli", "东丽区"):
        assert said(issue(above, district, helper=typed))["helper"] == "tj-dongli"


@pytest.mark.parametrize("value", ["tj-nowhere", "没有这个局", "<script>", "1"])
def test_a_unit_that_is_none_is_refused(pointing, above, district, value):
    with pytest.raises(StepRefused, match="没有名为") as e:
        issue(above, district, helper=value)
    assert [x.field.id for x in e.value.errors] == ["helper"]
    assert not Event.objects.filter(verb="issue").exists()


def test_a_unit_out_of_sight_is_refused_in_a_step_and_in_a_correction(pointing, above, district):
    case = issue(above, district)
    with pytest.raises(StepRefused, match="不在您可见的单位之内"):
        take(case, "answer", {"answer": "好", "helper": "tj-dongli"}, who=district.acting)
    take(case, "answer", {"answer": "好", "helper": "tj-binhai"}, who=district.acting)
    with pytest.raises(StepRefused, match="不在您可见的单位之内"):
        correct(case, 2, reason="改", who=district.acting, expected=2, data={"helper": "tj-dongli"})


def test_a_reference_names_something_that_the_person_sees(pointing, above, district, elsewhere):
    point = create("service-points", POINT, who=district.acting)
    case, other = issue(above, district, point=point.number), issue(above, elsewhere)
    assert said(case)["point"] == point.number
    for field, value in (("point", "没有的编号"), ("earlier", other.number), ("earlier", "津知督〔2026〕99号")):
        with pytest.raises(StepRefused, match="没有编号为"):
            take(case, "answer", {"answer": "好", field: value}, who=district.acting)
    take(case, "answer", {"answer": "好", "point": point.number, "earlier": case.number}, who=district.acting)
    assert said(case)["earlier"] == case.number


def test_a_step_refuses_what_it_does_not_ask_for(above, district):
    case = issue(above, district)
    for name in ("_told", "state", "nonsense"):
        with pytest.raises(StepRefused, match=name):
            take(case, "answer", {"answer": "好", name: "x"}, who=district.acting)


@pytest.mark.parametrize("value", ["1", "999999", "-1", "x"])
def test_a_file_is_one_that_was_handed_over_here(above, district, value):
    with pytest.raises(StepRefused, match="附件"):
        take(issue(above, district), "answer", {"answer": "好", "file": value}, who=district.acting)
