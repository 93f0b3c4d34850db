"""Penalty procedure of market regulators, as amended in 2021."""

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
    in_force=date(2021, 7, 15),
    source="第18条原文：btdsss.gov.cn 2025-05-14 公示；修改决定施行日：tuzhigs.com（武义县）；办案期限：两份县级流程图",
    note="自 2021-07-15 起由暂行规定改为现名；第64条未见原文，其数值为二手来源。",
    provisions=(
        Provision(
            "18",
            "自发现线索或收到材料之日起核查并决定是否立案，经负责人批准可延长；检测、检验、检疫、鉴定以及"
            "权利人辨认或者鉴别所需时间不计入。",
            "Check a lead and decide on opening a case, from finding it or receiving the material; extended by "
            "the head. "
            "Testing, inspection, quarantine, appraisal and identification by the right holder do not count.",
            (
                Parameter(
                    id="open-case",
                    zh="决定是否立案",
                    en="decide on opening a case",
                    value=workdays(15),
                ),
                Parameter(
                    id="open-case-extension",
                    zh="立案核查延长",
                    en="extension",
                    value=workdays(15),
                ),
            ),
        ),
        Provision(
            "64",
            "自立案起作出决定；负责人批准可延长，再延由集体讨论决定；中止、听证、公告和检测、检验、检疫、鉴定、"
            "权利人辨认或者鉴别的时间不计入。",
            "Decide after opening; extended by the head, then by the board. Suspension, hearing, notice, testing, "
            "appraisal and identification by the right holder do not count.",
            (
                Parameter(
                    id="decide",
                    zh="作出处罚决定",
                    en="decide on the penalty",
                    value=days(90),
                    verified=False,
                    note="两份县级流程图转述，第64条未见原文。",
                ),
                Parameter(
                    id="decide-extension",
                    zh="负责人批准的延长",
                    en="extension by the head",
                    value=days(30),
                    verified=False,
                    note="两份县级流程图转述，第64条未见原文。",
                ),
            ),
        ),
    ),
)
