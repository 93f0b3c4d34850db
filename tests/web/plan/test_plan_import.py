"""The pages of imports and releases: who may see and do what, and that nothing typed or stored is lost."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from jinzhi.apps.plan import importing, issuing
from jinzhi.apps.plan.models import Import, Release
from tests.apps.test_plan_import import SMALL, YEARS
from tests.apps.test_plan_readings import TEXT as DOUBTFUL

CLEAN = SMALL.replace("月球事务局", "市商务局")


@pytest.fixture
def imported(above) -> Import:
    return importing.start(SMALL.encode(), "分工.txt", above.acting)


@pytest.fixture
def release(above) -> Release:
    made = importing.start(CLEAN.encode(), "分工.txt", above.acting)
    return issuing.store(made, plan="ip-14", new=True, who=above.acting, expected=1, **YEARS)


def uid(imported: Import, n: int = 0) -> str:
    return imported.mended["rows"][n]["uid"]


def text_of(response) -> str:
    return response.content.decode()


def form(page, **changes) -> dict:
    """What a browser would send for the page's edit form, with changes."""
    data = {"do": "edit-row", "_seq": page.context["imported"].seq, "_key": "k1"}
    for bound in page.context["form"]:
        data[bound.name] = bound.value() if bound.value() is not None else ""
    for f in (page.context["duties"].management_form, *page.context["duties"]):
        for bound in f:
            if bound.name != "remove":
                data[bound.html_name] = bound.value() if bound.value() is not None else ""
    return {**data, **changes}


# --- who may ----------------------------------------------------------------------------------------------
def test_only_the_plan_office_imports(imported, district, elsewhere, above, client):
    pages = [
        reverse("plan_import"),
        reverse("plan-imports"),
        *(reverse(n, args=[imported.pk]) for n in (
            "plan-import-review", "plan-import-store", "plan-import-discard", "plan-import-source",
            "plan-import-difference",
        )),
        reverse("plan-import-row", args=[imported.pk, uid(imported)]),
    ]  # fmt: skip
    for address in pages:
        assert above.client.get(address).status_code == 200, address
        assert district.client.get(address).status_code == 403, address
        assert elsewhere.client.get(address).status_code == 403, address
        assert client.get(address).status_code == 302, address


def test_everybody_who_reads_the_plan_reads_its_releases(release, district, elsewhere, above):
    for who in (district, elsewhere, above):
        assert who.client.get(reverse("plan-releases")).status_code == 200
        assert who.client.get(reverse("plan-release", args=[release.pk])).status_code == 200
    bind = reverse("plan-release-bind", args=[release.pk])
    given = {"row": "1-1-3", "bound": "C3", "_seq": 1, "_key": "b"}
    assert district.client.post(bind, given).status_code == 403
    assert above.client.post(bind, given).status_code == 302
    assert release.rows.get(key="1-1-3").bound == "C3"


# --- upload -----------------------------------------------------------------------------------------------
def upload(who, content: bytes = SMALL.encode(), name: str = "分工.txt", **more):
    file = SimpleUploadedFile(name, content)
    return who.client.post(reverse("plan_import"), {"file": file, "_key": "up", **more}, follow=True)


def test_an_upload_leads_to_the_review(above):
    page = upload(above)
    assert page.redirect_chain[-1][0] == reverse("plan-import-review", args=[Import.objects.unrestricted("t").get().pk])
    assert "月球事务局" in text_of(page)


def test_what_is_no_plan_is_refused_beside_the_field(above):
    page = upload(above, "今天天气很好。".encode(), "天气.txt")
    assert page.status_code == 422
    assert 'aria-invalid="true"' in text_of(page)
    assert not Import.objects.unrestricted("test").exists()


def test_the_same_file_again_links_to_the_earlier_import(imported, above):
    page = upload(above)
    assert page.status_code == 422
    assert reverse("plan-import-review", args=[imported.pk]) in text_of(page)
    assert upload(above, again="1").status_code == 200
    assert Import.objects.unrestricted("test").count() == 2


