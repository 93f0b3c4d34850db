"""Penalty procedure of market regulators; all figures still to be checked."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days, workdays

LAW = Law(
    id="penalty-procedure-order-2",
    zh="市场监督管理行政处罚程序规定",
    en="Provisions on Penalty Procedure of Market Regulators",
    rank=Rank.RULE,
    number="国家市场监督管理总局令第2号",
    issuer="国家市场监督管理总局",
    promulgated=None,
    in_force=date(2019, 4, 1),
    source="通行知识，现行文本未检到",
    verified=False,
    note="全部数值与施行日期待核对现行文本。",
    provisions=(
        Provision(
            "18",
            "核查线索并决定是否立案，可延长；检测鉴定等不计入。",
            "Check a lead and decide on opening a case; may be extended.",
            (
                Parameter(
                    id="open-case",
                    zh="决定是否立案",
                    en="decide on opening a case",
                    value=workdays(15),
                    verified=False,
                    note="通行知识，待核对现行文本。",
                ),
                Parameter(
                    id="open-case-extension",
                    zh="立案核查延长",
                    en="extension",
                    value=workdays(15),
                    verified=False,
                    note="通行知识，待核对现行文本。",
                ),
            ),
        ),
        Provision(
            "64",
            "自立案起作出决定；负责人批准可延长，再延由集体讨论决定。",
            "Decide after opening; extended by the head, then by the board.",
            (
                Parameter(
                    id="decide",
                    zh="作出处罚决定",
                    en="decide on the penalty",
                    value=days(90),
                    verified=False,
                    note="通行知识，待核对现行文本。",
                ),
                Parameter(
                    id="decide-extension",
                    zh="负责人批准的延长",
                    en="extension by the head",
                    value=days(30),
                    verified=False,
                    note="通行知识，待核对现行文本。",
                ),
            ),
        ),
    ),
)
