"""A penalty on the real database: nobody is decided on unheard, no fine is raised or put in the place of a transfer."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.apps.cases.actions import StepRefused, open_case, take
from jinzhi.apps.cases.endings import end_clocks
from jinzhi.apps.cases.judging import StepSaid
from jinzhi.apps.cases.models import Case, CaseLink
from jinzhi.apps.cases.queries import events_of, view

pytestmark = pytest.mark.django_db
PARTIES = [{"_key": k, "party": f"{k} 店", "elsewhere": False} for k in "abc"]
OPEN = {
    "title": "销售假冒商标的箱包", "regime": "market", "lead_on": "2026-09-01", "parties": PARTIES, "act": "略",
    "statute": "商标法五十七", "act_until": "2026-08-30", "going_on": "no", "grave_kind": "no", "evidence": "yes",
    "punishable": "yes", "ours": "yes", "first_here": "yes", "review_due": "yes",
}  # fmt: skip
DECIDE = {
    "outcome": "penalty", "number": "1", "fine": "20000", "grave": "no", "no_second_fine": "yes",
    "lawful_evidence": "yes", "answerable": "yes", "crime": "no",
    "channels": [{"_key": "c", "channel": "credit"}, {"_key": "s", "channel": "system"}],
}  # fmt: skip


class Squad:
    """Those who take the steps of one case, and the case."""

    def __init__(self, make_person):
        self.handler = make_person("handler", "tj-binhai", "case-handler").acting
        self.second = make_person("second", "tianjin", "approver").acting
        self.leader = make_person("leader", "tianjin", "leader").acting
        self.case: Case = None  # type: ignore[assignment]

    def open(self, **more: object) -> Case:
        who = self.handler
        self.case = open_case("penalty", "open", OPEN | more, who=who, unit=who.unit, on=date(2026, 9, 1))
        return self.case

    def step(self, day: str, named: str, data: dict[str, object] | None = None, who: str = "handler") -> None:
        id, _, item = named.rstrip("]").partition("[")
        on = date.fromisoformat(day)
        take(self.case, id, data or {}, who=getattr(self, who), on=on, beside=StepSaid(item))

    def until_told(self, fine: str = "20000") -> None:
        self.step("2026-09-02", "file", {"two_officers": True, "officers": "甲、乙", "number": "1"}, "second")
        self.step("2026-09-14", "submit-review", {"proposal": "拟罚"})
        self.step("2026-09-15", "reviewed", {"passed": "yes", "opinion": "同意"}, "second")
        self.step("2026-09-16", "hearing-offered", {"facts": "略", "fine": fine, "hearing": "yes"}, "second")


@pytest.fixture
def squad(make_person, settings) -> Squad:
    settings.JINZHI_TODAY = "2026-11-20"
    return Squad(make_person)


def test_the_decision_waits_for_the_last_of_three_parties(squad):
    squad.open()
    squad.until_told()
    for key, day in (("a", "2026-09-17"), ("b", "2026-09-18"), ("c", "2026-09-21")):
        squad.step(day, f"notified[{key}]", {"proof": "签收"})
    dues = {c.item: c.due for c in view(squad.case, date(2026, 9, 21)).clocks if c.clock.id == "hearing"}
    # from the 17th: 18, Sunday 20 worked, 21, 22, 23; from the 21st: 22–24, 28, 29
    assert dues == {"a": date(2026, 9, 23), "b": date(2026, 9, 24), "c": date(2026, 9, 29)}
    squad.step("2026-09-22", "stated[a]", {"text": "不知情"})
    squad.step("2026-09-22", "hearing-waived[b]", {"proof": "声明"})
    with pytest.raises(StepRefused, match="告知每一当事人"):
        squad.step("2026-09-24", "decide", DECIDE, "second")
    squad.step("2026-09-29", "hearing-waived[c]", {"proof": "声明"})
    squad.step("2026-09-29", "decide", DECIDE, "second")
    assert squad.case.state == "decided"


def test_a_party_that_says_nothing_has_waived_once_its_term_is_over(squad, settings):
    settings.JINZHI_TODAY = "2026-09-30"
    squad.open(parties=PARTIES[:1])
    squad.until_told()
    squad.step("2026-09-17", "notified[a]", {"proof": "签收"})
    assert end_clocks(date(2026, 9, 30)) == 1
    assert events_of(squad.case)[-1].verb == "hearing-lapsed"
    squad.step("2026-09-30", "decide", DECIDE, "second")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"fine": "20000.01"}, "罚款不高于告知"),
        ({"crime": "yes"}, "涉嫌犯罪"),
        ({"grave": "yes"}, "集体讨论"),
        ({"no_second_fine": "no"}, "没有给过罚款"),
        ({"lawful_evidence": "no"}, "非法取得"),
    ],
)
def test_a_decision_that_the_law_bars_is_refused_in_its_words(squad, change, why):
    squad.open(parties=PARTIES[:1])
    squad.until_told()
    squad.step("2026-09-17", "notified[a]", {"proof": "签收"})
    squad.step("2026-09-18", "hearing-waived[a]", {"proof": "声明"})
    with pytest.raises(StepRefused, match=why):
        squad.step("2026-09-21", "decide", DECIDE | change, "second")


@pytest.mark.parametrize(("until", "allowed"), [("2024-09-01", True), ("2024-08-31", False)])
def test_what_counts_for_the_two_years_is_the_day_on_which_it_was_found(squad, until, allowed):
    squad.open(act_until=until)
    said = {"two_officers": True, "officers": "甲、乙", "number": "1"}
    if allowed:
        squad.step("2026-09-02", "file", said, "second")
    else:
        with pytest.raises(StepRefused, match="二年内被发现"):
            squad.step("2026-09-02", "file", said, "second")


def test_one_officer_is_refused(squad):
    squad.open()
    with pytest.raises(StepRefused, match="不少于两名"):
        squad.step("2026-09-02", "file", {"two_officers": False, "officers": "甲", "number": "1"}, "second")


def test_a_second_batch_has_a_term_of_its_own_and_the_first_keeps_its_own(squad):
    squad.open()
    squad.until_told()
    first = {"_key": "1", "things": "包", "taken_on": "2026-09-29"}
    second = {"_key": "2", "things": "标识", "taken_on": "2026-10-09"}
    squad.step("2026-09-29", "preserve", {"batches": [first]})
    squad.step("2026-10-09", "preserve", {"batches": [first, second]})
    dues = {c.item: c.due for c in view(squad.case, date(2026, 10, 9)).clocks if c.clock.id == "preserve"}
    assert dues == {"1": date(2026, 10, 14), "2": date(2026, 10, 19)}


def test_two_publications_two_terms_and_one_of_them_late(squad):
    squad.open(parties=PARTIES[:1])
    squad.until_told()
    squad.step("2026-09-17", "notified[a]", {"proof": "签收"})
    squad.step("2026-09-18", "hearing-waived[a]", {"proof": "声明"})
    squad.step("2026-09-21", "decide", DECIDE, "second")
    squad.step("2026-10-15", "publish[c]", {"address": "信用网"})
    squad.step("2026-10-16", "publish[s]", {"address": "公示系统"})
    stood = {c.clock.id: str(c.status) for c in view(squad.case, date(2026, 11, 20)).clocks if c.item in ("c", "s")}
    assert stood == {"publish-credit": "late", "publish-system": "met"}


def test_a_report_leads_to_a_penalty_and_within_24_hours_to_the_police(squad, make_person, settings):
    """Three cases, each linked to the next: a report filed, a penalty, a transfer over a weekend."""
    settings.JINZHI_TODAY = "2026-11-20"
    handler = squad.handler
    said = {"title": "仓库假冒白酒", "channel": "post", "named": False, "respondent": "某部", "act": "销售假冒商品"}
    report = open_case("report", "open", said, who=handler, unit=handler.unit, on=date(2026, 9, 1))
    take(report, "file", {"decision": "立案1号"}, who=squad.second, on=date(2026, 9, 2))
    penalty = squad.open(source_case=report.number, lead_on="2026-09-01")
    assert CaseLink.objects.get(case=penalty).other == report
    squad.step("2026-09-02", "file", {"two_officers": True, "officers": "甲、乙", "number": "1"}, "second")
    crime = {"kind": "mark-sale", "suspects": "某甲", "team": "甲、乙", "repeat": "no", "several": "no",
             "suspicion": "库存价值待查"}  # fmt: skip
    squad.step("2026-09-25", "transfer", crime, "second")
    transfer = CaseLink.objects.get(case=penalty, link="child").other
    take(transfer, "approve", {"decided_by": "某局长", "_at": "10:15"}, who=squad.leader, on=date(2026, 9, 26))
    papers = {"police": "某分局", "received_on": "2026-09-27", "receipt": "回执1", "p1": True, "p2": True, "p3": True,
              "_at": "10:15"}  # fmt: skip
    take(transfer, "hand-over", papers, who=handler, on=date(2026, 9, 27))
    stood = {c.clock.id: str(c.status) for c in view(transfer, date(2026, 9, 28)).clocks}
    assert (stood["approve"], stood["hand-over"]) == ("met", "met"), "Saturday 10.15 to Sunday 10.15, in the minute"
    assert events_of(transfer)[0].data["_because"] == f"{penalty.stream}#3"


def test_a_transfer_opens_a_linked_case_and_no_fine_comes_before_its_answer(squad):
    squad.open(parties=PARTIES[:1])
    squad.until_told()
    said = {"kind": "mark-sale", "suspects": "某甲", "team": "甲、乙", "repeat": "no", "several": "no",
            "suspicion": "库存价值待查"}  # fmt: skip
    squad.step("2026-09-17", "transfer", said, "second")
    link = CaseLink.objects.get(case=squad.case)
    assert (link.other.procedure, link.link, link.other.state) == ("crime-transfer", "child", "opened")
    assert view(link.other, date(2026, 9, 17)).next_due.due == date(2026, 9, 20)
    squad.step("2026-09-17", "notified[a]", {"proof": "签收"})
    squad.step("2026-09-18", "hearing-waived[a]", {"proof": "声明"})
    with pytest.raises(StepRefused):
        squad.step("2026-09-21", "decide", DECIDE, "second")
    squad.step("2026-09-21", "police-back", {"reason": "不予立案"})
    squad.step("2026-09-22", "decide", DECIDE, "second")
    assert squad.case.state == "decided"
