"""The log on pages: what is verified is shown as such, what was changed is named, and nobody sees others' records."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from jinzhi.apps.cases.actions import erase_personal, open_case
from jinzhi.apps.cases.models import Case
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.models import Checkpoint, Entry, Event
from jinzhi.kernel.merkle import FAMILIES
from jinzhi.web.evidence.objects import kind_of, kinds, places
from tests.apps.test_evidence_log import DAY, behind_the_triggers, fill

ORDER = {"title": "加快推进", "demand": "限期完成", "due": "2026-11-20"}
COMPLAINT = {
    "title": "购机纠纷", "channel": "platform", "complainant": "张三丰", "contact": "13800001111",
    "respondent": "某商行", "facts": "要求退货",
}  # fmt: skip


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def order(above, district) -> Case:
    return open_case(
        "supervision-order", "issue", ORDER, who=above.acting, unit=district.acting.unit, on=date(2026, 11, 2)
    )


@pytest.fixture
def handler(make_person):
    return make_person("handler", "tj-binhai", "case-handler", "承办人")


@pytest.fixture
def complaint(handler) -> Case:
    return open_case("complaint", "open", COMPLAINT, who=handler.acting, unit=handler.acting.unit)


def entry_of(stream: str) -> Entry:
    return Entry.objects.select_related("shard").filter(object=stream).latest("id")


# ── the seal on pages ────────────────────────────────────────────────────────────────────────────────────


def test_a_case_shows_how_far_it_is_sealed(order, district):
    url = reverse("case", args=[order.pk])
    # on SQLite an act numbers its entry itself
    assert ("待入检查点" if connection.vendor == "sqlite" else "待入树") in text(district.client.get(url))
    log.sequence()
    page = text(district.client.get(url))
    assert "待入检查点" in page
    number = entry_of(order.stream).number
    assert reverse("log-entry", args=[number]) in page
    point = log.checkpoint()
    page = text(district.client.get(url))
    assert "已核验" in page
    assert reverse("log-checkpoint", args=[point.pk]) in page
    assert reverse("log-object", args=[order.stream]) in page


def test_a_changed_event_shows_on_every_page_of_it(order, district):
    log.checkpoint()
    behind_the_triggers("UPDATE evidence_event SET actor = '别人'")
    number = entry_of(order.stream).number
    for url in (
        reverse("case", args=[order.pk]), reverse("log-entry", args=[number]),
        reverse("log-object", args=[order.stream]), reverse("evidence"),
    ):  # fmt: skip
        page = text(district.client.get(url))
        assert "核验不符" in page, url
        assert "■" in page
        assert "已核验" not in page
    assert "内容与登记时的摘要不符" in text(district.client.get(reverse("case", args=[order.pk])))


def test_a_record_that_was_taken_away_is_missed(order, above, district):
    record(order.stream, "remind", {}, who=above.acting, on=DAY)
    log.checkpoint()
    last = Event.objects.get(stream=order.stream, seq=2).pk
    behind_the_triggers(f"UPDATE evidence_entry SET event_id = NULL WHERE event_id = {last}")
    behind_the_triggers(f"DELETE FROM evidence_event WHERE id = {last}")
    page = text(district.client.get(reverse("log-object", args=[order.stream])))
    assert "日志里有 1 条记录在此已找不到" in page


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_says_of_others_objects_only_numbers_and_digests(order, district, above, elsewhere):
    log.checkpoint()
    entry = entry_of(order.stream)
    url = reverse("evidence")
    for person in (district, above):
        page = text(person.client.get(url))
        assert "加快推进" in page
        assert "规划办" in page
    page = text(elsewhere.client.get(url))
    assert "加快推进" not in page
    assert "规划办" not in page
    assert order.stream not in page
    assert entry.number in page
    assert bytes(entry.leaf_sha256).hex()[:12] in page


def test_nobody_who_is_not_signed_in_reads_the_pages(client, order):
    assert client.get(reverse("evidence")).status_code == 302


@pytest.mark.parametrize(
    "query, found",
    [
        ("of=case:", True), ("of=entry:", False), ("kind=event", True), ("kind=file", False), ("unit=tianjin", True),
        ("unit=tj-binhai", False), ("on=2026-11-22", True), ("on=2026-11-21", False), ("object=nothing:1", False),
    ],
)  # fmt: skip
def test_the_list_is_filtered(order, above, query, found):
    log.sequence()
    page = text(above.client.get(f"{reverse('evidence')}?{query}"))
    assert ("加快推进" in page) is found
    assert ("没有符合条件的条目" in page) is not found


def test_a_number_leads_to_its_entry_and_a_wrong_one_says_so(order, above):
    log.sequence()
    number = entry_of(order.stream).number
    answer = above.client.get(f"{reverse('evidence')}?number={number}")
    assert answer["Location"] == reverse("log-entry", args=[number])
    assert "日志中没有条目 2026-999" in text(above.client.get(f"{reverse('evidence')}?number=2026-999"))


@pytest.mark.parametrize("query", ["on=yesterday", "unit=nowhere", "of=x", "page=2026-3", "page=before-x-1"])
def test_a_wrong_address_is_refused_and_not_ignored(above, query):
    assert above.client.get(f"{reverse('evidence')}?{query}").status_code == 400


def test_the_list_goes_on_by_cursor_both_ways(above, order):
    log.sequence()
    fill(120)
    log.sequence()
    numbers = lambda page: re.findall(r'id="entry-2026-(\d+)"', page)  # noqa: E731
    first = text(above.client.get(reverse("evidence")))
    top = int(numbers(first)[0])
    assert len(numbers(first)) == 50
    older = re.search(r'rel="next" href="([^"]+)"', first)[1]
    second = text(above.client.get(reverse("evidence") + older))
    assert int(numbers(second)[0]) == top - 50
    newer = re.search(r'rel="prev" href="([^"]+)"', second)[1]
    assert numbers(text(above.client.get(reverse("evidence") + newer))) == numbers(first)
    third = text(above.client.get(reverse("evidence") + re.search(r'rel="next" href="([^"]+)"', second)[1]))
    assert numbers(third)[-1] == "0"
    assert 'rel="next"' not in third.split('id="list"')[1]


def test_the_list_costs_the_same_for_one_row_and_for_fifty(order, above, district, django_assert_max_num_queries):
    log.checkpoint()
    url = reverse("evidence")
    above.client.get(url)
    with django_assert_max_num_queries(34):
        above.client.get(url)
    for n in range(60):
        open_case(
            "supervision-order", "issue", {**ORDER, "title": f"第 {n} 件"}, who=above.acting,
            unit=district.acting.unit, on=date(2026, 11, 2),
        )  # fmt: skip
    log.checkpoint()
    with django_assert_max_num_queries(34):
        assert "第 59 件" in text(above.client.get(url))


# ── an entry ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_entry_shows_its_body_its_leaves_and_a_proof_that_reaches_the_root(order, above):
    fill(9)
    log.sequence()
    point = log.checkpoint()
    entry = entry_of(order.stream)
    page = text(above.client.get(reverse("log-entry", args=[entry.number])))
    for family in FAMILIES:
        assert family.leaf(entry.body.encode()).hex() in page
        for sibling in log.inclusion(point.shard, entry.index, point.size, family):
            assert sibling.hex() in page
        assert log.root(point.shard, point.size, family).hex() in page
    assert page.count("与根一致") == 2
    assert json.loads(entry.body)["sha256"] in page
    assert "限期完成" in page


def test_an_entry_of_others_shows_its_proof_but_not_what_it_says(order, elsewhere):
    log.checkpoint()
    entry = entry_of(order.stream)
    page = text(elsewhere.client.get(reverse("log-entry", args=[entry.number])))
    assert bytes(entry.leaf_sm3).hex() in page
    assert "限期完成" not in page
    assert "加快推进" not in page
    assert json.loads(entry.body)["sha256"] not in page


def test_an_entry_that_is_not_there_is_not_found(above):
    assert above.client.get(reverse("log-entry", args=["2026-7"])).status_code == 404
    assert above.client.get(reverse("log-entry", args=["x"])).status_code == 404


def test_personal_values_are_not_shown_to_roles_that_need_not_see_them(complaint, handler, above):
    log.checkpoint()
    url = reverse("log-entry", args=[entry_of(complaint.stream).number])
    for person in (handler, above):
        page = text(person.client.get(url))
        assert "张三丰" not in page
        assert "$personal" in page


def test_a_personal_value_kept_in_the_open_is_withheld(handler, above):
    """Events from before personal values were kept apart hold them in the open."""
    case = open_case("complaint", "open", COMPLAINT, who=handler.acting, unit=handler.acting.unit)
    record(case.stream, "receive", {"complainant": "张三丰"}, who=handler.acting, on=DAY)
    log.checkpoint()
    url = reverse("log-entry", args=[entry_of(case.stream).number])
    assert "张三丰" in text(handler.client.get(url))
    page = text(above.client.get(url))
    assert "张三丰" not in page
    assert "内容含个人信息" in page


# ── the chain of an object ───────────────────────────────────────────────────────────────────────────────


def test_a_chain_shows_each_link(order, above, elsewhere, django_assert_max_num_queries):
    for _ in range(4):
        record(order.stream, "remind", {"note": "请抓紧"}, who=above.acting, on=DAY)
    log.checkpoint()
    url = reverse("log-object", args=[order.stream])
    above.client.get(url)
    with django_assert_max_num_queries(24):
        page = text(above.client.get(url))
    events = list(Event.objects.filter(stream=order.stream).order_by("seq"))
    for event in events:
        assert event.sha256 in page
        assert event.sm3 in page
    assert page.count("已核验") >= 5
    assert order.title in page
    assert "第一条，之前没有记录" in page
    page = text(elsewhere.client.get(url))
    assert events[2].sha256 in page
    assert order.title not in page
    assert "规划办" not in page
    assert "只显示编号和哈希" in page


def test_an_erasure_is_said_and_the_log_stands(complaint, handler, above):
    log.checkpoint()
    erase_personal(complaint, reason="当事人申请删除", who=handler.acting)
    log.checkpoint()
    page = text(handler.client.get(reverse("log-object", args=[complaint.stream])))
    assert "已依法删除" in page
    assert "当事人申请删除" in page
    assert "投诉人" in page
    assert "核验不符" not in page
    assert "已核验" in page


def test_an_object_that_is_not_there_is_not_found(above):
    assert above.client.get(reverse("log-object", args=["case:999"])).status_code == 404


def test_records_beside_an_object_follow_it(complaint, handler, above, elsewhere):
    handler.client.get(reverse("case", args=[complaint.pk]))
    stream = f"viewing:{complaint.stream}"
    assert Event.objects.filter(stream=stream).exists()
    assert "购机纠纷" in places(handler.acting, [stream])[stream].title
    url = reverse("log-object", args=[stream])
    assert url in text(handler.client.get(reverse("log-object", args=[complaint.stream])))
    assert "查看个人信息" in text(handler.client.get(url))
    assert "查看个人信息" not in text(elsewhere.client.get(url))
    assert places(elsewhere.acting, [stream]) == {}


def test_what_no_kind_knows_is_shown_to_nobody(above):
    assert kind_of("mystery:1") is None
    assert places(above.acting, ["mystery:1", "case:x", "indicators:x", "custody:"]) == {}


def test_each_kind_looks_for_many_at_once(above, django_assert_max_num_queries):
    for kind in kinds():
        with django_assert_max_num_queries(3):
            places(above.acting, [f"{kind.prefix}{n}" for n in range(30)])


# ── a checkpoint ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_checkpoint_shows_both_notes_and_whether_they_are_signed(order, above):
    point = log.checkpoint()
    url = reverse("log-checkpoint", args=[point.pk])
    page = text(above.client.get(url))
    assert page.count("签名有效") == 5
    for line in point.note_sm3.strip().splitlines():
        assert line.replace("+", "&#x2B;") in page or line in page
    behind_the_triggers("UPDATE evidence_checkpoint SET note_sm3 = replace(note_sm3, '/sm3', '/sm4')")
    page = text(above.client.get(url))
    assert "签名无效" in page
    assert Checkpoint.objects.get().note_sha256


# ── operations ───────────────────────────────────────────────────────────────────────────────────────────


def test_operations_say_how_the_log_stands_and_sign_and_audit_it(order, above, district, settings, tmp_path):
    settings.JINZHI_AUDIT = tmp_path / "audit.json"
    url = reverse("operations")
    page = text(above.client.get(url))
    assert "没有签发过" in page
    assert "还没有核对过" in page
    page = text(above.client.post(url, {"act": "checkpoint"}, follow=True))
    assert "1 条已有检查点" in page
    assert reverse("log-checkpoint", args=[Checkpoint.objects.get().pk]) in page
    page = text(above.client.post(url, {"act": "audit"}, follow=True))
    assert "日志核对：未发现不符" in page
    behind_the_triggers("UPDATE evidence_entry SET leaf_sm3 = leaf_sha256")
    page = text(above.client.post(url, {"act": "audit"}, follow=True))
    assert "处不符" in page
    assert "条目 2026-0 的内容与其叶哈希不一致" in page
    assert above.client.post(url, {"act": "burn"}).status_code == 400
    assert district.client.post(url, {"act": "checkpoint"}).status_code == 403
