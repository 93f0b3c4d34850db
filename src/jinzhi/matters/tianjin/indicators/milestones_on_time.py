"""里程碑按期完成率: of the milestones that fell due this year, how many were met by their day."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.expression import All, AtMost, F, Given, Is
from jinzhi.kernel.indicator import Count, Indicator, IndicatorCase, Ratio

milestones_on_time = Indicator(
    id="milestones-on-time",
    zh="里程碑按期完成率",
    en="Milestones met on time",
    serves=("K5",),
    next_review=date(2027, 6, 30),
    why=(
        "规划任务是否按时间表推进，由经审核的填报数推算，不由人填。到期当日计入；取消的里程碑不计。"
        "目标 90% 与亮灯规则的“正常”下限一致，为平台工作目标。"
    ),
    measure=Ratio(
        Count("plan:milestones", All(Is("dropped_on", None), Given("met_on"), AtMost("met_on", F("due")))),
        Count("plan:milestones", Is("dropped_on", None)),
    ),
    unit="%",
    unit_en="%",
    date_field="due",
    targets={year: Decimal(90) for year in range(2021, 2027)},
    breakdowns=("unit", "row_key"),
    owner="tj-leading-group-office",
    headline=True,
    examples=(
        IndicatorCase(
            "met on the day is in time; met later, or not at all, is not",
            {"plan:milestones": (
                {"due": date(2026, 6, 30), "met_on": date(2026, 6, 30), "dropped_on": None},
                {"due": date(2026, 6, 30), "met_on": date(2026, 7, 1), "dropped_on": None},
                {"due": date(2026, 11, 22), "met_on": None, "dropped_on": None},
                {"due": date(2026, 9, 30), "met_on": date(2026, 3, 1), "dropped_on": None},
            )},
            date(2026, 11, 22), Decimal(50),
        ),
        IndicatorCase(
            "one of last year, one to come and one that was dropped do not count",
            {"plan:milestones": (
                {"due": date(2025, 12, 31), "met_on": None, "dropped_on": None},
                {"due": date(2026, 12, 31), "met_on": None, "dropped_on": None},
                {"due": date(2026, 6, 30), "met_on": None, "dropped_on": date(2026, 5, 1)},
                {"due": date(2026, 6, 30), "met_on": date(2026, 6, 1), "dropped_on": None},
            )},
            date(2026, 11, 22), Decimal(100),
        ),
    ),
)  # fmt: skip
