"""Pages of history, saved queries, alerts, topics, tags and notes: who sees what, what they say and write."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from jinzhi.apps.patents.desk import alerts, collections, history, notes, saved
from jinzhi.apps.patents.models import Alert, Document, HistoryEntry, Note, SavedQuery, Topic
from jinzhi.apps.patents.store.storing import prepare, store
from tests.apps.patent_documents import document, stored

SEPARATOR, DETECTOR, MODEL, LATER = "CN117000001A", "CN116000002A", "CN218000003U", "CN119000004A"


@pytest.fixture
def patents(city) -> None:
    stored()


@pytest.fixture
def visitor(city, patents) -> Client:
    """Somebody who has not signed in to a demonstration."""
    city.demo = True
    city.save()
    return Client()


def look(client, q: str = "", path: str = "/patents/", **more):
    return client.get(path, {**({"q": q} if q else {}), **more})


def said(response) -> str:
    return response.content.decode()


def numbers(response) -> set[str]:
    return {hit.row.number for hit in response.context["hits"]}


# --- history ----------------------------------------------------------------------------------------------------


def test_a_search_becomes_a_number_that_can_be_reckoned_with(district, patents):
    look(district.client, "隔膜")
    look(district.client, "隔膜", sort="ad", pa="天津某电池有限公司")
    page = look(district.client, "涂覆")
    assert [one.number for one in page.context["strip"].past] == [2, 1]
    answer = look(district.client, "#1 AND #2 NOT ti=涂覆机")
    assert numbers(answer) == {SEPARATOR}
    assert "检索历史 #1" in said(answer)
    kept = HistoryEntry.objects.get(user=district.user, number=1)
    assert (kept.text, kept.count) == ("隔膜", 3)
    assert "sort=ad" in kept.conditions


def test_a_wrong_reference_is_marked_at_its_place(district, patents):
    page = look(district.client, "隔膜 AND #9")
    assert page.context["ask"].wrong.place == "#9"
    assert "检索历史里没有 #9" in said(page)


def test_every_part_of_a_query_with_references_says_its_count(district, patents):
    look(district.client, "隔膜")
    page = look(district.client, "#1 AND pd=2024")
    assert [(p.native, p.count) for p in page.context["parts"]] == [("#1", 3), ("pd=2024", 3)]


def test_the_history_page_tells_query_meaning_and_count(district, elsewhere, patents):
    look(district.client, "ti=隔膜")
    text = said(look(district.client, path="/patents/history/"))
    assert "ti=隔膜" in text
    assert "名称含“隔膜”" in text
    assert "ti=隔膜" not in said(look(elsewhere.client, path="/patents/history/"))


def test_history_is_deleted_by_choice_or_whole(district, elsewhere, patents):
    for q in ("隔膜", "电池", "涂覆"):
        look(district.client, q)
    elsewhere.client.post("/patents/history/forget/", {"do": "all"})
    district.client.post("/patents/history/forget/", {"do": "chosen", "n": ["1", "3"]})
    assert list(history.entries(district.user).values_list("number", flat=True)) == [2]
    district.client.post("/patents/history/forget/", {"do": "all"})
    assert not history.entries(district.user).exists()


def test_the_history_as_excel(district, patents):
    look(district.client, "ti=隔膜")
    body = district.client.get("/patents/history/export/").content
    sheet = load_workbook(BytesIO(body)).worksheets[0]
    assert [c.value for c in sheet[2]][:4] == ["#1", "ti=隔膜", "名称含“隔膜”", 2]


def test_a_visitor_has_the_history_of_the_browser_and_no_row(visitor):
    look(visitor, "隔膜")
    look(visitor, "涂覆")
    answer = look(visitor, "#1 AND #2")
    assert numbers(answer) == {SEPARATOR, DETECTOR, LATER} & numbers(answer)
    assert numbers(answer) == {SEPARATOR, LATER}
    assert not HistoryEntry.objects.exists()
    page = look(visitor, path="/patents/history/")
    assert "您没有登录" in said(page)
    assert page.context["total"] == 3
    visitor.post("/patents/history/forget/", {"do": "chosen", "n": "1"})
    assert "检索历史里没有 #1" in said(look(visitor, "#1"))


def test_a_visitor_is_told_that_saving_needs_signing_in(visitor):
    assert "保存检索式需要登录" in said(look(visitor, path="/patents/saved/"))
    assert "已存检索需要登录" in said(look(visitor, "##隔膜"))
    assert "/accounts/login/" in look(visitor, path="/patents/saved/new/")["Location"]
    assert "订阅需要登录" in said(look(visitor, path="/patents/alerts/"))


def test_a_forged_cookie_is_no_history(visitor):
    visitor.cookies["jz_patent_history"] = "forged:value"
    assert look(visitor, "隔膜").status_code == 200


# --- another system's language ----------------------------------------------------------------------------------


def test_what_is_typed_is_read_in_the_dialect_and_its_translation_is_shown(district, patents):
    page = look(district.client, "隔膜/TI", dialect="cprs")
    assert numbers(page) == {SEPARATOR, LATER}
    text = said(page)
    assert "译成本系统的写法" in text
    assert page.context["ask"].box == "隔膜/TI"
    entry = history.entries(district.user).get()
    assert (entry.text, entry.typed, entry.dialect) == (page.context["ask"].text, "隔膜/TI", "cprs")
    assert "CPRS：隔膜/TI" in said(look(district.client, path="/patents/history/"))


def test_what_has_no_equal_is_listed(district, patents):
    page = look(district.client, "涂 $W3 层", dialect="patsnap")
    losses = page.context["ask"].translation
    assert losses is not None
    for loss in losses.losses:
        assert loss.zh in said(page)


def test_the_dialect_of_a_person_stands_in_an_empty_box(district, patents):
    district.client.post("/patents/dialect/", {"dialect": "depatis"})
    page = look(district.client)
    assert [id for id, _label, current in page.context["dialects"] if current] == ["depatis"]
    page = look(district.client, "隔膜")
    assert [id for id, _label, current in page.context["dialects"] if current] == [""]
    assert district.client.post("/patents/dialect/", {"dialect": "nosuch"}).status_code == 400


def test_sorting_and_facets_keep_what_was_meant(district, patents):
    page = look(district.client, "隔膜/TI", dialect="cprs", typ="invention")
    assert ("dialect", "cprs") not in page.context["kept"]
    assert numbers(page) == {SEPARATOR, LATER}


@pytest.mark.parametrize("q", ["涂?层", "涂#层", "涂 (2W) 层", "涂 W/2 层"])
def test_the_echo_spells_out_each_sign_that_differs_between_systems(district, patents, q):
    notices = said(look(district.client, q))
    assert "PatSnap" in notices or "按先后次序" in notices


# --- saved queries ----------------------------------------------------------------------------------------------


def keep(person, **more):
    given = {"name": "隔膜", "text": "ti=隔膜", "about": "", "every": "", "_key": "k1", **more}
    return person.client.post("/patents/saved/new/", given)


def test_a_search_is_saved_from_its_page_and_asked_by_its_name(district, patents):
    page = look(district.client, "ti=隔膜")
    assert f"/patents/saved/new/?q={quote('ti=隔膜')}" in page.context["strip"].save
    assert "ti=隔膜" in said(district.client.get(page.context["strip"].save))
    assert keep(district).status_code == 302
    assert numbers(look(district.client, "##隔膜")) == {SEPARATOR, LATER}


def test_what_is_wrong_stands_beside_its_field_with_what_was_typed(district, patents):
    page = keep(district, text="ti=(隔膜", name="甲@乙")
    assert page.status_code == 422
    assert "名称里不能有" in said(page)
    page = keep(district, text="隔膜 AND nosuch=1")
    assert "第 8 个字符" in said(page)
    assert "隔膜 AND nosuch=1" in said(page)


def test_three_people_see_of_a_saved_query_what_is_theirs(district, above, elsewhere, patents):
    keep(district)
    row = SavedQuery.objects.unrestricted("a test").get()
    for other in (above, elsewhere):
        assert other.client.get(f"/patents/saved/{row.pk}/").status_code == 404
        assert other.client.post(f"/patents/saved/{row.pk}/remove/").status_code == 404
    saved.change(row, district.acting, name="隔膜", text="ti=隔膜", about="", shared=True)
    assert "只有" not in said(above.client.get(f"/patents/saved/{row.pk}/"))
    assert "另存一份" in said(above.client.get(f"/patents/saved/{row.pk}/"))
    assert elsewhere.client.get(f"/patents/saved/{row.pk}/").status_code == 404
    page = above.client.post(f"/patents/saved/{row.pk}/remove/", follow=True)
    assert "只有本人可以更改" in said(page)
    assert "##隔膜@tj-binhai" in said(look(above.client, path="/patents/saved/"))


def test_an_old_form_of_a_saved_query_is_a_conflict(district, patents):
    keep(district)
    row = SavedQuery.objects.unrestricted("a test").get()
    given = {"name": "隔膜", "about": "", "_seq": "1"}
    url = f"/patents/saved/{row.pk}/"
    assert district.client.post(url, {**given, "text": "ti=电池"}).status_code == 302
    assert district.client.post(url, {**given, "text": "ti=涂覆"}).status_code == 409


def test_a_removed_query_is_restored_from_the_list(district, patents):
    keep(district)
    row = SavedQuery.objects.unrestricted("a test").get()
    district.client.post(f"/patents/saved/{row.pk}/remove/", {"_seq": "1"})
    page = look(district.client, path="/patents/saved/")
    assert f"/patents/saved/{row.pk}/restore/" in said(page)
    district.client.post(f"/patents/saved/{row.pk}/restore/")
    assert numbers(look(district.client, "##隔膜")) == {SEPARATOR, LATER}


def test_the_list_of_saved_queries_makes_few_statements(district, patents, django_assert_max_num_queries):
    for n in range(8):
        saved.keep(district.acting, name=f"式{n}", text="ti=隔膜", shared=bool(n % 2))
    look(district.client, path="/patents/saved/")
    with django_assert_max_num_queries(11):
        look(district.client, path="/patents/saved/")


# --- alerts -----------------------------------------------------------------------------------------------------


@pytest.fixture
def alert(district, patents) -> Alert:
    keep(district, every="change")
    made = Alert.objects.get()
    store([prepare(document("CN120000005A", "隔膜检测方法", "=HYPERLINK(1)"))])
    alerts.fire_due()
    return made


def test_an_alert_shows_what_is_new_until_it_was_looked_at(district, alert):
    assert "1 个有变化" in said(look(district.client))
    page = district.client.get(f"/patents/alerts/{alert.pk}/")
    assert "CN120000005A" in said(page)
    alert.refresh_from_db()
    done = district.client.post(f"/patents/alerts/{alert.pk}/look/", {"_seq": str(alert.version)}, follow=True)
    assert "已标记为看过" in said(done)
    assert "没有新出现的" in said(done)
    assert district.client.post(f"/patents/alerts/{alert.pk}/look/", {"_seq": "1"}).status_code == 409


def test_an_alert_is_its_owners_alone(alert, above, elsewhere):
    for other in (above, elsewhere):
        for url in (f"/patents/alerts/{alert.pk}/", f"/patents/alerts/{alert.pk}/export/xlsx/"):
            assert other.client.get(url).status_code == 404
        assert other.client.post(f"/patents/alerts/{alert.pk}/drop/").status_code == 404
    assert Alert.objects.count() == 1


def test_the_differences_as_files(district, alert):
    body = district.client.get(f"/patents/alerts/{alert.pk}/export/xlsx/").content
    book = load_workbook(BytesIO(body))
    assert [c.value for c in book.worksheets[0][2]][:3] == ["新出现", "CN120000005A", "隔膜检测方法"]
    csv = district.client.get(f"/patents/alerts/{alert.pk}/export/csv/").content.decode("utf-8-sig")
    assert csv.splitlines()[1].startswith("新出现,CN120000005A,隔膜检测方法")
    assert district.client.get(f"/patents/alerts/{alert.pk}/export/pdf/").status_code == 404


def test_an_alert_is_paused_compared_changed_and_dropped(district, alert):
    url = f"/patents/alerts/{alert.pk}/"
    assert "已暂停" in said(district.client.post(f"{url}pause/", follow=True))
    district.client.post(f"{url}resume/")
    assert "已比较" in said(district.client.post(f"{url}compare/", follow=True))
    district.client.post(f"{url}every/", {"every": "week"})
    alert.refresh_from_db()
    assert alert.every == "week"
    assert district.client.post(f"{url}every/", {"every": "never"}).status_code == 400
    assert district.client.post(f"{url}nosuch/").status_code == 404
    district.client.post(f"{url}drop/")
    assert not Alert.objects.exists()


def test_the_list_of_alerts_makes_few_statements(district, alert, django_assert_max_num_queries):
    for n in range(5):
        alerts.watch(district.acting, saved.keep(district.acting, name=f"式{n}", text="ti=电池"))
    look(district.client, path="/patents/alerts/")
    with django_assert_max_num_queries(9):
        look(district.client, path="/patents/alerts/")
    with django_assert_max_num_queries(13):
        look(district.client, path=f"/patents/alerts/{alert.pk}/")


# --- topics, tags, notes ----------------------------------------------------------------------------------------


def test_a_result_is_tagged_whole_and_found_by_the_tag(district, patents):
    mark = look(district.client, "ti=隔膜").context["strip"].mark
    assert "标引 2 件文献" in said(district.client.get(mark))
    done = district.client.post(mark, {"do": "tag", "name": "重点", "_count": "2"}, follow=True)
    assert "已给 2 件加上标引" in said(done)
    assert numbers(look(district.client, "tag=重点")) == {SEPARATOR, LATER}
    district.client.post(mark, {"do": "untag", "name": "重点", "_count": "2"})
    assert numbers(look(district.client, "隔膜 NOT tag=重点")) == {SEPARATOR, LATER, DETECTOR}


def test_picked_documents_are_tagged_alone(district, patents):
    led = district.client.get("/patents/selection/", {"q": "隔膜", "pick": MODEL, "do": "mark"})
    mark = f"/patents/mark/?q={quote('隔膜')}&pick={MODEL}"
    assert led["Location"] == mark
    district.client.post(mark, {"do": "tag", "name": "夹具", "_count": "1"})
    assert numbers(look(district.client, "tag=夹具")) == {MODEL}


def test_a_result_that_changed_meanwhile_is_not_tagged(district, patents):
    mark = look(district.client, "ti=隔膜").context["strip"].mark
    store([prepare(document("CN120000005A", "隔膜检测方法"))])
    page = district.client.post(mark, {"do": "tag", "name": "重点", "_count": "2"})
    assert page.status_code == 422
    assert "现在是 3 件" in said(page)
    assert notes.tags(district.acting) == []


def test_tags_are_not_told_to_who_may_not_see_them_even_from_memory(district, elsewhere, patents):
    notes.tag(district.acting, "重点", [Document.objects.get(number=LATER).pk])
    notes.tag(elsewhere.acting, "重点", [Document.objects.get(number=MODEL).pk])
    assert numbers(look(district.client, "tag=重点")) == {LATER}
    assert numbers(look(elsewhere.client, "tag=重点")) == {MODEL}
    assert numbers(look(district.client, "tag=重点")) == {LATER}


def test_a_document_shows_and_takes_tags_notes_and_topics(district, above, elsewhere, patents):
    url = f"/patents/mark/{LATER}/"
    topic = collections.create(district.acting, name="电池")
    district.client.post(url, {"do": "tag", "name": "错标"})
    district.client.post(url, {"do": "untag:错标"})
    district.client.post(url, {"do": "tag", "name": "重点"})
    district.client.post(url, {"do": "note", "text": "<b>值得</b>关注"})
    district.client.post(url, {"do": "pick", "topic": str(topic.pk)})
    for person in (district, above):
        page = person.client.get(f"/patents/{LATER}/")
        text = said(page)
        assert [t.name for t, *_rest in page.context["written"].tags] == ["重点"]
        assert "&lt;b&gt;值得&lt;/b&gt;关注" in text
        assert f"/patents/topics/{topic.pk}/" in text
    text = said(elsewhere.client.get(f"/patents/{LATER}/"))
    assert "值得" not in text
    assert "重点" not in text
    note = Note.objects.unrestricted("a test").get()
    page = above.client.post(url, {"do": "remove-note", "note": str(note.pk)}, follow=True)
    assert "只有写备注的人可以改它" in said(page)
    district.client.post(url, {"do": "change-note", "note": str(note.pk), "text": "不再关注", "_seq": "1"})
    assert "不再关注" in said(district.client.get(f"/patents/{LATER}/"))
    district.client.post(url, {"do": "remove-note", "note": str(note.pk), "_seq": "2"})
    assert "恢复" in said(district.client.get(f"/patents/{LATER}/"))
    district.client.post(url, {"do": "restore-note", "note": str(note.pk)})
    assert "不再关注" in said(above.client.get(f"/patents/{LATER}/"))


def test_a_visitor_reads_topics_that_stand_on_shared_queries(visitor, district):
    query = saved.keep(district.acting, name="隔膜", text="ti=隔膜", shared=True)
    topic = collections.create(district.acting, name="电池", saved=query)
    page = look(visitor, path=f"/patents/topics/{topic.pk}/")
    assert (page.context["total"], page.context["why"]) == (2, "")
    assert numbers(look(visitor, "topic=电池")) == {SEPARATOR, LATER}


def test_a_visitor_reads_tags_and_is_asked_to_sign_in_to_write(visitor, district):
    notes.tag(district.acting, "重点", [Document.objects.get(number=LATER).pk])
    text = said(visitor.get(f"/patents/{LATER}/"))
    assert "重点" in text
    assert 'name="do"' not in text
    assert "/accounts/login/" in visitor.post(f"/patents/mark/{LATER}/", {"do": "note", "text": "x"})["Location"]


def test_a_topic_is_made_shown_and_changed(district, above, elsewhere, patents):
    saved.keep(district.acting, name="隔膜", text="ti=隔膜", shared=True)
    query = SavedQuery.objects.unrestricted("a test").get()
    made = district.client.post("/patents/topics/new/", {"name": "电池", "about": "储能", "saved": f"s{query.pk}"})
    assert made.status_code == 302
    topic = Topic.objects.unrestricted("a test").get()
    for person in (district, above):
        page = person.client.get(f"/patents/topics/{topic.pk}/")
        assert page.context["total"] == 2
        assert "电池" in said(look(person.client, path="/patents/topics/"))
    assert elsewhere.client.get(f"/patents/topics/{topic.pk}/").status_code == 404
    assert "电池" not in said(look(elsewhere.client, path="/patents/topics/"))
    assert above.client.get(f"/patents/topics/{topic.pk}/edit/").status_code == 404
    run = district.client.get(f"/patents/topics/{topic.pk}/").context["run"]
    assert numbers(above.client.get(run)) == {SEPARATOR, LATER}
    url = f"/patents/topics/{topic.pk}/edit/"
    given = {"name": "隔膜", "about": "", "saved": f"s{query.pk}", "_seq": "1"}
    assert district.client.post(url, given).status_code == 302
    assert district.client.post(url, {**given, "name": "电芯"}).status_code == 409


def test_documents_are_put_into_a_topic_by_number_and_taken_out(district, patents):
    topic = collections.create(district.acting, name="电池")
    url = f"/patents/topics/{topic.pk}/"
    page = district.client.post(f"{url}pick/", {"numbers": f"{LATER}\nCN999999999A"}, follow=True)
    assert "一件也没有加入" in said(page)
    page = district.client.post(f"{url}pick/", {"numbers": f"{LATER}, {MODEL}"}, follow=True)
    assert page.context["total"] == 2
    pk = Document.objects.get(number=LATER).pk
    page = district.client.post(f"{url}take-out/", {"n": str(pk)}, follow=True)
    assert page.context["total"] == 1
    district.client.post(f"{url}remove/", {"_seq": str(Topic.objects.unrestricted("a test").get().version)})
    assert "恢复" in said(look(district.client, path="/patents/topics/"))
    district.client.post(f"{url}restore/")
    assert district.client.get(url).context["total"] == 1


def test_a_topic_of_others_cannot_be_written_from_outside(district, above, elsewhere, patents):
    topic = collections.create(district.acting, name="电池")
    url = f"/patents/topics/{topic.pk}/pick/"
    assert "只有该单位的人可以修改" in said(above.client.post(url, {"numbers": LATER}, follow=True))
    assert elsewhere.client.post(url, {"numbers": LATER}).status_code == 404


def test_tags_go_out_and_come_in_by_excel(district, elsewhere, patents):
    notes.tag(district.acting, "重点", [Document.objects.get(number=LATER).pk])
    body = district.client.get("/patents/tags/export/").content
    file = SimpleUploadedFile("tags.xlsx", body)
    assert "新加 1 处标引" in said(elsewhere.client.post("/patents/tags/import/", {"file": file}, follow=True))
    bad = elsewhere.client.post("/patents/tags/import/", {"file": SimpleUploadedFile("x.xlsx", b"no")})
    assert bad.status_code == 422
    assert "没有导入任何一行" in said(bad)


def test_topics_and_tags_make_few_statements(district, patents, django_assert_max_num_queries):
    root = collections.create(district.acting, name="根")
    for n in range(6):
        collections.create(district.acting, name=f"枝{n}", parent=root)
    for path, most in (("/patents/topics/", 21), ("/patents/tags/", 9), (f"/patents/topics/{root.pk}/", 25)):
        look(district.client, path=path)
        with django_assert_max_num_queries(most):
            assert look(district.client, path=path).status_code == 200


def test_the_pages_speak_english(district, alert):
    district.client.cookies["jz_language"] = "en"
    for path in ("history", "saved", "saved/new", "alerts", f"alerts/{alert.pk}", "topics", "topics/new", "tags"):
        assert look(district.client, path=f"/patents/{path}/").status_code == 200
