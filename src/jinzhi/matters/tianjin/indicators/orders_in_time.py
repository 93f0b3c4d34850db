"""督办按期答复率: of the supervision orders whose day came this year, how many were answered by it."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.expression import All, Is, Not, OneOf
from jinzhi.kernel.indicator import Count, Indicator, IndicatorCase, Ratio

orders_in_time = Indicator(
    id="orders-in-time",
    zh="督办按期答复率",
    en="Supervision orders answered in time",
    serves=("K1",),
    next_review=date(2027, 6, 30),
    why=(
        "督办有答复、答复不逾期，组织领导才落到实处。以督办单写明（含延期后）的期限为准；撤回的不计。"
        "目标 100% 为平台工作目标，非规划指标。"
    ),
    measure=Ratio(
        Count("procedure:supervision-order", All(Not(Is("state", "withdrawn")), Is("answer_status", "met"))),
        Count(
            "procedure:supervision-order",
            All(Not(Is("state", "withdrawn")), OneOf("answer_status", ("met", "late", "expired"))),
        ),
    ),
    unit="%",
    unit_en="%",
    date_field="answer_due",
    targets={year: Decimal(100) for year in range(2021, 2027)},
    owner="tj-leading-group-office",
    headline=True,
    examples=(
        IndicatorCase(
            "two of three answered by the day said",
            {"procedure:supervision-order": (
                {"state": "closed", "answer_due": date(2026, 11, 13), "answer_status": "met"},
                {"state": "answered", "answer_due": date(2026, 11, 20), "answer_status": "met"},
                {"state": "accepted", "answer_due": date(2026, 11, 13), "answer_status": "expired"},
                {"state": "withdrawn", "answer_due": date(2026, 11, 13), "answer_status": "late"},
            )},
            date(2026, 11, 22), Decimal("66.7"),
        ),
        IndicatorCase(
            "an order whose day is still to come counts neither way",
            {"procedure:supervision-order": (
                {"state": "accepted", "answer_due": date(2026, 11, 30), "answer_status": "running"},
            )},
            date(2026, 11, 22), None,
        ),
    ),
)  # fmt: skip
