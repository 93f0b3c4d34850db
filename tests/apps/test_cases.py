"""Cases: a step is taken once, by those who may, in the state where it is on offer."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.apps.cases.actions import StepRefused, open_case, rebuild, take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import steps_for, view
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.evidence.events.actions import Conflict, KeyReused
from jinzhi.apps.units.guard import Unguarded

ORDER = {"title": "加快推进", "demand": "限期完成", "due": "2026-11-20"}


@pytest.fixture
def order(above, district) -> Case:
    return open_case(
        "supervision-order", "issue", ORDER, who=above.acting, unit=district.acting.unit, on=date(2026, 11, 2)
    )


def test_an_order_carries_its_number_and_due_date(order):
    assert order.number == "津知督〔2026〕1号"
    assert str(order.next_due) == "2026-11-04"  # to be received within two working days comes first


def test_the_unit_receives_and_answers_and_the_office_closes(order, district, above):
    take(order, "sign", {}, who=district.acting, on=date(2026, 11, 3))
    take(order, "answer", {"answer": "已完成"}, who=district.acting, on=date(2026, 11, 19))
    folded = take(order, "close", {"verdict": "属实"}, who=above.acting)
    assert folded.state.id == "closed"
    assert {c.clock.id: c.status for c in folded.clocks} == {"answer": "met", "sign": "met"}


def test_another_unit_may_not_answer(order, elsewhere):
    with pytest.raises(StepRefused, match="可见范围"):
        take(order, "sign", {}, who=elsewhere.acting)


def test_a_missing_input_names_the_field(order, district):
    with pytest.raises(StepRefused, match="办理情况"):
        take(order, "answer", {}, who=district.acting)


def test_a_stale_form_changes_nothing(order, district):
    take(order, "sign", {}, who=district.acting, expected=1)
    with pytest.raises(Conflict):
        take(order, "answer", {"answer": "x"}, who=district.acting, expected=1)


def test_a_double_click_is_one_step(order, district):
    for _ in range(2):
        take(order, "sign", {}, who=district.acting, expected=1, key="click")
    order.refresh_from_db()
    assert order.seq == 2


def test_a_key_that_comes_back_with_another_content_is_refused(order, district, above):
    take(order, "sign", {}, who=district.acting, expected=1)
    take(order, "answer", {"answer": "已整改"}, who=district.acting, expected=2, key="click")
    with pytest.raises(KeyReused):
        take(order, "answer", {"answer": "另一份答复"}, who=district.acting, key="click")
    with pytest.raises(KeyReused):
        take(order, "sign", {}, who=district.acting, key="click")
    order.refresh_from_db()
    assert order.seq == 3


def test_an_overdue_order_says_so(order, district):
    take(order, "sign", {}, who=district.acting, on=date(2026, 11, 3))
    clock = next(c for c in view(order, date(2026, 11, 22)).clocks if c.clock.id == "answer")
    assert clock.status == "expired"


def test_visibility_of_three_people(order, district, above, elsewhere):
    assert Case.objects.visible_to(district.acting).count() == 1
    assert Case.objects.visible_to(above.acting).count() == 1
    assert Case.objects.visible_to(elsewhere.acting).count() == 0


def test_a_query_that_forgets_raises(order):
    with pytest.raises(Unguarded, match="Case"):
        list(Case.objects.filter(state="issued"))


def test_projections_can_be_rebuilt(order):
    Case.objects.unrestricted("test").filter(pk=order.pk).update(state="closed", next_due=None)
    assert any(r.checker.id == "case-projection" and not r.sound for r in run_all())
    order.refresh_from_db()
    assert rebuild(order)
    assert all(r.sound for r in run_all() if r.checker.id.startswith("case-"))


def test_offers_say_why_not(order, elsewhere):
    offers = steps_for(order, view(order, date(2026, 11, 3)), elsewhere.acting)
    assert offers
    assert all(not o.allowed and o.why_not.zh for o in offers)
