"""Arbitration, from March 2026."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days, months

LAW = Law(
    id="arbitration-law-2025",
    zh="中华人民共和国仲裁法",
    en="Arbitration Law (2025)",
    rank=Rank.LAW,
    number="",
    issuer="全国人民代表大会常务委员会",
    promulgated=date(2025, 9, 12),
    in_force=date(2026, 3, 1),
    replaces="arbitration-law-2017",
    source="法律文本（2025 修订）",
    provisions=(
        Provision(
            "35",
            "收到申请书后决定是否受理。",
            "Decide on accepting a request.",
            (Parameter(id="accept", zh="决定是否受理", en="decide on acceptance", value=days(5), printed="五日"),),
        ),
        Provision(
            "69",
            "请求补正裁决书。",
            "Ask for an award to be corrected.",
            (Parameter(id="correct", zh="请求补正", en="ask for correction", value=days(30), printed="三十日"),),
        ),
        Provision(
            "72",
            "申请撤销裁决。",
            "Ask for an award to be set aside.",
            (
                Parameter(
                    id="set-aside",
                    zh="申请撤销裁决",
                    en="ask for an award to be set aside",
                    value=months(3),
                    printed="三个月",
                ),
            ),
        ),
        Provision(
            "73",
            "法院对撤销申请作出裁定。",
            "The court rules on setting aside.",
            (Parameter(id="court-rules", zh="法院裁定", en="the court rules", value=months(2), printed="两个月"),),
        ),
    ),
)
