"""Imports and releases: kept with every character, mended by people, stored whole or not at all."""

from __future__ import annotations

import copy
import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from jinzhi.apps.evidence.events.actions import Conflict, KeyReused
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan import importing, issuing
from jinzhi.apps.plan.actions import open_round
from jinzhi.apps.plan.comparing import compare, words
from jinzhi.apps.plan.mending import MendRefused, numbers
from jinzhi.apps.plan.models import Duty, Import, Measure, Milestone, Release, Row
from jinzhi.apps.units.locking import NotYours
from jinzhi.sources.plan_document import PlanDocumentError
from tests.apps.plan_fixtures import milestone, quarter
from tests.sources.plan_documents import SEED, declared, needs_seed

YEARS = {"starts": date(2021, 1, 1), "ends": date(2025, 12, 31)}

SMALL = """《天津市知识产权“十四五”规划》主要任务工作分工
一、主要任务
（一）高质量推进知识产权创造
1.提升企业知识产权创造水平。围绕龙头企业布局。提高企业能力。（责任单位：市知识产权局、市科技局按职责分工负责）
2.激发高校院所知识产权创造活力。建立转化机构。（责任单位：市教委牵头，市科技局配合）
3.开展月球专利导航。组织论证。（责任单位：月球事务局）
"""


def small(who, text: str = SMALL, **more) -> Import:
    return importing.start(text.encode(), "分工.txt", who, **more)


@pytest.fixture
def imported(above) -> Import:
    return small(above.acting)


@pytest.fixture
def clean(above) -> Import:
    """An import with nothing open."""
    return small(above.acting, SMALL.replace("月球事务局", "市商务局"))


def store(imported: Import, who, **more) -> Release:
    given = {"plan": "ip-14", "new": True, **YEARS, "expected": imported.seq, **more}
    return issuing.store(imported, who=who.acting, **given)


def uid(imported: Import, n: int) -> str:
    return imported.mended["rows"][n]["uid"]


def test_an_import_keeps_every_character_and_the_file(imported, above):
    counts = numbers(imported.parse)
    assert counts.placed + counts.furniture + counts.unplaced == len(imported.text)
    assert [s[0] for s in imported.parse["spans"]][1:] == [s[1] for s in imported.parse["spans"]][:-1]
    kept = importing.original(imported)
    assert kept.size == len(SMALL.encode()) and kept.sha256 == imported.sha256
    assert [e.verb for e in importing.history(imported)] == ["import"]


def test_what_is_no_plan_is_refused_and_nothing_is_kept(above):
    with pytest.raises(PlanDocumentError):
        importing.start("今天天气很好。".encode(), "天气.txt", above.acting)
    assert not Import.objects.unrestricted("test").exists()
    assert not Event.objects.filter(verb="import").exists()


def test_the_same_bytes_lead_to_the_earlier_import(imported, above):
    with pytest.raises(importing.AlreadyImported) as refused:
        small(above.acting)
    assert refused.value.earlier == imported
    assert small(above.acting, again=True).pk != imported.pk


def test_a_double_click_on_upload_is_one_import(above):
    first, second = (small(above.acting, key="k") for _ in range(2))
    assert first == second
    with pytest.raises(KeyReused):
        small(above.acting, SMALL + "\n", key="k")


def test_a_discarded_import_does_not_stand_in_the_way(imported, above):
    importing.discard(imported, "传错了", who=above.acting, expected=1)
    assert small(above.acting).state == "review"


def test_a_row_is_edited_and_the_parse_stays(imported, above):
    row = uid(imported, 0)
    after = importing.mend(
        imported, "edit-row", {"row": row, "values": {"title": "新标题"}}, who=above.acting, expected=1
    )
    assert after.mended["rows"][0]["title"] == "新标题"
    assert after.parse["rows"][0]["title"] == "提升企业知识产权创造水平"
    assert after.seq == 2


def test_two_people_mending_are_told_of_each_other(imported, above, make_person):
    second = make_person("office2", "tianjin", "plan-office")
    change = {"row": uid(imported, 0), "values": {"title": "甲"}}
    importing.mend(imported, "edit-row", change, who=above.acting, expected=1)
    with pytest.raises(Conflict) as conflict:
        importing.mend(imported, "delete-row", {"row": uid(imported, 0)}, who=second.acting, expected=1)
    assert [e.verb for e in conflict.value.since] == ["edit-row"]


