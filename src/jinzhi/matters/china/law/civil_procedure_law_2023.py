"""Civil procedure, as far as mediation is concerned."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days

LAW = Law(
    id="civil-procedure-law-2023",
    zh="中华人民共和国民事诉讼法",
    en="Civil Procedure Law",
    rank=Rank.LAW,
    number="",
    issuer="全国人民代表大会常务委员会",
    promulgated=date(2023, 9, 1),
    in_force=date(2024, 1, 1),
    source="LAWREF",
    verified=False,
    note="2023 修正的通过与施行日期为通行知识，待核。",
    provisions=(
        Provision(
            "205",
            "依法设立的调解组织达成的协议，双方可自生效起共同申请司法确认。",
            "Agreements before any lawfully founded mediation body may be confirmed.",
            (
                Parameter(
                    id="ask-confirmation", zh="共同申请司法确认", en="ask for confirmation together", value=days(30)
                ),
            ),
        ),
    ),
)
