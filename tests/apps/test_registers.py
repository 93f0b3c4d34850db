"""Registers: entries with their history, one write at a time, and a sheet that changes nothing twice."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import EVERYTHING, records
from jinzhi.apps.evidence.events.actions import Conflict, KeyReused
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.registers import exchange
from jinzhi.apps.registers.actions import EntryRefused, close, create, log_viewing, reopen, update
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.registers.queries import EntryFilter, entries, history, may_read, replay
from jinzhi.apps.units.guard import Unguarded
from jinzhi.kernel.register import Register
from jinzhi.kernel.register import RegisterEntry as Example

POINT = {
    "name": "华明街工作站",
    "kind": "workstation",
    "unit": "tj-binhai",
    "address": "弘程道 1 号",
    "telephone": "022-00000000",
    "opened_on": "2024-04-26",
    "online": "是",
    "contact": "王某",
    "contact_mobile": "13000000000",
}
BUDGET = {
    "project": "网点建设",
    "row": "S2",
    "unit": "tj-binhai",
    "year": "2026",
    "source": "district",
    "budget": "100",
    "spent": "40",
    "as_of": "2026-10-31",
}


def register(id="service-points"):
    return catalogue().get(Register, id)


def point(who, **more):
    return create("service-points", {**POINT, **more}, who=who.acting)


def unsound():
    return [v for r in run_all() if r.checker.id.startswith("entry-") for v in r.violations]


@pytest.mark.parametrize("declared", catalogue().all(Register), ids=lambda r: r.id)
def test_the_examples_of_a_register_come_out(declared):
    found = [e for e in declared.examples if isinstance(e, Example)]
    assert found, "a register has worked examples"
    for example in found:
        refused = tuple(e.field.id for e in declared.check(example.values)[1])
        assert refused == example.refused, example.name


def test_an_entry_has_a_number_and_one_event(district):
    entry = point(district)
    assert entry.number == "网点〔2026〕001"
    assert entry.title == "华明街工作站"
    assert entry.unit.code == "tj-binhai"
    event = Event.objects.get(stream=entry.stream)
    assert (event.verb, event.seq, event.actor) == ("create", 1, "滨海填报人")
    assert event.data["values"]["online"] is True


def test_numbers_run_on_within_the_year(district):
    assert [point(district, name=n).number[-3:] for n in "甲乙丙"] == ["001", "002", "003"]


def test_every_wrong_field_is_said_and_nothing_is_kept(district):
    with pytest.raises(EntryRefused) as refused:
        create("service-points", {**POINT, "kind": "第九类", "opened_on": "2026-02-30"}, who=district.acting)
    assert [e.field.id for e in refused.value.errors] == ["kind", "opened_on"]
    assert not Entry.objects.unrestricted("test").exists()


def test_a_unit_is_found_by_any_of_its_names(above):
    named = create("service-points", {**POINT, "unit": "市农委"}, who=above.acting)
    assert named.unit.code == "tj-agriculture"


def test_a_unit_nobody_knows_is_refused_at_its_field(above):
    with pytest.raises(EntryRefused, match="没有名为“市某局”的单位"):
        create("service-points", {**POINT, "unit": "市某局"}, who=above.acting)


def test_nobody_writes_for_another_unit(district):
    with pytest.raises(EntryRefused, match="不在您可管理的单位之内"):
        create("service-points", {**POINT, "unit": "tj-dongli"}, who=district.acting)


def test_a_role_that_does_not_keep_the_register_is_refused(make_person):
    leader = make_person("leader", "tianjin", "leader")
    with pytest.raises(EntryRefused, match="不维护"):
        create("service-points", POINT, who=leader.acting)


def test_a_key_occurs_once_in_the_register(district):
    point(district)
    with pytest.raises(EntryRefused, match="“网点名称、所属单位”相同的条目"):
        point(district, name=" 华明街 工作站 ")
    point(district, name="另一个")


def test_the_database_itself_refuses_a_second_key(district):
    entry = point(district)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            register=entry.register, number="x", title="x", unit=entry.unit, unit_path=entry.unit_path,
            key_digest=entry.key_digest, created_at=entry.created_at, updated_at=entry.updated_at,
        )  # fmt: skip


def test_the_same_submission_makes_one_entry(district):
    first = create("service-points", POINT, who=district.acting, key="k1")
    again = create("service-points", POINT, who=district.acting, key="k1")
    assert first.pk == again.pk
    assert Event.objects.filter(stream=first.stream).count() == 1


def test_a_key_with_other_content_is_refused(district):
    create("service-points", POINT, who=district.acting, key="k1")
    with pytest.raises(KeyReused):
        create("service-points", {**POINT, "name": "另一个"}, who=district.acting, key="k1")


def test_an_update_records_old_and_new_of_what_changed(district):
    entry = point(district)
    update(entry, {"address": "弘程道 2 号", "telephone": POINT["telephone"]}, who=district.acting, expected=1)
    event = Event.objects.get(stream=entry.stream, seq=2)
    assert event.data["changes"] == {"address": ["弘程道 1 号", "弘程道 2 号"]}


def test_an_update_that_changes_nothing_writes_nothing(district):
    entry = point(district)
    assert update(entry, POINT, who=district.acting, expected=1).seq == 1
    assert Event.objects.filter(stream=entry.stream).count() == 1


def test_a_stale_update_is_a_conflict(district):
    entry = point(district)
    update(entry, {"address": "二号"}, who=district.acting, expected=1)
    with pytest.raises(Conflict) as conflict:
        update(entry, {"address": "三号"}, who=district.acting, expected=1)
    assert [e.verb for e in conflict.value.since] == ["update"]


def test_an_entry_can_move_to_a_unit_within_reach_only(district, above):
    entry = point(district)
    with pytest.raises(EntryRefused):
        update(entry, {"unit": "tj-dongli"}, who=district.acting)
    moved = update(entry, {"unit": "tj-dongli"}, who=above.acting)
    assert moved.unit_path == moved.unit.path != district.acting.path
    with pytest.raises(EntryRefused, match="不在您可管理"):
        update(moved, {"address": "x"}, who=district.acting)


def test_a_closed_entry_keeps_its_history_and_takes_no_change(district):
    entry = close(point(district), reason="撤并", who=district.acting, expected=1)
    assert entry.state == "closed"
    with pytest.raises(EntryRefused, match="已注销"):
        update(entry, {"address": "x"}, who=district.acting)
    assert reopen(entry, reason="恢复服务", who=district.acting).state == "active"
    assert [p.verb for p in history(entry, register())] == ["reopen", "close", "create"]


def test_closing_needs_a_reason(district):
    with pytest.raises(EntryRefused, match="请写明原因"):
        close(point(district), reason="  ", who=district.acting)


def test_a_public_register_is_read_by_all_and_another_within_the_reach(district, above, elsewhere):
    point(district)
    create("budget-items", BUDGET, who=district.acting)
    budgets = catalogue().get(Register, "budget-items")
    people = (district, above, elsewhere)
    assert [entries(register(), p.acting).count() for p in people] == [1, 1, 1]
    assert [entries(budgets, p.acting).count() for p in people] == [1, 1, 0]


def test_a_query_that_forgot_for_whom_raises(district):
    with pytest.raises(Unguarded):
        list(Entry.objects.filter(register="service-points"))


def test_the_list_is_filtered_searched_and_sorted_by_declared_fields(district):
    for name, day, online in (("甲站", "2024-01-01", "是"), ("乙站", "2025-06-30", "否"), ("丙站", "2026-03-01", "是")):
        point(district, name=name, opened_on=day, online=online)

    def found(**asked):
        return [e.title for e in entries(register(), district.acting, EntryFilter(**asked))]

    assert found(values={"online": "true"}, sort="opened_on") == ["甲站", "丙站"]
    assert found(values={"opened_on": ("2025-01-01", "2026-03-01")}, sort="-opened_on") == ["丙站", "乙站"]
    assert found(q="乙") == ["乙站"]
    assert found(q="弘程道 丙") == ["丙站"], "every word must occur, in any searchable field"
    assert found(values={"kind": "window"}) == []


def test_amounts_sort_as_numbers(district):
    for project, amount in (("甲", "9"), ("乙", "100.5"), ("丙", "20")):
        create("budget-items", {**BUDGET, "project": project, "budget": amount}, who=district.acting)
    rows = entries(register("budget-items"), district.acting, EntryFilter(sort="budget"))
    assert [e.title for e in rows] == ["甲", "丙", "乙"]


def test_a_search_does_not_look_through_personal_data(district):
    point(district)
    assert not entries(register(), district.acting, EntryFilter(q="王某")).exists()


def test_dots_left_alone_do_not_overwrite_a_personal_value(district):
    entry = point(district)
    update(entry, {"address": "二号", "contact": ""}, who=district.acting)
    assert Entry.objects.visible_to(district.acting).get().data["contact"] == "王某"


def test_viewing_personal_data_leaves_an_event(district, make_person):
    handler = make_person("handler", "tj-binhai", "case-handler")
    entry = point(district)
    log_viewing(entry, ["contact"], handler.acting)
    event = Event.objects.get(stream=f"viewing:entry:{entry.pk}")
    assert event.data == {"entry": entry.number, "fields": ["contact"]} and event.user == handler.user


def test_a_register_with_readers_is_closed_to_others(district):
    declared = register()
    assert may_read(declared, district.acting)
    narrow = replace(declared, reads=("leader",))
    assert may_read(narrow, district.acting), "who keeps it reads it"
    assert not may_read(replace(narrow, writes=("plan-office",)), district.acting)


def test_the_columns_are_what_the_events_lead_to(district):
    entry = point(district)
    update(entry, {"address": "二号"}, who=district.acting)
    assert unsound() == []
    Entry.objects.unrestricted("test").filter(pk=entry.pk).update(data={**entry.data, "address": "三号"})
    assert any(entry.number in v for v in unsound())


def test_an_entry_that_no_longer_fits_its_declaration_is_found(district):
    entry = point(district)
    Entry.objects.unrestricted("test").filter(pk=entry.pk).update(data={**entry.data, "kind": "gone"})
    assert any("网点类型" in v for v in unsound())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.dictionaries(
            st.sampled_from(["address", "telephone", "host", "services"]),
            st.text("甲乙丙 abc", min_size=0, max_size=6),
            max_size=3,
        ),
        max_size=6,
    )
)
def test_after_any_changes_the_history_leads_to_the_entry(district, changes):
    entry = point(district, name=f"站{Entry.objects.unrestricted('test').count()}")
    for change in changes:
        try:
            entry = update(entry, change, who=district.acting)
        except EntryRefused as refused:
            assert {e.field.id for e in refused.errors} <= {"address", "telephone"}
    data, state = replay(Event.objects.filter(stream=entry.stream).order_by("seq"))
    fresh = Entry.objects.unrestricted("test").get(pk=entry.pk)
    assert (fresh.data, fresh.state) == (data, state)


# --- records for indicators -------------------------------------------------------------------------------------
def test_entries_are_records_with_typed_fields(district):
    create("budget-items", BUDGET, who=district.acting)
    (record,) = records("register:budget-items", EVERYTHING, district.membership.since)
    assert record.fields["budget"] == Decimal(100) and record.fields["year"] == 2026
    assert record.fields["as_of"].isoformat() == "2026-10-31"
    assert record.unit == "tj-binhai"


def test_records_hold_no_personal_data(district):
    point(district)
    (record,) = records("register:service-points", EVERYTHING, district.membership.since)
    assert not {"contact", "contact_mobile"} & set(record.fields)


# --- Excel ----------------------------------------------------------------------------------------------------------
def sheet_of(who, rows=None):
    rows = list(entries(register(), who.acting, EntryFilter(sort="number"))) if rows is None else rows
    return exchange.workbook(register(), rows, who.acting, [("截至", "2026-11-22")])


def filled(content, change):
    book = load_workbook(io.BytesIO(content))
    change(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def carried(who, content, **more):
    shown = exchange.preview(register(), content, who.acting)
    return exchange.carry_out(register(), content, shown.digest, who=who.acting, **more)


def test_importing_the_export_changes_nothing(district):
    point(district)
    point(district, name="乙站", host="某所")
    before = Event.objects.count()
    shown = exchange.preview(register(), sheet_of(district), district.acting)
    assert [line.kind for line in shown.lines] == ["same", "same"]
    assert not shown.ready
    carried(district, sheet_of(district))
    assert Event.objects.count() == before


def test_a_sheet_makes_and_changes_entries_and_a_second_time_nothing(district):
    point(district)

    def work(page):
        heads = {c.value: c.column for c in page[1]}
        page.cell(2, heads["地址"]).value = "二号"
        new = {"网点名称": "乙站", "网点类型": "政务服务窗口", "所属单位": "滨海新区政府", "地址": "三号"}
        new |= {"服务电话": "022-1", "设立日期": "2026/1/5", "可网上预约": "否"}
        for head, value in new.items():
            page.cell(3, heads[head]).value = value

    content = filled(sheet_of(district), work)
    shown = carried(district, content, key="up")
    assert [(line.kind, line.row) for line in shown.lines] == [("changed", 2), ("new", 3)]
    assert shown.lines[0].changes == {"address": ["弘程道 1 号", "二号"]}
    titles = {e.title: e.data for e in entries(register(), district.acting)}
    assert titles["乙站"]["opened_on"] == "2026-01-05"
    assert titles["华明街工作站"]["contact"] == "王某", "a column that was left out stays as it was"
    again = exchange.preview(register(), content, district.acting)
    assert {line.kind for line in again.lines} == {"same"}


def test_one_wrong_cell_and_nothing_is_imported(district):
    point(district)

    def spoil(page):
        heads = {c.value: c.column for c in page[1]}
        page.cell(2, heads["地址"]).value = "二号"
        page.cell(3, heads["网点名称"]).value = "乙站"
        page.cell(3, heads["设立日期"]).value = "昨天"

    content = filled(sheet_of(district), spoil)
    shown = exchange.preview(register(), content, district.acting)
    assert [line.kind for line in shown.lines] == ["changed", "error"]
    assert any("第 3 行" in str(e) and "“昨天”不是日期" in str(e) for e in shown.errors)
    with pytest.raises(EntryRefused, match="没有导入任何一行"):
        exchange.carry_out(register(), content, shown.digest, who=district.acting)
    assert entries(register(), district.acting).get().data["address"] == "弘程道 1 号"


def test_what_is_missing_in_a_new_row_is_named_by_its_column(district):
    content = filled(sheet_of(district, []), lambda p: p.__setitem__("B2", "乙站"))
    errors = [str(e) for e in exchange.preview(register(), content, district.acting).errors]
    assert any("第 2 行 C 列“网点类型”：必填" in e for e in errors)


def test_a_sheet_of_another_unit_is_refused(district, elsewhere):
    point(district)
    content = sheet_of(district)
    shown = exchange.preview(register(), content, elsewhere.acting)
    assert [str(e) for e in shown.errors] == [
        "工作表“知识产权公共服务网点”第 2 行 A 列“编号”：没有编号为“网点〔2026〕001”的条目；新增时请把编号留空"
    ]


def test_two_rows_of_one_entry_are_an_error(district):
    point(district)

    def twice(page):
        for x, cell in enumerate(page[2], 1):
            page.cell(3, x).value = cell.value

    shown = exchange.preview(register(), filled(sheet_of(district), twice), district.acting)
    assert "与第 2 行是同一条目" in str(shown.errors[0])


def test_what_was_shown_no_longer_holds_after_somebody_wrote(district):
    entry = point(district)
    content = filled(sheet_of(district), lambda p: p.__setitem__("B2", "新名"))
    shown = exchange.preview(register(), content, district.acting)
    update(entry, {"telephone": "022-9"}, who=district.acting)
    with pytest.raises(exchange.ChangedMeanwhile):
        exchange.carry_out(register(), content, shown.digest, who=district.acting)


def test_personal_columns_are_only_for_roles_that_need_them(district, make_person):
    handler = make_person("handler", "tj-binhai", "case-handler")
    point(district)
    heads = [[c.value for c in load_workbook(io.BytesIO(sheet_of(p))).worksheets[0][1]] for p in (district, handler)]
    assert "联系人" not in heads[0] and "联系人" in heads[1]
