"""The sixteen districts as tiles, each about where it lies to the others. Our own drawing; no boundary is claimed."""

from __future__ import annotations

from jinzhi.kernel.tilemap import TileMap

district_tiles = TileMap(
    id="tj-district-tiles",
    zh="各区示意图",
    en="Map of the districts",
    serves=("K5",),
    tiles={
        "tj-jizhou": (0, 2),
        "tj-wuqing": (1, 1), "tj-baodi": (1, 2), "tj-ninghe": (1, 3),
        "tj-beichen": (2, 2),
        "tj-xiqing": (3, 0), "tj-hongqiao": (3, 1), "tj-hebei": (3, 2), "tj-dongli": (3, 3), "tj-binhai": (3, 4),
        "tj-nankai": (4, 1), "tj-heping": (4, 2), "tj-hedong": (4, 3),
        "tj-jinghai": (5, 0), "tj-hexi": (5, 2), "tj-jinnan": (5, 3),
    },
    why="A share per district is compared at a glance; the inner six are unreadable on a map of true boundaries.",
)  # fmt: skip
