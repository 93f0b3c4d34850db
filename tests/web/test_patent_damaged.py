"""A broken search index: named by the doctor with what mends it, answered with 503 in words, mended by that command."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command

from jinzhi.apps.patents import index
from jinzhi.apps.patents.integrity import indexed
from jinzhi.apps.patents.looks import patents as look_at_patents
from jinzhi.apps.patents.ticks import index as bring_up
from tests.web.test_api import Program, problem
from tests.web.test_api_patents import PATENTS
from tests.web.test_patents import numbers, patents  # noqa: F401 - fixture

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
