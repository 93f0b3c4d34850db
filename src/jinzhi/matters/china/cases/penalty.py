"""行政处罚（普通程序）: from a lead to the decision, its service, its payment, and two publications with own terms.

The ninety days are § 60 of the penalty law; what does not count, and the extensions, are Order 2's, which binds market
regulators: an office under the general procedure keeps the ninety days, and its own rules are still to be entered. Each
party is told, heard and served by itself; the decision waits for the last of them (§§ 44, 45). A fine never stands in
for a transfer to the police.
"""

from datetime import date
from functools import partial

from jinzhi.kernel.clock import Extension, Tell, Whose
from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.declare import Citation, Named
from jinzhi.kernel.expression import (
    All,
    Any,
    AtMost,
    Check,
    Every,
    F,
    Given,
    IfUnknown,
    Is,
    Not,
    Plus,
)
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Dated, Term, Version
from jinzhi.kernel.period import days, workdays
from jinzhi.kernel.procedure import Aside, Clock, Example, Link, Linked, Opens, Procedure, State, Step, TakenFrom
from jinzhi.kernel.recording import DayGiven
from jinzhi.kernel.status import Tone
from jinzhi.matters.china.law import (
    administrative_penalty_law,
    penalty_procedure_order_2,
    penalty_publication_order_45,
    transfer_order_310,
)

LAW, ORDER = administrative_penalty_law.LAW, penalty_procedure_order_2.LAW
PUBLICATION = penalty_publication_order_45.LAW
TRANSFER = transfer_order_310.LAW
HANDLERS = ("case-handler", "approver")
PARTIES, CHANNELS_OF = "open.parties", "decide.channels"
#: what ends the case, whatever stands beside it
ENDING = ("decide", "decline", "drop")
MARKET = Is("open.regime", "market")
#: 双公示: seven working days; whether they hold from 2026-04-01 on is to be confirmed
CREDIT = Dated(
    (Version(since=LAW.in_force, value=workdays(7), cite=Citation(LAW.id, "48"), verified=False,
             note="“双公示”七个工作日；2026-04-01 起是否仍适用待核实"),),
    name="双公示",
)  # fmt: skip


def _law(*articles: str) -> tuple[Citation, ...]:
    return tuple(Citation(LAW.id, a) for a in articles)


def _order(*articles: str) -> tuple[Citation, ...]:
    return tuple(Citation(ORDER.id, a) for a in articles)


def _check(id: str, zh: str, en: str, holds: object, article: str, unknown: IfUnknown = IfUnknown.ATTEST) -> Check:
    return Check(id, zh, en, holds, Citation(LAW.id, article), unknown=unknown)


