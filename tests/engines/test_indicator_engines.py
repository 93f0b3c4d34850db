"""What an indicator means in memory, and that the database agrees, whatever the records and the measure."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jinzhi.apps.registers.models import Entry
from jinzhi.apps.units.models import Unit
from jinzhi.engines import indicator_memory as memory
from jinzhi.engines import indicator_sql as sql
from jinzhi.kernel.expression import All, Any, AtLeast, AtMost, F, Given, Is, Not, OneOf, Plus, Some
from jinzhi.kernel.indicator import TODAY, Count, Indicator, Median, Ratio, Record, Sum

S = "register:things"
DAY = date(2026, 11, 22)


def indicator(measure, **more):
    return Indicator(id="test", zh="测试", en="Test", measure=measure, unit="件", unit_en="things", why="…", **more)


def records(*rows):
    return {S: memory.records_of(S, rows)}


def value(measure, *rows, as_of=DAY, **more):
    return memory.evaluate(indicator(measure, **more), records(*rows), as_of).number


# --- the definition ---------------------------------------------------------------------------------------------
def test_a_count_over_nothing_is_nought_and_a_median_is_no_value():
    assert value(Count(S)) == 0
    assert value(Sum(S, "n")) == 0
    assert value(Median(S, "n")) is None


def test_a_ratio_over_nothing_has_no_value_and_says_why():
    got = memory.evaluate(indicator(Ratio(Count(S, Is("a", 1)), Count(S))), records(), DAY)
    assert got.number is None and got.why_none_zh and got.why_none_en


def test_a_median_of_an_even_number_lies_between():
    assert value(Median(S, "n"), {"n": 4}, {"n": 1}, {"n": 2}, {"n": Decimal("3.5")}) == Decimal("2.75")


def test_a_missing_field_equals_nothing_and_of_its_day_nobody_knows_whether_it_is_in_time():
    row = {"met_on": None, "due": date(2026, 1, 1)}
    assert value(Count(S, Is("x", 1)), row) == 0
    assert value(Count(S, Not(Is("x", 1))), row) == 1
    assert value(Count(S, AtMost("met_on", F("due"))), row) == 0
    assert value(Count(S, Not(AtMost("met_on", F("due")))), row) == 0
    assert value(Count(S, Not(All(Given("met_on"), AtMost("met_on", F("due"))))), row) == 1
    assert value(Count(S, Is("x", None)), row) == 1


def test_what_may_count_is_named_beside_the_value_once_and_only_in_its_period():
    share = Ratio(Count(S, AtLeast("n", 5)), Count(S, AtLeast("n", 1)))
    rows = records({"n": 7, "d": DAY}, {"d": DAY}, {"n": 2, "d": DAY}, {"d": date(2025, 1, 1)})
    got = memory.evaluate(indicator(share, date_field="d"), rows, DAY)
    assert (got.number, got.unknown) == (50, (f"{S}#2",))


def test_yes_is_not_one_and_a_text_is_no_number():
    assert value(Count(S, Is("x", 1)), {"x": True}, {"x": "1"}, {"x": Decimal("1.0")}, {"x": 1}) == 2


def test_done_on_the_last_day_is_in_time():
    rows = [{"a": date(2026, 1, d), "b": date(2026, 1, 2)} for d in (1, 2, 3)]
    assert value(Count(S, AtMost("a", F("b"))), *rows) == 2


def test_a_flow_counts_its_year_up_to_the_day():
    rows = [{"d": d} for d in (date(2025, 12, 31), date(2026, 1, 1), DAY, date(2026, 11, 23), None)]
    assert value(Count(S), *rows, date_field="d") == 2
    assert value(Count(S), *rows) == 5


def test_a_sum_is_exact():
    assert value(Sum(S, "n"), *[{"n": Decimal("0.1")}] * 3, {"n": Decimal(10) ** 14}) == Decimal("100000000000000.3")


def test_the_value_names_the_records_behind_each_part():
    got = memory.evaluate(indicator(Ratio(Count(S, Is("ok", True)), Count(S))), records({"ok": True}, {}), DAY)
    assert got.records == ((f"{S}#1",), (f"{S}#1", f"{S}#2"))
    assert got.number == 50 and got.parts == (1, 2)


def test_a_breakdown_by_unit_makes_up_the_whole():
    rows = [{"unit": "a"}, {"unit": "b"}, {"unit": "a"}]
    got = memory.breakdown(indicator(Count(S)), records(*rows), "unit", DAY)
    assert {k: v.number for k, v in got} == {"a": 2, "b": 1}


def test_a_breakdown_keeps_yes_apart_from_one():
    got = memory.breakdown(indicator(Count(S)), records({"x": True}, {"x": 1}), "x", DAY)
    assert len(got) == 2


def test_a_series_is_the_value_of_each_day():
    rows = records({"d": date(2026, 3, 1)}, {"d": date(2026, 6, 1)})
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 12, 31), date(2027, 1, 1)]
    got = memory.series(indicator(Count(S), date_field="d"), rows, days)
    assert [v.number for _, v in got] == [0, 1, 2, 0]


def test_a_float_is_refused():
    with pytest.raises(TypeError, match="float"):
        value(Count(S, Is("x", Decimal(1))), {"x": 0.1})


# --- the database agrees -------------------------------------------------------------------------------------------
TEXTS = st.sampled_from(["", "a", "b", "甲", "null", "true", "1", 'it\'s "x" %s']).filter(bool)
NUMBERS = st.one_of(
    st.integers(-10, 10).map(Decimal),
    st.decimals(min_value=-(10**9), max_value=10**9, places=3, allow_nan=False),
)
DATES = st.dates(date(2025, 11, 1), date(2027, 2, 1))
KINDS = {"t": TEXTS, "n": NUMBERS, "m": NUMBERS, "i": st.integers(-5, 5), "d": DATES, "e": DATES, "b": st.booleans()}
ROWS = st.lists(st.fixed_dictionaries({}, optional=KINDS), max_size=8)
COLUMNS = {
    **{f: sql.SqlColumn(sql.JsonText("data", f), "number", json=True) for f in ("n", "m", "i")},
    **{f: sql.SqlColumn(sql.JsonText("data", f), "date", json=True) for f in ("d", "e")},
    "t": sql.SqlColumn(sql.JsonText("data", "t"), "text", json=True),
    "b": sql.SqlColumn(sql.JsonText("data", "b"), "bool", json=True),
    "made": sql.SqlColumn("created_at__date", "date"),
    "state": sql.SqlColumn("state", "text"),
    "seq": sql.SqlColumn("seq", "number"),
}
FIELDS = st.sampled_from([*KINDS, "made", "state", "seq", "absent"])
SCALARS = st.one_of(TEXTS, NUMBERS, st.integers(-5, 5), DATES, st.booleans(), st.none())
OTHERS = st.just(TODAY) | FIELDS.map(F)
LEAVES = st.one_of(
    st.builds(Is, FIELDS, SCALARS),
    st.builds(OneOf, FIELDS, st.lists(SCALARS, max_size=3).map(tuple)),
    st.builds(Given, FIELDS),
    st.builds(AtLeast, FIELDS, SCALARS | OTHERS),
    st.builds(AtMost, FIELDS, SCALARS | OTHERS),
    st.builds(Is, FIELDS, OTHERS),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, max_size=3).map(lambda several: All(*several)),
        st.lists(inner, max_size=3).map(lambda several: Any(*several)),
    ),
    max_leaves=5,
)
NUMERIC = st.sampled_from(["n", "m", "i", "seq", "absent", "t"])
COUNTS = st.builds(Count, st.just(S), CONDITIONS)
SUMS = st.builds(Sum, st.just(S), NUMERIC, CONDITIONS)
MEASURES = st.one_of(
    COUNTS,
    SUMS,
    st.builds(Median, st.just(S), NUMERIC, CONDITIONS),
    st.builds(Ratio, st.one_of(COUNTS, SUMS), st.one_of(COUNTS, SUMS), st.sampled_from([1, 100, 1000])),
)


def stored(v):
    """A value as a register's JSON holds it."""
    if isinstance(v, Decimal):
        return f"{v:f}"
    return v.isoformat() if isinstance(v, date) else v


