"""Importing and indexing: idempotent, whole after a kill at any moment, refused records named and kept aside."""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from django.core.management import CommandError, call_command

from jinzhi.apps.evidence.models import Event as Recorded
from jinzhi.apps.evidence.store.store import path_of
from jinzhi.apps.patents import models
from jinzhi.apps.patents.classes import tree as classes
from jinzhi.apps.patents.models import Batch, Document, Item, Refusal
from jinzhi.apps.patents.store import columns, importing, queries, workers
from tests.shared import SHARED

HEAD = (
    "application_number",
    "filing_date",
    "publication_number",
    "publication_date",
    "ipc",
    "applicants",
    "title",
    "place",
)
ROWS = 2400


def table(count: int, start: int = 0) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for n in range(start, start + count):
        writer.writerow((
            f"CN10201900{9_000_000 + n}"[:19], "20190105", f"CN9{n:08d}A", f"2020030{1 + n % 9}", "H01M10/0525",
            f"天津演示{n % 7}有限公司", f"一种第{n}号电池", "天津市滨海新区",
        ))  # fmt: skip
    return text.getvalue()


@pytest.fixture
def store(db, settings, tmp_path):
    settings.JINZHI_STORE = tmp_path / "store"
    return tmp_path


def run(*paths: Path, **more: object) -> importing.ImportReport:
    return importing.import_paths(paths, workers=0, **more)  # type: ignore[arg-type]


def test_a_table_is_read_once_however_often_it_is_imported(store) -> None:
    file = store / "a.csv"
    file.write_text(table(30))
    first = run(file, source="gazette")
    assert (first.new, first.refused) == (30, 0)
    again = run(file, source="gazette")
    assert (again.files, again.known, again.new) == (0, 1, 0)
    copied = store / "b.csv"
    shutil.copy(file, copied)
    assert run(copied, source="gazette").known == 1
    assert Document.objects.count() == 30


def test_a_longer_file_adds_only_what_is_new(store) -> None:
    file = store / "a.csv"
    file.write_text(table(30))
    run(file)
    file.write_text(table(50))
    told = run(file)
    assert (told.new, told.same) == (20, 30)


def test_each_batch_leaves_one_event(store) -> None:
    file = store / "a.csv"
    file.write_text(table(5))
    told = run(file)
    (event,) = Recorded.objects.filter(stream=f"patents/batch/{told.batch}")
    assert (event.verb, event.data["new"]) == ("patents-imported", 5)


def test_a_refused_file_is_named_with_its_reason_and_kept(store) -> None:
    bad = store / "in"
    bad.mkdir()
    (bad / "a.xml").write_text('<?xml version="1.0"?><PatentDocumentAndRelated><x></PatentDocumentAndRelated>')
    (bad / "b.csv").write_text(table(3))
    (bad / "c.bin").write_bytes(b"\x01\x02\x03 nothing that is known")
    told = run(bad)
    assert (told.new, told.refused) == (3, 2)
    broken, unknown = Refusal.objects.order_by("name")
    assert (broken.name, unknown.name) == ("a.xml", "c.bin")
    assert broken.reason_zh
    assert path_of(broken.sha256).read_bytes() == (bad / "a.xml").read_bytes()


def test_members_of_a_zip_in_a_zip_are_read(store) -> None:
    inner, outer = store / "inner.zip", store / "outer.zip"
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one/a.csv", table(4))
        archive.writestr("two/b.csv", table(4, 4))
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(inner, "inner.zip")
    assert run(outer).new == 8
    (item,) = Item.objects.all()
    assert (item.name, item.members, item.records) == ("outer.zip", 2, 8)
    assert item.finished


def test_two_imports_at_once_are_refused(store) -> None:
    with importing.alone(), pytest.raises(importing.Busy, match="另一个专利导入"):
        run(store)


