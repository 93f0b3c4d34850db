"""举报按期核查率: of the reports whose term ended this year, how many were decided on within it."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.expression import All, Is, Not, OneOf
from jinzhi.kernel.indicator import Count, Indicator, IndicatorCase, Ratio

#: what was merged into another report, or returned to intake, is not checked here
CHECKED_HERE = Not(OneOf("state", ("merged", "returned")))

reports_verified_in_time = Indicator(
    id="reports-verified-in-time",
    zh="举报按期核查率",
    en="Reports checked in time",
    serves=("P1", "P4"),
    next_review=date(2027, 6, 30),
    why="举报有人核查、按期决定是否立案，群众举报才有回音。以核查期限（含延长、扣除后）届满之日计入年度，未到期的、并入他件的、退回分送的不计。",
    measure=Ratio(
        Count("procedure:report", All(CHECKED_HERE, Is("verify_status", "met"))),
        Count("procedure:report", All(CHECKED_HERE, OneOf("verify_status", ("met", "late", "expired")))),
    ),
    unit="%",
    unit_en="%",
    date_field="verify_due",
    breakdowns=("unit",),
    owner="tj-ip-office",
    examples=(
        IndicatorCase(
            "two of three decided on within the term, one is still open after it",
            {"procedure:report": (
                {"state": "filed", "verify_due": date(2026, 11, 13), "verify_status": "met"},
                {"state": "declined", "verify_due": date(2026, 11, 20), "verify_status": "met"},
                {"state": "opened", "verify_due": date(2026, 11, 13), "verify_status": "expired"},
            )},
            date(2026, 11, 22), Decimal("66.7"),
        ),
        IndicatorCase(
            "decided on the day after the term: late, and counted as due",
            {"procedure:report": (
                {"state": "closed", "verify_due": date(2026, 11, 13), "verify_status": "late"},
                {"state": "filed", "verify_due": date(2026, 11, 13), "verify_status": "met"},
            )},
            date(2026, 11, 22), Decimal(50),
        ),
        IndicatorCase(
            "one whose term still runs counts neither way, nor one merged or returned, in time or late",
            {"procedure:report": (
                {"state": "opened", "verify_due": date(2026, 11, 30), "verify_status": "running"},
                {"state": "merged", "verify_due": date(2026, 11, 13), "verify_status": "met"},
                {"state": "returned", "verify_due": date(2026, 11, 13), "verify_status": "late"},
            )},
            date(2026, 11, 22), None,
        ),
    ),
)  # fmt: skip
