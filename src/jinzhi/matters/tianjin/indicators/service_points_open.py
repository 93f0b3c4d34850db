"""公共服务网点数: service points open to the public on the day."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.expression import All, AtMost, Is
from jinzhi.kernel.indicator import TODAY, Count, Indicator, IndicatorCase

service_points_open = Indicator(
    id="service-points-open",
    zh="公共服务网点数",
    en="Service points open",
    serves=("S2", "S1"),
    next_review=date(2027, 6, 30),
    why="群众在家门口能问到的地方有多少。只数已设立且未注销的网点，不看服务量。",
    measure=Count("register:service-points", All(Is("state", "active"), AtMost("opened_on", TODAY))),
    unit="个",
    unit_en="points",
    breakdowns=("unit", "kind"),
    decimals=0,
    owner="tj-ip-office",
    headline=True,
    examples=(
        IndicatorCase(
            "a point that is closed or not opened yet is no point",
            {"register:service-points": (
                {"state": "active", "opened_on": date(2024, 4, 26)},
                {"state": "active", "opened_on": date(2026, 11, 22)},
                {"state": "active", "opened_on": date(2026, 12, 1)},
                {"state": "closed", "opened_on": date(2022, 1, 1)},
            )},
            date(2026, 11, 22), Decimal(2),
        ),
    ),
)  # fmt: skip