# --- review and mending -----------------------------------------------------------------------------------
def test_every_character_of_the_source_is_on_the_page(imported, above):
    page = above.client.get(reverse("plan-import-review", args=[imported.pk]))
    assert "".join(s.text for s in page.context["stretches"]) == imported.text


def test_each_row_is_an_anchor_in_the_source(imported, above):
    page = text_of(above.client.get(reverse("plan-import-review", args=[imported.pk])))
    for row in imported.mended["rows"]:
        assert page.count(f'id="s-{row["uid"]}"') == 1
        assert f'href="#s-{row["uid"]}"' in page
        assert page.count(f'id="p-{row["uid"]}"') == 1


def test_furniture_and_unplaced_text_are_marked_in_words(above):
    text = "大小:86.00 KB\n页数:18页\n" + SMALL + "\n另附一段与分工无关的说明文字，请各单位知悉。\n"
    made = importing.start(text.encode(), "x.txt", above.acting)
    page = text_of(above.client.get(reverse("plan-import-review", args=[made.pk])))
    kinds = {s[2] for s in made.parse["spans"]}
    assert ("页面装饰</b>" in page) == ("furniture" in kinds)
    assert ("未归位</b>" in page) == ("unplaced" in kinds)
    assert kinds - {"placed"}


def test_an_unknown_unit_is_resolved_on_the_review(imported, above):
    address = reverse("plan-import-review", args=[imported.pk])
    given = {"do": "resolve", "raw": "月球事务局", "target": "unit:tj-commerce", "_seq": 1, "_key": "r"}
    for _ in range(2):  # a double click
        above.client.post(address, given)
    imported.refresh_from_db()
    assert imported.mended["rows"][2]["duties"][0]["unit_id"] == "tj-commerce"
    assert imported.seq == 2


def test_a_row_is_edited_by_its_form(imported, above):
    address = reverse("plan-import-row", args=[imported.pk, uid(imported)])
    page = above.client.get(address)
    data = form(page, title="新标题", measures="第一句。\n\n第二句。")
    data["duty-0-duty"] = "led"
    data["duty-0-measure"] = "2"
    data["duty-1-remove"] = "on"
    data["duty-2-target"] = "group:tj-district-governments"
    answer = above.client.post(address, data)
    assert answer.status_code == 302
    imported.refresh_from_db()
    row = imported.mended["rows"][0]
    assert (row["title"], row["measures"]) == ("新标题", ["第一句。", "第二句。"])
    assert [(d["raw"], d["duty"], d["measure"]) for d in row["duties"]] == [
        ("市知识产权局", "led", 1), ("各区人民政府", "alone", None),
    ]  # fmt: skip
    assert above.client.post(address, data).status_code == 302  # a double click
    imported.refresh_from_db()
    assert imported.seq == 2


def test_an_unchanged_form_says_so_and_changes_nothing(imported, above):
    address = reverse("plan-import-row", args=[imported.pk, uid(imported)])
    page = above.client.post(address, form(above.client.get(address)))
    assert page.status_code == 422 and "没有改动" in text_of(page)


def test_a_wrong_field_keeps_what_was_typed(imported, above):
    address = reverse("plan-import-row", args=[imported.pk, uid(imported)])
    data = form(above.client.get(address), title="", measures="只有一条。")
    data["duty-0-measure"] = "7"
    page = above.client.post(address, data)
    assert page.status_code == 422
    assert "只有一条。" in text_of(page) and 'aria-invalid="true"' in text_of(page)
    page = above.client.post(address, {**data, "title": "有标题"})
    assert page.status_code == 422 and "第 7 条" in text_of(page)


