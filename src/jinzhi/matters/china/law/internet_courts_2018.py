"""Evidence before internet courts."""

from datetime import date

from jinzhi.kernel.law import Law, Provision, Rank

LAW = Law(
    id="internet-courts-2018",
    zh="最高人民法院关于互联网法院审理案件若干问题的规定",
    en="Provisions on Internet Courts",
    rank=Rank.INTERPRETATION,
    number="法释〔2018〕16号",
    issuer="最高人民法院",
    promulgated=date(2018, 9, 6),
    in_force=date(2018, 9, 7),
    source="规定文本",
    note="文号为通行知识，待核。",
    provisions=(
        Provision(
            "11",
            "电子签名、可信时间戳、哈希校验、区块链等能证明真实性的电子数据应予确认。",
            "Signatures, time stamps, hashes and chains that prove data genuine are accepted.",
        ),
    ),
)
