"""Procedures: the fold, the offers, the clocks, and that a wrong declaration says what is wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.kernel.declare import Catalogue, Named, collect
from jinzhi.kernel.expression import F, Latest
from jinzhi.kernel.fields import Field, Type, current
from jinzhi.kernel.period import Calendar, HolidayNotice, days, workdays
from jinzhi.kernel.procedure import (
    CORRECT,
    NO_EXTENSION_LEFT,
    NOT_YOUR_ROLE,
    Aside,
    Clock,
    Event,
    Example,
    Extension,
    Fact,
    Letter,
    Procedure,
    ProcedureError,
    State,
    Step,
    corrected,
    fold,
    may_open,
    offers,
    run_example,
)
from tests.procedures import procedures, procedures_with_histories

CALENDAR = Calendar.of(collect(["jinzhi.matters.china.holidays"]).all(HolidayNotice))
OPEN = Step(id="open", zh="登记", en="Open", to="new", roles=("clerk",))
PAY = Fact("paid", "已缴费", "Paid", "费用未缴", "the fee is not paid")
LETTER = Procedure(
    id="letter",
    zh="来信",
    en="Letter",
    serves=("C1",),
    states=(State("new", "新", "New"), State("done", "办结", "Done", final=True)),
    steps=(
        OPEN,
        Step(id="wait", zh="中止", en="Wait", sources=("new",), roles=("clerk",)),
        Step(id="go-on", zh="恢复", en="Go on", sources=("new",), roles=("clerk",)),
        Step(id="longer", zh="延长", en="Extend", sources=("new",), roles=("head",), at="above"),
        Step(id="finish", zh="办结", en="Finish", sources=("new",), to="done", roles=("clerk",), needs=(PAY,)),
    ),
    asides=(Aside("waiting", "中止", "Waiting", begin=("wait",), end=("go-on", "finish")),),
    clocks=(
        Clock(
            id="reply",
            zh="答复",
            en="Reply",
            start=("open",),
            stop=("finish",),
            suspend=("waiting",),
            length=workdays(5),
            extensions=(Extension("longer", up_to=workdays(5)),),
        ),
    ),
)


def at(*events: tuple[str, date] | tuple[str, date, dict]) -> list[Event]:
    return [Event(i, e[0], e[1], *e[2:]) for i, e in enumerate(events, 1)]


def day(n: int) -> date:
    return date(2026, 11, n)


def problems(procedure: Procedure) -> list[str]:
    return list(procedure.problems(Catalogue()))


def changed(**fields) -> Procedure:
    return replace(LETTER, **fields)


# ── the fold ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_opening_event_gives_the_first_state():
    view = fold(LETTER, at(("open", day(2))), CALENDAR, day(2))
    assert (view.state.id, view.opened, view.closed, view.seq) == ("new", day(2), None, 1)


def test_a_final_state_closes_the_case_on_the_day_of_its_event():
    view = fold(LETTER, at(("open", day(2)), ("finish", day(4))), CALENDAR, day(22))
    assert (view.state.id, view.closed) == ("done", day(4))


def test_the_last_day_is_in_time_and_the_next_is_late():
    # Monday 2 November: 3, 4, 5, 6, 9 are the five working days
    for finished, status in ((9, "met"), (10, "late")):
        view = fold(LETTER, at(("open", day(2)), ("finish", day(finished))), CALENDAR, day(22))
        assert view.clocks[0].status == status


def test_a_clock_expires_the_day_after_it_is_due():
    assert fold(LETTER, at(("open", day(2))), CALENDAR, day(9)).clocks[0].status == "running"
    assert fold(LETTER, at(("open", day(2))), CALENDAR, day(10)).clocks[0].status == "expired"


def test_a_paused_clock_has_no_due_date_and_is_not_overdue():
    clock = fold(LETTER, at(("open", day(2)), ("wait", day(4))), CALENDAR, day(30)).clocks[0]
    assert (clock.status, clock.due) == ("paused", None)


def test_what_was_left_is_left_after_the_pause():
    # 3 November counts, 4 to 15 stand still, then 16, 17, 18, 19
    events = at(("open", day(2)), ("wait", day(4)), ("go-on", day(16)))
    assert fold(LETTER, events, CALENDAR, day(16)).clocks[0].due == day(19)


def test_an_extension_lengthens_from_the_start():
    view = fold(LETTER, at(("open", day(2)), ("longer", day(5))), CALENDAR, day(5))
    assert view.clocks[0].due == day(16)


def test_a_day_told_to_a_party_is_not_computed_again():
    told = {"_told": {"reply": "2026-11-30"}}
    clock = fold(LETTER, at(("open", day(2)), ("longer", day(3), told)), CALENDAR, day(5)).clocks[0]
    assert (clock.due, clock.told) == (day(30), day(30))


def test_the_next_due_is_the_earliest_open_clock():
    slow = replace(LETTER.clocks[0], id="slow", length=days(60), suspend=(), extensions=())
    view = fold(changed(clocks=(slow, *LETTER.clocks)), at(("open", day(2))), CALENDAR, day(3))
    assert view.next_due.clock.id == "reply"


def test_a_due_date_given_by_hand_can_be_moved():
    due = Field(id="due", zh="期限", en="Due", type=Type.DATE)
    new = Field(id="new_due", zh="新期限", en="New", type=Type.DATE)
    procedure = changed(
        steps=(
            replace(OPEN, inputs=(due,)),
            Step(id="move", zh="改期", en="Move", sources=("new",), roles=("clerk",), inputs=(new,)),
            LETTER.step("finish"),
        ),
        asides=(),
        clocks=(
            Clock(
                id="reply",
                zh="答",
                en="R",
                start=("open",),
                stop=("finish",),
                due=Latest(F("open.due"), F("move.new_due")),
            ),
        ),
    )
    assert problems(procedure) == []
    events = at(("open", day(2), {"due": "2026-11-06"}), ("move", day(5), {"new_due": "2026-11-20"}))
    assert fold(procedure, events[:1], CALENDAR, day(3)).clocks[0].due == day(6)
    assert fold(procedure, events, CALENDAR, day(5)).clocks[0].due == day(20)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([], "at least the event that opens"),
        ([("finish", day(2))], "must open the case"),
        ([("open", day(2)), ("finish", day(3)), ("finish", day(4))], "not possible in state done"),
        ([("open", day(2)), ("nonsense", day(3))], "no step 'nonsense'"),
        ([("open", day(2)), (CORRECT, day(3), {"seq": 9})], "not there"),
    ],
)
def test_events_that_do_not_fit_are_named(events, said):
    with pytest.raises(ProcedureError, match=said):
        fold(LETTER, at(*events), CALENDAR, day(22), strict=True)


# ── corrections ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_correction_moves_the_day_and_mends_the_data():
    events = at(
        ("open", day(3), {"from": "甲", "to": "乙"}),
        (CORRECT, day(5), {"seq": 1, "on": "2026-11-02", "data": {"from": "丙"}, "reason": "录错"}),
    )
    view = fold(LETTER, events, CALENDAR, day(5))
    assert (view.opened, view.seq, view.clocks[0].due) == (day(2), 2, day(9))
    assert dict(view.history[0].data) == {"from": "丙", "to": "乙"}


@given(procedures_with_histories(), st.data())
def test_a_correction_keeps_the_count_of_what_happened(made, data):
    _procedure, events = made
    target = data.draw(st.integers(1, len(events)))
    earlier = events[target - 1].on - timedelta(days=1)
    correction = Event(len(events) + 1, CORRECT, events[-1].on, {"seq": target, "on": earlier.isoformat()})
    before, after = corrected(events), corrected([*events, correction])
    assert [e.seq for e in after] == [e.seq for e in before]
    assert [e.step for e in after] == [e.step for e in before]
    assert after[target - 1].on == earlier
    assert [e for e in after if e.seq != target] == [e for e in before if e.seq != target]


# ── offers ───────────────────────────────────────────────────────────────────────────────────────────────


def offered(events, roles=("clerk",), facts=None, standing=("own",)):
    view = fold(LETTER, events, CALENDAR, day(5))
    return {o.step.id: o for o in offers(view, roles, facts or {}, standing=standing)}


def test_every_refusal_says_why():
    got = offered(at(("open", day(2))))
    assert got["wait"].allowed
    assert got["finish"].why_not == ("费用未缴", "the fee is not paid")
    assert got["finish"].missing == (PAY,)
    assert got["longer"].objections == (NOT_YOUR_ROLE,)


def test_a_step_that_reopens_leads_out_of_the_end_and_the_case_runs_again():
    undo = Step(id="undo", zh="重开", en="Reopen", sources=("done",), to="new", roles=("clerk",), reopens=True)
    again = replace(LETTER, steps=(*LETTER.steps, undo), clocks=())
    assert problems(again) == []
    events = at(("open", day(2)), ("finish", day(3)), ("undo", day(4)))
    assert fold(again, events[:2], CALENDAR, day(5)).closed == day(3)
    reopened = fold(again, events, CALENDAR, day(5))
    assert (reopened.state.id, reopened.closed, reopened.strange) == ("new", None, ())
    closed = fold(again, [*events, Event(4, "finish", day(6))], CALENDAR, day(6))
    assert closed.closed == day(6)


def test_a_fact_that_holds_opens_the_way():
    assert offered(at(("open", day(2))), facts={"paid": True})["finish"].allowed


def test_only_a_unit_above_may_take_a_step_of_the_unit_above():
    assert "上级" in offered(at(("open", day(2))), roles=("head",))["longer"].why_not.zh
    assert offered(at(("open", day(2))), roles=("head",), standing=("above",))["longer"].allowed


def test_an_extension_is_spent_after_its_times():
    got = offered(at(("open", day(2)), ("longer", day(3))), roles=("head",), standing=("above",))
    assert got["longer"].objections == (NO_EXTENSION_LEFT,)


def test_nothing_is_offered_at_the_end():
    assert offered(at(("open", day(2)), ("finish", day(3)))) == {}


def test_only_a_role_of_the_opening_step_may_open():
    assert may_open(LETTER, ("clerk",)) == (OPEN,)
    assert may_open(LETTER, ("head",)) == ()


# ── what must hold in every procedure ────────────────────────────────────────────────────────────────────


@given(procedures())
def test_made_procedures_are_sound(procedure):
    assert problems(procedure) == []


@given(procedures_with_histories(), st.integers(0, 400))
@settings(deadline=None)
def test_the_fold_never_leaves_the_declared_states(made, later):
    procedure, events = made
    view = fold(procedure, events, CALENDAR, events[-1].on + timedelta(days=later))
    assert view.state in procedure.states
    assert view.seq == len(events)
    assert (view.closed is not None) == view.state.final
    if view.state.final:
        assert not any(c.open for c in view.clocks)


@given(procedures_with_histories())
@settings(deadline=None)
def test_offers_come_only_from_the_present_state_and_lead_on(made):
    procedure, events = made
    on = events[-1].on
    view = fold(procedure, events, CALENDAR, on)
    got = offers(view, ("r",), {})
    assert {o.step.id for o in got} == {s.id for s in procedure.steps if view.state.id in s.sources}
    for offer in got:
        following = [*events, Event(len(events) + 1, offer.step.id, on)]
        assert fold(procedure, following, CALENDAR, on).state.id == (offer.step.to or view.state.id)
    for step in procedure.steps:
        if view.state.id not in step.sources:
            with pytest.raises(ProcedureError):
                fold(procedure, [*events, Event(len(events) + 1, step.id, on)], CALENDAR, on, strict=True)


@given(procedures_with_histories())
@settings(deadline=None)
def test_what_happens_later_does_not_change_what_was(made):
    procedure, events = made
    views = [fold(procedure, events[: n + 1], CALENDAR, events[n].on) for n in range(len(events))]
    assert [v.history for v in views] == [tuple(events[: n + 1]) for n in range(len(events))]


# ── wrong declarations ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (changed(serves=()), "serves is empty"),
        (changed(steps=LETTER.steps[1:]), "no step opens a case"),
        (changed(states=(*LETTER.states, State("lost", "孤", "Lost"))), "state lost cannot be reached"),
        (changed(states=(State("new", "新", "New"), State("done", "结", "Done"))), "no state is final"),
        (changed(states=(*LETTER.states, LETTER.states[0])), "two states are called 'new'"),
        (changed(states=(State("new", "新", "New", tone="pink"), LETTER.states[1])), "unknown tone 'pink'"),
        (changed(steps=(*LETTER.steps, replace(OPEN, id="correct"))), "may not be called 'correct'"),
        (changed(steps=(*LETTER.steps, replace(OPEN, id="Again!"))), "is not kebab-case"),
        (changed(steps=(*LETTER.steps, replace(OPEN, id="x", roles=()))), "names no role"),
        (changed(steps=(*LETTER.steps, replace(OPEN, id="x", at="moon"))), "at='moon'"),
        (changed(steps=(*LETTER.steps, replace(OPEN, id="x", to=None))), "leads to no state"),
        (
            changed(steps=(*LETTER.steps, Step(id="x", zh="x", en="x", sources=("done",), to="new", roles=("r",)))),
            "state done is final, yet a step leads out",
        ),
        (
            changed(steps=(*LETTER.steps, replace(OPEN, id="x", sources=("new",), reopens=True))),
            "step x reopens the case",
        ),
        (changed(clocks=(replace(LETTER.clocks[0], stop=()),)), "still runs when the case ends in state done"),
        (changed(clocks=(replace(LETTER.clocks[0], length=None),)), "needs a length or a due day"),
        (changed(clocks=(replace(LETTER.clocks[0], ruled_by="moon"),)), "ruled_by='moon' is not opening or start"),
        (changed(clocks=(replace(LETTER.clocks[0], start=("never",)),)), "names the step 'never'"),
        (
            changed(clocks=(replace(LETTER.clocks[0], length=None, due=F("open.due")),)),
            "nothing stands at 'open.due'",
        ),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(wrong, said):
    assert any(said in p for p in problems(wrong)), problems(wrong)


def test_a_trap_state_is_found():
    trap = State("trap", "陷", "Trap")
    fall = Step(id="fall", zh="落", en="Fall", sources=("new",), to="trap", roles=("clerk",))
    wrong = changed(states=(*LETTER.states, trap), steps=(*LETTER.steps, fall))
    assert "no way leads from state trap to an end" in problems(wrong)


# ── examples ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_example_that_does_not_come_out_says_what_came():
    example = Example("x", "2026-11-02  open", state="done", clocks={"reply": "2026-11-10", "other": "met"})
    said = run_example(LETTER, example, CALENDAR)
    assert said == (
        "x: state is new, expected done",
        "x: clock reply is running, due 2026-11-09, expected 2026-11-10",
        "x: clock other did not start, expected met",
    )


def test_an_example_reads_words_and_hours():
    example = Example("x", "\n 2026-11-02T09:30  open  due=2026-12-01 a=b=c \n\n", state="new")
    (event,) = example.events()
    assert (event.on, event.at.hour, event.data) == (day(2), 9, {"due": "2026-12-01", "a": "b=c"})


# ── names that changed ───────────────────────────────────────────────────────────────────────────────────

FROM = Field(id="sender", zh="来信人", en="Sender", was=("from",))
RENAMED = changed(
    id="post",
    was=("letter",),
    states=(State("fresh", "新", "New", was=("new",)), LETTER.states[1]),
    steps=(
        replace(OPEN, id="receive", was=("open",), to="fresh", inputs=(FROM,)),
        *(replace(s, sources=("fresh",)) for s in LETTER.steps[1:]),
    ),
    clocks=(replace(LETTER.clocks[0], id="answer", was=("reply",), start=("receive",)),),
)


def test_an_event_under_an_old_name_is_read_as_what_it_is_called_now():
    assert problems(RENAMED) == []
    events = at(("open", day(2), {"from": "甲"}), ("longer", day(5), {"_told": {"reply": "2026-11-18"}}))
    view = fold(RENAMED, events, CALENDAR, day(5))
    assert (view.state.id, view.strange) == ("fresh", ())
    assert (view.clocks[0].clock.id, view.clocks[0].told) == ("answer", day(18))
    assert (view.history[0].step, dict(view.history[0].data)) == ("receive", {"sender": "甲"})
    assert RENAMED.find_state("new").id == "fresh"
    assert RENAMED.kept_as(("fresh",)) == ("new", "fresh")


@pytest.mark.parametrize(
    ("events", "state", "said"),
    [
        ([("open", day(2)), ("gone", day(3)), ("wait", day(4))], "new", "没有|不在声明"),
        ([("open", day(2)), ("finish", day(3)), ("longer", day(4))], "done", "没有步骤"),
        ([("gone", day(2))], "unknown", "不在声明"),
        ([("gone", day(2)), ("finish", day(3))], "done", "不在声明"),
        ([("finish", day(2))], "done", "不是发起步骤"),
        ([("open", day(2)), (CORRECT, day(3), {"seq": 9})], "new", "不存在"),
        ([("open", day(2)), (CORRECT, day(3), {"seq": 1, "on": "昨天"})], "new", "不是日期"),
        ([("open", day(2), {"_told": {"reply": "soon"}})], "new", "不是日期"),
        ([("open", day(2), {"_told": {"lost": "2026-11-09"}})], "new", "不在声明"),
    ],
)
def test_an_event_that_no_longer_fits_is_kept_followed_and_listed(events, state, said):
    view = fold(LETTER, at(*events), CALENDAR, day(22))
    assert view.state.id == state
    assert len(view.strange) == 1
    assert re.search(said, view.strange[0].zh)
    assert view.seq == len(events)


def test_a_state_that_is_gone_leaves_the_case_readable():
    lost = changed(steps=(OPEN, replace(LETTER.step("finish"), to="filed"), *LETTER.steps[1:4]))
    view = fold(lost, at(("open", day(2)), ("finish", day(3))), CALENDAR, day(4))
    assert (view.state.id, len(view.strange)) == ("unknown", 1)
    assert offers(view, ("clerk",), {}) == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (changed(steps=(replace(OPEN, was=("wait",)), *LETTER.steps[1:])), "'wait' is declared, and also"),
        (
            changed(states=(State("new", "新", "N", was=("x",)), State("done", "毕", "D", final=True, was=("x",)))),
            "two say that they were called 'x'",
        ),
        (changed(steps=(*LETTER.steps, replace(OPEN, id="told"))), "may not be called 'told'"),
        (
            changed(
                steps=(
                    replace(OPEN, letters=(Letter("a", "函", "Letter", to="x", tells=("never",)),)),
                    *LETTER.steps[1:],
                )
            ),
            "tells the clock 'never'",
        ),
    ],
)
def test_a_former_name_stands_for_one_thing(wrong, said):
    assert any(said in p for p in problems(wrong)), problems(wrong)


def test_a_choice_keeps_its_old_name():
    kind = Field(
        id="kind", zh="类", en="Kind", type=Type.CHOICE, choices=(Named("utility", "实用新型", "Utility", was=("um",)),)
    )
    assert current((kind,), {"kind": "um"}) == {"kind": "utility"}
    assert kind.parse("um") == "utility"
