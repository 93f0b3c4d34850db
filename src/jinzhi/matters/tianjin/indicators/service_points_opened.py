"""当年新增公共服务网点: service points opened this year."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.expression import Is
from jinzhi.kernel.indicator import Count, Indicator, IndicatorCase

service_points_opened = Indicator(
    id="service-points-opened",
    zh="当年新增公共服务网点",
    en="Service points opened this year",
    serves=("S2",),
    next_review=date(2027, 6, 30),
    why="看新型基础平台向基层延伸的速度。当年设立后又注销的不计。",
    measure=Count("register:service-points", Is("state", "active")),
    unit="个",
    unit_en="points",
    date_field="opened_on",
    breakdowns=("unit", "kind"),
    decimals=0,
    owner="tj-ip-office",
    examples=(
        IndicatorCase(
            "those opened from new year to the day",
            {"register:service-points": (
                {"state": "active", "opened_on": date(2026, 1, 1)},
                {"state": "active", "opened_on": date(2025, 12, 31)},
                {"state": "closed", "opened_on": date(2026, 2, 1)},
            )},
            date(2026, 11, 22), Decimal(1),
        ),
    ),
)  # fmt: skip
