"""What the tests of plan documents share: the city's names and rows, our own document, the seed where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from jinzhi.kernel.declare import collect
from jinzhi.kernel.organisation import NameBook
from jinzhi.kernel.plan import PlanDocument, PlanRow
from jinzhi.sources.plan_document import parse, simplify

CITY = collect(["jinzhi.matters.tianjin"])
NAMES = NameBook.from_catalogue(CITY, simplify)
ROWS = CITY.all(PlanRow)
HERE = Path(__file__).parent
OWN = (HERE / "plan_document_own.txt").read_text(encoding="utf-8")
SEED = HERE.parents[2] / "shared" / "seed" / "plan_division_2021.txt"

needs_seed = pytest.mark.skipif(not SEED.exists(), reason="the seed document (../shared/seed) is not here")


def seed() -> str:
    return SEED.read_text(encoding="utf-8")


def read(text: str, rows: tuple[PlanRow, ...] = ROWS) -> PlanDocument:
    return parse(text, names=NAMES, rows=rows)


def content(document: PlanDocument) -> list[tuple[object, ...]]:
    """Rows as what they say: id, title, measures, units with their duty."""
    return [(r.id, r.title, r.measures, tuple((d.unit, d.duty) for d in r.duties)) for r in document.rows]


def whole(document: PlanDocument) -> bool:
    """Whether the spans cover the text once, in order, and the count is that of its characters."""
    edges = [s.start for s in document.spans] + [len(document.text)]
    ends = [0] + [s.end for s in document.spans]
    return edges == ends and sum(document.accounted().values()) == len(document.text)
