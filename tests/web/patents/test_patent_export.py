"""Files of a result: Excel, csv, RIS, ST.96, Word; whole, from the address of the result, said what they are of."""

from __future__ import annotations

import csv
import io
import zipfile
from io import BytesIO

import pytest
from benchmarks import patent_export
from docx import Document as Paper
from openpyxl import load_workbook

from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.store.storing import prepare, store
from jinzhi.standards import st96
from tests.web.patents.test_patents import DETECTOR, LATER, SEPARATOR, document, patents  # noqa: F401 - fixture

pytestmark = pytest.mark.usefixtures("patents")
EVERY = ("xlsx", "csv", "ris", "st96", "docx")


def file(person, kind: str, q: str = "隔膜", **query) -> bytes:
    answer = person.client.get(f"/patents/export/{kind}/", {"q": q, **query})
    assert answer.status_code == 200, answer.content
    assert "attachment" in answer["Content-Disposition"]
    return answer.getvalue()


def notes(book) -> dict[str, object]:
    return {row[0].value: row[1].value for row in book["说明"].iter_rows(max_col=2)}


def test_excel_has_every_hit_and_says_how_it_came_about(district):
    book = load_workbook(BytesIO(file(district, "xlsx", not_typ="design")))
    page = book["专利"]
    assert [page.cell(row, 1).value for row in (2, 3, 4)] == [
        LATER.publication_number, SEPARATOR.publication_number, DETECTOR.publication_number,
    ]  # fmt: skip
    assert page.max_row == 4
    assert page["A1"].value == "公开（公告）号"
    said = notes(book)
    assert said["检索式"] == "隔膜"
    assert "隔膜" in str(said["含义"])
    assert said["命中"] == "3 件 / 2 个同族"
    assert said["专利类型 排除"] == "外观设计"
    assert said["本表行数"] == 3
    assert "cnipa-test" in str(said["来源截至"])


def test_csv_and_ris_have_the_same_documents(district):
    rows = list(csv.reader(io.StringIO(file(district, "csv").decode("utf-8-sig"))))
    numbers = [row[0] for row in rows[1:]]
    assert numbers == [LATER.publication_number, SEPARATOR.publication_number, DETECTOR.publication_number]
    ris = file(district, "ris").decode()
    assert [line[6:] for line in ris.split("\r\n") if line.startswith("SN  - ")] == numbers
    assert ris.count("TY  - PAT") == ris.count("ER  - ") == 3


def test_a_text_that_looks_like_a_formula_stays_a_text(district, city):
    store([prepare(document("CN117000009A", "=HYPERLINK(隔膜)"))])
    rows = list(csv.reader(io.StringIO(file(district, "csv", "pn=CN117000009A").decode("utf-8-sig"))))
    assert rows[1][2] == "'=HYPERLINK(隔膜)"
    cell = load_workbook(BytesIO(file(district, "xlsx", "pn=CN117000009A")))["专利"]["C2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(隔膜)", "s", True)


def test_st96_is_one_file_a_document_that_reads_back_and_says_what_it_lacks(district):
    with zipfile.ZipFile(BytesIO(file(district, "st96"))) as packed:
        names = packed.namelist()
        assert names == [f"{d.publication_number}.xml" for d in (LATER, SEPARATOR, DETECTOR)] + ["说明.txt"]
        read = st96.read(packed.read("CN117000001A.xml"))
        told = packed.read("说明.txt").decode()
    assert (read.country, read.doc_number, read.kind) == ("CN", "117000001", "A")
    assert read.titles == (("zh", SEPARATOR.title),)
    assert read.applicants == ("天津某电池有限公司",)
    assert read.ipc == ("H01M50/446",)
    assert read.citations == ("CN116000002A",)
    assert "文件数\t3" in told
    assert "abstracts 2" in told
    assert "claims 1" in told


def test_the_report_says_the_query_the_figures_and_lists_every_document(district):
    paper = Paper(BytesIO(file(district, "docx")))
    texts = [p.text for p in paper.paragraphs]
    assert texts[0] == "专利检索报告"
    assert "下表为全部 3 件命中文献。" in texts
    about = {row.cells[0].text: row.cells[1].text for row in paper.tables[0].rows}
    assert about["检索式"] == "隔膜"
    assert about["命中"] == "3 件 / 2 个同族"
    assert about["网址"].startswith("http://testserver/patents/?q=")
    listed = [row.cells[1].text for row in paper.tables[-1].rows][1:]
    assert listed == [LATER.publication_number, SEPARATOR.publication_number, DETECTOR.publication_number]
    assert len(paper.inline_shapes) >= 5
    trend = next(t for t in paper.tables if t.rows[0].cells[0].text == "申请年")
    assert [[c.text for c in r.cells] for r in trend.rows][1:] == [
        ["2023", "1", "33.3%"], ["2022", "1", "33.3%"], ["2021", "1", "33.3%"],
    ]  # fmt: skip


def test_a_report_that_cannot_list_all_says_where_all_are(district, monkeypatch):
    monkeypatch.setattr("jinzhi.web.patents.export.LISTED", 2)
    paper = Paper(BytesIO(file(district, "docx")))
    said = next(p.text for p in paper.paragraphs if p.text.startswith("下表为前 2 件"))
    assert "共 3 件" in said
    assert "/patents/export/xlsx/?q=" in said
    assert len(paper.tables[-1].rows) == 3


def test_the_page_of_files_offers_each_for_the_same_result(district):
    page = district.client.get("/patents/export/", {"q": "隔膜", "typ": "invention"})
    assert page.status_code == 200
    text = page.content.decode()
    for kind in EVERY:
        assert f"/patents/export/{kind}/?q=%E9%9A%94%E8%86%9C&amp;typ=invention" in text
    assert "导出 3 件" in text


@pytest.mark.parametrize("kind", EVERY)
def test_the_file_of_a_wrong_query_leads_to_its_page(district, kind):
    answer = district.client.get(f"/patents/export/{kind}/", {"q": "隔膜 AND ("})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/patents/?q=")


def test_an_unknown_file_is_404(district):
    assert district.client.get("/patents/export/exe/", {"q": "隔膜"}).status_code == 404


@pytest.mark.parametrize("kind", EVERY)
def test_english_files_say_it_in_english(district, kind):
    district.client.cookies["jz_language"] = "en"
    data = file(district, kind)
    if kind == "csv":
        assert data.decode("utf-8-sig").startswith("Publication number,")
    assert len(data) > 100


def test_a_file_reads_the_store_some_hundreds_at_a_time(district, django_assert_max_num_queries):
    file(district, "csv")
    with django_assert_max_num_queries(16):
        file(district, "csv")
    assert Document.objects.count() == 4


def test_three_people_get_the_same_and_a_stranger_signs_in(district, above, elsewhere, client):
    tables = {file(one, "csv") for one in (district, above, elsewhere)}
    assert len(tables) == 1
    assert client.get("/patents/export/csv/", {"q": "隔膜"}).status_code == 302


@pytest.mark.parametrize("rows", [3])
def test_what_is_measured_of_files_is_whole(city, rows):
    Document.objects.all().delete()
    measured = {name: size for name, _first, _whole, size in patent_export.measure(rows)}
    assert set(measured) == {"Excel", "CSV", "RIS", "ST.96", "Excel, rows in memory", "openpyxl, rows in memory"}
    assert all(measured.values())
