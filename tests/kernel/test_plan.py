"""Rows of a plan and how a document's rows are bound to them."""

from jinzhi.kernel.declare import Catalogue, Found
from jinzhi.kernel.plan import PlanPlace, PlanRow, likeness, match_rows

ONE = PlanRow(id="C1", zh="企业创造", en="Enterprises", part="任务", part_number=1, section="创造", section_number=1,
              number=1, title="提升企业知识产权创造水平")  # fmt: skip
TWO = PlanRow(id="C2", zh="高校创造", en="Universities", part="任务", part_number=1, section="创造",
              section_number=1, number=2, title="激发高校院所知识产权创造活力")  # fmt: skip
ROWS = (ONE, TWO)


def _bound(*found):
    return [m.row.id if m.row else None for m in match_rows(found, ROWS)]


def test_place_and_title_bind():
    assert _bound((PlanPlace("", "", 1, 1, 1), ONE.title), (PlanPlace("", "", 1, 1, 2), TWO.title)) == ["C1", "C2"]


def test_a_title_binds_wherever_it_stands():
    assert _bound((PlanPlace(), TWO.title), (PlanPlace("", "", 9, 9, 9), ONE.title)) == ["C2", "C1"]


def test_punctuation_and_width_do_not_matter():
    assert likeness("强化“1+3+4”产业", "强化1＋3＋4产业") == 1.0


def test_a_place_alone_binds_nothing():
    assert _bound((PlanPlace("", "", 1, 1, 1), "整治市容环境卫生")) == [None]


def test_a_row_is_bound_once():
    assert _bound((PlanPlace(), ONE.title), (PlanPlace("", "", 1, 1, 1), ONE.title)) == [None, "C1"]


def test_two_rows_at_one_place_are_a_problem():
    twin = PlanRow(id="C9", zh="另一行", en="Twin", part="任务", part_number=1, section="创造", section_number=1,
                   number=1, title="另一行的标题")  # fmt: skip
    found = {"plan-row": {r.id: Found(r, "tests", r.id) for r in (*ROWS, twin)}}
    assert any("also that of C1" in p for p in twin.problems(Catalogue(found)))
