"""举报: somebody tells a market regulator of a breach of law; it is checked within a term, and a case is opened or not.

Reports follow the procedure of penalties (Order 20 § 31, Order 121 § 35). Who reports is sealed: only reports officers
read it. A report filed here opens a penalty once that matter is declared.
"""

from datetime import date

from jinzhi.kernel.clock import Extension, RuledBy, Tell
from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.declare import Citation, Named
from jinzhi.kernel.expression import Check, Choose, F, Given, IfUnknown, Is
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Regime, Term
from jinzhi.kernel.period import workdays
from jinzhi.kernel.procedure import Aside, Clock, Example, Procedure, State, Step, TakenFrom
from jinzhi.kernel.recording import DayGiven
from jinzhi.kernel.status import Tone
from jinzhi.matters.china.law import complaints_order_20, complaints_order_121, penalty_procedure_order_2

OLD, NEW, PENALTY = complaints_order_20.LAW, complaints_order_121.LAW, penalty_procedure_order_2.LAW
HANDLERS = ("case-handler", "approver")
#: who alone reads who reported
SEALED = "sealed:reports-officer"
#: what ends the check, whatever stands beside it
ENDING = ("file", "decline", "merge", "return")
CHECK = Citation(PENALTY.id, "18")
LIKE_PENALTIES = (Citation(OLD.id, "31"), Citation(NEW.id, "35"))
CHANNELS = (
    Named("platform", "全国12315平台", "12315 platform"),
    Named("hotline", "12345/12315 热线", "Hotline"),
    Named("post", "邮寄", "Post"),
    Named("counter", "窗口", "Counter"),
    Named("other", "其他", "Other"),
)
GROUNDS = (
    Named("no-breach", "经核查不存在违法行为", "The check found no breach"),
    Named("no-evidence", "没有证据证明违法", "No evidence of a breach"),
    Named("no-power", "本机关无处理权限（已告知有权处理的机关）", "Not within our powers (the right office was named)"),
    Named("minor", "轻微并及时改正，没有危害后果", "Slight, mended in time, without harm"),
    Named("other", "法律、法规、规章规定的其他情形", "Another ground set by law"),
)
REPEATED = Citation(NEW.id, "35")
#: a report is taken into another only where all three are the same; who reports is compared by who may read it
SAME_REPORTER = Check(
    "same-reporter", "举报专员已核对为同一举报人", "A reports officer found the reporter the same",
    Is("merge.same", True), REPEATED, unknown=IfUnknown.STOP,
)  # fmt: skip
SAME_FACTS = Check(
    "same-facts", "同一被举报人、同一事实", "The same trader and facts", Is("merge.same_facts", True), REPEATED,
    unknown=IfUnknown.STOP,
)  # fmt: skip
NEW_FACTS = Check(
    "new-facts", "补充的事实与原件不同（相同的不重新起算）", "The facts are new (the same ones start nothing anew)",
    Is("supplemented.new", True), REPEATED, unknown=IfUnknown.STOP,
)  # fmt: skip

