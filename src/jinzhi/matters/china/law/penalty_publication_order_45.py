"""Publishing penalties of market regulators."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import months, workdays, years

LAW = Law(
    id="penalty-publication-order-45",
    zh="市场监督管理行政处罚信息公示规定",
    en="Provisions on Publishing Penalties of Market Regulators",
    rank=Rank.RULE,
    number="国家市场监督管理总局令第45号",
    issuer="国家市场监督管理总局",
    promulgated=date(2021, 7, 30),
    in_force=date(2021, 9, 1),
    source="规定文本",
    note="自 2026-04-01 起还须与《信用修复管理办法》三档公示期协调。",
    provisions=(
        Provision(
            "2",
            "普通程序的处罚公示；仅警告的不公示。",
            "Ordinary penalties are published; a mere warning is not.",
        ),
        Provision(
            "9",
            "同省当事人的公示。",
            "Publishing where office and party are in one province.",
            (Parameter(id="publish", zh="公示", en="publish", value=workdays(20), printed="二十个工作日"),),
        ),
        Provision(
            "10",
            "跨省先推送，再由登记地协助公示。",
            "Across provinces: send, then publish there.",
            (
                Parameter(
                    id="send", zh="跨省推送", en="send to the other province", value=workdays(10), printed="十个工作日"
                ),
                Parameter(
                    id="publish-received",
                    zh="收到后公示",
                    en="publish what was received",
                    value=workdays(10),
                    printed="十个工作日",
                ),
            ),
        ),
        Provision(
            "11",
            "决定被撤销等的，撤回公示。",
            "A decision undone is taken down.",
            (Parameter(id="withdraw", zh="撤回公示", en="take down", value=workdays(3), printed="三个工作日"),),
        ),
        Provision(
            "13",
            "公示期：仅通报批评或较低数额罚款较短，其他较长。",
            "How long: short for criticism and low fines, long for the rest.",
            (
                Parameter(
                    id="shown-light",
                    zh="较轻处罚公示期",
                    en="shown, light penalties",
                    value=months(3),
                    printed="三个月",
                ),
                Parameter(id="shown", zh="其他处罚公示期", en="shown, other penalties", value=years(3), printed="三年"),
            ),
        ),
        Provision(
            "14",
            "可申请提前停止公示的四项条件。",
            "Four conditions for taking down early.",
        ),
    ),
)
