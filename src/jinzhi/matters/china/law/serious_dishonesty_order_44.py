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
    promulgated=date(2021, 7, 30),
    in_force=date(2021, 9, 1),
    source="公开英文译本与 2021-08-03 报道（日期、第2条）；libogw.net 转述；期限为通行知识",
    note="公示期与提前移出的条号和数值未见原文。",
    provisions=(
        Provision(
            "2",
            "较重行政处罚：按裁量基准从重的罚款，降低资质或吊销许可证、营业执照，限制经营、责令停产停业、从业禁止，"
            "以及法律法规规定的其他情形。",
            "Heavier penalties: a fine in the heavier band, a licence lowered or revoked, activity restricted "
            "or stopped, "
            "a ban from the trade, others by law.",
        ),
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
