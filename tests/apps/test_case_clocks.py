"""Clocks of kept cases: the time of day, what was told, dates that move by themselves, declarations that changed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from jinzhi.apps.cases.actions import StepRefused, correct, open_case, take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.projecting import reproject
from jinzhi.apps.cases.queries import view
from jinzhi.apps.cases.telling import tell
from jinzhi.apps.catalogue import registry
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.catalogue.sources_registry import EVERYTHING, read
from jinzhi.apps.catalogue.ticks import run_ticks
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.indicators.queries import values
from jinzhi.kernel.indicator import Count, Indicator
from jinzhi.kernel.procedure import ProcedureError

PACKAGE = "clock_matters"
MATTER = """
from jinzhi.kernel.fields import Field
from jinzhi.kernel.period import hours, days, workdays
from jinzhi.kernel.procedure import Aside, Clock, Letter, Procedure, State, Step

R = ("plan-office",)
matter = Procedure(
    id="lost-property", zh="遗失物招领", en="Lost property", serves=("S2",), title="find.thing",
    states=(State("kept", "保管中", "Kept"), State("back", "已交还", "Given back", final=True)),
    steps=(
        Step(id="find", zh="拾得", en="Find", to="kept", roles=R,
             inputs=(Field(id="thing", zh="物品", en="Thing"),
                     Field(id="finder", zh="拾得人", en="Finder", required=False, open_to="personal"))),
        Step(id="hand-over", zh="移交", en="Hand over", sources=("kept",), roles=R),
        Step(id="ask", zh="公告", en="Announce", sources=("kept",), roles=R),
        Step(id="asked", zh="公告期满", en="Announced", sources=("kept",), roles=R),
        Step(id="notify", zh="通知失主", en="Notify", sources=("kept",), roles=R,
             letters=(Letter("owner", "招领通知", "Notice to the owner", to="find.finder", tells=("keep",)),)),
        Step(id="give", zh="交还", en="Give back", sources=("kept",), to="back", roles=R),
    ),
    asides=(Aside("asking", "公告期", "Announced", begin=("ask",), end=("asked",)),),
    clocks=(
        Clock(id="hand", zh="移交期限", en="Hand over", start=("find",), stop=("hand-over", "give"), length=hours(24)),
        Clock(id="keep", zh="保管期限", en="Keep", start=("find",), stop=("give",), length=workdays(30),
              exclude=("asking",)),
    ),
)
"""
NOTICE = """
from datetime import date
from jinzhi.kernel.period import Festival, HolidayNotice

