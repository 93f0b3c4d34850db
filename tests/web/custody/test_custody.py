"""Pages of custody: what three people see, taking in, hands, verbs, folders, downloads, the way in for large files."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from jinzhi.apps.custody import actions, uploads
from jinzhi.apps.custody.models import HandOver, Item, Upload
from jinzhi.apps.evidence.bundle import bundles
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.evidence.store import store
from tests.apps.test_custody import FACTS, begin, open_order, take

DAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.JINZHI_STORE = tmp_path / "store"
    settings.JINZHI_STORE_KEY = tmp_path / "keys" / "store.key"


@pytest.fixture
def item(district):
    return take(district)


def text(response):
    return response.content.decode()


def hidden(page, form=""):
    part = page[page.index(form) :] if form else page
    return {m[0]: m[1] for m in re.findall(r'name="(_\w+)" value="([^"]*)"', part)[::-1]}


def file(content=b"page", name="网页.html"):
    return SimpleUploadedFile(name, content, "text/html")


def fresh(item):
    return Item.objects.unrestricted("test").get(pk=item.pk)


def url(item, rest=""):
    return f"/custody/{item.number}/{rest}"


def test_three_people_see_what_their_units_allow(item, district, above, elsewhere):
    people = (district, above, elsewhere)
    for rest in ("", "versions/1/content"):
        assert [p.client.get(url(item, rest)).status_code for p in people] == [200, 200, 404]
    assert [item.title in text(p.client.get("/custody/")) for p in people] == [True, True, False]
    assert [item.number in sheet(p.client.get("/custody/export.xlsx")) for p in people] == [True, True, False]
    for rest in ("correct/", "versions/new/"):
        assert [p.client.get(url(item, rest)).status_code for p in people] == [200, 200, 404]
    posted = [p.client.post(url(item, "do/hold/"), {"reason": "案件"}).status_code for p in people]
    assert posted == [302, 302, 404]


def sheet(response):
    book = load_workbook(io.BytesIO(response.content))
    assert "说明" in book.sheetnames
    return "\n".join(str(c) for row in book.worksheets[0].iter_rows(values_only=True) for c in row)


def test_a_leader_reads_and_writes_nothing(item, make_person):
    leader = make_person("chief", "tj-binhai", "leader")
    page = text(leader.client.get(url(item)))
    assert "下载内容" in page and "登记新版本" not in page and 'id="acts"' not in page
    for rest in ("correct/", "versions/new/"):
        assert leader.client.get(url(item, rest)).status_code == 403
    assert leader.client.get("/custody/new/").status_code == 403
    assert leader.client.post(url(item, "do/hold/"), {"reason": "x"}).status_code == 403


def test_filters_are_in_the_address_and_a_wrong_one_is_said(item, district):
    good = "?kind=web&way=web-page&state=kept&from=2026-11-20&to=2026-11-20&q=店铺&mine=1"
    assert item.title in text(district.client.get("/custody/" + good))
    for query in ("?kind=file", "?state=held", "?from=2026-11-21", "?q=没有这个词", "?case=X"):
        assert "没有符合条件的证据" in text(district.client.get("/custody/" + query))
    for query in ("?kind=x", "?from=昨天", "?sort=sha256", "?folder=a", "?page=9"):
        assert district.client.get("/custody/" + query).status_code in (400, 404)


def test_the_lists_take_the_same_queries_however_long(district, above, django_assert_max_num_queries):
    for n in range(6):
        take(district, bytes([n]), title=f"第 {n} 件")
    for person in (district, above):
        person.client.get("/custody/")
        with django_assert_max_num_queries(14):
            person.client.get("/custody/")


def test_the_page_of_an_item_takes_few_queries(item, district, django_assert_max_num_queries):
    for n in range(4):
        actions.hold(fresh(item), reason=f"案件 {n}", who=district.acting)
    district.client.get(url(item))
    with django_assert_max_num_queries(30):
        district.client.get(url(item))


def test_taking_in_by_an_ordinary_form(district):
    page = text(district.client.get("/custody/new/"))
    assert "互联网法院规定第11条" in page, "the article stands at the field"
    sent = {**FACTS, **hidden(page), "content": file()}
    response = district.client.post("/custody/new/", sent, follow=True)
    assert "已入库" in text(response)
    kept = Item.objects.unrestricted("test").get()
    assert kept.name == "网页.html" and kept.sha256 in text(response) and kept.sm3 in text(response)
    again = district.client.post("/custody/new/", {**sent, "content": file()})
    assert again.status_code == 302 and Item.objects.unrestricted("test").count() == 1


def test_a_file_that_came_need_not_be_chosen_again_when_the_form_is_mended(district):
    page = text(district.client.get("/custody/new/"))
    refused = district.client.post("/custody/new/", {**FACTS, **hidden(page), "place": "", "content": file()})
    assert refused.status_code == 422 and "已收到，不必重新选择" in text(refused) and FACTS["device"] in text(refused)
    response = district.client.post("/custody/new/", {**FACTS, **hidden(text(refused))}, follow=True)
    assert "已入库" in text(response) and not Upload.objects.exists()


@pytest.mark.parametrize("what", [{}, {"content": file(b"")}, {"_upload": "gone"}])
def test_without_a_file_it_is_said_at_the_file(district, what):
    response = district.client.post("/custody/new/", {**FACTS, **what})
    assert response.status_code == 422 and 'id="file-content-error"' in text(response)


def test_a_digest_that_differs_is_said_beside_its_field(district):
    response = district.client.post("/custody/new/", {**FACTS, "before_sm3": "0" * 64, "content": file()})
    assert response.status_code == 422 and "与收到的文件不一致" in text(response)


def test_a_duplicate_is_shown_and_kept_only_when_one_says_so(item, district):
    refused = district.client.post("/custody/new/", {**FACTS, "content": file()})
    assert refused.status_code == 422 and item.number in text(refused)
    sent = {**FACTS, **hidden(text(refused)), "_twice": "1"}
    assert "已入库" in text(district.client.post("/custody/new/", sent, follow=True))


def test_of_a_duplicate_elsewhere_nothing_is_shown(item, elsewhere):
    refused = text(elsewhere.client.post("/custody/new/", {**FACTS, "content": file()}))
    assert "其他单位也保管着相同内容" in refused and item.number not in refused


def test_correcting_shows_old_and_new(item, district):
    page = text(district.client.get(url(item, "correct/")))
    sent = {**FACTS, **hidden(page), "place": "现场甲", "reason": "写错了"}
    page = text(district.client.post(url(item, "correct/"), sent, follow=True))
    assert "现场甲" in page and FACTS["place"] in page and "写错了" in page
    stale = district.client.post(url(item, "correct/"), {**sent, "_key": "other", "place": "现场乙"})
    assert stale.status_code == 409


def test_a_new_version_keeps_the_old_one(item, district):
    page = text(district.client.get(url(item, "versions/new/")))
    sent = {**FACTS, **hidden(page), "reason": "重新采集", "content": file(b"v2", "v2.html")}
    page = text(district.client.post(url(item, "versions/new/"), sent, follow=True))
    assert "v2.html" in page and "page.html" in page
    got = [district.client.get(url(item, f"versions/{n}/content")) for n in (1, 2)]
    assert [b"".join(r.streaming_content) for r in got] == [b"page", b"v2"]


def test_a_download_is_proven_and_leaves_an_event(item, district):
    response = district.client.get(url(item, "versions/1/content"))
    assert response["Content-Disposition"].startswith("attachment") and "sandbox" in response["Content-Security-Policy"]
    assert Event.objects.get(stream=f"viewing:{item.stream}").data["sha256"] == item.sha256
    store.path_of(item.sha256).write_bytes(b"forged")
    refused = district.client.get(url(item, "versions/1/content"))
    assert refused.status_code == 404 and "不一致" in text(refused)


def test_a_verb_without_its_reason_comes_back_open(item, district):
    response = district.client.post(url(item, "do/hold/"), {"reason": ""})
    assert response.status_code == 422 and '<details class="more" id="act-hold" open>' in text(response)
    assert district.client.post(url(item, "do/nothing/")).status_code == 404


def test_holds_and_retention_on_the_page(item, district):
    page = text(district.client.post(url(item, "do/hold/"), {"reason": "某案", "_seq": "1"}, follow=True))
    assert "保全" in page and "某案" in page
    page = text(district.client.post(url(item, "do/lift/"), {"hold": "1", "reason": "结案"}, follow=True))
    assert "解除" in page and not fresh(item).held
    page = text(
        district.client.post(url(item, "do/retain/"), {"expires_on": "2027-01-01", "reason": "归档"}, follow=True)
    )
    assert "2027-01-01" in page
    assert district.client.post(url(item, "do/retain/"), {"expires_on": "2020-01-01", "reason": "x"}).status_code == 422
    assert district.client.post(url(item, "do/hold/"), {"reason": "x", "_seq": "1"}).status_code == 409


def test_disposal_says_why_not_and_needs_the_number(above, django_capture_on_commit_callbacks):
    item = take(above)
    assert "长期保管" in text(above.client.get(url(item)))
    Item.objects.unrestricted("test").filter(pk=item.pk).update(expires_on=DAY - timedelta(days=1))
    wrong = above.client.post(url(item, "do/dispose/"), {"confirm": "x", "reason": "期满"})
    assert wrong.status_code == 422 and "以确认" in text(wrong)
    with django_capture_on_commit_callbacks(execute=True):
        page = above.client.post(
            url(item, "do/dispose/"), {"confirm": item.number, "reason": "期满"}, follow=True
        )  # fmt: skip
    assert "已处置" in text(page) and "内容已于" in text(page)
    assert above.client.get(url(item, "versions/1/content")).status_code == 404


def test_a_reporter_is_not_offered_disposal(item, district):
    assert "act-dispose" not in text(district.client.get(url(item)))
    assert district.client.post(url(item, "do/dispose/"), {"confirm": item.number, "reason": "x"}).status_code == 403


def test_two_people_hand_over(item, district, elsewhere):
    sent = {"taker": elsewhere.membership.pk, "reason": "移送办理"}
    page = text(district.client.post(url(item, "do/offer/"), sent, follow=True))
    assert "撤回移交" in page and "移交待确认" in page
    given = HandOver.objects.get()
    inbox = text(elsewhere.client.get("/custody/hands/"))
    assert item.number in inbox and item.sha256 in inbox and "移送办理" in inbox
    assert district.client.post(f"/custody/hands/{given.pk}/accept/", {"note": ""}).status_code == 404
    page = text(elsewhere.client.post(f"/custody/hands/{given.pk}/accept/", {"note": "已核对"}, follow=True))
    assert "已核对" in page and fresh(item).holder == elsewhere.user
    assert district.client.get(url(item)).status_code == 404, "it is another unit's now"
    assert item.number in text(district.client.get("/custody/hands/")), "and its giver still sees where it went"


def test_a_hand_over_may_be_refused_or_withdrawn_with_the_reason(item, district, elsewhere):
    sent = {"taker": elsewhere.membership.pk, "reason": "移送办理"}
    district.client.post(url(item, "do/offer/"), sent)
    given = HandOver.objects.get()
    assert elsewhere.client.post(f"/custody/hands/{given.pk}/refuse/", {"reason": ""}).status_code == 422
    elsewhere.client.post(f"/custody/hands/{given.pk}/refuse/", {"reason": "不归我办"})
    assert "不归我办" in text(district.client.get(url(item)))
    district.client.post(url(item, "do/offer/"), sent)
    given = HandOver.objects.get(state="offered")
    district.client.post(f"/custody/hands/{given.pk}/withdraw/", {"reason": "填错"}, follow=True)
    assert "填错" in text(district.client.get(url(item))) and fresh(item).state == "kept"


def test_folders_are_made_renamed_and_removed(district, elsewhere):
    district.client.post("/custody/folders/", {"name": "2026 年"})
    assert "已有文件夹" in text(district.client.post("/custody/folders/", {"name": "2026 年"}))
    made = actions.Folder.objects.unrestricted("test").get()
    here = f"/custody/folders/{made.pk}/"
    item = take(district, folder=made)
    assert item.number in text(district.client.get(here)) and elsewhere.client.get(here).status_code == 404
    assert "不是空的" in text(district.client.post(here, {"do": "remove"}))
    district.client.post(url(item, "do/move/"), {"folder": ""})
    assert "已改名" in text(district.client.post(here, {"name": "二〇二六年"}, follow=True))
    assert "已删除" in text(district.client.post(here, {"do": "remove"}, follow=True))


def test_a_case_and_its_evidence_lead_to_each_other(item, district, above):
    case = open_order(above, district)
    assert item.number not in text(district.client.get(f"/cases/{case.pk}/"))
    page = text(district.client.post(url(item, "do/link/"), {"case": case.number}, follow=True))
    assert case.number in page
    page = text(district.client.get(f"/cases/{case.pk}/"))
    assert item.number in page and f"/custody/new/?case={quote(case.number)}" in page
    assert case.number in text(district.client.get(f"/custody/new/?case={case.number}"))
    assert district.client.post(url(item, "do/link/"), {"case": "没有"}).status_code == 422


# --- the way in for large files --------------------------------------------------------------------------------
WHOLE = b"x" * 3000


def announce(person, content=WHOLE, **other):
    said = {
        "name": "大文件.mp4", "size": len(content), "media_type": "video/mp4",
        "sha256": hashlib.sha256(content).hexdigest(), "sm3": hashlib.new("sm3", content).hexdigest(), **other,
    }  # fmt: skip
    return person.client.post("/custody/uploads/", json.dumps(said), content_type="application/json")


def put(person, upload, offset, content):
    return person.client.put(
        f"{upload['url']}?offset={offset}", content, content_type="application/octet-stream"
    )  # fmt: skip


def test_a_large_file_comes_in_pieces_and_is_taken_in_by_the_form(district):
    upload = announce(district).json()
    assert put(district, upload, 0, WHOLE[:1000]).json()["received"] == 1000
    wrong = put(district, upload, 500, WHOLE[500:])
    assert (wrong.status_code, wrong.json()["received"]) == (409, 1000)
    again = announce(district).json()
    assert (again["token"], again["received"]) == (upload["token"], 1000)
    assert district.client.get(upload["url"]).json()["received"] == 1000
    assert put(district, upload, 1000, WHOLE[1000:]).json()["received"] == 3000
    assert district.client.post(upload["url"] + "finish").json()["complete"]
    response = district.client.post("/custody/new/", {**FACTS, "_upload": upload["token"]}, follow=True)
    assert "大文件.mp4" in text(response)


def test_what_differs_from_its_announcement_is_refused(district):
    upload = announce(district, sm3="0" * 64).json()
    put(district, upload, 0, WHOLE)
    refused = district.client.post(upload["url"] + "finish")
    assert refused.status_code == 422 and "SM3" in refused.json()["message"]
    assert district.client.get(upload["url"]).status_code == 404


def test_errors_of_the_way_in_are_clear(district, elsewhere, make_person, settings, monkeypatch):
    upload = announce(district).json()
    assert elsewhere.client.get(upload["url"]).status_code == 404
    assert elsewhere.client.delete(upload["url"]).status_code == 404
    leader = make_person("chief", "tj-binhai", "leader")
    assert announce(leader).status_code == 403
    assert put(district, upload, 0, b"x" * (uploads.PIECE + 1)).status_code == 413
    assert put(district, upload, 0, b"").status_code == 422
    assert announce(district, sha256="x").status_code == 422
    bad = district.client.post("/custody/uploads/", "not json", content_type="application/json")
    assert bad.status_code == 400
    monkeypatch.setattr(uploads, "SPARE", 10**18)
    full = put(district, upload, 0, b"x")
    assert full.status_code == 507 and "空间不足" in full.json()["message"]
    settings.MAX_EVIDENCE = 10
    large = announce(district, b"y" * 11)
    assert large.status_code == 413 and "上限" in large.json()["message"]
    assert district.client.delete(upload["url"]).status_code == 204 and not Upload.objects.exists()


@pytest.mark.parametrize("said", ["text/html\r\nX: y", "nonsense", "", "a/" + "b" * 200])
def test_a_media_type_that_is_none_is_not_given_back(district, said):
    upload = announce(district, media_type=said).json()
    assert Upload.objects.get(token=upload["token"]).media_type == "application/octet-stream"


def test_the_page_of_hand_overs_takes_the_same_queries_however_long(district, elsewhere, django_assert_max_num_queries):
    for n in range(5):
        given = take(district, bytes([n]))
        actions.offer(given, elsewhere.membership, reason="移送", who=district.acting)
    for person in (district, elsewhere):
        person.client.get("/custody/hands/")
        with django_assert_max_num_queries(11):
            person.client.get("/custody/hands/")


def test_a_known_content_is_named_before_anything_is_sent_and_of_others_nothing(item, district, elsewhere):
    content = store.content(item.sha256)
    assert announce(district, content).json()["same"][0]["label"].startswith(item.number)
    assert announce(elsewhere, content).json()["same"] == []


def test_the_upload_of_another_is_not_taken_in(district, elsewhere):
    upload = begin(district)
    uploads.finish(uploads.append(upload, 0, bytes(range(256)) * 400, who=district.acting), who=district.acting)
    response = elsewhere.client.post("/custody/new/", {**FACTS, "_upload": upload.token})
    assert response.status_code == 422 and "上传已失效" in text(response)


# --- the bundle ------------------------------------------------------------------------------------------------
def test_a_bundle_of_an_item_verifies_and_an_altered_one_does_not(item, district, tmp_path):
    response = district.client.get(url(item, "versions/1/bundle.zip"))
    assert response["Content-Disposition"].startswith("attachment")
    path = tmp_path / "bundle.zip"
    path.write_bytes(b"".join(response.streaming_content))
    assert bundles.verify_bundle(path).ok
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"page")] ^= 1
    path.write_bytes(raw)
    assert not bundles.verify_bundle(path).ok
    assert Event.objects.get(stream=f"viewing:{item.stream}").data["bundle"]


# --- the API ---------------------------------------------------------------------------------------------------
def posted(person, values=None, **other):
    sent = {"values": json.dumps(values or FACTS), "content": file(), **other}
    return person.client.post("/api/v1/custody", sent)


def test_the_api_takes_in_lists_and_gives_content(district, above, elsewhere):
    made = posted(district, cases="")
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    assert [len(p.client.get("/api/v1/custody").json()["items"]) for p in (district, above, elsewhere)] == [1, 1, 0]
    found = district.client.get(f"/api/v1/custody/{number}")
    assert found["ETag"] == '"1"' and found.json()["facts"]["device"] == FACTS["device"]
    assert elsewhere.client.get(f"/api/v1/custody/{number}").status_code == 404
    content = district.client.get(found.json()["versions"][0]["content"])
    assert b"".join(content.streaming_content) == b"page" and content["X-Content-SM3"] == found.json()["sm3"]
    assert district.client.get("/api/v1/custody?state=nothing").status_code == 422


def test_the_api_refuses_as_the_pages_do(district, make_person):
    assert posted(district, {**FACTS, "place": ""}).json()["errors"][0]["field"] == "place"
    assert posted(district, {**FACTS, "colour": "red"}).json()["errors"][0]["field"] == "colour"
    assert posted(district, [1]).status_code == 422
    assert posted(district).status_code == 201
    assert posted(district).status_code == 422, "the same content"
    assert posted(district, twice="true").status_code == 201
    leader = make_person("chief", "tj-binhai", "leader")
    assert posted(leader).status_code == 403


def test_the_api_sends_a_submission_twice_and_takes_in_once(district):
    sent = [
        district.client.post(
            "/api/v1/custody", {"values": json.dumps(FACTS), "content": file()}, HTTP_IDEMPOTENCY_KEY="a"
        )
        for _ in range(2)
    ]
    assert [r.status_code for r in sent] == [201, 201] and sent[0].json()["number"] == sent[1].json()["number"]


def test_the_api_hands_over_by_two(item, district, elsewhere):
    body = {"taker": "dongli", "unit": "tj-dongli", "reason": "移送"}
    where = f"/api/v1/custody/{item.number}/hand-overs"

    def send(**headers):
        return district.client.post(where, json.dumps(body), content_type="application/json", headers=headers)

    assert send().status_code == 428
    given = send(**{"If-Match": '"1"'})
    assert given.status_code == 201, given.content
    waiting = elsewhere.client.get("/api/v1/custody/hand-overs").json()["items"]
    assert [h["item"] for h in waiting] == [item.number]
    answer = f"/api/v1/custody/hand-overs/{waiting[0]['id']}/answer"
    said = json.dumps({"answer": "accept"})
    assert district.client.post(answer, said, content_type="application/json").status_code == 404
    assert elsewhere.client.post(answer, said, content_type="application/json").json()["state"] == "accepted"
    assert fresh(item).holder == elsewhere.user


def test_a_bundle_of_what_was_disposed_of_holds_no_content(above):
    item = take(above)
    take(above, twice=True)
    Item.objects.unrestricted("test").filter(pk=item.pk).update(expires_on=DAY - timedelta(days=1))
    actions.dispose(fresh(item), confirm=item.number, reason="期满", who=above.acting)
    response = above.client.get(url(item, "versions/1/bundle.zip"))
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as packed:
        contents = [packed.read(n) for n in packed.namelist() if n.startswith("contents/")]
    assert contents and b"page" not in contents


def test_the_api_names_only_cases_that_one_sees(item, district, above, elsewhere):
    case = open_order(above, elsewhere)
    actions.link(item, case.number, who=above.acting)
    for person, seen in ((above, [case.number]), (district, [])):
        assert person.client.get(f"/api/v1/custody/{item.number}").json()["cases"] == seen
        assert (case.number in text(person.client.get(url(item)))) is bool(seen)
