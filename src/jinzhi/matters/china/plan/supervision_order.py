"""督办单: an order of the plan's office to a unit, with a day by which it is to be answered."""

from datetime import date

from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.expression import F, Latest
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.period import workdays
from jinzhi.kernel.procedure import Clock, Example, Procedure, State, Step, TakenFrom
from jinzhi.kernel.reading import FirstReading
from jinzhi.kernel.status import Tone

supervision_order = Procedure(
    id="supervision-order",
    zh="督办单",
    en="Supervision order",
    serves=("K1", "K5"),
    next_review=date(2027, 6, 30),
    why="A row that falls behind gets an order that names what is wanted and by when; the answer is checked.",
    numbering="津知督〔{year}〕{seq}号",
    title="issue.title",
    # 平台工作期限，非法定期限
    first_reading=FirstReading(since=date(2021, 1, 1), length=workdays(1), to="approver"),
    # the office mends its own wording; once the answer is in, only with the leader's agreement
    corrections=Corrections(sealed=("plan-office",), second=("leader",)),
    states=(
        State("issued", "待签收", "To be received"),
        State("accepted", "办理中", "In hand", tone=Tone.NORMAL),
        State("answered", "待核查", "Answered, to be checked", tone=Tone.NORMAL),
        State("closed", "已办结", "Closed", tone=Tone.DONE, final=True),
        State("withdrawn", "已撤回", "Withdrawn", tone=Tone.CLOSED, final=True, lane=1),
    ),
    steps=(
        Step(
            id="issue", zh="下达", en="Issue", to="issued", roles=("plan-office", "leader"),
            inputs=(
                Field(id="title", zh="督办事项", en="Matter", max_length=200),
                Field(id="demand", zh="督办要求", en="What is wanted", type=Type.LONG),
                Field(id="grounds", zh="督办缘由", en="Grounds", type=Type.LONG, required=False),
                Field(id="due", zh="办结期限", en="Due date", type=Type.DATE),
            ),
        ),
        Step(
            id="sign", zh="签收", en="Receive", sources=("issued",), to="accepted",
            roles=("reporter", "approver", "leader"), at=TakenFrom.OWN,
        ),
        Step(
            id="answer", zh="答复", en="Answer", sources=("issued", "accepted"), to="answered",
            roles=("reporter", "approver"), at=TakenFrom.OWN,
            inputs=(
                Field(id="answer", zh="办理情况", en="What was done", type=Type.LONG),
                Field(id="file", zh="附件", en="Attachment", type=Type.FILE, required=False),
            ),
        ),
        Step(
            id="extend", zh="延期", en="Extend", sources=("issued", "accepted"), roles=("plan-office", "leader"),
            at=TakenFrom.OFFICE,
            inputs=(
                Field(id="new_due", zh="新的期限", en="New due date", type=Type.DATE),
                Field(id="reason", zh="延期理由", en="Reason", type=Type.LONG),
            ),
        ),
        Step(
            id="reject", zh="退回重办", en="Send back", sources=("answered",), to="accepted",
            roles=("plan-office", "leader"), at=TakenFrom.OFFICE,
            inputs=(
                Field(id="reason", zh="退回原因", en="Reason", type=Type.LONG),
                Field(id="due", zh="新的期限", en="New due date", type=Type.DATE),
            ),
        ),
        Step(
            id="close", zh="核查办结", en="Close", sources=("answered",), to="closed",
            roles=("plan-office", "leader"), at=TakenFrom.OFFICE,
            inputs=(Field(id="verdict", zh="核查意见", en="Verdict", type=Type.LONG),),
        ),
        Step(
            id="withdraw", zh="撤回", en="Withdraw", sources=("issued", "accepted"), to="withdrawn",
            roles=("plan-office", "leader"), at=TakenFrom.OFFICE, confirm=True,
            inputs=(Field(id="reason", zh="撤回原因", en="Reason", type=Type.LONG),),
        ),
    ),
    clocks=(
        Clock(
            id="answer", zh="答复期限", en="Answer", start=("issue", "reject"), stop=("answer", "withdraw"),
            due=Latest(F("issue.due"), F("reject.due"), F("extend.new_due")),
            on_expiry_zh="计入逾期未答复", on_expiry_en="counts as not answered in time",
            basis_note_zh="以督办单写明的期限为准", basis_note_en="the day said in the order",
        ),
        Clock(
            id="sign", zh="签收期限", en="Receipt", start=("issue",), stop=("sign", "answer", "withdraw"),
            length=workdays(2), basis_note_zh="平台工作期限，非法定期限",
            basis_note_en="a term of the platform, not of a law",
        ),
    ),
    examples=(
        Example(
            "answered in time and closed",
            """
            2026-11-02  issue  due=2026-11-20
            2026-11-03  sign
            2026-11-20  answer
            2026-11-23  close
            """,
            state="closed", clocks={"answer": "met", "sign": "met"},
        ),
        Example(
            "not answered by the day: overdue",
            """
            2026-11-02  issue  due=2026-11-13
            2026-11-04  sign
            """,
            state="accepted", clocks={"answer": "expired"}, on=date(2026, 11, 14),
        ),
        Example(
            "an extension moves the day",
            """
            2026-11-02  issue   due=2026-11-13
            2026-11-03  sign
            2026-11-10  extend  new_due=2026-11-30
            """,
            state="accepted", clocks={"answer": "2026-11-30"},
        ),
    ),
)  # fmt: skip
