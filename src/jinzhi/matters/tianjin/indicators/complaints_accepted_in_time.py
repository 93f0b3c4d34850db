"""投诉按期受理率: of the complaints whose term ended this year, how many were decided on within it."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.expression import Is, OneOf
from jinzhi.kernel.indicator import Count, Indicator, IndicatorCase, Ratio

complaints_accepted_in_time = Indicator(
    id="complaints-accepted-in-time",
    zh="投诉按期受理率",
    en="Complaints decided on in time",
    serves=("P4",),
    next_review=date(2027, 6, 30),
    why="投诉在法定期限内决定受理与否，维权才不落空。以受理期限届满之日计入年度，未到期的不计；受理前退回或者撤回的，以该日是否在期限内计。",
    measure=Ratio(
        Count("procedure:complaint", Is("accept_status", "met")),
        Count("procedure:complaint", OneOf("accept_status", ("met", "late", "expired"))),
    ),
    unit="%",
    unit_en="%",
    date_field="accept_due",
    breakdowns=("unit",),
    owner="tj-ip-office",
    examples=(
        IndicatorCase(
            "two of three decided on within the term, one is still open after it",
            {"procedure:complaint": (
                {"accept_due": date(2026, 11, 13), "accept_status": "met"},
                {"accept_due": date(2026, 11, 20), "accept_status": "met"},
                {"accept_due": date(2026, 11, 13), "accept_status": "expired"},
            )},
            date(2026, 11, 22), Decimal("66.7"),
        ),
        IndicatorCase(
            "decided on the day after the term: late, and counted as due",
            {"procedure:complaint": (
                {"accept_due": date(2026, 11, 13), "accept_status": "late"},
                {"accept_due": date(2026, 11, 13), "accept_status": "met"},
            )},
            date(2026, 11, 22), Decimal(50),
        ),
        IndicatorCase(
            "one whose term still runs, or that has none, counts neither way",
            {"procedure:complaint": (
                {"accept_due": date(2026, 11, 30), "accept_status": "running"},
                {"accept_due": None, "accept_status": None},
            )},
            date(2026, 11, 22), None,
        ),
    ),
)  # fmt: skip