report = Procedure(
    id="report",
    zh="举报处理",
    en="Report",
    serves=("P1", "P4"),
    basis=(Citation(OLD.id, "31"), Citation(NEW.id, "35"), CHECK),
    next_review=date(2027, 4, 15),
    why="One intake for reports of breaches, checked in time; who reports is kept from everybody else.",
    numbering="津知举〔{year}〕{seq}号",
    title="open.title",
    law=Regime.of(OLD, NEW),
    corrections=Corrections(sealed=HANDLERS, second=("approver", "plan-office")),
    states=(
        State("opened", "核查中", "Being checked"),
        State("filed", "已立案", "Case opened", tone=Tone.DONE),
        State("declined", "不予立案", "No case opened", tone=Tone.NEUTRAL, lane=1),
        State("closed", "已办结", "Closed", tone=Tone.CLOSED, final=True),
        State("merged", "并入在办举报", "Merged into another report", tone=Tone.CLOSED, final=True, lane=2),
        State("returned", "退回分送", "Returned to intake", tone=Tone.CLOSED, final=True, lane=2),
    ),
    asides=(
        Aside("appraisal", "检测检验鉴定", "Testing or appraisal", begin=("appraise",), end=("appraised", *ENDING),
              basis=(CHECK,)),
        Aside("identification", "权利人辨认或者鉴别", "Identification by the right holder", begin=("identify",),
              end=("identified", *ENDING), basis=(CHECK,)),
    ),
    steps=(
        Step(
            "open", "登记举报", "Receive", to="opened", roles=(*HANDLERS, "reports-officer"),
            day=DayGiven("收到举报之日", "Day of receipt"), basis=LIKE_PENALTIES,
            help_zh="标题和正文不得含举报人信息；同一材料含投诉的，投诉另行登记。",
            help_en="Nothing of the reporter in title and text. A complaint in the same paper is entered on its own.",
            inputs=(
                Field(id="title", zh="举报事项", en="Matter", max_length=200),
                Field(id="channel", zh="来源渠道", en="Channel", type=Type.CHOICE, choices=CHANNELS),
                Field(id="named", zh="实名举报", en="Named reporter", type=Type.BOOL),
                Field(id="reporter", zh="举报人及联系方式（密封）", en="Reporter and contact (sealed)", max_length=300,
                      required=False, open_to=SEALED),
                Field(id="insider", zh="内部人员举报", en="Reported from within", type=Type.BOOL, required=False),
                Field(id="respondent", zh="被举报人", en="Who is reported", max_length=200),
                Field(id="act", zh="涉嫌违法行为", en="Alleged breach", type=Type.LONG),
                Field(id="place", zh="行为发生地", en="Place of the act", max_length=200, required=False),
                Field(id="lead_on", zh="首次发现线索之日", en="Lead first found on", type=Type.DATE, required=False,
                      help_zh="由其他机关或前一举报移来的，填其首次发现或收到之日，核查期限由该日起算",
                      help_en="For a lead taken over: the day it was first found or received; the term counts from it"),
                Field(id="file", zh="证据材料", en="Evidence", type=Type.FILE, required=False),
            ),
        ),
        Step(
            "verify", "核查", "Check", sources=("opened",), roles=HANDLERS, at=TakenFrom.OWN,
            day=DayGiven("核查之日", "Day of the check"), basis=(CHECK,),
            help_zh="可以多次核查，由两名以上执法人员进行。",
            help_en="May be repeated; two officers or more.",
            inputs=(
                Field(id="officers", zh="核查人员（两名以上）及执法证号", en="Officers (two or more), certificates",
                      max_length=300),
                Field(id="record", zh="核查情况", en="What was found", type=Type.LONG),
                Field(id="file", zh="核查记录", en="Record", type=Type.FILE, required=False),
            ),
        ),
        Step(
            "appraise", "委托检测检验鉴定", "Send to testing", sources=("opened", "!appraisal"), roles=HANDLERS,
            at=TakenFrom.OWN, day=DayGiven("委托之日", "Day of the commission"), basis=(CHECK,),
            help_zh="自委托之日起至收到结论前一日止，不计入核查期限。",
            help_en="From this day to the day before the result, time does not count.",
            inputs=(
                Field(id="body", zh="机构", en="Body", max_length=200),
                Field(id="object", zh="事项", en="What is tested", type=Type.LONG),
            ),
        ),
        Step(
            "appraised", "收到检测检验鉴定结论", "Result of testing received", sources=("opened", "appraisal"),
            roles=HANDLERS, at=TakenFrom.OWN, day=DayGiven("收到结论之日", "Day on which the result came"),
            basis=(CHECK,), inputs=(Field(id="result", zh="结论", en="Result", type=Type.LONG),),
        ),
        Step(
            "identify", "请权利人辨认或者鉴别", "Ask the right holder to identify",
            sources=("opened", "!identification"), roles=HANDLERS, at=TakenFrom.OWN,
            day=DayGiven("送交之日", "Day on which it was sent"), basis=(CHECK,),
            help_zh="辨认、鉴别意见须经核实，不能代替证据。",
            help_en="What the right holder says is checked; it does not take the place of proof.",
            inputs=(Field(id="holder", zh="权利人", en="Right holder", max_length=200),),
        ),
        Step(
            "identified", "收到辨认鉴别意见", "Identification received", sources=("opened", "identification"),
            roles=HANDLERS, at=TakenFrom.OWN, day=DayGiven("收到意见之日", "Day on which it came"), basis=(CHECK,),
            inputs=(Field(id="opinion", zh="意见", en="Opinion", type=Type.LONG),),
        ),
        Step(
            "extend", "批准延长", "Extend", sources=("opened",), roles=("approver",), at=TakenFrom.ABOVE,
            basis=(CHECK,), inputs=(Field(id="reason", zh="延长理由", en="Reason", type=Type.LONG),),
            help_zh="须在核查期限届满前批准，只能一次。", help_en="Before the term ends, and once.",
        ),
        Step(
            "supplemented", "同一举报人补充新事实", "New facts from the same reporter", sources=("opened",),
            roles=(*HANDLERS, "reports-officer"), at=TakenFrom.OWN, under=(NEW.id,),
            day=DayGiven("收到补充之日", "Day of receipt"), basis=(REPEATED,), needs=(NEW_FACTS,),
            help_zh="仅限同一举报人就同一被举报人补充新的违法事实，核查期限自收到之日重新计算；不同的人举报另行登记。",
            help_en="Only the same reporter with new facts: the term starts anew. Others are entered on their own.",
            inputs=(
                Field(id="facts", zh="新的事实", en="New facts", type=Type.LONG),
                Field(id="new", zh="经比对，与原件的事实不同", en="Compared: not the facts reported before",
                      type=Type.BOOL),
            ),
        ),
        Step(
            "file", "立案", "Open a case", sources=("opened",), to="filed", roles=("approver",), at=TakenFrom.ABOVE,
            day=DayGiven("决定立案之日", "Day of the decision"), basis=(CHECK,), confirm=True,
            inputs=(Field(id="decision", zh="立案决定文号", en="Number of the decision", max_length=100),),
        ),
        Step(
            "decline", "不予立案", "Open no case", sources=("opened",), to="declined", roles=("approver",),
            at=TakenFrom.ABOVE, day=DayGiven("决定之日", "Day of the decision"), basis=(CHECK,), confirm=True,
            inputs=(
                Field(id="ground", zh="情形", en="Ground", type=Type.CHOICE, choices=GROUNDS),
                Field(id="reason", zh="理由", en="Reason", type=Type.LONG),
            ),
        ),
        Step(
            "notify", "告知举报人", "Tell the reporter", sources=("filed", "declined"), most=1,
            when=Is("open.named", True), roles=(*HANDLERS, "reports-officer"), at=TakenFrom.OWN,
            day=DayGiven("告知之日", "Day of the telling"),
            basis=(Citation(OLD.id, "31"), Citation(NEW.id, "36")),
            help_zh="令121施行后决定的，仅在别的规定要求告知或给予奖励时须告知。",
            help_en="For decisions under Order 121: only where another rule orders it, or a reward is due.",
            inputs=(Field(id="how", zh="告知方式", en="How", max_length=200),),
        ),
        Step(
            "merge", "并入在办举报", "Merge", sources=("opened",), to="merged", roles=HANDLERS, at=TakenFrom.OWN,
            basis=(REPEATED,), confirm=True, under=(NEW.id,), needs=(SAME_REPORTER, SAME_FACTS),
            help_zh="同一举报人就同一事实重复举报同一被举报人的，并入在办的一件；是否同一举报人由举报专员核对密封信息。",
            help_en="The same reporter, facts and trader: merged. A reports officer compares what is sealed.",
            inputs=(
                Field(id="into", zh="并入的举报编号", en="Into report", type=Type.REF, of="case"),
                Field(id="same", zh="举报专员已核对为同一举报人", en="A reports officer found the reporter the same",
                      type=Type.BOOL),
                Field(id="same_facts", zh="同一被举报人、同一事实", en="The same trader and facts", type=Type.BOOL),
            ),
        ),
        Step(
            "return", "退回分送", "Return to intake", sources=("opened",), to="returned", roles=HANDLERS,
            at=TakenFrom.OWN, basis=(Citation(OLD.id, "37"), Citation(NEW.id, "41")), confirm=True,
            inputs=(Field(id="reason", zh="无处理权限的理由", en="Why it is not ours", type=Type.LONG),),
        ),
        Step(
            "close", "办结", "Close", sources=("filed", "declined"), to="closed", roles=HANDLERS, at=TakenFrom.OWN,
            basis=(CHECK,), inputs=(Field(id="archive", zh="档案号", en="File number", max_length=100),),
        ),
    ),
    clocks=(
        Clock(
            "verify", "核查期限", "Check", start=("open",), stop=ENDING, restart=("supplemented",),
            counts_from=Choose((Given("open.lead_on"), F("open.lead_on")), otherwise=F("open.on")),
            length=Term("open-case", PENALTY), exclude=("appraisal", "identification"),
            extensions=(Extension("extend", up_to=Term("open-case-extension", PENALTY), basis=(CHECK,)),),
            tell=(Tell(HANDLERS, ahead=workdays(3)), Tell(("approver",))),
            on_expiry_zh="逾期未决定是否立案", on_expiry_en="no decision in time",
            basis_note_zh="自发现线索或收到材料之日起；检测检验鉴定、权利人辨认或者鉴别不计入，重叠的日子只扣一次",
            basis_note_en="from finding or receipt; testing and identification do not count, a day is taken out once",
        ),
        Clock(
            "notify", "告知期限", "Telling the reporter", start=("file", "decline"), stop=("notify", "close"),
            length=Term("tell-reporter", OLD, NEW), ruled_by=RuledBy.START, when=Is("open.named", True),
            on_expiry_zh="逾期未告知实名举报人", on_expiry_en="named reporter not told in time",
            basis_note_zh="适用决定之日有效的办法；令121不设此期限", basis_note_en="the order in force on the decision",
        ),
    ),
    examples=(
        Example(
            "fifteen working days across Spring Festival with two make-up Saturdays",
            """
            2026-02-09  open  named=true
            """,
            # February 10–13: 4, Saturday 14 worked: 5; 15–23 off; 24–27: 9, Saturday 28 worked: 10; March 2–6: 15
            state="opened", clocks={"verify": "2026-03-06"},
        ),
        Example(
            "decided on the last day",
            """
            2026-02-09  open
            2026-03-06  file
            """,
            state="filed", clocks={"verify": "met"},
        ),
        Example(
            "decided on the first day after: late",
            """
            2026-02-09  open
            2026-03-09  file
            """,
            state="filed", clocks={"verify": "late"},
        ),
        Example(
            "extended on the last day: fifteen working days more",
            """
            2026-02-09  open
            2026-03-06  extend
            """,
            # March 9–13: 5, 16–20: 10, 23–27: 15
            state="opened", clocks={"verify": "2026-03-27"},
        ),
        Example(
            "nothing in between: the plain end",
            """
            2026-05-20  open
            """,
            # May 21, 22: 2, 25–29: 7; June 1–5: 12, 8–10: 15
            state="opened", clocks={"verify": "2026-06-10"},
        ),
        Example(
            "testing and identification overlap: eleven working days are out, not fourteen",
            """
            2026-05-20  open
            2026-05-25  appraise
            2026-06-01  identify
            2026-06-04  appraised
            2026-06-09  identified
            """,
            # 25 May – 3 June out (8), 1–8 June out (6), together 25 May – 8 June: 11; June 9–12: 2 + 4 = 6,
            # 15–18: 10 (19–21 off), 22–26: 15
            state="opened", clocks={"verify": "2026-06-26"},
        ),
        Example(
            "new facts from the same reporter start the term anew",
            """
            2026-09-08  open
            2026-09-22  supplemented
            """,
            # September 23, 24: 2 (25–27 off), 28–30: 5; October 8, 9: 7, Saturday 10 worked: 8, 12–16: 13, 19, 20: 15
            state="opened", clocks={"verify": "2026-10-20"},
        ),
        Example(
            "from another person they do not: the term stands",
            """
            2026-09-08  open
            """,
            # September 9–11: 3, 14–18: 8, Sunday 20 worked: 9, 21–24: 13 (25–27 off), 28, 29: 15
            state="opened", clocks={"verify": "2026-09-29"},
        ),
        Example(
            "under the old order a named reporter is told within five working days",
            """
            2026-04-01  open  named=true
            2026-04-10  decline
            """,
            # 13–17 April: 5
            state="declined", clocks={"verify": "met", "notify": "2026-04-17"},
        ),
        Example(
            "the new order sets no such term",
            """
            2026-04-01  open  named=true
            2026-04-16  decline
            """,
            state="declined", clocks={"verify": "met", "notify": "none"},
        ),
        Example(
            "a lead that was taken over counts from when it was first found",
            """
            2026-09-28  open  lead_on=2026-09-17
            """,
            # September 18: 1, Sunday 20 worked: 2, 21–24: 6 (25–27 off), 28–30: 9; October 8, 9: 11, Saturday 10: 12,
            # 12–14: 15
            state="opened", clocks={"verify": "2026-10-14"},
        ),
        Example(
            "and is extended from there",
            """
            2026-09-28  open  lead_on=2026-09-17
            2026-10-14  extend
            """,
            # October 15, 16: 2, 19–23: 7, 26–30: 12; November 2–4: 15
            state="opened", clocks={"verify": "2026-11-04"},
        ),
        Example(
            "told on the fifth working day, then closed",
            """
            2026-04-01  open  named=true
            2026-04-10  decline
            2026-04-17  notify
            2026-04-20  close
            """,
            state="closed", clocks={"notify": "met"},
        ),
    ),
)  # fmt: skip