def test_a_refused_change_leaves_no_event(imported, above):
    with pytest.raises(MendRefused, match="标题"):
        importing.mend(
            imported, "edit-row", {"row": uid(imported, 0), "values": {"title": " "}}, who=above.acting, expected=1
        )
    assert len(importing.history(imported)) == 1


def test_a_row_is_split_and_merged_again(imported, above):
    before = copy.deepcopy(imported.mended["rows"][0]["measures"])
    after = importing.mend(
        imported, "split-row", {"row": uid(imported, 0), "at": 1, "title": "下半"}, who=above.acting, expected=1
    )
    assert [len(r["measures"]) for r in after.mended["rows"][:2]] == [1, len(before) - 1]
    assert after.mended["rows"][1]["duties"] == after.mended["rows"][0]["duties"]
    after = importing.mend(after, "merge-row", {"row": uid(after, 0)}, who=above.acting, expected=2)
    assert after.mended["rows"][0]["measures"] == before
    assert len(after.mended["rows"][0]["duties"]) == 2


def test_a_row_is_moved_added_and_deleted(imported, above):
    a, b, c = (uid(imported, n) for n in range(3))
    after = importing.mend(imported, "move-row", {"row": c, "after": ""}, who=above.acting, expected=1)
    assert [r["uid"] for r in after.mended["rows"]] == [c, a, b]
    after = importing.mend(after, "add-row", {"after": a, "title": "补上的"}, who=above.acting, expected=2)
    assert after.mended["rows"][2]["title"] == "补上的"
    assert after.mended["rows"][2]["section"] == "高质量推进知识产权创造"
    after = importing.mend(after, "delete-row", {"row": a}, who=above.acting, expected=3)
    assert a not in [r["uid"] for r in after.mended["rows"]]


def test_changes_are_undone_one_after_another(imported, above):
    row = uid(imported, 0)
    now = imported
    for title in ("甲", "乙"):
        change = {"row": row, "values": {"title": title}}
        now = importing.mend(now, "edit-row", change, who=above.acting, expected=now.seq)
    now = importing.undo(now, who=above.acting, expected=now.seq)
    assert now.mended["rows"][0]["title"] == "甲"
    now = importing.undo(now, who=above.acting, expected=now.seq)
    assert now.mended == now.parse
    with pytest.raises(MendRefused, match="撤销"):
        importing.undo(now, who=above.acting, expected=now.seq)


def test_a_restore_brings_the_parse_back_and_can_be_undone(imported, above):
    now = importing.mend(imported, "delete-row", {"row": uid(imported, 0)}, who=above.acting, expected=1)
    now = importing.mend(now, "restore", {}, who=above.acting, expected=2)
    assert now.mended == now.parse
    assert len(importing.undo(now, who=above.acting, expected=3).mended["rows"]) == 2


def test_a_known_row_is_bound_to_one_row_only(imported, above):
    with pytest.raises(MendRefused, match="C1 已经绑定"):
        importing.mend(imported, "bind-row", {"row": uid(imported, 2), "bound": "C1"}, who=above.acting, expected=1)
    now = importing.mend(imported, "bind-row", {"row": uid(imported, 0), "bound": ""}, who=above.acting, expected=1)
    now = importing.mend(now, "bind-row", {"row": uid(now, 2), "bound": "C1"}, who=above.acting, expected=2)
    assert [r["matched"] for r in now.mended["rows"]] == [None, "C2", "C1"]


def test_an_unknown_unit_is_resolved_everywhere(imported, above):
    assert numbers(imported.mended).unresolved == ("月球事务局",)
    now = importing.resolve(imported, "月球事务局", "unit:tj-commerce", who=above.acting, expected=1)
    assert numbers(now.mended).unresolved == ()
    assert now.mended["rows"][2]["duties"][0]["members"] == ["tj-commerce"]


def test_a_group_stands_for_its_members(imported, above):
    now = importing.resolve(imported, "月球事务局", "group:tj-district-governments", who=above.acting, expected=1)
    assert len(now.mended["rows"][2]["duties"][0]["members"]) == 16


