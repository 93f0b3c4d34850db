"""白皮书按期发布率: of the white papers to be published this year so far, how many were out by their day."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.declare import Citation
from jinzhi.kernel.expression import All, AtMost, F, Given
from jinzhi.kernel.indicator import Count, Indicator, IndicatorCase, Ratio

white_paper_on_time = Indicator(
    id="white-paper-on-time",
    zh="白皮书按期发布率",
    en="White papers published on time",
    serves=("G4",),
    basis=(Citation("tianjin-ip-protection-regulation", "6"),),
    next_review=date(2027, 6, 30),
    why=(
        "本市知识产权保护状况白皮书应当每年发布；按惯例在 4 月 26 日世界知识产权日前后。"
        "到计划发布日期时已发布的计为按期；每年发布有法规依据，按期 100% 为平台工作目标。"
    ),
    measure=Ratio(
        Count("register:white-papers", All(Given("published_on"), AtMost("published_on", F("due")))),
        Count("register:white-papers"),
    ),
    unit="%",
    unit_en="%",
    date_field="due",
    targets={year: Decimal(100) for year in range(2021, 2027)},
    breakdowns=("unit", "kind"),
    frequency_zh="年度",
    frequency_en="yearly",
    owner="tj-ip-office",
    examples=(
        IndicatorCase(
            "published on 26 April is in time",
            {"register:white-papers": ({"due": date(2026, 4, 26), "published_on": date(2026, 4, 26)},)},
            date(2026, 4, 26), Decimal(100),
        ),
        IndicatorCase(
            "published a day later is not; another not published at all is not",
            {"register:white-papers": (
                {"due": date(2026, 4, 26), "published_on": date(2026, 4, 27)},
                {"due": date(2026, 4, 26), "published_on": None},
            )},
            date(2026, 11, 22), Decimal(0),
        ),
        IndicatorCase(
            "before its day there is nothing to judge",
            {"register:white-papers": ({"due": date(2026, 4, 26), "published_on": None},)},
            date(2026, 4, 25), None,
        ),
    ),
)  # fmt: skip
