"""Commercial mediation."""

from datetime import date

from jinzhi.kernel.law import Law, Rank

LAW = Law(
    id="commercial-mediation-regulation-827",
    zh="商事调解条例",
    en="Regulation on Commercial Mediation",
    rank=Rank.REGULATION,
    number="国务院令第827号",
    issuer="国务院",
    promulgated=None,
    in_force=date(2026, 5, 1),
    source="一处二手来源",
    verified=False,
    note="33 条；条文未随项目，施行日期待核。",
)
