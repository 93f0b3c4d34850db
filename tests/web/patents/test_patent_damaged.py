"""A broken search index: named by the doctor with what mends it, answered with 503 in words, mended by that command."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command

from jinzhi.apps.patents.integrity import indexed
from jinzhi.apps.patents.looks import patents as look_at_patents
from jinzhi.apps.patents.search import index
from jinzhi.apps.patents.ticks import index as bring_up
from tests.web.api.test_api import Program, problem
from tests.web.api.test_api_patents import PATENTS
from tests.web.patents.test_patents import numbers, patents  # noqa: F401 - fixture

DAY = date(2026, 11, 22)
MENDS = "jinzhi patents index --rebuild"
QUERY = "隔膜 AND (一种 (3D) 隔膜)"


@pytest.fixture
def place(patents, settings) -> Path:  # noqa: F811
    settings.JINZHI_SEARCH = "tantivy"
    cache.clear()
    index.update()
    return index.folder()


def one(place: Path, pattern: str) -> Path:
    return sorted(place.glob(pattern))[0]


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def garble(file: Path) -> None:
    file.write_bytes(bytes(b ^ 0x5A for b in file.read_bytes()))


def empty(file: Path) -> None:
    file.write_bytes(b"")


def swap(folder: Path) -> None:
    """A file where a folder should be: it can be read by nobody, whoever runs the tests."""
    shutil.rmtree(folder)
    folder.write_text("x")


DAMAGES = [
    *((kind, how) for kind in ("idx", "term", "pos", "store", "fast", "fieldnorm") for how in (cut, Path.unlink)),
    *(("meta", how) for how in (cut, garble, empty, Path.unlink)),
    *((name, how) for name in ("ti.tok.npy", "ti.off.npy", "id.npy", "pa.val.npy") for how in (cut, Path.unlink)),
    ("manifest", cut), ("manifest", Path.unlink), ("tokens", cut), ("values", Path.unlink),
    ("forward", swap), ("inverted", swap), ("forward", shutil.rmtree), ("", swap),
]  # fmt: skip
PLACES = {"meta": "inverted/meta.json", "manifest": "forward/manifest.json", "tokens": "forward/tokens.txt",
          "values": "forward/values.txt", "forward": "forward", "inverted": "inverted"}  # fmt: skip


def broken(place: Path, name: str) -> Path:
    if not name:
        return place
    if name in PLACES:
        return place / PLACES[name]
    return one(place, f"forward/parts/*/{name}" if name.endswith(".npy") else f"inverted/*.{name}")


@pytest.mark.parametrize(("name", "how"), DAMAGES, ids=lambda x: getattr(x, "__name__", x))
def test_a_broken_index_is_named_answered_with_503_and_mended(district, place, name, how):
    assert index.damage(deep=True) == ""
    how(broken(place, name))
    (fact,) = (f for f in look_at_patents() if f.id == "patent-index")
    assert fact.state == "missing"
    assert "damaged" in fact.value
    assert MENDS in fact.way_zh
    assert MENDS in fact.way_en
    assert any(MENDS in said for said in indexed())

    page = district.client.get("/patents/", {"q": QUERY})
    assert page.status_code == 503
    assert int(page["Retry-After"]) > 0
    text = page.content.decode()
    assert QUERY in text
    assert MENDS in text
    said = problem(Program(district, "plan.read").get(PATENTS, {"q": QUERY}), 503, "not-ready")
    assert MENDS in said["en"]

    call_command("patents", "index", rebuild=True)
    assert index.damage(deep=True) == ""
    assert numbers(district.client.get("/patents/", {"q": "隔膜"}))


@pytest.mark.parametrize("address", [
    "/patents/similar/?text=隔膜涂层", "/patents/analysis/?q=隔膜", "/patents/classes/", "/search/?q=隔膜",
    "/patents/export/xlsx/?q=隔膜", "/patents/analysis/pa/svg/?q=隔膜", "/patents/topics/",
    "/patents/analysis/together/svg/",
])  # fmt: skip
def test_no_other_page_breaks_on_a_broken_index(district, place, address):
    cut(one(place, "inverted/*.term"))
    answer = district.client.get(address, follow=True)
    assert answer.status_code in (200, 404, 503)


def test_an_index_broken_while_it_is_open_is_told_too(district, place):
    """The arrays are opened when first asked for."""
    one(place, "forward/parts/*/ti.flag.npy").unlink()
    meta = place / "inverted" / "meta.json"
    index._tantivy._engine, before = None, meta.stat()
    with pytest.raises(index.Damaged, match=r"ti\.flag"):
        index.reader()
    assert meta.stat() == before


def test_a_changed_byte_within_a_segment_is_found_by_the_integrity_checker(place):
    file = one(place, "inverted/*.store")
    held = bytearray(file.read_bytes())
    held[3] ^= 1
    file.write_bytes(held)
    assert any(file.name in said and MENDS in said for said in indexed())


def flip(file: Path) -> None:
    held = bytearray(file.read_bytes())
    held[-1] ^= 1
    file.write_bytes(held)


def test_doctor_names_any_file_with_one_changed_byte(place):
    """Not only what the cheap look finds, because the files are small here: also what a process has open."""
    files = sorted(path for path in place.rglob("*") if path.is_file() and path.stat().st_size)
    assert {"ti.tok.npy", "seal.json", "meta.json", "tokens.txt"} <= {path.name for path in files}
    for file in files:
        whole = file.read_bytes()
        flip(file)
        (said,) = indexed()
        assert file.relative_to(place).as_posix() in said
        assert MENDS in said
        file.write_bytes(whole)
        assert list(indexed()) == []


def test_what_doctor_finds_is_answered_from_nowhere_until_the_index_is_built_anew(district, place, monkeypatch):
    """As on a large index, of which no opening reads every byte."""
    monkeypatch.setattr("jinzhi.engines.search_index.soundness.SMALL", 0)
    program = Program(district, "plan.read")
    flip(one(place, "forward/parts/*/pd.num.npy"))
    assert program.get(PATENTS, {"q": QUERY}).status_code == 200, "nobody has looked yet"
    assert list(indexed())
    assert "pd.num.npy" in problem(program.get(PATENTS, {"q": QUERY}), 503, "not-ready")["en"]
    # found by one process, known to all
    index._tantivy._engine = None
    answer = district.client.get("/patents/", {"q": QUERY})
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "pd.num.npy" in answer.content.decode()
    call_command("patents", "index", rebuild=True)
    assert numbers(district.client.get("/patents/", {"q": "隔膜"}))
    assert program.get(PATENTS, {"q": QUERY}).status_code == 200


def test_the_first_timer_of_a_day_reads_every_byte_and_mends(place, monkeypatch):
    monkeypatch.setattr("jinzhi.engines.search_index.soundness.SMALL", 0)
    assert bring_up(DAY) == 0
    flip(one(place, "forward/parts/*/ti.tok.npy"))
    assert bring_up(DAY) == 0, "it has looked today"
    assert bring_up(date(2026, 11, 23)) == 4
    assert index.damage(deep=True) == ""


def test_no_index_is_no_broken_index(district, place):
    shutil.rmtree(place)
    assert index.damage() == ""
    page = district.client.get("/patents/", {"q": QUERY})
    assert page.status_code == 503
    assert "jinzhi patents index" in page.content.decode()


def test_the_timer_mends_a_broken_index(district, place):
    cut(one(place, "inverted/*.idx"))
    assert bring_up(DAY) == 4
    assert index.damage(deep=True) == ""