REGIMES = (
    Named("market", "市场监管程序（令2号、令45号）", "Market regulators (Orders 2 and 45)"),
    Named(
        "general", "一般程序（处罚法；本系统程序规章待录入）", "General (penalty law alone; own rules to be entered)"
    ),
)
GROUNDS = (
    Named("slight", "轻微并及时改正，没有危害后果", "Slight, mended in time, no harm"),
    Named("first", "初次、轻微并及时改正", "First, slight and mended"),
    Named("no-fault", "有证据证明没有主观过错", "No fault, as proven"),
    Named("other", "依法不予立案的其他情形", "Another ground set by law"),
)
OUTCOMES = (
    Named("penalty", "给予行政处罚", "A penalty"),
    Named("none-slight", "不予处罚（第三十三条）", "None: § 33"),
    Named("none-unproven", "违法事实不能成立，不予处罚（第五十七条）", "None: not proven, § 57"),
)
CHANNELS = (
    Named("credit", "信用网站（双公示）", "Credit portal"),
    Named("system", "国家企业信用信息公示系统", "Enterprise publicity system"),
    Named("push", "推送至外省登记机关", "Sent to the registry of another province"),
)
DISPOSALS = (
    Named("returned", "返还", "Returned"),
    Named("seized", "查封、扣押", "Seized"),
    Named("tested", "送检", "Sent to testing"),
    Named("confiscated", "没收", "Confiscated"),
    Named("released", "解除先行登记保存", "Released"),
)
HEARD = Every(PARTIES, Any(Given("stated"), Given("hearing-waived"), Given("hearing-lapsed"), Given("hearing")))
FILING = (
    _check("f1", "有初步证据证明违法行为", "First evidence of a breach", Is("open.evidence", True), "54"),
    _check("f2", "依法应当给予行政处罚", "A penalty is due by law", Is("open.punishable", True), "54"),
    _check("f3", "属于本机关管辖", "Within our powers", Is("open.ours", True), "22"),
    _check("f4", "违法行为终了之日起二年内被发现（涉及生命健康、金融安全有危害后果的五年）",
           "Found within two years of the end of the act (five for life, health, finance)",
           Any(Is("open.going_on", True), AtMost("open.lead_on", Plus(F("open.act_until"), LAW.length("limitation"))),
               All(Is("open.grave_kind", True),
                   AtMost("open.lead_on", Plus(F("open.act_until"), LAW.length("limitation-grave"))))), "36"),
    _check("f5", "执法人员不少于两名并持有效证件", "Two officers or more with valid certificates",
           Is("file.two_officers", True), "42", IfUnknown.STOP),
    _check("f6", "没有其他机关先立案", "Nobody else opened a case before", Is("open.first_here", True), "25"),
)  # fmt: skip
DECIDING = (
    _check("d1", "已告知每一当事人，并听取陈述、申辩或者已书面放弃、期满未提出",
           "Every party was told and heard, waived, or let the term run out", HEARD, "44", IfUnknown.STOP),
    _check("d2", "需要法制审核的已审核通过", "The legal review, where it is due, was passed",
           Any(Is("open.review_due", False), Is("reviewed.passed", True)), "58", IfUnknown.STOP),
    _check("d3", "情节复杂或者重大的已经负责人集体讨论", "A complex or grave case was decided on by the board",
           Any(Is("decide.grave", False), Given("collective")), "57", IfUnknown.STOP),
    _check("d5", "罚款不高于告知的数额", "The fine is not above what was told",
           Any(Not(Given("decide.fine")), AtMost("decide.fine", F("hearing-offered.fine"))), "45",
           IfUnknown.STOP),
    _check("d6", "同一违法行为没有给过罚款", "No second fine for the same act", Is("decide.no_second_fine", True),
        "29"),
    _check("d8", "没有非法取得的证据", "No evidence unlawfully obtained", Is("decide.lawful_evidence", True), "46"),
    _check("d9", "当事人有责任年龄和能力", "Age and capacity", Is("decide.answerable", True), "30"),
    Check("d10", "不涉嫌犯罪，或者公安机关已不予立案", "No suspected crime, or the police declined",
          Any(Is("decide.crime", False), Given("police-back")), Citation(TRANSFER.id, "11"), unknown=IfUnknown.STOP),
)  # fmt: skip


def _text(id: str, zh: str, en: str) -> Field:
    return Field(id=id, zh=zh, en=en, type=Type.LONG)


def _answer(id: str, zh: str, en: str, required: bool = True) -> Field:
    return Field(id=id, zh=zh, en=en, type=Type.ANSWER, required=required)


OPENING = (
    Field(id="title", zh="案由", en="Matter", max_length=200),
    Field(id="regime", zh="适用程序", en="Procedure", type=Type.CHOICE, choices=REGIMES, filtered=True),
    Field(id="lead_on", zh="发现线索或者收到材料之日", en="Lead found or received on", type=Type.DATE),
    Field(id="source_case", zh="来源事项（举报等）", en="Where it comes from", type=Type.REF, of="case", required=False,
          help_zh="写已立案的举报等事项的编号，两件互相关联", help_en="The number of the report: both are linked"),
    Field(id="used_extension", zh="举报核查阶段已延长", en="The check of the report was extended", type=Type.BOOL,
          required=False),
    Field(id="parties", zh="当事人", en="Parties", type=Type.LIST, min_items=1, items=(
        Field(id="party", zh="当事人", en="Party", max_length=100,
              help_zh="自然人在此只写代称，姓名、住所写在下一栏", help_en="A natural person by a stand-in; name below"),
        Field(id="elsewhere", zh="住所在外省", en="Seated in another province", type=Type.BOOL),
    )),
    Field(id="persons", zh="当事人姓名、证件、住所", en="Names, papers and domiciles", type=Type.LONG, required=False,
          open_to="personal"),
    _text("act", "涉嫌违法行为", "Alleged breach"),
    Field(id="statute", zh="涉嫌违反的条款", en="Article breached", max_length=200),
    Field(id="act_until", zh="违法行为终了之日", en="The act ended on", type=Type.DATE, required=False),
    _answer("going_on", "违法行为仍在继续", "The act goes on"),
    _answer("grave_kind", "涉及生命健康、金融安全且有危害后果", "Life, health or finance, with harm"),
    _answer("evidence", "有初步证据", "First evidence"),
    _answer("punishable", "依法应当处罚", "A penalty is due"),
    _answer("ours", "属于本机关管辖", "Within our powers"),
    _answer("first_here", "没有其他机关先立案", "Nobody else before"),
    _answer("review_due", "属于须经法制审核的情形（第五十八条）", "A legal review is due (§ 58)"),
    Field(id="file", zh="线索材料", en="Papers", type=Type.FILE, required=False),
)  # fmt: skip
own = partial(Step, roles=HANDLERS, at=TakenFrom.OWN)
by_head = partial(Step, roles=("approver",), at=TakenFrom.ABOVE)
BEFORE_DECISION = ("filed", "reviewed", "told")

