"""New plant varieties, from June 2025."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import years

LAW = Law(
    id="plant-variety-regulation-2025",
    zh="植物新品种保护条例",
    en="Regulation on New Plant Varieties (2025)",
    rank=Rank.REGULATION,
    number="",
    issuer="国务院",
    promulgated=None,
    in_force=date(2025, 6, 1),
    replaces="plant-variety-regulation-2014",
    source="LAWREF / IPR 书47；施行日期见第49条",
    provisions=(
        Provision(
            "35",
            "品种权保护期，自授权公告起。",
            "Term, from the notice of grant.",
            (
                Parameter(
                    id="term-woody",
                    zh="木本、藤本",
                    en="woody plants and vines",
                    value=years(25),
                ),
                Parameter(
                    id="term",
                    zh="其他植物",
                    en="other plants",
                    value=years(20),
                ),
            ),
        ),
    ),
)
