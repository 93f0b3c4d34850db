"""Periods of law: the rules one by one, the facts of the domain, and what must always hold."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.kernel.declare import collect
from jinzhi.kernel.period import (
    Calendar,
    Deadline,
    HolidayNotice,
    Length,
    LengthUnit,
    Span,
    add_months,
    days,
    deadline,
    extend,
    hours,
    minutes,
    months,
    months_and_days,
    workdays,
    years,
)

NOTICES = collect(["jinzhi.matters.china.holidays"]).all(HolidayNotice)
CALENDAR = Calendar.of(NOTICES)


def d(text: str) -> date:
    return date.fromisoformat(text)


def end(start: str, length: Length | Sequence[Length], **more: object) -> date | None:
    return deadline(d(start), length, CALENDAR, **more).on  # type: ignore[arg-type]


def span(first: str, last: str | None, reason: str = "等待") -> Span:
    return Span(d(first), d(last) if last else None, reason)


# ── lengths ──────────────────────────────────────────────────────────────────────────────────────────────


def test_lengths_are_said_as_the_law_says_them() -> None:
    lengths = [workdays(45), months(3), hours(24), days(60), years(2), days(1)]
    assert [x.zh for x in lengths] == ["45 个工作日", "3 个月", "24 小时", "60 日", "2 年", "1 日"]
    assert [x.en for x in lengths] == ["45 working days", "3 months", "24 hours", "60 days", "2 years", "1 day"]


def test_a_length_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 day"):
        days(0)


def test_extensions_of_one_unit_become_one_length() -> None:
    assert extend(months(3), months(1), months(2)) == (months(6),)
    assert extend(years(1), months(3)) == (months(15),)
    assert extend(days(90), months(1)) == (days(90), months(1))


def test_hours_do_not_chain_with_days() -> None:
    with pytest.raises(ValueError, match="hours and minutes cannot be chained"):
        extend(days(3), hours(24))


# ── where a period ends ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("start", "length", "on"),
    [
        # the first day does not count
        ("2026-03-02", days(1), "2026-03-03"),
        ("2026-03-02", days(15), "2026-03-17"),
        ("2026-03-02", workdays(7), "2026-03-11"),
        # months end on the corresponding day
        ("2025-12-15", months(1), "2026-01-15"),
        ("2026-01-15", years(1), "2027-01-15"),
        # or on the month's last day where there is none
        ("2025-12-31", months(2), "2026-02-28"),
        ("2024-02-29", years(1), "2025-02-28"),
        # rules 12: case opened under Order 81 on 31 March 2025, three months
        ("2025-03-31", months(3), "2025-06-30"),
        # rules 12: 31 January plus a month is the end of February: 28 February 2026 is a worked Saturday
        ("2026-01-31", months(1), "2026-02-28"),
        # 28 February 2021 is a Sunday: moved to Monday
        ("2021-01-31", months(1), "2021-03-01"),
        # leap year: 29 February 2024
        ("2024-01-31", months(1), "2024-02-29"),
        # an end on 1 October 2026 moves over the whole chain to 8 October
        ("2026-09-01", months(1), "2026-10-08"),
        # Spring Festival 2026: 15 to 23 February are off, the Saturday before is worked
        ("2026-02-10", days(7), "2026-02-24"),
        ("2026-02-13", workdays(1), "2026-02-14"),
        ("2026-02-13", workdays(2), "2026-02-24"),
        # an end on a worked Saturday stays there
        ("2026-10-05", days(5), "2026-10-10"),
        # accepted 14 April 2026: 45 working days, Labour Day off, 9 May worked, Dragon Boat Festival off
        ("2026-04-14", workdays(45), "2026-06-18"),
        # accepted 15 April 2026: 60 days, ends on Sunday 14 June, moves to Monday
        ("2026-04-15", days(60), "2026-06-15"),
        # the epidemic: seven working days from 23 January 2020 begin on 3 February
        ("2020-01-23", workdays(7), "2020-02-11"),
    ],
)
def test_the_end_of_a_period(start: str, length: Length, on: str) -> None:
    assert end(start, length) == d(on)


def test_an_end_that_moved_says_whence() -> None:
    moved = deadline(d("2026-09-01"), months(1), CALENDAR)
    assert (moved.rolled_from, moved.provisional) == (d("2026-10-01"), False)
    assert "国庆节放假" in moved.steps[-1].zh


def test_without_rolling_the_end_stays_on_the_holiday() -> None:
    kept = deadline(d("2026-09-01"), months(1), CALENDAR, roll=False)
    assert (kept.on, kept.rolled_from) == (d("2026-10-01"), None)
    assert kept.unmoved_to == d("2026-10-08")


def test_an_end_that_moves_or_falls_on_a_working_day_has_no_other_day_beside() -> None:
    assert deadline(d("2026-09-01"), months(1), CALENDAR).unmoved_to is None
    assert deadline(d("2026-09-02"), days(2), CALENDAR, roll=False).unmoved_to is None


def test_the_day_beside_an_end_leans_on_a_notice_without_making_the_end_provisional() -> None:
    kept = deadline(d("2026-12-24"), days(2), CALENDAR, roll=False)
    assert (kept.on, kept.unmoved_to, kept.provisional) == (d("2026-12-26"), d("2026-12-28"), False)


def test_order_81_ends_no_later_than_six_months_after_the_opening() -> None:
    assert end("2025-03-31", extend(months(3), months(1))) == d("2025-07-31")
    assert end("2025-03-31", extend(months(3), months(1), months(2))) == d("2025-09-30")


def test_an_extension_starts_neither_from_a_cut_nor_from_a_rolled_day() -> None:
    # 30 November + 3 months is cut to 28 February; four months end on 30 March all the same
    assert end("2025-11-30", extend(months(3), months(1))) == d("2026-03-30")
    # 15 days end on Saturday 17 January 2026; 15 more run from that Saturday, to Sunday, so to Monday
    assert end("2026-01-02", extend(days(15), days(15))) == d("2026-02-02")
    # 90 days end on Saturday 11 April; the month runs from there
    assert end("2026-01-11", extend(days(90), months(1))) == d("2026-05-11")


def test_three_days_to_decide_then_twenty_four_hours_by_the_clock() -> None:
    decided = datetime(2026, 9, 30, 16, 30)
    over = deadline(decided, hours(24), CALENDAR)
    assert (over.at, over.on) == (datetime(2026, 10, 1, 16, 30), d("2026-10-01"))
    assert end("2026-09-30", days(1)) == d("2026-10-08")


def test_hours_roll_only_when_asked_and_keep_their_minute() -> None:
    rolled = deadline(datetime(2026, 9, 30, 16, 30, tzinfo=UTC), hours(24), CALENDAR, roll=True)
    assert rolled.at == datetime(2026, 10, 8, 16, 30, tzinfo=UTC)
    assert rolled.rolled_from == d("2026-10-01")


def test_minutes_run_through_the_night_and_say_what_is_left_in_minutes() -> None:
    start = datetime(2026, 9, 30, 23, 50, tzinfo=UTC)
    assert deadline(start, minutes(15), CALENDAR).at == datetime(2026, 10, 1, 0, 5, tzinfo=UTC)
    held = deadline(start, minutes(15), CALENDAR, suspended=[Span(d("2026-10-01"), None, "x")])
    assert (held.on, held.left) == (None, (minutes(5),))


def test_hours_from_a_bare_date_are_refused() -> None:
    with pytest.raises(ValueError, match="runs from a minute"):
        deadline(d("2026-09-30"), hours(24), CALENDAR)


def test_a_datetime_stands_for_its_date_in_other_units() -> None:
    assert deadline(datetime(2026, 3, 2, 23, 59), days(1), CALENDAR).on == d("2026-03-03")


# ── standing still ───────────────────────────────────────────────────────────────────────────────────────


def test_appraisal_does_not_count_towards_mediation() -> None:
    # 60 days from 15 April 2026 would end on 14 June; ten days of appraisal move that to 24 June
    assert end("2026-04-15", days(60), excluded=[span("2026-05-06", "2026-05-15", "鉴定")]) == d("2026-06-24")


def test_working_days_lose_only_the_working_days_of_a_span() -> None:
    # 1 to 10 May 2026: only 6 to 9 May are worked
    without, with_span = (
        deadline(d("2026-04-14"), workdays(45), CALENDAR, excluded=spans)
        for spans in ([], [span("2026-05-01", "2026-05-10", "鉴定")])
    )
    assert without.on is not None and with_span.on is not None
    assert CALENDAR.workdays_between(without.on, with_span.on) == 4


def test_months_move_by_the_calendar_days_excluded() -> None:
    # to 30 June 2025; nineteen days of announcement make it 19 July, a Saturday, so 21 July
    assert end("2025-03-31", months(3), excluded=[span("2025-05-01", "2025-05-19", "公告")]) == d("2025-07-21")


def test_a_suspension_keeps_what_is_left_in_months_and_days() -> None:
    # the example of the module: 2 months and 16 days are left on 14 April
    assert months_and_days(d("2025-04-14"), d("2025-06-30")) == (2, 16)
    assert end("2025-03-31", months(3), suspended=[span("2025-04-15", "2025-05-20", "中止")]) == d("2025-08-05")


def test_a_suspension_keeps_what_is_left_in_working_days() -> None:
    # two of seven working days run on 3 and 4 March; five more from 1 April, around 4 to 6 April
    assert end("2026-03-02", workdays(7), suspended=[span("2026-03-05", "2026-03-31")]) == d("2026-04-08")


def test_a_suspended_day_takes_its_twenty_four_hours() -> None:
    over = deadline(datetime(2026, 3, 2, 10), hours(24), CALENDAR, suspended=[span("2026-03-03", "2026-03-04")])
    assert over.at == datetime(2026, 3, 5, 10)
    assert sum(step.counted for step in over.steps) == 24


@pytest.mark.parametrize(
    ("length", "left"),
    [
        (days(60), (days(50),)),
        (workdays(45), (workdays(38),)),
        (months(3), (months(2), days(20))),
        (years(1), (months(11), days(21))),
    ],
)
def test_while_it_stands_still_there_is_no_due_date(length: Length, left: tuple[Length, ...]) -> None:
    still = deadline(d("2026-04-15"), length, CALENDAR, suspended=[span("2026-04-26", None, "等待无效结论")])
    assert (still.on, still.suspended, still.left) == (None, True, left)
    assert still.remaining(d("2027-01-01")) is None
    assert not still.overdue(d("2030-01-01"))
    assert "等待无效结论" in still.steps[-1].zh


def test_hours_stand_still_too() -> None:
    still = deadline(datetime(2026, 3, 2, 10), hours(24), CALENDAR, suspended=[span("2026-03-03", None)])
    assert (still.on, still.left) == (None, (hours(10),))


def test_an_open_span_after_the_end_stops_nothing() -> None:
    assert end("2026-03-02", days(15), suspended=[span("2026-03-18", None)]) == d("2026-03-17")
    assert end("2026-03-02", months(1), excluded=[span("2026-04-03", None)]) == d("2026-04-02")


def test_an_extension_of_another_unit_is_still_left_while_the_first_stands() -> None:
    still = deadline(d("2026-03-02"), extend(days(90), months(1)), CALENDAR, suspended=[span("2026-03-12", None)])
    assert still.left == (days(81), months(1))


def test_overlapping_spans_count_once_and_the_suspension_is_the_stronger() -> None:
    one = [span("2026-03-10", "2026-03-19")]
    two = [span("2026-03-10", "2026-03-15"), span("2026-03-12", "2026-03-19")]
    for length in (days(60), workdays(30), months(2)):
        assert end("2026-03-02", length, excluded=one) == end("2026-03-02", length, excluded=two)
        assert end("2026-03-02", length, suspended=one) == end("2026-03-02", length, suspended=one, excluded=two)


def test_a_span_that_covers_the_event_takes_out_only_what_follows_it() -> None:
    whole = [span("2026-02-20", "2026-03-10")]
    rest = [span("2026-03-03", "2026-03-10")]
    for length in (days(60), workdays(30), months(2)):
        assert end("2026-03-02", length, suspended=whole) == end("2026-03-02", length, suspended=rest)


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        span("2026-03-10", "2026-03-09")


# ── provisional ──────────────────────────────────────────────────────────────────────────────────────────


def test_beyond_the_last_notice_a_date_is_provisional_and_says_so() -> None:
    beyond = deadline(d("2026-12-20"), months(1), CALENDAR)
    assert (beyond.on, beyond.provisional, beyond.uncovered) == (d("2027-01-20"), True, (2027,))
    assert beyond.note.zh.startswith("暂算：2027 年")
    assert "2027" in beyond.note.en


def test_before_the_first_notice_a_date_is_provisional_too() -> None:
    before = deadline(d("2019-12-02"), workdays(3), CALENDAR)
    assert (before.on, before.uncovered) == (d("2019-12-05"), (2019,))


def test_within_the_notices_nothing_is_provisional() -> None:
    within = deadline(d("2026-12-01"), workdays(10), CALENDAR)
    assert (within.provisional, within.note) == (False, ("", ""))


def test_an_end_that_needs_no_calendar_is_final() -> None:
    assert not deadline(d("2026-12-20"), months(1), CALENDAR, roll=False).provisional


# ── remaining and overdue ────────────────────────────────────────────────────────────────────────────────


def test_the_last_day_is_in_time_and_the_next_is_late() -> None:
    due = deadline(d("2026-03-02"), days(15), CALENDAR)
    assert [due.remaining(d(x)) for x in ("2026-03-16", "2026-03-17", "2026-03-18")] == [1, 0, -1]
    assert [due.overdue(d(x)) for x in ("2026-03-17", "2026-03-18")] == [False, True]
    assert not due.overdue(datetime(2026, 3, 17, 23, 59))


def test_hours_are_late_by_the_minute() -> None:
    due = deadline(datetime(2026, 3, 2, 10), hours(24), CALENDAR)
    assert not due.overdue(datetime(2026, 3, 3, 10, 0))
    assert due.overdue(datetime(2026, 3, 3, 10, 1))


# ── the working ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_working_tells_each_stretch() -> None:
    due = deadline(d("2026-09-24"), workdays(5), CALENDAR)
    assert [(s.day, s.last, s.zh, s.counted) for s in due.steps] == [
        (d("2026-09-24"), d("2026-09-24"), "事件发生当日，不计入", 0),
        (d("2026-09-25"), d("2026-09-27"), "中秋节放假（国办发明电〔2025〕7号），不计入", 0),
        (d("2026-09-28"), d("2026-09-30"), "工作日，计入", 3),
        (d("2026-10-01"), d("2026-10-07"), "国庆节放假（国办发明电〔2025〕7号），不计入", 0),
        (d("2026-10-08"), d("2026-10-09"), "工作日，计入", 2),
    ]


# ── what must always hold ────────────────────────────────────────────────────────────────────────────────

STARTS = st.dates(date(2019, 6, 1), date(2027, 6, 30))
NUMBERS = st.integers(1, 120)
DAY_LIKE = st.sampled_from([LengthUnit.DAY, LengthUnit.WORKDAY])
NO_HOURS = st.sampled_from([LengthUnit.DAY, LengthUnit.WORKDAY, LengthUnit.MONTH, LengthUnit.YEAR])


@st.composite
def lengths(draw: st.DrawFn, units: st.SearchStrategy[LengthUnit] = NO_HOURS) -> Length:
    unit = draw(units)
    return Length(draw(st.integers(1, {LengthUnit.MONTH: 30, LengthUnit.YEAR: 3}.get(unit, 90))), unit)


@st.composite
def spans(draw: st.DrawFn, most: int = 4) -> list[Span]:
    out = []
    for i in range(draw(st.integers(0, most))):
        first = draw(STARTS)
        out.append(Span(first, first + timedelta(days=draw(st.integers(0, 60))), f"原因{i}"))
    return out


def on(due: Deadline) -> date:
    assert due.on is not None
    return due.on


@settings(deadline=None)
@given(STARTS, lengths(), spans(), spans())
def test_a_rolled_end_is_never_a_day_off(start: date, length: Length, a: list[Span], b: list[Span]) -> None:
    due = deadline(start, length, CALENDAR, suspended=a, excluded=b)
    assert CALENDAR.is_workday(on(due))
    assert on(due) > start


@settings(deadline=None)
@given(STARTS, st.integers(1, 40), lengths(), spans())
def test_a_later_event_never_ends_earlier(start: date, later: int, length: Length, a: list[Span]) -> None:
    # months with spans are left out: where 30 and 31 January both end on 28 February, the later event has
    # the same end but fewer excluded days
    first = deadline(start, length, CALENDAR, excluded=a)
    if length.unit in (LengthUnit.DAY, LengthUnit.WORKDAY) or not a:
        assert on(deadline(start + timedelta(days=later), length, CALENDAR, excluded=a)) >= on(first)


@settings(deadline=None)
@given(STARTS, lengths(), st.integers(1, 20), spans(), spans())
def test_a_longer_period_never_ends_earlier(
    start: date, length: Length, more: int, a: list[Span], b: list[Span]
) -> None:
    longer = Length(length.n + more, length.unit)
    short = deadline(start, length, CALENDAR, excluded=b, suspended=a)
    if length.unit in (LengthUnit.DAY, LengthUnit.WORKDAY) or not a:
        assert on(deadline(start, longer, CALENDAR, excluded=b, suspended=a)) >= on(short)


@settings(deadline=None)
@given(STARTS, lengths(), spans(), spans())
def test_standing_still_never_brings_the_end_forward(start: date, length: Length, a: list[Span], b: list[Span]) -> None:
    assert on(deadline(start, length, CALENDAR, suspended=a, excluded=b)) >= on(deadline(start, length, CALENDAR))


@settings(deadline=None)
@given(STARTS, st.integers(2, 90), st.integers(1, 60), st.data())
def test_days_suspended_within_delay_by_as_many_days(start: date, n: int, k: int, data: st.DataObject) -> None:
    first = start + timedelta(days=data.draw(st.integers(1, n)))
    stop = Span(first, first + timedelta(days=k - 1), "中止")
    plain = deadline(start, days(n), CALENDAR, roll=False)
    assert on(deadline(start, days(n), CALENDAR, roll=False, suspended=[stop])) == on(plain) + timedelta(days=k)


@settings(deadline=None)
@given(STARTS, st.integers(2, 60), st.integers(1, 40), st.data())
def test_working_days_suspended_within_delay_by_as_many(start: date, n: int, k: int, data: st.DataObject) -> None:
    plain = on(deadline(start, workdays(n), CALENDAR))
    first = start + timedelta(days=data.draw(st.integers(1, (plain - start).days)))
    stop = Span(first, first + timedelta(days=k - 1), "中止")
    out = CALENDAR.workdays_between(stop.first - timedelta(days=1), stop.first + timedelta(days=k - 1))
    moved = on(deadline(start, workdays(n), CALENDAR, suspended=[stop]))
    assert CALENDAR.workdays_between(start, moved) >= n + out


@settings(deadline=None)
@given(STARTS, st.integers(1, 24), st.integers(1, 60), st.data())
def test_months_excluded_within_delay_by_as_many_days(start: date, n: int, k: int, data: st.DataObject) -> None:
    plain = on(deadline(start, months(n), CALENDAR, roll=False))
    first = start + timedelta(days=data.draw(st.integers(1, (plain - start).days)))
    out = Span(first, first + timedelta(days=k - 1), "公告")
    moved = on(deadline(start, months(n), CALENDAR, roll=False, excluded=[out]))
    assert moved == plain + timedelta(days=k)


@settings(deadline=None)
@given(STARTS, lengths(DAY_LIKE), spans())
def test_for_days_both_ways_of_standing_still_are_one(start: date, length: Length, a: list[Span]) -> None:
    assert on(deadline(start, length, CALENDAR, suspended=a)) == on(deadline(start, length, CALENDAR, excluded=a))


@settings(deadline=None)
@given(STARTS, lengths(), spans())
def test_spans_outside_the_period_change_nothing(start: date, length: Length, a: list[Span]) -> None:
    plain = deadline(start, length, CALENDAR)
    nominal = plain.rolled_from or on(plain)
    outside = [s for s in a if s.last is not None and (s.last <= start or s.first > nominal)]
    assert deadline(start, length, CALENDAR, suspended=outside) == plain
    assert deadline(start, length, CALENDAR, excluded=outside) == plain


@settings(deadline=None)
@given(STARTS, lengths(), spans(), spans())
def test_every_day_is_in_exactly_one_step(start: date, length: Length, a: list[Span], b: list[Span]) -> None:
    due = deadline(start, length, CALENDAR, suspended=a, excluded=b)
    told = [s.day + timedelta(days=i) for s in due.steps for i in range((s.last - s.day).days + 1)]
    assert told == [start + timedelta(days=i) for i in range((on(due) - start).days + 1)]


@settings(deadline=None)
@given(STARTS, lengths(DAY_LIKE), spans(), spans())
def test_the_steps_account_for_every_counted_unit(start: date, length: Length, a: list[Span], b: list[Span]) -> None:
    due = deadline(start, length, CALENDAR, suspended=a, excluded=b)
    assert sum(step.counted for step in due.steps) == length.n


@settings(deadline=None)
@given(st.datetimes(datetime(2020, 1, 1), datetime(2026, 12, 1)), st.integers(1, 200), spans())
def test_hours_are_all_accounted_for(start: datetime, n: int, a: list[Span]) -> None:
    due = deadline(start, hours(n), CALENDAR, suspended=a)
    assert sum(step.counted for step in due.steps) == pytest.approx(n)
    assert due.at is not None and due.at >= start + timedelta(hours=n)


@settings(deadline=None)
@given(STARTS, NUMBERS, NUMBERS)
def test_an_extension_in_one_unit_is_one_longer_period(start: date, n: int, more: int) -> None:
    assert deadline(start, extend(days(n), days(more)), CALENDAR) == deadline(start, days(n + more), CALENDAR)


@settings(deadline=None)
@given(STARTS, st.integers(0, 3000))
def test_months_and_days_give_the_day_back(start: date, n: int) -> None:
    last = start + timedelta(days=n)
    m, rest = months_and_days(start, last)
    assert add_months(start, m) + timedelta(days=rest) == last
    assert 0 <= rest <= 30


@settings(deadline=None)
@given(STARTS)
def test_the_next_working_day_is_the_first_one(start: date) -> None:
    found = CALENDAR.next_workday(start)
    assert CALENDAR.is_workday(found)
    assert CALENDAR.workdays_between(start - timedelta(days=1), found) == 1
    assert CALENDAR.workdays_between(found, start) == -CALENDAR.workdays_between(start, found)
