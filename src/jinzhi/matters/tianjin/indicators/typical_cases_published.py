"""典型案例发布数: typical cases published this year."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.expression import Given
from jinzhi.kernel.indicator import Count, Indicator, IndicatorCase

typical_cases_published = Indicator(
    id="typical-cases-published",
    zh="典型案例发布数",
    en="Typical cases published",
    serves=("G4", "P2"),
    next_review=date(2027, 6, 30),
    why="发布案例让公众知道什么受保护、怎样保护。按发布日期计入年度；尚未发布的不计。",
    measure=Count("register:typical-cases", Given("published_on")),
    unit="件",
    unit_en="cases",
    date_field="published_on",
    breakdowns=("unit", "protection", "right"),
    decimals=0,
    owner="tj-ip-office",
    examples=(
        IndicatorCase(
            "cases published from new year to the day",
            {"register:typical-cases": (
                {"published_on": date(2026, 1, 1)}, {"published_on": date(2026, 4, 26)},
                {"published_on": date(2025, 12, 31)}, {"published_on": None},
            )},
            date(2026, 11, 22), Decimal(2),
        ),
    ),
)  # fmt: skip