def test_the_second_of_two_people_sees_the_conflict_and_their_words(imported, above, make_person):
    second = make_person("office2", "tianjin", "plan-office")
    address = reverse("plan-import-row", args=[imported.pk, uid(imported)])
    data = form(above.client.get(address), title="甲的标题")
    other = form(second.client.get(address), title="乙的标题", _key="k2")
    assert above.client.post(address, data).status_code == 302
    page = second.client.post(address, other)
    assert page.status_code == 409 and "乙的标题" in text_of(page)
    imported.refresh_from_db()
    assert imported.mended["rows"][0]["title"] == "甲的标题"


def test_a_row_is_deleted_only_after_being_asked(imported, above):
    address = reverse("plan-import-row", args=[imported.pk, uid(imported)])
    first = above.client.post(address, {"do": "delete-row", "_seq": 1, "_key": "d"})
    assert first["Location"].endswith("?delete=1#delete")
    assert "确认删除" in text_of(above.client.get(address + "?delete=1"))
    above.client.post(address, {"do": "delete-row", "confirm": "1", "_seq": 1, "_key": "d"})
    imported.refresh_from_db()
    assert len(imported.mended["rows"]) == 2
    assert above.client.get(address).status_code == 404


def test_split_merge_move_bind_add_and_undo_by_their_forms(imported, above):
    review = reverse("plan-import-review", args=[imported.pk])
    address = reverse("plan-import-row", args=[imported.pk, uid(imported)])
    steps = [
        (address, {"do": "split-row", "at": "2", "title": "下半"}, 4),
        (address, {"do": "merge-row"}, 3),
        (address, {"do": "move-row", "after": uid(imported, 2)}, 3),
        (address, {"do": "bind-row", "bound": ""}, 3),
        (review, {"do": "add-row", "after": "", "title": "补"}, 4),
        (review, {"do": "undo"}, 3),
        (review, {"do": "restore"}, 3),
    ]
    for n, (where, given, rows) in enumerate(steps, 1):
        assert above.client.post(where, {**given, "_seq": n, "_key": f"s{n}"}).status_code == 302
        imported.refresh_from_db()
        assert (imported.seq, len(imported.mended["rows"])) == (n + 1, rows), given
    assert imported.mended == imported.parse


def test_a_wrong_choice_is_said_and_nothing_changes(imported, above):
    address = reverse("plan-import-row", args=[imported.pk, uid(imported)])
    given = ({"do": "split-row", "at": "1"}, {"do": "bind-row", "bound": "Z9"}, {"do": "bind-row", "bound": "C2"})
    for n, data in enumerate(given):
        page = above.client.post(address, {**data, "_seq": 1, "_key": f"w{n}"}, follow=True)
        assert "toast-error" in text_of(page)
    imported.refresh_from_db()
    assert imported.seq == 1


# --- storing and releases ---------------------------------------------------------------------------------
def test_storing_asks_for_what_is_open_and_stores_once_it_is_accepted(imported, above):
    address = reverse("plan-import-store", args=[imported.pk])
    page = above.client.get(address)
    assert page.context["form"].initial["starts"] == date(2021, 1, 1)
    given = {"plan": "ip-14", "starts": "2021-01-01", "ends": "2025-12-31", "_seq": 1, "_key": "st"}
    address += "?plan=new"
    refused = above.client.post(address, given)
    assert refused.status_code == 422 and "月球事务局" in text_of(refused)
    answers = [above.client.post(address, {**given, "accepted": "on"}) for _ in range(2)]
    release = Release.objects.get()
    assert {a["Location"] for a in answers} == {reverse("plan-release", args=[release.pk])}


@pytest.mark.parametrize("key", ["st", "another window"])
def test_a_second_confirmation_of_storing_leads_calmly_to_the_one_release(imported, above, key):
    address = reverse("plan-import-store", args=[imported.pk]) + "?plan=new"
    given = {"plan": "ip-14", "starts": "2021-01-01", "ends": "2025-12-31", "accepted": "on", "_seq": 1}
    above.client.post(address, {**given, "_key": "st"})
    again = above.client.post(address, {**given, "_key": key}, follow=True)
    release = Release.objects.get()
    assert again.redirect_chain[0][0] == reverse("plan-release", args=[release.pk])
    assert "这份导入已经入库" in text_of(again)


