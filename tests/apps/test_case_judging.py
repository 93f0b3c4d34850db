"""A step judged: for which element it is, what its checks come to on its day, what is attested, what is kept."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

import pytest
from django.urls import reverse

from jinzhi.apps.cases.actions import StepRefused, open_case, take
from jinzhi.apps.cases.endings import end_clocks
from jinzhi.apps.cases.judging import StepSaid
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, steps_for, view
from tests.apps.test_case_clocks import declare  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db

MATTER = """
from jinzhi.kernel.declare import Citation
from jinzhi.kernel.expression import AtMost, Check, Choose, Every, F, Given, IfUnknown, Is, Not, Plus
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.period import days
from jinzhi.kernel.procedure import Clock, Procedure, State, Step

R = ("plan-office",)
neighbours = Procedure(
    id="neighbours", zh="邻里纠纷", en="Neighbours", serves=("S2",), title="open.title",
    states=(State("asked", "待答复", "Asked"), State("answered", "已答复", "Answered"),
            State("closed", "已结", "Closed", final=True)),
    steps=(
        Step(id="open", zh="登记", en="Open", to="asked", roles=R, inputs=(
            Field(id="title", zh="事由", en="Matter"),
            Field(id="fee", zh="费用", en="Fee", type=Type.DECIMAL),
            Field(id="parties", zh="当事人", en="Parties", type=Type.LIST, min_items=2, items=(
                Field(id="name", zh="姓名", en="Name"),)),
        )),
        Step(id="answer", zh="答复", en="Answer", sources=("asked",), per="open.parties", roles=R, most=1,
             to=Choose((Every("open.parties", Given("answer")), "answered"), otherwise="asked"),
             inputs=(Field(id="text", zh="内容", en="Text"),)),
        Step(id="silent", zh="期满未答", en="Silent", sources=("asked",), per="open.parties", roles=("system",), most=1,
             to=Choose((Every("open.parties", Given("answer")), "answered"), otherwise="asked")),
        Step(id="close", zh="办结", en="Close", sources=("asked", "answered"), to="closed", roles=R,
             inputs=(Field(id="paid", zh="已付", en="Paid", type=Type.DECIMAL),
                     Field(id="lives", zh="仍住本地", en="Lives here", type=Type.ANSWER)),
             needs=(Check("enough", "已付不少于费用", "Paid is enough", Not(AtMost("close.paid", 9))),
                    Check("here", "当事人住本地", "A party lives here", Is("close.lives", True)),
                    Check("sound", "费用已定", "The fee is set", Given("open.fee"), unknown=IfUnknown.STOP)),
             gives={"sum": Plus(F("open.fee"), F("close.paid"))}),
    ),
    clocks=(Clock(id="answer", zh="答复期限", en="Answer", start=("open",), per="open.parties",
                  stop=("answer", "silent", "close"), length=days(5), at_end="silent"),),
)
"""
OPEN = {"title": "漏水", "fee": "12.50", "parties": [{"_key": "zhang", "name": "张某"}, {"_key": "li", "name": "李某"}]}


@pytest.fixture
def found(declare, above, settings) -> Case:  # noqa: F811
    settings.JINZHI_TODAY = "2026-11-02"
    declare(neighbours=MATTER)
    return open_case("neighbours", "open", OPEN, who=above.acting, unit=above.acting.unit)


def offer(case: Case, step: str, who):
    return next((o for o in steps_for(case, view(case, date(2026, 11, 2)), who) if o.step.id == step), None)


def test_a_step_for_each_is_offered_for_those_that_have_not_taken_it(found, above):
    assert offer(found, "answer", above.acting).items == ("zhang", "li")
    take(found, "answer", {"text": "已修"}, who=above.acting, beside=StepSaid("zhang"))
    assert offer(found, "answer", above.acting).items == ("li",)
    assert found.state == "asked"
    take(found, "answer", {"text": "同意"}, who=above.acting, beside=StepSaid("li"))
    assert (found.state, events_of(found)[-1].data["_item"]) == ("answered", "li")


@pytest.mark.parametrize("item", ["", "wang", "zhang"])
def test_an_element_that_is_none_is_refused_with_those_that_are(found, above, item):
    take(found, "answer", {"text": "已修"}, who=above.acting, beside=StepSaid("zhang"))
    with pytest.raises(StepRefused, match="li"):
        take(found, "answer", {"text": "又"}, who=above.acting, beside=StepSaid(item))
    assert len(events_of(found)) == 2


def test_a_step_that_is_not_for_each_names_no_element(found, above):
    with pytest.raises(StepRefused, match="不分项"):
        take(found, "close", {"paid": "10", "lives": "yes"}, who=above.acting, beside=StepSaid("li"))


def test_each_element_has_its_own_clock_and_the_timer_ends_it_for_that_one(found, above, settings):
    take(found, "answer", {"text": "已修"}, who=above.acting, beside=StepSaid("zhang"))
    # day 5 is Saturday the 7th: the end moves to Monday the 9th
    settings.JINZHI_TODAY = "2026-11-10"
    assert end_clocks(date(2026, 11, 10)) == 1
    last = events_of(found)[-1]
    assert (last.verb, last.on, last.data["_item"]) == ("silent", date(2026, 11, 10), "li")
    runs = {c.item: c.status for c in view(found, date(2026, 11, 10)).clocks}
    assert runs["zhang"] == "met"


def test_a_check_that_does_not_hold_bars_whatever_is_attested(found, above):
    with pytest.raises(StepRefused, match="已付不少于费用"):
        take(
            found, "close", {"paid": "9", "lives": "yes"}, who=above.acting, beside=StepSaid(attested={"enough": "见"})
        )


def test_an_unknown_check_asks_where_it_was_looked_up_and_keeps_it(found, above):
    answer = {"paid": "10", "lives": "unknown"}
    with pytest.raises(StepRefused) as refusal:
        take(found, "close", answer, who=above.acting)
    assert refusal.value.errors[0].field.id == "_attest_here"
    take(found, "close", answer, who=above.acting, beside=StepSaid(attested={"here": "2026-11-02 查户籍，住本地"}))
    kept = events_of(found)[-1].data["_answers"]
    assert {a["check"]: a["answer"] for a in kept} == {"enough": "yes", "here": "unknown", "sound": "yes"}
    assert [a["attested"] for a in kept if "attested" in a] == ["2026-11-02 查户籍，住本地"]


def test_what_a_step_gives_is_computed_once_and_kept(found, above):
    take(found, "close", {"paid": "10.25", "lives": "yes"}, who=above.acting)
    event = events_of(found)[-1]
    assert event.data["_gives"] == {"sum": {"number": "91/4"}}
    assert view(found, date(2026, 11, 2)).record.value("close.sum") == Fraction("22.75")


def test_the_page_asks_for_whom_and_where_it_was_looked_up(found, above):
    page = above.client.get(reverse("case", args=[found.pk])).content.decode()
    assert 'name="_item"' in page
    assert "张某" in page
    assert 'name="_attest_here"' in page
    sent = {"_seq": found.seq, "_key": "k1", "text": "已修", "_item": "zhang"}
    assert above.client.post(reverse("case-step", args=[found.pk, "answer"]), sent).status_code == 302
    assert events_of(found)[-1].data["_item"] == "zhang"


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_missing(found, above):
    sent = {"_seq": found.seq, "_key": "k2", "paid": "10", "lives": "unknown"}
    page = above.client.post(reverse("case-step", args=[found.pk, "close"]), sent)
    assert page.status_code in (200, 422)
    text = page.content.decode()
    assert "须写明查证情况" in text
    assert 'value="10"' in text


def test_the_form_of_a_list_keeps_its_rows_and_their_keys(declare, above, settings):  # noqa: F811
    settings.JINZHI_TODAY = "2026-11-02"
    declare(neighbours=MATTER)
    page = above.client.get(reverse("case-open", args=["neighbours"])).content.decode()
    assert 'name="parties-0-name"' in page
    sent = {
        "_key": "k3",
        "_unit": "tianjin",
        "title": "漏水",
        "fee": "5",
        "parties-0-name": "张某",
        "parties-0-_key": "",
    }
    refused = above.client.post(reverse("case-open", args=["neighbours"]), sent)
    assert "至少 2 项" in refused.content.decode()
    assert 'value="张某"' in refused.content.decode()
    sent |= {"_key": "k4", "parties-1-name": "李某", "parties-1-_key": "", "parties-2-name": "", "parties-2-_key": ""}
    done = above.client.post(reverse("case-open", args=["neighbours"]), sent)
    assert done.status_code == 302, re.findall("(?:field-error|error-summary).{200}", done.content.decode())
    case = Case.objects.unrestricted("a test").get(procedure="neighbours")
    assert events_of(case)[0].data["parties"] == [{"_key": "1", "name": "张某"}, {"_key": "2", "name": "李某"}]


@pytest.mark.parametrize(("day", "allowed"), [(date(2026, 3, 6), True), (date(2026, 3, 9), False)])
def test_more_time_is_judged_on_the_day_it_was_granted_not_on_that_of_recording(make_person, settings, day, allowed):
    """A report of 9 February is checked by 6 March; what was granted that day may be recorded three days later."""
    settings.JINZHI_TODAY = "2026-03-09"
    handler = make_person("handler", "tj-binhai", "case-handler").acting
    head = make_person("head", "tianjin", "approver").acting
    said = {"title": "甲", "channel": "post", "named": False, "respondent": "乙", "act": "丙"}
    case = open_case("report", "open", said, who=handler, unit=handler.unit, on=date(2026, 2, 9))
    if allowed:
        take(case, "extend", {"reason": "取证"}, who=head, on=day)
        assert case.next_due == date(2026, 3, 27)
    else:
        with pytest.raises(StepRefused, match="2026-03-06 届满"):
            take(case, "extend", {"reason": "取证"}, who=head, on=day)


def test_the_page_names_whose_step_and_whose_term_it_is_and_what_was_attested(found, above):
    take(found, "answer", {"text": "已修"}, who=above.acting, beside=StepSaid("zhang"))
    said = StepSaid(attested={"here": "2026-11-02 查户籍"})
    take(found, "close", {"paid": "10", "lives": "unknown"}, who=above.acting, beside=said)
    page = above.client.get(reverse("case", args=[found.pk])).content.decode()
    assert "答复 · 张某" in page
    assert "答复期限 · 李某" in page
    assert "2026-11-02 查户籍" in page
