"""进展报告: a unit's report of a period, approved by the unit above, and locked once approved."""

from datetime import date

from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.expression import F, Latest
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.period import workdays
from jinzhi.kernel.procedure import Clock, Example, Fact, Procedure, State, Step, TakenFrom
from jinzhi.kernel.status import Tone

OURS_ZH, OURS_EN = "平台工作期限，非法定期限", "a term of the platform, not of a law"

children_approved = Fact(
    "children-approved", "下级报告均已审核", "Reports below are approved",
    "下级单位的本期报告尚未全部审核通过", "reports of units below are not all approved yet",
)  # fmt: skip
above_open = Fact(
    "report-above-open", "上级报告尚未审核", "The report above is not approved",
    "上级单位的本期报告已审核通过，请先撤销对它的审核",
    "the report of the unit above is approved: undo that approval first",
)  # fmt: skip
complete = Fact(
    "report-complete", "必填内容齐全", "Required content is complete",
    "还有里程碑未填报本期累计或说明", "some milestones lack a figure or an account",
)  # fmt: skip
never_handed_in = Fact(
    "report-never-handed-in", "尚未提交过", "Not handed in yet",
    "报告已提交过，是否按期以首次提交日为准，不能再给予或撤销延期",
    "the report was handed in: whether it was in time is settled by the first time, more time changes it no more",
)  # fmt: skip
more_time_stands = Fact(
    "report-more-time", "已给予延期", "More time was granted",
    "没有可以撤销的延期", "no more time was granted that could be taken back",
)  # fmt: skip