STEPS = (
    Step("open", "登记线索", "Receive the lead", to="opened", roles=HANDLERS,
         day=DayGiven("登记之日", "Day of entry"), basis=_law("54"), inputs=OPENING,
         effects=(Link("open.source_case", link=Linked.SIBLING, when=Given("open.source_case")),)),
    by_head("extend-file", "批准延长立案核查", "Extend the check", sources=("opened",), basis=_order("18"), most=1,
            when=Not(Is("open.used_extension", True)), inputs=(_text("reason", "延长理由", "Reason"),),
            help_zh="全链条只能延长一次，举报核查阶段已延长的不再延长。", help_en="Once in the whole chain."),
    by_head("file", "立案", "Open the case", sources=("opened",), to="filed", basis=(*_law("54"), *_order("18")),
            day=DayGiven("决定立案之日", "Day of the decision"), needs=FILING,
            inputs=(Field(id="two_officers", zh="已指定两名以上持证执法人员", en="Two certified officers",
            type=Type.BOOL),
                    Field(id="officers", zh="执法人员及证号", en="Officers and certificates", max_length=300),
                    Field(id="number", zh="立案审批表号", en="Number of the form", max_length=100))),
    by_head("decline", "不予立案", "Open no case", sources=("opened",), to="declined", basis=_order("18"), confirm=True,
            day=DayGiven("决定之日", "Day of the decision"),
            inputs=(Field(id="ground", zh="情形", en="Ground", type=Type.CHOICE, choices=GROUNDS),
                    _text("reason", "理由和教育情况", "Reason"))),
    own("preserve", "先行登记保存", "Preserve evidence", sources=("opened", *BEFORE_DECISION), basis=_law("56"),
        day=DayGiven("采取之日", "Day of the measure"), help_zh="每次写全部批次，已有批次的序号不变；须经负责人批准。",
        help_en="Each time all batches; those that are there keep their keys. The head approves first.",
        inputs=(Field(id="batches", zh="批次", en="Batches", type=Type.LIST, min_items=1, items=(
            Field(id="things", zh="物品", en="Things", max_length=200),
            Field(id="taken_on", zh="采取之日", en="Taken on", type=Type.DATE),
            Field(id="place", zh="地点", en="Place", max_length=200, required=False))),)),
    own("dispose", "处理先行登记保存的物品", "Dispose of what was preserved", sources=("opened", *BEFORE_DECISION),
        per="preserve.batches", most=1, basis=_law("56"), day=DayGiven("处理之日", "Day of the decision"),
        inputs=(Field(id="how", zh="处理", en="How", type=Type.CHOICE, choices=DISPOSALS),)),
    own("investigate", "调查取证", "Investigate", sources=BEFORE_DECISION, basis=_law("42", "43", "55"),
        day=DayGiven("调查之日", "Day of the inquiry"), help_zh="可以多次；两名以上执法人员。",
        help_en="May be repeated; two officers or more.",
        inputs=(Field(id="officers", zh="执法人员", en="Officers", max_length=200), _text("record", "笔录要点",
        "Record"),
                Field(id="file", zh="笔录和证据", en="Record and evidence", type=Type.FILE, required=False))),
    own("appraise", "委托检测检验鉴定", "Send to testing", sources=("opened", *BEFORE_DECISION, "!appraisal"),
        basis=_order("64"), day=DayGiven("委托之日", "Day of the commission"),
        inputs=(Field(id="body", zh="机构和事项", en="Body and object", max_length=300),)),
    own("appraised", "收到检测检验鉴定结论", "Result received", sources=("opened", *BEFORE_DECISION, "appraisal"),
        basis=_order("64"), day=DayGiven("收到之日", "Day of receipt"), inputs=(_text("result", "结论", "Result"),)),
    own("identify", "请权利人辨认或者鉴别", "Ask the right holder",
        sources=("opened", *BEFORE_DECISION, "!identification"), basis=_order("64"),
        day=DayGiven("送交之日", "Day of sending"),
        inputs=(Field(id="holder", zh="权利人", en="Right holder", max_length=200),)),
    own("identified", "收到辨认鉴别意见", "Identification received",
        sources=("opened", *BEFORE_DECISION, "identification"), basis=_order("64"),
        day=DayGiven("收到之日", "Day of receipt"), inputs=(_text("opinion", "意见", "Opinion"),)),
    own("announce", "公告", "Give public notice", sources=(*BEFORE_DECISION, "!announcement"), basis=_order("64"),
        day=DayGiven("公告之日", "Day of the notice"), inputs=(_text("about", "公告事项", "About"),)),
    own("announced", "公告期满", "Notice ends", sources=(*BEFORE_DECISION, "announcement"), basis=_order("64"),
        day=DayGiven("期满之日", "Day after its end")),
    by_head("suspend", "中止调查", "Suspend", sources=(*BEFORE_DECISION, "!suspension"), basis=_order("64"),
            day=DayGiven("中止之日", "Day of the suspension"), inputs=(_text("reason", "情形", "Ground"),)),
    by_head("resume", "恢复调查", "Resume", sources=(*BEFORE_DECISION, "suspension"), basis=_order("64"),
            day=DayGiven("恢复之日", "Day of the resumption"), inputs=(_text("reason", "情况", "Why"),)),
    own("submit-review", "调查终结送审核", "Submit for review", sources=("filed",), to="reviewed", basis=_law("58"),
        day=DayGiven("送审之日", "Day of submission"), inputs=(_text("proposal", "调查终结报告和拟处意见",
        "Proposal"),)),
    Step("reviewed", "法制审核", "Legal review", sources=("reviewed",), roles=("approver",), at=TakenFrom.ABOVE,
         other_than=("submit-review",), basis=_law("58"), day=DayGiven("审核之日", "Day of the review"),
         inputs=(_answer("passed", "审核通过", "Passed"), _text("opinion", "审核意见", "Opinion"))),
    by_head("hearing-offered", "作出处罚告知", "Tell the proposed penalty", sources=("reviewed",), to="told",
            basis=_law("44", "63"), day=DayGiven("告知书作出之日", "Day of the notice"),
            help_zh="应当告知听证权利或者不明是否应当告知的，一并告知。",
            help_en="Where a hearing is due or it is unclear, offer it.",
            inputs=(_text("facts", "事实、理由、依据", "Facts, reasons, basis"),
                    Field(id="fine", zh="拟罚款数额", en="Proposed fine", type=Type.DECIMAL, unit="元"),
                    _answer("hearing", "告知听证权利", "A hearing is offered"))),
    own("notified", "告知书送达", "The notice served", sources=("told",), per=PARTIES, most=1, basis=_law("44", "61"),
        day=DayGiven("收到之日", "Day of receipt"),
        inputs=(Field(id="proof", zh="送达方式和证明", en="Way and proof", max_length=200),)),
    own("stated", "陈述、申辩", "Statement", sources=("told",), per=PARTIES, basis=_law("45"),
        day=DayGiven("收到之日", "Day of receipt"), inputs=(_text("text", "陈述、申辩意见及复核", "What it says"),)),
    own("hearing-asked", "要求听证", "A hearing is asked", sources=("told", "!hearing-time"), per=PARTIES, most=1,
        basis=_law("64"), day=DayGiven("收到之日", "Day of receipt")),
    own("hearing-waived", "书面放弃陈述、听证", "Waived in writing", sources=("told",), per=PARTIES, most=1,
        basis=_law("45", "64"), day=DayGiven("收到之日", "Day of receipt"),
        inputs=(Field(id="proof", zh="放弃声明", en="Waiver", max_length=200),)),
    Step("hearing-lapsed", "期满未提出", "The term ran out", sources=("told",), per=PARTIES, most=1, roles=("system",),
         basis=_law("64")),
    own("hearing", "举行听证", "Hearing", sources=("told", "hearing-time"), per=PARTIES, most=1,
        basis=_law("64"), day=DayGiven("听证之日", "Day of the hearing"),
        help_zh="主持人不得是本案调查人员；七个工作日前通知。",
        help_en="Not presided by who investigated; told 7 working days before.",
        inputs=(Field(id="presided_by", zh="主持人", en="Presided by", max_length=100), _text("record", "笔录",
        "Record"))),
    by_head("extend", "批准延长办案期限", "Extend", sources=BEFORE_DECISION, most=1, basis=_order("64"),
            inputs=(Field(id="length", zh="延长", en="How much longer", type=Type.LENGTH),
                    _text("reason", "理由", "Reason"))),
    Step("extend-again", "集体讨论再延长", "Extend again, by the board", sources=BEFORE_DECISION, roles=("leader",),
         at=TakenFrom.ABOVE, most=1, basis=_order("64"),
         inputs=(Field(id="length", zh="延长", en="How much longer", type=Type.LENGTH),
                 _text("minutes", "集体讨论记录", "Minutes"))),
    Step("collective", "负责人集体讨论", "The board decides", sources=("told",), roles=("leader",), at=TakenFrom.ABOVE,
         basis=_law("57"), day=DayGiven("讨论之日", "Day of the meeting"),
         inputs=(_text("minutes", "讨论记录", "Minutes"),)),
    by_head("transfer", "移送公安机关", "Transfer to the police", sources=(*BEFORE_DECISION, "!with-police"),
            basis=(Citation(TRANSFER.id, "3"),), day=DayGiven("报告负责人之日", "Day on which the head was told"),
            help_zh="另立移送件；移送期间不得罚款。", help_en="Opens a transfer; no fine meanwhile.", confirm=True,
            inputs=(Field(id="kind", zh="涉嫌罪名类别", en="Kind of crime", type=Type.CHOICE, choices=(
                Named("mark-goods", "假冒注册商标（商品）", "Mark on goods"),
                Named("mark-services", "假冒注册商标（服务）", "Mark on services"),
                Named("mark-sale", "销售假冒注册商标的商品", "Sale of counterfeits"),
                Named("labels", "非法制造、销售商标标识", "Labels"), Named("patent", "假冒专利", "Patent"),
                Named("copyright", "侵犯著作权", "Copyright"), Named("copies-sale", "销售侵权复制品", "Copies"),
                Named("secret", "侵犯商业秘密", "Trade secret"))),
                Field(id="suspects", zh="涉案人", en="Suspects", max_length=300, open_to="personal"),
                Field(id="team", zh="专案组（两人以上）及证号", en="Team of two or more", max_length=300),
                _answer("repeat", "二年内受过处罚又实施", "Again within two years"),
                _answer("several", "两种以上商标或者两项以上专利", "Two or more"),
                _text("suspicion", "涉嫌犯罪的理由", "Why a crime is suspected")),
            effects=(Opens("crime-transfer", "open", link=Linked.CHILD, carry={
                "title": F("open.title"), "kind": F("transfer.kind"), "suspects": F("transfer.suspects"),
                "team_of_two": True, "team": F("transfer.team"), "repeat": F("transfer.repeat"),
                "several": F("transfer.several"), "suspicion": F("transfer.suspicion")}),)),
    own("police-back", "公安机关退回或者不予立案", "The police sent it back", sources=(*BEFORE_DECISION, "with-police"),
        basis=(Citation(TRANSFER.id, "13"),), day=DayGiven("收到之日", "Day of receipt"),
        inputs=(_text("reason", "情况", "Why"),)),
    by_head("drop", "撤销案件", "Drop the case", sources=(*BEFORE_DECISION, "!with-police"), to="unpunished",
            basis=_law("57"), day=DayGiven("决定之日", "Day of the decision"), confirm=True,
            inputs=(_text("reason", "理由", "Reason"),)),
    by_head("decide", "作出决定", "Decide", sources=("told", "!with-police"), to="decided", basis=_law("57", "59"),
            day=DayGiven("决定之日", "Day of the decision"), needs=DECIDING, confirm=True, seals=True,
            inputs=(Field(id="outcome", zh="决定", en="Outcome", type=Type.CHOICE, choices=OUTCOMES),
                    Field(id="number", zh="决定书文号", en="Number", max_length=100),
                    Field(id="fine", zh="罚款", en="Fine", type=Type.DECIMAL, unit="元", required=False),
                    Field(id="confiscated", zh="没收违法所得", en="Gain confiscated", type=Type.DECIMAL, unit="元",
                          required=False),
                    Field(id="turnover", zh="违法经营额", en="Turnover", type=Type.DECIMAL, unit="元", required=False),
                    Field(id="channels", zh="公示渠道", en="Published on", type=Type.LIST, items=(
                        Field(id="channel", zh="渠道", en="Channel", type=Type.CHOICE, choices=CHANNELS),)),
                    _answer("grave", "情节复杂或者重大违法行为", "Complex or grave"),
                    _answer("no_second_fine", "同一行为未给过罚款", "No second fine"),
                    _answer("lawful_evidence", "证据合法取得", "Evidence lawfully obtained"),
                    _answer("answerable", "当事人应负责任", "Age and capacity"),
                    _answer("crime", "涉嫌犯罪", "A crime is suspected"))),
    own("serve", "送达决定书", "Serve the decision", sources=("decided",), per=PARTIES, most=1, basis=_law("61"),
        day=DayGiven("收到之日", "Day of receipt"),
        inputs=(Field(id="proof", zh="送达方式和证明", en="Way and proof", max_length=200),)),
    own("pay", "缴清罚款", "Paid in full", sources=("decided",), per=PARTIES, most=1, basis=_law("67"),
        day=DayGiven("缴清之日", "Day of payment"),
        inputs=(Field(id="receipt", zh="缴款凭证", en="Receipt", max_length=200),)),
    by_head("defer", "批准暂缓、分期缴纳", "Defer payment", sources=("decided", "!payment-deferred"), basis=_law("66"),
            inputs=(Field(id="until", zh="暂缓至", en="Until", type=Type.DATE), _text("reason", "理由", "Reason"))),
    own("deferred-over", "暂缓期满", "The deferral ends", sources=("decided", "payment-deferred"), basis=_law("66"),
        day=DayGiven("期满之日", "Day after its end")),
    by_head("enforce", "申请强制执行", "Enforce", sources=("decided",), per=PARTIES, most=1, basis=_law("72"),
            day=DayGiven("申请之日", "Day of the request"), inputs=(_text("how", "措施", "Measure"),)),
    own("publish", "公示", "Publish", sources=("decided",), per=CHANNELS_OF, most=1,
        basis=(*_law("48"), Citation(PUBLICATION.id, "9")), day=DayGiven("公示之日", "Day of publication"),
        help_zh="个人信息和应当保密的内容先行遮盖。", help_en="Personal and secret parts are taken out first.",
        inputs=(Field(id="address", zh="公示地址或者回执", en="Address or receipt", max_length=300),)),
    Step("annul", "处罚决定被变更、撤销或者确认违法", "The decision was changed or annulled", sources=("decided",),
         roles=("leader",), at=TakenFrom.ABOVE, basis=(*_law("48"), Citation(PUBLICATION.id, "11")), confirm=True,
         day=DayGiven("生效之日", "Day it took effect"), inputs=(_text("by_whom", "作出机关和文号", "By whom"),)),
    own("withdraw-publication", "撤回公示", "Take the publication down", sources=("decided",),
        basis=(*_law("48"), Citation(PUBLICATION.id, "11")), day=DayGiven("撤回之日", "Day taken down"),
        inputs=(_text("reason", "撤回说明", "Reason shown"),)),
    by_head("close", "结案", "Close", sources=("decided",), to="closed", basis=_law("57"), confirm=True,
            inputs=(Field(id="archive", zh="档案号", en="File number", max_length=100),)),
)  # fmt: skip
OUT = ("hearing-time", "announcement", "appraisal", "identification", "suspension")
CLOCKS = (
    Clock("file", "立案期限", "Opening the case", start=("open",), stop=("file", "decline"), when=MARKET,
          counts_from=F("open.lead_on"), length=Term("open-case", ORDER), exclude=("appraisal", "identification"),
          extensions=(Extension("extend-file", up_to=Term("open-case-extension", ORDER), basis=_order("18")),),
          tell=(Tell(HANDLERS, ahead=workdays(3)), Tell(("approver", "leader"))),
          on_expiry_zh="逾期未决定是否立案", on_expiry_en="no decision in time",
          basis_note_zh="自发现线索或者收到材料之日起；一般程序的期限待录入，不计",
          basis_note_en="general procedure: no term yet"),
    Clock("decide", "办案期限", "Decision", start=("file",), stop=ENDING, exclude=OUT, length=Term("decide", LAW),
          extensions=(Extension("extend", up_to=Term("decide-extension", ORDER), basis=_order("64")),
                      Extension("extend-again", after="extend", basis=_order("64"))),
          tell=(Tell(HANDLERS, ahead=days(15)), Tell(HANDLERS, ahead=days(5)), Tell(("approver", "leader"))),
          on_expiry_zh="逾期未作出决定", on_expiry_en="no decision in time",
          basis_note_zh="自立案之日起；听证、公告、检测检验鉴定、权利人辨认鉴别、中止不计入（令2号第64条，待核实），重叠只扣一次",
          basis_note_en="from filing; what Order 2 § 64 names does not count (to be confirmed), a day is out once"),
    Clock("preserve", "先行登记保存处理期限", "What was preserved", start=("preserve",), per="preserve.batches",
          counts_from=F("taken_on"), stop=("dispose", *ENDING), length=Term("keep-evidence", LAW),
          tell=(Tell(HANDLERS, ahead=workdays(1)),), on_expiry_zh="先行登记保存自动解除，应当返还",
          on_expiry_en="it ends by itself: what was taken is given back"),
    Clock("hearing", "陈述、申辩和要求听证的期限", "Statement or hearing", start=("notified",), per=PARTIES,
          stop=("hearing-asked", "hearing-waived", "hearing-lapsed", "decide", "drop"), length=Term("ask-hearing", LAW),
          at_end="hearing-lapsed", whose=Whose.PARTY, on_expiry_zh="视为放弃", on_expiry_en="counts as waived",
          basis_note_zh="各人自收到告知书之日起各算", basis_note_en="from each party's own receipt"),
    Clock("serve", "送达决定书期限", "Serving the decision", start=("decide",), per=PARTIES, stop=("serve", "close"),
          length=Term("serve", LAW), tell=(Tell(HANDLERS, ahead=workdays(1)),),
          on_expiry_zh="逾期未送达", on_expiry_en="not served in time"),
    Clock("pay", "缴款期限", "Payment", start=("serve",), per=PARTIES, stop=("pay", "enforce", "close"),
          suspend=("payment-deferred",), length=Term("pay", LAW), whose=Whose.PARTY,
          on_expiry_zh="每日按罚款数额的百分之三加处罚款，不超过罚款数额",
          on_expiry_en="three per cent a day, never above the fine"),
    Clock("publish-credit", "信用网站公示期限", "Credit portal", start=("decide",), per=CHANNELS_OF, length=CREDIT,
          when=Is("channel", "credit"), stop=("publish", "close"), on_expiry_zh="逾期未公示",
          on_expiry_en="not in time"),
    Clock("publish-system", "公示系统公示期限", "Publicity system", start=("decide",), per=CHANNELS_OF,
          when=All(Is("channel", "system"), Is("up.open.regime", "market")), stop=("publish", "close"),
          length=Term("publish", PUBLICATION), on_expiry_zh="逾期未公示", on_expiry_en="not published in time"),
    Clock("publish-push", "跨省推送期限", "Sending to another province", start=("decide",), per=CHANNELS_OF,
          when=All(Is("channel", "push"), Is("up.open.regime", "market")), stop=("publish", "close"),
          length=Term("send", PUBLICATION), on_expiry_zh="逾期未推送", on_expiry_en="not sent in time"),
    Clock("withdraw", "撤回公示期限", "Taking the publication down", start=("annul",), stop=("withdraw-publication",
        "close"),
          length=Term("withdraw-publication", LAW), on_expiry_zh="逾期未撤回", on_expiry_en="not taken down in time"),
)  # fmt: skip


