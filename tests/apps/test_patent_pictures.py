"""Images beside documents in a batch: kept and linked where a document names them, counted or refused where not."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from jinzhi.apps.evidence.models import Event as Recorded
from jinzhi.apps.evidence.store import holdings, store
from jinzhi.apps.patents.integrity import items
from jinzhi.apps.patents.models import Document, Item, Picture, Refusal, Staged, Wanted
from jinzhi.apps.patents.store import importing, pictures
from tests.apps.test_patents_import import Place
from tests.sources.patent_files import cnipa, zipped

TIFF = b"II*\x00\x08\x00\x00\x00" + bytes(40)


def png(shade: int = 0) -> bytes:
    """One grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes([0, shade]))) + chunk(b"IEND", b"")
    )  # fmt: skip


def naming(number: str, application: str, *files: str) -> bytes:
    """A document with these files as its figures."""
    one = b'<business:Figure num="0001" figureLabels="\xe5\x9b\xbe1"><base:Image file="HDA1.TIF" he="10" wi="20"/>'
    figures = "</business:Figure>".join(
        f'<business:Figure num="{n:04d}" figureLabels="图{n}"><base:Image file="{file}"/>'
        for n, file in enumerate(files, 1)
    )
    whole = cnipa(number, application)
    assert one in whole
    return whole.replace(one, figures.encode())


FIRST = naming("900000001", "202310000001.1", "HDA1.TIF", "A2.png", "A3.png")
SECOND = naming("900000002", "202310000002.1", "b1.PNG", "b2.png", "b3.png")
MEMBERS = {
    "one/HDA1.tif": TIFF,
    "one/one.XML": FIRST,
    "one/a2.PNG": png(2),
    "one/formula.png": png(9),
    "two/b1.png": png(4),
    "two/two.XML": SECOND,
    "two/b2.png": png(5)[:-8],
    "two/b3.png": png(6) + bytes(3000),
}


@pytest.fixture
def place(db, settings, tmp_path, monkeypatch):
    settings.JINZHI_STORE = tmp_path / "store"
    monkeypatch.setattr(pictures, "LIMIT", 2000)
    return tmp_path


def run(*paths: Path, **more: object) -> importing.ImportReport:
    return importing.import_paths(paths, workers=0, **more)  # type: ignore[arg-type]


def made(folder: Path, members: dict[str, bytes] = MEMBERS) -> Path:
    file = folder / "week.zip"
    file.write_bytes(zipped(members))
    return file


def linked() -> list[tuple[str, int, str, str]]:
    rows = Picture.objects.order_by("document__number", "position")
    return list(rows.values_list("document__number", "position", "name", "media_type"))


WHOLE = [
    ("CN900000001B", 1, "HDA1.TIF", "image/tiff"),
    ("CN900000001B", 2, "A2.png", "image/png"),
    ("CN900000002B", 1, "b1.PNG", "image/png"),
]


def test_images_that_documents_name_are_kept_whatever_the_case_of_their_letters(place) -> None:
    told = run(made(place))
    assert linked() == WHOLE
    assert (told.new, told.drawings, told.pictures) == (2, 6, 3)
    assert store.content(Picture.objects.get(name="HDA1.TIF").sha256) == TIFF
    assert store.content(Picture.objects.get(name="A2.png").sha256) == png(2)


def test_what_is_left_over_is_counted_and_named_and_leaves_the_store(place) -> None:
    told = run(made(place))
    item = Item.objects.get()
    assert (item.members, item.within, item.rest[pictures.UNNAMED], item.rest[pictures.ABSENT]) == (2, 0, 1, 1)
    assert told.rest[pictures.UNNAMED] == 1
    cut, large = Refusal.objects.order_by("name")
    assert (cut.name, cut.reason_zh) == ("week.zip!two/b2.png", "附图图像不完整，没有保存")
    assert (large.name, "超过上限" in large.reason_zh) == ("week.zip!two/b3.png", True)
    assert (item.refused, told.refused, list(items())) == (2, 2, [])
    assert not Staged.objects.exists()
    assert not Wanted.objects.exists()
    assert {one.sha256 for one in store.lying()} == set(Picture.objects.values_list("sha256", flat=True))
    assert Recorded.objects.get(verb="patents-imported").data["pictures"] == 3


def test_a_second_import_adds_nothing(place) -> None:
    file = made(place)
    run(file)
    assert (run(file).known, linked()) == (1, WHOLE)
    assert run(file, source="again").same == 2, "the same file under another name of its source"
    assert linked() == WHOLE


def test_the_store_knows_that_an_image_is_needed(place) -> None:
    run(made(place))
    assert holdings.needed(Picture.objects.first().sha256) == "drawings"


def test_images_of_another_folder_are_not_taken(place) -> None:
    run(made(place, {"one/one.XML": FIRST, "two/a2.png": png(2), "a2.png": png(2), "one/in/a2.png": png(2)}))
    assert linked() == []
    assert Item.objects.get().rest[pictures.ABSENT] == 3
    assert Item.objects.get().rest[pictures.UNNAMED] == 3


def test_first_bytes_decide_what_an_image_is(place) -> None:
    run(made(place, {"one/one.XML": FIRST, "one/HDA1.TIF": png(1), "one/a2.png": b"<svg onload='x'/>"}))
    assert linked() == [("CN900000001B", 1, "HDA1.TIF", "image/png")]
    assert "不是 PNG" in Refusal.objects.get().reason_zh


