"""Plan documents as files: the same rows from text, Word, Excel, PDF and HTML, running or in tables."""

from __future__ import annotations

import io
import json
import zipfile

import docx
import openpyxl
import pytest
import typst
from django.core.management import CommandError, call_command

from jinzhi.kernel.plan import ParsedRow, PlanDocument
from jinzhi.sources.plan_document import PlanDocumentError, parse_file
from jinzhi.sources.plan_document import read as read_source
from jinzhi.sources.plan_document import read as source_of
from tests.sources.plan_documents import NAMES, OWN, ROWS, SEED, content, declared, needs_seed, read, seed, whole

TITLE = "《示范市知识产权三年行动》任务分工"
ISSUED = "示范市知识产权联席会议办公室2026年3月9日印发"
DOCUMENTS = [pytest.param(lambda: OWN, id="own"), pytest.param(declared, id="declared")]


def parsed(data: bytes, filename: str) -> PlanDocument:
    return parse_file(data, filename, names=NAMES, rows=ROWS)


# -- files made of lines ---------------------------------------------------------------------------


def word(lines: list[str]) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    return saved(document)


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def quoted(words: str) -> str:
    return '#"' + words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


SHEET = '#set text(font: "Noto Sans CJK SC", size: 10.5pt, lang: "zh")\n'


def pdf(lines: list[str]) -> bytes:
    page = '#set page(paper: "a4", numbering: "— 1 —", header: [示范市任务分工材料])\n'
    return typst.compile((page + SHEET + "\n\n".join(quoted(x) for x in lines if x.strip())).encode())


def html(lines: list[str]) -> bytes:
    body = "".join(f"<p>{x}</p>" for x in lines)
    head = "<html><head><title>页</title><style>p{color:red}</style><script>var x = 1;</script></head>"
    return f"{head}<body><div>当前位置:首页</div>{body}<div>主办单位:某局 京ICP备1号</div></body></html>".encode()