def _example(name: str, history: str, state: str, **clocks: str) -> Example:
    return Example(name, history.replace("; ", "\n"), state, {id.replace("_", "-"): due for id, due in clocks.items()})


FILED = "2026-07-01  open  regime=market lead_on=2026-07-01 parties=a,b; {on}  file"
CHANNEL = '[{"_key":"c","channel":"credit"},{"_key":"s","channel":"system"},{"_key":"p","channel":"push"}]'
DECIDED = (
    "2026-01-05  open  regime=market lead_on=2026-01-05 parties=a; 2026-01-06  file; 2026-01-20  submit-review; "
    "2026-01-21  hearing-offered; 2026-01-21  notified[a]; 2026-01-22  hearing-waived[a]; "
    "{on}  decide  channels=" + CHANNEL
)
EXAMPLES = (
    _example("a lead of 17 September: fifteen working days across National Day",
             "2026-09-28  open  regime=market lead_on=2026-09-17", "opened", file="2026-10-14"),
    _example("the general procedure has no term for it yet",
             "2026-09-28  open  regime=general lead_on=2026-09-17", "opened"),
    # July 28 days, August 59, September 89: day 90 is 1 October, moved behind the holiday
    _example("ninety days that end on National Day", FILED.format(on="2026-07-03"), "filed", decide="2026-10-08"),
    _example("three days later in the same holiday", FILED.format(on="2026-07-06"), "filed", decide="2026-10-08"),
    _example("and on the first day after it", FILED.format(on="2026-07-10"), "filed", decide="2026-10-08"),
    _example("plain: day 90 is a Sunday",
             "2026-02-26  open  regime=market lead_on=2026-02-26 parties=a; 2026-03-02  file", "filed",
             decide="2026-06-01"),
    # 20 March – 8 April (20 days) and 1–15 April (15) are out, together 27: Saturday 27 June, Monday 29
    _example("testing and identification overlap: 27 days are out, not 35",
             "2026-02-26  open  regime=market lead_on=2026-02-26 parties=a; 2026-03-02  file; 2026-03-20  appraise; "
             "2026-04-01  identify; 2026-04-09  appraised; 2026-04-16  identified", "filed", decide="2026-06-29"),
    _example("extended on that last day: 90 + 30 + 27",
             "2026-02-26  open  regime=market lead_on=2026-02-26 parties=a; 2026-03-02  file; 2026-03-20  appraise; "
             "2026-04-01  identify; 2026-04-09  appraised; 2026-04-16  identified; "
             "2026-06-29  extend  length=30-day", "filed",
             decide="2026-07-27"),
    # 30 September, 8, 9, Saturday 10, 12, 13, 14 October
    _example("a batch that was preserved: seven working days across National Day",
             "2026-09-28  open  regime=market lead_on=2026-09-28 parties=a; 2026-09-28  file; 2026-09-29  preserve  "
             'batches=[{"_key":"1","things":"x","taken_on":"2026-09-29"}]', "filed", preserve="2026-10-14"),
    # 29, 30 April, 6, 7, 8 May
    _example("told on 28 April: statement until 8 May",
             "2026-04-01  open  regime=market lead_on=2026-04-01 parties=a; 2026-04-02  file; "
             "2026-04-20  submit-review; "
             "2026-04-21  reviewed  passed=yes; 2026-04-27  hearing-offered; 2026-04-28  notified[a]", "told",
             hearing="2026-05-08"),
    # credit: 12, 13, Saturday 14, 24–27 February
    _example("decided before Spring Festival: two publications, and one in another province",
             DECIDED.replace("{on}", "2026-02-11"), "decided", publish_credit="2026-02-27", publish_system="2026-03-17",
             publish_push="2026-03-03"),
    _example("the decision is served within seven working days", DECIDED.replace("{on}", "2026-02-11"), "decided",
             serve="2026-02-27"),
    # day 15 from 17 September is 2 October
    _example("payment within fifteen days of service, moved behind the holiday",
             DECIDED.replace("{on}", "2026-09-16").replace("2026-01-06  file", "2026-07-06  file").replace("2026-01-2",
                 "2026-08-2")
             .replace("2026-01-05", "2026-07-05") + "; 2026-09-17  serve[a]", "decided", pay="2026-10-08"),
    # 28, 29, 30 September (25–27 off)
    _example("annulled: taken down within three working days",
             DECIDED.replace("{on}", "2026-02-11") + "; 2026-09-24  annul", "decided", withdraw="2026-09-30"),
)  # fmt: skip

