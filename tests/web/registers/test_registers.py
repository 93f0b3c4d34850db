"""Pages of registers: what three people see, writing, conflicts, personal data, Excel out and in."""

import io
import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.evidence.store.store import attach
from jinzhi.apps.registers.actions import create, update
from jinzhi.apps.registers.models import Entry
from jinzhi.kernel.access import Role
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.register import Register

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
POINT = {
    "name": "华明街工作站", "kind": "workstation", "unit": "tj-binhai", "address": "弘程道 1 号",
    "telephone": "022-00000000", "opened_on": "2024-04-26", "online": "true", "contact": "王某某",
}  # fmt: skip
BUDGET = {
    "project": "公共服务网点建设", "row": "S2", "unit": "tj-binhai", "year": 2026, "source": "district",
    "budget": "100", "spent": "80", "as_of": "2026-10-31",
}  # fmt: skip
LIST = "/registers/service-points/"


@pytest.fixture
def point(district):
    return create("service-points", POINT, who=district.acting)


def text(response):
    return response.content.decode()


def hidden_fields(page):
    return {m[0]: m[1] for m in re.findall(r'name="(_\w+)" value="([^"]*)"', page)}


def kept(entry):
    return Entry.objects.unrestricted("test").get(pk=entry.pk)


@pytest.mark.parametrize("declared", catalogue().all(Register), ids=lambda r: r.id)
def test_every_register_has_its_pages(declared, above):
    assert declared.zh in text(above.client.get("/registers/"))
    for name in ("register", "entry-new", "register-import"):
        response = above.client.get(reverse(name, args=[declared.id]))
        assert response.status_code == 200 and declared.zh in text(response)
    assert above.client.get(reverse("register-export", args=[declared.id])).headers["Content-Type"] == XLSX


def test_what_stands_in_a_row_is_parted_as_the_language_of_the_page_does(above):
    roles = [catalogue().get(Role, id) for id in catalogue().get(Register, "service-points").writes]
    assert "、".join(r.zh for r in roles) in text(above.client.get("/registers/"))
    above.client.cookies["jz_language"] = "en"
    assert ", ".join(r.en for r in roles) in text(above.client.get("/registers/"))
    for link in ("/registers/", "/catalogue/", "/procedures/supervision-order/"):
        page = re.sub(r"<[^>]*>", "\n", text(above.client.get(link)))
        assert not re.search(r"[A-Za-z0-9)]、", page), link


def test_everybody_reads_a_public_register_and_only_its_keepers_see_personal_data(
    point, district, above, elsewhere, make_person
):
    url = reverse("entry", args=["service-points", point.pk])
    anybody = Client()
    for client in (district.client, above.client, elsewhere.client, anybody):
        assert client.get(url).status_code == 200
        assert "华明街工作站" in text(client.get(LIST))
        assert "王某某" not in text(client.get(url))
    handler = make_person("handler", "tj-binhai", "case-handler")
    other = make_person("other-handler", "tj-dongli", "case-handler")
    assert "王某某" in text(handler.client.get(url))
    assert "王某某" not in text(other.client.get(url)), "a role that sees personal data sees that of its own units"
    sheet = load_workbook(io.BytesIO(other.client.get(reverse("register-export", args=["service-points"])).content))
    assert "王某某" not in str([[c.value for c in row] for row in sheet.active.iter_rows()])
    assert elsewhere.client.get(reverse("entry-edit", args=["service-points", point.pk])).status_code == 404


def test_the_public_reads_public_registers_and_is_led_to_the_sign_in_from_all_else(point, district):
    budget = create("budget-items", BUDGET, who=district.acting)
    anybody = Client()
    index = text(anybody.get("/registers/"))
    assert "service-points" in index
    assert "budget-items" not in index
    for address in ("/", "/cases/", "/units/", "/evidence/", "/custody/", "/search/?q=a"):
        assert "/accounts/login/" in anybody.get(address, follow=True).redirect_chain[-1][0], address
    for address in ("/registers/budget-items/", reverse("entry", args=["budget-items", budget.pk])):
        refused = anybody.get(address)
        assert refused.status_code == 403
        assert "/accounts/login/?next=/registers/" in text(refused), "a dead end leads on to the sign-in"
    assert "/accounts/login/" in anybody.post(reverse("entry-new", args=["service-points"]), {}).headers["Location"]
    listed = anybody.get("/api/v1/registers/service-points/entries").json()
    assert [e["number"] for e in listed["items"]] == [point.number]
    assert "王某某" not in str(listed)
    assert anybody.get("/api/v1/registers/budget-items/entries").status_code == 404


