"""Batches: split zips with zips inside, folders, gzip, and what tries to do harm."""

from __future__ import annotations

import gzip
import io
import struct
import subprocess
import tracemalloc
import zipfile
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.kernel.patent import PatentDocument
from jinzhi.sources.patents import batch
from jinzhi.sources.patents.batch import BatchMember, Bounds, walk
from jinzhi.sources.patents.refused import RefusedRecord
from tests.sources.patent_files import cnipa, split, zipped


def read(path: Path, bounds: Bounds = batch.BOUNDS) -> tuple[list[str], list[RefusedRecord]]:
    """Publication numbers read, and what was refused."""
    numbers, refused = [], []
    for item in walk(path, bounds):
        for found in [item] if isinstance(item, RefusedRecord) else batch.read(item):
            if isinstance(found, RefusedRecord):
                refused.append(found)
            else:
                assert isinstance(found, PatentDocument)
                numbers.append(found.publication_number)
    return numbers, refused


def number(i: int) -> str:
    return f"CN{900_000_000 + i}B"


def folder_of_documents(first: int, count: int) -> dict[str, bytes]:
    """One folder a document, with its drawings, as the office packs them."""
    members = {}
    for i in range(first, first + count):
        name = f"CN1020230000{i:05d}CN0000{i:09d}0BFULZH20240510CN00Q"
        members[f"{name}/{name}.XML"] = cnipa(f"{900_000_000 + i}")
        members[f"{name}/HDA{i}.JPG"] = b"\xff\xd8\xff" + bytes(2000)
    return members


