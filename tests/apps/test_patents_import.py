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

from jinzhi.apps.evidence.models import Event as Recorded
from jinzhi.apps.evidence.store import path_of
from jinzhi.apps.patents import classes, importing, models, queries
from jinzhi.apps.patents.models import Batch, Document, Item, Refusal

SHARED = Path(__file__).parents[3] / "shared" / "data"
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


def run(*paths: Path, **more: object) -> importing.Report:
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
    monkeypatch.setitem(importing.READERS, "cnipa-xml", failing)
    told = run(folder)
    assert (told.new, told.refused) == (3, 1)
    assert "MemoryError" in Refusal.objects.get().reason_zh


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
from jinzhi.apps.patents.importing import Pool
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
def test_the_real_gazette_is_read_whole_in_a_sample(store) -> None:
    file = SHARED / "patents" / "cn_gazette_2017h1.csv.gz"
    if not file.exists():
        pytest.skip(f"{file} is not here: the shared data is not part of the repository")
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
