"""Custody: taking in, versions, holds, retention, hand-over by two, disposal, uploads in pieces."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from jinzhi.apps.cases.actions import open_case
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.catalogue.sources_registry import records
from jinzhi.apps.catalogue.ticks import run_ticks
from jinzhi.apps.custody import actions, uploads
from jinzhi.apps.custody.actions import CustodyRefused
from jinzhi.apps.custody.fields import FORENSIC
from jinzhi.apps.custody.folders import make_folder, remove_folder, rename_folder
from jinzhi.apps.custody.models import Folder, HandOver, Item, Upload, Version
from jinzhi.apps.custody.queries import ItemsAsked, duplicates, inbox, items, takers
from jinzhi.apps.evidence.events.actions import Conflict, KeyReused
from jinzhi.apps.evidence.models import Entry, Event
from jinzhi.apps.evidence.store import store
from jinzhi.web.custody.list import stated

DAY = date(2026, 11, 22)
FACTS = {
    "title": "某店铺销售页面", "kind": "web", "description": "证明被诉商品在售", "captured_by": "李某",
    "captured_on": "2026-11-20", "captured_time": "09:30", "place": "滨海新区某办公室", "device": "台式机 A-17",
    "way": "web-page", "tool": "某浏览器 156", "source": "https://shop.example/item/1", "steps": "打开网址，整页截图。",
    "env_result": "clean", "env_by": "李某", "env_what": "病毒查杀、系统时间、代理",
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.JINZHI_STORE = tmp_path / "store"
    settings.JINZHI_STORE_KEY = tmp_path / "keys" / "store.key"


def sent(person, content=b"page", name="page.html") -> Upload:
    return uploads.received([content], name=name, media_type="text/html", who=person.acting)


def take(person, content=b"page", *, key="", twice=False, folder=None, cases=(), **other) -> Item:
    return actions.take_in(
        {**FACTS, **other}, sent(person, content), who=person.acting, key=key, twice=twice, folder=folder, cases=cases
    )


def verbs(item) -> list[str]:
    return list(Event.objects.filter(stream=item.stream).order_by("seq").values_list("verb", flat=True))


def fresh(item) -> Item:
    return Item.objects.unrestricted("test").select_related("holder", "unit").get(pk=item.pk)


def broken() -> list[str]:
    return [v for r in run_all() if r.checker.id.startswith("custody") for v in r.violations]


# --- taking in -------------------------------------------------------------------------------------------------
def test_an_item_is_one_event_and_its_content_has_an_entry_in_the_log(district):
    item = take(district)
    assert verbs(item) == ["take-in"] and item.number == "EV-2026-00001"
    assert item.sha256 == hashlib.sha256(b"page").hexdigest() and item.sm3 == hashlib.new("sm3", b"page").hexdigest()
    assert store.content(item.sha256) == b"page"
    entry = Entry.objects.get(kind=actions.ENTRY_KIND, object=item.stream)
    assert item.sha256 in entry.body and item.sm3 in entry.body
    assert not Upload.objects.exists(), "the upload is used up"
    assert broken() == []


def test_the_same_submission_makes_one_item_and_another_with_its_key_is_refused(district):
    first, spare = take(district, key="k"), sent(district)
    again = actions.take_in(FACTS, spare, who=district.acting, key="k")
    assert again.pk == first.pk and Item.objects.unrestricted("test").count() == 1
    with pytest.raises(KeyReused):
        actions.take_in({**FACTS, "title": "另一件"}, spare, who=district.acting, key="k")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"captured_by": ""}, "captured_by"),
        ({"captured_time": "9点"}, "captured_time"),
        ({"captured_on": "2026-11-23"}, "captured_on"),
        ({"source": "网上看到的"}, "source"),
        ({"env_by": ""}, "env_by"),
        ({"env_result": "not-checked"}, "env_note"),
        ({"env_result": "abnormal"}, "env_note"),
        ({"before_sha256": "abc"}, "before_sha256"),
        ({"before_sha256": "0" * 64}, "before_sha256"),
        ({"before_sm3": "0" * 64}, "before_sm3"),
        ({"expires_on": "2026-11-21"}, "expires_on"),
    ],
)
def test_what_a_court_asks_is_asked(district, wrong, field):
    with pytest.raises(CustodyRefused) as e:
        take(district, **wrong)
    assert field in {x.field.id for x in e.value.errors}
    assert not Item.objects.unrestricted("test").exists()


def test_an_environment_that_was_not_checked_may_be_said_so(district):
    item = take(district, env_result="not-checked", env_by="", env_what="", env_note="紧急取证，现场无检查条件")
    assert item.versions.get().data["env_result"] == "not-checked"


def test_a_digest_made_at_capture_that_agrees_is_kept(district):
    item = take(district, before_sha256=hashlib.sha256(b"page").hexdigest().upper())
    assert item.versions.get().data["before_sha256"]


def test_a_page_is_not_needed_for_what_is_no_web_page(district):
    assert take(district, way="scan", source="当事人提交的合同原件").way == "scan"


def test_only_who_may_write_takes_in(make_person):
    leader = make_person("chief", "tj-binhai", "leader")
    with pytest.raises(CustodyRefused, match="没有权限"):
        uploads.received([b"x"], name="a", media_type="", who=leader.acting)
        take(leader)


def test_a_unit_sees_its_own_and_those_above_see_them(district, above, elsewhere):
    take(district)
    assert [items(p.acting).count() for p in (district, above, elsewhere)] == [1, 1, 0]


# --- duplicates ------------------------------------------------------------------------------------------------
def test_the_same_content_is_refused_until_one_says_to_keep_it_twice(district):
    first = take(district)
    with pytest.raises(CustodyRefused, match=first.number) as e:
        take(district)
    assert e.value.duplicate
    second = take(district, twice=True)
    assert [i.pk for i in duplicates(second.sha256, district.acting, apart_from=second.pk).seen] == [first.pk]


def test_of_a_duplicate_elsewhere_only_that_it_is_there_is_said(district, elsewhere):
    first = take(district)
    with pytest.raises(CustodyRefused) as e:
        take(elsewhere)
    assert e.value.duplicate and first.number not in e.value.zh and "滨海" not in e.value.zh
    assert duplicates(first.sha256, elsewhere.acting) == actions.duplicates(first.sha256, elsewhere.acting)
    assert duplicates(first.sha256, elsewhere.acting).elsewhere


# --- corrections and versions ----------------------------------------------------------------------------------
def test_a_correction_holds_old_and_new_and_its_reason(district):
    item = actions.correct(take(district), {"place": "现场"}, reason="写错", who=district.acting, expected=1)
    said = Event.objects.get(stream=item.stream, verb="correct").data
    assert said["changes"] == {"place": ["滨海新区某办公室", "现场"]} and said["reason"] == "写错"
    assert item.versions.get().data["place"] == "现场" and broken() == []


def test_digests_made_at_capture_are_not_mended(district):
    item = take(district)
    actions.correct(item, {"before_sha256": "0" * 64}, reason="x", who=district.acting)
    assert verbs(item) == ["take-in"]


def test_a_new_version_keeps_the_old_one(district):
    item = take(district)
    item = actions.new_version(item, FACTS, sent(district, b"v2"), note="重新采集", who=district.acting, expected=1)
    assert [v.n for v in item.versions.all()] == [1, 2]
    assert store.content(item.versions.get(n=1).sha256) == b"page" and store.content(item.sha256) == b"v2"
    assert Entry.objects.filter(kind=actions.ENTRY_KIND, object=item.stream).count() == 2
    assert broken() == []


def test_the_same_content_is_no_new_version(district):
    item = take(district)
    with pytest.raises(CustodyRefused, match="相同"):
        actions.new_version(item, FACTS, sent(district), note="x", who=district.acting)


def test_a_stale_form_meets_a_conflict(district):
    item = take(district)
    actions.hold(item, reason="诉讼", who=district.acting, expected=1)
    with pytest.raises(Conflict):
        actions.hold(item, reason="诉讼", who=district.acting, expected=1)


# --- holds, retention, disposal --------------------------------------------------------------------------------
def past_its_time(person, content=b"page", **other) -> Item:
    """An item whose retention ended, as time would have brought it."""
    item = take(person, content, expires_on="2026-11-22", **other)
    Item.objects.unrestricted("test").filter(pk=item.pk).update(expires_on=DAY - timedelta(days=1))
    return fresh(item)


def dispose(item, person, **other):
    return actions.dispose(fresh(item), confirm=item.number, reason="期满", who=person.acting, **other)


def test_nothing_is_disposed_of_under_a_hold_until_every_hold_is_lifted(above):
    item = past_its_time(above)
    for reason in ("案件一", "案件二"):
        item = actions.hold(item, reason=reason, who=above.acting)
    item = actions.lift(item, 1, reason="结案", who=above.acting)
    assert item.held
    with pytest.raises(CustodyRefused, match="保全"):
        dispose(item, above)
    item = actions.lift(item, 2, reason="结案", who=above.acting)
    assert not item.held and dispose(item, above).state == "disposed"


@pytest.mark.parametrize(
    ("expires", "why"), [(None, "长期保管"), (DAY, "尚未届满"), (DAY + timedelta(days=1), "尚未届满")]
)
def test_nothing_is_disposed_of_before_its_time(above, expires, why):
    item = take(above)
    Item.objects.unrestricted("test").filter(pk=item.pk).update(expires_on=expires)
    with pytest.raises(CustodyRefused, match=why):
        dispose(item, above)


def test_disposal_needs_the_number_typed_again(above):
    item = past_its_time(above)
    with pytest.raises(CustodyRefused, match="确认"):
        actions.dispose(item, confirm="是", reason="期满", who=above.acting)


def test_a_reporter_does_not_dispose(district):
    with pytest.raises(CustodyRefused, match=r"custody\.dispose"):
        dispose(past_its_time(district), district)


def test_disposed_the_content_is_gone_and_the_record_stays(above, django_capture_on_commit_callbacks):
    item = past_its_time(above)
    with django_capture_on_commit_callbacks(execute=True):
        done = dispose(item, above)
    assert not store.there(item.sha256)
    assert done.state == "disposed" and done.versions.get().erased_on == DAY
    said = Event.objects.get(stream=item.stream, verb="dispose").data
    assert said["contents"][0]["sha256"] == item.sha256 and said["reason"] == "期满"
    with pytest.raises(CustodyRefused, match="已处置"):
        actions.hold(done, reason="x", who=above.acting)


def test_a_content_that_another_item_needs_stays(above, django_capture_on_commit_callbacks):
    item = past_its_time(above)
    take(above, twice=True)
    with django_capture_on_commit_callbacks(execute=True):
        dispose(item, above)
    assert store.there(item.sha256)


def test_an_open_case_keeps_its_evidence(above, district):
    item = past_its_time(above)
    case = open_order(above, district)
    item = actions.link(item, case.number, who=above.acting)
    with pytest.raises(CustodyRefused, match="办结"):
        dispose(item, above)
    item = actions.unlink(item, case.number, reason="误挂", who=above.acting)
    assert not Case.objects.unrestricted("test").filter(evidence=item).exists()
    assert dispose(item, above).state == "disposed"


def open_order(above, district) -> Case:
    raw = {"title": "督办", "demand": "请办理", "grounds": "逾期", "due": "2026-12-20"}
    return open_case("supervision-order", "issue", raw, who=above.acting, unit=district.acting.unit, on=DAY)


def test_retention_is_set_with_its_reason(above):
    item = actions.retain(take(above), date(2027, 1, 1), reason="归档", who=above.acting)
    assert item.expires_on == date(2027, 1, 1) and broken() == []
    assert actions.retain(item, None, reason="长期", who=above.acting).expires_on is None


# --- hands -----------------------------------------------------------------------------------------------------
def test_an_item_changes_hands_only_when_the_taker_confirms(district, elsewhere):
    item = take(district)
    given = actions.offer(item, elsewhere.membership, reason="移送", who=district.acting, expected=1)
    assert fresh(item).holder == district.user and items(elsewhere.acting).count() == 0
    assert [h.pk for h in inbox(elsewhere.acting)] == [given.pk]
    taken = actions.accept(given, who=elsewhere.acting, note="收到")
    assert (taken.holder, taken.unit) == (elsewhere.user, elsewhere.acting.unit)
    assert items(elsewhere.acting).count() == 1 and items(district.acting).count() == 0
    assert verbs(item) == ["take-in", "offer", "accept"] and broken() == []


def test_only_the_taker_accepts_and_only_the_giver_withdraws(district, elsewhere, above):
    given = actions.offer(take(district), elsewhere.membership, reason="移送", who=district.acting)
    for person in (district, above):
        with pytest.raises(CustodyRefused, match="另一人"):
            actions.accept(given, who=person.acting)
    with pytest.raises(CustodyRefused, match="移交人"):
        actions.withdraw(given, reason="x", who=elsewhere.acting)
    actions.withdraw(given, reason="填错", who=district.acting)
    with pytest.raises(CustodyRefused, match="办结"):
        actions.accept(given, who=elsewhere.acting)


def test_a_refused_item_stays_with_its_giver(district, elsewhere):
    item = take(district)
    given = actions.offer(item, elsewhere.membership, reason="移送", who=district.acting)
    actions.refuse(given, reason="不归我办", who=elsewhere.acting)
    assert fresh(item).state == "kept" and fresh(item).holder == district.user and broken() == []


def test_only_the_holder_gives_and_only_once(district, above, elsewhere):
    item = take(district)
    with pytest.raises(CustodyRefused, match="手中"):
        actions.offer(item, elsewhere.membership, reason="x", who=above.acting)
    actions.offer(item, elsewhere.membership, reason="x", who=district.acting)
    with pytest.raises(CustodyRefused, match="等待"):
        actions.offer(item, above.membership, reason="x", who=district.acting)


def test_a_changed_content_is_not_taken(district, elsewhere):
    item = take(district)
    given = actions.offer(item, elsewhere.membership, reason="移送", who=district.acting)
    store.path_of(item.sha256).write_bytes(b"forged")
    with pytest.raises(CustodyRefused, match="核验"):
        actions.accept(given, who=elsewhere.acting)
    assert "custody-content" in {r.checker.id for r in run_all() if not r.sound}


def test_posts_that_keep_no_evidence_are_not_offered(district, make_person):
    leader = make_person("chief", "tj-binhai", "leader")
    clerk = make_person("clerk", "tj-dongli", "reporter")
    assert {m.pk for m in takers(district.acting)} == {clerk.membership.pk}
    with pytest.raises(CustodyRefused, match="不能接收"):
        actions.offer(take(district), leader.membership, reason="x", who=district.acting)


def test_the_database_allows_one_open_hand_over_of_an_item(district, elsewhere):
    given = actions.offer(take(district), elsewhere.membership, reason="x", who=district.acting)
    given.pk, given.n = None, 2
    with pytest.raises(IntegrityError):
        given.save(force_insert=True)
    assert HandOver._meta.constraints


# --- folders ---------------------------------------------------------------------------------------------------
def test_folders_are_a_tree_of_the_unit(district, elsewhere):
    top = make_folder("2026", None, who=district.acting)
    inner = make_folder("商标案", top, who=district.acting)
    item = take(district, folder=inner)
    assert items(district.acting, ItemsAsked(folder=top.pk)).get() == item
    rename_folder(top, "二〇二六", who=district.acting)
    assert Folder.objects.visible_to(district.acting).get(pk=inner.pk).path == "二〇二六／商标案"
    with pytest.raises(CustodyRefused, match="不是空的"):
        remove_folder(inner, who=district.acting)
    with pytest.raises(CustodyRefused, match="已有"):
        make_folder("二〇二六", None, who=district.acting)
    with pytest.raises(CustodyRefused, match="其他单位"):
        take(elsewhere, b"other", folder=inner)
    item = actions.move(item, None, who=district.acting)
    remove_folder(inner, who=district.acting)
    assert Folder.objects.visible_to(district.acting).count() == 1


def test_folders_do_not_grow_without_end(district):
    folder = None
    for n in range(6):
        folder = make_folder(str(n), folder, who=district.acting)
    with pytest.raises(CustodyRefused, match="6 层"):
        make_folder("7", folder, who=district.acting)


# --- uploads ---------------------------------------------------------------------------------------------------
WHOLE = bytes(range(256)) * 400


def begin(person, content=WHOLE, **other) -> Upload:
    said = {"sha256": hashlib.sha256(content).hexdigest(), "sm3": hashlib.new("sm3", content).hexdigest(), **other}
    return uploads.begin("a.bin", "", len(content), said["sha256"], said["sm3"], who=person.acting)


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_file_comes_in_pieces_and_goes_on_where_it_stopped(district, settings, encrypted):
    settings.JINZHI_ENCRYPT_STORE = encrypted
    upload = uploads.append(begin(district), 0, WHOLE[:1000], who=district.acting)
    again = begin(district)
    assert (again.pk, again.received) == (upload.pk, 1000), "the same file is the same upload"
    uploads.append(again, 1000, WHOLE[1000:], who=district.acting)
    done = uploads.finish(begin(district), who=district.acting)
    assert done.complete and store.content(done.sha256) == WHOLE
    assert not uploads.folder_of(done).exists()
    item = actions.take_in(FACTS, done, who=district.acting)
    assert item.size == len(WHOLE)


def test_pieces_lie_sealed_where_encryption_is_on(district, settings):
    settings.JINZHI_ENCRYPT_STORE = True
    upload = uploads.append(begin(district), 0, WHOLE[:1000], who=district.acting)
    assert all(WHOLE[:100] not in p.read_bytes() for p in uploads.folder_of(upload).iterdir())


def test_a_piece_at_a_wrong_place_says_the_right_one(district):
    upload = uploads.append(begin(district), 0, WHOLE[:1000], who=district.acting)
    for offset in (0, 999, 2000):
        with pytest.raises(uploads.OffsetWrong) as e:
            uploads.append(upload, offset, b"x", who=district.acting)
        assert e.value.received == 1000
    with pytest.raises(uploads.OffsetWrong):
        uploads.finish(Upload.objects.get(pk=upload.pk), who=district.acting)


def test_what_differs_from_what_was_announced_is_thrown_away(district):
    upload = begin(district)
    upload = uploads.append(upload, 0, WHOLE[:-1] + b"!", who=district.acting)
    with pytest.raises(uploads.Differs, match="不一致"):
        uploads.finish(upload, who=district.acting)
    assert not Upload.objects.exists() and list(store.lying()) == []


def test_limits_are_said(district, settings, monkeypatch):
    settings.MAX_EVIDENCE = 1000
    with pytest.raises(uploads.TooLarge, match="上限"):
        begin(district)
    settings.MAX_EVIDENCE = 10**9
    with pytest.raises(uploads.UploadRefused, match="十六进制"):
        begin(district, sha256="x")
    upload = begin(district)
    with pytest.raises(uploads.UploadRefused, match="超过申报"):
        uploads.append(upload, 0, WHOLE + b"x", who=district.acting)
    monkeypatch.setattr(uploads, "SPARE", 10**18)
    with pytest.raises(uploads.NoRoom, match="空间不足"):
        uploads.append(upload, 0, b"x", who=district.acting)


def test_an_upload_is_its_own_person_s(district, above):
    upload = begin(district)
    assert uploads.find(upload.token, above.acting) is None
    with pytest.raises(Upload.DoesNotExist):
        uploads.append(upload, 0, b"x", who=above.acting)


def test_the_timer_clears_what_nobody_goes_on_with(district):
    part = uploads.append(begin(district), 0, WHOLE[:10], who=district.acting)
    whole = sent(district, b"never used")
    assert uploads.clear_stale() == 0
    Upload.objects.update(touched_at=now() - timedelta(days=4))
    done = next(d for d in run_ticks(DAY) if d.tick.id == "stale-uploads")
    assert done.count == 2 and not done.error
    assert not uploads.folder_of(part).exists() and not store.there(whole.sha256)


def test_what_an_item_needs_outlives_a_stale_upload(district):
    item = take(district)
    sent(district)
    Upload.objects.update(touched_at=now() - timedelta(days=4))
    uploads.clear_stale()
    assert store.there(item.sha256) and Version.objects.count() == 1


# --- the number ------------------------------------------------------------------------------------------------
def test_an_indicator_counts_what_is_kept_on_the_day(district, above, elsewhere):
    take(district)
    gone = past_its_time(above, b"old")
    dispose(gone, above)
    assert [r.fields["kept"] for r in records("custody:items", above.acting, DAY)] == [True, False]
    assert [r.fields["kept"] for r in records("custody:items", above.acting, DAY - timedelta(days=1))] == [False, False]
    assert len(records("custody:items", elsewhere.acting, DAY)) == 0


# --- what a criminal court asks beside -------------------------------------------------------------------------------
def test_sealing_attendance_and_record_are_kept_and_said_in_the_statement(district):
    told = {
        "sealed": "sealed", "seal_note": "U 盘一只，封条 0001 号，封存前后均拍照", "attended_by": "见证员丁某",
        "minutes": "提取笔录一份，存档案室", "signed_by": "采集人、见证人均已签名",
    }  # fmt: skip
    said = dict(stated(take(district, **told).versions.get()))
    assert said["原始存储介质封存"] == "已封存" and said["见证人"] == "见证员丁某"
    silent = dict(stated(take(district, b"other").versions.get()))
    assert {silent[f.zh] for f in FORENSIC} == {"未登记"}, "what was not recorded is said to be so"


def test_a_seal_without_its_account_is_refused(district):
    with pytest.raises(CustodyRefused, match="封存"):
        take(district, sealed="not-sealed")
