"""Arbitration, until the end of February 2026."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import months

LAW = Law(
    id="arbitration-law-2017",
    zh="中华人民共和国仲裁法（2017 修正）",
    en="Arbitration Law (2017)",
    rank=Rank.LAW,
    number="",
    issuer="全国人民代表大会常务委员会",
    promulgated=date(2017, 9, 1),
    in_force=date(2018, 1, 1),
    repealed=date(2026, 3, 1),
    source="通行知识",
    verified=False,
    note="施行日期与第59条待核对旧法文本。",
    provisions=(
        Provision(
            "59",
            "申请撤销裁决。",
            "Ask for an award to be set aside.",
            (
                Parameter(
                    id="set-aside",
                    zh="申请撤销裁决",
                    en="ask for an award to be set aside",
                    value=months(6),
                    verified=False,
                    note="通行知识，待核对现行文本。",
                ),
            ),
        ),
    ),
)
