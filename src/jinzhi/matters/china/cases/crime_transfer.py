"""涉嫌犯罪案件移送: an office that meets a suspected crime hands the case to the police, in days and then in hours.

Nothing may be fined instead (Order 310 § 11). The thresholds of the 2025 interpretation stand as a checklist with the
figures of the case; in intellectual property a reasonable suspicion is enough (§ 3 ¶ 2), so that a reasoned sentence
answers it whatever the figures say. The terms are calendar days and hours that no day off moves: Order 310 is silent on
that, and the working day after is shown beside.
"""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.clock import Tell, Whose
from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.declare import Citation, Named
from jinzhi.kernel.expression import (
    All,
    Any,
    AtLeast,
    Check,
    Checklist,
    Choose,
    F,
    Given,
    IfUnknown,
    Is,
    Mode,
    Plus,
)
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Term
from jinzhi.kernel.period import hours
from jinzhi.kernel.procedure import Clock, Example, Procedure, State, Step, TakenFrom
from jinzhi.kernel.recording import DayGiven
from jinzhi.kernel.status import Tone
from jinzhi.matters.china.law import ip_crime_interpretation_2025, procuratorate_transfer_2001, transfer_order_310

ORDER, PROCURATORATE = transfer_order_310.LAW, procuratorate_transfer_2001.LAW
CRIME = ip_crime_interpretation_2025.LAW
HANDLERS = ("case-handler", "approver")
KINDS = (
    Named("mark-goods", "假冒注册商标（商品）", "Counterfeit mark on goods"),
    Named("mark-services", "假冒注册商标（服务，或商品与服务并存）", "Counterfeit mark on services, or both"),
    Named("mark-sale", "销售假冒注册商标的商品", "Sale of counterfeits"),
    Named("labels", "非法制造、销售注册商标标识", "Illegally made trade-mark labels"),
    Named("patent", "假冒专利", "Passing off a patent"),
    Named("copyright", "侵犯著作权", "Copyright"),
    Named("copies-sale", "销售侵权复制品", "Sale of infringing copies"),
    Named("secret", "侵犯商业秘密", "Trade secret"),
)


def _figure(id: str) -> Decimal:
    """The figure that the interpretation sets."""
    return Decimal(str(CRIME.get_parameter(id).value))


def _money(id: str, zh: str, en: str) -> Field:
    return Field(id=id, zh=zh, en=en, type=Type.DECIMAL, unit="元", required=False, min=Decimal(0))


def _count(id: str, zh: str, en: str, unit: str) -> Field:
    return Field(id=id, zh=zh, en=en, type=Type.DECIMAL, unit=unit, required=False, min=Decimal(0))


#: two marks or patents, or punished for the like within two years
REPEAT = Any(Is("open.repeat", True), Is("open.several", True))
AGAIN = Is("open.repeat", True)
WORTH = Plus(F("open.turnover"), F("open.unsold"))


def _reaches(value: object, figure: str, lower: str = "", lowered: object = REPEAT) -> Any:
    """Whether a figure of the case reaches what the interpretation sets, or the lower one where that applies."""
    basic = AtLeast(value, _figure(figure))
    return Any(basic, All(lowered, AtLeast(value, _figure(lower)))) if lower else Any(basic)


def _unsold(value: object, figure: str, lower: str, times: str, lowered: object) -> Any:
    """Whether what is unsold, or sold and unsold together, comes to so many times the figure."""
    many = _figure(times)
    return Any(AtLeast(value, _figure(figure) * many), All(lowered, AtLeast(value, _figure(lower) * many)))


def _line(kind: str, zh: str, en: str, holds: object, article: str) -> Check:
    return Check(kind, zh, en, All(Is("open.kind", kind), holds), Citation(CRIME.id, article))


#: what copyright is measured by, and the figure of each
COPYRIGHT = (
    ("open.gain", "copyright-gain"), ("open.turnover", "copyright-turnover"), ("open.copies", "copyright-copies"),
    ("open.works", "copyright-works"), ("open.downloads", "copyright-downloads"), ("open.clicks", "copyright-clicks"),
    ("open.members", "copyright-members"),
)  # fmt: skip
HALF = [AtLeast(path, _figure(figure) * _figure("copyright-half")) for path, figure in COPYRIGHT]
TWO_AT_HALF = Any(*(All(one, other) for n, one in enumerate(HALF) for other in HALF[n + 1 :]))
SERVICES = Plus(F("open.gain"), F("open.gain_services"))

