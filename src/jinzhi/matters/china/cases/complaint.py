"""投诉: a consumer asks a market regulator to settle a dispute with a trader; it is accepted, mediated, ended.

A paper that holds a complaint and a report is two matters (Order 20 § 7, Order 121 § 9): only the complaint
is here. Transfer to another office is a child case there, with clocks of its own.
"""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.clock import RuledBy, Tell
from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.declare import Citation, Named
from jinzhi.kernel.expression import Choose, F, Is
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Term
from jinzhi.kernel.period import workdays
from jinzhi.kernel.procedure import Aside, Clock, Example, Linked, Opens, Procedure, State, Step, TakenFrom
from jinzhi.kernel.recording import DayGiven
from jinzhi.kernel.status import Tone
from jinzhi.matters.china.law import complaints_order_20, complaints_order_121

OLD, NEW = complaints_order_20.LAW.id, complaints_order_121.LAW.id


def _term(parameter: str) -> Term:
    """A term that both orders set. Neither order says that it takes pending complaints."""
    return Term(parameter, complaints_order_20.LAW, complaints_order_121.LAW)


CHANNELS = (
    Named("platform", "全国12315平台", "12315 platform"),
    Named("hotline", "12345/12315 热线", "Hotline"),
    Named("post", "邮寄", "Post"),
    Named("counter", "窗口", "Counter"),
    Named("other", "其他", "Other"),
)
REFUSALS = (
    Named("not-competent", "不属于市场监管职责或本机关无处理权限", "Not within the powers of this office"),
    Named("elsewhere", "已由法院、仲裁、其他机关或调解组织受理或处理", "Already taken up elsewhere"),
    Named("not-consumer", "非因生活消费发生争议", "Not about a purchase for daily life"),
    Named("too-old", "知道受侵害已超过三年", "More than three years since the harm was known"),
    Named("papers", "未提供规定材料", "Required papers are missing"),
    Named("false", "提供虚假材料、冒用他人名义或拒不配合核验（令121）", "False papers or another's name (Order 121)"),
    Named("other", "法律、法规、规章规定的其他情形", "Another ground set by law"),
)
ENDS = (
    Named("withdrawn", "投诉人撤回或双方自行和解", "Withdrawn, or settled between the parties"),
    Named("absent", "一方无正当理由不参加或明确拒绝调解", "A party stays away or refuses"),
    Named("no-agreement", "明确表示无法达成协议", "A party says that no agreement is possible"),
    Named("cost", "对鉴定、检测费用承担协商不一致", "No agreement on who pays for the appraisal"),
    Named("time", "调解期限届满未达成协议", "The time for mediation has run out"),
    Named("not-acceptable", "受理后发现属于不予受理情形", "Found not acceptable after acceptance"),
    Named("other", "依法应当终止的其他情形", "Another ground set by law"),
)
HANDLERS = ("case-handler", "approver")
#: what ends mediation, whatever stands beside it
ENDING = ("settle", "fail", "withdraw", "timeout")

