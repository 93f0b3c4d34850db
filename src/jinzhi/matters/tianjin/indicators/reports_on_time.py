"""进展报告按期报送率: of the reports that fell due this year, how many were handed in by their day."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.expression import All, Is, Not, OneOf
from jinzhi.kernel.indicator import Count, Indicator, IndicatorCase, Ratio

reports_on_time = Indicator(
    id="reports-on-time",
    zh="进展报告按期报送率",
    en="Progress reports handed in on time",
    serves=("G1", "K5"),
    next_review=date(2027, 6, 30),
    why=(
        "报送准时，驾驶舱上的数字才可信。只看提交是否按期，不看内容质量；退回后的修改另有期限，不计入。"
        "目标 100% 为平台工作目标，非规划指标。"
    ),
    measure=Ratio(
        Count("procedure:progress-report", All(Not(Is("state", "cancelled")), Is("report_status", "met"))),
        Count(
            "procedure:progress-report",
            All(Not(Is("state", "cancelled")), OneOf("report_status", ("met", "late", "expired"))),
        ),
    ),
    unit="%",
    unit_en="%",
    date_field="report_due",
    targets={year: Decimal(100) for year in range(2021, 2027)},
    owner="tj-leading-group-office",
    headline=True,
    examples=(
        IndicatorCase(
            "handed in on the last day is in time, a day later is not, an open one past its day is not",
            {"procedure:progress-report": (
                {"state": "submitted", "report_due": date(2026, 10, 20), "report_status": "met"},
                {"state": "approved", "report_due": date(2026, 10, 20), "report_status": "late"},
                {"state": "draft", "report_due": date(2026, 10, 20), "report_status": "expired"},
                {"state": "approved", "report_due": date(2026, 7, 20), "report_status": "met"},
            )},
            date(2026, 11, 22), Decimal(50),
        ),
        IndicatorCase(
            "one that is not due yet and one that was called off do not count",
            {"procedure:progress-report": (
                {"state": "submitted", "report_due": date(2026, 10, 20), "report_status": "met"},
                {"state": "draft", "report_due": date(2026, 12, 20), "report_status": "running"},
                {"state": "cancelled", "report_due": date(2026, 10, 20), "report_status": "met"},
            )},
            date(2026, 11, 22), Decimal(100),
        ),
        IndicatorCase(
            "with nothing due there is no rate",
            {"procedure:progress-report": ()}, date(2026, 1, 2), None,
        ),
    ),
)  # fmt: skip
