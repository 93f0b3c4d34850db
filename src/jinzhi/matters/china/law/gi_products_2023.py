"""Geographical indication products."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import months

LAW = Law(
    id="gi-products-measures",
    zh="地理标志产品保护办法",
    en="Measures on Geographical Indication Products",
    rank=Rank.RULE,
    number="",
    issuer="国家知识产权局",
    promulgated=None,
    in_force=date(2024, 2, 1),
    source="IPR 书84；施行日期见第36条",
    provisions=(
        Provision(
            "24",
            "地方应报送地理标志保护信息。",
            "Localities report on protection.",
        ),
        Provision(
            "15",
            "初步认定公告后的异议；逾期或者没有具体理由的不予受理。",
            "Opposition after the first finding; not accepted where late or without specific reasons.",
            (
                Parameter(
                    id="oppose",
                    zh="异议期",
                    en="opposition",
                    value=months(2),
                ),
            ),
        ),
    ),
)
