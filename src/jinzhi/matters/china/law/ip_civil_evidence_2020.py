"""Evidence in IP cases."""

from datetime import date

from jinzhi.kernel.law import Law, Provision, Rank

LAW = Law(
    id="ip-civil-evidence-2020",
    zh="最高人民法院关于知识产权民事诉讼证据的若干规定",
    en="Provisions on Evidence in IP Civil Cases",
    rank=Rank.INTERPRETATION,
    number="法释〔2020〕12号",
    issuer="最高人民法院",
    promulgated=date(2020, 11, 16),
    in_force=date(2020, 11, 18),
    source="规定文本",
    provisions=(
        Provision(
            "1",
            "当事人应诚信、全面、正确地提供证据。",
            "Parties give evidence honestly and in full.",
        ),
    ),
)