def test_a_reader_that_fails_is_a_refusal_and_the_rest_is_read(store, monkeypatch) -> None:
    def failing(stream, name):
        yield from ()
        raise MemoryError("too much")

    folder = store / "in"
    folder.mkdir()
    (folder / "a.xml").write_text("<PatentDocumentAndRelated/>")
    (folder / "b.csv").write_text(table(3))
    monkeypatch.setitem(workers.READERS, "cnipa-xml", failing)
    told = run(folder)
    assert (told.new, told.refused) == (3, 1)
    assert "MemoryError" in Refusal.objects.get().reason_zh


# --- columns of tables ------------------------------------------------------------------------------------------

DOUBTFUL = "公开号,标题,技术领域代码\n" + "".join(f"CN10682207{n}A,一种装置,G08G5/000{n}\n" for n in range(5))


def test_a_doubtful_column_is_asked_about_and_read_once_it_is_answered(store) -> None:
    file = store / "a.csv"
    file.write_text(DOUBTFUL)
    said: list[str] = []
    told = run(file, source="export", say=said.append)
    assert (told.new, told.asked) == (5, 1) and any("技术领域代码" in line for line in said)
    assert not any(d.content.ipc or d.content.cpc for d in Document.objects.all())
    assert [one["heading"] for _, one in columns.open_questions("export")] == ["技术领域代码"]
    assert run(file, source="export").known == 1
    columns.answer("export", {"技术领域代码": "cpc"})
    again = run(file, source="export")
    assert (again.changed, again.new, again.asked) == (5, 0, 0) and columns.open_questions() == []
    assert [s.symbol for s in Document.objects.get(number="CN106822071A").content.cpc] == ["G08G5/0001"]
    assert run(file, source="export").known == 1
    (store / "b.csv").write_text(DOUBTFUL.replace("CN1068", "CN1078"))
    assert run(store / "b.csv", source="export").asked == 0
    assert Document.objects.get(number="CN107822071A").content.cpc


def test_an_answer_holds_for_its_source_only(store) -> None:
    columns.answer("export", {"技术领域代码": "cpc"})
    (store / "a.csv").write_text(DOUBTFUL)
    assert run(store / "a.csv", source="other").asked == 1


def test_an_answer_that_names_no_field_or_column_says_the_way_out(store) -> None:
    with pytest.raises(columns.ColumnsRefused, match="publication_number"):
        columns.answer("export", {"技术领域代码": "颜色"})
    with pytest.raises(columns.ColumnsRefused, match="公开号"):
        columns.answer("export", {"没有": "cpc"}, known={"公开号"})


def test_the_console_shows_the_columns_and_keeps_the_answer(store, capsys) -> None:
    file = store / "a.csv"
    file.write_text(DOUBTFUL)
    run(file)
    call_command("patents", "columns", str(file))
    assert "？ 技术领域代码" in capsys.readouterr().out
    call_command("patents", "columns", str(file), "--set", "技术领域代码=cpc", "--set", "标题=abstract", "--json")
    shown = json.loads(capsys.readouterr().out)
    assert [c["field"] for c in shown[0]] == ["publication_number", "abstract", "cpc"]
    assert run(file).changed == 5
    with pytest.raises(CommandError, match="列名=字段"):
        call_command("patents", "columns", str(file), "--set", "cpc")


def test_a_file_that_asked_nothing_is_read_again_after_its_columns_were_corrected(store) -> None:
    file = store / "a.csv"
    file.write_text("公开号,标题\nCN106822071A,一种装置\n")
    run(file)
    columns.answer("", {"标题": "abstract"}, path=file)
    assert run(file).changed == 1
    assert Document.objects.get().content.abstract == "一种装置"


def test_numbers_alone_make_no_document_and_complete_one_that_is_there(store) -> None:
    rows = [{"country": "EP", "doc_number": n, "kind": "A1", "family_id": "77"} for n in ("1234567", "7654321")]
    (store / "search.json").write_text(json.dumps({"results": rows}))
    (store / "a.csv").write_text("公开号,标题\nEP1234567A1,bricks\n")
    run(store / "a.csv")
    told = run(store / "search.json")
    assert (told.new, told.changed, told.refused) == (0, 1, 1)
    assert Document.objects.get().content.family_id == "77"
    assert "EP7654321A1" in Refusal.objects.get().reason_zh