def test_a_second_import_shows_the_difference_and_changes_nothing(release, above):
    made = importing.start(CLEAN.replace("龙头企业", "骨干企业").encode(), "二.txt", above.acting)
    page = text_of(above.client.get(reverse("plan-import-difference", args=[made.pk])))
    assert "<del>" in page and "龙头</del>" in page and "骨干</ins>" in page
    assert Release.objects.count() == 1
    given = {"plan": "ip-14", "starts": "2021-01-01", "ends": "2025-12-31", "_seq": 1, "_key": "s2"}
    page = above.client.post(reverse("plan-import-store", args=[made.pk]) + "?plan=ip-14", given, follow=True)
    second = Release.objects.get(number=2)
    assert second.in_force
    page = text_of(above.client.get(reverse("plan-release-diff", args=[release.pk, second.pk])))
    assert "骨干</ins>" in page


def test_a_row_without_a_match_says_so(release, district):
    assert "未绑定" in text_of(district.client.get(reverse("plan-release", args=[release.pk])))


def test_a_discarded_import_can_not_be_stored(imported, above):
    address = reverse("plan-import-discard", args=[imported.pk])
    assert above.client.post(address, {"reason": "", "_seq": 1, "_key": "x"}).status_code == 422
    assert above.client.post(address, {"reason": "传错了", "_seq": 1, "_key": "x"}).status_code == 302
    page = above.client.post(
        reverse("plan-import-store", args=[imported.pk]),
        {"plan": "ip-14", "starts": "2021-01-01", "ends": "2025-12-31", "accepted": "on", "_seq": 2, "_key": "y"},
    )
    assert page.status_code == 422 and not Release.objects.exists()


def test_the_original_file_comes_back_byte_for_byte(imported, above):
    answer = above.client.get(reverse("plan-import-source", args=[imported.pk]))
    assert answer.content == SMALL.encode()
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_list_is_filtered_and_exported_whole(imported, above):
    importing.discard(importing.start(CLEAN.encode(), "作废.txt", above.acting), "传错了", who=above.acting, expected=1)
    address = reverse("plan-imports")
    assert "作废.txt" not in text_of(above.client.get(address, {"state": "review"}))
    book = load_workbook(io.BytesIO(above.client.get(address, {"format": "xlsx"}).content))
    assert [r[0] for r in book.worksheets[0].iter_rows(min_row=2, values_only=True)] == ["作废.txt", "分工.txt"]
    assert "说明" in book.sheetnames
    assert above.client.get(address, {"state": "x"}).status_code == 400


def test_a_list_costs_the_same_for_few_and_many(above, django_assert_max_num_queries):
    for n in range(6):
        importing.start(f"{SMALL}\n<!-- {n} -->".encode(), f"{n}.txt", above.acting)
    with django_assert_max_num_queries(12):
        above.client.get(reverse("plan-imports"))


def test_a_release_page_costs_the_same_for_few_and_many_rows(release, above, django_assert_max_num_queries):
    with django_assert_max_num_queries(18):
        above.client.get(reverse("plan-release", args=[release.pk]))


def test_pages_are_in_english_too(imported, release, above):
    above.client.cookies["jz_language"] = "en"
    for address in (
        reverse("plan-import-review", args=[imported.pk]),
        reverse("plan-import-row", args=[imported.pk, uid(imported)]),
        reverse("plan-release", args=[release.pk]),
    ):
        page = above.client.get(address)
        assert page.status_code == 200 and '<html lang="en"' in text_of(page)


# --- what can be read in two ways ---------------------------------------------------------------------------


@pytest.fixture
def doubtful(above) -> Import:
    return importing.start(DOUBTFUL.encode(), "分工.txt", above.acting)


