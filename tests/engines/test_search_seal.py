"""The seal of an index: whatever is changed, cut, lost or added is found; a writer that is killed leaves no alarm."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.search_index import seal
from jinzhi.engines.search_index.soundness import damage
from jinzhi.engines.search_index.store import OtherFormat
from jinzhi.engines.search_tantivy import Engine, IndexWriter
from jinzhi.kernel.query import Doc


def doc(number: int) -> Doc:
    keys = {"pn": (f"CN{number}A",), "pa": (f"某某{number}公司",), "ipc": ("H01M10/05",)}
    text = {"ti": (f"一种第{number}号电池",), "ab": ("公开了一种隔膜。A separator is disclosed.",)}
    return Doc(number, f"CN{number}A", text, keys, {"pd": 20260101 + number % 28}, {"nclm": number})


def write(place: Path, first: int, last: int, *, commits: int = 1) -> None:
    with IndexWriter(place) as writer:
        for number in range(first, last):
            writer.add(doc(number))
            if commits > 1:
                writer.commit()
        writer.commit()


@pytest.fixture
def place(tmp_path) -> Path:
    place = tmp_path / "patents"
    write(place, 1, 30)
    # a segment with a removed document, and a second part
    write(place, 29, 40)
    return place


def files(place: Path) -> list[Path]:
    return sorted(path for path in place.rglob("*") if path.is_file())


def test_one_changed_byte_in_any_file_names_the_file(place):
    assert damage(place, deep=True) == ""
    tried = 0
    for file in files(place):
        whole = file.read_bytes()
        for at in {0, len(whole) // 2, len(whole) - 1} if whole else ():
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            try:
                said = damage(place, deep=True)
            except OtherFormat:
                said = file.name if file.name == "manifest.json" else ""
            assert file.name in said, f"{file.relative_to(place)} at {at}: {said!r}"
            tried += 1
        file.write_bytes(whole)
    assert damage(place, deep=True) == ""
    assert tried > 100
    assert {"seal.json", "meta.json", ".managed.json", "ti.tok.npy", "pd.num.npy", "tokens.txt"} <= {
        file.name for file in files(place)
    }


def test_a_cut_lost_grown_or_added_file_is_named_by_the_cheap_look_too(place):
    for file in files(place):
        whole = file.read_bytes()
        changes = [whole[:-1], None, whole + b"\n"] if whole else [b"x"]
        for changed in changes:
            file.unlink(missing_ok=True)
            if changed is not None:
                file.write_bytes(changed)
            assert file.name in damage(place), f"{file.relative_to(place)}: {changed and len(changed)}"
        file.write_bytes(whole)
    for stray in ("forward/parts/0-29/zz.num.npy", "inverted/abc.idx", "more", "forward/parts/9-9/id.npy"):
        (place / stray).parent.mkdir(exist_ok=True)
        (place / stray).write_bytes(b"x")
        assert stray in damage(place)
        (place / stray).unlink()
    assert damage(place) == ""


def test_a_later_commit_does_not_take_damage_for_right(place):
    parts = sorted(place.glob("forward/parts/*/ti.tok.npy"))
    for file in (parts[0], place / "forward/values.txt"):
        copy = place.parent / f"copy-{file.name}"
        shutil.copytree(place, copy)
        wrong = copy / file.relative_to(place)
        held = bytearray(wrong.read_bytes())
        held[-3] ^= 1
        wrong.write_bytes(held)
        write(copy, 40, 42)
        assert file.name in damage(copy, deep=True)


def test_many_commits_joins_and_merges_leave_a_whole_index(tmp_path):
    for round in range(3):
        write(tmp_path, round * 20, round * 20 + 25, commits=20)
        assert damage(tmp_path, deep=True) == ""
        assert len(Engine(tmp_path)) == round * 20 + 25


def test_what_was_added_and_not_committed_leaves_no_alarm(place):
    with IndexWriter(place) as writer:
        for number in range(100, 600):
            writer.add(doc(number))
    assert damage(place, deep=True) == ""
    assert Engine(place).count(parse("ti=电池")) == 39


def test_a_file_that_the_index_still_keeps_account_of_is_no_damage_a_stranger_is(place):
    """Merged segments may lie there until the next writer sweeps them."""
    account = place / "inverted" / ".managed.json"
    write(place, 40, 60)
    merged = f"{'0' * 32}.fast"
    names = json.loads(account.read_bytes())
    seal.unseal(place)
    account.write_text(json.dumps([*names, merged]))
    seal.seal(place)
    (place / "inverted" / merged).write_bytes(b"merged away")
    assert damage(place, deep=True) == ""
    (place / "inverted" / f"{'1' * 32}.fast").write_bytes(b"planted")
    assert damage(place) == f"inverted/{'1' * 32}.fast does not belong to the index"


def test_a_writer_that_adds_nothing_leaves_the_seal_as_it_was(place):
    before = {file: file.read_bytes() for file in files(place)}
    with IndexWriter(place):
        pass
    assert {file: file.read_bytes() for file in files(place)} == before
    assert damage(place, deep=True) == ""


def test_while_a_writer_is_at_work_the_index_is_whole_and_what_was_sealed_is_still_compared(place):
    writer = IndexWriter(place)
    writer.add(doc(50))
    writer.commit()
    assert seal.broken_seal(place)
    assert damage(place, deep=True) == ""
    array = sorted(place.glob("forward/parts/*/ti.sent.npy"))[0]
    whole = array.read_bytes()
    array.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert array.name in damage(place, deep=True)
    array.write_bytes(whole)
    writer.close()
    assert not seal.broken_seal(place)
    assert damage(place, deep=True) == ""


def test_a_writer_killed_before_it_sealed_raises_no_alarm_and_the_next_one_seals(place):
    killed = place.parent / "killed"
    writer = IndexWriter(place)
    writer.add(doc(60))
    writer.commit()
    # what lies there when the process ends now
    shutil.copytree(place, killed)
    writer.close()
    assert damage(killed, deep=True) == ""
    with IndexWriter(killed):
        pass
    assert not seal.broken_seal(killed)
    assert damage(killed, deep=True) == ""


def test_what_a_killed_writer_left_half_written_is_swept_away_by_the_next(place):
    seal.unseal(place)
    (place / "inverted" / ".tmpAb12Cd").write_bytes(b"half a head")
    (place / "seal.json.tmp").write_bytes(b"{")
    assert damage(place, deep=True) == ""
    write(place, 40, 42)
    assert damage(place, deep=True) == ""
    assert not list((place / "inverted").glob(".tmp*")) and not (place / "seal.json.tmp").exists()
