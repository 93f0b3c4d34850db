"""投诉: a consumer asks a market regulator to settle a dispute with a trader; it is accepted, mediated, ended.

A paper that holds a complaint and a report is two matters (Order 20 § 7, Order 121 § 9): only the complaint
is here. Transfer to another office is a child case there, with clocks of its own.
"""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.clock import RuledBy
from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.declare import Citation, Named
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Term
from jinzhi.kernel.procedure import Clock, Example, Procedure, State, Step, TakenFrom
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
    title="receive.title",
    # the terms measure the office that handles it: it asks, the unit above decides
    corrections=Corrections(sealed=HANDLERS, second=("approver", "plan-office")),
    states=(
        State("received", "待决定受理", "Received"),
        State("mediation", "调解中", "In mediation", tone=Tone.NORMAL),
        State("ended", "已终止待告知", "Ended, parties to be told", tone=Tone.NORMAL),
        State("told", "终止已告知", "Ended, parties told", tone=Tone.CLOSED, final=True),
        State("rejected", "不予受理", "Not accepted", tone=Tone.CLOSED, final=True, lane=1),
        State("appraisal", "鉴定检测中", "Under appraisal", tone=Tone.NORMAL, lane=1),
        State("settled", "达成调解协议", "Settled", tone=Tone.DONE, final=True, lane=1),
        State("withdrawn", "受理前撤回", "Withdrawn before acceptance", tone=Tone.CLOSED, final=True, lane=2),
    ),
    steps=(
        Step(
            id="receive", zh="登记投诉", en="Receive", to="received", roles=HANDLERS,
            day=DayGiven("收到投诉之日", "Day of receipt"),
            basis=(Citation(NEW, "9"),),
            help_zh="同一材料含举报的，举报另行登记。",
            help_en="A report in the same paper is entered on its own.",
            inputs=(
                Field(id="title", zh="投诉事项", en="Matter", max_length=200),
                Field(id="channel", zh="来源渠道", en="Channel", type=Type.CHOICE, choices=CHANNELS),
                Field(id="complainant", zh="投诉人", en="Complainant", max_length=100, open_to="personal"),
                Field(id="contact", zh="投诉人联系方式", en="Complainant's contact", max_length=200,
                      open_to="personal"),
                Field(id="respondent", zh="被投诉人", en="Respondent", max_length=200),
                Field(id="address", zh="被投诉人公示地址", en="Respondent's shown address", required=False,
                      help_zh="平台内经营者填平台公示的地址（令121 第13条）",
                      help_en="For a seller on a platform: the address shown there (Order 121 § 13)"),
                Field(id="known_on", zh="知道受侵害之日", en="Harm known on", type=Type.DATE, required=False),
                Field(id="amount", zh="争议金额", en="Amount in dispute", type=Type.DECIMAL, unit="元",
                      required=False, min=Decimal(0)),
                Field(id="facts", zh="具体请求和理由", en="Request and grounds", type=Type.LONG),
                Field(id="file", zh="投诉材料", en="Papers", type=Type.FILE, required=False),
            ),
        ),
        Step(
            id="accept", zh="受理", en="Accept", sources=("received",), to="mediation", roles=HANDLERS,
            at=TakenFrom.OWN, day=DayGiven("决定受理之日", "Day of acceptance"),
            basis=(Citation(OLD, "14"), Citation(NEW, "15")),
        ),
        Step(
            id="reject", zh="不予受理", en="Do not accept", sources=("received",), to="rejected", roles=HANDLERS,
            day=DayGiven("决定不予受理之日", "Day of the decision"),
            at=TakenFrom.OWN, basis=(Citation(OLD, "15"), Citation(NEW, "16")), confirm=True,
            inputs=(
                Field(id="ground", zh="情形", en="Ground", type=Type.CHOICE, choices=REFUSALS),
                Field(id="reason", zh="告知的理由和其他解决途径", en="Reasons and other ways, as told", type=Type.LONG),
            ),
        ),
        Step(
            id="withdraw", zh="受理前撤回", en="Withdraw", sources=("received",), to="withdrawn", roles=HANDLERS,
            day=DayGiven("撤回之日", "Day of the withdrawal"),
            at=TakenFrom.OWN, confirm=True,
            inputs=(Field(id="reason", zh="撤回情况", en="How it was withdrawn", type=Type.LONG),),
        ),
        Step(
            id="appraise", zh="委托鉴定检测", en="Send to appraisal", sources=("mediation",), to="appraisal",
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
            id="appraised", zh="收到结论", en="Result received", sources=("appraisal",), to="mediation",
            day=DayGiven("收到结论之日", "Day on which the result came"),
            roles=HANDLERS, at=TakenFrom.OWN, basis=(Citation(OLD, "20"), Citation(NEW, "22")),
            inputs=(
                Field(id="result", zh="结论", en="Result", type=Type.LONG),
                Field(id="file", zh="鉴定检测报告", en="Report", type=Type.FILE, required=False),
            ),
        ),
        Step(
            id="settle", zh="达成调解协议", en="Settle", sources=("mediation",), to="settled", roles=HANDLERS,
            day=DayGiven("达成协议之日", "Day of the agreement"),
            at=TakenFrom.OWN,
            inputs=(
                Field(id="terms", zh="协议内容", en="Terms", type=Type.LONG),
                Field(id="refund", zh="为消费者挽回金额", en="Recovered for the consumer", type=Type.DECIMAL,
                      unit="元", required=False, min=Decimal(0)),
                Field(id="file", zh="调解书", en="Mediation paper", type=Type.FILE, required=False),
            ),
        ),
        Step(
            id="end", zh="终止调解", en="End mediation", sources=("mediation", "appraisal"), to="ended",
            day=DayGiven("决定终止之日", "Day of the decision"),
            roles=HANDLERS, at=TakenFrom.OWN, basis=(Citation(OLD, "21"), Citation(NEW, "23")), confirm=True,
            inputs=(
                Field(id="ground", zh="终止情形", en="Ground", type=Type.CHOICE, choices=ENDS),
                Field(id="note", zh="说明", en="Note", type=Type.LONG, required=False),
            ),
        ),
        Step(
            id="tell", zh="告知双方", en="Tell the parties", sources=("ended",), to="told", roles=HANDLERS,
            at=TakenFrom.OWN, day=DayGiven("告知之日", "Day of the telling"),
            basis=(Citation(OLD, "21"), Citation(NEW, "23")),
            inputs=(Field(id="how", zh="告知方式", en="How they were told", max_length=200),),
        ),
    ),
    clocks=(
        Clock(
            id="accept", zh="受理期限", en="Acceptance", start=("receive",), stop=("accept", "reject", "withdraw"),
            length=_term("accept"), on_expiry_zh="逾期未作受理决定", on_expiry_en="no decision on acceptance in time",
            basis_note_zh="适用收到投诉之日有效的办法", basis_note_en="the order in force on the day of receipt",
        ),
        Clock(
            id="mediate", zh="调解期限", en="Mediation", start=("accept",), stop=("settle", "end"),
            length=_term("mediate"), ruled_by=RuledBy.START, exclude=("appraisal",),
            on_expiry_zh="应当终止调解", on_expiry_en="mediation is to be ended",
            basis_note_zh="适用受理之日有效的办法；鉴定检测时间不计入",
            basis_note_en="the order in force on the day of acceptance; appraisal does not count",
        ),
        Clock(
            id="tell", zh="终止告知期限", en="Telling the parties", start=("end",), stop=("tell",),
            length=_term("tell-end"), on_expiry_zh="逾期未告知", on_expiry_en="parties not told in time",
            basis_note_zh="自作出终止调解决定起", basis_note_en="from the decision to end mediation",
        ),
    ),
    examples=(
        Example(
            "accepted on the eve of the change: the old 45 working days hold",
            """
            2026-04-08  receive
            2026-04-14  accept
            """,
            # April 15–17: 3, 20–24: 8, 27–30: 12; May 1–5 off; 6–8: 15, Saturday 9 worked: 16, 11–15: 21,
            # 18–22: 26, 25–29: 31; June 1–5: 36, 8–12: 41, 15–18: 45: Thursday, the eve of the Dragon Boat Festival
            state="mediation", clocks={"accept": "met", "mediate": "2026-06-18"},
        ),
        Example(
            "received and accepted on the day of the change: 60 calendar days, which end on a Sunday",
            """
            2026-04-15  receive
            2026-04-15  accept
            """,
            # April 16–30: 15; May: 46; 14 June: 60, a Sunday; moved to Monday
            state="mediation", clocks={"mediate": "2026-06-15"},
        ),
        Example(
            "received under the old order, accepted on the day of the change: the new 60 calendar days",
            """
            2026-04-13  receive
            2026-04-15  accept
            """,
            state="mediation", clocks={"accept": "met", "mediate": "2026-06-15"},
        ),
        Example(
            "sixty days that end on a public holiday end on the first day after it",
            """
            2026-04-17  receive
            2026-04-20  accept
            """,
            # April 21–30: 10; May: 41; 19 June: 60, the Dragon Boat Festival (19–21 June); then Monday 22 June
            state="mediation", clocks={"mediate": "2026-06-22"},
        ),
        Example(
            "the seventh working day is the last to decide on acceptance",
            """
            2026-04-28  receive
            2026-05-11  accept
            """,
            # 29, 30 April: 2; 1–5 May off; 6–8: 5, Saturday 9 worked: 6, Monday 11: 7
            state="mediation", clocks={"accept": "met"},
        ),
        Example(
            "decided on the eighth working day: late",
            """
            2026-04-28  receive
            2026-05-12  reject
            """,
            state="rejected", clocks={"accept": "late"},
        ),
        Example(
            "ten days at the appraiser's do not count",
            """
            2026-06-01  receive
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
            2026-07-30  receive
            2026-07-31  accept
            2026-09-29  end
            2026-10-14  tell
            """,
            # mediation: August 31; September 29 is the 60th day, a Tuesday. Telling: 30 September: 1; 1–7 October
            # off; 8, 9: 3, Saturday 10 worked: 4, Monday 12 to Wednesday 14: 7
            state="told", clocks={"mediate": "met", "tell": "met"},
        ),
        Example(
            "the parties told on the eighth working day: late",
            """
            2026-07-30  receive
            2026-07-31  accept
            2026-09-29  end
            2026-10-15  tell
            """,
            state="told", clocks={"tell": "late"},
        ),
    ),
)  # fmt: skip
