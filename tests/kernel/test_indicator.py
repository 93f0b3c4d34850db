"""Indicators: what a declaration may say of a number, and that a wrong one is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from jinzhi.kernel.declare import Catalogue, Declaration, Found
from jinzhi.kernel.expression import All, Is
from jinzhi.kernel.fields import Field
from jinzhi.kernel.indicator import Count, Indicator, Median, Ratio, Sum, parts
from jinzhi.kernel.register import Register

BOOKS = Register(
    id="books",
    zh="图书",
    en="Books",
    serves=("C1",),
    title="n",
    writes=("x",),
    fields=(Field(id="n", zh="名", en="N"),),
)
SHARE = Indicator(
    id="lent-share",
    zh="借出率",
    en="Share lent",
    serves=("C1",),
    why="Books that nobody reads help nobody.",
    measure=Ratio(Count("register:books", Is("lent", True)), Count("register:books")),
    unit="%",
    unit_en="%",
    targets={2026: Decimal(80)},
)


def problems(indicator: Indicator) -> list[str]:
    declared: tuple[Declaration, ...] = (BOOKS, indicator)
    found = {d.kind: {d.id: Found(d, "test", d.id)} for d in declared}
    return list(indicator.problems(Catalogue(found)))


def test_a_sound_indicator_has_no_problem():
    assert problems(SHARE) == []


def test_a_ratio_is_made_of_its_top_and_bottom():
    top, bottom = parts(SHARE.measure)
    assert (top.where, bottom.where) == (Is("lent", True), All())
    assert parts(Sum("register:books", "pages")) == (Sum("register:books", "pages"),)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(SHARE, direction="sideways"), "direction 'sideways' is not up or down"),
        (replace(SHARE, why=""), "say why this number matters"),
        (replace(SHARE, owner="nobody"), "'nobody' is not a declared unit"),
        (replace(SHARE, measure=Count("register:films")), "names no declared register"),
        (replace(SHARE, measure=Count("procedure:films")), "names no declared procedure"),
        (replace(SHARE, measure=Median("weather", "rain")), "source 'weather' is not register:"),
        (
            replace(SHARE, measure=Ratio(Count("register:books"), Count("register:books"), scale=0)),
            "the scale of a ratio must be positive",
        ),
        (replace(SHARE, targets={1926: Decimal(1)}), "target 1926"),
        (replace(SHARE, targets={2026: Decimal("NaN")}), "target 2026"),
        (replace(SHARE, serves=()), "serves is empty"),
    ],
)
def test_a_wrong_indicator_says_what_is_wrong(wrong, said):
    assert any(said in p for p in problems(wrong)), problems(wrong)
