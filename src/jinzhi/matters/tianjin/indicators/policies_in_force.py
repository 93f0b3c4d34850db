"""现行有效政策文件数: policies and rules on IP that hold on the day."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.expression import All, Any, AtMost, Given, Not
from jinzhi.kernel.indicator import TODAY, Count, Indicator, IndicatorCase

policies_in_force = Indicator(
    id="policies-in-force",
    zh="现行有效政策文件数",
    en="Policies in force",
    serves=("K3",),
    next_review=date(2027, 6, 30),
    why="现行有效由施行、失效和废止日期推算，没有人去标记。数量多少并无好坏之分，用来看制度是否接续。",
    measure=Count(
        "register:policy-documents",
        All(
            AtMost("in_force_from", TODAY),
            Any(Not(Given("expires_on")), Not(AtMost("expires_on", TODAY))),
            Any(Not(Given("repealed_on")), Not(AtMost("repealed_on", TODAY))),
        ),
    ),
    unit="件",
    unit_en="documents",
    breakdowns=("unit", "level"),
    decimals=0,
    owner="tj-ip-office",
    headline=True,
    examples=(
        IndicatorCase(
            "a document holds from its first day, and no longer on the day on which it expires or is repealed",
            {"register:policy-documents": (
                {"in_force_from": date(2026, 11, 22)},
                {"in_force_from": date(2019, 11, 1), "expires_on": date(2026, 11, 23)},
                {"in_force_from": date(2019, 11, 1), "expires_on": date(2026, 11, 22)},
                {"in_force_from": date(2020, 1, 1), "repealed_on": date(2024, 1, 1)},
                {"in_force_from": date(2026, 12, 1)},
            )},
            date(2026, 11, 22), Decimal(2),
        ),
    ),
)  # fmt: skip