complaint = Procedure(
    id="complaint",
    zh="投诉处理",
    en="Complaint",
    serves=("P4",),
    basis=(Citation(OLD), Citation(NEW)),
    next_review=date(2027, 4, 15),
    why=(
        "One intake for consumers' disputes, each with the term of its day. Order 20 § 38 names IP authorities, "
        "Order 121 § 43 does not: whether an IP office applies it directly is for counsel to confirm."
    ),
    numbering="津知诉〔{year}〕{seq}号",
    title="open.title",
    # the terms measure the office that handles it: it asks, the unit above decides
    corrections=Corrections(sealed=HANDLERS, second=("approver", "plan-office")),
    states=(
        State("received", "待决定受理", "Received"),
        # an appraisal was a state of its own before it became an aside
        State("mediation", "调解中", "In mediation", tone=Tone.NORMAL, was=("appraisal",)),
        State("ended", "已终止待告知", "Ended, parties to be told", tone=Tone.NORMAL),
        State("told", "终止已告知", "Ended, parties told", tone=Tone.CLOSED, final=True),
        State("rejected", "不予受理", "Not accepted", tone=Tone.CLOSED, final=True, lane=1),
        State("returned", "退回分送", "Returned to intake", tone=Tone.CLOSED, final=True, lane=1),
        State("settled", "达成调解协议", "Settled", tone=Tone.DONE, final=True, lane=1),
        State("withdrawn", "受理前撤回", "Withdrawn before acceptance", tone=Tone.CLOSED, final=True, lane=2),
    ),
    asides=(
        Aside(
            "appraisal", "鉴定检测", "Appraisal", begin=("appraise",), end=("appraised", *ENDING),
            basis=(Citation(OLD, "20"), Citation(NEW, "22")),
        ),
        Aside(
            "suspended", "中止调解", "Mediation suspended", begin=("suspend",), end=("resume", *ENDING),
            basis=(Citation(OLD, "19"), Citation(NEW, "21")),
        ),
    ),
    steps=(
        Step(
            "open", "登记投诉", "Receive", to="received", roles=HANDLERS, was=("receive",),
            day=DayGiven("收到投诉之日", "Day of receipt"),
            basis=(Citation(OLD, "9"), Citation(NEW, "10")),
            help_zh="同一材料含举报的，举报另行登记。",
            help_en="A report in the same paper is entered on its own.",
            inputs=(
                Field(id="title", zh="投诉事项", en="Matter", max_length=200),
                Field(id="channel", zh="来源渠道", en="Channel", type=Type.CHOICE, choices=CHANNELS),
                Field(id="complainant", zh="投诉人", en="Complainant", max_length=100, open_to="personal"),
                Field(id="contact", zh="投诉人联系方式", en="Complainant's contact", max_length=200,
                      open_to="personal"),
                Field(id="agent", zh="代理人及权限", en="Agent and power", max_length=200, required=False,
                      open_to="personal"),
                Field(id="respondent", zh="被投诉人", en="Respondent", max_length=200),
                Field(id="address", zh="被投诉人公示地址", en="Respondent's shown address", required=False,
                      help_zh="平台内经营者填平台公示的地址（令121 第13条）",
                      help_en="For a seller on a platform: the address shown there (Order 121 § 13)"),
                Field(id="order_no", zh="订单号", en="Order number", max_length=100, required=False),
                Field(id="known_on", zh="知道受侵害之日", en="Harm known on", type=Type.DATE, required=False),
                Field(id="amount", zh="争议金额", en="Amount in dispute", type=Type.DECIMAL, unit="元",
                      required=False, min=Decimal(0)),
                Field(id="facts", zh="具体请求和理由", en="Request and grounds", type=Type.LONG),
                Field(id="file", zh="投诉材料", en="Papers", type=Type.FILE, required=False),
            ),
        ),
        Step(
            "accept", "受理", "Accept", sources=("received",), to="mediation", roles=HANDLERS,
            at=TakenFrom.OWN, day=DayGiven("决定受理之日", "Day of acceptance"),
            basis=(Citation(OLD, "14"), Citation(NEW, "15")),
        ),
        Step(
            "reject", "不予受理", "Do not accept", sources=("received",), to="rejected", roles=HANDLERS,
            day=DayGiven("决定不予受理之日", "Day of the decision"),
            at=TakenFrom.OWN, basis=(Citation(OLD, "15"), Citation(NEW, "16")), confirm=True,
            inputs=(
                Field(id="ground", zh="情形", en="Ground", type=Type.CHOICE, choices=REFUSALS),
                Field(id="reason", zh="告知的理由和其他解决途径", en="Reasons and other ways, as told", type=Type.LONG),
            ),
        ),
        Step(
            "return", "退回分送", "Return to intake", sources=("received",), to="returned", roles=HANDLERS,
            at=TakenFrom.OWN, basis=(Citation(OLD, "37"), Citation(NEW, "41")), confirm=True,
            help_zh="本单位无处理权限的，退回分送单位，不得自行横向转送；分送单位另行登记。",
            help_en="Without power: back to the intake that sent it, never sideways; intake enters it anew.",
            inputs=(
                Field(id="reason", zh="无处理权限的理由", en="Why it is not ours", type=Type.LONG),
                Field(id="rule", zh="所依据的管辖规定", en="Rule of competence", max_length=200),
            ),
        ),
        Step(
            "mediate", "组织调解", "Mediate", sources=("mediation", "!suspended"), roles=HANDLERS,
            at=TakenFrom.OWN, day=DayGiven("调解之日", "Day of the talk"),
            basis=(Citation(OLD, "18"), Citation(NEW, "20")),
            help_zh="可以多次组织。须双方同意调解，调解时间、地点、调解人员事先告知双方。",
            help_en="May be repeated. Both parties agree; day, place and mediator are told to them before.",
            inputs=(
                Field(id="place", zh="地点或方式", en="Place or way", max_length=200),
                Field(id="mediator", zh="调解人员", en="Mediator", max_length=100),
                Field(id="agreed", zh="双方同意调解并已事先告知", en="Both agree and were told before", type=Type.BOOL),
                Field(id="record", zh="调解情况", en="What was said", type=Type.LONG),
            ),
        ),
        Step(
            "suspend", "中止调解", "Suspend", sources=("mediation", "!suspended"), roles=HANDLERS,
            at=TakenFrom.OWN, day=DayGiven("中止之日", "Day of the suspension"),
            basis=(Citation(OLD, "19"), Citation(NEW, "21")),
            help_zh="回避申请待决定等情形，调解暂停；调解期限仍然计算，只有鉴定检测的时间不计入。",
            help_en="The talk rests, as while a recusal is decided on; the term runs on: only appraisal is taken out.",
            inputs=(Field(id="reason", zh="中止事由", en="Reason", type=Type.LONG),),
        ),
        Step(
            "resume", "恢复调解", "Resume", sources=("mediation", "suspended"), roles=HANDLERS,
            at=TakenFrom.OWN, day=DayGiven("恢复之日", "Day of the resumption"),
            basis=(Citation(OLD, "19"), Citation(NEW, "21")),
            inputs=(Field(id="outcome", zh="中止事由的处理结果", en="What came of it", type=Type.LONG),),
        ),
        Step(
            "appraise", "委托鉴定检测", "Send to appraisal", sources=("mediation", "!appraisal"),
            day=DayGiven("委托之日", "Day of the commission"),
            roles=HANDLERS, at=TakenFrom.OWN, basis=(Citation(OLD, "20"), Citation(NEW, "22")),
            help_zh="自委托之日起至收到结论前一日止，不计入调解期限。",
            help_en="From this day to the day before the result, time does not count.",
            inputs=(
                Field(id="body", zh="鉴定检测机构", en="Appraiser", max_length=200),
                Field(id="object", zh="鉴定检测事项", en="What is appraised", type=Type.LONG),
            ),
        ),
        Step(
            "appraised", "收到结论", "Result received", sources=("mediation", "appraisal"),
            day=DayGiven("收到结论之日", "Day on which the result came"),
            roles=HANDLERS, at=TakenFrom.OWN, basis=(Citation(OLD, "20"), Citation(NEW, "22")),
            inputs=(
                Field(id="result", zh="结论", en="Result", type=Type.LONG),
                Field(id="file", zh="鉴定检测报告", en="Report", type=Type.FILE, required=False),
            ),
        ),
        Step(
            "settle", "达成调解协议", "Settle", sources=("mediation",), to="settled", roles=HANDLERS,
            day=DayGiven("达成协议之日", "Day of the agreement"),
            at=TakenFrom.OWN, basis=(Citation(OLD, "22"), Citation(NEW, "24")),
            inputs=(
                Field(id="terms", zh="协议内容", en="Terms", type=Type.LONG),
                Field(id="refund", zh="为消费者挽回金额", en="Recovered for the consumer", type=Type.DECIMAL,
                      unit="元", required=False, min=Decimal(0)),
                Field(id="file", zh="调解书", en="Mediation paper", type=Type.FILE, required=False),
            ),
        ),
        Step(
            "fail", "终止调解", "End mediation", sources=("mediation",), to="ended", was=("end",),
            day=DayGiven("决定终止之日", "Day of the decision"),
            roles=HANDLERS, at=TakenFrom.OWN, basis=(Citation(OLD, "21"), Citation(NEW, "23")), confirm=True,
            inputs=(
                Field(id="ground", zh="终止情形", en="Ground", type=Type.CHOICE, choices=ENDS),
                Field(id="note", zh="说明", en="Note", type=Type.LONG, required=False),
            ),
        ),
        Step(
            "withdraw", "撤回投诉", "Withdraw", sources=("received", "mediation"),
            to=Choose((Is("state", "received"), "withdrawn"), otherwise="ended"), roles=HANDLERS,
            day=DayGiven("撤回之日", "Day of the withdrawal"), at=TakenFrom.OWN, confirm=True,
            basis=(Citation(OLD, "21"), Citation(NEW, "23")),
            help_zh="受理前撤回即办结；受理后撤回，调解终止，须告知双方。",
            help_en="Before acceptance it closes the case; after it, mediation ends and the parties are told.",
            inputs=(Field(id="reason", zh="撤回情况", en="How it was withdrawn", type=Type.LONG),),
        ),
        Step(
            "timeout", "调解期限届满", "Time has run out", sources=("mediation",), to="ended", roles=("system",),
            basis=(Citation(OLD, "21"), Citation(NEW, "23")),
            help_zh="期限届满未达成协议的，由系统自届满次日终止调解。",
            help_en="Without agreement in time, mediation ends by itself on the first day after.",
        ),
        Step(
            "inform", "告知双方", "Tell the parties", sources=("ended",), to="told", roles=HANDLERS, was=("tell",),
            at=TakenFrom.OWN, day=DayGiven("告知之日", "Day of the telling"),
            basis=(Citation(OLD, "21"), Citation(NEW, "23")),
            inputs=(Field(id="how", zh="告知方式", en="How they were told", max_length=200),),
        ),
        Step(
            "lead", "发现违法线索，另立举报", "A breach was found: open a report",
            sources=("received", "mediation", "ended"),
            roles=HANDLERS, at=TakenFrom.OWN, day=DayGiven("发现线索之日", "Day on which it was found"),
            basis=(Citation(OLD, "23"), Citation(NEW, "27")), confirm=True,
            help_zh="另立举报件，核查期限自发现之日起算；不得写入投诉人信息。",
            help_en="Opens a report whose term counts from this day; nothing of the complainant goes into it.",
            inputs=(Field(id="act", zh="涉嫌违法行为", en="Alleged breach", type=Type.LONG),),
            effects=(Opens("report", "open", link=Linked.SIBLING, carry={
                "title": F("open.title"), "channel": "other", "named": False, "respondent": F("open.respondent"),
                "act": F("lead.act"), "lead_on": F("lead.on")}),),
        ),
        Step(
            "close", "归档", "File away", sources=("told", "rejected", "returned", "settled", "withdrawn"), most=1,
            roles=HANDLERS, at=TakenFrom.OWN, basis=(Citation(NEW),),
            inputs=(Field(id="archive", zh="档案号", en="File number", max_length=100),),
        ),
    ),
    clocks=(
        Clock(
            "accept", "受理期限", "Acceptance", start=("open",), stop=("accept", "reject", "return", "withdraw"),
            length=_term("accept"), on_expiry_zh="逾期未作受理决定", on_expiry_en="no decision on acceptance in time",
            tell=(Tell(HANDLERS, ahead=workdays(2)), Tell(("approver",))),
            basis_note_zh="适用收到投诉之日有效的办法", basis_note_en="the order in force on the day of receipt",
        ),
        Clock(
            "mediate", "调解期限", "Mediation", start=("accept",), stop=("settle", "fail", "withdraw", "timeout"),
            length=_term("mediate"), ruled_by=RuledBy.START, exclude=("appraisal",), at_end="timeout",
            on_expiry_zh="应当终止调解", on_expiry_en="mediation is to be ended",
            basis_note_zh="适用受理之日有效的办法；只有鉴定检测时间不计入，中止调解不停止计算",
            basis_note_en="the order in force on the day of acceptance; appraisal does not count, a suspension does",
        ),
        Clock(
            "inform", "终止告知期限", "Telling the parties", start=("to:ended",), stop=("inform",), was=("tell",),
            ruled_by=RuledBy.START,
            length=_term("tell-end"), on_expiry_zh="逾期未告知", on_expiry_en="parties not told in time",
            basis_note_zh="自作出终止调解决定起", basis_note_en="from the decision to end mediation",
        ),
    ),
    examples=(
        Example(
            "in the words of before the change of names: kept as it was written, read as it is called now",
            """
            2026-06-01  receive
            2026-06-02  accept
            2026-06-10  appraise
            2026-06-20  appraised
            2026-06-29  end
            2026-07-01  tell
            """,
            state="told", clocks={"accept": "met", "mediate": "met", "inform": "met"},
        ),
        Example(
            "the make-up Saturday is the last day to accept",
            """
            2026-09-23  open
            2026-10-10  accept
            """,
            # Thursday 24, 28–30 September: 4 (25–27 off); 8, 9 October: 6 (1–7 off); Saturday 10, worked: 7
            state="mediation", clocks={"accept": "met"},
        ),
        Example(
            "on the Monday after the make-up Saturday it is late",
            """
            2026-09-23  open
            2026-10-12  accept
            """,
            state="mediation", clocks={"accept": "late"},
        ),
        Example(
            "sixty days that end on a Sunday end on Monday",
            """
            2026-06-30  open
            2026-07-01  accept
            """,
            # July 2–31: 30; August 1–30: 60, a Sunday; Monday 31
            state="mediation", clocks={"mediate": "2026-08-31"},
        ),
        Example(
            "a recusal asks for the talk to rest, and the sixty days run on",
            """
            2026-06-30  open
            2026-07-01  accept
            2026-07-10  suspend
            2026-07-20  resume
            """,
            state="mediation", clocks={"mediate": "2026-08-31"},
        ),
        Example(
            "twenty days at the appraiser's: the last day is a worked Sunday and stays",
            """
            2026-06-30  open
            2026-07-01  accept
            2026-07-10  appraise
            2026-07-30  appraised
            """,
            # 10–29 July out, 20 days: 30 August + 20 = Saturday 19 September is the 80th day; counted from 2 July:
            # July 2–9: 8, 30–31: 10; August: 41; September 1–19: 60, a Saturday; Sunday 20, worked
            state="mediation", clocks={"mediate": "2026-09-20"},
        ),
        Example(
            "both asides at once: only the appraisal is taken out",
            """
            2026-06-30  open
            2026-07-01  accept
            2026-07-05  suspend
            2026-07-10  appraise
            2026-07-25  resume
            2026-07-30  appraised
            """,
            state="mediation", clocks={"mediate": "2026-09-20"},
        ),
        Example(
            "under the old order nine working days at the appraiser's do not count",
            """
            2026-04-08  open
            2026-04-14  accept
            2026-04-27  appraise
            2026-05-13  appraised
            """,
            # 15–17: 3, 20–24: 8; 27–30 April, 6–8, Saturday 9, 11, 12 May out; 13–15: 11, 18–22: 16, 25–29: 21;
            # June 1–5: 26, 8–12: 31, 15–18: 35, 22–26: 40, 29–30: 42; July 1–3: 45
            state="mediation", clocks={"mediate": "2026-07-03"},
        ),
        Example(
            "ended before Spring Festival: the make-up Saturday counts, the holiday does not",
            """
            2026-01-20  open
            2026-01-21  accept
            2026-02-11  fail
            2026-02-27  inform
            """,
            # 12, 13: 2; Saturday 14, worked: 3; 15–23 off; 24–26: 6; Friday 27: 7
            state="told", clocks={"inform": "met"},
        ),
        Example(
            "days sixty on Friday 2 and Saturday 3 October both end after National Day",
            """
            2026-08-03  open
            2026-08-03  accept
            """,
            # August 4–31: 28; September: 58; 2 October: 60; 1–7 October off; Thursday 8
            state="mediation", clocks={"mediate": "2026-10-08"},
        ),
        Example(
            "one day later it ends on the same Thursday",
            """
            2026-08-04  open
            2026-08-04  accept
            """,
            state="mediation", clocks={"mediate": "2026-10-08"},
        ),
        Example(
            "withdrawn before acceptance it is closed, and nobody need be told",
            """
            2026-06-01  open
            2026-06-03  withdraw
            """,
            state="withdrawn", clocks={"accept": "met"},
        ),
        Example(
            "withdrawn after acceptance mediation ends, and the parties are told",
            """
            2026-06-01  open
            2026-06-02  accept
            2026-06-10  withdraw
            """,
            # 11, 12: 2; 15–18: 6 (19–21 off, Dragon Boat Festival); Monday 22: 7
            state="ended", clocks={"mediate": "met", "inform": "2026-06-22"},
        ),
        Example(
            "the time runs out: ended on the first day after, by the system",
            """
            2026-06-30  open
            2026-07-01  accept
            2026-09-01  timeout
            """,
            # due on Monday 31 August; from 1 September: 2–4: 3, 7–10: 7, Thursday
            state="ended", clocks={"mediate": "expired", "inform": "2026-09-10"},
        ),
        Example(
            "returned to intake on the last day",
            """
            2026-04-28  open
            2026-05-11  return
            2026-05-12  close
            """,
            state="returned", clocks={"accept": "met"},
        ),
        Example(
            "accepted on the eve of the change: the old 45 working days hold",
            """
            2026-04-08  open
            2026-04-14  accept
            """,
            # April 15–17: 3, 20–24: 8, 27–30: 12; May 1–5 off; 6–8: 15, Saturday 9 worked: 16, 11–15: 21,
            # 18–22: 26, 25–29: 31; June 1–5: 36, 8–12: 41, 15–18: 45: Thursday, the eve of the Dragon Boat Festival
            state="mediation", clocks={"accept": "met", "mediate": "2026-06-18"},
        ),
        Example(
            "received and accepted on the day of the change: 60 calendar days, which end on a Sunday",
            """
            2026-04-15  open
            2026-04-15  accept
            """,
            # April 16–30: 15; May: 46; 14 June: 60, a Sunday; moved to Monday
            state="mediation", clocks={"mediate": "2026-06-15"},
        ),
        Example(
            "received under the old order, accepted on the day of the change: the new 60 calendar days",
            """
            2026-04-13  open
            2026-04-15  accept
            """,
            state="mediation", clocks={"accept": "met", "mediate": "2026-06-15"},
        ),
        Example(
            "sixty days that end on a public holiday end on the first day after it",
            """
            2026-04-17  open
            2026-04-20  accept
            """,
            # April 21–30: 10; May: 41; 19 June: 60, the Dragon Boat Festival (19–21 June); then Monday 22 June
            state="mediation", clocks={"mediate": "2026-06-22"},
        ),
        Example(
            "the seventh working day is the last to decide on acceptance",
            """
            2026-04-28  open
            2026-05-11  accept
            """,
            # 29, 30 April: 2; 1–5 May off; 6–8: 5, Saturday 9 worked: 6, Monday 11: 7
            state="mediation", clocks={"accept": "met"},
        ),
        Example(
            "decided on the eighth working day: late",
            """
            2026-04-28  open
            2026-05-12  reject
            """,
            state="rejected", clocks={"accept": "late"},
        ),
        Example(
            "ten days at the appraiser's do not count",
            """
            2026-06-01  open
            2026-06-02  accept
            2026-06-10  appraise
            2026-06-20  appraised
            """,
            # June 3–9: 7; 10–19 out; 20–30: 18; July: 49; 11 August: 60, a Tuesday
            state="mediation", clocks={"mediate": "2026-08-11"},
        ),
        Example(
            "ended on the last day in time, the parties told on the seventh working day, over National Day",
            """
            2026-07-30  open
            2026-07-31  accept
            2026-09-29  fail
            2026-10-14  inform
            """,
            # mediation: August 31; September 29 is the 60th day, a Tuesday. Telling: 30 September: 1; 1–7 October
            # off; 8, 9: 3, Saturday 10 worked: 4, Monday 12 to Wednesday 14: 7
            state="told", clocks={"mediate": "met", "inform": "met"},
        ),
        Example(
            "the parties told on the eighth working day: late",
            """
            2026-07-30  open
            2026-07-31  accept
            2026-09-29  fail
            2026-10-15  inform
            """,
            state="told", clocks={"inform": "late"},
        ),
    ),
)  # fmt: skip
