"""New plant varieties, until May 2025."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import months, years

LAW = Law(
    id="plant-variety-regulation-2014",
    zh="植物新品种保护条例（2014 修订）",
    en="Regulation on New Plant Varieties (2014)",
    rank=Rank.REGULATION,
    number="",
    issuer="国务院",
    promulgated=None,
    in_force=date(2014, 7, 29),
    repealed=date(2025, 6, 1),
    source="条例文本",
    verified=False,
    note="修订的公布与施行日期待核；切换日见 2025 年条例第49条。",
    provisions=(
        Provision(
            "23",
            "优先权。",
            "Priority.",
            (
                Parameter(id="priority", zh="优先权", en="priority", value=months(12), printed="12个月"),
                Parameter(
                    id="priority-copy", zh="优先权副本", en="priority document", value=months(3), printed="3个月"
                ),
            ),
        ),
        Provision(
            "28",
            "初步审查。",
            "Preliminary examination.",
            (Parameter(id="examine", zh="初步审查", en="examine", value=months(6), printed="6个月"),),
        ),
        Provision(
            "34",
            "品种权保护期。",
            "Term.",
            (
                Parameter(
                    id="term-woody",
                    zh="藤本、林木、果树、观赏树木",
                    en="vines and trees",
                    value=years(20),
                    printed="20年",
                ),
                Parameter(id="term", zh="其他植物", en="other plants", value=years(15), printed="15年"),
            ),
        ),
    ),
)
