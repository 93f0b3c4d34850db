"""Units added, renamed, merged and closed from a day on: what follows, what stays, what an earlier day shows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jinzhi.apps.accounts.actions import give_post
from jinzhi.apps.accounts.models import Membership, User
from jinzhi.apps.cases.actions import take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.integrity import checkers
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import EVERYTHING, past_records, records
from jinzhi.apps.evidence.events.actions import Conflict
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.indicators.queries import scope_of
from jinzhi.apps.plan.actions import add_milestone, drop_milestone
from jinzhi.apps.plan.models import Duty, Figure, Milestone
from jinzhi.apps.plan.progress import compute
from jinzhi.apps.plan.queries import approved_before, content
from jinzhi.apps.units import changing
from jinzhi.apps.units.actions import set_contact, sync_units
from jinzhi.apps.units.changing import UnitRefused, add_unit, close, merge, rename, settle, undo
from jinzhi.apps.units.models import Group, Handed, Unit
from jinzhi.apps.units.naming import names_book, resolve_unit
from jinzhi.kernel.plan import PlanRow
from jinzhi.kernel.unit_changes import Life, heir, wrong_end, wrong_merger, wrong_name
from jinzhi.sources.plan_document import parse_file, simplify
from tests.apps.plan_fixtures import milestone, quarter, round_of_reports, small_plan
from tests.web.plan.city import order

#: the day of the tests
TODAY = date(2026, 11, 22)
TOMORROW = "2026-11-23"
WHY = {"reason": "机构改革", "ground": "津编发〔2026〕1号"}
NEW = {
    "code": "tj-data-bureau", "zh": "天津市数据管理局", "short": "市数据局", "en": "Data Bureau", "level": "department",
    "parent": "tianjin", "day": "2026-11-01", **WHY,
}  # fmt: skip
NAMED = {"zh": "滨海新区新政府", "short": "滨海新政府", "en": "New Binhai", "day": "2026-11-10", **WHY}


@pytest.fixture
def admin(make_person):
    return make_person("admin", "tianjin", "administrator", "管理员")


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def into(code: str, day: str = "2026-11-20", **more):
    return {"into": code, "day": day, **WHY, **more}


def refused(call, *args, field: str, **more) -> str:
    with pytest.raises(UnitRefused) as e:
        call(*args, **more)
    assert field in {w.field for w in e.value.errors}, e.value.errors
    return str(e.value)


def sound() -> list[str]:
    return [v for c in checkers() if c.id.startswith(("unit-", "case-", "approved", "plan-")) for v in c.run()]


def kept(**where):
    return Milestone.objects.unrestricted("test").filter(**where)


# --- rules ------------------------------------------------------------------------------------------------
def test_who_answers_on_a_day_follows_the_mergers_up_to_it():
    lives = {
        "a": Life("a", until=date(2026, 3, 31), successor="b"),
        "b": Life("b", until=date(2026, 6, 30), successor="c"),
    }
    assert [heir("a", date(2026, m, d), lives) for m, d in ((3, 31), (4, 1), (6, 30), (7, 1))] == ["a", "b", "b", "c"]


def test_mergers_never_lead_in_a_circle():
    lives = {"a": Life("a"), "b": Life("b", until=date(2027, 1, 31), successor="a"), "c": Life("c")}
    assert wrong_merger("a", "b", date(2027, 1, 1), lives).field == "into"
    assert wrong_merger("a", "a", date(2027, 1, 1), lives).field == "into"
    assert wrong_merger("a", "c", date(2027, 1, 1), lives) is None


def test_days_keep_their_order():
    young = Life("a", since=date(2026, 5, 1))
    assert wrong_name(young, date(2026, 5, 1), None) and not wrong_name(young, date(2026, 5, 2), None)
    assert wrong_name(young, date(2026, 6, 1), date(2026, 6, 1))
    assert wrong_end(young, date(2026, 6, 1), None, date(2026, 6, 1))
    assert wrong_end(Life("a", until=date(2026, 5, 1)), date(2026, 6, 1), None, None)
    assert wrong_end(young, date(2026, 6, 2), None, date(2026, 6, 1)) is None


# --- adding -----------------------------------------------------------------------------------------------
def test_an_added_unit_stands_in_the_tree_with_its_day_and_one_event(admin):
    made = add_unit(NEW, who=admin.acting, key="k")
    assert add_unit(NEW, who=admin.acting, key="k").pk == made.pk
    assert (made.since, made.active, made.depth) == (date(2026, 11, 1), True, 2)
    [event] = Event.objects.filter(stream="unit:tj-data-bureau")
    assert (event.data["ground"], event.data["reason"]) == (WHY["ground"], WHY["reason"])
    assert sync_units() == (0, 0) and unit("tj-data-bureau").zh == "天津市数据管理局"
    assert sound() == []


def test_a_unit_of_a_day_to_come_is_there_from_that_day(admin):
    add_unit({**NEW, "day": TOMORROW}, who=admin.acting)
    assert not unit("tj-data-bureau").active
    assert settle(date(2026, 11, 23)) == 1 and unit("tj-data-bureau").active
    assert settle(date(2026, 11, 23)) == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "Data Bureau"}, "code"),
        ({"code": "tj-binhai"}, "code"),
        ({"parent": "nowhere"}, "parent"),
        ({"zh": "滨海新区人民政府"}, "zh"),
        ({"level": "village"}, "level"),
        ({"reason": " "}, "reason"),
        ({"day": "soon"}, "day"),
    ],
)
def test_a_unit_that_cannot_be_added_names_the_field(admin, wrong, field):
    refused(add_unit, {**NEW, **wrong}, who=admin.acting, field=field)
    assert not Unit.objects.filter(code="tj-data-bureau").exists()


def test_an_added_district_belongs_to_the_groups_of_its_kind(admin):
    new = {**NEW, "code": "tj-new-district", "level": "district", "zh": "天津市新设区人民政府", "short": "新设区政府"}
    add_unit(new, who=admin.acting)
    assert unit("tj-new-district") in Group.objects.get(zh="各区人民政府").members.all()


# --- renaming ---------------------------------------------------------------------------------------------
def test_a_name_holds_from_its_day_and_the_old_one_before(admin):
    rename(unit("tj-binhai"), NAMED, who=admin.acting)
    found = unit("tj-binhai")
    assert found.zh == "滨海新区新政府"
    assert found.named_on(date(2026, 11, 9)).zh == "滨海新区人民政府"
    assert found.named_on(date(2026, 11, 10)).label == "滨海新政府"


def test_bringing_declared_units_in_again_leaves_a_name_given_by_hand(admin):
    rename(unit("tj-binhai"), NAMED, who=admin.acting)
    sync_units()
    assert unit("tj-binhai").zh == "滨海新区新政府"


def test_a_name_of_a_day_to_come_waits_for_it(admin):
    rename(unit("tj-binhai"), {**NAMED, "day": TOMORROW}, who=admin.acting)
    assert unit("tj-binhai").zh == "滨海新区人民政府"
    settle(date(2026, 11, 23))
    assert unit("tj-binhai").zh == "滨海新区新政府"


def test_either_name_finds_the_unit_and_the_parser_knows_both(admin):
    rename(unit("tj-binhai"), NAMED, who=admin.acting)
    assert {resolve_unit(n).code for n in ("滨海新区人民政府", "滨海新政府", "tj-binhai")} == {"tj-binhai"}
    book = names_book()
    assert {book.resolve(n).id for n in ("滨海新区人民政府", "滨海新区新政府", "滨海新政府")} == {"tj-binhai"}


def plan_text(name: str) -> bytes:
    return f"任务分工\n\n一、主要任务\n1.提升企业知识产权创造水平。建立台账。（{name}负责）\n".encode()


@pytest.mark.parametrize("name", ["滨海新区人民政府", "滨海新区新政府", "市数据局"])
def test_a_document_with_any_of_the_names_is_read(admin, name):
    rename(unit("tj-binhai"), NAMED, who=admin.acting)
    add_unit(NEW, who=admin.acting)
    read = parse_file(plan_text(name), "分工.txt", names=names_book(simplify), rows=catalogue().all(PlanRow))
    wanted = "tj-data-bureau" if name == "市数据局" else "tj-binhai"
    assert {d.unit_id for r in read.rows for d in r.duties} == {wanted}


def test_names_keep_the_order_of_their_days(admin):
    rename(unit("tj-binhai"), NAMED, who=admin.acting)
    again = {**NAMED, "zh": "第三个名称", "short": "第三个"}
    refused(rename, unit("tj-binhai"), {**again, "day": "2026-11-10"}, who=admin.acting, field="day")
    refused(rename, unit("tj-binhai"), {**NAMED, "day": "2026-11-12"}, who=admin.acting, field="zh")
    refused(rename, unit("tj-dongli"), {**NAMED, "day": "2026-11-12"}, who=admin.acting, field="zh")
    rename(unit("tj-binhai"), {**again, "day": "2026-11-15"}, who=admin.acting)
    names = [unit("tj-binhai").named_on(date(2026, 11, d)).zh for d in (9, 10, 14, 15)]
    assert names == ["滨海新区人民政府", "滨海新区新政府", "滨海新区新政府", "第三个名称"]


def test_twice_the_same_form_is_one_name_and_the_slower_meets_a_conflict(admin):
    rename(unit("tj-binhai"), NAMED, who=admin.acting, expected=0, key="a")
    rename(unit("tj-binhai"), NAMED, who=admin.acting, expected=0, key="a")
    assert unit("tj-binhai").names.count() == 2
    other = {**NAMED, "zh": "别的", "short": "", "en": "Else", "day": "2026-11-15"}
    with pytest.raises(Conflict):
        rename(unit("tj-binhai"), other, who=admin.acting, expected=0, key="b")
    assert unit("tj-binhai").names.count() == 2


def test_a_new_name_is_undone_until_something_else_is_recorded(admin):
    rename(unit("tj-binhai"), NAMED, who=admin.acting)
    undo(unit("tj-binhai"), reason="文号有误", who=admin.acting)
    assert unit("tj-binhai").zh == "滨海新区人民政府" and not unit("tj-binhai").names.exists()
    refused(undo, unit("tj-binhai"), reason="再来", who=admin.acting, field="")
    rename(unit("tj-binhai"), NAMED, who=admin.acting)
    set_contact(unit("tj-binhai"), "王处", who=admin.acting)
    refused(undo, unit("tj-binhai"), reason="晚了", who=admin.acting, field="")


# --- merging ----------------------------------------------------------------------------------------------
@pytest.fixture
def theirs(make_person):
    """The reporter of the unit that is merged."""
    return make_person("theirs", "tj-binhai-ip", "reporter", "被合并单位填报人")


@pytest.fixture
def plan(city, above):
    """A bureau with a duty, a met and an open milestone, an open one."""
    release = small_plan()
    met = milestone(release, "U1", "tj-binhai-ip", date(2026, 6, 30), on=date(2026, 1, 5))
    milestone(release, "U1", "tj-binhai-ip", date(2026, 12, 31), target=4, on=date(2026, 1, 5))
    kept(pk=met.pk).update(achieved=1, met_on=date(2026, 6, 1))
    return release


def test_a_merger_hands_over_what_is_open_and_leaves_what_is_done(plan, above, admin, theirs):
    case = order(above.acting, "tj-binhai-ip", "U1", grounds="提前部署")
    merge(unit("tj-binhai-ip"), into("tj-dongli"), who=admin.acting)
    old, new = unit("tj-binhai-ip"), unit("tj-dongli")
    assert (old.active, old.until, old.successor) == (False, date(2026, 11, 19), new)
    assert kept(met_on=None, row_key="U1").get().unit == new
    assert kept(row_key="U1").exclude(met_on=None).get().unit == old
    assert Case.objects.unrestricted("test").get(pk=case.pk).unit == new
    duty = Duty.objects.get(row__key="U1", unit=old)
    assert set(duty.units.all()) == {old, new}
    post = Membership.objects.get(user=theirs.user, unit=new)
    assert (post.role, post.since, post.until) == ("reporter", date(2026, 11, 20), None)
    assert Membership.objects.get(user=theirs.user, unit=old).until == date(2026, 11, 19)
    assert sound() == []


def test_what_went_is_on_record_by_name(plan, above, admin):
    case = order(above.acting, "tj-binhai-ip", "U1", grounds="提前部署")
    merge(unit("tj-binhai-ip"), into("tj-dongli"), who=admin.acting)
    verbs = list(Event.objects.filter(stream="unit:tj-binhai-ip").order_by("seq").values_list("verb", flat=True))
    assert verbs == ["merge", "hand-over"]
    things = Event.objects.get(stream="unit:tj-binhai-ip", verb="hand-over").data["things"]
    assert f"case:{case.pk}" in things["cases"] and len(things["milestones"]) == 1
    moved = kept(met_on=None, row_key="U1").get()
    said = Event.objects.get(stream=moved.stream, verb="hand-over").data
    assert (said["from"], said["to"], said["reason"]) == ("tj-binhai-ip", "tj-dongli", "机构改革")


def by_unit(day: date) -> dict[str, int]:
    out: dict[str, int] = {}
    for r in past_records("plan:milestones", EVERYTHING, [day])[day]:
        out[r.unit] = out.get(r.unit, 0) + 1
    return out


def test_an_earlier_day_gives_the_old_unit_and_a_later_one_its_successor(plan, admin):
    merge(unit("tj-binhai-ip"), into("tj-dongli"), who=admin.acting)
    assert by_unit(date(2026, 11, 19)) == {"tj-binhai-ip": 2}
    assert by_unit(date(2026, 11, 20)) == {"tj-dongli": 2}
    assert {r.unit for r in records("plan:milestones", EVERYTHING, TODAY)} == {"tj-dongli"}


def test_the_cockpit_of_an_earlier_day_shows_the_old_unit(plan, admin):
    merge(unit("tj-binhai-ip"), into("tj-dongli"), who=admin.acting)
    old, new = unit("tj-binhai-ip").pk, unit("tj-dongli").pk
    assert {c.unit_id for c in compute(plan.plan, date(2026, 11, 19), None)} == {old}
    assert {c.unit_id for c in compute(plan.plan, TODAY, None)} == {old, new}


def test_past_reports_keep_their_milestones_and_the_next_goes_on_from_them(plan, above, admin):
    reports = round_of_reports(plan, above.acting)
    open_ = kept(met_on=None, row_key="U1").get()
    report = reports["tj-binhai-ip"]
    Figure.objects.create(report=report, milestone=open_, achieved=3)
    type(report).objects.unrestricted("test").filter(pk=report.pk).update(state="approved")
    Case.objects.unrestricted("test").filter(pk=report.case_id).update(state="approved")
    merge(unit("tj-binhai-ip"), into("tj-dongli"), who=admin.acting)
    report.refresh_from_db()
    assert open_.pk in {line.milestone.pk for r in content(report, plan) for line in r.lines}
    later = reports["tj-dongli"]
    later.period = quarter(plan, "2026Q4")
    assert approved_before(later)[open_.pk] == Decimal(3)


def test_open_reports_stay_and_the_preview_says_so(plan, above, admin):
    report = round_of_reports(plan, above.acting)["tj-binhai-ip"]
    merge(unit("tj-binhai-ip"), into("tj-dongli"), who=admin.acting)
    report.refresh_from_db()
    assert report.unit.code == report.case.unit.code == "tj-binhai-ip"


def test_what_a_merged_unit_has_not_reported_can_still_be_cancelled_above(plan, above, admin):
    report = round_of_reports(plan, above.acting)["tj-binhai-ip"]
    merge(unit("tj-binhai-ip"), into("tj-dongli"), who=admin.acting)
    take(report.case, "cancel", {"reason": "单位撤并"}, who=above.acting)
    report.refresh_from_db()
    assert report.state == "cancelled"


def test_a_merger_of_a_day_to_come_happens_on_that_day(plan, admin):
    merge(unit("tj-binhai-ip"), into("tj-dongli", TOMORROW), who=admin.acting)
    assert unit("tj-binhai-ip").active and kept(met_on=None, row_key="U1").get().unit.code == "tj-binhai-ip"
    assert settle(date(2026, 11, 23)) == 1
    assert not unit("tj-binhai-ip").active and kept(met_on=None, row_key="U1").get().unit.code == "tj-dongli"
    assert settle(date(2026, 11, 24)) == 0


def test_the_name_of_a_unit_that_was_merged_means_its_successor(plan, admin):
    merge(unit("tj-binhai-ip"), into("tj-dongli"), who=admin.acting)
    assert resolve_unit("滨海新区知识产权局").code == "tj-dongli"
    assert names_book().resolve("滨海新区知识产权局").id == "tj-dongli"


@pytest.mark.parametrize(
    ("code", "given", "field"),
    [
        ("tj-binhai-ip", into("tj-binhai-ip"), "into"),
        ("tj-binhai-ip", into("nowhere"), "into"),
        ("tianjin", into("tj-binhai-ip"), ""),
        ("tj-dongli-huaming", into("tj-dongli", "2026-11-20", reason=""), "reason"),
    ],
)
def test_a_merger_that_cannot_be_names_the_field(city, admin, code, given, field):
    refused(merge, unit(code), given, who=admin.acting, field=field)
    assert unit(code).until is None


def test_mergers_keep_the_order_of_days_and_make_no_circle(plan, admin):
    merge(unit("tj-science"), into("tj-ip-office", "2026-12-01"), who=admin.acting)
    refused(merge, unit("tj-ip-office"), into("tj-science", "2026-12-10"), who=admin.acting, field="into")
    refused(merge, unit("tj-ip-office"), into("tj-dongli", "2026-11-25"), who=admin.acting, field="day")
    refused(merge, unit("tj-science"), into("tj-dongli", "2026-12-05"), who=admin.acting, field="day")


def test_a_unit_does_not_end_before_its_last_record(plan, admin, theirs):
    record = changing.record
    record("test:1", "note", {}, who=theirs.acting, on=TODAY)
    refused(merge, unit("tj-binhai-ip"), into("tj-dongli", "2026-11-22"), who=admin.acting, field="day")
    merge(unit("tj-binhai-ip"), into("tj-dongli", TOMORROW), who=admin.acting)


def test_a_unit_with_units_below_it_does_not_end(plan, admin):
    assert Unit.objects.get_children(unit("tj-dongli")).count()
    refused(merge, unit("tj-dongli"), into("tj-binhai-ip"), who=admin.acting, field="")


def test_nobody_gives_himself_or_others_more_by_a_merger(plan, admin, make_person):
    give_post(admin.user, unit("tj-binhai-ip"), "reporter")
    refused(merge, unit("tj-binhai-ip"), into("tj-dongli"), who=admin.acting, field="into")


def test_a_merger_is_undone_while_nothing_was_done_with_what_went(plan, above, admin, theirs):
    case = order(above.acting, "tj-binhai-ip", "U1", grounds="提前部署")
    merge(unit("tj-binhai-ip"), into("tj-dongli"), who=admin.acting)
    undo(unit("tj-binhai-ip"), reason="推迟", who=admin.acting)
    old = unit("tj-binhai-ip")
    assert (old.active, old.until, old.successor) == (True, None, None)
    assert kept(met_on=None, row_key="U1").get().unit == old
    assert Case.objects.unrestricted("test").get(pk=case.pk).unit == old
    assert set(Duty.objects.get(row__key="U1", unit=old).units.all()) == {old}
    assert Membership.objects.get(user=theirs.user, unit=old).until is None
    assert Membership.objects.get(user=theirs.user, unit=unit("tj-dongli")).until == date(2026, 11, 21)
    assert not Handed.objects.exists() and by_unit(TODAY) == {"tj-binhai-ip": 2}
    assert sound() == []
    new = unit("tj-dongli")
    codes = {add_milestone(plan, "U1", new, title=t, due=date(2027, 1, 1), who=None).code for t in "甲乙"}
    assert len(codes) == 2


def test_a_merger_is_not_undone_once_something_was_done_with_what_went(plan, above, admin):
    merge(unit("tj-binhai-ip"), into("tj-dongli"), who=admin.acting)
    drop_milestone(kept(met_on=None, row_key="U1").get(), reason="不做了", who=above.acting, expected=None)
    said = refused(undo, unit("tj-binhai-ip"), reason="推迟", who=admin.acting, field="")
    assert "此后已有办理" in said and not unit("tj-binhai-ip").active


# --- closing ----------------------------------------------------------------------------------------------
def test_a_unit_with_open_work_is_not_closed_and_hears_what_is_open(plan, admin):
    said = refused(close, unit("tj-binhai-ip"), {"day": "2026-11-20", **WHY}, who=admin.acting, field="")
    assert "未完成的里程碑 1" in said


def test_a_closed_unit_stays_closed_and_can_be_opened_again_by_undoing(city, admin):
    close(unit("tj-dongli-huaming"), {"day": "2026-11-20", **WHY}, who=admin.acting)
    sync_units()
    assert not unit("tj-dongli-huaming").active
    undo(unit("tj-dongli-huaming"), reason="误操作", who=admin.acting)
    assert unit("tj-dongli-huaming").active and unit("tj-dongli-huaming").until is None


def test_adding_is_undone_only_while_the_unit_is_unused(admin):
    made = add_unit(NEW, who=admin.acting)
    user = User.objects.create(username="new")
    post = give_post(user, made, "reporter")
    refused(undo, made, reason="重复", who=admin.acting, field="")
    post.delete()
    undo(made, reason="重复", who=admin.acting)
    assert not Unit.objects.filter(code="tj-data-bureau").exists() and sound() == []


def test_an_indicator_of_the_successor_counts_what_the_merged_unit_had_done(plan, admin):
    merge(unit("tj-binhai-ip"), into("tj-dongli"), who=admin.acting)
    scope = scope_of(admin.acting, unit("tj-dongli"))
    assert len(records("plan:milestones", scope, TODAY)) == 2
    assert len(records("plan:milestones", scope_of(admin.acting, unit("tj-science")), TODAY)) == 0
