"""规划调整办结数: requests to adjust the plan that were decided this year, granted or not."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.expression import OneOf
from jinzhi.kernel.indicator import Count, Indicator, IndicatorCase

adjustments_decided = Indicator(
    id="adjustments-decided",
    zh="规划调整办结数",
    en="Plan adjustments decided",
    serves=("K2",),
    next_review=date(2027, 6, 30),
    why="规划可以调整，但要有理由、有决定。只数作出决定的（批准、已落实、不予调整），撤回的不计；多少件并无好坏之分。",
    measure=Count("procedure:plan-adjustment", OneOf("state", ("approved", "applied", "rejected"))),
    unit="件",
    unit_en="adjustments",
    date_field="decide_stopped",
    breakdowns=("unit", "state"),
    decimals=0,
    owner="tj-leading-group-office",
    examples=(
        IndicatorCase(
            "granted and refused are decided, withdrawn and pending are not",
            {"procedure:plan-adjustment": (
                {"state": "applied", "decide_stopped": date(2026, 3, 5)},
                {"state": "rejected", "decide_stopped": date(2026, 11, 22)},
                {"state": "withdrawn", "decide_stopped": date(2026, 4, 1)},
                {"state": "review", "decide_stopped": None},
            )},
            date(2026, 11, 22), Decimal(2),
        ),
        IndicatorCase(
            "what was decided last year counts for last year",
            {"procedure:plan-adjustment": ({"state": "approved", "decide_stopped": date(2025, 12, 31)},)},
            date(2026, 11, 22), Decimal(0),
        ),
    ),
)  # fmt: skip
