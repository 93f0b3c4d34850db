"""Citations one step both ways as a picture that is laid out here: what a document cites, and what cites it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.store.queries import CitedDocument

#: documents drawn on each side; the tables have all
DRAWN = 12
BOX, HIGH, GAP, BETWEEN, TOP = 200, 34, 8, 90, 34


@dataclass(frozen=True)
class CitationNode:
    """A box with its number, a second line, and the address of the document where it is in the store."""

    x: int
    y: int
    number: str
    note: str
    href: str

    @property
    def middle(self) -> int:
        return self.x + BOX // 2

    @property
    def line(self) -> int:
        return self.y + 22

    @property
    def title(self) -> str:
        return f"{self.number} {self.note}".strip()


@dataclass(frozen=True)
class CitationGraph:
    """The picture: boxes, lines, and how many of each side are not drawn."""

    width: int
    height: int
    own: CitationNode
    before: list[CitationNode]
    after: list[CitationNode]
    paths: list[str]
    more_before: int
    more_after: int

    box, high = BOX, HIGH

    @property
    def right(self) -> int:
        """Where the column on the right begins."""
        return 2 * (BOX + BETWEEN)


def graph(own: Document, cited: Sequence[CitedDocument], citing: Sequence[Document]) -> CitationGraph | None:
    """None where nothing is cited either way. Literature without a number is in the table only."""
    back = {
        (one.document.number if one.document else one.citation.cited): one.document
        for one in cited
        if one.document or one.citation.cited
    }
    front = {one.number: one for one in citing}
    if not back and not front:
        return None
    rows = max(1, min(DRAWN, len(back)), min(DRAWN, len(front)))
    height = TOP + rows * (HIGH + GAP)
    centre = TOP + (height - TOP - GAP) // 2

    def column(found: dict[str, Document | None], x: int) -> list[CitationNode]:
        shown = list(found.items())[:DRAWN]
        top = centre - (len(shown) * (HIGH + GAP) - GAP) // 2
        return [_node(number, row, x, top + at * (HIGH + GAP)) for at, (number, row) in enumerate(shown)]

    before = column(back, 0)
    after = column(dict(front), 2 * (BOX + BETWEEN))
    middle = _node(own.number, own, BOX + BETWEEN, centre - HIGH // 2, link=False)
    paths = [_line(node.x + BOX, node.y, middle.x, middle.y) for node in before]
    paths += [_line(middle.x + BOX, middle.y, node.x, node.y) for node in after]
    width = 3 * BOX + 2 * BETWEEN
    return CitationGraph(width, height, middle, before, after, paths, len(back) - len(before), len(front) - len(after))


def _node(number: str, row: Document | None, x: int, y: int, *, link: bool = True) -> CitationNode:
    href = reverse("patent", args=[row.number]) if row and link else ""
    return CitationNode(x, y, number, row.title if row else "", href)


def _line(x1: int, y1: int, x2: int, y2: int) -> str:
    a, b, bend = y1 + HIGH // 2, y2 + HIGH // 2, (x1 + x2) // 2
    return f"M{x1} {a}C{bend} {a} {bend} {b} {x2} {b}"