MAKERS = {"a.docx": word, "a.pdf": pdf, "a.html": html}


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("filename", MAKERS)
def test_running_text_in_files(document, filename):
    text = document()
    found = parsed(MAKERS[filename](text.split("\n")), filename)
    assert content(found) == content(read(text))
    assert (found.issued_by, found.issued_on) == (read(text).issued_by, read(text).issued_on)
    assert found.accounted()["unplaced"] == 0
    assert whole(found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_text_in_many_encodings(encoding):
    found = parsed(OWN.encode(encoding), "a.txt")
    assert content(found) == content(read(OWN))


def test_html_in_gbk_says_so_in_its_head():
    page = html(OWN.split("\n")).decode().replace("<head>", '<head><meta charset="gb2312">')
    assert content(parsed(page.encode("gb18030"), "a.htm")) == content(read(OWN))


# -- tables ----------------------------------------------------------------------------------------


def leading(row: ParsedRow) -> list[str]:
    return [d.raw for d in row.duties if d.duty == "led"] or [row.duties[0].raw]


def helping(row: ParsedRow) -> list[str]:
    return [d.raw for d in row.duties if d.raw not in leading(row)]


def plain(nth: int, row: ParsedRow) -> list[str]:
    return [
        str(nth),
        f"{row.title}。{''.join(row.measures)}",
        "、".join(leading(row)),
        "、".join(helping(row)),
        "2027年底前",
    ]


def split(nth: int, row: ParsedRow) -> list[str]:
    return [row.place.part, row.place.section, row.title, "\n".join(row.measures), "、".join(d.raw for d in row.duties)]


def lines(nth: int, row: ParsedRow) -> list[str]:
    return [str(row.place.number), row.title, "".join(row.measures), "\n".join(d.raw for d in row.duties), "长期坚持"]


KINDS = {
    "lead and support": (["序号", "任务", "牵头单位", "配合单位", "完成时限"], plain),
    "part and section": (["类别", "重点领域", "任务名称", "主要措施", "责任部门"], split),
    "units on lines": (["编号", "工作任务", "具体举措", "承办单位", "时间节点"], lines),
}


def word_table(title: str, head: list[str], rows: list[list[str]]) -> bytes:
    document = docx.Document()
    document.add_paragraph(title)
    table = document.add_table(rows=1, cols=len(head))
    for cell, words in zip(table.rows[0].cells, head, strict=True):
        cell.text = words
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    document.add_paragraph(ISSUED)
    return saved(document)


def excel_table(title: str, head: list[str], rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(head))
    sheet.append(head)
    for row in rows:
        sheet.append(row)
    for column in range(1, len(head) + 1):
        if head[column - 1] in ("类别", "重点领域"):
            start = 3
            for r in range(4, len(rows) + 4):
                if r == len(rows) + 3 or sheet.cell(r, column).value != sheet.cell(start, column).value:
                    if r - 1 > start:
                        sheet.merge_cells(start_row=start, end_row=r - 1, start_column=column, end_column=column)
                    start = r
    sheet.append([ISSUED])
    return saved(book)


def html_table(title: str, head: list[str], rows: list[list[str]]) -> bytes:
    def line(tag: str, cells: list[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{c.replace(chr(10), '<br>')}</{tag}>" for c in cells) + "</tr>"

    body = line("th", head) + "".join(line("td", r) for r in rows)
    return f"<h1>{title}</h1><table>{body}</table><p>{ISSUED}</p>".encode()


def pdf_table(title: str, head: list[str], rows: list[list[str]]) -> bytes:
    page = '#set page(paper: "a4", flipped: true, numbering: "1/1")\n'
    cells = ", ".join(f"[{quoted(c)}]" for row in rows for c in row)
    heads = ", ".join(f"[{c}]" for c in head)
    table = f"#table(columns: (3em, 3fr, 3fr, 3fr, 6em), table.header({heads}), {cells})"
    return typst.compile((page + SHEET + "\n\n".join((quoted(title), table, quoted(ISSUED)))).encode())


def tabbed(title: str, head: list[str], rows: list[list[str]]) -> bytes:
    flat = [[c.replace("\n", "" if "。" in c else "、") for c in r] for r in rows]
    return "\n".join([title, *("\t".join(r) for r in (head, *flat)), ISSUED]).encode("gb18030")


def barred(title: str, head: list[str], rows: list[list[str]]) -> bytes:
    flat = [[c.replace("\n", "" if "。" in c else "、") for c in r] for r in rows]
    body = [head, ["---"] * len(head), *flat]
    return "\n".join([f"# {title}", "", *("|" + "|".join(r) + "|" for r in body), "", ISSUED]).encode()


TABLES = {
    "docx": (word_table, "a.docx"),
    "xlsx": (excel_table, "a.xlsx"),
    "html": (html_table, "a.html"),
    "pdf": (pdf_table, "a.pdf"),
    "tabs": (tabbed, "a.txt"),
    "bars": (barred, "a.txt"),
}


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", TABLES)
def test_tables_give_the_same_rows(document, kind, form):
    said = read(document())
    head, fill = KINDS[kind]
    make, filename = TABLES[form]
    found = parsed(make(TITLE, head, [fill(n, r) for n, r in enumerate(said.rows, 1)]), filename)
    assert [(r.matched, r.title, "".join(r.measures)) for r in found.rows] == [
        (r.matched, r.title, "".join(r.measures)) for r in said.rows
    ]
    assert [{d.unit for d in r.duties} for r in found.rows] == [{d.unit for d in r.duties} for r in said.rows]
    assert found.title == TITLE
    assert found.issued_on == read(OWN).issued_on
    assert found.accounted()["unplaced"] == 0
    assert whole(found)


def test_the_columns_tell_who_leads_and_until_when():
    rows = [
        ["1", "培育专利。建设中心。", "市知识产权局", "市科技局、市教委", "2027年底前"],
        ["2", "开展巡查。", "市公安局", "", "每年6月"],
    ]
    found = parsed(excel_table("任务分工", KINDS["lead and support"][0], rows), "a.xlsx")
    assert [[(d.unit, d.duty, d.time_limit) for d in r.duties] for r in found.rows] == [
        [
            ("市知识产权局", "led", "2027年底前"),
            ("市科技局", "support", "2027年底前"),
            ("市教委", "support", "2027年底前"),
        ],
        [("市公安局", "led", "每年6月")],
    ]


def test_a_head_of_two_rows():
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (
        ["序号", "重点任务", "责任单位", None, "时限"],
        [None, None, "牵头", "配合", None],
        [1, "培育专利。建设中心。", "市知识产权局", "市科技局", "2027年"],
        [2, "开展巡查。全年不少于两次。", "市公安局", "市司法局", "2027年"],
    ):
        sheet.append(line)
    for area in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
        sheet.merge_cells(area)
    found = parsed(saved(book), "a.xlsx")
    assert [[(d.unit, d.duty) for d in r.duties] for r in found.rows] == [
        [("市知识产权局", "led"), ("市科技局", "support")],
        [("市公安局", "led"), ("市司法局", "support")],
    ]


def test_merged_tasks_with_several_measures_are_one_row():
    table = """<p>任务分工</p><table><tr><th>序号</th><th>任务</th><th>具体措施</th><th>责任单位</th></tr>
    <tr><td rowspan=2>1</td><td rowspan=2>培育专利</td><td>建设中心。</td><td>市知识产权局</td></tr>
    <tr><td>评选项目。</td><td>市科技局</td></tr>
    <tr><td>2</td><td>开展巡查</td><td>每季度一次。</td><td>市公安局</td></tr></table>"""
    found = parsed(table.encode(), "a.html")
    assert [(r.title, r.measures, [d.unit for d in r.duties]) for r in found.rows] == [
        ("培育专利", ("建设中心。", "评选项目。"), ["市知识产权局", "市科技局"]),
        ("开展巡查", ("每季度一次。",), ["市公安局"]),
    ]


def test_rows_that_head_a_part_within_a_table():
    table = """<p>任务分工</p><table><tr><th>序号</th><th>任务</th><th>牵头单位</th><th>配合单位</th></tr>
    <tr><td colspan=4>一、创造</td></tr><tr><td>1</td><td>培育专利。</td><td>市知识产权局</td><td></td></tr>
    <tr><td colspan=4>二、保护</td></tr>
    <tr><td>2</td><td>开展巡查。</td><td>市公安局</td><td>市司法局</td></tr></table>"""
    found = parsed(table.encode(), "a.html")
    assert [(r.place.part, r.place.part_number, r.title) for r in found.rows] == [
        ("创造", 1, "培育专利"),
        ("保护", 2, "开展巡查"),
    ]


def test_several_tables_with_their_headings_before_them():
    def table(number: int, task: str, unit: str) -> str:
        return (
            "<table><tr><th>序号</th><th>任务</th><th>责任单位</th></tr>"
            f"<tr><td>{number}</td><td>{task}</td><td>{unit}</td></tr></table>"
        )

    first, second = table(1, "培育专利。", "市知识产权局"), table(1, "开展巡查。", "市公安局")
    page = f"<h1>任务分工</h1><p>一、创造</p>{first}<p>二、保护</p>{second}"
    found = parsed(page.encode(), "a.html")
    assert [(r.place.part, r.place.number, r.title) for r in found.rows] == [
        ("创造", 1, "培育专利"),
        ("保护", 1, "开展巡查"),
    ]
    assert found.accounted()["unplaced"] == 0


def test_the_automatic_numbers_of_word_are_read():
    document = docx.Document()
    document.add_paragraph("任务分工")
    for title, unit in (("培育专利", "市知识产权局"), ("开展巡查", "市公安局")):
        document.add_paragraph(f"{title}。建立台账。(责任单位:{unit})", style="List Number")
    found = parsed(saved(document), "a.docx")
    assert [(r.place.number, r.title) for r in found.rows] == [(1, "培育专利"), (2, "开展巡查")]
    assert "1." in found.text
    assert any("自动编号" in n for n in found.notes)


# -- what is no plan -------------------------------------------------------------------------------


def refused(data: bytes, filename: str) -> PlanDocumentError:
    with pytest.raises(PlanDocumentError) as e:
        parsed(data, filename)
    return e.value


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name.replace("__", "/").replace("_x", ".x"), data)
    return out.getvalue()


def test_an_empty_file():
    assert refused(b"", "a.txt").code == "empty"
    assert refused(b"\n \n", "a.docx").code == "empty"


def test_a_file_that_is_not_there():
    with pytest.raises(PlanDocumentError) as e:
        source_of("nowhere/plan.docx")
    assert "找不到" in e.value.message


def test_an_old_word_file_says_how_to_save_it():
    e = refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc")
    assert e.code == "type"
    assert ".docx" in e.message


def test_an_office_file_with_a_password():
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert refused(data, "a.docx").code == "encrypted"


def test_a_zip_that_is_no_office_file():
    assert refused(zipped(readme=b"x"), "a.zip").code == "type"


def test_a_zip_bomb_is_not_opened():
    assert refused(zipped(word__document_xml=bytes(40 * 1024 * 1024)), "a.docx").code == "bomb"


def test_a_broken_word_file():
    assert refused(zipped(word__document_xml=b"<w:docu"), "a.docx").code == "damaged"
    assert refused(b"PK\x03\x04 broken", "a.docx").code == "damaged"


def test_a_broken_pdf():
    assert refused(b"%PDF-1.7\nnothing more", "a.pdf").code == "damaged"


def test_a_scanned_pdf_has_no_words():
    scanned = typst.compile(b"#set page(width: 200pt, height: 200pt)\n#rect(width: 90pt, height: 90pt, fill: gray)")
    e = refused(scanned, "a.pdf")
    assert e.code == "scanned"
    assert "文字识别" in e.message


def test_a_picture():
    assert refused(b"\x89PNG\r\n\x1a\n" + bytes(50), "a.png").code == "type"


def test_a_file_that_is_too_large():
    assert refused(b"a" * (33 * 1024 * 1024), "a.txt").code == "size"


def test_hidden_sheets_are_named_not_read():
    book = openpyxl.load_workbook(
        io.BytesIO(
            excel_table(
                "任务分工", ["序号", "任务", "责任单位"], [["1", "甲事。", "市教委"], ["2", "乙事。", "市公安局"]]
            )
        )
    )
    hidden = book.create_sheet("草稿")
    hidden.append(["不给看"])
    hidden.sheet_state = "hidden"
    found = parsed(saved(book), "a.xlsx")
    assert "不给看" not in found.text
    assert any("草稿" in n for n in found.notes)


def test_the_source_knows_its_tables():
    source = read_source(html_table("任务分工", ["序号", "任务", "责任单位"], [["1", "甲事。", "市教委"]]), "a.html")
    assert [t.head is not None for t in source.layout.tables] == [True]
    assert "甲事。" in source.text


# -- the command -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_prints_the_parse(tmp_path, capsys):
    file = tmp_path / "plan.txt"
    file.write_text(OWN, encoding="utf-8")
    call_command("plan", "parse", str(file), "--json")
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(json.dumps(read(OWN).as_dict()))


@pytest.mark.django_db
def test_the_command_prints_a_summary(tmp_path, capsys):
    file = tmp_path / "plan.txt"
    file.write_text(OWN, encoding="utf-8")
    call_command("plan", "parse", str(file))
    out = capsys.readouterr().out
    assert "培育优质专利" in out
    assert "市知识产权局 牵头" in out
    assert f"合计 {len(OWN)}" in out


@pytest.mark.django_db
def test_the_command_refuses_in_one_sentence(tmp_path):
    file = tmp_path / "note.txt"
    file.write_text("今天天气很好。", encoding="utf-8")
    with pytest.raises(CommandError) as e:
        call_command("plan", "parse", str(file))
    assert e.value.returncode == 2
    assert "责任单位" in str(e.value)


@needs_seed
@pytest.mark.django_db
def test_the_command_reads_the_seed(capsys):
    call_command("plan", "parse", str(SEED), "--json")
    printed = json.loads(capsys.readouterr().out)
    assert len(printed["rows"]) == 37
    assert printed["accounted"]["unplaced"] == 0
    assert sum(printed["accounted"].values()) == len(seed())
    assert printed["warnings"] == []