def test_rows_with_an_application_number_only_stay_apart(store) -> None:
    (store / "a.csv").write_text("申请号,名称\n201710119193.6,甲\n201710119194.0,乙\n")
    assert run(store / "a.csv").new == 2
    assert set(Document.objects.values_list("number", "title")) == {
        ("CN201710119193.6", "甲"),
        ("CN201710119194.0", "乙"),
    }


def test_claims_in_three_languages_are_counted_once(store) -> None:
    claims = "".join(
        f'<claims lang="{x}"><claim num="1"><claim-text>{x}</claim-text></claim></claims>' for x in ("en", "de", "fr")
    )
    head = '<?xml version="1.0"?><ep-patent-document lang="en" country="EP" doc-number="1234567" kind="B1"><SDOBI/>'
    (store / "a.xml").write_text(f"{head}{claims}</ep-patent-document>")
    run(store / "a.xml")
    assert Document.objects.get().claims == 1


# --- the class table ------------------------------------------------------------------------------------------


def test_a_class_table_is_browsed_by_dots_and_symbols_in_use_stand_in_for_it(store) -> None:
    file = store / "a.csv"
    file.write_text(table(3))
    run(file)
    level = classes.browse("H01M", used=("H01M10/0525",))
    assert level is not None
    assert (level.loaded, [p.symbol for p in level.below]) == (False, ["H01M10/00"])
    scheme = store / "ipc.csv"
    scheme.write_text(
        "symbol,kind,dots,title\nH,部,0,电学\nH01,大类,0,电气元件\nH01M,小类,0,电池\nH01M10/00,主组,0,二次电池\n"
        "H01M10/05,小组,1,非水电解质\nH01M10/0525,小组,2,锂离子\n"
    )
    loaded = classes.load(scheme, edition="2026.01")
    assert (loaded.symbols, loaded.problems) == (6, ())
    level = classes.browse("H01M10/05")
    assert level is not None
    assert level.loaded
    assert [(p.symbol, p.zh) for p in level.below] == [("H01M10/0525", "锂离子")]
    assert [p.symbol for p in level.above] == ["H", "H01", "H01M", "H01M10/00", "H01M10/05"]
    tree = classes.trees()
    assert tree is not None
    assert tree.subtree("ipc", "H01M10/05") == frozenset({"H01M10/05", "H01M10/0525"})


def test_a_file_that_is_no_class_table_is_refused_with_its_line(store) -> None:
    wrong = store / "x.csv"
    wrong.write_text("symbol,kind,dots,title\nH,部,many,电学\n")
    with pytest.raises(classes.ClassesRefused, match="第 2 行"):
        classes.load(wrong)


# --- killed at any moment -------------------------------------------------------------------------------------


class Place:
    """An installation of its own, driven from outside as an operator does."""

    def __init__(self, var: Path):
        self.var = var
        self.env = {**os.environ, "JINZHI_VAR": str(var), "JINZHI_TODAY": "2026-11-22", "DATABASE_URL": ""}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "jinzhi.config.cli", *arguments]
        return subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def jinzhi(self, *arguments: str) -> str:
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, (arguments, said)
        return said

    def killed(self, count: str, after: float, *arguments: str) -> int:
        """Kill a command a moment after the counted has grown, so between the first chunk and the last; the count."""
        process = self.start(*arguments)
        before = self.ask(count)[0][0]
        until = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < until and self.ask(count)[0][0] == before:
            time.sleep(0.02)
        time.sleep(after)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        return int(str(self.ask(count)[0][0]))

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.var / "jinzhi.sqlite3") as database:
            return database.execute(sql).fetchall()


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    place = Place(tmp_path_factory.mktemp("patents") / "var")
    place.jinzhi("migrate", "-v0")
    return place.var


