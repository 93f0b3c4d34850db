"""Repairing one's public credit."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import months, years

LAW = Law(
    id="credit-repair-order-36",
    zh="信用修复管理办法",
    en="Measures on Credit Repair",
    rank=Rank.RULE,
    number="国家发展和改革委员会令第36号",
    issuer="国家发展和改革委员会",
    promulgated=date(2025, 11, 20),
    in_force=date(2026, 4, 1),
    source="toubiaole.com/news/xingyexinwen/887.html（办法文本转载）",
    note="期限数值见来源，条号待核。",
    provisions=(
        Provision(
            "",
            "失信信息分轻微、一般、严重三档，公示期自认定文书之日起算；满最短期可申请修复，满最长期停止公示。",
            "Three grades, shown from the decision: repair after the least time, end after the longest.",
            (
                Parameter(
                    id="shown-slight-max",
                    zh="轻微失信最长公示",
                    en="slight: shown at most",
                    value=months(3),
                    verified=False,
                    note="数值见来源，条号待核。",
                ),
                Parameter(
                    id="shown-ordinary-min",
                    zh="一般失信最短公示",
                    en="ordinary: shown at least",
                    value=months(3),
                    verified=False,
                    note="数值见来源，条号待核。",
                ),
                Parameter(
                    id="shown-ordinary-max",
                    zh="一般失信最长公示",
                    en="ordinary: shown at most",
                    value=years(1),
                    verified=False,
                    note="数值见来源，条号待核。",
                ),
                Parameter(
                    id="shown-grave-min",
                    zh="严重失信最短公示",
                    en="grave: shown at least",
                    value=years(1),
                    verified=False,
                    note="数值见来源，条号待核。",
                ),
                Parameter(
                    id="shown-grave-max",
                    zh="严重失信最长公示",
                    en="grave: shown at most",
                    value=years(3),
                    verified=False,
                    note="数值见来源，条号待核。",
                ),
            ),
        ),
    ),
)
