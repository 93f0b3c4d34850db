"""The posts that people hold. A person may hold several; each write is made in the name of one."""

from datetime import date

from jinzhi.kernel.access import Reach, Role

REVIEW = date(2027, 6, 30)

administrator = Role(
    id="administrator", zh="系统管理员", en="Administrator", reach=Reach.BELOW, next_review=REVIEW,
    may=("accounts.*", "units.*", "ops.*", "plan.read", "report.read", "case.read", "register.read", "indicator.read",
         "custody.read", "evidence.read", "token.*"),
    grants=("administrator", "plan-office", "leader", "approver", "reporter", "case-handler", "reports-officer"),
    why="Keeps accounts, units and the installation; does not touch the business of the plan.",
)  # fmt: skip
plan_office = Role(
    id="plan-office", zh="规划办", en="Plan office", reach=Reach.ALL, next_review=REVIEW,
    may=("plan.*", "report.*", "case.*", "register.*", "indicator.*", "custody.*", "evidence.read",
         "evidence.write", "ops.read", "patent.*", "token.*"),
    why="领导小组办公室: issues the plan and its orders, approves what the units report.",
)  # fmt: skip
leader = Role(
    id="leader", zh="领导", en="Leader", reach=Reach.BELOW, next_review=REVIEW,
    may=("plan.read", "report.read", "case.read", "case.supervision-order.*", "case.plan-adjustment.*",
         "case.crime-transfer.*", "case.penalty.*", "register.read", "indicator.read", "custody.read", "evidence.read"),
    why="Reads everything below, gives orders, decides adjustments, grave penalties and transfers to the police.",
)  # fmt: skip
approver = Role(
    id="approver", zh="审核人", en="Approver", reach=Reach.BELOW, next_review=REVIEW,
    may=("plan.read", "report.*", "case.*", "register.*", "indicator.read", "custody.*", "evidence.read",
         "evidence.write", "token.*"),
    why="Approves the reports of the units below and answers for those of its own.",
)  # fmt: skip
reporter = Role(
    id="reporter", zh="填报人", en="Reporter", reach=Reach.BELOW, next_review=REVIEW,
    may=("plan.read", "report.read", "report.write", "case.read", "case.progress-report.*",
         "case.supervision-order.*", "case.plan-adjustment.*", "register.*", "indicator.read", "custody.read",
         "custody.write", "evidence.read", "evidence.write", "token.*"),
    why="Fills in the reports of its unit and answers the orders it is given.",
)  # fmt: skip
case_handler = Role(
    id="case-handler", zh="承办人", en="Case handler", reach=Reach.BELOW, next_review=REVIEW, personal=True,
    may=("plan.read", "report.read", "case.*", "register.*", "indicator.read", "custody.*", "evidence.read",
         "evidence.write", "personal.erase", "token.*"),
    why="Handles cases with parties; therefore sees their personal data, and each viewing is logged.",
)  # fmt: skip
reports_officer = Role(
    id="reports-officer", zh="举报专员", en="Reports officer", reach=Reach.BELOW, next_review=REVIEW, personal=True,
    may=("plan.read", "case.read", "case.report.*", "register.read", "custody.read", "evidence.read"),
    why="Alone reads who reported: tells the reporter, and says whether two reports come from the same person.",
)  # fmt: skip
public = Role(
    id="public", zh="公众", en="The public", reach=Reach.OWN, next_review=REVIEW, may=("register.read",),
    why="Everybody who has not signed in: reads the registers that are declared public, and nothing else.",
)  # fmt: skip
visitor = Role(
    id="visitor", zh="演示访客", en="Visitor of the demonstration", reach=Reach.ALL, next_review=REVIEW,
    may=("plan.read", "report.read", "case.read", "register.read", "indicator.read", "custody.read",
         "evidence.read", "ops.read"),
    why="Lets a newcomer look around a demonstration without signing in; writes nothing, exists nowhere else.",
)  # fmt: skip
