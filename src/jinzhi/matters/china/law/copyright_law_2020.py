"""Copyright."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import years

LAW = Law(
    id="copyright-law-2020",
    zh="中华人民共和国著作权法",
    en="Copyright Law (2020)",
    rank=Rank.LAW,
    number="主席令第62号",
    issuer="全国人民代表大会常务委员会",
    promulgated=date(2020, 11, 11),
    in_force=date(2021, 6, 1),
    source="法律文本（2020 修正）",
    verified=False,
    note="2021-06-01 施行为通行知识，文本未载修正的施行日。文号为通行知识，待核。",
    provisions=(
        Provision(
            "23",
            "作品的保护期。",
            "Term of works.",
            (
                Parameter(
                    id="term",
                    zh="作者死亡后保护期",
                    en="term after the author's death",
                    value=years(50),
                    printed="五十年",
                ),
            ),
        ),
        Provision(
            "53",
            "侵权同时损害公共利益的行政处罚。",
            "Administrative penalties where the public is harmed.",
            (
                Parameter(
                    id="turnover-threshold",
                    zh="违法经营额门槛（元）",
                    en="threshold of turnover (yuan)",
                    value=50_000,
                    printed="五万元",
                ),
                Parameter(
                    id="fine-max",
                    zh="不足门槛时罚款上限（元）",
                    en="highest fine below it (yuan)",
                    value=250_000,
                    printed="二十五万元",
                ),
            ),
        ),
        Provision(
            "54",
            "赔偿数额。",
            "Damages.",
            (
                Parameter(
                    id="statutory-min",
                    zh="法定赔偿下限（元）",
                    en="least statutory damages (yuan)",
                    value=500,
                    printed="五百元",
                ),
                Parameter(
                    id="statutory-max",
                    zh="法定赔偿上限（元）",
                    en="highest statutory damages (yuan)",
                    value=5_000_000,
                    printed="五百万元",
                ),
            ),
        ),
    ),
)
