"""Procedures: asides, steps per item, chosen targets, what an event saw, and reasons as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from jinzhi.kernel.declare import Catalogue
from jinzhi.kernel.expression import (
    NOT_HELD,
    All,
    Answer,
    AtLeast,
    Check,
    Checklist,
    Choose,
    Derived,
    Every,
    F,
    Fn,
    Function,
    Given,
    Is,
    Not,
    Plus,
    Some,
    Times,
    declare_function,
)
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.period import Calendar, days, months
from jinzhi.kernel.procedure import (
    Aside,
    Asker,
    Clock,
    Event,
    Example,
    Extension,
    Letter,
    On,
    Opens,
    Procedure,
    Reason,
    State,
    Step,
    earliest_day,
    fold,
    gives_of,
    may_open,
    moved_pins,
    needs_of,
    offers,
    seen_of,
    shows_of,
)
from jinzhi.kernel.procedure.pins import pinned_by, pins_of
from jinzhi.kernel.procedure.state import targets_from

H = ("clerk",)
CALENDAR = Calendar.of(())
PARTIES = Field(
    "parties", "当事人", "Parties", type=Type.LIST, min_items=2,
    items=(Field("party", "当事人", "Party"), Field("abroad", "境外", "Abroad", type=Type.BOOL, required=False)),
)  # fmt: skip
CONFIRM = Procedure(
    "confirm", "司法确认", "Confirmation", serves=("P5",), title="open.subject",
    states=(
        State("prepared", "待共同申请", "To be asked"), State("applied", "已申请", "Asked"),
        State("confirmed", "已确认", "Confirmed", final=True), State("lapsed", "逾期", "Lapsed", final=True, lane=1),
    ),
    asides=(
        Aside("appraisal", "鉴定", "Appraisal", begin=("appraise",), end=("appraised", "lapse")),
        Aside("proof", "举证", "Proof", begin=("ask-proof",), end=("proved",), outlives=True),
    ),
    steps=(
        Step("open", "登记协议", "Open", to="prepared", roles=H,
             inputs=(Field("subject", "事项", "Matter"), PARTIES,
                     Field("grant", "授权", "Grant", type=Type.REF, of="case", required=False))),
        Step("apply", "申请", "Ask", sources=("prepared",), per="open.parties", by="item", most=1, roles=("party",),
             to=Choose((Every("open.parties", Given("apply")), "applied"), otherwise="prepared")),
        Step("appraise", "送鉴定", "Appraise", sources=("applied", "prepared", "!appraisal"), roles=H),
        Step("appraised", "鉴定完毕", "Appraised", sources=("appraisal",), roles=H),
        Step("ask-proof", "责令举证", "Ask for proof", sources=("applied",), per="open.parties", roles=H),
        Step("proved", "已举证", "Proved", sources=("applied", "proof"), per="open.parties", roles=H),
        Step("confirm", "确认", "Confirm", sources=("applied", "!appraisal"), to="confirmed", roles=H),
        Step("lapse", "逾期", "Lapse", sources=("prepared", "applied"), to="lapsed", roles=("system",)),
        Step("note", "备注", "Note", sources=("*",), roles=H),
    ),
)  # fmt: skip


def problems(procedure: Procedure) -> list[str]:
    return list(procedure.problems(Catalogue()))


def changed(step: str, **fields) -> Procedure:
    steps = tuple(replace(s, **fields) if s.id == step else s for s in CONFIRM.steps)
    return replace(CONFIRM, steps=steps)


def case(procedure: Procedure, history: str, on: date | None = None, **how):
    events = Example("x", history, state="").events()
    return fold(procedure, events, CALENDAR, on or events[-1].on, **how)


OPENED = "2026-03-02 open subject=协议 parties=li,wang"


def offered(view, roles=H, **how):
    return {o.step.id: o for o in offers(view, roles, {}, **how)}


# ── asides and items ─────────────────────────────────────────────────────────────────────────────────────


def test_the_declaration_is_sound():
    assert problems(CONFIRM) == []


def test_a_chosen_target_waits_for_every_item():
    assert case(CONFIRM, f"{OPENED}\n2026-03-03 apply[li]").state.id == "prepared"
    view = case(CONFIRM, f"{OPENED}\n2026-03-03 apply[li]\n2026-03-05 apply[wang]")
    assert (view.state.id, [v.state.id for v in view.visits], view.strange) == ("applied", ["prepared", "applied"], ())


def test_a_step_for_somebody_who_is_not_listed_is_strange_and_kept():
    view = case(CONFIRM, f"{OPENED}\n2026-03-03 apply[zhao]")
    assert ["名单" in s.zh for s in view.strange] == [True]
    assert len(view.history) == 2


def test_an_aside_stands_beside_the_state_and_bars_what_must_wait_for_it():
    history = f"{OPENED}\n2026-03-03 apply[li]\n2026-03-03 apply[wang]\n2026-03-04 appraise"
    view = case(CONFIRM, history)
    assert (view.state.id, [(a.aside.id, a.since) for a in view.asides]) == (
        "applied",
        [("appraisal", date(2026, 3, 4))],
    )
    assert {"appraised", "ask-proof", "note"} == {id for id, o in offered(view).items() if o.allowed}
    assert "confirm" in offered(case(CONFIRM, f"{history}\n2026-03-06 appraised"))


def test_a_step_taken_against_an_aside_is_followed_and_listed():
    history = f"{OPENED}\n2026-03-03 apply[li]\n2026-03-03 apply[wang]\n2026-03-04 appraise\n2026-03-05 confirm"
    view = case(CONFIRM, history)
    assert view.state.id == "confirmed"
    assert "鉴定" in view.strange[0].zh


def test_an_aside_of_an_item_ends_for_that_item_alone():
    both = "2026-03-04 ask-proof[li]\n2026-03-04 ask-proof[wang]\n2026-03-06 proved[li]"
    view = case(CONFIRM, f"{OPENED}\n2026-03-03 apply[li]\n2026-03-03 apply[wang]\n{both}")
    assert [(a.aside.id, a.item) for a in view.asides] == [("proof", "wang")]
    assert offered(view)["proved"].items == ("wang",)


def test_the_case_as_it_was_on_an_earlier_day_is_the_fold_of_what_had_happened():
    history = f"{OPENED}\n2026-03-03 apply[li]\n2026-03-05 apply[wang]\n2026-03-09 confirm"
    lines = history.splitlines()
    for n, day in ((1, date(2026, 3, 2)), (2, date(2026, 3, 4)), (3, date(2026, 3, 8))):
        then, prefix = case(CONFIRM, history, day, upto=day), case(CONFIRM, "\n".join(lines[:n]), day)
        assert (then.state, then.closed, then.asides) == (prefix.state, prefix.closed, prefix.asides)


def test_old_names_of_an_aside_a_step_and_an_element_still_fold():
    old = replace(PARTIES, was=("people",), items=(Field("party", "人", "Party", was=("name",)), PARTIES.items[1]))
    now = changed(
        "open", was=("receive",), inputs=(CONFIRM.step("open").inputs[0], old, CONFIRM.step("open").inputs[2])
    )
    view = case(now, '2026-03-02 receive subject=x people=[{"_key":"li","name":"李"}]')
    assert view.strange == ()
    assert view.record.value("open.parties.party") == ("李",)


# ── the record ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("open.subject", "协议"), ("open.parties", ("li", "wang")), ("apply.count", 2), ("apply.on", date(2026, 3, 5)),
        ("apply.first_on", date(2026, 3, 3)), ("state", "applied"), ("opened_on", date(2026, 3, 2)),
        ("today", date(2026, 3, 9)), ("aside.appraisal", False), ("apply", True), ("open.grant.holder", NOT_HELD),
    ],
)  # fmt: skip
def test_what_stands_at_a_path(path, value):
    history = OPENED + " grant=G1\n2026-03-03 apply[li]\n2026-03-05 apply[wang]"
    assert case(CONFIRM, history, date(2026, 3, 9)).record.value(path) == value


def test_what_an_event_saw_is_carried_and_a_refresh_replaces_it():
    opened = replace(
        Example("x", OPENED + " grant=G1", state="").events()[0], seen={"open.grant.until": date(2027, 1, 1)}
    )
    refresh = Event(2, "refresh", date(2026, 4, 1), seen={"open.grant.until": date(2028, 1, 1)})
    for events, until in (([opened], 2027), ([opened, refresh], 2028)):
        record = fold(CONFIRM, events, CALENDAR, date(2026, 5, 1)).record
        assert record.value("open.grant.until") == date(until, 1, 1)


def test_the_pins_of_a_declaration_are_the_paths_by_which_its_fold_leaves_the_case():
    clock = Clock("c", "限", "C", start=("open",), stop=("confirm", "lapse"), due=F("open.grant.until"))
    pinned = replace(CONFIRM, clocks=(clock,))
    assert (pins_of(CONFIRM), pins_of(pinned)) == ((), ("open.grant.until",))
    assert (pinned_by(pinned, "open"), pinned_by(pinned, "apply")) == (("open.grant.until",), ())


class Neighbour:
    """Another record, as an app would look it up."""

    def follow(self, field, reference, path, day):
        return {("G1", "until"): date(2028, 1, 1)}.get((reference, path), NOT_HELD)

    def elements(self, source, day):
        return NOT_HELD

    def frozen(self, source, where, record):
        return NOT_HELD


def test_an_event_sees_the_pins_whose_root_it_sets_and_a_refresh_says_what_moved():
    clock = Clock("c", "限", "C", start=("open",), stop=("confirm", "lapse"), due=F("open.grant.until"))
    pinned = replace(CONFIRM, clocks=(clock,))
    opened = replace(
        Example("x", OPENED + " grant=G1", state="").events()[0], seen={"open.grant.until": date(2027, 1, 1)}
    )
    view = fold(pinned, [opened], CALENDAR, date(2026, 5, 1))
    assert [c.due for c in view.clocks] == [date(2027, 1, 1)]
    looking = view.record.looking(Neighbour())
    seen = seen_of(pinned, "refresh", looking)
    assert seen == seen_of(pinned, "open", looking) == {"open.grant.until": date(2028, 1, 1)}
    assert seen_of(pinned, "note", looking) == {}
    assert moved_pins(view.record, seen) == {"open.grant.until": (date(2027, 1, 1), date(2028, 1, 1))}


TIED = Field("party", "当事人", "Party", type=Type.REF, of="case")


def test_a_pin_through_a_list_is_seen_for_each_element():
    listed = Field("parties", "当事人", "Parties", type=Type.LIST, items=(TIED,))
    until = Clock("c", "限", "C", start=("open",), stop=("confirm", "lapse"), per="open.parties", due=F("party.until"))
    asks = (Field("subject", "事项", "Matter"), listed)
    pinned = replace(changed("open", inputs=asks), clocks=(until,))
    assert pins_of(pinned) == ("open.parties.party.until",)
    pair = {"subject": "x", "parties": [{"_key": "1", "party": "G1"}, {"_key": "2", "party": "G2"}]}
    carried = {"open.parties.party.until[1]": date(2027, 1, 1), "open.parties.party.until[2]": date(2027, 2, 1)}
    view = fold(pinned, [Event(1, "open", date(2026, 3, 2), pair, seen=carried)], CALENDAR, date(2026, 5, 1))
    assert {c.item: c.due for c in view.clocks} == {"1": date(2027, 1, 1), "2": date(2027, 2, 1)}
    seen = seen_of(pinned, "refresh", view.record.looking(Neighbour()))
    assert seen == {"open.parties.party.until[1]": date(2028, 1, 1), "open.parties.party.until[2]": NOT_HELD}
    assert moved_pins(view.record, seen) == {pin: (was, seen[pin]) for pin, was in carried.items()}


def test_a_choice_over_a_list_pins_what_it_reads_of_others_there():
    listed = Field("parties", "当事人", "Parties", type=Type.LIST, items=(TIED,))
    to = Choose((Every("open.parties", Is("party.tier", 1)), "applied"), otherwise="prepared")
    asks = changed("open", inputs=(Field("subject", "事项", "Matter"), listed))
    pinned = replace(asks, steps=tuple(replace(s, to=to) if s.id == "apply" else s for s in asks.steps))
    assert pins_of(pinned) == ("open.parties.party.tier",)


SOURCED = declare_function(Function("test.reads-others", "1", {}, lambda: 0, reads_sources=True))


@pytest.mark.parametrize("where", ["to", "length", "derived", "derived of a derived"])
def test_a_function_that_reads_records_stands_nowhere_that_a_fold_computes(where):
    reads = Fn(SOURCED.name, {})
    clock = Clock("c", "限", "C", start=("open",), stop=("confirm", "lapse"), length=days(3))
    put = {
        "to": lambda: changed("apply", to=Choose((Every("open.parties", Is("party", reads)), "applied"),
                                                 otherwise="prepared")),
        "length": lambda: replace(CONFIRM, clocks=(replace(clock, when=Is("open.subject", reads)),)),
        "derived": lambda: replace(CONFIRM, clocks=(replace(clock, when=Is("open.subject", F("one"))),),
                                   derived=(Derived("one", "一", "One", reads),)),
        "derived of a derived": lambda: replace(
            CONFIRM, clocks=(replace(clock, when=Is("open.subject", F("two"))),),
            derived=(Derived("one", "一", "One", reads), Derived("two", "二", "Two", Plus(1, F("one"))))),
    }  # fmt: skip
    assert any("which reads records: a fold may not" in p for p in problems(put[where]()))
    assert problems(changed("note", gives={"n": reads})) == []


def test_what_a_step_gives_and_shows_is_worked_out_once_and_read_from_its_event():
    checks = (Check("one", "一", "One", Is("note.sum", 1)), Check("two", "二", "Two", AtLeast("note.sum", 2)))
    listed = Checklist("sums", "数", "Sums", checks=checks, mode="first")
    asks = Field("sum", "数", "Sum", type=Type.INT)
    procedure = changed("note", inputs=(asks,), gives={"double": Times(2, F("note.sum"))}, shows=(listed,))
    assert problems(procedure) == []
    step, view = procedure.step("note"), case(procedure, OPENED)
    proposed = Event(2, "note", date(2026, 3, 3), {"sum": 5})
    record = view.record.proposing(proposed)
    gives, shows = gives_of(step, record), shows_of(step, record)
    assert (gives, shows) == ({"double": 10}, {"sums": "two"})
    taken = view.record.proposing(replace(proposed, gives=gives, shows=shows))
    assert (taken.value("note.double"), taken.value("checklist.sums")) == (10, "two")


# ── offers ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_when_that_is_no_hides_a_step_and_one_that_is_unknown_shows_it_barred_with_what_is_missing():
    hidden, unknown = Is("open.subject", "别的"), Is("open.grant.status", "valid")
    opened = OPENED + " grant=G1"
    assert "note" not in offered(case(changed("note", when=hidden), opened))
    offer = offered(case(changed("note", when=unknown), opened))["note"]
    assert (offer.allowed, offer.objections[0].kind) == (False, Reason.UNCLEAR)
    assert offer.objections[0].missing == ("open.grant.status",)
    assert "授权" in offer.why_not.zh


@pytest.mark.parametrize(
    ("status", "unknown", "allowed", "attests"),
    [("valid", "stop", True, 0), ("void", "attest", False, 0), (None, "attest", True, 1), (None, "stop", False, 0)],
)
def test_a_check_passes_bars_or_is_attested(status, unknown, allowed, attests):
    check = Check("valid", "授权有效", "Grant valid", Is("open.grant.status", "valid"), unknown=unknown)
    opened = Example("x", OPENED + " grant=G1", state="").events()[0]
    seen = {"open.grant.status": status} if status else {}
    view = fold(changed("note", needs=(check,)), [replace(opened, seen=seen)], CALENDAR, date(2026, 3, 3))
    offer = offered(view)["note"]
    assert (offer.allowed, len(offer.attests)) == (allowed, attests)
    if not allowed:
        assert offer.objections[0].check.check is check


def test_a_check_of_what_the_form_asks_is_asked_below_and_judged_once_it_is_filled():
    amount = Field("amount", "金额", "Amount", type=Type.MONEY)
    check = Check("some", "金额为正", "Positive", AtLeast("note.amount", 1))
    procedure = changed("note", inputs=(amount,), needs=(check,))
    view = case(procedure, OPENED)
    assert offered(view)["note"].below == (check,)
    for said, bars in (("0", 1), ("5", 0)):
        proposed = view.record.proposing(Event(2, "note", date(2026, 3, 3), {"amount": said}))
        assert len(needs_of(procedure.step("note"), proposed, filled=True).bars) == bars
    assert view.record.value("note.count") == 0  # proposing leaves the case as it is


def test_what_is_used_up_or_comes_too_soon_again_is_barred():
    history = f"{OPENED}\n2026-03-03 note"
    assert offered(case(changed("note", most=1), history))["note"].objections[0].kind is Reason.COUNT
    yearly = changed("note", again=months(12))
    assert offered(case(yearly, history, date(2027, 3, 2)))["note"].objections[0].kind is Reason.AGAIN
    assert offered(case(yearly, history, date(2027, 3, 3)))["note"].allowed


def test_whoever_is_no_item_or_took_it_already_has_nothing_to_take():
    view = case(CONFIRM, f"{OPENED}\n2026-03-03 apply[li]")
    for person, allowed in (("wang", True), ("li", False)):
        offer = offered(view, ("party",), who=Asker(person, items=(person,)))["apply"]
        assert (offer.allowed, offer.items) == (allowed, (person,) if allowed else ())


@pytest.mark.parametrize(
    ("person", "kind"), [("a", Reason.PERSON), ("b", None), ("c", Reason.PERSON), ("", Reason.PERSON)]
)
def test_another_person_than_took_a_step_and_no_one_recused_takes_it(person, kind):
    procedure = changed("confirm", other_than=("appraised",))
    events = [
        Event(1, "open", date(2026, 3, 2), {"subject": "x", "parties": "li"}),
        Event(2, "apply", date(2026, 3, 3), item="li"), Event(3, "appraise", date(2026, 3, 4)),
        Event(4, "appraised", date(2026, 3, 5), by=("a",)), Event(5, "recuse", date(2026, 3, 5), {"person": "c"}),
    ]  # fmt: skip
    view = fold(procedure, events, CALENDAR, date(2026, 3, 6))
    offer = offered(view, who=Asker(person))["confirm"]
    assert offer.allowed is (kind is None)
    assert [o.kind for o in offer.objections] == ([kind] if kind else [])


def test_only_the_handler_takes_what_is_the_handlers():
    events = [
        Event(1, "open", date(2026, 3, 2), {"subject": "x", "parties": "li"}),
        Event(2, "assign", date(2026, 3, 2), {"handlers": ["a"]}),
    ]
    view = fold(changed("note", by="handler"), events, CALENDAR, date(2026, 3, 6))
    assert offered(view, who=Asker("a"))["note"].allowed
    assert not offered(view, who=Asker("b"))["note"].allowed


@pytest.mark.parametrize(
    ("answer", "kind"), [(Answer.YES, None), (Answer.NO, Reason.CONFLICT), (Answer.UNKNOWN, Reason.UNCLEAR)]
)
def test_a_conflict_bars_and_one_not_spoken_of_is_asked(answer, kind):
    view = case(changed("note", clear_of=("open.parties",)), OPENED)
    offer = offered(view, who=Asker("a", conflicts={"open.parties": answer}))["note"]
    assert [o.kind for o in offer.objections] == ([kind] if kind else [])


def test_a_step_is_shown_at_its_own_door_only():
    public = changed("open", door=("public",))
    assert may_open(public, H) == ()
    assert [s.id for s in may_open(public, H, door="public")] == ["open"]
    assert "note" not in offered(case(changed("note", door=("code",)), OPENED))


EXTENDED = replace(
    CONFIRM,
    clocks=(
        Clock("decide", "决定", "Decide", start=("open",), stop=("confirm", "lapse"), length=days(10),
              extensions=(Extension("note", up_to=days(5), after="appraised"),)),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("more", "on", "kind"),
    [
        ("", 12, Reason.OVER),  # the other has not come first
        ("\n2026-03-03 appraise\n2026-03-04 appraised", 12, None),
        ("\n2026-03-03 appraise\n2026-03-04 appraised", 13, Reason.OVER),  # ten days from 2 March: the 12th
        ("\n2026-03-03 appraise\n2026-03-04 appraised\n2026-03-05 note", 6, Reason.COUNT),
    ],
)
def test_more_time_is_granted_before_the_end_in_its_order_and_so_often(more, on, kind):
    offer = offered(case(EXTENDED, OPENED + more, date(2026, 3, on)))["note"]
    assert [o.kind for o in offer.objections] == ([kind] if kind else [])


ASKED = replace(
    CONFIRM,
    steps=(*(s for s in CONFIRM.steps if s.id != "note"),
           Step("ask-more", "申请延长", "Ask for more time", sources=("*",), roles=H),
           Step("note", "延长", "Extend", sources=("prepared",), roles=H,
                inputs=(Field("length", "延长", "How long", type=Type.LENGTH),))),
    clocks=(Clock("decide", "决定", "Decide", start=("open",), stop=("confirm", "lapse"), length=days(10),
                  extensions=(Extension("note", asked="ask-more", up_to=days(5)),)),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "granted", "kinds"),
    [
        (12, 20, []),  # asked on the last day, granted after it
        (13, 13, [Reason.OVER]),
        (None, 12, []),
        (None, 13, [Reason.OVER]),
    ],
)
def test_more_time_is_asked_for_before_the_end_or_else_granted_before_it(asked, granted, kinds):
    more = f"\n2026-03-{asked} ask-more" if asked else ""
    offer = offered(case(ASKED, OPENED + more, date(2026, 3, granted)))["note"]
    assert [o.kind for o in offer.objections] == kinds
    assert ("asked for on 2026-03-13, after the end" in offer.why_not.en) == (asked == 13)


@pytest.mark.parametrize(
    ("length", "said"),
    [("5 day", ""), ("6 day", "at most 5 days may be granted, not 6 days"), ("1 month", "say it in the same unit")],
)
def test_no_more_is_granted_than_may_be(length, said):
    view = case(ASKED, OPENED)
    proposed = Event(2, "note", date(2026, 3, 5), {"length": length})
    offer = offered(view, record=view.record.proposing(proposed))["note"]
    assert offer.why_not.en == said if not said else said in offer.why_not.en


def test_an_own_step_stands_instead_of_what_every_procedure_knows():
    handed = Step("assign", "分配", "Assign", sources=("prepared",), to="applied", roles=H,
                  inputs=(Field("handlers", "承办人", "Handlers", many=True),))  # fmt: skip
    own = replace(CONFIRM, steps=(*CONFIRM.steps, handed))
    assert problems(own) == []
    events = (*Example("x", OPENED, state="").events(), Event(2, "assign", date(2026, 3, 3), {"handlers": ["a", "b"]}))
    view = fold(own, events, CALENDAR, date(2026, 3, 3))
    assert (view.state.id, view.handlers, view.strange) == ("applied", ("a", "b"), ())
    plain = fold(CONFIRM, events, CALENDAR, date(2026, 3, 3))
    assert (plain.state.id, plain.handlers) == ("prepared", ("a", "b"))
    told = replace(handed, id="told")
    assert any("may not be called 'told'" in p for p in problems(replace(CONFIRM, steps=(*CONFIRM.steps, told))))


@pytest.mark.parametrize(
    ("source", "day", "falls"),
    [
        ("day:01-31", date(2026, 1, 31), True), ("day:01-31", date(2026, 3, 31), False),
        ("day:*-01", date(2026, 3, 1), True), ("day:*-01", date(2026, 3, 2), False),
    ],
)  # fmt: skip
def test_a_step_comes_on_a_day_of_each_year_or_month(source, day, falls):
    assert list(On(source).problems(Catalogue())) == []
    assert On(source).falls_on(day) is falls


@pytest.mark.parametrize("source", ["day:*-29", "day:02-29", "day:1-1", "day:04-31", "day:*-*", "day:13-01"])
def test_a_day_that_not_every_year_or_month_has_is_refused(source):
    assert any("is no day of each year" in p for p in On(source).problems(Catalogue()))


def test_an_aside_begins_when_a_clock_ends():
    """The end of a clock is a step of the system: it begins the aside, and another clock stands still from then on."""
    over = Step("silent", "逾期未答", "No answer", sources=("prepared",), roles=("system",))
    heard = Step("heard", "已答", "Heard", sources=("prepared", "silence"), roles=H)
    until = Step("apply", "申请", "Ask", sources=("prepared", "!silence"), to="applied", roles=H)
    waits = replace(
        CONFIRM,
        asides=(Aside("silence", "无答复", "Silence", begin=("silent",), end=("heard", "lapse")),),
        steps=(*(s for s in CONFIRM.steps if s.id in ("open", "lapse")), over, heard, until,
               Step("confirm", "确认", "Confirm", sources=("applied",), to="confirmed", roles=H)),
        clocks=(Clock("answer", "答复", "Answer", start=("open",), stop=("apply", "lapse", "silent"), length=days(5),
                      at_end="silent"),
                Clock("decide", "决定", "Decide", start=("open",), stop=("confirm", "lapse"), length=days(20),
                      exclude=("silence",))),
    )  # fmt: skip
    assert problems(waits) == []
    # 2 March + 5 = Saturday 7, moved to Monday 9; silent from 10 to 15: six days; 2 March + 20 + 6 = Saturday 28,
    # moved to Monday 30
    view = case(waits, f"{OPENED}\n2026-03-10 silent\n2026-03-16 heard", date(2026, 3, 16))
    assert {c.clock.id: (c.status, c.due) for c in view.clocks} == {
        "answer": ("expired", date(2026, 3, 9)), "decide": ("running", date(2026, 3, 30)),
    }  # fmt: skip
    assert case(waits, f"{OPENED}\n2026-03-10 silent").open_asides() == {"silence"}
    left = replace(waits, steps=tuple(replace(s, sources=("prepared",)) if s.id == "apply" else s for s in waits.steps))
    assert any("aside silence still stands open when confirm ends the case" in p for p in problems(left))


# ── the order of days ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("step", "letter", "day"),
    [("note", "", 9), ("apply", "", 2), ("served", "call", 4), ("served", "none", 2), ("confirm", "", 9)],
)
def test_an_event_is_not_dated_before_the_one_that_led_to_it(step, letter, day):
    called = changed("appraise", letters=(Letter("call", "通知", "Call", to="open.parties"),))
    history = f"{OPENED}\n2026-03-03 apply[li]\n2026-03-04 appraise\n2026-03-09 appraised\n2026-03-11 apply[wang]"
    assert earliest_day(called, Example("x", history, state="").events(), step, letter) == date(2026, 3, day)


# ── soundness ────────────────────────────────────────────────────────────────────────────────────────────

LISTED = Check("x", "查", "X", Some("links", Is("final", False)))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (changed("confirm", sources=("applied",)), "aside appraisal still stands open when confirm ends the case"),
        (
            replace(
                changed("lapse", sources=("prepared", "applied", "!appraisal")),
                asides=(replace(CONFIRM.asides[0], end=("confirm",)), CONFIRM.asides[1]),
            ),
            "no way leads from state applied to an end while appraisal stands open",
        ),
        (changed("apply", per="open.subject"), "per='open.subject' is no list"),
        (changed("apply", per=""), "is taken by the item, yet there is no list"),
        (changed("apply", to=Choose((Given("aply"), "applied"), otherwise="prepared")), "nothing stands at 'aply'"),
        (changed("apply", to=Choose((Given("note"), "gone"), otherwise="prepared")), "names the state 'gone'"),
        (changed("note", when="open.subject"), "is a path, no condition"),
        (changed("note", when=Is("open.subjct", "x")), "nothing stands at 'open.subjct'"),
        (changed("note", when=Is("clock.none.due", 1)), "nothing stands at 'clock.none.due'"),
        (changed("note", sources=("appraisl",)), "names the state 'appraisl'"),
        (changed("note", other_than=("nobody",)), "other_than names the step 'nobody'"),
        (changed("note", signers=0), "signers=0 is less than 1"),
        (changed("note", on=On("procedure:confirm")), "comes in by itself (on), yet names no role"),
        (changed("note", on=On("weather:")), "is no source"),
        (changed("note", letters=(Letter("l", "函", "L", to="open.nobody"),)), "nothing stands at 'open.nobody'"),
        (changed("note", effects=(Opens("confirm", "note", link="cousin"),)), "link='cousin' is not"),
        (changed("note", inputs=(Field("count", "数", "N"),)), "'count' is what every step has"),
        (replace(CONFIRM, title="open.nothing"), "title='open.nothing' is no input"),
        (
            replace(CONFIRM, asides=(*CONFIRM.asides, Aside("x", "甲", "X", begin=("note",), end=("note",)))),
            "both begins",
        ),
        (
            replace(CONFIRM, asides=(replace(CONFIRM.asides[0], id="applied"), CONFIRM.asides[1])),
            "is a state and an aside",
        ),
        (
            changed("apply", to=Choose((Every("links", Is("final", True)), "applied"), otherwise="prepared")),
            "a fold looks at no other record",
        ),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(wrong, said):
    assert any(said in p for p in problems(wrong)), problems(wrong)


def test_a_need_may_look_at_linked_cases_where_a_fold_may_not():
    assert problems(changed("note", needs=(LISTED,))) == []


@pytest.mark.parametrize(
    ("stop", "sound"),
    [
        (("confirm", "lapse"), True),
        (("confirm",), False),
        (("to:confirmed", "to:lapsed"), True),
        (("apply", "lapse"), False),
    ],
)
def test_a_clock_is_stopped_on_every_way_out_for_every_item(stop, sound):
    clock = Clock("c", "限", "C", start=("open",), per="open.parties", stop=stop, length=days(5))
    found = [p for p in problems(replace(CONFIRM, clocks=(clock,))) if "still runs" in p]
    assert (found == []) is sound


def test_a_clock_that_begins_with_the_end_may_be_stopped_by_a_step_that_stays():
    clock = Clock("c", "公开", "Publish", start=("to:confirmed",), stop=("note",), length=days(20))
    assert not [p for p in problems(replace(CONFIRM, clocks=(clock,))) if "still runs" in p]


def test_a_circle_that_nobody_breaks_is_refused():
    itself = changed("note", on=On("procedure:confirm", where=Is("step", "note")), roles=("system",))
    other = changed("note", on=On("procedure:confirm", where=Is("step", "confirm")), roles=("system",))
    assert any("triggers itself" in p for p in problems(itself))
    assert not any("triggers itself" in p for p in problems(other))


def test_conditions_of_a_step_per_item_read_the_item_and_the_case_one_scope_out():
    abroad = changed("ask-proof", when=All(Is("abroad", True), Not(Is("up.open.subject", "x"))))
    assert problems(abroad) == []
    parties = '[{"_key":"li","party":"李","abroad":true},{"_key":"wang","party":"王"}]'
    history = f"2026-03-02 open subject=协议 parties={parties}\n2026-03-03 apply[li]\n2026-03-03 apply[wang]"
    assert offered(case(abroad, history))["ask-proof"].items == ("li",)


def test_a_choice_by_the_state_leads_only_where_it_can():
    to = Choose((Is("state", "received"), "withdrawn"), otherwise="ended")
    assert targets_from(to, "received") == ("withdrawn",)
    assert targets_from(to, "mediation") == ("ended",)
    other = Choose((Is("state", "a"), "b"), (Given("open.file"), "c"), otherwise="d")
    assert targets_from(other, "a") == ("b",)
    assert targets_from(other, "x") == ("c", "d")
    assert targets_from("b", "a") == ("b",)
    assert targets_from(None, "a") == ()