def test_the_mended_plan_is_the_fold_of_its_events(imported, above):
    now = importing.mend(imported, "delete-row", {"row": uid(imported, 0)}, who=above.acting, expected=1)
    now = importing.undo(now, who=above.acting, expected=2)
    importing.resolve(now, "月球事务局", "unit:tj-commerce", who=above.acting, expected=3)
    assert list(importing.unfaithful()) == []
    Import.objects.unrestricted("test").update(mended={**now.parse, "title": "被改过"})
    assert len(list(importing.unfaithful())) == 1


def test_imports_are_seen_by_the_office_and_not_by_districts(imported, above, district, elsewhere):
    assert importing.imports(above.acting).count() == 1
    assert importing.imports(district.acting).count() == 0
    assert importing.imports(elsewhere.acting).count() == 0
    with pytest.raises(NotYours, match="没有权限"):
        importing.mend(imported, "delete-row", {"row": uid(imported, 0)}, who=district.acting, expected=1)


# --- storing ----------------------------------------------------------------------------------------------
def test_what_is_open_has_to_be_accepted_and_is_said(imported, above):
    with pytest.raises(issuing.StoreRefused, match="月球事务局"):
        store(imported, above)
    assert not Release.objects.exists()
    release = store(imported, above, accepted=True)
    event = Event.objects.get(stream=release.stream)
    assert event.verb == "issue" and "月球事务局" in event.data["accepted"][0]


def test_a_stored_plan_holds_all_of_the_mended_one(clean, above):
    release = store(clean, above)
    counts = numbers(clean.mended)
    assert release.in_force and release.number == 1 and release.source == clean
    assert Row.objects.filter(release=release).count() == counts.rows
    assert Measure.objects.filter(row__release=release).count() == counts.measures
    assert Duty.objects.filter(row__release=release).count() == counts.duties
    assert [r.key for r in release.rows.all()] == ["C1", "C2", "1-1-3"]
    assert [d.kind for d in Duty.objects.filter(row__release=release, row__key="C2")] == ["led", "support"]
    clean.refresh_from_db()
    assert clean.state == "stored"


def test_a_double_click_stores_once(clean, above):
    first, second = (store(clean, above, key="store", expected=1) for _ in range(2))
    assert first == second and Release.objects.count() == 1
    clean.refresh_from_db()
    with pytest.raises(issuing.StoreRefused, match="已经入库"):
        store(clean, above, new=False)


def test_a_stored_import_is_not_mended_any_more(clean, above):
    store(clean, above)
    clean.refresh_from_db()
    with pytest.raises(MendRefused, match="已经入库"):
        importing.mend(clean, "delete-row", {"row": uid(clean, 0)}, who=above.acting, expected=clean.seq)


def test_storing_names_every_wrong_field(clean, above):
    with pytest.raises(issuing.StoreRefused) as refused:
        store(clean, above, plan="十四五", starts=None)
    assert {e.field for e in refused.value.errors} == {"plan", "starts"}


def test_a_stale_form_stores_nothing(clean, above):
    importing.mend(clean, "add-row", {"after": "", "title": "新"}, who=above.acting, expected=1)
    with pytest.raises(Conflict):
        store(clean, above, expected=1)
    assert not Release.objects.exists()


def test_a_revision_is_a_new_release_and_the_old_one_stays(clean, above):
    first = store(clean, above)
    changed = small(above.acting, SMALL.replace("月球事务局", "市商务局").replace("龙头企业", "骨干企业"))
    second = store(changed, above, new=False)
    first.refresh_from_db()
    assert (first.in_force, second.in_force, second.number) == (False, True, 2)
    assert first.rows.count() == 3


def test_the_difference_of_a_changed_import_is_exactly_the_change(clean, above):
    first = store(clean, above)
    changed = small(above.acting, SMALL.replace("月球事务局", "市商务局").replace("龙头企业", "骨干企业"))
    found = issuing.difference(first, changed.mended)
    assert [c.row.bound for c in found.of("changed")] == ["C1"]
    assert not found.of("added", "removed", "renumbered")
    row = found.of("changed")[0]
    assert row.fields == ("measures",)
    sentence = next(m for m in row.measures if m.kind == "changed")
    assert [(s.kind, s.text) for s in sentence.segments if s.kind != "same"] == [
        ("removed", "龙头"), ("added", "骨干"),
    ]  # fmt: skip
    assert Release.objects.count() == 1


