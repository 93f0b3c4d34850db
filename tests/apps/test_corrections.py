"""Corrections and days: whose word it was, whom a clock measures, what is sealed, and in what order days follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.utils import timezone

from jinzhi.apps.cases.actions import StepRefused, correct, decide, open_case, take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import view
from jinzhi.apps.cases.telling import tell
from jinzhi.apps.catalogue.clock import standing_on
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.indicators.queries import values
from jinzhi.kernel.access import Role
from jinzhi.kernel.correcting import Party, measures, sealed_since
from jinzhi.kernel.indicator import Indicator
from jinzhi.kernel.procedure import Event as Done
from jinzhi.kernel.procedure import Procedure, fold
from jinzhi.kernel.recording import DayGiven, Gap, Said, fields_of

TODAY = date(2026, 11, 22)
ORDER = {"title": "加快推进", "demand": "限期完成", "due": "2026-11-20"}
ADJUSTMENT = {"title": "调整", "kind": "measure", "before": "甲", "after": "乙", "grounds": "丙"}
COMPLAINT = {
    "title": "购机纠纷", "channel": "post", "complainant": "张三丰", "contact": "13800001111", "respondent": "某商行",
    "facts": "要求退货",
}  # fmt: skip


def on(day: int, month: int = 11) -> dict:
    """A day of the past, recorded on that day."""
    return {"on": date(2026, month, day), "at": timezone.make_aware(datetime(2026, month, day, 9, 30))}


@pytest.fixture
def order(above, district) -> Case:
    return open_case("supervision-order", "issue", ORDER, who=above.acting, unit=district.acting.unit, **on(2))


@pytest.fixture
def report(above, district) -> Case:
    raw = {"period": "2026Q3", "due": "2026-11-10"}
    return open_case("progress-report", "open", raw, who=above.acting, unit=district.acting.unit, **on(2))


@pytest.fixture
def handler(make_person):
    return make_person("handler", "tj-binhai", "case-handler", "承办人")


@pytest.fixture
def chief(make_person):
    return make_person("chief", "tianjin", "approver", "市级审核人")


@pytest.fixture
def leader(make_person):
    return make_person("leader", "tianjin", "leader", "市领导")


def refused(case: Case, seq: int, who, **more) -> str:
    """The reason why a correction is refused; nothing was written."""
    before = Event.objects.filter(stream=case.stream).count()
    with pytest.raises(StepRefused) as e:
        correct(case, seq, reason="改", who=who.acting, expected=before, **more)
    assert Event.objects.filter(stream=case.stream).count() == before
    return e.value.zh


def agreed(case: Case, seq: int, who, second, **more) -> None:
    """A correction that is asked for, and that the second person agrees to."""
    asked = Event.objects.filter(stream=case.stream).count()
    correct(case, seq, reason="录错", who=who.acting, expected=asked, **more)
    decide(case, asked + 1, agree=True, reason="凭证在卷", who=second.acting, expected=asked + 1)
    case.refresh_from_db()


def status(case: Case, clock: str) -> str:
    return [c for c in view(case, TODAY).clocks if c.clock.id == clock][-1].status


# ── whose word it was ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("data", [{"due": "2027-12-31"}, {"demand": "不必完成"}])
def test_the_unit_under_an_order_does_not_rewrite_it(order, district, data):
    assert "其他单位" in refused(order, 1, district, data=data)


def test_the_proposer_does_not_rewrite_the_opinion_of_the_office(district, above):
    case = open_case("plan-adjustment", "propose", ADJUSTMENT, who=district.acting, unit=district.acting.unit, **on(2))
    take(case, "accept", {}, who=above.acting, **on(3))
    take(case, "approve", {"opinion": "同意"}, who=above.acting, **on(4))
    assert "其他单位" in refused(case, 3, district, data={"opinion": "全部同意"})
    assert "不能再更正" in refused(case, 1, district, data={"after": "丁"})


def test_the_office_does_not_rewrite_the_answer_of_the_unit(order, district, above):
    take(order, "answer", {"answer": "尚未完成"}, who=district.acting, **on(19))
    assert "其他单位" in refused(order, 2, above, data={"answer": "已完成"})


def test_every_other_role_at_every_place_is_refused(order, make_person):
    for n, role in enumerate(r.id for r in catalogue().all(Role) if r.id not in ("visitor", "plan-office")):
        for place in ("tianjin", "tj-binhai", "tj-dongli"):
            if (role, place) == ("leader", "tianjin"):  # may issue orders at the unit that issued this one
                continue
            refused(order, 1, make_person(f"p{n}-{place}", place, role), data={"due": "2027-12-31"})


def test_an_author_corrects_his_own_words_while_nothing_rests_on_them(order, district, above):
    take(order, "answer", {"answer": "已完城"}, who=district.acting, **on(19))
    correct(order, 2, reason="错字", who=district.acting, expected=2, data={"answer": "已完成"})
    assert view(order, TODAY).history[1].data["answer"] == "已完成"
    assert status(order, "answer") == "met"
    take(order, "close", {"verdict": "属实"}, who=above.acting)
    assert "不能再更正" in refused(order, 2, district, data={"answer": "另说"})


def test_a_correction_names_only_inputs_of_the_step(order, above):
    for name in ("nonsense", "_told", "seq"):
        assert name in refused(order, 1, above, data={name: {"answer": "2027-12-31"}})
    assert "不是日期" in refused(order, 1, above, data={"due": "随便"})


def test_a_correction_wants_a_reason(order, above):
    with pytest.raises(StepRefused, match="理由"):
        correct(order, 1, reason=" ", who=above.acting, expected=1, data={"demand": "甲"})


# ── whom a clock measures ────────────────────────────────────────────────────────────────────────────────


def test_a_late_report_stays_late(report, district):
    record(report.stream, "submit", {}, who=district.acting, **on(12))
    assert status(report, "report") == "late"
    assert "日期不能更正" in refused(report, 2, district, on=date(2026, 11, 10))
    assert "其他单位" in refused(report, 1, district, data={"due": "2026-11-30"})
    assert status(report, "report") == "late"


@pytest.mark.parametrize(("whose", "measured"), [("us", True), ("party", False), ("other", False)])
def test_a_term_that_is_not_ours_measures_no_office(whose, measured):
    order = catalogue().get(Procedure, "supervision-order")
    answer = replace(order.find_clock("answer"), whose=whose)
    district = Party(("district",), (order.step(answer.stop[0]).at,), "tj-binhai")
    assert measures(order, answer, district) is measured


def test_the_office_moves_a_day_it_set_itself_while_the_clock_runs(order, above):
    correct(order, 1, reason="日期录错", who=above.acting, expected=1, data={"due": "2026-11-30"})
    order.refresh_from_db()
    assert (status(order, "answer"), order.corrected) == ("running", 1)


def test_once_the_answer_is_in_a_second_person_must_agree(order, district, above, leader):
    take(order, "answer", {"answer": "已完成"}, who=district.acting, **on(19))
    correct(order, 1, reason="日期录错", who=above.acting, expected=2, data={"due": "2026-11-10"})
    order.refresh_from_db()
    assert (status(order, "answer"), order.corrected, order.asked) == ("met", 0, 1)
    with pytest.raises(StepRefused, match="角色"):
        decide(order, 3, agree=True, reason="x", who=above.acting, expected=3)
    decide(order, 3, agree=False, reason="没有依据", who=leader.acting, expected=3)
    order.refresh_from_db()
    assert (status(order, "answer"), order.corrected, order.asked) == ("met", 0, 0)
    assert all(r.sound for r in run_all() if r.checker.id.startswith("case-"))


def test_the_handling_unit_asks_and_the_unit_above_decides(handler, chief, make_person):
    own = make_person("own", "tj-binhai", "approver", "本单位审核人")
    case = open_case("complaint", "open", COMPLAINT, who=handler.acting, unit=handler.acting.unit, **on(2))
    take(case, "accept", {}, who=handler.acting, said=Said())  # on the fourteenth working day: late
    assert status(case, "accept") == "late"
    correct(case, 1, reason="收文日录错", who=handler.acting, expected=2, on=date(2026, 11, 16), proof="邮戳 11-16")
    assert status(case, "accept") == "late"
    for who in (handler, own):
        with pytest.raises(StepRefused):
            decide(case, 3, agree=True, reason="x", who=who.acting, expected=3)
    decide(case, 3, agree=True, reason="邮戳在卷", who=chief.acting, expected=3)
    assert status(case, "accept") == "met"
    said = Event.objects.get(stream=case.stream, verb="correct").data
    assert (said["asked"], said["agreed"]) == (3, "邮戳在卷")


# ── the order of days ────────────────────────────────────────────────────────────────────────────────────


def test_no_correction_turns_the_order_of_days_round(handler):
    case = open_case("complaint", "open", COMPLAINT, who=handler.acting, unit=handler.acting.unit, **on(16))
    take(case, "accept", {}, who=handler.acting, **on(18))
    said = {"proof": "收文登记"}
    assert "先后次序" in refused(case, 1, handler, on=date(2026, 11, 19), **said)
    assert "先后次序" in refused(case, 2, handler, on=date(2026, 11, 13), late="积压", **said)
    assert "晚于今天" in refused(case, 2, handler, on=date(2026, 12, 1), **said)


def test_no_step_is_dated_before_the_one_that_led_to_it(handler):
    case = open_case("complaint", "open", COMPLAINT, who=handler.acting, unit=handler.acting.unit, **on(16))
    take(case, "accept", {}, who=handler.acting, **on(18))
    with pytest.raises(StepRefused, match="前一步的日期 2026-11-18"):
        take(case, "settle", {"terms": "退货"}, who=handler.acting, said=Said(date(2026, 11, 17), "协议"))


@pytest.mark.parametrize("day", [date(2026, 11, 19), date(2026, 11, 21), date(2026, 11, 23)])
def test_a_step_of_the_platform_counts_on_the_day_of_recording_only(order, district, day):
    with pytest.raises(StepRefused):
        take(order, "answer", {"answer": "好"}, who=district.acting, said=Said(day, "邮戳", "理由"))
    take(order, "answer", {"answer": "好"}, who=district.acting, said=Said(TODAY))
    assert status(order, "answer") == "late"


def test_a_day_of_the_law_wants_proof_and_beyond_the_gap_a_reason(handler):
    def receive(day: int, *said: str) -> Case:
        given = {"who": handler.acting, "unit": handler.acting.unit, "said": Said(date(2026, 11, day), *said)}
        return open_case("complaint", "open", COMPLAINT, **given)

    with pytest.raises(StepRefused, match="凭证"):
        receive(21)
    assert receive(19, "邮戳").late_entries == 0  # three days are allowed
    with pytest.raises(StepRefused, match="晚录理由"):
        receive(18, "邮戳")
    assert receive(18, "邮戳", "收发室积压").late_entries == 1


@pytest.fixture
def received(handler) -> Case:
    """A complaint that came on the 20th and was recorded two days later: in time, with its proof."""
    given = {"who": handler.acting, "unit": handler.acting.unit, "said": Said(date(2026, 11, 20), "邮戳 11-20")}
    return open_case("complaint", "open", COMPLAINT, **given)


def test_a_corrected_day_of_the_law_wants_its_proof_as_the_step_did(received, handler, chief):
    assert "凭证" in refused(received, 1, handler, on=date(2026, 11, 21))
    assert "凭证" in refused(received, 1, handler, on=date(2026, 11, 21), proof="  ")
    agreed(received, 1, handler, chief, on=date(2026, 11, 21), proof="邮戳 11-21")
    stands = view(received, TODAY).history[0]
    assert (stands.on, stands.data["_proof"]) == (date(2026, 11, 21), "邮戳 11-21")
    first = Event.objects.get(stream=received.stream, seq=1)
    assert (first.on, first.data["_proof"]) == (date(2026, 11, 20), "邮戳 11-20")


def test_a_correction_that_makes_a_record_late_wants_the_reason_and_is_listed(received, handler, chief):
    day = {"on": date(2026, 11, 17), "proof": "邮戳 11-17"}
    said = refused(received, 1, handler, **day)
    assert "晚录理由" in said
    assert "平台工作期限" in said
    agreed(received, 1, handler, chief, late="收发室积压", **day)
    assert (received.late_entries, received.corrected) == (1, 1)
    assert all(r.sound for r in run_all() if r.checker.id.startswith("case-"))


def test_a_record_that_was_late_by_a_wrong_day_only_is_no_longer_counted_late(handler, chief):
    said = Said(date(2026, 11, 10), "邮戳", "收发室积压")
    case = open_case("complaint", "open", COMPLAINT, who=handler.acting, unit=handler.acting.unit, said=said)
    assert case.late_entries == 1
    agreed(case, 1, handler, chief, on=date(2026, 11, 20), proof="邮戳 11-20")
    assert (case.late_entries, case.corrected) == (0, 1)
    assert "更正前为晚录" in handler.client.get(f"/cases/{case.pk}/").content.decode()


def test_the_proof_alone_is_corrected_too_but_only_of_a_step_that_asks_for_one(received, handler, order, above):
    correct(received, 1, reason="登记号录错", who=handler.acting, expected=1, proof="收文 77 号")
    assert view(received, TODAY).history[0].data["_proof"] == "收文 77 号"
    assert "登记当日" in refused(order, 1, above, proof="邮戳")


def test_the_days_that_a_late_record_is_allowed_are_ours_and_dated():
    given = DayGiven("收到之日", "Day of receipt", gaps=(Gap(date(2026, 1, 1), 3), Gap(date(2026, 11, 1), 5)))
    assert not given.late(date(2026, 10, 28), date(2026, 10, 31))
    assert given.late(date(2026, 10, 27), date(2026, 10, 31))
    assert not given.late(date(2026, 10, 27), date(2026, 11, 1))
    for f in fields_of(given, TODAY)[2:]:
        assert "超过 5 日（平台工作期限，非法定期限）" in f.help_zh
        assert "a term of the platform" in f.help_en


def test_only_steps_that_move_no_clock_of_the_platform_say_their_day():
    for procedure in catalogue().all(Procedure):
        for step in procedure.steps:
            if step.day:
                assert not any(step.id in c.named and c.length is None for c in procedure.clocks), step.id
    for id in ("supervision-order", "progress-report", "plan-adjustment"):
        assert not any(s.day for s in catalogue().get(Procedure, id).steps)


def test_a_day_recorded_in_time_is_kept_though_time_goes_on(order, district):
    with standing_on(date(2026, 11, 20)):
        take(order, "answer", {"answer": "好"}, who=district.acting, said=Said())
    assert status(order, "answer") == "met"


def test_an_indicator_says_what_was_corrected_and_what_it_would_be_without(order, district, above, leader):
    with standing_on(date(2026, 11, 21)):
        take(order, "answer", {"answer": "好"}, who=district.acting, said=Said())  # a day late
    found = catalogue().get(Indicator, "orders-in-time")
    before = values([found], above.acting, TODAY)[found.id]
    assert (before.number, before.corrected, before.uncorrected) == (0, 0, None)
    correct(order, 1, reason="期限录错", who=above.acting, expected=2, data={"due": "2026-11-21"})
    decide(order, 3, agree=True, reason="原件为 21 日", who=leader.acting, expected=3)
    after = values([found], above.acting, TODAY)[found.id]
    assert (after.number, after.corrected, after.uncorrected) == (100, 1, 0)
    page = above.client.get(f"/indicators/{found.id}/").content.decode()
    assert "1 条记录经更正；不计更正为 0" in page


# ── days that a step says, and days that were told ───────────────────────────────────────────────────────


@pytest.mark.parametrize("clock", ["answer", "sign"])
def test_the_unit_under_an_order_does_not_fix_its_own_last_day_by_telling_it(order, district, above, clock):
    due = next(c.due for c in view(order, TODAY).clocks if c.clock.id == clock)
    with pytest.raises(StepRefused, match="考核本单位"):
        tell(order, clock, due, how="已知悉", who=district.acting, expected=1)
    assert tell(order, clock, due, how="书面通知", who=above.acting, expected=1).clocks


def test_who_handles_a_case_still_records_what_the_parties_were_told(handler):
    case = open_case("complaint", "open", COMPLAINT, who=handler.acting, unit=handler.acting.unit)
    due = next(c.due for c in view(case, TODAY).clocks if c.clock.id == "accept")
    told = tell(case, "accept", due, how="电话", who=handler.acting, expected=1)
    assert [c.told for c in told.clocks if c.clock.id == "accept"] == [due]


def test_a_day_that_was_told_and_then_corrected_counts_as_corrected_and_is_told_again(above, district):
    said = {**ORDER, "due": "2027-12-20"}
    case = open_case("supervision-order", "issue", said, who=above.acting, unit=district.acting.unit, **on(20))
    tell(case, "answer", date(2027, 12, 20), how="书面通知", who=above.acting, expected=1)
    correct(case, 1, reason="年份笔误", who=above.acting, expected=2, data={"due": "2026-12-20"})
    clock = next(c for c in view(case, TODAY).clocks if c.clock.id == "answer")
    assert (clock.due, clock.told, clock.tell_again) == (date(2026, 12, 20), date(2027, 12, 20), True)


def test_no_correction_puts_a_last_day_before_the_day_of_its_step(order, above):
    assert "不能早于办理当日 2026-11-02" in refused(order, 1, above, data={"due": "2026-11-01"})
    assert correct(order, 1, reason="笔误", who=above.acting, expected=1, data={"due": "2026-11-02"}).clocks


def test_what_was_sealed_since_is_not_changed_by_agreeing_later():
    declared = catalogue().get(Procedure, "plan-adjustment")
    events = [Done(n, step, date(2026, 11, 1 + n)) for n, step in enumerate(("propose", "accept", "approve"), start=1)]
    before, after = (fold(declared, events[:n], calendar(), TODAY) for n in (2, 3))
    assert not sealed_since(declared, before, 1, ("reporter", "leader"))
    assert sealed_since(declared, after, 1, ("reporter", "leader"))
    assert not sealed_since(declared, after, 1, ("plan-office",))
