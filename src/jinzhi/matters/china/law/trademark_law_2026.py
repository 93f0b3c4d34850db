"""Trade marks, from 2027."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days, months, years

LAW = Law(
    id="trademark-law-2026",
    zh="中华人民共和国商标法",
    en="Trademark Law (2026)",
    rank=Rank.LAW,
    number="",
    issuer="全国人民代表大会常务委员会",
    promulgated=date(2026, 6, 26),
    in_force=date(2027, 1, 1),
    replaces="trademark-law-2019",
    source="法律文本（2026 修订）",
    note="跨期案件（2026 年初审公告、2027 年异议）适用哪一版需法务规则。",
    provisions=(
        Provision(
            "29",
            "外国优先权。",
            "Foreign priority.",
            (
                Parameter(id="priority", zh="优先权", en="priority", value=months(6), printed="六个月"),
                Parameter(
                    id="priority-copy", zh="优先权副本", en="priority document", value=months(3), printed="三个月"
                ),
            ),
        ),
        Provision(
            "32",
            "审查与初步审定。",
            "Examination.",
            (Parameter(id="examine", zh="审查完毕", en="examine", value=months(9), printed="九个月"),),
        ),
        Provision(
            "36",
            "初步审定公告后的异议。",
            "Opposition after publication.",
            (Parameter(id="oppose", zh="异议期", en="opposition", value=months(2), printed="二个月"),),
        ),
        Provision(
            "37",
            "驳回的复审与起诉。",
            "Review of a refusal, and suit.",
            (
                Parameter(
                    id="review-refusal",
                    zh="申请驳回复审",
                    en="ask for review of a refusal",
                    value=days(15),
                    printed="十五日",
                ),
                Parameter(
                    id="decide-refusal-review",
                    zh="驳回复审审理",
                    en="decide the review",
                    value=months(9),
                    printed="九个月",
                ),
                Parameter(
                    id="decide-refusal-review-extension",
                    zh="驳回复审延长",
                    en="extension",
                    value=months(3),
                    printed="延长三个月",
                ),
                Parameter(id="sue-refusal", zh="不服复审起诉", en="sue", value=days(30), printed="三十日"),
            ),
        ),
        Provision(
            "38",
            "异议审查与不予注册复审。",
            "Examining an opposition; review.",
            (
                Parameter(
                    id="decide-opposition",
                    zh="异议审查",
                    en="decide the opposition",
                    value=months(12),
                    printed="十二个月",
                ),
                Parameter(
                    id="decide-opposition-extension",
                    zh="异议审查延长",
                    en="extension",
                    value=months(6),
                    printed="延长六个月",
                ),
                Parameter(
                    id="review-opposition", zh="申请不予注册复审", en="ask for review", value=days(15), printed="十五日"
                ),
                Parameter(
                    id="decide-opposition-review",
                    zh="不予注册复审审理",
                    en="decide the review",
                    value=months(12),
                    printed="十二个月",
                ),
                Parameter(
                    id="decide-opposition-review-extension",
                    zh="不予注册复审延长",
                    en="extension of the review",
                    value=months(6),
                    printed="延长六个月",
                ),
                Parameter(id="sue-opposition", zh="不服复审起诉", en="sue", value=days(30), printed="三十日"),
            ),
        ),
        Provision(
            "43",
            "注册商标有效期。",
            "Term of registration.",
            (Parameter(id="term", zh="有效期", en="term", value=years(10), printed="十年"),),
        ),
        Provision(
            "44",
            "续展与宽展。",
            "Renewal and grace.",
            (
                Parameter(
                    id="renew-before",
                    zh="期满前办理续展",
                    en="renew before the end",
                    value=months(12),
                    printed="十二个月",
                ),
                Parameter(id="renew-grace", zh="宽展期", en="grace", value=months(6), printed="六个月"),
            ),
        ),
        Provision(
            "49",
            "申请注销的商标，注销公告后一段时间内不核准他人相同近似申请。",
            "After a surrender, similar applications wait.",
            (Parameter(id="rest", zh="注销后的隔离期", en="rest after a surrender", value=years(1), printed="一年"),),
        ),
        Provision(
            "50",
            "绝对理由宣告无效。",
            "Invalidity on absolute grounds.",
            (
                Parameter(
                    id="decide-invalidity-absolute", zh="绝对无效审理", en="decide", value=months(9), printed="九个月"
                ),
                Parameter(
                    id="decide-invalidity-absolute-extension",
                    zh="绝对无效延长",
                    en="extension",
                    value=months(3),
                    printed="延长三个月",
                ),
            ),
        ),
        Provision(
            "51",
            "相对理由宣告无效。",
            "Invalidity on relative grounds.",
            (
                Parameter(
                    id="invalidity-relative-within",
                    zh="自注册之日起可请求",
                    en="may be asked within",
                    value=years(5),
                    printed="五年",
                ),
                Parameter(
                    id="decide-invalidity-relative",
                    zh="相对无效审理",
                    en="decide",
                    value=months(12),
                    printed="十二个月",
                ),
                Parameter(
                    id="decide-invalidity-relative-extension",
                    zh="相对无效延长",
                    en="extension",
                    value=months(6),
                    printed="延长六个月",
                ),
            ),
        ),
        Provision(
            "54",
            "恶意申请注册的处罚。",
            "Penalty for bad-faith applications.",
            (
                Parameter(
                    id="bad-faith-fine-max",
                    zh="罚款上限（元）",
                    en="highest fine (yuan)",
                    value=100_000,
                    printed="十万元",
                ),
            ),
        ),
        Provision(
            "57",
            "连续三年不使用等可申请撤销。",
            "Revocation for non-use.",
            (
                Parameter(id="non-use", zh="连续不使用", en="years of non-use", value=years(3), printed="三年"),
                Parameter(id="decide-revocation", zh="撤销审查", en="decide", value=months(9), printed="九个月"),
                Parameter(
                    id="decide-revocation-extension",
                    zh="撤销审查延长",
                    en="extension",
                    value=months(3),
                    printed="延长三个月",
                ),
            ),
        ),
        Provision(
            "58",
            "撤销的复审与起诉。",
            "Review of a revocation, and suit.",
            (
                Parameter(
                    id="review-revocation", zh="申请撤销复审", en="ask for review", value=days(15), printed="十五日"
                ),
                Parameter(
                    id="decide-revocation-review",
                    zh="撤销复审审理",
                    en="decide the review",
                    value=months(9),
                    printed="九个月",
                ),
                Parameter(
                    id="decide-revocation-review-extension",
                    zh="撤销复审延长",
                    en="extension of the review",
                    value=months(3),
                    printed="延长三个月",
                ),
                Parameter(id="sue-revocation", zh="不服复审起诉", en="sue", value=days(30), printed="三十日"),
            ),
        ),
        Provision(
            "72",
            "侵犯注册商标专用权的行为。",
            "Acts of infringement.",
        ),
    ),
)
