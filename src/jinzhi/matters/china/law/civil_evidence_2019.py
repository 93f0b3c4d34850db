"""Evidence in civil cases."""

from datetime import date

from jinzhi.kernel.law import Law, Provision, Rank

LAW = Law(
    id="civil-evidence-2019",
    zh="最高人民法院关于民事诉讼证据的若干规定",
    en="Provisions on Civil Evidence",
    rank=Rank.INTERPRETATION,
    number="法释〔2019〕19号",
    issuer="最高人民法院",
    promulgated=date(2019, 12, 25),
    in_force=date(2020, 5, 1),
    source="规定文本（2019 修正）",
    note="文号为通行知识，待核。",
    provisions=(
        Provision(
            "93",
            "判断电子数据真实性的七项因素。",
            "Seven points on whether data is genuine.",
        ),
        Provision(
            "94",
            "可直接确认真实性的情形，含中立第三方平台提供或确认的。",
            "Data taken as genuine, such as from a neutral third platform.",
        ),
    ),
)
