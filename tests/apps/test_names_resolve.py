"""Every name in a declaration is resolved at the start: what is misspelt stops it, and never counts as 0."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest

from jinzhi.apps.cases.checks import unanswered
from jinzhi.apps.catalogue.checks import declarations
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import EVERYTHING, provided
from jinzhi.apps.custody.sources import item_records
from jinzhi.apps.registers.actions import create
from jinzhi.apps.registers.sources import entry_records
from jinzhi.apps.units.sources import unit_records
from jinzhi.kernel.counted import FIXED, fields_of, problems_of, unresolved
from jinzhi.kernel.declare import Catalogue, Found
from jinzhi.kernel.expression import All, Any, AtLeast, AtMost, F, Given, Is, Not, OneOf, Plus, Some
from jinzhi.kernel.indicator import TODAY, Count, Indicator, Median, Ratio, Sum
from jinzhi.kernel.procedure import Fact, Procedure

POINTS = "register:service-points"
GOOD = Indicator(
    id="test-points", zh="网点", en="Points", unit="个", unit_en="points", why="a test", serves=("C1",),
    measure=Count(POINTS, Is("state", "active")),
)  # fmt: skip


def said(**change) -> list[str]:
    return list(problems_of(replace(GOOD, **change), catalogue()))


@pytest.mark.parametrize(
    ("measure", "named"),
    [
        (Count("register:servise-points"), "register:servise-points"),
        (Count("procedure:supervision"), "procedure:supervision"),
        (Count("plan:milestone"), "plan:milestone"),
        (Count("custody:item"), "custody:item"),
        (Count("unit"), "unit"),
        (Count(POINTS, Is("stat", "active")), "stat"),
        (Count(POINTS, Is("state", "activ")), "activ"),
        (Count(POINTS, OneOf("kind", ("workstation", "workstatoin"))), "workstatoin"),
        (Count(POINTS, Given("openedon")), "openedon"),
        (Count(POINTS, Not(Given("openedon"))), "openedon"),
        (Count(POINTS, All(Is("state", "active"), Any(Given("openedon")))), "openedon"),
        (Count(POINTS, AtMost("name", TODAY)), "name"),
        (Count(POINTS, AtLeast("name", 1)), "name"),
        (Count(POINTS, AtLeast("opened_on", 1)), "opened_on"),
        (Count(POINTS, AtLeast("opened_on", "2026-01-01")), "opened_on"),
        (Count(POINTS, Some("kind", Is("x", 1))), "Some"),
        (Count(POINTS, AtLeast("opened_on", Plus(F("opened_on"), 1))), "Plus"),
        (Count(POINTS, Given("contact_mobile")), "contact_mobile"),
        (Count("plan:milestones", AtMost("met_on", F("due_on"))), "due_on"),
        (Count("procedure:supervision-order", Is("state", "isued")), "isued"),
        (Count("procedure:supervision-order", Is("answer_state", "met")), "answer_state"),
        (Sum("plan:milestones", "weigth"), "weigth"),
        (Median("plan:milestones", "title"), "title"),
        (Ratio(Count(POINTS), Count(POINTS, Given("openedon"))), "openedon"),
    ],
)
def test_a_misspelt_source_field_or_value_of_an_indicator_is_named(measure, named):
    problems = said(measure=measure)
    assert problems
    assert all(named in p for p in problems)


def test_the_date_field_and_the_breakdowns_are_resolved_too():
    assert said() == []
    assert any("opend_on" in p for p in said(date_field="opend_on"))
    assert any("name" in p for p in said(date_field="name"))
    assert any("knd" in p for p in said(breakdowns=("unit", "knd")))


def with_one(declaration) -> Catalogue:
    found = catalogue()
    kind = {**found.found[declaration.kind], declaration.id: Found(declaration, "matters.test", "wrong")}
    return Catalogue(MappingProxyType({**found.found, declaration.kind: MappingProxyType(kind)}))


def test_what_is_declared_holds_and_a_wrong_one_stops_the_start(monkeypatch):
    assert declarations(None) == []
    assert list(unresolved(catalogue())) == []
    wrong = with_one(replace(GOOD, measure=Count(POINTS, Is("stat", "active"))))
    monkeypatch.setattr("jinzhi.apps.catalogue.checks.catalogue", lambda: wrong)
    (error,) = declarations(None)
    assert "matters.test.wrong" in error.msg
    assert "'stat'" in error.msg


def test_a_fact_that_nothing_answers_stops_the_start():
    assert list(unanswered(catalogue())) == []
    order = catalogue().get(Procedure, "supervision-order")
    fact = Fact("nobody-knows", "无人知晓", "Nobody knows", "无人知晓", "nobody knows")
    steps = tuple(replace(s, needs=(fact,)) for s in order.steps[:1]) + order.steps[1:]
    (problem,) = unanswered(with_one(replace(order, steps=steps)))
    assert "nobody-knows" in problem
    assert order.steps[0].id in problem


# --- the providers give what is said of them ---------------------------------------------------------------
def test_every_kind_of_source_is_known_and_provided():
    assert {s.partition(":")[0] for s in FIXED} | {"register", "procedure"} == set(provided())


def test_entries_units_and_items_give_the_fields_that_are_said(district):
    create(
        "service-points",
        {"name": "站", "kind": "workstation", "unit": "tj-binhai", "address": "街", "telephone": "1",
         "opened_on": "2024-04-26"},
        who=district.acting,
    )  # fmt: skip
    day = date(2026, 11, 22)
    for source, records in (
        (POINTS, entry_records("service-points", EVERYTHING, day)),
        ("units", unit_records("", EVERYTHING, day)),
        ("custody:items", item_records("items", EVERYTHING, day)),
    ):
        given = fields_of(source, catalogue())
        for record in records:
            assert set(record.fields) == set(given), source
            for name, value in record.fields.items():
                if value is not None:
                    kinds = {bool: "bool", date: "date", int: "number", Decimal: "number", str: "text"}
                    assert kinds[type(value)] == given[name].kind, (source, name)