def test_nothing_within_reach_is_told_from_nothing_at_all(district, elsewhere):
    url = "/registers/budget-items/"
    assert "还没有条目" in text(elsewhere.client.get(url))
    create("budget-items", BUDGET, who=district.acting)
    told = text(elsewhere.client.get(url))
    assert "您的范围内没有条目" in told
    assert "还没有条目" not in told


def test_an_entry_stands_under_its_own_register_only(point, district):
    assert district.client.get(f"/registers/budget-items/{point.pk}/").status_code == 404
    assert district.client.get("/registers/no-such/").status_code == 404


def test_filters_are_in_the_address_and_a_wrong_one_is_said(point, district):
    assert "华明街工作站" in text(district.client.get(LIST + "?kind=workstation&opened_on_from=2024-04-26&q=弘程道"))
    assert "没有符合条件的条目" in text(district.client.get(LIST + "?kind=window"))
    assert district.client.get(LIST + "?kind=nothing").status_code == 400
    assert district.client.get(LIST + "?opened_on_from=2024-02-30").status_code == 400
    assert district.client.get(LIST + "?sort=contact").status_code == 400, "a sort would give personal data away"


def test_a_new_entry_from_the_form(district):
    page = text(district.client.get(LIST + "new/"))
    response = district.client.post(LIST + "new/", {**POINT, **hidden_fields(page)}, follow=True)
    assert "已登记" in text(response)
    assert Entry.objects.unrestricted("test").get().title == "华明街工作站"
    again = district.client.post(LIST + "new/", {**POINT, **hidden_fields(page)})
    assert again.status_code == 302 and Entry.objects.unrestricted("test").count() == 1


def test_what_was_typed_comes_back_with_the_errors(district):
    response = district.client.post(LIST + "new/", {**POINT, "opened_on": "昨天", "address": ""})
    page = text(response)
    assert response.status_code == 422
    assert "华明街工作站" in page and "昨天" in page
    assert 'href="#f-opened_on"' in page and 'href="#f-address"' in page


def test_a_key_that_exists_is_an_error_at_its_field(point, district):
    response = district.client.post(LIST + "new/", POINT)
    assert response.status_code == 422 and "相同的条目" in text(response)


def test_an_edit_shows_old_and_new_in_the_history(point, district):
    url = reverse("entry-edit", args=["service-points", point.pk])
    given = {**POINT, **hidden_fields(text(district.client.get(url))), "address": "弘程道 2 号", "contact": ""}
    page = text(district.client.post(url, given, follow=True))
    assert "弘程道 1 号" in page and "弘程道 2 号" in page and "滨海填报人" in page
    assert kept(point).data["contact"] == "王某某", "dots left alone stay what they were"


def test_a_stale_form_is_a_conflict_and_nothing_typed_is_lost(point, district):
    url = reverse("entry-edit", args=["service-points", point.pk])
    given = {**POINT, **hidden_fields(text(district.client.get(url))), "address": "弘程道 3 号"}
    update(point, {"telephone": "022-1"}, who=district.acting)
    response = district.client.post(url, given)
    assert response.status_code == 409
    assert "弘程道 3 号" in text(response)
    assert kept(point).data["address"] == "弘程道 1 号"


def test_closing_asks_for_the_reason_and_reopening_too(point, district):
    url = reverse("entry-turn", args=["service-points", point.pk, "close"])
    assert district.client.post(url, {"reason": "", "_seq": "1"}).status_code == 422
    page = text(district.client.post(url, {"reason": "撤并到街道窗口", "_seq": "1"}, follow=True))
    assert "撤并到街道窗口" in page and "已注销" in page
    assert "entry-edit" not in page and "/edit/" not in page
    back = reverse("entry-turn", args=["service-points", point.pk, "reopen"])
    assert "恢复服务" in text(district.client.post(back, {"reason": "恢复服务", "_seq": "2"}, follow=True))


