"""Patents: what a query means and finds, facets and cursors, the document with its hits, and how many statements."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from jinzhi.apps.patents.models import ClassSymbol, Picture
from jinzhi.apps.patents.models import Document as Row
from jinzhi.apps.patents.search.index import update
from jinzhi.apps.patents.store.storing import prepare, prepare_event, store
from jinzhi.kernel.patent import (
    Claim,
    LegalEvent,
    Paragraph,
    Part,
    PatentCitation,
    PatentDocument,
    PatentParty,
    Priority,
    Source,
    Symbol,
    Text,
)
from jinzhi.kernel.query import FIELDS
from jinzhi.web.patents.paging import Expiry, expiry

SOURCE = Source("cnipa-test", "2024/01.zip")


def document(number: str, title: str, **more) -> PatentDocument:
    digits = number[2:-1]
    given = {
        "country": "CN", "doc_number": digits, "kind": number[-1], "publication_number": number,
        "publication_date": date(2024, 3, 1), "application_number": f"CN2022100{digits[-5:]}",
        "application_type": "invention", "filing_date": date(2022, 5, 6), "language": "zh",
        "titles": (Text("zh", title),),
        "applicants": (PatentParty("天津某电池有限公司", province="天津市", city="市辖区", county="滨海新区"),),
        "ipc": (Symbol("ipc", "H01M50/446", main=True),), "source": SOURCE,
    }  # fmt: skip
    return PatentDocument(**{**given, **more})


SEPARATOR = document(
    "CN117000001A",
    "一种锂离子电池用陶瓷涂覆隔膜",
    abstracts=(Text("zh", "本发明公开了一种隔膜，<b>涂层</b>厚度为2微米，隔膜热收缩率低。"),),
    claims=(
        Claim(1, "一种隔膜，其特征在于，包括基膜。"),
        Claim(2, "根据权利要求1所述的隔膜，涂层为勃姆石。", (1,), False),
        Claim(3, "根据权利要求2所述的隔膜，孔隙率为40%。", (2,), False),
        Claim(4, "一种权利要求1所述隔膜的制备方法。", (1,), True),
    ),
    description=(Part("field", (Paragraph("本发明涉及电池领域。", "0001"),)),),
    citations=(PatentCitation(number="CN116000002A", phase="SEA", category="X"),),
)
DETECTOR = document(
    "CN116000002A",
    "电池涂布厚度在线检测装置",
    abstracts=(Text("zh", "通过激光传感器检测隔膜涂布。"),),
    publication_date=date(2023, 2, 1),
    filing_date=date(2021, 1, 4),
    applicants=(PatentParty("天津某大学", province="天津市", city="市辖区", county="南开区"),),
    ipc=(Symbol("ipc", "G01B11/06", main=True),),
)
MODEL = document(
    "CN218000003U",
    "一种电芯夹具",
    application_type="utility-model",
    publication_date=date(2024, 9, 3),
    filing_date=date(2024, 2, 2),
)
LATER = document(
    "CN119000004A",
    "一种隔膜涂覆机",
    priorities=(Priority("CN", SEPARATOR.application_number, "2022-05-06"),),
    filing_date=date(2023, 4, 4),
    publication_date=date(2024, 10, 1),
)


@pytest.fixture
def patents(city) -> None:
    granted = LegalEvent(DETECTOR.application_number, "AA", "授权", date(2024, 5, 1), source=Source("cnipa-prs"))
    store([prepare(d) for d in (SEPARATOR, DETECTOR, MODEL, LATER)], [prepare_event(granted)])


def look(person, q: str = "", **query):
    return person.client.get("/patents/", {"q": q, **query} if q else query)


def numbers(response) -> list[str]:
    return [hit.row.number for hit in response.context["hits"]]


def test_the_empty_box_offers_examples_and_the_collection_says_its_day(district, patents):
    page = look(district)
    text = page.content.decode()
    assert "库内 4 件文献，最近公开日 2024-10-01" in text
    for query, _what, _href in page.context["examples"]:
        answer = look(district, query)
        assert answer.status_code == 200
        assert answer.context["ask"].wrong is None, query


def test_a_word_is_found_in_title_abstract_and_claims_newest_first(district, patents):
    page = look(district, "隔膜")
    assert numbers(page) == ["CN119000004A", "CN117000001A", "CN116000002A"]
    text = page.content.decode()
    assert "系统理解为" in text
    assert "3 件 / 2 个同族" in text


def test_every_alternative_is_marked_in_its_own_class_and_text_is_escaped(district, patents):
    text = look(district, "隔膜 AND 涂层").content.decode()
    assert '<mark class="hit-0">隔膜</mark>' in text
    assert '<mark class="hit-1">涂层</mark>' in text
    assert "&lt;b&gt;" in text
    assert "<b>涂层" not in text


def test_only_words_that_take_part_in_proximity_are_marked(district, patents):
    page = look(district, "ab=(热 (1W) 率)")
    assert numbers(page) == []
    page = look(district, "ab=(隔膜 (0W) 热收缩)")
    text = page.content.decode()
    assert text.count('<mark class="hit-0">隔膜</mark>') == 1  # the second 隔膜 of the abstract, not the first


def test_a_wrong_query_says_where(district, patents):
    page = look(district, "隔膜 AND (涂层")
    assert page.status_code == 200
    text = page.content.decode()
    assert "检索式有误，没有检索" in text
    assert '<mark class="wrong">' in text
    assert "个字符" in page.context["ask"].wrong.message


def test_an_unknown_field_names_the_nearest(district, patents):
    text = look(district, "tii=隔膜").content.decode()
    assert "ti（名称）" in text


def test_a_query_of_nothing_but_not_asks_first(district, patents):
    page = look(district, "NOT 隔膜")
    assert page.context["search"] is None
    assert "确认检索" in page.content.decode()
    assert numbers(look(district, "NOT 隔膜", all="1")) == ["CN218000003U"]


def test_facets_count_all_hits_and_include_and_exclude(district, patents):
    page = look(district, "电池 OR 隔膜 OR 电芯")
    counts = {g.facet.key: {c.value.value: c.value.count for c in g.choices} for g in page.context["groups"]}
    assert counts["typ"] == {"invention": 3, "utility-model": 1}
    assert counts["ipc"] == {"H01M": 3, "G01B": 1}
    assert counts["dist"] == {"tj-binhai": 3, "tj-nankai": 1}
    assert counts["year"] == {"2024": 1, "2023": 1, "2022": 1, "2021": 1}
    assert numbers(look(district, "电池 OR 隔膜 OR 电芯", typ="utility-model")) == ["CN218000003U"]
    without = look(district, "电池 OR 隔膜 OR 电芯", not_typ="utility-model")
    assert "CN218000003U" not in numbers(without)
    assert "专利类型 排除" in without.content.decode()


def test_the_link_of_a_facet_finds_as_many_as_it_says(district, patents):
    page = look(district, "电池 OR 隔膜 OR 电芯")
    for group in page.context["groups"]:
        for one in group.choices:
            found = district.client.get("/patents/" + one.href)
            assert found.context["search"].total == one.value.count, (group.facet.key, one.value)
            rest = district.client.get("/patents/" + one.without)
            assert rest.context["search"].total == 4 - one.value.count


def test_nothing_found_offers_what_to_leave_out(district, patents):
    page = look(district, "隔膜 AND 夹具", typ="invention")
    variants = {v.left_out: v for v in page.context["variants"]}
    assert {name: v.count for name, v in variants.items()} == {"夹具": 3}
    assert district.client.get("/patents/" + variants["夹具"].href).context["search"].total == 3


def test_cursors_walk_every_hit_once(district, patents, monkeypatch):
    monkeypatch.setattr("jinzhi.web.patents.page.PAGE", 2)
    first = look(district, "隔膜")
    second = district.client.get("/patents/" + first.context["following"])
    assert numbers(first) + numbers(second) == ["CN119000004A", "CN117000001A", "CN116000002A"]
    assert second.context["following"] == ""
    assert numbers(district.client.get("/patents/" + second.context["before"])) == numbers(first)
    assert look(district, "隔膜", after="CN218000003U").status_code == 404


def test_pages_have_numbers_and_sizes_and_one_beyond_the_end_is_a_clear_404(district, patents, monkeypatch):
    monkeypatch.setattr("jinzhi.web.patents.page.PAGE", 2)
    first = look(district, "隔膜")
    assert [(p.label, p.current) for p in first.context["numbers"]] == [("1", True), ("2", False)]
    second = district.client.get("/patents/" + first.context["numbers"][1].href)
    assert numbers(second) == ["CN116000002A"]
    assert [p.current for p in second.context["numbers"]] == [False, True]
    assert (second.context["first"], second.context["last"]) == (3, 3)
    assert look(district, "隔膜", page=3).status_code == 404
    assert look(district, "隔膜", page="x").status_code == 400
    assert look(district, "隔膜", size=50).context["numbers"] == []
    assert look(district, "隔膜", size=7).status_code == 400
    # behind a document that ends no page, the addresses before and after go on by documents
    behind = look(district, "隔膜", after=numbers(first)[0])
    assert numbers(behind) == ["CN117000001A", "CN116000002A"]
    assert numbers(district.client.get("/patents/" + behind.context["before"])) == numbers(first)


def test_a_condition_or_another_order_begins_at_the_first_page(district, patents, monkeypatch):
    monkeypatch.setattr("jinzhi.web.patents.page.PAGE", 1)
    page = look(district, "隔膜", page=3)
    for group in page.context["groups"]:
        assert all("page=" not in one.href + one.without for one in group.choices)
    assert all("page=" not in head.href for head in look(district, "隔膜", page=3, view="table").context["heads"])


def test_the_table_shows_the_same_hits_with_heads_that_sort(district, patents):
    listed, table = look(district, "隔膜"), look(district, "隔膜", view="table")
    assert numbers(table) == numbers(listed)
    text = table.content.decode()
    assert '<table class="table">' in text and 'data-number="CN117000001A"' in text
    heads = {str(h.label): h for h in table.context["heads"]}
    assert (heads["公开日"].sorted, heads["申请日"].sorted, heads["状态"].href) == ("descending", "", "")
    turned = district.client.get("/patents/" + heads["公开日"].href)
    assert numbers(turned) == numbers(listed)[::-1]
    assert 'aria-sort="ascending"' in turned.content.decode()
    assert numbers(district.client.get("/patents/" + heads["名称和号码"].href)) == sorted(numbers(listed))
    assert look(district, "隔膜", view="cards").status_code == 400


def test_a_right_that_stands_shows_when_its_term_is_over_as_computed(district, patents):
    day = date(2026, 11, 22)
    row = Row(country="CN", type="utility-model", filed=date(2017, 3, 15), granted=date(2018, 1, 1), state="in-force")
    assert expiry(row, day) == Expiry(date(2027, 3, 15), "剩 113 天")
    row.type = "invention"
    assert expiry(row, day) == Expiry(date(2037, 3, 15), "剩 10.3 年")
    for name, value in (("granted", None), ("state", "ended"), ("country", "US"), ("filed", date(2000, 1, 1))):
        kept = getattr(row, name)
        setattr(row, name, value)
        assert expiry(row, day) is None, name
        setattr(row, name, kept)
    Row.objects.filter(number="CN218000003U").update(
        granted=date(2024, 9, 3), filed=date(2022, 5, 6), type="utility-model", state="in-force"
    )
    for view in ({}, {"view": "table"}):
        text = look(district, "pn=CN218000003U", **view).content.decode()
        assert "届满（推算）" in text and "2032-05-06" in text
        assert "届满（推算） <b>" not in look(district, "pn=CN117000001A", **view).content.decode()


def test_a_hit_shows_the_drawing_that_stands_for_it(district, patents):
    row = Row.objects.get(number="CN117000001A")
    for position, name, kind in ((1, "a.tif", "image/tiff"), (2, "b.png", "image/png"), (3, "c.png", "image/png")):
        Picture.objects.create(
            document=row, position=position, name=name, media_type=kind, size=9, sha256=f"{position}" * 64
        )
    for view in ({}, {"view": "table"}):
        page = look(district, "pn=CN117000001A OR pn=CN116000002A", **view)
        by = {h.row.number: h.drawing for h in page.context["hits"]}
        assert by["CN117000001A"] == f"/patents/CN117000001A/drawings/2?v={'2' * 16}"
        assert by["CN116000002A"] == ""
        assert "无附图" in page.content.decode()


def test_a_wrong_order_is_a_clear_400(district, patents):
    assert look(district, "隔膜", sort="luck").status_code == 400


def test_the_status_says_its_source_and_day(district, patents):
    text = look(district, "pn=CN116000002A").content.decode()
    assert "有效" in text
    assert "授权（cnipa-prs）" in text
    assert "2024-05-01" in text


def test_patents_are_public_to_all_three(district, above, elsewhere, patents):
    for person in (district, above, elsewhere):
        assert len(numbers(look(person, "隔膜"))) == 3
        assert person.client.get("/patents/CN117000001A/").status_code == 200


def test_the_search_page_makes_as_many_statements_for_few_hits_as_for_many(
    district, patents, django_assert_max_num_queries
):
    look(district, "隔膜")
    with django_assert_max_num_queries(31):
        look(district, "电池 OR 隔膜 OR 电芯")


# --- the document ---------------------------------------------------------------------------------------------


def page_of(person, number: str, **query):
    return person.client.get(reverse("patent", args=[number]), query)


def test_any_written_form_leads_to_the_document(district, patents):
    found = page_of(district, "CN117000001", q="隔膜")
    assert found.status_code == 302
    assert found["Location"].startswith("/patents/CN117000001A/?q=")
    assert page_of(district, "CN999999999A").status_code == 404


def test_bibliographic_data_has_inid_codes(district, patents):
    fields = {f.code: f for f in page_of(district, "CN117000001A").context["fields"]}
    assert fields["22"].name == "申请日"
    assert fields["22"].values == [date(2022, 5, 6)]
    assert fields["51"].values == ["H01M50/446"]
    assert "天津某电池有限公司" in fields["71"].values[0]


def test_claims_are_a_tree_that_loses_none(district, patents):
    roots = page_of(district, "CN117000001A").context["claims"]
    assert [(b.claim.number, [c.claim.number for c in b.below]) for b in roots] == [(1, [2]), (4, [])]
    assert [c.claim.number for c in roots[0].below[0].below] == [3]
    text = page_of(district, "CN117000001A").content.decode()
    assert '<a href="#cl-2">2</a>' in text


def test_citations_go_both_ways(district, patents):
    assert 'href="/patents/CN116000002A/"' in page_of(district, "CN117000001A").content.decode()
    assert 'href="/patents/CN117000001A/"' in page_of(district, "CN116000002A").content.decode()


def test_the_family_is_listed(district, patents):
    family = page_of(district, "CN117000001A").context["family"]
    assert [row.cells[0].value for row in family.rows] == ["CN119000004A"]


def test_hits_of_the_query_are_marked_and_neighbours_linked(district, patents):
    page = page_of(district, "CN117000001A", q="隔膜 AND 涂")
    text = page.content.decode()
    assert '<mark class="hit-0">隔膜</mark>' in text
    steps = page.context["steps"]
    assert (steps.place, steps.total) == (2, 3)
    assert steps.previous.startswith("/patents/CN119000004A/?q=")
    assert steps.following.startswith("/patents/CN116000002A/?q=")


def test_a_document_makes_few_statements(district, patents, django_assert_max_num_queries):
    page_of(district, "CN117000001A", q="隔膜")
    with django_assert_max_num_queries(32):
        page_of(district, "CN117000001A", q="隔膜")


# --- the index ------------------------------------------------------------------------------------------------


@pytest.fixture
def index(patents, settings, tmp_path) -> None:
    settings.JINZHI_SEARCH, settings.JINZHI_INDEX = "tantivy", tmp_path


def test_without_an_index_the_page_says_what_to_run(district, index):
    page = look(district, "隔膜")
    assert page.status_code == 503
    text = page.content.decode()
    assert "现在不能检索" in text
    assert "jinzhi patents index" in text


def test_the_index_gives_the_same_and_ranks(district, patents, settings, tmp_path):
    expected = {q: set(numbers(look(district, q))) for q in ("隔膜", "电池 OR 夹具", "涂* NOT 检测")}
    settings.JINZHI_SEARCH, settings.JINZHI_INDEX = "tantivy", tmp_path
    update(rebuild=True)
    for query, found in expected.items():
        page = look(district, query)
        assert page.context["search"].sort == "relevance"
        assert set(numbers(page)) == found
    store([prepare(document("CN120000005A", "一种新隔膜"))])
    assert "还没有进入索引" in look(district, "隔膜").content.decode()
    update()
    assert "CN120000005A" in numbers(look(district, "隔膜"))


# --- beside the box -------------------------------------------------------------------------------------------


def test_a_batch_finds_numbers_in_any_form_and_lists_the_missing(district, patents):
    page = district.client.post("/patents/numbers/", {"numbers": "CN117000001\nCN 116000002 A; CN999999999A\n乱写"})
    assert page.context["found"] == 2
    assert page.context["missing"] == ["CN999999999A", "乱写"]
    opened = district.client.get(page.context["as_query"])
    assert set(numbers(opened)) == {"CN117000001A", "CN116000002A"}


def test_a_visitor_may_post_numbers_and_give_a_few_in_an_address(client, city, patents):
    city.demo = True
    city.save()
    assert client.post("/patents/numbers/", {"numbers": "CN117000001"}).context["found"] == 1
    page = client.get("/patents/numbers/", {"numbers": "CN117000001A,CN999999999A"})
    assert (page.context["found"], page.context["missing"]) == (1, ["CN999999999A"])


def test_somebody_who_may_not_read_may_not_post_numbers(client, city, patents):
    assert "/accounts/login" in client.post("/patents/numbers/", {"numbers": "CN117000001"})["Location"]


def test_a_file_of_numbers_is_read_and_a_picture_is_refused(district, patents):
    page = district.client.post("/patents/numbers/", {"file": SimpleUploadedFile("a.csv", b"CN117000001A\r\n")})
    assert page.context["found"] == 1
    page = district.client.post("/patents/numbers/", {"file": SimpleUploadedFile("a.png", b"\x89PNG\x00\xff\xff\x00")})
    assert page.status_code == 422


def test_the_batch_as_excel_names_the_missing(district, patents):
    answer = district.client.post("/patents/numbers/", {"numbers": "CN117000001A,CN999999999A", "format": "xlsx"})
    book = load_workbook(BytesIO(answer.getvalue()))
    assert ("没有找到", "CN999999999A") in list(book["说明"].iter_rows(values_only=True))


def test_the_form_builds_an_expression_that_can_be_read(district, patents):
    answer = district.client.get("/patents/form/", {"ti": "隔膜 OR 装置", "ipc": "H01M", "ad_from": "2022"})
    assert answer.status_code == 302
    page = district.client.get(answer["Location"])
    assert page.context["ask"].text == "ti=(隔膜 OR 装置) AND ipc=H01M AND ad=[2022 TO *]"
    assert set(numbers(page)) == {"CN117000001A", "CN119000004A"}


def test_the_form_names_the_field_that_is_wrong(district, patents):
    page = district.client.get("/patents/form/", {"ti": "隔膜 AND (", "pa": "大学"})
    assert page.status_code == 422
    assert [f.code for f in page.context["errors"]] == ["ti"]
    assert 'value="大学"' in page.content.decode()


def test_the_help_has_every_field_and_its_examples_run(district, patents):
    page = district.client.get("/patents/fields/")
    assert len(page.context["fields"].rows) == len(FIELDS)
    for row in page.context["signs"].rows:
        answer = district.client.get(row.cells[1].href)
        assert answer.context["ask"].wrong is None, row.cells[1].value


# --- families, picks, preview, sources ------------------------------------------------------------------------


def test_folding_shows_a_line_a_family_and_counts_both(district, patents):
    page = look(district, "隔膜", fold="family", sort="-pd")
    assert numbers(page) == ["CN119000004A", "CN116000002A"]
    assert "3 件 / 2 个同族" in page.content.decode()
    assert [kin.label for kin in page.context["hits"][0].kin] == ["CN117000001A 一种锂离子电池用陶瓷涂覆隔膜"]
    assert look(district, "隔膜", fold="all").status_code == 400


def test_a_document_of_a_folded_family_stands_where_its_family_stands(district, patents):
    steps = page_of(district, "CN117000001A", q="隔膜", fold="family", sort="-pd").context["steps"]
    assert (steps.place, steps.total) == (1, 2)


def test_picks_stay_in_the_address_and_lead_on(district, patents):
    page = look(district, "隔膜", pick="CN119000004A,CN218000003U")
    assert [h.row.number for h in page.context["hits"] if h.picked] == ["CN119000004A"]
    assert page.context["picks_elsewhere"] == ["CN218000003U"]
    several = {"q": "隔膜", "pick": ["CN119000004A", "CN218000003U"]}
    kept = district.client.get("/patents/selection/", {**several, "do": "keep"})
    assert kept["Location"] == "/patents/?q=%E9%9A%94%E8%86%9C&pick=CN119000004A,CN218000003U#results"
    seen = district.client.get("/patents/selection/", {**several, "do": "view"}, follow=True)
    assert set(numbers(seen)) == {"CN119000004A", "CN218000003U"}
    file = district.client.get("/patents/selection/", {**several, "do": "csv"}, follow=True)
    assert file.getvalue().decode("utf-8-sig").count("\r\n") == 3
    listed = district.client.get("/patents/selection/", {**several, "do": "numbers"})
    assert listed["Location"] == "/patents/numbers/?numbers=CN119000004A,CN218000003U"


def test_every_kind_of_file_is_offered_of_the_picked(district, patents):
    page = district.client.get("/patents/selection/", {"pick": "CN119000004A", "do": "export"}, follow=True)
    assert page.status_code == 200
    assert page.context["search"].total == 1


def test_nothing_picked_leads_back_with_a_word(district, patents):
    page = district.client.get("/patents/selection/", {"q": "隔膜", "do": "view"}, follow=True)
    assert "没有勾选文献" in page.content.decode()
    assert district.client.get("/patents/selection/", {"pick": "CN119000004A", "do": "luck"}).status_code == 404


def test_too_many_picks_are_a_clear_400(district, patents):
    assert look(district, "隔膜", pick=",".join(f"CN{n}A" for n in range(101))).status_code == 400


def test_the_preview_has_an_address_and_comes_alone_when_asked(district, patents):
    page = look(district, "隔膜", doc="CN117000001A")
    assert page.context["preview"].row.number == "CN117000001A"
    assert 'aria-current="true"' in page.content.decode()
    query = {"q": "涂层", "doc": "CN117000001A"}
    alone = district.client.get("/patents/preview/", query, headers={"X-Requested-With": "fetch"}).content.decode()
    assert "<html" not in alone
    assert '<mark class="hit-0">涂层</mark>' in alone
    assert district.client.get("/patents/preview/", query).status_code == 302
    assert look(district, "隔膜", doc="CN218000003U").status_code == 404


def test_every_source_says_its_last_issue(district, patents):
    rows = look(district, "隔膜").context["sources"].rows
    assert [row.cells[0] for row in rows] == ["cnipa-prs", "cnipa-test"]
    assert rows[1].cells[1:4] == ["2024-10-01", "2024-10-01", "4"]


def test_a_district_is_called_by_its_own_name(district, patents):
    page = look(district, "隔膜")
    assert {c.value.label for g in page.context["groups"] if g.facet.key == "dist" for c in g.choices} == {
        "滨海新区", "南开区",
    }  # fmt: skip
    assert {hit.district for hit in page.context["hits"]} == {"滨海新区", "南开区"}


# --- comparison -----------------------------------------------------------------------------------------------


def test_claims_stand_beside_those_most_like_them_with_what_differs_marked(district, patents):
    other = (Claim(1, "一种电池。"), Claim(2, "根据权利要求1所述的隔膜，涂层为氧化铝。", (1,), False))
    store([prepare(document("CN121000007A", "另一种隔膜", claims=other))])
    page = district.client.get("/patents/compare/", {"a": "CN117000001A", "b": "CN121000007"})
    pairs = [(p.a and p.a.number, p.b and p.b.number) for p in page.context["pairs"]]
    assert (2, 2) in pairs
    assert page.context["counts"] == {"same": 0, "differ": 1, "only_a": 3, "only_b": 1}
    text = page.content.decode()
    assert "涂层为<del>勃姆石</del>。" in text
    assert "涂层为<ins>氧化铝</ins>。" in text


def test_two_chosen_claims_are_compared_however_unlike(district, patents):
    page = district.client.get(
        "/patents/compare/", {"a": "CN117000001A", "b": "CN117000001A", "claim_a": "1", "claim_b": "3"}
    )
    assert [(p.a.number, p.b.number, p.same) for p in page.context["pairs"]] == [(1, 3, False)]


def test_a_document_that_is_not_there_is_named_beside_its_field(district, patents):
    page = district.client.get("/patents/compare/", {"a": "CN117000001A", "b": "CN999999999A"})
    assert page.status_code == 404
    assert "库中没有 CN999999999A" in page.content.decode()
    assert district.client.get("/patents/compare/").status_code == 200


def test_a_comparison_makes_few_statements(district, patents, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        district.client.get("/patents/compare/", {"a": "CN117000001A", "b": "CN116000002A"})


# --- the document beside its hits -----------------------------------------------------------------------------


def test_citations_are_drawn_one_step_both_ways(district, patents):
    graph = page_of(district, "CN116000002A").context["graph"]
    assert ([n.number for n in graph.before], [n.number for n in graph.after]) == ([], ["CN117000001A"])
    assert page_of(district, "CN218000003U").context["graph"] is None


def test_a_claim_says_which_claims_refer_to_it(district, patents):
    assert page_of(district, "CN117000001A").context["claims"][0].referred == (2, 4)


def test_cases_about_the_document_are_listed_or_said_to_be_none(district, patents):
    assert "没有以本件或其申请为对象的" in page_of(district, "CN117000001A").content.decode()


# --- completion, patience -------------------------------------------------------------------------------------


def offered(person, text: str) -> tuple[int, list[str]]:
    told = person.client.get("/patents/complete/", {"q": text}).json()
    return told["from"], [one["text"] for one in told["options"]]


def test_fields_are_completed_by_code_and_by_name(district, patents):
    assert offered(district, "电池 AND ip") == (7, ["ipc=", "ipcm=", "ipclow=", "ipcmlow=", "ipcx=", "gd="])
    at, found = offered(district, "申请")
    assert at == 0
    assert {"pa=", "an=", "ad="} <= set(found)
    assert offered(district, "电池") == (0, [])


def test_classes_are_completed_with_titles(district, patents):
    assert offered(district, "ipc=h01m50") == (4, ["H01M50/446"])
    ClassSymbol.objects.create(scheme="ipc", edition="2026.01", symbol="H01M", position=1, zh="化学能直接转变为电能")
    told = district.client.get("/patents/complete/", {"q": "ipc=(H01"}).json()
    assert told == {"from": 5, "options": [{"text": "H01M", "note": "化学能直接转变为电能"}], "more": 0}


def test_the_status_is_completed_from_nothing(district, patents):
    assert offered(district, "st=") == (3, ["有效", "审中", "失效", "未确认"])
    assert offered(district, "typ=实")[1] == ["实用新型"]


def test_a_search_that_is_not_done_soon_says_so_and_goes_on(district, patents, monkeypatch):
    monkeypatch.setattr("jinzhi.web.patents.page.SOON", 0.0)
    # each of these queries stands in one test only: an answer that is kept is not evaluated again
    page = look(district, "隔膜 AND 基膜 AND 孔隙率")
    text = page.content.decode()
    assert "还没有完成" in text
    assert "data-slow=" in text
    waited = district.client.get("/patents/" + page.context["slow"]["go_on"])
    assert numbers(waited) == ["CN117000001A"]


def test_a_document_does_not_wait_for_a_slow_search(district, patents, monkeypatch):
    monkeypatch.setattr("jinzhi.web.patents.document.PATIENCE", 0.0)
    page = page_of(district, "CN117000001A", q="隔膜 AND 基膜 AND 厚度")
    assert page.context["steps"] is None
    assert "没有标出命中词" in page.content.decode()


def test_a_search_past_the_last_limit_offers_a_way_out(district, patents, monkeypatch):
    monkeypatch.setattr("jinzhi.web.patents.page.LONG", 0.0)
    text = look(district, "隔膜 AND 基膜 AND 勃姆石", wait="1").content.decode()
    assert "没有完成，已停止" in text
    assert "缩小范围" in text


def test_somebody_who_waits_can_stop_the_engine(district, patents, monkeypatch, settings, tmp_path):
    settings.VAR = tmp_path
    monkeypatch.setattr("jinzhi.engines.patience.LOOK", 0.0)
    name = "x" * 20
    assert district.client.post("/patents/stop/", {"ticket": name}).status_code == 204
    text = district.client.get(
        "/patents/", {"q": "隔膜 AND 基膜 AND 热收缩率"}, headers={"X-Ticket": name}
    ).content.decode()
    assert "检索已停止" in text
    # whoever asks again under the name is not stopped by what was asked before
    again = district.client.get("/patents/", {"q": "隔膜 AND 基膜 AND 热收缩率"}, headers={"X-Ticket": name})
    assert numbers(again) == ["CN117000001A"]
    assert district.client.post("/patents/stop/", {"ticket": "../x"}).status_code == 400
    assert district.client.get("/patents/", {"q": "隔膜"}, headers={"X-Ticket": "../x"}).status_code == 400


# --- likeness -------------------------------------------------------------------------------------------------


def test_what_is_like_a_document_says_why_with_its_weights(district, patents):
    page = district.client.get("/patents/similar/", {"to": "CN117000001A"})
    hits = {hit.row.number: hit for hit in page.context["hits"]}
    assert "CN117000001A" not in hits
    assert "同族" in [r.label for r in hits["CN119000004A"].reasons]
    assert "本件引证它" in [s for r in hits["CN116000002A"].reasons for s in r.shared]
    assert "H01M50/446" in [s for r in hits["CN119000004A"].reasons for s in r.shared]
    without = district.client.get("/patents/" + "similar/" + page.context["toggle"])
    assert "CN119000004A" not in [hit.row.number for hit in without.context["hits"]]


def test_a_long_text_is_posted_by_a_visitor_too(client, city, patents):
    city.demo = True
    city.save()
    page = client.post("/patents/similar/", {"text": "一种隔膜\n" + "在基膜上涂覆陶瓷浆料，测量涂布厚度。" * 100})
    assert page.status_code == 200
    assert page.context["hits"][0].row.number in {"CN117000001A", "CN119000004A", "CN116000002A"}
    assert client.post("/patents/similar/", {"text": "隔" * 20_001}).status_code == 422


def test_likeness_is_part_of_the_language_and_says_how_many(district, patents):
    page = look(district, '~2"在基膜上涂覆陶瓷的隔膜"')
    assert page.context["search"].total == 2
    assert "前 2 篇" in page.context["understood"]
    assert "前 100 篇" in look(district, '~"隔膜" AND 涂覆').context["understood"]


def test_likeness_to_what_is_not_there_is_404(district, patents):
    page = district.client.get("/patents/similar/", {"to": "CN999999999A"})
    assert page.status_code == 404
    assert district.client.get("/patents/similar/").status_code == 200


def test_likeness_makes_few_statements(district, patents, django_assert_max_num_queries):
    district.client.get("/patents/similar/", {"to": "CN117000001A"})
    with django_assert_max_num_queries(14):
        district.client.get("/patents/similar/", {"to": "CN117000001A"})


def test_a_model_that_the_operator_names_is_named_with_every_likeness(district, patents, settings, tmp_path):
    settings.JINZHI_VECTORS = str(tmp_path / "words.npz")
    page = look(district, '~3"隔膜的制备"')
    assert "没有向量模型文件" in page.context["ask"].wrong.message
    assert district.client.get("/patents/similar/", {"text": "隔膜"}).status_code == 503
    np.savez(tmp_path / "words.npz", words=np.array(["隔膜", "夹具"]), vectors=np.eye(2, dtype=np.float32))
    page = district.client.get("/patents/similar/", {"text": "一种隔膜"})
    assert page.context["model"] == "words.npz"
    assert "words.npz" in [s for r in page.context["hits"][0].reasons for s in r.shared]


@pytest.mark.parametrize(
    "link",
    [
        "/patents/compare/?a=CN117000001A&b=CN116000002A",
        "/patents/similar/?to=CN117000001A",
        "/patents/complete/?q=ti",
        "/patents/selection/?q=%E9%9A%94%E8%86%9C&do=keep",
        "/patents/numbers/?numbers=CN117000001A",
    ],
)
def test_pages_about_patents_are_for_all_three_and_for_nobody_who_is_not_signed_in(
    client, district, above, elsewhere, patents, link
):
    for person in (district, above, elsewhere):
        assert person.client.get(link).status_code in (200, 302)
    assert "/accounts/login" in client.get(link)["Location"]
