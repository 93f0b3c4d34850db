"""Confirmation of mediation agreements by courts."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days, years

LAW = Law(
    id="judicial-confirmation-2011",
    zh="最高人民法院关于人民调解协议司法确认程序的若干规定",
    en="Provisions on Judicial Confirmation of People's Mediation Agreements",
    rank=Rank.INTERPRETATION,
    number="法释〔2011〕5号",
    issuer="最高人民法院",
    promulgated=date(2011, 3, 23),
    in_force=date(2011, 3, 30),
    source="规定文本",
    note="文号为通行知识，待核。",
    provisions=(
        Provision(
            "4",
            "法院决定是否受理。",
            "The court decides on acceptance.",
            (Parameter(id="accept", zh="决定是否受理", en="decide on acceptance", value=days(3), printed="三日"),),
        ),
        Provision(
            "5",
            "法院作出是否确认的决定，可延长。",
            "The court decides; may be extended.",
            (
                Parameter(
                    id="confirm", zh="作出确认决定", en="decide on confirmation", value=days(15), printed="十五日"
                ),
                Parameter(
                    id="confirm-extension",
                    zh="院长批准的延长",
                    en="extension by the president",
                    value=days(10),
                    printed="十日",
                ),
            ),
        ),
        Provision(
            "10",
            "案外人可申请撤销确认。",
            "A third party may ask for annulment.",
            (Parameter(id="annul", zh="申请撤销确认决定", en="ask for annulment", value=years(1), printed="一年"),),
        ),
    ),
)