notice = HolidayNotice(
    id="invented-2027", zh="某年放假通知", en="An invented notice", year=2027, number="示例〔2026〕1号",
    issued_on=date(2026, 11, 21), source="test",
    festivals=(Festival("元旦", "New Year", date(2027, 1, 1), date(2027, 1, 3)),),
)
"""
Declare = Callable[..., None]


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings) -> Iterator[Declare]:
    """Puts files into a scratch package of matters; called again, they take the place of those before."""
    package = tmp_path / PACKAGE
    package.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.JINZHI_MATTERS = (*settings.JINZHI_MATTERS, PACKAGE)

    def forget() -> None:
        registry._collected.cache_clear()
        registry._calendar.cache_clear()
        for name in [m for m in sys.modules if m.split(".")[0] == PACKAGE]:
            del sys.modules[name]
        importlib.invalidate_caches()

    def put(**files: str) -> None:
        for old in package.iterdir():
            if old.is_file():
                old.unlink()
        (package / "__init__.py").touch()
        for name, content in files.items():
            (package / f"{name}.py").write_text(content, encoding="utf-8")
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        forget()

    yield put
    forget()


@pytest.fixture
def found(declare: Declare, above) -> Case:
    """Found on Friday 20 November 2026, 9.30."""
    declare(lost=MATTER)
    return open_case(
        "lost-property", "find", {"thing": "雨伞", "finder": "李四", "_at": "09:30"},
        who=above.acting, unit=above.acting.unit, on=date(2026, 11, 20),
    )  # fmt: skip


def clock(case: Case, id: str, on: date = date(2026, 11, 22)):
    return next(c for c in view(case, on).clocks if c.clock.id == id)


# ── hours ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_term_in_hours_runs_from_the_time_given_not_from_that_of_recording(found):
    hand = clock(found, "hand")
    assert (hand.started_at, hand.due_at) == (datetime(2026, 11, 20, 9, 30), datetime(2026, 11, 21, 9, 30))
    assert timezone.make_naive(found.next_due_at) == datetime(2026, 11, 21, 9, 30)
    assert (found.next_due, found.next_clock) == (date(2026, 11, 21), "hand")


def test_handed_over_an_hour_late_is_late(found, above):
    take(found, "hand-over", {"_at": "10:30"}, who=above.acting, on=date(2026, 11, 21))
    assert clock(found, "hand").status == "late"


@pytest.mark.parametrize(
    ("said", "on", "why"),
    [
        ({}, date(2026, 11, 21), "办理时刻.*必填"),
        ({"_at": "25:00"}, date(2026, 11, 21), "不是时刻"),
        ({"_at": "half past nine"}, date(2026, 11, 21), "不是时刻"),
        ({"_at": "09:00"}, date(2026, 11, 20), "不能早于期限起算"),
        ({"_at": "23:59:59"}, date(2026, 11, 22), "不能晚于现在"),
    ],
)
def test_a_step_of_a_term_in_hours_wants_a_sound_time_of_day(found, above, said, on, why):
    with pytest.raises(StepRefused, match=why):
        take(found, "hand-over", said, who=above.acting, on=on)


def test_a_step_that_no_hours_hang_on_refuses_a_time(found, above):
    with pytest.raises(StepRefused, match="不填时刻"):
        take(found, "ask", {"_at": "09:00"}, who=above.acting, on=date(2026, 11, 21))


def test_the_page_asks_for_the_time_where_hours_hang_on_the_step(found, above):
    page = above.client.get(reverse("case", args=[found.pk])).content.decode()
    assert 'id="s-hand-over-_at"' in page
    assert 'id="s-ask-_at"' not in page
    assert "2026-11-21 09:30" in page
    sent = {"_at": "", "_seq": "1"}
    refused = above.client.post(reverse("case-step", args=[found.pk, "hand-over"]), sent)
    assert refused.status_code == 422
    above.client.post(reverse("case-step", args=[found.pk, "hand-over"]), {**sent, "_at": "00:00"})
    assert clock(found, "hand").stopped_at == datetime(2026, 11, 22, 0, 0)
    assert "2026-11-22 00:00" in above.client.get(reverse("case", args=[found.pk])).content.decode()


def test_the_list_calls_a_term_overdue_at_its_minute(found, above):
    # begun at midnight, over at the midnight that has just passed: on its own last day
    late = open_case(
        "lost-property", "find", {"thing": "钥匙", "_at": "00:00"},
        who=above.acting, unit=above.acting.unit, on=date(2026, 11, 21),
    )  # fmt: skip
    assert late.next_due == date(2026, 11, 22)
    page = above.client.get(reverse("cases"), {"due": "overdue"}).content.decode()
    assert late.number in page
    assert "00:00" in page
    assert late.number not in above.client.get(reverse("cases"), {"due": "3"}).content.decode()


def test_a_term_in_hours_is_not_asked_for_twice_by_the_same_submission(found, above):
    for _ in range(2):
        take(found, "hand-over", {"_at": "10:30"}, who=above.acting, on=date(2026, 11, 21), key="click")
    found.refresh_from_db()
    assert found.seq == 2


# ── what was told ────────────────────────────────────────────────────────────────────────────────────────
# 30 working days from Friday 20 November: 23–27 are 5, 30 November–4 December 10, 7–11 15, 14–18 20, 21–25 25,
# 28–31 29; 1 January 2027 is a Friday, and while no notice speaks of 2027 it counts: 30


def test_a_step_that_tells_fixes_the_day(found, above, declare):
    take(found, "notify", {}, who=above.acting, on=date(2026, 11, 21))
    assert clock(found, "keep").told == date(2027, 1, 1)
    declare(lost=MATTER, notice=NOTICE)
    keep = clock(found, "keep")
    assert (keep.due, keep.deadline.on) == (date(2027, 1, 1), date(2027, 1, 4))


def test_a_telling_is_recorded_on_the_page_and_stands_in_the_history(found, above):
    page = above.client.get(reverse("case", args=[found.pk])).content.decode()
    assert "记录已告知当事人" in page
    sent = {"_day": "2027-01-01", "_how": "当面", "_seq": "1"}
    assert above.client.post(reverse("case-tell", args=[found.pk, "keep"]), sent).status_code == 302
    keep = clock(found, "keep")
    assert (keep.told, keep.due, keep.tell_again) == (date(2027, 1, 1), date(2027, 1, 1), False)
    page = above.client.get(reverse("case", args=[found.pk])).content.decode()
    assert "告知期限“保管期限”" in page
    assert "当面" in page


def test_another_day_than_the_computed_cannot_be_told(found, above):
    with pytest.raises(StepRefused, match="2027-01-01"):
        tell(found, "keep", date(2027, 6, 1), how="当面", who=above.acting, expected=1)


def test_who_handles_nothing_of_the_case_records_no_telling(found, district):
    with pytest.raises(StepRefused, match="不能记录告知"):
        tell(found, "keep", date(2027, 1, 1), how="当面", who=district.acting, expected=1)


def test_what_is_recorded_after_the_telling_wants_it_told_again(found, above):
    tell(found, "keep", date(2027, 1, 1), how="当面", who=above.acting, on=date(2026, 11, 20), expected=1)
    take(found, "ask", {}, who=above.acting, on=date(2026, 11, 20))
    take(found, "asked", {}, who=above.acting, on=date(2026, 11, 22))
    # 20 and 21 November are out: neither would have counted. The told day stands
    assert (clock(found, "keep").due, clock(found, "keep").tell_again) == (date(2027, 1, 1), False)
    take(found, "ask", {}, who=above.acting, on=date(2026, 11, 22))
    # since the 22nd nothing counts; on Tuesday 24 two working days more are out: Monday 4, Tuesday 5 January
    keep = clock(found, "keep", date(2026, 11, 24))
    assert (keep.due, keep.told, keep.tell_again) == (date(2027, 1, 5), date(2027, 1, 1), True)


# ── dates that move by themselves ────────────────────────────────────────────────────────────────────────


def test_the_timer_moves_the_date_while_time_that_does_not_count_has_not_ended(found, above, settings):
    take(found, "hand-over", {"_at": "10:30"}, who=above.acting, on=date(2026, 11, 21))
    take(found, "ask", {}, who=above.acting, on=date(2026, 11, 22))
    found.refresh_from_db()
    assert (found.moves, found.next_due) == (True, date(2027, 1, 1))
    settings.JINZHI_TODAY = "2026-11-24"
    assert next(d.count for d in run_ticks(date(2026, 11, 24)) if d.tick.id == "case-due-dates") == 1
    found.refresh_from_db()
    assert found.next_due == date(2027, 1, 5)
    assert reproject(date(2026, 11, 24)) == 0
    # the day after, before the timer has come: what is kept is right as of its day
    settings.JINZHI_TODAY = "2026-11-25"
    assert all(r.sound for r in run_all() if r.checker.id == "case-projection")


def test_a_holiday_notice_that_is_loaded_moves_the_date_and_ends_the_provisional(found, above, declare):
    take(found, "hand-over", {"_at": "10:30"}, who=above.acting, on=date(2026, 11, 21))
    found.refresh_from_db()
    assert (found.next_due, found.provisional) == (date(2027, 1, 1), True)
    assert reproject(date(2026, 11, 22)) == 0
    declare(lost=MATTER, notice=NOTICE)
    assert reproject(date(2026, 11, 22)) == 1
    found.refresh_from_db()
    assert (found.next_due, found.provisional) == (date(2027, 1, 4), False)


# ── declarations that changed ────────────────────────────────────────────────────────────────────────────

RENAMED = (
    MATTER.replace('id="lost-property"', 'id="found-property", was=("lost-property",)')
    .replace('State("kept", "保管中", "Kept")', 'State("held", "保管中", "Kept", was=("kept",))')
    .replace('"kept"', '"held"').replace('was=("held",)', 'was=("kept",)')
    .replace('id="find"', 'id="pick-up", was=("find",)').replace('("find",), stop', '("pick-up",), stop')
    .replace('id="finder"', 'id="who", was=("finder",)')
)  # fmt: skip
GONE = MATTER.replace('Step(id="ask",', 'Step(id="advertise",').replace('"ask",', '"advertise",')


def test_a_renamed_procedure_state_step_and_input_keep_the_case(found, above, declare):
    take(found, "ask", {}, who=above.acting, on=date(2026, 11, 22))
    declare(lost=RENAMED)
    folded = view(found, date(2026, 11, 22))
    assert (folded.state.id, folded.strange, folded.procedure.id) == ("held", (), "found-property")
    page = above.client.get(reverse("case", args=[found.pk])).content.decode()
    assert "拾得" in page
    listed = above.client.get(reverse("cases"), {"procedure": "found-property", "state": "found-property.held"})
    assert found.number in listed.content.decode()
    take(found, "asked", {}, who=above.acting)
    assert len(read("procedure:found-property", EVERYTHING, date(2026, 11, 22)).records) == 1
    reproject(date(2026, 11, 22))
    found.refresh_from_db()
    assert found.state == "held"


def test_a_step_that_is_gone_leaves_the_case_readable_out_of_numbers_and_in_the_check(found, above, declare):
    take(found, "ask", {}, who=above.acting, on=date(2026, 11, 21))
    declare(lost=GONE)
    page = above.client.get(reverse("case", args=[found.pk]))
    assert page.status_code == 200
    assert "已不在声明中" in page.content.decode()
    for place in (reverse("cases"), reverse("case-export"), reverse("case-svg", args=[found.pk])):
        assert above.client.get(place).status_code == 200
    given = read("procedure:lost-property", EVERYTHING, date(2026, 11, 22))
    assert (given.records, [r.id for r in given.left_out]) == ((), [f"case:{found.pk}"])
    assert [r.sound for r in run_all() if r.checker.id == "case-events"] == [False]
    counted = Indicator(
        id="found-things", zh="拾得", en="Found", why="test", measure=Count("procedure:lost-property"), unit="件",
        unit_en="things",
    )  # fmt: skip
    value = values([counted], EVERYTHING, date(2026, 11, 22))["found-things"]
    assert (value.number, value.left_out) == (0, 1)


def test_an_old_case_goes_on_where_its_state_still_leads(found, above, declare):
    take(found, "ask", {}, who=above.acting, on=date(2026, 11, 21))
    declare(lost=GONE)
    folded = take(found, "give", {"_at": "08:00"}, who=above.acting, on=date(2026, 11, 21))
    assert (folded.state.id, len(folded.strange)) == ("back", 1)


def test_a_new_event_that_does_not_fit_is_still_refused(found, above, declare):
    with pytest.raises((ProcedureError, StepRefused)):
        correct(found, 9, reason="误", who=above.acting, expected=1, data={"thing": "伞"})
    assert Event.objects.filter(stream=found.stream).count() == 1


def test_personal_data_of_a_step_that_is_gone_stay_hidden(found, above, make_person, declare):
    """The plan office does not see personal data; a field or step that is no longer declared does not open them."""
    token_free = above.client.get(f"/api/1/cases/{found.pk}")
    assert "李四" not in token_free.content.decode()
    declare(lost=MATTER.replace('id="finder"', 'id="somebody"'))
    assert "李四" not in above.client.get(f"/api/1/cases/{found.pk}").content.decode()
    assert "李四" not in above.client.get(reverse("case", args=[found.pk])).content.decode()
    declare(lost=MATTER.replace('id="find"', 'id="discover"').replace('("find",), stop', '("discover",), stop'))
    assert "李四" not in above.client.get(f"/api/1/cases/{found.pk}").content.decode()
    assert "李四" not in above.client.get(reverse("case", args=[found.pk])).content.decode()
