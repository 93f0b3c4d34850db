"""Layout designs of integrated circuits, from 15 October 2026."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import years

LAW = Law(
    id="ic-layout-regulation-842",
    zh="集成电路布图设计保护条例（2026）",
    en="Regulation on Layout Designs of Integrated Circuits (2026)",
    rank=Rank.REGULATION,
    number="国务院令第842号",
    issuer="国务院",
    promulgated=date(2026, 7, 23),
    in_force=date(2026, 10, 15),
    replaces="ic-layout-regulation-300",
    source="IPR 书50",
    note="条文全文未随项目，期限按来源录入。",
    provisions=(
        Provision(
            "17",
            "保护期与旧条例相同；自登记申请之日或者在世界任何地方首次投入商业利用之日起算，以较前者为准。",
            "Terms as in the old regulation; from the application or the first commercial use anywhere, the "
            "earlier one.",
            (
                Parameter(id="term", zh="保护期", en="term", value=years(10)),
                Parameter(
                    id="term-creation",
                    zh="自创作完成最长",
                    en="at most from creation",
                    value=years(15),
                ),
            ),
        ),
    ),
)
