"""Credit management by CNIPA."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import months, workdays, years

LAW = Law(
    id="cnipa-credit-2022",
    zh="国家知识产权局知识产权信用管理规定",
    en="CNIPA Provisions on Credit Management",
    rank=Rank.NORMATIVE,
    number="国知发保字〔2022〕8号",
    issuer="国家知识产权局",
    promulgated=None,
    in_force=date(2022, 1, 24),
    source="chinacourt、cguiw 转载（失信行为与措施）；期限为通行知识",
    verified=False,
    note="施行日期、期限条款原文待核。",
    provisions=(
        Provision(
            "",
            "管理措施期限与信用修复。",
            "How long measures last, and repair.",
            (
                Parameter(
                    id="measures",
                    zh="管理措施期限",
                    en="measures last",
                    value=years(1),
                    verified=False,
                    note="通行知识，待核对现行文本。",
                ),
                Parameter(
                    id="measures-max",
                    zh="累计最长",
                    en="at most in sum",
                    value=years(3),
                    verified=False,
                    note="通行知识，待核对现行文本。",
                ),
                Parameter(
                    id="repair-after",
                    zh="可申请修复",
                    en="repair may be asked for after",
                    value=months(6),
                    verified=False,
                    note="通行知识，待核对现行文本。",
                ),
                Parameter(
                    id="repair-review",
                    zh="修复申请审核",
                    en="review of a repair request",
                    value=workdays(10),
                    verified=False,
                    note="通行知识，待核对现行文本。",
                ),
            ),
        ),
    ),
)