def test_an_unchanged_import_has_no_difference(clean, above):
    first = store(clean, above)
    assert issuing.difference(first, clean.mended).nothing


def test_a_row_carried_on_keeps_its_key_and_a_new_one_gets_a_fresh_key(clean, above):
    store(clean, above)
    text = SMALL.replace("月球事务局", "市商务局").replace(
        "3.开展月球", "3.建设火星专利数据库。收集文献。（责任单位：市科技局）\n4.开展月球"
    )
    second = store(small(above.acting, text), above, new=False)
    assert {r.title: r.key for r in second.rows.all()}["开展月球专利导航"] == "1-1-3"
    assert {r.title: r.key for r in second.rows.all()}["建设火星专利数据库"] == "1-1-3-2"


def test_a_row_is_bound_by_hand_later_and_keeps_its_key(clean, above):
    release = store(clean, above)
    row = release.rows.get(key="1-1-3")
    row = issuing.bind(row, "C3", who=above.acting, expected=1)
    assert (row.key, row.bound) == ("1-1-3", "C3")
    with pytest.raises(issuing.StoreRefused, match="已经绑定"):
        issuing.bind(row, "C1", who=above.acting, expected=2)
    with pytest.raises(Conflict):
        issuing.bind(row, "", who=above.acting, expected=1)
    assert [e.verb for e in issuing.history(release)] == ["issue", "bind"]


def test_the_years_of_a_plan_are_known_from_its_name():
    assert issuing.term("天津市知识产权“十五五”规划") == (date(2026, 1, 1), date(2030, 12, 31))
    assert issuing.term("知识产权强市建设纲要") is None
    assert issuing.term("从“十四五”到“十五五”") is None


def test_words_that_differ_are_marked_and_nothing_is_lost():
    found = words("培育10家企业。", "培育25家骨干企业。")
    assert "".join(s.text for s in found if s.kind != "added") == "培育10家企业。"
    assert "".join(s.text for s in found if s.kind != "removed") == "培育25家骨干企业。"
    assert ("removed", "10") in [(s.kind, s.text) for s in found]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(lambda: declared().encode(), id="declared"),
        pytest.param(SEED.read_bytes, marks=needs_seed, id="seed"),
    ],
)
def test_the_whole_plan_becomes_37_rows_with_every_duty_resolved(above, document):
    imported = importing.start(document(), SEED.name, above.acting)
    counts = numbers(imported.parse)
    assert (counts.rows, counts.unplaced, counts.unresolved, counts.unbound) == (37, 0, (), ())
    release = store(imported, above)
    keys = [r.key for r in release.rows.all()]
    assert keys[0] == "C1" and keys[-1] == "K5" and len(set(keys)) == 37
    assert all(d.unit or d.group for d in Duty.objects.filter(row__release=release))
    assert all(d.units.exists() for d in Duty.objects.filter(row__release=release))
    assert compare(issuing.wordings(release), issuing.wordings_of(imported.parse)).nothing