def weekly(inner: int, each: int, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    return zipped(
        {f"20240510/CN-PA-TXTS-10-B/{n:02d}.ZIP": zipped(folder_of_documents(n * each, each)) for n in range(inner)},
        compression,
    )


def test_a_weekly_batch_in_many_disks(tmp_path: Path) -> None:
    paths = split(weekly(4, 25), tmp_path, "20240510", 7_000)
    assert len(paths) > 10 and paths[-1].name == "20240510.zip"
    numbers, refused = read(tmp_path)
    assert numbers == [number(i) for i in range(100)] and refused == []
    assert read(tmp_path / "20240510.zip") == (numbers, [])


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zips_in_a_zip_stored_and_compressed(tmp_path: Path, compression: int) -> None:
    (tmp_path / "week.zip").write_bytes(weekly(3, 5, compression))
    members = list(walk(tmp_path / "week.zip"))
    assert sum(isinstance(m, BatchMember) and m.source == batch.DRAWING for m in members) == 15
    xml = [m for m in members if isinstance(m, BatchMember) and m.source == "cnipa-xml"]
    assert xml[0].name.startswith("week.zip!20240510/CN-PA-TXTS-10-B/00.ZIP!CN1020230000") and len(xml) == 15
    assert read(tmp_path / "week.zip")[0] == [number(i) for i in range(15)]


@pytest.mark.skipif(which("zip") is None, reason="Info-ZIP's zip is not installed: real split archives are needed")
def test_disks_made_by_an_archiver(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(4):
        (folder / f"{n}.ZIP").write_bytes(zipped(folder_of_documents(n * 40, 40), zipfile.ZIP_STORED))
    inside = [f"{n}.ZIP" for n in range(4)]
    subprocess.run(["zip", "-q", "-0", "-s", "64k", "../week.zip", *inside], cwd=folder, check=True)
    assert len(list(tmp_path.glob("week.z*"))) > 5
    assert read(tmp_path / "week.zip") == ([number(i) for i in range(160)], [])


def test_parts_cut_with_a_knife(tmp_path: Path) -> None:
    data = weekly(2, 10)
    for i in range(0, len(data), 5_000):
        (tmp_path / f"w.zip.{i // 5_000 + 1:03d}").write_bytes(data[i : i + 5_000])
    assert read(tmp_path) == ([number(i) for i in range(20)], [])


def test_a_missing_disk_is_named(tmp_path: Path) -> None:
    split(weekly(2, 25), tmp_path, "week", 7_000)[2].unlink()
    [refused] = read(tmp_path)[1]
    assert refused.name == "week.zip" and "week.z03" in refused.reason_zh
    [part] = walk(tmp_path / "week.z01")
    assert isinstance(part, RefusedRecord) and "week.zip" in part.reason_zh


def test_folders_files_and_gzip(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.XML").write_bytes(cnipa("900000002"))
    (tmp_path / "1.xml.gz").write_bytes(gzip.compress(cnipa("900000001")))
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress("公开号,名称\nCN900000003B,甲\n".encode()))
    (tmp_path / "picture.JPG").write_bytes(b"\xff\xd8")
    (tmp_path / "readme.md").write_bytes(b"hello")
    numbers, refused = read(tmp_path)
    assert sorted(numbers) == [number(1), number(2), number(3)]
    assert [r.name for r in refused] == ["readme.md"]
    assert [r.name for r in walk(tmp_path / "nothing")] == ["nothing"]


def test_a_member_can_be_opened_again(tmp_path: Path) -> None:
    (tmp_path / "w.zip").write_bytes(weekly(1, 1))
    member = next(m for m in walk(tmp_path) if isinstance(m, BatchMember) and m.source != batch.DRAWING)
    assert isinstance(member, BatchMember)
    for m in walk(tmp_path):
        if isinstance(m, BatchMember) and m.source == "cnipa-xml":
            with m.open() as first, m.open() as second:
                assert first.read() == second.read()


# -------------------------------------------------------------------------------------------------------- harm


def test_names_that_lead_out_of_the_folder(tmp_path: Path) -> None:
    names = ["../evil.XML", "/etc/evil.XML", "C:\\evil.XML", "a/../../evil.XML", "a\\..\\evil.XML"]
    (tmp_path / "w.zip").write_bytes(zipped({**{n: cnipa() for n in names}, "good.XML": cnipa("900000007")}))
    numbers, refused = read(tmp_path)
    assert numbers == [number(7)]
    assert len(refused) == len(names)
    assert all("越出" in r.reason_zh and "evil" in r.name for r in refused)


def test_a_bomb_is_refused_by_name_and_the_rest_is_read(tmp_path: Path) -> None:
    bomb = cnipa().replace(b"</business:Abstract>", b" " * (32 << 20) + b"</business:Abstract>")
    (tmp_path / "w.zip").write_bytes(zipped({"bomb.XML": bomb, "good.XML": cnipa("900000007")}))
    numbers, [refused] = read(tmp_path)
    assert numbers == [number(7)]
    assert refused.name == "w.zip!bomb.XML" and "炸弹" in refused.reason_zh


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress("公开号\n".encode() + b"CN900000001B\n" * 10_000))
    numbers, refused = read(tmp_path, Bounds(ratio=10, small=1000))
    assert "炸弹" in refused[-1].reason_zh
    assert len(numbers) < 1000


def test_depth_and_count_are_bounded(tmp_path: Path) -> None:
    data = zipped({"x.XML": cnipa()})
    for _ in range(5):
        data = zipped({"inner.zip": data})
    (tmp_path / "deep.zip").write_bytes(data)
    [refused] = read(tmp_path / "deep.zip")[1]
    assert "嵌套超过 3 层" in refused.reason_zh and refused.name.count("!") == 3
    (tmp_path / "many.zip").write_bytes(zipped({f"{i}.JPG": b"" for i in range(30)}))
    [refused] = read(tmp_path / "many.zip", Bounds(members=20))[1]
    assert "20 个文件" in refused.reason_zh


def test_encrypted_doubled_and_damaged_members(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.XML": cnipa(), "b.XML": cnipa("900000002")}, zipfile.ZIP_STORED))
    at = data.find(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 8, 1)
    (tmp_path / "locked.zip").write_bytes(data)
    numbers, [refused] = read(tmp_path / "locked.zip")
    assert numbers == [number(2)] and "密码" in refused.reason_zh

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("a.XML", cnipa())
        archive.writestr("a.XML", cnipa("900000002"))
    (tmp_path / "double.zip").write_bytes(out.getvalue())
    numbers, [refused] = read(tmp_path / "double.zip")
    assert numbers == [number(1)] and "同名" in refused.reason_zh

    data = bytearray(zipped({"a.XML": cnipa(), "b.XML": cnipa("900000002")}))
    data[200] ^= 0xFF
    (tmp_path / "hurt.zip").write_bytes(data)
    numbers, refused = read(tmp_path / "hurt.zip")
    assert numbers == [number(2)] and len(refused) == 1 and refused[0].name == "hurt.zip!a.XML"


def test_an_archive_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cut.zip").write_bytes(weekly(1, 3)[:-40])
    numbers, [refused] = read(tmp_path)
    assert numbers == [] and refused.name == "cut.zip" and "损坏" in refused.reason_zh


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_archives_never_raise(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    archive = bytearray(weekly(1, 2))
    for _ in range(data.draw(st.integers(1, 6))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "w.zip"
    path.write_bytes(archive)
    for item in read(path)[1]:
        assert item.reason_zh and item.reason_en


def test_memory_is_flat_over_a_batch(tmp_path: Path) -> None:
    (tmp_path / "few.zip").write_bytes(weekly(2, 50))
    (tmp_path / "many.zip").write_bytes(weekly(12, 50))

    def peak(name: str, count: int) -> int:
        tracemalloc.start()
        try:
            assert len(read(tmp_path / name)[0]) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak("few.zip", 100)
    few, many = peak("few.zip", 100), peak("many.zip", 600)
    assert many < few + (4 << 20)