crime = Checklist(
    id="crime", zh="是否达到刑事立案追诉标准", en="Whether the threshold of a crime is reached", mode=Mode.ANY,
    checks=(
        _line("mark-goods", "假冒注册商标（商品）", "Counterfeit mark on goods", Any(
            _reaches("open.gain", "mark-goods-gain", "mark-goods-gain-repeat"),
            _reaches("open.turnover", "mark-goods-turnover", "mark-goods-turnover-repeat")), "3"),
        _line("mark-services", "假冒注册商标（服务，与商品并存的合并计算）", "Counterfeit mark on services", Any(
            _reaches("open.gain_services", "mark-services-gain", "mark-services-gain-repeat"),
            _reaches(SERVICES, "mark-services-gain", "mark-services-gain-repeat")), "3"),
        _line("mark-sale", "销售假冒注册商标的商品", "Sale of counterfeits", Any(
            _reaches("open.gain", "mark-sale-gain", "mark-sale-gain-repeat", AGAIN),
            _reaches("open.turnover", "mark-sale-turnover", "mark-sale-turnover-repeat", AGAIN),
            _unsold("open.unsold", "mark-sale-turnover", "mark-sale-turnover-repeat", "mark-sale-unsold-multiple",
                    AGAIN),
            _unsold(WORTH, "mark-sale-turnover", "mark-sale-turnover-repeat", "mark-sale-unsold-multiple", AGAIN)),
            "5"),
        _line("labels", "非法制造、销售注册商标标识", "Trade-mark labels", Any(
            _reaches("open.pieces", "labels-count", "labels-count-repeat"),
            _reaches("open.gain", "labels-gain", "labels-gain-repeat"),
            _reaches("open.turnover", "labels-turnover", "labels-turnover-repeat"),
            _unsold("open.unsold_pieces", "labels-count", "labels-count-repeat", "labels-unsold-multiple", REPEAT)),
            "6"),
        _line("patent", "假冒专利", "Passing off a patent", Any(
            _reaches("open.gain", "patent-gain", "patent-gain-repeat"),
            _reaches("open.turnover", "patent-turnover", "patent-turnover-repeat"),
            _reaches("open.loss", "patent-loss")), "10"),
        _line("copyright", "侵犯著作权", "Copyright", Any(
            _reaches("open.gain", "copyright-gain", "copyright-gain-repeat", AGAIN),
            _reaches("open.turnover", "copyright-turnover", "copyright-turnover-repeat", AGAIN),
            *(_reaches(path, figure) for path, figure in COPYRIGHT[2:]), TWO_AT_HALF), "13"),
        _line("copies-sale", "销售侵权复制品", "Sale of infringing copies", Any(
            _reaches("open.gain", "copies-sale-gain", "copies-sale-gain-repeat", AGAIN),
            _reaches("open.turnover", "copies-sale-turnover", "copies-sale-turnover-repeat", AGAIN),
            _reaches("open.copies", "copies-sale-count"),
            _unsold("open.unsold", "copies-sale-turnover", "copies-sale-turnover-repeat",
                    "copies-sale-unsold-multiple", AGAIN)), "14"),
        _line("secret", "侵犯商业秘密", "Trade secret", Any(
            _reaches("open.loss", "secret-loss", "secret-repeat", AGAIN),
            _reaches("open.gain", "secret-gain", "secret-repeat", AGAIN)), "17"),
    ),
)  # fmt: skip


def _grave(kind: str, zh: str, en: str, figures: tuple[tuple[object, str], ...], times: str, article: str) -> Check:
    many = _figure(times)
    holds = Any(*(AtLeast(value, _figure(figure) * many) for value, figure in figures))
    return _line(kind, zh, en, holds, article)


