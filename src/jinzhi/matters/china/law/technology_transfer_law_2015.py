"""Turning research into use."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.law import Law, Parameter, Provision, Rank

LAW = Law(
    id="technology-transfer-law-2015",
    zh="中华人民共和国促进科技成果转化法",
    en="Law on Promoting the Transformation of Scientific Results",
    rank=Rank.LAW,
    number="",
    issuer="全国人民代表大会常务委员会",
    promulgated=date(2015, 8, 29),
    in_force=date(2015, 10, 1),
    source="法律文本（2015 修正）",
    verified=False,
    note="2015 修正的施行日期为通行知识，待核。",
    provisions=(
        Provision(
            "45",
            "未规定或约定时，奖励和报酬的最低比例。",
            "Least rewards where nothing was agreed.",
            (
                Parameter(
                    id="share-licence",
                    zh="转让、许可净收入比例",
                    en="share of licence income",
                    value=Decimal("0.5"),
                    printed="百分之五十",
                ),
                Parameter(
                    id="share-stock",
                    zh="作价投资股份比例",
                    en="share of stock",
                    value=Decimal("0.5"),
                    printed="百分之五十",
                ),
                Parameter(
                    id="share-profit",
                    zh="自行实施营业利润比例",
                    en="share of profit",
                    value=Decimal("0.05"),
                    printed="百分之五",
                ),
            ),
        ),
    ),
)
