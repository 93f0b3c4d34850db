"""Administrative rulings and mediation in patent disputes."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days, months, workdays

LAW = Law(
    id="patent-dispute-order-81",
    zh="专利纠纷行政裁决和调解办法",
    en="Measures on Administrative Rulings and Mediation in Patent Disputes",
    rank=Rank.RULE,
    number="国家知识产权局令第81号",
    issuer="国家知识产权局",
    promulgated=None,
    in_force=date(2025, 2, 1),
    source="IPR 书85（办法文本的公开汇编）",
    note="条文全文未随项目，期限按来源逐条录入；公布日期未检到。",
    provisions=(
        Provision(
            "6",
            "侵权纠纷由行为地或被请求人住所地管辖；其他纠纷的调解由被请求人住所地管辖。",
            "Infringement: place of the act or the respondent's domicile; mediation of the rest: the domicile alone.",
        ),
        Provision(
            "9",
            "管辖异议在答辩期内提出，由受理部门决定。",
            "An objection to competence is made within the term of answer and decided by the office.",
            (
                Parameter(
                    id="objection", zh="决定管辖异议", en="decide on an objection to competence", value=workdays(5)
                ),
            ),
        ),
        Provision(
            "10",
            "送达方式；未规定邮寄的推定送达之日。",
            "Ways of serving; no presumed day for the post.",
        ),
        Provision(
            "12",
            "请求人的资格与请求的条件。",
            "Who may ask, and on what conditions.",
        ),
        Provision(
            "14",
            "请求书及所附材料；实用新型、外观设计可以要求出具评价报告。",
            "The request and its papers; a report on a utility model or design may be asked for.",
        ),
        Provision(
            "16",
            "材料不符合的，一次告知补正。",
            "What is missing is told at once, to be mended.",
        ),
        Provision(
            "18",
            "境外形成的材料。",
            "Papers made abroad.",
        ),
        Provision(
            "19",
            "超过三年提出的请求；侵权行为仍在继续的除外。",
            "A request after three years, unless the act goes on.",
        ),
        Provision(
            "20",
            "收到请求书后决定是否立案并通知；立案同时组成三人以上单数合议组。",
            "Decide on opening the case; a panel of three or more, an odd number, is named with it.",
            (
                Parameter(id="accept", zh="立案或不予立案通知", en="open the case or refuse", value=workdays(5)),
                Parameter(
                    id="accept-extension", zh="复杂案件立案延长", en="extension in complex cases", value=workdays(5)
                ),
                Parameter(id="panel", zh="合议组最少人数", en="fewest members of the panel", value=3),
            ),
        ),
        Provision(
            "22",
            "送达请求书副本、答辩与转送答辩书。",
            "Serving the request, answering, passing the answer on.",
            (
                Parameter(id="serve", zh="送达副本", en="serve copies", value=workdays(5)),
                Parameter(id="answer", zh="答辩", en="answer", value=days(15)),
                Parameter(
                    id="answer-abroad",
                    zh="境内无固定住所的答辩",
                    en="answer without a fixed domicile in China",
                    value=days(30),
                ),
                Parameter(id="pass-on-answer", zh="转送答辩书", en="pass on the answer", value=workdays(5)),
            ),
        ),
        Provision(
            "26",
            "口头审理的日期提前通知当事人。",
            "The parties are told of an oral hearing before it.",
            (
                Parameter(
                    id="oral-notice", zh="口头审理通知提前的时间", en="notice before an oral hearing", value=workdays(3)
                ),
            ),
        ),
        Provision(
            "28",
            "中止的情形。",
            "When proceedings are suspended.",
        ),
        Provision(
            "29",
            "可以不中止的情形（即不属于必须中止的情形，不是“可以中止”）。",
            "Where proceedings may go on: when they need not be suspended, not when they may be.",
        ),
        Provision(
            "30",
            "达成和解、调解协议的处理。",
            "What follows where the parties agree.",
        ),
        Provision(
            "31",
            "合议组作出裁决。",
            "The panel rules.",
        ),
        Provision(
            "32",
            "认定侵权后责令停止侵权的措施。",
            "Measures ordering an infringement to stop.",
        ),
        Provision(
            "34",
            "重复侵权可直接裁决，并可列入失信惩戒。",
            "A repeated infringement may be ruled on at once and counted against one's credit.",
        ),
        Provision(
            "35",
            "达成协议的结案方式。",
            "How an agreement ends the case.",
        ),
        Provision(
            "36",
            "撤销案件的情形。",
            "When a case is withdrawn.",
        ),
        Provision(
            "37",
            "自立案起结案，逐级批准可两次延长；中止、公告、检验鉴定、管辖异议、申请延长举证期、和解不计入。",
            "Conclude in time, two extensions; suspension, notices, testing, talks do not count.",
            (
                Parameter(id="conclude", zh="结案", en="conclude the case", value=months(3)),
                Parameter(
                    id="conclude-extension", zh="负责人批准的延长上限", en="most that the head may add", value=months(1)
                ),
                Parameter(
                    id="conclude-second-extension",
                    zh="上一级批准的再延长上限",
                    en="most that the superior may add",
                    value=months(2),
                ),
            ),
        ),
        Provision(
            "53",
            "公告送达与检验鉴定。",
            "Service by notice, testing and appraisal.",
        ),
        Provision(
            "54",
            "举证期限不少于十五日，可以申请延长。",
            "The term for evidence is fifteen days or more and may be extended.",
            (Parameter(id="evidence-least", zh="举证期限下限", en="shortest term for evidence", value=days(15)),),
        ),
        Provision(
            "65",
            "调解请求书副本的送达，被请求人陈述意见。",
            "Serving the request for mediation; the respondent's word.",
            (
                Parameter(id="serve-mediation", zh="送达调解请求书副本", en="serve the request", value=workdays(5)),
                Parameter(id="state-mediation", zh="陈述意见", en="the respondent's word", value=days(15)),
            ),
        ),
        Provision(
            "66",
            "同意调解的立案；不同意或者期满不表示的，不予立案并通知请求人。",
            "Agreement opens the case; a no or silence does not, and the requester is told.",
            (
                Parameter(id="file-mediation", zh="调解立案", en="open the mediation", value=workdays(5)),
                Parameter(
                    id="refuse-mediation", zh="不予立案通知", en="tell that no case is opened", value=workdays(5)
                ),
            ),
        ),
        Provision(
            "67",
            "请求人无正当理由不参加的，按撤回处理。",
            "A requester who stays away without good cause withdraws.",
        ),
        Provision(
            "68",
            "可以邀请有关单位或者个人协助调解。",
            "Others may be asked to help.",
        ),
        Provision(
            "69",
            "达成协议的签章；未达成的撤销案件。",
            "An agreement is signed and sealed; without one the case is cancelled.",
        ),
        Provision(
            "70",
            "权属等纠纷调解的结案、延长与抄送。",
            "Mediation of ownership disputes: end, extension, report.",
            (
                Parameter(id="mediate", zh="调解结案", en="conclude mediation", value=months(2)),
                Parameter(
                    id="mediate-extension", zh="调解延长上限", en="most that mediation may be extended", value=months(1)
                ),
                Parameter(
                    id="restore",
                    zh="达成协议后办理恢复",
                    en="have proceedings restored after agreement",
                    value=days(15),
                ),
                Parameter(id="report-cnipa", zh="结案抄送国家知识产权局", en="copy to CNIPA", value=workdays(5)),
            ),
        ),
        Provision(
            "83",
            "裁决书作出后予以公开，不得公开的内容除外。",
            "The ruling is made public, without what may not be.",
            (Parameter(id="publish", zh="公开裁决书", en="publish the ruling", value=workdays(20)),),
        ),
    ),
)
