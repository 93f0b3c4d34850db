"""Indicators of this installation: examples come out, values follow who looks, frozen days stay as they were."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from jinzhi.apps.cases.actions import open_case, take
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import EVERYTHING, UnknownSource, provided, records
from jinzhi.apps.catalogue.ticks import run_ticks
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.indicators.actions import freeze
from jinzhi.apps.indicators.models import Snapshot
from jinzhi.apps.indicators.queries import (
    RecordPool,
    as_of,
    by_unit,
    knows_past,
    not_known,
    past,
    quarter_ends,
    standing,
    values,
    years,
)
from jinzhi.apps.registers.actions import close, create, reopen, update
from jinzhi.apps.registers.sources import sql_source
from jinzhi.apps.units.guard import Unguarded
from jinzhi.apps.units.models import Unit
from jinzhi.engines import indicator_sql as sql
from jinzhi.engines.indicator_memory import check_examples, evaluate
from jinzhi.kernel.expression import All, Is, Not
from jinzhi.kernel.indicator import Count, Indicator, Sum, Value, parts

DAY = date(2026, 11, 22)
POINT = {
    "name": "甲站", "kind": "workstation", "unit": "tj-binhai", "address": "一号", "telephone": "022-1",
    "opened_on": "2024-04-26", "online": "true",
}  # fmt: skip
BUDGET = {
    "project": "网点建设", "row": "S2", "unit": "tj-binhai", "year": "2026", "source": "district", "budget": "100",
    "spent": "40", "as_of": "2026-10-31",
}  # fmt: skip


def indicator(id):
    return catalogue().get(Indicator, id)


def number(id, who=EVERYTHING, on=DAY):
    return values([indicator(id)], who, on)[id].number


@pytest.mark.parametrize("declared", catalogue().all(Indicator), ids=lambda i: i.id)
def test_the_worked_examples_come_out(declared):
    assert declared.examples, "an indicator has worked examples"
    assert check_examples(declared) == ()


def test_six_indicators_head_the_cockpit():
    assert len([i for i in catalogue().all(Indicator) if i.headline]) == 6


@pytest.mark.parametrize("declared", catalogue().all(Indicator), ids=lambda i: i.id)
def test_every_source_of_an_indicator_is_provided(declared, city):
    for part in parts(declared.measure):
        assert part.source.partition(":")[0] in provided()
        assert records(part.source, EVERYTHING, DAY) is not None


def test_a_source_nobody_gives_is_named(city):
    with pytest.raises(UnknownSource, match="nowhere:things"):
        records("nowhere:things", EVERYTHING, DAY)
    for source in ("register:nothing", "procedure:nothing"):
        with pytest.raises(UnknownSource):
            records(source, EVERYTHING, DAY)


# --- three people ---------------------------------------------------------------------------------------------------
def test_everybody_counts_what_their_unit_sees(district, above, elsewhere):
    create("service-points", POINT, who=district.acting)
    create("service-points", {**POINT, "unit": "tj-dongli"}, who=elsewhere.acting)
    seen = [number("service-points-open", p.acting) for p in (district, above, elsewhere)]
    assert seen == [1, 2, 1]


def test_units_with_a_contact_are_counted(above, district):
    before = number("units-with-contact")
    assert before == 0
    Unit.objects.filter(code="tj-binhai").update(contact="联络员")
    got = evaluate(indicator("units-with-contact"), {"units": records("units", EVERYTHING, DAY)}, DAY)
    assert got.parts[0] == 1 and got.records[0] == ("unit:tj-binhai",)


def test_an_order_answered_in_time_counts_and_an_overdue_one_does_not(above, district):
    for due, answered in (("2026-11-20", date(2026, 11, 20)), ("2026-11-13", None)):
        order = open_case(
            "supervision-order", "issue", {"title": "t", "demand": "d", "due": due}, who=above.acting,
            unit=district.acting.unit, on=date(2026, 11, 2),
        )  # fmt: skip
        if answered:
            take(order, "sign", {}, who=district.acting, on=date(2026, 11, 3))
            take(order, "answer", {"answer": "已完成"}, who=district.acting, on=answered)
    assert number("orders-in-time") == 50
    rows = records("procedure:supervision-order", EVERYTHING, date(2026, 11, 10))
    assert {r.fields["answer_status"] for r in rows} == {"running"}, "as they stood on that day"


def test_the_records_of_a_procedure_cost_three_queries(above, district, django_assert_num_queries):
    """Cases, their events, and the units that were merged."""
    for n in range(4):
        open_case(
            "supervision-order", "issue", {"title": str(n), "demand": "d", "due": "2026-11-20"}, who=above.acting,
            unit=district.acting.unit,
        )  # fmt: skip
    with django_assert_num_queries(3):
        assert len(records("procedure:supervision-order", EVERYTHING, DAY)) == 4


# --- memory and database ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("id", ["service-points-open", "service-points-opened", "budget-spent", "policies-in-force"])
def test_both_engines_agree_on_registers(id, district, above):
    closed = create("service-points", POINT, who=district.acting)
    close(closed, reason="撤并", who=district.acting)
    create("service-points", {**POINT, "name": "乙站", "opened_on": "2026-05-01"}, who=district.acting)
    create("budget-items", BUDGET, who=district.acting)
    create("budget-items", {**BUDGET, "project": "乙", "budget": "0.1", "spent": "0.2"}, who=district.acting)
    policy = {"title": "甲", "level": "policy", "issued_by": "tj-ip-office", "issued_on": "2026-01-01",
              "in_force_from": "2026-02-01"}  # fmt: skip
    create("policy-documents", policy, who=above.acting)
    create("policy-documents", {**policy, "title": "乙", "expires_on": "2026-11-22"}, who=above.acting)
    declared = indicator(id)
    names = {p.source for p in parts(declared.measure)}
    memory = evaluate(declared, {s: records(s, EVERYTHING, DAY) for s in names}, DAY)
    table = sql.evaluate(declared, {s: sql_source(s.partition(":")[2], EVERYTHING) for s in names}, DAY)
    assert memory == table
    assert memory.number is not None and memory.number > 0


# --- targets --------------------------------------------------------------------------------------------------------
def light(id, number, day=DAY):
    got = Decimal(number) if number is not None else None
    why = () if got is not None else ("没有可计算的记录", "nothing")
    return standing(indicator(id), Value(got, day, (), (), *why))


@pytest.mark.parametrize(
    ("number", "expected"), [("100", "normal"), ("90", "normal"), ("89.9", "risk"), ("70", "risk"), ("69", "late")]
)
def test_the_light_follows_the_ratio_to_the_target(number, expected):
    assert light("reports-on-time", number).light.id == expected


def test_without_a_target_or_a_value_there_is_no_light():
    assert light("policies-in-force", "12").light is None
    assert light("reports-on-time", None).light is None
    assert light("reports-on-time", None).zh == "没有可计算的记录"


def test_a_count_of_the_year_is_held_against_the_days_gone_by():
    aimed = replace(indicator("service-points-opened"), targets={2026: Decimal(12)})
    got = standing(aimed, Value(Decimal(5), date(2026, 7, 1), (), ()))
    assert got.expected == 5 and got.light.id == "normal"
    assert standing(aimed, Value(Decimal(0), date(2026, 1, 5), (), ())).light.id == "normal"
    assert standing(aimed, Value(Decimal(5), date(2026, 12, 31), (), ())).light.id == "late"


# --- days ------------------------------------------------------------------------------------------------------------
def test_a_year_stands_for_its_last_day_and_the_running_one_for_today():
    assert as_of(2025, DAY) == date(2025, 12, 31)
    assert as_of(2026, DAY) == as_of(None, DAY) == DAY


def test_years_begin_with_the_plan():
    assert years(None, DAY) == (2026, 2025, 2024, 2023, 2022, 2021)


def test_the_ends_of_quarters_lead_up_to_the_day():
    got = quarter_ends(DAY, 4)
    assert got == (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), DAY)
    assert quarter_ends(date(2025, 12, 31), 3) == (date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31))
    assert len(set(quarter_ends(DAY))) == len(quarter_ends(DAY))


def test_only_indicators_over_what_is_kept_know_the_past():
    assert knows_past(indicator("reports-on-time"))
    assert knows_past(indicator("policies-in-force"))
    assert not knows_past(indicator("units-with-contact"))


def test_freezing_keeps_the_value_and_the_records_behind_it(district, above):
    entry = create("service-points", POINT, who=district.acting)
    assert freeze(DAY) > 0
    kept = Snapshot.objects.visible_to(above.acting).get(
        indicator="service-points-open", day=DAY, unit__code="tj-binhai"
    )
    assert kept.number == "1" and kept.records == [[f"entry:{entry.pk}"]]
    assert Event.objects.get(stream=f"indicators:{DAY.isoformat()}").data["values"] > 0


def test_a_frozen_day_stays_as_it_was(district):
    create("service-points", POINT, who=district.acting)
    freeze(DAY)
    create("service-points", {**POINT, "name": "乙站"}, who=district.acting)
    assert freeze(DAY) == 0
    rows = Snapshot.objects.visible_to(district.acting)
    assert rows.get(indicator="service-points-open", unit__code="tj-binhai").number == "1"
    assert number("service-points-open") == 2


def test_a_frozen_value_that_was_changed_is_found(district):
    create("service-points", POINT, who=district.acting)
    freeze(DAY)

    def found():
        return [v for r in run_all() if r.checker.id == "indicator-frozen" for v in r.violations]

    assert found() == []
    rows = Snapshot.objects.unrestricted("test").filter(indicator="service-points-open", unit__code="tj-binhai")
    rows.update(number="7")
    assert len(found()) == 1


def test_the_timer_freezes_the_day_that_is_over(district):
    create("service-points", POINT, who=district.acting)
    done = {d.tick.id: d for d in run_ticks(DAY)}["frozen-indicators"]
    assert done.count > 0 and not done.error
    assert set(Snapshot.objects.unrestricted("test").values_list("day", flat=True)) == {date(2026, 11, 21)}
    assert {d.tick.id: d for d in run_ticks(DAY)}["frozen-indicators"].count == 0


def test_frozen_values_of_another_unit_are_not_seen(district, elsewhere):
    create("service-points", POINT, who=district.acting)
    freeze(DAY)
    seen = Snapshot.objects.visible_to(elsewhere.acting)
    assert not seen.filter(unit__code="tj-binhai").exists()
    with pytest.raises(Unguarded):
        list(Snapshot.objects.filter(day=DAY))


def test_a_past_day_is_the_frozen_value_or_what_the_dates_tell_or_nothing(district, above):
    create("service-points", POINT, who=district.acting)
    root = Unit.objects.get(code="tianjin")
    freeze(date(2026, 9, 30))
    Snapshot.objects.unrestricted("test").filter(indicator="service-points-open", unit=root).update(number="7")
    open_points = indicator("service-points-open")
    pool = RecordPool(above.acting, DAY)
    got = {p.day: p for p in past(open_points, above.acting, root, pool)}
    assert got[date(2026, 9, 30)].source == "frozen" and got[date(2026, 9, 30)].number == 7
    assert got[date(2026, 6, 30)].source == "computed" and got[date(2026, 6, 30)].number == 1
    contacts = indicator("units-with-contact")
    got = {p.day: p for p in past(contacts, above.acting, root, pool)}
    assert got[date(2026, 6, 30)].source == "none" and got[date(2026, 6, 30)].number is None


# --- as of a past day -----------------------------------------------------------------------------------------------
BEFORE = date(2026, 6, 30)


def test_a_past_value_is_of_what_held_then_not_of_todays_state(district, settings):
    entry = create("service-points", POINT, who=district.acting, on=date(2024, 4, 26))
    close(entry, reason="迁址", who=district.acting, on=date(2026, 9, 1))
    # open from 26 April 2024 to 31 August 2026
    said = [number("service-points-open", on=day) for day in (BEFORE, date(2026, 8, 31), date(2026, 9, 1), DAY)]
    assert said == [1, 1, 0, 0]
    reopen(entry, reason="恢复", who=district.acting, on=date(2026, 10, 1))
    said = [number("service-points-open", on=day) for day in (BEFORE, date(2026, 9, 30), date(2026, 10, 1))]
    assert said == [1, 0, 1]


def test_a_past_value_counts_what_an_entry_said_then(district, above):
    entry = create("service-points", {**POINT, "unit": "tj-dongli"}, who=above.acting, on=date(2024, 4, 26))
    update(entry, {"unit": "tj-binhai", "kind": "tisc"}, who=above.acting, on=date(2026, 9, 1))
    update(entry, {"opened_on": "2024-05-01"}, who=above.acting, on=date(2026, 10, 1))
    then = records("register:service-points", EVERYTHING, BEFORE)
    assert [(r.unit, r.fields["kind"], r.fields["opened_on"]) for r in then] == [
        ("tj-dongli", "workstation", date(2024, 4, 26))
    ]
    now = records("register:service-points", EVERYTHING, DAY)
    assert [(r.unit, r.fields["kind"], r.fields["opened_on"]) for r in now] == [("tj-binhai", "tisc", date(2024, 5, 1))]


def test_the_line_of_the_past_is_of_what_held_at_each_quarters_end(district, above):
    entry = create("service-points", POINT, who=district.acting, on=date(2024, 4, 26))
    close(entry, reason="迁址", who=district.acting, on=date(2026, 9, 1))
    got = past(
        indicator("service-points-open"), above.acting, Unit.objects.get(code="tianjin"), RecordPool(EVERYTHING, DAY)
    )
    assert [int(p.number) for p in got if p.day >= BEFORE] == [1, 0, 0]


def test_a_past_value_that_cannot_be_known_says_so(city):
    then, now = values([indicator("units-with-contact")], EVERYTHING, BEFORE), number("units-with-contact")
    value = then["units-with-contact"]
    assert (value.number, value.records, now is None) == (None, ((), ()), False)
    assert value.why_none_zh == "2026-06-30 的数值无法得知：units 没有保留当日的情况"
    assert "cannot be known" in value.why_none_en


def test_a_measure_over_a_field_that_only_today_has_knows_no_past(city):
    milestones = indicator("milestones-on-time")
    assert knows_past(milestones)
    summed = replace(milestones, measure=Sum("plan:milestones", "achieved"))
    chosen = replace(milestones, measure=Count("plan:milestones", Not(All(Is("state", "late")))))
    assert not_known(summed) == (("plan:milestones", "achieved"),)
    assert not_known(chosen) == (("plan:milestones", "state"),)


def test_a_correction_made_later_holds_for_the_past_too(district, above):
    order = {"title": "加快推进", "demand": "限期完成", "due": "2026-05-20"}
    case = open_case(
        "supervision-order", "issue", order, who=above.acting, unit=district.acting.unit, on=date(2026, 5, 4)
    )
    take(case, "answer", {"answer": "已完成"}, who=district.acting, on=date(2026, 5, 19))
    fields = [
        records("procedure:supervision-order", EVERYTHING, day)[0].fields for day in (date(2026, 5, 18), BEFORE, DAY)
    ]
    assert [f["answer_status"] for f in fields] == ["running", "met", "met"]
    assert [f["state"] for f in fields] == ["issued", "answered", "answered"]


def test_the_units_make_up_the_whole(district, elsewhere, above):
    create("service-points", POINT, who=district.acting)
    create("service-points", {**POINT, "unit": "tj-dongli"}, who=elsewhere.acting)
    declared = indicator("service-points-open")
    pool = RecordPool(above.acting, DAY)
    groups = by_unit(declared, pool.of(declared), DAY, "zh")
    assert {g.unit.code: g.value.number for g in groups} == {"tj-binhai": 1, "tj-dongli": 1}


def test_a_value_is_kept_until_something_is_written(district, django_assert_num_queries):
    create("service-points", POINT, who=district.acting)
    assert number("service-points-open") == 1
    with django_assert_num_queries(1):
        assert number("service-points-open") == 1
    create("service-points", {**POINT, "name": "乙站"}, who=district.acting)
    assert number("service-points-open") == 2