progress_report = Procedure(
    id="progress-report",
    zh="进展报告",
    en="Progress report",
    serves=("G1", "K5"),
    next_review=date(2027, 6, 30),
    why="A figure counts once the unit above has approved it; from then on it is locked.",
    numbering="津知报〔{year}〕{seq}号",
    corrections=Corrections(sealed=("plan-office",), second=("plan-office",)),
    states=(
        State("draft", "待填报", "To be filled in"),
        State("submitted", "待审核", "Awaiting approval", tone=Tone.NORMAL),
        State("returned", "已退回", "Sent back", tone=Tone.RISK, lane=1),
        State("approved", "已审核", "Approved", tone=Tone.DONE, final=True),
        State("cancelled", "已撤销", "Cancelled", tone=Tone.CLOSED, final=True, lane=1),
    ),
    steps=(
        Step(
            id="open", zh="布置填报", en="Call for the report", to="draft", roles=("plan-office",),
            inputs=(
                Field(id="period", zh="报告期", en="Period"),
                Field(id="due", zh="截止日", en="Due date", type=Type.DATE),
            ),
        ),
        Step(
            id="submit", zh="提交", en="Submit", sources=("draft", "returned"), to="submitted",
            roles=("reporter", "approver"), at=TakenFrom.OWN, needs=(complete,),
            inputs=(Field(id="note", zh="提交说明", en="Note", type=Type.LONG, required=False),),
        ),
        Step(
            id="withdraw", zh="撤回修改", en="Take back", sources=("submitted",), to="draft",
            roles=("reporter", "approver"), at=TakenFrom.OWN,
        ),
        Step(
            id="return", zh="退回", en="Send back", sources=("submitted",), to="returned",
            roles=("approver", "plan-office"), at=TakenFrom.ABOVE,
            inputs=(Field(id="reason", zh="退回原因", en="Reason", type=Type.LONG),),
        ),
        Step(
            id="approve", zh="审核通过", en="Approve", sources=("submitted",), to="approved",
            roles=("approver", "plan-office"), at=TakenFrom.ABOVE, needs=(children_approved,), confirm=True,
            inputs=(Field(id="opinion", zh="审核意见", en="Opinion", type=Type.LONG, required=False),),
            help_zh="审核通过后数据锁定，不能再修改。", help_en="Once approved, the figures are locked.",
        ),
        Step(
            id="undo-approval", zh="撤销审核", en="Undo the approval", sources=("approved",), to="submitted",
            roles=("approver", "plan-office"), at=TakenFrom.ABOVE, needs=(above_open,),
            confirm=True, seals=True, reopens=True,
            inputs=(Field(id="reason", zh="撤销理由", en="Reason", type=Type.LONG),),
            help_zh="报告回到待审核，里程碑的累计和完成日期按其余已审核的报告重新计算；原审核记录保留。",
            help_en="The report awaits approval again, and its milestones are reckoned from the other approved "
            "reports; the record of the approval stays.",
        ),
        Step(
            id="remind", zh="催报", en="Remind", sources=("draft", "returned"), roles=("approver", "plan-office"),
            at=TakenFrom.ABOVE, inputs=(Field(id="note", zh="催报说明", en="Note", type=Type.LONG, required=False),),
        ),
        Step(
            id="extend", zh="给予延期", en="Grant more time", sources=("draft",), roles=("plan-office",),
            at=TakenFrom.ABOVE, needs=(never_handed_in,),
            inputs=(
                Field(id="new_due", zh="新的截止日", en="New due date", type=Type.DATE,
                      help_zh="应晚于现有截止日，且不早于今天",
                      help_en="later than the due date, and not before today"),
                Field(id="reason", zh="延期理由", en="Reason", type=Type.LONG),
            ),
            help_zh="只对这一个单位延期；截止日已过才给予的，注明“逾期后给予”。",
            help_en="For this unit only. Granted after the due date had passed, it is marked so.",
        ),
        Step(
            id="undo-extension", zh="撤销延期", en="Take the added time back", sources=("draft",),
            roles=("plan-office",), at=TakenFrom.ABOVE, needs=(never_handed_in, more_time_stands), confirm=True,
            undoes=("extend",),
            inputs=(Field(id="reason", zh="撤销理由", en="Reason", type=Type.LONG),),
            help_zh="恢复最近一次延期之前的截止日；给予延期的记录保留。",
            help_en="The due date before the last grant holds again; the record of the grant stays.",
        ),
        Step(
            id="cancel", zh="撤销", en="Cancel", sources=("draft", "returned"), to="cancelled",
            roles=("plan-office",), at=TakenFrom.ABOVE, confirm=True,
            inputs=(Field(id="reason", zh="撤销原因", en="Reason", type=Type.LONG),),
        ),
    ),
    clocks=(
        Clock(
            id="report", zh="填报期限", en="Reporting", start=("open",), stop=("submit", "cancel"),
            due=Latest(F("open.due"), F("extend.new_due")),
            on_expiry_zh="计入逾期填报", on_expiry_en="counts as reported late",
            basis_note_zh="以布置填报时写明的截止日为准，给予延期的以新的截止日为准",
            basis_note_en="the day said in the call for the report, or a later one granted to the unit",
        ),
        Clock(
            id="review", zh="审核期限", en="Review", start=("submit", "undo-approval"),
            stop=("approve", "return", "withdraw"),
            length=workdays(10), basis_note_zh=OURS_ZH, basis_note_en=OURS_EN,
        ),
        Clock(
            id="mend", zh="修改期限", en="Mending", start=("return", "withdraw"), stop=("submit", "cancel"),
            length=workdays(5), basis_note_zh=OURS_ZH, basis_note_en=OURS_EN,
        ),
    ),
    examples=(
        Example(
            "submitted on the last day is in time",
            """
            2026-10-09  open    period=2026Q3 due=2026-10-20
            2026-10-20  submit
            """,
            state="submitted", clocks={"report": "met", "review": "2026-11-03"},
        ),
        Example(
            "sent back, the unit has five working days to mend",
            """
            2026-09-21  open    period=2026Q3 due=2026-10-20
            2026-09-28  submit
            2026-09-29  return  reason=附件缺失
            """,
            # 30 September is a working day; 1–7 October are days off; 8, 9 and Saturday 10 October are worked; then 12
            state="returned", clocks={"mend": "2026-10-12"},
        ),
        Example(
            "submitted a day late",
            """
            2026-10-09  open    period=2026Q3 due=2026-10-20
            2026-10-21  submit
            2026-10-22  approve
            """,
            state="approved", clocks={"report": "late", "review": "met"},
        ),
        Example(
            "more time for one unit: judged by its own day",
            """
            2026-10-09  open    period=2026Q3 due=2026-10-20
            2026-10-19  extend  new_due=2026-10-30 reason=外部数据未到
            2026-10-29  submit
            """,
            state="submitted", clocks={"report": "met"},
        ),
        Example(
            "the added time is taken back: the first day holds again",
            """
            2026-10-09  open            period=2026Q3 due=2026-10-20
            2026-10-19  extend          new_due=2026-10-30 reason=外部数据未到
            2026-10-20  undo-extension  reason=数据已到
            2026-10-29  submit
            """,
            state="submitted", clocks={"report": "late"},
        ),
        Example(
            "a wrong approval is undone: the report awaits approval again, for ten working days",
            """
            2026-10-09  open    period=2026Q3 due=2026-10-20
            2026-10-20  submit
            2026-10-22  approve
            2026-10-26  undo-approval  reason=附件是另一季度的
            """,
            state="submitted", clocks={"report": "met", "review": "2026-11-09"},
        ),
    ),
)  # fmt: skip
