"""Registration of software copyright."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days

LAW = Law(
    id="software-registration-2002",
    zh="计算机软件著作权登记办法",
    en="Measures on Registration of Software Copyright",
    rank=Rank.RULE,
    number="",
    issuer="国家版权局",
    promulgated=None,
    in_force=date(2002, 2, 20),
    source="LAWREF",
    verified=False,
    note="第35条：自发布之日起施行；发布日 2002-02-20 待核。实务常以 30 个工作日办结。",
    provisions=(
        Provision(
            "20",
            "自受理起审查完毕。",
            "Examined after acceptance.",
            (Parameter(id="examine", zh="登记审查", en="examine", value=days(60)),),
        ),
    ),
)
