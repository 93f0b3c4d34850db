"""Clocks of a case: stretches that do not count, told dates, hours, terms that a law ends; the working beside each."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime

import pytest

from jinzhi.kernel.clock import RuledBy
from jinzhi.kernel.clocks import ClockStatus
from jinzhi.kernel.counted import CLOCK_STATES
from jinzhi.kernel.declare import Catalogue, Citation, collect
from jinzhi.kernel.expression import F, Latest
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import NO_TERM, UNSET, Dated, Version
from jinzhi.kernel.period import Calendar, Festival, HolidayNotice, Length, days, hours, months, workdays
from jinzhi.kernel.procedure import Aside, Clock, ClockView, Event, Extension, Procedure, State, Step, fold

CALENDAR = Calendar.of(collect(["jinzhi.matters.china.holidays"]).all(HolidayNotice))
WEEKENDS = Calendar()


def aside(id: str, begin: str, *end: str) -> Aside:
    return Aside(id, id, id, begin=(begin,), end=end)


def step(id: str, **more) -> Step:
    return Step(**{"id": id, "zh": id, "en": id, "sources": ("new",), "roles": ("r",)} | more)


ASIDES = (
    aside("appraisal", "appraise", "appraised"), aside("talks", "talk", "talked"), aside("stay", "stop", "go", "agree"),
    aside("illness", "ill", "well"), aside("court", "court", "judged"),
)  # fmt: skip


def matter(clock: Clock, *stays: str, **more) -> Procedure:
    return Procedure(
        asides=tuple(a for a in ASIDES if a.begin[0] in stays),
        id="matter",
        zh="事项",
        en="Matter",
        serves=("C1",),
        states=(State("new", "新", "New"), State("done", "毕", "Done", final=True)),
        steps=(
            step("open", sources=(), to="new"),
            *(step(s) for s in stays),
            step("finish", to="done"),
        ),
        clocks=(clock,),
        **more,
    )


def term(length: object, **more) -> Clock:
    return Clock(
        **{"id": "term", "zh": "期限", "en": "Term", "start": ("open",), "stop": ("finish",)} | more, length=length
    )


def run(procedure: Procedure, text: str, on: str, calendar: Calendar = CALENDAR, at: str = "") -> ClockView:
    """The (last) clock of a history in lines of ``day step``, with ``T09:30`` after a day where the minute counts."""
    events = []
    for line in text.strip().splitlines():
        moment, id, *said = line.split()
        data = dict(w.split("=", 1) for w in said)
        if "T" in moment:
            data["_at"] = moment.split("T")[1]
        told = {k.removeprefix("told."): v for k, v in data.items() if k.startswith("told.")}
        events.append(
            Event(len(events) + 1, id, date.fromisoformat(moment[:10]), data | ({"_told": told} if told else {}))
        )
    view = fold(procedure, events, calendar, date.fromisoformat(on), at=datetime.fromisoformat(at) if at else None)
    assert view.strange == ()
    return view.clocks[-1]


# ── stretches that do not count ──────────────────────────────────────────────────────────────────────────

NINETY = term(days(90), exclude=("appraisal", "talks"))  # two stretches, each with its own end
BOTH = matter(NINETY, "appraise", "appraised", "talk", "talked")


def test_overlapping_exclusions_are_each_their_own_and_a_day_is_taken_out_once():
    # appraisal 2–20 July (result on the 21st), talks 10–31 July (over on 1 August): out are 2–31 July, 30 days.
    # 90 days from 20 June: 21–30 June 10, 1 July 11, then from 1 August: August 31 = 42, September 30 = 72,
    # and 18 more: 18 October, a Saturday; moved over Sunday to Monday 20 October 2025
    clock = run(
        BOTH,
        """
        2025-06-20 open
        2025-07-02 appraise
        2025-07-10 talk
        2025-07-21 appraised
        2025-08-01 talked
        """,
        "2025-08-02",
    )
    assert clock.due == date(2025, 10, 20)
    assert clock.deadline.rolled_from == date(2025, 10, 18)


def test_three_months_with_an_appraisal_and_talks_that_overlap():
    # three months from 1 July end on 1 October; out are 2–30 July, 29 days, the day of each end counting again:
    # 1 October + 29 = 30 October 2025. Were only the appraisal out (2–19 July, 18 days), 19 October, a Sunday, would
    # move to the 20th: that is what one shared list gave.
    clock = term(months(3), exclude=("appraisal", "talks"))
    procedure = matter(clock, "appraise", "appraised", "talk", "talked")
    text = """
        2025-07-01 open
        2025-07-02 appraise
        2025-07-10 talk
        2025-07-20 appraised
        2025-07-31 talked
        """
    assert run(procedure, text, "2025-08-02").due == date(2025, 10, 30)


def test_the_order_in_which_stretches_end_makes_no_difference():
    inner = """
        2025-06-20 open
        2025-07-02 talk
        2025-07-10 appraise
        2025-07-21 appraised
        2025-08-01 talked
        """
    # the inner one ends first: out are 2–31 July again
    assert run(BOTH, inner, "2025-08-02").due == date(2025, 10, 20)


def test_one_stretch_that_ends_does_not_end_the_other():
    text = """
        2025-06-20 open
        2025-07-02 appraise
        2025-07-10 talk
        2025-07-21 appraised
        """
    # the talks stand: every day that passes is one more day out
    assert run(BOTH, text, "2025-07-31").moves
    first, next = run(BOTH, text, "2025-07-31", WEEKENDS), run(BOTH, text, "2025-08-04", WEEKENDS)
    # out by 31 July: 30 days (18 October, Saturday → 20); by 4 August 34: 22 October, a Wednesday
    assert (first.due, next.due) == (date(2025, 10, 20), date(2025, 10, 22))


def test_a_stretch_that_begins_and_ends_on_one_day_takes_out_nothing():
    text = "2025-06-20 open\n 2025-07-02 appraise\n 2025-07-02 appraised"
    # 90 days from 20 June: June 10, July 41, August 72, 18 September: a Thursday
    assert run(BOTH, text, "2025-07-03").due == date(2025, 9, 18)


def test_a_stretch_begun_before_the_clock_started_holds_from_its_start():
    clock = term(days(10), start=("begin",), exclude=("appraisal",))
    procedure = matter(clock, "begin", "appraise", "appraised")
    text = """
        2026-06-01 open
        2026-06-02 appraise
        2026-06-05 begin
        2026-06-11 appraised
        """
    # out to 10 June; 11–20 June are the ten days; Saturday 20 is in the Dragon Boat holiday (19–21): Monday 22
    assert run(procedure, text, "2026-06-12").due == date(2026, 6, 22)


def test_two_suspensions_that_overlap_end_with_the_later():
    clock = term(workdays(10), suspend=("illness", "court"))
    procedure = matter(clock, "ill", "court", "well", "judged")
    text = """
        2026-11-02 open
        2026-11-04 ill
        2026-11-06 court
        2026-11-10 well
        """
    assert run(procedure, text, "2026-11-12").status == "paused"
    # 3 November counts; 4–15 stand still; 16–20 are 2 to 6, 23–26 are 7 to 10
    assert run(procedure, text.strip() + "\n2026-11-16 judged", "2026-11-17").due == date(2026, 11, 26)


def test_a_suspension_and_an_exclusion_that_overlap_take_a_day_out_once():
    clock = term(workdays(10), suspend=("stay",), exclude=("appraisal",))
    procedure = matter(clock, "stop", "go", "appraise", "appraised")
    text = """
        2026-11-02 open
        2026-11-04 appraise
        2026-11-06 stop
        2026-11-10 appraised
        2026-11-12 go
        """
    # 3 November is 1; out are 4–11; 12, 13 are 2, 3; 16–20 are 4 to 8; 23, 24 are 9, 10
    assert run(procedure, text, "2026-11-13").due == date(2026, 11, 24)


def test_any_of_several_steps_ends_the_one_stretch_there_is():
    clock = term(workdays(5), suspend=("stay",))
    procedure = matter(clock, "stop", "go", "agree")
    text = "2026-11-02 open\n2026-11-03 stop\n2026-11-05 agree"
    # out are 3, 4; 5, 6 are 1, 2; 9, 10, 11 are 3 to 5
    assert run(procedure, text, "2026-11-05").due == date(2026, 11, 11)


# ── hours ────────────────────────────────────────────────────────────────────────────────────────────────

HANDOVER = matter(term(hours(24)))


def test_a_hand_over_an_hour_late_is_late():
    text = "2026-04-14T09:30 open\n2026-04-15T{} finish"
    assert run(HANDOVER, text.format("09:30"), "2026-04-20").status == "met"
    late = run(HANDOVER, text.format("10:30"), "2026-04-20")
    assert (late.status, late.due, late.due_at) == ("late", date(2026, 4, 15), datetime(2026, 4, 15, 9, 30))
    assert (late.started_at, late.stopped_at) == (datetime(2026, 4, 14, 9, 30), datetime(2026, 4, 15, 10, 30))


def test_hours_run_out_at_their_minute():
    text = "2026-04-14T09:30 open"
    assert run(HANDOVER, text, "2026-04-15", at="2026-04-15T09:30").status == "running"
    assert run(HANDOVER, text, "2026-04-15", at="2026-04-15T09:31").status == "expired"
    # nobody says at which minute is looked: the day of the end is not over
    assert run(HANDOVER, text, "2026-04-15").status == "running"
    assert run(HANDOVER, text, "2026-04-16").status == "expired"


def test_hours_run_through_nights_and_holidays():
    # 48 hours from Thursday 30 April 2026, 20:00, end on Saturday 2 May, 20:00, in the Labour Day holiday
    assert run(matter(term(hours(48))), "2026-04-30T20:00 open", "2026-05-01").due_at == datetime(2026, 5, 2, 20, 0)


def test_hours_without_a_time_of_day_have_no_date_and_say_why():
    clock = run(HANDOVER, "2026-04-14 open", "2026-04-20")
    assert (clock.status, clock.due, clock.open) == ("undated", None, True)
    assert "时刻" in clock.why_zh


def test_an_act_on_the_last_day_whose_minute_is_not_known_says_so():
    clock = run(HANDOVER, "2026-04-14T09:30 open\n2026-04-15 finish", "2026-04-20")
    assert "time of day" in clock.why_en


def test_of_two_clocks_that_end_on_one_day_the_minute_comes_first():
    procedure = replace(HANDOVER, clocks=(term(days(1), id="day"), *HANDOVER.clocks))
    events = [Event(1, "open", date(2026, 4, 14), {"_at": "09:30"})]
    assert fold(procedure, events, CALENDAR, date(2026, 4, 14)).next_due.clock.id == "term"


def test_only_steps_of_an_hour_clock_ask_for_the_time():
    assert [s.id for s in HANDOVER.steps if HANDOVER.asks_time(s.id)] == ["open", "finish"]
    assert not any(BOTH.asks_time(s.id) for s in BOTH.steps)


def test_hours_cannot_be_extended_by_days():
    clock = term(hours(24), extensions=(Extension("longer", up_to=days(2)),))
    assert any("hours and another unit" in p for p in matter(clock, "longer").problems(Catalogue()))


# ── told dates ───────────────────────────────────────────────────────────────────────────────────────────

TOLD = matter(
    term(
        workdays(5),
        extensions=(Extension("longer", up_to=workdays(5)),),
        suspend=("stay",),
        exclude=("appraisal",),
    ),
    "tell", "longer", "stop", "go", "appraise", "appraised",
)  # fmt: skip
# Monday 2 November 2026: 3, 4, 5, 6, 9 are the five working days
OPENED = "2026-11-02 open\n2026-11-03 tell told.term=2026-11-09\n"


def test_a_told_day_holds_against_a_notice_that_comes_later():
    # a notice makes 5 and 6 November days off: computed would be 11 November; 9 November was told
    fair = Festival("某节", "Fair", date(2026, 11, 5), date(2026, 11, 6))
    off = Calendar(off=dict.fromkeys(fair, fair), years=frozenset({2026}))
    clock = run(TOLD, OPENED, "2026-11-04", off)
    assert (clock.due, clock.deadline.on, clock.tell_again) == (date(2026, 11, 9), date(2026, 11, 11), False)


@pytest.mark.parametrize(
    ("later", "due"),
    [
        ("2026-11-05 longer", date(2026, 11, 16)),  # ten working days: 10–13 are 6 to 9, Monday 16 is 10
        ("2026-11-04 stop\n2026-11-06 go", date(2026, 11, 11)),  # 4, 5 stand still: 3; 6, 9, 10, 11
        ("2026-11-04 appraise\n2026-11-06 appraised", date(2026, 11, 11)),  # the same days do not count
    ],
)
def test_what_is_recorded_after_the_telling_moves_the_day(later, due):
    clock = run(TOLD, OPENED + later, "2026-11-09")
    assert (clock.due, clock.told, clock.tell_again) == (due, date(2026, 11, 9), True)


def test_a_suspension_after_the_telling_leaves_no_day():
    clock = run(TOLD, OPENED + "2026-11-05 stop", "2026-11-20")
    assert (clock.status, clock.due) == ("paused", None)


def test_told_again_the_new_day_holds():
    clock = run(TOLD, OPENED + "2026-11-05 longer\n2026-11-06 tell told.term=2026-11-16", "2026-11-09")
    assert (clock.due, clock.told, clock.tell_again) == (date(2026, 11, 16), date(2026, 11, 16), False)


def test_a_stretch_of_no_days_after_the_telling_changes_nothing():
    clock = run(TOLD, OPENED + "2026-11-05 stop\n2026-11-05 go", "2026-11-06")
    assert (clock.due, clock.tell_again) == (date(2026, 11, 9), False)


def test_the_built_in_event_records_a_told_day():
    text = "2026-11-02 open\n2026-11-03 told clock=term day=2026-11-12"
    assert run(TOLD, text, "2026-11-04").due == date(2026, 11, 12)


def test_a_day_moved_by_hand_after_the_telling_holds():
    due = Field(id="due", zh="期限", en="Due", type=Type.DATE)
    new = Field(id="new_due", zh="新期限", en="New", type=Type.DATE)
    procedure = matter(term(None, due=Latest(F("open.due"), F("move.new_due"))))
    procedure = replace(
        procedure,
        steps=(
            replace(procedure.steps[0], inputs=(due,)), step("tell"), step("move", inputs=(new,)), procedure.steps[-1],
        ),
    )  # fmt: skip
    text = """
        2026-11-02 open due=2026-11-10
        2026-11-03 tell told.term=2026-11-10
        2026-11-05 move new_due=2026-11-20
        """
    assert run(procedure, text, "2026-11-06").due == date(2026, 11, 20)


# ── a rule that ends, and which law is counted ───────────────────────────────────────────────────────────

OLD = Version(since=date(2020, 1, 1), value=workdays(45), cite=Citation("old-order", "20"))
ENDED = Version(since=date(2026, 4, 15), value=NO_TERM, cite=Citation("new-order", "22"), note="改由合同约定")
NEW = Version(since=date(2026, 4, 15), value=days(60), cite=Citation("new-order", "22"))


def dated(*versions: Version[Length]) -> Dated[Length]:
    return Dated(versions, name="mediation")


def test_a_law_that_sets_no_term_starts_no_clock_and_says_so():
    clock = run(matter(term(dated(OLD, ENDED))), "2026-04-20 open", "2026-12-31")
    assert (clock.status, clock.due, clock.open) == ("none", None, False)
    assert (clock.citation, clock.why_zh) == (ENDED.cite, "2026-04-15 起的规定不再设此期限（改由合同约定）")


def test_a_term_that_nobody_has_confirmed_runs_without_a_date_and_says_so():
    unset = Version(
        since=date(2026, 4, 15), value=UNSET, cite=Citation("new-order", "22"), verified=False, note="7 或 20"
    )
    clock = run(matter(term(dated(OLD, unset))), "2026-04-20 open", "2026-12-31")
    assert (clock.status, clock.due, clock.open, clock.verified) == ("undated", None, True, False)
    assert (clock.citation, clock.why_zh) == (unset.cite, "2026-04-15 起的期限长度待核实（7 或 20）")


def test_a_case_opened_before_the_rule_ended_keeps_it():
    # 45 working days from 14 April 2026: see the example of the complaint, 18 June
    clock = run(matter(term(dated(OLD, ENDED))), "2026-04-14 open", "2026-05-01")
    assert (clock.status, clock.due, clock.citation) == ("running", date(2026, 6, 18), OLD.cite)


def test_a_rule_that_ends_for_pending_cases_ends_theirs():
    ended = replace(ENDED, takes_pending=True)
    procedure = matter(term(dated(OLD, ended)))
    assert run(procedure, "2026-04-10 open", "2026-04-14").status == "running"
    assert run(procedure, "2026-04-10 open", "2026-04-15").status == "none"


def test_a_day_before_every_version_leaves_the_clock_without_a_date():
    clock = run(matter(term(dated(OLD))), "2019-12-31 open", "2026-04-14")
    assert (clock.status, clock.due) == ("undated", None)
    assert "2019-12-31" in clock.why_zh


def test_the_view_names_the_length_it_counts():
    procedure = matter(term(dated(OLD, NEW), start=("begin",), ruled_by="start"), "begin")
    clock = run(procedure, "2026-04-13 open\n2026-04-15 begin", "2026-04-16")
    # ruled by its start: 60 calendar days from 15 April: 30 April 15, May 46, 14 June 60, a Sunday → Monday
    assert (clock.length, clock.citation, clock.due) == (days(60), NEW.cite, date(2026, 6, 15))


def test_an_extension_takes_the_length_of_the_law_of_the_clock():
    more = dated(replace(OLD, value=months(1)), replace(NEW, value=months(2)))
    clock = term(months(3), extensions=(Extension("longer", up_to=more),))
    early = run(matter(clock, "longer"), "2026-01-15 open\n2026-04-20 longer", "2026-04-20")
    # opened under the old rule: 3 + 1 months from 15 January: 15 May, a Friday
    assert (early.due, early.extended) == (date(2026, 5, 15), (months(1),))


@pytest.mark.parametrize("taken", ["1990-01-01", "2030-01-01"])
def test_no_version_at_all_never_raises(taken):
    procedure = matter(term(Dated((), name="nothing")))
    assert run(procedure, f"{taken} open", "2030-01-02").status == "undated"


# ── states as values ─────────────────────────────────────────────────────────────────────────────────────
def test_a_state_of_a_clock_is_kept_and_sent_as_its_plain_text():
    assert json.loads(json.dumps([*ClockStatus])) == [s.value for s in ClockStatus]
    assert f"{ClockStatus.RUNNING}" == "running" == ClockStatus.RUNNING


def test_records_are_counted_by_every_state_that_has_a_date():
    assert CLOCK_STATES == ("running", "paused", "met", "late", "expired")
    assert {s.value for s in ClockStatus if not s.dated} == {"undated", "none"}


@pytest.mark.parametrize("rule", [RuledBy.START, "start"])
def test_a_clock_ruled_by_its_start_takes_the_rule_of_that_day_however_it_is_written(rule):
    procedure = matter(term(dated(OLD, NEW), start=("begin",), ruled_by=rule), "begin")
    assert not [p for p in procedure.problems(Catalogue()) if "ruled_by" in p]
    assert run(procedure, "2026-04-13 open\n2026-04-15 begin", "2026-04-16").citation == NEW.cite