grave = Checklist(
    id="grave", zh="是否达到情节特别严重", en="Whether the heavier band is reached", mode=Mode.ANY,
    checks=(
        _grave("mark-goods", "假冒注册商标（商品）：十倍", "Mark on goods: ten times", (
            ("open.gain", "mark-goods-gain"), ("open.turnover", "mark-goods-turnover")), "grave-multiple", ""),
        _grave("mark-services", "假冒注册商标（服务）：十倍", "Mark on services: ten times", (
            ("open.gain_services", "mark-services-gain"), (SERVICES, "mark-services-gain")), "grave-multiple", ""),
        _grave("mark-sale", "销售假冒注册商标的商品：十倍", "Sale of counterfeits: ten times", (
            ("open.gain", "mark-sale-gain"), ("open.turnover", "mark-sale-turnover")), "grave-multiple", ""),
        _grave("labels", "注册商标标识：五倍", "Labels: five times", (
            ("open.pieces", "labels-count"), ("open.gain", "labels-gain"), ("open.turnover", "labels-turnover")),
            "labels-grave-multiple", "6"),
        _grave("copyright", "侵犯著作权：十倍", "Copyright: ten times", COPYRIGHT, "copyright-grave-multiple", "13"),
        _grave("secret", "侵犯商业秘密：十倍", "Trade secret: ten times", (
            ("open.loss", "secret-loss"), ("open.gain", "secret-gain")), "secret-grave-multiple", "17"),
    ),
)  # fmt: skip

#: the five papers that go with a transfer
PAPERS = (
    ("p1", "移送书", "Letter of transfer"), ("p2", "案件调查报告", "Report of the inquiry"),
    ("p3", "涉案物品清单", "List of the things"), ("p4", "检验报告或者鉴定结论", "Test report or appraisal"),
    ("p5", "其他有关涉嫌犯罪的材料", "Other papers on the suspected crime"),
)  # fmt: skip
OWED = Check(
    "owed", "达到追诉标准，或者有合理理由怀疑", "The threshold is reached, or there is reasonable suspicion",
    Any(Is("checklist.crime", "yes"), Given("open.suspicion")), Citation(ORDER.id, "3"),
)  # fmt: skip
TWO = Check(
    "two", "专案组不少于二人", "A team of two or more", Is("open.team_of_two", True), Citation(ORDER.id, "5"),
    unknown=IfUnknown.STOP,
)  # fmt: skip
ENCLOSED = tuple(
    Check(id, f"附有{zh}", f"Enclosed: {en}", Is(f"hand-over.{id}", True), Citation(ORDER.id, "6"),
          unknown=IfUnknown.STOP)
    for id, zh, en in PAPERS[:3]
)  # fmt: skip


def _order(article: str) -> tuple[Citation, ...]:
    return (Citation(ORDER.id, article),)


