"""Applicants: names joined by people, with kind, time and source; taken away, taken back; what they filed."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from jinzhi.apps.evidence.models import Event
from jinzhi.apps.patents.models import Alias, Applicant, Document
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.apps.patents.search.index import update
from jinzhi.apps.patents.search.result import search
from jinzhi.apps.patents.store import applicants
from jinzhi.apps.patents.store.storing import prepare, store
from jinzhi.kernel.patent import PatentParty
from tests.web.patents.test_patents import document, patents  # noqa: F401 - fixture

pytestmark = pytest.mark.usefixtures("patents")
FIRM, MILL, SCHOOL = "天津某电池有限公司", "天津某电池厂", "天津某大学"
GIVEN = {"name": MILL, "kind": "former", "until": "2022-01-01", "basis": "2022-01-01 名称变更登记"}


@pytest.fixture
def old() -> None:
    store([prepare(document("CN118000008A", "一种电池极片", applicants=(PatentParty(MILL), PatentParty(SCHOOL))))])


@pytest.fixture
def firm() -> Applicant:
    return Applicant.objects.get(name=FIRM)


def page_of(row: Applicant) -> str:
    return f"/patents/applicants/{row.pk}/"


def link(person, row: Applicant, **more):
    return person.client.post(page_of(row), {**GIVEN, "_seq": applicants.seq_of(row), **more})


def test_a_link_joins_the_documents_and_leaves_an_event(above, old, firm):
    assert above.client.get(page_of(firm)).context["search"].total == 3
    assert link(above, firm).status_code == 302
    alias = Alias.objects.get()
    assert (alias.name, alias.kind, alias.until, alias.basis) == (MILL, "former", date(2022, 1, 1), GIVEN["basis"])
    event = Event.objects.get(stream=f"applicant:{firm.pk}")
    assert (event.verb, event.data["name"], event.actor) == ("alias-linked", MILL, "规划办")
    page = above.client.get(page_of(firm))
    assert page.context["search"].total == 4
    text = page.content.decode()
    assert MILL in text
    assert "曾用名" in text
    assert GIVEN["basis"] in text


def test_documents_that_bear_the_name_are_indexed_anew_and_found_by_the_applicant(above, old, firm, settings, tmp_path):
    settings.JINZHI_SEARCH, settings.JINZHI_INDEX = "tantivy", tmp_path / "index"
    update()
    assert search(f'pan="{FIRM}"').count == 3
    link(above, firm)
    assert search(f'pan="{FIRM}"').behind == 1
    assert update() == 1
    assert search(f'pan="{FIRM}"').count == 4
    assert search(f'pa="{FIRM}"').count == 3


def test_a_link_is_taken_away_with_a_reason_and_taken_back(above, old, firm):
    link(above, firm)
    alias = Alias.objects.get()
    where = f"{page_of(firm)}names/{alias.pk}/unlink/"
    above.client.post(where, {"_seq": 1, "reason": " "})
    assert Alias.objects.exists()
    above.client.post(where, {"_seq": 1, "reason": "不是同一家"})
    assert not Alias.objects.exists()
    assert Event.objects.filter(stream=f"applicant:{firm.pk}").last().data["reason"] == "不是同一家"
    above.client.post(f"{page_of(firm)}undo/", {"_seq": 2})
    again = Alias.objects.get()
    assert (again.name, again.kind, again.until, again.basis) == (alias.name, alias.kind, alias.until, alias.basis)
    text = above.client.get(page_of(firm)).content.decode()
    assert "撤销最近一次变动" not in text
    assert text.count("天津某电池厂（曾用名）") == 3


def test_a_first_link_is_taken_back(above, old, firm):
    link(above, firm)
    above.client.post(f"{page_of(firm)}undo/", {"_seq": 1})
    assert not Alias.objects.exists()
    assert above.client.get(page_of(firm)).context["search"].total == 3


def test_the_same_form_twice_is_one_link(above, old, firm):
    for _time in range(2):
        assert link(above, firm, _seq=0, _key="k").status_code == 302
    assert Alias.objects.count() == Event.objects.filter(stream=f"applicant:{firm.pk}").count() == 1


def test_a_stale_form_meets_a_conflict(above, old, firm):
    link(above, firm)
    assert link(above, firm, _seq=0, name="另一名称").status_code == 409
    assert above.client.post(f"{page_of(firm)}undo/", {"_seq": 7}).status_code == 409


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"name": ""}, "必填"),
        ({"name": FIRM}, "申请人自己的名称"),
        ({"kind": "cousin"}, "不在可选项中"),
        ({"basis": ""}, "必填"),
        ({"since": "2023-01-01"}, "不能早于"),
        ({"until": "someday"}, "日期"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_with_what_was_typed(above, firm, given, word):
    page = link(above, firm, **given)
    assert page.status_code == 422
    text = page.content.decode()
    assert word in text
    assert GIVEN["basis"] in text or "basis" in given
    assert not Alias.objects.exists()


def test_names_make_no_chains(above, old, firm):
    link(above, firm)
    mill, school = Applicant.objects.get(name=MILL), Applicant.objects.get(name=SCHOOL)
    with pytest.raises(SearchRefused, match="本身是"):
        applicants.link(mill, "旧厂", "written", basis="x", who=above.acting)
    with pytest.raises(SearchRefused, match="自己还有别名"):
        applicants.link(school, FIRM, "group", basis="x", who=above.acting)
    assert f"这是“{FIRM}”的曾用名" in above.client.get(page_of(mill)).content.decode()


def test_only_people_of_the_office_join_names(district, elsewhere, above, old, firm):
    for person in (district, elsewhere):
        assert link(person, firm).status_code == 422
        assert "关联一个名称" not in person.client.get(page_of(firm)).content.decode()
    assert not Alias.objects.exists()
    link(above, firm)
    alias = Alias.objects.get()
    district.client.post(f"{page_of(firm)}names/{alias.pk}/unlink/", {"_seq": 1, "reason": "x"})
    district.client.post(f"{page_of(firm)}undo/", {"_seq": 1})
    assert Alias.objects.exists()
    assert district.client.get(page_of(firm)).context["search"].total == 4


def test_the_list_finds_by_any_name_and_counts_with_all_of_them(above, district, old, firm):
    link(above, firm)
    page = district.client.get("/patents/applicants/", {"q": "电池厂"})
    [row] = page.context["table"].rows
    assert [c.value if hasattr(c, "value") else c for c in row.cells] == [FIRM, MILL, "滨海新区", "4"]
    found = district.client.get(row.cells[3].href)
    assert found.context["search"].total == 4
    whole = district.client.get("/patents/applicants/")
    assert whole.context["total"] == 2
    assert "没有名称含" in district.client.get("/patents/applicants/", {"q": "火星"}).content.decode()


def test_every_count_of_the_page_leads_to_its_documents(above, district, old, firm):
    link(above, firm)
    context = district.client.get(page_of(firm)).context
    assert district.client.get(context["own_href"]).context["search"].total == context["own"] == 3
    [name] = context["names"]
    assert district.client.get(name.href).context["search"].total == name.count == 1
    [partner] = context["partners"].rows
    assert partner.cells[0].value == SCHOOL
    assert district.client.get(partner.cells[1].href).context["search"].total == int(partner.cells[1].value) == 1
    assert district.client.get(context["find"]).context["search"].total == 4


def test_a_document_leads_to_its_applicants(district, old, firm):
    text = district.client.get("/patents/CN118000008A/").content.decode()
    links = re.findall(r'href="(/patents/applicants/named/[^"]+)"', text)
    assert len(links) == 2
    page = district.client.get(unescape(links[0]), follow=True)
    assert page.context["applicant"].name == MILL
    assert district.client.get("/patents/applicants/named/", {"name": "火星公司"}).status_code == 404


def test_an_applicant_without_documents_has_a_page(above, city):
    lone = Applicant.objects.create(name="没有文献的申请人")
    page = above.client.get(page_of(lone))
    assert page.status_code == 200
    assert "库中没有它的文献" in page.content.decode()
    assert above.client.get("/patents/applicants/999999/").status_code == 404


def test_the_pages_make_few_statements(above, old, firm, django_assert_max_num_queries):
    above.client.get(page_of(firm))
    with django_assert_max_num_queries(22):
        above.client.get(page_of(firm))
    with django_assert_max_num_queries(16):
        above.client.get("/patents/applicants/")
    assert Document.objects.count() == 5


def test_a_stranger_signs_in(client, firm):
    for path in ("/patents/applicants/", page_of(firm)):
        assert client.get(path).status_code == 302


def test_a_search_says_with_which_names_and_offers_the_other_way(district, above, old, firm):
    link(above, firm)
    page = district.client.get("/patents/", {"pa": FIRM, "q": "电池"})
    [merged] = page.context["names_used"]
    assert (merged.names, merged.merged, merged.page) == ((MILL,), True, page_of(firm))
    text = page.content.decode()
    assert f"合并检索的其他名称：{MILL}" in text
    alone = district.client.get("/patents/" + merged.other)
    assert alone.context["search"].total < page.context["search"].total
    [printed] = alone.context["names_used"]
    assert (printed.names, printed.merged) == ((MILL,), False)
    back = district.client.get("/patents/" + printed.other)
    assert back.context["search"].total == page.context["search"].total
    by_mill = district.client.get("/patents/", {"pap": MILL})
    assert district.client.get("/patents/" + by_mill.context["names_used"][0].other).context["search"].total == 4
    assert district.client.get("/patents/", {"q": f'pan="{FIRM}"'}).context["names_used"][0].names == (MILL,)
    assert district.client.get("/patents/", {"pa": SCHOOL}).context["names_used"] == []
