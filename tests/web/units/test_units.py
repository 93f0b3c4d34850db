"""The tree of units and the page of a unit, as three people and an administrator see them."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.models import Unit

BINHAI = "/units/tj-binhai/"


@pytest.fixture
def admin(make_person):
    return make_person("admin", "tianjin", "administrator", "管理员")


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_tree_holds_every_unit_once(district):
    page = text_of(district.client.get("/units/"))
    for code in Unit.objects.values_list("code", flat=True):
        assert page.count(f'href="/units/{code}/"') == 1


def test_the_tree_takes_the_same_few_queries_whatever_its_size(district, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        district.client.get("/units/")


def test_the_branch_of_ones_own_unit_is_open(district):
    nodes = district.client.get("/units/").context["nodes"]
    root = nodes[0]
    assert root.open
    assert [n.unit.code for n in root.children if n.open] == ["tj-binhai"]


@pytest.mark.parametrize("word", ["滨海", "BINHAI", "tj-binhai"])
def test_a_unit_is_found_by_any_of_its_names(district, word):
    found = district.client.get("/units/", {"q": word})
    assert BINHAI in text_of(found)
    assert "/units/tj-dongli/" not in text_of(found).split("<main")[1]


def test_an_alias_finds_its_unit(district):
    assert "/units/tj-dongli/" in text_of(district.client.get("/units/", {"q": "东丽区"}))


def test_a_level_is_a_filter_in_the_address(district):
    page = text_of(district.client.get("/units/?level=street"))
    assert "华明" in page
    assert "共 4 个单位" in page
    assert district.client.get("/units/?level=village").status_code == 400


def test_nothing_found_says_the_way_out(district):
    assert "没有找到单位" in text_of(district.client.get("/units/?q=火星"))


def test_the_export_holds_all_rows_of_the_filter_and_says_what_they_are(district):
    answer = district.client.get("/units/?level=district&export=xlsx")
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["单位", "说明"]
    assert book["单位"].max_row == 17
    said = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert said["层级"] == "区"
    assert said["截至"] == "2026-11-22"


def test_a_unit_says_its_names_place_and_groups(district):
    page = text_of(district.client.get(BINHAI))
    for word in ("滨海新区人民政府", "各区人民政府", "/units/tianjin/"):
        assert word in page


def test_an_unknown_unit_is_a_clear_404(district):
    assert district.client.get("/units/nowhere/").status_code == 404


@pytest.mark.parametrize("who", ["district", "above", "elsewhere"])
def test_people_are_shown_to_administrators_only(who, request, district, admin):
    reader = request.getfixturevalue(who)
    page = text_of(reader.client.get(BINHAI)).split("<main")[1]
    assert "人员与任职" not in page
    assert "修改联系人" not in page
    seen = text_of(admin.client.get(BINHAI)).split("<main")[1]
    assert "滨海填报人" in seen
    assert "修改联系人" in seen


@pytest.mark.parametrize("who", ["district", "above", "elsewhere"])
def test_only_an_administrator_writes_a_contact(who, request):
    reader = request.getfixturevalue(who)
    assert reader.client.post(BINHAI, {"contact": "x"}).status_code == 403
    assert Unit.objects.get(code="tj-binhai").contact == ""


def test_a_contact_is_written_with_one_event(admin):
    answer = admin.client.post(BINHAI, {"contact": " 王处 022-1234 ", "_seq": "0", "_key": "a"})
    assert answer.status_code == 302
    assert Unit.objects.get(code="tj-binhai").contact == "王处 022-1234"
    event = Event.objects.get(stream="unit:tj-binhai")
    assert event.verb == "set-contact"
    assert "王处" in text_of(admin.client.get(BINHAI))


def test_a_stale_contact_is_a_conflict_and_keeps_what_was_typed(admin):
    admin.client.post(BINHAI, {"contact": "甲", "_seq": "0", "_key": "a"})
    stale = admin.client.post(BINHAI, {"contact": "乙", "_seq": "0", "_key": "b"})
    assert stale.status_code == 409
    assert "乙" in text_of(stale)
    assert Unit.objects.get(code="tj-binhai").contact == "甲"


def test_a_contact_too_long_names_the_field(admin):
    answer = admin.client.post(BINHAI, {"contact": "长" * 121, "_seq": "0", "_key": "a"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text_of(answer)


def test_a_stranger_must_sign_in(client, city):
    assert client.get("/units/")["Location"].startswith("/accounts/login/")
