"""专利纠纷行政调解: an office helps the parties of a patent dispute to agree, on ownership, rewards or damages.

It never starts on one party's word alone: the other says within its term whether it agrees, and silence is a no
(Order 81 § 66). Disputes about ownership have a term of law and are copied to CNIPA, where the file stands still
meanwhile; the others have a term of the platform. References to rights come with their register: until then a right is
named by its number.
"""

from datetime import date

from jinzhi.kernel.clock import Extension, Tell, Whose
from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.declare import Citation, Named
from jinzhi.kernel.expression import All, Any, Check, Choose, F, Given, IfUnknown, Is, Minus, Not
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Term
from jinzhi.kernel.period import days, months, workdays
from jinzhi.kernel.procedure import Clock, Example, Procedure, State, Step, TakenFrom
from jinzhi.kernel.recording import DayGiven
from jinzhi.kernel.status import Tone
from jinzhi.matters.china.law import patent_dispute_order_81, patent_law_2020, patent_rules_2023

ORDER, RULES = patent_dispute_order_81.LAW, patent_rules_2023.LAW
PATENT_LAW = patent_law_2020.LAW
HANDLERS = ("case-handler", "approver")
KINDS = (
    Named("ownership", "专利申请权和专利权归属", "Ownership of an application or a patent"),
    Named("inventor", "发明人、设计人资格", "Who is inventor or designer"),
    Named("reward", "职务发明的奖励和报酬", "Reward and remuneration of a service invention"),
    Named("provisional", "临时保护期使用费", "Fee for use before grant"),
    Named("damages", "侵犯专利权的赔偿数额", "Damages for infringement"),
    Named("open-licence", "开放许可实施", "Use under an open licence"),
    Named("other", "其他专利纠纷", "Another dispute about a patent"),
)
OWNERSHIP = Is("open.kind", "ownership")
AGREES = Is("answer.agrees", True)
#: what ends the talks
ENDING = ("settle", "fail", "withdraw")


def _article(number: str) -> Citation:
    return Citation(ORDER.id, number)


MINE = Check(
    "m1", "被请求人住所在本辖区", "The respondent's domicile is ours", Is("open.domicile_here", True), _article("6")
)  # fmt: skip
GRANTED = Check(
    "m2", "临时保护期使用费纠纷须在授权后请求", "A fee for use before grant is asked for after the grant",
    Any(Not(Is("open.kind", "provisional")), Is("open.granted", True)), Citation(RULES.id, "102"),
)  # fmt: skip
DECLARED = Check(
    "m3", "开放许可已公告且在有效期内", "The open licence was announced and stands",
    Any(Not(Is("open.kind", "open-licence")), Is("open.licence_stands", True)), Citation(PATENT_LAW.id, "52"),
)  # fmt: skip
COPIED = Check(
    "copied", "权属纠纷结案已抄送国家知识产权局", "A case about ownership was copied to CNIPA",
    Any(Not(OWNERSHIP), Not(Given("file")), Given("copy")), _article("70"), unknown=IfUnknown.STOP,
)  # fmt: skip
CONSENT = Check("m4", "被请求人同意调解", "The respondent agrees to mediation", AGREES, _article("66"))

