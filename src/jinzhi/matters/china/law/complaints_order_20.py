"""Complaints and reports to market regulators, until 14 April 2026."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import workdays, years

LAW = Law(
    id="complaints-order-20",
    zh="市场监督管理投诉举报处理暂行办法",
    en="Interim Measures on Complaints and Reports to Market Regulators",
    rank=Rank.RULE,
    number="国家市场监督管理总局令第20号",
    issuer="国家市场监督管理总局",
    promulgated=date(2019, 11, 30),
    in_force=date(2020, 1, 1),
    repealed=date(2026, 4, 15),
    source="办法文本（2022-03-24 修改）",
    provisions=(
        Provision(
            "7",
            "投诉和举报写在同一材料里的，分别按各自程序处理。",
            "A complaint and a report in one paper are handled separately.",
        ),
        Provision(
            "9",
            "投诉须写明投诉人、被投诉人、具体请求与事实理由。",
            "A complaint names the complainant, the trader, what is asked and why.",
        ),
        Provision(
            "12",
            "平台内经营者的投诉，由其实际经营地或平台住所地处理。",
            "A complaint about a seller on a platform goes to where the seller works or the platform resides.",
        ),
        Provision(
            "14",
            "收到投诉后作出受理与否的决定并告知。",
            "Decide whether to accept a complaint, and say so.",
            (
                Parameter(
                    id="accept", zh="决定是否受理", en="decide on acceptance", value=workdays(7), printed="七个工作日"
                ),
            ),
        ),
        Provision(
            "15",
            "不予受理的六类情形。",
            "Six kinds of complaint that are not accepted.",
            (
                Parameter(
                    id="limitation",
                    zh="知道受侵害后不再受理的期限",
                    en="complaints older than this are not accepted",
                    value=years(3),
                    printed="三年",
                ),
            ),
        ),
        Provision(
            "18",
            "调解可现场或远程；现场调解的，时间、地点、人员事先告知双方。",
            "Mediation on the spot or from afar; on the spot, day, place and persons are told before.",
        ),
        Provision(
            "19",
            "调解人员有利害关系应回避；申请回避期间中止调解。",
            "A mediator with an interest withdraws; while it is decided on, mediation rests.",
        ),
        Provision(
            "20",
            "检定、检验、检测、鉴定所需时间不计入调解期限。",
            "Time for testing and appraisal does not count.",
        ),
        Provision(
            "21",
            "终止调解的情形与告知。",
            "When mediation ends, and telling the parties.",
            (
                Parameter(id="mediate", zh="调解期限", en="mediation", value=workdays(45), printed="四十五个工作日"),
                Parameter(
                    id="tell-end",
                    zh="终止调解的告知",
                    en="tell the parties that mediation has ended",
                    value=workdays(7),
                    printed="七个工作日",
                ),
            ),
        ),
        Provision(
            "22",
            "现场调解达成协议的制作调解书，即时履行或双方同意免除的除外。",
            "A mediation paper is made, unless done at once or both waive it.",
        ),
        Provision(
            "23",
            "调解中发现违法线索的核查，特殊情况可延长。",
            "Checking a lead found in mediation; may be extended.",
            (
                Parameter(
                    id="verify-lead", zh="核查违法线索", en="check a lead", value=workdays(15), printed="十五个工作日"
                ),
                Parameter(
                    id="verify-lead-extension",
                    zh="核查延长",
                    en="extension of the check",
                    value=workdays(15),
                    printed="延长十五个工作日",
                ),
            ),
        ),
        Provision(
            "30",
            "处理权限争议先协商，不成报共同上级指定。",
            "A dispute over competence is settled between the offices, else by their common superior.",
            (
                Parameter(
                    id="competence-talks",
                    zh="管辖争议协商",
                    en="talks over competence",
                    value=workdays(7),
                    printed="七个工作日",
                ),
            ),
        ),
        Provision(
            "31",
            "举报按行政处罚规定处理；实名举报告知是否立案。",
            "Reports follow penalty procedure; a named reporter is told whether a case was opened.",
            (
                Parameter(
                    id="tell-reporter",
                    zh="告知实名举报人",
                    en="tell a named reporter",
                    value=workdays(5),
                    printed="五个工作日",
                ),
            ),
        ),
        Provision(
            "37",
            "统一接收机构分送有权部门；无权处理的反馈接收机构，不得自行移送。",
            "Intake passes complaints on; who has no power gives them back to intake, never sideways.",
        ),
        Provision(
            "38",
            "药品监管、知识产权行政部门也适用本办法。",
            "Drug and IP authorities apply these measures too.",
        ),
    ),
)
