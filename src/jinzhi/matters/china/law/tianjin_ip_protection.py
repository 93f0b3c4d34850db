"""Protection of IP in Tianjin."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import years

LAW = Law(
    id="tianjin-ip-protection-regulation",
    zh="天津市知识产权保护条例",
    en="Tianjin Regulation on IP Protection",
    rank=Rank.LOCAL,
    number="",
    issuer="天津市人民代表大会常务委员会",
    promulgated=date(2019, 9, 27),
    in_force=date(2019, 11, 1),
    source="zscq.tj.gov.cn（条例文本公布页）",
    provisions=(
        Provision(
            "6",
            "市政府每年发布知识产权保护状况白皮书。",
            "The city publishes a white paper on IP protection every year.",
            (Parameter(id="white-paper", zh="白皮书发布周期", en="white paper every", value=years(1)),),
        ),
    ),
)