@pytest.fixture
def unit(db):
    return Unit.objects.add_root({"code": "u", "zh": "单位", "en": "Unit", "level": "city"})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, measure=MEASURES, as_of=DATES, flow=st.sampled_from(["", "d", "made", "absent"]))
def test_the_database_agrees_with_the_definition(unit, rows, measure, as_of, flow):
    Entry.objects.unrestricted("test").delete()
    given_ = []
    for i, row in enumerate(rows, 1):
        made = date(2026, 1 + i, 15)
        moment = timezone.make_aware(datetime(made.year, made.month, made.day, 9))
        state = "closed" if i % 3 == 0 else "active"
        entry = Entry.objects.create(
            register="things", number=f"n{i}", title=str(i), unit=unit, unit_path=unit.path, seq=i, state=state,
            data={k: stored(v) for k, v in row.items()}, created_at=moment, updated_at=moment,
        )  # fmt: skip
        fields = {**row, "made": made, "state": state, "seq": i}
        given_.append(Record(str(entry.pk), str(i), "", "u", fields))
    declared = indicator(measure, date_field=flow)
    source = sql.SqlSource(Entry.objects.unrestricted("test").order_by("pk"), COLUMNS)
    expected = memory.evaluate(declared, {S: given_}, as_of)
    assert sql.evaluate(declared, {S: source}, as_of) == expected


def test_a_member_that_is_null_is_missing_in_the_database_too(unit):
    now = timezone.now()
    Entry.objects.create(
        register="things", number="n", title="", unit=unit, unit_path=unit.path, data={"t": None, "u": "null"},
        created_at=now, updated_at=now,
    )  # fmt: skip
    rows = Entry.objects.unrestricted("test").annotate(t=sql.JsonText("data", "t"), u=sql.JsonText("data", "u"))
    assert rows.values_list("t", "u").get() == (None, "null")


def test_what_the_database_cannot_answer_is_refused_there(unit):
    source = sql.SqlSource(Entry.objects.unrestricted("test"), COLUMNS)
    for condition in (Some("t", Is("n", 1)), AtLeast("n", Plus(F("m"), 1)), AtLeast(Plus(F("m"), 1), 2)):
        with pytest.raises(TypeError, match="the database does not answer"):
            sql.evaluate(indicator(Count(S, condition)), {S: source}, DAY)
