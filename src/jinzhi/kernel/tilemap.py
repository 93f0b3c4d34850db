"""A map of equal tiles: the areas of a city in their rough places, drawn by us, so that no boundary is claimed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from jinzhi.kernel.declare import Catalogue, Declaration

#: what the page can show: rows and columns counted from 0
ROWS, COLUMNS = 7, 5


@dataclass(frozen=True, kw_only=True)
class TileMap(Declaration):
    """``tiles``: for the id of each unit that governs an area, its (row, column)."""

    kind: ClassVar[str] = "tile-map"

    tiles: Mapping[str, tuple[int, int]]

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        places: dict[tuple[int, int], str] = {}
        for unit, place in self.tiles.items():
            if unit not in catalogue.ids("unit"):
                yield f"tiles names the unit {unit!r}, which is not declared"
            if not (0 <= place[0] < ROWS and 0 <= place[1] < COLUMNS):
                yield f"the tile of {unit} lies off the map of {ROWS} rows and {COLUMNS} columns"
            if place in places:
                yield f"{unit} and {places[place]} lie on the same tile"
            places[place] = unit
