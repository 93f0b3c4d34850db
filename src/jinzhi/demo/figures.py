"""Figures of the demonstration's patents: a handful of line drawings, the same bytes every time, marked DEMO."""

from __future__ import annotations

import struct
import zlib
from functools import cache

WIDTH, HEIGHT = 480, 320
#: file name → what it shows, as boxes (left, top, right, bottom) and lines between points
_SHAPES: dict[str, tuple[tuple[tuple[int, int, int, int], ...], tuple[tuple[int, int, int, int], ...]]] = {
    "YANSHI0001.PNG": (
        ((60, 120, 160, 200), (190, 120, 290, 200), (320, 120, 420, 200)),
        ((160, 160, 190, 160), (290, 160, 320, 160), (110, 120, 80, 60), (240, 120, 260, 60), (370, 120, 400, 60)),
    ),
    "YANSHI0002.PNG": (
        ((120, 80, 360, 260), (150, 110, 230, 230), (250, 110, 330, 230)),
        ((230, 170, 250, 170), (190, 110, 140, 50), (290, 110, 340, 50), (120, 260, 360, 80)),
    ),
    "YANSHI0003.PNG": (
        ((180, 40, 300, 90), (180, 135, 300, 185), (180, 230, 300, 280)),
        ((240, 90, 240, 135), (240, 185, 240, 230), (300, 255, 380, 255), (380, 255, 380, 65), (380, 65, 300, 65)),
    ),
    "YANSHI0004.PNG": (
        ((70, 230, 410, 270), (110, 190, 150, 230), (330, 190, 370, 230)),
        ((130, 190, 240, 70), (350, 190, 240, 70), (240, 70, 240, 230), (130, 190, 350, 190)),
    ),
    "YANSHI0005.PNG": (
        ((90, 70, 390, 110), (90, 120, 390, 140), (90, 150, 390, 190), (90, 200, 390, 220), (90, 230, 390, 270)),
        ((390, 90, 440, 60), (390, 170, 440, 170), (390, 250, 440, 280)),
    ),
}
FILES = tuple(_SHAPES)
#: letters of five columns and seven rows
_LETTERS = {
    "D": (0x1E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1E), "E": (0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F),
    "M": (0x11, 0x1B, 0x15, 0x15, 0x11, 0x11, 0x11), "O": (0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E),
}  # fmt: skip


@cache
def drawn() -> dict[str, bytes]:
    """The images by file name, as PNG with one bit a pixel."""
    return {name: _png(_canvas(*shapes)) for name, shapes in _SHAPES.items()}


def _canvas(
    boxes: tuple[tuple[int, int, int, int], ...], lines: tuple[tuple[int, int, int, int], ...]
) -> list[bytearray]:
    """Rows of pixels, 1 is paper and 0 ink."""
    rows = [bytearray(b"\x01" * WIDTH) for _ in range(HEIGHT)]
    for left, top, right, bottom in boxes:
        lines += (
            (left, top, right, top), (right, top, right, bottom), (right, bottom, left, bottom),
            (left, bottom, left, top),
        )  # fmt: skip
    for x, y, to_x, to_y in lines:
        steps = max(abs(to_x - x), abs(to_y - y))
        for n in range(steps + 1):
            across, down = x + (to_x - x) * n // steps, y + (to_y - y) * n // steps
            for thick in (0, 1):
                rows[down + thick][across] = rows[down][across + thick] = 0
    for place, letter in enumerate("DEMO"):
        for down, bits in enumerate(_LETTERS[letter]):
            for across in range(5):
                if bits >> (4 - across) & 1:
                    rows[300 + 2 * down][16 + 14 * place + 2 * across] = 0
                    rows[300 + 2 * down][17 + 14 * place + 2 * across] = 0
                    rows[301 + 2 * down][16 + 14 * place + 2 * across] = 0
                    rows[301 + 2 * down][17 + 14 * place + 2 * across] = 0
    return rows


def _png(rows: list[bytearray]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packed = b"".join(b"\x00" + int("".join(map(str, row)), 2).to_bytes(WIDTH // 8, "big") for row in rows)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(packed, 9)) + chunk(b"IEND", b"")