def test_another_unit_can_neither_edit_nor_close(point, elsewhere):
    for name, rest in (("entry-edit", []), ("entry-turn", ["close"])):
        url = reverse(name, args=["service-points", point.pk, *rest])
        assert elsewhere.client.post(url, {**POINT, "reason": "x"}).status_code == 404
    assert kept(point).state == "active"


def test_a_leader_reads_and_is_offered_nothing(point, make_person):
    leader = make_person("leader", "tianjin", "leader")
    page = text(leader.client.get(reverse("entry", args=["service-points", point.pk])))
    assert "/edit/" not in page and 'id="turn"' not in page
    assert leader.client.get(LIST + "new/").status_code == 403
    assert leader.client.post(LIST + "new/", POINT).status_code == 403


def test_personal_data_is_dots_but_for_roles_that_need_it_and_each_viewing_is_logged(point, district, make_person):
    handler = make_person("handler", "tj-binhai", "case-handler")
    url = reverse("entry", args=["service-points", point.pk])
    masked = text(district.client.get(url))
    assert "王某某" not in masked and "●●●" in masked
    assert not Event.objects.filter(stream__startswith="viewing:").exists()
    assert "王某某" in text(handler.client.get(url))
    event = Event.objects.get(stream=f"viewing:entry:{point.pk}")
    assert event.user == handler.user and event.data["fields"] == ["contact"]


def test_personal_data_is_neither_in_the_list_nor_in_the_form_nor_in_the_history(point, district):
    update(point, {"contact": "李某某"}, who=district.acting)
    for url in (LIST, f"{LIST}{point.pk}/", f"{LIST}{point.pk}/edit/"):
        page = text(district.client.get(url))
        assert "王某某" not in page and "李某某" not in page


# --- Excel -------------------------------------------------------------------------------------------------------
def exported(person, query=""):
    return person.client.get(f"{LIST}export.xlsx{query}").content


