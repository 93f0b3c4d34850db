"""Complaints and reports to market regulators, from 15 April 2026."""

from datetime import date

from jinzhi.kernel.law import NO_TERM, Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days, workdays

LAW = Law(
    id="complaints-order-121",
    zh="市场监督管理投诉举报处理办法",
    en="Measures on Complaints and Reports to Market Regulators",
    rank=Rank.RULE,
    number="国家市场监督管理总局令第121号",
    issuer="国家市场监督管理总局",
    promulgated=date(2025, 12, 30),
    in_force=date(2026, 4, 15),
    replaces="complaints-order-20",
    source="办法文本（2026-04-15 起施行）",
    note="公布日期取自公开转载，以官方文本为准。",
    provisions=(
        Provision(
            "9",
            "投诉和举报写在同一材料里的，分别按各自程序处理。",
            "A complaint and a report in one paper are handled separately.",
        ),
        Provision(
            "10",
            "投诉须写明真实身份、被投诉人、具体请求与事实理由，并对材料真实负责。",
            "A complaint names who complains, the trader, what is asked and why; and answers for its truth.",
        ),
        Provision(
            "13",
            "平台内经营者的投诉，由其公示地址所在地或平台住所地处理；无公示或联系不上的归平台住所地。",
            "Against a platform's seller: where its shown address lies or the platform resides.",
        ),
        Provision(
            "15",
            "收到投诉后作出受理与否的决定并告知；不受理的说明理由和其他途径。",
            "Decide whether to accept a complaint; a refusal gives reasons and other ways.",
            (
                Parameter(
                    id="accept", zh="决定是否受理", en="decide on acceptance", value=workdays(7), printed="七个工作日"
                ),
            ),
        ),
        Provision(
            "16",
            "不予受理的情形，新增提供虚假材料、冒用他人名义或拒不配合身份核验。",
            "Complaints not accepted; new: false papers, another's name, refusing to prove identity.",
        ),
        Provision(
            "17",
            "判断是否为生活消费可以考虑的因素。",
            "What may be weighed to tell whether a purchase was for daily life.",
        ),
        Provision(
            "20",
            "调解可现场或远程；现场调解的，时间、地点、人员事先告知双方。",
            "Mediation on the spot or from afar; on the spot, day, place and persons are told before.",
        ),
        Provision(
            "21",
            "调解人员有利害关系应回避；申请回避期间中止调解。",
            "A mediator with an interest withdraws; while it is decided on, mediation rests.",
        ),
        Provision(
            "22",
            "鉴定、检测所需时间不计入调解期限；协商不成可由部门指定机构。",
            "Time for appraisal and testing does not count; the office may name the body.",
        ),
        Provision(
            "23",
            "终止调解的情形与告知。",
            "When mediation ends, and telling the parties.",
            (
                Parameter(id="mediate", zh="调解期限", en="mediation", value=days(60), printed="六十日"),
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
            "24",
            "现场调解达成协议的制作调解书，即时履行或双方同意免除的除外。",
            "A mediation paper is made, unless done at once or both waive it.",
        ),
        Provision(
            "27",
            "调解中发现违法线索的核查；经部门负责人批准可延长。",
            "Checking a lead found in mediation; extended with the head's approval.",
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
            "33",
            "处理权限争议先协商，不成报共同上级指定，也可直接由共同上级指定。",
            "A dispute over competence is settled between the offices or by their common superior.",
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
            "35",
            "举报按处罚程序处理；同人同事重复举报不再另行处理，补充新事实的自最后一次重新计算。",
            "Reports follow penalty procedure; a repeated one is not handled again, new facts start the time anew.",
        ),
        Provision(
            "36",
            "别的法律、法规、规章要求告知或奖励举报人的，才须告知或奖励。",
            "A reporter is told, or rewarded, only where another law or rule orders it.",
            (
                Parameter(
                    id="tell-reporter",
                    zh="告知实名举报人",
                    en="tell a named reporter",
                    value=NO_TERM,
                    note="本办法不再规定告知期限，仅在法律、法规、规章另有规定或给予奖励时告知。",
                ),
            ),
        ),
        Provision(
            "41",
            "统一接收机构分送有权部门；无权处理的反馈接收机构，不得自行移送。",
            "Intake passes complaints on; who has no power gives them back to intake, never sideways.",
        ),
        Provision(
            "42",
            "发现以造假、夹带、掉包等骗取赔偿的，移送公安。",
            "Claims made by forgery or swapping go to the police.",
        ),
        Provision(
            "43",
            "药品监管部门适用本办法；知识产权部门是否直接适用需法务确认。",
            "Drug authorities apply these measures; whether IP authorities do directly is for counsel to confirm.",
        ),
        Provision(
            "45",
            "开始当日不计入；末日为法定节假日的顺延至节后第一日。",
            "The first day does not count; an end on a holiday moves to the first day after it.",
        ),
    ),
)