penalty = Procedure(
    id="penalty",
    zh="行政处罚",
    en="Administrative penalty",
    serves=("P1",),
    basis=(Citation(LAW.id), Citation(ORDER.id), Citation(PUBLICATION.id)),
    next_review=date(2027, 7, 15),
    why="What the squad may do today, until when a party may speak, and two publications by two clocks.",
    numbering="津知罚〔{year}〕{seq}号",
    title="open.title",
    corrections=Corrections(sealed=HANDLERS, second=("leader", "plan-office")),
    states=(
        State("opened", "待决定立案", "To be decided on"),
        State("filed", "调查中", "Investigation", tone=Tone.NORMAL),
        State("reviewed", "调查终结待审核", "In review", tone=Tone.NORMAL),
        State("told", "已告知待听取意见", "Told, to be heard", tone=Tone.NORMAL),
        State("decided", "已决定", "Decided", tone=Tone.DONE),
        State("closed", "已结案", "Closed", tone=Tone.CLOSED, final=True),
        State("declined", "不予立案", "No case opened", tone=Tone.CLOSED, final=True, lane=1),
        State("unpunished", "撤销案件", "Dropped", tone=Tone.CLOSED, final=True, lane=2),
    ),
    asides=(
        Aside("appraisal", "检测检验鉴定", "Testing", begin=("appraise",), end=("appraised", *ENDING),
            basis=_order("64")),
        Aside("identification", "权利人辨认或者鉴别", "Identification", begin=("identify",), end=("identified",
            *ENDING),
              basis=_order("64")),
        Aside("announcement", "公告", "Public notice", begin=("announce",), end=("announced", *ENDING),
            basis=_order("64")),
        Aside("hearing-time", "听证", "Hearing", begin=("hearing-asked",), end=("hearing", *ENDING),
            basis=_order("64")),
        Aside("suspension", "中止", "Suspension", begin=("suspend",), end=("resume", *ENDING), basis=_order("64")),
        Aside("with-police", "已移送公安", "With the police", begin=("transfer",), end=("police-back", "decide",
            "drop"),
              basis=(Citation(TRANSFER.id, "11"),)),
        Aside("payment-deferred", "暂缓缴纳", "Payment deferred", begin=("defer",), end=("deferred-over", "close"),
              basis=_law("66")),
    ),
    steps=STEPS,
    clocks=CLOCKS,
    examples=EXAMPLES,
)  # fmt: skip
