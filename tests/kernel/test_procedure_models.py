"""Whole models of the grammar: asides that do not count, a term for each who was served, a term for each element."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.kernel.declare import Catalogue, collect
from jinzhi.kernel.expression import Choose, Every, F, Given, Is
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.period import Calendar, HolidayNotice, days, months, workdays
from jinzhi.kernel.procedure import Aside, Clock, Example, Extension, Letter, Procedure, State, Step, fold

CALENDAR = Calendar.of(collect(["jinzhi.matters.china.holidays"]).all(HolidayNotice))
H = ("clerk",)
ASIDES = ("suspension", "appraisal")
ENDS = ("decide", "withdraw")
RESPONDENTS = Field(
    "respondents", "被请求人", "Respondents", type=Type.LIST,
    items=(Field("party", "当事人", "Party"), Field("abroad", "无固定住所", "Abroad", type=Type.BOOL, required=False)),
)  # fmt: skip
#: the bones of a patent dispute (办法 81: answer 15 or 30 days each, decide 3 months, + 1), with invented steps
DISPUTE = Procedure(
    "dispute", "纠纷裁决", "Dispute", serves=("P1",),
    states=(State("filed", "已立案", "Filed"), State("decided", "已裁决", "Decided", final=True)),
    asides=(
        Aside("suspension", "中止", "Suspension", begin=("suspend",), end=("resume", *ENDS)),
        Aside("appraisal", "鉴定", "Appraisal", begin=("appraise",), end=("appraised", *ENDS)),
    ),
    steps=(
        Step("file", "立案", "File", to="filed", roles=H, inputs=(RESPONDENTS,)),
        Step("send", "送达副本", "Send", sources=("filed",), roles=H,
             letters=(Letter("copy", "请求书副本", "Copy", to="file.respondents", tells=("answer",)),)),
        Step("answer", "答辩", "Answer", sources=("filed",), per="file.respondents", roles=("party",)),
        Step("forward", "转送", "Forward", sources=("filed",), per="file.respondents", roles=H),
        Step("suspend", "中止", "Suspend", sources=("filed", "!suspension"), roles=H),
        Step("resume", "恢复", "Resume", sources=("suspension",), roles=H),
        Step("appraise", "鉴定", "Appraise", sources=("filed", "!appraisal"), roles=H),
        Step("appraised", "鉴定完毕", "Appraised", sources=("appraisal",), roles=H),
        Step("extend", "延长", "Extend", sources=("filed",), roles=H),
        Step("decide", "裁决", "Decide", sources=("filed",), to="decided", roles=H),
        Step("withdraw", "撤回", "Withdraw", sources=("filed",), to="decided", roles=("party",)),
    ),
    clocks=(
        Clock("decide", "作出裁决", "Decide", start=("file",), stop=ENDS, exclude=ASIDES, length=months(3),
              extensions=(Extension("extend", up_to=months(1)),)),
        Clock("answer", "答辩", "Answer", start=("served:copy",), stop=("answer", *ENDS), per="file.respondents",
              length=Choose((Is("abroad", True), days(30)), otherwise=days(15)), whose="party"),
        Clock("forward", "转送答辩", "Forward", start=("answer",), stop=("forward", *ENDS), per="file.respondents",
              length=workdays(5)),
    ),
)  # fmt: skip
THREE = 'file respondents=[{"_key":"a","party":"甲"},{"_key":"b","party":"乙"},{"_key":"c","party":"丙","abroad":true}]'


def case(procedure: Procedure, history: str, on: date):
    events = Example("x", history, state="").events()
    return fold(procedure, events, CALENDAR, on)


def dues(view, clock: str) -> dict[str, str]:
    return {c.item: str(c.due) for c in view.clocks if c.clock.id == clock}


def test_the_model_is_sound():
    assert list(DISPUTE.problems(Catalogue())) == []


def test_every_respondent_answers_in_a_term_of_his_own_from_his_own_service():
    served = "2026-10-09 served[a] letter=copy\n2026-10-12 served[b] letter=copy\n2026-11-20 served[c] letter=copy"
    view = case(DISPUTE, f"2026-09-28 {THREE}\n2026-10-08 send\n{served}", date(2026, 11, 20))
    assert view.strange == ()
    # 9 + 15: Sat 24 Oct, moved to Mon 26; 12 + 15: Tue 27; 20 Nov + 30: Sun 20 Dec, moved to Mon 21
    assert dues(view, "answer") == {"a": "2026-10-26", "b": "2026-10-27", "c": "2026-12-21"}


def test_an_answer_stops_the_term_of_who_gave_it_and_starts_that_of_passing_it_on():
    served = "2026-10-09 served[a] letter=copy\n2026-10-12 served[b] letter=copy"
    view = case(
        DISPUTE, f"2026-09-28 {THREE}\n2026-10-08 send\n{served}\n2026-10-26 answer[a]", date(2026, 10, 26)
    )  # fmt: skip
    assert {c.item: str(c.status) for c in view.clocks if c.clock.id == "answer"} == {"a": "met", "b": "running"}
    assert dues(view, "forward") == {"a": "2026-11-02"}  # 27, 28, 29, 30 October; Monday 2 November


@pytest.mark.parametrize(("more", "due"), [("", "2025-08-19"), ("\n2025-07-02 extend", "2025-09-19")])
def test_two_asides_that_overlap_take_each_day_out_once(more, due):
    # suspension 12 May to 20 June, appraisal 10 to 30 June: 50 days together, not 61
    asides = "2025-05-12 suspend\n2025-06-10 appraise\n2025-06-21 resume\n2025-07-01 appraised"
    view = case(DISPUTE, f"2025-03-31 {THREE}\n{asides}{more}", date(2025, 7, 2))
    assert dues(view, "decide") == {"": due}


def test_what_ends_the_case_ends_its_asides_and_every_term():
    history = f"2026-09-28 {THREE}\n2026-10-08 send\n2026-10-09 served[a] letter=copy\n2026-10-10 appraise"
    view = case(DISPUTE, f"{history}\n2026-10-12 decide", date(2026, 10, 12))
    assert (view.state.id, view.asides) == ("decided", ())
    assert not [c for c in view.clocks if c.open]


CONFIRM = Procedure(
    "confirm", "司法确认", "Confirmation", serves=("P5",),
    states=(
        State("prepared", "待共同申请", "To be asked"), State("applied", "已申请", "Asked"),
        State("confirmed", "已确认", "Confirmed", final=True), State("lapsed", "逾期", "Lapsed", final=True),
    ),
    steps=(
        Step("open", "登记协议", "Open", to="prepared", roles=H,
             inputs=(Field("effective_on", "协议生效日", "In force", type=Type.DATE), RESPONDENTS)),
        Step("apply", "申请", "Ask", sources=("prepared",), per="open.respondents", by="item", roles=("party",),
             to=Choose((Every("open.respondents", Given("apply")), "applied"), otherwise="prepared")),
        Step("confirm", "确认", "Confirm", sources=("applied",), to="confirmed", roles=H),
        Step("lapse", "逾期", "Lapse", sources=("prepared",), to="lapsed", roles=("system",)),
    ),
    clocks=(
        Clock("ask", "共同申请", "Ask", start=("open",), counts_from=F("open.effective_on"), length=days(30),
              stop=("to:applied", "lapse"), at_end="lapse"),
        Clock("decide", "作出决定", "Decide", start=("to:applied",), stop=("confirm",), length=workdays(15)),
    ),
)  # fmt: skip


def test_a_term_counts_from_a_day_that_was_said_and_stops_when_the_last_party_has_asked():
    assert list(CONFIRM.problems(Catalogue())) == []
    opened = "2026-06-10 open effective_on=2026-06-01 respondents=a,b"
    waiting = case(CONFIRM, f"{opened}\n2026-06-12 apply[a]", date(2026, 6, 12))
    assert (waiting.state.id, dues(waiting, "ask"), dues(waiting, "decide")) == ("prepared", {"": "2026-07-01"}, {})
    asked = case(CONFIRM, f"{opened}\n2026-06-12 apply[a]\n2026-07-01 apply[b]", date(2026, 7, 1))
    assert [str(c.status) for c in asked.clocks] == ["met", "running"]
    # July: 2, 3, 6–10, 13–17, 20–22
    assert dues(asked, "decide") == {"": "2026-07-22"}
