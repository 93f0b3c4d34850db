"""Drawings as pictures for papers that take no SVG: made by Typst, which the reports use anyway.

Letters are drawn with the fonts of the machine; where it has none for Chinese, the picture has empty boxes, as a
browser there would show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

#: points of the picture for each one of the drawing: sharp in print at the width of a page
SCALE = 2


@dataclass(frozen=True, slots=True)
class SvgPicture:
    """An SVG document of so many pixels."""

    svg: str
    width: int
    height: int


def png(drawings: Sequence[SvgPicture]) -> list[bytes]:
    """A PNG of each, in their order. Raises RuntimeError where a drawing is no SVG."""
    if not drawings:
        return []
    with TemporaryDirectory() as folder:
        place = Path(folder)
        pages = []
        for n, one in enumerate(drawings):
            (place / f"{n}.svg").write_text(one.svg, encoding="utf-8")
            pages.append(
                f"#page(width: {one.width}pt, height: {one.height}pt, margin: 0pt, fill: white)"
                f'[#image("{n}.svg", width: {one.width}pt, height: {one.height}pt)]'
            )
        (place / "all.typ").write_text("\n".join(pages), encoding="utf-8")
        made = typst.compile(str(place / "all.typ"), root=folder, format="png", ppi=72.0 * SCALE)
    found = made if isinstance(made, list) else [made]
    return [bytes(one) for one in found if one is not None]
