"""责任单位联络人配备率: of the units of the four levels, how many name somebody who answers."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.expression import Given
from jinzhi.kernel.indicator import Count, Indicator, IndicatorCase, Ratio

units_with_contact = Indicator(
    id="units-with-contact",
    zh="责任单位联络人配备率",
    en="Units with a named contact",
    serves=("G1",),
    next_review=date(2027, 6, 30),
    why="“四级”管理体系要找得到人。只看是否指定了联络人，不看其是否尽责。目标 100% 为平台工作目标，非规划指标。",
    measure=Ratio(Count("units", Given("contact")), Count("units")),
    unit="%",
    unit_en="%",
    targets={year: Decimal(100) for year in range(2021, 2027)},
    breakdowns=("unit", "level"),
    owner="tj-leading-group-office",
    examples=(
        IndicatorCase(
            "one of four units names nobody",
            {"units": (
                {"level": "district", "contact": "联络员甲"}, {"level": "district", "contact": "联络员乙"},
                {"level": "street", "contact": "联络员丙"}, {"level": "street", "contact": None},
            )},
            date(2026, 11, 22), Decimal(75),
        ),
        IndicatorCase(
            "a city without units has no rate",
            {"units": ()}, date(2026, 11, 22), None,
        ),
    ),
)  # fmt: skip