def changed(content, change):
    book = load_workbook(io.BytesIO(content))
    change(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def uploaded(person, content, name="points.xlsx"):
    return person.client.post(f"{LIST}import/", {"file": SimpleUploadedFile(name, content, XLSX)})


def test_the_export_holds_the_rows_of_the_filter_and_says_which(point, district):
    create("service-points", {**POINT, "name": "乙站", "kind": "window"}, who=district.acting)
    book = load_workbook(io.BytesIO(exported(district, "?kind=window")))
    assert [row[1].value for row in book.worksheets[0].iter_rows(min_row=2) if row[1].value] == ["乙站"]
    said = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert said["筛选条件"] == "网点类型：政务服务窗口"
    assert said["数据截至"] == "2026-11-22" and "滨海填报人" in said["导出人"]


def test_exporting_personal_data_is_logged(point, make_person):
    handler = make_person("handler", "tj-binhai", "case-handler")
    assert "王某某" in str([c.value for c in load_workbook(io.BytesIO(exported(handler))).worksheets[0][2]])
    assert Event.objects.get(stream="viewing:register:service-points").data["entries"] == 1


def test_a_sheet_is_shown_first_and_done_when_confirmed(point, district):
    def work(page):
        page["F2"] = "弘程道 9 号"

    content = changed(exported(district), work)
    response = uploaded(district, content)
    assert response.status_code == 302
    page = text(district.client.get(response.url))
    assert "弘程道 1 号 → 弘程道 9 号" in page
    assert kept(point).data["address"] == "弘程道 1 号", "a preview writes nothing"
    done = district.client.post(response.url, hidden_fields(page), follow=True)
    assert "已导入：新增 0 条，修改 1 条，不变 0 条" in text(done)
    assert kept(point).data["address"] == "弘程道 9 号"
    again = uploaded(district, content)
    assert "没有需要写入的变化" in text(district.client.get(again.url))


@pytest.mark.parametrize("key", ["click", "another window"])
def test_a_sheet_confirmed_twice_is_done_once_and_the_second_says_so(point, district, key):
    """By a double click, from a second window or by going back; new rows and changed ones."""

    def work(page):
        page["F2"] = "弘程道 9 号"
        for c in page[2]:
            page.cell(3, c.column).value = c.value
        page["A3"], page["B3"] = None, "乙站"

    url = uploaded(district, changed(exported(district), work)).url
    fields = hidden_fields(text(district.client.get(url)))
    first = district.client.post(url, {**fields, "_key": "click"}, follow=True)
    assert "已导入：新增 1 条，修改 1 条" in text(first)
    events = Event.objects.count()
    again = district.client.post(url, {**fields, "_key": key}, follow=True)
    assert again.status_code == 200 and "这份表格已经导入，无需再次确认" in text(again)
    assert Event.objects.count() == events


def test_a_wrong_cell_is_named_and_the_preview_cannot_be_confirmed(point, district):
    content = changed(exported(district), lambda p: p.__setitem__("I2", "昨天"))
    page = text(district.client.get(uploaded(district, content).url))
    assert "第 2 行 I 列“设立日期”：“昨天”不是日期" in page
    assert "确认导入" not in page and "重新上传" in page


def test_a_preview_that_is_out_of_date_is_shown_anew(point, district):
    content = changed(exported(district), lambda p: p.__setitem__("F2", "弘程道 9 号"))
    url = uploaded(district, content).url
    fields = hidden_fields(text(district.client.get(url)))
    update(point, {"telephone": "022-1"}, who=district.acting)
    response = district.client.post(url, fields)
    assert response.status_code == 409 and "有了新的变化" in text(response)
    assert kept(point).data["address"] == "弘程道 1 号"


def test_the_upload_of_somebody_else_is_not_there(point, district, above):
    url = uploaded(district, exported(district)).url
    assert above.client.get(url).status_code == 404


def test_what_is_no_workbook_is_said(district):
    response = uploaded(district, b"name,address\n", "points.csv")
    assert response.status_code == 422 and "不是 Excel 工作簿" in text(response)


# --- cost --------------------------------------------------------------------------------------------------------
def test_the_list_costs_the_same_for_one_row_and_for_fifty(point, district, django_assert_max_num_queries):
    for n in range(49):
        create("service-points", {**POINT, "name": f"站 {n}"}, who=district.acting)
    with django_assert_max_num_queries(16):
        assert "第 1–50 条，共 50 条" in text(district.client.get(LIST))


def test_the_index_counts_in_one_query(point, district, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        district.client.get("/registers/")


@pytest.fixture
def private_fields():
    """The public register of service points has a personal number and a personal file as well."""
    register = catalogue().get(Register, "service-points")
    more = (
        Field(id="age", zh="联系人年龄", en="Age", type=Type.INT, required=False, open_to="personal"),
        Field(id="paper", zh="聘书", en="Paper", type=Type.FILE, required=False, open_to="personal"),
    )
    kept, fields = dict(vars(register)), (*register.fields, *more)
    vars(register).clear()
    vars(register).update({k: v for k, v in kept.items() if not k.startswith("_")}, fields=fields)
    yield register
    vars(register).clear()
    vars(register).update(kept)


def test_a_personal_number_or_file_of_another_unit_is_hidden_in_a_public_register(
    private_fields, district, elsewhere, make_person
):
    file = attach(
        SimpleUploadedFile("a.txt", b"x"), unit=district.acting.unit, stream="register:service-points", user=None
    )
    made = create("service-points", {**POINT, "age": 7349, "paper": str(file.pk)}, who=district.acting)
    handler = make_person("handler", "tj-binhai", "case-handler")
    other = make_person("other-handler", "tj-dongli", "case-handler")
    address = reverse("attachment", args=[file.token])
    for client in (Client(), elsewhere.client, other.client):
        for url in (LIST, reverse("entry", args=["service-points", made.pk]), f"/api/v1/entries/{made.pk}"):
            assert "7349" not in re.sub(r"7,349", "7349", text(client.get(url))), url
        assert client.get(address).status_code in (302, 404)
    assert "7349" in text(handler.client.get(LIST)).replace(",", "")
    assert handler.client.get(address).status_code == 200


def test_a_title_that_is_personal_stops_the_start():
    register = catalogue().get(Register, "service-points")
    fields = tuple(replace(f, open_to="personal") if f.id == register.title else f for f in register.fields)
    assert any("stand in lists" in p for p in replace(register, fields=fields).problems(catalogue()))