patent_mediation = Procedure(
    id="patent-mediation",
    zh="专利纠纷行政调解",
    en="Mediation of patent disputes",
    serves=("P2", "P5", "E1"),
    basis=(Citation(ORDER.id), Citation(RULES.id, "102")),
    next_review=date(2027, 2, 1),
    why="Inventors, owners and users settle what a court would take years for, while the file at CNIPA does not lapse.",
    numbering="津知专调〔{year}〕{seq}号",
    title="open.title",
    corrections=Corrections(sealed=HANDLERS, second=("approver", "plan-office")),
    states=(
        State("asked", "待立案", "Asked"),
        State("filed", "调解中", "In mediation", tone=Tone.NORMAL),
        # an agreement or its failure is copied, and the procedure resumed, before the file is closed
        State("settled", "达成协议", "Settled", tone=Tone.DONE),
        State("cancelled", "撤销案件", "Cancelled", tone=Tone.NEUTRAL, lane=1),
        State("closed", "已归档", "Closed", tone=Tone.CLOSED, final=True),
        State("refused", "不予立案", "Refused", tone=Tone.CLOSED, final=True, lane=2),
    ),
    steps=(
        Step(
            "open", "收到请求", "Receive the request", to="asked", roles=HANDLERS,
            day=DayGiven("收到请求书之日", "Day of receipt"), basis=(_article("65"), Citation(RULES.id, "102")),
            help_zh="侵权赔偿数额的调解可与侵权纠纷裁决并行。",
            help_en="Damages may be mediated while the infringement is ruled on.",
            inputs=(
                Field(id="title", zh="请求事项", en="Matter", max_length=200),
                Field(id="kind", zh="纠纷类型", en="Kind of dispute", type=Type.CHOICE, choices=KINDS, filtered=True),
                Field(id="right", zh="专利或者申请号", en="Number of the patent or application", max_length=60),
                Field(id="requester", zh="请求人及住所", en="Requester and domicile", max_length=300,
                      open_to="personal"),
                Field(id="respondent", zh="被请求人及住所", en="Respondent and domicile", max_length=300,
                      open_to="personal"),
                Field(id="domicile_here", zh="被请求人住所在本辖区", en="The respondent's domicile is ours",
                      type=Type.ANSWER,
                      help_zh="办法第六条以被请求人住所地为准；细则第九十七条另列行为地，两者不一致，待核实",
                      help_en="Order 81 § 6 names the domicile alone; § 97 of the rules also the place of the act"),
                Field(id="granted", zh="请求时已授权", en="Granted by then", type=Type.ANSWER, required=False,
                      help_zh="临时保护期使用费纠纷必填", help_en="Needed for fees of use before grant"),
                Field(id="licence_stands", zh="开放许可声明在有效期内", en="The open licence stands", type=Type.ANSWER,
                      required=False, help_zh="开放许可纠纷必填", help_en="Needed for open licences"),
                Field(id="halted_on", zh="请求国家知识产权局中止之日", en="Halt asked at CNIPA on", type=Type.DATE,
                      required=False, help_zh="权属纠纷已请求中止有关程序的填写",
                      help_en="Where the procedure there was asked to stand still"),
                Field(id="facts", zh="请求和理由", en="Request and grounds", type=Type.LONG),
                Field(id="file", zh="请求书和证据", en="Request and evidence", type=Type.FILE, required=False),
            ),
        ),
        Step(
            "serve", "送达请求书副本", "Serve the copy", sources=("asked",), roles=HANDLERS, at=TakenFrom.OWN, most=1,
            day=DayGiven("发出之日", "Day of sending"), basis=(_article("65"), _article("10")),
            help_zh="办法没有推定送达之日：以有证明的收到之日起算被请求人的期限。",
            help_en="The order presumes no day of service: the respondent's term counts from proven receipt.",
            inputs=(
                Field(id="received_on", zh="被请求人收到之日", en="Received by the respondent on", type=Type.DATE),
                Field(id="way", zh="送达方式和证明", en="Way and proof", max_length=200),
            ),
        ),
        Step(
            "answer", "被请求人陈述意见", "The respondent's word", sources=("asked",), roles=HANDLERS,
            at=TakenFrom.OWN, most=1, day=DayGiven("收到意见之日", "Day of receipt"), basis=(_article("65"),),
            inputs=(
                Field(id="agrees", zh="同意调解", en="Agrees to mediation", type=Type.ANSWER),
                Field(id="text", zh="意见", en="What it says", type=Type.LONG, required=False),
            ),
        ),
        Step(
            "silent", "期满未陈述意见", "No word in time", sources=("asked",), roles=("system",), most=1,
            basis=(_article("66"),), help_zh="期满不表示意见的，视为不同意调解，应当通知请求人不予立案。",
            help_en="Silence counts as a no: the requester is told that no case is opened.",
        ),
        Step(
            "file", "立案", "Open the case", sources=("asked",), to="filed", roles=HANDLERS, at=TakenFrom.OWN,
            day=DayGiven("立案之日", "Day of filing"), basis=(_article("66"),),
            needs=(MINE, GRANTED, DECLARED, CONSENT),
            inputs=(Field(id="mediators", zh="调解人员", en="Mediators", max_length=200),),
        ),
        Step(
            "refuse", "不予立案并通知请求人", "Refuse and tell the requester", sources=("asked",), to="refused",
            roles=HANDLERS, at=TakenFrom.OWN, day=DayGiven("通知之日", "Day of the notice"), basis=(_article("66"),),
            confirm=True,
            inputs=(
                Field(id="ground", zh="情形", en="Ground", type=Type.CHOICE, choices=(MINE, GRANTED, DECLARED, CONSENT,
                      Named("other", "其他不予受理情形", "Another ground"))),
                Field(id="reason", zh="理由和其他解决途径", en="Reasons and other ways", type=Type.LONG),
            ),
        ),
        Step(
            "mediate", "组织调解", "Mediate", sources=("filed",), roles=HANDLERS, at=TakenFrom.OWN,
            day=DayGiven("调解之日", "Day of the talk"), basis=(_article("68"),),
            help_zh="可以多次组织，可以邀请有关单位或者个人协助。",
            help_en="May be repeated; others may be asked to help.",
            inputs=(
                Field(id="place", zh="地点或方式", en="Place or way", max_length=200),
                Field(id="helpers", zh="协助单位或个人", en="Helpers", max_length=200, required=False),
                Field(id="record", zh="调解情况", en="What was said", type=Type.LONG),
            ),
        ),
        Step(
            "extend", "批准延长", "Extend", sources=("filed",), roles=("approver",), at=TakenFrom.ABOVE, when=OWNERSHIP,
            basis=(_article("70"),),
            help_zh="须在调解期限届满前批准，只能一次。", help_en="Before the term ends, and once.",
            inputs=(Field(id="reason", zh="延长理由", en="Reason", type=Type.LONG),),
        ),
        Step(
            "settle", "达成调解协议", "Settle", sources=("filed",), to="settled", roles=HANDLERS, at=TakenFrom.OWN,
            day=DayGiven("达成协议之日", "Day of the agreement"), basis=(_article("69"),),
            help_zh="协议由双方签名或者盖章，并加盖本部门公章。",
            help_en="Signed by both and sealed by the office.",
            inputs=(
                Field(id="terms", zh="协议内容", en="Terms", type=Type.LONG),
                Field(id="notary", zh="办理赋予强制执行效力公证", en="Made enforceable by a notary", type=Type.BOOL,
                      required=False),
                Field(id="file", zh="调解协议书", en="Agreement", type=Type.FILE, required=False),
            ),
        ),
        Step(
            "fail", "未达成协议，撤销案件", "No agreement: cancel", sources=("filed",), to="cancelled", roles=HANDLERS,
            at=TakenFrom.OWN, day=DayGiven("撤销之日", "Day of the decision"), basis=(_article("69"),), confirm=True,
            inputs=(Field(id="reason", zh="情况", en="Why", type=Type.LONG),),
        ),
        Step(
            "withdraw", "撤回请求", "Withdraw", sources=("asked", "filed"), to="cancelled", roles=HANDLERS,
            at=TakenFrom.OWN, day=DayGiven("撤回之日", "Day of the withdrawal"), basis=(_article("67"),), confirm=True,
            help_zh="请求人无正当理由不参加调解的，按撤回处理。",
            help_en="A requester who stays away without good cause counts as withdrawing.",
            inputs=(Field(id="reason", zh="情况", en="How", type=Type.LONG),),
        ),
        Step(
            "copy", "抄送国家知识产权局", "Copy to CNIPA", sources=("settled", "cancelled"), roles=HANDLERS,
            at=TakenFrom.OWN, most=1, when=All(OWNERSHIP, Given("file")), day=DayGiven("抄送之日", "Day of sending"),
            basis=(_article("70"),),
            inputs=(Field(id="number", zh="抄送函号", en="Number of the letter", max_length=100),),
        ),
        Step(
            "resume-told", "当事人已办理恢复程序", "The party resumed the procedure", sources=("settled",),
            roles=HANDLERS, at=TakenFrom.OWN, most=1, when=OWNERSHIP, day=DayGiven("办理之日", "Day of the request"),
            basis=(_article("70"),),
            inputs=(Field(id="proof", zh="办理凭证", en="Proof", max_length=200),),
        ),
        Step(
            "close", "归档", "File away", sources=("settled", "cancelled"), to="closed", roles=HANDLERS,
            at=TakenFrom.OWN, basis=(Citation(ORDER.id),), needs=(COPIED,),
            inputs=(Field(id="archive", zh="档案号", en="File number", max_length=100),),
        ),
    ),
    clocks=(
        Clock(
            "serve", "送达期限", "Serving the copy", start=("open",), stop=("serve", "file", "refuse", "withdraw"),
            length=Term("serve-mediation", ORDER), tell=(Tell(HANDLERS, ahead=workdays(1)),),
            on_expiry_zh="逾期未送达请求书副本", on_expiry_en="copy not served in time",
        ),
        Clock(
            "answer", "陈述意见期限", "The respondent's word", start=("serve",), counts_from=F("serve.received_on"),
            stop=("answer", "silent", "file", "refuse", "withdraw"), length=Term("state-mediation", ORDER),
            at_end="silent", whose=Whose.PARTY, on_expiry_zh="视为不同意调解", on_expiry_en="counts as a no",
            basis_note_zh="自被请求人收到之日起", basis_note_en="from the respondent's receipt",
        ),
        Clock(
            "file", "立案期限", "Opening the case", start=("answer",), when=AGREES, stop=("file", "refuse", "withdraw"),
            length=Term("file-mediation", ORDER), tell=(Tell(HANDLERS, ahead=workdays(1)),),
            on_expiry_zh="逾期未立案", on_expiry_en="case not opened in time",
        ),
        Clock(
            "refuse-told", "不予立案通知期限", "Telling of the refusal", start=("answer", "silent"), when=Not(AGREES),
            counts_from=Choose((Given("silent"), Minus(F("silent.on"), days(1))), otherwise=F("answer.on")),
            stop=("refuse", "withdraw", "file"), length=Term("refuse-mediation", ORDER),
            tell=(Tell(HANDLERS, ahead=workdays(1)),),
            on_expiry_zh="逾期未通知请求人", on_expiry_en="requester not told in time",
            basis_note_zh="自期满之日或者收到不同意的意见之日起",
            basis_note_en="from the end of the term, or from the respondent's no",
        ),
        Clock(
            "conclude", "调解期限", "Concluding", start=("file",), stop=ENDING,
            length=Choose((OWNERSHIP, Term("mediate", ORDER)), otherwise=months(2)),
            extensions=(Extension("extend", up_to=Term("mediate-extension", ORDER), basis=(_article("70"),)),),
            tell=(Tell(HANDLERS, ahead=workdays(5)), Tell(("approver",))),
            on_expiry_zh="逾期未结案", on_expiry_en="not concluded in time",
            basis_note_zh="权属纠纷自立案之日起（起算日办法未明示，待核实）；其他纠纷为平台工作期限，非法定期限",
            basis_note_en="ownership: from filing (the order does not name the day); others: a term of the platform",
        ),
        Clock(
            "copy", "抄送期限", "Copy to CNIPA", start=("settle", "fail"), when=OWNERSHIP, stop=("copy", "close"),
            length=Term("report-cnipa", ORDER), tell=(Tell(HANDLERS, ahead=workdays(1)),),
            on_expiry_zh="逾期未抄送", on_expiry_en="not copied in time",
        ),
        Clock(
            "resume", "办理恢复程序期限", "Having the procedure resumed", start=("settle",), when=OWNERSHIP,
            stop=("resume-told", "close"), length=Term("restore", ORDER), whose=Whose.PARTY,
            tell=(Tell(HANDLERS, ahead=workdays(3)),),
            on_expiry_zh="当事人逾期未办理恢复", on_expiry_en="the party did not have it resumed in time",
        ),
        Clock(
            "halt", "中止一年届满", "End of the halt at CNIPA", start=("open",), when=Given("open.halted_on"),
            counts_from=F("open.halted_on"), length=Term("halt", RULES), stop=(*ENDING, "refuse"), whose=Whose.PARTY,
            tell=(Tell(HANDLERS, ahead=days(60)),),
            on_expiry_zh="国家知识产权局将自行恢复程序", on_expiry_en="CNIPA resumes by itself",
        ),
    ),
    examples=(
        Example(
            "serving across Spring Festival with a make-up Saturday",
            """
            2026-02-12  open
            """,
            # 13, Saturday 14 worked: 2; 15–23 off; 24, 25, 26: 5
            state="asked", clocks={"serve": "2026-02-26"},
        ),
        Example(
            "served one day late",
            """
            2026-02-12  open
            2026-02-27  serve  received_on=2026-03-02
            """,
            state="asked", clocks={"serve": "late"},
        ),
        Example(
            "the respondent's fifteen days count from receipt",
            """
            2026-02-12  open
            2026-02-13  serve  received_on=2026-02-24
            """,
            # 25 February is day 1, 28 is day 4, 11 March day 15
            state="asked", clocks={"answer": "2026-03-11"},
        ),
        Example(
            "silence counts as a no, told within five working days of the end",
            """
            2026-02-12  open
            2026-02-13  serve  received_on=2026-02-24
            2026-03-12  silent
            """,
            # from 11 March: 12, 13, 16, 17, 18
            state="asked", clocks={"refuse-told": "2026-03-18"},
        ),
        Example(
            "told on the last day",
            """
            2026-02-12  open
            2026-02-13  serve  received_on=2026-02-24
            2026-03-12  silent
            2026-03-18  refuse
            """,
            state="refused", clocks={"refuse-told": "met"},
        ),
        Example(
            "told on the first day after: late",
            """
            2026-02-12  open
            2026-02-13  serve  received_on=2026-02-24
            2026-03-12  silent
            2026-03-19  refuse
            """,
            state="refused", clocks={"refuse-told": "late"},
        ),
        Example(
            "a no is told within five working days of its receipt",
            """
            2026-09-18  open
            2026-09-21  serve  received_on=2026-09-22
            2026-09-24  answer  agrees=no
            """,
            # 28, 29, 30 September: 3 (25–27 off); 8, 9 October: 5
            state="asked", clocks={"answer": "met", "refuse-told": "2026-10-09"},
        ),
        Example(
            "a yes opens the case within five working days",
            """
            2026-09-18  open
            2026-09-21  serve  received_on=2026-09-22
            2026-09-24  answer  agrees=yes
            """,
            state="asked", clocks={"file": "2026-10-09"},
        ),
        Example(
            "ownership: two months end on a worked Saturday and stay there",
            """
            2025-12-25  open  kind=ownership
            2025-12-26  serve  received_on=2025-12-26
            2025-12-30  answer  agrees=yes
            2025-12-31  file
            """,
            # two months from 31 December end on 28 February 2026, a Saturday that is worked
            state="filed", clocks={"conclude": "2026-02-28"},
        ),
        Example(
            "extended on that Saturday: three months from filing, not one from the old end",
            """
            2025-12-25  open  kind=ownership
            2025-12-26  serve  received_on=2025-12-26
            2025-12-30  answer  agrees=yes
            2025-12-31  file
            2026-02-28  extend
            """,
            state="filed", clocks={"conclude": "2026-03-31"},
        ),
        Example(
            "a month's end on a day off moves on",
            """
            2026-08-26  open  kind=ownership
            2026-08-27  serve  received_on=2026-08-27
            2026-08-28  answer  agrees=yes
            2026-08-31  file
            """,
            # 31 October is a Saturday off: Monday 2 November
            state="filed", clocks={"conclude": "2026-11-02"},
        ),
        Example(
            "an end within National Day moves behind it",
            """
            2026-08-03  open  kind=ownership
            2026-08-04  serve  received_on=2026-08-04
            2026-08-05  answer  agrees=yes
            2026-08-07  file
            """,
            state="filed", clocks={"conclude": "2026-10-08"},
        ),
        Example(
            "settled: copied to CNIPA in five working days, resumed in fifteen days",
            """
            2025-12-25  open  kind=ownership
            2025-12-26  serve  received_on=2025-12-26
            2025-12-30  answer  agrees=yes
            2025-12-31  file
            2026-02-13  settle
            """,
            # copy: Saturday 14 worked: 1, 24–26: 4, 27: 5; resume: day 15 is Saturday 28 February, worked
            state="settled", clocks={"conclude": "met", "copy": "2026-02-27", "resume": "2026-02-28"},
        ),
        Example(
            "copied and resumed on the last days",
            """
            2025-12-25  open  kind=ownership
            2025-12-26  serve  received_on=2025-12-26
            2025-12-30  answer  agrees=yes
            2025-12-31  file
            2026-02-13  settle
            2026-02-27  copy
            2026-02-28  resume-told
            2026-03-02  close
            """,
            state="closed", clocks={"copy": "met", "resume": "met"},
        ),
        Example(
            "a reward: no term of law, two months of the platform, nothing to copy",
            """
            2026-05-06  open  kind=reward
            2026-05-07  serve  received_on=2026-05-08
            2026-05-11  answer  agrees=yes
            2026-05-12  file
            """,
            # 12 July is a Sunday: Monday 13
            state="filed", clocks={"conclude": "2026-07-13"},
        ),
        Example(
            "a halt at CNIPA ends after a year",
            """
            2026-08-03  open  kind=ownership halted_on=2026-07-20
            """,
            state="asked", clocks={"halt": "2027-07-20"},
        ),
    ),
)  # fmt: skip
