"""规划调整: a change of the plan, proposed with grounds, reviewed, decided, and carried into a new release."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.declare import Named
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.period import workdays
from jinzhi.kernel.procedure import MILESTONE, Clock, Example, Fact, Procedure, State, Step, TakenFrom
from jinzhi.kernel.status import Tone

KINDS = (
    Named("measure", "任务内容", "Measure"),
    Named("unit", "责任单位", "Responsible unit"),
    Named("milestone", "里程碑或期限", "Milestone or date"),
    Named("target", "指标目标", "Target"),
    Named("other", "其他", "Other"),
)

changed_since = Fact(
    "milestone-changed-since", "提出之后里程碑有变化", "The milestone changed since it was asked",
    "没有指定里程碑，或提出之后里程碑没有变化，不用再次提出",
    "no milestone is named, or it did not change since: there is nothing to ask again",
)  # fmt: skip
NEW_DUE = Field(
    id="new_due", zh="新的期限", en="New due date", type=Type.DATE, required=False,
    help_zh="在规划期内；只调目标值的留空", help_en="within the plan's term; empty where only the target changes",
)  # fmt: skip
NEW_TARGET = Field(
    id="new_target", zh="新的目标值", en="New target", type=Type.DECIMAL, required=False, min=Decimal(0),
    max=Decimal("99999999999999.99"), help_zh="只调期限的留空", help_en="empty where only the day changes",
)  # fmt: skip

plan_adjustment = Procedure(
    id="plan-adjustment",
    zh="规划调整",
    en="Plan adjustment",
    serves=("K2",),
    next_review=date(2027, 6, 30),
    why="A plan may change, with grounds that everybody can read; the old wording stays in its release.",
    numbering="津知调〔{year}〕{seq}号",
    title="propose.title",
    corrections=Corrections(sealed=("plan-office",), second=("leader",)),
    states=(
        State("proposed", "待受理", "Proposed"),
        State("review", "审查中", "Under review", tone=Tone.NORMAL),
        State("approved", "已批准待落实", "Approved, to be carried out", tone=Tone.NORMAL),
        State("applied", "已落实", "Carried out", tone=Tone.DONE, final=True),
        State("rejected", "不予调整", "Rejected", tone=Tone.CLOSED, final=True, lane=1),
        State("withdrawn", "已撤回", "Withdrawn", tone=Tone.CLOSED, final=True, lane=2),
    ),
    steps=(
        Step(
            id="propose", zh="提出调整", en="Propose", to="proposed", roles=("reporter", "approver", "plan-office"),
            inputs=(
                Field(id="title", zh="调整事项", en="Matter", max_length=200),
                Field(id="kind", zh="调整类型", en="Kind", type=Type.CHOICE, choices=KINDS),
                Field(id="milestone", zh="里程碑代码", en="Code of the milestone", type=Type.REF, of=MILESTONE,
                      required=False, help_zh="调整里程碑期限或目标的填写；批准后直接改到里程碑",
                      help_en="to move a milestone's day or target: the approval changes the milestone itself"),
                NEW_DUE,
                NEW_TARGET,
                Field(id="before", zh="现行内容", en="As it stands", type=Type.LONG, required=False,
                      help_zh="填了里程碑代码的可以不写", help_en="not needed where a milestone is named"),
                Field(id="after", zh="拟调整为", en="As it should be", type=Type.LONG, required=False,
                      help_zh="填了里程碑代码的可以不写", help_en="not needed where a milestone is named"),
                Field(id="grounds", zh="调整理由和依据", en="Grounds", type=Type.LONG),
            ),
        ),
        Step(id="accept", zh="受理", en="Take up", sources=("proposed",), to="review", roles=("plan-office",)),
        Step(
            id="supplement", zh="补充理由", en="Supplement", sources=("proposed", "review"),
            roles=("reporter", "approver"), at=TakenFrom.OWN,
            inputs=(Field(id="grounds", zh="补充理由", en="Further grounds", type=Type.LONG),),
        ),
        Step(
            id="reconfirm", zh="按现状再次提出", en="Ask again as it stands now", sources=("proposed", "review"),
            roles=("reporter", "approver", "plan-office"), needs=(changed_since,),
            inputs=(
                NEW_DUE,
                NEW_TARGET,
                Field(id="note", zh="核对说明", en="What was checked", type=Type.LONG),
            ),
            help_zh="提出之后里程碑被改过：核对现状后再次提出；留空的项目按原来提出的。",
            help_en="The milestone was changed since: look at it as it stands and ask again; what is left empty stays "
            "as asked.",
        ),
        Step(
            id="approve", zh="批准", en="Approve", sources=("review",), to="approved", roles=("plan-office", "leader"),
            confirm=True, seals=True, inputs=(Field(id="opinion", zh="批准意见", en="Opinion", type=Type.LONG),),
            help_zh="指定了里程碑的，批准即改到里程碑并落实办结。",
            help_en="Where a milestone is named, the approval changes it and closes the case.",
        ),
        Step(
            id="reject", zh="不予调整", en="Reject", sources=("proposed", "review"), to="rejected",
            roles=("plan-office", "leader"), inputs=(Field(id="reason", zh="理由", en="Reason", type=Type.LONG),),
        ),
        Step(
            id="apply", zh="落实到新发布", en="Carry out", sources=("approved",), to="applied", roles=("plan-office",),
            inputs=(Field(id="release", zh="落实所在的发布", en="Release that carries it", required=False),),
        ),
        Step(
            id="withdraw", zh="撤回", en="Withdraw", sources=("proposed", "review"), to="withdrawn",
            roles=("reporter", "approver", "plan-office"), at=TakenFrom.OWN, confirm=True,
        ),
    ),
    clocks=(
        Clock(
            id="decide", zh="审查期限", en="Review", start=("propose",), stop=("approve", "reject", "withdraw"),
            length=workdays(20), basis_note_zh="平台工作期限，非法定期限",
            basis_note_en="a term of the platform, not of a law",
        ),
    ),
    examples=(
        Example(
            "twenty working days from the proposal, over the National Day holiday",
            """
            2026-09-14  propose
            2026-09-15  accept
            """,
            # 15–18, 20–24 September (Sunday 20 is worked), 28–30, then 8–10 October (Saturday 10 is worked), 12–16
            state="review", clocks={"decide": "2026-10-16"},
        ),
        Example(
            "an adjustment of a milestone is carried out with its approval",
            """
            2026-09-14  propose  milestone=plan-C1-unit-1 new_due=2026-12-31
            2026-09-15  accept
            2026-09-18  approve  opinion=同意
            2026-09-18  apply
            """,
            state="applied", clocks={"decide": "met"},
        ),
    ),
)  # fmt: skip