def test_images_within_archives_within_archives_and_in_plain_folders(place) -> None:
    inner = {"CN/x.XML": FIRST, "CN/a2.png": png(2)}
    plain = place / "in" / "CN"
    plain.mkdir(parents=True)
    (plain / "b1.png").write_bytes(png(4))
    (plain / "x.XML").write_bytes(SECOND)
    (place / "in" / "week.zip").write_bytes(zipped({"d/00.ZIP": zipped(inner)}))
    assert run(place / "in").pictures == 2
    assert linked() == WHOLE[1:]
    again = run(place / "in")
    assert (again.known, again.pictures, again.rest, linked()) == (2, 0, {}, WHOLE[1:])


def test_damaged_members_are_refused_by_name(place) -> None:
    file = made(place, {"one/one.XML": FIRST, "one/a2.png": png(2)})
    with zipfile.ZipFile(file) as archive:
        info = archive.getinfo("one/a2.png")
    data = bytearray(file.read_bytes())
    at = info.header_offset + 30 + len(info.filename)
    data[at : at + 4] = b"\xff\xff\xff\xff"
    file.write_bytes(data)
    told = run(file)
    assert (told.new, told.refused, linked()) == (1, 1, [])
    assert Refusal.objects.get().reason_zh.startswith("附图图像已损坏")


def test_a_better_image_takes_the_place_of_the_earlier(place) -> None:
    run(made(place, {"one/one.XML": FIRST, "one/a2.png": png(2), "one/HDA1.TIF": TIFF}))
    run(made(place, {"one/one.XML": FIRST, "one/a2.png": png(3)}))
    assert linked() == WHOLE[:2]
    assert store.content(Picture.objects.get(position=2).sha256) == png(3)
    assert {one.sha256 for one in store.lying()} == set(Picture.objects.values_list("sha256", flat=True))


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


@pytest.mark.parametrize("after", range(1, 8))
def test_cut_off_anywhere_it_goes_on_to_the_same_end(place, monkeypatch, after) -> None:
    """Every answer is written by itself, and the process ends before the n-th is."""
    monkeypatch.setattr(importing, "CHUNK", 1)
    file = made(place)
    whole, left = importing.Importer._flush, [after]

    def flush(importer: importing.Importer) -> None:
        left[0] -= 1
        if not left[0]:
            raise Killed
        whole(importer)

    monkeypatch.setattr(importing.Importer, "_flush", flush)
    with pytest.raises(Killed):
        run(file)
    monkeypatch.setattr(importing.Importer, "_flush", whole)
    run(file)
    item = Item.objects.get()
    assert linked() == WHOLE
    assert (item.members, item.within, item.records, item.new, item.refused) == (2, 0, 4, 2, 2)
    assert (item.rest[pictures.UNNAMED], item.rest[pictures.ABSENT], list(items())) == (1, 1, [])
    assert {one.sha256 for one in store.lying()} == set(Picture.objects.values_list("sha256", flat=True))


def test_cut_off_while_the_batch_is_ended_it_ends_once(place, monkeypatch) -> None:
    file, clear = made(place), pictures.clear
    monkeypatch.setattr(pictures, "_rest", lambda *_: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        run(file)
    assert linked() == []
    monkeypatch.undo()
    monkeypatch.setattr(pictures, "LIMIT", 2000)
    monkeypatch.setattr(pictures, "clear", lambda: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        run(file)
    monkeypatch.setattr(pictures, "clear", clear)
    assert linked() == WHOLE
    run(file)
    assert Item.objects.get().rest[pictures.UNNAMED] == 1
    assert {one.sha256 for one in store.lying()} == set(Picture.objects.values_list("sha256", flat=True))


def test_an_operator_may_leave_them_out(place, settings) -> None:
    settings.JINZHI_KEEP_DRAWINGS = False
    told = run(made(place))
    assert (told.new, told.drawings, told.pictures, told.refused) == (2, 6, 0, 0)
    assert (Picture.objects.count(), list(store.lying())) == (0, [])
    assert Document.objects.count() == 2


@pytest.mark.slow
def test_killed_by_the_system_and_run_again_every_image_is_there_once(tmp_path) -> None:
    place = Place(tmp_path / "var")
    place.jinzhi("migrate", "-v0")
    members = {}
    for n in range(800):
        folder = f"CN{n:04d}"
        members[f"{folder}/a.png"] = png(n % 200)
        members[f"{folder}/x.XML"] = naming(f"91{n:07d}", f"20231{n:07d}.1", "A.PNG", "B.PNG")
        members[f"{folder}/b.png"] = png(200 + n % 50)
        members[f"{folder}/f.png"] = png(255)
    file = made(tmp_path, members)
    arguments = ("patents", "import", str(file), "--workers", "2")
    stored = place.killed("SELECT count(*) FROM patents_document", 0, *arguments)
    assert 0 < stored < 800
    place.jinzhi(*arguments)
    assert place.ask("SELECT count(*), count(DISTINCT sha256) FROM patents_picture") == [(1600, 250)]
    assert place.ask("SELECT members, records, new, refused FROM patents_item") == [(800, 800, 800, 0)]
    assert place.ask("SELECT count(*) FROM patents_staged") == place.ask("SELECT count(*) FROM patents_wanted")
    assert place.ask("SELECT count(*) FROM patents_staged") == [(0,)]
    assert len(list((place.var / "store").glob("??/*"))) == 250
