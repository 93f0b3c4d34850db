"""Notices and declarations on e-commerce platforms."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days

LAW = Law(
    id="e-commerce-law",
    zh="中华人民共和国电子商务法",
    en="E-Commerce Law",
    rank=Rank.LAW,
    number="主席令第7号",
    issuer="全国人民代表大会常务委员会",
    promulgated=date(2018, 8, 31),
    in_force=date(2019, 1, 1),
    source="法律文本",
    note="文号为通行知识，待核。",
    provisions=(
        Provision(
            "42",
            "权利人发出附初步证据的通知，平台及时采取措施并转送；恶意错误通知加倍赔偿。",
            "A right holder's notice with first evidence: the platform acts and passes it on; malice doubles damages.",
        ),
        Provision(
            "43",
            "经营者可提交不侵权声明；平台转送后权利人未投诉或起诉的，终止措施。",
            "The seller may deny; without a complaint or suit in time the measures end.",
            (
                Parameter(
                    id="wait",
                    zh="声明转送后的等待期",
                    en="wait after passing on the denial",
                    value=days(15),
                    printed="十五日",
                ),
            ),
        ),
        Provision(
            "44",
            "平台公示通知、声明及处理结果。",
            "The platform publishes notices, denials and outcomes.",
        ),
        Provision(
            "45",
            "平台知道或应知侵权而不采取措施的，连带承担责任。",
            "A platform that knows and does nothing is liable too.",
        ),
        Provision(
            "84",
            "平台不作为的罚款。",
            "Fines for a platform that does nothing.",
            (
                Parameter(id="fine-min", zh="罚款下限（元）", en="least fine (yuan)", value=50_000, printed="五万元"),
                Parameter(
                    id="fine-max", zh="罚款上限（元）", en="highest fine (yuan)", value=500_000, printed="五十万元"
                ),
                Parameter(
                    id="fine-max-grave",
                    zh="情节严重罚款上限（元）",
                    en="highest fine in grave cases (yuan)",
                    value=2_000_000,
                    printed="二百万元",
                ),
            ),
        ),
    ),
)