# --- the console ------------------------------------------------------------------------------------------
def run(*words: object) -> dict:
    out = io.StringIO()
    call_command("plan", "import", *map(str, words), "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def paper(tmp_path):
    def write(text: str) -> Path:
        file = tmp_path / "分工.txt"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_the_console_imports_for_review(city, paper):
    said = run(paper(SMALL))
    assert said["release"] is None and said["unresolved"] == ["月球事务局"]
    imported = Import.objects.unrestricted("test").get()
    assert said["review"] == f"/plan/imports/{imported.pk}/" and imported.state == "review"


def test_the_console_stores_where_nothing_is_open(city, paper):
    said = run(paper(SMALL.replace("月球事务局", "市商务局")), "--store", "--plan", "ip-14")
    release = Release.objects.get(pk=said["release"]["id"])
    assert (release.plan, release.starts, release.ends) == ("ip-14", *YEARS.values())


def test_the_console_says_what_is_open_and_stores_nothing(city, paper):
    with pytest.raises(CommandError, match="月球事务局") as refused:
        run(paper(SMALL), "--store", "--plan", "ip-14")
    assert refused.value.returncode == 2
    assert not Release.objects.exists()
    assert Import.objects.unrestricted("test").count() == 1


def test_the_console_does_not_import_the_same_file_twice_unasked(city, paper):
    file = paper(SMALL)
    run(file)
    with pytest.raises(CommandError, match="--again"):
        run(file)
    assert run(file, "--again")["rows"] == 3


def test_our_own_document_of_another_city_is_imported_whole(above):
    file = Path(__file__).parents[1] / "sources" / "plan_document_own.txt"
    imported = importing.start(file.read_bytes(), file.name, above.acting)
    counts = numbers(imported.parse)
    assert counts.rows > 0 and counts.furniture > 0
    release = store(imported, above, accepted=True)
    assert compare(issuing.wordings(release), issuing.wordings_of(imported.parse)).nothing


# --- what a revision leaves behind -------------------------------------------------------------------------
@pytest.fixture
def revised(clean, above) -> Import:
    """A revision that takes the office of science off C1 and leaves the third row out; both have milestones."""
    first = store(clean, above)
    for key, unit in (("C1", "tj-science"), ("C1", "tj-ip-office"), ("1-1-3", "tj-commerce"), ("C2", "tj-ip-office")):
        milestone(first, key, unit, date(2021, 12, 31))
    text = SMALL.replace("市知识产权局、市科技局按职责分工负责", "市知识产权局负责").split("3.开展月球")[0]
    return small(above.acting, text)


def counting() -> set[str]:
    found = Milestone.objects.unrestricted("test").filter(dropped_on=None)
    return {f"{m.row_key} {m.unit.code}" for m in found.select_related("unit")}


def test_milestones_that_lose_their_unit_or_row_are_named_before_a_revision_is_stored(revised, above):
    with pytest.raises(issuing.StoreRefused) as refused:
        store(revised, above, new=False)
    said = "；".join(e.zh for e in refused.value.errors)
    assert "C1 不再由市科技局承担" in said
    assert "没有 1-1-3" in said
    assert "C2" not in said  # the office never answered for C2: its milestone there is not the revision's doing
    assert Release.objects.count() == 1


def test_who_accepts_keeps_them_counting_and_the_units_are_still_asked(revised, above):
    second = store(revised, above, new=False, accepted=True)
    assert counting() == {"C1 tj-science", "C1 tj-ip-office", "1-1-3 tj-commerce", "C2 tj-ip-office"}
    asked_units = {r.unit.code for r in open_round(second, quarter(second, "2021Q3"), who=above.acting)}
    assert "tj-commerce" in asked_units
    [issued] = [e for e in issuing.history(second) if e.verb == "issue"]
    assert len(issued.data["accepted"]) == 2


def test_or_they_are_dropped_with_the_release_as_the_reason(revised, above):
    second = store(revised, above, new=False, drop=True)
    assert counting() == {"C1 tj-ip-office", "C2 tj-ip-office"}
    [issued] = [e for e in issuing.history(second) if e.verb == "issue"]
    for code in issued.data["dropped"]:
        [last] = Event.objects.filter(stream=f"milestone:{code}", verb="drop")
        assert "第 2 版" in last.data["reason"]
    assert len(issued.data["dropped"]) == 2


def test_the_page_lists_them_and_offers_both_ways(revised, above):
    url = f"/plan/imports/{revised.pk}/store/?plan=ip-14"
    page = above.client.get(url).content.decode()
    assert "C1 不再由市科技局承担" in page
    assert "同时取消失去分工的里程碑" in page
    form = {"plan": "ip-14", "starts": "2021-01-01", "ends": "2025-12-31", "_seq": revised.seq, "_key": "k"}
    assert above.client.post(url, form).status_code == 422
    assert above.client.post(url, form | {"drop": "on", "_key": "k2"}).status_code == 302
    assert counting() == {"C1 tj-ip-office", "C2 tj-ip-office"}


def test_milestones_outside_the_division_are_a_filter_of_their_list(revised, above):
    store(revised, above, new=False, accepted=True)
    page = above.client.get("/plan/milestones/?year=all&off=1")
    assert page.context["page"].paginator.count == 3