def test_a_doubt_stands_at_its_row_and_in_the_source_with_both_readings(above, doubtful):
    page = text_of(above.client.get(reverse("plan-import-review", args=[doubtful.pk])))
    id = next(d["id"] for d in doubtful.mended["doubts"] if d["code"] == "first-leads")
    assert f'id="q-{id}"' in page and f'href="#s-{id}"' in page and f'id="s-{id}"' in page
    assert "只用于这一项" in page and "以后各项也是" in page
    assert page.index('id="p-r2"') < page.index(f'id="q-{id}"') < page.index('id="p-r3"')


def test_a_reading_is_chosen_with_a_button(above, doubtful):
    address = reverse("plan-import-review", args=[doubtful.pk])
    id = next(d["id"] for d in doubtful.mended["doubts"] if d["code"] == "first-leads")
    given = {"do": "reading-1", "doubt": id, "place": f"q-{id}", "_seq": 1, "_key": "c"}
    answer = above.client.post(address, given)
    assert answer["Location"].endswith(f"#q-{id}")
    doubtful.refresh_from_db()
    assert [d["duty"] for d in doubtful.mended["rows"][2]["duties"]] == ["led", "support"]
    assert "已选定" in text_of(above.client.get(address))


@pytest.mark.parametrize("do", ["reading-9", "reading-x", "reading-"])
def test_a_reading_that_is_not_there_changes_nothing(above, doubtful, do):
    address = reverse("plan-import-review", args=[doubtful.pk])
    page = above.client.post(address, {"do": do, "doubt": "d1", "_seq": 1, "_key": "c"}, follow=True)
    assert "没有这一处存疑" in text_of(page)
    doubtful.refresh_from_db()
    assert doubtful.seq == 1


def test_time_limits_are_offered_at_the_row_and_taken_with_a_form(above, doubtful):
    address = reverse("plan-import-review", args=[doubtful.pk])
    page = text_of(above.client.get(address))
    assert "2023年6月底前" in page and "规划期内每年一个" in page and "没有写年份" in page
    given = {"do": "take-points", "row": "r2", "point": ["0", "1"], "due-1": "", "_seq": 1, "_key": "m"}
    assert "请填写到期日" in text_of(above.client.post(address, given, follow=True))
    given |= {"due-1": "明天"}
    assert "不是日期" in text_of(above.client.post(address, given, follow=True))
    above.client.post(address, given | {"due-1": "2024-09-30"})
    doubtful.refresh_from_db()
    assert [p.get("due") for p in doubtful.mended["rows"][1]["points"]] == [None, "2024-09-30"]


def test_an_import_of_before_doubts_were_kept_is_still_shown(above, doubtful):
    doubtful.refresh_from_db()
    for doc in (doubtful.parse, doubtful.mended):
        del doc["doubts"]
        for row in doc["rows"]:
            del row["points"], row["remarks"]
    doubtful.save()
    assert above.client.get(reverse("plan-import-review", args=[doubtful.pk])).status_code == 200


@pytest.mark.parametrize("id", ["²", "9" * 5000, "-1", "x", "９" * 30])
def test_a_number_that_no_form_sends_is_answered_in_words(imported, above, id):
    address = reverse("plan-import-review", args=[imported.pk])
    chosen = above.client.post(address, {"do": f"reading-{id}", "doubt": "d1", "_seq": imported.seq, "_key": "n"})
    assert chosen.status_code in (302, 400, 422)
    points = {"do": "take-points", "row": uid(imported), "point": id, "_seq": imported.seq, "_key": "m"}
    assert above.client.post(address, points).status_code in (302, 400, 422)
    assert above.client.post(address, {"do": "undo", "_seq": id, "_key": "o"}).status_code == 400
    imported.refresh_from_db()
    assert imported.seq == 1


def test_the_english_review_says_what_its_buttons_do(imported, above):
    above.client.cookies["jz_language"] = "en"
    page = text_of(above.client.get(reverse("plan-import-review", args=[imported.pk])))
    assert ">Discard</a>" in page and "Change the document's data" in page
    assert "Discarded" not in page and "”Yes<" not in page and "row-" not in page.split('id="source"')[0]
