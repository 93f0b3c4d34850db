"""Layout designs of integrated circuits, until 14 October 2026."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import months, years

LAW = Law(
    id="ic-layout-regulation-300",
    zh="集成电路布图设计保护条例",
    en="Regulation on Layout Designs of Integrated Circuits (2001)",
    rank=Rank.REGULATION,
    number="国务院令第300号",
    issuer="国务院",
    promulgated=date(2001, 4, 2),
    in_force=date(2001, 10, 1),
    repealed=date(2026, 10, 15),
    source="条例文本",
    provisions=(
        Provision(
            "12",
            "专有权保护期；创作完成一定年数后不再保护。",
            "Term; no protection long after creation.",
            (
                Parameter(id="term", zh="保护期", en="term", value=years(10), printed="10年"),
                Parameter(
                    id="term-creation", zh="自创作完成最长", en="at most from creation", value=years(15), printed="15年"
                ),
            ),
        ),
        Provision(
            "17",
            "首次商业利用后须及时申请登记。",
            "Apply soon after first commercial use.",
            (
                Parameter(
                    id="apply-within",
                    zh="首次商业利用后申请",
                    en="apply after first use",
                    value=years(2),
                    printed="2年",
                ),
            ),
        ),
        Provision(
            "19",
            "驳回复审。",
            "Review of a refusal.",
            (Parameter(id="review", zh="请求复审", en="ask for review", value=months(3), printed="3个月"),),
        ),
    ),
)
