"""Patents."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days, months, years

LAW = Law(
    id="patent-law-2020",
    zh="中华人民共和国专利法",
    en="Patent Law (2020)",
    rank=Rank.LAW,
    number="主席令第55号",
    issuer="全国人民代表大会常务委员会",
    promulgated=date(2020, 10, 17),
    in_force=date(2021, 6, 1),
    source="法律文本（2020 修正）",
    verified=False,
    note="2021-06-01 施行为通行知识，文本未载修正的施行日。文号为通行知识，待核。",
    provisions=(
        Provision(
            "24",
            "申请日前的宽限期内特定公开不丧失新颖性。",
            "Certain disclosures before filing do not harm novelty.",
            (Parameter(id="grace", zh="新颖性宽限", en="grace period", value=months(6), printed="六个月"),),
        ),
        Provision(
            "29",
            "外国或本国优先权。",
            "Foreign and domestic priority.",
            (
                Parameter(
                    id="priority",
                    zh="发明、实用新型优先权",
                    en="priority of inventions and utility models",
                    value=months(12),
                    printed="十二个月",
                ),
                Parameter(
                    id="priority-design",
                    zh="外观设计优先权",
                    en="priority of designs",
                    value=months(6),
                    printed="六个月",
                ),
            ),
        ),
        Provision(
            "30",
            "优先权文件副本的提交。",
            "Filing priority documents.",
            (
                Parameter(
                    id="priority-copy",
                    zh="发明、实用新型优先权副本",
                    en="priority document",
                    value=months(16),
                    printed="十六个月",
                ),
                Parameter(
                    id="priority-copy-design",
                    zh="外观设计优先权副本",
                    en="priority document of designs",
                    value=months(3),
                    printed="三个月",
                ),
            ),
        ),
        Provision(
            "34",
            "发明申请自申请日起公布，可请求提前。",
            "An application is published; earlier on request.",
            (Parameter(id="publish", zh="公布", en="publication", value=months(18), printed="十八个月"),),
        ),
        Provision(
            "35",
            "请求实质审查。",
            "Ask for substantive examination.",
            (
                Parameter(
                    id="ask-examination", zh="请求实质审查", en="ask for examination", value=years(3), printed="三年"
                ),
            ),
        ),
        Provision(
            "41",
            "驳回后的复审与起诉。",
            "Re-examination and suit after refusal.",
            (
                Parameter(
                    id="re-examination", zh="请求复审", en="ask for re-examination", value=months(3), printed="三个月"
                ),
                Parameter(
                    id="sue", zh="不服复审起诉", en="sue against the re-examination", value=months(3), printed="三个月"
                ),
            ),
        ),
        Provision(
            "42",
            "三种专利的期限，期限补偿。",
            "Terms of the three kinds of patent; compensation.",
            (
                Parameter(
                    id="term-invention", zh="发明专利期限", en="term of an invention", value=years(20), printed="二十年"
                ),
                Parameter(
                    id="term-utility",
                    zh="实用新型专利期限",
                    en="term of a utility model",
                    value=years(10),
                    printed="十年",
                ),
                Parameter(
                    id="term-design", zh="外观设计专利期限", en="term of a design", value=years(15), printed="十五年"
                ),
                Parameter(
                    id="drug-compensation-max",
                    zh="药品补偿上限",
                    en="most compensation for a drug",
                    value=years(5),
                    printed="五年",
                ),
                Parameter(
                    id="drug-term-max",
                    zh="药品上市后有效期上限",
                    en="most term after a drug's approval",
                    value=years(14),
                    printed="十四年",
                ),
            ),
        ),
        Provision(
            "46",
            "不服无效决定起诉。",
            "Sue against a decision on invalidity.",
            (
                Parameter(
                    id="sue-invalidity",
                    zh="不服无效决定起诉",
                    en="sue against the decision",
                    value=months(3),
                    printed="三个月",
                ),
            ),
        ),
        Provision(
            "65",
            "侵权纠纷可请求处理；不服处理可起诉。",
            "Infringement may be brought to the office; its ruling may be sued against.",
            (
                Parameter(
                    id="sue-ruling",
                    zh="不服处理决定起诉",
                    en="sue against the ruling",
                    value=days(15),
                    printed="十五日",
                ),
            ),
        ),
        Provision(
            "66",
            "实用新型、外观设计可要求出具专利权评价报告。",
            "A patent evaluation report may be asked for.",
        ),
        Provision(
            "68",
            "假冒专利的处罚。",
            "Penalties for passing off.",
            (
                Parameter(
                    id="fine-max",
                    zh="没有违法所得或不足门槛时罚款上限（元）",
                    en="highest fine without unlawful gain (yuan)",
                    value=250_000,
                    printed="二十五万元",
                ),
                Parameter(
                    id="gain-threshold",
                    zh="违法所得门槛（元）",
                    en="threshold of unlawful gain (yuan)",
                    value=50_000,
                    printed="五万元",
                ),
                Parameter(
                    id="fine-multiple", zh="罚款倍数上限", en="highest multiple of the gain", value=5, printed="五倍"
                ),
            ),
        ),
        Provision(
            "70",
            "合并处理同一专利的案件，跨区域可请求上级处理。",
            "Cases on one patent may be joined; across regions the superior may act.",
        ),
        Provision(
            "71",
            "赔偿数额与惩罚性赔偿。",
            "Damages and punitive damages.",
            (
                Parameter(
                    id="statutory-min",
                    zh="法定赔偿下限（元）",
                    en="least statutory damages (yuan)",
                    value=30_000,
                    printed="三万元",
                ),
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
            "74",
            "侵权诉讼时效。",
            "Limitation of suits.",
            (Parameter(id="limitation", zh="诉讼时效", en="limitation", value=years(3), printed="三年"),),
        ),
    ),
)
