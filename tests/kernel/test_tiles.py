"""Names, widths and bundles of tiles, after the examples of C2SP tlog-tiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.kernel.tiles import Tile, TileError, bundle, hashes, levels_of, number_path, parse, tiles_of, unbundle


@pytest.mark.parametrize(
    ("number", "path"),
    [(0, "000"), (5, "005"), (999, "999"), (1000, "x001/000"), (273, "273"), (1_234_067, "x001/x234/067")],
)
def test_a_number_is_written_in_groups_of_three(number, path):
    assert number_path(number) == path


@given(st.integers(0, 62), st.integers(0, 10**18 - 1), st.integers(1, 256), st.booleans())
def test_a_path_names_its_tile(level, number, width, entries):
    tile = Tile(0 if entries else level, number, width, entries)
    assert parse(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/00", "tile/0/0000", "tile/0/x000/001", "tile/0/001/000", "tile/64/000", "tile/00/000", "tile/-1/000",
        "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/257", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000/",
        "tile/entries/000.p/300", "/tile/0/000", "tile/0/../000", "tile/data/000", "checkpoint", "",
    ],
)  # fmt: skip
def test_a_path_of_another_form_names_nothing(path):
    with pytest.raises(TileError):
        parse(path)


def test_a_log_of_seventy_thousand_has_these_tiles():
    """The example of the specification: size 70,000."""
    assert list(levels_of(70_000)) == [0, 1, 2]
    assert [t.path for t in tiles_of(70_000, 0)][-2:] == ["tile/0/272", "tile/0/273.p/112"]
    assert [t.path for t in tiles_of(70_000, 1)] == ["tile/1/000", "tile/1/001.p/17"]
    assert [t.path for t in tiles_of(70_000, 2)] == ["tile/2/000.p/1"]


@pytest.mark.parametrize(("size", "levels"), [(0, 0), (1, 1), (255, 1), (256, 2), (65_535, 2), (65_536, 3)])
def test_a_level_begins_with_its_first_complete_hash(size, levels):
    assert len(levels_of(size)) == levels
    assert all(list(tiles_of(size, level)) for level in levels_of(size))
    assert not list(tiles_of(size, levels))


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_a_bundle_gives_back_its_entries(entries):
    assert unbundle(bundle(entries)) == entries


@pytest.mark.parametrize("content", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00"])
def test_a_bundle_that_ends_within_an_entry_is_refused(content):
    with pytest.raises(TileError):
        unbundle(content)


def test_an_entry_too_long_for_a_bundle_is_refused():
    with pytest.raises(TileError):
        bundle([b"x" * 65_536])


def test_a_tile_holds_whole_hashes():
    assert hashes(b"a" * 32 + b"b" * 32) == [b"a" * 32, b"b" * 32]
    with pytest.raises(TileError):
        hashes(b"a" * 33)
