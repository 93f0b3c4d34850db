"""Unfair competition and trade secrets."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank

LAW = Law(
    id="anti-unfair-competition-law-2025",
    zh="中华人民共和国反不正当竞争法",
    en="Anti-Unfair Competition Law (2025)",
    rank=Rank.LAW,
    number="",
    issuer="全国人民代表大会常务委员会",
    promulgated=date(2025, 6, 27),
    in_force=date(2025, 10, 15),
    source="法律文本（2025 修订）",
    provisions=(
        Provision(
            "10",
            "侵犯商业秘密的行为。",
            "Infringing trade secrets.",
        ),
        Provision(
            "22",
            "赔偿数额。",
            "Damages.",
            (
                Parameter(
                    id="statutory-max",
                    zh="法定赔偿上限（元）",
                    en="highest statutory damages (yuan)",
                    value=5_000_000,
                    printed="五百万元",
                ),
                Parameter(
                    id="punitive-max", zh="惩罚性赔偿倍数上限", en="highest punitive multiple", value=5, printed="五倍"
                ),
            ),
        ),
        Provision(
            "26",
            "侵犯商业秘密的处罚。",
            "Penalty for infringing trade secrets.",
            (
                Parameter(id="fine-min", zh="罚款下限（元）", en="least fine (yuan)", value=100_000, printed="十万元"),
                Parameter(
                    id="fine-max", zh="罚款上限（元）", en="highest fine (yuan)", value=1_000_000, printed="一百万元"
                ),
                Parameter(
                    id="fine-max-grave",
                    zh="情节严重罚款上限（元）",
                    en="highest fine in grave cases (yuan)",
                    value=5_000_000,
                    printed="五百万元",
                ),
            ),
        ),
    ),
)