@pytest.mark.slow
def test_killed_while_importing_and_indexing_nothing_is_lost_and_nothing_is_double(empty, tmp_path) -> None:
    place = Place(tmp_path / "var")
    shutil.copytree(empty, place.var)
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(table(ROWS).encode()))
    random = Random(7)
    arguments = ("patents", "import", str(file), "--source", "gazette", "--workers", "2")
    stored = "SELECT count(*) FROM patents_document"
    # the first is killed at once, so in the middle; a later one may get to its end before it is killed
    seen = [place.killed(stored, after, *arguments) for after in (0, random.random() * 0.2, random.random() * 0.2)]
    place.jinzhi(*arguments)
    assert 0 < seen[0] < ROWS
    assert place.ask("SELECT count(*), count(DISTINCT number), max(version) FROM patents_document") == [(ROWS, ROWS, 1)]
    assert place.ask("SELECT records, new, same, changed, refused FROM patents_item") == [(ROWS, ROWS, 0, 0, 0)]
    assert place.ask("SELECT count(*) FROM patents_earlier") == [(ROWS,)]
    (ended,) = place.ask("SELECT count(*) FROM patents_batch WHERE finished IS NOT NULL")[0]
    assert 1 <= int(str(ended)) <= 3, "the first run was cut off, the last was not"
    assert place.ask("SELECT count(*) FROM evidence_event WHERE verb = 'patents-imported'") == [(ended,)]

    indexing = ("patents", "index", "--commit", "200")
    indexed = "SELECT count(*) FROM patents_document WHERE indexed = revision"
    kept = [place.killed(indexed, after, *indexing) for after in (0, random.random() * 0.1)]
    assert 0 < kept[0] < ROWS
    place.jinzhi(*indexing)
    numbers = place.jinzhi("search", "ti=电池", "--ids").split()
    assert sorted(numbers) == sorted(f"CN9{n:08d}A" for n in range(ROWS))
    asked = tmp_path / "queries.txt"
    asked.write_text("ti=第7号\nti=（第\n")
    found, wrong = [json.loads(line) for line in place.jinzhi("search", "--batch", str(asked)).splitlines()]
    assert (found["query"], found["count"], found["ids"]) == ("ti=第7号", 1, ["CN900000007A"])
    assert (wrong["query"], wrong["at"]) == ("ti=（第", 3)


HALF_A_MESSAGE = """
import os, struct, time, django
django.setup()
from jinzhi.apps.patents.store.workers import Pool
pool = Pool(2)
os.write(pool._tasks._writer.fileno(), struct.pack("!i", 100_000) + b"x" * 500)
print("sent", flush=True)
time.sleep(60)
"""


def test_workers_end_with_a_process_that_is_killed_while_it_sends_to_them(tmp_path) -> None:
    env = {**os.environ, "JINZHI_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "jinzhi.config.settings"}
    process = subprocess.Popen([sys.executable, "-c", HALF_A_MESSAGE], env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "sent\n"
    process.kill()
    # the pipe ends only once no worker holds it any more
    assert process.communicate(timeout=30)[0] == ""


@pytest.mark.slow
@pytest.mark.shared("data/patents/cn_gazette_2017h1.csv.gz")
def test_the_real_gazette_is_read_whole_in_a_sample(store) -> None:
    file = SHARED / "data" / "patents" / "cn_gazette_2017h1.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8") as whole:
        lines = whole.readlines()
    sample = store / "sample.csv"
    sample.write_text("".join([lines[0], *lines[1::60]]), encoding="utf-8")
    told = run(sample, source="cn-gazette")
    assert (told.new, told.refused) == (len(lines[1::60]), 0)
    (status,) = queries.sources()
    assert (status.documents, str(status.last_complete)) == (told.new, str(status.as_of))
    assert models.Document.objects.filter(district__startswith="tj-").count() > 10
    assert Batch.objects.get().finished
