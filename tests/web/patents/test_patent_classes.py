"""The class browser: the tree by dots, counts that are those of the queries, and what is said without a table."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from jinzhi.apps.patents.classes import tree as classes
from jinzhi.apps.patents.search.index import update
from jinzhi.apps.patents.search.result import search
from jinzhi.apps.patents.search.subclasses import holders
from jinzhi.apps.patents.store.storing import prepare, store
from jinzhi.kernel.patent import Symbol
from tests.web.patents.test_patents import document, patents  # noqa: F401 - fixture

pytestmark = pytest.mark.usefixtures("patents")
TABLE = """symbol,kind,dots,title
H,部,0,电学
H01,大类,0,电气元件
H01M,小类,0,电池
H01M10/00,主组,0,二次电池
H01M10/05,分组,1,非水电解质蓄电池
H01M10/052,分组,2,锂蓄电池
H01M10/0525,分组,3,摇椅式电池
H01M10/42,分组,1,维护二次电池的方法
H01M50/00,主组,0,电池的结构
H01M50/40,分组,1,隔离件
H01M50/446,分组,,非活性材料构成的复合件..
G,部,0,物理
G01,大类,0,测量
G01B,小类,0,长度的计量
G01B11/00,主组,0,光学计量
G01B11/06,分组,1,厚度
"""
MORE = (
    document("CN117000011A", "一种电池", ipc=(Symbol("ipc", "H01M10/0525", main=True), Symbol("ipc", "H01M50/446"))),
    document("CN117000012A", "一种电池", ipc=(Symbol("ipc", "H01M10/05", main=True), Symbol("ipc", "H99Z1/00"))),
    document(
        "CN307000013S", "电池", application_type="design", ipc=(), locarno=(Symbol("locarno", "13-02", main=True),)
    ),
)


@pytest.fixture
def table(tmp_path) -> None:
    file = tmp_path / "ipc.csv"
    file.write_text(TABLE, encoding="utf-8")
    classes.load(file, edition="2026.01")
    titles = tmp_path / "en.tsv"
    titles.write_text(
        "H01M\tBATTERIES (cells H01M0010052500)\nH01M0010052500\tRocking-chair\n   batteries\n", encoding="utf-8"
    )
    classes.load(titles, edition="2026.01", language="en")
    store([prepare(one) for one in MORE])


def queries_of(text: str) -> list[tuple[str, int]]:
    """Every query that a page links to, with the count that it says."""
    found = []
    for href, said in re.findall(r'<a[^>]* href="(/patents/\?q=[^"]+)"[^>]*>([^<]*)</a>', text):
        count = re.search(r"([\d,]+)(?: 件)?\s*$", unescape(said))
        if count:
            found.append((parse_qs(urlsplit(unescape(href)).query)["q"][0], int(count[1].replace(",", ""))))
    return found


@pytest.mark.parametrize("engine", ["memory", "tantivy"])
@pytest.mark.parametrize("at", ["", "H", "H01", "H01M", "H01M10/00", "H01M10/05", "H01M50/00", "G01B11/00"])
def test_every_count_is_that_of_its_query(district, table, settings, tmp_path, engine, at):
    settings.JINZHI_SEARCH, settings.JINZHI_INDEX = engine, tmp_path / "index"
    if engine == "tantivy":
        update()
    page = district.client.get("/patents/classes/", {"at": at} if at else {})
    asked = queries_of(page.content.decode())
    assert asked
    for query, count in asked:
        assert search(query).count == count, query


def test_the_tree_goes_by_dots_and_mends_those_left_in_titles(district, table):
    page = district.client.get("/patents/classes/", {"at": "H01M50/40"})
    [row] = page.context["table"].rows
    assert (row.cells[0].value, row.cells[0].sub) == ("H01M50/446", "．．")
    assert row.cells[1].value == "非活性材料构成的复合件"
    deep = district.client.get("/patents/classes/", {"at": "H01M10/052"})
    assert [place.symbol for place, _title in deep.context["path"]] == [
        "H", "H01", "H01M", "H01M10/00", "H01M10/05", "H01M10/052",
    ]  # fmt: skip
    assert [(row.cells[0].value, row.cells[0].sub) for row in deep.context["table"].rows] == [("H01M10/0525", "．．．")]
    text = deep.content.decode()
    assert "摇椅式电池" in text
    assert "Rocking-chair batteries" in text
    assert "BATTERIES (cells H01M10/0525)" in text


def test_titles_are_found_in_both_languages_and_symbols_by_their_beginning(district, table):
    def found(q: str) -> list[str]:
        page = district.client.get("/patents/classes/", {"q": q})
        return [row.cells[0].value for row in page.context["table"].rows]

    assert found("锂 电池") == ["H01M10/052"]
    assert found("二次 维护") == ["H01M10/42"]
    assert found("batteries") == ["H01M", "H01M10/0525"]
    assert found("h01m50") == ["H01M50/00", "H01M50/40", "H01M50/446"]


def test_symbols_that_the_edition_lacks_are_counted(district, table):
    assert "另有 1 个分类号不在这一版" in district.client.get("/patents/classes/").content.decode()


def test_without_a_table_the_symbols_in_use_stand_and_the_command_is_said(district):
    page = district.client.get("/patents/classes/")
    text = page.content.decode()
    assert "jinzhi patents classes FILE --scheme ipc" in text
    assert [row.cells[0].value for row in page.context["table"].rows] == ["G", "H"]
    assert "电学" in text
    assert "ipclow=" not in text
    for query, count in queries_of(text):
        assert search(query).count == count
    assert "不能按名称查找" in district.client.get("/patents/classes/", {"q": "电池"}).content.decode()


def test_designs_by_locarno(district, table):
    page = district.client.get("/patents/classes/", {"scheme": "loc"})
    assert queries_of(page.content.decode()) == [("loc=13", 1)]
    below = district.client.get("/patents/classes/", {"scheme": "loc", "at": "13"})
    assert ("loc=13-02", 1) in queries_of(below.content.decode())
    for query, count in queries_of(below.content.decode()):
        assert search(query).count == count
    cpc = district.client.get("/patents/classes/", {"scheme": "cpc"}).content.decode()
    assert "--scheme cpc" in cpc
    assert "库中的文献没有这种分类号" in cpc


def test_a_class_that_does_not_exist_is_said(district, table):
    assert district.client.get("/patents/classes/", {"at": "H77X"}).status_code == 404
    assert district.client.get("/patents/classes/", {"scheme": "uspc"}).status_code == 400


def test_the_index_and_the_definition_know_the_same(table, settings, tmp_path):
    before = {scheme: (holders(scheme).symbols, holders(scheme).subclasses) for scheme in ("ipc", "loc", "cpc")}
    settings.JINZHI_SEARCH, settings.JINZHI_INDEX = "tantivy", tmp_path / "index"
    update()
    assert {s: (holders(s).symbols, holders(s).subclasses) for s in ("ipc", "loc", "cpc")} == before


def test_without_an_index_the_tree_is_there_and_says_what_to_run(district, table, settings, tmp_path):
    settings.JINZHI_SEARCH, settings.JINZHI_INDEX = "tantivy", tmp_path / "none"
    page = district.client.get("/patents/classes/")
    assert page.status_code == 200
    assert "jinzhi patents index" in page.content.decode()


def test_a_level_makes_few_statements(district, table, django_assert_max_num_queries):
    district.client.get("/patents/classes/", {"at": "H01M"})
    with django_assert_max_num_queries(16):
        district.client.get("/patents/classes/", {"at": "H01M"})
    with django_assert_max_num_queries(16):
        district.client.get("/patents/classes/", {"q": "电池"})


def test_three_people_see_the_same_and_a_stranger_signs_in(district, above, elsewhere, client):
    pages = [one.client.get("/patents/classes/").context["table"].rows for one in (district, above, elsewhere)]
    assert pages[0] == pages[1] == pages[2]
    assert client.get("/patents/classes/").status_code == 302
