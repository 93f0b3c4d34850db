"""A backup made while others write comes back equal into an empty folder; what is damaged brings nothing back."""

from __future__ import annotations

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from jinzhi.apps.catalogue.backup import BackupRefused, back_up, digest_of, restore
from tests.journeys.site import jinzhi, migrated


@pytest.fixture
def var(tmp_path) -> Path:
    """A folder as an installation keeps it, with a database in WAL mode."""
    folder = tmp_path / "var"
    (folder / "store" / "ab").mkdir(parents=True)
    (folder / "store" / "ab" / "abcd").write_bytes("证据".encode() * 1000)
    (folder / "keys").mkdir()
    (folder / "keys" / "log.key").write_text("private")
    (folder / "secret").write_text("signs sessions")
    (folder / "witnesses.json").write_text("{}")
    (folder / "index").mkdir()
    (folder / "index" / "segment").write_text("built anew")
    with closing(sqlite3.connect(folder / "jinzhi.sqlite3")) as kept, kept:
        kept.execute("PRAGMA journal_mode=WAL")
        kept.execute("CREATE TABLE event (n INTEGER PRIMARY KEY, said TEXT)")
        kept.executemany("INSERT INTO event (said) VALUES (?)", [(f"事 {n}",) for n in range(500)])
    return folder


def saved(var: Path, file: Path, *, keys: bool = False):
    return back_up(var, var / "jinzhi.sqlite3", file, keys=keys)


def dump(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as kept:
        return list(kept.iterdump())


def test_what_comes_back_is_equal(var, tmp_path):
    file, empty = tmp_path / "a.tar", tmp_path / "empty"
    told = saved(var, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    empty.mkdir()
    assert restore(file, empty) == told
    assert dump(empty / "jinzhi.sqlite3") == dump(var / "jinzhi.sqlite3")
    assert digest_of(empty / "store/ab/abcd") == digest_of(var / "store/ab/abcd")
    assert sorted(p.name for p in empty.iterdir()) == ["jinzhi.sqlite3", "store", "witnesses.json"]


def test_keys_are_in_it_only_when_asked(var, tmp_path):
    file, empty = tmp_path / "a.tar", tmp_path / "empty"
    assert saved(var, file, keys=True).keys
    empty.mkdir()
    (empty / "secret").write_text("made at the start")
    restore(file, empty)
    assert (empty / "secret").read_text() == "signs sessions"
    assert (empty / "keys" / "log.key").read_text() == "private"
    saved(var, tmp_path / "b.tar")
    assert b"private" not in (tmp_path / "b.tar").read_bytes()


def test_a_backup_taken_while_others_write_is_of_one_moment(var, tmp_path):
    stop = threading.Event()

    def writing() -> None:
        with closing(sqlite3.connect(var / "jinzhi.sqlite3", timeout=30)) as kept:
            while not stop.is_set():
                with kept:
                    kept.executemany("INSERT INTO event (said) VALUES (?)", [("一",), ("二",)])

    writer = threading.Thread(target=writing)
    writer.start()
    try:
        for n in range(3):
            file, empty = tmp_path / f"{n}.tar", tmp_path / f"empty{n}"
            told = saved(var, file)
            empty.mkdir()
            restore(file, empty)
            assert (told.rows - 500) % 2 == 0, "never half a transaction"
    finally:
        stop.set()
        writer.join()


def test_a_byte_changed_anywhere_brings_nothing_back(var, tmp_path):
    file = tmp_path / "a.tar"
    saved(var, file)
    whole = file.read_bytes()
    for at in (whole.index(b"SQLite format"), whole.index("证据".encode()) + 500, whole.index(b"sha256") + 12):
        bad, empty = tmp_path / "bad.tar", tmp_path / f"e{at}"
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        empty.mkdir()
        with pytest.raises(BackupRefused):
            restore(bad, empty)
        assert list(empty.iterdir()) == []
    cut, empty = tmp_path / "cut.tar", tmp_path / "cut"
    cut.write_bytes(whole[: len(whole) // 2])
    empty.mkdir()
    with pytest.raises(BackupRefused):
        restore(cut, empty)
    assert list(empty.iterdir()) == []


def test_nothing_is_written_over(var, tmp_path):
    file = tmp_path / "a.tar"
    saved(var, file)
    with pytest.raises(BackupRefused, match="already"):
        saved(var, file)
    with pytest.raises(BackupRefused, match="not empty"):
        restore(file, var)


def test_an_installation_comes_back_by_its_commands(tmp_path):
    old, new, file = tmp_path / "old", tmp_path / "new", str(tmp_path / "a.tar")
    migrated(old)
    jinzhi(old, "setup", "--admin", "chief")
    assert "keys are not in it" in jinzhi(old, "backup", file)
    assert "equal by SHA-256" in jinzhi(new, "restore", file)
    assert dump(new / "jinzhi.sqlite3") == dump(old / "jinzhi.sqlite3")
    with pytest.raises(AssertionError, match="not empty"):
        jinzhi(new, "restore", file)


TABLE = """公开（公告）号,标题,申请人,申请日,公开（公告）日
CN117000001A,一种隔膜涂布装置,某某材料有限公司,2023-02-01,2023-11-03
CN117000002A,一种电池壳体,某某材料有限公司,2023-03-01,2023-11-03
"""


@pytest.mark.parametrize("way", [("demo", "fill", "--behind"), ("patents", "index")], ids="-".join)
def test_the_search_index_is_not_in_a_backup_and_is_made_anew_after_a_restore(tmp_path, way):
    """As ``make run`` does behind the served pages, and as the command that restore names."""
    old, new, file, table = tmp_path / "old", tmp_path / "new", str(tmp_path / "a.tar"), tmp_path / "t.csv"
    table.write_text(TABLE, "utf-8")
    migrated(old)
    jinzhi(old, "setup", "--admin", "chief")
    jinzhi(old, "patents", "import", str(table))
    jinzhi(old, "patents", "index")
    assert jinzhi(old, "search", "ti=隔膜", "--ids").split() == ["CN117000001A"]
    jinzhi(old, "backup", file)
    assert "jinzhi patents index --rebuild" in jinzhi(new, "restore", file)
    assert not (new / "index").exists()
    with pytest.raises(AssertionError, match="jinzhi patents index"):
        jinzhi(new, "search", "ti=隔膜", "--ids")
    jinzhi(new, *way)
    assert jinzhi(new, "search", "ti=隔膜", "--ids").split() == ["CN117000001A"]
    # all that was indexed before, not only what came since
    assert jinzhi(new, "search", "pa=某某材料有限公司", "--count").strip() == "2"


def test_a_backup_of_an_earlier_version_is_brought_to_this_one(tmp_path):
    old, new, file = tmp_path / "old", tmp_path / "new", str(tmp_path / "a.tar")
    jinzhi(old, "migrate", "--verbosity", "0", "patents", "0003_searching")
    jinzhi(old, "backup", file)
    jinzhi(new, "restore", file)
    jinzhi(new, "migrate", "--check")
