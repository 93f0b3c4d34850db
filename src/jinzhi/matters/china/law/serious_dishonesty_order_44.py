"""The list of seriously dishonest traders."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import years

LAW = Law(
    id="serious-dishonesty-order-44",
    zh="市场监督管理严重违法失信名单管理办法",
    en="Measures on the List of Seriously Dishonest Traders",
    rank=Rank.RULE,
    number="国家市场监督管理总局令第44号",
    issuer="国家市场监督管理总局",
    promulgated=None,
    in_force=date(2021, 9, 1),
    source="libogw.net 转述；期限为通行知识",
    verified=False,
    note="施行日期与条号待核。",
    provisions=(
        Provision(
            "",
            "列入名单的公示期与提前移出。",
            "How long one is listed, and leaving early.",
            (
                Parameter(
                    id="listed",
                    zh="公示期",
                    en="listed for",
                    value=years(3),
                    verified=False,
                    note="通行知识，待核对现行文本。",
                ),
                Parameter(
                    id="leave-early",
                    zh="可申请提前移出",
                    en="may ask to leave after",
                    value=years(1),
                    verified=False,
                    note="通行知识，待核对现行文本。",
                ),
            ),
        ),
    ),
)
