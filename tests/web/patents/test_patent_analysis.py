"""Figures of a result: every count leads to exactly its documents, nothing is left out unsaid."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.http import QueryDict

from jinzhi.apps.patents.models import Alias, Applicant
from jinzhi.apps.patents.search.facets import chosen_of
from jinzhi.apps.patents.search.index import update
from jinzhi.apps.patents.search.result import Search
from jinzhi.apps.patents.search.subclasses import subclasses
from jinzhi.apps.patents.store.storing import prepare, store
from jinzhi.engines import charts
from jinzhi.engines.query_language.parse import parse
from jinzhi.kernel.patent import PatentParty, Symbol
from jinzhi.web.patents.figures import TITLES, Figures
from jinzhi.web.patents.words import FacetWords
from tests.web.patents.test_patents import document, patents  # noqa: F401 - fixture

JOINT = document(
    "CN118000007A",
    "一种电池隔膜回收方法",
    applicants=(
        PatentParty("天津某电池有限公司", province="天津市", city="市辖区", county="滨海新区"),
        PatentParty("天津某大学"),
    ),
    inventors=(PatentParty("王某"), PatentParty("李某")),
    ipc=(Symbol("ipc", "H01M10/54", main=True), Symbol("ipc", "B09B3/00"), Symbol("ipc", "C22B7/00")),
)
OLD = document(
    "CN118000008A",
    "一种电池极片",
    applicants=(PatentParty("天津某电池厂"),),
    inventors=(PatentParty("王某"),),
    ipc=(Symbol("ipc", "H01M4/36", main=True), Symbol("ipc", "B09B3/00")),
)
ADDRESSES = (
    "q=电池 OR 隔膜 OR 电芯",
    "q=隔膜 OR 电芯&typ=invention",
    "q=电池 OR 隔膜&pa=天津某电池有限公司",
    "q=电池&pa=天津某电池有限公司&also_pa=天津某大学",
    "q=电池 OR 隔膜&not_pa=天津某大学&year=2022&year=2023",
    "all=1",
    "ipc=H01M",
    "q=NOT 夹具&all=1",
)


@pytest.fixture
def more(patents) -> None:  # noqa: F811 - the fixture
    store([prepare(JOINT), prepare(OLD)])
    firm = Applicant.objects.get(name="天津某电池有限公司")
    Alias.objects.create(applicant=firm, name="天津某电池厂", kind="former", until=date(2022, 1, 1))


def searched(address: str) -> tuple[Search, QueryDict]:
    query = QueryDict(address.replace(" ", "%20"))
    text = query.get("q", "")
    return Search(parse(text) if text else None, chosen_of(query)), query


def figures(address: str, **options) -> Figures:
    search, query = searched(address)
    return Figures(search, query, FacetWords(), date(2026, 11, 22), **options)


@pytest.mark.parametrize("variants", [True, False])
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("key", TITLES)
def test_every_count_leads_to_exactly_its_documents(more, key, address, variants):
    figure = figures(address, variants=variants).get(key)
    cells = [cell for _label, row in (figure.cross[1] if figure.cross else ()) for cell in row if cell]
    for one in (*figure.rows, *cells):
        found, _query = searched(one.query.removeprefix("?"))
        assert found.total == one.count, (one.labels, one.query)


def test_the_engine_finds_the_same_classes_as_the_definition(more, settings, tmp_path):
    by_store = subclasses()
    settings.JINZHI_SEARCH, settings.JINZHI_INDEX = "tantivy", tmp_path / "index"
    update()
    assert subclasses() == by_store
    assert by_store[int(searched("q=pn=CN118000007A")[0].ids[0])] == ("B09B", "C22B", "H01M")


def test_applicants_with_all_their_names_show_the_names_used(more):
    merged = figures("all=1").get("pa")
    first = merged.rows[0]
    assert (first.labels, first.count, first.sub) == (("天津某电池有限公司",), 5, "含 天津某电池厂")
    printed = figures("all=1", variants=False).get("pa")
    assert {row.labels[0]: row.count for row in printed.rows} == {
        "天津某电池有限公司": 4, "天津某大学": 2, "天津某电池厂": 1,
    }  # fmt: skip


def test_one_name_of_two_applicants_is_two_lines(more):
    found = {row.labels[0]: row.count for row in figures("all=1").get("inv").rows}
    assert found["王某｜天津某电池有限公司"] == 2
    assert found["王某｜天津某大学"] == 1


def test_the_tree_map_adds_up_to_all_documents(more):
    figure = figures("all=1").get("ipc")
    assert sum(row.count for row in figure.rows) == 6
    groups = {d["name"]: d["value"] for d in figure.option["series"][0]["data"]}
    assert groups == {"H 电学": 5, "G 物理": 1}


def test_the_tree_map_of_one_subclass_shows_its_main_groups(more):
    figure = figures("ipc=H01M").get("ipc")
    areas = {d["name"]: d["value"] for d in figure.option["series"][0]["data"]}
    assert len(areas) > 1
    assert all(name.startswith("H01M") for name in areas)
    assert sum(areas.values()) == sum(row.count for row in figure.rows) == 5
    _head, rows = charts.table(figure.option)
    assert len(rows) == len(areas)


def test_the_tiles_have_every_district_and_say_what_lies_elsewhere(more):
    figure = figures("all=1").get("dist")
    _head, rows = charts.table(figure.option)
    assert len(rows) == 16
    assert dict(map(tuple, rows))["滨海新区"] == 4
    assert "另有 1 件" in figure.conclusion


def test_classes_of_one_document_stand_together(more):
    figure = figures("all=1").get("together")
    pairs = {row.labels: row.count for row in figure.rows}
    assert pairs == {("B09B", "H01M"): 2, ("B09B", "C22B"): 1, ("C22B", "H01M"): 1}


def test_what_is_not_drawn_is_said_and_in_the_csv(more, monkeypatch, district):
    monkeypatch.setattr("jinzhi.web.patents.figures.DRAWN", 1)
    monkeypatch.setattr("jinzhi.web.patents.figures.LISTED", 1)
    figure = figures("all=1").get("pa")
    assert "前 1 个，共 2 个" in figure.conclusion
    assert figure.more == 1
    text = district.client.get("/patents/analysis/pa/csv/", {"all": "1"}).getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [["申请人", "件", "说明"], ["天津某电池有限公司", "5", "含 天津某电池厂"], ["天津某大学", "2", ""]]


def test_the_trend_has_every_year_and_shades_what_may_be_unpublished(district, more):
    answer = district.client.get("/patents/analysis/year/json/", {"q": "隔膜 OR 夹具"}).json()
    assert answer["xAxis"]["data"] == ["2021", "2022", "2023", "2024"]
    assert "markArea" not in answer["series"][0]
    store(
        [prepare(document("CN119000009A", "一种隔膜", filing_date=date(2026, 1, 1), publication_date=date(2026, 9, 1)))]
    )
    figure = figures("q=隔膜").get("year")
    assert figure.option["xAxis"]["data"] == ["2021", "2022", "2023", "2024", "2025", "2026"]
    assert figure.option["series"][0]["data"][-3:] == [0, 0, 1]
    assert figure.option["series"][0]["markArea"]["data"][0][0]["xAxis"] == "2024"
    assert "2025 年起申请可能还没有公开" in figure.conclusion


@pytest.mark.parametrize("key", TITLES)
@pytest.mark.parametrize("kind", ["svg", "json", "csv"])
def test_every_figure_is_a_picture_an_option_and_a_table(district, more, key, kind):
    answer = district.client.get(f"/patents/analysis/{key}/{kind}/", {"q": "电池"})
    assert answer.status_code == 200
    assert answer.getvalue()


@pytest.mark.parametrize("key", TITLES)
def test_a_figure_of_nothing_says_so(district, more, key):
    assert figures("q=不存在的词").get(key).conclusion == "没有数据"
    assert district.client.get(f"/patents/analysis/{key}/svg/", {"q": "不存在的词"}).status_code == 200


def test_the_page_has_every_figure_with_its_title_and_links(district, more):
    page = district.client.get("/patents/analysis/", {"q": "电池"})
    text = page.content.decode()
    for key in TITLES:
        assert f'id="{key}"' in text
    assert "Word 报告" in text
    off = district.client.get("/patents/analysis/", {"q": "电池", "variants": "off"})
    assert "按印本名称" in off.content.decode()
    assert district.client.get("/patents/analysis/", {"q": "电池", "variants": "some"}).status_code == 400


def test_without_an_index_the_other_figures_are_there(district, more, settings, tmp_path):
    settings.JINZHI_SEARCH, settings.JINZHI_INDEX = "tantivy", tmp_path / "none"
    page = district.client.get("/patents/analysis/", {"all": "1"})
    assert page.status_code == 200
    found = {f["figure"].key: f["figure"] for f in page.context["figures"]}
    assert "jinzhi patents index" in found["together"].conclusion
    assert found["ipc"].rows
    assert district.client.get("/patents/analysis/together/svg/", {"all": "1"}).status_code == 200


def test_an_analysis_without_a_query_is_of_the_whole_collection(district, more):
    assert district.client.get("/patents/analysis/").context["search"].total == 6


def test_a_figure_that_does_not_exist_is_404(district, more):
    assert district.client.get("/patents/analysis/luck/svg/").status_code == 404
    assert district.client.get("/patents/analysis/pa/exe/").status_code == 404


def test_an_analysis_makes_few_statements(district, more, django_assert_max_num_queries):
    district.client.get("/patents/analysis/", {"q": "电池"})
    with django_assert_max_num_queries(20):
        district.client.get("/patents/analysis/", {"q": "电池"})
