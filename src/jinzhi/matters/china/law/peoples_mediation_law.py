"""People's mediation and its confirmation by a court."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days

LAW = Law(
    id="peoples-mediation-law",
    zh="中华人民共和国人民调解法",
    en="People's Mediation Law",
    rank=Rank.LAW,
    number="主席令第34号",
    issuer="全国人民代表大会常务委员会",
    promulgated=date(2010, 8, 28),
    in_force=date(2011, 1, 1),
    source="法律文本",
    note="文号为通行知识，待核。",
    provisions=(
        Provision(
            "33",
            "调解协议生效后可共同申请司法确认。",
            "Both parties may ask a court to confirm their agreement.",
            (
                Parameter(
                    id="ask-confirmation",
                    zh="共同申请司法确认",
                    en="ask for confirmation together",
                    value=days(30),
                    printed="三十日",
                ),
            ),
        ),
    ),
)