crime_transfer = Procedure(
    id="crime-transfer",
    zh="涉嫌犯罪案件移送",
    en="Transfer of a suspected crime",
    serves=("P1", "P2"),
    basis=(Citation(ORDER.id), Citation(PROCURATORATE.id), Citation(CRIME.id)),
    next_review=date(2027, 4, 26),
    why="A crime is not settled by a fine: what must go to the police goes in days and hours, and who waits is seen.",
    numbering="津知移〔{year}〕{seq}号",
    title="open.title",
    corrections=Corrections(sealed=HANDLERS, second=("leader", "plan-office")),
    states=(
        State("opened", "待批准移送", "To be approved"),
        State("approved", "已批准待移送", "Approved, to be handed over", tone=Tone.RISK),
        State("handed-over", "已移送待公安决定", "With the police", tone=Tone.NORMAL),
        State("police-filed", "公安已立案", "Police opened a case", tone=Tone.DONE),
        State("police-declined", "公安不立案", "Police declined", tone=Tone.NEUTRAL, lane=1),
        State("in-review", "复议中", "In review", tone=Tone.NORMAL, lane=1),
        State("supervised", "已建议立案监督", "With the procuratorate", tone=Tone.NORMAL, lane=1),
        State("refused", "不批准移送", "Not transferred", tone=Tone.CLOSED, final=True, lane=2),
        State("closed", "已办结", "Closed", tone=Tone.CLOSED, final=True),
    ),
    steps=(
        Step(
            "open", "提出移送", "Propose the transfer", to="opened", roles=HANDLERS,
            day=DayGiven("报告负责人之日", "Day on which the head was told"), basis=_order("5"),
            shows=(crime, grave), needs=(TWO,),
            help_zh="金额填本案查实的数额，未经处理的多次行为累计；不填的视为不明，不视为没有。",
            help_en="Figures as found; acts not yet punished add up. What is left empty is unknown, not nothing.",
            inputs=(
                Field(id="title", zh="案由", en="Matter", max_length=200),
                Field(id="kind", zh="涉嫌罪名类别", en="Kind of crime", type=Type.CHOICE, choices=KINDS, filtered=True),
                Field(id="suspects", zh="涉案人", en="Suspects", max_length=300, open_to="personal"),
                Field(id="team_of_two", zh="已组成两人以上专案组", en="A team of two or more", type=Type.BOOL),
                Field(id="team", zh="专案组人员及执法证号", en="Team and certificates", max_length=300),
                Field(id="repeat", zh="二年内受过刑事或者行政处罚又实施", en="Punished within two years, again",
                      type=Type.ANSWER),
                Field(id="several", zh="两种以上商标或者两项以上专利", en="Two marks or patents or more",
                      type=Type.ANSWER),
                _money("gain", "违法所得（商品）", "Gain (goods)"),
                _money("gain_services", "违法所得（服务）", "Gain (services)"),
                _money("turnover", "非法经营额或者销售金额", "Turnover or sales"),
                _money("unsold", "尚未销售货值", "Value of goods unsold"),
                _money("loss", "权利人损失", "Loss of the right holder"),
                _count("pieces", "标识件数", "Labels", "件"),
                _count("unsold_pieces", "尚未销售标识件数", "Labels unsold", "件"),
                _count("copies", "复制件数", "Copies", "件"),
                _count("works", "网络传播作品数", "Works on the network", "件"),
                _count("downloads", "下载次数", "Downloads", "次"),
                _count("clicks", "点击次数", "Clicks", "次"),
                _count("members", "注册会员数", "Members", "人"),
                Field(id="suspicion", zh="合理怀疑的理由", en="Why there is reasonable suspicion", type=Type.LONG,
                      required=False, help_zh="知识产权案件有合理怀疑即应移送，不以查实达到标准为前提",
                      help_en="In IP cases suspicion is enough; the threshold need not be proven first"),
            ),
        ),
        Step(
            "approve", "批准移送", "Approve", sources=("opened",), to="approved", roles=("leader", "approver"),
            at=TakenFrom.ABOVE, day=DayGiven("批准之日", "Day of the approval"), basis=_order("5"), needs=(OWED,),
            help_zh="由正职负责人或者主持工作的负责人决定；批准后24小时内移送，夜间和休息日不停。",
            help_en="By the head or who acts for the head; from this minute 24 hours run, through nights and days off.",
            inputs=(Field(id="decided_by", zh="批准人", en="Approved by", max_length=100),),
        ),
        Step(
            "refuse", "不批准移送", "Do not approve", sources=("opened",), to="refused", roles=("leader", "approver"),
            at=TakenFrom.ABOVE, day=DayGiven("决定之日", "Day of the decision"), basis=_order("5"), confirm=True,
            inputs=(Field(id="reason", zh="不批准的理由（记录在案）", en="Reason, kept on file", type=Type.LONG),),
        ),
        Step(
            "hand-over", "移送公安机关", "Hand over", sources=("approved",), to="handed-over", roles=HANDLERS,
            at=TakenFrom.OWN, day=DayGiven("移送之日", "Day of the transfer"), basis=_order("6"), needs=ENCLOSED,
            inputs=(
                Field(id="police", zh="受移送的公安机关", en="Police unit", max_length=200),
                Field(id="received_on", zh="公安机关签收之日", en="Received by the police on", type=Type.DATE),
                Field(id="receipt", zh="送达回执号", en="Number of the receipt", max_length=100),
                *(Field(id=id, zh=zh, en=en, type=Type.BOOL) for id, zh, en in PAPERS),
            ),
        ),
        Step(
            "passed-on", "公安机关转送有管辖权的机关", "Police passed it on", sources=("handed-over",), roles=HANDLERS,
            at=TakenFrom.OWN, day=DayGiven("接到通知之日", "Day of the notice"), basis=_order("7"),
            inputs=(Field(id="to", zh="转送至", en="Passed on to", max_length=200),
                    Field(id="received_on", zh="该机关收到之日", en="Received there on", type=Type.DATE)),
        ),
        Step(
            "police-file", "公安机关立案", "Police open a case",
            sources=("handed-over", "police-declined", "in-review", "supervised"), to="police-filed", roles=HANDLERS,
            at=TakenFrom.OWN, day=DayGiven("收到立案通知之日", "Day on which the notice came"), basis=_order("8"),
            inputs=(Field(id="number", zh="立案决定书号", en="Number of the decision", max_length=100),),
        ),
        Step(
            "police-decline", "公安机关不予立案", "Police decline", sources=("handed-over",), to="police-declined",
            roles=HANDLERS, at=TakenFrom.OWN, day=DayGiven("收到不予立案通知之日", "Day on which the notice came"),
            basis=_order("8"), inputs=(Field(id="reason", zh="公安机关的理由", en="Reason given", type=Type.LONG),),
        ),
        Step(
            "review", "提请复议", "Ask for review", sources=("police-declined",), to="in-review", roles=("approver",),
            at=TakenFrom.ABOVE, day=DayGiven("提请之日", "Day of the request"), basis=_order("9"),
            inputs=(Field(id="grounds", zh="复议理由", en="Grounds", type=Type.LONG),
                    Field(id="received_on", zh="公安机关收到之日", en="Received by the police on", type=Type.DATE)),
        ),
        Step(
            "review-answered", "复议维持不立案", "Declined again", sources=("in-review",), to="police-declined",
            roles=HANDLERS, at=TakenFrom.OWN, day=DayGiven("收到复议决定之日", "Day on which the answer came"),
            basis=_order("9"), inputs=(Field(id="reason", zh="理由", en="Reason", type=Type.LONG),),
        ),
        Step(
            "supervise", "建议检察机关立案监督", "Ask the procuratorate", sources=("police-declined",), to="supervised",
            roles=("approver",), at=TakenFrom.ABOVE, day=DayGiven("提出之日", "Day of the request"),
            basis=(*_order("9"), Citation(PROCURATORATE.id, "十")),
            inputs=(Field(id="grounds", zh="理由", en="Grounds", type=Type.LONG),
                    Field(id="asked_on", zh="检察机关要求公安说明理由之日", en="Police asked to explain on",
                          type=Type.DATE, required=False)),
        ),
        Step(
            "explained", "公安机关说明不立案理由", "Police explained", sources=("supervised",), roles=HANDLERS, most=1,
            at=TakenFrom.OWN, day=DayGiven("收到说明之日", "Day on which it came"),
            basis=(Citation(PROCURATORATE.id, "十"),),
            inputs=(Field(id="text", zh="说明", en="What it says", type=Type.LONG),),
        ),
        Step(
            "ordered", "检察机关通知立案", "The procuratorate orders a case", sources=("supervised",), roles=HANDLERS,
            at=TakenFrom.OWN, most=1, day=DayGiven("收到抄送之日", "Day on which the copy came"),
            basis=(Citation(PROCURATORATE.id, "十"),),
            inputs=(Field(id="received_on", zh="公安机关收到《通知立案书》之日", en="Received by the police on",
                          type=Type.DATE),),
        ),
        Step(
            "deliver", "移交涉案物品和材料", "Deliver things and papers", sources=("police-filed",), roles=HANDLERS,
            at=TakenFrom.OWN, most=1, day=DayGiven("移交之日", "Day of the delivery"), basis=_order("12"),
            inputs=(Field(id="list", zh="双方签字的交接清单号", en="Number of the list signed by both",
                          max_length=100),),
        ),
        Step(
            "returned", "公安机关退回，属行政案件", "Returned as an administrative matter", sources=("police-filed",),
            to="closed", roles=HANDLERS, at=TakenFrom.OWN, day=DayGiven("收到退回之日", "Day on which it came back"),
            basis=_order("13"), confirm=True,
            inputs=(Field(id="reason", zh="退回理由", en="Reason", type=Type.LONG),),
        ),
        Step(
            "close", "办结", "Close", sources=("police-filed", "police-declined", "supervised"), to="closed",
            roles=("approver",), at=TakenFrom.ABOVE, basis=_order("3"), confirm=True,
            inputs=(Field(id="note", zh="办结情况", en="How it ended", type=Type.LONG),),
        ),
    ),
    clocks=(
        Clock(
            "approve", "决定移送期限", "Decide on the transfer", start=("open",), stop=("approve", "refuse"),
            length=Term("approve", ORDER), roll=False, tell=(Tell(("leader", "approver")),),
            on_expiry_zh="逾期未决定是否移送", on_expiry_en="no decision in time",
        ),
        Clock(
            "hand-over", "移送期限", "Hand over", start=("approve",), stop=("hand-over",),
            length=Term("hand-over", ORDER), roll=False, tell=(Tell(("leader", "approver"), ahead=hours(12)),),
            on_expiry_zh="逾期未移送", on_expiry_en="not handed over in time",
            basis_note_zh="自批准的时刻起算，夜间和休息日照算", basis_note_en="from the minute of the approval",
        ),
        Clock(
            "police", "公安机关审查期限", "Police decide", start=("hand-over", "passed-on"),
            counts_from=Choose((Given("passed-on"), F("passed-on.received_on")), otherwise=F("hand-over.received_on")),
            stop=("passed-on", "police-file", "police-decline"), length=Term("police-decide", ORDER), roll=False,
            whose=Whose.OTHER,
            on_expiry_zh="公安机关逾期未决定", on_expiry_en="no decision of the police in time",
        ),
        Clock(
            "review", "提请复议期限", "Ask for review", start=("police-decline",),
            stop=("review", "supervise", "police-file", "close"), length=Term("ask-review", ORDER), roll=False,
            tell=(Tell(("approver",)),), on_expiry_zh="逾期未提请复议", on_expiry_en="no review asked in time",
        ),
        Clock(
            "review-answer", "公安机关复议期限", "Police decide on review", start=("review",),
            counts_from=F("review.received_on"), stop=("review-answered", "police-file"),
            length=Term("review", ORDER), roll=False, whose=Whose.OTHER,
            on_expiry_zh="公安机关逾期未复议", on_expiry_en="no answer on review in time",
        ),
        Clock(
            "supervise", "建议立案监督期限", "Ask the procuratorate", start=("review-answered",),
            stop=("supervise", "police-file", "close"), length=Term("ask-supervision", ORDER), roll=False,
            tell=(Tell(("approver",)),), on_expiry_zh="逾期未建议立案监督", on_expiry_en="not asked in time",
        ),
        Clock(
            "explain", "公安机关说明理由期限", "Police explain", start=("supervise",), when=Given("supervise.asked_on"),
            counts_from=F("supervise.asked_on"), stop=("explained", "police-file", "close"),
            length=Term("explain", PROCURATORATE), whose=Whose.OTHER,
            on_expiry_zh="公安机关逾期未说明", on_expiry_en="not explained in time",
        ),
        Clock(
            "order", "公安机关决定立案期限", "Police open a case as ordered", start=("ordered",),
            counts_from=F("ordered.received_on"), stop=("police-file", "close"), length=Term("order", PROCURATORATE),
            whose=Whose.OTHER, on_expiry_zh="公安机关逾期未立案", on_expiry_en="no case opened as ordered",
        ),
        Clock(
            "deliver", "移交物品材料期限", "Deliver", start=("police-file",), stop=("deliver", "returned", "close"),
            length=Term("hand-over-goods", ORDER), roll=False, tell=(Tell(HANDLERS),),
            on_expiry_zh="逾期未移交", on_expiry_en="not delivered in time",
        ),
    ),
    examples=(
        Example(
            "three days from the report, ending on a Sunday that nothing moves",
            """
            2026-09-24T09:30  open
            """,
            state="opened", clocks={"approve": "2026-09-27"},
        ),
        Example(
            "approved on the third day",
            """
            2026-09-24T09:30  open
            2026-09-27T10:00  approve
            """,
            state="approved", clocks={"approve": "met"},
        ),
        Example(
            "approved on the fourth: late, though the third was a Sunday",
            """
            2026-09-24T09:30  open
            2026-09-28T09:00  approve
            """,
            state="approved", clocks={"approve": "late"},
        ),
        Example(
            "24 hours run into National Day",
            """
            2026-09-29T09:00  open
            2026-09-30T17:30  approve
            """,
            state="approved", clocks={"hand-over": "2026-10-01"},
        ),
        Example(
            "handed over in the last minute",
            """
            2026-09-29T09:00  open
            2026-09-30T17:30  approve
            2026-10-01T17:30  hand-over  received_on=2026-10-01
            """,
            state="handed-over", clocks={"hand-over": "met", "police": "2026-10-04"},
        ),
        Example(
            "one minute late is late",
            """
            2026-09-25T09:00  open
            2026-09-26T10:15  approve
            2026-09-27T10:16  hand-over  received_on=2026-09-27
            """,
            state="handed-over", clocks={"hand-over": "late"},
        ),
        Example(
            "a refusal that came on a Friday: review is asked by Monday",
            """
            2026-10-01T09:00  open
            2026-10-02T09:00  approve
            2026-10-02T18:00  hand-over  received_on=2026-10-06
            2026-10-09T09:00  police-decline
            """,
            state="police-declined", clocks={"police": "met", "review": "2026-10-12"},
        ),
        Example(
            "asked on the fourth day: late",
            """
            2026-10-01T09:00  open
            2026-10-02T09:00  approve
            2026-10-02T18:00  hand-over  received_on=2026-10-06
            2026-10-09T09:00  police-decline
            2026-10-13T09:00  review  received_on=2026-10-13
            """,
            state="in-review", clocks={"review": "late", "review-answer": "2026-10-16"},
        ),
        Example(
            "declined again on review: the procuratorate is asked within three days",
            """
            2026-10-01T09:00  open
            2026-10-02T09:00  approve
            2026-10-02T18:00  hand-over  received_on=2026-10-06
            2026-10-09T09:00  police-decline
            2026-10-12T09:00  review  received_on=2026-10-12
            2026-10-15T09:00  review-answered
            """,
            state="police-declined", clocks={"review-answer": "met", "supervise": "2026-10-18"},
        ),
        Example(
            "passed on to the unit that has power: its three days count from its own receipt",
            """
            2026-10-07T09:00  open
            2026-10-08T09:00  approve
            2026-10-08T18:00  hand-over  received_on=2026-10-08
            2026-10-09T09:00  passed-on  received_on=2026-10-10
            """,
            state="handed-over", clocks={"police": "2026-10-13"},
        ),
        Example(
            "the police open a case: things follow within three days",
            """
            2026-10-07T09:00  open
            2026-10-08T09:00  approve
            2026-10-08T18:00  hand-over  received_on=2026-10-10
            2026-10-13T09:00  police-file
            """,
            state="police-filed", clocks={"police": "met", "deliver": "2026-10-16"},
        ),
        Example(
            "delivered on the last day and closed",
            """
            2026-10-07T09:00  open
            2026-10-08T09:00  approve
            2026-10-08T18:00  hand-over  received_on=2026-10-10
            2026-10-13T09:00  police-file
            2026-10-16T09:00  deliver
            2026-11-30T09:00  close
            """,
            state="closed", clocks={"deliver": "met"},
        ),
        Example(
            "the procuratorate orders a case: fifteen days from the receipt of the order",
            """
            2026-10-01T09:00  open
            2026-10-02T09:00  approve
            2026-10-02T18:00  hand-over  received_on=2026-10-06
            2026-10-09T09:00  police-decline
            2026-10-12T09:00  supervise  asked_on=2026-10-14
            2026-10-21T09:00  explained
            2026-10-28T09:00  ordered  received_on=2026-10-27
            """,
            # explained within 7 days of the 14th: 21 October; day 15 from the 27th is Wednesday 11 November
            state="supervised", clocks={"explain": "met", "order": "2026-11-11"},
        ),
        Example(
            "not approved, with its reason on file",
            """
            2026-09-24T09:30  open
            2026-09-25T09:00  refuse
            """,
            state="refused", clocks={"approve": "met"},
        ),
    ),
)  # fmt: skip
