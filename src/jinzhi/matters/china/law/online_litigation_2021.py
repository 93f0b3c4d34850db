"""Online litigation and evidence kept on chains."""

from datetime import date

from jinzhi.kernel.law import Law, Provision, Rank

LAW = Law(
    id="online-litigation-2021",
    zh="人民法院在线诉讼规则",
    en="Rules of Online Litigation",
    rank=Rank.INTERPRETATION,
    number="法释〔2021〕12号",
    issuer="最高人民法院",
    promulgated=date(2021, 6, 16),
    in_force=date(2021, 8, 1),
    source="规则文本",
    provisions=(
        Provision(
            "16",
            "上链存储并核验一致的，推定上链后未经篡改。",
            "Data on a chain that verifies is presumed unchanged since.",
        ),
        Provision(
            "17",
            "有异议时审查平台、利害关系、系统与技术标准。",
            "Where disputed, platform, interests, system and standard are looked at.",
        ),
        Provision(
            "18",
            "上链前的真实性另行审查。",
            "What was true before the chain is examined apart.",
        ),
        Provision(
            "19",
            "可请有专门知识的人或委托鉴定。",
            "Experts may be asked.",
        ),
    ),
)
