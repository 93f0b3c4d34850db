"""知识产权资金执行率: of the money set aside for rows of the plan this year, the share spent."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.indicator import Indicator, IndicatorCase, Ratio, Sum

budget_spent = Indicator(
    id="budget-spent",
    zh="知识产权资金执行率",
    en="Share of the budget spent",
    serves=("K4",),
    next_review=date(2027, 6, 30),
    why="钱花出去了才谈得上绩效。各项目以最近登记的执行数为准，截至日期不同的项目合并计算；执行率高不等于效果好。",
    measure=Ratio(Sum("register:budget-items", "spent"), Sum("register:budget-items", "budget")),
    unit="%",
    unit_en="%",
    date_field="as_of",
    breakdowns=("unit", "source", "row"),
    owner="tj-finance",
    headline=True,
    examples=(
        IndicatorCase(
            "the share is that of the amounts, not the mean of the shares",
            {"register:budget-items": (
                {"budget": Decimal("100"), "spent": Decimal("90"), "as_of": date(2026, 10, 31)},
                {"budget": Decimal("300"), "spent": Decimal("60.5"), "as_of": date(2026, 9, 30)},
                {"budget": Decimal("500"), "spent": Decimal("500"), "as_of": date(2025, 12, 31)},
            )},
            date(2026, 11, 22), Decimal("37.6"),
        ),
        IndicatorCase(
            "nothing set aside: no rate",
            {"register:budget-items": ({"budget": Decimal(0), "spent": Decimal(0), "as_of": date(2026, 1, 31)},)},
            date(2026, 11, 22), None,
        ),
    ),
)  # fmt: skip
